"""Which search serves: the compiled one where this machine has it, else the one in Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.util import find_spec
from typing import Protocol

import numpy as np

from corridors.engine import fronts
from corridors.engine.arrays import Bound, Closed, Found, Graph, compiler, use_compiled, worthwhile
from corridors.errors import MissingExtra


class Search(Protocol):
    """Signature of `corridors.engine.fronts.pareto` and of its compiled twin."""

    def __call__(
        self,
        graph: Graph,
        closed: Closed,
        weights: Sequence[Sequence[float]],
        sources: Iterable[int],
        targets: frozenset[int],
        t0: float,
        longest_wait: float,
        most_labels: int,
        ahead: Sequence[Bound] = (),
    ) -> Found:
        """See `corridors.engine.fronts.pareto`."""


def fastest(nodes: int | None = None) -> Search:
    """The compiled search where numba has it on disk, else the one in Python, so that nobody waits for a compiler.

    With `nodes` to search, in one question among others, the compiled one only where that pays for loading it.
    """
    return fronts.pareto if nodes is not None and not worthwhile(nodes) else _on_disk()


@cache
def _on_disk() -> Search:
    if not compiler():
        return fronts.pareto
    try:
        from corridors.engine import compiled, fronts_compiled
    except (ImportError, RuntimeError):  # no numba, none that suits this numpy, or no folder for what it compiles
        return fronts.pareto
    return fronts_compiled.pareto if compiled.on_disk(fronts_compiled.KERNELS) else fronts.pareto


def compile_searches() -> None:
    """Compile the searches for this machine: once, in some twenty seconds, for answers in a fraction of the time.

    numba keeps the result on disk, beside the library or in the user's cache. Later processes load it from there for
    `Network.pareto`, `Network.screen` and calls of many questions (sweeps, matrices, availability, criticality); a
    single `Network.routes` uses it from its second search of some size on. The answers are identical.

    Raises
    ------
    MissingExtra
        If numba is not installed.
    """
    if find_spec("numba") is None:
        raise MissingExtra("compiling needs numba: pip install 'corridors[fast]'.")
    from corridors.engine import compiled, fronts_compiled

    use_compiled(compile_now=True)
    compiled.compile_kernels(fronts_compiled.KERNELS)
    _on_disk.cache_clear()
    if find_spec("scipy"):
        _screen_a_square()


def _screen_a_square() -> None:
    """Have numba compile what screening uses, which it does when it is first used."""
    from corridors.engine.hierarchy import Change, Hierarchy

    graph = Hierarchy(4, [0, 1, 2, 3, 0], [1, 2, 3, 0, 2])
    closed = Change(np.array([4], dtype=np.int64), np.array([np.inf]))
    metric = graph.customise(np.ones(5))
    metric.screen([Change([], []), closed], np.array([[0, 2], [1, 3]]), np.ones((5, 4)))

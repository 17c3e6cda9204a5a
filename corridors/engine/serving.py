"""Who runs the loops of `corridors.engine.search`: Python, or numba what it has compiled of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from corridors.engine import search as loops

python: Any = loops
kernel: dict[str, Callable[..., Any]] = {}
"""Compiled kernels by name, once they serve."""


@dataclass
class _Done:
    """What Python has searched in this process."""

    nodes: int = 0
    tried: bool = False
    """Whether compiled searches were looked for."""
    bounded: int = 0
    """Nodes of bounds."""


_python_done = _Done()
WORTHWHILE = 3_500_000
"""Nodes of searches in Python that take about as long as to load compiled ones: 0.6 s of CPU."""
SCIPY = 100_000
"""Nodes of bounds in Python after which scipy's Dijkstra is loaded, a third of those that take as long as loading it
does (0.15 s of CPU): whoever has asked so much asks for more."""


def compiler() -> bool:
    """Whether there may be a compiler: told without loading it, which takes longer than a question."""
    return os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0")


def use_compiled(compile_now: bool = False) -> bool:
    """Have compiled searches serve in this process, if numba has them on disk or is to compile them now.

    Without numba, or before it has compiled them on this machine, the loops run in Python: nobody waits for a
    compiler who did not ask for it. Returns whether they serve.
    """
    if not kernel and compiler():
        try:
            from corridors.engine import compiled
        except (ImportError, RuntimeError):  # no numba, none that suits this numpy, or no folder for its work
            return False
        if compile_now:
            compiled.compile_kernels(compiled.KERNELS)
        if compile_now or compiled.on_disk(compiled.KERNELS):
            kernel.update({name: getattr(compiled, name) for name in ("bounds", "search", "earliest", "follow")})
    return bool(kernel)


def worthwhile(nodes: int) -> bool:
    """Whether compiled searches serve, now that Python is else to search so many nodes more.

    Loading what is on disk takes as long as Python needs for `WORTHWHILE` nodes; from then on it pays.
    """
    if not kernel and not _python_done.tried:
        _python_done.nodes += nodes
        if _python_done.nodes > WORTHWHILE:
            _python_done.tried = True
            use_compiled()
    return bool(kernel)


def scipy_serves(nodes: int) -> bool:
    """Whether scipy is to work out bounds, now that Python would else search so many nodes more for them.

    It is as fast as what numba compiles, and quicker to load.
    """
    if kernel:
        return False
    _python_done.bounded += nodes
    return ("scipy.sparse.csgraph" in sys.modules or _python_done.bounded > SCIPY) and find_spec("scipy") is not None

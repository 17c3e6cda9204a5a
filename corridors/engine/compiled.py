"""What numba makes of the loops of `corridors.engine.search`: for which types, and whether it has done so before.

Importing this module imports numba, compiles nothing and needs a folder in which numba may keep what it compiles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

import numba
from numba.extending import register_jitable

from corridors.engine import search as loops

_ONE_AT_A_TIME = Lock()
"""numba reads its own registries by generators, which two threads must not run at once."""


def compiled(function: Callable[..., Any]) -> Any:
    """Compile when first asked to, keep it on disk, and let other threads run meanwhile."""
    return numba.njit(cache=True, nogil=True)(function)


def kept(kind: Any, dimensions: int = 1) -> Any:
    """Type of the arrays of a network, which are read-only."""
    return numba.types.Array(kind, dimensions, "C", readonly=True)


def on_disk(kernels: Mapping[Any, tuple[Any, ...]]) -> bool:
    """Whether numba has compiled kernels for their types, as they stand, on this machine before."""
    try:
        with _ONE_AT_A_TIME:
            return all(
                kernel._cache.load_overload(types, kernel.targetctx) is not None for kernel, types in kernels.items()
            )
    except AttributeError:  # numba does not promise `_cache`, and has none with its compiler turned off
        return False


def compile_kernels(kernels: Mapping[Any, tuple[Any, ...]]) -> None:
    """Compile what is not on disk."""
    with _ONE_AT_A_TIME:
        for kernel, types in kernels.items():
            kernel.compile(types)


for _loop in (loops.ready, loops.month_at, loops.traverse, loops.put, loops.settle):
    register_jitable(_loop)

FLOAT, FLOATS, INTS, MARKS = numba.float64, numba.float64[::1], numba.int64[::1], numba.boolean[::1]
KEPT_INTS, KEPT_FLOATS, KEPT_TABLE = kept(numba.int64), kept(numba.float64), kept(numba.float64, 2)
ARCS = KEPT_INTS, KEPT_INTS, KEPT_INTS
WHEN = KEPT_INTS, KEPT_TABLE, KEPT_FLOATS, KEPT_INTS, KEPT_INTS, KEPT_FLOATS, KEPT_FLOATS
"""Types of what slows edges and of what closes them."""
bounds, search, earliest = compiled(loops.bounds_by_arrays), compiled(loops.search), compiled(loops.earliest)
follow = compiled(loops.follow)
KERNELS = {
    follow: (FLOATS, INTS, *WHEN, FLOAT, FLOAT, FLOATS, FLOATS, FLOATS),
    bounds: (KEPT_INTS, KEPT_INTS, FLOATS, INTS, FLOATS, FLOATS, INTS),
    search: (
        *ARCS,
        KEPT_FLOATS,
        KEPT_FLOATS,
        *WHEN,
        FLOAT,
        FLOAT,
        numba.boolean,
        FLOAT,
        FLOAT,
        FLOAT,
        INTS,
        INTS,
        FLOATS,
        FLOATS,
        INTS,
        INTS,
        FLOATS,
        FLOATS,
        INTS,
        KEPT_INTS,
        KEPT_INTS,
        FLOATS,
        FLOATS,
        INTS,
        MARKS,
        FLOATS,
        FLOATS,
        INTS,
        INTS,
        FLOATS,
        FLOATS,
        INTS,
        INTS,
        FLOATS,
    ),
    earliest: (
        *ARCS,
        KEPT_FLOATS,
        *WHEN,
        FLOAT,
        FLOAT,
        INTS,
        INTS,
        FLOATS,
        INTS,
        INTS,
        INTS,
        INTS,
        INTS,
        FLOATS,
    ),
}
"""The types of their arguments; there are no others, so that nothing is ever compiled in the middle of a question."""

"""Python's cycle collector at rest while something large is built, which it would walk through again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_rest() -> Iterator[None]:
    """Let no cycles be collected meanwhile; what is built holds none and is kept, or is small, like a picture.

    It has half of the time of a first question. Where the user has turned the collector off, it stays off.
    """
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()

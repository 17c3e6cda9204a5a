"""A progress bar for calls of more than a second, on a terminal or, with ipywidgets, in a notebook."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def meter(progress: bool, what: str, total: int | None = None, done: int = 0) -> Iterator[Callable[[int], object]]:
    """Yield a function to call with the number of questions answered.

    Parameters
    ----------
    progress : bool
        False: nothing is shown, anywhere.
    what : str
        Name of the bar.
    total : int, optional
        If it is known.
    done : int
        Answered before.
    """
    if not progress:
        yield lambda n: None
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a notebook has no ipywidgets
        from tqdm.auto import tqdm
        from tqdm.notebook import tqdm as widget

    class Bar(tqdm):  # type: ignore[misc]
        """A bar without a monitor thread, so that worker processes can be forked."""

        monitor_interval = 0

    disable = False if issubclass(tqdm, widget) else None  # None: shown on a terminal only
    with Bar(desc=what, total=total, initial=done, unit=" questions", delay=1, disable=disable) as bar:
        yield bar.update


def counted(items: Collection[T], progress: bool, what: str) -> Iterator[T]:
    """Iterate over items with a bar that counts those done."""
    with meter(progress, what, len(items)) as add:
        for item in items:
            yield item
            add(1)

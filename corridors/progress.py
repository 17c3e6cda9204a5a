"""A bar for what takes longer than a second, on a terminal or, with ipywidgets, in a notebook; silent elsewhere."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager


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
        """Bar without a thread that watches it, which worker processes could not be forked beside."""

        monitor_interval = 0

    disable = False if issubclass(tqdm, widget) else None  # None: shown on a terminal only
    with Bar(desc=what, total=total, initial=done, unit=" questions", delay=1, disable=disable) as bar:
        yield bar.update

"""Results that may be needed again, kept as long as there is room for them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Kept:
    """The latest results, as many as there is room for; thread-safe.

    Parameters
    ----------
    most : int or callable
        Room for so many numbers, or what gives it.
    """

    def __init__(self, most: int | Callable[[], float]) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._numbers = 0
        self._lock = Lock()

    def __getstate__(self) -> int | Callable[[], float]:
        return self._most

    def __setstate__(self, most: int | Callable[[], float]) -> None:
        self.__init__(most)  # type: ignore[misc]  # another process begins with nothing

    def get(self, key: Hashable, make: Callable[[], T], size: Callable[[T], int]) -> T:
        """What is kept under a key, made if it is not there; `size` counts the numbers that it holds."""
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
                return cast(T, known[0])
        made = make()
        with self._lock:
            self._numbers -= self._known.pop(key, (None, 0))[1]  # another thread may have made it meanwhile
            self._known[key] = made, size(made)
            self._numbers += self._known[key][1]
            most = self._most() if callable(self._most) else self._most
            while self._numbers > most and len(self._known) > 1:  # the last one stays, whatever its size
                self._numbers -= self._known.popitem(last=False)[1][1]
        return made

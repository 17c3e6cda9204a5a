"""Columns of a hundred thousand edges that have few different values, and edges by what they are called."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Numbers = NDArray[np.int32]
T = TypeVar("T")
Name = TypeVar("Name", bound=Hashable)


class Coded(Generic[T]):
    """A column: its different values, in the order in which they come up, and which of them each row has."""

    def __init__(self, values: list[T], numbers: Numbers) -> None:
        self.values, self.numbers = values, numbers

    @classmethod
    def of(cls, column: Sequence[T]) -> Coded[T]:
        """A column given row by row."""
        number = {value: i for i, value in enumerate(dict.fromkeys(column))}
        return cls(list(number), np.fromiter(map(number.__getitem__, column), dtype=np.int32, count=len(column)))

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, row: int) -> T:
        return self.values[self.numbers.item(row)]

    def __iter__(self) -> Iterator[T]:
        return map(self.values.__getitem__, self.numbers.tolist())

    def rows(self, fits: Callable[[T], bool]) -> Bools:
        """Whether the value of each row fits."""
        found: Bools = np.array([fits(value) for value in self.values], dtype=bool)[self.numbers]
        return found


class Named(Mapping[Name, frozenset[int]]):
    """Rows by each of the names that they have.

    Parameters
    ----------
    given : tuples
        A column, the names that each of its values gives to a row, and which rows it gives them to.
    """

    def __init__(self, *given: tuple[Coded[Any], Callable[[Any], Sequence[Name]], Bools | None]) -> None:
        number = self._number = dict[Name, int]()
        self._made: dict[Name, frozenset[int]] = {}
        every, every_row = list[Numbers](), list[Numbers]()
        for column, names, where in given:
            here = np.arange(len(column)) if where is None else np.flatnonzero(where)
            of = column.numbers[here]
            there = np.bincount(of, minlength=len(column.values)).tolist()
            called = [names(value) if rows else () for value, rows in zip(column.values, there, strict=True)]
            numbers = [number.setdefault(name, len(number)) for name in chain.from_iterable(called)]
            counts = np.array([len(some) for some in called], dtype=np.int64)
            many, first = counts[of], (np.cumsum(counts) - counts)[of]
            at = np.arange(many.sum()) + np.repeat(first - (np.cumsum(many) - many), many)
            every.append(np.array(numbers, dtype=np.int32)[at])
            every_row.append(np.repeat(here, many).astype(np.int32))
        found = np.concatenate(every)
        self._rows = np.concatenate(every_row)[np.argsort(found, kind="stable")]
        self._first = np.concatenate([[0], np.cumsum(np.bincount(found, minlength=len(number)))])

    def __getitem__(self, name: Name) -> frozenset[int]:
        if name not in self._made:
            number = self._number[name]
            first, last = self._first[number : number + 2]
            self._made[name] = frozenset(self._rows[first:last].tolist())
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._number

    def __iter__(self) -> Iterator[Name]:
        return iter(self._number)

    def __len__(self) -> int:
        return len(self._number)

"""Rows of a table one by one: a question asks for a few of thousands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from sys import intern
from typing import Any

import numpy as np
import pandas as pd

from corridors.data.schema import Row, listed

FEW = 50
"""Cells of a column that can be made a list in the time that one takes to be read by itself."""


class Rows(Mapping[str, Row]):
    """Rows of a table by the column that tells them apart, each made when it is first asked for."""

    def __init__(self, table: pd.DataFrame, by: str) -> None:
        self._table = table
        self._at = {name: i for i, name in enumerate(next(listed(table, by)))}
        self._made: dict[str, Row] = {}

    def __getitem__(self, name: str) -> Row:
        if name not in self._made:
            at = self._at[name]
            if FEW * len(self._made) < len(self._at):
                self._made[name] = {column: _item(values[at]) for column, values in self._arrays.items()}
            else:
                self._made[name] = {column: values[at] for column, values in self._columns.items()}
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._at

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)

    @cached_property
    def _arrays(self) -> dict[str, Any]:
        return {str(column): values.array for column, values in self._table.items()}

    @cached_property
    def _columns(self) -> dict[str, list[Any]]:
        return dict(zip(self._table.columns, listed(self._table, *self._table.columns), strict=True))


def _item(value: Any) -> Any:
    """A cell as a Python object."""
    if isinstance(value, str):
        return intern(value)
    return value.item() if isinstance(value, np.generic) else value

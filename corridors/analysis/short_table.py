"""A table that opens with a sentence and the rows that matter; all rows are in it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Self

import pandas as pd

from corridors.routing.figures import html_table, rounded

MATTER = 10
"""Rows that a table opens with."""


class ShortTable(pd.DataFrame):
    """A frame of many rows that shows few: `said`, a sentence, and the rows of `opens_with`."""

    said: str
    opens_with: list[int]
    shown: list[str]
    _metadata = ["said", "opens_with", "shown"]  # noqa: RUF012, kept by pandas when the table is copied

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    @classmethod
    def of(cls, frame: pd.DataFrame, said: str, rows: Sequence[int], columns: Sequence[str]) -> Self:
        """The frame, which opens with a sentence and some of its rows and columns."""
        found = cls(frame)
        found.said, found.opens_with, found.shown = said, list(rows)[:MATTER], list(columns)
        return found

    def _short(self) -> pd.DataFrame:
        part = pd.DataFrame(self).iloc[self.opens_with][self.shown]
        return part.map(lambda value: rounded(value) if isinstance(value, float) and value == value else value)

    def _rest(self) -> str:
        rest = len(self) - len(self.opens_with)
        return f"{len(self):,} rows, {len(self.columns)} columns in all." if rest else ""

    def __repr__(self) -> str:
        table = self._short().to_string(index=False) if self.opens_with else ""
        return "\n".join(filter(None, (self.said, table, self._rest())))

    def _repr_html_(self) -> str:
        table = html_table(self._short().fillna("")) if self.opens_with else ""
        return f"<p>{escape(self.said)}</p>{table}<p>{self._rest()}</p>"

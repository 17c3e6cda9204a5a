"""Tables and ranges as Markdown, for the page of validation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def span(low: pd.Series[Any], high: pd.Series[Any]) -> list[str]:
    """Ranges in words, "up to" where only the upper end is known."""
    return [
        "" if np.isnan(a) and np.isnan(b) else f"up to {b:g}" if np.isnan(a) else f"{a:g}-{b:g}"
        for a, b in zip(low, high, strict=True)
    ]


def markdown(table: pd.DataFrame, names: dict[str, str]) -> str:
    """A table with other names of columns; nothing where there is no value."""

    def text(value: object) -> str:
        if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
            return ""
        if isinstance(value, bool | np.bool_):
            return "yes" if value else "no"
        return f"{value:g}" if isinstance(value, float) else str(value).replace("|", "/")

    header = [names.get(str(column), str(column)) for column in table.columns]
    lines = [
        header,
        ["---"] * len(header),
        *([text(value) for value in row] for row in table.itertuples(index=False, name=None)),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"

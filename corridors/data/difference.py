"""What changed between two versions of the data: the work behind ``Network.diff``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from corridors.data.dataset import Dataset

COLUMNS = ("table", "key", "column", "old", "new", "change")
KEYS = {
    "places": ("place_id",),
    "elements": ("element_id",),
    "legs": ("leg_id",),
    "leg_geometry": ("leg_id",),
    "crossings": ("crossing_id",),
    "transfers": ("place_id", "from_layer", "to_layer"),
    "calendars": ("element_id", "regime", "valid_from"),
    "holidays": ("country", "date"),
    "seasons": ("element_id", "month", "direction"),
    "events": ("event_id",),
    "episodes": ("episode_id",),
    "coverage": ("border", "element_id", "from"),
    "rights": ("element_id", "treaty", "carriers", "cargo", "effect", "in_force_from"),
    "conditions": ("condition_id",),
    "corridors": ("corridor_id",),
    "rates": ("rate_id",),
    "tariffs": ("tariff_id",),
    "services": ("service_id",),
    "cargo": ("cargo_id",),
    "claims": ("claim_id",),
    "provenance": ("table", "row_id", "column", "part"),
    "sources": ("source_id",),
}
ORDER = {"removed": 0, "added": 1, "changed": 2}

Change = tuple[str, str, str, str, str, str]


def diff(old: Dataset, new: Dataset) -> pd.DataFrame:
    """List the rows and values that differ between two networks.

    Parameters
    ----------
    old, new : Dataset

    Returns
    -------
    DataFrame
        Columns ``table, key, column, old, new, change``. A row that was added or removed has change ``added`` or
        ``removed`` and no column; a value that differs has ``changed``. Values are text, geometry is compared
        as written; keys of several columns are joined by ``" | "``. Sorted by table (in the order of the
        data), key, change and column, so that the same two versions give the same bytes.
    """
    tables = [*new.tables, *(name for name in old.tables if name not in new.tables)]
    changes = [
        change
        for name in tables
        for change in sorted(
            _table(name, old.tables.get(name, pd.DataFrame()), new.tables.get(name, pd.DataFrame())),
            key=lambda c: (c[1], ORDER[c[5]], c[2]),
        )
    ]
    return pd.DataFrame(changes, columns=list(COLUMNS))


def _table(name: str, old: pd.DataFrame, new: pd.DataFrame) -> Iterator[Change]:
    if old.equals(new):
        return
    before, after = _rows(name, old), _rows(name, new)
    for key in before.keys() - after.keys():
        yield name, key, "", "", "", "removed"
    for key in after.keys() - before.keys():
        yield name, key, "", "", "", "added"
    for key in before.keys() & after.keys():
        was, now = before[key], after[key]
        for column in was.keys() | now.keys():
            if was.get(column, "") != now.get(column, ""):
                yield name, key, column, was.get(column, ""), now.get(column, ""), "changed"


def _rows(name: str, table: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Rows as text by key; repeated keys are numbered, so that no row is lost."""
    columns = [column for column in KEYS.get(name, tuple(table.columns[:1])) if column in table.columns]
    texts = {str(column): [_text(value) for value in table[column]] for column in table.columns}
    found: dict[str, dict[str, str]] = {}
    for at in range(len(table)):
        key = " | ".join(texts[column][at] for column in columns).removesuffix(" | ")
        number = 2
        while (unique := key if key not in found else f"{key} ({number})") in found:
            number += 1
        found[unique] = {column: values[at] for column, values in texts.items()}
    return found


def _text(value: Any) -> str:
    """A value as it would stand in the file: numbers without a needless ``.0``, unknown ones empty."""
    if pd.isna(value):
        return ""
    if isinstance(value, float):
        return repr(float(value)).removesuffix(".0")
    return str(value)

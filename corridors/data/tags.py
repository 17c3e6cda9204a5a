"""One reader of what others write into cells and tags: empty values, lists, numbers as text, gauges, ids."""

from __future__ import annotations

import ast
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

GAUGES = (1520, 1435, 1676, 1000)
GAUGE_SLACK_MM = 5
"""The old 1524 mm is 1520 mm."""
NOTHING = frozenset({"", "nan", "<na>", "nat", "none", "null"})
"""Texts, in lower case, that other programs write for a missing value."""
UNLIMITED = frozenset({"none", "no", "default", "unsigned", "no_sign", "unlimited", "below_default"})
"""Values of limits that mean in OpenStreetMap that there is no sign."""
TONNES = {
    "": 1.0,
    "t": 1.0,
    "kg": 0.001,
    "st": 0.90718474,
    "lt": 1.0160469088,
    "lbs": 0.00045359237,
    "cwt": 0.0508023454,
}
"""Units of weight (wiki.openstreetmap.org/wiki/Key:maxweight) in tonnes."""
MOST_TONNES = 200
"""More is a number without its unit."""
_WEIGHT = re.compile(r"(\d+(?:[.,]\d+)?)\s*([a-z]*)")
_NO_ID = re.compile(r"[\s\x00-\x2f:-@\[-^`\x7b-\x7f]+")


def texts(value: object) -> list[str]:
    """Values of a tag as OpenStreetMap writes them; none if there is no value.

    Lists (which OSMnx makes of merged edges) and ``"a;b"`` are several values, ``1435.0`` is ``"1435"``.

    Raises
    ------
    ValueError
        If it is not a value that a tag can hold.
    """
    if isinstance(value, np.ndarray | pd.Series | pd.Index | pd.api.extensions.ExtensionArray):
        value = list(value)
    if isinstance(value, list | tuple | set | frozenset):
        members = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [part for member in members for part in texts(member)]
    if isinstance(value, str):
        if value.startswith("[") and value.endswith("]"):  # a list that went through GraphML or GeoPackage
            try:
                return texts(ast.literal_eval(value))
            except (ValueError, SyntaxError):
                pass
        return [part for one in value.split(";") if (part := one.strip()).lower() not in NOTHING]
    if value is None or value is pd.NA or value is pd.NaT:
        return []
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    if isinstance(value, int):
        return [str(value)]
    if isinstance(value, float):
        if math.isnan(value):
            return []
        if math.isfinite(value):
            return [_plain(value)]
    raise ValueError(f"{value!r} is not a value of a tag")


def text(value: object) -> str:
    """The values of a tag in one text, ``"a;b"``; empty if there is none."""
    return ";".join(dict.fromkeys(texts(value)))


def number(value: object) -> float:
    """A single number; NaN if there is no value.

    Raises
    ------
    ValueError
        If it is not a finite number, or several.
    """
    found = texts(value)
    if not found:
        return math.nan
    if len(set(found)) > 1:
        raise ValueError(f"{value!r} is several numbers")
    one = float(found[0])
    if not math.isfinite(one):
        raise ValueError(f"{value!r} is not a finite number")
    return one


def tonnes(value: object) -> float:
    """The least weight that a tag tells; NaN if it tells none.

    Raises
    ------
    ValueError
        If it is not a weight above nothing, in tonnes or another unit.
    """
    found = []
    for one in texts(value):
        told = _WEIGHT.fullmatch(one.lower())
        weight = float(told[1].replace(",", ".")) * TONNES.get(told[2], 0.0) if told else 0.0
        if 0 < weight <= MOST_TONNES:
            found.append(weight)
        elif one.lower() not in UNLIMITED:
            raise ValueError(f"{one!r} is not a weight, such as 20 (tonnes) or 15 st")
    return min(found, default=math.nan)


def gauges(value: object) -> list[int]:
    """Gauges of a track in mm, each once, 1524 as 1520; empty if not given.

    Raises
    ------
    ValueError
        If the value is not a gauge in millimetres.
    """
    found: dict[int, None] = {}
    for one in texts(value):
        try:
            mm = float(one.lower().removesuffix("mm"))
        except ValueError:
            raise ValueError(f"{one!r} is not a gauge in mm, such as 1520") from None
        if not mm.is_integer() or not 100 <= mm <= 3000:
            raise ValueError(f"{one!r} is not a gauge in mm, such as 1520")
        found[next((known for known in GAUGES if abs(mm - known) <= GAUGE_SLACK_MM), int(mm))] = None
    return list(found)


def cell(value: object) -> str:
    """A cell of a text column, as it would stand in a CSV file; empty if there is no value."""
    if isinstance(value, str):
        return value
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return "" if math.isnan(value) else _plain(value)
    if isinstance(value, datetime):
        midnight = value.replace(tzinfo=None) == datetime(value.year, value.month, value.day)
        return value.date().isoformat() if midnight else value.isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def cells(column: pd.Series[Any]) -> pd.Series[Any]:
    """A column of any dtype (categories, nullable numbers, moments) as plain text; empty for missing values."""
    return pd.Series([cell(value) for value in column.tolist()], index=column.index, name=column.name, dtype=object)


def _plain(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def ids(names: Iterable[str], taken: set[str] | None = None) -> list[str]:
    """Names as ids, numbered where already taken; they are added to `taken`.

    Letters of any script are kept, in lower case; blanks and punctuation become underscores.
    """
    taken, count, found = set() if taken is None else taken, Counter[str](), []
    for name in names:
        stem = one = _NO_ID.sub("_", unicodedata.normalize("NFC", name).lower())
        while one in taken:
            count[stem] += 1
            one = f"{stem}_{count[stem] + 1}"
        taken.add(one)
        found.append(one)
    return found

"""A list of shipments as rows of checked values: which column is what, and what is wrong in which cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from corridors.arguments import in_year_order, shown
from corridors.data.shipment_columns import NAMES, NEEDED, WISH_WORDS, field_of, in_kilograms, near_field, wish_of
from corridors.data.spreadsheets import Cell, Line, Sheet, sheets_of, text_of
from corridors.errors import BadRequest

HEADER_WITHIN = 30
"""The header must be within this many rows from the top."""
NOTHING = ("-", "\u2013", "\u2014", "none", "нет")
"""What people write in a cell to leave it blank."""
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
ISO_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?([+-]\d{2}:\d{2}|Z)?")
NUMBER = re.compile(r"(?P<number>[+-]?[\d\s\u00a0\u202f.,']*\d)\s*(?P<unit>[^\W\d_]+\.?)?\s*", re.IGNORECASE)
TONNES = ("t", "mt", "ton", "tons", "tonne", "tonnes", "т", "тн", "тонн", "тонна", "тонны")
KILOGRAMS = ("kg", "kgs", "кг")
BOXES = ("box", "boxes", "containers", "container", "units", "unit", "wagons", "trucks", "шт", "конт")
MOST_TONNES = 1e7
FIRST_SERIAL, LAST_SERIAL = 36526, 73050
"""Numbers that Excel shows as days of the years 2000 to 2099."""


class Problem(NamedTuple):
    """What is wrong with one cell, or with one row."""

    row: int
    cell: str
    column: str
    value: object
    problem: str


@dataclass
class ShipmentRow:
    """A row as it was read: its values by field, the cells they come from, and what is wrong."""

    row: int
    values: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    said: dict[str, object] = field(default_factory=dict)
    """The text of the cells, as written."""
    problems: list[Problem] = field(default_factory=list)

    def blame(self, fields: str | Sequence[str], problem: str) -> None:
        """Record what is wrong with the cell of one field, or of several."""
        fields = [fields] if isinstance(fields, str) else fields
        known = [name for name in fields if name in self.cells] or [name for name in NEEDED if name in self.cells]
        values = [self.said[name] for name in known if self.said.get(name) is not None]
        self.problems.append(
            Problem(
                self.row,
                ", ".join(self.cells[name] for name in known),
                ", ".join(known),
                values[0] if len(values) == 1 else "; ".join(map(str, values)),
                problem,
            )
        )


@dataclass(frozen=True)
class ShipmentList:
    """What was read: the rows in order, and notes on the columns."""

    title: str
    rows: list[ShipmentRow]
    notes: list[str]
    fields: list[str]


def read_shipments(source: str | Path | pd.DataFrame, sheet: str | None = None, dated: bool = False) -> ShipmentList:
    """Rows of shipments of an Excel or CSV file or a frame.

    Parameters
    ----------
    source : path or DataFrame
    sheet : str, optional
        Sheet of a workbook; default: the first with a header of shipments.
    dated : bool
        True if rows need no date, since there is one for all.

    Returns
    -------
    ShipmentList

    Raises
    ------
    BadRequest
        If there is no such file, no header or no row below it, or two columns mean the same.
    """
    sheets = sheets_of(source, sheet)
    needed = [name for name in NEEDED if not (dated and name == "depart")]
    found = [(one, at) for one in sheets if (at := _header_at(one, needed)) is not None]
    if not found:
        raise _no_header(sheets, needed)
    chosen, at = found[0]
    fields, start, notes = _columns(chosen, at)
    if missing := [name for name in needed if name not in fields.values()]:
        raise _no_header([chosen], missing)
    rows = [_row(line, fields, chosen.lines[at]) for line in chosen.lines[start:]]
    if not rows:
        raise BadRequest(f"{chosen.title} holds no shipment: there is no row below its header.")
    others = [one.title for one, _ in found[1:]]
    if others:
        notes.append(f"read: sheet {chosen.title}; not read: {', '.join(others)} (name one with sheet=)")
    return ShipmentList(chosen.title, rows, notes, list(fields.values()))


def _header_at(sheet: Sheet, needed: Sequence[str]) -> int | None:
    """Which line is the header: the first with all that is needed, else the one that looks most like it."""
    best: tuple[int, int] | None = None
    for at, line in enumerate(sheet.lines[: 1 if sheet.header else HEADER_WITHIN]):
        fields = [field_of(cell.value) for cell in line.cells]
        known = set(fields) & set(needed)
        if len(known) == len(needed):
            return at
        if len(known) > 1 and (best is None or len(known) > best[0]):
            best = len(known), at
    return None if best is None else best[1]


def _no_header(sheets: Sequence[Sheet], missing: Sequence[str]) -> BadRequest:
    """The error for a sheet without the columns needed, with similar names that were found."""
    near = [
        f"{cell.address} {shown(cell.value)} is not read; is it {_named(name)}?"
        for sheet in sheets
        for line in sheet.lines[:HEADER_WITHIN]
        for cell in line.cells
        if not field_of(cell.value) and (name := near_field(cell.value)) in missing
    ]
    names = ", ".join(f"{_named(name)} (or {', '.join(NAMES[name][1:4])})" for name in missing)
    where = ", ".join(sheet.title for sheet in sheets)
    return BadRequest(
        f"{where}: no column {names} in the first {HEADER_WITHIN} rows. "
        + (" ".join(near[:3]) + " " if near else "")
        + "corridors new-shipments writes a template."
    )


def _named(name: str) -> str:
    """Name of a field as the template has it."""
    return "date" if name == "depart" else name


def _columns(sheet: Sheet, at: int) -> tuple[dict[int, str], int, list[str]]:
    """Field of each column, the first line below the header, and notes on the columns."""
    header, start = sheet.lines[at], at + 1
    heads = [cell.value for cell in header.cells]
    if header.merged and start < len(sheet.lines):  # a group of columns has its names in the row below
        below = sheet.lines[start]
        names = [field_of(cell.value) for cell in below.cells]
        taken = [i for i, name in enumerate(names) if name]
        if taken and all(cell.empty or names[i] or cell.value == heads[i] for i, cell in enumerate(below.cells)):
            heads = [below.cells[i].value if i in taken else head for i, head in enumerate(heads)]
            start += 1
    fields: dict[int, str] = {}
    unread = []
    for i, head in enumerate(heads):
        name = field_of(head)
        if not name:
            if head is not None or any(not _at(line, i).empty for line in sheet.lines[start:]):
                near = near_field(head)
                hint = f" (is it {_named(near)}?)" if near else ""
                what = shown(head) if head is not None else "without a name"
                unread.append(f"{_at(header, i).address or _at(sheet.lines[start], i).address} {what}{hint}")
            continue
        if name in fields.values():
            first = next(j for j, known in fields.items() if known == name)
            raise BadRequest(
                f"{sheet.title}: two columns say {_named(name)}: {_at(header, first).address} {shown(heads[first])} "
                f"and {_at(header, i).address} {shown(head)}. Rename or delete the one that is not meant."
            )
        fields[i] = name
    notes = [f"columns not read: {', '.join(unread)}"] if unread else []
    return fields, start, notes


def _at(line: Line, i: int) -> Cell:
    return line.cells[i] if i < len(line.cells) else Cell("", None)


def _row(line: Line, fields: dict[int, str], header: Line) -> ShipmentRow:
    found = ShipmentRow(line.number)
    for i, name in fields.items():
        cell = _at(line, i)
        found.cells[name] = cell.address or _at(header, i).address
        found.said[name] = cell.value
        if cell.trouble:
            found.blame(name, f"{cell.trouble}.")
    if line.merged:
        found.problems.append(
            Problem(
                line.number,
                line.merged,
                "",
                text_of(line.cells),
                "cells are merged across columns, so that it is not clear what each says; unmerge them, or delete the "
                "row if it is a heading.",
            )
        )
        return found
    if beyond := [cell for cell in line.cells[len(header.cells) :] if not cell.empty]:
        where = ", ".join(cell.address for cell in beyond)
        words = (
            "the row has more cells than the header: a comma inside a number or a name needs quotes, or another "
            "separator."
        )
        found.problems.append(Problem(line.number, where, "", text_of(beyond), words))
        return found
    kilograms = {name: in_kilograms(_at(header, i).value) for i, name in fields.items()}
    for i, name in fields.items():
        cell = _at(line, i)
        if cell.trouble:
            continue
        if cell.empty:
            found.values[name] = None
            continue
        try:
            found.values[name] = _READ[name](cell.value, kilograms[name])
        except ValueError as error:
            found.blame(name, str(error))
    for name in NEEDED[:2]:
        if name in fields.values() and found.said[name] is None and name in found.values:
            found.blame(name, f"is empty: a shipment needs {_named(name)}.")
    return found


def _text(value: object, _: bool) -> str:
    """A name; a number can be that of a shipment only."""
    if isinstance(value, str):
        return " ".join(value.split())
    raise ValueError(f"{shown(value)} is not a name: write it as text.")


def _label(value: object, _: bool) -> str:
    """What a shipment is called: any value."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _names(value: object, _: bool) -> tuple[str, ...]:
    """Several names, separated by semicolons, commas or line breaks."""
    text = _text("; ".join(value.splitlines()) if isinstance(value, str) else value, False)
    if text.casefold() in NOTHING:
        return ()
    return tuple(dict.fromkeys(one.strip() for one in re.split(r"[;,]", text) if one.strip()))


def _flag(value: object, _: bool) -> str | None:
    text = _text(value, False)
    return None if text.casefold() in NOTHING else text


def _wish(value: object, _: bool) -> str:
    if found := wish_of(_text(value, False)):
        return found
    raise ValueError(f"{shown(value)} is not a known wish; write {WISH_WORDS}.")


def _day(value: object, _: bool) -> date | datetime:
    """A day or moment; text is read only where it cannot be misread: 2026-04-15, or with dots and so day first."""
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        text = in_year_order(value)
        if ISO_DAY.fullmatch(text) or ISO_MOMENT.fullmatch(text):
            try:
                return datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)
            except ValueError:
                raise ValueError(f"{shown(value)} is not a day of the calendar.") from None
        raise ValueError(f"{shown(value)} is text{_readings(value)}; write 2026-04-15, or a cell of type date.")
    if isinstance(value, int | float) and not isinstance(value, bool) and FIRST_SERIAL <= value <= LAST_SERIAL:
        day = date.fromordinal(int(value) + 693594)
        raise ValueError(f"{value:g} is a number; as an Excel date it would be {day}. Give the cell the type date.")
    raise ValueError(f"{shown(value)} is not a date; write 2026-04-15, or a cell of type date.")


def _readings(text: str) -> str:
    """How text that looks like a date could be read, in words."""
    parts = re.fullmatch(r"(\d{1,2})[./\- ](\d{1,2})[./\- ](\d{4}|\d{2})", text)
    if not parts:
        return ", and not in the order year-month-day"
    first, second, year = map(int, parts.groups())
    days = {_calendar(year, *pair) for pair in ((second, first), (first, second))} - {None}
    return f", which may be {' or '.join(sorted(map(str, days)))}" if days else ", and not a day of the calendar"


def _calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None


def _tonnes(value: object, kilograms: bool) -> float:
    number, unit = _number(value)
    if unit and unit not in TONNES + KILOGRAMS:
        raise ValueError(f"{shown(value)} has an unknown unit: give tonnes (20, or 20 t) or kilograms (kg).")
    if kilograms and unit in TONNES:
        raise ValueError(f"{shown(value)} is in tonnes, its column in kilograms: which is meant?")
    tonnes = number / 1000 if kilograms or unit in KILOGRAMS else number
    if not 0 < tonnes < MOST_TONNES:
        raise ValueError(f"{shown(value)} must be a weight above 0 t and below {MOST_TONNES:,.0f} t.")
    return tonnes


def _boxes(value: object, _: bool) -> int:
    number, unit = _number(value)
    if unit and unit not in BOXES:
        raise ValueError(f"{shown(value)} has an unknown unit: give a number of boxes, such as 2.")
    if not number.is_integer() or not 1 <= number <= 1e6:
        raise ValueError(f"{shown(value)} must be a whole number of boxes, 1 or more.")
    return int(number)


def _number(value: object) -> tuple[float, str]:
    """A number and the unit after it, in lower case."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not isfinite(value):
            raise ValueError(f"{shown(value)} is not a number.")
        return float(value), ""
    parts = NUMBER.fullmatch(value) if isinstance(value, str) else None
    if not parts:
        raise ValueError(f"{shown(value)} is not a number.")
    digits = re.sub(r"[\s\u00a0\u202f']", "", parts["number"])
    if "," in digits and ("." in digits or re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+", digits)):
        raise ValueError(f"{shown(value)} may be read in two ways: is the comma for decimals or for thousands?")
    try:
        return float(digits.replace(",", ".")), (parts["unit"] or "").casefold().rstrip(".")
    except ValueError:
        raise ValueError(f"{shown(value)} is not a number.") from None


_READ = {
    "shipment": _label,
    "origin": _text,
    "destination": _text,
    "depart": _day,
    "cargo": _text,
    "tonnes": _tonnes,
    "boxes": _boxes,
    "deadline": _day,
    "carrier": _flag,
    "avoid": _names,
    "by": _wish,
}

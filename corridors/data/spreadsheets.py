"""Sheets as users send them, cell by cell: Excel, CSV or a frame, each value with its address and what is wrong.

Nothing is guessed: a formula counts as the result stored in the file, and a cell that cannot be read says why.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from corridors.arguments import as_path, isnan_or_none, shown
from corridors.errors import BadRequest, MissingExtra

OTHERS = (".xls", ".xlsb", ".ods", ".numbers")
SEPARATORS = ";\t,"
EMPTY = ("", "\u00a0")


class Cell(NamedTuple):
    """A value, its address, and why it cannot be read; None is an empty cell."""

    address: str
    value: object
    trouble: str = ""

    @property
    def empty(self) -> bool:
        """Whether the cell is empty."""
        return self.value is None and not self.trouble


class Line(NamedTuple):
    """A row of a sheet."""

    number: int
    cells: list[Cell]
    merged: str = ""
    """Cells of this row that are merged across columns, as ``A7:H7``."""


@dataclass(frozen=True)
class Sheet:
    """A sheet: its rows in order, without empty ones, and the letters or names of its columns."""

    title: str
    lines: list[Line]
    columns: list[str] = field(default_factory=list)
    header: bool = False
    """Whether the first line is certainly the header, as in a frame."""


def sheets_of(source: str | Path | pd.DataFrame, sheet: str | None = None) -> list[Sheet]:
    """All sheets of a workbook, or the one asked for; a CSV file or frame counts as one sheet.

    Raises
    ------
    BadRequest
        If it is none of these, does not exist, or has no such sheet.
    MissingExtra
        Without openpyxl for Excel files (extra ``office``).
    """
    if isinstance(source, pd.DataFrame):
        return [_of_frame(source)]
    path = as_path(source, "shipments")
    if path.is_dir() or not path.exists():
        raise BadRequest(f"{path} is {'a folder' if path.is_dir() else 'not there'}; give an .xlsx or .csv file.")
    suffix = path.suffix.lower()
    if suffix in (".xlsx", ".xlsm"):
        return _of_workbook(path, sheet)
    if suffix in (".csv", ".tsv", ".txt"):
        return [_of_csv(path)]
    more = f" Save it as .xlsx first ({suffix} is not read)." if suffix in OTHERS else ""
    raise BadRequest(f"{path} is neither an Excel workbook (.xlsx) nor a CSV file.{more}")


def _of_frame(frame: pd.DataFrame) -> Sheet:
    """A frame as a sheet; its rows are numbered from 1."""
    names = [str(name) for name in frame.columns]
    lines = [Line(0, [Cell(f"column {name!r}", name) for name in names])]
    for number, row in enumerate(frame.itertuples(index=False, name=None), 1):
        cells = [Cell(f"row {number}, {name!r}", _plain(value)) for name, value in zip(names, row, strict=True)]
        if any(not cell.empty for cell in cells):
            lines.append(Line(number, cells))
    return Sheet("frame", lines, names, header=True)


def _plain(value: object) -> object:
    """A value as a Python object; None if it is empty."""
    if isnan_or_none(value) or value is pd.NaT or (isinstance(value, str) and value.strip() in EMPTY):
        return None
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime(warn=False)
    elif isinstance(value, np.datetime64):
        return _plain(pd.Timestamp(value))
    elif isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, datetime) and value.time() == time() and value.tzinfo is None:
        return value.date()
    return value.strip() if isinstance(value, str) else value


def _of_csv(path: Path) -> Sheet:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRequest(
            f"{path} is not in UTF-8 (byte {error.start + 1}); save it as 'CSV UTF-8', or as .xlsx."
        ) from None
    if "\0" in text:
        raise BadRequest(f"{path} is not text; save it as 'CSV UTF-8', or as .xlsx.")
    head = text.lstrip().split("\n", 1)[0]
    separator = max(SEPARATORS, key=head.count)
    lines: list[Line] = []
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), 1):
            cells = [Cell(f"{letters(i)}{number}", _plain(value)) for i, value in enumerate(row)]
            if any(not cell.empty for cell in cells):
                lines.append(Line(number, cells))
    except csv.Error as error:
        raise BadRequest(f"{path} is not a CSV beyond row {len(lines)}: {error}.") from None
    return Sheet(path.name, lines)


def letters(column: int) -> str:
    """Letters of a column, counted from 0: A, B, ..., AA."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def _of_workbook(path: Path, wanted: str | None) -> list[Sheet]:
    try:
        import openpyxl
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError as error:
        raise MissingExtra(
            "reading Excel files needs openpyxl, which is not installed: pip install 'corridors[office]'. A CSV file "
            "needs nothing."
        ) from error
    try:
        book = openpyxl.load_workbook(path)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError) as error:
        raise BadRequest(f"{path} is not an Excel workbook that can be read: {error}.") from None
    titles = [sheet.title for sheet in book.worksheets]
    if wanted is not None and wanted not in titles:
        raise BadRequest(f"{path} has no sheet {shown(wanted)}; it has {', '.join(titles)}.")
    results: Any = None
    found = []
    for sheet in book.worksheets:
        if wanted not in (None, sheet.title):
            continue
        if results is None and _has_formulas(sheet):
            results = openpyxl.load_workbook(path, data_only=True)
        found.append(Sheet(sheet.title, list(_lines(sheet, results[sheet.title] if results else None))))
    return found


def _has_formulas(sheet: Any) -> bool:
    return any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


def _lines(sheet: Any, results: object) -> Iterator[Line]:
    """Rows of a worksheet; a value of cells merged downwards holds for each of their rows."""
    across: dict[int, list[Any]] = {}
    down: dict[tuple[int, int], tuple[int, int]] = {}
    for area in sheet.merged_cells.ranges:
        if area.max_col > area.min_col:
            for row in range(area.min_row, area.max_row + 1):
                across.setdefault(row, []).append(area)
        else:
            down |= {(row, area.min_col): (area.min_row, area.min_col) for row in range(area.min_row, area.max_row + 1)}
    for row in sheet.iter_rows():
        number = row[0].row
        cells = [
            _cell(sheet.cell(*down[number, cell.column]) if (number, cell.column) in down else cell, results, cell)
            for cell in row
        ]
        if any(not cell.empty for cell in cells):
            yield Line(number, cells, ", ".join(area.coord for area in across.get(number, ())))


def _cell(cell: Any, results: Any, shown_at: Any) -> Cell:
    """The cell shown at `shown_at`, which may be part of a merged one."""
    address, value, kind = shown_at.coordinate, cell.value, cell.data_type
    if kind == "f":
        formula = value if isinstance(value, str) else getattr(value, "text", None) or "of an array"
        kept = results[cell.coordinate]
        value, kind = kept.value, kept.data_type
        if value is None:
            return Cell(
                address,
                formula,
                f"holds the formula {shown(formula)}, and the file holds no result for it: open and save it in a "
                "spreadsheet program, or replace it by its value",
            )
    if kind == "e":
        return Cell(address, value, f"holds the error {value}: correct it in the spreadsheet")
    if isinstance(value, time) or not isinstance(value, str | int | float | bool | date | None):
        return Cell(address, str(value), f"holds {shown(str(value))}, which is neither text, number nor date")
    return Cell(address, _plain(value))


def text_of(cells: Sequence[Cell]) -> str:
    """The cells of a row as text for a message."""
    return shown("; ".join(str(cell.value) for cell in cells if not cell.empty))

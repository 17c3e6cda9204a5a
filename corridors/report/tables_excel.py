"""Tables as a plain workbook, one sheet each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from corridors.report.workbook import is_blank, workbook, write_text

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

WIDEST = 60


def write_tables(path: str | Path, frames: Mapping[str, pd.DataFrame]) -> None:
    """Write each frame as a sheet: text as text, numbers as numbers, unknown values as empty cells.

    Parameters
    ----------
    path : path
    frames : mapping of str to DataFrame

    Raises
    ------
    MissingExtra
        Without XlsxWriter (extra ``office``).
    """
    with workbook(path) as book:
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#e8ecf0"})
        quoted = book.add_format({"quote_prefix": True})
        for name, frame in frames.items():
            sheet = book.add_worksheet(name[:31])
            for j, column in enumerate(frame.columns):
                texts = [str(column), *map(str, frame.iloc[:200, j])]
                sheet.set_column(j, j, min(WIDEST, 2 + max(map(len, texts))))
                sheet.write_string(0, j, str(column), head)
                for i, value in enumerate(frame.iloc[:, j].tolist(), 1):
                    _put(sheet, i, j, value, quoted)
            sheet.freeze_panes(1, 0)
            if len(frame):
                sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)


def _put(sheet: Worksheet, i: int, j: int, value: object, quoted: Format) -> None:
    if is_blank(value):
        return
    if isinstance(value, bool):
        sheet.write_boolean(i, j, value)
    elif isinstance(value, int | float) and math.isfinite(value):
        sheet.write_number(i, j, value)
    else:
        write_text(sheet, i, j, value, None, quoted)

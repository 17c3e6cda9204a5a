"""An Excel workbook, written atomically."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from corridors.data.writing import FORMULA, must_end, whole_file
from corridors.errors import MissingExtra

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MOST = 32_767
"""Characters that a cell can hold."""


@contextmanager
def workbook(path: str | Path) -> Iterator[Workbook]:
    """A workbook of XlsxWriter to fill; it replaces `path` once it is complete.

    Raises
    ------
    BadRequest
        For another suffix than ``.xlsx``.
    MissingExtra
        Without XlsxWriter (extra ``office``).
    """
    try:
        import xlsxwriter
        from xlsxwriter.exceptions import FileCreateError
    except ImportError as error:
        raise MissingExtra(
            "Excel files need XlsxWriter, which is not installed: pip install 'corridors[office]'. Without it, "
            "to_file('table.csv') or .table.to_csv('table.csv') writes the table."
        ) from error
    with whole_file(must_end(path, ".xlsx")) as unfinished:
        try:
            with xlsxwriter.Workbook(str(unfinished)) as book:
                yield book
        except FileCreateError as error:
            raise OSError(error.args[0]) from error


def is_blank(value: object) -> bool:
    """Whether there is nothing to write."""
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def write_text(sheet: Worksheet, i: int, j: int, value: object, look: Format | None, quoted: Format) -> None:
    """Write text as text only: what would read as a formula or link is `quoted`, anything else has its `look`."""
    text = str(value)[:MOST]
    sheet.write_string(i, j, text, quoted if text.startswith(FORMULA) else look)

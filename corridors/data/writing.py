"""Files written atomically, and cells that no spreadsheet runs as formulas."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from corridors.arguments import as_path
from corridors.errors import BadRequest, FileNotWritten

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Characters that a formula can begin with."""


@contextmanager
def whole_file(path: str | os.PathLike[str], flush: bool = True) -> Iterator[Path]:
    """A path beside `path` to write a file or folder to; it replaces `path` once it is complete.

    Until then, whatever was at `path` stays as it was, even if the disk is full or the process ends. Without `flush`
    this does not hold if the machine goes down, which is enough for files that are checked when they are read.

    Raises
    ------
    BadRequest
        If `path` is not a path, or a folder would be replaced.
    FileNotWritten
        If the system refuses.
    """
    as_path(path, "path")
    try:
        target = Path(os.path.realpath(path))
        if target.exists() and not target.is_file() and not target.is_dir():
            yield target  # a pipe or device has no content to keep
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".unfinished") as folder:
            unfinished = Path(folder) / target.name
            yield unfinished
            if target.is_dir() or (target.exists() and unfinished.is_dir()):
                raise BadRequest(f"{path} already exists; nothing was written. Name a new folder.")
            if flush and unfinished.is_file():
                _flush(unfinished)
            unfinished.replace(target)
    except OSError as error:
        raise FileNotWritten(f"{path} was not written: {error.strerror or error}.") from error


def _flush(path: Path) -> None:
    """Make sure that what was written is on the disk."""
    file = os.open(path, os.O_RDWR)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a text file atomically."""
    with whole_file(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")


def write_page(path: str | os.PathLike[str], text: str) -> None:
    """Write a page as ``.html``; no PDF or picture is called for what is none."""
    write_text(must_end(path, ".html"), text)


def write_csv(path: str | os.PathLike[str], table: pd.DataFrame) -> None:
    """Write a table for spreadsheets: a text that they would run as a formula begins with an apostrophe."""
    with whole_file(path) as unfinished:
        as_csv(table.map(_harmless), unfinished)


def as_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as it is; all is quoted where a text has a carriage return, of which readers make a new row."""
    text = table.select_dtypes(exclude="number")
    breaks = any(isinstance(cell, str) and "\r" in cell for _, column in text.items() for cell in column.tolist())
    table.to_csv(path, index=False, lineterminator="\n", quoting=csv.QUOTE_ALL if breaks else csv.QUOTE_MINIMAL)


def write_table(path: str | os.PathLike[str], table: pd.DataFrame, to_excel: Callable[[Path], None]) -> None:
    """Write a table as ``.csv``, or what it belongs to as ``.xlsx``.

    Raises
    ------
    BadRequest
        For another suffix.
    """
    target = as_path(path, "path")
    suffix = target.suffix.lower()
    if suffix == ".csv":
        write_csv(target, table)
    elif suffix == ".xlsx":
        to_excel(target)
    else:
        raise BadRequest(f"{path}: a table is written as .csv or .xlsx, not as {suffix or 'a file without suffix'}.")


def must_end(path: str | os.PathLike[str], suffix: str) -> Path:
    """The path of a file whose format goes by its suffix: programs refuse one that is called otherwise.

    Raises
    ------
    BadRequest
        For another suffix.
    """
    target = as_path(path, "path")
    if target.suffix.lower() != suffix:
        raise BadRequest(f"{path}: this is written as {suffix} only; call it {target.stem or 'answer'}{suffix}.")
    return target


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell

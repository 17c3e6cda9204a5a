"""Tables of a folder as they were read and checked, kept in one file for the processes that come after.

The file lies beside the data or, where the folder may not be written to, in the user's cache folder. It holds nothing
but numbers and UTF-8 text and is never executed. Its first line is a digest of its content and of everything that the
tables were made of, so that a file that is damaged, or older than data or library, is not used, and replaced.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corridors import settings
from corridors.data.schema import data_folder, described
from corridors.data.writing import whole_file
from corridors.errors import CorridorsError

Tables = dict[str, pd.DataFrame]
BETWEEN = "\x1e"
"""Stands between texts: no table has this character (one that has is not kept)."""
NUMBERS = ("float64", "int64", "bool")
TEXT: Any = pd.Series([""], dtype=str).dtype
"""Type of text as pandas reads it."""


def kept(folder: Path, detail: str, names: Sequence[str], checked: bool, read: Callable[[], Tables]) -> Tables:
    """Tables of a folder out of the file that is kept of them; if there is none that holds, read, and kept from now on.

    Parameters
    ----------
    folder : Path
    detail : str
        Which of its networks.
    names : sequence of str
        Tables of the folder that it is made of.
    checked : bool
        Whether `read` checks the tables too.
    read : callable
        Reads them from what `folder` holds.
    """
    if not settings.keep_tables:
        return read()
    try:
        made_of = _made_of(folder, names, checked)
    except (OSError, CorridorsError):
        return read()  # which says what is wrong
    places = _places(folder, f".corridors-{detail}{'-checked' if checked else ''}.tables")
    for place in places:
        if (found := _unpacked(place, made_of)) is not None:
            return found
    tables = read()
    if (packed := _packed(tables)) is not None:
        _write(places, hashlib.sha256(made_of + packed).hexdigest().encode() + packed)
    return tables


def _made_of(folder: Path, names: Sequence[str], checked: bool) -> bytes:
    """Digest of all that decides the tables: data, code and pandas; of checks the libraries that they compute with."""
    found = hashlib.sha256(f"{pd.__version__} {TEXT!r} {np.dtype('int64').str}".encode())
    if checked:
        from corridors.data.versions import installed

        found.update(repr(installed()).encode())
    for one in {folder: None, data_folder(): None} if checked else (folder,):
        for path in (one / "datapackage.json", *(described(one, name)[1] for name in names)):
            data = path.read_bytes()
            found.update(f"{path.relative_to(one)} {len(data)} ".encode() + data)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        found.update(path.read_bytes())
    return found.digest()


def _places(folder: Path, name: str) -> list[Path]:
    """Where the file may lie, first choice first."""
    try:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "corridors"
    except RuntimeError:  # nobody knows the user's home
        return [folder / name]
    return [folder / name, cache / (hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16] + name)]


def _write(places: list[Path], content: bytes) -> None:
    """Write the file to the first place that takes it; where none does, the next process reads the tables anew."""
    for place in places:
        try:
            with whole_file(place, flush=False) as unfinished:
                unfinished.write_bytes(content)
            return
        except (OSError, CorridorsError):
            continue


def _packed(tables: Tables) -> bytes | None:
    """Tables as one line of JSON and the bytes of their columns; None if they hold what cannot be kept."""
    described: dict[str, Any] = {}
    parts: list[bytes] = []
    for name, table in tables.items():
        columns = []
        for column, values in table.items():
            kind, texts = str(values.dtype), b""
            if kind in NUMBERS:
                data = values.to_numpy().tobytes()
            elif values.dtype == TEXT:
                numbers, words = pd.factorize(values)
                joined = BETWEEN.join(words)
                if numbers.min(initial=0) < 0 or joined.count(BETWEEN) != max(len(words) - 1, 0):
                    return None
                kind, texts, data = "text", joined.encode(), numbers.astype(np.int32).tobytes()
            else:
                return None
            columns.append((column, kind, len(texts), len(data)))
            parts += texts, data
        described[name] = len(table), columns
    return b"\n" + json.dumps(described).encode() + b"\n" + b"".join(parts)


def _unpacked(path: Path, made_of: bytes) -> Tables | None:
    """Tables out of a file; None if there is none, or it does not hold what it should."""
    try:
        content = memoryview(path.read_bytes())
        if hashlib.sha256(made_of + content[64:]).hexdigest().encode() != content[:64]:
            return None
        end = bytes(content[:1_000_000]).index(b"\n", 65)
        described, at = json.loads(bytes(content[65:end])), end + 1
        tables: Tables = {}
        for name, (rows, columns) in described.items():
            found: dict[str, Any] = {}
            for column, kind, of_texts, of_data in columns:
                texts, data = content[at : at + of_texts], content[at + of_texts : at + of_texts + of_data]
                at += of_texts + of_data
                if kind == "text":
                    words = np.array(str(texts, "utf-8").split(BETWEEN), dtype=object)
                    found[column] = pd.array(words, dtype=TEXT).take(np.frombuffer(data, np.int32))
                elif kind in NUMBERS:
                    found[column] = np.frombuffer(data, kind).copy()  # a view would keep the whole file in memory
            tables[name] = pd.DataFrame(found, index=pd.RangeIndex(rows))
        return tables
    except (OSError, ValueError, TypeError, LookupError, AttributeError):
        return None

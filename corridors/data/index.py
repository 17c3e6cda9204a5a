"""Tables of a folder as they were read and checked, kept in one file for the processes that come after.

The file lies beside the data or, where the folder may not be written to, in the user's cache folder. Of its tables only
those that are asked for are read. Beside it lies what was made of them that takes long. None of these files is used if
it is damaged, or older than data or library; it is then replaced.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from corridors import settings
from corridors.data.packed import NUMBERS, Column, Damaged, Packed, Part, Words, pack, part_digest
from corridors.data.schema import data_folder, described
from corridors.data.versions import version_of
from corridors.data.writing import whole_file
from corridors.errors import CorridorsError, DataError

Tables = Mapping[str, pd.DataFrame]
Parts = Mapping[str, Part]
T = TypeVar("T")
FEW, LARGE = 2_000, 5_000
"""Rows of a table that is small, and of one that is large."""
MOST_ALIKE, MOST_CACHED = 24, 500_000_000
"""Files of a number, such as a year, kept of one network; and bytes kept in the user's cache folder."""
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
    stem = f".corridors-{detail}{'-checked' if checked else ''}"

    def made_of() -> bytes:
        return _made_of(folder, names, checked)

    try:
        now = made_of()
    except (OSError, CorridorsError):
        return read()  # which says what is wrong
    files = _places(folder, f"{stem}.tables")
    if (found := _opened(files, now)) is None:
        tables = read()
        _keep(files, {name: packed(table) for name, table in tables.items()}, now)
        if (found := _opened(files, now)) is None:
            return tables
    return KeptTables(folder, stem, found, now, made_of, read)


class KeptTables(Mapping[str, pd.DataFrame]):
    """The tables in a file, each read when it is first asked for."""

    def __init__(
        self,
        folder: Path,
        stem: str,
        file: Packed,
        made_of: bytes,
        now_made_of: Callable[[], bytes],
        read: Callable[[], Tables],
    ) -> None:
        self._folder, self._stem, self._packed, self._made_of = folder, stem, file, made_of
        self._now_made_of, self._read = now_made_of, read
        self._tables: dict[str, pd.DataFrame] = {}

    def digest(self, name: str) -> str:
        """Digest of one table, without reading it."""
        return self._packed.digest(name)

    def __reduce__(self) -> tuple[object, ...]:
        return dict, (dict(self),)

    def __getitem__(self, name: str) -> pd.DataFrame:
        found = self._tables.get(name)
        if found is None:
            try:
                found = self._tables[name] = _unpacked(self._packed[name])
            except Damaged:
                found = self._mended()[name]
        return found

    def forget(self) -> None:
        """Let large tables go; they are read again when they are asked for again."""
        self._tables = {name: table for name, table in self._tables.items() if len(table) < LARGE}
        if arrow := sys.modules.get("pyarrow"):
            arrow.default_memory_pool().release_unused()

    def __contains__(self, name: object) -> bool:
        return name in self._packed

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)

    def _mended(self) -> Tables:
        """All tables read anew, if they are still those that were loaded; the file is replaced."""
        if self._now_made_of() != self._made_of:
            raise DataError(
                f"the data in {self._folder} have changed since they were loaded, and the file that was kept of them "
                "is damaged; load the network again."
            )
        tables, files = self._read(), _places(self._folder, f"{self._stem}.tables")
        self._tables = {**tables, **self._tables}
        _keep(files, {name: packed(table) for name, table in tables.items()}, self._made_of)
        self._packed = _opened(files, self._made_of) or self._packed
        return tables

    def beside(
        self,
        name: str,
        versions: Sequence[str],
        read: Callable[[Parts], T],
        make: Callable[[], T],
        pack: Callable[[T], Parts],
    ) -> T:
        """See `beside`."""
        of = hashlib.sha256(self._made_of + _code())
        of.update(repr([version_of(package) for package in versions]).encode())
        files = _places(self._folder, f"{self._stem}.{name}")
        if (found := _opened(files, of.digest())) is not None:
            with suppress(Damaged):
                return read(dict(found))
        made = make()
        _keep(files, pack(made), of.digest())
        return made


def keeps(tables: Tables) -> bool:
    """Whether what is made of tables is kept for later processes."""
    return isinstance(tables, KeptTables)


def forget(tables: Tables) -> None:
    """Let large tables go that can be read again: a worker needs them once, for what is made of them."""
    if isinstance(tables, KeptTables):
        tables.forget()


def beside(
    tables: Tables,
    name: str,
    versions: Sequence[str],
    read: Callable[[Parts], T],
    make: Callable[[], T],
    pack: Callable[[T], Parts],
) -> T:
    """What is made of tables and takes long, out of a file beside theirs; else made, and kept from now on.

    Parameters
    ----------
    tables : mapping
        If they are not kept themselves, nothing is.
    name : str
        What it is, as the suffix of a file.
    versions : sequence of str
        Modules of others on which it rests, besides the code of `corridors`.
    read : callable
        Makes it of the parts of the file.
    make : callable
        Makes it of nothing but the tables.
    pack : callable
        Its parts for the file.
    """
    return tables.beside(name, versions, read, make, pack) if isinstance(tables, KeptTables) else make()


def digest(tables: Tables, name: str) -> str:
    """Digest of one table: equal where its content is, wherever it was read."""
    if isinstance(tables, KeptTables):
        return tables.digest(name)
    table = tables[name]
    table = table.astype({column: TEXT for column in table if table[column].dtype == object})  # as layers give text
    part = packed(table)
    if part is not None and (found := part_digest(part)):
        return found
    return hashlib.sha256(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes()).hexdigest()


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


@lru_cache(maxsize=1)
def _code() -> bytes:
    """Digest of the code that makes anything of tables."""
    found = hashlib.sha256()
    for package in ("data", "engine", "model"):
        for path in sorted((Path(__file__).parents[1] / package).glob("*.py")):
            found.update(path.read_bytes())
    return found.digest()


def _places(folder: Path, name: str) -> list[Path]:
    """Files that may keep something, first choice first."""
    try:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "corridors"
    except RuntimeError:  # nobody knows the user's home
        return [folder / name]
    return [folder / name, cache / (hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16] + name)]


def _opened(files: Sequence[Path], made_of: bytes) -> Packed | None:
    """The first of some files that was made of this."""
    for file in files:
        try:
            return Packed(file, made_of)
        except Damaged:
            continue
    return None


def _keep(files: Sequence[Path], parts: Mapping[str, Part | None], made_of: bytes) -> None:
    """Write parts to the first file that can be written; where none can, the next process begins anew."""
    if not (content := pack(parts, made_of)):
        return
    for file in files:
        try:
            with whole_file(file, flush=False) as unfinished:
                unfinished.write_bytes(content)
            with suppress(OSError):  # another process removes them too
                _make_room(file, in_cache=file is not files[0])
            return
        except (OSError, CorridorsError):
            continue


def _make_room(written: Path, in_cache: bool) -> None:
    """Remove what was written longest ago, where there is more than enough beside a file just written."""
    kind = written.name.rstrip("0123456789")
    files = [(one.stat(), one) for one in written.parent.glob("*.corridors-*") if one != written and one.is_file()]
    alike, size = int(kind != written.name), written.stat().st_size
    for told, file in sorted(files, key=lambda one: -one[0].st_mtime_ns):
        same_kind = kind != written.name and file.name.rstrip("0123456789") == kind
        alike, size = alike + same_kind, size + told.st_size
        if (same_kind and alike > MOST_ALIKE) or (in_cache and size > MOST_CACHED):
            file.unlink(missing_ok=True)


def packed(table: pd.DataFrame) -> Part | None:
    """Columns of a table as they are kept; None if they are of types that are not."""
    found: dict[str, Column] = {}
    for column, values in table.items():
        if values.dtype == TEXT:
            numbers, texts = pd.factorize(values)
            if numbers.min(initial=0) < 0:
                return None
            found[str(column)] = Words.of(texts.tolist(), numbers.astype(np.int32))
        elif str(values.dtype) in NUMBERS:
            found[str(column)] = values.to_numpy()
        else:
            return None
    return found


def _unpacked(part: Part) -> pd.DataFrame:
    """A table of the columns that were kept of it."""
    found: dict[str, Any] = {}
    for column, values in part.items():
        if isinstance(values, Words):
            found[column] = _texts(values)
        else:
            found[column] = values
    return pd.DataFrame(found)


def _texts(words: Words) -> Any:
    """A column of text as pandas has it."""
    if len(words.numbers) >= FEW and getattr(TEXT, "storage", "") == "pyarrow":
        import pyarrow as pa  # which pandas has loaded

        content, ends = words.buffers
        texts = pa.LargeStringArray.from_buffers(words.many, pa.py_buffer(ends), pa.py_buffer(content))
        return TEXT.__from_arrow__(texts.take(pa.array(words.numbers)))
    return pd.array(np.array(words.texts, dtype=object)[words.numbers], dtype=TEXT)

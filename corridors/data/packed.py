"""Columns of numbers and text in one file, read part by part when they are needed.

The file holds nothing but numbers and UTF-8 text and is never executed. Its first line is a digest of what it was made
of and of its second line, which says where each part lies and what digest its content has. So a file that is older than
what it was made of is not opened, and what is damaged in it is not used.
"""

from __future__ import annotations

import hashlib
import json
import mmap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

BETWEEN = "\x1e"
"""Stands between texts: what has this character is not kept."""
NUMBERS = ("float64", "int64", "int32", "bool")
DIGEST = 64
"""Characters of a digest."""


class Damaged(Exception):
    """A part of a file does not hold what it should."""


class Words(NamedTuple):
    """A column of text: its different texts, one after the other, and which of them each row has."""

    joined: bytes
    many: int
    numbers: NDArray[np.int32]

    @classmethod
    def of(cls, texts: Sequence[str], numbers: NDArray[np.int32]) -> Words:
        """The same of separate texts."""
        return cls(BETWEEN.join(texts).encode(), len(texts), numbers)

    @property
    def texts(self) -> list[str]:
        """The texts; a single empty one where there are none."""
        return str(self.joined, "utf-8").split(BETWEEN)

    @property
    def buffers(self) -> tuple[bytes, NDArray[np.int64]]:
        """The texts without anything between them, and where each begins and the last one ends."""
        content = np.frombuffer(self.joined, dtype=np.uint8)
        between = content == ord(BETWEEN)
        ends = np.flatnonzero(between) - np.arange(between.sum())
        last = len(content) - len(ends)
        return content[~between].tobytes(), np.concatenate([[0], ends, [last]]).astype(np.int64)


Column = NDArray[Any] | Words
Part = Mapping[str, Column]


def _content(part: Part) -> tuple[list[tuple[str, str, int, int]], bytes] | None:
    """What columns a part has, and their bytes; None if it has text that cannot be kept."""
    found, content = [], list[bytes]()
    for column, values in part.items():
        if isinstance(values, Words):
            if values.joined.count(BETWEEN.encode()) != max(values.many - 1, 0):
                return None
            kind, texts, data = "text", values.joined, values.numbers.astype(np.int32).tobytes()
        else:
            kind, texts, data = str(values.dtype), b"", values.tobytes()
        found.append((column, kind, len(texts), len(data)))
        content += texts, data
    return found, b"".join(content)


def _digest(columns: object, content: bytes) -> str:
    return hashlib.sha256(json.dumps(columns).encode() + content).hexdigest()


def part_digest(part: Part) -> str | None:
    """Digest of a part: equal where all columns are; None of a part that cannot be kept."""
    return None if (found := _content(part)) is None else _digest(*found)


def pack(parts: Mapping[str, Part | None], made_of: bytes) -> bytes | None:
    """The content of a file of these parts; None if one of them cannot be kept."""
    where: dict[str, Any] = {}
    contents: list[bytes] = []
    at = 0
    for name, part in parts.items():
        if part is None or (found := _content(part)) is None:
            return None
        columns, content = found
        where[name] = at, len(content), _digest(columns, content), columns
        contents.append(content)
        at += len(content)
    told = json.dumps(where).encode()
    return b"\n".join((_signed(made_of, told), told, b"".join(contents)))


def _signed(made_of: bytes, told: bytes) -> bytes:
    return hashlib.sha256(made_of + told).hexdigest().encode()


class Packed(Mapping[str, dict[str, Column]]):
    """The parts of a file, each read anew whenever it is asked for.

    Raises
    ------
    Damaged
        If the file cannot be opened, or was made of something else.
    """

    def __init__(self, path: Path, made_of: bytes) -> None:
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            told = self._map[DIGEST + 1 : self._map.find(b"\n", DIGEST + 1)]
            if self._map[:DIGEST] != _signed(made_of, told):
                raise Damaged
            self._first = DIGEST + len(told) + 2
            self._where: dict[str, tuple[int, int, str, list[tuple[str, str, int, int]]]] = json.loads(told)
            if self._first + sum(length for _, length, *_ in self._where.values()) != len(self._map):
                raise Damaged
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise Damaged from error

    def digest(self, name: str) -> str:
        """Digest of a part."""
        return self._where[name][2]

    def __getitem__(self, name: str) -> dict[str, Column]:
        at, length, digest, columns = self._where[name]
        first, last = self._first + at, self._first + at + length
        if self._map.size() < last:  # cut off meanwhile: to read what is mapped no more would end the process
            raise Damaged
        content = self._map[first:last]
        if hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)  # what was copied need not stay in memory twice
        if _digest(columns, content) != digest:
            raise Damaged
        found: dict[str, Column] = {}
        here = 0
        for column, kind, of_texts, of_data in columns:
            texts, here = content[here : here + of_texts], here + of_texts
            data, here = content[here : here + of_data], here + of_data
            if kind == "text":
                many = texts.count(BETWEEN.encode()) + 1
                found[column] = Words(texts, many, np.frombuffer(data, np.int32).copy())
            else:
                found[column] = np.frombuffer(data, kind).copy()  # a view would keep the text in memory too
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._where

    def __iter__(self) -> Iterator[str]:
        return iter(self._where)

    def __len__(self) -> int:
        return len(self._where)

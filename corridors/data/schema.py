"""The schema of the data tables: reads ``datapackage.json`` and the tables, and says what is wrong with them.

Text columns are strings, an empty cell the empty string; dates stay ISO text, which sorts and compares as it
should. Numbers are ``float64`` with NaN for an empty cell, integers without empty cells ``int64``, booleans
``bool``. A row number in a message is the line of the CSV file, whose header is line 1.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path, PurePosixPath
from sys import intern
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

import corridors
from corridors.data.tags import cells
from corridors.errors import DataError

COLUMNS = ("table", "row", "column", "problem")
TABLES = (
    "places",
    "elements",
    "legs",
    "leg_geometry",
    "crossings",
    "transfers",
    "calendars",
    "holidays",
    "seasons",
    "events",
    "episodes",
    "coverage",
    "rights",
    "conditions",
    "corridors",
    "rates",
    "tariffs",
    "services",
    "cargo",
    "indicators",
    "claims",
    "provenance",
    "sources",
)
"""Tables that make up a network."""
_DATE = r"\d{4}-\d{2}-\d{2}"
_DATE_OR_PART = r"^\d{4}(-\d{2}(-\d{2})?)?$"
"""Pattern with which the schema describes a year, month or day."""
_MIDNIGHT = r"^(\d{4})[-/](\d{2})[-/](\d{2})(?:[T ]00:00:00(?:\.0+)?(?:Z|[+-]00:?00)?)?$"
_KINDS = {"number": "a number", "integer": "a whole number", "boolean": "true or false", "date": "a date as YYYY-MM-DD"}

Problem = tuple[int, str, str]
Described = dict[str, Any]
"""A part of ``datapackage.json``: the package, a table or a field."""
Row = dict[str, Any]
"""A row of a table by column. The types of its values are declared in the schema, a file, not in the code."""


@lru_cache(maxsize=8)
def _read_package(path: Path, changed: int) -> Described:
    package = cast(Described, json.loads(path.read_text(encoding="utf-8")))
    try:
        date.fromisoformat(package["data_date"])
        needed = [package["version"], *((one["name"], one["schema"]["fields"]) for one in package["resources"])]
        if not all(needed + [isinstance(one["path"], str) for one in package["resources"]]):
            raise TypeError("an entry is empty")
        if not all(isinstance(one.get("stats", {}).get("rows", 0), int) for one in package["resources"]):
            raise TypeError("rows are not a whole number")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{path} needs data_date (YYYY-MM-DD), version and, for each of resources, name, path and "
            f"schema with fields: {type(error).__name__} {error}."
        ) from None
    return package


def read_package(folder: str | Path) -> Described:
    """The data package description of a folder.

    Raises
    ------
    DataError
        If the folder holds none, or it is not JSON or lacks what a network needs.
    """
    path = Path(folder) / "datapackage.json"
    try:
        return _read_package(path, path.stat().st_mtime_ns)
    except (FileNotFoundError, NotADirectoryError):
        raise DataError(f"{folder} holds no datapackage.json; give the folder that does.") from None
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"{path} is not JSON: {error}") from None


def data_folder() -> Path:
    """Folder of the shipped tables: inside the wheel, or beside the package in a source checkout."""
    here = Path(corridors.__file__).parent
    for folder in (here / "geodata", here.parent / "geodata"):
        if (folder / "datapackage.json").exists():
            return folder
    raise DataError(f"no geodata folder beside {here}; install the wheel again, or load('folder') with your own data.")


def _resources(folder: str | Path) -> dict[str, Described]:
    return {resource["name"]: resource for resource in read_package(folder)["resources"]}


def names(folder: str | Path) -> list[str]:
    """Tables that a folder describes."""
    return list(_resources(folder))


def _schemas(folder: str | Path | None) -> dict[str, Described]:
    """Table name to Table Schema; without a folder, of the shipped tables."""
    return {name: resource["schema"] for name, resource in _resources(folder or data_folder()).items()}


def fields(name: str) -> list[Described]:
    """Fields of a shipped table."""
    return list(_schemas(None)[name]["fields"])


def row_key(name: str) -> list[str]:
    """Columns that tell the rows of a shipped table apart."""
    return list(_schemas(None)[name]["primaryKey"])


def records(table: pd.DataFrame) -> list[Row]:
    """Rows of a table as dictionaries: `DataFrame.to_dict`, several times as fast."""
    names_, columns = list(table.columns), [objects(column) for _, column in table.items()]
    return [dict(zip(names_, row, strict=True)) for row in zip(*columns, strict=True)]


def listed(table: pd.DataFrame, *names: str) -> Iterator[list[Any]]:
    """Columns of a table as lists of Python objects, many times as fast as pandas iterates over text.

    Equal texts are one object, in other columns and calls too: a hundred thousand edges have the same few words.
    """
    for name in names:
        column = table[name]
        values = objects(column)
        is_text = isinstance(column.dtype, pd.StringDtype) and not column.hasnans
        yield list(map(intern, values)) if is_text else values


def mapped(table: pd.DataFrame, by: str, to: str) -> dict[str, Any]:
    """One column of a table by another: the last row of each."""
    return dict(zip(*listed(table, by, to), strict=True))


def among(table: pd.DataFrame, name: str, known: Container[Any]) -> npt.NDArray[np.bool_]:
    """Whether each value of a column is known; pandas' ``isin`` would first turn all that is known into Arrow."""
    return np.fromiter(map(known.__contains__, next(listed(table, name))), dtype=bool, count=len(table))


def objects(column: pd.Series[Any]) -> list[Any]:
    """The values of a column as Python objects."""
    if isinstance(column.dtype, pd.StringDtype | pd.DatetimeTZDtype) or column.dtype.name == "geometry":
        return list(np.asarray(column, dtype=object))
    if column.dtype == object:
        return [one.item() if isinstance(one, np.generic) else one for one in column]
    return column.tolist()


def read_table(folder: str | Path, name: str) -> pd.DataFrame:
    """Read one table in the types of its schema.

    Parameters
    ----------
    folder : path
        Folder with ``datapackage.json``.
    name : str
        Name of the table, as in the package.

    Raises
    ------
    DataError
        If the table, a column, a cell or some of the rows that the package counts are missing, or a value is not of
        its type. What the types cannot tell (keys, ranges, codes) is the work of `validate` and of
        `corridors.data.checks`.
    """
    schema, path = described(folder, name)
    table = _read_csv(path, name, schema, whole=True)
    told = _resources(folder)[name].get("stats", {}).get("rows", 0)
    if len(table) < told:
        raise DataError(
            f"{path.name} has {len(table)} of the {told} rows that datapackage.json states, so it was cut off; if "
            "rows were removed on purpose, correct the number there.",
            name,
        )
    return table


def read_file(folder: str | Path, name: str, path: Path) -> pd.DataFrame:
    """A user's rows in the schema that `folder` has for a table; columns left out are empty, or false.

    Raises
    ------
    DataError
        As `read_table`.
    """
    return _read_csv(path, name, described(folder, name)[0], whole=False)


def described(folder: str | Path, name: str) -> tuple[Described, Path]:
    """Schema and file of a table, which lies within the folder."""
    resources = _resources(folder)
    if name not in resources:
        raise DataError(f"datapackage.json describes no such table; it has {', '.join(resources)}.", name)
    path = PurePosixPath(resources[name]["path"])
    if path.is_absolute() or ".." in path.parts or "\\" in str(path) or ":" in str(path):
        raise DataError(f"the file {str(path)!r} lies outside the folder; name one within it.", name)
    return resources[name]["schema"], Path(folder) / path


def _read_csv(path: Path, name: str, schema: Described, whole: bool) -> pd.DataFrame:
    """A table in its types; with `whole` every column must be there, else those left out are empty."""
    try:
        text = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise DataError(f"the file {path.name} is missing in {path.parent}.", name) from None
    except (OSError, EOFError, pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name} is not a table in UTF-8: {' '.join(str(error).split())}.", name) from None
    expected = [field["name"] for field in schema["fields"]]
    for column in expected:
        if column not in text.columns:
            if whole:
                raise DataError(f"the column is missing; expected {', '.join(expected)}.", name, 1, column)
            text[column] = ""
    for column in text.columns:
        if column not in expected:
            raise DataError(f"no such column is known; expected {', '.join(expected)}.", name, 1, str(column))
    short = text.isna().any(axis=1).to_numpy()
    if short.any():
        raise DataError(f"fewer cells than the {len(expected)} columns.", name, int(short.argmax()) + 2)
    for field in schema["fields"]:
        if not whole and field["type"] == "boolean":
            text[field["name"]] = text[field["name"]].replace("", "false")
        if pattern := _pattern(field):
            text[field["name"]] = _without_point(text[field["name"]], pattern)
    typed = {field["name"]: typed_column(text[field["name"]], field["type"], name) for field in schema["fields"]}
    return pd.DataFrame(typed)[list(text.columns) if whole else expected]


def typed_table(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """A table from elsewhere in the columns and types of the shipped schema; what is missing there is empty."""
    expected = {field["name"]: field["type"] for field in fields(name)}
    days = {field["name"] for field in fields(name) if field["type"] == "date" or _pattern(field) == _DATE_OR_PART}
    for column in table.columns:
        if column not in expected:
            raise DataError(f"no such column is known; expected some of {', '.join(expected)}.", name, "", str(column))
    typed = {}
    for column, kind in expected.items():
        values = table[column] if column in table.columns else pd.Series("", index=table.index, name=column)
        if kind in ("number", "integer"):
            values = values.astype(object).where(values.notna(), "")  # including categories and nullable numbers
        else:
            values = cells(values)
            if column in days:  # GDAL turns days into moments, or writes them with slashes
                values = values.str.replace(_MIDNIGHT, r"\1-\2-\3", regex=True)
            if kind == "boolean":
                values = values.replace({"1": "true", "0": "false"})
        typed[column] = typed_column(values, kind, name)
    return pd.DataFrame(typed).reset_index(drop=True)


def _without_point(column: pd.Series[Any], pattern: str) -> pd.Series[Any]:
    """Years and classes as they were before pandas read and saved them as numbers: "2018.0" for "2018"."""
    pointed = column.str.endswith(".0")
    if pointed.any():
        pointed &= ~column.str.fullmatch(pattern)
        column = column.where(~pointed, column.str.removesuffix(".0"))
    return column


def _pattern(field: Described) -> str:
    return str(field.get("constraints", {}).get("pattern", ""))


def typed_column(column: pd.Series[Any], kind: str, table: str) -> pd.Series[Any]:
    """A column in the type of its field; ``DataError`` names the first row that is not of it."""
    values, wrong = _typed(column, kind)
    if wrong.any():
        at = int(wrong.argmax())
        raise DataError(f"expected {_KINDS[kind]}, found {column.iloc[at]!r}.", table, at + 2, str(column.name))
    return values


def _typed(column: pd.Series[Any], kind: str) -> tuple[pd.Series[Any], npt.NDArray[np.bool_]]:
    """A column in its type, and where it is not of that type."""
    if kind in ("number", "integer"):
        if column.dtype in (np.float64, np.int64):  # as `read_table` gives them
            empty, numbers = column.isna().to_numpy(), column.astype(float)
        else:
            empty = (column.isna() | (column.astype(str) == "")).to_numpy()
            numbers = pd.to_numeric(column.where(~empty), errors="coerce").astype(float)
        found = numbers.to_numpy()
        wrong = ~empty & ~np.isfinite(found)
        if kind == "integer":
            wrong |= np.isfinite(found) & (np.nan_to_num(found) % 1 != 0)
            if not (empty | wrong).any():
                return numbers.astype("int64"), wrong
        return numbers, wrong
    if kind == "boolean":
        if column.dtype == np.bool_:
            return column, np.zeros(len(column), dtype=bool)
        text = column.astype(str).str.lower()
        return text == "true", ~text.isin(["true", "false"]).to_numpy()
    text = column.fillna("")
    if kind == "date":
        full = text[text != ""].astype(str)
        bad = full[~full.str.fullmatch(_DATE) | pd.to_datetime(full, format="%Y-%m-%d", errors="coerce").isna()]
        return text, text.index.isin(bad.index)
    return text, np.zeros(len(text), dtype=bool)


def frame(problems: Iterable[tuple[str, int, str, str]]) -> pd.DataFrame:
    """Problems as a table with the columns `COLUMNS`."""
    return pd.DataFrame(list(problems), columns=list(COLUMNS))


def validate(
    tables: Mapping[str, pd.DataFrame],
    folder: str | Path | None = None,
    names: Container[str] | None = None,
    sound: Mapping[str, pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """Problems of tables against the schema: types, required, codes, ranges, patterns, keys and references.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        As `read_table` gives them; tables of text only are checked too.
    folder : path, optional
        Folder whose ``datapackage.json`` applies; default: that of the shipped tables.
    names : container of str, optional
        Check these tables only; the others are there for references to them.
    sound : mapping of str to DataFrame, optional
        Tables without problems. What depends only on those that are the very same objects is not checked again.

    Returns
    -------
    DataFrame
        Columns ``table, row, column, problem``; empty if all is well.
    """
    same = unchanged(tables, sound)
    return frame(
        (name, row, column, problem)
        for name, schema in _schemas(folder).items()
        if names is None or name in names
        for row, column, problem in _table_problems(name, schema, tables, same)
    )


def unchanged(tables: Mapping[str, pd.DataFrame], sound: Mapping[str, pd.DataFrame] | None) -> set[str]:
    """Names of the tables that are the very same objects in both."""
    return {name for name, table in (sound or {}).items() if tables.get(name) is table}


def _table_problems(
    name: str, schema: Described, tables: Mapping[str, pd.DataFrame], same: Container[str]
) -> Iterator[Problem]:
    if name not in tables:
        if not schema.get("standalone"):  # such as benchmarks, which no network reads
            yield 1, "", "the table is missing"
        return
    table = tables[name]
    if name not in same:
        yield from _own_problems(table, schema)
    for lists, keys in ((False, schema.get("foreignKeys", ())), (True, schema.get("listForeignKeys", ()))):
        for one in keys:
            if name not in same or one["reference"]["resource"] not in same:
                yield from _key_problems(table, one, tables, lists)


def _own_problems(table: pd.DataFrame, schema: Described) -> Iterator[Problem]:
    """Problems of a table whatever the others hold."""
    for field in schema["fields"]:
        if field["name"] not in table.columns:
            yield 1, field["name"], "the column is missing"
        else:
            yield from _field_problems(table[field["name"]], field)
    key = [schema["primaryKey"]] if isinstance(schema["primaryKey"], str) else schema["primaryKey"]
    if set(key) <= set(table.columns):
        for at in np.flatnonzero(table.duplicated(key).to_numpy()):
            value = ", ".join(str(table[column].iloc[at]) for column in key)
            yield int(at) + 2, key[0], f"{value!r} is already in a row above; {' and '.join(key)} must be unique"


def _field_problems(column: pd.Series[Any], field: Described) -> Iterator[Problem]:
    name, limits = field["name"], field.get("constraints", {})
    values, wrong = _typed(column, field["type"])

    def each(mask: object, say: Callable[[object], str]) -> Iterator[Problem]:
        for at in np.flatnonzero(np.asarray(mask, dtype=bool)):
            yield int(at) + 2, name, say(column.iloc[at])

    yield from each(wrong, lambda v: f"expected {_KINDS.get(field['type'], 'text')}, found {v!r}")
    empty = (values.isna() if field["type"] in ("number", "integer") else values.astype(str) == "").to_numpy()
    if limits.get("required"):
        yield from each(empty & ~wrong, lambda v: f"is empty; expected {field['description']}")
    good = ~(empty | wrong)
    if "enum" in limits:
        codes = ", ".join(map(str, limits["enum"]))
        other = good & ~values.isin(limits["enum"]).to_numpy()
        yield from each(other, lambda v: f"{v if isinstance(v, np.number) else repr(v)} is not one of {codes}")
    if "pattern" in limits:
        fits = values.astype(str).str.fullmatch(limits["pattern"]).to_numpy()
        yield from each(good & ~fits, lambda v: f"{str(v)[:60]!r} is not written as {limits['pattern']}")
        if limits["pattern"] == _DATE_OR_PART:
            impossible = [one for one in values[good & fits].unique() if not _is_date_or_part(str(one))]
            yield from each(
                values.isin(impossible), lambda v: f"{v!r} is in no calendar; write YYYY, YYYY-MM or YYYY-MM-DD"
            )
    if "minimum" in limits:
        yield from each(good & (values < limits["minimum"]).to_numpy(), lambda v: f"{v} is below {limits['minimum']}")
    if "maximum" in limits:
        yield from each(good & (values > limits["maximum"]).to_numpy(), lambda v: f"{v} is above {limits['maximum']}")


def _is_date_or_part(text: str) -> bool:
    try:
        date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        return False
    return True


def _key_problems(
    table: pd.DataFrame, key: Described, tables: Mapping[str, pd.DataFrame], lists: bool
) -> Iterator[Problem]:
    column = _only(key["fields"])
    target, field = key["reference"]["resource"], _only(key["reference"]["fields"])
    if column not in table.columns or target not in tables or field not in tables[target].columns:
        return  # reported as missing already
    known, values = set(texts(tables[target][field])), texts(table[column])
    lost = {
        value: [part for part in (value.split(";") if lists else [value]) if part not in known and (part or value)]
        for value in set(values)
    }
    for at, value in enumerate(values) if any(lost.values()) else ():
        for part in lost[value]:
            yield at + 2, column, f"{part!r} is no {field} of the table {target}"


def texts(column: pd.Series[Any]) -> list[str]:
    """The values of a column as text, empty where there is none; several times as fast as to iterate over it."""
    return cast(list[str], column.fillna("").astype(str).to_numpy(dtype=object).tolist())


def _only(names: str | list[str]) -> str:
    return names if isinstance(names, str) else names[0]


GRADES = ("measured", "published", "derived", "estimate", "assumed")
"""Grades of figures, the strongest first."""


def worst(*qualities: str) -> str:
    """The weakest of several grades."""
    return max((q for q in qualities if q), key=GRADES.index, default="")


def cited(*ids: str) -> str:
    """Sources joined by ';', each once."""
    return intern(";".join(dict.fromkeys(part for text in ids for part in text.split(";") if part)))


def last_day(text: str) -> date:
    """Last day of a year, month or day as ISO text."""
    year, month, day = (*map(int, text.split("-")), 0, 0)[:3]
    if day:
        return date(year, month, day)
    return date(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1) - timedelta(days=1)


def told_by(row: Row, day: date) -> bool:
    """Whether the words of a row were written by a day, as far as its ``as_of`` says when they were."""
    return not row["as_of"] or last_day(row["as_of"]) <= day

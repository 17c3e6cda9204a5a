"""The detail network: the tables of the backbone with its roads and railways replaced by those of ``detail/``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from corridors.errors import DataError

COLUMNS = {"places": "place_id", "legs": "leg_id", "leg_geometry": "leg_id"}


def full(tables: Mapping[str, pd.DataFrame], folder: Path) -> dict[str, pd.DataFrame]:
    """Tables of the detail network.

    A backbone leg that is replaced stays an element: a section whose members are the legs along it, so that
    events, scenarios and corridors that name it still hold.

    Raises
    ------
    DataError
        If the folder has no detail network, or a table of it lacks a column or holds text for a number.
    """
    members = _read(folder, "members", pd.DataFrame({"element_id": [""], "leg_id": [""]}))
    new = {name: _read(folder, name, tables[name]) for name in COLUMNS}
    replaced = set(members["element_id"]) | set(new["legs"]["leg_id"])
    found = dict(tables)
    for name in COLUMNS:
        old = tables[name] if name == "places" else tables[name][~tables[name]["leg_id"].isin(replaced)]
        found[name] = pd.concat([old, new[name].astype(old.dtypes.to_dict())], ignore_index=True)
    found["elements"] = _elements(tables["elements"], found["places"], new["legs"], members, replaced)
    return found


def _read(folder: Path, name: str, like: pd.DataFrame) -> pd.DataFrame:
    """A packed table with the columns and types of another; columns that it leaves out are empty."""
    path = folder / "detail" / f"{name}.csv.gz"
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except FileNotFoundError:
        raise DataError(f"{folder} has no detail network: {path.name} is missing in its folder detail; "
                        "use detail='backbone'.", name) from None
    except (OSError, EOFError, pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise DataError(f"detail/{path.name} is not a packed table in UTF-8: {error}.", name) from None
    if COLUMNS.get(name, "element_id") not in table:
        raise DataError(f"the column is missing in detail/{path.name}.", name, 1, COLUMNS.get(name, "element_id"))
    table = table.reindex(columns=like.columns, fill_value="")
    for column in like.select_dtypes("number"):
        try:
            table[column] = pd.to_numeric(table[column]).astype(float)
        except ValueError as error:
            raise DataError(f"expected a number in detail/{path.name}: {error}.", name, "", str(column)) from None
    return table


def _elements(elements: pd.DataFrame, places: pd.DataFrame, legs: pd.DataFrame, members: pd.DataFrame,
              replaced: set[str]) -> pd.DataFrame:
    """Elements of the backbone with their members among the new legs, and an element for each new leg."""
    lists = members.groupby("element_id", sort=False)["leg_id"].agg(";".join)
    covers = elements["element_id"].isin(lists.index)
    kept = elements["members"].where(~covers, [
        ";".join(m for m in text.split(";") if m and m not in replaced) for text in elements["members"]])
    added = elements["element_id"].map(lists).fillna("")
    names = dict(zip(places["place_id"], places["name"], strict=True))
    a, b = (legs[end].map(names).fillna(legs[end]) for end in ("from_place", "to_place"))
    new = legs.assign(element_id=legs["leg_id"], kind="leg", name=a + " - " + b + " (" + legs["mode"] + ")", aliases="",
                      members="")
    return pd.concat([
        elements.assign(members=(kept + ";" + added).str.strip(";"),
                        kind=elements["kind"].where(~(covers & (elements["kind"] == "leg")), "section")),
        new.loc[~new["element_id"].isin(elements["element_id"]), elements.columns],
    ], ignore_index=True)

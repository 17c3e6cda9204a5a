"""The detail network: the tables of the backbone with its roads and railways replaced by those of ``detail/``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from corridors.data.schema import among, listed, mapped, read_table, records, validate
from corridors.errors import DataError

TABLES = ("places", "legs", "leg_geometry")
OWN = (*(f"detail_{name}" for name in TABLES), "detail_members")


def full(tables: Mapping[str, pd.DataFrame], folder: Path) -> dict[str, pd.DataFrame]:
    """Tables of the detail network.

    A backbone leg that is replaced stays an element: a section whose members are the legs along it, so that
    events, scenarios and corridors that name it still hold.

    Raises
    ------
    DataError
        If the folder has no detail network, or anything in it contradicts the schema.
    """
    if not (folder / "detail").is_dir():
        raise DataError(f"{folder} has no detail network, no folder detail; use detail='backbone'.")
    own = {name: read_table(folder, name) for name in OWN}
    for wrong in records(validate({**tables, **own}, folder, OWN)):
        raise DataError(wrong["problem"], wrong["table"], wrong["row"], wrong["column"])
    members = own["detail_members"]
    new = {name: _like(own[f"detail_{name}"], tables[name]) for name in TABLES}
    replaced = {*next(listed(members, "element_id")), *next(listed(new["legs"], "leg_id"))}
    found = dict(tables)
    for name in TABLES:
        old = tables[name] if name == "places" else tables[name][~among(tables[name], "leg_id", replaced)]
        found[name] = pd.concat([old, new[name].astype(old.dtypes.to_dict())], ignore_index=True)
    found["elements"] = _elements(tables["elements"], found["places"], new["legs"], members, replaced)
    return found


def _like(table: pd.DataFrame, like: pd.DataFrame) -> pd.DataFrame:
    """A table with the columns of another; those that it leaves out are empty."""
    numbers = like.select_dtypes("number").columns
    return table.assign(
        **{column: float("nan") if column in numbers else "" for column in like.columns if column not in table.columns}
    )[list(like.columns)]


def _elements(
    elements: pd.DataFrame, places: pd.DataFrame, legs: pd.DataFrame, members: pd.DataFrame, replaced: set[str]
) -> pd.DataFrame:
    """Elements of the backbone with their members among the new legs, and an element for each new leg."""
    lists = members.groupby("element_id", sort=False)["leg_id"].agg(";".join)
    covers = pd.Series(among(elements, "element_id", set(lists.index)), index=elements.index)
    kept = elements["members"].where(
        ~covers,
        [";".join(m for m in text.split(";") if m and m not in replaced) for text in next(listed(elements, "members"))],
    )
    added = elements["element_id"].map(lists).fillna("")
    names = mapped(places, "place_id", "name")
    a, b = (legs[end].map(names).fillna(legs[end]) for end in ("from_place", "to_place"))
    new = legs.assign(
        element_id=legs["leg_id"], kind="leg", name=a + " - " + b + " (" + legs["mode"] + ")", aliases="", members=""
    )
    return pd.concat(
        [
            elements.assign(
                members=(kept + ";" + added).str.strip(";"),
                kind=elements["kind"].where(~(covers & (elements["kind"] == "leg")), "section"),
            ),
            new.loc[~among(new, "element_id", set(elements["element_id"])), elements.columns],
        ],
        ignore_index=True,
    )

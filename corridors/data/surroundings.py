"""The shipped rows that apply to a network given by its places, legs and crossings only."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from corridors.data.schema import Row, among, mapped, records, row_key, typed_table

OWN = "own_network"
"""Source of what the user gives."""
MET = "own_line_meets_border"
"""Source of a crossing that is there only because a line of the user meets a border."""
TITLES = {OWN: "Network given by the user", MET: "Where a line given by the user meets a border"}
BELONGS = {
    "calendars": "element_id",
    "seasons": "element_id",
    "events": "element_id",
    "episodes": "element_id",
    "coverage": "element_id",
    "rights": "element_id",
    "indicators": "element_id",
    "transfers": "place_id",
}
"""Tables of which the shipped rows are kept that refer to something in the network."""

Tables = dict[str, pd.DataFrame]


def with_shipped_rows(own: Tables, shipped: Mapping[str, pd.DataFrame]) -> Tables:
    """The tables of a network given by its places, legs and crossings only, with the shipped rows that apply."""
    places, legs, gates = own["places"], own["legs"], own["crossings"]
    name = mapped(places, "place_id", "name")
    rows = [
        {
            "element_id": leg["leg_id"],
            "kind": "leg",
            "name": f"{name.get(leg['from_place'], leg['from_place'])} - "
            f"{name.get(leg['to_place'], leg['to_place'])} ({leg['mode']})",
            **_grade(leg),
        }
        for leg in records(legs)
    ]
    rows += [
        {
            "element_id": gate["element_id"],
            "kind": "strait" if gate["mode"] == "sea" else "crossing",
            "name": gate["name"],
            **_grade(gate),
        }
        for gate in records(gates.drop_duplicates("element_id"))
    ]
    new = typed_table(pd.DataFrame(rows), "elements")
    here = set(new["element_id"])
    known = shipped["elements"].copy()
    known["members"] = [";".join(m for m in text.split(";") if m in here) for text in known["members"]]
    known = known[among(known, "element_id", here) | (known["members"] != "")]
    before = set(known["element_id"])
    found = {
        **shipped,
        **own,
        "elements": pd.concat([known, new[~among(new, "element_id", before)]], ignore_index=True),
    }
    has = {"element_id": {*found["elements"]["element_id"], ""}, "place_id": set(places["place_id"])}
    for table, column in BELONGS.items():
        found[table] = found[table][among(found[table], column, has[column])].reset_index(drop=True)
    found["calendars"] = _rezoned(found["calendars"], places, gates, shipped["places"])
    found["corridors"] = _named(found["corridors"], {*legs["project"], *gates["project"]}, has)
    found["sources"] = _with_sources(found)
    keys = {
        table: {"|".join(map(str, key)) for key in found[table][row_key(table)].itertuples(index=False)}
        for table in found["provenance"]["table"].unique()
    }
    stands = [
        row_id in keys[table]
        for table, row_id in zip(found["provenance"]["table"], found["provenance"]["row_id"], strict=True)
    ]
    found["provenance"] = found["provenance"][stands].reset_index(drop=True)
    return {table: found[table] for table in shipped}


def _named(corridors: pd.DataFrame, projects: set[str], has: Mapping[str, set[str]]) -> pd.DataFrame:
    """Corridors that the network has as a whole, and its parts of those that planned legs belong to."""
    rows = []
    for row in records(corridors):
        here = {
            column: ";".join(one for one in row[column].split(";") if one in has[kind])
            for column, kind in (("legs", "element_id"), ("places", "place_id"))
        }
        if row["corridor_id"] in projects or all(here[column] == row[column] for column in here):
            rows.append(row | here)
    return pd.DataFrame(rows, columns=list(corridors.columns)).astype(corridors.dtypes.to_dict())


def _grade(row: Row) -> Row:
    return {column: row[column] for column in ("source_id", "as_of", "quality")}


def _rezoned(calendars: pd.DataFrame, places: pd.DataFrame, gates: pd.DataFrame, shipped: pd.DataFrame) -> pd.DataFrame:
    """Calendars whose rules are in the local time of an existing place: the side of the crossing in that country."""
    country = dict(zip(shipped["place_id"], shipped["country"], strict=True))
    own = dict(zip(places["place_id"], places["country"], strict=True))
    side = {(gate["element_id"], own.get(gate["from_place"])): gate["from_place"] for gate in records(gates)}
    found = [
        place if place in own else side.get((element, country[place]), "")
        for element, place in zip(calendars["element_id"], calendars["place_id"], strict=True)
    ]
    return calendars.assign(place_id=found)


def _with_sources(tables: Tables) -> pd.DataFrame:
    """Sources, with a row for each that only the user names."""
    known = tables["sources"]
    cited = {
        part
        for name in ("places", "legs", "crossings")
        for text in tables[name]["source_id"].unique()
        for part in text.split(";")
    }
    new = [
        {
            "source_id": source,
            "title": TITLES.get(source, source),
            "publisher": "not stated",
            "accessed": max(tables["legs"]["as_of"]),
            "licence": "not stated",
        }
        for source in sorted(cited - set(known["source_id"]))
    ]
    return pd.concat([known, typed_table(pd.DataFrame(new), "sources")], ignore_index=True) if new else known

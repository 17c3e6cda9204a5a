"""Border crossings near each other: those that are one choice, and those that stand in for planned ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import pandas as pd

from corridors.data.geodesy import geod
from corridors.data.schema import Row, records

CLUSTER_KM = 60.0


def clusters(crossings: pd.DataFrame, places: Mapping[str, Row]) -> dict[str, str]:
    """Name of the cluster of each crossing: same countries, same mode, within `CLUSTER_KM` of its first member.

    Crossings as close as Korday and Karasu are one choice to an analyst.
    """
    leaders: dict[tuple[str, ...], list[tuple[str, float, float]]] = defaultdict(list)
    found: dict[str, str] = {}
    for row in records(crossings.drop_duplicates("element_id").sort_values("element_id")):
        element, a, b = row["element_id"], places[row["from_place"]], places[row["to_place"]]
        known = leaders[row["mode"], *sorted((a["country"], b["country"]))]
        for leader, lon, lat in known:
            if geod().inv(lon, lat, a["lon"], a["lat"])[2] <= CLUSTER_KM * 1000:
                found[element] = leader
                break
        else:
            known.append((element, a["lon"], a["lat"]))
            found[element] = element
    return found


def beside_planned(tables: Mapping[str, pd.DataFrame], places: Mapping[str, Row]) -> dict[str, str]:
    """For each planned crossing the operating one nearest to it at the border of the same two countries."""
    crossings = records(tables["crossings"].drop_duplicates("element_id"))

    def sides(row: Row) -> frozenset[str]:
        return frozenset(places[row[end]]["country"] for end in ("from_place", "to_place"))

    operating: dict[frozenset[str], list[Row]] = {}
    for row in crossings:
        if row["status"] == "operating":
            operating.setdefault(sides(row), []).append(row)
    found = {}
    for row in crossings:
        near = operating.get(sides(row))
        if row["status"] == "operating" or not near:
            continue
        at = places[row["from_place"]]

        def away(one: Row, at: Row = at) -> float:
            other = places[one["from_place"]]
            return float(geod().inv(at["lon"], at["lat"], other["lon"], other["lat"])[2])

        found[row["element_id"]] = min(near, key=away)["element_id"]
    return found

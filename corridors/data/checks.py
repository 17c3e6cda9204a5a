"""Plausibility of the tables: checks of geography, time and consistency that a schema cannot make.

Each check yields the position of a row, the column and what is wrong there. Checks of the record of closures (events,
episodes, coverage, conditions) and of grades are in `corridors.data.record_checks`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from corridors.data import opening_rules, record_checks, words
from corridors.data.geodesy import SEA
from corridors.data.record_checks import cannot_be_looked_up, published
from corridors.data.schema import Row, data_folder, frame, read_table, records, row_key, texts, unchanged, validate

QUANTITIES = frozenset(
    {
        "access_factor",
        "border_usd_inside",
        "correlation",
        "crossing_hours_in",
        "crossing_hours_out",
        "crossing_usd_in",
        "crossing_usd_out",
        "detention_free_days",
        "detention_usd_day",
        "empty_cost_factor",
        "empty_return_share",
        "empty_running_factor",
        "entry_fee_usd",
        "gross_limit_t",
        "guarantee_usd",
        "kgco2e_per_t_transfer",
        "kgco2e_per_tkm",
        "km_per_border_side",
        "loading_hours",
        "running_share",
        "speed",
        "speed_factor_mountain",
        "tare_t",
        "transload_hours",
        "transload_usd",
        "unloading_hours",
        "unofficial_share",
        "usd_per_km",
        "wagon_price_factor",
        "weather_wait_hours",
    }
)
"""Quantities of the table ``rates`` without which a question cannot be answered."""
YEARLY = ("us_cpi", "price_index", "exchange_rate")
"""Quantities of the table ``rates`` that have a row for each year."""
END_KM = 1.0  # a line may end this far from its place
SHORT = 0.995  # a leg may be this much of the great circle, for rounding
ROUNDED = 0.051  # sums have one decimal in their table
FOREVER = "9999-12-31"

Problem = tuple[int, str, str]
Tables = Mapping[str, pd.DataFrame]


def _calendars(calendars: pd.DataFrame, tables: Tables) -> Iterator[Problem]:
    yield from opening_rules.problems(calendars, tables)
    last: dict[tuple[str, str], str] = {}
    for at, row in sorted(enumerate(records(calendars)), key=lambda item: str(item[1]["valid_from"])):
        if row["valid_to"] and row["valid_to"] < row["valid_from"]:
            yield at, "valid_to", f"{row['valid_to']} is before valid_from, {row['valid_from']}"
        key = (row["element_id"], row["regime"])
        if last.get(key, "") >= row["valid_from"]:
            yield at, "valid_from", f"overlaps the rule before it, which is valid to {last[key]}"
        last[key] = row["valid_to"] or FOREVER
    until: dict[str, tuple[str, int]] = {}
    for at, row in enumerate(records(calendars)):
        until[row["element_id"]] = max(until.get(row["element_id"], ("", at)), (row["valid_to"] or FOREVER, at))
    for element, (day, at) in until.items():
        if day != FOREVER:
            yield at, "valid_to", f"the last rule of {element} ends on {day}: say what holds from then on"


def _places(places: pd.DataFrame, _: Tables) -> Iterator[Problem]:
    for at, zone in enumerate(places["timezone"]):
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            yield at, "timezone", f"{zone!r} is not an IANA time zone"


def _ranges(table: pd.DataFrame, _: Tables) -> Iterator[Problem]:
    for stem in ("", "hours_", "usd_"):
        if stem + "low" in table.columns:
            low, mode, high = (table[stem + part].to_numpy() for part in ("low", "mode", "high"))
            for at in np.flatnonzero((low > mode) | (mode > high)):
                yield int(at), stem + "mode", f"{mode[at]:g} is not between {low[at]:g} and {high[at]:g}"


def _rates(rates: pd.DataFrame, tables: Tables) -> Iterator[Problem]:
    yield from _ranges(rates, tables)
    for quantity in sorted(QUANTITIES - set(rates["quantity"])):
        yield 0, "quantity", f"there is no row for {quantity}, which every question needs; add one for all modes"
    what = rates["quantity"]
    twice = rates.duplicated(["quantity", "by_mode", "by_country", "by_vehicle"]) & ~what.isin(YEARLY)
    for at in np.flatnonzero(twice):
        yield (
            int(at),
            "rate_id",
            (
                f"{rates['rate_id'].iloc[at]} is a second {what.iloc[at]} for one mode, country and "
                "vehicle; to replace the first, give its rate_id"
            ),
        )
    shipped, own = (  # a lone row is no measure of itself
        table.groupby("quantity")["unit"].agg(lambda units: units.mode().iloc[0])
        for table in (read_table(data_folder(), "rates"), rates)
    )
    usual = shipped.combine_first(own)
    for at in np.flatnonzero(rates["unit"] != what.map(usual)):
        yield int(at), "unit", f"{rates['unit'].iloc[at]!r} is not the unit of {what.iloc[at]}: {usual[what.iloc[at]]}"


def _seasons(seasons: pd.DataFrame, _: Tables) -> Iterator[Problem]:
    one = ["element_id", "direction"]
    count = seasons.groupby(one)["month"].transform("size")
    for at in np.flatnonzero((count != 12).to_numpy() & ~seasons.duplicated(one).to_numpy()):
        yield int(at), "month", f"{seasons['element_id'].iloc[at]} has {count.iloc[at]} of 12 months"


def _legs(legs: pd.DataFrame, tables: Tables) -> Iterator[Problem]:
    if not {"places", "leg_geometry"} <= set(tables):
        return
    import shapely
    from pyproj import Geod

    geod = Geod(ellps="WGS84")
    points = tables["places"].drop_duplicates("place_id").set_index("place_id")[["lon", "lat"]]
    lines = tables["leg_geometry"].drop_duplicates("leg_id").set_index("leg_id")["wkt"]
    a, b = (points.reindex(legs[end]).to_numpy() for end in ("from_place", "to_place"))
    straight = geod.inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])[2] / 1000
    told = lines.astype(object).reindex(legs["leg_id"]).where(lambda text: text.notna(), None).to_numpy()
    with np.errstate(invalid="ignore"):  # values that are not numbers are reported below
        line = shapely.from_wkt(told, on_invalid="ignore")
    drawn = np.flatnonzero(shapely.get_type_id(line) == shapely.GeometryType.LINESTRING)
    for bare in sorted(set(range(len(legs))) - set(drawn.tolist())):
        yield bare, "leg_id", f"{legs['leg_id'].iloc[bare]} has no LINESTRING in the table leg_geometry"
    for n, place, column in ((0, a, "from_place"), (-1, b, "to_place")):
        end = shapely.get_coordinates(shapely.get_point(line[drawn], n))
        gap = geod.inv(end[:, 0], end[:, 1], place[drawn, 0], place[drawn, 1])[2] / 1000
        for far in np.flatnonzero(~(gap <= END_KM)):  # not a number is far
            yield int(drawn[far]), column, f"the line ends {gap[far]:.1f} km from {legs[column].iloc[drawn[far]]}"
    xy, of = shapely.get_coordinates(line[drawn], return_index=True)
    for lost in np.unique(of[~(np.abs(xy) <= (180, 90)).all(axis=1)]):
        yield int(drawn[lost]), "leg_id", f"the line of {legs['leg_id'].iloc[drawn[lost]]} is not in degrees"
    rail = (legs["mode"] == "rail").to_numpy()
    country = tables["places"].drop_duplicates("place_id").set_index("place_id")["country"]
    abroad = legs["mode"].isin(["road", "rail"]) & pd.concat(
        [legs[end].map(country) != legs["country"] for end in ("from_place", "to_place")], axis=1
    ).any(axis=1)
    km, gauge = legs["km"].to_numpy(), legs["gauge_mm"].notna().to_numpy()
    for mask, column, problem in (
        (km < straight * SHORT, "km", "is shorter than the great circle of its places"),
        (
            np.abs(straight - legs["great_circle_km"]) > 1 + straight * 0.01,
            "great_circle_km",
            "is not the distance of its places",
        ),
        (abroad, "country", "is not the country of both its places; a border is passed by a crossing"),
        (legs["km_low"] > legs["km"], "km_low", "is above km"),
        (legs["km_high"] < legs["km"], "km_high", "is below km"),
        (rail & ~gauge, "gauge_mm", "is empty on a rail leg"),
        (~rail & gauge, "gauge_mm", "is set on a leg that is not rail"),
        (
            (legs["status"] != "operating") & (legs["status"] != "suspended") & (legs["project"] == ""),
            "project",
            "is empty on a leg that is not built",
        ),
    ):
        for at in np.flatnonzero(np.asarray(mask, dtype=bool)):
            yield int(at), column, f"{legs['leg_id'].iloc[at]}: {legs[column].iloc[at]} {problem}"


def _crossings(crossings: pd.DataFrame, tables: Tables) -> Iterator[Problem]:
    if not {"places", "legs"} <= set(tables):
        return
    legs, transfers = tables["legs"], tables.get("transfers", pd.DataFrame(columns=["place_id", "from_layer"]))
    country = dict(zip(tables["places"]["place_id"], tables["places"]["country"], strict=True))
    tracks = {
        (place, f"rail{gauge:g}")
        for end in ("from_place", "to_place")
        for place, gauge in zip(legs[end], legs["gauge_mm"], strict=True)
    }
    tracks |= set(zip(transfers["place_id"], transfers["from_layer"], strict=True))
    ways = set(zip(crossings["element_id"], crossings["from_place"], crossings["to_place"], strict=True))
    for at, row in enumerate(records(crossings)):
        here, there = (country.get(row[end], "") for end in ("from_place", "to_place"))
        name = f"{row['element_id']}__{here}_{there}".lower()
        numbered = (
            row["crossing_id"].removeprefix(f"{name}_").isdecimal()
        )  # one crossing may be passed at several points
        if row["mode"] != "sea" and row["crossing_id"] != name and not numbered:
            yield at, "crossing_id", f"{row['crossing_id']!r} should be {name!r} by the countries of its places"
        if (row["element_id"], row["to_place"], row["from_place"]) not in ways:
            yield at, "element_id", f"{row['element_id']} has no row for the other direction"
        for end in ("from_place", "to_place") if row["mode"] == "rail" else ():
            if (row[end], f"rail{row['gauge_mm']:g}") not in tracks:
                yield at, "gauge_mm", f"no leg and no transfer of {row['gauge_mm']:g} mm at {row[end]}"


def _corridors(corridors: pd.DataFrame, tables: Tables) -> Iterator[Problem]:
    """Named corridors whose legs run through a country in which none of their places lies."""
    if not {"places", "legs"} <= set(tables):
        return
    lands, through = (
        dict(zip(tables[name][key], tables[name]["country"], strict=True))
        for name, key in (("places", "place_id"), ("legs", "leg_id"))
    )
    for at, (places, legs) in enumerate(zip(corridors["places"], corridors["legs"], strict=True)):
        named = {lands.get(place, SEA) for place in places.split(";")} | {SEA}
        if strange := sorted({through.get(leg, SEA) for leg in legs.split(";")} - named):
            yield at, "legs", f"run through {', '.join(strange)}, where none of its places lies"


def _provenance(provenance: pd.DataFrame, tables: Tables) -> Iterator[Problem]:
    """Each value refers to an existing cell; the values of one cell add up to it, a single one equals it."""
    rows = {name: _by_key(tables[name], row_key(name)) for name in set(provenance["table"]) & set(tables)}
    told: dict[tuple[str, str, str], tuple[int, list[str]]] = {}
    columns = (texts(provenance[column]) for column in ("table", "row_id", "column", "value"))
    for at, (*cell, value) in enumerate(zip(*columns, strict=True)):
        told.setdefault(cast(tuple[str, str, str], tuple(cell)), (at, []))[1].append(value)
    for (name, row_id, column), (at, values) in told.items():
        if name not in rows:
            continue
        if row_id not in rows[name]:
            yield at, "row_id", f"{row_id!r} is not a row of the table {name}; expected {'|'.join(row_key(name))}"
        elif column not in rows[name][row_id]:
            yield at, "column", f"{column!r} is not a column of the table {name}"
        elif not _same(rows[name][row_id][column], values):
            is_ = rows[name][row_id][column]
            yield at, "value", f"{' + '.join(values)} is not the {column} of {row_id} in the table {name}, {is_}"


def _by_key(table: pd.DataFrame, key: list[str]) -> dict[str, Row]:
    return {"|".join(str(row[column]) for column in key): row for row in records(table)}


def _same(cell: Any, values: list[str]) -> bool:
    try:
        return abs(sum(map(float, values)) - float(cell)) < (1e-9 if len(values) == 1 else ROUNDED)
    except ValueError:
        return [str(cell).lower() if isinstance(cell, bool) else str(cell)] == values


CHECKS: dict[str, Callable[[pd.DataFrame, Tables], Iterator[Problem]]] = {
    **record_checks.CHECKS,
    "calendars": _calendars,
    "places": _places,
    "legs": _legs,
    "crossings": _crossings,
    "transfers": _ranges,
    "rates": _rates,
    "seasons": _seasons,
    "corridors": _corridors,
    "provenance": _provenance,
}


READS = {
    **dict.fromkeys(words.CHECKED, ("places",)),
    "events": ("places", "crossings", "legs", "elements", "cargo"),
    "calendars": ("places", "holidays"),
    "legs": ("places", "leg_geometry"),
    "crossings": ("places", "legs", "transfers"),
    "episodes": ("events",),
    "corridors": ("places", "legs"),
}
"""Other tables on which the check of a table depends; that of ``provenance`` depends on all."""


def first_problem(tables: Tables, folder: str | Path, sound: Tables | None = None) -> Row | None:
    """The first problem in the tables, if there is one; parameters as in `problems_of`."""
    return next(iter(records(problems_of(tables, folder, sound))), None)


def problems_of(tables: Tables, folder: str | Path, sound: Tables | None = None) -> pd.DataFrame:
    """Problems of schema and plausibility; the latter are checked only if the schema holds.

    Parameters
    ----------
    tables : mapping of str to DataFrame
    folder : path
        Folder whose ``datapackage.json`` applies.
    sound : mapping of str to DataFrame, optional
        Tables without problems. What depends only on those that are the very same objects is not checked again.
    """
    problems = validate(tables, folder, sound=sound)
    return problems if len(problems) else sense(tables, sound)


def sense(tables: Tables, sound: Tables | None = None) -> pd.DataFrame:
    """Problems that no schema can find: contradictions of geography, time or another table.

    Parameters and result as in `problems_of`; the tables must be of the right types.
    """
    same = unchanged(tables, sound)
    poor = cannot_be_looked_up(tables["sources"]) if "sources" in tables else set[str]()
    return frame(
        (name, at + 2, column, problem)
        for name in dict.fromkeys((*CHECKS, *tables))
        if name in tables
        for at, column, problem in _problems_of_one(name, tables, same, poor)
    )


def _problems_of_one(name: str, tables: Tables, same: set[str], poor: set[str]) -> Iterator[Problem]:
    table = tables[name]
    if name == "provenance" or not same.issuperset((name, *READS.get(name, ()))):
        if name in CHECKS:
            yield from CHECKS[name](table, tables)
        yield from words.problems(name, table, tables)
    if {"quality", "source_id"} <= set(table.columns) and not same.issuperset((name, "sources")):
        yield from published(table, poor)

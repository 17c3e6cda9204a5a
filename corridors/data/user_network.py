"""A network from a user's own places and legs: filled in, cut at the borders, with the shipped tables around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from corridors.arguments import as_country
from corridors.data import schema
from corridors.data.border_cuts import cut_at_borders
from corridors.data.checks import first_problem
from corridors.data.countries import countries_at, degrees_from, leave, pieces, zones
from corridors.data.geodesy import SEA, geod
from corridors.data.geometry import Lines, as_wkt, flat
from corridors.data.schema import Row, data_folder, records
from corridors.data.surroundings import OWN, with_shipped_rows
from corridors.data.tags import cells, gauges, ids
from corridors.errors import DataError

SLACK_KM = 0.001  # lengths may be rounded to a metre
SHORT = 0.995  # lengths on a sphere are up to this much shorter
LONG = 10
LEAST_KM_OF_DEGREE, TWICE, FAR_KM = 55.0, 2, 5.0
"""A degree is no shorter up to 60 degrees north; lines at ports and stations may be longer than a short leg."""
FAR_DEGREES = 0.5
"""A place may lie this far outside the country that the user gives for it."""
MOST_LEGS = 600_000
"""More would take more memory than most machines have: half a million take 3 GB."""
STRAIGHT = "straight"
"""Quality of the geometry of a leg whose line is not given: it is drawn straight."""

Tables = dict[str, pd.DataFrame]
Stretches = Sequence[tuple[float, float]]
"""Parts of a line, from share to share."""


def tables_of(
    places: pd.DataFrame,
    legs: pd.DataFrame,
    crossings: pd.DataFrame | None = None,
    country: str | None = None,
    guessed: Sequence[Stretches] | None = None,
) -> Tables:
    """All tables of a network of these places, legs and crossings; see `corridors.Network.from_frames`.

    Parameters
    ----------
    guessed : sequence, optional
        For each leg, the stretches of its line that nobody measured, as shares of it, unless that is the whole line.
    """
    if country is not None:
        country = as_country(country, "country")
    folder = data_folder()
    shipped = _shipped()
    grade = {"source_id": OWN, "as_of": schema.read_package(folder)["data_date"], "quality": "estimate"}
    gates = _typed([] if crossings is None else crossings, "crossings", grade)
    own_places = _places(places, shipped["places"], country, grade)
    own_legs, lines = _legs(legs, own_places, country, grade, guessed)
    more_places, own_legs, lines, more_gates = cut_at_borders(own_places, own_legs, lines, gates, shipped)
    found = with_shipped_rows(
        {
            "places": pd.concat([own_places, _typed(more_places, "places", grade)], ignore_index=True),
            "legs": own_legs,
            "leg_geometry": pd.DataFrame({"leg_id": own_legs["leg_id"], "wkt": as_wkt(lines)}),
            "crossings": pd.concat([gates, _typed(more_gates, "crossings", grade)], ignore_index=True),
        },
        shipped,
    )
    if one := first_problem(found, folder, shipped):
        raise DataError(f"{one['problem']} (rows are counted from 2).", one["table"], one["row"], one["column"])
    return found


@lru_cache(maxsize=1)
def _shipped() -> Tables:
    return {name: schema.read_table(data_folder(), name) for name in schema.TABLES}


def _typed(frame: pd.DataFrame | list[Row], name: str, grade: Mapping[str, str]) -> pd.DataFrame:
    """Rows with all columns of a table in their types; what is not given is empty, a missing grade the user's."""
    table = schema.typed_table(pd.DataFrame(frame), name)
    return table.assign(**{column: table[column].where(table[column] != "", value) for column, value in grade.items()})


def _places(frame: pd.DataFrame, shipped: pd.DataFrame, country: str | None, grade: Mapping[str, str]) -> pd.DataFrame:
    frame = flat(frame.reset_index(drop=True), "places")
    for column in ("place_id", "lon", "lat"):
        if column not in frame.columns:
            raise DataError(
                "the column is missing; place_id, lon and lat are needed, degrees in WGS 84.", "places", "", column
            )
    frame = frame.drop(columns="geometry", errors="ignore").assign(place_id=cells(frame["place_id"]))
    table = _typed(frame, "places", grade)
    lon, lat = table["lon"].to_numpy(), table["lat"].to_numpy()
    for column, values, limit in (("lon", lon, 180), ("lat", lat, 90)):
        bad = ~(np.abs(values) <= limit)
        if bad.any():
            at = int(bad.argmax())
            hint = " (longitude and latitude swapped?)" if column == "lat" and abs(values[at]) <= 180 else ""
            raise DataError(
                f"{values[at]} is not a coordinate in degrees{hint}.", "places", table["place_id"].iloc[at], column
            )
    if table.empty:
        raise DataError("there are no places.", "places")
    at_home = countries_at(data_folder(), lon, lat)
    if (at_home == "").mean() > 0.5 and (countries_at(data_folder(), lat, lon) != "").mean() > 0.5:
        raise DataError(
            "most places lie outside the countries of this region, and within them with longitude and "
            "latitude swapped; swap them.",
            "places",
            table["place_id"].iloc[0],
            "lon",
        )
    own = table["country"] if country is None else table["country"].where(table["country"] != "", country)
    table["country"] = own.where(own != "", at_home)
    if (table["country"] == "").any():
        lost = table[table["country"] == ""].iloc[0]
        raise DataError(
            f"({lost['lon']}, {lost['lat']}) lies in no country of this region; give its country.",
            "places",
            lost["place_id"],
            "country",
        )
    told = table[(at_home != "") & (table["country"] != at_home)]
    far = degrees_from(data_folder(), told["lon"], told["lat"], told["country"]) > FAR_DEGREES
    if far.any():
        lost = told[far].iloc[0]
        raise DataError(
            f"({lost['lon']}, {lost['lat']}) lies far outside {lost['country']}, as do "
            f"{int(far.sum()) - 1} other places.",
            "places",
            lost["place_id"],
            "country",
        )
    table["name"] = table["name"].where(table["name"] != "", table["place_id"])
    table["kind"] = table["kind"].where(table["kind"] != "", "junction")
    table["timezone"] = table["timezone"].where(table["timezone"] != "", zones(shipped, lon, lat, table["country"]))
    return table


def _legs(
    frame: pd.DataFrame,
    places: pd.DataFrame,
    country: str | None,
    grade: Mapping[str, str],
    guessed: Sequence[Stretches] | None,
) -> tuple[pd.DataFrame, Lines]:
    """Legs with all columns, and their lines. Country is empty where a road or railway must be cut at a border."""
    import shapely

    for column in ("from_place", "to_place", "mode", "km"):
        if column not in frame.columns:
            raise DataError("the column is missing; from_place, to_place, mode and km are needed.", "legs", "", column)
    if not 0 < len(frame) <= MOST_LEGS:
        raise DataError(
            f"{len(frame):,} legs; a network has between 1 and {MOST_LEGS:,}, for which 4 GB of memory are needed. "
            "Take the main roads only, or merge the stretches between junctions.",
            "legs",
        )
    frame = flat(_one_gauge_each(frame.reset_index(drop=True)), "legs")
    drawn = frame.get("geometry", pd.Series(None, index=frame.index, dtype=object)).to_numpy(dtype=object)
    table = _typed(frame.drop(columns="geometry", errors="ignore"), "legs", grade)
    names = [
        given or f"{mode}_{a}_{b}"
        for given, mode, a, b in zip(
            table["leg_id"], table["mode"], table["from_place"], table["to_place"], strict=True
        )
    ]
    table["leg_id"] = table["leg_id"].where(table["leg_id"] != "", ids(names))
    table["status"] = table["status"].where(table["status"] != "", "operating")
    at = places.drop_duplicates("place_id").set_index("place_id")
    for end in ("from_place", "to_place"):
        _refuse(~table[end].isin(at.index), table, end, f"{{{end}!r}} is not a place_id of the places.")
    a, b = (at.loc[table[end], ["lon", "lat"]].to_numpy() for end in ("from_place", "to_place"))
    straight = geod().inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])[2] / 1000
    _refuse_lengths(table, straight)
    km = table["km"]
    table["km"] = np.where(km < straight * SHORT, straight, km)
    table["great_circle_km"] = table["great_circle_km"].fillna(pd.Series(straight))
    lines, bare = _lines(drawn, a, b)
    _refuse(
        pd.Series(shapely.length(lines) * LEAST_KM_OF_DEGREE > TWICE * km + FAR_KM, index=table.index),
        table,
        "km",
        "{km:g} km are less than half of the line that is drawn: one of the two belongs to another leg.",
    )
    table["geometry_quality"] = table["geometry_quality"].where(~bare, STRAIGHT)
    whole = (table["geometry_quality"] == STRAIGHT).tolist()
    stretches = [[(0.0, 1.0)] if bare else part for bare, part in zip(whole, guessed or [()] * len(whole), strict=True)]
    _place_in_countries(table, lines, stretches, at["country"], country)
    return table, lines


def _refuse_lengths(legs: pd.DataFrame, straight: npt.NDArray[np.float64]) -> None:
    """Raise for lengths that are missing, below that of the straight line, or most likely not in km."""
    km = legs["km"]
    short, long = km < straight * SHORT - SLACK_KM, (km > LONG * straight) & (straight > 0)
    _refuse(km.isna(), legs, "km", "the leg has no length.")
    _refuse(km < 0, legs, "km", "{km:g} km: a length is not negative.")
    _refuse(
        short,
        legs,
        "km",
        "{km:g} km are less than the straight line between its places, as in "
        f"{int(short.sum())} of {len(km)} legs: is the length in km, are longitude and latitude swapped?",
    )
    if long.sum() > len(km) / 2:
        _refuse(
            long,
            legs,
            "km",
            f"{{km:g}} km are more than {LONG} times the straight line between its places, as "
            f"in {int(long.sum())} of {len(km)} legs: is the length in km?",
        )


def _one_gauge_each(frame: pd.DataFrame) -> pd.DataFrame:
    """One row for each gauge of a track with several."""
    if "gauge_mm" not in frame.columns:
        return frame
    told: list[Sequence[int | None]] = []
    for at, value in enumerate(frame["gauge_mm"].tolist()):
        try:
            told.append(gauges(value) or [None])
        except ValueError as error:
            row = frame["leg_id"].iloc[at] if "leg_id" in frame.columns else at + 2
            raise DataError(f"{error}; several are written 1435;1520.", "legs", row, "gauge_mm") from None
    several = pd.Series([len(one) > 1 for one in told], dtype=bool)
    frame = frame.assign(gauge_mm=pd.Series(told, index=frame.index, dtype=object))
    if not several.any():
        return frame.assign(gauge_mm=pd.Series([one[0] for one in told], index=frame.index, dtype=object))
    frame = frame.explode("gauge_mm")
    if "leg_id" in frame.columns:
        again = several.loc[frame.index] & (cells(frame["leg_id"]) != "")
        frame["leg_id"] = cells(frame["leg_id"]).where(~again, cells(frame["leg_id"]) + "_" + cells(frame["gauge_mm"]))
    return frame.reset_index(drop=True)


def _refuse(bad: pd.Series[bool], legs: pd.DataFrame, column: str, words: str) -> None:
    """Raise for the first bad leg, with its values filled into the message."""
    if bad.any():
        row = records(legs[bad])[0]
        raise DataError(words.format_map(row), "legs", row["leg_id"], column)


def _lines(drawn: Lines, a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> tuple[Lines, npt.NDArray[np.bool_]]:
    """Lines from `a` to `b`, reversed where they run the other way, and which are straight because none was given."""
    import shapely

    bare = pd.isna(drawn)
    straight = np.asarray(shapely.linestrings(np.stack([a, b], axis=1)))
    lines = np.where(bare, straight, drawn)
    starts = shapely.get_coordinates(shapely.get_point(lines, 0))
    turned = np.hypot(*(starts - a).T) > np.hypot(*(starts - b).T)
    return np.where(turned, shapely.reverse(lines), lines), bare


def _place_in_countries(
    table: pd.DataFrame, lines: Lines, guessed: Sequence[Stretches], country_of: pd.Series[str], country: str | None
) -> None:
    """Fill in the country of legs that lie in one; refuse those that would silently cross a border."""
    ends = [table[end].map(country_of).to_numpy(dtype=object) for end in ("from_place", "to_place")]
    if country is not None:
        table["country"] = table["country"].where(table["country"] != "", country)
    land = table["mode"].isin(["road", "rail"])
    table["country"] = table["country"].where(land | (table["country"] != ""), SEA)
    away = land & (table["country"] != "") & ((table["country"] != ends[0]) | (table["country"] != ends[1]))
    _refuse(
        away,
        table,
        "country",
        "{country} is not the country of both its places; leave it empty, and the leg is cut at the border.",
    )
    same = np.flatnonzero((table["country"] == "") & (ends[0] == ends[1]))
    inside = same[~leave(data_folder(), lines[same], ends[0][same])]
    table.loc[inside, "country"] = ends[0][inside]
    for at in np.flatnonzero(table["country"] == "").tolist():
        found = pieces(data_folder(), lines[at], ends[0][at], ends[1][at])
        if len(found) == 1:
            table.loc[at, "country"] = found[0].country
        elif any(sum(start <= one.end <= end for one in found[:-1]) > 1 for start, end in guessed[at]):
            raise DataError(
                f"drawn straight, it passes through {found[1].country}; give its line (geometry), or its "
                "country if it stays in one.",
                "legs",
                table["leg_id"].iloc[at],
                "country",
            )

"""A network from a user's own places and legs: filled in, cut at the borders, with the shipped tables around it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from corridors.data import schema
from corridors.data.countries import countries_at, degrees_from, leave, pieces, zones
from corridors.data.geodesy import SEA, geod
from corridors.data.schema import data_folder, records, row_key
from corridors.errors import DataError

OWN = "own_network"
SLACK_KM = 0.001  # lengths may be rounded to the metre
SHORT = 0.995  # lengths on a sphere are up to this much shorter
LONG = 10
FAR_DEGREES = 0.5
"""A place may lie so far outside the country that the user says it is in."""
KNOWN_KM = 15.0
"""A road or railway that meets a border this near to a shipped crossing is taken to use it."""
SAME_KM = 1.0
"""Legs that meet a border so near to each other pass one crossing."""
MOST_LEGS = 50_000
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
"""Tables of which those shipped rows are kept that speak of what the network has."""

Tables = dict[str, pd.DataFrame]
Rows = list[dict[str, Any]]


class Cut(NamedTuple):
    """Where a leg meets a border, and the countries before and after."""

    leg: int
    lon: float
    lat: float
    country: str
    other: str


def tables_of(places: pd.DataFrame, legs: pd.DataFrame, crossings: pd.DataFrame | None, country: str | None) -> Tables:
    """All tables of a network of these places, legs and crossings; see `corridors.network.Network.from_frames`."""
    folder = data_folder()
    shipped = _shipped()
    grade = {"source_id": OWN, "as_of": schema.read_package(folder)["data_date"], "quality": "estimate"}
    gates = _typed([] if crossings is None else crossings, "crossings", grade)
    own_places = _places(places, shipped["places"], country, grade)
    own_legs, lines = _legs(legs, own_places, country, grade)
    more_places, own_legs, lines, more_gates = _cut(own_places, own_legs, lines, gates, shipped)
    found = _around(
        {
            "places": pd.concat([own_places, _typed(more_places, "places", grade)], ignore_index=True),
            "legs": own_legs,
            "leg_geometry": pd.DataFrame({"leg_id": own_legs["leg_id"], "wkt": as_wkt(lines)}),
            "crossings": pd.concat([gates, _typed(more_gates, "crossings", grade)], ignore_index=True),
        },
        shipped,
    )
    if one := schema.first_problem(found, folder):
        raise DataError(f"{one['problem']} (rows are counted from 2).", one["table"], one["row"], one["column"])
    return found


@lru_cache(maxsize=1)
def _shipped() -> Tables:
    return {name: schema.read_table(data_folder(), name) for name in schema.TABLES}


def as_wkt(lines: Iterable[Any]) -> list[str]:
    """Lines as well-known text, every digit kept (what shapely writes is rounded to 16)."""

    def text(number: float) -> str:
        return repr(number).removesuffix(".0")

    return [f"LINESTRING ({', '.join(f'{text(x)} {text(y)}' for x, y in line.coords)})" for line in lines]


def _typed(frame: pd.DataFrame | list[dict[str, Any]], name: str, grade: Mapping[str, str]) -> pd.DataFrame:
    """Rows with all columns of a table in their types; what is not given is empty, ungraded rows are the user's."""
    table = schema.typed_table(pd.DataFrame(frame), name)
    return table.assign(**{column: table[column].where(table[column] != "", value) for column, value in grade.items()})


def _places(frame: pd.DataFrame, shipped: pd.DataFrame, country: str | None, grade: Mapping[str, str]) -> pd.DataFrame:
    frame = _flat(frame, "places")
    for column in ("place_id", "lon", "lat"):
        if column not in frame.columns:
            raise DataError(
                "the column is missing; place_id, lon and lat are needed, degrees in WGS 84.", "places", "", column
            )
    frame = frame.drop(columns="geometry", errors="ignore").assign(place_id=frame["place_id"].astype(str))
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
        raise DataError("there is no place.", "places")
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
            f"{int(far.sum()) - 1} places more.",
            "places",
            lost["place_id"],
            "country",
        )
    table["name"] = table["name"].where(table["name"] != "", table["place_id"])
    table["kind"] = table["kind"].where(table["kind"] != "", "junction")
    table["timezone"] = table["timezone"].where(table["timezone"] != "", zones(shipped, lon, lat, table["country"]))
    return table


def _flat(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """A frame whose geometry, if it has one, is in degrees of WGS 84; places take lon and lat from theirs."""
    import geopandas

    if not isinstance(frame, geopandas.GeoDataFrame) or frame.active_geometry_name is None:
        return pd.DataFrame(frame)
    if frame.crs is None:
        raise DataError(
            "the geometry has no coordinate reference system; set it, for example frame.set_crs('EPSG:4326').",
            name,
            "",
            "geometry",
        )
    flat = frame.to_crs("EPSG:4326")
    if flat.active_geometry_name != "geometry":
        flat = flat.rename_geometry("geometry")
    if name == "places" and "lon" not in flat.columns:
        flat = flat.assign(lon=flat.geometry.x, lat=flat.geometry.y)
    return pd.DataFrame(flat)


def _legs(
    frame: pd.DataFrame,
    places: pd.DataFrame,
    country: str | None,
    grade: Mapping[str, str],
) -> tuple[pd.DataFrame, Any]:
    """Legs with all columns, and their lines. Country is empty where a road or railway must be cut at a border."""
    frame = _flat(frame, "legs").reset_index(drop=True)
    for column in ("from_place", "to_place", "mode", "km"):
        if column not in frame.columns:
            raise DataError("the column is missing; from_place, to_place, mode and km are needed.", "legs", "", column)
    if not 0 < len(frame) <= MOST_LEGS:
        raise DataError(
            f"{len(frame):,} legs; a network has between 1 and {MOST_LEGS:,}, which a search can still "
            "hold. Take the main roads only, or merge the stretches between junctions.",
            "legs",
        )
    drawn = frame.get("geometry", pd.Series(None, index=frame.index, dtype=object)).to_numpy(dtype=object)
    table = _typed(
        frame.drop(columns="geometry", errors="ignore").assign(
            from_place=frame["from_place"].astype(str), to_place=frame["to_place"].astype(str)
        ),
        "legs",
        grade,
    )
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
        _refuse(~table[end].isin(at.index), table, end, f"{{{end}!r}} is no place_id of the places.")
    a, b = (at.loc[table[end], ["lon", "lat"]].to_numpy() for end in ("from_place", "to_place"))
    km, straight = table["km"], geod().inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])[2] / 1000
    _refuse(km.isna(), table, "km", "the leg has no length.")
    _refuse(km < 0, table, "km", "{km:g} km: a length is not negative.")
    short = km < straight * SHORT - SLACK_KM
    _refuse(
        short,
        table,
        "km",
        "{km:g} km are less than the straight line between its places, as in "
        f"{int(short.sum())} of {len(km)} legs: is the length in km, are longitude and latitude swapped?",
    )
    long = (km > LONG * straight) & (straight > 0)
    if long.sum() > len(km) / 2:
        _refuse(
            long,
            table,
            "km",
            f"{{km:g}} km are more than {LONG} times the straight line between its places, as "
            f"in {int(long.sum())} of {len(km)} legs: is the length in km?",
        )
    table["km"], table["great_circle_km"] = (
        np.where(km < straight * SHORT, straight, km),
        (table["great_circle_km"].fillna(pd.Series(straight))),
    )
    lines, straight_drawn = _lines(table, drawn, a, b)
    _place_in_countries(table, lines, straight_drawn, at["country"], country)
    return table, lines


def _refuse(bad: pd.Series[bool], legs: pd.DataFrame, column: str, words: str) -> None:
    """Raise for the first bad leg, with its values put into the words."""
    if bad.any():
        row = records(legs[bad])[0]
        raise DataError(words.format_map(row), "legs", row["leg_id"], column)


def _lines(table: pd.DataFrame, drawn: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """Lines from `a` to `b`, turned where they run the other way; and which are straight because none is given."""
    import shapely

    bare = pd.isna(drawn)
    given = np.where(bare, None, drawn)
    wrong = ~bare & ((shapely.get_type_id(given) != shapely.GeometryType.LINESTRING) | shapely.is_empty(given))
    _refuse(pd.Series(wrong), table, "geometry", "the geometry is not a LineString.")
    lines: Any = shapely.linestrings(np.stack([a, b], axis=1))
    lines = np.where(bare, lines, shapely.force_2d(given))
    starts = shapely.get_coordinates(shapely.get_point(lines, 0))
    turned = np.hypot(*(starts - a).T) > np.hypot(*(starts - b).T)
    return np.where(turned, shapely.reverse(lines), lines), bare


def _place_in_countries(
    table: pd.DataFrame, lines: Any, bare: Any, country_of: pd.Series[str], country: str | None
) -> None:
    """Fill in the country of legs that lie in one; refuse what would cut through a border in silence."""
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
    for at in np.flatnonzero(table["country"] == ""):
        found = pieces(data_folder(), lines[at], ends[0][at], ends[1][at])
        if len(found) == 1:
            table.loc[at, "country"] = found[0].country
        elif bare[at] and len(found) > 2:
            raise DataError(
                f"drawn straight it passes through {found[1].country}; give its line (geometry), or its "
                "country if it stays in one.",
                "legs",
                table["leg_id"].iloc[at],
                "country",
            )


def _cut(
    places: pd.DataFrame,
    legs: pd.DataFrame,
    lines: Any,
    gates: pd.DataFrame,
    shipped: Mapping[str, pd.DataFrame],
) -> tuple[Rows, pd.DataFrame, Any, Rows]:
    """Cut legs without a country where they meet borders: new places, all legs, their lines, and new crossings."""
    from shapely.ops import substring

    country = dict(zip(places["place_id"], places["country"], strict=True))
    parts, cuts = {}, []
    for at in np.flatnonzero(legs["country"] == "").tolist():
        leg = legs.iloc[at]
        parts[at] = pieces(data_folder(), lines[at], country[leg["from_place"]], country[leg["to_place"]])
        for one, two in pairwise(parts[at]):
            point = lines[at].interpolate(one.end, normalized=True)
            cuts.append(Cut(at, point.x, point.y, one.country, two.country))
    sides, new_places, new_gates = _gates(cuts, places, legs, set(gates["element_id"]), shipped)
    where = {place["place_id"]: (place["lon"], place["lat"]) for place in new_places}
    taken = set(legs["leg_id"])
    found, drawn = [legs[legs["country"] != ""]], [lines[(legs["country"] != "").to_numpy()]]
    for at, runs in parts.items():
        leg = legs.iloc[at]
        stops = [leg["from_place"], *sides[at], leg["to_place"]]
        shapes = [substring(lines[at], run.start, run.end, normalized=True) for run in runs]
        drawn_km = [geod().geometry_length(shape) for shape in shapes]
        names = ids([f"{leg['leg_id']}_{run.country.lower()}" for run in runs], taken)
        for n, (run, shape, length) in enumerate(zip(runs, shapes, drawn_km, strict=True)):
            ends = stops[2 * n : 2 * n + 2]
            shape = _between(shape, where.get(ends[0]), where.get(ends[1]))
            (x1, y1), *_, (x2, y2) = shape.coords
            straight, share = geod().inv(x1, y1, x2, y2)[2] / 1000, length / sum(drawn_km)
            found.append(
                pd.DataFrame([leg]).assign(
                    leg_id=names[n],
                    from_place=ends[0],
                    to_place=ends[1],
                    country=run.country,
                    great_circle_km=straight,
                    km=max(leg["km"] * share, straight),
                    **{name: leg[name] * share for name in ("km_low", "km_high", "km_model")},
                )
            )
            drawn.append(np.array([shape], dtype=object))
    return new_places, pd.concat(found, ignore_index=True), np.concatenate(drawn), new_gates


def _between(line: Any, start: tuple[float, float] | None, end: tuple[float, float] | None) -> Any:
    """A line that begins and ends at the gates, where these lie beside it."""
    import shapely

    points = list(line.coords)
    for gate, at in ((start, 0), (end, -1)):
        if gate and max(abs(gate[0] - points[at][0]), abs(gate[1] - points[at][1])) > 1e-7:
            points.insert(0 if at == 0 else len(points), gate)
    return shapely.LineString(points)


def _gates(
    cuts: list[Cut], places: pd.DataFrame, legs: pd.DataFrame, taken: set[str], shipped: Mapping[str, pd.DataFrame]
) -> tuple[dict[int, list[str]], Rows, Rows]:
    """Border places along each cut leg, and the rows of new places and crossings.

    Cuts near one shipped crossing all use it, so that the lanes of a dual carriageway are closed together; so do cuts
    within `SAME_KM` of each other where none is known.
    """
    known, at = _known_crossings(cuts, legs, taken, shipped)
    place_ids, element_ids = set(places["place_id"]), set(legs["leg_id"])
    pairs: dict[str, dict[str, str]] = {}
    kinds: dict[str, tuple[str, ...]] = {}
    sides: dict[int, list[str]] = {}
    new_places: Rows = []
    new_gates: Rows = []
    for number, cut in enumerate(cuts):
        leg = legs.iloc[cut.leg]
        both = (cut.country, cut.other)
        kind = (leg["mode"], str(leg["gauge_mm"]), leg["status"], *sorted(both))
        element = (
            known.get(number)
            or next(
                (
                    name
                    for name, other in kinds.items()
                    if other == kind and geod().inv(*at[name], cut.lon, cut.lat)[2] <= SAME_KM * 1000
                ),
                "",
            )
            or ids([f"border_{leg['leg_id']}"], element_ids)[0]
        )
        if element not in pairs:
            lon, lat = at.setdefault(element, (cut.lon, cut.lat))
            rows = shipped["crossings"][shipped["crossings"]["element_id"] == known.get(number)]
            if not len(rows):
                kinds[element] = kind
            name = rows["name"].iloc[0] if len(rows) else f"{cut.country} - {cut.other} on {leg['leg_id']}"
            pair = pairs[element] = dict(
                zip(both, ids([f"{element}_{side.lower()}" for side in both], place_ids), strict=True)
            )
            zone = zones(shipped["places"], [lon, lon], [lat, lat], both)
            new_places += [
                {
                    "place_id": pair[side],
                    "name": f"{name} ({side})",
                    "country": side,
                    "kind": "border",
                    "lon": lon,
                    "lat": lat,
                    "timezone": zone[n],
                    "quality": "assumed",
                }
                for n, side in enumerate(both)
            ]
            for a, b in (both, both[::-1]):
                crossing_id = f"{element}__{a}_{b}".lower()
                told = records(rows[rows["crossing_id"] == crossing_id])
                new_gates.append(
                    (
                        told[0]
                        if told
                        else {
                            "crossing_id": crossing_id,
                            "element_id": element,
                            "name": name,
                            "mode": leg["mode"],
                            "gauge_mm": leg["gauge_mm"],
                            "status": leg["status"],
                            "project": leg["project"],
                            "quality": "assumed",
                            "note": "the line meets the border here; no crossing is known within "
                            f"{KNOWN_KM:.0f} km, taken as open",
                        }
                    )
                    | {"from_place": pair[a], "to_place": pair[b]}
                )
        sides.setdefault(cut.leg, []).extend(pairs[element][side] for side in both)
    return sides, new_places, new_gates


def _known_crossings(
    cuts: list[Cut],
    legs: pd.DataFrame,
    taken: set[str],
    shipped: Mapping[str, pd.DataFrame],
) -> tuple[dict[int, str], dict[str, tuple[float, float]]]:
    """Nearest shipped crossing of each cut, of its mode, gauge and countries; and where each is met nearest."""
    at = shipped["places"].set_index("place_id")
    table = shipped["crossings"].query("status == 'operating' and mode != 'sea'")
    table = table[~table["element_id"].isin(taken)]
    a, b = (at.loc[table[end]] for end in ("from_place", "to_place"))
    near = []
    for number, cut in enumerate(cuts):
        leg = legs.iloc[cut.leg]
        fits = (
            (table["mode"] == leg["mode"]).to_numpy()
            & (a["country"] == cut.country).to_numpy()
            & (b["country"] == cut.other).to_numpy()
            & ((leg["mode"] != "rail") | (table["gauge_mm"] == leg["gauge_mm"]).to_numpy())
        )
        for element, lon, lat in zip(table["element_id"][fits], a["lon"][fits], a["lat"][fits], strict=True):
            near.append((geod().inv(cut.lon, cut.lat, lon, lat)[2] / 1000, number, element))
    found: dict[int, str] = {}
    points: dict[str, tuple[float, float]] = {}
    for km, number, element in sorted(near):
        if km <= KNOWN_KM and number not in found:
            found[number] = element
            points.setdefault(element, (cuts[number].lon, cuts[number].lat))
    return found, points


def _around(own: Tables, shipped: Mapping[str, pd.DataFrame]) -> Tables:
    """The tables of a network about which only places, legs and crossings are known: shipped rows where they apply."""
    places, legs, gates = own["places"], own["legs"], own["crossings"]
    name = dict(zip(places["place_id"], places["name"], strict=True))
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
    new = _typed(rows, "elements", {})
    here = set(new["element_id"])
    known = shipped["elements"].copy()
    known["members"] = [";".join(m for m in text.split(";") if m in here) for text in known["members"]]
    known = known[known["element_id"].isin(here) | (known["members"] != "")]
    found = {
        **shipped,
        **own,
        "elements": pd.concat([known, new[~new["element_id"].isin(known["element_id"])]], ignore_index=True),
    }
    has = {"element_id": {*found["elements"]["element_id"], ""}, "place_id": set(places["place_id"])}
    for table, column in BELONGS.items():
        found[table] = found[table][found[table][column].isin(has[column])].reset_index(drop=True)
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
    """Corridors that are here as a whole, and what is here of those that planned legs belong to."""
    rows = []
    for row in records(corridors):
        here = {
            column: ";".join(one for one in row[column].split(";") if one in has[kind])
            for column, kind in (("legs", "element_id"), ("places", "place_id"))
        }
        if row["corridor_id"] in projects or all(here[column] == row[column] for column in here):
            rows.append(row | here)
    return pd.DataFrame(rows, columns=list(corridors.columns)).astype(corridors.dtypes.to_dict())


def _grade(row: Mapping[str, Any]) -> dict[str, Any]:
    return {column: row[column] for column in ("source_id", "as_of", "quality")}


def _rezoned(calendars: pd.DataFrame, places: pd.DataFrame, gates: pd.DataFrame, shipped: pd.DataFrame) -> pd.DataFrame:
    """Calendars whose rules are told in the time of a place that there is: the side of the crossing in that country."""
    country = dict(zip(shipped["place_id"], shipped["country"], strict=True))
    own = dict(zip(places["place_id"], places["country"], strict=True))
    side = {(gate["element_id"], own.get(gate["from_place"])): gate["from_place"] for gate in records(gates)}
    found = [
        place if place in own else side.get((element, country[place]), "")
        for element, place in zip(calendars["element_id"], calendars["place_id"], strict=True)
    ]
    return calendars.assign(place_id=found)


def _with_sources(tables: Tables) -> pd.DataFrame:
    """Sources, with a row for those that only the user knows."""
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
            "title": "Network given by the user" if source == OWN else source,
            "publisher": "not stated",
            "accessed": max(tables["legs"]["as_of"]),
            "licence": "not stated",
        }
        for source in sorted(cited - set(known["source_id"]))
    ]
    return pd.concat([known, _typed(new, "sources", {})], ignore_index=True) if new else known


def ids(names: Iterable[str], taken: set[str] | None = None) -> list[str]:
    """Names as ids (lower case, digits, underscores), numbered where they stand already; `taken` grows by them."""
    taken, count, found = set() if taken is None else taken, Counter[str](), []
    for name in names:
        stem = one = re.sub(r"[^a-z0-9_]+", "_", name.lower())
        while one in taken:
            count[stem] += 1
            one = f"{stem}_{count[stem] + 1}"
        taken.add(one)
        found.append(one)
    return found

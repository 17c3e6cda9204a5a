"""Legs that run from one country into another, cut wherever they meet a border, and the crossings there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import pandas as pd

from corridors.data.countries import pieces, zones
from corridors.data.geodesy import geod
from corridors.data.schema import Row, data_folder, records
from corridors.data.surroundings import MET
from corridors.data.tags import ids

if TYPE_CHECKING:
    from shapely import LineString

    from corridors.data.geometry import Lines

KNOWN_KM = 15.0
"""A road or railway that meets a border within this distance of a known crossing is taken to use it."""
THROUGH_KM, ROUGH_KM = 3.0, 60.0
"""So is one whose line passes within the first distance of it, and meets the (rough) border within the second."""
SAME_KM = 1.0
"""Different legs that meet a border within this distance of each other share a crossing."""


class Cut(NamedTuple):
    """Where a leg meets a border, and the countries before and after."""

    leg: int
    lon: float
    lat: float
    country: str
    other: str


@dataclass
class Passage:
    """Where legs pass a border: one meeting point, or those of several legs that are close enough to be one."""

    cuts: list[Cut]
    known: str = ""
    """Element of the known crossing that is used, one of the user's or a shipped one."""
    km: float = np.inf
    """Distance from it."""
    sides: dict[str, str] = field(default_factory=dict)
    """Border place by country."""


def cut_at_borders(
    places: pd.DataFrame, legs: pd.DataFrame, lines: Lines, gates: pd.DataFrame, shipped: Mapping[str, pd.DataFrame]
) -> tuple[list[Row], pd.DataFrame, Lines, list[Row]]:
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
    passages = _passages(cuts, legs)
    known = _known(places, gates, shipped)
    _use_known(passages, legs, lines, known)
    at_gate = _own_sides(known[known["element_id"].isin(gates["element_id"])])
    new_places, new_gates = _rows(passages, places, legs, known, shipped["places"], at_gate)
    passage_of = {cut: passage for passage in passages for cut in passage.cuts}
    sides: dict[int, list[str]] = defaultdict(list)
    for cut in cuts:
        sides[cut.leg] += [passage_of[cut].sides[side] for side in (cut.country, cut.other)]
    posts = {place for passage in passages for place in passage.sides.values()}
    where = {place["place_id"]: (place["lon"], place["lat"]) for place in [*new_places, *records(places)]}
    where = {place: at for place, at in where.items() if place in posts}
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
            shape = _between(cast("LineString", shape), where.get(ends[0]), where.get(ends[1]))
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


def _between(line: LineString, start: tuple[float, float] | None, end: tuple[float, float] | None) -> LineString:
    """A line that begins and ends at the crossings, where these lie beside it."""
    import shapely

    points = list(line.coords)
    for gate, at in ((start, 0), (end, -1)):
        if gate and max(abs(gate[0] - points[at][0]), abs(gate[1] - points[at][1])) > 1e-7:
            points.insert(0 if at == 0 else len(points), gate)
    return shapely.LineString(points)


def _kind(cut: Cut, legs: pd.DataFrame) -> tuple[str, ...]:
    leg = legs.iloc[cut.leg]
    return (leg["mode"], str(leg["gauge_mm"]), leg["status"], *sorted((cut.country, cut.other)))


def _passages(cuts: list[Cut], legs: pd.DataFrame) -> list[Passage]:
    """Group meeting points into passages: those of different legs within `SAME_KM` are one, those of one leg never."""
    found: list[Passage] = []
    by_kind: dict[tuple[str, ...], list[Passage]] = defaultdict(list)
    by_leg: dict[int, list[Cut]] = defaultdict(list)
    for cut in cuts:
        by_leg[cut.leg].append(cut)
    for own in by_leg.values():
        near = sorted(
            (km, number, other)
            for number, cut in enumerate(own)
            for other, passage in enumerate(by_kind[_kind(cut, legs)])
            if abs(passage.cuts[0].lat - cut.lat) < SAME_KM / 100  # a degree has 111 km
            and (km := _km(cut, passage.cuts[0].lon, passage.cuts[0].lat)) <= SAME_KM
        )
        used: set[int] = set()
        placed: set[int] = set()
        for _, number, other in near:
            passage = by_kind[_kind(own[number], legs)][other]
            if number not in placed and id(passage) not in used:
                passage.cuts.append(own[number])
                placed.add(number)
                used.add(id(passage))
        for number, cut in enumerate(own):
            if number not in placed:
                found.append(Passage([cut]))
                by_kind[_kind(cut, legs)].append(found[-1])
    return found


def _km(cut: Cut, lon: float, lat: float) -> float:
    return float(geod().inv(cut.lon, cut.lat, lon, lat)[2]) / 1000


def _line_km(line: LineString, lon: float, lat: float) -> float:
    import shapely

    near = shapely.get_point(shapely.shortest_line(line, shapely.Point(lon, lat)), 0)
    return float(geod().inv(near.x, near.y, lon, lat)[2]) / 1000


def _known(places: pd.DataFrame, gates: pd.DataFrame, shipped: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Crossings by land that the user or the shipped tables have, whatever their status, with their countries."""
    table = shipped["crossings"]
    table = pd.concat([gates, table[~table["element_id"].isin(gates["element_id"])]], ignore_index=True)
    at = pd.concat([places, shipped["places"]]).drop_duplicates("place_id").set_index("place_id")
    table = table[(table["mode"] != "sea") & table["from_place"].isin(at.index) & table["to_place"].isin(at.index)]
    start, end = (at.loc[table[column]] for column in ("from_place", "to_place"))
    return table.assign(
        country=start["country"].to_numpy(),
        other=end["country"].to_numpy(),
        lon=start["lon"].to_numpy(),
        lat=start["lat"].to_numpy(),
    )


def _of_border(known: pd.DataFrame, cut: Cut, mode: str) -> pd.DataFrame:
    """Crossings of the border that is met, a row for either side: the direction in which a line is drawn is nothing."""
    forth = (known["country"] == cut.country) & (known["other"] == cut.other)
    back = (known["country"] == cut.other) & (known["other"] == cut.country)
    return known[(known["mode"] == mode) & (forth | back)]


def _use_known(passages: list[Passage], legs: pd.DataFrame, lines: Lines, known: pd.DataFrame) -> None:
    """Give each passage the nearest known crossing of its mode, gauge and countries.

    A crossing is near within `KNOWN_KM` of the meeting point or `THROUGH_KM` of the line. It may be planned or
    suspended: a road drawn through it does not open it.
    """
    for passage in passages:
        cut = passage.cuts[0]
        leg = legs.iloc[cut.leg]
        fits = _of_border(known, cut, leg["mode"])
        fits = fits[(leg["mode"] != "rail") | (fits["gauge_mm"] == leg["gauge_mm"])]
        for element, lon, lat in zip(fits["element_id"], fits["lon"], fits["lat"], strict=True):
            km = min(_km(one, lon, lat) for one in passage.cuts)
            if KNOWN_KM < km <= ROUGH_KM:
                km = min(_line_km(lines[one.leg], lon, lat) for one in passage.cuts)
                km = km if km <= THROUGH_KM else np.inf
            if km <= min(KNOWN_KM, passage.km):
                passage.km, passage.known = km, element


def _own_sides(gates: pd.DataFrame) -> dict[str, list[Passage]]:
    """Passages at which the user already has crossings, by element."""
    found: dict[str, list[Passage]] = defaultdict(list)
    for gate in records(gates.drop_duplicates("element_id")):
        sides = {gate["country"]: gate["from_place"], gate["other"]: gate["to_place"]}
        found[gate["element_id"]] = [Passage([], gate["element_id"], sides=sides)]
    return found


def _rows(
    passages: list[Passage],
    places: pd.DataFrame,
    legs: pd.DataFrame,
    known: pd.DataFrame,
    shipped_places: pd.DataFrame,
    at_gate: dict[str, list[Passage]],
) -> tuple[list[Row], list[Row]]:
    """Rows of new border places and crossings; fills in the places of the passages.

    All roads that meet the border near one known crossing come together at it. A leg that meets the border there
    several times passes it each time: each further passage has its own places but the same element, and so the same
    hours and closures.
    """
    place_ids, element_ids = set(places["place_id"]), set(legs["leg_id"])
    columns = known.columns.drop(["country", "other", "lon", "lat"])
    new_places: list[Row] = []
    new_gates: list[Row] = []
    of_leg: dict[tuple[str, int], int] = defaultdict(int)
    for passage in passages:
        for cut in passage.cuts:
            of_leg[passage.known, cut.leg] += 1
    for passage in sorted(passages, key=lambda one: one.km):
        cut = passage.cuts[0]
        both = (cut.country, cut.other)
        again = any(of_leg[passage.known, one.leg] > 1 for one in passage.cuts)
        if passage.known and at_gate[passage.known] and not again:
            passage.sides = at_gate[passage.known][0].sides
            continue
        element = passage.known or ids([f"border_{legs['leg_id'].iloc[cut.leg]}"], element_ids)[0]
        number = len(at_gate[element])
        at_gate[element].append(passage)
        rows = known[known["element_id"] == passage.known]
        name = rows["name"].iloc[0] if len(rows) else f"{cut.country} - {cut.other} on {legs['leg_id'].iloc[cut.leg]}"
        passage.sides = dict(zip(both, ids([f"{element}_{side.lower()}" for side in both], place_ids), strict=True))
        zone = zones(shipped_places, [cut.lon, cut.lon], [cut.lat, cut.lat], both)
        new_places += [
            {
                "place_id": passage.sides[side],
                "name": f"{name} ({side})",
                "country": side,
                "kind": "border",
                "lon": cut.lon,
                "lat": cut.lat,
                "timezone": zone[n],
                "quality": "assumed",
            }
            for n, side in enumerate(both)
        ]
        for a, b in (both, both[::-1]):
            crossing_id = f"{element}__{a}_{b}".lower()
            told = rows[(rows["country"] == a) & (rows["other"] == b)]
            row = records(told[list(columns)])[0] if len(told) else _assumed(element, name, cut, legs, known)
            ends = {"from_place": passage.sides[a], "to_place": passage.sides[b]}
            new_gates.append(row | {"crossing_id": crossing_id} | ends)
            if number:
                new_gates[-1] |= {
                    "crossing_id": f"{crossing_id}_{number + 1}",
                    "quality": "assumed",
                    "note": f"a leg meets the border more than once near {name}; taken to pass each time as there",
                }
    return new_places, new_gates


def _assumed(element: str, name: str, cut: Cut, legs: pd.DataFrame, known: pd.DataFrame) -> Row:
    """A crossing where none is known; its note says how far away the nearest one of that border and mode is."""
    leg = legs.iloc[cut.leg]
    fits = _of_border(known, cut, leg["mode"])
    far, nearest = min(((_km(cut, row["lon"], row["lat"]), row["name"]) for row in records(fits)), default=(np.inf, ""))
    next_ = f"the nearest by {leg['mode']} is {nearest}, {far:.0f} km away" if nearest else f"nor any by {leg['mode']}"
    return {
        "element_id": element,
        "name": name,
        "mode": leg["mode"],
        "gauge_mm": leg["gauge_mm"],
        "status": leg["status"],
        "project": leg["project"],
        "source_id": MET,
        "quality": "assumed",
        "note": f"no crossing is known where the line meets the border of {cut.country} and {cut.other} ({next_}): "
        "taken as open, whatever is closed on that border",
    }

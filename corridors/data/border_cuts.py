"""Legs that run from one country into another, cut at every meeting with a border; and the crossings there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from corridors.data.countries import pieces, zones
from corridors.data.geodesy import geod
from corridors.data.schema import data_folder, records
from corridors.data.tags import ids

KNOWN_KM = 15.0
"""A road or railway that meets a border this near to a shipped crossing is taken to use it."""
SAME_KM = 1.0
"""Different legs that meet a border so near to each other pass one crossing."""

Rows = list[dict[str, Any]]


class Cut(NamedTuple):
    """Where a leg meets a border, and the countries before and after."""

    leg: int
    lon: float
    lat: float
    country: str
    other: str


@dataclass
class Passage:
    """Where legs pass a border: one meeting, or those of several legs so near to each other that they are one."""

    cuts: list[Cut]
    shipped: str = ""
    """Element of the shipped crossing that is used."""
    km: float = np.inf
    """Distance from it."""
    sides: dict[str, str] = field(default_factory=dict)
    """Border place by country."""


def cut_at_borders(
    places: pd.DataFrame, legs: pd.DataFrame, lines: Any, gates: pd.DataFrame, shipped: Mapping[str, pd.DataFrame]
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
    passages = _passages(cuts, legs)
    _use_shipped(passages, legs, set(gates["element_id"]), shipped)
    new_places, new_gates = _rows(passages, places, legs, shipped)
    passage_of = {cut: passage for passage in passages for cut in passage.cuts}
    sides: dict[int, list[str]] = defaultdict(list)
    for cut in cuts:
        sides[cut.leg] += [passage_of[cut].sides[side] for side in (cut.country, cut.other)]
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


def _kind(cut: Cut, legs: pd.DataFrame) -> tuple[str, ...]:
    leg = legs.iloc[cut.leg]
    return (leg["mode"], str(leg["gauge_mm"]), leg["status"], *sorted((cut.country, cut.other)))


def _passages(cuts: list[Cut], legs: pd.DataFrame) -> list[Passage]:
    """Meetings as passages: meetings of different legs within `SAME_KM` are one, those of one leg never."""
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


def _use_shipped(
    passages: list[Passage], legs: pd.DataFrame, taken: set[str], shipped: Mapping[str, pd.DataFrame]
) -> None:
    """Give each passage the nearest shipped crossing of its mode, gauge and countries within `KNOWN_KM`."""
    at = shipped["places"].set_index("place_id")
    table = shipped["crossings"].query("status == 'operating' and mode != 'sea'")
    table = table[~table["element_id"].isin(taken)]
    a, b = (at.loc[table[end]] for end in ("from_place", "to_place"))
    for passage in passages:
        cut = passage.cuts[0]
        leg = legs.iloc[cut.leg]
        fits = (
            (table["mode"] == leg["mode"]).to_numpy()
            & (a["country"] == cut.country).to_numpy()
            & (b["country"] == cut.other).to_numpy()
            & ((leg["mode"] != "rail") | (table["gauge_mm"] == leg["gauge_mm"]).to_numpy())
        )
        for element, lon, lat in zip(table["element_id"][fits], a["lon"][fits], a["lat"][fits], strict=True):
            if (km := min(_km(one, lon, lat) for one in passage.cuts)) <= min(KNOWN_KM, passage.km):
                passage.km, passage.shipped = km, element


def _rows(
    passages: list[Passage], places: pd.DataFrame, legs: pd.DataFrame, shipped: Mapping[str, pd.DataFrame]
) -> tuple[Rows, Rows]:
    """Rows of new border places and crossings; the passages are told their places.

    All roads that meet the border near one shipped crossing come together at it. A leg that meets the border there more
    than once passes it as often: each further passage has places of its own and the same element, and so the same hours
    and closures.
    """
    place_ids, element_ids = set(places["place_id"]), set(legs["leg_id"])
    new_places: Rows = []
    new_gates: Rows = []
    of_leg: dict[tuple[str, int], int] = defaultdict(int)
    for passage in passages:
        for cut in passage.cuts:
            of_leg[passage.shipped, cut.leg] += 1
    at_gate: dict[str, list[Passage]] = defaultdict(list)
    for passage in sorted(passages, key=lambda one: one.km):
        cut = passage.cuts[0]
        both = (cut.country, cut.other)
        again = any(of_leg[passage.shipped, one.leg] > 1 for one in passage.cuts)
        if passage.shipped and at_gate[passage.shipped] and not again:
            passage.sides = at_gate[passage.shipped][0].sides
            continue
        element = passage.shipped or ids([f"border_{legs['leg_id'].iloc[cut.leg]}"], element_ids)[0]
        number = len(at_gate[element])
        at_gate[element].append(passage)
        rows = shipped["crossings"][shipped["crossings"]["element_id"] == passage.shipped]
        name = rows["name"].iloc[0] if len(rows) else f"{cut.country} - {cut.other} on {legs['leg_id'].iloc[cut.leg]}"
        passage.sides = dict(zip(both, ids([f"{element}_{side.lower()}" for side in both], place_ids), strict=True))
        zone = zones(shipped["places"], [cut.lon, cut.lon], [cut.lat, cut.lat], both)
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
            told = records(rows[rows["crossing_id"] == crossing_id])
            row = told[0] if told else _assumed(element, name, legs.iloc[cut.leg])
            ends = {"from_place": passage.sides[a], "to_place": passage.sides[b]}
            new_gates.append(row | {"crossing_id": crossing_id} | ends)
            if number:
                new_gates[-1] |= {
                    "crossing_id": f"{crossing_id}_{number + 1}",
                    "quality": "assumed",
                    "note": f"a leg meets the border more than once near {name}; each time taken to pass as there",
                }
    return new_places, new_gates


def _assumed(element: str, name: str, leg: pd.Series[Any]) -> dict[str, Any]:
    return {
        "element_id": element,
        "name": name,
        "mode": leg["mode"],
        "gauge_mm": leg["gauge_mm"],
        "status": leg["status"],
        "project": leg["project"],
        "quality": "assumed",
        "note": f"the line meets the border here; no crossing is known within {KNOWN_KM:.0f} km, taken as open",
    }

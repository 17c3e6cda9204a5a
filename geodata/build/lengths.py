"""Kilometres: published lengths over the model, terrain factors elsewhere; gauges."""

import itertools

import shapely
import tables
from legs import Leg
from network import Point, great_circle, shortest
from shapely.geometry import LineString, box
from shapely.geometry.base import BaseGeometry

PLAIN, MOUNTAIN = 1.06, 1.22
SPREAD_PLAIN, SPREAD_MOUNTAIN = (0.96, 1.06), (0.9, 1.15)
# Places off the line lengthen a chain of great circles: up to this share of it is let through.
FLOOR = 0.95
GAUGE = {"CN": 1435, "IR": 1435, "TR": 1435, "AE": 1435, "PK": 1676, "IN": 1676}
Step = tuple[str, str, Leg | None]


class Chain:
    """Shortest paths over the legs and crossings of one mode, to resolve chains of places."""

    def __init__(self, legs: list[Leg], mode: str, project: str = "", suspended: bool = False) -> None:
        self.near: dict[str, list[tuple[str, float, tuple[str, Leg | None]]]] = {}
        for leg in legs:
            built = leg.project == project if leg.project else leg.status == "operating" or suspended
            if leg.mode == mode and built:
                km = leg.km or leg.model_km
                self._add(leg.from_place, leg.to_place, km, leg.leg_id, leg)
        for row in tables.hand("crossings"):
            if row["mode"] == mode and (row["status"] == "operating" or row["project"] == project != ""):
                self._add(row["place_a"], row["place_b"], 0.5, row["element_id"], None)

    def _add(self, a: str, b: str, km: float, name: str, leg: Leg | None) -> None:
        self.near.setdefault(a, []).append((b, km, (name, leg)))
        self.near.setdefault(b, []).append((a, km, (name, leg)))

    def between(self, start: str, end: str) -> list[Step]:
        """Steps (element id, place reached, leg or None for a crossing)."""
        steps = shortest(start, end, lambda here: self.near.get(here, []))
        return [(name, there, leg) for there, (name, leg) in steps]

    def resolve(self, places: list[str]) -> list[Step]:
        """Steps along an ordered list of places."""
        steps = []
        for a, b in itertools.pairwise(places):
            steps += self.between(a, b)
        return steps


def set_status(legs: list[Leg]) -> None:
    """Take out by status what trucks or trains do not use."""
    rows = {(row["mode"], frozenset((row["place_1"], row["place_2"]))): row for row in tables.hand("status")}
    for leg in legs:
        row = rows.get((leg.mode, frozenset((leg.from_place, leg.to_place))))
        if row:
            leg.status, leg.note = row["status"], row["note"]


def set_gauges(legs: list[Leg]) -> None:
    """Gauge of each rail leg: of its country, or by the hand-kept table."""
    special = {frozenset((row["place_1"], row["place_2"])): int(row["gauge_mm"]) for row in tables.hand("gauges")}
    for leg in legs:
        if leg.mode == "rail" and leg.gauge_mm is None:
            pair = frozenset((leg.from_place, leg.to_place))
            leg.gauge_mm = special.get(pair, GAUGE.get(leg.country, 1520))


def terrain() -> BaseGeometry:
    """The mountains, as boxes."""
    rows = tables.hand("terrain")
    return shapely.union_all([box(*(float(row[k]) for k in ("west", "south", "east", "north"))) for row in rows])


def mountain_share(points: list[Point], mountains: BaseGeometry) -> float:
    """Share of a line that lies in the terrain boxes."""
    line = LineString(points)
    return float(line.intersection(mountains).length / line.length) if line.length else 0.0


def set_model_km(legs: list[Leg]) -> None:
    """Rail as modelled; road stretched by terrain, because the source lines are generalised."""
    mountains = terrain()
    for leg in legs:
        if leg.km:
            continue
        leg.km = leg.model_km
        if leg.mode == "road":
            share = mountain_share(leg.line, mountains)
            low, high = SPREAD_MOUNTAIN if share > 0.5 else SPREAD_PLAIN
            leg.speed_class = "mountain" if share > 0.5 else "plain"
            leg.km = leg.model_km * (PLAIN + share * (MOUNTAIN - PLAIN))
            leg.km_low, leg.km_high = leg.km * low, leg.km * high
            leg.grade = ("scgraph_data", "2024-02", "estimate")


def apply_published(legs: list[Leg]) -> None:
    """Scale the legs of each chain to its published length; what an earlier row has fixed stays."""
    for row in tables.hand("lengths"):
        places = row["chain"].split(";")
        try:
            steps = Chain(legs, row["mode"]).resolve(places)
        except LookupError as error:
            print(f"  lengths: {row['mode']} {row['chain']} not applied: {error}")
            continue
        chain = list(dict.fromkeys(leg for _, _, leg in steps if leg is not None))
        free = [leg for leg in chain if not leg.fixed]
        rest = float(row["km"]) - sum(leg.km for leg in chain if leg.fixed)
        model = sum(leg.model_km for leg in free)
        if not free:
            continue
        floor = sum(great_circle(leg.line[0], leg.line[-1]) for leg in free)
        scale = rest / model
        if rest < floor * FLOOR or not 0.7 <= scale <= 2.5:
            print(f"  lengths: {row['mode']} {row['chain']} not applied: {model:.0f} km modelled, {rest:.0f} left")
            continue
        low = (tables.number(row["km_low"]) or float(row["km"])) / float(row["km"])
        high = (tables.number(row["km_high"]) or float(row["km"])) / float(row["km"])
        # without a publication to name, a length is an estimate however often it is printed
        vouched = row["class"] != "C" and row["source_id"] != "own_estimate"
        quality = "estimate" if not vouched else "published" if len(chain) == 1 else "derived"
        ends = f"{row['km']} km {places[0]}-{places[-1]}"
        text = "" if row["class"] == "C" else f"{ends} {'published' if vouched else 'stated, publication not recorded'}"
        for leg in free:
            leg.km = max(leg.model_km * scale, great_circle(leg.line[0], leg.line[-1]) * 1.0005)
            leg.km_low, leg.km_high = leg.km * low, leg.km * high
            leg.fixed = True
            leg.grade = (row["source_id"], "2026-11", quality)
            leg.note = "; ".join(filter(None, [leg.note, text, row["note"]]))

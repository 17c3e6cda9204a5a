"""Kilometres: published lengths over the model, terrain factors elsewhere; gauges."""

import itertools
from typing import TYPE_CHECKING

import tables
from legs import Leg
from network import Point, great_circle, shortest
from relief import Relief

from corridors.data.record_checks import can_be_followed

if TYPE_CHECKING:
    from simplify import Piece

# Fitted by fit.py to the half of the published lengths that set legs: factor on flat land, and the part of what the way
# of least effort is longer than straight stretches of over 15 km, which have lost their bends.
FLAT, WINDING, LOST_KM, MOST = 1.024, 0.386, 15.0, 0.6
USUAL = (0.9, 1.35)  # published over mapped; beyond it the figure or the road is another
MOUNTAIN_M = 10.0
SPREAD = {"plain": (0.96, 1.06), "mountain": (0.92, 1.12)}
# What a published length has more than the model goes to legs in proportion to their factor above 1, plus this.
EVEN = 0.02
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


def stretch(line: list[Point], relief: Relief) -> float:
    """By how much a road is longer than the source has it, whose long lines have lost their bends."""
    return FLAT + WINDING * min(relief.winding(line, LOST_KM), MOST)


def set_speed_class(road: "Leg | Piece", relief: Relief) -> tuple[float, float]:
    """Call a road mountain or plain, and return the range of its length as factors."""
    road.speed_class = "mountain" if relief.along(road.line, LOST_KM) >= MOUNTAIN_M else "plain"
    return SPREAD[road.speed_class]


def set_model_km(legs: list[Leg], relief: Relief) -> None:
    """Rail as modelled; road stretched by relief, because the source lines are generalised."""
    for leg in legs:
        if leg.km:
            continue
        leg.km = leg.model_km
        if leg.mode == "road":
            low, high = set_speed_class(leg, relief)
            leg.km = leg.model_km * stretch(leg.line, relief)
            leg.km_low, leg.km_high = leg.km * low, leg.km * high
            leg.grade = ("scgraph_data", "2024-02", "estimate")


def published_rows() -> list[dict[str, str]]:
    """The lengths that set legs: those kept by hand, of roads also the benchmarks of that role.

    Of roads the published ones come first, the short before the long, and then what no publication is named for.
    """
    kept = tables.hand("lengths")
    roads = [row for row in kept if row["mode"] == "road"]
    for row in tables.read(tables.OUT / "benchmarks.csv"):
        if row["role"] == "set" and row["modes"] == "road":
            same = {"mode": "road", "chain": row["via"], "km": row["value"], "class": row["grade"], "note": ""}
            roads.append({**row, **same, "km_low": row["low"], "km_high": row["high"]})
    roads.sort(key=lambda row: (not _vouched(row), float(row["km"]) if _vouched(row) else 0.0))
    return roads + [row for row in kept if row["mode"] != "road"]


def _vouched(row: dict[str, str]) -> bool:
    """Whether there is a publication to name: else a length is an estimate however often it is printed."""
    return row["class"] != "C" and row["source_id"] != "own_estimate"


def apply_published(legs: list[Leg]) -> None:
    """Bring the legs of each chain to its published length; what an earlier row has fixed stays."""
    pages = {
        row["source_id"]
        for row in tables.hand("sources") + tables.read(tables.OUT / "sources.csv")
        if row["published"] and can_be_followed(row["url"])
    }
    for row in published_rows():
        # A table of distances between towns means the shortest way: no other may stay shorter.
        while _set(legs, row, pages) and _of_towns(row):
            pass
    follow_published(legs)


def follow_published(legs: list[Leg]) -> None:
    """Make a road as much longer than mapped as a published length has made the same road in another leg."""
    known: dict[frozenset[Point], float] = {}
    roads = sorted((leg for leg in legs if leg.mode == "road" and leg.path), key=lambda leg: (leg.km, leg.leg_id))
    for leg in roads:
        if leg.fixed and USUAL[0] <= leg.km / leg.model_km <= USUAL[1]:
            for step in itertools.pairwise(leg.line):
                known.setdefault(frozenset(step), leg.km / leg.model_km)
    for leg in roads:
        steps = [(great_circle(*step), known.get(frozenset(step))) for step in itertools.pairwise(leg.line)]
        total, shared = sum(km for km, _ in steps), sum(km for km, factor in steps if factor)
        if leg.fixed or not shared:
            continue
        usual = leg.km / leg.model_km
        longer = sum(km * (factor or usual) for km, factor in steps) / total / usual
        low, high = ((leg.km if km is None else km) * longer for km in (leg.km_low, leg.km_high))
        leg.km = max(leg.km * longer, _floor(leg))
        leg.km_low, leg.km_high = low, max(high, leg.km)


def _of_towns(row: dict[str, str]) -> bool:
    """Whether a length is the distance between towns, by no certain road."""
    return row.get("benchmark_id") is not None and not row["road"]


def _set(legs: list[Leg], row: dict[str, str], pages: set[str]) -> bool:
    """Bring the free legs of the shortest way along a chain to what is left of its length; whether any was."""
    places = row["chain"].split(";")
    try:
        steps = Chain(legs, row["mode"]).resolve(places)
    except LookupError as error:
        print(f"  lengths: {row['mode']} {row['chain']} not applied: {error}")
        return False
    chain = list(dict.fromkeys(leg for _, _, leg in steps if leg is not None))
    free = [leg for leg in chain if not leg.fixed]
    rest = float(row["km"]) - sum(leg.km for leg in chain if leg.fixed)
    if not free:
        return False
    model, floor = (sum(x) for x in zip(*((leg.km, _floor(leg)) for leg in free), strict=True))
    least, most = (0.7, 2.5) if row.get("benchmark_id") is None else (0.75, 1.45)
    if rest < floor * FLOOR or not least <= rest / model <= most:
        print(f"  lengths: {row['mode']} {row['chain']} not applied: {model:.0f} km modelled, {rest:.0f} left")
        return False
    _share_out(free, rest)
    low = (tables.number(row["km_low"]) or float(row["km"])) / float(row["km"])
    high = (tables.number(row["km_high"]) or float(row["km"])) / float(row["km"])
    vouched = _vouched(row)
    single = "published" if pages.intersection(row["source_id"].split(";")) else "estimate"
    quality = "estimate" if not vouched else single if len(chain) == 1 else "derived"
    ends = f"{row['km']} km {places[0]}-{places[-1]}"
    text = "" if row["class"] == "C" else f"{ends} {'published' if vouched else 'stated, publication not recorded'}"
    for leg in free:
        leg.km_low, leg.km_high = leg.km * low, leg.km * high
        leg.fixed = True
        leg.grade = (row["source_id"], "2026-11", quality)
        leg.note = "; ".join(filter(None, [leg.note, text, row["note"]]))
    return True


def _floor(leg: Leg) -> float:
    return great_circle(leg.line[0], leg.line[-1]) * 1.0005


def _share_out(legs: list[Leg], total: float) -> None:
    """Bring legs to a total: what is missing goes to where bends were lost, what is too much comes off all alike."""
    more = total - sum(leg.km for leg in legs)
    doubt = {leg: leg.km * (max(leg.km / leg.model_km - 1, 0.0) + EVEN) if more > 0 else leg.km for leg in legs}
    share = more / sum(doubt.values())
    for leg in legs:
        leg.km = max(leg.km + doubt[leg] * share, _floor(leg))

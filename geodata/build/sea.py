"""Sea and ferry legs: sea lanes of searoute, port approaches by hand, smoothed along lines of sight."""

import itertools
import math
from pathlib import Path

import packages
import shapely
import tables
from legs import Leg
from network import Point, great_circle, shortest
from places import Place
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

WATERS = (-20.0, -38.0, 130.0, 50.0)
# The Volga-Don canal ties the Caspian to the Azov Sea in the sea lanes: river ships only, left out.
VOLGA_DON = (38.5, 45.3, 48.3, 49.5)
CORINTH = (22.9, 37.8, 23.05, 38.0)
"""The canal, 21 m wide, takes no container ship."""
ROUND_AFRICA = {"cape_atlantic", "cape_indian"}
NAUTICAL_MILE = 1.852
SIGHT_KM = 450.0
GATE_KM = 20.0
"""How far to either hand lanes are cut between the sides of a strait: to pass it is a crossing, never part of a leg."""
FERRY_HEADWAY = "96"
FERRY_NOTE = "no timetable, leaves when full: a sailing every 3-5 days published, 4 days used"


class Waters:
    """Graph of sea lanes with a test for land."""

    def __init__(self, wheels: Path, straits: list[tuple[Point, Point]]) -> None:
        west, south, east, north = WATERS
        land = shapely.clip_by_rect(packages.land(wheels), west, south, east, north)
        self.gates: BaseGeometry = shapely.union_all([gate(*sides) for sides in straits])
        self.land: BaseGeometry = shapely.union_all([shapely.simplify(land, 0.01), self.gates])
        shapely.prepare(self.land)
        self.links: dict[Point, dict[Point, float]] = {}
        for line in packages.marnet(wheels):
            for a, b in itertools.pairwise(line):
                if self._wanted(a) and self._wanted(b) and not self._through(a, b):
                    self.join(a, b)
        self.lanes = sorted(self.links)

    @staticmethod
    def _wanted(p: Point) -> bool:
        west, south, east, north = VOLGA_DON
        canal = west < p[0] < east and south < p[1] < north and not (p[0] > 47.5 and p[1] < 45.6)
        canal |= CORINTH[0] < p[0] < CORINTH[2] and CORINTH[1] < p[1] < CORINTH[3]
        return WATERS[0] <= p[0] <= WATERS[2] and WATERS[1] <= p[1] <= WATERS[3] and not canal

    def _through(self, a: Point, b: Point) -> bool:
        return bool(shapely.intersects(self.gates, LineString([a, b])))

    def join(self, a: Point, b: Point) -> None:
        """Add a straight lane."""
        km = great_circle(a, b)
        self.links.setdefault(a, {})[b] = km
        self.links.setdefault(b, {})[a] = km

    def clear(self, a: Point, b: Point) -> bool:
        """Whether a straight line keeps off the land."""
        return a == b or not shapely.intersects(self.land, LineString([a, b]))

    def moor(self, point: Point) -> None:
        """Join a point at sea to the lanes in sight, or to the nearest one."""
        lanes = sorted((great_circle(point, other), other) for other in self.lanes)
        seen = [other for km, other in lanes[:60] if km < SIGHT_KM and self.clear(point, other)]
        nearest = next(other for _, other in lanes if not self._through(point, other))
        for other in seen or [nearest]:
            self.join(point, other)

    def route(self, start: Point, end: Point, avoid: set[Point]) -> list[Point]:
        """Shortest way along the lanes, straightened where no land is between."""
        steps = shortest(start, end, lambda u: ((v, km, None) for v, km in self.links[u].items() if v not in avoid))
        return self._straight([start, *(point for point, _ in steps)])

    def _straight(self, path: list[Point]) -> list[Point]:
        result = [path[0]]
        i = 0
        while i < len(path) - 1:
            ahead = next(j for j in range(len(path) - 1, i, -1) if j == i + 1 or self.clear(path[i], path[j]))
            result.append(path[ahead])
            i = ahead
        return result


def gate(a: Point, b: Point) -> LineString:
    """A line between the two sides of a strait, square to the way through."""
    middle = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    east, north = (b[0] - a[0]) * math.cos(math.radians(middle[1])), b[1] - a[1]
    degrees = GATE_KM / 111.2 / math.hypot(east, north)
    across = -north * degrees / math.cos(math.radians(middle[1])), east * degrees
    return LineString([(middle[0] - across[0], middle[1] - across[1]), (middle[0] + across[0], middle[1] + across[1])])


def line_km(line: list[Point]) -> float:
    """Geodesic length of a line."""
    return sum(great_circle(a, b) for a, b in itertools.pairwise(line))


def sea_legs(wheels: Path, places: dict[str, Place]) -> list[Leg]:
    """Legs of every basin, direct from port to port or to a strait."""
    straits = [(places[row["place_1"]].point, places[row["place_2"]].point) for row in tables.hand("straits")]
    waters = Waters(wheels, straits)
    approach = {row["place_id"]: (float(row["lon"]), float(row["lat"])) for row in tables.hand("sea_approaches")}
    published = {frozenset((row["place_1"], row["place_2"])): row for row in tables.hand("sea_km")}
    basins = tables.hand("sea_basins")
    names = sorted({name for row in basins for name in row["places"].split(";")})
    berth = {name: approach.get(name, places[name].point) for name in names}
    for name in names:
        waters.moor(berth[name])
    legs: dict[tuple[str, str], Leg] = {}
    for row in basins:
        for a, b in itertools.combinations(sorted(row["places"].split(";")), 2):
            if waters.clear(berth[a], berth[b]):
                waters.join(berth[a], berth[b])
            others = {berth[name] for name in names} - {berth[a], berth[b]}
            line = [places[a].point, *waters.route(berth[a], berth[b], others), places[b].point]
            line = [p for p, before in zip(line, [None, *line], strict=False) if p != before]
            leg = Leg(a, b, "XZ", row["mode"], line_km(line), line, grade=("searoute", "2026-05", "derived"))
            leg.km = leg.model_km
            leg.speed_class = "round_africa" if {a, b} & ROUND_AFRICA else ""
            figure = published.get(frozenset((a, b)))
            if figure:
                leg.km = max(float(figure["nautical_miles"]) * NAUTICAL_MILE, great_circle(line[0], line[-1]) * 1.001)
                leg.km_low, leg.km_high = min(leg.km, leg.model_km), max(leg.km, leg.model_km)
                leg.note = f"reference distance {figure['nautical_miles']} nm, not from a printed table"
                leg.grade = (figure["source_id"], "2026-11", figure["quality"])
            if row["mode"] == "ferry":
                leg.headway_hours = row["headway_hours"] or FERRY_HEADWAY
                leg.note = "; ".join(filter(None, [leg.note, row["note"] or FERRY_NOTE]))
                source, as_of, quality = leg.grade
                leg.grade = (";".join(filter(None, (source, row["source_id"]))), as_of, quality)
            legs[a, b] = leg
    print(f"  sea: {len(legs)} legs")
    return [legs[key] for key in sorted(legs)]

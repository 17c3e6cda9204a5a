"""Matches a leg to OpenStreetMap's ways: the corridor around its old line, and the best way through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from corridors.data.geodesy import geod
from corridors.data.schema import Row
from corridors.data.tags import gauges
from corridors.osm.reading import Points, Way

CONNECTOR_WEIGHT = 5.0  # a straight kilometre to a leg's end must cost more than any real one
BORDER_KM = 3.0  # how far off the borders of the base map may be
GATE_KM = 20.0  # and at a gate
Numbers = npt.NDArray[np.float64]


class Step(NamedTuple):
    """A stretch along one way."""

    way: Way
    km: float


@dataclass(frozen=True)
class Found:
    """A line for a leg."""

    points: Points
    """From place to place, including the straight rest at either end."""
    steps: list[Step]
    gaps: tuple[float, float]
    """Straight kilometres at either end."""
    deviation_km: float
    """Greatest distance from the old line."""

    @cached_property
    def on_ways_km(self) -> float:
        """Kilometres along the ways."""
        return sum(step.km for step in self.steps)

    @cached_property
    def km(self) -> float:
        """Kilometres of the whole line."""
        return self.on_ways_km + sum(self.gaps)


class Corridor:
    """The surroundings of a leg in which its way is searched.

    Parameters
    ----------
    leg : mapping
        Row of ``net.legs``.
    line : LineString
        Its line so far.
    ends : sequence of (lon, lat)
    country : polygon or None
        Its country; the way may leave it no farther than the borders of the base map are uncertain.
    buffer_km : float
        How far the way may leave the old line.
    """

    def __init__(
        self,
        leg: Row,
        line: shapely.LineString,
        ends: Sequence[tuple[float, float]],
        country: BaseGeometry | None,
        buffer_km: float,
    ) -> None:
        self.leg, self.ends, self._buffer_km = leg, ends, buffer_km
        west, south, east, north = line.bounds
        self._plane = Transformer.from_crs(
            "EPSG:4326", f"+proj=aeqd +lat_0={(south + north) / 2} +lon_0={(west + east) / 2} +units=km", always_xy=True
        )
        self._line = shapely.transform(line, self._on_plane)
        area: BaseGeometry = self._line.buffer(buffer_km, quad_segs=4)
        if country is not None:
            reach = buffer_km / 50  # degrees, on the safe side up to 60 degrees north
            near = shapely.make_valid(country).intersection(
                shapely.box(west - reach, south - reach, east + reach, north + reach)
            )
            gates = shapely.transform(shapely.MultiPoint(ends), self._on_plane).buffer(GATE_KM)
            area &= shapely.transform(near, self._on_plane).buffer(BORDER_KM) | gates
        self.area = shapely.transform(area, self._off_plane)
        """Polygon in degrees."""

    def _on_plane(self, points: Points) -> Points:
        return np.column_stack(self._plane.transform(points[:, 0], points[:, 1]))

    def _off_plane(self, points: Points) -> Points:
        return np.column_stack(self._plane.transform(points[:, 0], points[:, 1], direction="INVERSE"))

    def away_km(self, points: Points) -> Numbers:
        """Distance of points from the old line."""
        return np.asarray(shapely.distance(shapely.points(self._on_plane(points)), self._line))

    def takes(self, way: Way) -> bool:
        """Whether a way is of the mode and, where it has one, of the gauge of the leg."""
        if self.leg["mode"] not in way.modes:
            return False
        if self.leg["mode"] == "road":
            return True
        try:
            told = gauges(way.tags.get("gauge"))
        except ValueError:  # "standard", say: a gauge is given, and it is not known to be this one
            return False
        return not told or self.leg["gauge_mm"] in told

    def find(self, ways: Sequence[Way], snap_km: float) -> Found | str:
        """The best way from end to end, or why there is none.

        Dijkstra's shortest path over the ways inside the corridor, where a kilometre counts by the class of the way
        (`corridors.osm.reading.ROADS`, ``RAILS``), more the farther it is from the old line (twice at the corridor's
        edge), and `CONNECTOR_WEIGHT` on the straight stretch of at most `snap_km` that joins it to either end.
        """
        ways = [way for way in ways if self.takes(way)]
        if not ways:
            return f"no {self.leg['mode']} of OpenStreetMap in the corridor"
        of_way = np.repeat(np.arange(len(ways)), [len(way.points) for way in ways])
        points = np.concatenate([way.points for way in ways])
        shapely.prepare(self.area)
        inside = shapely.contains_xy(self.area, points[:, 0], points[:, 1])
        first = np.flatnonzero(inside[:-1] & inside[1:] & (of_way[:-1] == of_way[1:]))
        if not len(first):
            return f"no {self.leg['mode']} of OpenStreetMap in the corridor"
        nodes, numbers = _nodes(points, np.concatenate([first, first + 1]))
        tail, head = np.split(numbers, 2)
        a, b = points[first], points[first + 1]
        km = _distance(a, b)
        weight = np.array([way.weight(self.leg["mode"]) for way in ways])[of_way[first]]
        cost = km * weight * (1 + self.away_km((a + b) / 2) / self._buffer_km)
        rests = [_distance(nodes, np.array([end])) for end in self.ends]
        for place, rest in zip((self.leg["from_place"], self.leg["to_place"]), rests, strict=True):
            if rest.min() > snap_km:
                return f"the nearest {self.leg['mode']} ends {rest.min():.1f} km from {place}; snap_km is {snap_km:g}"
        path, pieces, short = _shortest(tail, head, cost, rests, snap_km)
        if not path:
            return (
                f"not connected: what can be reached from {self.leg['from_place']} ends {short:.1f} km from "
                f"{self.leg['to_place']}"
            )
        runs = groupby(
            ((ways[of_way[first[piece]]], float(km[piece])) for piece in pieces), key=lambda step: step[0].osm_ids
        )
        steps = []
        for _, run in runs:
            stretch = list(run)
            steps.append(Step(stretch[0][0], sum(length for _, length in stretch)))
        line = np.vstack([self.ends[0], nodes[path], self.ends[1]])
        return Found(
            line, steps, (float(rests[0][path[0]]), float(rests[1][path[-1]])), float(self.away_km(line).max())
        )


def _nodes(points: Points, used: npt.NDArray[np.int64]) -> tuple[Points, npt.NDArray[np.int64]]:
    """The different points among those used, and the number of each; ways meet where they share a point.

    OpenStreetMap keeps seven decimals, which identify a point however the source numbers it.
    """
    lon, lat = np.round(points[used] * 1e7).astype(np.int64).T
    _, at, numbers = np.unique((lon << 32) + lat, return_index=True, return_inverse=True)
    return points[used[at]], numbers


def _distance(a: Points, b: Points) -> Numbers:
    """Geodesic km between points, row by row; one row stands for all."""
    a, b = np.broadcast_arrays(a, b)
    metres: Numbers = np.asarray(geod().inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])[2])
    return metres / 1000


def _shortest(
    tail: npt.NDArray[np.int64], head: npt.NDArray[np.int64], cost: Numbers, rests: Sequence[Numbers], snap_km: float
) -> tuple[list[int], list[int], float]:
    """Nodes and pieces of the cheapest path between the ends; if there is none, how close to the second one can get."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    n = len(rests[0])
    source, target = n, n + 1
    near = [np.flatnonzero(rest <= snap_km) for rest in rests]
    low = np.concatenate([np.minimum(tail, head), *near])
    high = np.concatenate([np.maximum(tail, head), np.full(len(near[0]), source), np.full(len(near[1]), target)])
    weight = np.concatenate([cost, *(CONNECTOR_WEIGHT * rest[at] for rest, at in zip(rests, near, strict=True))])
    weight = np.maximum(weight, 1e-9)  # a sparse matrix reads zero as no edge
    pair = low * (n + 2) + high
    order = np.lexsort((weight, pair))  # the cheapest of parallel pieces
    order = order[np.unique(pair[order], return_index=True)[1]]
    graph = csr_array((weight[order], (low[order], high[order])), shape=(n + 2, n + 2))
    reached, before = dijkstra(graph, directed=False, indices=source, return_predecessors=True)
    if not np.isfinite(reached[target]):
        return [], [], float(rests[1][np.isfinite(reached[:n])].min())
    path = [int(before[target])]
    while before[path[-1]] != source:
        path.append(int(before[path[-1]]))
    path.reverse()
    wanted = [min(a, b) * (n + 2) + max(a, b) for a, b in pairwise(path)]
    return path, [int(order[i]) for i in np.searchsorted(pair[order], wanted)], 0.0

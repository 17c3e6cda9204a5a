"""The source network of one mode while it is being repaired: nodes, straight edges, kilometres."""

import heapq
import itertools
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pyproj import Geod
from shapely import STRtree
from shapely.geometry import LineString, box

GEOD = Geod(ellps="WGS84")
Point = tuple[float, float]


def great_circle(a: Point, b: Point) -> float:
    """Geodesic length in km between two (lon, lat) points."""
    return float(GEOD.inv(a[0], a[1], b[0], b[1])[2]) / 1000.0


def flat_km(a: Point, b: Point) -> float:
    """Distance in km on a local plane: quick, for choosing the nearest."""
    dx = (a[0] - b[0]) * 111.32 * math.cos(math.radians((a[1] + b[1]) / 2))
    return math.hypot(dx, (a[1] - b[1]) * 110.57)


def project(p: Point, a: Point, b: Point) -> tuple[float, Point]:
    """Distance in km from p to the segment a-b, and the foot of the perpendicular."""
    scale = math.cos(math.radians(p[1]))
    ax, ay = (a[0] - p[0]) * scale, a[1] - p[1]
    dx, dy = (b[0] - a[0]) * scale, b[1] - a[1]
    length2 = dx * dx + dy * dy
    t = 0.0 if length2 == 0 else min(1.0, max(0.0, -(ax * dx + ay * dy) / length2))
    foot = (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]))
    return flat_km(p, foot), foot


def shortest(
    start: Any, end: Any, near: Callable[[Any], Iterable[tuple[Any, float, Any]]], limit: float = math.inf
) -> list[tuple[Any, Any]]:
    """Shortest way below a limit: the nodes reached in order, each with the link that leads to it.

    `near` gives the neighbours of a node as (node, km, link). Raises LookupError where there is no way.
    """
    best = {start: 0.0}
    back: dict[Any, tuple[Any, Any]] = {}
    queue = [(0.0, start)]
    while queue:
        km, u = heapq.heappop(queue)
        if u == end:
            break
        if km > best[u]:
            continue
        for v, step, link in near(u):
            if km + step < best.get(v, limit):
                best[v] = km + step
                back[v] = (u, link)
                heapq.heappush(queue, (km + step, v))
    if end not in best:
        raise LookupError(f"no path {start} - {end}")
    steps = []
    here = end
    while here != start:
        before, link = back[here]
        steps.append((here, link))
        here = before
    return steps[::-1]


@dataclass
class Network:
    """Undirected graph whose edges are straight lines with a length of their own."""

    mode: str
    points: list[Point] = field(default_factory=list)
    country: list[str] = field(default_factory=list)
    links: list[dict[int, float]] = field(default_factory=list)

    def add_node(self, point: Point, country: str) -> int:
        """Add a node and return its number."""
        self.points.append(point)
        self.country.append(country)
        self.links.append({})
        return len(self.points) - 1

    def join(self, u: int, v: int, km: float) -> None:
        """Join two nodes; of two parallel edges the shorter stays."""
        if u == v:
            return
        km = max(km, great_circle(self.points[u], self.points[v]))
        km = min(km, self.links[u].get(v, math.inf))
        self.links[u][v] = km
        self.links[v][u] = km

    def cut(self, u: int, v: int) -> float:
        """Remove an edge and return its length."""
        del self.links[v][u]
        return self.links[u].pop(v)

    def edges(self) -> Iterator[tuple[int, int, float]]:
        """Every edge once, in a fixed order."""
        for u, near in enumerate(self.links):
            for v, km in sorted(near.items()):
                if u < v:
                    yield u, v, km

    def insert(self, u: int, v: int, stops: list[tuple[Point, str]]) -> list[int]:
        """Put nodes on an edge, which keeps its length; it is shared in proportion to the chords."""
        km = self.cut(u, v)
        chain = [u, *(self.add_node(point, country) for point, country in stops), v]
        chords = [great_circle(self.points[a], self.points[b]) for a, b in itertools.pairwise(chain)]
        stretch = km / sum(chords) if sum(chords) else 1.0
        for a, b, chord in zip(chain, chain[1:], chords, strict=False):
            self.join(a, b, chord * stretch)
        return chain[1:-1]

    def nearest_node(self, point: Point, limit_km: float, country: str = "") -> int | None:
        """Nearest node with an edge, by a plain scan: for the few hand-kept corrections."""
        best, found = limit_km, None
        for i, other in enumerate(self.points):
            if abs(other[1] - point[1]) * 110 > best or not self.links[i]:
                continue
            if country and self.country[i] != country:
                continue
            km = flat_km(point, other)
            if km < best:
                best, found = km, i
        return found

    def within(self, start: int, limit_km: float) -> dict[int, float]:
        """Network distance to every node within a limit."""
        done: dict[int, float] = {}
        queue = [(0.0, start)]
        while queue:
            km, u = heapq.heappop(queue)
            if u in done:
                continue
            done[u] = km
            for v, step in self.links[u].items():
                if v not in done and km + step <= limit_km:
                    heapq.heappush(queue, (km + step, v))
        return done

    def components(self) -> list[int]:
        """Number of the component of each node."""
        label = [-1] * len(self.points)
        for start in range(len(self.points)):
            if label[start] >= 0:
                continue
            label[start] = start
            stack = [start]
            while stack:
                for v in self.links[stack.pop()]:
                    if label[v] < 0:
                        label[v] = start
                        stack.append(v)
        return label

    def drop_nodes(self, keep: Iterable[bool]) -> "Network":
        """A new network of the nodes to keep, renumbered."""
        small = Network(self.mode)
        number: dict[int, int] = {}
        for i, stays in enumerate(keep):
            if stays:
                number[i] = small.add_node(self.points[i], self.country[i])
        for u, v, km in self.edges():
            if u in number and v in number:
                small.join(number[u], number[v], km)
        return small


class EdgeIndex:
    """Finds the nearest edge of a network; edges made later are found, dead ones are skipped."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.pairs = [(u, v) for u, v, _ in network.edges()]
        self.tree = STRtree([LineString([network.points[u], network.points[v]]) for u, v in self.pairs])
        self.extra: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self.late: list[tuple[int, int]] = []

    def add(self, u: int, v: int) -> None:
        """Let an edge be found that was joined after the index was made."""
        self.late.append((u, v))

    def split(self, u: int, v: int, point: Point, country: str) -> int:
        """Put a node on an edge and keep the index right."""
        (node,) = self.network.insert(u, v, [(point, country)])
        self.extra.setdefault((u, v), []).extend([(u, node), (node, v)])
        return node

    def _alive(self, pair: tuple[int, int]) -> Iterator[tuple[int, int]]:
        if pair[1] in self.network.links[pair[0]]:
            yield pair
        for part in self.extra.get(pair, []):
            yield from self._alive(part)

    def near(self, point: Point, limit_km: float) -> list[tuple[float, Point, int, int]]:
        """Edges within a limit, nearest first: km, foot, u, v."""
        dy = limit_km / 110.0
        dx = dy / math.cos(math.radians(point[1]))
        around = box(point[0] - dx, point[1] - dy, point[0] + dx, point[1] + dy)
        found = []
        points = self.network.points
        for pair in [*(self.pairs[int(i)] for i in self.tree.query(around)), *self.late]:
            for u, v in self._alive(pair):
                km, foot = project(point, points[u], points[v])
                if km <= limit_km:
                    found.append((km, foot, u, v))
        return sorted(found)

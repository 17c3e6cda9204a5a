"""The whole network of one mode made small: near nodes merged, chains contracted, backbone legs kept track of."""

import heapq
import itertools
from dataclasses import dataclass, field

from legs import Leg, Web, contract
from lengths import GAUGE
from network import Network, Point, flat_km, great_circle
from places import Place

MERGE_KM = 1.0
Pair = tuple[int, int]


@dataclass(eq=False)
class Piece:
    """One leg of the detail network; `on` are the backbone legs that it is part of."""

    ends: tuple[str, str]
    country: str
    mode: str
    gauge_mm: int | None
    model_km: float
    line: list[Point]
    on: list[Leg]
    leg_id: str = ""
    km: float = 0.0
    km_low: float = 0.0
    km_high: float = 0.0
    speed_class: str = ""
    note: str = ""
    grade: tuple[str, str, str] = ("scgraph_data", "2024-02", "derived")
    floor: float = field(init=False)

    def __post_init__(self) -> None:
        self.floor = great_circle(self.line[0], self.line[-1])


def _rounded(point: Point) -> Point:
    """As the tables have it."""
    return (round(point[0], 4), round(point[1], 4))


def junction_id(mode: str, point: Point) -> str:
    """Identifier made of the coordinates, to 0.001 degree."""
    return f"j_{mode}_{round(point[0] * 1000)}_{round(point[1] * 1000)}"


def merge(web: Web, network: Network, legs: list[Leg], places: dict[str, Place]) -> tuple[Web, dict[int, int]]:
    """Draw nodes within `MERGE_KM` on the network together: into places first, then nodes on backbone legs.

    A merged edge runs from one kept node to the other, so that its length is that of a way that exists.
    """
    seats, used = web.seats, {n for leg in legs if leg.status == "operating" for n in leg.path}
    alive = [n for n, near in enumerate(web.edges) if near]
    order = sorted(alive, key=lambda n: (n not in seats, n not in used, -len(web.edges[n]), n))
    rep = {n: n for n in seats}
    off = dict.fromkeys(rep, 0.0)
    for centre in order:
        if centre in rep and centre not in seats:
            continue
        gap = flat_km(places[seats[centre]].point, network.points[centre]) if centre in seats else 0.0
        rep[centre], off[centre] = centre, 0.0
        queue = [(0.0, centre)]
        while queue:
            km, u = heapq.heappop(queue)
            if km > off[u]:
                continue
            for v, (step, _) in web.edges[u].items():
                free = v not in rep or (rep[v] == centre and km + step < off[v])
                if free and km + step <= MERGE_KM + gap:
                    rep[v], off[v] = centre, km + step
                    heapq.heappush(queue, (km + step, v))
    small = Web([{} for _ in web.edges], seats)
    for u in alive:
        for v, (km, inner) in sorted(web.edges[u].items()):
            a, b = rep[u], rep[v]
            total = off[u] + km + off[v]
            if a != b and (b not in small.edges[a] or total < small.edges[a][b][0]):
                nodes = [n for n in (u, *inner, v) if n not in (a, b)]
                small.edges[a][b] = (total, nodes)
                small.edges[b][a] = (total, nodes[::-1])
    return small, rep


def trail(path: list[int], rep: dict[int, int]) -> list[int]:
    """Nodes of a backbone leg after merging, without loops."""
    result: list[int] = []
    for node in path:
        here = rep.get(node)
        if here in result:
            del result[result.index(here) + 1 :]
        elif here is not None:
            result.append(here)
    return result


def pairs_of(trails: dict[Leg, list[int]], web: Web) -> dict[Pair, list[Leg]]:
    """Backbone legs on each edge."""
    found: dict[Pair, list[Leg]] = {}
    for leg, nodes in trails.items():
        for a, b in itertools.pairwise(n for n in nodes if web.edges[n]):
            found.setdefault((min(a, b), max(a, b)), []).append(leg)
    return found


def _default_gauge(leg: Leg) -> bool:
    return leg.mode == "road" or leg.gauge_mm == GAUGE.get(leg.country, 1520)


def _drop_barred(web: Web, trails: dict[Leg, list[int]]) -> None:
    """Take out suspended roads, and tracks that touch a line of foreign gauge between its ends."""
    served = pairs_of({leg: nodes for leg, nodes in trails.items() if leg.status == "operating"}, web)
    barred = [pair for pair in pairs_of(trails, web) if pair not in served]
    for leg, nodes in trails.items():
        if not _default_gauge(leg):
            barred += [(min(u, v), max(u, v)) for u in nodes[1:-1] for v in web.edges[u]]
    for u, v in barred:
        if (u, v) not in served and v in web.edges[u]:
            del web.edges[u][v], web.edges[v][u]


def _drop_remote(web: Web) -> None:
    """Take out what hangs together with no place."""
    reached = set(web.seats)
    stack = list(web.seats)
    while stack:
        for v in web.edges[stack.pop()]:
            if v not in reached:
                reached.add(v)
                stack.append(v)
    for u, near in enumerate(web.edges):
        if near and u not in reached:
            web.edges[u] = {}


def pieces_of(network: Network, web: Web, legs: list[Leg], places: dict[str, Place]) -> list[Piece]:
    """Legs of the detail network of one mode, without kilometres."""
    own = [leg for leg in legs if leg.mode == network.mode and leg.path]
    small, rep = merge(web, network, own, places)
    trails = {leg: trail(leg.path, rep) for leg in own}
    _drop_barred(small, trails)
    contract(small, small.seats)
    _drop_remote(small)
    trails = {leg: nodes for leg, nodes in trails.items() if leg.status == "operating"}
    served = pairs_of(trails, small)
    spot: dict[int, tuple[str, Point]] = {}
    taken: set[str] = set()
    for n, near in enumerate(small.edges):
        if near and n in small.seats:
            spot[n] = (small.seats[n], _rounded(places[small.seats[n]].point))
        elif near:
            point = _rounded(network.points[n])
            name = junction_id(network.mode, point)
            while name in taken:
                name += "x"
            taken.add(name)
            spot[n] = (name, point)
    pieces = []
    for u, near in enumerate(small.edges):
        for v, (km, inner) in sorted(near.items()):
            if spot[u][0] < spot[v][0]:
                on = served.get((min(u, v), max(u, v)), [])
                gauges = sorted({leg.gauge_mm for leg in on if leg.gauge_mm})
                default = GAUGE.get(network.country[u], 1520) if network.mode == "rail" else None
                line = [spot[u][1], *(network.points[n] for n in inner), spot[v][1]]
                pieces += [
                    Piece(
                        (spot[u][0], spot[v][0]),
                        network.country[u],
                        network.mode,
                        gauge,
                        km,
                        line,
                        [leg for leg in on if leg.gauge_mm == gauge],
                    )
                    for gauge in gauges or [default]
                ]
    print(f"  {network.mode}: {len(spot)} nodes, {len(pieces)} legs, {sum(p.model_km for p in pieces):,.0f} km")
    return pieces

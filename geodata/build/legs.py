"""Legs between neighbouring places, found on the network of one mode."""

import heapq
import math
from dataclasses import dataclass, field

import tables
from borders import Side
from network import EdgeIndex, Network, Point, flat_km, great_circle
from places import Place

SNAP_KM = {"road": 20.0, "rail": 15.0}
PORT_KM = 25.0
ON_LINE_KM = 3.0
PORT_ON_LINE_KM = 1.0  # a port is where a road ends: what passes by it does not call there
# A town this far off a long straight edge lies on the road if the edge is long enough to have led through it.
STRAIGHTENED_KM = 60.0
STRAIGHTENED = 1.02
OWN_KM = 5.0  # a town this near to an end of the edge has a junction of its own
NODE_KM = 1.0
STATION_KM = 0.1
ALIVE_KM = {"road": 15.0, "rail": 1.0}
CONNECTOR = 1.15
# So far around a town or port its streets lead to every road.
STREET_KM = {"city": 5.0, "seaport": 8.0}
STREET = 1.3
REACH_KM = 1300.0
# A leg stays if it is shorter by this share and these km than the way by other places.
SPARSE = {"road": (1.05, 4.0), "rail": (1.06, 4.0)}


@dataclass(eq=False)
class Leg:
    """One row of legs.csv and its line."""

    from_place: str
    to_place: str
    country: str
    mode: str
    model_km: float
    line: list[Point]
    gauge_mm: int | None = None
    km: float = 0.0
    km_low: float | None = None
    km_high: float | None = None
    status: str = "operating"
    opens_on: str = ""
    project: str = ""
    speed_class: str = ""
    headway_hours: str = ""
    geometry_quality: str = "derived"
    note: str = ""
    grade: tuple[str, str, str] = ("scgraph_data", "2024-02", "derived")
    fixed: bool = False
    path: list[int] = field(default_factory=list)

    @property
    def leg_id(self) -> str:
        """Identifier made of the ends, the mode and the gauge where it matters."""
        suffix = f"_{self.gauge_mm}" if self.gauge_mm else ""
        tail = f"_{self.project}" if self.project else ""
        return f"{self.mode}{suffix}_{self.from_place}_{self.to_place}{tail}"


@dataclass
class Web:
    """The contracted network: an edge is (km, nodes passed); seats are the nodes of places."""

    edges: list[dict[int, tuple[float, list[int]]]] = field(default_factory=list)
    seats: dict[int, str] = field(default_factory=dict)


def snap(network: Network, places: dict[str, Place], gates: dict[str, tuple[Side, Side]]) -> dict[int, str]:
    """Node of each place on the network: place id by node."""
    seat: dict[str, int] = {}
    for pair in gates.values():
        for side in pair:
            if side.place_id in seat:
                network.join(seat[side.place_id], side.node, 0.01)
            else:
                seat[side.place_id] = side.node
    label = network.components()
    total: dict[int, float] = {}
    for u, _, km in network.edges():
        total[label[u]] = total.get(label[u], 0.0) + km
    index = EdgeIndex(network)
    taken = set(seat.values())
    through = {row[key] for row in tables.hand("gauges") for key in ("place_1", "place_2")}
    missing, streets = [], 0
    for place in sorted(places.values(), key=lambda p: p.place_id):
        if network.mode not in place.serves or place.place_id in seat:
            continue
        limit = PORT_KM if place.kind == "seaport" else SNAP_KM[network.mode]
        edges = [
            edge
            for edge in index.near(place.point, STRAIGHTENED_KM if network.mode == "road" else limit)
            if network.country[edge[2]] == place.country and total[label[edge[2]]] >= ALIVE_KM[network.mode]
        ]
        gap, foot, u, v = edges[0] if edges else (math.inf, place.point, -1, -1)
        if network.mode == "road" and gap > ON_LINE_KM:
            most = limit if gap <= limit else STRAIGHTENED_KM
            road = next(
                (edge for edge in edges if edge[0] <= most and _led_through(network, place.point, *edge[2:])), None
            )
            if road is not None:
                print(f"  road: {place.name} put on the straightened road {road[0]:.0f} km from it")
                gap, foot, u, v = 0.0, place.point, *road[2:]
        if gap > limit:
            missing.append(place.place_id)
            continue
        movable = network.mode == "road" and place.kind in ("pass", "junction") and place.grade[2] == "estimate"
        if movable and gap > NODE_KM:
            print(f"  {network.mode}: {place.name} moved {gap:.0f} km onto the line")
            place.point, gap = (round(foot[0], 4), round(foot[1], 4)), 0.0
        on_line = PORT_ON_LINE_KM if (network.mode, place.kind) == ("road", "seaport") else ON_LINE_KM
        stub = gap > on_line and not (network.mode == "rail" and place.place_id in through)
        node = _seat(network, index, place, gap, foot, u, v, taken, stub)
        label.extend([label[u]] * (len(network.points) - len(label)))
        taken.add(node)
        seat[place.place_id] = node
        if network.mode == "road" and place.kind in STREET_KM:
            streets += _streets(network, index, place, node)
            label.extend([label[u]] * (len(network.points) - len(label)))
    print(f"  {network.mode}: {streets} streets laid from places to other roads beside them")
    print(f"  {network.mode}: {len(seat)} places joined; too far from it: {', '.join(missing)}")
    return {node: place_id for place_id, node in seat.items()}


def _led_through(network: Network, point: Point, u: int, v: int) -> bool:
    """Whether a long edge is long enough to have led through a point."""
    km = network.links[u][v]
    ends = great_circle(network.points[u], point), great_circle(point, network.points[v])
    return km > SNAP_KM["road"] and min(ends) > OWN_KM and sum(ends) <= km * STRAIGHTENED


def _seat(
    network: Network,
    index: EdgeIndex,
    place: Place,
    gap: float,
    foot: Point,
    u: int,
    v: int,
    taken: set[int],
    stub: bool,
) -> int:
    """A node on the line, or a stub from the line to a place that lies off it."""
    end = min((flat_km(foot, network.points[n]), n) for n in (u, v))
    node = end[1] if end[0] <= NODE_KM else index.split(u, v, foot, place.country)
    if node in taken or stub:
        spur = network.add_node(place.point, place.country)
        network.join(node, spur, gap * CONNECTOR)
        if network.mode == "rail" and place.kind == "city":
            # A railway is as long as between its stations: the way from there into a town is no track.
            network.links[node][spur] = network.links[spur][node] = STATION_KM
        return spur
    return node


def _streets(network: Network, index: EdgeIndex, place: Place, seat: int) -> int:
    """Join a town or port to the other roads beside it that the network reaches only by a long way."""
    laid = 0
    for _gap, foot, u, v in index.near(place.point, STREET_KM[place.kind]):
        if seat in (u, v) or network.country[u] != place.country or v not in network.links[u]:
            continue
        km = max(flat_km(network.points[seat], foot), 0.1) * STREET
        reached = network.within(seat, 3 * km + STREET_KM[place.kind])
        parts = [flat_km(foot, network.points[n]) for n in (u, v)]
        share = network.links[u][v] / max(sum(parts), 1e-9)
        if any(n in reached and reached[n] + part * share <= 3 * km + STREET_KM[place.kind]
               for n, part in zip((u, v), parts, strict=True)):  # fmt: skip
            continue
        end = min((part, n) for part, n in zip(parts, (u, v), strict=True))
        spot = end[1] if end[0] < NODE_KM / 2 else index.split(u, v, foot, place.country)
        network.join(seat, spot, km)
        laid += 1
    return laid


def contract(web: Web, keep: dict[int, str]) -> None:
    """Remove dead ends and merge chains; places stay."""
    queue = [u for u, near in enumerate(web.edges) if len(near) <= 2 and u not in keep]
    while queue:
        u = queue.pop()
        near = web.edges[u]
        if len(near) > 2 or not near:
            continue
        ends = sorted(near)
        for v in ends:
            del web.edges[v][u]
        if len(ends) == 2:
            a, b = ends
            km = near[a][0] + near[b][0]
            if b not in web.edges[a] or web.edges[a][b][0] > km:
                path = [*reversed(near[a][1]), u, *near[b][1]]
                web.edges[a][b] = (km, path)
                web.edges[b][a] = (km, path[::-1])
        web.edges[u] = {}
        queue.extend(v for v in ends if len(web.edges[v]) <= 2 and v not in keep)


def reach(web: Web, start: int, seats: dict[int, str]) -> dict[int, tuple[float, list[int]]]:
    """Places reached from a place without passing through another: km and the nodes on the way."""
    best: dict[int, float] = {start: 0.0}
    back: dict[int, int] = {}
    queue = [(0.0, start)]
    done: set[int] = set()
    found: dict[int, float] = {}
    while queue:
        km, u = heapq.heappop(queue)
        if u in done:
            continue
        done.add(u)
        if u in seats and u != start:
            found[u] = km
            continue
        for v, (step, _) in web.edges[u].items():
            if km + step < best.get(v, REACH_KM):
                best[v] = km + step
                back[v] = u
                heapq.heappush(queue, (km + step, v))
    result = {}
    for end, km in found.items():
        path = [end]
        while path[-1] != start:
            u, v = path[-1], back[path[-1]]
            path.extend(web.edges[u][v][1])
            path.append(v)
        result[end] = (km, path[::-1])
    return result


def spanner_keeps(net: dict[str, dict[str, float]], a: str, b: str, limit: float) -> bool:
    """Whether a leg is shorter than what there is between its ends by way of other places."""
    queue = [(0.0, a)]
    done = set()
    while queue:
        here, u = heapq.heappop(queue)
        if u == b:
            return False
        if u in done:
            continue
        done.add(u)
        for v, step in net.get(u, {}).items():
            if v not in done and here + step <= limit:
                heapq.heappush(queue, (here + step, v))
    return True


def find_legs(network: Network, places: dict[str, Place], gates: dict[str, tuple[Side, Side]]) -> tuple[list[Leg], Web]:
    """Legs of one mode between neighbouring places, sparsified, and the network that they were found on."""
    seats = snap(network, places, gates)
    web = Web([{v: (km, []) for v, km in near.items()} for near in network.links], seats)
    contract(web, seats)
    candidates = {}
    for start in sorted(seats):
        for end, (km, path) in reach(web, start, seats).items():
            if seats[start] < seats[end]:
                candidates[seats[start], seats[end]] = (km, path)
    net: dict[str, dict[str, float]] = {}
    share, slack = SPARSE[network.mode]
    legs = []
    for (a, b), (km, path) in sorted(candidates.items(), key=lambda item: (item[1][0], item[0])):
        # A town beside the line makes the legs to it longer than the line: what passes by needs its own leg.
        km = max(km, great_circle(places[a].point, places[b].point) * 1.001)
        if spanner_keeps(net, a, b, max(km * share, km + slack)):
            net.setdefault(a, {})[b] = km
            net.setdefault(b, {})[a] = km
            inner = [network.points[n] for n in path[1:-1]]
            line = [places[a].point, *inner, places[b].point]
            legs.append(Leg(a, b, places[a].country, network.mode, km, line, path=path))
    print(f"  {network.mode}: {len(candidates)} pairs of neighbours, {len(legs)} legs kept")
    return sorted(legs, key=lambda leg: (leg.from_place, leg.to_place)), web

"""Cut the network at the borders and put the curated crossings in."""

import itertools
from dataclasses import dataclass

import tables
from network import EdgeIndex, Network, Point, flat_km, great_circle, project
from places import Gazetteer, Place
from tables import Row

FIND_KM = 30.0
CONNECT_KM = {"road": 90.0, "rail": 15.0}
GATE_KM = 0.35
NEAR_KM = 5.0
BOW = 0.35
ALIVE_KM = {"road": 25.0, "rail": 0.0}
# Roads to a gate that the source lacks wind more than the straight line, less where way-points lead them; relief adds.
CONNECTOR = {"straight": 1.2, "led": 1.06}


@dataclass
class Side:
    """One side of a crossing on the network of a mode."""

    place_id: str
    node: int
    connector_km: float = 0.0


def side_place(gazetteer: Gazetteer, row: Row, letter: str, point: Point) -> Place:
    """The border place of one side, made on first use."""
    place_id = row[f"place_{letter}"]
    if place_id not in gazetteer.places:
        grade = (row["source_id"], row["as_of"], "estimate" if row["quality"] == "estimate" else "derived")
        gazetteer.add(
            Place(
                place_id,
                row[f"name_{letter}"],
                row[f"country_{letter}"],
                "border",
                point,
                serves=(),
                altitude_m=row["altitude_m"],
                grade=grade,
            )
        )
    return gazetteer.places[place_id]


def towards(a: Point, b: Point, km: float) -> Point:
    """Point some km from a in the direction of b."""
    length = flat_km(a, b)
    share = min(0.5, km / length) if length else 0.0
    return (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))


def cut_borders(network: Network, gazetteer: Gazetteer) -> dict[str, tuple[Side, Side]]:
    """Cut every edge between two countries; joins remain only at the curated crossings of this mode."""
    cross = [(u, v) for u, v, _ in network.edges() if network.country[u] != network.country[v]]
    lengths = {(u, v): network.cut(u, v) for u, v in cross}
    size = component_km(network)
    rows = [r for r in tables.hand("crossings") if r["mode"] == network.mode and not r["project"]]
    gates: dict[str, tuple[Side, Side]] = {}
    for row in rows:
        edge = _edge_of(network, row, lengths, size)
        if edge is not None:
            gates[row["element_id"]] = _split_at_gate(network, gazetteer, row, *edge)
            _join_other_roads(network, row["element_id"], lengths, edge[:2], gates[row["element_id"]])
    index = EdgeIndex(network)
    size = component_km(network)
    for row in rows:
        if row["element_id"] not in gates:
            sides = [
                _connect(
                    network,
                    index,
                    side_place(gazetteer, row, letter, _point(row)),
                    size,
                    tables.points(row[f"via_{letter}"]),
                )
                for letter in "ab"
            ]
            if sides[0] is None or sides[1] is None:
                print(f"  {network.mode}: crossing {row['element_id']} left out, no network near")
                continue
            gates[row["element_id"]] = (sides[0], sides[1])
            connectors = " and ".join(f"{side.connector_km:.0f} km" for side in gates[row["element_id"]])
            print(f"  {network.mode}: {row['element_id']} has no edge, joined by connectors of {connectors}")
    print(f"  {network.mode}: {len(cross)} edges across borders cut, {len(gates)} crossings put in")
    return gates


def _point(row: Row) -> Point:
    return (float(row["lon"]), float(row["lat"]))


def component_km(network: Network) -> dict[int, float]:
    """Length of the component of each node."""
    label = network.components()
    total: dict[int, float] = {}
    for u, _, km in network.edges():
        total[label[u]] = total.get(label[u], 0.0) + km
    return {node: total.get(name, 0.0) for node, name in enumerate(label)}


def _edge_of(
    network: Network, row: Row, lengths: dict[tuple[int, int], float], size: dict[int, float]
) -> tuple[int, int, float] | None:
    """The cut edge that a crossing lies on: a long straight edge may pass far from its true place.

    A crossing with way-points of its own is joined by them.
    """
    if row["via_a"] or row["via_b"]:
        return None
    point = _point(row)
    found = []
    for (u, v), km in lengths.items():
        if {network.country[u], network.country[v]} == {row["country_a"], row["country_b"]}:
            gap, _ = project(point, network.points[u], network.points[v])
            chord = flat_km(network.points[u], network.points[v])
            alive = min(size.get(u, 0.0), size.get(v, 0.0)) >= ALIVE_KM[network.mode]
            if gap <= min(FIND_KM, NEAR_KM + BOW * chord) and alive:
                found.append((gap, u, v, km))
    if not found:
        return None
    gap, u, v, km = min(found)
    if gap > NEAR_KM:
        print(f"  {network.mode}: {row['element_id']} lies {gap:.0f} km from its edge, which is bent to it")
    return (u, v, km) if network.country[u] == row["country_a"] else (v, u, km)


def _split_at_gate(network: Network, gazetteer: Gazetteer, row: Row, u: int, v: int, km: float) -> tuple[Side, Side]:
    places = (
        side_place(gazetteer, row, "a", towards(_point(row), network.points[u], GATE_KM)),
        side_place(gazetteer, row, "b", towards(_point(row), network.points[v], GATE_KM)),
    )
    chords = [great_circle(network.points[n], p.point) for n, p in zip((u, v), places, strict=True)]
    sides = []
    for end, place, chord in zip((u, v), places, chords, strict=True):
        node = network.add_node(place.point, place.country)
        network.join(end, node, km * chord / max(sum(chords), 1e-9))
        sides.append(Side(place.place_id, node))
    return sides[0], sides[1]


def _join_other_roads(
    network: Network, name: str, lengths: dict[tuple[int, int], float], edge: tuple[int, int], sides: tuple[Side, Side]
) -> None:
    """Lead to a gate the other roads that fork at it: edges cut at the border from the same node beside the gate."""
    for shared, end, side in ((edge[0], edge[1], sides[1]), (edge[1], edge[0], sides[0])):
        if great_circle(network.points[shared], network.points[side.node]) > NEAR_KM:
            continue
        for pair, km in lengths.items():
            other = pair[0] if pair[1] == shared else pair[1]
            if shared in pair and other != end and network.country[other] == network.country[side.node]:
                network.join(side.node, other, km)
                print(f"  {network.mode}: another road led to {name}")


def _connect(network: Network, index: EdgeIndex, place: Place, size: dict[int, float], via: list[Point]) -> Side | None:
    """Join a gate that the source has no edge for: along way-points to the nearest edge of its country."""
    chain = [place.point, *via]
    for _gap, foot, u, v in index.near(chain[-1], CONNECT_KM[network.mode]):
        alive = max(size.get(u, 0.0), size.get(v, 0.0)) >= ALIVE_KM[network.mode]
        if network.country[u] == place.country and alive:
            ends = sorted((flat_km(foot, network.points[n]), n) for n in (u, v))
            last = ends[0][1] if ends[0][0] < 1.0 else index.split(u, v, foot, place.country)
            chain.append(network.points[last])
            nodes = [network.add_node(point, place.country) for point in chain[:-1]] + [last]
            size.update(dict.fromkeys(nodes[:-1], max(size.get(u, 0.0), size.get(v, 0.0))))
            winding = CONNECTOR["led" if via else "straight"]
            total = 0.0
            for a, b in itertools.pairwise(nodes):
                km = great_circle(network.points[a], network.points[b]) * winding
                network.join(a, b, km)
                index.add(a, b)
                total += km
            return Side(place.place_id, nodes[0], total)
    # A station at the very border needs no track of its own on this side.
    return Side(place.place_id, network.add_node(place.point, place.country)) if network.mode == "rail" else None


def planned_gates(gazetteer: Gazetteer) -> set[str]:
    """Ids of the planned crossings; their places are made where they are new."""
    rows = [row for row in tables.hand("crossings") if row["project"]]
    for row in rows:
        for letter in "ab":
            side_place(gazetteer, row, letter, _point(row))
    return {row["element_id"] for row in rows}

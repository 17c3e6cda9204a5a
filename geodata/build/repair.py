"""Turn a source graph into a usable network: countries, way-points, joins, blocks, healed breaks."""

import itertools
from pathlib import Path

import numpy as np
import packages
import shapely
import tables
from network import EdgeIndex, Network, Point, flat_km, great_circle, project
from scipy.spatial import cKDTree  # type: ignore[import-untyped]
from shapely.geometry.base import BaseGeometry

KEPT = ("KZ", "KG", "UZ", "TJ", "TM", "AF", "PK", "IR", "AZ", "GE", "AM", "TR", "RU", "CN", "IN", "AE", "OM")
# Only what leads to the gateways is needed of the large neighbours.
BOXES: dict[str, dict[str, packages.Box]] = {
    "rail": {"RU": (36, 41, 85, 58), "CN": (73, 30, 122.5, 47.5), "IN": (68, 18, 80, 33), "TR": (28.5, 36, 45, 42)},
    "road": {"RU": (36, 41, 85, 58), "CN": (73, 35, 94.5, 49.5), "IN": (68, 18, 80, 33), "TR": (28.5, 36, 45, 42)},
}
MODULES = {"rail": "world_railways", "road": "world_highways"}
EXTENT = (26.0, 16.0, 122.5, 58.5)
HEAL_KM = 1.0
DETOUR_KM = 15.0
GAP_KM = 5.0
GAP_DETOUR = 20.0
SAG_KM = 12.0  # an edge may lie this far from its straight line for its crossings to count
BORDER_ERROR_KM = 4.0


def load(wheels: Path, mode: str, polygons: dict[str, BaseGeometry]) -> Network:
    """Read, correct and heal the network of one mode."""
    nodes, edges = packages.source_graph(wheels, MODULES[mode], EXTENT)
    network = Network(mode, list(nodes), [""] * len(nodes), [{} for _ in nodes])
    for u, v, km in edges:
        network.join(u, v, km)
    insert_waypoints(network)
    network.country = countries_of(network.points, polygons)
    network = network.drop_nodes(_kept(mode, p, c) for p, c in zip(network.points, network.country, strict=True))
    apply_blocks(network)
    apply_joins(network, polygons)
    smooth_countries(network, polygons)
    override_countries(network)
    heal(network)
    if mode == "road":
        join_crossing_roads(network)
    join_loose_ends(network)
    return network


def _kept(mode: str, point: Point, country: str) -> bool:
    if country not in KEPT:
        return False
    west, south, east, north = BOXES[mode].get(country, EXTENT)
    return west <= point[0] <= east and south <= point[1] <= north


def countries_of(points: list[Point], polygons: dict[str, BaseGeometry]) -> list[str]:
    """Country of each point; a point off the coast belongs to the nearest kept country within 20 km."""
    xy = np.array(points)
    result = np.full(len(points), "", dtype=object)
    for code, shape in polygons.items():
        west, south, east, north = shape.bounds
        inside = (xy[:, 0] >= west) & (xy[:, 0] <= east) & (xy[:, 1] >= south) & (xy[:, 1] <= north)
        rows = np.flatnonzero(inside & (result == ""))
        if len(rows):
            shapely.prepare(shape)
            hit = shapely.contains_xy(shape, xy[rows, 0], xy[rows, 1])
            result[rows[hit]] = code
    kept = [polygons[code] for code in KEPT]
    for i in np.flatnonzero(result == ""):
        here = shapely.Point(points[i])
        gaps = [shapely.distance(shape, here) if _close(shape, points[i]) else 9.0 for shape in kept]
        if min(gaps) < 0.2:
            result[i] = KEPT[gaps.index(min(gaps))]
    return [str(code) for code in result]


def _close(shape: BaseGeometry, point: Point) -> bool:
    west, south, east, north = shape.bounds
    return west - 1 < point[0] < east + 1 and south - 1 < point[1] < north + 1


def override_countries(network: Network) -> None:
    """Apply the hand-kept countries of single nodes."""
    for row in tables.hand("country"):
        if row["mode"] != network.mode:
            continue
        centre = (float(row["lon"]), float(row["lat"]))
        near = [i for i, p in enumerate(network.points) if flat_km(p, centre) <= float(row["radius_km"])]
        for i in near:
            network.country[i] = row["country"]
        print(f"  {network.mode}: {len(near)} nodes set to {row['country']}: {row['note']}")


def insert_waypoints(network: Network) -> None:
    """Put the lost stations and bends back on long straight edges."""
    rows = [row for row in tables.hand("waypoints") if row["mode"] == network.mode]
    keys = ("lon1", "lat1", "lon2", "lat2")
    where = {(round(x, 3), round(y, 3)): i for i, (x, y) in enumerate(network.points)}
    for ends, group in itertools.groupby(rows, key=lambda row: tuple(float(row[key]) for key in keys)):
        stops = [(float(row["lon"]), float(row["lat"])) for row in group]
        u = where.get((ends[0], ends[1]))
        v = where.get((ends[2], ends[3]))
        if u is None or v is None or v not in network.links[u]:
            raise ValueError(f"waypoints: no {network.mode} edge {ends}")
        network.insert(u, v, [(stop, "") for stop in stops])
        print(f"  {network.mode}: {len(stops)} way-points on the edge {ends}")


def apply_blocks(network: Network) -> None:
    """Remove the edges that pass within a radius of each blocked point."""
    for row in tables.hand("blocks"):
        if row["mode"] != network.mode:
            continue
        centre = (float(row["lon"]), float(row["lat"]))
        radius = float(row["radius_km"])
        near = [
            (u, v)
            for u, v, _ in network.edges()
            if abs(network.points[u][1] - centre[1]) < 3
            and project(centre, network.points[u], network.points[v])[0] <= radius
        ]
        for u, v in near:
            network.cut(u, v)
        print(f"  {network.mode}: {len(near)} edges taken out: {row['note']}")


def apply_joins(network: Network, polygons: dict[str, BaseGeometry]) -> None:
    """Add the hand-kept links between the nearest nodes, or from a free end where none is near."""
    for row in tables.hand("joins"):
        if row["mode"] != network.mode:
            continue
        stops = tables.points(row["via"])
        ends = [(float(row["lon1"]), float(row["lat1"])), (float(row["lon2"]), float(row["lat2"]))]
        codes = countries_of(stops + ends, polygons)
        numbers = []
        for end, code in zip(ends, codes[-2:], strict=True):
            node = network.nearest_node(end, 5.0)
            numbers.append(network.add_node(end, code) if node is None else node)
        if not stops:
            network.join(numbers[0], numbers[1], float(row["km"]))
        else:
            network.links[numbers[0]].pop(numbers[1], None)
            network.links[numbers[1]].pop(numbers[0], None)
            network.join(numbers[0], numbers[1], float(row["km"]))
            network.insert(numbers[0], numbers[1], list(zip(stops, codes, strict=False)))
        print(f"  {network.mode}: joined {row['name']} ({row['km']} km)")


def smooth_countries(network: Network, polygons: dict[str, BaseGeometry]) -> None:
    """Give small misclassified runs of nodes along a border the country around them."""
    home = Network(
        network.mode,
        network.points,
        network.country,
        [
            {v: km for v, km in near.items() if network.country[v] == network.country[u]}
            for u, near in enumerate(network.links)
        ],
    )
    label = home.components()
    groups: dict[int, list[int]] = {}
    for node, name in enumerate(label):
        groups.setdefault(name, []).append(node)
    flipped = 0
    for nodes in groups.values():
        if len(nodes) > 60:
            continue
        outside = [network.country[v] for u in nodes for v in network.links[u] if label[v] != label[u]]
        other = set(outside)
        if len(outside) < 2 or len(other) != 1:
            continue
        shape = polygons[other.pop()]
        gaps = [shapely.distance(shape, shapely.Point(network.points[u])) * 100 for u in nodes]
        if max(gaps) <= BORDER_ERROR_KM:
            for u in nodes:
                network.country[u] = outside[0]
            flipped += len(nodes)
    print(f"  {network.mode}: {flipped} nodes along borders given the country around them")


def heal(network: Network) -> None:
    """Join breaks of up to 1 km inside one country: between components, and at dead ends with a long detour."""
    live = [i for i, near in enumerate(network.links) if near]
    xy = np.array([network.points[i] for i in live])
    plane = np.column_stack([xy[:, 0] * 111.32 * np.cos(np.radians(xy[:, 1])), xy[:, 1] * 110.57])
    pairs = cKDTree(plane).query_pairs(1.5 * HEAL_KM, output_type="ndarray")
    found = []
    label = network.components()
    for a, b in pairs:
        u, v = live[a], live[b]
        if network.country[u] != network.country[v] or v in network.links[u]:
            continue
        apart = label[u] != label[v]
        if not apart and min(len(network.links[u]), len(network.links[v])) > 1:
            continue
        km = flat_km(network.points[u], network.points[v])
        if km <= HEAL_KM:
            found.append((km, u, v))
    joined = 0
    for km, u, v in sorted(found):
        if v not in network.within(u, DETOUR_KM):
            network.join(u, v, km)
            joined += 1
    print(f"  {network.mode}: {joined} breaks of up to {HEAL_KM:g} km healed")


def _sag(network: Network, u: int, v: int) -> float:
    """How far an edge of its length can lie from the straight line of its ends."""
    chord = great_circle(network.points[u], network.points[v])
    return float(np.sqrt(max(network.links[u][v] ** 2 - chord**2, 0.0))) / 2


def _joined_within(network: Network, near: dict[int, float], far: dict[int, float], limit_km: float) -> bool:
    """Whether two points on edges, given by the km to the ends of their edges, are joined by a short way."""
    return any(
        km + reached[end] + rest <= limit_km
        for start, km in near.items()
        for reached in [network.within(start, limit_km)]
        for end, rest in far.items()
        if end in reached
    )


def join_crossing_roads(network: Network) -> None:
    """Put the junction back where two roads of one country cross and no short way leads from one to the other."""
    index = EdgeIndex(network)
    first, second = index.tree.query(index.tree.geometries, predicate="crosses")
    joined = 0
    for i, j in sorted((int(i), int(j)) for i, j in zip(first, second, strict=True) if i < j):
        a, b = index.pairs[i], index.pairs[j]
        whole = all(v in network.links[u] for u, v in (a, b))
        if not whole or len({*a, *b}) < 4 or len({network.country[n] for n in (*a, *b)}) > 1:
            continue
        if max(_sag(network, *a), _sag(network, *b)) > SAG_KM:
            continue
        where = shapely.intersection(index.tree.geometries[i], index.tree.geometries[j])
        spot = (where.x, where.y)
        if _joined_within(network, _to_ends(network, a, spot), _to_ends(network, b, spot), DETOUR_KM):
            continue
        network.join(*(index.split(u, v, spot, network.country[u]) for u, v in (a, b)), 0.01)
        joined += 1
    print(f"  {network.mode}: {joined} junctions put where roads cross")


def _to_ends(network: Network, edge: tuple[int, int], spot: Point) -> dict[int, float]:
    """Kilometres from a point on an edge to its ends."""
    u, v = edge
    parts = [flat_km(spot, network.points[n]) for n in edge]
    share = network.links[u][v] / max(sum(parts), 1e-9)
    return {u: parts[0] * share, v: parts[1] * share}


def join_loose_ends(network: Network) -> None:
    """Join a road or track that ends beside another one: within 1 km where the way between them is long, farther where it is
    many times the gap, and farther still where both roads end.
    """
    index = EdgeIndex(network)
    joined: list[float] = []
    ends = [n for n, near in enumerate(network.links) if len(near) == 1]
    for node in ends:
        for km, foot, u, v in index.near(network.points[node], GAP_KM):
            home = {network.country[u], network.country[v]} == {network.country[node]}
            if node in (u, v) or len(network.links[node]) > 1 or not home:
                continue
            facing = any(len(network.links[n]) == 1 and flat_km(network.points[n], foot) < 0.01 for n in (u, v))
            if km > HEAL_KM and not facing and km > GAP_KM / 2:
                continue
            detour = DETOUR_KM if km <= HEAL_KM else max(DETOUR_KM, km * GAP_DETOUR)
            if not _joined_within(network, {node: 0.0}, _to_ends(network, (u, v), foot), detour):
                near_end = min((flat_km(foot, network.points[n]), n) for n in (u, v))
                spot = near_end[1] if near_end[0] < 0.1 else index.split(u, v, foot, network.country[node])
                network.join(node, spot, km)
                joined.append(km)
                break
    far = sum(km > HEAL_KM for km in joined)
    print(f"  {network.mode}: {len(joined)} loose ends joined to the road beside them, {far} of them over 1 km away")

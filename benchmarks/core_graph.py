"""The core graph of the benchmarks: road and rail of Central and South Asia, about 36,000 nodes, as plain arrays.

Made from the pinned packages that `geodata/build` reads: ``python benchmarks/core_graph.py WHEELS core.npz``. Only its
shape is real; hours, US$, kg CO2e and risk are placeholders that make the searches do real work.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

sys.path.append(str(Path(__file__).parents[1] / "geodata" / "build"))  # last: a peer has modules of the same names

WHOLE = ("AF", "PK", "KZ", "UZ", "TM", "TJ", "KG", "IR", "AZ")
BOX = (20.0, 10.0, 125.0, 62.0)
MODULES = {"road": "world_highways", "rail": "world_railways"}
TRANSFER_KM = 25.0
GROUP_KM = 60.0
NAMED = {
    "Almaty": (76.95, 43.25),
    "Astana": (71.45, 51.17),
    "Aktau": (51.20, 43.65),
    "Atyrau": (51.92, 47.12),
    "Aktobe": (57.17, 50.28),
    "Karaganda": (73.10, 49.80),
    "Shymkent": (69.60, 42.32),
    "Kyzylorda": (65.51, 44.85),
    "Bishkek": (74.60, 42.87),
    "Osh": (72.80, 40.53),
    "Tashkent": (69.25, 41.31),
    "Samarkand": (66.97, 39.65),
    "Bukhara": (64.42, 39.77),
    "Nukus": (59.60, 42.46),
    "Termez": (67.28, 37.22),
    "Dushanbe": (68.78, 38.56),
    "Khujand": (69.63, 40.28),
    "Ashgabat": (58.38, 37.95),
    "Mary": (61.83, 37.60),
    "Kabul": (69.17, 34.53),
    "Mazar-i-Sharif": (67.11, 36.71),
    "Herat": (62.20, 34.35),
    "Kandahar": (65.71, 31.61),
    "Islamabad": (73.05, 33.69),
    "Lahore": (74.34, 31.55),
    "Karachi": (67.01, 24.86),
    "Peshawar": (71.58, 34.01),
    "Quetta": (67.01, 30.19),
    "Gwadar": (62.33, 25.12),
    "Tehran": (51.42, 35.69),
    "Mashhad": (59.60, 36.30),
    "Bandar Abbas": (56.28, 27.19),
    "Baku": (49.87, 40.41),
    "Kashgar": (75.99, 39.47),
}
Edge = tuple[int, int]
Features = np.ndarray
"""Of an edge: km of road, km of rail, transfers."""


def inside(point: tuple[float, float], country: str) -> bool:
    """Whether the core graph covers a point."""
    lon, lat = point
    return (
        country in WHOLE
        or (country == "CN" and lon < 90)
        or (country == "IN" and lon < 80)
        or (country == "RU" and lat < 56)
    )


def read(wheels: Path) -> tuple[list[tuple[float, float]], list[str], list[str], dict[Edge, Features]]:
    """Points, countries, modes and edges of road and rail, joined by transfers."""
    import packages
    import repair

    polygons = packages.countries(wheels)
    points: list[tuple[float, float]] = []
    countries: list[str] = []
    modes: list[str] = []
    edges: dict[Edge, Features] = {}
    for column, (mode, module) in enumerate(MODULES.items()):
        found, links = packages.source_graph(wheels, module, BOX)
        number = {}
        for i, (point, country) in enumerate(zip(found, repair.countries_of(found, polygons), strict=True)):
            if inside(point, country):
                number[i] = len(points)
                points.append(point)
                countries.append(country)
                modes.append(mode)
        for u, v, km in links:
            if u in number and v in number:
                edges[number[u], number[v]] = np.eye(3)[column] * km
    for rail, road in transfers(points, modes):
        edges[road, rail] = np.array([0.0, 0.0, 1.0])
    return points, countries, modes, edges


def flat(points: Iterable[tuple[float, float]]) -> np.ndarray:
    """Points on a sphere in km, for nearest neighbours."""
    lon, lat = np.radians(np.array(list(points))).T
    return 6371.0 * np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def transfers(points: list[tuple[float, float]], modes: list[str]) -> list[Edge]:
    """In each cell of half a degree, the rail node nearest to a road node, with that node, if within 25 km."""
    xyz, mode = flat(points), np.array(modes)
    road, rail = np.flatnonzero(mode == "road"), np.flatnonzero(mode == "rail")
    km, nearest = cKDTree(xyz[road]).query(xyz[rail])
    best: dict[tuple[int, int], tuple[float, int, int]] = {}
    for gap, near, node in zip(km, road[nearest], rail, strict=True):
        cell = (int(points[node][0] * 2), int(points[node][1] * 2))
        if gap < TRANSFER_KM and gap < best.get(cell, (np.inf,))[0]:
            best[cell] = (gap, int(node), int(near))
    return [(node, near) for _, node, near in best.values()]


def simplify(edges: dict[Edge, Features], keep: set[int]) -> dict[Edge, Features]:
    """Dead ends dropped and chains of nodes with two neighbours made one edge, except at the nodes to keep."""
    near: dict[int, dict[int, Features]] = {}
    for (u, v), features in edges.items():
        near.setdefault(u, {})[v] = features
        near.setdefault(v, {})[u] = features
    todo = list(near)
    while todo:
        node = todo.pop()
        if node in keep or node not in near or len(near[node]) > 2:
            continue
        ends = near.pop(node)
        for end in ends:
            del near[end][node]
        if len(ends) == 2:
            (u, one), (v, other) = ends.items()
            if v not in near[u] or (one + other).sum() < near[u][v].sum():
                near[u][v] = near[v][u] = one + other
        todo += ends
    return {(u, v): features for u, links in near.items() for v, features in links.items() if u < v}


def largest(edges: dict[Edge, Features], nodes: int) -> dict[Edge, Features]:
    """Edges of the largest connected piece."""
    u, v = np.array(list(edges)).T
    label = connected_components(coo_array((np.ones(len(u)), (u, v)), shape=(nodes, nodes)))[1]
    biggest = np.bincount(label).argmax()
    return {edge: features for edge, features in edges.items() if label[edge[0]] == biggest}


def build(wheels: Path) -> dict[str, np.ndarray]:
    """The arrays of the core graph, see `main`."""
    points, countries, modes, edges = read(wheels)
    edges = largest(edges, len(points))
    border = {edge for edge in edges if countries[edge[0]] != countries[edge[1]]}
    connected = sorted({node for edge in edges for node in edge})
    on_road = [node for node in connected if modes[node] == "road"]
    named = [on_road[i] for i in cKDTree(flat(points[i] for i in on_road)).query(flat(NAMED.values()))[1]]
    edges = simplify(edges, {node for edge in border for node in edge} | set(named))
    number = {node: i for i, node in enumerate(sorted({node for edge in edges for node in edge}))}
    ends = sorted(edges)
    features = np.array([edges[edge] for edge in ends])
    crossings = [i for i, edge in enumerate(ends) if edge in border]
    kinds = [(*sorted((countries[ends[i][0]], countries[ends[i][1]])), modes[ends[i][0]]) for i in crossings]
    middle = flat(points[ends[i][0]] for i in crossings)
    close = np.array([(i, j) for i, j in cKDTree(middle).query_pairs(GROUP_KM) if kinds[i] == kinds[j]])
    joined = coo_array((np.ones(len(close)), close.T), shape=(len(crossings), len(crossings)))
    group = np.full(len(ends), -1)
    group[crossings] = connected_components(joined, directed=False)[1]
    latitude = np.array([(points[u][1] + points[v][1]) / 2 for u, v in ends])
    return {
        "xy": np.array([points[node] for node in number]),
        "named": np.array([number[node] for node in named]),
        "ends": np.array([(number[u], number[v]) for u, v in ends]),
        "group": group,
        **placeholders(features, group >= 0, latitude),
    }


def placeholders(features: np.ndarray, border: np.ndarray, latitude: np.ndarray) -> dict[str, np.ndarray]:
    """Made-up attributes of every edge and hours by month; seeded."""
    road, rail, transfer = features.T
    rng = np.random.default_rng(1)
    month = np.arange(12)
    winter = (1 + np.cos(2 * np.pi * month / 12))[:, None] / 2
    slower = 1 + 0.25 * winter * np.clip((latitude - 25) / 20, 0, 1)
    dwell = rng.uniform(12, 36, (12, len(road)))
    hours = slower * road / 45 + rail / 28 + 24 * transfer + border * dwell
    usd = 0.06 * road + 0.03 * rail + 8 * transfer + 6.0 * border
    kgco2e = 0.08 * road + 0.025 * rail + 0.5 * transfer
    risk = (road + rail) * rng.uniform(0, 1e-3, len(road)) + 0.1 * border
    return {"months": hours, "attributes": np.stack([road + rail, hours.mean(axis=0), usd, kgco2e, risk])}


def main() -> None:
    """Write the arrays.

    ``xy`` (nodes, 2), ``ends`` (edges, 2), ``group`` (edges,) the number of the crossing or -1, ``named`` (34,) nodes,
    ``months`` (12, edges) hours, ``attributes`` (5, edges): km, hours, US$, kg CO2e, risk.
    """
    arrays = build(Path(sys.argv[1]))
    np.savez_compressed(sys.argv[2], **arrays)
    print(", ".join(f"{name} {array.shape}" for name, array in arrays.items()), f"groups {arrays['group'].max() + 1}")


if __name__ == "__main__":
    main()

"""The exact search on the detail network beside its peers' static ones: `python benchmarks/engine.py`.

Needs numba; ``--install here`` installs the peers. One that is missing is left out.
All run on the same arrays in this process. The exact search waits at what is closed and slows down by month; the peers
take the hours of the open network, without dates. CPU time, medians over the pairs; `best of` repeats where said.
"""

import platform
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from importlib.util import find_spec
from itertools import pairwise

import networkx as nx
import numpy as np

import corridors as cr
from corridors.engine import arrays as engine
from corridors.model.world import World
from corridors.routing import finding
from corridors.routing import path as paths
from corridors.routing.request import Request, resolve
from corridors.routing.request import world_of as world_asked
from corridors.routing.result import QUANTILES, quantiles
from corridors.routing.search import find_routes

PAIRS = [
    ("Almaty", "Karachi"),
    ("Tashkent", "Gwadar"),
    ("Moscow", "Karachi"),
    ("Urumqi", "Tehran"),
    ("Bishkek", "Karachi"),
    ("Lahore", "Almaty"),
    ("Kashgar", "Poti"),
    ("Dushanbe", "Port Qasim"),
    ("Astana", "Bandar Abbas"),
    ("Samarkand", "Islamabad"),
    ("Ashgabat", "Quetta"),
    ("Kabul", "Tehran"),
    ("Osh", "Lahore"),
    ("Aktau", "Karachi"),
    ("Mashhad", "Tashkent"),
    ("Baku", "Almaty"),
    ("Herat", "Urumqi"),
    ("Peshawar", "Bishkek"),
    ("Shymkent", "Port Qasim"),
    ("Termez", "Karachi"),
]
DAY = "2025-06-02"


def timed(run: Callable[[], object], repeat: int = 5) -> float:
    """Milliseconds of CPU time, the median of some runs after one that warms up."""
    run()
    took = []
    for _ in range(repeat):
        start = time.process_time()
        run()
        took.append(1000 * (time.process_time() - start))
    return statistics.median(took)


def world_of(net: cr.Network, pair: tuple[str, str], day: str = DAY, **ask: object) -> World:
    """A fresh world for one question."""
    return world_asked(net.facts, resolve(net.facts, request_of(pair, day, **ask)).question)


def request_of(pair: tuple[str, str], day: str = DAY, **ask: object) -> Request:
    """The request of one question."""
    return Request(origin=pair[0], destination=pair[1], depart=day, as_of=DAY, **ask)  # type: ignore[arg-type]


class Peers:
    """Static best paths on the edges of one world: hours of the open network."""

    def __init__(self, world: World) -> None:
        topology, self.hours = world.graph.topology, world.graph.hours.copy()
        self.hours[world.closed.for_good(world.question.t0)] = np.inf
        use = np.flatnonzero(np.isfinite(self.hours))
        use = use[np.lexsort((self.hours[use], topology.head[use], topology.tail[use]))]
        ends = np.stack([topology.tail[use], topology.head[use]], axis=1)
        first = np.r_[True, (ends[1:] != ends[:-1]).any(axis=1)]  # of parallel edges the quickest
        self.n, self.ends, self.weights = topology.nodes, ends[first], self.hours[use[first]]
        self.graph = nx.DiGraph()
        self.graph.add_nodes_from(range(self.n))
        self.graph.add_weighted_edges_from(
            [(int(a), int(b), float(w)) for (a, b), w in zip(self.ends, self.weights, strict=True)]
        )

    def searches(self) -> dict[str, Callable[[int, int], float]]:
        """One search by peer: length of the best path."""
        found: dict[str, Callable[[int, int], float]] = {
            "networkx dijkstra": lambda s, t: nx.dijkstra_path_length(self.graph, s, t)
        }
        if find_spec("igraph"):
            import igraph

            ig = igraph.Graph(self.n, self.ends.tolist(), directed=True)
            ig.es["hours"] = self.weights.tolist()
            found["igraph"] = lambda s, t: sum(
                self.weights[e] for e in ig.get_shortest_paths(s, t, weights="hours", output="epath")[0]
            )
            self.igraph = ig
        if find_spec("scgraph"):
            import scgraph

            links: list[dict[int, float]] = [{} for _ in range(self.n)]
            for (a, b), w in zip(self.ends.tolist(), self.weights.tolist(), strict=True):
                links[a][b] = w
            sc = scgraph.Graph(links)
            found["scgraph"] = lambda s, t: sc.dijkstra(origin_id=s, destination_id=t)["length"]
        return found


def borders(world: World, nodes: list[int]) -> tuple[str, ...]:
    """Border clusters of a path of nodes, by the quickest edges."""
    between: dict[tuple[int, int], int] = {}
    for i, (a, b) in enumerate(
        zip(world.graph.topology.tail.tolist(), world.graph.topology.head.tolist(), strict=True)
    ):
        if (a, b) not in between or world.graph.hours[i] < world.graph.hours[between[a, b]]:
            between[a, b] = i
    return tuple(paths.borders(world, engine.Path(tuple(between[step] for step in pairwise(nodes)), 0.0)))


def row(*cells: object) -> None:
    """One line of the table."""
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def main() -> None:
    """Measure and print."""
    if sys.argv[1:] == ["--install", "here"]:
        from static import install

        install(sys.executable)
    assert engine.use_compiled(compile_now=True), "numba is missing"
    net = cr.load(detail="full")
    print(f"{platform.platform()}, Python {platform.python_version()}, {len(PAIRS)} pairs, CPU time, one core\n")
    worlds = [world_of(net, pair) for pair in PAIRS]
    for world in worlds:
        finding.best(world)
    sizes = worlds[0].graph.topology
    print(
        f"Detail network: {sizes.nodes:,} nodes (doors among them), {len(sizes.tail):,} directed edges, "
        f"{len(worlds[0].closed.spans)} of them with a calendar or dated closures\n"
    )
    row("work", "ms", "beside corridors")
    row("---", "---:", "---:")

    one = [timed(lambda w=world: w._search(frozenset(), np.inf)) for world in worlds]
    ours = statistics.median(one)
    row("corridors: one exact time-dependent search, bounds at hand", f"{ours:.2f} (worst {max(one):.2f})", "1")
    bound = statistics.median(
        timed(lambda w=world: engine.bounds(w.graph, w.closed, w.ends[1], 1.0, w.question.t0)) for world in worlds
    )
    row("corridors: bounds to a new destination", f"{bound:.1f}", "")
    peers = Peers(worlds[0])
    ends = [(world.ends[0][0], next(iter(world.ends[1]))) for world in worlds]
    lengths = {}
    for name, find in peers.searches().items():
        lengths[name] = [find(s, t) for s, t in ends]
        took = statistics.median(timed(lambda s=s, t=t, find=find: find(s, t), 3) for s, t in ends)
        row(f"{name}: one static search", f"{took:.1f}", f"{took / ours:.0f} x")
    static = [float(engine.bounds(w.graph, w.closed, w.ends[1], 1.0, w.question.t0)[w.ends[0][0]]) for w in worlds]
    for name, found in lengths.items():
        assert np.allclose(found, static, rtol=1e-6), name

    took = statistics.median(timed(lambda p=pair: net.routes(*p, depart=DAY, as_of=DAY, k=1)) for pair in PAIRS)
    row("corridors: net.routes(k=1) as called", f"{took:.1f}", "")

    def five(pair: tuple[str, str]) -> list[engine.Path]:
        return [one.path for one in find_routes(net.facts, request_of(pair, k=5)).results]

    fives = [timed(lambda p=pair: five(p), 3) for pair in PAIRS]
    ours = statistics.median(fives)
    different = [
        len({tuple(paths.borders(world, path)) for path in five(pair)})
        for pair, world in zip(PAIRS, worlds, strict=True)
    ]
    row(
        "corridors: five alternatives, overlap at most 0.7",
        f"{ours:.0f} (worst {max(fives):.0f}), {statistics.mean(different):.1f} border sequences",
        "1",
    )
    if find_spec("igraph"):
        took, kinds = [], []
        for (s, t), world in list(zip(ends, worlds, strict=True))[:5]:
            start = time.process_time()
            paths = peers.igraph.get_k_shortest_paths(s, t, k=5, weights="hours")
            took.append(1000 * (time.process_time() - start))
            kinds.append(len({borders(world, path) for path in paths}))
        row(
            "igraph: Yen, k=5 (first 5 pairs)",
            f"{statistics.median(took):.0f}, {statistics.mean(kinds):.1f} border sequences",
            f"{statistics.median(took) / ours:.0f} x",
        )

    closures_sweep(worlds)
    departures(net)
    percentiles("backbone")
    percentiles("full")
    growth()


def closures_sweep(worlds: list[World]) -> None:
    """1,000 sets of 1 to 5 closed elements, half on best routes, half crossings, by 20 pairs."""
    rng = np.random.default_rng(1)
    bases = [finding.best(world) for world in worlds]
    multimodal = worlds[0].multimodal
    used = sorted({element for base in bases for e in base.edges for element in multimodal.edges[e].elements})
    crossings = sorted({edge.elements[0] for edge in multimodal.crossings})
    sets = [
        frozenset(rng.choice(used if rng.random() < 0.5 else crossings) for _ in range(rng.integers(1, 6)))
        for _ in range(1000)
    ]
    start, searched = time.process_time(), 0
    for world, base in zip(worlds, bases, strict=True):
        on_way = {element for e in base.edges for element in multimodal.edges[e].elements}
        for closed in sets:
            if closed & on_way:  # else the best route stays the best
                world._search(closed, np.inf)
                searched += 1
    took = time.process_time() - start
    row(
        f"corridors: exact sweep, 1,000 relevant closures x 20 pairs ({searched:,} searched, the rest untouched)",
        f"{1000 * took:.0f}",
        f"{20_000 / took:,.0f} a second",
    )
    start = time.process_time()
    for world in worlds:
        for closed in sets[:100]:
            world._search(closed, np.inf)
    took = time.process_time() - start
    row("corridors: the same, every question searched", f"{10_000 * took:.0f}", f"{2000 / took:,.0f} a second")


def departures(net: cr.Network) -> None:
    """The best route of each pair on every day of a year."""
    first = date(2025, 1, 1)
    start = time.process_time()
    for pair in PAIRS:
        world = world_of(net, pair, first.isoformat())
        for day in range(365):
            engine.search(
                world.graph,
                world.closed,
                world.ends[0],
                world.ends[1],
                world.question.t0 + 24 * day,
                1.0,
                finding.to_destination(world),
            )
    row("corridors: 365 departures x 20 pairs, exact", f"{1000 * (time.process_time() - start):.0f}", "")
    day = (first + timedelta(100)).isoformat()
    start = time.process_time()
    for pair in PAIRS:
        finding.best(world_of(net, pair, day))
    row("corridors: one departure x 20 pairs, questions read anew", f"{1000 * (time.process_time() - start):.0f}", "")


def percentiles(detail: str) -> None:
    """Ranges of 20 routes that are known."""
    net = cr.load(detail=detail)
    routes = [net.routes(*pair, depart=DAY, as_of=DAY, k=1) for pair in PAIRS]
    draws = net.facts.draws(10_000, 1)
    took = timed(lambda: [quantiles(one.results[0].hours(draws), "hours", QUANTILES) for one in routes])
    called = timed(lambda: [one.reliability(n=10_000) for one in routes])
    row(
        f"corridors: 10,000 samples and five percentiles of 20 fixed routes, {detail}",
        f"{took:.0f}",
        f"reliability() as called {called:.0f} ms",
    )


def growth() -> None:
    """One search and its bounds on grids of growing size, a tenth of the edges with closed spans."""
    for side in (40, 100, 190, 280):
        rng = np.random.default_rng(side)
        at = np.arange(side * side).reshape(side, side)
        pairs = np.concatenate(
            [np.stack([at[:, :-1].ravel(), at[:, 1:].ravel()], 1), np.stack([at[:-1].ravel(), at[1:].ravel()], 1)]
        )
        ends = np.concatenate([pairs, pairs[:, ::-1]])
        topology = engine.Topology.of(side * side, ends[:, 0].tolist(), ends[:, 1].tolist(), [None] * len(ends))
        graph = engine.Graph.of(topology, rng.uniform(1, 9, len(ends)), np.zeros(len(ends)))
        spans = engine.merge_spans((490_000.0 + 24 * day, 490_010.0 + 24 * day) for day in range(400))
        closed = engine.Closed(len(ends), dict.fromkeys(range(0, len(ends), 10), spans))
        goal = [side * side - 1]
        bound = engine.bounds(graph, closed, goal, 1.0, 490_000.0)
        took = timed(lambda g=graph, c=closed, b=bound, t=goal: engine.search(g, c, [0], t, 490_000.0, 1.0, b))
        prep = timed(lambda g=graph, c=closed, t=goal: engine.bounds(g, c, t, 1.0, 490_000.0))
        row(f"growth: grid of {len(ends):,} edges, corner to corner", f"{took:.2f}", f"bounds {prep:.1f} ms")


if __name__ == "__main__":
    main()

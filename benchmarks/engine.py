"""The exact search on the detail network beside its peers' static ones: `python benchmarks/engine.py`.

Needs numba; ``--install here`` installs the peers. One that is missing is left out.
All run on the same arrays in this process. The exact search waits at what is closed and slows down by month; the peers
take the hours of the open network, without dates. CPU time, medians over the pairs. Run it in a folder other than
this one, so that no module here hides a package of the same name.
"""

import platform
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from peers import Task, present

import corridors as cr
from corridors.engine import arrays as engine
from corridors.model.world import World
from corridors.routing import finding
from corridors.routing.request import Request, resolve
from corridors.routing.request import world_of as world_asked
from corridors.routing.result import QUANTILES, quantiles

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


class Open(NamedTuple):
    """A world as it is open, hours at full speed, of parallel edges the quickest: what the peers search."""

    task: Task
    edges: engine.Ints
    """Of the world, by arc of the task."""

    @classmethod
    def of(cls, net: cr.Network, world: World, pairs: list[tuple[int, int]]) -> "Open":
        """What is open on the day of a world, for questions from node to node."""
        topology, hours = world.graph.topology, world.graph.hours.copy()
        hours[world.closed.for_good(world.question.t0)] = np.inf
        use = np.flatnonzero(np.isfinite(hours))
        use = use[np.lexsort((hours[use], topology.head[use], topology.tail[use]))]
        ends = np.stack([topology.tail[use], topology.head[use]], axis=1)
        edges = use[np.r_[True, (ends[1:] != ends[:-1]).any(axis=1)]]
        at = net.places.set_index("place_id").geometry
        xy = np.array([(at[place].x, at[place].y) for place, _ in world.multimodal.nodes])
        tail, head, months = topology.tail[edges].copy(), topology.head[edges].copy(), hours[edges][None]
        return cls(Task(topology.nodes, tail, head, months, None, None, pairs, [], np.array(pairs).T, xy), edges)


def exact(world: World, bound: engine.Bound, banned: frozenset[str] = frozenset()) -> engine.Path | None:
    """The search itself, closures and seasons included, without what is banned."""
    q, ends, hour = world.question, world.ends, finding.value_of_hour(world)
    gone = np.array(sorted(world.edges_of(banned)), dtype=np.int64)
    return engine.search(world.graph, world.closed, *ends, q.t0, hour, bound, gone, max_wait=q.max_wait_hours)


def bounds(world: World) -> engine.Bound:
    """Lower bounds to the destination, made anew."""
    hour, cost = finding.value_of_hour(world), finding.usual_cost(world)
    return engine.bounds(world.graph, world.closed, world.ends[1], hour, world.question.t0, cost=cost)


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
    row("engine", "prepare, ms", "one question, ms", "beside corridors, new destination")
    row("---", "---:", "---:", "---:")
    warm = [timed(lambda w=world: exact(w, finding.to_destination(w))) for world in worlds]
    cold = [timed(lambda w=world: exact(w, bounds(w))) for world in worlds]
    ours = statistics.median(cold)
    row("corridors, exact in time: new destination", "", f"{ours:.2f} (worst {max(cold):.2f})", "1")
    row("the same, bounds at hand", "", f"{statistics.median(warm):.2f} (worst {max(warm):.2f})", "")
    pairs = [(world.ends[0][0], next(iter(world.ends[1]))) for world in worlds]
    lengths = [float(bounds(world).values[source]) for world, (source, _) in zip(worlds, pairs, strict=True)]
    task = Open.of(net, worlds[0], pairs).task
    for kind in present():
        begun = time.process_time()
        peer = kind(task)
        prepared = 1000 * (time.process_time() - begun)
        assert np.allclose([peer.path(*pair) for pair in pairs], lengths, rtol=1e-6, atol=kind.rounding), kind.name
        took = statistics.median(timed(lambda p=pair, e=peer: e.path(*p), 3) for pair in pairs)
        row(
            f"{kind.name}, static",
            f"{prepared:,.0f}",
            f"{took:.2g}" if took < 1 else f"{took:.1f}",
            f"{took / ours:.2g}",
        )

    print()
    row("work", "ms", "")
    row("---", "---:", "---")
    took = statistics.median(timed(lambda p=pair: net.routes(*p, depart=DAY, as_of=DAY, k=1)) for pair in PAIRS)
    row("`net.routes(k=1)` as called, again", f"{took:.1f}", "")
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
                exact(world, finding.to_destination(world), closed)
                searched += 1
    took = time.process_time() - start
    row(
        f"exact sweep, 1,000 relevant closures x 20 pairs ({searched:,} searched, the rest untouched)",
        f"{1000 * took:.0f}",
        f"{20_000 / took:,.0f} a second",
    )
    start = time.process_time()
    for world in worlds:
        for closed in sets[:100]:
            exact(world, finding.to_destination(world), closed)
    took = time.process_time() - start
    row("the same, every question searched", f"{10_000 * took:.0f}", f"{2000 / took:,.0f} a second")


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
    row("365 departures x 20 pairs, exact", f"{1000 * (time.process_time() - start):.0f}", "")
    day = (first + timedelta(100)).isoformat()
    start = time.process_time()
    for pair in PAIRS:
        finding.best(world_of(net, pair, day))
    row("one departure x 20 pairs, questions read anew", f"{1000 * (time.process_time() - start):.0f}", "")


def percentiles(detail: str) -> None:
    """Ranges of 20 routes that are known."""
    net = cr.load(detail=detail)
    routes = [net.routes(*pair, depart=DAY, as_of=DAY, k=1) for pair in PAIRS]
    draws = net.facts.draws(10_000, 1)
    took = timed(lambda: [quantiles(one.results[0].hours(draws), "hours", QUANTILES) for one in routes])
    called = timed(lambda: [one.reliability(n=10_000) for one in routes])
    row(
        f"10,000 samples and five percentiles of 20 fixed routes, {detail}",
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
        prep = timed(lambda g=graph, c=closed, t=goal: engine.bounds(g, c, t, 1.0, 490_000.0).values)
        row(f"growth: grid of {len(ends):,} edges, corner to corner", f"{took:.2f}", f"bounds {prep:.1f} ms")


if __name__ == "__main__":
    main()

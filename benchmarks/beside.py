"""Calls as a user makes them beside what other libraries take for the same: `python benchmarks/beside.py matrix ...`.

`matrix` sets `net.matrix` beside scipy's Dijkstra from every origin to all nodes, `assign` sets `net.assign` beside two
assignments of AequilibraE, `ways` sets alternatives and `method="yen"` beside igraph's Yen and AequilibraE's sets of
routes. The others search the network that is open on the day of departure, hours at full speed, without dates. Each
part runs in one process, ours and theirs in turn; CPU time. `--install temporary` installs corridors and the peers into
a temporary environment and runs there; `--install here` installs the peers into this one.
"""

import argparse
import itertools
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, Literal

os.environ.setdefault("AEQ_SHOW_PROGRESS", "FALSE")

import numpy as np
import pandas as pd
from alternatives import PAIRS, Way, overlap
from calls import DEPART, towns
from engine import Open, row
from static import install, run_in_temporary_environment

import corridors as cr
from corridors.engine import arrays as engine
from corridors.model.world import World
from corridors.routing import path as paths
from corridors.routing.request import Request, resolve, world_of

PEERS = ("igraph", "aequilibrae")
SOME = 4
"""Alternatives of each pair."""
DEMAND = {100: 5, 1000: 3, 10_000: 1}
"""Rows of demand, and how often they are assigned by each."""


def spent(run: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of a call, and what it gave."""
    begun = time.process_time()
    found = run()
    return time.process_time() - begun, found


def world(net: cr.Network, pair: tuple[str, str]) -> World:
    """The world of a question on the day of departure."""
    asked = Request(origin=pair[0], destination=pair[1], depart=DEPART, by="hours")
    return world_of(net.facts, resolve(net.facts, asked).question)


def doors(net: cr.Network, names: list[str]) -> list[tuple[int, int]]:
    """Node by which cargo leaves each place, and node by which it arrives."""
    worlds = [world(net, (name, names[i - 1])) for i, name in enumerate(names)]
    arriving = [min(world(net, (names[i - 1], name)).ends[1]) for i, name in enumerate(names)]
    return [(one.ends[0][0], to) for one, to in zip(worlds, arriving, strict=True)]


def matrix(detail: Literal["backbone", "full"], n: int = 50) -> None:
    """Hours from cities to cities."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    net = cr.load(detail=detail)
    origins, destinations = towns(net, n, 1), towns(net, n, 2)
    doors, lands = net.facts.graph.at, net.facts.graph.lands
    task = Open.of(net, world(net, (origins[0], destinations[0])), []).task
    graph = csr_array((task.months[0], (task.tail, task.head)), shape=(task.nodes, task.nodes))
    starts = [doors(name, leaving=True)[0] for name in origins]
    ends = [[doors(to, False, home=lands[name] == lands[to])[0] for to in destinations] for name in origins]
    cells = np.arange(n)[:, None], np.array(ends)
    net = cr.load(detail=detail)
    ask = {"depart": DEPART, "by": "hours", "progress": False}
    first, found = spent(lambda: net.matrix(origins, destinations, **ask))
    again, peer = [], []
    for _ in range(5):
        again.append(spent(lambda: net.matrix(origins, destinations, **ask))[0])
        took, trees = spent(lambda: dijkstra(graph, indices=starts)[cells])
        peer.append(took)
    least = found.to_numpy()
    some = np.isfinite(least)
    assert (least[some] >= trees[some] - 1e-6).all(), "quicker than at full speed"
    middle = statistics.median(peer)
    for name, took in (("first", first), ("again", statistics.median(again))):
        row(f"`net.matrix`, {n} x {n}, {detail}, {name}", f"{took:.3f}", f"{middle:.3f}", f"{took / middle:.1f}")


def assign() -> None:
    """Demand between cities of the backbone: fewer rows and more."""
    from aequilibrae.matrix import AequilibraeMatrix
    from aequilibrae.paths import Graph, RouteChoice
    from aequilibrae.paths.all_or_nothing import allOrNothing
    from aequilibrae.paths.results import AssignmentResults

    net = cr.load()
    cities = sorted(net.places.query("kind == 'city'")["place_id"])
    pairs = list(itertools.permutations(cities, 2))
    known = doors(net, cities)
    task = Open.of(net, world(net, (cities[0], cities[1])), []).task
    zone = {name: 1 + i for i, name in enumerate(cities)}
    leaving, arriving = np.array(known).T + len(cities) + 1
    ids = np.array(list(zone.values()))
    tail = np.concatenate([task.tail + len(cities) + 1, ids, arriving])
    head = np.concatenate([task.head + len(cities) + 1, leaving, ids])
    hours = np.concatenate([task.months[0], np.full(2 * len(cities), 1e-6)])
    graph = Graph()
    graph.network = pd.DataFrame(
        {"link_id": np.arange(1, len(tail) + 1), "a_node": tail, "b_node": head, "direction": 1, "hours": hours}
    )
    graph.prepare_graph(ids)
    graph.set_blocked_centroid_flows(True)  # nothing passes through a city's doors
    graph.set_graph("hours")

    def all_or_nothing(demand: pd.DataFrame) -> float:
        load = AequilibraeMatrix()
        load.create_empty(zones=len(cities), matrix_names=["t"], memory_only=True)
        load.index[:] = ids
        at = [[zone[name] - 1 for name in demand[end]] for end in ("origin", "destination")]
        load.matrix["t"][:] = 0
        load.matrix["t"][tuple(at)] = demand["tonnes_year"]
        load.computational_view(["t"])
        results = AssignmentResults()
        results.set_cores(1)
        results.prepare(graph, load)
        allOrNothing("t", load, graph, results).execute()
        return float(results.get_load_results()["t_tot"].sum())

    def choice(demand: pd.DataFrame) -> float:
        chosen = RouteChoice(graph)
        chosen.set_cores(1)
        chosen.set_choice_set_generation("lp", max_routes=SOME, max_depth=100, penalty=1.05)
        ends = {f"{end} id": demand[end].map(zone) for end in ("origin", "destination")}
        index = pd.MultiIndex.from_frame(pd.DataFrame(ends))
        chosen.add_demand(pd.DataFrame({"t": demand["tonnes_year"].to_numpy()}, index=index))
        chosen.execute(perform_assignment=True)
        return float(chosen.get_load_results().to_numpy().sum())

    for rows, times in DEMAND.items():
        some = np.sort(np.random.default_rng(9).choice(len(pairs), rows, replace=False))
        demand = pd.DataFrame([pairs[i] for i in some], columns=["origin", "destination"]).assign(tonnes_year=1000.0)
        took = []
        for _ in range(times):
            net = cr.load()
            nothing, _ = spent(lambda d=demand: all_or_nothing(d))
            sets, _ = spent(lambda d=demand: choice(d))
            ours, flows = spent(lambda n=net, d=demand: n.assign(d, depart=DEPART, k=SOME, progress=False))
            sent = flows.routes.groupby(["origin", "destination"])["share"].sum()
            assert np.allclose(sent[sent > 0], 1, atol=1e-3), "demand is lost"
            net = cr.load()
            usual, _ = spent(lambda n=net, d=demand: n.assign(d, depart=DEPART, progress=False))
            took.append((ours, usual, sets, nothing))
        ours, usual, sets, nothing = map(statistics.median, zip(*took, strict=True))
        each = [f"{1000 * seconds / rows:.3f}" for seconds in (ours, usual, sets, nothing)]
        row(f"{rows:,}", *each, f"{ours / sets:.1f}", f"{usual / sets:.1f}")


def ways_of_peers(net: cr.Network, pair: tuple[str, str]) -> dict[str, Callable[[], list[list[int]]]]:
    """Alternatives by each peer, prepared: edges of the world by route."""
    import igraph
    from aequilibrae.paths import Graph, RouteChoice

    asked = world(net, pair)
    task, edges = Open.of(net, asked, [])
    source, target = asked.ends[0][0], min(asked.ends[1])
    ig = igraph.Graph(task.nodes, np.stack([task.tail, task.head], axis=1).tolist(), directed=True)
    hours = task.months[0].tolist()
    graph = Graph()
    table = {"a_node": task.tail + 1, "b_node": task.head + 1, "direction": 1, "hours": task.months[0]}
    graph.network = pd.DataFrame({"link_id": np.arange(1, len(edges) + 1), **table})
    graph.prepare_graph(np.array([source, target]) + 1)
    graph.set_blocked_centroid_flows(False)
    graph.set_graph("hours")

    def yen() -> list[list[int]]:
        found = ig.get_k_shortest_paths(source, target, k=SOME, weights=hours, output="epath")
        return [edges[way].tolist() for way in found]

    def sets(algorithm: str, **given: Any) -> list[list[int]]:
        chosen = RouteChoice(graph)
        chosen.set_cores(1)
        chosen.set_choice_set_generation(algorithm, max_routes=SOME, **given)
        found = chosen.execute_single(source + 1, target + 1)
        return [edges[np.abs(np.array(way)) - 1].tolist() for way in found]

    return {
        "igraph, Yen": yen,
        "AequilibraE, link penalisation 1.05": lambda: sets("lp", max_depth=100, penalty=1.05),
        "AequilibraE, link penalisation 1.5": lambda: sets("lp", max_depth=100, penalty=1.5),
        "AequilibraE, BFSLE": lambda: sets("bfsle", max_depth=5),
    }


def way_of(asked: World, edges: list[int]) -> Way:
    """A path of the open network, as `alternatives.py` has the routes of an answer."""
    km: dict[str, float] = {}
    for edge in (asked.edges[i] for i in edges):
        if edge.kind == "leg":
            km[edge.elements[0]] = km.get(edge.elements[0], 0.0) + edge.km
    hours = float(asked.graph.hours[edges].sum())
    return {"hours": hours, "usd": 0.0, "km": km, "crossings": paths.borders(asked, engine.Path(tuple(edges), 0.0))}


def alternatives(detail: Literal["backbone", "full"]) -> None:
    """Four routes of each pair, by every method."""
    net = cr.load(detail=detail)
    took: dict[str, list[float]] = {}
    found: dict[str, list[list[Way]]] = {}

    def note(name: str, seconds: float, some: list[Way]) -> None:
        took.setdefault(name, []).append(seconds)
        found.setdefault(name, []).append(some)

    for pair in PAIRS:
        asked = world(net, pair)
        for method in ("corridors", "yen"):
            for when in ("first", "again"):
                seconds, answer = spent(lambda m=method, p=pair: net.routes(*p, depart=DEPART, k=SOME, method=m))
                some = [way_of(asked, list(one.path.edges)) for one in answer.results]
                note(f"`net.routes`, {method}, {when}", seconds, some)
        best = min(one["hours"] for one in some)
        for name, ask in ways_of_peers(net, pair).items():
            if name == "igraph, Yen" and detail == "full" and len(took.get(name, [])) >= 5:
                continue
            seconds, edges = spent(ask)
            note(name, seconds, [way_of(asked, one) for one in edges])
            assert min(one["hours"] for one in found[name][-1]) <= best + 1e-6, "slower than the best with closures"
    for name, some in found.items():
        shared = [overlap(a, b) for one in some for a, b in itertools.combinations(one, 2)]
        slower = [max(w["hours"] for w in one) / min(w["hours"] for w in one) for one in some]
        row(
            f"{name}, {detail}",
            f"{1000 * statistics.median(took[name]):.0f}",
            f"{statistics.mean(map(len, some)):.1f}",
            f"{statistics.mean(len({tuple(w['crossings']) for w in one}) for one in some):.1f}",
            f"{statistics.median(shared):.2f}" if shared else "",
            f"{statistics.median(slower):.2f}",
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help="matrix, assign, ways; all where none is named")
    parser.add_argument("--install", choices=("temporary", "here"))
    chosen = parser.parse_args()
    if chosen.install == "temporary":
        run_in_temporary_environment(__file__, chosen.parts, PEERS)
        return
    if chosen.install == "here":
        install(sys.executable, PEERS)
    if engine.compiler():
        cr.compile_searches()
    asked = chosen.parts or ["matrix", "assign", "ways"]
    if "matrix" in asked:
        row("call", "s", "scipy, s", "times")
        matrix("backbone")
        matrix("full")
    if "assign" in asked:
        named = f"`net.assign`, k={SOME}, ms a row", "by default", "routes and logit", "all or nothing"
        row("rows", *named, "times", "by default")
        assign()
    if "ways" in asked:
        row(
            "method", "ms", "found", "border sequences", "overlap of two, median", "hours of the slowest / best, median"
        )
        alternatives("backbone")
        alternatives("full")


if __name__ == "__main__":
    main()

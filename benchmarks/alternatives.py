"""How different and how good alternatives are, by method: `python benchmarks/alternatives.py`.

For 20 pairs on the backbone network: how many of the four asked for are found, how many times the hours of the best the
worst takes, the largest share of km that two have in common, how many border sequences there are, and how many of the
stretches between two borders are the quickest between their ends (local optimality; what is shut stays shut, and within
0.1 %). A stretch may be slower where the way is the cheapest that reaches a gate before it opens, or another road over
the same borders.
"""

import itertools
import statistics

import numpy as np
from engine import DAY, PAIRS, row, world_of

import corridors as cr
from corridors.engine.arrays import Path
from corridors.engine.hierarchy import engine
from corridors.model.world import World
from corridors.routing.alternatives import overlap


def stretches(world: World, paths: list[Path]) -> tuple[int, int]:
    """How many stretches between borders there are, and how many of them are the quickest."""
    topology = world.graph.topology
    hours = np.array(world.graph.hours)
    hours[world.closed.for_good(world.question.t0)] = np.inf
    inside = hours.copy()
    inside[[i for i, edge in enumerate(world.edges) if edge.signature]] = np.inf
    metric = engine(topology.nodes, topology.tail, topology.head).customise(inside)
    found = quickest = 0
    for path in paths:
        for border, some in itertools.groupby(path.edges, key=lambda e: bool(world.edges[e].signature)):
            edges = list(some)
            if not border:
                found += 1
                least = metric.distance(world.edges[edges[0]].tail, world.edges[edges[-1]].head)
                quickest += hours[edges].sum() <= 1.001 * least + 0.01
    return found, quickest


def main() -> None:
    """Measure and print."""
    net = cr.load()
    row(
        "method",
        "found of 4, mean",
        "hours of the worst / best, median (most)",
        "overlap of two, median (most)",
        "border sequences, mean",
        "stretches that are the quickest",
    )
    row("---", "---:", "---:", "---:", "---:", "---:")
    for method in ("corridors", "disjoint", "yen"):
        counts, stretch, shared, borders, all_, good = [], [], [], [], 0, 0
        for pair in PAIRS:
            routes = net.routes(*pair, depart=DAY, as_of=DAY, k=4, method=method)
            paths, world = [one.path for one in routes.results], world_of(net, pair)
            hours = [one.steps[-1].end - one.steps[0].arrive for one in routes.results]
            counts.append(len(paths))
            stretch.append(max(hours) / min(hours))
            shared += [overlap(world, a, b) for a, b in itertools.combinations(paths, 2)]
            borders.append(len({tuple(world.borders(path)) for path in paths}))
            found, quickest = stretches(world, paths)
            all_, good = all_ + found, good + quickest
        row(
            method,
            f"{statistics.mean(counts):.1f}",
            f"{statistics.median(stretch):.2f} ({max(stretch):.2f})",
            f"{statistics.median(shared):.2f} ({max(shared):.2f})",
            f"{statistics.mean(borders):.1f}",
            f"{good} of {all_}",
        )


if __name__ == "__main__":
    main()

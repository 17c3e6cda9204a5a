"""The engines that `static.py` compares, each asked the same in its own words; a peer is imported when it is made."""

from __future__ import annotations

import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable
from importlib.util import find_spec
from itertools import pairwise
from typing import Any, NamedTuple

os.environ.setdefault("AEQ_SHOW_PROGRESS", "FALSE")


class Task(NamedTuple):
    """The graph, both ways of every edge its own arc, and what is asked of it."""

    nodes: int
    tail: Any
    head: Any
    months: Any
    """(12, arcs) hours."""
    attributes: Any
    """(arcs, 5)."""
    named: Any
    pairs: list[tuple[int, int]]
    groups: list[Any]
    """Arcs of each border crossing."""
    random: Any
    """(2, 50) nodes."""
    xy: Any
    """(nodes, 2) longitude, latitude."""


class Engine(ABC):
    """One library, prepared with the weights of the first month."""

    name = ""
    scenarios = 1000
    """How many of the scenarios it is given."""
    rounding = 1e-9
    """Hours by which its answers may be off: engines of whole numbers round every weight."""

    def __init__(self, task: Task) -> None:
        self.task = task

    @abstractmethod
    def path(self, source: int, target: int) -> float:
        """Length of a path that is found with its edges or nodes."""

    @abstractmethod
    def matrix(self, sources: list[int], targets: list[int]) -> Any:
        """Least weights."""

    def screen(self, months: list[int], closed: list[Any]) -> Any:
        """(scenarios, pairs) least weights with these arcs closed in these months."""
        raise NotImplementedError


class Ours(Engine):
    name = "corridors, Hierarchy"

    def __init__(self, task: Task) -> None:
        from corridors.engine import hierarchy

        super().__init__(task)
        self.module = hierarchy
        self.graph = hierarchy.Hierarchy(task.nodes, task.tail, task.head)
        self.months = [self.graph.customise(month) for month in task.months]

    def path(self, source, target):
        found = self.months[0].path(source, target)
        return self.task.months[0][found].sum()

    def matrix(self, sources, targets):
        return self.months[0].matrix(sources, targets)

    def screen(self, months, closed):
        changes = [self.module.Change(arcs, float("inf")) for arcs in closed]
        return self.module.screen(self.months, months, changes, self.task.pairs, self.task.attributes).values

    def closing(self, groups):
        changes = [self.module.Change(arcs, float("inf")) for arcs in groups]
        return self.months[0].matrices(changes, self.task.named, self.task.named)


class Scipy(Engine):
    name = "scipy"
    scenarios = 100

    def __init__(self, task: Task) -> None:
        import numpy as np
        from scipy.sparse import csr_array

        super().__init__(task)
        self.order = np.argsort(task.tail, kind="stable")
        self.place = np.argsort(self.order)
        first = np.searchsorted(task.tail[self.order], np.arange(task.nodes + 1))
        self.months = [
            csr_array((month[self.order], task.head[self.order], first), shape=(task.nodes, task.nodes))
            for month in task.months
        ]

    def trees(self, sources, month=0, closed=()):
        from scipy.sparse.csgraph import dijkstra

        matrix = self.months[month]
        arcs = self.place[list(closed)]
        before = matrix.data[arcs].copy()
        matrix.data[arcs] = float("inf")
        found = dijkstra(matrix, indices=sources)
        matrix.data[arcs] = before
        return found

    def path(self, source, target):
        from scipy.sparse.csgraph import dijkstra

        values, before = dijkstra(self.months[0], indices=source, return_predecessors=True)
        node = target
        while node != source:
            node = before[node]
        return values[target]

    def matrix(self, sources, targets):
        return self.trees(sources)[:, targets]

    def screen(self, months, closed):
        import numpy as np

        starts, row = np.unique([source for source, _ in self.task.pairs], return_inverse=True)
        ends = [target for _, target in self.task.pairs]
        return np.array([self.trees(starts, *what)[row, ends] for what in zip(months, closed, strict=True)])

    def closing(self, groups):
        import numpy as np

        return np.array([self.trees(self.task.named, 0, arcs)[:, self.task.named] for arcs in groups])


class Networkx(Engine):
    name = "networkx, bidirectional"
    scenarios = 2

    def __init__(self, task: Task) -> None:
        import networkx as nx

        super().__init__(task)
        self.nx = nx
        self.graph = nx.DiGraph()
        for month, weights in enumerate(task.months):
            for u, v, w in zip(task.tail.tolist(), task.head.tolist(), weights.tolist(), strict=True):
                self.graph.add_edge(u, v, **{f"m{month}": w})

    def path(self, source, target):
        return self.nx.bidirectional_dijkstra(self.graph, source, target, weight="m0")[0]

    def matrix(self, sources, targets):
        trees = (self.nx.single_source_dijkstra_path_length(self.graph, source, weight="m0") for source in sources)
        return [[tree[target] for target in targets] for tree in trees]

    def screen(self, months, closed):
        rows = []
        for month, arcs in zip(months, closed, strict=True):
            weight = f"m{month}"
            edges = [self.graph.edges[int(self.task.tail[arc]), int(self.task.head[arc])] for arc in arcs]
            before = [edge[weight] for edge in edges]
            for edge in edges:
                edge[weight] = None  # networkx: no such edge
            rows.append([self.value(source, target, weight) for source, target in self.task.pairs])
            for edge, old in zip(edges, before, strict=True):
                edge[weight] = old
        return rows

    def value(self, source, target, weight):
        try:
            return self.nx.bidirectional_dijkstra(self.graph, source, target, weight=lambda u, v, d: d[weight])[0]
        except self.nx.NetworkXNoPath:
            return float("inf")


class Igraph(Engine):
    name = "igraph"
    scenarios = 10

    def __init__(self, task: Task) -> None:
        import igraph

        super().__init__(task)
        self.graph = igraph.Graph(
            n=task.nodes, edges=list(zip(task.tail.tolist(), task.head.tolist(), strict=True)), directed=True
        )
        self.months = [month.tolist() for month in task.months]

    def path(self, source, target):
        (found,) = self.graph.get_shortest_paths(source, [target], weights=self.months[0], output="epath")
        return self.task.months[0][found].sum()

    def matrix(self, sources, targets):
        return self.graph.distances(sources, targets, weights=self.months[0])

    def screen(self, months, closed):
        rows = []
        for month, arcs in zip(months, closed, strict=True):
            weights = self.months[month].copy()
            for arc in arcs:
                weights[arc] = float("inf")
            found = {
                (source, target): value
                for source, targets in by_source(self.task.pairs)
                for target, value in zip(
                    targets, self.graph.distances([source], targets, weights=weights)[0], strict=True
                )
            }
            rows.append([found[pair] for pair in self.task.pairs])
        return rows


class Rustworkx(Engine):
    name = "rustworkx"
    scenarios = 10

    def __init__(self, task: Task) -> None:
        import rustworkx

        super().__init__(task)
        self.rx = rustworkx
        self.graph = rustworkx.PyDiGraph(multigraph=True)
        self.graph.add_nodes_from(range(task.nodes))
        self.graph.add_edges_from(list(zip(task.tail.tolist(), task.head.tolist(), range(len(task.tail)), strict=True)))
        self.months = [month.tolist() for month in task.months]

    def path(self, source, target):
        weigh = self.months[0].__getitem__
        nodes = self.rx.dijkstra_shortest_paths(self.graph, source, target=target, weight_fn=weigh)[target]
        return sum(weigh(self.graph.get_edge_data(u, v)) for u, v in pairwise(nodes))

    def lengths(self, source, weights, goal=None):
        return self.rx.dijkstra_shortest_path_lengths(self.graph, source, weights.__getitem__, goal=goal)

    def matrix(self, sources, targets):
        trees = (self.lengths(source, self.months[0]) for source in sources)
        return [
            [0.0 if source == target else tree[target] for target in targets]
            for source, tree in zip(sources, trees, strict=True)
        ]

    def screen(self, months, closed):
        rows = []
        for month, arcs in zip(months, closed, strict=True):
            weights = self.months[month].copy()
            for arc in arcs:
                weights[arc] = float("inf")
            found = {}
            for source, targets in by_source(self.task.pairs):
                trees = [self.lengths(source, weights, target) for target in targets]
                found |= {
                    (source, target): tree[target] if target in tree else float("inf")
                    for target, tree in zip(targets, trees, strict=True)
                }
            rows.append([found[pair] for pair in self.task.pairs])
        return rows


class Scgraph(Engine):
    name = "scgraph, searches"
    scenarios = 20

    def __init__(self, task: Task) -> None:
        import scgraph

        super().__init__(task)
        self.months = []
        for weights in task.months:
            graph: list[dict[int, float]] = [{} for _ in range(task.nodes)]
            for u, v, w in zip(task.tail.tolist(), task.head.tolist(), weights.tolist(), strict=True):
                graph[u][v] = w
            self.months.append(scgraph.Graph(graph))

    def path(self, source, target):
        return self.months[0].bidirectional_dijkstra(source, target)["length"]

    def matrix(self, sources, targets):
        """From cached trees, which are its quickest."""
        graph = self.months[0]
        graph.reset_cache()
        return [
            [graph.cached_shortest_path(source, target, length_only=True)["length"] for target in targets]
            for source in sources
        ]

    def value(self, graph, source, target):
        # not bidirectional: scgraph 3.6 then still uses edges that were taken out
        return graph.dijkstra(source, target)["length"]

    def screen(self, months, closed):
        """Edges are taken out of the graph of their month, and put back."""
        rows = []
        for month, arcs in zip(months, closed, strict=True):
            graph = self.months[month]
            ends = [
                (int(self.task.tail[arc]), int(self.task.head[arc]), float(self.task.months[month][arc]))
                for arc in arcs
            ]
            for u, v, _ in ends:
                graph.remove_edge(u, v)
            row = []
            for source, target in self.task.pairs:
                try:
                    row.append(self.value(graph, source, target))
                except RuntimeError as error:
                    if "not connected" not in str(error):
                        raise
                    row.append(float("inf"))
            rows.append(row)
            for edge in ends:
                graph.add_edge(*edge)
        return rows


class ScgraphTrees(Scgraph):
    name = "scgraph, cached trees"

    def path(self, source, target):
        return self.months[0].cached_shortest_path(source, target)["length"]

    def value(self, graph, source, target):
        return graph.cached_shortest_path(source, target, length_only=True)["length"]


class ScgraphHierarchy(Scgraph):
    name = "scgraph, its hierarchy"
    scenarios = 0

    def __init__(self, task: Task) -> None:
        super().__init__(task._replace(months=task.months[:1]))
        self.months[0].create_contraction_hierarchy()

    def path(self, source, target):
        return self.months[0].contraction_hierarchy(source, target)["length"]

    def matrix(self, sources, targets):
        return [
            [self.months[0].contraction_hierarchy(source, target, length_only=True)["length"] for target in targets]
            for source in sources
        ]


class Networkit(Engine):
    name = "NetworKit, bidirectional"
    scenarios = 20

    def __init__(self, task: Task) -> None:
        import networkit

        super().__init__(task)
        networkit.setNumberOfThreads(1)
        self.nk = networkit.distance
        self.months = [
            networkit.GraphFromCoo((month, (task.tail, task.head)), n=task.nodes, weighted=True, directed=True)
            for month in task.months
        ]

    def path(self, source, target):
        search = self.nk.BidirectionalDijkstra(self.months[0], source, target, True)
        search.run()
        search.getPath()
        return search.getDistance()

    def matrix(self, sources, targets):
        search = self.nk.SPSP(self.months[0], sources)
        search.setTargets(targets)
        search.run()
        return search.getDistances()

    def trees(self, graph, source, targets):
        search = self.nk.MultiTargetDijkstra(graph, source, targets)
        search.run()
        return search.getDistances()

    def screen(self, months, closed):
        rows = []
        for month, arcs in zip(months, closed, strict=True):
            graph = self.months[month]
            for arc in arcs:
                graph.setWeight(int(self.task.tail[arc]), int(self.task.head[arc]), float("inf"))
            found = {
                (source, target): value
                for source, targets in by_source(self.task.pairs)
                for target, value in zip(targets, self.trees(graph, source, targets), strict=True)
            }
            rows.append([found[pair] if found[pair] < 1e300 else float("inf") for pair in self.task.pairs])
            for arc in arcs:
                weight = float(self.task.months[month][arc])
                graph.setWeight(int(self.task.tail[arc]), int(self.task.head[arc]), weight)
        return rows


class RoutingKit(Engine):
    """Whole numbers below 2^31: millionths of an hour."""

    name = "RoutingKit, its hierarchy"
    rounding = 1e-4
    most = 2**31 - 1

    def __init__(self, task: Task) -> None:
        import routingkit_cch as kit

        super().__init__(task)
        self.kit = kit
        ends = task.tail.tolist(), task.head.tolist()
        lon, lat = task.xy.T.tolist()
        order = kit.compute_order_inertial(task.nodes, *ends, lat, lon)
        self.graph = kit.CCH(order, *ends, False)
        self.whole = [(month * 1e6).round().astype(int).tolist() for month in task.months]
        self.months = [kit.CCHMetric(self.graph, month) for month in self.whole]
        self.updater = kit.CCHMetricPartialUpdater(self.graph)
        self.query = kit.CCHQuery(self.months[0])

    def path(self, source, target):
        return self.task.months[0][self.query.run(source, target).arc_path].sum()

    def reweigh(self, month):
        return self.kit.CCHMetric(self.graph, self.whole[month])

    def table(self, metric, sources, targets):
        search = self.kit.CCHOneToMany(metric, targets)
        return [
            [float("inf") if value is None else value / 1e6 for value in search.distances_from(source)]
            for source in sources
        ]

    def matrix(self, sources, targets):
        return self.table(self.months[0], sources, targets)

    def under(self, month, arcs, ask):
        """What is asked with these arcs closed."""
        self.updater.apply(self.months[month], {int(arc): self.most for arc in arcs})
        found = ask(self.months[month])
        self.updater.apply(self.months[month], {int(arc): self.whole[month][arc] for arc in arcs})
        return found

    def screen(self, months, closed):
        self.query = None  # it would hold the first month as it is

        def ask(metric):
            query = self.kit.CCHQuery(metric)
            found = (query.run(*pair).distance for pair in self.task.pairs)
            return [float("inf") if value is None else value / 1e6 for value in found]

        return [self.under(month, arcs, ask) for month, arcs in zip(months, closed, strict=True)]

    def closing(self, groups):
        named = list(self.task.named)
        return [self.under(0, arcs, lambda metric: self.table(metric, named, named)) for arcs in groups]


class Pandana(Engine):
    """Keeps thousandths of a weight as whole numbers; a changed weight needs a new network, so it screens nothing."""

    name = "pandana"
    scenarios = 0
    rounding = 1e-3

    def __init__(self, task: Task) -> None:
        import pandana
        import pandas as pd

        super().__init__(task)
        ends = pd.Series(task.tail), pd.Series(task.head)
        weights = pd.DataFrame({"m0": 1000 * task.months[0]})
        lon, lat = map(pd.Series, task.xy.T.copy())
        self.graph = pandana.Network(lon, lat, *ends, weights, twoway=False)
        self.arc = {pair: i for i, pair in enumerate(zip(task.tail.tolist(), task.head.tolist(), strict=True))}

    def path(self, source, target):
        nodes = self.graph.shortest_path(source, target, imp_name="m0").tolist()
        return self.task.months[0][[self.arc[step] for step in pairwise(nodes)]].sum()

    def matrix(self, sources, targets):
        import numpy as np

        starts, ends = np.repeat(sources, len(targets)), np.tile(targets, len(sources))
        found = self.graph.shortest_path_lengths(starts, ends, imp_name="m0")
        return np.reshape(found, (len(sources), -1)) / 1000


class Aequilibrae(Engine):
    """Paths on its whole graph; tables (skims) on its compressed one, of all its centroids by all of them."""

    name = "AequilibraE"
    scenarios = 20

    def __init__(self, task: Task) -> None:
        import numpy as np
        from aequilibrae.paths import PathResults

        super().__init__(task)
        self.ends, self.some = np.unique(task.pairs), np.unique(task.random)
        self.graph, self.wide = self.made(self.ends), self.made(self.some)
        self.compressed = np.empty(len(task.tail), int)
        table = self.graph.graph
        self.compressed[table["link_id"].to_numpy() - 1] = table["__compressed_id__"].to_numpy()
        self.months = []
        for i in reversed(range(len(task.months))):
            self.graph.set_graph(f"m{i}")
            self.months.insert(0, self.graph.compact_cost.copy())
        self.results = PathResults()
        self.results.prepare(self.graph)

    def made(self, centroids):
        """A graph whose tables have these nodes; numbers of nodes and links begin at 1."""
        import numpy as np
        import pandas as pd
        from aequilibrae.paths import Graph

        ends = {"a_node": self.task.tail + 1, "b_node": self.task.head + 1, "direction": 1}
        weights = {f"m{i}": month for i, month in enumerate(self.task.months)}
        graph = Graph()
        graph.network = pd.DataFrame({"link_id": np.arange(1, len(self.task.tail) + 1), **ends, **weights})
        graph.prepare_graph(centroids + 1)
        graph.set_blocked_centroid_flows(False)
        graph.set_graph("m0")
        return graph

    def path(self, source, target):
        self.results.compute_path(source + 1, target + 1, early_exit=True)
        return self.task.months[0][self.results.path - 1].sum()

    def table(self, graph, nodes, pairs):
        import numpy as np
        from aequilibrae.paths import NetworkSkimming

        skims = NetworkSkimming(graph)
        skims.set_cores(1)
        skims.execute()
        rows, columns = np.searchsorted(nodes, np.moveaxis(pairs, -1, 0))
        return skims.results.skims.get_matrix("m0")[rows, columns]

    def matrix(self, sources, targets):
        import numpy as np

        self.wide.set_skimming("m0")
        return self.table(self.wide, self.some, np.stack(np.meshgrid(sources, targets, indexing="ij"), axis=-1))

    def screen(self, months, closed):
        rows = []
        for month, arcs in zip(months, closed, strict=True):
            self.graph.compact_cost[:] = self.months[month]
            self.graph.compact_cost[self.compressed[arcs]] = float("inf")
            self.graph.set_skimming("m0")
            self.graph.compact_skims[:, 0] = self.graph.compact_cost[: len(self.graph.compact_skims)]
            rows.append(self.table(self.graph, self.ends, self.task.pairs))
        return rows


ENGINES: dict[str, tuple[type[Engine], ...]] = {
    "scipy": (Scipy,),
    "numba": (Ours,),
    "scgraph": (Scgraph, ScgraphTrees, ScgraphHierarchy),
    "igraph": (Igraph,),
    "rustworkx": (Rustworkx,),
    "networkx": (Networkx,),
    "networkit": (Networkit,),
    "routingkit_cch": (RoutingKit,),
    "pandana": (Pandana,),
    "aequilibrae": (Aequilibrae,),
}


def present() -> list[type[Engine]]:
    """Engines whose packages are installed; the others are named."""
    kinds = [kind for package, group in ENGINES.items() if find_spec(package) for kind in group]
    if missing := [package for package in ENGINES if not find_spec(package)]:
        print(f"Not installed, so not measured: {', '.join(missing)}.", file=sys.stderr)
    return kinds


def by_source(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, list[int]]]:
    """Targets of each source."""
    found: dict[int, list[int]] = {}
    for source, target in pairs:
        found.setdefault(source, []).append(target)
    return list(found.items())

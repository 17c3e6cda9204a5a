"""Many questions to one static graph: `corridors._engine_ch` beside its peers, on the same arrays, in one process.

``python benchmarks/static.py WHEELS`` builds the core graph (`core_graph.py`) from the folder of downloaded packages,
or takes a ready ``core.npz``; peers that are not installed are named and left out. ``--install temporary`` installs
corridors and the peers into a temporary environment and runs there; ``--install here`` installs them into this one.

Times are CPU time, so that other work on the machine counts less; medians where a job is short. Answers are checked
against scipy's: all, but of the screening the first 100 scenarios. Ours sums five attributes along every path that it
screens; the peers need only find values.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

PEERS = ("networkx", "igraph", "rustworkx", "scgraph")
ROUTES = {
    "Almaty": ("Karachi", "Gwadar", "Bandar Abbas"), "Tashkent": ("Karachi", "Gwadar", "Bandar Abbas", "Baku"),
    "Bishkek": ("Karachi", "Lahore"), "Dushanbe": ("Karachi", "Mashhad"), "Ashgabat": ("Karachi", "Gwadar"),
    "Astana": ("Karachi", "Tehran"), "Kashgar": ("Gwadar", "Tehran"), "Kabul": ("Almaty", "Bandar Abbas"),
    "Lahore": ("Tashkent",)}
COLD = """
import sys, time
import numpy as np
import corridors
begun = time.process_time()
from corridors import _engine_ch
core = np.load(sys.argv[1])
tail, head = np.concatenate([core["ends"], core["ends"][:, ::-1]]).T
metric = _engine_ch.Hierarchy(len(core["xy"]), tail, head).customise(np.tile(core["months"][0], 2))
metric.path(*core["named"][[0, 25]])
print(time.process_time() - begun)
"""


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


class Engine(ABC):
    """One library, prepared with the weights of the first month."""

    name = ""
    scenarios = 1000
    """How many of the scenarios it is given."""

    def __init__(self, task: Task) -> None:
        self.task = task

    @abstractmethod
    def path(self, source: int, target: int) -> float:
        """Length of a path that is found with its edges or nodes."""

    @abstractmethod
    def matrix(self, sources: list[int], targets: list[int]) -> Any:
        """Least weights."""

    @abstractmethod
    def screen(self, months: list[int], closed: list[Any]) -> Any:
        """(scenarios, pairs) least weights with these arcs closed in these months."""


class Ours(Engine):
    name = "corridors, Hierarchy"

    def __init__(self, task: Task) -> None:
        from corridors import _engine_ch

        super().__init__(task)
        self.module = _engine_ch
        self.graph = _engine_ch.Hierarchy(task.nodes, task.tail, task.head)
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
        self.months = [csr_array((month[self.order], task.head[self.order], first), shape=(task.nodes, task.nodes))
                       for month in task.months]

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
                edge[weight] = None                              # networkx: no such edge
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
        self.graph = igraph.Graph(n=task.nodes, edges=list(zip(task.tail.tolist(), task.head.tolist(), strict=True)),
                                  directed=True)
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
            found = {(source, target): value for source, targets in by_source(self.task.pairs)
                     for target, value in zip(targets, self.graph.distances([source], targets, weights=weights)[0],
                                              strict=True)}
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
        return [[0.0 if source == target else tree[target] for target in targets]
                for source, tree in zip(sources, trees, strict=True)]

    def screen(self, months, closed):
        rows = []
        for month, arcs in zip(months, closed, strict=True):
            weights = self.months[month].copy()
            for arc in arcs:
                weights[arc] = float("inf")
            found = {}
            for source, targets in by_source(self.task.pairs):
                trees = [self.lengths(source, weights, target) for target in targets]
                found |= {(source, target): tree[target] if target in tree else float("inf")
                          for target, tree in zip(targets, trees, strict=True)}
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
        return [[graph.cached_shortest_path(source, target, length_only=True)["length"] for target in targets]
                for source in sources]

    def value(self, graph, source, target):
        # not bidirectional: scgraph 3.6 then still uses edges that were taken out
        return graph.dijkstra(source, target)["length"]

    def screen(self, months, closed):
        """Edges are taken out of the graph of their month, and put back."""
        rows = []
        for month, arcs in zip(months, closed, strict=True):
            graph = self.months[month]
            ends = [(int(self.task.tail[arc]), int(self.task.head[arc]), float(self.task.months[month][arc]))
                    for arc in arcs]
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
        return [[self.months[0].contraction_hierarchy(source, target, length_only=True)["length"]
                 for target in targets] for source in sources]


ENGINES: dict[str, tuple[type[Engine], ...]] = {
    "scipy": (Scipy,), "numba": (Ours,), "scgraph": (Scgraph, ScgraphTrees, ScgraphHierarchy), "igraph": (Igraph,),
    "rustworkx": (Rustworkx,), "networkx": (Networkx,)}


def by_source(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, list[int]]]:
    """Targets of each source."""
    found: dict[int, list[int]] = {}
    for source, target in pairs:
        found.setdefault(source, []).append(target)
    return list(found.items())


def load(file: Path) -> Task:
    """The task on the core graph."""
    import numpy as np
    from core_graph import NAMED

    core = np.load(file)
    ends, group = core["ends"], core["group"]
    edges = len(ends)
    tail, head = np.concatenate([ends, ends[:, ::-1]]).T.copy()
    node = dict(zip(NAMED, core["named"].tolist(), strict=True))
    crossings = [np.flatnonzero(group == one) for one in range(group.max() + 1)]
    return Task(len(core["xy"]), tail, head, np.tile(core["months"], 2), np.tile(core["attributes"].T, (2, 1)),
                core["named"].tolist(), [(node[a], node[b]) for a, ends_ in ROUTES.items() for b in ends_],
                [np.concatenate([one, one + edges]) for one in crossings],
                np.random.default_rng(7).integers(0, len(core["xy"]), (2, 50)))


def scenarios(task: Task, ours: Ours, count: int = 1000) -> tuple[list[int], list[Any]]:
    """Months and closed arcs: 1 to 5 edges both ways, half of them on paths that the pairs take, half at borders."""
    import numpy as np

    rng = np.random.default_rng(11)
    edges = len(task.tail) // 2
    border = np.concatenate(task.groups)
    months = rng.integers(0, 12, count).tolist()
    closed = []
    for month in months:
        picked = []
        for _ in range(rng.integers(1, 6)):
            pair = task.pairs[rng.integers(len(task.pairs))]
            arcs = border if rng.random() < 0.5 else ours.months[month].path(*pair)
            picked.append(int(rng.choice(arcs)) % edges)
        picked = sorted(set(picked))
        closed.append(np.array([*picked, *(edge + edges for edge in picked)]))
    return months, closed


def median(job: Callable[[], Any], at_most: int, seconds: float = 3.0) -> tuple[float, Any]:
    """Median CPU seconds of as many runs as fit, and the last result."""
    took: list[float] = []
    while len(took) < at_most and (not took or sum(took) + took[-1] < seconds):
        begun = time.process_time()
        result = job()
        took.append(time.process_time() - begun)
    return statistics.median(took), result


def measure(task: Task, kinds: list[type[Engine]]) -> dict[str, dict[str, float]]:
    """Seconds (screen: pairs a second) of every engine at every job; scipy first, as the others are checked by it."""
    import numpy as np

    warm = Ours(task)
    months, closed = scenarios(task, warm)
    warm.screen(months, closed)
    warm.matrix(*task.random.tolist())
    warm.closing(task.groups)
    expected: dict[str, Any] = {}
    table: dict[str, dict[str, float]] = {}

    def record(job: str, value: float, answer: Any) -> None:
        found = np.asarray(answer, float)
        known = expected.setdefault(job, found)
        both = min(len(found), len(known))
        np.testing.assert_allclose(found[:both], known[:both], rtol=1e-9, err_msg=f"{kind.name}: {job}")
        table[kind.name][job] = value

    for kind in kinds:
        print(f"{kind.name} ...", file=sys.stderr, flush=True)
        table[kind.name] = {}
        begun = time.process_time()
        engine = kind(task)
        table[kind.name]["prepare"] = time.process_time() - begun
        answers, took = [], []
        for pair in task.pairs:
            engine.path(*pair)
            seconds, answer = median(partial(engine.path, *pair), 5)
            took.append(seconds)
            answers.append(answer)
        record("path", statistics.median(took), answers)
        record("matrix", *median(partial(engine.matrix, *task.random.tolist()), 20))
        count = engine.scenarios
        if count:
            seconds, answer = median(partial(engine.screen, months[:count], closed[:count]), 7)
            record("screen", count * len(task.pairs) / seconds, answer)
        if isinstance(engine, Ours | Scipy):
            record("closing", *median(partial(engine.closing, task.groups), 7))
        if isinstance(engine, Ours):
            table[kind.name]["reweigh"] = median(partial(engine.graph.customise, task.months[1]), 20)[0]
        del engine
    return table


def cold(core: Path, cache: str | None) -> float:
    """CPU seconds to the first path in a new process, from the import of the engine on."""
    environment = os.environ | ({} if cache is None else {"NUMBA_CACHE_DIR": cache})
    run = subprocess.run([sys.executable, "-c", COLD, str(core)], capture_output=True, text=True, check=True,
                         env=environment)
    return float(run.stdout)


def report(task: Task, table: dict[str, dict[str, float]], missing: list[str], first: tuple[float, float]) -> None:
    """Print the tables."""
    import numpy as np

    load_now = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{platform.platform()}, {cpu()}, {os.cpu_count()} cores{load_now}, Python {platform.python_version()}, "
          f"numpy {np.__version__}. CPU time, one core.\n")
    print(f"Graph: {task.nodes:,} nodes, {len(task.tail) // 2:,} edges (two arcs each), {len(task.groups)} crossings. "
          f"1,000 scenarios on 12 monthly weight sets, 1 to 5 edges closed, half on the pairs' paths and half at "
          f"borders; {len(task.pairs)} pairs from {len(by_source(task.pairs))} origins.\n")
    ours = table[Ours.name]
    print("| engine | prepare, ms | one path, ms | 50 x 50 matrix, ms | screening, pairs/s | of scenarios "
          "| each crossing closed, 34 x 34, ms |")
    print("|---|---|---|---|---|---|---|")
    for kind in (one for group in ENGINES.values() for one in group if one.name in table):
        row = table[kind.name]
        cells = [kind.name, *(f"{row[job] * 1000:,.3g}" for job in ("prepare", "path", "matrix")),
                 *((f"{row['screen']:,.0f}", f"{kind.scenarios:,}") if "screen" in row else ("", "")),
                 f"{row['closing'] * 1000:,.3g}" if "closing" in row else ""]
        print("| " + " | ".join(cells) + " |")
    print("\n| peer | it takes so many times as long: one path | matrix | screening | closing |")
    print("|---|---|---|---|---|")
    for name, row in table.items():
        if name != Ours.name:
            print("| " + " | ".join([name, *(f"{row[job] / ours[job]:,.2g}" if job in row else ""
                                             for job in ("path", "matrix")),
                                     f"{ours['screen'] / row['screen']:,.0f}" if "screen" in row else "",
                                     f"{row['closing'] / ours['closing']:,.0f}" if "closing" in row else ""]) + " |")
    print(f"\nOurs: new weights for all edges {ours['reweigh'] * 1000:.1f} ms; prepared for 12 months in "
          f"{ours['prepare']:.2f} s. First path in a new process {first[0]:.1f} s, and {first[1]:.1f} s on a machine "
          "that has compiled nothing yet: for one question, a peer is quicker.")
    print("The cached trees of scgraph are warm for one path; screening makes them anew in every scenario.")
    if missing:
        print(f"Not installed, so not measured: {', '.join(missing)}.")


def cpu() -> str:
    """Name of the processor, where Linux tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")),
                platform.processor())


def run_in_temporary_environment(arguments: list[str]) -> None:
    """Install corridors and the peers there, and run this script again."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = str(Path(folder) / ("Scripts" if os.name == "nt" else "bin") / "python")
        root = Path(__file__).parents[1]
        subprocess.run([python, "-m", "pip", "install", "-q", f"{root}[fast]"], check=True)
        install(python)
        subprocess.run([python, __file__, *arguments], check=True)


def install(python: str) -> None:
    """Install each peer; one that cannot be had is left out."""
    for peer in PEERS:
        if subprocess.run([python, "-m", "pip", "install", "-q", peer], check=False).returncode:
            print(f"{peer} cannot be installed here.", file=sys.stderr)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="folder of the packages that geodata/build reads, or core.npz")
    parser.add_argument("--install", choices=("temporary", "here"))
    chosen = parser.parse_args()
    if chosen.install == "temporary":
        run_in_temporary_environment([str(chosen.source)])
        return
    if chosen.install == "here":
        install(sys.executable)
    kinds, missing = [], []
    for package, engines in ENGINES.items():
        try:
            importlib.import_module(package)
        except ImportError:
            missing.append(package)
        else:
            kinds += engines
    with tempfile.TemporaryDirectory() as folder:
        core = chosen.source
        if core.is_dir():
            import core_graph
            import numpy as np

            core = Path(folder) / "core.npz"
            np.savez(core, **core_graph.build(chosen.source))
        task = load(core)
        table = measure(task, kinds)
        report(task, table, missing, (cold(core, None), cold(core, str(Path(folder) / "numba"))))


if __name__ == "__main__":
    main()

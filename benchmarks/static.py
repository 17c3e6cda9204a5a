"""Many questions to one static graph: `corridors.engine.hierarchy` beside its peers, on the same arrays.

``python benchmarks/static.py WHEELS`` builds the core graph (`core_graph.py`) from the folder of downloaded packages,
or takes a ready ``core.npz``; peers that are not installed are named and left out. ``--install temporary`` installs
corridors and the peers into a temporary environment and runs there; ``--install here`` installs them into this one.

Times are CPU time, so that other work on the machine counts less; medians where a job is short. Answers are checked
against scipy's: all, but of the screening the first 100 scenarios. Ours sums five attributes along every path that it
screens; the peers need only find values.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from peers import ENGINES, Engine, Ours, Task, by_source, present

PACKAGES = ("networkx", "igraph", "rustworkx", "scgraph", "networkit", "routingkit-cch", "pandana", "aequilibrae")
ROUTES = {
    "Almaty": ("Karachi", "Gwadar", "Bandar Abbas"),
    "Tashkent": ("Karachi", "Gwadar", "Bandar Abbas", "Baku"),
    "Bishkek": ("Karachi", "Lahore"),
    "Dushanbe": ("Karachi", "Mashhad"),
    "Ashgabat": ("Karachi", "Gwadar"),
    "Astana": ("Karachi", "Tehran"),
    "Kashgar": ("Gwadar", "Tehran"),
    "Kabul": ("Almaty", "Bandar Abbas"),
    "Lahore": ("Tashkent",),
}
COLD = """
import sys, time
import numpy as np
import corridors
begun = time.process_time()
from corridors.engine import hierarchy
core = np.load(sys.argv[1])
tail, head = np.concatenate([core["ends"], core["ends"][:, ::-1]]).T
metric = hierarchy.Hierarchy(len(core["xy"]), tail, head).customise(np.tile(core["months"][0], 2))
metric.path(*core["named"][[0, 25]])
print(time.process_time() - begun)
"""


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
    return Task(
        len(core["xy"]),
        tail,
        head,
        np.tile(core["months"], 2),
        np.tile(core["attributes"].T, (2, 1)),
        core["named"].tolist(),
        [(node[a], node[b]) for a, ends_ in ROUTES.items() for b in ends_],
        [np.concatenate([one, one + edges]) for one in crossings],
        np.random.default_rng(7).integers(0, len(core["xy"]), (2, 50)),
        core["xy"],
    )


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
        np.testing.assert_allclose(
            found[:both], known[:both], rtol=1e-9, atol=kind.rounding, err_msg=f"{kind.name}: {job}"
        )
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
        if hasattr(engine, "closing"):
            record("closing", *median(partial(engine.closing, task.groups), 7))
        if isinstance(engine, Ours):
            table[kind.name]["reweigh"] = median(partial(engine.graph.customise, task.months[1]), 20)[0]
        del engine
    return table


def cold(core: Path, cache: str | None) -> float:
    """CPU seconds to the first path in a new process, from the import of the engine on."""
    environment = os.environ | ({} if cache is None else {"NUMBA_CACHE_DIR": cache})
    run = subprocess.run(
        [sys.executable, "-c", COLD, str(core)], capture_output=True, text=True, check=True, env=environment
    )
    return float(run.stdout)


def report(task: Task, table: dict[str, dict[str, float]], first: tuple[float, float]) -> None:
    """Print the tables."""
    import numpy as np

    load_now = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(
        f"{platform.platform()}, {cpu()}, {os.cpu_count()} cores{load_now}, Python {platform.python_version()}, "
        f"numpy {np.__version__}. CPU time, one core.\n"
    )
    print(
        f"Graph: {task.nodes:,} nodes, {len(task.tail) // 2:,} edges (two arcs each), {len(task.groups)} crossings. "
        f"1,000 scenarios on 12 monthly weight sets, 1 to 5 edges closed, half on the pairs' paths and half at "
        f"borders; {len(task.pairs)} pairs from {len(by_source(task.pairs))} origins.\n"
    )
    ours = table[Ours.name]
    print(
        "| engine | prepare, ms | one path, ms | 50 x 50 matrix, ms | screening, pairs/s | of scenarios "
        "| each crossing closed, 34 x 34, ms |"
    )
    print("|---|---|---|---|---|---|---|")
    for kind in (one for group in ENGINES.values() for one in group if one.name in table):
        row = table[kind.name]
        cells = [
            kind.name,
            *(three(row[job] * 1000) for job in ("prepare", "path", "matrix")),
            *((f"{row['screen']:,.0f}", f"{kind.scenarios:,}") if "screen" in row else ("", "")),
            three(row["closing"] * 1000) if "closing" in row else "",
        ]
        print("| " + " | ".join(cells) + " |")
    print("\n| peer | it takes so many times as long: one path | matrix | screening | closing |")
    print("|---|---|---|---|---|")
    for name, row in table.items():
        if name != Ours.name:
            print(
                "| "
                + " | ".join(
                    [
                        name,
                        three(row["path"] / ours["path"]),
                        three(row["matrix"] / ours["matrix"]),
                        three(ours["screen"] / row["screen"]) if "screen" in row else "",
                        three(row["closing"] / ours["closing"]) if "closing" in row else "",
                    ]
                )
                + " |"
            )
    print(
        f"\nOurs: new weights for all edges {ours['reweigh'] * 1000:.1f} ms; prepared for 12 months in "
        f"{ours['prepare']:.2f} s. First path in a new process {first[0]:.1f} s, and {first[1]:.1f} s on a machine "
        "that has compiled nothing yet: for one question, a peer is quicker."
    )
    print(
        "The cached trees of scgraph are warm for one path; screening makes them anew in every scenario. All are "
        "prepared for 12 months, but the hierarchy of scgraph for one."
    )


def three(number: float) -> str:
    """A number with three digits, or all that it has before the point."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def cpu() -> str:
    """Name of the processor, where Linux tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor()
    )


def run_in_temporary_environment(script: str, arguments: list[str], packages: Sequence[str] = PACKAGES) -> None:
    """Install corridors and the peers there, and run the script again."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = str(Path(folder) / ("Scripts" if os.name == "nt" else "bin") / "python")
        root = Path(__file__).parents[1]
        subprocess.run([python, "-m", "pip", "install", "-q", f"{root}[fast]"], check=True)
        install(python, packages)
        subprocess.run([python, script, *arguments], check=True)


def install(python: str, packages: Sequence[str] = PACKAGES) -> None:
    """Install each peer; one that cannot be had is left out."""
    for peer in packages:
        if subprocess.run([python, "-m", "pip", "install", "-q", peer], check=False).returncode:
            print(f"{peer} cannot be installed here.", file=sys.stderr)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="folder of the packages that geodata/build reads, or core.npz")
    parser.add_argument("--install", choices=("temporary", "here"))
    chosen = parser.parse_args()
    if chosen.install == "temporary":
        run_in_temporary_environment(__file__, [str(chosen.source)])
        return
    if chosen.install == "here":
        install(sys.executable)
    kinds = present()
    with tempfile.TemporaryDirectory() as folder:
        core = chosen.source
        if core.is_dir():
            import core_graph
            import numpy as np

            core = Path(folder) / "core.npz"
            np.savez(core, **core_graph.build(chosen.source))
        task = load(core)
        table = measure(task, kinds)
        report(task, table, (cold(core, None), cold(core, str(Path(folder) / "numba"))))


if __name__ == "__main__":
    main()

"""CPU times of `net.pareto(...)` on 20 named pairs, compiled and in Python: `python benchmarks/pareto.py`.

The first call of a process, which builds the network for the cargo and loads the compiled search, is told apart.
"""

import platform
import statistics
import time
from typing import Any

import numba

import corridors as cr
from corridors.engine import fronts, fronts_compiled
from corridors.engine.arrays import Found
from corridors.engine.fastest import Search
from corridors.routing import finding

PAIRS = [
    ("Almaty", "Karachi"),
    ("Tashkent", "Gwadar"),
    ("Moscow", "Karachi"),
    ("Urumqi", "Tehran"),
    ("Bishkek", "Karachi"),
    ("Lahore", "Almaty"),
    ("Kashgar", "Poti"),
    ("Dushanbe", "Port Qasim"),
    ("Multan", "Almaty"),
    ("Karaganda", "Karachi"),
    ("Karachi", "Tashkent"),
    ("Samarkand", "Mumbai"),
    ("Ashgabat", "Mumbai"),
    ("Herat", "Istanbul"),
    ("Tashkent", "Karachi"),
    ("Kabul", "Tehran"),
    ("Baku", "Lahore"),
    ("Tbilisi", "Tashkent"),
    ("Astana", "Bandar Abbas"),
    ("Islamabad", "Urumqi"),
]
BY = ("hours", "usd", "kgco2e", "risk")


def main() -> None:
    """Measure and print a table."""
    print(platform.platform(), platform.python_version(), "numba", numba.__version__)
    start = time.process_time()
    cr.compile_searches()
    print(f"compile_searches(), or loading what is on disk: {time.process_time() - start:.1f} s")
    net = cr.load()
    start = time.process_time()
    net.pareto(*PAIRS[0], depart="2026-04-15")
    print(f"first call: {time.process_time() - start:.1f} s")
    print(
        "\n| criteria | search | call, ms: median (worst) | search alone, ms: median (worst) | front: median (most) "
        "| labels: median (most) | complete |\n" + "| --- " * 7 + "|"
    )
    for criteria in (2, 3, 4):
        for name, search in (("compiled", fronts_compiled.pareto), ("Python", fronts.pareto)):
            rows = []

            def timed(*ask: Any, search: Search = search, rows: list[Any] = rows) -> Found:
                start = time.process_time()
                found = search(*ask)
                rows.append((time.process_time() - start, len(found.paths), found.labels, found.complete))
                return found

            finding.fastest = lambda nodes=None, timed=timed: timed  # type: ignore[assignment]
            calls = []
            for pair in PAIRS:
                start = time.process_time()
                net.pareto(*pair, depart="2026-04-15", by=BY[:criteria])
                calls.append(time.process_time() - start)
            alone, sizes, labels, complete = zip(*rows, strict=True)
            print(
                f"| {', '.join(BY[:criteria])} | {name} | {ms(calls)} | {ms(alone)} "
                f"| {statistics.median(sizes):.0f} ({max(sizes)}) | {statistics.median(labels):,.0f} "
                f"({max(labels):,}) | {sum(complete)} of {len(PAIRS)} |",
                flush=True,
            )


def ms(seconds: Any) -> str:
    """Median and worst."""
    return f"{1000 * statistics.median(seconds):,.0f} ({1000 * max(seconds):,.0f})"


if __name__ == "__main__":
    main()

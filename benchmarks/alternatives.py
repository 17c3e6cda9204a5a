"""How different and how good alternatives are: `python benchmarks/alternatives.py [--old FOLDER]`.

For 20 pairs on the backbone and four routes asked for, by method: how many are found, how many times the hours of the
best the slowest takes, the largest share of km that two have in common, how many border sequences there are, how many
routes another one of the answer beats in days and US$, and in how many answers the fastest and the cheapest of all
methods and modes stand. With ``--old``, a checkout of another version (``git worktree add FOLDER 8d522ed``) answers the
same questions in a process of its own.
"""

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TypedDict

PAIRS = [
    ("Almaty", "Karachi"), ("Tashkent", "Gwadar"), ("Moscow", "Karachi"), ("Urumqi", "Tehran"), ("Bishkek", "Karachi"),
    ("Lahore", "Almaty"), ("Kashgar", "Poti"), ("Dushanbe", "Port Qasim"), ("Astana", "Bandar Abbas"),
    ("Samarkand", "Islamabad"), ("Ashgabat", "Quetta"), ("Kabul", "Tehran"), ("Osh", "Lahore"), ("Aktau", "Karachi"),
    ("Mashhad", "Tashkent"), ("Baku", "Almaty"), ("Herat", "Urumqi"), ("Peshawar", "Bishkek"),
    ("Shymkent", "Port Qasim"), ("Termez", "Karachi"),
]  # fmt: skip
DAY = "2025-06-02"
METHODS = ("corridors", "disjoint", "yen")
MODES = (None, ["road"], ["rail"], ["road", "rail"], ["road", "rail", "ferry"])
SAME = 1.001


class Way(TypedDict):
    """One route of an answer."""

    hours: float
    usd: float
    km: dict[str, float]
    crossings: list[str]


def ways(routes: object) -> list[Way]:
    """The routes of an answer by their legs."""
    found: list[Way] = []
    for _, legs in routes.legs.groupby("label", sort=False):  # type: ignore[attr-defined]
        driven = legs[legs["kind"] == "leg"]
        found.append(
            {
                "hours": float(legs["hours"].sum()),
                "usd": float(legs["usd"].sum()),
                "km": driven.groupby("element_id")["km"].sum().to_dict(),
                "crossings": legs.loc[legs["kind"] == "crossing", "element_id"].tolist(),
            }
        )
    return found


def ask() -> None:
    """Answer all questions with the corridors that this process finds, and print them as JSON."""
    import corridors as cr

    net = cr.load()
    common = {"depart": DAY, "as_of": DAY}
    found: dict[str, list[list[Way]]] = {method: [] for method in (*METHODS, "bests")}
    took = []
    for pair in PAIRS:
        for method in METHODS:
            start = time.process_time()
            routes = net.routes(*pair, k=4, method=method, **common)
            if method == "corridors":
                routes.table, routes.legs, routes.rejected  # noqa: B018  # worked out when read
                took.append(time.process_time() - start)
            found[method].append(ways(routes))
        bests = []
        for modes, by in itertools.product(MODES, ("hours", "usd")):
            try:
                bests += ways(net.routes(*pair, k=1, by=by, modes=modes, **common))
            except cr.NoRoute:
                continue
        found["bests"].append(bests)
    print(json.dumps({"found": found, "ms": 1000 * statistics.median(took)}))


def overlap(a: Way, b: Way) -> float:
    """Share of the shorter one's km that both use."""
    shared = sum(km for leg, km in a["km"].items() if leg in b["km"])
    return shared / min(sum(a["km"].values()), sum(b["km"].values()))


def beaten(one: Way, others: list[Way]) -> bool:
    """Whether another takes less in days and US$."""
    return any(o["hours"] * SAME < one["hours"] and o["usd"] * SAME < one["usd"] for o in others)


def measures(found: dict[str, list[list[Way]]], method: str) -> list[str]:
    """The figures of one method, as the columns of the table."""
    answers = found[method]
    everything = [[way for name in found for way in found[name][i]] for i in range(len(PAIRS))]
    stretch = [max(w["hours"] for w in some) / min(w["hours"] for w in some) for some in answers]
    shared = [overlap(a, b) for some in answers for a, b in itertools.combinations(some, 2)]
    has = {
        by: sum(
            min(w[by] for w in some) <= SAME * min(w[by] for w in every)
            for some, every in zip(answers, everything, strict=True)
        )
        for by in ("hours", "usd")
    }
    return [
        f"{statistics.mean(map(len, answers)):.1f}",
        f"{statistics.median(stretch):.2f} ({max(stretch):.2f})",
        f"{statistics.median(shared):.2f} ({max(shared):.2f})",
        f"{statistics.mean(len({tuple(w['crossings']) for w in some}) for some in answers):.1f}",
        f"{sum(beaten(w, some) for some in answers for w in some)} of {sum(map(len, answers))}",
        f"{has['hours']} of {len(PAIRS)}",
        f"{has['usd']} of {len(PAIRS)}",
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--old", type=Path, help="folder of another checkout")
    parser.add_argument("--ask", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.ask:
        ask()
        return
    here = Path(__file__).parents[1]
    print(
        "| version | method | found of 4 | hours of the slowest / best, median (most) | overlap of two, median (most) "
        "| border sequences | beaten in days and US$ | has the fastest | has the cheapest |"
    )
    print("| --- | --- |" + " ---: |" * 7)
    took = {}
    for name, folder in {"old": given.old, "new": here}.items():
        if folder is None:
            continue
        done = subprocess.run(
            [sys.executable, __file__, "--ask"],
            env={**os.environ, "PYTHONPATH": str(folder.resolve())},
            cwd=folder,
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
        said = json.loads(done.stdout)
        took[name] = said["ms"]
        for method in METHODS:
            print(f"| {name} | {method} | " + " | ".join(measures(said["found"], method)) + " |", flush=True)
    print("\nCPU time of `net.routes(k=4)` with table, legs and rejected, median: ", end="")
    print(", ".join(f"{name} {ms:.0f} ms" for name, ms in took.items()))


if __name__ == "__main__":
    main()

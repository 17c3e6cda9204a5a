"""What a user waits for: every call of many questions, as called, here and in an older version, side by side.

    python benchmarks/calls.py                              # all rows against 8d522ed
    python benchmarks/calls.py matrix catchment --n 10      # rows whose names begin so, with ten places a side
    python benchmarks/calls.py --against main --compiled    # another version, compiled searches only

The older version is taken out of git into a temporary folder, with the data of its own. Every measurement has a process
of its own, old and new in turn, and counts CPU time (`time.process_time`, with that of child processes), so that other
work on the machine counts less; a row has the medians of `--times` runs, and the median of the ratios of runs that
followed each other. `first` is the first call in a process that has loaded the network, `again` the same call once
more, where the first took no longer than twenty seconds. Data of 0.1.0 and today's cannot be read by the other version,
so that their answers differ; whether the work on speed changed any is told against `--same-as`, a version that reads
the data of this checkout, asked each row once.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parents[1]
DEPART = "2026-04-15"
PORTS = ("Karachi", "Bandar Abbas", "Poti")
PAIRS = (
    ("Almaty", "Karachi"),
    ("Tashkent", "Gwadar"),
    ("Bishkek", "Bandar Abbas"),
    ("Dushanbe", "Mersin"),
)
LONG = 20.0
"""CPU seconds of a call that is not asked again."""
Call = Callable[[Any, Any, int], Any]
"""What is timed: of the library, the network and the size; gives the answer."""


class Row(NamedTuple):
    """A call to measure, and on what."""

    call: Call
    detail: str = "backbone"
    sizes: tuple[int, ...] = (0,)
    fresh: bool = False
    """Whether import and load count."""


def towns(net: Any, n: int, seed: int) -> list[str]:
    """Seeded cities of the network."""
    import numpy as np

    cities = sorted(net.places.query("kind == 'city'")["place_id"])
    return [str(one) for one in np.random.default_rng(seed).choice(cities, n, replace=False)]


def quiet(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """A call without a progress bar, where it has one."""
    try:
        return function(*args, progress=False, **options)
    except (TypeError, ValueError):
        return function(*args, **options)


def numbers(frame: Any) -> list[float]:
    """The figures of a table."""
    return [float(x) for x in frame.select_dtypes("number").to_numpy().ravel()]


def taken(table: Any) -> list[float]:
    """Hours and US$ of routes, by whichever columns a version has them in."""
    hours = table["hours"] if "hours" in table else table["days"] * 24
    return [*map(float, hours), *map(float, table["usd"])]


def matrix(by: str) -> Call:
    """Cities by cities."""

    def call(cr: Any, net: Any, n: int) -> Any:
        return numbers(quiet(net.matrix, towns(net, n, 1), towns(net, n, 2), depart=DEPART, by=by))

    return call


def catchment(cr: Any, net: Any, n: int) -> Any:
    """Three ports, all cities (or n of them)."""
    some = {"origins": towns(net, n, 3)} if n else {}
    return numbers(quiet(net.catchment, list(PORTS), depart=DEPART, **some))


def reach(cr: Any, net: Any, n: int) -> Any:
    """One origin, all places."""
    return numbers(net.reach("Tashkent", depart=DEPART).places[["hours"]])


def assign(cr: Any, net: Any, n: int) -> Any:
    """Rows of demand, all different."""
    import pandas as pd

    demand = pd.DataFrame({"origin": towns(net, n, 4), "destination": towns(net, n, 5), "tonnes_year": 1000.0})
    demand = demand[demand["origin"] != demand["destination"]]
    try:
        return numbers(quiet(net.assign, demand, depart=DEPART).routes)
    except (cr.CorridorsError, ValueError):  # as older versions name the column
        return numbers(quiet(net.assign, demand.rename(columns={"tonnes_year": "tonnes"}), depart=DEPART).routes)


def assign_alike(cr: Any, net: Any, n: int) -> Any:
    """Rows of demand, all of one pair."""
    import pandas as pd

    demand = pd.DataFrame({"origin": ["Almaty"] * n, "destination": "Karachi", "tonnes_year": 1000.0})
    try:
        return numbers(quiet(net.assign, demand, depart=DEPART).routes)
    except (cr.CorridorsError, ValueError):  # as older versions name the column
        return numbers(quiet(net.assign, demand.rename(columns={"tonnes_year": "tonnes"}), depart=DEPART).routes)


def availability(cr: Any, net: Any, n: int) -> Any:
    """A year of departures."""
    return numbers(quiet(net.availability, *PAIRS[0], year=2026).table[["days", "open"]])


def redundancy(cr: Any, net: Any, n: int) -> Any:
    """A year of independent routes."""
    return numbers(quiet(net.redundancy, *PAIRS[0], year=2026))


def bottleneck(cr: Any, net: Any, n: int) -> Any:
    """Units a day."""
    found = net.bottleneck(*PAIRS[0], depart=DEPART)
    return [found.units_day_low, found.units_day_high]


def cut_sets(cr: Any, net: Any, n: int) -> Any:
    """Sets of up to three crossings."""
    try:
        found = net.cut_sets(*PAIRS[0], depart=DEPART, max_size=3)
    except (TypeError, ValueError):
        found = net.cut_sets(*PAIRS[0], depart=DEPART, most=3)
    return sorted(found["elements"])


def criticality(cr: Any, net: Any, n: int) -> Any:
    """Every crossing on the way of four pairs."""
    return numbers(quiet(net.criticality, list(PAIRS), depart=DEPART)[["extra_hours", "extra_usd"]])


def sweep(cr: Any, net: Any, n: int) -> Any:
    """Four pairs, two scenarios, five departures."""
    closed = cr.Scenario("Khunjerab closed").close("Khunjerab", "2026-01-01", "2026-12-31")
    days = [f"2026-0{month}-15" for month in range(1, 6)]
    return numbers(cr.sweep(net, list(PAIRS), [None, closed], days, progress=False))


def pool(cr: Any, net: Any, n: int) -> Any:
    """96 questions in two processes."""
    from concurrent.futures import ProcessPoolExecutor

    days = [f"2026-{month:02d}-{day:02d}" for month in range(1, 13) for day in (1, 15)]
    with ProcessPoolExecutor(2) as workers:
        return numbers(cr.sweep(net, list(PAIRS), [None], days, executor=workers, progress=False))


def routes(cr: Any, net: Any, n: int) -> Any:
    """Four alternatives with table, legs and rejected, for 20 pairs in turn: figures of the first ones."""
    found = []
    for pair in zip(towns(net, 20, 6), towns(net, 20, 7), strict=True):
        try:
            answer = net.routes(*pair, depart=DEPART, k=4)
        except (cr.NoRoute, cr.CorridorsError):
            continue
        found += [*taken(answer.table), len(answer.legs), len(answer.rejected)]
    return found


def by_usd(cr: Any, net: Any, n: int) -> Any:
    """The cheapest routes of one pair."""
    return numbers(net.routes(*PAIRS[0], depart=DEPART, k=4, by="usd").table[["usd"]])


def yen(cr: Any, net: Any, n: int) -> Any:
    """Yen's four best."""
    return taken(net.routes(*PAIRS[0], depart=DEPART, k=4, method="yen").table)


def first_answer(cr: Any, net: Any, n: int) -> Any:
    """The first question of a process, with its table."""
    return taken(net.routes(*PAIRS[0], depart=DEPART, k=4).table)


def report(cr: Any, net: Any, n: int) -> Any:
    """The report of an answer that stands."""
    answer = net.routes(*PAIRS[0], depart=DEPART, k=4)
    with tempfile.TemporaryDirectory() as folder:
        answer.report(Path(folder) / "report.html")
    return []


def explore(cr: Any, net: Any, n: int) -> Any:
    """The map of an answer, written."""
    answer = net.routes(*PAIRS[0], depart=DEPART, k=4)
    with tempfile.TemporaryDirectory() as folder:
        answer.explore().save(Path(folder) / "map.html")
    return []


def to_file(suffix: str) -> Call:
    """The network, written."""

    def call(cr: Any, net: Any, n: int) -> Any:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"net.{suffix}"
            net.to_file(path)
            return [path.stat().st_size]

    return call


def cargoes(cr: Any, net: Any, n: int) -> Any:
    """One question for each load: mostly a matter of memory."""
    found = []
    for cargo in net.cargo["cargo_id"]:
        try:
            found += taken(net.routes(*PAIRS[0], depart=DEPART, k=1, cargo=cargo).table)
        except cr.CorridorsError:
            continue
    return found


def screen(cr: Any, net: Any, n: int) -> Any:
    """Each crossing closed in turn, twelve months."""
    crossings = list(net.crossings["element_id"].unique())
    found = net.screen(list(PAIRS), [None, *(cr.Scenario(one).close(one) for one in crossings)])
    return numbers(found[["hours"]])


ROWS = {
    "matrix hours": Row(matrix("hours"), sizes=(10, 50)),
    "matrix usd": Row(matrix("usd"), sizes=(10,)),
    "matrix hours, detail": Row(matrix("hours"), "full", (10,)),
    "catchment": Row(catchment),
    "reach": Row(reach),
    "assign": Row(assign, sizes=(100,)),
    "assign, one pair": Row(assign_alike, sizes=(400,)),
    "bottleneck, detail": Row(bottleneck, "full"),
    "availability": Row(availability),
    "availability, detail": Row(availability, "full"),
    "redundancy": Row(redundancy),
    "redundancy, detail": Row(redundancy, "full"),
    "cut_sets, detail": Row(cut_sets, "full"),
    "criticality": Row(criticality),
    "screen": Row(screen),
    "sweep": Row(sweep),
    "sweep, detail": Row(sweep, "full"),
    "pool of two": Row(pool, "full"),
    "routes, table, legs, rejected x 20": Row(routes),
    "routes by usd, detail": Row(by_usd, "full"),
    "routes yen, detail": Row(yen, "full"),
    "first answer, fresh process": Row(first_answer, fresh=True),
    "report": Row(report),
    "report, detail": Row(report, "full"),
    "explore and save": Row(explore),
    "explore and save, detail": Row(explore, "full"),
    "to_file kml, detail": Row(to_file("kml"), "full"),
    "to_file graphml, detail": Row(to_file("graphml"), "full"),
    "to_file geojson, detail": Row(to_file("geojson"), "full"),
    "all cargoes": Row(cargoes),
    "all cargoes, detail": Row(cargoes, "full"),
}


def spent() -> float:
    """CPU seconds of this process and of the children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def measure(name: str, n: int, compiled: bool, data: str) -> None:
    """One row in this process, as JSON."""
    row = ROWS[name]
    begun = spent()
    import corridors as cr

    net = cr.load(data or None, detail=row.detail)
    if compiled:
        cr.compile_searches()
    if not row.fresh:
        begun = spent()
    wall = time.perf_counter()
    answer = row.call(cr, net, n)
    first, wall = spent() - begun, time.perf_counter() - wall
    begun = spent()
    if row.fresh or name == "pool of two" or first > LONG:
        again = 0.0
    else:
        row.call(cr, net, n)
        again = spent() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"first": first, "again": again, "wall": wall, "mb": peak, "answer": answer}))


@cache
def bytecode() -> str:
    """Folder of compiled modules, for checkouts that nobody installed."""
    return tempfile.mkdtemp(prefix="bytecode")


def run(checkout: Path, name: str, n: int, compiled: bool, data: str = "") -> dict[str, Any]:
    """One row in a process of its own, with the library of a checkout."""
    command = [sys.executable, __file__, "--measure", name, "--n", str(n), "--data", data]
    environment = {**os.environ, "PYTHONPATH": str(checkout), "PYTHONPYCACHEPREFIX": bytecode()}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed: nobody's process compiles every module anew
    if not compiled:
        environment |= {"NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [*command, *(["--compiled"] if compiled else [])], capture_output=True, text=True, env=environment, cwd="/"
    )
    if done.returncode:
        return {"error": done.stderr.strip().splitlines()[-1] if done.stderr else "ended"}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def same(old: Any, new: Any) -> str:
    """Whether two answers agree, in a word."""
    if len(old) != len(new):
        return "no"
    for a, b in zip(old, new, strict=True):
        if a != b and not (a != a and b != b) and not (isinstance(a, float) and abs(a - b) <= 1e-6 * max(1, abs(a))):
            return "no"
    return "yes"


def checkout(version: str, folder: Path) -> Path | None:
    """Folder with the files of a version, taken out of git if it is none itself; nothing of no version."""
    if not version or Path(version).is_dir():
        return Path(version).resolve() if version else None
    archive = subprocess.run(["git", "archive", version], cwd=HERE, check=True, capture_output=True).stdout
    found = folder / version
    found.mkdir()
    subprocess.run(["tar", "x", "-C", str(found)], input=archive, check=True)
    return found


def compare(rows: list[str], old: Path, before: Path | None, options: argparse.Namespace) -> None:
    """All rows, old and new in turn, as a Markdown table."""
    print(
        "| call | searches | old, s: first (again) | new, s: first (again) "
        "| times faster | MB old, new | answers unchanged |"
    )
    print("| --- | --- | ---: | ---: | ---: | ---: | --- |", flush=True)
    for one in (old, HERE):
        for compiled in options.kinds:
            run(one, "first answer, fresh process", 0, compiled)  # not counted: modules and kernels are compiled here
    for name in rows:
        for n in [options.n] if options.n and ROWS[name].sizes != (0,) else ROWS[name].sizes:
            known = run(before, name, n, False, str(HERE / "geodata")) if before else {}
            for compiled in options.kinds:
                found: dict[Path, list[dict[str, Any]]] = {old: [], HERE: []}
                for _ in range(options.times):
                    for checkout, some in found.items():
                        some.append(run(checkout, name, n, compiled))
                print(line(name, n, compiled, found[old], found[HERE], known.get("answer")), flush=True)
    print(f"\nload of the machine at the end: {os.getloadavg()[1]:.1f} of {os.cpu_count()} cores, over five minutes")


def line(
    name: str, n: int, compiled: bool, old: list[dict[str, Any]], new: list[dict[str, Any]], known: Any = None
) -> str:
    """A row of the table."""
    title = f"`{name}`" + (f", {n} x {n}" if n and "matrix" in name else f", {n}" if n else "")
    kind = "compiled" if compiled else "Python"
    if wrong := [one["error"] for one in (*old, *new) if "error" in one]:
        return f"| {title} | {kind} | | | | | {wrong[0]} |"
    middle = [
        {key: statistics.median(one[key] for one in some) for key in ("first", "again", "mb", "wall")}
        for some in (old, new)
    ]
    shown = [f"{one['first']:.3g}" + (f" ({one['again']:.3g})" if one["again"] else "") for one in middle]
    if name == "pool of two":
        shown = [f"{one['first']:.3g}, wall {one['wall']:.3g}" for one in middle]
    faster = [
        f"{statistics.median(a[key] / max(b[key], 1e-6) for a, b in zip(old, new, strict=True)):.1f}"
        for key in ("first", "again")
    ]
    memory = f"{middle[0]['mb']:.0f}, {middle[1]['mb']:.0f}"
    words = f"{faster[0]} ({faster[1]})" if all(one["again"] for one in middle) else faster[0]
    equal = "" if known is None else same(known, new[0]["answer"])
    return f"| {title} | {kind} | {shown[0]} | {shown[1]} | {words} | {memory} | {equal} |"


def main() -> None:
    """Measure or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", help="beginnings of rows; none: all")
    parser.add_argument("--against", default="8d522ed", help="version in git, or a folder that holds one")
    parser.add_argument("--n", type=int, default=0, help="places a side, or rows")
    parser.add_argument("--times", type=int, default=3, help="runs of each, in turn")
    parser.add_argument("--same-as", default="", help="version whose answers today's should equal, such as main")
    parser.add_argument("--compiled", action="store_true", help="only compiled")
    parser.add_argument("--python", action="store_true", help="only in Python")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--data", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure, options.n, options.compiled, options.data)
        return
    options.kinds = [True] if options.compiled else [False] if options.python else [False, True]
    wanted = [name for one in options.rows for name in ROWS if name.startswith(one)]
    rows = list(dict.fromkeys(wanted)) or list(ROWS)
    with tempfile.TemporaryDirectory() as folder:
        old, before = (checkout(one, Path(folder)) for one in (options.against, options.same_as))
        assert old is not None
        compare(rows, old, before, options)


if __name__ == "__main__":
    main()

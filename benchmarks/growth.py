"""How a network of one's own grows: load, questions, a matrix and memory on square grids of roads.

    python benchmarks/growth.py                     # 10,000 to 1,000,000 edges, and sizes between: minutes, 3 GB
    python benchmarks/growth.py 50000 --events 10000 --calendars 1000
    python benchmarks/growth.py 5000 --calendars 3000 --rules 3

Every grid has a process of its own, as called (`Network.from_frames`), in Python unless numba has compiled the searches
on this machine (`cr.compile_searches()`) and `--compiled` is given. CPU seconds, with the peak of the process's memory;
`--times` runs, the median of each figure. A leg is two edges, one a direction.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

LEGS = (5_000, 40_000, 50_000, 100_000, 500_000)
ASK = {"depart": "2026-04-15", "as_of": "2026-11-01"}
PLACES = 20
"""A side of the matrix."""
WEST, SOUTH, STEP = 62.0, 45.0, 0.01
"""The steppe between Aral and Balkhash: all of it in one country, so that nothing is cut at a border."""


def grid(legs: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Places and legs of a square grid with so many legs, of seeded lengths."""
    from pyproj import Geod

    side = round((1 + np.sqrt(1 + 2 * legs)) / 2)
    number = np.arange(side * side).reshape(side, side)
    lat, lon = np.divmod(number.ravel(), side)
    places = pd.DataFrame(
        {"place_id": [f"p{i}" for i in number.ravel()], "lon": WEST + STEP * lon, "lat": SOUTH + STEP * lat}
    )
    first = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    then = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    at = places[["lon", "lat"]].to_numpy()
    km = Geod(ellps="WGS84").inv(*at[first].T, *at[then].T)[2] / 1000
    longer = np.random.default_rng(20261129).uniform(1.0, 1.5, len(km))
    names = places["place_id"].to_numpy()
    table = pd.DataFrame({"from_place": names[first], "to_place": names[then], "mode": "road", "km": km * longer})
    return places, table


def rows(table: pd.DataFrame, n: int) -> pd.DataFrame:
    """Rows of a table, with nothing in them."""
    return pd.DataFrame({name: [False if name == "contested" else ""] * n for name in table.columns})


def hours_of_work(rules: int, hour: int, minute: int) -> str:
    """Opening hours of so many rules: weekdays, Saturdays, a season's break."""
    begin, end = f"{hour:02d}:{minute:02d}", f"{hour + 9:02d}:{minute:02d}"
    some = (f"Mo-{'Sa' if rules == 1 else 'Fr'} {begin}-{end}", f"Sa {begin}-13:00", f"Jan {1 + minute // 2} off")
    return "; ".join(some[:rules])


def closing(net: Any, events: int, calendars: int, rules: int) -> Any:
    """The network with so many dated closures and hours of work, of seeded legs."""
    rng, tables = np.random.default_rng(20261129), dict(net.facts.tables)
    ids = tables["legs"]["leg_id"].to_numpy()
    if events:
        shut = pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 300, events), unit="D")
        table = rows(tables["events"], events).assign(
            event_id=[f"made_{i}" for i in range(events)],
            element_id=rng.choice(ids, events, replace=len(ids) < events),
            effect="close",
            start=shut.strftime("%Y-%m-%d"),
            end=(shut + pd.Timedelta(days=20)).strftime("%Y-%m-%d"),
            known_from=shut.strftime("%Y-%m-%d"),
            end_known_from=shut.strftime("%Y-%m-%d"),
        )
        tables["events"] = pd.concat([tables["events"], table], ignore_index=True)
    if calendars:
        minutes = (0,) if rules == 1 else range(60)
        known = [hours_of_work(rules, hour, minute) for hour in range(5, 12) for minute in minutes]
        table = rows(tables["calendars"], calendars).assign(
            regime="operated",
            element_id=rng.choice(ids, calendars, replace=False),
            place_id="p0",
            rule=rng.choice(known, calendars),
        )
        tables["calendars"] = pd.concat([tables["calendars"], table], ignore_index=True)
    return type(net)(replace(net.facts, tables=tables))


def asked(net: Any, origin: str, destination: str) -> pd.DataFrame:
    """The best route, with its ranges."""
    table: pd.DataFrame = net.routes(origin, destination, k=1, **ASK).table
    return table


def measure(legs: int, events: int, calendars: int, rules: int, compiled: bool) -> None:
    """One grid in this process, as JSON."""
    import corridors as cr

    if compiled:
        cr.compile_searches()
    frames = grid(legs)
    took: dict[str, float] = {"edges": 2 * len(frames[1])}
    begun = time.process_time()

    def lap(name: str) -> None:
        nonlocal begun
        took[name] = time.process_time() - begun
        begun = time.process_time()

    net = cr.Network.from_frames(*frames, country="KZ")
    lap("load")
    if events or calendars:
        net = closing(net, events, calendars, rules)
        begun = time.process_time()
    names = frames[0]["place_id"]
    asked(net, names.iloc[0], names.iloc[-1])
    lap("first")
    took["mb_first"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    asked(net, names.iloc[1], names.iloc[-2])
    lap("next")
    some = np.random.default_rng(1).choice(names, 2 * PLACES, replace=False)
    net.matrix(list(some[:PLACES]), list(some[PLACES:]), **ASK, progress=False)
    lap("matrix")
    took["mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(took))


def main() -> None:
    """Measure all grids, as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("legs", nargs="*", type=int, default=LEGS)
    parser.add_argument("--events", type=int, default=0)
    parser.add_argument("--calendars", type=int, default=0)
    parser.add_argument("--rules", type=int, default=1, choices=(1, 2, 3), help="of each calendar")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--compiled", action="store_true")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.legs[0], options.events, options.calendars, options.rules, options.compiled)
        return
    given = {name: str(getattr(options, name)) for name in ("events", "calendars", "rules")}
    more = [word for name, value in given.items() for word in (f"--{name}", value)] + ["--measure"]
    environment = dict(os.environ) if options.compiled else {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    print(
        "| legs | edges | events, calendars | load, s | first question, s | another, s "
        f"| {PLACES} x {PLACES} matrix, s | MB after the first question | at the end |"
    )
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    for legs in options.legs:
        command = [sys.executable, __file__, str(legs), *more, *(["--compiled"] if options.compiled else [])]
        runs: list[dict[str, float]] = []
        for _ in range(options.times):
            done = subprocess.run(command, capture_output=True, text=True, env=environment)
            if done.returncode:
                break
            runs.append(json.loads(done.stdout.splitlines()[-1]))
        if len(runs) < options.times:
            print(f"| {legs:,} | {done.stderr.strip().splitlines()[-1] if done.stderr else 'ended'} |", flush=True)
            continue
        took = {name: statistics.median(one[name] for one in runs) for name in runs[0]}
        seconds = " | ".join(f"{took[name]:.3g}" for name in ("load", "first", "next", "matrix"))
        made = f"{options.events:,}, {options.calendars:,}"
        sizes = f"{took['mb_first']:,.0f} | {took['mb']:,.0f}"
        print(f"| {int(took['edges'] / 2):,} | {int(took['edges']):,} | {made} | {seconds} | {sizes} |", flush=True)


if __name__ == "__main__":
    main()

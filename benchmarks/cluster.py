"""A sweep on Dask, scheduler and workers each a process of its own: what a slice takes, and what a million would.

    python benchmarks/cluster.py                        # 2,000 questions: one process, two, one worker of Dask and two
    python benchmarks/cluster.py --questions 500
    python benchmarks/cluster.py --questions 10000 --processes  # without Dask

The slice is a part of a sweep of a million on the backbone: pairs of cities, four scenarios, 25 days each. It is
kept in a folder, broken off half-way and gone on with; the rows must be the same to the byte each time. A few questions
before it have every process begin. CPU seconds of the processes are told apart, for whoever does most alone is what
breaks first; the time on more workers is computed from them: the work shared out, or what the busiest single process
needs, whichever is more.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

import corridors as cr

MILLION = 1_000_000
DAYS = 25
GATES = ("Khunjerab", "Torugart", "Hairatan")


class Cluster(NamedTuple):
    """Processes on this machine, over TCP."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]


@contextmanager
def cluster(n: int, folder: Path) -> Iterator[Cluster]:
    """A scheduler and so many workers of one thread."""
    file, running = folder / f"scheduler_{n}.json", list[subprocess.Popen[bytes]]()

    def start(module: str, *options: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.{module}", "--scheduler-file", str(file), "--no-dashboard"]
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        where = {**os.environ, "PYTHONPATH": str(Path(cr.__file__).parents[1])}
        running.append(subprocess.Popen([*command, *options], env=where, cwd=folder, **quiet))

    try:
        start("dask_scheduler", "--host", "127.0.0.1", "--port", "0")
        while not (file.exists() and file.stat().st_size):
            time.sleep(0.05)
        for _ in range(n):
            start("dask_worker", "--no-nanny", "--nthreads", "1", "--host", "127.0.0.1")
        yield Cluster(json.loads(file.read_text())["address"], running[0], running[1:])
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait(30)


def cpu(*processes: int) -> float:
    """CPU seconds of some processes."""
    import psutil

    return sum(sum(psutil.Process(one).cpu_times()[:2]) for one in processes)


def megabytes(process: int) -> float:
    """Memory of a process."""
    import psutil

    return float(psutil.Process(process).memory_info().rss / 2**20)


def questions(net: cr.Network, n: int) -> dict[str, Any]:
    """Pairs, scenarios and days of a slice of so many questions."""
    import numpy as np

    scenarios = [None, *(cr.Scenario(f"{gate} closed").close(gate) for gate in GATES)]
    days = pd.date_range("2026-01-05", periods=DAYS, freq="14D").strftime("%Y-%m-%d").tolist()
    cities = sorted(net.places.query("kind == 'city'")["place_id"])
    ends = np.random.default_rng(20261129).choice(cities, (max(1, n // (len(scenarios) * DAYS)), 2))
    return {"pairs": [(str(a), str(b)) for a, b in ends if a != b], "scenarios": scenarios, "departures": days}


def on_two_processes(asked: dict[str, Any], known: pd.DataFrame, alone: float) -> None:
    """A row of the table, and what of the work is questions: the rest is handing them out and waiting for nothing."""
    few = {**asked, "pairs": asked["pairs"][:2]}
    with ProcessPoolExecutor(2) as executor:
        net = cr.load()
        cr.sweep(net, **few, executor=executor, progress=False)
        workers = list(executor._processes)
        begun, spent, before = time.perf_counter(), time.process_time(), [cpu(one) for one in workers]
        frame = cr.sweep(net, **asked, executor=executor, progress=False)
        wall, caller = time.perf_counter() - begun, time.process_time() - spent
        worked = [cpu(one) - ago for one, ago in zip(workers, before, strict=True)]
        size = megabytes(workers[0])
    pd.testing.assert_frame_equal(frame, known, check_exact=True)
    print(f"| two processes, no Dask | | {wall:.1f} | {sum(worked):.1f} | {caller:.2f} | | {size:.0f} |", flush=True)
    share = alone / (sum(worked) + caller)
    print(f"\nof two processes: {100 * share:.0f} % of their work is that of one; the longer had {max(worked):.1f} s\n")


def broken_off(asked: dict[str, Any], folder: Path) -> int:
    """Parts that are in the folder after a sweep was killed half-way."""
    code = (
        "import corridors as cr, pickle, sys\n"
        "cr.sweep(cr.load(), **pickle.load(open(sys.argv[1], 'rb')), progress=False, folder=sys.argv[2])"
    )
    import pickle

    with tempfile.NamedTemporaryFile(suffix=".pkl") as file:
        file.write(pickle.dumps(asked))
        file.flush()
        where = {**os.environ, "PYTHONPATH": str(Path(cr.__file__).parents[1])}
        process = subprocess.Popen([sys.executable, "-c", code, file.name, str(folder)], env=where)
        half = len(asked["pairs"]) * len(asked["scenarios"]) // 2
        while len(list(folder.glob("part-*.parquet"))) < half:
            assert process.poll() is None, "the sweep ended before it could be broken off"
            time.sleep(0.01)
        process.kill()
        process.wait()
    return len(list(folder.glob("part-*.parquet")))


def main() -> None:
    """Measure, and print what it comes to."""
    from distributed import Client

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=2_000)
    parser.add_argument("--processes", action="store_true", help="only without Dask")
    options = parser.parse_args()
    net = cr.load()
    asked = questions(net, options.questions)
    few = {**asked, "pairs": asked["pairs"][:2]}
    cr.sweep(net, **few, progress=False)
    begun, spent = time.perf_counter(), time.process_time()
    known = cr.sweep(net, **asked, progress=False)
    n = len(known)
    alone = time.process_time() - spent
    print(f"{n:,} questions, {len(asked['pairs']) * len(asked['scenarios'])} parts\n")
    print("| run | to begin, s | wall, s | CPU, s: workers | caller | scheduler | MB of a worker, scheduler |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    print(f"| one process, no Dask | | {time.perf_counter() - begun:.1f} | {alone:.1f} | | | |", flush=True)
    if options.processes:
        on_two_processes(asked, known, alone)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for count in (1, 2):
            with cluster(count, folder) as running, Client(running.address) as client:
                client.wait_for_workers(count, timeout=60)
                workers, executor = [one.pid for one in running.workers], client.get_executor()
                begun = time.perf_counter()
                cr.sweep(net, **few, executor=executor, progress=False)
                began = time.perf_counter() - begun
                before = time.process_time(), cpu(*workers), cpu(running.scheduler.pid)
                begun = time.perf_counter()
                parts = folder / f"parts_{count}"
                frame = cr.sweep(net, **asked, executor=executor, progress=False, folder=parts)
                wall = time.perf_counter() - begun
                after = time.process_time(), cpu(*workers), cpu(running.scheduler.pid)
                caller, worked, scheduled = (b - a for a, b in zip(before, after, strict=True))
                sizes = f"{megabytes(workers[0]):.0f}, {megabytes(running.scheduler.pid):.0f}"
                pd.testing.assert_frame_equal(frame, known, check_exact=True)
                print(
                    f"| Dask, workers: {count}, in a folder | {began:.1f} | {wall:.1f} | {worked:.1f} "
                    f"| {caller:.2f} | {scheduled:.2f} | {sizes} |",
                    flush=True,
                )
        size = sum(file.stat().st_size for file in parts.glob("part-*.parquet"))
        half = broken_off(asked, folder / "broken")
        begun = time.perf_counter()
        frame = cr.sweep(net, **asked, progress=False, folder=folder / "broken")
        again = time.perf_counter() - begun
        pd.testing.assert_frame_equal(frame, known, check_exact=True)
        pd.testing.assert_frame_equal(
            pd.read_parquet(folder / "broken").sort_values(list(known), ignore_index=True),
            known.sort_values(list(known), ignore_index=True),
        )
    print(f"\nkilled after {half} parts, gone on with in {again:.1f} s; {size / n:.0f} bytes a question on disk")
    print(f"load of the machine: {os.getloadavg()[1]:.1f} of {os.cpu_count()} cores, over five minutes")
    times = MILLION / n
    print(f"\nA million questions, computed: {times * size / 2**30:.1f} GB on disk,")
    print(f"{times * known.memory_usage(deep=True).sum() / 2**30:.1f} GB in the table that the caller gets")
    for count in (1, 2, 10, 100):
        shared, single = times * worked / count, times * max(caller, scheduled)
        busiest = "the caller" if caller > scheduled else "the scheduler"
        limit = f" (held up by {busiest})" if single > shared else ""
        print(f"- {count} worker{'s' * (count > 1)}: {max(shared, single) / 60:,.0f} minutes{limit}")


if __name__ == "__main__":
    main()

"""Sweeps: the same bytes however they are run, and nothing lost when a worker or the whole run dies."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date, datetime
from multiprocessing import get_context
from pathlib import Path
from threading import Thread

import pandas as pd
import pytest

import corridors as cr
from corridors.analysis.sweeps import BASELINE, Data, digest
from tests.small import small_network, with_tables

CLOSED = cr.Scenario("pass closed").close("pass")
ROOT = Path(cr.__file__).parents[1]
PAIRS = [
    ("Almaty", "Karachi"),
    ("Tashkent", "Gwadar"),
    ("Bishkek", "Bandar Abbas"),
    ("Dushanbe", "Islamabad"),
    ("Samarkand", "Lahore"),
    ("Osh", "Quetta"),
]
DAYS = ["2026-01-15", "2026-04-15"]
GABD = cr.Scenario("Gabd closed").close("gabd_rimdan")


@pytest.fixture(scope="module")
def serial(net: cr.Network) -> pd.DataFrame:
    return cr.sweep(net, PAIRS, [None, GABD], DAYS, progress=False)


@pytest.fixture
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, get_context("spawn")) as executor:
        yield executor


def same(a: pd.DataFrame, b: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(a, b, check_exact=True)
    assert a.to_csv().encode() == b.to_csv().encode()


def test_rows_are_those_of_routes(net: cr.Network, serial: pd.DataFrame) -> None:
    asked = [(o, d, s, day) for o, d in PAIRS for s in (None, GABD) for day in DAYS]
    assert len(serial) == len(asked)
    for (origin, destination, scenario, day), row in zip(asked, serial.to_dict("records"), strict=True):
        first = net.routes(origin, destination, depart=day, scenario=scenario, k=1).full.iloc[0]
        assert (row["origin"], row["destination"], row["depart"]) == (origin, destination, day)
        assert row["scenario"] == (scenario.name if scenario else BASELINE)
        assert (row["route"], row["hours"], row["usd_p90"]) == (first["name"], first["hours"], first["usd_p90"])


def test_no_route_is_a_row_with_a_reason() -> None:
    frame = cr.sweep(
        small_network(),
        [("home", "town")],
        [None, CLOSED],
        [date(2025, 6, 2), datetime(2025, 6, 3, 9)],
        progress=False,
        as_of="2025-06-01",
        modes=["road"],
        avoid=["plain"],
    )
    assert frame["depart"].tolist() == ["2025-06-02", "2025-06-03T09:00:00"] * 2
    assert frame["hours"].notna().tolist() == [True, True, False, False]
    assert frame["note"].str.contains("cut by High Pass").tolist() == [False, False, True, True]
    assert frame.loc[2, ["route", "rests_on"]].tolist() == ["", ""]


@pytest.mark.slow
def test_processes_give_the_same_bytes(
    net: cr.Network, serial: pd.DataFrame, processes: Executor, tmp_path: Path
) -> None:
    same(serial, cr.sweep(net, PAIRS, [None, GABD], DAYS, processes, progress=False, folder=tmp_path / "a"))
    same(serial, cr.sweep(net, PAIRS, [None, GABD], DAYS, progress=False, folder=tmp_path / "b"))
    files = [{path.name: path.read_bytes() for path in (tmp_path / run).iterdir()} for run in "ab"]
    assert files[0] == files[1]
    assert len(files[0]) == len(PAIRS) * 2
    assert len(pd.read_parquet(tmp_path / "a")) == len(serial)


def test_a_network_that_lies_in_no_folder_is_handed_on_to_processes_and_threads(processes: Executor) -> None:
    net = small_network()
    assert Data.of(net.facts).folder is None
    ask = {"progress": False, "as_of": "2025-06-01"}
    pairs, days = [("home", "town"), ("town", "home")], ["2025-06-02", "2025-06-03"]
    plain = cr.sweep(net, pairs, [None, CLOSED], days, **ask)
    same(plain, cr.sweep(net, pairs, [None, CLOSED], days, processes, **ask))
    with ThreadPoolExecutor(3) as threads:
        same(plain, cr.sweep(net, pairs, [None, CLOSED], days, threads, **ask))


def test_changed_data_are_not_taken_for_those_of_their_folder(net: cr.Network) -> None:
    assert Data.of(net.facts).folder == ""
    rates = net.rates
    rates.loc[rates["quantity"] == "speed", "mode"] *= 2
    changed = with_tables(net, {**net.tables, "rates": rates})
    assert digest(changed.facts) != digest(net.facts)
    data = Data.of(changed.facts)
    assert data.folder is None
    assert digest(data.load()) == digest(changed.facts)


def test_a_worker_with_other_data_is_refused(net: cr.Network) -> None:
    from corridors.analysis.workers import _work

    wrong = Data("0" * 64, "", "backbone", b"")
    with pytest.raises(cr.DataError, match="not those of the sweep"):
        _work(wrong, lambda facts, item: facts, None)


@pytest.mark.slow
def test_what_is_interrupted_goes_on_and_redoes_nothing(
    net: cr.Network,
    serial: pd.DataFrame,
    tmp_path: Path,
) -> None:
    """A run in another process is killed after its second part; the next run keeps what was finished."""
    code = (
        "import json, sys, corridors as cr; pairs, days, folder = json.loads(sys.argv[1]);"
        "closed = cr.Scenario('Gabd closed').close('gabd_rimdan');"
        "cr.sweep(cr.load(), pairs, [None, closed], days, progress=False, folder=folder)"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code, json.dumps([PAIRS, DAYS, str(tmp_path)])],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    wait_for(lambda: len(list(tmp_path.glob("part-*.parquet"))) >= 2)
    run.kill()
    run.wait()
    (tmp_path / ".part-torn.parquet.1").write_bytes(b"PAR1 torn")
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.glob("part-*.parquet")}
    assert 2 <= len(kept) < len(PAIRS) * 2
    same(serial, cr.sweep(net, PAIRS, [None, GABD], DAYS, folder=tmp_path))
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    cr.sweep(net, PAIRS[:1], [None], DAYS, folder=tmp_path, by="km", progress=False)
    assert len(list(tmp_path.glob("part-*.parquet"))) == len(PAIRS) * 2 + 1


def test_a_damaged_or_foreign_part_is_asked_again(tmp_path: Path) -> None:
    """Cut short, a byte changed anywhere, another table, another part under its name: never taken for the answer."""
    net, ask = small_network(), {"progress": False, "as_of": "2025-06-01", "folder": tmp_path}
    days = ["2025-07-01", "2025-07-02"]
    right = cr.sweep(net, [("home", "town")], [None], days, **ask)
    other = cr.sweep(net, [("home", "town")], [None], ["2025-07-03", "2025-07-04"], **ask)
    assert not other["depart"].equals(right["depart"])
    kept = {path: path.read_bytes() for path in tmp_path.glob("part-*")}
    first, second = sorted(kept)
    part = next(p for p in kept if pd.read_parquet(p)["depart"].tolist() == days)
    whole = kept[part]

    def mended(content: bytes) -> None:
        part.write_bytes(content)
        same(right, cr.sweep(net, [("home", "town")], [None], days, **ask))
        assert part.read_bytes() == whole

    mended(b"")
    mended(whole[: len(whole) // 2])
    mended(kept[second if part == first else first])
    for at in range(4, len(whole) - 4, 97):
        part.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        same(right, cr.sweep(net, [("home", "town")], [None], days, **ask))
    pd.DataFrame({"x": [1]}).to_parquet(part)
    mended(part.read_bytes())
    part.unlink()
    part.mkdir()
    with pytest.raises(cr.CorridorsError, match="already exists"):
        cr.sweep(net, [("home", "town")], [None], days, **ask)


def test_a_question_that_makes_no_sense_keeps_what_is_finished(tmp_path: Path) -> None:
    net, ask = small_network(), {"progress": False, "as_of": "2025-06-01", "folder": tmp_path}
    with pytest.raises(cr.UnknownPlace):
        cr.sweep(net, [("home", "town"), ("home", "nowhere")], [None], ["2025-06-02"], **ask)
    with ThreadPoolExecutor(1) as threads, pytest.raises(cr.UnknownPlace):
        cr.sweep(net, [("home", "town"), ("home", "nowhere")], [None], ["2025-06-02"], threads, **ask)
    assert len(list(tmp_path.glob("part-*"))) == 1


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"pairs": []}, cr.BadRequest, "nothing to sweep"),
        ({"departures": "2025-06-02"}, cr.BadRequest, "must be a list"),
        ({"scenarios": CLOSED}, cr.BadRequest, "must be a list"),
        ({"scenarios": [CLOSED, cr.Scenario("pass closed")]}, cr.BadScenario, "two scenarios"),
        ({"scenarios": [cr.Scenario("baseline")]}, cr.BadScenario, "must not be called"),
        ({"k": 3}, cr.BadRequest, "k: not an argument"),
        ({"spede": 3}, cr.BadRequest, "spede: not an argument"),
    ],
)
def test_wrong_arguments(changes: dict, error: type[Exception], words: str) -> None:
    right = {"pairs": [("home", "town")], "scenarios": [None], "departures": ["2025-06-02"], "progress": False}
    with pytest.raises(error, match=words):
        cr.sweep(small_network(), **{**right, **changes})


def wait_for(there: object, seconds: float = 60) -> None:
    limit = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """A Dask scheduler and two workers without nannies, each a process of its own, over TCP on loopback."""
    address, running = tmp_path / "scheduler.json", []

    def start(module: str, *options: str) -> None:
        running.append(
            subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    f"distributed.cli.{module}",
                    "--scheduler-file",
                    str(address),
                    "--no-dashboard",
                    *options,
                ],
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                cwd=tmp_path,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )

    start("dask_scheduler", "--host", "127.0.0.1", "--port", "0")
    wait_for(address.exists)
    for _ in range(2):
        start("dask_worker", "--no-nanny", "--nthreads", "1", "--host", "127.0.0.1")
    yield json.loads(address.read_text())["address"], running[1:]
    for process in reversed(running):
        process.terminate()
        process.wait(30)


@pytest.mark.slow
def test_a_dask_worker_dies_and_nothing_is_lost(
    net: cr.Network, serial: pd.DataFrame, tmp_path: Path, cluster: tuple[str, list[subprocess.Popen]]
) -> None:
    from distributed import Client

    address, workers = cluster
    folder, seen = tmp_path / "parts", []

    def kill() -> None:
        wait_for(lambda: len(list(folder.glob("part-*.parquet"))) >= 2)
        workers[0].kill()
        seen.append(len(list(folder.glob("part-*.parquet"))))

    with Client(address) as client:
        client.wait_for_workers(2, timeout=60)
        assert address.startswith("tcp://127.0.0.1")
        killer = Thread(target=kill)
        killer.start()
        frame = cr.sweep(net, PAIRS, [None, GABD], DAYS, client.get_executor(), progress=False, folder=folder)
        killer.join()
        assert len(client.scheduler_info()["workers"]) == 1
    assert workers[0].wait(10) != 0
    assert seen[0] < len(PAIRS) * 2, "the worker died after the sweep, not during it"
    same(serial, frame)

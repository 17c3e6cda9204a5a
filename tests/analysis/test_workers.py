"""Calls of many questions give the same answer in this process, in others, and on Dask."""

import inspect
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import pandas as pd
import pytest

import corridors as cr
from corridors.routing.routes import Routes

PAIRS = [("Almaty", "Karachi"), ("Tashkent", "Gwadar")]
DAY = "2026-04-15"
KHUNJERAB = cr.Scenario("Khunjerab closed").close("Khunjerab")
CALLS: dict[str, Callable[..., pd.DataFrame]] = {
    "availability": lambda net, **how: net.availability(*PAIRS[0], year=2026, days=[1], k=2, **how).table,
    "criticality": lambda net, **how: net.criticality(PAIRS, depart=DAY, **how),
    "criticality of two": lambda net, **how: net.criticality(PAIRS[:1], depart=DAY, max_size=2, by_pair=True, **how),
    "cut_sets": lambda net, **how: net.cut_sets(
        "Kabul", "Karachi", depart=DAY, max_size=2, over="borders", modes=["road"], avoid=["IR"], **how
    ),
    "expected_loss": lambda net, **how: net.expected_loss(PAIRS[:1], depart=DAY, **how),
    "screen": lambda net, **how: net.screen(PAIRS, [None, KHUNJERAB], months=[1, 7], **how),
    "redundancy": lambda net, **how: net.redundancy(*PAIRS[0], year=2026, **how),
    "matrix": lambda net, **how: net.matrix(["Almaty", "Osh"], ["Karachi", "Baku"], depart=DAY, **how),
    "last_departure": lambda net, **how: net.routes(*PAIRS[0], depart=DAY, k=3)[1:].last_departure(
        "2026-06-20", "Torugart", **how
    ),
    "price_of_avoiding": lambda net, **how: net.routes(*PAIRS[0], depart=DAY, k=1).price_of_avoiding(
        ["UZ", "KG", "Kashgar"], **how
    ),
}


@pytest.fixture(scope="module")
def here(net: cr.Network) -> dict[str, pd.DataFrame]:
    return {name: call(net, progress=False) for name, call in CALLS.items()}


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, get_context("spawn")) as executor:
        yield executor


@pytest.mark.parametrize("name", CALLS)
def test_processes_answer_as_this_one_does(
    net: cr.Network, here: dict[str, pd.DataFrame], processes: Executor, name: str
) -> None:
    found = CALLS[name](net, executor=processes, progress=False)
    assert len(found)
    pd.testing.assert_frame_equal(found, here[name], check_exact=True)


def test_threads_answer_as_one_does(net: cr.Network, here: dict[str, pd.DataFrame]) -> None:
    with ThreadPoolExecutor(3) as threads:
        for name, call in CALLS.items():
            pd.testing.assert_frame_equal(call(net, executor=threads, progress=False), here[name], check_exact=True)


@pytest.mark.slow
def test_dask_answers_as_this_process_does(net: cr.Network, here: dict[str, pd.DataFrame]) -> None:
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        for name, call in CALLS.items():
            found = call(net, executor=client.get_executor(), progress=False)
            pd.testing.assert_frame_equal(found, here[name], check_exact=True)


@pytest.mark.parametrize("name", CALLS)
def test_what_hands_no_work_on_is_refused(net: cr.Network, name: str) -> None:
    with pytest.raises(cr.BadRequest, match=r"executor='two' is not a concurrent\.futures\.Executor"):
        CALLS[name](net, executor="two", progress=False)
    with pytest.raises(cr.BadRequest, match="progress"):
        CALLS[name](net, progress="no")


def test_whatever_shows_a_bar_can_be_spread() -> None:
    public: list[tuple[str, Any]] = [
        (f"{owner.__name__}.{name}", call)
        for owner in (cr.Network, Routes)
        for name, call in inspect.getmembers(owner, callable)
        if not name.startswith("_")
    ]
    shown = {name for name, call in public if "progress" in inspect.signature(call).parameters}
    spread = {name for name, call in public if "executor" in inspect.signature(call).parameters}
    assert {"Network.availability", "Network.screen", "Routes.last_departure"} <= spread
    assert spread <= shown
    assert shown - spread <= {"Network.refine"}, "a call of many questions takes no executor"

"""Arguments of every public call that make no sense: an answer, or an error of ours, or a TypeError that names one.

``CORRIDORS_FUZZ`` says how many cases a call gets; ``.ci/fuzz`` runs many. Every case changes one or two arguments of a
question that has an answer, on a network small enough for all analyses.
"""

from __future__ import annotations

import inspect
import os
import warnings
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import corridors as cr
from corridors.model.scenario import Change
from tests.small import small_network

mpl.use("agg")
CASES = int(os.environ.get("CORRIDORS_FUZZ", "12"))
NET = small_network(
    events=[{"element_id": "pass", "start": "2025-03-01", "end": "2025-03-20", "known_from": "2025-02-01"}],
    calendars=[{"element_id": "plain", "rule": "Mo-Fr 08:00-18:00"}],
)
DAY = "2025-06-02"
PAIRS = [("home", "town")]
ROUTES = NET.routes("home", "town", depart=DAY)
DEMAND = pd.DataFrame({"origin": ["home"], "destination": ["town"], "tonnes_year": [1000.0]})
PLACES = pd.DataFrame({"place_id": ["a", "b"], "lon": [69.6, 70.9], "lat": [42.3, 43.6]})
LEGS = pd.DataFrame({"from_place": ["a"], "to_place": ["b"], "mode": ["road"], "km": [215.0]})
SHUT = cr.Scenario("shut").close("pass", "2025-06-01")

# fmt: off
ODD: list[Any] = [
    *(None, True, False, 0, 1, -1, 2, 10**30, 0.0, -0.5, 1.0),
    *(1e300, float("inf"), float("nan"), 2 + 1j, Decimal("0.5")),
    *("", " ", "home", "town", "nowhere", "High Pass", "XA"),
    *("hours", "usd", "road", "2025-06-02", " 2025-06-02\n"),
    *("9999-12-31", "0001-01-01", "2025-02-30", "2025-06-02T25:00"),
    *("x" * 400, "a\0b", "=1+1", b"home", "\ud800"),
    *([], (), {}, set(), ["home"], ("home", "town"), {"home", "town"}),
    *({"home": 1.0}, [None], [[]], [1.0], [float("nan")]),
    *([("home", "town")], [("home",)], [("home", "town", "pass_a")]),
    *([SHUT], [SHUT, SHUT], [None, SHUT], ["hours", "usd"]),
    *((40.0, 40.0), (400.0, 40.0), [float("nan"), 0.0], [1, 11], [0], [29], range(3), (0.7, 1.3), (1.3, 0.7)),
    *(date(2025, 6, 2), date.max, date.min, datetime(2025, 6, 2, 14), datetime.max, pd.NaT, pd.NA),
    *(pd.Timestamp("2025-06-02", tz="UTC"), np.datetime64("2025-06-02")),
    *(np.datetime64("NaT"), np.datetime64("2300-01")),
    *(np.int64(2), np.float32(0.5), np.bool_(True), np.str_("home")),
    *(np.array("home"), np.array(["home"]), np.array([])),
    *(np.array([["home", "town"]]), np.array([1, 2]), np.zeros((2, 2))),
    *(pd.Series(["home"]), pd.Series([1.0]), pd.Index([])),
    *(pd.DataFrame({"a": [1]}), DEMAND, pd.array([1, None], dtype="Int64"), pd.Categorical(["home"])),
    *(SHUT, cr.Scenario("none"), cr.Cargo("c", 10)),
    *(cr.Cargo("c", 10, goods="nothing"), cr.Cargo("v", 20, unit="vehicle")),
    *(object(), object, len, Path("x"), Path("."), NET, ROUTES),
    *((one for one in ["home"]), Change("close", "pass")),
]
# fmt: on
single = st.sampled_from(ODD)
odd = single | st.text(max_size=5) | st.integers() | st.floats() | st.lists(single, max_size=2)

_ASK = dict.fromkeys(
    (
        *("as_of", "via", "avoid", "modes", "cargo", "carrier"),
        *("value_of_time", "max_wait_hours", "unknown"),
        *("regime", "seed"),
    ),
    ...,
)
"""Arguments that calls hand on to `Network.routes`; ``...`` is to leave one out."""
_DAY, _PAIR = {"depart": DAY}, {"origin": "home", "destination": "town"}
_MANY = {"pairs": PAIRS, "scenarios": [SHUT], **_DAY}
QUIET = {"progress": False}

Call = tuple[Callable[..., Any], dict[str, Any]]
CALLS: dict[str, Call] = {
    "Network.routes": (
        NET.routes,
        {
            **_PAIR,
            **_DAY,
            **_ASK,
            "k": 2,
            "by": "usd",
            "method": "corridors",
            "scenario": SHUT,
            "max_overlap": 0.7,
            "max_stretch": 2.0,
        },
    ),
    "Network.pareto": (
        NET.pareto,
        {
            **_PAIR,
            **_DAY,
            "by": ["hours", "usd"],
            "epsilon": 0.02,
            "scenario": None,
            "via": None,
            "avoid": None,
            "max_wait_hours": 168.0,
            "unknown": "persist",
        },
    ),
    "Network.availability": (
        NET.availability,
        {**_PAIR, **QUIET, "year": 2025, "days": [1], "most": 2, "k": 1, "scenario": None, **_ASK},
    ),
    "Network.compare": (NET.compare, {**_MANY, **QUIET, "executor": None, **_ASK}),
    "Network.regret": (NET.regret, {**_MANY, "by": "usd", "k": 2, **_ASK}),
    "Network.matrix": (
        NET.matrix,
        {
            "origins": ["home"],
            "destinations": ["town"],
            **_DAY,
            **QUIET,
            "by": "km",
            "scenario": None,
            "executor": None,
            **_ASK,
        },
    ),
    "Network.catchment": (
        NET.catchment,
        {"ports": ["town"], **_DAY, **QUIET, "by": "usd", "origins": ["home"], "margin": 0.1, "scenario": None, **_ASK},
    ),
    "Network.reach": (
        NET.reach,
        {"origin": "home", **_DAY, "by": "hours", "bands": [10, 20], "scenario": None, **_ASK},
    ),
    "Network.screen": (
        NET.screen,
        {
            "pairs": PAIRS,
            "scenarios": [None],
            "year": 2025,
            "months": [6],
            "day": 2,
            "as_of": ...,
            "avoid": ...,
            "modes": ...,
            "cargo": ...,
        },
    ),
    "Network.criticality": (
        NET.criticality,
        {"pairs": PAIRS, **_DAY, **QUIET, "over": "crossings", "k": 1, "flows": None, "by_pair": False, **_ASK},
    ),
    "Network.cut_sets": (NET.cut_sets, {**_PAIR, **_DAY, **QUIET, "over": "crossings", "most": 1, **_ASK}),
    "Network.break_even": (
        NET.break_even,
        {**_PAIR, "element": "pass", **_DAY, "usd_day": 10.0, "free_days": 1.0, "scenario": None, **_ASK},
    ),
    "Network.redundancy": (NET.redundancy, {**_PAIR, **QUIET, "year": 2025, "day": 2, "scenario": None, **_ASK}),
    "Network.bottleneck": (NET.bottleneck, {**_PAIR, **_DAY, "capacity": {"pass": 10.0}, "scenario": None, **_ASK}),
    "Network.assign": (
        NET.assign,
        {
            "demand": DEMAND,
            **_DAY,
            "k": 2,
            "mu": 0.02,
            "beta": 1.0,
            "value_range": (0.7, 1.3),
            "spill": False,
            **_ASK,
            "cargo": ...,
        },
    ),
    "Network.may_pass": (NET.may_pass, {"carrier": "XA", "on": DAY, "goods_from": ""}),
    "Network.corridor_status": (
        NET.corridor_status,
        {"on": DAY, "as_of": None, "scenario": None, "cargo": "container40", "carrier": None},
    ),
    "Network.find": (NET.find, {"name": "home", "n": 2}),
    "Network.place_id": (NET.place_id, {"name": "home"}),
    "Network.element_ids": (NET.element_ids, {"name": "pass"}),
    "Network.check": (NET.check, {"strict": False}),
    "Network.diff": (NET.diff, {"other": NET}),
    "Network.to_networkx": (NET.to_networkx, {**_DAY, "as_of": None, "scenario": None, "cargo": "container40"}),
    "Network.refine": (
        NET.refine,
        {"legs": "home-pass_a-road", "source": "none.osm", "buffer_km": 15.0, "snap_km": 5.0, "cache": None, **QUIET},
    ),
    "Network.from_frames": (
        cr.Network.from_frames,
        {"places": PLACES, "legs": LEGS, "crossings": None, "country": "KZ"},
    ),
    "Network.from_osmnx": (cr.Network.from_osmnx, {"graph": None, "mode": "road", "country": None, "gauge_mm": None}),
    "Network.load": (cr.Network.load, {"folder": "none", "detail": "backbone", "extra": None}),
    "load": (cr.load, {"folder": "none", "detail": "backbone", "extra": None}),
    "sweep": (
        cr.sweep,
        {"network": NET, "pairs": PAIRS, "scenarios": [None], "departures": [DAY], "executor": None, **QUIET, **_ASK},
    ),
    "Scenario": (cr.Scenario, {"name": "s", "changes": (Change("close", "pass"),)}),
    "Scenario.close": (SHUT.close, {"what": "pass", "start": DAY, "end": None, "reason": ""}),
    "Scenario.reopen": (SHUT.reopen, {"what": "pass", "start": DAY}),
    "Scenario.build": (SHUT.build, {"corridor_id": "new"}),
    "Scenario.delay": (SHUT.delay, {"what": "pass", "hours": 3.0}),
    "Scenario.scale": (SHUT.scale, {"quantity": "usd", "factor": 2.0, "mode": "", "country": ""}),
    "Cargo": (
        cr.Cargo,
        {
            "cargo_id": "c",
            "payload_t": 20.0,
            "unit": "FEU",
            "vehicle": "trailer40",
            "modes": ["road"],
            "value_usd": 1.0,
            "value_of_time": 1.0,
            "shelf_life_days": 10.0,
            "own_box": False,
            "goods": "",
            "un_class": "",
            "refused": "",
        },
    ),
    "Routes.reliability": (ROUTES.reliability, {"n": 100, "seed": 1, "arrive_by": "2025-06-05"}),
    "Routes.arrival_curve": (ROUTES.arrival_curve, {"n": 100, "seed": 1}),
    "Routes.last_departure": (ROUTES.last_departure, {"closes": "2025-06-20", "element": "pass", "p": 0.9}),
    "Routes.price_of_avoiding": (ROUTES.price_of_avoiding, {"what": ["pass"]}),
    "Routes.again": (ROUTES.again, {"depart": DAY, "k": 1, "avoid": ["pass"]}),
}
NO_ARGUMENTS = {"components", "explore", "explorer", "plot", "to_file"}
"""Of `Network`: drawing has tests of its own, so has writing (test_writing)."""
FOUND: Counter[str] = Counter()


def _said(call: Callable[[], object], changed: list[str]) -> str | None:
    """The sentence of an error that is meant for users; any other goes on."""
    try:
        call()
    except cr.CorridorsError as error:
        return str(error)
    except TypeError as error:
        if not any(argument in str(error) for argument in changed):
            raise
        return str(error)
    return None


def test_every_public_call_is_tried() -> None:
    public = {name: one for name, one in vars(cr.Network).items() if not name.startswith("_")}
    methods = {name for name, one in public.items() if not isinstance(one, property)}
    methods -= {"refinement", "facts"} | NO_ARGUMENTS
    assert {name.removeprefix("Network.") for name in CALLS if name.startswith("Network.")} == methods
    public = {name: one for name, one in vars(cr.Scenario).items() if not name.startswith("_")}
    methods = {name for name, one in public.items() if inspect.isfunction(one)} - {"overlay"}
    assert {name.removeprefix("Scenario.") for name in CALLS if name.startswith("Scenario.")} == methods


@pytest.mark.parametrize("name", CALLS)
@settings(
    max_examples=CASES,
    deadline=None,
    derandomize="CORRIDORS_FUZZ" not in os.environ,
    suppress_health_check=list(HealthCheck),
    database=None,
)
@given(data=st.data())
def test_an_answer_or_a_sentence(name: str, data: st.DataObject) -> None:
    call, usual = CALLS[name]
    names = st.lists(st.sampled_from(sorted(usual)), min_size=1, max_size=2, unique=True)
    changed = data.draw(names, label="arguments")
    given_ = {**usual, **{argument: data.draw(odd, label=argument) for argument in changed}}
    given_ = {argument: value for argument, value in given_.items() if value is not ...}
    FOUND[name] += 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        words = _said(lambda: call(**given_), changed)
    assert words is None or len(words) > 10


def test_cases_are_counted() -> None:
    """Every call was tried; `.ci/fuzz` reads the figure."""
    print(f"\nfuzz: {sum(FOUND.values())} cases of {len(CALLS)} calls")

"""Public calls with arguments that they answer, and values that make no sense to most of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import corridors as cr
from corridors.analysis import validate
from corridors.analysis.prices import prices
from corridors.analysis.walk_forward import walk_forward
from corridors.data.schema import data_folder
from corridors.maps import charts, explorer, explorer_questions, flows, interactive, stills
from corridors.maps.tcd import tcd
from corridors.model.scenario import Change
from corridors.osm.graphs import to_networkx
from corridors.report import html
from tests.small import small_network

NET = small_network(
    events=[{"element_id": "pass", "start": "2025-03-01", "end": "2025-03-20", "known_from": "2025-02-01"}],
    calendars=[{"element_id": "plain", "rule": "Mo-Fr 08:00-18:00"}],
)
NET = cr.Network(replace(NET.facts, folder=data_folder()))  # for calls that read published figures
DAY = "2025-06-02"
PAIRS = [("home", "town")]
ROUTES = NET.routes("home", "town", depart=DAY)
ROUTE = ROUTES[0]
DEMAND = pd.DataFrame({"origin": ["home"], "destination": ["town"], "tonnes_year": [1000.0]})
PLACES = pd.DataFrame({"place_id": ["a", "b"], "lon": [69.6, 70.9], "lat": [42.3, 43.6]})
LEGS = pd.DataFrame({"from_place": ["a"], "to_place": ["b"], "mode": ["road"], "km": [215.0]})
CLOSED = cr.Scenario("closed").close("pass", "2025-06-01")
AVAILABLE = NET.availability(*PAIRS[0], year=2025, days=[1], most=2, k=1, progress=False)
REACH = NET.reach("home", depart=DAY, bands=[10, 20])
FLOWS = NET.assign(DEMAND, depart=DAY, k=2, progress=False)
CRITICAL = NET.criticality(PAIRS, depart=DAY, progress=False)
CATCHMENT = NET.catchment(["town"], depart=DAY, origins=["home"], progress=False)
LIST = pd.DataFrame({"origin": ["home"], "destination": ["town"], "date": [DAY]})
SHIPMENTS = NET.shipments(LIST, progress=False)
TOTALS = pd.DataFrame({"what": ["pass"], "tonnes_year": [600.0]})
EXPLORER = NET.explorer()
PAIR = interactive.side_by_side(ROUTES, ROUTES)

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
    *([CLOSED], [CLOSED, CLOSED], [None, CLOSED], ["hours", "usd"]),
    *((40.0, 40.0), (400.0, 40.0), [float("nan"), 0.0], [1, 11], [0], [29], range(3), (0.7, 1.3), (1.3, 0.7)),
    *(date(2025, 6, 2), date.max, date.min, datetime(2025, 6, 2, 14), datetime.max, pd.NaT, pd.NA),
    *(pd.Timestamp("2025-06-02", tz="UTC"), np.datetime64("2025-06-02")),
    *(np.datetime64("NaT"), np.datetime64("2300-01")),
    *(np.int64(2), np.float32(0.5), np.bool_(True), np.str_("home")),
    *(np.array("home"), np.array(["home"]), np.array([])),
    *(np.array([["home", "town"]]), np.array([1, 2]), np.zeros((2, 2))),
    *(pd.Series(["home"]), pd.Series([1.0]), pd.Index([])),
    *(pd.DataFrame({"a": [1]}), DEMAND, pd.array([1, None], dtype="Int64"), pd.Categorical(["home"])),
    *(CLOSED, cr.Scenario("none"), cr.Cargo("c", 10)),
    *(cr.Cargo("c", 10, goods="nothing"), cr.Cargo("v", 20, unit="vehicle")),
    *(object(), object, len, Path("x"), Path("."), NET, ROUTES),
    *((one for one in ["home"]), Change("close", "pass")),
]
# fmt: on
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
_MANY = {"pairs": PAIRS, "scenarios": [CLOSED], **_DAY}
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
            "scenario": CLOSED,
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
        {**_PAIR, **QUIET, "year": 2025, "days": [1], "most": 2, "k": 1, "scenario": None, "executor": None, **_ASK},
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
            "executor": None,
            **QUIET,
            "as_of": ...,
            "avoid": ...,
            "modes": ...,
            "cargo": ...,
        },
    ),
    "Network.criticality": (
        NET.criticality,
        {
            "pairs": PAIRS,
            **_DAY,
            **QUIET,
            "over": "crossings",
            "max_size": 1,
            "flows": None,
            "by_pair": False,
            "executor": None,
            **_ASK,
        },
    ),
    "Network.cut_sets": (
        NET.cut_sets,
        {**_PAIR, **_DAY, **QUIET, "over": "crossings", "max_size": 1, "executor": None, **_ASK},
    ),
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
            "nest": 0.7,
            "constants": None,
            "executor": None,
            **_ASK,
            "cargo": ...,
        },
    ),
    "Network.calibrate": (
        NET.calibrate,
        {
            "demand": DEMAND,
            "totals": pd.DataFrame({"what": ["pass"], "tonnes_year": [500.0]}),
            **_DAY,
            "k": 2,
            "mu": None,
            "beta": 1.0,
            "nest": 0.7,
            **QUIET,
            **_ASK,
            "cargo": ...,
        },
    ),
    "Network.outlook": (NET.outlook, {"element": "pass", "on": [DAY], "as_of": "2025-05-01"}),
    "walk_forward": (walk_forward, {"network": NET, "until": "2025-06-02"}),
    "Network.expected_loss": (
        NET.expected_loss,
        {"pairs": PAIRS, **_DAY, **QUIET, "flows": None, "executor": None, **_ASK},
    ),
    "Network.backlog": (
        NET.backlog,
        {
            "element": "pass",
            "origin": "home",
            "shut_days": 3.0,
            "days": [0, 1],
            "flow_day": 10.0,
            "capacity_day": 20.0,
            "as_of": "2025-06-02",
            "cargo": "container40",
        },
    ),
    "Network.may_pass": (NET.may_pass, {"carrier": "XA", "on": DAY, "goods_from": "", "goods_to": ""}),
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
    "Scenario.close": (CLOSED.close, {"what": "pass", "start": DAY, "end": None, "reason": ""}),
    "Scenario.reopen": (CLOSED.reopen, {"what": "pass", "start": DAY}),
    "Scenario.build": (CLOSED.build, {"corridor_id": "new"}),
    "Scenario.delay": (CLOSED.delay, {"what": "pass", "hours": 3.0}),
    "Scenario.scale": (CLOSED.scale, {"quantity": "usd", "factor": 2.0, "mode": "", "country": ""}),
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
    "Routes.last_departure": (
        ROUTES.last_departure,
        {"closes": "2025-06-20", "element": "pass", "p": 0.9, "executor": None, **QUIET},
    ),
    "Routes.price_of_avoiding": (ROUTES.price_of_avoiding, {"what": ["pass"], "executor": None, **QUIET}),
    "Routes.again": (ROUTES.again, {"depart": DAY, "k": 1, "avoid": ["pass"]}),
    "Network.shipments": (
        NET.shipments,
        {
            **{"source": LIST, "sheet": None, "depart": None, "beside": ["hours"], "executor": None, "folder": None},
            **QUIET,
            **_ASK,
            "via": ...,
            "seed": ...,
        },
    ),
    "Routes.costs_in": (ROUTES.costs_in, {"currency": "USD", "year": 2024}),
    "Routes.switching": (ROUTES.switching, {"by": "usd"}),
    "Routes.swings": (ROUTES.swings, {"what": "usd", "route": 0}),
    "Shipments.routes": (SHIPMENTS.routes, {"row": int(SHIPMENTS.table["row"].iloc[0]), "k": 1}),
    "prices": (prices, {"network": NET}),
    "Routes.why": (ROUTES.why, {"what": "plain"}),
    "Flows.change_from": (FLOWS.change_from, {"other": FLOWS}),
    "to_networkx": (to_networkx, {"network": NET, **_DAY, "as_of": None, "scenario": None, "cargo": "container40"}),
    "validate.benchmarks": (validate.benchmarks, {"network": NET}),
    "validate.validate": (validate.validate, {"network": NET}),
    "validate.report": (validate.report, {"network": NET}),
    "validate.summary": (validate.summary, {"table": validate.validate(NET)}),
}

_MAP = {"m": None, "online": False, "tiles": None, "attr": None}
_FIGURE = {"ax": None, "width": 5.0}
_AXES = {"ax": None, "title": ""}
_PNG = {"path": "p.png", "width": 300, "height": 200, "scale": 1.0}

PICTURES: dict[str, Call] = {
    "Network.explore": (NET.explore, _MAP),
    "Network.explorer": (NET.explorer, {"pairs": PAIRS, **_DAY, "k": 1, "as_of": ..., "cargo": ..., "carrier": ...}),
    "Network.plot": (NET.plot, _FIGURE),
    "Routes.explore": (ROUTES.explore, _MAP),
    "Routes.plot": (ROUTES.plot, _FIGURE),
    "Routes.tcd": (ROUTES.tcd, {"what": "usd", "columns": None}),
    "Routes.explorer": (ROUTES.explorer, {"path": None}),
    "Route.explore": (ROUTE.explore, _MAP),
    "Route.plot": (ROUTE.plot, _FIGURE),
    "Route.tcd": (ROUTE.tcd, {"what": "usd"}),
    "Availability.plot": (AVAILABLE.plot, {"ax": None, "title": None}),
    "Pareto.plot": (NET.pareto(*PAIRS[0], depart=DAY, by=["hours", "usd"]).plot, {"ax": None, "title": None}),
    "Reach.explore": (REACH.explore, _MAP),
    "Reach.plot": (REACH.plot, _FIGURE),
    "Outlook.plot": (NET.outlook("pass", on=[DAY]).plot, {"ax": None, "title": None}),
    "Shipments.explore": (SHIPMENTS.explore, _MAP),
    "Shipments.plot": (SHIPMENTS.plot, _FIGURE),
    "explore_shipments": (flows.explore_shipments, {"shipments": SHIPMENTS, **_MAP}),
    "plot_shipments": (flows.plot_shipments, {"shipments": SHIPMENTS, **_FIGURE}),
    "Explorer.save": (EXPLORER.save, {"path": "e.html"}),
    "MapPair.save": (PAIR.save, {"path": "m.html"}),
    "CorridorMap": (interactive.CorridorMap, {"online": False}),
    "CorridorMap.save": (ROUTES.explore().save, {"outfile": "c.html", "close_file": True}),
    "side_by_side": (interactive.side_by_side, {"a": ROUTES, "b": ROUTES}),
    "explore_routes": (interactive.explore_routes, {"routes": ROUTES, **_MAP}),
    "explore_network": (interactive.explore_network, {"network": NET, **_MAP}),
    "explore_reach": (interactive.explore_reach, {"found": REACH, **_MAP}),
    "explore_criticality": (interactive.explore_criticality, {"frame": CRITICAL, "network": NET, **_MAP}),
    "explore_catchment": (interactive.explore_catchment, {"frame": CATCHMENT, "network": NET, **_MAP}),
    "explore_answer": (explorer.explore_answer, {"routes": ROUTES, "path": None}),
    "explore_questions": (explorer_questions.explore_questions, {"network": NET, "pairs": None, "depart": None}),
    "plot_routes": (stills.plot_routes, {"routes": ROUTES, **_FIGURE}),
    "plot_network": (stills.plot_network, {"network": NET, **_FIGURE}),
    "plot_reach": (stills.plot_reach, {"found": REACH, **_FIGURE}),
    "plot_criticality": (stills.plot_criticality, {"frame": CRITICAL, "network": NET, **_FIGURE}),
    "plot_catchment": (stills.plot_catchment, {"frame": CATCHMENT, "network": NET, **_FIGURE}),
    "tcd": (tcd, {"routes": ROUTES, "what": "both", "columns": 2}),
    "charts.waterfall": (charts.waterfall, {"legs": ROUTE.legs, "what": "usd", **_AXES}),
    "charts.pareto": (charts.pareto, {"frame": ROUTES.table, "x": "days", "y": "usd", "label": "name", **_AXES}),
    "charts.tornado": (
        charts.tornado,
        {"frame": pd.DataFrame({"label": ["a"], "delta": [1.0]}), "label": "label", "unit": "h", **_AXES},
    ),
    "charts.swings": (charts.swings, {"frame": ROUTES.swings("usd"), "what": "usd", "ax": None}),
    "charts.calendar": (
        charts.calendar,
        {"frame": pd.DataFrame({"route": ["a"], "month": [1], "days": [3.0]}), **_AXES},
    ),
    "charts.reliability": (charts.reliability, {"curves": ROUTES, **_AXES}),
    "charts.coverage": (charts.coverage, {"frame": NET.coverage, **_AXES}),
}
"""Calls that draw; they are slow, so a case in four of the others is tried."""
FILES: dict[str, Call] = {
    "Network.to_file": (NET.to_file, {"path": "n.geojson"}),
    "Shipments.to_file": (SHIPMENTS.to_file, {"path": "s.csv"}),
    "Shipments.to_excel": (SHIPMENTS.to_excel, {"path": "s.xlsx"}),
    "Shipments.report": (SHIPMENTS.report, {"path": "s.html"}),
    "Routes.to_file": (ROUTES.to_file, {"path": "r.geojson"}),
    "Routes.to_html": (ROUTES.to_html, {"path": "r.html"}),
    "Routes.to_excel": (ROUTES.to_excel, {"path": "r.xlsx"}),
    "Routes.to_word": (ROUTES.to_word, {"path": "r.docx"}),
    "Routes.report": (ROUTES.report, {"path": "r.html"}),
    "html.write": (html.write, {"routes": ROUTES, "path": "w.html"}),
    "html.compare_report": (html.compare_report, {"a": ROUTES, "b": ROUTES, "path": "v.html"}),
}
PHOTOGRAPHS: dict[str, Call] = {
    "Explorer.to_png": (EXPLORER.to_png, _PNG),
    "MapPair.to_png": (PAIR.to_png, _PNG),
    "CorridorMap.to_png": (interactive.CorridorMap().to_png, _PNG),
}

"""Risk: which closures count for a question, which route may be called the best in it, and what that may not cost."""

import numpy as np
import pandas as pd
import pytest

import corridors as cr
from tests.small import _table, small_network, with_tables

ASK = {"depart": "2025-06-02T00:00", "as_of": "2025-06-01"}
WINDOW = (pd.Timestamp("2025-06-01") - pd.Timestamp("2022-01-01")).days
MONTH = {"element_id": "pass", "start": "2024-03-01", "end": "2024-03-31"}
SHARE = 31 / WINDOW


def risk(net: cr.Network, *pair: str, **more: object) -> float:
    """Of the way by the pass, which is the quickest."""
    routes = net.routes(*(pair or ("home", "town")), k=1, modes=["road"], **{**ASK, **more})
    assert routes.table["name"].iloc[0].endswith("by High Pass")
    return float(routes.results[0].figures[3])


@pytest.mark.parametrize(
    ("start", "end", "share"),
    [
        ("2024-03-01", "2024-03-31", SHARE),
        ("2021-12-01", "2022-01-31", SHARE),  # of the closure that began before, what lies within
        ("2021-12-01", "2021-12-31", 0),
        ("2022-01-01", "2023-12-30", 729 / WINDOW),
        ("2022-01-01", "2023-12-31", 0),  # two years: how things are
        ("2010-01-01", "2025-05-31", 0),
    ],
)
def test_what_is_shut_for_two_years_is_no_risk(start: str, end: str, share: float) -> None:
    assert risk(small_network([{**MONTH, "start": start, "end": end}])) == pytest.approx(share, abs=1e-9)


def test_closures_that_follow_each_other_are_one() -> None:
    years = [{**MONTH, "event_id": str(y), "start": f"{y}-01-01", "end": f"{y}-12-31"} for y in (2022, 2023)]
    assert risk(small_network(years)) == 0
    assert risk(small_network([years[0], {**years[1], "start": "2023-01-02"}])) == pytest.approx(
        728 / WINDOW + 1 / WINDOW
    )


def test_a_way_over_any_part_of_a_section_that_was_closed_bears_the_whole() -> None:
    """A valley of three roads with a spur: who uses one of them met all its closures, who uses two met them once."""
    roads = ["home-port-road", "harbour-town-road"]
    valley = {
        "element_id": "valley",
        "kind": "section",
        "name": "Valley",
        "members": ";".join(["home-pass_a-road", *roads]),
    }
    net = small_network([{**MONTH, "element_id": "valley"}], elements=[valley])
    assert risk(net) == pytest.approx(SHARE)
    south = net.routes("home", "town", avoid=["pass", "plain", "rail"], k=1, max_stretch=9, **ASK)
    assert set(roads) < set(south.legs["element_id"])
    assert south.table["risk"].tolist() == pytest.approx([SHARE])
    matrix = net.matrix(["home"], ["town", "port"], by="risk", modes=["road"], **ASK)
    assert matrix["port"].iloc[0] == pytest.approx(SHARE)
    assert matrix["town"].iloc[0] == 0
    front = net.pareto("home", "town", by=("hours", "risk"), modes=["road"], **ASK).front
    assert front["risk"].tolist() == pytest.approx([SHARE, 0])


def test_a_closure_of_later_than_as_of_is_not_known_and_the_years_are_those_before_it() -> None:
    net = small_network([MONTH, {"element_id": "plain", "start": "2020-01-01", "end": "2020-01-02"}])
    assert risk(net, as_of="2024-02-01", depart="2024-02-02") == 0
    assert risk(net, as_of="2024-06-01", depart="2025-06-02") == risk(net, as_of="2024-06-01", depart="2024-06-02") > 0
    days = (pd.Timestamp("2024-06-01") - pd.Timestamp("2021-01-01")).days
    assert risk(net, as_of="2024-06-01") == pytest.approx(31 / days)


@pytest.mark.parametrize("by", ["hours", "risk"])
def test_only_closures_that_hold_for_the_question_count_whatever_was_asked_before(by: str) -> None:
    """A ban of trucks of XA, one direction, a closure with an exception for goods from XA, and one for passengers."""
    events = [
        {**MONTH, "event_id": "ban", "scope_flag": "XA"},
        {**MONTH, "event_id": "way", "start": "2024-05-01", "end": "2024-05-31", "scope_direction": "XB>XA"},
        {**MONTH, "event_id": "all", "start": "2024-07-01", "end": "2024-07-31"},
        {**MONTH, "event_id": "let", "start": "2024-07-01", "end": "2024-07-31", "effect": "exception",
         "scope_cargo": "grain"},
        {**MONTH, "event_id": "people", "start": "2024-10-01", "end": "2024-10-31", "scope_cargo": "passengers"},
    ]  # fmt: skip
    grain = cr.Cargo("grain", 20, "FEU", "trailer40", frozenset({"road"}), goods="grain")
    asked = [
        ((), {}, SHARE),
        (("town", "home"), {}, 2 * SHARE),
        ((), {"carrier": "XA"}, 2 * SHARE),
        ((), {"carrier": "XB"}, SHARE),
        ((), {"cargo": grain}, 0),
        ((), {"cargo": grain, "carrier": "XA"}, SHARE),
    ]
    shared = small_network(events)
    for pair, more, expected in [*asked, *reversed(asked)]:
        ways = [net.routes(*(pair or ("home", "town")), k=1, by=by, avoid=["plain", "rail"], modes=["road"],
                           **ASK, **more) for net in (shared, small_network(events))]  # fmt: skip
        for routes in ways:
            assert routes.results[0].figures[3] == pytest.approx(expected, abs=1e-9)


def researched(net: cr.Network, *elements: str, unrest: bool = False) -> cr.Network:
    rows = [{"element_id": one, "from": "2010-01-01", "searched": "thoroughly", "pages": 9} for one in elements]
    state = [{"country": "XB", "kind": "conflict", "level": "unrest", "name": "unrest", "start": "2020-01-01"}]
    tables = {**net.tables, "coverage": _table("coverage", rows)}
    return with_tables(net, tables | ({"conditions": _table("conditions", state)} if unrest else {}))


@pytest.mark.parametrize("unrest", [False, True])
def test_a_way_where_nobody_looked_is_not_the_least_exposed(unrest: bool) -> None:
    """The pass was closed for a year; of the plain nothing is on record, which says nothing unless somebody looked."""
    net = small_network([{**MONTH, "start": "2024-01-01", "end": "2024-12-31"}])
    ask = {**ASK, "modes": ["road"], "k": 2}
    blind = researched(net, "pass", unrest=unrest).routes("home", "town", **ask)
    assert blind.table["risk"].isna().tolist() == [False, True]
    assert blind.table["best_in"].tolist() == ["hours, usd, kgco2e", ""]
    seen = researched(net, "pass", "plain", unrest=unrest).routes("home", "town", **ask)
    assert seen.table["risk"].tolist() == pytest.approx([1 - (1 - 366 / WINDOW) * (1 - 0.05 * unrest), 0.05 * unrest])
    assert seen.table["best_in"].tolist() == ["hours, usd, kgco2e", "risk"]


def test_no_place_is_given_for_a_risk_that_nobody_looked_for(net: cr.Network) -> None:
    """Round the Salang by Bamyan, where no closure was looked for, stood for 0.05 of risk in place of 0.18."""
    routes = net.routes("Kostanay", "Kabul", depart="2025-08-10", cargo="metal")
    for result, best_in in zip(routes.results, routes.table["best_in"], strict=True):
        assert result.researched or "risk" not in best_in
    assert not any("bamyan" in edge.element_id for result in routes.results for edge in result.edges)


def test_a_catchment_says_that_no_ship_sails(net: cr.Network) -> None:
    """The Iranian ports were blockaded from 13 April to 19 June 2026."""
    ports = ["Karachi port", "Shahid Rajaee", "Poti port"]
    for depart, by, told in (("2026-04-15", "usd", True), ("2026-04-15", "hours", True), ("2025-04-15", "usd", False)):
        found = net.catchment(ports, origins=["Ashgabat"], depart=depart, by=by, progress=False)
        assert found["port"].tolist() == ["Shahid Rajaee port"]
        assert ("closed 2026-04-13 to 2026-06-19" in found["note"].iloc[0]) == told
        assert bool(found["note"].iloc[0]) == told


@pytest.mark.parametrize(
    ("origin", "destination", "day"), [("Karachi", "Kabul", "2024-11-05"), ("Almaty", "Karachi", "2025-09-15")]
)
def test_by_risk_what_is_on_record_comes_before_what_nobody_looked_for(
    net: cr.Network, origin: str, destination: str, day: str
) -> None:
    """Not recorded is no 0: such routes were first, and the least exposed on record was not even left out."""
    ask = {"depart": day, "as_of": day, "by": "risk"}
    routes = net.routes(origin, destination, **ask)
    assert not np.isnan(routes.results[0].risk)
    assert routes.table["risk"].dropna().is_monotonic_increasing
    assert routes.table["risk"].isna().is_monotonic_increasing
    assert net.routes(origin, destination, k=1, **ask).table["risk"].iloc[0] == routes.table["risk"].iloc[0]
    usual = net.routes(origin, destination, depart=day, as_of=day)
    assert routes.table["risk"].iloc[0] <= min([1.0, *(one.risk for one in usual.results if one.researched)])

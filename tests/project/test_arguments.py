"""Arguments as users have them: arrays, Series, days of numpy, days with blanks; each means what the plain one does."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

import corridors as cr
from corridors import arguments
from corridors.model.scenario import Change
from tests.small import small_network

DAY = "2025-06-02"
NET = small_network(calendars=[{"element_id": "plain", "rule": "24/7", "holidays": "XX", "valid_from": "2000-01-01"}])


@pytest.mark.parametrize(
    "depart",
    [
        " 2025-06-02 ",
        "2025-06-02\n",
        date(2025, 6, 2),
        np.datetime64("2025-06-02"),
        np.array(DAY, dtype="M8[D]"),
        "2.6.2025",
        "02.06.2025",
    ],
)
def test_a_day_is_a_day_however_written(depart: object) -> None:
    assert NET.routes("home", "town", depart=depart).depart.isoformat() == "2025-06-02T08:00:00+00:00"


def test_the_end_of_a_day_is_the_same_however_written() -> None:
    routes = NET.routes("home", "town", depart=DAY, k=1)
    days = [DAY, f" {DAY} ", np.datetime64(DAY), date(2025, 6, 2)]
    late, moment = [routes.reliability(arrive_by=day)["p_on_time"][0] for day in days], datetime(2025, 6, 2, 8)
    assert len(set(late)) == 1
    assert routes.reliability(arrive_by=moment)["p_on_time"][0] == 0.0


@pytest.mark.parametrize("many", [list, tuple, np.array, pd.Series, pd.Index])
def test_lists_of_any_kind(many: type) -> None:
    table = NET.matrix(many(["home"]), many(["town"]), depart=DAY, avoid=many(["High Pass"]), progress=False)
    assert table.loc["home", "town"] == NET.routes("home", "town", depart=DAY, avoid=["High Pass"]).details["hours"][0]
    swept = cr.sweep(NET, np.array([["home", "town"]]), many([None]), many([DAY]), modes=many(["road"]), progress=False)
    assert swept["hours"][0] == NET.routes("home", "town", depart=DAY, modes=["road"]).details["hours"][0]


def test_a_set_is_taken_where_order_decides_nothing() -> None:
    avoid = {"High Pass", "Plain Gate"}
    one, two = (NET.routes("home", "town", depart=DAY, avoid=names) for names in (avoid, sorted(avoid, reverse=True)))
    assert one.table["name"].tolist() == two.table["name"].tolist()
    for wrong in ({"via": {"pass_a"}}, {"via": {"pass_a": 1}}):
        with pytest.raises(cr.BadRequest, match="via"):
            NET.routes("home", "town", depart=DAY, **wrong)
    with pytest.raises(cr.BadRequest, match="pairs"):
        NET.compare([{"home", "town"}], [None], depart=DAY)


def test_waiting_without_end_is_an_answer() -> None:
    closed = cr.Scenario("all closed").close("High Pass", DAY, "2025-07-02").close("Plain Gate").close("Rail Gate")
    routes = NET.routes("home", "town", depart=DAY, scenario=closed, modes=["road"], max_wait_hours=float("inf"))
    assert routes.details["hours"][0] > 24 * 30
    assert len(routes.rejected)
    with pytest.raises(cr.NoRoute):
        NET.routes(
            "home", "town", depart=DAY, scenario=closed.close("High Pass"), modes=["road"], max_wait_hours=float("inf")
        )


def test_the_last_day_of_the_calendar_is_no_end() -> None:
    ask = {"depart": DAY, "k": 1}
    endless = [cr.Scenario("s").close("High Pass", DAY, end) for end in (None, "9999-12-31")]
    one, two = (NET.routes("home", "town", scenario=scenario, **ask).table for scenario in endless)
    assert one["hours"].tolist() == two["hours"].tolist()
    with pytest.raises(cr.BadRequest, match="closes"):
        NET.routes("home", "town", **ask).last_departure("9999-12-31", "High Pass")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change("clsoe", "pass"), "not a kind of change"),
        (Change("delay", "pass", number=-100.0), "0 or more"),
        (Change("delay", "pass", number=float("nan")), "0 or more"),
        (Change("scale", "usd", number=0.0), "factor above 0"),
        (Change("close", ""), "one thing"),
        (Change("close", "pass", "soon"), "not a date"),  # type: ignore[arg-type]
        ("pass", "not a Change"),
    ],
)
def test_changes_are_checked_however_made(change: Change, words: str) -> None:
    with pytest.raises(cr.BadScenario, match=words):
        cr.Scenario("s", (change,))


def test_spelling_of_goods_and_carriers() -> None:
    net = small_network(
        events=[{"element_id": "pass", "start": "2025-03-01", "effect": "exception", "scope_cargo": "UN containers"}]
    )
    with pytest.raises(cr.BadRequest, match="known are UN containers"):
        net.routes("home", "town", depart=DAY, cargo=cr.Cargo("c", 20, goods="UN container"))
    assert len(net.routes("home", "town", depart=DAY, cargo=cr.Cargo("c", 20, goods="un containers")))
    with pytest.raises(cr.BadRequest, match="goods_from"):
        net.may_pass("XA", DAY, "nowhere")


def test_before_the_data_every_call_refuses_as_of(net: cr.Network) -> None:
    ask = {"as_of": "1900-01-01"}
    for call in (
        lambda: net.routes("Almaty", "Bishkek", depart="2026-01-01", **ask),
        lambda: net.corridor_status("2026-01-01", **ask),
        lambda: net.to_networkx(depart="2026-01-01", **ask),
        lambda: net.reach("Almaty", depart="2026-01-01", **ask),
        lambda: net.matrix(["Almaty"], ["Bishkek"], depart="2026-01-01", progress=False, **ask),
    ):
        with pytest.raises(cr.BadRequest, match="lies before the first event"):
            call()
    words = " ".join(net.routes("Almaty", "Bishkek", depart="2001-01-01", k=1).notes)
    assert "hardly recorded" in words


def test_holidays_that_are_not_known_are_said() -> None:
    words = NET.routes("home", "town", depart=DAY, avoid=["High Pass"], modes=["road"]).details["rests_on"][0]
    assert "public holidays of XX are not known for that year" in words


def test_a_limit_below_the_empty_weight_is_a_road_to_go_round() -> None:
    """A bridge of 10 t before the pass, and trucks of 15 t: by the plain, with the load that it takes."""
    from dataclasses import replace

    legs = NET.tables["legs"].copy()
    legs.loc[legs["leg_id"] == "home-pass_a-road", "gross_limit_t"] = 10.0
    net = cr.Network(replace(NET.facts, tables={**NET.tables, "legs": legs}))
    for by in ("hours", "usd"):
        for cargo in ("container40", cr.Cargo("ore", 60.0, "wagon", "wagon1520", frozenset({"road"}))):
            ways = net.routes("home", "town", depart=DAY, by=by, modes=["road"], cargo=cargo).details
            assert ["Plain Gate" in name for name in ways["crossings"]] == [True]
    assert net.matrix(["home"], ["town"], depart=DAY, progress=False, modes=["road"]).iloc[0, 0] > 0


@pytest.mark.parametrize("bad", [None, True, "1", float("nan"), float("inf"), 1 + 1j, [1.0], -1.0])
def test_numbers_are_numbers(bad: object) -> None:
    with pytest.raises(cr.BadRequest, match="x="):
        arguments.as_number(bad, "x", least=0.0)
    for good in (np.float32(0.5), np.int64(1), 2, pd.array([3], dtype="Int64")[0]):
        assert arguments.as_number(good, "x", least=0.0) == float(good)

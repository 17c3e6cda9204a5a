"""Queues after a closure: by hand, and against the trucks that were counted at Torkham."""

from datetime import date

import pytest

import corridors as cr
from corridors.model.backlog import Flow, flows, queue

FLOW = Flow(100.0, 150.0, "hand", "by hand")


def test_a_queue_by_hand() -> None:
    waiting = queue(FLOW, 3, 5)
    assert waiting.trucks == 300
    assert waiting.left(1) == 150
    assert waiting.left(2) == 0
    assert waiting.wait_days(1) == 1
    # what stayed at home comes as many days after it opened as the route takes
    long = queue(Flow(100.0, 100.0, "", ""), 9, 5)
    assert [long.left(day) for day in (0, 4, 5, 6, 9)] == [500, 100, 0, 0, 0]


def test_a_month_leaves_no_longer_queue_than_the_road_holds() -> None:
    assert queue(FLOW, 30, 5).trucks == queue(FLOW, 5, 5).trucks == 500
    shorter = [queue(FLOW, days, 5).trucks for days in (0, 1, 2, 5, 9)]
    assert shorter == sorted(shorter)


@pytest.mark.parametrize("shut_days", [6, 26])  # 19 to 24 February 2023; 21 February to 18 March 2025
def test_torkham_in_february_2023_and_march_2025(net: cr.Network, shut_days: int) -> None:
    """About 5,000 trucks after both; the flow is that of June 2024, the way that of the model from Karachi."""
    found = net.backlog("Torkham", "Karachi", shut_days=shut_days, as_of="2025-03-19")
    assert found["trucks"].iloc[0] == pytest.approx(5_000, rel=0.2)
    assert found["wait_days"].iloc[0] == pytest.approx(5, rel=0.3)
    assert found["trucks"].is_monotonic_decreasing
    assert (found["wait_usd"] >= 0).all()
    assert "June 2024" in found["basis"].iloc[0]


def test_only_traffic_published_by_then_counts(net: cr.Network) -> None:
    early, late = (flows(net.facts.tables, date.fromisoformat(day))["torkham"] for day in ("2023-02-25", "2025-03-19"))
    assert early.usual == pytest.approx(1450 / 3)
    assert late.usual == pytest.approx(900)
    assert late.most == 1000
    assert "irkeshtam" not in flows(net.facts.tables, date(2026, 1, 1))  # only a peak day was published


def test_what_is_not_known_must_be_given(net: cr.Network) -> None:
    with pytest.raises(cr.BadRequest, match="give flow_day"):
        net.backlog("Khunjerab", "Karachi", shut_days=5)
    given = net.backlog("Khunjerab", "Gilgit", shut_days=5, flow_day=50, capacity_day=80)
    assert 0 < given["trucks"].iloc[0] <= 250
    with pytest.raises(cr.BadRequest, match="capacity_day"):
        net.backlog("Khunjerab", "Gilgit", shut_days=5, flow_day=50, capacity_day=20)
    with pytest.raises(cr.BadRequest, match="no border crossing"):
        net.backlog("Salang", "Kabul", shut_days=5)


def test_routes_and_outlook_say_so_shortly_after_a_closure(net: cr.Network) -> None:
    ask = {"as_of": "2025-03-21", "k": 1, "modes": ["road"]}
    soon = net.routes("Karachi", "Kabul", depart="2025-03-16", **ask).details["rests_on"].iloc[0]
    later = net.routes("Karachi", "Kabul", depart="2025-08-19", **ask).details["rests_on"].iloc[0]
    assert "Torkham reopened" in soon
    assert "may still wait" in soon
    assert "reopened" not in later
    outlook = net.outlook("Torkham", on=["2025-03-23", "2025-06-23"], as_of="2025-03-21").table["basis"]
    assert "net.backlog" in outlook[0]
    assert "net.backlog" not in outlook[1]

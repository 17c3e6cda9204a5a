"""What closures cost a year, worked out by hand on a small network."""

from datetime import date, timedelta

import numpy as np
import pytest

import corridors as cr
from tests.small import _table, small_network, with_tables

START, YEARS, DAYS = date(2015, 1, 1), 10, 4
EXTRA_HOURS = (600 + 100) / 30 + 5 - ((240 + 120) / 30 + 10)  # by the plain instead of the pass
EXTRA_USD = 2 * (700 - 360) + EXTRA_HOURS  # an hour is worth US$ 1


def world(closures: int = 10, together: bool = False, days: int = DAYS, looked: bool = True) -> cr.Network:
    """The pass closes in each of the first years for some days, the plain with it or never."""
    net = small_network()
    spells = [
        {
            "episode_id": f"{element} {year}",
            "element_id": element,
            "border": "XA-XB",
            "start": start.isoformat(),
            "start_precision": "day",
            "end": (start + timedelta(days=days - 1)).isoformat(),
            "end_status": "ended",
            "last_seen": (start + timedelta(days=days - 1)).isoformat(),
            "scope": "all traffic",
            "cause_class": "conflict",
            "common_cause": f"quarrel {year}",
            "for_survival": True,
            "hours": np.nan,
        }
        for year in range(closures)
        for start in [date(2015 + year, 3, 1)]
        for element in (("pass", "plain") if together else ("pass",))
    ]
    rows = [
        {"element_id": element, "from": START.isoformat(), "to": "2024-12-31", "searched": "thoroughly", "pages": 9}
        for element in ("pass", "plain")
    ]
    coverage = _table("coverage", rows if looked else [])
    return with_tables(net, {**net.facts.tables, "episodes": _table("episodes", spells), "coverage": coverage})


def loss(net: cr.Network, **more: object) -> dict:
    found = net.expected_loss([("home", "town")], depart="2025-06-02", as_of="2025-01-01", modes=["road"], **more)
    assert set(found["element"]) == {"pass"}
    return found.to_dict("records")[0]


def rate(closures: int, both_looked: bool = True) -> float:
    """New closures a year while it is open, the plain, which never closes, drawn in as one element-year more."""
    days = (date(2025, 1, 1) - START).days
    own = (days - DAYS * closures) / 365.25
    every = closures / (own + days / 365.25)
    border = (every + closures) / (1 + own + days / 365.25)
    return (border + closures) / (1 + own)


def test_by_hand() -> None:
    found = loss(world())
    a_year = rate(10) / (1 + rate(10) * DAYS / 365.25)
    assert found["closures_year"] == pytest.approx(a_year)
    assert found["days_shut_year"] == pytest.approx(a_year * DAYS)
    assert found["extra_days"] == pytest.approx(EXTRA_HOURS / 24)
    assert found["extra_usd"] == pytest.approx(EXTRA_USD)
    # a load a day: those that come on each of the four days go round, or wait where that is less
    assert found["loss_days_year"] == pytest.approx(a_year * 4 * EXTRA_HOURS / 24)
    assert found["loss_usd_year"] == pytest.approx(a_year * sum(min(24 * left, EXTRA_USD) for left in (1, 2, 3, 4)))
    assert found["closures_year_low"] < found["closures_year"] < found["closures_year_high"]
    assert found["loss_usd_year_low"] < found["loss_usd_year"] < found["loss_usd_year_high"]
    assert found["n"] == 10
    assert not found["cut_off"]


def test_what_closes_together_leaves_no_way_round() -> None:
    alone, both = loss(world()), loss(world(together=True))
    assert both["with_it"] == "Plain Gate"
    assert both["cut_off"]
    assert np.isnan(both["extra_days"])
    assert both["loss_days_year"] == pytest.approx(both["closures_year"] * (1 + 2 + 3 + 4))
    assert both["loss_days_year"] > alone["loss_days_year"]


def test_more_and_longer_closures_never_cost_less() -> None:
    often = [loss(world(closures=n))["loss_usd_year"] for n in (1, 3, 6, 10)]
    assert often == sorted(often)
    long = [loss(world(days=n))["loss_usd_year"] for n in (1, 4, 20, 90)]
    assert long == sorted(long)


def test_loads_add_up() -> None:
    one, two = loss(world()), loss(world(), flows=[730])
    assert two["loss_usd_year"] == pytest.approx(2 * one["loss_usd_year"])
    assert two["closures_year"] == one["closures_year"]


def test_where_nobody_looked_there_is_no_loss_to_tell() -> None:
    found = loss(world(looked=False))
    assert np.isnan(found["loss_usd_year"])
    assert "nobody looked" in found["basis"]


def test_the_network(net: cr.Network) -> None:
    found = net.expected_loss([("Karachi", "Kabul")], depart="2025-06-02", as_of="2025-10-01")
    torkham = found[found["element"] == "torkham"]
    assert len(torkham) > 1  # alone, and with what the same cause closed
    assert torkham["with_it"].str.contains("Chaman").any()
    assert 0.3 < torkham["closures_year"].sum() < 3
    known = found.dropna(subset="loss_usd_year")
    assert (known["loss_usd_year"] >= 0).all()
    assert (known["loss_usd_year_low"] <= known["loss_usd_year"]).all()
    with pytest.raises(cr.BadRequest, match="flows"):
        net.expected_loss([("Karachi", "Kabul")], flows=[1, 2])

"""Demand on routes: logit shares and loads worked out by hand on the small network."""

from math import exp

import numpy as np
import pandas as pd
import pytest
from small import small_network

import corridors as cr

ASK = {"depart": "2025-06-02T00:00", "as_of": "2025-06-01", "modes": ["road"]}


def one(**row: object) -> pd.DataFrame:
    return pd.DataFrame([{"origin": "home", "destination": "town", **row}])


def test_shares_and_loads_by_hand() -> None:
    """Pass and plain share no leg: path sizes 1. The difference of cost a tonne decides."""
    net = small_network()
    found = net.assign(one(tonnes_year=73_000), mu=0.02, **ASK)
    costs = found.routes.set_index("name")["usd_per_t"]
    odds = exp(-0.02 * (costs["via High Pass"] - costs["via Plain Gate"]))
    shares = found.routes.set_index("name")["share"]
    assert shares["via High Pass"] == pytest.approx(odds / (1 + odds))
    assert shares.sum() == pytest.approx(1)
    load = found.crossings.set_index("element_id")
    assert load.loc["pass", "tonnes_day"] == pytest.approx(200 * shares["via High Pass"])
    assert load.loc["pass", "units_day"] == pytest.approx(10 * shares["via High Pass"])
    assert load.loc["pass", "direction"] == "XA>XB"
    assert np.isnan(load.loc["pass", "use"])


def test_cost_that_does_not_count_leaves_the_path_size() -> None:
    found = small_network().assign(one(units_year=365), mu=0.0, **ASK)
    assert list(found.routes["share"]) == pytest.approx([0.5, 0.5])
    assert found.crossings["units_day"].sum() == pytest.approx(1)


def test_trade_in_dollars_and_published_capacity(net: cr.Network) -> None:
    textiles = pd.DataFrame([{"origin": "Karachi", "destination": "Almaty", "cargo": "textiles", "usd_year": 1e9}])
    found = net.assign(textiles, depart="2026-04-15", modes=["road"], k=3)
    value = float(net.cargo.set_index("cargo_id").loc["textiles", "value_usd"])
    assert found.routes["units_year"].sum() == pytest.approx(1e9 / value)
    known = found.crossings.dropna(subset="capacity_day")
    assert (known["use"] == known["units_day"] / known["capacity_day"]).all()
    assert found.crossings["units_day"].is_monotonic_decreasing


def test_opening_a_corridor_takes_load_from_the_others(net: cr.Network) -> None:
    ask = {"depart": "2026-01-15", "as_of": "2026-02-15", "modes": ["road"], "k": 4}
    demand = pd.DataFrame([{"origin": "Tashkent", "destination": "Karachi", "tonnes_year": 1e6}])
    thaw = cr.Scenario("thaw").reopen("Torkham", "2026-01-01")
    before, after = (net.assign(demand, scenario=s, **ask).crossings.set_index("element_id")["units_day"]
                     for s in (None, thaw))
    assert "torkham" not in before.index
    assert after["torkham"] > 5


def test_no_route_is_a_row_and_wrong_demand_an_error() -> None:
    net = small_network()
    shut = cr.Scenario("s").close("pass").close("plain")
    found = net.assign(one(tonnes_year=1.0), scenario=shut, **ASK)
    assert "cut by" in found.routes["note"].iloc[0]
    assert found.crossings.empty
    for wrong, word in ((one(), "one of tonnes_year"), (one(tonnes_year=-1.0), "row 0"),
                        (one(tonnes_year=1.0, usd_year=1.0), "one of tonnes_year"),
                        (one(usd_year=1.0), "has none")):
        with pytest.raises(cr.BadRequest, match=word):
            net.assign(wrong, **ASK)
    with pytest.raises(cr.BadRequest, match="mu=-1"):
        net.assign(one(tonnes_year=1.0), mu=-1, **ASK)

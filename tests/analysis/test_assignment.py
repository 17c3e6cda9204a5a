"""Demand on routes: logit shares and loads worked out by hand on the small network."""

from concurrent.futures import ThreadPoolExecutor
from math import exp

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corridors as cr
from corridors.analysis.choice import Option, shares
from tests.small import small_network, with_tables

ASK = {"depart": "2025-06-02T00:00", "as_of": "2025-06-01", "modes": ["road"]}


def one(**row: object) -> pd.DataFrame:
    return pd.DataFrame([{"origin": "home", "destination": "town", **row}])


def test_shares_and_loads_by_hand() -> None:
    """Pass and plain share no leg. The difference of cost a tonne decides."""
    net = small_network()
    found = net.assign(one(tonnes_year=73_000), mu=0.02, **ASK)
    costs = found.routes.set_index("name")["generalised_usd_per_t"]
    odds = exp(-0.02 * (costs["XA-XB, by High Pass"] - costs["XA-XB, by Plain Gate"]))
    shares = found.routes.set_index("name")["share"]
    assert shares["XA-XB, by High Pass"] == pytest.approx(odds / (1 + odds))
    assert shares.sum() == pytest.approx(1)
    load = found.crossings.set_index("element_id")
    assert load.loc["pass", "tonnes_day"] == pytest.approx(200 * shares["XA-XB, by High Pass"])
    assert load.loc["pass", "units_day"] == pytest.approx(10 * shares["XA-XB, by High Pass"])
    assert load.loc["pass", "direction"] == "XA>XB"
    assert np.isnan(load.loc["pass", "use"])


def test_where_cost_does_not_count_routes_that_share_nothing_are_equal() -> None:
    found = small_network().assign(one(units_year=365), mu=0.0, **ASK)
    assert list(found.routes["share"]) == pytest.approx([0.5, 0.5])
    assert found.crossings["units_day"].sum() == pytest.approx(1)


def test_trade_in_dollars_and_published_capacity(net: cr.Network) -> None:
    textiles = pd.DataFrame([{"origin": "Karachi", "destination": "Almaty", "cargo": "textiles", "usd_year": 1e9}])
    found = net.assign(textiles, depart="2026-04-15", modes=["road"], k=9)
    value = float(net.cargo.set_index("cargo_id").loc["textiles", "value_usd"])
    assert found.routes["units_year"].sum() == pytest.approx(1e9 / value)
    known = found.crossings.dropna(subset="capacity_day")
    assert (known["use"] == known["units_day"] / known["capacity_day"]).all()
    assert found.crossings["units_day"].is_monotonic_decreasing


def test_opening_a_corridor_takes_load_from_the_others(net: cr.Network) -> None:
    ask = {"depart": "2026-01-15", "as_of": "2026-02-15", "modes": ["road"], "k": 12}
    demand = pd.DataFrame([{"origin": "Tashkent", "destination": "Karachi", "tonnes_year": 1e6}])
    thaw = cr.Scenario("thaw").reopen("Torkham", "2026-01-01")
    before, after = (
        net.assign(demand, scenario=s, **ask).crossings.set_index("element_id")["units_day"] for s in (None, thaw)
    )
    assert "torkham" not in before.index
    assert after["torkham"] > 5


def limited(**capacity: float) -> cr.Network:
    """The small network with crossings that take so many units a day."""
    net = small_network()
    table = net.crossings
    table["capacity_day"] = table["element_id"].map(capacity)
    return with_tables(net, {**net.tables, "crossings": table})


@pytest.mark.parametrize(
    ("capacity", "passing", "left"),
    [
        ({"pass": 4}, [4, 16], 0),
        ({"pass": 4, "plain": 12}, [4, 12], 4),
        ({"pass": 50, "plain": 50}, [10, 10], 0),
        ({"pass": 6, "plain": 8}, [6, 8], 6),
    ],
)
def test_what_is_too_much_takes_the_other_way_or_is_left(capacity: dict, passing: list[float], left: float) -> None:
    """20 units a day, half of them by each route if both had room."""
    found = limited(**capacity).assign(one(units_year=7300), mu=0.0, spill=True, **ASK)
    load = found.crossings.set_index("element_id")["units_day"]
    assert load[["pass", "plain"]].tolist() == pytest.approx(passing)
    assert found.routes["units_year"].sum() == pytest.approx(7300)
    over = found.routes[found.routes["name"] == "left over"]
    assert over["units_year"].sum() == pytest.approx(left * 365)
    assert over["note"].tolist() == (["full: High Pass, Plain Gate"] if left else [])


def test_two_demands_share_the_room_by_what_they_want() -> None:
    """The pass takes 12 a day: 10 and 20 want it, 4 and 8 get it; only the first has another route."""
    demand = pd.DataFrame(
        [
            {"origin": "home", "destination": "town", "units_year": 7300},
            {"origin": "pass_a", "destination": "pass_b", "units_year": 7300},
        ]
    )
    found = limited(**{"pass": 12}).assign(demand, mu=0.0, spill=True, max_stretch=2, **ASK).routes
    first, second = (rows.set_index("name")["units_year"] / 365 for _, rows in found.groupby("origin", sort=False))
    assert first.to_dict() == pytest.approx({"XA-XB, by High Pass": 4, "XA-XB, by Plain Gate": 16})
    assert second["left over"] == pytest.approx(12)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=8, deadline=None, derandomize=True)
def test_no_crossing_takes_too_much_and_none_waits_where_there_is_room(seed: int) -> None:
    rng = np.random.default_rng(seed)
    capacity = {"pass": rng.integers(1, 30), "plain": rng.integers(1, 30)}
    demand = pd.DataFrame(
        [
            {"origin": place, "destination": "town", "units_year": 365.0 * rng.integers(1, 30)}
            for place in ("home", "port", "pass_a")
        ]
    )
    found = limited(**capacity).assign(demand, mu=0.05, spill=True, **{**ASK, "max_stretch": 9})
    load = found.crossings.set_index("element_id")["units_day"]
    assert all(load[name] <= most + 1e-6 for name, most in capacity.items())
    carried = found.routes[found.routes["name"] != "left over"]["units_year"].sum() / 365
    graph = nx.DiGraph()
    for row in demand.itertuples():
        graph.add_edge("all", row.origin, capacity=row.units_year / 365)
        for name in capacity:
            graph.add_edge(row.origin, name)
    for name, most in capacity.items():
        graph.add_edge(name, "town", capacity=float(most))
    assert carried == pytest.approx(nx.maximum_flow_value(graph, "all", "town"))


def test_the_value_of_a_load_has_a_range_and_worlds_are_set_side_by_side() -> None:
    cargo = cr.Cargo("goods", 20.0, "FEU", "trailer40", frozenset({"road"}), value_usd=50_000.0)
    demand = pd.DataFrame([{"origin": "home", "destination": "town", "cargo": cargo, "usd_year": 365 * 1e6}])
    before, after = (
        small_network().assign(demand, value_range=(0.5, 2), scenario=scenario, **ASK)
        for scenario in (cr.Scenario("no pass").close("pass"), None)
    )
    plain = before.crossings.iloc[0]
    assert plain[["units_day_low", "units_day", "units_day_high"]].tolist() == pytest.approx([10, 20, 40])
    change = after.change_from(before).set_index("element_id")
    assert change.loc["pass", "units_day_before"] == 0
    assert change.loc["pass", "change"] == pytest.approx(-change.loc["plain", "change"])
    assert change.loc["pass", "change"] > 0
    with pytest.raises(cr.BadRequest, match="value_range"):
        small_network().assign(demand, value_range=(1.2, 2), **ASK)


def test_no_route_is_a_row_and_wrong_demand_an_error() -> None:
    net = small_network()
    closed = cr.Scenario("s").close("pass").close("plain")
    found = net.assign(one(tonnes_year=1.0), scenario=closed, **ASK)
    assert "All routes are cut, the quickest by High Pass: closed" in found.routes["note"].iloc[0]
    assert found.crossings.empty
    for wrong, word in (
        (one(), "one of tonnes_year"),
        (one(tonnes_year=-1.0), "row 0"),
        (one(tonnes_year=1.0, usd_year=1.0), "one of tonnes_year"),
        (one(usd_year=1.0), "has none"),
    ):
        with pytest.raises(cr.BadRequest, match=word):
            net.assign(wrong, **ASK)
    with pytest.raises(cr.BadRequest, match="mu=-1"):
        net.assign(one(tonnes_year=1.0), mu=-1, **ASK)


def two_modes() -> dict[str, object]:
    return {**ASK, "modes": ["road", "rail", "sea"], "max_stretch": 9, "k": 12}


def by_mode(found: pd.DataFrame) -> pd.Series:
    return found.groupby("mode")["units_year"].sum()


def test_nested_odds_by_hand() -> None:
    """Modes weigh by what their routes are worth together; the default goes by relative cost."""
    from corridors.analysis.choice import MODE, NEST, ROUTE

    found = small_network().assign(one(units_year=1000), **two_modes()).routes
    assert set(found["mode"]) >= {"road", "rail"}
    options = [
        Option("", "", mode, cost, 20.0, 1.0, (), {f"leg {i}": 1.0}, frozenset())
        for i, (cost, mode) in enumerate(((100, "road"), (120, "road"), (90, "rail")))
    ]
    within = (120 / 100) ** -ROUTE
    road = (100**-ROUTE * (1 + within)) ** NEST
    rail = 90.0**-MODE
    expected = [road / (road + rail) * part / (1 + within) for part in (1, within)] + [rail / (road + rail)]
    assert shares(options) == pytest.approx(expected)
    assert shares(options, nest=1.0)[0] == pytest.approx(100**-ROUTE / sum(c**-ROUTE for c in (100, 120, 90)))


def test_elasticity_of_a_mode_lies_in_the_range_of_the_literature(net: cr.Network) -> None:
    """One tenth on the price of rail or road, at several distances: -0.3 to -2; what one loses the others gain."""
    pairs = [
        ("Almaty", "Tashkent"),
        ("Almaty", "Karachi"),
        ("Xi'an", "Baku"),
        ("Urumqi", "Tashkent"),
        ("Tashkent", "Moscow"),
    ]
    demand = pd.DataFrame([{"origin": a, "destination": b, "units_year": 1000.0} for a, b in pairs])
    ask = {"depart": "2025-06-10", "as_of": "2025-06-10", "progress": False}
    seen = 0

    def carried(routes: pd.DataFrame, mode: str) -> float:
        return float(routes.loc[routes["mode"] == mode, "units_year"].sum())

    for mode in ("rail", "road"):
        before, after = (
            net.assign(demand, scenario=cr.Scenario("price").scale("usd", factor, mode=mode), **ask).routes
            for factor in (1.0001, 1.1)
        )
        assert -2 < np.log(carried(after, mode) / carried(before, mode)) / np.log(1.1) < -0.3, "all flows together"
        for (origin, destination), rows in before.groupby(["origin", "destination"]):
            other = after[(after["origin"] == origin) & (after["destination"] == destination)]
            share, changed = (one.loc[one["mode"] == mode, "share"].sum() for one in (rows, other))
            if 0.1 < share < 0.95:
                seen += 1
                least = -min(0.3, 1 - share)  # what carries most of a flow loses little of it to anything
                assert -2 < np.log(changed / share) / np.log(1.1) < least
            assert changed < share
            assert other["units_year"].sum() == pytest.approx(rows["units_year"].sum())
    assert seen >= 9


def test_the_ways_are_the_same_before_and_after(net: cr.Network) -> None:
    """Closing a crossing takes its load to routes that were there before, and takes none from them."""
    demand = pd.DataFrame([{"origin": "Tashkent", "destination": "Karachi", "units_year": 1000.0}])
    ask = {"depart": "2025-06-10", "as_of": "2025-06-10", "progress": False}
    before = net.assign(demand, **ask)
    busiest = before.crossings.query("direction.str.startswith('AF>PK')")["element_id"].iloc[0]
    after = net.assign(demand, scenario=cr.Scenario("closed").close(busiest, "2025-01-01"), **ask)
    old, new = (one.routes.set_index("name")["share"] for one in (before, after))
    assert set(new.index) < set(old.index)
    assert (new >= old[new.index] - 1e-9).all()
    change = after.change_from(before).set_index("element_id")["change"]
    assert change[busiest] < 0


def test_the_closure_of_october_2025(net: cr.Network) -> None:
    """Nothing was fitted to it: Uzbek boxes for Karachi leave the Afghan routes altogether, and none is lost."""
    demand = pd.DataFrame([{"origin": "Tashkent", "destination": "Karachi", "tonnes_year": 670_000.0}])
    ask = {"progress": False}
    before, after = (net.assign(demand, depart=day, as_of=day, **ask) for day in ("2025-09-15", "2025-11-15"))
    through = [one.crossings["direction"].eq("AF>PK") for one in (before, after)]
    assert before.crossings[through[0]]["tonnes_day"].sum() * 365 > 200_000
    assert not through[1].any()
    assert after.routes["tonnes_year"].sum() == pytest.approx(670_000, rel=1e-3)


def test_a_pair_is_asked_once_and_on_any_executor(net: cr.Network) -> None:
    demand = pd.DataFrame(
        [{"origin": "Almaty", "destination": "Karachi", "units_year": 100.0 + i} for i in range(30)]
        + [{"origin": "Tashkent", "destination": "Karachi", "units_year": 5.0}]
    )
    ask = {"depart": "2025-06-10", "as_of": "2025-06-10", "k": 6, "progress": False}
    found = net.assign(demand, **ask)
    first, last = (net.assign(demand.iloc[[i]], **ask).routes for i in (0, 29))
    rows = found.routes[found.routes["origin"] == "Almaty"]
    assert rows["units_year"].sum() == pytest.approx(demand["units_year"][:30].sum(), rel=1e-3)
    assert rows.iloc[: len(first)]["share"].tolist() == pytest.approx(first["share"].tolist())
    assert rows.iloc[-len(last) :]["units_year"].tolist() == pytest.approx(last["units_year"].tolist())
    with ThreadPoolExecutor(2) as pool:
        other = net.assign(demand, executor=pool, **ask)
    pd.testing.assert_frame_equal(found.routes, other.routes)
    pd.testing.assert_frame_equal(found.crossings, other.crossings)
    with pytest.raises(cr.BadRequest, match="executor"):
        net.assign(demand, executor="two", **ask)


def test_what_rounds_to_nothing_is_left_out() -> None:
    found = small_network().assign(one(units_year=1000), mu=5.0, **ASK)
    assert found.routes["name"].tolist() == ["XA-XB, by High Pass"]
    assert found.crossings["element_id"].tolist() == ["pass"]


def test_calibration_meets_a_published_total_and_a_closure_is_left_to_test_it(net: cr.Network) -> None:
    """Of a million tonnes from Uzbekistan to Pakistan, 670,000 went by Afghanistan in 2022."""
    demand = pd.DataFrame([{"origin": "Tashkent", "destination": "Karachi", "tonnes_year": 1e6}])
    totals = pd.DataFrame([{"what": "AF", "tonnes_year": 670_000.0}])
    ask = {"progress": False}
    found = net.calibrate(demand, totals, depart="2022-06-10", as_of="2022-06-10", **ask)
    assert found.table["after"].iloc[0] == pytest.approx(670_000, rel=1e-3)
    assert list(found.constants) == ["AF"]
    again = net.assign(demand, depart="2022-06-10", as_of="2022-06-10", constants=found.constants, **ask)
    by_afghanistan = again.routes["name"].str.contains("AF")
    assert again.routes.loc[by_afghanistan, "tonnes_year"].sum() == pytest.approx(670_000, rel=2e-3)
    after = net.assign(demand, depart="2025-11-15", as_of="2025-11-15", constants=found.constants, **ask)
    assert not after.crossings["direction"].eq("AF>PK").any()
    for wrong, word in (
        (pd.DataFrame([{"what": "AF", "tonnes_year": 2e6}]), "larger than the total"),
        (pd.DataFrame([{"what": "AF"}]), "columns what"),
    ):
        with pytest.raises(cr.BadRequest, match=word):
            net.calibrate(demand, wrong, depart="2022-06-10", **ask)
    with pytest.raises(cr.UnknownPlace):
        net.calibrate(demand, pd.DataFrame([{"what": "Torkhm", "tonnes_year": 1.0}]), depart="2022-06-10", **ask)


def test_a_constant_is_for_something_that_is_known(net: cr.Network) -> None:
    demand = pd.DataFrame({"origin": ["Karachi"], "destination": ["Kabul"], "tonnes_year": [1000.0]})
    ask = {"depart": "2025-06-10", "k": 6, "modes": ["road"], "progress": False}
    with pytest.raises(cr.UnknownPlace, match="Torkhem"):
        net.assign(demand, constants={"Torkhem Gate": 1.0}, **ask)
    by_name, by_id, plain = (
        net.assign(demand, constants=constants, **ask).crossings["units_day"].tolist()
        for constants in ({"Torkham": -2.0}, {"torkham": -2.0}, None)
    )
    assert by_name == by_id != plain


def ways(rng: np.random.Generator, number: int) -> list[Option]:
    """Routes of random cost, modes and legs, of which many share some."""
    return [
        Option(
            *("", f"way {i}", str(rng.choice(["road", "rail", "sea"])), float(rng.uniform(50, 150)), 20.0, 1.0, ()),
            {f"leg {leg}": float(rng.uniform(1, 100)) for leg in rng.choice(6, rng.integers(1, 5), replace=False)},
            frozenset(),
        )
        for i in range(number)
    ]


@given(seed=st.integers(0, 10**6))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_one_more_route_adds_to_no_other(seed: int) -> None:
    """Whatever routes share, however strongly it counts: what is true of people who each take what suits them best."""
    rng = np.random.default_rng(seed)
    options = ways(rng, int(rng.integers(2, 9)))
    ask = {"beta": float(rng.uniform(0, 4)), "nest": float(rng.uniform(0.2, 1)), "mu": rng.choice([None, 0.0, 0.02])}
    fewer, more = shares(options[:-1], **ask), shares(options, **ask)
    assert sum(more) == pytest.approx(1)
    assert all(after <= before + 1e-9 for before, after in zip(fewer, more[:-1], strict=True))


def test_routes_that_share_everything_weigh_little_more_than_one() -> None:
    one, same, other = (
        Option("", n, "road", 100.0, 20.0, 1.0, (), {leg: 9.0}, frozenset()) for n, leg in ("aa", "ba", "cb")
    )
    for beta, together in ((0.0, 2.0), (1.0, 2**0.5), (99.0, 2**0.01)):
        first, second, third = shares([one, same, other], beta=beta)
        assert first == second
        assert first + second == pytest.approx(together * third)


SHUT = ("Torkham", "Chaman-Spin Boldak", "Ghulam Khan", "Kharlachi", "Angoor Adda")


@pytest.mark.parametrize("seed", range(6))
def test_no_opening_adds_to_a_route_that_does_not_use_it(net: cr.Network, seed: int) -> None:
    """Gates shut in October 2025 open one after another: what was there before only ever loses."""
    rng = np.random.default_rng(seed)
    origin = str(rng.choice(["Tashkent", "Almaty", "Dushanbe", "Kabul", "Mary"]))
    demand = pd.DataFrame([{"origin": origin, "destination": "Karachi", "units_year": 1000.0}])
    scenario, before = cr.Scenario("open"), dict[object, float]()
    opened = 0
    for gate in ("", *map(str, rng.permutation(SHUT)[:3])):
        scenario = scenario.reopen(gate) if gate else scenario
        found = net.assign(demand, depart="2026-04-15", scenario=scenario if gate else None, progress=False).routes
        found = found.dropna(subset="share")
        after = found.groupby(["name", "mode", "generalised_usd_per_t"])["share"].sum().to_dict()
        assert all(after.get(way, 0.0) <= share + 1e-9 for way, share in before.items())
        opened += bool(gate) and len(after) > len(before)
        before = after
    assert opened >= 1


def test_the_main_gate_of_kabul_takes_a_part_of_its_trade(net: cr.Network) -> None:
    """Torkham is the nearest gate to Kabul; four routes to Karachi by other gates are a little cheaper."""
    demand = pd.DataFrame([{"origin": "Kabul", "destination": "Karachi", "units_year": 1000.0}])
    found = net.assign(demand, depart="2025-09-15", progress=False)
    load = found.crossings.set_index(["element_id", "mode"])["units_day"]
    assert load["torkham", "road"] > 0.1 * 1000 / 365
    assert not found.routes.duplicated(["name", "mode"]).any()


def test_the_load_of_a_wagon_is_counted_in_trucks_on_roads(net: cr.Network) -> None:
    """As many as 20-t loads that the price charges, and as the same tonnes in boxes need."""
    ask = {"depart": "2026-04-15", "modes": ["road"], "progress": False}
    demand = {"origin": "Almaty", "destination": "Kabul", "tonnes_year": 365_000.0}
    metal, boxes = (
        net.assign(pd.DataFrame([demand | {"cargo": c}]), **ask).crossings for c in ("metal", "container40")
    )
    payload = float(net.cargo.set_index("cargo_id").loc["container40", "payload_t"])
    for found, tonnes in ((metal, 20.0), (boxes, payload)):
        assert (found["tonnes_day"] / found["units_day"]).tolist() == pytest.approx([tonnes] * len(found), rel=0.2)
    by_rail = net.assign(
        pd.DataFrame([demand | {"cargo": "metal"}]), depart="2026-04-15", modes=["rail"], progress=False
    )
    assert (by_rail.crossings["tonnes_day"] / by_rail.crossings["units_day"]).tolist() == pytest.approx(
        [65.0] * len(by_rail.crossings)
    )


def test_trucks_with_the_load_of_a_wagon_fill_a_gate() -> None:
    """Three and a quarter trucks to a wagon of 65 t: 13 trucks a day are four of them."""
    cargo = cr.Cargo("ore", 65.0, "wagon", "wagon1520", frozenset({"road"}))
    found = limited(**{"pass": 13}).assign(one(cargo=cargo, units_year=3650), spill=True, mu=0.0, **ASK)
    load = found.crossings.set_index("element_id")
    assert load.loc["pass", ["units_day", "use"]].tolist() == pytest.approx([13, 1])
    assert load.loc["pass", "tonnes_day"] == pytest.approx(4 * 65)
    assert load.loc["plain", "units_day"] == pytest.approx(6 * 3.25)

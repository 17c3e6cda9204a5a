"""What edges take with a load: arrays against hand-worked figures, the lines of each edge, and scenarios."""

from __future__ import annotations

from dataclasses import replace
from math import isnan

import numpy as np
import pytest

import corridors as cr
from corridors.model.graph import Edge
from corridors.model.world import World
from corridors.routing.request import Request, resolve, world_of
from tests.small import small_network

BOX = cr.Cargo("box", 20.0)
WAGON = cr.Cargo("wheat", 60.0, "wagon", "wagon1520", frozenset({"road", "rail"}))
LOADS = ("container40", "reefer40", "wheat_wagon", "mango", "metal", "bus")


def ask(net: cr.Network, origin: str = "Almaty", destination: str = "Karachi", **wishes: object) -> World:
    request = Request(origin=origin, destination=destination, depart="2026-06-15", **wishes)  # type: ignore[arg-type]
    return world_of(net.facts, resolve(net.facts, request).question)


def edge_of(net: cr.Network, kind: str, start: str, end: str, mode: str) -> Edge:
    (found,) = (
        e for e in net.facts.graph.edges if (e.kind, e.from_place, e.to_place, e.mode) == (kind, start, end, mode)
    )
    return found


@pytest.mark.parametrize(
    ("load", "leg", "hours", "usd", "kg"),
    [
        (BOX, ("home", "pass_a", "road"), 240 / 60 / 0.5, 240 * 2, 240 * 20 * 0.1),
        (BOX, ("pass_a", "home", "road"), 8, 480, 480),
        (BOX, ("home", "rail_a", "rail"), 300 / 40 / 0.5, 300, 300 * 20 * 0.03),
        (BOX, ("port", "harbour", "sea"), 500 / 25 + 48 / 2, 500 * 0.3, 500 * 20 * 0.01),
        (WAGON, ("home", "pass_a", "road"), 8, 240 * 2 * 60 / 20, 240 * 60 * 0.1),
        (WAGON, ("home", "rail_a", "rail"), 15, 300 * 1.5, 300 * 60 * 0.03),
    ],
)
def test_legs_worked_by_hand(load: cr.Cargo, leg: tuple[str, str, str], hours: float, usd: float, kg: float) -> None:
    """Km by speed and share on the move, and half the time between sailings; a wagon's load by three trucks."""
    net = small_network()
    amounts, edge = net.facts.amounts(load), edge_of(net, "leg", *leg)
    found = [getattr(amounts, what)[edge.number] for what in ("hours", "usd", "kgco2e")]
    assert found == pytest.approx([hours, usd, kg], rel=1e-9)


def test_hours_of_shipped_legs_from_the_tables(net: cr.Network) -> None:
    """A published speed and share are means and stand as they are, the row of the country before that of all."""
    rates = net.rates.set_index(["quantity", "by_mode", "by_country", "by_vehicle"])["mode"]

    def rate(quantity: str, mode: str, country: str) -> float:
        keys = ((quantity, mode, country, ""), (quantity, mode, "", ""), (quantity, "", "", ""))
        return float(next(rates[key] for key in keys if key in rates.index))

    own = {*net.rates.loc[net.rates["quantity"].isin(["speed", "running_share"]), "by_vehicle"]}
    assert "trailer40" not in own
    graph, hours = net.facts.graph, net.facts.amounts(net.facts.preset("container40")).hours
    legs = net.tables["legs"].query("mode == 'road'")
    number = {(e.element_id, e.forward): e.number for e in graph.edges if e.kind == "leg"}
    checked = set()
    for leg in legs.sample(200, random_state=1).itertuples():
        expected = leg.km / rate("speed", "road", leg.country) / rate("running_share", "road", leg.country)
        if mountain := leg.speed_class == "mountain":
            expected /= rate("speed_factor_mountain", "road", leg.country)
        if not isnan(leg.headway_hours):
            continue
        checked.add(mountain)
        for forward in (True, False):
            assert hours[number[leg.leg_id, forward]] == pytest.approx(expected, rel=1e-9)
    assert checked == {True, False}


@pytest.mark.parametrize("load", LOADS)
def test_arrays_are_the_sums_of_the_lines(net: cr.Network, load: str) -> None:
    """Every edge on its own, for its own length, direction and sailings, has what the columns have."""
    amounts = net.facts.amounts(net.facts.preset(load))
    edges = list(net.facts.graph.edges)
    assert [edge.number for edge in edges] == list(range(len(amounts.hours)))
    assert {edge.headway_hours > 0 for edge in edges} == {edge.away_km != 0 for edge in edges} == {True, False}
    for what in ("hours", "usd", "kgco2e"):
        lines = [getattr(amounts.of(edge), what) for edge in edges]
        np.testing.assert_allclose(getattr(amounts, what), lines, rtol=1e-11, atol=1e-11)


ENDS = ["place_id", "from_layer", "to_layer"]


def test_a_load_changes_only_at_terminals_that_handle_it(net: cr.Network) -> None:
    rows = dict(zip(map(tuple, net.transfers[ENDS].to_numpy().tolist()), net.transfers["units"], strict=True))
    for load in LOADS:
        cargo = net.facts.preset(load)
        handled = net.facts.amounts(cargo).handled
        transfers = [edge for edge in net.facts.graph.edges if edge.kind == "transfer"][: len(rows)]
        there = [
            cargo.changes(rows[edge.from_place, layers[0], layers[1]], (layers[0], layers[1]))
            for edge in transfers
            for layers in [edge.mode.split(" > ")]
        ]
        assert [bool(handled[edge.number]) for edge in transfers] == there
        assert any(there)
        assert not all(there)
        assert handled[net.facts.graph.kinds != "transfer"].all()


def test_scenario_changes_what_it_names_and_nothing_else(net: cr.Network) -> None:
    scenario = cr.Scenario("dear").scale("usd", 1.2, mode="rail", country="KZ").scale("hours", 0.5, mode="sea")
    scenario = scenario.delay("Torugart", hours=24)
    usual, world = ask(net), ask(net, scenario=scenario)
    edges = list(world.edges)
    dear = [1.2 if (e.kind, e.mode, e.countries) == ("leg", "rail", ("KZ",)) else 1.0 for e in edges]
    np.testing.assert_allclose(world.taken("usd"), usual.taken("usd") * dear, rtol=1e-12)
    fast = [0.5 if (e.kind, e.mode) == ("leg", "sea") else 1.0 for e in edges]
    late = [24.0 if "torugart" in e.elements else 0.0 for e in edges]
    assert late.count(24.0) == 2
    np.testing.assert_allclose(world.taken("hours"), usual.taken("hours") * fast + late, rtol=1e-12)
    np.testing.assert_array_equal(world.taken("kgco2e"), usual.taken("kgco2e"))


def test_flag_of_the_truck_changes_crossings_by_road_only(net: cr.Network) -> None:
    """A Turkmen truck pays to enter Uzbekistan (rate of its flag), at home no permit and no fuel, as others do."""
    usual, world = ask(net), ask(net, carrier="TM")
    rates = net.facts.rates

    def mean(quantity: str, country: str = "", flag: str = "") -> float:
        return rates.expected(rates.find(quantity, "road", country, flag), "prices")

    at_home = mean("transit_permit_usd", "TM") + mean("fuel_difference_usd", "TM")
    more = {"UZ": mean("entry_fee_usd", "UZ", "TM"), "TM": -at_home}
    passed = [e for e in world.edges if (e.kind, e.mode) == ("crossing", "road")]
    assert {world.verdict(edge).effect for edge in passed if edge.countries[1] in more} <= {"allow", "not known"}
    expected = np.zeros(len(world.edges))
    for edge in passed:
        swap = world.verdict(edge).effect == "transload"
        expected[edge.number] = mean("transload_usd") if swap else more.get(edge.countries[1], 0.0)
    assert np.unique(expected).size > 2
    np.testing.assert_allclose(world.taken("usd") - usual.taken("usd"), expected, atol=1e-9)


@pytest.mark.parametrize(
    "wishes",
    [
        {},
        {"modes": ["road"]},
        {"modes": ["rail", "sea"], "avoid": ["IR"]},
        {"cargo": "wheat_wagon", "avoid": ["Khorgos"]},
        {"scenario": cr.Scenario("rail").build("trans_afghan_kharlachi"), "avoid": ["torkham", "CN"]},
    ],
)
def test_what_exists_edge_by_edge(net: cr.Network, wishes: dict[str, object]) -> None:
    """The masks over all edges say of each what its own fields and the request say."""
    world = ask(net, **wishes)
    world = world.other(least_payload=world.question.cargo.least_payload)
    q, there = world.question, []
    for edge in world.edges:
        usable = q.modes | ({"sea", "ferry"} if edge.kind != "leg" and q.modes & {"sea", "ferry"} else set())
        by = {mode.rstrip("0123456789") for mode in edge.mode.split(" > ")} <= usable
        left = edge.gross_limit_t - world.tare
        carries = edge.mode != "road" or (left > 0 and (q.cargo.unit == "wagon" or left >= q.least_payload))
        barred = (
            q.avoid_countries & set(edge.countries)
            or q.avoid_elements & set(edge.elements)
            or q.avoid_places & {edge.from_place, edge.to_place}
        )
        there.append(
            edge.exists(q.overlay.projects)
            and by
            and carries
            and not barred
            and bool(world.amounts.handled[edge.number])
        )
    assert world.existing.tolist() == there
    assert np.isfinite(world.graph.hours).tolist() == there
    assert any(there)
    assert not all(there)


def test_lighter_loads_share_what_does_not_hang_on_weight(net: cr.Network) -> None:
    heavy = net.facts.preset("container40")
    light = replace(heavy, payload_t=heavy.payload_t / 2)
    one, half = net.facts.amounts(heavy), net.facts.amounts(light)
    np.testing.assert_array_equal(one.hours, half.hours)
    on_land = ~net.facts.graph.by_vessel | (net.facts.graph.kinds != "leg")
    np.testing.assert_array_equal(one.usd[on_land], half.usd[on_land])
    np.testing.assert_allclose(one.kgco2e, 2 * half.kgco2e, rtol=1e-12)
    renamed = replace(heavy, cargo_id="rice", value_usd=1.0)
    assert net.facts.amounts(renamed) is net.facts.amounts(heavy)

"""Maximum flow by capacity: by hand, and on random worlds against networkx on the exported graph."""

from math import inf

import networkx as nx
import numpy as np
import pytest

import corridors as cr
from tests.analysis.test_assignment import limited
from tests.analysis.test_redundancy import random_world
from tests.small import small_network

ASK = {"depart": "2025-06-15", "as_of": "2025-06-01"}
ROAD = {**ASK, "modes": ["road"]}


def test_bounds_by_hand() -> None:
    both = limited(**{"pass": 4, "plain": 12}).bottleneck("home", "town", **ROAD)
    assert (both.units_day_low, both.units_day_high) == (16, 16)
    assert dict(zip(both.table["name"], both.table["bound"], strict=True)) == {
        "High Pass": "low and high",
        "Plain Gate": "low and high",
    }
    one = limited(**{"pass": 4}).bottleneck("home", "town", **ROAD)
    assert (one.units_day_low, one.units_day_high) == (4, inf)
    assert one.table["bound"].tolist() == ["low", "not known"]
    assert "at least 4 units" in one.words
    assert "takes one of Plain Gate" in one.words
    every = limited(**{"pass": 4, "plain": 12}).bottleneck("home", "town", **ASK)
    assert every.table.query("bound == 'not known'")["name"].tolist() == ["landing at Harbour", "Rail Gate"]


def test_two_gates_in_a_row_let_through_what_the_narrower_does() -> None:
    """From pass_a to plain_a by way of town and back out: 4 a day over the pass, 3 at most over the plain."""
    net = limited(**{"pass": 4, "plain": 3})
    found = net.bottleneck("pass_b", "plain_a", avoid=["pass"], **ROAD)
    assert (found.units_day_low, found.units_day_high) == (3, 3)
    assert found.table["name"].tolist() == ["Plain Gate"]
    closed = net.bottleneck("home", "town", scenario=cr.Scenario("s").close("pass"), **ROAD)
    assert closed.units_day_high == 3
    none = net.bottleneck("home", "town", scenario=cr.Scenario("s").close("pass").close("plain"), **ROAD)
    assert (none.units_day_low, none.units_day_high, none.words) == (0, 0, "Nothing gets from Home to Town that day.")


def test_a_capacity_that_the_user_knows() -> None:
    net = limited(**{"pass": 4})
    found = net.bottleneck("home", "town", capacity={"Plain Gate": 12, "High Pass": 5}, **ROAD)
    assert (found.units_day_low, found.units_day_high) == (17, 17)
    assert set(found.table["source_id"]) == {"given"}
    for wrong, words in (
        ({"Plain Gate": -1}, "units a day"),
        ({"home-port-road": 3}, "not a border crossing"),
        ({"Plane Gate": 3}, "nearest are Plain Gate"),
    ):
        with pytest.raises(cr.BadRequest, match=words):
            net.bottleneck("home", "town", capacity=wrong, **ROAD)


@pytest.mark.parametrize("seed", range(10))
def test_bounds_are_the_flows_of_the_exported_graph(seed: int) -> None:
    net, scenario = random_world(seed)
    rng = np.random.default_rng(seed)
    capacity = {name: float(rng.integers(1, 9)) for name in ("pass", "plain", "rail") if rng.random() < 0.8}
    found = net.bottleneck("home", "town", capacity=capacity, scenario=scenario, **ASK)
    graph = net.to_networkx(scenario=scenario, **ASK)
    bounds = []
    for others in (0.0, 1e6):
        flat = nx.DiGraph()
        flat.add_nodes_from(["home|door>", "town|>door"])
        for a, b, data in graph.edges(data=True):
            passage = data["kind"] == "crossing" or data["mode"] in ("sea", "ferry")
            if data["kind"] != "terminal" or {a, b} & {"home|door>", "town|>door"}:
                room = capacity.get(data["element_id"], others) if passage else 1e6
                old = flat.get_edge_data(a, b, {"capacity": 0.0})["capacity"]
                flat.add_edge(a, b, capacity=old + room)
        bounds.append(nx.maximum_flow_value(flat, "home|door>", "town|>door"))
    assert found.units_day_low == bounds[0]
    assert found.units_day_high == (inf if bounds[1] >= 1e6 else bounds[1])


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"destination": "port"}, "both lie in XA"), ({"via": ["port"]}, "via"), ({"k": 2}, "k: not an argument")],
)
def test_wrong_arguments(changes: dict, words: str) -> None:
    with pytest.raises(cr.BadRequest, match=words):
        small_network().bottleneck(**{"origin": "home", "destination": "town", **ASK, **changes})

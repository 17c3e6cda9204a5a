"""Screening against the exact search where nothing is dated, against networkx, and by hand."""

from datetime import date

import networkx as nx
import numpy as np
import pytest

import corridors as cr
from corridors.analysis.screening import _hours, _world
from corridors.routing.request import Request
from tests.small import small_network

ASK = {"as_of": "2025-06-01"}
PAIRS = [("Almaty", "Karachi"), ("Tashkent", "Gwadar"), ("Urumqi", "Tehran")]


def test_small_network_by_hand() -> None:
    """High Pass takes 22 h in June; without it the plain is next, and nothing is left without all routes."""
    closed = cr.Scenario("pass closed").close("pass")
    all_closed = closed.close("plain").close("rail").close("port-harbour-sea")
    all_closed = cr.Scenario("all closed", all_closed.changes)
    late = cr.Scenario("late").delay("pass", hours=1)
    net = small_network()
    found = net.screen([("home", "town")], [None, closed, all_closed, late], year=2025, months=[6], day=2, **ASK)
    assert list(found["scenario"]) == ["baseline", "pass closed", "all closed", "late"]
    exact = net.routes("home", "town", depart="2025-06-02T00:00", **ASK).table
    assert found["hours"][0] == pytest.approx(22)
    assert found["hours"][3] == pytest.approx(23)
    assert found["hours"][1] > 22
    assert list(found["cut_off"]) == [False, False, True, False]
    assert np.isnan(found["km"][2])
    assert found["km"][0] == pytest.approx(exact["km"][0])


def test_equals_networkx_on_the_shipped_network(net: cr.Network) -> None:
    """Least hours of the network of a noon, with the waits that end in time, by a search of networkx's own."""
    found = net.screen(PAIRS, [None, cr.Scenario("s").close("gabd_rimdan")], months=[1, 7], as_of="2026-02-15")
    for pair in PAIRS:
        for month in (1, 7):
            world = _world(net.facts, pair, date(2026, month, 15), Request(depart="2026-01-15", as_of="2026-02-15"))
            hours = _hours(world, np.arange(len(world.edges)), month)
            for name in ("baseline", "s"):
                graph: nx.MultiDiGraph = nx.MultiDiGraph()
                for i, edge in enumerate(world.edges):
                    if np.isfinite(hours[i]) and (name == "baseline" or "gabd_rimdan" not in edge.elements):
                        graph.add_edge(edge.tail, edge.head, weight=hours[i])
                graph.add_edges_from(world.multimodal.joins, weight=0.0)
                best = nx.dijkstra_path_length(graph, world.ends[0][0], min(world.ends[1]))
                row = found.query("origin == @pair[0] and month == @month and scenario == @name").iloc[0]
                assert row["hours"] == pytest.approx(best)


def test_agrees_with_the_exact_search_where_nothing_slows_or_waits() -> None:
    net = small_network()
    exact = net.routes("home", "town", depart="2025-06-02T12:00", modes=["road"], k=1, **ASK)
    found = net.screen([("home", "town")], [None], year=2025, months=[6], day=2, modes=["road"], **ASK)
    assert not exact.details["longest_wait_hours"][0]
    assert found["hours"][0] == pytest.approx(exact.details["hours"][0])
    assert found["kgco2e"][0] == pytest.approx(exact.table["kgco2e"][0])


def test_closing_never_helps(net: cr.Network) -> None:
    closed = [cr.Scenario(i).close(i) for i in sorted(net.crossings["element_id"].unique())[:40]]
    found = net.screen(PAIRS, [None, *closed], months=[2, 8], as_of="2026-02-15")
    wide = found.pivot_table(index=["origin", "month"], columns="scenario", values="hours", dropna=False)
    assert (wide.drop(columns="baseline").fillna(np.inf).ge(wide["baseline"], axis=0)).all().all()
    assert (wide.drop(columns="baseline").gt(wide["baseline"] + 1e-9, axis=0)).any().any()


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"months": [13]}, "months"),
        ({"day": 29}, "day"),
        ({"by": "usd"}, "by hours alone"),
        ({"depart": "x"}, "depart"),
        ({"scenarios": [cr.Scenario("x").scale("usd", 2)]}, "scales"),
        ({"pairs": [((76.9, 43.2), "town")]}, "not points"),
        ({"pairs": []}, "nothing to screen"),
        ({"months": 6}, "months"),
        ({"months": [6.0]}, "months"),
        ({"year": 2101}, "2100"),
        ({"year": "x"}, "year"),
    ],
)
def test_wrong_questions(wrong: dict, match: str) -> None:
    ask = {"pairs": [("home", "town")], "scenarios": [None], "year": 2025, "months": [6]} | wrong
    with pytest.raises(cr.BadRequest, match=match):
        small_network().screen(ask.pop("pairs"), ask.pop("scenarios"), **ask)

"""Criticality, cut sets and break-even: against full scans, networkx brute force, and by hand."""

from collections.abc import Collection
from datetime import date, timedelta
from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import corridors as cr
from tests.small import _leg, small_network

ASK = {"depart": "2025-06-02T00:00", "as_of": "2025-06-01"}
PAIR = [("home", "town")]
PLACES = ["home", "town", "pass_a", "plain_a", "port", "pass_b", "plain_b", "harbour"]


def brute(graph: nx.MultiDiGraph, a: str, b: str, removed: Collection[str]) -> float:
    """Hours of the shortest path over the exported graph without some elements; NaN if there is none."""
    left = graph.edge_subgraph(
        [edge for edge in graph.edges(keys=True) if graph.edges[edge]["element_id"] not in removed]
    )
    try:
        return nx.shortest_path_length(left, f"{a}|door>", f"{b}|>door", weight="hours")
    except (nx.NetworkXNoPath, nx.NodeNotFound):
        return np.nan


def random_network(seed: int) -> cr.Network:
    """The small network with a few roads of random length more, all inside one country."""
    rng = np.random.default_rng(seed)
    sides = {"XA": ["home", "pass_a", "plain_a", "port"], "XB": ["town", "pass_b", "plain_b", "harbour"]}
    legs = [
        _leg(a, b, country, float(rng.integers(20, 500)), leg_id=f"more-{a}-{b}")
        for country, places in sides.items()
        for a, b in combinations(places, 2)
        if rng.random() < 0.4
    ]
    return small_network(legs=legs)


# criticality


def test_criticality_by_hand() -> None:
    """Over the pass 8 + 10 + 4 h, over the plain 20 + 5 + 100/30 h; by rail 59.5 h; by sea beyond what is asked."""
    net = small_network()
    found = net.criticality(PAIR, modes=["road"], **ASK)
    assert found["element"].tolist() == ["pass"]
    row = found.iloc[0]
    assert (row["name"], row["pairs"], row["pairs_affected"]) == ("High Pass", "home - town", 1)
    assert row["extra_hours"] == pytest.approx(20 + 5 + 100 / 30 - 22)
    assert row["extra_usd"] == pytest.approx(680, rel=0.05)
    assert not row["cut_off"]
    either = net.criticality(PAIR, modes=["road", "rail"], **ASK).set_index("element")
    assert either["extra_hours"].to_dict() == {"pass": pytest.approx(19 / 3), "rail": 0.0}
    assert either["extra_usd"]["pass"] == 0.0, "the cheapest goes by rail"
    assert either["extra_usd"]["rail"] > 0
    both = net.criticality(PAIR, max_size=2, modes=["road", "rail"], **ASK).set_index("element")
    assert both.index[0] == "pass;plain"
    assert both["extra_hours"]["pass;plain"] == pytest.approx(59.5 - 22)
    all_three = net.criticality(PAIR, max_size=3, modes=["road", "rail"], **ASK).iloc[0]
    assert (all_three["element"], all_three["cut_off"], all_three["pairs_cut_off"]) == ("pass;plain;rail", True, 1)
    assert np.isnan(all_three["extra_hours"])
    assert "No route from Home to Town" in all_three["note"]


def test_what_is_not_on_the_best_way_cannot_matter(net: cr.Network) -> None:
    """Every third road crossing of the shipped network, and those of the best route, are taken out in turn."""
    origin, destination, ask = "Bishkek", "Islamabad", {"depart": "2026-01-15", "as_of": "2026-02-15"}
    hours = net.routes(origin, destination, k=1, **ask).details["hours"].iloc[0]
    found = net.criticality([(origin, destination)], **ask).set_index("element")
    elements = sorted(net.crossings.query("mode == 'road'")["element_id"].unique())
    assert set(found.index) <= set(elements)
    for element in {*elements[::3], *found.index}:
        extra = net.routes(origin, destination, k=1, avoid=[element], **ask).details["hours"].iloc[0] - hours
        assert extra == pytest.approx(found["extra_hours"].get(element, 0.0)), element
    assert found["extra_hours"].max() > 0


@pytest.mark.parametrize("seed", range(4))
def test_every_set_is_worth_what_brute_force_says(seed: int) -> None:
    """All sets of at most three legs and two pairs: the worst agrees, and each is worth as much as a row within it."""
    net = random_network(seed)
    pairs, graph = [("home", "town"), ("port", "plain_b")], net.to_networkx(**ASK)
    legs = [
        leg
        for leg in net.legs.query("status == 'operating'")["leg_id"]
        if leg not in ("rail_b-yard-rail1520", "yard-town-rail1676")
    ]
    found = net.criticality(pairs, over="legs", max_size=3, by_pair=True, **ASK)
    rows: dict[frozenset[str], dict[tuple[str, str], float]] = {frozenset(): {}}
    base = {pair: brute(graph, *pair, ()) for pair in pairs}
    for row in found.to_dict("records"):
        removed, pair = frozenset(row["element"].split(";")), (row["origin"], row["destination"])
        rows.setdefault(removed, {})[pair] = np.nan if row["cut_off"] else base[pair] + row["extra_hours"]
    for size in (1, 2, 3):
        for combination in combinations(legs, size):
            removed = frozenset(combination)
            truth = [brute(graph, *pair, removed) for pair in pairs]
            if removed in rows:
                assert [rows[removed].get(pair, base[pair]) for pair in pairs] == pytest.approx(truth, nan_ok=True)
            else:
                within = [[rows[other].get(pair, base[pair]) for pair in pairs] for other in rows if other < removed]
                assert any(one == pytest.approx(truth, nan_ok=True) for one in within), removed
    ranked = net.criticality(pairs, over="legs", max_size=3, **ASK)
    cut = ranked["pairs_cut_off"].tolist()
    assert cut == sorted(cut, reverse=True)
    for _, some in ranked.groupby("pairs_cut_off"):
        assert some["extra_hours"].dropna().is_monotonic_decreasing


def test_flows_weigh_the_pairs() -> None:
    net, pairs = small_network(), [("home", "town"), ("town", "home"), ("home", "port")]
    plain = net.criticality(pairs, modes=["road"], **ASK).iloc[0]
    heavy = net.criticality(pairs, modes=["road"], flows=[100, 10, 5], **ASK).iloc[0]
    assert plain["pairs"] == "home - town; town - home"
    assert (plain["extra_hours"], heavy["extra_hours"]) == pytest.approx((2 * 19 / 3, 110 * 19 / 3))
    one = net.criticality(pairs, modes=["road"], flows=[100, 10, 5], by_pair=True, **ASK)
    assert one["extra_hours"].tolist() == pytest.approx([19 / 3, 19 / 3])
    assert one["detour"].tolist() == ["XA-XB, by Plain Gate", "XB-XA, by Plain Gate"]
    cut = net.criticality(pairs, modes=["road"], flows=[100, 10, 5], avoid=["plain"], **ASK).iloc[0]
    assert (cut["flow_cut_off"], cut["pairs_cut_off"]) == (110, 2)


def test_a_pair_that_is_cut_off_already_is_said_last() -> None:
    found = small_network().criticality([("yard", "port"), ("home", "town")], modes=["road"], **ASK)
    assert found["element"].tolist() == ["pass", ""]
    assert found["pairs"].iloc[1] == "yard - port"
    assert "No route from Yard to Port" in found["note"].iloc[1]
    assert not found["cut_off"].any()


def test_borders_countries_sections_and_straits(net: cr.Network) -> None:
    small = small_network(
        elements=[{"element_id": "gorge", "kind": "section", "name": "Gorge", "members": "home-pass_a-road"}]
    )
    found = small.criticality(PAIR, over="borders", modes=["road", "rail"], **ASK).iloc[0]
    assert (found["element"], found["cut_off"]) == ("XA-XB", True)
    assert small.criticality(PAIR, over="countries", **ASK).empty  # both ends stay open
    gorge = small.criticality(PAIR, over="sections", modes=["road"], **ASK).iloc[0]
    assert (gorge["name"], gorge["extra_hours"]) == ("Gorge", pytest.approx(19 / 3))
    strait = net.criticality([("Karachi Port", "Mersin")], over="straits", depart="2023-06-15", modes=["sea"])
    assert set(strait["name"]) == {"Bab el-Mandeb", "Suez Canal"}
    assert not strait["cut_off"].any()  # there is the way around Africa
    assert (strait["extra_hours"] > 14 * 24).all()
    pairs = [("Tashkent", "Karachi")]
    transit = net.criticality(pairs, over="countries", depart="2026-04-15", by_pair=True)
    for row in transit.to_dict("records"):
        detour = net.routes(*pairs[0], depart="2026-04-15", k=1, avoid=[row["element"]])
        assert detour[0].name == row["detour"]
        assert row["element"] not in set(detour.legs["country"])
    assert not set(transit["element"]) & {"UZ", "PK"}


def test_the_country_of_an_end_stays_open_to_its_pair_alone(net: cr.Network) -> None:
    """Iran is transit for one pair and the end of the other, also in sets of two."""
    pairs, ask = [("Tashkent", "Karachi"), ("Almaty", "Mashhad")], {"depart": "2026-04-15"}
    found = net.criticality(pairs, over="countries", max_size=2, by_pair=True, **ask)
    assert any("IR" in text.split(";") for text in found["element"])
    for row in found.to_dict("records"):
        ends = {"Tashkent": "UZ", "Almaty": "KZ", "Karachi": "PK", "Mashhad": "IR"}
        closed = set(row["element"].split(";")) - {ends[row["origin"]], ends[row["destination"]]}
        pair = (row["origin"], row["destination"])
        before = net.routes(*pair, k=1, **ask).details["hours"].iloc[0]
        try:
            after = net.routes(*pair, k=1, avoid=sorted(closed), **ask).details["hours"].iloc[0]
        except cr.NoRoute:
            assert row["cut_off"]
            continue
        assert row["extra_hours"] == pytest.approx(after - before), row


# cut sets


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("over", ["crossings", "legs"])
def test_cut_sets_are_all_minimal_ones(seed: int, over: str) -> None:
    net = random_network(seed)
    graph = net.to_networkx(**ASK)
    if over == "crossings":
        graph.remove_edges_from([e for e in graph.edges(keys=True) if graph.edges[e]["mode"] == "sea"])
        ask, elements = {"modes": ["road", "rail"], **ASK}, ["pass", "plain", "rail"]
    else:
        ask, elements = ASK, list(net.legs.query("status == 'operating'")["leg_id"])
    cutting = [
        frozenset(some)
        for size in (1, 2, 3)
        for some in combinations(elements, size)
        if np.isnan(brute(graph, "home", "town", some))
    ]
    minimal = {one for one in cutting if not any(other < one for other in cutting)}
    found = net.cut_sets("home", "town", over=over, **ask)
    assert {frozenset(text.split(";")) for text in found["elements"]} == minimal
    assert found["size"].is_monotonic_increasing
    if over == "crossings":
        assert found["words"].tolist() == [
            "home is cut from town where High Pass and Plain Gate and Rail Gate are closed, "
            "and no part of this suffices."
        ]


def test_a_closure_counts_as_closed_already() -> None:
    net = small_network([{"element_id": "plain", "start": "2025-05-01"}])
    ask = {"modes": ["road"], **ASK}
    assert net.cut_sets("home", "town", **ask)["elements"].tolist() == ["pass"]
    with pytest.raises(cr.NoRoute, match="Plain Gate") as caught:
        net.cut_sets("home", "town", avoid=["pass"], **ask)
    assert caught.value.blocking == ["Plain Gate"]
    assert net.cut_sets("home", "town", max_size=1, modes=["road", "sea"], **ASK).empty


# wait or reroute


def test_waiting_pays_up_to_the_break_even_by_brute_force() -> None:
    """The pass is closed for more and more days: the search changes over where break_even says it should."""
    base = cr.Scenario("long way round").delay("plain", 100)
    ask = {"modes": ["road"], "max_wait_hours": 1000, **ASK}
    found = small_network().break_even("home", "town", "pass", scenario=base, **ask).set_index("by")
    row = found.loc["hours"]
    assert (row["wait"], row["reroute"]) == ("XA-XB, by High Pass", "XA-XB, by Plain Gate")
    assert row["break_even_days_p10"] < row["break_even_days_p50"] < row["break_even_days_p90"]
    exact = (20 + 105 + 100 / 30 - 22) / 24
    assert row["break_even_days_p50"] == pytest.approx(exact, rel=0.1)
    arrive = 8 / 24
    for days in range(1, 8):
        closed = base.close("pass", "2025-06-02", date(2025, 6, 1) + timedelta(days))
        best = small_network().routes("home", "town", k=1, scenario=closed, **ask)
        waits = days - arrive
        assert best[0].name == ("XA-XB, by High Pass" if waits < exact else "XA-XB, by Plain Gate"), days


def test_money_of_waiting_by_hand() -> None:
    """US$ 680 more round; 14 free days and 100 a day, or what the caller says; an hour of the load is worth US$ 1."""
    net, ask = small_network(), {"modes": ["road"], **ASK}

    def p50(**more: float) -> pd.Series:
        return net.break_even("home", "town", "High Pass", **ask, **more).set_index("by")["break_even_days_p50"]

    assert p50()["usd"] == pytest.approx(14 + 6.8, rel=0.05)
    assert p50(usd_day=50, free_days=0)["usd"] == pytest.approx(13.6, rel=0.05)
    loss = 680 + 19 / 3
    assert p50(usd_day=50, free_days=2)["generalised"] == pytest.approx((loss + 2 * 50) / 74, rel=0.05)
    assert p50(usd_day=50, free_days=99)["generalised"] == pytest.approx(loss / 24, rel=0.05)
    assert p50(usd_day=0, free_days=0)["usd"] == np.inf
    assert p50()["hours"] == pytest.approx(19 / 3 / 24, rel=0.3)


def test_break_even_of_what_is_closed_now_and_of_the_only_way() -> None:
    net = small_network([{"element_id": "pass", "start": "2025-05-01"}])
    row = net.break_even("home", "town", "pass", modes=["road"], **ASK).iloc[0]
    assert (row["wait"], row["reroute"]) == ("XA-XB, by High Pass", "XA-XB, by Plain Gate")
    only = net.break_even("home", "town", "pass", modes=["road"], avoid=["plain"], **ASK)
    assert only["break_even_days_p50"].isna().all()
    assert only["words"].str.contains("no other route: cargo has to wait at High Pass").all()
    better = net.break_even("home", "town", "plain", modes=["road"], scenario=cr.Scenario("x").reopen("pass"), **ASK)
    assert better["words"].str.endswith("beats waiting at Plain Gate even if it opens at once.").all()
    assert (better["break_even_days_p50"] == 0).all()
    with pytest.raises(cr.BadRequest, match="nothing to wait for"):
        net.break_even("home", "town", "rail", modes=["road"], **ASK)


@pytest.mark.parametrize(
    "ask",
    [
        lambda net: net.criticality(PAIR, over="passes", **ASK),
        lambda net: net.criticality(PAIR, max_size=4, **ASK),
        lambda net: net.criticality(PAIR, max_size=True, **ASK),
        lambda net: net.criticality(PAIR, flows=[1, 2], **ASK),
        lambda net: net.criticality(PAIR, flows=[-1], **ASK),
        lambda net: net.criticality(["home"], **ASK),
        lambda net: net.criticality(PAIR, spede=1, **ASK),
        lambda net: net.cut_sets("home", "town", max_size=0, **ASK),
        lambda net: net.break_even("home", "town", "pass", usd_day=-1, **ASK),
    ],
)
def test_wrong_arguments(ask: object) -> None:
    with pytest.raises(cr.BadRequest):
        ask(small_network())


def test_what_one_cause_closed_together_closes_together(net: cr.Network) -> None:
    """The clashes of October 2025 closed Chaman, Torkham and Kharlachi at once: closing one costs less than all."""
    pairs, ask = [("Tashkent", "Karachi")], {"depart": "2025-06-15", "as_of": "2025-06-15", "progress": False}
    causes = net.criticality(pairs, over="causes", **ask).set_index("element")
    single = net.criticality(pairs, **ask).set_index("element")
    assert causes["extra_usd"]["pkaf_2025"] > single["extra_usd"]["chaman_spinboldak"]
    assert "2025" in causes["name"]["pkaf_2025"]
    row = net.routes(*pairs[0], k=1, by="usd", avoid=["AF"], depart="2025-06-15", as_of="2025-06-15")
    base = net.routes(*pairs[0], k=1, by="usd", depart="2025-06-15", as_of="2025-06-15")
    assert causes["extra_usd"]["pkaf_2025"] == pytest.approx(row.table["usd"][0] - base.table["usd"][0])
    for extra in ("extra_hours", "extra_usd", "extra_generalised_usd"):
        assert (causes[extra].dropna() >= 0).all()

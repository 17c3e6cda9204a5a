"""Which routes are offered: the four bests exactly, against brute force and against questions for each alone."""

import re
from itertools import combinations, pairwise

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import corridors as cr
from corridors.engine import arrays as engine
from corridors.routing.candidates import NO_GAIN
from corridors.routing.path import waits
from corridors.routing.request import Request, resolve
from corridors.routing.result import Choice, Result
from corridors.routing.search import Search
from tests.analysis.test_redundancy import random_world

BESTS = ("hours", "usd", "kgco2e", "risk")
TOWNS = ("Almaty", "Tashkent", "Karachi", "Lahore", "Baku", "Mashhad", "Bishkek", "Dushanbe", "Kashgar", "Ashgabat",
         "Herat", "Poti", "Moscow", "Urumqi", "Kabul", "Aktau", "Bandar Abbas", "Osh", "Termez", "Quetta")  # fmt: skip


def questions(n: int, seed: int) -> list[tuple[str, str, str]]:
    dice = np.random.default_rng(seed)
    days = [f"{year}-{month:02}-15" for year in (2023, 2024, 2025) for month in range(1, 13)]
    return [(*map(str, dice.choice(TOWNS, 2, replace=False)), str(dice.choice(days))) for _ in range(n)]


def answer(net: cr.Network, origin: str, destination: str, depart: str, **ask: object) -> list[tuple[float, ...]]:
    try:
        routes = net.routes(origin, destination, depart=depart, **ask)
    except cr.NoRoute:
        return []
    return [result.figures for result in routes.results]


@pytest.mark.parametrize(("origin", "destination", "depart"), questions(25, 7))
def test_the_bests_asked_for_alone_are_in_the_answer(
    net: cr.Network, origin: str, destination: str, depart: str
) -> None:
    offered = answer(net, origin, destination, depart, k=4)
    for modes in (["road"], ["road", "rail"], ["rail", "sea", "ferry"], None):
        for i, by in enumerate(BESTS[:2]):
            alone = answer(net, origin, destination, depart, k=1, by=by, modes=modes)
            if alone:
                assert offered
                assert min(one[i] for one in offered) <= alone[0][i] * 1.01, "but for a twin over the same crossings"


@pytest.mark.parametrize(("origin", "destination", "depart"), questions(25, 8))
def test_what_an_answer_keeps(net: cr.Network, origin: str, destination: str, depart: str) -> None:
    try:
        routes = net.routes(origin, destination, depart=depart, k=6)
    except cr.NoRoute:
        return
    figures = [result.figures for result in routes.results]
    assert all(a[0] <= b[0] + 1e-9 for a, b in pairwise(figures)), "in the order of the hours"
    names = [route.name for route in routes]
    assert len(set(names)) == len(names)
    for result in routes.results:
        legs = [edge.element_id for edge in result.edges if edge.kind == "leg"]
        assert len(legs) == len(set(legs)), "no there and back"
    assert len(routes) + len(routes.left_out) >= 2 or not len(routes.left_out)
    assert (routes.left_out["reason"] != "").all()


def no_worse(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return all(x <= y * (1 + 1e-6) + 1e-9 for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize(("origin", "destination", "depart"), questions(12, 9))
def test_none_is_offered_that_a_way_left_out_beats(net: cr.Network, origin: str, destination: str, depart: str) -> None:
    try:
        routes = net.routes(origin, destination, depart=depart, k=5)
    except cr.NoRoute:
        return
    best = {i: min(result.figures[i] for result in routes.results) for i in range(4)}
    for result in routes.results:
        if any(result.figures[i] <= best[i] for i in range(4)):
            continue  # the best in something is offered for that
        for row in routes.left_out.itertuples():
            if "better by a trifle" in row.reason or "the same modes" in row.reason:
                continue  # what is offered over them stands for it
            other = (row.days * 24, row.usd, row.kgco2e, row.risk)
            beaten = no_worse(other, result.figures) and not no_worse(result.figures, other)
            assert not beaten or any(no_worse(one.figures, other) for one in routes.results)


@pytest.mark.parametrize(
    ("origin", "destination", "depart"), [*questions(12, 11), ("Gazakh", "Raja Jang", "2024-05-22")]
)
def test_nothing_between_the_fastest_and_the_cheapest_outdoes_what_is_offered(
    net: cr.Network, origin: str, destination: str, depart: str
) -> None:
    try:
        routes = net.routes(origin, destination, depart=depart, k=5)
    except cr.NoRoute:
        return
    offered = [result.figures for result in routes.results]
    front = net.pareto(origin, destination, depart=depart, by=("hours", "usd"), epsilon=0.0).routes
    between = [result.figures for result in front.results]
    assert between
    for figures, best_in in zip(offered, routes.table["best_in"], strict=True):
        beats = [one for one in between if no_worse(one, figures) and not no_worse(figures, one)]
        assert best_in or not beats or any(no_worse(one, figures) and one != figures for one in offered)
        clearly = [one for one in between if one[0] < 0.98 * figures[0] and one[1] < 0.98 * figures[1]]
        quicker_and_cheaper = any(one[0] < figures[0] and one[1] < figures[1] for one in offered)
        assert not clearly or quicker_and_cheaper or len(offered) == 5


@pytest.mark.parametrize(
    ("origin", "destination", "depart"),
    [*questions(10, 12), ("Agarak", "Rubtsovsk", "2026-06-15"), ("Shanghai", "Poti", "2026-05-15")],
)
def test_a_trifle_of_co2e_or_risk_takes_no_place_from_a_route_that_saves_hours_and_usd(
    net: cr.Network, origin: str, destination: str, depart: str
) -> None:
    try:
        few, many = (net.routes(origin, destination, depart=depart, k=k) for k in (4, 9))
    except cr.NoRoute:
        return
    offered = [result.figures for result in few.results]
    for own, best_in in zip(offered, few.table["best_in"], strict=True):
        if best_in and set(best_in.split(", ")) <= {"kgco2e", "risk"}:
            for hours, usd, kgco2e, risk in (result.figures for result in many.results):
                saves = hours < 0.98 * own[0] and usd < 0.98 * own[1]
                alike = kgco2e <= 1.09 * own[2] and risk <= own[3] + 0.045
                assert not (saves and alike) or any(one[0] <= hours and one[1] <= usd for one in offered)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_four_bests_equal_brute_force(seed: int) -> None:
    """Every simple path of a small random world, walked one by one."""
    net, scenario = random_world(seed)
    ask = {"depart": "2025-06-15", "as_of": "2025-06-01", "scenario": scenario}
    try:
        routes = net.routes("home", "town", k=4, max_stretch=99, **ask)
    except cr.NoRoute:
        return
    world, first = routes.world, routes.results[0]
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    for i, edge in enumerate(world.edges):
        if np.isfinite(world.graph.hours[i]):
            graph.add_edge(edge.tail, edge.head, key=i)
    for ends in world.multimodal.joins:
        graph.add_edge(*ends, key=-1)
    (start,), ends = world.ends
    found = []
    for end in ends & set(graph):
        for way in nx.all_simple_edge_paths(graph, start, end):
            path = engine.Path(tuple(key for *_, key in way if key >= 0), 0.0)
            if not waits(world, path):
                found.append(Result(net.facts, Choice(world, path), None, None, first.draws).figures)
    for i in range(4):
        least, offered = min(one[i] for one in found), min(result.figures[i] for result in routes.results)
        slack = (0, 0, NO_GAIN["kgco2e"] * least, NO_GAIN["risk"])[i]
        assert least - 1e-6 <= offered <= least + slack + 1e-6


@pytest.mark.parametrize(("origin", "destination", "depart"), questions(8, 10))
def test_opening_what_is_closed_raises_none_of_the_bests(
    net: cr.Network, origin: str, destination: str, depart: str
) -> None:
    before = answer(net, origin, destination, depart, k=4)
    events = net.events[(net.events["start"] <= depart) & (net.events["effect"] == "close")]
    for element in events["element_id"].drop_duplicates().sample(3, random_state=1):
        after = answer(net, origin, destination, depart, k=4, scenario=cr.Scenario("open").reopen(element))
        for i in range(2):
            assert not before or min(one[i] for one in after) <= min(one[i] for one in before) + 1e-6


def test_why_names_the_closure_the_rule_or_the_place_in_the_answer(net: cr.Network) -> None:
    routes = net.routes("Almaty", "Karachi", depart="2026-01-15", as_of="2026-02-15", k=4)
    said = routes.why(["Chaman", "Khunjerab", "Torkham"]).set_index("through")["verdict"]
    assert "closed since 2025-10-12" in said["Chaman-Spin Boldak"]
    assert "closed since 2025-10-12" in said["Torkham"]
    on_it = [label for label, name in zip(routes.labels, routes.names, strict=True) if "Khunjerab" in name]
    assert said["Khunjerab"] == f"offered as {on_it[0]}"
    with pytest.raises(cr.UnknownPlace, match="why"):
        routes.why("Atlantis")
    assert routes.why("Middle Corridor").equals(routes.why("trans_caspian"))


def test_why_names_a_rule_for_every_open_route_that_is_left_out(net: cr.Network) -> None:
    for origin, destination in (("Xi'an", "Tashkent"), ("Tashkent", "Karachi"), ("Erzurum", "Baku")):
        routes = net.routes(origin, destination, depart="2025-06-10")
        said = routes.why(["Bakhty-Baketu", "Gabd-Rimdan", "Bandar Abbas", "Vale-Turkgozu", "Dostyk-Alashankou"])
        compared = said[said["verdict"].str.contains(r"days (?:slower|quicker), US\$ ")]["verdict"]
        assert compared.str.contains("; ").all()


def test_why_and_rejected_say_the_same_of_a_closed_crossing_and_blame_no_road_with_a_way_round(net: cr.Network) -> None:
    """The quickest way by Torkham goes over the M39, which is barred to trucks; round it takes an hour more."""
    for origin, destination, depart in (("Lahore", "Tashkent", "2026-02-10"), ("Tashkent", "Peshawar", "2025-12-20")):
        routes = net.routes(origin, destination, depart=depart, cargo="textiles")
        torkham = routes.why("Torkham").iloc[0]
        assert "Torkham: closed since 2025-10-12" in torkham["verdict"]
        assert "M39" not in torkham["verdict"]
        row = routes.rejected[routes.rejected["needs"] == "Torkham open"].iloc[0]
        assert row["days_if_open"] == pytest.approx(torkham["days"])


@pytest.mark.parametrize(("origin", "destination", "depart"), questions(14, 8))
def test_what_is_long_shut_or_flown_over_is_no_news_unless_it_would_be_quicker(
    net: cr.Network, origin: str, destination: str, depart: str
) -> None:
    try:
        routes = net.routes(origin, destination, depart=depart)
    except cr.NoRoute:
        return
    rejected = routes.rejected
    no_news = rejected["reason"].str.startswith("Long shut") | rejected["name"].str.contains("-air-")
    assert not (rejected.loc[no_news, "days_if_open"] > routes.table["days"].min()).any()


@pytest.mark.parametrize(("origin", "destination", "depart"), [*questions(8, 33), ("Mersin", "Bishkek", "2026-02-25")])
def test_no_detour_that_would_be_far_slower_than_all_offered_is_told_as_closed(
    net: cr.Network, origin: str, destination: str, depart: str
) -> None:
    """Mersin-Bishkek does not miss a road by Pakistan that would take twenty days instead of ten to eighteen."""
    try:
        routes = net.routes(origin, destination, depart=depart)
    except cr.NoRoute:
        return
    days = routes.table["days"]
    told = routes.rejected.query("days_if_open == days_if_open and not reason.str.startswith('Long shut')")
    assert (told["days_if_open"] <= max(1.5 * days.min(), days.max()) + 0.05).all()


def test_one_cause_is_one_row_with_the_nearest_gate_first(net: cr.Network) -> None:
    rejected = net.routes("Almaty", "Karachi", depart="2026-01-15", as_of="2026-02-15", k=4).rejected
    war = rejected[rejected["reason"].str.contains("clashes of 11-12 October 2025")]
    assert len(war) == 1
    assert war["gates"].iloc[0].startswith("Chaman-Spin Boldak, ")
    assert "Torkham" in war["gates"].iloc[0]
    assert war["days_if_open"].between(5, 30).all()


def test_a_pass_that_is_closed_is_not_driven_to_and_back(net: cr.Network) -> None:
    with pytest.raises(cr.NoRoute, match="Khunjerab"):
        net.routes("Kashgar", "Islamabad", depart="2023-12-10", as_of="2023-12-10", via=["khunjerab"], k=1)


def test_nothing_goes_by_a_post_that_is_only_planned(net: cr.Network) -> None:
    with pytest.raises(cr.NoRoute, match="turns round at Badini"):
        net.routes("Tbilisi", "Moscow", depart="2025-04-18", via=["badini_af"])


@pytest.mark.parametrize(
    ("origin", "destination", "depart", "post"),
    [
        ("Mashhad", "Herat", "2025-03-01", "Mahirud"),
        ("Moscow", "Herat", "2025-02-10", "aqina"),
        ("Bandar Abbas", "Tashkent", "2025-07-11", "shemonaikha_tretyakovo_rail_ru"),
        ("Tbilisi", "Kabul", "2025-03-11", "ken_bulun_kz"),
        ("Tbilisi", "Osh", "2026-01-10", "Kapikoy"),
        *((*one, post) for one, post in zip(questions(4, 44), ("kulma_karasu_cn", "irkeshtam_cn"), strict=False)),
    ],
)
def test_the_best_way_by_a_border_post_goes_through_it(
    net: cr.Network, origin: str, destination: str, depart: str, post: str
) -> None:
    """The best that turns round there is followed by the next best, however many routes are asked for."""
    one, many = (net.routes(origin, destination, depart=depart, via=[post], k=k) for k in (1, 6))
    assert one.details["hours"][0] == pytest.approx(many.details["hours"].min())
    ways = [edge for edge in one.results[0].edges if edge.kind in ("leg", "crossing")]
    assert len(ways) == len({edge.element_id for edge in ways}), "no there and back"
    spelt = post.split("_")[0].casefold()
    assert any(spelt in edge.element_id for edge in ways if edge.kind == "crossing"), "nor along the border"


def test_the_road_over_lars_is_offered_to_moscow(net: cr.Network) -> None:
    names = net.routes("Yerevan", "Moscow", depart="2025-10-20", k=4).table["name"]
    assert names.str.contains("Lars").any()


def test_two_ways_between_two_ports_and_the_ship_is_one(net: cr.Network) -> None:
    assert "CN-sea-PK" in str(
        net.routes("Shanghai port", "Karachi port", depart="2026-05-15", k=2).table["name"].tolist()
    )


def test_the_cheapest_counts_the_hire_of_the_box(net: cr.Network) -> None:
    """The front of hours and US$ is found another way, with all labels; its cheapest end is the cheapest there is."""
    ask = {"depart": "2025-06-15", "as_of": "2025-06-15"}
    for origin, destination in (("Jebel Ali", "Almaty"), ("Mumbai", "Bishkek"), ("Gwadar", "Urumqi")):
        cheapest = net.routes(origin, destination, by="usd", k=1, **ask).table["usd"][0]
        front = net.pareto(origin, destination, by=("hours", "usd"), **ask)
        assert front.complete
        assert front.front["usd"].min() <= cheapest * (1 + 1e-9)
        assert cheapest <= front.front["usd"].min() * 1.01, "what little the two searches may miss"
        table = front.routes.table.set_index("label")
        for row in front.front.itertuples():
            assert table["usd"][row.label] <= row.usd * 1.02 + 1e-6, "the front and the table count alike"


def test_the_least_exposed_way_has_no_place_for_that_alone_if_it_is_far_out(net: cr.Network) -> None:
    """Almaty to Karachi round by the Mediterranean takes five weeks; the road by Torugart takes two."""
    routes = net.routes("Almaty", "Karachi", depart="2026-04-15")
    assert not routes.table["countries"].str.contains("TR").any()
    assert routes.table["name"].str.contains("Torugart").any()
    far = routes.left_out[routes.left_out["name"].str.contains("Mersin")]
    assert far["reason"].str.contains("times the .* of [A-D], for less risk").all()


def test_a_built_line_that_a_closed_border_keeps_from_use_says_so(net: cr.Network) -> None:
    ask = {"depart": "2026-04-15", "modes": ["rail"], "k": 1}
    built = cr.Scenario("built").build("trans_afghan_kharlachi")
    with_line = net.routes("Tashkent", "Karachi", scenario=built, **ask)
    assert "built line is closed at Kharlachi" in with_line.table["flags"][0]
    opened = net.routes("Tashkent", "Karachi", scenario=built.reopen("kharlachi_rail"), **ask)
    assert "AF" in opened.table["countries"][0].split("-")
    for routes in (opened, net.routes("Tashkent", "Karachi", **ask)):
        assert "built line" not in routes.table["flags"][0]


def test_the_middle_corridor_is_in_the_answer_beside_russia_and_the_ship(net: cr.Network) -> None:
    """Trains by the Caspian share China and Kazakhstan with those by Russia, yet are another corridor."""
    ask = {"depart": "2025-06-10", "as_of": "2025-06-10"}
    table = net.routes("Xi'an", "Baku", **ask).table
    assert table["name"].str.contains("(?:Aktau|Kuryk) port-.* by ferry").any()
    alone = net.routes("Xi'an", "Baku", by="usd", k=1, modes=["rail", "ferry"], **ask).table
    assert table["usd"].min() <= alone["usd"][0]


@pytest.mark.parametrize(("origin", "destination", "depart"), [*questions(8, 51), ("Istanbul", "Urumqi", "2025-01-03")])
def test_the_usual_way_stands_for_one_that_saves_a_little_more_co2e(
    net: cr.Network, origin: str, destination: str, depart: str
) -> None:
    """The way by sea to Georgia and Samur saved the most of all, and was shown instead of the Middle Corridor."""
    try:
        routes = net.routes(origin, destination, depart=depart)
    except cr.NoRoute:
        return
    table, rest = routes.table, routes.left_out
    first = table["kgco2e"][0]
    for row in table[table["best_in"] == "kgco2e"].itertuples():
        better = rest[(rest["days"] < row.days) & (rest["usd"] < row.usd)]
        assert (first - better["kgco2e"] < 0.8 * (first - row.kgco2e)).all()


@pytest.mark.parametrize("by", ["hours", "usd"])
@pytest.mark.parametrize(("origin", "destination", "depart"), [*questions(8, 21), ("Mashhad", "Kabul", "2025-01-15")])
def test_an_answer_says_which_route_saves_much_for_little(
    net: cr.Network, by: str, origin: str, destination: str, depart: str
) -> None:
    """What a reader would find in the table by a calculator, and nothing else."""
    try:
        routes = net.routes(origin, destination, depart=depart, by=by)
    except cr.NoRoute:
        return
    table = routes.full.fillna({"risk": 0.0})
    spent, saved = ("days", "usd") if by == "hours" else ("usd", "days")
    first = table.iloc[0]
    good = table[
        (table[spent] <= 1.1 * first[spent])
        & (table[saved] <= 0.8 * first[saved])
        & (table["risk"] <= first["risk"] + NO_GAIN["risk"])
    ]
    said = [line for line in repr(routes).splitlines() if " % more " in line]
    assert len(said) == bool(len(good))
    if said:
        best = good.loc[(good["days"] * good["usd"]).idxmin()]
        assert said[0].strip().startswith(f"{best['label']} takes ")
        assert re.search(f"{round(100 * (1 - best[saved] / first[saved]))} % (less US|fewer days)", said[0])
        assert any(note in said[0] for note in routes.notes)
    if (origin, by) == ("Mashhad", "hours"):
        assert said


def test_a_shared_road_keeps_out_no_route_that_saves_much(net: cr.Network) -> None:
    """The road by Alashankou itself leaves the one by Khorgos late, and costs a third less to Dostyk."""
    table = net.routes("Urumqi", "Dostyk", depart="2025-05-01").table
    alone = net.routes("Urumqi", "Dostyk", depart="2025-05-01", modes=["road"], by="usd", k=1).table
    assert table["usd"].round(6).isin(alone["usd"].round(6)).any()
    assert (alone["usd"] <= 0.8 * table["usd"][0]).all()


def test_of_the_outdone_a_way_through_other_countries_comes_before_one_more_post_of_the_same(net: cr.Network) -> None:
    """Gwadar-Herat has four posts by Iran, each a little quicker than Chaman, which is the way through Afghanistan."""
    table = net.routes("Gwadar", "Herat", depart="2025-01-03", cargo="textiles").table
    assert {"PK-IR-AF", "PK-AF"} <= set(table["countries"])


def test_no_load_is_put_on_a_train_where_none_may_go_by_rail(net: cr.Network) -> None:
    """At Alat the way from truck to wagon to ship was an hour or two quicker than from truck to ship."""
    ask = {"depart": "2025-01-10", "modes": ["road", "ferry"]}
    for routes in (net.routes("Baku", "Aktau", avoid=["RU", "IR"], **ask), net.routes("Ashgabat", "Baku", **ask)):
        assert not routes.legs["mode"].str.contains("rail").any()


def test_loads_that_differ_are_compared_by_the_tonne_and_the_answer_says_so(net: cr.Network) -> None:
    """By rail a box of grain is heavier than roads allow, dearer as a whole and cheaper by the tonne."""
    routes = net.routes("Yerevan", "Poti", depart="2025-06-03", cargo="wheat_container", by="usd")
    by_tonne = (routes.full["usd"] / routes.full["payload_t"]).tolist()
    assert by_tonne == sorted(by_tonne)
    assert routes.table["usd"].tolist() != sorted(routes.table["usd"])
    assert "ompared by the tonne" in repr(routes)
    assert any("compared by the tonne" in note and "A 26 t" in note for note in routes.notes)
    assert "by the tonne" not in repr(net.routes("Yerevan", "Poti", depart="2025-06-03", by="usd"))


@pytest.mark.parametrize(("origin", "destination", "depart"), [*questions(8, 61), ("Karachi", "Almaty", "2026-04-15")])
def test_the_cheapest_by_a_trifle_gives_way_to_one_that_is_days_quicker(
    net: cr.Network, origin: str, destination: str, depart: str
) -> None:
    """From Karachi the train to Havelian saved ten dollars of five thousand, and took five days more."""
    try:
        table = net.routes(origin, destination, depart=depart).table
    except cr.NoRoute:
        return
    cheapest, rest = table.loc[table["usd"].idxmin()], table[table["usd"] <= 1.01 * table["usd"].min()]
    assert cheapest["days"] * 0.8 < rest["days"].min()
    exact = net.routes(origin, destination, depart=depart, by="usd").table
    assert exact["usd"][0] <= cheapest["usd"] + 1e-9


def test_what_holds_only_if_a_closure_has_ended_is_no_bargain(net: cr.Network) -> None:
    routes = net.routes("Kabul", "Karachi", depart="2025-10-20", as_of="2025-10-20", unknown="both")
    assert any(result.condition for result in routes.results)
    said = [line for line in repr(routes).splitlines() if " % more " in line]
    table = routes.table.set_index("label")["days"]
    assert all(table[line.split()[0]] >= table["A"] for line in said)


def test_goods_are_taken_to_a_port_and_back_wherever_else_they_pass(net: cr.Network) -> None:
    """Aktau's port lies at the end of a branch; a border station on the way there forbids no turning at the port."""
    ask = {"depart": "2026-04-15", "modes": ["rail", "ferry"], "k": 1}
    alone = net.routes("Xi'an", "Poti", via=["Aktau port", "Baku port (Alat)"], **ask)
    both = net.routes("Xi'an", "Poti", via=["Altynkol", "Aktau port", "Baku port (Alat)"], **ask)
    assert both.table["days"].iloc[0] >= alone.table["days"].iloc[0] - 1e-9
    passed = both.legs["from_place"].tolist()
    at = [passed.index(place) for place in ("altynkol", "aktau_port", "alat_port")]
    assert at == sorted(at)
    through = net.routes("Kashgar", "Almaty", depart="2026-06-15", via=["Khunjerab Pass"]).table
    assert through["countries"].str.startswith("CN-PK-").all(), "a pass is gone through, however far the way round"


def comes_back(routes: cr.Routes, label: str, stop: str) -> bool:
    """Whether a route is again where it was before a stop, by the places of its rows."""
    rows = routes.legs[routes.legs["label"] == label]
    rows = rows[rows["kind"].isin(["leg", "crossing"])]
    passed = [*rows["from_place"], rows["to_place"].iloc[-1]]
    at = passed.index(stop)
    again = [passed[:at].index(place) for place in passed[at + 1 :] if place in passed[:at]]
    return bool(again) and rows["km"].iloc[min(again) : at].sum() > 10


@pytest.mark.parametrize(
    ("origin", "destination", "depart", "town", "stop"),
    [
        ("Almaty", "Karachi", "2026-04-15", "Taftan", "taftan"),
        ("Almaty", "Karachi", "2024-04-15", "Chaman", "chaman"),
        ("Tehran", "Karachi", "2026-04-15", "Mirjaveh", "mirjaveh"),
        ("Tashkent", "Herat", "2024-04-15", "Islam Qala", "islam_qala"),
        ("Mary", "Herat", "2026-04-15", "Taftan", "taftan"),
    ],
)
def test_a_border_town_is_gone_through_or_it_is_said(
    net: cr.Network, origin: str, destination: str, depart: str, town: str, stop: str
) -> None:
    routes = net.routes(origin, destination, depart=depart, via=[town], k=4)
    back = {label: comes_back(routes, label, stop) for label in routes.labels}
    said = [flags + "; ".join(routes.notes) for flags in routes.table["flags"]]
    assert {label: "there and back" in words for label, words in zip(back, said, strict=True)} == back
    takes = routes.table.set_index("label")[["days", "usd"]]
    for label in (one for one in back if back[one]):
        through = takes.loc[[one for one in back if not back[one]]]
        assert not (through <= takes.loc[label]).all(axis=1).any()


def test_a_post_by_road_and_by_rail_of_one_name_is_either(net: cr.Network) -> None:
    ask = {"depart": "2025-06-15", "via": ["Dostyk-Alashankou"]}
    both = net.routes("Almaty", "Urumqi", **ask)
    rail = net.routes("Almaty", "Urumqi", modes=["rail"], **ask)
    assert both.details["crossings"].str.contains("Dostyk-Alashankou").all()
    assert list(both.table["modes"]) == ["road", "rail"]
    assert rail.table["days"].min() == pytest.approx(both.table["days"][1])
    with pytest.raises(cr.UnknownPlace, match="name a place on it"):
        net.routes("Almaty", "Urumqi", depart="2025-06-15", via=["Kamchik pass road"])


@pytest.mark.parametrize(("origin", "destination", "depart"), [("Tbilisi", "Mumbai", "2025-04-12"), *questions(12, 9)])
def test_what_blocks_is_told_by_single_causes(net: cr.Network, origin: str, destination: str, depart: str) -> None:
    """A way that needs a known cause to end and another beside it is no row; nor is a second way that spoils."""
    try:
        rejected = net.routes(origin, destination, depart=depart, cargo="reefer40").rejected
    except cr.NoRoute:
        return
    causes = [set(reason.split("; ")) for reason in rejected["reason"]]
    assert not any(one < other for one in causes for other in causes)
    assert rejected["reason"].str.contains(" keep ").sum() <= 1


def test_a_likely_road_stands_beside_flights_that_cost_several_times_as_much(net: cr.Network) -> None:
    rows = net.routes("Karachi", "Kazan", depart="2023-06-20", cargo="mango").full
    flown = rows["modes"].map(lambda modes: "air" in modes)
    assert flown.tolist() == [True, True, True, False]
    assert rows["p_saleable"][flown].min() >= 0.9
    assert 0.5 < rows["p_saleable"].iloc[-1] < 0.9
    assert 2 * rows["usd"].iloc[-1] < rows["usd"][flown].min()


def test_the_cheapest_on_which_perishables_last_is_found_whatever_else_may_go(net: cr.Network) -> None:
    """With rail Mashhad-Semey costs least, but fruit of 16 days spoils: the cheapest that lasts begins by truck."""

    def fruit(days: float) -> cr.Cargo:
        return cr.Cargo("fruit", 20, vehicle="reefer40", shelf_life_days=days)

    ask = {"depart": "2024-11-13", "cargo": fruit(16), "by": "usd", "k": 1}
    every = net.routes("Mashhad", "Semey", **ask)
    assert every.table["usd"][0] > net.routes("Mashhad", "Semey", **ask | {"cargo": fruit(60)}).table["usd"][0]
    some = [net.routes("Mashhad", "Semey", modes=modes, **ask) for modes in (["road"], ["road", "rail"])]
    assert all(one.results[0].sure for one in (every, *some))
    assert every.table["usd"][0] <= min(one.table["usd"][0] for one in some) + 0.01
    slow = net.routes("Mashhad", "Semey", modes=["rail"], **ask)
    assert not slow.results[0].sure


def test_why_tells_of_the_way_that_is_open_before_one_that_would_have_to_open(net: cr.Network) -> None:
    """The quickest way by Termez goes over a pass that is barred to trucks; another by Termez is open."""
    routes = net.routes("Lahore", "Tashkent", depart="2025-06-10", cargo="textiles")
    row = routes.why("Termez-Hairatan").iloc[0]
    assert "closed" not in row["verdict"]
    alone = net.routes("Lahore", "Tashkent", depart="2025-06-10", cargo="textiles", via=["Termez"], modes=["road"], k=1)
    assert row["days"] == pytest.approx(alone.table["days"][0], rel=0.01)


@pytest.mark.parametrize(
    ("origin", "destination", "depart"),
    [("Bishkek", "Lahore", "2024-12-20"), ("Kashgar", "Gwadar", "2026-01-05"), ("Almaty", "Karachi", "2026-01-15")],
)
def test_no_route_is_offered_for_a_trifle(net: cr.Network, origin: str, destination: str, depart: str) -> None:
    routes = net.routes(origin, destination, depart=depart)
    for a, b in pairwise(sorted(routes.results, key=lambda result: (result.crossings, result.figures))):
        if a.crossings == b.crossings and {edge.mode for edge in a.edges} == {edge.mode for edge in b.edges}:
            assert any(abs(x / y - 1) > 0.01 for x, y in zip(a.figures[:2], b.figures[:2], strict=True))


def test_routes_that_begin_on_one_ship_are_not_alike_for_that(net: cr.Network) -> None:
    routes = net.routes("Nhava Sheva", "Tashkent", depart="2026-04-15")
    by_sea = routes.legs[routes.legs["mode"] == "sea"].groupby("route")["km"].sum()
    assert (by_sea > 0.6 * routes.table["km"]).all()
    assert routes.table["countries"].nunique() > 1


@pytest.mark.parametrize(
    ("origin", "destination", "depart", "cargo"),
    [
        *((*question, "container40") for question in questions(8, 13)),
        ("Yekaterinburg", "Gwadar", "2026-06-03", "metal"),
        ("Karachi", "Shanghai", "2024-03-26", "reefer40"),
    ],
)
def test_no_route_is_both_offered_and_left_out(
    net: cr.Network, origin: str, destination: str, depart: str, cargo: str
) -> None:
    try:
        routes = net.routes(origin, destination, depart=depart, cargo=cargo)
    except cr.NoRoute:
        return
    offered, left = (set(zip(one["days"], one["usd"], strict=True)) for one in (routes.table, routes.left_out))
    assert offered
    assert not offered & left


@pytest.mark.parametrize(
    ("origin", "destination"),
    [("Dushanbe", "Khujand"), ("Tashkent", "Termez"), ("Baku", "Ganja"), ("Almaty", "Astana"), ("Kabul", "Herat")],
)
def test_inside_one_country_the_same_highway_from_another_suburb_is_no_alternative(
    net: cr.Network, origin: str, destination: str
) -> None:
    routes = net.routes(origin, destination, depart="2026-06-10", modes=["road"])
    inside = [route for route in routes if not (route.legs["kind"] == "crossing").any()]
    assert inside
    ways = [shapely.union_all(route.legs.query("kind == 'leg'").geometry.to_list()) for route in inside]
    for one, other in combinations(ways, 2):
        short, long = sorted((one, other), key=lambda way: way.length)
        assert short.intersection(long.buffer(0.04)).length < 0.8 * short.length


def test_the_safer_and_cheaper_of_two_as_quick_is_offered_too(net: cr.Network) -> None:
    """Of two passes half an hour apart in ten days, the usual one is safer and cheaper: to drop it misses the road."""
    by = net.routes("Aktau", "Lahore", depart="2023-03-15").full.set_index("name")
    first, usual = (by.filter(like=name, axis=0).iloc[0] for name in ("Kharlachi", "Hairatan and Torkham"))
    assert first["hours"] < usual["hours"] < 1.005 * first["hours"]
    assert usual["usd"] < first["usd"]
    assert usual["risk"] < first["risk"] - NO_GAIN["risk"]


@pytest.mark.parametrize(
    ("origin", "destination", "depart", "usual"),
    [
        ("Tashkent", "Karachi", "2024-06-10", "Torkham"),
        ("Bishkek", "Karachi", "2025-08-08", "Termez-Hairatan and Torkham"),
        ("Dushanbe", "Karachi", "2025-06-15", "Panji Poyon-Sher Khan Bandar and Chaman"),
    ],
)
def test_a_month_at_sea_for_less_co2e_takes_no_place_from_a_road_of_ten_days(
    net: cr.Network, origin: str, destination: str, depart: str, usual: str
) -> None:
    few, many = (net.routes(origin, destination, depart=depart, k=k) for k in (4, 8))
    assert any(usual in name for name in few.names)
    assert any("sea" in name for name in (*many.names, *many.left_out["name"])), "it is told all the same"
    assert not any("sea" in name for name in few.names)


@pytest.mark.parametrize(
    ("origin", "destination", "depart", "k", "way"),
    [
        ("Bandar Abbas", "Kabul", "2024-06-01", 8, "Dogharoun-Islam Qala"),
        ("Almaty", "Bishkek", "2024-08-20", 4, "Merke-Chaldovar"),
        ("Tashkent", "Bishkek", "2024-06-15", 8, "Saryagash-Keles"),
        ("Almaty", "Baku", "2025-06-01", 4, "KZ-sea-AZ, by Kuryk port"),
        ("Shanghai", "Almaty", "2024-05-14", 4, "Dostyk-Alashankou"),
        ("Zahedan", "Moscow", "2025-01-08", 4, "Samur-Yarag-Kazmalyar"),
    ],
)
def test_places_that_are_left_go_to_the_known_ways(
    net: cr.Network, origin: str, destination: str, depart: str, k: int, way: str
) -> None:
    """They stayed empty, or went to copies, where a variant that was not offered itself beat the known way."""
    assert any(way in name for name in net.routes(origin, destination, depart=depart, k=k).names)


def test_inside_a_country_the_train_is_offered_beside_the_trucks(net: cr.Network) -> None:
    assert "rail" in set(net.routes("Multan", "Karachi", depart="2024-10-05").table["modes"])


@pytest.mark.parametrize(
    ("origin", "destination", "depart"), [("Karachi", "Moscow", "2025-11-10"), ("Baku", "Almaty", "2024-03-15")]
)
def test_the_first_by_co2e_is_the_least_though_others_are_nearly_as_low(
    net: cr.Network, origin: str, destination: str, depart: str
) -> None:
    """What saves four fifths of the least in less effort stands for it in other answers, not in one by CO2e."""
    alone = net.matrix([origin], [destination], depart=depart, by="kgco2e").iloc[0, 0]
    routes = net.routes(origin, destination, depart=depart, by="kgco2e")
    assert routes.full["kgco2e"].iloc[0] == pytest.approx(alone, rel=1e-9)
    closed = cr.Scenario("shut").close(routes.results[0].crossings[-1])
    assert net.routes(origin, destination, depart=depart, by="kgco2e", scenario=closed).full["kgco2e"].min() >= alone


@pytest.mark.parametrize("method", ["yen", "disjoint"])
@pytest.mark.parametrize(
    ("origin", "destination", "depart"), [("Mashhad", "Poti", "2026-02-10"), ("Quetta", "Lahore", "2025-07-12")]
)
def test_by_every_method_a_way_has_the_load_that_the_law_allows(
    net: cr.Network, origin: str, destination: str, depart: str, method: str
) -> None:
    """By CO2e, where a lighter load emits as much a tonne, some had half a tonne less than others on the same roads."""
    ask = {"depart": depart, "by": "kgco2e"}
    first = net.routes(origin, destination, **ask).full.iloc[0]
    found = net.routes(origin, destination, method=method, **ask).full
    assert found["payload_t"].iloc[0] == first["payload_t"]
    assert found["kgco2e"].iloc[0] == pytest.approx(first["kgco2e"], rel=1e-9)
    if method == "yen":
        assert (found["kgco2e"] / found["payload_t"]).is_monotonic_increasing


def test_a_world_is_that_of_its_question(net: cr.Network) -> None:
    """A key that left out what a question avoids, and how long it may wait, gave one world for another."""
    request = Request(origin="Almaty", destination="Karachi", depart="2025-09-15")
    question, *ends = resolve(net.facts, request, both=True)
    asked = Search(net.facts, question, request, (ends[0], ends[1]))
    for change in (
        {"by": "risk"},
        {"avoid_elements": frozenset({"khunjerab"})},
        {"max_wait_hours": 1e4},
        {"modes": frozenset({"road"})},
        {"least_payload": 1.0},
    ):
        question = asked.question.but(**change)
        assert asked.world(asked.question).question == asked.question
        assert asked.world(question).question == question


def test_a_wagon_waits_no_longer_than_may_be_waited(net: cr.Network) -> None:
    routes = net.routes("Mazar-i-Sharif", "Peshawar", depart="2024-09-18", by="usd", cargo="wagon")
    assert routes.full["longest_wait_hours"].max() <= 168
    assert any("Torkham" in name for name in routes.rejected["name"])


@pytest.mark.parametrize(("origin", "destination"), [("Karachi", "Tashkent"), ("Baku", "Tehran")])
def test_what_keeps_a_wagon_out_stands_in_the_answer(net: cr.Network, origin: str, destination: str) -> None:
    """Reasons spoke of places among two, and of routes that were nowhere."""
    routes = net.routes(origin, destination, depart="2023-10-21", cargo="fertiliser")
    known = {f" {label}" for label in routes.labels}
    for reason in routes.left_out["reason"]:
        assert "no place among 2" not in reason
        if "share" in reason or "max_stretch" in reason:
            assert any(label in reason for label in known), reason
    first = routes.table.iloc[0]
    if (routes.table["days"] < first["days"]).any():
        assert any("rail first" in note for note in routes.notes)


@pytest.mark.parametrize(("stop", "destination"), [("Termez", "Tashkent"), ("Karachi", "Tashkent")])
def test_goods_are_brought_to_a_city_and_taken_back_where_that_is_the_best_way(
    net: cr.Network, stop: str, destination: str
) -> None:
    """A way through the city came first though it took a fifth longer than there and back."""
    ask = {"depart": "2026-04-15", "via": [stop]}
    best = net.pareto("Almaty", destination, by=["hours", "km"], **ask).front["hours"].min()
    assert net.routes("Almaty", destination, k=1, **ask).full["hours"].iloc[0] == pytest.approx(best, rel=0.021)

"""Comparison of scenarios, regret, matrices and catchments: by hand, with networkx and by asking one at a time."""

from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corridors as cr
from tests.small import small_network

ASK = {"depart": "2025-06-02T00:00", "as_of": "2025-06-01"}
CLOSED = cr.Scenario("pass closed").close("pass")
SLOW = cr.Scenario("pass slow").delay("pass", hours=20)
DEAR = cr.Scenario("dear").scale("usd", 3)
DEAR_RAIL = cr.Scenario("dear rail").scale("usd", 1.3, mode="rail").delay("Khunjerab", hours=30)
ALL = cr.Scenario("all closed").close("pass").close("plain").close("rail").close("port-harbour-sea")


# compare


def test_compare_by_hand() -> None:
    """360 km and US$ 720 over the pass, 700 km and US$ 1,400 over the plain; prices tripled change no route."""
    found = small_network().compare([("home", "town")], [CLOSED, DEAR, ALL], modes=["road"], **ASK)
    assert found["scenario"].tolist() == ["baseline", "pass closed", "dear", "all closed"]
    assert found["km"].tolist()[:3] == [360, 700, 360]
    assert found["usd"].tolist()[:3] == pytest.approx([720, 1400, 2160], rel=0.03)
    assert found["delta_usd"].tolist()[:3] == pytest.approx([0, 680, 1440], rel=0.05)
    assert found["crossings"].tolist()[:3] == ["High Pass", "Plain Gate", "High Pass"]
    assert found["delta_days"].iloc[2] == 0  # the same luck: not a random difference
    last = found.iloc[3]
    assert last[["km", "days", "delta_days", "delta_usd"]].isna().all()
    assert "High Pass" in last["note"]
    assert not found["note"].iloc[:3].any()


def test_compare_is_routes_one_at_a_time(net: cr.Network) -> None:
    closed = cr.Scenario("Khunjerab closed").close("Khunjerab")
    pairs = [("Kashgar", "Islamabad"), ("Almaty", "Karachi")]
    found = net.compare(pairs, [None, closed], depart="2026-06-15", as_of="2026-02-15", seed=7, by="usd")
    assert len(found) == 4
    for i, (origin, destination) in enumerate(pairs):
        rows = [
            net.routes(
                origin, destination, depart="2026-06-15", as_of="2026-02-15", seed=7, by="usd", k=1, scenario=scenario
            ).table.iloc[0]
            for scenario in (None, closed)
        ]
        for j, row in enumerate(rows):
            line = found.iloc[2 * i + j]
            assert line["route"] == row["name"]
            for column in ("km", "days_p10", "usd_p90", "kgco2e"):
                assert line[column] == row[column]
            assert line["delta_days"] == pytest.approx(row["days"] - rows[0]["days"])
    assert found["delta_usd"].iloc[1] > 0


# regret


@pytest.mark.parametrize("by", ["hours", "usd"])
def test_regret_by_asking_for_each_crossing_alone(by: str) -> None:
    net, what = small_network(), {"hours": "days", "usd": "usd"}[by]
    gates = {"High Pass": "pass", "Plain Gate": "plain", "Rail Gate": "rail"}
    ask = {"modes": ["road", "rail"], "max_stretch": 9, **ASK}
    found = net.regret([("home", "town")], [CLOSED, SLOW, DEAR], by=by, k=3, **ask)
    assert len(found) == 3 * 4
    assert set(found["route"]) == {f"XA-XB, by {name}" for name in gates}
    for row in found.to_dict("records"):
        scenario = {s.name: s for s in (CLOSED, SLOW, DEAR)}.get(row["scenario"])
        values = {}
        for name, gate in gates.items():
            try:
                values[f"XA-XB, by {name}"] = (
                    net.routes(
                        "home",
                        "town",
                        k=1,
                        scenario=scenario,
                        by=by,
                        **ask,
                        avoid=[other for other in gates.values() if other != gate],
                    )
                    .table[what]
                    .iloc[0]
                )
            except cr.NoRoute:
                values[f"XA-XB, by {name}"] = np.nan
        assert row[what] == pytest.approx(values[row["route"]], nan_ok=True)
        assert row[f"regret_{what}"] == pytest.approx(
            values[row["route"]] - np.nanmin(list(values.values())), nan_ok=True
        )
    by_route = found.groupby("route")[f"regret_{what}"]
    worst = found.drop_duplicates("route").set_index("route")[f"worst_regret_{what}"]
    assert np.isnan(worst["XA-XB, by High Pass"])  # closed in one scenario where others pass
    assert worst.drop("XA-XB, by High Pass").to_dict() == pytest.approx(
        by_route.max().drop("XA-XB, by High Pass").to_dict()
    )
    assert found.loc[found[what].isna(), "note"].str.contains("closed in scenario 'pass closed'").all()
    assert found[f"regret_{what}"].dropna().ge(0).all()


def test_regret_by_workers_is_the_same_in_order() -> None:
    pairs = [("home", "town"), ("town", "home"), ("home", "harbour")]
    with ThreadPoolExecutor(2) as workers:
        found = small_network().regret(pairs, [CLOSED, SLOW], executor=workers, **ASK)
    assert set(found["destination"]) == {"town", "home", "harbour"}
    pd.testing.assert_frame_equal(found, small_network().regret(pairs, [CLOSED, SLOW], **ASK))


def test_a_scenario_in_which_nothing_passes_is_nobodys_fault() -> None:
    found = small_network().regret([("home", "town")], [ALL], k=2, **ASK)
    assert found.loc[found["scenario"] == "all closed", "regret_days"].isna().all()
    assert found["worst_regret_days"].min() == 0
    empty = small_network().regret([("home", "town")], [], modes=["sea"], **ASK)
    assert empty["route"].tolist() == [""]
    assert "No route" in empty["note"].iloc[0]


def test_regret_is_of_one_world() -> None:
    with pytest.raises(cr.BadRequest, match="unknown='both'"):
        small_network().regret([("home", "town")], [None], unknown="both", **ASK)


def test_goods_that_would_spoil_are_no_choice() -> None:
    slow = cr.Scenario("slow").delay("pass", hours=240)
    fruit = cr.Cargo("fruit", 20, shelf_life_days=5)
    found = small_network().regret([("home", "town")], [slow], k=1, modes=["road"], cargo=fruit, **ASK)
    assert found["note"].str.contains("fruit keep 5 days").tolist() == [False, True]


# matrix


def test_matrix_against_networkx() -> None:
    """Where nothing is closed the hours are those of the shortest path over the exported graph."""
    net = small_network()
    places = ["home", "town", "pass_a", "plain_b", "port", "harbour"]
    found = net.matrix(places, places, **ASK)
    graph = net.to_networkx(**ASK)
    for a, b in permutations(places, 2):
        length = nx.single_source_dijkstra_path_length(graph, f"{a}|door>", weight="hours")
        assert found.loc[a, b] == pytest.approx(length[f"{b}|>door"]), (a, b)
    assert np.isnan(np.diag(found)).all()
    only = net.matrix(["home"], ["town", "port"], modes=["rail"], **ASK)
    assert only["town"].notna().all()
    assert only["port"].isna().all()


@pytest.mark.parametrize("by", ["hours", "km", "usd", "kgco2e", "risk"])
@pytest.mark.parametrize(
    "ask",
    [
        {},
        {"cargo": "wheat_wagon"},
        {"cargo": "bus"},
        {"carrier": "UZ"},
        {"modes": ["road", "ferry"]},
        {"scenario": DEAR_RAIL},
    ],
    ids=str,
)
def test_matrix_is_routes_one_at_a_time(net: cr.Network, by: str, ask: dict) -> None:
    """One search for all destinations, the load that the law allows and the hire of boxes with it."""
    random = np.random.default_rng(len(by) + len(str(ask)))
    towns = sorted(net.places.query("kind in ('city', 'seaport', 'dry_port')")["place_id"])
    origins, destinations = ([str(one) for one in random.choice(towns, n, replace=False)] for n in (2, 10))
    depart = str(random.choice(["2026-04-15", "2025-01-10", "2024-12-05"]))
    found = net.matrix(origins, destinations, depart=depart, by=by, progress=False, **ask).to_numpy()
    assert np.isfinite(found).any()
    for i, origin in enumerate(origins):
        for j, destination in enumerate(destinations):
            try:
                best = net.routes(origin, destination, depart=depart, by=by, k=1, **ask)
                expected = best.results[0].figures[3] if by == "risk" else best.full[by].iloc[0]
            except (cr.NoRoute, cr.BadRequest):
                expected = np.nan
            assert found[i, j] == pytest.approx(expected, rel=1e-9, nan_ok=True), (origin, destination)


@pytest.mark.parametrize("depart", ["2019-09-10", "2025-06-01", "2026-04-15"])
@pytest.mark.parametrize("by", ["hours", "usd"])
def test_goods_for_some_countries_are_barred_at_some_crossings_on_some_days(
    net: cr.Network, by: str, depart: str
) -> None:
    """Turkmenistan let no goods for Tajikistan through from 2019 to 2022; in 2025 some were not let into Armenia."""
    destinations = ["Dushanbe", "Karachi", "Yerevan", "Khujand", "Almaty"]
    found = net.matrix(["Mashhad", "Baku"], destinations, depart=depart, by=by, progress=False)
    for (origin, destination), value in found.stack(future_stack=True).items():
        try:
            best = net.routes(origin, destination, depart=depart, by=by, k=1).full[by].iloc[0]
        except cr.NoRoute:
            assert (origin, destination) == ("Baku", "Yerevan"), "Azerbaijan let no goods for Armenia through"
            best = np.nan
        assert value == pytest.approx(best, rel=1e-9, nan_ok=True), (origin, destination)
    port = net.catchment(destinations[:3], depart=depart, by=by, origins=["Mashhad"], progress=False).iloc[0]
    best_of_three = found.loc["Mashhad"].iloc[:3]
    assert port["port"] == best_of_three.idxmin()
    assert port["days" if by == "hours" else by] == pytest.approx(best_of_three.min() / (24 if by == "hours" else 1))


def test_matrix_on_threads_and_in_a_scenario() -> None:
    net, ends = small_network(), (["home", "town"], ["town", "pass_b"])
    with ThreadPoolExecutor(2) as threads:
        closed = net.matrix(*ends, by="km", modes=["road"], scenario=CLOSED, executor=threads, **ASK)
    assert closed.loc["home", "town"] == 700
    assert net.matrix(*ends, by="km", modes=["road"], **ASK).loc["home"].tolist() == [360, 240]


@settings(max_examples=6, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["Almaty", "Tashkent", "Bishkek", "Mashhad", "Herat", "Kashgar", "Dushanbe", "Osh", "Ashgabat", "Quetta"]
        ),
        min_size=3,
        max_size=3,
        unique=True,
    )
)
def test_the_way_over_a_third_place_is_never_shorter(net: cr.Network, places: list[str]) -> None:
    km = net.matrix(places, places, depart="2026-06-15", by="km", modes=["road"])
    for a, b, c in permutations(places):
        assert not km.loc[a, c] > km.loc[a, b] + km.loc[b, c] + 1e-6
    assert km.notna().to_numpy().any()


# catchment


def test_catchment_against_the_matrix(net: cr.Network) -> None:
    ports, cities = ["Karachi Port", "Shahid Rajaee", "Poti Port"], ["Almaty", "Tashkent", "Mashhad", "Quetta"]
    found = net.catchment(ports, depart="2026-04-15", origins=cities).set_index("name")
    usd = net.matrix(cities, ports, depart="2026-04-15", by="usd")
    full = {"Karachi Port": "Karachi Port", "Shahid Rajaee": "Shahid Rajaee port", "Poti Port": "Poti port"}
    for city in cities:
        ranked = usd.loc[city].sort_values()
        row = found.loc[city]
        assert row["port"] == full[ranked.index[0]]
        assert row["second_port"] == full[ranked.index[1]]
        assert (row["usd"], row["second_usd"]) == tuple(ranked.iloc[:2])
        assert row["margin"] == pytest.approx(ranked.iloc[1] / ranked.iloc[0] - 1)
        assert row["contested"] == (row["margin"] < 0.1)
        assert row["usd_p10"] <= row["usd"] <= row["usd_p90"]
    assert found.crs.to_epsg() == 4326
    assert found.loc["Almaty"].geometry.x == pytest.approx(76.9, abs=0.1)
    wide = net.catchment(ports, depart="2026-04-15", origins=cities, margin=None).set_index("name")
    assert set(wide.index[wide["contested"]]) >= set(found.index[found["contested"]])
    assert not wide.loc["Quetta", "contested"]  # Karachi is near, the others far: the ranges lie apart


def test_catchment_of_all_cities_and_of_one_port() -> None:
    found = small_network().catchment(["harbour"], modes=["road"], avoid=["pass", "plain"], **ASK).set_index("place_id")
    assert list(found.index) == ["home", "town"]
    assert found.loc["town", ["port", "second_port", "contested"]].tolist() == ["Harbour", "", False]
    assert found.loc["home", "port"] == ""
    assert "No route" in found.loc["home", "note"]
    by_hours = small_network().catchment(["harbour", "port"], by="hours", modes=["road"], **ASK).set_index("place_id")
    assert by_hours["port"].tolist() == ["Port", "Harbour"]
    assert by_hours["days"].tolist() == pytest.approx([90 / 30 / 24, 60 / 30 / 24], rel=0.05)


@pytest.mark.parametrize(
    "ask",
    [
        lambda net: net.matrix("home", ["town"], **ASK),
        lambda net: net.matrix(["home"], [], **ASK),
        lambda net: net.matrix(["home"], ["town"], by="days", **ASK),
        lambda net: net.catchment("port", **ASK),
        lambda net: net.catchment(["port"], by="km", **ASK),
        lambda net: net.compare(["home", "town"], [], **ASK),
        lambda net: net.compare([("home", "town")], CLOSED, **ASK),
        lambda net: net.regret([("home", "town")], [], by="km", **ASK),
        lambda net: net.compare([("home", "town")], ["pass"], **ASK),
        lambda net: net.regret([("home", "town")], [], scenario=CLOSED, **ASK),
    ],
)
def test_wrong_arguments(ask: object) -> None:
    with pytest.raises(cr.BadRequest):
        ask(small_network())


def test_the_answers_are_frames_of_their_own() -> None:
    net = small_network()
    first = net.compare([("home", "town")], [CLOSED], **ASK)
    first["km"] = 0
    pd.testing.assert_series_equal(
        net.compare([("home", "town")], [CLOSED], **ASK)["km"], pd.Series([360.0, 700.0]), check_names=False
    )


def test_a_reopening_that_saves_money_alone_is_not_worth_nothing(net: cr.Network) -> None:
    """The quickest route from Tashkent to Karachi does not use Torkham, the cheapest does once it is open."""
    thaw = cr.Scenario("Torkham open").reopen("Torkham", "2026-03-01")
    found = net.compare([("Tashkent", "Karachi")], [thaw], depart="2026-05-15", progress=False).set_index("scenario")
    ask = {"depart": "2026-05-15", "by": "usd", "k": 1}
    now, then = (net.routes("Tashkent", "Karachi", scenario=one, **ask).table["usd"].iloc[0] for one in (None, thaw))
    assert found.loc["Torkham open", "delta_cheapest_usd"] == pytest.approx(then - now)
    assert then - now < -200
    assert (found.filter(like="delta_").loc["Torkham open"].drop(["delta_days", "delta_usd"]) <= 1e-9).all()

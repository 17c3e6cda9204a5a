"""Trips added up by hand on the small network of `small.py`."""

import pandas as pd
import pytest

import corridors as cr
from tests.small import small_network, with_tables

ASK = {"depart": "2025-06-02T00:00", "as_of": "2025-06-01"}


def test_hours_and_money_by_hand() -> None:
    routes = small_network().routes("home", "town", k=4, max_stretch=4, **ASK)
    table = routes.full.set_index("name")
    # pass: 240/30 + 10 + 120/30; plain: 600/30 + 5 + 100/30; rail: 300/20 + 20 + 50/20 + 12 + 200/20
    assert table["hours"].to_dict() == pytest.approx(
        {
            "XA-XB, by High Pass": 22.0,
            "XA-XB, by Plain Gate": 28 + 1 / 3,
            "XA-XB, by Rail Gate": 59.5,
            # 90/30 + 12 + (500/25 + 48/2) + 12 + 60/30
            "XA-sea-XB, by Port-Harbour by sea": 73.0,
        }
    )
    mean_usd = routes.legs.groupby("label")["usd"].sum()
    assert mean_usd.to_dict() == pytest.approx({"A": 720, "B": 1400, "C": 550 + 150, "D": 180 + 150 + 150 + 150 + 120})
    assert routes.table["kgco2e"].iloc[0] == pytest.approx(360 * 20 * 0.1)
    assert table.loc["XA-XB, by Rail Gate", "gauge_breaks"] == 1
    assert list(routes.table["label"]) == ["A", "B", "C", "D"]


@pytest.mark.parametrize(
    ("by", "first"),
    [
        ("hours", "XA-XB, by High Pass"),
        ("km", "XA-XB, by High Pass"),
        ("usd", "XA-XB, by Rail Gate"),
        ("kgco2e", "XA-XB, by Rail Gate"),
        ("generalised", "XA-XB, by High Pass"),
    ],
)
def test_objectives(by: str, first: str) -> None:
    assert small_network().routes("home", "town", by=by, k=1, **ASK).table["name"].iloc[0] == first


def test_waits_for_opening_and_says_why() -> None:
    """Arrival at the pass at 08:00 on 2 June; it opens on 4 June at 00:00: 40 h of waiting."""
    net = small_network(
        [
            {
                "element_id": "pass",
                "start": "2025-05-20",
                "end": "2025-06-03",
                "cause": "snow",
                "end_known_from": "2025-05-20",
            }
        ]
    )
    legs = net.routes("home", "town", modes=["road"], avoid=["plain"], k=1, **ASK).legs
    wait = legs[legs["kind"] == "wait"].iloc[0]
    assert wait["hours"] == pytest.approx(40)
    assert "snow" in wait["note"]
    assert legs["hours"].sum() == pytest.approx(62)
    with pytest.raises(cr.NoRoute, match="High Pass") as info:
        net.routes("home", "town", modes=["road"], avoid=["plain"], max_wait_hours=39, **ASK)
    assert info.value.blocking == ["High Pass"]


def test_open_end_rejects_with_date_and_source() -> None:
    net = small_network(
        [{"element_id": "pass", "start": "2025-05-20", "end": "", "last_confirmed": "2025-05-30", "cause": "dispute"}]
    )
    routes = net.routes("home", "town", k=3, **ASK)
    assert "XA-XB, by High Pass" not in set(routes.table["name"])
    row = routes.rejected.iloc[0]
    assert (row["blocked_by"], row["start"], row["end"], row["last_confirmed"], row["source_id"]) == (
        "pass",
        "2025-05-20",
        "",
        "2025-05-30",
        "hand",
    )
    assert "dispute" in row["reason"]
    open_again = net.routes("home", "town", k=1, scenario=cr.Scenario("thaw").reopen("High Pass", "2025-06-01"), **ASK)
    assert open_again.table["name"].iloc[0] == "XA-XB, by High Pass"


def test_one_direction_only() -> None:
    net = small_network(
        [
            {
                "element_id": "pass",
                "start": "2025-05-20",
                "end": "",
                "last_confirmed": "2025-05-30",
                "scope_direction": "XA>XB",
                "cause": "x",
            }
        ]
    )
    assert net.routes("home", "town", k=1, **ASK).table["name"].iloc[0] == "XA-XB, by Plain Gate"
    assert net.routes("town", "home", k=1, **ASK).table["name"].iloc[0] == "XB-XA, by High Pass"


def test_everything_closed_is_a_minimal_statement() -> None:
    closed = cr.Scenario("closed").close("pass").close("plain").close("rail").close("port-harbour-sea")
    with pytest.raises(cr.NoRoute) as info:
        small_network().routes("home", "town", scenario=closed, **ASK)
    assert set(info.value.blocking) == {"High Pass", "Plain Gate", "Rail Gate", "port-harbour-sea"}
    assert set(info.value.rejected["blocked_by"]) == {"pass", "plain", "rail", "port-harbour-sea"}


def test_planned_leg_only_when_built() -> None:
    net = small_network()
    assert "home-town-rail1435" not in set(net.routes("home", "town", k=4, **ASK).legs["element_id"])
    built = net.routes("home", "town", k=1, modes=["rail"], scenario=cr.Scenario("s").build("dream"), **ASK)
    assert list(built.legs.query("kind == 'leg'")["element_id"]) == ["home-town-rail1435"]


def test_unreachable_without_closures_says_so() -> None:
    with pytest.raises(cr.NoRoute, match=r"Home cannot be left by air .*Town cannot be reached by air"):
        small_network().routes("home", "town", modes=["air"], **ASK)


def test_slice_keeps_labels() -> None:
    routes = small_network().routes("home", "town", k=4, max_stretch=4, **ASK)
    part = routes[1:3]
    assert list(part.table["label"]) == ["B", "C"]
    assert routes[1].name == part[0].name == "XA-XB, by Plain Gate"
    assert set(routes[1].legs["label"]) == {"B"}
    assert "XA-XB, by Plain Gate" in routes[1]._repr_html_()
    assert "XA-XB, by High Pass" not in routes[1]._repr_html_()


def test_changes_of_a_scenario_count_in_their_order() -> None:
    net = small_network()
    closed = cr.Scenario("s").close("pass")
    assert net.routes("home", "town", k=1, scenario=closed, **ASK).table["name"].iloc[0] == "XA-XB, by Plain Gate"
    again = closed.reopen("pass", "2025-05-01")
    assert net.routes("home", "town", k=1, scenario=again, **ASK).table["name"].iloc[0] == "XA-XB, by High Pass"
    twice = again.close("pass")
    assert net.routes("home", "town", k=1, scenario=twice, **ASK).table["name"].iloc[0] == "XA-XB, by Plain Gate"


def test_a_section_delays_and_risks_once_not_by_leg() -> None:
    road = {
        "element_id": "road_south",
        "kind": "section",
        "name": "South road",
        "members": "home-port-road;harbour-town-road",
    }
    event = {"element_id": "road_south", "start": "2024-01-01", "end": "2024-12-31", "cause": "works"}
    net = small_network([event], elements=[road])
    ask = {"k": 1, "avoid": ["pass", "plain", "rail"], "max_stretch": 9, **ASK}
    plain = net.routes("home", "town", **ask).full.iloc[0]
    slow = net.routes("home", "town", scenario=cr.Scenario("s").delay("road_south", 10), **ask).full.iloc[0]
    assert slow["hours"] == pytest.approx(plain["hours"] + 10)
    assert slow["days_p90"] - slow["days_p10"] == pytest.approx(plain["days_p90"] - plain["days_p10"], rel=0.02)
    assert plain["risk"] == pytest.approx(366 / 882, rel=1e-3)  # 2024 of 2023-01-01 to 2025-06-01


def test_risk_counts_the_direction() -> None:
    net = small_network(
        [{"element_id": "pass", "start": "2024-01-01", "end": "2024-12-31", "scope_direction": "XA>XB"}]
    )
    ways = [net.routes(*pair, k=1, **ASK) for pair in (("home", "town"), ("town", "home"))]
    there, back = (way.results[0].figures[3] for way in ways)
    assert there == ways[0].table["risk"].iloc[0] > 0.3
    assert back == 0
    assert ways[1].table["risk"].isna().all()  # and no table coverage says that anybody looked


@pytest.mark.parametrize(
    ("searched", "since", "shown"), [("lightly", "2024-01-01", "0.00"), ("not", "2010-01-01", "not recorded")]
)
def test_no_risk_is_a_figure_only_where_somebody_looked(searched: str, since: str, shown: str) -> None:
    """Nothing is recorded of the pass; the table of coverage says whether that means that it was open."""
    net = small_network()
    row = {"border": "", "element_id": "pass", "from": since, "to": "", "searched": searched, "pages": 1}
    coverage = pd.DataFrame([dict.fromkeys(net.tables["coverage"].columns, "") | row])
    net = with_tables(net, {**net.tables, "coverage": coverage})
    routes = net.routes("home", "town", k=1, **ASK)
    assert routes.table["name"].tolist() == ["XA-XB, by High Pass"]
    assert f">{shown}<" in routes._repr_html_()
    assert (routes.table["risk"].iloc[0] == 0) == (shown == "0.00")
    assert ("risk" in routes.table["best_in"].iloc[0]) == (shown == "0.00")


def test_only_the_best_that_passes_sets_the_stretch() -> None:
    """The shortest route waits 62 days and is set aside; the limit counts from the next one."""
    net = small_network(
        [{"element_id": "pass", "start": "2025-05-20", "end": "2025-08-03", "end_known_from": "2025-05-20"}]
    )
    routes = net.routes("home", "town", modes=["road"], by="km", max_stretch=1.5, **ASK)
    assert list(routes.table["name"]) == ["XA-XB, by Plain Gate"]
    assert list(routes.rejected["blocked_by"]) == ["pass"]


def test_what_was_confirmed_later_is_not_told() -> None:
    net = small_network([{"element_id": "pass", "start": "2025-05-20", "end": "", "last_confirmed": "2025-12-01"}])
    row = net.routes("home", "town", **ASK).rejected.iloc[0]
    assert row["last_confirmed"] == ""
    assert "confirmed" not in row["reason"]
    later = net.routes("home", "town", depart="2025-06-02T00:00").rejected.iloc[0]
    assert later["last_confirmed"] == "2025-12-01"


def test_lapse_and_restrictions_stand_in_rests_on() -> None:
    net = small_network(
        [
            {
                "element_id": "pass",
                "start": "2025-05-20",
                "end": "",
                "last_confirmed": "2025-05-30",
                "cause": "dispute",
            },
            {
                "element_id": "pass",
                "effect": "restrict",
                "start": "2025-01-01",
                "end": "2025-12-31",
                "end_known_from": "2025-01-01",
                "cause": "sanctions",
            },
        ]
    )
    table = net.routes("home", "town", k=1, unknown="lapse", **ASK).full
    assert table["name"].iloc[0] == "XA-XB, by High Pass"
    assert "taken to have ended: High Pass" in table["rests_on"].iloc[0]
    assert "restricted: High Pass (sanctions)" in table["rests_on"].iloc[0]


def test_while_a_gate_is_closed_the_cheapest_way_to_it_is_taken() -> None:
    """Rail to the junction takes 15 h more and costs half; the pass opens in two days, so nothing is lost."""
    extra = [
        {
            "leg_id": "home-pass_a-rail",
            "from_place": "home",
            "to_place": "pass_a",
            "country": "XA",
            "mode": "rail",
            "gauge_mm": 1520,
            "km": 240,
            "status": "operating",
            "speed_class": "plain",
        },
    ]
    handling = {"hours_low": 2, "hours_mode": 2, "hours_high": 2, "usd_low": 10, "usd_mode": 10, "usd_high": 10}
    handling["units"] = "container"
    transfer = [{"place_id": "pass_a", "from_layer": "rail1520", "to_layer": "road", **handling}]
    closed = [{"element_id": "pass", "start": "2025-05-20", "end": "2025-06-03", "end_known_from": "2025-05-20"}]
    for events, usd in ((closed, 240 + 10 + 240), ([], 480 + 240)):
        net = small_network(events, legs=extra, transfers=transfer)
        routes = net.routes("home", "town", k=1, avoid=["plain", "rail_a", "port"], **ASK)
        assert routes.legs["usd"].sum() == pytest.approx(usd)
    assert routes.details["hours"].iloc[0] == pytest.approx(22)


def test_results_are_copies() -> None:
    net = small_network()
    routes = net.routes("home", "town", **ASK)
    before = repr(routes[0])
    for table in (routes.table, routes.legs):
        table["km"] = 0
    net.element_ids("pass").append("plain")
    assert repr(routes[0]) == before
    assert net.element_ids("pass") == ["pass"]

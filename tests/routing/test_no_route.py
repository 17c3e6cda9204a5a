"""What is said where nothing gets through: why, what would, and no more than a reader needs."""

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

import corridors as cr
from tests.pages import ASK
from tests.small import small_network, with_tables

LONGEST = 1500
BY_HAND = {"depart": "2025-06-02T00:00", "as_of": "2025-06-01"}


def refused(net: cr.Network, origin: str, destination: str, **asked: object) -> cr.NoRoute:
    with pytest.raises(cr.NoRoute) as info:
        net.routes(origin, destination, **{**ASK, **asked})
    assert len(str(info.value)) <= LONGEST
    return info.value


@pytest.mark.parametrize(
    ("origin", "destination", "asked", "said", "change"),
    [
        (
            "Dubai",
            "Mashhad",
            {"cargo": "wheat_wagon"},
            ["Jebel Ali (asked for as 'Dubai')", "wheat_wagon is the load of a wagon, which takes no ship", "by sea"],
            {"cargo": "wheat_container"},
        ),
        (
            "Moro",
            "Kokshetau",
            {"modes": ["rail"]},
            ["Moro cannot be left by rail in this network (only by road; the nearest place that can: Dadu, 23 km"],
            {"modes": ["road", "rail"]},
        ),
        (
            "Karachi",
            "Colombo",
            {"modes": ["road"]},
            ["Colombo cannot be reached by road in this network (only by sea"],
            {"modes": ["road", "sea"]},
        ),
    ],
)
def test_the_change_named_gives_a_route(
    net: cr.Network, origin: str, destination: str, asked: Mapping[str, object], said: list[str], change: dict
) -> None:
    message = str(refused(net, origin, destination, **asked))
    for words in said:
        assert words in message
    (name, value), *_ = change.items()
    assert f"{name}={value!r}" in message
    assert net.routes(origin, destination, **{**ASK, **asked, **change})


def test_one_change_of_the_question_at_a_time_in_a_network_worked_out_by_hand() -> None:
    """By rail alone there is one line: to pass by Harbour, or to avoid that line, leaves nothing."""
    net = small_network()
    for asked, change in (
        ({"modes": ["rail"], "via": ["harbour"]}, "no via"),
        ({"modes": ["rail"], "avoid": ["rail"]}, "no avoid"),
        ({"modes": ["rail"], "avoid": ["rail"]}, "modes=['road', 'rail']"),
    ):
        message = str(refused(net, "home", "town", **asked, **BY_HAND))
        assert "exists in this network, open or closed" in message
        assert change in message.split("If all were open, there would be one with ")[1]


def test_a_load_too_heavy_for_every_road_is_told_what_the_best_road_bears() -> None:
    """A truck weighs 15 t: 29 t gross leave 14 t for a machine of 15 t, which cannot be split."""
    net = small_network()
    legs = net.tables["legs"].copy()
    legs.loc[legs["leg_id"].isin(["home-pass_a-road", "home-plain_a-road"]), "gross_limit_t"] = 29.0
    net = with_tables(net, {**net.tables, "legs": legs})
    machine = cr.Cargo("machine", 15.0, "vehicle", "lowbed", frozenset({"road"}))
    assert "a load of at most 14 t" in str(refused(net, "home", "town", cargo=machine, **BY_HAND))
    assert net.routes("home", "town", cargo=replace(machine, payload_t=14.0), **BY_HAND)


def test_a_hundred_closures_are_told_in_a_few_lines_and_are_all_in_the_error(net: cr.Network) -> None:
    closed = cr.Scenario("all closed")
    for element in net.crossings["element_id"].unique():
        closed = closed.close(element, "2026-01-01", "2026-12-31")
    error = refused(net, "Almaty", "Karachi", scenario=closed, depart="2026-04-15", as_of="2026-07-01")
    message = str(error)
    assert len(error.blocking) > 50
    assert len(error.rejected) >= len(error.blocking)
    assert message.count("closed in scenario 'all closed'") == 1
    told = re.findall(r"(?:by |; )([^;:]+?)(?: and (\d+) more)?: closed", message.partition("All routes are cut")[2])
    assert set(", ".join(names for names, _ in told).split(", ")) <= set(error.blocking)
    assert sum(len(names.split(", ")) + int(more or 0) for names, more in told) == len(error.blocking)


def test_what_a_ban_on_trade_closes_is_named_by_land_and_counted_by_sea(net: cr.Network) -> None:
    routes = net.routes("Mumbai", "Bandar Abbas", depart="2026-05-01", as_of="2026-07-01")
    ids = max((failed.gates for failed in routes.failed), key=len)
    names = dict(zip(net.elements["element_id"], net.elements["name"], strict=True))
    afloat = set(net.legs.loc[net.legs["mode"] == "sea", "leg_id"]) & set(ids)
    told = max(routes.rejected["gates"], key=len)
    assert len(afloat) > 40
    assert told.endswith(f" and {len(afloat)} sea legs")
    assert set(told.removesuffix(f" and {len(afloat)} sea legs").split(", ")) == {names[i] for i in {*ids} - afloat}
    assert f"and {len(afloat)} sea legs" in routes.explore().html()


def test_a_road_with_a_way_round_is_not_said_to_cut_a_pair_off(net: cr.Network) -> None:
    """The quickest way to Hairatan takes the M39, barred to trucks; by Karshi they go round it, up to shut borders."""
    with pytest.raises(cr.NoRoute) as caught:
        net.routes("Tashkent", "Karachi", depart="2025-11-08", modes=["road"], avoid=["IR", "CN"])
    assert {"Torkham", "Chaman-Spin Boldak"} <= set(caught.value.blocking)
    assert "M39" not in str(caught.value)
    assert not caught.value.rejected["reason"].str.contains("M39").any()

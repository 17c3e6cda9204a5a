"""What a network keeps from one question to the next changes no answer: old networks and new ones say the same."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pandas as pd
import pytest

import corridors as cr
from tests.small import GRADE, _table, small_network, with_tables

pytestmark = pytest.mark.slow

EVENTS = [
    {"element_id": "pass", "start": "2025-05-01", "end": "2025-06-20", "end_known_from": "2025-06-02", "cause": "snow"},
    {"element_id": "plain", "start": "2025-06-01", "last_confirmed": "2025-06-03", "cause": "clashes"},
    {"element_id": "rail", "start": "2025-06-05", "end": "2025-06-09", "scope_direction": "XA>XB", "cause": "works"},
    {"element_id": "pass", "start": "2025-06-01", "effect": "exception", "scope_cargo": "UN containers"},
    {"element_id": "harbour-town-road", "start": "2025-06-10", "scope_flag": "XA", "cause": "strike"},
]
CALENDARS = [
    {"element_id": "pass", "rule": "Mo-Fr 08:00-16:00"},
    {"element_id": "pass", "rule": "24/7", "regime": "official"},
    {"element_id": "rail", "rule": "Mar-Nov 00:00-24:00", "place_id": "rail_a"},
]
RIGHTS = [
    {"element_id": "plain", "treaty": "Treaty", "carriers": "XB", "effect": "allow", "in_force_from": "2020-01-01"},
    {"element_id": "pass", "treaty": "Treaty", "carriers": "XA", "effect": "transload", "in_force_from": "2020-01-01"},
    {"element_id": "pass", "treaty": "Ban", "goods_origin": "XB", "effect": "forbid", "in_force_from": "2025-06-15"},
]
SCENARIOS: list[cr.Scenario | None] = [
    None,
    None,
    cr.Scenario("closed").close("pass"),
    cr.Scenario("closed later").close("plain", "2025-06-03", "2025-07-01"),
    cr.Scenario("open").reopen("pass"),
    cr.Scenario("open later").reopen("plain", "2025-06-04"),
    cr.Scenario("dream").build("dream"),
    cr.Scenario("late").delay("rail", 30),
    cr.Scenario("cheap").scale("usd", 0.5, mode="rail"),
    cr.Scenario("quick").scale("hours", 0.4, country="XB"),
    cr.Scenario("dear").scale("usd", 3, mode="road"),
]
UN = cr.Cargo("un", 20.0, goods="UN containers", value_of_time=1.0)
ROUTE = {
    "via": [None, None, None, ["port"], ["rail_a", "yard"]],
    "max_wait_hours": [168, 168, 12, 2000],
    "k": [1, 3],
    "unknown": ["persist", "lapse", "both"],
    "by": ["hours", "km", "usd", "kgco2e", "risk", "generalised"],
    "value_of_time": [None, 30.0],
    "method": ["corridors", "corridors", "yen", "disjoint"],
}
WORLD: dict[str, list[Any]] = {
    "depart": ["2024-12-20", "2025-05-28", "2025-06-02T07:30", "2025-06-04", "2025-06-30", "2026-06-02"],
    "as_of": ["2025-05-10", "2025-06-01", "2025-06-02", "2025-12-01"],
    "scenario": SCENARIOS,
    "regime": ["operated", "operated", "official"],
    "carrier": [None, None, "XA", "XB"],
    "cargo": ["container40", "container40", UN],
    "avoid": [None, None, None, ["pass"], ["plain_a"]],
    "modes": [None, None, ["road"], ["rail"]],
}


def network() -> cr.Network:
    """The small network with events, hours, slow months and rights; nothing kept yet."""
    plain = small_network(EVENTS, CALENDARS)
    seasons = [
        GRADE | {"element_id": "pass_b-town-road", "month": month, "speed_factor": 0.4, "open_probability": 0.7}
        for month in (5, 6)
    ]
    more = {"seasons": _table("seasons", seasons), "rights": _table("rights", RIGHTS)}
    return with_tables(plain, {**plain.tables, **more})


def question(dice: Random) -> Callable[[cr.Network], object]:
    """A question to any network."""
    ask = {name: dice.choice(values) for name, values in WORLD.items()}
    ends = dice.choice([("home", "town"), ("town", "home"), ("port", "yard")])
    kind = dice.choice(["routes", "routes", "pareto", "pareto", "reach", "matrix"])
    if kind == "routes":
        more = {name: dice.choice(values) for name, values in ROUTE.items()}
        if more["method"] != "corridors" or more["unknown"] != "both":
            return lambda net: net.routes(*ends, **ask, **more)
        return lambda net: net.routes(*ends, **ask, **more).reliability(200)
    if kind == "pareto":
        by = dice.choice([["hours", "usd"], ["usd", "kgco2e", "risk"]])
        return lambda net: net.pareto(*ends, by=by, **ask).front
    by = dice.choice(["hours", "usd"])
    if kind == "reach":
        return lambda net: net.reach(ends[0], by=by, **ask).places
    return lambda net: net.matrix(ends, ["home", "town", "yard"], by=by, **ask)


def said(ask: Callable[[cr.Network], object], net: cr.Network) -> str:
    """All that is answered, to the last digit."""
    try:
        found = ask(net)
    except cr.CorridorsError as error:
        return str(error)
    frames = [found] if isinstance(found, pd.DataFrame) else [found.table, found.legs, found.rejected]
    return "\n".join(pd.DataFrame(frame).to_csv() for frame in frames)


@pytest.mark.parametrize("seed", range(2))
def test_questions_before_change_no_answer(seed: int) -> None:
    dice, old = Random(seed), network()
    asked = [question(dice) for _ in range(30)]
    first = [said(ask, old) for ask in asked]
    for i in dice.sample(range(len(asked)), len(asked)):
        assert said(asked[i], old) == first[i]
        assert said(asked[i], network()) == first[i]


def test_what_is_closed_for_good_is_kept_by_what_is_known() -> None:
    old = network()
    for as_of in ("2025-06-01", "2025-06-02", "2025-06-01"):  # the end of the snow is known on the second

        def ask(net: cr.Network, as_of: str = as_of) -> object:
            return net.routes("home", "town", depart="2025-06-23", as_of=as_of, k=1)

        assert ("(snow), no end known" in said(ask, old)) == (as_of == "2025-06-01")
        assert said(ask, old) == said(ask, network())


def test_nor_on_the_shipped_network(net: cr.Network) -> None:
    trip = ("Almaty", "Karachi")
    open_again = cr.Scenario("open").reopen("Torkham", "2026-01-01").scale("hours", 0.5, mode="road", country="AF")
    asked: list[Callable[[cr.Network], object]] = [
        lambda net: net.routes(*trip, depart="2026-01-15", as_of="2026-02-15", by="risk"),
        lambda net: net.routes(*trip, depart="2026-01-15", as_of="2025-08-01", by="risk"),
        lambda net: net.routes(*trip, depart="2026-01-15", as_of="2026-02-15", scenario=open_again),
        lambda net: net.reach("Almaty", depart="2026-01-15", as_of="2025-08-01").places,
    ]
    first = [said(ask, net) for ask in asked]
    assert len(set(first)) == len(asked)
    new = cr.load()
    assert [said(ask, new) for ask in reversed(asked)] == first[::-1]

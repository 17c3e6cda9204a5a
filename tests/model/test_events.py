"""Known by then: one rule, whoever asks."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

import corridors as cr
from corridors.maps.crossings import crossing_lines, crossing_row, crossing_state
from corridors.model.calendars import Knowledge, midnight
from corridors.model.events import events_known, in_force
from corridors.routing.request import world_on

EVENT: Any = {
    "element_id": "pass",
    "effect": "close",
    "start": "2025-03-01",
    "end": "2025-03-20",
    "known_from": "2025-03-03",
    "end_known_from": "2025-03-18",
    "last_confirmed": "",
}


@pytest.mark.parametrize(
    ("as_of", "known"),
    [("2025-03-02", []), ("2025-03-03", [""]), ("2025-03-17", [""]), ("2025-03-18", ["2025-03-20"])],
)
def test_an_event_and_its_end_are_known_from_their_days_on(as_of: str, known: list[str]) -> None:
    assert [event["end"] for event in events_known([EVENT], date.fromisoformat(as_of))] == known
    assert EVENT["end"] == "2025-03-20"


def test_where_no_day_is_given_start_and_end_are_known_when_they_come() -> None:
    event = EVENT | {"known_from": "", "end_known_from": ""}
    found = [events_known([event], date(2025, 2, 28) + timedelta(days)) for days in (0, 1, 19, 20)]
    assert [[one["end"] for one in some] for some in found] == [[], [""], [""], ["2025-03-20"]]


def test_a_confirmation_that_came_later_does_not_count() -> None:
    event = EVENT | {"end": "", "end_known_from": "", "last_confirmed": "2025-03-10"}
    days = (date(2025, 3, 9), date(2025, 3, 10))
    assert [events_known([event], day)[0]["last_confirmed"] for day in days] == ["", "2025-03-10"]


def test_an_event_without_an_end_is_in_force_from_its_start_on() -> None:
    endless = EVENT | {"end": ""}
    days = [date(2025, 2, 28), date(2025, 3, 1), date(2030, 1, 1)]
    assert [len(in_force([endless], day)) for day in days] == [0, 1, 1]
    assert [len(in_force([EVENT], day)) for day in (date(2025, 3, 20), date(2025, 3, 21))] == [1, 0]


@pytest.mark.parametrize(("as_of", "closed"), [("2025-02-10", False), ("2025-03-10", True), ("2025-03-24", False)])
def test_routing_and_map_agree_about_torkham_before_its_end_was_known(
    net: cr.Network, as_of: str, closed: bool
) -> None:
    """Closed from 21 February to 18 March 2025; asked for 25 March."""
    on, known, facts = date(2025, 3, 25), date.fromisoformat(as_of), net.facts
    row = crossing_row(facts, "torkham")
    lines = crossing_lines(facts, "torkham", on, known)
    assert any(line.startswith("Closed since 2025-02-21, no end known") for line in lines) == closed
    assert crossing_state(facts, row, on, known) == ("closed" if closed else "")
    world = world_on(facts, on, known, None, "container40", None)
    waits = [world.wait(edge) for edge in world.edges if edge.element_id == "torkham"]
    assert waits
    assert all((wait == float("inf")) == closed for wait in waits)


def test_routing_and_map_agree_about_every_crossing(net: cr.Network) -> None:
    """A crossing that the map calls closed is one that no truck or train may enter all day, and the other way round."""
    facts, checked = net.facts, 0
    crossings = net.crossings.query("status == 'operating' and mode in ('road', 'rail')").drop_duplicates("element_id")
    for on, as_of in (("2025-03-25", "2025-03-10"), ("2026-01-15", "2026-01-15"), ("2025-11-20", "2025-10-20")):
        knowledge, day = Knowledge(date.fromisoformat(as_of)), date.fromisoformat(on)
        for row in crossings.to_dict("records"):
            zone = facts.calendars.zone(row["element_id"])
            noon = midnight(day, zone=zone) + 12
            dated = [
                closure
                for closure in facts.calendars.closures(row["element_id"], noon, knowledge)
                if not closure.rule and closure.start <= noon < closure.end and not closure.direction
            ]
            ours = ("", "truck", "trailer", "diesel", "truck over 12 t", "truck over 20 t")
            closed = [one for one in dated if one.vehicle in ours]
            assert (crossing_state(facts, row, day, knowledge.as_of) == "closed") == bool(closed), (
                row["element_id"],
                on,
            )
            checked += bool(closed)
    assert checked > 10


def test_notebook_shows_what_is_known_to_be_closed_on_the_day_of_the_data(net: cr.Network) -> None:
    text = net._repr_html_()
    assert "Torkham" in text
    assert "Khunjerab" not in text.split(f"closed on {net.data_date}")[1]


def test_the_chance_of_a_closure_rests_on_what_was_known(net: cr.Network) -> None:
    """A closure of which one heard after the day counts only from then on."""
    events = net.events
    late = events["element_id"].eq("torugart") & events["start"].between("2020-01-01", "2021-12-31")
    assert late.any()
    events.loc[late, ["known_from", "end_known_from"]] = "2025-06-01"
    other = cr.Network(replace(net.facts, tables={**net.facts.tables, "events": events}))
    before, after = (
        [one.facts.hazard(day).yearly["torugart"] for one in (net, other)]
        for day in (date(2025, 5, 1), date(2025, 7, 1))
    )
    assert before[1] < before[0]
    assert after[1] == after[0]

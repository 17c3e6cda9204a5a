"""Answers of the past tell nothing of later: hours of work, laws and the words of rows, by dated reports."""

from dataclasses import replace
from datetime import date

import pytest

import corridors as cr
from corridors.maps.crossings import crossing_lines
from corridors.maps.explorer_pack import packed
from corridors.model.calendars import Knowledge
from corridors.routing.request import Request, resolve
from tests.model.test_calendars import utc


def open_on(net: cr.Network, element: str, day: str, as_of: str) -> bool:
    """Whether its hours let a truck through at noon (UTC+6)."""
    noon = utc(f"{day}T06:00")
    rules = net.facts.calendars.closures(element, noon, Knowledge(date.fromisoformat(as_of)))
    return not any(one.rule and one.start <= noon < one.end for one in rules)


@pytest.mark.parametrize(
    ("element", "day", "before", "after"),
    [
        ("khunjerab_sost", "2025-01-13", "2024-06-01", "2024-12-02"),  # all year since 2 December 2024
        ("torugart", "2024-03-09", "2023-12-01", "2024-03-01"),  # a Saturday; seven days a week since 1 March 2024
        ("ken_say_uchkurgan", "2024-10-01", "2024-06-01", "2024-09-12"),  # opened on 12 September 2024
        ("bedel", "2024-09-10", "2024-08-01", "2024-09-04"),
    ],
)
def test_hours_that_were_changed_later_are_not_foreseen(
    net: cr.Network, element: str, day: str, before: str, after: str
) -> None:
    assert [open_on(net, element, day, known) for known in (before, after)] == [False, True]
    assert open_on(net, element, day, net.data_date.isoformat())


def test_no_route_over_a_pass_that_was_to_be_shut(net: cr.Network) -> None:
    ask = {"depart": "2025-01-13", "k": 8}
    for as_of, passes in (("2024-06-01", False), ("2024-12-05", True)):
        crossings = net.routes("Kashgar", "Islamabad", as_of=as_of, **ask).details["crossings"]
        assert crossings.str.contains("Khunjerab").any() == passes


@pytest.mark.parametrize(
    ("pair", "day"),
    [(("Delhi", "Kabul"), "2023-07-15"), (("Tashkent", "Osh"), "2023-09-15"), (("Almaty", "Karachi"), "2019-10-01")],
)
def test_no_words_of_an_answer_name_a_later_year(net: cr.Network, pair: tuple[str, str], day: str) -> None:
    routes = net.routes(*pair, depart=day, as_of=day)
    later = [str(year) for year in range(int(day[:4]) + 1, 2027)]
    for told in (*routes.rejected["reason"], *routes.corridors["reason"], *routes.corridors["needs"]):
        assert not any(year in told for year in later), told


def test_the_map_of_a_past_day_tells_no_later_hours(net: cr.Network) -> None:
    day = date(2025, 1, 13)
    told = [crossing_lines(net.facts, "khunjerab_sost", day, as_of) for as_of in (date(2024, 6, 1), day)]
    assert ["Hours (operated): Apr 01-Nov 30 Mo-Fr" in lines for lines in told] == [True, False]
    request = Request(origin="Kashgar", destination="Islamabad", depart=day)
    for as_of, rules in (("2024-06-01", "Apr 01-Nov 30 Mo-Fr"), ("2025-01-13", "Apr 01-Nov 30 Mo-Fr; Mo-Fr")):
        question = resolve(net.facts, replace(request, as_of=as_of)).question
        page = packed(net.facts, question, [question.cargo], (2025, 2025))
        pass_ = next(one for one in page["elements"] if one["id"] == "khunjerab_sost")
        assert pass_["hours"] == f"opening hours {rules}"

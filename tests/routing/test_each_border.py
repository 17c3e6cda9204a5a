"""The routes from which a demand chooses: for each border the best over it, against questions that go by its post."""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

import pytest

import corridors as cr
from corridors.engine import arrays as engine
from corridors.model.graph import Edge
from corridors.routing import each_border
from corridors.routing.answers import choices
from corridors.routing.request import Request
from corridors.routing.result import Result

PAIRS = [
    ("Zabol", "At-Bashy", "2025-05-05", "container40"),
    ("Almaty", "Karachi", "2026-01-15", "container40"),
    ("Tashkent", "Moscow", "2025-06-10", "textiles"),
    ("Urumqi", "Baku", "2026-04-15", "container40"),
    ("Karachi", "Bukhara", "2024-03-26", "rice"),
]


def chosen_from(net: cr.Network, origin: str, destination: str, depart: str, cargo: str, **ask: object) -> list[Result]:
    given = {"origin": origin, "destination": destination, "depart": depart, "cargo": cargo}
    return choices(net.facts, Request(**given, by="generalised", **{"k": 24} | ask))


def crossings(result: Result) -> list[Edge]:
    return [edge for edge in result.edges if edge.kind == "crossing" and edge.pairs]


def comes_back(result: Result) -> bool:
    """Whether it enters a country again."""
    moves = [edge for edge in result.edges if edge.kind in ("leg", "crossing")]
    passed = [country for country, _ in groupby(country for edge in moves for country in edge.countries)]
    ashore = [country for country in passed if country != "XZ"]
    return len(ashore) > len(set(ashore))


@pytest.mark.parametrize("pair", PAIRS)
def test_no_question_by_a_post_finds_a_cheaper_way_over_its_border(
    net: cr.Network, pair: tuple[str, str, str, str]
) -> None:
    """Of all routes over borders the least over each is no dearer than the best by a post there, waits apart."""
    origin, destination, depart, cargo = pair
    results = chosen_from(net, *pair, k=4000)
    ask = {"depart": depart, "cargo": cargo, "by": "generalised", "k": 1}
    first = net.routes(origin, destination, **ask).results[0]
    assert min(one.generalised_usd_per_t for one in results) == pytest.approx(first.generalised_usd_per_t)
    least, posts = dict[str, float](), dict[str, str]()
    for result in results:
        for edge in crossings(result):
            cost = result.generalised_usd_per_t
            least[edge.signature] = min(cost, least.get(edge.signature, cost))
            posts[edge.signature] = edge.element_id
    seen = 0
    for border, cost in sorted(least.items(), key=itemgetter(1))[:20]:
        best = net.routes(origin, destination, via=[net.facts.element_names[posts[border]]], **ask).results[0]
        if any(edge.signature == border for edge in crossings(best)) and not comes_back(best):
            seen += 1
            assert cost <= 1.01 * best.generalised_usd_per_t, border
    assert seen >= 10


@pytest.mark.parametrize("pair", PAIRS)
def test_routes_to_choose_from_differ_and_none_is_held_up_or_comes_back_to_a_country(
    net: cr.Network, pair: tuple[str, str, str, str]
) -> None:
    results = chosen_from(net, *pair)
    assert len({result.path.edges for result in results}) == len(results)
    for result in results:
        assert result is results[0] or not comes_back(result)
        assert max(passage.wait for passage in result.passages) <= 168


def test_a_mode_that_no_route_over_a_border_goes_by_is_sought(net: cr.Network) -> None:
    """No road leaves Xi'an, and all that is cheap goes by rail to the end: the quickest goes mainly by road."""
    modes = {result.main_mode for result in chosen_from(net, "Xi'an", "Baku", "2025-06-10", "container40")}
    assert {"rail", "road"} <= modes


def test_a_road_that_is_best_reached_through_the_other_country_is_found_all_the_same() -> None:
    """The way to the plain gate through the pass and back costs less than the long road at home, but is no choice."""
    from tests.small import small_network

    ask = {"depart": "2025-06-02T00:00", "as_of": "2025-06-01", "modes": ["road"], "by": "generalised"}
    results = choices(small_network().facts, Request(origin="home", destination="town", **ask))
    assert [[edge.element_id for edge in crossings(one)] for one in results] == [["pass"], ["plain"]]


@pytest.mark.parametrize(
    ("origin", "destination", "depart", "wait"),
    [("Tashkent", "Karachi", "2025-09-29", 168.0), ("Bishkek", "Karachi", "2026-02-10", 48.0)],
)
def test_what_gets_through_stays_though_others_are_held_up_at_the_same_border(
    net: cr.Network, origin: str, destination: str, depart: str, wait: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of all routes found in any round each, or one about as cheap over the same borders, is there to choose from."""
    first = dict[object, float]()
    known = each_border._Some.add

    def add(some: each_border._Some, ways: Iterable[engine.Path], most: int) -> None:
        known(some, ways, most)
        for kind, path in some.found.items():
            first.setdefault(kind, path.value)

    monkeypatch.setattr(each_border._Some, "add", add)
    results = chosen_from(net, origin, destination, depart, "container40", k=24, max_wait_hours=wait)
    assert len(first) >= 10
    assert set(first) <= {one.corridor for one in results}

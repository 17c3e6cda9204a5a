"""How the shipped network hangs together when nothing is closed, and what a closure takes out of it."""

from __future__ import annotations

import itertools
import random
from collections import Counter, defaultdict

import networkx as nx
import pandas as pd
import pytest

import corridors as cr

CORE = ("KZ", "KG", "UZ", "TJ", "TM", "AF", "PK", "IR", "AZ", "GE")
# small towns that are places for their station; no city of 100,000
RAIL_ONLY = {
    "aqsay",
    "arys",
    "emba",
    "kaka",
    "kazalinsk",
    "lepsy",
    "matay",
    "saryshagan",
    "shahritus",
    "shalkar",
    "tsalka",
    "ush_tyube",
    "zhetysay",
    "zyryanovsk",
}
# roads beyond the sea or outside the mapped part of China: Arabia; Shanghai and its port
ROAD_ISLANDS = [("AE", "OM"), ("CN",)]
# railways that do not touch the others of their gauge: Nakhchivan; China and its tracks to Dostyk and Altynkol; the
# UAE; Armenia. Lake Van parts the tracks of Turkiye: wagons go on by train ferry
ISLANDS = {1520: [("AZ",)], 1435: [("CN", "KZ"), ("GE", "TR"), ("AE",), ("AM",)], 1676: []}


def operating(net: cr.Network, name: str, mode: str) -> pd.DataFrame:
    table = net.tables[name]
    return table[(table["mode"] == mode) & (table["status"] == "operating")]


def graph(net: cr.Network, mode: str, gauge: int = 0) -> nx.Graph[str]:
    """Operating legs and crossings of a mode (and gauge); closures and opening hours ignored."""
    found: nx.Graph[str] = nx.Graph()
    for name in ("legs", "crossings"):
        table = operating(net, name, mode)
        table = table[table["gauge_mm"] == gauge] if gauge else table
        found.add_edges_from(zip(table["from_place"], table["to_place"], strict=True))
    return found


def pieces(whole: nx.Graph[str]) -> list[set[str]]:
    """Connected places, the largest piece first."""
    return sorted(nx.connected_components(whole), key=len, reverse=True)


def countries(net: cr.Network, piece: set[str]) -> tuple[str, ...]:
    """Countries of some places."""
    places = net.tables["places"]
    return tuple(sorted(set(places[places["place_id"].isin(piece)]["country"])))


@pytest.fixture(scope="module")
def cities(net: cr.Network) -> list[str]:
    places = net.tables["places"]
    kept = places[(places["kind"] == "city") & places["country"].isin(CORE)]["place_id"]
    return sorted(set(kept) - RAIL_ONLY)


def test_every_city_reaches_every_other_by_road(net: cr.Network, cities: list[str]) -> None:
    mainland, *islands = pieces(graph(net, "road"))
    assert len(cities) > 400
    assert set(cities) <= mainland
    assert [countries(net, island) for island in islands] == ROAD_ISLANDS


@pytest.mark.parametrize("seed", range(2))
def test_random_cities_reach_each_other_through_the_library(net: cr.Network, cities: list[str], seed: int) -> None:
    """20 cities, each to the next, both ways, on a day before the events begin, with every wait allowed."""
    chosen = random.Random(seed).sample(cities, 20)
    for a, b in itertools.pairwise([*chosen, chosen[0]]):
        routes = net.routes(a, b, depart="2000-06-06", as_of="2000-06-06", modes=["road"], k=1, max_wait_hours=10_000)
        assert routes.details["km_road"].iloc[0] > 0
        assert routes.details["km_rail"].iloc[0] == routes.details["km_sea"].iloc[0] == 0


@pytest.mark.parametrize("gauge", ISLANDS)
def test_rail_places_reach_those_of_their_gauge(net: cr.Network, gauge: int) -> None:
    _, *islands = pieces(graph(net, "rail", gauge))
    assert [countries(net, island) for island in islands] == ISLANDS[gauge]


def test_there_are_no_parallel_legs(net: cr.Network) -> None:
    """A closure of a leg or crossing would leave its twin open."""
    for name in ("legs", "crossings"):
        table = net.tables[name]
        table = table[table["status"] == "operating"]
        seen = Counter(
            zip(table["mode"], table["gauge_mm"].fillna(0), table["from_place"], table["to_place"], strict=True)
        )
        assert max(seen.values()) == 1


def test_a_closure_takes_out_every_edge_of_its_element(net: cr.Network) -> None:
    """On the first day of each closure of all trade none of the element's edges stands in the graph of that day."""
    events = net.events
    events = events[(events["effect"] == "close") & (events["start"] >= "2020-01-01")]
    for column in ("scope_cargo", "scope_vehicle", "scope_direction", "scope_flag"):
        events = events[events[column] == ""]
    members = {row.element_id: set(filter(None, row.members.split(";"))) for row in net.elements.itertuples()}
    closed: dict[str, set[str]] = defaultdict(set)
    for row in events.drop_duplicates(["element_id"], keep="last").itertuples():
        closed[max(row.start, row.known_from)].add(row.element_id)
    modes = dict(zip(net.legs["leg_id"], net.legs["mode"], strict=True))
    scope = dict(zip(events["element_id"], events["scope_mode"], strict=True))
    checked = 0
    for day, elements in sorted(closed.items()):
        standing = set(
            nx.get_edge_attributes(net.to_networkx(depart=f"{day}T12:00+00:00", as_of=day), "element_id").values()
        )
        for element in elements:
            parts = {
                leg
                for leg in members[element] | {element}
                if not scope[element] or modes.get(leg, scope[element]) in scope[element].split(";")
            }
            assert not parts & standing, (element, day, sorted(parts & standing)[:3])
            checked += 1
    assert checked > 25

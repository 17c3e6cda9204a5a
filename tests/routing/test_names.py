"""Names of routes: all different, by crossings and places that people know and others of the answer do not pass."""

import re

import pytest

import corridors as cr
from corridors.routing.names import name_of, names

ASKED = [
    ("Kashgar", "Tbilisi", "2025-08-17"),  # 34 left out, nine of them over the same two crossings of few rivals
    ("Mazar-i-Sharif", "Islamabad", "2023-09-16"),  # a twin of the first that passes no city of its own
    ("Islamabad", "Karachi", "2025-10-21"),  # inside one country
]


@pytest.mark.parametrize(("origin", "destination", "depart"), ASKED)
def test_what_is_left_out_is_named_apart(net: cr.Network, origin: str, destination: str, depart: str) -> None:
    routes = net.routes(origin, destination, depart=depart, as_of="2026-07-01")
    every = [*routes.names, *routes.left_out["name"]]
    assert len(routes.left_out) >= 5
    assert len(set(every)) == len(every)
    assert not any(re.search(r"\(\d+\)$", name) for name in every)


@pytest.mark.parametrize(("origin", "destination", "depart"), ASKED[::2])
def test_what_is_added_is_passed_and_not_by_all(net: cr.Network, origin: str, destination: str, depart: str) -> None:
    """Each crossing and town beyond the short name is one of the route that another of that short name lacks."""
    routes = net.routes(origin, destination, depart=depart, as_of="2026-07-01", k=15, max_overlap=1.0)
    ways = [result.edges for result in routes.results]
    short = [name_of(net.facts, edges) for edges in ways]
    found = names(net.facts, ways)
    assert len(set(found)) == len(found)
    assert len(set(short)) < len(short)
    gates = [
        {net.facts.element_names[edge.element_id].split(" (")[0] for edge in edges if edge.kind == "crossing"}
        for edges in ways
    ]
    said = [
        crossed
        | {net.facts.place[edge.to_place]["name"] for edge in edges}
        | {f"{net.facts.place[edge.from_place]['name']} by {edge.mode}" for edge in edges}
        for crossed, edges in zip(gates, ways, strict=True)
    ]
    for name, was, own, crossed in zip(found, short, said, gates, strict=True):
        alike = [other for other in zip(gates, said, short, strict=True) if other[-1] == was]
        words, _, towns = name.partition(", by ")[2].partition(", via ")
        base = set(re.split(", | and ", was.partition(", by ")[2]))
        added = {
            one for one in re.split(", | and ", words) if not re.search(" (first|all the way|from .*)$", one)
        } - base
        for one in (added - base) | set(filter(None, re.split(", | and ", towns))):
            assert one in own
            assert not all(one in (passed if one in crossed else other) for passed, other, _ in alike)


def test_a_twin_without_a_place_of_its_own_is_named_by_what_it_does_not_pass(net: cr.Network) -> None:
    """A way and the same way with a town between, whose name is given."""
    routes = net.routes("Islamabad", "Karachi", depart="2025-10-21", as_of="2026-07-01", k=1, modes=["road"])
    way = routes.results[0].edges
    last = [edge.kind for edge in way].index("leg")  # up to the first town
    twin = [edge for i, edge in enumerate(way) if i != last + 1]
    named = names(net.facts, [way, twin], [name_of(net.facts, way)])
    town = net.facts.place[way[last + 1].to_place]["name"]
    assert named == ["PK, by road", f"PK, by road, not via {town}"]


def test_a_route_left_out_is_held_against_one_by_its_letter(net: cr.Network) -> None:
    """Recounted from the legs: the kilometres that both have, over those of the shorter."""
    routes = net.routes("Almaty", "Karachi", depart="2026-04-15", as_of="2026-07-01")
    said = [re.fullmatch(r"shares (\d+) % of the km with (\w+) .*", reason) for reason in routes.left_out["reason"]]
    assert len(list(filter(None, said))) >= 2
    assert list(routes[1:].left_out["reason"]) == list(routes.left_out["reason"])
    km = {label: part.set_index("element_id")["km"] for label, part in routes.legs.groupby("label")}
    for found, (one, _) in zip(said, routes.not_offered, strict=True):
        if found:
            other, own = km[found[2]], {edge.element_id: edge.km for edge in one.result.edges if edge.kind == "leg"}
            shared = sum(length for leg, length in own.items() if leg in other.index)
            assert float(found[1]) == pytest.approx(100 * shared / min(sum(own.values()), other.sum()), abs=1)


@pytest.mark.parametrize(
    ("origin", "destination"), [("Mundra", "Almaty"), ("Almaty", "Mumbai port"), ("Baku", "Aktau")]
)
def test_a_haul_by_ship_is_named_by_where_it_loads_and_where_it_lands(
    net: cr.Network, origin: str, destination: str
) -> None:
    """Whoever ships by Iran wants to know whether the ship calls at Chabahar or at Bandar Abbas."""
    routes = net.routes(origin, destination, depart="2025-05-01", modes=["road", "rail", "sea", "ferry"])
    shipped = 0
    for name, (_, legs) in zip(routes.names, routes.legs.groupby("route"), strict=True):
        afloat = legs[(legs["kind"] == "leg") & legs["mode"].isin(["sea", "ferry"])]
        for mode, some in afloat.groupby("mode"):
            ends = net.places.set_index("place_id")["name"].loc[[some["from_place"].iloc[0], some["to_place"].iloc[-1]]]
            assert f"{'-'.join(ends)} by {mode}" in name
            shipped += 1
    assert shipped

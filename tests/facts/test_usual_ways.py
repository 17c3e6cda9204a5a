"""Trips whose usual way every forwarder of the region knows: it is the first or the second of the answer."""

from itertools import combinations

import pytest

import corridors as cr

USUAL = [
    ("Almaty", "Moscow", "2025-06-10", "KZ-RU"),
    ("Tashkent", "Mersin", "2025-06-10", "UZ-TM-IR-TR"),
    ("Urumqi", "Tashkent", "2025-06-10", "CN-KZ-UZ"),
    ("Aktau", "Poti", "2025-06-10", "KZ-sea-AZ-GE"),
    ("Karachi", "Kabul", "2025-06-10", "Torkham"),
    ("Bandar Abbas", "Tashkent", "2025-06-10", "Sarakhs"),
    ("Almaty", "Urumqi", "2025-06-10", "Khorgos"),
    ("Bishkek", "Moscow", "2025-06-10", "KG-KZ-RU"),
    ("Kashgar", "Osh", "2025-06-10", "Irkeshtam"),
    ("Islamabad", "Kashgar", "2025-07-10", "Khunjerab"),
    ("Karachi", "Kandahar", "2025-06-10", "Chaman"),
    ("Tehran", "Istanbul", "2025-06-10", "Bazargan"),
    ("Herat", "Mashhad", "2025-06-10", "Islam Qala"),
    ("Tashkent", "Kabul", "2025-06-10", "Hairatan"),
    ("Dushanbe", "Tashkent", "2025-06-10", "Oybek"),
    ("Tbilisi", "Yerevan", "2025-06-10", "Sadakhlo"),
    ("Baku", "Tbilisi", "2025-06-10", "Red Bridge"),
    ("Yerevan", "Moscow", "2025-10-20", "Lars"),
    ("Quetta", "Zahedan", "2025-06-10", "Taftan"),
    ("Kabul", "Dushanbe", "2025-06-10", "Sher Khan"),
    ("Almaty", "Bishkek", "2025-06-10", "Korday"),
]


@pytest.mark.parametrize(("origin", "destination", "depart", "usual"), USUAL)
def test_the_usual_way_is_the_first_or_the_second(
    net: cr.Network, origin: str, destination: str, depart: str, usual: str
) -> None:
    names = net.routes(origin, destination, depart=depart, k=3).table["name"].head(2)
    assert names.str.contains(usual).any()


FIRST = [
    ("Khorgos", "Almaty", "2026-04-15", "Nur Zholy"),
    ("Urumqi", "Almaty", "2026-04-15", "Nur Zholy"),
    ("Istanbul", "Baku", "2025-06-15", "TR-GE-AZ"),
    ("Tbilisi", "Baku", "2025-06-15", "Red Bridge"),
    ("Erzurum", "Baku", "2025-06-15", "TR-GE-AZ"),
    ("Urumqi", "Dostyk", "2025-06-10", "Alashankou"),
    ("Xi'an", "Tashkent", "2025-06-10", "Nur Zholy"),
    ("Moscow", "Yerevan", "2025-07-14", "Lars"),
]


@pytest.mark.parametrize(("origin", "destination", "depart", "usual"), FIRST)
def test_nearly_all_go_this_way_so_it_is_the_first(
    net: cr.Network, origin: str, destination: str, depart: str, usual: str
) -> None:
    assert usual in net.routes(origin, destination, depart=depart).table["name"].iloc[0]


def test_no_box_drives_past_the_terminal_of_alashankou_to_the_next_one(net: cr.Network) -> None:
    first = net.routes("Semey", "Lanzhou", depart="2024-06-17")[0]
    assert "khorgos_cn" not in set(first.legs["to_place"])


@pytest.mark.parametrize("destination", ["Istanbul", "Mersin", "Poti"])
def test_novorossiysk_has_ships(net: cr.Network, destination: str) -> None:
    routes = net.routes("Novorossiysk", destination, depart="2024-06-17")
    assert "sea" in set(routes.legs["mode"])


def test_a_far_crossing_stands_beside_the_only_near_one_that_is_open(net: cr.Network) -> None:
    """Torkham, Kharlachi, Angoor Adda were shut on 1 March 2025: Chaman takes 5 times the km, but a third more days."""
    names = net.routes("Peshawar", "Kabul", depart="2025-03-01").table["name"]
    assert [name.split("by ")[1] for name in names] == ["Ghulam Khan", "Chaman-Spin Boldak"]


@pytest.mark.parametrize(
    ("origin", "destination", "depart", "usual"),
    [
        ("Shanghai", "Poti", "2026-04-15", "KZ-sea-AZ-GE"),
        ("Khorgos", "Baku", "2026-06-01", "KZ-sea-AZ"),
        ("Agarak", "Rubtsovsk", "2026-06-15", "Verkhny Lars"),
        ("Karachi", "Mersin", "2026-06-01", "Cape of Good Hope"),
        ("Tashkent", "Karachi", "2025-06-10", "Hairatan and Chaman"),
        ("Tashkent", "Karachi", "2025-06-10", "Hairatan and Torkham"),
    ],
)
def test_the_usual_way_is_offered(net: cr.Network, origin: str, destination: str, depart: str, usual: str) -> None:
    assert net.routes(origin, destination, depart=depart).table["name"].str.contains(usual).any()


def test_one_train_takes_one_place(net: cr.Network) -> None:
    """Over the same borders by rail; which line it runs on in between is for the railways to say."""
    asked = [("hisor", "chengdu"), ("kazan", "gazojak"), ("urumqi", "tashkent"), ("karagandy", "tokmok")]
    for origin, destination in asked:
        for modes in (["rail"], ["rail", "road"]):
            routes = net.routes(origin, destination, depart="2026-06-02", modes=modes)
            trains = [one for one in routes.results if one.corridor[1] == {"rail"}]
            for one, other in combinations(trains, 2):
                pairs = zip(one.figures[:2], other.figures[:2], strict=True)
                assert one.corridor != other.corridor or any(abs(a / b - 1) > 0.05 for a, b in pairs)


def test_a_train_takes_as_long_where_trucks_may_help(net: cr.Network) -> None:
    """The best by rail alone is sought for any modes, and none of its places saves or costs a change to a truck."""
    by_rail = net.routes("Kostanay", "Dushanbe", depart="2026-06-02", modes=["rail"]).results[0]
    either = net.routes("Kostanay", "Dushanbe", depart="2026-06-02", modes=["rail", "road"]).results
    assert [one.figures for one in either if one.corridor[1] == {"rail"}] == [by_rail.figures]

"""Mountain roads, queues of one direction and prices by country, as a forwarder of the region knows them."""

from __future__ import annotations

import pandas as pd
import pytest

import corridors as cr

PLAUSIBLE = {
    # US$ of 2024 a km on the flat for 20 t, not counting borders: bands by judgement, out of which a slip falls
    "AF": (0.8, 1.6),
    "AZ": (0.8, 1.4),
    "CN": (0.8, 1.6),
    "GE": (1.0, 2.2),
    "IN": (0.6, 1.0),
    "IR": (0.4, 1.0),
    "KG": (0.9, 1.6),
    "KZ": (0.8, 1.4),
    "PK": (0.6, 1.0),
    "RU": (0.8, 1.2),
    "TJ": (0.9, 1.5),
    "TM": (0.9, 1.6),
    "UZ": (0.9, 1.6),
}


def legs(net: cr.Network, start: str, end: str, depart: str = "2025-06-10", **ask: object) -> pd.DataFrame:
    return net.routes(start, end, depart=depart, as_of=depart, k=1, modes=["road"], **ask).legs  # type: ignore[arg-type]


@pytest.mark.parametrize("country", sorted(PLAUSIBLE))
def test_the_price_of_a_km_is_plausible_in_every_country(net: cr.Network, country: str) -> None:
    least, most = PLAUSIBLE[country]
    price, inside, every = (
        net.facts.rates.find(name, "road", country).mode
        for name in ("usd_per_km", "border_usd_inside", "km_per_border_side")
    )
    assert least <= price - inside / every <= most


@pytest.mark.parametrize(("start", "end"), [("Khorog", "Murghab"), ("Gilgit", "Sost"), ("Mazar-i-Sharif", "Kabul")])
def test_a_km_over_mountains_is_dearer_than_one_of_the_plain(net: cr.Network, start: str, end: str) -> None:
    found = legs(net, start, end)
    steep = found[found["note"].str.contains("in the mountains")]
    flat = found[(found["kind"] == "leg") & found["note"].str.contains("haulage") & ~found.index.isin(steep.index)]
    assert len(steep)
    for country, of in steep.groupby("country"):
        plain = net.facts.rates.find("usd_per_km", "road", str(country)).mode
        assert (of["usd"] / of["km"]).mean() > plain
        level = flat[flat["country"] == country]
        if len(level) and country != "PK":
            assert (of["usd"] / of["km"]).mean() > (level["usd"] / level["km"]).mean()


def test_the_premium_of_direction_hangs_on_the_ends_even_over_mountains(net: cr.Network) -> None:
    """Up and down the Karakoram Highway differ by the premium of the ends, mountain or not; full trucks come down."""
    up, down = (legs(net, *ends)["usd"].sum() for ends in (("Havelian", "Sost"), ("Sost", "Havelian")))
    assert up < down < 2.5 * up


def test_gravel_of_naryn_is_slower_than_the_highway_over_suusamyr(net: cr.Network) -> None:
    pace = {}
    for start, end in (("Naryn", "Kazarman"), ("Bishkek", "Toktogul")):
        found = legs(net, start, end)
        driven = found[found["kind"] == "leg"]
        pace[start] = driven["km"].sum() / driven["hours"].sum()
    assert pace["Naryn"] < 0.8 * pace["Bishkek"]


@pytest.mark.parametrize(("start", "end"), [("Kulob", "Khorog"), ("Khorog", "Murghab"), ("Kochkor", "Naryn")])
def test_winter_slows_the_mountain_roads(net: cr.Network, start: str, end: str) -> None:
    summer, winter = (
        found.loc[found["kind"] == "leg", "hours"].sum()
        for found in (legs(net, start, end, day) for day in ("2025-05-20", "2025-02-10"))
    )
    assert winter > 1.1 * summer


def test_the_road_jalal_abad_kazarman_is_shut_in_winter(net: cr.Network) -> None:
    km = [
        float(net.routes("Jalal-Abad", "Naryn", depart=day, as_of=day, k=1, modes=["road"]).table["km"].iloc[0])
        for day in ("2025-07-10", "2025-12-10")
    ]
    assert km[1] > 1.5 * km[0]


def test_the_kabul_gorge_closes_nothing_east_of_jalalabad(net: cr.Network) -> None:
    members = {row["element_id"]: set(row["members"].split(";")) for _, row in net.elements.iterrows()}
    gorge = next(of for name, of in members.items() if name == "kabul_gorge")
    assert any("kabul" in leg and "jalalabad" in leg for leg in gorge)
    assert not any("torkham" in leg for leg in gorge)
    for alias in ("Kabul gorge", "Mahipar"):
        shut = cr.Scenario("gorge").close(alias)
        east, west = (
            net.routes(start, end, depart="2025-06-10", as_of="2025-06-10", k=1, modes=["road"], scenario=shut)
            for start, end in (("Jalalabad", "Torkham"), ("Jalalabad", "Kabul"))
        )
        assert east.table["km"].iloc[0] < 90
        assert not len(west.table) or west.table["km"].iloc[0] > 150


@pytest.fixture(scope="module")
def crossing_hours(net: cr.Network):  # type: ignore[no-untyped-def]
    def at(start: str, end: str, through: str, gate: str, day: str) -> tuple[float, str]:
        found = legs(net, start, end, day, via=[f"{through}_{gate}"])
        row = found[(found["kind"] != "leg") & (found["element_id"] == through)].iloc[0]
        return float(row["hours"]), str(row["note"])

    return at


def test_lars_is_slow_into_georgia_and_slower_before_new_year(crossing_hours) -> None:  # type: ignore[no-untyped-def]
    june, december = (
        crossing_hours("Vladikavkaz", "Tbilisi", "verkhny_lars", "ge", day)[0] for day in ("2025-06-10", "2025-12-10")
    )
    assert december > 2 * june


def test_nobody_counted_a_queue_at_lars_into_russia(crossing_hours) -> None:  # type: ignore[no-untyped-def]
    june, december = (
        crossing_hours("Tbilisi", "Vladikavkaz", "verkhny_lars", "ge", day) for day in ("2025-06-10", "2025-12-10")
    )
    assert june[0] == pytest.approx(december[0], rel=0.01)
    assert "for the season" not in december[1]
    into_georgia = crossing_hours("Vladikavkaz", "Tbilisi", "verkhny_lars", "ge", "2025-12-10")
    assert december[0] < into_georgia[0]
    assert "hours x " in into_georgia[1]


def test_trucks_with_fruit_queue_at_samur_in_summer_and_not_the_other_way(crossing_hours) -> None:  # type: ignore[no-untyped-def]
    out = [crossing_hours("Baku", "Makhachkala", "samur_yarag", "az", day)[0] for day in ("2025-07-10", "2025-12-10")]
    back = [crossing_hours("Makhachkala", "Baku", "samur_yarag", "az", day)[0] for day in ("2025-07-10", "2025-12-10")]
    assert out[0] > 1.5 * out[1]
    assert back[0] == pytest.approx(back[1], rel=0.01)


def test_indian_railways_carry_a_tonne_for_less_than_trucks(net: cr.Network) -> None:
    """NCAER: 1.96 rupees a tonne and km by rail."""
    rail, road = (net.facts.rates.find("usd_per_km", mode, "IN").mode for mode in ("rail", "road"))
    assert rail == pytest.approx(1.96 * 20 / 83.7, rel=0.02)
    assert rail < 0.7 * road

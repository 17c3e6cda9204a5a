"""Prices that every forwarder of the region knows, in words of the data."""

import csv
from math import inf
from pathlib import Path

import pandas as pd
import pytest

import corridors as cr
from corridors.analysis.prices import prices, role_of, summary

GEODATA = Path(__file__).parents[2] / "geodata"
FEU_2024 = 3289  # ERAI, 15 July 2024, China border to the border of the European Union


def cheapest(net: cr.Network, start: str, end: str, **ask: object) -> float:
    table = net.routes(start, end, depart="2025-06-10", by="usd", k=1, **ask).table  # type: ignore[arg-type]
    return float(table["usd"].min())


@pytest.mark.parametrize(("start", "end", "modes"), [("Tashkent", "Moscow", ["road"]), ("Almaty", "Moscow", ["rail"])])
def test_a_reefer_is_dearer_than_a_dry_box(net: cr.Network, start: str, end: str, modes: list[str]) -> None:
    dry, cooled = (cheapest(net, start, end, modes=modes, cargo=cargo) for cargo in ("container40", "reefer40"))
    assert 1.1 * dry < cooled < 3 * dry


def test_shanghai_karachi_is_dearer_than_back(net: cr.Network) -> None:
    out, back = (
        cheapest(net, *ends, modes=["sea"])
        for ends in (("shanghai_port", "karachi_port"), ("karachi_port", "shanghai_port"))
    )
    assert out > 2 * back


def test_a_container_train_from_dostyk_to_brest_is_near_the_index_of_2024(net: cr.Network) -> None:
    row = prices(net).set_index("tariff_id").loc["t007"]
    assert row["published"] == FEU_2024
    assert row["modelled"] == pytest.approx(FEU_2024, rel=0.1)


def test_kabul_is_quicker_and_cheaper_from_karachi_than_from_chabahar(net: cr.Network) -> None:
    karachi, chabahar = (
        net.routes(port, "Kabul", depart="2025-06-10", k=4).table for port in ("karachi_port", "chabahar_port")
    )
    assert karachi["days"].min() < chabahar["days"].min()
    assert karachi["usd"].min() < chabahar["usd"].min()


@pytest.mark.parametrize(("start", "end"), [("Almaty", "Moscow"), ("Urumqi", "Tashkent"), ("Tashkent", "Moscow")])
def test_a_train_is_cheaper_than_a_truck_over_a_long_way(net: cr.Network, start: str, end: str) -> None:
    assert cheapest(net, start, end, modes=["rail"]) < cheapest(net, start, end, modes=["road"])


@pytest.mark.parametrize(("start", "end"), [("Almaty", "Bishkek"), ("Tashkent", "Samarkand")])
def test_a_truck_is_cheaper_than_a_train_over_a_short_way(net: cr.Network, start: str, end: str) -> None:
    """Start, terminals and drayage are what the shortest haul by rail pays."""
    assert cheapest(net, start, end, modes=["road"]) < cheapest(net, start, end, modes=["rail"])


def test_trucks_up_country_cost_more_than_down_country(net: cr.Network) -> None:
    up, down = cheapest(net, "Karachi", "Lahore", modes=["road"]), cheapest(net, "Lahore", "Karachi", modes=["road"])
    assert 1.5 * down < up < 4 * down


def test_prices_that_set_no_rate_are_met(net: cr.Network) -> None:
    table = prices(net)
    tested = summary(table).query("role == 'test' and service == 'all'").iloc[0]
    assert tested["prices"] >= 20
    assert tested["median_error_pct"] <= 25


def test_the_lane_decides_what_sets_a_rate_and_what_tests(net: cr.Network) -> None:
    """Not the error: the role in the table follows from mode, ends and kind of figure."""
    modes = {"rail;ferry": "rail+ferry", "rail;sea": "rail+sea", "ferry": "ro-ro/ferry"}
    rows = net.tariffs.query("role != ''")
    assert set(rows["role"]) == {"set", "test"}
    for row in rows.to_dict("records"):
        mode = modes.get(row["mode"], row["mode"])
        assert row["role"] == role_of(mode, row["from"], row["to"], row["kind"]), row["tariff_id"]


def test_the_price_of_a_way_in_pakistan_hangs_on_its_ends(net: cr.Network) -> None:
    """The premium of direction adds up: Karachi-Multan and Multan-Lahore have the haulage of both together."""

    def haulage(start: str, end: str, **via: object) -> float:
        routes = net.routes(start, end, depart="2025-06-10", modes=["road"], by="usd", k=1, **via)  # type: ignore[arg-type]
        lines = routes.costs
        return float(lines.loc[(lines["line"] == "haulage") & (lines["label"] == "A"), "usd"].sum())

    parts = haulage("Karachi", "Multan") + haulage("Multan", "Lahore")
    assert parts == pytest.approx(haulage("Karachi", "Lahore", via=["Multan"]), rel=1e-9)


def test_turkmenistan_charges_every_foreign_truck(net: cr.Network) -> None:
    routes = net.routes("Tashkent", "Mashhad", depart="2025-06-10", modes=["road"], k=1)
    lines = routes.costs.set_index("line")["usd"]
    assert 200 < lines["transit permit"] < 400
    # fuel: 35 l per 100 km, US$ 0.53 dearer next door than in Turkmenistan, over 490 to 1,170 km
    assert 0.35 * 0.53 * 490 < lines["fuel difference"] < 0.35 * 0.53 * 1170

    def charged(carrier: str) -> set[str]:
        costs = net.routes("Tashkent", "Mashhad", depart="2025-06-10", modes=["road"], k=1, carrier=carrier).costs
        return set(costs.loc[costs["usd"] > 0, "line"]) & {"transit permit", "fuel difference"}

    assert charged("UZ") == {"transit permit", "fuel difference"}
    assert charged("IR") == {"transit permit"}  # dropped for Iranian trucks from October 2022
    assert charged("TM") == set()


def test_costs_in_rupees_are_those_in_dollars_at_the_mean_rate_of_the_year(net: cr.Network) -> None:
    routes = net.routes("Karachi", "Kabul", depart="2025-06-10", modes=["road"], k=1)
    rupees, dollars = routes.costs_in("PKR", year=2024), routes.costs
    assert rupees["amount"].to_numpy() == pytest.approx(278.6 * dollars["usd"].to_numpy())
    assert set(rupees["currency"]) == {"PKR"}
    before = routes.costs_in("USD", year=2019)
    assert before["amount"].to_numpy() == pytest.approx(255.657 / 313.689 * dollars["usd"].to_numpy())
    haulage = dollars.set_index("line").loc["haulage"]
    rates = net.rates.query("quantity == 'usd_per_km' and by_mode == 'road' and by_country in ['PK', 'AF']")
    assert haulage["rate_years"] == "2024"
    assert haulage["oldest"] <= rates["as_of"].min()
    assert (dollars.query("one_way")["source_id"] != "").all()


def test_sea_freight_follows_its_own_index(net: cr.Network) -> None:
    routes = net.routes("shanghai_port", "karachi_port", depart="2025-06-10", modes=["sea"], k=1)
    low, high = (
        routes.costs_in("USD", year=year).set_index("line").loc["sea freight", "amount"] for year in (2019, 2021)
    )
    assert high > 4 * low


@pytest.mark.parametrize(
    ("ask", "words"), [({"currency": "XXX"}, "no exchange rate"), ({"year": 1950}, "no price index")]
)
def test_what_has_no_rate_or_index_is_refused(net: cr.Network, ask: dict[str, object], words: str) -> None:
    routes = net.routes("Karachi", "Lahore", depart="2025-06-10", k=1)
    with pytest.raises(cr.BadRequest, match=words):
        routes.costs_in(**ask)  # type: ignore[arg-type]


def test_insurance_is_beside_the_sum_and_dearer_through_a_war(net: cr.Network) -> None:
    def premium(day: str) -> float:
        routes = net.routes("Karachi", "Kandahar", depart=day, as_of=day, k=1, modes=["road"], unknown="lapse")
        lines = routes.costs.set_index("line")
        assert not lines.loc["insurance", "one_way"]
        return float(lines.loc["insurance", "usd"])

    assert premium("2026-03-10") > 1.3 * premium("2025-06-10")


def test_aktau_poti_takes_longer_in_january_than_in_july(net: cr.Network) -> None:
    """The Caspian is rough: ports closed more often, which widens the range, and ships are slower."""
    january, july = (
        net.routes(
            "Aktau", "Poti", depart=f"2025-{month:02d}-15", modes=["rail", "ferry"], avoid=["RU"], k=1
        ).table.iloc[0]
        for month in (1, 7)
    )
    assert january["days"] > july["days"]
    assert january["days_p90"] > july["days_p90"]


def test_a_box_pays_demurrage_in_port_and_detention_inland(net: cr.Network) -> None:
    """Days in port beyond the free ones, and days inland there and back beyond those for which the line lends its box.

    On average over journeys that is more than what is due on the expected days. A shipper's own box pays neither, a box
    by land alone none, and one that is expected to stay for less than is free next to no demurrage.
    """

    def mean(quantity: str) -> float:
        rates = net.facts.rates
        return rates.expected(rates.find(quantity), "departures")

    def asked(start: str, end: str, **ask: object) -> tuple[dict[str, float], pd.DataFrame]:
        routes = net.routes(start, end, depart="2025-06-10", k=1, **ask)  # type: ignore[arg-type]
        return dict(zip(routes.costs["line"], routes.costs["usd"], strict=True)), routes.legs

    way: dict[str, object] = {"modes": ["sea", "road"], "avoid": ["IR"], "via": ["torkham"]}
    costs, legs = asked("shanghai_port", "Tashkent", **way)
    at_port = legs["kind"].eq("transfer") & legs["mode"].eq("sea > road")
    days = legs.loc[at_port, "hours"].item() / 24
    assert 7 < days < 9  # some 7 days of dwell published for Karachi in July 2025
    overdue = (days - mean("demurrage_free_days")) * mean("demurrage_usd_day")
    assert overdue < costs["demurrage"] < 1.1 * overdue
    inland = legs[(legs.index > legs.index[at_port][0]) & legs["kind"].isin(["leg", "crossing", "wait"])]
    late = 2 * inland["hours"].sum() / 24 - mean("detention_free_days")
    due = late * mean("detention_usd_day")
    assert 1.1 * due < costs["detention"] < 1.5 * due
    assert min(costs["demurrage"], costs["detention"]) > 100

    own = cr.Cargo("own box", 20.0, own_box=True)
    kept, _ = asked("shanghai_port", "Tashkent", cargo=own, **way)
    assert kept.get("demurrage", 0.0) == kept.get("detention", 0.0) == 0.0
    by_land, _ = asked("Karachi", "Kabul", modes=["road"])
    assert by_land.get("demurrage", 0.0) == by_land.get("detention", 0.0) == 0.0
    short, legs = asked("jebel_ali", "Chabahar", modes=["sea", "road"])
    assert legs.loc[legs["mode"].eq("sea > road"), "hours"].item() / 24 < mean("demurrage_free_days")
    assert short.get("demurrage", 0.0) < 60


@pytest.mark.parametrize(
    ("load", "quantities"),
    [
        ("reefer40", ["reefer_price_factor"]),
        (cr.Cargo("solvent", 20.0, un_class="3"), ["hazard_price_factor"]),
        (cr.Cargo("mill", 20.0, "vehicle", "lowbed"), ["heavy_price_factor"]),
        ("bus", ["hazard_price_factor", "heavy_price_factor"]),
    ],
)
def test_refrigerated_dangerous_and_heavy_loads_pay_a_surcharge(
    net: cr.Network, load: str | cr.Cargo, quantities: list[str]
) -> None:
    """Haulage times what each factor (rates) is above 1, on a line of its own."""
    costs = net.routes("Almaty", "Taraz", depart="2025-06-10", modes=["road"], avoid=["KG"], k=1, cargo=load).costs
    lines = costs.set_index("line")["usd"]
    vehicle = net.facts.preset(load).vehicle if isinstance(load, str) else load.vehicle
    more = sum(net.facts.rates.find(name, "road", vehicle=vehicle).mode - 1 for name in quantities)
    assert more > 0.2
    assert lines["surcharges"] == pytest.approx(more * lines["haulage"], rel=1e-6)


def test_a_box_through_hormuz_pays_the_war_surcharge_beside_the_sum(net: cr.Network) -> None:
    """US$ 1,500 to 2,000 for a 20-foot, 3,000 for a 40-foot box, 3,500 to 4,000 for a reefer since 2 March 2026."""

    def lines(day: str, to: str = "Jebel Ali", **ask: object) -> pd.DataFrame:
        routes = net.routes("shanghai_port", to, depart=day, k=1, modes=["sea"], max_wait_hours=inf, **ask)  # type: ignore[arg-type]
        assert routes.legs["usd"].sum() == pytest.approx(routes.costs.loc[routes.costs["one_way"], "usd"].sum())
        return routes.costs.set_index("line")

    held_up = lines("2026-06-25")
    assert held_up.loc["war surcharge", "usd"] == 3000
    assert not held_up.loc["war surcharge", "one_way"]
    assert "thenational_2026_03_02" in held_up.loc["war surcharge", "source_id"]
    small, cold = (
        cr.Cargo("box", 18.0, unit, vehicle) for unit, vehicle in (("TEU", "trailer20"), ("FEU", "reefer40"))
    )
    assert 1500 < lines("2026-06-25", cargo=small).loc["war surcharge", "usd"] < 2000
    assert 3500 < lines("2026-06-25", cargo=cold).loc["war surcharge", "usd"] < 4000
    others = lines("2025-06-25"), lines("2026-06-25", "Fujairah"), lines("2026-06-25", as_of="2026-02-01")
    assert not any("war surcharge" in found.index for found in others)


def rows_of(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((GEODATA / f"{name}.csv").read_text(encoding="utf-8").splitlines()))


def test_the_two_directions_of_a_post_differ_by_what_is_published_of_each() -> None:
    """Where fees jump by more than a fifth, a side that charges more one way has no assumed figure in that jump."""
    sides: dict[str, dict[str, dict[str, str]]] = {}
    for row in rows_of("provenance"):
        if (row["table"], row["column"]) == ("crossings", "usd") and row["part"]:
            sides.setdefault(row["row_id"], {})[row["part"]] = row
    posts: dict[str, list[dict[str, str]]] = {}
    for row in rows_of("crossings"):
        if row["usd"] and row["mode"] in ("road", "rail"):
            posts.setdefault(row["element_id"], []).append(row)
    jumps = 0
    for element, ways in posts.items():
        assert len(ways) == 2, f"{element}: fees of one direction only"
        fees = [float(way["usd"]) for way in ways]
        if max(fees) <= 1.2 * min(fees):
            continue
        jumps += 1
        parts = sides[ways[0]["crossing_id"]] | sides[ways[1]["crossing_id"]]
        for country in {name[:2] for name in parts}:
            out, back = parts[f"{country}_out"], parts[f"{country}_in"]
            if abs(float(out["value"]) - float(back["value"])) > 20:
                assert "assumed" not in (out["quality"], back["quality"]), element
    assert jumps >= 10


def per_km(net: cr.Network, start: str, end: str, country: str) -> float:
    legs = net.routes(start, end, depart="2024-09-03", as_of="2024-09-03", modes=["road"], k=1).legs
    legs = legs[(legs["kind"] == "leg") & (legs["country"] == country)]
    return float(legs["usd"].sum() / legs["km"].sum())


def test_full_trucks_come_from_china_on_the_karakoram_and_from_karachi_below(net: cr.Network) -> None:
    """Down from Sost is dearer than up to it, up-country from Karachi dearer than down; so at other Chinese gates."""
    assert per_km(net, "Kashgar", "Islamabad", "PK") > 1.2 * per_km(net, "Islamabad", "Kashgar", "PK")
    assert per_km(net, "Karachi", "Islamabad", "PK") > 2 * per_km(net, "Islamabad", "Karachi", "PK")
    for start, end in (("Kashgar", "Osh"), ("Kashgar", "Bishkek"), ("Urumqi", "Almaty")):
        assert 1.2 < per_km(net, start, end, "CN") / per_km(net, end, start, "CN") < 1.7


def test_a_part_load_says_what_its_emissions_are_a_part_of(net: cr.Network) -> None:
    """A truck is paid for whole, and emissions go by the tonne: a box of 1 t could have the truck of 20 t to itself."""
    ask = {"depart": "2026-01-15", "modes": ["road"], "k": 1}
    light, full = (
        net.routes("Almaty", "Karachi", cargo=cr.Cargo("goods", tonnes, "FEU"), **ask) for tonnes in (1.0, 20.0)
    )
    assert light.table["usd"].iloc[0] == pytest.approx(full.table["usd"].iloc[0])
    assert light.table["kgco2e"].iloc[0] * 20 == pytest.approx(full.table["kgco2e"].iloc[0])
    assert any("ISO 14083" in note and "up to 20 times" in note for note in light.notes)
    assert not any("ISO 14083" in note for note in full.notes)

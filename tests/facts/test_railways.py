"""Railways: what stood in the way of trains, by dated pages; and no train before its line was opened."""

import csv
from contextlib import suppress

import pytest

import corridors as cr
from corridors.data.schema import data_folder


@pytest.mark.parametrize(
    ("start", "end", "depart", "through", "closed"),
    [
        ("Baku", "Kars", "2023-09-01", "kartsakhi_canbaz_rail", True),  # the Georgian section was being rebuilt
        ("Baku", "Kars", "2024-09-01", "kartsakhi_canbaz_rail", False),
        ("Tehran", "Almaty", "2019-04-10", "incheh_borun_rail", True),  # the flood of Aq Qala
        ("Tehran", "Almaty", "2019-08-10", "incheh_borun_rail", False),
        ("Quetta", "Zahedan", "2020-01-10", "rail_1676_dalbandin_nushki", True),  # track washed away in Chagai
        ("Quetta", "Zahedan", "2020-03-10", "rail_1676_dalbandin_nushki", False),
        ("Tbilisi", "Yerevan", "2024-05-28", "rail_1520_alaverdi_sadakhlo_ayrum_rail_am", True),  # the Debed flood
        ("Tbilisi", "Yerevan", "2024-09-28", "rail_1520_alaverdi_sadakhlo_ayrum_rail_am", False),
    ],
)
def test_trains_stop_where_the_line_was_cut(
    net: cr.Network, start: str, end: str, depart: str, through: str, closed: bool
) -> None:
    """Either the line is not used on that day, or the train waits for it."""
    routes: list[cr.Route] = []
    with suppress(cr.NoRoute):
        routes = list(net.routes(start, end, depart=depart, modes=["rail"], k=2))
    at_once = [
        route
        for route in routes
        if through in set(route.legs["element_id"]) and route.legs.query("kind == 'wait'")["hours"].sum() < 24
    ]
    assert bool(at_once) is not closed


@pytest.mark.parametrize(("depart", "free"), [("2025-11-10", True), ("2025-11-20", False), ("2026-03-10", True)])
def test_in_november_2025_no_goods_were_loaded_for_saryagash(net: cr.Network, depart: str, free: bool) -> None:
    """Bans of 12 to 20 and 22 to 24 November; the train of the 10th arrives before them or waits for them."""
    first = net.routes("Shymkent", "Tashkent", depart=depart, modes=["rail"], k=1)[0]
    waits = first.legs.query("kind == 'wait' and element_id == 'saryagash_keles_rail'")["hours"].sum()
    assert bool(waits < 12) == free


def test_flour_passed_the_ban_that_excepted_it(net: cr.Network) -> None:
    events = net.events.query("element_id == 'saryagash_keles_rail' and start == '2025-11-12'")
    assert set(events["effect"]) == {"close", "exception"}
    assert set(events.query("effect == 'exception'")["scope_cargo"]) == {"grain and flour", "perishables"}


@pytest.mark.parametrize(
    ("start", "end", "depart", "barred"),
    [
        ("Dushanbe", "Mashhad", "2020-01-15", True),
        ("Mashhad", "Dushanbe", "2018-09-10", True),
        ("Dushanbe", "Mashhad", "2018-11-15", False),
        ("Dushanbe", "Mashhad", "2023-01-15", False),
        ("Tashkent", "Mashhad", "2020-01-15", False),  # Uzbek goods passed all the time
    ],
)
def test_turkmenistan_kept_tajik_goods_out(net: cr.Network, start: str, end: str, depart: str, barred: bool) -> None:
    names = net.routes(start, end, depart=depart, modes=["road"], k=4).table["name"]
    assert names.str.contains("TM").any() != barred


@pytest.mark.parametrize("mode", ["road", "rail"])
def test_the_ban_on_tajik_goods_held_at_every_turkmen_entry(net: cr.Network, mode: str) -> None:
    crossings = net.crossings
    here = crossings["crossing_id"].str.split("__").str[-1].str.split("_").map(lambda sides: "tm" in sides)
    entries = set(
        crossings.loc[here & (crossings["mode"] == mode) & (crossings["status"] == "operating"), "element_id"]
    )
    rules = net.rights[net.rights["treaty"].str.startswith("Turkmen ban of 2019")]
    assert len(entries) >= 6
    for end in ("goods_origin", "goods_destination"):
        assert entries <= set(rules.loc[rules[end] == "TJ", "element_id"])


@pytest.mark.parametrize(
    ("element", "before", "after"),
    [
        ("altynkol_horgos_rail", "2012-06-01", "2013-06-01"),
        ("bolashak_serhetyaka_rail", "2012-06-01", "2014-06-01"),
        ("incheh_borun_rail", "2014-06-01", "2015-06-01"),
        ("ymamnazar_aqina_rail", "2016-06-01", "2017-06-01"),
        ("kartsakhi_canbaz_rail", "2017-06-01", "2018-06-01"),
        ("astara_rail", "2017-06-01", "2018-06-01"),
        ("shamtigh_rozanak_rail", "2020-06-01", "2021-06-01"),
        ("rail_1520_hairatan_mazar", "2011-06-01", "2012-06-01"),
        ("andarkhon_patar", "2017-06-01", "2018-06-01"),
        ("ken_say_uchkurgan", "2024-06-01", "2025-06-01"),
    ],
)
def test_nothing_passes_before_the_opening(net: cr.Network, element: str, before: str, after: str) -> None:
    rules = net.calendars.query("element_id == @element and regime == 'operated' and rule == '24/7 off'")
    off = rules[(rules["valid_from"] <= before) & (rules["valid_to"] >= before)]
    assert len(off) == 1
    assert off["valid_to"].iloc[0] < after


def test_a_train_to_rozanak_waits_for_the_line_to_be_opened(net: cr.Network) -> None:
    for depart, there in (("2020-03-01", False), ("2021-03-01", True), ("2022-03-01", False), ("2024-03-01", True)):
        names = net.routes("Mashhad", "Herat", depart=depart, modes=["rail", "road"], k=4).table["name"]
        assert names.str.contains("Rozanak").any() == there, depart


def test_no_source_is_cited_by_nothing() -> None:
    cited: set[str] = set()
    for path in data_folder().glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            if path.name != "sources.csv" and "source_id" in (rows.fieldnames or ()):
                cited.update(source for row in rows for source in row["source_id"].split(";"))
    with (data_folder() / "sources.csv").open(encoding="utf-8", newline="") as file:
        sources = {row["source_id"] for row in csv.DictReader(file)}
    assert len(sources) > 1000
    assert sources - cited == set()

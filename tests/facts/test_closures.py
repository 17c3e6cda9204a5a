"""Closures, opening hours and rights against what dated pages say, in words of the data."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

import corridors as cr
from corridors.model.calendars import Knowledge, Traffic, hour
from corridors.model.rights import LawOf, Trade


def closed(net: cr.Network, element: str, day: str, at: str = "12:00", **traffic: str) -> bool:
    """Whether an element is closed to freight at a local hour, as all the record has it."""
    calendars = net.facts.calendars
    moment = hour(datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=calendars.zone(element)))
    what = Traffic(traffic.pop("direction", "A>B"), mode_of(net, element), **traffic)
    closures = calendars.closures(element, moment, Knowledge(net.data_date), what.goods)
    return any(c.start <= moment < c.end and c.hits(what) for c in closures)


def mode_of(net: cr.Network, element: str) -> str:
    modes = net.crossings.loc[net.crossings["element_id"] == element, "mode"]
    return str(modes.iloc[0]) if len(modes) else "rail" if element.startswith("ml") else "road"


CLOSED = [
    # element, a day closed, a day on which freight passed again
    ("astara_road", "2026-03-08", "2026-03-10"),
    ("bilasuvar", "2026-03-07", "2026-03-10"),
    ("julfa_road", "2026-03-08", "2026-03-10"),
    ("chaman_spinboldak", "2020-03-20", "2020-04-13"),
    ("torkham", "2020-03-20", "2020-04-13"),
    ("torkham", "2020-03-16", "2020-05-18"),
    ("torkham", "2023-11-21", "2023-12-01"),
    ("termez_hairatan", "2021-08-17", "2021-08-20"),
    ("termez_hairatan_rail", "2023-02-05", "2023-02-10"),
    ("ml3_bolan", "2023-03-01", "2023-04-15"),
    ("ml3_bolan", "2024-10-10", "2024-10-11"),
    ("chaman_spinboldak", "2022-11-20", "2022-11-21"),
    ("chaman_spinboldak", "2024-02-26", "2024-02-27"),
    ("chaman_spinboldak", "2021-08-10", "2021-08-25"),
    ("khunjerab_sost", "2023-03-31", "2023-04-03"),
    ("kulma_karasu", "2020-03-10", "2020-05-06"),
    ("milak_zaranj", "2023-05-27", "2023-05-29"),
    ("kaplanbek_navoi", "2024-06-05", "2025-12-01"),
    ("kaplanbek_navoi", "2025-06-10", "2025-12-01"),
    ("kolzhat_dulata", "2021-06-20", "2022-06-20"),
    ("sarakhs_road", "2020-04-20", "2020-06-20"),
    ("incheh_borun_road", "2020-06-01", "2021-11-01"),
    ("salang", "2022-12-18", "2022-12-25"),
    ("angoor_adda", "2024-05-05", "2025-10-01"),
    ("kharlachi_dandpatan", "2025-01-15", "2025-05-15"),
    ("ghulam_khan", "2025-08-15", "2025-09-10"),
    ("gurbulak_bazargan", "2020-04-01", "2020-06-10"),
    ("kkh_sost_gilgit", "2012-06-01", "2015-10-01"),
    ("irkeshtam", "2020-03-10", "2020-04-20"),
    ("road_jamrud_landi_kotal", "2024-09-10", "2024-10-16"),
    ("wagah_attari_rail", "2020-01-15", "2019-01-15"),
    ("bajgiran_howdan", "2022-06-10", "2019-06-10"),
    ("ken_bulun", "2022-01-08", "2022-01-12"),
    ("takhtakaracha_m39", "2021-12-13", "2021-12-14"),
    ("verkhny_lars", "2026-02-09", "2026-02-12"),
    ("kulma_karasu", "2014-02-20", "2014-05-20"),
    ("kulma_karasu", "2010-01-20", "2010-07-14"),
]


@pytest.mark.parametrize(("element", "last", "passed"), CLOSED)
def test_the_last_closed_day_is_closed_and_the_day_of_opening_is_not(
    net: cr.Network, element: str, last: str, passed: str
) -> None:
    way = "CN>KG" if element == "irkeshtam" else "A>B"
    assert closed(net, element, last, direction=way)
    assert not closed(net, element, passed, direction=way)


@pytest.mark.parametrize(
    ("section", "origin", "destination", "chain"),
    [
        ("kabul_torkham", "Kabul", "Torkham", "jalalabad_kabul jalalabad_torkham_af"),
        ("kz_we_wc_karabutak_kyzylorda", "Aktobe", "Kyzylorda", "aralsk_karabutak aralsk_baikonur baikonur_zhosaly"),
        ("kz_winter_blizzard_north", "Astana", "Kostanay", "astana_atbasar"),
        ("kz_korday_pass", "Almaty", "Bishkek", "kz_korday_otar korday_kz_korday"),
        ("n65_n25_n40_balochistan", "Quetta", "Sukkur", "kolpur_mach dhadar_mach dera_murad_jamali_jacobabad"),
        ("too_ashuu", "Bishkek", "Osh", "kara_balta_too_ashuu ala_bel_too_ashuu ala_bel_toktogul"),
        ("irkeshtam_road", "Osh", "Kashgar", "gulcha_osh gulcha_sary_tash irkeshtam_sary_tash"),
        ("kkh_sost_gilgit", "Sost", "Skardu", "karimabad_sost aliabad_karimabad aliabad_gilgit"),
        ("dushanbe_khujand_anzob", "Dushanbe", "Khujand", "anzob_dushanbe anzob_ayni ayni_shahristan"),
        ("verkhny_lars_approach", "Tbilisi", "Vladikavkaz", "jvari_kobi kobi_stepantsminda"),
    ],
)
def test_no_leg_drawn_along_a_closed_road_leads_past_it(
    net: cr.Network, section: str, origin: str, destination: str, chain: str
) -> None:
    """Towns beside a highway give legs of their own along it: they close with it."""
    ask = {"depart": "2025-06-10", "k": 1, "modes": ["road"], "scenario": cr.Scenario("closed").close(section)}
    legs = net.legs.set_index("leg_id")
    band = legs.loc[[f"road_{name}" for name in chain.split()], "geometry"].union_all().buffer(0.01)
    for row in net.routes(origin, destination, **ask).legs.query("kind == 'leg'").itertuples():
        line = legs.loc[row.element_id, "geometry"]
        along = row.km * line.intersection(band).length / line.length
        assert along < max(25, row.km / 2), f"{row.name}: {along:.0f} km along {section}"


def test_no_freight_train_ran_from_karachi_in_the_floods_of_2022(net: cr.Network) -> None:
    """ML-1 was under water at Nawabshah until 30 September, ML-2 at Sehwan and Dadu far longer."""
    ask = {"modes": ["rail"], "k": 1}
    with pytest.raises(cr.NoRoute, match="Sindh floods"):
        net.routes("Karachi", "Lahore", depart="2022-09-01", **ask)
    names = net.routes("Karachi", "Lahore", depart="2022-10-10", **ask).legs["name"]
    assert not names.str.contains("Sehwan|Dadu").any()
    assert not net.legs.query("mode == 'rail' and from_place == 'hala'").size, "the line runs across the river"


@pytest.mark.parametrize("element", ["torkham", "chaman_spinboldak"])
def test_in_spring_2020_freight_passed_on_three_days_a_week(net: cr.Network, element: str) -> None:
    passed = {day: not closed(net, element, f"2020-04-{day}") for day in range(13, 20)}
    assert [day for day, free in passed.items() if free] == [13, 15, 17]  # Monday, Wednesday, Friday
    assert closed(net, element, "2020-05-24")
    assert not closed(net, element, "2020-05-23", at="16:00")


def test_almaty_to_tashkent_in_june_2026_goes_by_posts_that_carried_trucks(net: cr.Network) -> None:
    routes = net.routes("Almaty", "Tashkent", depart="2026-06-15", as_of="2026-06-15", modes=["road"], k=3)
    used = set(routes.legs.query("kind == 'crossing'")["element_id"])
    assert used
    assert "zhibek_zholy_gisht_kuprik" not in used
    first = routes[0].legs.query("kind == 'crossing'")["element_id"].tolist()
    assert set(first) & {"kaplanbek_navoi", "konysbayeva_yallama", "atameken_guliston", "kazygurt_nazhimov"}
    why = net.routes("Almaty", "Tashkent", depart="2024-06-20", as_of="2024-06-20", modes=["road"], k=4)
    assert len(why.legs)  # before the rebuilding the post may be used


def test_a_loaded_container_does_not_pass_at_bajgiran(net: cr.Network) -> None:
    """Trucks of at most 20 t have been let in since March 2023 (IRNA): the box goes by Artyk or Sarahs; it says why."""
    routes = net.routes("Mashhad", "Ashgabat", depart="2025-06-10", modes=["road"], k=3)
    assert "bajgiran_howdan" not in set(routes.legs["element_id"])
    reasons = routes.rejected.loc[routes.rejected["name"].str.contains("Bajgiran"), "reason"]
    assert reasons.str.contains("20 t").any()
    before = net.routes("Mashhad", "Ashgabat", depart="2019-06-10", as_of="2019-06-10", modes=["road"], k=3)
    assert "bajgiran_howdan" in set(before.legs["element_id"])


@pytest.mark.parametrize("element", ["torugart", "irkeshtam"])
def test_from_march_2024_the_chinese_posts_work_seven_days_fourteen_hours(net: cr.Network, element: str) -> None:
    sunday = "2024-09-08"
    assert not closed(net, element, sunday, at="08:30")
    assert not closed(net, element, sunday, at="21:30")
    assert closed(net, element, sunday, at="23:00")
    assert closed(net, element, "2024-01-07")


@pytest.mark.parametrize(
    ("element", "day", "expected"),
    [
        ("nur_zholy_khorgos", "2023-10-03", True),
        ("nur_zholy_khorgos", "2023-10-04", False),
        ("nur_zholy_khorgos", "2026-02-17", True),
        ("nur_zholy_khorgos", "2026-02-19", False),
        ("torugart", "2025-05-31", True),
        ("torugart", "2025-06-01", False),
        ("torugart", "2025-06-02", False),
        ("irkeshtam", "2025-06-02", False),
        ("irkeshtam", "2026-02-19", False),
        ("torugart", "2026-02-16", False),
        ("torugart", "2026-02-19", True),
        ("irkeshtam", "2023-10-04", False),
        ("kolzhat_dulata", "2026-10-05", False),  # National Day in lieu
    ],
)
def test_days_in_lieu_closed_no_post(net: cr.Network, element: str, day: str, expected: bool) -> None:
    assert closed(net, element, day) is expected


def test_what_concerned_passengers_is_no_restriction_of_freight(net: cr.Network) -> None:
    known = Knowledge(net.data_date)
    for element, day in (
        ("termez_hairatan", "2024-06-01"),
        ("gabd_rimdan", "2025-06-18"),
        ("mand_pishin", "2025-06-18"),
        ("astara_road", "2025-06-18"),
        ("torkham", "2024-05-18"),
    ):
        assert not closed(net, element, day) or element == "torkham"
        moment = hour(datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("UTC")))
        found = net.facts.calendars.restrictions(element, moment, known)
        assert all(c.cargo != "passengers" for c in found)
        rows = net.events.query("element_id == @element and effect == 'restrict' and start <= @day")
        live = rows[(rows["end"] == "") | (rows["end"] >= day)]
        assert (live["scope_cargo"] == "passengers").any()  # it is in the record, only not for freight


@pytest.mark.parametrize(
    ("element", "day", "words"),
    [
        ("syrym_mashtakovo", "2026-06-15", "Rebuilding"),
        ("karasu_aktilek", "2025-12-01", "Electronic queue"),
        ("nur_zholy_khorgos", "2026-01-15", "Electronic queue"),
        ("torugart", "2026-04-01", "Electronic queue"),
        ("temirbaba_garabogaz", "2022-09-01", "COVID"),
        ("dashoguz_shavat", "2021-05-01", "COVID"),
        ("serhetabat_torghundi", "2021-05-01", "COVID"),
        ("ymamnazar_aqina", "2021-05-01", "COVID"),
        ("hormuz", "2026-06-25", "Recovery"),
    ],
)
def test_restrictions_in_force(net: cr.Network, element: str, day: str, words: str) -> None:
    moment = hour(datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("UTC")))
    found = net.facts.calendars.restrictions(element, moment, Knowledge(net.data_date))
    assert any(words in c.reason for c in found)


def test_afghan_exports_by_wagah_were_interrupted_by_the_pandemic(net: cr.Network) -> None:
    assert not closed(net, "wagah_attari", "2020-02-10", goods="goods from AF", direction="PK>IN")
    assert closed(net, "wagah_attari", "2020-05-11", goods="goods from AF", direction="PK>IN")
    assert not closed(net, "wagah_attari", "2020-08-10", goods="goods from AF", direction="PK>IN")


@pytest.mark.parametrize(
    ("origin", "destination", "depart", "passed"),
    [
        ("Kabul", "Delhi", "2024-11-10", True),
        ("Kandahar", "Amritsar", "2021-10-20", True),
        ("Kabul", "Delhi", "2025-06-10", False),
        ("Delhi", "Kabul", "2024-11-10", False),
        ("Tashkent", "Delhi", "2024-11-10", False),
    ],
)
def test_only_what_comes_from_afghanistan_passed_wagah_and_nobody_need_name_it(
    net: cr.Network, origin: str, destination: str, depart: str, *, passed: bool
) -> None:
    crossings = net.routes(origin, destination, depart=depart, k=2).table["crossings"]
    assert crossings.str.contains("Wagah").any() == passed


@pytest.mark.parametrize(
    ("element", "start", "last_confirmed"),
    [("pk_in_airspace", "2025-04-24", "2026-02-19"), ("torkham", "2026-02-26", "2026-03-02")],
)
def test_when_open_ends_were_last_confirmed(net: cr.Network, element: str, start: str, last_confirmed: str) -> None:
    row = net.events.query("element_id == @element and start == @start and end == ''").iloc[0]
    assert row["last_confirmed"] == last_confirmed


def test_indian_goods_are_barred_on_every_pakistani_entry_by_land(net: cr.Network) -> None:
    country = net.places.set_index("place_id")["country"]
    sides = net.crossings.assign(a=net.crossings["from_place"].map(country), b=net.crossings["to_place"].map(country))
    entries = sides.query("(a == 'PK' or b == 'PK') and mode != 'sea'")
    assert entries["element_id"].nunique() > 10
    for row in entries.itertuples():
        verdict = net.facts.rights.verdict(
            row.element_id, (row.a, row.b), "", Trade("IN"), LawOf("2026-06-01", "2026-06-01")
        )
        assert verdict.effect == "forbid", row.element_id


def test_armenian_goods_meet_one_rule_on_every_azerbaijani_entry(net: cr.Network) -> None:
    country = net.places.set_index("place_id")["country"]
    sides = net.crossings.assign(a=net.crossings["from_place"].map(country), b=net.crossings["to_place"].map(country))
    entries = sides.query("(a == 'AZ' or b == 'AZ') and mode != 'sea'")
    for day, effect in (("2025-10-20", "forbid"), ("2025-11-05", "allow")):
        found = {
            net.facts.rights.verdict(row.element_id, (row.a, row.b), "", trade, LawOf(day, day)).effect
            for row in entries.itertuples()
            for trade in (Trade("AM", "RU"), Trade("IR", "AM"))
        }
        assert found == {effect}


@pytest.mark.parametrize(("origin", "destination"), [("Baku", "Yerevan"), ("Yerevan", "Baku")])
def test_armenia_and_azerbaijan_traded_by_no_way_round(net: cr.Network, origin: str, destination: str) -> None:
    with pytest.raises(cr.NoRoute, match="not open to goods"):
        net.routes(origin, destination, depart="2024-06-17")
    assert net.routes(origin, destination, depart="2026-01-15", k=1)


def test_turkish_goods_were_barred_in_armenia_for_a_year(net: cr.Network) -> None:
    for day in ("2020-12-15", "2022-01-15"):
        assert net.routes("Istanbul", "Yerevan", depart=day, k=1)
    for day in ("2021-01-15", "2021-09-15"):
        with pytest.raises(cr.NoRoute, match="not open to goods from TR"):
            net.routes("Istanbul", "Yerevan", depart=day, k=1)
        assert net.routes("Tehran", "Yerevan", depart=day, k=1)


def test_no_truck_went_through_china_in_the_years_of_covid(net: cr.Network) -> None:
    for day, passes in (("2021-06-22", False), ("2024-06-18", True)):
        assert closed(net, "kulma_karasu", day, direction="TJ>CN") is not passes
        assert not closed(net, "kulma_karasu", day, direction="CN>TJ")
        crossings = net.routes("Khorog", "Semey", depart=day).details["crossings"]
        assert bool(crossings.str.contains("Kulma").any()) is passes


def test_a_limited_post_is_flagged(net: cr.Network) -> None:
    routes = net.routes("Urumqi", "Almaty", depart="2021-06-22", modes=["road"])
    told = [*routes.notes, *routes.table["flags"]]
    assert any("restricted: Nur Zholy-Khorgos" in one for one in told)
    later = net.routes("Urumqi", "Almaty", depart="2024-06-18", modes=["road"])
    assert not any("restricted" in one for one in [*later.notes, *later.table["flags"]])


def test_transit_to_armenia_goes_round_azerbaijan_until_it_was_freed(net: cr.Network) -> None:
    for day, passes in (("2025-03-20", False), ("2025-12-01", True)):
        routes = net.routes("Moscow", "Yerevan", depart=day, k=4)
        assert any("AZ" in countries for countries in routes.table["countries"]) is passes
        best = routes.details["hours"].min()
        assert net.matrix(["Moscow"], ["Yerevan", "Tbilisi"], depart=day).iloc[0, 0] == pytest.approx(best)
        reached = net.reach("Moscow", depart=day, by="hours").places.set_index("name")["hours"]
        assert reached["Yerevan"] == pytest.approx(best)


def test_the_kazakh_summer_limit_comes_every_year(net: cr.Network) -> None:
    limits = net.rights.query("element_id == 'kz_public_roads' and treaty.str.startswith('KZ ')")
    assert len(limits) == 4
    assert (limits["yearly"] != "").all()
    assert (limits["in_force_to"] == "").all()


@pytest.mark.parametrize(
    ("crossing", "hours"),
    [
        ("torkham__af_pk", 32.2),  # 8 out and 24.2 in, not 4.2
        ("altynkol_horgos_rail__cn_kz", 92.0),  # 14.0 out of China in 2023, 78.0 into Kazakhstan
        ("dostyk_alashankou_rail__kz_cn", 23.1),  # 6.8 and 16.3
        ("torugart__cn_kg", 37.1),  # 17.0 and 54.5 of the other Chinese posts, 1.4
    ],
)
def test_hours_of_crossings_are_those_of_the_newest_page(net: cr.Network, crossing: str, hours: float) -> None:
    assert net.crossings.set_index("crossing_id").loc[crossing, "hours_mean"] == pytest.approx(hours, abs=0.05)


def test_no_crossing_falls_back_on_a_mean_that_its_own_note_disowns(net: cr.Network) -> None:
    rates = net.rates.set_index("rate_id")
    assert rates.loc["crossing_hours_out_road_ge", "mode"] < 25  # 45.3 is Tsiteli Khidi, which has its own value
    assert rates.loc["crossing_hours_out_road_pk", "mode"] < 25  # 33.1 is Torkham and Chaman
    defaults = net.rates[net.rates["quantity"].str.startswith("crossing_hours")]
    assert not defaults["note"].str.contains("too high for").any()


def test_indicators_of_pakistan_are_the_outbound_line(net: cr.Network) -> None:
    values = net.indicators.set_index("indicator_id")["value"]
    assert (values["tfi1_road_pk_out_2020"], values["tfi1_road_pk_out_2021"]) == (53.3, 35.2)
    assert (values["tfi2_road_pk_out_2020"], values["tfi1_road_pk_in_2020"]) == (275, 85.8)
    assert "tfi1_road_pk_torkham_in_2020" not in values.index


def test_no_calendar_expires_without_a_successor(net: cr.Network) -> None:
    last = net.calendars.groupby("element_id")["valid_to"].apply(lambda days: (days == "").any())
    assert last.all()


# ------------------------------------------------------------------------------------------------ episodes


def test_what_closed_freight_is_an_event_and_both_agree(net: cr.Network) -> None:
    episodes, events = net.episodes, net.events.set_index("event_id")
    assert len(episodes) > 380
    own = episodes[episodes["event_id"] != ""]
    assert len(own) > 370
    for day in ("start", "end"):
        assert (events.loc[own["event_id"], day].to_numpy() == own[day].to_numpy()).all()
    assert set(events.query("effect == 'close'").index) <= set(own["event_id"])
    closed_freight = episodes["scope"].isin(["all traffic", "freight only"]) & (episodes["element_id"] != "")
    missing = episodes[closed_freight & (episodes["start"] != "") & (episodes["event_id"] == "")]
    assert missing["episode_id"].tolist() == ["torkham_20240813"]  # closed by the clash of that day


def test_an_episode_still_closed_is_one_of_which_no_page_tells_an_end(net: cr.Network) -> None:
    """What works again is not still closed because the day was not found: Lars of 2019, Torugart of 2020."""
    still = net.episodes.query("end_status == 'still closed'")
    assert {"torkham_20251012", "wagah_attari_20250424", "margara_alican_19930403"} <= set(still["episode_id"])
    assert not {"verkhny_lars_20190117", "torugart_20200202"} & set(still["episode_id"])
    assert (still["end"] == "").all()
    vague = net.episodes.query("end_precision == 'last seen closed'")
    assert len(vague) > 60
    assert (vague["end"] == vague["last_seen"]).all()
    assert not vague["quality"].isin(["measured", "published"]).any()


# ------------------------------------------------------------------------------------------------ coverage


def test_after_march_2026_torkham_was_not_researched(net: cr.Network) -> None:
    coverage = net.facts.coverage
    assert coverage.research("torkham", "2024-02-01").words() == ""
    late = coverage.research("torkham", date(2026, 6, 15))
    assert late.searched == "not"
    assert late.words() == "closures after March 2026 not researched here"
    assert coverage.research("no_such_element", "2025-01-01").searched == "not"


def test_no_element_without_events_is_silent_where_nobody_looked(net: cr.Network) -> None:
    """Every element, in every half-year: an event, a search, or words that there was none."""
    frame = net.coverage
    quiet = frame[(frame["events"] == 0) & (frame["searched"] == "not")]
    assert len(quiet) > 1000
    silent = [
        row.element_id
        for row in quiet.itertuples()
        if "not researched" not in net.facts.coverage.research(row.element_id, row.to).words()
    ]
    assert silent == []


def test_coverage_has_every_crossing_and_strait_by_half_years(net: cr.Network) -> None:
    frame = net.coverage
    assert set(net.crossings["element_id"]) <= set(frame["element_id"])
    one = frame.query("element_id == 'torkham'")
    assert one["from"].min() == "2010-01-01"
    assert one["to"].max() == "2026-12-31"
    days = pd.to_datetime(one["from"]).to_list()[1:]
    assert days == (pd.to_datetime(one["to"]) + pd.Timedelta(days=1)).to_list()[:-1]  # without a gap
    thorough = frame[frame["searched"] == "thoroughly"]
    assert thorough["pages"].sum() > 200  # 253 pages are counted for the thoroughly searched years


# ------------------------------------------------------------------------------------------------ sources, conditions


def test_conditions_name_country_period_and_source(net: cr.Network) -> None:
    table = net.conditions
    on = table[(table["start"] <= "2026-05-01") & ((table["end"] == "") | (table["end"] >= "2026-05-01"))]
    assert {"UN sanctions (snapback)", "Hormuz closed and Iranian ports blockaded"} <= set(
        on.query("country == 'IR'")["name"]
    )
    assert set(on.query("kind == 'conflict'")["country"]) >= {"AF", "PK", "IR"}
    assert set(on.query("kind == 'sanctions'")["country"]) >= {"RU", "IR"}


def test_addresses_of_closures_can_be_followed(net: cr.Network) -> None:
    from corridors.data.record_checks import can_be_followed

    url = net.sources.set_index("source_id")["url"]
    assert not can_be_followed("economy.pk")
    assert not can_be_followed("informburo.kz; 24.kg")
    assert not can_be_followed("https://pajhwok.com/2026/06/30")  # all that was printed on that day
    assert not can_be_followed("https://ria.ru/20251015")
    assert can_be_followed("https://tass.ru/obschestvo/24757005")
    assert can_be_followed("https://economy.pk/?p=73190")
    assert can_be_followed(url["economypk_73190"])
    assert "set to reopen" in net.sources.set_index("source_id").loc["dailypakistan_2022_03_27", "title"]


def test_a_closure_of_some_vehicles_says_whose(net: cr.Network) -> None:
    """Trucks over 12 t are barred from the Takhtakaracha pass, cars are not (adkun.uz, 26 March 2025)."""
    reasons = net.routes("Samarkand", "Shahrisabz", depart="2026-06-01").rejected["reason"]
    assert reasons.str.contains("Takhtakaracha pass road (M39): closed to trucks over 12 t since", regex=False).any()


def test_with_the_salang_closed_trucks_go_by_bamyan(net: cr.Network) -> None:
    """The road from Bamyan comes out at Doshi, north of the tunnel; it does not close with the pass."""
    ask = {"depart": "2024-06-10", "modes": ["road"], "k": 1, "scenario": cr.Scenario("shut").close("Salang")}
    legs = net.routes("Kabul", "Mazar-i-Sharif", **ask).legs["name"].dropna()
    assert legs.str.contains("Bamyan").any()
    assert not legs.str.contains("Salang|Herat").any()

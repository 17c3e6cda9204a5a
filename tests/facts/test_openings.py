"""What was not there yet, what winter shuts, which sanctions hold, by dated sources; and by which clock posts open."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

import corridors as cr
from corridors.model.calendars import Knowledge, midnight


@pytest.mark.parametrize(("depart", "there"), [("2024-07-15", False), ("2025-07-15", True), ("2026-01-15", False)])
def test_bedel_opened_in_september_2024_and_is_no_road_for_winter(net: cr.Network, depart: str, there: bool) -> None:
    ask = {"depart": depart, "modes": ["road"], "k": 1, "max_wait_hours": 48.0}
    passed = True
    try:
        net.routes("Aksu", "Barskoon", via=["bedel_kg"], **ask)
    except cr.NoRoute:
        passed = False
    assert passed is there


def test_the_sary_kyr_pass_to_kazarman_is_shut_from_november_to_may(net: cr.Network) -> None:
    def drives(depart: str) -> bool:
        legs = net.routes("Jalal-Abad", "Kazarman", depart=depart, modes=["road"], k=1).legs
        return "road_jalal_abad_kg_kazarman" in set(legs["element_id"])

    assert drives("2025-07-15")
    assert not drives("2026-01-15")


@pytest.mark.parametrize("depart", ["2019-05-01", "2025-05-01"])
def test_us_sanctions_on_iran_are_told_from_november_2018_on(net: cr.Network, depart: str) -> None:
    routes = net.routes("Mary", "Gwadar", depart=depart)
    through = routes.table[routes.table["countries"].str.contains("IR")]
    assert len(through)
    assert "sanctions Iran" in routes.notes or through["flags"].str.contains("sanctions Iran").all()


@pytest.mark.parametrize(
    ("crossing", "day", "closed"),
    [
        ("nur_zholy_khorgos", "2025-03-22", True),  # almatanews.kz/134683: 21 to 23 March 2025, all road posts
        ("dostyk_alashankou_road", "2025-03-22", True),
        ("nur_zholy_khorgos", "2025-03-24", False),
        ("irkeshtam", "2025-03-21", False),  # Kyrgyz posts close on Chinese holidays only
        ("torugart", "2025-03-21", False),
        ("irkeshtam", "2025-10-02", True),
    ],
)
def test_nauryz_closes_the_kazakh_posts_to_china_not_the_kyrgyz_ones(
    net: cr.Network, crossing: str, day: str, closed: bool
) -> None:
    noon = midnight(date.fromisoformat(day)) + 6
    found = net.facts.calendars.closures(crossing, noon, Knowledge(net.data_date), "")
    assert any(one.start <= noon < one.end for one in found if not one.vehicle and not one.direction) == closed


def test_what_is_not_there_yet_is_told_in_words(net: cr.Network) -> None:
    rejected = net.routes("Karakol", "Kashgar", depart="2024-06-13", cargo="sunflower_oil").rejected
    reason = rejected.loc[rejected["gates"] == "Bedel", "reason"].iloc[0]
    assert reason.startswith("Bedel: closed outside its time in service (A new post, opened on 3-4 September 2024)")


@pytest.mark.parametrize("day", [datetime(2026, 1, 15), datetime(2026, 7, 15)])
def test_countries_but_russia_keep_one_clock(net: cr.Network, day: datetime) -> None:
    clocks = net.places.assign(offset=[ZoneInfo(zone).utcoffset(day) for zone in net.places["timezone"]])
    several = clocks[clocks["country"] != "XZ"].groupby("country")["offset"].nunique()
    assert several[several > 1].index.tolist() == ["RU"]  # Xinjiang too goes by Beijing's: posts, railways, customs


@pytest.mark.parametrize(
    ("name", "declared"),
    [
        ("Mojahedin's Victory Day", "2016-04-27"),  # avapress.com/fa/news/125490: Wednesday, 8 Saur 1395
        ("Mojahedin's Victory Day", "2022-04-28"),  # tawana.news, 2022-04-26: Thursday, 8 Saur 1401
        ("Liberation Day", "2023-02-15"),  # afintl.com/en/202302141951
        ("Islamic Emirate Victory Day", "2024-08-14"),  # menafn.com/1108542226: 24 Asad 1403
        ("Afghanistan Independence Day", "2024-08-18"),  # amu.tv/?p=117485: Sunday, 28 Asad
    ],
)
def test_afghan_holidays_are_on_the_days_that_the_ministry_declared(net: cr.Network, name: str, declared: str) -> None:
    of_year = net.holidays[(net.holidays["country"] == "AF") & net.holidays["date"].str.startswith(declared[:4])]
    assert of_year.loc[of_year["name"].str.contains(name), "date"].tolist() == [declared]

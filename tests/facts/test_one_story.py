"""Risk, outlook, expected loss and availability of ten posts tell what the table events tells, counted by pandas."""

from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest

import corridors as cr
from corridors.model.risk import shares_closed
from corridors.routing.request import Request, resolve, world_of

POSTS = (
    "Verkhny Lars", "Torkham", "Chaman", "Khunjerab", "Torugart", "Irkeshtam", "Dogharoun", "Zhibek Zholy",
    "Kyzyl-Bel", "Wagah-Attari",
)  # fmt: skip
AS_OF = date(2024, 12, 31)
LONG = 730


@cache
def element_of(net: cr.Network, name: str) -> str:
    return next(one for one in net.facts.element_ids(name) if one in net.facts.border_pair and "rail" not in one)


def events_of(net: cr.Network, name: str) -> pd.DataFrame:
    """Closures of all goods, known by then, with first and last day; no end: to the day of knowledge."""
    table = net.events
    table = table[(table["element_id"] == element_of(net, name)) & (table["effect"] == "close")]
    table = table[(table["start"] <= AS_OF.isoformat()) & table["scope_flag"].eq("")]
    first = pd.to_datetime(table["start"])
    last = pd.to_datetime(table["end"].replace("", AS_OF.isoformat()))
    return table.assign(first=first, last=last.clip(upper=pd.Timestamp(AS_OF)))


def closed_days(events: pd.DataFrame) -> set[pd.Timestamp]:
    """Days in closures of less than two years, those that follow each other without a gap taken as one."""
    every = sorted({day for row in events.itertuples() for day in pd.date_range(row.first, row.last)})
    runs = np.split(every, np.flatnonzero(np.diff(pd.DatetimeIndex(every)) > pd.Timedelta(days=1)) + 1)
    return {day for run in runs if len(run) < LONG for day in run}


@pytest.mark.parametrize("name", POSTS)
def test_risk_is_the_share_of_days_closed_to_that_direction(net: cr.Network, name: str) -> None:
    """Of 2021 to 2024; Wagah, shut for goods of Pakistan and India since 2019, is no risk but how things are."""
    request = Request(origin="Almaty", destination="Karachi", depart=AS_OF, as_of=AS_OF)
    world, events = world_of(net.facts, resolve(net.facts, request).question), events_of(net, name)
    window = pd.date_range("2021-01-01", AS_OF, inclusive="left")
    for edge in world.multimodal.crossings:
        if edge.elements[0] == element_of(net, name):
            mine = events[events["scope_direction"].isin(["", ">".join(edge.countries)])]
            mine = mine[
                mine["scope_vehicle"].isin(["", "truck", "trailer"]) & mine["scope_cargo"].isin(["", "all cargo"])
            ]
            expected = len(closed_days(mine) & set(window)) / len(window)
            assert shares_closed(world, edge).get(edge.elements[0], 0.0) == pytest.approx(expected, abs=0.001)


def test_risk_on_a_section_is_the_share_of_days_on_which_it_was_closed(net: cr.Network) -> None:
    """Landslides between Sost and Gilgit: the branch to Skardu, part of the section, makes them no rarer."""
    events = net.events.query("element_id == 'kkh_sost_gilgit' and effect == 'close' and '2021' < start < '2025-09-15'")
    days = {day for row in events.itertuples() for day in pd.date_range(row.start, row.end)}
    window = pd.date_range("2022-01-01", "2025-09-15", inclusive="left")
    ask = {"depart": "2025-10-15", "as_of": "2025-09-15", "k": 1}
    for pair in (("Sost", "Gilgit"), ("Karimabad", "Gilgit")):
        risk = net.routes(*pair, **ask).table["risk"].iloc[0]
        assert risk == pytest.approx(len(days & set(window)) / len(window), abs=0.002)


@pytest.mark.parametrize("name", POSTS)
def test_forecasts_learn_from_the_closures_of_events_with_their_ends(net: cr.Network, name: str) -> None:
    episodes = net.episodes.query("for_survival and not planned and scope in ('all traffic', 'freight only')")
    episodes = episodes[~(episodes["hours"] < 12)]
    told = events_of(net, name).merge(episodes[["event_id", "cause_class"]], on="event_id")
    ended = told["end"].ne("") & told["end"].le(AS_OF.isoformat())
    spells = [one for one in net.facts.closures(AS_OF).spells if one.element_id == element_of(net, name)]
    assert [date.fromordinal(one.start) for one in spells] == told["first"].dt.date.tolist()
    assert [one.ended for one in spells] == ended.tolist()
    days = ((told["last"] - told["first"]).dt.days + 1)[ended].tolist()
    assert [one.days for one in spells if one.ended] == days


@pytest.mark.parametrize("name", ["Verkhny Lars", "Torkham", "Chaman"])
def test_where_there_are_many_frequency_and_length_are_near_those_counted(net: cr.Network, name: str) -> None:
    """As often as counted in the years looked at; longer than on average there, for others lasted longer."""
    model, element = net.facts.closures(AS_OF), element_of(net, name)
    own = [one for one in model.spells if one.element_id == element]
    years = sum(last - first + 1 for first, last in model.looked[element]) / 365.25
    shape, rate = model.frequency(element)
    assert shape / rate == pytest.approx(len(own) / years, rel=0.25)
    here, anywhere = (np.mean([min(one.days, 365) for one in some if one.ended]) for some in (own, model.spells))
    assert here < model.survival(element).closed[:365].sum() < anywhere


def test_where_closures_come_in_winter_so_does_the_chance(net: cr.Network) -> None:
    """Of the closures of Verkhny Lars fourteen of seventeen began in November to March; those of Torkham in any."""
    on = [f"{2026 + (month < 4)}-{month:02}-20" for month in (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)]
    table = net.outlook("Verkhny Lars", on=on, as_of="2026-03-01").table
    closed = dict(zip([day[5:7] for day in on], 1 - table["p_open"], strict=True))
    assert max(closed[month] for month in ("06", "07", "08", "09")) < 0.03
    assert min(closed[month] for month in ("01", "02")) > 3 * closed["07"]
    torkham = net.facts.closures(date(2026, 3, 1)).season("torkham")
    assert torkham.sum() == pytest.approx(12)
    assert torkham.max() < 2 * torkham.min()


def test_days_shut_a_year_at_verkhny_lars(net: cr.Network) -> None:
    """By events eight days a year since 2023; the forecast, with what has not happened yet, no more than twice that."""
    events = net.events.query("element_id == 'verkhny_lars' and effect == 'close' and start >= '2023'")
    days = {day for row in events.itertuples() for day in pd.date_range(row.start, row.end)}
    a_year = 365 * len(days) / (date(2026, 3, 1) - date(2023, 1, 1)).days
    loss = net.expected_loss([("Moscow", "Yerevan")], as_of="2026-03-01", progress=False).set_index("element")
    lars = loss.loc[["verkhny_lars"]]
    assert a_year / 2 < lars["days_shut_year"].sum() < 2 * a_year
    routes = net.routes("Moscow", "Yerevan", depart="2026-03-01", as_of="2026-03-01").table
    risk = routes.loc[routes["name"].str.contains("Lars"), "risk"].iloc[0]
    assert risk * 365 == pytest.approx(a_year, rel=0.05)


def test_days_shut_a_year_agree_with_the_record_where_it_is_long(net: cr.Network) -> None:
    """Of all that was looked at for five years; closures of two years are how things are.

    Of three roads that were never shut for more than 12 days the forecast expects a longer closure yet to come.
    """
    model = net.facts.closures(AS_OF)
    told, counted = dict.fromkeys(("crossing", "road"), 0.0), dict.fromkeys(("crossing", "road"), 0.0)
    for element, periods in model.looked.items():
        years = sum(last - first + 1 for first, last in periods) / 365.25
        kind = "crossing" if element in net.facts.border_pair else net.facts.closable_modes[element]
        if years < 5 or kind not in told:
            continue
        rate, lasts = np.divide(*model.frequency(element)), model.survival(element).closed[:365].sum()
        told[kind] += years * rate * lasts / (1 + rate * lasts / 365.25)
        for spell in model.spells:
            if spell.element_id == element and spell.days < LONG:
                days = range(spell.start, spell.start + spell.days)
                counted[kind] += sum(any(first <= day <= last for first, last in periods) for day in days)
    assert told["crossing"] == pytest.approx(counted["crossing"], rel=0.3)
    assert counted["road"] < told["road"] < 4 * counted["road"]


def test_nothing_is_told_of_a_record_of_less_than_a_year(net: cr.Network) -> None:
    ask = {"as_of": "2025-09-15", "progress": False}
    loss = net.expected_loss([("Multan", "Sukkur"), ("Sost", "Gilgit")], **ask).set_index("element")
    assert np.isnan(loss.loc["m5_jalalpur", "loss_usd_year"])
    assert "0.2 years only" in loss.loc["m5_jalalpur", "basis"]
    assert "0.2 years only" in net.outlook("M-5", on="2025-10-01", as_of="2025-09-15").table["basis"].iloc[0]
    events = net.events.query("element_id == 'kkh_sost_gilgit' and effect == 'close' and '2021' < start < '2025-09-15'")
    days = {day for row in events.itertuples() for day in pd.date_range(row.start, row.end)}
    a_year = 365 * len(days) / (date(2025, 9, 15) - date(2022, 1, 1)).days
    assert a_year < loss.loc["kkh_sost_gilgit", "days_shut_year"] < 2.5 * a_year


def test_a_year_at_torkham_is_closed_on_the_days_of_events(net: cr.Network) -> None:
    year = net.availability("Peshawar", "Jalalabad", year=2025, days=[3, 10, 17, 24], modes=["road"], progress=False)
    table = year.table[year.table["crossings"] == "Torkham"].set_index("month")
    assert len(table) == 12
    events = net.events.query("element_id == 'torkham' and effect == 'close'")
    spans = [(row.start, row.end or "2099-01-01") for row in events.itertuples()]
    for month, row in table.iterrows():
        least = most = 0
        for day in (3, 10, 17, 24):
            start = date(2025, int(month), day)
            soon = [(start + timedelta(days=i)).isoformat() for i in range(12)]
            hit = [any(first <= one <= last for first, last in spans) for one in soon]
            least, most = least + (not any(hit)), most + (not all(hit))
        assert least <= row["open"] <= most

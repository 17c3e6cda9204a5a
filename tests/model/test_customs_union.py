"""Goods of a customs union are not cleared at their end: from the day on which both countries are members."""

from datetime import datetime

import pytest
from playwright.sync_api import Browser

import corridors as cr
from corridors.model.calendars import hour
from corridors.model.conditions import Conditions, together

CLEARED, ABROAD = 12.0, 33.0
"""Expected hours of unloading a truck without customs and with them (ranges 4-8-24 and 4-24-72 h)."""
MEMBERS = (  # first day of the goods of two countries in one union, as given by the treaties
    ("Almaty", "Chelyabinsk", "2011-07-01"),  # Russia and Kazakhstan lift customs between them
    ("Bishkek", "Almaty", "2015-08-12"),  # Kyrgyzstan
    ("Almaty", "Bishkek", "2015-08-12"),
    ("Yerevan", "Vladikavkaz", "2015-01-02"),  # Armenia, by third countries in any case
)
BEFORE = {"2011-07-01": "2011-06-30", "2015-08-12": "2015-08-11", "2015-01-02": "2015-01-01"}
ASK = {"modes": ["road"], "k": 1}


def unloading(net: cr.Network, origin: object, destination: object, day: str, **more: object) -> float:
    return float(net.routes(origin, destination, depart=f"{day}T12:00", **ASK, **more).legs["hours"].iloc[-1])


@pytest.mark.parametrize(("origin", "destination", "first"), MEMBERS)
def test_members_clear_nothing_from_the_day_of_accession(
    net: cr.Network, origin: str, destination: str, first: str
) -> None:
    assert unloading(net, origin, destination, first) == pytest.approx(CLEARED, rel=0.01)
    assert unloading(net, origin, destination, BEFORE[first]) == pytest.approx(ABROAD, rel=0.01)


@pytest.mark.parametrize(("origin", "destination", "first"), MEMBERS[1:])  # of one time zone
def test_the_day_of_accession_begins_at_midnight_at_the_border(
    net: cr.Network, origin: str, destination: str, first: str
) -> None:
    """The day before in UTC: Bishkek is six hours ahead, Yerevan four."""

    def last(moment: str) -> float:
        return float(net.routes(origin, destination, depart=moment, **ASK).legs["hours"].iloc[-1])

    assert last(f"{first}T00:30") == pytest.approx(CLEARED, rel=0.01)
    assert last(f"{BEFORE[first]}T23:30") == pytest.approx(ABROAD, rel=0.01)


def test_others_and_goods_in_transit_are_cleared(net: cr.Network) -> None:
    day = "2026-04-15"
    assert unloading(net, "Bishkek", "Tashkent", day) == pytest.approx(ABROAD, rel=0.01)
    assert unloading(net, "Tashkent", "Almaty", day) == pytest.approx(ABROAD, rel=0.01)
    foreign = cr.Cargo("foreign", 20.0, goods="transit")
    assert unloading(net, "Bishkek", "Almaty", day, cargo=foreign) == pytest.approx(ABROAD, rel=0.01)
    assert unloading(net, "Almaty", "Astana", day, cargo=foreign) == pytest.approx(CLEARED, rel=0.01)


def test_who_did_not_know_of_a_treaty_expects_customs(net: cr.Network) -> None:
    known, unknown = (unloading(net, "Bishkek", "Almaty", "2015-09-01", as_of=d) for d in ("2015-09-01", "2015-01-01"))
    assert (known, unknown) == (pytest.approx(CLEARED, rel=0.01), pytest.approx(ABROAD, rel=0.01))


def test_goods_that_pass_another_state_keep_their_status_and_pay_at_its_borders(net: cr.Network) -> None:
    """By Uzbekistan: two outer borders with their guarantee; straight: an inner one without."""
    ask = {"depart": "2026-04-15"} | ASK
    straight = net.routes("Bishkek", "Almaty", **ask)
    round_ = net.routes("Bishkek", "Almaty", via=["Tashkent"], **ask)
    assert "UZ" in round_.table["countries"].iloc[0]
    assert round_.legs["hours"].iloc[-1] == pytest.approx(straight.legs["hours"].iloc[-1])
    one = net.routes("Bishkek", "Tashkent", modes=["road"], k=1, avoid=["KZ"], depart="2026-04-15")
    guarantee = one.costs.set_index("line")["usd"]["guarantee"]  # of one border
    assert round_.costs.set_index("line")["usd"]["guarantee"] == pytest.approx(2 * guarantee)
    assert "guarantee" not in set(straight.costs["line"])
    before = net.routes("Bishkek", "Almaty", modes=["road"], k=1, depart="2014-04-15")
    assert before.table["usd"].iloc[0] - straight.table["usd"].iloc[0] == pytest.approx(guarantee)
    crossing = straight.legs.query("kind == 'crossing'").iloc[0]
    assert "inside the Eurasian Economic Union, no guarantee" in crossing["note"]
    assert "tass_813927" in crossing["source_id"]


def test_every_call_agrees(net: cr.Network) -> None:
    ask = {"depart": "2026-04-15", "modes": ["road"]}
    legs = net.routes("Bishkek", "Almaty", k=1, **ask).legs
    hours, usd = legs["cumulative_hours"].iloc[-1], legs["usd"].sum()
    assert net.matrix(["Bishkek"], ["Almaty"], by="hours", **ask).iloc[0, 0] == pytest.approx(hours)
    assert net.matrix(["Bishkek"], ["Almaty"], by="usd", **ask).iloc[0, 0] == pytest.approx(usd)
    reach = net.reach("Bishkek", bands=[1000], **ask).places.set_index("place_id")["hours"]
    assert reach["almaty"] == pytest.approx(hours)
    assert unloading(net, "Bishkek", (76.95, 43.4), "2026-04-15") < ABROAD - 15
    for carrier in ("KG", "UZ"):
        flagged = net.routes("Bishkek", "Almaty", carrier=carrier, k=1, **ask)
        assert "guarantee" not in set(flagged.costs["line"])
    wagon = net.routes(
        "Bishkek",
        "Almaty",
        cargo=cr.Cargo("wagon", 60.0, unit="wagon", vehicle="wagon1520", modes=frozenset({"road"})),
        k=1,
        depart="2014-04-15",
    )
    assert wagon.costs.set_index("line")["usd"]["guarantee"] > 2.9 * 20


def test_a_table_without_unions_has_none(net: cr.Network) -> None:
    rows, day = net.conditions, "2026-04-15"
    noon = hour(datetime.fromisoformat(f"{day}T12:00Z"))
    members = Conditions(rows, {}).unions(noon, day)
    assert sorted(members) == ["AE", "AM", "BY", "KG", "KZ", "OM", "RU"]
    assert together(members, "AE", "OM")
    assert not together(members, "AE", "KZ")
    assert together(members, "KG", "AM")
    assert not together(members, "KG", "UZ")
    assert Conditions(rows[rows["kind"] != "union"], {}).unions(noon, day) == {}
    other = rows.replace({"name": {"Eurasian Economic Union": "Another"}})
    mixed = rows.where(rows["country"] != "KG", other)
    assert not together(Conditions(mixed, {}).unions(noon, day), "KG", "KZ")
    assert not any(one.kind == "union" for one in Conditions(rows, {}).in_force(day, day))


@pytest.mark.chromium
def test_the_living_map_agrees_on_both_sides_of_accession(
    browser: Browser, net: cr.Network, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("union") / "x.html"
    net.routes("Bishkek", "Almaty", depart="2015-08-12", **ASK).explorer(path)
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector(".crx[data-ready]")
    for origin, destination in (("bishkek", "almaty"), ("almaty", "bishkek")):
        for day in ("2015-08-11T23:30", "2015-08-12T00:30", "2026-04-15"):
            for by in ("hours", "usd"):
                state = {
                    "from": origin,
                    "to": destination,
                    "depart": day,
                    "cargo": "container40",
                    "modes": ["road"],
                    "avoid": [],
                    "changes": [],
                }
                script = (
                    "([state, by]) => { const r = corridorPage.search.answer(state).by[by]; return [r.hours, r.usd]; }"
                )
                found = page.evaluate(script, [state, by])
                legs = net.routes(origin, destination, depart=day, by=by, as_of=net.data_date, **ASK).legs
                assert found == pytest.approx([legs["hours"].sum(), legs["usd"].sum()], rel=1e-6), (day, by)
    page.close()

"""The year of a pair: every cell against a question of its own."""

from collections import Counter
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import corridors as cr
from tests.small import small_network

SUMMER = [{"element_id": "pass", "rule": "May-Oct"}]
CLOSED = [
    {"element_id": "rail", "start": "2024-01-01"},
    {
        "element_id": "plain",
        "start": "2025-03-05",
        "end": "2025-03-31",
        "known_from": "2025-01-01",
        "end_known_from": "2025-01-01",
    },
]
GATES = {"pass": "High Pass", "plain": "Plain Gate", "rail": "Rail Gate"}
ASK = {"modes": ["road", "rail"], "max_stretch": 9, "as_of": "2025-02-01"}


@pytest.fixture(scope="module")
def net_with_seasons() -> cr.Network:
    return small_network(CLOSED, SUMMER)


@pytest.fixture(scope="module")
def found(net_with_seasons: cr.Network) -> object:
    return net_with_seasons.availability("home", "town", year=2025, **ASK)


def test_every_cell_by_asking_for_its_crossing_alone(net_with_seasons: cr.Network, found: object) -> None:
    table = found.table.set_index(["crossings", "month"])
    assert len(table) == 3 * 12
    for (element, name), month in product(GATES.items(), range(1, 13)):
        days = []
        for day in (1, 11, 21):
            try:
                days.append(
                    net_with_seasons.routes(
                        "home",
                        "town",
                        depart=f"2025-{month:02}-{day:02}",
                        k=1,
                        **ASK,
                        avoid=[other for other in GATES if other != element],
                    )
                    .table["days"]
                    .iloc[0]
                )
            except cr.NoRoute:
                continue
        row = table.loc[(name, month)]
        assert (row["departures"], row["open"]) == (3, len(days)), (name, month)
        assert row["days"] == pytest.approx(np.median(days) if days else np.nan, nan_ok=True), (name, month)
        if days:
            assert (row["days_least"], row["days_most"]) == pytest.approx((min(days), max(days)))


def test_what_is_closed_says_why(found: object) -> None:
    table = found.table.set_index(["route", "month"])["reason"]
    assert table["XA-XB, by High Pass", 1].startswith("High Pass: closed outside operated hours 'May-Oct'")
    assert "Plain Gate: closed 2025-03-05 to 2025-03-31" in table["XA-XB, by Plain Gate", 3]
    assert table["XA-XB, by Plain Gate", 6] == ""
    assert "Rail Gate: closed since 2024-01-01" in table["XA-XB, by Rail Gate", 7]
    assert found.pivot["XA-XB, by Rail Gate"].isna().all()
    assert list(found.pivot.columns)[-1] == "XA-XB, by Rail Gate"  # never open: last
    assert found.pivot.index.tolist() == list(range(1, 13))


def test_its_page_is_escaped_and_says_how_many_get_through(found: object) -> None:
    html = found._repr_html_()
    assert "Home to Town, departures of 2025, as known on 2025-02-01" in html
    assert "(1 of 3)" in html  # March over the plain, before it closes
    wild = small_network(
        CLOSED,
        elements=[{"element_id": "a<b>", "kind": "section", "name": "<i>gorge</i>", "members": "home-pass_a-road"}],
    )
    closed = cr.Scenario("<b>s</b>").close("<i>gorge</i>")
    page = wild.availability("home", "town", year=2025, scenario=closed, days=[1], **ASK)._repr_html_()
    assert "<i>" not in page
    assert "<b>s" not in page


PAIRS = (
    ("Jebel Ali", "Almaty", 2026, {}),
    ("Kabul", "Karachi", 2025, {"k": 6}),
    ("Yerevan", "Atyrau", 2025, {}),
    ("Tehran", "Bishkek", 2026, {"cargo": "textiles", "modes": ["road", "rail"]}),
    ("Almaty", "Karachi", 2024, {"by": "usd"}),
    ("Peshawar", "Tashkent", 2025, {"cargo": "kinnow"}),
)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0]} {pair[1]}")
def test_each_departure_fares_as_routes_says(net: cr.Network, pair: tuple) -> None:
    """A route of a day has a row with its posts, modes and days; no row of its name is closed or takes other days."""
    origin, destination, year, ask = pair
    found = net.availability(origin, destination, year=year, days=[21], most=100, progress=False, **ask)
    rows, best = found.table.set_index(["month", "route"]).sort_index(), Counter()
    for month in range(1, 13):
        try:
            routes = net.routes(origin, destination, depart=f"{year}-{month:02}-21", **ask)
        except cr.NoRoute:
            assert not rows.loc[month]["open"].any()
            continue
        known = set[tuple]()
        for offered in routes.full.to_dict("records"):
            corridor = offered["crossings"], offered["modes"]
            if corridor in known:  # by other roads, of which the first is told
                continue
            known.add(corridor)
            own = rows.loc[month]
            own = own[(own["crossings"] == offered["crossings"]) & np.isclose(own["days"], offered["days"])]
            assert len(own), (month, offered["name"])
            if len(known) == 1:
                best.update(own.index[:1])
            if (month, offered["name"]) in rows.index:
                assert offered["name"] in own.index, (month, offered["name"])
    assert best[found.table["route"][0]] == max(best.values())


@pytest.mark.parametrize(("year", "pair"), [(2025, ("Yerevan", "Moscow")), (2026, ("Almaty", "Yerevan"))])
def test_what_is_never_open_is_named_by_the_gate_that_is_shut(net: cr.Network, year: int, pair: tuple) -> None:
    table = net.availability(*pair, year=year, days=[1], progress=False).table
    never = table[table.groupby("route")["open"].transform("sum") == 0]
    gates = net.crossings.set_index("name")["element_id"]
    assert len(never)
    for route, month, reason in never[["route", "month", "reason"]].itertuples(index=False):
        shut = [gate for gate in gates.index if reason.startswith(f"{gate}: ") or f"; {gate}: " in reason]
        assert shut, reason
        assert all(gate.split(" (")[0] in route for gate in shut), (route, month, reason)


def test_few_corridors_are_shown_one_of_them_closed(net_with_seasons: cr.Network) -> None:
    few = net_with_seasons.availability("home", "town", year=2025, most=2, days=[15], **ASK)
    assert few.table["route"].unique().tolist() == ["XA-XB, by High Pass", "XA-XB, by Plain Gate"]
    three = net_with_seasons.availability("home", "town", year=2025, most=3, days=[15], **ASK)
    assert three.table["route"].unique().tolist() == [
        "XA-XB, by High Pass",
        "XA-XB, by Plain Gate",
        "XA-XB, by Rail Gate",
    ]


def test_the_usual_way_is_a_row_though_another_is_open_more_often(net: cr.Network) -> None:
    """By Bandar Abbas boxes take six days less than by Fujairah and Karachi, which is open all the year."""
    found = net.availability("Jebel Ali", "Almaty", year=2026, most=3, days=[1], progress=False)
    usual, open_ = found.pivot.columns[:2]
    assert "Jebel Ali-Shahid Rajaee port by sea" in usual
    assert found.pivot[usual].isna().any()
    assert "Fujairah" in open_
    assert found.pivot[open_].notna().all()
    best = [
        net.routes("Jebel Ali", "Almaty", depart=f"2026-{month:02}-01", k=1).table["days"][0] for month in range(1, 13)
    ]
    assert (found.pivot.min(axis=1) <= 1.1 * pd.Series(best, index=range(1, 13))).all()
    causes = [reason.split("; ") for reason in found.table["reason"] if reason]
    assert all(len(set(some)) == len(some) for some in causes)


def test_a_month_without_any_way_is_still_told() -> None:
    net = small_network([CLOSED[0], CLOSED[1] | {"start": "2025-03-01"}], SUMMER)
    found = net.availability("home", "town", year=2025, days=[1], **ASK)
    assert found.pivot.loc[3].isna().all()
    assert found.pivot.loc[1].notna().sum() == 1
    with pytest.raises(cr.NoRoute, match="High Pass"):
        net.availability("home", "town", year=2025, avoid=["plain"], scenario=cr.Scenario("x").close("pass"), **ASK)


def test_perishables_that_would_spoil_are_closed_out() -> None:
    fruit = cr.Cargo("fruit", 20, shelf_life_days=1.5)
    found = small_network().availability("home", "town", year=2025, days=[1], cargo=fruit, **ASK)
    assert found.pivot.loc[6].notna().to_dict() == {
        "XA-XB, by High Pass": True,
        "XA-XB, by Plain Gate": True,  # nothing varies on this network but the borders: 1.2 days, p90 1.3
        "XA-XB, by Rail Gate": False,
    }
    assert found.table["reason"].str.contains("fruit keep 1.5 days").any()


def test_the_year_of_the_shipped_network(net: cr.Network) -> None:
    """Torkham is closed all 2026 as known in February; what is best on a day is what `routes` says."""
    found = net.availability("Tashkent", "Peshawar", as_of="2026-02-15", days=[15])
    table = found.table
    torkham = table[table["crossings"].str.contains("Torkham")]
    assert len(torkham) >= 12
    assert torkham["days"].isna().all()
    assert torkham["reason"].str.contains("Torkham: closed since 2025-10-12").all()
    best = net.routes("Tashkent", "Peshawar", depart="2026-06-15", as_of="2026-02-15", k=1).full.iloc[0]
    row = table[(table["route"] == best["name"]) & (table["month"] == 6)].iloc[0]
    assert row["days"] == best["days"]
    assert row["days"] == found.pivot.loc[6].min()


def test_the_heat_map(found: object, tmp_path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    axes = found.plot()
    axes.figure.savefig(tmp_path / "year.png")
    assert [label.get_text() for label in axes.get_yticklabels()] == found.table["route"].unique().tolist()


@pytest.mark.parametrize(
    "wrong", [{"days": [31]}, {"days": []}, {"most": 0}, {"year": 1999}, {"spede": 1}, {"depart": "2025-01-01"}]
)
def test_wrong_arguments(wrong: dict) -> None:
    with pytest.raises(cr.BadRequest):
        small_network().availability("home", "town", **{"year": 2025, **ASK, **wrong})

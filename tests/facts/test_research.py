"""Where nobody looked for closures, every place that shows an element as open says so."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

import corridors as cr
from corridors.maps.crossings import crossing_lines

DATA = Path(__file__).parents[2] / "geodata"
COVERAGE = DATA / "coverage.csv"
DAY = "2026-05-15"


@pytest.fixture(scope="module")
def looked_up() -> set[str]:
    """Elements and borders for which a row of the table says that somebody looked on the day, read as text."""
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    with COVERAGE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["from"] <= DAY and (not row["to"] or row["to"] >= DAY):
                rows[row["element_id"] or row["border"]].append(row)
    return {name for name, found in rows.items() if any(row["searched"] != "not" for row in found)}


def test_hardly_anything_was_looked_up_after_march_2026(looked_up: set[str]) -> None:
    assert 0 < len(looked_up) < 10


def test_every_crossing_and_strait_on_the_map_says_so(net: cr.Network, looked_up: set[str]) -> None:
    border = net.facts.border_pair
    quiet = [
        element
        for element in sorted(set(net.crossings["element_id"]))
        if not {element, "-".join(sorted(border.get(element, ())))} & looked_up
    ]
    assert len(quiet) > 130
    silent = [
        element
        for element in quiet
        if "not researched here" not in crossing_lines(net.facts, element, date.fromisoformat(DAY), net.data_date)[-1]
    ]
    assert silent == []


def test_every_named_corridor_says_of_which_parts(net: cr.Network, looked_up: set[str]) -> None:
    status = net.corridor_status(DAY).set_index("corridor_id")
    names, shown = net.facts.closable_names, 0
    crossings = set(net.crossings["element_id"])
    for row in net.corridors.itertuples():
        words = status.loc[row.corridor_id, "not_researched"]
        for element in set(row.legs.split(";")) & crossings - looked_up:
            assert names[element] in words, (row.corridor_id, element)
            shown += 1
    assert shown >= 45
    assert (status["not_researched"] != "").all()


def test_every_leg_and_crossing_of_a_route_says_so(net: cr.Network) -> None:
    routes = net.routes("Almaty", "Karachi", depart=DAY, k=3)
    rows = routes.legs.query("kind in ('leg', 'crossing')")
    assert len(rows) > 40
    words = rows["note"].str.contains("researched here")
    assert words.all(), rows.loc[~words, "name"].tolist()
    assert any("not researched" in note for note in routes.notes)


def test_every_month_of_the_availability_says_so(net: cr.Network) -> None:
    table = net.availability("Almaty", "Bishkek", year=2026, modes=["road"]).table
    assert len(table) >= 12
    assert table.loc[table["month"] > 3, "research"].str.contains("not researched").all()


@pytest.mark.parametrize("year", range(2010, 2027))
def test_no_element_is_silent_in_a_half_year_that_nobody_researched(net: cr.Network, year: int) -> None:
    """Each element has a row for every half-year, and words for what was not, or hardly, looked up in it."""
    table = net.coverage
    halves = table[table["from"].str.startswith(str(year))]
    assert set(halves["element_id"]) == set(table["element_id"]) >= set(net.crossings["element_id"])
    for row in halves.itertuples():
        words = net.facts.coverage.research(row.element_id, row._4).words()
        assert (row.searched == "thoroughly") == (words == ""), (row.element_id, row._4)


def test_an_element_without_a_row_is_said_to_be_unresearched(net: cr.Network) -> None:
    """Whatever an edge of the network lies in: thousands of legs have no row of their own."""
    with COVERAGE.open(encoding="utf-8", newline="") as file:
        rows = {row["element_id"] or row["border"] for row in csv.DictReader(file)}
    bare = [leg for leg in net.legs["leg_id"] if leg not in rows]
    assert len(bare) > 3000
    for leg in bare:
        assert net.facts.coverage.gaps([({leg}, DAY)], {}) == [
            "closures of the roads, railways and sea lanes between not researched"
        ]


def test_a_route_names_the_oldest_rates_that_matter(net: cr.Network) -> None:
    """Rail haulage in Kazakhstan rests on a tariff of 2010; nothing older carries a part of this route."""
    with (DATA / "rates.csv").open(encoding="utf-8", newline="") as file:
        as_of = {row["rate_id"]: row["as_of"] for row in csv.DictReader(file)}
    assert as_of["usd_per_km_rail_kz"].startswith("2010")
    routes = net.routes("Urumqi", "Poti", depart="2025-09-10", modes=["rail", "ferry"], k=1)
    words = routes.details["rests_on"].iloc[0]
    assert "oldest figures behind rates are of 2010: haulage by rail in KZ" in words
    road = net.routes("Tbilisi", "Poti", depart="2025-09-10", modes=["road"], k=1).details["rests_on"].iloc[0]
    assert (
        f"oldest figures behind rates are of {min(as_of[f'{name}_road_ge'][:4] for name in ('speed', 'usd_per_km'))}"
        in road
    )

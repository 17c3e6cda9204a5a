"""Waiting for the next train, ship or ferry: by hand from the published frequency, once a boarding."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import corridors as cr
from corridors.model.departures import missed_departure

GEODATA = Path(__file__).parents[2] / "geodata"
TRAIN = {"depart": "2025-05-13", "modes": ["rail"], "k": 1}
SHIP = {"depart": "2025-05-13", "modes": ["road", "sea"], "k": 1}


def headways(name: str, key: str) -> dict[str, float]:
    rows = csv.DictReader((GEODATA / f"{name}.csv").read_text(encoding="utf-8").splitlines())
    return {row[key]: float(row["headway_hours"]) for row in rows if row["headway_hours"]}


@pytest.fixture(scope="module")
def walks_on(tmp_path_factory: pytest.TempPathFactory) -> cr.Network:
    """The same network whose trains and ships are always about to leave."""
    folder = tmp_path_factory.mktemp("no_timetable") / "geodata"
    shutil.copytree(GEODATA, folder, ignore=shutil.ignore_patterns("build", "detail"))
    for name in ("services", "legs"):
        table = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
        table.assign(headway_hours="").to_csv(folder / f"{name}.csv", index=False)
    return cr.load(folder)


def waits(routes: cr.Routes) -> pd.DataFrame:
    """Rows of the first route on which a departure is waited for."""
    legs = routes.legs
    return legs[(legs["route"] == legs["route"].iloc[0]) & legs["note"].str.contains("departure about every")]


@pytest.mark.parametrize(
    ("ends", "ask", "kinds", "headway"),
    [
        (("xian", "almaty"), TRAIN, ["terminal"], headways("services", "service_id")["line_cn_west"]),
        (("karachi_port", "jebel_ali"), SHIP | {"modes": ["sea"]}, ["terminal"], 168.0),
        (("Karachi", "Jebel Ali"), SHIP, ["transfer"], 168.0),
        (("shanghai_port", "poti_port"), SHIP | {"modes": ["sea"]}, ["terminal"], 168.0),
        (
            ("turkmenbashi_port", "alat_port"),
            SHIP | {"modes": ["ferry"]},
            ["leg"],
            headways("legs", "leg_id")["ferry_alat_port_turkmenbashi_port"],
        ),
    ],
)
def test_a_load_waits_half_the_headway_once_where_it_boards(
    net: cr.Network, walks_on: cr.Network, ends: tuple[str, str], ask: dict, kinds: list[str], headway: float
) -> None:
    """Over many legs, two gauges or three straits it is one wait, between nothing and the headway, evenly.

    22.2 % of boxes miss their ship, each time for another headway: 0.222 / 0.778 of one in the mean.
    """
    with_wait, without = (one.routes(*ends, **ask) for one in (net, walks_on))
    assert waits(with_wait)["kind"].tolist() == kinds
    assert waits(without).empty
    season = waits(with_wait)["note"].str.extract(r"x ([0-9.]+) for the season")[0].astype(float).fillna(1.0).iloc[0]
    longer = 24 * (with_wait.table["days"].iloc[0] - without.table["days"].iloc[0])
    missed = headway * 0.222 / 0.778 if kinds != ["leg"] and "sea" in with_wait.legs["mode"].to_list() else 0.0
    assert longer == pytest.approx((headway / 2 + missed) / season, rel=1e-6)
    draws = net.facts.draws(4_000, 1)
    hours = np.sort(draws.amount([net.facts.rates.departure("some train", headway)]))
    assert 0 <= hours[0] < hours[-1] <= headway
    assert np.quantile(hours, [0.1, 0.5, 0.9]) == pytest.approx([0.1 * headway, 0.5 * headway, 0.9 * headway], rel=0.1)


def test_a_box_misses_one_ship_after_another_as_often_as_published(net: cr.Network) -> None:
    """By counting: none for 77.8 % of boxes, one for 17.3 %, two or more for the rest, and whole headways only."""
    rates = net.facts.rates
    hours = net.facts.draws(20_000, 1).amount([missed_departure(rates, "some port", 0.222, 168.0)])
    ships, loads = np.unique(np.round(hours / 168, 9), return_counts=True)
    assert ships.tolist() == list(range(len(ships)))
    assert loads[:2] / loads.sum() == pytest.approx([0.778, 0.222 * 0.778], abs=0.01)
    assert hours.mean() == pytest.approx(missed_departure(rates, "some port", 0.222, 168.0).expected, rel=0.05)
    by_sea = net.routes("karachi_port", "jebel_ali", **SHIP | {"modes": ["sea"]})
    assert "missed by 22 % of loads" in waits(by_sea).iloc[0]["note"]
    assert "missed" not in waits(net.routes("xian", "almaty", **TRAIN)).iloc[0]["note"]


def test_a_train_runs_on_through_a_change_of_gauge_without_another_wait(net: cr.Network) -> None:
    legs = net.routes("xian", "almaty", **TRAIN).legs
    assert legs["element_id"].str.contains("rail1435:rail1520").any()
    assert len(legs[legs["kind"] == "leg"]) > 5
    assert len(waits(net.routes("xian", "almaty", **TRAIN))) == 1


def test_wagons_and_places_off_the_lines_have_no_published_train_to_wait_for(net: cr.Network) -> None:
    assert waits(net.routes("dostyk", "astana", cargo="wheat_wagon", **TRAIN)).empty
    assert not waits(net.routes("dostyk", "astana", **TRAIN)).empty
    assert waits(net.routes("ekibastuz", "semey", **TRAIN)).empty


def test_every_frequency_is_read_and_published_or_says_whose_it_is() -> None:
    """No row of the table promises what nothing reads: a service sets a line, a price by direction or a frequency."""
    for row in csv.DictReader((GEODATA / "services.csv").read_text(encoding="utf-8").splitlines()):
        assert row["via"] or row["gateway"] or row["headway_hours"], row["service_id"]
        known = row["quality"] in ("published", "derived") or "Departures: as on line_" in row["note"]
        assert not row["headway_hours"] or known, row["service_id"]


def test_the_wait_is_named_with_who_says_so(net: cr.Network) -> None:
    row = waits(net.routes("xian", "dostyk", **TRAIN)).iloc[0]
    assert "newsilkroad_xian_2022" in row["source_id"].split(";")
    assert "departure about every 64 h" in row["note"]


def test_a_ferry_across_the_caspian_sails_as_often_as_the_port_counted() -> None:
    """Departures one way over the hours in which they were counted, on each of the three lanes."""
    found = headways("legs", "leg_id")
    # 213 came in and 214 went out in January to May 2023
    assert found["ferry_alat_port_turkmenbashi_port"] == pytest.approx(151 * 24 / 213.5, abs=0.5)
    # 600 ferries at Kuryk in ten months of 2023, half for wagons, half for trucks
    assert found["ferry_alat_port_kuryk_port"] == pytest.approx(304 * 24 / (600 / 2), abs=0.5)
    # a feeder of 225 TEU takes two of the 200 trains of eight months of 2024
    assert found["ferry_aktau_port_alat_port"] == pytest.approx(244 * 24 / (200 / 2), abs=1)


def test_trains_of_xian_and_of_the_middle_corridor_by_hand() -> None:
    found = headways("services", "service_id")
    assert found["line_cn_west"] == pytest.approx(365 * 24 / (4639 / 2 / 17), abs=0.5)
    assert found["line_titr_dostyk"] == pytest.approx((366 - 30 - 31 - 30 - 31) * 24 / 200, abs=0.5)
    assert found["line_erai_dostyk"] == pytest.approx(365 * 24 / (3071 / 2), abs=0.05)

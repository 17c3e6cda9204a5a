"""The network against published lengths and times: the page is fresh, nothing is left out, nothing is tuned away."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import pandas as pd
import pytest

import corridors as cr
from corridors.analysis import validate as validation
from corridors.cli import main

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ROWS = list(csv.DictReader((ROOT / "geodata" / "benchmarks.csv").read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def table(net: cr.Network) -> pd.DataFrame:
    return validation.validate(net).set_index("benchmark_id", drop=False)


def test_the_page_holds_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    """After a change of data: corridors validate > docs/validation.md."""
    assert main(["validate"]) == 0
    assert capsys.readouterr().out == (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")


def test_every_figure_is_answered(table: pd.DataFrame) -> None:
    assert list(table["benchmark_id"]) == [row["benchmark_id"] for row in ROWS]
    assert table["modelled"].notna().all()
    assert (table["modelled"] > 0).all()
    times = table[table["kind"] == "transit_time"]
    assert len(times) >= 19
    assert ((times["p10"] <= times["modelled"]) & (times["modelled"] <= times["p90"])).all()


def test_the_table_of_figures_makes_sense() -> None:
    for row in ROWS:
        assert float(row["low"] or row["value"]) <= float(row["value"]) <= float(row["high"] or row["value"])
        assert bool(row["depart"]) is bool(row["extent"]) is (row["kind"] != "distance")
        assert bool(row["time_basis"]) is (row["kind"] != "distance")
        assert (row["unit"] == "km") is (row["kind"] == "distance")
        assert row["note"] or row["grade"] != "X"


def test_rejected_figures_are_shown_with_the_reason(table: pd.DataFrame) -> None:
    rejected = table[table["grade"] == "X"]
    assert {"d28", "d29", "d30", "c4", "c5"} <= set(rejected["benchmark_id"])
    roads = rejected[rejected["benchmark_id"].str.startswith("r")]
    assert (roads["cause"].isin({"ends", "figure", "other road", "missing road"})).all()
    assert rejected["note"].str.startswith("Rejected: ").all()
    counted = validation.summary(table).query("group == 'all'")["figures"].sum()
    assert counted == len(table) - len(rejected)


def test_distances(table: pd.DataFrame) -> None:
    """The aim of 3 % and nine in ten within 8 % is kept over all; what misses it says why."""
    lengths = table[(table["kind"] == "distance") & (table["grade"] != "X")]
    assert lengths["error_pct"].abs().median() < 3
    assert (lengths["error_pct"].abs() <= 8).mean() >= 0.9
    same = lengths.loc[lengths["basis"] == "same figure", "error_pct"].abs()
    assert (same < 2).mean() > 0.9
    assert len(lengths[lengths["modes"] == "road"]) > 200


def test_a_length_is_the_sum_of_its_legs(net: cr.Network, table: pd.DataFrame) -> None:
    legs = net.tables["legs"].set_index("leg_id")["km"]
    assert table.loc["d24", "modelled"] == pytest.approx(
        legs[[name for name in legs.index if name.startswith("rail_") and "kars" in name and "canbaz" in name]].sum(),
        abs=0.1,
    )


def test_what_cannot_be_answered_says_so(net: cr.Network, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = validation.benchmarks(net).head(2).copy()
    rows["via"] = ["karachi;kabul", "atlantis;karachi"]
    rows["kind"] = ["distance", "transit_time"]
    rows["depart"], rows["modes"], rows["extent"] = "2025-09-01", "rail", "door"
    monkeypatch.setattr(validation, "benchmarks", lambda net: rows)
    found = validation.validate(net)
    assert found["modelled"].isna().all()
    assert found["note"].str.contains("No answer").all()
    assert validation.summary(found).empty


def test_notes_do_not_break_the_table(net: cr.Network) -> None:
    text = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(lines) > len(ROWS)
    every = text.splitlines()
    headers = [line.count("|") for line, below in itertools.pairwise(every) if below.startswith("| ---")]
    assert {line.count("|") for line in lines} <= set(headers)


def test_a_network_that_answers_none_of_the_figures_has_its_page() -> None:
    places = pd.DataFrame({"place_id": ["a", "b"], "lon": [69.6, 70.9], "lat": [42.3, 43.6]})
    legs = pd.DataFrame({"from_place": ["a"], "to_place": ["b"], "mode": ["road"], "km": [215.0]})
    own = cr.Network.from_frames(places, legs)
    assert validation.summary(validation.validate(own)).empty
    assert "# Validation" in validation.report(own)

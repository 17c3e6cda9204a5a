"""Will it be open? Chances where the data carry them, "not known" where nobody looked, and a test of the forecasts."""

from datetime import date
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import corridors as cr
from corridors.analysis.walk_forward import HORIZONS, walk_forward
from tests.scripts import script

mpl.use("agg")


def test_torkham_closed_in_october_2025(net: cr.Network) -> None:
    found = net.outlook("Torkham", on=["2025-11-21", "2026-03-01"], as_of="2025-11-20")
    table = found.table
    assert list(table.columns) == ["element", "name", "on", "p_open", "low", "high", "n", "base_rate", "basis"]
    assert (table["element"] == "torkham").all()
    soon, later = table.to_dict("records")
    assert soon["p_open"] < 0.05
    assert 0.05 < later["p_open"] < 0.6
    assert later["low"] < later["p_open"] < later["high"]
    assert later["n"] >= 10
    assert "closed since 2025-10-12 (conflict)" in later["basis"]
    assert "Torkham on 2026-03-01" in repr(found)
    assert "2026-03-01" in found._repr_html_()
    assert found.plot().get_ylim()[1] >= 1


def test_a_fresh_quarrel_opens_sooner_than_an_old_one(net: cr.Network) -> None:
    fresh = net.outlook("Torkham", on="2023-03-05", as_of="2023-02-20").table["p_open"][0]
    old = net.outlook("Torkham", on="2025-12-03", as_of="2025-11-20").table["p_open"][0]
    assert fresh > old + 0.3


def test_where_nobody_looked_nothing_is_known(net: cr.Network) -> None:
    for element, more in (("Suez", {"as_of": "2024-12-01"}), ("Torkham", {}), ("Kulma", {})):
        row = net.outlook(element, on="2026-09-01", **more).table.iloc[0]
        assert np.isnan(row["p_open"])
        assert np.isnan(row["low"])
        assert row["basis"].startswith("not known: closures")
    assert "last seen closed on 2026-03-02" in net.outlook("Torkham", on="2026-09-01").table["basis"][0]
    # nor of days gone by in which nobody looked
    past = net.outlook("Torkham", on=["2026-01-10", "2026-05-01", "2024-11-05"]).table["p_open"]
    assert past[0] == 0
    assert np.isnan(past[1])
    assert past[2] == 1


def test_borders_passes_ferries_and_names_that_do_not_exist(net: cr.Network) -> None:
    border = net.outlook("PK-AF", on="2025-12-15", as_of="2025-11-20").table
    assert set(border["element"]) == set(net.outlook("AF-PK", on="2025-12-15", as_of="2025-11-20").table["element"])
    assert {"torkham", "chaman_spinboldak"} <= set(border["element"])
    assert not border["element"].str.contains("rail").any()  # planned lines are not there
    for name in ("Salang", "Aktau-Baku", "Khunjerab", "Hormuz"):
        assert len(net.outlook(name, on="2024-12-15", as_of="2024-12-01").table)
    for wrong in ("Torkhm", "XX-YY", "", 5):
        with pytest.raises(cr.CorridorsError):
            net.outlook(wrong, on="2026-01-01")
    with pytest.raises(cr.UnknownPlace, match="Torkham"):
        net.outlook("Torkhm", on="2026-01-01")
    with pytest.raises(cr.BadRequest):
        net.outlook("Torkham", on=[])
    with pytest.raises(cr.BadRequest, match="date"):
        net.outlook("Torkham", on="soon")


def test_opening_hours_and_announced_closures_stand(net: cr.Network) -> None:
    winter = net.outlook("Khunjerab", on="2020-03-01", as_of="2020-01-05").table.iloc[0]
    assert winter["p_open"] == 0
    assert "known to be closed" in winter["basis"]
    vote = net.outlook("Torkham", on="2018-10-20", as_of="2018-10-19").table.iloc[0]
    assert vote["p_open"] == 0


def test_a_week_ahead_and_a_year_ahead(net: cr.Network) -> None:
    """Chances of what is open fall to the long run, of what is closed rise to it, and stay chances."""
    on = pd.date_range("2024-06-02", "2025-05-30", freq="7D")
    open_now = net.outlook("Torkham", on=on, as_of="2024-06-01").table
    assert open_now["p_open"].between(0, 1).all()
    assert open_now["p_open"].iloc[0] > 0.97
    assert (np.diff(open_now["p_open"]) < 0.01).all()
    assert (open_now["low"] <= open_now["p_open"]).all()
    assert (open_now["p_open"] <= open_now["high"]).all()


@pytest.fixture(scope="module")
def scores(net: cr.Network) -> pd.DataFrame:
    return walk_forward(net)


def test_forecasts_beat_the_simple_rules(scores: pd.DataFrame) -> None:
    every = scores.query("what == 'all'").set_index("horizon_days")
    assert list(every.index) == list(HORIZONS)
    assert (every["spells"] > 50).all()
    for rival in ("persist", "lapse", "base_rate"):
        assert (every["outlook"] < every[rival]).all()


def test_scores_by_hand(scores: pd.DataFrame) -> None:
    """Persist says 0 of what is closed, so its score is the share that opened; lapse says 1, so its is the rest."""
    closed = scores[scores["state"] != "open"].dropna(subset="outlook")
    assert closed["persist"].to_numpy() == pytest.approx(closed["open_share"].to_numpy())
    assert closed["lapse"].to_numpy() == pytest.approx(1 - closed["open_share"].to_numpy())


def test_where_the_test_was_lost_the_base_rate_is_the_answer(net: cr.Network) -> None:
    """Closed passes open by all kinds of durations: beyond two weeks the base rate has always been as good."""
    as_of = date(2025, 11, 20)
    rows = walk_forward(net, as_of).query(
        "state == 'closed for up to a week' and verdict == 'no better than the base rate'"
    )
    worse = rows[rows["what"].str.startswith("roads")]["horizon_days"].min()
    assert worse >= 14
    closed = net.events.query("element_id == 'salang' and effect == 'close' and start > '2018'").iloc[0]
    net_day = date.fromisoformat(closed["start"])
    found = net.outlook("Salang", on=[net_day, "2030-01-01"], as_of=net_day).table.iloc[1]
    assert found["p_open"] == found["base_rate"]
    assert "base rate" in found["basis"]


def test_what_came_later_does_not_score(net: cr.Network) -> None:
    early = walk_forward(net, date(2021, 1, 1))
    assert early["forecasts"].sum() < walk_forward(net)["forecasts"].sum() / 2


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    from corridors.cli import main

    assert main(["outlook", "Torkham", "--on", "2026-03-01", "--as-of", "2025-11-20"]) == 0
    assert "Torkham on 2026-03-01: " in capsys.readouterr().out
    assert main(["outlook", "Torkhm", "--on", "2026-03-01"]) == 2
    assert "Torkham" in capsys.readouterr().err


def test_the_page_is_of_these_data() -> None:
    """After a change of closures: python docs/closures.py > docs/closures.md."""
    root = Path(__file__).parents[2]
    page = script(root / "docs" / "closures.py").page()
    assert page == (root / "docs" / "closures.md").read_text(encoding="utf-8")


def test_reliability_of_a_way_that_rests_on_a_closure_to_end(net: cr.Network) -> None:
    ask = {"depart": "2025-12-20", "as_of": "2025-11-20", "k": 1}
    lapse = net.routes("Karachi", "Kabul", unknown="lapse", **ask)
    found = lapse.reliability(n=10_000, arrive_by="2026-02-28").iloc[0]
    assert "Torkham open again on arrival in 1" in found["rests_on"]  # 10 to 19 %
    chance = net.outlook("Torkham", on="2026-02-28", as_of="2025-11-20").table["p_open"][0]
    assert found["p_on_time"] == pytest.approx(chance, abs=0.06)
    reopened = cr.Scenario("open").reopen("Torkham", "2025-12-01")
    sure = net.routes("Karachi", "Kabul", scenario=reopened, **ask).reliability(n=1_000, arrive_by="2026-02-28").iloc[0]
    assert sure["p_on_time"] > 0.95
    assert "open again" not in sure["rests_on"]


def test_risk_counts_a_closure_no_further_than_it_may_have_lasted(net: cr.Network) -> None:
    """Torkham was last seen closed on 2 March 2026; in July it counts beyond that day and not as far as July."""
    from corridors.model.calendars import Calendars, midnight

    until, since = midnight(date(2026, 7, 1)), "2025-10-12"
    days = (date(2026, 7, 1) - date(2025, 10, 12)).days
    seen = (date(2026, 3, 3) - date(2025, 10, 12)).days
    found = net.facts.calendars.closure_share("torkham", since, until)
    assert seen / days < found < 1
    assert Calendars(net.facts.tables).closure_share("torkham", since, until) == pytest.approx(1, abs=0.01)


def test_availability_and_break_even_use_the_same_chances(net: cr.Network) -> None:
    ask = {"as_of": "2025-11-20", "modes": ["road"], "progress": False}
    year = net.availability("Karachi", "Kabul", year=2026, days=[15], k=2, **ask).table
    torkham = year[year["crossings"] == "Torkham"].set_index("month")
    assert len(torkham) == 12
    assert torkham["days"].isna().all()
    assert torkham["p_open"].between(0, 1).all()
    chance = net.outlook("Torkham", on="2026-03-15", as_of="2025-11-20").table["p_open"][0]
    assert torkham.loc[3, "p_open"] == pytest.approx(chance, abs=0.05)  # but for closures that begin anew
    assert (year.loc[year["open"] == year["departures"], "p_open"] == 1).all()
    found = net.break_even("Karachi", "Kabul", "Torkham", depart="2025-11-20", as_of="2025-11-20").set_index("by")
    assert 0.5 < found.loc["usd", "p_longer"] < found.loc["hours", "p_longer"] < 1
    later = net.break_even("Karachi", "Kabul", "Torkham", depart="2026-08-01").set_index("by")
    assert later["p_longer"].isna().all()  # nobody looked

"""How long closures last and how often they begin: by hand, by scipy, and never from what came later."""

import itertools
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import CensoredData, ecdf

import corridors as cr
from corridors.model.closures import ALL, Counts, open_chance
from corridors.model.facts import Facts
from corridors.model.spells import Spell, spell_records

NUMBER = itertools.count()


def spell(days: int, ended: bool = True, cause: str = "", element: str = "gate") -> Spell:
    return Spell(element, "XA-XB", "conflict", cause or f"cause {next(NUMBER)}", 1, days, ended)


def kaplan_meier(counts: Counts, days: int) -> float:
    """Share still closed after so many days, from the counts alone."""
    share = 1.0
    for at_risk, ended in zip(counts.at_risk[:days], counts.ended[:days], strict=True):
        share *= 1 - ended / at_risk if at_risk else 1
    return share


def test_kaplan_and_meier_by_hand() -> None:
    # five closures: opened after 2, 2 and 6 days; two were last seen closed on their days 3 and 4
    counts = Counts.of([spell(2), spell(2, cause="b"), spell(6), spell(3, False), spell(4, False)])
    assert kaplan_meier(counts, 1) == 1
    assert kaplan_meier(counts, 2) == pytest.approx(3 / 5)
    assert kaplan_meier(counts, 5) == pytest.approx(3 / 5)  # those last seen on days 3 and 4 count no further
    assert kaplan_meier(counts, 6) == 0.0


def test_kaplan_and_meier_against_scipy() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        some = [
            spell(int(days), bool(ended))
            for days, ended in zip(rng.integers(1, 40, 30), rng.random(30) < 0.6, strict=True)
        ]
        known = ecdf(
            CensoredData(uncensored=[s.days for s in some if s.ended], right=[s.days for s in some if not s.ended])
        ).sf
        counts = Counts.of(some)
        assert [kaplan_meier(counts, day) for day in range(1, 40)] == pytest.approx(
            [float(known.evaluate([day])[0]) for day in range(1, 40)]
        )


def test_spells_of_one_cause_count_as_one() -> None:
    alone = Counts.of([spell(3, cause="own"), spell(8, cause="war")])
    many = Counts.of([spell(3, cause="own"), *(spell(8, cause="war", element=str(i)) for i in range(9))])
    assert many.causes == alone.causes == 2
    assert many.at_risk == pytest.approx(alone.at_risk)
    assert many.ended == pytest.approx(alone.ended)


def test_the_chance_of_being_open_is_that_of_a_simulation() -> None:
    days, runs = 25, 40_000
    survival = np.array([1.0, 0.8, 0.5, 0.5, 0.3, *([0.1] * (days - 4))])
    still = survival[2:] / survival[2]
    still = np.append(still, [still[-1]] * 2)[None, :]
    expected = open_chance(still, np.full((1, days + 1), 0.07), survival[None, :])[0]

    rng = np.random.default_rng(1)

    def length() -> int:
        u = rng.random()
        return int((survival >= u).sum()) if u >= survival[-1] else 10**6

    open_on = np.zeros(days + 1)
    for _ in range(runs):
        u = rng.random()
        day = int((still[0] >= u).sum()) if u >= still[0, -1] else 10**6
        while day <= days:
            begins = day + int(rng.geometric(0.07))
            open_on[day : min(begins, days + 1)] += 1
            day = begins + length()
    assert expected == pytest.approx(open_on / runs, abs=0.012)


def test_a_rule_of_thumb_for_one_kind_of_closure() -> None:
    """Closures of exactly ten days, one in a hundred open days: open 100 days of 110 in the long run."""
    survival = np.append(np.ones(10), np.zeros(991))[None, :]
    found = open_chance(np.zeros((1, 1001)), np.full((1, 1001), 0.01), survival)[0]
    assert found[-1] == pytest.approx(100 / 110, abs=1e-6)
    assert found[1] == pytest.approx(0.99)


def changed(net: cr.Network, tables: dict[str, pd.DataFrame]) -> Facts:
    return replace(net.facts, tables={**net.facts.tables, **tables})


@pytest.mark.parametrize("as_of", [date(2018, 6, 1), date(2023, 2, 22), date(2025, 11, 20)])
def test_what_comes_later_changes_nothing(net: cr.Network, as_of: date) -> None:
    day = as_of.isoformat()
    episodes, events = net.episodes, net.events
    later = episodes["start"] > day
    running = (episodes["start"] <= day) & (episodes["end"] > day)
    assert later.any()
    episodes.loc[later, "cause_class"] = "conflict"
    episodes.loc[later, "common_cause"] = "invented"
    episodes.loc[running, "end"] = (as_of + timedelta(days=500)).isoformat()
    episodes = episodes[~(later & (np.arange(len(episodes)) % 2 == 0))]
    events.loc[events["end"] > day, ["end", "end_known_from"]] = (as_of + timedelta(days=500)).isoformat()
    events = events[events["start"].le(day) | events["known_from"].le(day)]
    coverage = net.facts.tables["coverage"]
    coverage = coverage[coverage["from"] <= day]
    other = cr.Network(changed(net, {"episodes": episodes, "events": events, "coverage": coverage}))
    on = [as_of + timedelta(days=days) for days in (1, 10, 60)]
    for element in ("Torkham", "Chaman", "Torugart", "Salang"):
        before, after = (one.outlook(element, on=on, as_of=as_of).table for one in (net, other))
        pd.testing.assert_frame_equal(before, after)


def test_a_spell_is_seen_to_the_day_of_knowledge_and_no_further(net: cr.Network) -> None:
    record = next(
        row
        for row in spell_records(net.facts.tables, net.facts.closure_groups)
        if row.spell.element_id == "torkham" and row.spell.start == date(2025, 2, 21).toordinal()
    )
    assert record.on(date(2025, 2, 20).toordinal()) is None
    known = record.on(date(2025, 3, 1).toordinal())
    assert known is not None
    assert (known.days, known.ended) == (8, False)
    final = record.on(date(2025, 6, 1).toordinal())
    assert final is not None
    assert (final.days, final.ended) == (26, True)  # 21 February to 18 March


def test_survival_falls_and_lies_between_its_levels(net: cr.Network) -> None:
    model = net.facts.closures(date(2025, 11, 20))
    for element, cause in (("torkham", "conflict"), ("chaman_spinboldak", "dispute"), ("salang", ""), ("suez", "")):
        closed = model.survival(element, cause).closed
        assert closed[0] == 1
        assert (np.diff(closed) <= 1e-12).all()
    pandemic, dispute = (model.survival("torkham", cause).closed for cause in ("pandemic", "dispute"))
    assert pandemic[30] > dispute[30] + 0.2
    # a class that never closed a border is drawn from that class elsewhere and from closures of any cause
    elsewhere = kaplan_meier(Counts.of(one for one in model.spells if one.cause_class == "pandemic"), 30)
    of_any = kaplan_meier(Counts.of(model.spells), 30)
    assert of_any + 0.1 < model.survival("termez_hairatan", "pandemic").closed[30] < elsewhere


def test_frequency_counts_only_time_in_which_somebody_looked(net: cr.Network) -> None:
    as_of = date(2025, 11, 20)
    model = net.facts.closures(as_of)
    coverage = net.facts.tables["coverage"]
    # nobody ever looked at Suez: nothing but the prior
    assert not (coverage.query("element_id == 'suez'")["searched"] != "not").any()
    _, rate = model.frequency("suez")
    assert rate == pytest.approx(2.0, abs=1.1)
    # looking longer without finding more makes closures rarer
    more = coverage.copy()
    more.loc[more["element_id"].eq("salang") & more["searched"].eq("not") & more["to"].ne(""), "searched"] = "lightly"
    other = changed(net, {"coverage": more}).closures(as_of)
    assert other.frequency("salang")[1] > model.frequency("salang")[1] + 5
    mean, rarer = (a / b for a, b in (model.frequency("salang"), other.frequency("salang")))
    assert rarer < mean


def test_all_level_holds_every_spell(net: cr.Network) -> None:
    model = net.facts.closures(date(2026, 3, 31))
    assert model.counts(ALL).causes == len({one.common_cause for one in model.spells})


def test_a_post_that_works_for_two_months_between_is_open_in_both_readings(tmp_path: Path) -> None:
    """Out of service from 2026 by the official hours, worked in May and June: closures and spans say the same."""
    row = {"element_id": "korday_akzhol", "place_id": "korday", "contested": "false", "as_of": "2026"}
    hours = [
        ("24/7 off", "official", "2026-01-01", ""),
        ("24/7", "operated", "2000-01-01", "2025-12-31"),
        ("24/7", "operated", "2026-05-01", "2026-06-30"),
    ]
    names = ("rule", "regime", "valid_from", "valid_to")
    rows = [row | dict(zip(names, one, strict=True)) | {"quality": "estimate"} for one in hours]
    pd.DataFrame(rows).to_csv(tmp_path / "calendars.csv", index=False)
    net = cr.load(extra=tmp_path)
    later = cr.Scenario("later").close("korday_akzhol", "2030-01-01", "2030-01-02")
    for scenario in (None, later):
        for depart, open_ in (("2026-06-15", True), ("2026-03-15", False)):
            name = net.routes("Almaty", "Bishkek", depart=depart, k=1, scenario=scenario).table["name"][0]
            assert ("Korday" in name) == open_

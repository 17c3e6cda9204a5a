"""Three hundred questions drawn from all towns, days and loads: what every answer must keep."""

from itertools import pairwise

import numpy as np
import pytest

import corridors as cr
from corridors.routing.request import By

pytestmark = pytest.mark.slow
LOADS = ("container20", "container40", "rice", "reefer40", "wheat_wagon", "fertiliser", "textiles", "pharma")


def drawn(net: cr.Network, part: int) -> list[tuple[str, str, str, str]]:
    """Thirty questions: origin, destination, day and load."""
    dice = np.random.default_rng(1300 + part)
    towns = sorted(net.places.loc[net.places["kind"] == "city", "place_id"])
    days = np.arange("2023-01-01", "2026-06-01", dtype="datetime64[D]")
    return [
        (*map(str, dice.choice(towns, 2, replace=False)), str(dice.choice(days)), str(dice.choice(LOADS)))
        for _ in range(30)
    ]


def alone(net: cr.Network, question: tuple[str, str, str, str], by: By) -> cr.Routes:
    origin, destination, depart, cargo = question
    return net.routes(origin, destination, depart=depart, cargo=cargo, by=by, k=1)


@pytest.mark.parametrize("part", range(10))
def test_answers_of_all_kinds(net: cr.Network, part: int) -> None:
    asked = 0
    for question in drawn(net, part):
        origin, destination, depart, cargo = question
        try:
            routes = net.routes(origin, destination, depart=depart, cargo=cargo, k=4)
        except (cr.NoRoute, cr.BadRequest):
            continue
        asked += 1
        table, details, about = routes.table, routes.details, " ".join(question)
        tonnes = details["payload_t"]
        surely = [result.sure for result in routes.results]

        fastest, cheapest = alone(net, question, "hours"), alone(net, question, "usd")
        assert table["days"].min() <= fastest.table["days"][0] * 1.01, about
        least = cheapest.table["usd"][0] / cheapest.details["payload_t"][0]
        assert (table["usd"] / tonnes).min() <= least * 1.01, about

        assert surely == sorted(surely, reverse=True), about
        trucks = table["modes"].str.contains("road")  # a wagon's load goes by rail first
        kinds = [trucks, ~trucks] if routes.results[0].world.question.cargo.unit == "wagon" else [trucks | True]
        apart = [np.array(surely) & kind for kind in kinds]
        assert all(a <= b + 1e-9 for some in apart for a, b in pairwise(table["days"][some])), about
        assert table["name"].is_unique, about
        legs = routes.legs
        for label, own in legs.groupby("label", sort=False):
            row = table[table["label"] == label].iloc[0]
            assert own["hours"].sum() / 24 == pytest.approx(row["days"], rel=1e-9), about
            assert own["usd"].sum() == pytest.approx(row["usd"], abs=0.005), about
            driven = own.loc[own["kind"] == "leg", "element_id"]
            assert driven.is_unique, about

        risk, left = table["risk"].fillna(0), routes.left_out.fillna({"risk": 1.0})  # not recorded is no gain
        figures = np.column_stack([table["days"], table["usd"] / tonnes, table["kgco2e"] / tonnes, risk])
        right = table["best_in"].astype(bool) | (table["risk"].isna() & (risk.min() == risk))  # by what is on record
        for other in left[~left["reason"].str.contains("better by a trifle|the same modes")].itertuples():
            if other.days >= table["days"].max():
                continue
            beaten = [
                i
                for i, own in enumerate(figures)
                if not right[i] and other.days < own[0] and other.risk <= own[3]
                and other.usd / tonnes[i] < own[1] and other.kgco2e / tonnes[i] <= own[2]
            ]  # fmt: skip
            for i in beaten:
                assert any((one <= figures[i]).all() and (one < figures[i]).any() for one in figures), (about, other)
    assert asked >= 20


@pytest.mark.parametrize("part", range(10))
def test_reopening_never_raises_the_least_hours_or_usd(net: cr.Network, part: int) -> None:
    for question in drawn(net, part)[:6]:
        origin, destination, depart, cargo = question
        shut = net.events[(net.events["start"] <= depart) & (net.events["effect"] == "close")]["element_id"].unique()
        scenario = cr.Scenario("open")
        for element in np.random.default_rng(part).choice(shut, 3, replace=False):
            scenario = scenario.reopen(str(element))
        try:
            before = net.routes(origin, destination, depart=depart, cargo=cargo)
        except (cr.NoRoute, cr.BadRequest):
            continue
        after = net.routes(origin, destination, depart=depart, cargo=cargo, scenario=scenario)
        for least in (lambda r: r.table["days"].min(), lambda r: (r.table["usd"] / r.details["payload_t"]).min()):
            assert least(after) <= least(before) * 1.01

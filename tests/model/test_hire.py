"""Detention, demurrage and standing trucks: the mean over journeys, not what is due on the mean journey."""

import random

import numpy as np
import pytest

import corridors as cr
from corridors.model.hire import QUARTERS, Days, Overdue
from corridors.model.simulation import Hazard, Simulator
from tests.small import small_network

P90 = 1.2815515655446004
DAYS = np.array([1.0, 4.0, 8.0, 12.0, 14.0, 18.0, 25.0, 40.0, 90.0])


@pytest.mark.parametrize(
    ("what", "cv"), [("detention", 0.37), ("demurrage", 0.6), ("standing", 1.0), ("detention", 0.0)]
)
def test_what_is_due_is_the_mean_over_days_free_days_and_prices(net: cr.Network, what: Days, cv: float) -> None:
    """A million boxes, drawn here: days lognormal, free days and price by their p10, mode and p90, correlated."""
    rates = net.facts.rates
    free, price = rates.find(f"{what}_free_days"), rates.find(f"{what}_usd_day")
    rng, n, sigma = np.random.default_rng(3), 1_000_000, np.sqrt(np.log(1 + cv**2))
    days = np.exp(sigma * rng.standard_normal(n) - sigma**2 / 2)
    z = rng.multivariate_normal([0, 0], [[1, rates.correlation], [rates.correlation, 1]], n).T
    free_days, usd_day = (
        one.mode * np.where(z < 0, (one.low / one.mode) ** (-z / P90), (one.high / one.mode) ** (z / P90))
        for one, z in zip((free, price), z, strict=True)
    )
    found = Overdue.of(rates, what, cv)
    for expected in DAYS:
        bill = np.maximum(0.0, expected * days - free_days) * usd_day
        assert float(found.due(expected)) == pytest.approx(bill.mean(), rel=0.01, abs=1.0)


def test_it_grows_ever_faster_up_to_the_price_of_a_day(net: cr.Network) -> None:
    found = net.facts.rates.detention
    days = np.linspace(0, 200, 1001)
    slopes = np.diff(found.due(days)) / np.diff(days)
    price = net.facts.rates.expected(net.facts.rates.find("detention_usd_day"), "departures")
    assert slopes[0] == 0
    assert (np.diff(slopes) > -1e-6).all()
    assert slopes[-1] == pytest.approx(price)
    further = found.further(days)
    assert (further[0], further[-1]) == (0, QUARTERS)
    assert (np.diff(further) >= 0).all()


def test_rates_without_a_range_and_journeys_without_variation_give_the_tariff_itself() -> None:
    found = small_network().facts.rates.detention  # 14 days free, then US$ 100 a day
    assert found.due(np.array([0.0, 13.9, 14.0, 16.5])) == pytest.approx([0, 0, 0, 250])


def test_expected_us_dollars_are_the_mean_of_journeys_without_new_closures(net: cr.Network) -> None:
    """Routes by sea of drawn questions. The days inland vary by one rate for all, so that single routes may differ."""
    rng, draws, silent = random.Random(31), net.facts.draws(4_000, 5), Hazard({}, lambda element, longer: longer)
    towns, ports = (net.places.loc[net.places["kind"] == kind, "place_id"].tolist() for kind in ("city", "seaport"))
    gaps, variations, due = [], [], 0
    while len(gaps) < 40:
        ends, day = (rng.choice(ports), rng.choice(towns)), f"{rng.choice([2024, 2025, 2026])}-0{rng.randint(1, 9)}-15"
        try:
            routes = net.routes(*ends, depart=day, k=2)
        except cr.NoRoute:
            continue
        for result, row in zip(routes.results, routes.table.itertuples(), strict=True):
            inland = [i for i, edge in enumerate(result.edges) if edge.inland]
            if not any(edge.kind == "leg" and edge.mode == "sea" for edge in result.edges):
                continue
            quiet = result.at(result.world)
            quiet.draws, quiet.trip = draws, Simulator(result.world, draws, {}, silent).run(result.edges)
            ended = [np.zeros(draws.n), *quiet.trip.end]
            kept = sum((ended[i + 1] - ended[i] for i in inland), start=np.zeros(draws.n))
            legs = routes.legs[routes.legs["label"] == row.label]
            assert legs["usd"].sum() == pytest.approx(row.usd)
            assert row.usd_p10 < row.usd < row.usd_p90
            gaps.append(quiet.usd.mean() / row.usd - 1)
            due += result.hire > 100
            if kept.mean() > 48:
                variations.append(kept.std() / kept.mean())
    assert due > 15
    assert abs(np.mean(gaps)) < 0.01
    assert max(map(abs, gaps)) < 0.03
    assert np.mean(variations) == pytest.approx(net.facts.rates.figure("inland_cv"), abs=0.05)

"""Expected values: against plain integration, and against the mean of what the simulation draws."""

import random
from math import log, sqrt

import numpy as np
import pytest

import corridors as cr
from corridors.model.drivers import Driver, Expectations
from corridors.model.simulation import Draws, Hazard, Simulator

SPEED = Driver("speed", "speeds", "split", 0.6, 1.9)
SHARE = Driver("share", "speeds", "split", 0.3, 1.2)
PRICE = Driver("price", "prices", "split", 0.8, 1.4)
BORDER = Driver("border", "borders", "lognormal", high=0.9)
HEADWAY = Driver("departure", "departures", "uniform")


def integral(*drivers: tuple[Driver, int], correlation: float) -> float:
    """Mean of a product of two split drivers of one kind, on a fine grid of their two correlated normal variates."""
    z = np.linspace(-9, 9, 3601)  # nought, where the factors bend, is a point of it
    x, y = np.meshgrid(z, z, sparse=True)
    density = np.exp(-(x**2 - 2 * correlation * x * y + y**2) / (2 * (1 - correlation**2)))

    def factor(driver: Driver, power: int, z: np.ndarray) -> np.ndarray:
        p90 = 1.2815515655446004
        return np.where(z < 0, driver.low ** (-z / p90), driver.high ** (z / p90)) ** power

    (a, p), (b, q) = drivers
    return float((factor(a, p, x) * factor(b, q, y) * density).sum() / density.sum())


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("powers", [(1, 1), (-1, -1), (1, -1)])
def test_a_product_of_two_drivers_of_a_kind_is_what_plain_integration_gives(correlation, powers):
    drivers = ((SPEED, powers[0]), (SHARE, powers[1]))
    assert Expectations(correlation).of(drivers) == pytest.approx(integral(*drivers, correlation=correlation), rel=1e-5)


def test_single_drivers():
    known = Expectations(0.5)
    assert known.of(((BORDER, 1),)) == pytest.approx(1.0)  # its value is a published mean
    assert known.of(((HEADWAY, 1),)) == 1.0
    sigma = log(2.0) / 1.2815515655446004
    both = Driver("even", "prices", "split", 0.5, 2.0)  # an ordinary lognormal: mean exp(sigma^2 / 2) medians
    assert known.of(((both, 1),)) == pytest.approx(np.exp(sigma**2 / 2)) == pytest.approx(known.of(((both, -1),)))


def test_kinds_are_independent_and_a_driver_divided_by_itself_is_one():
    known = Expectations(0.5)
    assert known.of(((SPEED, -1), (PRICE, 1))) == pytest.approx(known.of(((SPEED, -1),)) * known.of(((PRICE, 1),)))
    assert known.of(((SPEED, 1), (SPEED, -1))) == pytest.approx(1.0)


@pytest.mark.parametrize("correlation", [0.0, 0.3, 1.0])
def test_means_of_draws(correlation):
    drivers = ((SPEED, -1), (SHARE, -1), (BORDER, 1), (HEADWAY, 1), (PRICE, 1))
    n = 400_000
    samples = Draws(n, 3, correlation).factor(drivers)
    assert Expectations(correlation).of(drivers) == pytest.approx(samples.mean(), abs=4 * samples.std() / sqrt(n))


@pytest.mark.slow
def test_legs_add_up_to_the_mean_of_a_large_simulation_without_new_closures(net: cr.Network) -> None:
    rng, n = random.Random(13), 40_000
    names = net.places.loc[net.places["kind"] == "city", "name"].tolist()
    draws = net.facts.draws(n, 5)
    seen = hours_seen = 0
    while seen < 40:
        ends, day = rng.sample(names, 2), f"2026-0{rng.randint(1, 6)}-{rng.randint(3, 20):02d}"
        try:
            routes = net.routes(*ends, depart=day, k=2, cargo=rng.choice(["container40", "reefer40", "wheat_wagon"]))
        except cr.NoRoute:
            continue
        for i, result in enumerate(routes.results):
            trip = Simulator(result.world, draws, {}, Hazard({}, lambda element, longer: longer)).run(result.edges)
            legs = routes.legs[(routes.legs["route"] == i) & (routes.legs["kind"] != "detention")]
            usd = np.zeros(n) + sum(draws.amount(result.world.amount(edge).money) for edge in result.edges)
            kg = result.kgco2e(draws)
            assert legs["usd"].sum() == pytest.approx(usd.mean(), abs=5 * usd.std() / sqrt(n) + 0.01)
            assert legs["kgco2e"].sum() == pytest.approx(kg.mean(), abs=5 * kg.std() / sqrt(n) + 0.01)
            if all(result.world.spans(edge) is None for edge in result.edges):  # openings are met or missed
                hours = trip.end[-1]
                slow = [edge for edge in result.edges if edge.factors]  # turn of a month: far more on a month at sea
                slack = max((0.03 if edge.mode == "sea" else 0.001 for edge in slow), default=0.0) * hours.mean()
                assert legs["hours"].sum() == pytest.approx(hours.mean(), abs=5 * hours.std() / sqrt(n) + slack + 0.001)
                hours_seen += 1
            seen += 1
    assert hours_seen >= 5

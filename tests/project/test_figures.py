"""The page "How the figures are made" says what the tables say."""

from __future__ import annotations

from pathlib import Path

import pytest

import corridors as cr
from corridors.analysis.validate_times import coverage, validate_times

PAGE = (Path(__file__).parents[2] / "docs" / "figures.md").read_text(encoding="utf-8")
COUNTRIES = 17


def test_the_means_by_country_are_those_of_the_rates(net: cr.Network) -> None:
    rates = net.rates
    index = rates[rates["quantity"] == "us_cpi"]
    prices = dict(zip(index["year"].astype(int), index["mode"].astype(float), strict=True))

    def rate(quantity: str, mode: str, country: str, column: str = "mode") -> float:
        rows = rates[(rates["quantity"] == quantity) & (rates["by_mode"] == mode) & (rates["by_vehicle"] == "")]
        own = rows.set_index("by_country")[column]
        return float(own.get(country, own.get("")))

    def usd(mode: str, country: str) -> float:
        year = int(rate("usd_per_km", mode, country, "year"))
        return rate("usd_per_km", mode, country) * (prices[2024] / prices[year] if year < 2024 else 1.0)

    head = "| country | road h | out / in h |"
    rows = PAGE[PAGE.index(head) :].split("\n\n")[0].splitlines()[2:]
    assert len(rows) == COUNTRIES
    for row in rows:
        country, road, border, road_usd, rail, rail_usd = (cell.strip() for cell in row.strip("|").split("|"))
        for mode, hours in (("road", road), ("rail", rail)):
            pace = 1000 / rate("speed", mode, country) / rate("running_share", mode, country)
            assert float(hours) == pytest.approx(pace, abs=0.05), (country, mode)
        ways = [rate(f"crossing_hours_{way}", "road", country) for way in ("out", "in")]
        assert [float(hours) for hours in border.split("/")] == ways, country
        for mode, price in (("road", road_usd), ("rail", rail_usd)):
            assert float(price) == pytest.approx(usd(mode, country), abs=0.0051), (country, mode)


def test_how_much_journeys_vary_and_how_many_times_fit(net: cr.Network) -> None:
    figure = net.facts.rates.figure
    assert f"Road {figure('journey_cv', 'road'):g} and rail {figure('journey_cv', 'rail'):g}, journey and day" in PAGE
    assert f"({figure('border_cv'):.1f}: the middle of the 0.5 to 1.5" in PAGE
    assert f"m = {figure('missed_share', 'sea'):g}" in PAGE
    some = coverage(validate_times(net, roles=("test",))).set_index("modes")
    times, share = some.loc["all", ["times", "inside_pct"]]
    flat = " ".join(PAGE.split())
    assert f"Of {times:.0f} achieved times that only test {times * share / 100:.0f} ({share:.0f} %) lie between" in flat
    assert f"is {some.loc['road', 'ratio']:.1f} by road and {some.loc['rail', 'ratio']:.1f} by rail" in flat

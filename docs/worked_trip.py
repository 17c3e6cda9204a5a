"""A trip worked out from the tables alone, with nothing of the library: prints docs/worked_trip.md.

Run ``python docs/worked_trip.py > docs/worked_trip.md`` after a change of data. The test ``tests/test_worked_trip.py``
holds the page and the library's figures to it.
"""

from __future__ import annotations

import csv
import itertools
from datetime import datetime, timedelta
from functools import cache
from math import exp, sqrt
from pathlib import Path

from pyproj import Geod

GEODATA = Path(__file__).parents[1] / "geodata"
WAY = (
    "bishkek",
    "kant",
    "tokmok",
    "kemin",
    "kochkor",
    "dolon",
    "naryn",
    "at_bashy",
    "torugart",
    "torugart_cn",
    "kashgar",
)
LINE = "truck_torugart"
"""Row of the table `services` whose gateway makes one direction dearer."""
DEPART = datetime(2025, 12, 9, 14)  # local time of Bishkek, UTC+6
MONTH = "12"
OPENS, CLOSES = 8, 18  # Torugart in December 2025, local time, row of calendars
PAYLOAD = 20.0


def table(name: str) -> list[dict[str, str]]:
    with open(GEODATA / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


RATES = table("rates")
P90 = 1.2815515655446004
GRID = [step / 25 for step in range(-200, 201)]
"""Standard normal variates at which means are summed."""
PRICES = {row["year"]: float(row["mode"]) for row in RATES if row["quantity"] == "us_cpi"}


def row_of(quantity: str, country: str = "", vehicle: str = "") -> dict[str, str]:
    """Row of a road rate, that of the country before the general one."""
    for key in (
        ("road", country, vehicle),
        ("road", country, ""),
        ("road", "", vehicle),
        ("road", "", ""),
        ("", country, ""),
        ("", "", ""),
    ):
        for row in RATES:
            if row["quantity"] == quantity and (row["by_mode"], row["by_country"], row["by_vehicle"]) == key:
                return row
    raise LookupError(quantity)


def rate(quantity: str, country: str = "", vehicle: str = "") -> float:
    """Most likely value of a road rate; money in US$ of 2024."""
    row = row_of(quantity, country, vehicle)
    money = row["unit"].startswith("USD")
    return float(row["mode"]) * (PRICES["2024"] / PRICES.get(row["year"], PRICES["2024"]) if money else 1)


@cache
def given(low: float, high: float, power: int, common: float) -> float:
    """Mean of a factor (median 1, p10 and p90 as given) to a power, if the variate its kind shares is known."""
    own = ((z, exp(-z * z / 2)) for z in GRID)
    total = weights = 0.0
    for z, weight in own:
        both = (common + z) / sqrt(2)  # correlation 0.5
        total += weight * (low ** (-both / P90) if both < 0 else high ** (both / P90)) ** power
        weights += weight
    return total / weights


def mean(*factors: tuple[dict[str, str], int]) -> float:
    """Mean of a product of rates of one kind, to the power 1 or -1, over their most likely value."""
    total = weights = 0.0
    for common in GRID:
        weight = exp(-common * common / 2)
        product = 1.0
        for row, power in factors:
            low, mode, high = (float(row[name]) for name in ("low", "mode", "high"))
            if mode and low != high:
                product *= given(max(low / mode, 0.05), max(high / mode, 1.0), power, common)
        total, weights = total + weight * product, weights + weight
    return total / weights


def expected(quantity: str, country: str = "") -> float:
    """Mean of a rate."""
    return rate(quantity, country) * mean((row_of(quantity, country), 1))


def legs() -> dict[frozenset[str], dict[str, str]]:
    return {
        frozenset((row["from_place"], row["to_place"])): row
        for row in table("legs")
        if row["mode"] == "road" and row["status"] == "operating"
    }


@cache
def from_gateway(place_id: str) -> float:
    """Kilometres between a place and the gateway of the trucks, as the crow flies."""
    (gateway,) = (row["gateway"] for row in table("services") if row["service_id"] == LINE)
    (lon, lat), (lon0, lat0) = (
        next((float(row["lon"]), float(row["lat"])) for row in table("places") if row["place_id"] == one)
        for one in (place_id, gateway)
    )
    return float(Geod(ellps="WGS84").inv(lon, lat, lon0, lat0)[2]) / 1000


def season(leg_id: str) -> float:
    """Speed factor of the month: the least of the sections in which a leg lies."""
    sections = {row["element_id"] for row in table("elements") if leg_id in row["members"].split(";")} | {leg_id}
    return min(
        [
            1.0,
            *(
                float(row["speed_factor"])
                for row in table("seasons")
                if row["element_id"] in sections and row["month"] == MONTH and row["speed_factor"]
            ),
        ]
    )


def work() -> list[dict[str, object]]:
    """Rows of the trip: what, hours, US$, and how they come about."""
    known, clock = legs(), DEPART
    rows: list[dict[str, object]] = []

    def add(what: str, hours: float, usd: float, how: str) -> None:
        nonlocal clock
        rows.append({"what": what, "from": clock, "hours": hours, "usd": usd, "how": how})
        clock += timedelta(hours=hours)

    load = expected("loading_hours", "KG")
    add("loading at Bishkek", load, 0.0, f"{load:.3g} h on average")
    for a, b in itertools.pairwise(WAY):
        if {a, b} == {"torugart", "torugart_cn"}:
            _border(add, clock)
            continue
        leg = known[frozenset((a, b))]
        country, km = leg["country"], float(leg["km"])
        speed, share = rate("speed", country), rate("running_share", country)
        steep = rate("speed_factor_mountain", country) if leg["speed_class"] == "mountain" else 1.0
        factor = season(leg["leg_id"])
        price, inside = rate("usd_per_km", country), rate("border_usd_inside", country)
        fees = inside / rate("km_per_border_side")
        uphill = rate("mountain_price_factor", country) if leg["speed_class"] == "mountain" else 1.0
        dearer = mean((row_of("usd_per_km", country), 1))
        gained = rate("away_premium", country) * (from_gateway(b) - from_gateway(a))
        fewer = mean((row_of("km_per_border_side"), -1))
        add(
            f"{a} - {b}",
            km / (speed * share * steep * factor),
            (km * uphill + gained) * price * dearer - km * fees * fewer,
            f"{km:g} km / ({speed:g} km/h x {share:g} on the move"
            + (f" x {steep:g} mountain" if steep != 1 else "")
            + (f" x {factor:g} season" if factor != 1 else "")
            + f"); ({km:g} km"
            + (f" x {uphill:g} mountain" if uphill != 1 else "")
            + f" {'+' if gained > 0 else '-'} {abs(gained):.1f} for the direction) x "
            + ("(" if fees else "")
            + f"US$ {price:.4g} x {dearer:.3f}"
            + (f" - {fees:.3g}" + (f" x {fewer:.3f}" if fewer != 1 else "") + ")" if fees else ""),
        )
    unload = expected("unloading_hours", "CN")
    add("unloading at Kashgar", unload, 0.0, f"{unload:.3g} h on average")
    return rows


def _border(add, clock: datetime) -> None:  # type: ignore[no-untyped-def]
    if not OPENS <= clock.hour < CLOSES:
        opening = clock.replace(hour=OPENS, minute=0, second=0, microsecond=0)
        if clock.hour >= CLOSES:
            opening += timedelta(days=1)
        add("wait at Torugart", (opening - clock) / timedelta(hours=1), 0.0, f"closed until {OPENS:02d}:00")
    row = next(row for row in table("crossings") if row["crossing_id"] == "torugart__kg_cn")
    hours, guarantee = float(row["hours_mean"]), expected("guarantee_usd")
    sides = [expected("crossing_usd_out", "KG"), expected("crossing_usd_in", "CN")]
    if row["usd"]:
        sides = [float(row["usd"]) * PRICES["2024"] / PRICES["2022"]]
    add(
        "Torugart",
        hours,
        sum(sides) + guarantee,
        f"{hours:g} h (means of both countries); fees US$ {' + '.join(f'{fee:.0f}' for fee in sides)}"
        f"{'' if row['usd'] else ', means by country,'} + guarantee {guarantee:.0f}; no day beyond the free one",
    )


def emission() -> float:
    """Mean of what varies in the emissions, over their most likely value."""
    return mean((row_of("kgco2e_per_tkm"), 1), (row_of("empty_running_factor"), 1))


def page() -> str:
    rows = work()
    hours, usd = (sum(float(str(row[name])) for row in rows) for name in ("hours", "usd"))
    lines = [
        "# A trip worked by hand",
        "",
        "One 40-foot container by truck from Bishkek to Kashgar, leaving on 9 December 2025 at 14:00, as known on",
        "8 December. Every hour and dollar comes from the tables `rates`, `legs`, `crossings`, `calendars` and "
        "`seasons`;",
        "the page is printed by `docs/worked_trip.py`, which uses nothing of the library. The library "
        "gives the same sums:",
        "",
        "```python",
        'routes = net.routes("Bishkek", "Kashgar", depart="2025-12-09T14:00", as_of="2025-12-08", k=1, modes=["road"])',
        'routes.legs[["name", "hours", "usd", "note"]]',
        "```",
        "",
        "Times are local (UTC+6; Kashgar's official clock is two hours ahead). Prices are US$ of 2024: a rate of "
        "another year is",
        "raised by US consumer prices. Haulage is a rate per km, less towards Kashgar, from where full trucks come "
        f"({rate('away_premium', 'CN'):g} of the",
        "kilometres that a leg comes nearer, as the crow flies); the fees of the crossing follow on their own row.",
        "",
        "| from | what | hours | US$ | how |",
        "| --- | --- | ---: | ---: | --- |",
        *(
            f"| {row['from']:%d %b %H:%M} | {row['what']} | {row['hours']:.2f} | {row['usd']:.2f} | {row['how']} |"
            for row in rows
        ),
        f"| | **sum** | **{hours:.2f}** | **{usd:.2f}** | {hours / 24:.1f} days |",
        "",
        f"Emissions of the route: km x {PAYLOAD:g} t x {rate('kgco2e_per_tkm'):g} kg a t-km x "
        f"{rate('empty_running_factor'):g} for empty running x {emission():.3f}.",
        "",
        "These are expected values. Speeds and shares of the time on the move are published means and stand as they",
        "are. A price is given by its low, most likely and high value; the factor after it is the mean of what lies",
        "between them over the most likely value, by a plain sum over the normal variates that the rates of a kind",
        "share (correlation 0.5) and their own. The ranges (p10 to p90) come from the simulation, where arrivals",
        "after closing time wait for the morning, and the pass may be closed by weather: see `Routes.reliability`.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(page(), end="")

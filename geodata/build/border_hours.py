"""Hours of one side of a road crossing from the years in which it was measured, the same for all posts.

CPMM's yearly means of a post rest on few trucks and vary as much from year to year as from post to post (39 years of
14 sides: standard deviation of the logarithm 0.66; between the posts of a country no more is seen). So neither may one
year decide, nor may a post win against its neighbour because nobody measured it. A side has the mean of its last two
measured years, which count one each, and of what would be expected there without them, which counts half a year: the
mean of the rate of its country and of what the country's other measured posts average in that direction. This is
Buhlmann's credibility n / (n + k) with k = 0.5: with k of 0, 0.5, 1 and 2 years held out are missed by 15.8, 15.5,
15.8 and 16.5 hours (root mean square). Means and not medians or means of logarithms, since hours are added up: what is
expected of a post drawn from those of a country is their mean. A wait told of a single post (`crossing_queues`) counts
half a year, and for its own post only, as trucks get counted where the queue is long.

Each of the 23 measured sides foretold without its own years is missed by 0.61 (root mean square of the logarithm; a
mean of -0.07) and 13.6 hours; with the rate and the posts of the same border alone, by 0.66 (-0.15) and 13.0 hours;
with the rate alone, by 0.79 (-0.28) and 16.6 hours.
"""

from collections import defaultdict
from collections.abc import Container
from statistics import fmean

import tables

YEARS = 2
HALF = 0.5
"""Years that what is expected of a side without its own hours counts, and what is told of a single post."""
Side = tuple[str, str]
"""Element and part, as ``kz_out``."""
Part = tuple[str, str, str]
"""Element, way (``ab``) and part."""
Rates = dict[tuple[str, str, str], tables.Row]


def sides(rates: Rates, national: Container[Part]) -> dict[Part, tables.Row]:
    """Value, note and sources of the sides that were measured, and of the `national` means of countries with others.

    A post of which nothing is known gets the mean of the others of its border in the library.
    """
    measured = _measured()
    told: dict[Side, list[tables.Row]] = defaultdict(list)
    for row in tables.hand("crossing_queues"):
        told[row["element_id"], row["part"]].append(row)
    found = {}
    for row in tables.hand("crossings"):
        if row["mode"] != "road" or row["status"] != "operating":
            continue
        for a, b in (("a", "b"), ("b", "a")):
            for country, way in ((row[f"country_{a}"], "out"), (row[f"country_{b}"], "in")):
                part = f"{country}_{way}".lower()
                side = row["element_id"], part
                others = [years for other, years in measured.items() if other[1] == part and other != side]
                years, waits = measured.get(side, []), told.get(side, [])
                if years or waits or (others and (row["element_id"], a + b, part) in national):
                    name = f"crossing_hours_{way}", "road"
                    rate = rates.get((*name, country)) or rates[*name, ""]
                    found[row["element_id"], a + b, part] = _row(years, waits, others, rate)
    return found


def _row(
    years: list[tables.Row], waits: list[tables.Row], others: list[list[tables.Row]], rate: tables.Row
) -> tables.Row:
    """What stands in provenance: the value, and in its note what it is the mean of."""
    own = [*years, *waits]
    expected = float(rate["mode"])
    words = f"rate {rate['rate_id']}"
    if others:
        expected = fmean([expected, fmean(fmean(float(row["value"]) for row in posts) for posts in others)])
        words += f" and {len(others)} other measured post{'s' * (len(others) > 1)} of the country"
    values = [*(float(row["value"]) for row in own), expected]
    counts = [*[1.0] * len(years), *[HALF] * len(waits), HALF]
    used = [*own, *(row for posts in others for row in posts), rate]
    said = [*(f"{row['value']} in {row['as_of']}" for row in own), f"half a year of {expected:.1f}"]
    sources = dict.fromkeys(name for row in used for name in row["source_id"].split(";"))
    return {
        "value": f"{round(fmean(values, counts), 1):g}",
        "note": f"mean of {', '.join(said)} by {words}" if own else f"not measured here: by {words}",
        "source_id": ";".join(sources),
        "as_of": max(row["as_of"] for row in used),
        "quality": "derived" if years and all(row["quality"] == "published" for row in used) else "estimate",
    }


def _measured() -> dict[Side, list[tables.Row]]:
    """The last years of CPMM at a post in one direction.

    Afghan posts have one figure for both directions: it stands for the way in, where it takes longest.
    """
    found: dict[Side, list[tables.Row]] = defaultdict(list)
    closed = [row for row in tables.read(tables.OUT / "events.csv") if row["effect"] == "close"]
    for row in sorted(tables.read(tables.OUT / "indicators.csv"), key=lambda row: row["year"]):
        measures = (row["indicator"], row["mode"]) == ("TFI1", "road") and row["element_id"]
        if measures and not any(_all_year(event, row) for event in closed):
            side = row["element_id"], f"{row['country']}_{row['direction'] or 'in'}".lower()
            found[side] = [*found[side], row][-YEARS:]
    return found


def _all_year(event: tables.Row, figure: tables.Row) -> bool:
    """Whether goods of that direction could not pass in that year: what was measured then is no traffic of today."""
    end = 0 if figure["direction"] == "out" else -1
    way = event["scope_direction"]
    return (
        event["element_id"] == figure["element_id"]
        and (not way or way.split(">")[end] == figure["country"])
        and event["start"] <= f"{figure['year']}-01-01"
        and (event["end"] or "9") >= f"{figure['year']}-12-31"
    )

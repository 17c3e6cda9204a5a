"""Hours of one side of a road crossing from the years in which it was measured, drawn to those of its neighbours.

CPMM's yearly means of a post rest on few trucks: two posts of one border must not differ because they were measured in
different years, or because one was not measured at all. The hours of a side are the mean of its own last two years and of
one more figure, which is all that a post without own years has: the mean of the figure of the country and of what the
other measured posts of that border average.
"""

from collections import defaultdict
from statistics import fmean

import tables

YEARS = 2
Side = tuple[str, str]
"""Element and part, as ``kz_out``."""
Rates = dict[tuple[str, str, str], tables.Row]


def sides(rates: Rates) -> dict[tuple[str, str, str], tables.Row]:
    """Value, note and sources of the sides where something was measured at the border, by crossing, way and part."""
    measured = _measured()
    own = {side: fmean(float(row["value"]) for row in rows) for side, rows in measured.items()}
    borders: dict[tuple[str, str, str], list[tuple[str, str]]] = defaultdict(list)
    for row in tables.hand("crossings"):
        for a, b in (("a", "b"), ("b", "a")) if row["mode"] == "road" and row["status"] == "operating" else ():
            out, into = row[f"country_{a}"], row[f"country_{b}"]
            borders[out, into, "out"].append((row["element_id"], a + b))
            borders[out, into, "in"].append((row["element_id"], a + b))
    found = {}
    for (out, into, way), posts in borders.items():
        country = out if way == "out" else into
        part = f"{country}_{way}".lower()
        rate = rates.get((f"crossing_hours_{way}", "road", country)) or rates[f"crossing_hours_{way}", "road", ""]
        for element, direction in posts:
            others = [(other, part) for other, _ in posts if other != element and (other, part) in own]
            years = measured.get((element, part), [])
            if years or others:
                drawn_to = fmean([float(rate["mode"]), *(own[other] for other in others)])
                value = fmean([*(float(row["value"]) for row in years), drawn_to])
                rows = [*years, *(row for other in others for row in measured[other])]
                found[element, direction, part] = _row(value, drawn_to, years, len(others), rate, rows)
    return found


def _row(
    value: float, drawn_to: float, years: list[tables.Row], others: int, rate: tables.Row, rows: list[tables.Row]
) -> tables.Row:
    """What stands in provenance: the value, and in its note what it is the mean of."""
    own = "".join(f"{float(row['value']):g} in {row['as_of']}, " for row in years)
    mean = f"{drawn_to:.1f} of rate {rate['rate_id']}" + f" and {others} other posts of the border" * bool(others)
    sources = dict.fromkeys(name for row in [*rows, rate] for name in row["source_id"].split(";"))
    published = years and all(row["quality"] == "published" for row in years)
    return {
        "value": f"{round(value, 1):g}",
        "note": f"mean of {own}and {mean}" if own else f"not measured here: mean of {mean}",
        "source_id": ";".join(sources),
        "as_of": max([rate["as_of"], *(row["as_of"] for row in rows)]),
        "quality": "derived" if published else "estimate",
    }


def _measured() -> dict[Side, list[tables.Row]]:
    """The last years of CPMM at a post in one direction, and waits by counted queues where CPMM has no partner."""
    found: dict[Side, list[tables.Row]] = defaultdict(list)
    closed = [row for row in tables.read(tables.OUT / "events.csv") if row["effect"] == "close"]
    for row in sorted(tables.read(tables.OUT / "indicators.csv"), key=lambda row: row["year"]):
        if (row["indicator"], row["mode"]) == ("TFI1", "road") and row["element_id"] and row["direction"]:
            if not any(_all_year(event, row) for event in closed):
                side = row["element_id"], f"{row['country']}_{row['direction']}".lower()
                found[side] = [*found[side], row][-YEARS:]
    for row in tables.hand("crossing_queues"):
        found[row["element_id"], row["part"]].append(row)
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

"""Hours of one side of a road crossing from the years in which it was measured, the same for all posts of a border.

CPMM's yearly means of a post rest on few trucks: two posts of one border must not differ because they were measured in
different years, or because one has the mean of its country. A side has the mean of its last two measured years; one
year alone is half of its hours, and no year none, and the rest is the mean of the figure of the country and of what the
other measured posts of that border average.
"""

from collections import defaultdict
from collections.abc import Container
from statistics import fmean

import tables

YEARS = 2
Side = tuple[str, str]
"""Element and part, as ``kz_out``."""
Part = tuple[str, str, str]
"""Element, way (``ab``) and part."""
Rates = dict[tuple[str, str, str], tables.Row]


def sides(rates: Rates, national: Container[Part]) -> dict[Part, tables.Row]:
    """Value, note and sources of the sides that were measured, and of the `national` means where another post was.

    A post of which nothing is known gets the mean of the others of its border in the library.
    """
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
            if years or (others and (element, direction, part) in national):
                found[element, direction, part] = _row(
                    years, [row for other in others for row in measured[other]], [own[other] for other in others], rate
                )
    return found


def _row(years: list[tables.Row], near: list[tables.Row], others: list[float], rate: tables.Row) -> tables.Row:
    """What stands in provenance: the value, and in its note what it is the mean of."""
    values, words = [float(row["value"]) for row in years], [f"{row['value']} in {row['as_of']}" for row in years]
    used = list(years)
    if len(years) < YEARS:
        values.append(fmean([float(rate["mode"]), *others]))
        plural = "s" * (len(others) > 1)
        neighbours = f" and {len(others)} other measured post{plural} of the border" if others else ""
        words.append(f"{values[-1]:.1f} by rate {rate['rate_id']}{neighbours}")
        used += [*near, rate]
    sources = dict.fromkeys(name for row in used for name in row["source_id"].split(";"))
    return {
        "value": f"{round(fmean(values), 1):g}",
        "note": ("mean of " if years else "not measured here: ") + " and ".join(words),
        "source_id": ";".join(sources),
        "as_of": max(row["as_of"] for row in used),
        "quality": "derived" if years and all(row["quality"] == "published" for row in used) else "estimate",
    }


def _measured() -> dict[Side, list[tables.Row]]:
    """The last years of CPMM at a post in one direction, and waits by counted queues where CPMM has no partner.

    Afghan posts have one figure for both directions: it stands for the way in, where it takes longest.
    """
    found: dict[Side, list[tables.Row]] = defaultdict(list)
    closed = [row for row in tables.read(tables.OUT / "events.csv") if row["effect"] == "close"]
    for row in sorted(tables.read(tables.OUT / "indicators.csv"), key=lambda row: row["year"]):
        measures = (row["indicator"], row["mode"]) == ("TFI1", "road") and row["element_id"]
        if measures and not any(_all_year(event, row) for event in closed):
            side = row["element_id"], f"{row['country']}_{row['direction'] or 'in'}".lower()
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

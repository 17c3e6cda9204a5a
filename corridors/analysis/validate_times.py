"""Published times against the model: promises, timetables and achieved times apart, and CPMM's speeds from their parts.

What is compared depends on the basis of a row of ``geodata/times.csv``:

- ``promised``, ``timetable``: a run without incident, which is p10 of the journeys;
- ``average`` (CPMM, ERAI, operators' means): the expected value;
- ``single``: the range of journeys, p10 to p90;
- ``queue``: kept as a fact, not compared.

Rows whose figures went into a parameter have the ``role`` parameter; those of journeys are split by `role_of`, before
anything is compared. Coverage counts achieved times, averages and single trips, that only test.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from corridors.analysis.indicators import SECTION_KM
from corridors.analysis.markdown import markdown, span
from corridors.analysis.published import HOURS, asked, ends_of, hours_of, length_and_wait, no_answer, off_pct, under_way
from corridors.analysis.spreads import ACHIEVED, class_of, scales
from corridors.data import schema
from corridors.data.schema import Row, records
from corridors.data.words import BLOCK_TRAIN
from corridors.errors import CorridorsError
from corridors.routing.ranges import QUANTILES, quantile
from corridors.routing.search import SAMPLES

if TYPE_CHECKING:
    from corridors.model.facts import Facts, HasFacts

COLUMNS = (
    "time_id",
    "kind",
    "name",
    "modes",
    "basis",
    "role",
    "grade",
    "unit",
    "low",
    "high",
    "published",
    "expected",
    "p10",
    "p50",
    "p90",
    "error_pct",
    "inside",
    "ends",
    "note",
)
SPEEDS = [
    *("mode", "country", "year", "moving_hours", "stop_hours", "border_hours"),
    *("modelled", "published", "error_pct", "source_id"),
]
SECTIONS = [
    *("country", "year", "rests_on", "haulage_usd", "direction_usd", "border_usd"),
    *("modelled", "published", "error_pct", "source_id"),
]
COVERAGE = ["role", "modes", "times", "inside_pct", "bias_pct", "ratio"]


def role_of(ends: tuple[str, str]) -> str:
    """Whether an achieved time between two places may set how journeys vary, or only tests: a third may.

    All times between the same ends fall to one side.

    Parameters
    ----------
    ends : (str, str)
        Place ids, in any order.

    Returns
    -------
    str
        ``parameter`` or ``test``.
    """
    return "parameter" if zlib.crc32(ends_of(ends).encode()) % 3 == 0 else "test"


def times(network: HasFacts) -> pd.DataFrame:
    """The published times.

    Parameters
    ----------
    network : Network

    Returns
    -------
    DataFrame
        The table ``times`` of the network's folder.
    """
    return schema.read_table(network.facts.folder, "times")


def validate_times(network: HasFacts, roles: tuple[str, ...] = ("test", "parameter", "")) -> pd.DataFrame:
    """Compare the model with every published time of a journey, a border or a pace.

    Parameters
    ----------
    network : Network
    roles : tuple of str, optional
        Only rows of these roles.

    Returns
    -------
    DataFrame
        One row per time: ``time_id, kind`` (journey, border, pace, queue), ``name, modes, basis`` (promised, timetable,
        average, single, queue), ``role`` (parameter, test), ``grade, unit, low, high, published`` (their middle),
        ``expected, p10, p50, p90`` of the model, ``error_pct`` (model against published: p10 of a promise or timetable,
        the expected value of what was achieved), ``inside`` (whether p10 to p90 holds the published time), ``ends``
        (its first and last place in the order of the alphabet) and ``note``. What the network cannot answer has no
        modelled value and the reason in ``note``.
    """
    facts = network.facts
    rows = []
    for row in records(times(network)):
        if row["role"] not in roles:
            continue
        published = float(np.nanmean([row["low"], row["high"]])) if row["unit"] else np.nan
        found: Row = {}
        try:
            if row["kind"] == "journey" and row["via"]:
                found = _journey(facts, row)
            elif row["kind"] == "border" and row["country"]:
                found = _border(facts, row)
            elif row["kind"] == "pace":
                found = _pace(facts, row)
        except CorridorsError as error:
            found = {"note": no_answer(error)}
        against = "p10" if row["basis"] in ("promised", "timetable") else "expected"
        ends = found.get("p10", np.nan), found.get("p90", np.nan)
        notes = filter(None, (row["note"], found.pop("note", "")))
        rows.append(
            {
                **row,
                "published": published,
                **found,
                "error_pct": off_pct(found.get(against, np.nan), published),
                "inside": bool(ends[0] <= published <= ends[1]) if np.isfinite(ends).all() else None,
                "ends": ends_of(row["via"].split(";")),
                "note": ". ".join(notes),
            }
        )
    table = pd.DataFrame(rows).reindex(columns=list(COLUMNS))
    table["inside"] = table["inside"].astype("boolean")
    return table


def _journey(facts: Facts, row: Row) -> Row:
    result = asked(facts, row)
    if row["extent"] in ("door", "transit"):
        hours, expected = hours_of(result, row["extent"])
    else:
        afloat = (edge for edge in result.edges if edge.kind == "leg" and edge.mode in ("sea", "ferry"))
        legs = ((edge.mode, edge.countries[0], edge.km, edge.element_id) for edge in afloat)
        hours, expected = under_way(facts, row, legs, facts.draws(SAMPLES, 1))
    figures = {"expected": expected, **{q: quantile(hours, QUANTILES[q]) for q in ("p10", "p50", "p90")}}
    found: Row = {name: round(value / HOURS[row["unit"]], 2) for name, value in figures.items()}
    return found | {"note": length_and_wait(result)}


def _border(facts: Facts, row: Row) -> Row:
    """Hours at one side: of a crossing half of both directions' mean, of a country the mean of its rates."""
    rates, mode = facts.rates, row["modes"]
    if row["element_id"]:
        some = [
            one["hours_mean"] / 2
            for one in records(facts.tables["crossings"])
            if one["element_id"] == row["element_id"] and np.isfinite(one["hours_mean"])
        ]
        if not some:
            return {"note": "the crossing has no hours of its own"}
        return {"expected": round(float(np.mean(some)), 1), "note": "half of both sides, mean of both directions"}
    ways = [row["direction"]] if row["direction"] else ["out", "in"]
    found = [rates.expected(rates.find(f"crossing_hours_{way}", mode, row["country"]), "alone") for way in ways]
    return {"expected": round(float(np.mean(found)), 1), "note": "mean of the rates of the country"}


def _pace(facts: Facts, row: Row) -> Row:
    """Speed with delay: without a border for a train that is timed between two, else see `speeds`."""
    if "train" in row["service"]:
        speed, share = (
            facts.rates.find(name, "rail", row["country"], BLOCK_TRAIN) for name in ("speed", "running_share")
        )
        return {"expected": round(speed.mode * share.mode, 1), "note": "container trains, no border counted"}
    table = speeds(facts)
    some = table[(table["mode"] == row["modes"]) & (table["country"] == row["country"])]
    if some.empty:
        return {"note": "no published speed to compare with"}
    return {"expected": some["modelled"].iloc[0], "note": f"the model is of {some['year'].iloc[0]}"}


def speeds(facts: Facts) -> pd.DataFrame:
    """CPMM's speed with delay (SWD) from the model's own parts, where it is published.

    Hours of 1,000 km: moving at SWOD, stops by the share of the time on the move, and the border sides of that way. All
    from the table ``rates``; the published speed is that of the year of the border hours.

    Parameters
    ----------
    facts : Facts

    Returns
    -------
    DataFrame
        Columns ``mode, country`` (empty: all of CAREC), ``year, moving_hours, stop_hours, border_hours`` (of 1,000 km),
        ``modelled, published`` (km/h), ``error_pct`` and ``source_id``.
    """
    table = (
        facts.tables["indicators"]
        .query("element_id == ''")
        .set_index(["indicator", "mode", "country", "year"])["value"]
    )
    rows = []
    for one in records(facts.tables["rates"].query("quantity == 'border_hours_inside'")):
        mode, country, year = one["by_mode"], one["by_country"], int(one["year"])
        published = float(table["SWD", mode, country, year])
        swod = table.get(("SWOD", mode, country, year), facts.rates.find("speed", mode, country).mode)
        share = facts.rates.find("running_share", mode, country).mode
        moving = 1000 / float(swod)
        stops = moving * (1 / share - 1)
        border = 1000 * one["mode"] / facts.rates.find("km_per_border_side", "", country).mode
        modelled = 1000 / (moving + stops + border)
        rows.append(
            {
                "mode": mode,
                "country": country,
                "year": year,
                "moving_hours": round(moving, 1),
                "stop_hours": round(stops, 1),
                "border_hours": round(border, 1),
                "modelled": round(modelled, 1),
                "published": published,
                "error_pct": off_pct(modelled, published),
                "source_id": one["source_id"],
            }
        )
    return pd.DataFrame(rows, columns=SPEEDS)


def section_prices(facts: Facts) -> pd.DataFrame:
    """CPMM's price of a road section of 500 km (TFI3) from the model's own parts, where it is published.

    A rate that rests on TFI3 of its year holds the border fees of the section. Other rates are without borders: to them
    come the premium of the direction in which CPMM's trucks go, out of the country, and the fees of one border side
    (TFI2) a trip: from the gateway to the posts where one is known, else `km_per_border_fee`. The published price is
    that of the year of the rate, else the latest.

    Parameters
    ----------
    facts : Facts

    Returns
    -------
    DataFrame
        Columns ``country, year, rests_on`` (TFI3, other), ``haulage_usd, direction_usd, border_usd, modelled,
        published`` (US$ of the year), ``error_pct`` and ``source_id``.
    """
    table = facts.tables["indicators"].query("element_id == '' and mode == 'road' and country != ''")
    rates, rows = facts.rates, []
    own = facts.tables["rates"].query("quantity == 'usd_per_km' and by_mode == 'road' and by_vehicle == ''")
    years = {row["by_country"]: int(row["year"]) for row in records(own)}
    for country, of in ((str(name), of) for name, of in table[table["indicator"] == "TFI3"].groupby("country")):
        published = {int(row["year"]): row for row in records(of)}
        rests = rates.find("border_usd_inside", "road", country).mode > 0
        year = years[country] if rests else max(published)
        haulage = SECTION_KM * rates.find("usd_per_km", "road", country).mode / rates.price_level(year)
        away = border = 0.0
        if not rests:
            premium, trip_km = _trips(facts, country, year)
            fees = table.query("indicator == 'TFI2' and country == @country and year <= @year")
            last = fees[fees["year"] == fees["year"].max()]
            of_all = last[last["direction"] == ""]
            fee = (last if of_all.empty else of_all)["value"].mean()
            away, border = haulage * premium, SECTION_KM * float(fee) / trip_km
        modelled = haulage + away + border
        rows.append(
            {
                "country": country,
                "year": year,
                "rests_on": "TFI3" if rests else "other",
                "haulage_usd": round(haulage),
                "direction_usd": round(away),
                "border_usd": round(border),
                "modelled": round(modelled),
                "published": published[year]["value"],
                "error_pct": off_pct(modelled, published[year]["value"]),
                "source_id": published[year]["source_id"],
            }
        )
    return pd.DataFrame(rows, columns=SECTIONS)


def _trips(facts: Facts, country: str, year: int) -> tuple[float, float]:
    """Premium of direction, and km for each border side, of trips from the gateway of a country's trucks to its posts.

    The posts are those with hours of their own. Without gateway or post there is no premium, and the km are a rate.
    """
    gateway, premium = facts.services.gateway("road", country), facts.rates.optional("away_premium", "road", country)
    sides = facts.tables["crossings"].query("mode == 'road' and hours_mean == hours_mean")["from_place"]
    posts = {post for post in sides if facts.place[post]["country"] == country}
    if gateway not in facts.place or premium is None or not posts:
        apart = facts.rates.optional("km_per_border_fee", "", country)
        return 0.0, (apart or facts.rates.find("km_per_border_side", "", country)).mode
    gained, km = [], []
    for post in sorted(posts):
        way = asked(facts, {"via": f"{gateway};{post}", "modes": "road", "depart": f"{year}-06-01"})
        km.append(sum(edge.km for edge in way.edges))
        gained.append(facts.services.away_km(gateway, gateway, post) / km[-1])
    return premium.mode * float(np.mean(gained)), float(np.mean(km))


def coverage(table: pd.DataFrame) -> pd.DataFrame:
    """How well the range of journeys covers the achieved times, by role and mode.

    Parameters
    ----------
    table : DataFrame
        From `validate_times`.

    Returns
    -------
    DataFrame
        Columns ``role, modes`` (road, rail, other, all), ``times, inside_pct`` (between p10 and p90; aim: 80),
        ``bias_pct`` (median error of the expected value) and ``ratio`` (median p90 / p10).
    """
    achieved = table[(table["kind"] == "journey") & table["basis"].isin(ACHIEVED) & table["inside"].notna()]
    rows = []
    for role in ("test", "parameter"):
        of = achieved[achieved["role"] == role]
        rail = of["modes"].map(class_of) == "rail"
        kinds = {"all": of["name"] == of["name"], "road": of["modes"] == "road", "rail": rail}
        for name, chosen in (kinds | {"other": ~rail & (of["modes"] != "road")}).items():
            some = of[chosen]
            if len(some):
                rows.append(
                    {
                        "role": role,
                        "modes": name,
                        "times": len(some),
                        "inside_pct": round(100 * float(some["inside"].mean()), 1),
                        "bias_pct": round(float(some["error_pct"].median()), 1) + 0.0,
                        "ratio": round(float((some["p90"] / some["p10"]).median()), 2),
                    }
                )
    return pd.DataFrame(rows, columns=COVERAGE)


def published_times(network: HasFacts) -> list[str]:
    """The section of the page of validation on the table ``times``.

    Parameters
    ----------
    network : Network

    Returns
    -------
    list of str
        Blocks of Markdown.
    """
    table = validate_times(network)
    table["range"], table["p10-p90"] = span(table["low"], table["high"]), span(table["p10"], table["p90"])
    shown = ["time_id", "name", "modes", "grade", "role", "unit", "range", "expected", "p10-p90", "error_pct", "inside"]
    names = {"time_id": "id", "error_pct": "error %", "inside_pct": "in p10-p90 %", "bias_pct": "bias %"}
    journeys = table[(table["kind"] == "journey") & table["expected"].notna()]
    achieved = journeys["basis"].isin(ACHIEVED)
    left = table[table["expected"].isna()]
    return [
        "## Published times\n",
        f"The table `times`: {len(table)} figures. An achieved time, an average or a single trip, is compared with "
        "the expected\nvalue and has to lie between p10 and p90 of the journeys in eight of ten cases. A promise or "
        "timetable is compared\nwith a run without incident: p10. A third of the ends of achieved journeys, "
        "chosen by a hash (`role_of`), may set\nhow much journeys vary (`role` parameter); the others only test.\n",
        "### How many achieved times lie in the range\n",
        markdown(coverage(table), {**names, "ratio": "p90 / p10"}),
        "### How much journeys vary\n",
        "By the rule of `corridors.analysis.spreads`, from rows of role `parameter` alone: the pace of road and rail\n"
        "varies as much as brings `scale` to 1, or p90 / p10 to its widest. `likely` is the most likely scale of so\n"
        "few times, `scale` the larger one by which eight of ten new times would lie between p10 and p90.\n",
        markdown(scales(table), {}),
        "### CPMM's speed with delay from the parts of the model\n",
        "Hours of 1,000 km. Stops: rest, checkpoints, repair; yards, engines and crews. Borders: one side (TFI1) of "
        "that way.\n",
        markdown(speeds(network.facts).drop(columns="source_id"), {**names, "published": "SWD", "modelled": "model"}),
        "### CPMM's price of a road section (TFI3) from the parts of the model\n",
        "US$ of the year for 500 km and 20 t. A rate without borders gets the premium of the direction out of the\n"
        "country and the fees of a border side: every trip from the gateway (Pakistan), every `km_per_border_fee`\n"
        "(China), else every `km_per_border_side`. CPMM is dearer where its trucks come from China or make short\n"
        "hauls to borders and ports, each scaled to 500 km: there the rate rests on freight over the whole way.\n",
        markdown(section_prices(network.facts).drop(columns="source_id"), {**names, "modelled": "model"}),
        "### Achieved\n",
        markdown(journeys.loc[achieved, [*shown, "basis", "note"]], names),
        "### Promised and in timetables\n",
        markdown(journeys.loc[~achieved, [*shown, "basis", "note"]], names),
        "### Borders and paces\n",
        markdown(
            table.loc[
                table["kind"].isin(["border", "pace"]) & table["expected"].notna(), [*shown[:8], "error_pct", "note"]
            ],
            names,
        ),
        "### Kept, not compared\n",
        markdown(left[["time_id", "kind", "name", "basis", "unit", "range", "note"]], names),
    ]

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

from corridors.analysis.markdown import markdown, span
from corridors.analysis.published import HOURS, asked, hours_of, length_and_wait, no_answer, off_pct, under_way
from corridors.data import schema
from corridors.data.schema import Row, records
from corridors.errors import CorridorsError
from corridors.model.costs import BLOCK_TRAIN
from corridors.routing.ranges import QUANTILES, quantile
from corridors.routing.search import SAMPLES

if TYPE_CHECKING:
    from corridors.model.facts import Facts, HasFacts

ACHIEVED = ("average", "single")
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
    "note",
)


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
    return "parameter" if zlib.crc32("|".join(sorted(ends)).encode()) % 3 == 0 else "test"


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


def validate_times(network: HasFacts) -> pd.DataFrame:
    """Compare the model with every published time of a journey, a border or a pace.

    Parameters
    ----------
    network : Network

    Returns
    -------
    DataFrame
        One row a time: ``time_id, kind`` (journey, border, pace, queue), ``name, modes, basis`` (promised, timetable,
        average, single, queue), ``role`` (parameter, test), ``grade, unit, low, high, published`` (their middle),
        ``expected, p10, p50, p90`` of the model, ``error_pct`` (model against published: p10 of a promise or timetable,
        the expected value of what was achieved), ``inside`` (whether p10 to p90 holds the published time) and ``note``.
        What the network cannot answer has no modelled value and the reason in ``note``.
    """
    facts = network.facts
    rows = []
    for row in records(times(network)):
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
    some = table[(table["mode"] == row["modes"]) & (table["country"] == row["country"])].iloc[0]
    return {"expected": some["modelled"], "note": f"the model is of {some['year']}"}


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
    return pd.DataFrame(rows)


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
        rail = of["modes"].str.contains("rail")
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
    return pd.DataFrame(rows)


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
        "timetable is compared\nwith a run without incident: p10. A third of the achieved journeys, chosen by their "
        "ends, may set how much journeys\nvary (`role` parameter); the others only test.\n",
        "### How many achieved times lie in the range\n",
        markdown(coverage(table), {**names, "ratio": "p90 / p10"}),
        "### CPMM's speed with delay from the parts of the model\n",
        "Hours of 1,000 km. Stops: rest, checkpoints, repair; yards, engines and crews. Borders: one side (TFI1) of "
        "that way.\n",
        markdown(speeds(network.facts).drop(columns="source_id"), {**names, "published": "SWD", "modelled": "model"}),
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

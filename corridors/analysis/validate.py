"""The network against the published record: lengths and transit times of ``geodata/benchmarks.csv``.

Figures that fit badly stay in. A published road length of grade A or B either sets legs or only tests them: `role_of`
decides by the road, before anything is compared. The column ``basis`` says what a row can test:

- ``same figure``: the network was set from this very figure, so that a small error shows only that this works;
- ``other figures``: at least half the route was set from other published lengths, so that publications are
  compared with each other;
- ``model``: more than half the route has the length of the map (times a factor on roads), or was laid by hand.

Times are ``achieved`` (measured, or happening as a rule) or ``promised`` (an offer, plan or prepared first run) and are
counted apart: the model is of achieved ones.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

import networkx as nx
import numpy as np
import pandas as pd

from corridors.analysis.markdown import markdown, span
from corridors.analysis.prices import section
from corridors.analysis.published import HOURS, asked, ends_of, hours_of, length_and_wait, no_answer, off_pct, under_way
from corridors.analysis.validate_times import published_times
from corridors.arguments import shown
from corridors.data import schema
from corridors.data.schema import Row, records
from corridors.errors import BadRequest, CorridorsError
from corridors.model.facts import facts_of
from corridors.routing.ranges import QUANTILES, quantile
from corridors.routing.search import SAMPLES

if TYPE_CHECKING:
    from corridors.model.facts import Facts, HasFacts

MODEL = ("scgraph_data", "searoute")
"""Sources of lengths that nobody has corrected."""
Graphs: TypeAlias = "dict[tuple[str, str], nx.Graph[str]]"
GRADES = ("A", "B", "C")
COLUMNS = (
    "benchmark_id",
    "kind",
    "name",
    "country",
    "modes",
    "grade",
    "role",
    "basis",
    "cause",
    "unit",
    "published",
    "low",
    "high",
    "modelled",
    "p10",
    "p90",
    "error_pct",
    "inside",
    "note",
)
REJECTED = [
    *("benchmark_id", "country", "name", "modes", "unit"),
    *("published", "modelled", "error_pct", "cause", "note"),
]
KINDS = {
    "distance": ("Length", "in published range %"),
    "transit_time": ("Time", "in p10-p90 %"),
    "cost": ("Cost", "in p10-p90 %"),
}
"""Kinds of figures, each with its title and that of the share that fits."""
SUMMED = {
    "median_error_pct": "median error %",
    "bias_pct": "bias %",
    **{f"within_{n}_pct": f"within {n} %" for n in (5, 8, 10)},
}
SUMMARY = [
    *("kind", "group", "figures", "median_error_pct", "bias_pct"),
    *("within_5_pct", "within_8_pct", "within_10_pct", "inside_pct"),
]


def role_of(country: str, road: str, places: str, grade: str) -> str:
    """Whether a published road length may set legs or only tests them.

    All lengths of one road fall to one side, so that no test is implied by a part of the same road; a length without a
    road number goes by its ends. A doubtful figure (C) only tests, a rejected one (X) does neither.

    Parameters
    ----------
    country, road : str
        Country or countries, and number of the road without blanks, empty where none is printed.
    places : str
        Places in order, joined by ``;``.
    grade : str
        A, B, C or X.

    Returns
    -------
    str
        ``set``, ``test`` or empty.
    """
    if grade not in ("A", "B"):
        return "" if grade == "X" else "test"
    key = f"{country.replace(';', '/')}|{road}" if road else ends_of(places.split(";"))
    return "set" if zlib.crc32(key.encode()) % 2 == 0 else "test"


def benchmarks(network: HasFacts) -> pd.DataFrame:
    """The published figures.

    Parameters
    ----------
    network : Network

    Returns
    -------
    DataFrame
        The table ``benchmarks`` of the network's folder.

    Raises
    ------
    BadRequest
        If `network` is not a Network.
    DataError
        If its folder has no such table.
    """
    return schema.read_table(facts_of(network).folder, "benchmarks")


def validate(network: HasFacts) -> pd.DataFrame:
    """Compare the network with every published figure.

    Parameters
    ----------
    network : Network

    Returns
    -------
    DataFrame
        One row per figure: ``benchmark_id, kind`` (distance, transit_time), ``name, country, modes, grade`` (A, B, C;
        X is rejected), ``role`` (set, test), ``basis, cause`` (of a large error, or why it is rejected), ``unit,
        published, low, high`` (published), ``modelled`` (km, or the median time), ``p10, p90`` (of a time),
        ``error_pct`` (modelled against published), ``inside`` and ``note``. ``inside``
        is, for a time, whether the published figure lies between p10 and p90 (of a bare upper limit: whether the
        median keeps it); for a distance, whether the modelled one lies in the published range, to half a per
        cent. A figure that the network cannot answer has no modelled value and the reason in ``note``.

    Raises
    ------
    BadRequest
        If `network` is not a Network.
    """
    facts = facts_of(network)
    rows = []
    graphs: Graphs = {}
    for row in records(benchmarks(network)):
        try:
            if row["kind"] == "distance":
                found = _distance(facts, row, graphs)
            else:
                found = (_time if row["kind"] == "transit_time" else _cost)(facts, row)
        except (CorridorsError, nx.NetworkXException) as error:
            found = {"basis": "", "note": no_answer(error)}
        notes = filter(None, (row["note"], found.pop("note", "")))
        rows.append(
            {
                **row,
                "published": row["value"],
                "error_pct": off_pct(found.get("modelled", np.nan), row["value"]),
                **found,
                "note": ". ".join(notes),
            }
        )
    table = pd.DataFrame(rows).reindex(columns=list(COLUMNS))
    table["inside"] = table["inside"].astype("boolean")
    return table


def _distance(facts: Facts, row: Row, graphs: Graphs) -> Row:
    legs = _chain(facts, row, graphs)
    km = round(sum(leg["km"] for leg in legs), 1)
    free = sum(
        leg["km"]
        for leg in legs
        if leg["source_id"] in MODEL or (leg["status"] != "operating" and leg["quality"] in ("estimate", "assumed"))
    )
    basis = "same figure" if row["same_figure"] else "model" if free > km / 2 else "other figures"
    low, high = (row["value"] if np.isnan(row[end]) else row[end] for end in ("low", "high"))
    return {"modelled": km, "basis": basis, "inside": bool(low * 0.995 <= km <= high * 1.005)}


def _graph(facts: Facts, modes: str, build: str) -> nx.Graph[str]:
    """Legs and crossings in operation or of one project, closures and changes of gauge ignored."""
    built = facts.projects.get(build, frozenset())
    graph: nx.Graph[str] = nx.Graph()
    for name in ("legs", "crossings"):
        for one in records(facts.tables[name]):
            if one["mode"] in modes.split(";") and (one["status"] == "operating" or one["project"] in built):
                a, b, km = one["from_place"], one["to_place"], one.get("km", 0.0)
                if km < graph.get_edge_data(a, b, {"km": np.inf})["km"]:
                    graph.add_edge(a, b, km=km, leg=one if name == "legs" else None)
    return graph


def _chain(facts: Facts, row: Row, graphs: Graphs | None = None) -> list[Row]:
    """Legs of the shortest route along the places."""
    graphs = {} if graphs is None else graphs
    key = row["modes"], row["build"]
    if key not in graphs:
        graphs[key] = _graph(facts, *key)
    found = []
    for start, end in itertools.pairwise(row["via"].split(";")):
        path = nx.shortest_path(graphs[key], start, end, weight="km")
        found += [graphs[key].edges[step]["leg"] for step in itertools.pairwise(path)]
    return [leg for leg in found if leg is not None]


def _time(facts: Facts, row: Row) -> Row:
    if row["extent"] == "under_way":
        legs = ((leg["mode"], leg["country"], leg["km"], "") for leg in _chain(facts, row))
        draws = facts.draws(SAMPLES, 1)
        (hours, _), note = under_way(facts, row, legs, draws), ""
    else:
        result = asked(facts, row)
        hours, _ = hours_of(result, row["extent"])
        note = f"Leaving {date.fromisoformat(row['depart']):%-d %B %Y}: {length_and_wait(result)}"
    p10, p50, p90 = (round(quantile(hours, QUANTILES[q]) / HOURS[row["unit"]], 1) for q in ("p10", "p50", "p90"))
    limit = np.isnan(row["low"]) and not np.isnan(row["high"])
    return {
        "modelled": p50,
        "p10": p10,
        "p90": p90,
        "note": note,
        "basis": "same figure" if row["same_figure"] else row["time_basis"],
        "inside": bool(p50 <= row["high"] if limit else p10 <= row["value"] <= p90),
    }


def _cost(facts: Facts, row: Row) -> Row:
    result = asked(facts, row)
    load = result.payload if row["unit"] == "usd_t" else 1.0
    p10, p50, p90 = (float(f"{quantile(result.usd, QUANTILES[q]) / load:.3g}") for q in ("p10", "p50", "p90"))
    low, high = (row["value"] if np.isnan(row[end]) else row[end] for end in ("low", "high"))
    return {
        "modelled": p50,
        "p10": p10,
        "p90": p90,
        "basis": "model",
        "inside": bool(p10 <= high and low <= p90),
        "note": f"{sum(e.km for e in result.edges):,.0f} km",
    }


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """How well it fits, by kind, role, basis, grade, mode, country and cause of error, without rejected figures (X).

    Parameters
    ----------
    table : DataFrame
        From `validate`.

    Returns
    -------
    DataFrame
        Columns ``kind, group, figures, median_error_pct`` (absolute), ``bias_pct`` (median with its sign),
        ``within_5_pct, within_8_pct, within_10_pct`` and ``inside_pct`` (share of the figures, in per cent).

    Raises
    ------
    BadRequest
        If `table` does not come from `validate`.
    """
    if not isinstance(table, pd.DataFrame) or not {"kind", "grade", "modelled", "error_pct"} <= set(table):
        raise BadRequest(f"table={shown(table)} is not the table that validate returns.")
    good = table[table["grade"].isin(GRADES) & table["modelled"].notna()]
    rows = []
    for kind, part in good.groupby("kind", sort=True):
        groups: Iterable[tuple[str, pd.DataFrame]] = [("all", part)]
        for column in ("role", "basis", "grade", "modes", "country", "cause"):
            named = part[part[column].fillna("") != ""]
            groups = [*groups, *((f"{column}: {name}", one) for name, one in named.groupby(column, sort=True))]
        for group, one in groups:
            size = one["error_pct"].abs()
            rows.append(
                {
                    "kind": kind,
                    "group": group,
                    "figures": len(one),
                    "median_error_pct": size.median(),
                    "bias_pct": one["error_pct"].median(),
                    **{f"within_{n}_pct": 100 * float((size <= n).mean()) for n in (5, 8, 10)},
                    "inside_pct": 100 * float(one["inside"].astype(bool).mean()),
                }
            )
    return pd.DataFrame(rows, columns=SUMMARY).round(1)


def report(network: HasFacts) -> str:
    """Table and summary as Markdown.

    Parameters
    ----------
    network : Network

    Returns
    -------
    str
        The text of ``docs/validation.md`` and of ``corridors validate``.

    Raises
    ------
    BadRequest
        If `network` is not a Network.
    """
    facts = facts_of(network)
    table = validate(network)
    numbers = summary(table)
    parts = [
        f"# Validation\n\nModelled against published, data {facts.version} of {facts.data_date}. Printed by "
        "`corridors validate`. Figures that fit\nbadly stay in.\n",
        "## Summary\n\nRejected figures (X) do not count. `basis` tells what a figure can test: `same figure`, "
        "the network was set from this very\nfigure, so that only the correction is tested; `other figures`, at "
        "least half the route was set from other published\nlengths, so that publications are compared with each "
        "other; `model`, the length of the map or a time of the model.\nPublished road lengths of grade A and B are "
        "split by road, before anything is compared, into those that `set`\nlegs and those that only `test` them.\n",
    ]
    for kind, (title, inside) in KINDS.items():
        summed = numbers[numbers["kind"] == kind].drop(columns="kind")
        parts += [
            f"### {title}s\n",
            VERDICTS[kind](table[table["kind"] == kind]),
            markdown(summed, {**SUMMED, "inside_pct": inside}),
        ]
    if not facts.tables["tariffs"].empty:
        parts.append(section(network))
    for kind, (title, _) in KINDS.items():
        one = table[(table["kind"] == kind) & (table["grade"] != "X")]
        parts += [f"## Every {title.lower()}\n", _every(one, kind)]
    rejected = table.loc[table["grade"] == "X", REJECTED]
    parts += [
        *published_times(network),
        "## Rejected figures\n",
        markdown(rejected, {"benchmark_id": "id", "error_pct": "difference %"}),
    ]
    return "\n".join(parts)


def _every(some: pd.DataFrame, kind: str) -> str:
    """Published figures of one kind, each beside what the model has."""
    some = some.assign(range=span(some["low"], some["high"]))
    columns = ["benchmark_id", "name", "modes", "grade", "basis", "unit", "published", "range", "modelled"]
    if kind == "distance":
        some = some.sort_values(["modes", "country", "benchmark_id"])
        columns = [columns[0], "country", *columns[1:4], "role", "basis", "cause", *columns[5:]]
    else:
        some["p10-p90"] = span(some["p10"], some["p90"])
        columns.append("p10-p90")
    return markdown(some[[*columns, "error_pct", "inside", "note"]], {"benchmark_id": "id", "error_pct": "error %"})


def _good(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["grade"].isin(GRADES) & table["modelled"].notna()]


def _times(table: pd.DataFrame) -> str:
    """How far published times agree, promises apart from what is achieved."""
    good = _good(table)
    lines = []
    for title, part in (
        ("All", good),
        ("Achieved", good[good["basis"] != "promised"]),
        ("Promised (offers, plans, first runs)", good[good["basis"] == "promised"]),
    ):
        lines.append(
            f"{title}: {int(part['inside'].sum())} of {len(part)} lie in p10-p90, where {0.8 * len(part):.0f} "
            f"would be right; bias {part['error_pct'].median():+.0f} %."
        )
    slow, fast = (
        ", ".join(good.loc[~good["inside"].astype(bool) & (sign * good["error_pct"] > 0), "benchmark_id"])
        for sign in (1, -1)
    )
    lines.append(f"Outside: the model is slower than {slow or 'none'} and faster than {fast or 'none'}; see the notes.")
    return "\n".join([*lines, ""])


def _costs(table: pd.DataFrame) -> str:
    """How far published costs agree."""
    good = _good(table)
    return (
        f"{int(good['inside'].sum())} of {len(good)} published costs overlap with p10-p90; bias "
        f"{good['error_pct'].median():+.0f} %. The model is in US$ of 2024, door to door and one way; what a "
        "published figure contains is seldom told.\n"
    )


def _lengths(table: pd.DataFrame) -> str:
    """The aim of the project and how far it is reached, in words."""
    good = _good(table)
    size = good["error_pct"].abs()
    lines = []
    tests = good[(good["role"] == "test") & (good["modes"] == "road")]
    for title, part in (
        ("All", good),
        ("Without those set from the same figure", good[good["basis"] != "same figure"]),
        ("Roads that only test", tests),
        ("Roads that only test, more than half the route from the map", tests[tests["basis"] == "model"]),
    ):
        error = part["error_pct"].abs()
        lines.append(
            f"{title}: {len(part)} figures, median error {error.median():.1f} % (aim: 3 %), "
            f"{100 * (error <= 8).mean():.0f} % within 8 % (aim: 85 %), bias {part['error_pct'].median():+.1f} % "
            "(aim: within 1 %)."
        )
    beyond = ", ".join(f"{row.benchmark_id} ({row.error_pct:+.1f} %)" for row in good[size > 8].itertuples())
    return "\n\n".join([*lines, f"Beyond 8 %: {beyond}; the notes below say why.\n"])


VERDICTS: dict[str, Callable[[pd.DataFrame], str]] = {"distance": _lengths, "transit_time": _times, "cost": _costs}

"""One self-contained report on a question: answer, map, tables, diagram, what fails and why, sources, parameters."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import jinja2
import pandas as pd
from markupsafe import Markup, escape

from corridors.data.schema import Row, records
from corridors.data.writing import write_page
from corridors.engine.collector import at_rest
from corridors.errors import MissingExtra
from corridors.maps import layers, offline
from corridors.maps.background import behind
from corridors.maps.drawable import checked
from corridors.maps.layers import colour
from corridors.report.text import (
    BEST_BY,
    DISCLAIMER,
    UNCHANGED,
    answer,
    changes,
    cost_lines,
    leader,
    parameters,
    question,
    risk_caption,
    swings_words,
)
from corridors.routing.cost_lines import BESIDE
from corridors.routing.figures import MONTHS, risk_words, rounded, sentence, two

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from corridors.routing.routes import Routes

__all__ = ["compare_report", "write"]


@checked
def write(routes: Routes, path: str | Path) -> None:
    """Write the report as one HTML file that needs no internet and prints on A4.

    Parameters
    ----------
    routes : Routes
    path : path
        The pictures are SVG, in the page itself.
    """
    write_page(path, page(routes))


@at_rest()
def page(routes: Routes) -> str:
    """The report as text."""
    data = layers.routes_data(routes)
    source = routes.sources()
    numbers = {name: n for n, name in enumerate(source["source_id"], 1)}
    rows = [
        _route(row, drawn, routes[i].legs, numbers)
        for i, (row, drawn) in enumerate(zip(records(routes.full), data["routes"], strict=True))
    ]
    return filled(
        "report.html",
        title=data["title"],
        subtitle="; ".join(data["subtitle"]),
        question=question(routes),
        answer=answer(routes),
        notes=[sentence(note) for note in routes.notes],
        map=offline.page(layers.with_lines(data | behind(data, routes.facts))),
        **_pictures(routes, data, rows),
        routes=rows,
        costs=[
            one._asdict() | {"cells": [rounded(usd) if usd else "" for usd in one.usd], "beside": one.line in BESIDE}
            for one in cost_lines(routes)
        ],
        changes=changes(routes)["words"].tolist() or [UNCHANGED],
        bars=swings_words(routes.labels[0]),
        risk=risk_caption(routes),
        months=MONTHS,
        year=routes.depart.year,
        as_of=routes.as_of,
        rejected=[
            {
                "name": row["name"],
                "reason": row["reason"],
                "gates": row["gates"],
                "needs": row["needs"],
                "sources": _numbers(row["source_id"], numbers),
            }
            for row in records(routes.rejected)
        ],
        sources=[row | {"number": numbers[row["source_id"]]} for row in records(source)],
        parameters=parameters(routes),
        disclaimer=DISCLAIMER,
    )


def filled(name: str, **texts: object) -> str:
    return _templates().get_template(name).render(texts)


@cache
def _templates() -> jinja2.Environment:
    """Templates, each read and compiled once."""
    loader = jinja2.FunctionLoader(lambda name: offline.own(f"report/templates/{name}"))
    world = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, loader=loader)
    world.filters["days"] = _days_whole
    return world


def _days_whole(text: str) -> Markup:
    """Text in which no date is split across two lines."""
    return Markup(re.sub(r"\d{4}-\d{2}-\d{2}", r'<span class="d">\g<0></span>', str(escape(text))))


@checked
def compare_report(a: Routes, b: Routes, path: str | Path) -> None:
    """Write a comparison of two answers as one HTML file: two maps that move together, the routes, and what changes.

    Parameters
    ----------
    a, b : Routes
        Two answers to one question: without and with a scenario, say, or with two dates of departure.
    path : path
        The still maps for paper need matplotlib.
    """
    write_page(path, compared(a, b))


@at_rest()
def compared(a: Routes, b: Routes) -> str:
    """The report of `compare_report` as text."""
    from corridors.maps.interactive import side_by_side, world_names

    names = world_names(a, b)
    pair = side_by_side(a, b)
    try:
        still = base64.b64encode(pair.still()).decode()
    except MissingExtra:
        still = ""
    source = pd.concat([a.sources(), b.sources()]).drop_duplicates("source_id").sort_values("source_id")
    numbers = {name: n for n, name in enumerate(source["source_id"], 1)}
    rows = _changes(a, b)
    asked = [dict(parameters(routes)) for routes in (a, b)]
    return filled(
        "compare.html",
        title=f"{a.title}: {names[0]} and {names[1]}",
        question=question(a),
        names=names,
        answer=_change(a, b, names, rows),
        map=pair.html(),
        still=still,
        routes=rows,
        rejected=[
            [
                {name: row[name] for name in ("name", "reason", "gates")}
                | {"sources": _numbers(row["source_id"], numbers)}
                for row in records(routes.rejected)
            ]
            for routes in (a, b)
        ],
        rests=[
            [
                ("All", "", "; ".join(routes.notes), ""),
                *(
                    (label, row["name"], row["rests_on"], row["sanctions"])
                    for label, row in zip(labels, records(routes.full), strict=True)
                ),
            ]
            for routes, labels in ((a, list(a.full["label"])), (b, layers.shared_labels(a, b)))
        ],
        sources=[row | {"number": numbers[row["source_id"]]} for row in records(source)],
        parameters=[(key, *(values.get(key, "") for values in asked)) for key in dict.fromkeys([*asked[0], *asked[1]])],
        disclaimer=DISCLAIMER,
    )


def _changes(a: Routes, b: Routes) -> list[Row]:
    """One row per route of either answer: its figures in each, what changes, or why it is missing."""
    found: dict[str, Row] = {}
    sides = ((a, list(a.full["label"])), (b, layers.shared_labels(a, b)))
    for side, (routes, labels) in enumerate(sides):
        for i, (label, row) in enumerate(zip(labels, records(routes.full), strict=True)):
            one = found.setdefault(
                label,
                {
                    "label": label,
                    "name": row["name"],
                    "color": colour(label),
                    "sides": [None, None],
                    "missing": ["", ""],
                },
            )
            one["sides"][side] = row
            other = (b, a)[side]
            one["missing"][1 - side] = _missing(other, set(routes[i].legs["element_id"]))
    for one in found.values():
        first, second = one["sides"]
        one["cells"] = [
            [_ranged(row, "days", "{:.0f}".format), _ranged(row, "usd", two)] if row else None for row in one["sides"]
        ]
        one["delta"] = (
            [f"{second['days'] - first['days']:+.1f}", f"{second['usd'] - first['usd']:+,.0f}"]
            if first and second
            else None
        )
    return list(found.values())


def _ranged(row: Row, what: str, show: Callable[[float], str]) -> tuple[str, str]:
    return rounded(row[what]), f"{show(row[f'{what}_p10'])} to {show(row[f'{what}_p90'])}"


def _missing(routes: Routes, elements: set[str]) -> str:
    """Why a route that uses these elements is not in an answer, as far as that answer shows."""
    reasons = [
        row["reason"]
        for row in records(routes.rejected)
        if row["blocked_by"] and elements.intersection(row["blocked_by"].split(";"))
    ]
    return reasons[0] if reasons else f"not among the {len(routes)} alternatives"


def _change(a: Routes, b: Routes, names: Sequence[str], rows: Sequence[Row]) -> str:
    """What the second answer changes."""
    labels = layers.shared_labels(a, b)
    sides = [(names[0], list(a.full["label"]), a.full), (names[1], labels, b.full)]
    said = [
        leader(sides, f"the best by {BEST_BY[b.request.by]}", lambda table: 0),
        leader(sides, "the cheapest", lambda table: int(table["usd"].argmin())),
    ]
    for side, words in ((0, "New"), (1, "No longer among the alternatives")):
        some = [f"{row['label']}, {row['name']}" for row in rows if not row["sides"][side]]
        if some:
            said.append(f"{words}: {'; '.join(some)}.")
    both = [row["sides"] for row in rows if all(row["sides"])]
    if both and all(
        abs(first["days"] - second["days"]) < 0.05 and abs(first["usd"] - second["usd"]) < 0.5 for first, second in both
    ):
        said.append("The routes that both offer take as long and cost as much as before.")
    return " ".join(said)


def _numbers(sources: str, numbers: dict[str, int]) -> str:
    return ", ".join(str(n) for n in sorted({numbers[name] for name in sources.split(";") if name in numbers}))


def _route(row: Row, drawn: Row, legs: pd.DataFrame, numbers: dict[str, int]) -> Row:
    km, days, usd, tonnes = drawn["legend"]
    table = [
        {"cls": shown["cls"], "cells": [*shown["cells"], _numbers(leg["source_id"], numbers)]}
        for shown, leg in zip(drawn["rows"], records(legs), strict=True)
    ]
    table.append({"cls": "total", "cells": [*drawn["total"], ""]})
    return {
        "label": row["label"],
        "name": row["name"],
        "color": colour(row["label"]),
        "km": km[0],
        "days": days,
        "usd": usd,
        "tonnes": tonnes[0],
        "breaks": row["gauge_breaks"],
        "wait": f"{row['longest_wait_hours']:.0f} h",
        "risk": risk_words(row["risk"]),
        "rests_on": row["rests_on"].rstrip("."),
        "sanctions": row["sanctions"],
        "corridors": row["corridors"],
        "crossings": row["crossings"],
        "countries": row["countries"],
        "modes": row["modes"],
        "open": drawn["open"],
        "limits": ", ".join(f"{name} (reached {day})" for name, _, day in drawn["limits"]),
        "legs": table,
    }


def _pictures(routes: Routes, data: Row, rows: Sequence[Row]) -> dict[str, object]:
    """Still map, diagram, and what moves the days and US$ of the best route most, as elements of the page."""
    from corridors.maps.charts import tcd
    from corridors.maps.stills import vector
    from corridors.maps.style import for_page

    names = ", ".join(f"{row['label']} {row['name']}" for row in rows)
    still = f"Map of the routes {names}. All figures on it stand in the tables below."
    diagram = f"Time- and cost-distance diagram of the routes {names}. Its figures stand in the tables of legs below."
    moves = f"of route {routes.labels[0]} most."
    return {
        "still": Markup(vector(data, routes.facts, still, 0.62)),
        "diagram": Markup(for_page(lambda: cast("Axes", tcd(routes)[0, 0]), diagram)),
        "tornados": [
            Markup(for_page(partial(routes.tornado, what), f"Which parts move the {unit} {moves}"))
            for what, unit in (("days", "days"), ("usd", "US$"))
        ],
    }

"""What every report says in words: the question, the answer, the parameters, the disclaimer."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from corridors.data.countries import country_names
from corridors.data.schema import records, worst
from corridors.data.versions import installed
from corridors.maps.background import ATTRIBUTION
from corridors.routing.cost_lines import LINES
from corridors.routing.figures import counted, one_load, rounded, tonnes, two, whole

if TYPE_CHECKING:
    from corridors.model.facts import Facts
    from corridors.routing.request import Request
    from corridors.routing.routes import Routes

BEST_BY = {
    "hours": "time",
    "km": "length",
    "usd": "cost",
    "kgco2e": "emissions",
    "risk": "risk",
    "generalised": "cost and time together",
}
DISCLAIMER = (
    "Boundaries, names and designations shown do not imply endorsement or acceptance. Figures are model "
    "results with the ranges and grades stated; estimates and assumptions say so. They are no offer of "
    "carriage and no legal advice: check a crossing before cargo leaves. "
    f"{ATTRIBUTION.split(';')[0]}."
)


LONGEST_LINK = 2_000
"""Longest address, in characters, that every program accepts."""
CHANGES = 5
"""Changes listed for each figure in which a route leads."""
UNCHANGED = (
    "No delay of up to 30 days at a crossing, and no price or pace between half and twice its value, changes which "
    "route leads."
)


def changes(routes: Routes) -> pd.DataFrame:
    """The smallest changes that would make another route the fastest or the cheapest; see `Routes.switching`."""
    return routes.switching().groupby("by", sort=False).head(CHANGES).reset_index(drop=True)


def web_address(text: str) -> str:
    """The text if it is a web address that can be a link; otherwise nothing."""
    return text if re.fullmatch(r"https?://[^\s<>\"]+", text) and len(text) <= LONGEST_LINK else ""


class CostLine(NamedTuple):
    """A line of cost: the weakest grade of what it rests on, and the expected US$ of every route."""

    line: str
    grade: str
    usd: list[float]


def cost_lines(routes: Routes) -> list[CostLine]:
    """Lines of cost in order; what only a round trip pays comes last."""
    costs = routes.costs[routes.costs["usd"] != 0]
    wide = costs.pivot_table(index="line", columns="label", values="usd", sort=False).fillna(0.0)
    grades = {line: worst(*rows["quality"]) for line, rows in costs.groupby("line")}
    return [
        CostLine(str(line), grades[line], [float(wide.loc[line].get(label, 0.0)) for label in routes.labels])
        for line in sorted(wide.index, key=LINES.index)
    ]


def risk_caption(routes: Routes) -> str:
    """What the column of risk is, with the chance that is assumed for each conflict on the way."""
    passed = {country for result in routes.results for country in result.countries}
    chances = [
        f"{country_names().get(country, country)} {chance:.0%}"
        for country, chance in sorted(routes.world.conflict.items())
        if country in passed
    ]
    assumed = f", with what is assumed for conflict: {', '.join(chances)}" if chances else ""
    return f"Risk: chance that at least one place on the way is closed by an event on a random day{assumed}."


def swings_words(label: str) -> str:
    """What the bars of `Routes.tornado` are."""
    return (
        f"Each bar: the whole route {label} if that part alone comes out at its p10 or p90, and all else as expected."
    )


def question(routes: Routes) -> str:
    """What was asked, as a sentence."""
    world = f', in the scenario "{routes.scenario}"' if routes.scenario else ""
    return (
        f"How does {one_load(routes)} go from {routes.origin} to {routes.destination} if it leaves "
        f"on {routes.depart:%Y-%m-%d at %H:%M} local time{world}, with what was known on {routes.as_of}?"
    )


def answer(routes: Routes) -> str:
    """What came out, in a few sentences."""
    rows = records(routes.full)
    first = rows[0]
    by = BEST_BY[routes.request.by]
    said = [
        f"{'The only route found' if len(rows) == 1 else f'Of {len(rows)} alternatives, the best by {by}'} is "
        f"{first['label']}, {first['name']}: "
        f"{rounded(first['days'])} days ({whole(first['days_p10'])} to {whole(first['days_p90'])}) and "
        f"US$ {rounded(first['usd'])} ({two(first['usd_p10'])} to {two(first['usd_p90'])}) over "
        f"{first['km']:,.0f} km."
    ]
    others: list[tuple[str, str, Callable[[float], str]]] = [
        ("days", "quickest", lambda v: f"{rounded(v)} days"),
        ("usd", "cheapest", lambda v: f"US$ {rounded(v)}"),
        ("kgco2e", "lowest in emissions", lambda v: f"{tonnes(v)} t CO\u2082e"),
    ]
    best_in: dict[str, list[str]] = {}
    for column, words, show in others:
        best = min(rows, key=operator.itemgetter(column))
        if best is not first:
            best_in.setdefault(f"{best['label']}, {best['name']},", []).append(f"the {words} ({show(best[column])})")
    said += (f"{route} is {' and '.join(words)}." for route, words in best_in.items())
    failed = records(routes.rejected)
    if failed:
        known = f"{failed[0]['name']}. {failed[0]['reason']}."
        many = f"{counted(len(failed))} other corridors are not possible on this date, among them {known}"
        said.append(many if len(failed) > 1 else f"Not possible on this date is {known}")
    return " ".join(said)


def parameters(routes: Routes) -> list[tuple[str, str]]:
    """Names and values needed to ask the question again."""
    resolved = {
        "origin": routes.origin,
        "destination": routes.destination,
        "depart": routes.depart.isoformat(),
        "as_of": routes.as_of,
    }
    return trip_parameters(routes.facts, routes.request, (), resolved)


def trip_parameters(
    facts: Facts, request: Request, own: Sequence[str], resolved: Mapping[str, object] | None = None
) -> list[tuple[str, str]]:
    """Names and values of a request except those in `own`, what some resolve to, and the versions that matter."""
    asked = {one.name: getattr(request, one.name) for one in fields(request) if one.name not in own}
    asked |= {"scenario": request.scenario.name if request.scenario else None, **(resolved or {})}
    shown = {
        name: ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        for name, value in asked.items()
        if value not in (None, "", (), [])
    }
    return [(name.replace("_", " "), value) for name, value in shown.items()] + [
        ("data", f"version {facts.version} of {facts.data_date}"),
        *installed().items(),
    ]


def leader(
    sides: Sequence[tuple[str, list[str], pd.DataFrame]],
    words: str,
    which: Callable[[pd.DataFrame], int],
) -> str:
    """Which route leads in one respect in each answer, and with what figures."""
    (one, other), figures = sides, []
    for _, labels, table in sides:
        row = table.iloc[which(table)]
        figures.append(
            (labels[which(table)], row["name"], f"{rounded(row['days'])} days and US$ {rounded(row['usd'])}")
        )
    (before, was, took), (now, name, takes) = figures
    if now != before:
        return (
            f'Under "{other[0]}" {words} is {now}, {name}, with {takes}; under "{one[0]}" it is {before}, {was}, '
            f"with {took}."
        )
    return f'Under "{other[0]}" {words} stays {now}, {name}: {takes}' + (
        ", as before." if takes == took else f" in place of {took}."
    )

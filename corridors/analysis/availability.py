"""The year of a pair: month by month, how long each corridor takes, or what closes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import date
from html import escape
from math import inf
from typing import TYPE_CHECKING, NamedTuple, Unpack

import numpy as np
import pandas as pd

from corridors.analysis.tabular import Tabular
from corridors.analysis.workers import Crew, crew
from corridors.arguments import FIRST_YEAR, LAST_YEAR, as_date, as_list, as_whole
from corridors.data.schema import Row
from corridors.engine import arrays as engine
from corridors.errors import BadRequest, NoRoute
from corridors.model.graph import Edge
from corridors.routing import finding
from corridors.routing import path as paths
from corridors.routing.blocked import closed_crossings
from corridors.routing.explain import closure_words
from corridors.routing.figures import MONTHS, html_table
from corridors.routing.names import countries, names
from corridors.routing.request import Place, RankedTrip, Request, one_world, resolve, world_of
from corridors.routing.result import Choice, Result
from corridors.routing.search import SAMPLES, find_routes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from corridors.model.facts import Facts
    from corridors.model.scenario import Scenario

COLUMNS = [
    *("route", "crossings", "month", "days", "days_least", "days_most", "departures", "open"),
    *("p_open", "reason", "research"),
]
CLEARLY = 0.1
"""Share of the days that tells one corridor from another."""
Signature = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Availability(Tabular):
    """Result of `Network.availability`.

    Attributes
    ----------
    title : str
        The question in a line.
    table : DataFrame
        One row per corridor and month: ``route`` (name), ``crossings, month, days`` (median of the expected days of
        the departures that get through; NaN if none does), ``days_least, days_most, departures, open`` (how many get
        through), ``p_open`` (mean chance that a departure gets through: if a closure without a known end stops it, the
        chance that this closure has ended by then, see `Network.outlook`; NaN if not known), ``reason`` (what stops
        the others) and ``research`` (crossings and sections whose closures in that month were not researched, or only
        lightly: a month without closures in the data need not have been open there).
    """

    tables_in_file = ("table",)

    title: str
    table: pd.DataFrame = field(repr=False)

    @property
    def pivot(self) -> pd.DataFrame:
        """Months by corridors: days, NaN where nothing gets through."""
        order = list(dict.fromkeys(self.table["route"]))
        return self.table.pivot(index="month", columns="route", values="days")[order]

    def plot(self, ax: Axes | None = None, *, title: str | None = None) -> Axes:
        """Heat map of the year.

        Parameters
        ----------
        ax, title
            As in `corridors.maps.charts.calendar`.

        Returns
        -------
        Axes

        Raises
        ------
        MissingExtra
            If matplotlib is not installed (extra ``charts``).
        """
        from corridors.maps.charts import calendar

        return calendar(self.table, ax, title=self.title if title is None else title)

    def _repr_html_(self) -> str:
        rows = []
        for route, some in self.table.groupby("route", sort=False):
            cells = {
                MONTHS[month - 1]: "closed"
                if days != days
                else f"{days:.0f}" + ("" if open_ == all_ else f" ({open_} of {all_})")
                for month, days, open_, all_ in zip(
                    some["month"], some["days"], some["open"], some["departures"], strict=True
                )
            }
            rows.append(
                {
                    "route": route,
                    **cells,
                    "what closes it": "; ".join(dict.fromkeys(filter(None, some["reason"]))),
                    "not known": some["research"].iloc[-1],
                }
            )
        return (
            f"<p><b>{escape(self.title)}</b>: median days; in brackets how many departures of a month get "
            f"through.</p>{html_table(pd.DataFrame(rows))}"
        )


class Passage(NamedTuple):
    """How one departure fares on one corridor: days, or why it does not get through, and the chance that it will."""

    days: float
    reasons: tuple[str, ...]
    p_open: float


class Departure(NamedTuple):
    """What one departure has to choose from."""

    ways: dict[Signature, engine.Path]
    """A path for each corridor that is offered, and for those that fail where they were asked for."""
    passages: dict[Signature, Passage]
    """How it fares on those that are offered."""
    offers: bool
    """Whether anything gets through."""


def corridors_of(facts: Facts, asked: tuple[Request, bool]) -> Departure:
    """The corridors of one departure; with those that fail, if asked for."""
    request, failing = asked
    try:
        routes = find_routes(facts, request)
    except NoRoute:
        return Departure({}, {}, False)
    world, ways, passages = routes.world, dict[Signature, engine.Path](), dict[Signature, Passage]()
    for result in routes.results:
        signature = tuple(paths.borders(world, result.path))
        ways.setdefault(signature, result.path)
        passages.setdefault(signature, _arrival(result))
    if failing:
        offered = [result.path for result in routes.results]
        for one in (*routes.aside, *closed_crossings(world, offered)):
            ways.setdefault(tuple(paths.borders(world, one.path)), one.path)
    return Departure(ways, passages, True)


def passages_of(facts: Facts, asked: tuple[Request, Mapping[Signature, engine.Path]]) -> dict[Signature, Passage]:
    """How one departure fares on corridors that it is not offered, each with a path found on another day."""
    request, ways = asked
    question, start, end = resolve(facts, request, both=True)
    world, draws = world_of(facts, question), facts.draws(SAMPLES, request.seed)

    def passage(signature: Signature, known: engine.Path) -> Passage:
        """By the best route over these borders, else by the path known; if neither gets through, what closes it."""
        path = finding.best(world, world.multimodal.borders - set(signature))
        best = [path] if path is not None and tuple(paths.borders(world, path)) == signature else []
        for way in (*best, known):
            blocked = paths.held_up(world, way)
            if not blocked:
                return _arrival(Result(facts, Choice(world, way), start, end, draws))
        closed = [step.closure for step in blocked if step.closure]
        endless = all(one.end == inf and not (one.rule or one.right or one.source_id == "scenario") for one in closed)
        day = as_date(request.depart, "depart")
        p_open = facts.chance_ended(closed, question.knowledge.as_of, day) if closed and endless else 0.0
        return Passage(np.nan, tuple(closure_words(facts, one) for one in closed), p_open)

    return {signature: passage(signature, known) for signature, known in ways.items()}


def _arrival(result: Result) -> Passage:
    cargo = result.world.question.cargo
    if result.spoils():  # without the p90 itself: one reason a month, not one a departure
        words = f"{cargo.cargo_id} keep {cargo.shelf_life_days:g} days, hardly any journey is as fast"
        return Passage(np.nan, (words,), 0.0)
    return Passage(result.value("hours") / 24, (), 1.0)


class _Year(NamedTuple):
    """Corridors of a pair over many departures."""

    facts: Facts
    days: Sequence[date]
    ways: dict[Signature, engine.Path]
    """A path for each corridor."""
    fates: list[dict[Signature, Passage]]
    """How each departure fares on each corridor."""

    @classmethod
    def ask(cls, workers: Crew, request: Request, days: Sequence[date]) -> _Year:
        """Ask for each departure, then follow what is found on any of them, or fails, through all others."""
        requests = [replace(request, depart=day) for day in days]
        first_of_month = [i == 0 or days[i - 1].month != day.month for i, day in enumerate(days)]
        found = workers.all(corridors_of, list(zip(requests, first_of_month, strict=True)))
        if not any(one.offers for one in found):
            find_routes(workers.facts, requests[-1])  # says why
        ways: dict[Signature, engine.Path] = {}
        for one in found:
            for signature, way in one.ways.items():
                ways.setdefault(signature, way)
        missing = [
            (asked, {signature: way for signature, way in ways.items() if signature not in one.passages})
            for asked, one in zip(requests, found, strict=True)
        ]
        others = workers.all(passages_of, missing, lambda _: 0)
        fates = [one.passages | more for one, more in zip(found, others, strict=True)]
        return cls(workers.facts, days, ways, fates)

    def _gaps(self, way: Sequence[Edge], month: int) -> list[str]:
        day = date(self.days[0].year, month, 28)
        passed = [(edge.elements, day) for edge in way if edge.kind in ("crossing", "leg")]
        return self.facts.coverage.gaps(passed, self.facts.closable_names)

    def rows(self, all_edges: Sequence[Edge], most: int, stretch: float) -> list[Row]:
        """A row a corridor and month; those that tell most about the year first, then those never open."""
        fates = {signature: [fate[signature] for fate in self.fates] for signature in self.ways}
        open_ = {one: np.array([fate.days for fate in some]) for one, some in fates.items()}
        closed = sorted((one for one in fates if np.isnan(open_[one]).all()), key=lambda one: self.ways[one].value)
        places = max(most // 3, most - (len(fates) - len(closed)))
        ways = {signature: [all_edges[e] for e in way.edges] for signature, way in self.ways.items()}
        passed = {signature: countries(way) for signature, way in ways.items()}
        order = _telling(open_, passed, max(1, most - min(len(closed), places)), stretch) + closed[:places]
        edges = [ways[signature] for signature in order]
        title = self.facts.element_names
        return [
            {
                "route": name,
                "crossings": " > ".join(title[edge.element_id] for edge in way if edge.kind == "crossing"),
                "month": month,
                "research": "; ".join(self._gaps(way, month)),
                **_month([fate for fate, day in zip(fates[signature], self.days, strict=True) if day.month == month]),
            }
            for signature, name, way in zip(order, names(self.facts, edges), edges, strict=True)
            for month in range(1, 13)
        ]


def _telling(
    days: Mapping[Signature, engine.Floats], passed: Mapping[Signature, list[str]], most: int, stretch: float
) -> list[Signature]:
    """The corridor that is usually among the fastest, then each time the one that adds most to those before it.

    It adds most if it lets most departures through clearly sooner; where none does, one through other countries comes
    first, then the one by which most get through in at most `stretch` times the fewest days, then the fastest.
    """
    left = {one: np.where(np.isnan(some), inf, some) for one, some in days.items() if not np.isnan(some).all()}
    least, fastest = np.min(list(left.values()), axis=0), np.full(len(next(iter(days.values()))), inf)
    chosen: list[Signature] = []

    def tells(one: Signature) -> tuple[int, bool, int, float]:
        some, elsewhere = left[one], all(passed[one] != passed[other] for other in chosen)
        sooner = some * (1 + CLEARLY) < fastest if chosen else some <= least * (1 + CLEARLY)
        usable = (some < inf) & (some <= stretch * least)
        return int(sooner.sum()), elsewhere, int(usable.sum()), -float(some[some < inf].mean())

    while left and len(chosen) < most:
        chosen.append(max(left, key=tells))
        fastest = np.minimum(fastest, left.pop(chosen[-1]))
    return chosen


def _month(fates: Sequence[Passage]) -> Row:
    days = [fate.days for fate in fates if not fate.reasons]
    low, mid, high = (min(days), float(np.median(days)), max(days)) if days else (np.nan, np.nan, np.nan)
    return {
        "days": mid,
        "days_least": low,
        "days_most": high,
        "departures": len(fates),
        "open": len(days),
        "p_open": float(np.mean([fate.p_open for fate in fates])),
        "reason": "; ".join(dict.fromkeys(reason for fate in fates for reason in fate.reasons)),
    }


def availability(
    facts: Facts,
    /,
    origin: Place,
    destination: Place,
    *,
    year: int = 2026,
    days: Sequence[int] = (1, 11, 21),
    most: int = 8,
    k: int = 4,
    scenario: Scenario | None = None,
    executor: Executor | None = None,
    progress: bool = True,
    **ask: Unpack[RankedTrip],
) -> Availability:
    """A pair's year, month by month: how long each corridor takes, or what closes it. Takes several seconds.

    Corridors are distinguished by the border crossings that they use, in order (crossings between the same two
    countries within 60 km of each other count as one). For each departure `k` alternatives are found; every corridor
    found on any date, and those rejected on the first date of each month, are then followed through all dates.

    Parameters
    ----------
    origin, destination : places
    year : int
    days : sequence of int
        Days of each month on which cargo leaves, 1 to 28.
    most : int
        Largest number of corridors: first the one that is usually among the fastest, then each time the one on which
        most departures get through a tenth sooner than on those before it (where there is none, one through other
        countries); a third may be closed all year.
    k : int
        Number of alternatives for each departure.
    scenario : Scenario, optional
    executor : concurrent.futures.Executor, optional
        See `corridors.sweep`.
    progress : bool
        Show a progress bar if the call takes longer than a second; see `corridors.sweep`.
    **ask
        Other arguments of `routes`.

    Returns
    -------
    Availability
        With ``.table``, ``.pivot`` (months by corridors) and ``.plot()``, the heat map.

    Raises
    ------
    NoRoute
        If no departure of the year gets through.
    BadRequest
        If `days`, `most` or `year` is out of range.
    """
    of_month = {as_whole(day, "days, each", 1, 28) for day in as_list(days, "days", "1, 11, 21")}
    if not of_month:
        raise BadRequest("days is empty: give days of the month between 1 and 28, for example [1, 11, 21].")
    as_whole(most, "most", 1, 100)
    year = as_whole(year, "year", FIRST_YEAR, LAST_YEAR)
    departures = [date(year, month, day) for month in range(1, 13) for day in sorted(of_month)]
    common = one_world(Request.common(departures[0], ask, "scenario", "k"))
    request = replace(common, origin=origin, destination=destination, k=k, scenario=scenario)
    question, start, end = resolve(facts, request, both=True)
    with crew(facts, executor, progress, "availability", len(departures)) as workers:
        found = _Year.ask(workers, request, departures)
    origin_name, destination_name = (
        access.name if access else facts.place[place]["name"]
        for access, place in ((start, question.origin), (end, question.destination))
    )
    words = f", scenario {scenario.name!r}" if scenario else ""
    title = f"{origin_name} to {destination_name}, departures of {year}, as known on {question.knowledge.as_of}{words}"
    rows = found.rows(world_of(facts, question).edges, most, question.max_stretch)
    return Availability(title, pd.DataFrame(rows, columns=COLUMNS))

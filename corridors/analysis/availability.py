"""The year of a pair: month by month, how long each corridor takes, or what closes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import date
from html import escape
from math import inf
from typing import TYPE_CHECKING, Unpack

import numpy as np
import pandas as pd

from corridors.analysis.tabular import Tabular
from corridors.analysis.workers import crew
from corridors.analysis.year import Corridor, Edges, Passage, Year
from corridors.arguments import FIRST_YEAR, LAST_YEAR, as_list, as_whole
from corridors.data.schema import Row
from corridors.engine import arrays as engine
from corridors.errors import BadRequest
from corridors.model.graph import Edge
from corridors.routing.figures import MONTHS, by_month, html_table
from corridors.routing.names import countries, name_with, names, points
from corridors.routing.request import Place, RankedTrip, Request, one_world, resolve, world_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from corridors.model.facts import Facts
    from corridors.model.scenario import Scenario

COLUMNS = [
    *("route", "crossings", "month", "days", "days_least", "days_most", "departures", "open"),
    *("p_open", "reason", "research", "note"),
]
CLEARLY = 0.1
"""Share of the days that tells one corridor from another."""
Kind = tuple[tuple[str, ...], str]
"""Countries of a corridor, and the mode of most of its kilometres."""


@dataclass(frozen=True, eq=False)
class Availability(Tabular):
    """Result of `Network.availability`.

    Attributes
    ----------
    title : str
        The question in a line.
    table : DataFrame
        One row per corridor and month: ``route`` (name, by the posts that most departures of the year use),
        ``crossings`` (that most departures of the month use), ``month, days`` (median of the expected days of the
        departures that get through; NaN if none does), ``days_least, days_most, departures, open`` (how many get
        through), ``p_open`` (mean chance that a departure gets through: if a closure without a known end stops it, the
        chance that this closure has ended by then, see `Network.outlook`; NaN if not known), ``reason`` (what stops
        the others), ``research`` (crossings and sections whose closures in that month were not researched, or only
        lightly: a month without closures in the data need not have been open there) and ``note`` (posts or ports near
        those of the name by which departures of the month go instead).
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
                    "other posts": by_month(some["month"], some["note"]),
                    "what closes it": "; ".join(dict.fromkeys(filter(None, some["reason"]))),
                    "not known": some["research"].iloc[-1],
                }
            )
        return (
            f"<p><b>{escape(self.title)}</b>: median days; in brackets how many departures of a month get "
            f"through.</p>{html_table(pd.DataFrame(rows))}"
        )


class _Rows:
    """Rows of the table of a pair."""

    def __init__(self, facts: Facts, edges: Sequence[Edge], year: Year) -> None:
        self.facts, self.edges, self.year = facts, edges, year
        self.days = {one: np.array([fate.days for fate in some]) for one, some in year.passages.items()}
        self.posts = {way: self._posts(way) for way in {fate.way for some in year.passages.values() for fate in some}}
        self.usual = {one: _usual(some, self.posts) for one, some in year.passages.items()}

    def table(self, most: int, stretch: float) -> list[Row]:
        """A row a corridor and month; those that tell most about the year first, then those never open."""
        open_ = {one: days for one, days in self.days.items() if not np.isnan(days).all()}
        closed = self._never_open()
        places = max(most // 3, most - len(open_))
        passed = {one: self._kind(one) for one in open_}
        room = max(1, most - min(len(closed), places))
        shown = _telling(open_, passed, self.year.usual, room, stretch) if open_ else []
        title = self._names(list(open_), closed)
        return [
            {"route": title[one], "month": month, **self._month(one, month)}
            for one in (*shown, *closed[:places])
            for month in range(1, 13)
        ]

    def _edges(self, way: Edges) -> list[Edge]:
        return [self.edges[e] for e in way]

    def _kind(self, corridor: Corridor) -> Kind:
        """The countries of a corridor, and the mode that carries farthest on it."""
        way, km = self._edges(self.usual[corridor]), Counter[str]()
        for edge in way:
            km[edge.mode] += round(edge.km) if edge.kind == "leg" else 0
        return tuple(countries(way)), km.most_common(1)[0][0]

    def _posts(self, way: Edges) -> tuple[str, ...]:
        """Crossings, straits and hauls by ship of a way, by name."""
        return tuple(name for _, _, name in points(self.facts, self._edges(way)))

    def _never_open(self) -> list[Corridor]:
        """Corridors on which no departure gets through, each cause through the same countries once."""
        told: list[tuple[list[str], set[str]]] = []
        found = []
        for one, fates in self.year.passages.items():
            if not np.isnan(self.days[one]).all():
                continue
            passed, stops = countries(self._edges(self.usual[one])), {stop for fate in fates for stop in fate.closed}
            if not any(passed == others and stops >= fewer for others, fewer in told):
                told.append((passed, stops))
                found.append(one)
        return found

    def _names(self, open_: Sequence[Corridor], closed: Sequence[Corridor]) -> dict[Corridor, str]:
        """Names that no other corridor found has, shown or not; those never open are told by what closes them."""
        corridors, named = [*closed, *open_], list[str]()
        for one in closed:
            stops = {stop for fate in self.year.passages[one] for stop in fate.closed}
            named.append(name_with(self.facts, self._edges(self.usual[one]), stops))
        ways = [self._edges(self.usual[one]) for one in corridors]
        return dict(zip(corridors, names(self.facts, ways, named), strict=True))

    def _month(self, corridor: Corridor, month: int) -> Row:
        all_year = self.year.passages[corridor]
        fates = [fate for fate, day in zip(all_year, self.year.days, strict=True) if day.month == month]
        stopped = {reason for fate in fates for reason in fate.reasons}
        reasons = dict.fromkeys(reason for fate in all_year for reason in fate.reasons)  # in one order for all months
        through = [fate for fate in fates if not fate.reasons]
        days = [fate.days for fate in through]
        low, mid, high = (min(days), float(np.median(days)), max(days)) if days else (np.nan, np.nan, np.nan)
        way = self._edges(_usual(fates, self.posts) if through else self.usual[corridor])
        day = date(self.year.days[0].year, month, 28)
        passed = [(edge.elements, day) for edge in way if edge.kind in ("crossing", "leg")]
        title = self.facts.element_names
        return {
            "crossings": " > ".join(title[edge.element_id] for edge in way if edge.kind == "crossing"),
            "days": mid,
            "days_least": low,
            "days_most": high,
            "departures": len(fates),
            "open": len(days),
            "p_open": float(np.mean([fate.p_open for fate in fates])),
            "reason": "; ".join(reason for reason in reasons if reason in stopped),
            "research": "; ".join(self.facts.coverage.gaps(passed, self.facts.closable_names)),
            "note": self._elsewhere(through, self.posts[self.usual[corridor]]),
        }

    def _elsewhere(self, through: Sequence[Passage], usual: Sequence[str]) -> str:
        """By which other posts than usual departures go: "by Kaplanbek-Navoi", "1 of 3 by Kaplanbek-Navoi"."""
        told = []
        for posts, number in Counter(self.posts[fate.way] for fate in through).items():
            if others := [post for post in posts if post not in usual]:
                some = f"{number} of {len(through)} " if number < len(through) else ""
                told.append(f"{some}by {' and '.join(others)}")
        return ", ".join(told)


def _usual(fates: Sequence[Passage], posts: Mapping[Edges, tuple[str, ...]]) -> Edges:
    """The way over the posts that most departures use, of those that get through if any do."""
    ways = [fate.way for fate in fates if not fate.reasons] or [fate.way for fate in fates]
    passed = [posts[way] for way in ways]
    return ways[passed.index(Counter(passed).most_common(1)[0][0])]


def _telling(
    days: Mapping[Corridor, engine.Floats],
    passed: Mapping[Corridor, Kind],
    usual: Corridor,
    most: int,
    stretch: float,
) -> list[Corridor]:
    """The usual corridor, then each time the one that adds most to those before it.

    It adds most if it lets most departures through clearly sooner; where none does, one through other countries or
    mainly by another mode comes first, then the one by which most get through in at most `stretch` times the fewest
    days, then the fastest.
    """
    left = {one: np.where(np.isnan(some), inf, some) for one, some in days.items()}
    least, fastest, chosen = np.min(list(left.values()), axis=0), left.pop(usual), [usual]

    def tells(one: Corridor) -> tuple[int, bool, int, float]:
        some, elsewhere = left[one], all(passed[one] != passed[other] for other in chosen)
        sooner = some * (1 + CLEARLY) < fastest
        usable = (some < inf) & (some <= stretch * least)
        return int(sooner.sum()), elsewhere, int(usable.sum()), -float(some[some < inf].mean())

    while left and len(chosen) < most:
        chosen.append(max(left, key=tells))
        fastest = np.minimum(fastest, left.pop(chosen[-1]))
    return chosen


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

    Corridors are distinguished by the border crossings that they use (crossings between the same two countries within
    60 km of each other count as one) and by their modes, both in order. For each departure `k` alternatives are found;
    every corridor found on any date, and those rejected on the first date of each month, are then followed through all
    dates.

    Parameters
    ----------
    origin, destination : places
    year : int
    days : sequence of int
        Days of each month on which cargo leaves, 1 to 28.
    most : int
        Largest number of corridors: first the one that is the best for most departures, then each time the one on
        which most departures get through a tenth sooner than on those before it (where there is none, one through
        other countries or mainly by another mode); a third may be closed all year, whose names have what closes them.
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
        found = Year.ask(workers, request, departures)
    origin_name, destination_name = (
        access.name if access else facts.place[place]["name"]
        for access, place in ((start, question.origin), (end, question.destination))
    )
    words = f", scenario {scenario.name!r}" if scenario else ""
    title = f"{origin_name} to {destination_name}, departures of {year}, as known on {question.knowledge.as_of}{words}"
    rows = _Rows(facts, world_of(facts, question).edges, found).table(most, question.max_stretch)
    return Availability(title, pd.DataFrame(rows, columns=COLUMNS))

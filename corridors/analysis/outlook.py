"""Will it be open? The chance on future dates, from the closures known on a given date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from math import inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from corridors.analysis.tabular import Tabular
from corridors.analysis.walk_forward import NO_BETTER, kind_of, state_of, tested
from corridors.arguments import as_date, as_list, shown
from corridors.data.geodesy import country_pair
from corridors.data.schema import Row, records
from corridors.engine.arrays import merge_spans
from corridors.errors import BadRequest, UnknownPlace
from corridors.model.calendars import Closure, Knowledge, Traffic, midnight
from corridors.model.closures import ENOUGH, LEAST_YEARS, Closures, Lasting, interval
from corridors.routing.figures import html_table
from corridors.routing.request import known_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from corridors.model.facts import Facts

COLUMNS = ["element", "name", "on", "p_open", "low", "high", "n", "base_rate", "basis"]
MOST_DAYS = 1095
"""No forecast reaches farther."""
QUEUE_DAYS = 14
NOT_KNOWN = "not known"


@dataclass(frozen=True, eq=False)
class Outlook(Tabular):
    """Result of `Network.outlook`.

    Attributes
    ----------
    title : str
        The question in a line.
    as_of : date
        Only what was known by this date counts.
    table : DataFrame
        One row per element and date: ``element`` (id), ``name, on, p_open`` (chance that freight can pass on that date;
        NaN if not known), ``low`` and ``high`` (80 % interval for what is not known of this chance), ``n`` (independent
        closures behind it, one for each common cause), ``base_rate`` (share of the time in which the border, or all
        elements of that kind, were open) and ``basis`` (in words).
    """

    tables_in_file = ("table",)

    title: str
    as_of: date
    table: pd.DataFrame = field(repr=False)

    def plot(self, ax: Axes | None = None, *, title: str | None = None) -> Axes:
        """Chance of being open by day, with its interval; the base rate dashed.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw; default: a new figure.
        title : str, optional
            Replaces the title of the outlook.

        Returns
        -------
        Axes

        Raises
        ------
        MissingExtra
            If matplotlib is not installed (extra ``charts``).
        """
        from corridors.maps.curves import outlook

        return outlook(self.table, ax, title=self.title if title is None else title)

    def __repr__(self) -> str:
        lines = [f"{row['name']} on {row['on']}: {_words(row)} ({row['basis']})" for row in records(self.table)]
        return "\n".join([self.title, *lines])

    def _repr_html_(self) -> str:
        rows = [
            {
                "": row["name"],
                "on": f"{row['on']:%Y-%m-%d}",
                "open": _words(row),
                "closures": row["n"],
                "base rate": _percent(row["base_rate"]),
                "basis": row["basis"],
            }
            for row in records(self.table)
        ]
        return f"<p><b>{escape(self.title)}</b></p>{html_table(pd.DataFrame(rows))}"


def _percent(share: float) -> str:
    return NOT_KNOWN if share != share else f"{100 * share:.0f} %"


def _words(row: Row) -> str:
    if row["p_open"] != row["p_open"]:
        return NOT_KNOWN
    if row["low"] == row["high"]:
        return _percent(row["p_open"])
    return f"{_percent(row['p_open'])} ({100 * row['low']:.0f} to {100 * row['high']:.0f})"


def outlook(
    facts: Facts,
    /,
    element: str | Sequence[str],
    *,
    on: str | date | Sequence[str | date],
    as_of: str | date | None = None,
) -> Outlook:
    """Will a crossing, pass, ferry or border be open? The chance on future dates, and what it is based on.

    Announced closures and opening hours are taken as known. How long a closure without a known end lasts follows from
    Kaplan-Meier estimates for closures of its class of cause, of its border and of the element itself. Open elements
    close as often as similar ones did wherever closures were researched, by weather in the months in which they did. No
    chance is given if closures of the element were not researched at `as_of`, or, for a date in the past, at that date.
    The answer is the base rate of the border if a walk-forward test on the closures known by then shows that forecasts
    are no better, or if fewer than five independent closures were followed for long enough.

    Parameters
    ----------
    element : str or list of str
        Crossing, pass, strait, section or ferry (id, name or alias), or a border: ``"AF-PK"`` stands for its crossings.
    on : date or list of date
    as_of : date, optional
        Default: the date of the data.

    Returns
    -------
    Outlook
        With ``.table`` and ``.plot()``.

    Raises
    ------
    UnknownPlace
        If no element that can close has this name.
    BadRequest
        If a date is invalid or none is given.
    """
    known = known_on(facts, as_of)
    names = [element] if isinstance(element, str) else as_list(element, "element", "'Torkham'")
    days = [on] if isinstance(on, str | date | np.datetime64) else as_list(on, "on", "'2026-03-01'")
    when = [as_date(day, "on, each") for day in days]
    if not when or not names:
        raise BadRequest("give at least one element and one date: net.outlook('Torkham', on=['2026-03-01']).")
    elements = dict.fromkeys(one for name in names for one in _elements(facts, name))
    rows = [row for one in elements for row in _Future(facts, one, known).rows(when)]
    title = f"{' and '.join(map(str, names))}: will it be open? As known on {known}"
    return Outlook(title, known, pd.DataFrame(rows, columns=COLUMNS))


def _elements(facts: Facts, name: object) -> list[str]:
    """What a name stands for; of a border its crossings in operation, of several things those that operate."""
    if isinstance(name, str) and len(parts := name.upper().replace("–", "-").split("-")) == 2:
        border = country_pair(parts[0].strip(), parts[1].strip())
        if found := [one for one in facts.border_crossings.get(border, ()) if one in facts.closure_groups]:
            return found
    if not isinstance(name, str):
        raise BadRequest(f"element={shown(name)}: give the name of a crossing, pass, ferry or border as text.")
    try:
        found = facts.element_ids(name)
    except UnknownPlace as error:
        raise UnknownPlace(f"{error} A border is written AF-PK.") from None
    return [one for one in found if one in facts.closure_groups] or found


class _State(NamedTuple):
    """How an element stands for a day ahead: closed for sure, in a closure without known end, or open."""

    sure: Closure | None
    lasting: Lasting | None


class _Future:
    """One element as known on a day."""

    def __init__(self, facts: Facts, element_id: str, as_of: date) -> None:
        self.facts, self.element, self.as_of = facts, element_id, as_of
        self.model: Closures = facts.closures(as_of)
        self.group = facts.closure_groups.get(element_id, "")
        self.zone = facts.calendars.zone(element_id)
        self.border = f"the border {self.group}" if "-" in self.group else self.group

    def rows(self, days: Sequence[date]) -> list[Row]:
        """Rows of the table."""
        base = self.model.base_rate(self.group)
        found = []
        for day in days:
            row: Row = {
                "element": self.element,
                "name": self.facts.element_names[self.element],
                "on": day,
                "n": 0,
                "base_rate": base.mean if self.model.years_looked(self.group) else np.nan,
            }
            found.append(row | (self._past(day) if day <= self.as_of else self._ahead(day)))
            if found[-1]["p_open"] > 0 and (words := self._queue(day)):
                found[-1]["basis"] += f"; {words}"
        return found

    def _past(self, day: date) -> Row:
        """A day that was over: what the record says, where somebody looked."""
        research = self.facts.coverage.research(self.element, day)
        state = self._state(day)
        if state.sure is not None:
            return _row(0.0, 0.0, 0.0, 0, f"closed on that day: {state.sure.reason}")
        if state.lasting is not None and day.toordinal() <= state.lasting.seen:
            return _row(0.0, 0.0, 0.0, 0, f"seen closed on that day: {self._kind(state.lasting)}")
        if state.lasting is None and research.searched != "not":
            words = "no closure found" if research.searched == "thoroughly" else "no closure found in a light search"
            return _row(1.0, 1.0, 1.0, 0, f"{words} on that day")
        if research.searched == "not":
            return _row(np.nan, np.nan, np.nan, 0, f"{NOT_KNOWN}: {research.words()}{self._last_seen(state)}")
        return self._chance(state, day)

    def _ahead(self, day: date) -> Row:
        research = self.facts.coverage.research(self.element, self.as_of)
        if research.until > self.as_of.isoformat():
            research = research._replace(until="")  # how long nobody will look is not known yet
        state = self._state(day)
        if state.sure is not None:
            return _row(0.0, 0.0, 0.0, 0, f"known to be closed: {state.sure.reason}")
        if research.searched == "not":
            more = ""
            if last := max((last for _, last in self.model.looked.get(self.element, ())), default=0):
                more = f"; ask as of {date.fromordinal(last)}, the last day looked at"
            return _row(np.nan, np.nan, np.nan, 0, f"{NOT_KNOWN}: {research.words()}{self._last_seen(state)}{more}")
        return self._chance(state, day)

    def _chance(self, state: _State, day: date) -> Row:
        """The forecast, or the base rate where it is no better."""
        closed, model = state.lasting, self.model
        since = date.fromordinal(closed.seen) if closed else self.as_of
        ahead = max((day - since).days, 0)
        survival = model.survival(self.element, closed.cause_class if closed else "", closed is not None)
        near = self.border.removeprefix("the border ")
        if closed:
            where = (
                f"{survival.causes} independent closures of that class, {survival.nearest} of them at {near}"
                if closed.cause_class
                else f"{survival.causes} independent closures of any cause at {near}, {survival.nearest} of them here"
            )
            basis = f"{self._kind(closed)}, seen closed on {since}; {where}"
        else:
            shape, rate = model.frequency(self.element)
            basis = (
                f"open as far as known; {_number(shape / rate)} closures a year looked at, "
                f"{survival.causes} independent ones at {near}"
            )
        if (years := self.model.years_of(self.element)) < LEAST_YEARS:
            basis += f"; looked for closures here in {years:.1f} years only: it is those elsewhere that count"
        if self.facts.coverage.research(self.element, self.as_of).searched == "lightly":
            basis += "; searched lightly, some may be missing"
        age = closed.age if closed else -1
        carries = survival.carries(max(age, 0))
        verdicts = _tested(self.facts, self.as_of, self.element, age)
        worse = min((days for days, verdict in verdicts.items() if verdict == NO_BETTER), default=MOST_DAYS)
        told = [days for days in verdicts if days <= ahead]
        if ahead > min(carries, MOST_DAYS) or ahead >= worse:
            base = model.base_rate(self.group)
            why = (
                f"{NO_BETTER} from {worse} days ahead on in the walk-forward test"
                if worse <= carries
                else f"the data carry {carries} days, fewer than {ENOUGH:.0f} closures were followed longer"
            )
            years = model.years_looked(self.group)
            return _row(
                base.mean, *base.interval, survival.causes, f"{why}: base rate of {self.border}, {years} years; {basis}"
            )
        if told and verdicts[told[-1]].startswith("no better"):
            basis += f"; {verdicts[told[-1]]} at {told[-1]} days in the walk-forward test"
        asked = self.element, since.toordinal(), ahead, age, closed.cause_class if closed else ""
        mean, draws = float(model.expected(*asked)[ahead]), model.drawn(*asked)[:, ahead]
        return _row(mean, *interval(mean, draws), survival.causes, basis)

    def _queue(self, day: date) -> str:
        """That trucks may still wait on a day, where a closure of days had ended shortly before."""
        if self.element not in self.facts.flows(self.as_of):
            return ""
        noon = midnight(day, zone=self.zone)
        known = self.facts.calendars.closures(self.element, noon, Knowledge(self.as_of))
        ended = [c for c in known if not c.rule and c.end - c.start >= 24 and 0 <= noon - c.end < 24 * QUEUE_DAYS]
        if not ended:
            return ""
        since = max(ended, key=lambda one: one.end)
        return f"opened again {(noon - since.end) / 24:.0f} days before: trucks may still wait, see net.backlog"

    def _state(self, day: date) -> _State:
        """What was known of a day: sure where closures with a known end fill it."""
        first, after = (midnight(day, late, self.zone) for late in (False, True))
        traffic = Traffic("", self.facts.closable_modes.get(self.element, ""))
        known = self.facts.calendars.closures(self.element, first, Knowledge(self.as_of))
        there = [one for one in known if one.hits(traffic) and one.start < after and one.end > first]
        sure = [one for one in there if one.end < inf or one.rule]
        starts, ends = merge_spans((max(one.start, first), min(one.end, after)) for one in sure)
        endless = [
            self.facts.lasting(one, self.as_of) for one in there if one.end == inf and not (one.rule or one.right)
        ]
        if sure and sum(ends) - sum(starts) >= after - first - 1e-6:
            return _State(max(sure, key=lambda one: (not one.rule, one.end)), None)
        if not endless:
            return _State(None, None)
        oldest = min(endless, key=lambda one: one.first)
        return _State(None, oldest._replace(seen=max(one.seen for one in endless)))

    def _kind(self, closed: Lasting) -> str:
        kind = f" ({closed.cause_class})" if closed.cause_class else ""
        return f"closed since {date.fromordinal(closed.first)}{kind}"

    def _last_seen(self, state: _State) -> str:
        return f"; last seen closed on {date.fromordinal(state.lasting.seen)}" if state.lasting else ""


def _row(p_open: float, low: float, high: float, n: int, basis: str) -> Row:
    return {"p_open": p_open, "low": low, "high": high, "n": n, "basis": basis}


def _number(value: float) -> str:
    return f"{value:.2g}"


def _tested(facts: Facts, as_of: date, element_id: str, age: int) -> dict[int, str]:
    """Verdicts of the walk-forward test of such forecasts, by days ahead, from what was known by then."""
    table = tested(facts, as_of)
    rows = table[(table["what"] == kind_of(facts, element_id)) & (table["state"] == state_of(age))]
    return dict(zip(rows["horizon_days"], rows["verdict"], strict=True))

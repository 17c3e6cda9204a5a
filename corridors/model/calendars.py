"""When an element is closed: opening hours, holidays and dated events, as known on a day, as closed spans.

Three tables answer it. ``calendars`` holds hard rules in local time; where an official and an operated regime
cover the same day, the operated one counts unless the other is asked for. ``events`` holds dated closures; one
with no known end is taken to last (``unknown="persist"``) or to end on the day it was last confirmed
(``"lapse"``). A scenario adds or lifts closures of its own. Soft monthly values (``seasons``) close nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from math import inf, isfinite
from typing import Literal, NamedTuple, cast
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from corridors.data.opening_rules import YEARS, Rule, days_by_country, is_off, names_holidays, rule_of
from corridors.data.rows import Rows
from corridors.data.schema import Row, listed, mapped, records
from corridors.engine.arrays import Spans, merge_spans
from corridors.model.events import Event, event_rows, events_known
from corridors.model.neighbours import beside_planned
from corridors.model.rule_spans import KEPT_RULES, Ends, RuleSpans
from corridors.model.rules_known import RulesKnown

KEPT_WORLDS, KEPT_YEARS = 8, 8
"""Days of knowledge and years whose closures are kept, the last ones asked for."""
SHUT_FOR_GOOD = 2 * 365
"""Days after which a closure is no disruption but how things are: nobody counts on it, and none that begins is told."""
LONG_SHUT = 24.0 * SHUT_FOR_GOOD
"""The same in hours."""
Unknown = Literal["persist", "lapse"]
Regime = Literal["operated", "official"]


class Knowledge(NamedTuple):
    """What was known: events by `as_of`, how a closure without a known end is read, and which hours count."""

    as_of: date
    unknown: Unknown = "persist"
    regime: Regime = "operated"


LAST_SPAN = 366 * 24
"""Hours: a rule that has been closed for longer when the years read end is taken not to open again."""
DECISIVE = ("regime", "valid_from", "valid_to", "holidays")
"""Columns of ``calendars`` that decide when an element is closed, with its rule and time zone."""
TRUCKS = frozenset({"truck", "trailer", "diesel", "truck over 12 t", "truck over 20 t"})
"""Vehicles named in ``scope_vehicle`` that the trucks of this network are."""
PASSENGERS = "passengers"
"""``scope_cargo`` of an event that does not concern freight."""


class Traffic(NamedTuple):
    """The traffic that passes: direction (``"IR>AF"``), mode, flag of the truck and special goods."""

    direction: str
    mode: str = ""
    carrier: str = ""
    goods: str = ""


ANY_TRAFFIC = Traffic("")


@dataclass(frozen=True)
class Closure:
    """A span in which an element cannot be entered, and why.

    Attributes
    ----------
    start, end : float
        Hours since 1970-01-01 UTC; `end` is ``inf`` where no end is known.
    direction : str
        ``"IR>AF"`` if only that direction is closed, else empty.
    rule : bool
        True for a recurring rule or holiday, False for a dated event.
    right : bool
        True where it is no closure but this carrier or these goods may not pass.
    """

    element_id: str
    start: float
    end: float
    reason: str
    source_id: str = ""
    direction: str = ""
    last_confirmed: str = ""
    contested: bool = False
    rule: bool = False
    right: bool = False
    mode: str = ""
    vehicle: str = ""
    cargo: str = ""
    flags: str = ""

    def hits(self, traffic: Traffic) -> bool:
        """Whether it is closed to this traffic (see the columns ``scope_*`` of the table ``events``)."""
        return (
            self.direction in ("", traffic.direction)
            and self.mode in ("", traffic.mode or self.mode)
            and (not self.vehicle or self.vehicle in TRUCKS or traffic.mode != "road")
            and self.cargo.casefold() in ("", "all cargo", traffic.goods.casefold())
            and (not self.flags or traffic.carrier in self.flags.split(";"))
        )


StillClosed = Callable[[Closure, date, int], npt.NDArray[np.float64]]


def hour(moment: datetime) -> float:
    """Hours since 1970-01-01 UTC of an aware datetime."""
    return moment.timestamp() / 3600


def moment(hours: float) -> datetime:
    """Inverse of `hour`, to the second."""
    return datetime.fromtimestamp(round(hours * 3600), UTC)


def midnight(day: date, after: bool = False, zone: tzinfo = UTC) -> float:
    """Hour at which a day begins in a time zone, or ends if `after`; the last day of the calendar has no end."""
    if after and day == date.max:
        return inf
    return hour(datetime.combine(day + timedelta(days=int(after)), time(), zone))


def _ends(spans: Iterable[tuple[float, float]]) -> Ends:
    return np.array(list(spans), dtype=np.float64).reshape(-1, 2)


def _day(text: str, zone: tzinfo, after: bool = False) -> float:
    return midnight(date.fromisoformat(text), after, zone)


def _subtract(spans: Ends, cuts: Iterable[tuple[float, float]]) -> Ends:
    for low, high in cuts:
        before, after = spans.copy(), spans.copy()
        before[:, 1], after[:, 0] = np.minimum(spans[:, 1], low), np.maximum(spans[:, 0], high)
        both = np.stack([before, after], axis=1).reshape(-1, 2)
        spans = both[both[:, 0] < both[:, 1]]
    return spans


def _cut(closures: list[Closure], cuts: list[tuple[float, float]]) -> list[Closure]:
    if not cuts:
        return closures
    return [
        replace(c, start=start, end=end)
        for c in closures
        for start, end in _subtract(_ends([(c.start, c.end)]), cuts).tolist()
    ]


class Calendars:
    """All closures of a network's elements, worked out on demand and remembered.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Uses ``calendars``, ``holidays``, ``events`` and ``places``.
    still_closed : callable, optional
        Chance that a closure without a known end is still there on each day after it was last seen, as known on a day;
        without it, such closures last.
    beside : callable, optional
        For each planned crossing the operating one nearest to it, if that is known.
    data_date : date, optional
        Day on which all opening hours are known.
    """

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame],
        still_closed: StillClosed | None = None,
        beside: Callable[[], Mapping[str, str]] | None = None,
        data_date: date | None = None,
    ) -> None:
        self._still_closed = still_closed
        self._places = Rows(tables["places"], "place_id")
        self._holidays = days_by_country(tables["holidays"])
        self._holiday_years = {country: {day.year for day in days} for country, days in self._holidays.items()}
        self._known = RulesKnown(records(tables["calendars"]), data_date)
        self.rules = self._known.of
        self._events = _events_by_element(tables["events"]) | _of_planned(
            tables, beside or (lambda: beside_planned(tables, self._places))
        )
        self._home = _home_places(tables)
        dated = len(self._known.editions) + len(self._events)
        self._recurring = lru_cache(KEPT_YEARS * dated)(self._find_recurring)
        self._closures = lru_cache(KEPT_WORLDS * dated)(self._find_closures)
        self.events = lru_cache(KEPT_WORLDS * dated)(self._find_events)
        self._spans = lru_cache(KEPT_WORLDS * dated)(self._find_spans)
        self.closure_share = lru_cache(2 * KEPT_WORLDS * dated)(self._closure_share)
        self._hours, self._numbers = self._distinct()
        self._plain_spans = lru_cache(KEPT_YEARS * len(self._hours))(self._find_plain_spans)
        self._rule_spans_of = RuleSpans(tables, self._every_rule)
        self._spans_of_rule = lru_cache(KEPT_RULES)(self._find_spans_of_rule)
        self._share = lru_cache(KEPT_WORLDS * dated)(self._find_closure_share)
        self.dated = frozenset(self._known.editions) | frozenset(self._events)

    def closures(self, element_id: str, t0: float, knowledge: Knowledge, goods: str = "") -> list[Closure]:
        """Closures of one element that matter to a departure at hour `t0`: that year and the two after it.

        Exceptions for the special `goods` cut the dated ones while they last.
        """
        return self._closures(element_id, moment(t0).year, knowledge, goods)

    def _find_events(self, element_id: str, knowledge: Knowledge, goods: str = "") -> list[Closure]:
        """Closures of an element by events, without its hours of work."""
        return self._dated(element_id, knowledge, goods)[1]

    def _find_closures(self, element_id: str, year: int, knowledge: Knowledge, goods: str) -> list[Closure]:
        opened, closed = self._dated(element_id, knowledge, goods)
        edition = self._known.edition(element_id, knowledge.as_of)
        return _cut(self._recurring(element_id, edition, year, knowledge.regime), opened) + closed

    def _dated(
        self, element_id: str, knowledge: Knowledge, goods: str
    ) -> tuple[list[tuple[float, float]], list[Closure]]:
        """Spans in which events open an element despite its hours, and closures by events."""
        opened = [(e.start, e.end) for e in self._dated_spans(element_id, "open", knowledge)]
        closed = self._dated_spans(element_id, "close", knowledge)
        if goods:
            let = self._dated_spans(element_id, "exception", knowledge, goods)
            closed = _cut(closed, [(e.start, e.end) for e in let])
        return opened, closed

    def spans(self, element_id: str, t0: float, knowledge: Knowledge, traffic: Traffic) -> Spans:
        """The closures that close an element to some traffic, merged for the engine."""
        return self._spans(element_id, moment(t0).year, knowledge, traffic)

    def _find_spans(self, element_id: str, year: int, knowledge: Knowledge, traffic: Traffic) -> Spans:
        number = self._numbers.get((element_id, self._known.edition(element_id, knowledge.as_of)))
        usual = Spans(np.empty(0), np.empty(0)) if number is None else self._plain_spans(number, year, knowledge.regime)
        opened, closed = self._dated(element_id, knowledge, traffic.goods)
        dated = [(c.start, c.end) for c in closed if c.hits(traffic)]
        if not opened and not dated:
            return usual
        return merge_spans(np.concatenate([_subtract(np.column_stack(usual.arrays), opened), _ends(dated)]))

    def _find_plain_spans(self, number: int, year: int, regime: Regime) -> Spans:
        """Spans of hours of work without any event, worked out once for all elements that have them."""
        rows = self._hours[number]
        return merge_spans(np.concatenate([spans for _, spans in self._recurring_spans(rows, year, regime)]))

    def _distinct(self) -> tuple[list[Sequence[Row]], dict[tuple[str, int], int]]:
        """The different hours of work, and which of them each edition of an element's is; thousands may share a few."""
        number: dict[tuple[object, ...], int] = {}
        found: list[Sequence[Row]] = []
        which = {}
        for element, editions in self._known.editions.items():
            for i, (_, rows) in enumerate(editions):
                key = tuple((*(row[name] for name in DECISIVE), self._rule(row), self._zone(row)) for row in rows)
                if key not in number:
                    number[key] = len(found)
                    found.append(rows)
                which[element, i] = number[key]
        return found, which

    def restrictions(self, element_id: str, t: float, knowledge: Knowledge) -> list[Closure]:
        """Events in force at hour `t` that slow or limit freight without closing (effect ``restrict``)."""
        return [
            e
            for e in self._dated_spans(element_id, "restrict", knowledge)
            if e.start <= t < e.end and e.cargo != PASSENGERS
        ]

    def _closure_share(self, element_id: str, since: str, until: float, traffic: Traffic = ANY_TRAFFIC) -> float:
        """Share of the time from day `since` to hour `until` in which dated events close the element to some traffic.

        Closures that follow each other without a gap are one, and one of two years or more does not count. One without
        a known end counts to the day on which it was last seen, and from then on by the chance that it still lasted.
        """
        return self._share(element_id, since, until, traffic) if element_id in self._events else 0.0

    def _find_closure_share(self, element_id: str, since: str, until: float, traffic: Traffic) -> float:
        first = _day(since, UTC)
        if until <= first:
            return 0.0
        today = moment(until).date()
        spans, perhaps = [], []
        for e in self.events(element_id, Knowledge(today), traffic.goods):
            if not e.hits(traffic):
                continue
            seen = until
            if e.end == inf and e.last_confirmed and self._still_closed:
                seen = _day(e.last_confirmed, self.zone(element_id), after=True)
                days, before = (int(max(end - seen, 0.0) / 24) for end in (until, first))
                perhaps.append((e.start, 24.0 * float(self._still_closed(e, today, days)[before + 1 :].sum())))
            spans.append((e.start, min(e.end, seen, until)))
        starts, ends = merge_spans(spans)
        short = [(start, end) for start, end in zip(starts, ends, strict=True) if end - start < LONG_SHUT]
        closed = sum(max(end - max(start, first), 0.0) for start, end in short)
        still = [hours for begun, hours in perhaps if any(start <= begun < end for start, end in short)]
        return min((closed + max(still, default=0.0)) / (until - first), 1.0)

    def closed_on(self, element_id: str, on: date, as_of: date, mode: str) -> bool:
        """Whether a dated event known by `as_of` closes the element on a day to all of a mode, in every direction."""
        start, end = (midnight(on, after, self.zone(element_id)) for after in (False, True))
        closed = self._dated_spans(element_id, "close", Knowledge(as_of))
        return any(c.start < end and start < c.end and c.hits(Traffic("", mode)) for c in closed)

    def contested(self, element_id: str, t: float, knowledge: Knowledge) -> Row | None:
        """The calendar row in force at hour `t` if sources disagree about it."""
        for row in self._in_force(element_id, knowledge):
            zone = self._zone(row)
            if (
                row["contested"]
                and (not row["valid_from"] or _day(row["valid_from"], zone) <= t)
                and (not row["valid_to"] or t < _day(row["valid_to"], zone, after=True))
            ):
                return row
        return None

    def without_holidays(self, element_id: str, t: float, knowledge: Knowledge) -> str:
        """Countries whose public holidays close an element but are not known for the year of hour `t`."""
        year = moment(t).year if isfinite(t) else 0
        return " and ".join(
            dict.fromkeys(
                country
                for row in self._in_force(element_id, knowledge)
                for country in filter(None, row["holidays"].split(";"))
                if year and year not in self._holiday_years.get(country, ())
            )
        )

    def _zone(self, row: Row) -> ZoneInfo:
        return ZoneInfo(self._places.get(row.get("place_id", ""), {}).get("timezone") or "UTC")

    def zone(self, element_id: str) -> ZoneInfo:
        """Time zone in which the days of an element's events are counted: that of its hours or its first place."""
        editions = self._known.editions.get(element_id)
        return self._zone(editions[0][1][0]) if editions else self._zone({"place_id": self._home.get(element_id, "")})

    def _in_force(self, element_id: str, knowledge: Knowledge) -> Sequence[Row]:
        rows = self.rules(element_id, knowledge.as_of)
        return [row for row in rows if row["regime"] == knowledge.regime] or rows

    def _find_recurring(self, element_id: str, edition: int, year: int, regime: Regime) -> list[Closure]:
        found: list[Closure] = []
        rows = self._known.editions[element_id][edition][1] if edition >= 0 else ()
        for row, spans in self._recurring_spans(rows, year, regime):
            kind = f"{row['regime']} hours {row['rule']!r}" + (
                f", public holidays of {row['holidays'].replace(';', ' and ')}" if row["holidays"] else ""
            )
            if is_off(row["rule"]):
                kind = f"its time in service ({row['note']})" if row["note"] else "its time in service"
            found += [
                Closure(element_id, start, end, kind, row["source_id"], contested=row["contested"], rule=True)
                for start, end in spans.tolist()
            ]
        return found

    def _recurring_spans(self, rows: Sequence[Row], year: int, regime: Regime) -> Iterator[tuple[Row, Ends]]:
        """Rows of ``calendars`` of one element, each with the spans in which it closes."""
        preferred = [self._validity(row) for row in rows if row["regime"] == regime]
        for row in rows:
            low, high = self._validity(row)
            if is_off(row["rule"]):  # as long as the row holds, not for the years that are read
                since, until = (midnight(date(one, 1, 1), zone=self._zone(row)) for one in (year, year + YEARS))
                spans = _ends([(low, high)] if low < until and since < high else [])
            else:
                spans = self._rule_spans(row, year)
            if low > -inf or high < inf:
                spans = np.clip(spans[(spans[:, 0] < high) & (spans[:, 1] > low)], low, high)
            yield row, spans if row["regime"] == regime else _subtract(spans, preferred)

    def _validity(self, row: Row) -> tuple[float, float]:
        zone = self._zone(row)
        return (
            _day(row["valid_from"], zone) if row["valid_from"] else -inf,
            _day(row["valid_to"], zone, after=True) if row["valid_to"] else inf,
        )

    def _rule_spans(self, row: Row, year: int) -> Ends:
        return self._spans_of_rule(self._rule(row), row["holidays"], self._zone(row), year)

    def _rule(self, row: Row) -> Rule:
        return rule_of(row, self._places.get(row["place_id"], {}), self._holidays)

    def _every_rule(self) -> list[Rule]:
        """The different rules, in the order of the table."""
        editions = self._known.editions.values()
        return list(dict.fromkeys(self._rule(row) for one in editions for row in one[-1][1]))

    def _find_spans_of_rule(self, rule: Rule, holidays: str, zone: ZoneInfo, year: int) -> Ends:
        spans = self._rule_spans_of.utc(rule, zone, year)
        if len(spans) and midnight(date(year + YEARS, 1, 1), zone=zone) <= spans[-1, 1] > spans[-1, 0] + LAST_SPAN:
            spans = np.concatenate([spans[:-1], [[spans[-1, 0], inf]]])
        if names_holidays(rule.text):
            return spans
        off = _ends(
            (midnight(day, zone=zone), midnight(day, after=True, zone=zone))
            for country in filter(None, holidays.split(";"))
            for day in self._holidays.get(country, ())
            if year <= day.year < year + YEARS
        )
        return np.concatenate([spans, off])

    def _dated_spans(self, element_id: str, effect: str, knowledge: Knowledge, goods: str = "") -> list[Closure]:
        zone = self.zone(element_id)
        found = []
        for row in events_known(self._events.get(element_id, ()), knowledge.as_of):
            if row["effect"] != effect or (goods and row["scope_cargo"].casefold() != goods.casefold()):
                continue
            confirmed = row["last_confirmed"]
            if row["end"]:
                until = _day(row["end"], zone, after=True)
            elif knowledge.unknown == "lapse":
                until = _day(confirmed, zone, after=True) if confirmed else midnight(knowledge.as_of, True, zone)
            else:
                until = inf
            found.append(
                Closure(
                    element_id,
                    _day(row["start"], zone),
                    until,
                    row["cause"],
                    row["source_id"],
                    row["scope_direction"],
                    confirmed if until == inf else "",
                    row["contested"],
                    mode=row["scope_mode"],
                    vehicle=row["scope_vehicle"],
                    cargo=row["scope_cargo"],
                    flags=row["scope_flag"],
                )
            )
        return found


def _home_places(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """First place of each crossing, leg and section."""
    found: dict[str, str] = {}
    for table, name in (("legs", "leg_id"), ("crossings", "element_id")):
        if table in tables:
            names, places = listed(tables[table], name, "from_place")
            found |= zip(reversed(names), reversed(places), strict=True)
    if "elements" in tables:
        sections = tables["elements"][tables["elements"]["members"] != ""]
        for section, members in mapped(sections, "element_id", "members").items():
            found[section] = found.get(members.split(";")[0], "")
    return found


def _events_by_element(table: pd.DataFrame) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    for event in event_rows(table):
        found.setdefault(event["element_id"], []).append(event)
    return found


def _of_planned(tables: Mapping[str, pd.DataFrame], beside: Callable[[], Mapping[str, str]]) -> dict[str, list[Event]]:
    """Events of planned crossings: their own, and the closures of the operating crossing of the border beside them.

    A border that is closed is closed to a line that is not built yet: whoever builds it in a scenario must reopen it
    too.
    """
    if "crossings" not in tables:
        return {}
    names = mapped(tables["crossings"].drop_duplicates("element_id"), "element_id", "name")
    events = _events_by_element(tables["events"])
    found = {}
    for planned, nearest in beside().items():
        inherited = [
            cast(
                Event,
                event
                | {"element_id": planned, "cause": f"{event['cause']}, closed at {names[nearest]} too"}
                | dict.fromkeys(("scope_mode", "scope_vehicle"), ""),
            )
            for event in events.get(nearest, ())
            if event["effect"] == "close"
        ]
        if inherited:
            found[planned] = events.get(planned, []) + inherited
    return found

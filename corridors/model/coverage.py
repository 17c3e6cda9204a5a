"""How well closures were researched: no recorded closure does not mean open where nobody looked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Literal, NamedTuple

import pandas as pd

from corridors.data.schema import records

Searched = Literal["thoroughly", "lightly", "not"]
FIRST = "2010-01-01"
"""First day of the record of closures."""
LEVELS: tuple[Searched, ...] = ("not", "lightly", "thoroughly")
COLUMNS = ["element_id", "name", "border", "from", "to", "searched", "pages", "events"]


class Research(NamedTuple):
    """How well closures of an element were researched on a day, and from when to when that holds.

    `since` and `until` are days as ISO text; an empty `until` means from then on.
    """

    searched: Searched
    since: str
    until: str

    def words(self) -> str:
        """The same for readers: "closures after March 2026 not researched here"; empty where it was thorough."""
        if self.searched == "thoroughly":
            return ""
        known = "not researched" if self.searched == "not" else "only lightly researched"
        first, last = self.since > FIRST, bool(self.until)
        if first and last:
            return f"closures of {_month(self.since)} to {_month(self.until)} {known} here"
        if first:
            return f"closures after {_month(_before(self.since))} {known} here"
        if last:
            return f"closures before {_month(_after(self.until))} {known} here"
        return f"closures {known} here"


class Coverage:
    """The table ``coverage`` as a question: was this element's closures researched on that day?

    Rows of an element count before those of its border, day by day; what has no row was not researched.

    Parameters
    ----------
    table : DataFrame
        Table ``coverage``.
    borders : mapping of str to str
        Crossings with the pair of countries that they join: ``{"torkham": "AF-PK"}``.
    """

    def __init__(self, table: pd.DataFrame, borders: Mapping[str, str]) -> None:
        self._borders = borders
        self._own: dict[str, list[tuple[str, str, Searched, int]]] = {}
        for row in records(table.sort_values("from", kind="stable")):
            part = (row["from"], row["to"], row["searched"], int(row["pages"]))
            self._own.setdefault(row["element_id"] or row["border"], []).append(part)
        self._runs: dict[str, list[Research]] = {}
        self._recorded = frozenset(self._own) | {one for one, border in borders.items() if border in self._own}

    def research(self, element_id: str, day: date | str) -> Research:
        """How well closures of an element were researched on a day.

        Parameters
        ----------
        element_id : str
        day : date or str

        Returns
        -------
        Research
            With `searched` ``"not"`` where the table says nothing.
        """
        on = str(day)[:10]
        for run in self.runs(element_id):
            if run.since <= on and (not run.until or on <= run.until):
                return run
        return Research("not", "", _before(FIRST))

    def looked(self, element_id: str, since: date | str, until: date | str) -> bool:
        """Whether anybody looked for closures of an element, if lightly, at any time between two days."""
        first, last = str(since)[:10], str(until)[:10]
        return any(
            run.searched != "not" and run.since <= last and (not run.until or run.until >= first)
            for run in self.runs(element_id)
        )

    def best(self, elements: Iterable[str], day: date | str) -> Research:
        """The best and latest research on any of several elements, such as a leg and its sections."""
        found = [self.research(element, day) for element in elements]
        return max(found, key=lambda one: (LEVELS.index(one.searched), one.since), default=Research("not", "", ""))

    def gaps(self, passages: Iterable[tuple[Collection[str], date | str]], names: Mapping[str, str]) -> list[str]:
        """What was not, or only lightly, researched on a route, in words that name the places.

        Parameters
        ----------
        passages : iterable of (elements, day)
            Elements of each leg or crossing, and the day of passing.
        names : mapping of str to str
            Elements that are named; what has none of them lies between and is summed up.

        Returns
        -------
        list of str
            As "closures after March 2026 not researched: Torkham, Chaman"; what nobody looked up first.
        """
        named: dict[Research, list[str]] = {}
        between = False
        nothing = Research("not", FIRST, "")
        for elements, day in passages:
            silent = str(day) >= FIRST and self._recorded.isdisjoint(elements)
            found = nothing if silent else self.best(elements, day)
            if found.searched != "thoroughly":
                named.setdefault(found, []).extend(names[element] for element in elements if element in names)
                between |= found.searched == "not" and not any(element in names for element in elements)
        order = sorted(filter(named.get, named), key=lambda one: LEVELS.index(one.searched))
        words = [f"{one.words().removesuffix(' here')}: {', '.join(dict.fromkeys(named[one]))}" for one in order]
        return words + ["closures of the roads, railways and sea lanes between not researched"] * between

    def runs(self, element_id: str) -> list[Research]:
        """The spells of equal research of an element, in order, from the first day of the record on."""
        if element_id not in self._runs:
            cuts = sorted(
                {FIRST, *(day for part in self._parts(element_id) for day in (part[0], _next(part[1])) if day)}
            )
            spells: list[Research] = []
            for since, after in zip(cuts, [*cuts[1:], ""], strict=True):
                searched = self._at(element_id, since)
                if spells and spells[-1].searched == searched:
                    since = spells.pop().since
                spells.append(Research(searched, since, _before(after) if after else ""))
            self._runs[element_id] = spells
        return self._runs[element_id]

    def table(self, tables: Mapping[str, pd.DataFrame], names: Mapping[str, str]) -> pd.DataFrame:
        """The same of all crossings, straits and sections, and of legs that events or research name."""
        table = tables["elements"]
        named = set(tables["coverage"]["element_id"]) | set(tables["events"]["element_id"])
        shown = table.loc[(table["kind"] != "leg") | table["element_id"].isin(named), "element_id"]
        return self.frame(shown, names, tables["events"])

    def frame(self, elements: Iterable[str], names: Mapping[str, str], events: pd.DataFrame) -> pd.DataFrame:
        """One row per element and half-year (cut where the research changes within it), to the last row's start."""
        count: dict[str, list[str]] = {}
        for element, start in zip(events["element_id"], events["start"], strict=True):
            count.setdefault(element, []).append(start)
        last = max((part[0] for parts in self._own.values() for part in parts), default=FIRST)
        rows = []
        for element in elements:
            for half in _halves(FIRST, last):
                for since, until in self._cut(element, *half):
                    rows.append(
                        {
                            "element_id": element,
                            "name": names.get(element, element),
                            "border": self._borders.get(element, ""),
                            "from": since,
                            "to": until,
                            "searched": self._at(element, since),
                            "pages": self._pages(element, since, until),
                            "events": sum(since <= start <= until for start in count.get(element, ())),
                        }
                    )
        return pd.DataFrame(rows, columns=COLUMNS)

    def _parts(self, element_id: str) -> list[tuple[str, str, Searched, int]]:
        return [*self._own.get(element_id, ()), *self._own.get(self._borders.get(element_id, ""), ())]

    def _at(self, element_id: str, day: str) -> Searched:
        found = (part[2] for part in self._parts(element_id) if part[0] <= day and (not part[1] or day <= part[1]))
        return next(found, "not")

    def _cut(self, element_id: str, since: str, until: str) -> list[tuple[str, str]]:
        starts = sorted({since, *(run.since for run in self.runs(element_id) if since < run.since <= until)})
        return list(zip(starts, [*(_before(day) for day in starts[1:]), until], strict=True))

    def _pages(self, element_id: str, since: str, until: str) -> float:
        """Pages seen, those of a longer row shared out by days."""
        total = 0.0
        own = self._own.get(element_id) or self._own.get(self._borders.get(element_id, ""), [])
        for first, last, _, pages in own:
            overlap = (_date(min(until, last or until)) - _date(max(since, first))).days + 1
            if overlap > 0 and last:
                total += pages * overlap / ((_date(last) - _date(first)).days + 1)
        return round(total, 1)


def _date(day: str) -> date:
    return date.fromisoformat(day)


def _before(day: str) -> str:
    return (_date(day) - timedelta(days=1)).isoformat()


def _after(day: str) -> str:
    return (_date(day) + timedelta(days=1)).isoformat()


def _next(day: str) -> str:
    return _after(day) if day else ""


def _month(day: str) -> str:
    return f"{_date(day):%B %Y}"


def _halves(first: str, last: str) -> list[tuple[str, str]]:
    found = []
    for year in range(int(first[:4]), int(last[:4]) + 1):
        found += [(f"{year}-01-01", f"{year}-06-30"), (f"{year}-07-01", f"{year}-12-31")]
    return found

"""How long closures last and how often they begin, from the table ``episodes`` as far as it was known on a day.

*How long.* Kaplan and Meier's estimate by days: of the spells still closed on a day of their life and seen on the next,
the share that had opened by then. A spell ends when its event does; one that has no end there counts to the day on
which it was last seen closed (censored), no further. Rows of one common cause count as one spell together, whatever the
level. Levels are nested (all spells; those of a class of cause or of a border; those of that class at that border; of
the element), and each is drawn towards the one above it as if that were `PRIOR_SPELLS` spells more: the mean of Hjort's
beta process (Annals of Statistics 18, 1990). The intervals are draws of that process.

*How often.* New closures over the time in which the element was open and somebody looked (table ``coverage``), drawn
towards the border and the network as if they were `PRIOR_YEARS` more: a gamma and Poisson model. Closures by weather
begin as often in each month as the record has them, those by other causes in any; the months of few closures are drawn
towards those of the border and the network as if these were `PRIOR_SPELLS` more.

*Chance of being open.* From these two, day by day: closed on a day is what is still closed from before or began since.
Announced closures are no chance and not in it: calendars and events know them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.model.calendars import SHUT_FOR_GOOD
from corridors.model.spells import NEVER, Record, Spell, ordinal

if TYPE_CHECKING:
    from corridors.model.coverage import Coverage

Floats = npt.NDArray[np.float64]
Level = tuple[str, ...]

PRIOR_SPELLS = 4.0
"""A level counts as so many spells for the one below it; an assumption."""
PRIOR_YEARS = 1.0
"""A level counts as so many element-years for the one below it; an assumption."""
ENOUGH = 5.0
"""With fewer independent spells followed so long, the data carry no forecast."""
LONGEST = 1096
"""Days of a closure's life that are distinguished; longer closures have no end here."""
DRAWS, SEED = 200, 1
INTERVAL = (0.1, 0.9)
"""Between these quantiles lie ``low`` and ``high``."""
SEASONAL = "weather or hazard"
"""Class of causes that come in some months of the year more often than in others."""
MONTHS = 12
ALL: Level = ("all",)
YEAR = 365.25
TINY = 1e-9
LEAST_YEARS = 0.95
"""Of a record of less than about a year nothing is told: one winter missed, or what made one look, would decide."""


class Counts(NamedTuple):
    """Independent spells by days of their life: those followed to the next day, and those that were open by then."""

    at_risk: Floats
    ended: Floats
    causes: int

    @classmethod
    def of(cls, spells: Iterable[Spell]) -> Counts:
        """Count spells, those of one common cause as one together."""
        some = list(spells)
        shared: dict[str, int] = {}
        for spell in some:
            shared[spell.common_cause] = shared.get(spell.common_cause, 0) + 1
        ends, at_risk = np.zeros(LONGEST), np.zeros(LONGEST + 1)
        for spell in some:
            weight, days = 1.0 / shared[spell.common_cause], min(spell.days, LONGEST)
            at_risk[0] += weight
            at_risk[days] -= weight
            if spell.ended and spell.days <= LONGEST:
                ends[days - 1] += weight
        return cls(np.cumsum(at_risk)[:-1].clip(min=0.0), ends, len(shared))


@dataclass(frozen=True, eq=False)
class Survival:
    """Chance that a closure ends on each day of its life, the levels above drawn in.

    Attributes
    ----------
    shapes : (array, array)
        Parameters of the beta distribution of each day's chance.
    followed : array
        How many independent spells of any kind were followed from each day of their life to the next.
    causes : int
        Independent spells of the class of cause; of the border, where no class is asked for.
    nearest : int
        Those of them at the border; of the element, where no class is asked for.
    """

    shapes: tuple[Floats, Floats]
    followed: Floats
    causes: int
    nearest: int

    @cached_property
    def closed(self) -> Floats:
        """Chance that a closure is still there after so many days, from 1 at its start on."""
        return _product(_mean(*self.shapes))

    @cached_property
    def closed_draws(self) -> Floats:
        """The same in `DRAWS` draws, one a row."""
        first, second = (np.where(shape > 0, shape, TINY) for shape in self.shapes)
        chance = np.random.default_rng(SEED).beta(first, second, (DRAWS, LONGEST))
        return _product(np.where(self.shapes[0] > 0, chance, 0.0))

    def carries(self, age: int) -> int:
        """Days from `age` on for which enough independent spells were followed."""
        return int(np.argmax(np.append(self.followed[age:], 0.0) < ENOUGH))


def open_chance(still: Floats, daily: Floats, closed: Floats) -> Floats:
    """Chance of being open on each day from now on, one row per draw.

    Parameters
    ----------
    still : array
        Chance that what closes it now still does, on day 0, 1, 2 ...; nought where nothing does.
    daily : array
        Chance that a closure begins on a day if the one before was open, by day; one a row.
    closed : array
        Chance that a closure is still there so many days after it began.

    Returns
    -------
    array
        Day h is open unless the first closure lasts, or one that began on a day u after an open one lasts to h:
        1 - still(h) - sum over u of daily(u) open(u - 1) closed(h - u).
    """
    found = 1.0 - still
    for day in range(1, still.shape[1]):
        began = found[:, :day] * daily[:, 1 : day + 1] * closed[:, day - 1 :: -1][:, :day]
        found[:, day] -= began.sum(axis=1)
    return found.clip(0.0, 1.0)


@dataclass(frozen=True, eq=False)
class Share:
    """A share of time: expected, and in draws."""

    mean: float
    draws: Floats

    @property
    def interval(self) -> tuple[float, float]:
        """Quantiles of the draws, the expected share between them."""
        return interval(self.mean, self.draws)


def interval(mean: float, draws: Floats) -> tuple[float, float]:
    """Quantiles of draws, with the mean between them."""
    low, high = np.quantile(draws, INTERVAL)
    return min(float(low), mean), max(float(high), mean)


class Looked(NamedTuple):
    """A period in which closures of an element were looked for."""

    element_id: str
    group: str
    first: int
    last: int


def periods_looked(coverage: Coverage, group_of: Mapping[str, str]) -> list[Looked]:
    """All periods with research, thorough or light, of elements."""
    return [
        Looked(element, group, ordinal(run.since), ordinal(run.until) if run.until else NEVER)
        for element, group in group_of.items()
        for run in coverage.runs(element)
        if run.searched != "not"
    ]


class Lasting(NamedTuple):
    """A closure in force without a known end; days are ordinals."""

    element_id: str
    cause_class: str
    first: int
    seen: int
    """Last day on which it was seen closed."""

    @property
    def age(self) -> int:
        """Day of its life on which it was seen last."""
        return self.seen - self.first


class Closures:
    """What was known of closures on a day: how long they last, how often they begin, how often a border is closed.

    Parameters
    ----------
    record : sequence of Record
    looked : sequence of Looked
    as_of : date
        Nothing that was known later, or looked for later, counts.
    """

    def __init__(self, record: Sequence[Record], looked: Sequence[Looked], as_of: date) -> None:
        self.today = as_of.toordinal()
        self.spells = [spell for row in record if (spell := row.on(self.today)) is not None]
        self._looked = [one._replace(last=min(one.last, self.today)) for one in looked if one.first <= self.today]
        self.groups = {one.element_id: one.group for one in looked}
        self.survival = lru_cache(None)(self._survival)
        self.frequency = lru_cache(None)(self._frequency)
        self.season = lru_cache(None)(self._season)
        self.by_month = lru_cache(None)(self._by_month)
        self.base_rate = lru_cache(None)(self._base_rate)
        self.expected = lru_cache(None)(self._expected)
        self.drawn = lru_cache(None)(self._drawn)
        self.counts = lru_cache(None)(self._count)

    def _count(self, level: Level, most: int = NEVER) -> Counts:
        """Spells of a level, such as ``("class", "pandemic")``, of fewer days than `most`."""
        return Counts.of(spell for spell in self._of_level.get(level, ()) if spell.days < most)

    @cached_property
    def _of_level(self) -> dict[Level, list[Spell]]:
        """Spells by each of their levels."""
        found: dict[Level, list[Spell]] = {}
        for spell in self.spells:
            for level in dict.fromkeys(_levels(spell)):
                found.setdefault(level, []).append(spell)
        return found

    def _survival(self, element_id: str, cause_class: str = "", lasting: bool = False) -> Survival:
        """How long closures of an element last, of one class of cause or of any.

        Parameters
        ----------
        element_id : str
        cause_class : str
            Empty: any.
        lasting : bool
            Of one in force, which may be one of years; else of those that may begin.
        """
        most = NEVER if lasting else SHUT_FOR_GOOD
        group = self.groups.get(element_id, "")
        levels: list[Level] = (
            [("class", cause_class), ("class", cause_class, group), ("class", cause_class, group, element_id)]
            if cause_class
            else [("group", group), ("element", group, element_id)]
        )
        counts = self.counts(ALL, most)
        first, second = counts.ended, counts.at_risk - counts.ended
        for level in levels:
            above, some = _mean(first, second), self.counts(level, most)
            first = PRIOR_SPELLS * above + some.ended
            second = PRIOR_SPELLS * (1.0 - above) + some.at_risk - some.ended
        causes = [self.counts(level, most).causes for level in levels]
        return Survival((first, second), self.counts(ALL).at_risk, *causes[:2])

    def _frequency(self, element_id: str) -> tuple[float, float]:
        """New closures a year of an element while it is open: shape and rate of their gamma distribution."""
        group = self.groups.get(element_id, "")
        some, years = self._began_and_years
        shape, rate = 0.0, 0.0
        for level in (ALL, ("group", group), ("element", group, element_id)):
            prior = PRIOR_YEARS * shape / rate if rate else 0.0
            shape = prior + some.get(level, 0.0)
            rate = (PRIOR_YEARS if prior else 0.0) + years.get(level, 0.0)
        return shape, rate

    def _season(self, element_id: str) -> Floats:
        """How many times as many closures of an element begin in each month as in the mean month."""
        group, share = self.groups.get(element_id, ""), np.full(MONTHS, 1.0 / MONTHS)
        for level in (ALL, ("group", group), ("element", group, element_id)):
            found = PRIOR_SPELLS * share + self.by_month(level)
            share = found / found.sum()
        return MONTHS * share

    def _by_month(self, level: Level) -> Floats:
        """Causes of a level by the month in which they closed something, or could have done so as well."""
        found, spells = np.zeros(MONTHS), self._of_level.get(level, ())
        alike = Counter(spell.common_cause for spell in spells)
        for spell in spells:
            share = 1.0 / alike[spell.common_cause]
            if spell.cause_class == SEASONAL:
                found[date.fromordinal(spell.start).month - 1] += share
            else:
                found += share / MONTHS
        return found

    def begin_daily(self, element_id: str, first: int, days: int) -> Floats:
        """How many times as many closures of an element begin on a day and each after it as on a mean one."""
        found: Floats = self.season(element_id)[_months(first, days)]
        return found

    @cached_property
    def _began_and_years(self) -> tuple[dict[Level, float], dict[Level, float]]:
        """New closures observed to begin, and years in which the element was open and under observation."""
        began: dict[Level, float] = {}
        years: dict[Level, float] = {}
        for one in self._looked:
            closed = [(max(a, one.first), min(b, one.last)) for a, b in self._closed.get(one.element_id, ())]
            days = one.last - one.first + 1 - sum(max(b - a + 1, 0) for a, b in closed)
            starts = sum(
                one.first <= a <= one.last and b - a + 1 < SHUT_FOR_GOOD
                for a, b in self._closed.get(one.element_id, ())
            )
            for level in (ALL, ("group", one.group), ("element", one.group, one.element_id)):
                years[level] = years.get(level, 0.0) + max(days, 0) / YEAR
                began[level] = began.get(level, 0.0) + starts
        return began, years

    @cached_property
    def _closed(self) -> dict[str, list[tuple[int, int]]]:
        """Days on which each element was known to be closed, first and last, spells that touch as one."""
        found: dict[str, list[tuple[int, int]]] = {}
        for spell in self.spells:
            first, last = spell.start, spell.start + (spell.days - 1 if spell.ended else spell.days)
            some = found.setdefault(spell.element_id, [])
            if some and first <= some[-1][1] + 1:
                some[-1] = (some[-1][0], max(last, some[-1][1]))
            else:
                some.append((first, last))
        return found

    @cached_property
    def _days(self) -> dict[str, dict[int, tuple[float, float]]]:
        """Days looked at and days closed of each border or kind, by year."""
        found: dict[str, dict[int, tuple[float, float]]] = {}
        for one in self._looked:
            of_group = found.setdefault(one.group, {})
            for year in range(date.fromordinal(one.first).year, date.fromordinal(one.last).year + 1):
                first = max(one.first, date(year, 1, 1).toordinal())
                last = min(one.last, date(year, 12, 31).toordinal())
                closed = sum(max(min(b, last) - max(a, first) + 1, 0) for a, b in self._closed.get(one.element_id, ()))
                days, before = of_group.get(year, (0.0, 0.0))
                of_group[year] = days + last - first + 1, before + closed
        return found

    def _base_rate(self, group: str) -> Share:
        """Share of the days looked at on which elements of a border or kind were open.

        The draws weigh the years of the border anew (Rubin's Bayesian bootstrap), for shocks are common to a border.
        """
        every = [pair for years in self._days.values() for pair in years.values()]
        all_days, all_closed = (sum(pair[i] for pair in every) for i in (0, 1))
        share = all_closed / all_days if all_days else 0.0
        own = np.array(list(self._days.get(group, {}).values()) or [(0.0, 0.0)])
        weights = len(own) * np.random.default_rng(SEED).dirichlet(np.ones(len(own)), DRAWS)
        prior = PRIOR_YEARS * YEAR

        def opened(days: Any, closed: Any) -> Any:
            return 1.0 - (closed + prior * share) / (days + prior)

        return Share(float(opened(*own.sum(axis=0))), opened(*(weights @ own).T))

    @cached_property
    def looked(self) -> dict[str, list[tuple[int, int]]]:
        """First and last day of the periods in which somebody looked, by element."""
        found: dict[str, list[tuple[int, int]]] = {}
        for one in self._looked:
            found.setdefault(one.element_id, []).append((one.first, one.last))
        return found

    def years_of(self, element_id: str) -> float:
        """Years in which closures of an element were looked for."""
        return sum(last - first + 1 for first, last in self.looked.get(element_id, ())) / YEAR

    @cached_property
    def classes(self) -> dict[tuple[str, int], str]:
        """Class of the cause of spells, by element and first day."""
        return {(spell.element_id, spell.start): spell.cause_class for spell in self.spells}

    def years_looked(self, group: str) -> int:
        """Calendar years in which a border or kind was observed."""
        return len(self._days.get(group, {}))

    def _expected(self, element_id: str, first: int, days: int, age: int = -1, cause_class: str = "") -> Floats:
        """Chance of being open on a day and each after it.

        Parameters
        ----------
        element_id : str
        first : int
            Day on which it is seen, as an ordinal.
        days : int
            How far.
        age : int
            Day of its life on which the closure in force was seen last; below 0: it is open.
        cause_class : str
            Of the closure in force.
        """
        shape, rate = self.frequency(element_id)
        daily = (shape / rate / YEAR if rate else 0.0) * self.begin_daily(element_id, first, days)[None, :]
        still = np.zeros((1, days + 1))
        if age >= 0:
            still = closed_from(self.survival(element_id, cause_class, True).closed[None, :], age, days)
        found: Floats = open_chance(
            still, daily.clip(max=1.0), closed_from(self.survival(element_id).closed[None, :], 0, days)
        )[0]
        return found

    def _drawn(self, element_id: str, first: int, days: int, age: int = -1, cause_class: str = "") -> Floats:
        """`expected` in `DRAWS` draws of the uncertainty of both, one a row."""
        shape, rate = self.frequency(element_id)
        often = np.random.default_rng(SEED).gamma(shape, 1.0 / rate, DRAWS) / YEAR if shape else np.zeros(DRAWS)
        daily = often[:, None] * self.begin_daily(element_id, first, days)
        still = np.zeros((DRAWS, days + 1))
        if age >= 0:
            still = closed_from(self.survival(element_id, cause_class, True).closed_draws, age, days)
        return open_chance(still, daily.clip(max=1.0), closed_from(self.survival(element_id).closed_draws, 0, days))


@lru_cache(512)
def _months(first: int, days: int) -> npt.NDArray[np.int64]:
    """Month, 0 to 11, of a day and each after it."""
    on = np.datetime64(date.fromordinal(first)) + np.arange(days + 1)
    found: npt.NDArray[np.int64] = on.astype("datetime64[M]").astype(np.int64) % MONTHS
    return found


def _levels(spell: Spell) -> tuple[Level, ...]:
    cause, group, element = spell.cause_class, spell.group, spell.element_id
    return (
        ALL,
        ("class", cause),
        ("class", cause, group),
        ("class", cause, group, element),
        ("group", group),
        ("element", group, element),
    )


def closed_from(closed: Floats, age: int, days: int) -> Floats:
    """Chance of being closed still, given that on day `age`, by days from then; the last known one lasts."""
    rows = closed[:, np.minimum(np.arange(age, age + days + 1), LONGEST)]
    return np.divide(rows, rows[:, :1], out=np.ones_like(rows), where=rows[:, :1] > 0)


def _mean(first: Floats, second: Floats) -> Floats:
    total = first + second
    return np.divide(first, total, out=np.zeros_like(first), where=total > 0)


def _product(hazard: Floats) -> Floats:
    """Chance of lasting to each day, by chances of ending along the last axis."""
    lasts = np.cumprod(1.0 - hazard, axis=-1)
    return np.concatenate([np.ones((*hazard.shape[:-1], 1)), lasts], axis=-1)

"""Would the forecasts of closures have been right? Each is made from what was known on its date and compared with what
happened.

The score is Brier's: the mean square of chance minus outcome (1 open, 0 closed); tossing a coin scores 0.25. Where the
outcome is not known, because nobody looked or a closure was no longer reported, known outcomes are weighted by the
inverse of the chance that a spell is followed for that long (Graf and others, Statistics in Medicine 18, 1999). Spells
with a common cause count as one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from corridors.arguments import as_date
from corridors.data.schema import Row
from corridors.model.closures import ENOUGH, LONGEST, YEAR, Closures, Floats, closed_from, open_chance
from corridors.model.facts import HasFacts, facts_of
from corridors.model.spells import Spell

if TYPE_CHECKING:
    from corridors.model.facts import Facts

HORIZONS = (7, 14, 30, 90)
"""Days ahead that are tested."""
AGES = (0, 1, 3, 7, 14, 30, 60, 90, 180)
"""Days of a closure's life on which a forecast is made."""
FIRST_YEAR = 2015
"""Before, hardly a spell is known to learn from."""
RIVALS = ("persist", "lapse", "base_rate")
KINDS = ("crossings", "roads, passes and ferries")
STATES = ("closed for up to a week", "closed for longer", "open")
WEEK = 7
NO_BETTER = "no better than the base rate"
COLUMNS = ["what", "state", "horizon_days", "spells", "forecasts", "open_share", "outlook", *RIVALS, "verdict"]


class Origin(NamedTuple):
    """A day and element for which a forecast is made; `age` below 0 where it was open then."""

    element_id: str
    day: int
    age: int
    cause_class: str
    common_cause: str


def walk_forward(network: HasFacts, until: str | date | None = None) -> pd.DataFrame:
    """Brier scores of `Network.outlook` on the record, against three simple rules.

    A closure is forecast on its days 0, 1, 3, 7, 14, 30, 60, 90 and 180, an open element on the first day of each month
    for which closures were researched; lengths and frequencies are those known at the beginning of the quarter.

    Parameters
    ----------
    network : Network
    until : date, optional
        Later events do not count; default: the date of the data.

    Returns
    -------
    DataFrame
        One row for each ``what`` (crossings, or the rest), ``state`` on the date of the forecast (open, closed for up
        to a week, closed for longer; at the end, all closed) and ``horizon_days``: ``spells`` (independent closures
        behind the outcomes), ``forecasts``, ``open_share`` (of the outcomes) and the scores of ``outlook``,
        ``persist`` (the state stays as it is), ``lapse`` (closures without a known end are over) and ``base_rate``
        (share of the time in which the border was open, as known then); ``verdict`` says whether the outlook is better
        than all three.

    Raises
    ------
    BadRequest
        If `network` is not a Network, or `until` is not a date.
    """
    facts = facts_of(network)
    return tested(facts, facts.data_date if until is None else as_date(until, "until"))


def tested(facts: Facts, until: date) -> pd.DataFrame:
    """Work behind `walk_forward`, done once for each day."""
    if until not in facts.closures_tested:
        facts.closures_tested[until] = _tested(facts, until)
    return facts.closures_tested[until].copy()


def _tested(facts: Facts, until: date) -> pd.DataFrame:
    trial = _Trial(facts, until)
    origins: dict[tuple[str, str], list[Origin]] = {(kind, state): [] for kind in KINDS for state in STATES}
    for one in (*trial.closed(), *trial.open()):
        origins[kind_of(facts, one.element_id), state_of(one.age)].append(one)
    origins["all", "closed"] = [one for some in origins.values() for one in some if one.age >= 0]
    rows = [
        {"what": kind, "state": state, "horizon_days": days} | scores
        for (kind, state), some in origins.items()
        for days, scores in zip(HORIZONS, trial.scores(some), strict=True)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def kind_of(facts: Facts, element_id: str) -> str:
    """Which of `KINDS` an element is."""
    return KINDS[element_id not in facts.border_pair]


def state_of(age: int) -> str:
    """Which of `STATES` an element is in on that day of its closure; below 0: open."""
    return STATES[2 if age < 0 else int(age > WEEK)]


class _Trial:
    """The record up to a day, as a list of forecasts with their outcomes."""

    def __init__(self, facts: Facts, until: date) -> None:
        self._facts, self._last = facts, until.toordinal()
        final = facts.closures(until)
        self._spells: dict[str, list[Spell]] = {}
        for spell in final.spells:
            self._spells.setdefault(spell.element_id, []).append(spell)
        self._looked = final.looked
        self._followed = _followed(final.spells)

    def _model(self, day: int) -> Closures:
        on = date.fromordinal(day)
        return self._facts.closures(date(on.year, 3 * ((on.month - 1) // 3) + 1, 1))

    def closed(self) -> Iterator[Origin]:
        """Closures on some days of their life, as long as they were seen closed."""
        first = date(FIRST_YEAR, 1, 1).toordinal()
        for row in self._facts.closure_record:
            for age in AGES:
                day = row.spell.start + age
                known = row.on(day) if first <= day <= self._last else None
                if known and not known.ended and known.days == age and known.element_id in self._looked:
                    yield Origin(known.element_id, day, age, known.cause_class, known.common_cause)

    def open(self) -> Iterator[Origin]:
        """Elements that were open on the first day of a month, where somebody looked."""
        for year in range(FIRST_YEAR, date.fromordinal(self._last).year + 1):
            for month in range(1, 13):
                day = date(year, month, 1).toordinal()
                for element in self._looked:
                    if self.outcome(element, day) == (1, ""):
                        yield Origin(element, day, -1, "", f"{element} {day}")

    def outcome(self, element_id: str, day: int) -> tuple[int, str] | None:
        """1 where an element was open on a day, 0 and the cause where it was closed, None where nobody knows."""
        if day > self._last or not any(first <= day <= last for first, last in self._looked[element_id]):
            return None
        before = [spell for spell in self._spells.get(element_id, ()) if spell.start <= day]
        for spell in before:
            if day < spell.start + spell.days + (not spell.ended):
                return 0, spell.common_cause
        return (1, "") if not before or before[-1].ended else None

    def scores(self, origins: Sequence[Origin]) -> list[Row]:
        """Scores at each horizon."""
        chance, base = self._forecasts(origins), np.array([self._base(one) for one in origins])
        found = []
        for days in HORIZONS:
            seen = [self.outcome(one.element_id, one.day + days) for one in origins]
            known = np.array([one is not None for one in seen], dtype=bool)
            outcome = np.array([one[0] for one in seen if one is not None], dtype=float)
            weight = self._weights(origins, days)[known]
            closed = np.array([one.age >= 0 for one in origins])[known]
            spells = {one.common_cause for one, there in zip(origins, known, strict=True) if there and one.age >= 0}
            spells |= {one[1] for one in seen if one is not None and one[1]}
            row: Row = {"spells": len(spells), "forecasts": int(known.sum())}
            rules = {
                "outlook": chance[known][:, days] if len(origins) else outcome,
                "persist": np.where(closed, 0.0, 1.0),
                "lapse": np.ones(len(outcome)),
                "base_rate": base[known],
            }
            enough = weight.sum() > 0
            row["open_share"] = float(np.average(outcome, weights=weight)) if enough else np.nan
            for name, rule in rules.items():
                row[name] = float(np.average((rule - outcome) ** 2, weights=weight)) if enough else np.nan
            found.append(row | {"verdict": _verdict(row)})
        return found

    def _forecasts(self, origins: Sequence[Origin]) -> Floats:
        """Chances of being open, one row per origin, all in one go."""
        most = max(HORIZONS)
        if not origins:
            return np.ones((0, most + 1))
        still, closed, daily = [], [], []
        for one in origins:
            model = self._model(one.day)
            lasts = model.survival(one.element_id, one.cause_class, True).closed[None, :]
            still.append(closed_from(lasts, one.age, most)[0] if one.age >= 0 else np.zeros(most + 1))
            closed.append(model.survival(one.element_id).closed[: most + 1])
            shape, rate = model.frequency(one.element_id)
            often = shape / rate / YEAR if rate else 0.0
            daily.append((often * model.begin_daily(one.element_id, one.day, most)).clip(max=1.0))
        return open_chance(np.array(still), np.array(daily), np.array(closed))

    def _base(self, one: Origin) -> float:
        model = self._model(one.day)
        return model.base_rate(self._facts.closure_groups[one.element_id]).mean

    def _weights(self, origins: Sequence[Origin], days: int) -> Floats:
        """One for the spells of a common cause at one age, more where few are followed so long."""
        together: dict[tuple[str, int], int] = {}
        for one in origins:
            key = one.common_cause, one.age
            together[key] = together.get(key, 0) + 1
        found = []
        for one in origins:
            weight = 1.0 / together[one.common_cause, one.age]
            if one.age >= 0:
                spell = next(s for s in self._spells[one.element_id] if s.start == one.day - one.age)
                told = min(one.age + days, spell.days if spell.ended else LONGEST, LONGEST)
                weight *= self._followed[one.age] / self._followed[told]
            found.append(weight)
        return np.array(found)


def _followed(spells: Sequence[Spell]) -> Floats:
    """Chance that a spell that lasts is followed to each day of its life, by Kaplan and Meier."""
    lost, at_risk = np.zeros(LONGEST + 1), np.zeros(LONGEST + 2)
    for spell in spells:
        days = min(spell.days, LONGEST)
        at_risk[0] += 1
        at_risk[days + (not spell.ended)] -= 1
        lost[days] += not spell.ended
    seen = np.cumsum(at_risk)[:-1]
    stays = 1.0 - np.divide(lost, seen, out=np.zeros_like(lost), where=seen > 0)
    return np.concatenate([[1.0], np.cumprod(stays)[:-1]]).clip(min=0.05)


def _verdict(row: Row) -> str:
    if row["spells"] < ENOUGH:
        return "too few spells to tell"
    if not row["outlook"] < row["base_rate"]:
        return NO_BETTER
    equal = [name for name in ("persist", "lapse") if not row["outlook"] < row[name]]
    return f"no better than {' and '.join(equal)}" if equal else "better than all three"

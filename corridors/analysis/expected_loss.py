"""What closures cost a year: how often an element closes, for how long, and what the detour or the wait costs."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, Unpack

import numpy as np
import pandas as pd

from corridors.analysis.interdiction import Interdiction, Removed
from corridors.analysis.workers import crew
from corridors.arguments import as_list, as_number, as_pairs, shown
from corridors.data.schema import Row
from corridors.errors import BadRequest
from corridors.model.calendars import SHUT_FOR_GOOD
from corridors.model.closures import DRAWS, LEAST_YEARS, SEED, YEAR, Closures, Floats, interval
from corridors.model.simulation import MOST_DAYS
from corridors.model.spells import Spell
from corridors.model.tariffs import Waiting
from corridors.routing.request import Place, Request, WorldTrip, known_on, one_world

if TYPE_CHECKING:
    from corridors.model.facts import Facts

LONGEST_YEAR = 365
"""Days of a closure that count for a year."""
LOADS_YEAR = 365.0
FEW_YEARS = 2.0
COLUMNS = [
    "element",
    "name",
    "with_it",
    "closures_year",
    "closures_year_low",
    "closures_year_high",
    "days_shut_year",
    "extra_days",
    "extra_usd",
    "cut_off",
    "loss_days_year",
    "loss_days_year_low",
    "loss_days_year_high",
    "loss_usd_year",
    "loss_usd_year_low",
    "loss_usd_year_high",
    "n",
    "basis",
]


class Kind(NamedTuple):
    """Closures of an element that are alike: what closes with it, the class of cause, and how many there were."""

    together: Removed
    cause_class: str
    causes: int
    share: float


def expected_loss(
    facts: Facts,
    /,
    pairs: Sequence[tuple[Place, Place]],
    *,
    depart: str | date | datetime | None = None,
    flows: Sequence[float] | None = None,
    executor: Executor | None = None,
    progress: bool = True,
    **ask: Unpack[WorldTrip],
) -> pd.DataFrame:
    """Days and US$ that closures cost in a year, by element: frequency times consequence, common causes together.

    New closures of elements on a best route begin as often and last as long as `Network.outlook` estimates; those of
    two years or more are no disruption but how things are, and do not count. Each load that meets a closed element
    takes the detour or waits until it opens, whichever costs less, for at most 90 days, as if it knew how long the
    closure will last; the loss is therefore a lower bound. Elements that one cause closed together in the past also
    close together here, and the detour avoids all of them. Closures now in force are treated as ended, since they are
    already counted in the frequency.

    Parameters
    ----------
    pairs : sequence of (origin, destination)
    depart : date or datetime, optional
        Date whose routes stand for the year; default: the date of the data.
    flows : sequence of float, optional
        Loads a year of each pair, spread evenly; default: one a day.
    executor : concurrent.futures.Executor, optional
        See `corridors.sweep`.
    progress : bool
        Show a progress bar if the call takes longer than a second; see `corridors.sweep`.
    **ask
        Other arguments of `routes`; closures known on ``as_of`` count.

    Returns
    -------
    DataFrame
        One row per element, with what closes ``with_it``, the most costly first: ``closures_year`` and
        ``days_shut_year``; ``extra_days`` (on the fastest route) and ``extra_usd`` (on the best route by money and
        valued time) of a load that takes the detour, as means over the pairs affected (NaN where there is no detour:
        ``cut_off``); ``loss_days_year`` and ``loss_usd_year`` of all loads, with 80 % intervals (``_low, _high``) for
        what is not known of frequency and length; ``n`` (independent closures of that kind) and ``basis``. The rows add
        up. The loss is NaN for an element whose closures nobody researched, or for less than a year; the sum is then a
        lower bound. Elements whose closure costs nothing are left out.

    Raises
    ------
    BadRequest
        If `flows` does not hold one number per pair.
    """
    both = as_pairs(pairs)
    known = known_on(facts, ask.get("as_of"))
    given = [LOADS_YEAR] * len(both) if flows is None else as_list(flows, "flows", "365")
    loads = [as_number(flow, "flows, each", least=0.0) for flow in given]
    if len(loads) != len(both):
        raise BadRequest(f"flows={shown(flows)}: give one number for each of the {len(both)} pairs.")
    request = one_world(Request.common(facts.data_date if depart is None else depart, {"unknown": "lapse", **ask}, "k"))
    with crew(facts, executor, progress, "expected loss") as workers:
        world = Interdiction(facts, both, "closable", replace(request, as_of=known), workers)
        rows = _Losses(facts, world, facts.closures(known), loads, Waiting.of(facts.rates, world.usd_hour)).rows()
    frame = pd.DataFrame(rows, columns=COLUMNS)
    order = frame["loss_usd_year"].sort_values(ascending=False, kind="stable", na_position="last").index
    return frame.loc[order].reset_index(drop=True)


class _Losses:
    """Frequency times consequence of everything on the best routes."""

    def __init__(
        self, facts: Facts, world: Interdiction, model: Closures, loads: Sequence[float], wait: Waiting
    ) -> None:
        self._facts, self._world, self._model, self._loads, self._wait = facts, world, model, loads, wait
        world.ask((pair, frozenset()) for pair in range(len(loads)))
        self._pairs = [pair for pair in range(len(loads)) if not world.note(pair)]

    def rows(self) -> list[Row]:
        """A row for each element and what closes with it; what several elements on the way share counts once."""
        elements = dict.fromkeys(one for pair in self._pairs for one in self._world.on_best_ways(pair))
        by_set: dict[Removed, tuple[str, list[Kind]]] = {}
        for element in elements:
            for kind in self._kinds(element):
                first, kinds = by_set.setdefault(kind.together, (element, []))
                if first == element:
                    kinds.append(kind)
        closed = [(pair, one) for one, (element, _) in by_set.items() if self._looked(element) for pair in self._pairs]
        self._world.ask((one for one in closed if self._world.touched(*one)), ("hours", "generalised"))
        rows = [self._row(element, together, kinds) for together, (element, kinds) in by_set.items()]
        return [row for row in rows if row.get("loss_days_year") != 0 or row["loss_usd_year"] != 0]

    def _looked(self, element: str) -> bool:
        """Whether closures of an element were looked for long enough to say how often they come."""
        return self._model.years_of(element) >= LEAST_YEARS

    def _kinds(self, element: str) -> list[Kind]:
        """Closures of an element by what the cause closed with it and by class; one of no class if there was none."""
        spells = (spell for spell in self._model.spells if spell.element_id == element)
        own = [spell for spell in spells if spell.days < SHUT_FOR_GOOD]
        counts: dict[tuple[Removed, str], int] = {}
        causes: dict[tuple[Removed, str], set[str]] = {}
        for spell in own:
            key = self._together(spell), spell.cause_class
            counts[key] = counts.get(key, 0) + 1
            causes.setdefault(key, set()).add(spell.common_cause)
        if not own:
            return [Kind(frozenset([element]), "", 0, 1.0)]
        return [Kind(*key, len(causes[key]), count / len(own)) for key, count in counts.items()]

    def _together(self, spell: Spell) -> Removed:
        """What the cause of a spell had closed while it lasted."""
        return frozenset(
            one.element_id
            for one in self._model.spells
            if one.common_cause == spell.common_cause
            and one.element_id in self._facts.closure_groups
            and one.start <= spell.start + spell.days
            and spell.start <= one.start + one.days
        ) | {spell.element_id}

    def _row(self, element: str, together: Removed, kinds: Sequence[Kind]) -> Row:
        names = self._facts.element_names
        others = [names[one] for one in sorted(together - {element})]
        row: Row = {"element": element, "name": names[element], "with_it": ", ".join(others)}
        row["n"] = sum(kind.causes for kind in kinds)
        if not self._looked(element):
            looked = self._model.years_of(element)
            few = (
                f"looked for closures here in {looked:.1f} years only" if looked else "nobody looked for closures here"
            )
            return row | {"basis": f"not known: {few}", "cut_off": False}
        shape, rate = self._model.frequency(element)
        rates = np.append(shape / rate, np.random.default_rng(SEED).gamma(shape, 1.0 / rate, DRAWS))
        usual = self._model.survival(element)
        closed = np.vstack([usual.closed[None, :], usual.closed_draws])[:, :LONGEST_YEAR]
        lasts = closed.sum(axis=1)
        a_year = rates / (1.0 + rates * lasts / YEAR)  # closures begin only while it is open
        often = a_year * sum(kind.share for kind in kinds)
        found = {"closures_year": often, "days": np.zeros(DRAWS + 1), "usd": np.zeros(DRAWS + 1)}
        extra = [self._extra(pair, together) for pair in self._pairs]
        for pair, (days, usd) in zip(self._pairs, extra, strict=True):
            loads = often * self._loads[pair] / LOADS_YEAR
            found["days"] += loads * (closed @ self._lost(days))
            found["usd"] += loads * (closed @ self._lost_usd(usd))
        hit = [one for one in extra if one[0] > 0 or one[1] > 0]
        round_ = [one for one in hit if np.isfinite(one[0])]
        for name, draws in found.items():
            low, high = interval(float(draws[0]), draws[1:])
            title = name if name == "closures_year" else f"loss_{name}_year"
            row |= {title: float(draws[0]), f"{title}_low": low, f"{title}_high": high}
        return row | {
            "days_shut_year": float(often[0] * lasts[0]),
            "extra_days": float(np.mean([one[0] for one in round_])) if round_ else np.nan,
            "extra_usd": float(np.mean([one[1] for one in round_])) if round_ else np.nan,
            "cut_off": len(round_) < len(hit),
            "basis": self._basis(element, kinds),
        }

    def _extra(self, pair: int, together: Removed) -> tuple[float, float]:
        """Days and US$ (time valued) of the detour around what is closed together; infinite where there is none."""
        if not self._world.touched(pair, together):
            return 0.0, 0.0
        if self._world.note(pair, together):
            return np.inf, np.inf
        days, usd = (
            self._world.best(pair, together, by).figures[by] - self._world.best(pair, frozenset(), by).figures[by]
            for by in ("hours", "generalised")
        )
        return max(days / 24.0, 0.0), max(usd, 0.0)

    def _lost(self, extra_days: float) -> Floats:
        """Days that a load loses that comes when a closure has 1, 2, 3 ... days to last."""
        found: Floats = np.minimum(np.arange(1.0, LONGEST_YEAR + 1), min(extra_days, MOST_DAYS))
        return found

    def _lost_usd(self, extra_usd: float) -> Floats:
        days = np.minimum(np.arange(1.0, LONGEST_YEAR + 1), MOST_DAYS)
        return np.minimum(self._wait.usd(days), extra_usd)

    def _basis(self, element: str, kinds: Sequence[Kind]) -> str:
        classes = ", ".join(sorted({kind.cause_class for kind in kinds if kind.cause_class}))
        years = self._model.years_of(element)
        spells = sum(one.element_id == element and one.days < SHUT_FOR_GOOD for one in self._model.spells)
        words = f"{spells} closures in {years:.1f} years looked at"
        if spells and years < FEW_YEARS:
            words += ", perhaps because it was closed: likely too often"
        return words + (f"; here: {classes}" if classes else "")

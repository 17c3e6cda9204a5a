"""Spans in which rules of opening hours are not open, worked out once for the years that a question looks at.

Reading the rules is a third of a first question, so that what comes of it is kept beside the tables that they stand in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from math import isnan, nan

import numpy as np
import numpy.typing as npt
import pandas as pd

from corridors.data.index import beside, keeps
from corridors.data.opening_rules import YEARS, Rule, closed
from corridors.data.packed import Part
from corridors.errors import DataError

KEPT_RULES, KEPT_YEARS = 2048, 8
"""Rules whose spans over some years are remembered, and years out of files."""
EPOCH, DAY = datetime(1970, 1, 1), 86_400
Ends = npt.NDArray[np.float64]
"""Spans as rows of start and end, in hours."""
Local = dict[Rule, Ends]
"""Spans of rules in seconds of local time."""


class RuleSpans:
    """When the rules of a table are not open.

    Parameters
    ----------
    tables : mapping
        Where these are kept, so are the spans of `every` rule of theirs, year by year.
    every : callable
        Gives all rules of the table, always in the same order.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame], every: Callable[[], Sequence[Rule]]) -> None:
        self._tables, self._every = tables, every
        self._of_year = lru_cache(KEPT_YEARS)(self._find_year)

    def utc(self, rule: Rule, zone: tzinfo, year: int) -> Ends:
        """Spans in which a rule is not open in a zone, in hours of UTC."""
        if rule.sun is not None:
            return _hours(closed(rule, year), zone)
        local = self._of_year(year).get(rule)
        if local is None:
            local = _local(rule, year)
        ahead = _offset(zone, year)
        if isnan(ahead):
            return _hours((tuple(EPOCH + timedelta(seconds=at) for at in span) for span in local.tolist()), zone)
        found: Ends = (local - ahead) / 3600
        return found

    def _find_year(self, year: int) -> Local:
        """Spans of all rules, out of a file; of none where none is kept."""
        if not keeps(self._tables):
            return {}
        rules = [rule for rule in self._every() if rule.sun is None]  # the sun rises by zones, which have versions too

        def make() -> Local:
            found: Local = {}
            for rule in rules:
                with suppress(DataError):  # told when it is asked for
                    found[rule] = _local(rule, year)
            return found

        def pack(made: Local) -> dict[str, Part]:
            numbers = [(rules.index(rule), len(spans)) for rule, spans in made.items()]
            return {
                "rules": dict(zip(("number", "spans"), np.array(numbers, np.int64).reshape(-1, 2).T, strict=True)),
                "spans": {"ends": np.concatenate([np.empty(0), *map(np.ravel, made.values())])},
            }

        def read(parts: Mapping[str, Part]) -> Local:
            numbers, counts = (np.asarray(parts["rules"][name]) for name in ("number", "spans"))
            spans = np.split(np.asarray(parts["spans"]["ends"]).reshape(-1, 2), np.cumsum(counts)[:-1])
            return {rules[number]: some for number, some in zip(numbers.tolist(), spans, strict=False)}

        return beside(self._tables, f"hours-{year}", ("opening_hours",), read, make, pack)


@lru_cache(maxsize=KEPT_RULES)
def _offset(zone: tzinfo, year: int) -> float:
    """Seconds by which a zone is ahead of UTC all through the years looked ahead; NaN where its clocks change.

    Every fifth day tells: no zone has put its clocks back within less than six days since 1990.
    """
    first = datetime(year, 1, 1)
    days = range(0, (datetime(year + YEARS, 1, 6) - first).days, 5)
    offsets = {(first + timedelta(days=day)).replace(tzinfo=zone).utcoffset() or timedelta() for day in days}
    return offsets.pop().total_seconds() if len(offsets) == 1 else nan


def _hours(spans: Iterable[Sequence[datetime]], zone: tzinfo) -> Ends:
    """Hours since 1970 in UTC of local times."""
    return np.array(
        [[at.replace(tzinfo=zone).timestamp() / 3600 for at in span] for span in spans], dtype=np.float64
    ).reshape(-1, 2)


@lru_cache(maxsize=KEPT_RULES)
def _local(rule: Rule, year: int) -> Ends:
    """Spans in which a rule is not open in seconds of local time."""
    since = [at - EPOCH for span in closed(rule, year) for at in span]
    seconds = [time.days * DAY + time.seconds for time in since]  # to divide them takes ten times as long
    return np.array(seconds, dtype=np.float64).reshape(-1, 2)

"""The table of an answer: expected figures beside the range of journeys, what sets each route apart, and the rest."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, inf
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from corridors.data.countries import country_names
from corridors.data.geodesy import SEA
from corridors.data.schema import Row, records
from corridors.engine.collector import at_rest
from corridors.model.cargo import TONNES
from corridors.routing.candidates import MUCH, NO_GAIN
from corridors.routing.caveats import general_words, restricted, rests_on
from corridors.routing.fan import BY_TONNE
from corridors.routing.figures import rounded
from corridors.routing.names import countries
from corridors.routing.result import CRITERIA, SAME, Result, beats
from corridors.routing.side_tables import outside_record
from corridors.routing.turns import there_and_back

if TYPE_CHECKING:
    from corridors.routing.routes import Routes

TABLE = (
    "label",
    "name",
    "countries",
    "modes",
    "km",
    "days",
    "usd",
    "kgco2e",
    *(f"{what}_{q}" for what in ("days", "usd") for q in ("p10", "p50", "p90")),
    "risk",
    "best_in",
    "dominated_by",
    "flags",
)
"""Columns of ``Routes.table``; the others of `every_column` are those of ``Routes.details``."""
LITTLE_MORE = 0.1
"""Share of hours or US$ that a route may take more where it saves `MUCH` of the other, and so may be the usual one."""
OFTEN_LATER = 1.3
"""Times the expected days from which the middle of the range of journeys is told."""
LOST = 0.01
"""Share of journeys that never get through, from which it is told."""
LONG_WAIT = 24.0
"""Hours from which a wait for an opening is flagged."""


@at_rest()
def every_column(routes: Routes) -> pd.DataFrame:
    """One row per route with everything reported about it; see `Routes.table` and `Routes.details`."""
    rows = []
    results = routes.results
    record = outside_record(routes)
    words = [[*record, *rests_on(result)] for result in results]
    flags = [flags_of(result) for result in results]
    shared, shared_flags = common(words), common(flags)
    for i, (row, result) in enumerate(routes.labelled()):
        hours, usd, kgco2e, _ = result.figures
        km = result.km_by_mode
        rows.append(
            row
            | {
                "countries": "-".join(countries(result.edges)),
                "modes": ", ".join(dict.fromkeys(edge.mode for edge in result.edges if edge.kind == "leg")),
                "km": sum(km.values()),
                "days": hours / 24,
                "usd": usd,
                "kgco2e": kgco2e,
                **result.ranges("days", "usd", "kgco2e"),
                "risk": result.risk,
                "best_in": "",
                "dominated_by": "",
                "flags": ", ".join(one for one in flags[i] if one not in shared_flags),
                "hours": hours,
                "crossings": " > ".join(result.crossings),
                "gauge_breaks": sum(e.kind == "transfer" and e.mode.count("rail") == 2 for e in result.edges),
                **{f"km_{mode}": length for mode, length in km.items()},
                "longest_wait_hours": max((step.wait for step in result.steps), default=0.0),
                "usd_round_trip": usd + result.empty_return[0],
                "p_saleable": result.saleable if result.world.question.cargo.perishable else float("nan"),
                "payload_t": result.payload,
                "usd_per_t": usd / result.payload,
                "sanctions": "; ".join(result.sanctions()),
                "corridors": "; ".join(result.corridors),
                "rests_on": "; ".join(one for one in words[i] if one not in shared),
            }
        )
    rank(rows, results)
    return pd.DataFrame(rows, columns=None if rows else list(TABLE))


def rank(rows: Sequence[Row], results: Sequence[Result]) -> None:
    """Fill in what each row is the best in, and which other row dominates it.

    Money and CO2e are compared by the tonne, since roads may limit the load. Of risk counts what is on record, but only
    a researched route is called the best in it.
    """

    def figures(result: Result) -> tuple[float, ...]:
        hours, usd, kgco2e, risk = result.figures
        return hours, usd / result.payload, kgco2e / result.payload, risk

    known = [figures(result) for result in results]
    for row, own, result in zip(rows, known, results, strict=True):
        row["best_in"] = ", ".join(
            name
            for name, value, every in zip(CRITERIA, own, zip(*known, strict=True), strict=True)
            if value <= min(every) * (1 + SAME) and (name != "risk" or result.researched)
        )
        row["dominated_by"] = next(
            (other["label"] for other, others in zip(rows, known, strict=True) if beats(others, own)), ""
        )


class NarrowRow(pd.Series):
    """A row of a `NarrowTable`; a value of the rest is read by its name as well."""

    rest: pd.DataFrame
    _metadata = ["rest"]  # noqa: RUF012, kept by pandas when the row is copied

    @property
    def _constructor(self) -> type[pd.Series[Any]]:
        return pd.Series

    def _has(self, name: str) -> bool:
        """Whether it is a row, no column, and this stands in the rest of it."""
        rest = self.__dict__.get("rest")
        return rest is not None and name in rest and self.name in rest.index and list(self.index) == list(TABLE)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str) and key not in self.index and self._has(key):
            return self.rest.at[self.name, key]
        return super().__getitem__(key)

    def __getattr__(self, name: str) -> Any:  # type: ignore[misc]  # as pandas does for a value
        if name != "rest" and not name.startswith("_") and self._has(name):
            return self.rest.at[self.name, name]
        return super().__getattr__(name)


class NarrowTable(pd.DataFrame):
    """A table that shows few columns; one of the rest is read by its name as well, in a row too."""

    rest: pd.DataFrame
    _metadata = ["rest"]  # noqa: RUF012, kept by pandas when the table is copied

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    @property
    def _constructor_sliced(self) -> type[pd.Series[Any]]:
        return NarrowRow

    @classmethod
    def of(cls, full: pd.DataFrame, shown: Sequence[str]) -> Self:
        """The shown columns of a table that has them all."""
        found = cls(full[list(shown)].copy())
        found.rest = full
        return found

    def __getitem__(self, key: Any) -> Any:
        names = [key] if isinstance(key, str) else key
        if isinstance(names, list) and set(map(str, names)) - set(self.columns) and set(names) <= set(self.rest):
            return self.rest[key].copy()
        return super().__getitem__(key)

    def __getattr__(self, name: str) -> Any:  # type: ignore[misc]  # as pandas does for a column
        if name != "rest" and not name.startswith("_") and name in self.__dict__.get("rest", ()):
            return self.rest[name].copy()
        return super().__getattr__(name)


def flags_of(result: Result) -> list[str]:
    """What to know about a route at a glance, in a few words each."""
    names = country_names() | {SEA: "at sea"}
    found = [f"sanctions {names.get(code, code)}" for code in result.sanctioned_countries()]
    found = list(dict.fromkeys([*found, *(one.words for one in result.conditions)]))
    if result.condition or result.lapsed:
        found.append("closed crossings reopened")
    if any(edge.kind == "crossing" and result.world.amount(edge).quality == "assumed" for edge in result.edges):
        found.append("assumed border times")
    if any(edge.element_id in result.facts.unknown_posts for edge in result.edges):
        found.append("border without a known crossing")
    if limited := restricted(result):
        found.append("restricted: " + ", ".join(dict.fromkeys(limited.values())))
    found += filter(None, [doubt(result)])
    found += filter(None, [truckloads(result)])
    if (longest := max((step.wait for step in result.steps), default=0.0)) >= LONG_WAIT:
        found.append(f"waits {longest / 24:.0f} d")
    hours, middle = result.figures[0], result.ranges("days")["days_p50"]
    if (lost := float(np.isinf(result.hours()).mean())) >= LOST:
        found.append(f"{100 * lost:.0f} % of journeys never get through")
    if OFTEN_LATER * hours / 24 < middle < inf:
        found.append(f"half of journeys take over {middle:.1f} d")
    if any(edge.mode == "air" for edge in result.edges if edge.kind == "leg"):
        found.append("air is an example")
    if stops := there_and_back(result.world, result.path):
        found.append(f"there and back: {', '.join(result.facts.place[stop]['name'] for stop in stops)}")
    if closed := _built_in_vain(result):
        found.append(f"built line is closed at {', '.join(closed)}")
    return found


def truckloads(result: Result) -> str:
    """How many trucks the load of a wagon takes on its roads; empty for one unit that stays one."""
    cargo = result.world.question.cargo
    if cargo.trucks == 1.0 or not any(edge.kind == "leg" and edge.mode == "road" for edge in result.edges):
        return ""
    trucks = "1 truck" if cargo.trucks <= 1 else f"{ceil(cargo.trucks)} trucks"
    return f"{cargo.payload_t:g} t by road: {trucks}, priced as {cargo.trucks:.3g} of {TONNES:g} t"


def doubt(result: Result) -> str:
    """How likely perishables are to last; empty if it is certain."""
    return "" if result.sure else f"saleable {result.saleable:.0%}"


def _built_in_vain(result: Result) -> list[str]:
    """Borders that keep a line which the scenario builds from being used on the day of departure."""
    world = result.world
    unused = world.question.overlay.projects - {edge.project for edge in result.edges}
    return sorted(
        {
            result.facts.element_names[edge.element_id]
            for edge in (world.edges if unused else ())
            if edge.project in unused and edge.kind == "crossing" and world.wait(edge) > world.question.max_wait_hours
        }
    )


def common(words: Sequence[Sequence[str]]) -> list[str]:
    """What is said about all of several routes."""
    return [one for one in words[0] if all(one in some for some in words[1:])] if len(words) > 1 else []


def notes(routes: Routes) -> list[str]:
    """What holds for all routes of an answer, stated once."""
    results = routes.results
    of_all = filter(None, (rail_first(routes), by_tonne(routes), bargain(routes)))
    general = (word for result in results for word in general_words(result))
    same = common([flags_of(result) for result in results]) + common([rests_on(result) for result in results])
    return list(dict.fromkeys([*of_all, *general, *same]))


def rail_first(routes: Routes) -> str:
    """That a wagon's load goes by rail first though trucks would be better; empty where the first is the best."""
    by, results = routes.request.by, routes.results
    if routes.request.modes is not None or not results or results[0].world.question.cargo.unit != "wagon":
        return ""
    values = [result.value(by) / (result.payload if by in BY_TONNE else 1.0) for result in results]
    if min(values) >= values[0] * (1 - SAME):
        return ""
    better = routes.labels[int(np.argmin(values))]
    return f"a wagon's load goes by rail first, though {better} is better: give modes to rank all alike"


def by_tonne(routes: Routes) -> str:
    """That routes are compared by the tonne, and what each may carry; empty where the order is that of one load too."""
    by, results = routes.request.by, routes.results
    if by not in BY_TONNE:
        return ""
    values = [result.value(by) for result in results]
    each = [value / result.payload for value, result in zip(values, results, strict=True)]
    if np.argsort(values, kind="stable").tolist() == np.argsort(each, kind="stable").tolist():
        return ""
    some = ", ".join(f"{label} {result.payload:g} t" for label, result in zip(routes.labels, results, strict=True))
    return f"compared by the tonne, for roads limit the load: {some}"


def bargain(routes: Routes) -> str:
    """Which route saves much of the US$ for little more time than the first, or of the time for little more money.

    Money is compared by the tonne. Of several the one is told that takes least of both together; none that is clearly
    riskier than the first.
    """
    by = routes.request.by
    if by not in CRITERIA[:2]:
        return ""
    results = routes.results
    figures = [(result.figures[0], result.figures[1] / result.payload) for result in results]
    first, spent, saved = figures[0], CRITERIA.index(by), 1 - CRITERIA.index(by)
    kept = [
        (hours * usd, i)
        for i, ((hours, usd), result) in enumerate(zip(figures, results, strict=True))
        if not result.condition
        and first[spent] <= figures[i][spent] <= (1 + LITTLE_MORE) * first[spent]
        and figures[i][saved] <= (1 - MUCH) * first[saved]
        and result.figures[3] <= results[0].figures[3] + NO_GAIN["risk"]
        and result.sure >= results[0].sure
    ]
    if not kept:
        return ""
    i = min(kept)[1]
    more, less = (round(100 * abs(figures[i][j] / first[j] - 1)) for j in (spent, saved))
    more_of, less_of = ("more days", "less US$") if by == "hours" else ("more US$", "fewer days")
    return f"{routes.labels[i]} takes {max(more, 1)} % {more_of} than {routes.labels[0]} and {less} % {less_of}"


def plain(table: pd.DataFrame) -> str:
    """Label, name, modes, days and US$ of each route in aligned lines."""
    if table.empty:
        return ""
    days, usd = ([rounded(value) for value in table[name]] for name in ("days", "usd"))
    wide, dear, name, modes = (max(map(len, some)) for some in (days, usd, table["name"], table["modes"]))
    return "\n".join(
        f"  {row['label']}  {row['name']:<{name}}  {row['modes']:<{modes}}  {a:>{wide}} days  US$ {b:>{dear}}"
        for row, a, b in zip(records(table), days, usd, strict=True)
    )

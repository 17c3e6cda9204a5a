"""Screening: many closures at once on the network as it stands on a day of each month, thousands of questions a second.

Every edge has one weight a month: its hours at that month's pace, plus the wait if it is closed that day. Cargo finds
everything as it is on that day, however long the route, which is what makes screening fast; `Network.routes` and
`corridors.sweep` judge each closure at the hour of arrival and give ranges.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Unpack
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from corridors.analysis.short_table import MATTER, ShortTable
from corridors.analysis.sweeps import as_scenarios, scenario_name, text
from corridors.analysis.workers import crew
from corridors.arguments import FIRST_YEAR, LAST_YEAR, as_list, as_pairs, as_whole
from corridors.engine.arrays import Floats, Ints, Topology
from corridors.engine.hierarchy import Change, Graph, engine
from corridors.errors import BadRequest
from corridors.model.calendars import midnight
from corridors.model.scenario import Scenario
from corridors.model.world import World
from corridors.routing.request import Place, Request, Trip, resolve, world_of

if TYPE_CHECKING:
    from corridors.model.facts import Facts

TOTALS = ("km", "usd", "kgco2e")
_shapes: WeakKeyDictionary[Topology, Graph] = WeakKeyDictionary()
LATER = ("by", "via", "unknown", "value_of_time", "max_overlap", "max_stretch", "seed")
"""Arguments of `Network.routes` that screening does not take."""


def screen(
    facts: Facts,
    /,
    pairs: Sequence[tuple[Place, Place]],
    scenarios: Sequence[Scenario | None],
    *,
    year: int = 2026,
    months: Sequence[int] = tuple(range(1, 13)),
    day: int = 15,
    executor: Executor | None = None,
    progress: bool = True,
    **ask: Unpack[Trip],
) -> pd.DataFrame:
    """Least hours of every pair in every scenario and month.

    A first look at which of many closures matter: cargo finds the whole network as it is at noon (UTC) of one day, and
    nothing varies. Use `routes` or `corridors.sweep` for the closures that turn out to matter.

    Parameters
    ----------
    pairs : sequence of (origin, destination)
        Places, no points.
    scenarios : sequence of Scenario or None
        ``None`` is the world as it is. They may close, reopen, delay and build, but not scale. Each crossing in turn:
        ``[cr.Scenario(i).close(i) for i in net.crossings["element_id"].unique()]``.
    year, months, day : int, sequence of int, int
        The days that stand for the months.
    executor, progress
        See `corridors.sweep`; a month is answered by one process.
    **ask
        ``as_of, cargo, carrier, modes, avoid, regime, max_wait_hours`` of `routes`.

    Returns
    -------
    DataFrame
        One row per pair, scenario and month: ``origin, destination, scenario, month, hours`` (including waits of up to
        ``max_wait_hours`` at closed elements), ``km, usd, kgco2e`` (expected, of that route, without detention) and
        ``cut_off`` (in which case the figures are NaN). When displayed, the table starts with a sentence and the ten
        rows that matter.

    Raises
    ------
    BadRequest
        If an argument is invalid, or one that screening does not take is given.
    MissingExtra
        If scipy is not installed (``pip install 'corridors[fast]'``, which also installs numba; without numba the call
        takes about twice as long).
    """
    year, day = as_whole(year, "year", FIRST_YEAR, LAST_YEAR), as_whole(day, "day", 1, 28)
    common = Request.common(date(year, 1, 1), ask, "scenario", "k")
    if late := [name for name in ask if name in LATER]:
        raise BadRequest(f"{', '.join(late)}: screening goes by hours alone and takes no such argument; use sweep.")
    scenarios, pairs = as_scenarios(scenarios), as_pairs(pairs)
    months = [as_whole(month, "months, each", 1, 12) for month in as_list(months, "months", "1, 7")]
    if not months:
        raise BadRequest("months is empty: give some of the months 1 to 12.")
    for scenario in scenarios:
        if scenario and any(change.kind == "scale" for change in scenario.changes):
            raise BadRequest(
                f"scenario {scenario.name!r} scales: screening takes only scenarios that close, reopen, delay "
                "or build; use sweep."
            )
    if not pairs or not scenarios:
        raise BadRequest("nothing to screen: give at least one pair and one scenario (None for the world as it is).")
    days = [date(year, month, day) for month in months]
    work = partial(_month, pairs=pairs, scenarios=scenarios, common=common)
    with crew(facts, executor, progress, "screen", len(days) * len(pairs) * len(scenarios)) as workers:
        found = workers.all(work, days, lambda _: len(pairs) * len(scenarios))
    return _frame(pairs, scenarios, months, np.stack(found, axis=2))


def _month(
    facts: Facts,
    on: date,
    pairs: Sequence[tuple[Place, Place]],
    scenarios: Sequence[Scenario | None],
    common: Request,
) -> Floats:
    """Hours and totals by pair and scenario on the day that stands for a month."""
    found = np.empty((len(pairs), len(scenarios), 1 + len(TOTALS)))
    worlds = [_world(facts, pair, on, common) for pair in pairs]
    for barred in dict.fromkeys(world.barred for world in worlds):
        alike = [i for i, world in enumerate(worlds) if world.barred == barred]
        world = worlds[alike[0]]
        free = np.zeros((len(world.multimodal.joins), len(TOTALS)))
        hours = _hours(world, np.arange(len(world.edges)), on.month)
        metric = _shape(world.graph.topology).customise(np.append(hours, free[:, 0]))
        ends = np.array([[worlds[i].ends[0][0], min(worlds[i].ends[1])] for i in alike])
        totals = [world.multimodal.kms, *(world.other(by=by).graph.weight for by in TOTALS[1:])]
        result = metric.screen(
            [_change(facts, world, scenario, on.month) for scenario in scenarios],
            ends,
            np.append(np.stack(totals, axis=1), free, axis=0),
        )
        found[alike, :, 0] = result.values.T
        found[alike, :, 1:] = result.totals.transpose(1, 0, 2)
    return found


def _shape(topology: Topology) -> Graph:
    """The graph made ready for screening, once in a process: months and further calls share it."""
    if topology not in _shapes:
        _shapes[topology] = engine(topology.nodes, topology.tail, topology.head)
    return _shapes[topology]


def _world(facts: Facts, pair: tuple[Place, Place], on: date, common: Request) -> World:
    """The world of a pair at noon of a day, UTC, for all pairs alike."""
    if not all(isinstance(place, str) for place in pair):
        raise BadRequest(f"pairs holds {pair!r}: screening takes places, not points.")
    request = replace(common, origin=pair[0], destination=pair[1], depart=on)
    question = resolve(facts, request).question
    question = replace(question, t0=midnight(on) + 12, least_payload=question.cargo.least_payload)
    return world_of(facts, question)


def _hours(world: World, edges: Ints, month: int) -> Floats:
    """Hours of edges at the pace of a month, with the wait for what is closed; infinite where it is too long."""
    topology = world.graph.topology
    pace = np.where(topology.season[edges] < 0, 1.0, topology.factors[topology.season[edges], month - 1])
    wait = np.array([world.wait(world.edges[i]) for i in edges])
    hours: Floats = world.graph.hours[edges] / pace + np.where(wait > world.question.max_wait_hours, np.inf, wait)
    return hours


def _change(facts: Facts, world: World, scenario: Scenario | None, month: int) -> Change:
    """The edges that a scenario changes, and their hours in it."""
    overlay = facts.overlay(scenario)
    edges = set(world.edges_of((*overlay.changed, *overlay.delays)))
    if overlay.projects:
        edges.update(i for i, edge in enumerate(world.edges) if edge.project in overlay.projects)
    which = np.array(sorted(edges), dtype=np.int64)
    return Change(which, _hours(world.other(overlay=overlay), which, month) if edges else [])


def _frame(
    pairs: Sequence[tuple[Place, Place]], scenarios: Sequence[Scenario | None], months: Sequence[int], found: Floats
) -> pd.DataFrame:
    """One row per pair, scenario and month."""
    keys = list(product(((text(a), text(b)) for a, b in pairs), map(scenario_name, scenarios), months))
    figures = np.where(np.isfinite(found[..., :1]), found, np.nan).reshape(len(keys), -1)
    frame = pd.DataFrame(
        [(*pair, name, month) for pair, name, month in keys], columns=["origin", "destination", "scenario", "month"]
    )
    frame[["hours", *TOTALS]] = figures
    frame["cut_off"] = frame["hours"].isna()
    return ShortTable.of(frame, *_matters(frame), ["origin", "destination", "scenario", "month", "hours", "cut_off"])


def _matters(frame: pd.DataFrame) -> tuple[str, list[int]]:
    """A sentence, and the rows that matter: what is cut off or delayed most against the pair's quickest that month."""
    least = frame.groupby(["origin", "destination", "month"])["hours"].transform("min")
    extra = (frame["hours"] - least).where(least.notna(), 0.0).fillna(np.inf)
    order = extra.sort_values(ascending=False, kind="stable")
    rows = [int(i) for i in order[order > 0].index[:MATTER]]
    hurt, cut = int((extra > 0).sum()), int(np.isinf(extra).sum())
    if not rows:
        return f"None of {len(frame):,} questions takes longer than the quickest of its pair and month.", rows
    return (
        f"Of {len(frame):,} questions {hurt:,} take longer than the quickest of their pair and month, {cut:,} of them "
        f"for good; the {len(rows)} that matter most:"
    ), rows

"""The named corridors on one date: which are open, closed or planned, and what would have to open."""

from __future__ import annotations

from datetime import date

import pandas as pd

from corridors.data.schema import Row, records, told_by
from corridors.model.calendars import Closure, moment
from corridors.model.cargo import Cargo
from corridors.model.facts import Facts
from corridors.model.scenario import Scenario
from corridors.model.world import World
from corridors.routing.explain import closure_words, first_day
from corridors.routing.request import world_on

COLUMNS = ["corridor_id", "name", "state", "reason", "needs", "start", "last_confirmed", "not_researched", "source_id"]


def corridor_status(
    facts: Facts,
    /,
    on: str | date,
    *,
    as_of: str | date | None = None,
    scenario: Scenario | None = None,
    cargo: str | Cargo = "container40",
    carrier: str | None = None,
) -> pd.DataFrame:
    """Every named corridor on a date: whether it is open and, if not, why, and what would have to open.

    Parameters
    ----------
    on : date
    as_of, scenario, cargo, carrier
        As in `routes`.

    Returns
    -------
    DataFrame
        Columns ``corridor_id, name, state`` (open, closed, closed in part, planned), ``reason, needs, start,
        last_confirmed, not_researched, source_id``. A corridor is closed if one of its crossings cannot be entered
        within a week of that date in either direction, and closed in part if a road or railway inside a country is
        closed, which may have a detour. ``not_researched`` names the parts whose closures on that date were not
        researched, or only lightly: for these, open only means that no closure is known.

    Raises
    ------
    BadRequest, BadScenario
        If an argument is invalid.
    """
    return status_in(facts, world_on(facts, on, as_of, scenario, cargo, carrier))


def status_in(facts: Facts, world: World) -> pd.DataFrame:
    """The same for the moment of the world's question."""
    return pd.DataFrame([_row(facts, world, row) for row in records(facts.tables["corridors"])], columns=COLUMNS)


def _row(facts: Facts, world: World, corridor: Row) -> Row:
    common = {
        "corridor_id": corridor["corridor_id"],
        "name": corridor["name"],
        "start": "",
        "last_confirmed": "",
        "reason": "",
        "needs": "",
        "source_id": "",
    }
    elements = corridor["legs"].split(";")
    unbuilt = {
        world.edges[i].project or facts.element_names.get(element, element)
        for element in elements
        for i in world.multimodal.bans.get(element, ())
        if not world.edges[i].exists(world.question.overlay.projects)
    }
    closed = [closure for element in elements if (closure := _blocking(world, element)) is not None]
    unique = {closure.element_id: closure for closure in closed}
    closed = sorted(unique.values(), key=lambda c: c.element_id not in facts.border_pair)
    border = any(closure.element_id in facts.border_pair for closure in closed)
    names = facts.element_names
    needs = [f"{names.get(c.element_id, c.element_id)} open" for c in closed]
    reasons = [closure_words(facts, c) for c in closed]
    sources = list(dict.fromkeys(c.source_id for c in closed if c.source_id))
    if unbuilt:
        as_of = world.question.knowledge.as_of
        told = as_of >= facts.data_date or told_by(corridor, as_of)
        why = f": {corridor['note']}" if told and corridor["note"] else ""
        reasons.insert(0, f"has parts that do not operate{why}")
        needs.insert(0, f"built or reopened: {', '.join(sorted(unbuilt))}")
        sources.insert(0, corridor["source_id"])
    day = moment(world.question.t0).date()
    passages = [
        (world.edges[i].elements, day) for element in elements for i in list(world.multimodal.bans.get(element, ()))[:1]
    ]
    state = "planned" if unbuilt else "closed" if border else "closed in part" if closed else "open"
    first = closed[0] if closed else None
    return {
        **common,
        "state": state,
        "reason": "; ".join(reasons),
        "needs": " and ".join(needs),
        "start": first_day(facts, first) if first else "",
        "last_confirmed": first.last_confirmed if first else "",
        "not_researched": "; ".join(facts.coverage.gaps(passages, facts.closable_names)),
        "source_id": ";".join(dict.fromkeys(filter(None, ";".join(sources).split(";")))),
    }


def _blocking(world: World, element: str) -> Closure | None:
    """The closure that closes every passage of an element for longer than a week, if there is one."""
    found: Closure | None = None
    for i in sorted(world.multimodal.bans.get(element, ())):
        edge = world.edges[i]
        if not edge.exists(world.question.overlay.projects):
            continue
        if world.wait(edge) <= world.question.max_wait_hours:
            return None
        found = found or max(world.closures(edge, world.question.t0), key=lambda c: (c.end, -c.start), default=None)
    return found

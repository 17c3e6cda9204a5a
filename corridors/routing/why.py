"""Why a route is not offered: what it would take, and the fact or rule that kept it out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from corridors.arguments import as_names
from corridors.engine.arrays import Path
from corridors.errors import BadRequest, UnknownPlace
from corridors.model.access import Access
from corridors.model.facts import Facts
from corridors.model.world import World
from corridors.routing import path as paths
from corridors.routing.alternatives import LeftOut
from corridors.routing.blocked import Through
from corridors.routing.candidates import NO_GAIN, Candidate, outdoing
from corridors.routing.explain import blocked_words
from corridors.routing.names import name_of
from corridors.routing.result import Choice, Result

if TYPE_CHECKING:
    from corridors.model.simulation import Draws

COLUMNS = ["through", "name", "days", "usd", "extra_days", "extra_usd", "verdict", "source_id"]


@dataclass(frozen=True)
class Asked:
    """What a question about a route needs of an answer."""

    facts: Facts
    world: World
    k: int
    """Places in the answer."""
    offered: Sequence[tuple[str, str, Result]]
    """Labels, names and routes."""
    left_out: Sequence[LeftOut]
    ends: tuple[Access | None, Access | None]
    draws: Draws

    def result(self, world: World, path: Path) -> Result:
        """A route door to door."""
        return Result(self.facts, Choice(world, path), *self.ends, self.draws)


def why(asked: Asked, what: str | Sequence[str]) -> pd.DataFrame:
    """Rows of `Routes.why`: one a crossing, road, place, country or corridor named."""
    named = [what] if isinstance(what, str) else as_names(what, "what", example="'Torkham'")
    if not named:
        raise BadRequest(f"why={what!r}: name a crossing, country, corridor or place, or give a list of them.")
    rows = [row for one in named for row in _rows(asked, one)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _rows(asked: Asked, name: str) -> list[dict[str, object]]:
    found = []
    for title, elements, edges in _edges(asked, name):
        on_it = [(label, result) for label, _, result in asked.offered if set(edges) & set(result.path.edges)]
        if on_it:
            label, result = on_it[0]
            found.append(_row(asked, title, result, f"offered as {label}", ""))
            continue
        if (path := Through(asked.world, edges, opened=False).quickest()) is not None:
            result = asked.result(asked.world.valued("hours"), path)
            found.append(_row(asked, title, result, _verdict(asked, result, set(edges)), ""))
            continue
        path = (through := Through(asked.world, edges)).least_closed()
        if path is None:
            found.append({"through": title, "verdict": _absent(asked, elements, edges)})
            continue
        blocked = paths.held_up(through.real, path)
        result = asked.result(through.world, path)
        words = blocked_words(asked.facts, blocked)
        sources = dict.fromkeys(step.closure.source_id for step in blocked if step.closure)
        found.append(_row(asked, title, result, words, ";".join(sources)))
    return found


def _row(asked: Asked, title: str, result: Result, verdict: str, source_id: str) -> dict[str, object]:
    hours, usd, _, _ = result.figures
    first = asked.offered[0][-1].figures if asked.offered else (np.nan, np.nan)
    names = {one.path.edges: name for _, name, one in asked.offered}
    return {
        "through": title,
        "name": names.get(result.path.edges) or name_of(asked.facts, result.edges),
        "days": hours / 24,
        "usd": usd,
        "extra_days": (hours - first[0]) / 24,
        "extra_usd": usd - first[1],
        "verdict": verdict,
        "source_id": source_id,
    }


def _verdict(asked: Asked, result: Result, edges: set[int]) -> str:
    """Why a route that works is not offered."""
    hours, usd, kgco2e, risk = result.figures
    better = [
        label
        for label, _, other in asked.offered
        if all(a <= b for a, b in zip(other.figures, (hours, usd, kgco2e, risk), strict=True))
    ]
    labels = {other.path.edges: label for label, _, other in asked.offered}
    rule = next(
        (one.reason.said(labels, asked.k) for one in asked.left_out if edges & set(one.candidate.path.edges)), ""
    )
    if not asked.offered:
        return rule or "works"
    first = asked.offered[0][-1].figures
    days, money = (hours - first[0]) / 24, usd - first[1]
    slower = f"{abs(days):.1f} days {'slower' if days > 0 else 'quicker'}"
    dearer = f"US$ {abs(money):,.0f} {'more' if money > 0 else 'less'}"
    said = f"{slower}, {dearer} than {asked.offered[0][0]}"
    if better:
        said += f"; worse in everything than {better[0]}"
        return f"{said}; {rule}" if rule else said
    return f"{said}; {rule or _not_compared(asked, result)}"


def _not_compared(asked: Asked, result: Result) -> str:
    """The rule for a route that none offered beats in everything, and that the search did not set beside them."""
    one = Candidate.of(result, 0.0, result.payload)
    for label, _, other in asked.offered:
        if any(outdoing([Candidate.of(other, 0.0, other.payload)], [one])):
            little = f"{100 * NO_GAIN['kgco2e']:.0f} % and {NO_GAIN['risk']:g}"
            return f"saves neither time nor money over {label}, and of CO2e and risk no more than {little}"
    return "not among the routes that were compared: ask for more with k, or for this one with via"


def _absent(asked: Asked, elements: Sequence[str], edges: Sequence[int]) -> str:
    """Why no route leads through something, open or closed."""
    facts, world = asked.facts, asked.world
    idle = [edge for i in edges if not (edge := world.edges[i]).exists(world.question.overlay.projects)]
    if edges and len(idle) == len(edges):
        if projects := sorted({edge.project for edge in idle if edge.project}):
            return f"does not operate: part of {', '.join(projects)}; a scenario can build it"
        return f"does not operate: {', '.join(sorted({edge.status.replace('_', ' ') for edge in idle}))}"
    modes = sorted({world.edges[i].mode for i in edges if world.edges[i].kind != "transfer"})
    if modes and not set(modes) & world.question.modes:
        return f"is passed by {', '.join(modes)} only, which this question does not allow"
    name = facts.element_names.get(elements[0], elements[0]) if elements else "it"
    return f"no route for {world.question.cargo.cargo_id} leads through {name}: no terminal or line connects it"


def _edges(asked: Asked, name: str) -> list[tuple[str, list[str], list[int]]]:
    """What a name refers to: title, elements and edges of each."""
    facts, bans = asked.facts, asked.world.multimodal.bans
    if name.upper() in facts.countries and len(name) == 2:
        return [(name.upper(), [], sorted(bans.get(f"country {name.upper()}", ())))]
    corridors = facts.tables["corridors"]
    exact = corridors[(corridors["corridor_id"] == name) | (corridors["name"] == name)]
    try:
        elements = _gates(facts, exact) if len(exact) else facts.element_ids(name)
    except LookupError:
        return _place_or_corridor(asked, name)
    return [(facts.element_names.get(e, e), [e], sorted(bans.get(e, ()))) for e in elements]


def _place_or_corridor(asked: Asked, name: str) -> list[tuple[str, list[str], list[int]]]:
    """What a name that is no element's refers to: a place, or the first corridor whose name has all its words."""
    facts, corridors = asked.facts, asked.facts.tables["corridors"]
    try:
        place = facts.place_id(name)
    except UnknownPlace as error:
        alike = corridors[[_words(name) <= _words(full) for full in corridors["name"]]]
        if alike.empty:
            raise UnknownPlace(f"why: {error} Crossings, countries (IR) and corridors can be named too.") from None
        return _edges(asked, alike["corridor_id"].iloc[0])
    edges = asked.world.multimodal.touching.get(place, frozenset())
    return [(facts.place[place]["name"], [place], sorted(edges))]


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w+", name.casefold()))


def _gates(facts: Facts, corridor: pd.DataFrame) -> list[str]:
    """Border crossings of a corridor; its legs if it has none."""
    elements: list[str] = corridor["legs"].iloc[0].split(";")
    return [element for element in elements if element in facts.border_pair] or elements

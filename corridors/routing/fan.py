"""The best route from one place to each of many, by a single search and without objects for the paths.

What `Network.routes` with ``k=1`` finds for each pair, worked out for all destinations at once: the routes lie in
arrays of edges (`corridors.engine.arrays.Tree`), and what they take is summed over those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from corridors.engine.arrays import Floats, Path, Tree
from corridors.model.calendars import moment
from corridors.model.coded import Bools
from corridors.model.hire import HIRED, QUARTERS, Ints, hired, meant
from corridors.model.question import Question
from corridors.model.risk import not_researched, recorded, risk_of_path
from corridors.model.world import World
from corridors.routing import finding
from corridors.routing.request import legal_loads, world_of

if TYPE_CHECKING:
    from corridors.model.facts import Facts

BY_TONNE = ("usd", "kgco2e", "generalised")
"""Objectives for which a lighter legal load counts: they are compared by the tonne."""
TIE = 1e-9
"""Relative difference of two values that counts as rounding: of two loads the heavier is then preferred."""


class Ways(NamedTuple):
    """Best routes by one objective, one entry per destination; ``inf`` where there is none."""

    figures: Floats
    """What is minimised, of one unit as the law lets it go: hours, km, US$ with detention, kg CO2e or risk."""
    tonnes: Floats
    """Load of the unit on the way."""
    hired: Floats
    """US$ of detention in the figure."""
    further: Ints
    """What a further day of the line's box inland costs, in quarters of its price."""
    which: Sequence[tuple[World, Tree, int]]
    """In which world and tree each route lies, and as which of its targets."""

    def way(self, i: int) -> tuple[World, Path] | None:
        """The route to a destination, and the world that it was found in."""
        world, tree, target = self.which[i]
        path = tree.path(target)
        return None if path is None else (world, path)


def ways(facts: Facts, question: Question, destinations: Sequence[str]) -> Ways:
    """Best routes of a question without destination and places to pass to each of some places."""
    apart = facts.rights.told_apart(facts.rights.on(moment(question.t0).date().isoformat(), question.knowledge.as_of))
    if not apart:
        return _of_one_law(facts, question, destinations)
    by_law: dict[str, list[int]] = {}
    for i, place in enumerate(destinations):
        country = facts.place[place]["country"]
        by_law.setdefault(country if country in apart else "", []).append(i)
    parts = []
    for country, some in (by_law or {"": []}).items():
        bound = replace(question, trade=question.trade._replace(destination=country)) if country else question
        parts.append(_of_one_law(facts, bound, [destinations[i] for i in some]))
    if len(parts) == 1:
        return parts[0]
    order = np.argsort(np.concatenate([*by_law.values()]))
    figures, tonnes, hired, further = (np.concatenate(some)[order] for some in list(zip(*parts, strict=True))[:4])
    which = [one for part in parts for one in part.which]
    return Ways(figures, tonnes, hired, further, [which[i] for i in order.tolist()])


def _of_one_law(facts: Facts, question: Question, destinations: Sequence[str]) -> Ways:
    """The same to places in countries for whose goods the law is the same."""
    found = _by_tonne(facts, question, destinations)
    if question.by == "risk":
        return _recorded(facts, question, found, destinations)
    if question.by != "usd" or not found.hired.any():
        return found
    several = len(legal_loads(facts, question)) > 1
    ashore = _by_tonne(facts, replace(question, modes=question.modes - {"sea"}), destinations)
    pays = found.hired > 0
    best = _better([found, ashore], pays, several)
    low, high = np.zeros(len(pays), dtype=np.int64), np.full(len(pays), QUARTERS + 1)
    searched: dict[int, Ways] = {}
    while (open_ := pays & (high - low > 1)).any():
        middle = (low + high) // 2
        for quarters in np.unique(middle[open_]).tolist():
            if quarters not in searched:
                by = hired(question.by, quarters)
                searched[quarters] = _by_tonne(facts, replace(question, by=by), destinations)
            way, here = searched[quarters], open_ & (middle == quarters)
            best = _better([best, way], here, several)
            low = np.where(here & (way.further > quarters), quarters, low)
            high = np.where(here & (way.further <= quarters), quarters, high)
    return best


def _recorded(facts: Facts, question: Question, found: Ways, destinations: Sequence[str]) -> Ways:
    """By destination the least exposed route; if nothing of it is on record, that which was researched all the way."""

    def known(ways: Ways) -> Bools:
        some = map(ways.way, range(len(destinations)))
        on_record = [one is not None and recorded(facts, one[0], one[1].edges) for one in some]
        return np.array(on_record, dtype=bool)

    missing = np.isfinite(found.figures) & ~known(found)
    if not missing.any():
        return found
    unlooked = not_researched(facts, found.which[0][0])
    avoided = replace(question, avoid_elements=question.avoid_elements | unlooked)
    other = _by_tonne(facts, avoided, destinations)
    return _chosen([found, other], (missing & known(other)).astype(np.int64))


def _better(some: Sequence[Ways], where: Bools, by_tonne: bool) -> Ways:
    """By destination the better of two entries, or the first of them."""
    values = np.stack([one.figures / one.tonnes if by_tonne else one.figures for one in some])
    return _chosen(some, np.where(where, np.argmin(values, axis=0), 0))


def _chosen(some: Sequence[Ways], number: Ints) -> Ways:
    """By destination the entry of one of several."""
    each = np.arange(len(number))
    figures, tonnes, hired, further = (
        np.stack(values)[number, each]
        for values in zip(*((one.figures, one.tonnes, one.hired, one.further) for one in some), strict=True)
    )
    return Ways(figures, tonnes, hired, further, [some[which].which[i] for i, which in enumerate(number.tolist())])


def _by_tonne(facts: Facts, question: Question, destinations: Sequence[str]) -> Ways:
    """The same without detention; by the tonne where a lighter load may take a better route."""
    first = _ways(facts, replace(question, least_payload=question.cargo.least_payload), destinations)
    limited = first.tonnes < question.cargo.payload_t
    if question.by not in (*BY_TONNE, *HIRED) or not limited.any():
        return first
    loads, found = legal_loads(facts, question), [_reloaded(facts, question, first, destinations)]
    for tonnes in loads:
        lighter = replace(question.loaded(tonnes), least_payload=tonnes)
        found.append(_ways(facts, lighter, destinations))
    several = len(loads) > 1
    values = np.stack([one.figures / one.tonnes if several else one.figures for one in found])
    loaded = np.stack([one.tonnes for one in found])
    alike = values <= values.min(axis=0) * (1 + TIE)
    number = np.where(limited, np.argmax(np.where(alike, loaded, -inf), axis=0), 0)
    return _chosen(found, number)


def _reloaded(facts: Facts, question: Question, ways: Ways, destinations: Sequence[str]) -> Ways:
    """The same routes with what the loads cost that the law allows on them."""
    parts, number = [ways], np.zeros(len(destinations), np.int64)
    full = question.cargo.payload_t
    for tonnes in np.unique(ways.tonnes[ways.tonnes < full]).tolist():
        lighter = world_of(facts, question.loaded(tonnes))
        number[ways.tonnes == tonnes] = len(parts)
        parts.append(_worked_out(lighter, _tree(ways)))
    return _chosen(parts, number)


def _tree(ways: Ways) -> Tree:
    """The one tree of routes that were found in one search."""
    return ways.which[0][1]


def _ways(facts: Facts, question: Question, destinations: Sequence[str]) -> Ways:
    """Best routes of one world."""
    world = world_of(facts, question)
    return _worked_out(world, finding.tree(world, destinations))


def _worked_out(world: World, tree: Tree) -> Ways:
    """What the routes of a tree take in a world."""
    question, reached = world.question, np.isfinite(tree.values)
    tonnes = np.minimum(question.cargo.payload_t, tree.least(world.payloads))
    kept = np.where(reached, _kept(world, tree), 0.0) if meant(question.by) == "usd" else np.zeros(len(reached))
    hired, further = world.rates.detention.due(kept), world.rates.detention.further(kept)
    if question.by == "hours":
        figures = tree.values
    else:
        weights = world.graph.weight if question.by not in HIRED else world.weights("usd")
        figures = tree.total(weights) + hired
        if question.by == "risk":
            ways = pairwise(tree.first.tolist())
            figures = np.array([risk_of_path(world, tree.edges[first:end].tolist()) for first, end in ways])
    which = [(world, tree, i) for i in range(len(reached))]
    return Ways(np.where(reached, figures, inf), tonnes, hired, further, which)


def _kept(world: World, tree: Tree) -> Floats:
    """Expected days of a line's box inland, there and back."""
    if not world.question.cargo.hired:
        return np.zeros(len(tree.values))
    afloat = tree.total(world.multimodal.afloat) > 0.5
    sums = np.concatenate([np.zeros(1), np.cumsum(world.multimodal.inland[tree.edges] * tree.took)])
    return np.where(afloat, 2 * np.diff(sums[tree.first]) / 24, 0.0)

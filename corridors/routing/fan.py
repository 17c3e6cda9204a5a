"""The best route from one place to each of many, by a single search and without objects for the paths.

What `Network.routes` with ``k=1`` finds for each pair, worked out for all destinations at once: the routes lie in
arrays of edges (`corridors.engine.arrays.Tree`), and what they take is summed over those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import exp, inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from corridors.engine.arrays import Floats, Path, Tree
from corridors.model.question import Question
from corridors.model.tariffs import detention
from corridors.model.world import HIRED, World
from corridors.routing import finding
from corridors.routing.request import legal_loads, world_of

if TYPE_CHECKING:
    from corridors.model.facts import Facts

BY_TONNE = ("usd", "kgco2e", "generalised")
"""Objectives for which a lighter legal load counts: they are compared by the tonne."""
TIE = 1e-9
"""Relative difference of the values of two loads that counts as rounding; the heavier load is then preferred."""


class Ways(NamedTuple):
    """Best routes by one objective, one entry per destination; ``inf`` where there is none."""

    figures: Floats
    """What is minimised, of one unit as the law lets it go: hours, km, US$ with detention, kg CO2e or risk."""
    tonnes: Floats
    """Load of the unit on the way."""
    hired: Floats
    """US$ of detention in the figure."""
    which: Sequence[tuple[World, Tree] | None]
    """In which world and tree each route lies."""

    def way(self, i: int) -> tuple[World, Path] | None:
        """The route to a destination, and the world that it was found in."""
        found = self.which[i]
        path = None if found is None else found[1].path(i)
        return None if found is None or path is None else (found[0], path)


def ways(facts: Facts, question: Question, destinations: Sequence[str]) -> Ways:
    """Best routes of a question without destination and places to pass to each of some places."""
    found = _by_tonne(facts, question, destinations)
    if question.by != "usd" or not found.hired.any():
        return found
    others = (replace(question, modes=question.modes - {"sea"}), replace(question, by=HIRED[question.by]))
    three = [found, *(_by_tonne(facts, other, destinations) for other in others)]
    several = len(legal_loads(facts, question)) > 1
    values = np.stack([one.figures / one.tonnes if several else one.figures for one in three])
    return _chosen(three, np.where(found.hired > 0, np.argmin(values, axis=0), 0))


def _chosen(some: Sequence[Ways], number: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Ways:
    """By destination the entry of one of several."""
    each = np.arange(len(number))
    figures, tonnes, hired = (
        np.stack(values)[number, each]
        for values in zip(*((one.figures, one.tonnes, one.hired) for one in some), strict=True)
    )
    return Ways(figures, tonnes, hired, [some[which].which[i] for i, which in enumerate(number.tolist())])


def _by_tonne(facts: Facts, question: Question, destinations: Sequence[str]) -> Ways:
    """The same without detention; by the tonne where a lighter load may take a better route."""
    loads, full = legal_loads(facts, question), question.cargo.payload_t
    first = _ways(facts, replace(question, least_payload=question.cargo.least_payload), destinations)
    limited = first.tonnes < full
    if question.by not in (*BY_TONNE, *HIRED.values()) or not limited.any():
        return first
    found = [_reloaded(facts, question, first, destinations)]
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
    return next(found[1] for found in ways.which if found is not None)


def _ways(facts: Facts, question: Question, destinations: Sequence[str]) -> Ways:
    """Best routes of one world."""
    world = world_of(facts, question)
    return _worked_out(world, finding.tree(world, destinations))


def _worked_out(world: World, tree: Tree) -> Ways:
    """What the routes of a tree take in a world."""
    question, reached = world.question, np.isfinite(tree.values)
    tonnes = np.minimum(question.cargo.payload_t, tree.least(world.payloads))
    paid = question.by in ("usd", HIRED["usd"])
    hired = _detention(world, tree) if paid else np.zeros(len(reached))
    if question.by == "hours":
        figures = tree.values
    else:
        weights = world.graph.weight if question.by not in HIRED.values() else world.weights("usd")
        figures = tree.total(weights) + hired
        if question.by == "risk":
            figures = np.array([1.0 - exp(-value) for value in figures.tolist()])
    return Ways(np.where(reached, figures, inf), tonnes, np.where(reached, hired, 0.0), [(world, tree)] * len(reached))


def _detention(world: World, tree: Tree) -> Floats:
    """Expected hire of the line's box; see `corridors.routing.result.Result.hire`."""
    if not world.question.cargo.hired:
        return np.zeros(len(tree.values))
    afloat = tree.total(world.multimodal.afloat) > 0.5
    sums = np.concatenate([np.zeros(1), np.cumsum(world.multimodal.inland[tree.edges] * tree.took)])
    return np.where(afloat, detention(world.rates, np.diff(sums[tree.first])), 0.0)

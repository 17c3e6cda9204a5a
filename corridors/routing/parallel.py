"""Roads that run beside each other, by their lines: inside one country they are one road to an analyst."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from corridors.engine.arrays import Floats
from corridors.model.coded import Bools

if TYPE_CHECKING:
    import shapely

    from corridors.model.facts import Facts

NEAR = 0.05
"""Degrees between two roads that are one: 3 to 5 km."""


class _Boxes(NamedTuple):
    """Where all legs lie."""

    number: Mapping[str, int]
    bounds: Floats
    """West, south, east and north by leg."""
    drawn: Bools
    """Whether a leg is more than a straight line."""


def beside(facts: Facts, way: Mapping[str, float], other: Collection[str]) -> float:
    """Km of the legs of a way, given by leg, that run near the legs of another way without being one of them.

    Legs that are drawn as a straight line say nothing of where they lie.
    """
    boxes = facts.kept.get("boxes", lambda: _boxes(facts), lambda made: made.bounds.size)
    legs = [leg for leg in way if leg not in other and boxes.drawn[boxes.number[leg]]]
    own, theirs = (boxes.bounds[[boxes.number[leg] for leg in some]] for some in (legs, other))
    low, high = own[:, None, :2] - NEAR, own[:, None, 2:] + NEAR
    meet: Bools = np.all((low <= theirs[:, 2:]) & (theirs[:, :2] <= high), axis=2)
    near = (list(compress(other, some)) for some in meet)
    return sum(way[leg] * _share(facts, leg, some) for leg, some in zip(legs, near, strict=True))


def _boxes(facts: Facts) -> _Boxes:
    import shapely

    lines = np.array(list(facts.lines.values()), dtype=object)
    drawn = (shapely.get_num_points(lines) > 2) & (shapely.length(lines) > 0)
    return _Boxes(dict(zip(facts.lines, range(len(lines)), strict=True)), shapely.bounds(lines), drawn)


def _share(facts: Facts, leg: str, near: Sequence[str]) -> float:
    """Share of a leg that lies near some others: the same for many pairs of ways."""

    def work_out() -> float:
        import shapely

        line = left = facts.lines[leg]
        for other in near:  # sooner done than a union of all bands
            left = shapely.difference(left, _band(facts, other))
        return float(1 - left.length / line.length)

    return facts.kept.get(("beside", leg, *near), work_out, lambda _: len(near)) if near else 0.0


def _band(facts: Facts, leg: str) -> shapely.Geometry:
    """What lies near a leg."""
    import shapely

    def work_out() -> shapely.Geometry:
        band: shapely.Geometry = facts.lines[leg].buffer(NEAR)
        return band

    return facts.kept.get(("band", leg), work_out, lambda made: 2 * int(shapely.get_num_coordinates(made)))

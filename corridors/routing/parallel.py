"""Roads that run beside each other, by their lines: inside one country they are one road to an analyst."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import shapely

    from corridors.model.facts import Facts

NEAR = 0.05
"""Degrees between two roads that are one: 3 to 5 km."""
Box = tuple[float, float, float, float]
"""West, south, east and north."""


def beside(facts: Facts, way: Mapping[str, float], other: Collection[str]) -> float:
    """Km of the legs of a way, given by leg, that run near the legs of another way without being one of them.

    Legs that are drawn as a straight line say nothing of where they lie.
    """
    import shapely

    lines, boxes = facts.lines, {leg: _box(facts, leg) for leg in other}
    drawn = (leg for leg in way if leg not in other and shapely.get_num_points(lines[leg]) > 2 and lines[leg].length)
    return sum(way[leg] * _share(facts, leg, boxes) for leg in drawn)


def _share(facts: Facts, leg: str, boxes: Mapping[str, Box]) -> float:
    """Share of a leg that lies near those of some legs whose boxes it meets: the same for many pairs of ways."""
    west, south, east, north = _box(facts, leg)
    near = [
        other
        for other, (left, low, right, top) in boxes.items()
        if west - NEAR <= right and left <= east + NEAR and south - NEAR <= top and low <= north + NEAR
    ]

    def work_out() -> float:
        import shapely

        line = facts.lines[leg]
        band = shapely.union_all([_band(facts, other) for other in near])
        return float(line.intersection(band).length / line.length)

    return facts.kept.get(("beside", leg, *near), work_out, lambda _: len(near))


def _band(facts: Facts, leg: str) -> shapely.Geometry:
    """What lies near a leg."""
    import shapely

    def work_out() -> shapely.Geometry:
        band: shapely.Geometry = facts.lines[leg].buffer(NEAR)
        return band

    return facts.kept.get(("band", leg), work_out, lambda made: 2 * int(shapely.get_num_coordinates(made)))


def _box(facts: Facts, leg: str) -> Box:
    def work_out() -> Box:
        box: Box = facts.lines[leg].bounds
        return box

    return facts.kept.get(("box", leg), work_out, len)

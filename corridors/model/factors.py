"""What the factors of a scenario do to legs: to one, and to all at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from corridors.engine.arrays import Floats
    from corridors.model.graph import Edge, MultimodalGraph
    from corridors.model.scenario import Change


def groups(kind: str, mode: str, countries: Iterable[str]) -> list[tuple[str, str]]:
    """Modes and countries by which a factor names a leg; an empty word stands for any. Other edges have none."""
    return list(product(("", mode), ("", *countries))) if kind == "leg" else []


class Factors:
    """Factors of a scenario."""

    def __init__(self, multimodal: MultimodalGraph, scales: Sequence[Change]) -> None:
        self._scales = scales
        self._edges, self._legs_of = multimodal.edges, multimodal.legs_of if scales else {}
        self.legs = frozenset[int]().union(*(self._touched(change) for change in scales))
        """Legs that have any."""

    def _touched(self, change: Change) -> frozenset[int]:
        return self._legs_of.get((change.mode, change.country), frozenset())

    def on(self, quantity: str, edge: Edge) -> float:
        """Factor on a quantity of one edge."""
        factor = 1.0
        for change in self._scales:
            if change.what == quantity and (change.mode, change.country) in groups(
                edge.kind, edge.mode, edge.countries
            ):
                factor *= change.number
        return factor

    def on_all(self, quantity: str) -> Floats:
        """The same by edge."""
        found = np.ones(len(self._edges))
        for change in self._scales:
            if change.what == quantity:
                found[list(self._touched(change))] *= change.number
        return found

"""What the factors of a scenario do to legs: to one, and to all at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from corridors.engine.arrays import Floats, Graph
    from corridors.model.graph import Edge, MultimodalGraph
    from corridors.model.scenario import Change

OF_WEIGHT = {"usd": "usd", "generalised": "usd", "kgco2e": "kgco2e"}
"""Quantity whose factor the weight of an objective is multiplied by; others have none."""


def groups(edge: Edge) -> list[tuple[str, str]]:
    """Modes and countries by which a factor names a leg; an empty word stands for any. Other edges have none."""
    return list(product(("", edge.mode), ("", *edge.countries))) if edge.kind == "leg" else []


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
            if change.what == quantity and (change.mode, change.country) in groups(edge):
                factor *= change.number
        return factor

    def on_all(self, quantity: str) -> Floats:
        """The same by edge."""
        found = np.ones(len(self._edges))
        for change in self._scales:
            if change.what == quantity:
                found[list(self._touched(change))] *= change.number
        return found

    def applied(self, usual: Graph, by: str, legs: list[int], weights: Floats | None = None) -> Graph:
        """A graph by an objective with the factors on some legs; `weights` of these if they are known."""
        hours = usual.hours[legs] * self.on_all("hours")[legs]
        if weights is None:
            weights = usual.weight[legs] * self.on_all(OF_WEIGHT.get(by, ""))[legs]
        return usual.changed(legs, hours, np.where(np.isfinite(hours), weights, 0.0))

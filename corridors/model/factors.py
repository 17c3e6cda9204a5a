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
    """Modes and countries under which a factor applies to a leg; an empty text means any. Other edges have none."""
    return list(product(("", mode), ("", *countries))) if kind == "leg" else []


class Factors:
    """Factors of a scenario."""

    def __init__(self, multimodal: MultimodalGraph, scales: Sequence[Change]) -> None:
        self._scales, self._multimodal = scales, multimodal

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
        found = np.ones(len(self._multimodal.edges))
        for change in self._scales:
            if change.what == quantity:
                found[self._multimodal.legs_of.get((change.mode, change.country), [])] *= change.number
        return found

"""How much the land rises and falls along a line, from the GLOBE elevation model (NOAA, 30 seconds of arc)."""

import itertools
from pathlib import Path

import numpy as np
import packages
from network import Point, flat_km

CELLS = 120  # to the degree
NORTH = 50.0  # edge of the tile; half a degree beyond it the last row stands, farther north the land is taken as flat
BEYOND = 0.6
STEP_KM = 1.0


class Relief:
    """Heights, sampled along the lines of roads."""

    def __init__(self, wheels: Path) -> None:
        self.heights = packages.elevation(wheels).astype(np.float32)

    def at(self, points: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        """Height of each (lon, lat), m."""
        row = np.clip(((NORTH - points[:, 1]) * CELLS).astype(int), 0, self.heights.shape[0] - 1)
        column = np.clip((points[:, 0] * CELLS).astype(int), 0, self.heights.shape[1] - 1)
        found: np.ndarray = self.heights[row, column]  # type: ignore[type-arg]
        return found

    def along(self, line: list[Point], over_km: float = 0.0) -> float:
        """Mean difference in height from one km to the next, m; straight stretches up to `over_km` count as flat."""
        total, length = 0.0, 0.0
        for a, b in itertools.pairwise(line):
            km = flat_km(a, b)
            length += km
            if km > over_km and max(a[1], b[1]) <= NORTH + BEYOND:
                steps = np.linspace(a, b, max(2, int(km / STEP_KM) + 1))
                total += km * float(np.abs(np.diff(self.at(steps))).mean())
        return total / length if length else 0.0

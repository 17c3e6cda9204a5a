"""How rough the land is along a line, from the GLOBE elevation model (NOAA, 30 seconds of arc)."""

import itertools
from pathlib import Path

import numpy as np
import packages
from network import Point, flat_km
from scipy.ndimage import uniform_filter  # type: ignore[import-untyped]

CELLS = 120  # to the degree
WINDOW = 7  # cells: some 6 km
NORTH = 50.0  # edge of the tile; half a degree beyond it the last row stands, farther north the land is taken as flat
BEYOND = 0.6
STEP_KM = 1.0


class Relief:
    """Spread of the heights (standard deviation, m) within some 3 km of a place."""

    def __init__(self, wheels: Path) -> None:
        height = packages.elevation(wheels).astype(np.float32)
        mean, square = uniform_filter(height, WINDOW), uniform_filter(height * height, WINDOW)
        self.spread = np.sqrt(np.maximum(square - mean * mean, 0.0))

    def at(self, points: list[Point]) -> np.ndarray:  # type: ignore[type-arg]
        """Relief at each point, m."""
        lon, lat = np.array(points).T
        row = np.clip(((NORTH - lat) * CELLS).astype(int), 0, self.spread.shape[0] - 1)
        column = np.clip((lon * CELLS).astype(int), 0, self.spread.shape[1] - 1)
        found: np.ndarray = self.spread[row, column]  # type: ignore[type-arg]
        return np.where(lat > NORTH + BEYOND, 0.0, found)

    def along(self, line: list[Point], over_km: float = 0.0) -> float:
        """Mean relief along a line, m; straight stretches shorter than `over_km` count as flat."""
        total, length = 0.0, 0.0
        for a, b in itertools.pairwise(line):
            km = flat_km(a, b)
            length += km
            if km > over_km:
                share = np.linspace(0, 1, max(2, int(km / STEP_KM) + 1))
                spots = [(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for t in share]
                total += km * float(self.at(spots).mean())
        return total / length if length else 0.0

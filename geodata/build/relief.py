"""What the land does to a line across it, from the GLOBE elevation model (NOAA, 30 seconds of arc)."""

import itertools
from collections.abc import Iterator

import numpy as np
from network import Point, flat_km
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra  # type: ignore[import-untyped]

CELLS = 120  # to the degree
EAST = 90.0  # edge of the tile, beyond which the land is taken as flat
NORTH = 50.0  # edge of the tile; half a degree beyond it the last row stands, farther north the land is taken as flat
BEYOND = 0.6
STEP_KM = 1.0
# A road climbs and descends so much of what the line does that is drawn for it.
LINE_CLIMB = 0.25
# A km that climbs by 1 : STEEP is as good as two on the flat, and effort grows with the square of the slope.
STEEP = 40.0
# Steps from cell to cell, to the side and down: sixteen directions, so that a way is at most 3 % longer than its line.
MOVES = ((1, 0), (0, 1), (1, 1), (-1, 1), (2, 1), (1, 2), (-2, 1), (-1, 2))
# The way may leave the box of its ends by this share of its size, and this many degrees.
ASIDE, MARGIN = 0.25, 0.08


class Relief:
    """Heights, sampled along the lines of roads, and ways over them."""

    def __init__(self, heights: np.ndarray) -> None:  # type: ignore[type-arg]
        self.heights = heights.astype(np.float32)
        self.ways: dict[tuple[Point, Point], tuple[float, float]] = {}

    def _row(self, lat: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        row: np.ndarray = np.clip(((NORTH - lat) * CELLS).astype(int), 0, self.heights.shape[0] - 1)  # type: ignore[type-arg]
        return row

    def _column(self, lon: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        column: np.ndarray = np.clip((lon * CELLS).astype(int), 0, self.heights.shape[1] - 1)  # type: ignore[type-arg]
        return column

    def along(self, line: list[Point], over_km: float) -> float:
        """Mean climb and descent of a road in m a km, by the way of least effort.

        Straight stretches of up to `over_km` are sampled along the line and count as `LINE_CLIMB` says; longer ones may
        lie across ridges that the road goes round.
        """
        total, length = 0.0, 0.0
        for a, b, km in _stretches(line):
            length += km
            if _known(a, b) and km > over_km:
                way, climb = self._way(a, b)
                total += km * climb / way
            elif _known(a, b):
                steps = np.linspace(a, b, max(2, int(km / STEP_KM) + 1))
                heights = self.heights[self._row(steps[:, 1]), self._column(steps[:, 0])]
                total += km * float(np.abs(np.diff(heights)).mean()) * LINE_CLIMB
        return total / length if length else 0.0

    def winding(self, line: list[Point], over_km: float) -> float:
        """By which share of its length a line grows if its straight stretches over `over_km` go round what is steep."""
        more, length = 0.0, 0.0
        for a, b, km in _stretches(line):
            length += km
            if km > over_km and _known(a, b):
                more += max(self.way_km(a, b) - km, 0.0)
        return more / length if length else 0.0

    def way_km(self, a: Point, b: Point) -> float:
        """Length in km of the way of least effort between two points."""
        return self._way(a, b)[0]

    def _way(self, a: Point, b: Point) -> tuple[float, float]:
        """Length in km of the way of least effort, and the m that it climbs and descends."""
        if (a, b) not in self.ways:
            self.ways[a, b] = self.ways[b, a] = self._least_effort(a, b)
        return self.ways[a, b]

    def _least_effort(self, a: Point, b: Point) -> tuple[float, float]:
        ends = np.array([a, b])
        aside = ASIDE * float(np.ptp(ends, axis=0).max()) + MARGIN
        (west, south), (east, north) = ends.min(axis=0) - aside, ends.max(axis=0) + aside
        top, bottom = self._row(np.array([north, south]))
        left, right = self._column(np.array([west, east]))
        land = self.heights[top : bottom + 1, left : right + 1]
        across = 111.32 * np.cos(np.radians(ends[:, 1].mean())) / CELLS
        number = np.arange(land.size).reshape(land.shape)
        links = []
        for down, side in MOVES:
            km = float(np.hypot(down * 110.57 / CELLS, side * across))
            here, there = _shifted(number, down, side)
            slope = np.abs(land.ravel()[here] - land.ravel()[there]) / 1000.0 / km
            links.append((here, there, km * (1.0 + (STEEP * slope) ** 2)))
        start, end, effort = (np.concatenate(part) for part in zip(*links, strict=True))
        graph = coo_array((effort, (start, end)), shape=(land.size, land.size)).tocsr()
        first, last = (self._row(ends[:, 1]) - top) * land.shape[1] + self._column(ends[:, 0]) - left
        before = dijkstra(graph, directed=False, indices=first, return_predecessors=True)[1]
        total, climb, cell = 0.0, 0.0, int(last)
        while cell != first:
            rows, columns = np.divmod((cell, before[cell]), land.shape[1])
            total += float(np.hypot((rows[0] - rows[1]) * 110.57 / CELLS, (columns[0] - columns[1]) * across))
            climb += abs(float(land[rows[0], columns[0]] - land[rows[1], columns[1]]))
            cell = int(before[cell])
        return total, climb


def _stretches(line: list[Point]) -> Iterator[tuple[Point, Point, float]]:
    for a, b in itertools.pairwise(line):
        yield a, b, flat_km(a, b)


def _known(a: Point, b: Point) -> bool:
    return max(a[1], b[1]) <= NORTH + BEYOND and max(a[0], b[0]) <= EAST


def _shifted(number: np.ndarray, down: int, side: int) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Numbers of the cells that have a neighbour so many cells down and to the side, and of that neighbour."""
    rows, columns = number.shape
    upper, lower = (0, down) if down >= 0 else (-down, 0)
    height = rows - abs(down)
    here = number[upper : upper + height, : columns - side]
    there = number[lower : lower + height, side:]
    return here.ravel(), there.ravel()

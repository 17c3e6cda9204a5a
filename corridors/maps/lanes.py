"""Where routes run together: their lines cut wherever the company changes, each piece with a lane beside the others."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from corridors.data.schema import Row, records
from corridors.engine.arrays import Floats

if TYPE_CHECKING:
    from corridors.routing.routes import Routes

Shown = dict[str, Any]
"""What a map shows, or a part of it, as the script in the page takes it (JSON)."""
MODES = {"road": "road", "rail": "rail", "sea": "sea", "ferry": "sea", "air": "air"}
NEAR = 0.009  # share of the map's extent within which two lines cannot be told apart
SAME = 0.002  # degrees within which they are one and the same
SHORT = 3.0  # a piece shorter than this many times NEAR keeps the company of the piece before it
LONG = 20.0  # sides are chosen again after this many times NEAR
AGAIN = 8.0  # coming back after this many times NEAR counts as a second passage


Company = tuple[tuple[tuple[int, int], ...], int]
"""Routes that run together, each with the number of its passage, and the passage of the route looked at."""


class Run(NamedTuple):
    """A piece of a route on one mode, in the same company.

    Attributes
    ----------
    lane : float
        Position among the lines that run together, in line widths to the right of travel; 0 is the middle. Routes on
        one line stand in the order of their letters, a railway beside a road on the side on which it lies.
    alone : float
        Place among those on the very same line only, for maps at a scale that tells road and railway apart.
    apart : float
        Degrees to the nearest line that is close but not the same, along most of the route; 0 if there is none.
    legs : list of dict
        Rows of ``Routes.legs`` that it touches.
    """

    mode: str
    planned: bool
    lane: float
    alone: float
    apart: float
    line: shapely.LineString
    legs: list[Row]


def moving(routes: Routes, planned: set[str]) -> list[list[Row]]:
    """The rows of each route that move, with ``planned`` for legs that do not exist yet."""
    found: list[list[Row]] = [[] for _ in range(len(routes))]
    for number, (_, legs) in enumerate(routes.legs.groupby("route", sort=False)):
        found[number] = [
            row | {"planned": row["element_id"] in planned} for row in records(legs) if row["kind"] in ("leg", "access")
        ]
    return found


def runs(moves: list[list[Row]]) -> list[list[Run]]:
    """Pieces of each route, in order of travel, from what `moving` gives."""
    if not moves:
        return []
    bounds = shapely.total_bounds([row["geometry"] for rows in moves for row in rows])
    near = NEAR * max(3.0, bounds[2] - bounds[0], 1.4 * (bounds[3] - bounds[1]))
    tracks = [_Track(rows, near) for rows in moves]
    return [_runs(tracks, i, near) for i in range(len(tracks))]


class _Track:
    """One route as a chain of short straight edges."""

    def __init__(self, rows: list[Row], near: float) -> None:
        self.rows = rows
        parts = [shapely.get_coordinates(row["geometry"].simplify(0.004)) for row in rows]
        ends = [np.c_[part[:-1], part[1:]] for part in parts]
        self.edges = np.vstack(ends)
        self.row = np.repeat(np.arange(len(rows)), [len(part) for part in ends])
        self.middles = shapely.points((self.edges[:, :2] + self.edges[:, 2:]) / 2)
        self.lengths = np.hypot(*(self.edges[:, 2:] - self.edges[:, :2]).T)
        self.line = shapely.LineString(np.vstack(parts))
        shapely.prepare(self.line)
        at = np.cumsum(self.lengths)
        tree = shapely.STRtree(list(map(shapely.LineString, self.edges.reshape(-1, 2, 2))))
        here, there = tree.query(self.middles, predicate="dwithin", distance=near)
        before, after = at[there] < at[here] - AGAIN * near, at[there] > at[here] + AGAIN * near
        self.later, self.earlier = (np.isin(np.arange(len(at)), here[far]) for far in (before, after))


def _runs(tracks: list[_Track], number: int, near: float) -> list[Run]:
    track = tracks[number]
    close = np.array([shapely.dwithin(track.middles, other.line, near) for other in tracks])
    company = []
    for k in range(len(track.middles)):
        users = [(j, 0) for j in np.flatnonzero(close[:, k]).tolist() if j != number]
        users += [(number, 0)] + ([(number, 1)] if track.later[k] or track.earlier[k] else [])
        company.append((tuple(sorted(users)), int(track.later[k])))
    _steady(company, track, SHORT * near)
    found = []
    looks = [(MODES[row["mode"]], row["planned"]) for row in track.rows]
    leaders = {users[0][0] for users, _ in company}
    along = {j: shapely.line_locate_point(tracks[j].line, track.middles) for j in leaders}
    # sides are settled stretch by stretch, for a road and a railway change sides on a long way together
    stretch = [
        int(along[users[0][0]][k] / (LONG * near)) if len(users) > 1 else 0 for k, (users, _) in enumerate(company)
    ]
    for (look, (users, passage), _), part in groupby(
        range(len(company)), key=lambda k: (looks[track.row[k]], company[k], stretch[k])
    ):
        ks = list(part)
        first, me = tracks[users[0][0]], (number, passage)
        start, end = along[users[0][0]][[ks[0], ks[-1]]]
        way = -1 if first is not track and end < start else 1
        offsets = {user: _offsets(first, tracks[user[0]], start, end) for user in users}
        # routes see the same stretch a little differently: sides that hardly differ are settled by the letters
        order = sorted(users, key=lambda user: (round(float(offsets[user].mean()) / (0.3 * near)), user))
        apart = {user: abs(offsets[user] - offsets[me]) for user in users}
        same = [user for user in order if apart[user].mean() < SAME]
        gaps = [float(np.quantile(apart[user], 0.2)) for user in users if user not in same]
        points = np.vstack([track.edges[ks[:1], :2], track.edges[ks, 2:]])
        lane, alone = (way * (some.index(me) - (len(some) - 1) / 2) for some in (order, same))
        found.append(
            Run(
                *look,
                lane,
                alone,
                min(gaps, default=0.0),
                shapely.LineString(points),
                [track.rows[r] for r in dict.fromkeys(track.row[ks].tolist())],
            )
        )
    return found


def _offsets(first: _Track, other: _Track, start: float, end: float) -> Floats:
    """How far a line lies to the right of a stretch of the first line, at 16 points; 0 if it is the same line."""
    at = np.linspace(min(start, end), max(start, end), 16)
    points = shapely.line_interpolate_point(first.line, at)
    if first is other or shapely.dwithin(points, other.line, SAME).mean() > 0.5:
        return np.zeros(len(at))
    beside = shapely.line_interpolate_point(other.line, shapely.line_locate_point(other.line, points))
    here, ahead, there = map(
        shapely.get_coordinates, (points, shapely.line_interpolate_point(first.line, at + 0.02), beside)
    )
    way, gap = ahead - here, there - here
    right: Floats = (way[:, 1] * gap[:, 0] - way[:, 0] * gap[:, 1]) / np.maximum(np.hypot(*way.T), 1e-9)
    return right


def _steady(company: list[Company], track: _Track, short: float) -> None:
    """Let pieces too short to see keep the company of the piece before them, the first that of the piece after it."""
    pieces = [list(part) for _, part in groupby(range(len(company)), key=company.__getitem__)]
    long = [sum(track.lengths[piece]) >= short for piece in pieces]
    lead = next((n for n, enough in enumerate(long) if enough), 0)
    now = company[pieces[lead][0]]
    for piece, enough in zip(pieces, long, strict=True):
        if enough:
            now = company[piece[0]]
        for k in piece:
            company[k] = now

"""Where routes run together: their lines cut wherever the company changes, each piece with a lane beside the others."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from corridors._schema import records

if TYPE_CHECKING:
    from corridors.routes import Routes

MODES = {"road": "road", "rail": "rail", "sea": "sea", "ferry": "sea", "air": "air"}
NEAR = 0.05         # degrees within which two lines cannot be told apart on a map of the whole journey
SAME = 0.002        # degrees within which they are one and the same
SHORT = 0.25        # degrees; a shorter piece keeps the company of the piece before it
AGAIN = 0.8         # degrees travelled before coming back counts as a second passage


class Run(NamedTuple):
    """A piece of a route on one mode, in the same company.

    Attributes
    ----------
    lane : float
        Place among the lines that run together, in widths of a line to the right of travel; 0 is the middle.
    near : bool
        True if the lines lie close together without being the same line (road beside railway).
    legs : list of dict
        Rows of ``Routes.legs`` that it touches.
    """

    mode: str
    planned: bool
    lane: float
    near: bool
    line: shapely.LineString
    legs: list[dict[str, Any]]


def runs(routes: Routes, planned: set[str]) -> list[list[Run]]:
    """Pieces of each route, in order of travel."""
    moving: list[list[dict[str, Any]]] = [[] for _ in range(len(routes))]
    for row in records(routes.legs):
        if row["kind"] in ("leg", "access"):
            moving[row["route"]].append(row)
    tracks = [_Track(rows) for rows in moving]
    return [_runs(tracks, i, planned) for i in range(len(tracks))]


class _Track:
    """One route as a chain of short straight edges."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
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
        here, there = tree.query(self.middles, predicate="dwithin", distance=NEAR)
        before, after = at[there] < at[here] - AGAIN, at[there] > at[here] + AGAIN
        self.later, self.earlier = (np.isin(np.arange(len(at)), here[far]) for far in (before, after))


def _runs(tracks: list[_Track], number: int, planned: set[str]) -> list[Run]:
    track = tracks[number]
    close = np.array([shapely.dwithin(track.middles, other.line, NEAR) for other in tracks])
    same = np.array([shapely.dwithin(track.middles, other.line, SAME) for other in tracks])
    company = []
    for k in range(len(track.middles)):
        users = [(j, 0) for j in np.flatnonzero(close[:, k]).tolist() if j != number]
        users += [(number, 0)] + ([(number, 1)] if track.later[k] or track.earlier[k] else [])
        company.append((tuple(sorted(users)), int(track.later[k])))
    _steady(company, track)
    found = []
    looks = [(MODES[row["mode"]], row["element_id"] in planned) for row in track.rows]
    for (look, (users, passage)), part in groupby(range(len(company)), key=lambda k: (looks[track.row[k]], company[k])):
        ks = list(part)
        lane = users.index((number, passage)) - (len(users) - 1) / 2
        first = tracks[users[0][0]].line
        start, end = (shapely.line_locate_point(first, track.middles[k]) for k in (ks[0], ks[-1]))
        if users[0][0] != number and end < start:
            lane = -lane
        points = np.vstack([track.edges[ks[:1], :2], track.edges[ks, 2:]])
        near = len(users) > 1 and not all(same[j][ks].mean() > 0.5 for j, _ in users)
        found.append(Run(*look, lane, near, shapely.LineString(points),
                         [track.rows[r] for r in dict.fromkeys(track.row[ks].tolist())]))
    return found


def _steady(company: list[Any], track: _Track) -> None:
    """Let pieces too short to see keep the company of the piece before them, the first that of the piece after it."""
    pieces = [list(part) for _, part in groupby(range(len(company)), key=company.__getitem__)]
    long = [sum(track.lengths[piece]) >= SHORT for piece in pieces]
    lead = next((n for n, enough in enumerate(long) if enough), 0)
    now = company[pieces[lead][0]]
    for piece, enough in zip(pieces, long, strict=True):
        if enough:
            now = company[piece[0]]
        for k in piece:
            company[k] = now

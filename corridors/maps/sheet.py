"""One still map in the making: projection, extent, background, lines side by side, labels that do not collide."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from corridors.engine.arrays import Floats
from corridors.maps.background import ATTRIBUTION, base_file, network_shapes, points_of
from corridors.maps.lanes import Run, Shown
from corridors.maps.style import GREY, HALO, Box, Look, hits, new_figure, paper_of
from corridors.maps.symbols import (
    CAPTION,
    LINES,
    RADIUS,
    draw_badge,
    draw_symbol,
    key,
    route_table,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from corridors.model.facts import Facts

PROJECTION = "+proj=lcc +lat_1=28 +lat_2=44 +lat_0=35 +lon_0=68 +datum=WGS84"
APART = 4.6  # points between lines that run together
SEEN = 0.15  # points: smaller bends of the background are left out
LABELS = {
    "end": (9.5, "bold"),
    "gauge": (7.0, "bold"),
    "border": (7.0, "bold"),
    "strait": (7.0, "bold"),
    "transfer": (6.6, "normal"),
    "city": (6.6, "normal"),
    "country": (6.6, "normal"),
    "sea": (6.6, "normal"),
}
RANK = list(LABELS)
POLYGON = int(shapely.GeometryType.POLYGON)


@lru_cache(maxsize=1)
def projection() -> pyproj.Transformer:
    """From longitude and latitude to metres on the map."""
    return pyproj.Transformer.from_crs("EPSG:4326", PROJECTION, always_xy=True)


def project(geometry: Any) -> Any:
    """Geometry in longitude and latitude as metres on the map."""
    return shapely.transform(geometry, lambda xy: np.column_stack(projection().transform(xy[:, 0], xy[:, 1])))


@lru_cache(maxsize=2)
def _base(folder: Path) -> Shown:
    """Land, lakes, rivers and borders, projected."""
    told = base_file(folder)
    if told is None:
        return {"land": [], "lakes": [], "rivers": [], "plain": [], "disputed": []}

    def lines(flats: list[list[float]], make: Callable[..., Any] = shapely.linestrings) -> Any:
        points, sizes = points_of(flats)
        return project(make(points[:, ::-1], indices=np.repeat(np.arange(len(sizes)), sizes)))

    def areas(flats: list[list[float]]) -> Any:
        parts = shapely.get_parts(shapely.make_valid(shapely.polygons(lines(flats, shapely.linearrings))))
        return shapely.polygons(shapely.get_exterior_ring(parts[shapely.get_type_id(parts) == POLYGON]))

    return {
        "land": areas(told["land"]),
        "lakes": areas(told["lakes"]),
        "rivers": lines(told.get("rivers", [])),
        "plain": lines(told["borders"]["plain"]),
        "disputed": lines(told["borders"]["disputed"]),
    }


def beside(points: Floats, by: float) -> Floats:
    """A line `by` points to the right of a line given in points, without spurs out and back."""
    if not by or len(points) < 2:
        return points
    points = _tidy(shapely.get_coordinates(shapely.simplify(shapely.LineString(points), 1.2)))
    along = np.diff(points, axis=0)
    normal = np.column_stack([along[:, 1], -along[:, 0]]) / np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    both = np.vstack([normal[:1], normal]) + np.vstack([normal, normal[-1:]])
    moved: Floats = points + both * (by * np.minimum(1.6, 2 / np.maximum(0.2, (both**2).sum(axis=1))))[:, None]
    return moved


def _tidy(points: Floats) -> Floats:
    kept = [points[0]]
    for here, after in pairwise(points[1:]):
        a, b = here - kept[-1], after - here
        long = np.hypot(*a), np.hypot(*b)
        if not (min(long) < 8 and a @ b < -0.7 * long[0] * long[1]):
            kept.append(here)
    return np.array([*kept, points[-1]])


class Sheet:
    """One map in the making: its extent, the space already taken, and where the routes run (in points)."""

    def __init__(self, ax: Axes | None, size: tuple[float, float], lines: Sequence[BaseGeometry], rows: float) -> None:
        west, south, east, north = shapely.total_bounds(project(lines))
        margin = 0.05 * max(east - west, north - south) + 2e4
        west, south, east, north = west - margin, south - margin, east + margin, north + margin
        if ax is None:
            width, tallest = size
            inner = width - 0.2
            height = inner * float(np.clip((north - south) / (east - west), 0.5, tallest))
            wraps = math.ceil(720 / (72 * inner)), math.ceil(960 / (72 * inner))  # of the keys, of the small print
            below = (18 + 12.2 * rows + (16 if rows else 0) + 11 * wraps[0] + 8 * wraps[1]) / 72
            figure = new_figure(width, height + below + 0.62)
            ax = figure.add_axes(
                (0.1 / width, below / (height + below + 0.62), inner / width, height / (height + below + 0.62))
            )
        self.ax, self.paper = ax, paper_of(ax)
        shape = self.paper.width / self.paper.height
        wide = max(0.0, ((north - south) * shape - (east - west)) / 2)
        high = max(0.0, ((east - west) / shape - (north - south)) / 2)
        west, south, east, north = west - wide, south - high, east + wide, north + high
        self.extent = (west, south, east, north)
        self.paper.frame(self.extent)
        self.tracks: list[Floats] = []
        self.taken: list[Box] = []
        self.marks: list[tuple[Shown, Box]] = []
        self._scale_bar()

    def _clipped(self, shapes: Sequence[BaseGeometry]) -> npt.NDArray[np.object_]:
        """Parts inside the frame, without bends too small to see."""
        west, south, east, north = self.extent
        margin, seen = 0.02 * (east - west), SEEN * (east - west) / self.paper.width
        parts = shapely.clip_by_rect(shapes, west - margin, south - margin, east + margin, north + margin)
        parts = shapely.simplify(shapely.get_parts(parts), seen, preserve_topology=False)
        return parts[~shapely.is_empty(parts)]

    def lines(self, shapes: Sequence[BaseGeometry], **look: Any) -> None:
        """Lines of the background."""
        parts = self._clipped(shapes)
        sizes = shapely.get_num_coordinates(parts).tolist()
        self.paper.lines(shapely.get_coordinates(parts), sizes, **{"capstyle": "round", **look})

    def areas(self, areas: Sequence[Shown]) -> None:
        """Draw areas of results, each over the one before."""
        for area in areas:
            self._areas(project(shapely.get_parts(area["shape"])), facecolor=area["fill"], alpha=0.35)

    def _areas(self, shapes: Sequence[BaseGeometry], **look: Any) -> None:
        polygons = [part for part in shapely.get_parts(self._clipped(shapes)) if part.geom_type == "Polygon"]
        self.paper.areas(
            [[shapely.get_coordinates(ring) for ring in (one.exterior, *one.interiors)] for one in polygons], **look
        )

    def background(self, facts: Facts, look: dict[str, Look]) -> None:
        """Land, lakes, rivers, borders and the network."""
        base = _base(facts.folder)
        for name, fill in (("land", "#f8f7f3"), ("lakes", "#dbe6ec")):
            self._areas(base[name], facecolor=fill, edgecolor="#b9c6cd", linewidth=0.5)
        self.lines(base["rivers"], color="#a6c6d8", linewidth=0.5)
        self.lines(base["plain"], color="#8f8778", linewidth=0.6, linestyle=(0, (7, 3, 1, 3)))
        self.lines(base["disputed"], color="#8f8778", linewidth=0.9, linestyle=(0, (1, 2.4)))
        network = network_shapes(facts)
        for mode, style in look.items():
            self.lines(project(network.get(mode, [])), **style)

    def route(self, pieces: list[Run], colour: str) -> None:
        """Line of a route, side by side with those that run along it."""
        degree = 1.1e5 * self.paper.width / (self.extent[2] - self.extent[0])  # points
        drawn = [
            beside(
                self.paper.points(shapely.get_coordinates(project(run.line))),
                APART * (run.alone if run.apart * degree > APART else run.lane),
            )
            for run in pieces
        ]
        for here, after in pairwise(drawn):
            here[-1] = after[0] = (here[-1] + after[0]) / 2
        drawn[0][0] = self.paper.points(shapely.get_coordinates(project(pieces[0].line)))[0]
        drawn[-1][-1] = self.paper.points(shapely.get_coordinates(project(pieces[-1].line)))[-1]
        for run, xy in zip(pieces, drawn, strict=True):
            common: Look = {"clip_on": True, "zorder": 3.0, "solid_capstyle": "butt", "solid_joinstyle": "round"}
            look = LINES[run.mode] | ({"linestyle": (0, (4, 2.5)), "alpha": 0.55} if run.planned else {})
            self.paper.line(*xy.T, color="white", alpha=0.9, **(common | {"linewidth": 4.4, "zorder": 2.9}))
            self.paper.line(*xy.T, color=colour, **(common | look))
            if run.mode == "rail" and not run.planned:
                self.paper.line(
                    *xy.T,
                    color="white",
                    linewidth=1.0,
                    linestyle=(0, (3.4, 3.4)),
                    dash_capstyle="butt",
                    **(common | {"zorder": 3.01}),
                )
        track = shapely.LineString(np.vstack(drawn))
        dots = shapely.get_coordinates(shapely.segmentize(track, 3.5))
        self.tracks.insert(0, dots)

    def inside(self, point: Sequence[float] | Floats, margin: float = 0.0) -> bool:
        """Whether a point of the paper lies within the frame."""
        wide, high = self.paper.width - margin, self.paper.height - margin
        return bool(margin <= point[0] <= wide and margin <= point[1] <= high)

    def symbols(self, nodes: list[Shown], size: float = 1.0) -> None:
        """Draw symbols by rank; one that would cover another is left out."""
        for node in sorted(nodes, key=lambda n: RANK.index(n["type"])):
            at = self.paper.points(projection().transform(node["lng"], node["lat"]))
            r = RADIUS[node["type"]] * size
            inner = (at[0] - r + 1, at[1] - r + 1, at[0] + r - 1, at[1] + r - 1)
            if not self.inside(at) or any(hits(inner, other) for _, other in self.marks):
                continue
            draw_symbol(self.paper, at[0], at[1], node["type"], node.get("state", ""), size)
            self.marks.append((node, (at[0] - r, at[1] - r, at[0] + r, at[1] + r)))

    def dots(self, cities: list[Shown]) -> None:
        """Have circles that are drawn already named as cities, after the symbols."""
        for city in cities:
            x, y = self.paper.points(projection().transform(city["lng"], city["lat"]))
            r = 0.6 * city["r"]
            if self.inside((x, y)):
                self.marks.append(({"type": "city", "name": city["city"]}, (x - r, y - r, x + r, y + r)))

    def badge(self, number: int, label: str, colour: str) -> None:
        """Draw the letter of a route where its line is farthest from symbols, other routes and other badges."""
        others = [dots for i, dots in enumerate(self.tracks) if i != number]
        stops = np.array([[(b[0] + b[2]) / 2, (b[1] + b[3]) / 2] for _, b in self.marks])
        dots = self.tracks[number][::3]
        dots = dots[
            [
                self.inside(p, 14) and not any(hits((p[0] - 7, p[1] - 7, p[0] + 7, p[1] + 7), b) for b in self.taken)
                for p in dots
            ]
        ]
        if not len(dots):
            return

        def far(points: Floats, most: float) -> Floats:
            found = np.full(len(dots), most)
            if len(points):
                found = np.minimum(found, np.hypot(*(dots[:, None] - points[None]).transpose(2, 0, 1)).min(axis=1))
            return found

        score = (
            far(stops, 24)
            + far(np.vstack(others) if others else np.empty((0, 2)), 42)
            + far(np.array(self._badges), 42)
            - 0.01 * abs(dots[:, 1] - self.paper.height / 2)
        )
        x, y = dots[int(np.argmax(score))]
        draw_badge(self.paper, x, y, label, colour)
        self.taken.append((x - 8, y - 8, x + 8, y + 8))

    @property
    def _badges(self) -> list[tuple[float, float]]:
        return [((b[0] + b[2]) / 2, (b[1] + b[3]) / 2) for b in self.taken if b[2] - b[0] == 16]

    def names(self, base: list[tuple[str, str, Any]]) -> None:
        """Draw labels by rank, each at the anchor that covers least; none where nothing fits."""
        dots = np.vstack(self.tracks) if self.tracks else np.empty((0, 2))
        wanted: list[tuple[Any, ...]] = [
            (
                node["type"],
                node["name"],
                [((b[0] + b[2]) / 2, (b[1] + b[3]) / 2)],
                max((b[2] - b[0]) / 2, 0.6 * node.get("gap", 0.0)) + 2,
                b,
            )
            for node, b in self.marks
        ]
        for kind, name, spots in base:
            wanted.append(
                (
                    kind,
                    "\u200a".join(name.upper()) if kind == "country" else name,
                    [self.paper.points(projection().transform(lng, lat)) for lat, lng in spots],
                    0.0,
                    None,
                )
            )
        for kind, name, spots, gap, own in wanted:
            size, weight = LABELS[kind]
            w, h = self.paper.measure(name, size, weight), size * 1.15
            best: tuple[float, Box] | None = None
            for k, (x, y) in enumerate(spots):
                places = _anchors(w, h, gap) + (_anchors(w, h, gap + 7) if kind in ("end", "border", "gauge") else [])
                for i, (dx, dy) in enumerate(places):
                    box = (x + dx, y + dy, x + dx + w, y + dy + h)
                    if (
                        not (self.inside(box[:2], 2) and self.inside(box[2:], 2))
                        or any(hits(box, b) for b in self.taken)
                        or any(hits(_wider(box, 6.0 if i > 7 else 0.0), b) for _, b in self.marks if b is not own)
                    ):
                        continue
                    pad = 0.0 if own else 4.0
                    covered = int(
                        (
                            (dots[:, 0] > box[0] - pad)
                            & (dots[:, 0] < box[2] + pad)
                            & (dots[:, 1] > box[1] - pad)
                            & (dots[:, 1] < box[3] + pad)
                        ).sum()
                    )
                    most = {"end": 12, "border": 12, "gauge": 12, "strait": 12, "transfer": 4}.get(kind, 0)
                    if covered <= most and (best is None or 3 * covered + i + k < best[0]):
                        best = (3 * covered + i + k, box)
                if best:
                    break
            if best:
                box = best[1]
                self.taken.append((box[0] - 1, box[1], box[2] + 1, box[3]))
                look = {"country": {"color": "#736d60"}, "sea": {"color": "#5d7f93", "style": "italic"}}.get(kind, {})
                self.paper.write(
                    box[0],
                    box[1] + h / 2,
                    name,
                    size,
                    halo=HALO,
                    weight=weight,
                    va="center_baseline",
                    zorder=6,
                    gid="label",
                    **look,
                )

    def _scale_bar(self) -> None:
        metres = (self.extent[2] - self.extent[0]) / self.paper.width
        km = max(k for k in (10, 20, 50, 100, 200, 300, 500, 1000, 2000) if k == 10 or k * 1000 / metres < 90)
        long, right = km * 1000 / metres, self.paper.width - 10
        self.paper.line(
            [right - long, right - long, right, right], [14, 10, 10, 14], color="#444444", linewidth=1, zorder=6
        )
        self.paper.write(right - long / 2, 17.5, f"{km:,} km", CAPTION, halo=HALO, ha="center", zorder=6)
        self.taken.append((right - long - 4, 4, right + 4, 24))

    def frame(self, data: Shown) -> None:
        """Title above the map; table, keys and small print below it."""
        paper = self.paper
        title = paper.wrap(data["title"], 11, paper.width, "bold")
        lead = paper.height + 18
        for n, line in enumerate(reversed(title[:2])):
            paper.write(0, lead + 11 + 14 * n, line, 11, weight="bold")
        for n, line in enumerate(data["subtitle"]):
            paper.write(0, lead - 1 - 10 * n, line, 7.2, color="#555555")
        y = route_table(paper, data) if data["routes"] else -12.0
        y = key(paper, data, y)
        small = f"{data['note_print']} {ATTRIBUTION.replace('drawn with Leaflet. ', '')}.".strip()
        for line in paper.wrap(small.replace("searoute; Boundaries", "searoute. Boundaries"), 5.8, paper.width):
            paper.write(0, y, line, 5.8, color=GREY)
            y -= 8


def _wider(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _anchors(w: float, h: float, gap: float) -> list[tuple[float, float]]:
    if not gap:
        return [(-w / 2, -h / 2)]
    s = gap * 0.7
    return [
        (gap, -h / 2),
        (-w - gap, -h / 2),
        (s, s - 2),
        (s, -h - s + 2),
        (-w - s, s - 2),
        (-w - s, -h - s + 2),
        (-w / 2, gap),
        (-w / 2, -h - gap),
    ]

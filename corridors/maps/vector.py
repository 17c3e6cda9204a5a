"""Vector pictures for pages: SVG through the few calls of matplotlib's axes that our drawings make.

What is drawn for a page needs no matplotlib, takes a fraction of its time, and stays sharp on paper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from itertools import groupby, pairwise
from math import ceil, floor, log10, sqrt
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from corridors.engine.arrays import Floats
from corridors.maps.lettering import FONT, Lettering

UNIT = 10
"""Parts of a point in which a picture counts: whole numbers are exact enough."""
HALF_CAPITAL, BELOW_MIDDLE, ASCENT, DESCENT, LINE = 0.38, 0.275, 0.76, 0.21, 1.15
"""Parts of the size: from the middle of capitals, and of all letters, down to the line on which they stand; how far
letters rise above it and reach below it; from line to line."""
STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
EDGE, TICK = "#555555", 3.5
Place = tuple[float, float]


def round_step(long: float, most: int, steps: Sequence[float] = STEPS, whole: bool = False) -> float:
    """The smallest round number of which `most` reach as far as that."""
    raw = long / most or 1.0
    scale = 10.0 ** floor(log10(raw))
    sizes = (step * scale * more for more in (1.0, 10.0, 100.0) for step in steps)
    return next(size for size in sizes if size >= raw * (1 - 1e-9) and (not whole or size == round(size)))


class Canvas:
    """A picture in the making, in inches; stands in for a figure."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = 72 * width, 72 * height
        self._axes: list[Axes] = []

    def get_figheight(self) -> float:
        """Height in inches."""
        return self.height / 72

    def add_axes(self, box: Sequence[float]) -> Axes:
        """Axes in a part of the picture: left, bottom, width and height as shares of it."""
        self._axes.append(Axes(self, box))
        return self._axes[-1]

    def svg(self, name: str) -> str:
        """The picture as an element of a page, with what a screen reader says of it."""
        size = f"{UNIT * self.width:.0f} {UNIT * self.height:.0f}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" role="img" '
            f'aria-label="{escape(name)}" font-family="{FONT},Verdana,sans-serif" fill="none" stroke-linejoin="round">'
            f"{''.join(ax.drawn() for ax in self._axes)}</svg>"
        )


class Axes:
    """A part of a picture with coordinates of its own; calls and their defaults are those of matplotlib."""

    def __init__(self, figure: Canvas, box: Sequence[float]) -> None:
        self.figure = figure
        self.set_position(box)
        self.paper = Paper(self)
        self.limits = {"x": (0.0, 1.0), "y": (0.0, 1.0)}
        self.yaxis = self
        self._marks: list[tuple[float, bool, str]] = []
        self._ticks: dict[str, tuple[Sequence[float], Sequence[str]]] = {"x": ((), ()), "y": ((), ())}
        self._labels, self._length = {"x": "", "y": ""}, {"x": TICK, "y": TICK}
        self._ylabel_at, self._grids, self._framed = -40.0, "", False

    def set_position(self, box: Sequence[float]) -> None:
        """Move to another part of the picture."""
        left, bottom, width, height = box
        self.left, self.bottom = left * self.figure.width, bottom * self.figure.height
        self.width, self.height = width * self.figure.width, height * self.figure.height

    def mark(self, text: str, zorder: float, clip: bool = False) -> None:
        """Add an element; those with a lower `zorder` lie below."""
        self._marks.append((zorder, clip, text))

    def at(self, points: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """Points of the paper as whole units of the picture."""
        xy = np.asarray(points, dtype=float)
        up = self.figure.height - self.bottom
        return np.rint(np.stack([self.left + xy[..., 0], up - xy[..., 1]], axis=-1) * UNIT).astype(np.int64)

    def frame(self, fill: str, edge: str, linewidth: float) -> None:
        """Fill and frame it, without ticks."""
        box = self.at([(0, 0), (self.width, 0), (self.width, self.height), (0, self.height)])
        self._framed = True
        self.mark(f'<path d="{_path(box)}z" fill="{fill}"/>', -1)
        self.mark(f'<path d="{_path(box)}z"{_stroke(edge, linewidth)}/>', 2.5)

    # ---- what matplotlib's axes are asked for

    def set(self, **values: Any) -> None:
        """Limits, ticks and labels."""
        for axis in "xy":
            if f"{axis}lim" in values:
                self.limits[axis] = values[f"{axis}lim"]
            if f"{axis}ticks" in values:
                at = values[f"{axis}ticks"]
                self._ticks[axis] = list(at), values.get(f"{axis}ticklabels", [""] * len(at))
            self._labels[axis] = values.get(f"{axis}label", self._labels[axis])

    def set_xlim(self, low: float, high: float) -> None:
        """Limits across."""
        self.limits["x"] = low, high

    def get_xlim(self) -> Place:
        """Limits across."""
        return self.limits["x"]

    def set_xlabel(self, text: str) -> None:
        """What is measured across."""
        self._labels["x"] = text

    def set_ylabel(self, text: str) -> None:
        """What is measured upwards."""
        self._labels["y"] = text

    def set_label_coords(self, x: float, y: float) -> None:
        """Where the name of what is measured upwards stands, as a share of the width."""
        self._ylabel_at = x * self.width

    def grid(self, axis: str) -> None:
        """Lines at the ticks of an axis."""
        self._grids += axis

    def tick_params(self, axis: str = "xy", length: float | None = None, **labels: bool) -> None:
        """Length of ticks, or no numbers beside them."""
        for one in axis:
            self._length[one] = self._length[one] if length is None else length
        for one, name in (("x", "labelbottom"), ("y", "labelleft")):
            if not labels.get(name, True):
                self._ticks[one] = self._ticks[one][0], [""] * len(self._ticks[one][0])

    def ticks(self, axis: str, step: float, words: Callable[[float], str]) -> None:
        """Ticks of an axis at the multiples of a number, which stands beside each."""
        low, high = self.limits[axis]
        at = [step * k for k in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]
        self._ticks[axis] = at, list(map(words, at))

    def plot(self, x: npt.ArrayLike, y: npt.ArrayLike, **look: Any) -> None:
        """Line or markers."""
        xy = self.paper.points(np.column_stack([np.atleast_1d(x), np.atleast_1d(y)]))
        self.paper.line(*xy.T, **{"clip_on": True, **look})

    def fill_between(self, x: npt.ArrayLike, low: npt.ArrayLike, high: npt.ArrayLike, **look: Any) -> None:
        """Area between two lines."""
        xs = np.asarray(x, dtype=float)
        ring = np.column_stack([np.r_[xs, xs[::-1]], np.r_[low, np.asarray(high)[::-1]]])
        fill = f'fill="{look["color"]}" fill-opacity="{look.get("alpha", 1)}"'
        self.mark(f'<path d="{_path(self.at(self.paper.points(ring)))}z" {fill}/>', 1, True)

    def barh(self, y: float, width: float, left: float, height: float, **look: Any) -> None:
        """Bar from `left`, to the right if `width` is positive."""
        ring = [
            (x, y + side * height / 2) for x, side in ((left, -1), (left + width, -1), (left + width, 1), (left, 1))
        ]
        fill = look.get("color") or look["facecolor"]
        edge = _stroke(look["edgecolor"], 0.7) if "edgecolor" in look else ""
        self.mark(f'<path d="{_path(self.at(self.paper.points(ring)))}z" fill="{fill}"{edge}/>', 1, True)

    def axvline(self, x: float, color: str, linewidth: float) -> None:
        """Line from the bottom to the top."""
        at = self.paper.points([(x, 0)])[0, 0]
        self.paper.line([at, at], [0, self.height], color=color, linewidth=linewidth)

    def annotate(self, text: str, xy: Place, offset: Place, fontsize: float, textcoords: str = "", **look: Any) -> None:
        """Text so many points from a place."""
        x, y = self.paper.points([xy])[0] + offset
        self.paper.write(x, y, text, fontsize, **look)

    def text(self, x: float, y: float, text: str, fontsize: float, bbox: object = None, **look: Any) -> None:
        """Text at a place."""
        self.annotate(text, (x, y), (0, 0), fontsize, **look)

    # ---- the picture

    def drawn(self) -> str:
        """All marks, axes in their places among them."""
        if not self._framed:
            self._draw_axes()
        found = []
        for clip, some in groupby(sorted(self._marks, key=itemgetter(0)), key=itemgetter(1)):
            text = "".join(mark for *_, mark in some)
            if clip:
                (left, low), (right, high) = self.at([(0, 0), (self.width, self.height)])
                box = f"{left} {high} {right - left} {low - high}"
                x, y, width, height = box.split()
                text = f'<svg x="{x}" y="{y}" width="{width}" height="{height}" viewBox="{box}">{text}</svg>'
            found.append(text)
        return "".join(found)

    def _draw_axes(self) -> None:
        paper, far = self.paper, {"x": self.width, "y": self.height}
        for axis, other in (("x", "y"), ("y", "x")):
            swap = 1 if axis == "x" else -1
            paper.line(*[(0, far[axis]), (0, 0)][::swap], color=EDGE, linewidth=0.8, zorder=2.5)
            low, high = self.limits[axis]
            for value, label in zip(*self._ticks[axis], strict=True):
                if not min(low, high) <= value <= max(low, high):
                    continue
                at, out = far[axis] * (value - low) / (high - low), self._length[axis]
                if axis in self._grids:
                    paper.line(*[(at, at), (0, far[other])][::swap], color="#e4e4e4", linewidth=0.7, zorder=0.5)
                if out:
                    paper.line(*[(at, at), (-out, 0)][::swap], color=EDGE, linewidth=0.8, zorder=0.5)
                if label and axis == "x":
                    paper.write(at, -out - TICK, label, 8, ha="center", va="top", zorder=0.6)
                elif label:
                    paper.write(-out - TICK, at, label, 8, ha="right", va="center_baseline", zorder=0.6)
        below = self._length["x"] + TICK + (8 * (ASCENT + DESCENT) if any(self._ticks["x"][1]) else 0) + 4
        paper.write(self.width / 2, -below, self._labels["x"], 8, ha="center", va="top", zorder=0.6)
        look: dict[str, Any] = {"ha": "center", "va": "bottom", "zorder": 0.6, "rotation": 90}
        paper.write(self._ylabel_at, self.height / 2, self._labels["y"], 8, **look)


class Paper(Lettering):
    """Axes as a sheet measured in points from its lower left corner, as `corridors.maps.style.Paper` is."""

    def __init__(self, ax: Axes) -> None:
        self.ax = ax

    @property
    def width(self) -> float:
        """Points across."""
        return self.ax.width

    @property
    def height(self) -> float:
        """Points upwards."""
        return self.ax.height

    def points(self, xy: npt.ArrayLike) -> Floats:
        """Data coordinates as points."""
        (west, east), (south, north) = self.ax.limits["x"], self.ax.limits["y"]
        scale = np.array([self.width / (east - west), self.height / (north - south)])
        found: Floats = (np.asarray(xy, dtype=float) - (west, south)) * scale
        return found

    def frame(self, extent: Sequence[float]) -> None:
        """Limits and frame of a map: west, south, east, north."""
        west, south, east, north = extent
        self.ax.set(xlim=(west, east), ylim=(south, north))
        self.ax.frame("#dbe6ec", "#8a8a8a", 0.8)

    def lines(self, points: Floats, sizes: Sequence[int], zorder: float = 2.0, **look: Any) -> None:
        """Lines of one look: all their points, in data coordinates, and how many points each has."""
        if len(points):
            self.ax.mark(f'<path d="{_path(self.ax.at(self.points(points)), sizes)}"{_stroke(**look)}/>', zorder, True)

    def areas(self, areas: Iterable[Sequence[Floats]], facecolor: str, **look: Any) -> None:
        """Polygons of one look, each of an outline and its holes, in data coordinates."""
        d = "".join(_path(self.ax.at(self.points(ring))) + "z" for rings in areas for ring in rings)
        edge = _stroke(look["edgecolor"], look["linewidth"]) if "linewidth" in look else ""
        fill = f' fill="{facecolor}" fill-opacity="{look.get("alpha", 1)}" fill-rule="evenodd"'
        if d:
            self.ax.mark(f'<path d="{d}"{fill}{edge}/>', 1, True)

    def line(self, x: npt.ArrayLike, y: npt.ArrayLike, *, zorder: float = 2.0, **look: Any) -> None:
        """Draw a line, or a marker at a point, in points."""
        points = self.ax.at(np.column_stack([x, y]))
        if marker := look.get("marker"):
            width = look.get("markeredgewidth", 1.0)
            edge = _stroke(look.get("markeredgecolor") or look["color"], width)
            fill = look.get("markerfacecolor") or look.get("color", "none")
            for at in points:
                shape = _marker(marker, at, UNIT * look["markersize"])
                self.ax.mark(f'{shape} fill="{"none" if marker == "x" else fill}"{edge}/>', zorder)
            return
        dashes = look.get("linestyle")
        cap = look.get("dash_capstyle", "butt") if dashes else look.get("solid_capstyle", "projecting")
        stroke = _stroke(look["color"], look["linewidth"], dashes, cap, look.get("alpha", 1.0))
        self.ax.mark(f'<path d="{_path(points)}"{stroke}/>', zorder, look.get("clip_on", False))

    def write(self, x: float, y: float, text: str, size: float, *, halo: float = 0.0, **look: Any) -> None:
        """Write text whose left middle (unless ``ha`` and ``va`` say otherwise) is at a point."""
        lines = text.split("\n")
        down = {"center": BELOW_MIDDLE, "center_baseline": HALF_CAPITAL, "top": ASCENT, "bottom": -DESCENT}
        first = down[look.get("va", "center")] - (len(lines) - 1) * LINE / 2
        style = f' fill="{look.get("color", "#222222")}"'
        if look.get("weight", "normal") == "bold":
            style += ' font-weight="bold"'
        if (side := look.get("ha", "left")) != "left":
            style += f' text-anchor="{"end" if side == "right" else "middle"}"'
        if halo:
            style += f' stroke="#fff" stroke-width="{UNIT * halo:.0f}" paint-order="stroke"'
        for n, line in enumerate(lines):
            at = self.ax.at((x, y - (0 if look.get("rotation") else (first + n * LINE) * size)))
            if look.get("rotation"):
                style += f' transform="rotate(-{look["rotation"]} {at[0]} {at[1]})" dy="{first * size * UNIT:.0f}"'
            written = f'<text x="{at[0]}" y="{at[1]}" font-size="{UNIT * size:.0f}"{style}>{escape(line)}</text>'
            if line:
                self.ax.mark(written, look.get("zorder", 3.0))


def _path(points: npt.NDArray[np.int64], sizes: Sequence[int] = ()) -> str:
    """A line, or several of some `sizes` one after the other, as moves from point to point that go somewhere."""
    starts = np.cumsum([0, *sizes])[:-1] if len(sizes) else np.array([0])
    begins = np.zeros(len(points), dtype=bool)
    begins[starts] = True
    moves = np.where(begins[:, None], points, np.diff(points, axis=0, prepend=0))
    kept = begins | moves.any(axis=1)
    words = [f"{x} {y}" for x, y in moves[kept].tolist()]
    ends = [*np.flatnonzero(begins[kept]).tolist(), len(words)]
    lines = (f"M{words[start]}l{' '.join(words[start + 1 : end]) or '0 0'}" for start, end in pairwise(ends))
    return "".join(lines).replace(" -", "-")


def _stroke(
    color: str,
    linewidth: float,
    linestyle: Any = None,
    capstyle: str = "butt",
    alpha: float = 1.0,
) -> str:
    """How a line looks; dashes are as long as they are for a line of one point, times its width."""
    found = f' stroke="{color}" stroke-width="{UNIT * linewidth:.0f}"'
    if linestyle:
        found += f' stroke-dasharray="{" ".join(f"{UNIT * linewidth * part:.0f}" for part in linestyle[1])}"'
    if capstyle != "butt":
        found += f' stroke-linecap="{"square" if capstyle == "projecting" else capstyle}"'
    return found + (f' stroke-opacity="{alpha}"' if alpha < 1 else "")


def _marker(kind: str, at: npt.NDArray[np.int64], size: float) -> str:
    """The beginning of an element: circle, square, diamond, triangle or cross."""
    x, y = at.tolist()
    if kind == "o":
        return f'<circle cx="{x}" cy="{y}" r="{size / 2:.1f}"'
    half = size / 2
    corners = {
        "s": "M{0} {0}H{1}V{1}H{0}z",
        "D": "M0 {0}L{1} 0L0 {1}L{0} 0z",
        "v": "M0 {1}L{0} {0}H{1}z",
        "x": "M{0} {0}L{1} {1}M{0} {1}L{1} {0}",
    }[kind]
    reach = half * sqrt(2) if kind == "D" else half
    return f'<path transform="translate({x} {y})" d="{corners.format(f"{-reach:.1f}", f"{reach:.1f}")}"'

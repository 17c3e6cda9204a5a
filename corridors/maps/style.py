"""What all still pictures share: a house style, paper measured in points, boxes that must not overlap."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from functools import wraps
from textwrap import wrap
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import numpy as np
import numpy.typing as npt

from corridors.engine.arrays import Floats
from corridors.errors import BadRequest, MissingExtra
from corridors.maps import vector
from corridors.maps.drawable import checked
from corridors.maps.lettering import FONT, Lettering

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

P = ParamSpec("P")
R = TypeVar("R")
Box = tuple[float, float, float, float]

INK, GREY, ALARM = "#222222", "#666666", "#a40000"
HALO = 2.2  # points of white around the letters of a label on a map
NAME = 44  # letters of a line of a row's name
Look = dict[str, Any]
"""Keyword arguments of matplotlib."""
STYLE: dict[Any, object] = {
    "font.family": FONT,
    "font.size": 8.0,
    "text.parse_math": False,
    "text.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#555555",
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.7,
    "xtick.color": "#555555",
    "ytick.color": "#555555",
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.unicode_minus": False,
    "hatch.linewidth": 0.7,
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
}
_for_page: ContextVar[bool] = ContextVar("for_page", default=False)
"""Whether new figures are vector pictures for a page."""


def styled(function: Callable[P, R]) -> Callable[P, R]:
    """Check the arguments and draw in the house style, or say which extra is missing."""
    drawing = checked(function)

    @wraps(function)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
        if _for_page.get():
            return drawing(*args, **kwargs)
        try:
            import matplotlib
        except ImportError as error:
            raise MissingExtra(
                "Still pictures need matplotlib, which is not installed: pip install 'corridors[charts]'."
            ) from error
        from matplotlib import pyplot

        # Loads the backend now: a notebook's turns interactive mode on, which rc_context would undo, and then
        # only the first figure would be shown.
        pyplot.draw_if_interactive()  # type: ignore[no-untyped-call]
        with matplotlib.rc_context(STYLE):
            return drawing(*args, **kwargs)

    return drawn


def for_page(draw: Callable[[], Axes], name: str) -> str:
    """What `draw` draws, without matplotlib, as an SVG element with a name for screen readers."""
    before = _for_page.set(True)
    try:
        canvas: Any = draw().figure
        return str(canvas.svg(name))
    finally:
        _for_page.reset(before)


def new_figure(width: float, height: float, dpi: float = 160) -> Figure:
    """Make a figure, in inches, that notebooks show; a vector picture while one is drawn for a page."""
    if _for_page.get():
        return cast("Figure", vector.Canvas(width, height))
    from matplotlib import pyplot

    return pyplot.figure(figsize=(width, height), dpi=dpi)


def figure_of(ax: Axes) -> Figure:
    """The figure on which `ax` is drawn."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def picture(ax: Axes, kind: str, pixels: int) -> bytes:
    """The figure around `ax` as an image file `pixels` wide; the figure is closed."""
    from matplotlib import pyplot

    figure = figure_of(ax)

    written, packed = io.BytesIO(), None
    if kind == "webp":
        import PIL.WebPImagePlugin  # noqa: F401  # known already, Pillow does not load its seventy formats to find it

        packed = {"quality": 60, "method": 2}  # of six methods: 3 % larger, in half the time
    figure.savefig(written, format=kind, dpi=pixels / figure.get_figwidth(), pil_kwargs=packed)
    pyplot.close(figure)
    return written.getvalue()


def hits(a: Box, b: Box) -> bool:
    """Whether two boxes (left, bottom, right, top) overlap."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def paper_of(ax: Axes) -> Paper:
    """Axes as a sheet measured in points."""
    return cast("Paper", ax.paper) if isinstance(ax, vector.Axes) else Paper(ax)


def even_ticks(ax: Axes, axis: str, most: int, every: float = 0.0) -> None:
    """Whole numbers beside an axis: at most so many steps, or one `every` so much."""
    words = "{:,.0f}".format
    if isinstance(ax, vector.Axes):
        low, high = ax.limits[axis]
        ax.ticks(axis, every or vector.round_step(high - low, most, whole=True), words)
        return
    from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

    one = getattr(ax, f"{axis}axis")
    one.set_major_locator(MultipleLocator(every) if every else MaxNLocator(most, integer=True))
    one.set_major_formatter(FuncFormatter(lambda value, _: words(value)))


class Paper(Lettering):
    """An axes as a sheet measured in points from its lower left corner; what is drawn on it moves with the axes."""

    def __init__(self, ax: Axes) -> None:
        from matplotlib.transforms import Affine2D, ScaledTranslation

        figure = figure_of(ax)
        self.ax = ax
        self.transform = Affine2D().scale(1 / 72) + figure.dpi_scale_trans + ScaledTranslation(0, 0, ax.transAxes)  # type: ignore[arg-type]  # any transform will do
        self.width, self.height = self.transform.inverted().transform(ax.transAxes.transform((1, 1)))

    def points(self, xy: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Data coordinates as points."""
        return self.transform.inverted().transform(self.ax.transData.transform(xy))

    def frame(self, extent: Sequence[float]) -> None:
        """Limits and frame of a map: west, south, east, north."""
        west, south, east, north = extent
        self.ax.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[], facecolor="#dbe6ec")
        for spine in self.ax.spines.values():
            spine.set(visible=True, color="#8a8a8a", linewidth=0.8)

    def lines(self, points: Floats, sizes: Sequence[int], **look: Any) -> None:
        """Lines of one look: all their points, in data coordinates, and how many points each has."""
        from matplotlib.collections import LineCollection

        lines = np.split(points, np.cumsum(sizes)[:-1]) if len(points) else []
        self.ax.add_collection(LineCollection(lines, **look), autolim=False)

    def areas(self, areas: Iterable[Sequence[Floats]], **look: Any) -> None:
        """Polygons of one look, each of an outline and its holes, in data coordinates."""
        from matplotlib.collections import PathCollection
        from matplotlib.path import Path

        outlines = [Path.make_compound_path(*map(Path, rings)) for rings in areas]
        self.ax.add_collection(PathCollection(outlines, **{"edgecolor": "none", **look}), autolim=False)

    def write(self, x: float, y: float, text: str, size: float, *, halo: float = 0.0, **look: Any) -> Text:
        """Write text whose left middle (unless ``ha`` and ``va`` say otherwise) is at a point, with a white edge."""
        from matplotlib import patheffects

        effects = [patheffects.withStroke(linewidth=halo, foreground="white")] if halo else None
        return self.ax.text(
            x,
            y,
            text,
            transform=self.transform,
            fontsize=size,
            path_effects=effects,
            clip_on=False,
            **({"ha": "left", "va": "center"} | look),
        )

    def line(self, x: npt.ArrayLike, y: npt.ArrayLike, **look: Any) -> Artist:
        """Draw a line or markers at points."""
        from matplotlib.lines import Line2D

        return self.ax.add_line(Line2D(x, y, transform=self.transform, **({"clip_on": False} | look)))


def need(frame: pd.DataFrame, *columns: str) -> None:
    """Raise `BadRequest` where a column is missing."""
    if missing := [name for name in columns if name not in frame]:
        raise BadRequest(f"the frame lacks the column {', '.join(missing)}; it has {', '.join(map(str, frame))}.")


def single(
    width: float,
    height: float,
    title: str,
    names: Iterable[object] = (),
    below: float = 0.42,
    top: float = 0.12,
    lines: int = 2,
) -> Axes:
    """A figure with one axes that has room for row names on its left."""
    figure = new_figure(width, height + (0.25 if title else 0))
    total, upper = float(figure.get_figheight()), top + (0.28 if title else 0)
    ax = figure.add_axes((0, below / total, 1, 1 - (below + upper) / total))
    paper = paper_of(ax)
    left = 0.2 + max(
        (paper.measure(line, 8) / 72 for name in plain(names, lines) for line in name.split("\n")), default=0.55
    )
    right = 0.22  # half of the widest number that may stand below the end of the axis
    ax.set_position((left / width, below / total, 1 - (left + right) / width, 1 - (below + upper) / total))
    if title:
        paper.write((0.1 - left) * 72, paper.height + (upper - 0.14) * 72, title, 10.5, weight="bold")
    return ax


def plain(labels: Iterable[object], lines: int = 2) -> list[str]:
    """Names wrapped to fit a margin: at most so many lines, then cut."""
    wrapped = (wrap(str(label), NAME, max_lines=lines, placeholder=" ...") for label in labels)
    return ["\n".join(some) for some in wrapped]

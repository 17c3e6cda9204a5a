"""What all still pictures share: a house style, text measured in points, boxes that must not overlap."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from textwrap import wrap
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt

from corridors.errors import BadRequest, MissingExtra
from corridors.maps.drawable import checked

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
Look = dict[str, Any]
"""Keyword arguments of matplotlib."""
STYLE: dict[Any, object] = {
    "font.family": "DejaVu Sans",
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


def styled(function: Callable[P, R]) -> Callable[P, R]:
    """Check the arguments and draw in the house style, or say which extra is missing."""
    drawing = checked(function)

    @wraps(function)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
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


def new_figure(width: float, height: float, dpi: float = 160) -> Figure:
    """Make a figure, in inches, that notebooks show."""
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


@lru_cache(maxsize=4096)
def _wide(text: str, size: float, weight: str) -> float:
    """Width of a line of text in points."""
    from matplotlib.font_manager import FontProperties

    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    return float(_renderer().get_text_width_height_descent(text, font, ismath=False)[0] / 4)


@lru_cache(maxsize=1)
def _renderer() -> Any:
    """What measures text: a sheet of four dots a point."""
    from matplotlib.backends.backend_agg import RendererAgg

    return RendererAgg(8, 8, 288)  # type: ignore[no-untyped-call]


class Paper:
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

    def measure(self, text: str, size: float, weight: str = "normal") -> float:
        """Width of a line of text, including what hinting adds at screen resolution."""
        return _wide(text, size, weight) * (1.04 if size >= 6.5 else 1.09)

    def write(self, x: float, y: float, text: str, size: float, *, halo: bool = False, **look: Any) -> Text:
        """Write text whose left middle (unless ``ha`` and ``va`` say otherwise) is at a point."""
        from matplotlib import patheffects

        effects = [patheffects.withStroke(linewidth=2.2, foreground="white")] if halo else None
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

    def wrap(self, text: str, size: float, width: float, weight: str = "normal") -> list[str]:
        """Lines of at most `width` points; a word longer than that is cut."""
        lines, line, width = [], "", max(width, 2 * size)
        for whole in text.split():
            word = whole
            while (long := self.measure(word, size, weight)) > width:
                cut = max(1, int(len(word) * width / long) - 1)
                lines += [part for part in (line, word[:cut]) if part]
                line, word = "", word[cut:]
            longer = f"{line} {word}".strip()
            if line and self.measure(longer, size, weight) > width:
                lines.append(line)
                line = word
            else:
                line = longer
        return [*lines, line] if line else lines

    def line(self, x: npt.ArrayLike, y: npt.ArrayLike, **look: Any) -> Artist:
        """Draw a line or markers at points."""
        from matplotlib.lines import Line2D

        return self.ax.add_line(Line2D(x, y, transform=self.transform, **({"clip_on": False} | look)))


def need(frame: pd.DataFrame, *columns: str) -> None:
    """Raise `BadRequest` where a column is missing."""
    if missing := [name for name in columns if name not in frame]:
        raise BadRequest(f"the frame lacks the column {', '.join(missing)}; it has {', '.join(map(str, frame))}.")


def single(
    width: float, height: float, title: str, names: Iterable[object] = (), below: float = 0.42, top: float = 0.12
) -> Axes:
    """A figure with one axes that has room for row names on its left."""
    figure = new_figure(width, height + (0.25 if title else 0))
    total, upper = float(figure.get_figheight()), top + (0.28 if title else 0)
    ax = figure.add_axes((0, below / total, 1, 1 - (below + upper) / total))
    paper = Paper(ax)
    left = 0.2 + max((paper.measure(line, 8) / 72 for name in plain(names) for line in name.split("\n")), default=0.55)
    right = 0.22  # half of the widest number that may stand below the end of the axis
    ax.set_position((left / width, below / total, 1 - (left + right) / width, 1 - (below + upper) / total))
    if title:
        paper.write((0.1 - left) * 72, paper.height + (upper - 0.14) * 72, title, 10.5, weight="bold")
    return ax


def plain(labels: Iterable[object]) -> list[str]:
    """Names wrapped to fit a margin: at most two lines, then cut."""
    lines = (wrap(str(label), 44, max_lines=2, placeholder=" ...") for label in labels)
    return ["\n".join(some) for some in lines]

"""Charts for reports, drawn with matplotlib: time and cost along the route, parts, trade-offs, impacts, calendars.

All but `tcd` take plain DataFrames, so that any result with the named columns can be drawn.
"""

from __future__ import annotations

from itertools import pairwise
from math import ceil, floor, log10
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from corridors.arguments import as_choice
from corridors.data.schema import records
from corridors.errors import BadRequest
from corridors.maps import vector
from corridors.maps.curves import reliability
from corridors.maps.drawable import checked
from corridors.maps.layers import colour
from corridors.maps.research import coverage
from corridors.maps.style import ALARM, GREY, HALO, NAME, hits, need, paper_of, plain, single, styled
from corridors.maps.tcd import tcd
from corridors.routing.figures import MONTHS, by_month

if TYPE_CHECKING:
    from matplotlib.axes import Axes


__all__ = ["calendar", "coverage", "pareto", "reliability", "swings", "tcd", "tornado", "waterfall"]

MOST_BARS = 12
BAR = "#3d5a6c"
LINE = 68
"""Letters of a line below a calendar, or fewer than there is room for."""


@styled
def waterfall(legs: pd.DataFrame, what: str = "usd", ax: Axes | None = None, *, title: str = "") -> Axes:
    """Where the money, time or emissions of one route go: parts that add up to the total.

    Parameters
    ----------
    legs : DataFrame
        Columns ``kind``, ``mode`` and `what`, as in ``Route.legs``; or ``line`` and `what`, as the rows of one route
        in ``Routes.costs`` (those that only a round trip pays are left out).
    what : {"usd", "hours", "kgco2e"}
    ax : Axes, optional
    title : str

    Returns
    -------
    Axes

    Raises
    ------
    BadRequest
        If `what` is not a column of numbers.
    """
    need(legs, what, *(() if "line" in legs else ("kind", "mode")))
    if not pd.api.types.is_numeric_dtype(legs[what]):
        raise BadRequest(f"what={what!r} is not a column of numbers, such as 'usd'.")
    units = {"usd": "US$", "hours": "hours", "kgco2e": "kg CO\u2082e"}
    words = {
        "crossing": "border crossings",
        "transfer": "transfers",
        "wait": "waiting",
        "terminal": "loading and unloading",
        "detention": "detention of the box",
        "access": "access road",
    }
    if "line" in legs:
        legs = legs[legs["one_way"]] if "one_way" in legs else legs
        names = list(legs["line"])
    else:
        names = [words.get(kind) or mode for kind, mode in zip(legs["kind"], legs["mode"], strict=True)]
    parts = legs[what].groupby(names, sort=False).sum()
    parts = parts[parts > 0].sort_values(ascending=False)
    labels, values = [*parts.index, "total"], [*parts, parts.sum()]
    starts = [*np.r_[0, np.cumsum(parts)[:-1]], 0.0] if len(parts) else [0.0]
    ax = ax if ax is not None else single(6.4, 0.9 + 0.32 * len(labels), title, labels)
    y = np.arange(len(labels))
    ax.barh(y, values, left=starts, height=0.62, color=[BAR] * len(parts) + ["#222222"])
    for k in range(len(parts)):
        reach = starts[k] + values[k]
        ax.plot([reach, reach], [k - 0.31, k + 1.31], color="#888888", linewidth=0.7)
    for k, (start, value) in enumerate(zip(starts, values, strict=True)):
        share = f" ({100 * value / values[-1]:.0f} %)" if k < len(parts) else ""
        ax.annotate(
            f"{value:,.0f}{share}",
            (start + value, k),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize=7,
            gid="label",
        )
    ax.set(yticks=y, yticklabels=plain(labels), ylim=(len(labels) - 0.5, -0.5), xlim=(0, 1.24 * (values[-1] or 1)))
    ax.set_xlabel(units.get(what, what))
    ax.tick_params(axis="y", length=0)
    _thousands(ax, "x")
    return ax


@styled
def pareto(
    frame: pd.DataFrame, x: str, y: str, ax: Axes | None = None, *, label: str | None = "name", title: str = ""
) -> Axes:
    """Trade-off between two columns, smaller being better in both; a line joins the rows that nothing beats.

    Parameters
    ----------
    frame : DataFrame
        For example ``routes.table``; a column ``label`` gives joined or named dots the colours of the routes.
    x, y : str
        Columns.
    ax : Axes, optional
    label : str, optional
        Column with the names to print.
    title : str

    Returns
    -------
    Axes
    """
    need(frame, x, y, *([label] if label else []))
    rows = frame.dropna(subset=[x, y]).sort_values([x, y], kind="stable")
    best = rows[y].cummin()
    front = (rows[y] == best) & ~rows.duplicated([x, y]) & ((rows[y] < best.shift()) | (best.shift().isna()))
    ax = ax if ax is not None else single(6.0, 4.2, title)
    ax.grid(True)
    ax.scatter(rows.loc[~front, x], rows.loc[~front, y], s=36, color="#d3d3d3", edgecolor="#8a8a8a", linewidth=0.7)
    ends = rows[front]
    inks = ends["label"].map(colour) if "label" in ends else BAR
    if label and "label" in rows:
        some = rows[~front & (rows[label].astype(str) != "")]
        ax.scatter(some[x], some[y], s=40, color=some["label"].map(colour), edgecolor="white", linewidth=0.7, zorder=2)
    ax.step(ends[x], ends[y], where="post", color="#555555", linewidth=1, linestyle=(0, (4, 3)), zorder=1.5)
    ax.scatter(ends[x], ends[y], s=46, color=inks, zorder=3)
    ax.margins(0.14)
    ax.set(xlabel=_words(x), ylabel=_words(y))
    for axis in "xy":
        _thousands(ax, axis)
    if label:
        ax.autoscale_view()
        _names(ax, rows, x, y, label, front)
    return ax


def _names(ax: Axes, rows: pd.DataFrame, x: str, y: str, label: str, front: pd.Series[bool]) -> None:
    paper = paper_of(ax)
    dots = [tuple(paper.points(xy)) for xy in zip(rows[x], rows[y], strict=True)]
    taken = [(a - 4, b - 4, a + 4, b + 4) for a, b in dots]
    for (a, b), (c, d) in pairwise(dot for dot, best in zip(dots, front, strict=True) if best):
        taken += [(a, b - 1, c, b + 1), (c - 1, d, c + 1, b)]
    order = sorted(range(len(rows)), key=lambda k: not front.iloc[k])
    for k in order:
        text, (a, b) = str(rows[label].iloc[k]), dots[k]
        w, h = paper.measure(text, 6.8), 8.5
        for dx, dy, align in (
            (6, -8, "left"),
            (6, 8, "left"),
            (-6, -8, "right"),
            (-6, 8, "right"),
            (0, -13, "center"),
            (0, 13, "center"),
        ):
            left = {"left": a + dx, "right": a + dx - w, "center": a - w / 2}[align]
            box = (left, b + dy - h / 2, left + w, b + dy + h / 2)
            if (
                box[0] >= 2
                and box[2] <= paper.width + 2
                and box[1] >= 1
                and box[3] <= paper.height
                and not any(hits(box, other) for other in taken)
            ):
                paper.write(
                    a + dx,
                    b + dy,
                    text,
                    6.8,
                    ha=align,
                    halo=HALO,
                    va="center_baseline",
                    gid="label",
                    color=BAR if front.iloc[k] else GREY,
                    zorder=4,
                )
                taken.append(box)
                break


@styled
def tornado(
    frame: pd.DataFrame, ax: Axes | None = None, *, label: str = "label", unit: str = "", title: str = ""
) -> Axes:
    """What moves the answer most: one bar per row, longest first.

    Parameters
    ----------
    frame : DataFrame
        Column `label` and either ``delta`` (bars from zero; NaN reads as cut off) or ``low`` and ``high`` (bars from
        one to the other, with ``base`` as the middle if there is such a column).
    ax : Axes, optional
    label, unit, title : str

    Returns
    -------
    Axes
    """
    spans = "delta" not in frame
    need(frame, label, *(("low", "high") if spans else ("delta",)))
    size = (frame["high"] - frame["low"]).abs() if spans else frame["delta"].abs()
    rows = frame.assign(_size=size.fillna(np.inf)).sort_values("_size", ascending=False, kind="stable")
    ax = ax if ax is not None else single(6.4, 0.9 + 0.28 * len(rows), title, rows[label])
    numbers = rows[["low", "high"]] if spans else rows[["delta"]].assign(low=0.0)
    finite = numbers.to_numpy(dtype=float)
    finite = finite[np.isfinite(finite)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    room = 0.22 * ((high - low) or 1.0)
    ax.set_xlim(low - (room if spans or low < 0 else 0), high + room)
    ax.set(yticks=range(len(rows)), yticklabels=plain(rows[label]), ylim=(len(rows) - 0.4, -0.6), xlabel=unit)
    digits = 2 - floor(log10(max(abs(low), abs(high)) or 1.0))  # three significant figures of the greatest number
    for k, row in enumerate(records(rows)):
        a, b = (row["low"], row["high"]) if spans else (0.0, row["delta"])
        if not np.isfinite([a, b]).all():
            ax.barh(k, ax.get_xlim()[1] - a, left=a, height=0.62, facecolor="white", edgecolor="#8a8a8a", hatch="////")
            ax.text(
                a + 0.02 * (high - low or 1),
                k,
                "cut off",
                va="center_baseline",
                fontsize=7,
                color=ALARM,
                weight="bold",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
                gid="label",
            )
            continue
        ax.barh(k, b - a, left=a, height=0.62, color=BAR)
        for value, side in ((a, -1), (b, 1)) if spans else ((b, 1 if b >= 0 else -1),):
            shown = round(value, digits) if spans else float(f"{value:.3g}")
            text = f"{shown:,.{max(0, digits)}f}" if spans else "no change" if value == 0 else f"{shown:+,.7g}"
            ax.annotate(
                text,
                (value, k),
                (4 * side, 0),
                textcoords="offset points",
                fontsize=7,
                gid="label",
                va="center_baseline",
                ha="left" if side > 0 else "right",
            )
    if "base" in rows and len(rows):
        ax.axvline(float(rows["base"].iloc[0]), color="#222222", linewidth=0.9)
    elif not spans:
        ax.axvline(0, color="#222222", linewidth=0.9)
    _thousands(ax, "x")
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x")
    return ax


@checked
def swings(frame: pd.DataFrame, what: str, ax: Axes | None = None) -> Axes:
    """Tornado of `Routes.swings`: the parts that move the days or US$ of one route most.

    Parameters
    ----------
    frame : DataFrame
        As `Routes.swings` returns it; the twelve widest are drawn.
    what : {"usd", "days"}
    ax : Axes, optional

    Returns
    -------
    Axes
    """
    need(frame, "label", "part", "low", "high")
    as_choice(what, "what", ("usd", "days"))
    shown, unit = frame.head(MOST_BARS), "US$" if what == "usd" else "days"
    title = f"What moves the {unit} of {shown['label'].iloc[0]} most" if len(shown) else ""
    return tornado(shown, ax, label="part", unit=f"{unit} of the route with this part at its p10 and p90", title=title)


@styled
def calendar(frame: pd.DataFrame, ax: Axes | None = None, *, title: str = "") -> Axes:
    """Routes by months: days of the journey as shades, months in which nothing passes hatched, reasons and notes below.

    Parameters
    ----------
    frame : DataFrame
        One row per route and month: ``route`` (name), ``month`` (1 to 12), ``days`` (NaN: closed), ``reason`` and
        ``note`` (texts, may be missing).
    ax : Axes, optional
    title : str

    Returns
    -------
    Axes
    """
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Rectangle

    need(frame, "route", "month", "days")
    frame = frame.assign(**{name: frame[name].fillna("") if name in frame else "" for name in ("reason", "note")})
    names = list(dict.fromkeys(frame["route"]))
    reasons = list(dict.fromkeys(filter(None, frame.loc[frame["days"].isna(), "reason"])))
    noted = frame[frame["note"] != ""].groupby("route", sort=False)
    notes = [f"{name}. {by_month(some['month'], some['note'])}" for name, some in noted]
    mark = {reason: chr(ord("a") + k % 26) for k, reason in enumerate(reasons)}
    told = [*((letter, reason) for reason, letter in mark.items()), *(("*", note) for note in notes)]
    below = sum(0.14 * ceil(len(words) / LINE) for _, words in told)
    height = 0.27 if all(len(name) <= 2 * NAME for name in names) else 0.39
    ax = ax if ax is not None else single(7.2, 0.9 + height * len(names) + below, title, names, 0.3 + below, 0.28, 3)
    shades = LinearSegmentedColormap.from_list("days", ["#dfe7ec", BAR])
    low, high = frame["days"].min(), frame["days"].max()
    ax.set(xlim=(0.5, 12.5), ylim=(len(names) - 0.5, -0.5), xticks=range(1, 13), yticks=range(len(names)))
    ax.set_xticklabels(MONTHS)
    ax.set_yticklabels(plain(names, 3))
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    for row in records(frame):
        y, x = names.index(row["route"]), int(row["month"])
        if pd.isna(row["days"]):
            ax.add_patch(
                Rectangle(
                    (x - 0.46, y - 0.42),
                    0.92,
                    0.84,
                    facecolor="white",
                    edgecolor="#8a8a8a",
                    hatch="////",
                    linewidth=0.7,
                )
            )
            if row["reason"]:
                ax.text(
                    x,
                    y,
                    mark[row["reason"]],
                    ha="center",
                    va="center_baseline",
                    fontsize=7,
                    weight="bold",
                    color=ALARM,
                    gid="label",
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2},
                )
            continue
        depth = (row["days"] - low) / (high - low) if high > low else 0.3
        ax.add_patch(Rectangle((x - 0.46, y - 0.42), 0.92, 0.84, facecolor=shades(depth), linewidth=0))
        ax.text(
            x,
            y,
            f"{row['days']:.0f}" + "*" * bool(row["note"]),
            ha="center",
            va="center_baseline",
            fontsize=7,
            gid="label",
            color="white" if depth > 0.55 else "#222222",
        )
    paper, down = paper_of(ax), -10.0
    also = "; *: by other posts than the name says" if notes else ""
    paper.write(0, down, f"Days door to door; hatched: nothing passes{also}.", 6.6, color=GREY)
    for letter, words in told:
        for n, line in enumerate(paper.wrap(words, 6.6, paper.width - 12)):
            down -= 10
            if n == 0:
                paper.write(0, down, letter, 6.6, weight="bold", color=ALARM)
            paper.write(10, down, line, 6.6)
    return ax


def _words(column: str) -> str:
    words = {"usd": "US$", "kgco2e": "kg CO\u2082e", "hours": "hours", "days": "days"}
    head, _, tail = column.partition("_")
    return f"{words.get(head, head)}{' (' + tail + ')' if tail else ''}"


def _thousands(ax: Axes, axis: str) -> None:
    words = "{:,.6g}".format
    if isinstance(ax, vector.Axes):
        most = max(1, min(9, int((ax.width if axis == "x" else ax.height) / 24)))
        low, high = ax.limits[axis]
        ax.ticks(axis, vector.round_step(high - low, most, (1, 2, 2.5, 5, 10)), words)
        return
    from matplotlib.ticker import FuncFormatter

    getattr(ax, f"{axis}axis").set_major_formatter(FuncFormatter(lambda value, _: words(value)))

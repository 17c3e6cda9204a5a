"""Charts of chances by day: of having arrived, and of something being open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from corridors.maps.layers import colour
from corridors.maps.style import GREY, need, paper_of, single, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from corridors.routing.routes import Routes

MARKS = {0.1: "p10", 0.5: "p50", 0.9: "p90"}
ROW = 11.0  # points


@styled
def reliability(curves: pd.DataFrame | Routes, ax: Axes | None = None, *, title: str = "") -> Axes:
    """Chance of having arrived by each day after departure, one curve per route; p10, p50 and p90 are marked.

    Parameters
    ----------
    curves : DataFrame or Routes
        Columns ``label, name, days, p`` as in `Routes.arrival_curve`, which is called if `Routes` are given.
    ax : Axes, optional
    title : str

    Returns
    -------
    Axes
    """
    from corridors.maps.symbols import draw_badge

    if not isinstance(curves, pd.DataFrame):
        title = title or f"Chance of having arrived, {curves.title}, leaving {curves.depart:%Y-%m-%d}"
        curves = curves.arrival_curve()
    need(curves, "label", "name", "days", "p")
    groups = [(str(label), curve) for label, curve in curves.groupby("label", sort=False)]
    below = 0.62 + (len(groups) + 2) * ROW / 72
    ax = ax if ax is not None else single(6.6, 2.6 + below, title, ["100 %"], below=below)
    paper = paper_of(ax)
    finite = curves.loc[np.isfinite(curves["days"]), "days"]
    start, end = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    gap = 0.03 * ((end - start) or 1.0)
    ax.set(
        xlim=(max(0.0, start - gap), end + gap),
        ylim=(0, 1.02),
        xlabel="Days after departure, door to door",
        yticks=np.arange(0, 1.01, 0.1),
    )
    ax.set_yticklabels([f"{10 * tenth} %" for tenth in range(11)])
    ax.grid(True)
    wide = paper.width - 90 - 68
    widest = max((paper.measure(str(curve["name"].iloc[0]), 7.2, "bold") for _, curve in groups), default=0.0)
    size = 7.2 * max(0.66, min(1.0, wide / (widest or 1.0)))  # one for all names
    for n, (label, curve) in enumerate(groups):
        ink = colour(label)
        some = curve[np.isfinite(curve["days"])].sort_values("p")
        ax.plot(some["days"], some["p"], color=ink, linewidth=1.9, gid=f"curve {label}")
        marks = {name: some.loc[np.isclose(some["p"], p), "days"] for p, name in MARKS.items()}
        marked = [
            (float(days.iloc[0]), p) for (p, name), days in zip(MARKS.items(), marks.values(), strict=True) if len(days)
        ]
        if marked:
            ax.plot(
                *zip(*marked, strict=True),
                linestyle="none",
                marker="o",
                markersize=5.5,
                markerfacecolor="white",
                markeredgecolor=ink,
                markeredgewidth=1.5,
                zorder=3,
                gid=f"marks {label}",
            )
        y = -38 - (n + 1) * ROW
        paper.line([0, 20], [y, y], color=ink, linewidth=1.9)
        draw_badge(paper, 30, y, label, ink, 0.75)
        for x, name in zip((paper.width - 90, paper.width - 45, paper.width), MARKS.values(), strict=True):
            days = marks[name]
            paper.write(
                x,
                y,
                f"{days.iloc[0]:.1f}" if len(days) and np.isfinite(days.iloc[0]) else "never",
                7.2,
                ha="right",
                va="center_baseline",
            )
        first, *rest = paper.wrap(str(curve["name"].iloc[0]), size, wide, "bold") or [""]
        if rest:
            first = paper.wrap(first, size, wide - paper.measure(" ...", size, "bold"), "bold")[0] + " ..."
        paper.write(40, y, first, size, weight="bold", va="center_baseline", color=ink)
    for x, name in zip((paper.width - 90, paper.width - 45, paper.width), MARKS.values(), strict=True):
        paper.write(x, -38, f"{name}, days", 6.6, ha="right", va="center_baseline", color=GREY)
    note = (
        "Circles: p10, p50, p90 of a seeded simulation. A curve that ends below 100 % leaves out the slowest "
        "arrivals, or those that never come."
    )
    for i, line in enumerate(paper.wrap(note, 6.2, paper.width)):
        paper.write(0, -40 - (len(groups) + 1) * ROW - 9 * i, line, 6.2, color=GREY)
    return ax


@styled
def outlook(table: pd.DataFrame, ax: Axes | None = None, *, title: str = "") -> Axes:
    """Chance of being open by day, one line per element, its interval shaded, the base rate dashed.

    Parameters
    ----------
    table : DataFrame
        Columns ``name, on, p_open, low, high, base_rate`` as in `corridors.analysis.outlook.Outlook`.
    ax : Axes, optional
    title : str

    Returns
    -------
    Axes
    """
    from matplotlib.dates import AutoDateLocator, DateFormatter

    need(table, "name", "on", "p_open", "low", "high", "base_rate")
    groups = list(table.groupby("name", sort=False))
    below = 0.6 + (len(groups) + 1) * ROW / 72
    ax = ax if ax is not None else single(6.6, 2.2 + below, title, ["100 %"], below=below)
    paper = paper_of(ax)
    ax.set(ylim=(0, 1.02), yticks=np.arange(0, 1.01, 0.2), xlabel="Day")
    ax.set_yticklabels([f"{20 * fifth} %" for fifth in range(6)])
    ax.grid(True)
    ink_of = dict(zip((name for name, _ in groups), (colour(label) for label in "ABCDEFGH"), strict=False))
    for n, (name, rows) in enumerate(groups):
        some, ink = rows.sort_values("on"), ink_of.get(name, GREY)
        days = pd.to_datetime(some["on"]).to_numpy()
        ax.plot(days, some["p_open"], color=ink, marker="o", markersize=4, linewidth=1.9, gid=f"outlook {name}")
        ax.fill_between(days, some["low"], some["high"], color=ink, alpha=0.15, linewidth=0)
        ax.plot(days, some["base_rate"], color=ink, linestyle=(0, (4, 3)), linewidth=0.9)
        unknown = int(some["p_open"].isna().sum())
        y = -36 - (n + 1) * ROW
        paper.line([0, 20], [y, y], color=ink, linewidth=1.9)
        paper.write(28, y, f"{name}{f': {unknown} of {len(some)} days not known' if unknown else ''}", 7.2)
    locator = AutoDateLocator(maxticks=7)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(DateFormatter("%Y-%m-%d"))  # type: ignore[no-untyped-call]
    note = "Shaded: 80 % interval of the chance. Dashed: base rate of the border."
    for i, line in enumerate(paper.wrap(note, 6.2, paper.width)):
        paper.write(0, -38 - (len(groups) + 1) * ROW - 9 * i, line, 6.2, color=GREY)
    return ax

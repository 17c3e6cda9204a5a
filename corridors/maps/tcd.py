"""Time- and cost-distance diagram after UNESCAP: one panel per route, vertical steps where cargo stands still."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from corridors.data.schema import Row, records
from corridors.errors import BadRequest
from corridors.maps.lanes import MODES
from corridors.maps.layers import colour
from corridors.maps.style import GREY, Look, Paper, even_ticks, hits, new_figure, paper_of, styled
from corridors.routing.figures import rounded, whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from corridors.routing.routes import Routes

MEASURES = {"hours": "Hours since departure", "usd": "US$ so far"}
LINES: dict[str, Look] = {
    "road": {"linewidth": 2.2, "solid_capstyle": "round"},
    "air": {"linewidth": 1.2, "linestyle": (0, (4, 3))},
    "sea": {"linewidth": 2.2, "linestyle": (0, (0.1, 1.8)), "dash_capstyle": "round"},
}
STEP = "#b2182b"


@styled
def tcd(routes: Routes, what: str = "both", *, columns: int | None = None) -> Any:
    """Time- and cost-distance diagram after UNESCAP: one panel per route, vertical steps where cargo stands still.

    Slopes are legs, vertical steps are crossings, transfers and waits. The curve adds up expected values. Where
    ``routes.legs`` has ``cumulative_hours_p10`` and the like, the band from p10 to p90 is shaded.

    Parameters
    ----------
    routes : Routes
    what : {"both", "hours", "usd"}
    columns : int, optional
        Number of routes side by side; default 3, and 2 for two or four routes.

    Returns
    -------
    numpy.ndarray of Axes
        One row for each of hours and US$, one column for each route.

    Raises
    ------
    BadRequest
        If `what` is another.
    """
    if what not in ("both", *MEASURES):
        raise BadRequest(f"what={what!r} is not one of both, hours, usd.")
    measures = ["hours", "usd"] if what == "both" else [what]
    legs, count = routes.legs, len(routes)
    columns = columns or (count if count < 3 else 2 if count == 4 else 3)
    blocks, block_high = -(-count // columns), 0.85 + 2.3 * len(measures)
    margin, wide = 0.72, 3.3 if columns < 3 else 2.9
    width, height = margin + wide * columns + 0.05, 0.85 + blocks * block_high
    figure = new_figure(width, height)
    found = np.empty((len(measures), count), dtype=object)
    far = 1.04 * float(legs["cumulative_km"].max())
    for i in range(count):
        part = legs[legs["route"] == i]
        for j, measure in enumerate(measures):
            block, column = divmod(i, columns)
            top = 0.5 + block * block_high + 0.5 + 2.3 * j
            ax = figure.add_axes(
                ((margin + column * wide) / width, 1 - (top + 2.0) / height, (wide - 0.2) / width, 2.0 / height)
            )
            found[j, i] = ax
            shown = legs[legs.columns.intersection([f"cumulative_{measure}", f"cumulative_{measure}_p90"])].to_numpy()
            high = 1.17 * float(np.max(shown, where=np.isfinite(shown), initial=0.0))
            ax.set(xlim=(0, far), ylim=(0, high))
            ax.grid(axis="y")
            _ticks(ax, measure, high)
            if column:
                ax.tick_params(labelleft=False)
            else:
                ax.set_ylabel(MEASURES[measure])
                ax.yaxis.set_label_coords(-43 / 72 / (wide - 0.2), 0.5)
            if j == len(measures) - 1:
                ax.set_xlabel(f"km from {routes.origin}")
            else:
                ax.tick_params(labelbottom=False)
            _curve(ax, part, measure, colour(part["label"].iloc[0]), high)
            if j == 0:
                _heading(ax, routes, i)
    paper = paper_of(found[0, 0])
    lead = paper.height + 45
    paper.write(
        -46,
        lead + 13,
        f"Time- and cost-distance, {routes.title}"
        if what == "both"
        else f"{'Time' if what == 'hours' else 'Cost'}-distance, {routes.title}",
        11,
        weight="bold",
    )
    scenario = f"; scenario: {routes.scenario}" if routes.scenario else ""
    paper.write(
        -46,
        lead,
        f"Leaving {routes.depart:%Y-%m-%d}, as known on {routes.as_of}; data {routes.facts.version}{scenario}",
        7.2,
        color="#555555",
    )
    _tcd_keys(paper_of(found[-1, (blocks - 1) * columns]), legs, any("_p90" in str(name) for name in legs))
    return found


def _heading(ax: Axes, routes: Routes, i: int) -> None:
    from corridors.maps.symbols import draw_badge

    paper, row = paper_of(ax), routes.table.iloc[i]
    y = paper.height + 19
    draw_badge(paper, 5, y, row["label"], colour(row["label"]), 0.9)
    size = 8 if all(paper.measure(name, 8, "bold") < paper.width - 14 for name in routes.names) else 6.8
    for n, line in enumerate(paper.wrap(row["name"], size, paper.width - 14, "bold")[1::-1]):
        paper.write(14, y + 9 * n, line, size, weight="bold", color=colour(row["label"]))
    paper.write(
        0,
        y - 12,
        f"{rounded(row['days'])} days ({whole(row['days_p10'])} to {whole(row['days_p90'])}), "
        f"US$ {rounded(row['usd'])}, {row['km']:,.0f} km",
        6.8,
        color="#555555",
    )


def _ticks(ax: Axes, measure: str, high: float) -> None:
    hours = next(t for t in (12, 24, 48, 96, 168, 336, 672, 10**6) if high / t <= 8)
    even_ticks(ax, "y", 6, hours if measure == "hours" else 0)
    even_ticks(ax, "x", 5)


def _curve(ax: Axes, legs: pd.DataFrame, measure: str, ink: str, top: float) -> None:
    total, km = f"cumulative_{measure}", "cumulative_km"
    if {f"{total}_p10", f"{total}_p90"} <= set(legs.columns):
        low, high = (np.minimum([0, *legs[f"{total}_{q}"]], top) for q in ("p10", "p90"))
        ax.fill_between([0, *legs[km]], low, high, color=ink, alpha=0.16, linewidth=0)
    at, steps = (0.0, 0.0), []
    for mode, some in groupby(records(legs), key=_mode):
        points = [at]
        for row in some:
            points.append((row[km], row[total]))
            if not mode and row[total] > points[-2][1]:
                steps.append((row, points[-2][1], row[total]))
        at = points[-1]
        xy = np.transpose(points)
        if mode:
            ax.plot(*xy, color=ink, **LINES.get(mode, LINES["road"]))
            if mode == "rail":
                ax.plot(*xy, color="white", linewidth=0.9, linestyle=(0, (3, 3)), dash_capstyle="butt")
        elif xy[1, -1] > xy[1, 0]:
            ax.plot(*xy, color=STEP, linewidth=2.6, solid_capstyle="butt", zorder=2.5)
    ax.plot(*at, marker="o", markersize=5, color=ink, zorder=3)
    paper = paper_of(ax)
    labels = [_step_label(list(part), measure) for _, part in groupby(steps, key=lambda step: step[0][km])]
    end = f"{at[1]:,.0f} h = {rounded(at[1] / 24)} days" if measure == "hours" else f"US$ {rounded(at[1])}"
    placed = _place(paper, [*labels, ("", end, at[0], at[1], at[1], 7.2, "bold", True)], at[1])
    for text, (*_, size, weight, _), (x, y, align), anchor in placed:
        if weight != "bold" and abs(y - anchor[1]) > 5:
            paper.line([anchor[0], x + (-1 if align == "left" else 1)], [anchor[1], y], color="#999999", linewidth=0.5)
        paper.write(
            x,
            y,
            text,
            size,
            ha=align,
            weight=weight,
            va="center_baseline",
            zorder=4,
            gid="label",
            color=ink if weight == "bold" else "#333333",
            halo=1.6,
        )


def _mode(row: Row) -> str:
    """How cargo moves in a row of the legs; empty where it stands."""
    return MODES[row["mode"]] if row["kind"] in ("leg", "access") else ""


def _step_label(part: list[Any], measure: str) -> tuple[object, ...]:
    """Text and position of the steps at one point of the route: the crossing, if any, with all that happens there."""
    rank = ("crossing", "transfer", "terminal", "detention", "wait")
    named = min((row for row, _, _ in part), key=lambda row: rank.index(row["kind"]))
    name = {"crossing": named["name"], "terminal": named["name"].split(" at ")[0], "detention": "detention"}.get(
        named["kind"], named["from"]
    ).split(" (")[0]
    low, high = part[0][1], part[-1][2]
    waits = sum(row["hours"] for row, _, _ in part if row["kind"] == "wait") if measure == "hours" else 0
    more = f" ({waits:,.0f} h wait)" if waits >= 1 else ""
    amount = f" +{high - low:,.0f}{' h' if measure == 'hours' else ''}{more}"
    return name, amount, float(named["cumulative_km"]), low, high, 6.6, "normal", False


def _place(paper: Paper, labels: list[tuple[Any, ...]], total: float) -> list[Any]:
    """Labels beside their steps: to the right below the curve or, near the edge, to the left above it.

    The curve only rises, so both areas are free. If there are too many for the height, the smallest steps lose theirs,
    as do steps under half a per cent.
    """
    labels = [label for label in labels if label[-1] or label[4] - label[3] > 0.005 * total]
    while True:
        right, left = [], []
        for label in labels:
            name, amount, x, low, high, size, weight, is_end = label
            (px, bottom), (_, top) = paper.points([(x, low), (x, high)])
            room, h, middle = max(paper.width - px - 5, px - 5), size * 1.3, (bottom + top) / 2
            if paper.measure(name + amount, size, weight) > room and not is_end:
                name = paper.wrap(name, size, max(20, room - paper.measure(f" ...{amount}", size)))[0] + " ..."
            text = name + amount
            w = paper.measure(text, size, weight)
            if is_end:
                left.append((text, label, (min(px + w / 2, paper.width), top + 9, "right"), (px, top), h, w))
            elif px + 5 + w < paper.width + 4:
                right.append((text, label, (px + 5, min(middle, top - h / 2), "left"), (px, middle), h, w))
            else:
                left.append((text, label, (px - 5, max(middle, bottom + h / 2 + 1), "right"), (px, middle), h, w))
        placed = [*_stack(sorted(right, key=lambda r: -r[2][1]), -1), *_stack(sorted(left, key=lambda r: r[2][1]), 1)]
        over = any(not h / 2 + 1 <= at[1] <= paper.height + 6 for _, _, at, _, h, _ in placed)
        boxes = [_box(at, h, w) for _, _, at, _, h, w in placed]
        over = over or any(hits(a, b) for n, a in enumerate(boxes) for b in boxes[n + 1 :])
        small = [label for label in labels if not label[-1]]
        if not over or not small:
            return [(text, label, at, anchor) for text, label, at, anchor, _, _ in placed]
        labels.remove(min(small, key=lambda label: label[4] - label[3]))


def _box(at: tuple[float, float, str], h: float, w: float) -> tuple[float, float, float, float]:
    left = at[0] if at[2] == "left" else at[0] - w
    return left, at[1] - h / 2 + 0.5, left + w, at[1] + h / 2 - 0.5


def _stack(rows: list[Any], way: int) -> list[Any]:
    """Move labels down (-1) or up (1), in that order, until each is free of those before it."""
    done: list[Any] = []
    for text, label, (x, start, align), anchor, h, w in rows:
        y, boxes = start, [_box(at, *size) for _, _, at, _, *size in done]
        while struck := [box for box in boxes if hits(_box((x, y, align), h, w), box)]:
            y = min(b[1] for b in struck) - h / 2 if way < 0 else max(b[3] for b in struck) + h / 2
        done.append((text, label, (x, y, align), anchor, h, w))
    return done


def _tcd_keys(paper: Paper, legs: pd.DataFrame, band: bool) -> None:
    x, y = -46.0, -38.0
    modes = set(legs.loc[legs["kind"].isin(["leg", "access"]), "mode"].map(MODES))
    for mode, name in (
        ("road", "Road"),
        ("rail", "Rail"),
        ("sea", "Sea or ferry"),
        ("air", "Air"),
        ("step", "Border, transfer, terminal or wait"),
    ):
        if mode not in modes and mode != "step":
            continue
        paper.line([x, x + 18], [y, y], color=STEP if mode == "step" else "#444444", **LINES.get(mode, LINES["road"]))
        if mode == "rail":
            paper.line([x, x + 18], [y, y], color="white", linewidth=0.9, linestyle=(0, (3, 3)))
        paper.write(x + 22, y, name, 6.6)
        x += 22 + paper.measure(name, 6.6) + 12
    text = "Expected values" + ("; band: p10 to p90" if band else "") + ". A steep slope is slow or expensive."
    paper.write(-46, y - 11, text, 6.2, color=GREY)

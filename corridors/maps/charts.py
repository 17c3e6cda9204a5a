"""Charts for reports, drawn with matplotlib: time and cost along the way, parts, trade-offs, impacts, calendars.

All but `tcd` take plain DataFrames, so that any result with the named columns can be drawn.
"""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from corridors.data.schema import records
from corridors.errors import BadRequest
from corridors.maps.curves import reliability
from corridors.maps.lanes import MODES
from corridors.maps.layers import colour
from corridors.maps.style import ALARM, GREY, Paper, hits, need, new_figure, plain, single, styled
from corridors.routing.figures import MONTHS, rounded

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from corridors.routing.routes import Routes

__all__ = ["calendar", "pareto", "reliability", "tcd", "tornado", "waterfall"]

MEASURES = {"hours": ("Hours since departure", "{:,.0f} h"), "usd": ("US$ so far", "US$ {:,.0f}")}
LINES: dict[str, dict[str, Any]] = {
    "road": {"linewidth": 2.2, "solid_capstyle": "round"},
    "air": {"linewidth": 1.2, "linestyle": (0, (4, 3))},
    "sea": {"linewidth": 2.2, "linestyle": (0, (0.1, 1.8)), "dash_capstyle": "round"},
}
STEP = "#b2182b"
BAR, SECOND = "#3d5a6c", "#937a4c"


@styled
def tcd(routes: Routes, what: str = "both", *, columns: int | None = None) -> Any:
    """Time- and cost-distance diagram after UNESCAP: one panel a route, vertical steps where cargo stands.

    Slopes are legs, vertical steps are crossings, transfers and waits. The curve adds up expected values. Where
    ``routes.legs`` has ``cumulative_hours_p10`` and the like, the band from p10 to p90 is shaded.

    Parameters
    ----------
    routes : Routes
    what : {"both", "hours", "usd"}
    columns : int, optional
        Routes beside each other; default 3, and 2 for two or four routes.

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
            high = 1.17 * max(
                float(legs[name].max())
                for name in legs
                if str(name) in (f"cumulative_{measure}", f"cumulative_{measure}_p90")
            )
            ax.set(xlim=(0, far), ylim=(0, high))
            ax.grid(axis="y")
            _ticks(ax, measure, high)
            if column:
                ax.tick_params(labelleft=False)
            else:
                ax.set_ylabel(MEASURES[measure][0])
                ax.yaxis.set_label_coords(-43 / 72 / (wide - 0.2), 0.5)
            if j == len(measures) - 1:
                ax.set_xlabel(f"km from {routes.origin}")
            else:
                ax.tick_params(labelbottom=False)
            _curve(ax, part, measure, colour(part["label"].iloc[0]))
            if j == 0:
                _heading(ax, routes, i)
    paper = Paper(found[0, 0])
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
    _tcd_keys(Paper(found[-1, (blocks - 1) * columns]), legs, any("_p90" in str(name) for name in legs))
    return found


def _heading(ax: Axes, routes: Routes, i: int) -> None:
    from corridors.maps.stills import draw_badge

    paper, row = Paper(ax), routes.table.iloc[i]
    y = paper.height + 19
    draw_badge(paper, 5, y, row["label"], colour(row["label"]), 0.9)
    size = 8 if paper.measure(row["name"], 8, "bold") < paper.width - 14 else 6.8
    for n, line in enumerate(paper.wrap(row["name"], size, paper.width - 14, "bold")[1::-1]):
        paper.write(14, y + 9 * n, line, size, weight="bold", color=colour(row["label"]))
    paper.write(
        0,
        y - 12,
        f"{rounded(row['days'])} days ({row['days_p10']:.0f} to {row['days_p90']:.0f}), "
        f"US$ {rounded(row['usd'])}, {row['km']:,.0f} km",
        6.8,
        color="#555555",
    )


def _ticks(ax: Axes, measure: str, high: float) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

    if measure == "hours":
        ax.yaxis.set_major_locator(
            MultipleLocator(next(t for t in (12, 24, 48, 96, 168, 336, 672, 10**6) if high / t <= 8))
        )
    else:
        ax.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def _curve(ax: Axes, legs: pd.DataFrame, measure: str, ink: str) -> None:
    from matplotlib import patheffects

    total, km = f"cumulative_{measure}", "cumulative_km"
    if {f"{total}_p10", f"{total}_p90"} <= set(legs.columns):
        ax.fill_between(
            [0, *legs[km]], [0, *legs[f"{total}_p10"]], [0, *legs[f"{total}_p90"]], color=ink, alpha=0.16, linewidth=0
        )
    rows = records(legs)
    at = [0.0, 0.0]
    steps = []
    for row in rows:
        xy = [[at[0], row[km]], [at[1], row[total]]]
        if row["kind"] in ("leg", "access"):
            mode = MODES[row["mode"]]
            ax.plot(*xy, color=ink, **LINES.get(mode, LINES["road"]))
            if mode == "rail":
                ax.plot(*xy, color="white", linewidth=0.9, linestyle=(0, (3, 3)), dash_capstyle="butt")
        elif row[total] > at[1]:
            ax.plot(*xy, color=STEP, linewidth=2.6, solid_capstyle="butt", zorder=2.5)
            steps.append((row, at[1], row[total]))
        at = [row[km], row[total]]
    ax.plot(*at, marker="o", markersize=5, color=ink, zorder=3)
    paper = Paper(ax)
    labels = [_step_label(list(part), measure) for _, part in groupby(steps, key=lambda step: step[0][km])]
    end = MEASURES[measure][1].format(at[1]) + (f" = {at[1] / 24:.1f} days" if measure == "hours" else "")
    placed = _place(paper, [*labels, ("", end, at[0], at[1], at[1], 7.2, "bold", True)], at[1])
    for text, (*_, size, weight, _), (x, y, align), anchor in placed:
        if weight != "bold" and abs(y - anchor[1]) > 5:
            paper.line([anchor[0], x + (-1 if align == "left" else 1)], [anchor[1], y], color="#999999", linewidth=0.5)
        written = paper.write(
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
        )
        written.set_path_effects([patheffects.withStroke(linewidth=1.6, foreground="white")])


def _step_label(part: list[Any], measure: str) -> tuple[Any, ...]:
    """Text and place of the steps at one point of the way: the crossing if there is one, with all that passes there."""
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

    The curve only rises, so both areas are free. Where there are too many for the height, the smallest steps lose
    theirs, and so do steps under half a per cent.
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
    text = "Most likely values" + ("; band: p10 to p90" if band else "") + ". A steep slope is slow or dear."
    paper.write(-46, y - 11, text, 6.2, color=GREY)


@styled
def waterfall(legs: pd.DataFrame, what: str = "usd", ax: Axes | None = None, *, title: str = "") -> Axes:
    """Where the money, the time or the emissions of one route go: parts that add up to the total.

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
    """
    need(legs, what, *(() if "line" in legs else ("kind", "mode")))
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
    """Trade-off between two columns, smaller is better in both; those that nothing beats are joined and named.

    Parameters
    ----------
    frame : DataFrame
        For example ``routes.table``.
    x, y : str
        Columns.
    ax : Axes, optional
    label : str, optional
        Column with the names to write.
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
    ax.step(ends[x], ends[y], where="post", color="#555555", linewidth=1, linestyle=(0, (4, 3)), zorder=1.5)
    ax.scatter(ends[x], ends[y], s=46, color=BAR, zorder=3)
    ax.margins(0.14)
    ax.set(xlabel=_words(x), ylabel=_words(y))
    for axis in "xy":
        _thousands(ax, axis)
    if label:
        ax.autoscale_view()
        _names(ax, rows, x, y, label, front)
    return ax


def _names(ax: Axes, rows: pd.DataFrame, x: str, y: str, label: str, front: pd.Series[bool]) -> None:
    paper = Paper(ax)
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
                    halo=True,
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
    """What moves the answer most: one bar a row, longest first.

    Parameters
    ----------
    frame : DataFrame
        Column `label` and either ``delta`` (bars from zero; NaN reads as cut off) or ``low`` and ``high`` (bars from
        the one to the other, with ``base`` as the middle if there is such a column).
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
            text = f"{value:,.3g}" if spans else "no change" if value == 0 else f"{value:+,.3g}"
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
    if "base" in rows:
        ax.axvline(float(rows["base"].iloc[0]), color="#222222", linewidth=0.9)
    elif not spans:
        ax.axvline(0, color="#222222", linewidth=0.9)
    ax.set(yticks=range(len(rows)), yticklabels=plain(rows[label]), ylim=(len(rows) - 0.4, -0.6), xlabel=unit)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x")
    return ax


@styled
def calendar(frame: pd.DataFrame, ax: Axes | None = None, *, title: str = "") -> Axes:
    """Months by routes: days of the journey as shades, months in which nothing passes hatched, with the reasons below.

    Parameters
    ----------
    frame : DataFrame
        One row a route and month: ``route`` (name), ``month`` (1 to 12), ``days`` (NaN: closed), ``reason`` (text,
        may be missing).
    ax : Axes, optional
    title : str

    Returns
    -------
    Axes
    """
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Rectangle

    need(frame, "route", "month", "days")
    names = list(dict.fromkeys(frame["route"]))
    shut = frame[frame["days"].isna()]
    reasons = list(dict.fromkeys(str(r) for r in shut.get("reason", pd.Series(dtype=str)).dropna() if str(r)))
    ax = (
        ax
        if ax is not None
        else single(
            7.2,
            0.9 + 0.27 * len(names) + 0.17 * 2 * len(reasons),
            title,
            names,
            below=0.3 + 0.17 * 2 * len(reasons),
            top=0.28,
        )
    )
    shades = LinearSegmentedColormap.from_list("days", ["#dfe7ec", BAR])
    low, high = frame["days"].min(), frame["days"].max()
    ax.set(xlim=(0.5, 12.5), ylim=(len(names) - 0.5, -0.5), xticks=range(1, 13), yticks=range(len(names)))
    ax.set_xticklabels(MONTHS)
    ax.set_yticklabels(plain(names))
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
            if row.get("reason"):
                ax.text(
                    x,
                    y,
                    chr(ord("a") + reasons.index(row["reason"]) % 26),
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
            f"{row['days']:.0f}",
            ha="center",
            va="center_baseline",
            fontsize=7,
            gid="label",
            color="white" if depth > 0.55 else "#222222",
        )
    paper, down = Paper(ax), -10.0
    paper.write(0, down, "Days door to door; hatched: nothing passes.", 6.6, color=GREY)
    for k, reason in enumerate(reasons):
        for n, line in enumerate(paper.wrap(reason, 6.6, paper.width - 12)):
            down -= 10
            if n == 0:
                paper.write(0, down, chr(ord("a") + k % 26), 6.6, weight="bold", color=ALARM)
            paper.write(10, down, line, 6.6)
    return ax


def _words(column: str) -> str:
    words = {"usd": "US$", "kgco2e": "kg CO\u2082e", "hours": "hours", "days": "days"}
    head, _, tail = column.partition("_")
    return f"{words.get(head, head)}{' (' + tail + ')' if tail else ''}"


def _thousands(ax: Axes, axis: str) -> None:
    from matplotlib.ticker import FuncFormatter

    getattr(ax, f"{axis}axis").set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))

"""Symbols, badges, table and key of a still map, drawn on its paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corridors.maps.lanes import Shown
from corridors.maps.style import ALARM, GREY, INK, Look, Paper

if TYPE_CHECKING:
    pass

CAPTION = 6.6  # size of the small print
LINES: dict[str, Look] = {
    "road": {"linewidth": 2.4},
    "rail": {"linewidth": 2.8},
    "sea": {"linewidth": 2.4, "linestyle": (0, (0.1, 1.8)), "dash_capstyle": "round"},
    "air": {"linewidth": 1.3, "linestyle": (0, (4, 3))},
}
NETWORK: dict[str, Look] = {
    "road": {"color": "#b5a47a", "linewidth": 0.6},
    "rail": {"color": "#55514a", "linewidth": 0.8},
    "sea": {"color": "#5d8aa8", "linewidth": 0.6, "linestyle": (0, (1, 3))},
    "air": {"color": "#777777", "linewidth": 0.6, "linestyle": (0, (6, 4))},
    "planned": {"color": "#7a5fb0", "linewidth": 1.0, "linestyle": (0, (3, 2))},
}
CLOSED: Look = {"color": "#8c8c8c", "linewidth": 1.5, "linestyle": (0, (1, 2.6)), "capstyle": "butt"}
NAMES = {
    "road": "Road",
    "rail": "Rail",
    "sea": "Sea or ferry",
    "air": "Air",
    "planned": "Planned",
    "closed": "Not possible on this date",
    "border": "Border crossing",
    "gauge": "Break of gauge",
    "strait": "Strait",
    "transfer": "Transshipment",
    "planned crossing": "Planned crossing",
    "suspended crossing": "Suspended crossing",
    "closed crossing": "Crossing closed by an event",
}
RADIUS = {"end": 5.5, "gauge": 4.6, "border": 3.4, "strait": 3.4, "transfer": 3.2, "city": 2.2}


def draw_badge(paper: Paper, x: float, y: float, label: str, colour: str, size: float = 1.0) -> None:
    """Letter of a route in its colour."""
    paper.line(
        [x],
        [y],
        marker="o",
        markersize=11.5 * size,
        markerfacecolor=colour,
        markeredgecolor="white",
        markeredgewidth=0.9,
        zorder=5.5,
    )
    paper.write(
        x,
        y,
        label,
        (7.2 if len(label) == 1 else 5.2) * size,
        color="white",
        weight="bold",
        ha="center",
        va="center_baseline",
        zorder=5.6,
    )


def draw_circle(paper: Paper, x: float, y: float, circle: Shown, size: float) -> None:
    """Circle of a result."""
    from matplotlib.patches import Circle

    paper.ax.add_patch(
        Circle(
            (x, y),
            size * circle["r"],
            transform=paper.transform,
            clip_on=False,
            zorder=2.4,
            facecolor=circle["fill"],
            edgecolor=circle["edge"],
            linewidth=0.9,
            hatch="//////" if circle["hatched"] else None,
        )
    )


def draw_symbol(paper: Paper, x: float, y: float, kind: str, state: str = "", size: float = 1.0) -> None:
    """Symbol of a place; a crossing that does not operate is paler, or crossed out."""
    d = 2 * RADIUS[kind] * size
    edge = {"planned": "#7a5fb0", "suspended": "#8a8a8a"}.get(state, "#111111")
    common = {
        "marker": "s",
        "markersize": d * 0.9,
        "markerfacecolor": "white",
        "markeredgecolor": edge,
        "markeredgewidth": 1.3 * size,
        "linestyle": "none",
    }
    looks: dict[str, list[Look]] = {
        "border": [{}],
        "strait": [{"marker": "v"}],
        "gauge": [
            {
                "marker": "D",
                "markersize": d * 0.78,
                "markerfacecolor": edge,
                "markeredgecolor": "white",
                "markeredgewidth": 0.6,
            }
        ],
        "end": [
            {"marker": "o", "markersize": d * 1.05, "markerfacecolor": "#111111", "markeredgecolor": "white"},
            {"marker": "o", "markersize": d * 0.38, "markeredgecolor": "white"},
        ],
        "transfer": [
            {
                "marker": "o",
                "markersize": d,
                "markerfacecolor": "#111111",
                "markeredgecolor": "white",
                "markeredgewidth": 0.4,
            },
            {"marker": "o", "markersize": d * 0.34, "markeredgecolor": "white", "markeredgewidth": 0.3},
        ],
        "city": [{"marker": "o", "markersize": d * 0.72, "markeredgecolor": "#444444", "markeredgewidth": 0.9}],
    }
    for n, look in enumerate(looks[kind]):
        paper.line([x], [y], zorder=5 + n / 100, **common | look)
    if kind == "gauge":
        for dy in (-d * 0.11, d * 0.11):
            paper.line([x - d * 0.2, x + d * 0.2], [y + dy, y + dy], color="white", linewidth=1.0 * size, zorder=5.1)
    if state in ("suspended", "closed"):
        paper.line(
            [x],
            [y],
            marker="x",
            markersize=d * 0.85,
            zorder=5.2,
            linestyle="none",
            markeredgewidth=1.4 * size,
            markeredgecolor=ALARM if state == "closed" else "#6b6b6b",
        )


def route_table(paper: Paper, data: Shown) -> float:
    """Draw the comparison of the routes under the map, without ranges in a narrow frame; return the height reached."""
    narrow = paper.width < 400
    heads = (
        ["km", "days", "US$", "t CO\u2082e"]
        if narrow
        else ["km", "days (p10 to p90)", "US$ (p10 to p90)", "t CO\u2082e"]
    )
    y, right = -13.0, [paper.width - x for x in ((100, 72, 36, 0) if narrow else (252, 176, 58, 0))]
    for x, text in zip(right, heads, strict=True):
        paper.write(x, y, text, CAPTION, color=GREY, ha="right")
    room = right[0] - (42 if narrow else 48)
    size = 7.6 if all(paper.measure(row["name"], 7.6, "bold") < room for row in data["routes"]) else 6.6
    for row in data["routes"]:
        y -= 12.2
        draw_badge(paper, 6, y, row["label"], row["color"], 0.9)
        name = paper.wrap(row["name"], size, room, "bold")
        paper.write(16, y, name[0], size, weight="bold")
        for x, (middle, *spread) in zip(right, row["legend"], strict=True):
            paper.write(x, y, f"{middle} ({spread[0]})" if spread and not narrow else middle, 7.2, ha="right")
        for line in name[1:]:
            y -= 7.8
            paper.write(16, y, line, size, weight="bold")
    return y - 16


def key(paper: Paper, data: Shown, y: float) -> float:
    """Draw the symbols and their meaning, in as many lines as needed; return the height reached."""
    strong = not data["routes"]
    there = {node["type"] for node in data["nodes"]}, {node.get("state", "") for node in data["nodes"]}
    signs = [*data["modes"], *(["planned"] if data["planned"] else []), *(["closed"] if data["closed"] else [])]
    signs += [kind for kind in ("border", "gauge", "strait", "transfer") if kind in there[0]]
    states = [state for state in ("planned", "suspended", "closed") if state in there[1]]
    signs += [f"{state} crossing" for state in states]
    x = 0.0
    for circle in data["scale"]:
        r = 0.6 * circle["r"]
        draw_circle(paper, x + r, y - 5, circle, 0.6)
        paper.write(x + 2 * r + 4, y - 5, circle["text"], CAPTION, color=INK)
        x += 2 * r + 4 + paper.measure(circle["text"], CAPTION) + 14
    x, y = 0.0, y - (22 if data["scale"] else 0)
    for sign in signs:
        text, line = NAMES[sign], sign in NETWORK or sign == "closed"
        wide = (24 if line else 10) + paper.measure(text, CAPTION) + 14
        if x and x + wide > paper.width:
            x, y = 0.0, y - 11
        if line and strong:
            paper.line([x, x + 20], [y, y], **NETWORK[sign] | {"linewidth": 1.6 * NETWORK[sign]["linewidth"]})
        elif sign == "closed":
            paper.line([x, x + 20], [y, y], color=CLOSED["color"], linewidth=1.5, linestyle=CLOSED["linestyle"])
        elif line:
            look = LINES.get(sign, {"linewidth": 2.4, "linestyle": (0, (4, 2.5)), "alpha": 0.55})
            paper.line([x, x + 20], [y, y], color="#444444", solid_capstyle="butt", **look)
            if sign == "rail":
                paper.line([x, x + 20], [y, y], color="white", linewidth=1.0, linestyle=(0, (3.4, 3.4)))
        else:
            state = sign.removesuffix(" crossing")
            draw_symbol(paper, x + 4, y, "border" if state in states else sign, state, 0.85)
        paper.write(x + (24 if line else 12), y, text, CAPTION, color=INK)
        x += wide
    return y - 13

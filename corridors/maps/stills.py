"""Still maps for print: matplotlib in a conformal projection, with the palette and label rule of the web map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from corridors.maps import layers, result_layers
from corridors.maps.background import basemap_names
from corridors.maps.lanes import Shown
from corridors.maps.sheet import Sheet, project, projection
from corridors.maps.style import Look, for_page, picture, styled
from corridors.maps.symbols import (
    CLOSED,
    NETWORK,
    draw_circle,
)
from corridors.model.facts import facts_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from matplotlib.axes import Axes

    from corridors.analysis.reach import Reach
    from corridors.model.facts import Facts, HasFacts
    from corridors.routing.routes import Routes

__all__ = ["plot_catchment", "plot_criticality", "plot_network", "plot_reach", "plot_routes"]

LONG = 48  # characters of a name that fill a line of the table
FAINT: dict[str, Look] = {
    "road": {"color": "#d9d3c3", "linewidth": 0.4},
    "rail": {"color": "#bdb8ad", "linewidth": 0.5},
}


@styled
def plot_routes(routes: Routes, ax: Axes | None = None, *, width: float = 7.2) -> Axes:
    """Still map of alternatives with a legend that holds the table.

    Parameters
    ----------
    routes : Routes
    ax : Axes, optional
        Draw there (title above, legend below the frame); a new figure if not given. Labels are placed for the size of
        the axes at the time of drawing.
    width : float
        Inches, for a new figure.

    Returns
    -------
    Axes
        ``ax.figure.savefig("map.pdf")`` writes PNG, PDF or SVG.
    """
    return draw(layers.routes_data(routes), routes.facts, ax, width)


@styled
def plot_network(network: HasFacts, ax: Axes | None = None, *, width: float = 7.2) -> Axes:
    """Still map of the whole network and its crossings.

    Parameters
    ----------
    network : Network
    ax, width
        As in `plot_routes`.

    Returns
    -------
    Axes
    """
    facts = facts_of(network)
    return draw(layers.network_data(facts), facts, ax, width)


@styled
def plot_criticality(frame: pd.DataFrame, network: HasFacts, ax: Axes | None = None, *, width: float = 7.2) -> Axes:
    """Still map of what hurts when it closes.

    Parameters
    ----------
    frame : DataFrame
        As in `corridors.maps.interactive.explore_criticality`.
    network : Network
    ax, width
        As in `plot_routes`.

    Returns
    -------
    Axes
    """
    facts = facts_of(network)
    return draw(result_layers.criticality_data(facts, frame), facts, ax, width)


@styled
def plot_catchment(frame: gpd.GeoDataFrame, network: HasFacts, ax: Axes | None = None, *, width: float = 7.2) -> Axes:
    """Still map of the port each city reaches best.

    Parameters
    ----------
    frame : GeoDataFrame
        As in `corridors.maps.interactive.explore_catchment`.
    network : Network
    ax, width
        As in `plot_routes`.

    Returns
    -------
    Axes
    """
    facts = facts_of(network)
    return draw(result_layers.catchment_data(facts, frame), facts, ax, width)


@styled
def plot_reach(found: Reach, ax: Axes | None = None, *, width: float = 7.2) -> Axes:
    """Still map of what is reached from a place, by band.

    Parameters
    ----------
    found : Reach
        From `corridors.Network.reach`.
    ax, width
        As in `plot_routes`.

    Returns
    -------
    Axes
    """
    return draw(result_layers.reach_data(found), found.facts, ax, width)


@styled
def still(data: Shown, facts: Facts, kind: str, pixels: int, tallest: float = 1.0) -> bytes:
    """Image file, for a page, of an interactive map; the frame is at most `tallest` times as high as wide."""
    return picture(draw(data, facts, None, 7.2, tallest), kind, pixels)


def vector(data: Shown, facts: Facts, name: str, tallest: float = 1.0) -> str:
    """The same as an SVG element, for which matplotlib is not needed."""
    return for_page(lambda: draw(data, facts, None, 7.2, tallest), name)


def draw(data: Shown, facts: Facts, ax: Axes | None, width: float, tallest: float = 1.0) -> Axes:
    """Draw the data of an interactive map as a still one."""
    pieces, rows = data["pieces"], data["routes"]
    (south, west), (north, east) = data["bounds"]
    outline = [run.line for part in pieces for run in part] or [shapely.box(west, south, east, north).exterior]
    long = sum(len(row["name"]) // LONG for row in rows)
    sheet = Sheet(ax, (width, tallest), outline, len(rows) + 0.65 * long + (1.2 if data["scale"] else 0))
    sheet.background(facts, FAINT if rows or data["circles"] else NETWORK)
    sheet.areas(data["areas"])
    for part in data["closed"]:
        sheet.lines(project(part["shapes"]), **CLOSED)
    for run, row in reversed(list(zip(pieces, rows, strict=True))):
        sheet.route(run, row["color"])
    for flow in data.get("flows", ()):
        sheet.lines([project(flow["shape"])], color="#6f66ad", linewidth=0.6 * flow["width"], zorder=2.9)
    for circle in data["circles"]:
        x, y = sheet.paper.points(projection().transform(circle["lng"], circle["lat"]))
        if sheet.inside((x, y)):
            draw_circle(sheet.paper, x, y, circle, 0.6)
            r = 0.6 * circle["r"]
            sheet.taken.append((x - r, y - r, x + r, y + r))
    sheet.symbols(data["nodes"], 1.0 if rows else 0.75)
    sheet.dots([circle for circle in data["circles"] if circle.get("city")])
    for i, row in enumerate(rows):
        sheet.badge(i, row["label"], row["color"])
    sheet.names(basemap_names(facts.folder))
    sheet.frame(data)
    return sheet.ax

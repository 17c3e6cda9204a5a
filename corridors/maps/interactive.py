"""Interactive maps: a folium map drawn from one block of data by a small script of our own, without internet.

Line = mode, colour = route. All text from the data enters the page as text, never as HTML, and is escaped so that
neither branca (which parses the output of a template as a template once more) nor the browser runs it.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import folium
import numpy as np
from branca.element import MacroElement

from corridors.arguments import as_flag
from corridors.data.writing import must_end, whole_file, write_page
from corridors.errors import BadRequest
from corridors.maps import background, layers, offline, page_assets, result_layers
from corridors.maps.drawable import checked
from corridors.maps.lanes import Shown
from corridors.maps.page_assets import MissingAsset
from corridors.model.facts import facts_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from corridors.analysis.reach import Reach
    from corridors.model.facts import Facts, HasFacts
    from corridors.routing.routes import Routes

__all__ = [
    "CorridorMap",
    "MapPair",
    "MissingAsset",
    "explore_catchment",
    "explore_criticality",
    "explore_network",
    "explore_reach",
    "explore_routes",
    "side_by_side",
]


class CorridorMap(folium.Map):
    """A folium map without tiles whose page holds all it needs: it opens without internet, and nothing leaves it.

    Parameters
    ----------
    online : bool
        Keep folium's links to scripts on the internet; needed for tile layers and plugins.
    **options
        As for ``folium.Map``.
    """

    def __init__(self, *, online: bool = False, **options: Any) -> None:
        view: Shown = {
            "location": (38.0, 66.0),
            "zoom_start": 4,
            "zoom_snap": 0.25,
            "zoom_delta": 0.5,
            "zoom_control": False,
            "tiles": None,
        }
        as_flag(online, "online")
        super().__init__(**(view | options))
        self.online = online
        if not online:
            self.default_js = [("leaflet", page_assets.LEAFLET_JS), ("jquery", page_assets.JQUERY)]
            self.default_css = [("leaflet_css", page_assets.LEAFLET_CSS)]
        page_assets.Page(online).add_child(self)

    def html(self) -> str:
        """Return the whole page as text.

        Returns
        -------
        str

        Raises
        ------
        MissingAsset
            As `save`.
        """
        return str(self.get_root().render())

    def to_png(self, path: str | Path, *, width: int = 1400, height: int = 900, scale: float = 2.0) -> None:
        """Write a picture of the map as Chromium shows it.

        Parameters
        ----------
        path : path
        width, height : int
            Size of the window in CSS pixels.
        scale : float
            Pixels of the picture for each of them.

        Raises
        ------
        MissingExtra
            If Chromium is not on this machine; ``plot()`` needs no browser.
        """
        from corridors.maps.screenshot import photograph

        photograph(self.html(), path, width, height, scale)

    def save(self, outfile: str | bytes | Path | BinaryIO, close_file: bool = True, **kwargs: object) -> None:
        """Write one file that needs nothing else.

        Parameters
        ----------
        outfile : path or binary file
        close_file : bool
            Close a file that was passed open.
        **kwargs
            As for ``folium.Map.save``.

        Raises
        ------
        MissingAsset
            If a layer was added that needs the internet and the map is not ``online``; nothing is written.
        """
        as_flag(close_file, "close_file")
        page = self.get_root().render(**kwargs).encode("utf-8")
        if isinstance(outfile, str | bytes | Path):
            with whole_file(must_end(os.fsdecode(outfile), ".html")) as unfinished:
                unfinished.write_bytes(page)
        else:
            outfile.write(page)
            if close_file:
                outfile.close()


class _Drawing(MacroElement):
    """Our style, our script and the data of one drawing."""

    def __init__(self, data: Shown) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Corridors"
        self.data = data

    def render(self, **kwargs: object) -> str:
        """Put style, script and data into the page."""
        page: Any = self.get_root()
        style, script = offline.map_code()
        page.header.add_child(page_assets.Verbatim(f"<style>{style}</style>"), name="corridors_css")
        page.header.add_child(page_assets.Verbatim(f"<script>{script}</script>"), name="corridors_js")
        target: Any = self._parent
        call = f"corridorMap({target.get_name()}, {offline.as_script(layers.with_lines(self.data))});"
        page.script.add_child(page_assets.Verbatim(call), name=self.get_name())
        return ""


@checked
def explore_routes(
    routes: Routes,
    m: folium.Map | None = None,
    *,
    online: bool = False,
    tiles: str | None = None,
    attr: str | None = None,
) -> folium.Map:
    """Map of alternatives: lines by mode and route, crossings, transfers, legend with the table, popups with the legs.

    Parameters
    ----------
    routes : Routes
    m : folium.Map, optional
        Map to draw on, for example of ``gdf.explore()``; it keeps its own background. A new `CorridorMap` if not given.
    online : bool
        For a new map: allow links to the internet, which tiles and plugins need.
    tiles, attr : str, optional
        Tile layer under the routes and whom it credits, as for ``folium.TileLayer``; takes ``online=True``.

    Returns
    -------
    folium.Map
    """
    return draw(lambda drawn: layers.routes_data(routes, drawn), routes.facts, m, online, tiles, attr)


@checked
def explore_network(
    network: HasFacts,
    m: folium.Map | None = None,
    *,
    online: bool = False,
    tiles: str | None = None,
    attr: str | None = None,
) -> folium.Map:
    """Map of the whole network with its crossings; planned lines dashed.

    Parameters
    ----------
    network : Network
    m, online, tiles, attr
        As in `explore_routes`.

    Returns
    -------
    folium.Map
    """
    return draw(lambda _: layers.network_data(facts_of(network)), facts_of(network), m, online, tiles, attr)


class _Call(MacroElement):
    """A call of a function of ours, after the maps are drawn."""

    def __init__(self, text: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name, self._text = "Call", text

    def render(self, **kwargs: object) -> str:
        """Put the call into the page."""
        page: Any = self.get_root()
        page.script.add_child(page_assets.Verbatim(self._text), name=self.get_name())
        return ""


class MapPair:
    """Two maps on one page, one beside the other or, where it is narrow, above; they move together."""

    def __init__(self, left: CorridorMap, right: CorridorMap, title: str, still: Callable[[], bytes]) -> None:
        page = self._page = page_assets.Page()
        for m in (left, right):
            page.add_child(m)
        page.header.add_child(page_assets.Verbatim(f"<style>{offline.own('maps/pair.css')}</style>"))
        page.header.add_child(page_assets.Verbatim(f"<script>{offline.own('maps/pair.js')}</script>"))
        right.add_child(_Call(f"corridorPair({left.get_name()}, {right.get_name()});"))
        page.title, page.still = _as_title(title), still

    def html(self) -> str:
        """Return the whole page as text.

        Returns
        -------
        str
        """
        page: str = self._page.render()
        return page

    def still(self) -> bytes:
        """Make a WebP picture of both maps.

        Returns
        -------
        bytes

        Raises
        ------
        MissingExtra
            Without matplotlib (extra ``charts``).
        """
        assert self._page.still is not None
        return self._page.still()

    def save(self, path: str | Path) -> None:
        """Write one file that needs nothing else.

        Parameters
        ----------
        path : path
        """
        write_page(path, self.html())

    def to_png(self, path: str | Path, *, width: int = 1600, height: int = 800, scale: float = 2.0) -> None:
        """Write a picture of both maps as Chromium shows them.

        Parameters
        ----------
        path, width, height, scale
            As in `CorridorMap.to_png`, which raises the same.
        """
        from corridors.maps.screenshot import photograph

        photograph(self.html(), path, width, height, scale)

    def _repr_html_(self) -> str:
        return self._page._repr_html_()


@checked
def side_by_side(a: Routes, b: Routes) -> MapPair:
    """Two answers to one question, for example without and with a scenario, as two maps that move together.

    Parameters
    ----------
    a, b : Routes
        Routes over the same border crossings have one letter and one colour on both maps.

    Returns
    -------
    MapPair
        ``save("x.html")`` writes one file; a notebook shows it.
    """
    names = world_names(a, b)
    drawings = [layers.routes_data(a), layers.routes_data(b, labels=layers.shared_labels(a, b))]
    corners = np.array([data["bounds"] for data in drawings])
    bounds = [corners[:, 0].min(axis=0).tolist(), corners[:, 1].max(axis=0).tolist()]
    left, right = CorridorMap(), CorridorMap()
    for m, routes, data, name in zip((left, right), (a, b), drawings, names, strict=True):
        title = f"{name[:1].upper()}{name[1:]}: {data['title']}"
        _add_drawing(m, data | {"title": title, "bounds": bounds, "paired": True}, routes.facts)
    return MapPair(left, right, f"{a.title}: {names[0]} and {names[1]}", lambda: _stills(drawings, (a, b)))


def world_names(a: Routes, b: Routes) -> tuple[str, str]:
    """What tells two answers apart: their scenarios or, where these are one, the arguments that differ."""
    if (a.origin, a.destination) != (b.origin, b.destination):
        raise BadRequest(f"{a.title} and {b.title} are two questions: compare two answers to one.")
    if a.scenario != b.scenario:
        return a.scenario or "as it is", b.scenario or "as it is"
    names = [one.name for one in fields(a.request) if one.name != "scenario"]
    differ = [name for name in names if getattr(a.request, name) != getattr(b.request, name)]
    if not differ:
        return "first answer", "second answer"
    first, second = (
        ", ".join(f"{name.replace('_', ' ')} {getattr(routes.request, name)}" for name in differ) for routes in (a, b)
    )
    return first, second


def _stills(drawings: Sequence[Shown], both: Sequence[Routes]) -> bytes:
    """Two still maps beside each other."""
    drawn = [_still(data, routes.facts) for data, routes in zip(drawings, both, strict=True)]
    from PIL import Image  # comes with matplotlib, which the line above asks for

    images = [Image.open(io.BytesIO(one)) for one in drawn]
    sheet = Image.new("RGB", (sum(i.width for i in images), max(i.height for i in images)), "white")
    for n, image in enumerate(images):
        sheet.paste(image, (n * images[0].width, 0))
    written = io.BytesIO()
    sheet.save(written, "webp", quality=60)
    return written.getvalue()


def _as_title(text: str) -> str:
    return escape(text).replace("{", "&#123;").replace("}", "&#125;")


@checked
def explore_criticality(
    frame: pd.DataFrame,
    network: HasFacts,
    m: folium.Map | None = None,
    *,
    online: bool = False,
    tiles: str | None = None,
    attr: str | None = None,
) -> folium.Map:
    """Map of what hurts when it closes: crossings as circles, larger for more extra hours, hatched where it cuts off.

    Parameters
    ----------
    frame : DataFrame
        Columns ``element, name, size, extra_hours, extra_usd, cut_off`` (and ``pairs, note``), one row per crossing;
        rows of other elements, or of several together, are left out, and the map says how many.
    network : Network
    m, online, tiles, attr
        As in `explore_routes`.

    Returns
    -------
    folium.Map
    """
    facts = facts_of(network)
    return draw(lambda _: result_layers.criticality_data(facts, frame), facts, m, online, tiles, attr)


@checked
def explore_catchment(
    frame: gpd.GeoDataFrame,
    network: HasFacts,
    m: folium.Map | None = None,
    *,
    online: bool = False,
    tiles: str | None = None,
    attr: str | None = None,
) -> folium.Map:
    """Map of the port each city reaches best; hollow where the second port is nearly as good.

    Parameters
    ----------
    frame : GeoDataFrame
        Points with ``name, country, port, usd, second_port, second_usd, contested`` (and ``note``), or
        ``days`` in place of ``usd``.
    network : Network
    m, online, tiles, attr
        As in `explore_routes`.

    Returns
    -------
    folium.Map
    """
    facts = facts_of(network)
    return draw(lambda _: result_layers.catchment_data(facts, frame), facts, m, online, tiles, attr)


@checked
def explore_reach(
    found: Reach,
    m: folium.Map | None = None,
    *,
    online: bool = False,
    tiles: str | None = None,
    attr: str | None = None,
) -> folium.Map:
    """Map of what is reached from a place: cities and areas by band.

    Parameters
    ----------
    found : Reach
        From `corridors.Network.reach`.
    m, online, tiles, attr
        As in `explore_routes`.

    Returns
    -------
    folium.Map
    """
    return draw(lambda _: result_layers.reach_data(found), found.facts, m, online, tiles, attr)


def draw(
    look_at: Callable[[Sequence[Shown]], Shown],
    facts: Facts,
    m: folium.Map | None = None,
    online: bool = False,
    tiles: str | None = None,
    attr: str | None = None,
) -> folium.Map:
    """A map of what `look_at` finds beside what is drawn on it already; a new one if `m` is none."""
    if m is None:
        m = CorridorMap(online=online)
        if tiles:
            _add_tiles(m, online, tiles, attr)
    elif online or tiles:
        raise BadRequest("online and tiles are for a new map; the map given as m has its own.")
    drawn = next((child for child in m._children.values() if isinstance(child, _Drawing)), None)
    data = look_at(drawn.data["routes"] if drawn else [])
    if drawn:
        data = drawn.data = layers.merged(drawn.data, data)
    else:
        _add_drawing(m, data, facts)
    page: Any = m.get_root()
    if isinstance(page, page_assets.Page):
        page.still = partial(_still, data, facts)
    if page.title is None or drawn:
        page.title = _as_title(data["title"])
    return m


def _add_drawing(m: folium.Map, data: Shown, facts: Facts) -> None:
    bare = isinstance(m, CorridorMap) and not any(isinstance(c, folium.TileLayer) for c in m._children.values())
    data |= background.behind(data, facts, bare)
    m.add_child(_Drawing(data))


def _still(data: Shown, facts: Facts) -> bytes:
    from corridors.maps.stills import still

    return still(data, facts, "webp", 1000, 0.55)


def _add_tiles(m: folium.Map, online: bool, tiles: str, attr: str | None) -> None:
    if not online:
        raise MissingAsset(f"the tile layer {tiles}")
    layer = folium.TileLayer(tiles, attr=attr)
    if "openstreetmap.org" in layer.tiles:
        raise BadRequest("OpenStreetMap's own tile server is not for pages handed out: name another tile layer.")
    layer.add_to(m)

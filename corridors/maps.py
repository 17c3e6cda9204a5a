"""Interactive maps: a folium map drawn from one block of data by a small script of our own, without internet.

Line = mode, colour = route. All text from the data is put into the page as text, never as HTML, and escaped so that
neither branca (which reads the output of a template as a template again) nor the browser runs it.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from functools import lru_cache
from html import escape
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
import numpy as np
import pandas as pd
import shapely
from branca.element import Element, MacroElement
from folium.template import Template

from corridors import _mapassets

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from corridors.network import Network
    from corridors.routes import Routes

COLOURS = ("#332288", "#D55E00", "#007C7C")
LATER = "#6b6b6b"
APART = 8           # pixels between the lines of routes that share a leg
ATTRIBUTION = ("© OpenStreetMap contributors (ODbL), Natural Earth, GeoNames, searoute; drawn with Leaflet. "
               "Boundaries and names shown do not imply endorsement or acceptance; dotted: disputed")
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&`$\u2028\u2029"}


class _Drawing(MacroElement):
    """The block of data and the call that draws it."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            corridorMap({{ this._parent.get_name() }}, {{ this.data }});
        {% endmacro %}
    """)

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Corridors"
        self.data = as_script(data)


def as_script(data: object) -> str:
    """JSON that is safe inside a script element and inside a Jinja template.

    A brace in a text would start a Jinja expression together with its neighbour; the braces of JSON itself never
    stand in pairs that Jinja reads, for an object's first token is always a quoted name.
    """
    def safe(value: object) -> object:
        if isinstance(value, str):
            return value.replace("{", "\ue000").replace("}", "\ue001")
        if isinstance(value, dict):
            return {name: safe(item) for name, item in value.items()}
        return [safe(item) for item in value] if isinstance(value, list | tuple) else value

    text = json.dumps(safe(data), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text = text.replace("\ue000", "\\u007b").replace("\ue001", "\\u007d").translate(_ESCAPES)
    return re.sub(r"\}(?=\})", "} ", text)


class CorridorMap(folium.Map):
    """A folium map without tiles that saves itself as one file for use without internet.

    Parameters
    ----------
    online : bool
        Keep folium's usual links to scripts on the internet; needed for tile layers and plugins.
    """

    default_js = [("leaflet", _mapassets.LEAFLET_JS)]  # noqa: RUF012
    default_css = [("leaflet_css", _mapassets.LEAFLET_CSS)]  # noqa: RUF012

    def __init__(self, online: bool = False, **options: Any) -> None:
        super().__init__(tiles=None, zoom_control=False, zoom_snap=0.25, zoom_delta=0.5, **options)
        self.online = online
        if online:
            self.default_js = folium.Map.default_js
            self.default_css = folium.Map.default_css
        self._name = "Map"

    def html(self) -> str:
        """The whole page as text."""
        page = self.get_root().render()
        return page if self.online else _mapassets.inline(page)

    def save(self, outfile: Any, close_file: bool = True, **kwargs: Any) -> None:
        """Write one self-contained file; nothing is fetched when it is opened.

        Raises
        ------
        MissingAsset
            If a layer was added that needs the internet and the map is not ``online``.
        """
        page = self.html()
        if hasattr(outfile, "write"):
            outfile.write(page.encode("utf-8"))
            if close_file:
                outfile.close()
        else:
            Path(outfile).write_text(page, encoding="utf-8")

    def _repr_html_(self, **kwargs: Any) -> str:
        return (f'<iframe srcdoc="{escape(self.html(), quote=True)}" style="width:100%;height:520px;border:none" '
                'title="Map of freight corridors" allowfullscreen></iframe>')


def explore_routes(routes: Routes, m: folium.Map | None = None, *, online: bool = False) -> folium.Map:
    """Map of alternatives: lines by mode and route, crossings, transfers, legend with the table, popups with the legs.

    Parameters
    ----------
    routes : Routes
    m : folium.Map, optional
        Map to draw on; a new `CorridorMap` if not given.
    online : bool
        For a new map: keep links to the internet, so that tiles and plugins may be added.

    Returns
    -------
    folium.Map
    """
    known = f"as known on {routes.as_of}; data version {routes.network.version} of {routes.network.data_date}"
    leaving = f"One {routes.cargo}, leaving {routes.depart:%Y-%m-%d}"
    subtitle = [leaving + (f"; scenario: {routes.scenario}" if routes.scenario else ""), known]
    drawn = [_route(routes, i) for i in range(len(routes))]
    shared = _users(routes)
    shown = (("road", ("road",)), ("rail", ("rail",)), ("sea", ("sea", "ferry")), ("air", ("air",)))
    modes = [name for name, of in shown if routes.legs["mode"].isin(of).any()]
    for i, route in enumerate(drawn):
        route["segments"] = _segments(routes, i, shared)
    lines = routes.legs.geometry[routes.legs.geometry.geom_type == "LineString"]
    west, south, east, north = lines.total_bounds
    data = _frame(routes.network, f"{routes.title}: {len(routes)} alternative{'s' if len(routes) != 1 else ''}",
                  subtitle, (west, south, east, north))
    data |= {"routes": drawn, "nodes": _nodes(routes), "modes": modes,
             "rejected": _rejected(routes),
             "note": "Days and US$: median (p10 to p90). Click a line or a symbol for legs, hours, costs and sources."}
    return _draw(data, m, online)


def explore_network(network: Network, m: folium.Map | None = None, *, online: bool = False) -> folium.Map:
    """Map of the whole network with its crossings; planned lines dashed. Parameters as in `explore_routes`."""
    legs, places = network.tables["legs"], network._place
    counts = ", ".join(f"{n:,} {mode}" for mode, n in legs["mode"].value_counts().items())
    nodes = [{"type": "gauge" if row["gauge_break"] else "border", "name": row["name"],
              "lat": places[row["from_place"]]["lat"], "lng": places[row["from_place"]]["lon"],
              "lines": _crossing_lines(network, row["element_id"])}
             for row in network.tables["crossings"].drop_duplicates("element_id").to_dict("records")]
    data = _frame(network, "Network of corridors", [f"{counts} legs", f"data version {network.version} of "
                                                    f"{network.data_date}"], (44.0, 22.0, 88.0, 53.0))
    data |= {"routes": [], "nodes": nodes, "modes": ["road", "rail"], "rejected": [], "note": ""}
    return _draw(data, m, online)


def _draw(data: dict[str, Any], m: folium.Map | None, online: bool) -> folium.Map:
    target = CorridorMap(online=online) if m is None else m
    root: Any = target.get_root()
    if "corridors_css" not in root.header._children:
        root.header.add_child(Element(f"<style>{_mapassets.own('_map.css')}</style>"), name="corridors_css")
        root.header.add_child(Element(f"<script>{_mapassets.own('_map.js')}</script>"), name="corridors_js")
    target.add_child(_Drawing(data))
    return target


def _frame(network: Network, title: str, subtitle: list[str], bounds: tuple[float, ...]) -> dict[str, Any]:
    west, south, east, north = (float(x) for x in bounds)
    background = _background(network)
    return {"title": title, "subtitle": subtitle, "attribution": ATTRIBUTION, "base": _base(network.folder),
            "network": background, "planned": bool(background["planned"]),
            "bounds": [[south, west], [north, east]]}


@lru_cache(maxsize=4)
def _base(folder: Path) -> dict[str, Any]:
    path = folder / "basemap" / "base.json"
    if not path.exists():
        return {"land": [], "lakes": [], "borders": {"plain": [], "disputed": []}, "countries": [], "seas": []}
    base: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return base


def _background(network: Network) -> dict[str, list[list[float]]]:
    """All legs, simplified: the faded network."""
    legs = network.legs
    lines = legs.geometry.simplify(0.015)
    planned = legs["status"] != "operating"
    return {name: [_flat(line, 2) for line in lines[mask]] for name, mask in
            (("road", (legs["mode"] == "road") & ~planned), ("rail", (legs["mode"] == "rail") & ~planned),
             ("planned", planned))}


def _flat(line: BaseGeometry, decimals: int) -> list[float]:
    points = shapely.get_coordinates(line)[:, ::-1].round(decimals)
    keep = np.ones(len(points), dtype=bool)
    keep[1:-1] = (np.diff(points, axis=0)[:-1] != 0).any(axis=1)
    return [float(x) for x in points[keep].ravel()]


def _users(routes: Routes) -> dict[str, list[tuple[int, str]]]:
    """Which routes use each leg, and from which place."""
    users: dict[str, list[tuple[int, str]]] = defaultdict(list)
    legs = routes.legs[routes.legs["kind"] == "leg"]
    for row in legs.to_dict("records"):
        users[row["element_id"]].append((row["route"], row["from_place"]))
    return users


def _segments(routes: Routes, i: int, users: dict[str, list[tuple[int, str]]]) -> list[dict[str, Any]]:
    """Lines of a route: legs of one mode that the same routes share, joined."""
    planned = set(routes.network.tables["legs"].query("status != 'operating'")["leg_id"])
    rows = [row for row in routes[i].legs.to_dict("records") if row["kind"] in ("leg", "access")]

    def place(row: dict[str, Any]) -> tuple[str, bool, float]:
        with_ = users.get(row["element_id"], [(i, row["from_place"])])
        slot = [route for route, _ in with_].index(i)
        side = 1 if row["from_place"] == with_[0][1] else -1
        return row["mode"], row["element_id"] in planned, side * (slot - (len(with_) - 1) / 2) * APART

    found = []
    for (mode, is_planned, offset), part in groupby(rows, key=place):
        legs = list(part)
        line = shapely.LineString(np.vstack([shapely.get_coordinates(row["geometry"]) for row in legs]))
        found.append({"mode": mode, "planned": is_planned, "offset": offset, "line": _flat(line.simplify(0.004), 4),
                      "tip": f"{routes[i].name}: {legs[0]['from']} to {legs[-1]['to']}, {mode}, "
                             f"{sum(row['km'] for row in legs):,.0f} km"})
    return found


def _route(routes: Routes, i: int) -> dict[str, Any]:
    row, legs = routes.table.iloc[i], routes[i].legs
    days = f"{row['days_p50']:.0f} ({row['days_p10']:.0f} to {row['days_p90']:.0f})"
    usd = f"{_two(row['usd_p50'])} ({_two(row['usd_p10'])} to {_two(row['usd_p90'])})"
    tonnes = f"{row['kgco2e'] / 1000:.2g}"
    rows = []
    for leg in legs.to_dict("records"):
        moves = leg["kind"] in ("leg", "access")
        kind = {"crossing": "border", "transfer": "transfer", "wait": "wait"}.get(leg["kind"], leg["mode"])
        rows.append({"cls": "" if moves else "wait" if leg["kind"] == "wait" else "stop",
                     "cells": [leg["name"], kind, f"{leg['km']:,.0f}" if moves else "", f"{leg['hours']:,.0f}",
                               f"{leg['usd']:,.0f}" if leg["usd"] else "", f"{leg['kgco2e']:,.0f}" if moves else ""]})
    sources = dict.fromkeys(s for text in legs["source_id"] for s in text.split(";"))
    return {"label": row["label"], "name": row["name"], "color": COLOURS[i] if i < len(COLOURS) else LATER,
            "legend": [f"{row['km']:,.0f}", days, usd, tonnes],
            "summary": f"{row['km']:,.0f} km; {days} days; US$ {usd}; {tonnes} t CO₂e",
            "rows": rows, "rests_on": row["rests_on"] or "nothing assumed", "sources": ", ".join(sources),
            "total": ["Total, most likely values", "", f"{row['km']:,.0f}", f"{row['hours']:,.0f}",
                      f"{legs['usd'].sum():,.0f}", f"{row['kgco2e']:,.0f}"], "badge": _badge(routes, i)}


def _badge(routes: Routes, i: int) -> list[float]:
    """Point of a route farthest from the other routes and from its own stops."""
    mine: list[BaseGeometry] = []
    others: list[BaseGeometry] = []
    stops: list[BaseGeometry] = []
    for row in routes.legs.to_dict("records"):
        if row["kind"] in ("leg", "access"):
            (mine if row["route"] == i else others).append(row["geometry"])
            stops += [shapely.Point(row["geometry"].coords[0])]
    points = [line.interpolate(share, normalized=True) for line in mine for share in (0.3, 0.5, 0.7)]
    ends, rest = shapely.multipoints(stops), shapely.multilinestrings(others) if others else None

    def room(point: BaseGeometry) -> float:
        return float(min(0.6, point.distance(ends)) + (min(3.0, point.distance(rest)) if rest is not None else 0.0))

    best = max(points, key=room)
    return [round(best.y, 4), round(best.x, 4)]


def _nodes(routes: Routes) -> list[dict[str, Any]]:
    network, places = routes.network, routes.network._place
    found: dict[tuple[str, str], dict[str, Any]] = {}

    def add(kind: str, place: dict[str, Any], name: str, lines: list[str]) -> None:
        found.setdefault((name, kind), {"type": kind, "name": name, "lat": place["lat"], "lng": place["lon"],
                                        "lines": lines})

    for row in routes.legs.to_dict("records"):
        a, b = (places.get(row[end], {}) for end in ("from_place", "to_place"))      # empty: a point off the network
        if row["kind"] == "crossing" and row["mode"] not in ("sea", "ferry"):
            here = f"Here: {row['hours']:,.0f} h, {row['country'].replace('>', ' to ')}"
            lines = [*_crossing_lines(network, row["element_id"]), here, row["note"]]
            add("border", a, row["name"].split(" (")[0], lines)
        elif row["kind"] == "transfer":
            kind = "gauge" if row["mode"].count("rail") == 2 else "transfer"
            add(kind, a, a["name"], [row["mode"].replace(">", "to"), f"{row['hours']:,.0f} h, US$ {row['usd']:,.0f} "
                                     f"({row['quality']})", row["note"]])
        elif row["kind"] == "leg":
            for place in (a, b):
                if place["kind"] == "city":
                    add("city", place, place["name"], [place["country"]])
    legs = routes.legs[routes.legs["kind"].isin(["leg", "access"])]
    for row, name, end in ((legs.iloc[0], "from", 0), (legs.iloc[-1], "to", -1)):
        lon, lat = row["geometry"].coords[end]
        found.pop((row[name], "city"), None)
        add("end", {"lon": lon, "lat": lat}, row[name], [routes.title])
    return list(found.values())


def _rejected(routes: Routes) -> list[str]:
    """Reasons for which corridors fail, those of one event in one line."""
    by_event: dict[str, list[str]] = defaultdict(list)
    for reason in routes.rejected["reason"]:
        where, _, what = reason.partition(": ")
        by_event[what].append(where)
    return [f"{', '.join(dict.fromkeys(where))}: {what}" for what, where in by_event.items()]


def _crossing_lines(network: Network, element_id: str) -> list[str]:
    """What a popup says of a crossing: countries, hours of work, altitude, dated closures on the data's date."""
    rows = network.tables["crossings"].query("element_id == @element_id").to_dict("records")
    a, b = (network._place[rows[0][end]] for end in ("from_place", "to_place"))
    lines = [f"{rows[0]['mode'].capitalize()} crossing {a['country']}-{b['country']}"]
    for row in rows:
        if not pd.isna(row["hours_mean"]):
            way = " to ".join(network._place[row[end]]["country"] for end in ("from_place", "to_place"))
            lines.append(f"{way}: mean {row['hours_mean']:.0f} h ({row['quality']}, {row['source_id']})")
    if not pd.isna(rows[0]["altitude_m"]):
        lines.append(f"Altitude {rows[0]['altitude_m']:,.0f} m")
    today = network.data_date.isoformat()
    calendars, events = network.tables["calendars"], network.tables["events"]
    lines += [f"Hours ({row['regime']}): {row['rule']}" + (", contested" if row["contested"] else "")
              for row in calendars[calendars["element_id"] == element_id].to_dict("records")
              if row["valid_from"] <= today and not (row["valid_to"] and row["valid_to"] < today)]
    lines += [f"Shut since {row['start']}: {row['cause']} ({row['source_id'].split(';')[0]})"
              for row in events[(events["element_id"] == element_id) & (events["effect"] == "close")].to_dict("records")
              if row["start"] <= today and (not row["end"] or row["end"] >= today)]
    return lines


def _two(value: float) -> str:
    return f"{float(f'{value:.2g}'):,.0f}"

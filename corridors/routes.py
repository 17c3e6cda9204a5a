"""Answers: a route, several of them, and the corridors that fail, as tables with sources."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from html import escape
from math import inf, isfinite, prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import pandas as pd

from corridors._access import Access
from corridors._graph import Edge
from corridors._names import names
from corridors._query import Rejected, Step, World, blocked_corridors, cut, element_of
from corridors.calendars import Closure, Knowledge, hour, moment
from corridors.costs import quantiles
from corridors.errors import NoRoute
from corridors.scenario import MODES

if TYPE_CHECKING:
    import folium
    import geopandas as gpd
    from matplotlib.axes import Axes

    from corridors.network import Network
    from corridors.scenario import Scenario


class Route:
    """One way to go; a member of `Routes`."""

    def __init__(self, routes: Routes, number: int) -> None:
        self._routes, self._number = routes, number

    @property
    def name(self) -> str:
        """What sets it apart, for example ``"via Khunjerab"``."""
        return str(self.table["name"].iloc[0])

    @property
    def table(self) -> pd.DataFrame:
        """Its row of ``Routes.table``."""
        return self._routes.table.iloc[[self._number]]

    @property
    def legs(self) -> gpd.GeoDataFrame:
        """Its rows of ``Routes.legs``."""
        legs = self._routes.legs
        return legs[legs["route"] == self._number].reset_index(drop=True)

    def explore(self, m: folium.Map | None = None, **options: Any) -> folium.Map:
        """Interactive map of this route alone."""
        return self._routes[self._number:self._number + 1].explore(m, **options)

    def plot(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Still map of this route alone; see `corridors.stills.plot_routes`."""
        return self._routes[self._number:self._number + 1].plot(ax, **options)

    def tcd(self, what: str = "both", **options: Any) -> Any:
        """Time- and cost-distance diagram of this route alone; see `corridors.charts.tcd`."""
        return self._routes[self._number:self._number + 1].tcd(what, **options)

    def __repr__(self) -> str:
        row = self.table.iloc[0]
        return (f"<Route {row['name']}: {row['km']:,.0f} km, {row['days_p50']:.0f} days "
                f"({row['days_p10']:.0f} to {row['days_p90']:.0f}), US$ {row['usd_p50']:,.0f}>")


class Routes(Sequence[Route]):
    """The alternatives for one question, best first.

    Attributes
    ----------
    network : Network
    origin, destination : str
        Names.
    depart : datetime
        With time zone.
    as_of : date
        Day whose knowledge was used.
    scenario : str or None
    cargo : str
    """

    def __init__(self, network: Network, world: World, paths: list[Any], aside: list[Rejected], depart: datetime,
                 scenario: Scenario | None, start: Access | None, end: Access | None) -> None:
        self.network, self._world, self._paths, self._aside = network, world, paths, aside
        self._start, self._end = start, end
        q = world.question
        self.origin = start.name if start else str(network._place[q.origin]["name"])
        self.destination = end.name if end else str(network._place[q.destination]["name"])
        self.depart, self.as_of = depart, q.knowledge.as_of
        self.scenario = scenario.name if scenario else None
        self.cargo = q.cargo.cargo_id

    @property
    def title(self) -> str:
        """The question in a line."""
        return f"{self.origin} to {self.destination}"

    def __len__(self) -> int:
        return len(self._paths)

    @overload
    def __getitem__(self, item: int) -> Route: ...
    @overload
    def __getitem__(self, item: slice) -> Routes: ...
    def __getitem__(self, item: int | slice) -> Route | Routes:
        if not isinstance(item, slice):
            return Route(self, range(len(self))[operator.index(item)])
        part = Routes.__new__(Routes)
        part.__dict__.update(self.__dict__, _paths=self._paths[item])
        for name in ("_table", "_legs", "_steps", "_failed", "_rejected"):
            part.__dict__.pop(name, None)
        numbers = range(len(self))[item]
        part.__dict__["_names"] = [self._names[i] for i in numbers]
        part.__dict__["_labels"] = [self._labels[i] for i in numbers]
        return part

    def __iter__(self) -> Iterator[Route]:
        return (self[i] for i in range(len(self)))

    @cached_property
    def _steps(self) -> list[list[Step]]:
        return [self._world.trace(path) for path in self._paths]

    @cached_property
    def _labels(self) -> list[str]:
        return [chr(ord("A") + i) if i < 26 else f"R{i + 1}" for i in range(len(self))]

    @cached_property
    def _names(self) -> list[str]:
        return names(self.network, [[self._world.edges[e] for e in path.edges] for path in self._paths])

    @property
    def table(self) -> pd.DataFrame:
        """One row a route.

        Columns: ``label, name, km, hours`` (most likely, waits included), ``days_p10/p50/p90``,
        ``usd_p10/p50/p90``, ``kgco2e, crossings, gauge_breaks, km_road, km_rail, km_sea, km_air, risk``
        (chance that a dated closure shuts at least one element on a random day, from closures since 2023),
        ``longest_wait_hours, rests_on``.
        """
        return self._table.copy()

    @cached_property
    def _table(self) -> pd.DataFrame:
        rows = []
        for i, steps in enumerate(self._steps):
            legs = self._legs[self._legs["route"] == i]
            edges = [self._world.edges[s.edge] for s in steps]
            days, usd = self._spread(steps)
            km = legs.groupby("mode")["km"].sum()
            shares: dict[str, float] = {}
            for edge in edges:
                for element, share in self._world.risks(edge).items():
                    shares[element] = max(share, shares.get(element, 0.0))
            rows.append({
                "label": self._labels[i], "name": self._names[i], "km": legs["km"].sum(), "hours": legs["hours"].sum(),
                **{f"days_{q}": value / 24 for q, value in days.items()},
                **{f"usd_{q}": value for q, value in usd.items()}, "kgco2e": legs["kgco2e"].sum(),
                "crossings": " > ".join(legs.loc[legs["kind"] == "crossing", "name"]),
                "gauge_breaks": sum(e.kind == "transfer" and e.mode.count("rail") == 2 for e in edges),
                "km_road": km.get("road", 0.0), "km_rail": km.get("rail", 0.0),
                "km_sea": km.get("sea", 0.0) + km.get("ferry", 0.0), "km_air": km.get("air", 0.0),
                "risk": 1.0 - prod(1.0 - share for share in shares.values()),
                "longest_wait_hours": max((s.wait for s in steps), default=0.0),
                "rests_on": self._rests_on(steps, legs)})
        return pd.DataFrame(rows)

    def _spread(self, steps: list[Step]) -> tuple[dict[str, float], dict[str, float]]:
        time, money = [], []
        for step in steps:
            edge = self._world.edges[step.edge]
            hours = step.end - step.start
            delay = self._world.delay(edge)
            slower = (hours - delay) / edge.amount.hours if edge.amount.hours else 1.0
            time.append((edge.rate_group, edge.amount.hours_mean * slower + delay, edge.amount.hours_sd * slower))
            factor = self._world.scale("usd", edge)
            money.append((edge.rate_group, edge.amount.usd_mean * factor, edge.amount.usd_sd * factor))
        for access in filter(None, (self._start, self._end)):
            time.append(("access", access.hours, access.hours * access.rate.spread))
            money.append(("access", access.usd, access.usd * access.rate.spread))
        return quantiles(time, sum(s.wait for s in steps)), quantiles(money)

    def _rests_on(self, steps: list[Step], legs: pd.DataFrame) -> str:
        found: list[str] = []
        limited: list[str] = []
        for step in steps:
            edge = self._world.edges[step.edge]
            for element in edge.elements:
                row = self.network._calendars.contested(element, step.start)
                name = self.network._element_names.get(element, element)
                if row:
                    found.append(f"contested: {name} ({row['note'] or row['rule']})")
                limited += [f"{name} ({c.reason})" for c in self._world.calendars.restrictions(
                    element, step.start, self._world.question.knowledge)]
                found += [f"taken to have ended: {self._closure_words(c)}" for c in self._lapsed(element, edge, step)]
        if limited:
            found.append("restricted: " + ", ".join(dict.fromkeys(limited)))
        stops = legs["kind"].isin(["crossing", "transfer", "access"])
        assumed = legs.loc[(legs["quality"] == "assumed") & stops, "name"]
        if len(assumed):
            found.append("assumed times: " + ", ".join(dict.fromkeys(assumed)))
        rough = legs.loc[(legs["kind"] == "leg") & legs["km_quality"].isin(["estimate", "assumed"]), "km"].sum()
        if rough:
            found.append(f"estimated length: {100 * rough / legs['km'].sum():.0f} % of the km")
        shares = self.network.tables["rates"].query("quantity == 'running_share' and quality == 'assumed'")["by_mode"]
        if max(self.as_of, self.depart.date()) > self.network.data_date:
            found.append(f"the data ends on {self.network.data_date}: nothing later is known")
        used = sorted(set(legs.loc[legs["kind"] == "leg", "mode"]) & set(shares))
        if used:
            found.append(f"assumed share of the day on the move: {', '.join(used)}")
        return "; ".join(dict.fromkeys(found))

    def _lapsed(self, element: str, edge: Edge, step: Step) -> list[Closure]:
        """Closures with no known end that are open here only because the policy lets them lapse."""
        q = self._world.question
        if q.knowledge.unknown == "persist" or element in q.overlay.changed:
            return []
        persisting = self._world.calendars.closures(element, q.t0, Knowledge(q.knowledge.as_of))
        return [c for c in persisting if c.end == inf and c.start <= step.start
                and c.direction in ("", ">".join(edge.countries))]

    @property
    def legs(self) -> gpd.GeoDataFrame:
        """One row a leg, crossing, transfer, wait and access, in travel order (see ``kind``).

        Columns: ``route, label, kind, element_id, name, mode, gauge_mm, country, from, to, from_place, to_place,
        km, start, end`` (UTC), ``hours, usd, kgco2e, cumulative_km, cumulative_hours, cumulative_usd, source_id,
        quality, km_quality, note, geometry``. Hours and US$ are most likely values; ``quality`` is the weakest grade
        of what they rest on.
        """
        return self._legs.copy()

    @cached_property
    def _legs(self) -> gpd.GeoDataFrame:
        import geopandas

        rows = [row for i, steps in enumerate(self._steps) for row in self._rows(i, steps)]
        frame = geopandas.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326")
        for what in ("km", "hours", "usd"):
            frame[f"cumulative_{what}"] = frame.groupby("route")[what].cumsum()
        return frame

    def _rows(self, number: int, steps: list[Step]) -> list[dict[str, Any]]:
        import shapely

        places, rows = self.network._place, []
        common = {"route": number, "label": self._labels[number]}
        if self._start:
            rows.append({**common, **self._start.row(hour(self.depart))})
        for step in steps:
            edge = self._world.edges[step.edge]
            a, b = places[edge.from_place], places[edge.to_place]
            ends = shapely.LineString([(p["lon"], p["lat"]) for p in (a, b)]) if a is not b else \
                shapely.Point(a["lon"], a["lat"])
            name, source, km_quality, note = self._describe(edge)
            if step.closure is not None:
                reason = self._closure_words(step.closure)
                rows.append({**common, "kind": "wait", "element_id": step.closure.element_id,
                             "name": f"wait at {name}", "mode": edge.mode, "gauge_mm": edge.gauge or None,
                             "country": edge.countries[0], "from": a["name"], "to": a["name"],
                             "from_place": edge.from_place, "to_place": edge.from_place, "km": 0.0,
                             "start": moment(step.arrive), "end": moment(step.start), "hours": step.wait, "usd": 0.0,
                             "kgco2e": 0.0, "source_id": step.closure.source_id, "quality": "derived",
                             "km_quality": "", "note": reason, "geometry": shapely.Point(a["lon"], a["lat"])})
            limits = [self._closure_words(c, "restricted") for e in edge.elements
                      for c in self._world.calendars.restrictions(e, step.start, self._world.question.knowledge)]
            geometry = ends
            if edge.kind == "leg":
                line = self.network._lines[edge.element_id]
                geometry = line if edge.forward else line.reverse()
            rows.append({**common, "kind": edge.kind, "element_id": edge.element_id, "name": name, "mode": edge.mode,
                         "gauge_mm": edge.gauge or None, "country": ">".join(edge.countries), "from": a["name"],
                         "to": b["name"], "from_place": edge.from_place, "to_place": edge.to_place, "km": edge.km,
                         "start": moment(step.start), "end": moment(step.end), "hours": step.end - step.start,
                         "usd": edge.amount.usd * self._world.scale("usd", edge),
                         "kgco2e": edge.amount.kgco2e * self._world.scale("kgco2e", edge), "source_id": source,
                         "quality": edge.amount.quality, "km_quality": km_quality,
                         "note": "; ".join(filter(None, [edge.amount.note, note, *limits])), "geometry": geometry})
        if self._end:
            rows.append({**common, **self._end.row(steps[-1].end)})
        return rows

    def _describe(self, edge: Edge) -> tuple[str, str, str, str]:
        """Name, sources, grade of the length and note of an edge."""
        places = self.network._place
        if edge.kind == "leg":
            row = self.network._leg[edge.element_id]
            return (f"{places[edge.from_place]['name']} - {places[edge.to_place]['name']}",
                    ";".join(dict.fromkeys(filter(None, (row["source_id"], edge.amount.source_id)))),
                    row["quality"], row["note"])
        if edge.kind == "crossing":
            return self.network._element_names[edge.element_id], edge.amount.source_id, "", ""
        return f"{places[edge.from_place]['name']} ({edge.mode})", edge.amount.source_id, "", ""

    @cached_property
    def _open_world(self) -> World:
        return World(self._world.multimodal, self._world.calendars, self._world.question, open_=True)

    @property
    def rejected(self) -> pd.DataFrame:
        """Corridors that fail on this date, best first, with the dated reason and its source.

        Columns: ``name, blocked_by`` (element ids), ``reason, start, end`` (dates of the first closure, borders
        before roads; end empty if not known), ``last_confirmed, source_id``.
        """
        return self._rejected.copy()

    @cached_property
    def _failed(self) -> list[Rejected]:
        found: dict[frozenset[str], Rejected] = {}
        for one in (*self._aside, *blocked_corridors(self._world, self._open_world, self._paths)):
            found.setdefault(frozenset(map(element_of, one.blocked)), one)
        return list(found.values())

    @cached_property
    def _rejected(self) -> pd.DataFrame:
        return self._rejected_table(self._failed)

    def _failed_legs(self) -> list[list[str]]:
        """Ids of the legs of each corridor in ``rejected``."""
        edges = self._world.edges
        return [[edges[e].element_id for e in one.path.edges if edges[e].kind == "leg"] for one in self._failed]

    def _closures(self, number: int) -> dict[str, list[Closure]]:
        """What shuts the legs and crossings of a route, from the year of departure on, by element."""
        edges = [self._world.edges[step.edge] for step in self._steps[number]]
        return {edge.element_id: self._world.closures(edge) for edge in edges}

    def _rejected_table(self, rejected: list[Rejected]) -> pd.DataFrame:
        titles = names(self.network, [[self._world.edges[e] for e in r.path.edges] for r in rejected])
        columns = ["name", "blocked_by", "reason", "start", "end", "last_confirmed", "source_id"]
        return pd.DataFrame([self._rejected_row(title, r) for title, r in zip(titles, rejected, strict=True)],
                            columns=columns)

    def _rejected_row(self, name: str, rejected: Rejected) -> dict[str, Any]:
        steps = sorted(rejected.blocked, key=lambda step: self._world.edges[step.edge].kind != "crossing")
        closures = [step.closure for step in steps if step.closure is not None]
        blocked = dict.fromkeys(c.element_id for c in closures)
        words = "; ".join(dict.fromkeys(self._blocked_words(step) for step in steps))
        first = closures[0]
        return {"name": name, "blocked_by": ";".join(blocked), "reason": words,
                "start": self._first_day(first), "end": self._last_day(first),
                "last_confirmed": first.last_confirmed,
                "source_id": ";".join(dict.fromkeys(c.source_id for c in closures))}

    def _blocked_words(self, step: Step) -> str:
        assert step.closure is not None
        wait = "" if step.start == inf else \
            f"; arriving on {moment(step.arrive):%Y-%m-%d} it would wait {step.wait / 24:.0f} days"
        return self._closure_words(step.closure) + wait

    def _closure_words(self, closure: Closure, state: str = "shut") -> str:
        name = self.network._element_names.get(closure.element_id, closure.element_id)
        if closure.rule:
            return f"{name}: {state} outside {closure.reason}" + (" (contested)" if closure.contested else "")
        since = f" {self._first_day(closure)}" if isfinite(closure.start) else ""
        doubt = ", contested" if closure.contested else ""
        if isfinite(closure.end):
            return f"{name}: {state}{since} to {self._last_day(closure)} ({closure.reason}{doubt})"
        confirmed = f", last confirmed {closure.last_confirmed}" if closure.last_confirmed else ""
        return f"{name}: {state}{' since' + since if since else ''} ({closure.reason}{doubt}), no end known{confirmed}"

    def _first_day(self, closure: Closure) -> str:
        return self._day(closure, closure.start)

    def _last_day(self, closure: Closure) -> str:
        return self._day(closure, closure.end - 1 / 3600)

    def _day(self, closure: Closure, hours: float) -> str:
        """Local date of an hour at an element; empty if there is none."""
        zone = self.network._calendars.zone(closure.element_id)
        return moment(hours).astimezone(zone).date().isoformat() if isfinite(hours) else ""

    def _no_route(self) -> NoRoute:
        failed = cut(self._world, self._open_world) or self._aside
        steps = [one.blocked[0] for one in failed]
        blocking = list(dict.fromkeys(self.network._element_names.get(element_of(s), element_of(s)) for s in steps))
        leave = f"leaving {self.depart:%Y-%m-%d}, as known on {self.as_of}"
        modes = ", ".join(m for m in MODES if m in self._world.question.modes)
        missing = [self.network._place[p]["name"] for p, leaving in ((self._world.question.origin, True),
                                                                     (self._world.question.destination, False))
                   if not self._world.serves(p, leaving)]
        if missing:
            return NoRoute(f"No route from {self.origin} to {self.destination} by {modes}: "
                           f"{' and '.join(missing)} cannot be left or reached by {modes} in this network; add a mode, "
                           "or name the port or station.")
        if not blocking:
            return NoRoute(f"No route from {self.origin} to {self.destination} by {modes} exists in this network, "
                           f"open or shut ({leave}); check modes, via and avoid.")
        return NoRoute(f"No route from {self.origin} to {self.destination} by {modes} ({leave}). All ways are cut by "
                       f"{', '.join(blocking)}. " + "; ".join(dict.fromkeys(map(self._blocked_words, steps))) + ".",
                       blocking, self._rejected_table(failed))

    def sources(self) -> pd.DataFrame:
        """The sources that these figures and rejections rest on: rows of ``net.sources``."""
        frames = (self._legs, self._rejected)
        ids = {part for frame in frames for text in frame["source_id"] for part in text.split(";")}
        table: pd.DataFrame = self.network.sources
        return table[table["source_id"].isin(ids)].reset_index(drop=True)

    def explore(self, m: folium.Map | None = None, **options: Any) -> folium.Map:
        """Interactive map; extends `m` if given. ``save("x.html")`` on it writes one self-contained file."""
        from corridors.maps import explore_routes

        return explore_routes(self, m, **options)

    def plot(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Still map for print; see `corridors.stills.plot_routes`."""
        from corridors.stills import plot_routes

        return plot_routes(self, ax, **options)

    def tcd(self, what: str = "both", **options: Any) -> Any:
        """Time- and cost-distance diagram, one column a route; see `corridors.charts.tcd`."""
        from corridors.charts import tcd

        return tcd(self, what, **options)

    def report(self, path: str | Path) -> None:
        """Write map, tables, diagram, reasons and sources as one HTML file that prints to A4."""
        from corridors.report import write

        write(self, path)

    def _parameters(self) -> dict[str, Any]:
        """What was asked, for the record."""
        q = self._world.question
        return {"origin": self.origin, "destination": self.destination, "depart": self.depart.isoformat(),
                "as_of": self.as_of, "cargo": self.cargo, "scenario": self.scenario, "by": q.by,
                "modes": ", ".join(m for m in MODES if m in q.modes),
                "via": ", ".join(str(self.network._place[p]["name"]) for p in q.via),
                "avoid": ", ".join(sorted((*q.avoid_countries, *q.avoid_places, *q.avoid_elements))),
                "max_wait_hours": f"{q.max_wait_hours:g}", "max_stretch": f"{q.max_stretch:g}",
                "closures without a known end": q.knowledge.unknown}

    def to_html(self, path: str | Path) -> None:
        """Write the comparison table, rejected corridors and sources as one plain HTML page."""
        Path(path).write_text(f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(self.title)}</title>"
                              f"<body>{self._repr_html_()}</body></html>", encoding="utf-8")

    def __repr__(self) -> str:
        return f"<Routes {self.title}, leaving {self.depart:%Y-%m-%d}: {', '.join(self._names)}>"

    def _repr_html_(self) -> str:
        table = self.table
        shown = pd.DataFrame({
            "": table["label"], "route": table["name"], "km": [f"{x:,.0f}" for x in table["km"]],
            "days": _ranges(table, "days", lambda x: f"{x:.0f}"), "US$": _ranges(table, "usd", _two),
            "kg CO2e": [_two(x) for x in table["kgco2e"]], "crossings": table["crossings"],
            "gauge breaks": table["gauge_breaks"], "longest wait": [f"{x:.0f} h" for x in table["longest_wait_hours"]],
            "risk": [f"{x:.2f}" for x in table["risk"]], "rests on": table["rests_on"]})
        head = (f"<p><b>{escape(self.title)}</b>, one {escape(self.cargo)} leaving {self.depart:%Y-%m-%d}, as known on "
                f"{self.as_of}{', scenario ' + escape(repr(self.scenario)) if self.scenario else ''}; data version "
                f"{escape(self.network.version)}. Days and US$: median, and p10 to p90 in brackets.</p>")
        tail = ""
        if len(self._rejected):
            tail = "<p><b>Not possible on this date</b></p>" + _html(
                self._rejected[["name", "reason", "source_id"]].rename(columns={"source_id": "source"}))
        return head + _html(shown) + tail


def _ranges(table: pd.DataFrame, what: str, show: Callable[[float], str]) -> list[str]:
    columns = [table[f"{what}_{q}"] for q in ("p50", "p10", "p90")]
    return [f"{show(mid)} ({show(low)} to {show(high)})" for mid, low, high in zip(*columns, strict=True)]


def _html(table: pd.DataFrame) -> str:
    """A table whose text stands left and top; every cell escaped."""
    cell = "text-align:left;vertical-align:top;padding:3px 8px"
    head = "".join(f'<th scope="col" style="{cell}">{escape(str(name))}</th>' for name in table.columns)
    texts = ([escape(re.sub(r";(?=\S)", "; ", str(value))) for value in row] for row in table.itertuples(index=False))
    rows = ("".join(f'<td style="{cell}">{text}</td>' for text in row) for row in texts)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>"


def _two(value: float) -> str:
    """Two significant figures with thousands commas."""
    return f"{float(f'{value:.2g}'):,.0f}"

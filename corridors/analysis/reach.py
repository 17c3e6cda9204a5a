"""How far cargo gets from one place within a number of hours or US$: isochrones and isocosts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Any, Literal, Unpack

import numpy as np
import pandas as pd

from corridors.analysis.tabular import Tabular
from corridors.arguments import as_choice, as_list, as_number, departure
from corridors.data.dataset import as_geo
from corridors.data.schema import Row, records
from corridors.engine import arrays as engine
from corridors.errors import BadRequest
from corridors.model.access import Access, access_amount
from corridors.model.costs import end_amount
from corridors.model.scenario import Scenario
from corridors.model.world import World
from corridors.routing.request import Place, Request, Trip, resolve, world_of

if TYPE_CHECKING:
    import folium
    import geopandas as gpd
    import pyproj
    import shapely
    from matplotlib.axes import Axes

    from corridors.model.facts import Facts

MEASURES = ("hours", "usd")
DAYS = (48.0, 96.0, 168.0, 240.0, 336.0, 504.0)
MONEY = (1000.0, 2000.0, 3000.0, 4500.0, 6000.0, 8000.0)
ASIDE_KM = 25.0
"""Farthest from a road or a place that an area extends."""


def _polygons(shape: shapely.Geometry) -> shapely.Geometry:
    """The areas of a shape, valid: what is bent from one projection into another may cross itself by a hair."""
    import shapely

    if not shapely.is_valid(shape):
        shape = shapely.make_valid(shape)
    flat = shapely.get_parts(shapely.get_parts(shape))
    return shapely.union_all(flat[shapely.get_dimensions(flat) == 2])


@dataclass(frozen=True)
class Reach(Tabular):
    """What can be reached from one place.

    Attributes
    ----------
    facts : Facts
    origin : str
    depart : datetime
        With time zone.
    as_of : date
        Date whose knowledge was used.
    scenario : str or None
    cargo : str
    by : str
        ``hours`` or ``usd``.
    bands : tuple of float
        Limits, ascending.
    places : GeoDataFrame
        One point per place, nearest first: ``place_id, name, country, kind``, ``hours`` or ``usd`` (expected, loading
        and unloading included; NaN if it cannot be reached) and ``band``, the lowest limit that is met (NaN beyond the
        last).
    """

    tables_in_file = ("places",)

    facts: Facts
    origin: str
    depart: datetime
    as_of: date
    scenario: str | None
    cargo: str
    by: str
    bands: tuple[float, ...]
    places: gpd.GeoDataFrame
    world: World
    _least: engine.Floats
    _lead: float

    @cached_property
    def areas(self) -> gpd.GeoDataFrame:
        """Areas for a map, one row per band with all that lies in it: ``band, quality, note, geometry``.

        A drawing aid, graded ``estimate``: land within 25 km of a road, or of a place where cargo is unloaded, that is
        reached early enough to go on from there by the access leg that `Network.routes` takes for a point (the straight
        line times ``access_factor``). The areas are cut at coasts and borders. They do not cover land farther from the
        roads of the network, though local roads may well lead there.
        """
        import geopandas

        countries = self._countries()
        note = f"within {ASIDE_KM:g} km of a road or place reached"
        if not countries:
            note += "; not cut at coasts and borders, which these data do not have"
        shapes = [self._area(band, countries) for band in self.bands]
        return geopandas.GeoDataFrame(
            {"band": self.bands, "quality": "estimate", "note": note}, geometry=shapes, crs="EPSG:4326"
        )

    def _countries(self) -> Row:
        import geopandas
        import shapely

        path = self.facts.folder / "basemap" / "countries.geojson"
        if not path.exists():
            return {}
        frame = geopandas.read_file(path)
        return dict(zip(frame["iso"], shapely.make_valid(frame.geometry.to_numpy()), strict=True))

    def _area(self, band: float, countries: Row) -> shapely.Geometry:
        """All that lies within one limit."""
        import pyproj
        import shapely

        lines: dict[str, list[shapely.Geometry]] = {}
        widths: dict[str, list[float]] = {}

        def add(country: str, shape: shapely.Geometry, spare: float) -> None:
            if spare > 0:
                lines.setdefault(country, []).append(shape)
                widths.setdefault(country, []).append(min(ASIDE_KM, spare / self._aside(country)))

        for row in records(self.places[self.places[self.by] <= band].drop(columns="geometry")):
            place = self.facts.place[row["place_id"]]
            add(row["country"], shapely.Point(place["lon"], place["lat"]), band - row[self.by])
        for country, line, spare in self._roads(band):
            add(country, line, spare)
        origin = self.world.question.origin
        at = self.facts.place[origin]
        flat = pyproj.CRS(f"+proj=aeqd +lat_0={at['lat']} +lon_0={at['lon']}")  # 4 % too wide 3,000 km away
        there, back = (
            pyproj.Transformer.from_crs(a, b, always_xy=True) for a, b in (("EPSG:4326", flat), (flat, "EPSG:4326"))
        )

        def moved(shapes: Any, by: pyproj.Transformer) -> Any:
            return shapely.transform(shapes, lambda xy: np.column_stack(by.transform(xy[:, 0], xy[:, 1])))

        parts = []
        for country, shapes in sorted(lines.items()):
            wide = shapely.buffer(moved(shapes, there), np.array(widths[country]) * 1000, quad_segs=4)
            area = _polygons(moved(shapely.union_all(wide), back))
            if country in countries:
                area = _polygons(shapely.intersection(area, countries[country]))
            parts.append(area)
        return shapely.union_all(parts)

    @cached_property
    def _by_country(self) -> dict[str, tuple[float, float]]:
        """Hours or US$ of a straight kilometre off the network, and of taking cargo off a truck, where asked for."""
        return {}

    def _aside(self, country: str) -> float:
        return self._off_network(country)[0]

    def _off_network(self, country: str) -> tuple[float, float]:
        if country not in self._by_country:
            rates, cargo = self.facts.rates, self.world.question.cargo
            home = self.world.free_in(country)
            unloading = end_amount(rates, cargo, "road", country, False, home=home)
            amounts = access_amount(rates, cargo, country, 1.0), unloading
            aside, unload = (one.hours if self.by == "hours" else one.usd for one in amounts)
            self._by_country[country] = aside, unload
        return self._by_country[country]

    def _roads(self, band: float) -> list[tuple[str, Any, float]]:
        """Roads as far as they are reached in time to drive aside and unload: country, line and what is left."""
        from shapely.ops import substring

        world, found, whole = self.world, [], dict[str, tuple[str, Any, float]]()
        for i in np.flatnonzero(np.isfinite(world.graph.hours)).tolist():
            edge = world.edges[i]
            least, spans = float(self._least[edge.tail]), world.closed.spans.get(i)
            if edge.kind != "leg" or edge.mode != "road" or least == inf:
                continue
            country = edge.countries[0]
            a_km, unload = self._off_network(country)
            aside = ASIDE_KM * a_km
            spare = band - self._lead - least - aside - unload
            if self.by == "hours":
                t, along = world.question.t0 + least, float(world.graph.hours[i])
                start = t if spans is None else engine.ready(spans, t)
                if start - t > world.question.max_wait_hours:
                    continue
                spare -= start - t
                along = along if edge.factors is None else engine.traverse(start, along, edge.factors) - start
            else:
                along = float(world.graph.weight[i])
                if spans is not None and self._least[edge.head] > least + along + 1e-6:
                    continue  # closed when cargo comes
            if spare > 0:
                line = self.facts.lines[edge.element_id]
                if spare >= along:
                    whole[edge.element_id] = country, line, aside
                else:
                    line = line if edge.forward else line.reverse()
                    found.append((country, substring(line, 0, spare / along, normalized=True), aside))
        return [*found, *whole.values()]

    @property
    def table(self) -> pd.DataFrame:
        """How many places each band adds: ``band, places`` and ``within`` (all up to that band)."""
        within = [int((self.places[self.by] <= band).sum()) for band in self.bands]
        return pd.DataFrame({"band": self.bands, "places": np.diff([0, *within]), "within": within})

    def explore(self, m: folium.Map | None = None, **options: Any) -> folium.Map:
        """Interactive map: places and areas by band.

        Parameters
        ----------
        m, **options
            As in `corridors.maps.interactive.explore_routes`.

        Returns
        -------
        folium.Map
        """
        from corridors.maps.interactive import explore_reach

        return explore_reach(self, m, **options)

    def plot(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Still map for print.

        Parameters
        ----------
        ax, **options
            As in `corridors.maps.stills.plot_routes`.

        Returns
        -------
        Axes

        Raises
        ------
        MissingExtra
            If matplotlib is not installed (extra ``charts``).
        """
        from corridors.maps.stills import plot_reach

        return plot_reach(self, ax, **options)

    def __repr__(self) -> str:
        unit = "h" if self.by == "hours" else "US$"
        counts = ", ".join(f"{(self.places[self.by] <= band).sum()} within {band:g} {unit}" for band in self.bands)
        return f"<Reach from {self.origin}: {counts} of {len(self.places)} places>"


def reach(
    facts: Facts,
    /,
    origin: Place,
    *,
    depart: str | date | datetime,
    by: Literal["hours", "usd"] = "hours",
    bands: Sequence[float] | None = None,
    scenario: Scenario | None = None,
    **ask: Unpack[Trip],
) -> Reach:
    """How far cargo gets from a place within a number of hours or US$: isochrones, isocosts. Takes 0.1 s.

    One exact search to all places, with every closure judged at the hour of arrival; elements at which cargo would
    wait longer than ``max_wait_hours`` are not passed.

    Parameters
    ----------
    origin : place
    depart : date or datetime
    by : {"hours", "usd"}
        Expected hours, or US$ of one unit without detention, whatever load the law lets it carry.
    bands : sequence of float
        Limits in hours or US$; default: 2, 4, 7, 10, 14 and 21 days, or US$ 1,000 to
        8,000 in six steps.
    scenario : Scenario, optional
    **ask
        Other arguments of `routes`, except ``k`` and ``via``; those that tell alternatives apart have no effect.

    Returns
    -------
    Reach
        ``places`` (values and bands), ``areas`` (polygons by band, an estimate for drawing), ``explore()`` and
        ``plot()``.

    Raises
    ------
    BadRequest
        If `by` is not one of these, `bands` is not a list of numbers above 0, or `via` is given.
    """
    import geopandas

    as_choice(by, "by", tuple(MEASURES))
    limits = _bands(bands, by)
    request = Request.common(depart, ask, "scenario", "k", "by")
    request = replace(request, origin=origin, by=by, scenario=scenario)
    if ask.get("via") is not None:
        raise BadRequest("via: reach takes no places to pass; ask for what is reached from there.")
    question, start, _ = resolve(facts, request, destination=False)
    world = world_of(facts, question)
    least = _least(world)
    for country in facts.rights.told_apart(world.law):
        inside = [
            node for (place, _), node in world.multimodal.nodes.items() if facts.place[place]["country"] == country
        ]
        least[inside] = _least(world.other(trade=question.trade._replace(destination=country)))[inside]
    lead = 0.0 if start is None else start.hours if by == "hours" else start.usd
    rows = []
    for place, row in facts.place.items():
        node = next(iter(world.arriving(place)), None)
        if node is not None and place != question.origin:
            value = least[node] + lead
            rows.append(
                {
                    **{name: row[name] for name in ("place_id", "name", "country", "kind")},
                    by: value if value < inf else np.nan,
                    "band": min((band for band in limits if value <= band), default=np.nan),
                }
            )
    table = pd.DataFrame(rows).sort_values([by, "place_id"], ignore_index=True)
    at = [facts.place[place] for place in table["place_id"]]
    places = as_geo(table, geopandas.points_from_xy([row["lon"] for row in at], [row["lat"] for row in at]))
    name = start.name if isinstance(start, Access) else str(facts.place[question.origin]["name"])
    leave = departure(depart, facts.place[question.origin]["timezone"])
    return Reach(
        facts,
        name,
        leave,
        question.knowledge.as_of,
        scenario.name if scenario else None,
        question.cargo.cargo_id,
        by,
        limits,
        places,
        world,
        least,
        lead,
    )


def _least(world: World) -> engine.Floats:
    """Hours or US$ from the origin to every node."""
    q = world.question
    return engine.reach(world.graph, world.closed, world.ends[0], q.t0, world.value_of_hour, q.max_wait_hours)


def _bands(bands: Sequence[float] | None, by: str) -> tuple[float, ...]:
    if bands is None:
        return DAYS if by == "hours" else MONEY
    found = {as_number(band, "bands, each", above=0.0) for band in as_list(bands, "bands", "72, 168")}
    if not found:
        raise BadRequest("bands is empty: give a list of numbers above 0, for example [72, 168].")
    return tuple(sorted(found))

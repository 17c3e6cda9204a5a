"""The network: the tables of one data folder, frozen, with places to find and routes to ask for."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import pandas as pd

from corridors import analysis
from corridors.arguments import shown
from corridors.errors import BadRequest, DataError
from corridors.model.cargo import Cargo
from corridors.model.facts import Facts, bound
from corridors.model.scenario import Scenario
from corridors.routing import answers, corridor_status, may_pass
from corridors.routing.figures import network_html

if TYPE_CHECKING:
    import folium
    import networkx as nx
    from matplotlib.axes import Axes

    from corridors.maps.explorer import Explorer
    from corridors.osm.refine import Refinement


def _table(name: str, doc: str) -> property:
    return property(lambda self: self.facts.tables[name].copy(), doc=doc)


def _of_facts(name: str, doc: str) -> property:
    return property(lambda self: getattr(self.facts, name), doc=doc)


@dataclass(frozen=True, eq=False)
class Network:
    """Places, legs, crossings, transfers and the tables that date and price them; immutable.

    Every call refuses invalid arguments with `BadRequest`, names that it does not know with `UnknownPlace`
    and scenarios that do not fit the network with `BadScenario`. Where nothing gets through, calls about one pair raise
    `NoRoute`; tables of many have NaN and a note.

    Attributes
    ----------
    facts : Facts
        The tables as read, with what is looked up in them; use the properties named like the tables for copies.
    refinement : Refinement or None
        What the call of `refine` that made this network found and did.
    """

    facts: Facts
    refinement: Refinement | None = None

    @classmethod
    def load(
        cls,
        folder: str | Path | None = None,
        *,
        detail: Literal["backbone", "full"] = "backbone",
        extra: str | Path | None = None,
    ) -> Self:
        """Read a network; without arguments, the one that is shipped. Needs no internet.

        Parameters
        ----------
        folder : path, optional
            Folder with ``datapackage.json`` and its tables, or a file that `Network.to_file` wrote.
        detail : {"backbone", "full"}
            Roads and railways between neighbouring places only, or all of the source network, simplified: ten times
            as many legs, with the same places, crossings, transfers and dates. Routing is slower on it.
        extra : path, optional
            Folder with your own rows in the same schema. A row with a known key replaces, others are added;
            ``corridors new-data FOLDER`` writes templates (docs/your_data.md).

        Returns
        -------
        Network

        Raises
        ------
        BadRequest
            If `detail` is not one of these.
        DataError
            If a table is missing, a value has the wrong type or, in a folder or rows of your own, something contradicts
            the schema; the message names the table, row and column.
        """
        return cls(Facts.load(folder, detail, extra))

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables as read, by name; use the properties of the same names for copies."""
        return self.facts.tables

    @property
    def data_date(self) -> date:
        """Date to which the data are current; default for ``as_of``."""
        return self.facts.data_date

    @property
    def version(self) -> str:
        """Version of the data; ``+full``: detail network, ``+user``: your rows, ``+own``: your legs, ``+refined``."""
        return self.facts.version

    folder = _of_facts("folder", "Folder from which the tables and the basemap were read.")

    @classmethod
    def from_frames(
        cls,
        places: pd.DataFrame,
        legs: pd.DataFrame,
        *,
        crossings: pd.DataFrame | None = None,
        country: str | None = None,
    ) -> Self:
        """A network of your own places and legs, in the columns of ``net.places`` and ``net.legs``.

        Rates, cargo and sources are the shipped ones, and so are the dates, hours and transfers of crossings, legs and
        places whose ids are shipped ones.

        Parameters
        ----------
        places : DataFrame or GeoDataFrame
            ``place_id`` with ``lon, lat`` (degrees) or point geometry; other columns may be left out.
        legs : DataFrame or GeoDataFrame
            ``from_place, to_place, mode, km``, for rail also ``gauge_mm``; line geometry where there is one. Each row
            is a leg of its own, parallel ones too, usable both ways.
        crossings : DataFrame, optional
            Border crossings, one row per direction.
        country : str, optional
            ISO code for rows without one. Else it is found by the shipped border lines, which are rough (see
            ``corridors.data.countries``), and a leg that crosses them is cut there: at a shipped crossing within 15 km,
            with its hours and closures, or at a new one graded ``assumed``.

        Raises
        ------
        DataError
            If anything contradicts the schema or geography, has no coordinate reference system or no length, for
            coordinates that are swapped, a straight leg that may cross a border, and more than 600,000 legs.
        """
        for name, frame in (("places", places), ("legs", legs), ("crossings", crossings)):
            if not isinstance(frame, pd.DataFrame) and not (name == "crossings" and frame is None):
                raise DataError(f"{name}={shown(frame)} must be a DataFrame.", name)
            if frame is not None and (twice := frame.columns[frame.columns.duplicated()].tolist()):
                raise DataError("two columns have this name.", name, "", str(twice[0]))
        from corridors.data.user_network import tables_of

        return cls(Facts.own(tables_of(places, legs, crossings, country)))

    @classmethod
    def from_osmnx(
        cls,
        graph: nx.MultiDiGraph[Hashable],
        *,
        mode: Literal["road", "rail"] = "road",
        country: str | None = None,
        gauge_mm: int | None = None,
        simplify: bool = True,
    ) -> Self:
        """A network of a road or rail graph in OSMnx's conventions.

        Parameters
        ----------
        graph : networkx.MultiDiGraph
            Graph attribute ``crs``; nodes with ``x, y``; edges with ``length`` in metres and, where they bend,
            ``geometry``. ``country`` and ``name`` of nodes, ``country`` and ``gauge`` of edges are used if there. The
            node 7 becomes the place ``n7``. Edges whose tags say that they are not built, no longer there or of
            another mode (proposed, abandoned, subway, an ``opening_date`` after that of the data) are left out, with a
            warning. ``maxweight, maxweightrating`` and ``maxaxleload`` of roads become the limits of their legs.
        mode : {"road", "rail"}
        country : str, optional
            As in `from_frames`.
        gauge_mm : int, optional
            Gauge of tracks that do not state theirs; their legs are graded ``assumed``.
        simplify : bool
            Merge the stretches between junctions, ends and named nodes: lengths are added up and lines joined.

        Raises
        ------
        BadRequest
            If `mode` is not one of these, or `graph` is not a graph.
        DataError
            As in `from_frames`.
        """
        from corridors.data.user_network import tables_of
        from corridors.osm.graphs import frames

        places, legs, guessed = frames(graph, mode, gauge_mm, simplify)
        return cls(Facts.own(tables_of(places, legs, country=country, guessed=guessed)))

    places = _of_facts("places", "Places with point geometry.")
    legs = _of_facts("legs", "Legs with line geometry, planned ones included (see ``status``).")
    projects = _of_facts("projects", "Corridors that ``Scenario.build`` takes, each with the projects it builds.")

    @property
    def coverage(self) -> pd.DataFrame:
        """How well closures were researched, one row per element that can close and half-year.

        Columns ``element_id, name, border, from, to, searched`` (thoroughly, lightly, not), ``pages`` seen (about
        30 % either way), ``events`` that start in it. A half-year is cut where the research changes, as after March
        2026. Elements are all crossings, straits and sections, and legs with rows of their own.
        """
        return self.facts.coverage.table(self.facts.tables, self.facts.element_names)

    @property
    def data_dates(self) -> pd.DataFrame:
        """How current each table is, by the ``as_of`` of its rows; `data_date` is the date of the whole.

        Columns ``table, oldest, usual`` (the middle row), ``newest``: dates; a year or month counts as its last day.
        """
        return self.facts.data_dates.copy()

    elements = _table("elements", "Ids of anything that can close or slow.")
    crossings = _table("crossings", "Border crossings and straits, one row per direction.")
    transfers = _table("transfers", "Changes of mode or gauge at a place.")
    calendars = _table("calendars", "Opening hours, in OpenStreetMap syntax and local time.")
    holidays = _table("holidays", "Public holidays by country and day.")
    seasons = _table("seasons", "Monthly open probability and speed factor.")
    events = _table("events", "Dated closures, openings, exceptions and restrictions.")
    episodes = _table("episodes", "Spells of closure 2010-2026 with class of cause and what is known of their end.")
    conditions = _table("conditions", "Conflict, sanctions and customs unions, by country and period.")
    rights = _table("rights", "Who may carry what through where.")
    corridors = _table("corridors", "Named corridors with their places and legs.")
    rates = _table("rates", "Speeds, costs, emissions by mode, country and vehicle.")
    tariffs = _table("tariffs", "Published prices of services; rates rest on some, the others only test.")
    services = _table("services", "Lines on which container trains run, how often services leave, prices by direction.")
    cargo = _table("cargo", "Commodity presets.")
    indicators = _table("indicators", "CPMM's published indicators by mode, country, crossing and year.")
    claims = _table("claims", "Published statements, kept as said.")
    provenance = _table("provenance", "Which source says which value, for rows whose values come from several.")
    sources = _table("sources", "Publications that the other tables cite.")

    may_pass = bound(lambda: may_pass.may_pass)
    corridor_status = bound(lambda: corridor_status.corridor_status)
    find = bound(lambda: Facts.find)
    place_id = bound(lambda: Facts.place_id)
    element_ids = bound(lambda: Facts.element_ids)

    def check(self, strict: bool = False) -> pd.DataFrame:
        """Problems of the tables: schema, keys, geometry and sense.

        Parameters
        ----------
        strict : bool
            Raise ``DataError`` with the first problem instead of returning it.

        Returns
        -------
        DataFrame
            Columns ``table, row, column, problem``; empty if all is well.

        Raises
        ------
        DataError
            If `strict`, and there is a problem.
        """
        return self.facts.check(strict)

    def to_file(self, path: str | Path) -> None:
        """Write the network; ``corridors.load(path)`` reads it back.

        Parameters
        ----------
        path : path
            Without suffix: a folder of CSV files with ``datapackage.json``. ``.gpkg`` or ``.parquet`` (a folder of
            files, needs pyarrow) hold all tables too; ``.geojson``, ``.kml``, ``.graphml`` and ``.gmns`` (a folder)
            hold places, legs and crossings.

        Raises
        ------
        BadRequest
            For another suffix, or where there is a folder already.
        """
        from corridors.data.files import write_network

        write_network(self.facts, path)

    def components(self) -> pd.DataFrame:
        """Parts of the network that no operating leg or crossing joins, the largest first.

        Returns
        -------
        DataFrame
            Columns ``places, legs, km, countries`` and ``example`` (a place_id), one row per part.
        """
        from corridors.osm.graphs import components

        return components(self)

    def diff(self, other: Network) -> pd.DataFrame:
        """What changed from the data of `other` to these: one row per value, a row added or a row removed.

        Parameters
        ----------
        other : Network
            The older data.

        Returns
        -------
        DataFrame
            Columns ``table, key, column, old, new, change``.

        Raises
        ------
        BadRequest
            If `other` is no network.
        """
        from corridors.data.difference import diff

        if not isinstance(other, Network):
            raise BadRequest(f"other={shown(other)} is not a Network.")
        return diff(other.facts, self.facts)

    routes = bound(lambda: answers.routes)
    shipments = bound(lambda: analysis.shipments.shipments)
    pareto = bound(lambda: analysis.pareto.pareto)
    availability = bound(lambda: analysis.availability.availability)
    compare = bound(lambda: analysis.comparison.compare)
    regret = bound(lambda: analysis.comparison.regret)
    matrix = bound(lambda: analysis.matrices.matrix)
    catchment = bound(lambda: analysis.matrices.catchment)
    reach = bound(lambda: analysis.reach.reach)
    screen = bound(lambda: analysis.screening.screen)
    criticality = bound(lambda: analysis.criticality.criticality)
    cut_sets = bound(lambda: analysis.criticality.cut_sets)
    break_even = bound(lambda: analysis.break_even.break_even)
    outlook = bound(lambda: analysis.outlook.outlook)
    expected_loss = bound(lambda: analysis.expected_loss.expected_loss)
    backlog = bound(lambda: analysis.backlog.backlog)
    redundancy = bound(lambda: analysis.redundancy.redundancy)
    bottleneck = bound(lambda: analysis.redundancy.bottleneck)
    assign = bound(lambda: analysis.assignment.assign)
    calibrate = bound(lambda: analysis.calibration.calibrate)

    def to_networkx(
        self,
        *,
        depart: str | date | datetime,
        as_of: str | date | None = None,
        scenario: Scenario | None = None,
        cargo: str | Cargo = "container40",
    ) -> nx.MultiDiGraph[str]:
        """The network at one moment in OSMnx's conventions.

        Parameters
        ----------
        depart, as_of, scenario, cargo
            As in `corridors.osm.graphs.to_networkx`.

        Returns
        -------
        networkx.MultiDiGraph
        """
        from corridors.osm.graphs import to_networkx

        return to_networkx(self, depart=depart, as_of=as_of, scenario=scenario, cargo=cargo)

    def refine(
        self,
        legs: str | Sequence[str],
        *,
        source: str | Path | nx.MultiDiGraph[Hashable],
        buffer_km: float = 15.0,
        snap_km: float = 5.0,
        cache: str | Path | None = None,
        progress: bool = True,
    ) -> Network:
        """A new network in which the lines of some legs are real roads or railways of OpenStreetMap.

        A leg follows the best connected path in OpenStreetMap from end to end that stays near its old line and in its
        country. It keeps its old line if there is no such path, if less than four fifths of it lie on OpenStreetMap, or
        if its length differs by more than a quarter from a published one; ``refinement.legs`` says why.

        A ``published`` length stays. Any other is replaced by the geodesic length of the new line, graded ``measured``,
        or ``derived`` if straight ends make up more than a twentieth of it. Nothing else changes: what tags say about
        opening hours, weights and access is reported in ``refinement.suggestions`` but never applied.

        Parameters
        ----------
        legs : str or sequence of str
            Ids of legs, sections or corridors; of the latter two, all roads and railways that exist.
        source : {"overpass"}, path or networkx.MultiDiGraph
            ``"overpass"`` queries the server at ``osmnx.settings.overpass_url``, provided that
            ``corridors.settings.allow_network_requests`` is set or `cache` has everything; a path names an
            OpenStreetMap file (``.osm.pbf``, ``.osm``); a graph is OSMnx's, with ``railway`` among its tags for
            railways.
        buffer_km : float
            Largest distance of the path from the old line.
        snap_km : float
            Largest distance of its ends from the two places; the gaps are drawn and counted as straight lines.
        cache : path, optional
            Folder for the answers of Overpass, which are not requested again; default: the user's cache.
        progress : bool
            Show progress bars.

        Returns
        -------
        Network
            With a row of ``sources`` for the extract, and ``refinement``: a `corridors.osm.refine.Refinement`.

        Raises
        ------
        BadRequest
            If a leg, the source or a distance is invalid, or requests over the internet are not allowed.
        DataError
            If the data are damaged or impossible, or the server does not answer.
        MissingExtra
            Without the libraries of ``corridors[osm]`` that the source needs.
        """
        from corridors.osm.refine import refine

        finer, report = refine(
            self.facts, legs, source, buffer_km=buffer_km, snap_km=snap_km, cache=cache, progress=progress
        )
        return Network(finer, report)

    def explore(self, m: folium.Map | None = None, **options: Any) -> folium.Map:
        """Interactive map of the network.

        Parameters
        ----------
        m, **options
            As in `corridors.maps.interactive.explore_network`.

        Returns
        -------
        folium.Map
        """
        from corridors.maps.interactive import explore_network

        return explore_network(self, m, **options)

    def explorer(
        self,
        pairs: Sequence[tuple[str | tuple[float, float], str | tuple[float, float]]] | None = None,
        *,
        depart: str | date | datetime | None = None,
        **ask: Any,
    ) -> Explorer:
        """The living map: a page that searches the network by itself, for readers without Python and internet.

        Parameters
        ----------
        pairs : sequence of (origin, destination), optional
            Questions whose published answers are on the page, which opens with the first. Without any, readers choose.
        depart : date, optional
            Default: the date of the data.
        **ask
            Arguments of `routes` for the pairs, except ``via``. ``as_of``, ``carrier`` and ``max_wait_hours`` apply to
            all questions on the page.

        Returns
        -------
        Explorer
            ``save("x.html")`` writes one self-contained file; a notebook shows it.
        """
        from corridors.maps.explorer_questions import explore_questions

        return explore_questions(self, pairs, depart=depart, **ask)

    def plot(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Still map of the network for print.

        Parameters
        ----------
        ax : Axes, optional
        **options
            As in `corridors.maps.stills.plot_network`.

        Returns
        -------
        Axes
        """
        from corridors.maps.stills import plot_network

        return plot_network(self, ax, **options)

    def __repr__(self) -> str:
        legs = self.tables["legs"]
        return (
            f"<Network {self.version}: {len(self.tables['places'])} places, {len(legs)} legs, "
            f"{self.tables['crossings']['element_id'].nunique()} crossings, data of {self.data_date}>"
        )

    def _repr_html_(self) -> str:
        return network_html(self.facts)


load = Network.load

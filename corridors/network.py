"""The network: the tables of one data folder, frozen, with places to find and routes to ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher, get_close_matches
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

import pandas as pd

from corridors.analyses import Analyses
from corridors.data import schema
from corridors.data.detail import full
from corridors.data.files import can_read, read, write_network
from corridors.data.schema import TABLES, data_folder, records
from corridors.errors import BadRequest, DataError, UnknownPlace
from corridors.model.calendars import Regime, as_date
from corridors.model.cargo import Cargo
from corridors.model.facts import key
from corridors.model.scenario import Scenario

if TYPE_CHECKING:
    import folium
    import geopandas as gpd
    import networkx as nx
    from matplotlib.axes import Axes

    from corridors.osm.refine import Refinement
    from corridors.routing.routes import Routes

By = Literal["hours", "km", "usd", "kgco2e", "risk", "generalised"]
_RANK = ("city", "seaport", "dry_port", "station", "airport", "pass", "border", "strait", "junction")


def load(
    folder: str | Path | None = None,
    *,
    detail: Literal["backbone", "full"] = "backbone",
    extra: str | Path | None = None,
) -> Network:
    """Read a network; without an argument the one that is shipped. Needs no internet.

    Parameters
    ----------
    folder : path, optional
        Folder with ``datapackage.json`` and its tables, or a file that `Network.to_file` wrote.
    detail : {"backbone", "full"}
        Roads and railways between neighbouring places only, or all of the source network, simplified: ten times
        as many legs, with the same places, crossings, transfers and dates. Routing is slower on it.
    extra : path, optional
        Folder with your own rows in the same schema: closures, negotiated rates, new places and legs. A row with a
        known key replaces, others are added; ``corridors new-data FOLDER`` writes templates (docs/your_data.md).

    Returns
    -------
    Network

    Raises
    ------
    BadRequest
        If `detail` is neither.
    DataError
        If a table is missing, a value has the wrong type or, in a folder or rows of your own, anything contradicts
        the schema; the message names table, row and column.
    """
    if detail not in ("backbone", "full"):
        raise BadRequest(f"detail={detail!r} is neither 'backbone' nor 'full'.")
    path = data_folder() if folder is None else Path(folder)
    if can_read(path):
        if detail == "full":
            raise BadRequest(f"detail='full' is for folders; {path.name} holds what was written to it.")
        tables, data_date, version = read(path)
        path = data_folder()
    else:
        package = schema.read_package(path)
        tables = {name: schema.read_table(path, name) for name in TABLES}
        data_date, version = package["data_date"], str(package["version"])
        if detail == "full":
            tables, version = full(tables, path), f"{version}+full"
        if folder is not None:
            _raise_first(schema.validate(tables, path))
    if extra is not None:
        from corridors.data.user_rows import overlay

        before, tables = tables, overlay(tables, path, Path(extra), data_date)
        version += "+user" * (tables is not before)
    return Network(tables, date.fromisoformat(data_date), version, path)


def _raise_first(problems: pd.DataFrame) -> None:
    if len(problems):
        first = problems.iloc[0]
        raise DataError(
            f"{first['problem']} ({len(problems)} problems in all).", first["table"], first["row"], first["column"]
        )


def _table(name: str, doc: str) -> property:
    return property(lambda self: self.tables[name].copy(), doc=doc)


@dataclass(frozen=True, eq=False)
class Network(Analyses):
    """Places, legs, crossings, transfers and the tables that date and price them. Nothing changes it.

    Every call refuses arguments that make no sense with `BadRequest`, names that it does not know with `UnknownPlace`
    and scenarios that do not fit the network with `BadScenario`. Where nothing gets through, calls about one pair raise
    `NoRoute`; tables of many have NaN and a note.

    Attributes
    ----------
    tables : mapping of str to DataFrame
        The tables as read; use the properties of the same names for copies.
    data_date : date
        Day up to which the facts speak; default for ``as_of``.
    version : str
        Version of the data, with ``+full`` for the detail network, ``+user`` where rows of a user are in it, ``+own``
        where its places and legs are a user's, and ``+refined`` for finer lines.
    refinement : Refinement or None
        What the call of `refine` that made this network found and did.
    """

    refinement: Refinement | None = None

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
            Border crossings, one row a direction.
        country : str, optional
            ISO code for rows without one. Else it is found by the shipped border lines, which are rough (see
            ``corridors.data.countries``), and a leg that crosses them is cut there: at a shipped crossing within 15 km,
            with its hours and closures, or at a new one graded ``assumed``.

        Raises
        ------
        DataError
            For what contradicts the schema or geography, has no coordinate reference system or no length, for
            coordinates that are swapped, a straight leg that may cross a border, and more than 50,000 legs.
        """
        from corridors.data.user_network import tables_of

        package = schema.read_package(data_folder())
        return cls(
            tables_of(places, legs, crossings, country),
            date.fromisoformat(package["data_date"]),
            f"{package['version']}+own",
            data_folder(),
        )

    @classmethod
    def from_osmnx(
        cls,
        graph: nx.MultiDiGraph[Any],
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
            node 7 becomes the place ``n7``.
        mode : {"road", "rail"}
        country : str, optional
            As in `from_frames`.
        gauge_mm : int, optional
            Gauge of tracks that do not tell theirs.
        simplify : bool
            Merge the stretches between junctions, ends and named nodes: lengths are added, lines joined.

        Raises
        ------
        BadRequest
            If `mode` is another, or `graph` no graph.
        DataError
            As in `from_frames`.
        """
        from corridors.osm.graphs import frames

        return cls.from_frames(*frames(graph, mode, gauge_mm, simplify), country=country)

    def _geo(self, frame: pd.DataFrame, geometry: Any) -> gpd.GeoDataFrame:
        import geopandas

        return geopandas.GeoDataFrame(frame, geometry=geometry, crs="EPSG:4326")

    @property
    def places(self) -> gpd.GeoDataFrame:
        """Places with point geometry."""
        import shapely

        table = self.tables["places"].copy()
        return self._geo(table, shapely.points(table["lon"], table["lat"]))

    @property
    def legs(self) -> gpd.GeoDataFrame:
        """Legs with line geometry, planned ones included (see ``status``)."""
        table = self.tables["legs"].copy()
        return self._geo(table, [self._lines[leg] for leg in table["leg_id"]])

    elements = _table("elements", "Ids of anything that can close or slow.")
    crossings = _table("crossings", "Border crossings and straits, one row a direction.")
    transfers = _table("transfers", "Changes of mode or gauge at a place.")
    calendars = _table("calendars", "Opening hours, in OpenStreetMap syntax and local time.")
    holidays = _table("holidays", "Public holidays by country and day.")
    seasons = _table("seasons", "Monthly open probability and speed factor.")
    events = _table("events", "Dated closures, openings, exceptions and restrictions.")
    rights = _table("rights", "Who may carry what through where.")
    corridors = _table("corridors", "Named corridors with their places and legs.")
    rates = _table("rates", "Speeds, costs, emissions by mode, country and vehicle.")
    cargo = _table("cargo", "Commodity presets.")
    indicators = _table("indicators", "CPMM's published indicators by mode, country, crossing and year.")
    claims = _table("claims", "Published statements, kept as said.")
    provenance = _table("provenance", "Which source says which value, for rows whose values come from several.")
    sources = _table("sources", "Publications that the other tables cite.")

    def may_pass(self, carrier: str, on: str | date, goods_from: str = "") -> pd.DataFrame:
        """What a lorry of a flag may do at each road crossing for which a rule is known.

        Parameters
        ----------
        carrier : str
            ISO code of the flag.
        on : date
        goods_from : str
            ISO code of the origin of the goods; empty if it does not matter.

        Returns
        -------
        DataFrame
            Columns ``element_id, name, countries, effect`` (allow, transload, forbid, not known), ``treaty, note,
            source_id``. Whether the crossing is open that day is another question.
        """
        from corridors.routing.request import carrier_code

        carrier, day, rows = carrier_code(self, carrier), as_date(on, "on").isoformat(), []
        for row in records(self.tables["crossings"].drop_duplicates("element_id").sort_values("element_id")):
            if row["mode"] == "road" and row["status"] == "operating":
                sides = [self._place[row[end]]["country"] for end in ("from_place", "to_place")]
                verdict = self._rights.verdict(row["element_id"], sides, carrier, goods_from, day)
                rows.append(
                    {
                        "element_id": row["element_id"],
                        "name": row["name"],
                        "countries": "-".join(sides),
                        **verdict._asdict(),
                    }
                )
        return pd.DataFrame(rows)

    def corridor_status(
        self,
        on: str | date,
        *,
        as_of: str | date | None = None,
        scenario: Scenario | None = None,
        cargo: str | Cargo = "container40",
        carrier: str | None = None,
    ) -> pd.DataFrame:
        """Every named corridor on a day: whether it works, and if not, why and what would have to open.

        Parameters
        ----------
        on : date
        as_of, scenario, cargo, carrier
            As in `routes`.

        Returns
        -------
        DataFrame
            Columns ``corridor_id, name, state`` (open, shut, shut in part, planned), ``reason, needs, start,
            last_confirmed, source_id``. Shut is a crossing that cannot be entered within a week of that day in either
            direction, shut in part a road or railway inside a country, which may have a way round.
        """
        from corridors.routing.corridor_status import corridor_status
        from corridors.routing.request import world_on

        return corridor_status(self, world_on(self, on, as_of, scenario, cargo, carrier))

    def find(self, name: str, n: int = 5) -> gpd.GeoDataFrame:
        """Places by id, name or alias; exact matches first, then the nearest spellings.

        Parameters
        ----------
        name : str
        n : int
            At most so many rows.

        Returns
        -------
        GeoDataFrame
            Rows of ``places`` with a column ``match`` between 0 and 1.
        """
        wanted = key(name)
        score: dict[str, float] = {}
        for known in get_close_matches(wanted, self._names, n=4 * n, cutoff=0.6):
            for place in self._names[known]:
                match = SequenceMatcher(None, wanted, known).ratio()
                score[place] = max(score.get(place, 0.0), match)
        order = sorted(score, key=lambda p: (-score[p], _RANK.index(self._place[p]["kind"]), p))[:n]
        frame = self.places.set_index("place_id", drop=False).loc[order].reset_index(drop=True)
        frame["match"] = [round(score[place], 2) for place in order]
        return frame

    def place_id(self, name: str) -> str:
        """The one place of an id, name or alias.

        Parameters
        ----------
        name : str

        Returns
        -------
        str
            Its ``place_id``.

        Raises
        ------
        UnknownPlace
            If none is called so (the message names the nearest spellings), or several are.
        """
        if name in self._place:
            return str(name)
        found = self._names.get(key(name)) or self._short_names.get(key(name), [])
        same = [p for p in found if self._place[p]["name"].casefold() == str(name).casefold()] or found
        best = min((_RANK.index(self._place[p]["kind"]) for p in same), default=0)
        same = [p for p in same if _RANK.index(self._place[p]["kind"]) == best]
        if len(same) == 1:
            return same[0]
        if same:
            raise UnknownPlace(f"{name!r} may be {_listed(self._place[p] for p in same)}; give the place_id.")
        near = self.find(name)
        hint = _listed(near.to_dict("records")) if len(near) else "none that is spelt alike"
        raise UnknownPlace(f"No place is called {name!r}. The nearest are {hint}.")

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
        found = [schema.validate(self.tables, self.folder), schema.sense(self.tables)]
        problems = pd.concat(found, ignore_index=True)
        if strict:
            _raise_first(problems)
        return problems

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
        write_network(self, path)

    def components(self) -> pd.DataFrame:
        """Parts of the network that no operating leg or crossing joins, the largest first.

        Returns
        -------
        DataFrame
            Columns ``places, legs, km, countries`` and ``example`` (a place_id), one row a part.
        """
        from corridors.osm.graphs import components

        return components(self)

    def diff(self, other: Network) -> pd.DataFrame:
        """What changed from the data of `other` to these: one row a value, a row added or a row removed.

        Parameters
        ----------
        other : Network
            The older data.

        Returns
        -------
        DataFrame
            Columns ``table, key, column, old, new, change``.
        """
        from corridors.data.difference import diff

        return diff(other, self)

    def routes(
        self,
        origin: str | tuple[float, float],
        destination: str | tuple[float, float],
        *,
        depart: str | date | datetime,
        as_of: str | date | None = None,
        k: int = 3,
        by: By = "hours",
        method: Literal["corridors", "yen", "disjoint"] = "corridors",
        via: Sequence[str] | None = None,
        avoid: Sequence[str] | None = None,
        modes: Sequence[str] | None = None,
        cargo: str | Cargo = "container40",
        carrier: str | None = None,
        value_of_time: float | None = None,
        scenario: Scenario | None = None,
        max_wait_hours: float = 168.0,
        max_overlap: float = 0.7,
        max_stretch: float = 2.0,
        unknown: Literal["persist", "lapse", "both"] = "persist",
        regime: Regime = "operated",
        seed: int = 1,
    ) -> Routes:
        """Alternatives that really differ, best first, with every closure judged at the hour of arrival there.

        Parameters
        ----------
        origin, destination : str or (lon, lat)
            Place by id, name or alias; a point is reached by a stated access leg from the nearest place of
            its country.
        depart : date or datetime
            A date means 08:00 local time of the origin. Loading begins then.
        as_of : date, optional
            Events are used as they were known then; default ``data_date``.
        k : int
            How many alternatives at most.
        by : {"hours", "km", "usd", "kgco2e", "risk", "generalised"}
            What to minimise. ``"generalised"`` is US$ plus the value of time. US$, kg and generalised cost are
            compared by the tonne where roads limit the load.
        method : {"corridors", "yen", "disjoint"}
            What another way is. ``"corridors"``: one over other borders, by the rule of `max_overlap`. ``"yen"``: the
            `k` best ways that pass no place twice in one mode (between two stops of `via`), however little sets them
            apart (Yen 1971). ``"disjoint"``: the best way, then the best that shares no leg and no crossing with it,
            and so on; one after the other, so that others together may be more, or better (how many there can be:
            `redundancy`). With these two, an element at which a way found had to wait too long is passed by no later
            one, and `max_stretch` is of the objective alone.
        via, avoid : sequence of str
            Places to pass in this order; countries (ISO codes), places or elements not to touch.
        modes : sequence of str, optional
            Out of road, rail, ferry, sea, air; default: the modes of the cargo.
        cargo : str or Cargo
            A preset of ``net.cargo`` or a load of your own. Perishables are rejected where p90 exceeds their life.
        carrier : str, optional
            Flag of the lorries (ISO code): where the table ``rights`` bars them the way is shut, where they must stop
            the load changes lorries. Without it any lorry is taken to pass.
        value_of_time : float, optional
            US$ per hour of one unit, for ``by="generalised"``; default: that of the cargo.
        scenario : Scenario, optional
        max_wait_hours : float
            A route that must wait longer at one closed element is set aside to ``rejected``.
        max_overlap : float
            Largest share of km that two alternatives may have in common.
        max_stretch : float
            An alternative may take at most so many times the objective, and so many times the km, of the best.
        unknown : {"persist", "lapse", "both"}
            Whether a closure without a known end lasts, or ended when last confirmed. ``"both"`` gives the routes that
            hold if it lasts, then (beyond k) those by other borders that hold only if it ended, which say so in
            ``rests_on``.
        regime : {"operated", "official"}
            Which hours of work count where the official ones are not those that are operated.
        seed : int
            Of the simulation behind the ranges.

        Returns
        -------
        Routes
            At least one route; corridors that fail on this date are in its ``rejected``.

        Raises
        ------
        UnknownPlace, BadScenario, BadRequest
        NoRoute
            With ``.blocking`` and ``.rejected`` if nothing gets through.
        """
        from corridors.routing.request import find_routes

        return find_routes(
            self,
            {
                "origin": origin,
                "destination": destination,
                "depart": depart,
                "as_of": as_of,
                "k": k,
                "by": by,
                "method": method,
                "via": via,
                "avoid": avoid,
                "modes": modes,
                "cargo": cargo,
                "carrier": carrier,
                "value_of_time": value_of_time,
                "scenario": scenario,
                "max_wait_hours": max_wait_hours,
                "max_overlap": max_overlap,
                "max_stretch": max_stretch,
                "unknown": unknown,
                "regime": regime,
                "seed": seed,
            },
        )

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
        source: str | Path | nx.MultiDiGraph[Any],
        buffer_km: float = 15.0,
        snap_km: float = 5.0,
        cache: str | Path | None = None,
        progress: bool = True,
    ) -> Network:
        """A new network in which the lines of some legs are real roads or railways of OpenStreetMap.

        A leg is led along the best connected way from end to end that stays near its old line and in its country.
        It keeps its old line where there is none, where less than four fifths of it lie on
        OpenStreetMap, or where the length is more than a quarter off a published one; ``refinement.legs`` says why.

        A ``published`` length stays. Any other gives way to the geodesic length of the new line: ``measured``, or
        ``derived`` where more than a twentieth of it is straight rests at the ends. Nothing else changes: what tags say
        of opening hours, weights and access is reported in ``refinement.suggestions``, never applied.

        Parameters
        ----------
        legs : str or sequence of str
            Ids of legs, sections or corridors; of the latter two the roads and railways that are built.
        source : {"overpass"}, path or networkx.MultiDiGraph
            ``"overpass"`` asks the server of ``osmnx.settings.overpass_url``, if
            ``corridors.settings.allow_network_requests`` is set or all is in `cache`; a path names an OpenStreetMap
            file (``.osm.pbf``, ``.osm``); a graph is one that OSMnx made, with ``railway`` among its tags for railways.
        buffer_km : float
            How far the way may leave the old line.
        snap_km : float
            How far it may end from either place; the rest is drawn and counted straight.
        cache : path, optional
            Folder in which answers of Overpass are kept; default: the user's cache. What is there is not asked again.
        progress : bool
            Show progress bars.

        Returns
        -------
        Network
            With a row of ``sources`` for the extract, and ``refinement``: a `corridors.osm.refine.Refinement`.

        Raises
        ------
        BadRequest
            If a leg, the source or a distance makes no sense, or the network may not be used.
        DataError
            If the data are damaged or impossible, or the server does not answer.
        MissingExtra
            Without the libraries of ``corridors[osm]`` that the source needs.
        """
        from corridors.osm.refine import refine

        return refine(self, legs, source, buffer_km=buffer_km, snap_km=snap_km, cache=cache, progress=progress)

    def explore(self, m: folium.Map | None = None) -> folium.Map:
        """Interactive map of the network.

        Parameters
        ----------
        m : folium.Map, optional
            Map to draw on; default: a new one.

        Returns
        -------
        folium.Map
        """
        from corridors.maps.interactive import explore_network

        return explore_network(self, m)

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
        legs, crossings, events = self.tables["legs"], self.tables["crossings"], self.tables["events"]
        lines = legs[legs["status"] == "operating"].groupby("mode")["km"].agg(["size", "sum"])
        rows = [(f"{mode} legs", f"{int(row['size']):,} ({row['sum']:,.0f} km)") for mode, row in lines.iterrows()]
        rows.append(("planned legs", f"{int((legs['status'] != 'operating').sum()):,}"))
        rows += [
            (f"{mode} crossings", f"{n:,}")
            for mode, n in crossings.drop_duplicates("element_id").groupby("mode").size().items()
        ]
        shut = events[
            (events["effect"] == "close")
            & (events["start"] <= self.data_date.isoformat())
            & ((events["end"] == "") | (events["end"] >= self.data_date.isoformat()))
        ]
        names = sorted({self._element_names.get(e, e) for e in shut["element_id"]})
        rows.append((f"closed on {self.data_date}", ", ".join(names) or "nothing"))
        body = "".join(f"<tr><th style='text-align:left'>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in rows)
        return (
            f"<table><caption><b>corridors network</b>, data version {escape(self.version)}, facts up to "
            f"{self.data_date}</caption>{body}</table>"
        )


def _listed(places: Any) -> str:
    return ", ".join(f"{p['name']} ({p['place_id']}, {p['country']})" for p in places)

"""Answers: a route, several of them, and the corridors that fail, as tables with sources."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from corridors.arguments import as_day_or_moment, as_whole, departure
from corridors.data.versions import installed
from corridors.data.writing import write_text
from corridors.errors import BadRequest, NoRoute
from corridors.model.access import Access
from corridors.model.calendars import hour, midnight
from corridors.model.simulation import Draws
from corridors.model.world import World
from corridors.routing.alternatives import LeftOut
from corridors.routing.blocked import Rejected, element_of, shut_gates
from corridors.routing.explain import no_route, rejected_table
from corridors.routing.figures import letter, rounded, routes_html
from corridors.routing.names import names as names_of
from corridors.routing.request import Request
from corridors.routing.result import QUANTILES, Choice, Result, quantiles
from corridors.routing.tables import TABLE, every_column, notes, plain
from corridors.routing.why import Asked, why

if TYPE_CHECKING:
    import folium
    import geopandas as gpd
    from great_tables import GT
    from matplotlib.axes import Axes

    from corridors.model.facts import Facts


class Route:
    """One way to go; a member of `Routes`."""

    def __init__(self, routes: Routes, number: int) -> None:
        self._routes, self._number = routes, number

    @property
    def name(self) -> str:
        """What sets it apart, for example ``"KZ-KG-CN-PK, by Torugart and Khunjerab"``."""
        return str(self.table["name"].iloc[0])

    @property
    def table(self) -> pd.DataFrame:
        """Its row of ``Routes.table``."""
        return self._routes.table.iloc[[self._number]]

    @property
    def details(self) -> pd.DataFrame:
        """Its row of ``Routes.details``."""
        return self._routes.details.iloc[[self._number]]

    @property
    def legs(self) -> gpd.GeoDataFrame:
        """Its rows of ``Routes.legs``."""
        legs = self._routes.legs
        return legs[legs["route"] == self._number].reset_index(drop=True)

    def explore(self, m: folium.Map | None = None, **options: Any) -> folium.Map:
        """Interactive map of this route alone.

        Parameters
        ----------
        m, **options
            As in `corridors.maps.explore_routes`.

        Returns
        -------
        folium.Map
        """
        return self._routes[self._number : self._number + 1].explore(m, **options)

    def plot(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Still map of this route alone.

        Parameters
        ----------
        ax, **options
            As in `corridors.maps.stills.plot_routes`.

        Returns
        -------
        Axes
        """
        return self._routes[self._number : self._number + 1].plot(ax, **options)

    def tcd(self, what: str = "both", **options: Any) -> Any:
        """Time- and cost-distance diagram of this route alone.

        Parameters
        ----------
        what, **options
            As in `corridors.maps.charts.tcd`.

        Returns
        -------
        numpy.ndarray of Axes
        """
        return self._routes[self._number : self._number + 1].tcd(what, **options)

    def _repr_html_(self) -> str:
        return self._routes[self._number : self._number + 1]._repr_html_()

    def __repr__(self) -> str:
        row = self.table.iloc[0]
        return (
            f"<Route {row['name']}: {row['km']:,.0f} km, {rounded(row['days'])} days "
            f"({row['days_p10']:.0f} to {row['days_p90']:.0f}), US$ {rounded(row['usd'])}>"
        )


class Routes(Sequence[Route]):
    """The alternatives for one question, best first.

    Attributes
    ----------
    facts : Facts
        Tables with their look-ups, as of the network that was asked.
    request : Request
        The question as asked.
    origin, destination : str
        Names.
    depart : datetime
        With time zone.
    as_of : date
        Day whose knowledge was used.
    scenario : str or None
    cargo : str
    seed : int
        Of the simulation behind the ranges.
    """

    def __init__(
        self,
        facts: Facts,
        world: World,
        choices: Sequence[Choice],
        aside: Sequence[Rejected],
        request: Request,
        start: Access | None,
        end: Access | None,
        draws: Draws,
        ask: Callable[[Request], Routes],
        left_out: Sequence[LeftOut] = (),
    ) -> None:
        self.facts, self.world, self.request, self.aside, self._ask = facts, world, request, aside, ask
        self._left_out, self._kept_draws = left_out, draws
        self.start_access, self.end_access = start, end
        q = world.question
        self.origin = start.name if start else str(facts.place[q.origin]["name"])
        self.destination = end.name if end else str(facts.place[q.destination]["name"])
        self.depart: datetime = departure(request.depart, facts.place[q.origin]["timezone"])
        self.as_of: date = q.knowledge.as_of
        self.scenario = request.scenario.name if request.scenario else None
        self.cargo = q.cargo.cargo_id
        self.seed = request.seed
        self._whole: Routes | None = None  # of which this is a slice
        self._numbers = list(range(len(choices)))  # in the whole
        self.results = [Result(facts, choice, start, end, draws) for choice in choices]

    @property
    def versions(self) -> dict[str, str]:
        """Versions on which these figures depend: data, library, what it counts with, and time zones."""
        return {"data": f"{self.facts.version} of {self.facts.data_date}", **installed()}

    @property
    def title(self) -> str:
        """The question in a line."""
        return f"{self.origin} to {self.destination}"

    def __len__(self) -> int:
        return len(self.results)

    @overload
    def __getitem__(self, item: int) -> Route: ...
    @overload
    def __getitem__(self, item: slice) -> Routes: ...
    def __getitem__(self, item: int | slice) -> Route | Routes:
        if not isinstance(item, slice):
            return Route(self, range(len(self))[operator.index(item)])
        part = Routes.__new__(Routes)
        part.__dict__.update(self.__dict__, results=self.results[item], _whole=self._whole or self)
        part._numbers = self._numbers[item]
        for name in ("full", "_legs", "failed", "_rejected"):
            part.__dict__.pop(name, None)
        numbers = range(len(self))[item]
        part.__dict__["names"] = [self.names[i] for i in numbers]
        part.__dict__["labels"] = [self.labels[i] for i in numbers]
        return part

    def __iter__(self) -> Iterator[Route]:
        return (self[i] for i in range(len(self)))

    def again(self, **changes: Any) -> Routes:
        """The same question with some arguments changed.

        Parameters
        ----------
        **changes
            Arguments of `Network.routes`, which raises what it always does.

        Returns
        -------
        Routes
        """
        return self._ask(replace(self.request, **changes))

    def _some(self) -> None:
        """Refuse a slice without any route where there is nothing to draw or write then."""
        if not self.results:
            raise BadRequest("this part of the answer holds no route: there is nothing to show.")

    @cached_property
    def labels(self) -> list[str]:
        """Letter of each route."""
        return [letter(i) for i in range(len(self))]

    @cached_property
    def names(self) -> list[str]:
        """Name of each route."""
        return names_of(self.facts, [result.edges for result in self.results])

    def labelled(self) -> Iterator[tuple[dict[str, Any], Result]]:
        """Label, name and result of each route."""
        for label, name, result in zip(self.labels, self.names, self.results, strict=True):
            yield {"label": label, "name": name}, result

    @property
    def table(self) -> pd.DataFrame:
        """One row a route, in the order of what the question minimises.

        Columns: ``label, name, countries, modes, km``; expected ``days`` (door to door, waits included), ``usd`` (one
        way, US$ of 2024) and ``kgco2e`` (well to wheel) of a journey that meets no new disruption, which are the sums
        of ``legs``; ``days_p10/p50/p90, usd_p10/p50/p90``, the range of journeys; ``risk`` (chance that a dated
        closure shuts at least one element on a random day, from closures since 2023), ``best_in`` (which of hours,
        usd, kgco2e and risk it is the best of the answer in, money and CO2e by the tonne), ``dominated_by`` (label of
        a route that is as good in all four and better in one) and ``flags``. What holds for all is in ``notes``.
        """
        return self.full[list(TABLE)].copy()

    @property
    def details(self) -> pd.DataFrame:
        """The rest of what is told of each route.

        Columns: ``label, name``, expected ``hours``; ``kgco2e_p10/p50/p90, crossings, gauge_breaks, km_road, km_rail,
        km_sea, km_air, longest_wait_hours``; expected ``usd_round_trip`` (with the empty return); ``payload_t``
        (tonnes that the law allows in one unit), expected ``usd_per_t``; ``sanctions`` (regimes that touch the way),
        ``corridors`` (named ones that it follows) and ``rests_on``, as far as it is not common to all.
        """
        return self.full[["label", "name", *(name for name in self.full if name not in TABLE)]].copy()

    @cached_property
    def full(self) -> pd.DataFrame:
        """`table` and `details` side by side."""
        return (
            every_column(self) if self._whole is None else self._whole.full.iloc[self._numbers].reset_index(drop=True)
        )

    @cached_property
    def notes(self) -> list[str]:
        """What the figures of all routes rest on, said once."""
        return self._late + notes(self if self._whole is None else self._whole)

    @cached_property
    def _late(self) -> list[str]:
        """Words where the question lies outside the record."""
        known, events = self.facts.data_date, self.facts.tables["events"]
        found, first = [], min(self.as_of, self.depart.date())
        if max(self.as_of, self.depart.date()) > known:
            found.append(f"the data ends on {known}: nothing later is known")
        by_then = int((events["start"] <= first.isoformat()).sum())
        if by_then < len(events) / 10:
            found.append(
                f"only {by_then} of {len(events)} events of the data had begun by {first}: closures of that "
                "time are hardly recorded"
            )
        return found

    @property
    def legs(self) -> gpd.GeoDataFrame:
        """One row a leg, crossing, transfer, terminal (loading, unloading), wait, access and detention, in order.

        Columns: ``route, label, kind, element_id, name, mode, gauge_mm, country, from, to, from_place, to_place,
        km, start, end`` (UTC), ``hours, usd, kgco2e, cumulative_km, cumulative_hours, cumulative_usd,
        cumulative_hours_p10/p90, cumulative_usd_p10/p90, source_id, quality, usd_quality, km_quality, note, geometry``.
        Hours, US$ and kg are expected values, which add up to those of ``table``; ``quality`` is the weakest
        grade of what the hours rest on,
        ``usd_quality`` of the US$.
        """
        return self._legs.copy()

    @cached_property
    def _legs(self) -> gpd.GeoDataFrame:
        import geopandas

        if not self.results and self._whole:
            return self._whole._legs.iloc[:0]
        rows = [
            {"route": i, "label": self.labels[i], **row} for i, result in enumerate(self.results) for row in result.rows
        ]
        frame = geopandas.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326")
        for what in ("km", "hours", "usd"):
            frame[f"cumulative_{what}"] = frame.groupby("route")[what].cumsum()
        return frame

    @property
    def costs(self) -> pd.DataFrame:
        """Where the money goes: one row a route and line.

        Columns: ``label, name, line, usd`` (expected), ``usd_p10, usd_p50, usd_p90, one_way``. Lines: haulage (net
        of border fees), border fees, unofficial payments, guarantee, entry fee, transshipment, port handling,
        detention, and the empty return, which only a round trip pays (``one_way`` false).
        """
        return pd.DataFrame(
            [
                row | {"line": line, "usd": value, **quantiles(samples, "usd"), "one_way": line != "empty return"}
                for row, result in self.labelled()
                for line, (value, samples) in result.lines.items()
            ]
        )

    @property
    def indices(self) -> pd.DataFrame:
        """Published indices of the countries on the way: a second view of risk, in no other figure.

        Columns: ``label, name, country, km, gpi`` (Global Peace Index, 1 calm to 5), ``lpi`` (Logistics Performance
        Index, 1 to 5 good), ``source_id, quality``. NaN where none is known.
        """
        from corridors.model.costs import index, worst

        rows = []
        for row, result in self.labelled():
            km: dict[str, float] = {}
            for edge in result.edges:
                if edge.kind == "leg" and edge.mode in ("road", "rail"):
                    km[edge.countries[0]] = km.get(edge.countries[0], 0.0) + edge.km
            for country, length in km.items():
                found = {name: index(self.facts.rates, name, country) for name in ("gpi", "lpi")}
                known = [one for one in found.values() if one]
                rows.append(
                    row
                    | {
                        "country": country,
                        "km": length,
                        **{name: one.mode if one else np.nan for name, one in found.items()},
                        "source_id": ";".join(dict.fromkeys(one.source_id for one in known)),
                        "quality": worst(*(one.quality for one in known)) if known else "",
                    }
                )
        return pd.DataFrame(rows, columns=["label", "name", "country", "km", "gpi", "lpi", "source_id", "quality"])

    @property
    def corridors(self) -> pd.DataFrame:
        """Every named corridor on the day of departure: open, shut, planned, and what would have to open.

        Columns as in `Network.corridor_status`, and ``routes``: labels of the routes that follow at least half of it.
        """
        from corridors.routing.corridor_status import corridor_status

        found = corridor_status(self.facts, self.world)
        found["routes"] = [
            ", ".join(
                label for label, result in zip(self.labels, self.results, strict=True) if name in result.corridors
            )
            for name in found["name"]
        ]
        return found

    def reliability(
        self,
        n: int = 10_000,
        seed: int | None = None,
        arrive_by: str | date | datetime | None = None,
    ) -> pd.DataFrame:
        """How sure the arrival is, from `n` seeded samples.

        Parameters
        ----------
        n : int
            Samples, at least 100.
        seed : int, optional
            Default: that of the question.
        arrive_by : date or datetime, optional
            A date means the end of that day, at the destination.

        Returns
        -------
        DataFrame
            One row a route: ``label, name, n, seed, days_mean, days_p10, days_p50, days_p80, days_p90, days_p95, cv``
            (standard deviation / mean), ``buffer_index`` ((p95 - mean) / mean), ``planning_time_index`` (p95 / time
            in motion at SWOD), ``tttr`` (p95 / p50), ``p_on_time`` if `arrive_by` is given, and ``rests_on``. A sample
            that meets a closure without end never arrives: then the mean and what follows from it are infinite.
        """
        draws = self._draws(n, seed)
        limit = None
        if arrive_by is not None:
            zone = self.facts.place[self.world.question.destination]["timezone"]
            last = as_day_or_moment(arrive_by, "arrive_by")
            departure(last, zone, "arrive_by")  # refuses a year that is none
            end = hour(departure(last, zone)) if isinstance(last, datetime) else midnight(last, True, ZoneInfo(zone))
            limit = end - hour(self.depart)
        rows = []
        for row, result in self.labelled():
            hours = result.hours(draws)
            days = quantiles(hours / 24, "days", QUANTILES)
            mean, motion = float(hours.mean()) / 24, sum(result.moving(e) for e in result.edges) / 24
            rows.append(
                row
                | {
                    "n": n,
                    "seed": self.seed if seed is None else seed,
                    "days_mean": mean,
                    **days,
                    "cv": float(hours.std()) / 24 / mean if np.isfinite(mean) else float("inf"),
                    "buffer_index": days["days_p95"] / mean - 1 if np.isfinite(mean) else float("inf"),
                    "planning_time_index": days["days_p95"] / motion if motion else float("inf"),
                    "tttr": days["days_p95"] / days["days_p50"],
                }
            )
            if limit is not None:
                rows[-1]["p_on_time"] = float((hours <= limit).mean())
            rows[-1]["rests_on"] = "; ".join(result.rests_on())
        return pd.DataFrame(rows)

    def arrival_curve(self, n: int = 10_000, seed: int | None = None) -> pd.DataFrame:
        """Days by which the cargo has arrived, for chances from half a per cent to 99.5 %.

        Parameters
        ----------
        n : int
            Samples, at least 100.
        seed : int, optional
            Default: that of the question.

        Returns
        -------
        DataFrame
            Columns ``label, name, p, days``: 199 rows a route. ``days`` is infinite where so large a share never
            arrives. `corridors.maps.charts.reliability` draws it.
        """
        draws = self._draws(n, seed)
        chances = np.arange(1, 200) / 200
        return pd.concat(
            [
                pd.DataFrame(
                    row | {"p": chances, "days": np.quantile(result.hours(draws), chances, method="inverted_cdf") / 24}
                )
                for row, result in self.labelled()
            ],
            ignore_index=True,
        )

    def _draws(self, n: int, seed: int | None) -> Draws:
        return self.facts.draws(as_whole(n, "n", 100), self.seed if seed is None else as_whole(seed, "seed", 0))

    def cpmm(self) -> pd.DataFrame:
        """CPMM's TFI1 to TFI4 of routes by mode and country, modelled beside published.

        Returns
        -------
        DataFrame
            Columns ``label, name, mode, country`` (``all``: the whole route), ``indicator, unit, modelled, published,
            year, source_id``. TFI1 and TFI2 count one side of a border, of a crossing half to each; TFI3 is haulage and
            fees per 500 km and 20 t; SWOD is km by hours in motion; SWD, which is TFI4, km by the hours on legs and at
            crossings; none of the three under 50 km. Published: the latest year that has the indicator, mean of the
            directions printed (Pakistan: outbound only). Modelled US$ are of 2024.
        """
        from corridors.analysis.indicators import cpmm

        return cpmm(self.facts, [(row, result) for row, result in self.labelled()])

    def last_departure(
        self,
        closes: str | date | None = None,
        element: str | None = None,
        p: float = 0.9,
    ) -> pd.DataFrame:
        """Latest day of departure (08:00 at the origin) that still passes before a closure.

        Parameters
        ----------
        closes : date, optional
            First day of an assumed closure of `element`; default: the closures that are known.
        element : str, optional
            Crossing, section or leg; default: each on the way.
        p : float
            Chance of being through in time, from the simulation; 0.9 is the p90 of the time to get there.

        Returns
        -------
        DataFrame
            One row a route: ``label, name, element_id, closes`` (first day), ``reason, last_departure, slack_days``
            (against the departure asked for; negative if that is too late), ``p, source_id, note``. The closure that
            gives the earliest day counts; only those longer than ``max_wait_hours`` do.

        Raises
        ------
        BadRequest
            If `element` is not known, `closes` comes without it, or `p` is no chance.
        """
        from corridors.analysis.indicators import last_departure

        self._some()
        return last_departure(self, closes, element, p)

    def price_of_avoiding(self, what: Sequence[str]) -> pd.DataFrame:
        """What it costs not to touch a country, place or element: best route with and without.

        Parameters
        ----------
        what : sequence of str
            ISO codes of countries, places or elements, each on its own.

        Returns
        -------
        DataFrame
            One row for each of `what`: ``avoid, best`` (name), ``best_without, extra_days, extra_usd``
            (expected; NaN if there is no other way) and ``note``.
        """
        from corridors.analysis.indicators import price_of_avoiding

        self._some()
        return price_of_avoiding(self, what)

    @property
    def rejected(self) -> pd.DataFrame:
        """What does not work on this date, one row a cause, the quickest way first.

        Columns: ``name`` (of the quickest way that the cause shuts), ``gates`` (all crossings and roads that it shuts,
        the nearest first), ``reason`` (dated), ``needs`` (what would have to open), ``days_if_open`` (what the way
        would take), ``corridors`` (named ones that it follows), ``blocked_by`` (element ids on that way), ``start,
        end`` (dates of the first closure, borders before roads; end empty if not known), ``last_confirmed,
        source_id``.
        """
        return self._rejected.copy()

    @cached_property
    def failed(self) -> list[Rejected]:
        """What fails, for `rejected`."""
        if self._whole:
            return self._whole.failed
        found: dict[object, Rejected] = {}
        offered = [result.path for result in self.results if not result.condition]
        for one in (*self.aside, *shut_gates(self.world, offered)):
            found.setdefault(one.path.edges if one.reason else frozenset(map(element_of, one.blocked)), one)
        return list(found.values())

    @cached_property
    def _rejected(self) -> pd.DataFrame:
        return rejected_table(self.facts, self.world, self.failed)

    def no_route(self) -> NoRoute:
        """The error for a question without an answer."""
        return no_route(
            self.facts,
            self.world,
            self.aside,
            (self.origin, self.destination),
            self.depart,
            self.as_of,
        )

    @property
    def left_out(self) -> pd.DataFrame:
        """Ways that were found and are not offered, with the rule that kept each out.

        Columns: ``name, days, usd, kgco2e, risk`` and ``reason``.
        """
        rows = []
        for one, reason in self._left_out:
            hours, usd, kgco2e, risk = one.result.figures
            row = {"name": one.result.name, "days": hours / 24, "usd": usd, "kgco2e": kgco2e, "risk": risk}
            rows.append({**row, "reason": reason})
        return pd.DataFrame(rows, columns=["name", "days", "usd", "kgco2e", "risk", "reason"])

    def why(self, what: str | Sequence[str]) -> pd.DataFrame:
        """What another way would take, and what kept it out of the answer.

        Parameters
        ----------
        what : str or sequence of str
            A crossing, strait, section or leg, a place, a country (ISO code) or a corridor of ``net.corridors``.

        Returns
        -------
        DataFrame
            A row for each, and for each crossing of a corridor: ``through``, ``name`` of the quickest way there,
            ``days, usd`` (if open), ``extra_days, extra_usd`` (against the first route), ``verdict`` in words, and
            ``source_id`` of what shuts it.

        Raises
        ------
        BadRequest, UnknownPlace
            If it is nothing that the network knows.
        """
        offered = list(zip(self.labels, self.results, strict=True))
        return why(Asked(self.facts, self.world, offered, self._left_out, self._kept_draws), what)

    def sources(self) -> pd.DataFrame:
        """The sources that these figures and rejections rest on.

        Returns
        -------
        DataFrame
            Rows of ``net.sources``.
        """
        frames = (self._legs, self._rejected)
        ids = {part for frame in frames for text in frame["source_id"] for part in text.split(";")}
        table = self.facts.tables["sources"]
        return table[table["source_id"].isin(ids)].reset_index(drop=True)

    def explore(self, m: folium.Map | None = None, **options: Any) -> folium.Map:
        """Interactive map: lines by mode and route, crossings, legend with the table, popups with the legs.

        Parameters
        ----------
        m, **options
            As in `corridors.maps.explore_routes`.

        Returns
        -------
        folium.Map
            ``save("x.html")`` on it writes one self-contained file.
        """
        from corridors.maps.interactive import explore_routes

        self._some()
        return explore_routes(self, m, **options)

    def plot(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Still map for print.

        Parameters
        ----------
        ax, **options
            As in `corridors.maps.stills.plot_routes`.

        Returns
        -------
        Axes
        """
        from corridors.maps.stills import plot_routes

        self._some()
        return plot_routes(self, ax, **options)

    def tcd(self, what: str = "both", **options: Any) -> Any:
        """Time- and cost-distance diagram, one column a route.

        Parameters
        ----------
        what, **options
            As in `corridors.maps.charts.tcd`.

        Returns
        -------
        numpy.ndarray of Axes
        """
        from corridors.maps.charts import tcd

        self._some()
        return tcd(self, what, **options)

    def report(self, path: str | Path) -> None:
        """Write map, tables, diagram, reasons and sources as one HTML file that prints to A4.

        Parameters
        ----------
        path : path
            Still map and diagram need matplotlib (extra ``charts``); without it the report has the tables alone.
        """
        from corridors.report.html import write

        self._some()
        write(self, path)

    def to_file(self, path: str | Path) -> None:
        """Write the legs with their geometry.

        Parameters
        ----------
        path : path
            ``.gpkg`` (with the tables ``routes, rejected, sources``), ``.parquet``, ``.kml`` or ``.geojson``.

        Raises
        ------
        BadRequest
            For another suffix.
        MissingExtra
            Without pyarrow for ``.parquet`` (extra ``sweep``).
        """
        from corridors.data.files import write_routes

        frames = {"legs": self.legs, "routes": self.full, "rejected": self.rejected, "sources": self.sources()}
        write_routes(frames, path)

    def to_excel(self, path: str | Path) -> None:
        """Write an Excel workbook: question, comparison, a sheet a route with live sums, what fails, sources.

        Text from the data is never taken for a formula.

        Parameters
        ----------
        path : path

        Raises
        ------
        MissingExtra
            Without XlsxWriter (extra ``office``).
        """
        from corridors.report.excel import write

        self._some()
        write(self, path)

    def to_word(self, path: str | Path) -> None:
        """Write a Word document, A4 across: question, answer, comparison, map, diagram, what fails, sources.

        Parameters
        ----------
        path : path

        Raises
        ------
        MissingExtra
            Without python-docx and, for the pictures, matplotlib (extra ``office``).
        """
        from corridors.report.word import write

        self._some()
        write(self, path)

    def great_table(self) -> GT:
        """The comparison table for print.

        Returns
        -------
        great_tables.GT

        Raises
        ------
        MissingExtra
            Without great-tables (extra ``charts``).
        """
        from corridors.report.print_table import great_table

        self._some()
        return great_table(self)

    def to_html(self, path: str | Path) -> None:
        """Write the comparison table, rejected corridors and sources as one plain HTML page.

        Parameters
        ----------
        path : path
        """
        write_text(
            path,
            f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(self.title)}</title>"
            f"<body>{self._repr_html_()}</body></html>",
        )

    def __repr__(self) -> str:
        return f"Routes {self.title}, leaving {self.depart:%Y-%m-%d}\n{plain(self.full)}"

    def _repr_html_(self) -> str:
        return routes_html(self)

"""Answers: a route, several of them, and the corridors that fail, as tables with sources."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

import pandas as pd

from corridors.arguments import as_whole, departure, shown
from corridors.data.schema import Row
from corridors.data.versions import installed
from corridors.errors import BadRequest, NoRoute
from corridors.model.access import Access
from corridors.model.costs import PRICE_YEAR
from corridors.model.simulation import Draws
from corridors.model.world import World
from corridors.routing import outputs, side_tables
from corridors.routing import reliability as reliability_
from corridors.routing.alternatives import LeftOut
from corridors.routing.blocked import Rejected, closed_crossings, told_once
from corridors.routing.explain import rejected_table
from corridors.routing.figures import letter, routes_html, sentence
from corridors.routing.names import names as names_of
from corridors.routing.no_route import no_route
from corridors.routing.patience import worth_waiting
from corridors.routing.request import Request
from corridors.routing.result import Choice, Result
from corridors.routing.route import Route
from corridors.routing.tables import TABLE, NarrowTable, bargain, by_tonne, every_column, notes, plain, truckloads
from corridors.routing.why import Asked, why

if TYPE_CHECKING:
    import geopandas as gpd

    from corridors.model.facts import Facts


class Routes(Sequence[Route]):
    """The alternatives for one question, best first.

    Attributes
    ----------
    facts : Facts
        Tables of the network, with their look-ups.
    request : Request
        The question.
    ask : callable
        The function that answered it, and answers any other request.
    origin, destination : str
        Names.
    depart : datetime
        With time zone.
    as_of : date
        Date whose knowledge was used.
    scenario : str or None
        Name of the scenario.
    cargo : str
        Its ``cargo_id``.
    seed : int
        Seed of the simulation behind the ranges.
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
        ask: Callable[[Facts, Request], Routes],
        not_offered: Sequence[LeftOut] = (),
    ) -> None:
        self.facts, self.world, self.request, self.aside, self.ask = facts, world, request, aside, ask
        self.not_offered, self._kept_draws = not_offered, draws
        self.ends = start, end
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
        """Versions on which these figures depend: data, this library, those it computes with, and time zones."""
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
            try:
                return Route(self, range(len(self))[operator.index(item)])
            except (IndexError, TypeError) as error:
                raise type(error)(f"routes[{shown(item)}]: there are {len(self)} routes, numbered from 0.") from None
        part = Routes.__new__(Routes)
        part.__dict__.update(self.__dict__, results=self.results[item], _whole=self._whole or self)
        part._numbers = self._numbers[item]
        for name in ("full", "every_leg", "failed", "_rejected"):
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
            Arguments of `Network.routes`; the same errors are raised.

        Returns
        -------
        Routes
        """
        return self.ask(self.facts, self.request.changed(changes))

    def refuse_nothing(self) -> None:
        """Refuse a slice without any route: there is nothing to draw or write.

        Raises
        ------
        BadRequest
            If there is no route in it.
        """
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

    def labelled(self) -> Iterator[tuple[Row, Result]]:
        """Label and name of each route as the beginning of a row, and its result.

        Yields
        ------
        tuple of dict and Result
        """
        for label, name, result in zip(self.labels, self.names, self.results, strict=True):
            yield {"label": label, "name": name}, result

    @property
    def table(self) -> pd.DataFrame:
        """One row per route, in the order of what the question minimises.

        Columns: ``label, name, countries, modes, km``; expected ``days`` (door to door, waits included), ``usd`` (one
        way, US$ of 2024) and ``kgco2e`` (well to wheel) of a journey that meets no new disruption, which are the sums
        of ``legs``; ``days_p10/p50/p90, usd_p10/p50/p90`` (the range of journeys); ``risk`` (chance that a closure of
        less than two years that holds for this cargo, carrier and direction shuts something on the way on a random day
        of the year of ``as_of`` so far and the three before it; NaN, printed as "not recorded", where there is none and
        not everything was researched), ``best_in`` (those of hours, usd, kgco2e and, if researched all the way, risk in
        which it is the best of the answer, money and CO2e per tonne), ``dominated_by`` (label of a route that is as
        good in all four and better in one) and ``flags``. Remarks that apply to all routes are in ``notes``; columns of
        ``details`` can also be read here by name.
        """
        return NarrowTable.of(self.full, TABLE)

    @property
    def details(self) -> pd.DataFrame:
        """Further columns for each route.

        Columns: ``label, name``, expected ``hours``; ``kgco2e_p10/p50/p90, crossings, gauge_breaks, km_road, km_rail,
        km_sea, km_air, longest_wait_hours``; expected ``usd_round_trip`` (with the empty return);
        ``p_saleable`` (chance that perishables last; NaN for other cargo), ``payload_t`` (tonnes that the law allows in
        one unit), expected ``usd_per_t``; ``sanctions`` (regimes that affect the route), ``corridors`` (named ones that
        it follows) and ``rests_on`` (apart from what is common to all routes).
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
        """Remarks on what the figures of all routes rest on."""
        whole = self if self._whole is None else self._whole
        return [*whole.patience, *side_tables.outside_record(self), *notes(whole)]

    @cached_property
    def patience(self) -> list[str]:
        """Routes with a longer wait than ``max_wait_hours`` that beat one offered, in words."""
        return worth_waiting(self)

    @property
    def legs(self) -> gpd.GeoDataFrame:
        """One row per leg, crossing, transfer, terminal (loading, unloading), wait, access and detention, in order.

        Columns: ``route, label, kind, element_id, name, mode, gauge_mm, country, from, to, from_place, to_place,
        km, start, end`` (UTC), ``hours, usd, kgco2e, cumulative_km, cumulative_hours, cumulative_usd,
        cumulative_hours_p10/p90, cumulative_usd_p10/p90, source_id, quality, usd_quality, km_quality, note, geometry``.
        Hours, US$ and kg are expected values, which add up to those of ``table``; ``quality`` is the weakest grade
        behind the hours, ``usd_quality`` that behind the US$.
        """
        return self.every_leg.copy()

    @cached_property
    def every_leg(self) -> gpd.GeoDataFrame:
        """`legs` itself, of which that is a copy."""
        import geopandas

        if not self.results and self._whole:
            return self._whole.every_leg.iloc[:0]
        rows = [
            {"route": i, "label": self.labels[i], **row} for i, result in enumerate(self.results) for row in result.rows
        ]
        frame = geopandas.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326")
        for what in ("km", "hours", "usd"):
            frame[f"cumulative_{what}"] = frame.groupby("route")[what].cumsum()
        return frame

    @property
    def costs(self) -> pd.DataFrame:
        """Where the money goes: one row per route and line.

        Columns: ``label, name, line, usd`` (expected, US$ of 2024), ``usd_p10, usd_p50, usd_p90, one_way, source_id,
        rate_years`` (in whose prices the rates stand; those before 2024 are raised by US consumer prices), ``oldest``
        (date of the oldest figure behind them) and ``quality`` (the weakest grade). Lines: haulage
        (trucks and trains, with the charge for a departure), sea freight (also ferries), air freight, surcharges
        (refrigerated, dangerous, heavy), border fees, unofficial payments, guarantee, truck standing (in the queue of
        a border), entry fee (by flag), transit permit, fuel difference, drayage, documents, transshipment, port
        handling, detention, demurrage. Not in the sum (``one_way`` false) are the empty return, which only a round trip
        pays, the war surcharge of shipping lines for the Strait of Hormuz while ships are held up there, and insurance,
        which the owner of the goods pays.
        """
        return side_tables.costs(self)

    def costs_in(self, currency: str = "USD", year: int = PRICE_YEAR) -> pd.DataFrame:
        """Where the money goes, in a currency and in the prices of a year.

        Sea freight follows a freight index, everything else US consumer prices (rows ``price_index`` and ``us_cpi`` of
        ``net.rates``); the result is converted at the mean exchange rate of that year (``exchange_rate``).

        Parameters
        ----------
        currency : str
            ISO 4217, such as ``"PKR"``.
        year : int

        Returns
        -------
        DataFrame
            As `costs`, with ``currency, year`` and ``amount, amount_p10, amount_p50, amount_p90`` instead of ``usd``.

        Raises
        ------
        BadRequest
            If there is no index or exchange rate for that currency and year.
        """
        return side_tables.costs_in(self, currency, as_whole(year, "year", 1))

    @property
    def indices(self) -> pd.DataFrame:
        """Published indices of the countries passed: a second view of risk, which enters no other figure.

        Columns: ``label, name, country, km, gpi`` (Global Peace Index, 1 calm to 5), ``lpi`` (Logistics Performance
        Index, 1 to 5 good), ``source_id, quality``. NaN where none is known.
        """
        return side_tables.indices(self)

    @property
    def corridors(self) -> pd.DataFrame:
        """Every named corridor on the date of departure: open, closed or planned, and what would have to open.

        Columns as in `Network.corridor_status`, and ``routes``: labels of the routes that follow at least half of it.
        """
        return side_tables.corridors(self)

    reliability = reliability_.reliability
    arrival_curve = reliability_.arrival_curve

    def cpmm(self) -> pd.DataFrame:
        """CPMM's TFI1 to TFI4 of routes by mode and country, modelled beside published.

        Returns
        -------
        DataFrame
            Columns ``label, name, mode, country`` (``all``: the whole route), ``indicator, unit, modelled, published,
            year, source_id``. TFI1 and TFI2 are for one side of a border, half of a crossing for each; TFI3 is haulage
            and fees per 500 km and 20 t; SWOD is km per hour in motion; SWD, which is TFI4, km per hour on legs and at
            crossings; the last three are not given for less than 50 km. The published figure is that of the latest year
            with the indicator, the mean of both directions (Pakistan: outbound only). Modelled US$ are of 2024.
        """
        from corridors.analysis.indicators import cpmm

        return cpmm(self.facts, [(row, result) for row, result in self.labelled()])

    def last_departure(
        self,
        closes: str | date | None = None,
        element: str | None = None,
        p: float = 0.9,
        executor: Executor | None = None,
        progress: bool = True,
    ) -> pd.DataFrame:
        """Latest date of departure (08:00 at the origin) with which cargo still passes before a closure.

        Parameters
        ----------
        closes : date, optional
            First date of an assumed closure of `element`; default: the known closures.
        element : str, optional
            Crossing, section or leg; default: each one on the route.
        p : float
            Required chance of getting through in time, from the simulation; 0.9 means the p90 of the time to get there.
        executor, progress
            See `corridors.sweep`.

        Returns
        -------
        DataFrame
            One row per route: ``label, name, element_id, closes`` (first day), ``reason, last_departure, slack_days``
            (compared with the departure of the question; negative if that is too late), ``p, source_id, note``. Only
            closures longer than ``max_wait_hours`` count, and of these the one with the earliest last departure.

        Raises
        ------
        BadRequest
            If `element` is not known, `closes` comes without it, or `p` is not a probability.
        """
        from corridors.analysis.indicators import last_departure

        self.refuse_nothing()
        return last_departure(self, closes, element, p, executor, progress)

    def price_of_avoiding(
        self, what: Sequence[str], executor: Executor | None = None, progress: bool = True
    ) -> pd.DataFrame:
        """What it costs to avoid a country, place or element: the best route with and without it.

        Parameters
        ----------
        what : sequence of str
            ISO codes of countries, places or elements; each is avoided separately.
        executor, progress
            See `corridors.sweep`.

        Returns
        -------
        DataFrame
            One row for each of `what`: ``avoid, best`` (name), ``best_without, extra_days, extra_usd``
            (expected; NaN if there is no other route) and ``note``.
        """
        from corridors.analysis.indicators import price_of_avoiding

        self.refuse_nothing()
        return price_of_avoiding(self, what, executor, progress)

    @property
    def rejected(self) -> pd.DataFrame:
        """What does not work on this date, one row per cause, the quickest route first; last what is long shut.

        Columns: ``name`` (of the fastest route that the cause closes), ``gates`` (all crossings and roads that it
        closes, the nearest first; more than two sea legs are only counted), ``reason`` (dated), ``needs`` (what would
        have to open, or which ``max_wait_hours`` would do), ``days_if_open`` (of that route), ``corridors`` (named ones
        that it follows), ``blocked_by`` (element ids on that route), ``start, end`` (dates of the first closure,
        borders before roads; end empty if not known), ``last_confirmed, source_id``.
        """
        return self._rejected.copy()

    @cached_property
    def failed(self) -> list[Rejected]:
        """What fails, for `rejected`."""
        if self._whole:
            return self._whole.failed
        offered = [result.path for result in self.results if not result.condition]
        found = (*self.aside, *closed_crossings(self.world, offered))
        return told_once(self.world, found, offered, by_cause=self.request.method == "corridors")

    @cached_property
    def _rejected(self) -> pd.DataFrame:
        whole = self._whole or self
        offered = {name: result.edges for name, result in zip(whole.names, whole.results, strict=True)}
        return rejected_table(self.facts, self.world, self.failed, self.ends, offered)

    def no_route(self) -> NoRoute:
        """The error for a question without an answer.

        Returns
        -------
        NoRoute
        """
        return no_route(self)

    @property
    def left_out(self) -> pd.DataFrame:
        """Routes that were found but are not offered, with the rule that kept each of them out.

        Columns: ``name, days, usd, kgco2e, risk`` and ``reason``.
        """
        offered = [result.edges for result in self.results]
        every = [*offered, *(one.result.edges for one, _ in self.not_offered)]
        named = names_of(self.facts, every, self.names)
        whole = self._whole or self
        labels = {result.path.edges: label for label, result in zip(whole.labels, whole.results, strict=True)}
        rows = []
        for name, (one, reason) in zip(named[len(offered) :], self.not_offered, strict=True):
            hours, usd, kgco2e, _ = one.result.figures
            rows.append([name, hours / 24, usd, kgco2e, one.result.risk, reason.said(labels, self.request.k)])
        return pd.DataFrame(rows, columns=["name", "days", "usd", "kgco2e", "risk", "reason"])

    def why(self, what: str | Sequence[str]) -> pd.DataFrame:
        """What another route would take, and what kept it out of the answer.

        Parameters
        ----------
        what : str or sequence of str
            A crossing, strait, section or leg, a place, a country (ISO code) or a corridor of ``net.corridors``.

        Returns
        -------
        DataFrame
            One row for each name, and for each crossing of a corridor: ``through``, ``name`` of the fastest route that
            uses it, ``days, usd`` (if open), ``extra_days, extra_usd`` (compared with the first route), ``verdict`` (in
            words) and ``source_id`` of what closes it.

        Raises
        ------
        BadRequest, UnknownPlace
            If the network does not know the name.
        """
        offered = list(zip(self.labels, self.names, self.results, strict=True))
        asked = Asked(self.facts, self.world, self.request.k, offered, self.not_offered, self.ends, self._kept_draws)
        return why(asked, what)

    def sources(self) -> pd.DataFrame:
        """The sources that these figures and rejections rest on.

        Returns
        -------
        DataFrame
            Rows of ``net.sources``.
        """
        frames = (self.every_leg, self._rejected)
        ids = {part for frame in frames for text in frame["source_id"] for part in text.split(";")}
        table = self.facts.tables["sources"]
        return table[table["source_id"].isin(ids)].reset_index(drop=True)

    explore = outputs.explore
    explorer = outputs.explorer
    plot = outputs.plot
    tcd = outputs.tcd
    tornado = outputs.tornado
    switching = outputs.switching
    swings = outputs.swings
    report = outputs.report
    to_file = outputs.to_file
    to_excel = outputs.to_excel
    to_word = outputs.to_word
    great_table = outputs.great_table
    to_html = outputs.to_html

    def __repr__(self) -> str:
        said = [by_tonne(self), bargain(self), *dict.fromkeys(map(truckloads, self.results))]
        said += (self._whole or self).patience
        more = "".join(f"\n  {sentence(words)}" for words in said if words)
        return f"Routes {self.title}, leaving {self.depart:%Y-%m-%d}\n{plain(self.full)}{more}"

    def _repr_html_(self) -> str:
        return routes_html(self)

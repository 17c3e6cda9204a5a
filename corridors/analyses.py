"""Analyses of a network that ask many questions at once: thin calls, each worked out in the module it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, cast

import pandas as pd

from corridors.model.calendars import Regime
from corridors.model.cargo import Cargo
from corridors.model.facts import Lookups
from corridors.model.scenario import Scenario

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import geopandas as gpd

    from corridors.analysis.assignment import Flows
    from corridors.analysis.availability import Availability
    from corridors.analysis.pareto import Pareto
    from corridors.analysis.reach import Reach
    from corridors.analysis.redundancy import Bottleneck
    from corridors.network import Network

Place = str | tuple[float, float]
Over = Literal["crossings", "legs", "straits", "sections", "borders", "countries"]


class Analyses(Lookups):
    """The part of `Network` that compares, weighs and tests; see there for the arguments they share with ``routes``."""

    @property
    def _network(self) -> Network:
        return cast("Network", self)

    def pareto(
        self,
        origin: str | tuple[float, float],
        destination: str | tuple[float, float],
        *,
        depart: str | date | datetime,
        by: Sequence[str] = ("hours", "usd", "kgco2e"),
        epsilon: float = 0.02,
        as_of: str | date | None = None,
        via: Sequence[str] | None = None,
        avoid: Sequence[str] | None = None,
        modes: Sequence[str] | None = None,
        cargo: str | Cargo = "container40",
        carrier: str | None = None,
        scenario: Scenario | None = None,
        max_wait_hours: float = 168.0,
        unknown: Literal["persist", "lapse"] = "persist",
        regime: Regime = "operated",
        seed: int = 1,
    ) -> Pareto:
        """All routes that no other beats in every criterion, exact in the presence of closures.

        Takes up to a second for three criteria and some seconds for more; a tenth of that after
        `corridors.compile_searches`, which is called once on a machine.

        Parameters
        ----------
        origin, destination, depart
            As in `routes`.
        by : sequence of {"hours", "km", "usd", "kgco2e", "risk"}
            Two criteria or more.
        epsilon : float
            A route is not shown where another is at most this share worse in every criterion; the front has them all.
        as_of, via, avoid, modes, cargo, carrier, scenario
            As in `routes`.
        max_wait_hours : float
            An element that would be waited for longer is not passed. A way that is later and dearer than another at
            some place is no trade-off, even if only the other must wait too long further on.
        unknown, regime, seed
            As in `routes`, but for ``unknown="both"``.

        Returns
        -------
        Pareto
            With ``front`` (all of them), ``routes`` (those shown) and ``complete``: false if there were too many.
        """
        from corridors.analysis.pareto import find_pareto
        from corridors.routing.request import full_request

        ask = {
            "as_of": as_of,
            "k": 1,
            "via": via,
            "avoid": avoid,
            "modes": modes,
            "cargo": cargo,
            "carrier": carrier,
            "scenario": scenario,
            "max_wait_hours": max_wait_hours,
            "unknown": unknown,
            "regime": regime,
            "seed": seed,
        }
        return find_pareto(self._network, full_request(self._network, origin, destination, depart, ask), by, epsilon)

    def assign(
        self,
        demand: pd.DataFrame,
        *,
        depart: str | date | datetime,
        k: int = 4,
        mu: float = 0.02,
        beta: float = 1.0,
        value_range: tuple[float, float] = (0.7, 1.3),
        spill: bool = False,
        **ask: Any,
    ) -> Flows:
        """What a year's trade means on the routes and at the crossings: shares by path-size logit, units a day.

        Parameters
        ----------
        demand : DataFrame
            Columns ``origin, destination``, one of ``tonnes_year``, ``units_year`` and ``usd_year`` (turned into units
            by the value of the cargo), and ``cargo`` (preset or `Cargo`; default ``container40``).
        depart : date
            Day on whose routes the year is put.
        k : int
            Alternatives by demand.
        mu : float
            How sharply cost decides, by US$ of generalised cost a tonne: 0 shares by path size alone, large takes the
            cheapest. The default is an assumption: two routes US$ 35 a tonne apart share 2 to 1. Vary it.
        beta : float
            Weight of the path size, which keeps routes that share legs from counting twice; 1 is usual.
        value_range : (float, float)
            Lowest and highest value of a load as multiples of the preset's, behind ``units_day_low`` and
            ``units_day_high`` where demand is in US$. The default is an assumption.
        spill : bool
            Let no crossing take more than its published capacity: what is too much there chooses again among the
            other routes, and what none can take is left over. Traffic other than `demand` is not known and not counted;
            crossings without a published capacity take everything.
        **ask
            Other arguments of `routes`.

        Returns
        -------
        Flows
            ``routes`` (shares) and ``crossings`` (units a day beside the published capacity); ``change_from`` sets it
            beside another. Without `spill`, use above 1 says that the crossing cannot take it.
        """
        from corridors.analysis.assignment import assign

        return assign(self._network, demand, {**ask, "depart": depart, "k": k}, mu, beta, value_range, spill)

    def compare(
        self,
        pairs: Sequence[tuple[Place, Place]],
        scenarios: Sequence[Scenario | None],
        *,
        depart: str | date | datetime,
        executor: Executor | None = None,
        progress: bool = True,
        **ask: Any,
    ) -> pd.DataFrame:
        """The best route of each pair in the world as it is and in each scenario, under the same luck.

        Parameters
        ----------
        pairs : sequence of (origin, destination)
        scenarios : sequence of Scenario
        depart : date or datetime
        executor : concurrent.futures.Executor, optional
            See `corridors.sweep`.
        progress : bool
            Show a bar when it takes longer than a second; see `corridors.sweep`.
        **ask
            Other arguments of `routes`, but ``k`` and ``scenario``; ``as_of`` and ``seed`` are the same for all.

        Returns
        -------
        DataFrame
            One row a pair and scenario, ``baseline`` first: ``origin, destination, scenario, route`` (name), ``km,
            days_p10/p50/p90, usd_p10/p50/p90, kgco2e, delta_days, delta_usd`` (medians less those of the baseline),
            ``crossings, rests_on`` and ``note``: why there is no route; the figures are NaN then.
        """
        from corridors.analysis.comparison import compare

        return compare(self._network, pairs, scenarios, depart=depart, executor=executor, progress=progress, **ask)

    def regret(
        self,
        pairs: Sequence[tuple[Place, Place]],
        scenarios: Sequence[Scenario | None],
        *,
        depart: str | date | datetime,
        by: Literal["hours", "usd"] = "hours",
        k: int = 3,
        **ask: Any,
    ) -> pd.DataFrame:
        """What it costs to have chosen a route before it is known which scenario comes true.

        The `k` best routes of the world as it is are kept to in every scenario, leg by leg: they wait where they must.

        Parameters
        ----------
        pairs, scenarios, depart
            As in `compare`.
        by : {"hours", "usd"}
            What is regretted: days or US$ (medians).
        k : int
            How many choices a pair has.
        **ask
            Other arguments of `routes`, but ``scenario``.

        Returns
        -------
        DataFrame
            One row a choice and scenario, ``baseline`` first: ``origin, destination, route, scenario, days, best`` (the
            best way in that scenario), ``best_days, regret_days`` (what the choice takes more), ``worst_regret_days``
            (over all scenarios in which anything passes) and ``note``; with ``by="usd"``, ``usd`` in place of ``days``.
            NaN where the choice is shut, and in ``worst_regret_days`` where it is shut and another way is not.
        """
        from corridors.analysis.comparison import regret

        return regret(self._network, pairs, scenarios, depart=depart, by=by, k=k, **ask)

    def matrix(
        self,
        origins: Sequence[Place],
        destinations: Sequence[Place],
        *,
        depart: str | date | datetime,
        by: Literal["hours", "km", "usd", "kgco2e", "risk"] = "hours",
        scenario: Scenario | None = None,
        executor: Executor | None = None,
        progress: bool = True,
        **ask: Any,
    ) -> pd.DataFrame:
        """The best of every origin and destination, one search each (about 0.1 s).

        Parameters
        ----------
        origins, destinations : sequence of places
        depart : date or datetime
        by : {"hours", "km", "usd", "kgco2e", "risk"}
            What is minimised and shown: most likely hours, km, median US$, kg CO2e, risk.
        scenario : Scenario, optional
        executor : concurrent.futures.Executor, optional
            See `corridors.sweep`.
        progress : bool
            Show a bar when it takes longer than a second; see `corridors.sweep`.
        **ask
            Other arguments of `routes`, but ``k``.

        Returns
        -------
        DataFrame
            Origins by destinations, as asked; NaN where there is no route, or nothing to route.
        """
        from corridors.analysis.comparison import matrix

        return matrix(
            self._network,
            origins,
            destinations,
            depart=depart,
            by=by,
            scenario=scenario,
            executor=executor,
            progress=progress,
            **ask,
        )

    def catchment(
        self,
        ports: Sequence[str],
        *,
        depart: str | date | datetime,
        by: Literal["usd", "hours"] = "usd",
        origins: Sequence[str] | None = None,
        margin: float | None = 0.1,
        scenario: Scenario | None = None,
        executor: Executor | None = None,
        progress: bool = True,
        **ask: Any,
    ) -> gpd.GeoDataFrame:
        """Which port each city reaches best, and where that is contested; by US$ about 0.2 s a city and port.

        Parameters
        ----------
        ports : sequence of places
            Any places to compete for the cargo.
        depart : date or datetime
        by : {"usd", "hours"}
        origins : sequence of places, optional
            Default: all cities of the network, several hundred.
        margin : float, optional
            Contested is where the second port takes less than this share more than the first; ``None``: where its
            p10 is not above the p90 of the first.
        scenario : Scenario, optional
        executor : concurrent.futures.Executor, optional
            See `corridors.sweep`.
        progress : bool
            Show a bar when it takes longer than a second; see `corridors.sweep`.
        **ask
            Other arguments of `routes`, but ``k``.

        Returns
        -------
        GeoDataFrame
            One point a city: ``place_id, name, country, port, usd_p10, usd_p50, usd_p90, second_port, second_usd_p50,
            margin`` (second / first - 1), ``contested`` and ``note`` (why no port is reached); with ``by="hours"``,
            ``days`` in place of ``usd``.
        """
        from corridors.analysis.comparison import catchment

        return catchment(
            self._network,
            ports,
            depart=depart,
            by=by,
            origins=origins,
            margin=margin,
            scenario=scenario,
            executor=executor,
            progress=progress,
            **ask,
        )

    def reach(
        self,
        origin: Place,
        *,
        depart: str | date | datetime,
        by: Literal["hours", "usd"] = "hours",
        bands: Sequence[float] | None = None,
        scenario: Scenario | None = None,
        **ask: Any,
    ) -> Reach:
        """How far cargo gets from a place within so many hours or US$: isochrones, isocosts. Takes 0.1 s.

        One exact search to all places, with every closure judged at the hour of arrival; an element at which cargo
        would wait longer than ``max_wait_hours`` is not passed.

        Parameters
        ----------
        origin : place
        depart : date or datetime
        by : {"hours", "usd"}
            Most likely hours, or US$ of one unit without detention, whatever load the law lets it carry.
        bands : sequence of float
            Limits in hours or US$; default: 3, 7 and 14 days, or US$ 1,000, 2,500 and 5,000.
        scenario : Scenario, optional
        **ask
            Other arguments of `routes`, but ``k`` and ``via``; those that tell alternatives apart change nothing.

        Returns
        -------
        Reach
            ``places`` (values and bands), ``areas`` (polygons by band, an estimate for drawing), ``explore()`` and
            ``plot()``.
        """
        from corridors.analysis.reach import reach

        return reach(self._network, origin, depart=depart, by=by, bands=bands, scenario=scenario, **ask)

    def screen(
        self,
        pairs: Sequence[tuple[Place, Place]],
        scenarios: Sequence[Scenario | None],
        *,
        year: int = 2026,
        months: Sequence[int] = tuple(range(1, 13)),
        day: int = 15,
        **ask: Any,
    ) -> pd.DataFrame:
        """Least hours of every pair in every scenario and month: tens of thousands of questions a second.

        A first look, to find out which of many closures matter: cargo meets the whole network as it stands at noon
        (UTC) of one day, and nothing varies. Ask `routes` or `corridors.sweep` about those that do.

        Parameters
        ----------
        pairs : sequence of (origin, destination)
            Places, no points.
        scenarios : sequence of Scenario or None
            ``None`` is the world as it is. They may close, reopen, delay and build, not scale. Each crossing in turn:
            ``[cr.Scenario(i).close(i) for i in net.crossings["element_id"].unique()]``.
        year, months, day : int, sequence of int, int
            The days that stand for the months.
        **ask
            ``as_of, cargo, carrier, modes, avoid, regime, max_wait_hours`` of `routes`.

        Returns
        -------
        DataFrame
            One row a pair, scenario and month: ``origin, destination, scenario, month, hours`` (with waits up to
            ``max_wait_hours`` at what is shut), ``km, usd, kgco2e`` (most likely, of that way, without detention) and
            ``cut_off``; the figures are NaN then.

        Raises
        ------
        BadRequest
        MissingExtra
            Without scipy (``pip install 'corridors[fast]'``, which brings numba too; without that it takes a hundred
            times as long).
        """
        from corridors.analysis.screening import screen

        return screen(self._network, pairs, scenarios, year=year, months=months, day=day, **ask)

    def availability(
        self,
        origin: Place,
        destination: Place,
        *,
        year: int = 2026,
        days: Sequence[int] = (1, 11, 21),
        most: int = 8,
        k: int = 4,
        scenario: Scenario | None = None,
        progress: bool = True,
        **ask: Any,
    ) -> Availability:
        """The year of a pair: months by corridors, days of the journey or what shuts it. Takes some ten seconds.

        Corridors are told apart by the border crossings that they use, in their order (crossings of the same two
        countries within 60 km count as one). Each departure is asked for on its own, with `k` alternatives; those
        found on any day, and those rejected once a month, are then followed through all days.

        Parameters
        ----------
        origin, destination : places
        year : int
        days : sequence of int
            Days of each month on which cargo leaves, 1 to 28.
        most : int
            At most so many corridors: those open most often, then the fastest; a third of them may be shut all year.
        k : int
            Alternatives a departure.
        scenario : Scenario, optional
        progress : bool
            Show a bar when it takes longer than a second; see `corridors.sweep`.
        **ask
            Other arguments of `routes`.

        Returns
        -------
        Availability
            With ``.table``, ``.pivot`` (months by corridors) and ``.plot()``, the heat map.

        Raises
        ------
        NoRoute
            If no departure of the year gets through.
        """
        from corridors.analysis.availability import availability

        return availability(
            self._network,
            origin,
            destination,
            year=year,
            days=days,
            most=most,
            k=k,
            scenario=scenario,
            progress=progress,
            **ask,
        )

    def criticality(
        self,
        pairs: Sequence[tuple[Place, Place]],
        *,
        depart: str | date | datetime,
        over: Over = "crossings",
        k: int = 1,
        flows: Sequence[float] | None = None,
        by_pair: bool = False,
        progress: bool = True,
        **ask: Any,
    ) -> pd.DataFrame:
        """What hurts most when it closes: every element that matters, or every set of up to `k`, worst first.

        Elements off the best way cannot matter and are not asked about; sets are searched by branching on the best way
        that is left, which finds the worst set as a full scan would. About 0.1 s an element on the way for one pair;
        each further member of a set takes as many times longer as elements lie on a way.

        Parameters
        ----------
        pairs : sequence of (origin, destination)
        depart : date or datetime
        over : {"crossings", "legs", "straits", "sections", "borders", "countries"}
            What closes: a border is all crossings of two countries, a country all of it; those in which a pair begins
            or ends stay open to it.
        k : int
            Most elements that close together, 1 to 3.
        flows : sequence of float, optional
            Weight of each pair, for example lorries a day; default: 1 each.
        by_pair : bool
            One row an element and pair instead of the sums.
        progress : bool
            Show a bar when it takes longer than a second; see `corridors.sweep`.
        **ask
            Other arguments of `routes`.

        Returns
        -------
        DataFrame
            ``element`` (ids, joined by ``;``), ``name, size`` (of the set), ``pairs`` (those affected),
            ``pairs_affected, pairs_cut_off, flow_cut_off, extra_hours`` (most likely) and ``extra_usd`` (medians), both
            times flow, of the pairs that still have a way (NaN if none has), ``cut_off`` and ``note``; a set that
            takes no longer than a smaller one is left out. With
            `by_pair`: ``origin, destination, flow, detour`` (name of the way round) in place of the sums, and losses
            not multiplied. A pair without any route to begin with is a row without element, at the end.
        """
        from corridors.analysis.criticality import criticality

        return criticality(
            self._network, pairs, depart=depart, over=over, k=k, flows=flows, by_pair=by_pair, progress=progress, **ask
        )

    def cut_sets(
        self,
        origin: Place,
        destination: Place,
        *,
        depart: str | date | datetime,
        over: Over = "crossings",
        most: int = 3,
        progress: bool = True,
        **ask: Any,
    ) -> pd.DataFrame:
        """What would have to close together to cut a pair off: all minimal sets of at most `most` elements.

        Parameters
        ----------
        origin, destination : places
        depart : date or datetime
            What is shut already on the way that day stays shut.
        over : {"crossings", "legs", "straits", "sections", "borders", "countries"}
            See `criticality`.
        most : int
            1 to 3.
        progress : bool
            Show a bar when it takes longer than a second; see `corridors.sweep`.
        **ask
            Other arguments of `routes`.

        Returns
        -------
        DataFrame
            ``elements`` (ids, joined by ``;``), ``size, name`` and ``words``; empty if no set so small cuts.

        Raises
        ------
        NoRoute
            If the pair is cut off already.
        """
        from corridors.analysis.criticality import cut_sets

        return cut_sets(
            self._network, origin, destination, depart=depart, over=over, most=most, progress=progress, **ask
        )

    def redundancy(
        self,
        origin: str,
        destination: str,
        *,
        year: int = 2026,
        day: int = 15,
        scenario: Scenario | None = None,
        progress: bool = True,
        **ask: Any,
    ) -> pd.DataFrame:
        """How many independent ways there are between two places, month by month.

        Counted by maximum flow on what operates and is open that day, or opens within ``max_wait_hours``, however long
        the way. Two ways are leg-disjoint where they share no leg, in whichever direction, and no border crossing or
        strait; crossing-disjoint where they share no border crossing, strait, sailing, nor port to load
        or to land at (but the ends). They are country-disjoint where they share no country but those of the ends, a sea
        counting as a country; parts of a country that its own open network does not join count apart, and a common
        border of the two countries counts once.

        Parameters
        ----------
        origin, destination : str
            Places in two countries.
        year, day : int
            The day of each month that is looked at, 1 to 28.
        scenario : Scenario, optional
        progress : bool
            Show a bar when it takes longer than a second; see `corridors.sweep`.
        **ask
            Other arguments of `routes`, but ``via``; those that rank routes change nothing.

        Returns
        -------
        DataFrame
            One row a month: ``month, day, leg_disjoint, weakest_legs`` (legs and crossings: a smallest set that all
            ways must share), ``crossing_disjoint, weakest_crossings, country_disjoint, weakest_countries``.
        """
        from corridors.analysis.redundancy import redundancy

        return redundancy(
            self._network, origin, destination, year=year, day=day, scenario=scenario, progress=progress, **ask
        )

    def bottleneck(
        self,
        origin: str,
        destination: str,
        *,
        depart: str | date | datetime,
        capacity: Mapping[str, float] | None = None,
        scenario: Scenario | None = None,
        **ask: Any,
    ) -> Bottleneck:
        """How many units a day the border crossings between two places let through, and which of them limit it.

        Maximum flow on what operates and is open that day, or opens within ``max_wait_hours``, by the published
        capacity of crossings (``capacity_day`` of ``net.crossings``; that of all traffic there, in lorries a day by
        road). Few are published, so the answer is two bounds. Roads, railways, ports and transfers limit nothing.

        Parameters
        ----------
        origin, destination : str
            Places in two countries.
        depart : date or datetime
        capacity : mapping of str to float, optional
            Units a day, in each direction, of crossings (id, name or alias) for which you know it; goes before what is
            published.
        scenario : Scenario, optional
        **ask
            Other arguments of `routes`, but ``via``; those that rank routes change nothing.

        Returns
        -------
        Bottleneck
            ``units_day_low, units_day_high``, ``table`` (the smallest cuts behind them, and whose capacity would have
            to be known) and ``words``.
        """
        from corridors.analysis.redundancy import bottleneck

        return bottleneck(
            self._network, origin, destination, depart=depart, capacity=capacity, scenario=scenario, **ask
        )

    def break_even(
        self,
        origin: Place,
        destination: Place,
        element: str,
        *,
        depart: str | date | datetime,
        usd_day: float | None = None,
        free_days: float | None = None,
        scenario: Scenario | None = None,
        **ask: Any,
    ) -> pd.DataFrame:
        """Wait or reroute: how long an element must stay shut for the way round to be the better choice.

        Parameters
        ----------
        origin, destination : places
        element : str
            Crossing, strait, section or leg (id, name or alias); whether it is open now does not matter.
        depart : date or datetime
        usd_day : float, optional
            What a day of waiting costs; default: the line's detention, ``detention_usd_day`` of ``net.rates``.
        free_days : float, optional
            Days of waiting that cost nothing, from arrival there on; default: ``detention_free_days``.
        scenario : Scenario, optional
        **ask
            Other arguments of `routes`.

        Returns
        -------
        DataFrame
            A row for time, for money and for both (``by``: hours, usd, generalised): ``wait_at, wait`` and ``reroute``
            (names of the routes), ``break_even_days_p10/p50/p90`` (days shut after the cargo arrives; 0 where the way
            round is better anyway; NaN if there is none) and ``words``.

        Raises
        ------
        BadRequest
            If none of the six best routes uses the element even when it is open.
        """
        from corridors.analysis.criticality import break_even

        return break_even(
            self._network,
            origin,
            destination,
            element,
            depart=depart,
            usd_day=usd_day,
            free_days=free_days,
            scenario=scenario,
            **ask,
        )

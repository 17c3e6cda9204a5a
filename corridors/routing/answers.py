"""From a request to its answer, and all that a demand may choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from corridors.engine.collector import at_rest
from corridors.model.calendars import Regime
from corridors.model.cargo import Cargo
from corridors.model.facts import Facts
from corridors.model.scenario import Scenario
from corridors.routing.no_route import no_route
from corridors.routing.request import By, Day, Method, Place, Request, resolve
from corridors.routing.result import Result
from corridors.routing.routes import Routes
from corridors.routing.search import Search


def routes(
    facts: Facts,
    /,
    origin: Place,
    destination: Place,
    *,
    depart: Day,
    as_of: Day | None = Request.as_of,
    k: int = Request.k,
    by: By = Request.by,
    method: Method = Request.method,
    via: Sequence[str] | None = Request.via,
    avoid: Sequence[str] | None = Request.avoid,
    modes: Sequence[str] | None = Request.modes,
    cargo: str | Cargo = Request.cargo,
    carrier: str | None = Request.carrier,
    value_of_time: float | None = Request.value_of_time,
    scenario: Scenario | None = Request.scenario,
    max_wait_hours: float = Request.max_wait_hours,
    max_overlap: float = Request.max_overlap,
    max_stretch: float = Request.max_stretch,
    unknown: Literal["persist", "lapse", "both"] = Request.unknown,
    regime: Regime = Request.regime,
    seed: int = Request.seed,
) -> Routes:
    """Alternatives that really differ, best first, with every closure judged at the hour of arrival there.

    Parameters
    ----------
    origin, destination : str or (lon, lat)
        Place by id, name or alias. A point is reached by an access leg, shown in the answer, from the nearest place in
        its country.
    depart : date or datetime
        When loading begins; a date means 08:00 local time at the origin.
    as_of : date, optional
        Only what was known of events by this date is used; default ``data_date``.
    k : int
        Largest number of alternatives.
    by : {"hours", "km", "usd", "kgco2e", "risk", "generalised"}
        What to minimise. ``"generalised"`` is US$ plus the value of time. US$, kg and generalised cost are
        compared per tonne where roads limit the load. Of routes by sea with a box of the line, the search for the
        least US$ is exact to a quarter of the day's price of hire.
    method : {"corridors", "yen", "disjoint"}
        What counts as another route. ``"corridors"``: one over different borders, by the rule of `max_overlap`.
        ``"yen"``: the `k` best routes that pass no place twice in one mode (between two stops of `via`), however little
        they differ (Yen 1971). ``"disjoint"``: the best route, then the best that shares no leg and no crossing with
        it, and so on; since they are chosen one after another, a different set may be larger or better (`redundancy`
        counts how many there can be). With these two methods, an element at which one of the routes found had to wait
        too long is avoided by all later ones, and `max_stretch` applies to the objective alone.
    via, avoid : sequence of str
        Places to pass, in this order; countries (ISO codes), places or elements to avoid. A border post is gone through
        by its crossing: either of its sides may be named, or a post by road and by rail at once. A town is driven
        through where that takes about the same as going there and back; else ``flags`` says so.
    modes : sequence of str, optional
        Some of road, rail, ferry, sea, air; default: the modes of the cargo. Without them, the load of a wagon goes by
        rail and train ferry where both ends have a railway, and routes with trucks come after those.
    cargo : str or Cargo
        A preset of ``net.cargo`` or a load of your own. Routes on which perishables last in at least nine of ten
        journeys come first. The others give the chance in ``flags`` and ``p_saleable``, and are rejected if it is very
        small.
    carrier : str, optional
        Flag of the trucks (ISO code): a route is closed where the table ``rights`` bars them, and the load changes
        trucks where they must stop. Default: any truck may pass.
    value_of_time : float, optional
        US$ per hour for one unit, for ``by="generalised"``; default: that of the cargo.
    scenario : Scenario, optional
    max_wait_hours : float
        A route with a longer wait at one closed element is moved to ``rejected``, even if it would arrive before one
        that is offered. Its column ``needs`` says with which ``max_wait_hours``, if that is a month at most, its wait
        would not count against it, and when it would arrive; one that is quicker and cheaper than a route offered is
        told with the answer, and in its ``notes``, however long it waits.
    max_overlap : float
        Largest share of their km by land that two alternatives may have in common, unless one saves a fifth of the
        hours or US$; places that are left go to routes through other countries or over other borders that share more.
    max_stretch : float
        A further route may take at most this many times the hours, US$ and km of the best one, and of km more where
        the best would stand alone; those that take more than that times the least hours x US$ come last. The fastest
        and the cheapest are shown all the same, the best in CO2e with up to twice as many hours.
    unknown : {"persist", "lapse", "both"}
        Whether a closure without a known end persists, or ended when last confirmed. ``"both"`` gives the routes that
        hold if it persists, then (beyond k) those over other borders that hold only if it has ended, which say so in
        ``rests_on``.
    regime : {"operated", "official"}
        Which opening hours count where the hours operated differ from the official ones.
    seed : int
        Seed of the simulation behind the ranges.

    Returns
    -------
    Routes
        At least one route; corridors that fail on this date are in its ``rejected``.

    Raises
    ------
    UnknownPlace, BadScenario, BadRequest
        If the network has no such place, the scenario does not fit the network, or an argument is invalid.
    NoRoute
        If nothing gets through; ``.blocking`` and ``.rejected`` say why.
    """
    return find_routes(
        facts,
        Request(
            origin=origin,
            destination=destination,
            depart=depart,
            as_of=as_of,
            k=k,
            by=by,
            method=method,
            via=via,
            avoid=avoid,
            modes=modes,
            cargo=cargo,
            carrier=carrier,
            value_of_time=value_of_time,
            scenario=scenario,
            max_wait_hours=max_wait_hours,
            max_overlap=max_overlap,
            max_stretch=max_stretch,
            unknown=unknown,
            regime=regime,
            seed=seed,
        ),
    )


@at_rest()
def find_routes(facts: Facts, request: Request) -> Routes:
    """Alternatives for a request; raises what `routes` does."""
    question, start, end = resolve(facts, request, both=True)
    search = Search(facts, question, request, (start, end))
    chosen, aside = search.answer()
    aside, left_out = list(aside), search.left_out  # a search with closures ended adds to its own
    if request.unknown == "both":
        chosen = chosen + search.if_reopened(chosen)
    world = search.world(question)
    found = Routes(facts, world, chosen, aside, request, start, end, search.draws, find_routes, left_out)
    if not chosen:
        raise found.no_route()
    return found


@at_rest()
def choices(facts: Facts, request: Request) -> list[Result]:
    """The routes from which a demand chooses (`Search.choices`); raises what `routes` does."""
    question, start, end = resolve(facts, request)
    search = Search(facts, question, request, (start, end))
    found = search.choices()
    if not found:
        none = Routes(facts, search.world(question), [], search.aside, request, start, end, search.draws, find_routes)
        raise no_route(none, briefly=True)
    return found

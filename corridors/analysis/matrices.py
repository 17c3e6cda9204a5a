"""Many origins and many destinations: matrices and catchments of ports, by one search from each origin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple, Unpack

import numpy as np
import pandas as pd

from corridors.analysis.comparison import measure
from corridors.analysis.sweeps import text
from corridors.analysis.workers import crew
from corridors.arguments import as_choice, as_names, as_number, as_places
from corridors.data.geodesy import geod
from corridors.data.schema import Row
from corridors.engine.collector import at_rest
from corridors.errors import BadRequest, NoRoute
from corridors.model.calendars import moment
from corridors.model.scenario import Scenario
from corridors.routing import finding
from corridors.routing import path as paths
from corridors.routing.answers import find_routes
from corridors.routing.detours import may_idle
from corridors.routing.explain import closure_words
from corridors.routing.fan import Ways, ways
from corridors.routing.request import Place, Request, Trip, barred_end, read_cargo, resolve, world_of
from corridors.routing.result import Choice, Result
from corridors.routing.search import SAMPLES

if TYPE_CHECKING:
    import geopandas as gpd

    from corridors.model.facts import Facts

TWIN_KM = 60.0
"""Ports of one country no farther apart than this are shown as one."""
MATRIX = ("hours", "km", "usd", "kgco2e", "risk")
QUANTILES = ("p10", "p50", "p90")
ITSELF = "is one of the ports itself; what is shown is the way to the others"


class Fan(NamedTuple):
    """Questions from one origin, answered together."""

    request: Request
    destinations: tuple[Place, ...]


def matrix(
    facts: Facts,
    /,
    origins: Sequence[Place],
    destinations: Sequence[Place],
    *,
    depart: str | date | datetime,
    by: Literal["hours", "km", "usd", "kgco2e", "risk"] = "hours",
    scenario: Scenario | None = None,
    executor: Executor | None = None,
    progress: bool = True,
    **ask: Unpack[Trip],
) -> pd.DataFrame:
    """The best value between every origin and destination, by one exact search per origin for all destinations.

    Parameters
    ----------
    origins, destinations : sequence of places
    depart : date or datetime
    by : {"hours", "km", "usd", "kgco2e", "risk"}
        What is minimised and shown: expected hours, km, US$, kg CO2e, risk.
    scenario : Scenario, optional
    executor : concurrent.futures.Executor, optional
        See `corridors.sweep`.
    progress : bool
        Show a progress bar if the call takes longer than a second; see `corridors.sweep`.
    **ask
        Other arguments of `routes`, except ``k``. ``unknown="both"`` counts as "persist".

    Returns
    -------
    DataFrame
        Origins by destinations, in the order given; NaN where there is no route, or where both are the same place. Risk
        is that on record: 0 also where nobody looked for closures.

    Raises
    ------
    BadRequest
        If `by` is not one of these, or a list of places is empty.
    """
    as_choice(by, "by", MATRIX)
    common = replace(Request.common(depart, _lasting(ask), "scenario", "k", "by"), by=by, scenario=scenario, k=1)
    origins, destinations = as_places(origins, "origins"), as_places(destinations, "destinations")
    fans = [Fan(replace(common, origin=origin), tuple(destinations)) for origin in origins]
    with at_rest(), crew(facts, executor, progress, "matrix", len(origins) * len(destinations)) as workers:
        rows = workers.all(best_figures, fans, lambda fan: len(destinations))
    return pd.DataFrame(
        np.array(rows, dtype=float),
        index=pd.Index([text(a) for a in origins], name="origin"),
        columns=pd.Index([text(b) for b in destinations], name="destination"),
    )


def best_figures(facts: Facts, fan: Fan) -> list[float]:
    """What is minimised on the best route to each destination; NaN where there is none, or nothing to route."""
    request, found = fan.request, [np.nan] * len(fan.destinations)
    origin, *ends = (
        facts.place_id(one) if isinstance(one, str) else one for one in (request.origin, *fan.destinations)
    )
    asked = [j for j, end in enumerate(ends) if end != origin]
    together = {j: end for j in asked if isinstance(end := ends[j], str)} if _together_at_all(facts, request) else {}
    if together:
        reached = _together(facts, request, list(together.values()))
        for j, figure, idle in zip(list(together), reached.figures.tolist(), _may_idle(reached), strict=True):
            if idle:
                del together[j]
            found[j] = figure if figure < np.inf else np.nan
    for j in asked:
        if j not in together:
            found[j] = _alone(facts, replace(request, destination=fan.destinations[j]))
    return found


def _together(facts: Facts, request: Request, places: Sequence[str]) -> Ways:
    """Best routes to some places by one search; refuses those that ``avoid`` bars."""
    question = resolve(facts, request, destination=False).question
    if question.avoid_countries or question.avoid_places:
        for place in places:
            if facts.place[place]["country"] in question.avoid_countries or place in question.avoid_places:
                raise barred_end(facts, request, place)
    return ways(facts, question, places)


def _may_idle(reached: Ways) -> list[bool]:
    """Whether each route may only spend the time until something opens, which one alone is asked about."""
    trees = {id(tree): (world, tree) for world, tree, _ in reached.which}
    told = {name: may_idle(*one) for name, one in trees.items()}
    return [bool(told[id(tree)][target]) for _, tree, target in reached.which]


def _together_at_all(facts: Facts, request: Request) -> bool:
    """Whether one search answers for many places: from a place, with nothing to pass on the way or that spoils.

    A wagon's load goes by rail first where its destination has a railway, unless modes are given.
    """
    cargo = read_cargo(facts, request.cargo)
    return (
        isinstance(request.origin, str)
        and not request.via
        and request.method == "corridors"
        and not cargo.perishable
        and (cargo.unit != "wagon" or request.modes is not None)
    )


def _alone(facts: Facts, request: Request) -> float:
    """The same for one pair, as `Network.routes` answers it."""
    try:
        return find_routes(facts, request).results[0].value(request.by)
    except NoRoute:
        return np.nan


def catchment(
    facts: Facts,
    /,
    ports: Sequence[str],
    *,
    depart: str | date | datetime,
    by: Literal["usd", "hours"] = "usd",
    origins: Sequence[str] | None = None,
    margin: float | None = 0.1,
    scenario: Scenario | None = None,
    executor: Executor | None = None,
    progress: bool = True,
    **ask: Unpack[Trip],
) -> gpd.GeoDataFrame:
    """The port that each city reaches best, and where another one comes close.

    Parameters
    ----------
    ports : sequence of places
        Places that compete for the cargo; they need not be ports.
    depart : date or datetime
    by : {"usd", "hours"}
    origins : sequence of places, optional
        Default: all cities of the network, several hundred.
    margin : float, optional
        A city is contested if the second port takes less than this share more than the first; with ``None``, if its
        p10 is not above the p90 of the first.
    scenario : Scenario, optional
    executor : concurrent.futures.Executor, optional
        See `corridors.sweep`.
    progress : bool
        Show a progress bar if the call takes longer than a second; see `corridors.sweep`.
    **ask
        Other arguments of `routes`, except ``k``. ``unknown="both"`` counts as "persist".

    Returns
    -------
    GeoDataFrame
        One point per city: ``place_id, name, country, port, usd, usd_p10, usd_p50, usd_p90, second_port, second_usd,
        margin`` (second / first - 1), ``contested`` and ``note`` (why no port is reached, that every sea lane of the
        port is closed on arrival and till when, or that the city is one of them); with ``by="hours"``, ``days`` instead
        of ``usd``. ``attrs["ports"]`` has the ports in the order given, with twins (in one country, at most 60 km
        apart, such as Karachi and Qasim) together: pictures show twins in one colour, and colours follow that order, so
        that they are the same in every picture of the same ports.

    Raises
    ------
    BadRequest
        If `ports` is empty, or `by` is not one of these.
    """
    import geopandas
    import shapely

    what = measure(by)
    if not (names_ := as_names(ports, "ports", "places as text")):
        raise BadRequest("ports is empty: give at least one place.")
    if margin is not None:
        as_number(margin, "margin", least=0.0)
    common = replace(Request.common(depart, _lasting(ask), "scenario", "k", "by"), by=by, scenario=scenario, k=1)
    doors = list(dict.fromkeys(facts.place_id(port) for port in names_))
    cities = facts.tables["places"].query("kind == 'city'")["place_id"] if origins is None else origins
    cities = as_names(cities, "origins", "places as text")
    cities = list(dict.fromkeys(map(facts.place_id, cities)))
    fans = [Fan(replace(common, origin=city), tuple(door for door in doors if door != city)) for city in cities]
    with at_rest(), crew(facts, executor, progress, "catchment", len(cities)) as workers:
        found_at = workers.all(nearest if margin is not None else nearest_two, fans)
    rows = [_catch(facts, city, ports_of, what, margin) for city, ports_of in zip(cities, found_at, strict=True)]
    for city, row in zip(cities, rows, strict=True):
        if city in doors:
            row["note"] = "; ".join(filter(None, [ITSELF, row["note"]]))
    table = pd.DataFrame(rows)
    at = [facts.place[city] for city in cities]
    points = shapely.points([place["lon"] for place in at], [place["lat"] for place in at])
    found = geopandas.GeoDataFrame(table, geometry=points, crs="EPSG:4326")
    found.attrs["ports"] = _twins(facts, doors)
    return found


def _twins(facts: Facts, ports: Sequence[str]) -> list[list[str]]:
    """Names of ports in the order given, those of one country near each other in one list."""
    groups: list[list[str]] = []
    for port in dict.fromkeys(ports):
        place = facts.place[port]
        for group in groups:
            first = facts.place[group[0]]
            line = geod().inv(place["lon"], place["lat"], first["lon"], first["lat"])[2] / 1000
            if place["country"] == first["country"] and line <= TWIN_KM:
                group.append(port)
                break
        else:
            groups.append([port])
    return [[str(facts.place[port]["name"]) for port in group] for group in groups]


def nearest(facts: Facts, fan: Fan) -> list[Row]:
    """Routes to the destinations, best first: ``destination``, the figure, and of the first its quantiles."""
    return _ranked(facts, fan, 1)


def nearest_two(facts: Facts, fan: Fan) -> list[Row]:
    """The same with the quantiles of the first two."""
    return _ranked(facts, fan, 2)


def _ranked(facts: Facts, fan: Fan, told: int) -> list[Row]:
    """The destinations that are reached, best first, the first of them with quantiles; else why each is not."""
    what, size = ("usd", 1.0) if fan.request.by == "usd" else ("days", 24.0)
    found: list[Row] = []
    reached = None
    if _together_at_all(facts, fan.request):
        reached = _together(facts, fan.request, list(map(str, fan.destinations)))
    if reached is not None and not any(_may_idle(reached)):
        draws = facts.draws(SAMPLES, fan.request.seed)
        order = np.argsort(reached.figures, kind="stable").tolist()
        for j in order:
            if (way := reached.way(j)) is not None:
                world, path = way
                row: Row = {"destination": fan.destinations[j], what: float(reached.figures[j]) / size}
                if len(found) < told:
                    path = finding.cheaper(world, path)
                    result = Result(
                        facts, Choice(paths.lawful(world, path, partial(world_of, facts)), path), None, None, draws
                    )
                    row |= result.ranges(what) | {"note": _no_sea(result)}
                found.append(row)
    else:
        for port in fan.destinations:
            try:
                best = find_routes(facts, replace(fan.request, destination=port)).results[0]
            except NoRoute:
                continue
            hours, usd, *_ = best.figures
            figure = usd if what == "usd" else hours / 24
            found.append({"destination": port, what: figure, **best.ranges(what), "note": _no_sea(best)})
        found.sort(key=lambda row: float(row[what]))
    return found or [{"note": _why_not(facts, replace(fan.request, destination=port))} for port in fan.destinations]


def _no_sea(result: Result) -> str:
    """That all sea lanes of a port are closed when the cargo arrives there, and till when the first of them is."""
    world, port = result.world, result.edges[-1].to_place
    touching = (world.edges[i] for i in world.multimodal.touching.get(port, ()))
    lanes = [edge for edge in touching if edge.kind == "leg" and edge.mode == "sea" and edge.operates]
    if not lanes or any(world.spans(edge) is None for edge in lanes):
        return ""
    at = paths.arrival(world, result.path)
    shut = [max(closures, key=lambda one: one.end) for edge in lanes if (closures := world.closures(edge, at))]
    if len(shut) < len(lanes):
        return ""
    name, first = result.facts.place[port]["name"], min(shut, key=lambda one: one.end)
    return f"no ship sails from {name} on arrival, {moment(at):%Y-%m-%d}: {closure_words(result.facts, first)}"


def _why_not(facts: Facts, request: Request) -> str:
    """Why there is no route between a pair."""
    try:
        find_routes(facts, request)
    except NoRoute as error:
        return str(error)
    return ""


def _catch(
    facts: Facts,
    city: str,
    ways: Sequence[Row],
    what: str,
    margin: float | None,
) -> Row:
    """Row of a city from its routes to the ports, best first."""
    place = facts.place[city]
    open_ = [way for way in ways if what in way]
    row: Row = {
        "place_id": city,
        "name": place["name"],
        "country": place["country"],
        "port": "",
        what: np.nan,
        **{f"{what}_{q}": np.nan for q in QUANTILES},
        "second_port": "",
        f"second_{what}": np.nan,
        "margin": np.nan,
        "contested": False,
        "note": open_[0].get("note", "") if open_ else "; ".join(dict.fromkeys(way["note"] for way in ways)),
    }
    if open_:
        first = open_[0]
        row |= {
            "port": facts.place[first["destination"]]["name"],
            what: first[what],
            **{f"{what}_{q}": first[f"{what}_{q}"] for q in QUANTILES},
        }
    if len(open_) > 1:
        second = open_[1]
        lead = second[what] / first[what] - 1
        close = second[f"{what}_p10"] <= first[f"{what}_p90"] if margin is None else lead < margin
        row |= {
            "second_port": facts.place[second["destination"]]["name"],
            f"second_{what}": second[what],
            "margin": lead,
            "contested": bool(close),
        }
    return row


def _lasting(ask: Mapping[str, object]) -> dict[str, object]:
    """The arguments with ``unknown="both"`` as "persist": a cell has no words for a route that holds only if closures
    have ended."""
    unknown = ask.get("unknown")
    return {**ask, "unknown": "persist"} if isinstance(unknown, str) and unknown == "both" else dict(ask)

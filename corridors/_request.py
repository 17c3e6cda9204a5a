"""From the arguments of ``Network.routes`` to an answer: checks them, resolves the names, asks."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from datetime import date, datetime
from numbers import Real
from typing import TYPE_CHECKING

from corridors._access import Access
from corridors._query import Question, World, choose
from corridors.calendars import Knowledge, as_date, check_unknown, departure, hour
from corridors.costs import cargo_preset
from corridors.errors import BadRequest, UnknownPlace
from corridors.routes import Routes
from corridors.scenario import MODES

if TYPE_CHECKING:
    from corridors.network import Network
    from corridors.scenario import Scenario

OBJECTIVES = ("hours", "km", "usd", "kgco2e", "risk", "generalised")


def find_routes(network: Network, origin: str | tuple[float, float], destination: str | tuple[float, float], *,
                depart: str | date | datetime, as_of: str | date | None, k: int, by: str, via: Sequence[str] | None,
                avoid: Sequence[str] | None, modes: Sequence[str] | None, cargo: str, scenario: Scenario | None,
                max_wait_hours: float, max_overlap: float, max_stretch: float, unknown: str) -> Routes:
    """The work behind `Network.routes`; see there."""
    k = _count(k)
    if by not in OBJECTIVES:
        raise BadRequest(f"by={by!r} is not one of {', '.join(OBJECTIVES)}.")
    numbers = {"max_overlap": max_overlap, "max_stretch": max_stretch, "max_wait_hours": max_wait_hours}
    if wrong := [f"{name}={value!r}" for name, value in numbers.items() if not isinstance(value, Real)]:
        raise BadRequest(f"{wrong[0]} is not a number.")
    if not 0 < max_overlap <= 1:
        raise BadRequest(f"max_overlap={max_overlap!r} is a share of the km: above 0, at most 1.")
    if not max_stretch >= 1:
        raise BadRequest(f"max_stretch={max_stretch!r} is a multiple of the best route: 1 or more.")
    if not max_wait_hours >= 0:
        raise BadRequest(f"max_wait_hours={max_wait_hours!r} must be a number of hours, 0 or more.")
    for name, value in (("via", via), ("avoid", avoid), ("modes", modes)):
        if isinstance(value, str):
            raise BadRequest(f"{name}={value!r} must be a list, for example {name}=[{value!r}].")
    check_unknown(unknown)
    if modes is not None and (not modes or [m for m in modes if m not in MODES]):
        raise BadRequest(f"modes={list(modes)!r}: give some of {', '.join(MODES)}.")
    preset = cargo_preset(network.tables["cargo"], cargo)
    allowed = frozenset(modes) if modes is not None else preset.modes
    start, end = (network.place_id(p) if isinstance(p, str) else Access(network, p, leaving, allowed, preset)
                  for p, leaving in ((origin, True), (destination, False)))
    first, last = (p.place if isinstance(p, Access) else p for p in (start, end))
    if first == last:
        raise BadRequest(f"origin and destination are both {network._place[first]['name']} ({first}): "
                         "there is nothing to route.")
    leave = departure(depart, network._place[first]["timezone"])
    knowledge = Knowledge(network.data_date if as_of is None else as_date(as_of, "as_of"), unknown)  # type: ignore[arg-type]
    overlay = network._overlay(scenario)
    countries, places, elements = _avoided(network, avoid or ())
    t0 = hour(leave)
    lead = start.hours if isinstance(start, Access) else 0.0
    layers = ("road" if isinstance(start, Access) else "", "road" if isinstance(end, Access) else "")
    question = Question(first, last, tuple(network.place_id(v) for v in via or ()), t0 + lead, knowledge, by, preset,
                        allowed, countries, places, elements, overlay, float(max_wait_hours), float(max_stretch),
                        layers)
    world = World(network._graph(cargo), network._calendars, question)
    paths, aside = choose(world, k, max_overlap)
    routes = Routes(network, world, paths, aside, leave, scenario,
                    start if isinstance(start, Access) else None, end if isinstance(end, Access) else None)
    if not paths:
        raise routes._no_route()
    return routes


def _count(k: object) -> int:
    try:
        number = operator.index(k)  # type: ignore[arg-type]
    except TypeError:
        number = 0
    if number < 1 or isinstance(k, bool):
        raise BadRequest(f"k={k!r}: ask for a whole number of routes, at least one.")
    return number


def _avoided(network: Network, avoid: Sequence[str]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    countries = {row["country"] for row in network._place.values()}
    found: tuple[set[str], set[str], set[str]] = (set(), set(), set())
    for item in avoid:
        if not isinstance(item, str):
            raise BadRequest(f"avoid holds {item!r}: give ISO codes of countries (IR), places or crossings as text.")
        if item.upper() in countries and len(item) == 2:
            found[0].add(item.upper())
            continue
        try:
            found[2].update(network.element_ids(item))
        except LookupError:
            try:
                found[1].add(network.place_id(item))
            except UnknownPlace as error:
                raise UnknownPlace(f"avoid: {error} A country is given by its ISO code, such as IR.") from None
    return frozenset(found[0]), frozenset(found[1]), frozenset(found[2])

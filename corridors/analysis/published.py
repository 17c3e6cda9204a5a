"""What is asked of the model for a row of published figures, and how far its answer is off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from corridors.data.schema import Row
from corridors.errors import CorridorsError, NoRoute
from corridors.model.costs import leg_amount
from corridors.model.scenario import Scenario
from corridors.model.simulation import Draws, Samples
from corridors.routing.answers import find_routes
from corridors.routing.request import Request, read_cargo

if TYPE_CHECKING:
    from corridors.model.facts import Facts
    from corridors.routing.result import Result

CARGO = "container40"
"""Load of a row that names none."""
MOST_ROUTES = 12
"""Alternatives among which a route by all modes is looked for."""
HOURS = {"h": 1.0, "d": 24.0}
"""Hours of the units of time."""


def asked(facts: Facts, row: Row) -> Result:
    """Best route for a row of published figures, from its ``via``, ``modes``, ``depart``, ``cargo`` and ``build``.

    It goes by every mode that the row names, and by no other port where it names ports on the way: a time over the
    Caspian is not compared with a train round it, nor one by the port of Karachi with trucks from another.

    Raises
    ------
    CorridorsError
        If the network cannot answer.
    """
    places, build = row["via"].split(";"), row.get("build", "")
    modes = row["modes"].split(";")
    request = Request(
        origin=places[0],
        destination=places[-1],
        depart=row["depart"],
        via=places[1:-1],
        avoid=sorted(_rivals(facts, places[1:-1]) - {*places}),
        cargo=row.get("cargo") or CARGO,
        modes=modes,
        scenario=Scenario(build).build(build) if build else None,
    )
    for k in (1, MOST_ROUTES):
        for result in find_routes(facts, replace(request, k=k)).results:
            if {edge.mode for edge in result.edges if edge.kind == "leg"} >= set(modes):
                return result
    raise NoRoute(f"none of the {MOST_ROUTES} best routes uses all of {', '.join(modes)}")


def _rivals(facts: Facts, places: Sequence[str]) -> set[str]:
    """Seaports to which ships go from those among some places, or from which they come."""
    ships = facts.tables["legs"].query("mode in ('ferry', 'sea')")
    ports = [place for place in places if facts.place.get(place, {}).get("kind") == "seaport"]
    ends = (("from_place", "to_place"), ("to_place", "from_place"))
    found = {place for a, b in ends for place in ships.loc[ships[a].isin(ports), b]}
    return {place for place in found if facts.place[place]["kind"] == "seaport"}


def hours_of(result: Result, extent: str) -> tuple[Samples, float]:
    """Hours of a route from ``door`` to door, else between loading and unloading: in every sample, and expected."""
    if extent == "door":
        return result.hours(), result.figures[0]
    trip, steps = result.trip, result.steps
    return trip.end[-2] - trip.start[1], steps[-2].end - steps[1].start


def under_way(
    facts: Facts, row: Row, legs: Iterable[tuple[str, str, float, str]], draws: Draws
) -> tuple[Samples, float]:
    """The same of a vessel or aircraft in motion: no waiting for a departure, no handling.

    `legs` have mode, country, km and the id that their pace is drawn for, empty for the same pace on all.
    """
    cargo = read_cargo(facts, row.get("cargo") or CARGO)
    parts = [
        part
        for mode, country, km, leg in legs
        for part in leg_amount(facts.rates, cargo, mode, country, km, 0.0, False, leg).time
    ]
    return np.zeros(draws.n) + draws.amount(parts), sum(part.expected for part in parts)


def ends_of(places: Sequence[str]) -> str:
    """The first and the last of some places, the same in both directions: by them figures are split."""
    return "|".join(sorted((places[0], places[-1])))


def length_and_wait(result: Result) -> str:
    """Words for a note: "3,421 km, longest wait 15 h"."""
    wait = max(step.wait for step in result.steps)
    return f"{sum(edge.km for edge in result.edges):,.0f} km" + (f", longest wait {wait:.0f} h" if wait >= 1 else "")


def no_answer(error: CorridorsError | Exception) -> str:
    """Words for a note where the network cannot answer."""
    blocked = f"; blocked by {', '.join(error.blocking)}" if isinstance(error, NoRoute) else ""
    return f"No answer: {error}{blocked}"


def off_pct(modelled: float, published: float) -> float:
    """Per cent by which the model lies above what is published."""
    return round(100 * modelled / published - 100, 1) + 0.0

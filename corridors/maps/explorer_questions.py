"""The living map of a network: questions that the page opens with, asked here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from corridors.arguments import as_pairs
from corridors.errors import NoRoute
from corridors.maps.explorer import Explorer, Unanswered, page_of
from corridors.model.facts import HasFacts, facts_of
from corridors.routing.answers import find_routes
from corridors.routing.request import Place, Request

if TYPE_CHECKING:
    from corridors.routing.routes import Routes


def explore_questions(
    network: HasFacts,
    pairs: Sequence[tuple[Place, Place]] | None = None,
    *,
    depart: Any = None,
    **ask: Any,
) -> Explorer:
    """A page in which a reader asks questions of a network; it holds the answers for some pairs as published.

    Parameters
    ----------
    network : Network
    pairs : sequence of (origin, destination), optional
        Questions that the page opens with, the first one at once. Without any, the reader chooses.
    depart : date, optional
        Default: the date of the data.
    **ask
        As for `corridors.Network.routes`: what the pairs are asked with.

    Returns
    -------
    Explorer

    Raises
    ------
    BadRequest
        If the question has stops (``via``), which the page does not search.
    """
    facts = facts_of(network)
    request = Request.common(facts.data_date if depart is None else depart, ask)
    answers: list[Routes | Unanswered] = []
    for origin, destination in as_pairs(() if pairs is None else pairs):
        one = replace(request, origin=origin, destination=destination)
        try:
            answers.append(find_routes(facts, one))
        except NoRoute as error:
            answers.append(Unanswered(one, str(error)))
    return page_of(facts, request, answers)

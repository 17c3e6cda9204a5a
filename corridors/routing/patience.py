"""Whether it pays to wait longer than the question allows, for a strait, pass or border that will open again."""

from __future__ import annotations

from math import ceil, inf
from typing import TYPE_CHECKING

from corridors.errors import NoRoute
from corridors.routing.candidates import saves
from corridors.routing.explain import closure_words
from corridors.routing.figures import rounded
from corridors.routing.result import CRITERIA, Result

if TYPE_CHECKING:
    from corridors.routing.routes import Routes


def worth_waiting(routes: Routes) -> list[str]:
    """The quickest and the cheapest route with whatever wait it takes, in words, if it saves both hours and US$.

    It must save them over a route of the answer over which no other route there does.
    """
    question = routes.world.question
    if not routes.results or question.via:
        return []
    offered = {label: _figures(result) for label, result in zip(routes.labels, routes.results, strict=True)}
    slow = [one for one in offered.values() if not any(saves(other, one) for other in offered.values())]
    found: dict[tuple[int, ...], str] = {}
    for by in CRITERIA[:2]:
        try:
            one = routes.again(
                by=by, k=1, method="corridors", unknown=question.knowledge.unknown, max_wait_hours=inf
            ).results[0]
        except NoRoute:
            continue
        if any(step.wait > question.max_wait_hours for step in one.steps) and any(
            saves(_figures(one), other) for other in slow
        ):
            beaten = [label for label, other in offered.items() if saves(_figures(one), other)]
            found[one.path.edges] = _words(one, beaten)
    return list(found.values())


def _words(one: Result, beaten: list[str]) -> str:
    longest = max(one.steps, key=lambda step: step.wait)
    until = f" ({closure_words(one.facts, longest.closure)})" if longest.closure else ""
    hours, usd, *_ = one.figures
    return (
        f"waiting would be quicker and cheaper than {', '.join(beaten)}: {one.name} takes {rounded(hours / 24)} days, "
        f"{longest.wait / 24:.0f} of them waiting, and US$ {rounded(usd)}{until}; "
        f"max_wait_hours={ceil(longest.wait)} allows it"
    )


def _figures(result: Result) -> tuple[float, float]:
    hours, usd, *_ = result.figures
    return hours, usd / result.payload

"""Closures along a route, in words: the chance that one is over on arrival, and the queue where one has just ended."""

from __future__ import annotations

from datetime import date
from math import inf
from typing import TYPE_CHECKING

from corridors.model.backlog import queue
from corridors.model.calendars import moment

if TYPE_CHECKING:
    from corridors.routing.result import Result

LONGEST_QUEUE, LEAST_WAIT = 60.0, 0.5
"""Days after a closure in which a queue is looked for, and the shortest wait reported."""


def chances_open(result: Result) -> list[str]:
    """For each closure without a known end that a route meets, the chance that it is over on arrival there."""
    facts, as_of, found = result.facts, result.world.question.knowledge.as_of, []
    for step, edge in zip(result.steps, result.edges, strict=True):
        for closure in result.world.lasting(edge):
            if closure.start <= step.arrive < inf:
                seen = date.fromordinal(facts.lasting(closure, as_of).seen)
                days = max((moment(step.arrive).date() - seen).days, 0)
                chance = 1.0 - facts.still_closed(closure, as_of, days)[-1]
                found.append(
                    f"{facts.element_names[closure.element_id]} open again on arrival in {100 * chance:.0f} % of "
                    f"cases, last seen closed on {seen}"
                )
    return list(dict.fromkeys(found))


def queues(result: Result) -> list[str]:
    """Trucks that may still wait where a closure ended shortly before a route comes by; their wait is not counted.

    Those that had left as far back as this way begins are taken to have gathered.
    """
    facts, found = result.facts, []
    known = facts.flows(result.world.question.knowledge.as_of)
    for step, edge in zip(result.steps, result.edges, strict=True):
        if edge.kind != "crossing" or edge.element_id not in known or step.arrive == inf:
            continue
        lead = (step.arrive - result.world.question.t0) / 24
        for closure in result.world.closures(edge):
            since = (step.arrive - closure.end) / 24
            if closure.rule or closure.right or not 0 <= since < LONGEST_QUEUE:
                continue
            waiting = queue(known[edge.element_id], (closure.end - closure.start) / 24, lead)
            if waiting.wait_days(since) >= LEAST_WAIT:
                found.append(
                    f"{facts.element_names[edge.element_id]} reopened {since:.0f} days before: about "
                    f"{float(f'{waiting.left(since):.1g}'):,.0f} trucks may still wait, {waiting.wait_days(since):.1f} "
                    f"days, not counted ({waiting.flow.words})"
                )
    return found

"""What blocks, said in words: closures and rejected corridors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from math import ceil, inf, isfinite, nan
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from corridors.data.schema import Row
from corridors.model.access import Access
from corridors.model.calendars import Closure, moment
from corridors.model.graph import Edge
from corridors.model.world import World
from corridors.routing import path as paths
from corridors.routing.blocked import KEEPS, Rejected, element_of, long_shut
from corridors.routing.names import name_with, names
from corridors.routing.path import Step

if TYPE_CHECKING:
    from corridors.model.facts import Facts

REJECTED = [
    "name",
    "gates",
    "reason",
    "needs",
    "days_if_open",
    "corridors",
    "blocked_by",
    "start",
    "end",
    "last_confirmed",
    "source_id",
]


FEW = 2
"""Sea legs that are named where one cause closes them; more are counted."""
WORTH_WAITING = 30 * 24.0
"""Hours up to which a longer wait than the question allows is named as a way out."""


def closure_words(facts: Facts, closure: Closure, state: str = "closed") -> str:
    """One closure: "Torkham: closed since 2025-10-12 (clashes), no end known"."""
    return f"{facts.element_names.get(closure.element_id, closure.element_id)}: {state_words(facts, closure, state)}"


def state_words(facts: Facts, closure: Closure, state: str = "closed") -> str:
    """The same without the name: "closed since 2025-10-12 (clashes), no end known"."""
    if closure.right:
        return closure.reason
    if closure.rule:
        doubt = " (contested)" if closure.contested else ""
        return f"{state} outside {closure.reason}{doubt}{'' if isfinite(closure.end) else ', no end known'}"
    state += _to_whom(closure)
    since = f" {first_day(facts, closure)}" if isfinite(closure.start) else ""
    doubt = ", contested" if closure.contested else ""
    if isfinite(closure.end):
        return f"{state}{since} to {last_day(facts, closure)} ({closure.reason}{doubt})"
    confirmed = f", last confirmed {closure.last_confirmed}" if closure.last_confirmed else ""
    return f"{state}{' since' + since if since else ''} ({closure.reason}{doubt}), no end known{confirmed}"


def _to_whom(closure: Closure) -> str:
    """The vehicles and the direction to which a closure is limited, if it is: " to trucks over 12 t"."""
    kind = re.sub(r"^(truck|trailer)", r"\1s", closure.vehicle).replace("diesel", "diesel vehicles")
    a, _, b = closure.direction.partition(">")
    return (f" to {kind}" if kind else "") + (f" from {a} to {b}" if b else "")


def first_day(facts: Facts, closure: Closure) -> str:
    """Local date on which a closure begins; empty if it has no beginning."""
    return _day(facts, closure, closure.start)


def last_day(facts: Facts, closure: Closure) -> str:
    """Last local day of a closure; empty if it is not known."""
    return _day(facts, closure, closure.end - 1 / 3600)


def _day(facts: Facts, closure: Closure, hours: float) -> str:
    zone = facts.calendars.zone(closure.element_id)
    return moment(hours).astimezone(zone).date().isoformat() if isfinite(hours) else ""


class Cause(NamedTuple):
    """What closes some elements for one and the same reason."""

    elements: list[str]
    """Their names."""
    words: str
    """Since when and why, and how long the soonest of them would make wait unless it is long shut."""


def causes(facts: Facts, steps: Iterable[Step]) -> list[Cause]:
    """Why steps are blocked, one entry a cause."""
    groups: dict[str, list[Step]] = {}
    for step in steps:
        assert step.closure is not None
        groups.setdefault(state_words(facts, step.closure), []).append(step)
    found = []
    for words, some in groups.items():
        soonest = min(some, key=lambda step: step.start - step.arrive)
        if soonest.start < inf and not long_shut(soonest):
            words += f"; arriving on {moment(soonest.arrive):%Y-%m-%d} it would wait {soonest.wait / 24:.0f} days"
        elements = dict.fromkeys(facts.element_names.get(element_of(s), element_of(s)) for s in some)
        found.append(Cause(list(elements), words))
    return found


def blocked_words(facts: Facts, steps: Iterable[Step]) -> str:
    """Why steps are blocked: "Torkham, Chaman: closed since 2025-10-12 (clashes), no end known"."""
    return _joined(causes(facts, steps))


def _joined(some: Iterable[Cause]) -> str:
    return "; ".join(f"{', '.join(elements)}: {words}" for elements, words in some)


def rejected_causes(facts: Facts, world: World, rejected: Rejected) -> list[Cause]:
    """Why a row of `Routes.rejected` fails, crossings before roads; empty if nothing is closed on it."""
    steps = [step for one in (rejected, *rejected.also) for step in one.blocked]
    return causes(facts, sorted(steps, key=lambda step: world.edges[step.edge].kind != "crossing"))


def gate_names(facts: Facts, gates: Sequence[str]) -> str:
    """Names of what one cause closes; more than a few sea legs, as where a trade is barred, are only counted."""
    afloat = [gate for gate in gates if gate in facts.leg and facts.leg[gate]["mode"] == "sea"]
    told = list(gates)
    if len(afloat) > FEW:
        told = [gate for gate in gates if gate not in afloat] or afloat[:FEW]
    said = ", ".join(facts.element_names.get(gate, gate) for gate in told)
    rest = len(gates) - len(told)
    return f"{said} and {rest} {'sea legs' if rest == len(afloat) else 'more sea legs'}" if rest else said


def rejected_table(
    facts: Facts,
    world: World,
    rejected: Sequence[Rejected],
    ends: Sequence[Access | None],
    offered: Mapping[str, Sequence[Edge]] | None = None,
) -> pd.DataFrame:
    """Rows of `Routes.rejected`, door to door: with the access legs at the `ends`; none has the name of one offered.

    What is closed on a route is in its name: by other posts of the same borders it may be open.
    """
    access = sum((leg.hours for leg in ends if leg), start=0.0)
    paths = [[world.edges[e] for e in one.path.edges] for one in rejected]
    given = offered or {}
    by_closed = (
        name_with(facts, path, [*map(element_of, one.blocked)]) if one.blocked else ""
        for one, path in zip(rejected, paths, strict=True)
    )
    titles = names(facts, [*given.values(), *paths], [*given, *by_closed])[len(given) :]
    rows = [
        _rejected_row(facts, world, title, one, access)
        | {"corridors": "; ".join(named(facts, {edge.element_id for edge in path}))}
        for title, one, path in zip(titles, rejected, paths, strict=True)
    ]
    return pd.DataFrame(rows, columns=REJECTED)


def _rejected_row(facts: Facts, world: World, name: str, rejected: Rejected, access: float) -> Row:
    if rejected.reason:
        return {
            "name": name,
            "gates": "",
            "days_if_open": nan,
            "blocked_by": "",
            "reason": rejected.reason,
            "needs": rejected.needs,
            "start": "",
            "end": "",
            "last_confirmed": "",
            "source_id": facts.cargo_source(world.question.cargo.cargo_id) if rejected.needs == KEEPS else "",
        }
    some = (rejected, *rejected.also)
    steps = [step for one in some for step in one.blocked]
    own = sorted(rejected.blocked, key=lambda step: world.edges[step.edge].kind != "crossing")
    first = next(step.closure for step in own if step.closure)
    return {
        "name": name,
        "gates": gate_names(facts, rejected.gates),
        "days_if_open": (rejected.hours + access) / 24 if isfinite(rejected.hours) else nan,
        "blocked_by": ";".join(dict.fromkeys(map(element_of, own))),
        "reason": ("Long shut: " if rejected.also else "") + _joined(rejected_causes(facts, world, rejected)),
        "needs": " or ".join(dict.fromkeys(_needs(facts, one) for one in some)) + _or_patience(world, rejected, access),
        "start": first_day(facts, first),
        "end": last_day(facts, first),
        "last_confirmed": first.last_confirmed,
        "source_id": ";".join(
            dict.fromkeys(part for s in steps if s.closure for part in s.closure.source_id.split(";") if part)
        ),
    }


def _needs(facts: Facts, rejected: Rejected) -> str:
    """What would have to open for a route that fails."""
    closures = [step.closure for step in rejected.blocked if step.closure is not None]
    return " and ".join(
        dict.fromkeys(
            f"{facts.element_names.get(c.element_id, c.element_id)} "
            f"{'open to this carrier and cargo' if c.right else 'open'}"
            for c in closures
        )
    )


def _or_patience(world: World, rejected: Rejected, access: float) -> str:
    """The wait that would do without anything being opened, and days with it: ", or ..."; nothing if it is too long."""
    longest = end = 0.0
    for passage in paths.walk(world, rejected.path):
        longest, end = max(longest, passage.wait), passage.end
        if longest > WORTH_WAITING:
            return ""
    return f", or max_wait_hours={ceil(longest)} ({(end - world.question.t0 + access) / 24:.1f} days with the wait)"


def named(facts: Facts, elements: set[str], share: float = 0.5) -> list[str]:
    """Names of the corridors of ``net.corridors`` that a route follows.

    It uses at least `share` of their km and, between two countries that both join, the same crossing.
    """
    near = sorted({i for element in elements for i in facts.corridors_of.get(element, ())})
    some = (facts.corridor_parts[i] for i in near)
    return [name for name, km, borders in some if _follows(facts, elements, km, borders, share)]


def _follows(facts: Facts, elements: set[str], km: Mapping[str, float], borders: frozenset[str], share: float) -> bool:
    """Whether the elements of a route are at least `share` of a corridor's km, by its crossings."""
    used = sum(compress(km.values(), map(elements.__contains__, km)))
    if not used or used < share * sum(km.values()):
        return False
    pair, near = facts.border_pair, facts.border_cluster
    crossed = elements & pair.keys()
    pairs, places = {pair[e] for e in crossed}, {near[e] for e in crossed}
    return not any(pair[e] in pairs and near[e] not in places for e in borders)

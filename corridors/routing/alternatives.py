"""A question put to the engine: alternatives in its world, and what blocks the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import NamedTuple

from corridors.engine import arrays as engine
from corridors.model.world import Step, World


class Rejected(NamedTuple):
    """A corridor that fails: the passages at which it does, or another reason in words."""

    path: engine.Path
    blocked: list[Step]
    reason: str = ""


def element_of(step: Step) -> str:
    """Element that shuts a step."""
    assert step.closure is not None
    return step.closure.element_id


Bans = Callable[[engine.Path], list[str]]


def _tiers(world: World) -> tuple[Bans, ...]:
    """What to do without to find another corridor, from the widest sense of "another" to the narrowest."""
    return (
        world.gate,
        lambda path: world.gate(path) + world.transit(path),
        world.borders,
        lambda path: world.borders(path) + world.longest_legs(path),
    )


def choose(
    world: World,
    k: int,
    max_overlap: float,
    fails: Callable[[engine.Path], str] = lambda _: "",
) -> tuple[list[engine.Path], list[Rejected]]:
    """At most `k` alternatives that share little, best first, and those set aside because they wait too long.

    Other ways into (or out of) the end that has fewer neighbours come first and fill all places but one; then other
    sets of transit countries (one that only adds or leaves out countries is a variant), then other borders, then
    other routes over the same borders. Without ``via``, an alternative never enters a country twice. A path for which
    `fails` gives a reason is set aside with it.
    """
    accepted: list[engine.Path] = []
    done: set[engine.Path] = set()  # the paths accepted, before `cheaper`
    aside: list[Rejected] = []
    turning: list[engine.Path] = []  # ways that turn round at a place of ``via``: only if there are no others

    def variant(path: engine.Path, other: engine.Path) -> bool:
        a, b = set(world.transit(path)), set(world.transit(other))
        return world.gate(path) == world.gate(other) and (a <= b or a >= b)

    def fits(path: engine.Path) -> bool:
        return (
            (not world.doubles(path) if world.question.via else not world.reenters(path))
            and world.km(path) <= limits(world, accepted)[1]
            and all(overlap(world, path, other) <= max_overlap for other in accepted)
        )

    def limit() -> float:
        return limits(world, accepted)[0]

    is_new: tuple[Callable[[engine.Path], bool], ...] = (
        lambda path: world.gate(path) not in map(world.gate, accepted),
        lambda path: not any(variant(path, other) for other in accepted),
        lambda path: True,
        lambda path: True,
    )
    for tier, bans_of in enumerate(_tiers(world)):

        def bans(path: engine.Path, bans_of: Bans = bans_of) -> list[frozenset[str]]:
            if blocked := world.waits(path):
                return [frozenset(map(element_of, blocked))]
            return [frozenset({ban}) for ban in (bans_of(path) if path in done else world.borders(path))]

        for path in world.alternatives(bans, limit):
            if len(accepted) >= (max(1, k - 1) if tier == 0 else k):
                break
            if blocked := world.waits(path):
                aside.append(Rejected(path, blocked))
            elif not accepted and world.question.via and world.doubles(path):
                turning.append(path)
            elif not accepted or (fits(path) and is_new[tier](path)):
                if reason := fails(path):
                    if all(overlap(world, path, one.path) <= max_overlap for one in aside if one.reason):
                        aside.append(Rejected(path, [], reason))
                    continue
                cheaper = world.cheaper(path)
                accepted.append(cheaper if (not accepted or fits(cheaper)) and not fails(cheaper) else path)
                done.add(path)
    return sorted(accepted or turning[:1], key=lambda path: path.value), aside


def limits(world: World, accepted: Sequence[engine.Path]) -> tuple[float, float]:
    """Largest value and km of an alternative to these; a flight is no measure for lorries and trains."""
    surface = [path for path in accepted if not world.flies(path)]
    if not surface:
        return inf, inf
    return (world.stretch(min(path.value for path in surface)), world.question.max_stretch * world.km(surface[0]))


def overlap(world: World, a: engine.Path, b: engine.Path) -> float:
    """Share of the shorter path's km that both use."""
    km = world.leg_km(a), world.leg_km(b)
    shorter = min(sum(lengths.values()) for lengths in km)
    shared = sum(length for leg, length in km[0].items() if leg in km[1])
    return shared / shorter if shorter else float(a.edges == b.edges)


def blocked_corridors(world: World, open_world: World, offered: list[engine.Path], most: int = 8) -> list[Rejected]:
    """Corridors that would work if nothing were shut, each with what shuts it; best first.

    A corridor is its border clusters. A road shut inside a country does not block it where another road leads over
    the same borders; nor does a shut crossing where another one between the same two countries is in a route
    offered, unless it is the gate into the end that has fewer neighbours.
    """
    found: dict[tuple[str, ...], Rejected] = {}
    passing = {tuple(world.borders(path)) for path in offered}
    corridors = {world.pairs(path) for path in offered}

    def blocked(path: engine.Path) -> list[Step]:
        return world.too_long(world.trace(path, push_through=True))

    best = offered[0] if offered else open_world.best()
    reach = world.stretch(best.value) if best else inf

    def limit() -> float:
        return reach

    for tier in _tiers(open_world)[:3]:

        def bans_of(path: engine.Path, tier: Bans = tier) -> list[frozenset[str]]:
            return [frozenset({ban}) for ban in list(map(element_of, blocked(path))) or tier(path)]

        for path in open_world.alternatives(bans_of, limit):
            signature = tuple(world.borders(path))
            if signature in passing or signature in found:
                continue
            detour = _around(world, open_world, path, blocked)
            if not (steps := blocked(detour)):
                passing.add(signature)
            elif not (world.pairs(path) in corridors and _only_variant(world, path, steps)):
                found[signature] = Rejected(detour, steps)
    fewest: dict[frozenset[str], Rejected] = {}
    for one in sorted(found.values(), key=lambda one: (len(one.blocked), one.path.value)):
        fewest.setdefault(frozenset(map(element_of, one.blocked)), one)
    return sorted(fewest.values(), key=lambda one: one.path.value)[:most]


def _around(
    world: World,
    open_world: World,
    path: engine.Path,
    blocked: Callable[[engine.Path], list[Step]],
) -> engine.Path:
    """The same borders by roads that are not shut, as far as there are such; else the path itself."""
    others = frozenset(ban for ban in world.multimodal.bans if ban.startswith("border ")) - set(world.borders(path))
    shut: frozenset[str] = frozenset()
    while local := {element_of(s) for s in blocked(path) if world.edges[s.edge].kind == "leg"} - shut:
        shut |= local
        detour = open_world.best(others | shut)
        if detour is None:
            break
        path = detour
    return path


def _only_variant(world: World, path: engine.Path, steps: list[Step]) -> bool:
    """Whether what is shut is no gate of the corridor: then another crossing of the same two countries serves."""
    gate = [ban.removeprefix("pair ") for ban in world.gate(path)]
    return not any(pair in gate for step in steps for pair in world.edges[step.edge].pairs)


def cut(world: World, open_world: World) -> list[Rejected]:
    """What cuts origin from destination: the best corridor, the best without what blocks that one, and so on."""
    bans: frozenset[str] = frozenset()
    found: list[Rejected] = []
    while (path := open_world.best(bans)) is not None:
        blocked = world.too_long(world.trace(path, push_through=True))
        if not blocked:
            break
        found.append(Rejected(path, blocked))
        bans |= {element_of(blocked[0])}
    return found

"""The routes of a question: the world of each legal load, the alternatives in it, and what is set aside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import product
from math import ceil, isnan
from typing import Literal

from corridors.engine import arrays as engine
from corridors.model.access import Access
from corridors.model.calendars import Knowledge
from corridors.model.facts import Facts
from corridors.model.hire import HIRED, QUARTERS, hired, meant
from corridors.model.question import Question
from corridors.model.risk import not_researched
from corridors.model.world import World
from corridors.routing import finding
from corridors.routing import path as paths
from corridors.routing.alternatives import NO_PLACE, LeftOut, offer, surest
from corridors.routing.blocked import KEEPS, Rejected
from corridors.routing.candidates import Candidate, outdoing
from corridors.routing.detours import Detours
from corridors.routing.each_border import over_borders
from corridors.routing.fan import BY_TONNE, TIE
from corridors.routing.further import FURTHER, further
from corridors.routing.plain_alternatives import Ways
from corridors.routing.request import By, Request, legal_loads
from corridors.routing.result import CRITERIA, Choice, Result
from corridors.routing.turns import Turns, there_and_back
from corridors.routing.worlds import Worlds

MOST_FAILING = 4
"""Further routes examined, times three, if the best one fails though nothing is closed."""
SAMPLES = 2_000
"""Samples behind the ranges of ``Routes.table`` and ``legs``."""
TRAINS = frozenset({"rail", "ferry"})
BY_MODE = 3
"""One in so many of the routes from which a demand chooses is sought besides by each mode by which none goes mainly."""
MAINLY: dict[str, By] = {"road": "hours", "rail": "kgco2e"}
"""What the route minimises that is sought for a demand where none goes mainly by a mode: trucks are quick."""
FAMILIES = (frozenset({"road"}), TRAINS)
"""Sets of modes for which the best route is also sought alone: whoever ships by train or by truck wants to see it."""


class Search:
    """Alternatives for one question, by legal payload where that decides."""

    def __init__(
        self,
        facts: Facts,
        question: Question,
        request: Request,
        ends: tuple[Access | None, Access | None],
    ) -> None:
        self.facts, self.question, self.request, self._ends = facts, question, request, ends
        self.world = Worlds(facts)
        self.left_out: list[LeftOut] = []
        self.aside: list[Rejected] = []
        self._unsure: list[Result] = []
        self._turns, self._through = Turns(facts, question), False
        self._detours: dict[Knowledge, Detours] = {}
        self.draws = facts.draws(SAMPLES, request.seed)

    def answer(self, question: Question | None = None) -> tuple[list[Choice], list[Rejected]]:
        """At most k choices, best first, and what was set aside though nothing is closed on it.

        The load of a wagon goes by rail first, and in trucks on what places are left.
        """
        question, k = question or self.question, self.request.k
        rails = self._rails(question)
        if self.request.method != "corridors":
            found = self._ways(rails, legal_loads(self.facts, rails), self.request.method) if rails else ([], [])
            return found if found[0] else self._ways(question, legal_loads(self.facts, question), self.request.method)
        offered = self._offered(rails, k - k // 2) if rails else []
        offered = [one for one in offered if one is offered[0] or not any(outdoing(offered, [one]))]
        if not offered:
            offered = self._offered(question, k)
        elif len(offered) < k:
            offered = self._with_trucks(question, offered)
        return [one.result.choice for one in offered], self.aside

    def _with_trucks(self, question: Question, offered: list[Candidate]) -> list[Candidate]:
        """Routes of a wagon's load with those in trucks on the places that are left, the bests before others."""
        k, left = self.request.k, self.left_out
        others = self._offered(question, k)
        trucks = [one for one in others if "road" in paths.modes(one.world, one.path)]
        chosen = sorted(trucks, key=lambda one: not one.best_in)[: k - len(offered)]
        offered = [*offered, *(one for one in trucks if one in chosen)]
        rest = {out.candidate: out for out in (*left, *self.left_out, *(LeftOut(one, NO_PLACE) for one in others))}
        stands = [*offered, None]
        self.left_out = [
            out if out.reason.rival in stands else LeftOut(one, NO_PLACE)
            for one, out in rest.items()
            if one not in offered
        ]
        return offered

    def _any_load(self, question: Question) -> World:
        """The world of a question in which each road takes some lawful load, if not the whole."""
        return self.world(question.but(least_payload=question.cargo.least_payload))

    def _of_knowledge(self, world: World) -> Detours:
        """Detours as judged by what a world knows."""
        known = world.question.knowledge
        if known not in self._detours:
            self._detours[known] = Detours(self.question.but(knowledge=known), self.world)
        return self._detours[known]

    def _rails(self, question: Question) -> Question | None:
        """The question of a wagon's load that stays on rails and train ferries, if that is for us to say and can be."""
        if self.request.modes is not None or question.cargo.unit != "wagon" or any(question.layers):
            return None
        rails = question.but(modes=question.modes - {"road"})
        return rails if self.world(rails).serves_both else None

    def choices(self) -> list[Result]:
        """Routes for a demand to choose from: first the one that would be offered first, the others in no order.

        The others are the best over each border, or inside one country, with stops, and where there is but one of them,
        the best by train and by any mode without parts of those known. One that goes mainly by road and one mainly by
        rail are sought where there is none.
        """
        asked = filter(None, (self._rails(self.question), self.question))
        return list({one.path.edges: one for some in asked for one in self._choices(some)}.values())

    def _choices(self, question: Question) -> list[Result]:
        first, k = self._best(question), self.request.k
        if first is None or k == 1:
            return [first] if first else []
        self._through = bool(question.via) and not there_and_back(first.world, first.path)
        world = self._any_load(question)
        fits, ways = self._fits(world), list[engine.Path]()
        if not question.via and len(set(paths.ends(world, first.path))) > 1:
            ways = over_borders(world, k, ceil(k / BY_MODE), fits)
        if len(ways) < 2:  # the best to a border may have crossed others to and fro
            ways += self._next_by_train(world, self._alone(question))
            ways += further(world, [first.path, *ways], ceil(k / FURTHER), fits)
        found = [first, *(self._result(world, path) for path in ways), *self._unsure]
        missing = set(MAINLY) & question.modes - {paths.main_mode(one.world, one.path) for one in found}
        others = (self._best(question.but(by=MAINLY[mode])) for mode in sorted(missing))
        return [*found, *(one for one in others if one and fits(one.path))]

    def _offered(self, question: Question, k: int) -> list[Candidate]:
        """At most k candidates of a question; the others are left out."""
        first = self._best_in(question)
        if first is None:
            return []
        bests = [first]
        if k > 1:
            others = (self._best_in(question.but(by=by)) for by in CRITERIA if by != question.by)
            bests = [first, *filter(None, others)]
            ways = [one for one in bests if one is first or set(one.best_in) & {"hours", "usd"}]
            self._through = any(not there_and_back(one.world, one.path) for one in ways)
            bests = [one for one in bests if one in ways or self._passes(one.world, one.path)]
        more, front = self._further(question, bests, k) if k > 1 else ([], [])
        bests = [_cheapest(one, (*more, *front)) if "usd" in one.best_in else one for one in bests]
        offered, self.left_out = offer(bests, more, front, k, self.request.max_overlap, self.request.max_stretch)
        return offered

    def _best_in(self, question: Question) -> Candidate | None:
        """The best by what the question minimises, as a candidate."""
        best = self._best(question)
        return None if best is None else self._candidate(best, (question.by,))

    def _best(self, question: Question) -> Result | None:
        """The best by what the question minimises; by the tonne where a lighter load may go a better route.

        The search counts no detention, which a ship's box may pay beyond its free days. Where the best route does, it
        is weighed against the best by land, and the best with each hour inland at the price of a further day on it,
        which is found by bisection. If nothing is on record of what seems least exposed, the best without gates,
        straits and sections at which nobody looked for closures is taken: that none is recorded is no safety.
        """
        found = self._by_tonne(question)
        if found is not None and question.by == "risk" and isnan(found.risk):
            unlooked = not_researched(self.facts, self.world(question))
            known = self._by_tonne(question.but(avoid_elements=question.avoid_elements | unlooked))
            return known if known and known.researched else found
        if found is None or question.by not in ("usd", "generalised") or not found.hire:
            return found

        def value(one: Result) -> float:
            return self._value(one, question.by)

        ways = [found, *filter(None, [self._by_tonne(question.but(modes=question.modes - {"sea"}))])]
        low, high = 0, QUARTERS + 1
        while (quarters := (low + high) // 2) > low:
            way = self._by_tonne(question.but(by=hired(question.by, quarters)))
            ways += filter(None, [way])
            low, high = (quarters, high) if way and way.further > quarters else (low, quarters)
        return min(surest(ways, lambda one: one), key=value)

    def _by_tonne(self, question: Question) -> Result | None:
        world = self._any_load(question)
        best = self._passing(world)
        if best is None or question.by not in (*BY_TONNE, *HIRED) or best.payload == question.cargo.payload_t:
            return best
        found = [best]
        for payload in legal_loads(self.facts, question):
            lighter = question.loaded(payload).but(least_payload=payload)
            found += filter(None, [self._passing(self.world(lighter))])
        found = surest(found, lambda one: one)
        values = [self._value(one, question.by) for one in found]
        level = min(values) * (1 + TIE)
        alike = [one for one, value in zip(found, values, strict=True) if value <= level]
        return max(alike, key=lambda one: one.payload)

    def _passing(self, world: World) -> Result | None:
        """The best route of a world that turns round at no crossing or pass and on which perishables last.

        Where they last on none for sure, the route on which they do so most likely.
        """
        doubtful = list[Result]()
        for path in self._in_turn(world):
            if self._serves(world, path):
                found = self._result(world, finding.cheaper(world, path))
                if not found.sure:
                    found = surest([found, self._result(world, path)], lambda one: one)[0]
                if found.sure:
                    self._unsure += doubtful
                    return found
                doubtful.append(found)
        return surest(doubtful, lambda one: one)[0] if doubtful else None

    def _in_turn(self, world: World) -> Iterator[engine.Path]:
        """The best route; if it fails, those that it beats by being slower, and the next best over other borders."""
        path = finding.best(world)
        if path is not None:
            yield from self._turns.ways(world, path)
            detours = self._of_knowledge(world)
            if detours.rather(world, path) and (other := detours.round_late(world)):
                yield from self._turns.ways(world, other)
            if world.question.cargo.perishable and world.question.by != "hours":
                quicker = finding.quicker(world, 24 * world.question.cargo.shelf_life_days)
                yield from (one for one in quicker if one.edges != path.edges)
            yield from further(world, [path], MOST_FAILING, lambda _: True)

    def _serves(self, world: World, path: engine.Path) -> bool:
        """Whether a path can be an answer, if nothing is closed on it; one that cannot is set aside."""
        fault = None
        if reason := self._fails(world)(path):
            fault = Rejected(path, [], reason, needs=KEEPS)
        elif place := self._turns.at(world, path):
            fault = Rejected(path, [], f"turns round at {place}", needs=f"a stop other than {place}")
        elif wait := self._of_knowledge(world).rather(world, path):
            fault = wait
        if fault:
            self.aside.append(fault)
        return fault is None

    def _further(
        self, question: Question, bests: Sequence[Candidate], k: int
    ) -> tuple[list[Candidate], list[Candidate]]:
        """The fastest and cheapest by road and by rail with routes over other borders, and the front by hours and US$.

        Each goes with its lawful load.
        """
        seen = {one.borders for one in bests}
        found = []
        alone = self._alone(question.but(by="hours"))
        for only, by in product(alone, CRITERIA[:2]):
            one = self._best(question.but(modes=only.modes, by=by))
            if one and one.corridor[0] not in seen and self._passes(one.world, one.path):
                seen.add(one.corridor[0])
                found.append(self._candidate(one))
        world = self._any_load(question)
        fits = self._fits(world)
        # the borders of the best in CO2e or risk may be passed sooner
        known = [bests[0], *(one for one in bests[1:] if not set(one.best_in) <= {"kgco2e", "risk"}), *found]
        front = [self._candidate(self._result(world, path)) for path, *_ in finding.front(world, ["usd"]).paths]
        sure = [one for one in front if one.result.sure and fits(one.path)]
        found += [self._candidate(self._result(world, path)) for path in self._next_by_train(world, alone)]
        others = [self._result(world, path) for path in further(world, [one.path for one in (*known, *sure)], k, fits)]
        unsure = [*self._unsure, *(one.result for one in front if not one.result.sure and not one.result.spoils())]
        return found + [self._candidate(one) for one in (*others, *unsure)], sure

    def _passes(self, world: World, path: engine.Path) -> bool:
        """Whether a path goes through all stops, unless none of the best does."""
        return not (self._through and there_and_back(world, path))

    def _alone(self, question: Question) -> list[Question]:
        """The question by road alone and by train alone, where these serve both ends and are not all there is."""
        kinds = (family & question.modes for family in FAMILIES)
        least = question.cargo.least_payload
        alone = [question.but(modes=modes, least_payload=least) for modes in kinds if modes and modes < question.modes]
        return [one for one in alone if self.world(one).serves_both]

    def _fits(self, world: World) -> Callable[[engine.Path], bool]:
        """Whether a path of a world can stand beside the best: one that enters no country again, by all stops."""

        def fits(path: engine.Path) -> bool:
            again = not world.question.via and paths.reenters(world, path)
            return not again and self._passes(world, path) and self._serves(world, path)

        return fits

    def _next_by_train(self, world: World, alone: Sequence[Question]) -> list[engine.Path]:
        """The best by train over other borders than the best by train: what forwarders turn to when trains queue."""
        fits, found = self._fits(world), list[engine.Path]()
        for trains in (self.world(one) for one in alone if one.modes <= TRAINS):
            first = finding.best(trains)
            found += further(trains, [first], 1, fits)[:1] if first else []
        return found

    def _candidate(self, result: Result, best_in: tuple[str, ...] = ()) -> Candidate:
        return Candidate.of(result, self._value(result, self.question.by), self._tonnes(result), best_in)

    def _value(self, result: Result, by: str) -> float:
        """A route by an objective, by the tonne where loads differ."""
        by = meant(by)
        unknown = by == "risk" and isnan(result.risk)  # after all on record, whose risk is below 1
        return result.value(by) / (self._tonnes(result) if by in BY_TONNE else 1.0) + unknown

    @cached_property
    def _limited(self) -> bool:
        """Whether some road may limit the load, so that what routes take is compared by the tonne."""
        return len(legal_loads(self.facts, self.question)) > 1

    def _tonnes(self, result: Result) -> float:
        return result.payload if self._limited else 1.0

    def _result(self, world: World, path: engine.Path) -> Result:
        return Result(self.facts, self._lawful(world, path), *self._ends, self.draws)

    def _lawful(self, world: World, path: engine.Path) -> Choice:
        """A path with the load that the law allows on it."""
        return Choice(paths.lawful(world, path, self.world), path)

    def _ways(
        self, question: Question, classes: Sequence[float], method: Literal["yen", "disjoint"]
    ) -> tuple[list[Choice], list[Rejected]]:
        """The same by another `method` of telling alternatives apart."""
        by_tonne = len(classes) > 1 and question.by in BY_TONNE
        if by_tonne:
            worlds = [(self.world(question.loaded(t).but(least_payload=t)), t) for t in classes]
        else:
            worlds = [(self._any_load(question), 1.0)]
        ways = Ways([(world, unit, self._fails(world)) for world, unit in worlds], self.request.max_overlap)
        found = ways.find(method, self.request.k)
        full = self._any_load(question)  # a heavier load may go there too
        return [self._lawful(full, path) for _, path in found], ways.aside

    def if_reopened(self, known: Sequence[Choice]) -> list[Choice]:
        """Choices that exist only if closures without a known end have ended."""
        question = self.question.but(knowledge=self.question.knowledge._replace(unknown="lapse"))
        signatures = [paths.borders(one.world, one.path) for one in known]
        others = [
            choice for choice in self.answer(question)[0] if paths.borders(choice.world, choice.path) not in signatures
        ]
        return [choice._replace(condition="holds only if closures without a known end have ended") for choice in others]

    def _fails(self, world: World) -> Callable[[engine.Path], str]:
        """What keeps a path from being an answer though nothing is closed on it: perishables never last so long."""
        if not world.question.cargo.perishable:
            return lambda _: ""
        return lambda path: Result(self.facts, Choice(world, path), *self._ends, self.draws).spoils()


def _cheapest(best: Candidate, others: Sequence[Candidate]) -> Candidate:
    """The cheapest, which a search that counts the hire of a box by quarters of a day may have missed."""
    some = [one for one in others if one.result.sure >= best.result.sure]
    return min([best, *some], key=lambda one: one.figures[1])._replace(best_in=best.best_in)

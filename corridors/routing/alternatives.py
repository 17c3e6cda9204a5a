"""Which routes are offered: the best in each criterion, then those that really differ; and why others are not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import inf, isnan
from operator import attrgetter
from typing import NamedTuple, TypeVar

from corridors.engine import arrays as engine
from corridors.model.world import World
from corridors.routing import parallel
from corridors.routing import path as paths
from corridors.routing.result import CRITERIA, Result, beats

T = TypeVar("T")
FAR = {"kgco2e": (2, 1), "risk": (1, 1)}
"""Times `max_stretch` that hours and US$ of the best in CO2e or risk may be: trains are slow, and worth a place."""
FARTHER = (2, 2)
"""The same of a train where the answer has none, and of any route where the first would stand alone."""
NO_GAIN = {"kgco2e": 0.1, "risk": 0.05}
"""How much better than the routes already there one must be to get a place: share of the CO2e, risk itself.

Factors of emission and chances of closure are known no better, and an analyst would not choose by less."""
MOST = 0.8
"""Share of what the best in CO2e or risk saves over the first that a route of less effort must save to stand for it."""
LITTLE = 0.005
"""Share that the fastest or the cheapest must save on its twin to be offered beside it."""
MUCH = 0.2
"""Share of hours or US$ for which a reader may take the slower or dearer of two routes."""
SPARED = 0.1
"""Share of hours x US$ that the route of least effort must save over those in the answer through the same countries."""
CLOSE = 1.25
"""Times the least hours x US$ up to which an outdone route of another kind comes before all of kinds that are there."""
TWINS = 0.02
"""Share by which the hours and US$ of two routes over the same crossings may differ and be one route to an analyst."""
SAME_WAY = 0.2
"""Share of hours x US$ that a further route through the countries of a best must save over one through others."""
COUNTRIES, BORDERS = attrgetter("countries"), attrgetter("borders")
"""What routes must have alike to be held against each other where places are left."""
SHOWN = {"hours": "hours", "usd": "US$", "kgco2e": "kg CO2e", "risk": "risk"}


class Candidate(NamedTuple):
    """A route that could be offered: what it takes, and in what it is the best of all."""

    result: Result
    value: float
    """What the question minimises."""
    figures: tuple[float, ...]
    """Hours, US$, kg CO2e and risk; money and CO2e by the tonne."""
    best_in: tuple[str, ...] = ()

    @property
    def path(self) -> engine.Path:
        """Its path."""
        return self.result.path

    @property
    def world(self) -> World:
        """The world in which it was found."""
        return self.result.world

    @property
    def rank(self) -> tuple[float, float]:
        """What routes are ordered by: where perishables may not last, how likely they do, before the value."""
        return (0.0 if self.result.sure else 1 - self.result.saleable), self.value

    @property
    def effort(self) -> tuple[float, float]:
        """What further routes are ordered by: hours and US$ together, per cent for per cent."""
        return self.rank[0], self.figures[0] * self.figures[1]

    @property
    def countries(self) -> list[str]:
        """Countries that it passes, in order."""
        return self.result.countries

    @property
    def kind(self) -> tuple[str, ...]:
        """Its countries, and the mode that carries it farthest: what tells one choice from another at first sight."""
        return (*self.countries, self.result.main_mode)

    @property
    def borders(self) -> tuple[str, ...]:
        """Its corridor signature."""
        return self.result.corridor[0]

    @property
    def corridor(self) -> tuple[tuple[str, ...], frozenset[str]]:
        """Its corridor signature, and the modes of its legs."""
        return self.result.corridor


class Reason(NamedTuple):
    """Why a route is not offered; `words` with ``{}`` for the route that it is held against, if any."""

    words: str
    rival: Candidate | None = None

    def said(self, labels: Mapping[tuple[int, ...], str]) -> str:
        """The reason with the rival by its label in the answer (by its path), or by its name if it has none."""
        rival = self.rival
        return self.words.format(labels.get(rival.path.edges, rival.result.name)) if rival else self.words


class LeftOut(NamedTuple):
    """A route that was found and is not offered."""

    candidate: Candidate
    reason: Reason


def surest(ways: Sequence[T], result: Callable[[T], Result]) -> list[T]:
    """The routes, in order, on which perishables certainly last; if there is none, only the most likely one."""
    sure = [way for way in ways if result(way).sure]
    return sure or [max(ways, key=lambda way: result(way).saleable)]


def offer(
    bests: Sequence[Candidate],
    others: Sequence[Candidate],
    front: Sequence[Candidate],
    k: int,
    max_overlap: float,
    max_stretch: float,
) -> tuple[list[Candidate], list[LeftOut]]:
    """At most `k` routes in the order of what the question minimises, and why each of the rest is left out.

    First come the bests: by the question, then the fastest, the cheapest, the one of least effort if that spares much,
    the lowest in CO2e and the least exposed (if researched). Each stands for its twins: one that is the fastest or the
    cheapest by a trifle is not offered, and for the lowest in CO2e or risk stands what saves most of that in less
    effort. So does one that is clearly safer than the first for a trifle more of what the question minimises.

    Then places go, in this order, to those that

    1. none outdoes, of another kind: through other countries or mainly by another mode, or better in both hours and
       US$ than one in the answer that none there beats so,
    2. none outdoes, over other borders; then the best in CO2e or risk that takes more than `max_stretch` times the
       least effort,
    3. are outdone, of another kind and hardly more effort,
    4. none outdoes, over the borders of others,
    5. go by train, if none does yet, for up to four times the hours and US$,
    6. are told apart from those through the same countries by other borders,
    7. are outdone, up to `max_stretch` times the least effort first, beside a route that beats them or what does,
    8. where the first would stand alone, are far in km only, or twice as far for less CO2e or risk,
    9. may be too late for perishables.

    Each time those of least `Candidate.effort` come first, a fifth sooner if through other countries; those that share
    little with all of the answer come before those that share little with others of their countries or borders.
    """
    chosen, slow, left = _of_right(bests, [*bests, *others, *front], k, max_stretch)
    every = [*chosen, *others]
    every += [one for one in (*bests, *front) if not any(_twins(other, one) for other in chosen)]
    taken = {one.path.edges for one in (*chosen, *slow, *(one.candidate for one in left))}
    on_front = {one.path.edges for one in front}

    level = dict[int, list[Candidate]]()  # of the answer, over which none there saves hours and US$; by how many it has

    def relieves(one: Candidate) -> bool:
        """Whether it serves better than a route of the answer over which none there saves hours and US$."""
        if len(chosen) not in level:
            level[len(chosen)] = [
                other for other in chosen if not any(saves(better.figures, other.figures) for better in chosen)
            ]
        return any(_rather(one, other) for other in level[len(chosen)])

    def order(one: Candidate) -> tuple[bool, float, float]:
        doubt, effort = one.effort
        known = any(one.countries == other.countries for other in chosen)
        return not relieves(one), doubt, effort * (1 + SAME_WAY * known)

    rest = {one.path.edges: one for one in (*bests, *others, *front) if one.path.edges not in taken}
    more = sorted(rest.values(), key=order)
    unsure = dict[tuple[tuple[str, ...], frozenset[str]], Candidate]()
    for one in more:
        if not one.result.sure:
            unsure.setdefault(one.corridor, one)
    more = [one for one in more if one.result.sure]
    unbeaten = [one for one in more if not any(_outdoes(other, one) for other in every)]
    most = max_stretch * min(one.effort[1] for one in bests)
    near = [one for one in more if one in unbeaten or one.effort[1] <= most]
    reasons = dict[tuple[int, ...], Reason]()

    def new(group: Iterable[Candidate]) -> Iterator[Candidate]:
        """Those of a group that are of a kind that the answer lacks when their turn comes, or relieve a route of it."""
        return (one for one in group if relieves(one) or all(one.kind != other.kind for other in chosen))

    def elsewhere(group: Iterable[Candidate]) -> Iterator[Candidate]:
        """Those over borders that the answer lacks when their turn comes."""
        return (one for one in group if all(one.borders != other.borders for other in chosen))

    def close() -> Iterator[Candidate]:
        """Those outdone, but close to the least effort, which nothing outdoes that is not in the answer."""
        some = (one for one in near if one.effort[1] <= CLOSE * most / max_stretch)
        return (one for one in some if not any(_outdoes(other, one) for other in every if other not in chosen))

    def told_apart(group: Iterable[Candidate]) -> Iterator[Candidate]:
        """Those whose hours or US$ differ from those of all of the answer through the same countries."""
        return (one for one in group if not any(_level(one, other) for other in chosen))

    def fill(
        group: Iterable[Candidate],
        alike: Callable[[Candidate], object] | None = None,
        *,
        any_km: bool = False,
        rest: bool = False,
    ) -> None:
        """Give what places there are to a group, each held against all of the answer or those that are `alike`.

        To the `rest` it is enough that one of the answer outdoes them, whatever else does.
        """
        for one in group:
            if one in chosen:
                continue
            rivals = [other for other in chosen if alike is None or alike(other) == alike(one)]
            better = [] if rest and any(_outdoes(other, one) for other in chosen) else every
            reason = _kept_out(one, chosen, rivals, better, max_overlap, max_stretch, any_km)
            if not reason and len(chosen) < k:
                chosen.append(one)
            else:
                reasons[one.path.edges] = _doubted(one, reason or _no_place(k))

    def farther(wanted: Callable[[Candidate], bool]) -> None:
        """Give places to what is wanted of the bests in CO2e or risk that were too far out."""
        for one in [out.candidate for out in left if _far(out.candidate, chosen[0], max_stretch)]:
            if len(chosen) < k and wanted(one) and not _far(one, chosen[0], max_stretch, FARTHER):
                chosen.append(one)

    fill(new(unbeaten))
    fill(new(unbeaten), COUNTRIES)
    fill(elsewhere(unbeaten))
    fill(elsewhere(unbeaten), COUNTRIES)
    for one in slow:
        if not any(_as_good(other, one, bests[0]) for other in chosen):
            left += _placed(one, chosen, k)
    fill(new(close()))
    fill(unbeaten)
    fill(unbeaten, COUNTRIES)
    farther(lambda one: one.result.main_mode == "rail" and all(other.result.main_mode != "rail" for other in chosen))
    more.sort(key=order)
    near.sort(key=order)
    fill(told_apart(unbeaten), BORDERS)
    fill(near)
    fill(near, COUNTRIES)
    fill(near, BORDERS)
    fill(more, BORDERS, rest=True)
    fill(more, COUNTRIES)
    if len(chosen) == 1:  # near a closed border the next one is far in km, not in days and US$
        fill(more, any_km=True)
    farther(lambda _: len(chosen) == 1)
    left = [out for out in left if not any(_twins(other, out.candidate) for other in chosen)]
    fill(unsure.values())
    told = {one.corridor for one in chosen}
    for one in (*more, *unsure.values()):
        if one not in chosen and (one.path.edges not in on_front or one.corridor not in told):
            left.append(LeftOut(one, reasons[one.path.edges]))
            told.add(one.corridor)
    return [chosen[0], *sorted(chosen[1:], key=attrgetter("rank"))], left  # what is on record in part may seem safer


def _of_right(
    bests: Sequence[Candidate], known: Sequence[Candidate], k: int, max_stretch: float
) -> tuple[list[Candidate], list[Candidate], list[LeftOut]]:
    """The bests that have a place, or what is as good and takes less effort in their place, and those left out.

    Where the best in CO2e or risk is too far out, the best of those that are not stands for it. Those that take more
    than `max_stretch` times the least effort stand between: they may have to give way to the usual routes.
    """
    chosen: list[Candidate] = []
    slow: list[Candidate] = []
    left: list[LeftOut] = []
    most = max_stretch * min(best.effort[1] for best in bests)
    others = sorted(bests[1:], key=lambda best: best.effort if set(best.best_in) <= set(NO_GAIN) else (-1.0, 0.0))
    swift = [best for best in others if not set(best.best_in) <= set(NO_GAIN)]
    usual = min(known, key=attrgetter("effort"))._replace(best_in=())
    for best in [bests[0], *_even(bests[0], known), *swift, usual, *others[len(swift) :]]:
        unknown = best is not bests[0] and best.best_in == ("risk",) and not best.result.researched
        if unknown or (bests[0].result.sure and not best.result.sure):
            continue
        one = _sooner(best, known, bests[0])
        if far := _far(one, bests[0], max_stretch):
            left.append(LeftOut(one, Reason(far)))
            near = [
                other._replace(best_in=one.best_in)
                for other in known
                if (other.result.sure or not best.result.sure) and (other.result.researched or one.best_in != ("risk",))
            ]
            near = [other for other in near if not _far(other, bests[0], max_stretch)]
            if not near:
                continue
            one = min(near, key=lambda other: other.figures[CRITERIA.index(other.best_in[0])])
        same = next((i for i, other in enumerate(chosen) if _as_good(other, one, bests[0])), None)
        if same is not None:
            chosen[same] = chosen[same]._replace(best_in=(*chosen[same].best_in, *one.best_in))
        elif twin := next((other for other in chosen if _stands_for(other, one)), None):
            left.append(LeftOut(one, Reason(f"{_alike(one, twin)} as {{}}, and better by a trifle at most", twin)))
        elif one is usual and not all(one.countries != other.countries or _spares(one, other) for other in chosen):
            continue
        elif set(one.best_in) <= set(NO_GAIN) and one.effort[1] > most and chosen:
            slow.append(one)
        else:
            left += _placed(one, chosen, k)
    return chosen, slow, left


def _placed(one: Candidate, chosen: list[Candidate], k: int) -> list[LeftOut]:
    """Give a route the next place, or say that there is none."""
    if len(chosen) < k:
        chosen.append(one)
        return []
    return [LeftOut(one, _no_place(k))]


def _doubted(one: Candidate, reason: Reason) -> Reason:
    """The reason, after how likely perishables last where that is in doubt."""
    if one.result.sure:
        return reason
    words = f"arrives saleable in {100 * one.result.saleable:.0f} % of journeys, and {reason.words}"
    return reason._replace(words=words)


def _no_place(k: int) -> Reason:
    return Reason(f"no place among {k}: ask for more with k")


def _even(first: Candidate, known: Sequence[Candidate]) -> list[Candidate]:
    """Of the routes that the first outdoes by a trifle and that are safer for it, the one of least effort."""
    even = [one for one in known if _rather(one, first) and one.result.sure and one.value <= (1 + LITTLE) * first.value]
    return [min(even, key=lambda one: one.effort)._replace(best_in=())] if even else []


def _alike(one: Candidate, other: Candidate) -> str:
    """In words, what two routes over the same borders have in common."""
    return "the same crossings" if one.result.crossings == other.result.crossings else "other posts of the same borders"


def _twins(one: Candidate, other: Candidate) -> bool:
    """Whether two routes over the same crossings take the same time and money but for a trifle."""
    return one.result.crossings == other.result.crossings and _level(one, other)


def _level(one: Candidate, other: Candidate) -> bool:
    """Whether two routes through the same countries take the same time and money but for a trifle."""
    pairs = zip(one.figures[:2], other.figures[:2], strict=True)
    return one.countries == other.countries and all(abs(a - b) <= TWINS * b for a, b in pairs)


def saves(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether figures of a route save both hours and US$ over those of another, and of one more than a trifle."""
    (hours, usd), (other_hours, other_usd) = one[:2], other[:2]
    clearly = hours < (1 - TWINS) * other_hours or usd < (1 - TWINS) * other_usd
    return hours < other_hours and usd < other_usd and clearly


def _rather(one: Candidate, other: Candidate) -> bool:
    """Whether it saves both hours and US$, or leads over other borders, clearly safer, for no more of either."""
    if saves(one.figures, other.figures):
        return True
    no_more = all(a <= (1 + TWINS) * b for a, b in zip(one.figures[:2], other.figures[:2], strict=True))
    elsewhere = no_more and one.borders != other.borders
    return elsewhere and one.figures[3] < other.figures[3] - NO_GAIN["risk"] and not isnan(one.result.risk)


def _stands_for(chosen: Candidate, one: Candidate) -> bool:
    """Whether a route over the same crossings serves as well as another, which is the best in something by a trifle."""
    best = [CRITERIA.index(name) for name in ("hours", "usd") if name in one.best_in]
    if one.best_in and not best:
        return False
    pairs = list(zip(chosen.figures[:2], one.figures[:2], strict=True))
    no_more = bool(best) and chosen.corridor == one.corridor and all(a <= (1 + TWINS) * b for a, b in pairs)
    return (no_more or _twins(chosen, one)) and all(pairs[i][0] <= (1 + LITTLE) * pairs[i][1] for i in best)


def _outdoes(one: Candidate, other: Candidate) -> bool:
    """Whether it beats another, but for so little CO2e or risk that no figure tells them apart.

    A risk that is not recorded is no gain.
    """
    hours, usd, kgco2e, risk = (*other.figures[:3], inf) if isnan(other.result.risk) else other.figures
    return beats(one.figures, (hours, usd, kgco2e * (1 + NO_GAIN["kgco2e"]), risk + NO_GAIN["risk"])) and (
        beats(one.figures[:2], (hours, usd)) or beats(one.figures, other.figures)
    )


def _sooner(one: Candidate, known: Sequence[Candidate], first: Candidate) -> Candidate:
    """The route of least effort among those as good as a best; the first of all stays what it is.

    As good as the fastest or the cheapest is what takes a trifle more over the same crossings, or a trifle more of the
    one and much less of the other.
    """
    if one is first:
        return one
    if one.best_in in (("kgco2e",), ("risk",)):
        alike = [other for other in known if _as_good(other, one, first)]
    elif one.best_in in (("hours",), ("usd",)):
        i = CRITERIA.index(one.best_in[0])
        alike = [other for other in known if other.result.sure >= one.result.sure]
        alike = [other for other in alike if other.figures[i] <= one.figures[i] * (1 + LITTLE)]
        alike = [other for other in alike if other.corridor == one.corridor or _much_less(other, one, 1 - i)]
    else:
        return one
    return min(alike, key=lambda other: other.effort)._replace(best_in=one.best_in)


def _spares(one: Candidate, other: Candidate) -> bool:
    """Whether a route takes so much less effort than another through the same countries that it is the usual one."""
    return one.effort[1] <= (1 - SPARED) * other.effort[1]


def _much_less(one: Candidate, other: Candidate, i: int) -> bool:
    """Whether a route saves much of one criterion over another."""
    return one.figures[i] <= (1 - MUCH) * other.figures[i]


def _by_a_trifle(one: Candidate, other: Candidate) -> bool:
    """Whether a route saves a trifle at most of hours or US$ over another, and takes much more of the other."""
    return any(
        _much_less(other, one, i) and other.figures[1 - i] <= (1 + LITTLE) * one.figures[1 - i] for i in range(2)
    )


def _far(one: Candidate, first: Candidate, max_stretch: float, far: tuple[float, float] | None = None) -> str:
    """Why the best in CO2e or risk is too far out to be offered for that alone; empty if it is not."""
    if len(one.best_in) != 1 or one.best_in[0] not in FAR:
        return ""
    for name, figure, least, times in zip(
        CRITERIA[:2], one.figures, first.figures, far or FAR[one.best_in[0]], strict=False
    ):
        if figure > times * max_stretch * least:
            return f"takes {figure / least:.4g} times the {SHOWN[name]} of the first, for less {SHOWN[one.best_in[0]]}"
    return ""


def _as_good(other: Candidate, one: Candidate, first: Candidate) -> bool:
    """Whether a route serves as well for what another is the best in: it saves most of what that saves on the first."""
    if other.path.edges == one.path.edges:
        return True
    if one.best_in not in (("kgco2e",), ("risk",)):
        return False
    i = CRITERIA.index(one.best_in[0])
    figure, least, usual = (way.figures[i] for way in (other, one, first))
    trifle = NO_GAIN["kgco2e"] * least if one.best_in == ("kgco2e",) else NO_GAIN["risk"]
    return figure <= least + max(trifle, (1 - MOST) * (usual - least))


def _kept_out(
    one: Candidate,
    chosen: Sequence[Candidate],
    rivals: Sequence[Candidate],
    every: Sequence[Candidate],
    max_overlap: float,
    max_stretch: float,
    any_km: bool = False,
) -> Reason | None:
    """Why a further route is not offered though there may be room; None if it is."""
    first = chosen[0]
    flown = paths.flies(first.world, first.path)  # no measure for trucks and trains
    for name, figure, least in zip(CRITERIA[:2], one.figures, first.figures, strict=False):
        if figure > max_stretch * least and not flown:
            words = f"takes {figure / least:.4g} times the {SHOWN[name]} of the first (max_stretch={max_stretch:g})"
            return Reason(words)
    km, least = paths.km(one.world, one.path), paths.km(first.world, first.path)
    if km > max_stretch * least and not (flown or any_km):
        return Reason(f"{km / least:.4g} times the km of the first (max_stretch={max_stretch:g})")
    if twin := next((other for other in rivals if other.borders == one.borders and _by_a_trifle(one, other)), None):
        return Reason(f"{_alike(one, twin)} as {{}}, and better by a trifle at most", twin)
    rivals = [other for other in rivals if not _rather(one, other)]
    if twin := next((other for other in rivals if one.borders and other.corridor == one.corridor), None):
        return Reason(f"{_alike(one, twin)}, and the same modes, as {{}}", twin)
    rivals = [other for other in rivals if not any(_much_less(one, other, i) for i in range(2))]
    shares = [(_shared(one, other), i) for i, other in enumerate(rivals)]
    shared, like = max(shares, default=(0.0, 0))
    if shared > max_overlap:
        words = f"shares {100 * shared:.0f} % of the km with {{}} (max_overlap={max_overlap:g})"
        return Reason(words, rivals[like])
    unseen = (other for other in every if other not in chosen and beats(other.figures, one.figures))
    if any(not any(beats(known.figures, other.figures) for known in chosen) for other in unseen):
        return Reason("worse in everything than another route that is not offered either")
    return None


def overlap(world: World, a: engine.Path, b: engine.Path) -> float:
    """Share of the shorter path's km by land that both use; of all km where one goes by sea or air alone."""
    one, other = paths.land_km(world, a), paths.land_km(world, b)
    if not (one and other):
        one, other = paths.leg_km(world, a), paths.leg_km(world, b)
    shorter = min(sum(one.values()), sum(other.values()))
    shared = sum(km for leg, km in one.items() if leg in other)
    return shared / shorter if shorter else float(a.edges == b.edges)


def _shared(one: Candidate, other: Candidate) -> float:
    """Share of the km that two routes have in common; inside one country parallel roads count as one.

    There no border tells routes apart, and a road drawn from a suburb is another leg along the same highway.
    """
    same = overlap(one.world, one.path, other.path)
    if one.borders or other.borders or one.kind != other.kind or one.result.main_mode not in ("road", "rail"):
        return same
    ways = (paths.land_km(way.world, way.path) for way in (one, other))
    short, long = sorted(ways, key=lambda way: sum(way.values()))
    return same + parallel.beside(one.result.facts, short, long) / (sum(short.values()) or 1.0)

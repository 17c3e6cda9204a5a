"""Which routes are offered: the best in each criterion, then those that really differ; and why others are not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import NamedTuple, TypeVar

from corridors.routing import path as paths
from corridors.routing.candidates import (
    LITTLE,
    NO_GAIN,
    Candidate,
    as_good,
    beating,
    by_a_trifle,
    in_common,
    level,
    much_less,
    outdoing,
    rather,
    saves,
    shared_km,
    spares,
    stands_for,
    twins,
)
from corridors.routing.result import CRITERIA, Result, beats

T = TypeVar("T")
FAR = {"kgco2e": (2, 1), "risk": (1, 1)}
"""Times `max_stretch` that hours and US$ of the best in CO2e or risk may be: trains are slow, and worth a place."""
FARTHER = (2, 2)
"""The same of a train where the answer has none, and of any route where the first would stand alone."""
WORTH = 0.05
"""Share of US$ that makes up for a trifle of the hours of the fastest; of hours, for one of the least US$."""
CLOSE = 1.25
"""Times the least hours x US$ up to which an outdone route of another kind comes before all of kinds that are there."""
SAME_WAY = 0.2
"""Share of hours x US$ that a further route through the countries of a best must save over one through others."""
LIKELY = 0.5
"""Share of journeys on which perishables must last for a place before the last, however cheap a route is (assumed)."""
COUNTRIES, BORDERS = attrgetter("countries"), attrgetter("borders")
"""What routes must have alike to be held against each other where places are left."""
SHOWN = {"hours": "hours", "usd": "US$", "kgco2e": "kg CO2e", "risk": "risk"}


class Reason(NamedTuple):
    """Why a route is not offered; `words` with ``{}`` for the route that it is held against, ``{k}`` for the places."""

    words: str
    rival: Candidate | None = None

    def said(self, labels: Mapping[tuple[int, ...], str], k: int) -> str:
        """The reason with the rival by its label in the answer (by its path), or by its name if it has none."""
        rival = self.rival
        return self.words.format(labels.get(rival.path.edges, rival.result.name) if rival else "", k=k)


NO_PLACE = Reason("no place among {k}: ask for more with k")
"""That all places of the answer are taken."""


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
    3. are outdone, but of another kind and within a quarter of the least effort,
    4. none outdoes, over the borders of others,
    5. go by train, if none does yet, for up to twice `max_stretch` times the hours and US$,
    6. differ in hours or US$ from all through the same countries, whatever they share with those over other borders,
    7. are outdone, up to `max_stretch` times the least effort first, beside a route that beats them or what does,
    8. where the first would stand alone, are far in km only, or as far as in 5 for less CO2e or risk,
    9. may be too late for perishables; such a route comes right after 1 if they last in more than half of all journeys
       and each of the answer takes more than `max_stretch` times its US$.

    Each time those of least `Candidate.effort` come first, a fifth sooner if through other countries; those that share
    little with all of the answer come before those that share little with others of their countries or borders.
    """
    chosen, slow, left = _of_right(bests, [*bests, *others, *front], k, max_stretch)
    every = [*chosen, *others]
    every += [one for one in (*bests, *front) if not any(twins(other, one) for other in chosen)]
    taken = {*chosen, *slow, *(one.candidate for one in left)}
    on_front = set(front)
    tops = dict[int, list[Candidate]]()  # of the answer, over which none there saves hours and US$; it only grows

    def relieves(one: Candidate) -> bool:
        """Whether it serves better than a route of the answer over which none there saves hours and US$."""
        if len(chosen) not in tops:
            tops[len(chosen)] = [
                other for other in chosen if not any(saves(better.figures, other.figures) for better in chosen)
            ]
        return any(rather(one, other) for other in tops[len(chosen)])

    def order(one: Candidate) -> tuple[bool, float, float]:
        doubt, effort = one.effort
        known = any(one.countries == other.countries for other in chosen)
        return not relieves(one), doubt, effort * (1 + SAME_WAY * known)

    rest = list(dict.fromkeys(one for one in (*bests, *others, *front) if one not in taken))
    beaten_by = dict(zip(rest, beating(every, rest), strict=True))
    outdone_by = dict(zip(rest, outdoing(list(dict.fromkeys((*every, *bests, *front))), rest), strict=True))
    compared, shared = set(every), cache(shared_km)
    more = sorted(rest, key=order)
    unsure = dict[tuple[tuple[str, ...], frozenset[str]], Candidate]()
    for one in more:
        if not one.result.sure:
            unsure.setdefault(one.corridor, one)
    more = [one for one in more if one.result.sure]
    unbeaten = [one for one in more if compared.isdisjoint(outdone_by[one])]
    most = max_stretch * min(one.effort[1] for one in bests)
    near = [one for one in more if one in unbeaten or one.effort[1] <= most]
    reasons = dict[Candidate, Reason]()

    def new(group: Iterable[Candidate]) -> Iterator[Candidate]:
        """Those of a group that are of a kind that the answer lacks when their turn comes, or relieve a route of it."""
        return (one for one in group if relieves(one) or all(one.kind != other.kind for other in chosen))

    def elsewhere(group: Iterable[Candidate]) -> Iterator[Candidate]:
        """Those over borders that the answer lacks when their turn comes."""
        return (one for one in group if all(one.borders != other.borders for other in chosen))

    def close() -> Iterator[Candidate]:
        """Those outdone, but close to the least effort, which nothing outdoes that is not in the answer."""
        some = (one for one in near if one.effort[1] <= CLOSE * most / max_stretch)
        return (one for one in some if compared.intersection(outdone_by[one]) <= set(chosen))

    def worth_a_try() -> Iterator[Candidate]:
        """Those on which perishables may spoil but more likely last, where all of the answer is far dearer."""
        some = (one for one in unsure.values() if one.result.saleable > LIKELY)
        return (one for one in some if all(max_stretch * one.figures[1] < other.figures[1] for other in chosen))

    def told_apart(group: Iterable[Candidate]) -> Iterator[Candidate]:
        """Those whose hours or US$ differ from those of all of the answer through the same countries."""
        return (one for one in group if not any(level(one, other) for other in chosen))

    def fill(
        group: Iterable[Candidate],
        alike: Callable[[Candidate], object] | None = None,
        *,
        any_km: bool = False,
        beside_better: bool = False,
    ) -> None:
        """Give what places there are to a group, each held against all of the answer or those that are `alike`.

        With `beside_better` it is enough that one of the answer outdoes them, whatever else does.
        """
        for one in group:
            if one in chosen:
                continue
            rivals = [other for other in chosen if alike is None or alike(other) == alike(one)]
            known = beside_better and any(other in chosen for other in outdone_by[one])
            better = [] if known else beaten_by[one]
            reason = _kept_out(one, chosen, rivals, better, shared, max_overlap, max_stretch, any_km)
            if not reason and len(chosen) < k:
                chosen.append(one)
            else:
                reasons[one] = _doubted(one, reason or NO_PLACE)

    def farther(wanted: Callable[[Candidate], bool]) -> None:
        """Give places to what is wanted of the bests in CO2e or risk that were too far out."""
        for one in [out.candidate for out in left if _far(out.candidate, chosen[0], max_stretch)]:
            if any(twins(other, one) for other in chosen):
                left[:] = [out for out in left if out.candidate != one]  # what is offered stands for it
            elif len(chosen) < k and wanted(one) and not _far(one, chosen[0], max_stretch, FARTHER):
                chosen.append(one)

    fill(new(unbeaten))
    fill(new(unbeaten), COUNTRIES)
    fill(worth_a_try())
    fill(elsewhere(unbeaten))
    fill(elsewhere(unbeaten), COUNTRIES)
    for one in slow:
        if not any(as_good(other, one, bests[0]) for other in chosen):
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
    fill(more, BORDERS, beside_better=True)
    fill(more, COUNTRIES)
    if len(chosen) == 1:  # near a closed border the next one is far in km, not in days and US$
        fill(more, any_km=True)
    farther(lambda _: len(chosen) == 1)
    for one in unsure.values():
        better = next((other for other in outdone_by[one] if other in chosen), None)
        if better is None:
            fill([one])
        else:
            reasons[one] = _doubted(one, Reason("worse in everything than {}", better))
    left = [out for out in left if out.candidate not in chosen]
    told = {one.corridor for one in chosen}
    for one in (*more, *unsure.values()):
        if one not in chosen and (one not in on_front or one.corridor not in told):
            left.append(LeftOut(one, reasons[one]))
            told.add(one.corridor)
    first = chosen[0]  # what is on record in part only may seem safer
    return sorted(chosen, key=lambda one: (one.rank[0], one is not first, one.rank[1])), left


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
            left.append(LeftOut(one, Reason(far, bests[0])))
            near = [
                other._replace(best_in=one.best_in)
                for other in known
                if (other.result.sure or not best.result.sure) and (other.result.researched or one.best_in != ("risk",))
            ]
            near = [other for other in near if not _far(other, bests[0], max_stretch)]
            if not near:
                continue
            one = min(near, key=lambda other: other.figures[CRITERIA.index(other.best_in[0])])
        same = next((i for i, other in enumerate(chosen) if as_good(other, one, bests[0])), None)
        if same is not None:
            chosen[same] = chosen[same]._replace(best_in=(*chosen[same].best_in, *one.best_in))
        elif one is usual and not all(one.countries != other.countries or spares(one, other) for other in chosen):
            continue
        elif twin := next((other for other in chosen if stands_for(other, one)), None):
            left.append(LeftOut(one, Reason(f"{in_common(one, twin)} as {{}}, and better by a trifle at most", twin)))
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
    return [LeftOut(one, NO_PLACE)]


def _doubted(one: Candidate, reason: Reason) -> Reason:
    """The reason, after how likely perishables last where that is in doubt."""
    if one.result.sure:
        return reason
    words = f"arrives saleable in {100 * one.result.saleable:.0f} % of journeys, and {reason.words}"
    return reason._replace(words=words)


def _even(first: Candidate, known: Sequence[Candidate]) -> list[Candidate]:
    """Of the routes that the first outdoes by a trifle and that are safer for it, the one of least effort."""
    even = [one for one in known if rather(one, first) and one.result.sure and one.value <= (1 + LITTLE) * first.value]
    return [min(even, key=lambda one: one.effort)._replace(best_in=())] if even else []


def _sooner(one: Candidate, known: Sequence[Candidate], first: Candidate) -> Candidate:
    """The route of least effort among those as good as a best; the first of all stays what it is.

    As good as the fastest or the cheapest is what takes a trifle more over the same crossings, or a trifle more of the
    one and clearly less of the other.
    """
    if one is first:
        return one
    if one.best_in in (("kgco2e",), ("risk",)):
        alike = [other for other in known if as_good(other, one, first)]
    elif one.best_in in (("hours",), ("usd",)):
        i = CRITERIA.index(one.best_in[0])
        alike = [other for other in known if other.result.sure >= one.result.sure]
        alike = [other for other in alike if other.figures[i] <= one.figures[i] * (1 + LITTLE)]
        most = (1 - WORTH) * one.figures[1 - i]
        alike = [other for other in alike if other.corridor == one.corridor or other.figures[1 - i] <= most]
    else:
        return one
    return min(alike, key=lambda other: other.effort)._replace(best_in=one.best_in)


def _far(one: Candidate, first: Candidate, max_stretch: float, far: tuple[float, float] | None = None) -> str:
    """Why the best in CO2e or risk is too far out to be offered for that alone; empty if it is not."""
    if len(one.best_in) != 1 or one.best_in[0] not in FAR:
        return ""
    for name, figure, least, times in zip(
        CRITERIA[:2], one.figures, first.figures, far or FAR[one.best_in[0]], strict=False
    ):
        if figure > times * max_stretch * least:
            return f"takes {figure / least:.4g} times the {SHOWN[name]} of {{}}, for less {SHOWN[one.best_in[0]]}"
    return ""


def _kept_out(
    one: Candidate,
    chosen: Sequence[Candidate],
    rivals: Sequence[Candidate],
    better: Sequence[Candidate],
    shared: Callable[[Candidate, Candidate], float],
    max_overlap: float,
    max_stretch: float,
    any_km: bool = False,
) -> Reason | None:
    """Why a further route is not offered though there may be room; None if it is."""
    first = chosen[0]
    flown = paths.flies(first.world, first.path)  # no measure for trucks and trains
    for name, figure, least in zip(CRITERIA[:2], one.figures, first.figures, strict=False):
        if figure > max_stretch * least and not flown:
            words = f"takes {figure / least:.4g} times the {SHOWN[name]} of {{}} (max_stretch={max_stretch:g})"
            return Reason(words, first)
    km, least = paths.km(one.world, one.path), paths.km(first.world, first.path)
    if km > max_stretch * least and not (flown or any_km):
        return Reason(f"{km / least:.4g} times the km of {{}} (max_stretch={max_stretch:g})", first)
    if twin := next((other for other in rivals if other.borders == one.borders and by_a_trifle(one, other)), None):
        return Reason(f"{in_common(one, twin)} as {{}}, and better by a trifle at most", twin)
    rivals = [other for other in rivals if not rather(one, other)]
    if twin := next((other for other in rivals if one.borders and other.corridor == one.corridor), None):
        return Reason(f"{in_common(one, twin)}, and the same modes, as {{}}", twin)
    rivals = [other for other in rivals if not any(much_less(one, other, i) for i in range(2))]
    most, like = max(((shared(one, other), i) for i, other in enumerate(rivals)), default=(0.0, 0))
    if most > max_overlap:
        words = f"shares {100 * most:.0f} % of the km with {{}} (max_overlap={max_overlap:g})"
        return Reason(words, rivals[like])
    for other in better:
        if other not in chosen and not any(beats(known.figures, other.figures) for known in chosen):
            return Reason("worse in everything than {}, which is not offered either", other)
    return None

"""Routes that could be offered, and how one compares with another: twins, what beats what, what they share."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from math import inf, isnan
from typing import NamedTuple

import numpy as np

from corridors.engine import arrays as engine
from corridors.engine.arrays import Floats
from corridors.model.coded import Bools
from corridors.model.world import World
from corridors.routing import parallel
from corridors.routing import path as paths
from corridors.routing.result import CRITERIA, SAME, Result

NO_GAIN = {"kgco2e": 0.1, "risk": 0.05}
"""How much better than the routes already there one must be to get a place: share of the CO2e, risk itself.

Factors of emission and chances of closure are known no better, and an analyst would not choose by less."""
MOST = 0.8
"""Share of what the best in CO2e or risk saves over the first that a route of less effort must save to stand for it."""
LITTLE = 0.01
"""Share that the fastest or the cheapest must save on its twin to be offered beside it."""
MUCH = 0.2
"""Share of hours or US$ for which a reader may take the slower or dearer of two routes."""
SPARED = 0.1
"""Share of hours x US$ that the route of least effort must save over those in the answer through the same countries."""
TWINS = 0.02
"""Share by which the hours and US$ of two routes over the same crossings may differ and be one route to an analyst."""
ONE_TRAIN = 0.05
"""The same of hauls that are mainly by train: railways choose the line between two borders, not those who ship."""


class Candidate(NamedTuple):
    """A route that could be offered: what it takes, and in what it is the best of all."""

    result: Result
    value: float
    """What the question minimises."""
    figures: tuple[float, ...]
    """Hours, US$, kg CO2e and risk; money and CO2e by the tonne."""
    best_in: tuple[str, ...] = ()

    @classmethod
    def of(cls, result: Result, value: float, tonnes: float, best_in: tuple[str, ...] = ()) -> Candidate:
        """A route with money and CO2e for each of so many tonnes."""
        hours, usd, kgco2e, risk = result.figures
        return cls(result, value, (hours, usd / tonnes, kgco2e / tonnes, risk), best_in)

    def __eq__(self, other: object) -> bool:
        """Whether it is the same way, in whatever it is the best."""
        return isinstance(other, Candidate) and self.path.edges == other.path.edges

    def __hash__(self) -> int:
        """Hash of its way."""
        return hash(self.path.edges)

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


def in_common(one: Candidate, other: Candidate) -> str:
    """In words, what two routes over the same borders have in common."""
    return "the same crossings" if one.result.crossings == other.result.crossings else "other posts of the same borders"


def twins(one: Candidate, other: Candidate) -> bool:
    """Whether two routes over the same crossings take the same time and money but for a trifle."""
    return one.result.crossings == other.result.crossings and level(one, other)


def level(one: Candidate, other: Candidate) -> bool:
    """Whether two routes through the same countries take the same time and money but for a trifle."""
    pairs = zip(one.figures[:2], other.figures[:2], strict=True)
    return one.countries == other.countries and all(abs(a - b) <= TWINS * b for a, b in pairs)


def saves(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether figures of a route save both hours and US$ over those of another, and of one more than a trifle."""
    (hours, usd), (other_hours, other_usd) = one[:2], other[:2]
    clearly = hours < (1 - TWINS) * other_hours or usd < (1 - TWINS) * other_usd
    return hours < other_hours and usd < other_usd and clearly


def rather(one: Candidate, other: Candidate) -> bool:
    """Whether it saves both hours and US$, or leads over other borders, clearly safer, for no more of either."""
    if saves(one.figures, other.figures):
        return True
    no_more = all(a <= (1 + TWINS) * b for a, b in zip(one.figures[:2], other.figures[:2], strict=True))
    elsewhere = no_more and one.borders != other.borders
    return elsewhere and one.figures[3] < other.figures[3] - NO_GAIN["risk"] and not isnan(one.result.risk)


def stands_for(chosen: Candidate, one: Candidate) -> bool:
    """Whether a route over the same crossings serves as well as another, which is the best in something by a trifle."""
    best = [CRITERIA.index(name) for name in ("hours", "usd") if name in one.best_in]
    if one.best_in and not best:
        return False
    pairs = list(zip(chosen.figures[:2], one.figures[:2], strict=True))
    alike = bool(best) and chosen.corridor == one.corridor
    if alike and chosen.result.main_mode == "rail":
        return all(a <= (1 + ONE_TRAIN) * b for a, b in pairs)
    no_more = alike and all(a <= (1 + TWINS) * b for a, b in pairs)
    return (no_more or twins(chosen, one)) and all(pairs[i][0] <= (1 + LITTLE) * pairs[i][1] for i in best)


def _figures(some: Sequence[Candidate]) -> Floats:
    return np.array([one.figures for one in some]).reshape(-1, len(CRITERIA))


def _each_beats(some: Floats, others: Floats) -> Bools:
    """Whether `beats` says so of each row of some figures (by row) and each of others (by column)."""
    here = some[:, None]
    no_worse: Bools = np.all(here <= others * (1 + SAME), axis=2)
    better: Bools = np.any(here < others * (1 - SAME), axis=2)
    return no_worse & better


def beating(every: Sequence[Candidate], others: Sequence[Candidate]) -> list[list[Candidate]]:
    """Those of some routes that beat each of others."""
    beaten = _each_beats(_figures(every), _figures(others)).T.tolist()
    return [list(compress(every, by)) for by in beaten]


def outdoing(every: Sequence[Candidate], others: Sequence[Candidate]) -> list[list[Candidate]]:
    """Those of some routes that beat each of others, but for so little CO2e or risk that no figure tells them apart.

    A risk that is not recorded is no gain.
    """
    best, figures = _figures(every), _figures(others)
    tolerant = figures * (1, 1, 1 + NO_GAIN["kgco2e"], 1) + (0, 0, 0, NO_GAIN["risk"])
    tolerant[[isnan(other.result.risk) for other in others], 3] = inf
    plainly = _each_beats(best[:, :2], figures[:, :2]) | _each_beats(best, figures)
    return [list(compress(every, by)) for by in (_each_beats(best, tolerant) & plainly).T.tolist()]


def spares(one: Candidate, other: Candidate) -> bool:
    """Whether a route takes so much less effort than another through the same countries that it is the usual one."""
    return one.effort[1] <= (1 - SPARED) * other.effort[1]


def much_less(one: Candidate, other: Candidate, i: int) -> bool:
    """Whether a route saves much of one criterion over another."""
    return one.figures[i] <= (1 - MUCH) * other.figures[i]


def by_a_trifle(one: Candidate, other: Candidate) -> bool:
    """Whether a route saves a trifle at most of hours or US$ over another, and takes much more of the other."""
    return any(much_less(other, one, i) and other.figures[1 - i] <= (1 + LITTLE) * one.figures[1 - i] for i in range(2))


def as_good(other: Candidate, one: Candidate, first: Candidate) -> bool:
    """Whether a route serves as well for what another is the best in: it saves most of what that saves on the first."""
    if other == one:
        return True
    if one.best_in not in (("kgco2e",), ("risk",)):
        return False
    i = CRITERIA.index(one.best_in[0])
    figure, least, usual = (way.figures[i] for way in (other, one, first))
    trifle = NO_GAIN["kgco2e"] * least if one.best_in == ("kgco2e",) else NO_GAIN["risk"]
    return figure <= least + max(trifle, (1 - MOST) * (usual - least))


def overlap(world: World, a: engine.Path, b: engine.Path) -> float:
    """Share of the shorter path's km by land that both use; of all km where one goes by sea or air alone."""
    one, other = paths.land_km(world, a), paths.land_km(world, b)
    if not (one and other):
        one, other = paths.leg_km(world, a), paths.leg_km(world, b)
    shorter = min(sum(one.values()), sum(other.values()))
    shared = sum(compress(one.values(), map(other.__contains__, one)))
    return shared / shorter if shorter else float(a.edges == b.edges)


def shared_km(one: Candidate, other: Candidate) -> float:
    """Share of the km that two routes have in common; inside one country parallel roads count as one.

    There no border tells routes apart, and a road drawn from a suburb is another leg along the same highway.
    """
    same = overlap(one.world, one.path, other.path)
    if one.borders or other.borders or one.kind != other.kind or one.result.main_mode not in ("road", "rail"):
        return same
    ways = (paths.land_km(way.world, way.path) for way in (one, other))
    short, long = sorted(ways, key=lambda way: sum(way.values()))
    return same + parallel.beside(one.result.facts, short, long) / (sum(short.values()) or 1.0)

"""Routes over other borders than those known: each the best without a part of earlier ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from heapq import heapify, heappop, heappush
from math import inf

from corridors.engine import arrays as engine
from corridors.model.world import World
from corridors.routing import finding
from corridors.routing import path as paths

SEARCHES = 8
"""Most searches for routes without a country or crossing, and again for routes over other borders."""
FURTHER = 2
"""Candidates examined per place in the answer, so that the best of them can be chosen."""


def further(
    world: World, found: Sequence[engine.Path], k: int, fits: Callable[[engine.Path], bool]
) -> list[engine.Path]:
    """Routes over other borders, or inside one country over other roads: several for each place to fill."""
    reach = inf if paths.flies(world, found[0]) else world.question.max_stretch * found[0].value or inf
    seen = {tuple(paths.borders(world, path)) for path in found}
    edges = {path.edges for path in found}
    kept: list[engine.Path] = []
    for path in _branches(world, reach):
        signature = tuple(paths.borders(world, path))
        if (signature and signature in seen) or not fits(path):
            continue
        seen.add(signature)
        cheaper = finding.cheaper(world, path)
        if cheaper.edges in edges or not fits(cheaper):
            continue
        edges.add(cheaper.edges)
        kept.append(cheaper)
        if len(kept) >= FURTHER * k:
            break
    return kept


def _branches(world: World, limit: float) -> Iterator[engine.Path]:
    """Paths, each the best without a part of earlier ones: first without a country or crossing, then without a border.

    Each kind of part is left out of the paths found so far, the best first, on top of what was left out to find them.
    """
    tried: set[frozenset[str]] = set()
    seen: set[tuple[int, ...]] = set()
    known: list[tuple[float, int, engine.Path, frozenset[str]]] = []

    def look(bans: frozenset[str]) -> engine.Path | None:
        if bans in tried or len(tried) >= most:
            return None
        tried.add(bans)
        path = finding.best(world, bans, limit)
        if path is None:
            return None
        heappush(heap, (path.value, len(tried), path, bans))
        if path.edges in seen:
            return None
        seen.add(path.edges)
        known.append((path.value, len(tried), path, bans))
        return path

    for parts, most in ((paths.coarse, SEARCHES), (paths.fine, 2 * SEARCHES)):
        heap = list(known)
        heapify(heap)
        if not known and (path := look(frozenset())) is not None:
            yield path
        while heap and len(tried) < most:
            _, _, path, bans = heappop(heap)
            for part in parts(world, path):
                if (other := look(bans | {part})) is not None:
                    yield other


def limits(world: World, accepted: Sequence[engine.Path]) -> tuple[float, float]:
    """Largest value and km of an alternative to these; a flight is not a measure for trucks and trains."""
    surface = [path for path in accepted if not paths.flies(world, path)]
    if not surface:
        return inf, inf
    stretch = world.question.max_stretch
    return stretch * min(path.value for path in surface) or inf, stretch * paths.km(world, surface[0])

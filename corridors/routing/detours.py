"""Routes that only spend the time until something opens again: waiting for it takes no longer and costs no more."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from corridors.engine import arrays as engine
from corridors.model.coded import Bools
from corridors.model.question import Question
from corridors.model.world import World
from corridors.routing import finding
from corridors.routing import path as paths
from corridors.routing.blocked import Rejected, element_of
from corridors.routing.path import Passage
from corridors.routing.request import LONGEST_WAIT
from corridors.routing.result import SAME


class Detours:
    """What waiting for long closures, rather than going round them, would take.

    A limit on waits would otherwise favour a ship that sails to another ocean and back, and comes to a strait on the
    day when it opens, over one that waits for it in port. Time so spent counts as waited.

    Parameters
    ----------
    question : Question
    world_of : callable
        The world of a question, made once.
    """

    def __init__(self, question: Question, world_of: Callable[[Question], World]) -> None:
        self._question, self._world_of = question, world_of
        self._front: list[tuple[engine.Path, float, float]] | None = None

    def rather(self, world: World, path: engine.Path) -> Rejected | None:
        """The route to wait with instead of a path, if there is one, as what its wait keeps from being offered."""
        begins, t0, most = paths.times(world, path).start, world.question.t0, world.question.max_wait_hours
        opens = world.closed.reopening(t0, most)[paths.numbers(world, path)]
        late = np.flatnonzero((opens <= begins) & np.isfinite(opens)).tolist()
        if not late:
            return None
        opened = max(self._opened(world, paths.passages(world, path)[i]) for i in late)
        hours = paths.arrival(world, path) - t0
        usd = paths.total(world, path, "usd") / paths.payload(world, path)
        for other, its_hours, its_usd in self._patient():
            if its_hours <= hours * (1 + SAME) and its_usd / paths.payload(world, other) <= usd * (1 + SAME):
                waits = paths.waits(world, other)
                held_up = paths.held_up(world, other)
                if held_up and waits and max(step.start for step in waits) <= opened:
                    takes = paths.unheld(world, other) - world.question.t0
                    return Rejected(other, held_up, gates=tuple(dict.fromkeys(map(element_of, held_up))), hours=takes)
        return None

    def round_late(self, world: World) -> engine.Path | None:
        """The best path over nothing that is closed at departure for longer than one may wait."""
        t0, most = world.question.t0, world.question.max_wait_hours
        return finding.without(world, world.closed.shut(t0, t0 + most).tolist())

    def _patient(self) -> list[tuple[engine.Path, float, float]]:
        """Routes that none beats in both hours and US$, with these, however long they wait."""
        if self._front is None:
            least = self._question.cargo.least_payload
            world = self._world_of(self._question.but(max_wait_hours=LONGEST_WAIT, least_payload=least))
            self._front = [(path, hours, usd) for path, hours, (usd,) in finding.front(world, ["usd"]).paths]
        return self._front

    @staticmethod
    def _opened(world: World, step: Passage) -> float:
        """When the last closure ended, before a step, that was longer than one may wait from departure."""
        starts, ends = world.closed.spans[step.edge].arrays
        long = ends - np.maximum(starts, world.question.t0) > world.question.max_wait_hours
        return float(ends[long & (ends <= step.start)].max())


def may_idle(world: World, tree: engine.Tree) -> Bools:
    """By target of a tree, whether its path passes what opens, before it ends, after more than the longest wait."""
    opens = world.closed.reopening(world.question.t0, world.question.max_wait_hours)[tree.edges]
    late = np.minimum.reduceat(np.append(opens, np.inf), tree.first[:-1]) <= tree.arrivals
    return late & np.isfinite(tree.values) & (np.diff(tree.first) > 0)

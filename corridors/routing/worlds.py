"""The worlds of one search, each made once."""

from __future__ import annotations

from corridors.model.facts import Facts
from corridors.model.question import Question
from corridors.model.world import World
from corridors.routing import finding
from corridors.routing.request import world_of


class Worlds:
    """The world of each question of a search; what does not stand in its key is the same in all of them."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._made: dict[tuple[object, ...], World] = {}

    def __call__(self, question: Question) -> World:
        """The world of a question."""
        of_load = question.cargo.payload_t, question.least_payload
        limits = question.modes, question.avoid_elements, question.max_wait_hours
        key = question.by, *limits, *of_load, question.knowledge
        if key in self._made:
            return self._made[key]
        like = next((one for one in self._made.values() if one.question.knowledge == question.knowledge), None)
        made = world_of(self._facts, question, like)
        for wider in self._made.values():
            if question.modes < wider.question.modes and wider.question.but(modes=question.modes) == question:
                finding.inherit(made, wider)
        self._made[key] = made
        return made

"""A question, checked and resolved, as the model takes it."""

from __future__ import annotations

from dataclasses import dataclass

from corridors.model.calendars import Knowledge
from corridors.model.cargo import Cargo, carrying
from corridors.model.rights import ANY_TRADE, Trade
from corridors.model.scenario import Overlay


@dataclass(frozen=True)
class Question:
    """A checked and resolved request."""

    origin: str
    destination: str
    via: tuple[frozenset[str], ...]
    """Stops in order, each with the places of which any will do."""
    t0: float
    knowledge: Knowledge
    by: str
    cargo: Cargo
    modes: frozenset[str]
    avoid_countries: frozenset[str]
    avoid_places: frozenset[str]
    avoid_elements: frozenset[str]
    overlay: Overlay
    max_wait_hours: float
    max_stretch: float
    layers: tuple[str, str] = ("", "")
    """Layer on which cargo starts and ends; empty: the door, that is any, after loading or before unloading."""
    carrier: str = ""
    """Flag of the trucks; empty: whichever may pass."""
    trade: Trade = ANY_TRADE
    """Countries from which the goods come and for which they are bound."""
    goods: str = ""
    """Name of these goods in ``scope_cargo`` of the events: special ones, else those from a country (goods from AF)."""
    least_payload: float = 0.0
    """Tonnes that every road on the way must allow."""

    def loaded(self, tonnes: float) -> Question:
        """The same question of a load of so many tonnes."""
        return self.but(cargo=carrying(self.cargo, tonnes))

    def but(self, **changes: object) -> Question:
        """The same with some parts changed; what `replace` of dataclasses does, for the thousands that a call asks."""
        assert changes.keys() <= self.__dict__.keys(), changes
        found = object.__new__(Question)
        found.__dict__.update(self.__dict__, **changes)
        return found

"""What-if worlds: a named, frozen list of changes laid over a network without touching it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from math import inf
from typing import Literal

from corridors.calendars import Closure, as_date, midnight
from corridors.errors import BadScenario

Quantity = Literal["usd", "hours", "kgco2e"]


@dataclass(frozen=True)
class Change:
    """One change; which fields count depends on `kind` (close, reopen, build, delay, scale)."""

    kind: str
    what: str = ""
    start: date | None = None
    end: date | None = None
    number: float = 0.0
    reason: str = ""
    mode: str = ""
    country: str = ""


@dataclass(frozen=True)
class Overlay:
    """A scenario with its names resolved against one network."""

    closures: dict[str, list[Closure]] = field(default_factory=dict)
    reopened: dict[str, float] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)
    projects: frozenset[str] = frozenset()
    scales: tuple[Change, ...] = ()

    def touches(self, element_id: str) -> bool:
        """Whether `apply` changes the closures of an element."""
        return element_id in self.closures or element_id in self.reopened

    def apply(self, element_id: str, closures: list[Closure]) -> list[Closure]:
        """Closures of an element in this world: dated ones cut where it reopens, the scenario's own added."""
        at = self.reopened.get(element_id, inf)
        kept = [c if c.rule or c.end <= at else replace(c, end=at) for c in closures if c.rule or c.start < at]
        return kept + self.closures.get(element_id, [])


@dataclass(frozen=True)
class Scenario:
    """A what-if world. Every method returns a new scenario; the network is never changed.

    Parameters
    ----------
    name : str
        Shown in tables, maps and reports.

    Examples
    --------
    >>> import corridors as cr
    >>> winter = cr.Scenario("Winter, Khunjerab shut").close("Khunjerab", "2025-12-01", "2026-03-31")
    >>> winter.delay("Torugart", hours=24).name
    'Winter, Khunjerab shut'
    """

    name: str
    changes: tuple[Change, ...] = ()

    def _with(self, change: Change) -> Scenario:
        return replace(self, changes=(*self.changes, change))

    def close(self, what: str, start: str | date | None = None, end: str | date | None = None,
              reason: str = "") -> Scenario:
        """Shut a crossing, strait, section or leg (id, name or alias) from `start` to `end`, both inclusive."""
        first, last = (None if d is None else as_date(d, n) for d, n in ((start, "start"), (end, "end")))
        if first and last and last < first:
            raise BadScenario(f"{self.name!r} closes {what!r} from {first} to {last}: the end lies before the start.")
        return self._with(Change("close", what, first, last, reason=reason))

    def reopen(self, what: str, start: str | date | None = None) -> Scenario:
        """Lift the dated closures of an element from `start` on; opening hours stay as they are."""
        return self._with(Change("reopen", what, None if start is None else as_date(start, "start")))

    def build(self, corridor_id: str) -> Scenario:
        """Treat the planned legs and crossings of a corridor as operating."""
        return self._with(Change("build", corridor_id))

    def delay(self, what: str, hours: float) -> Scenario:
        """Add `hours` to every passage of an element."""
        if hours < 0:
            raise BadScenario(f"{self.name!r} delays {what!r} by {hours} hours; a delay cannot be negative.")
        return self._with(Change("delay", what, number=float(hours)))

    def scale(self, quantity: Quantity, factor: float, *, mode: str = "", country: str = "") -> Scenario:
        """Multiply ``usd``, ``hours`` or ``kgco2e`` of the legs of a mode and country (empty = all)."""
        if quantity not in ("usd", "hours", "kgco2e") or factor <= 0:
            raise BadScenario(f"{self.name!r}: scale takes 'usd', 'hours' or 'kgco2e' and a factor above 0, "
                              f"not {quantity!r} and {factor}.")
        return self._with(Change("scale", quantity, number=float(factor), mode=mode, country=country))

    def overlay(self, find_elements: Callable[[str], list[str]], projects: Mapping[str, frozenset[str]]) -> Overlay:
        """Resolve the names; ``BadScenario`` if the network has no such element or project."""
        closures: dict[str, list[Closure]] = {}
        reopened: dict[str, float] = {}
        delays: dict[str, float] = {}
        built: set[str] = set()
        scales: list[Change] = []
        for change in self.changes:
            if change.kind == "scale":
                scales.append(change)
                continue
            if change.kind == "build":
                if change.what not in projects:
                    raise BadScenario(f"Scenario {self.name!r} builds {change.what!r}, but the planned corridors are "
                                      f"{', '.join(sorted(projects))}.")
                built |= projects[change.what]
                continue
            try:
                found = find_elements(change.what)
            except LookupError as error:
                raise BadScenario(f"Scenario {self.name!r}: {error}") from None
            for element in found:
                if change.kind == "close":
                    closures.setdefault(element, []).append(Closure(
                        element, midnight(change.start) if change.start else -inf,
                        midnight(change.end, after=True) if change.end else inf,
                        change.reason or f"closed in scenario {self.name!r}", "scenario"))
                elif change.kind == "reopen":
                    reopened[element] = midnight(change.start) if change.start else -inf
                else:
                    delays[element] = delays.get(element, 0.0) + change.number
        return Overlay(closures, reopened, delays, frozenset(built), tuple(scales))


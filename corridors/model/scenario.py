"""What-if worlds: a named, frozen list of changes laid over a network without touching it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, tzinfo
from math import inf
from typing import Literal

from corridors.arguments import as_date, is_number, shown
from corridors.errors import BadRequest, BadScenario
from corridors.model.calendars import Closure, midnight

MODES = ("road", "rail", "ferry", "sea", "air")
KINDS = ("close", "reopen", "build", "delay", "scale")
QUANTITIES = ("usd", "hours", "kgco2e")
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

    changed: dict[str, list[Closure | float]] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)
    projects: frozenset[str] = frozenset()
    scales: tuple[Change, ...] = ()

    def apply(self, element_id: str, closures: list[Closure]) -> list[Closure]:
        """Closures of an element in this world.

        Changes apply in the order in which they were made: closing adds a closure, reopening (at an hour) cuts every
        dated closure so far. Opening hours stay.
        """
        for change in self.changed.get(element_id, ()):
            if isinstance(change, Closure):
                closures = [*closures, change]
            else:
                closures = [
                    c if c.rule or c.end <= change else replace(c, end=change)
                    for c in closures
                    if c.rule or c.start < change
                ]
        return closures


@dataclass(frozen=True)
class Scenario:
    """A what-if world. Every method returns a new scenario; the network is never changed.

    Parameters
    ----------
    name : str
        Shown in tables, maps and reports.
    changes : tuple of Change
        What the methods below have added.

    Notes
    -----
    Names are looked up when the scenario is used with a network, which then raises `BadScenario` for unknown ones.

    Examples
    --------
    >>> import corridors as cr
    >>> winter = cr.Scenario("Winter, Khunjerab closed").close("Khunjerab", "2025-12-01", "2026-03-31")
    >>> winter.delay("Torugart", hours=24).name
    'Winter, Khunjerab closed'
    """

    name: str
    changes: tuple[Change, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an invalid change."""
        if not isinstance(self.name, str) or not self.name.strip():
            raise BadScenario(f"name={shown(self.name)}: give the scenario a name, as text that is not empty.")
        if not isinstance(self.changes, list | tuple):
            raise BadScenario(f"{self.name!r}: changes={shown(self.changes)} must be a tuple of Change.")
        object.__setattr__(self, "changes", tuple(self._checked(change) for change in self.changes))

    def _checked(self, change: object) -> Change:
        """The change with its days as dates."""
        if not isinstance(change, Change):
            raise BadScenario(f"{self.name!r}: {shown(change)} is not a Change; use the methods of Scenario.")
        what, number = change.what, change.number
        if change.kind not in KINDS:
            raise BadScenario(f"{self.name!r}: {shown(change.kind)} is not a kind of change: {', '.join(KINDS)}.")
        if not isinstance(what, str) or not what.strip():
            raise BadScenario(f"{self.name!r}: {change.kind} takes the name of one thing, not {shown(what)}.")
        for name in ("reason", "mode", "country"):
            if not isinstance(getattr(change, name), str):
                raise BadScenario(f"{self.name!r}: {name}={shown(getattr(change, name))} must be text.")
        first, last = self._day(change.start, "start"), self._day(change.end, "end")
        if first and last and last < first:
            raise BadScenario(f"{self.name!r} closes {what!r} from {first} to {last}: the end lies before the start.")
        if change.kind == "delay" and not (is_number(number) and 0 <= number < inf):
            raise BadScenario(
                f"{self.name!r} delays {what!r} by {shown(number)} hours; a delay is a finite number, 0 or more."
            )
        if change.kind == "scale" and not (what in QUANTITIES and is_number(number) and 0 < number < inf):
            raise BadScenario(
                f"{self.name!r}: scale takes 'usd', 'hours' or 'kgco2e' and a factor above 0, "
                f"not {what!r} and {shown(number)}."
            )
        return replace(change, start=first, end=last, number=float(number))

    def _day(self, day: object, name: str) -> date | None:
        try:
            return None if day is None else as_date(day, name)
        except BadRequest as error:
            raise BadScenario(f"{self.name!r}: {error}") from None

    def _with(self, change: Change) -> Scenario:
        return replace(self, changes=(*self.changes, change))

    def close(
        self, what: str, start: str | date | None = None, end: str | date | None = None, reason: str = ""
    ) -> Scenario:
        """Close a crossing, strait, section or leg.

        Parameters
        ----------
        what : str
            Id, name or alias.
        start, end : date, optional
            First and last date; default: from the beginning, and without end.
        reason : str
            Shown where this closure is the reason.

        Returns
        -------
        Scenario
            This one with the change added.

        Raises
        ------
        BadScenario
            If the end lies before the start.
        """
        return self._with(Change("close", what, start, end, reason=reason))  # type: ignore[arg-type]

    def reopen(self, what: str, start: str | date | None = None) -> Scenario:
        """Lift the dated closures of an element, earlier ones of this scenario too; opening hours stay.

        Parameters
        ----------
        what : str
            Id, name or alias.
        start : date, optional
            First date on which it is open; default: it was never closed.

        Returns
        -------
        Scenario
            This one with the change added.
        """
        return self._with(Change("reopen", what, start))  # type: ignore[arg-type]

    def build(self, corridor_id: str) -> Scenario:
        """Treat the planned legs and crossings of a corridor as operating.

        Parameters
        ----------
        corridor_id : str
            Of ``net.corridors``.

        Returns
        -------
        Scenario
            This one with the change added.
        """
        return self._with(Change("build", corridor_id))

    def delay(self, what: str, hours: float) -> Scenario:
        """Make every passage of an element take longer.

        Parameters
        ----------
        what : str
            Id, name or alias.
        hours : float
            For a section, they are spread over its legs by length.

        Returns
        -------
        Scenario
            This one with the change added.

        Raises
        ------
        BadScenario
            If the hours are negative or not a number.
        """
        return self._with(Change("delay", what, number=hours))

    def scale(self, quantity: Quantity, factor: float, *, mode: str = "", country: str = "") -> Scenario:
        """Multiply the cost, time or emissions of legs.

        Parameters
        ----------
        quantity : {"usd", "hours", "kgco2e"}
        factor : float
            Above 0.
        mode, country : str
            Only legs of this mode and country (ISO code); empty means all.

        Returns
        -------
        Scenario
            This one with the change added.

        Raises
        ------
        BadScenario
            If `quantity` is not one of these, or `factor` is not a number above 0.
        """
        return self._with(Change("scale", quantity, number=factor, mode=mode, country=country))

    def overlay(
        self,
        find_elements: Callable[[str], list[str]],
        projects: Mapping[str, frozenset[str]],
        countries: Collection[str],
        zone: Callable[[str], tzinfo],
    ) -> Overlay:
        """Resolve the names; ``BadScenario`` if the network has no such element, project, mode or country."""
        changed: dict[str, list[Closure | float]] = {}
        delays: dict[str, float] = {}
        built: set[str] = set()
        scales: list[Change] = []
        for change in self.changes:
            if change.kind == "scale":
                if change.mode not in ("", *MODES) or change.country not in ("", *countries):
                    raise BadScenario(
                        f"Scenario {self.name!r} scales mode {change.mode!r} in country "
                        f"{change.country!r}; the modes are {', '.join(MODES)}, a country is an ISO "
                        "code such as KZ."
                    )
                scales.append(change)
                continue
            if change.kind == "build":
                if change.what not in projects:
                    raise BadScenario(
                        f"Scenario {self.name!r} builds {change.what!r}, but the planned corridors are "
                        f"{', '.join(sorted(projects))}."
                    )
                built |= projects[change.what]
                continue
            try:
                found = find_elements(change.what)
            except LookupError as error:
                raise BadScenario(f"Scenario {self.name!r}: {error}") from None
            for element in found:
                start = midnight(change.start, zone=zone(element)) if change.start else -inf
                if change.kind == "close":
                    end = midnight(change.end, after=True, zone=zone(element)) if change.end else inf
                    changed.setdefault(element, []).append(
                        Closure(element, start, end, change.reason or f"closed in scenario {self.name!r}", "scenario")
                    )
                elif change.kind == "reopen":
                    changed.setdefault(element, []).append(start)
                else:
                    delays[element] = delays.get(element, 0.0) + change.number
        return Overlay(changed, delays, frozenset(built), tuple(scales))

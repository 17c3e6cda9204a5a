"""A question as it is asked: its arguments with their defaults, checked once, and resolved against the facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from functools import partial
from typing import Any, Literal, NamedTuple, Self, TypedDict, cast, get_args

from corridors.arguments import (
    as_choice,
    as_date,
    as_day_or_moment,
    as_names,
    as_number,
    as_place,
    as_whole,
    departure,
    shown,
)
from corridors.data.countries import country_code
from corridors.data.geodesy import SEA
from corridors.errors import BadRequest, UnknownPlace
from corridors.model.access import Access
from corridors.model.calendars import Knowledge, Regime, Unknown, hour
from corridors.model.cargo import WAGON_MODES, Cargo, with_value_of_time
from corridors.model.conditions import circulate
from corridors.model.facts import Facts
from corridors.model.question import Question
from corridors.model.rights import Trade
from corridors.model.scenario import MODES, Scenario
from corridors.model.world import World

Place = str | tuple[float, float]
Day = str | date | datetime
By = Literal["hours", "km", "usd", "kgco2e", "risk", "generalised"]
Method = Literal["corridors", "yen", "disjoint"]
METHODS = ("corridors", "yen", "disjoint")
LONGEST_WAIT = 1e6
"""Hours, more than a century: what is closed without end is never waited for."""
OBJECTIVES = ("hours", "km", "usd", "kgco2e", "risk", "generalised")


class PlainTrip(TypedDict, total=False):
    """Arguments of a question that calls of many questions hand on, however they tell alternatives apart."""

    as_of: Day | None
    via: Sequence[str] | None
    avoid: Sequence[str] | None
    modes: Sequence[str] | None
    cargo: str | Cargo
    carrier: str | None
    value_of_time: float | None
    max_wait_hours: float
    max_stretch: float
    unknown: Literal["persist", "lapse", "both"]
    regime: Regime
    seed: int


class Trip(PlainTrip, total=False):
    """The same with how alternatives are told apart, whatever calls rank by and set themselves."""

    method: Method
    max_overlap: float


class ChosenTrip(PlainTrip, total=False):
    """Arguments of calls in which demand chooses by generalised cost, with the world that it takes place in."""

    scenario: Scenario | None


class RankedTrip(Trip, total=False):
    """The same with what is minimised."""

    by: By


class WorldTrip(RankedTrip, total=False):
    """The same with the world that it takes place in."""

    scenario: Scenario | None


class Ask(WorldTrip, total=False):
    """All arguments of `corridors.Network.routes` but its places and the departure."""

    k: int


@dataclass(frozen=True, kw_only=True)
class Request:
    """Arguments of `corridors.Network.routes`, which says what each means.

    Raises
    ------
    BadRequest
        If an argument is invalid.
    """

    origin: Place = ""
    destination: Place = ""
    depart: Day
    as_of: Day | None = None
    k: int = 4
    by: By = "hours"
    method: Method = "corridors"
    via: Sequence[str] | None = None
    avoid: Sequence[str] | None = None
    modes: Sequence[str] | None = None
    cargo: str | Cargo = "container40"
    carrier: str | None = None
    value_of_time: float | None = None
    scenario: Scenario | None = None
    max_wait_hours: float = 168.0
    max_overlap: float = 0.7
    max_stretch: float = 2.0
    unknown: Literal["persist", "lapse", "both"] = "persist"
    regime: Regime = "operated"
    seed: int = 1

    @classmethod
    def common(cls, depart: Day, ask: Mapping[str, object], *own: str) -> Self:
        """What many questions have in common: `depart`, and arguments handed on, but those that are the call's `own`.

        Raises
        ------
        BadRequest
            If an argument is unknown here, or as for any request.
        """
        cls._known(ask, "origin", "destination", "depart", *own)
        return cls(depart=depart, **cast(Ask, ask))

    def changed(self, changes: Mapping[str, Any]) -> Self:
        """The same question with some arguments changed; ``BadRequest`` as for any request."""
        self._known(changes)
        return replace(self, **changes)

    @classmethod
    def _known(cls, ask: Mapping[str, object], *own: str) -> None:
        """Refuse arguments that there are not, besides the call's `own`."""
        known = [one.name for one in fields(cls) if one.name not in own]
        if wrong := [name for name in ask if name not in known]:
            besides = "besides its own " if own else ""
            raise BadRequest(f"{', '.join(wrong)}: not an argument of this call; {besides}it takes {', '.join(known)}.")

    def __post_init__(self) -> None:
        names = "ISO codes of countries (IR), places or crossings as text"
        checked: dict[str, object] = {
            "origin": as_place(self.origin, "origin"),
            "destination": as_place(self.destination, "destination"),
            "depart": as_day_or_moment(self.depart, "depart"),
            "as_of": None if self.as_of is None else as_date(self.as_of, "as_of"),
            "k": as_whole(self.k, "k", 1),
            "by": as_choice(self.by, "by", OBJECTIVES),
            "method": as_choice(self.method, "method", METHODS),
            "via": None if self.via is None else as_names(self.via, "via", "places as text", "'Tashkent'"),
            "avoid": None if self.avoid is None else as_names(self.avoid, "avoid", names, "'IR'", ordered=False),
            "modes": None if self.modes is None else as_names(self.modes, "modes", "modes", "'road'", ordered=False),
            "max_wait_hours": as_number(
                self.max_wait_hours, "max_wait_hours", least=0.0, endless=True, words="a number of hours, 0 or more"
            ),
            "max_overlap": as_number(
                self.max_overlap, "max_overlap", above=0.0, most=1.0, words="a share of the km: above 0, at most 1"
            ),
            "max_stretch": as_number(
                self.max_stretch,
                "max_stretch",
                least=1.0,
                endless=True,
                words="a multiple of the best route: 1 or more",
            ),
            "unknown": as_choice(self.unknown, "unknown", (*get_args(Unknown), "both")),
            "regime": as_choice(self.regime, "regime", get_args(Regime)),
            "seed": as_whole(self.seed, "seed", 0),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        if not isinstance(self.cargo, str | Cargo):
            raise BadRequest(f"cargo={shown(self.cargo)} is neither the name of a preset nor a corridors.Cargo.")
        if not isinstance(self.scenario, Scenario | None):
            raise BadRequest(
                f"scenario={shown(self.scenario)} is not a Scenario; make one with corridors.Scenario(name)."
            )
        if self.modes is not None and (not self.modes or set(self.modes) - set(MODES)):
            raise BadRequest(f"modes={list(self.modes)!r}: give some of {', '.join(MODES)}.")


def one_world(request: Request) -> Request:
    """The request of a call that has no words for routes that hold only if closures have ended."""
    if request.unknown == "both":
        raise BadRequest("unknown='both': this call answers for one world; call it with 'persist' and with 'lapse'.")
    return request


class Resolved(NamedTuple):
    """A request in terms of the network, and the access legs at both ends, if any."""

    question: Question
    start: Access | None
    end: Access | None


def resolve(facts: Facts, request: Request, *, destination: bool = True, both: bool = False) -> Resolved:
    """Resolve the names of a request.

    Without `destination`, the question has none. With ``unknown="both"``, refused unless the caller sees to `both`, it
    is that of the world in which closures persist.

    Raises
    ------
    UnknownPlace, BadScenario, BadRequest
        If the network does not have what is named, or there is nothing to route.
    """
    if not both:
        one_world(request)
    cargo = read_cargo(facts, request.cargo)
    if request.value_of_time is not None:
        cargo = with_value_of_time(cargo, request.value_of_time)
    allowed = cargo.modes if request.modes is None else frozenset(request.modes)
    if cargo.unit == "wagon" and not allowed <= WAGON_MODES:
        raise BadRequest(
            f"modes={sorted(allowed)!r}: {cargo.cargo_id} is the load of a wagon, which goes by "
            f"{', '.join(sorted(WAGON_MODES))} only."
        )

    def end(place: Place, leaving: bool, *free: Callable[[str], bool]) -> tuple[str, Access | None]:
        if isinstance(place, str):
            return facts.place_id(place), None
        access = Access(facts, place, leaving, allowed, cargo, *free)
        return access.place, access

    first, start = end(request.origin, True)
    origin, as_of = facts.place[first]["country"], known_on(facts, request.as_of)
    leave = departure(request.depart, facts.place[first]["timezone"])
    t0 = hour(leave) + (start.hours if start else 0.0)
    goods = _goods(facts, cargo, Trade(origin))
    unions = facts.conditions.unions(t0, as_of.isoformat())
    free = partial(circulate, unions, goods, origin)
    last, stop = end(request.destination, False, free) if destination else ("", None)
    if first == last:
        raise BadRequest(
            f"origin and destination are both reached at {facts.place[first]['name']} ({first}): "
            "there is nothing to route."
        )
    countries, places, elements = _avoided(facts, request.avoid or ())
    for place in filter(None, (first, last)):
        if facts.place[place]["country"] in countries or place in places:
            raise barred_end(facts, request, place)
    question = Question(
        origin=first,
        destination=last,
        via=tuple(_stop(facts, name) for name in request.via or ()),
        t0=t0,
        knowledge=Knowledge(as_of, "persist" if request.unknown == "both" else request.unknown, request.regime),
        by=request.by,
        cargo=cargo,
        modes=allowed,
        avoid_countries=countries,
        avoid_places=places,
        avoid_elements=elements,
        overlay=facts.overlay(request.scenario),
        max_wait_hours=min(request.max_wait_hours, LONGEST_WAIT),
        max_stretch=request.max_stretch,
        layers=("road" if start else "", "road" if stop else ""),
        carrier="" if request.carrier is None else carrier_code(facts, request.carrier),
        trade=Trade(origin, facts.place[last]["country"] if last else ""),
        goods=goods,
    )
    return Resolved(question, start, stop)


def barred_end(facts: Facts, request: Request, place: str) -> BadRequest:
    """The error for a trip that starts or ends where ``avoid`` lets none be."""
    name = facts.place[place]["name"]
    return BadRequest(f"avoid={list(request.avoid or ())!r} bars {name}, where the trip starts or ends.")


def world_of(facts: Facts, question: Question, like: World | None = None) -> World:
    """The world of a question; `like` one of the same day, knowledge, flag, goods and changes, if there is one."""
    of = facts.amounts(question.cargo), facts.calendars, facts.rates, facts.rights, facts.conditions, facts.kept
    return World(*of, question, like=like)


def legal_loads(facts: Facts, question: Question) -> list[float]:
    """Loads that some road on the way may limit one unit to, heaviest first."""
    cargo = question.cargo
    if cargo.unit in ("vehicle", "wagon") or "road" not in question.modes:
        return [cargo.payload_t]
    tare = facts.rates.find("tare_t", "road", "", cargo.vehicle).mode
    limits = {limit - tare for limit in facts.weight_limits if cargo.least_payload <= limit - tare < cargo.payload_t}
    return sorted({cargo.payload_t, *limits}, reverse=True)


def world_on(
    facts: Facts,
    on: Day,
    as_of: Day | None,
    scenario: Scenario | None,
    cargo: str | Cargo,
    carrier: str | None,
) -> World:
    """The world at 08:00 UTC of a day, for questions without origin and destination."""
    nothing: frozenset[str] = frozenset()
    question = Question(
        origin="",
        destination="",
        via=(),
        t0=hour(departure(on, "UTC")),
        knowledge=Knowledge(known_on(facts, as_of)),
        by="hours",
        cargo=read_cargo(facts, cargo),
        modes=frozenset(MODES),
        avoid_countries=nothing,
        avoid_places=nothing,
        avoid_elements=nothing,
        overlay=facts.overlay(scenario),
        max_wait_hours=168.0,
        max_stretch=1.0,
        carrier="" if carrier is None else carrier_code(facts, carrier),
    )
    return world_of(facts, question)


def known_on(facts: Facts, as_of: Day | None) -> date:
    """Day whose knowledge counts: by default that of the data, and none on which nothing was known."""
    day = facts.data_date if as_of is None else as_date(as_of, "as_of")
    if day.isoformat() < (first := facts.first_known):
        raise BadRequest(
            f"as_of={day} lies before the first event of the data, known from {first}: nothing is known "
            "of closures then."
        )
    return day


def _goods(facts: Facts, cargo: Cargo, trade: Trade) -> str:
    """Name in the table of events of the goods: special ones, spelt as there, else those from a country it names."""
    known = facts.special_goods
    if cargo.goods and known and cargo.goods.casefold() not in map(str.casefold, known):
        raise BadRequest(
            f"cargo {cargo.cargo_id!r}: no event names goods={cargo.goods!r}; known are {', '.join(known)}."
        )
    origin = Trade(trade.origin).words
    return cargo.goods or (origin if origin in known else "")


def read_cargo(facts: Facts, cargo: object) -> Cargo:
    """A load by the name of its preset, or as given."""
    if not isinstance(cargo, str | Cargo):
        raise BadRequest(f"cargo={cargo!r} is neither the name of a preset nor a corridors.Cargo.")
    return facts.preset(cargo) if isinstance(cargo, str) else cargo


def carrier_code(facts: Facts, carrier: object, name: str = "carrier") -> str:
    """ISO code of a flag; ``BadRequest`` if no country of the network has it."""
    if not isinstance(carrier, str) or carrier.upper() not in facts.countries - {SEA}:
        code = country_code(carrier) if isinstance(carrier, str) else ""
        such = f"{code} for {carrier}" if code in facts.countries else "KZ"
        raise BadRequest(f"{name}={shown(carrier)} is not a country of the network; give an ISO code such as {such}.")
    return carrier.upper()


def _avoided(facts: Facts, avoid: Sequence[str]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    countries = facts.countries
    found: tuple[set[str], set[str], set[str]] = (set(), set(), set())
    for item in avoid:
        if not isinstance(item, str):
            raise BadRequest(f"avoid holds {item!r}: give ISO codes of countries (IR), places or crossings as text.")
        if item.upper() in countries and len(item) == 2:
            found[0].add(item.upper())
            continue
        try:
            found[2].update(facts.element_ids(item))
        except LookupError:
            try:
                found[1].add(facts.place_id(item))
            except UnknownPlace as error:
                if code := country_code(item):
                    raise UnknownPlace(f"avoid holds {item!r}: write {code!r}, the ISO code of the country.") from None
                raise UnknownPlace(f"avoid: {error} A country is given by its ISO code, such as IR.") from None
    return frozenset(found[0]), frozenset(found[1]), frozenset(found[2])


def _stop(facts: Facts, name: str) -> frozenset[str]:
    """A place of ``via``; where a border post is named, a side of it, and of posts by road and by rail one of each."""
    try:
        return frozenset({facts.place_id(name)})
    except UnknownPlace as error:
        try:
            elements = set(facts.element_ids(name))
        except UnknownPlace:
            raise error from None
    crossings = facts.tables["crossings"]
    sides = crossings[crossings["element_id"].isin(elements)].groupby("element_id")["from_place"].min()
    if set(sides.index) != elements:
        raise UnknownPlace(f"via: {name!r} is no place but a stretch of road, railway or sea; name a place on it.")
    return frozenset(sides)

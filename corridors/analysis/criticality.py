"""What hurts when it closes: criticality of elements one by one and together, cut sets, and whether to wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from corridors.analysis.sweeps import text
from corridors.arguments import as_choice, as_flag, as_list, as_number, as_pairs, as_whole, shown
from corridors.data.geodesy import SEA, country_pair
from corridors.engine.arrays import use_compiled
from corridors.errors import BadRequest, NoRoute
from corridors.model.scenario import Scenario
from corridors.model.simulation import Samples
from corridors.progress import meter
from corridors.routing.request import Place, Request, one_world
from corridors.routing.result import QUANTILES, Result, quantile
from corridors.routing.search import find_routes

if TYPE_CHECKING:
    from corridors.model.facts import Facts
    from corridors.routing.routes import Routes

KINDS = {"crossings": "crossing", "legs": "leg", "straits": "strait", "sections": "section"}
OVER = (*KINDS, "borders", "countries")
Over = Literal["crossings", "legs", "straits", "sections", "borders", "countries"]
MOST = 3
"""Most elements that are taken out together."""
ALTERNATIVES = 6
"""Among so many routes the one through the element is looked for."""
CRITICAL = [
    "element",
    "name",
    "size",
    "pairs",
    "pairs_affected",
    "pairs_cut_off",
    "flow_cut_off",
    "extra_hours",
    "extra_usd",
    "cut_off",
    "note",
]
BY_PAIR = [
    "element",
    "name",
    "size",
    "origin",
    "destination",
    "flow",
    "extra_hours",
    "extra_usd",
    "cut_off",
    "detour",
    "note",
]
Removed = frozenset[str]


class Best(NamedTuple):
    """The best way of a pair: what it takes, and what lies on it that could be taken out. Or why there is none."""

    hours: float
    usd: float
    name: str
    elements: tuple[str, ...]
    note: str


class Interdiction:
    """Best ways of pairs without some elements, each asked for once.

    A way that does not touch an element stays the best when that element goes. So only what lies on the best way can
    matter, and of two elements together, only what lies on the best way without the first.

    Parameters
    ----------
    facts : Facts
    pairs : sequence of (origin, destination)
    over : str
        What is taken out, see `Network.criticality`.
    request : Request
        What the questions have in common.
    add : callable
        Told of every search.
    """

    def __init__(
        self,
        facts: Facts,
        pairs: Sequence[tuple[Place, Place]],
        over: str,
        request: Request,
        add: Callable[[int], object],
    ) -> None:
        as_choice(over, "over", OVER)
        use_compiled()
        self.facts, self.pairs, self._over, self._request, self._add = facts, pairs, over, request, add
        self.by_usd = request.by == "usd"
        self._known: dict[tuple[int, Removed], Best] = {}
        table = facts.tables["elements"]
        self._kind = dict(zip(table["element_id"], table["kind"], strict=True))

    def best(self, pair: int, removed: Removed = frozenset()) -> Best:
        """Best way of a pair without some elements."""
        if (pair, removed) not in self._known:
            self._known[pair, removed] = self._inherited(pair, removed) or self._search(pair, removed)
        return self._known[pair, removed]

    def _inherited(self, pair: int, removed: Removed) -> Best | None:
        for element in sorted(removed):
            without = self._known.get((pair, removed - {element}))
            if without and element not in without.elements:
                return without
        return None

    def _search(self, pair: int, removed: Removed) -> Best:
        self._add(1)
        origin, destination = self.pairs[pair]
        avoid = [
            *(self._request.avoid or ()),
            *(item for element in sorted(removed) for item in self._members(element)),
        ]
        try:
            request = replace(self._request, origin=origin, destination=destination, k=1, avoid=avoid)
            routes = find_routes(self.facts, request)
        except NoRoute as error:
            return Best(np.nan, np.nan, "", (), str(error))
        first = routes.full.iloc[0]
        return Best(first["hours"], first["usd"], first["name"], self._on(routes.results[0]), "")

    def _on(self, result: Result) -> tuple[str, ...]:
        """What lies on a way and may be taken out, in travel order."""
        if self._over in KINDS:
            found = [
                element
                for edge in result.edges
                for element in edge.elements
                if self._kind[element] == KINDS[self._over]
            ]
        elif self._over == "borders":
            found = [country_pair(*edge.countries) for edge in result.edges if edge.kind == "crossing" and edge.pairs]
        else:
            question, place = result.world.question, self.facts.place
            ends = {place[question.origin]["country"], place[question.destination]["country"], SEA}
            found = [country for edge in result.edges for country in edge.countries if country not in ends]
        return tuple(dict.fromkeys(found))

    def _members(self, element: str) -> Sequence[str]:
        """What `Network.routes` has to avoid."""
        return self.facts.border_crossings[element] if self._over == "borders" else (element,)

    def name(self, removed: Removed) -> str:
        """Names of elements: "Khunjerab and Torkham"."""
        return " and ".join(self.facts.element_names.get(element, element) for element in sorted(removed))

    def adds_nothing(self, removed: Removed, by: str) -> bool:
        """Whether a set of several elements takes every pair no longer (or no more US$) than one without a member."""

        def loss(pair: int, some: Removed) -> tuple[bool, float]:
            best = self.best(pair, some)
            return (True, 0.0) if best.note else (False, best.usd if by == "usd" else best.hours)

        return len(removed) > 1 and any(
            all(loss(pair, removed) == loss(pair, removed - {element}) for pair in range(len(self.pairs)))
            for element in sorted(removed)
        )

    def sets(self, most: int) -> Iterator[Removed]:
        """Every set of at most so many elements that no smaller one equals, smaller before larger.

        Each member lies on the best way of some pair without the members before it: a set in which one does not takes
        no longer than the set without that one.
        """
        layer: dict[Removed, None] = {frozenset(): None}
        for _ in range(most):
            layer = {
                removed | {element}: None
                for removed in layer
                for pair in range(len(self.pairs))
                for element in self.best(pair, removed).elements
            }
            yield from layer


def criticality(
    facts: Facts,
    /,
    pairs: Sequence[tuple[Place, Place]],
    *,
    depart: str | date | datetime,
    over: Over = "crossings",
    k: int = 1,
    flows: Sequence[float] | None = None,
    by_pair: bool = False,
    progress: bool = True,
    **ask: Any,
) -> pd.DataFrame:
    """What hurts most when it closes: every element that matters, or every set of up to `k`, worst first.

    Elements off the best way cannot matter and are not asked about; sets are searched by branching on the best way
    that is left, which finds the worst set as a full scan would. About 0.1 s an element on the way for one pair;
    each further member of a set takes as many times longer as elements lie on a way.

    Parameters
    ----------
    pairs : sequence of (origin, destination)
    depart : date or datetime
    over : {"crossings", "legs", "straits", "sections", "borders", "countries"}
        What closes: a border is all crossings of two countries, a country all of it; those in which a pair begins
        or ends stay open to it.
    k : int
        Most elements that close together, 1 to 3.
    flows : sequence of float, optional
        Weight of each pair, for example lorries a day; default: 1 each.
    by_pair : bool
        One row an element and pair instead of the sums.
    progress : bool
        Show a bar when it takes longer than a second; see `corridors.sweep`.
    **ask
        Other arguments of `routes`.

    Returns
    -------
    DataFrame
        ``element`` (ids, joined by ``;``), ``name, size`` (of the set), ``pairs`` (those affected),
        ``pairs_affected, pairs_cut_off, flow_cut_off, extra_hours`` and ``extra_usd`` (expected), both
        times flow, of the pairs that still have a way (NaN if none has), ``cut_off`` and ``note``; a set that
        takes no longer than a smaller one is left out. With
        `by_pair`: ``origin, destination, flow, detour`` (name of the way round) in place of the sums, and losses
        not multiplied. A pair without any route to begin with is a row without element, at the end.
    """
    both = as_pairs(pairs)
    as_whole(k, "k", 1, MOST)
    as_flag(by_pair, "by_pair")
    weights = _weights(flows, len(both))
    with meter(as_flag(progress, "progress"), "criticality") as add:
        world = Interdiction(facts, both, over, one_world(Request.common(depart, ask, "k")), add)
        return _ranked(world, k, weights, by_pair, "usd" if world.by_usd else "hours")


def _ranked(world: Interdiction, k: int, weights: Sequence[float], by_pair: bool, by: str) -> pd.DataFrame:
    """What hurts, worst first, then the pairs that have no way to begin with."""
    pairs = world.pairs
    found: list[tuple[tuple[Any, ...], list[dict[str, Any]]]] = []
    for removed in world.sets(k):
        if not world.adds_nothing(removed, by):
            rows = [
                _loss(world, pair, removed, weights[pair])
                for pair in range(len(pairs))
                if world.best(pair, removed) is not world.best(pair)
            ]
            found.append((_rank(rows, removed, by), rows))
    ranked = [rows for _, rows in sorted(found, key=lambda one: one[0])]
    lost = [
        {**_loss(world, pair, frozenset(), weights[pair]), "cut_off": False}
        for pair in range(len(pairs))
        if world.best(pair).note
    ]
    if by_pair:
        return pd.DataFrame([row for rows in (*ranked, lost) for row in rows], columns=BY_PAIR)
    return pd.DataFrame([_sum(rows) for rows in (*ranked, *([one] for one in lost))], columns=CRITICAL)


def _weights(flows: Sequence[float] | None, n: int) -> list[float]:
    given = [1.0] * n if flows is None else as_list(flows, "flows", "1.0")
    weights = [as_number(flow, "flows, each", least=0.0) for flow in given]
    if len(weights) != n:
        raise BadRequest(f"flows={shown(flows)}: give one number, not negative, for each of the {n} pairs.")
    return weights


def _loss(world: Interdiction, pair: int, removed: Removed, flow: float) -> dict[str, Any]:
    """What one pair loses without some elements."""
    before, after = world.best(pair), world.best(pair, removed)
    origin, destination = map(text, world.pairs[pair])
    return {
        "element": ";".join(sorted(removed)),
        "name": world.name(removed),
        "size": len(removed),
        "origin": origin,
        "destination": destination,
        "flow": flow,
        "extra_hours": after.hours - before.hours,
        "extra_usd": after.usd - before.usd,
        "cut_off": bool(after.note),
        "detour": after.name,
        "note": after.note,
    }


def _rank(rows: Sequence[Mapping[str, Any]], removed: Removed, by: str) -> tuple[Any, ...]:
    extra = sum(row["flow"] * row[f"extra_{by}"] for row in rows if not row["cut_off"])
    return (
        -sum(row["flow"] for row in rows if row["cut_off"]),
        -sum(row["cut_off"] for row in rows),
        -extra,
        len(removed),
        sorted(removed),
    )


def _sum(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One row for all pairs that some elements touch."""
    cut = [row for row in rows if row["cut_off"]]
    going = [row for row in rows if not row["cut_off"]]
    return {
        **{name: rows[0][name] for name in ("element", "name", "size")},
        "pairs": "; ".join(f"{row['origin']} - {row['destination']}" for row in rows),
        "pairs_affected": len(rows),
        "pairs_cut_off": len(cut),
        "flow_cut_off": sum((row["flow"] for row in cut), start=0.0),
        **{
            what: sum(row["flow"] * row[what] for row in going) if going else np.nan
            for what in ("extra_hours", "extra_usd")
        },
        "cut_off": bool(cut),
        "note": "; ".join(dict.fromkeys(row["note"] for row in rows if row["note"])),
    }


def cut_sets(
    facts: Facts,
    /,
    origin: Place,
    destination: Place,
    *,
    depart: str | date | datetime,
    over: Over = "crossings",
    most: int = 3,
    progress: bool = True,
    **ask: Any,
) -> pd.DataFrame:
    """What would have to close together to cut a pair off: all minimal sets of at most `most` elements.

    Parameters
    ----------
    origin, destination : places
    depart : date or datetime
        What is shut already on the way that day stays shut.
    over : {"crossings", "legs", "straits", "sections", "borders", "countries"}
        See `criticality`.
    most : int
        1 to 3.
    progress : bool
        Show a bar when it takes longer than a second; see `corridors.sweep`.
    **ask
        Other arguments of `routes`.

    Returns
    -------
    DataFrame
        ``elements`` (ids, joined by ``;``), ``size, name`` and ``words``; empty if no set so small cuts.

    Raises
    ------
    NoRoute
        If the pair is cut off already.
    """
    as_whole(most, "most", 1, MOST)
    cuts: list[Removed] = []
    with meter(as_flag(progress, "progress"), "cut sets") as add:
        common = one_world(Request.common(depart, ask, "k"))
        world = Interdiction(facts, [(origin, destination)], over, common, add)
        # raises where the pair is cut off already
        find_routes(facts, replace(common, origin=origin, destination=destination, k=1))
        for removed in world.sets(most):
            if world.best(0, removed).note and not any(cut < removed for cut in cuts):
                cuts.append(removed)
    rows = []
    for cut in sorted(cuts, key=lambda cut: (len(cut), sorted(cut))):
        shut = "is shut" if len(cut) == 1 else "are shut, and no part of this suffices"
        rows.append(
            {
                "elements": ";".join(sorted(cut)),
                "size": len(cut),
                "name": world.name(cut),
                "words": f"{text(origin)} is cut from {text(destination)} where {world.name(cut)} {shut}.",
            }
        )
    return pd.DataFrame(rows, columns=["elements", "size", "name", "words"])


def break_even(
    facts: Facts,
    /,
    origin: Place,
    destination: Place,
    element: str,
    *,
    depart: str | date | datetime,
    usd_day: float | None = None,
    free_days: float | None = None,
    scenario: Scenario | None = None,
    **ask: Any,
) -> pd.DataFrame:
    """Wait or reroute: how long an element must stay shut for the way round to be the better choice.

    Parameters
    ----------
    origin, destination : places
    element : str
        Crossing, strait, section or leg (id, name or alias); whether it is open now does not matter.
    depart : date or datetime
    usd_day : float, optional
        What a day of waiting costs; default: the line's detention, ``detention_usd_day`` of ``net.rates``.
    free_days : float, optional
        Days of waiting that cost nothing, from arrival there on; default: ``detention_free_days``.
    scenario : Scenario, optional
    **ask
        Other arguments of `routes`.

    Returns
    -------
    DataFrame
        A row for time, for money and for both (``by``: hours, usd, generalised): ``wait_at, wait`` and ``reroute``
        (names of the routes), ``break_even_days_p10/p50/p90`` (days shut after the cargo arrives; 0 where the way
        round is better anyway; NaN if there is none) and ``words``.

    Raises
    ------
    BadRequest
        If none of the six best routes uses the element even when it is open.
    """
    for name, value in (("usd_day", usd_day), ("free_days", free_days)):
        if value is not None:
            as_number(value, name, least=0.0)
    elements = set(facts.element_ids(element))
    title = facts.element_names[min(elements)] if len(elements) == 1 else element
    request = replace(one_world(Request.common(depart, ask, "scenario", "k")), origin=origin, destination=destination)
    request = replace(request, scenario=scenario)
    reopened = (scenario or Scenario("as it is")).reopen(element)
    waiting = _through(find_routes(facts, replace(request, scenario=reopened, k=ALTERNATIVES)), elements, title)
    stay = waiting.results[0]
    try:
        avoid = [*(request.avoid or ()), element]
        away = find_routes(facts, replace(request, k=1, avoid=avoid))
    except NoRoute as error:
        away, note = None, f"no other way: cargo has to wait at {title}. {error}"
    rows = []
    for by in ("hours", "usd", "generalised"):
        row: dict[str, Any] = {
            "by": by,
            "wait_at": title,
            "wait": waiting[0].name,
            "reroute": "",
            **dict.fromkeys(("break_even_days_p10", "break_even_days_p50", "break_even_days_p90"), np.nan),
            "words": "",
        }
        if away is None:
            rows.append(row | {"words": note})
            continue
        days = _days(by, stay, away.results[0], usd_day, free_days)
        p10, p50, p90 = (quantile(days, QUANTILES[q]) for q in ("p10", "p50", "p90"))
        measure = {"hours": "time", "usd": "money", "generalised": "time and money together"}[by]
        rows.append(
            row
            | {
                "reroute": away[0].name,
                "break_even_days_p10": p10,
                "break_even_days_p50": p50,
                "break_even_days_p90": p90,
                "words": f"By {measure}, going {away[0].name} beats waiting at {title} "
                + (
                    f"if it stays shut for more than {p50:.2g} days after the cargo arrives ({p10:.2g} to {p90:.2g})."
                    if p50 > 0
                    else "even if it opens at once."
                ),
            }
        )
    return pd.DataFrame(rows)


def _through(routes: Routes, elements: set[str], title: str) -> Routes:
    """The best of the routes that uses an element."""
    for i, result in enumerate(routes.results):
        if any(elements.intersection(edge.elements) for edge in result.edges):
            return routes[i : i + 1]
    raise BadRequest(
        f"none of the {len(routes)} best routes from {routes.origin} to {routes.destination} uses "
        f"{title}, even when it is open: there is nothing to wait for."
    )


def _days(by: str, stay: Result, away: Result, usd_day: float | None, free_days: float | None) -> Samples:
    """Days of waiting that cost as much as the way round, in every sample in which the cargo that waits arrives.

    Both ways have the same luck: the samples are those of the same drivers.
    """
    draws, rates = stay.draws, stay.world.rates
    zero = np.zeros(draws.n)

    def amount(given: float | None, quantity: str) -> Samples:
        rate = rates.find(quantity)
        known = draws.amount([rates.part("", rate.mode, rate.driver("prices"))]) if given is None else given
        return zero + known

    free, price = amount(free_days, "detention_free_days"), amount(usd_day, "detention_usd_day")
    arrives = np.isfinite(stay.hours())
    hours, usd = (away.hours() - np.where(arrives, stay.hours(), 0.0))[arrives], (away.usd - stay.usd)[arrives]
    free, price = free[arrives], price[arrives]
    if by == "hours":
        return np.maximum(0.0, hours / 24)
    a_day = 24 * stay.world.question.cargo.value_of_time if by == "generalised" else 0.0
    loss = usd + (a_day / 24) * hours if by == "generalised" else usd
    early = loss / a_day if a_day else np.full(len(loss), np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        late = free + (loss - a_day * free) / (price + a_day)
    found: Samples = np.where(loss <= 0, 0.0, np.where(early <= free, early, late))
    return found

"""What hurts when it closes: criticality of elements one by one and together, cut sets, and whether to wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from corridors.analysis.sweeps import Day, Place, check_ask, check_pairs, text
from corridors.engine.arrays import use_compiled
from corridors.errors import BadRequest, NoRoute
from corridors.model.costs import Part
from corridors.model.graph import SEA, country_pair
from corridors.model.scenario import Scenario
from corridors.model.simulation import Samples
from corridors.progress import meter
from corridors.routing.result import QUANTILES, Result, quantile

if TYPE_CHECKING:
    from corridors.network import Network
    from corridors.routing.routes import Routes

KINDS = {"crossings": "crossing", "legs": "leg", "straits": "strait", "sections": "section"}
OVER = (*KINDS, "borders", "countries")
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
    network : Network
    pairs : sequence of (origin, destination)
    over : str
        What is taken out, see `Network.criticality`.
    ask : mapping
        Arguments of `Network.routes`.
    add : callable
        Told of every search.
    """

    def __init__(
        self,
        network: Network,
        pairs: Sequence[tuple[Place, Place]],
        over: str,
        ask: Mapping[str, Any],
        add: Callable[[int], object],
    ) -> None:
        if over not in OVER:
            raise BadRequest(f"over={over!r} is not one of {', '.join(OVER)}.")
        use_compiled()
        self.network, self.pairs, self._over, self._ask, self._add = network, pairs, over, ask, add
        self._known: dict[tuple[int, Removed], Best] = {}
        table = network.tables["elements"]
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
            *(self._ask.get("avoid") or ()),
            *(item for element in sorted(removed) for item in self._members(element)),
        ]
        try:
            routes = self.network.routes(origin, destination, **{**self._ask, "k": 1, "avoid": avoid})
        except NoRoute as error:
            return Best(np.nan, np.nan, "", (), str(error))
        first = routes.table.iloc[0]
        return Best(first["hours"], first["usd_p50"], first["name"], self._on(routes._results[0]), "")

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
            question, place = result.world.question, self.network._place
            ends = {place[question.origin]["country"], place[question.destination]["country"], SEA}
            found = [country for edge in result.edges for country in edge.countries if country not in ends]
        return tuple(dict.fromkeys(found))

    def _members(self, element: str) -> Sequence[str]:
        """What `Network.routes` has to avoid."""
        return self.network._border_crossings[element] if self._over == "borders" else (element,)

    def name(self, removed: Removed) -> str:
        """Names of elements: "Khunjerab and Torkham"."""
        return " and ".join(self.network._element_names.get(element, element) for element in sorted(removed))

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
    network: Network,
    pairs: Sequence[tuple[Place, Place]],
    *,
    depart: Day,
    over: str = "crossings",
    k: int = 1,
    flows: Sequence[float] | None = None,
    by_pair: bool = False,
    progress: bool = True,
    **ask: Any,
) -> pd.DataFrame:
    """Rows of `Network.criticality`."""
    check_pairs(pairs)
    _check_set_size(k, "k")
    weights = _weights(flows, len(pairs))
    with meter(progress, "criticality") as add:
        world = Interdiction(network, pairs, over, {**_checked(network, ask), "depart": depart}, add)
        return _ranked(world, k, weights, by_pair, "usd" if ask.get("by") == "usd" else "hours")


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


def _checked(network: Network, ask: Mapping[str, Any]) -> dict[str, Any]:
    check_ask(network, {name: value for name, value in ask.items() if name != "scenario"})
    return dict(ask)


def _check_set_size(value: object, name: str) -> None:
    if value not in range(1, MOST + 1) or isinstance(value, bool):
        raise BadRequest(f"{name}={value!r}: 1 to {MOST} elements are taken out together.")


def _weights(flows: Sequence[float] | None, n: int) -> list[float]:
    weights = [1.0] * n if flows is None else [float(flow) for flow in flows]
    if len(weights) != n or not all(0 <= flow < np.inf for flow in weights):
        raise BadRequest(f"flows={flows!r}: give one number, not negative, for each of the {n} pairs.")
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
    network: Network,
    origin: Place,
    destination: Place,
    *,
    depart: Day,
    over: str = "crossings",
    most: int = 3,
    progress: bool = True,
    **ask: Any,
) -> pd.DataFrame:
    """Rows of `Network.cut_sets`."""
    _check_set_size(most, "most")
    cuts: list[Removed] = []
    with meter(progress, "cut sets") as add:
        world = Interdiction(network, [(origin, destination)], over, {**_checked(network, ask), "depart": depart}, add)
        network.routes(origin, destination, depart=depart, k=1, **ask)  # raises where the pair is cut off already
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
    network: Network,
    origin: Place,
    destination: Place,
    element: str,
    *,
    depart: Day,
    usd_day: float | None = None,
    free_days: float | None = None,
    scenario: Scenario | None = None,
    **ask: Any,
) -> pd.DataFrame:
    """Rows of `Network.break_even`."""
    for name, value in (("usd_day", usd_day), ("free_days", free_days)):
        if value is not None and not 0 <= value < np.inf:
            raise BadRequest(f"{name}={value!r} must be a number, not negative.")
    elements = set(network.element_ids(element))
    title = network._element_names[min(elements)] if len(elements) == 1 else element
    ask = {**_checked(network, ask), "depart": depart}
    reopened = (scenario or Scenario("as it is")).reopen(element)
    waiting = _through(network.routes(origin, destination, scenario=reopened, k=ALTERNATIVES, **ask), elements, title)
    stay = waiting._results[0]
    try:
        away = network.routes(
            origin, destination, scenario=scenario, k=1, **{**ask, "avoid": [*(ask.get("avoid") or ()), element]}
        )
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
        days = _days(by, stay, away._results[0], usd_day, free_days)
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
    for i, result in enumerate(routes._results):
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
    draws, rates = stay._draws, stay.world.rates
    zero = np.zeros(draws.n)

    def amount(given: float | None, quantity: str) -> Samples:
        rate = rates.find(quantity)
        known = draws.amount([Part("", rate.mode, rate.driver("prices"))]) if given is None else given
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

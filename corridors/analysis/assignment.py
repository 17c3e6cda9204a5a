"""Demand put on routes and crossings: path-size logit shares, units a day, use of capacity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import exp, inf, log
from typing import TYPE_CHECKING, NamedTuple, Unpack

import numpy as np
import pandas as pd

from corridors.arguments import as_flag, as_list, as_number, isnan_or_none, shown
from corridors.data.schema import Row, records
from corridors.engine.arrays import Floats
from corridors.errors import BadRequest, NoRoute
from corridors.model.cargo import Cargo, with_value_of_time
from corridors.progress import counted
from corridors.routing.request import Request, WorldTrip, one_world, read_cargo
from corridors.routing.result import Result
from corridors.routing.search import find_routes

if TYPE_CHECKING:
    from corridors.model.facts import Facts
    from corridors.routing.routes import Routes

AMOUNTS = ("tonnes_year", "units_year", "usd_year")
DAYS = 365.0
SHARES = ["origin", "destination", "cargo", "label", "name", "share", "units_year", "tonnes_year", "usd_per_t", "note"]
LOADS = [
    "element_id",
    "name",
    "mode",
    "direction",
    "units_day_low",
    "units_day",
    "units_day_high",
    "tonnes_day",
    "capacity_day",
    "use",
]
SAME = ["element_id", "name", "mode", "direction"]
LEFT_OVER = "left over"
Passage = tuple[str, str, str]
"""Crossing, mode and direction: what has a capacity."""


@dataclass(frozen=True)
class Flows:
    """Demand on routes and crossings.

    Attributes
    ----------
    routes : DataFrame
        One row a demand and route: ``origin, destination, cargo, label, name, share, units_year, tonnes_year,
        usd_per_t`` (generalised cost) and ``note`` (why a demand has no route). With ``spill``, a row called
        ``left over`` has what none of the routes can take, and its ``note`` the crossings that are full.
    crossings : DataFrame
        One row a crossing, strait and direction, busiest first: ``element_id, name, mode, direction, units_day``
        (trucks, wagons or boxes; ``units_day_low`` and ``units_day_high`` by the range of the value of the cargo where
        demand is in US$, else the same), ``tonnes_day, capacity_day`` (of the table ``crossings``, NaN where not
        published) and ``use``, the share of it.
    """

    routes: pd.DataFrame
    crossings: pd.DataFrame

    def change_from(self, other: Flows) -> pd.DataFrame:
        """What another world does to the crossings, for example a corridor that opens.

        Parameters
        ----------
        other : Flows
            The same demand in the world before.

        Returns
        -------
        DataFrame
            One row a crossing and direction, the largest change first: ``element_id, name, mode, direction,
            units_day_before, units_day, change``.

        Raises
        ------
        BadRequest
            If `other` is no `Flows`.
        """
        if not isinstance(other, Flows):
            raise BadRequest(f"other={shown(other)} is no Flows; net.assign returns one.")
        before = other.crossings[[*SAME, "units_day"]].rename(columns={"units_day": "units_day_before"})
        both = before.merge(self.crossings[[*SAME, "units_day"]], on=SAME, how="outer").fillna(
            {"units_day_before": 0.0, "units_day": 0.0}
        )
        both["change"] = both["units_day"] - both["units_day_before"]
        order = both["change"].abs().sort_values(ascending=False, kind="stable").index
        return both.loc[order].reset_index(drop=True)


class _Way(NamedTuple):
    """A route of a demand: what all of it would be on this route, and the share that takes it."""

    demand: int
    row: Row
    share: float
    units_year: float
    payload: float
    passages: tuple[Passage, ...]


def assign(
    facts: Facts,
    /,
    demand: pd.DataFrame,
    *,
    depart: str | date | datetime,
    k: int = 4,
    mu: float = 0.02,
    beta: float = 1.0,
    value_range: tuple[float, float] = (0.7, 1.3),
    spill: bool = False,
    progress: bool = True,
    **ask: Unpack[WorldTrip],
) -> Flows:
    """What a year's trade means on the routes and at the crossings: shares by path-size logit, units a day.

    Parameters
    ----------
    demand : DataFrame
        Columns ``origin, destination``, one of ``tonnes_year``, ``units_year`` and ``usd_year`` (turned into units
        by the value of the cargo), and ``cargo`` (preset or `Cargo`; default ``container40``).
    depart : date
        Day on whose routes the year is put.
    k : int
        Alternatives by demand.
    mu : float
        How sharply cost decides, by US$ of generalised cost a tonne: 0 shares by path size alone, large takes the
        cheapest. The default is an assumption: two routes US$ 35 a tonne apart share 2 to 1. Vary it.
    beta : float
        Weight of the path size, which keeps routes that share legs from counting twice; 1 is usual.
    value_range : (float, float)
        Lowest and highest value of a load as multiples of the preset's, behind ``units_day_low`` and
        ``units_day_high`` where demand is in US$. The default is an assumption.
    spill : bool
        Let no crossing take more than its published capacity: what is too much there chooses again among the
        other routes, and what none can take is left over. Traffic other than `demand` is not known and not counted;
        crossings without a published capacity take everything.
    progress : bool
        Show a bar when it takes longer than a second; see `corridors.sweep`.
    **ask
        Other arguments of `routes`.

    Returns
    -------
    Flows
        ``routes`` (shares) and ``crossings`` (units a day beside the published capacity); ``change_from`` sets it
        beside another. Without `spill`, use above 1 says that the crossing cannot take it.
    """
    _check(demand, mu, beta, value_range, spill)
    request = one_world(Request.common(depart, {**ask, "k": k}, "cargo"))
    ways: list[_Way] = []
    rows: dict[int, Row] = {}
    for at, row in enumerate(counted(records(demand), progress, "assignment")):
        load = row.get("cargo")
        cargo = read_cargo(facts, Request.cargo if isnan_or_none(load) or load == "" else load)
        if request.value_of_time is not None:
            cargo = with_value_of_time(cargo, request.value_of_time)
        rows[at] = {"origin": row["origin"], "destination": row["destination"], "cargo": cargo.cargo_id, "note": ""}
        try:
            routes = find_routes(
                facts, replace(request, origin=row["origin"], destination=row["destination"], cargo=cargo)
            )
        except NoRoute as error:
            rows[at] |= {"share": np.nan, "note": str(error)}
            continue
        costs = [_cost(result, cargo) for result in routes.results]
        for share, cost, result, label, name in zip(
            _logit(routes, costs, mu, beta), costs, routes.results, routes.labels, routes.names, strict=True
        ):
            passages = tuple(
                (edge.element_id, edge.mode, ">".join(edge.countries))
                for edge in result.edges
                if edge.kind == "crossing"
            )
            ways.append(
                _Way(
                    at,
                    {"label": label, "name": name, "usd_per_t": cost},
                    share,
                    _units(row, cargo, result.payload),
                    result.payload,
                    passages,
                )
            )
    capacity = _capacity(facts)
    low, high = (1 / value_range[1], 1 / value_range[0]) if "usd_year" in demand else (1.0, 1.0)
    mid, lowest, highest = (
        _fill(ways, capacity, scale) if spill else [way.share for way in ways] for scale in (1.0, low, high)
    )
    loads: dict[Passage, Floats] = {}
    for way, shares in zip(ways, zip(lowest, mid, highest, strict=True), strict=True):
        a_day = np.array(shares) * (low, 1.0, high) * way.units_year / DAYS
        for passage in way.passages:
            loads[passage] = loads.get(passage, 0.0) + np.append(a_day, a_day[1] * way.payload)
    crossings = _loads(facts, loads, capacity)
    return Flows(_shares(rows, ways, mid, crossings), crossings)


def _fill(ways: Sequence[_Way], capacity: Mapping[Passage, float], scale: float) -> list[float]:
    """Shares when no crossing takes more than its capacity.

    All come at once. Where a crossing cannot take all that would pass, each gets the same part of what it wants; the
    rest chooses again, by the same odds, among the routes that still have room. Every round fills a crossing.
    """
    room = {passage: capacity[passage] for way in ways for passage in way.passages if passage in capacity}
    taken, weight = [0.0] * len(ways), [max(way.share, 1e-12) for way in ways]  # a share may round to nothing
    while True:
        open_ = [i for i, way in enumerate(ways) if all(room.get(passage, inf) > 1e-9 for passage in way.passages)]
        odds, left = defaultdict[int, float](float), defaultdict[int, float](lambda: 1.0)
        for i, way in enumerate(ways):
            left[way.demand] -= taken[i]
        for i in open_:
            odds[ways[i].demand] += weight[i]
        wish = {i: left[ways[i].demand] * weight[i] / odds[ways[i].demand] for i in open_}
        a_day = {i: wish[i] * scale * ways[i].units_year / DAYS for i in open_}
        if sum(a_day.values()) < 1e-9:
            return taken
        asked = defaultdict[Passage, float](float)
        for i in open_:
            for passage in set(ways[i].passages) & set(room):
                asked[passage] += a_day[i]
        part = {
            i: min([1.0, *(room[passage] / asked[passage] for passage in ways[i].passages if asked[passage])])
            for i in open_
        }
        for i in open_:
            taken[i] += part[i] * wish[i]
            for passage in set(ways[i].passages) & set(room):
                room[passage] -= part[i] * a_day[i]


def _shares(
    rows: Mapping[int, Row], ways: Sequence[_Way], shares: Sequence[float], crossings: pd.DataFrame
) -> pd.DataFrame:
    """Rows of ``Flows.routes``."""
    full = set(
        crossings.loc[crossings["use"] > 1 - 1e-6, ["element_id", "mode", "direction"]].itertuples(
            index=False, name=None
        )
    )
    names = dict(zip(crossings["element_id"], crossings["name"], strict=True))
    found = []
    for at, common in rows.items():
        own = [(way, share) for way, share in zip(ways, shares, strict=True) if way.demand == at]
        found += [
            common
            | way.row
            | {
                "share": share,
                "units_year": share * way.units_year,
                "tonnes_year": share * way.units_year * way.payload,
            }
            for way, share in own
        ]
        left = 1.0 - sum(share for _, share in own)
        if not own:
            found.append(common)
        elif left > 1e-6:
            tonnes = left * own[0][0].units_year * own[0][0].payload
            stops = dict.fromkeys(names[p[0]] for way, _ in own for p in way.passages if p in full)
            found.append(
                common
                | {
                    "label": "",
                    "name": LEFT_OVER,
                    "share": left,
                    "tonnes_year": tonnes,
                    "units_year": left * own[0][0].units_year,
                    "note": f"full: {', '.join(stops)}",
                }
            )
    return pd.DataFrame(found, columns=SHARES)


def _check(demand: object, mu: object, beta: object, value_range: object, spill: object) -> None:
    if not isinstance(demand, pd.DataFrame):
        raise BadRequest(f"demand={shown(demand)} must be a DataFrame.")
    missing = [name for name in ("origin", "destination") if name not in demand]
    given = [name for name in AMOUNTS if name in demand]
    if missing or len(given) != 1:
        raise BadRequest(
            f"demand needs the columns origin, destination and one of {', '.join(AMOUNTS)} (and cargo, if "
            f"it is not container40); it has {', '.join(map(str, demand.columns))}."
        )
    for at, value in enumerate(demand[given[0]]):
        as_number(value, f"demand, row {at}: {given[0]}", least=0.0, words="a number, 0 or more")
    for name, number in (("mu", mu), ("beta", beta)):
        as_number(number, name, least=0.0, words="a number, 0 or more")
    as_flag(spill, "spill")
    ends = [as_number(one, "value_range, each", above=0.0) for one in as_list(value_range, "value_range", "0.7, 1.3")]
    if len(ends) != 2 or not ends[0] <= 1 <= ends[1]:
        raise BadRequest(
            f"value_range={shown(value_range)}: give the lowest and the highest value of a load as multiples "
            "of its most likely one, for example (0.7, 1.3)."
        )


def _cost(result: Result, cargo: Cargo) -> float:
    """Generalised cost in US$ a tonne: expected money and the value of the expected time."""
    hours, usd, _, _ = result.figures
    return (usd + cargo.value_of_time * hours) / result.payload


def _units(row: Row, cargo: Cargo, payload: float) -> float:
    if "units_year" in row:
        return float(row["units_year"]) * cargo.payload_t / payload
    if "tonnes_year" in row:
        return float(row["tonnes_year"]) / payload
    if not cargo.value_usd:
        raise BadRequest(
            f"usd_year needs cargo with a value; {cargo.cargo_id} has none. Give tonnes_year, or a "
            "corridors.Cargo with value_usd."
        )
    return float(row["usd_year"]) / cargo.value_usd * cargo.payload_t / payload


def _logit(routes: Routes, costs: list[float], mu: float, beta: float) -> list[float]:
    """Shares of the routes: exp(-mu cost + beta ln PS), PS the path size (Ben-Akiva and Bierlaire 1999)."""
    km = [{edge.element_id: edge.km for edge in result.edges if edge.kind == "leg"} for result in routes.results]
    used = {leg: sum(leg in one for one in km) for one in km for leg in one}
    sizes = [sum(length / used[leg] for leg, length in one.items()) / max(sum(one.values()), 1e-9) for one in km]
    least = min(costs)
    weights = [exp(-mu * (cost - least) + beta * log(max(size, 1e-9))) for cost, size in zip(costs, sizes, strict=True)]
    return [weight / sum(weights) for weight in weights]


def _capacity(facts: Facts) -> dict[Passage, float]:
    """Units a day that are published for a crossing in one direction."""
    place = facts.place
    return {
        (
            row["element_id"],
            row["mode"],
            f"{place[row['from_place']]['country']}>{place[row['to_place']]['country']}",
        ): row["capacity_day"]
        for row in records(facts.tables["crossings"])
        if row["capacity_day"] > 0
    }


def _loads(
    facts: Facts,
    loads: Mapping[Passage, Floats],
    capacity: Mapping[Passage, float],
) -> pd.DataFrame:
    rows = []
    for passage, (low, units, high, tonnes) in loads.items():
        most = capacity.get(passage, np.nan)
        rows.append(
            {
                **dict(zip(("element_id", "mode", "direction"), passage, strict=True)),
                "name": facts.element_names[passage[0]],
                "units_day_low": low,
                "units_day": units,
                "units_day_high": high,
                "tonnes_day": tonnes,
                "capacity_day": most,
                "use": units / most,
            }
        )
    frame = pd.DataFrame(rows, columns=LOADS)
    return frame.sort_values(["units_day", "element_id"], ascending=[False, True], ignore_index=True)

"""Demand put on routes and crossings: path-size logit shares, units a day, use of capacity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from corridors._request import read_cargo
from corridors._results import Result
from corridors._schema import records
from corridors.cargo import Cargo
from corridors.errors import BadRequest, NoRoute

if TYPE_CHECKING:
    from corridors.network import Network
    from corridors.routes import Routes

AMOUNTS = ("tonnes_year", "units_year", "usd_year")
DAYS = 365.0
SHARES = ["origin", "destination", "cargo", "label", "name", "share", "units_year", "tonnes_year", "usd_per_t", "note"]
LOADS = ["element_id", "name", "mode", "direction", "units_day", "tonnes_day", "capacity_day", "use"]


@dataclass(frozen=True)
class Flows:
    """Demand on routes and crossings.

    Attributes
    ----------
    routes : DataFrame
        One row a demand and route: ``origin, destination, cargo, label, name, share, units_year, tonnes_year,
        usd_per_t`` (generalised cost) and ``note`` (why a demand has no route).
    crossings : DataFrame
        One row a crossing, strait and direction, busiest first: ``element_id, name, mode, direction, units_day``
        (lorries, wagons or boxes), ``tonnes_day, capacity_day`` (of the table ``crossings``, NaN where not published)
        and ``use``, the share of it.
    """

    routes: pd.DataFrame
    crossings: pd.DataFrame


def assign(network: Network, demand: pd.DataFrame, request: Mapping[str, Any], mu: float, beta: float) -> Flows:
    """The work behind `Network.assign`; see there."""
    _check(demand, mu, beta)
    shares: list[dict[str, Any]] = []
    loads: dict[tuple[str, str, str], list[float]] = {}
    for row in records(demand):
        cargo = read_cargo(network, row.get("cargo") or "container40")
        common = {"origin": row["origin"], "destination": row["destination"], "cargo": cargo.cargo_id}
        try:
            routes = network.routes(row["origin"], row["destination"], cargo=cargo, **request)
        except NoRoute as error:
            shares.append(common | {"share": np.nan, "note": str(error)})
            continue
        costs = [_cost(result, cargo) for result in routes._results]
        for share, cost, result, label, name in zip(_logit(routes, costs, mu, beta), costs, routes._results,
                                                    routes._labels, routes._names, strict=True):
            units = share * _units(row, cargo, result.payload)
            shares.append(common | {"label": label, "name": name, "share": share, "units_year": units,
                                    "tonnes_year": units * result.payload, "usd_per_t": cost, "note": ""})
            for edge in result.edges:
                if edge.kind == "crossing":
                    load = loads.setdefault((edge.element_id, edge.mode, ">".join(edge.countries)), [0.0, 0.0])
                    load[0] += units / DAYS
                    load[1] += units * result.payload / DAYS
    return Flows(pd.DataFrame(shares, columns=SHARES), _loads(network, loads))


def _check(demand: pd.DataFrame, mu: float, beta: float) -> None:
    missing = [name for name in ("origin", "destination") if name not in demand]
    given = [name for name in AMOUNTS if name in demand]
    if missing or len(given) != 1:
        raise BadRequest(f"demand needs the columns origin, destination and one of {', '.join(AMOUNTS)} (and cargo, if "
                         f"it is not container40); it has {', '.join(map(str, demand.columns))}.")
    for at, value in enumerate(demand[given[0]]):
        if not isinstance(value, int | float) or not 0 <= value < float("inf"):
            raise BadRequest(f"demand, row {at}: {given[0]}={value!r} must be a number, 0 or more.")
    for name, number in (("mu", mu), ("beta", beta)):
        if not isinstance(number, int | float) or not 0 <= number < float("inf"):
            raise BadRequest(f"{name}={number!r} must be a number, 0 or more.")


def _cost(result: Result, cargo: Cargo) -> float:
    """Generalised cost in US$ a tonne: median money and the value of the median time."""
    usd, hours = float(np.median(result.usd)), float(np.median(result.hours()))
    return (usd + cargo.value_of_time * hours) / result.payload


def _units(row: Mapping[str, Any], cargo: Cargo, payload: float) -> float:
    if "units_year" in row:
        return float(row["units_year"]) * cargo.payload_t / payload
    if "tonnes_year" in row:
        return float(row["tonnes_year"]) / payload
    if not cargo.value_usd:
        raise BadRequest(f"usd_year needs cargo with a value; {cargo.cargo_id} has none. Give tonnes_year, or a "
                         "corridors.Cargo with value_usd.")
    return float(row["usd_year"]) / cargo.value_usd * cargo.payload_t / payload


def _logit(routes: Routes, costs: list[float], mu: float, beta: float) -> list[float]:
    """Shares of the routes: exp(-mu cost + beta ln PS), PS the path size (Ben-Akiva and Bierlaire 1999)."""
    km = [{edge.element_id: edge.km for edge in result.edges if edge.kind == "leg"} for result in routes._results]
    used = {leg: sum(leg in one for one in km) for one in km for leg in one}
    sizes = [sum(length / used[leg] for leg, length in one.items()) / max(sum(one.values()), 1e-9) for one in km]
    least = min(costs)
    weights = [exp(-mu * (cost - least) + beta * log(max(size, 1e-9))) for cost, size in zip(costs, sizes, strict=True)]
    return [weight / sum(weights) for weight in weights]


def _loads(network: Network, loads: Mapping[tuple[str, str, str], list[float]]) -> pd.DataFrame:
    table, place = network.tables["crossings"], network._place
    capacity = {(row["element_id"], f"{place[row['from_place']]['country']}>{place[row['to_place']]['country']}"):
                row["capacity_day"] for row in records(table)}
    rows = []
    for (element, mode, direction), (units, tonnes) in loads.items():
        most = float(capacity.get((element, direction), np.nan))
        rows.append({"element_id": element, "name": network._element_names[element], "mode": mode,
                     "direction": direction, "units_day": units, "tonnes_day": tonnes, "capacity_day": most,
                     "use": units / most if most else np.nan})
    frame = pd.DataFrame(rows, columns=LOADS)
    return frame.sort_values(["units_day", "element_id"], ascending=[False, True], ignore_index=True)

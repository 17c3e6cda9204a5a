"""Answers side by side: scenarios, regret, matrices, catchments of ports. All figures are those of `Routes.table`."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from corridors.analysis.sweeps import Day, Place, Row, check_ask, check_names, check_pairs, scenario_name, sweep, text
from corridors.data.schema import records
from corridors.errors import BadRequest, NoRoute
from corridors.model.scenario import Scenario
from corridors.routing.explain import blocked_words
from corridors.routing.result import Choice
from corridors.routing.routes import Routes

if TYPE_CHECKING:
    import geopandas as gpd

    from corridors.network import Network

COMPARED = [
    "origin",
    "destination",
    "scenario",
    "route",
    "km",
    "days_p10",
    "days_p50",
    "days_p90",
    "usd_p10",
    "usd_p50",
    "usd_p90",
    "kgco2e",
    "delta_days",
    "delta_usd",
    "crossings",
    "rests_on",
    "note",
]
MATRIX = {"hours": "hours", "km": "km", "usd": "usd_p50", "kgco2e": "kgco2e", "risk": "risk"}
MEASURES = {"hours": "days", "usd": "usd"}


def compare(
    network: Network,
    pairs: Sequence[tuple[Place, Place]],
    scenarios: Sequence[Scenario | None],
    *,
    depart: Day,
    executor: Executor | None = None,
    progress: bool = True,
    **ask: Any,
) -> pd.DataFrame:
    """Rows of `Network.compare`."""
    worlds = _with_baseline(scenarios)
    frame = sweep(network, pairs, worlds, [depart], executor, progress, **ask)
    base = frame.iloc[np.arange(len(frame)) // len(worlds) * len(worlds)].reset_index(drop=True)
    frame["delta_days"] = frame["days_p50"] - base["days_p50"]
    frame["delta_usd"] = frame["usd_p50"] - base["usd_p50"]
    return frame[COMPARED]


def _with_baseline(scenarios: Sequence[Scenario | None]) -> list[Scenario | None]:
    check_names(scenarios)
    return [None, *(scenario for scenario in scenarios if scenario is not None)]


def regret(
    network: Network,
    pairs: Sequence[tuple[Place, Place]],
    scenarios: Sequence[Scenario | None],
    *,
    depart: Day,
    by: str = "hours",
    k: int = 3,
    **ask: Any,
) -> pd.DataFrame:
    """Rows of `Network.regret`."""
    worlds = _with_baseline(scenarios)
    check_pairs(pairs)
    check_ask(network, ask)
    what = _measure(by)
    rows = []
    for origin, destination in pairs:
        row: Row = {"origin": text(origin), "destination": text(destination)}
        ask_pair = {**ask, "origin": origin, "destination": destination, "depart": depart, "by": by}
        try:
            routes = network.routes(k=k, **ask_pair)
        except NoRoute as error:
            rows.append(row | dict.fromkeys(("route", "scenario", "best"), "") | {"note": str(error)})
            continue
        for scenario in worlds:
            kept = [keep(routes, i, scenario) for i in range(len(routes))]
            values = [nothing_or(one, f"{what}_p50") for one in kept]
            best, value = _least(network, ask_pair | {"scenario": scenario}, f"{what}_p50")
            for route, other in zip(routes, values, strict=True):
                if other < value:  # the search minimises most likely values, these are medians
                    best, value = route.name, other
            rows += [
                row
                | {
                    "route": route.name,
                    "scenario": scenario_name(scenario),
                    what: number,
                    "best": best,
                    f"best_{what}": value,
                    f"regret_{what}": number - value,
                    "note": one if isinstance(one, str) else "",
                }
                for route, one, number in zip(routes, kept, values, strict=True)
            ]
    frame = pd.DataFrame(
        rows,
        columns=[
            "origin",
            "destination",
            "route",
            "scenario",
            what,
            "best",
            f"best_{what}",
            f"regret_{what}",
            f"worst_regret_{what}",
            "note",
        ],
    )
    return _worst(frame, what)


def _worst(frame: pd.DataFrame, what: str) -> pd.DataFrame:
    """Fill in the largest regret of each route; NaN if it fails where another one passes."""
    counted = frame[frame[f"best_{what}"].notna()]
    worst = counted.groupby(["origin", "destination", "route"])[f"regret_{what}"].agg(lambda one: one.max(skipna=False))
    keys = pd.MultiIndex.from_frame(frame[["origin", "destination", "route"]])
    frame[f"worst_regret_{what}"] = worst.reindex(keys).to_numpy()
    return frame


def keep(routes: Routes, number: int, scenario: Scenario | None) -> pd.Series[Any] | str:
    """What becomes of a route, if the cargo keeps to it, in a scenario: its row of ``table``, or what shuts it."""
    network, result = routes.network, routes._results[number]
    world = result.world.other(overlay=network._overlay(scenario), knowledge=routes._world.question.knowledge)
    blocked = world.too_long(world.trace(result.path, push_through=True))
    if blocked:
        return "; ".join(dict.fromkeys(blocked_words(network, step) for step in blocked))
    kept = Routes(
        network,
        world,
        [Choice(world, result.path)],
        [],
        {**routes._request, "scenario": scenario},
        routes._start,
        routes._end,
        result._draws,
    )
    return kept._results[0].spoils() or kept.table.iloc[0]


def nothing_or(row: pd.Series[Any] | str, column: str) -> float:
    """A figure of a row, NaN where there is none."""
    return np.nan if isinstance(row, str) else float(row[column])


def _least(network: Network, ask: dict[str, Any], column: str) -> tuple[str, float]:
    try:
        first = network.routes(k=1, **ask).table.iloc[0]
    except NoRoute:
        return "", np.nan
    return str(first["name"]), float(first[column])


def _measure(by: str) -> str:
    if by not in MEASURES:
        raise BadRequest(f"by={by!r} is not one of {', '.join(MEASURES)}.")
    return MEASURES[by]


def matrix(
    network: Network,
    origins: Sequence[Place],
    destinations: Sequence[Place],
    *,
    depart: Day,
    by: str = "hours",
    scenario: Scenario | None = None,
    executor: Executor | None = None,
    progress: bool = True,
    **ask: Any,
) -> pd.DataFrame:
    """Rows of `Network.matrix`."""
    if by not in MATRIX:
        raise BadRequest(f"by={by!r} is not one of {', '.join(MATRIX)}.")
    if not origins or not destinations or isinstance(origins, str) or isinstance(destinations, str):
        raise BadRequest("origins and destinations are lists with at least one place.")
    cells = [(i, j) for i, a in enumerate(origins) for j, b in enumerate(destinations) if not _same(network, a, b)]
    values = np.full((len(origins), len(destinations)), np.nan)
    if cells:
        frame = sweep(
            network,
            [(origins[i], destinations[j]) for i, j in cells],
            [scenario],
            [depart],
            executor,
            progress,
            by=by,
            **ask,
        )
        values[tuple(zip(*cells, strict=True))] = frame[MATRIX[by]]
    return pd.DataFrame(
        values,
        index=pd.Index([text(a) for a in origins], name="origin"),
        columns=pd.Index([text(b) for b in destinations], name="destination"),
    )


def _same(network: Network, a: Place, b: Place) -> bool:
    return network.place_id(a) == network.place_id(b) if isinstance(a, str) and isinstance(b, str) else a == b


def catchment(
    network: Network,
    ports: Sequence[str],
    *,
    depart: Day,
    by: str = "usd",
    origins: Sequence[str] | None = None,
    margin: float | None = 0.1,
    scenario: Scenario | None = None,
    executor: Executor | None = None,
    progress: bool = True,
    **ask: Any,
) -> gpd.GeoDataFrame:
    """Rows of `Network.catchment`."""
    import geopandas
    import shapely

    what = _measure(by)
    if isinstance(ports, str) or not ports:
        raise BadRequest(f"ports={ports!r} must be a list of at least one place.")
    doors = [network.place_id(port) for port in ports]
    cities = network.tables["places"].query("kind == 'city'")["place_id"] if origins is None else origins
    cities = list(dict.fromkeys(map(network.place_id, cities)))
    pairs = [(city, port) for city in cities for port in doors if city != port]
    frame = sweep(network, pairs, [scenario], [depart], executor, progress, by=by, **ask)
    found = {
        city: records(rows.sort_values(f"{what}_p50", kind="stable"))
        for city, rows in frame.groupby("origin", sort=False)
    }
    table = pd.DataFrame([_catch(network, city, found.get(city, []), what, margin) for city in cities])
    at = [network._place[city] for city in cities]
    points = shapely.points([place["lon"] for place in at], [place["lat"] for place in at])
    return geopandas.GeoDataFrame(table, geometry=points, crs="EPSG:4326")


def _catch(
    network: Network,
    city: str,
    ways: Sequence[dict[str, Any]],
    what: str,
    margin: float | None,
) -> dict[str, Any]:
    """Row of a city from its ways to the ports, best first."""
    place = network._place[city]
    open_ = [way for way in ways if way[f"{what}_p50"] == way[f"{what}_p50"]]
    row: dict[str, Any] = {
        "place_id": city,
        "name": place["name"],
        "country": place["country"],
        "port": "",
        **{f"{what}_{q}": np.nan for q in ("p10", "p50", "p90")},
        "second_port": "",
        f"second_{what}_p50": np.nan,
        "margin": np.nan,
        "contested": False,
        "note": "" if open_ else "; ".join(dict.fromkeys(way["note"] for way in ways)),
    }
    if open_:
        first = open_[0]
        row |= {
            "port": network._place[first["destination"]]["name"],
            **{f"{what}_{q}": first[f"{what}_{q}"] for q in ("p10", "p50", "p90")},
        }
    if len(open_) > 1:
        second = open_[1]
        lead = second[f"{what}_p50"] / first[f"{what}_p50"] - 1
        close = second[f"{what}_p10"] <= first[f"{what}_p90"] if margin is None else lead < margin
        row |= {
            "second_port": network._place[second["destination"]]["name"],
            f"second_{what}_p50": second[f"{what}_p50"],
            "margin": lead,
            "contested": bool(close),
        }
    return row

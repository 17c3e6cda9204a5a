"""A network small enough to work out by hand: two roads and a railway between two countries, and a sea leg.

    home -- 240 km road (XA) -- pass_a | pass_b -- 120 km road (XB) -- town
    home -- 600 km road (XA) -- plain_a | plain_b -- 100 km road (XB) -- town
    home == 300 km rail 1520 (XA) == rail_a | rail_b == 50 km rail 1520 (XB) == yard == 200 km rail 1676 == town

Road: 60 km/h half of the day = 30 km/h, US$ 2 a km. Rail: 40 km/h x 0.5 = 20 km/h, US$ 1 a km.
The pass takes 10 h, the plain crossing 5 h, the rail crossing 20 h, the change of gauge 12 h and US$ 150.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

import corridors as cr
from corridors.data.schema import TABLES, data_folder, read_package
from corridors.model.facts import Facts

GRADE = {"source_id": "hand", "as_of": "2025", "quality": "assumed"}


def _table(name: str, rows: list[dict]) -> pd.DataFrame:
    """Rows with the columns and empty values of the shipped schema."""
    schema = next(r["schema"] for r in read_package(data_folder())["resources"] if r["name"] == name)
    empty = {
        f["name"]: {"number": float("nan"), "integer": float("nan"), "boolean": False}.get(f["type"], "")
        for f in schema["fields"]
    }
    return pd.DataFrame(
        [empty | {k: v for k, v in (GRADE | row).items() if k in empty} for row in rows], columns=list(empty)
    )


def _place(place_id: str, country: str, lon: float, kind: str = "city") -> dict:
    return {
        "place_id": place_id,
        "name": place_id.replace("_", " ").title(),
        "country": country,
        "kind": kind,
        "lon": lon,
        "lat": 40.0,
        "timezone": "UTC",
        "altitude_m": 0.0,
    }


def _leg(
    a: str, b: str, country: str, km: float, mode: str = "road", gauge: float = float("nan"), **more: object
) -> dict:
    return {
        "leg_id": f"{a}-{b}-{mode}{'' if gauge != gauge else int(gauge)}",
        "from_place": a,
        "to_place": b,
        "country": country,
        "mode": mode,
        "gauge_mm": gauge,
        "km": km,
        "status": "operating",
        "speed_class": "plain",
        **more,
    }


def _crossing(
    element: str, a: str, b: str, hours: float, mode: str = "road", gauge: float = float("nan")
) -> list[dict]:
    return [
        {
            "crossing_id": f"{element}__{i}",
            "element_id": element,
            "name": element,
            "from_place": x,
            "to_place": y,
            "mode": mode,
            "gauge_mm": gauge,
            "hours_mean": hours,
            "dispersion": 0.5,
            "status": "operating",
        }
        for i, (x, y) in enumerate(((a, b), (b, a)))
    ]


def _rate(quantity: str, mode: str, value: float, spread: float) -> dict:
    return {
        "rate_id": f"{quantity}_{mode}",
        "quantity": quantity,
        "by_mode": mode,
        "low": value * (1 - spread),
        "mode": value,
        "high": value * (1 + spread),
        "unit": "-",
        "year": "2025",
    }


def small_network(
    events: list[dict] = (),
    calendars: list[dict] = (),
    elements: list[dict] = (),
    legs: list[dict] = (),
    transfers: list[dict] = (),
    spread: float = 0.0,
) -> cr.Network:
    """Rates and handling vary by `spread` to either side; without it an expected value is the value itself."""
    more_elements, more_legs, more_transfers = elements, legs, transfers
    places = [
        _place("home", "XA", 0.0),
        _place("town", "XB", 4.0),
        _place("yard", "XB", 3.0, "station"),
        _place("pass_a", "XA", 2.0, "border"),
        _place("pass_b", "XB", 2.01, "border"),
        _place("plain_a", "XA", 3.5, "border"),
        _place("plain_b", "XB", 3.51, "border"),
        _place("rail_a", "XA", 2.2, "border"),
        _place("rail_b", "XB", 2.21, "border"),
        _place("port", "XA", 1.0, "seaport"),
        _place("harbour", "XB", 4.5, "seaport"),
    ]
    legs = [
        _leg("home", "pass_a", "XA", 240),
        _leg("pass_b", "town", "XB", 120),
        _leg("home", "plain_a", "XA", 600),
        _leg("plain_b", "town", "XB", 100),
        _leg("home", "rail_a", "XA", 300, "rail", 1520),
        _leg("rail_b", "yard", "XB", 50, "rail", 1520),
        _leg("yard", "town", "XB", 200, "rail", 1676),
        _leg("home", "port", "XA", 90),
        _leg("port", "harbour", "XZ", 500, "sea", headway_hours=48),
        _leg("harbour", "town", "XB", 60),
        _leg("home", "town", "XA", 400, "rail", 1435, status="planned", project="dream"),
    ]
    crossings = [
        *_crossing("pass", "pass_a", "pass_b", 10),
        *_crossing("plain", "plain_a", "plain_b", 5),
        *_crossing("rail", "rail_a", "rail_b", 20, "rail", 1520),
    ]
    handling = {
        f"{what}_{of}": value * factor
        for what, value in (("hours", 12), ("usd", 150))
        for of, factor in (("low", 1 - spread), ("mode", 1), ("high", 1 + spread))
    }
    handling["units"] = "container;general;grain;bulk;liquid;vehicle;wagon"
    transfers = [
        {"place_id": p, "from_layer": a, "to_layer": b, **handling}
        for p, x, y in (("yard", "rail1520", "rail1676"), ("port", "road", "sea"), ("harbour", "road", "sea"))
        for a, b in ((x, y), (y, x))
    ]
    rates = [
        _rate(quantity, mode, value, spread)
        for quantity, by in {
            "speed": {"road": 60, "rail": 40, "sea": 25},
            "running_share": {"road": 0.5, "rail": 0.5, "sea": 1.0},
            "usd_per_km": {"road": 2, "rail": 1, "sea": 0.3},
            "kgco2e_per_tkm": {"road": 0.1, "rail": 0.03, "sea": 0.01},
            "crossing_hours_out": {"road": 9},
            "crossing_hours_in": {"road": 4},
            "access_factor": {"road": 1.3},
            "crossing_usd_out": {"": 0},
            "crossing_usd_in": {"": 0},
            "border_usd_inside": {"": 0},
            "km_per_border_side": {"": 1000},
            "unofficial_share": {"": 0},
            "guarantee_usd": {"": 0},
            "entry_fee_usd": {"": 0},
            "loading_hours": {"": 0},
            "unloading_hours": {"": 0},
            "transload_hours": {"": 10},
            "transload_usd": {"": 100},
            "empty_return_share": {"": 0.5},
            "empty_cost_factor": {"": 0.5},
            "detention_free_days": {"": 14},
            "detention_usd_day": {"": 100},
            "empty_running_factor": {"": 1},
            "kgco2e_per_t_transfer": {"": 0},
            "correlation": {"": 0.5},
            "weather_wait_hours": {"": 10},
            "tare_t": {"": 15},
            "gross_limit_t": {"": 1000},
            "wagon_price_factor": {"": 1.5},
        }.items()
        for mode, value in by.items()
    ]
    names = {"pass": "High Pass", "plain": "Plain Gate", "rail": "Rail Gate"}
    elements = [
        {"element_id": e, "kind": "crossing", "name": n, "aliases": "", "members": ""} for e, n in names.items()
    ]
    legs = [*legs, *more_legs]
    transfers = [*transfers, *more_transfers]
    elements += [{"element_id": leg["leg_id"], "kind": "leg", "name": leg["leg_id"]} for leg in legs]
    elements += more_elements
    at = {p["place_id"]: p for p in places}
    lines = [
        {
            "leg_id": leg["leg_id"],
            "wkt": f"LINESTRING ({at[leg['from_place']]['lon']} 40, {at[leg['to_place']]['lon']} 40)",
        }
        for leg in legs
    ]
    cargo = [
        {
            "cargo_id": "container40",
            "name": "FEU",
            "unit": "FEU",
            "payload_t": 20.0,
            "modes": "road;rail;sea;ferry",
            "value_of_time": 1.0,
            "vehicle": "trailer40",
        }
    ]
    rows = {
        "places": places,
        "elements": elements,
        "legs": legs,
        "leg_geometry": lines,
        "crossings": crossings,
        "transfers": transfers,
        "rates": rates,
        "cargo": cargo,
        "calendars": [{"place_id": "pass_a", "regime": "operated", "contested": False} | c for c in calendars],
        "events": [
            {"effect": "close", "known_from": e["start"], "end_known_from": e.get("end", ""), "event_id": f"event {i}"}
            | e
            for i, e in enumerate(events)
        ],
        "sources": [{"source_id": "hand", "title": "Made by hand for tests"}],
    }
    tables = {name: _table(name, rows.get(name, [])) for name in TABLES}
    return cr.Network(Facts(tables, date(2026, 1, 1), "test", Path(".")))


def with_tables(net: cr.Network, tables: Mapping[str, pd.DataFrame]) -> cr.Network:
    """A network with other tables and nothing kept."""
    return cr.Network(replace(net.facts, tables=tables))

"""What a map of results shows: the crossings whose closure hurts most, the port each city reaches best, reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from corridors.data.schema import Row, records
from corridors.errors import BadRequest
from corridors.maps.crossings import crossing_row, crossing_type
from corridors.maps.lanes import Shown
from corridors.maps.layers import COLOURS, LATER
from corridors.maps.style import need
from corridors.routing.figures import two

if TYPE_CHECKING:
    import geopandas as gpd

    from corridors.analysis.reach import Reach
    from corridors.model.facts import Facts

PALE, DEEP = np.array([249, 217, 200]), np.array([178, 24, 43])
NEAR, FAR = np.array([6, 30, 80]), np.array([160, 205, 235])
SMALL, LARGE = 5.0, 20.0  # radius in pixels
CUT = {"r": LARGE, "fill": "#ffffff", "edge": "#a40000", "hatched": True}
NAMED = 60
"""Cities up to which a still map names them; with more it would name some and not others."""
WORDS = {"usd": "US$", "days": "days"}


def criticality_data(facts: Facts, frame: pd.DataFrame) -> Shown:
    """Crossings of a criticality frame as circles: larger and darker for more hours, hatched if it cuts off."""
    need(frame, "element", "name", "size", "extra_hours", "extra_usd", "cut_off")
    crossings = set(facts.tables["crossings"]["element_id"])
    rows = [row for row in records(frame) if row["element"] in crossings]
    if not rows:
        raise BadRequest(
            "the frame names no single crossing, which is all that this map shows; "
            "over='crossings' or over='straits' finds some."
        )
    if len({row["element"] for row in rows}) < len(rows):
        raise BadRequest("the frame has several rows for one crossing; this map takes one (by_pair=False).")
    most = max((row["extra_hours"] for row in rows if row["extra_hours"] > 0), default=0.0)
    circles, nodes = [], []
    for row in rows:
        crossing = crossing_row(facts, row["element"])
        place = facts.place[crossing["from_place"]]
        name = str(row["name"]).split(" (")[0]
        circles.append(
            {"lat": place["lat"], "lng": place["lon"], "name": name, "lines": _loss(row)}
            | (CUT if row["cut_off"] else _shade(row["extra_hours"], most))
        )
        nodes.append(
            {
                "type": crossing_type(crossing),
                "name": name,
                "lat": place["lat"],
                "lng": place["lon"],
                "lines": _loss(row),
                "state": "",
                "gap": circles[-1]["r"],
            }
        )
    keys = [{"text": f"+{two(hours)} h", **_shade(hours, most)} for hours in (most, most / 4) if most]
    if any(row["cut_off"] for row in rows):
        keys.append({"text": "cuts off a pair"} | CUT)
    left_out = len(frame) - len(rows)
    note = "Circles: extra hours of all pairs together, by the best route that is left."
    return result_data(
        facts,
        "What hurts when it closes",
        f"{len(rows)} crossings" + (f"; {left_out} other rows of the table not shown" if left_out else ""),
        circles,
        keys,
        nodes,
        note,
    )


def _loss(row: Row) -> list[str]:
    lines = []
    if row["extra_hours"] == row["extra_hours"]:
        lines.append(f"Without it: {row['extra_hours']:+,.0f} h, US$ {row['extra_usd']:+,.0f}")
    if row["cut_off"]:
        lines.append("Without it there is no route" + (f": {row['note']}" if row.get("note") else "."))
    if row.get("pairs"):
        lines.append(f"Pairs: {row['pairs']}")
    return lines


def _shade(hours: float, most: float) -> Shown:
    share = min(1.0, max(0.0, hours / most)) if most and hours == hours else 0.0
    red, green, blue = (PALE + share * (DEEP - PALE)).round().astype(int)
    return {
        "r": round(SMALL + share**0.5 * (LARGE - SMALL), 1),
        "fill": f"#{red:02x}{green:02x}{blue:02x}",
        "edge": "#b2182b",
        "hatched": False,
    }


def _dot(ink: str, hollow: bool = False, r: float = 5.0) -> Shown:
    return {"r": r, "fill": "#ffffff" if hollow else ink, "edge": ink if hollow else "#ffffff", "hatched": False}


UNREACHED = _dot("#8a8a8a", hollow=True, r=3.0)


def catchment_data(facts: Facts, frame: gpd.GeoDataFrame) -> Shown:
    """Cities of a catchment frame as dots in the colour of their port, hollow where the second port is near."""
    what = next((name for name in WORDS if f"second_{name}" in frame), "usd")
    need(frame, "name", "country", "port", what, "second_port", f"second_{what}", "contested", "geometry")
    won = [str(port) for port in frame.loc[frame["port"] != "", "port"].value_counts().index]
    groups = frame.attrs.get("ports", [[port] for port in won])
    inks = {port: COLOURS[n] if n < len(COLOURS) else LATER for n, group in enumerate(groups) for port in group}
    dots = []
    for row in records(frame.drop(columns="geometry").assign(lng=frame.geometry.x, lat=frame.geometry.y)):
        reached = bool(row["port"])
        ink = inks.get(row["port"], LATER)
        lines = (
            [f"{row['port']}: {_amount(row[what], what)}"]
            if reached
            else ["Reaches no port" + (f": {row['note']}" if row.get("note") else ".")]
        )
        if row["second_port"]:
            lines.append(
                f"{row['second_port']}: {_amount(row[f'second_{what}'], what)}"
                + ("; contested" if row["contested"] else "")
            )
        dots.append(
            {
                "lat": row["lat"],
                "lng": row["lng"],
                "name": f"{row['name']}, {row['country']}",
                "city": row["name"] if len(frame) <= NAMED else "",
                "lines": lines,
                **(_dot(ink, bool(row["contested"])) if reached else UNREACHED),
            }
        )
    groups = [[port for port in group if port in won] for group in groups]
    keys = [{"text": " and ".join(some)} | _dot(inks[some[0]]) for some in groups[: len(COLOURS)] if some]
    if others := [port for some in groups[len(COLOURS) :] for port in some]:
        keys.append({"text": f"other: {', '.join(others)}"} | _dot(LATER))
    if frame["contested"].any():
        keys.append({"text": "contested"} | _dot("#444444", hollow=True))
    if (frame["port"] == "").any():
        keys.append({"text": "reaches no port"} | UNREACHED)
    places = {row["name"]: row for row in records(facts.tables["places"])}
    nodes = [
        {
            "type": "end",
            "name": port,
            "lat": places[port]["lat"],
            "lng": places[port]["lon"],
            "kind": "Port",
            "lines": [f"Best port of {int((frame['port'] == port).sum())} cities"],
            "state": "",
        }
        for port in won
        if port in places
    ]
    measure = "cost in US$ of 2024" if what == "usd" else "time"
    return result_data(
        facts,
        "Which port each city reaches best",
        f"{len(frame)} cities, by {measure}",
        dots,
        keys,
        nodes,
        "Expected values, door to door. Hollow: the second port costs little more, or takes little longer.",
    )


def reach_data(found: Reach) -> Shown:
    """Cities in the shade of the first band that contains them, over the areas of the bands, the widest lowest."""
    shares = np.linspace(0, 1, len(found.bands))[:, None]
    inks = [
        f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in (NEAR + shares * (FAR - NEAR)).round().astype(int)
    ]
    shade = dict(zip(found.bands, inks, strict=True))
    unit = "{:,.0f} h" if found.by == "hours" else "US$ {:,.0f}"
    cities = found.places[found.places["kind"] == "city"]
    dots = []
    for row in records(cities.drop(columns="geometry").assign(lng=cities.geometry.x, lat=cities.geometry.y)):
        value = row[found.by]
        dots.append(
            {
                "lat": row["lat"],
                "lng": row["lng"],
                "name": f"{row['name']}, {row['country']}",
                "lines": [unit.format(value) if value == value else "Not reached"],
                **(_dot(shade[row["band"]], r=4.0) if row["band"] in shade else UNREACHED),
            }
        )
    whole_days = found.by == "hours" and not any(band % 24 for band in found.bands)
    bands = {band: f"{band / 24:,.0f} days" if whole_days else unit.format(band) for band in found.bands}
    keys = [{"text": f"within {bands[band]}"} | _dot(ink) for band, ink in shade.items()]
    if cities["band"].isna().any():
        keys.append({"text": "farther, or not reached"} | UNREACHED)
    row = found.facts.place[found.world.question.origin]
    start = {
        "type": "end",
        "name": found.origin,
        "lat": row["lat"],
        "lng": row["lon"],
        "kind": "Origin",
        "lines": [],
        "state": "",
    }
    areas = [
        {"shape": shape, "fill": shade[band]}
        for band, shape in sorted(zip(found.areas["band"], found.areas.geometry, strict=True), key=lambda one: -one[0])
    ]
    measure = "expected time" if found.by == "hours" else "expected cost"
    scenario = f"; scenario: {found.scenario}" if found.scenario else ""
    words = (
        f"{len(cities)} cities, by {measure}: {found.facts.cargo_name(found.cargo)}, "
        f"leaving {found.depart:%Y-%m-%d}, as known on {found.as_of}{scenario}"
    )
    return result_data(
        found.facts,
        f"What is reached from {found.origin}",
        words,
        dots,
        keys,
        [start],
        "Areas: an estimate, within 25 km of roads and places reached.",
        areas,
    )


def _amount(value: float, what: str) -> str:
    return f"US$ {two(value)}" if what == "usd" else f"{value:.0f} days"


def result_data(
    facts: Facts,
    title: str,
    subtitle: str,
    circles: list[Shown],
    keys: list[Shown],
    nodes: list[Shown],
    note: str,
    areas: list[Shown] | None = None,
) -> Shown:
    """A drawing that has circles, areas and symbols, and no routes."""
    reached = [one for one in circles if one["r"] != UNREACHED["r"]]  # others far off do not set the frame
    at = np.array([(one["lat"], one["lng"]) for one in [*(reached or circles), *nodes]])
    return {
        "title": title,
        "subtitle": [subtitle, f"Data {facts.version} of {facts.data_date}"],
        "bounds": [(at.min(axis=0) - 0.5).tolist(), (at.max(axis=0) + 0.5).tolist()],
        "routes": [],
        "moves": [],
        "pieces": [],
        "nodes": nodes,
        "closed": [],
        "planned": False,
        "modes": [],
        "rejected": [],
        "areas": areas or [],
        "circles": sorted(circles, key=lambda one: -one["r"]),
        "scale": keys,
        "note": f"{note} Click a circle.",
        "note_print": note,
    }

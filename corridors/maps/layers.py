"""What a map shows, as plain data for the script that draws it: lines, symbols, tables and texts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from corridors.data.schema import records
from corridors.maps.background import polylines
from corridors.maps.crossings import PLANNED, crossing_lines, crossing_row, crossing_state, crossing_type
from corridors.maps.lanes import MODES, Run, Shown, moving, runs
from corridors.maps.months import OPEN, strip, worst
from corridors.model.calendars import moment
from corridors.routing.explain import gate_names, rejected_causes
from corridors.routing.figures import letter, rounded, tonnes, two, whole

if TYPE_CHECKING:
    from corridors.model.facts import Facts
    from corridors.routing.routes import Routes

# In the order of use: the first five are as far apart, for eyes that lack a colour too, as the first three.
COLOURS = ("#332288", "#D55E00", "#007C7C", "#442200", "#9900CC", "#0088FF", "#880044", "#BB77BB")
LATER = "#6b6b6b"  # of the ninth route and those after it
NOTE = "Days and US$, door to door and one way: expected value, with p10 to p90."
IN_BRACKETS = re.compile(r" \([^)]*\)")
"""What a name says in brackets: of a leg, it is the names of both ends that would go with all that follows."""
STATES = ("", "closed", "suspended", "planned")  # of crossings; the first ones stand before the others on a map


def colour(label: str) -> str:
    """Colour of a route, which goes with its letter wherever it is shown."""
    return dict(zip("ABCDEFGH", COLOURS, strict=True)).get(label, LATER)


def routes_data(
    routes: Routes,
    drawn: Sequence[Shown] = (),
    labels: Sequence[str] | None = None,
) -> Shown:
    """All that is shown of some alternatives, beside routes that are `drawn` already, under other `labels` if given."""
    legs = routes.legs
    west, south, east, north = (float(x) for x in legs.total_bounds)
    scenario = f"; scenario: {routes.scenario}" if routes.scenario else ""
    subtitle = [
        f"{routes.facts.cargo_name(routes.cargo)}, leaving {routes.depart:%Y-%m-%d}{scenario}",
        f"As known on {routes.as_of}; data {routes.facts.version} of {routes.facts.data_date}",
    ]
    labels = labels or _letters(routes, [route["label"] for route in drawn])
    letters = dict(zip(routes.table["label"], labels, strict=True))
    months = [_months(routes, i) for i in range(len(routes))]
    group = f"{routes.title}; {subtitle[0]}, as known on {routes.as_of}"
    added = [
        _route(routes, i, letters)
        | {
            "group": group,
            "year": str(routes.depart.year),
            "open": worst(open_ for _, open_, _ in part.values()),
            "limits": [limit for limit in part.values() if limit[1] != OPEN * 12],
        }
        for i, part in enumerate(months)
    ]
    strips = {element: open_ for part in months for element, (_, open_, _) in part.items()}
    moves = moving(routes, planned_legs(routes.facts))
    number = f"{len(routes)} alternative{'s' if len(routes) != 1 else ''}"
    return {
        "title": f"{routes.title}: {number}",
        "subtitle": subtitle,
        "bounds": [[south, west], [north, east]],
        "routes": added,
        "nodes": _nodes(routes, letters, strips),
        "moves": moves,
        "pieces": runs(moves),
        "closed": [{"shapes": shapes, "tip": tip} for shapes, tip in _closed(routes)],
        "modes": [m for m in ("road", "rail", "sea", "air") if legs["mode"].map(MODES).eq(m).any()],
        "planned": any(row["planned"] for rows in moves for row in rows),
        "rejected": _rejected(routes),
        "areas": [],
        "circles": [],
        "scale": [],
        "note": f"{NOTE} Click a line or a symbol for legs, costs and sources.",
        "note_print": NOTE,
    }


def network_data(facts: Facts) -> Shown:
    """All that is shown of a network: counts and crossings."""
    legs, places = facts.tables["legs"], facts.tables["places"]
    counts = ", ".join(f"{n:,} {mode}" for mode, n in legs["mode"].value_counts().items())
    nodes = []
    for element in facts.tables["crossings"]["element_id"].drop_duplicates():
        row = crossing_row(facts, element)
        place = facts.place[row["from_place"]]
        nodes.append(
            {
                "type": crossing_type(row),
                "name": str(row["name"]).split(" (")[0],
                "lat": place["lat"],
                "lng": place["lon"],
                "state": crossing_state(facts, row, facts.data_date, facts.data_date),
                "lines": crossing_lines(facts, element, facts.data_date, facts.data_date),
            }
        )
    nodes.sort(key=lambda node: STATES.index(node["state"]))
    inside = places[places["country"].isin(["KZ", "KG", "UZ", "TJ", "TM", "AF", "PK", "IR", "AZ", "GE"])]
    if inside.empty:
        inside = places
    bounds = [
        [float(inside["lat"].min()), float(inside["lon"].min())],
        [float(inside["lat"].max()), float(inside["lon"].max())],
    ]
    return {
        "title": "Network of freight corridors",
        "subtitle": [f"{len(places):,} places; legs: {counts}", f"Data {facts.version} of {facts.data_date}"],
        "bounds": bounds,
        "routes": [],
        "moves": [],
        "pieces": [],
        "nodes": nodes,
        "closed": [],
        "planned": bool(legs["status"].isin(PLANNED).any()),
        "modes": [m for m in ("road", "rail", "sea", "air") if legs["mode"].map(MODES).eq(m).any()],
        "rejected": [],
        "areas": [],
        "circles": [],
        "scale": [],
        "note": "Click a crossing for its hours and closures.",
        "note_print": "",
    }


def _letters(routes: Routes, taken: list[str]) -> list[str]:
    """Labels of routes on a map: their own or, if another route has that letter, the next ones."""
    own = list(routes.table["label"])
    if not set(own) & set(taken):
        return own
    free = (label for label in map(letter, count()) if label not in taken)
    return [next(free) for _ in own]


def shared_labels(a: Routes, b: Routes) -> list[str]:
    """Labels for the routes of `b`: those of `a` for the same border crossings, new letters for the others."""
    left: dict[str, list[str]] = {}
    for crossings, label in zip(a.full["crossings"], a.full["label"], strict=True):
        left.setdefault(crossings, []).append(label)
    kept = [left[crossings].pop(0) if left.get(crossings) else "" for crossings in b.full["crossings"]]
    free = iter(_letters(b, [*a.full["label"]]))
    return [label or next(free) for label in kept]


def with_lines(data: Shown) -> Shown:
    """The data as the script takes it: the lines of all routes laid side by side where they run together."""
    return {key: value for key, value in data.items() if key not in ("moves", "pieces")} | {
        "routes": [
            route | {"segments": [_segment(run) for run in part]}
            for route, part in zip(data["routes"], data["pieces"], strict=True)
        ],
        "closed": [
            {"lines": polylines(shapely.simplify(part["shapes"], 0.01), 3), "tip": part["tip"]}
            for part in data["closed"]
        ],
        "flows": [
            {"line": polylines([flow["shape"].simplify(0.01)], 3)[0], "width": flow["width"], "tip": flow["tip"]}
            for flow in data.get("flows", ())
        ],
        "areas": [
            {
                "fill": area["fill"],
                "parts": [polylines([part.exterior, *part.interiors], 2) for part in _polygons(area["shape"])],
            }
            for area in data["areas"]
        ],
    }


def _polygons(shape: BaseGeometry) -> list[shapely.Polygon]:
    """Polygons of a shape, simplified for a map of several countries."""
    parts = shapely.get_parts(shapely.simplify(shape, 0.02))
    return [part for part in parts if part.geom_type == "Polygon" and part.area > 0.001]


def merged(old: Shown, new: Shown) -> Shown:
    """Two drawings merged, so that one legend, one layer tree and one set of symbols serve both."""

    def same(data: Shown) -> list[object]:
        return [
            (route["group"], route["name"], [row["element_id"] for row in rows])
            for route, rows in zip(data["routes"], data["moves"], strict=True)
        ]

    fresh = [i for i, route in enumerate(same(new)) if route not in same(old)]
    added = [new["routes"][i] for i in fresh]
    nodes = {(node["type"], node["name"], node.get("state", "")): dict(node) for node in old["nodes"]}
    for node in new["nodes"] if added or not new["routes"] else []:
        key = node["type"], node["name"]
        state = node.get("state", "")
        if not state and (closed := nodes.pop((*key, "closed"), None)):  # closed for one question, passed by the other
            node = node | {"lines": closed["lines"] + node["lines"]}
        there = nodes.setdefault((*key, "" if state == "closed" and (*key, "") in nodes else state), dict(node))
        there["lines"] = list(dict.fromkeys(there["lines"] + node["lines"]))
    head = new if new["routes"] and not old["routes"] else old
    title = head["title"]
    if added and old["routes"]:
        pairs = " and ".join(dict.fromkeys(data["title"].rsplit(":", 1)[0] for data in (old, new)))
        title = f"{pairs}: {len(old['routes']) + len(added)} alternatives"
    moves = old["moves"] + [new["moves"][i] for i in fresh]
    corners = np.array([data["bounds"] for data in (old, new) if data["routes"] or not added])
    return old | {
        "title": title,
        "subtitle": list(dict.fromkeys((old["subtitle"] if old["routes"] else []) + new["subtitle"])),
        "bounds": [corners[:, 0].min(axis=0).tolist(), corners[:, 1].max(axis=0).tolist()],
        "routes": old["routes"] + added,
        "moves": moves,
        "pieces": runs(moves) if added else old["pieces"],
        "nodes": list(nodes.values()),
        "modes": [m for m in ("road", "rail", "sea", "air") if m in old["modes"] + new["modes"]],
        "planned": old["planned"] or new["planned"],
        "note": head["note"],
        "flows": [*old.get("flows", ()), *new.get("flows", ())],
        **{
            key: old[key] + [x for x in new[key] if x not in old[key]]
            for key in ("closed", "rejected", "areas", "circles", "scale")
        },
    }


def _months(routes: Routes, i: int) -> dict[str, tuple[str, str, str]]:
    """Name and open months, in the year of departure, of each element of a route that closes at any time, and the day
    on which cargo is expected there, which need not be in the month of departure."""
    facts, result = routes.facts, routes.results[i]
    found = {}
    for step, edge in zip(result.steps, result.edges, strict=True):
        if closures := result.world.closures(edge):
            zone = facts.calendars.zone(edge.element_id)
            found[edge.element_id] = (
                IN_BRACKETS.sub("", facts.element_names.get(edge.element_id, edge.element_id)),
                strip(closures, routes.depart.year, zone),
                moment(step.start).astimezone(zone).date().isoformat(),
            )
    return found


def _closed(routes: Routes) -> list[tuple[list[BaseGeometry], list[str]]]:
    """Lines used only by corridors that fail on this date, with their names and what closes them."""
    facts, edges, shown = routes.facts, routes.world.edges, set(routes.legs["element_id"])
    users: dict[str, list[int]] = {}
    for k, one in enumerate(routes.failed):
        for leg in (edges[e].element_id for e in one.path.edges if edges[e].kind == "leg"):
            if leg not in shown:
                users.setdefault(leg, []).append(k)
    texts = [f"{row['name']}: {row['reason']}" for row in records(routes.rejected)]
    groups: dict[tuple[int, ...], list[BaseGeometry]] = {}
    for leg, ks in users.items():
        groups.setdefault(tuple(dict.fromkeys(ks)), []).append(facts.lines[leg])
    return [(lines, [texts[k] for k in ks]) for ks, lines in groups.items()]


def planned_legs(facts: Facts) -> set[str]:
    """Ids of the legs that do not exist yet."""
    table = facts.tables["legs"]
    return set(table.loc[table["status"].isin(PLANNED), "leg_id"])


def _segment(run: Run) -> Shown:
    legs = run.legs
    return {
        "mode": run.mode,
        "planned": run.planned,
        "lane": run.lane,
        "alone": run.alone,
        "apart": round(run.apart, 3),
        "line": polylines([run.line], 4)[0],
        "tip": f"{legs[0]['from']} to {legs[-1]['to']}: {legs[0]['mode']}, "
        f"{sum(row['km'] for row in legs):,.0f} km, {two(sum(row['hours'] for row in legs))} h"
        f"{', planned' if run.planned else ''}",
    }


def _route(routes: Routes, i: int, letters: Mapping[str, str]) -> Shown:
    row, legs = routes.full.iloc[i], routes[i].legs
    days = [rounded(row["days"]), f"{whole(row['days_p10'])}–{whole(row['days_p90'])}"]
    usd = [rounded(row["usd"]), f"{two(row['usd_p10'])}–{two(row['usd_p90'])}"]
    emitted = tonnes(row["kgco2e"])
    kinds = {"crossing": "border", "transfer": "transfer", "wait": "wait", "terminal": "terminal", "detention": "box"}
    rows = []
    for leg in records(legs):
        moves = leg["kind"] in ("leg", "access")
        rows.append(
            {
                "cls": "" if moves else "wait" if leg["kind"] == "wait" else "stop",
                "cells": [
                    leg["name"],
                    kinds.get(leg["kind"], leg["mode"]),
                    f"{leg['km']:,.0f}" if moves else "",
                    f"{leg['hours']:,.0f}" if leg["hours"] >= 1 else f"{leg['hours']:.1f}",
                    f"{leg['usd']:,.0f}" if leg["usd"] else "",
                    f"{leg['kgco2e']:,.0f}" if moves else "",
                    leg["quality"],
                    leg["usd_quality"] if leg["usd"] else "",
                ],
            }
        )
    titles = {row["source_id"]: row["title"] for row in records(routes.facts.tables["sources"])}
    sources = dict.fromkeys(titles.get(s) or s for text in legs["source_id"] for s in text.split(";") if s)
    label = letters[row["label"]]
    return {
        "label": label,
        "name": row["name"],
        "color": colour(label),
        "legend": [[f"{row['km']:,.0f}"], days, usd, [emitted]],
        "summary": f"{row['km']:,.0f} km; {days[0]} days ({days[1]}); US$ {usd[0]} ({usd[1]}); {emitted} t CO₂e",
        "rows": rows,
        "rests_on": row["rests_on"],
        "sources": "; ".join(sources),
        "total": [
            "Total, expected values",
            "",
            f"{row['km']:,.0f}",
            f"{row['hours']:,.0f}",
            f"{legs['usd'].sum():,.0f}",
            f"{row['kgco2e']:,.0f}",
            "",
            "",
        ],
    }


def _rejected(routes: Routes) -> list[dict[str, str]]:
    """Corridors that fail, grouped by reason: what blocks, why, which corridors."""
    facts = routes.facts
    groups: dict[str, tuple[list[str], list[str], list[str]]] = {}
    for row, failed in zip(records(routes.rejected), routes.failed, strict=True):
        causes, blocking = rejected_causes(facts, routes.world, failed), row["blocked_by"].split(";")
        one = len(causes) == 1 and not failed.also
        blocks, corridors, others = groups.setdefault(causes[0].words if one else row["reason"], ([], [], []))
        blocks += causes[0].elements if one else []
        corridors.append(row["name"])
        others += [gate for gate in failed.gates if gate not in blocking]
    return [
        {
            "what": ", ".join(dict.fromkeys(blocks)),
            "why": reason + (f"; closed with it: {gate_names(facts, list(dict.fromkeys(others)))}" if others else ""),
            "names": "; ".join(dict.fromkeys(corridors)),
        }
        for reason, (blocks, corridors, others) in groups.items()
    ]


def _nodes(routes: Routes, letters: Mapping[str, str], months: Mapping[str, str]) -> list[Shown]:
    """Symbols, each drawn once however many routes pass: ends, crossings, transfers, cities on the way, closures."""
    facts, legs = routes.facts, records(routes.legs)
    found: dict[tuple[str, str], Shown] = {}
    on = routes.depart.date()

    def add(kind: str, name: str, lat: float, lng: float, lines: list[str], extra: str = "", **more: str) -> None:
        node = found.setdefault(
            (kind, name), {"type": kind, "name": name, "lat": lat, "lng": lng, "lines": lines} | more
        )
        if extra and extra not in node["lines"]:
            node["lines"].append(extra)

    ends = ((routes.origin, legs[0]["geometry"].coords[0]), (routes.destination, legs[-1]["geometry"].coords[-1]))
    for name, (lng, lat) in ends:
        add("end", name, lat, lng, [routes.title])
    for row in legs:
        if row["kind"] == "access":
            continue
        place = facts.place[row["from_place"]]
        money = f", US$ {two(row['usd'])}" if row["usd"] else ""
        spent = f"Route {letters[row['label']]}: {two(row['hours'])} h{money}"
        if row["kind"] == "crossing":
            crossing = crossing_row(facts, row["element_id"])
            add(
                crossing_type(crossing),
                str(row["name"]).split(" (")[0],
                place["lat"],
                place["lon"],
                crossing_lines(facts, row["element_id"], on, routes.as_of),
                f"{spent}, {str(row['country']).replace('>', ' to ')}" + (f"; {row['note']}" if row["note"] else ""),
                **({"open": months[row["element_id"]]} if row["element_id"] in months else {}),
            )
        elif row["kind"] == "transfer":
            kind = "gauge" if row["mode"].count("rail") == 2 else "transfer"
            change = f"{row['mode'].replace('>', 'to')} ({row['quality']})"
            add(kind, place["name"], place["lat"], place["lon"], [change], spent)
        elif row["kind"] == "leg":
            for end in (place, facts.place[row["to_place"]]):
                if end["kind"] == "city" and ("end", end["name"]) not in found:
                    add("city", end["name"], end["lat"], end["lon"], [end["country"]])
    crossings = set(facts.tables["crossings"]["element_id"])
    for row, failed in zip(records(routes.rejected), routes.failed, strict=True):
        blocking = row["blocked_by"].split(";")
        for element in [e for e in dict.fromkeys([*blocking, *failed.gates]) if e in crossings]:
            crossing = crossing_row(facts, element)
            place = facts.place[crossing["from_place"]]
            lines = crossing_lines(facts, element, on, routes.as_of)
            add(
                crossing_type(crossing),
                str(crossing["name"]).split(" (")[0],
                place["lat"],
                place["lon"],
                lines,
                "" if element not in blocking or any(line.startswith("Closed") for line in lines) else row["reason"],
                state="closed",
            )
    return list(found.values())

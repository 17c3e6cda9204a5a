"""Rows of ``Routes.legs``: the passages of a route in travel order, with what each costs and rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corridors.data.schema import Row
from corridors.model.access import Access
from corridors.model.calendars import moment
from corridors.model.graph import Edge
from corridors.model.world import World
from corridors.routing.explain import closure_words
from corridors.routing.path import Step

if TYPE_CHECKING:
    from corridors.model.facts import Facts

FEES = ("border fees", "unofficial payments")
"""Cost lines that are the fees of a border."""


def rows(
    facts: Facts,
    world: World,
    steps: list[Step],
    start: Access | None,
    end: Access | None,
) -> list[Row]:
    """One row per access, loading, wait, leg, crossing, transfer and unloading."""
    found: list[Row] = []
    if start:
        found.append(start.row(world.question.t0 - start.hours))
    for step in steps:
        if step.closure is not None:
            found.append(_wait(facts, world.edges[step.edge], step))
        found.append(_passage(facts, world, step))
    if end:
        found.append(end.row(steps[-1].end))
    return found


def _wait(facts: Facts, edge: Edge, step: Step) -> Row:
    import shapely

    assert step.closure is not None
    place = facts.place[edge.from_place]
    return {
        "kind": "wait",
        "element_id": step.closure.element_id,
        "name": f"wait at {describe(facts, edge)[0]}",
        "mode": edge.mode,
        "gauge_mm": edge.gauge or None,
        "country": edge.countries[0],
        "from": place["name"],
        "to": place["name"],
        "from_place": edge.from_place,
        "to_place": edge.from_place,
        "km": 0.0,
        "start": moment(step.arrive),
        "end": moment(step.start),
        "hours": step.wait,
        "usd": 0.0,
        "kgco2e": 0.0,
        "source_id": step.closure.source_id,
        "quality": "derived",
        "usd_quality": "",
        "km_quality": "",
        "note": closure_words(facts, step.closure),
        "geometry": shapely.Point(place["lon"], place["lat"]),
    }


def _passage(facts: Facts, world: World, step: Step) -> Row:
    import shapely

    edge = world.edges[step.edge]
    a, b = facts.place[edge.from_place], facts.place[edge.to_place]
    geometry: shapely.Geometry | None
    if edge.kind == "leg":
        line = facts.lines[edge.element_id]
        geometry = line if edge.forward else line.reverse()
    elif a is not b:
        geometry = shapely.LineString([(p["lon"], p["lat"]) for p in (a, b)])
    else:
        geometry = shapely.Point(a["lon"], a["lat"])
    amount = world.amount(edge)
    name, source, km_quality, note = describe(facts, edge)
    season, seasonal = "", ""
    if edge.factors is not None and (factor := edge.factors[moment(step.start).month - 1]) < 1:
        season = f"hours x {1 / factor:.2g} for the season ({moment(step.start):%B}, estimate)"
        seasonal = facts.season_sources(edge.elements)
    limits = [
        closure_words(facts, c, "restricted")
        for e in edge.elements
        for c in facts.calendars.restrictions(e, step.start, world.question.knowledge)
    ]
    if edge.kind in ("crossing", "leg"):
        limits.append(facts.coverage.best(edge.elements, moment(step.start).date()).words())
    return {
        "kind": "terminal" if edge.at_terminal else edge.kind,
        "element_id": edge.element_id,
        "name": name,
        "mode": edge.mode,
        "gauge_mm": edge.gauge or None,
        "country": ">".join(edge.countries),
        "from": a["name"],
        "to": b["name"],
        "from_place": edge.from_place,
        "to_place": edge.to_place,
        "km": edge.km,
        "start": moment(step.start),
        "end": moment(step.end),
        "hours": step.end - step.start,
        "usd": amount.usd * world.scale("usd", edge),
        "kgco2e": amount.kgco2e * world.scale("kgco2e", edge),
        "source_id": ";".join(
            dict.fromkeys(filter(None, (*source.split(";"), *amount.source_id.split(";"), *seasonal.split(";"))))
        ),
        "quality": amount.quality,
        "usd_quality": amount.usd_quality,
        "km_quality": km_quality,
        "note": "; ".join(filter(None, [amount.note, charged(world, edge), season, note, *limits])),
        "geometry": geometry,
    }


def charged(world: World, edge: Edge) -> str:
    """What is paid at a border by land, line by line: "US$ 291 charged: fees 265, guarantee 27"."""
    if edge.kind != "crossing" or edge.mode == "sea":
        return ""
    lines: dict[str, float] = {}
    for part in world.amount(edge).money:
        line = "fees" if part.line in FEES else part.line
        lines[line] = lines.get(line, 0.0) + part.expected * world.scale("usd", edge)
    shown = ", ".join(f"{line} {usd:,.0f}" for line, usd in lines.items())
    return f"US$ {sum(lines.values()):,.0f} charged: {shown}"


def describe(facts: Facts, edge: Edge) -> tuple[str, str, str, str]:
    """Name, sources of the length, its grade and the note of an edge."""
    a, b = facts.place[edge.from_place]["name"], facts.place[edge.to_place]["name"]
    if edge.kind == "leg":
        row = facts.leg[edge.element_id]
        return f"{a} - {b}", row["source_id"], row["quality"], row["note"]
    if edge.kind == "crossing":
        return facts.element_names[edge.element_id], "", "", ""
    if edge.at_terminal:
        return f"{edge.kind} at {a} ({edge.mode})", "", "", ""
    return f"{a} ({edge.mode})", "", "", ""


def detention_row(last: Row, usd: float, note: str, source_id: str) -> Row:
    """Row for the hire of the line's box after the free days, at the end of a route."""
    import shapely

    at = last["to_place"] or last["from_place"]  # a point that an access leg leads to is not a place
    place = {"from": last["to"], "to": last["to"], "from_place": at, "to_place": at}
    point = shapely.Point(shapely.get_coordinates(last["geometry"])[-1])
    return {
        "kind": "detention",
        "element_id": "detention",
        "name": "detention of the line's box",
        "mode": last["mode"],
        "gauge_mm": None,
        "country": last["country"].split(">")[-1],
        **place,
        "km": 0.0,
        "start": last["end"],
        "end": last["end"],
        "hours": 0.0,
        "usd": usd,
        "kgco2e": 0.0,
        "source_id": source_id,
        "quality": "",
        "usd_quality": "estimate",
        "km_quality": "",
        "note": note,
        "geometry": point,
    }

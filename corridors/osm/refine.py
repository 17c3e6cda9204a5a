"""Finer geometry from OpenStreetMap: the lines of some legs replaced by real roads and railways, and a report of it."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import networkx as nx
import numpy as np
import pandas as pd

from corridors.analysis.validate import MODEL
from corridors.arguments import as_names, as_number, as_path, shown
from corridors.data.schema import Row, records
from corridors.errors import BadRequest, MissingExtra
from corridors.osm.files import read_file
from corridors.osm.reading import Extract, Gate, bar, read_graph

if TYPE_CHECKING:
    from corridors.model.facts import Facts
    from corridors.osm.matching import Corridor, Found

MATCHED = 0.8  # share of the way that must lie on OpenStreetMap's lines
MEASURED = 0.95  # and the share from which its length counts as measured
OTHER_ROAD_PCT = 25  # a line that differs by more than this from the published length is another road
SIMPLIFY_DEGREES = 0.0001  # tolerance of the stored line, about 10 m; kilometres are those of the full one
SUGGESTS = {
    "opening_hours": "calendars.rule",
    "maxweight": "legs.gross_limit_t",
    "maxaxleload": "legs.axle_limit_t",
    "maxweightrating": "legs.gross_limit_t, rights",
    "seasonal": "seasons, calendars.rule",
    "winter_road": "seasons, calendars.rule",
    "ice_road": "seasons, calendars.rule",
    "barrier": "events, rights",
    "access": "events, rights",
    "motor_vehicle": "events, rights",
    "hgv": "events, rights",
}
REPORT = (
    "leg_id",
    "changed",
    "reason",
    "km_before",
    "quality_before",
    "km_line",
    "published_km",
    "published_by",
    "difference_pct",
    "km",
    "quality",
    "matched",
    "gap_from_km",
    "gap_to_km",
    "deviation_km",
    "osm_timestamp",
    "source_id",
)
WAYS = ("leg_id", "osm_ids", "km", "name", "ref", "highway", "railway", "gauge", "electrified", "usage")
NUMBERS = (
    "km_before",
    "km_line",
    "published_km",
    "difference_pct",
    "km",
    "matched",
    "gap_from_km",
    "gap_to_km",
    "deviation_km",
)
SUGGESTIONS = ("leg_id", "tag", "value", "km", "osm_ids", "suggests", "now")


class Refinement(NamedTuple):
    """What `Network.refine` found and did, as three tables.

    Attributes
    ----------
    legs : DataFrame
        One row per leg: ``leg_id, changed, reason`` (why it kept its line, or its length), ``km_before, quality_before,
        km_line`` (along the ways of OpenStreetMap, and straight from there to the ends), ``published_km,
        published_by, difference_pct`` (of the line against the published length), ``km, quality`` (as they are now),
        ``matched`` (share of the line on OpenStreetMap's ways), ``gap_from_km, gap_to_km`` (the straight rest at
        either end), ``deviation_km`` (greatest distance from the old line), ``osm_timestamp, source_id``. A
        value that is not known is NaN or empty.
    ways : DataFrame
        The ways along each changed leg, in order: ``leg_id, osm_ids, km, name, ref, highway, railway, gauge,
        electrified, usage``.
    suggestions : DataFrame
        Tags that may matter to calendars, limits and closures, none of which is applied: ``leg_id, tag, value, km`` (of
        the leg that has it; none for a gate, which is a point), ``osm_ids`` (of ways, ``node/7`` of a gate),
        ``suggests`` (table and column), ``now`` (what the leg has there).
    """

    legs: pd.DataFrame
    ways: pd.DataFrame
    suggestions: pd.DataFrame

    @property
    def table(self) -> pd.DataFrame:
        """`legs`, under the name of the main table of other answers."""
        return self.legs


def refine(
    facts: Facts,
    legs: str | Sequence[str],
    source: str | Path | nx.MultiDiGraph[Hashable],
    *,
    buffer_km: float = 15.0,
    snap_km: float = 5.0,
    cache: str | Path | None = None,
    progress: bool = True,
) -> tuple[Facts, Refinement]:
    """Replace the lines of legs by those of OpenStreetMap; see `corridors.Network.refine`."""
    for name, value in (("buffer_km", buffer_km), ("snap_km", snap_km)):
        as_number(value, name, above=0.0, most=100.0)
    if find_spec("scipy") is None:
        raise MissingExtra("refining needs scipy: pip install 'corridors[osm]'.")
    rows = _legs(facts, [legs] if isinstance(legs, str) else as_names(legs, "legs", "ids as text"))
    corridors = list(_corridors(facts, rows, buffer_km))
    extract = _read(corridors, source, cache, progress)
    origin = _origin(extract)
    tables = {name: facts.tables[name].copy() for name in ("legs", "leg_geometry", "sources")}
    tables["legs"] = tables["legs"].astype(dict.fromkeys(("km", "km_low", "km_high", "km_model"), float))
    report: list[Row] = []
    ways: list[Row] = []
    hints: list[Row] = []
    for corridor in bar(corridors, progress, "refine", "leg"):
        leg = corridor.leg
        found = corridor.find(extract.ways, snap_km)
        row = {
            "leg_id": leg["leg_id"],
            "km_before": leg["km"],
            "quality_before": leg["quality"],
            "km": leg["km"],
            "quality": leg["quality"],
            "osm_timestamp": extract.state,
            **_published(facts, leg),
        }
        if not isinstance(found, str):
            row |= _measures(found, row["published_km"])
            found = _refusal(row) or found
        if isinstance(found, str):
            report.append(row | {"changed": False, "reason": found})
            continue
        new = _new_values(leg, found, origin)
        of_leg = (tables["legs"]["leg_id"] == leg["leg_id"]).to_numpy()
        tables["legs"].loc[of_leg, list(new)] = list(new.values())
        of_leg = (tables["leg_geometry"]["leg_id"] == leg["leg_id"]).to_numpy()
        tables["leg_geometry"].loc[of_leg, "wkt"] = _wkt(found)
        report.append(
            row
            | {
                "changed": True,
                "km": new.get("km", leg["km"]),
                "source_id": origin["source_id"],
                "quality": new.get("quality", leg["quality"]),
                "reason": "" if "km" in new else "the published length stays",
            }
        )
        ways += [
            {**step.way.tags, "leg_id": leg["leg_id"], "osm_ids": ";".join(map(str, step.way.osm_ids)), "km": step.km}
            for step in found.steps
        ]
        hints += _suggestions(leg, found, extract.gates)
    refinement = Refinement(_frame(report, REPORT), _frame(ways, WAYS), _frame(hints, SUGGESTIONS))
    if not refinement.legs["changed"].any():
        return facts, refinement
    if origin["source_id"] not in set(tables["sources"]["source_id"]):
        tables["sources"] = pd.concat([tables["sources"], pd.DataFrame([origin])], ignore_index=True)
    version = facts.version.removesuffix("+refined") + "+refined"
    return replace(facts, tables={**facts.tables, **tables}, version=version), refinement


def _legs(facts: Facts, names: Sequence[str]) -> list[Row]:
    """Roads and railways of legs, sections and corridors, each once, without those that are not built."""
    corridors = {row["corridor_id"]: row["legs"].split(";") for row in records(facts.tables["corridors"])}
    members = dict(zip(facts.tables["elements"]["element_id"], facts.tables["elements"]["members"], strict=True))
    found: dict[str, Row] = {}
    for name in names:
        try:
            elements = corridors.get(name) or facts.element_ids(name)
        except LookupError as error:
            raise BadRequest(f"legs: {error}") from None
        parts = [part for element in elements for part in (element, *members[element].split(";"))]
        land = {
            part: facts.leg[part]
            for part in parts
            if part in facts.leg and facts.leg[part]["mode"] in ("road", "rail") and not facts.leg[part]["project"]
        }
        if not land:
            raise BadRequest(f"legs: {name!r} has no existing road or railway; nothing else can be refined.")
        found |= land
    if not found:
        raise BadRequest("legs is empty: name a leg, section or corridor.")
    return list(found.values())


def _corridors(facts: Facts, rows: Sequence[Row], buffer_km: float) -> Iterator[Corridor]:
    import geopandas
    import shapely

    from corridors.osm.matching import Corridor

    path, shapes, whole = facts.folder / "basemap" / "countries.geojson", {}, shapely.Polygon()
    if path.exists():
        base = geopandas.read_file(path)
        shapes = dict(zip(base["iso"], base.geometry, strict=True))
        whole = shapely.box(*base.total_bounds)  # the base map ends within China in the east
    for row in rows:
        ends = [
            (float(place["lon"]), float(place["lat"]))
            for place in (facts.place[row[end]] for end in ("from_place", "to_place"))
        ]
        line = facts.lines[row["leg_id"]]
        yield Corridor(row, line, ends, shapes.get(row["country"]) if whole.contains(line) else None, buffer_km)


def _read(
    corridors: Sequence[Corridor],
    source: str | Path | nx.MultiDiGraph[Hashable],
    cache: str | Path | None,
    progress: bool,
) -> Extract:
    if isinstance(source, nx.Graph):
        return read_graph(source)
    if isinstance(source, str) and source == "overpass":
        from corridors.osm.overpass import read_overpass

        return read_overpass([(corridor.leg["mode"], corridor.area) for corridor in corridors], cache, progress)
    if not isinstance(source, str | Path):
        raise BadRequest(f"source={shown(source)}: give 'overpass', an OpenStreetMap file or a graph of OSMnx.")
    return read_file(as_path(source, "source"), [corridor.area.bounds for corridor in corridors], progress)


def _origin(extract: Extract) -> Row:
    """Row of ``sources`` for an extract."""
    day = extract.state[:10]
    name = re.sub(r"[^a-z0-9]+", "_", extract.name.lower()).strip("_")
    return {
        "source_id": f"osm_{name}_{day.replace('-', '_')}",
        "title": f"OpenStreetMap, extract of {day}, {extract.name}",
        "publisher": "OpenStreetMap contributors",
        "url": extract.name,
        "published": day,
        "accessed": day,
        "licence": "ODbL-1.0",
    }


def _published(facts: Facts, leg: Row) -> Row:
    """What publications say about the length of a leg: its own figure, then claims about it alone."""
    said: list[tuple[float, str]] = []
    sources = leg["source_id"].split(";")
    if leg["quality"] == "published":
        said.append((leg["km"], f"{leg['km']:g} km published ({leg['source_id']})"))
    elif leg["quality"] == "derived" and not any(s in MODEL or s.startswith("osm_") for s in sources):
        said.append((leg["km"], f"{leg['km']:g} km, share of a published total ({leg['source_id']})"))
    about = {leg["leg_id"]}
    for table, column, parts in (("elements", "element_id", "members"), ("corridors", "corridor_id", "legs")):
        about |= {
            row[column]
            for row in records(facts.tables[table])
            if [part for part in row[parts].split(";") if part in facts.leg] == [leg["leg_id"]]
        }
    claims = facts.tables["claims"]
    for claim in records(claims[claims["subject_id"].isin(about) & (claims["unit"] == "km")]):
        km = pd.to_numeric(claim["value"], errors="coerce")
        if claim["quality"] == "published" and km > 0 and claim["subject"].startswith("Length"):
            said.append((float(km), f"{km:g} km {claim['whose']} ({claim['source_id']})"))
    return {"published_km": said[0][0] if said else np.nan, "published_by": "; ".join(text for _, text in said)}


def _measures(found: Found, published_km: float) -> Row:
    return {
        "km_line": found.km,
        "difference_pct": 100 * (found.km / published_km - 1),
        "matched": found.on_ways_km / found.km,
        "gap_from_km": found.gaps[0],
        "gap_to_km": found.gaps[1],
        "deviation_km": found.deviation_km,
    }


def _refusal(row: Row) -> str:
    """Why a measured line is not taken; empty if it is."""
    if row["matched"] < MATCHED:
        return f"only {row['matched']:.0%} of {row['km_line']:.1f} km lie on ways of OpenStreetMap"
    if abs(row["difference_pct"]) > OTHER_ROAD_PCT:
        return f"the line has {row['km_line']:.1f} km, against {row['published_by']}: another road, or a gap"
    return ""


def _new_values(leg: Row, found: Found, origin: Row) -> Row:
    """Cells of a leg that change. A published length stays; any other gives way to what is measured."""
    new: Row = {"km_model": round(found.km, 1), "geometry_quality": "measured"}
    gap = sum(found.gaps)
    straight = f", {gap:.1f} km of it straight to the ends" if gap >= 0.05 else ""
    if leg["quality"] == "published":
        return new | {
            "source_id": ";".join(dict.fromkeys([*leg["source_id"].split(";"), origin["source_id"]])),
            "note": _joined(leg["note"], f"drawn by OpenStreetMap, {found.km:.1f} km along it{straight}"),
        }
    km = max(round(found.km, 1), leg["great_circle_km"])
    before = f"{leg['km']:g} km before ({leg['quality']}, {leg['source_id']})"
    return new | {
        "km": km,
        "km_low": km,
        "km_high": round(km + gap, 1),
        "source_id": origin["source_id"],
        "as_of": origin["published"],
        "quality": "measured" if found.on_ways_km >= MEASURED * found.km else "derived",
        "note": _joined(leg["note"], f"measured along OpenStreetMap{straight}; {before}"),
    }


def _joined(*texts: str) -> str:
    return "; ".join(filter(None, texts))


def _wkt(found: Found) -> str:
    import shapely

    line = shapely.simplify(shapely.LineString(found.points), SIMPLIFY_DEGREES)
    return str(shapely.to_wkt(line, rounding_precision=5, trim=True))


def _suggestions(leg: Row, found: Found, gates: Sequence[Gate]) -> Iterator[Row]:
    """Tags along a leg, and of the gates on it, that concern times, weights and who may pass."""
    km: dict[tuple[str, str], float] = {}
    ids: dict[tuple[str, str], dict[int | str, None]] = {}
    for step in found.steps:
        for tag, value in step.way.tags.items():
            if _speaks(tag):
                km[tag, value] = km.get((tag, value), 0.0) + step.km
                ids.setdefault((tag, value), {}).update(dict.fromkeys(step.way.osm_ids))
    on_line = {(round(x, 7), round(y, 7)) for x, y in found.points.tolist()}
    for gate in gates:
        if (round(gate.lon, 7), round(gate.lat, 7)) in on_line:
            for tag, value in gate.tags.items():
                if _speaks(tag):
                    km.setdefault((tag, value), 0.0)
                    ids.setdefault((tag, value), {})[f"node/{gate.osm_id}"] = None
    for (tag, value), length in sorted(km.items()):
        dated = "calendars.rule, events" if tag.endswith(":conditional") else SUGGESTS[tag.partition(":")[0]]
        suggests = SUGGESTS.get(tag, dated)
        yield {
            "leg_id": leg["leg_id"],
            "tag": tag,
            "value": value,
            "km": length,
            "osm_ids": ";".join(map(str, ids[tag, value])),
            "suggests": suggests,
            "now": leg.get(suggests.removeprefix("legs."), ""),
        }


def _speaks(tag: str) -> bool:
    return tag.partition(":")[0] in SUGGESTS or tag.endswith(":conditional")


def _frame(rows: Sequence[Row], columns: Sequence[str]) -> pd.DataFrame:
    """Rows as a table; missing values are empty, or NaN in columns of numbers, which have three decimals."""
    empty = {column: np.nan if column in NUMBERS else "" for column in columns}
    frame = pd.DataFrame([empty | row for row in rows], columns=list(columns))
    return frame.astype({column: float for column in columns if column in NUMBERS}).round(3)

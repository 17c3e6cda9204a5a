"""Hand-drawn legs, and the rows of the output tables."""

import itertools

import crossings
import shapely
import tables
from legs import Leg
from lengths import Chain
from network import Point, great_circle
from places import Place
from sea import line_km
from shapely.geometry import LineString

# A line laid by way-points is shorter than what gets built.
PLANNED_STRETCH = 1.25
SIMPLIFY = 0.004
# Share of its length by which a line may be drawn short and still follow the road.
MOST_SHORT = 0.3
Rows = list[dict[str, object]]


def hand_legs(places: dict[str, Place]) -> list[Leg]:
    """Planned lines and the few operating ones that the source lacks, laid by way-points."""
    legs = []
    for row in tables.hand("legs"):
        a, b = row["from_place"], row["to_place"]
        line = [places[a].point, *tables.points(row["via"]), places[b].point]
        leg = Leg(
            a,
            b,
            row["country"],
            row["mode"],
            line_km(line),
            line,
            gauge_mm=int(row["gauge_mm"]) if row["gauge_mm"] else None,
            status=row["status"],
            opens_on=row["opens_on"],
            project=row["project"],
            geometry_quality="estimate",
            note=row["note"],
            grade=(row["source_id"], row["as_of"], row["quality"]),
            fixed=True,
            speed_class="plain" if row["mode"] == "road" else "",
        )
        leg.km = max(tables.number(row["km"]) or leg.model_km * PLANNED_STRETCH, leg.model_km)
        leg.km_low = tables.number(row["km_low"]) or leg.km * (1.0 if row["km"] else 0.85)
        leg.km_high = tables.number(row["km_high"]) or leg.km * (1.0 if row["km"] else 1.25)
        legs.append(leg)
    return legs


def air_legs(places: dict[str, Place]) -> list[Leg]:
    """The one air link that is known."""
    a, b = places["ala_airport"], places["lhe_airport"]
    points = [a.point, b.point]
    leg = Leg(
        a.place_id,
        b.place_id,
        "XZ",
        "air",
        great_circle(a.point, b.point),
        points,
        headway_hours="84",
        note="SCAT, two flights a week from 8 July 2023; whether still flown in 2026 is not checked",
        grade=("arynews_2023_07_08", "2023-07", "published"),
    )
    leg.km = leg.model_km
    return [leg]


def leg_rows(legs: list[Leg]) -> Rows:
    """Rows of legs.csv; fails on a leg shorter than the great circle."""
    rows: Rows = []
    limits = {row["country"]: row for row in tables.hand("vehicle_limits")}
    for leg in legs:
        floor = great_circle(leg.line[0], leg.line[-1])
        if round(leg.km, 1) + 0.1 < floor:
            raise ValueError(f"{leg.leg_id}: {leg.km:.1f} km is shorter than the great circle, {floor:.1f} km")
        km = max(round(leg.km, 1), round(floor + 0.05, 1))
        low = min(km, max(floor, leg.km if leg.km_low is None else leg.km_low))
        high = max(km, leg.km if leg.km_high is None else leg.km_high)
        source, as_of, quality = leg.grade
        limit = limits.get(leg.country, {}) if leg.mode == "road" else {}
        rows.append(
            {
                "leg_id": leg.leg_id,
                "from_place": leg.from_place,
                "to_place": leg.to_place,
                "country": leg.country,
                "mode": leg.mode,
                "gauge_mm": leg.gauge_mm or "",
                "km": km,
                "km_low": round(low, 1),
                "km_high": round(high, 1),
                "km_model": round(leg.model_km, 1),
                "great_circle_km": round(floor, 1),
                "status": leg.status,
                "opens_on": leg.opens_on,
                "project": leg.project,
                "speed_class": leg.speed_class,
                "headway_hours": leg.headway_hours,
                "gross_limit_t": limit.get("gross_limit_t", ""),
                "axle_limit_t": limit.get("axle_limit_t", ""),
                "geometry_quality": "assumed" if _cut_short(leg, km) else leg.geometry_quality,
                "note": leg.note,
                "source_id": source,
                "as_of": as_of,
                "quality": quality,
            }
        )
    return rows


def _cut_short(leg: Leg, km: float) -> bool:
    """Whether the drawn line of a road or railway is so much shorter than its length that it leaves out its bends."""
    drawn = line_km([(x, y) for x, y in _drawn(leg.line).coords])
    return leg.mode in ("road", "rail") and drawn < (1 - MOST_SHORT) * km


def _drawn(line: list[Point]) -> LineString:
    if len(set(line)) < 2:
        line = [line[0], (line[0][0] + 0.0001, line[0][1])]
    return shapely.simplify(LineString(line), SIMPLIFY)


def wkt(line: list[Point]) -> str:
    """Simplified line with four decimals."""
    return str(shapely.to_wkt(_drawn(line), rounding_precision=4, trim=True))


def _group(legs: list[Leg], mode: str, rule: str) -> list[str]:
    """Legs of a section given by a rule: '@country KG', '@ports a;b' or '@between a;b>c;d'."""
    kind, _, text = rule.partition(" ")
    wanted = [leg for leg in legs if leg.mode == mode and leg.status == "operating"]
    first, _, second = text.partition(">")
    a, b = set(first.split(";")), set(second.split(";"))
    if kind == "@country":
        return [leg.leg_id for leg in wanted if leg.country == text]
    if kind == "@ports":
        return [leg.leg_id for leg in wanted if {leg.from_place, leg.to_place} & a]
    if kind == "@between":
        ends = [(leg, {leg.from_place, leg.to_place}) for leg in wanted]
        return [leg.leg_id for leg, pair in ends if pair & a and pair & b]
    return []


def section_rows(legs: list[Leg]) -> Rows:
    """Sections with the legs that they cover."""
    rows: Rows = []
    chains: dict[str, Chain] = {}
    for row in tables.hand("sections"):
        chain = chains.setdefault(row["mode"], Chain(legs, row["mode"], suspended=True))
        members = _group(legs, row["mode"], row["chains"])
        for text in row["chains"].split("|"):
            if text.startswith("@"):
                break
            try:
                members += [name for name, _, leg in chain.resolve(text.split(";")) if leg is not None]
            except LookupError as error:
                print(f"  section {row['element_id']}: {error}")
        rows.append(
            {
                "element_id": row["element_id"],
                "kind": "section",
                "name": row["name"],
                "aliases": row["aliases"],
                "members": ";".join(dict.fromkeys(members)),
                "source_id": row["source_id"],
                "as_of": row["as_of"],
                "quality": row["quality"],
            }
        )
        print(f"  section {row['element_id']}: {len(set(members))} legs")
    return rows


def element_rows(legs: list[Leg], places: dict[str, Place], used: set[str]) -> Rows:
    """Everything that can close or slow."""
    rows: Rows = []
    for leg in legs:
        source, as_of, quality = leg.grade
        name = f"{places[leg.from_place].name} - {places[leg.to_place].name} ({leg.mode})"
        rows.append(
            {
                "element_id": leg.leg_id,
                "kind": "leg",
                "name": name,
                "source_id": source,
                "as_of": as_of,
                "quality": quality,
            }
        )
    parts = crossings.parts()
    for kind, table in (("crossing", "crossings"), ("strait", "straits")):
        for row in tables.hand(table):
            if kind == "strait" or row["element_id"] in used:
                ways = parts.get((row["element_id"], "ab"), []) + parts.get((row["element_id"], "ba"), [])
                rows.append(
                    {
                        "element_id": row["element_id"],
                        "kind": kind,
                        "name": row["name"],
                        "aliases": row["aliases"],
                        **crossings.grade(row, ways),
                    }
                )
    rows += section_rows(legs)
    return sorted(rows, key=lambda r: (str(r["kind"]), str(r["element_id"])))


def transfer_rows(layers: dict[str, set[str]]) -> tuple[Rows, Rows]:
    """One row for each direction of each transfer whose layers exist at the place, and who says what it handles."""
    kinds = {(row["kind"], row["direction"]): row for row in tables.hand("transfer_kinds")}
    rows: Rows = []
    handled: Rows = []
    for row in tables.hand("transfers"):
        ends = row["land"], row["other"]
        absent = [layer for layer in ends if layer not in layers.get(row["place_id"], set())]
        if absent:
            print(f"  transfer at {row['place_id']} left out: no leg on {', '.join(absent)}")
            continue
        for (a, b), way in {ends: "out", ends[::-1]: "in"}.items():  # one row from ship to ship
            kind = kinds.get((row["kind"], way)) or kinds[row["kind"], "any"]
            named = dict.fromkeys([*kind["source_id"].split(";"), *row["source_id"].split(";")])
            ours = {"place_id": row["place_id"], "from_layer": a, "to_layer": b, "units": row["units"]}
            rows.append({**kind, **ours, "source_id": ";".join(named)})
            handled.append(
                {
                    "table": "transfers",
                    "row_id": f"{row['place_id']}|{a}|{b}",
                    "column": "units",
                    "part": "",
                    "value": row["units"],
                    "note": row["units_note"],
                    "source_id": row["source_id"],
                    "as_of": row["as_of"],
                    "quality": row["quality"],
                }
            )
    return sorted(rows, key=lambda r: (str(r["place_id"]), str(r["from_layer"]), str(r["to_layer"]))), handled


def layers_of(legs: list[Leg]) -> dict[str, set[str]]:
    """Layers that each place has a leg or a crossing on."""
    layers: dict[str, set[str]] = {}
    for row in tables.hand("crossings"):
        if row["mode"] == "rail":
            for letter in "ab":
                layers.setdefault(row[f"place_{letter}"], set()).add(f"rail{row['gauge_mm']}")
    for leg in legs:
        layer = {"rail": f"rail{leg.gauge_mm}", "ferry": "sea"}.get(leg.mode, leg.mode)
        layers.setdefault(leg.from_place, set()).add(layer)
        layers.setdefault(leg.to_place, set()).add(layer)
    return layers


def corridor_rows(legs: list[Leg]) -> Rows:
    """Corridors with their legs and crossings in order."""
    rows: Rows = []
    chains: dict[str, Chain] = {}
    straits = {frozenset((r["place_1"], r["place_2"])): r["element_id"] for r in tables.hand("straits")}
    for row in tables.hand("corridors"):
        members: list[str] = []
        places: list[str] = []
        km = 0.0
        for part in row["chain"].split("|"):
            mode, stops = part.split(" ", 1)
            if mode not in chains:
                name, _, project = mode.partition("+")
                chains[mode] = Chain(legs, name, project)
            names = stops.split(";")
            places += [name for name in names if name not in places[-1:]]
            for a, b in itertools.pairwise(names):
                if frozenset((a, b)) in straits:
                    members.append(straits[frozenset((a, b))])
                    continue
                try:
                    steps = chains[mode].between(a, b)
                except LookupError as error:
                    print(f"  corridor {row['corridor_id']}: {error}")
                    continue
                members += [name for name, _, _ in steps]
                km += sum(leg.km for _, _, leg in steps if leg is not None)
        print(f"  corridor {row['corridor_id']}: {len(members)} elements, {km:,.0f} km")
        rows.append({**row, "places": ";".join(places), "legs": ";".join(members)})
    return rows

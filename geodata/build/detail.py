"""The detail network (geodata/detail): the whole simplified clip in place of the backbone's roads and railways."""

import csv
import gzip
import io
import itertools
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import shapely
import tables
from assemble import Rows
from legs import Leg, Web
from lengths import set_speed_class, stretch
from network import Network, Point, flat_km, shortest
from places import Place
from relief import Relief
from scipy.spatial import cKDTree  # type: ignore[import-untyped]
from shapely.geometry import LineString, Polygon
from simplify import Piece, pieces_of

BESIDE_KM = 3.0  # a road so near to a backbone leg is as much longer than drawn as that leg
CLOSED_KM = 5.0  # a road so near to a section closes with it
APPROACH = 0.3  # so much of the last leg of a section stays open if other legs use it too
LOST = 0.12  # at most this share of a published length is made good where a way passes by a town
TOWN_KM = 6.0  # side streets around the towns of a section stay open
TOWNS = ("city", "seaport", "dry_port", "station", "airport", "junction")
BYPASS = 1.5  # no way past a closed pass or railway that the backbone lacks may be shorter than this
SIMPLIFY = 0.003
EARTH_KM = 6378.137
PLACES = "place_id,name,country,kind,lon,lat,timezone,source_id,as_of,quality"
LEGS = (
    "leg_id,from_place,to_place,country,mode,gauge_mm,km,km_low,km_high,km_model,great_circle_km,status,speed_class,"
    "gross_limit_t,axle_limit_t,geometry_quality,note,source_id,as_of,quality"
)


def write(
    nets: list[tuple[Network, Web]],
    legs: list[Leg],
    places: dict[str, Place],
    rows: dict[str, Rows],
    relief: Relief,
) -> None:
    """Build and write geodata/detail; `rows` are those of the backbone."""
    sections = {
        str(row["element_id"]): str(row["members"]).split(";") for row in rows["elements"] if row["kind"] == "section"
    }
    limits = {str(row["country"]): row for row in rows["legs"] if row["mode"] == "road"}
    pieces = [piece for network, web in nets for piece in pieces_of(network, web, legs, places)]
    _name(pieces, {leg.leg_id: leg for leg in legs})
    pieces.sort(key=lambda piece: piece.leg_id)
    corridor = Corridor(pieces)
    set_km(pieces, corridor, relief)
    members = _members(
        pieces, corridor, [leg for leg in legs if leg.path and leg.status == "operating"], sections, places
    )
    table = [_row(piece, limits.get(piece.country, {}) if piece.mode == "road" else {}) for piece in pieces]
    lines = [{"leg_id": piece.leg_id, "wkt": _wkt(piece.line)} for piece in pieces]
    pairs = [{"element_id": name, "leg_id": leg} for name in sorted(members) for leg in sorted(members[name])]
    output: tuple[tuple[str, str, Iterable[dict[str, object]]], ...] = (
        ("places", PLACES, _junctions(pieces, places)),
        ("legs", LEGS, table),
        ("leg_geometry", "leg_id,wkt", lines),
        ("members", "element_id,leg_id", pairs),
    )
    for name, columns, content in output:
        print(f"detail/{name}: {_write(name, columns, content):,} bytes")


def _name(pieces: list[Piece], legs: dict[str, Leg]) -> None:
    """Ids; a piece that is a whole backbone leg has the id of that leg."""
    count: dict[Leg, int] = defaultdict(int)
    for piece in pieces:
        for leg in piece.on:
            count[leg] += 1
    for piece in pieces:
        name = "_".join([piece.mode, *([str(piece.gauge_mm)] if piece.gauge_mm else []), *piece.ends])
        whole = name in legs and legs[name] in piece.on and count[legs[name]] == 1
        piece.leg_id = name + "_b" if name in legs and not whole else name


class Corridor:
    """Finds the pieces that run along backbone legs, on a Mercator plane in km."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = pieces
        self.tree = shapely.STRtree([LineString(_plane(piece.line)) for piece in pieces])
        self.near: dict[tuple[str, str], list[tuple[str, Piece]]] = defaultdict(list)
        for piece in pieces:
            for a, b in (piece.ends, piece.ends[::-1]):
                self.near[piece.mode, a].append((b, piece))

    def strip(self, leg: Leg, km: float) -> Polygon:
        """The land within some km of a leg."""
        xy = _plane(leg.line)
        middle = np.radians(np.mean([p[1] for p in leg.line]))
        return LineString(xy).buffer(km / np.cos(middle), quad_segs=4)

    def beside(self, area: shapely.Geometry, mode: str) -> list[Piece]:
        """Pieces of one mode that lie wholly in an area."""
        shapely.prepare(area)
        found = (self.pieces[i] for i in sorted(self.tree.query(area, predicate="covers")))
        return [piece for piece in found if piece.mode == mode]

    def path(self, mode: str, start: str, end: str, limit: float, closed: set[Piece] = frozenset()) -> list[Piece]:
        """Shortest way inside a country without some pieces; empty if longer than the limit."""

        def near(here: str) -> Iterable[tuple[str, float, Piece]]:
            return ((there, piece.km, piece) for there, piece in self.near[mode, here] if piece not in closed)

        try:
            return [piece for _, piece in shortest(start, end, near, limit)]
        except LookupError:
            return []


def _plane(line: list[Point]) -> np.ndarray:  # type: ignore[type-arg]
    rad = np.radians(np.array(line if len(set(line)) > 1 else [line[0], (line[0][0] + 1e-4, line[0][1])]))
    return np.column_stack([rad[:, 0], np.arcsinh(np.tan(rad[:, 1]))]) * EARTH_KM


def set_km(pieces: list[Piece], corridor: Corridor, relief: Relief) -> None:
    """Share the kilometres of each backbone leg among its pieces; the others by terrain."""
    chains: dict[Leg, list[Piece]] = defaultdict(list)
    for piece in pieces:
        for leg in piece.on:
            chains[leg].append(piece)
    order = sorted(chains, key=lambda leg: (not leg.fixed, leg.grade[2] == "estimate", leg.km, leg.leg_id))
    apart = []
    for leg in order:
        _share(leg, chains[leg])
        total = sum(piece.km for piece in chains[leg])
        if abs(total - leg.km) > max(1.0, 0.03 * leg.km):
            apart.append(f"{leg.leg_id} {total:.0f}/{leg.km:.0f}")
    print(f"  legs whose pieces do not sum to them within 3 % and 1 km: {len(apart)}: {', '.join(apart)}")
    factor: dict[Piece, float] = {}
    for leg in order:
        for piece in corridor.beside(corridor.strip(leg, BESIDE_KM), leg.mode):
            factor[piece] = max(factor.get(piece, 1.0), leg.km / leg.model_km)
    for piece in pieces:
        longer, low, high = factor.get(piece, 1.0), 1.0, 1.0
        if piece.mode == "road":
            low, high = set_speed_class(piece, relief)
            longer = max(longer, stretch(piece.line, relief))
        if piece.on:
            continue
        if piece.mode == "road":
            piece.grade = ("scgraph_data", "2024-02", "estimate")
        piece.km = max(piece.model_km * longer, piece.floor)
        piece.km_low, piece.km_high = piece.km * low, piece.km * high
    _apply_published(corridor)


def _apply_published(corridor: Corridor) -> None:
    """Stretch ways that became shorter than published because they need not call at towns off the line."""
    done: set[Piece] = set()
    for row in sorted(tables.hand("lengths"), key=lambda row: (row["class"], float(row["km"]))):
        target, stops = float(row["km"]), row["chain"].split(";")
        for _ in range(4 if row["class"] in "AB" else 0):
            ways = [corridor.path(row["mode"], a, b, 2 * target) for a, b in itertools.pairwise(stops)]
            steps = [piece for way in ways for piece in way]
            free = [piece for piece in steps if piece not in done]
            more = target - sum(piece.km for piece in steps)
            if not all(ways) or not free or not 0.005 * target < more < LOST * target:
                break
            scale = min(1 + more / sum(piece.km for piece in free), 1 + LOST)
            for piece in dict.fromkeys(free):
                piece.km, piece.km_low, piece.km_high = (x * scale for x in (piece.km, piece.km_low, piece.km_high))
            done |= set(free)


def _share(leg: Leg, chain: list[Piece]) -> None:
    """Give the pieces that have no length yet what is left of the leg, none less than its great circle."""
    free = [piece for piece in chain if not piece.km]
    usual = leg.km / leg.model_km
    left, open_ = leg.km - sum(piece.km for piece in chain if piece.km), free
    for _ in range(5):
        model = sum(piece.model_km for piece in open_)
        if not model:
            break
        scale = left / model
        if len(free) < len(chain) and not 0.85 * usual <= scale <= 1.2 * usual:
            scale = usual
        tight = [piece for piece in open_ if piece.model_km * scale < piece.floor * 1.0005]
        for piece in open_:
            piece.km = max(piece.model_km * scale, piece.floor * 1.0005)
        left -= sum(piece.km for piece in tight)
        open_ = [piece for piece in open_ if piece not in tight]
        if not tight:
            break
    source, as_of, quality = leg.grade
    for piece in free:
        piece.km_low = piece.km * (leg.km_low or leg.km) / leg.km
        piece.km_high = piece.km * (leg.km_high or leg.km) / leg.km
        piece.note = leg.note
        piece.grade = (source, as_of, "derived" if quality == "published" and len(chain) > 1 else quality)


def _members(
    pieces: list[Piece], corridor: Corridor, legs: list[Leg], sections: dict[str, list[str]], places: dict[str, Place]
) -> dict[str, set[str]]:
    """Pieces of each backbone leg and of each section: what lies on it, and what runs along it."""
    known = {leg.leg_id: leg for leg in legs}
    chains: dict[str, set[Piece]] = defaultdict(set)
    for piece in pieces:
        for leg in piece.on:
            chains[leg.leg_id].add(piece)
    found: dict[str, set[str]] = {}
    for name, leg in known.items():
        beside = {p for p in corridor.beside(corridor.strip(leg, BESIDE_KM), leg.mode) if not p.on}
        ids = {p.leg_id for p in chains[name] | beside} - {name}
        if ids:
            found[name] = ids
    country_rules = {row["element_id"]: row for row in tables.hand("sections") if row["chains"].startswith("@country")}
    for name, covered in sections.items():
        if name in country_rules:
            rule = country_rules[name]
            code = rule["chains"].split()[1]
            found[name] = {p.leg_id for p in pieces if (p.mode, p.country) == (rule["mode"], code)}
            continue
        stretch = [known[leg] for leg in covered if leg in known]
        if stretch:
            closed = _closed(stretch, chains, corridor, places)
            found[name] = {p.leg_id for p in closed}
            print(f"  section {name}: {len(closed)} pieces, {sum(1 for p in closed if not p.on)} of them parallel")
    return found


def _closed(
    stretch: list[Leg], chains: dict[str, set[Piece]], corridor: Corridor, places: dict[str, Place]
) -> set[Piece]:
    """Pieces that a closed section means."""
    towns = [
        places[end].point for leg in stretch for end in (leg.from_place, leg.to_place) if places[end].kind in TOWNS
    ]

    def in_town(piece: Piece) -> bool:
        return any(all(flat_km(point, town) < TOWN_KM for point in piece.line) for town in towns)

    ends = [end for leg in stretch for end in (leg.from_place, leg.to_place)]
    closed: set[Piece] = set()
    for leg in stretch:
        approach = [
            _approach(leg, end, chains[leg.leg_id], stretch)
            for end in (leg.from_place, leg.to_place)
            if ends.count(end) == 1 and places[end].kind in TOWNS
        ]
        closed |= chains[leg.leg_id].difference(*approach) or chains[leg.leg_id]
    area = shapely.union_all([corridor.strip(leg, CLOSED_KM) for leg in stretch])
    closed |= {p for p in corridor.beside(area, stretch[0].mode) if not p.on and not in_town(p)}
    for leg in stretch:
        if leg.mode != "rail" and leg.speed_class != "mountain":
            continue
        while way := corridor.path(leg.mode, leg.from_place, leg.to_place, BYPASS * leg.km, closed):
            extra = [p for p in way if not p.on and not in_town(p)] or [p for p in way if not p.on]
            if not extra:
                print(
                    f"    {leg.leg_id}: the backbone itself has a way past it, {sum(p.km for p in way):.0f} km "
                    f"for {leg.km:.0f}"
                )
                break
            closed |= set(extra)
    return closed


def _approach(leg: Leg, end: str, chain: set[Piece], stretch: list[Leg]) -> set[Piece]:
    """Pieces at the end of a section that other legs use too, such as Tbilisi-Mtskheta: they stay open."""
    left, found, km, here = set(chain), set(), 0.0, end
    while step := next((p for p in left if here in p.ends), None):
        km += step.km
        if km > APPROACH * leg.km or set(step.on) <= set(stretch):
            break
        left.discard(step)
        found.add(step)
        here = step.ends[1] if step.ends[0] == here else step.ends[0]
    return found


def _junctions(pieces: list[Piece], places: dict[str, Place]) -> list[dict[str, object]]:
    """Rows of the junctions, named and dated after the nearest place of their country."""
    spots = {
        name: (point, piece.country)
        for piece in pieces
        for name, point in zip(piece.ends, (piece.line[0], piece.line[-1]), strict=True)
        if name not in places
    }
    rows: list[dict[str, object]] = []
    near: dict[str, tuple[cKDTree, list[Place]]] = {}
    for name, (point, country) in sorted(spots.items()):
        if country not in near:
            ours = [p for _, p in sorted(places.items()) if p.country == country]
            near[country] = (cKDTree([_flat(p.point) for p in ours]), ours)
        tree, ours = near[country]
        place = ours[int(tree.query(_flat(point))[1])]
        rows.append(
            {
                "place_id": name,
                "name": f"Junction near {place.name} ({flat_km(point, place.point):.0f} km)",
                "country": country,
                "kind": "junction",
                "lon": f"{point[0]:.4f}",
                "lat": f"{point[1]:.4f}",
                "timezone": place.timezone,
                "source_id": "scgraph_data",
                "as_of": "2024-02",
                "quality": "derived",
            }
        )
    return rows


def _flat(point: Point) -> Point:
    return (point[0] * float(np.cos(np.radians(point[1]))), point[1])


def _row(piece: Piece, limit: dict[str, object]) -> dict[str, object]:
    floor = piece.floor
    km = max(round(piece.km, 2), round(floor + 0.005, 2))
    source, as_of, quality = piece.grade
    return {
        "leg_id": piece.leg_id,
        "from_place": piece.ends[0],
        "to_place": piece.ends[1],
        "country": piece.country,
        "mode": piece.mode,
        "gauge_mm": piece.gauge_mm or "",
        "km": km,
        "km_low": round(min(km, max(floor, piece.km_low)), 2),
        "km_high": round(max(km, piece.km_high), 2),
        "km_model": round(piece.model_km, 2),
        "great_circle_km": round(floor, 2),
        "status": "operating",
        "speed_class": piece.speed_class,
        "gross_limit_t": limit.get("gross_limit_t", ""),
        "axle_limit_t": limit.get("axle_limit_t", ""),
        "geometry_quality": "derived",
        "note": piece.note,
        "source_id": source,
        "as_of": as_of,
        "quality": quality,
    }


def _wkt(line: list[Point]) -> str:
    """Simplified line with three decimals."""
    points = shapely.get_coordinates(shapely.simplify(LineString(line), SIMPLIFY)).round(3).tolist()
    kept = [a for a, b in itertools.pairwise([*points, None]) if a != b]
    if len(kept) < 2:
        kept = [points[0], [points[0][0] + 0.001, points[0][1]]]
    return "LINESTRING (" + ", ".join(f"{x:.7g} {y:.7g}" for x, y in kept) + ")"


def _write(name: str, columns: str, rows: Iterable[dict[str, object]]) -> int:
    """Write a packed table, without a time stamp so that the same rows give the same bytes."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns.split(","), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path = tables.OUT / "detail" / f"{name}.csv.gz"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))
    return path.stat().st_size

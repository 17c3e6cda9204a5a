"""Background of the interactive map as text for its script: land, water, borders, names and the network."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from corridors.maps.crossings import PLANNED
from corridors.maps.lanes import MODES, Shown

if TYPE_CHECKING:
    from corridors.model.facts import Facts

ATTRIBUTION = (
    "© OpenStreetMap contributors (ODbL), Natural Earth, GeoNames, searoute; drawn with Leaflet. "
    "Boundaries and names shown do not imply endorsement or acceptance; dotted: disputed"
)
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def encode(points: npt.ArrayLike, decimals: int) -> str:
    """A polyline of (lat, lon) as text: differences in units of the last decimal, five bits a letter, lowest first."""
    units = np.rint(np.asarray(points) * 10**decimals).astype(int)
    moves = np.diff(units, axis=0, prepend=[[0, 0]])
    moves = moves[np.r_[True, moves[1:].any(axis=1)]]
    letters = []
    for value in moves.ravel().tolist():
        rest = ~(value << 1) if value < 0 else value << 1
        while rest >= 32:
            letters.append(DIGITS[rest & 31 | 32])
            rest >>= 5
        letters.append(DIGITS[rest])
    return "".join(letters)


def polyline(geometry: BaseGeometry, decimals: int) -> str:
    """The points of a line as text."""
    return encode(shapely.get_coordinates(geometry)[:, ::-1], decimals)


@lru_cache(maxsize=4)
def basemap(folder: Path) -> Shown:
    """Land, lakes, rivers, borders and names of the background; empty where a data folder has none."""
    path = folder / "basemap" / "base.json"
    if not path.exists():
        return {"land": [], "lakes": [], "rivers": [], "plain": [], "disputed": [], "countries": [], "seas": []}
    base = json.loads(path.read_text(encoding="utf-8"))

    def lines(flats: list[list[float]]) -> list[str]:
        return [encode(np.reshape(flat, (-1, 2)), 2) for flat in flats]

    return {
        "land": lines(base["land"]),
        "lakes": lines(base["lakes"]),
        "rivers": lines(base.get("rivers", [])),
        "plain": lines(base["borders"]["plain"]),
        "disputed": lines(base["borders"]["disputed"]),
        "countries": base["countries"],
        "seas": base["seas"],
    }


def basemap_names(folder: Path) -> list[tuple[str, str, list[tuple[float, float]]]]:
    """Names of the background: ``"country"`` or ``"sea"``, the name, and the (lat, lon) spots for it."""
    base = basemap(folder)
    return [
        (kind, row[0], list(zip(row[1::2], row[2::2], strict=True)))
        for kind, rows in (("country", base["countries"]), ("sea", base["seas"]))
        for row in rows
    ]


def network(facts: Facts, modes: tuple[str, ...], tolerance: float) -> dict[str, list[str]]:
    """Legs in operation by mode, and the planned ones, simplified; kept for the next map."""
    return facts.kept.get(
        ("drawn", modes, tolerance),
        lambda: _network(facts, modes, tolerance),
        lambda made: sum(len(line) for lines in made.values() for line in lines) // 8,
    )


def _network(facts: Facts, modes: tuple[str, ...], tolerance: float) -> dict[str, list[str]]:
    legs = facts.tables["legs"]
    known = legs["leg_id"].isin(facts.lines)
    found = {}
    for name in (*modes, "planned"):
        chosen = (
            legs["status"].isin(PLANNED)
            if name == "planned"
            else (legs["mode"].map(MODES) == name) & (legs["status"] == "operating")
        )
        shapes = shapely.simplify([facts.lines[leg] for leg in legs.loc[chosen & known, "leg_id"]], tolerance)
        found[name] = [polyline(shape, 2) for shape in shapes]
    return found

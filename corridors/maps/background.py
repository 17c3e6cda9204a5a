"""Background of the interactive map as text for its script: land, water, borders, names and the network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from corridors.data.schema import listed
from corridors.maps.crossings import PLANNED
from corridors.maps.lanes import MODES, Shown
from corridors.maps.offline import Script, as_script

if TYPE_CHECKING:
    from corridors.model.facts import Facts

ATTRIBUTION = (
    "© OpenStreetMap contributors (ODbL), Natural Earth, GeoNames, searoute; drawn with Leaflet. "
    "Boundaries and names shown do not imply endorsement or acceptance; dotted: disputed"
)
TOLERANCE = 0.015
"""Degrees by which lines of the network may be simplified."""
DIGITS = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", dtype=np.uint8)


def encode(points: npt.NDArray[np.float64], sizes: npt.ArrayLike, decimals: int) -> list[str]:
    """Polylines of (lat, lon) as texts: differences in units of the last decimal, five bits a letter, lowest first.

    Parameters
    ----------
    points : array of float
        Points of all lines, one after the other.
    sizes : array of int
        How many points each line has.
    decimals : int
    """
    count = np.asarray(sizes, dtype=np.int64)
    line = np.repeat(np.arange(len(count)), count)
    units = np.rint(points * 10**decimals).astype(np.int64)
    begins = np.diff(line, prepend=-1) > 0
    moves = np.where(begins[:, None], units, np.diff(units, axis=0, prepend=0))
    kept = begins | moves.any(axis=1)
    values = moves[kept].ravel()
    rest = np.where(values < 0, ~(values << 1), values << 1)
    wide = 5 * np.arange(max(1, -(-int(rest.max(initial=0)).bit_length() // 5)))
    fives = rest[:, None] >> wide
    written = fives > 0
    written[:, 0] = True
    letters = DIGITS[(fives & 31) | np.where(fives > 31, 32, 0)][written]
    long = np.bincount(line[kept], weights=written.sum(axis=1).reshape(-1, 2).sum(axis=1), minlength=len(count))
    text, ends = letters.tobytes().decode("ascii"), np.cumsum(long).astype(int).tolist()
    return [text[start:end] for start, end in pairwise([0, *ends])]


def polylines(lines: Sequence[BaseGeometry] | npt.NDArray[np.object_], decimals: int) -> list[str]:
    """The points of lines as texts."""
    return encode(shapely.get_coordinates(lines)[:, ::-1], shapely.get_num_coordinates(lines), decimals)


def points_of(flats: Sequence[Sequence[float]]) -> tuple[npt.NDArray[np.float64], list[int]]:
    """Lines of the file of the background as all their (lat, lon), and how many points each line has."""
    flat = np.fromiter(chain.from_iterable(flats), np.float64, sum(map(len, flats)))
    return flat.reshape(-1, 2), [len(line) // 2 for line in flats]


@lru_cache(maxsize=4)
def basemap(folder: Path) -> Shown:
    """Land, lakes, rivers, borders and names of the background; empty where a data folder has none."""
    told = base_file(folder)
    if told is None:
        return {"land": [], "lakes": [], "rivers": [], "plain": [], "disputed": [], "countries": [], "seas": []}

    def lines(flats: list[list[float]]) -> list[str]:
        return encode(*points_of(flats), 2)

    return {
        "land": lines(told["land"]),
        "lakes": lines(told["lakes"]),
        "rivers": lines(told.get("rivers", [])),
        "plain": lines(told["borders"]["plain"]),
        "disputed": lines(told["borders"]["disputed"]),
        "countries": told["countries"],
        "seas": told["seas"],
    }


@lru_cache(maxsize=4)
def _basemap_script(folder: Path) -> Script:
    return as_script(basemap(folder))


def behind(data: Shown, facts: Facts, bare: bool = True) -> Shown:
    """What a map draws behind its data, as the script takes it: only what is asked for where it is not `bare`."""
    modes = ("road", "rail") if data["routes"] or data["circles"] else ("road", "rail", "sea", "air")
    return {
        "attribution": ATTRIBUTION,
        "base": _basemap_script(facts.folder) if bare else None,
        "network": _network_script(facts, modes) if bare or not data["routes"] else None,
    }


def _network_script(facts: Facts, modes: tuple[str, ...]) -> Script:
    return facts.kept.get(
        ("drawn script", modes), lambda: as_script(network(facts, modes)), lambda made: len(made) // 8
    )


def basemap_names(folder: Path) -> list[tuple[str, str, list[tuple[float, float]]]]:
    """Names of the background: ``"country"`` or ``"sea"``, the name, and the (lat, lon) spots for it."""
    base = basemap(folder)
    return [
        (kind, row[0], list(zip(row[1::2], row[2::2], strict=True)))
        for kind, rows in (("country", base["countries"]), ("sea", base["seas"]))
        for row in rows
    ]


def network(facts: Facts, modes: tuple[str, ...]) -> dict[str, list[str]]:
    """Legs in operation by mode, and the planned ones, as texts."""
    shapes = network_shapes(facts)
    return {name: polylines(shapes.get(name, []), 2) for name in (*modes, "planned")}


def network_shapes(facts: Facts) -> dict[str, npt.NDArray[np.object_]]:
    """Lines of legs in operation by mode, and of the planned ones, simplified; kept for all maps."""

    def shapes() -> dict[str, npt.NDArray[np.object_]]:
        legs = facts.tables["legs"]
        modes = legs["mode"].map(MODES).where(legs["status"] == "operating", "")
        modes = modes.where(~legs["status"].isin(PLANNED), "planned")
        chosen: dict[str, list[BaseGeometry]] = {}
        for mode, leg in zip(*listed(legs.assign(mode=modes), "mode", "leg_id"), strict=True):
            if leg in facts.lines:
                chosen.setdefault(mode, []).append(facts.lines[leg])
        return {mode: shapely.simplify(lines, TOLERANCE) for mode, lines in chosen.items()}

    return facts.kept.get(
        "drawn", shapes, lambda made: 2 * sum(int(shapely.get_num_coordinates(some).sum()) for some in made.values())
    )


@lru_cache(maxsize=2)
def base_file(folder: Path) -> Shown | None:
    """The file of the background; none where a data folder has none."""
    path = folder / "basemap" / "base.json"
    found: Shown | None = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    return found

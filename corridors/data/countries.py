"""Countries of points and lines by the shipped border lines, which are rough: simplified to a few kilometres.

Of the 3,021 shipped roads and railways, each of which lies in one country, 95 stray more than 5 km over these lines, 37
more than 10 km and 5 more than 30 km; hence `STRAY_KM`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from corridors.data.geodesy import geod
from corridors.errors import DataError

if TYPE_CHECKING:
    import shapely

COAST_DEGREES = 0.15  # ports lie off the simplified coast line
STRAY_KM = 10.0
"""A shorter stretch beyond a border is taken for an error of the border lines."""


@cache
def country_codes() -> dict[str, str]:
    """ISO codes by the English name of the country, in lower case."""
    return {name.casefold(): code for code, name in country_names().items()}


@lru_cache(maxsize=1)
def country_names() -> dict[str, str]:
    """English names of countries by ISO code, as the time zone database has them."""
    lines = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line and not line.startswith("#"))


def country_code(name: str) -> str:
    """ISO code of a country by its English name or that code; empty if there is no such country."""
    known = country_codes()
    return name.upper() if name.upper() in known.values() else known.get(name.strip().casefold(), "")


class Piece(NamedTuple):
    """Part of a line in one country, from `start` to `end` (shares of the line)."""

    country: str
    start: float
    end: float


@lru_cache(maxsize=2)
def _countries(folder: Path) -> tuple[list[str], npt.NDArray[np.object_], shapely.STRtree]:
    """ISO codes, their prepared polygons, and a spatial index of them."""
    import geopandas
    import shapely

    path = folder / "basemap" / "countries.geojson"
    if not path.exists():
        raise DataError(f"{path} is missing, so the country of a point cannot be found; name a place instead.")
    table = geopandas.read_file(path).sort_values("iso")
    polygons = table.geometry.to_numpy()
    shapely.prepare(polygons)
    return list(table["iso"]), polygons, shapely.STRtree(polygons)


def countries_at(folder: Path, lon: npt.ArrayLike, lat: npt.ArrayLike) -> npt.NDArray[np.object_]:
    """ISO codes of the countries of points, or of the nearest one up to some 15 km away; empty farther out at sea."""
    import shapely

    names, polygons, tree = _countries(folder)
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    found = np.full(len(lon), "", dtype=object)
    for name, polygon in zip(names, polygons, strict=True):
        found[(found == "") & shapely.contains_xy(polygon, lon, lat)] = name
    left = np.flatnonzero(found == "")
    which, near = tree.query_nearest(
        shapely.points(lon[left], lat[left]), max_distance=COAST_DEGREES, all_matches=False
    )
    found[left[which]] = np.array(names, dtype=object)[near]
    return found


def degrees_from(
    folder: Path, lon: Iterable[float], lat: Iterable[float], countries: Iterable[str]
) -> npt.NDArray[np.float64]:
    """How far points lie from the polygons of countries, in degrees; 0 where a country has none."""
    import shapely

    polygon = dict(zip(*_countries(folder)[:2], strict=True))
    return np.array(
        [
            shapely.distance(polygon[country], shapely.Point(x, y)) if country in polygon else 0.0
            for x, y, country in zip(lon, lat, countries, strict=True)
        ]
    )


def leave(folder: Path, lines: npt.NDArray[np.object_], countries: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Which lines are not wholly within the polygon of their country."""
    import shapely

    names, polygons, _ = _countries(folder)
    out = np.ones(len(lines), dtype=bool)
    countries = np.asarray(countries, dtype=object)
    for name, polygon in zip(names, polygons, strict=True):
        own = np.flatnonzero(countries == name)
        out[own] = ~shapely.contains_properly(polygon, lines[own])
    return out


def pieces(folder: Path, line: shapely.LineString, first: str, last: str) -> list[Piece]:
    """Cut a line that runs from the country `first` to `last` where it leaves a country for more than `STRAY_KM`.

    The countries of the ends are taken as given; between different ones there is at least one cut, half-way if the
    border lines show none.
    """
    import shapely
    from shapely.ops import substring

    _, polygons, tree = _countries(folder)
    cuts = {0.0, 1.0}
    for at in tree.query(line):
        points = shapely.get_coordinates(shapely.intersection(polygons[at].boundary, line))
        shares = shapely.line_locate_point(line, shapely.points(points), normalized=True)
        cuts |= set(np.round(shares, 9).tolist())
    parts = [substring(line, a, b, normalized=True) for a, b in pairwise(sorted(cuts))]
    middles = shapely.get_coordinates(shapely.line_interpolate_point(parts, 0.5, normalized=True))
    runs = _merged(
        [
            Piece(country, a, b)
            for country, (a, b) in zip(
                countries_at(folder, middles[:, 0], middles[:, 1]), pairwise(sorted(cuts)), strict=True
            )
        ]
    )
    kept: list[Piece] = []
    for at, run in enumerate(runs):
        km = geod().geometry_length(substring(line, run.start, run.end, normalized=True)) / 1000
        at_end = (at == 0 and run.country == first) or (at == len(runs) - 1 and run.country == last)
        counts = at_end or (run.country and km > STRAY_KM)
        kept.append(run if counts else run._replace(country=kept[-1].country if kept else first))
    if first != last and len(_merged(kept)) == 1:
        return [Piece(first, 0.0, 0.5), Piece(last, 0.5, 1.0)]
    kept[0], kept[-1] = kept[0]._replace(country=first), kept[-1]._replace(country=last)
    return _merged(kept)


def _merged(runs: list[Piece]) -> list[Piece]:
    found = runs[:1]
    for run in runs[1:]:
        if run.country == found[-1].country:
            found[-1] = found[-1]._replace(end=run.end)
        else:
            found.append(run)
    return found


def zones(
    places: pd.DataFrame, lon: npt.ArrayLike, lat: npt.ArrayLike, countries: npt.ArrayLike
) -> npt.NDArray[np.object_]:
    """Time zone of the nearest of `places` in the same country, or else of the nearest of all."""
    import shapely

    at, countries = np.column_stack([lon, lat]).astype(float), np.asarray(countries, dtype=object)
    found = np.full(len(at), "", dtype=object)
    for country in sorted(set(countries)):
        near = places[places["country"] == country]
        near = near if len(near) else places
        own = np.flatnonzero(countries == country)
        points: Any = shapely.points(near[["lon", "lat"]].to_numpy())
        tree = shapely.STRtree(points)
        found[own] = near["timezone"].to_numpy(dtype=object)[
            tree.query_nearest(shapely.points(at[own]), all_matches=False)[1]
        ]
    return found

"""Asks an Overpass server for roads and railways, tile by tile, and keeps every finished tile."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, cast

from corridors import settings
from corridors.data.schema import Row
from corridors.errors import BadRequest, DataError, MissingExtra
from corridors.osm.reading import Extract, Gate, Way, bar, read_answer
from corridors.osm.usable import ROADS, TRACKS

if TYPE_CHECKING:
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

TILE_DEGREES = 1.0
ATTEMPTS = 5
LONGEST_PAUSE = 300.0
FILTERS = {"road": f'["highway"~"^({"|".join(ROADS)})(_link)?$"]', "rail": f'["railway"~"^({"|".join(TRACKS)})$"]'}


class _NoAnswer(Exception):
    """A tile could not be fetched."""


def read_overpass(areas: Sequence[tuple[str, BaseGeometry]], cache: str | Path | None, progress: bool) -> Extract:
    """Roads or railways in some areas, from the server and with the time-out in ``osmnx.settings``.

    Parameters
    ----------
    areas : sequence of (mode, shapely polygon)
    cache : path, optional
        Folder of finished tiles, one file each, written atomically; default: ``corridors/overpass`` in the
        user's cache. A stored tile is not requested again.
    progress : bool

    Raises
    ------
    BadRequest
        If a tile is missing and `corridors.settings.allow_network_requests` is not set.
    DataError
        If the server repeatedly fails to answer as it should.
    """
    import osmnx

    folder, endpoint = _folder(cache), str(osmnx.settings.overpass_url).rstrip("/")
    folder.mkdir(parents=True, exist_ok=True)
    tiles = {_path(folder, endpoint, mode, tile): (mode, tile) for mode, area in areas for tile in _tiles(area)}
    missing = {path: tile for path, tile in tiles.items() if not path.exists()}
    if missing and not settings.allow_network_requests:
        raise BadRequest(
            f"source='overpass' would fetch {len(missing)} tiles from {endpoint}, and network access is "
            "off. To allow it: import corridors.settings; "
            "corridors.settings.allow_network_requests = True."
        )
    for done, (path, (mode, tile)) in enumerate(bar(missing.items(), progress, endpoint, "tile")):
        try:
            _fetch(path, endpoint, mode, tile)
        except _NoAnswer as error:
            raise DataError(
                f"{endpoint} did not answer: {error}. {len(tiles) - len(missing) + done} of {len(tiles)} "
                f"tiles are kept in {folder}; call again to resume."
            ) from None
    ways: dict[tuple[int, ...], Way] = {}
    gates: dict[int, Gate] = {}
    states = []
    for path in tiles:
        answer = _read(path)
        of_tile, at_tile = read_answer(answer, str(path))
        ways.update({way.osm_ids: way for way in of_tile})
        gates.update({gate.osm_id: gate for gate in at_tile})
        states.append(answer["osm3s"]["timestamp_osm_base"])
    return Extract(list(ways.values()), re.sub(r"^https?://", "", endpoint), min(states), list(gates.values()))


def _folder(cache: str | Path | None) -> Path:
    if cache is not None:
        return Path(cache)
    if find_spec("platformdirs") is None:
        raise MissingExtra(
            "the user's cache folder is found with platformdirs: pip install 'corridors[osm]', or give cache='folder'."
        )
    import platformdirs

    return platformdirs.user_cache_path("corridors") / "overpass"


def _tiles(area: BaseGeometry) -> list[Polygon]:
    """The area cut by a grid, each part as its convex hull, so that it is one polygon and one request."""
    import numpy as np
    import shapely

    west, south, east, north = np.floor(np.array(area.bounds) / TILE_DEGREES).astype(int)
    cells = [shapely.box(x, y, x + 1, y + 1) for x in range(west, east + 1) for y in range(south, north + 1)]
    parts = (area.intersection(shapely.transform(cell, lambda xy: xy * TILE_DEGREES)).convex_hull for cell in cells)
    return [part for part in parts if isinstance(part, shapely.Polygon) and not part.is_empty]


def _path(folder: Path, endpoint: str, mode: str, tile: Polygon) -> Path:
    import shapely

    text = f"{endpoint} {FILTERS[mode]} {shapely.to_wkt(tile, rounding_precision=5)}"
    return folder / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.json"


def _read(path: Path) -> Row:
    answer = _answer(path.read_bytes())
    if answer is None:
        raise DataError(f"{path} is not an answer of Overpass with its date. Delete it and call again.")
    return answer


def _answer(body: bytes) -> Row | None:
    try:
        answer = json.loads(body)
        datetime.fromisoformat(answer["osm3s"]["timestamp_osm_base"])
        if isinstance(answer["elements"], list):
            return cast(Row, answer)
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    return None


def _fetch(path: Path, endpoint: str, mode: str, tile: Polygon) -> None:
    """Request a tile, repeatedly if the server is busy or unreachable, and keep its answer."""
    import requests

    for attempt in range(1, ATTEMPTS + 1):
        pause = settings.retry_pause_seconds * 2 ** (attempt - 1)
        try:
            body = _ask(endpoint, mode, tile)
        except requests.RequestException as error:
            problem: object = error
            told = error.response
            if told is not None and told.status_code < 500 and told.status_code != requests.codes.too_many_requests:
                raise _NoAnswer(error) from None
            asked = "" if told is None else told.headers.get("Retry-After", "")
            if re.fullmatch(r"[0-9]+", asked):
                pause = float(asked)
            if pause > LONGEST_PAUSE:
                raise _NoAnswer(f"it asks to wait {pause:,.0f} s; call again later") from None
        else:
            answer = _answer(body)
            problem = "its answer is not a dated one of Overpass" if answer is None else answer.get("remark", "")
            if not problem:
                _keep(path, body)
                return
        if attempt == ATTEMPTS:
            raise _NoAnswer(problem)
        time.sleep(pause)


def _ask(endpoint: str, mode: str, tile: Polygon) -> bytes:
    """The answer of the server, requested as OSMnx does, by its settings, but without side effects.

    `osmnx.graph_from_polygon` would patch the resolver of the whole process, and ask a busy server for ever.
    """
    import osmnx
    import requests

    own = osmnx.settings
    corners = " ".join(f"{lat:.6f} {lon:.6f}" for lon, lat in tile.exterior.coords)
    size = f"[maxsize:{own.overpass_memory}]" if own.overpass_memory else ""
    head = own.overpass_settings.format(timeout=own.requests_timeout, maxsize=size)
    answer = requests.post(
        f"{endpoint}/interpreter",
        data={"data": f"{head};(way{FILTERS[mode]}(poly:'{corners}');>;);out;"},
        timeout=own.requests_timeout,
        headers={
            "User-Agent": own.http_user_agent,
            "referer": own.http_referer,
            "Accept-Language": own.http_accept_language,
        },
        **own.requests_kwargs,
    )
    answer.raise_for_status()
    return answer.content


def _keep(path: Path, body: bytes) -> None:
    """Write a tile atomically."""
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=path.parent) as scratch:
        whole = Path(scratch) / path.name
        with whole.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        whole.replace(path)

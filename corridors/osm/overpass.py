"""Asks an Overpass server for roads and railways, through OSMnx, tile by tile, and keeps every finished tile."""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from corridors import settings
from corridors.errors import BadRequest, DataError, MissingExtra
from corridors.osm.reading import Extract, Way, bar, read_answer
from corridors.osm.usable import ROADS, TRACKS

TILE_DEGREES = 1.0
ATTEMPTS = 5
LONGEST_PAUSE = 300.0
FILTERS = {"road": f'["highway"~"^({"|".join(ROADS)})(_link)?$"]', "rail": f'["railway"~"^({"|".join(TRACKS)})$"]'}


class _NoAnswer(Exception):
    """A tile could not be fetched."""


def read_overpass(areas: Sequence[tuple[str, Any]], cache: str | Path | None, progress: bool) -> Extract:
    """Roads or railways in some areas, from the server and with the time-out that ``osmnx.settings`` names.

    Parameters
    ----------
    areas : sequence of (mode, shapely polygon)
    cache : path, optional
        Folder of finished tiles, one file each, there whole or not at all; default: ``corridors/overpass`` in the
        user's cache. A tile that is there is not asked for again.
    progress : bool

    Raises
    ------
    BadRequest
        If a tile is missing and `corridors.settings.allow_network_requests` is not set.
    DataError
        If the server does not answer as it should, time after time.
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
            _fetch(path, mode, tile)
        except _NoAnswer as error:
            raise DataError(
                f"{endpoint} did not answer: {error}. {len(tiles) - len(missing) + done} of {len(tiles)} "
                f"tiles are kept in {folder}; call again to go on from there."
            ) from None
    ways: dict[tuple[int, ...], Way] = {}
    states = []
    for path in tiles:
        answer = _read(path)
        ways.update({way.osm_ids: way for way in read_answer(answer, str(path))})
        states.append(answer["osm3s"]["timestamp_osm_base"])
    return Extract(list(ways.values()), re.sub(r"^https?://", "", endpoint), min(states))


def _folder(cache: str | Path | None) -> Path:
    if cache is not None:
        return Path(cache)
    if find_spec("platformdirs") is None:
        raise MissingExtra(
            "the user's cache folder is found with platformdirs: pip install 'corridors[osm]', or give cache='folder'."
        )
    import platformdirs

    return platformdirs.user_cache_path("corridors") / "overpass"


def _tiles(area: Any) -> list[Any]:
    """The area cut by a grid, each part without its dents, so that it is one polygon and one question."""
    import numpy as np
    import shapely

    west, south, east, north = np.floor(np.array(area.bounds) / TILE_DEGREES).astype(int)
    cells = [shapely.box(x, y, x + 1, y + 1) for x in range(west, east + 1) for y in range(south, north + 1)]
    parts = (area.intersection(shapely.transform(cell, lambda xy: xy * TILE_DEGREES)).convex_hull for cell in cells)
    return [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]


def _path(folder: Path, endpoint: str, mode: str, tile: Any) -> Path:
    import shapely

    text = f"{endpoint} {FILTERS[mode]} {shapely.to_wkt(tile, rounding_precision=5)}"
    return folder / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.json"


def _read(path: Path) -> dict[str, Any]:
    try:
        answer = json.loads(path.read_text(encoding="utf-8"))
        datetime.fromisoformat(answer["osm3s"]["timestamp_osm_base"])
        if isinstance(answer["elements"], list):
            return cast(dict[str, Any], answer)
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise DataError(f"{path} is no answer of Overpass with its date. Delete it and call again.")


def _fetch(path: Path, mode: str, tile: Any) -> None:
    """Have OSMnx ask for a tile, again and again where the server is busy or cut off, and keep its answer."""
    import requests
    from osmnx._errors import InsufficientResponseError

    for attempt in range(1, ATTEMPTS + 1):
        pause = settings.retry_pause_seconds * 2 ** (attempt - 1)
        with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=path.parent) as scratch:
            try:
                _ask(Path(scratch), mode, tile)
                answers = list(Path(scratch).glob("*.json"))
                # not every version of OSMnx keeps what the server itself calls incomplete
                if remark := _read(answers[0]).get("remark") if answers else "it gave up":
                    raise InsufficientResponseError(f"its answer is incomplete: {remark}")
                with answers[0].open("rb+") as file:
                    os.fsync(file.fileno())
                answers[0].replace(path)
                return
            except (requests.RequestException, InsufficientResponseError) as error:
                answer = getattr(error, "response", None)
                final = answer is not None and answer.status_code < 500 and answer.status_code != 429
                if final or attempt == ATTEMPTS:
                    raise _NoAnswer(error) from None
                asked = "" if answer is None else answer.headers.get("Retry-After", "")
                if re.fullmatch(r"[0-9]+", asked):
                    pause = float(asked)
                if pause > LONGEST_PAUSE:
                    raise _NoAnswer(f"it asks to wait {pause:,.0f} s; call again later") from None
            except DataError:
                raise _NoAnswer("its answer is not one of Overpass with a date") from None
        time.sleep(pause)


def _ask(scratch: Path, mode: str, tile: Any) -> None:
    import osmnx
    from osmnx._errors import CacheOnlyInterruptError

    with _osmnx_settings(scratch), suppress(CacheOnlyInterruptError):  # the graph is not needed
        osmnx.graph_from_polygon(tile, custom_filter=FILTERS[mode], retain_all=True, simplify=False)


@contextmanager
def _osmnx_settings(scratch: Path) -> Iterator[None]:
    """OSMnx's settings and the resolver that it bends, put back afterwards.

    A busy server is met by the hook: OSMnx itself would sleep 55 s and ask again without end.
    """
    import osmnx

    def refuse(response: Any, *_: Any, **__: Any) -> None:
        response.raise_for_status()

    own = {
        "use_cache": True,
        "cache_folder": scratch,
        "cache_only_mode": True,
        "doh_url_template": None,
        "max_query_area_size": 1e12,
        "requests_kwargs": {**osmnx.settings.requests_kwargs, "hooks": {"response": refuse}},
    }
    before = {name: getattr(osmnx.settings, name) for name in own}
    resolver = socket.getaddrinfo
    try:
        for name, value in own.items():
            setattr(osmnx.settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(osmnx.settings, name, value)
        socket.getaddrinfo = resolver

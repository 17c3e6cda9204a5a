"""Pages that need no internet: the scripts and styles shipped here, data for them, and the page of one map."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from html import escape
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from corridors.errors import MissingExtra

if TYPE_CHECKING:
    from corridors.maps.lanes import Shown

_ICONS = {"iconUrl": "marker-icon.png", "iconRetinaUrl": "marker-icon-2x.png", "shadowUrl": "marker-shadow.png"}
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "{}<>&`$'\u2028\u2029"}

VIEW = {"center": [38.0, 66.0], "zoom": 4, "zoomSnap": 0.25, "zoomDelta": 0.5, "zoomControl": False}
"""How a map begins, as Leaflet takes it, until it has found room for what it shows."""


class Script(str):
    """Text that `as_script` has made already."""

    __slots__ = ()


def as_script(data: object) -> Script:
    """JSON whose texts are safe inside a script element, a template literal and a Jinja template."""
    if isinstance(data, dict) and any(isinstance(value, Script) for value in data.values()):
        parts = (f'"{key}":{value if isinstance(value, Script) else as_script(value)}' for key, value in data.items())
        return Script(f"{{{','.join(parts)} }}")
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text = re.sub(r'"(?:[^"\\]|\\.)*"', lambda quoted: quoted[0].translate(_ESCAPES), text)
    return Script(re.sub(r"\}(?=\})", "} ", text))


def own(name: str) -> str:
    """Text of a file shipped in this package."""
    return resources.files("corridors").joinpath(name).read_text(encoding="utf-8")


def _folder() -> Path:
    from xstatic.pkg import leaflet

    return Path(leaflet.BASE_DIR)


def _data_uri(path: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


@cache
def leaflet_css() -> str:
    """Leaflet's style sheet with its images embedded."""
    text = (_folder() / "leaflet.css").read_text(encoding="utf-8-sig")
    return re.sub(r"url\(([^)#:]+)\)", lambda found: f"url({_data_uri(_folder() / found[1])})", text)


@cache
def leaflet_js() -> str:
    """Leaflet with its marker icons, which it would look for beside its style sheet, here not a file."""
    text = (_folder() / "leaflet.js").read_text(encoding="utf-8-sig")
    text = re.sub(r"//# sourceMappingURL=\S+", "", text).replace("</script", "<\\/script")
    icons = ",".join(f"{name}:'{_data_uri(_folder() / 'images' / file)}'" for name, file in _ICONS.items())
    return f"{text}\ndelete L.Icon.Default.prototype._getIconUrl;L.Icon.Default.mergeOptions({{{icons}}});"


@cache
def map_code() -> tuple[str, str]:
    """Style and script that draw a map."""
    return own("maps/map.css"), own("maps/signs.js") + own("maps/map.js")


def page(data: Shown) -> str:
    """The page of a new map, as `corridors.maps.interactive.CorridorMap` writes it."""
    style, script = map_code()
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(data['title'])}</title>\n<style>{leaflet_css()}</style>\n"
        "<style>html, body, #map { width: 100%; height: 100%; margin: 0; }\n"
        f".leaflet-container {{ font-size: 1rem; }}\n{style}</style>\n"
        f'<script>{leaflet_js()}</script>\n<script>{script}</script>\n</head>\n<body>\n<div id="map"></div>\n'
        f'<script>corridorMap(L.map("map", {as_script(VIEW)}), {as_script(data)});</script>\n</body>\n</html>\n'
    )


def framed(page: str, title: str, still: Callable[[], bytes] | None, height: int) -> str:
    """HTML for a notebook: a page in a frame over a still picture, which shows where frames are removed."""
    name = escape(title, quote=True)
    frame = (
        f'<iframe srcdoc="{escape(page, quote=True)}" title="{name}" allowfullscreen '
        f'style="position:absolute;left:0;top:0;width:100%;height:{height}px;border:none;background:#fff"></iframe>'
    )
    picture = ""
    with suppress(MissingExtra):
        if still is not None:
            code = base64.b64encode(still()).decode()
            picture = (
                f'<img src="data:image/webp;base64,{code}" alt="{name}" '
                f'style="width:100%;height:{height}px;object-fit:contain">'
            )
    return f'<div style="position:relative;height:{height}px">{picture}{frame}</div>'

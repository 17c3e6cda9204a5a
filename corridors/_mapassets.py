"""One self-contained page: every script and style sheet of a rendered folium map put into the file itself."""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from importlib import resources
from pathlib import Path

from corridors.errors import CorridorsError

LEAFLET_JS = "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js"
LEAFLET_CSS = "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.css"
# folium's Popup calls $('<div>...')[0] and nothing else of jQuery
JQUERY_SHIM = ("window.$=window.$||function(h){var t=document.createElement('template');"
               "t.innerHTML=String(h).trim();return[t.content.firstChild]};")
_MIME = {".png": "image/png", ".gif": "image/gif", ".svg": "image/svg+xml"}


class MissingAsset(CorridorsError, LookupError):
    """A page needs a script or style sheet that is not on this machine."""


@lru_cache(maxsize=1)
def _leaflet() -> Path:
    from xstatic.pkg import leaflet

    return Path(leaflet.BASE_DIR)


def own(name: str) -> str:
    """Text of a file shipped in this package."""
    return resources.files("corridors").joinpath(name).read_text(encoding="utf-8")


def _data_uri(path: Path) -> str:
    return f"data:{_MIME[path.suffix]};base64,{base64.b64encode(path.read_bytes()).decode()}"


@lru_cache(maxsize=1)
def _leaflet_css() -> str:
    text = (_leaflet() / "leaflet.css").read_text(encoding="utf-8")
    return re.sub(r"url\(([^)#:]+)\)", lambda m: f"url({_data_uri(_leaflet() / m[1])})", text)


@lru_cache(maxsize=1)
def _leaflet_js() -> str:
    text = (_leaflet() / "leaflet.js").read_text(encoding="utf-8-sig")
    icons = {"iconUrl": "marker-icon.png", "iconRetinaUrl": "marker-icon-2x.png", "shadowUrl": "marker-shadow.png"}
    options = ",".join(f"{name}:'{_data_uri(_leaflet() / 'images' / file)}'" for name, file in icons.items())
    text = re.sub(r"//# sourceMappingURL=\S+", "", text).replace("</script", "<\\/script")
    return (f"{text}\ndelete L.Icon.Default.prototype._getIconUrl;"
            f"L.Icon.Default.mergeOptions({{{options}}});{JQUERY_SHIM}")


def inline(page: str) -> str:
    """Replace each reference to a known script or style sheet by its text.

    Raises
    ------
    MissingAsset
        If the page refers to anything else on the network, a tile layer or a plugin for example.
    """
    def script(match: re.Match[str]) -> str:
        if match[1] == LEAFLET_JS:
            return f"<script>{_leaflet_js()}</script>"
        raise MissingAsset(_words(match[1]))

    def style(match: re.Match[str]) -> str:
        if match[1] == LEAFLET_CSS:
            return f"<style>{_leaflet_css()}</style>"
        raise MissingAsset(_words(match[1]))

    page = re.sub(r'<script src="([^"]+)"></script>', script, page)
    page = re.sub(r'<link rel="stylesheet" href="([^"]+)"\s*/?>', style, page)
    tiles = re.search(r'L\.tileLayer\(\s*"([^"]+)"', page)
    if tiles:
        raise MissingAsset(_words(tiles[1]))
    return page


def _words(url: str) -> str:
    return (f"The map needs {url}, which is not on this machine, so it cannot be one file for use without internet. "
            "Leave that layer out, or save with online=True.")

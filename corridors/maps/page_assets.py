"""Self-contained pages of folium: scripts and style sheets that it links to are embedded in the page itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink

from corridors.errors import CorridorsError
from corridors.maps.offline import framed, leaflet_css, leaflet_js

LEAFLET_JS = "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js"
LEAFLET_CSS = "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.css"
JQUERY = "https://code.jquery.com/jquery-3.7.1.min.js"
# folium uses jQuery only to turn text into an element and to wait for the page
JQUERY_SHIM = """window.$ = window.$ || function (x) {
  if (typeof x !== "string") return {ready: f => f(), 0: x};
  const t = document.createElement("template");
  t.innerHTML = x.trim();
  return [t.content.firstElementChild];
};"""


class MissingAsset(CorridorsError, LookupError):
    """A page needs something from the internet that is not on this machine."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The map needs {what}, which is not on this machine, so it cannot be one file that works "
            "without internet. Leave that layer out, or make the map with online=True."
        )


def _text(link: JavascriptLink | CssLink) -> str:
    if link.url == LEAFLET_JS:
        return f"<script>{leaflet_js()}</script>"
    if link.url == LEAFLET_CSS:
        return f"<style>{leaflet_css()}</style>"
    if link.url == JQUERY:
        return f"<script>{JQUERY_SHIM}</script>"
    raise MissingAsset(link.url)


class Verbatim(Element):
    """Text for a page that branca does not read as a template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, **kwargs: object) -> str:
        """Return the text as it is."""
        return self.text


class Page(Figure):
    """A branca figure that holds everything it needs; rendering it raises `MissingAsset` where that is impossible."""

    still: Callable[[], bytes] | None = None
    """Makes a WebP picture of the map."""

    def __init__(self, online: bool = False) -> None:
        super().__init__()
        self.online = online

    def render(self, **kwargs: object) -> str:
        """Return the page as HTML."""
        if self.online:
            return _in_english(super().render(**kwargs))
        for child in _descendants(self):
            _check(child)
        for child in self._children.values():
            child.render(**kwargs)
        links = {
            name: child for name, child in self.header._children.items() if isinstance(child, JavascriptLink | CssLink)
        }
        try:
            for name, link in links.items():
                self.header._children[name] = Verbatim(_text(link))
            _check_links([child for name, child in self.header._children.items() if name not in links])
            return _in_english(self._template.render(this=self, kwargs=kwargs))
        finally:
            self.header._children.update(links)

    def _repr_html_(self, **kwargs: object) -> str:
        """Return the page in a frame over a still picture, which shows where frames are removed."""
        return framed(self.render(**kwargs), unescape(self.title or "Map"), self.still, 520)


def _in_english(page: str) -> str:
    return page.replace("<html>", '<html lang="en">', 1)


def _descendants(element: Element) -> Iterator[Element]:
    for child in element._children.values():
        yield child
        yield from _descendants(child)


def _check(child: Element) -> None:
    """Raise for a layer that fetches images, which no link in the head of the page reveals."""
    if isinstance(child, folium.Icon):
        raise MissingAsset("the icon font of folium.Icon (folium.DivIcon and folium.CircleMarker need none)")
    for name in ("tiles", "url"):
        address = getattr(child, name, None)
        if isinstance(address, str) and re.match(r"(https?:)?//", address):
            raise MissingAsset(address)


def _check_links(head: list[Element]) -> None:
    for child in head:
        text = "" if isinstance(child, Verbatim) else child.render()
        found = re.search(r"""<(?:script|link)\b[^>]*?\b(?:src|href)\s*=\s*["']?((?:https?:)?//[^"'\s>]+)""", text)
        if found:
            raise MissingAsset(found[1])

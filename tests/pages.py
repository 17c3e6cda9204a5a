"""What tests of maps, charts and reports share: a hostile network, and what must not overlap."""

import re
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from matplotlib.figure import Figure
from playwright.sync_api import Browser

import corridors as cr
from tests.small import with_tables

A4 = (595, 842)
MARGIN = 30  # points; the page leaves 13 mm and more
HOSTILE = "{{7*7}} ${alert(1)} {% x %} {# c #} `back` \\new </script><b>bold</b> \"quoted\" 'single' &amp;"
ASK = {"depart": "2026-01-15", "as_of": "2026-02-15", "k": 4}

OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll('.cr-label')].filter(e => e.style.display !== 'none')
    .map(e => [e.textContent, e.getBoundingClientRect()]);
  const found = [];
  boxes.forEach(([a, r], i) => boxes.slice(i + 1).forEach(([b, q]) => {
    if (r.left < q.right && q.left < r.right && r.top < q.bottom && q.top < r.bottom) found.push(a + ' / ' + b); }));
  return [boxes.length, found];
}"""


# what a card hides: another card, a label, a symbol of the routes (not of corridors that fail: the view fits routes)
CARDS = """() => {
  const cards = [...document.querySelectorAll('.leaflet-control')].map(e => e.getBoundingClientRect());
  const hits = (r, q) => r.left < q.right && q.left < r.right && r.top < q.bottom && q.top < r.bottom;
  const found = [];
  cards.forEach((r, i) => cards.slice(i + 1).forEach(q => hits(r, q) && found.push('cards')));
  document.querySelectorAll('.cr-label, .cr-node:not(.cr-aside), .cr-onmap').forEach(e => {
    if (e.style.display !== 'none' && cards.some(q => hits(e.getBoundingClientRect(), q)))
      found.push(e.textContent || e.getAttribute('aria-label'));
  });
  return found;
}"""


def hostile_network(net: cr.Network) -> cr.Network:
    tables = dict(net.tables)
    tables["places"] = net.tables["places"].assign(
        name=[
            f"{HOSTILE} {n}" if p in ("almaty", "karachi", "kashgar") else n
            for p, n in zip(net.tables["places"]["place_id"], net.tables["places"]["name"], strict=True)
        ]
    )
    tables["elements"] = net.tables["elements"].assign(
        name=[
            f"{HOSTILE} {n}" if e == "khunjerab_sost" else n
            for e, n in zip(net.tables["elements"]["element_id"], net.tables["elements"]["name"], strict=True)
        ]
    )
    return with_tables(net, tables)


def boxes(figure: Figure) -> list[tuple[str, Any]]:
    figure.canvas.draw()
    texts = [text for ax in figure.axes for text in ax.texts if text.get_text().strip()]
    return [(text.get_text(), text.get_window_extent()) for text in texts]


def overlapping(figure: Figure) -> list[tuple[str, str]]:
    found = boxes(figure)
    return [
        (a, b)
        for i, (a, p) in enumerate(found)
        for b, q in found[i + 1 :]
        if p.x0 + 1 < q.x1 and q.x0 + 1 < p.x1 and p.y0 + 2 < q.y1 and q.y0 + 2 < p.y1
    ]


def outside(figure: Figure) -> list[str]:
    edge = figure.bbox
    return [
        text
        for text, box in boxes(figure)
        if box.x0 < -1 or box.y0 < -1 or box.x1 > edge.x1 + 1 or box.y1 > edge.y1 + 1
    ]


def assert_inside_margins(boxes: list[tuple[float, float, float, float]]) -> None:
    for left, bottom, right, top in boxes:
        assert MARGIN <= left < right <= A4[0] - MARGIN
        assert MARGIN <= bottom < top <= A4[1] - MARGIN


def printed(browser: Browser, source: Path, target: Path) -> tuple[str, list[tuple[float, float, float, float]]]:
    """All text of the printed report, and where its pieces stand: left, bottom, right, top."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(source.as_uri())
    page.pdf(path=target, prefer_css_page_size=True, print_background=True)
    context.close()
    said, boxes = [], []
    document = pypdfium2.PdfDocument(target)
    for sheet in document:
        assert sheet.get_size() == pytest.approx(A4, abs=1)
        text = sheet.get_textpage()
        said.append(text.get_text_range())
        boxes += [text.get_rect(n) for n in range(text.count_rects())]
    document.close()
    return " ".join(said), boxes


def plain(text: str) -> str:
    return re.sub(r"[\s\ufffe-]+", "", text)

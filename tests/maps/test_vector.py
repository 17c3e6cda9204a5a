"""Vector pictures for pages, against the same pictures drawn by matplotlib."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

import corridors as cr
from corridors.maps.layers import routes_data
from corridors.maps.lettering import EM, Lettering
from corridors.maps.stills import vector
from corridors.maps.style import for_page
from corridors.maps.vector import UNIT, round_step
from tests.pages import HOSTILE

SVG = "{http://www.w3.org/2000/svg}"
Draw = Callable[[cr.Routes], Axes]
PICTURES: dict[str, Draw] = {
    "still": lambda routes: routes.plot(),
    "diagram": lambda routes: routes.tcd()[0, 0],
    "hours": lambda routes: routes.tcd("hours", columns=3)[0, 0],
    "tornado": lambda routes: routes.tornado("days"),
}


def drawn(routes: cr.Routes, name: str) -> tuple[ET.Element, Figure]:
    """A picture as SVG and as a figure of matplotlib, of one size."""
    figure = PICTURES[name](routes).figure
    figure.draw_without_rendering()
    return ET.fromstring(for_page(lambda: PICTURES[name](routes), name)), figure


def words(figure: Figure) -> dict[str, list[tuple[float, float]]]:
    """Texts that matplotlib shows, with the middle of each, in points from the upper left corner."""
    found: dict[str, list[tuple[float, float]]] = {}
    for one in figure.findobj(Text):
        box = one.get_window_extent()
        if one.get_text() and one.get_visible() and box.width:
            x, y = (box.x0 + box.width / 2) * 72 / figure.dpi, figure.get_figheight() * 72 - box.y0 * 72 / figure.dpi
            for line in one.get_text().split("\n"):
                found.setdefault(line, []).append((x, y))
    return found


@pytest.mark.parametrize("name", PICTURES)
def test_the_same_words_stand_at_the_same_places(routes: cr.Routes, name: str) -> None:
    svg, figure = drawn(routes, name)
    texts = svg.findall(f".//{SVG}text")
    assert svg.get("viewBox") == f"0 0 {UNIT * 72 * figure.get_figwidth():.0f} {UNIT * 72 * figure.get_figheight():.0f}"
    there = words(figure)
    inside = {text: places for text, places in there.items() if text in {one.text for one in texts}}
    assert {one.text for one in texts} == set(inside)
    assert len(inside) > 10
    for one in texts:
        size = float(one.get("font-size")) / UNIT
        wide = Lettering().measure(str(one.text), size, one.get("font-weight", "normal"))
        x, y = float(one.get("x")) / UNIT, float(one.get("y")) / UNIT
        x += {"end": -wide / 2, "middle": 0.0}.get(one.get("text-anchor", ""), wide / 2)
        near = min(abs(x - a) + abs(y - b) for a, b in inside[str(one.text)])
        assert near < 0.05 * wide + size + 2 or one.get("transform"), one.text


def test_curves_end_where_matplotlib_ends_them(routes: cr.Routes) -> None:
    svg, figure = drawn(routes, "diagram")
    dots = [(float(one.get("cx")) / UNIT, float(one.get("cy")) / UNIT) for one in svg.iter(f"{SVG}circle")]
    high = figure.get_figheight() * 72
    for ax in figure.axes:
        (line,) = (one for one in ax.lines if one.get_marker() == "o" and one.get_transform() == ax.transData)
        x, y = ax.transData.transform(np.column_stack(line.get_data()))[0] * 72 / figure.dpi
        assert min(np.hypot(x - a, high - y - b) for a, b in dots) < 0.2


def test_bars_are_as_long_as_those_of_matplotlib(routes: cr.Routes) -> None:
    svg, figure = drawn(routes, "tornado")
    (ax,) = figure.axes
    wanted = [bar.get_window_extent().width * 72 / figure.dpi for bar in ax.patches]
    rows = [re.match(r"M-?\d+ -?\d+l(\d+) 0", one.get("d")) for one in svg.iter(f"{SVG}path") if one.get("fill")]
    assert [int(row[1]) / UNIT for row in rows if row] == pytest.approx(wanted, abs=0.2)


@pytest.mark.parametrize(("long", "most"), [(4700.0, 5), (930.0, 5), (52.0, 6), (10_543.0, 6), (7.0, 5), (1.2e6, 6)])
def test_steps_are_as_round_as_those_of_matplotlib(long: float, most: int) -> None:
    ticks = MaxNLocator(most, integer=True).tick_values(0, long)
    assert round_step(long, most, whole=True) == ticks[1] - ticks[0]


def test_widths_are_those_of_the_font() -> None:
    from corridors.maps import lettering

    for weight, name in (("normal", "DejaVuSans.ttf"), ("bold", "DejaVuSans-Bold.ttf")):
        font = FT2Font(str(Path(matplotlib.get_data_path(), "fonts", "ttf", name)))
        assert font.units_per_EM == EM
        known = {letter: width for letter, width in lettering._widths()[weight].items() if width}
        assert len(known) > 1000
        assert known == {letter: font.load_char(ord(letter), flags=LoadFlags.NO_SCALE).horiAdvance for letter in known}
        assert set(known) >= set(map(chr, range(0x20, 0x7F)))


def test_hostile_words_are_words(routes: cr.Routes) -> None:
    data = routes_data(routes)
    data["title"] = HOSTILE
    svg = ET.fromstring(vector(data, routes.facts, HOSTILE))
    assert svg.get("aria-label") == HOSTILE
    assert Counter(one.tag for one in svg.iter()).keys() <= {f"{SVG}{tag}" for tag in ("svg", "path", "text", "circle")}
    assert "</script><b>bold</b>" in "".join(one.text or "" for one in svg.iter(f"{SVG}text"))

"""Two answers side by side: maps that move together, and the report of what changes."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import corridors as cr
from corridors.maps.interactive import side_by_side
from corridors.report.html import compare_report
from tests.pages import ASK, CARDS, HOSTILE, OVERLAPS, assert_inside_margins, hostile_network, plain, printed

VIEWS = """() => [...document.querySelectorAll('.folium-map')].map(node => {
  const map = window[node.id], c = map.getCenter();
  return [c.lat, c.lng, map.getZoom()];
})"""
# the same question as CARDS and OVERLAPS ask of one map, asked of each map
EACH = "question => [...document.querySelectorAll('.folium-map')].map(map => eval('(' + question + ')')())"


@pytest.fixture(scope="module")
def pair(net: cr.Network) -> tuple[cr.Routes, cr.Routes]:
    routes = net.routes("Almaty", "Karachi", **ASK | {"k": 6})
    world = cr.Scenario("Chaman open").reopen("Chaman-Spin Boldak", "2026-01-01").delay("Torugart", 100)
    return routes, routes.again(scenario=world)


@pytest.fixture(scope="module")
def saved(pair: tuple[cr.Routes, cr.Routes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pair") / "pair.html"
    side_by_side(*pair).save(path)
    return path


@pytest.fixture(scope="module")
def report(pair: tuple[cr.Routes, cr.Routes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pair") / "report.html"
    compare_report(*pair, path)
    return path


def views(page: Page) -> list[list[float]]:
    found: list[list[float]] = page.evaluate(VIEWS)
    return found


@pytest.mark.chromium
@pytest.mark.parametrize(("width", "height"), [(360, 900), (900, 900), (1400, 900)])
def test_both_maps_draw_and_nothing_hides_a_card(
    show: Callable[..., Page],
    saved: Path,
    width: int,
    height: int,
) -> None:
    page = show(saved, width, height)
    assert page.locator(".cr-title").count() == 2
    for i in (0, 1):
        assert page.locator(".folium-map").nth(i).locator("path.cr-route").count() >= 4
    first, second = views(page)
    assert first == pytest.approx(second, abs=0.02)  # half a pixel
    for count, overlapping in page.evaluate(EACH, OVERLAPS.replace("document", "map")):
        assert count > 5
        assert overlapping == []
    cards = page.evaluate(EACH, CARDS.replace("document", "map"))
    assert [hit for hits in cards for hit in hits if hit == "cards"] == []
    boxes = [page.locator(".folium-map").nth(i).bounding_box() for i in (0, 1)]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["width"] == pytest.approx(boxes[1]["width"], abs=3)
    assert boxes[0]["height"] == pytest.approx(boxes[1]["height"], abs=3)
    along, size = ("x", "width") if width > 1000 else ("y", "height")
    assert boxes[0][along] + boxes[0][size] <= boxes[1][along] + 1  # type: ignore[literal-required]


@pytest.mark.chromium
@pytest.mark.parametrize("moved", [0, 1])
def test_moving_one_map_moves_the_other(show: Callable[..., Page], saved: Path, moved: int) -> None:
    page = show(saved)
    before = views(page)[0]
    box = page.locator(".folium-map").nth(moved).bounding_box()
    assert box is not None
    x, y = box["x"] + 0.6 * box["width"], box["y"] + 0.85 * box["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 120, y - 60, steps=4)
    page.mouse.up()
    page.wait_for_timeout(600)
    dragged = views(page)
    assert dragged[0] == pytest.approx(dragged[1], abs=1e-6)
    assert dragged[0][1] > before[1] + 0.5
    page.locator(".folium-map").nth(moved).locator(".leaflet-control-zoom-in").click()
    page.wait_for_timeout(600)
    closer = views(page)
    assert closer[0] == pytest.approx(closer[1], abs=1e-6)
    assert closer[0][2] > dragged[0][2]


@pytest.mark.chromium
def test_one_letter_and_colour_for_the_same_crossings(
    show: Callable[..., Page],
    saved: Path,
    pair: tuple[cr.Routes, cr.Routes],
) -> None:
    page = show(saved)
    shown = [
        dict(
            page.locator(".folium-map")
            .nth(i)
            .locator(".cr-onmap")
            .evaluate_all(
                "all => all.map(e => [e.getAttribute('aria-label').split(': ')[0].slice(6), "
                "e.firstChild.style.background])"
            )
        )
        for i in (0, 1)
    ]
    crossings = [
        dict(zip(routes.details["crossings"], labels, strict=True))
        for routes, labels in zip(
            pair,
            page.evaluate("""[...document.querySelectorAll('.folium-map')].map(m =>
            [...m.querySelectorAll('.cr-legend .cr-badge')].map(b => b.textContent))"""),
            strict=True,
        )
    ]
    both = crossings[0].keys() & crossings[1].keys()
    assert len(both) >= 2
    for key in both:
        assert crossings[0][key] == crossings[1][key]
        assert shown[0][crossings[0][key]] == shown[1][crossings[1][key]]
    new = crossings[1].keys() - crossings[0].keys()
    assert new
    assert not {crossings[1][key] for key in new} & set(crossings[0].values())


def test_a_pair_is_one_file_under_a_megabyte(saved: Path, pair: tuple[cr.Routes, cr.Routes]) -> None:
    text = saved.read_text(encoding="utf-8")
    assert len(text.encode()) < 1_000_000
    assert not re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="https?:', text)
    shown = side_by_side(*pair)._repr_html_()
    assert "data:image/webp" in shown
    assert "<iframe" in shown


def test_two_questions_are_not_compared(net: cr.Network, pair: tuple[cr.Routes, cr.Routes]) -> None:
    other = net.routes("Almaty", "Bishkek", depart="2026-01-15", k=1)
    with pytest.raises(cr.BadRequest, match="two questions"):
        side_by_side(pair[0], other)


def test_what_stays_the_same_is_said(net: cr.Network, tmp_path: Path) -> None:
    routes = net.routes("Almaty", "Bishkek", depart="2026-01-15", k=1)
    far = cr.Scenario("far away").delay("Khunjerab", 5)
    compare_report(routes, routes.again(scenario=far), tmp_path / "x.html")
    assert "take as long and cost as much as before" in (tmp_path / "x.html").read_text(encoding="utf-8")
    near = cr.Scenario("all slower").delay(str(routes.legs.query("kind == 'crossing'")["element_id"].iloc[0]), 48)
    compare_report(routes, routes.again(scenario=near), tmp_path / "x.html")
    assert "take as long" not in (tmp_path / "x.html").read_text(encoding="utf-8")


def test_without_scenarios_the_arguments_that_differ_name_the_answers(net: cr.Network, tmp_path: Path) -> None:
    winter = net.routes("Almaty", "Bishkek", depart="2026-01-15", k=1)
    compare_report(winter, winter.again(depart="2026-06-15"), tmp_path / "x.html")
    text = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert "<h1>Almaty to Bishkek: depart 2026-01-15 and depart 2026-06-15</h1>" in text


@pytest.mark.chromium
def test_report_tells_what_changes(
    show: Callable[..., Page],
    report: Path,
    pair: tuple[cr.Routes, cr.Routes],
) -> None:
    page = show(report, 1100, 900, drawn=False)
    page.frame_locator("iframe").locator(".cr-title").nth(1).wait_for()
    assert page.locator("h2").all_text_contents() == [
        "Question",
        "Answer",
        "Maps",
        "Routes and changes",
        "Not possible on this date",
        "What the answers rest on",
        "Sources",
        "Version and parameters",
        "Disclaimer",
    ]
    rows = page.locator("[aria-label='Routes and changes'] tbody tr").evaluate_all(
        "all => all.map(row => [...row.cells].map(cell => cell.innerText))"
    )
    a, b = (routes.full.set_index("crossings") for routes in pair)
    delayed = next(key for key in a.index if key in b.index and "Torugart" in key)
    cells = next(row for row in rows if a.loc[delayed, "name"] in row[0])
    assert float(cells[5]) == pytest.approx(b.loc[delayed, "days"] - a.loc[delayed, "days"], abs=0.06)
    assert float(cells[5]) > 3
    new = next(row for row in rows if "Chaman-Spin Boldak" in row[1])
    assert "closed since 2025-10-12" in new[1]
    assert len(rows) == len(a.index.union(b.index))
    said = page.locator("main").inner_text()
    for routes in pair:
        for reason in routes.rejected["reason"]:
            assert reason in said
        for title in routes.sources()["title"]:
            assert title in said
    assert 'Under "Chaman open"' in page.locator(".lead").inner_text()
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.chromium
def test_report_on_paper_loses_nothing(browser: Browser, report: Path, tmp_path: Path) -> None:
    text, boxes = printed(browser, report, tmp_path / "report.pdf")
    assert len(boxes) > 300
    assert_inside_margins(boxes)
    html = re.sub(r'srcdoc="[^"]*"', "", report.read_text(encoding="utf-8").split("<main>")[1])
    found = re.findall(r"<t[dh]\b.*?</t[dh]>", html, re.S)
    cells = [plain(unescape(re.sub(r"<[^>]+>|&#3\d;", "", cell))) for cell in found]
    paper = re.sub(r"[\"']", "", plain(text))
    assert len(cells) > 200
    assert [cell for cell in cells if cell not in paper] == []


@pytest.mark.chromium
def test_hostile_texts_show_as_typed(
    show: Callable[..., Page],
    net: cr.Network,
    tmp_path: Path,
) -> None:
    routes = hostile_network(net).routes("almaty", "karachi", **ASK | {"k": 2})
    compare_report(routes, routes.again(scenario=cr.Scenario(HOSTILE).delay("khunjerab_sost", 5)), tmp_path / "x.html")
    page = show(tmp_path / "x.html", drawn=False)
    framed = page.frame_locator("iframe")
    framed.locator(".cr-title").nth(1).wait_for()
    assert page.title().endswith(f"as it is and {HOSTILE}")
    assert f'under "{HOSTILE}"' in (page.locator("main").text_content() or "")
    assert (framed.locator(".cr-title h1").nth(1).text_content() or "").startswith(f"{HOSTILE}: {HOSTILE} Almaty")
    for place in (page, framed):
        assert place.locator("b", has_text=re.compile("^bold$")).count() == 0

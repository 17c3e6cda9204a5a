"""The report as a reader gets it: one file, on the screen and on A4 paper."""

import re
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import corridors as cr
from corridors.cli import main
from corridors.routing.figures import rounded
from tests.pages import ASK, HOSTILE, assert_inside_margins, hostile_network, plain, printed


@pytest.fixture(scope="module")
def saved(routes: cr.Routes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    routes.report(path)
    return path


@pytest.mark.chromium
def test_on_the_screen_nothing_is_asked_for_and_all_parts_are_there(
    show: Callable[..., Page],
    saved: Path,
    routes: cr.Routes,
) -> None:
    page = show(saved, 1100, 900, drawn=False)
    frame = page.frame_locator("iframe")
    frame.locator(".cr-title").wait_for()
    assert frame.locator("path.cr-route").count() >= 4
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.title() == "Almaty to Karachi: 4 alternatives"
    headings = page.locator("h2").all_text_contents()
    assert headings == [
        "Question",
        "Answer",
        "Map",
        "Comparison",
        "Where the money goes",
        "What would change the answer",
        "Not possible on this date",
        "Open months of 2026",
        "Time and cost along the route",
        "What the answer rests on",
        "The routes leg by leg",
        "Sources",
        "Version and parameters",
        "Disclaimer",
    ]
    pictures = page.locator("svg[role=img]")
    assert [pictures.nth(i).get_attribute("aria-label")[:4] for i in range(pictures.count())] == [
        "Map ",
        "Whic",
        "Whic",
        "Time",
    ]
    assert page.locator("table caption").count() == page.locator("table").count()
    first = routes.table.iloc[0]
    assert f"is A, {first['name']}: {rounded(first['days'])} days" in page.locator(".lead").inner_text()
    for row in routes.rejected.itertuples():
        assert row.reason in page.locator("main").inner_text()
        assert row.gates in page.locator("main").inner_text()
    money = page.evaluate("""[...document.querySelectorAll('[aria-label="Costs by line"] tbody tr')].map(r =>
        [...r.cells].slice(0, 2).map(c => c.textContent))""")
    assert ["border fees", "assumed"] in money
    assert "conflict: Pakistan 10%" in page.locator("main").inner_text()
    for title in routes.sources()["title"]:
        assert title in (page.locator("main").text_content() or "")
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.chromium
def test_every_source_number_leads_to_its_source(
    show: Callable[..., Page],
    saved: Path,
    routes: cr.Routes,
) -> None:
    page = show(saved, drawn=False)
    listed = page.evaluate("""[...document.querySelectorAll('[aria-label="Sources"] tbody tr')].map(r =>
        [...r.cells].slice(0, 2).map(c => c.textContent))""")
    titles = dict(listed)
    table = routes.facts.tables["sources"].set_index("source_id")["title"]
    rows = page.evaluate("""[...document.querySelectorAll('[aria-label="Legs of route C"] tbody tr')].map(r =>
        [...r.cells].map(c => c.textContent))""")
    legs = routes[2].legs
    assert len(rows) == len(legs) + 1
    for cells, hours, usd, paid in zip(rows, legs["quality"], legs["usd_quality"], legs["usd"], strict=False):
        assert cells[-3:-1] == [hours, usd if paid else ""]
    for cells, ids in zip(rows, legs["source_id"], strict=False):
        named = {titles[number] for number in cells[-1].split(", ") if number}
        assert named == {table[one] for one in ids.split(";") if one}


@pytest.mark.chromium
def test_on_paper_no_text_leaves_the_page_and_no_cell_is_lost(browser: Browser, saved: Path, tmp_path: Path) -> None:
    text, boxes = printed(browser, saved, tmp_path / "report.pdf")
    assert len(boxes) > 1000
    assert_inside_margins(boxes)
    paper = plain(text)
    html = saved.read_text(encoding="utf-8").split("<main>")[1]
    html = re.sub(r'srcdoc="[^"]*"', "", html)
    cells = [plain(unescape(re.sub(r"<[^>]+>", "", cell))) for cell in re.findall(r"<t[dh]\b.*?</t[dh]>", html, re.S)]
    assert len(cells) > 1000
    assert [cell for cell in cells if cell not in paper] == []


@pytest.mark.chromium
def test_hostile_texts_show_as_typed(
    show: Callable[..., Page],
    net: cr.Network,
    tmp_path: Path,
) -> None:
    hostile = hostile_network(net)
    hostile.tables["sources"] = net.tables["sources"].assign(title=HOSTILE + net.tables["sources"]["title"])
    hostile.tables["events"] = net.tables["events"].assign(cause=HOSTILE + net.tables["events"]["cause"])
    world = cr.Scenario(HOSTILE).close("khunjerab_sost", "2026-01-01", "2026-12-31", reason=HOSTILE)
    routes = hostile.routes("almaty", "karachi", **ASK, scenario=world)
    routes.report(tmp_path / "hostile.html")
    page = show(tmp_path / "hostile.html", drawn=False)
    page.frame_locator("iframe").locator(".cr-title").wait_for()
    assert page.title() == f"{HOSTILE} Almaty to {HOSTILE} Karachi: {len(routes)} alternatives"
    said = page.locator("main").text_content() or ""
    assert f'in the scenario "{HOSTILE}"' in said
    assert f"({HOSTILE}Pakistan-Afghanistan clashes of 11-12 October 2025)" in said
    assert f"({HOSTILE})" in said
    assert f"{HOSTILE}CPMM" in (page.locator("[aria-label=Sources]").text_content() or "")
    assert page.locator("b", has_text=re.compile("^bold$")).count() == 0
    framed = page.frame_locator("iframe")
    assert HOSTILE in (framed.locator(".cr-title").text_content() or "")
    framed.locator("path.cr-closed").first.dispatch_event("mouseover", {"bubbles": True})
    assert HOSTILE in (framed.locator(".leaflet-tooltip").first.text_content() or "")
    assert framed.locator("b", has_text=re.compile("^bold$")).count() == 0


def test_two_reports_are_the_same_but_for_element_ids(routes: cr.Routes, saved: Path, tmp_path: Path) -> None:
    def numbered(page: str) -> str:
        order: dict[str, str] = {}
        return re.sub(r"[0-9a-f]{32}", lambda m: order.setdefault(m[0], f"id{len(order)}"), page)

    routes.report(tmp_path / "again.html")
    again = (tmp_path / "again.html").read_text(encoding="utf-8")
    assert numbered(again) == numbered(saved.read_text(encoding="utf-8"))
    assert len(again.encode()) < 1_500_000


def test_one_route_and_no_rejected_corridor(net: cr.Network, tmp_path: Path) -> None:
    net.routes("Almaty", "Bishkek", depart="2026-04-15", k=1, modes=["road"], avoid=["UZ"]).report(tmp_path / "r.html")
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "The only route found is A" in text
    assert re.search(r"avoid</th><td>UZ", text)
    assert re.search(r"modes</th><td>road<", text)


def test_all_pictures_are_there_without_matplotlib_and_folium(tmp_path: Path) -> None:
    code = f"""
import sys
sys.modules["matplotlib"] = sys.modules["folium"] = None
import corridors as cr
cr.load().routes("Almaty", "Bishkek", depart="2026-04-15", k=1).report({str(tmp_path / "r.html")!r})
"""
    subprocess.run([sys.executable, "-c", code], check=True)
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert len(re.findall(r'<svg [^>]*role="img"', text)) == 4
    assert text.count("corridorMap(L.map(") == 1
    assert text.count("<table") >= 5


def test_command_writes_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask = [
        "route",
        "Almaty",
        "Bishkek",
        "--depart",
        "2026-04-15",
        "-k",
        "1",
        "--out",
        str(tmp_path),
        "--report",
        str(tmp_path / "out.html"),
    ]
    assert main(ask) == 0
    assert "out.html" in capsys.readouterr().out
    assert "<h2>Disclaimer</h2>" in (tmp_path / "out.html").read_text(encoding="utf-8")

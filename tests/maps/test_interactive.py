"""Maps as a user opens them: one file, headless Chromium, no network."""

import base64
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import folium
import folium.plugins
import pytest
from PIL import Image
from playwright.sync_api import Page

import corridors as cr
from corridors.data.schema import data_folder
from corridors.maps.interactive import CorridorMap
from corridors.maps.layers import colour
from corridors.maps.offline import as_script
from corridors.maps.page_assets import MissingAsset
from tests.pages import ASK, CARDS, HOSTILE, OVERLAPS, hostile_network

# a point of each route's line where a click meets the line and nothing else
POINTS = """() => [...document.querySelectorAll('path.cr-route')].map(path => {
  const at = path.getScreenCTM(), long = path.getTotalLength();
  for (let k = 1; k < 60; k++) {
    const p = path.getPointAtLength(long * k / 60), x = p.x * at.a + at.e, y = p.y * at.d + at.f;
    const hit = document.elementFromPoint(x, y);
    if (hit && (hit === path || hit.classList.contains('cr-casing'))) return [path.getAttribute('stroke'), x, y];
  }
  return [path.getAttribute('stroke'), null, null];
})"""


@pytest.fixture(scope="module")
def saved(routes: cr.Routes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("map") / "map.html"
    routes.explore().save(str(path))
    return path


def test_one_file_under_a_megabyte_without_references(saved: Path) -> None:
    text = saved.read_text(encoding="utf-8")
    assert len(text.encode()) < 1_000_000
    assert not re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="https?:', text)
    assert "openstreetmap.org" not in text
    assert "do not imply endorsement" in text


def test_two_renders_are_the_same_but_for_element_ids(routes: cr.Routes) -> None:
    def numbered(page: str) -> str:
        order: dict[str, str] = {}
        return re.sub(r"[0-9a-f]{32}", lambda m: order.setdefault(m[0], f"id{len(order)}"), page)

    assert numbered(routes.explore().html()) == numbered(routes.explore().html())


@pytest.mark.chromium
@pytest.mark.parametrize(("width", "height"), [(360, 640), (900, 700), (1400, 900)])
def test_drawn_at_every_width(show: Callable[..., Page], saved: Path, width: int, height: int) -> None:
    page = show(saved, width, height)
    assert page.locator("path.cr-route").count() >= 4
    count, overlapping = page.evaluate(OVERLAPS)
    assert count > 10
    assert overlapping == []
    for card in (".cr-title", ".cr-legend", ".cr-tree", ".leaflet-control-attribution"):
        box = page.locator(card).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height
    assert page.evaluate(CARDS) == []
    assert page.evaluate("+document.querySelector('.cr-map').dataset.crDrawn") < 2000
    assert page.evaluate("document.querySelectorAll('*').length") < 1500
    names = page.evaluate("[...document.querySelectorAll('.cr-label.end')].map(e => [e.textContent, e.style.display])")
    assert sorted(names) == [["Almaty", ""], ["Karachi", ""]]
    for i in range(page.locator(".cr-badge").count()):
        assert page.locator(".cr-badge").nth(i).text_content() in "ABCD"


@pytest.mark.chromium
def test_legend_says_what_the_table_says(show: Callable[..., Page], saved: Path, routes: cr.Routes) -> None:
    page = show(saved)
    if not page.locator(".cr-closures").evaluate("fold => fold.open"):
        page.locator(".cr-closures > summary").click()
    legend = page.locator(".cr-legend").inner_text()
    for row in routes.table.itertuples():
        assert row.name in legend
        assert f"{row.km:,.0f}" in legend
    assert "Not possible on this date" in legend
    assert "Torkham" in legend
    assert "2025-10-12" in legend


@pytest.mark.chromium
def test_each_route_opens_its_leg_table(show: Callable[..., Page], saved: Path, routes: cr.Routes) -> None:
    page = show(saved)
    for i, label in enumerate(routes.table["label"]):
        page.locator(".cr-onmap .cr-badge").filter(has_text=label).first.dispatch_event("click", {"bubbles": True})
        popup = page.locator(".leaflet-popup-content").last
        popup.wait_for()
        text = popup.inner_text()
        assert routes.table["name"].iloc[i] in text
        assert f"{routes.table['km'].iloc[i]:,.0f}" in text
        assert page.locator(".leaflet-popup-content").last.locator("tbody tr").count() == len(routes[i].legs) + 1
        page.keyboard.press("Escape")
    page.locator("path.cr-route").first.dispatch_event("click", {"bubbles": True})
    assert "Sources:" in page.locator(".leaflet-popup-content").last.inner_text()


@pytest.mark.chromium
def test_a_click_on_the_line_of_any_route_opens_its_popup(show: Callable[..., Page], saved: Path) -> None:
    page = show(saved)
    points = page.evaluate(POINTS)
    for ink in {stroke for stroke, _, _ in points}:
        x, y = next((x, y) for stroke, x, y in points if stroke == ink and x is not None)
        page.mouse.click(x, y)
        popup = page.locator(".leaflet-popup-content")
        popup.wait_for()
        assert popup.locator("tr.total").count() == 1
        assert popup.locator("tr.stop").count() >= 2
        page.wait_for_function("!document.querySelector('.leaflet-pan-anim')")  # a moving button is not hit
        page.locator(".leaflet-popup-close-button").click()
        popup.wait_for(state="detached")
        page.reload()
        page.wait_for_selector(".cr-title")


@pytest.mark.chromium
def test_a_map_in_a_hidden_tab_is_drawn_when_it_appears(show: Callable[..., Page], saved: Path, tmp_path: Path) -> None:
    text = saved.read_text(encoding="utf-8")
    hidden = tmp_path / "hidden.html"
    hidden.write_text(text.replace("<body>", '<body style="display:none">'), encoding="utf-8")
    page = show(hidden, drawn=False)
    assert page.locator("path.cr-route").count() == 0
    page.evaluate("document.body.style.display = ''")
    page.wait_for_selector("path.cr-route", state="attached")
    assert page.evaluate(OVERLAPS)[1] == []


@pytest.mark.chromium
def test_planned_lines_are_dashed_and_named(show: Callable[..., Page], net: cr.Network, tmp_path: Path) -> None:
    built = cr.Scenario("Trans-Afghan rail built").build("trans_afghan_kharlachi")
    ask = {"depart": "2025-09-15", "as_of": "2025-09-15", "modes": ["rail"], "k": 2, "scenario": built}
    net.routes("Almaty", "Karachi", **ask).explore().save(tmp_path / "planned.html")
    page = show(tmp_path / "planned.html")
    dashes = page.evaluate("""[...document.querySelectorAll('path.cr-route')].map(p =>
        [p.getAttribute('stroke-opacity'), p.getAttribute('stroke-dasharray')])""")
    assert ["0.5", "9 6"] in dashes
    assert "Planned" in page.locator(".cr-legend").inner_text()
    assert "scenario: Trans-Afghan rail built" in page.locator(".cr-title").inner_text()


@pytest.mark.chromium
def test_layer_tree_hides_a_route(show: Callable[..., Page], saved: Path) -> None:
    page = show(saved)
    before = page.locator("path.cr-route").count()
    page.evaluate("document.querySelector('.cr-tree input').click()")
    assert page.locator("path.cr-route").count() < before
    page.evaluate("document.querySelector('.cr-tree input').click()")
    assert page.locator("path.cr-route").count() == before


@pytest.mark.chromium
def test_hostile_names_show_as_typed(show: Callable[..., Page], net: cr.Network, tmp_path: Path) -> None:
    routes = hostile_network(net).routes("almaty", "karachi", **ASK)
    routes.explore().save(str(tmp_path / "hostile.html"))
    page = show(tmp_path / "hostile.html")
    assert page.locator(".cr-title h1").text_content() == (
        f"{HOSTILE} Almaty to {HOSTILE} Karachi: {len(routes)} alternatives"
    )
    labels = page.evaluate("[...document.querySelectorAll('.cr-label')].map(e => e.textContent)")
    assert f"{HOSTILE} Khunjerab" in labels
    assert any(f"{HOSTILE} Khunjerab" in text for text in page.locator(".cr-legend td").all_text_contents())
    page.locator(".cr-node[aria-label*='Khunjerab']").first.dispatch_event("click", {"bubbles": True})
    assert page.locator(".leaflet-popup-content b").last.text_content() == f"{HOSTILE} Khunjerab"
    assert page.locator("b", has_text=re.compile("^bold$")).count() == 0
    assert page.title() == f"{HOSTILE} Almaty to {HOSTILE} Karachi: {len(routes)} alternatives"
    tree = page.locator(".cr-tree label").all_text_contents()
    assert any(f"{HOSTILE} Khunjerab" in text for text in tree)
    page.locator(".cr-onmap[aria-label*='Torugart and']").first.dispatch_event("click", {"bubbles": True})
    assert f"{HOSTILE} Kashgar" in (page.locator(".leaflet-popup-content").last.text_content() or "")
    assert "{{7*7}}" not in routes._repr_html_() or "&lt;b&gt;bold" in routes._repr_html_()


@pytest.mark.chromium
def test_slider_greys_what_is_closed_in_a_month(show: Callable[..., Page], net: cr.Network, tmp_path: Path) -> None:
    routes = net.routes("Kashgar", "Islamabad", depart="2023-05-15", as_of="2023-06-01", k=1)
    assert routes.table["name"].iloc[0] == "CN-PK, by Khunjerab"
    routes.explore().save(tmp_path / "map.html")
    page = show(tmp_path / "map.html")
    strip = page.locator(".cr-legend .cr-strip").first.get_attribute("aria-label")
    # April: five public holidays on end in Pakistan, 21 to 25
    assert strip == "2023: open May, Jun, Jul, Aug, Sep, Oct, Nov; partly Apr; closed Jan, Feb, Mar, Dec"
    slider = page.locator(".cr-months input")
    for month, closed in ((0, False), (2, True), (6, False), (12, True)):
        slider.evaluate("(s, month) => { s.value = month; s.dispatchEvent(new Event('input')); }", month)
        assert (page.locator("path.cr-route.cr-out").count() > 0) is closed
        assert ("Closed: A (Khunjerab" in page.locator(".cr-legend").inner_text()) is closed
        cross = page.locator(".cr-node[aria-label*='Khunjerab'] svg").inner_html()
        assert ("#a40000" in cross) is closed


@pytest.mark.chromium
def test_a_row_of_the_legend_makes_its_route_stand_out(show: Callable[..., Page], saved: Path) -> None:
    page = show(saved)
    look = """label => [...document.querySelectorAll('path.cr-route')].map(p =>
        [p.getAttribute('stroke'), getComputedStyle(p).opacity])"""
    page.locator(".cr-pick", has_text="D").click()
    looks = set(map(tuple, page.evaluate(look)))
    assert {of for of, opacity in looks if opacity == "1"} == {colour("D")}
    assert {opacity for of, opacity in looks if of != colour("D")} == {"0.25"}
    assert page.locator(".cr-pick[aria-pressed=true]").text_content() == "D"
    page.locator(".cr-pick", has_text="D").click()
    assert {opacity for _, opacity in page.evaluate(look)} == {"1"}


@pytest.mark.chromium
def test_corridors_that_fail_are_dotted_with_the_dates(show: Callable[..., Page], saved: Path) -> None:
    page = show(saved)
    closed = page.locator("path.cr-closed")
    assert closed.count() >= 1
    assert closed.first.get_attribute("stroke-dasharray") == "2 7"
    said = []
    for i in range(closed.count()):
        closed.nth(i).dispatch_event("mouseover", {"bubbles": True})
        said.append(page.locator(".leaflet-tooltip").first.inner_text())
        closed.nth(i).dispatch_event("mouseout", {"bubbles": True})
    assert any("closed since 2025-10-12" in one for one in said)
    for gate in ("Chaman-Spin Boldak", "Torkham"):  # one cause closes both
        assert page.locator(f".cr-node[aria-label='Crossing closed by an event: {gate}']").count() == 1


@pytest.mark.chromium
def test_two_questions_on_one_map_share_legend_and_layers(
    show: Callable[..., Page], routes: cr.Routes, net: cr.Network, tmp_path: Path
) -> None:
    m = routes.explore()
    later = net.routes("Almaty", "Karachi", **ASK | {"depart": "2026-08-15", "k": 2})
    assert routes[0].explore(later.explore(m)) is m
    m.save(tmp_path / "both.html")
    page = show(tmp_path / "both.html")
    for card in (".cr-title", ".cr-legend", ".cr-tree"):
        assert page.locator(card).count() == 1
    badges = page.locator(".cr-legend .cr-badge").all_text_contents()
    assert badges == [chr(ord("A") + i) for i in range(len(routes) + len(later))]
    assert page.locator(".cr-legend td.cr-group").count() == 2
    assert "leaving 2026-08-15" in page.locator(".cr-legend").inner_text()
    assert page.evaluate(OVERLAPS)[1] == []


# share of each route's drawn line that lies on the line of another one
ON_ANOTHER = """() => {
  const lines = {};
  document.querySelectorAll('path.cr-route').forEach(path => {
    const key = path.getAttribute('stroke') + path.getAttribute('stroke-width'), long = path.getTotalLength();
    for (let at = 0; at < long; at += 4) (lines[key] = lines[key] || []).push(path.getPointAtLength(at));
  });
  return Object.keys(lines).map(a => lines[a].filter(p => Object.keys(lines).some(b => b !== a &&
    lines[b].some(q => Math.hypot(p.x - q.x, p.y - q.y) < 4))).length / lines[a].length);
}"""


@pytest.mark.chromium
def test_road_and_railway_in_one_valley_run_side_by_side(
    show: Callable[..., Page], net: cr.Network, tmp_path: Path
) -> None:
    routes = net.routes("Almaty", "Karachi", depart="2025-09-15", as_of="2025-09-15", k=2, modes=["rail"])
    m = net.routes("Almaty", "Karachi", depart="2025-09-15", as_of="2025-09-15", k=1, modes=["road"]).explore()
    routes.explore(m).save(tmp_path / "both.html")
    page = show(tmp_path / "both.html")
    shares = page.evaluate(ON_ANOTHER)
    assert len(shares) >= 2
    assert max(shares) < 0.12  # they meet at the ends and cross here and there


def test_script_text_has_nothing_to_run() -> None:
    text = as_script({"a": [HOSTILE, {"b": {"c": {}}}]})
    assert not re.search(r"\{\{|\{%|\{#|\}\}|\$|`|<", text)


@pytest.mark.chromium
def test_composes_with_geopandas_and_with_a_given_map(
    show: Callable[..., Page], routes: cr.Routes, net: cr.Network, tmp_path: Path
) -> None:
    m = routes.explore()
    assert isinstance(m, folium.Map)
    places = net.places
    ports = places[places["kind"] == "seaport"][["name", "country", "geometry"]]
    ports.explore(m=m, color="#118811", popup=True)
    folium.Marker((35, 65), popup="Here", tooltip="There").add_to(m)
    m.save(str(tmp_path / "both.html"))
    page = show(tmp_path / "both.html")
    assert page.locator("path.cr-route").count() >= 4
    assert page.locator("path[stroke='#118811']").count() == len(ports)
    page.locator("path[stroke='#118811']").first.dispatch_event("click", {"bubbles": True})
    assert ports["name"].iloc[0] in page.locator(".leaflet-popup-content").inner_text()
    page.locator("img.leaflet-marker-icon").dispatch_event("click", {"bubbles": True})
    assert page.locator(".leaflet-popup-content").last.inner_text() == "Here"
    assert routes[0].explore(m) is m


def test_what_needs_the_internet_is_an_error_not_a_blank_page(routes: cr.Routes, tmp_path: Path) -> None:
    m = routes.explore()
    folium.TileLayer("https://tiles.example.org/{z}/{x}/{y}.png", attr="x").add_to(m)
    with pytest.raises(MissingAsset, match=r"tiles\.example\.org"):
        m.save(str(tmp_path / "tiles.html"))
    online = routes.explore(online=True)
    assert isinstance(online, CorridorMap)
    folium.TileLayer("https://tiles.example.org/{z}/{x}/{y}.png", attr="x").add_to(online)
    online.save(str(tmp_path / "tiles.html"))
    assert "tiles.example.org" in (tmp_path / "tiles.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("layer", "needs"),
    [
        (lambda: folium.Marker((40, 60), icon=folium.Icon()), "folium.Icon"),
        (lambda: folium.plugins.Fullscreen(), "fullscreen"),
        (lambda: folium.WmsTileLayer("https://wms.example.org", "x"), "wms.example.org"),
    ],
)
def test_any_asset_that_is_not_here_is_named(
    routes: cr.Routes, tmp_path: Path, layer: Callable[[], folium.Element], needs: str
) -> None:
    m = routes.explore()
    layer().add_to(m)
    with pytest.raises(MissingAsset, match=needs) as error:
        m.save(tmp_path / "map.html")
    assert "online=True" in str(error.value)
    assert not (tmp_path / "map.html").exists()


def test_tiles_are_the_callers_choice_and_never_openstreetmaps_own(routes: cr.Routes) -> None:
    with pytest.raises(MissingAsset, match="online=True"):
        routes.explore(tiles="https://tiles.example.org/{z}/{x}/{y}.png", attr="x")
    with pytest.raises(cr.BadRequest, match="tile server"):
        routes.explore(online=True, tiles="OpenStreetMap")
    online = routes.explore(online=True, tiles="https://tiles.example.org/{z}/{x}/{y}.png", attr="x")
    assert "tiles.example.org" in online.html()


def test_a_given_map_keeps_its_background_and_folium_its_links(routes: cr.Routes) -> None:
    links = list(folium.Map.default_js), list(folium.Map.default_css)
    m = folium.Map(tiles=None)
    assert routes.explore(m) is m
    page = m.get_root().render()
    assert "cdn.jsdelivr.net/npm/leaflet" in page
    assert '"base":null' in page
    routes.explore().html()
    assert (list(folium.Map.default_js), list(folium.Map.default_css)) == links


def test_no_boundary_in_kashmir_is_drawn_as_settled() -> None:
    base = json.loads((data_folder() / "basemap" / "base.json").read_text(encoding="utf-8"))
    for line in base["borders"]["plain"]:
        for lat, lon in zip(line[::2], line[1::2], strict=True):
            assert not (32.6 < lat < 36.7 and 74.8 < lon < 80.2), (lat, lon)


@pytest.mark.chromium
def test_network_map(show: Callable[..., Page], net: cr.Network, tmp_path: Path) -> None:
    net.explore().save(str(tmp_path / "net.html"))
    page = show(tmp_path / "net.html")
    assert page.locator(".cr-node").count() > 80
    assert page.evaluate(OVERLAPS)[1] == []
    signs = {
        label: page.locator(f".cr-node[aria-label='{label}'] svg").first.inner_html()
        for label in (
            "Border crossing: Irkeshtam",
            "Planned crossing: Badini",
            "Suspended crossing: Kegen-Karkyra",
            "Crossing closed by an event: Torkham",
            "Break of gauge: Dostyk-Alashankou",
        )
    }
    assert len(set(signs.values())) == 5
    legend = page.locator(".cr-legend").inner_text()
    for words in ("Planned crossing", "Suspended crossing", "Crossing closed by an event", "Break of gauge"):
        assert words in legend


def test_notebook_cell_is_a_frame_over_a_picture_under_a_megabyte(
    routes: cr.Routes, net: cr.Network, tmp_path: Path
) -> None:
    for m in (routes.explore(), net.explore()):
        cell = m._repr_html_()
        assert "height:520px" in cell
        assert len(cell.encode()) < 1_000_000
        (code,) = re.findall(r'<img src="data:image/webp;base64,([^"]+)"', cell)
        picture = base64.b64decode(code)
        assert len(picture) < 120_000
        with Image.open(io.BytesIO(picture)) as image:
            assert image.width == 1000
            assert len(image.convert("RGB").getcolors(10**6) or []) > 100
        assert re.search(r'alt="(Almaty to Karachi|Network)', cell)


@pytest.mark.chromium
def test_notebook_cell_shows_the_picture_where_frames_are_taken_out(
    show: Callable[..., Page], routes: cr.Routes, tmp_path: Path
) -> None:
    cell = f"<!doctype html><meta charset=utf-8><body>{routes.explore()._repr_html_()}"
    (tmp_path / "trusted.html").write_text(cell, encoding="utf-8")
    (tmp_path / "bare.html").write_text(re.sub(r"<iframe.*?</iframe>", "", cell, flags=re.S), encoding="utf-8")
    page = show(tmp_path / "trusted.html", 1000, 600, drawn=False)
    frame = page.frame_locator("iframe")
    frame.locator(".cr-title").wait_for()
    assert frame.locator("path.cr-route").count() >= 4
    at = "[...document.elementsFromPoint(500, 300)].map(e => e.tagName)"
    assert page.evaluate(at)[0] == "IFRAME"
    bare = show(tmp_path / "bare.html", 1000, 600, drawn=False)
    assert bare.evaluate(at)[0] == "IMG"
    assert bare.evaluate("document.querySelector('img').naturalWidth") == 1000


def test_notebook_cell_without_matplotlib_is_the_frame_alone() -> None:
    code = """
import sys
sys.modules["matplotlib"] = None
import corridors as cr
cell = cr.load().explore()._repr_html_()
print("<iframe" in cell, "<img" in cell)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["True", "False"]


@pytest.mark.chromium
@pytest.mark.usefixtures("browser")
def test_to_png_photographs_the_map(routes: cr.Routes, tmp_path: Path) -> None:
    m = routes.explore()
    assert isinstance(m, CorridorMap)
    m.to_png(tmp_path / "map.png", width=900, height=600, scale=1)
    with Image.open(tmp_path / "map.png") as image:
        assert image.size == (900, 600)
        found = {colour for _, colour in image.convert("RGB").getcolors(10**6) or []}
    assert {(0x33, 0x22, 0x88), (0xD5, 0x5E, 0x00), (0x00, 0x7C, 0x7C)} <= found


def test_to_png_without_chromium_names_the_other_way(
    routes: cr.Routes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    m = routes.explore()
    assert isinstance(m, CorridorMap)
    with pytest.raises(cr.CorridorsError, match=r"plot\(\)"):
        m.to_png(tmp_path / "map.png")
    assert not (tmp_path / "map.png").exists()


@pytest.mark.chromium
def test_no_card_lies_on_a_line_round_africa(show: Callable[..., Page], net: cr.Network, tmp_path: Path) -> None:
    routes = net.routes("Shanghai", "Poti", depart="2026-05-15")
    assert routes.table["name"].str.contains("Cape of Good Hope").any()
    routes.explore().save(tmp_path / "cape.html")
    page = show(tmp_path / "cape.html", 965, 640)
    points, hidden = page.evaluate(
        """() => {
          const shown = [...document.querySelectorAll(".cr-title, .cr-legend, .cr-tree")];
          const cards = shown.map(c => c.getBoundingClientRect());
          let points = 0, hidden = 0;
          document.querySelectorAll("path.cr-route").forEach(line => {
            const far = line.getTotalLength(), to = line.getScreenCTM();
            for (let at = 0; at < far; at += 10) {
              const p = line.getPointAtLength(at).matrixTransform(to);
              points++;
              hidden += cards.some(c => p.x > c.left && p.x < c.right && p.y > c.top && p.y < c.bottom);
            }
          });
          return [points, hidden];
        }"""
    )
    assert points > 100
    assert hidden < 0.02 * points

"""Maps of results, from frames with the columns of `criticality` and `catchment`."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Circle
from playwright.sync_api import Page

import corridors as cr
from corridors.maps.interactive import explore_catchment, explore_criticality
from corridors.maps.layers import COLOURS
from corridors.maps.stills import plot_catchment, plot_criticality
from tests.pages import CARDS, HOSTILE, OVERLAPS, outside, overlapping

mpl.use("agg")


def loss(element: str, name: str, hours: float, cut: bool = False) -> dict[str, Any]:
    return {
        "element": element,
        "name": name,
        "size": element.count(";") + 1,
        "pairs": "Almaty - Karachi",
        "pairs_affected": 1,
        "pairs_cut_off": int(cut),
        "flow_cut_off": float(cut),
        "extra_hours": hours,
        "extra_usd": 100 * hours,
        "cut_off": cut,
        "note": "No route from Almaty" if cut else "",
    }


@pytest.fixture(scope="module")
def critical() -> pd.DataFrame:
    return pd.DataFrame(
        [
            loss("torkham", "Torkham", np.nan, cut=True),
            loss("chaman_spinboldak", "Chaman", 90.0),
            loss("torugart", "Torugart", 10.0),
            loss("khunjerab_sost", "Khunjerab", -0.5),
            loss("torkham;torugart", "Torkham and Torugart", 99.0, cut=True),
        ]
    )


@pytest.fixture(scope="module")
def catch() -> gpd.GeoDataFrame:
    rows = [
        ("Almaty", "KZ", "Karachi", 8000.0, "Chabahar port", 8100.0, True, 43.2, 76.9),
        ("Tashkent", "UZ", "Chabahar port", 7000.0, "Karachi", 9000.0, False, 41.3, 69.2),
        ("Multan", "PK", "Karachi", 900.0, "", np.nan, False, 30.2, 71.5),
        ("Kabul", "AF", "", np.nan, "", np.nan, False, 34.5, 69.2),
    ]
    frame = pd.DataFrame(
        [row[:7] for row in rows],
        columns=["name", "country", "port", "usd", "second_port", "second_usd", "contested"],
    )
    frame["note"] = np.where(frame["port"] == "", "All routes are cut", "")
    return gpd.GeoDataFrame(
        frame, geometry=gpd.points_from_xy([row[8] for row in rows], [row[7] for row in rows]), crs="EPSG:4326"
    )


def circles(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate("""[...document.querySelectorAll('path.cr-circle')].map(p =>
        ({r: p.getBBox().width / 2, fill: p.getAttribute('fill'), edge: p.getAttribute('stroke')}))""")
    return found


@pytest.mark.chromium
def test_circles_grow_with_the_hours_and_what_cuts_off_is_hatched(
    show: Callable[..., Page],
    net: cr.Network,
    critical: pd.DataFrame,
    tmp_path: Path,
) -> None:
    explore_criticality(critical, net).save(tmp_path / "map.html")
    page = show(tmp_path / "map.html")
    found = circles(page)
    assert len(found) == 4
    (cut,) = [one for one in found if one["fill"] == "url(#cr-hatch)"]
    shaded = sorted((one for one in found if one is not cut), key=lambda one: -one["r"])
    assert shaded[0]["r"] > 1.5 * shaded[1]["r"]
    assert shaded[1]["r"] > shaded[2]["r"]
    assert shaded[0]["fill"] == "#b2182b"
    assert page.locator("#cr-hatch").count() == 1
    assert "1 other rows of the table not shown" in page.locator(".cr-title").inner_text()
    assert "+90 h" in page.locator(".cr-legend").inner_text()
    assert page.evaluate(OVERLAPS)[1] == []
    assert page.evaluate(CARDS) == []
    page.locator("path.cr-circle[fill='#b2182b']").dispatch_event("click", {"bubbles": True})
    popup = page.locator(".leaflet-popup-content")
    popup.wait_for()
    assert "Without it: +90 h, US$ +9,000" in popup.inner_text()
    assert "Almaty - Karachi" in popup.inner_text()


@pytest.mark.chromium
def test_cities_take_the_colour_of_their_port(
    show: Callable[..., Page],
    net: cr.Network,
    catch: gpd.GeoDataFrame,
    tmp_path: Path,
) -> None:
    explore_catchment(catch, net).save(tmp_path / "map.html")
    page = show(tmp_path / "map.html")
    looks = [(one["fill"], one["edge"]) for one in circles(page)]
    karachi, chabahar = COLOURS[:2]
    assert sorted(looks) == sorted(
        [("#ffffff", karachi), (chabahar, "#ffffff"), (karachi, "#ffffff"), ("#ffffff", "#8a8a8a")]
    )
    legend = page.locator(".cr-legend").inner_text()
    assert all(text in legend for text in ("Karachi", "Chabahar port", "contested", "reaches no port"))
    assert page.evaluate(CARDS) == []
    page.locator("path.cr-circle[stroke='#8a8a8a']").dispatch_event("click", {"bubbles": True})
    assert "Reaches no port: All routes are cut" in page.locator(".leaflet-popup-content").inner_text()
    assert sorted(
        filter(None, page.evaluate("[...document.querySelectorAll('.cr-label.end')].map(e => e.textContent)"))
    ) == ["Chabahar port", "Karachi"]


COVERED = """() => {
  const dots = [...document.querySelectorAll('path.cr-circle')].map(e => e.getBoundingClientRect());
  return [...document.querySelectorAll('.cr-label')].filter(e => e.style.display !== 'none').filter(e => {
    const r = e.getBoundingClientRect();
    return dots.some(q => r.left < q.right - 2 && q.left < r.right - 2 && r.top < q.bottom - 2 && q.top < r.bottom - 2);
  }).map(e => e.textContent);
}"""


@pytest.mark.chromium
def test_no_label_stands_on_a_circle(
    show: Callable[..., Page],
    net: cr.Network,
    tmp_path: Path,
) -> None:
    cities = net.tables["places"].query("kind == 'city'").iloc[::4]
    frame = gpd.GeoDataFrame(
        {
            "name": cities["name"],
            "country": cities["country"],
            "port": "Karachi",
            "usd": 1.0,
            "second_port": "",
            "second_usd": np.nan,
            "contested": False,
        },
        geometry=gpd.points_from_xy(cities["lon"], cities["lat"]),
        crs="EPSG:4326",
    )
    explore_catchment(frame, net).save(tmp_path / "map.html")
    page = show(tmp_path / "map.html")
    assert len(circles(page)) > 150
    assert page.evaluate(OVERLAPS)[0] > 5
    assert page.evaluate(COVERED) == []


def drawn(ax: Any) -> list[Circle]:
    inside = [patch for patch in ax.patches if isinstance(patch, Circle) and patch.center[1] > 0]
    return sorted(inside, key=lambda patch: -patch.radius)


def test_still_maps_show_the_same_circles(net: cr.Network, critical: pd.DataFrame, catch: gpd.GeoDataFrame) -> None:
    ax = plot_criticality(critical, net)
    found = drawn(ax)
    assert [patch.get_hatch() is not None for patch in found].count(True) == 1
    assert len(found) == 4
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []
    ax = plot_catchment(catch, net)
    assert len(drawn(ax)) == 4
    assert set(catch["name"]) <= {text.get_text() for text in ax.texts}
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []


def test_circles_join_a_map_that_is_there(net: cr.Network, catch: gpd.GeoDataFrame, critical: pd.DataFrame) -> None:
    own = folium.Map(tiles=None)
    assert explore_catchment(catch, net, own) is own
    m = explore_criticality(critical, net)
    assert explore_catchment(catch, net, m) is m
    text = m.html()
    assert "Without it" in text
    assert "Reaches no port" in text


@pytest.mark.chromium
def test_hostile_texts_show_as_typed(
    show: Callable[..., Page],
    net: cr.Network,
    catch: gpd.GeoDataFrame,
    critical: pd.DataFrame,
    tmp_path: Path,
) -> None:
    odd = critical.assign(name=HOSTILE + critical["name"], pairs=HOSTILE, note=HOSTILE)
    m = explore_criticality(odd, net)
    explore_catchment(catch.assign(name=HOSTILE, port=HOSTILE, second_port=HOSTILE, note=HOSTILE), net, m)
    m.save(tmp_path / "map.html")
    page = show(tmp_path / "map.html")
    for i in (0, page.locator("path.cr-circle").count() - 1):
        page.locator("path.cr-circle").nth(i).dispatch_event("click", {"bubbles": True})
        page.wait_for_timeout(100)
        assert HOSTILE in (page.locator(".leaflet-popup-content").last.text_content() or "")
    assert HOSTILE in (page.locator(".cr-legend").text_content() or "")
    assert page.locator("b", has_text=re.compile("^bold$")).count() == 0


def test_frames_that_cannot_be_drawn(net: cr.Network, critical: pd.DataFrame, catch: gpd.GeoDataFrame) -> None:
    with pytest.raises(cr.BadRequest, match="no single crossing"):
        explore_criticality(critical.assign(element="AF-PK"), net)
    with pytest.raises(cr.BadRequest, match="several rows for one crossing"):
        explore_criticality(pd.concat([critical, critical]), net)
    with pytest.raises(cr.BadRequest, match="lacks the column cut_off"):
        explore_criticality(critical.drop(columns="cut_off"), net)
    with pytest.raises(cr.BadRequest, match="lacks the column port"):
        explore_catchment(catch.drop(columns="port"), net)

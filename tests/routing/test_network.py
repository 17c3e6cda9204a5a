"""Places, tables, loading and exchange."""

import shutil
import subprocess
import sys
from pathlib import Path

import networkx as nx
import osmnx
import pandas as pd
import pytest
from pyproj import Geod

import corridors as cr
from corridors.data.schema import data_folder

GEOD = Geod(ellps="WGS84")


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Almaty", "almaty"),
        ("almaty", "almaty"),
        ("Aqtau", "aktau"),
        ("Qandahar", "kandahar"),
        ("Torghondi", "torghundi"),
        ("Port Muhammad Bin Qasim", "port_qasim"),
        ("Khorgos", "khorgos_cn"),
        ("Mazar-i-Sharif", "mazar"),
        ("mazar i sharif", "mazar"),
        ("Kashi", "kashgar"),
    ],
)
def test_place_by_name_alias_or_spelling(net: cr.Network, name: str, place: str) -> None:
    assert net.place_id(name) == place
    assert place in set(net.find(name)["place_id"])


def test_two_places_of_one_name_are_asked_about(net: cr.Network) -> None:
    assert net.place_id("hyderabad_pk") == "hyderabad_pk"
    assert net.place_id("Hyderabad") == "hyderabad_pk"
    assert len(net.find("Jalalabad")) >= 2


def test_every_leg_is_at_least_its_great_circle(net: cr.Network) -> None:
    at = net.places.set_index("place_id")[["lon", "lat"]]
    legs = net.legs
    a, b = at.loc[legs["from_place"]], at.loc[legs["to_place"]]
    direct = GEOD.inv(a["lon"].to_numpy(), a["lat"].to_numpy(), b["lon"].to_numpy(), b["lat"].to_numpy())[2] / 1000
    short = legs[legs["km"] < 0.995 * direct]
    assert short.empty, short[["leg_id", "km"]]


def test_every_named_corridor_has_legs_that_exist_and_join(net: cr.Network) -> None:
    corridors = net.corridors
    wanted = {
        "trans_caspian",
        "trans_afghan_kharlachi",
        "trans_afghan_torkham",
        "moscow_gwadar",
        "ktap",
        "qtta_road",
        "qtta_irkeshtam",
        "instc_east",
        "sarakhs_bandar_abbas",
        "zahedan_taftan",
        "kabul_salang_termez",
        "tajik_branch",
        "lahore_almaty_air",
    }
    assert wanted <= set(corridors["corridor_id"])
    known = set(net.elements["element_id"])
    for row in corridors.itertuples():
        assert row.legs, row.corridor_id
        assert set(row.legs.split(";")) <= known, row.corridor_id


def test_tables_are_copies(net: cr.Network) -> None:
    table = net.events
    table["start"] = "1900-01-01"
    assert (net.events["start"] != "1900-01-01").all()
    with pytest.raises(AttributeError):
        net.version = "other"  # type: ignore[misc]


def test_summary_names_what_is_closed(net: cr.Network) -> None:
    html = net._repr_html_()
    assert "Torkham" in html
    assert str(net.data_date) in html


def test_own_folder_and_a_damaged_table(tmp_path: Path, net: cr.Network) -> None:
    folder = tmp_path / "data"
    shutil.copytree(data_folder(), folder, ignore=shutil.ignore_patterns("build"))
    assert len(cr.load(folder).legs) == len(net.legs)
    path = folder / "crossings.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("torkham__pk_af,torkham,", "torkham__pk_af,torkhan,"), encoding="utf-8"
    )
    with pytest.raises(cr.DataError, match=r"table crossings, row \d+, column element_id.*torkhan"):
        cr.load(folder)
    (folder / "events.csv").unlink()
    with pytest.raises(cr.DataError, match="events"):
        cr.load(folder)
    with pytest.raises(cr.DataError, match=r"datapackage\.json"):
        cr.load(tmp_path)


def test_networkx_finds_the_same_time_where_nothing_waits(net: cr.Network) -> None:
    """Independent oracle: on a day on which the best route meets no wait and no season, Dijkstra of networkx agrees."""
    ask = {"depart": "2025-06-17T03:00+00:00", "as_of": "2025-06-16"}
    graph = net.to_networkx(**ask)
    for origin, destination in [
        ("shymkent", "samarkand"),
        ("lahore", "karachi"),
        ("tehran", "bandar_abbas"),
        ("baku", "poti_port"),
    ]:
        hours = nx.single_source_dijkstra_path_length(graph, f"{origin}|door>", weight="hours")
        found = net.routes(origin, destination, k=1, **ask)
        assert found.details["longest_wait_hours"].iloc[0] == 0
        door = "door at home" if origin in ("lahore", "tehran") else ">door"
        assert found.details["hours"].iloc[0] == pytest.approx(hours[f"{destination}|{door}"], rel=1e-6)


def test_graph_is_in_osmnx_conventions(net: cr.Network) -> None:
    graph = net.to_networkx(depart="2025-06-17")
    nodes, edges = osmnx.convert.graph_to_gdfs(graph)
    assert nodes.crs == edges.crs == "EPSG:4326"
    assert {"length", "geometry", "element_id", "hours"} <= set(edges.columns)
    assert isinstance(edges.index, pd.MultiIndex)
    closed = net.to_networkx(depart="2026-01-15", as_of="2026-02-15")
    assert "torkham" not in set(nx.get_edge_attributes(closed, "element_id").values())


def test_modules_of_pictures_need_no_import_of_their_own() -> None:
    code = (
        "import sys, corridors as cr; assert 'corridors.maps' not in sys.modules; "
        "cr.maps.side_by_side, cr.report.compare_report, cr.maps.charts.tornado"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match="no attribute 'mops'"):
        _ = cr.mops

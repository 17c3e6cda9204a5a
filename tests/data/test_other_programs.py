"""Files out, through programs of others, and in again: GDAL's ogr2ogr, QGIS and LibreOffice."""

import os
import subprocess
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import shapely

import corridors as cr
from tests.conftest import installed
from tests.data.test_exchange import LEGS, PLACES
from tests.pages import ASK

pytestmark = pytest.mark.slow

ROWS = (
    "event_id,element_id,effect,start,last_confirmed,cause,as_of,quality\n"
    'slide,khunjerab_sost,close,2026-04-10,2026-06-30,"Slide, told; 1/2",2026-06-30,estimate\n'
)


@pytest.fixture(scope="module")
def own() -> cr.Network:
    return cr.Network.from_frames(PLACES, LEGS)


def ogr2ogr(*told: str | Path) -> None:
    subprocess.run([installed("ogr2ogr", "gdal-bin"), *map(str, told)], check=True, capture_output=True)


def saved_by_qgis(source: str | Path, copy: Path, **more: str) -> None:
    """A layer as QGIS saves it; of a file with several, the one of ``|layername=``."""
    # Debian's wrapper adds an option that it does not know; 176 packages are too many for each run of CI
    program = installed("qgis_process.bin", "qgis qgis-providers", in_ci=False)
    told = [f"--{key}={value}" for key, value in {"INPUT": source, "OUTPUT": copy, **more}.items()]
    quiet = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([program, "run", "native:savefeatures", *told], check=True, capture_output=True, env=quiet)


def converted(path: Path, suffix: str, folder: Path) -> Path:
    """A file as LibreOffice saves it under another suffix."""
    program = installed("soffice", "libreoffice-calc-nogui")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    told = [program, "--headless", profile, "--convert-to", suffix, "--outdir", str(folder), str(path)]
    subprocess.run(told, check=True, capture_output=True, timeout=300)
    return folder / f"{path.stem}.{suffix}"


@pytest.mark.parametrize(
    ("written", "options"),
    [
        ("n.gpkg", []),
        ("n.gpkg", ["-nlt", "PROMOTE_TO_MULTI", "-dim", "XYZ"]),
        ("n.geojson", []),
        ("n.geojson", ["-lco", "RFC7946=YES"]),
        ("n.kml", ["-f", "KML"]),
        ("n.kml", ["-f", "LIBKML"]),
    ],
)
def test_ogr2ogr_copies_a_network_without_loss(
    own: cr.Network, tmp_path: Path, written: str, options: list[str]
) -> None:
    own.to_file(tmp_path / written)
    copy = tmp_path / f"copy{Path(written).suffix}"
    ogr2ogr(*options, copy, tmp_path / written)
    assert cr.load(copy).diff(own).empty


@pytest.mark.parametrize(
    ("written", "way"),
    [
        ("n.kml", ["a.kmz -f LIBKML", "b.kml -f LIBKML"]),
        ("n.geojson", ["a.geojsonl -f GeoJSONSeq", "b.geojson"]),
        ("n.geojson", ["a.fgb", "b.geojson"]),
        ("n.geojson", ["a.gpkg", "b.geojson"]),
        ("n.geojson", ["b.geojson -lco WRITE_BBOX=YES -lco ID_GENERATE=YES"]),
    ],
)
def test_a_network_comes_back_by_way_of_formats_that_are_not_read(
    own: cr.Network, tmp_path: Path, written: str, way: list[str]
) -> None:
    own.to_file(tmp_path / written)
    source = tmp_path / written
    for step in way:
        name, *options = step.split()
        ogr2ogr(*options, tmp_path / name, source)
        source = tmp_path / name
    assert cr.load(source).diff(own).empty


def test_qgis_saves_a_network_without_loss(own: cr.Network, tmp_path: Path) -> None:
    own.to_file(tmp_path / "n.geojson")
    saved_by_qgis(tmp_path / "n.geojson", tmp_path / "copy.geojson")
    assert cr.load(tmp_path / "copy.geojson").diff(own).empty
    own.to_file(tmp_path / "n.gpkg")
    for layer in ("places", "legs", "crossings", "events", "rates", "calendars"):
        one = tmp_path / f"{layer}.gpkg"
        saved_by_qgis(f"{tmp_path / 'n.gpkg'}|layername={layer}", one, LAYER_NAME=layer)
        ogr2ogr("-update", "-overwrite", tmp_path / "n.gpkg", one, layer)
    assert cr.load(tmp_path / "n.gpkg").diff(own).empty


@pytest.mark.parametrize(("written", "crs"), [("n.gpkg", "EPSG:32642"), ("n.geojson", "EPSG:3857")])
def test_ogr2ogr_moves_a_network_to_another_reference_system(
    own: cr.Network, tmp_path: Path, written: str, crs: str
) -> None:
    own.to_file(tmp_path / written)
    copy = tmp_path / f"copy{Path(written).suffix}"
    ogr2ogr("-t_srs", crs, copy, tmp_path / written)
    again = cr.load(copy)
    assert shapely.equals_exact(again.legs.geometry.to_numpy(), own.legs.geometry.to_numpy(), 1e-8).all()
    assert set(again.diff(own)["column"]) <= {"lon", "lat", "wkt"}


@pytest.mark.parametrize("driver", ["ESRI Shapefile", "FlatGeobuf", "GML", "GeoJSONSeq", "XLSX", "LIBKML"])
def test_what_ogr2ogr_makes_in_other_formats_is_refused_with_what_reads_it(
    own: cr.Network, tmp_path: Path, driver: str
) -> None:
    suffix = {"FlatGeobuf": "fgb", "GML": "gml", "GeoJSONSeq": "geojsonl", "XLSX": "xlsx", "LIBKML": "kmz"}
    copy = tmp_path / f"copy.{suffix[driver]}" if driver in suffix else tmp_path / "copy"
    own.to_file(tmp_path / "n.gpkg")
    layers = () if driver in ("XLSX", "ESRI Shapefile") else ("legs",)
    ogr2ogr("-f", driver, copy, tmp_path / "n.gpkg", *layers)
    with pytest.raises(cr.DataError, match=r"from_frames|ogr2ogr|unpack"):
        cr.load(copy)


def test_libreoffice_comes_to_the_same_sums(net: cr.Network, tmp_path: Path) -> None:
    routes = net.routes("Almaty", "Bishkek", **{**ASK, "k": 2})
    routes.to_excel(tmp_path / "routes.xlsx")
    (tmp_path / "again").mkdir()
    book = openpyxl.load_workbook(converted(tmp_path / "routes.xlsx", "xlsx", tmp_path / "again"), data_only=True)
    rows = list(book["Comparison"].iter_rows(values_only=True))
    names = {
        "km": "Length (km)",
        "hours": "Expected time (hours)",
        "usd": "Expected cost (US$ of 2024)",
        "kgco2e": "Emissions (kg CO\u2082e)",
    }
    assert len(rows) == len(routes) + 1
    for row, known in zip(rows[1:], routes.full.to_dict("records"), strict=True):
        told = dict(zip(rows[0], row, strict=True))
        assert told["Route"] == known["label"]
        for column, name in names.items():
            assert told[name] == pytest.approx(known[column], rel=1e-9)


def test_rows_that_libreoffice_saved_again_are_the_same(tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in ("plain", "csv", "book", "again")}
    for folder in folders.values():
        folder.mkdir()
    (folders["plain"] / "events.csv").write_text(ROWS)
    converted(folders["plain"] / "events.csv", "csv", tmp_path).rename(folders["csv"] / "events.csv")
    book = converted(folders["plain"] / "events.csv", "xlsx", tmp_path).rename(folders["book"] / "events.xlsx")
    converted(book, "csv", tmp_path).rename(folders["again"] / "events.csv")
    known = cr.load(extra=folders["plain"]).events.set_index("event_id").loc["slide"]
    for name in ("csv", "again"):
        found = cr.load(extra=folders[name]).events.set_index("event_id").loc["slide"]
        pd.testing.assert_series_equal(found, known.replace("user_plain", f"user_{name}"))
    with pytest.raises(cr.DataError, match="save it as CSV"):
        cr.load(extra=folders["book"])

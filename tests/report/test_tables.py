"""Answers as CSV and Excel: the same figures, texts as texts, addresses as links."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import corridors as cr
from tests.small import small_network

ASK = {"depart": "2025-06-02T00:00", "as_of": "2025-06-01"}


def test_every_answer_of_tables_goes_to_a_file(tmp_path: Path) -> None:
    net = small_network()
    demand = pd.DataFrame([{"origin": "home", "destination": "town", "tonnes_year": 1000.0}])
    answers = {
        "reach": (net.reach("home", **ASK), "places"),
        "pareto": (net.pareto("home", "town", **ASK), "front"),
        "availability": (net.availability("home", "town", year=2025, days=[1], as_of=ASK["as_of"]), "table"),
        "flows": (net.assign(demand, progress=False, **ASK), "crossings"),
    }
    for name, (answer, first) in answers.items():
        frame = getattr(answer, first)
        assert len(frame)
        answer.to_file(tmp_path / f"{name}.csv")
        answer.to_file(tmp_path / f"{name}.xlsx")
        numbers = [column for column in frame if frame[column].dtype == "float64"]
        assert numbers
        kept = pd.read_csv(tmp_path / f"{name}.csv")
        book = pd.read_excel(tmp_path / f"{name}.xlsx", sheet_name=first)
        for column in numbers:
            assert kept[column].tolist() == pytest.approx(frame[column].tolist(), nan_ok=True)
            assert book[column].tolist() == pytest.approx(frame[column].tolist(), nan_ok=True)
        assert "geometry" not in kept
        with pytest.raises(cr.BadRequest, match=r"\.csv or \.xlsx"):
            answer.to_file(tmp_path / "x.pdf")
    assert openpyxl.load_workbook(tmp_path / "flows.xlsx").sheetnames == ["crossings", "routes"]
    assert {"lon", "lat"} <= set(pd.read_csv(tmp_path / "reach.csv"))


def test_texts_of_tables_are_never_run(tmp_path: Path) -> None:
    net = small_network()
    demand = pd.DataFrame([{"origin": "home", "destination": "town", "tonnes_year": 1000.0}])
    flows = net.assign(demand, progress=False, **ASK)
    flows.routes.loc[0, "note"] = '=HYPERLINK("http://evil.example")'
    flows.to_file(tmp_path / "x.xlsx")
    cells = [cell for row in openpyxl.load_workbook(tmp_path / "x.xlsx")["routes"].iter_rows() for cell in row]
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)
    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells)


def test_routes_as_csv_and_addresses_as_links(net: cr.Network, tmp_path: Path) -> None:
    routes = net.routes("Almaty", "Tashkent", depart="2026-04-15", k=2)
    routes.to_file(tmp_path / "a.csv")
    assert pd.read_csv(tmp_path / "a.csv")["usd"].tolist() == pytest.approx(routes.full["usd"].tolist())
    routes.to_file(tmp_path / "a.xlsx")
    assert "Comparison" in openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames
    known = {url for url in routes.sources()["url"] if url.startswith("http")}
    assert known
    routes.report(tmp_path / "a.html")
    report = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert all(f'href="{url}"'.replace("&", "&amp;") in report for url in known)


def test_files_of_routes_say_what_was_asked(net: cr.Network, tmp_path: Path) -> None:
    """A what-if never looks like the base answer, in any format, to any reader."""
    import geopandas
    import pyarrow.parquet

    world = cr.Scenario('Torkham <open> & "so"').reopen("Torkham", "2026-01-01")
    routes = net.routes(
        "Almaty", "Karachi", depart="2026-01-15", as_of="2026-02-15", cargo="metal", scenario=world, k=2
    )
    for suffix in ("geojson", "csv", "gpkg", "kml", "parquet"):
        routes.to_file(tmp_path / f"r.{suffix}")
    told = json.loads((tmp_path / "r.geojson").read_text(encoding="utf-8"))
    parquet = json.loads(pyarrow.parquet.read_schema(tmp_path / "r.parquet").metadata[b"corridors"])
    package = geopandas.read_file(tmp_path / "r.gpkg", layer="question").set_index("name")["value"]
    document = ET.parse(tmp_path / "r.kml").getroot()[0]
    kml = {str(one.get("name")): one[0].text or "" for one in document[0]}
    for found in (told["question"], parquet["question"], dict(package), kml, pd.read_csv(tmp_path / "r.csv").iloc[1]):
        assert (found["as_of"], found["cargo"]) == ("2026-02-15", "metal")
        assert found["scenario"] == 'Torkham <open> & "so"'
        assert all(word in found["changes"] for word in ("reopen", "Torkham", "2026-01-01"))
        assert found["prices"] == "US$ of 2024"
        assert net.version in found["data"]
        assert all(note in found["notes"] for note in routes.notes)
    for sources in (told["sources"], parquet["sources"], json.loads(kml["sources"])):
        assert [one["url"] for one in sources] == list(routes.sources()["url"])
    for suffix in ("geojson", "kml"):
        assert len(geopandas.read_file(tmp_path / f"r.{suffix}")) == len(routes.legs)
    assert list(geopandas.read_parquet(tmp_path / "r.parquet")["name"]) == list(routes.legs["name"])
    net.routes("Almaty", "Karachi", depart="2026-01-15", k=1).to_file(tmp_path / "plain.geojson")
    assert json.loads((tmp_path / "plain.geojson").read_text(encoding="utf-8"))["question"]["scenario"] == "none"

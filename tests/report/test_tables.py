"""Answers as CSV and Excel: the same figures, texts as texts, addresses as links."""

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

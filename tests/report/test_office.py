"""Workbook, document and print table, read back with other libraries than those that wrote them."""

import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from openpyxl.utils import range_boundaries

import corridors as cr
from corridors.maps.layers import colour
from tests.pages import ASK, HOSTILE, hostile_network
from tests.small import with_tables

FORMULAS = ('=HYPERLINK("http://example.org","x")', "+1+1", "-2+3", "@SUM(1)", "\t=1+1", "https://example.org")


@pytest.fixture(scope="module")
def book(routes: cr.Routes, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("office") / "routes.xlsx"
    routes.to_excel(path)
    return openpyxl.load_workbook(path)


def value(book: Any, formula: str) -> float:
    """What a formula of ours comes to, from the cells it names."""
    if total := re.fullmatch(r"='([^']+)'!([A-Z]+\d+)", formula):
        sheet, at = total.groups()
        return value(book[sheet], book[sheet][at].value)  # a sum in that sheet
    low, top, high, bottom = range_boundaries(re.fullmatch(r"=SUM\(([A-Z]+\d+:[A-Z]+\d+)\)", formula)[1])
    assert low == high
    return sum(row[0] for row in book.iter_rows(top, bottom, low, high, values_only=True))


def headed(sheet: Any) -> dict[str, int]:
    return {cell.value: cell.column for cell in sheet[1]}


@pytest.mark.parametrize("name", ["x.xls", "x", "x.xlsm", "x.docx"])
def test_a_workbook_is_not_written_under_another_name(routes: cr.Routes, tmp_path: Path, name: str) -> None:
    with pytest.raises(cr.BadRequest, match=r"is written as \.xlsx only; call it x\.xlsx"):
        routes.to_excel(tmp_path / name)
    with pytest.raises(cr.BadRequest, match=r"is written as \.docx only; call it x\.docx"):
        routes.to_word(tmp_path / name.replace(".docx", ".doc"))
    assert list(tmp_path.iterdir()) == []


def test_live_sums_come_to_the_figures_of_the_table(book: Any, routes: cr.Routes) -> None:
    sheet, known, told = book["Comparison"], routes.full, dict(book["Question"].iter_rows(values_only=True))
    names = {
        "km": "Length (km)",
        "hours": "Expected time (hours)",
        "usd": "Expected cost (US$ of 2024)",
        "kgco2e": "Emissions (kg CO\u2082e)",
    }
    for i, row in enumerate(known.itertuples(), 2):
        assert sheet.cell(i, 1).value == row.label
        for column, words in names.items():
            formula = sheet.cell(i, headed(sheet)[words]).value
            assert value(book, formula) == pytest.approx(getattr(row, column))
        assert sheet.cell(i, headed(sheet)["Cost p90 (US$ of 2024)"]).value == pytest.approx(row.usd_p90)
        assert told[f"{row.label} rests on"] == row.rests_on
        assert told[f"{row.label} sanctions"] == (row.sanctions or "none known")
    assert sheet.max_row == 1 + len(known)


def test_figures_are_there_for_programs_that_do_not_calculate(routes: cr.Routes, tmp_path: Path) -> None:
    routes.to_excel(tmp_path / "x.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx", data_only=True)["Comparison"]
    at = headed(sheet)["Expected time (hours)"]
    assert [sheet.cell(i, at).value for i in range(2, 6)] == pytest.approx(list(routes.details["hours"]))


def test_each_route_has_its_legs_in_order_and_a_header_that_stays(book: Any, routes: cr.Routes) -> None:
    assert book.sheetnames == [
        "Question",
        "Comparison",
        "Route A",
        "Route B",
        "Route C",
        "Route D",
        "Costs",
        "What would change it",
        "What moves the days",
        "What moves the US$",
        "Not possible",
        "Sources",
    ]
    for i, label in enumerate("ABCD"):
        sheet, legs = book[f"Route {label}"], routes[i].legs
        assert sheet.freeze_panes == "C2"
        assert sheet.print_title_rows == "$1:$1"
        column = {
            name: [sheet.cell(n, at).value for n in range(2, len(legs) + 2)] for name, at in headed(sheet).items()
        }
        assert column["Name"] == list(legs["name"])
        assert column["Cost (US$ of 2024)"] == pytest.approx(list(legs["usd"]))
        assert column["Sources (ids)"] == list(legs["source_id"])
        starts = [start.replace(tzinfo=None) for start in legs["start"]]
        assert max(abs(a - b).total_seconds() for a, b in zip(column["Start (UTC)"], starts, strict=True)) < 1
        assert sheet.max_row == len(legs) + 2


def test_routes_have_the_colours_of_the_map(book: Any, routes: cr.Routes) -> None:
    for i, label in enumerate(routes.labels):
        ink = "FF" + colour(label).lstrip("#").upper()
        heads = [cell for cell in book["Costs"][1] if str(cell.value).startswith(f"Route {label} ")]
        for cell in (book["Comparison"].cell(i + 2, 1), *heads):
            assert cell.fill.fgColor.rgb == ink
        assert book[f"Route {label}"].sheet_properties.tabColor.rgb == ink
        assert len(heads) == 1


def test_costs_by_line_add_up_live(book: Any, routes: cr.Routes) -> None:
    sheet, costs = book["Costs"], routes.costs
    total = next(row for row in sheet.iter_rows() if str(row[0].value).startswith("Total"))
    lines = {row[0].value for row in sheet.iter_rows(2)} - {total[0].value}
    assert lines == set(costs.loc[costs["usd"] != 0, "line"])
    graded = {row[0].value: row[1].value for row in sheet.iter_rows(2) if row[1].value}
    order = ["measured", "published", "derived", "estimate", "assumed"]
    for line, of in costs[costs["usd"] != 0].groupby("line")["quality"]:
        assert graded.pop(line) == max(of, key=order.index)
    assert not graded
    for i, cell in enumerate(total[2:]):
        top, bottom = (int(one) for one in re.findall(r"\d+", cell.value))
        added = sum(sheet.cell(row, cell.column).value for row in range(top, bottom + 1))
        assert added == pytest.approx(routes.table["usd"][i])
    told = [row[0] for row in book["What would change it"].iter_rows(2, values_only=True)]
    assert told == list(routes.switching().groupby("by").head(5)["words"])
    compared = headed(book["Comparison"])
    modes = [book["Comparison"].cell(i, compared["Modes"]).value for i in range(2, 6)]
    assert modes == list(routes.table["modes"])


def test_question_and_sources_are_in_the_workbook(book: Any, routes: cr.Routes) -> None:
    told = dict(book["Question"].iter_rows(values_only=True))
    assert told["Question"].startswith("How does one 40-foot")
    assert told["Answer"].startswith("Of 4 alternatives, the best by time is A")
    assert (told["As of"], told["Scenario"], told["Seed"]) == ("2026-02-15", "none", "1")
    assert told["Data"] == f"version {routes.facts.version} of {routes.facts.data_date}"
    assert "do not imply endorsement" in told["Disclaimer"]
    listed = [row[0] for row in book["Sources"].iter_rows(2, values_only=True)]
    assert listed == list(routes.sources()["source_id"])
    assert [row[1] for row in book["Not possible"].iter_rows(2, values_only=True)] == list(routes.rejected["reason"])


def test_no_text_becomes_a_formula_or_a_link(net: cr.Network, tmp_path: Path) -> None:
    tables = dict(net.tables)
    events, sources = net.tables["events"], net.tables["sources"]
    tables["sources"] = sources.assign(
        title=[FORMULAS[i % len(FORMULAS)] + title for i, title in enumerate(sources["title"])]
    )
    tables["elements"] = net.tables["elements"].assign(name="=1+" + net.tables["elements"]["name"])
    tables["events"] = events.assign(cause="=2+" + events["cause"])
    world = cr.Scenario("@SUM(1)").delay("khunjerab_sost", 5)
    routes = with_tables(net, tables).routes("almaty", "karachi", **ASK, scenario=world)
    routes.to_excel(tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    ours = [cell.value for cell in cells if cell.data_type == "f"]
    assert len(ours) == 9 * len(routes)
    assert all(re.fullmatch(r"=SUM\([A-Z]+2:[A-Z]+\d+\)|='Route [A-Z]'![A-Z]+\d+", formula) for formula in ours)
    typed = [cell for cell in cells if cell.data_type == "s" and cell.value.startswith(("=", "+", "-", "@", "\t"))]
    assert {cell.value[0] for cell in typed} == {"=", "+", "-", "@", "\t"}
    assert all(cell.quotePrefix for cell in typed)
    linked = [cell for cell in cells if cell.hyperlink]
    assert {cell.parent.title for cell in linked} == {"Sources"}
    assert all(cell.hyperlink.target == cell.value for cell in linked), "addresses of sources alone are links"
    assert dict(book["Question"].iter_rows(values_only=True))["Scenario"] == "@SUM(1)"


def texts(document: Any) -> list[str]:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs] + cells


def test_document_holds_question_tables_and_pictures(routes: cr.Routes, tmp_path: Path) -> None:
    routes.to_word(tmp_path / "x.docx")
    document = docx.Document(str(tmp_path / "x.docx"))
    section = document.sections[0]
    assert (section.page_width.cm, section.page_height.cm) == pytest.approx((29.7, 21.0), abs=0.05)
    headings = [p.text for p in document.paragraphs if p.style.name.startswith(("Heading", "Title"))]
    assert headings == [
        "Almaty to Karachi",
        "Comparison",
        "Where the money goes",
        "What would change the answer",
        "Map",
        "Time and cost along the route",
        "What moves the days and US$ of A most",
        "Not possible on this date",
        "What the answer rests on",
        "Sources",
        "Version and parameters",
        "Disclaimer",
    ]
    said = texts(document)
    assert any(text.startswith("How does one 40-foot container") for text in said)
    assert any(text.startswith("Of 4 alternatives, the best by time is A") for text in said)
    compared, costs, failed, sources, _ = document.tables
    assert [row.cells[1].text.split(" (")[0] for row in compared.rows[1:]] == [
        name.split(" (")[0] for name in routes.table["name"]
    ]
    assert set(routes.costs.query("usd != 0")["line"]) | {"total"} == {row.cells[0].text for row in costs.rows[1:]}
    links = {rel.target_ref for rel in document.part.rels.values() if rel.is_external}
    assert links
    assert links <= set(routes.sources()["url"])
    assert [row.cells[1].text for row in failed.rows[1:]] == list(routes.rejected["reason"])
    assert [row.cells[2].text for row in failed.rows[1:]] == list(routes.rejected["gates"])
    assert any("Pakistan 10%" in text for text in said), "what is assumed of clashes"
    assert [row.cells[0].text for row in sources.rows[1:]] == list(routes.sources()["title"])
    for row in routes.full.itertuples():
        assert any(row.rests_on.rstrip(".") in text and row.sanctions in text for text in said)
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert sum(cell.width for cell in table.rows[0].cells) <= section.page_width - 2 * section.left_margin + 9999
    assert len(document.inline_shapes) == 4
    for shape in document.inline_shapes:
        part = document.part.related_parts[shape._inline.graphic.graphicData.pic.blipFill.blip.embed]
        assert part.image.px_width / shape.width.cm > 75  # twice what a screen shows
        assert re.search("Khunjerab|Which parts move", shape._inline.docPr.get("descr"))
        assert shape.width <= section.page_width - 2 * section.left_margin
        assert shape.height < section.page_height - 2 * section.top_margin


@pytest.mark.slow
def test_document_shows_hostile_text_as_typed(net: cr.Network, tmp_path: Path) -> None:
    world = cr.Scenario(HOSTILE).delay("khunjerab_sost", 5)
    odd = hostile_network(net)
    odd.tables["sources"] = net.tables["sources"].assign(title="\x00\x0b\ufffe" + net.tables["sources"]["title"])
    odd.routes("almaty", "karachi", **ASK | {"k": 1}, scenario=world).to_word(tmp_path / "x.docx")
    document = docx.Document(str(tmp_path / "x.docx"))
    said = " ".join(texts(document))
    assert f'in the scenario "{HOSTILE}"' in said
    assert " CPMM: Kazakhstan 2022 " in said
    assert document.core_properties.title == f"{HOSTILE} Almaty to {HOSTILE} Karachi"


def test_print_table_has_spanners_and_says_what_it_rests_on(routes: cr.Routes) -> None:
    page = routes.great_table().as_raw_html()
    assert not re.search(r"https?://|<script", page)
    assert routes.great_table().as_raw_html() == page
    spans = re.findall(r'colspan="3"[^>]*>\s*<span class="gt_column_spanner">([^<]*)<', page)
    assert spans == ["Days", "US$ of 2024", "kg CO\u2082e"]
    body = page.split("<tbody")[1].split("</tbody>")[0]
    rows = [re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in body.split("</tr>")[:-1]]
    assert [row[1] for row in rows] == list(routes.table["name"])
    for cells, known in zip(rows, routes.full.itertuples(), strict=True):
        assert cells[2] == f"{known.km:,.0f}"
        assert cells[4] == f"{known.days_p10:.0f}"
        assert float(cells[8].replace(",", "")) == pytest.approx(known.usd_p90, rel=0.05)
    assert f"As known on 2026-02-15; data {routes.facts.version} of {routes.facts.data_date}" in page
    assert "do not imply endorsement" in page


def test_print_table_shows_hostile_text_as_typed(net: cr.Network) -> None:
    odd, world = hostile_network(net), cr.Scenario(HOSTILE).delay("khunjerab_sost", 5)
    odd.tables["elements"] = net.tables["elements"].assign(name=HOSTILE + net.tables["elements"]["name"])
    page = odd.routes("almaty", "karachi", **ASK, scenario=world).great_table().as_raw_html()
    said = unescape(re.sub(r"<[^>]+>", "", page.split("<table")[1]))
    assert f"scenario: {HOSTILE}" in said
    assert said.count(HOSTILE) >= 7
    assert "<b>bold" not in page
    assert "</script" not in page


@pytest.mark.slow
@pytest.mark.parametrize(
    ("call", "library", "extra"),
    [
        ("to_excel('x.xlsx')", "xlsxwriter", "office"),
        ("to_word('x.docx')", "docx", "office"),
        ("great_table()", "great_tables", "charts"),
    ],
)
def test_a_missing_library_is_named_with_its_extra(call: str, library: str, extra: str, tmp_path: Path) -> None:
    code = f"""
import sys
sys.modules[{library!r}] = None
import corridors as cr
routes = cr.load().routes("Almaty", "Bishkek", depart="2026-04-15", k=1)
try:
    routes.{call}
except cr.CorridorsError as error:
    assert isinstance(error, ImportError)
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert f"corridors[{extra}]" in said.stdout
    assert not list(tmp_path.iterdir())


def test_excel_and_word_need_no_folium(tmp_path: Path) -> None:
    """Nor does a question: whoever only wants a workbook waits for no library of maps."""
    code = (
        "import sys, corridors as cr\n"
        "routes = cr.load().routes('Almaty', 'Karachi', depart='2026-04-15', k=1)\n"
        f"routes.to_excel(r'{tmp_path / 'a.xlsx'}')\nroutes.to_word(r'{tmp_path / 'a.docx'}')\n"
        "print('folium' in sys.modules, 'branca' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]

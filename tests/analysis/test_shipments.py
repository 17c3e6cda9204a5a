"""Shipments from a spreadsheet: each answer is that of `net.routes`, each wrong cell is named, nothing is lost."""

import json
import random
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

import corridors as cr
from corridors.analysis.shipments import Shipments
from corridors.report.shipments_excel import write_template
from tests.shipments import FIRST, SPOILED, workbook

FIGURES = {"route": "name", "gates": "crossings", "days": "days", "days_p10": "days_p10"}
FIGURES |= {"days_p50": "days_p50", "days_p90": "days_p90", "usd_per_box": "usd"}
ROW = {"origin": "Almaty", "destination": "Karachi", "date": "2026-04-15"}


@pytest.fixture(scope="module")
def received(net: cr.Network, tmp_path_factory: pytest.TempPathFactory) -> tuple[Shipments, dict[int, dict[str, Any]]]:
    path = tmp_path_factory.mktemp("received") / "received.xlsx"
    good = workbook(path)
    return net.shipments(path, progress=False), good


def alone(net: cr.Network, **ask: Any) -> tuple[cr.Routes | None, str]:
    """The answer to one question, or why there is none."""
    try:
        return net.routes(**ask), ""
    except cr.NoRoute as error:
        return None, str(error)


def one(net: cr.Network, **cells: Any) -> Shipments:
    return net.shipments(pd.DataFrame([ROW | cells]), progress=False)


@pytest.mark.parametrize(
    ("words", "cargo"),
    [
        *((words, "container40") for words in ("40 HC", "40HQ", "40ft container", "container 40", "FEU")),
        *((words, "reefer40") for words in ("40' reefer", "Reefer 40 ft", "40RF")),
        ("Mangoes", "mango"),
    ],
)
def test_boxes_are_named_as_forwarders_do(net: cr.Network, words: str, cargo: str) -> None:
    named, plain = one(net, cargo=words).table, one(net, cargo=cargo).table
    assert list(named["error"]) == list(plain["error"]) == [""]
    assert list(named["usd"]) == list(plain["usd"])


@pytest.mark.parametrize("words", ["container", "20 ft"])
def test_a_box_of_no_known_size_is_refused(net: cr.Network, words: str) -> None:
    (problem,) = one(net, cargo=words).errors["problem"]
    assert f"{words!r} is not a cargo of the table" in problem


def test_nothing_of_a_workbook_is_lost(received: tuple[Shipments, dict[int, dict[str, Any]]]) -> None:
    found, good = received
    table = found.table.set_index("row")
    assert list(found.table["row"]) == list(range(FIRST, FIRST + 200))
    assert len(good) == 200 - len(SPOILED)
    read = table.index[table["error"] == ""]
    assert list(read) == sorted(good)
    answered = (table.loc[read, "route"] != "") | (table.loc[read, "why_not"] != "")
    assert answered.all()
    total = found.totals.iloc[0]
    assert (total["rows"], total["wrong"]) == (200, len(SPOILED))
    assert total["answered"] + total["no_way"] == len(good)
    assert total["answered"] > 100
    assert "Remarks" in " ".join(found.notes)


@pytest.mark.parametrize(("row", "cell", "words"), [(row, cell, words) for row, (_, cell, words) in SPOILED.items()])
def test_each_spoiled_row_is_told_by_its_cell(
    received: tuple[Shipments, dict[int, dict[str, Any]]], row: int, cell: str, words: str
) -> None:
    found, _ = received
    told = found.errors[found.errors["row"] == row]
    assert list(told["cell"]) == [cell]
    assert words in told["problem"].iloc[0]
    error = found.table.set_index("row").loc[row, "error"]
    assert cell in error
    assert words in error


def test_answers_are_those_of_routes_asked_alone(
    net: cr.Network, received: tuple[Shipments, dict[int, dict[str, Any]]]
) -> None:
    found, good = received
    table = found.table.set_index("row")
    rows = random.Random(16).sample(sorted(good), 24)
    compared = 0
    for number in rows:
        row, ask = table.loc[number], dict(good[number])
        tonnes, deadline = ask.pop("tonnes"), ask.pop("deadline")
        best, why = alone(net, **ask, k=1)
        assert row["why_not"] == why
        if best is None:
            continue
        first = net.routes(**ask).full.iloc[0]
        assert {name: row[name] for name in FIGURES} == {name: best.full.iloc[0][of] for name, of in FIGURES.items()}
        assert tuple(row[["days", "usd_per_box", "km"]]) == pytest.approx(tuple(first[["days", "usd", "km"]]))
        boxes = 1 if tonnes is None else int(np.ceil(tonnes / first["payload_t"]))
        assert row["boxes"] == boxes
        assert row["usd"] == pytest.approx(boxes * first["usd"])
        assert row["usd_p90"] == pytest.approx(boxes * best.full.iloc[0]["usd_p90"])
        assert row["tco2e"] == pytest.approx(boxes * first["kgco2e"] / 1000)
        if deadline:
            chance = best.reliability(n=2000, arrive_by=deadline)["p_on_time"].iloc[0]
            assert row["p_on_time"] == pytest.approx(chance)
        else:
            assert np.isnan(row["p_on_time"])
        compared += 1
    assert compared > 12


def test_alternatives_are_the_best_by_other_wishes(
    net: cr.Network, received: tuple[Shipments, dict[int, dict[str, Any]]]
) -> None:
    found, good = received
    words = {"fastest": "hours", "cheapest": "usd", "least CO2e": "kgco2e"}
    some = found.alternatives[found.alternatives["row"].isin(sorted(good)[:40])]
    assert len(some) > 5
    for row in some.head(8).to_dict("records"):
        ask = {k: v for k, v in good[row["row"]].items() if k not in ("tonnes", "deadline", "by")}
        for wish in row["by"].split(", "):
            first = net.routes(**ask, by=words[wish], k=1).full.iloc[0]
            assert row["route"] == first["name"]
            assert row["days"] == first["days"]
            assert row["usd"] == pytest.approx(row["boxes"] * first["usd"])


def test_totals_add_up(received: tuple[Shipments, dict[int, dict[str, Any]]]) -> None:
    found, _ = received
    answered = found.table[found.table["route"] != ""]
    total = found.totals.iloc[0]
    for name in ("boxes", "tonnes", "usd", "tco2e"):
        assert total[name] == pytest.approx(float(answered[name].sum()))
        assert found.by_corridor[name].sum() == pytest.approx(float(answered[name].sum()))
    for row in found.by_crossing.to_dict("records"):
        through = answered[[row["crossing"] in gates.split(" > ") for gates in answered["gates"]]]
        assert (row["shipments"], row["tonnes"]) == (len(through), pytest.approx(through["tonnes"].sum()))
    assert found.by_crossing["shipments"].max() <= len(answered)


def test_the_workbook_recounts(received: tuple[Shipments, dict[int, dict[str, Any]]], tmp_path: Path) -> None:
    """The formulas are worked out here, one by one, and give the totals of the result."""
    found, _ = received
    path = tmp_path / "answers.xlsx"
    found.to_file(path)
    book, kept = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    rows = list(kept["Shipments"].iter_rows(min_row=2, values_only=True))
    head = [cell.value for cell in book["Shipments"][1]]
    assert [row[0] for row in rows] == list(found.table["row"])
    usd, number = head.index("Expected cost (US$ of 2024)"), head.index("Corridor (number)")
    answered = [row for row in rows if row[number]]
    assert sum(row[usd] for row in answered) == pytest.approx(found.totals["usd"].iloc[0])
    line = next(i for i, row in enumerate(rows, 2) if row[number])
    boxes, each = (
        book["Shipments"].cell(line, head.index("Boxes (change to recount)") + 1),
        head.index("Expected cost of a box (US$ of 2024)"),
    )
    formula = book["Shipments"].cell(line, usd + 1).value
    assert formula == f"=${boxes.column_letter}{line}*{book['Shipments'].cell(line, each + 1).coordinate}"
    totals = {row[0].value: row[1].value for row in book["Totals"].iter_rows() if row[0].value}
    assert totals["Expected cost (US$ of 2024)"].startswith("=SUMIFS(Shipments!")
    errors = {row[1] for row in kept["Not read"].iter_rows(min_row=2, values_only=True)}
    assert errors == {cell for _, cell, _ in SPOILED.values()}


def test_texts_stay_texts(net: cr.Network, tmp_path: Path) -> None:
    """What a spreadsheet would run is a text in every file, in cells that are read and those that are not."""
    evil = '=HYPERLINK("http://evil.example","x")'
    cells = [{"id": evil}, {"id": "+1", "origin": "=cmd|' /C calc'!A1"}, {"cargo": "@SUM(1)"}]
    frame = pd.DataFrame([ROW | one for one in cells])
    found = net.shipments(frame, progress=False)
    found.to_file(tmp_path / "a.xlsx")
    for sheet in openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[1:]:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.hyperlink is None
                if cell.data_type == "f":
                    assert "HYPERLINK" not in cell.value
                    assert "cmd" not in cell.value
    found.to_file(tmp_path / "a.csv")
    kept = pd.read_csv(tmp_path / "a.csv", dtype=str)
    assert kept["shipment"].iloc[0] == f"'{evil}"
    found.report(tmp_path / "a.html")
    assert "<script>x" not in (tmp_path / "a.html").read_text(encoding="utf-8")
    with pytest.raises(cr.BadRequest, match=r"\.csv or \.xlsx"):
        found.to_file(tmp_path / "a.pdf")


def test_each_different_question_is_asked_once(net: cr.Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted by what is handed out: five rows, two questions."""
    handed: list[Any] = []

    class Counting(Executor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            handed.append(args[-1])
            done: Future[Any] = Future()
            done.set_result(fn(*args, **kwargs))
            return done

    rows = [ROW, ROW, ROW | {"tonnes": 40}, ROW | {"deadline": "2026-06-01"}, ROW | {"date": "2026-04-16"}]
    found = net.shipments(pd.DataFrame(rows), executor=Counting(), progress=False)
    assert [len(part.asked) for part in handed] == [2]
    assert found.totals["answered"].iloc[0] == 5
    assert list(found.table["boxes"]) == [1, 1, 2, 1, 1]
    assert "same as row 1" in found.table["note"].iloc[1]
    serial = net.shipments(pd.DataFrame(rows), progress=False)
    pd.testing.assert_frame_equal(found.table, serial.table, check_exact=True)
    with ThreadPoolExecutor(2) as threads:
        beside = net.shipments(pd.DataFrame(rows), executor=threads, progress=False)
    pd.testing.assert_frame_equal(beside.table, serial.table, check_exact=True)


def test_goes_on_where_it_was_interrupted(net: cr.Network, tmp_path: Path) -> None:
    rows = pd.DataFrame([ROW | {"deadline": "2026-05-10"}, ROW | {"date": "2026-04-20", "by": "cheapest"}])
    first = net.shipments(rows, folder=tmp_path, progress=False)
    parts = list(tmp_path.glob("part-*.parquet"))
    assert len(parts) == 1
    before = parts[0].read_bytes()

    class Refusing(Executor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            raise AssertionError("asked again")

    again = net.shipments(rows, folder=tmp_path, executor=Refusing(), progress=False)
    pd.testing.assert_frame_equal(first.table, again.table, check_exact=True)
    parts[0].write_bytes(before[: len(before) // 2])
    mended = net.shipments(rows, folder=tmp_path, progress=False)
    pd.testing.assert_frame_equal(first.table, mended.table, check_exact=True)


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"date": "03/04/2026"}, "depart", "2026-03-04 or 2026-04-03"),
        ({"date": "2026-02-30"}, "depart", "not a day of the calendar"),
        ({"date": 46127}, "depart", "2026-04-15"),
        ({"date": "1999-04-15"}, "depart", "outside the years"),
        ({"date": ""}, "depart", "is empty"),
        ({"deadline": "2026-04-14"}, "deadline", "before the departure"),
        ({"tonnes": "1,234"}, "tonnes", "two ways"),
        ({"tonnes": 0}, "tonnes", "above 0"),
        ({"tonnes": True}, "tonnes", "not a number"),
        ({"boxes": 0}, "boxes", "whole number"),
        ({"tonnes": 41, "boxes": 2}, "tonnes, boxes", "do not go into 2"),
        ({"cargo": "mangos"}, "cargo", "mango"),
        ({"cargo": "explosives"}, "cargo", "class 1"),
        ({"carrier": "Kazakhstan"}, "carrier", "ISO code"),
        ({"avoid": "KZ"}, "avoid", "where the trip starts"),
        ({"by": "prettiest"}, "by", "cheapest"),
        ({"destination": "алматы"}, "origin, destination", "nothing to route"),
        ({"destination": "Karachy Cty"}, "destination", "Karachi"),
        ({"origin": 5}, "origin", "not a name"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_column(
    net: cr.Network, cells: dict[str, Any], column: str, words: str
) -> None:
    found = one(net, **cells)
    assert list(found.errors["column"]) == [column]
    assert words in found.errors["problem"].iloc[0]
    assert found.errors["cell"].iloc[0].startswith("row 1, ")
    assert found.totals[["answered", "wrong"]].iloc[0].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"tonnes": "20 t"}, (20.0, 1)),
        ({"tonnes": "20,5 т"}, (20.5, 2)),
        ({"tonnes": "24000 kg"}, (24.0, 2)),
        ({"tonnes": "1 000"}, (1000.0, 50)),
        ({"tonnes": 40, "boxes": 2}, (40.0, 2)),
        ({"tonnes": 40, "boxes": 3}, (40.0, 3)),
        ({"boxes": 3.0}, (60.0, 3)),
        ({}, (20.0, 1)),
    ],
)
def test_amounts(net: cr.Network, cells: dict[str, Any], expected: tuple[float, int]) -> None:
    found = one(net, **cells, avoid="IR; CN")
    if not found.table["route"].iloc[0]:  # then by another route: amounts do not hang on it
        found = one(net, **cells)
    row = found.table.iloc[0]
    payload = net.routes(**found.asked[1]._asdict(), k=1).full["payload_t"].iloc[0]
    assert payload == 20.0
    assert (row["tonnes"], row["boxes"]) == expected


def test_cyrillic_names_and_moments(net: cr.Network) -> None:
    russian = {"Откуда": "Алматы", "Куда": "Ташкент", "Дата отгрузки": datetime(2026, 4, 15, 14), "Вес, кг": 20000}
    row = net.shipments(pd.DataFrame([russian]), progress=False).table.iloc[0]
    assert (row["origin"], row["destination"], row["tonnes"]) == ("Almaty", "Tashkent", 20.0)
    first = net.routes("Almaty", "Tashkent", depart="2026-04-15T14:00", k=1).full.iloc[0]
    assert (row["route"], row["days"]) == (first["name"], first["days"])


def test_a_date_before_the_record_says_so(net: cr.Network) -> None:
    row = one(net, date="2005-04-15").table.iloc[0]
    assert row["route"]
    assert "hardly recorded" in row["note"]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"origin": "Almaty", "from": "Osh", "destination": "Karachi", "date": "2026-04-15"}, "two columns say origin"),
        ({"Orign": "Almaty", "destination": "Karachi", "date": "2026-04-15"}, "is it origin"),
        ({"origin": "Almaty", "destination": "Karachi"}, "no column date"),
        ({"a": 1}, "corridors new-shipments"),
    ],
)
def test_columns_that_cannot_be_told_stop_all(net: cr.Network, columns: dict[str, Any], words: str) -> None:
    with pytest.raises(cr.BadRequest, match=words):
        net.shipments(pd.DataFrame([columns]), progress=False)


def test_nothing_to_answer(net: cr.Network, tmp_path: Path) -> None:
    with pytest.raises(cr.BadRequest, match="no row below its header"):
        net.shipments(pd.DataFrame(columns=["origin", "destination", "date"]))
    (tmp_path / "x.csv").write_bytes("Откуда;Куда;Дата\n".encode("cp1251"))
    with pytest.raises(cr.BadRequest, match="UTF-8"):
        net.shipments(tmp_path / "x.csv")
    for wrong in (tmp_path / "none.xlsx", tmp_path, "x.ods"):
        with pytest.raises(cr.BadRequest, match=r"not there|folder"):
            net.shipments(wrong)
    (tmp_path / "x.xlsx").write_bytes(b"no workbook")
    with pytest.raises(cr.BadRequest, match="not an Excel workbook"):
        net.shipments(tmp_path / "x.xlsx")


def test_common_arguments_and_those_of_rows(net: cr.Network) -> None:
    ends = {"origin": "Almaty", "destination": "Karachi"}
    rows = pd.DataFrame([ends | {"avoid": avoid} for avoid in (None, "PK-IR", "-")])
    scenario = cr.Scenario("Khunjerab closed").close("Khunjerab")
    found = net.shipments(rows.drop(index=1), depart="2026-06-15", avoid=["IR"], scenario=scenario, progress=False)
    ask = {"depart": "2026-06-15", "scenario": scenario, "k": 1}
    for row, avoid in zip(found.table.to_dict("records"), (["IR"], []), strict=True):
        answer, why = alone(net, origin="Almaty", destination="Karachi", avoid=avoid, **ask)
        assert row["why_not"] == why
        if answer is not None:
            assert row["route"] == answer.full["name"].iloc[0]
            assert row["usd"] == pytest.approx(answer.full["usd"].iloc[0])
    full = found.routes(1, k=2)
    assert full.request.scenario == scenario
    with pytest.raises(cr.BadRequest, match="not among the rows"):
        found.routes(99)
    with pytest.raises(cr.BadRequest, match="not an argument"):
        net.shipments(rows, depart="2026-06-15", k=3)  # type: ignore[call-arg]
    with pytest.raises(cr.BadRequest, match="not a date"):
        net.shipments(rows, depart="15 June")


def test_the_template_is_a_list_that_is_answered(net: cr.Network, tmp_path: Path) -> None:
    for name in ("new.xlsx", "new.csv"):
        write_template(tmp_path / name)
        found = net.shipments(tmp_path / name, progress=False)
        assert found.totals[["rows", "wrong"]].iloc[0].tolist() == [2, 0]
        assert not any("not read:" in note for note in found.notes if note.startswith("columns"))
        with pytest.raises(cr.BadRequest, match="already exists"):
            write_template(tmp_path / name)


def test_formulas_count_by_the_result_that_is_kept(net: cr.Network, tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(tmp_path / "f.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["from", "to", "date", "tonnes"])
        sheet.write_row(1, 0, ["Almaty", "Tashkent", "2026-04-15"])
        sheet.write_formula(1, 3, "=10*2", None, 20)
        sheet.write_row(2, 0, ["Almaty", "Tashkent", "2026-04-15"])
        sheet.write_formula(2, 3, "=1/0", None, "#DIV/0!")
    found = net.shipments(tmp_path / "f.xlsx", progress=False)
    assert found.table["tonnes"].iloc[0] == 20.0
    assert found.errors["cell"].tolist() == ["D3"]
    assert "#DIV/0!" in found.errors["problem"].iloc[0]


def test_a_header_in_two_rows_and_values_merged_downwards(net: cr.Network, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cell, value in {
        **{"A1": "Route", "C1": "Date", "D1": "Load", "A2": "From", "B2": "To", "D2": "tonnes", "E2": "cargo"},
        **{"A3": "Almaty", "B3": "Tashkent", "C3": date(2026, 4, 15), "D3": 20},
        **{"B4": "Osh", "C4": date(2026, 4, 16), "D4": 10},
    }.items():
        sheet[cell] = value
    for area in ("A1:B1", "C1:C2", "D1:E1", "A3:A4"):
        sheet.merge_cells(area)
    book.save(tmp_path / "m.xlsx")
    found = net.shipments(tmp_path / "m.xlsx", progress=False)
    assert found.errors.empty, found.errors.to_dict("records")
    assert found.table["origin"].tolist() == ["Almaty", "Almaty"]
    assert found.table["tonnes"].tolist() == [20.0, 10.0]


def test_map_and_report(received: tuple[Shipments, dict[int, dict[str, Any]]], tmp_path: Path) -> None:
    found, _ = received
    m = found.explore()
    m.save(tmp_path / "m.html")
    page = (tmp_path / "m.html").read_text(encoding="utf-8")
    assert "https://" not in page.split("corridorMap(")[-1]
    found.report(tmp_path / "r.html")
    report = (tmp_path / "r.html").read_text(encoding="utf-8")
    for _, cell, _ in SPOILED.values():
        assert f">{cell}</td>" in report
    assert found.said in report
    assert len(found.flows)
    assert found.flows["tonnes"].max() <= found.totals["tonnes"].iloc[0] + 1e-6
    assert json.dumps(found.notes)
    assert "Shipments of" in found._repr_html_()


def test_crossings_count_trucks_and_wagons(net: cr.Network) -> None:
    """Of 650 t of metal that go by rail 10 wagons pass, by road 33 trucks of 20 t, and boxes stay boxes."""
    rows = pd.DataFrame(
        [
            {"origin": "Almaty", "destination": "Tashkent", "date": "2026-04-15", "cargo": "metal", "tonnes": 650},
            {
                "origin": "Almaty",
                "destination": "Tashkent",
                "date": "2026-04-15",
                "cargo": "container40",
                "tonnes": 100,
            },
        ]
    )
    payload = float(net.cargo.set_index("cargo_id").loc["container40", "payload_t"])
    for modes, units in ((["rail"], 10), (["road"], 32.5)):
        found = net.shipments(rows, modes=modes, progress=False)
        assert found.totals["boxes"].iloc[0] == 10 + np.ceil(100 / payload)
        assert found.by_crossing["vehicles"].tolist() == [units + np.ceil(100 / payload)] * len(found.by_crossing)

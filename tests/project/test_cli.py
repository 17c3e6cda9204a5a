"""The command as a user types it."""

import shlex
from pathlib import Path

import pandas as pd
import pytest

from corridors.cli import EXAMPLES, _parser, main


def test_route_writes_map_and_tables_and_shows_progress(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask = ["route", "Almaty", "Karachi", "--depart", "2026-01-15", "--as-of", "2026-02-15", "--out", str(tmp_path)]
    assert main(ask) == 0
    said = capsys.readouterr()
    assert "Torugart and Khunjerab" in said.out
    assert "Chaman" in said.out
    assert "searching Almaty to Karachi" in said.err
    stem = tmp_path / "almaty_karachi"
    assert "corridorMap(" in Path(f"{stem}_map.html").read_text(encoding="utf-8")
    table = pd.read_csv(f"{stem}_table.csv")
    legs = pd.read_csv(f"{stem}_legs.csv")
    assert len(table) == 4
    assert legs.groupby("route")["km"].sum().tolist() == pytest.approx(table["km"].tolist())
    assert "chaman" in "".join(pd.read_csv(f"{stem}_rejected.csv")["blocked_by"])
    costs = pd.read_csv(f"{stem}_costs.csv").query("one_way")
    assert costs.groupby("label")["usd"].sum().tolist() == pytest.approx(table["usd"].tolist())
    assert "Not possible on this date" in Path(f"{stem}_table.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["route", "Allmatty", "Karachi", "--depart", "2026-01-15"], "Almaty"),
        (["route", "Almaty", "Karachi", "--depart", "2026-13-15"], "not a day of the calendar"),
        (["route", "Almaty", "Karachi", "--depart", "2026-01-15", "--modes", "rail", "--avoid", "IR"], "No route"),
        (["route", "Almaty", "Karachi", "--depart", "2026-01-15", "--carrier", "Mars"], "carrier='Mars'"),
        (["route", "Almaty", "Karachi", "--depart", "2026-01-15", "--unknown", "hope"], "unknown='hope'"),
        (["check", "/nowhere"], "/nowhere is missing"),
        (["shipments", "/nowhere.xlsx", "a.xlsx"], "/nowhere.xlsx is not there"),
        (["shipments", "a.csv", "a.pdf"], ".xlsx or .csv"),
        (["new-shipments", "/"], "already exists"),
        (["report", "Almaty", "Karachi", "--depart", "2026-01-15", "--out", "a.pdf"], ".docx"),
    ],
)
def test_a_users_error_is_one_sentence(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith("corridors: ")
    assert words in said


def test_check_passes_on_the_shipped_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert "0 problems" in capsys.readouterr().out


def test_a_list_of_shipments_becomes_a_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed, answers = tmp_path / "list.csv", tmp_path / "answers.xlsx"
    assert main(["new-shipments", str(listed)]) == 0
    with listed.open("a", encoding="utf-8") as file:
        file.write("X-3,Алматы,Ташкент,2026-04-15,container40,20 t,,,,,\nX-4,Almaty,Tashkent,03/04/2026,,20,,,,,\n")
    files = ["--report", str(tmp_path / "r.html"), "--map", str(tmp_path / "m.html"), "--keep", str(tmp_path / "kept")]
    capsys.readouterr()
    assert main(["shipments", str(listed), str(answers), *files]) == 0
    said = capsys.readouterr()
    assert "3 of 4 rows answered; 1 not read" in said.out
    assert "row 5, D5: '03/04/2026' is text, which may be 2026-03-04 or 2026-04-03" in said.out
    assert "answering" in said.err
    table = pd.read_excel(answers, sheet_name="Shipments")
    assert table["Shipment"].tolist() == ["EX-1", "EX-2", "X-3", "X-4"]
    assert "corridorMap(" in (tmp_path / "m.html").read_text(encoding="utf-8")
    assert "3 of 4 rows answered" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert list((tmp_path / "kept").glob("part-*.parquet"))
    assert main(["shipments", str(listed), str(tmp_path / "answers.csv")]) == 0
    assert pd.read_csv(tmp_path / "answers.csv")["row"].tolist() == [2, 3, 4, 5]


REPORT = ["report", "Almaty", "Bishkek", "--depart", "2026-04-15", "-k", "1", "--modes", "road", "--out"]


@pytest.mark.parametrize("name", ["a.html", "a.docx", "a.xlsx"])
def test_report_writes_one_file_of_each_kind(tmp_path: Path, name: str) -> None:
    assert main([*REPORT, str(tmp_path / name)]) == 0
    assert (tmp_path / name).stat().st_size > 5000


def test_report_as_a_table(tmp_path: Path) -> None:
    ask = ["report", "Almaty", "Tashkent", "--depart", "2026-04-15", "-k", "2", "--out"]
    assert main([*ask, str(tmp_path / "a.csv")]) == 0
    assert pd.read_csv(tmp_path / "a.csv")["label"].tolist() == ["A", "B"]
    assert main([*ask, str(tmp_path / "a.pdf")]) == 2


@pytest.mark.parametrize("command", sorted(EXAMPLES))
def test_help_has_examples_that_parse(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    said = capsys.readouterr().out
    lines = [line for line in EXAMPLES[command].splitlines() if line]
    assert lines
    for line in lines:
        assert line in said
        words = shlex.split(line.split("   (")[0].split(" > ")[0])
        assert words[0] == "corridors"
        assert vars(_parser().parse_args(words[1:]))["command"] == words[1]

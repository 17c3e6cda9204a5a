"""The command as a user types it."""

from pathlib import Path

import pandas as pd
import pytest

from corridors.cli import main


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
        (["route", "Almaty", "Karachi", "--depart", "2026-13-15"], "not a date"),
        (["route", "Almaty", "Karachi", "--depart", "2026-01-15", "--modes", "rail", "--avoid", "IR"], "No route"),
        (["route", "Almaty", "Karachi", "--depart", "2026-01-15", "--carrier", "Mars"], "carrier='Mars'"),
        (["route", "Almaty", "Karachi", "--depart", "2026-01-15", "--unknown", "hope"], "unknown='hope'"),
        (["check", "/nowhere"], "/nowhere is missing"),
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

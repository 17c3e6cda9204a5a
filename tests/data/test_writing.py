"""Files are whole or not at all, whatever the system says, and CSV files run nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import corridors as cr
from corridors.data.writing import whole_file, write_csv, write_text
from corridors.errors import FileNotWritten

FULL = """
import resource, signal, sys, pathlib, corridors as cr
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
net, folder = cr.load(), pathlib.Path(sys.argv[1])
routes = net.routes("Almaty", "Bishkek", depart="2026-04-15", k=1)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, resource.RLIM_INFINITY))  # stands for a full disk
writers = {
    "map.html": lambda path: routes.explore().save(path), "report.html": routes.report, "table.html": routes.to_html,
    "a.docx": routes.to_word, "a.xlsx": routes.to_excel, "a.geojson": routes.to_file, "a.kml": routes.to_file,
    "a.gpkg": routes.to_file, "a.parquet": routes.to_file, "net.gpkg": net.to_file,
}
for name, write in writers.items():
    (folder / name).write_text("old")
    try:
        write(folder / name)
        print(name, "written")
    except cr.CorridorsError as error:
        print(name, type(error).__name__, isinstance(error, OSError))
"""


def test_a_full_disk_keeps_the_old_file(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert run.returncode == 0, run.stderr
    lines = dict(line.split(" ", 1) for line in run.stdout.splitlines())
    assert len(lines) == 10
    assert set(lines.values()) == {"FileNotWritten True"}, lines
    assert {path.read_text() for path in tmp_path.iterdir()} == {"old"}
    assert len(list(tmp_path.iterdir())) == 10  # nothing unfinished is left


def test_the_old_stays_until_the_new_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.txt"
    write_text(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "half, then a letter that there is not: \ud800")
    assert path.read_text() == "old"
    with whole_file(path) as unfinished:
        unfinished.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert os.listdir(path.parent) == ["a.txt"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    write_text(tmp_path / "link.txt", "new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


@pytest.mark.parametrize("path", ["x" * 300 + ".html", "/dev/null/x.html"])
def test_what_the_system_refuses_is_a_sentence(path: str) -> None:
    with pytest.raises((FileNotWritten, cr.BadRequest), match=r"was not written|not a path of a file"):
        write_text(path, "text")


@pytest.mark.parametrize("path", [None, 5, "", "a\0b", ["a"]])
def test_what_is_no_path_is_named(path: object) -> None:
    with pytest.raises(cr.BadRequest, match="path="):
        write_text(path, "text")  # type: ignore[arg-type]


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(cr.BadRequest, match="already exists"):
        write_text(tmp_path / "there", "text")


def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": ["=1+1", "@x", "-2", "plain", None], "b": [-1.5, 2.0, 3.0, 4.0, 5.0]})
    write_csv(tmp_path / "a.csv", frame)
    back = pd.read_csv(tmp_path / "a.csv")
    assert back["a"].tolist()[:4] == ["'=1+1", "'@x", "'-2", "plain"]
    assert back["b"].tolist() == [-1.5, 2.0, 3.0, 4.0, 5.0]

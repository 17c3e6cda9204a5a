"""The shipped data are those of the manifest, and the counts in geodata/README.md are fresh; nothing is rebuilt."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tests.scripts import script

ROOT = Path(__file__).parents[2]
GEODATA = ROOT / "geodata"
MEND = "run: python geodata/build/manifest.py"


@pytest.fixture(scope="module")
def manifest() -> ModuleType:
    return script(GEODATA / "build" / "manifest.py")


def test_bytes_are_those_of_the_manifest(manifest: ModuleType) -> None:
    written = dict(reversed(line.split("  ")) for line in (GEODATA / "manifest.sha256").read_text().splitlines())
    found = dict(reversed(line.split("  ")) for line in manifest.manifest().splitlines())
    assert sorted(written) == sorted(found), MEND
    assert [name for name in found if found[name] != written[name]] == [], MEND


def test_every_table_is_in_the_manifest(manifest: ModuleType) -> None:
    names = {path.relative_to(GEODATA).as_posix() for path in manifest.files()}
    assert {"legs.csv", "benchmarks.csv", "datapackage.json", "basemap/base.json"} <= names
    assert {path.name for path in GEODATA.glob("*.csv")} <= names


def test_counts_by_quality_are_fresh(manifest: ModuleType) -> None:
    text = (GEODATA / "README.md").read_text(encoding="utf-8")
    assert manifest.with_counts(text) == text, MEND
    assert "| `legs` |" in text


def test_all_data_stay_under_ten_megabytes() -> None:
    shipped = (path for path in GEODATA.rglob("*") if "__pycache__" not in path.parts and path.name[0] != ".")
    assert sum(path.stat().st_size for path in shipped) < 10e6


def test_everyone_is_credited() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for name in (
        "OpenStreetMap contributors",
        "Open Database License",
        "GeoNames",
        "Attribution 4.0",
        "searoute",
        "Apache License 2.0",
        "Eurostat",
        "ORNL",
        "Natural Earth",
        "Leaflet",
        "BSD 2-Clause",
    ):
        assert name in notice

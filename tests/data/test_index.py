"""The file of tables that is kept for later processes: used as long as it holds, and never when it does not."""

import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import corridors as cr
from corridors.data import index, packed, schema
from corridors.data.versions import version_of

SHIPPED = schema.data_folder()
NAMES = ("cargo", "services")
FILE = ".corridors-backbone.tables"
ASK = (
    "import sys, corridors as cr; from pathlib import Path; from corridors.data import index, schema;"
    "folder = Path(sys.argv[1]);"
    "found = index.kept(folder, 'backbone', ('cargo', 'services'), False,"
    " lambda: {one: schema.read_table(folder, one) for one in ('cargo', 'services')});"
    "print(found['cargo'].to_csv(), found['services'].to_csv())"
)
"""A process of its own that reads the tables of a folder, and says what it read."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of two tables, and a cache folder of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    found = tmp_path / "data"
    found.mkdir()
    for name in ("datapackage.json", "cargo.csv", "services.csv"):
        shutil.copyfile(SHIPPED / name, found / name)
    return found


def read(folder: Path) -> dict[str, pd.DataFrame]:
    return {name: schema.read_table(folder, name) for name in NAMES}


def kept(folder: Path) -> Mapping[str, pd.DataFrame]:
    return index.kept(folder, "backbone", NAMES, False, lambda: read(folder))


def same(found: Mapping[str, pd.DataFrame], expected: Mapping[str, pd.DataFrame]) -> None:
    assert list(found) == list(expected)
    for name, table in expected.items():
        pd.testing.assert_frame_equal(found[name], table)


def test_what_is_kept_is_used_and_equals_what_was_read(folder: Path) -> None:
    expected = read(folder)
    same(kept(folder), expected)  # read, and kept
    same(index.kept(folder, "backbone", NAMES, False, lambda: pytest.fail("read again")), expected)


@pytest.mark.parametrize("detail", ["backbone", pytest.param("full", marks=pytest.mark.slow)])
def test_a_network_of_kept_tables_is_the_same_network(
    detail: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "data", ignore=shutil.ignore_patterns("build", ".*"))
    first, again = (cr.load(folder, detail=detail) for _ in range(2))
    assert [one.name for one in folder.glob(".*")] == [f".corridors-{detail}-checked.tables"]
    monkeypatch.setattr(cr.settings, "keep_tables", False)
    for net in (first, again):
        same(dict(net.facts.tables), dict(cr.load(detail=detail).facts.tables))
    ask = {"depart": "2026-04-15", "k": 3}
    for one in ("table", "legs", "rejected"):
        a, b = (getattr(net.routes("Almaty", "Karachi", **ask), one) for net in (first, again))
        pd.testing.assert_frame_equal(pd.DataFrame(a), pd.DataFrame(b))


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(at: float) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        i = int(at * (len(content) - 1))
        return content[:i] + bytes([content[i] ^ 1]) + content[i + 1 :]

    return change


@pytest.mark.parametrize(
    "damage",
    [half, lambda _: b"", lambda _: b"\n" * 1000, *map(flipped, (0, 0.001, 0.01, 0.3, 0.6, 1))],
    ids=["half", "empty", "blank", *(f"bit {at}" for at in (0, 0.001, 0.01, 0.3, 0.6, 1))],
)
def test_a_damaged_file_is_not_used_and_is_replaced(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    expected = kept(folder)
    good = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(damage(good))
    same(kept(folder), expected)
    assert (folder / FILE).read_bytes() == good


def test_a_file_whose_digest_is_right_but_that_makes_no_sense_is_not_used(folder: Path) -> None:
    expected = kept(folder)
    made_of = index._made_of(folder, NAMES, False)
    header = json.loads((folder / FILE).read_bytes().split(b"\n")[1])
    beyond = {**header, "cargo": [0, 10**9, *header["cargo"][2:]]}
    for words in (b"\n[]\n", b"\n{}", b'\n{"cargo": 1}\n', b"\n" + json.dumps(beyond).encode() + b"\n", b"\n\xff\n"):
        (folder / FILE).write_bytes(index.hashlib.sha256(made_of + words).hexdigest().encode() + words)
        same(kept(folder), expected)


def test_nothing_in_it_is_executed(folder: Path, tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (tmp_path / "executed",)

    expected = read(folder)
    (folder / FILE).write_bytes(pickle.dumps(Evil()))
    same(kept(folder), expected)
    assert not (tmp_path / "executed").exists()


def test_a_change_of_data_counts_even_with_the_same_size_and_time(folder: Path) -> None:
    path = folder / "cargo.csv"
    before = kept(folder)["cargo"]
    told, text = path.stat(), path.read_text()
    name = before["name"][0]
    path.write_text(text.replace(name, name.swapcase()))
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))
    assert path.stat().st_size == told.st_size
    assert kept(folder)["cargo"]["name"][0] == name.swapcase()
    path.write_text(text)
    pd.testing.assert_frame_equal(kept(folder)["cargo"], before)


def test_a_fault_of_the_data_is_told_as_before(folder: Path) -> None:
    kept(folder)
    (folder / "cargo.csv").unlink()
    with pytest.raises(cr.DataError, match=r"cargo.csv is missing"):
        kept(folder)


def test_a_folder_that_cannot_be_written_to_has_its_file_in_the_cache_folder(folder: Path, tmp_path: Path) -> None:
    expected = read(folder)
    (folder / FILE).mkdir()  # where a file should lie, and so cannot, even for root
    (folder / FILE / "something").touch()
    same(kept(folder), expected)
    assert list((tmp_path / "cache" / "corridors").iterdir())
    same(index.kept(folder, "backbone", NAMES, False, lambda: pytest.fail("read again")), expected)


def test_nobody_who_may_write_nowhere_is_kept_from_reading(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = read(folder)
    (folder / FILE).mkdir()
    (tmp_path / "cache").write_text("no folder")
    same(kept(folder), expected)


def test_no_file_is_written_where_the_setting_is_off(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cr.settings, "keep_tables", False)
    same(kept(folder), read(folder))
    assert not (folder / FILE).exists()


def test_text_that_cannot_be_kept_is_read_each_time(folder: Path) -> None:
    path = folder / "cargo.csv"
    path.write_text(path.read_text().replace(kept(folder)["cargo"]["name"][0], f"odd{packed.BETWEEN}name"))
    (folder / FILE).unlink()
    assert f"odd{packed.BETWEEN}name" in set(kept(folder)["cargo"]["name"])
    assert not (folder / FILE).exists()


def test_processes_at_once_all_read_the_same(folder: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", ASK, str(folder)], stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    found = {one.communicate(timeout=120)[0] for one in running}
    expected = read(folder)
    assert found == {f"{expected['cargo'].to_csv()} {expected['services'].to_csv()}\n"}
    assert [one.name for one in folder.iterdir() if one.name.startswith(".")] == [FILE]
    same(index.kept(folder, "backbone", NAMES, False, lambda: pytest.fail("read again")), expected)


def years(folder: Path) -> list[int]:
    return sorted(int(one.name[-4:]) for one in folder.glob("*.corridors-backbone.hours-*"))


def keep_year(folder: Path, year: int) -> bytes:
    """What is kept of a year: made where it is not there."""

    def read(parts: Mapping[str, packed.Part]) -> bytes:
        return bytes(parts["a"]["b"].astype("uint8"))

    whole = {"a": {"b": np.frombuffer(str(year).encode(), "uint8").astype("int64")}}
    return index.beside(kept(folder), f"hours-{year}", (), read, lambda: str(year).encode(), lambda _: whole)


def test_of_many_years_those_written_last_are_kept(folder: Path) -> None:
    for year in (*range(2050, 1990, -1), 2050, 1992):
        assert keep_year(folder, year) == str(year).encode()
        assert year in years(folder)
    assert years(folder) == [*range(1991, 1991 + index.MOST_ALIKE - 1), 2050]
    same(index.kept(folder, "backbone", NAMES, False, lambda: pytest.fail("read again")), read(folder))
    (folder / "more.corridors-backbone.hours-1900").touch()  # nobody's: a name that is not ours stays
    keep_year(folder, 2051)
    assert (folder / "more.corridors-backbone.hours-1900").exists()


def test_the_cache_folder_does_not_grow_without_end(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three folders that cannot be written to, the one read first loses its file."""
    places = [folder.parent / f"data{i}" for i in range(3)]
    for place in places:
        shutil.copytree(folder, place)
        (place / FILE).mkdir()
        (place / FILE / "something").touch()
    cache = tmp_path / "cache" / "corridors"
    kept(places[0])
    (first,) = cache.iterdir()
    monkeypatch.setattr(index, "MOST_CACHED", int(2.5 * first.stat().st_size))
    kept(places[1])
    assert first.exists()
    kept(places[2])
    assert len(list(cache.iterdir())) == 2
    assert not first.exists()
    same(kept(places[0]), read(folder))


def test_processes_at_once_that_keep_many_years_all_have_theirs(folder: Path) -> None:
    """Each of three writes 40 years, more than are kept, in an order of its own, while the others remove them."""
    code = (
        "import sys, tests.data.test_index as t; from pathlib import Path; from random import Random\n"
        "years = list(range(1990, 2030)); Random(int(sys.argv[2])).shuffle(years)\n"
        "assert all(t.keep_year(Path(sys.argv[1]), year) == str(year).encode() for year in years)"
    )
    root = Path(__file__).parents[2]
    running = [subprocess.Popen([sys.executable, "-c", code, str(folder), str(i)], cwd=root) for i in range(3)]
    assert [one.wait(timeout=120) for one in running] == [0, 0, 0]
    assert 0 < len(years(folder)) <= index.MOST_ALIKE + 2
    assert not list(folder.glob(".unfinished*"))


def test_a_table_that_is_damaged_after_it_was_opened_is_read_anew(folder: Path) -> None:
    expected = read(folder)
    kept(folder)
    for damage in (half, flipped(1), lambda _: b"", Path.unlink):
        found = kept(folder)
        if damage is Path.unlink:
            (folder / FILE).unlink()
        else:
            (folder / FILE).write_bytes(damage((folder / FILE).read_bytes()))  # where it lies, as it is being read
        same(found, expected)


def test_a_table_that_is_damaged_while_its_data_changed_is_refused(folder: Path) -> None:
    found, path = kept(folder), folder / "cargo.csv"
    path.write_text(path.read_text() + "\n")
    same(found, kept(folder))  # another file: what was opened stays as it was
    found = kept(folder)
    (folder / FILE).write_bytes(half((folder / FILE).read_bytes()))
    path.write_text(path.read_text() + "\n")
    with pytest.raises(cr.DataError, match="have changed since they were loaded"):
        same(found, read(folder))


def test_tables_that_a_worker_forgot_are_read_again(net: cr.Network) -> None:
    tables = cr.load().facts.tables
    holidays = tables["holidays"]
    index.forget(tables)
    assert tables["holidays"] is not holidays
    same({"holidays": tables["holidays"]}, {"holidays": holidays})
    assert tables["cargo"] is tables["cargo"]


def test_the_digest_of_a_table_is_that_of_its_content(folder: Path) -> None:
    held, plain = kept(folder), read(folder)
    changed = {"cargo": plain["cargo"].assign(payload_t=plain["cargo"]["payload_t"] + 1)}
    assert index.digest(held, "cargo") == index.digest(plain, "cargo") != index.digest(changed, "cargo")
    odd = {"cargo": plain["cargo"].assign(name=packed.BETWEEN, when=pd.Timestamp("2026-01-01"))}
    assert index.digest(odd, "cargo") == index.digest({"cargo": odd["cargo"].copy()}, "cargo")


def test_tables_that_are_kept_are_handed_on_whole(folder: Path) -> None:
    same(pickle.loads(pickle.dumps(kept(folder))), read(folder))


@pytest.mark.parametrize("module", ["numpy", "opening_hours", "pandas", "pyproj"])
def test_the_version_of_a_module_is_that_of_its_package(module: str) -> None:
    package = metadata.packages_distributions()[module][0]
    assert metadata.version(package) in version_of(module)

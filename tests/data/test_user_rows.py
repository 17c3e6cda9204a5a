"""A user's own rows over the shipped ones: what they change, what they must say, and what is refused."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

import corridors as cr
from corridors.analysis.sweeps import Data, digest
from corridors.cli import main
from corridors.data.user_rows import OWN, overlay

ASK = {"depart": "2026-04-15", "k": 1}
GRADE = "2026-06,estimate"
CLOSED = (
    "event_id,element_id,effect,start,last_confirmed,cause,as_of,quality\n"
    f"our_closure,khunjerab_sost,close,2026-04-01,2026-06-30,told by our driver,{GRADE}\n"
)


def folder(path: Path, **tables: str) -> Path:
    path = path / "my_data"
    path.mkdir()
    for name, text in tables.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("new") / "my_data"
    assert main(["new-data", str(path)]) == 0
    return path


def test_templates_change_nothing_and_say_what_columns_mean(
    net: cr.Network, templates: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert {path.stem for path in templates.glob("*.csv")} == set(OWN)
    same = cr.load(extra=templates)
    assert same.diff(net).empty
    assert same.version == net.version
    readme = (templates / "README.md").read_text(encoding="utf-8")
    for name in OWN:
        assert f"## {name}.csv" in readme
        for column in net.tables[name].columns:
            assert f"| {column} |" in readme
    before = {path: path.read_bytes() for path in templates.iterdir()}
    assert main(["new-data", str(templates)]) == 2
    assert "nothing was written" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in templates.iterdir()} == before


def test_the_examples_of_the_readme_change_only_the_source(net: cr.Network, templates: Path, tmp_path: Path) -> None:
    blocks = (templates / "README.md").read_text(encoding="utf-8").split("## ")[1:]
    examples = {block.split(".csv")[0]: block.split("```csv\n")[1].split("```")[0] for block in blocks}
    assert set(examples) == set(OWN)
    own = cr.load(extra=folder(tmp_path, **examples))
    changed = own.diff(net).query("table not in ('sources', 'provenance')")
    assert set(changed["column"]) == {"source_id"}
    assert set(changed["new"]) == {"user_my_data"}


def test_a_closure_of_ones_own_closes_the_way_and_names_its_source(net: cr.Network, tmp_path: Path) -> None:
    own = cr.load(extra=folder(tmp_path, events=CLOSED))
    assert own.version == f"{net.version}+user"
    assert own.check().empty
    ask = {**ASK, "modes": ["road"], "avoid": ["AF", "IR"]}
    assert "Khunjerab" in net.routes("Kashgar", "Islamabad", **ask).details["crossings"].iloc[0]
    with pytest.raises(cr.NoRoute, match="Khunjerab") as error:
        own.routes("Kashgar", "Islamabad", **ask)
    row = error.value.rejected.iloc[0]
    assert "told by our driver" in row["reason"]
    assert row["source_id"] == "user_my_data"
    changes = own.diff(net)
    assert changes[["table", "key", "change"]].to_numpy().tolist() == [
        ["events", "our_closure", "added"],
        ["sources", "user_my_data", "added"],
    ]
    source = own.sources.set_index("source_id").loc["user_my_data"]
    assert (source["title"], source["publisher"]) == ("Own data in my_data", "user")


def test_an_event_without_known_from_is_known_at_the_date_of_the_data(net: cr.Network, tmp_path: Path) -> None:
    own = cr.load(extra=folder(tmp_path, events=CLOSED.replace("2026-04-01", "2026-09-01")))
    event = own.events.set_index("event_id").loc["our_closure"]
    assert (event["known_from"], event["start"]) == (net.data_date.isoformat(), "2026-09-01")


def test_a_negotiated_rate_replaces_the_shipped_one(net: cr.Network, tmp_path: Path) -> None:
    shipped = net.rates.query("quantity == 'usd_per_km' and by_mode == 'road' and by_country == 'KZ'").iloc[0]
    rate = (
        "rate_id,quantity,by_mode,by_country,low,mode,high,unit,year,source_id,as_of,quality\n"
        f"{shipped['rate_id']},usd_per_km,road,KZ,9,9,9,{shipped['unit']},2026,our_contract,2026,published\n"
    )
    sources = "source_id,title,publisher,accessed,licence\nour_contract,Contract 7,A haulier,2026-06,confidential\n"
    own = cr.load(extra=folder(tmp_path, rates=rate, sources=sources))
    assert len(own.rates) == len(net.rates)
    assert not (own.provenance["row_id"] == shipped["rate_id"]).any()
    ask = {**ASK, "modes": ["road"]}
    before, after = (one.routes("Almaty", "Shymkent", **ask) for one in (net, own))
    km = before.table["km"].iloc[0]
    assert after.costs.query("line == 'haulage'")["usd"].iloc[0] - before.costs.query("line == 'haulage'")["usd"].iloc[
        0
    ] == pytest.approx(km * (9 - net.facts.rates.expected(net.facts.rates.find("usd_per_km", "road", "KZ"), "prices")))
    assert "our_contract" in set(after.sources()["source_id"])
    assert "our_contract" not in set(before.sources()["source_id"])


LEG = (
    "leg_id,from_place,to_place,country,mode,km,status,speed_class,as_of,quality\n"
    f"our_road,almaty,our_depot,KZ,road,60,operating,plain,{GRADE}\n"
)
DEPOT = (
    "place_id,name,country,kind,lon,lat,timezone,as_of,quality\n"
    f"our_depot,Our depot,KZ,dry_port,76.9,43.6,Asia/Almaty,{GRADE}\n"
)


def test_a_new_place_and_leg_are_routed_over(tmp_path: Path) -> None:
    bent = 'leg_id,wkt\nour_road,"LINESTRING (76.945 43.25, 76.8 43.5, 76.9 43.6)"\n'
    path = folder(tmp_path, places=DEPOT, legs=LEG)
    own = cr.load(extra=path)
    assert own.check().empty
    found = own.routes("Our depot", "Bishkek", **ASK)
    leg = found.legs.query("element_id == 'our_road'").iloc[0]
    assert (leg["km"], leg["quality"], leg["name"]) == (60, "estimate", "Our depot - Almaty")
    assert "user_my_data" in leg["source_id"] or "user_my_data" in set(found.sources()["source_id"])
    ends = own.legs.set_index("leg_id").geometry["our_road"]
    assert len(ends.coords) == 2
    almaty = own.places.set_index("place_id").loc["almaty"]
    (path / "leg_geometry.csv").write_text(bent.replace("76.945 43.25", f"{almaty['lon']} {almaty['lat']}"))
    assert len(cr.load(extra=path).legs.set_index("leg_id").geometry["our_road"].coords) == 3


@pytest.mark.slow
def test_own_rows_go_over_the_detail_network_and_into_a_sweep(net: cr.Network, tmp_path: Path) -> None:
    path = folder(tmp_path, places=DEPOT, legs=LEG, events=CLOSED)
    own = cr.load(extra=path)
    data = Data.of(own)
    assert digest(data.load()) == digest(own) != digest(net.facts)
    pairs, days = [("Our depot", "Bishkek")], ["2026-04-15"]
    plain = cr.sweep(own, pairs, [None], days, progress=False)
    with ThreadPoolExecutor(2) as threads:
        pd.testing.assert_frame_equal(plain, cr.sweep(own, pairs, [None], days, threads, progress=False))
    full = cr.load(detail="full", extra=path)
    assert full.version.endswith("+full+user")
    assert "our_road" in set(full.legs["leg_id"])


def test_a_leg_that_the_detail_network_splits_is_refused(net: cr.Network, tmp_path: Path) -> None:
    leg, elements = net.tables["legs"].iloc[:1].assign(source_id=""), net.elements
    elements.loc[elements["element_id"] == leg["leg_id"].iloc[0], "kind"] = "section"
    path = folder(tmp_path, legs=leg.to_csv(index=False))
    with pytest.raises(cr.DataError, match=r"row 2, column leg_id.*several legs in the detail network"):
        overlay({**net.tables, "elements": elements}, net.folder, path, "2026-07-01")


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        (
            {"events": CLOSED.replace("khunjerab_sost", "kunjerab")},
            r"events.csv\), row 2, column element_id: 'kunjerab'",
        ),
        ({"events": CLOSED.replace(",estimate", ",")}, r"events.csv\), row 2, column quality: is empty"),
        ({"events": CLOSED.replace(",estimate", ",sure")}, "column quality: 'sure' is not one of measured"),
        ({"events": CLOSED.replace("2026-04-01", "1 April")}, "row 2, column start: expected a date"),
        ({"events": CLOSED.replace("cause", "casue")}, "row 1, column casue: no such column is known"),
        ({"events": CLOSED + CLOSED.splitlines()[1] + "\n"}, "row 3, column event_id: .our_closure. is already"),
        (
            {"events": CLOSED.replace("2026-06-30", "")},
            "row 2, column last_confirmed: is empty although no end is known",
        ),
        ({"event": CLOSED}, "event.csv belongs to no table; known are places.csv"),
        ({"provenance": "table\n"}, "provenance.csv belongs to no table"),
        ({"events": ""}, "is not a table in UTF-8"),
        (
            {"events": CLOSED.replace("as_of", "source_id,as_of").replace("driver,", "driver,cpmm_2023_kyrgyz,")},
            r"row 2, column source_id: 'cpmm_2023_kyrgyz' is not in your own sources.csv",
        ),
        (
            {"sources": "source_id,title,publisher,accessed,licence\ncpmm_2023_kyrgyz,Mine,Me,2026,none\n"},
            "row 2, column source_id: 'cpmm_2023_kyrgyz' is the id of a shipped source",
        ),
        ({"legs": LEG}, r"legs.csv\), row 2, column to_place: 'our_depot' is no place_id"),
        ({"legs": LEG.replace(",60,", ",6,"), "places": DEPOT}, "row 2, column km.*shorter than the great circle"),
        ({"legs": LEG.replace("our_depot", "bishkek").replace(",60,", ",240,")}, "not the country of both its places"),
        ({"places": DEPOT.replace("76.9,", "276.9,")}, "row 2, column lon: 276.9 is above 180"),
        ({"places": DEPOT.replace("Asia/Almaty", "Almaty")}, "row 2, column timezone: 'Almaty' is not an IANA"),
        (
            {"seasons": f"element_id,month,open_probability,speed_factor,as_of,quality\ntorkham,1,0.5,1,{GRADE}\n"},
            "torkham has 1 of 12 months",
        ),
        (
            {
                "rates": "rate_id,quantity,by_mode,by_country,low,mode,high,unit,year,as_of,quality\n"
                f"mine,usd_per_km,road,KZ,1,1,1,USD per km,2026,{GRADE}\n"
            },
            "mine is a second usd_per_km for one mode",
        ),
        (
            {
                "rates": "rate_id,quantity,by_mode,by_country,low,mode,high,unit,year,as_of,quality\n"
                f"mine,usd_per_km,road,SG,1,1,1,EUR per km,2026,{GRADE}\n"
            },
            "'EUR per km' is not the unit of usd_per_km",
        ),
    ],
)
def test_rows_that_make_no_sense_are_refused(
    net: cr.Network, tables: dict[str, str], words: str, tmp_path: Path
) -> None:
    with pytest.raises(cr.DataError, match=words):
        overlay(dict(net.tables), net.folder, folder(tmp_path, **tables), net.data_date.isoformat())


@pytest.mark.slow  # a page as long as a notebook
def test_the_examples_of_the_guide_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "your_data.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["new-data", "my_data"]) == 0
    for name, text in re.findall(r"```csv (\S+)\n(.*?)```", guide, re.DOTALL):
        Path(name).write_text(text, encoding="utf-8")
    known: dict = {}
    exec("\n".join(re.findall(r"```python\n(.*?)```", guide, re.DOTALL)), known)
    changes = known["net"].diff(cr.load())
    assert set(changes["table"]) - {"provenance"} == {"events", "rates", "sources"}
    assert known["again"].diff(known["net"]).empty
    assert known["way"][-1] == "tashkent|>door"


def test_no_folder_and_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(cr.DataError, match="nowhere is not a folder; corridors new-data makes one"):
        cr.load(extra=tmp_path / "nowhere")
    path = folder(tmp_path, events=CLOSED)
    assert main(["check", "--extra", str(path)]) == 0
    assert "+user: " in capsys.readouterr().out

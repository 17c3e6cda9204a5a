"""Roads drive where trucks drive, at the length that is published."""

from __future__ import annotations

import csv
import itertools
import math
import zlib
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest

import corridors as cr
from corridors.analysis import validate

BENCHMARKS = Path(__file__).parents[2] / "geodata" / "benchmarks.csv"
Graphs = dict[str, "nx.Graph[str]"]

# Published lengths whose ends are those of the network: what the route was before it was mended stands behind.
WAYS = [
    ("shymkent;tashkent", 117, 146),  # 175: about 125 by the new road, 145 between the bus terminals
    ("poti;poti_port", 0.5, 4),  # 31.7
    ("bandar_abbas;shahid_rajaee", 20, 42),  # 86
    ("astana;ekibastuz", 290, 325),  # 349
    ("astana;pavlodar", 428, 455),  # 441 by km posts, was 505
    ("bishkek;naryn", 300, 360),  # 312 and 314, was 374
    ("urumqi;korla", 440, 480),  # was 307 over the Shengli pass, which is barred to trucks
    ("agri;kars", 205, 224),  # 214 by Horasan, was 161 by Kagizman
    ("mashhad;quchan;bajgiran_howdan_ir", 210, 240),  # 221 and 229, was 389 by Dargaz
    ("mashhad;ashgabat", 250, 285),  # 270 by odometer, was 432
    ("tbilisi;poti_port", 305, 340),  # S1 and S2: 291 to Senaki and some 35
    ("osh;kazarman;balykchy", 440, 620),  # was by Toktogul
    ("kazarman;jalal_abad_kg", 110, 140),  # 125, was 596
    ("rize;trabzon", 72, 86),  # 79, was 1050
    ("artvin;hopa", 50, 70),  # 148 Artvin-Rize less some 88 Hopa-Rize; was by Georgia
    ("erzurum;rize", 235, 262),  # 249, was 609
    ("kostanay;rudnyy", 44, 60),  # about 50, was by Russia
    ("karabutak;kostanay", 490, 560),  # 549, was 1395
    ("aktau;kuryk", 66, 80),  # 72, was 144
    ("arkalyk;petropavl", 570, 640),  # 606, was 752
    ("kandyagash;shalkar", 240, 275),  # 257, was no road
    ("kandyagash;makat", 360, 410),  # 385, was 539
    ("astara;anzali", 135, 165),  # the coast road was absent
    ("ankara;kirikkale", 68, 92),  # 74
    ("red_bridge_ge;tbilisi", 46, 62),  # by Rustavi; was by Marneuli
    ("tabriz;urmia", 125, 160),  # over the lake; was round it, 255
    ("zhetysay;atameken_guliston_kz", 28, 48),  # was by Shymkent and Uzbekistan, 569
    ("khorgos_cn;yining", 80, 100),  # Yining stood 17 km east of itself
    ("jaglot;skardu", 155, 180),  # 167, was 194
    ("quetta;chaman", 108, 126),  # 431 Khuzdar-Chaman less 330.5 Khuzdar-Kuchlak, and Kuchlak-Quetta; was 106
    ("bishkek;balykchy;naryn;torugart", 525, 550),  # 539 by the posts, which run by Balykchy
    ("lahore;gujranwala;islamabad", 285, 320),  # N-5; was stretched to 332 by the kilometres of Karachi-Thatta
    ("abbottabad;islamabad", 92, 130),  # by Haripur; was over the hills of Murree
    ("yerevan;sisian;goris;kapan", 285, 330),
    ("bishkek;osh", 620, 690),  # 650.5 by Toktogul, was 524 by earth roads over Min-Kush
    ("dushanbe;khorog", 560, 640),  # 605 to 610 by Kulob, was 502 over the Saghirdasht pass
    ("akhaltsikhe;batumi", 280, 345),  # 396 Tbilisi-Batumi less 120 Tbilisi-Khashuri and some 70; was 156 over Goderdzi
    ("beyneu;aktau", 430, 485),  # 470 by the posts of the A-33, 332 and 802; was 396
    ("erzincan;ordu", 315, 355),  # 340, was 287: no way may be shorter than Elazig-Ordu's published 601
    ("osh;andijan", 42, 60),  # some 50 by Dostuk, was 76 by Kara-Bagysh
    ("mashhad;birjand", 460, 510),  # some 485 to 491, was 442
    ("ashgabat;tejen", 200, 225),  # the motorway of 203 and streets; was 234 by the old road
    ("turkmenabat;dashoguz", 450, 540),  # by the left bank; was 642 by Uzbekistan
    ("ardabil;bileh_savar", 150, 200),  # by Germi; was by Azerbaijan
    ("kokand;namangan", 85, 110),  # was 118 by Chust
    ("hub;karachi", 20, 30),  # 22 on the backbone, was 29 in detail by the port
    ("bekabad;guliston", 60, 85),  # was 134 by the Oybek road
    ("kars;sarikamis", 50, 62),  # was 78 by the road to Kagizman
    ("mingachevir;yevlakh", 17, 24),  # was 31
    ("quetta;loralai", 215, 275),  # 265 by Qila Saifullah, was 202 over the hills of Ziarat
    ("elista;stavropol", 270, 290),  # 281 by the posts of the R216, was 260
    ("marneuli;bolnisi;gogavan_guguti_ge", 64, 78),  # 70 by the posts of the S6; was 142 by Marabda
    ("kuchlak;zhob", 290, 306),  # 298 by the works on the N-50, was 320
    ("tbilisi;verkhny_lars_ge", 155, 172),  # 166 by S1 and S3, was 154
]
RAIL_WAYS = [
    ("rubtsovsk;semey", 135, 160),  # the Turksib was cut at the border: 2,676
    ("kulunda;pavlodar", 134, 165),  # 133 by the straight line
    ("orsk;kandyagash", 220, 255),  # 233
    ("magnitogorsk;tobol", 230, 420),
    ("rubtsovsk;oskemen", 150, 330),
    ("kokand;khujand", 90, 150),
    ("aralsk;kyzylorda", 430, 470),  # 449 by the kilometres of the line, 552 with the ways into the towns
]
REACHED = [
    "arys", "aqsay", "emba", "shalkar", "kazalinsk", "saryshagan", "lepsy", "matay", "ush_tyube", "zhetysay",
    "zyryanovsk", "hami", "kaka", "shahritus", "tsalka", "ozinki", "isilkul", "sol_iletsk", "kharlachi",
]  # fmt: skip


@pytest.fixture(scope="module")
def graphs(net: cr.Network) -> Graphs:
    """Operating roads by data set: the backbone, and the detail network."""
    found: Graphs = {}
    for name, source in (("backbone", net), ("full", cr.load(detail="full"))):
        graph: nx.Graph[str] = nx.Graph()
        for table in ("crossings", "legs"):
            rows = source.tables[table]
            for row in rows[(rows["mode"] == "road") & (rows["status"] == "operating")].itertuples():
                km = getattr(row, "km", 0.0)
                if km < graph.get_edge_data(row.from_place, row.to_place, {"km": 1e9})["km"]:
                    graph.add_edge(row.from_place, row.to_place, km=km)
        found[name] = graph
    return found


@pytest.mark.parametrize("detail", ["backbone", "full"])
@pytest.mark.parametrize(("places", "low", "high"), WAYS, ids=[way[0] for way in WAYS])
def test_a_truck_drives_the_published_way(graphs: Graphs, detail: str, places: str, low: float, high: float) -> None:
    graph = graphs[detail]
    km = sum(nx.shortest_path_length(graph, a, b, "km") for a, b in itertools.pairwise(places.split(";")))
    slack = 1.0 if detail == "backbone" else 1.04
    assert low / slack <= km <= high * slack


@pytest.mark.parametrize(("places", "low", "high"), RAIL_WAYS, ids=[way[0] for way in RAIL_WAYS])
def test_a_train_runs_over_the_border_and_to_the_station(net: cr.Network, places: str, low: float, high: float) -> None:
    graph: nx.Graph[str] = nx.Graph()
    for table in ("crossings", "legs"):
        rows = net.tables[table]
        for row in rows[(rows["mode"] == "rail") & (rows["status"] == "operating")].itertuples():
            km = getattr(row, "km", 0.0)
            if km < graph.get_edge_data(row.from_place, row.to_place, {"km": 1e9})["km"]:
                graph.add_edge(row.from_place, row.to_place, km=km)
    km = sum(nx.shortest_path_length(graph, a, b, "km") for a, b in itertools.pairwise(places.split(";")))
    assert low <= km <= high


@pytest.mark.parametrize("place", REACHED)
def test_a_town_has_a_road(graphs: Graphs, place: str) -> None:
    assert nx.has_path(graphs["backbone"], place, "tashkent")


def test_every_post_between_yerevan_and_tbilisi_is_a_way(graphs: Graphs) -> None:
    by_post = {
        post: sum(
            nx.shortest_path_length(graphs["backbone"], a, b, "km")
            for a, b in itertools.pairwise(("yerevan", f"{post}_am", f"{post}_ge", "tbilisi"))
        )
        for post in ("sadakhlo_bagratashen", "gogavan_guguti", "bavra_ninotsminda")
    }
    assert all(250 <= km <= 320 for post, km in by_post.items() if not post.startswith("bavra")), by_post
    assert 300 <= by_post["bavra_ninotsminda"] <= 390


def test_no_road_is_shorter_than_the_straight_line(net: cr.Network) -> None:
    legs = net.tables["legs"].query("mode == 'road'")
    assert len(legs) > 2000
    assert (legs["km"] >= legs["great_circle_km"] - 0.05).all()


def test_the_same_road_is_as_long_in_every_leg(net: cr.Network) -> None:
    """A leg that mostly lies on legs of published length is longer than mapped by the share that they are."""
    legs = net.tables["legs"].query("mode == 'road' and status == 'operating'").set_index("leg_id")
    lines: dict[str, list[tuple[str, str]]] = {}
    with (BENCHMARKS.parent / "leg_geometry.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            lines[row["leg_id"]] = list(itertools.pairwise(row["wkt"][12:-1].split(", ")))
    longer = legs["km"] / legs["km_model"]
    mapped = legs["source_id"] == "scgraph_data"
    known: dict[frozenset[str], list[float]] = {}
    for name in legs.index[~mapped & longer.between(0.9, 1.35)]:
        for step in lines[name]:
            known.setdefault(frozenset(step), []).append(longer[name])
    within: list[bool] = []
    for name in legs.index[mapped & (legs["km"] > 1.01 * legs["great_circle_km"])]:
        parts = [(_degrees(step), known.get(frozenset(step), [1.02, 1.26])) for step in lines[name]]
        total = sum(size for size, _ in parts)
        if sum(_degrees(step) for step in lines[name] if frozenset(step) in known) < 0.8 * total:
            continue
        low, high = (sum(size * pick(factors) for size, factors in parts) / total for pick in (min, max))
        within.append(low * 0.98 <= longer[name] <= high * 1.02)
    assert len(within) > 30
    assert sum(within) >= 0.95 * len(within)


def _degrees(step: tuple[str, str]) -> float:
    """Length of a stretch of a line, in degrees of latitude."""
    (x1, y1), (x2, y2) = (map(float, point.split()) for point in step)
    return math.hypot((x2 - x1) * math.cos(math.radians(y1)), y2 - y1)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with BENCHMARKS.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["kind"] == "distance" and row["road"] + row["role"]]


def test_which_length_sets_a_road_is_not_chosen_by_its_error(rows: list[dict[str, str]]) -> None:
    """The rule of validate.role_of, worked out here by itself, for every published road length."""
    roads = [row for row in rows if row["modes"] == "road" and row["benchmark_id"][0] in "rk"]
    assert len(roads) > 200
    for row in roads:
        ends = row["via"].split(";")
        key = (
            row["country"].replace(";", "/") + "|" + row["road"]
            if row["road"]
            else "|".join(sorted({ends[0], ends[-1]}))
        )
        half = "set" if zlib.crc32(key.encode()) % 2 == 0 else "test"
        assert row["role"] == {"A": half, "B": half, "C": "test", "X": ""}[row["grade"]], row["benchmark_id"]
        assert row["role"] == validate.role_of(row["country"], row["road"], row["via"], row["grade"])
    assert {row["role"] for row in roads} == {"set", "test", ""}


def test_all_lengths_of_one_road_have_one_role(rows: list[dict[str, str]]) -> None:
    roads: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        if row["road"] and row["grade"] in "AB":
            roads.setdefault((row["country"], row["road"]), set()).add(row["role"])
    assert len(roads) > 50
    assert all(len(roles) == 1 for roles in roads.values())


@pytest.fixture(scope="module")
def table(net: cr.Network) -> pd.DataFrame:
    found = validate.validate(net)
    return found[(found["kind"] == "distance") & (found["grade"] != "X")]


def test_roads_that_only_test(table: pd.DataFrame) -> None:
    """The aim is 3 %, 85 % and 1 %."""
    error = table.loc[(table["modes"] == "road") & (table["role"] == "test"), "error_pct"]
    assert len(error) > 100
    assert error.abs().median() <= 3
    assert (error.abs() <= 8).mean() >= 0.85
    assert abs(error.median()) < 1


def test_a_large_error_has_a_cause(table: pd.DataFrame) -> None:
    large = table[(table["error_pct"].abs() > 8) & (table["basis"] != "same figure")]
    assert 0 < len(large) < 0.15 * len(table)
    assert (large["cause"].fillna("") != "").all(), large[["benchmark_id", "error_pct"]]


def test_published_sections_of_railway(table: pd.DataFrame) -> None:
    rail = table[table["modes"] == "rail"].set_index("name")
    assert len(rail) > 60
    assert rail["error_pct"].abs().median() < 1
    assert (rail["error_pct"].abs() <= 8).mean() > 0.9
    assert rail.loc["CKU railway in Kyrgyzstan", "modelled"] == pytest.approx(305, abs=1)
    assert rail.loc["Almaty bypass", "modelled"] == pytest.approx(75, abs=2)


def test_the_wagons_cross_lake_van_by_ferry(net: cr.Network) -> None:
    legs = net.tables["legs"].set_index(["from_place", "to_place"])
    across = legs.loc[[("tatvan", "van")]]
    assert set(across["mode"]) == {"ferry", "road"}

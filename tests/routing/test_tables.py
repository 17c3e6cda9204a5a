"""One figure for one thing: table, legs, costs, order, diagram, workbook and sentences of the same answer."""

import itertools
import random
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import corridors as cr
from corridors.report.text import answer
from corridors.routing.figures import rounded
from corridors.routing.tables import bargain
from tests.small import small_network

TOWNS = (
    "Almaty",
    "Tashkent",
    "Karachi",
    "Lahore",
    "Baku",
    "Mashhad",
    "Bishkek",
    "Dushanbe",
    "Kashgar",
    "Poti",
    "Herat",
)
ASK = {"depart": "2025-06-02T00:00", "as_of": "2025-06-01"}
KEYS = {"hours": "days", "usd": "usd", "km": "km", "kgco2e": "kgco2e", "risk": "risk"}


@pytest.fixture(scope="module")
def answers(net: cr.Network) -> list[cr.Routes]:
    """Seeded questions by every objective, some from the roadside, some with boxes that a line hires out."""
    rng, found = random.Random(2), []
    while len(found) < 24:
        origin, destination = rng.sample(TOWNS, 2)
        start = (74.5, 42.6) if rng.random() < 0.2 else origin
        day = f"2025-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
        by = rng.choice(list(KEYS))
        try:
            found.append(net.routes(start, destination, depart=day, k=rng.randint(1, 5), by=by))
        except cr.NoRoute:
            continue
    found.append(net.routes("Tashkent", "Mumbai", depart="2025-03-05", k=3))
    assert any("detention" in set(routes.legs["kind"]) for routes in found)
    assert any("wait" in set(routes.legs["kind"]) for routes in found)
    assert {len(routes) for routes in found} >= {1, 4}
    return found


def test_legs_and_costs_add_up_to_the_table(answers: list[cr.Routes]) -> None:
    for routes in answers:
        table, legs = routes.table.set_index("label"), routes.legs.groupby("label", sort=False)
        assert (legs["hours"].sum() / 24).to_dict() == pytest.approx(table["days"].to_dict(), rel=1e-9)
        for what in ("usd", "kgco2e", "km"):
            assert legs[what].sum().to_dict() == pytest.approx(table[what].to_dict(), abs=0.005)
        ends = legs.last()
        assert ends["cumulative_usd"].to_dict() == pytest.approx(table["usd"].to_dict(), abs=0.005)
        assert (ends["cumulative_hours"] / 24).to_dict() == pytest.approx(table["days"].to_dict(), rel=1e-9)
        costs = routes.costs[routes.costs["one_way"]].groupby("label")["usd"].sum()
        assert costs.to_dict() == pytest.approx(table["usd"].to_dict(), abs=0.005)


def test_the_order_is_that_of_the_figures(answers: list[cr.Routes]) -> None:
    for routes in answers:
        by = routes.request.by
        per = routes.details["payload_t"] if by in ("usd", "kgco2e") else 1.0
        values = (routes.table[KEYS[by]] / per).tolist()
        if by == "risk":  # what is on record in part may seem safer than the first
            values = [value for value, one in zip(values, routes.results, strict=True) if one.researched]
        assert values == sorted(values), f"{routes.title} by {by}"


def test_best_in_and_dominated_by_follow_from_the_figures_shown(answers: list[cr.Routes]) -> None:
    for routes in answers:
        table, tonnes = routes.table.set_index("label"), routes.details.set_index("label")["payload_t"]
        figures = {
            "hours": table["days"],
            "usd": table["usd"] / tonnes,
            "kgco2e": table["kgco2e"] / tonnes,
            "risk": pd.Series([result.figures[3] for result in routes.results], table.index),
        }
        some = zip(routes.results, table.index, strict=True)
        unknown = [label for result, label in some if not result.researched]
        assert set(table.index[table["risk"].isna()]) <= set(unknown)
        assert not table.loc[unknown, "best_in"].str.contains("risk").any()
        for name, values in figures.items():
            best = [label for label in table.index if name in table.loc[label, "best_in"].split(", ")]
            assert values.idxmin() in best or (name == "risk" and values.idxmin() in unknown)
            assert not best or values[best].max() == pytest.approx(values.min(), rel=1e-5)
        for a, b in itertools.permutations(table.index, 2):
            if all(values[a] < values[b] * (1 - 1e-5) for values in figures.values()):
                assert table.loc[b, "dominated_by"]
            if table.loc[b, "dominated_by"] == a:
                assert all(values[a] <= values[b] * (1 + 1e-5) for values in figures.values())


def test_what_is_common_is_said_once(answers: list[cr.Routes]) -> None:
    for routes in answers:
        said = [set(filter(None, rests.split("; "))) for rests in routes.details["rests_on"]]
        assert len(said) == 1 or not set.intersection(*said)
        assert len(routes.notes) == len(set(routes.notes))
        assert routes.notes


def test_sentences_titles_and_print_show_the_figures_of_the_table(answers: list[cr.Routes]) -> None:
    for routes in answers:
        printed = repr(routes).splitlines()
        assert len(printed) == 1 + len(routes) + bool(bargain(routes))
        for line, row in zip(printed[1 : 1 + len(routes)], routes.table.itertuples(), strict=True):
            assert line.split() == [
                *f"{row.label} {row.name} {row.modes} {rounded(row.days)} days US$ {rounded(row.usd)}".split(),
            ]
        first = routes.table.iloc[0]
        words = f"{first['name']}: {rounded(first['days'])} days"
        assert words in answer(routes)
        assert f"US$ {rounded(first['usd'])}" in answer(routes)
        assert rounded(first["days"]) in routes._repr_html_()


def test_further_columns_are_read_by_name_alone_and_together(answers: list[cr.Routes]) -> None:
    for routes in answers[:3]:
        both = routes.table[["label", "hours", "km_road"]]
        assert both["hours"].tolist() == routes.table["hours"].tolist() == routes.details["hours"].tolist()
        assert both["label"].tolist() == routes.labels
        with pytest.raises(KeyError, match="no such column"):
            routes.table[["label", "no such column"]]


def test_the_diagram_ends_where_the_table_stands(answers: list[cr.Routes]) -> None:
    for routes in answers[:4]:
        row = routes.table.iloc[0]
        drawn = routes[0].tcd().ravel()[0].figure.axes
        ends = [line.get_ydata()[-1] for ax in drawn for line in ax.lines if len(line.get_ydata())]
        for figure, places in ((24 * row["days"], 6), (row["usd"], 2)):
            assert min(abs(end - figure) for end in ends) < 10**-places
        assert f"{rounded(row['days'])} days" in " ".join(text.get_text() for ax in drawn for text in ax.texts)


def test_sums_of_the_workbook(answers: list[cr.Routes], tmp_path: Path) -> None:
    for routes in answers[:3]:
        routes.to_excel(tmp_path / "x.xlsx")
        sheet = openpyxl.load_workbook(tmp_path / "x.xlsx", data_only=True)["Comparison"]
        heads = [cell.value for cell in sheet[1]]
        at = heads.index("Expected cost (US$ of 2024)")
        shown = [row[at] for row in sheet.iter_rows(2, values_only=True)][: len(routes)]
        assert shown == pytest.approx(routes.table["usd"].tolist(), abs=0.005)


def test_slices_keep_labels_figures_and_judgements() -> None:
    whole = small_network().routes("home", "town", k=4, max_stretch=9, **ASK)
    part = whole[1:3]
    assert part.table.equals(whole.table.iloc[1:3].reset_index(drop=True))
    assert part.notes == whole.notes
    assert whole[2].details["label"].tolist() == [whole.table["label"][2]]


def test_a_way_that_is_worse_in_everything_says_by_which() -> None:
    """560 km by the plain and 700 km of road where the pass takes 360: worse in hours, US$ and CO2e, no risk at all."""
    table = small_network().routes("home", "town", k=2, modes=["road"], **ASK).table
    assert table["name"].tolist() == ["XA-XB, by High Pass", "XA-XB, by Plain Gate"]
    assert table["dominated_by"].tolist() == ["", "A"]
    assert table["best_in"].tolist() == ["hours, usd, kgco2e", ""]  # nobody looked for closures: no risk is recorded
    assert table["risk"].isna().all()


def test_a_row_of_the_table_gives_the_columns_that_it_does_not_show_too(answers: list[cr.Routes]) -> None:
    for routes in answers:
        table, details = routes.table, routes.details
        assert "hours" not in table.columns
        for i in range(len(table)):
            row = table.iloc[i]
            assert row.hours == row["hours"] == details["hours"].iloc[i] == pytest.approx(24 * row["days"])
            assert list(row.index) == list(table.columns)
        with pytest.raises(KeyError, match="nonsense"):
            table.iloc[0]["nonsense"]
        with pytest.raises(AttributeError, match="nonsense"):
            _ = table.iloc[0].nonsense


@pytest.mark.parametrize(
    ("origin", "destination", "depart", "recent", "shut"),
    [
        ("Kabul", "Osh", "2023-11-28", ["Salang pass road"], ["Bor-Dobo-Kyzyl-Art", "Kara-Bagysh-Karabagish"]),
        ("Bishkek", "Kashgar", "2022-04-25", ["Kyzyl-Bel-Guliston"], ["Torugart", "Bedel"]),
    ],
)
def test_posts_long_shut_are_told_last_and_in_one_row(
    net: cr.Network, origin: str, destination: str, depart: str, recent: list[str], shut: list[str]
) -> None:
    """By the dates of the events: shut for two years on the day of departure, or not yet in service."""
    rejected = net.routes(origin, destination, depart=depart, as_of="2026-07-01").rejected
    old = rejected[rejected["reason"].str.startswith("Long shut: ")]
    assert old.index.tolist() == [len(rejected) - 1]
    assert set(shut) <= set(old["gates"].iloc[0].split(", "))
    others = set(", ".join(rejected["gates"].iloc[:-1]).split(", "))
    assert set(recent) <= others
    events = net.events.merge(net.elements[["element_id", "name"]])
    long = events[events["start"] < f"{int(depart[:4]) - 2}{depart[4:]}"]
    long = long[(long["effect"] == "close") & ((long["end"] == "") | (long["end"] > depart))]
    assert not others & set(long.loc[long["scope_vehicle"] == "", "name"])
    assert rejected["start"].iloc[-1] < depart


def test_border_notes_say_what_is_charged(answers: list[cr.Routes]) -> None:
    """The sum, its lines and, where hours are medians by country, the mean of the row."""
    medians = 0
    for routes in answers:
        for row in routes.legs.query("kind == 'crossing' and mode != 'sea'").to_dict("records"):
            sum_, lines = re.search(r"US\$ ([\d,]+) charged: ([^;]+)", row["note"]).groups()
            assert abs(float(sum_.replace(",", "")) - row["usd"]) <= 0.5
            figures = [float(one.replace(",", "")) for one in re.findall(r"[\d,]*\d(?=, |$)", lines)]
            assert sum(figures) == pytest.approx(row["usd"], abs=0.5 + 0.5 * len(figures))
            assert row["usd"] == 0 or figures
            if mean := re.search(r"medians of .* ([\d.]+) h charged", row["note"]):
                assert float(mean[1]) == pytest.approx(row["hours"], rel=0.005)
                medians += 1
            elif mean := re.search(r"^mean ([\d.]+) h", row["note"]):
                assert float(mean[1]) == pytest.approx(row["hours"])
    assert medians


@pytest.mark.parametrize(
    ("origin", "destination", "day"),
    [
        ("Almaty", "Kashgar", "2026-02-17"),  # by Bedel, slow in winter
        ("Almaty", "Karachi", "2026-01-15"),  # by Hairatan, with and without the Takhtakaracha pass
        ((69.3, 41.5), "Islamabad", "2026-04-15"),  # from the roadside
        ("Tashkent", "Islamabad", "2026-04-15"),  # Torkham alone, though the quickest way goes by the pass too
    ],
)
def test_why_and_rejected_tell_of_the_same_route(net: cr.Network, origin: object, destination: str, day: str) -> None:
    routes = net.routes(origin, destination, depart=day)
    told = {row["name"]: row["days_if_open"] for row in routes.rejected.to_dict("records")}
    gates = {one for row in routes.rejected["blocked_by"] for one in row.split(";") if one}
    same = 0
    for row in routes.why(sorted(gates)).to_dict("records"):
        if row["name"] in told:
            assert row["days"] == pytest.approx(told[row["name"]]), row
            assert row["extra_days"] == pytest.approx(row["days"] - routes.table["days"].iloc[0])
            same += 1
    assert same


def test_the_load_of_a_wagon_is_told_in_trucks(net: cr.Network) -> None:
    """65 t are 3.25 loads of 20 t, that is 4 trucks, by road only."""
    words, ask = "65 t by road: 4 trucks, priced as 3.25 of 20 t", {"depart": "2025-06-01", "cargo": "metal"}
    road = net.routes("Almaty", "Tashkent", modes=["road"], k=1, **ask)
    assert words in road.table["flags"].iloc[0]
    assert words in repr(road)
    one = net.routes("Almaty", "Tashkent", modes=["road"], k=1, depart="2025-06-01", cargo=cr.Cargo("truck", 20.0))
    usd = {name: dict(zip(of.costs["line"], of.costs["usd"], strict=True)) for name, of in (("4", road), ("1", one))}
    assert usd["4"]["border fees"] == pytest.approx(3.25 * usd["1"]["border fees"])
    rail = net.routes("Almaty", "Tashkent", modes=["rail"], k=1, **ask)
    assert "trucks" not in repr(rail) + rail.table["flags"].iloc[0]
    assert "trucks" not in repr(one) + one.table["flags"].iloc[0]


def test_a_wagon_goes_by_rail_first_where_both_ends_have_a_railway(net: cr.Network) -> None:
    ask = {"depart": "2026-04-15", "cargo": cr.Cargo("ore", 60, "wagon", "wagon1520", frozenset({"road", "rail"}))}
    routes, one = net.routes("Almaty", "Tashkent", **ask), net.routes("Almaty", "Tashkent", k=1, **ask)
    rail = net.routes("Almaty", "Tashkent", modes=["rail"], **ask)
    assert routes.table["modes"].iloc[0] == one.table["modes"].iloc[0] == "rail"
    assert routes.table["days"].iloc[0] == one.table["days"].iloc[0] == rail.table["days"].min()
    assert routes.table["days"].iloc[0] > routes.table["days"].min(), "trucks are quicker, and told too"
    both = net.routes("Almaty", "Tashkent", modes=["road", "rail"], **ask)
    assert both.table["modes"].iloc[0] == "road", "modes that are named are ranked by the objective alone"
    kabul = net.routes("Kostanay", "Kabul", **ask)
    assert kabul.table["modes"].str.contains("road").all(), "Kabul has no railway"
    cells = net.matrix(["Almaty", "Kostanay"], ["Tashkent", "Kabul"], by="hours", progress=False, **ask)
    assert cells.loc["Almaty", "Tashkent"] == pytest.approx(24 * routes.table["days"].iloc[0])
    assert cells.loc["Kostanay", "Kabul"] == pytest.approx(24 * kabul.table["days"].iloc[0])
    legs, shut = net.tables["legs"], cr.Scenario("no rails")
    into = (legs["from_place"] == "tashkent") | (legs["to_place"] == "tashkent")
    for leg in legs.loc[into & (legs["mode"] == "rail"), "leg_id"]:
        shut = shut.close(leg)
    assert net.routes("Almaty", "Tashkent", k=1, scenario=shut, **ask).table["modes"].iloc[0] == "road"


@pytest.mark.parametrize("cargo", ["container20", "container40hc", "tank20", "wheat_truck", "wagon"])
def test_loads_that_forwarders_ask_for_are_presets(net: cr.Network, cargo: str) -> None:
    """Each is carried by what its name says, and fits into it."""
    row = net.cargo.set_index("cargo_id").loc[cargo]
    routes = net.routes("Almaty", "Tashkent", depart="2026-04-15", cargo=cargo)
    holds = {"TEU": 28.2, "FEU": 26.5, "truck": 25.0, "wagon": 73.0}[row["unit"]]
    assert 0 < row["payload_t"] <= holds
    assert row["value_of_time"] == pytest.approx(row["value_usd"] * 0.12 / 8760, rel=0.01)
    assert (routes.details["payload_t"] == row["payload_t"]).all()


def test_flags_name_countries(net: cr.Network) -> None:
    told = net.routes("Dushanbe", "Osh", depart="2022-06-01", k=4)
    flags = [*told.table["flags"], *told.notes]
    assert any("clashes in Tajikistan" in one for one in flags)
    assert not any(re.search(r"\b(in|sanctions) [A-Z]{2}\b", one) for one in flags)

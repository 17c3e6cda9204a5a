"""Traps of the published record: figures that are printed often and must not get into the model."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import networkx as nx
import pandas as pd
import pytest
import shapely
from pyproj import Geod

import corridors as cr
from corridors.data.schema import data_folder, read_table
from corridors.model.access import country_at

Way = Callable[..., tuple[float, float]]


@pytest.fixture(scope="module")
def way(net: cr.Network) -> Way:
    """Kilometres and great circles of the shortest route along places; planned legs of one project if it is named."""
    legs, crossings = net.tables["legs"], net.tables["crossings"]
    at = net.tables["places"].set_index("place_id")[["lon", "lat"]]

    def measure(mode: str, *places: str, project: str = "") -> tuple[float, float]:
        g: nx.Graph[str] = nx.Graph()
        wanted = legs[(legs["mode"] == mode) & ((legs["status"] == "operating") | (legs["project"] == project))]
        for row in wanted[(wanted["project"] == "") | (wanted["project"] == project)].itertuples():
            g.add_edge(row.from_place, row.to_place, km=row.km)
        for row in crossings[crossings["mode"] == mode].itertuples():
            g.add_edge(row.from_place, row.to_place, km=0.0)
        km = sum(nx.shortest_path_length(g, a, b, weight="km") for a, b in itertools.pairwise(places))
        points = at.loc[list(places)]
        return km, Geod(ellps="WGS84").line_length(points["lon"], points["lat"]) / 1000

    return measure


@pytest.fixture(scope="module")
def grade() -> dict[str, str]:
    table = read_table(data_folder(), "benchmarks")
    return dict(zip(table["benchmark_id"], table["grade"], strict=True))


def claims(net: cr.Network, stem: str) -> pd.DataFrame:
    table = net.claims
    return table[table["claim_id"].str.startswith(stem)]


def test_the_afghan_section_of_ktap_is_not_687_km(net: cr.Network, way: Way, grade: dict[str, str]) -> None:
    km, straight = way("rail", "torghundi", "herat", "delaram", "kandahar", "chaman_spinboldak_af", project="ktap")
    assert straight > 687
    assert straight < km < 960
    assert grade["d29"] == "X"
    assert "687" in set(claims(net, "length_of_the_afghan_section_of_ktap")["value"])


def test_573_km_belong_to_torkham_and_647_to_kharlachi(net: cr.Network, way: Way, grade: dict[str, str]) -> None:
    printed = claims(net, "length_of_the_trans_afghan_railway")
    assert set(printed.loc[printed["value"] == "573", "subject_id"]) == {"trans_afghan_torkham"}
    assert set(printed.loc[printed["value"] == "647", "subject_id"]) == {"trans_afghan_kharlachi"}
    assert grade["d28"] == "X"
    assert 640 < way("rail", "termez", "hairatan", "kharlachi", project="trans_afghan_kharlachi")[0] < 760


def test_988_km_are_the_new_line_only(way: Way, grade: dict[str, str]) -> None:
    km, straight = way("rail", "zhezkazgan", "saksaulskaya", "shalkar", "beyneu")
    assert 1080 - 5 < straight < km
    assert grade["d30"] == "X"


def test_449_km_do_not_start_at_quetta(way: Way) -> None:
    km, straight = way("road", "quetta", "surab", "panjgur", "hoshab")
    assert 449 < 580 < straight < km
    assert way("road", "surab", "panjgur", "hoshab")[1] < 449


def test_the_chainage_of_taftan_is_the_corrected_one(way: Way) -> None:
    chain = ["spezand", "dalbandin", "nok_kundi", "taftan"]
    found = [way("rail", *chain[:n])[0] for n in (2, 3, 4)]
    assert found == pytest.approx([318, 488, 612], abs=1)  # the old table: 529 and 1,108


def test_torkham_and_chaman_are_not_swapped(net: cr.Network) -> None:
    used = claims(net, "torkham_and_chaman_outbound_2020").query("note.str.startswith('Used')")
    assert dict(zip(used["subject_id"], used["value"], strict=True)) == {"chaman_spinboldak": "70.7", "torkham": "50.0"}
    values = net.provenance.query("column == 'hours_mean' and part == 'pk_out'").set_index("row_id")["value"]
    assert (values["chaman_spinboldak__pk_af"], values["torkham__pk_af"]) == ("48.4", "28.9")  # of 55.8, 27.9


def test_khunjerab_is_open_in_winter(net: cr.Network) -> None:
    """Euronews of February 2026 calls the road unavailable in winter: right until November 2024."""
    for depart, closed in (("2024-01-22", True), ("2026-01-12", False)):
        routes = net.routes("Gilgit", "Tashkurgan", depart=depart, modes=["road"], k=1)
        assert ("Khunjerab" not in routes.table["name"].iloc[0]) is closed, depart


def test_the_cost_of_8_2_billion_was_said_in_december_2022(net: cr.Network) -> None:
    row = claims(net, "cost_of_the_trans_afghan_railway").query("value == '8.2'")
    assert list(row["as_of"]) == ["2022-12"]


def test_both_savings_by_kharlachi_are_kept(net: cr.Network) -> None:
    assert set(claims(net, "distance_to_karachi_saved_by_kharlachi")["value"]) == {"227", "277"}


def test_emissions_are_not_the_old_table_called_glec(net: cr.Network) -> None:
    """62, 22, 602 and 8-16 g a t-km are older than GLEC and go by its name in many repositories."""
    rates = net.rates.query("quantity == 'kgco2e_per_tkm'").set_index("rate_id")["mode"]
    assert not set(rates.round(4)) & {0.062, 0.022, 0.602, 0.008, 0.016}
    assert 0.07 < rates["kgco2e_per_tkm_road"] < 0.12


@pytest.mark.parametrize(("a", "b", "least"), [("karachi_port", "gwadar_port", 469), ("gwadar_port", "mundra", 794)])
def test_no_sea_lane_is_shorter_than_the_great_circle(net: cr.Network, way: Way, a: str, b: str, least: float) -> None:
    """searoute has 405 and 702 km for these."""
    km, straight = way("sea", a, b)
    assert least - 5 < straight <= km


def test_the_railway_to_taftan_stays_out_of_afghanistan(net: cr.Network) -> None:
    """The source has one edge from Zahedan to Nushki, whose chord runs through Afghanistan."""
    legs = net.legs.query("mode == 'rail' and status == 'operating'")
    places = ["taftan", "nok_kundi", "dalbandin", "nushki"]
    rows = legs[legs["from_place"].isin(places) | legs["to_place"].isin(places)]
    assert len(rows) >= 4
    for line in rows.geometry:
        inside = shapely.get_coordinates(shapely.segmentize(line, 0.1))
        assert "AF" not in {country_at(net.facts, lon, lat) for lon, lat in inside}


@pytest.mark.parametrize("place", ["uzen", "bolashak", "taftan", "rozanak"])
def test_stations_that_the_source_lost_are_on_the_railway(net: cr.Network, place: str) -> None:
    legs = net.legs.query("mode == 'rail' and status == 'operating'")
    assert place in set(legs["from_place"]) | set(legs["to_place"])


def test_a_tariff_for_the_track_is_no_price(net: cr.Network) -> None:
    """USD 0.24 a FEU-km is the infrastructure charge of the INSTC; what services sell is more, with the start in it."""
    rates = net.rates.query("quantity == 'usd_per_km' and by_mode == 'rail'")
    assert len(rates) > 5
    assert (rates["mode"] > 0.24).all()
    assert set(claims(net, "instc_east_tariff")["value"]) == {"0.24"}


def test_no_ship_turns_round_at_a_strait(net: cr.Network) -> None:
    """A point off Hormuz is no port of call: it is no detour around the end of sailings from Pakistan to India."""
    graph = net.to_networkx(depart="2025-01-15")
    kinds = net.places.set_index("place_id")["kind"]
    points = [node for node, data in graph.nodes(data=True) if kinds[data["place_id"]] == "strait"]
    assert len(points) >= 8
    for node in points:
        comes, goes = (
            {data["kind"] for *_, data in edges}
            for edges in (graph.in_edges(node, data=True), graph.out_edges(node, data=True))
        )
        assert not comes & goes, node
    ask = {"k": 1, "modes": ["road", "sea"]}
    with pytest.raises(cr.NoRoute, match="Nhava Sheva"):  # trade has been suspended since August 2019
        net.routes("Karachi", "Mumbai", depart="2025-03-15", as_of="2025-03-15", **ask)

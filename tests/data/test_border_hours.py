"""Hours of a side of a crossing: several years of a post, drawn to its neighbours; worked by hand from CPMM's figures."""

import pandas as pd
import pytest

import corridors as cr


def hours(net: cr.Network, crossing: str, part: str) -> float:
    table: pd.DataFrame = net.tables["provenance"]
    found = table[(table["row_id"] == crossing) & (table["column"] == "hours_mean") & (table["part"] == part)]
    return float(found["value"].iloc[0])


def test_posts_of_one_border_are_means_of_their_years_and_of_each_other(net: cr.Network) -> None:
    # Out of China: 17 h in 2023 for the country, 23.5 and 51.4 at Khorgos, 61.7 and 81.3 at Alashankou.
    khorgos, alashankou, country = (23.5 + 51.4) / 2, (61.7 + 81.3) / 2, 17.0
    expected = {
        "nur_zholy_khorgos": (23.5 + 51.4 + (country + alashankou) / 2) / 3,
        "dostyk_alashankou_road": (61.7 + 81.3 + (country + khorgos) / 2) / 3,
        "kolzhat_dulata": (country + khorgos + alashankou) / 3,
    }
    for element, value in expected.items():
        assert hours(net, f"{element}__cn_kz", "cn_out") == pytest.approx(value, abs=0.06)


def test_years_in_which_the_way_was_closed_do_not_count(net: cr.Network) -> None:
    # Nothing could go to China by Torugart in 2021 and 2022, when CPMM has 25.8 and 50.1 h: 2.4 h of 2020 are left.
    assert hours(net, "torugart__kg_cn", "kg_out") == pytest.approx((2.4 + 1.0) / 2, abs=0.06)


def test_posts_of_a_border_with_measured_ones_differ_less_than_twofold(net: cr.Network) -> None:
    crossings = net.crossings
    country = net.places.set_index("place_id")["country"]
    road = crossings[(crossings["mode"] == "road") & (crossings["status"] == "operating")]
    way = road["from_place"].map(country) + ">" + road["to_place"].map(country)
    spread = road[way.isin(["CN>KZ", "GE>AZ", "IR>AZ", "TR>IR", "IR>TR", "PK>AF", "KG>KZ"])].groupby(way)["hours_mean"]
    assert (spread.max() < 2 * spread.min()).all()

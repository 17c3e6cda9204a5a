"""Hours of a side of a crossing: years of a post, drawn to its neighbours; worked by hand from CPMM's figures."""

import pandas as pd
import pytest

import corridors as cr


def hours(net: cr.Network, crossing: str, part: str) -> float:
    table: pd.DataFrame = net.tables["provenance"]
    found = table[(table["row_id"] == crossing) & (table["column"] == "hours_mean") & (table["part"] == part)]
    return float(found["value"].iloc[0])


def test_a_side_has_the_mean_of_the_last_two_years_of_its_post(net: cr.Network) -> None:
    assert hours(net, "nur_zholy_khorgos__cn_kz", "cn_out") == pytest.approx((23.5 + 51.4) / 2, abs=0.06)
    assert hours(net, "dostyk_alashankou_road__cn_kz", "cn_out") == pytest.approx((61.7 + 81.3) / 2, abs=0.06)
    assert hours(net, "red_bridge__ge_az", "ge_out") == pytest.approx((24.2 + 54.9) / 2, abs=0.06)


def test_one_year_is_drawn_to_the_country_and_to_the_other_posts_of_the_border(net: cr.Network) -> None:
    # Out of Kyrgyzstan 1 h in 2023; 6.8 h at Chaldovar in 2020, no other post of that border measured.
    assert hours(net, "merke_chaldovar__kg_kz", "kg_out") == pytest.approx((6.8 + 1.0) / 2, abs=0.06)
    assert hours(net, "korday_akzhol__kg_kz", "kg_out") == pytest.approx((6.8 + 1.0) / 2, abs=0.06)


def test_years_in_which_the_way_was_closed_do_not_count(net: cr.Network) -> None:
    # Nothing could go to China by Torugart in 2021 and 2022, when CPMM has 25.8 and 50.1 h: 2.4 h of 2020 are left.
    assert hours(net, "torugart__kg_cn", "kg_out") == pytest.approx((2.4 + 1.0) / 2, abs=0.06)


def test_posts_of_a_border_with_measured_ones_differ_less_than_twofold(net: cr.Network) -> None:
    crossings = net.crossings
    country = net.places.set_index("place_id")["country"]
    road = crossings[(crossings["mode"] == "road") & (crossings["status"] == "operating")]
    way = road["from_place"].map(country) + ">" + road["to_place"].map(country)
    spread = road[way.isin(["CN>KZ", "GE>AZ", "IR>AZ", "IR>TR", "PK>AF", "KG>KZ"])].groupby(way)["hours_mean"]
    assert (spread.max() < 2 * spread.min()).all()

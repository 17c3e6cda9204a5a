"""Hours of a side of a crossing: years of a post, drawn to its neighbours; worked by hand from CPMM's figures."""

import pandas as pd
import pytest

import corridors as cr


def hours(net: cr.Network, crossing: str, part: str) -> float:
    table: pd.DataFrame = net.tables["provenance"]
    found = table[(table["row_id"] == crossing) & (table["column"] == "hours_mean") & (table["part"] == part)]
    return float(found["value"].iloc[0])


def expected(rate: float, *posts: float) -> float:
    """Without years of its own: half the rate of the country, half what its other measured posts average."""
    return (rate + sum(posts) / len(posts)) / 2 if posts else rate


def test_two_years_of_a_post_count_four_times_what_is_expected_of_it(net: cr.Network) -> None:
    khorgos, alashankou = (23.5 + 51.4) / 2, (61.7 + 81.3) / 2
    of_khorgos = 0.8 * khorgos + 0.2 * expected(17, alashankou)
    assert hours(net, "nur_zholy_khorgos__cn_kz", "cn_out") == pytest.approx(of_khorgos, abs=0.06)
    of_alashankou = 0.8 * alashankou + 0.2 * expected(17, khorgos)
    assert hours(net, "dostyk_alashankou_road__cn_kz", "cn_out") == pytest.approx(of_alashankou, abs=0.06)


def test_one_year_of_a_post_counts_twice_what_is_expected_of_it(net: cr.Network) -> None:
    # Out of Kyrgyzstan 1 h in 2023; in 2020 6.8 h at Chaldovar and 2.4 at Torugart. Nothing could go to China by
    # Torugart in 2021 and 2022, when CPMM has 25.8 and 50.1 h: these do not count.
    chaldovar = (6.8 + expected(1, 2.4) / 2) / 1.5
    assert hours(net, "merke_chaldovar__kg_kz", "kg_out") == pytest.approx(chaldovar, abs=0.06)
    torugart = (2.4 + expected(1, 6.8) / 2) / 1.5
    assert hours(net, "torugart__kg_cn", "kg_out") == pytest.approx(torugart, abs=0.06)


def test_a_post_that_nobody_measured_has_what_its_country_lets_expect(net: cr.Network) -> None:
    for post in ("korday_akzhol__kg_kz", "dostuk_dustlik__kg_uz"):
        assert hours(net, post, "kg_out") == pytest.approx(expected(1, 6.8, 2.4), abs=0.06)
    china = expected(17, (23.5 + 51.4) / 2, (61.7 + 81.3) / 2)
    assert hours(net, "torugart__cn_kg", "cn_out") == pytest.approx(china, abs=0.06)
    told = (20 + china) / 2  # of Irkeshtam
    assert hours(net, "irkeshtam__cn_kg", "cn_out") == pytest.approx(told, abs=0.06)


def test_no_post_between_russia_and_kazakhstan_takes_an_hour_by_a_guess(net: cr.Network) -> None:
    """CPMM's Kazakh posts take 3.9 h out and 4.6 in; the union has no customs, but checks."""
    country = net.places.set_index("place_id")["country"]
    road = net.crossings[(net.crossings["mode"] == "road") & (net.crossings["status"] == "operating")]
    between = road[road["from_place"].map(country) + road["to_place"].map(country) == "KZRU"]
    assert len(between) == 13
    assert between["hours_mean"].between(2.4 + 4.6, 8 + 4.6).all()


def test_posts_of_a_border_with_measured_ones_differ_less_than_twofold(net: cr.Network) -> None:
    crossings = net.crossings
    country = net.places.set_index("place_id")["country"]
    road = crossings[(crossings["mode"] == "road") & (crossings["status"] == "operating")]
    way = road["from_place"].map(country) + ">" + road["to_place"].map(country)
    spread = road[way.isin(["CN>KZ", "GE>AZ", "IR>AZ", "IR>TR", "PK>AF", "KG>KZ"])].groupby(way)["hours_mean"]
    assert (spread.max() < 2 * spread.min()).all()

"""Money, ranges, loads, rights and closures of the model: by hand, by brute force and by their properties."""

import itertools
import re
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corridors as cr
from corridors.model.cargo import preset
from corridors.model.costs import Driver, Part, Rates, leg_amount
from corridors.model.drivers import P90
from corridors.model.rights import LawOf, Rights, Trade
from corridors.model.simulation import Draws
from tests.small import small_network, with_tables

ASK = {"depart": "2025-06-02T00:00", "as_of": "2025-06-01"}


def with_rows(net: cr.Network, **tables: list[dict]) -> cr.Network:
    """The network with rows changed (by the first column, where that is the key) or added."""
    new = dict(net.tables)
    for name, rows in tables.items():
        table = new[name].copy()
        key = table.columns[0]
        for row in rows:
            known = table[key] == row.get(key)
            if known.any() and name != "rights":
                for column, value in row.items():
                    table.loc[known, column] = value
            else:
                empty = {c: float("nan") if c in ("value", "year") else "" for c in table.columns}
                grown = pd.DataFrame([empty | {"source_id": "hand", "quality": "assumed"} | row])
                table = pd.concat([table, grown], ignore_index=True) if len(table) else grown
        new[name] = table
    return with_tables(net, new)


def rate(
    quantity: str,
    value: float,
    mode: str = "",
    low: float | None = None,
    high: float | None = None,
    country: str = "",
    vehicle: str = "",
    year: str = "2025",
) -> dict:
    return {
        "rate_id": "_".join((quantity, mode, *filter(None, (country, vehicle)))),
        "quantity": quantity,
        "by_mode": mode,
        "by_country": country,
        "by_vehicle": vehicle,
        "low": value if low is None else low,
        "mode": value,
        "high": value if high is None else high,
        "unit": "USD" if "usd" in quantity else "-",
        "year": year,
    }


# money


def test_fees_leave_the_haulage_before_they_come_back_at_the_crossing() -> None:
    """240 + 120 km at US$ 2 less 50 each 1,000 km; the pass costs 80, a quarter unofficial, and 20 of guarantee."""
    net = with_rows(
        small_network(),
        rates=[
            rate("border_usd_inside", 50),
            rate("km_per_border_side", 1000),
            rate("unofficial_share", 0.25),
            rate("guarantee_usd", 20, "road"),
        ],
        crossings=[{"crossing_id": "pass__0", "usd": 80.0}],
    )
    costs = net.routes("home", "town", k=1, modes=["road"], **ASK).costs.set_index("line")["usd"]
    assert costs["haulage"] == pytest.approx(360 * (2 - 0.05))
    assert (costs["border fees"], costs["unofficial payments"], costs["guarantee"]) == pytest.approx((60, 20, 20))
    assert costs["empty return"] == pytest.approx(360 * (2 - 0.05) * 0.5 * 0.5)


def test_goods_of_a_union_pay_no_customs_by_hand() -> None:
    """240 and 120 km at 30 km/h, 10 h at the pass: 22 h; US$ 2 a km; unloading 24 h, 8 at home; guarantee 20."""
    spell = {"kind": "union", "level": "customs", "name": "Alliance", "last_confirmed": "2026-01-01", "known_from": ""}
    days = (("XA", "2020-01-01", ""), ("XB", "2025-03-01", "2025-09-30"))
    net = with_rows(
        small_network(),
        rates=[
            rate("guarantee_usd", 20, "road"),
            rate("unloading_hours", 24, "road"),
            rate("unloading_hours", 8, "road", vehicle="domestic"),
        ],
        conditions=[
            spell | {"condition_id": one.lower(), "country": one, "start": start, "end": end, "end_known_from": end}
            for one, start, end in days
        ],
    )

    def takes(day: str, origin: str = "home", destination: str = "town") -> tuple[float, float]:
        row = net.routes(origin, destination, depart=day, k=1, modes=["road"], as_of="2026-01-01").table.iloc[0]
        return round(24 * row["days"], 9), round(row["usd"], 9)

    assert takes("2025-02-28") == (22 + 24, 740)
    assert takes("2025-03-01") == takes("2025-09-30") == takes("2025-09-30", "town", "home") == (22 + 8, 720)
    assert takes("2025-10-01") == takes("2025-10-01", "town", "home") == (22 + 24, 740)


def test_lines_add_up_to_the_trip(net: cr.Network) -> None:
    routes = net.routes("Almaty", "Karachi Port", depart="2026-04-15", k=4)
    costs = routes.costs
    by_legs = routes.legs.groupby("label")["usd"].sum()
    assert costs[costs["one_way"]].groupby("label")["usd"].sum().to_dict() == pytest.approx(by_legs.to_dict())
    assert set(costs["line"]) >= {"haulage", "border fees", "unofficial payments", "empty return"}
    assert (costs["usd_p10"] <= costs["usd_p90"]).all()


def test_prices_are_raised_to_one_year() -> None:
    table = pd.DataFrame(
        [
            rate("usd_per_km", 2.0, "road", year="2020"),
            rate("us_cpi", 200.0, year="2020") | {"rate_id": "a"},
            rate("us_cpi", 250.0, year="2024") | {"rate_id": "b"},
            rate("usd_per_km", 2.0, "sea", year="2026"),
        ]
    ).assign(source_id="hand", quality="x", note="")
    rates = Rates(table)
    assert rates.find("usd_per_km", "road").mode == pytest.approx(2.5)
    assert rates.find("usd_per_km", "sea").mode == 2.0
    with pytest.raises(cr.DataError, match="no us_cpi for 2019"):
        rates.price_level(2019)


def test_the_box_of_a_line_is_hired_beyond_its_free_days() -> None:
    """By sea: 90/30 + 60/30 h of road inland, there and back, against 0.1 free days at US$ 100."""
    net = with_rows(small_network(), rates=[rate("detention_free_days", 0.1), rate("detention_usd_day", 100)])
    ask = {"avoid": ["pass", "plain", "rail"], "max_stretch": 9, "k": 1, **ASK}
    legs = net.routes("home", "town", **ask).legs
    assert legs.iloc[-1]["kind"] == "detention"
    assert legs.iloc[-1]["usd"] == pytest.approx((2 * 5 / 24 - 0.1) * 100)
    own = cr.Cargo("own", 20, own_box=True)
    assert "detention" not in set(net.routes("home", "town", cargo=own, **ask).legs["kind"])


def test_a_truck_that_stands_at_a_border_is_paid_beyond_the_free_days_by_the_mean_of_the_year() -> None:
    """10 h at the pass against 3 free; twice as long in half of the months, so 1.5 times in the year's mean."""
    rates = [rate("standing_free_days", 3 / 24), rate("standing_usd_day", 24)]
    net = with_rows(small_network(), rates=rates)
    ask = {"k": 1, "modes": ["road"], "avoid": ["plain"], **ASK}
    assert net.routes("home", "town", **ask).costs.set_index("line")["usd"]["truck standing"] == pytest.approx(
        7, rel=2e-3
    )
    months = [
        {"element_id": "pass", "month": m, "passable_share": 1.0, "speed_factor": 1 - m % 2 / 2} for m in range(1, 13)
    ]
    frame = pd.DataFrame(months).assign(note="", direction="", source_id="hand", as_of="2025", quality="assumed")
    slow = with_tables(net, {**net.tables, "seasons": frame})
    assert slow.routes("home", "town", **ask).costs.set_index("line")["usd"]["truck standing"] == pytest.approx(
        12, rel=2e-3
    )
    assert "truck standing" not in set(small_network().routes("home", "town", **ask).costs["line"])


def test_a_wagon_pays_its_own_price_and_no_ship_takes_it() -> None:
    wagon = cr.Cargo("w", 60.0, "wagon", "wagon1520", modes={"rail"})
    lines = small_network().routes("home", "town", cargo=wagon, k=1, **ASK).costs.set_index("line")["usd"]
    assert lines["haulage"] == pytest.approx(550 * 1.5)
    with pytest.raises(cr.BadRequest, match="ferry, rail, road only"):
        cr.Cargo("w", 60.0, "wagon", "wagon1520")
    with pytest.raises(cr.BadRequest, match="load of a wagon"):
        small_network().routes("home", "town", cargo=wagon, modes=["rail", "sea"], **ASK)


def test_a_flight_is_paid_by_weight(net: cr.Network) -> None:
    ask = {"depart": "2026-04-15", "modes": ["air"], "k": 1}
    usd = [
        net.routes("Lahore airport", "Almaty airport", cargo=cr.Cargo("x", tonnes), **ask).costs["usd"][0]
        for tonnes in (9, 18)
    ]
    assert usd[1] == pytest.approx(2 * usd[0])


def test_unofficial_payments_are_a_part_of_the_fees_not_more() -> None:
    net = with_rows(
        small_network(),
        rates=[rate("unofficial_share", 0.2, low=0.0, high=0.6)],
        crossings=[{"crossing_id": "pass__0", "usd": 80.0}],
    )
    lines = net.routes("home", "town", k=1, modes=["road"], **ASK).results[0].lines
    fees, hidden = lines["border fees"][1], lines["unofficial payments"][1]
    assert fees + hidden == pytest.approx(np.full(len(fees), 80.0))
    assert hidden.std() > 5


def test_a_fee_that_is_not_known_counts_both_sides() -> None:
    net = with_rows(
        small_network(),
        rates=[rate("crossing_usd_out", 30, "road", country="XA"), rate("crossing_usd_in", 50, "road", country="XB")],
    )
    row = net.routes("home", "town", k=1, modes=["road"], **ASK).legs.query("kind == 'crossing'").iloc[0]
    assert row["usd"] == pytest.approx(80)
    assert row["usd_quality"] == "assumed"


# ranges


@pytest.mark.parametrize(("low", "high"), [(0.5, 2.0), (0.9, 1.1), (0.2, 1.0)])
def test_low_and_high_are_p10_and_p90(low: float, high: float) -> None:
    samples = Draws(40_000, 1, 0.5).factor(((Driver("x", "speeds", "split", low, high), 1),))
    assert np.quantile(samples, [0.1, 0.5, 0.9]) == pytest.approx([low, 1.0, high], rel=0.03)


def test_kinds_are_correlated_as_stated_and_nothing_else() -> None:
    draws = Draws(40_000, 1, 0.5)
    a, b, c = (
        np.log(draws.factor(((Driver(name, kind, "split", 0.5, 2.0), 1),)))
        for name, kind in (("a", "borders"), ("b", "borders"), ("c", "prices"))
    )
    assert np.corrcoef(a, b)[0, 1] == pytest.approx(0.5, abs=0.02)
    assert np.corrcoef(a, c)[0, 1] == pytest.approx(0.0, abs=0.02)


def test_a_lognormal_keeps_the_published_mean() -> None:
    samples = Draws(200_000, 1, 0.5).factor(((Driver("x", "borders", "lognormal", high=0.6), 1),))
    assert samples.mean() == pytest.approx(1.0, rel=0.01)
    assert samples.std() == pytest.approx(0.6, rel=0.03)


WIDE = [
    rate("journey_cv", 0.3, "road"),
    rate("day_cv", 0.4, "road"),
    rate("border_correlation", 0.25),
    rate("border_mean_cv", 0.35),
]


@pytest.mark.parametrize("what", ["journeys", "parameters", "both"])
def test_simulation_of_a_plain_trip_by_hand(what: str) -> None:
    """240 and 120 km at 60 km/h, as long in stops, and 10 h at the pass: quantiles drawn here anew, leg by leg."""
    routes = with_rows(small_network(spread=0.2), rates=WIDE).routes("home", "town", k=1, modes=["road"], **ASK)
    found = routes.reliability(n=100_000, seed=7, what=what).iloc[0]
    rng, n = np.random.default_rng(0), 400_000

    def lognormal(cv: float, z: np.ndarray | None = None) -> np.ndarray:
        sigma = np.sqrt(np.log(1 + cv**2))
        return np.exp(sigma * (rng.standard_normal(n) if z is None else z) - sigma**2 / 2)

    if what == "parameters":
        journey = papers = queue = days = np.ones(n)
        legs = [(8.0, days), (4.0, days)]
    else:
        sigma2 = np.log(1.25)  # of the crossing, whose dispersion is 0.5
        papers, queue = (lognormal(np.sqrt(np.exp(share * sigma2) - 1)) for share in (0.25, 0.75))
        journey = lognormal(0.3)
        legs = [(hours, lognormal(0.4 / np.sqrt(days))) for hours, days in ((8.0, 0.25), (4.0, 0.125))]
    pace = stops = mean = np.ones(n)
    if what != "journeys":
        common = rng.standard_normal(n)
        speed, rest = (np.sqrt(0.5) * common + np.sqrt(0.5) * rng.standard_normal(n) for _ in range(2))
        wide = {"speed": (48, 72), "rest": (1 / 0.6 - 1, 1 / 0.4 - 1)}  # p10 and p90
        cvs = {name: np.sqrt(np.exp((np.log(high / low) / (2 * P90)) ** 2) - 1) for name, (low, high) in wide.items()}
        pace, stops, mean = lognormal(cvs["speed"], speed), lognormal(cvs["rest"], rest), lognormal(0.35)
    hours = sum(half * journey * day * (pace + stops) / 2 for half, day in legs) + 10 * papers * queue * mean
    for q in (10, 50, 80, 90, 95):
        assert found[f"days_p{q}"] == pytest.approx(np.percentile(hours, q) / 24, rel=0.015)
    assert found["days_mean"] == pytest.approx(hours.mean() / 24, rel=0.01)
    assert found["buffer_index"] == pytest.approx(found["days_p95"] / found["days_mean"] - 1)
    assert found["tttr"] == pytest.approx(found["days_p95"] / found["days_p50"])
    assert found["planning_time_index"] == pytest.approx(found["days_p95"] * 24 / 6)
    assert routes.table["days"].iloc[0] == pytest.approx(22 / 24)


def test_what_is_not_known_and_what_varies_combine_to_the_whole() -> None:
    """The variance of the logarithm of a product of independent factors is the sum of theirs."""
    table = with_rows(small_network(spread=0.3), rates=[*WIDE, rate("running_share", 1.0, "road")])
    parts = leg_amount(
        Rates(table.tables["rates"]), preset(table.tables["cargo"], "container40"), "road", "XA", 480, 0, False
    )
    spreads = {
        what: np.log(Draws(200_000, 3, 0.5, what).amount(parts.time)).std()
        for what in ("journeys", "parameters", "both")
    }
    assert min(spreads.values()) > 0.2
    assert spreads["both"] == pytest.approx(np.hypot(spreads["journeys"], spreads["parameters"]), rel=0.01)


def test_a_way_varies_the_same_however_it_is_cut_into_legs_and_less_than_a_short_one() -> None:
    rates = Rates(with_rows(small_network(), rates=WIDE).tables["rates"])
    cargo = preset(small_network().tables["cargo"], "container40")

    def spread(km: float, legs: int) -> float:
        parts = [
            part
            for i in range(legs)
            for part in leg_amount(rates, cargo, "road", "XA", km / legs, 0, False, f"leg {i}").time
        ]
        return float(np.std(Draws(50_000, 3, 0.5).amount(parts)) / (km / 30))

    assert spread(2880, 1) == pytest.approx(np.hypot(0.3, 0.4 / 2), rel=0.05)
    assert spread(2880, 16) == pytest.approx(spread(2880, 1), rel=0.05)
    assert spread(720, 2) > 1.15 * spread(2880, 2)


@pytest.mark.parametrize("what", ["journeys", "parameters", "both"])
def test_the_same_seed_gives_the_same_bytes(what: str) -> None:
    drawn = [
        with_rows(small_network(spread=0.2), rates=WIDE)
        .routes("home", "town", k=2, **ASK)
        .reliability(n=500, seed=4, what=what)
        .to_csv()
        for _ in range(2)
    ]
    assert drawn[0] == drawn[1]


def test_a_range_of_nothing_is_refused() -> None:
    with pytest.raises(cr.BadRequest, match="what"):
        small_network().routes("home", "town", k=1, **ASK).reliability(what="all")


def test_p_on_time_counts_the_samples() -> None:
    routes = small_network().routes("home", "town", k=1, modes=["road"], **ASK)
    p = [routes.reliability(n=20_000, arrive_by=f"2025-06-02T{hour:02d}:00")["p_on_time"].iloc[0] for hour in (10, 22)]
    assert p[0] < 0.01
    assert p[1] == pytest.approx(0.55, abs=0.12)
    assert routes.reliability(n=200, arrive_by="2025-07-30")["p_on_time"].iloc[0] == 1
    with pytest.raises(cr.BadRequest, match="n=5"):
        routes.reliability(n=5)


def test_same_seed_same_bytes_other_seed_other_ranges(net: cr.Network) -> None:
    ask = {"depart": "2026-01-15", "as_of": "2026-02-15", "k": 2}
    one, two, other = (net.routes("Almaty", "Karachi", seed=seed, **ask).table for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, two)
    assert (one["days_p90"] != other["days_p90"]).all()
    assert list(one["days_p50"]) == pytest.approx(list(other["days_p50"]), rel=0.05)


@pytest.mark.parametrize("pair", [("Almaty", "Karachi"), ("Tashkent", "Gwadar"), ("Baku", "Almaty"), ("Lahore", "Osh")])
def test_ranges_contain_their_mode(net: cr.Network, pair: tuple[str, str]) -> None:
    routes = net.routes(*pair, depart="2025-06-17", as_of="2025-06-16", k=3)
    table, legs = routes.full, routes.legs
    assert (table["days_p10"] <= table["hours"] / 24).all()
    assert (table["hours"] / 24 <= table["days_p90"]).all()
    usd = legs.groupby("route")["usd"].sum()
    assert ((table["usd_p10"] <= usd) & (usd <= table["usd_p90"])).all()
    assert ((table["kgco2e_p10"] <= table["kgco2e"]) & (table["kgco2e"] <= table["kgco2e_p90"])).all()
    last = legs.groupby("route").last()
    assert list(last["cumulative_hours_p90"] / 24) == pytest.approx(list(table["days_p90"]))
    assert list(last["cumulative_usd_p10"]) == pytest.approx(list(table["usd_p10"]))
    for _, one in legs.groupby("route"):
        for column in ("cumulative_hours_p10", "cumulative_hours_p90", "cumulative_usd_p10", "cumulative_usd_p90"):
            assert one[column].is_monotonic_increasing


def test_weather_delays_a_share_of_the_samples() -> None:
    """Open on six days of ten: the wait of 10 h (8 to 12) meets four samples of ten."""
    months = [
        {"element_id": "pass", "month": float(m), "open_probability": 0.6, "speed_factor": 1.0} for m in range(1, 13)
    ]
    base = small_network()
    frame = pd.DataFrame(months).assign(note="", direction="", source_id="hand", as_of="2025", quality="assumed")
    net = with_tables(base, {**base.tables, "seasons": frame})
    ask = {"k": 1, "modes": ["road"], "avoid": ["plain"], **ASK}
    clear, snow = (one.routes("home", "town", **ask).results[0].hours() for one in (base, net))
    later = snow - clear
    assert (later > 1).mean() == pytest.approx(0.4, abs=0.03)
    assert np.median(later[later > 1]) == pytest.approx(10, rel=0.05)


def test_new_closures_come_from_the_record_of_episodes(net: cr.Network) -> None:
    """As often as the closure model says, half of them no longer than its median, and none without a record."""
    day = date(2025, 6, 1)
    found, model = net.facts.hazard(day), net.facts.closures(day)
    shape, rate = model.frequency("torkham")
    assert found.yearly["torkham"] == shape / rate > found.yearly["dostyk_alashankou_road"]
    chances = (np.arange(10_000) + 0.5) / 10_000
    lasts = found.hours("torkham", chances) / 24
    for days in (1, 7, 30):
        assert (lasts > days).mean() == pytest.approx(model.survival("torkham").closed[days], abs=2e-4)
    assert set(small_network().facts.hazard(day).yearly.values()) == {0.0}


# cargo


def test_what_is_not_routed_is_refused_with_a_reason(net: cr.Network) -> None:
    for cargo, word in (("crude_oil", "pipeline"), ("ammonium_nitrate", "barred"), ("radioactive", "class 7")):
        with pytest.raises(cr.BadRequest, match=word):
            net.routes("Almaty", "Karachi", depart="2025-06-01", cargo=cargo)
    with pytest.raises(cr.BadRequest, match=r"class 1\.4, explosives"):
        cr.Cargo("fireworks", 10, un_class="1.4")
    with pytest.raises(cr.BadRequest, match="choose one of these: container40"):
        net.routes("Almaty", "Karachi", depart="2025-06-01", cargo="gold")


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"payload_t": -3}, "payload_t=-3"),
        ({"payload_t": 0}, "above 0"),
        ({"payload_t": 300}, "one FEU"),
        ({"payload_t": float("nan")}, "payload_t=nan"),
        ({"shelf_life_days": 0}, "shelf_life_days=0"),
        ({"value_of_time": -1}, "value_of_time=-1"),
        ({"value_usd": float("inf")}, "value_usd=inf"),
        ({"unit": "box"}, "unit='box'"),
        ({"vehicle": "donkey"}, "vehicle='donkey'"),
        ({"modes": {"tunnel"}}, "tunnel"),
        ({"modes": ()}, "none"),
    ],
)
def test_a_load_that_makes_no_sense(wrong: dict, word: str) -> None:
    with pytest.raises(cr.BadRequest, match=word):
        cr.Cargo(**({"cargo_id": "x", "payload_t": 20} | wrong))


@pytest.mark.parametrize("value", [None.__class__, "dear", -1, float("inf"), float("nan"), True])
def test_a_value_of_time_that_is_none(value: object) -> None:
    with pytest.raises(cr.BadRequest, match="value_of_time"):
        small_network().routes("home", "town", by="generalised", value_of_time=value, **ASK)


def test_the_value_of_time_decides() -> None:
    """Rail is US$ 20 cheaper and 37.5 h slower than the pass: worth it below US$ 0.53 an hour."""
    for value, name in ((0.4, "XA-XB, by Rail Gate"), (0.7, "XA-XB, by High Pass")):
        found = small_network().routes("home", "town", by="generalised", value_of_time=value, k=1, **ASK)
        assert found.table["name"].iloc[0] == name


def test_perishables_that_may_spoil_say_how_likely_they_last() -> None:
    """Rail is the cheapest: first where all last, at the end where one in two does, and no route where none does."""
    net, rail = small_network(), "XA-XB, by Rail Gate"
    ask = {"k": 4, "max_stretch": 4, "by": "usd", **ASK}
    keeps = net.routes("home", "town", **ask)
    days = keeps.full.set_index("name").loc[rail]
    assert keeps.full["name"].iloc[0] == rail
    assert keeps.full["p_saleable"].isna().all()

    def asked(life: float) -> cr.Routes:
        return net.routes("home", "town", cargo=cr.Cargo("fruit", 20, shelf_life_days=life), **ask)

    sure = asked(days["days_p90"] + 0.01)
    assert sure.full["name"].iloc[0] == rail
    assert sure.full["p_saleable"].iloc[0] >= 0.9
    assert "saleable" not in sure.full["flags"].iloc[0]
    half = cr.Cargo("fruit", 20, shelf_life_days=days["days_p50"])
    doubtful = asked(half.shelf_life_days)
    assert doubtful.full["name"].tolist()[-1] == rail
    last = doubtful.full.iloc[-1]
    assert last["p_saleable"] == pytest.approx(0.5, abs=0.02)
    assert f"saleable {last['p_saleable']:.0%}" in last["flags"]
    assert (doubtful.full["p_saleable"].iloc[:-1] == 1).all()
    hours = doubtful[-1:].results[0].hours(doubtful.results[-1].draws)
    assert last["p_saleable"] == pytest.approx((hours <= 24 * days["days_p50"]).mean(), abs=0.02)
    alone = net.routes("home", "town", modes=["rail"], cargo=half, **ask)
    assert alone.full["name"].tolist() == [rail]  # no route is sure: the likeliest is told all the same
    asks = {"modes": ["rail"], "cargo": half, "as_of": ASK["as_of"]}
    swept = cr.sweep(net, [("home", "town")], [None], [ASK["depart"]], progress=False, **asks)
    assert swept["note"].str.fullmatch(r"saleable \d+%").all()
    never = asked(0.9 * days["days_p10"])
    assert set(never.table["name"]) == {"XA-XB, by High Pass", "XA-XB, by Plain Gate"}
    spoilt = never.rejected.set_index("name")["reason"]
    assert f"fruit keep {0.9 * days['days_p10']:g} days" in spoilt[rail]
    with pytest.raises(cr.NoRoute, match=r"will do: ice keep"):
        net.routes("home", "town", cargo=cr.Cargo("ice", 20, shelf_life_days=0.1), **ASK)


def test_the_load_is_the_least_that_the_law_allows_on_the_way() -> None:
    """The road to the pass allows 35 t gross: 20 t on a truck of 15 t. Brute force over both roads by the tonne."""
    heavy = cr.Cargo("coils", 28.0)
    limited = with_rows(
        small_network(),
        legs=[
            {"leg_id": "home-pass_a-road", "gross_limit_t": 35.0},
            {"leg_id": "home-plain_a-road", "gross_limit_t": 40.0},
        ],
    )
    ask = {"modes": ["road"], "cargo": heavy, "k": 2, **ASK}
    table = limited.routes("home", "town", **ask).full.set_index("name")
    assert table["payload_t"].to_dict() == {"XA-XB, by High Pass": 20.0, "XA-XB, by Plain Gate": 25.0}
    by_tonne = {
        name: usd / tonnes
        for name, usd, tonnes in (("XA-XB, by High Pass", 720, 20), ("XA-XB, by Plain Gate", 1400, 25))
    }
    best = limited.routes("home", "town", by="usd", **ask | {"k": 1}).table
    assert best["name"].iloc[0] == min(by_tonne, key=by_tonne.__getitem__)
    tight = with_rows(small_network(), legs=[{"leg_id": "home-pass_a-road", "gross_limit_t": 26.0}])
    # 11 t by the pass cost 720 / 11 = 65.5 a tonne, 28 t by the plain 1,400 / 28 = 50
    assert tight.routes("home", "town", by="usd", **ask | {"k": 1}).table["name"].iloc[0] == "XA-XB, by Plain Gate"
    # less than half of the load: no truck goes that way, though it is the quicker one
    assert tight.routes("home", "town", by="hours", **ask | {"k": 1}).table["name"].iloc[0] == "XA-XB, by Plain Gate"
    bus = cr.Cargo("bus", 13.0, "vehicle", "lowbed")
    assert set(tight.routes("home", "town", **ask | {"cargo": bus}).table["name"]) == {"XA-XB, by Plain Gate"}


def test_emissions_follow_the_load() -> None:
    net = with_rows(small_network(), rates=[rate("empty_running_factor", 1.5), rate("kgco2e_per_t_transfer", 2)])
    table = net.routes("home", "town", k=4, max_stretch=4, cargo=cr.Cargo("light", 10), **ASK).table
    kg = table.set_index("name")["kgco2e"]
    assert kg["XA-XB, by High Pass"] == pytest.approx(360 * 10 * 0.1 * 1.5)
    assert kg["XA-XB, by Rail Gate"] == pytest.approx(550 * 10 * 0.03 * 1.5 + 2 * 10)


def test_where_no_limit_is_known_an_assumed_one_holds(net: cr.Network) -> None:
    heavy = cr.Cargo("mill", 38.0, "vehicle", "lowbed")
    with pytest.raises(cr.NoRoute, match="a load of at most 22 t, which is what roads on the way allow"):
        net.routes("Tashkent", "Turkmenabat", depart="2026-04-15", cargo=heavy, modes=["road"])
    coils = net.routes("Tashkent", "Samarkand", depart="2026-04-15", cargo=cr.Cargo("coils", 28.0), modes=["road"], k=1)
    assert coils.details["payload_t"].iloc[0] == pytest.approx(40 - 16.5)
    assert "weight limit of trucks not known, 40 t assumed: UZ" in coils.details["rests_on"].iloc[0]


# carriers


RULES = [
    {"element_id": "pass", "treaty": "T", "carriers": "XA;XB;XC", "effect": "allow", "in_force_from": "2020-01-01"},
    {"element_id": "pass", "treaty": "Practice", "carriers": "XD", "effect": "forbid", "note": "no XD"},
    {"element_id": "pass", "treaty": "Practice", "carriers": "XB", "effect": "transload", "note": "swap"},
    {"element_id": "plain", "treaty": "Open", "effect": "allow", "in_force_from": "2025-07-01"},
    {"element_id": "plain", "treaty": "Origin", "goods_origin": "XE", "effect": "forbid"},
    {"element_id": "plain", "treaty": "Transit", "goods_destination": "XF", "effect": "forbid"},
    {"element_id": "plain", "treaty": "Trade", "goods_origin": "XG", "goods_destination": "XH", "effect": "forbid"},
    {"element_id": "plain", "treaty": "All", "effect": "forbid"},
    {"element_id": "plain", "treaty": "Sanctions", "cargo": "arms", "effect": "forbid"},
]


@pytest.mark.parametrize(
    ("element", "carrier", "goods", "day", "effect"),
    [
        ("pass", "XC", "", "2025-06-02", "allow"),
        ("pass", "XC", "", "2019-06-02", "not known"),
        ("pass", "XD", "", "2025-06-02", "forbid"),
        ("pass", "XB", "", "2025-06-02", "transload"),
        ("pass", "XZ", "", "2025-06-02", "not known"),
        ("plain", "XZ", "", "2025-06-02", "not known"),
        ("plain", "XZ", "", "2025-07-02", "allow"),
        ("plain", "XA", "", "2025-06-02", "allow"),
        ("plain", "", "XE", "2025-06-02", "forbid"),
        ("plain", "", "XA", "2025-06-02", "allow"),
        ("plain", "", "XA>XF", "2025-06-02", "forbid"),
        ("plain", "", "XF>XA", "2025-06-02", "allow"),
        ("plain", "", "XG>XH", "2025-06-02", "forbid"),
        ("plain", "", "XG>XA", "2025-06-02", "allow"),
        ("plain", "", "XA>XH", "2025-06-02", "allow"),
        ("rail", "XZ", "", "2025-06-02", "not known"),
    ],
)
def test_rights(element: str, carrier: str, goods: str, day: str, effect: str) -> None:
    columns = (
        "element_id",
        "treaty",
        "carriers",
        "cargo",
        "goods_origin",
        "goods_destination",
        "effect",
        "in_force_from",
        "in_force_to",
        "note",
        "source_id",
    )
    rights = Rights(pd.DataFrame([{c: row.get(c, "") for c in columns} for row in RULES]))
    assert rights.verdict(element, ("XA", "XB"), carrier, Trade(*goods.split(">")), LawOf(day, day)).effect == effect


def test_a_carrier_is_turned_away_or_changes_trucks() -> None:
    net = with_rows(small_network(), rights=RULES)
    ask = {"modes": ["road"], "k": 1, "avoid": ["plain"], **ASK}
    free = net.routes("home", "town", **ask)
    swap = net.routes("home", "town", carrier="XB", **ask)
    assert swap.details["hours"].iloc[0] == pytest.approx(free.details["hours"].iloc[0] + 10)
    assert swap.costs.set_index("line")["usd"]["transshipment"] == 100
    assert "XB trucks, changes trucks: High Pass" in swap.details["rests_on"].iloc[0]
    assert any(note.startswith("any carrier") for note in free.notes)
    with pytest.raises(cr.BadRequest, match="carrier='XQ'"):
        net.routes("home", "town", carrier="XQ", **ask)


def test_uzbek_trucks_and_the_khunjerab(net: cr.Network) -> None:
    """Uzbekistan is no party of the QTTA: the route is closed to its trucks, and the reason names the rule."""
    ask = {"depart": "2025-06-17", "as_of": "2025-06-16", "avoid": ["AF", "IR"], "modes": ["road"], "k": 1}
    assert "Khunjerab" in net.routes("Almaty", "Karachi", carrier="KZ", **ask).details["crossings"].iloc[0]
    with pytest.raises(cr.NoRoute, match="not open to UZ trucks"):
        net.routes("Almaty", "Karachi", carrier="UZ", **ask)
    passes = net.may_pass("UZ", "2025-06-17").set_index("element_id")["effect"]
    assert passes["khunjerab_sost"] == "forbid"
    assert passes["termez_hairatan"] == "allow"


def test_goods_bound_for_armenia_and_the_borders_of_azerbaijan(net: cr.Network) -> None:
    """Azerbaijan freed transit to Armenia on 21 October 2025; goods for others passed before."""
    barred = {
        (day, bound): net.may_pass("GE", day, goods_to=bound).set_index("element_id")["effect"]["red_bridge"]
        for day in ("2025-10-01", "2025-11-10")
        for bound in ("AM", "AZ", "")
    }
    assert [key for key, effect in barred.items() if effect == "forbid"] == [("2025-10-01", "AM")]
    with pytest.raises(cr.BadRequest, match="goods_to='XQ'"):
        net.may_pass("GE", "2025-10-01", goods_to="XQ")


def test_entry_fees_go_by_flag(net: cr.Network) -> None:
    ask = {"depart": "2025-06-17", "as_of": "2025-06-16", "modes": ["road"], "k": 1}
    lines = {
        flag: net.routes("Shymkent", "Tashkent", carrier=flag, **ask).costs.set_index("line")["usd"]
        for flag in ("KZ", "UZ", "TJ")
    }
    assert "entry fee" not in lines["UZ"].index
    assert lines["KZ"]["entry fee"] == 300  # of 2025: not raised
    assert lines["TJ"]["entry fee"] == pytest.approx(150, rel=0.01)  # the mean of a range around it


# closures


def test_exceptions_let_special_goods_through() -> None:
    closed = {"element_id": "pass", "start": "2025-05-20", "end": "", "last_confirmed": "2025-05-30", "cause": "war"}
    aid = {
        "element_id": "pass",
        "effect": "exception",
        "scope_cargo": "UN containers",
        "start": "2025-05-25",
        "end": "2025-06-30",
        "end_known_from": "2025-05-25",
        "cause": "aid",
    }
    net = small_network([closed, aid])
    ask = {"modes": ["road"], "k": 1, **ASK}
    assert net.routes("home", "town", **ask).table["name"].iloc[0] == "XA-XB, by Plain Gate"
    un = cr.Cargo("un", 20, goods="UN containers")
    assert net.routes("home", "town", cargo=un, **ask).table["name"].iloc[0] == "XA-XB, by High Pass"


@pytest.mark.parametrize(
    ("scope", "closed"),
    [
        ({"scope_mode": "rail"}, False),
        ({"scope_mode": "road"}, True),
        ({"scope_vehicle": "truck"}, True),
        ({"scope_vehicle": "up to 3.5 t"}, False),
        ({"scope_cargo": "all cargo"}, True),
        ({"scope_cargo": "wheat"}, False),
        ({"scope_flag": "XB"}, True),
        ({"scope_flag": "XA"}, False),
    ],
)
def test_scopes_of_a_closure(scope: dict, closed: bool) -> None:
    net = small_network(
        [{"element_id": "pass", "start": "2025-05-20", "end": "2026-05-30", "end_known_from": "2025-05-20"} | scope]
    )
    found = net.routes("home", "town", modes=["road"], k=1, carrier="XB", **ASK).table["name"].iloc[0]
    assert (found != "XA-XB, by High Pass") is closed


def test_a_wait_that_is_too_long_says_how_long_it_would_have_to_be() -> None:
    """The pass opens after ten days; asked to wait so long, the route is there."""
    net = small_network(
        [{"element_id": "pass", "start": "2025-05-20", "end": "2025-06-11", "end_known_from": "2025-05-20"}]
    )
    ask = {"avoid": ["plain"], "modes": ["road", "rail"], "max_stretch": 99, **ASK}
    row = net.routes("home", "town", **ask).rejected.iloc[0]
    found = re.fullmatch(r"High Pass open, or max_wait_hours=(\d+) \((\d+\.\d) days with the wait\)", row["needs"])
    assert found, row["needs"]
    hours, days = int(found[1]), float(found[2])
    assert 168 < hours < 30 * 24
    over = [net.routes("home", "town", max_wait_hours=hours - less, **ask).table.set_index("name") for less in (0, 1)]
    assert over[0].loc["XA-XB, by High Pass", "days"] == pytest.approx(days, abs=0.06)
    assert "XA-XB, by High Pass" not in over[1].index
    lasting = small_network([{"element_id": "pass", "start": "2025-05-20", "end": "", "last_confirmed": "2025-05-30"}])
    assert lasting.routes("home", "town", **ask).rejected["needs"].tolist() == ["High Pass open"]


def test_a_wait_that_beats_what_is_offered_is_told_with_the_answer() -> None:
    """The pass opens after ten days; with a queue of 20 days at the only other gate, waiting is quicker and cheaper."""
    closed = {"element_id": "pass", "start": "2025-05-20", "end": "2025-06-11", "end_known_from": "2025-05-20"}
    net = small_network([closed])
    ask = {"modes": ["road"], **ASK}
    queue = cr.Scenario("queue").delay("plain", 480)
    found = net.routes("home", "town", scenario=queue, **ask)
    assert found.table["name"].tolist() == ["XA-XB, by Plain Gate"]
    said = re.search(
        r"Waiting would be quicker and cheaper than A: XA-XB, by High Pass takes (\S+) days, (\d+) of them waiting, "
        r"and US\$ (\S+) \(High Pass: closed 2025-05-20 to 2025-06-11 .*\); max_wait_hours=(\d+) allows it",
        repr(found),
    )
    assert said, repr(found)
    assert said[0][1:].rstrip(".") in found.notes[0]
    days, waiting, usd, hours = (float(text.replace(",", "")) for text in said.groups())
    first = net.routes("home", "town", scenario=queue, max_wait_hours=hours, **ask).full.iloc[0]
    assert first["name"] == "XA-XB, by High Pass"
    assert (first["days"], first["usd"]) == (pytest.approx(days, rel=0.01), pytest.approx(usd, rel=0.01))
    assert first["longest_wait_hours"] / 24 == pytest.approx(waiting, abs=0.5)
    assert "aiting" not in repr(net.routes("home", "town", **ask)), "the gate without a queue is quicker"
    lasting = small_network([{"element_id": "pass", "start": "2025-05-20", "end": "", "last_confirmed": "2025-05-30"}])
    assert "aiting" not in repr(lasting.routes("home", "town", scenario=queue, **ask)), "nobody knows how long"


def test_both_policies_side_by_side() -> None:
    net = small_network([{"element_id": "pass", "start": "2025-05-20", "end": "", "last_confirmed": "2025-05-30"}])
    both = net.routes("home", "town", k=2, unknown="both", **ASK).full
    persist, lapse = (net.routes("home", "town", k=2, unknown=u, **ASK).table for u in ("persist", "lapse"))
    assert list(both["name"][: len(persist)]) == list(persist["name"])
    assert set(both["name"]) == set(persist["name"]) | set(lapse["name"])
    rests = both.set_index("name")["rests_on"]
    assert rests["XA-XB, by High Pass"].startswith("holds only if closures without a known end have ended")
    assert "holds only" not in rests["XA-XB, by Plain Gate"]


def test_official_hours_closed_the_khunjerab_in_winter(net: cr.Network) -> None:
    """The protocol of 1985 opens it from April to November; since December 2024 it is operated all year."""
    ask = {"depart": "2026-01-15", "as_of": "2026-02-15", "avoid": ["AF", "IR"], "modes": ["road"], "k": 1}
    assert "Khunjerab" in net.routes("Almaty", "Karachi", **ask).details["crossings"].iloc[0]
    with pytest.raises(cr.NoRoute, match="official hours 'Apr 01-Nov 30 Mo-Fr'"):
        net.routes("Almaty", "Karachi", regime="official", **ask)
    with pytest.raises(cr.BadRequest, match="regime='real'"):
        net.routes("Almaty", "Karachi", regime="real", **ask)


def test_knowledge_before_the_first_event(net: cr.Network) -> None:
    with pytest.raises(cr.BadRequest, match="before the first event"):
        net.routes("Almaty", "Karachi", depart="2025-06-01", as_of="1950-01-01")


def test_rejected_says_what_would_have_to_open(net: cr.Network) -> None:
    rejected = net.routes("Almaty", "Karachi", depart="2026-01-15", as_of="2026-02-15").rejected
    assert rejected["gates"].str.contains("Torkham").any()
    assert rejected["source_id"].str.len().gt(0).all()


def test_last_departure_by_brute_force() -> None:
    """Day by day: the last departure with at least nine samples of ten through the pass before 10 June."""
    routes = small_network().routes("home", "town", k=1, modes=["road"], **ASK)
    found = routes.last_departure("2025-06-10", "pass").iloc[0]
    passing = []
    for days in range(0, 9):
        day = date(2025, 6, 2) + timedelta(days)
        result = (
            small_network()
            .routes("home", "town", k=1, modes=["road"], depart=f"{day}T08:00", as_of="2025-06-01")
            .results[0]
        )
        step = next(i for i, edge in enumerate(result.edges) if edge.kind == "crossing")
        before = (date(2025, 6, 10) - day).days * 24 - 8
        if (result.trip.start[step] < before).mean() >= 0.9:
            passing.append(day)
    assert found["last_departure"] == max(passing)
    assert found["slack_days"] == (max(passing) - date(2025, 6, 2)).days
    none = routes.last_departure().iloc[0]
    assert none["note"] == "no closure is known ahead on this way"
    for wrong, word in (({"p": 2}, "p=2"), ({"closes": "2025-06-10"}, "needs element"), ({"element": "x"}, "'x'")):
        with pytest.raises(cr.BadRequest, match=word):
            routes.last_departure(**wrong)


def test_last_departure_before_a_known_closure() -> None:
    net = small_network(
        [
            {
                "element_id": "pass",
                "start": "2025-06-20",
                "end": "2025-12-30",
                "known_from": "2025-01-01",
                "end_known_from": "2025-01-01",
            }
        ]
    )
    row = net.routes("home", "town", k=1, modes=["road"], **ASK).last_departure().iloc[0]
    assert (row["element_id"], row["closes"]) == ("pass", "2025-06-20")
    assert date(2025, 6, 17) <= row["last_departure"] <= date(2025, 6, 19)


def test_status_of_named_corridors(net: cr.Network) -> None:
    def status(on: str, **more: object) -> pd.DataFrame:
        return net.corridor_status(on, **more).set_index("corridor_id")

    winter = status("2026-01-15", as_of="2026-02-15")
    assert winter.loc["ktap", "state"] == "planned"
    assert winter.loc["kandahar_herat_road", ["state", "needs", "start"]].to_list() == [
        "closed",
        "Chaman-Spin Boldak open",
        "2025-10-12",
    ]
    assert winter.loc["kandahar_herat_road", "source_id"]
    assert winter.loc["qtta_road", "state"] == "open"
    assert {"open", "closed", "planned"} <= set(winter["state"]) <= {"open", "closed", "closed in part", "planned"}
    assert (winter["reason"] == "").equals(winter["state"] == "open")
    assert status("2025-09-01", as_of="2025-09-01").loc["kandahar_herat_road", "state"] == "open"
    thaw = cr.Scenario("thaw").reopen("Chaman-Spin Boldak", "2026-01-01").build("khaf_herat")
    better = status("2026-01-15", as_of="2026-02-15", scenario=thaw)
    assert (better.loc[["kandahar_herat_road", "khaf_herat"], "state"] == "open").all()
    old = status("2024-01-20", as_of="2024-01-20")  # the last winter in which the pass was closed by rule
    assert old.loc["qtta_road", "state"] == "closed"


def test_routes_know_the_named_corridors_and_indices(net: cr.Network) -> None:
    routes = net.routes("Almaty", "Karachi", depart="2026-01-15", as_of="2026-02-15", k=4)
    status = routes.corridors.set_index("corridor_id")
    label = routes.table.loc[routes.table["name"].str.contains("Torugart and Khunjerab"), "label"].iloc[0]
    assert label in status.loc["qtta_road", "routes"]
    indices = routes.indices
    assert indices.groupby("label")["km"].sum().to_dict() == pytest.approx(
        (routes.details.set_index("label")["km_road"] + routes.details.set_index("label")["km_rail"]).to_dict()
    )
    assert indices.query("country == 'PK'")["lpi"].isna().all()  # not rated in 2023


def test_price_of_avoiding(net: cr.Network) -> None:
    ask = {"depart": "2026-01-15", "as_of": "2026-02-15", "k": 1}
    routes = net.routes("Tashkent", "Karachi", **ask)
    assert "UN sanctions" in routes.details["sanctions"].iloc[0]
    table = routes.price_of_avoiding(["IR", "PK", "Khunjerab"]).set_index("avoid")
    without = net.routes("Tashkent", "Karachi", **ask, avoid=["IR"]).table
    assert table.loc["IR", "extra_days"] == pytest.approx(without["days"].iloc[0] - routes.table["days"].iloc[0])
    assert np.isnan(table.loc["PK", "extra_days"])
    assert "bars Karachi" in table.loc["PK", "note"]
    assert table.loc["Khunjerab", "note"] == "the best route does not touch Khunjerab"


# indicators


def test_cpmm_indicators_by_hand() -> None:
    """360 km in 12 h of driving (6 in motion) and 10 h at the pass; US$ 720 and fees of 80."""
    base = with_rows(small_network(), crossings=[{"crossing_id": "pass__0", "usd": 80.0}])
    net = with_rows(
        base,
        indicators=[
            {
                "indicator_id": "a",
                "indicator": "TFI1",
                "mode": "road",
                "country": "XA",
                "direction": "out",
                "year": 2020,
                "value": 9.0,
            },
            {
                "indicator_id": "b",
                "indicator": "TFI1",
                "mode": "road",
                "country": "XA",
                "direction": "out",
                "year": 2022,
                "value": 7.0,
            },
            {
                "indicator_id": "c",
                "indicator": "TFI1",
                "mode": "road",
                "country": "XA",
                "direction": "in",
                "year": 2022,
                "value": 5.0,
            },
        ],
    )
    table = net.routes("home", "town", k=1, modes=["road"], **ASK).cpmm()
    whole = table[table["country"] == "all"].set_index("indicator")["modelled"]
    assert whole.to_dict() == pytest.approx(
        {"TFI1": 5.0, "TFI2": 40.0, "TFI3": 800 / 360 * 500, "SWOD": 60.0, "SWD": 360 / 22}
    )
    side = table[table["country"] == "XA"].set_index("indicator")
    assert (side.loc["TFI1", "published"], side.loc["TFI1", "year"]) == (6.0, 2022)
    assert side.loc["SWD", "modelled"] == pytest.approx(240 / (8 + 5))
    assert np.isnan(side.loc["TFI3", "published"])


def test_the_traps_of_cpmm_are_avoided(net: cr.Network) -> None:
    """Torkham and Chaman, SWD and SWOD are swapped in texts; TFI3 of Azerbaijan is printed as 58."""
    table = net.indicators
    out = table.query("indicator == 'TFI1' and country == 'PK' and direction == 'out' and year == 2020")
    by_post = out.set_index("element_id")["value"]
    assert (by_post["chaman_spinboldak"], by_post["torkham"]) == (70.7, 50.0)
    speeds = table[table["indicator"].isin(["SWD", "SWOD"]) & (table["element_id"] == "")]
    wide = speeds.pivot_table(index=["mode", "country", "year"], columns="indicator", values="value").dropna()
    assert (wide["SWD"] < wide["SWOD"]).all()
    assert table.query("indicator == 'TFI3' and country == 'AZ'").empty


# what the reviewers found


def test_a_sample_that_never_arrives_is_no_good_buffer(net: cr.Network) -> None:
    closed = cr.Scenario("closed").close("Khunjerab", "2026-01-27")
    routes = net.routes(
        "Almaty", "Karachi", depart="2026-01-15", as_of="2026-02-15", avoid=["IR", "AF"], k=1, scenario=closed
    )
    row = routes.reliability(n=1000).iloc[0]
    assert np.isinf([row["days_mean"], row["cv"], row["buffer_index"]]).all()


def test_a_way_turns_round_where_goods_have_business_and_at_no_gate(net: cr.Network) -> None:
    """Quetta - Karachi by Chaman town and back is a delivery; by the closed crossing itself it is none."""
    ask = {"depart": "2026-06-10", "k": 1, "modes": ["road"]}
    twice = net.routes("Lahore", "Osh", via=["Islamabad"], **ask)
    front = net.pareto(
        "Lahore", "Osh", via=["Islamabad"], by=["hours", "km"], depart="2026-06-10", modes=["road"]
    ).front
    assert twice.details["hours"].iloc[0] == pytest.approx(front["hours"].min())
    with pytest.raises(cr.NoRoute):
        net.routes("Quetta", "Karachi", via=["chaman_spinboldak_pk"], **ask)


def test_old_knowledge_is_thin_and_says_so(net: cr.Network) -> None:
    ask = {"depart": "2026-01-15", "k": 1}
    thin = net.routes("Almaty", "Karachi", as_of="2010-01-01", **ask).notes
    assert "hardly recorded" in " ".join(thin)
    assert "recorded" not in net.routes("Almaty", "Karachi", as_of="2025-12-01", **ask).notes[0]


def test_missing_rates_are_found_before_a_question_needs_them(net: cr.Network) -> None:
    rates = net.tables["rates"].query("quantity != 'tare_t'")
    poor = with_tables(net, {**net.tables, "rates": rates})
    problems = poor.check()
    assert problems["problem"].str.contains("no row for tare_t").sum() == 1


def test_slices_keep_the_whole_answer(net: cr.Network) -> None:
    routes = net.routes("Almaty", "Karachi", depart="2026-01-15", as_of="2026-02-15", k=3)
    pd.testing.assert_frame_equal(routes[1:2].rejected, routes.rejected)
    nothing = routes[9:]
    assert len(nothing) == len(nothing.table) == len(nothing.legs) == 0
    assert list(nothing.table.columns) == list(routes.table.columns)
    assert nothing._repr_html_()


def test_scenario_factors_reach_every_indicator(net: cr.Network) -> None:
    ask = {"depart": "2025-06-17", "as_of": "2025-06-16", "modes": ["road"], "k": 1}
    plain, slow = (
        net.routes("Almaty", "Shymkent", scenario=s, **ask)
        for s in (None, cr.Scenario("s").scale("hours", 2.0).scale("usd", 3.0))
    )
    one, two = (r.cpmm().query("country == 'all'").set_index("indicator")["modelled"] for r in (plain, slow))
    assert two["SWOD"] == pytest.approx(one["SWOD"] / 2)
    assert two["TFI3"] == pytest.approx(one["TFI3"] * 3)


def test_the_season_stands_in_the_note(net: cr.Network) -> None:
    legs = net.routes("Bishkek", "Kashgar", depart="2025-12-09", as_of="2025-12-08", k=1, modes=["road"]).legs
    slowed = legs[legs["note"].str.contains("for the season")]
    pass_of_naryn = {"road_dolon_kochkor", "road_dolon_naryn"}
    assert set(slowed["element_id"]) == {"road_at_bashy_naryn", "road_at_bashy_torugart"} | pass_of_naryn
    over = slowed["element_id"].isin(pass_of_naryn)
    assert slowed.loc[~over, "source_id"].str.contains("24kg_361378").all()
    assert slowed.loc[over, "source_id"].str.contains("24kg_355062").all()
    assert slowed["note"].str.contains(r"hours x [\d.]+ for the season \(December").all()


@pytest.mark.slow
def test_detail_follows_the_same_named_corridors(net: cr.Network) -> None:
    full = cr.load(detail="full")
    routes = full.routes("Almaty", "Karachi", depart="2026-01-15", as_of="2026-02-15", k=1, avoid=["IR", "AF"])
    assert "Taftan" not in routes.details["corridors"].iloc[0]
    long = {name: sum(km.values()) for name, km, _ in full.facts.corridor_parts}
    for name, km, _ in net.facts.corridor_parts:
        assert 0.8 * sum(km.values()) < long[name] < 2 * sum(km.values())  # parallel roads are in it


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"carrier": "XZ"}, "carrier='XZ'"),
        ({"avoid": 5}, "avoid=5"),
        ({"modes": 5}, "modes=5"),
        ({"via": 5}, "via=5"),
        ({"avoid": ["KZ"]}, "bars Almaty"),
    ],
)
def test_more_wrong_questions(net: cr.Network, wrong: dict, word: str) -> None:
    with pytest.raises(cr.BadRequest, match=word):
        net.routes("Almaty", "Karachi", **{"depart": "2026-04-15"} | wrong)


def test_departures_of_numpy_and_arrivals_that_are_none(net: cr.Network) -> None:
    routes = net.routes("Almaty", "Tashkent", depart=np.datetime64("2026-04-15T14:00"), k=1)
    assert routes.depart.hour == 14
    with pytest.raises(cr.BadRequest, match="arrive_by='tomorrow'"):
        routes.reliability(arrive_by="tomorrow")
    with pytest.raises(cr.BadRequest, match="un_class=9"):
        cr.Cargo("x", 10, un_class=9)


# properties


@given(hours=st.integers(0, 60), length=st.integers(1, 5), which=st.sampled_from(["pass", "plain", "rail"]))
@settings(max_examples=25, deadline=None)
def test_a_closure_never_lowers_the_best(hours: int, length: int, which: str) -> None:
    start = date(2025, 6, 1) + timedelta(hours // 24)
    net = small_network()
    closing = cr.Scenario("s").close(which, start.isoformat(), (start + timedelta(length)).isoformat())
    for by, column in (("hours", "hours"), ("km", "km"), ("usd", None)):
        free, closed = (
            net.routes("home", "town", k=1, by=by, scenario=s, max_wait_hours=1e9, **ASK) for s in (None, closing)
        )
        value = [r.full[column].iloc[0] if column else r.legs["usd"].sum() for r in (free, closed)]
        assert value[1] >= value[0] - 1e-9


@given(first=st.integers(0, 200), later=st.integers(1, 100))
@settings(max_examples=25, deadline=None)
def test_leaving_later_never_arrives_earlier(first: int, later: int) -> None:
    net = small_network(
        [
            {
                "element_id": "pass",
                "start": "2025-06-04",
                "end": "2025-06-06",
                "known_from": "2025-05-20",
                "end_known_from": "2025-06-01",
            }
        ],
        [{"element_id": "plain", "rule": "Mo-Fr 08:00-18:00", "place_id": "plain_a"}],
    )
    arrivals = []
    for hours in (first, first + later):
        leave = pd.Timestamp("2025-06-01", tz="UTC") + pd.Timedelta(hours=hours)
        routes = net.routes("home", "town", depart=leave.isoformat(), as_of="2025-06-01", k=1, max_wait_hours=1e9)
        arrivals.append(routes.legs["end"].iloc[-1])
    assert arrivals[0] <= arrivals[1]


def test_one_more_option_never_worsens_the_best() -> None:
    modes = ("road", "rail", "sea", "ferry")
    net = small_network()
    best = {}
    for n in range(1, len(modes) + 1):
        for some in itertools.combinations(modes, n):
            try:
                best[frozenset(some)] = net.routes("home", "town", k=1, modes=some, **ASK).details["hours"].iloc[0]
            except cr.NoRoute:
                best[frozenset(some)] = float("inf")
    assert all(best[more] <= best[less] for less in best for more in best if less <= more)


def test_the_way_over_a_place_is_never_shorter(net: cr.Network) -> None:
    ask = {"depart": "2025-06-17", "as_of": "2025-06-16", "k": 1, "modes": ["road"], "by": "km"}
    towns = ("Almaty", "Tashkent", "Bishkek", "Dushanbe")
    km = {pair: net.routes(*pair, **ask).table["km"].iloc[0] for pair in itertools.permutations(towns, 2)}
    for a, b, c in itertools.permutations(towns, 3):
        assert km[a, c] <= km[a, b] + km[b, c] + 1e-6


def test_parts_of_an_amount() -> None:
    draws = Draws(1_000, 1, 0.5)
    driver = Driver("x", "speeds", "split", 0.5, 2.0)
    assert draws.amount([Part("a", 3.0, (), 3.0), Part("b", 4.0, (), 4.0)]) == 7.0
    both = draws.amount([Part("a", 3.0, ((driver, 1), (driver, -1)), 3.0)])
    assert both == pytest.approx(np.full(1_000, 3.0))


def test_the_law_of_later_is_not_foreseen(net: cr.Network) -> None:
    """Azerbaijan freed transit to Armenia on 21 October 2025; before, one could but take the bar to last."""
    ask = {"depart": "2025-11-10", "modes": ["road"], "k": 1}
    with pytest.raises(cr.NoRoute, match="not open to goods for AM: Practice of transit"):
        net.routes("Baku", "Yerevan", as_of="2025-09-01", **ask)
    assert net.routes("Baku", "Yerevan", as_of="2025-11-01", **ask).results
    assert net.routes("Baku", "Yerevan", **ask).results
    with pytest.raises(cr.NoRoute, match=r"not open to goods for AM: .* 21 October 2025"):
        net.routes("Baku", "Yerevan", **ask | {"depart": "2025-10-01"})  # as the data know it today

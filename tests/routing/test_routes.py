"""What an analyst must be able to rely on: dates, closures, seasons, knowledge, gauges, lengths, bad input."""

import pandas as pd
import pytest

import corridors as cr

PK_AF = {"torkham", "chaman_spinboldak", "ghulam_khan", "kharlachi_dandpatan", "angoor_adda", "badini"}


def borders(routes: cr.Routes) -> list[set[str]]:
    legs = routes.legs
    return [
        set(legs.loc[(legs["route"] == i) & (legs["kind"] == "crossing"), "element_id"]) for i in range(len(routes))
    ]


def countries(routes: cr.Routes) -> list[set[str]]:
    legs = routes.legs
    return [set(legs.loc[(legs["route"] == i) & (legs["kind"] == "leg"), "country"]) for i in range(len(routes))]


def test_before_the_closure_a_route_through_afghanistan_is_offered(net: cr.Network) -> None:
    routes = net.routes("Almaty", "Karachi", depart="2025-09-15", as_of="2025-09-15", k=4)
    assert any("AF" in c for c in countries(routes))
    assert any(b & PK_AF for b in borders(routes))


def test_after_the_closure_none_crosses_and_the_event_is_named(net: cr.Network) -> None:
    routes = net.routes("Almaty", "Karachi", depart="2026-01-15", as_of="2026-02-15", k=4)
    assert not any(b & PK_AF for b in borders(routes))
    assert any("khunjerab_sost" in b for b in borders(routes))
    assert any("IR" in c for c in countries(routes))
    closed = routes.rejected[routes.rejected["blocked_by"].str.contains("torkham|chaman")]
    assert len(closed) >= 1
    assert (closed["start"] == "2025-10-12").all()
    assert (closed["end"] == "").all()
    assert (closed["last_confirmed"] == "2026-02-11").all()
    cited = {source for text in closed["source_id"] for source in text.split(";")}
    assert cited
    assert cited <= set(net.sources["source_id"])


@pytest.mark.parametrize("by", ["hours", "usd", "km"])
def test_khunjerab_winter_regimes(net: cr.Network, by: str) -> None:
    before = net.routes("Almaty", "Karachi", depart="2023-12-15", by=by, k=4)
    assert not any("khunjerab_sost" in b for b in borders(before))
    after = net.routes("Almaty", "Karachi", depart="2025-01-15", by=by, k=9)
    used = [i for i, b in enumerate(borders(after)) if "khunjerab_sost" in b]
    assert used
    assert all("contested: Khunjerab" in after.details.loc[i, "rests_on"] for i in used)


def test_knowledge_decides_what_the_future_holds(net: cr.Network) -> None:
    """On 10 March 2025 nobody knew that Torkham would open on the 19th."""
    others = ["Kharlachi", "Ghulam Khan", "Angoor Adda", "Chaman", "Badini", "IR", "CN"]
    ask = {"depart": "2025-03-14", "avoid": others, "modes": ["road"]}
    with pytest.raises(cr.NoRoute, match="Torkham"):
        net.routes("Peshawar", "Kabul", as_of="2025-03-10", **ask)
    lapse = net.routes("Peshawar", "Kabul", as_of="2025-03-10", unknown="lapse", **ask)
    assert "torkham" in borders(lapse)[0]
    now = net.routes("Peshawar", "Kabul", **ask)
    assert "torkham" in borders(now)[0]
    assert now.legs.query("kind == 'wait'")["end"].min() == pd.Timestamp("2025-03-19", tz="Asia/Karachi")


def test_everything_closed_names_what_cuts(net: cr.Network) -> None:
    closed = cr.Scenario("all closed").close("Khunjerab")
    crossings = net.crossings.merge(net.places[["place_id", "country"]], left_on="from_place", right_on="place_id")
    crossings = crossings.merge(
        net.places[["place_id", "country"]], left_on="to_place", right_on="place_id", suffixes=("", "_to")
    )
    land = crossings[(crossings["country"] == "PK") & crossings["country_to"].isin(["AF", "IR", "IN"])][
        "element_id"
    ].unique()
    for element in land:
        closed = closed.close(element)
    with pytest.raises(cr.NoRoute) as info:
        net.routes("Almaty", "Karachi", depart="2026-04-15", scenario=closed, modes=["road", "rail"])
    message = str(info.value)
    assert "Khunjerab" in info.value.blocking
    assert all(name in message for name in ("Khunjerab", "Torkham", "Chaman", "Taftan"))
    assert len(info.value.rejected) > 0
    for port in net.legs.query("mode == 'sea'")["leg_id"]:
        closed = closed.close(port)
    with pytest.raises(cr.NoRoute, match="sea"):
        net.routes("Almaty", "Karachi", depart="2026-04-15", scenario=closed)


def test_planned_lines_only_when_built(net: cr.Network) -> None:
    planned = set(net.legs.loc[net.legs["status"] != "operating", "leg_id"]) | set(
        net.crossings.loc[net.crossings["status"] != "operating", "element_id"]
    )
    ask = {"depart": "2025-06-15", "as_of": "2025-06-15", "modes": ["rail"]}
    for pair in [("Almaty", "Karachi"), ("Tashkent", "Peshawar"), ("Moscow", "Gwadar"), ("Kashgar", "Tashkent")]:
        assert not planned & set(net.routes(*pair, depart="2025-06-15", as_of="2025-06-15", k=4).legs["element_id"])
    with pytest.raises(cr.NoRoute):
        net.routes("Termez", "Peshawar", avoid=["IR"], **ask)
    built = cr.Scenario("Trans-Afghan").build("trans_afghan_kharlachi")
    legs = net.routes("Termez", "Peshawar", avoid=["IR"], scenario=built, k=1, **ask).legs
    assert planned & set(legs["element_id"])
    assert set(legs.loc[legs["kind"] == "leg", "mode"]) == {"rail"}


@pytest.mark.parametrize(
    ("origin", "destination"),
    [
        ("Almaty", "Karachi"),
        ("Urumqi", "Tehran"),
        ("Moscow", "Bandar Abbas"),
        ("Tashkent", "Port Qasim"),
        ("Kashgar", "Poti"),
    ],
)
def test_gauge_changes_only_in_a_transfer_row(net: cr.Network, origin: str, destination: str) -> None:
    routes = net.routes(origin, destination, depart="2025-06-02", as_of="2025-06-02", k=4)
    for i in range(len(routes)):
        gauge, mode = 0, ""
        for row in routes[i].legs.itertuples():
            if row.kind == "transfer":
                gauge, mode = 0, ""
            elif row.kind in ("leg", "crossing"):
                carrier = {"ferry": "sea"}.get(row.mode, row.mode)
                assert mode in ("", carrier), f"{row.name}: {mode} to {carrier} without a transfer"
                mode = carrier
                if row.mode == "rail":
                    assert gauge in (0, row.gauge_mm), f"{row.name}: {gauge} to {row.gauge_mm} without a transfer"
                    gauge = row.gauge_mm


def test_legs_add_up_and_are_continuous(net: cr.Network) -> None:
    routes = net.routes("Almaty", "Karachi", depart="2025-08-01", as_of="2025-07-01", k=4)
    for i in range(len(routes)):
        legs, row = routes[i].legs, routes.full.iloc[i]
        assert (legs["from_place"].iloc[1:].to_numpy() == legs["to_place"].iloc[:-1].to_numpy()).all()
        assert (legs["start"].iloc[1:].to_numpy() == legs["end"].iloc[:-1].to_numpy()).all()
        elapsed = (legs["end"].iloc[-1] - legs["start"].iloc[0]).total_seconds() / 3600
        assert elapsed == pytest.approx(row["hours"], abs=0.01)
        assert legs["cumulative_km"].iloc[-1] == pytest.approx(row["km"])
        assert row["days_p10"] < row["days_p50"] < row["days_p90"]
        assert row["usd_p10"] < row["usd_p50"] < row["usd_p90"]
        assert set("; ".join(legs["source_id"]).replace(" ", "").split(";")) <= set(net.sources["source_id"])


def test_published_road_lengths(net: cr.Network) -> None:
    ask = {"depart": "2025-07-01", "modes": ["road"], "by": "km", "k": 1}
    bishkek = net.routes("Bishkek", "Torugart", via=["Balykchy"], **ask).table["km"].iloc[0]
    assert bishkek == pytest.approx(539, rel=0.03)  # ADB CAREC corridor 1, by its kilometre posts
    karakoram = (
        net.routes(
            "khunjerab",
            "Hasan Abdal",
            depart="2024-07-02",
            as_of="2024-07-02",
            modes=["road"],
            avoid=["Babusar"],
            by="km",
            k=1,
        )
        .table["km"]
        .iloc[0]
    )
    assert karakoram == pytest.approx(806, rel=0.05)  # NHA, N-35


def test_overlap_is_bounded(net: cr.Network) -> None:
    routes = net.routes("Almaty", "Karachi", depart="2025-08-01", as_of="2025-07-01", k=5, max_overlap=0.6)
    legs = routes.legs[routes.legs["kind"] == "leg"]
    km = {i: dict(zip(g["element_id"], g["km"], strict=True)) for i, g in legs.groupby("route")}
    posts = routes.details["crossings"].tolist()
    best = (routes.table["best_in"] != "").tolist()  # the fastest and the cheapest stand there however alike
    assert not all(best)
    for i in km:
        for j in range(i):
            saves = all(routes.table[what][j] < routes.table[what][i] for what in ("days", "usd"))
            if best[i] and (best[j] or saves):
                continue  # what is quicker and cheaper than the best in CO2e stands beside it
            if posts[i] != posts[j]:
                continue  # places that are left go to routes through other countries or by other posts
            shared = sum(v for leg, v in km[i].items() if leg in km[j])
            assert shared <= 0.6 * min(sum(km[i].values()), sum(km[j].values())) + 1e-6
    assert routes.details["hours"].is_monotonic_increasing


def test_via_avoid_modes_and_point(net: cr.Network) -> None:
    routes = net.routes("Almaty", "Karachi", depart="2025-12-01", as_of="2025-12-01", via=["Bandar Abbas"], k=1)
    assert "bandar_abbas" in set(routes.legs["from_place"])
    assert "AF" not in "".join(net.routes("Tashkent", "Karachi", depart="2025-06-01", avoid=["AF"]).legs["country"])
    assert set(
        net.routes("Almaty", "Tashkent", depart="2025-06-01", modes=["rail"], k=1).legs.query("kind == 'leg'")["mode"]
    ) == {"rail"}
    point = net.routes((76.95, 43.9), "Tashkent", depart="2025-06-01", k=1).legs
    assert point["kind"].iloc[0] == "access"
    assert point["country"].iloc[0] == "KZ"


def test_a_point_as_destination_is_reached_by_an_access_leg(net: cr.Network) -> None:
    point, ask = (76.95, 43.9), {"depart": "2025-06-01", "k": 1, "modes": ["road"]}
    out, to = net.routes(point, "Tashkent", **ask), net.routes("Tashkent", point, **ask)
    first, last = out.legs.iloc[0], to.legs.iloc[-1]
    assert last["kind"] == "access"
    assert last["km"] == pytest.approx(first["km"])
    assert to.table["km"].iloc[0] == pytest.approx(out.table["km"].iloc[0])
    assert to.destination in last["name"]
    assert last["cumulative_hours"] == pytest.approx(to.details["hours"].iloc[0])
    assert [row["kind"] for _, row in net.routes(point, (69.3, 41.5), **ask).legs.iloc[[0, -1]].iterrows()] == [
        "access",
        "access",
    ]


def test_what_crosses_no_border_waits_for_no_customs_at_its_end(net: cr.Network) -> None:
    """Range of unloading in one country 4-8-24 h, as of loading, against 4-24-72 h with customs; every call agrees."""
    ask = {"depart": "2025-06-02", "modes": ["road"]}

    def ends(origin: object, destination: object) -> tuple[float, float, float]:
        legs = net.routes(origin, destination, k=1, **ask).legs
        return legs["hours"].iloc[0], legs["hours"].iloc[-1], legs["cumulative_hours"].iloc[-1]

    loading, unloading, hours = ends("Almaty", "Astana")
    assert unloading == pytest.approx(loading)
    abroad = ends("Almaty", "Tashkent")
    assert abroad[1] > 2.5 * unloading
    table = net.matrix(["Almaty"], ["Astana", "Tashkent"], **ask)
    assert table.iloc[0].tolist() == pytest.approx([hours, abroad[2]])
    reach = net.reach("Almaty", bands=[1000], **ask).places.set_index("place_id")["hours"]
    assert reach[["astana", "tashkent"]].tolist() == pytest.approx([hours, abroad[2]])
    point = (71.5, 51.2)
    assert ends("Tashkent", point)[1] - ends("Almaty", point)[1] == pytest.approx(abroad[1] - unloading)


def test_a_scenario_changes_the_answer_and_not_the_network(net: cr.Network) -> None:
    ask = {"depart": "2025-08-04", "as_of": "2025-07-01", "k": 1, "modes": ["road"]}
    before = net.routes("Bishkek", "Kashgar", **ask).full
    slow = net.routes(
        "Bishkek", "Kashgar", scenario=cr.Scenario("queue").delay("Torugart", 30).delay("Irkeshtam", 30), **ask
    )
    assert slow.table["days"].iloc[0] > before["days"].iloc[0]
    closed = net.routes(
        "Bishkek", "Kashgar", scenario=cr.Scenario("closed").close("Torugart", "2025-07-01", "2025-12-31"), **ask
    )
    assert "torugart" not in borders(closed)[0]
    assert closed.details["hours"].iloc[0] >= before["hours"].iloc[0]
    dear, plain = (
        net.routes("Bishkek", "Kashgar", scenario=scenario, **ask).costs.set_index("line")["usd"]
        for scenario in (cr.Scenario("dear").scale("usd", 2.0, mode="road"), None)
    )
    assert dear["haulage"] == pytest.approx(2 * plain["haulage"], rel=1e-6)
    assert dear["border fees"] == plain["border fees"]
    pd.testing.assert_frame_equal(before, net.routes("Bishkek", "Kashgar", **ask).full)


def test_reopening_brings_torkham_back(net: cr.Network) -> None:
    thaw = cr.Scenario("thaw").reopen("Torkham", "2026-03-01")
    assert "torkham" in borders(net.routes("Peshawar", "Kabul", depart="2026-03-15", scenario=thaw, k=1))[0]


def test_a_closure_never_lowers_the_time(net: cr.Network) -> None:
    ask = {"depart": "2025-06-02", "as_of": "2025-06-02", "k": 1}
    free = net.routes("Tashkent", "Karachi", **ask)
    for element in borders(free)[0]:
        closed = net.routes("Tashkent", "Karachi", scenario=cr.Scenario("x").close(element), **ask)
        assert closed.details["hours"].iloc[0] >= free.details["hours"].iloc[0]


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"origin": "Allmatty"}, cr.UnknownPlace, "Almaty"),
        ({"destination": "Krachi"}, cr.UnknownPlace, "Karachi"),
        ({"depart": "2026-02-30"}, cr.BadRequest, "depart"),
        ({"depart": "tomorrow"}, cr.BadRequest, "YYYY-MM-DD"),
        ({"as_of": "never"}, cr.BadRequest, "as_of"),
        ({"depart": "9999-12-31"}, cr.BadRequest, "2100"),
        ({"depart": pd.NaT}, cr.BadRequest, "depart"),
        ({"origin": None}, cr.BadRequest, "neither"),
        ({"avoid": ["Iran"]}, cr.UnknownPlace, "ISO code"),
        ({"k": True}, cr.BadRequest, "k=True"),
        ({"modes": []}, cr.BadRequest, "road, rail"),
        ({"max_wait_hours": float("nan")}, cr.BadRequest, "max_wait_hours"),
        ({"scenario": "winter"}, cr.BadRequest, "Scenario"),
        ({"scenario": cr.Scenario("s").scale("usd", 2.0, country="Kazakhstan")}, cr.BadScenario, "KZ"),
        ({"origin": (76.93, 43.26), "modes": ["rail"]}, cr.BadRequest, "road"),
        ({"destination": "Almaty"}, cr.BadRequest, "at Almaty"),
        ({"k": 0}, cr.BadRequest, "k=0"),
        ({"by": "beauty"}, cr.BadRequest, "beauty"),
        ({"modes": ["camel"]}, cr.BadRequest, "camel"),
        ({"modes": "rail"}, cr.BadRequest, "list"),
        ({"via": ["Atlantis"]}, cr.UnknownPlace, "Atlantis"),
        ({"avoid": ["Mordor"]}, cr.UnknownPlace, "Mordor"),
        ({"cargo": "elephants"}, cr.BadRequest, "container40"),
        ({"unknown": "perhaps"}, cr.BadRequest, "persist"),
        ({"max_overlap": 0}, cr.BadRequest, "max_overlap"),
        ({"origin": (0.0, 0.0)}, cr.BadRequest, "outside"),
        ({"origin": (76.0, 430.0)}, cr.BadRequest, "longitude"),
        ({"scenario": cr.Scenario("s").close("Torkhm")}, cr.BadScenario, "Torkham"),
        ({"scenario": cr.Scenario("s").build("bridge_to_the_moon")}, cr.BadScenario, "trans_afghan_kharlachi"),
    ],
)
def test_bad_input_is_said_in_a_sentence(net: cr.Network, change: dict, error: type[Exception], words: str) -> None:
    ask = {"origin": "Almaty", "destination": "Karachi", "depart": "2026-04-15"} | change
    with pytest.raises(error, match=r".{20}") as info:
        net.routes(ask.pop("origin"), ask.pop("destination"), **ask)
    assert words in str(info.value)
    assert isinstance(info.value, cr.CorridorsError)


def test_bad_scenarios_fail_when_made() -> None:
    with pytest.raises(cr.BadScenario, match="before the start"):
        cr.Scenario("s").close("Torkham", "2026-02-01", "2026-01-01")
    for hours in (-1, float("nan"), "24"):
        with pytest.raises(cr.BadScenario, match="0 or more"):
            cr.Scenario("s").delay("Torkham", hours)  # type: ignore[arg-type]
    with pytest.raises(cr.BadScenario, match="start"):
        cr.Scenario("s").close("Torkham", "soon")


def test_what_a_row_of_the_table_leaves_out_is_read_by_its_name(net: cr.Network) -> None:
    routes = net.routes("Almaty", "Tashkent", depart="2026-04-15", k=2)
    row = routes.table.iloc[1]
    assert list(row.index) == list(routes.table.columns)
    assert row.hours == row["hours"] == routes.details["hours"].iloc[1]
    assert [one.payload_t for _, one in routes.table.iterrows()] == routes.details["payload_t"].tolist()
    with pytest.raises(AttributeError):
        _ = routes.table["km"].hours
    with pytest.raises(KeyError):
        row["nothing"]


def test_a_ship_on_which_a_reefer_may_not_last_is_told_of(net: cr.Network) -> None:
    routes = net.routes("Karachi", "Shanghai", depart="2024-03-26", cargo="reefer40")
    by_sea = routes.left_out[routes.left_out["name"].str.contains("PK-sea-CN")]
    assert len(by_sea) >= 1
    assert by_sea["reason"].str.contains(r"arrives saleable in [1-8]\d % of journeys").all()
    sure = [result.sure for result in routes.results]
    assert sure[0]
    assert sure == sorted(sure, reverse=True)
    dry = net.routes("Karachi", "Shanghai", depart="2024-03-26")
    assert dry.table["name"].str.contains("PK-sea-CN").any()

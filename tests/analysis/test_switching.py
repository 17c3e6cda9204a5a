"""Switching values and swings: the change is applied as a scenario, and the network asked again."""

import numpy as np
import pytest

import corridors as cr
from corridors.routing.path import borders
from tests.small import small_network

ASK = {"depart": "2026-01-15", "as_of": "2026-02-15"}
TOWNS = ("Almaty", "Tashkent", "Karachi", "Lahore", "Baku", "Mashhad", "Bishkek", "Kashgar", "Ashgabat", "Poti",
         "Bandar Abbas", "Astana", "Urumqi", "Samarkand")  # fmt: skip


def moved(row: dict, by: float) -> cr.Scenario:
    """The change of a row, a little less or more of it, as a user would apply it."""
    world = cr.Scenario("what if")
    if row["kind"] == "delay":
        return world.delay(row["what"], hours=row["change"] + by * 0.15)
    further = 1 if row["change"] > 1 else -1
    return world.scale(row["what"], row["change"] + by * further * 0.0015, mode=row["mode"], country=row["country"])


def way(routes: cr.Routes, i: int = 0) -> object:
    """The corridor of a route: the borders it crosses, neighbouring posts as one; inside one country, its modes."""
    result = routes.results[i]
    return borders(result.world, result.path) or {edge.mode for edge in result.edges if edge.kind == "leg"}


@pytest.mark.parametrize("seed", [0, 1, 3, 4, 5])
def test_the_lead_changes_where_it_is_said_to(net: cr.Network, seed: int) -> None:
    dice = np.random.default_rng(seed)
    origin, destination = map(str, dice.choice(TOWNS, 2, replace=False))
    day = f"2026-{dice.integers(1, 7):02}-{dice.integers(1, 29):02}"
    common = {"depart": day, "as_of": min(day, "2026-06-30")}
    by = str(dice.choice(["hours", "usd"]))
    routes = net.routes(origin, destination, k=4, **common)
    found = routes.switching(by)
    assert len(found), "something changes the lead"
    first = net.routes(origin, destination, k=1, by=by, **common)
    for row in found.head(5).to_dict("records"):
        before, after = (
            net.routes(origin, destination, k=1, by=by, scenario=moved(row, side), **common) for side in (-1, 1)
        )
        assert way(before) == way(first), row["words"]
        assert way(after) != way(first), row["words"]
        if row["then_label"]:
            assert way(after) == way(routes, routes.labels.index(row["then_label"]))
        elif row["then"] != "no route at all":
            assert way(after) not in [way(routes, i) for i in range(len(routes))]


def test_a_switch_worked_by_hand() -> None:
    """Home to town: by the pass 8 h + 10 h + 4 h, by the plain 20 h + 5 h + 3 h 20: 6 h 20 between them."""
    routes = small_network().routes("home", "town", depart="2026-06-01", modes=["road"], k=2)
    pass_, plain = (routes.details["hours"][i] for i in (0, 1))
    found = routes.switching("hours")
    delay = found[found["kind"] == "delay"].iloc[0]
    assert delay["change"] == pytest.approx(plain - pass_, abs=0.1)
    assert delay["value"] == pytest.approx(delay["now"] + delay["change"])
    assert (delay["leads"], delay["then_label"]) == ("A", "B")


def test_what_is_asked_wrongly_is_refused(net: cr.Network) -> None:
    routes = net.routes("Almaty", "Bishkek", **ASK)
    for wrong in ("risk", "days", ["hours", "km"]):
        with pytest.raises(cr.BadRequest, match="switching values"):
            routes.switching(wrong)
    with pytest.raises(cr.BadRequest, match="not one of usd, days"):
        routes.swings("km")
    with pytest.raises(cr.BadRequest, match="number of one of"):
        routes.swings("usd", route=9)


@pytest.mark.parametrize("what", ["usd", "days"])
def test_swings_start_from_the_figure_of_the_table(net: cr.Network, what: str) -> None:
    routes = net.routes("Almaty", "Karachi", k=3, **ASK)
    for i in range(len(routes)):
        found = routes.swings(what, i)
        assert found["base"].tolist() == pytest.approx([routes.table[what][i]] * len(found))
        assert (found["low"] <= found["high"]).all()
        assert found["swing"].is_monotonic_decreasing
        samples = {"usd": routes.results[i].usd, "days": routes.results[i].hours() / 24}[what]
        whole = np.quantile(samples, 0.9) - np.quantile(samples, 0.1)
        assert found["swing"].max() < 1.2 * whole, "no part moves more than the whole does, but for what hangs together"
    assert routes.tornado(what).patches


def test_the_high_sea_is_no_country_in_the_words(net: cr.Network) -> None:
    """Batumi to Lahore is cheapest by the ship; legs of ships and ferries lie in no country (code XZ)."""
    found = net.routes("Batumi", "Lahore", depart="2024-05-22", cargo="rice").switching("usd")
    at_sea = found[found["country"] == "XZ"]
    assert not at_sea.empty
    assert at_sea["words"].str.contains(r"if (?:sea|ferry) transport is more than").all()
    assert not found["words"].str.contains("XZ").any()

"""What is kept between questions, and how much of it: the last ones asked for, and no answer changes by it."""

from __future__ import annotations

import numpy as np
import pytest

import corridors as cr
from corridors import settings
from corridors.model.calendars import Knowledge, Traffic
from corridors.model.kept import Kept
from corridors.model.risk import risk_of_all
from corridors.routing.request import Request, resolve, world_of
from tests.small import _table, small_network, with_tables

ASK = {"depart": "2025-06-02T00:00", "as_of": "2025-06-01"}


def test_the_last_ones_asked_for_stay() -> None:
    kept, made = Kept(10), list[str]()

    def ask(key: str, size: int) -> None:
        kept.get(key, lambda: made.append(key) or len(made), lambda _: size)  # type: ignore[func-returns-value]

    for key in "ab":
        ask(key, 4)
    ask("a", 4)
    ask("c", 4)  # no room for three: b was asked for before a
    ask("a", 4)
    assert made == ["a", "b", "c"]
    ask("b", 4)
    ask("huge", 99)  # the last one stays, whatever its size
    ask("huge", 99)
    assert made == ["a", "b", "c", "b", "huge"]


def test_graphs_of_loads_fit_the_room_and_answers_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    net = small_network()
    loads = [float(tonnes) for tonnes in range(10, 20)]
    before = [_usd(net, tonnes) for tonnes in loads]
    monkeypatch.setattr(settings, "kept_mb", 0.0)
    other = small_network()
    assert [_usd(other, tonnes) for tonnes in [*loads, *loads]] == before + before


def _usd(net: cr.Network, tonnes: float) -> float:
    cargo = cr.Cargo("goods", tonnes, "FEU", "trailer40", frozenset({"road"}))
    return float(net.routes("home", "town", cargo=cargo, k=1, **ASK).table["usd"].iloc[0])


def test_risk_is_of_the_day_asked_about_whatever_was_asked_before(net: cr.Network) -> None:
    """Weights of the search add up to the figures of the same day, in a network that has answered for other days."""
    for day in ("2023-01-18", "2026-04-15", "2024-08-01"):
        request = Request(origin="Almaty", destination="Karachi", depart=day, by="risk")
        world = world_of(net.facts, resolve(net.facts, request).question)
        there = np.isfinite(world.graph.hours)
        expected = risk_of_all(world)[there]
        assert world.graph.weight[there].tolist() == pytest.approx(expected.tolist(), abs=1e-15)


def test_hours_that_many_share_are_read_once_and_as_if_alone() -> None:
    """A dated event, holidays, validity and another time zone: merged spans are those of the closures, one by one."""
    rows = [
        {"element_id": element, "rule": rule, "valid_from": start, "valid_to": end, "regime": regime}
        for element, rule, start, end, regime in (
            ("pass", "Mo-Fr 08:00-16:00", "", "", "operated"),
            ("plain", "Mo-Fr 08:00-16:00", "", "", "operated"),
            ("rail", "Mo-Fr 08:00-16:00", "2025-03-01", "2025-09-30", "operated"),
            ("rail", "Mo-Sa 06:00-22:00", "", "", "official"),
            ("port-harbour-sea", "Mo-Fr 08:00-16:00", "", "", "operated"),
        )
    ]
    base = small_network([{"element_id": "plain", "start": "2025-06-03", "end": "2025-06-04"}])
    net = with_tables(base, {**base.tables, "calendars": _table("calendars", rows)})
    calendars = net.facts.calendars
    for element in ("pass", "plain", "rail", "port-harbour-sea"):
        for regime in ("operated", "official"):
            known = Knowledge(net.data_date, "persist", regime)
            spans = calendars.spans(element, 485_000.0, known, Traffic("XA>XB", "road"))
            closures = calendars.closures(element, 485_000.0, known)
            for t in np.random.default_rng(1).uniform(485_000, 487_000, 200):
                inside = any(c.start <= t < c.end for c in closures)
                at = np.searchsorted(spans[0], t, side="right") - 1
                assert inside == bool(at >= 0 and t < spans[1][at])
    shared = [calendars.spans(one, 485_000.0, known, Traffic("XA>XB", "road")) for one in ("pass", "port-harbour-sea")]
    assert shared[0] is shared[1]

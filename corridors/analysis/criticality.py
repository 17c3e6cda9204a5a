"""What hurts when it closes: criticality of elements one by one and together, cut sets, and whether to wait."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Unpack

import numpy as np
import pandas as pd

from corridors.analysis.interdiction import Interdiction, Over, Removed
from corridors.analysis.short_table import MATTER, ShortTable
from corridors.analysis.sweeps import text
from corridors.analysis.workers import crew
from corridors.arguments import as_flag, as_list, as_number, as_pairs, as_whole, shown
from corridors.data.schema import Row
from corridors.errors import BadRequest
from corridors.routing.answers import find_routes
from corridors.routing.figures import rounded
from corridors.routing.request import By, Place, Request, WorldTrip, one_world

if TYPE_CHECKING:
    from corridors.model.facts import Facts

MOST = 3
"""Most elements that are taken out together."""
EXTRA: dict[str, By] = {"extra_hours": "hours", "extra_usd": "usd", "extra_generalised_usd": "generalised"}
"""What is lost: of the fastest route, of the cheapest, and of money and time together."""
UNITS = {"extra_hours": "hours", "extra_usd": "US$", "extra_generalised_usd": "US$ with the value of time"}
CRITICAL = [
    "element",
    "name",
    "size",
    "pairs",
    "pairs_affected",
    "pairs_cut_off",
    "flow_cut_off",
    *EXTRA,
    "cut_off",
    "note",
]
BY_PAIR = [
    "element",
    "name",
    "size",
    "origin",
    "destination",
    "flow",
    *EXTRA,
    "cut_off",
    "detour",
    "note",
]


def criticality(
    facts: Facts,
    /,
    pairs: Sequence[tuple[Place, Place]],
    *,
    depart: str | date | datetime,
    over: Over = "crossings",
    max_size: int = 1,
    flows: Sequence[float] | None = None,
    by_pair: bool = False,
    executor: Executor | None = None,
    progress: bool = True,
    **ask: Unpack[WorldTrip],
) -> pd.DataFrame:
    """What hurts most when it closes: every element that matters, or every set of up to `max_size`, worst first.

    Elements off the best routes cannot matter and are skipped; sets are searched by branching on the best routes that
    remain, which finds the same worst set as a full scan. It takes about 0.1 s for each element on a pair's route; each
    further member of a set multiplies this by the number of elements on a route.

    Parameters
    ----------
    pairs : sequence of (origin, destination)
    depart : date or datetime
    over : {"crossings", "legs", "straits", "sections", "borders", "countries", "causes"}
        What closes. A border means all crossings between two countries, a country everything in it, except that the
        countries in which a pair begins or ends stay open to it. A cause means everything that one cause closed
        together in the record of ``net.episodes``, such as Torkham with Kharlachi.
    max_size : int
        Largest number of elements that close together, 1 to 3.
    flows : sequence of float, optional
        Weight of each pair, for example trucks a day; default: 1 each.
    by_pair : bool
        One row per element and pair instead of the sums.
    executor : concurrent.futures.Executor, optional
        See `corridors.sweep`.
    progress : bool
        Show a progress bar if the call takes longer than a second; see `corridors.sweep`.
    **ask
        Other arguments of `routes`.

    Returns
    -------
    DataFrame
        ``element`` (ids, joined by ``;``), ``name, size`` (of the set), ``pairs`` (those affected),
        ``pairs_affected, pairs_cut_off, flow_cut_off``; ``extra_hours`` of the fastest route, ``extra_usd`` of the
        cheapest and ``extra_generalised_usd`` (US$ with the value of time) of the best in both: expected values times
        flow, summed over the pairs that still have a route (NaN if none has), never negative; ``cut_off`` and ``note``.
        A set that costs no more than a smaller one is left out. The order is worst first by what `by` minimises. With
        `by_pair`, ``origin, destination, flow, detour`` (name of the detour) take the place of the sums, and losses are
        not multiplied. A pair that has no route to begin with is a row without an element at the end. When displayed,
        the table starts with a sentence and the ten rows that matter.

    Raises
    ------
    BadRequest
        If `over`, `max_size` or `flows` is not one of those described.
    """
    both = as_pairs(pairs)
    as_whole(max_size, "max_size", 1, MOST)
    as_flag(by_pair, "by_pair")
    weights = _weights(flows, len(both))
    with crew(facts, executor, progress, "criticality") as workers:
        world = Interdiction(facts, both, over, one_world(Request.common(depart, ask, "k")), workers)
        by = next((extra for extra, by in EXTRA.items() if by == ask.get("by")), "extra_hours")
        return _ranked(world, max_size, weights, by_pair, by)


def _ranked(world: Interdiction, max_size: int, weights: Sequence[float], by_pair: bool, by: str) -> pd.DataFrame:
    """What hurts, worst first, then the pairs that have no route to begin with."""
    pairs = world.pairs
    found: list[tuple[tuple[object, ...], list[Row]]] = []
    for removed in world.sets(max_size):
        if not world.adds_nothing(removed):
            rows = [
                _loss(world, pair, removed, weights[pair]) for pair in range(len(pairs)) if world.touched(pair, removed)
            ]
            if rows:
                found.append((_rank(rows, removed, by), rows))
    ranked = [rows for _, rows in sorted(found, key=lambda one: one[0])]
    lost = [
        {**_loss(world, pair, frozenset(), weights[pair]), "cut_off": False}
        for pair in range(len(pairs))
        if world.note(pair)
    ]
    if by_pair:
        return pd.DataFrame([row for rows in (*ranked, lost) for row in rows], columns=BY_PAIR)
    frame = pd.DataFrame([_sum(rows) for rows in (*ranked, *([one] for one in lost))], columns=CRITICAL)
    shown = ["name", "pairs_affected", "pairs_cut_off", *EXTRA]
    return ShortTable.of(frame, _said(frame, len(ranked), len(pairs), by), range(min(len(ranked), MATTER)), shown)


def _said(frame: pd.DataFrame, ranked: int, pairs: int, by: str) -> str:
    """What hurts most, in a sentence."""
    if not ranked:
        return "None of these closures costs any of the pairs anything."
    first, cut = frame.iloc[0], int(frame["cut_off"].iloc[:ranked].sum())
    loss = "no pair keeps a route" if pd.isna(first[by]) else f"{rounded(first[by])} {UNITS[by]} more"
    of = "the pair" if pairs == 1 else f"{first['pairs_affected']} of {pairs} pairs"
    return (
        f"{first['name']} hurts most: it touches {of}, "
        + (f"cuts off {first['pairs_cut_off']}" if first["cut_off"] else loss)
        + f". {ranked} closures cost something, {cut} of them cut a pair off; the first {min(ranked, MATTER)}:"
    )


def _weights(flows: Sequence[float] | None, n: int) -> list[float]:
    given = [1.0] * n if flows is None else as_list(flows, "flows", "1.0")
    weights = [as_number(flow, "flows, each", least=0.0) for flow in given]
    if len(weights) != n:
        raise BadRequest(f"flows={shown(flows)}: give one number, not negative, for each of the {n} pairs.")
    return weights


def _loss(world: Interdiction, pair: int, removed: Removed, flow: float) -> Row:
    """What one pair loses without some elements."""
    note = world.note(pair, removed)
    extra = dict.fromkeys(EXTRA, np.nan)
    if not note:
        for what, by in EXTRA.items():
            extra[what] = world.best(pair, removed, by).figures[by] - world.best(pair, frozenset(), by).figures[by]
    origin, destination = map(text, world.pairs[pair])
    return {
        "element": ";".join(sorted(removed)),
        "name": world.name(removed),
        "size": len(removed),
        "origin": origin,
        "destination": destination,
        "flow": flow,
        **extra,
        "cut_off": bool(note),
        "detour": "" if note else world.best(pair, removed, "hours").name,
        "note": note,
    }


def _rank(rows: Sequence[Row], removed: Removed, by: str) -> tuple[object, ...]:
    extra = sum(row["flow"] * row[by] for row in rows if not row["cut_off"])
    return (
        -sum(row["flow"] for row in rows if row["cut_off"]),
        -sum(row["cut_off"] for row in rows),
        -extra,
        len(removed),
        sorted(removed),
    )


def _sum(rows: Sequence[Row]) -> Row:
    """One row for all pairs that some elements touch."""
    cut = [row for row in rows if row["cut_off"]]
    going = [row for row in rows if not row["cut_off"]]
    return {
        **{name: rows[0][name] for name in ("element", "name", "size")},
        "pairs": "; ".join(f"{row['origin']} - {row['destination']}" for row in rows),
        "pairs_affected": len(rows),
        "pairs_cut_off": len(cut),
        "flow_cut_off": sum((row["flow"] for row in cut), start=0.0),
        **{what: sum(row["flow"] * row[what] for row in going) if going else np.nan for what in EXTRA},
        "cut_off": bool(cut),
        "note": "; ".join(dict.fromkeys(row["note"] for row in rows if row["note"])),
    }


def cut_sets(
    facts: Facts,
    /,
    origin: Place,
    destination: Place,
    *,
    depart: str | date | datetime,
    over: Over = "crossings",
    max_size: int = 3,
    executor: Executor | None = None,
    progress: bool = True,
    **ask: Unpack[WorldTrip],
) -> pd.DataFrame:
    """What would have to close together to cut a pair off: all minimal sets of up to `max_size` elements.

    Parameters
    ----------
    origin, destination : places
    depart : date or datetime
        Whatever is already closed on that date stays closed.
    over : {"crossings", "legs", "straits", "sections", "borders", "countries", "causes"}
        See `criticality`.
    max_size : int
        Largest number of elements in a set, 1 to 3.
    executor : concurrent.futures.Executor, optional
        See `corridors.sweep`.
    progress : bool
        Show a progress bar if the call takes longer than a second; see `corridors.sweep`.
    **ask
        Other arguments of `routes`.

    Returns
    -------
    DataFrame
        ``elements`` (ids, joined by ``;``), ``size, name`` and ``words``; empty if no set of that size cuts the pair
        off, which is then said when it is displayed. Ten rows are displayed.

    Raises
    ------
    BadRequest
        If `over` or `max_size` is not one of those described.
    NoRoute
        If the pair is already cut off.
    """
    as_whole(max_size, "max_size", 1, MOST)
    cuts: list[Removed] = []
    with crew(facts, executor, progress, "cut sets") as workers:
        common = one_world(Request.common(depart, ask, "k"))
        world = Interdiction(facts, [(origin, destination)], over, common, workers, [common.by])
        # raises where the pair is cut off already
        find_routes(facts, replace(common, origin=origin, destination=destination, k=1))
        for removed in world.sets(max_size):
            if world.note(0, removed) and not any(cut < removed for cut in cuts):
                cuts.append(removed)
    rows = []
    for cut in sorted(cuts, key=lambda cut: (len(cut), sorted(cut))):
        closed = "is closed" if len(cut) == 1 else "are closed, and no part of this suffices"
        rows.append(
            {
                "elements": ";".join(sorted(cut)),
                "size": len(cut),
                "name": world.name(cut),
                "words": f"{text(origin)} is cut from {text(destination)} where {world.name(cut)} {closed}.",
            }
        )
    frame = pd.DataFrame(rows, columns=["elements", "size", "name", "words"])
    up_to = ("one", "two", "three")[max_size - 1]
    pair = f"{text(origin)} and {text(destination)}"
    said = (
        f"{len(rows)} smallest {'set' if len(rows) == 1 else 'sets'} of up to {up_to} cut {pair} apart:"
        if rows
        else f"No closure of up to {up_to} {over} cuts {pair} apart."
    )
    return ShortTable.of(frame, said, range(min(len(rows), MATTER)), ["size", "words"])

"""Published prices against the model: table ``tariffs``, with the prices that set a rate apart from those that test it.

A price is compared with the cost lines of the model that it contains (column ``holds``), at the level of its own year.
`role_of` decides by the directed lane which rows may set a rate, before anything is compared; an index always sets one.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pandas as pd

from corridors.analysis.markdown import markdown
from corridors.analysis.published import no_answer, off_pct
from corridors.data.schema import Row, records
from corridors.data.words import BLOCK_TRAIN
from corridors.errors import NoRoute
from corridors.model import tariffs
from corridors.model.calendars import midnight
from corridors.model.cargo import Cargo, preset
from corridors.model.costs import Part
from corridors.model.facts import facts_of
from corridors.model.graph import Edge
from corridors.model.layers import Layer

if TYPE_CHECKING:
    from corridors.model.facts import Facts, HasFacts

AIM_PCT = 25.0
AS_THE_CROW_FLIES = 0.79
"""Part of the railway from Dostyk to Brest (5,430 km) that leads away from Dostyk, for index rows by direction."""
LOADS = {
    "TEU": Cargo("TEU", 20.0, "TEU", "trailer20"),
    "refrigerated truck": Cargo("refrigerated truck", 20.0, "FEU", "reefer40"),
    "wagon": Cargo("wagon", 65.0, "wagon", "wagon1520", frozenset({"rail"}), handled_as="grain"),
}
COLUMNS = (
    "tariff_id",
    "service",
    "from",
    "to",
    "cargo_unit",
    "year",
    "holds",
    "role",
    "published",
    "low",
    "high",
    "modelled",
    "error_pct",
    "note",
    "source_id",
)
SUMMARY = ["role", "service", "prices", "median_error_pct", "bias_pct", "within_25_pct"]


def role_of(mode: str, start: str, end: str, kind: str) -> str:
    """Whether a published price may set a rate or only tests.

    All prices of one lane in one direction fall to one side. An index is what a rate is made of, so it tests nothing.

    Parameters
    ----------
    mode, start, end : str
        As published: modes joined by ``+``, from and to.
    kind : str
        Column ``kind`` of the table.

    Returns
    -------
    str
        ``set`` or ``test``.
    """
    if kind == "index":
        return "set"
    return ("set", "test")[zlib.crc32(f"{mode}|{start}|{end}".encode()) % 2]


def prices(network: HasFacts) -> pd.DataFrame:
    """Compare every comparable published price with the model.

    Parameters
    ----------
    network : Network

    Returns
    -------
    DataFrame
        One row per price: ``tariff_id, service, from, to, cargo_unit, year, holds`` (what is compared), ``role`` (set,
        test), ``published`` (middle of ``low`` and ``high``, US$ of its year for one unit), ``modelled`` (expected
        US$ of that year), ``error_pct, note, source_id``. What the network cannot answer has no modelled value and
        the reason in ``note``.

    Raises
    ------
    BadRequest
        If `network` is not a Network.
    """
    facts = facts_of(network)
    graphs: dict[str, nx.Graph[str]] = {}
    rows = []
    for row in records(facts.tables["tariffs"]):
        if not row["role"]:
            continue
        times = row["tonnes"] if row["box"] else 0.5 if row["cargo_unit"] == "truck round trip" else 1.0
        low, high = row["usd_low"] * times, row["usd_high"] * times
        modelled, note, published = np.nan, row["note"], (low + high) / 2
        try:
            modelled = sum(usd * facts.rates.level(mode, int(row["year"])) for mode, usd in _lines(facts, row, graphs))
        except NoRoute as error:
            note = no_answer(error)
        rows.append(
            row
            | {
                "low": low,
                "high": high,
                "published": published,
                "modelled": np.round(modelled),
                "error_pct": off_pct(modelled, published),
                "note": note,
                "cargo_unit": row["box"] or row["cargo_unit"].removesuffix(" round trip"),
            }
        )
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS))


def _lines(facts: Facts, row: Row, graphs: dict[str, nx.Graph[str]]) -> Iterator[tuple[str, float]]:
    """Mode and US$ of each line that the price holds."""
    cargo = LOADS.get(row["box"] or row["cargo_unit"]) or preset(facts.tables["cargo"], "container40")
    holds, rates = row["holds"].split(";"), facts.rates
    if not row["via"]:
        yield row["modes"], _total(tariffs.start(rates, cargo, row["modes"], row["country"]).parts)
        away = (
            {"eastbound only": -1.0, "westbound only": 1.0}.get(row["direction"], 0.0) * AS_THE_CROW_FLIES * row["km"]
        )
        stretch = tariffs.Stretch(BLOCK_TRAIN if row["service"] == "block train" else "", away)
        charge = tariffs.haulage(rates, cargo, row["modes"], row["country"], row["km"], stretch)
        yield row["modes"], _total(charge.parts)
        return
    unions = facts.conditions.unions(midnight(facts.data_date), facts.data_date.isoformat())
    before, amounts = "", facts.amounts(cargo).within(unions)
    for edge in _way(facts, cargo, row["via"].split(";"), row["modes"].split(";"), graphs):
        if edge.kind == "leg":
            if edge.mode != before and "haulage" in holds and not (before == "ferry" and edge.mode == "rail"):
                yield edge.mode, _total(tariffs.start(rates, cargo, edge.mode, edge.countries[0]).parts)
            before = edge.mode
            parts = amounts.of(edge).money
            if row["service"] == "wagonload":
                parts = tariffs.haulage(rates, cargo, edge.mode, edge.countries[0], edge.km, tariffs.Stretch()).parts
            yield edge.mode, _total(parts)
        elif edge.kind == "crossing" and "border" in holds:
            yield edge.mode, _total(amounts.of(edge).money)
        elif edge.kind == "transfer" and "terminals" in holds:
            handling = [part for part in amounts.of(edge).money if part.line in ("transshipment", "port handling")]
            yield "road", _total(handling)


def _total(parts: tuple[Part, ...] | list[Part]) -> float:
    return sum(part.expected for part in parts)


def _way(
    facts: Facts, cargo: Cargo, places: list[str], modes: list[str], graphs: dict[str, nx.Graph[str]]
) -> list[Edge]:
    """Edges of the shortest route along the places, with changes of mode, and unloading of the ship at a first port."""
    handled = facts.amounts(cargo).handled
    ways: dict[tuple[str, str], Edge] = {}
    changes: dict[tuple[str, str, str], Edge] = {}
    key = f"{cargo.cargo_id} {' '.join(modes)}"
    for edge in facts.graph.edges:
        if edge.kind in ("leg", "crossing") and edge.mode in modes and edge.operates:
            known = ways.get((edge.from_place, edge.to_place))
            if known is None or edge.km < known.km:
                ways[edge.from_place, edge.to_place] = edge
        elif edge.kind == "transfer" and handled[edge.number]:
            tail, head = (Layer.named(layer, leaving=True).mode for layer in edge.mode.split(" > "))
            changes.setdefault((edge.from_place, tail, head), edge)
    if key not in graphs:
        graphs[key] = nx.Graph()
        graphs[key].add_weighted_edges_from((a, b, edge.km) for (a, b), edge in ways.items())
    found: list[Edge] = []
    if modes == ["road"] and (landed := changes.get((places[0], "sea", "road"))):
        found.append(landed)
    before = ""
    for start, end in itertools.pairwise(places):
        direct = [start, end] if (start, end) in ways else None  # a ship calls at no port between
        try:
            passed = direct or nx.shortest_path(graphs[key], start, end, weight="weight")
        except (nx.NodeNotFound, nx.NetworkXNoPath):
            raise NoRoute(f"nothing leads from {start} to {end} by {' or '.join(modes)}.") from None
        for step in itertools.pairwise(passed):
            edge = ways[step]
            layer = "sea" if edge.mode == "ferry" else edge.mode
            if before and layer != before and (change := changes.get((edge.from_place, before, layer))):
                found.append(change)
            found.append(edge)
            before = layer
    return found


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """How good the prices are, by role and service.

    Parameters
    ----------
    table : DataFrame
        From `prices`.

    Returns
    -------
    DataFrame
        Columns ``role, service, prices, median_error_pct`` (absolute), ``bias_pct`` (median with its sign) and
        ``within_25_pct`` (share, in per cent).
    """
    rows = []
    for role, part in table[table["modelled"].notna()].groupby("role", sort=True):
        for service, one in [("all", part), *part.groupby("service", sort=True)]:
            size = one["error_pct"].abs()
            rows.append(
                {
                    "role": role,
                    "service": service,
                    "prices": len(one),
                    "median_error_pct": round(float(size.median()), 1),
                    "bias_pct": round(float(np.median(one["error_pct"])), 1),
                    "within_25_pct": round(100 * float((size <= AIM_PCT).mean())),
                }
            )
    return pd.DataFrame(rows, columns=SUMMARY)


def section(network: HasFacts) -> str:
    """Part of the page of `corridors.analysis.validate.report` on prices, as Markdown.

    Parameters
    ----------
    network : Network

    Returns
    -------
    str
    """
    table = prices(network)
    numbers = summary(table)
    tested = numbers[(numbers["role"] == "test") & (numbers["service"] == "all")]
    missed = table[(table["role"] == "test") & (table["error_pct"].abs() > AIM_PCT)]
    words = [f"{row['tariff_id']} ({row['from']} - {row['to']}, {row['error_pct']:+.0f} %)" for row in records(missed)]
    verdict = "".join(
        f"Prices not used for a rate: {row['prices']}, median error {row['median_error_pct']:g} % (aim: "
        f"{AIM_PCT:g} %), bias {row['bias_pct']:+g} %. Beyond {AIM_PCT:g} %: {', '.join(words) or 'none'}.\n\n"
        for row in records(tested)
    )
    shown = table.drop(columns=["holds", "note", "low", "high"]).assign(published=table["published"].round())
    return (
        "### Prices of services\n\nPublished prices (`net.tariffs`) against the lines of the model that they contain, "
        "in US$ of their year. Rows of role `set` lie\nunder a rate, others (`test`) do not: the directed lane "
        "decides, before anything is compared; an index sets.\n\n"
        f"{verdict}{markdown(numbers, {})}\n#### Every price\n\n{markdown(shown, {})}"
    )

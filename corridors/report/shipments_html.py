"""Shipments as one self-contained page: totals, map of the flows, corridors and crossings, every row, what is wrong."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from corridors.data.schema import Row, records
from corridors.data.writing import write_page
from corridors.errors import MissingExtra
from corridors.maps.flows import explore_shipments, shipments_data
from corridors.maps.interactive import CorridorMap
from corridors.report.html import filled
from corridors.report.text import DISCLAIMER, trip_parameters
from corridors.routing.figures import rounded, sentence, whole

if TYPE_CHECKING:
    from corridors.analysis.shipments import Shipments

SHOWN = 12
"""Most corridors and crossings on the page; the workbook has them all."""
MOST_ROWS = 1_000
"""Most rows on the page."""


def write(shipments: Shipments, path: str | Path) -> None:
    """Write the report; see `corridors.analysis.shipments.Shipments.report`."""
    write_page(path, page(shipments))


def page(shipments: Shipments) -> str:
    """The report as text."""
    answered = bool(shipments.totals["answered"].iloc[0])
    m = CorridorMap()
    if answered:
        explore_shipments(shipments, m)
    rows = records(shipments.table.head(MOST_ROWS))
    sources = _sources(shipments)
    return filled(
        "shipments.html",
        title=f"Shipments of {shipments.title}",
        said=shipments.said,
        notes=[sentence(note) for note in shipments.notes],
        map=m.html() if answered else "",
        still=_still(shipments) if answered else "",
        corridors=[_sums(row) for row in records(shipments.by_corridor.head(SHOWN))],
        crossings=[_sums(row) for row in records(shipments.by_crossing.head(SHOWN))],
        left_out=(len(shipments.by_corridor) - SHOWN, len(shipments.by_crossing) - SHOWN),
        rows=[_row(row) for row in rows],
        more=len(shipments.table) - len(rows),
        errors=records(shipments.errors),
        sources=[row | {"number": number} for number, row in enumerate(records(sources), 1)],
        parameters=trip_parameters(shipments.facts, shipments.common, ("origin", "destination", "depart", "k")),
        disclaimer=DISCLAIMER,
    )


def _sums(row: Row) -> Row:
    counts = {name: f"{row[name]:,.0f}" for name in ("shipments", "boxes")}
    return row | counts | {name: rounded(float(row[name])) for name in ("tonnes", "usd", "tco2e")}


def _row(row: Row) -> Row:
    """A row of the table in texts."""
    if not row["route"]:
        return row | {"figures": None, "why": row["error"] or row["why_not"]}
    chances = [
        f"{row[name]:.0%} {words}"
        for name, words in (("p_on_time", "in time"), ("p_saleable", "saleable"))
        if row[name] == row[name]
    ]
    figures = {
        "days": f"{rounded(row['days'])} ({whole(row['days_p10'])} to {whole(row['days_p90'])})",
        "usd": f"{rounded(row['usd'])} ({rounded(row['usd_p10'])} to {rounded(row['usd_p90'])})",
        "tco2e": rounded(row["tco2e"]),
        "chance": ", ".join(chances),
    }
    return row | {"figures": figures, "why": ""}


def _still(shipments: Shipments) -> str:
    from corridors.maps.stills import still

    try:
        picture = still(shipments_data(shipments), shipments.facts, "webp", 1500, 0.62)
        return base64.b64encode(picture).decode()
    except MissingExtra:
        return ""


def _sources(shipments: Shipments) -> pd.DataFrame:
    """Sources of the legs and crossings that the best routes use."""
    facts = shipments.facts
    used = set(shipments.flows["leg_id"])
    names = set(shipments.by_crossing["crossing"])
    crossings = facts.tables["crossings"]
    texts = [facts.leg[leg]["source_id"] for leg in used if leg in facts.leg]
    texts += list(crossings.loc[crossings["name"].isin(names), "source_id"])
    ids = {part for text in texts for part in text.split(";")}
    table = facts.tables["sources"]
    return table[table["source_id"].isin(ids)].reset_index(drop=True)

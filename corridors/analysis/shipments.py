"""Shipments from a spreadsheet: each row answered as `routes` would, what is wrong told beside it, and the totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import pandas as pd

from corridors.analysis.shipment_answers import Asked, answers_to
from corridors.analysis.shipment_questions import Reader
from corridors.analysis.shipment_table import Assembly
from corridors.analysis.workers import check_executor
from corridors.arguments import as_choice, as_day_or_moment, as_flag, as_names, as_path, as_whole
from corridors.data.schema import records
from corridors.data.shipment_rows import read_shipments
from corridors.errors import BadRequest
from corridors.routing.answers import find_routes
from corridors.routing.figures import html_table, rounded
from corridors.routing.request import (
    OBJECTIVES,
    By,
    Day,
    Request,
    WorldTrip,
    carrier_code,
    known_on,
    one_world,
    read_cargo,
)
from corridors.routing.routes import Routes

if TYPE_CHECKING:
    import folium
    from matplotlib.axes import Axes

    from corridors.model.facts import Facts

BESIDE: tuple[By, ...] = ("hours", "usd", "kgco2e")
IN_NOTEBOOK = 10


@dataclass(frozen=True, repr=False)
class Shipments:
    """Answers to a list of shipments.

    Attributes
    ----------
    table : DataFrame
        One row for each row of the list, in the same order, including those that could not be read: ``row`` (number in
        the sheet), ``shipment`` (its name), ``origin, destination, depart, cargo, tonnes, boxes`` (as given, or as many
        as the weight needs under the legal limits on the route), ``unit``, ``deadline, carrier, avoid, by`` (preference
        of the row); for the best route by that preference, ``route, corridor`` (countries), ``gates`` (crossings),
        ``km``, expected ``days``, ``days_p10/p50/p90``, ``arrive`` (expected date), ``p_on_time`` (chance of arriving
        by the deadline), ``p_saleable`` (chance that perishables last), ``usd_per_box`` and, for all boxes together,
        expected ``usd``, ``usd_p10/p50/p90`` and ``tco2e``; ``flags``, ``alternatives`` (in words), ``why_not`` (what
        closes all routes), ``note`` and ``error``.
    errors : DataFrame
        What could not be read: ``row, cell`` (address), ``column, value, problem``.
    alternatives : DataFrame
        The best routes by other preferences, if they differ: ``row, shipment, by`` (what they are the best in),
        ``route, gates, days, extra_days, boxes, usd, extra_usd, tco2e, p_on_time, p_saleable``.
    by_corridor, by_crossing : DataFrame
        Sums over the best routes: ``corridor`` (countries) and ``gates``, or ``crossing``; ``shipments, boxes`` (boxes,
        wagons or trucks, as in ``table``), ``tonnes, usd, tco2e``, most tonnes first. ``vehicles`` that pass a crossing
        are trucks by road, where the load of a wagon takes several, else the boxes or wagons. A shipment without a
        weight counts as full boxes.
    totals : DataFrame
        One row: ``rows, answered, no_way, wrong`` and the same sums.
    flows : DataFrame
        One row for each leg that any best route uses: ``leg_id, shipments, boxes, tonnes``.
    notes : list of str
        Remarks on the columns and on the whole.
    title : str
        Name of the sheet.
    """

    facts: Facts
    title: str
    table: pd.DataFrame
    errors: pd.DataFrame
    alternatives: pd.DataFrame
    by_corridor: pd.DataFrame
    by_crossing: pd.DataFrame
    totals: pd.DataFrame
    flows: pd.DataFrame
    notes: list[str]
    common: Request
    asked: Mapping[int, Asked]

    def routes(self, row: int, **changes: Any) -> Routes:
        """The full answer for one shipment, with other corridors and what is closed.

        Parameters
        ----------
        row : int
            Its number in the sheet, as in ``table``.
        **changes
            Arguments of `corridors.Network.routes` to change.

        Returns
        -------
        Routes

        Raises
        ------
        BadRequest
            If no such row could be read.
        NoRoute
            If there is no route.
        """
        if as_whole(row, "row", 0) not in self.asked:
            raise BadRequest(f"row={row!r} is not among the rows that could be read; see .table and .errors.")
        return find_routes(self.facts, self.asked[row].request(self.common, **changes))

    def explore(self, m: folium.Map | None = None, **options: Any) -> folium.Map:
        """Interactive map of the flows: lines as wide as the tonnes on them, crossings by what passes.

        Parameters
        ----------
        m, **options
            As in `corridors.maps.flows.explore_shipments`.

        Returns
        -------
        folium.Map
        """
        from corridors.maps.flows import explore_shipments

        return explore_shipments(self, m, **options)

    def plot(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Still map of the flows for print.

        Parameters
        ----------
        ax, **options
            As in `corridors.maps.flows.plot_shipments`.

        Returns
        -------
        Axes

        Raises
        ------
        MissingExtra
            If matplotlib is not installed (extra ``charts``).
        """
        from corridors.maps.flows import plot_shipments

        return plot_shipments(self, ax, **options)

    def to_excel(self, path: str | Path) -> None:
        """Write a workbook: every row with its answer or error, totals that are live sums, alternatives, errors.

        Parameters
        ----------
        path : path

        Raises
        ------
        BadRequest
            If the path does not end in ``.xlsx``.
        MissingExtra
            Without XlsxWriter (extra ``office``).
        """
        from corridors.report.shipments_excel import write

        write(self, path)

    def to_file(self, path: str | Path) -> None:
        """Write the table as CSV, or all as Excel.

        Parameters
        ----------
        path : path
            ``.csv`` or ``.xlsx``.

        Raises
        ------
        BadRequest
            For another suffix.
        """
        from corridors.data.writing import write_table

        write_table(path, self.table, self.to_excel)

    def report(self, path: str | Path) -> None:
        """Write totals, map, every row and what is wrong as one HTML file that prints to A4.

        Parameters
        ----------
        path : path
        """
        from corridors.report.shipments_html import write

        write(self, path)

    def __repr__(self) -> str:
        return f"<Shipments {self.title}: {self.said}>"

    @property
    def said(self) -> str:
        """The totals in a line."""
        row = records(self.totals)[0]
        parts = [f"{row['answered']} of {row['rows']} rows answered"]
        parts += [
            f"{row[name]} {words}"
            for name, words in (("no_way", "without a route"), ("wrong", "not read"))
            if row[name]
        ]
        if row["answered"]:
            amounts = f"{row['boxes']} boxes, {rounded(row['tonnes'])} t, US$ {rounded(row['usd'])}"
            parts.append(f"{amounts}, {rounded(row['tco2e'])} t CO2e")
        return "; ".join(parts)

    def _repr_html_(self) -> str:
        columns = ["row", "shipment", "origin", "destination", "depart", "route", "days", "usd", "tco2e", "p_on_time"]
        table = self.table.head(IN_NOTEBOOK)
        shown = table[columns].copy()
        for name in columns[6:]:
            shown[name] = ["" if value != value else rounded(value) for value in table[name]]
        shown["route"] = [row["route"] or row["error"] or row["why_not"] for row in records(table)]
        more = len(self.table) - len(shown)
        tail = f"<p>and {more} more rows: .table</p>" if more else ""
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        head = f"<p><b>Shipments of {escape(self.title)}</b>: {escape(self.said)}</p>"
        return head + html_table(shown) + tail + (f"<ul>{notes}</ul>" if notes else "")


def shipments(
    facts: Facts,
    /,
    source: str | Path | pd.DataFrame,
    *,
    sheet: str | None = None,
    depart: Day | None = None,
    beside: Sequence[By] = BESIDE,
    executor: Executor | None = None,
    progress: bool = True,
    folder: str | Path | None = None,
    **ask: Unpack[WorldTrip],
) -> Shipments:
    """Answer every row of a list of shipments as `routes` would; a row that cannot be read says why and stops none.

    Parameters
    ----------
    source : path or DataFrame
        Excel (``.xlsx``) or CSV in UTF-8, or a frame. Columns by their usual names, English or Russian: origin,
        destination and date, and if there are any shipment, cargo, tonnes or boxes, deadline, carrier, avoid, by
        (``corridors new-shipments`` writes a template). Dates are cells of type date or text as 2026-04-15; a formula
        counts by the result that the file keeps.
    sheet : str, optional
        Of a workbook; default: the first that has such columns.
    depart : date, optional
        For rows without a date.
    beside : sequence of str
        What else to name the best route in, as for ``by`` of `routes`.
    executor : concurrent.futures.Executor, optional
        As for `corridors.sweep`: threads, processes or a cluster.
    progress : bool
        Show a bar when it takes longer than a second.
    folder : path, optional
        Keep what is answered there, and go on from it after an interruption, as `corridors.sweep` does.
    **ask
        Other arguments of `routes` except ``k``, for all rows; what a row says of cargo, carrier, avoid and by counts
        before them.

    Returns
    -------
    Shipments
        ``table`` has a row for each row of the list. A deadline given as a day means the end of that day.

    Raises
    ------
    BadRequest
        If the source has no such columns or no row, two columns mean the same, or an argument is invalid.
    MissingExtra
        Without openpyxl for Excel files.
    """
    as_flag(progress, "progress")
    check_executor(executor)
    wishes = [as_choice(by, "beside, each", OBJECTIVES) for by in as_names(beside, "beside", "wishes", "'usd'")]
    common = one_world(Request.common("2025-01-01" if depart is None else depart, ask, "k"))
    known_on(facts, common.as_of)
    facts.overlay(common.scenario)
    read_cargo(facts, common.cargo)
    defaults = {name: getattr(common, name) for name in ("cargo", "carrier", "avoid", "by")}
    if common.carrier is not None:
        defaults["carrier"] = carrier_code(facts, common.carrier)
    if depart is not None:
        defaults["depart"] = as_day_or_moment(depart, "depart")
    others: dict[str, object] = {name: getattr(common, name) for name in ask if name not in defaults}
    read = read_shipments(source, sheet, depart is not None)
    reader = Reader(facts, defaults, others)
    found = [one for row in read.rows if (one := reader.read(row))]
    asked: dict[Asked, set[date | datetime]] = {}
    for one in found:
        asked.setdefault(one.asked, set()).update([one.deadline] if one.deadline else [])
    answers = answers_to(
        facts,
        {one: sorted(days, key=str) for one, days in asked.items()},
        wishes,
        others,
        executor,
        progress,
        None if folder is None else as_path(folder, "folder"),
    )
    frames = Assembly(facts, common, read, found, asked, answers).frames()
    rows = {one.row.row: one.asked for one in found}
    return Shipments(facts=facts, title=read.title, common=common, asked=rows, **frames)

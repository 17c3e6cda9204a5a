"""Shipments from a spreadsheet: each row answered as `routes` would, what is wrong told beside it, and the totals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from corridors.analysis.shipment_answers import RANGES, Asked, answers_to
from corridors.analysis.shipment_questions import Reader, Shipment, without_repeats
from corridors.analysis.workers import check_executor
from corridors.arguments import as_choice, as_day_or_moment, as_flag, as_names, as_path, departure
from corridors.data.schema import Row, records
from corridors.data.shipment_rows import Problem, ShipmentList, read_shipments
from corridors.model.calendars import hour, moment
from corridors.routing.figures import rounded
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
from corridors.routing.search import find_routes
from corridors.routing.side_tables import outside_record_on

if TYPE_CHECKING:
    import folium
    from matplotlib.axes import Axes

    from corridors.model.facts import Facts

BESIDE: tuple[By, ...] = ("hours", "usd", "kgco2e")
BEST = {
    "hours": "fastest",
    "usd": "cheapest",
    "kgco2e": "least CO2e",
    "risk": "least exposed",
    "generalised": "least generalised cost",
    "km": "shortest",
}
ASKED = ("row", "shipment", "origin", "destination", "depart", "cargo", "tonnes", "boxes", "unit")
WISHED = ("deadline", "carrier", "avoid", "by")
FIGURES = ("km", "days", "days_p10", "days_p50", "days_p90", "p_on_time", "p_saleable")
MONEY = ("usd_per_box", "usd", "usd_p10", "usd_p50", "usd_p90", "tco2e")
TOLD = ("flags", "alternatives", "why_not", "note", "error")
TABLE = (*ASKED, *WISHED, "route", "corridor", "gates", *FIGURES[:5], "arrive", *FIGURES[5:], *MONEY, *TOLD)
NUMBERS = ("tonnes", *FIGURES, *MONEY)
ERRORS = ["row", "cell", "column", "value", "problem"]
BESIDES = ["row", "shipment", "by", "route", "gates", "days", "extra_days", "boxes", "usd", "extra_usd", "tco2e"]
SUMS = ["shipments", "boxes", "tonnes", "usd", "tco2e"]


@dataclass(frozen=True, repr=False)
class Shipments:
    """Answers to a list of shipments.

    Attributes
    ----------
    table : DataFrame
        One row a row of the list, in its order, those that could not be read too: ``row`` (number in the sheet),
        ``shipment`` (as it is called), ``origin, destination, depart, cargo, tonnes, boxes`` (as given or as many as
        the weight needs by the law of the way), ``unit``, ``deadline, carrier, avoid, by`` (its wish); of the best way
        by that wish ``route, corridor`` (countries), ``gates`` (crossings), ``km``, expected ``days``,
        ``days_p10/p50/p90``, ``arrive`` (expected day), ``p_on_time`` (chance to be there by the deadline),
        ``p_saleable`` (chance that perishables last), ``usd_per_box`` and, for all its boxes, expected ``usd``,
        ``usd_p10/p50/p90`` and ``tco2e``; ``flags``, ``alternatives`` in words, ``why_not`` (what shuts all ways),
        ``note`` and ``error``.
    errors : DataFrame
        What could not be read: ``row, cell`` (address), ``column, value, problem``.
    alternatives : DataFrame
        The best ways by other wishes, where they are others: ``row, shipment, by`` (what they are the best in),
        ``route, gates, days, extra_days, boxes, usd, extra_usd, tco2e, p_on_time, p_saleable``.
    by_corridor, by_crossing : DataFrame
        Sums of the best ways: ``corridor`` (countries) and ``gates``, or ``crossing``; ``shipments, boxes, tonnes,
        usd, tco2e``, most tonnes first. A shipment without a weight counts as full boxes.
    totals : DataFrame
        One row: ``rows, answered, no_way, wrong`` and the same sums.
    flows : DataFrame
        One row a leg that any best way uses: ``leg_id, shipments, boxes, tonnes``.
    notes : list of str
        What to know of the columns and of the whole.
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
        """All that is known of one shipment: the full answer, with other corridors and what is shut.

        Parameters
        ----------
        row : int
            Its number in the sheet, as in ``table``.
        **changes
            Arguments of `corridors.network.Network.routes` to change.

        Returns
        -------
        Routes

        Raises
        ------
        BadRequest
            If no such row was read.
        NoRoute
            If there is no way.
        """
        from corridors.errors import BadRequest

        if row not in self.asked:
            raise BadRequest(f"row={row!r} is none of the rows that were read; see .table and .errors.")
        return find_routes(self.facts, self.asked[row].request(self.common, **changes))

    def explore(self, m: folium.Map | None = None, **options: Any) -> folium.Map:
        """Interactive map of the flows: lines as wide as the tonnes on them, crossings by what passes.

        Parameters
        ----------
        m, **options
            As in `corridors.maps.interactive.explore_shipments`.

        Returns
        -------
        folium.Map
        """
        from corridors.maps.interactive import explore_shipments

        return explore_shipments(self, m, **options)

    def plot(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Still map of the flows for print.

        Parameters
        ----------
        ax, **options
            As in `corridors.maps.stills.plot_shipments`.

        Returns
        -------
        Axes
        """
        from corridors.maps.stills import plot_shipments

        return plot_shipments(self, ax, **options)

    def to_excel(self, path: str | Path) -> None:
        """Write a workbook: every row with its answer or error, totals that are live sums, alternatives, errors.

        Parameters
        ----------
        path : path

        Raises
        ------
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
            f"{row[name]} {words}" for name, words in (("no_way", "without a way"), ("wrong", "not read")) if row[name]
        ]
        if row["answered"]:
            amounts = f"{row['boxes']} boxes, {rounded(row['tonnes'])} t, US$ {rounded(row['usd'])}"
            parts.append(f"{amounts}, {rounded(row['tco2e'])} t CO2e")
        return "; ".join(parts)

    def _repr_html_(self) -> str:
        from corridors.report.shipments_html import notebook

        return notebook(self)


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
        What else to name the best way in, as for ``by`` of `routes`.
    executor : concurrent.futures.Executor, optional
        As for `corridors.sweep`: threads, processes or a cluster.
    progress : bool
        Show a bar when it takes longer than a second.
    folder : path, optional
        Keep what is answered there, and go on from it after an interruption, as `corridors.sweep` does.
    **ask
        Other arguments of `routes` but ``k``, for all rows; what a row says of cargo, carrier, avoid and by counts
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
    return _Assembly(facts, common, read, found, asked, answers).shipments()


class _Assembly:
    """Puts answers beside the rows, and adds them up."""

    def __init__(
        self,
        facts: Facts,
        common: Request,
        read: ShipmentList,
        found: Sequence[Shipment],
        deadlines: Mapping[Asked, set[date | datetime]],
        answers: Mapping[Asked, list[Row]],
    ) -> None:
        self.facts, self.common, self.read, self.answers = facts, common, read, answers
        self.found = {one.row.row: one for one in found}
        self.repeats = without_repeats(list(found))
        self.deadlines = {one: sorted(days, key=str) for one, days in deadlines.items()}
        self._outside: dict[date, list[str]] = {}

    def shipments(self) -> Shipments:
        """The whole answer."""
        rows = [self._row(row.row, row.values, row.said, row.problems) for row in self.read.rows]
        table = pd.DataFrame(rows, columns=list(TABLE))
        table = table.astype(dict.fromkeys(NUMBERS, "float64") | {"boxes": "Int64"})
        best = [(one, self.answers[one.asked][0]) for one in self.found.values()]
        best = [(one, way) for one, way in best if way["route"]]
        problems = [problem for row in self.read.rows for problem in row.problems]
        return Shipments(
            facts=self.facts,
            title=self.read.title,
            table=table,
            errors=pd.DataFrame(problems, columns=ERRORS),
            alternatives=pd.DataFrame(
                [row for one, _ in best for row in self._besides(one)], columns=[*BESIDES, "p_on_time", "p_saleable"]
            ),
            by_corridor=self._sums(best, lambda way: [(way["countries"], way["gates"])], "corridor", "gates"),
            by_crossing=self._sums(best, lambda way: _parts(way["gates"], " > "), "crossing"),
            totals=self._totals(best),
            flows=self._sums(best, lambda way: _parts(way["leg_ids"], ";"), "leg_id"),
            notes=[*self.read.notes, *self._repeated()],
            common=self.common,
            asked={row: one.asked for row, one in self.found.items()},
        )

    def _row(self, number: int, values: Mapping[str, Any], said: Mapping[str, Any], problems: Sequence[Problem]) -> Row:
        row: Row = dict.fromkeys(TABLE, "") | dict.fromkeys(NUMBERS, np.nan) | {"row": number, "boxes": pd.NA}
        row["shipment"] = values.get("shipment") or ""
        one = self.found.get(number)
        if one is None:
            texts = ("origin", "destination", "depart", "cargo", "deadline", "carrier", "avoid", "by")
            row |= {name: "" if said.get(name) is None else str(said[name]) for name in texts}
            row |= {"tonnes": values.get("tonnes") or np.nan, "boxes": values.get("boxes") or pd.NA}
            return row | {"error": " ".join(f"{p.cell}: {p.problem}" for p in problems)}
        asked, place = one.asked, self.facts.place
        row |= {
            "origin": place[asked.origin]["name"],
            "destination": place[asked.destination]["name"],
            "depart": asked.depart.isoformat(),
            "cargo": one.cargo.cargo_id,
            "unit": one.cargo.unit,
            "tonnes": np.nan if one.tonnes is None else one.tonnes,
            "boxes": pd.NA if one.boxes is None else one.boxes,
            "deadline": one.deadline.isoformat() if one.deadline else "",
            "carrier": asked.carrier or "",
            "avoid": "; ".join(asked.avoid or ()),
            "by": asked.by,
        }
        notes = self._outside_record(asked.depart)
        if number in self.repeats:
            notes = [*notes, f"says the same as row {self.repeats[number]}: counted twice"]
        way = self.answers[asked][0]
        if not way["route"]:
            return row | {"why_not": way["why_not"], "note": "; ".join(notes)}
        boxes = one.units(way["payload_t"])
        if one.boxes is not None and boxes > one.boxes:
            notes = [*notes, f"{boxes} boxes: the law allows {way['payload_t']:g} t in one on this way"]
        if one.tonnes is None and one.boxes is None:
            notes = [*notes, f"no weight given: one {one.cargo.unit} assumed"]
        return row | {
            **{name: way[name] for name in ("route", "gates", "km", "flags")},
            "corridor": way["countries"],
            "tonnes": self._tonnes(one, way),
            "boxes": boxes,
            "days": way["hours"] / 24,
            **{name: way[name] for name in RANGES if name.startswith("days")},
            **{name: boxes * way[name] for name in RANGES if name.startswith("usd")},
            "arrive": self._arrives(asked, way["hours"]),
            **self._chances(one, way),
            "usd_per_box": way["usd"],
            "usd": boxes * way["usd"],
            "tco2e": boxes * way["kgco2e"] / 1000,
            "alternatives": "; ".join(map(_words, self._besides(one))),
            "note": "; ".join(notes),
        }

    def _tonnes(self, one: Shipment, way: Row) -> float:
        """Weight of a shipment; full boxes where it is not given."""
        return one.units(way["payload_t"]) * float(way["payload_t"]) if one.tonnes is None else one.tonnes

    def _arrives(self, asked: Asked, hours: float) -> str:
        place = self.facts.place
        leaves = hour(departure(asked.depart, place[asked.origin]["timezone"]))
        return moment(leaves + hours).astimezone(ZoneInfo(place[asked.destination]["timezone"])).date().isoformat()

    def _chances(self, one: Shipment, way: Row) -> Row:
        """Chances to be there by the deadline, and to be saleable; NaN where nothing is asked."""
        days = self.deadlines[one.asked]
        chances = json.loads(way["chances"]) if way["chances"] else []
        keeps = not np.isfinite(one.cargo.shelf_life_days)
        return {
            "p_on_time": chances[days.index(one.deadline)] if one.deadline is not None else np.nan,
            "p_saleable": np.nan if keeps else way["p_saleable"],
        }

    def _besides(self, one: Shipment) -> list[Row]:
        """The best ways by other wishes that are not the best by its own, each once."""
        best, *others = self.answers[one.asked]
        ways: dict[str, tuple[Row, list[str]]] = {}
        for way in others:
            if way["route"] and way["leg_ids"] + way["gate_ids"] != best["leg_ids"] + best["gate_ids"]:
                ways.setdefault(way["leg_ids"] + way["gate_ids"], (way, []))[1].append(BEST[way["by"]])
        boxes = one.units(best["payload_t"])
        found = []
        for way, wishes in ways.values():
            number = one.units(way["payload_t"])
            usd = number * way["usd"]
            found.append(
                {
                    "row": one.row.row,
                    "shipment": one.row.values.get("shipment") or "",
                    "by": ", ".join(wishes),
                    "route": way["route"],
                    "gates": way["gates"],
                    "days": way["hours"] / 24,
                    "extra_days": (way["hours"] - best["hours"]) / 24,
                    "boxes": number,
                    "usd": usd,
                    "extra_usd": usd - boxes * best["usd"],
                    "tco2e": number * way["kgco2e"] / 1000,
                    **self._chances(one, way),
                }
            )
        return found

    def _outside_record(self, depart: date | datetime) -> list[str]:
        day = depart.date() if isinstance(depart, datetime) else depart
        if day not in self._outside:
            self._outside[day] = outside_record_on(self.facts, known_on(self.facts, self.common.as_of), day)
        return self._outside[day]

    def _repeated(self) -> list[str]:
        return [f"{len(self.repeats)} rows say the same as one above, and are counted"] if self.repeats else []

    def _sums(
        self, best: Sequence[tuple[Shipment, Row]], called: Callable[[Row], Iterable[tuple[str, ...]]], *names: str
    ) -> pd.DataFrame:
        """Shipments, boxes, tonnes, US$ and t CO2e of what is called the same, most tonnes first."""
        rows = [
            (*name, 1, boxes, self._tonnes(one, way), boxes * way["usd"], boxes * way["kgco2e"] / 1000)
            for one, way in best
            for boxes in [one.units(way["payload_t"])]
            for name in called(way)
        ]
        frame = pd.DataFrame(rows, columns=[*names, *SUMS])
        sums = frame.groupby(list(names), sort=True)[SUMS].sum().reset_index()
        return sums.sort_values("tonnes", ascending=False, kind="stable", ignore_index=True)

    def _totals(self, best: Sequence[tuple[Shipment, Row]]) -> pd.DataFrame:
        sums = self._sums(best, lambda _: [("all",)], "all")
        counts = {
            "rows": len(self.read.rows),
            "answered": len(best),
            "no_way": len(self.found) - len(best),
            "wrong": len(self.read.rows) - len(self.found),
        }
        amounts = sums.iloc[0][SUMS[1:]].to_dict() if len(sums) else dict.fromkeys(SUMS[1:], 0)
        return pd.DataFrame([counts | amounts | {"boxes": int(amounts["boxes"])}])


def _parts(text: str, by: str) -> list[tuple[str]]:
    """Each part of a text once."""
    return [(one,) for one in dict.fromkeys(text.split(by)) if one]


def _words(row: Row) -> str:
    return f"{row['by']}: {row['route']}, {rounded(row['days'])} days, US$ {rounded(row['usd'])}"

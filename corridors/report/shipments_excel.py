"""Shipments as an Excel workbook: each row with its answer or its error, and live totals.

US$ and CO2e of a shipment are its number of boxes times the figure of one box, so that the number can be changed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from corridors.data.schema import Row, records
from corridors.data.shipment_columns import NAMES, WISH_WORDS
from corridors.report.text import DISCLAIMER, trip_parameters
from corridors.report.workbook import is_blank, workbook, write_text

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from corridors.analysis.shipments import Shipments

COLUMNS = {
    "row": ("Row", 6),
    "shipment": ("Shipment", 12),
    "origin": ("Origin", 16),
    "destination": ("Destination", 16),
    "depart": ("Departure", 12),
    "cargo": ("Cargo", 13),
    "tonnes": ("Weight (t)", 9),
    "boxes": ("Boxes (change to recount)", 9),
    "unit": ("Unit", 7),
    "deadline": ("Deadline", 12),
    "carrier": ("Carrier", 8),
    "avoid": ("Avoid", 10),
    "by": ("Best by", 10),
    "route": ("Best route", 38),
    "corridor": ("Corridor (countries)", 18),
    "number": ("Corridor (number)", 9),
    "gates": ("Crossings", 40),
    "km": ("Length (km)", 9),
    "days": ("Expected time (days)", 9),
    "days_p10": ("Time p10 (days)", 8),
    "days_p50": ("Time p50 (days)", 8),
    "days_p90": ("Time p90 (days)", 8),
    "arrive": ("Expected arrival", 12),
    "p_on_time": ("Chance of arriving in time", 9),
    "p_saleable": ("Chance of arriving saleable", 9),
    "usd_per_box": ("Expected cost of a box (US$ of 2024)", 10),
    "usd": ("Expected cost (US$ of 2024)", 11),
    "usd_p10": ("Cost p10 (US$)", 10),
    "usd_p50": ("Cost p50 (US$)", 10),
    "usd_p90": ("Cost p90 (US$)", 10),
    "tco2e": ("Emissions (t CO\u2082e)", 10),
    "error": ("Not read: why", 50),
    "why_not": ("No route: why", 50),
    "flags": ("Flags", 24),
    "alternatives": ("Other routes", 60),
    "note": ("Note", 40),
}
LIVE = ("usd", "usd_p10", "usd_p50", "usd_p90", "tco2e")
SUMMED = ("boxes", "tonnes", "usd", "tco2e")
ALTERNATIVES = {
    "row": ("Row", 6),
    "shipment": ("Shipment", 12),
    "by": ("Best in", 18),
    "route": ("Way", 38),
    "gates": ("Crossings", 50),
    "days": ("Expected time (days)", 9),
    "extra_days": ("Against the best (days)", 9),
    "boxes": ("Boxes", 8),
    "usd": ("Expected cost (US$ of 2024)", 11),
    "extra_usd": ("Against the best (US$)", 11),
    "tco2e": ("Emissions (t CO\u2082e)", 10),
    "p_on_time": ("Chance of arriving in time", 9),
    "p_saleable": ("Chance of arriving saleable", 9),
}
ERRORS = {
    "row": ("Row", 6),
    "cell": ("Cell", 16),
    "column": ("Column", 14),
    "value": ("What it says", 40),
    "problem": ("What is wrong, and what to do", 100),
}
SHARES = ("p_on_time", "p_saleable")
GAP = " > "


def write(shipments: Shipments, path: str | Path) -> None:
    """Write the workbook; see `corridors.analysis.shipments.Shipments.to_excel`."""
    with workbook(path) as book:
        _Filler(book).all(shipments)


def write_template(path: str | Path) -> None:
    """Write an empty list of shipments with its header, two example rows and what the columns mean.

    Parameters
    ----------
    path : path
        ``.xlsx``, or ``.csv`` for the header and the examples alone.

    Raises
    ------
    BadRequest
        For another suffix, or if the file already exists.
    """
    from corridors.data.writing import write_table
    from corridors.errors import BadRequest

    if Path(path).exists():
        raise BadRequest(f"{path} already exists; nothing was written. Name a new file.")
    write_table(path, pd.DataFrame(EXAMPLES), _template)


def _template(path: Path) -> None:
    with workbook(path) as book:
        _Filler(book).template()


class _Filler:
    """Fills a workbook in one style; text is never taken for a formula."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        look = {"valign": "top", "font_size": 10}
        self._head = book.add_format(look | {"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#e8ecf0"})
        self._text, self._quoted = book.add_format(look), book.add_format(look | {"quote_prefix": True})
        self._long = book.add_format(look | {"text_wrap": True})
        self._bold = book.add_format(look | {"bold": True})
        self._wrong = book.add_format(look | {"font_color": "#a40000"})
        self._numbers = {
            places: book.add_format(look | {"num_format": places}) for places in ("#,##0", "#,##0.0", "0 %", "0")
        }
        self._sums = {places: book.add_format(look | {"num_format": places, "bold": True}) for places in ("#,##0", "0")}
        self._input = book.add_format(look | {"num_format": "0", "bg_color": "#fff7d6"})

    def all(self, shipments: Shipments) -> None:
        """All sheets; the totals come first and refer to the second."""
        totals = self._book.add_worksheet("Totals")
        totals.set_landscape()
        totals.set_paper(9)
        totals.fit_to_pages(1, 0)
        numbers = {(row["corridor"], row["gates"]): i for i, row in enumerate(records(shipments.by_corridor), 1)}
        rows = [
            row | {"number": numbers.get((row["corridor"], row["gates"])) if row["route"] else None}
            for row in records(shipments.table)
        ]
        self._shipments(rows)
        self._totals(totals, shipments, len(rows))
        self._table("Alternatives", ALTERNATIVES, records(shipments.alternatives))
        self._table("Not read", ERRORS, records(shipments.errors))

    def _shipments(self, rows: Sequence[Row]) -> None:
        from xlsxwriter.utility import xl_col_to_name

        sheet = self._sheet("Shipments", COLUMNS)
        column = {name: j for j, name in enumerate(COLUMNS)}
        boxes = xl_col_to_name(column["boxes"], col_abs=True)
        for i, row in enumerate(rows, 1):
            for name, j in column.items():
                if name in LIVE and row["route"] and math.isfinite(row[name]):
                    each = row[name] / int(row["boxes"])
                    text = f"={boxes}{i + 1}*" + (
                        f"{xl_col_to_name(column['usd_per_box'])}{i + 1}" if name == "usd" else repr(each)
                    )
                    sheet.write_formula(i, j, text, self._number(name, row[name]), row[name])
                elif name == "boxes" and row["route"]:
                    sheet.write_number(i, j, int(row["boxes"]), self._input)
                else:
                    self._put(sheet, i, j, name, row[name])
        sheet.freeze_panes(1, 4)
        sheet.autofilter(0, 0, max(len(rows), 1), len(COLUMNS) - 1)

    def _totals(self, sheet: Worksheet, shipments: Shipments, n: int) -> None:
        from xlsxwriter.utility import xl_col_to_name

        column = {name: xl_col_to_name(j, col_abs=True) for j, name in enumerate(COLUMNS)}

        def cells(name: str) -> str:
            return f"Shipments!{column[name]}$2:{column[name]}${n + 1}"

        total = records(shipments.totals)[0]
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 60)
        sheet.set_column(2, 6, 14)
        self._write(sheet, 0, 0, f"Shipments of {shipments.title}", self._bold)
        self._write(sheet, 1, 0, shipments.said)
        at = 3
        counts = (
            ("Rows", f"=COUNT({cells('row')})", total["rows"]),
            ("Answered", f"=COUNT({cells('number')})", total["answered"]),
            ("No route", f'=COUNTIF({cells("why_not")},"?*")', total["no_way"]),
            ("Not read", f'=COUNTIF({cells("error")},"?*")', total["wrong"]),
        )
        amounts = tuple(
            (COLUMNS[name][0].replace(" (change to recount)", ""), self._sum_of(cells, name), total[name])
            for name in SUMMED
        )
        for words, formula, value in (*counts, *amounts):
            self._write(sheet, at, 0, words, self._bold)
            sheet.write_formula(at, 1, formula, self._sums["#,##0"], value)
            at += 1
        at = self._sums_by(
            sheet,
            at + 1,
            ("Corridor (countries)", "Crossings"),
            [(row, (row["corridor"], row["gates"])) for row in records(shipments.by_corridor)],
            lambda i, name: f"=SUMIFS({cells(name)},{cells('number')},{i + 1})",
            lambda i: f"=COUNTIFS({cells('number')},{i + 1})",
        )
        start = at + 2  # row of the first crossing, as Excel counts

        def passes(i: int) -> str:
            gates = f'"{GAP}"&{cells("gates")}&"{GAP}"'
            return f'ISNUMBER(FIND("{GAP}"&$A{start + i + 1}&"{GAP}",{gates}))'

        at = self._sums_by(
            sheet,
            at + 1,
            ("Crossing", ""),
            [(row, (row["crossing"], "")) for row in records(shipments.by_crossing)],
            lambda i, name: f"=SUMPRODUCT(--{passes(i)},{cells(name)})",
            lambda i: f"=SUMPRODUCT(--{passes(i)})",
        )
        for note in (*shipments.notes, "A shipment without a weight counts as full boxes.", DISCLAIMER):
            self._write(sheet, at + 1, 0, note)
            at += 1
        for name, value in trip_parameters(shipments.facts, shipments.common, ("origin", "destination", "depart", "k")):
            self._write(sheet, at + 2, 0, name)
            self._write(sheet, at + 2, 1, value)
            at += 1
        sheet.freeze_panes(1, 0)

    def _sum_of(self, cells: Callable[[str], str], name: str) -> str:
        """Sum over the rows that have an answer: a row without one may still state a number of boxes."""
        return f'=SUMIFS({cells(name)},{cells("number")},">0")'

    def _sums_by(
        self,
        sheet: Worksheet,
        at: int,
        heads: tuple[str, str],
        rows: Sequence[tuple[Row, tuple[str, str]]],
        sums: Callable[[int, str], str],
        count: Callable[[int], str],
    ) -> int:
        """Write a block of live sums; return the row below it."""
        words = [*heads, "Shipments", "Boxes or wagons", "Weight (t)", "Expected cost (US$ of 2024)"]
        words.append("Emissions (t CO\u2082e)")
        for j, word in enumerate(words):
            sheet.write_string(at, j, word, self._head)
        for i, (row, names) in enumerate(rows):
            for j, name in enumerate(names):
                self._write(sheet, at + i + 1, j, name)
            sheet.write_formula(at + i + 1, 2, count(i), self._numbers["0"], row["shipments"])
            for j, name in enumerate(SUMMED, 3):
                sheet.write_formula(at + i + 1, j, sums(i, name), self._numbers["#,##0"], row[name])
        return at + len(rows) + 1

    def _table(self, name: str, columns: dict[str, tuple[str, int]], rows: Sequence[Row]) -> None:
        sheet = self._sheet(name, columns)
        for i, row in enumerate(rows, 1):
            for j, column in enumerate(columns):
                self._put(sheet, i, j, column, row[column])
        sheet.freeze_panes(1, 1)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(columns) - 1)

    def _sheet(self, name: str, columns: dict[str, tuple[str, int]]) -> Worksheet:
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_row(0, 54)
        for j, (words, width) in enumerate(columns.values()):
            sheet.set_column(j, j, width)
            sheet.write_string(0, j, words, self._head)
        return sheet

    def _put(self, sheet: Worksheet, i: int, j: int, name: str, value: object) -> None:
        if is_blank(value):
            sheet.write_blank(i, j, None, self._text)
        elif isinstance(value, bool) or not isinstance(value, int | float):
            self._write(sheet, i, j, value, self._wrong if name == "error" and value else None)
        elif math.isfinite(value):
            sheet.write_number(i, j, value, self._number(name, value))
        else:
            self._write(sheet, i, j, "never arrives")

    def _number(self, name: str, value: float) -> Format:
        if name in ("row", "boxes", "number"):
            return self._numbers["0"]
        return self._numbers["0 %" if name in SHARES else "#,##0" if abs(value) >= 1000 else "#,##0.0"]

    def _write(self, sheet: Worksheet, i: int, j: int, value: object, look: Format | None = None) -> None:
        write_text(sheet, i, j, value, look or self._text, self._quoted)

    def template(self) -> None:
        """An empty list with examples, and what its columns mean."""
        sheet = self._book.add_worksheet("Shipments")
        day = self._book.add_format({"num_format": "yyyy-mm-dd", "font_size": 10})
        for j, name in enumerate(EXAMPLES[0]):
            sheet.set_column(j, j, 16, day if name in ("date", "deadline") else None)
            sheet.write_string(0, j, name, self._head)
            for i, row in enumerate(EXAMPLES, 1):
                value = row[name]
                if name in ("date", "deadline") and value:
                    sheet.write_datetime(i, j, pd.Timestamp(str(value)).to_pydatetime(), day)
                elif isinstance(value, int | float):
                    sheet.write_number(i, j, value, self._text)
                elif value:
                    self._write(sheet, i, j, value)
        sheet.freeze_panes(1, 0)
        about = self._book.add_worksheet("How to fill in")
        about.set_column(0, 0, 14)
        about.set_column(1, 2, 80)
        for i, words in enumerate([("Column", "What to write", "Also called"), *_meanings()]):
            for j, text in enumerate(words):
                about.write_string(i, j, text, self._head if i == 0 else self._long)


EXAMPLES: list[dict[str, str | int]] = [
    {
        "shipment": "EX-1",
        "origin": "Almaty",
        "destination": "Karachi",
        "date": "2026-04-15",
        "cargo": "container40",
        "tonnes": 40,
        "boxes": "",
        "deadline": "2026-05-20",
        "carrier": "",
        "avoid": "IR",
        "by": "cheapest",
    },
    {
        "shipment": "EX-2",
        "origin": "Multan",
        "destination": "Almaty",
        "date": "2026-06-20",
        "cargo": "mango",
        "tonnes": "",
        "boxes": 1,
        "deadline": "",
        "carrier": "PK",
        "avoid": "",
        "by": "fastest",
    },
]
"""Rows of the template, to be overwritten."""
MEANINGS = {
    "shipment": "Your own number or name; may be empty.",
    "origin": "City, port or station, in any usual spelling or script.",
    "destination": "The same.",
    "date": "Day of departure (08:00 local time): a cell of type date, or text as 2026-04-15.",
    "cargo": "Name of a preset in net.cargo, such as container40, reefer40, mango; empty: container40.",
    "tonnes": "Weight of the whole shipment in tonnes; 20 t and 20000 kg are read too.",
    "boxes": "Number of boxes, wagons or trucks, if known; otherwise it is worked out from the weight.",
    "deadline": "Last day to arrive; may be empty.",
    "carrier": "Flag of the trucks, as two letters (KZ); empty: any.",
    "avoid": "Countries (IR), places or crossings to avoid, separated by semicolons.",
    "by": f"What it should be best in: {WISH_WORDS}; empty: fastest.",
}


def _meanings() -> list[tuple[str, str, str]]:
    return [
        (name, words, ", ".join(NAMES["depart" if name == "date" else name][1:])) for name, words in MEANINGS.items()
    ]

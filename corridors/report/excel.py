"""An answer as an Excel workbook: a comparison, one sheet per route with live totals, what fails, and sources."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from corridors.data.schema import Row, records
from corridors.maps.drawable import checked
from corridors.maps.layers import colour
from corridors.report.text import (
    DISCLAIMER,
    UNCHANGED,
    CostLine,
    answer,
    changes,
    cost_lines,
    parameters,
    question,
    risk_caption,
    web_address,
)
from corridors.report.workbook import is_blank, workbook, write_text
from corridors.routing.cost_lines import BESIDE
from corridors.routing.figures import risk_words, sentence

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from corridors.routing.routes import Routes

SUMMED = ("km", "hours", "usd", "kgco2e")
COMPARISON = {
    "label": "Route",
    "name": "Name",
    "countries": "Countries",
    "modes": "Modes",
    "km": "Length (km)",
    "hours": "Expected time (hours)",
    "usd": "Expected cost (US$ of 2024)",
    "kgco2e": "Emissions (kg CO\u2082e)",
    **{
        f"{what}_{q}": f"{words} {q} ({unit})"
        for what, words, unit in (
            ("days", "Time", "days"),
            ("usd", "Cost", "US$ of 2024"),
            ("kgco2e", "Emissions", "kg CO\u2082e"),
        )
        for q in ("p10", "p50", "p90")
    },
    "usd_round_trip": "Expected round trip (US$ of 2024)",
    "payload_t": "Payload (t)",
    "usd_per_t": "Expected cost (US$ per t)",
    "gauge_breaks": "Gauge breaks (number)",
    "longest_wait_hours": "Longest wait (hours)",
    "risk": "Risk (chance of a closure on a random day)",
    "crossings": "Crossings",
    "corridors": "Named corridors",
}
LEGS = {
    "kind": "Kind",
    "name": "Name",
    "mode": "Mode",
    "country": "Country",
    "from": "From",
    "to": "To",
    "km": "Length (km)",
    "hours": "Time (hours)",
    "usd": "Cost (US$ of 2024)",
    "kgco2e": "Emissions (kg CO\u2082e)",
    "start": "Start (UTC)",
    "end": "End (UTC)",
    "quality": "Grade of the hours",
    "usd_quality": "Grade of the US$",
    "km_quality": "Grade of the km",
    "note": "Note",
    "source_id": "Sources (ids)",
}
SWITCHING = {
    "words": "What would change the answer",
    "kind": "Kind of change",
    "what": "Of what",
    "mode": "Mode",
    "country": "Country",
    "now": "Now (hours, or 1)",
    "value": "Switches at (hours, or times)",
    "then": "Then leads",
}
SWINGS = {
    "part": "Part of the best route",
    "expected": "Expected ({0})",
    "low": "Route with it at p10 ({0})",
    "base": "Route as expected ({0})",
    "high": "Route with it at p90 ({0})",
    "swing": "Difference ({0})",
}
REJECTED = {
    "name": "Corridor",
    "reason": "Reason",
    "gates": "All that it closes",
    "needs": "What it would need",
    "start": "Closed from",
    "end": "Closed to",
    "last_confirmed": "Last confirmed",
    "source_id": "Sources (ids)",
}
SOURCES = {
    "source_id": "Id",
    "title": "Title",
    "publisher": "Publisher",
    "published": "Published",
    "url": "Address",
    "accessed": "Read",
    "licence": "Licence",
}
UNPRINTED = ("kgco2e_p10", "note")  # these columns and those right of them are for the screen
HUNDREDTHS = ("risk", "now", "value")
CLIPPED = ("note", "source_id")  # these show one line
WIDE = {
    "label": 7,
    "name": 36,
    "countries": 24,
    "modes": 16,
    "words": 90,
    "what": 22,
    "then": 50,
    "part": 34,
    "line": 26,
    "note": 90,
    "reason": 80,
    "gates": 50,
    "title": 60,
    "crossings": 80,
    "source_id": 40,
    "corridors": 50,
    "needs": 34,
    "publisher": 30,
    "url": 44,
    "from": 24,
    "to": 24,
    "start": 17,
    "end": 17,
}
LINE = 13.5  # height of a line in points


@checked
def write(routes: Routes, path: str | Path) -> None:
    """Write the workbook; see `Routes.to_excel`."""
    with workbook(path) as book:
        _fill(book, routes)


def _fill(book: Workbook, routes: Routes) -> None:
    """Write all sheets."""
    book.set_properties({"title": routes.title[:255]})
    sheets = _Sheets(book)
    sheets.pairs(
        "Question",
        [
            ("Question", question(routes)),
            ("Answer", answer(routes)),
            ("Scenario", routes.scenario or "none"),
            *(
                (f"{row['label']} {what}", row[column] or "none known")
                for row in records(routes.full)
                for what, column in (("rests on", "rests_on"), ("sanctions", "sanctions"))
            ),
            *(("all routes rest on", sentence(note)) for note in routes.notes),
            ("Risk", sentence(risk_caption(routes).removeprefix("Risk: "))),
            *((name, value) for name, value in parameters(routes) if name != "scenario"),
            ("Disclaimer", DISCLAIMER),
        ],
    )
    comparison = sheets.add("Comparison", COMPARISON)
    totals = [sheets.route(label, routes[i].legs) for i, label in enumerate(routes.table["label"])]
    sheets.fill(comparison, COMPARISON, [row | total for row, total in zip(records(routes.full), totals, strict=True)])
    sheets.costs(routes.labels, cost_lines(routes))
    told = changes(routes)
    rows = records(told) or [dict.fromkeys(SWITCHING, "") | {"words": UNCHANGED}]
    sheets.fill(sheets.add("What would change it", SWITCHING), SWITCHING, rows)
    for what, unit in (("days", "days"), ("usd", "US$")):
        heads = {column: words.format(unit) for column, words in SWINGS.items()}
        sheets.fill(sheets.add(f"What moves the {unit}", heads), heads, records(routes.swings(what)))
    sheets.fill(sheets.add("Not possible", REJECTED), REJECTED, records(routes.rejected))
    sheets.fill(sheets.add("Sources", SOURCES), SOURCES, records(routes.sources()))


class _Formula:
    """A formula with its result, for programs that read a workbook without recalculating it."""

    def __init__(self, text: str, value: float) -> None:
        self.text, self.value = text, value


class _Sheets:
    """Sheets of a workbook in one style: frozen header, wrapped text, A4 landscape."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        look = {"valign": "top", "font_size": 10}
        head = look | {"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#e8ecf0"}
        self._head, self._head_right = book.add_format(head), book.add_format(head | {"align": "right"})
        self._text = book.add_format(look | {"text_wrap": True})
        self._quoted = book.add_format(look | {"text_wrap": True, "quote_prefix": True})
        self._link = book.add_format(look | {"text_wrap": True, "font_color": "#1a5fa8", "underline": 1})
        self._bold = book.add_format(look | {"bold": True, "text_wrap": True})
        self._time = book.add_format(look | {"num_format": "yyyy-mm-dd hh:mm", "align": "left", "indent": 1})
        self._number, self._sum = (
            {places: book.add_format(look | more | {"num_format": f"#,##0{places}"}) for places in ("", ".0", ".00")}
            for more in ({}, {"bold": True, "top": 1})
        )

    def _sheet(self, name: str) -> Worksheet:
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&RPage &P of &N")
        return sheet

    def pairs(self, name: str, rows: Sequence[tuple[str, str]]) -> None:
        """Sheet of names and values."""
        sheet = self._sheet(name)
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 110)
        for i, (key, value) in enumerate(rows):
            self._put(sheet, i, 0, key[:1].upper() + key[1:], self._bold)
            self._put(sheet, i, 1, value)
            sheet.set_row(i, LINE * _lines(value, 110))

    def add(self, name: str, columns: dict[str, str]) -> Worksheet:
        """Sheet with a header that stays in view and is printed on every page."""
        sheet = self._sheet(name)
        for j, (column, words) in enumerate(columns.items()):
            sheet.set_column(j, j, WIDE.get(column, 11))
            number = "(" in words and column not in ("start", "end", "source_id")
            sheet.write_string(0, j, words, self._head_right if number else self._head)
        sheet.set_row(0, 4 * LINE)
        sheet.freeze_panes(1, 2)
        sheet.repeat_rows(0)
        return sheet

    def fill(self, sheet: Worksheet, columns: dict[str, str], rows: Sequence[Row]) -> None:
        """Put rows below the header."""
        for i, row in enumerate(rows, 1):
            for j, column in enumerate(columns):
                look = self._badge(row[column]) if column == "label" else None
                unknown = column == "risk" and math.isnan(row[column])
                value = risk_words(row[column]) if unknown else row[column]
                self._put(sheet, i, j, value, look, ".00" if column in HUNDREDTHS else None)
                if column == "url" and (link := web_address(row[column])):
                    sheet.write_url(i, j, link, self._link, row[column])
            sheet.set_row(
                i,
                LINE
                * max(
                    _lines(str(row[column]), WIDE.get(column, 11))
                    for column in columns
                    if isinstance(row[column], str) and column not in CLIPPED
                ),
            )
        if rows:
            sheet.autofilter(0, 0, len(rows), len(columns) - 1)
        printed = next((j for j, column in enumerate(columns) if column in UNPRINTED), len(columns))
        sheet.print_area(0, 0, len(rows) + 1, printed - 1)

    def costs(self, labels: Sequence[str], lines: Sequence[CostLine]) -> None:
        """Sheet of the costs by line, with live sums; what only a round trip pays comes below them."""
        from xlsxwriter.utility import xl_rowcol_to_cell

        heads = {"line": "Line", "grade": "Grade (the weakest)"}
        heads |= {label: f"Route {label} (US$ of 2024)" for label in labels}
        sheet = self.add("Costs", heads)
        once = [one for one in lines if one.line not in BESIDE]
        for j, label in enumerate(labels, 2):
            sheet.write_string(0, j, heads[label], self._badge(label))
        total_line = CostLine("Total, expected values", "", [])
        for i, (line, grade, values) in enumerate([*once, total_line, *lines[len(once) :]], 1):
            sheet.write_string(i, 0, line, self._text if values else self._bold)
            self._put(sheet, i, 1, grade)
            for j, value in enumerate(values, 2):
                self._put(sheet, i, j, value, places="")
        last = len(once)
        for j in range(2, len(labels) + 2):
            total = math.fsum(one.usd[j - 2] for one in once)
            cells = f"{xl_rowcol_to_cell(1, j)}:{xl_rowcol_to_cell(last, j)}"
            self._put(sheet, last + 1, j, _Formula(f"=SUM({cells})", total), self._sum[""])

    def route(self, label: str, legs: pd.DataFrame) -> dict[str, _Formula]:
        """Add the sheet of a route; return references to its totals."""
        from xlsxwriter.utility import xl_rowcol_to_cell

        name = f"Route {label}"
        sheet, rows, found = self.add(name, LEGS), records(legs), {}
        sheet.set_tab_color(colour(label))
        self.fill(sheet, LEGS, rows)
        last = len(rows)
        for j, column in enumerate(LEGS):
            if column in SUMMED:
                values = [float(row[column]) for row in rows]
                places = _places(values)
                total = math.fsum(values) if all(map(math.isfinite, values)) else math.inf
                for i, value in enumerate(values, 1):
                    self._put(sheet, i, j, value, places=places)
                self._put(
                    sheet,
                    last + 1,
                    j,
                    _Formula(f"=SUM({xl_rowcol_to_cell(1, j)}:{xl_rowcol_to_cell(last, j)})", total),
                    self._sum[places],
                )
                found[column] = _Formula(f"='{name}'!{xl_rowcol_to_cell(last + 1, j)}", total)
        sheet.write_string(last + 1, 1, "Total, expected values", self._bold)
        return found

    def _badge(self, label: str) -> Format:
        """The look of a route's letter: white on its colour."""
        ink = {"bg_color": colour(label), "font_color": "#ffffff", "bold": True}
        return self._book.add_format({"valign": "top", "font_size": 10, "align": "center", "text_wrap": True} | ink)

    def _put(
        self, sheet: Worksheet, i: int, j: int, value: object, look: Format | None = None, places: str | None = None
    ) -> None:
        """Write text as text only, so that nothing in the data is taken for a formula or a link."""
        if isinstance(value, _Formula):
            shown = value.value if math.isfinite(value.value) else "never arrives"
            sheet.write_formula(i, j, value.text, look or self._number[_places([value.value])], shown)
        elif is_blank(value):
            sheet.write_blank(i, j, None, look or self._text)
        elif isinstance(value, pd.Timestamp):
            sheet.write_datetime(i, j, value.tz_localize(None).to_pydatetime(), look or self._time)
        elif isinstance(value, int | float):
            if math.isfinite(value):
                whole = "" if isinstance(value, int) else _places([value])
                sheet.write_number(i, j, value, look or self._number[whole if places is None else places])
            else:
                sheet.write_string(i, j, "never arrives", look or self._text)
        else:
            write_text(sheet, i, j, value, look or self._text, look or self._quoted)


def _lines(text: str, width: int) -> int:
    """Number of lines that a text fills in a column `width` characters wide."""
    return sum(max(1, math.ceil(1.05 * len(part) / width)) for part in text.split("\n"))


def _places(values: Sequence[float]) -> str:
    """Decimals worth showing: none for large numbers."""
    return ".0" if max(map(abs, values), default=0.0) < 1000 else ""

"""An answer as a Word document in A4 landscape, for readers to paste into their own papers."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from corridors.data.schema import Row, records
from corridors.data.writing import must_end, whole_file
from corridors.errors import MissingExtra
from corridors.maps.drawable import checked
from corridors.maps.layers import colour, routes_data
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
    swings_words,
    web_address,
)
from corridors.routing.cost_lines import BESIDE
from corridors.routing.figures import risk_words, rounded, sentence, tonnes, two

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

    from corridors.routing.routes import Routes

BELOW = (
    "Expected US$ of 2024, one way. The lines below the total are not part of it: the empty return is paid only on "
    "a round trip, a war surcharge as long as shipping lines ask it, and insurance by the owner of the goods."
)
WIDE = 26.1  # cm between the margins
PIXELS = 2200  # twice its width on a screen


@checked
def write(routes: Routes, path: str | Path) -> None:
    """Write the document; see `Routes.to_word`."""
    try:
        import docx
    except ImportError as error:
        raise MissingExtra(
            "Word files need python-docx, which is not installed: pip install 'corridors[office]'. "
            "Without it, routes.report('report.html') writes a page that prints to A4."
        ) from error

    paper = _Document(docx.Document(), routes)
    rows = records(routes.full)
    paper.heading(routes.title, 0)
    paper.text(question(routes), style="Intense Quote")
    paper.text(answer(routes))
    paper.heading("Comparison")
    paper.text(
        f"Door to door, one way. Days and US$ (of 2024): expected value, with p10 to p90. {risk_caption(routes)}",
        small=True,
    )
    paper.table(
        ["Route", "Name", "km", "Days", "US$", "t CO\u2082e", "Crossings", "Gauge breaks", "Longest wait", "Risk"],
        [_compared(row) for row in rows],
        [1.4, 4.9, 1.6, 2.5, 3.9, 1.8, 5.2, 1.6, 2.0, 1.2],
        right=(2, 3, 4, 5, 7, 8, 9),
        inks=[colour(row["label"]) for row in rows],
    )
    paper.heading("Where the money goes")
    paper.text(
        BELOW,
        small=True,
    )
    lines = cost_lines(routes)
    once = [one.usd for one in lines if one.line not in BESIDE]
    totals = [sum(column) for column in zip(*once, strict=True)]
    sums = [*lines[: len(once)], CostLine("total", "", totals), *lines[len(once) :]]
    paper.table(
        ["Line", "Grade (the weakest)", *routes.labels],
        [[line, grade, *(rounded(value) if value else "" for value in values)] for line, grade, values in sums],
        [6.0, 3.0, *[3.0] * len(rows)],
        right=range(2, len(rows) + 2),
    )
    paper.heading("What would change the answer")
    for words in changes(routes)["words"].tolist() or [UNCHANGED]:
        paper.text(words, style="List Bullet")
    paper.pictures()
    paper.heading("Not possible on this date")
    failed = records(routes.rejected)
    if failed:
        paper.table(
            ["Corridor", "Reason", "All that it closes", "What it would need"],
            [[row["name"], row["reason"], row["gates"], row["needs"]] for row in failed],
            [5.5, 10.6, 5.0, 5.0],
        )
    else:
        paper.text("No other corridor was found that is kept from use by a closure alone.")
    paper.heading("What the answer rests on")
    for note in routes.notes:
        paper.text(sentence(note), style="List Bullet")
    for row in rows:
        rests = row["rests_on"].rstrip(".") or "nothing further"
        sanctions = f" Sanctions: {row['sanctions']}." if row["sanctions"] else ""
        paper.text(f"{row['label']}: {rests}.{sanctions}", style="List Bullet")
    paper.heading("Sources")
    paper.table(
        ["Title", "Publisher", "Published", "Address"],
        [[row["title"], row["publisher"], row["published"], row["url"]] for row in records(routes.sources())],
        [11.0, 5.0, 2.6, 7.5],
    )
    paper.heading("Version and parameters")
    paper.table(["Parameter", "Value"], parameters(routes), [6.0, 20.1])
    paper.heading("Disclaimer")
    paper.text(DISCLAIMER, small=True)
    paper.save(path)


def _compared(row: Row) -> list[str]:
    def ranged(what: str, show: Callable[[float], str]) -> str:
        low, high = (show(row[f"{what}_{q}"]) for q in ("p10", "p90"))
        return f"{rounded(row[what])} ({low} to {high})"

    return [
        row["label"],
        f"{row['name']} ({row['countries']}: {row['modes']})",
        f"{row['km']:,.0f}",
        ranged("days", "{:.0f}".format),
        ranged("usd", two),
        tonnes(row["kgco2e"]),
        row["crossings"],
        str(row["gauge_breaks"]),
        f"{row['longest_wait_hours']:.0f} h",
        risk_words(row["risk"]),
    ]


class _Document:
    """A document in one style: A4 landscape, table headers repeated on every page."""

    def __init__(self, document: Document, routes: Routes) -> None:
        from docx.enum.section import WD_ORIENT
        from docx.shared import Cm, Pt

        self._document, self._routes = document, routes
        core = document.core_properties
        core.title, core.author = clean(routes.title)[:255], ""  # Word takes no more
        section = document.sections[0]
        section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Cm(29.7), Cm(21.0)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(1.8)
        style = document.styles["Normal"]
        style.font.name, style.font.size = "DejaVu Sans", Pt(10)
        style.paragraph_format.space_after = Pt(5)
        scenario = f"; scenario: {routes.scenario}" if routes.scenario else ""
        self.text(
            f"{routes.title}, leaving {routes.depart:%Y-%m-%d}, as known on {routes.as_of}{scenario}; data "
            f"{routes.facts.version} of {routes.facts.data_date}",
            small=True,
            into=section.footer.paragraphs[0],
        )

    def heading(self, text: str, level: int = 1) -> None:
        """Heading; level 0 is the title."""
        self._document.add_heading(clean(text), level)

    def text(
        self, text: str, style: str | None = None, small: bool = False, into: Paragraph | None = None
    ) -> Paragraph:
        """Paragraph."""
        from docx.shared import Pt

        paragraph = self._document.add_paragraph(style=style) if into is None else into
        run = paragraph.add_run(clean(text))
        if small:
            run.font.size = Pt(8)
        return paragraph

    def table(
        self,
        head: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        right: Sequence[int] = (),
        inks: Sequence[str] = (),
    ) -> None:
        """Table; `right` names the columns of numbers, `inks` the colours of the first column."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Cm, Pt, RGBColor

        table = self._document.add_table(1, len(head), style="Table Grid")
        table.autofit = False
        for _ in rows:
            table.add_row()
        scale = WIDE / sum(widths)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width * scale)
        for i, (row, texts) in enumerate(zip(table.rows, [head, *rows], strict=True)):
            _mark(row._tr.get_or_add_trPr(), "w:cantSplit")
            for j, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
                cell.width = Cm(widths[j] * scale)
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_after = Pt(1)
                run = self._linked(paragraph, text) if i and web_address(text) else paragraph.add_run(clean(text))
                run.font.size = Pt(8)
                run.font.bold = i == 0 or (j == 0 and bool(inks))
                if j in right:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                if i and j == 0 and inks:
                    run.font.color.rgb = RGBColor.from_string(inks[i - 1].lstrip("#").upper())
        _mark(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader")
        self.text("", small=True)

    def _linked(self, paragraph: Paragraph, address: str) -> Run:
        """A run that opens an address."""
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import RGBColor
        from docx.text.run import Run

        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        paragraph.paragraph_format.element.append(link)
        link.append(OxmlElement("w:r"))
        run = Run(link[0], paragraph)
        run.text = clean(address)
        run.font.color.rgb, run.font.underline = RGBColor(0x1A, 0x5F, 0xA8), True
        return run

    def pictures(self) -> None:
        """Map and diagram, a page each, and what moves the best route most."""
        from corridors.maps.charts import tcd
        from corridors.maps.stills import still
        from corridors.maps.style import picture

        routes = self._routes
        names = ", ".join(f"{row['label']} {row['name']}" for row in records(routes.full))
        try:
            shown = [
                (
                    "Map",
                    still(routes_data(routes), routes.facts, "png", PIXELS, 0.5),
                    f"Map of the routes {names}. All figures on it stand in the tables.",
                ),
                (
                    "Time and cost along the route",
                    picture(tcd(routes, columns=min(4, len(routes)))[0, 0], "png", PIXELS),
                    f"Time- and cost-distance diagram of the routes {names}.",
                ),
            ]
            moved = [picture(routes.tornado(what), "png", PIXELS // 2) for what in ("days", "usd")]
        except MissingExtra:
            self.text("Map and diagram need matplotlib: pip install 'corridors[office]'.")
            return
        for title, image, words in shown:
            self._document.add_page_break()  # type: ignore[no-untyped-call]
            self.heading(title)
            self._picture(self._document.add_paragraph(), image, words, WIDE)
        self._document.add_page_break()  # type: ignore[no-untyped-call]
        first = routes.labels[0]
        self.heading(f"What moves the days and US$ of {first} most")
        beside = self._document.add_paragraph()
        for image, unit in zip(moved, ("days", "US$"), strict=True):
            self._picture(beside, image, f"Which parts move the {unit} of route {first} most.", WIDE / 2 - 0.8)
        self.text(swings_words(first), small=True)

    def _picture(self, paragraph: Paragraph, image: bytes, words: str, wide: float) -> None:
        from docx.shared import Cm, Length

        placed = paragraph.add_run().add_picture(io.BytesIO(image), width=Cm(wide))
        high = Cm(15.2)
        if placed.height > high:
            placed.width, placed.height = Length(placed.width * high / placed.height), high
        placed._inline.docPr.set("descr", clean(words))

    def save(self, path: str | Path) -> None:
        """Write the file."""
        with whole_file(must_end(path, ".docx")) as unfinished:
            self._document.save(str(unfinished))


def _mark(properties: BaseOxmlElement, name: str) -> None:
    from docx.oxml import OxmlElement

    properties.append(OxmlElement(name))


def clean(text: str) -> str:
    """Text without the control characters that XML forbids."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)

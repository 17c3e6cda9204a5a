"""The comparison table for print, made with great-tables."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from corridors.data.schema import Row
from corridors.errors import MissingExtra
from corridors.maps.layers import colour
from corridors.report.text import DISCLAIMER

if TYPE_CHECKING:
    from great_tables import GT

    from corridors.routing.routes import Routes

SPANS = {"Days": "days", "US$ of 2024": "usd", "kg CO\u2082e": "kgco2e"}


def great_table(routes: Routes) -> GT:
    """The table; see `Routes.great_table`."""
    try:
        from great_tables import GT, html, loc, style
    except ImportError as error:
        raise MissingExtra(
            "The print table needs great-tables, which is not installed: "
            "pip install 'corridors[charts]'. Without it, routes.report('report.html') holds the "
            "table."
        ) from error

    figures = [name for what in SPANS.values() for name in (what, f"{what}_p10", f"{what}_p90")]
    frame = routes.full[["label", "name", "km", *figures, "gauge_breaks", "longest_wait_hours", "risk"]]
    columns: Row = {
        "label": "",
        "name": "Route",
        "km": "km",
        "gauge_breaks": "Gauge breaks",
        "longest_wait_hours": "Longest wait, h",
        "risk": "Risk",
    }
    columns |= {name: "expected" if name in SPANS.values() else name[-3:] for name in figures}
    scenario = f"; scenario: {routes.scenario}" if routes.scenario else ""
    cargo = routes.facts.cargo_name(routes.cargo)
    table = GT(frame, id="corridors").tab_header(
        html(_typed(routes.title)), html(_typed(f"{cargo}, leaving {routes.depart:%Y-%m-%d}{scenario}"))
    )
    for words, what in SPANS.items():
        table = table.tab_spanner(words, [what, f"{what}_p10", f"{what}_p90"])
    table = (
        table.cols_label(columns)
        .fmt_number(["km", "longest_wait_hours"], decimals=0)
        .fmt_number(list(SPANS.values()), n_sigfig=3)
        .fmt_number([name for name in figures if name.startswith("days_")], decimals=0)
        .fmt_number([name for name in figures if name[-4:-2] == "_p" and name[:5] != "days_"], n_sigfig=2)
        .fmt_number("risk", decimals=2)
        .sub_missing("risk", missing_text="not recorded")
    )
    for i, label in enumerate(frame["label"]):
        table = table.tab_style(
            [style.fill(colour(label)), style.text(color="white", weight="bold", align="center")],
            loc.body("label", [i]),
        )
    for name in ("km", "days", "usd", "kgco2e"):
        best = [i for i, value in enumerate(frame[name]) if value == frame[name].min()]
        table = table.tab_style(style.text(weight="bold"), loc.body(name, best))
    note = (
        f"Door to door, one way; expected value, p10 and p90 of a simulation (seed {routes.seed}). Bold: least of the "
        "column. Risk: chance that at least one place on the way is closed by an event on a random day. As known "
        f"on {routes.as_of}; data {routes.facts.version} of {routes.facts.data_date}."
    )
    return (
        table.tab_source_note(html(_typed(note)))
        .tab_source_note(html(_typed(DISCLAIMER)))
        .tab_options(
            table_font_names="DejaVu Sans, Verdana, sans-serif",
            table_font_size="12px",
            source_notes_font_size="10px",
            table_width="960px",
            data_row_padding="4px",
        )
    )


def _typed(text: str) -> str:
    """HTML of a text; great-tables reads text in double braces as units."""
    return escape(text).replace("{", "&#123;").replace("}", "&#125;")

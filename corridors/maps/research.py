"""Chart of how well closures were researched: elements by half-years."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from corridors.data.schema import records
from corridors.maps.style import ALARM, GREY, need, paper_of, plain, single, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHADES = {"thoroughly": "#3f6478", "lightly": "#bccdd6", "not": "white"}
WORDS = {"thoroughly": "searched thoroughly", "lightly": "searched lightly", "not": "not searched"}
ROW_INCHES = 0.17


@styled
def coverage(frame: pd.DataFrame, ax: Axes | None = None, *, title: str = "") -> Axes:
    """Elements by half-years: how well closures were searched as shades, the number of events that start as text.

    Elements that nobody searched and that have no event are counted below, not drawn.

    Parameters
    ----------
    frame : DataFrame
        As `Network.coverage`, or some of its rows: ``name, border, from, to, searched, events``.
    ax : Axes, optional
    title : str

    Returns
    -------
    Axes
    """
    from matplotlib.patches import Rectangle

    need(frame, "element_id", "name", "border", "from", "to", "searched", "events")
    told = frame[(frame["searched"] != "not") | (frame["events"] > 0)]
    shown = told["element_id"].unique()
    drawn = frame[frame["element_id"].isin(shown)].sort_values(["border", "name", "from"], kind="stable")
    order = list(drawn.drop_duplicates("element_id")["element_id"])
    label = {
        row["element_id"]: f"{row['border']} {row['name']}".strip()
        for row in records(drawn.drop_duplicates("element_id"))
    }
    names = [label[element] for element in order]
    below = 0.62
    ax = (
        ax
        if ax is not None
        else single(9.0, ROW_INCHES * max(len(order), 1) + below + 0.3, title, names, below, top=0.3)
    )
    years = sorted({int(day[:4]) for day in drawn["from"]})
    first, last = (years[0], years[-1] + 1) if years else (0, 1)
    ax.set(xlim=(first, last), ylim=(len(order) - 0.5, -0.5), xticks=[y + 0.5 for y in years], yticks=range(len(order)))
    ax.set_xticklabels([str(year) for year in years], fontsize=7)
    ax.set_yticklabels(plain(names), fontsize=7)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    row_of = {element: y for y, element in enumerate(order)}
    for row in records(drawn):
        x, end, y = _years(row["from"]), _years(row["to"], after=True), row_of[row["element_id"]]
        shade = SHADES[row["searched"]]
        ax.add_patch(Rectangle((x, y - 0.44), end - x, 0.88, facecolor=shade, edgecolor="#dddddd", linewidth=0.4))
        if row["events"] and end - x > 0.4:
            ink = "white" if row["searched"] == "thoroughly" else ALARM if row["searched"] == "not" else "#222222"
            ax.text((x + end) / 2, y, str(row["events"]), ha="center", va="center_baseline", fontsize=5.5, color=ink)
    paper = paper_of(ax)
    x = 0.0
    for grade, shade in SHADES.items():
        paper.line([x, x + 12], [-14, -14], color=shade if grade != "not" else "#dddddd", linewidth=6)
        paper.write(x + 17, -14, WORDS[grade], 7, va="center_baseline")
        x += 105
    left = frame["element_id"].nunique() - len(order)
    note = (
        f"Figures: events that start in the half-year. {left} more elements were never searched and have no event. "
        "No recorded closure does not mean open."
    )
    for i, line in enumerate(paper.wrap(note, 6.2, paper.width)):
        paper.write(0, -29 - 9 * i, line, 6.2, color=GREY)
    return ax


def _years(day: str, after: bool = False) -> float:
    moment = pd.Timestamp(day) + pd.Timedelta(days=int(after))
    return float(moment.year + (moment.dayofyear - 1) / (366 if moment.is_leap_year else 365))

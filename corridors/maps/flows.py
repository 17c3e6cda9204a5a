"""Maps of shipments: legs as wide as the tonnes they carry, crossings as circles sized by what passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corridors.data.schema import Row, records
from corridors.errors import BadRequest
from corridors.maps.crossings import crossing_row
from corridors.maps.drawable import checked
from corridors.maps.interactive import draw as draw_map
from corridors.maps.lanes import Shown
from corridors.maps.result_layers import LARGE, SMALL, result_data
from corridors.maps.stills import draw as draw_still
from corridors.maps.style import styled
from corridors.routing.figures import rounded, two

if TYPE_CHECKING:
    import folium
    from matplotlib.axes import Axes

    from corridors.analysis.shipments import Shipments

THIN, WIDE = 1.5, 11.0  # pixels
NOTE = "Lines and circles by the tonnes of the best route of each shipment."


def shipments_data(found: Shipments) -> Shown:
    """Lines, circles and words of a map of shipments."""
    facts, total = found.facts, found.totals.iloc[0]
    rows = [row for row in records(found.flows) if row["leg_id"] in facts.lines]
    if not rows:
        raise BadRequest("none of the shipments has a route: there is no flow to show.")
    most = max(row["tonnes"] for row in rows)
    flows = [
        {
            "shape": facts.lines[row["leg_id"]],
            "width": round(THIN + (row["tonnes"] / most) ** 0.5 * (WIDE - THIN), 1),
            "tip": f"{_leg(found, row['leg_id'])}: {_amounts(row)}",
        }
        for row in sorted(rows, key=lambda row: row["tonnes"])
    ]
    elements: dict[str, str] = {}
    for element in facts.tables["crossings"]["element_id"]:
        elements.setdefault(facts.element_names[element], element)
    circles = []
    for row in records(found.by_crossing):
        if element := elements.get(row["crossing"]):
            place = facts.place[crossing_row(facts, element)["from_place"]]
            name = str(row["crossing"]).split(" (")[0]
            circles.append({"lat": place["lat"], "lng": place["lon"], "name": name, "lines": [_amounts(row)]})
            circles[-1] |= _circle(row["tonnes"], most)
    ends = [
        {"type": "end", "name": place["name"], "lat": place["lat"], "lng": place["lon"]}
        | {"kind": "Origin or destination", "lines": [words], "state": ""}
        for place, words in _ends(found)
    ]
    return result_data(
        facts,
        f"Shipments of {found.title}",
        f"{total['answered']:.0f} shipments, {total['boxes']:.0f} boxes, {rounded(total['tonnes'])} t",
        circles,
        [{"text": f"{two(tonnes)} t", **_circle(tonnes, most)} for tonnes in (most, most / 10)],
        ends,
        NOTE,
    ) | {"flows": flows}


def _circle(tonnes: float, most: float) -> Shown:
    size = SMALL + min(1.0, tonnes / most) ** 0.5 * (LARGE - SMALL) / 1.5
    return {"r": round(size, 1), "fill": "#ffffff", "edge": "#332288", "hatched": False}


def _amounts(row: Row) -> str:
    many = "s" if row["shipments"] > 1 else ""
    passing = (
        f"{row['vehicles']:.0f} trucks, wagons or boxes" if "vehicles" in row else f"{row['boxes']:.0f} boxes or wagons"
    )
    return f"{two(row['tonnes'])} t in {passing}, {row['shipments']} shipment{many}"


def _leg(found: Shipments, leg_id: str) -> str:
    leg, place = found.facts.leg[leg_id], found.facts.place
    return f"{place[leg['from_place']]['name']} - {place[leg['to_place']]['name']}, {leg['mode']}"


def _ends(found: Shipments) -> list[tuple[Row, str]]:
    """Places where shipments start or end, with how many do."""
    counts: dict[str, list[int]] = {}
    for asked in (found.asked[row] for row in found.table.loc[found.table["route"] != "", "row"]):
        counts.setdefault(asked.origin, [0, 0])[0] += 1
        counts.setdefault(asked.destination, [0, 0])[1] += 1
    words = {place: f"{start} shipments start here, {end} end" for place, (start, end) in counts.items()}
    return [(found.facts.place[place], said) for place, said in words.items()]


@checked
def explore_shipments(
    shipments: Shipments,
    m: folium.Map | None = None,
    *,
    online: bool = False,
    tiles: str | None = None,
    attr: str | None = None,
) -> folium.Map:
    """Map of the flows of shipments: lines as wide as the tonnes they carry, crossings as circles sized by what passes.

    Parameters
    ----------
    shipments : Shipments
        From `corridors.Network.shipments`.
    m, online, tiles, attr
        As in `explore_routes`.

    Returns
    -------
    folium.Map
    """
    return draw_map(lambda _: shipments_data(shipments), shipments.facts, m, online, tiles, attr)


@styled
def plot_shipments(shipments: Shipments, ax: Axes | None = None, *, width: float = 7.2) -> Axes:
    """Still map of the flows of shipments.

    Parameters
    ----------
    shipments : Shipments
        From `corridors.Network.shipments`.
    ax, width
        As in `plot_routes`.

    Returns
    -------
    Axes
    """
    return draw_still(shipments_data(shipments), shipments.facts, ax, width)

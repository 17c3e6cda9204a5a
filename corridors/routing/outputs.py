"""Pictures, files and what-ifs of an answer: calls that hand on to maps, reports and analyses, imported only then."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridors.data.writing import write_page
from corridors.routing.figures import html_table, routes_html

if TYPE_CHECKING:
    import folium
    import pandas as pd
    from great_tables import GT
    from matplotlib.axes import Axes

    from corridors.maps.explorer import Explorer
    from corridors.routing.routes import Routes


def explore(routes: Routes, m: folium.Map | None = None, **options: Any) -> folium.Map:
    """Interactive map: lines by mode and route, crossings, legend with the table, popups with the legs.

    Parameters
    ----------
    m, **options
        As in `corridors.maps.interactive.explore_routes`.

    Returns
    -------
    folium.Map
        ``save("x.html")`` on it writes one self-contained file.

    Raises
    ------
    BadRequest
        If there is no route to show.
    """
    from corridors.maps.interactive import explore_routes

    routes.refuse_nothing()
    return explore_routes(routes, m, **options)


def explorer(routes: Routes, path: str | Path | None = None) -> Explorer:
    """The living map: a page on which readers change the question and the world, and compare with this answer.

    Parameters
    ----------
    path : path, optional
        Where to save the page, one file that needs neither Python nor internet.

    Returns
    -------
    Explorer
        ``save("x.html")`` writes one self-contained file; a notebook shows it.

    Raises
    ------
    BadRequest
        If the question has stops (``via``), which the page does not support.
    """
    from corridors.maps.explorer import explore_answer

    return explore_answer(routes, path)


def plot(routes: Routes, ax: Axes | None = None, **options: Any) -> Axes:
    """Still map for print.

    Parameters
    ----------
    ax, **options
        As in `corridors.maps.stills.plot_routes`.

    Returns
    -------
    Axes

    Raises
    ------
    BadRequest
        If there is no route to show.
    MissingExtra
        If matplotlib is not installed (extra ``charts``).
    """
    from corridors.maps.stills import plot_routes

    routes.refuse_nothing()
    return plot_routes(routes, ax, **options)


def tcd(routes: Routes, what: str = "both", **options: Any) -> Any:
    """Time- and cost-distance diagram, one column a route.

    Parameters
    ----------
    what, **options
        As in `corridors.maps.charts.tcd`.

    Returns
    -------
    numpy.ndarray of Axes

    Raises
    ------
    BadRequest
        If there is no route to show.
    MissingExtra
        If matplotlib is not installed (extra ``charts``).
    """
    from corridors.maps.charts import tcd

    routes.refuse_nothing()
    return tcd(routes, what, **options)


def switching(routes: Routes, by: str | Sequence[str] = ("hours", "usd")) -> pd.DataFrame:
    """What would change the answer: the delay, pace or price at which another route takes the lead.

    Every value is confirmed by further searches: just short of it the leading route still leads, just beyond it it does
    not. The changes tried are a delay of up to 30 days at each crossing of the leading route, and the price or pace of
    each mode in each country, up to twice its value for the leading route and down to half for the others.

    Parameters
    ----------
    by : {"hours", "usd", "kgco2e", "generalised"} or several
        Objective by which the leading route is the best.

    Returns
    -------
    DataFrame
        One row per change, the smallest first: ``by, leads`` (label or name), ``kind`` (delay or scale), ``what``
        (element or quantity), ``mode, country, now, value`` (hours at the crossing, or the factor, at which the lead
        changes; ``now`` is the expected value), ``change`` (the argument of `Scenario.delay` or `Scenario.scale` that
        brings it about), ``then`` and ``then_label`` (the route that leads beyond it; the label if it is in this
        answer) and ``words``. Empty if none of the changes tried alters the lead.

    Raises
    ------
    BadRequest
        If `by` is not one of these.
    """
    from corridors.analysis.switching import switching

    routes.refuse_nothing()
    return switching(routes, by)


def swings(routes: Routes, what: str = "usd", route: int = 0) -> pd.DataFrame:
    """Which part moves a figure most: the total if that part alone turns out low or high.

    Parameters
    ----------
    what : {"usd", "days"}
    route : int
        Number of the route, from 0.

    Returns
    -------
    DataFrame
        One row per part (a mode in a country, a crossing with its wait, a terminal, detention), the widest first:
        ``label, part, expected`` (of the part), ``low, base, high`` (the total with the part at its p10, as expected
        and at its p90, with everything else as expected) and ``swing`` (high minus low).

    Raises
    ------
    BadRequest
        If `what` is not one of these, or `route` is not the number of a route.
    """
    from corridors.analysis.switching import swings

    routes.refuse_nothing()
    return swings(routes, what, route)


def tornado(routes: Routes, what: str = "usd", route: int = 0, ax: Axes | None = None) -> Axes:
    """Which part moves the US$ or days of a route most: the twelve widest bars of `Routes.swings`.

    Parameters
    ----------
    what, route
        As in `Routes.swings`.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    BadRequest
        If `what` is not one of these, or `route` is not the number of a route.
    MissingExtra
        If matplotlib is not installed (extra ``charts``).
    """
    from corridors.maps.charts import swings

    return swings(routes.swings(what, route), what, ax)


def report(routes: Routes, path: str | Path) -> None:
    """Write map, tables, diagram, reasons and sources as one HTML file that prints to A4.

    Parameters
    ----------
    path : path
        The pictures are SVG, in the page itself.

    Raises
    ------
    BadRequest
        If there is no route to show.
    FileNotWritten
        If the file cannot be written.
    """
    from corridors.report.html import write

    routes.refuse_nothing()
    write(routes, path)


def to_file(routes: Routes, path: str | Path) -> None:
    """Write the legs with their geometry, or the routes as a table.

    Parameters
    ----------
    path : path
        ``.gpkg`` (with the tables ``routes, rejected, sources, question``), ``.parquet``, ``.kml`` or ``.geojson``;
        ``.csv`` has the rows of ``table`` and ``details``, ``.xlsx`` is what `to_excel` writes. Each says what was
        asked, with the dates, cargo, scenario, year of prices, version of the data and notes: a table ``question`` of
        name and value, the metadata ``corridors`` of Parquet (JSON), members of the GeoJSON and data of the KML
        document, all with the sources, and columns of the CSV.

    Raises
    ------
    BadRequest
        For another suffix.
    MissingExtra
        If pyarrow is missing for ``.parquet`` (extra ``sweep``), or XlsxWriter for ``.xlsx`` (extra ``office``).
    """
    from corridors.report.files import write

    write(routes, path)


def to_excel(routes: Routes, path: str | Path) -> None:
    """Write an Excel workbook: question, comparison, one sheet per route with live sums, what fails, sources.

    Text from the data is never interpreted as a formula.

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
    from corridors.report.excel import write

    routes.refuse_nothing()
    write(routes, path)


def to_word(routes: Routes, path: str | Path) -> None:
    """Write a Word document in A4 landscape: question, answer, comparison, map, diagram, what fails, sources.

    Parameters
    ----------
    path : path

    Raises
    ------
    BadRequest
        If the path does not end in ``.docx``.
    MissingExtra
        Without python-docx and, for the pictures, matplotlib (extra ``office``).
    """
    from corridors.report.word import write

    routes.refuse_nothing()
    write(routes, path)


def great_table(routes: Routes) -> GT:
    """The comparison table for print.

    Returns
    -------
    great_tables.GT

    Raises
    ------
    MissingExtra
        Without great-tables (extra ``charts``).
    """
    from corridors.report.print_table import great_table

    routes.refuse_nothing()
    return great_table(routes)


def to_html(routes: Routes, path: str | Path) -> None:
    """Write the comparison table, rejected corridors and sources as one plain HTML page.

    Parameters
    ----------
    path : path

    Raises
    ------
    FileNotWritten
        If the file cannot be written.
    """
    sources = html_table(routes.sources()[["source_id", "title", "publisher", "url", "published"]])
    write_page(
        path,
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(routes.title)}</title>"
        f"<body>{routes_html(routes)}<p><b>Sources</b></p>{sources}</body></html>",
    )

"""Pictures and files of an answer: calls that hand on to the maps and reports, which are imported only then."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridors.data.writing import write_table, write_text
from corridors.routing.figures import routes_html

if TYPE_CHECKING:
    import folium
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
    """
    from corridors.maps.interactive import explore_routes

    routes.refuse_nothing()
    return explore_routes(routes, m, **options)


def explorer(routes: Routes, path: str | Path | None = None) -> Explorer:
    """The living map: a page in which a reader changes question and world, and is answered beside this answer.

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
        If the question has stops (``via``), which the page does not search.
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
    """
    from corridors.maps.charts import tcd

    routes.refuse_nothing()
    return tcd(routes, what, **options)


def report(routes: Routes, path: str | Path) -> None:
    """Write map, tables, diagram, reasons and sources as one HTML file that prints to A4.

    Parameters
    ----------
    path : path
        Still map and diagram need matplotlib (extra ``charts``); without it the report has the tables alone.
    """
    from corridors.report.html import write

    routes.refuse_nothing()
    write(routes, path)


def to_file(routes: Routes, path: str | Path) -> None:
    """Write the legs with their geometry, or the routes as a table.

    Parameters
    ----------
    path : path
        ``.gpkg`` (with the tables ``routes, rejected, sources``), ``.parquet``, ``.kml`` or ``.geojson``; ``.csv`` has
        the rows of ``table`` and ``details``, ``.xlsx`` is what `to_excel` writes.

    Raises
    ------
    BadRequest
        For another suffix.
    MissingExtra
        Without pyarrow for ``.parquet`` (extra ``sweep``), without XlsxWriter for ``.xlsx`` (extra ``office``).
    """
    from corridors.data.files import write_routes

    if str(path).lower().endswith((".csv", ".xlsx")):
        write_table(path, routes.full, routes.to_excel)
        return
    frames = {"legs": routes.legs, "routes": routes.full, "rejected": routes.rejected, "sources": routes.sources()}
    write_routes(frames, path)


def to_excel(routes: Routes, path: str | Path) -> None:
    """Write an Excel workbook: question, comparison, a sheet a route with live sums, what fails, sources.

    Text from the data is never taken for a formula.

    Parameters
    ----------
    path : path

    Raises
    ------
    MissingExtra
        Without XlsxWriter (extra ``office``).
    """
    from corridors.report.excel import write

    routes.refuse_nothing()
    write(routes, path)


def to_word(routes: Routes, path: str | Path) -> None:
    """Write a Word document, A4 across: question, answer, comparison, map, diagram, what fails, sources.

    Parameters
    ----------
    path : path

    Raises
    ------
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
    """
    write_text(
        path,
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(routes.title)}</title>"
        f"<body>{routes_html(routes)}</body></html>",
    )

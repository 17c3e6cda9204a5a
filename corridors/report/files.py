"""Routes as files for other programs, each with what was asked, so that a what-if never looks like the base answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from corridors.data.files import write_routes
from corridors.data.writing import write_table
from corridors.model.costs import PRICE_YEAR
from corridors.report.text import DISCLAIMER, parameters, question

if TYPE_CHECKING:
    from corridors.routing.routes import Routes


def write(routes: Routes, path: str | Path) -> None:
    """Write the file; see `Routes.to_file`."""
    asked = about(routes)
    if str(path).lower().endswith((".csv", ".xlsx")):
        more = {f"asked_{name}" if name in routes.full else name: value for name, value in asked.items()}
        write_table(path, routes.full.assign(**more), routes.to_excel)
        return
    frames = {"legs": routes.legs, "routes": routes.full, "rejected": routes.rejected, "sources": routes.sources()}
    write_routes(frames, asked, path)


def about(routes: Routes) -> dict[str, str]:
    """What a file of routes says of itself: the question, its parameters, changes of the scenario, prices and notes."""
    scenario = routes.request.scenario
    made = (
        [", ".join(f"{name} {value}" for name, value in vars(one).items() if value) for one in scenario.changes]
        if scenario
        else []
    )
    return (
        {"question": question(routes), "scenario": "none"}
        | {name.replace(" ", "_"): value for name, value in parameters(routes)}
        | {"changes": "; ".join(made)}
        | {"prices": f"US$ of {PRICE_YEAR}", "notes": "; ".join(routes.notes), "disclaimer": DISCLAIMER}
    )

"""The trip of docs/worked_trip.md, added up from the tables without the library, against the library."""

from pathlib import Path
from types import ModuleType

import pytest

import corridors as cr
from tests.scripts import script

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def trip() -> ModuleType:
    return script(DOCS / "worked_trip.py")


def test_every_hour_and_dollar_is_that_of_the_library(trip: ModuleType, net: cr.Network) -> None:
    routes = net.routes("Bishkek", "Kashgar", depart="2025-12-09T14:00", as_of="2025-12-08", k=1, modes=["road"])
    rows = trip.work()
    assert list(routes.legs["hours"]) == pytest.approx([row["hours"] for row in rows], rel=1e-4)
    assert list(routes.legs["usd"]) == pytest.approx([row["usd"] for row in rows], rel=1e-4)
    assert routes.details["hours"].iloc[0] == pytest.approx(sum(row["hours"] for row in rows), rel=1e-4)
    kg = routes.table["km"].iloc[0] * trip.PAYLOAD * trip.rate("kgco2e_per_tkm") * trip.rate("empty_running_factor")
    assert routes.table["kgco2e"].iloc[0] == pytest.approx(kg * trip.emission(), rel=1e-4)
    assert any(row["what"].startswith("wait") for row in rows)


def test_the_page_is_what_the_script_prints(trip: ModuleType) -> None:
    """After a change of data: python docs/worked_trip.py > docs/worked_trip.md."""
    assert (DOCS / "worked_trip.md").read_text(encoding="utf-8") == trip.page()

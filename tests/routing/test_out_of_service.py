"""A post out of service for good: no end is told, wherever one would be."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

import corridors as cr
from tests.small import small_network

RULES = ("24/7 off", "2020-2024 Mo-Su 00:00-24:00")
ASK = {"modes": ["road", "rail"], "max_stretch": 9.0}


def without_pass(rule: str, **more: str) -> cr.Network:
    return small_network(calendars=[{"element_id": "pass", "rule": rule, "note": "Given up", **more}])


@pytest.mark.parametrize("rule", RULES)
def test_no_end_is_told(rule: str) -> None:
    net = without_pass(rule, valid_from="2020-01-01")
    routes = net.routes("home", "town", depart="2025-06-01", **ASK)
    row = routes.rejected.iloc[0]
    assert row["reason"].endswith("no end known")
    assert "would wait" not in row["reason"]
    assert (row["blocked_by"], row["end"]) == ("pass", "")
    assert routes.why("pass")["verdict"].iloc[0].count("no end known") == 1
    with pytest.raises(cr.NoRoute, match=r"High Pass: .*, no end known\."):
        net.routes("home", "town", depart="2025-06-01", avoid=["plain"], modes=["road"], max_wait_hours=np.inf)
    closed = net.availability("home", "town", year=2025, days=[1], **ASK).table.query("open == 0")
    assert len(closed) == 12
    assert closed["reason"].str.contains("High Pass: .*, no end known").all()
    assert net.outlook("pass", on=["2026-03-01"], as_of="2025-11-20").table["p_open"].iloc[0] == 0


@pytest.mark.parametrize(("last", "known"), [("2026-03-10", "2026-03-10"), ("2040-12-31", "2040-12-31")])
def test_the_end_of_the_row_is_told_however_far(last: str, known: str) -> None:
    net = without_pass("24/7 off", valid_to=last)
    row = net.routes("home", "town", depart="2026-01-01", **ASK).rejected.iloc[0]
    assert row["end"] == known
    assert "no end known" not in row["reason"]


@pytest.mark.chromium
def test_the_living_map_tells_no_end(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "x.html"
    without_pass("24/7 off").routes("home", "town", depart="2025-06-01", **ASK).explorer(path)
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector(".crx[data-ready]")
    assert "no end known" in page.content()
    page.close()

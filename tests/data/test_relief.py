"""Ways over an elevation model, against lengths worked out by hand."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

BUILD = Path(__file__).parents[2] / "geodata" / "build"
WEST, EAST = (10.0, 49.5), (10.5, 49.5)
KM = 111.32 * np.cos(np.radians(49.5)) / 2


@pytest.fixture(scope="module")
def relief() -> Iterator[ModuleType]:
    """The module of the build; it finds its neighbours on the path."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BUILD))
        yield importlib.import_module("relief")


def flat() -> np.ndarray:
    return np.zeros((200, 1500))


def walled(gap: int) -> np.ndarray:
    """A ridge of 3,000 m halfway between the points, from top to bottom but for a gap in one row."""
    land = flat()
    land[:, 1227:1233] = 3000.0
    land[gap - 1 : gap + 2, 1227:1233] = 0.0
    return land


def test_no_way_is_longer_on_the_flat(relief: ModuleType) -> None:
    land = relief.Relief(flat())
    assert land.way_km(WEST, EAST) == pytest.approx(KM, rel=0.03)
    assert land.winding([WEST, EAST], 15.0) == pytest.approx(0.0, abs=0.03)


def test_a_way_goes_through_the_gap_of_a_ridge(relief: ModuleType) -> None:
    """The gap lies 20 cells, 18.4 km, south of the straight line of 36.1 km: two legs of hypot(18.1, 18.4)."""
    row = 60 + 20
    found = relief.Relief(walled(row)).way_km(WEST, EAST)
    assert found == pytest.approx(2 * np.hypot(KM / 2, 20 * 110.57 / 120), rel=0.06)
    assert found == pytest.approx(relief.Relief(walled(row)).way_km(EAST, WEST), rel=0.01)


def test_a_short_stretch_and_the_far_north_count_as_straight(relief: ModuleType) -> None:
    land = relief.Relief(walled(80))
    assert land.winding([WEST, EAST], 15.0) > 0.2
    assert land.winding([WEST, EAST], 50.0) == 0.0
    assert land.winding([(10.0, 55.0), (10.5, 55.0)], 15.0) == 0.0
    assert land.winding([(91.0, 45.0), (91.5, 45.0)], 15.0) == land.along([(91.0, 45.0), (91.5, 45.0)], 15.0) == 0.0


def test_a_road_is_as_hilly_as_the_way_through_the_gap(relief: ModuleType) -> None:
    """The straight line climbs and descends the ridge of 3,000 m, 166 m a km; the way through the gap stays level."""
    land = relief.Relief(walled(80))
    assert land.along([WEST, EAST], 50.0) == pytest.approx(2 * 3000 / KM * relief.LINE_CLIMB, rel=0.05)
    assert land.along([WEST, EAST], 15.0) == pytest.approx(0.0, abs=1.0)

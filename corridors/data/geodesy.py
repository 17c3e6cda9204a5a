"""Lengths on the ellipsoid, and how countries and the high seas are named."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyproj import Geod

SEA = "XZ"
"""Country of the high seas."""


@cache
def geod() -> Geod:
    """The WGS 84 ellipsoid; all lengths and distances are measured on it."""
    from pyproj import Geod  # here, so that `import corridors` need not wait for it

    return Geod(ellps="WGS84")


def country_pair(a: str, b: str) -> str:
    """Two countries in either order, as borders are named: ``"AF-PK"``."""
    return "-".join(sorted((a, b)))

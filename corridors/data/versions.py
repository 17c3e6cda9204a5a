"""Versions on which answers depend: of the library, its data, and the libraries and time zones it computes with."""

from __future__ import annotations

import zoneinfo
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

COUNTED_WITH = ("numpy", "opening-hours-py", "pandas", "pyproj", "shapely")
"""Packages whose results enter figures: random numbers and quantiles, hours, sorting, lengths, geometry."""


@lru_cache(maxsize=1)
def installed() -> dict[str, str]:
    """Versions of the packages and time zones; those of the system take precedence over the package ``tzdata``."""
    from importlib.metadata import PackageNotFoundError, version  # which loads the whole of `email`

    from corridors import __version__

    found = {"corridors": __version__, **{name: version(name) for name in COUNTED_WITH}}
    for folder in zoneinfo.TZPATH:
        told = Path(folder) / "tzdata.zi"
        if (Path(folder) / "UTC").exists():
            first = told.read_text(encoding="utf-8").split("\n", 1)[0] if told.exists() else ""
            return {**found, "time zones": f"{first.removeprefix('# version ') or 'not known'}, of the system"}
    try:
        return {**found, "time zones": f"{version('tzdata')}, of tzdata"}
    except PackageNotFoundError:
        return found


@lru_cache
def version_of(module: str) -> str:
    """Version of the package that has a module, as its folder of metadata is named.

    Reading the metadata would take as long as a search: `importlib.metadata` loads the whole of `email`.
    """
    found = find_spec(module)
    places = list(found.submodule_search_locations or ()) if found else []
    names = [one.name for place in places for one in Path(place).parent.glob(f"{module}*-*.dist-info")]
    if len(names) == 1:
        return names[0]
    from importlib.metadata import packages_distributions, version

    return version(packages_distributions()[module][0])

"""Interactive maps, still maps and charts.

``corridors.maps.explore_criticality`` and the other calls of `corridors.maps.interactive`, ``maps.stills`` and
``maps.charts`` are imported when first asked for.
"""

from importlib import import_module

MODULES = ("charts", "stills")
INTERACTIVE = (
    "MapPair",
    "explore_catchment",
    "explore_criticality",
    "explore_network",
    "explore_routes",
    "side_by_side",
)


def __getattr__(name: str) -> object:
    if name in MODULES:
        return import_module(f"{__name__}.{name}")
    if name in INTERACTIVE:
        return getattr(import_module(f"{__name__}.interactive"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Freight corridors between Central and South Asia: dated, multimodal routes with ranges and sources.

>>> import corridors as cr
>>> net = cr.load()
>>> routes = net.routes("Almaty", "Karachi", depart="2026-04-15")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from corridors import settings
from corridors.errors import BadRequest, BadScenario, CorridorsError, DataError, NoRoute, UnknownPlace

if TYPE_CHECKING:
    from corridors.analysis.sweeps import sweep
    from corridors.engine.fastest import compile_searches
    from corridors.model.cargo import Cargo
    from corridors.model.scenario import Scenario
    from corridors.network import Network, load
    from corridors.routing.route import Route
    from corridors.routing.routes import Routes

__all__ = [
    "BadRequest",
    "BadScenario",
    "Cargo",
    "CorridorsError",
    "DataError",
    "Network",
    "NoRoute",
    "Route",
    "Routes",
    "Scenario",
    "UnknownPlace",
    "compile_searches",
    "load",
    "settings",
    "sweep",
]
__version__ = "0.1.0"

_MODULE_OF = {
    "Cargo": "model.cargo",
    "Network": "network",
    "Route": "routing.route",
    "Routes": "routing.routes",
    "Scenario": "model.scenario",
    "compile_searches": "engine.fastest",
    "load": "network",
    "sweep": "analysis.sweeps",
}
_PACKAGES = ("analysis", "maps", "report")


def __getattr__(name: str) -> Any:
    """Modules that are slow to import are imported on first use."""
    if name in _PACKAGES:
        return import_module(f"corridors.{name}")
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'corridors' has no attribute {name!r}")
    found = getattr(import_module(f"corridors.{_MODULE_OF[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_PACKAGES})

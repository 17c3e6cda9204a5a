"""Freight corridors between Central and South Asia: dated, multimodal routes with ranges and sources.

>>> import corridors as cr
>>> net = cr.load()
>>> routes = net.routes("Almaty", "Karachi", depart="2026-04-15")
"""

from importlib import import_module
from types import ModuleType

from corridors import settings
from corridors._pareto import compile_searches
from corridors.cargo import Cargo
from corridors.errors import BadRequest, BadScenario, CorridorsError, DataError, NoRoute, UnknownPlace
from corridors.network import Network, load
from corridors.routes import Route, Routes
from corridors.scenario import Scenario
from corridors.sweeps import sweep

__all__ = ["BadRequest", "BadScenario", "Cargo", "CorridorsError", "DataError", "Network", "NoRoute", "Route", "Routes",
           "Scenario", "UnknownPlace", "compile_searches", "load", "settings", "sweep"]
__version__ = "0.1.0"


def __getattr__(name: str) -> ModuleType:
    """Modules that take long to import, when first asked for: ``corridors.maps`` and so on."""
    if name in ("charts", "maps", "report", "stills", "validate"):
        return import_module(f"corridors.{name}")
    raise AttributeError(f"module 'corridors' has no attribute {name!r}")

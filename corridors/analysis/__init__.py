"""Many questions at once; one module for each kind of analysis, imported when something of it is first asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corridors.analysis import (
        assignment,
        availability,
        backlog,
        break_even,
        calibration,
        comparison,
        criticality,
        expected_loss,
        matrices,
        outlook,
        pareto,
        reach,
        redundancy,
        screening,
        shipments,
    )

__all__ = [
    "assignment",
    "availability",
    "backlog",
    "break_even",
    "calibration",
    "comparison",
    "criticality",
    "expected_loss",
    "matrices",
    "outlook",
    "pareto",
    "reach",
    "redundancy",
    "screening",
    "shipments",
]
"""Modules whose functions are methods of a network."""


def __getattr__(name: str) -> Any:
    """A first question need not wait for these modules."""
    if name not in __all__:
        raise AttributeError(f"module 'corridors.analysis' has no attribute {name!r}")
    return import_module(f"corridors.analysis.{name}")

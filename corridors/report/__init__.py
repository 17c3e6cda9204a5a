"""Reports as HTML, Excel, Word and print tables; ``corridors.report.compare_report`` is imported when asked for."""

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    if name == "compare_report":
        return import_module(f"{__name__}.html").compare_report
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Arguments of pictures, checked by their names before anything is drawn."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar

from corridors.arguments import as_flag, as_number, as_path, as_whole, shown
from corridors.errors import BadRequest

P = ParamSpec("P")
R = TypeVar("R")

WIDEST_INCHES = 60.0
"""A figure of this width is already a poster."""
TEXTS = ("title", "label", "unit", "x", "y", "what", "tiles", "attr")
FRAMES = ("frame", "legs")
OF_OURS = {
    **dict.fromkeys(("routes", "a", "b"), ("Routes",)),
    "found": ("Reach",),
    "shipments": ("Shipments",),
    "curves": ("Routes", "DataFrame"),
}
"""Classes identified by name: they call pictures, so importing them here would make a circle."""


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """Refuse an argument that cannot be drawn on, or drawn; arguments left out are not checked."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        signature = inspect.signature(function)
        given = signature.bind(*args, **kwargs).arguments
        for name, value in given.items():
            parameter = signature.parameters.get(name)
            options: Mapping[str, object] = value if parameter and parameter.kind is parameter.VAR_KEYWORD else {}
            for one, told in options.items() or ((name, value),):
                if told is not None or parameter is None or parameter.default is not None:
                    check(one, told)
        return function(*args, **kwargs)

    return call


def check(name: str, value: object) -> None:
    """Refuse the value of one argument.

    Raises
    ------
    BadRequest
        If it is not of a kind that arguments of this name take.
    """
    if name in TEXTS and not isinstance(value, str):
        raise BadRequest(f"{name}={shown(value)} must be text.")
    if name == "online":
        as_flag(value, name)
    if name == "path":
        as_path(value, name)
    if name == "width":
        as_number(value, name, least=1, most=WIDEST_INCHES, words=f"a number of inches, 1 to {WIDEST_INCHES:g}")
    if name == "columns":
        as_whole(value, name, 1, 20)
    if name in OF_OURS and not {one.__name__ for one in type(value).__mro__} & set(OF_OURS[name]):
        raise BadRequest(
            f"{name}={shown(value)} must be {' or '.join(OF_OURS[name])}, as the calls of a network return."
        )
    wanted, words = _kind(name)
    if wanted is not None and not isinstance(value, wanted):
        raise BadRequest(f"{name}={shown(value)} must be {words}.")


def _kind(name: str) -> tuple[type | None, str]:
    """The type that arguments of a name take, with its description; imported only where one is given."""
    if name == "ax":
        from matplotlib.axes import Axes

        return Axes, "Axes of matplotlib"
    if name == "m":
        import folium

        return folium.Map, "a folium.Map"
    if name in FRAMES:
        import pandas as pd

        return pd.DataFrame, "a DataFrame"
    return None, ""

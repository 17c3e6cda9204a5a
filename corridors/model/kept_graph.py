"""The graph, and what loads take on it, as they are kept beside the tables that they were made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from sys import intern
from typing import Any

import numpy as np
import pandas as pd

from corridors.data.index import beside as kept_beside
from corridors.data.packed import Part, Words
from corridors.model.amounts import Basis, Change, Clearance, Haul, PerBasis, Terminal
from corridors.model.cargo import Cargo
from corridors.model.coded import Coded
from corridors.model.costs import Rates
from corridors.model.graph import MultimodalGraph, Nodes
from corridors.model.layers import Layer
from corridors.model.tariffs import Services, Stretch

MEASURED_BY = ("pyproj",)
"""What lengths in it rest on besides the tables."""
TUPLES = ("countries", "elements", "pairs", "factors")
"""Fields of edges that are tuples, or None."""
Told = list[Any]


def graph_of(
    tables: Mapping[str, pd.DataFrame], rates: Rates, services: Services, lay_out: Callable[[], MultimodalGraph]
) -> MultimodalGraph:
    """The graph of tables out of the file that is kept beside them; laid out where there is none."""

    def read(parts: Mapping[str, Part]) -> MultimodalGraph:
        services.remember(_pairs(parts["calls"]))
        return _unpacked(parts, rates, services)

    def pack(graph: MultimodalGraph) -> dict[str, Part]:
        return {**_packed(graph), "calls": _by_name(services.calls)}

    return kept_beside(tables, "graph", MEASURED_BY, read, lay_out, pack)


def per_basis_of(tables: Mapping[str, pd.DataFrame], name: str, graph: MultimodalGraph, cargo: Cargo) -> PerBasis:
    """What a load takes by basis out of the file of that name beside the tables; worked out where there is none."""

    def read(parts: Mapping[str, Part]) -> PerBasis:
        return PerBasis(*(np.asarray(parts["basis"][field]) for field in PerBasis._fields))

    return kept_beside(
        tables, name, MEASURED_BY, read, lambda: PerBasis.of(graph, cargo), lambda made: {"basis": made._asdict()}
    )


def _packed(graph: MultimodalGraph) -> dict[str, Part]:
    """What is kept of a graph: numbers, and texts in JSON."""
    assert isinstance(graph.nodes, Nodes)
    lands = [graph.lands[place] for place in graph.nodes.place.values]
    told = {**graph.coded, "basis": Coded([_told(one) for one in graph.bases[0]], graph.bases[1])}
    return {
        "nodes": {
            "place": _words(graph.nodes.place),
            "layer": _words(graph.nodes.layer),
            "lands": _words(Coded.of(lands)),
        },
        "numbers": dict(graph.numbers),
        "coded": {name: _words(column) for name, column in told.items()},
        "beside": _by_name(graph.beside),
    }


def _by_name(names: Mapping[str, str]) -> Part:
    return {"name": _words(Coded.of(list(names))), "of": _words(Coded.of(list(names.values())))}


def _pairs(part: Part) -> dict[str, str]:
    return dict(zip(_column(part["name"]), _column(part["of"]), strict=True))


def _words(column: Coded[Any]) -> Words:
    return Words([json.dumps(value) for value in column.values], column.numbers)


def _unpacked(parts: Mapping[str, Part], rates: Rates, services: Services) -> MultimodalGraph:
    place, layer, lands = (_column(parts["nodes"][name]) for name in ("place", "layer", "lands"))
    coded = {name: _column(words) for name, words in parts["coded"].items()}
    for name in TUPLES:
        coded[name].values = [value if value is None else _tuple(value) for value in coded[name].values]
    coded["basis"].values = [_basis(told, rates, services) for told in coded["basis"].values]
    layer.values = [Layer(*value) for value in layer.values]
    place.values = list(map(intern, place.values))
    numbers = {name: values for name, values in parts["numbers"].items() if isinstance(values, np.ndarray)}
    countries = dict(zip(place.values, lands, strict=True))
    return MultimodalGraph(Nodes(place, layer), numbers, coded, countries, _pairs(parts["beside"]))


def _column(words: Any) -> Coded[Any]:
    """A column with its values out of JSON; equal texts are one object, as few as the edges have."""
    values = json.loads(f"[{','.join(words.texts)}]")
    return Coded([intern(value) if isinstance(value, str) else value for value in values], words.numbers)


def _tuple(value: list[Any]) -> tuple[Any, ...]:
    return tuple(intern(one) if isinstance(one, str) else one for one in value)


def _told(basis: Basis) -> Told:
    """What tells a basis from others, but rates and services."""
    match basis:
        case Haul():
            return ["haul", basis.mode, basis.country, basis.mountain, list(basis.stretch)]
        case Clearance():
            return ["clearance", basis.mode, basis.row, basis.sides]
        case Change():
            return ["change", basis.row, basis.modes, basis.country]
        case Terminal():
            return ["terminal", basis.mode, basis.country, basis.leaving, basis.place_kind, basis.place_id]
    raise TypeError(basis)


def _basis(told: Told, rates: Rates, services: Services) -> Basis:
    """The same with rates and services."""
    match told:
        case "haul", mode, country, mountain, stretch:
            return Haul(rates, mode, country, mountain, Stretch(*stretch))
        case "clearance", mode, row, sides:
            return Clearance(rates, mode, row, (sides[0], sides[1]))
        case "change", row, modes, country:
            return Change(rates, services, row, (modes[0], modes[1]), country)
        case "terminal", *rest:
            return Terminal(rates, services, *rest)
    raise TypeError(told)

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
TEXTS = ("kind", "element_id", "from_place", "to_place", "mode", "status", "project", "signature")
"""Fields of edges that are text."""
TUPLES = ("countries", "sections", "pairs", "factors")
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
    """What is kept of a graph: numbers, texts, and all else in JSON."""
    assert isinstance(graph.nodes, Nodes)
    lands = Coded.of([graph.lands[place] for place in graph.nodes.place.values])
    texts = {"node": graph.nodes.place, "land": lands, **{name: graph.coded[name] for name in TEXTS}}
    bases = Coded([_told(one) for one in graph.bases[0]], graph.bases[1])
    told: dict[str, Coded[Any]] = {"layer": graph.nodes.layer, "basis": bases}
    told |= {name: graph.coded[name] for name in TUPLES}
    return {
        "numbers": dict(graph.numbers),
        "texts": {name: Words.of(column.values, column.numbers) for name, column in texts.items()},
        "told": {
            name: Words.of([json.dumps(value) for value in column.values], column.numbers)
            for name, column in told.items()
        },
        "beside": _by_name(graph.beside),
    }


def _unpacked(parts: Mapping[str, Part], rates: Rates, services: Services) -> MultimodalGraph:
    numbers = {name: values for name, values in parts["numbers"].items() if isinstance(values, np.ndarray)}
    texts = {name: _texts(words) for name, words in parts["texts"].items()}
    told = {name: _out_of_json(words) for name, words in parts["told"].items()}
    for name in TUPLES:
        told[name].values = [value if value is None else _tuple(value) for value in told[name].values]
    told["basis"].values = [_basis(one, rates, services) for one in told["basis"].values]
    layers = Coded([Layer(*value) for value in told["layer"].values], told["layer"].numbers)
    place = texts["node"]
    lands = dict(zip(place.values, texts["land"], strict=True))
    coded = {name: texts[name] for name in TEXTS} | {name: told[name] for name in ("basis", *TUPLES)}
    return MultimodalGraph(Nodes(place, layers), numbers, coded, lands, _pairs(parts["beside"]))


def _by_name(names: Mapping[str, str]) -> Part:
    columns = {"name": Coded.of(list(names)), "of": Coded.of(list(names.values()))}
    return {name: Words.of(column.values, column.numbers) for name, column in columns.items()}


def _pairs(part: Part) -> dict[str, str]:
    return dict(zip(_texts(part["name"]), _texts(part["of"]), strict=True))


def _texts(words: Any) -> Coded[str]:
    """A column of text; equal texts are one object in all columns."""
    return Coded(list(map(intern, words.texts)), words.numbers)


def _out_of_json(words: Any) -> Coded[Any]:
    return Coded(json.loads(f"[{','.join(words.texts)}]"), words.numbers)


def _tuple(value: list[Any]) -> tuple[Any, ...]:
    return tuple(intern(one) if isinstance(one, str) else one for one in value)


def _told(basis: Basis) -> Told:
    """What tells a basis from others, but rates and services."""
    match basis:
        case Haul():
            return ["haul", basis.mode, basis.country, basis.mountain, list(basis.stretch)]
        case Clearance():
            return ["clearance", basis.mode, basis.row, basis.sides, basis.of_the_year]
        case Change():
            return ["change", basis.row, basis.modes, basis.country]
        case Terminal():
            return ["terminal", basis.mode, basis.country, basis.leaving, basis.home, basis.place_kind, basis.place_id]
    raise TypeError(basis)


def _basis(told: Told, rates: Rates, services: Services) -> Basis:
    """The same with rates and services."""
    match told:
        case "haul", mode, country, mountain, stretch:
            return Haul(rates, mode, country, mountain, Stretch(*stretch))
        case "clearance", mode, row, sides, of_the_year:
            return Clearance(rates, mode, row, (sides[0], sides[1]), of_the_year)
        case "change", row, modes, country:
            return Change(rates, services, row, (modes[0], modes[1]), country)
        case "terminal", *rest:
            return Terminal(rates, services, *rest)
    raise TypeError(told)

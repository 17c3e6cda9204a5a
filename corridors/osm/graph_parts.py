"""Nodes and edges of a networkx graph in OSMnx's conventions, read in the same way whoever made the graph."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd

from corridors.data.geometry import in_degrees, line, transformer
from corridors.data.schema import Row
from corridors.data.tags import cell, ids, number
from corridors.errors import DataError
from corridors.osm.usable import read_tags


class GraphEdge(NamedTuple):
    """An edge: positions of its nodes, its tags, metres (NaN if it has no length), and its points in degrees."""

    u: int
    v: int
    tags: dict[str, str]
    metres: float
    points: npt.NDArray[np.float64]
    drawn: bool
    """Whether the points are those of its geometry; otherwise they are its ends."""
    data: Row


def read_nodes(graph: nx.Graph[Any]) -> pd.DataFrame:
    """Nodes with ``id, name, country, x, y`` in degrees, in the order of the graph.

    Raises
    ------
    DataError
        Without a reference system, or if a node has no coordinates.
    """
    try:
        change = transformer(graph.graph["crs"])
    except KeyError:
        raise DataError(
            "the graph has no coordinate reference system; set graph.graph['crs'], for example 'EPSG:4326'."
        ) from None
    except ValueError as error:
        raise DataError(f"graph.graph['crs']: {error}") from None
    data = list(graph.nodes(data=True))
    x, y = (
        pd.to_numeric(pd.Series([row.get(axis) for _, row in data], dtype=object), errors="coerce").to_numpy(
            dtype=float
        )
        for axis in "xy"
    )
    if (bad := ~(np.isfinite(x) & np.isfinite(y))).any():
        name, row = data[int(bad.argmax())]
        raise DataError(
            f"the node {name!r} has no coordinates: x={row.get('x')!r}, y={row.get('y')!r}; "
            f"{int(bad.sum())} nodes have none."
        )
    if change is not None:
        x, y = change.transform(x, y)
    names = ids(f"n{cell(name)}" if isinstance(name, int | float | np.number) else str(name) for name, _ in data)
    return pd.DataFrame(
        {
            "node": pd.Series([name for name, _ in data], dtype=object),
            "id": names,
            "name": [_name(row.get("name")) for _, row in data],
            "country": [_name(row.get("country")) for _, row in data],
            "x": x,
            "y": y,
        }
    )


def read_edges(graph: nx.Graph[Any], nodes: pd.DataFrame, kept: Iterable[str]) -> list[GraphEdge]:
    """Edges in the order of the graph, with the tags `kept`; points run from ``u`` to ``v``.

    Raises
    ------
    DataError
        For a tag, length or geometry that cannot be one; the message names the edge.
    """
    position = {name: at for at, name in enumerate(nodes["node"])}
    xy, kept = nodes[["x", "y"]].to_numpy(), tuple(kept)
    data = list(graph.edges(data=True))
    tags, metres, shapes = [], [], []
    for a, b, row in data:
        try:
            tags.append(read_tags(row, kept))
            metres.append(_metres(row.get("length")))
            shapes.append(line(row.get("geometry")))
        except ValueError as error:
            raise DataError(f"the edge from {a!r} to {b!r} cannot be read: {error}.") from None
    try:
        lines = in_degrees(shapes, graph.graph["crs"])
    except ValueError as error:
        raise DataError(f"an edge of the graph: {error}.") from None
    found = []
    for (a, b, row), told, length, shape in zip(data, tags, metres, lines, strict=True):
        u, v = position[a], position[b]
        points = xy[[u, v]] if shape is None else np.asarray(shape.coords)
        if np.hypot(*(points[0] - xy[u])) > np.hypot(*(points[-1] - xy[u])):
            points = points[::-1]
        found.append(GraphEdge(u, v, told, length, points, shape is not None, row))
    return found


def _metres(value: object) -> float:
    try:
        return number(value)
    except ValueError:
        raise ValueError(f"it has the length {value!r}, which is not a number of metres") from None


def _name(value: object) -> str:
    return value if isinstance(value, str) else ""

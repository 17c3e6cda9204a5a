"""Features as a graph in OSMnx's conventions, as GraphML, out and in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from corridors.data.features import NOT_XML, Feature, broken, check_xml
from corridors.data.geometry import DEGREES, as_wkt, in_degrees, shape
from corridors.data.schema import Row
from corridors.errors import DataError

OWN_OF_GRAPH = ("table", "osmid", "length", "reversed", "oneway", "geometry", "x", "y", "street_count")
"""Attributes of nodes and edges that are no columns of our tables."""


def write_graphml(found: Sequence[Feature], path: Path) -> None:
    """A directed graph as OSMnx saves it, which ``osmnx.load_graphml(path)`` opens as it stands.

    Nodes are places, edges legs (both ways) and crossings; OSMnx wants whole numbers for ids, so nodes and edges are
    numbered, and the ids stand in ``place_id, leg_id, crossing_id``.
    """
    import networkx as nx

    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(crs="EPSG:4326", created_with="corridors", held="places,legs")
    number: dict[str, int] = {}
    keys = count()  # ids of edges must differ in the whole file
    for one in found:
        values = {key: NOT_XML.sub("", str(value)) for key, value in one.values.items()}
        if one.table == "places":
            number[values["place_id"]] = len(number)
            graph.add_node(number[values["place_id"]], x=repr(one.shape.x), y=repr(one.shape.y), **values)
    for osmid, one in enumerate(one for one in found if one.table != "places"):
        values = {key: NOT_XML.sub("", str(value)) for key, value in one.values.items()}
        told = {
            "table": one.table,
            "osmid": str(osmid),
            "length": str(one.values.get("km", 0) * 1000),
            "oneway": str(one.table != "legs"),
            **values,
        }
        a, b = number[values["from_place"]], number[values["to_place"]]
        graph.add_edge(a, b, next(keys), reversed="False", geometry=as_wkt([one.shape])[0], **told)
        if one.table == "legs":
            graph.add_edge(b, a, next(keys), reversed="True", geometry=as_wkt([one.shape.reverse()])[0], **told)
    nx.write_graphml(graph, path)


def read_graphml(path: Path) -> Iterator[Feature]:
    """Nodes and edges of a file that `write_graphml` wrote, also if OSMnx or networkx saved it again."""
    import networkx as nx
    import shapely

    check_xml(path)
    try:
        graph = nx.read_graphml(path, edge_key_type=str, force_multigraph=True)
        if graph.graph.get("held") != "places,legs":
            raise DataError(
                f"{path} was not written by net.to_file; for a graph of OSMnx use "
                "Network.from_osmnx(osmnx.load_graphml(path), mode=...)."
            )
        crs = graph.graph.get("crs", DEGREES)
        for _, values in graph.nodes(data=True):
            (at,) = in_degrees([shapely.Point(float(values["x"]), float(values["y"]))], crs)
            yield Feature("places", _columns(values), at)
        edges = sorted((values for _, _, values in graph.edges(data=True)), key=lambda one: str(one["reversed"]))
        told = set()
        for values in edges:  # of a leg both ways the first; where networkx kept one of them, that
            key = values["table"], values.get("leg_id", values.get("crossing_id"))
            if key not in told or values["table"] != "legs":
                told.add(key)
                (line,) = in_degrees([shape(values["geometry"])], crs)
                yield Feature(values["table"], _columns(values), line)
    except DataError:
        raise
    except (nx.NetworkXError, KeyError, ValueError, TypeError) as error:
        broken(path, "GraphML", error)


def _columns(values: Row) -> Row:
    return {key: value for key, value in values.items() if key not in OWN_OF_GRAPH}

"""Features as a graph in OSMnx's conventions, as GraphML, out and in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

from corridors.data.features import Feature, broken, check_xml, xml_text
from corridors.data.geometry import DEGREES, in_degrees, points_of, shape
from corridors.data.schema import Row
from corridors.errors import DataError

GRAPHML = "http://graphml.graphdrawing.org/xmlns"
OWN_OF_GRAPH = ("table", "osmid", "length", "reversed", "oneway", "geometry", "x", "y", "street_count")
"""Attributes of nodes and edges that are not columns of our tables."""


def write_graphml(found: Sequence[Feature], path: Path) -> None:
    """A directed graph as OSMnx saves it; ``osmnx.load_graphml(path)`` opens it directly.

    Nodes are places, edges legs (both ways) and crossings; OSMnx wants whole numbers for ids, so nodes and edges are
    numbered, and our ids are in ``place_id, leg_id, crossing_id``.
    """
    number: dict[str, int] = {}
    keys = _Keys()
    body: list[str] = []
    edge = count()  # ids of edges must differ in the whole file
    for one in found:
        if one.table == "places":
            values = {key: xml_text(value) for key, value in one.values.items()}
            node = number[one.values["place_id"]] = len(number)
            told = keys.data("node", {"x": repr(one.shape.x), "y": repr(one.shape.y), **values})
            body.append(f'<node id="{node}">{told}</node>\n')
    for osmid, one in enumerate(one for one in found if one.table != "places"):
        told = keys.data(
            "edge",
            {
                "table": one.table,
                "osmid": str(osmid),
                "length": str(one.values.get("km", 0) * 1000),
                "oneway": str(one.table != "legs"),
                **{key: xml_text(value) for key, value in one.values.items()},
            },
        )
        a, b = number[one.values["from_place"]], number[one.values["to_place"]]
        points = points_of(one.shape)
        for tail, head, back in ((a, b, False), (b, a, True))[: 2 if one.table == "legs" else 1]:
            line = ", ".join(reversed(points) if back else points)
            own = keys.data("edge", {"reversed": str(back), "geometry": f"LINESTRING ({line})"})
            body.append(f'<edge source="{tail}" target="{head}" id="{next(edge)}">{own}{told}</edge>\n')
    of_graph = keys.data("graph", {"crs": "EPSG:4326", "created_with": "corridors", "held": "places,legs"})
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"<?xml version='1.0' encoding='utf-8'?>\n<graphml xmlns=\"{GRAPHML}\">\n")
        file.writelines(keys.declared())
        file.write(f'<graph edgedefault="directed">{of_graph}\n')
        file.writelines(body)
        file.write("</graph>\n</graphml>\n")


class _Keys:
    """Keys of attributes, which a file declares before it uses them."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], str] = {}

    def data(self, of: str, values: Mapping[str, str]) -> str:
        """Values, already fit for XML, under their keys."""
        known = self._known
        return "".join(
            f'<data key="{known.setdefault((of, name), f"d{len(known)}")}">{value}</data>'
            for name, value in values.items()
        )

    def declared(self) -> list[str]:
        """Declarations of all keys that were used."""
        return [
            f'<key id="{key}" for="{of}" attr.name="{name}" attr.type="string"/>\n'
            for (of, name), key in self._known.items()
        ]


def read_graphml(path: Path) -> Iterator[Feature]:
    """Nodes and edges of a file that `write_graphml` wrote, even if OSMnx or networkx has saved it since."""
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

"""What other programs make of a GMNS folder of this library: `python benchmarks/gmns_readers.py write FOLDER`.

Then, each with a Python that has the program: `... path4gmns FOLDER`, `... dtalite FOLDER`, `... aequilibrae FOLDER`.
The first writes the network and prints the shortest way of two journeys by road within Central Asia, by networkx over
the same links; the others print theirs, which should be the same km. Made with `path4gmns==0.10.0 requests pandas`,
`dtalite==0.8.1 pandas` and `aequilibrae==1.7.2`; the last needs SpatiaLite (on Debian libsqlite3-mod-spatialite) and a
Python whose sqlite3 loads extensions.
"""

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

COUNTRIES = ("KZ", "KG", "UZ", "TJ", "TM")
JOURNEYS = (("tashkent", "dushanbe"), ("almaty", "osh"))


def write(folder: Path) -> None:
    """The whole network, and beside it in `roads` what the programs are given: open roads of five countries."""
    import networkx as nx

    import corridors as cr

    cr.load().to_file(folder / "net.gmns")
    nodes, links = (pd.read_csv(folder / "net.gmns" / f"{name}.csv", low_memory=False) for name in ("node", "link"))
    nodes = nodes[nodes["country"].isin(COUNTRIES)]
    ends = links[["from_node_id", "to_node_id"]].isin(set(nodes["node_id"])).all(axis=1)
    links = links[ends & (links["allowed_uses"] == "ROAD")].assign(lanes=1, free_speed=60, capacity=1000)
    (folder / "roads").mkdir()
    nodes.to_csv(folder / "roads/node.csv", index=False)
    links.to_csv(folder / "roads/link.csv", index=False)
    (folder / "roads/use_group.csv").write_bytes((folder / "net.gmns/use_group.csv").read_bytes())
    graph = nx.from_pandas_edgelist(
        links.sort_values("length", ascending=False), "from_node_id", "to_node_id", "length", nx.DiGraph
    )
    for (start, end), (a, b) in zip(JOURNEYS, _numbers(nodes), strict=True):
        print(
            f"{start} - {end}: {nx.shortest_path_length(graph, a, b, 'length'):,.1f} km by networkx, {len(links)} links"
        )


def by_path4gmns(folder: Path) -> None:
    """Reads the folder as it is."""
    program: Any = import_module("path4gmns")
    net = program.read_network(input_dir=str(folder / "roads"), length_unit="km", speed_unit="kmh")
    for (start, end), (a, b) in zip(JOURNEYS, _numbers(pd.read_csv(folder / "roads/node.csv")), strict=True):
        print(f"{start} - {end}: {net.find_shortest_path(str(a), str(b), cost_type='distance')}")


def by_dtalite(folder: Path) -> None:
    """Its lengths are metres, and its default is that no way leads through a zone: both are set here."""
    nodes = pd.read_csv(folder / "roads/node.csv").astype({"zone_id": "Int64"})
    links = pd.read_csv(folder / "roads/link.csv", low_memory=False)
    links = links.assign(length=links["length"] * 1000)
    work = folder / "dtalite"
    work.mkdir()
    nodes.to_csv(work / "node.csv", index=False)
    links.to_csv(work / "link.csv", index=False)
    trips = [(a, b, 1) for a, b in _numbers(nodes)]
    pd.DataFrame(trips, columns=["o_zone_id", "d_zone_id", "volume"]).to_csv(work / "demand.csv", index=False)
    settings = {"number_of_iterations": 1, "first_through_node_id": 1, "route_output": 1}
    pd.DataFrame([settings]).to_csv(work / "settings.csv", index=False)
    program: Any = import_module("DTALite")
    os.chdir(work)
    program.assignment()
    print(pd.read_csv("od_performance.csv")[["o_zone_id", "d_zone_id", "total_distance_km"]])


def by_aequilibrae(folder: Path) -> None:
    """One node may not lie on another here, as the two sides of some crossings do; a link's own length is a field."""
    program: Any = import_module("aequilibrae")
    path_results: Any = import_module("aequilibrae.paths")
    nodes = pd.read_csv(folder / "roads/node.csv")
    asked = _numbers(nodes)
    nodes["x_coord"] += 1e-5 * nodes.duplicated(["x_coord", "y_coord"])
    nodes["node_type"] = nodes["node_id"].isin({at for pair in asked for at in pair}).map({True: "centroid", False: ""})
    nodes.to_csv(folder / "roads/node_apart.csv", index=False)
    project = program.Project()
    project.new(str(folder / "aequilibrae"))
    files = ("link.csv", "node_apart.csv", "use_group.csv")
    project.network.create_from_gmns(*(str(folder / "roads" / name) for name in files))
    (road,) = (mode for mode, row in project.network.modes.all_modes().items() if row.mode_name == "ROAD")
    print(f"{len(project.network.links.data)} links, of which each stands for both directions")
    project.network.build_graphs(fields=["length"], modes=[road])
    graph = project.network.graphs[road]
    graph.set_graph("length")
    graph.set_blocked_centroid_flows(False)
    for (start, end), (a, b) in zip(JOURNEYS, asked, strict=True):
        found = path_results.PathResults()
        found.prepare(graph)
        found.compute_path(a, b)
        print(f"{start} - {end}: {found.milepost[-1]:,.1f} km")
    project.close()


def _numbers(nodes: pd.DataFrame) -> list[tuple[int, int]]:
    number = nodes.set_index("place_id")["node_id"]
    return [(int(number[start]), int(number[end])) for start, end in JOURNEYS]


if __name__ == "__main__":
    steps = {"write": write, "path4gmns": by_path4gmns, "dtalite": by_dtalite, "aequilibrae": by_aequilibrae}
    steps[sys.argv[1]](Path(sys.argv[2]).resolve())

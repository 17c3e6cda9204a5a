"""Valhalla's matrix on this library's roads: `python benchmarks/valhalla_matrix.py FOLDER` builds its tiles there.

Needs `pip install pyvalhalla-weekly osmium scipy`: the weekly package has the program that builds tiles. Operating
roads and road crossings become ways of an OpenStreetMap file; 50 x 50 cities are asked for km by both. Valhalla's
answers are checked against scipy's on the same lines; `net.matrix` also minds closures on the day of departure.
"""

import json
import statistics
import subprocess
import sys
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from beside import spent
from calls import DEPART, towns
from engine import row

import corridors as cr

LIMIT = 10**9
"""Metres, places and pairs that one question may have."""
Point = tuple[float, float]


def lines(net: cr.Network) -> dict[tuple[str, str], list[Point]]:
    """Roads and crossings between places."""
    at = {one.place_id: (one.geometry.x, one.geometry.y) for one in net.places.itertuples()}
    legs = net.legs.query("mode == 'road' and status == 'operating'").dropna(subset="geometry")
    gates = net.crossings.query("mode == 'road' and status == 'operating'")
    found = {
        (one.from_place, one.to_place): [at[one.from_place], *one.geometry.coords[1:-1], at[one.to_place]]
        for one in legs.itertuples()
    }
    return found | {
        (one.from_place, one.to_place): [at[one.from_place], at[one.to_place]] for one in gates.itertuples()
    }


def write(ways: dict[tuple[str, str], list[Point]], file: Path) -> None:
    """The lines as an OpenStreetMap file; lines meet where they have a point in common."""
    osmium: Any = import_module("osmium")
    number: dict[Point, int] = {}
    for line in ways.values():
        for point in line:
            number.setdefault(point, len(number) + 1)
    file.unlink(missing_ok=True)
    with osmium.SimpleWriter(str(file)) as out:
        for point, node in number.items():
            out.add_node(osmium.osm.mutable.Node(id=node, version=1, location=point))
        for way, line in enumerate(ways.values(), 1):
            tags = {"highway": "primary", "maxspeed": "50"}
            out.add_way(osmium.osm.mutable.Way(id=way, version=1, nodes=[number[point] for point in line], tags=tags))


def km_of(ways: dict[tuple[str, str], list[Point]], starts: list[Point], ends: list[Point]) -> Any:
    """Least km along the lines, by scipy."""
    from pyproj import Geod
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    pairs = np.unique([pair for line in ways.values() for pair in pairwise(line)], axis=0)
    points, number = np.unique(pairs.reshape(-1, 2), axis=0, return_inverse=True)
    tail, head = number.reshape(-1, 2).T
    km = Geod(ellps="WGS84").inv(*pairs[:, 0].T, *pairs[:, 1].T)[2] / 1000
    graph = coo_array((km, (tail, head)), shape=(len(points), len(points))).tocsr()
    node = {tuple(point): i for i, point in enumerate(points)}
    return dijkstra(graph, directed=False, indices=[node[p] for p in starts])[:, [node[p] for p in ends]]


def actor(folder: Path, ways: dict[tuple[str, str], list[Point]]) -> Any:
    """Valhalla on tiles of these lines."""
    valhalla: Any = import_module("valhalla")
    tiles = folder / "tiles"
    tiles.mkdir(parents=True, exist_ok=True)
    settings = import_module("valhalla.config").get_config(tile_extract="", tile_dir=tiles)
    for limit in settings["service_limits"]["auto"]:
        settings["service_limits"]["auto"][limit] = LIMIT
    settings["mjolnir"]["concurrency"] = 1
    file, config = folder / "roads.osm.pbf", folder / "valhalla.json"
    write(ways, file)
    config.write_text(json.dumps(settings))
    program = Path(valhalla.__file__).parent / "bin/valhalla_build_tiles"
    program.chmod(0o755)
    with (folder / "build.log").open("w") as log:
        subprocess.run([program, "-c", config, file], check=True, stdout=log, stderr=log)
    return valhalla.Actor(str(config))


def main() -> None:
    """Build, ask, compare."""
    folder = Path(sys.argv[1])
    net = cr.load()
    ways = lines(net)
    at = {one.place_id: (one.geometry.x, one.geometry.y) for one in net.places.itertuples()}
    joined = {place for pair in ways for place in pair}
    origins, destinations = ([one for one in towns(net, 50, seed) if one in joined] for seed in (1, 2))
    asked = actor(folder, ways)
    sources, targets = ([{"lon": at[i][0], "lat": at[i][1]} for i in some] for some in (origins, destinations))
    question = {
        "sources": sources,
        "targets": targets,
        "costing": "auto",
        "costing_options": {"auto": {"shortest": True}},
        "verbose": False,
    }
    ask = {"depart": DEPART, "by": "km", "modes": ["road"], "progress": False}
    cr.compile_searches()
    first, _ = spent(lambda: net.matrix(origins, destinations, **ask))
    ours, theirs = [], []
    for _ in range(5):
        took, found = spent(lambda: asked.matrix(question))
        theirs.append(took)
        took, least = spent(lambda: net.matrix(origins, destinations, **ask))
        ours.append(took)
    km = np.array(found["sources_to_targets"]["distances"], dtype=float)
    true = km_of(ways, [at[i] for i in origins], [at[i] for i in destinations])
    both = np.isfinite(km) & np.isfinite(true)
    off = np.abs(km - true)[both] / np.maximum(true[both], 1)
    missing = [int(np.isnan(km).sum()), int(np.isinf(true).sum()), int(least.isna().sum().sum())]
    print(f"{len(ways):,} lines, {len(origins)} x {len(destinations)}")
    print(f"Valhalla off scipy's km by {off.mean():.2%}, at most {off.max():.2%}; {(off > 0.01).sum()} by over 1 %")
    print("without a way: Valhalla {}, scipy {}, net.matrix {}".format(*missing))
    row("matrix", "s")
    row("Valhalla", f"{statistics.median(theirs):.3f}")
    row("`net.matrix`, first", f"{first:.3f}")
    row("`net.matrix`, again", f"{statistics.median(ours):.3f}")


if __name__ == "__main__":
    main()

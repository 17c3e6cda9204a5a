"""CPU time and memory of net.refine's two heavy steps: `python benchmarks/refine.py`. Linux; takes half a minute."""

import platform
import tempfile
import time
from pathlib import Path

import numpy as np
import osmium
import osmium.osm.mutable as osm
import shapely

from corridors.osm.files import read_file
from corridors.osm.matching import Corridor
from corridors.osm.reading import Way

NODES = 3_000_000
WEST, SOUTH = 60.0, 30.0


def own_mb() -> float:
    """Memory of this process that no file backs."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1000


def file_of(path: Path) -> None:
    """Three million nodes, a way of ten nodes for every twenty, one in twenty of them a road."""
    with osmium.SimpleWriter(path) as writer:
        for i in range(NODES):
            writer.add_node(osm.Node(id=i + 1, location=(WEST + i % 3000 * 0.005, SOUTH + i // 3000 * 0.001)))
        for i in range(NODES // 20):
            tags = {"highway": "primary" if i % 20 == 0 else "track"}
            writer.add_way(osm.Way(id=i + 1, nodes=range(20 * i + 1, 20 * i + 11), tags=tags))


def grid(columns: int, rows: int) -> list[Way]:
    """A mesh of roads, so many nodes along and across a corridor of 3 degrees."""
    x, y = np.linspace(WEST, WEST + 3, columns), np.linspace(SOUTH - 0.13, SOUTH + 0.13, rows)
    ways = [
        Way((n,), {"highway": "primary" if n % 7 else "tertiary"}, np.column_stack([x, np.full(columns, lat)]))
        for n, lat in enumerate(y)
    ]
    return ways + [
        Way((-n,), {"highway": "unclassified"}, np.column_stack([np.full(rows, lon), y]))
        for n, lon in enumerate(x[::10], 1)
    ]


def main() -> None:
    """Measure and print."""
    print(platform.platform(), platform.python_version())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "big.osm.pbf"
        file_of(path)
        before, start = own_mb(), time.process_time()
        ways = read_file(path, [(WEST, SOUTH, WEST + 2, SOUTH + 0.5)], progress=False).ways
        print(
            f"file of {NODES:,} nodes: {len(ways):,} roads in {time.process_time() - start:.1f} s of CPU, "
            f"{own_mb() - before:.0f} MB of memory kept"
        )
    ends = [(WEST, SOUTH), (WEST + 3, SOUTH)]
    corridor = Corridor({"mode": "road", "from_place": "a", "to_place": "b"}, shapely.LineString(ends), ends, None, 15)
    ways = grid(3000, 300)
    start = time.process_time()
    found = corridor.find(ways, 5)
    assert not isinstance(found, str)
    print(
        f"leg of {found.km:.0f} km through {sum(len(way.points) for way in ways):,} nodes: "
        f"{time.process_time() - start:.1f} s of CPU"
    )


if __name__ == "__main__":
    main()

"""Fit the factors that lengthen roads (FLAT, WINDING in lengths) to half of the published lengths, test on the other.

Usage: python geodata/build/fit.py --wheels DIR, after a build; only the lengths of the map are used, none that was set.
"""

import argparse
import itertools
from pathlib import Path

import lengths
import networkx as nx
import numpy as np
import packages
import shapely
import tables
from relief import Relief
from scipy.optimize import least_squares  # type: ignore[import-untyped]


def samples(wheels: Path) -> list[tuple[str, str, float, float]]:
    """Of each published road length: its role, its name, published over mapped, `Relief.winding`."""
    rough, graph = Relief(packages.elevation(wheels)), nx.Graph()
    shapes = {row["leg_id"]: row["wkt"] for row in tables.read(tables.OUT / "leg_geometry.csv")}
    for row in tables.read(tables.OUT / "legs.csv"):
        if row["mode"] == "road" and row["status"] == "operating":
            km = float(row["km_model"])
            line = [(float(x), float(y)) for x, y in shapely.get_coordinates(shapely.from_wkt(shapes[row["leg_id"]]))]
            more = min(rough.winding(line, lengths.LOST_KM), lengths.MOST)
            graph.add_edge(row["from_place"], row["to_place"], km=km, more=km * more)
    for row in tables.read(tables.OUT / "crossings.csv"):
        if row["mode"] == "road":
            graph.add_edge(row["from_place"], row["to_place"], km=0.0, more=0.0)
    found = []
    for row in tables.read(tables.OUT / "benchmarks.csv"):
        if row["modes"] == "road" and row["grade"] in ("A", "B") and row["kind"] == "distance":
            places = row["via"].split(";")
            steps = [
                graph.edges[step]
                for a, b in itertools.pairwise(places)
                for step in itertools.pairwise(nx.shortest_path(graph, a, b, "km"))
            ]
            km, more = sum(s["km"] for s in steps), sum(s["more"] for s in steps)
            found.append((row["role"], row["name"], float(row["value"]) / km, more / km))
    return [one for one in found if lengths.USUAL[0] <= one[2] <= lengths.USUAL[1]]


def fit(wheels: Path) -> None:
    """Print the fitted factors and the errors of either half."""
    found = samples(wheels)
    role = np.array([one[0] for one in found])
    ratio, winding = (np.array([one[i] for one in found]) for i in (2, 3))
    part = role == "set"
    best = least_squares(
        lambda x: np.log((x[0] + x[1] * winding[part]) / ratio[part]), (1.0, 0.1), loss="soft_l1", f_scale=0.03
    ).x
    print(f"fitted: flat {best[0]:.3f}, winding {best[1]:.3f}; in use: {lengths.FLAT}, {lengths.WINDING}")
    for name, flat, more in (("fitted", *best), ("in use", lengths.FLAT, lengths.WINDING)):
        for half in ("set", "test"):
            error = 100 * ((flat + more * winding) / ratio - 1)[role == half]
            size = np.abs(error)
            print(
                f"{name}, {half}: {len(error)} lengths, median error {np.median(size):.1f} %, "
                f"bias {np.median(error):+.1f} %, {100 * np.mean(size <= 8):.0f} % within 8 %"
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheels", type=Path, required=True, help="folder with the pinned packages")
    fit(parser.parse_args().wheels)

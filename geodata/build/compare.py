"""Compare the built tables with published distances, and look at how they hang together.

Usage: python geodata/build/compare.py
"""

import itertools
import statistics

import networkx as nx
import tables

CORE = ("KZ", "KG", "UZ", "TJ", "TM", "AF", "PK", "IR", "AZ", "GE")


def graph(mode: str) -> "nx.Graph[str]":
    """Operating legs and crossings of one mode."""
    g: nx.Graph[str] = nx.Graph()
    for row in tables.read(tables.OUT / "legs.csv"):
        if row["mode"] == mode and row["status"] == "operating":
            a, b = row["from_place"], row["to_place"]
            km = min(float(row["km"]), g.get_edge_data(a, b, {"km": 1e9})["km"])
            g.add_edge(a, b, km=km, country=row["country"], gauge=row["gauge_mm"])
    for row in tables.read(tables.OUT / "crossings.csv"):
        if row["mode"] == mode and row["status"] == "operating":
            g.add_edge(row["from_place"], row["to_place"], km=0.0, country="", gauge=row["gauge_mm"])
    return g


def distances() -> None:
    """Shortest paths against every published distance."""
    graphs = {mode: graph(mode) for mode in ("rail", "road")}
    rows = tables.hand("checks") + [{**row, "name": ""} for row in tables.hand("lengths")]
    errors: dict[str, list[float]] = {}
    for row in rows:
        stops = row["chain"].split(";")
        name = row["name"] or f"{stops[0]}-{stops[-1]}"
        try:
            km = sum(nx.shortest_path_length(graphs[row["mode"]], a, b, "km") for a, b in itertools.pairwise(stops))
        except (nx.NetworkXNoPath, nx.NodeNotFound) as fault:
            print(f"{row['mode']:5}{name:55} no path: {fault}")
            continue
        error = km / float(row["km"]) - 1
        errors.setdefault(f"{row['mode']} {row['class']}", []).append(abs(error))
        mark = " <--" if abs(error) > 0.1 else ""
        print(f"{row['mode']:5}{name:55}{row['class']}{km:9.0f}{float(row['km']):9.0f}{error:8.1%}{mark}")
    for group, values in sorted(errors.items()):
        values.sort()
        p90 = values[min(len(values) - 1, round(0.9 * len(values)))]
        print(f"{group}: {len(values)} distances, median error {statistics.median(values):.1%}, p90 {p90:.1%}")


def pieces() -> None:
    """Components of the operating network by country, and of the railways by gauge."""
    whole = {mode: graph(mode) for mode in ("rail", "road")}
    for mode, g in whole.items():
        parts = sorted(nx.connected_components(g), key=len, reverse=True)
        print(f"{mode} as a whole: {len(parts)} pieces, {[len(p) for p in parts][:10]}")
        for part in parts[1:]:
            print(f"   {sorted(part)[:8]}")
    for country in CORE:
        g = whole["road"]
        inside = nx.Graph((a, b) for a, b, d in g.edges(data=True) if d["country"] == country)
        parts = sorted(nx.connected_components(inside), key=len, reverse=True)
        print(f"road {country}: {[len(p) for p in parts]}")
        for part in parts[1:]:
            print(f"   {sorted(part)[:8]}")
    for gauge in ("1520", "1435", "1676"):
        inside = nx.Graph((a, b) for a, b, d in whole["rail"].edges(data=True) if d["gauge"] == gauge)
        parts = sorted(nx.connected_components(inside), key=len, reverse=True)
        print(f"rail {gauge}: {[len(p) for p in parts]}")
        for part in parts[1:]:
            print(f"   {sorted(part)[:8]}")


if __name__ == "__main__":
    distances()
    pieces()

"""Tables laid out as the edges of the multimodal graph, column by column.

A leg makes two edges, one in each direction; a crossing, a transfer and either side of a terminal make one each. What
they take with a load is worked out in `corridors.model.amounts`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain
from math import inf
from typing import TypeVar

import numpy as np
import pandas as pd

from corridors.data.geodesy import SEA, country_pair
from corridors.data.schema import Row, listed, records
from corridors.engine.collector import at_rest
from corridors.model.amounts import Change, Clearance, Haul, Terminal
from corridors.model.costs import Rates
from corridors.model.graph import Columns, Edge, MultimodalGraph
from corridors.model.handling import changes
from corridors.model.layers import VESSEL, Layer, modes_between
from corridors.model.neighbours import beside_planned, clusters
from corridors.model.tariffs import ENDS, Services, Stretch

T = TypeVar("T")
OF_TERMINAL = ("tail", "head", "kind", "element_id", "countries", "from_place", "to_place", "mode", "gauge", "basis")


@at_rest()
def lay_out(
    tables: Mapping[str, pd.DataFrame], places: Mapping[str, Row], rates: Rates, services: Services
) -> MultimodalGraph:
    """Lay out all legs, crossings and transfers as directed edges.

    Raises
    ------
    DataError
        If a transfer names a layer that its place does not have.
    """
    layout = _Layout(tables, places, rates, services)
    parts = [layout.legs(), layout.crossings(), layout.transfers(), layout.terminals()]
    columns = {name: list(chain.from_iterable(part[name] for part in parts)) for name in parts[0]}
    lands = {name: row["country"] for name, row in places.items()}
    return MultimodalGraph.of(layout.nodes, columns, lands, beside_planned(tables, places))


def _rows(rows: Sequence[Row]) -> Columns:
    """The same of edges one by one."""
    return Edge.columns(len(rows), **{name: [row[name] for row in rows] for name in (rows[0] if rows else ())})


def _twice(values: Sequence[T]) -> list[T]:
    """What a leg has, for each of its two directions."""
    return list(chain.from_iterable(zip(values, values, strict=True)))


def _gauge(row: Row) -> int:
    return 0 if pd.isna(row["gauge_mm"]) else int(row["gauge_mm"])


class _Layout:
    """Edges table by table: each numbers the nodes that those before it do not have."""

    def __init__(
        self, tables: Mapping[str, pd.DataFrame], places: Mapping[str, Row], rates: Rates, services: Services
    ) -> None:
        self._tables, self._places, self._rates, self._services = tables, places, rates, services
        self.nodes: dict[tuple[str, Layer], int] = {}
        self._sections = _sections(tables["elements"])
        self._factors = _factors(tables["seasons"])
        ferries = tables["legs"][tables["legs"]["mode"] == "ferry"]
        self._ferries = {*ferries["from_place"], *ferries["to_place"]}
        transfers = list(zip(*listed(tables["transfers"], "place_id", "from_layer", "to_layer"), strict=True))
        self._changing = {(place, Layer.named(name, True)) for place, *names in transfers for name in names}

    def _at(self, place: str, layer: Layer) -> tuple[str, Layer]:
        """A layer of a place: by which a load leaves is apart from where it arrives only where loads change."""
        if layer.on_land and layer.side and (place, layer) not in self._changing:
            return place, layer.track
        return place, layer

    def _parted(self, place: str, layer: Layer) -> bool:
        """Whether loads arrive on a road or railway of a place apart from where they leave."""
        return layer.on_land and (place, layer.track) in self.nodes and (place, layer.onward) in self.nodes

    def _node(self, place: str, layer: Layer) -> int:
        return self.nodes.setdefault(self._at(place, layer), len(self.nodes))

    def _within(self, element: str) -> tuple[str, ...]:
        """An element and the sections it lies in."""
        return (element, *self._sections.get(element, ()))

    def _slowed(self, elements: Sequence[str], direction: str = "") -> tuple[float, ...] | None:
        if self._factors.keys().isdisjoint(elements):
            return None
        known = (pair for element in elements for pair in self._factors.get(element, ()))
        found = [months for way, months in known if way in ("", direction)]
        return tuple(min(month) for month in zip(*found, strict=True)) if found else None

    def legs(self) -> Columns:
        """Every leg along its line, and against it."""
        table = self._tables["legs"]
        projects, operating = next(listed(table, "project")), (table["status"] == "operating").tolist()
        assumed = self._rates.find("gross_limit_t", "road").mode
        ids, modes, countries, status, a, b = listed(table, "leg_id", "mode", "country", "status", *ENDS)
        elements = list(map(self._within, ids))
        inside = {country: (country,) for country in dict.fromkeys(countries)}
        own = {
            "element_id": ids,
            "elements": elements,
            "countries": [inside[country] for country in countries],
            "mode": modes,
            "gauge": table["gauge_mm"].fillna(0).astype(int).tolist(),
            "km": table["km"].tolist(),
            "gross_limit_t": table["gross_limit_t"].fillna(assumed).where(table["mode"] == "road", inf).tolist(),
            "status": status,
            "project": ["" if here else project for here, project in zip(operating, projects, strict=True)],
            "factors": list(map(self._slowed, elements)),
            "headway_hours": table["headway_hours"].fillna(0.0).tolist(),
        }
        both = {name: _twice(values) for name, values in own.items()}
        starts, ends = (list(chain.from_iterable(zip(*way, strict=True))) for way in ((a, b), (b, a)))
        services, away, vessels = self._services.stretches(table)
        mountain = _twice((table["speed_class"] == "mountain").tolist())
        kinds = list(
            zip(both["mode"], _twice(countries), mountain, services, (away != 0).tolist(), vessels, strict=True)
        )
        hauls = {
            kind: Haul(self._rates, mode, country, steep, Stretch(service, far, vessel))
            for kind in dict.fromkeys(kinds)
            for mode, country, steep, service, far, vessel in [kind]
        }
        tails, heads = self._nodes_of(list(zip(both["mode"], both["gauge"], strict=True)), starts, ends)
        at_sea = [
            self._at_sea(mode, start, end) if mode in VESSEL else ("", ())
            for mode, start, end in zip(both["mode"], starts, ends, strict=True)
        ]
        return Edge.columns(
            len(starts),
            **both,
            kind=["leg"] * len(starts),
            forward=[True, False] * len(ids),
            tail=tails,
            head=heads,
            from_place=starts,
            to_place=ends,
            signature=[signature for signature, _ in at_sea],
            pairs=[pairs for _, pairs in at_sea],
            away_km=away.tolist(),
            basis=[hauls[kind] for kind in kinds],
        )

    def _nodes_of(
        self, tracks: Sequence[tuple[str, int]], starts: Sequence[str], ends: Sequence[str]
    ) -> tuple[list[int], list[int]]:
        """Nodes between which legs lead, by their modes and gauges: new ones numbered in the order they come up in."""
        somewhere = dict(zip(tracks, starts, strict=True))
        sides = {
            track: [Layer.of(*track, place, leaving) for leaving in (True, False)] for track, place in somewhere.items()
        }
        layers = list(dict.fromkeys(chain.from_iterable(sides.values())))
        numbers = {track: tuple(map(layers.index, side)) for track, side in sides.items()}
        place, names = pd.factorize(np.array([*starts, *ends], dtype=object))
        layer = np.array([numbers[track] for track in tracks], dtype=np.int64).reshape(-1, 2)
        which, found = pd.factorize((place.reshape(2, -1).T * len(layers) + layer).ravel())
        nodes = [self._node(names[one // len(layers)], layers[one % len(layers)]) for one in found.tolist()]
        tails, heads = np.array(nodes, dtype=np.int64)[which].reshape(-1, 2).T.tolist()
        return tails, heads

    def _at_sea(self, mode: str, start: str, end: str) -> tuple[str, tuple[str, ...]]:
        """Signature of a voyage or flight, and the sea as a neighbour of its two countries."""
        countries = [self._places[place]["country"] for place in (start, end)]
        signature = f"{mode} {country_pair(*countries)}"
        return signature, tuple(country_pair(country, SEA) for country in countries if country != SEA)

    def crossings(self) -> Columns:
        """Every crossing in its direction."""
        near = clusters(self._tables["crossings"], self._places)
        usual = _border_means(self._tables["crossings"], self._places)
        found = []
        for row in records(self._tables["crossings"]):
            a, b, mode, gauge, element = (
                row["from_place"],
                row["to_place"],
                row["mode"],
                _gauge(row),
                row["element_id"],
            )
            sides = (self._places[a]["country"], self._places[b]["country"])
            strait = mode in VESSEL
            if pd.isna(row["hours_mean"]) and (means := usual.get((*sides, mode))):
                row |= means
            elements = self._within(element)
            factors = self._slowed(elements, ">".join(sides))
            of_the_year = sum(1 / factor for factor in factors) / len(factors) if factors else 1.0
            found.append(
                {
                    "tail": self._node(a, Layer.of(mode, gauge, a, leaving=not strait)),
                    "head": self._node(b, Layer.of(mode, gauge, b, leaving=strait)),
                    "kind": "crossing",
                    "element_id": element,
                    "elements": elements,
                    "countries": sides,
                    "from_place": a,
                    "to_place": b,
                    "mode": mode,
                    "gauge": gauge,
                    "status": row["status"],
                    "project": "" if row["status"] == "operating" else str(row.get("project") or ""),
                    "signature": near[element],
                    "pairs": () if strait else (country_pair(*sides),),
                    "factors": factors,
                    "basis": Clearance(self._rates, mode, row, sides, of_the_year),
                }
            )
        return _rows(found)

    def transfers(self) -> Columns:
        """Every change of mode or gauge, for whatever load."""
        found = []
        for row in changes(records(self._tables["transfers"])):
            place, layers = row["place_id"], (row["from_layer"], row["to_layer"])
            ends = [(place, Layer.named(layer, way)) for layer, way in zip(layers, (False, True), strict=True)]
            if not all(end in self.nodes for end in ends):
                continue  # the place has no leg of that layer; check() reports it
            country = self._places[place]["country"]
            found.append(
                {
                    "tail": self.nodes[ends[0]],
                    "head": self.nodes[ends[1]],
                    "kind": "transfer",
                    "element_id": f"transfer:{place}:{layers[0]}:{layers[1]}",
                    "countries": (country,),
                    "from_place": place,
                    "to_place": place,
                    "mode": f"{layers[0]} > {layers[1]}",
                    "basis": Change(
                        self._rates, self._services, row, modes_between(layers, place in self._ferries), country
                    ),
                }
            )
        return _rows(found)

    def terminals(self) -> Columns:
        """Loading from the door of each place to its layers, and unloading from these, at home too if that differs."""
        found = []
        bases = dict[tuple[object, ...], Terminal]()
        names = {layer: str(layer.track if layer.on_land else layer) for _, layer in self.nodes}
        ways = [(True, False), (False, False), *[(False, True)] * self._rates.domestic]
        doors = [(*way, Layer.door(*way)) for way in ways]
        for (place, layer), inner in list(self.nodes.items()):
            row = self._places[place]
            if row["kind"] == "strait":
                continue  # ships pass, nothing is loaded
            mode = "ferry" if layer.mode == "sea" and place in self._ferries else layer.mode
            element, country = f"terminal:{place}:{names[layer]}", row["country"]
            for leaving, home, layer_of_door in doors:
                if self._parted(place, layer) and bool(layer.side) != leaving:
                    continue  # what is loaded moves before it changes, and is unloaded from what it came by
                if not layer.on_land and layer.side == ("arriving" if leaving else "leaving"):
                    continue
                door = self._node(place, layer_of_door)
                scheduled = leaving and self._services.scheduled(mode, place)
                key = mode, country, leaving, home, row["kind"], place if scheduled else ""
                if key not in bases:
                    bases[key] = Terminal(self._rates, self._services, *key)
                kind, *ends = ("loading", door, inner) if leaving else ("unloading", inner, door)
                found.append((*ends, kind, element, (country,), place, place, mode, layer.gauge, bases[key]))
        columns = zip(*found, strict=True) if found else [()] * len(OF_TERMINAL)
        return Edge.columns(len(found), **dict(zip(OF_TERMINAL, columns, strict=True)))


def _border_means(crossings: pd.DataFrame, places: Mapping[str, Row]) -> dict[tuple[str, ...], Row]:
    """What a crossing that nobody measured takes: the mean of those measured at the same border, direction and mode.

    A post of the same two authorities says more of it than the means of both countries at all their borders.
    """
    known: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in records(crossings):
        if row["hours_mean"] == row["hours_mean"] and row["status"] == "operating":
            sides = (places[row[end]]["country"] for end in ("from_place", "to_place"))
            known[*sides, row["mode"]].append(row)
    return {
        border: {
            "hours_mean": sum(row["hours_mean"] for row in rows) / len(rows),
            "dispersion": max(row["dispersion"] for row in rows),
            "source_id": ";".join(dict.fromkeys(one for row in rows for one in row["source_id"].split(";"))),
            "quality": "assumed",
            "note": f"not measured: mean of {', '.join(sorted({row['name'] for row in rows}))} assumed",
        }
        for border, rows in known.items()
    }


def _sections(elements: pd.DataFrame) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in records(elements[elements["kind"] == "section"]):
        for member in filter(None, row["members"].split(";")):
            found[member].append(row["element_id"])
    return found


def _factors(seasons: pd.DataFrame) -> dict[str, list[tuple[str, tuple[float, ...]]]]:
    """Direction, empty for both, and twelve factors of the elements that are slower in some month."""
    found: dict[str, list[tuple[str, tuple[float, ...]]]] = defaultdict(list)
    for (element, way), rows in seasons.groupby(["element_id", "direction"]):
        by_month = dict(zip(rows["month"].astype(int), rows["speed_factor"].fillna(1.0), strict=True))
        months = tuple(float(by_month.get(month, 1.0)) for month in range(1, 13))
        if min(months) < 1.0:
            found[str(element)].append((str(way), months))
    return found

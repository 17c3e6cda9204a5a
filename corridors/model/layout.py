"""Tables laid out as the edges of the multimodal graph, column by column.

A leg makes two edges, one in each direction; a crossing, a transfer and either side of a terminal make one each. What
they take with a load is worked out in `corridors.model.amounts`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain
from math import inf

import pandas as pd

from corridors.data.geodesy import SEA, country_pair, geod
from corridors.data.schema import Row, records
from corridors.engine.collector import at_rest
from corridors.model.amounts import Change, Clearance, Haul, Terminal
from corridors.model.costs import Rates, crossing_amount
from corridors.model.graph import Columns, Edge, MultimodalGraph
from corridors.model.layers import VESSEL, Layer, modes_between
from corridors.model.tariffs import Services

CLUSTER_KM = 60.0
FEES_OF = 2022
"""Year of the border fees of the table ``crossings`` (CPMM 2020 to 2023, most of 2022)."""
OF_LEG = (
    "element_id",
    "elements",
    "countries",
    "mode",
    "gauge",
    "km",
    "gross_limit_t",
    "status",
    "project",
    "factors",
    "headway_hours",
)
OF_WAY = ("tail", "head", "from_place", "to_place", "signature", "pairs", "away_km", "basis")


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
    return MultimodalGraph(layout.nodes, columns, {name: row["country"] for name, row in places.items()})


def _rows(rows: Sequence[Row]) -> Columns:
    """The same of edges one by one."""
    return Edge.columns(len(rows), **{name: [row[name] for row in rows] for name in (rows[0] if rows else ())})


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

    def _node(self, place: str, layer: Layer) -> int:
        return self.nodes.setdefault((place, layer), len(self.nodes))

    def _within(self, element: str) -> tuple[str, ...]:
        """An element and the sections it lies in."""
        return (element, *self._sections.get(element, ()))

    def _slowed(self, elements: Sequence[str]) -> tuple[float, ...] | None:
        found = [self._factors[e] for e in elements if e in self._factors]
        return tuple(min(month) for month in zip(*found, strict=True)) if found else None

    def legs(self) -> Columns:
        """Every leg along its line, and against it."""
        rows = records(self._tables["legs"])
        assumed = self._rates.find("gross_limit_t", "road").mode
        layers = dict[tuple[str, int], tuple[Layer, Layer]]()
        inside = {row["country"]: (row["country"],) for row in rows}
        hauls = dict[tuple[object, ...], Haul]()
        own, directed = [], []  # what a leg has, and what it has in either direction
        stretches = iter(self._services.stretches(rows))
        for row in rows:
            mode, gauge, a, b = row["mode"], _gauge(row), row["from_place"], row["to_place"]
            if (mode, gauge) not in layers:
                layers[mode, gauge] = Layer.of(mode, gauge, a, leaving=True), Layer.of(mode, gauge, b, leaving=False)
            embark, land = layers[mode, gauge]
            elements = self._within(row["leg_id"])
            limit: float = assumed if pd.isna(row["gross_limit_t"]) else float(row["gross_limit_t"])
            own.append(
                (
                    row["leg_id"],
                    elements,
                    inside[row["country"]],
                    mode,
                    gauge,
                    row["km"],
                    limit if mode == "road" else inf,
                    row["status"],
                    "" if row["status"] == "operating" else row["project"],
                    self._slowed(elements),
                    0.0 if pd.isna(row["headway_hours"]) else float(row["headway_hours"]),
                )
            )
            for start, end in ((a, b), (b, a)):
                stretch = next(stretches)
                mountain = row["speed_class"] == "mountain"
                key = mode, row["country"], mountain, *stretch._replace(away_km=bool(stretch.away_km))
                if key not in hauls:
                    hauls[key] = Haul(self._rates, mode, row["country"], mountain, stretch)
                tail, head = self._node(start, embark), self._node(end, land)
                directed.append((tail, head, start, end, *self._at_sea(mode, start, end), stretch.away_km, hauls[key]))
        both = dict(zip(OF_LEG, zip(*own, strict=True), strict=True)) if own else dict.fromkeys(OF_LEG, ())
        either = dict(zip(OF_WAY, zip(*directed, strict=True), strict=True)) if own else dict.fromkeys(OF_WAY, ())
        return Edge.columns(
            2 * len(rows),
            kind=["leg"] * (2 * len(rows)),
            forward=[True, False] * len(rows),
            **{name: [value for value in values for _ in range(2)] for name, values in both.items()},
            **either,
        )

    def _at_sea(self, mode: str, start: str, end: str) -> tuple[str, tuple[str, ...]]:
        """Signature of a voyage or flight, and the sea as a neighbour of its two countries; neither on land."""
        if mode not in VESSEL:
            return "", ()
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
                    "factors": self._slowed(elements),
                    "basis": Clearance(mode, crossing_amount(self._rates, row, *sides, FEES_OF)),
                }
            )
        return _rows(found)

    def transfers(self) -> Columns:
        """Every change of mode or gauge, for whatever load."""
        found = []
        for row in records(self._tables["transfers"]):
            place, layers = row["place_id"], (row["from_layer"], row["to_layer"])
            ends = (place, Layer.named(layers[0], leaving=False)), (place, Layer.named(layers[1], leaving=True))
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
        """Loading from the door of each place to its layers, and unloading from these."""
        found = []
        bases = dict[tuple[object, ...], Terminal]()
        for (place, layer), inner in list(self.nodes.items()):
            row = self._places[place]
            if row["kind"] == "strait":
                continue  # ships pass, nothing is loaded
            mode = "ferry" if layer.mode == "sea" and place in self._ferries else layer.mode
            element = f"terminal:{place}:{layer}"
            for leaving in (True, False):
                if layer.side == ("arriving" if leaving else "leaving"):
                    continue
                door = self._node(place, Layer.door(leaving))
                scheduled = leaving and self._services.scheduled(mode, place)
                key = mode, row["country"], leaving, row["kind"], place if scheduled else ""
                if key not in bases:
                    bases[key] = Terminal(self._rates, self._services, *key)
                found.append(
                    {
                        "tail": door if leaving else inner,
                        "head": inner if leaving else door,
                        "kind": "loading" if leaving else "unloading",
                        "element_id": element,
                        "countries": (row["country"],),
                        "from_place": place,
                        "to_place": place,
                        "mode": mode,
                        "gauge": layer.gauge,
                        "basis": bases[key],
                    }
                )
        return _rows(found)


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


def _factors(seasons: pd.DataFrame) -> dict[str, tuple[float, ...]]:
    found: dict[str, tuple[float, ...]] = {}
    for element, rows in seasons.groupby("element_id"):
        by_month = dict(zip(rows["month"].astype(int), rows["speed_factor"].fillna(1.0), strict=True))
        found[str(element)] = tuple(float(by_month.get(month, 1.0)) for month in range(1, 13))
    return {element: factors for element, factors in found.items() if min(factors) < 1.0}


def clusters(crossings: pd.DataFrame, places: Mapping[str, Row]) -> dict[str, str]:
    """Name of the cluster of each crossing: same countries, same mode, within `CLUSTER_KM` of its first member.

    Crossings as close as Korday and Karasu are one choice to an analyst.
    """
    leaders: dict[tuple[str, ...], list[tuple[str, float, float]]] = defaultdict(list)
    found: dict[str, str] = {}
    for row in records(crossings.drop_duplicates("element_id").sort_values("element_id")):
        element, a, b = row["element_id"], places[row["from_place"]], places[row["to_place"]]
        known = leaders[row["mode"], *sorted((a["country"], b["country"]))]
        for leader, lon, lat in known:
            if geod().inv(lon, lat, a["lon"], a["lat"])[2] <= CLUSTER_KM * 1000:
                found[element] = leader
                break
        else:
            known.append((element, a["lon"], a["lat"]))
            found[element] = element
    return found

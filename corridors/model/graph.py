"""The multimodal graph: a node is (place, layer), an edge a leg, crossing or transfer in one direction.

Layers are ``road``, ``rail1520``, ``rail1435``, ``rail1676`` and, for ships and aircraft, one layer to embark
and one to land (``sea>``, ``>sea``), so that passing from ship to ship at a port needs a transfer. A strait leads from
where ships arrive on one side to where they leave on the other: none turns round there on its way to a port that it
may not sail to. Cargo starts and ends behind the doors of a place (``door>``,
``>door``), which lead to and from each of its layers by loading and unloading.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.data.geodesy import SEA, country_pair, geod
from corridors.data.schema import Row, records
from corridors.engine.arrays import Bound, Closed, Floats, Graph, Ints, Topology
from corridors.engine.collector import at_rest
from corridors.model.cargo import Cargo
from corridors.model.costs import Amount, Rates, crossing_amount, end_amount, leg_amount, times, transfer_amount
from corridors.model.departures import boarding
from corridors.model.factors import groups
from corridors.model.kept import Kept as Kept
from corridors.model.layers import VESSEL, Layer, modes_between
from corridors.model.tariffs import Services, Stretch

CLUSTER_KM = 60.0
KEPT_NUMBERS, KEPT_SPANS = 4_000_000, 1_000_000
FEES_OF = 2022
"""Year of the border fees of the table ``crossings`` (CPMM 2020 to 2023, most of 2022)."""
Kind = Literal["leg", "crossing", "transfer", "loading", "unloading"]
Status = Literal["operating", "planned", "under_construction", "suspended"]


class Edge(NamedTuple):
    """One directed edge with all that a route shows of it."""

    tail: int
    head: int
    kind: Kind
    element_id: str
    elements: tuple[str, ...]  # own element and the sections it lies in: whatever can close or slow it
    countries: tuple[str, ...]  # one for a leg, (from, to) for a crossing
    from_place: str
    to_place: str
    mode: str
    gauge: int  # mm, 0 if none
    km: float
    amount: Amount
    gross_limit_t: float  # largest gross weight of a truck, an assumed one where none is known
    status: Status
    project: str  # that would build or reopen it; empty if it operates, or no project would
    signature: str  # border it crosses, empty inside one country
    pairs: tuple[str, ...]  # countries it joins, "CN-PK"; a ship joins its two ports to the sea, XZ
    factors: tuple[float, ...] | None
    forward: bool  # along the line of its row; a leg in the other direction runs against it

    @property
    def operates(self) -> bool:
        """Whether it operates without a scenario."""
        return self.status == "operating"

    @property
    def at_terminal(self) -> bool:
        """Whether cargo is loaded or unloaded by it."""
        return self.kind in ("loading", "unloading")

    def exists(self, projects: Collection[str]) -> bool:
        """Whether it operates, or one of these projects builds it."""
        return self.operates or self.project in projects

    @property
    def inland(self) -> bool:
        """Whether a line's box is hired on it: legs, crossings and transfers on land, by ferry or by air."""
        return self.kind in ("leg", "crossing", "transfer") and "sea" not in self.mode


@dataclass(frozen=True)
class MultimodalGraph:
    """Nodes and edges for one cargo, planned ones included (the query filters them)."""

    nodes: dict[tuple[str, Layer], int]
    edges: list[Edge]
    lands: Mapping[str, str]
    """Country of each place."""
    graphs: Kept[Graph] = field(default_factory=lambda: Kept(KEPT_NUMBERS))
    """Search graphs by objective, modes and day, made when first asked for."""
    hours: Kept[Floats] = field(default_factory=lambda: Kept(KEPT_NUMBERS))
    """Hours of the edges by modes."""
    weights: Kept[Floats] = field(default_factory=lambda: Kept(KEPT_NUMBERS))
    """Weights of the edges by objective, and for risks by the day whose knowledge counts."""
    closed: Kept[Closed] = field(default_factory=lambda: Kept(KEPT_SPANS))
    """What is closed, by what decides it."""
    barred: Kept[frozenset[str]] = field(default_factory=lambda: Kept(1_000))
    """Crossings that the law bars, by carrier, origin of the goods and day."""
    bounds: Kept[Bound] = field(default_factory=lambda: Kept(KEPT_NUMBERS))
    """Lower bounds of searches, by what decides them."""

    @cached_property
    def topology(self) -> Topology:
        """All edges for the engine."""
        return Topology.of(
            len(self.nodes),
            [edge.tail for edge in self.edges],
            [edge.head for edge in self.edges],
            [edge.factors for edge in self.edges],
        )

    @cached_property
    def touching(self) -> dict[str, frozenset[int]]:
        """Edges by country in which they lie or end, and by place at which they begin or end."""
        found: dict[str, set[int]] = defaultdict(set)
        for i, edge in enumerate(self.edges):
            for name in (*edge.countries, edge.from_place, edge.to_place):
                found[name].add(i)
        return {name: frozenset(edges) for name, edges in found.items()}

    @cached_property
    def legs_of(self) -> dict[tuple[str, str], frozenset[int]]:
        """Legs by `corridors.model.factors.groups`."""
        found: dict[tuple[str, str], set[int]] = defaultdict(set)
        for i, edge in enumerate(self.edges):
            for group in groups(edge):
                found[group].add(i)
        return {key: frozenset(edges) for key, edges in found.items()}

    @cached_property
    def built(self) -> dict[str, frozenset[int]]:
        """Edges by the project that would build them."""
        found: dict[str, set[int]] = defaultdict(set)
        for i, edge in enumerate(self.edges):
            if edge.project:
                found[edge.project].add(i)
        return {project: frozenset(edges) for project, edges in found.items()}

    @cached_property
    def passages(self) -> frozenset[int]:
        """Edges of border crossings."""
        return frozenset(i for i, edge in enumerate(self.edges) if edge.kind == "crossing")

    @cached_property
    def km(self) -> list[float]:
        """Length by edge."""
        return [edge.km for edge in self.edges]

    @cached_property
    def limits(self) -> Floats:
        """Largest gross weight by edge."""
        return np.array([edge.gross_limit_t for edge in self.edges])

    @cached_property
    def expected_hours(self) -> list[float]:
        """Expected hours of each edge, as the tables have them."""
        known = {id(amount): amount.hours for amount in (edge.amount for edge in self.edges)}
        return [known[id(edge.amount)] for edge in self.edges]

    @cached_property
    def borders(self) -> frozenset[str]:
        """All border clusters, as bans."""
        return frozenset(ban for ban in self.bans if ban.startswith("border "))

    @cached_property
    def kinds(self) -> NDArray[np.str_]:
        """Kind of each edge."""
        return np.array([edge.kind for edge in self.edges])

    @cached_property
    def by_vessel(self) -> NDArray[np.bool_]:
        """Whether each edge is by ship or aircraft."""
        return np.array([edge.mode in VESSEL for edge in self.edges], dtype=bool)

    @cached_property
    def afloat(self) -> Floats:
        """1 for legs by sea, else 0, by edge."""
        return np.array([float(edge.kind == "leg" and edge.mode == "sea") for edge in self.edges])

    @cached_property
    def inland(self) -> Floats:
        """1 where a line's box is hired, else 0, by edge."""
        return np.array([float(edge.inland) for edge in self.edges])

    @cached_property
    def bans(self) -> dict[str, frozenset[int]]:
        """Edges of each element, ``border`` cluster and ``pair`` of countries, and the legs in each ``country``."""
        found: dict[str, set[int]] = defaultdict(set)
        for i, edge in enumerate(self.edges):
            for element in edge.elements:
                found[element].add(i)
            if edge.signature:
                found[f"border {edge.signature}"].add(i)
            for pair in edge.pairs:
                found[f"pair {pair}"].add(i)
            if edge.kind == "leg":
                found[f"country {edge.countries[0]}"].add(i)
        return {token: frozenset(edges) for token, edges in found.items()}

    def banned(self, token: str) -> Ints:
        """The same as an array."""
        if token not in self._banned:
            self._banned[token] = np.array(sorted(self.bans[token]), dtype=np.int64)
        return self._banned[token]

    @cached_property
    def _banned(self) -> dict[str, Ints]:
        return {}

    @cached_property
    def crossings(self) -> list[Edge]:
        """All border crossings."""
        return [edge for edge in self.edges if edge.kind == "crossing"]

    @cached_property
    def neighbours(self) -> dict[str, int]:
        """How many countries (the sea counts as one) each country borders by operating edges."""
        pairs = {pair for edge in self.edges if edge.operates for pair in edge.pairs}
        return Counter(country for pair in pairs for country in pair.split("-"))

    @cached_property
    def length(self) -> dict[str, float]:
        """Kilometres of each section in one direction, all its legs together."""
        found: dict[str, float] = defaultdict(float)
        for edge in self.edges:
            if edge.kind == "leg" and edge.forward:
                for element in edge.elements[1:]:
                    found[element] += edge.km
        return dict(found)

    def at(self, place_id: str, leaving: bool, layer: str = "") -> list[int]:
        """Door of a place through which cargo leaves or arrives, or its node of one layer if given."""
        node = self.nodes.get((place_id, Layer(layer) if layer else Layer.door(leaving)))
        return [] if node is None else [node]

    def passing(self, place_id: str) -> set[int]:
        """Nodes of a place at which cargo on its way can be."""
        return {node for (place, layer), node in self.nodes.items() if place == place_id and layer.mode != "door"}


@at_rest()
def build(tables: Mapping[str, pd.DataFrame], rates: Rates, cargo: Cargo, services: Services) -> MultimodalGraph:
    """Lay out all legs, crossings and transfers as directed edges.

    Raises
    ------
    DataError
        If a transfer names a layer that its place does not have.
    """
    places = {row["place_id"]: row for row in records(tables["places"])}
    sections = _sections(tables["elements"])
    factors = _factors(tables["seasons"])
    nodes: dict[tuple[str, Layer], int] = {}
    edges: list[Edge] = []

    def node(place: str, layer: Layer) -> int:
        return nodes.setdefault((place, layer), len(nodes))

    def slowed(elements: Sequence[str]) -> tuple[float, ...] | None:
        found = [factors[e] for e in elements if e in factors]
        return tuple(min(month) for month in zip(*found, strict=True)) if found else None

    gauge: int
    default = rates.find("gross_limit_t", "road")
    for row in records(tables["legs"]):
        mode, ends = row["mode"], (row["from_place"], row["to_place"])
        headway: float = 0.0 if pd.isna(row["headway_hours"]) else float(row["headway_hours"])
        amounts: dict[Stretch, Amount] = {}
        elements = (row["leg_id"], *sections.get(row["leg_id"], ()))
        gauge = 0 if pd.isna(row["gauge_mm"]) else int(row["gauge_mm"])
        for forward, (a, b) in ((True, ends), (False, ends[::-1])):
            stretch = services.stretch(row, a, b)
            if stretch not in amounts:
                amount = leg_amount(
                    rates,
                    cargo,
                    mode,
                    row["country"],
                    row["km"],
                    headway,
                    row["speed_class"] == "mountain",
                    row["leg_id"],
                    stretch,
                )
                amounts[stretch] = times(amount, cargo.trucks) if mode == "road" else amount
            edges.append(
                Edge(
                    node(a, Layer.of(mode, gauge, a, leaving=True)),
                    node(b, Layer.of(mode, gauge, b, leaving=False)),
                    "leg",
                    row["leg_id"],
                    elements,
                    (row["country"],),
                    a,
                    b,
                    mode,
                    gauge,
                    row["km"],
                    amounts[stretch],
                    (default.mode if pd.isna(row["gross_limit_t"]) else row["gross_limit_t"])
                    if mode == "road" and cargo.unit != "wagon"  # whose load goes in as many trucks as the law asks
                    else inf,
                    row["status"],
                    "" if row["status"] == "operating" else row["project"],
                    _vessel_signature(mode, places[a], places[b]),
                    tuple(country_pair(places[p]["country"], SEA) for p in (a, b) if places[p]["country"] != SEA)
                    if mode in VESSEL
                    else (),
                    slowed(elements),
                    forward,
                )
            )

    near = clusters(tables["crossings"], places)
    usual = _border_means(tables["crossings"], places)
    for row in records(tables["crossings"]):
        a, b = row["from_place"], row["to_place"]
        sides = (places[a]["country"], places[b]["country"])
        gauge = 0 if pd.isna(row["gauge_mm"]) else int(row["gauge_mm"])
        elements = (row["element_id"], *sections.get(row["element_id"], ()))
        strait = row["mode"] in VESSEL
        if pd.isna(row["hours_mean"]) and (means := usual.get((*sides, row["mode"]))):
            row |= means
        amount = crossing_amount(rates, row, *sides, FEES_OF)
        if row["mode"] == "road":
            amount = times(amount, cargo.trucks)
        edges.append(
            Edge(
                node(a, Layer.of(row["mode"], gauge, a, leaving=not strait)),
                node(b, Layer.of(row["mode"], gauge, b, leaving=strait)),
                "crossing",
                row["element_id"],
                elements,
                sides,
                a,
                b,
                row["mode"],
                gauge,
                0.0,
                amount,
                inf,
                row["status"],
                "" if row["status"] == "operating" else str(row.get("project") or ""),
                near[row["element_id"]],
                () if row["mode"] in VESSEL else (country_pair(*sides),),
                slowed(elements),
                True,
            )
        )

    ferries = {
        row[end] for row in records(tables["legs"]) for end in ("from_place", "to_place") if row["mode"] == "ferry"
    }
    for row in records(tables["transfers"]):
        place, layers = row["place_id"], (row["from_layer"], row["to_layer"])
        tail, head = (place, Layer.named(layers[0], leaving=False)), (place, Layer.named(layers[1], leaving=True))
        if tail not in nodes or head not in nodes:
            continue  # the place has no operating leg of that layer; check() reports it
        if not cargo.changes(row["units"], layers):
            continue  # no terminal for this load
        modes = modes_between(layers, place in ferries)
        changed = transfer_amount(rates, cargo, row, _changes(*modes), places[place]["country"])
        edges.append(
            Edge(
                nodes[tail],
                nodes[head],
                "transfer",
                f"transfer:{place}:{layers[0]}:{layers[1]}",
                (),
                (places[place]["country"],),
                place,
                place,
                f"{layers[0]} > {layers[1]}",
                0,
                0.0,
                times(boarding(rates, services, cargo, changed, place, *modes), cargo.trucks),
                inf,
                "operating",
                "",
                "",
                (),
                None,
                True,
            )
        )

    for (place, layer), inner in list(nodes.items()):
        if places[place]["kind"] == "strait":
            continue  # ships pass, nothing is loaded
        mode = "ferry" if layer.mode == "sea" and place in ferries else layer.mode
        country = places[place]["country"]
        for leaving in (True, False):
            if layer.side == ("arriving" if leaving else "leaving"):
                continue
            door = node(place, Layer.door(leaving))
            end = end_amount(rates, cargo, mode, country, leaving, places[place]["kind"])
            edges.append(
                Edge(
                    door if leaving else inner,
                    inner if leaving else door,
                    "loading" if leaving else "unloading",
                    f"terminal:{place}:{layer}",
                    (),
                    (country,),
                    place,
                    place,
                    mode,
                    layer.gauge,
                    0.0,
                    boarding(rates, services, cargo, end, place, "door", mode) if leaving else end,
                    inf,
                    "operating",
                    "",
                    "",
                    (),
                    None,
                    True,
                )
            )
    return MultimodalGraph(nodes, edges, {place: row["country"] for place, row in places.items()})


def _changes(before: str, after: str) -> tuple[str, str]:
    """Modes between which a load changes; the second is empty where no new haul starts.

    A change of gauge starts none, nor does the railway beyond a train ferry: through tariffs go on there.
    """
    return before, "" if before == after or (before, after) == ("ferry", "rail") else after


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


def _vessel_signature(mode: str, a: Row, b: Row) -> str:
    if mode not in VESSEL:
        return ""
    return f"{mode} {country_pair(a['country'], b['country'])}"


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

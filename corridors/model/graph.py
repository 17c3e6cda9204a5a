"""The multimodal graph: a node is (place, layer), an edge a leg, crossing or transfer in one direction.

Layers are ``road``, ``rail1520``, ``rail1435``, ``rail1676`` and, for ships and aircraft, one layer to embark
and one to land (``sea>``, ``>sea``), so that passing from ship to ship at a port needs a transfer. Where loads change
to or from a road or railway, it too has a layer of its own to leave by (``road>``), to which what arrives goes on
freely: whatever is transferred there then moves, and is not transferred again; what is loaded there moves before it
changes, and what has changed is not unloaded there, for either can be had without the change. A strait leads from
where ships arrive on one side to where they leave on the other: none turns round there on its way to a port that it
may not sail to. Cargo starts and ends behind the doors of a place (``door>``, ``>door``), which lead to and from each
of its layers by loading and unloading. What ends in the country in which it began, or in the same customs union, pays
no customs time: where rates say what its unloading takes, it has a door of its own (``door at home``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, ItemsView, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from math import inf
from typing import Any, Literal, NamedTuple, get_args, overload

import numpy as np
from numpy.typing import NDArray

from corridors.data.geodesy import SEA
from corridors.engine.arrays import Floats, Ints, Topology
from corridors.model.amounts import Basis
from corridors.model.coded import Bools, Coded, Named, Numbers
from corridors.model.factors import groups
from corridors.model.layers import VESSEL, Layer
from corridors.model.scenario import MODES

VESSELS = frozenset({"ferry", "sea"})
Kind = Literal["leg", "crossing", "transfer", "loading", "unloading"]
Status = Literal["operating", "planned", "under_construction", "suspended"]


Columns = dict[str, list[Any]]
"""Fields of `Edge` but its number, each of all edges."""
NUMBERS = {
    "tail": np.int32,
    "head": np.int32,
    "gauge": np.int32,
    "km": np.float64,
    "gross_limit_t": np.float64,
    "forward": np.bool_,
    "headway_hours": np.float64,
    "away_km": np.float64,
}
"""Fields that are numbers, and their types."""
BITS = 62
"""Countries in one number of `MultimodalGraph.inside`."""


class Edge(NamedTuple):
    """One directed edge with all that a route shows of it."""

    number: int
    tail: int
    head: int
    kind: Kind
    element_id: str
    countries: tuple[str, ...]  # one for a leg, (from, to) for a crossing
    from_place: str
    to_place: str
    mode: str
    basis: Basis  # of its hours, money and emissions
    elements: tuple[str, ...] = ()  # own element and the sections it lies in: whatever can close or slow it
    gauge: int = 0  # mm, 0 if none
    km: float = 0.0
    gross_limit_t: float = inf  # largest gross weight of a truck, an assumed one where none is known
    status: Status = "operating"
    project: str = ""  # that would build or reopen it; empty if it operates, or no project would
    signature: str = ""  # border it crosses, empty inside one country
    pairs: tuple[str, ...] = ()  # countries it joins, "CN-PK"; a ship joins its two ports to the sea, XZ
    factors: tuple[float, ...] | None = None
    forward: bool = True  # along the line of its row; a leg in the other direction runs against it
    headway_hours: float = 0.0  # between departures
    away_km: float = 0.0  # how much farther from the gateway of its tariff it ends than it begins

    @classmethod
    def columns(cls, number: int, **given: Iterable[object]) -> Columns:
        """Columns of so many edges; a field that is not given has its default in all of them."""
        return {
            name: list(given[name]) if name in given else [cls._field_defaults.get(name)] * number
            for name in cls._fields[1:]
        }

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


@dataclass(frozen=True, eq=False)
class MultimodalGraph:
    """Nodes and edges for all loads, planned ones included (the query filters them)."""

    nodes: Mapping[tuple[str, Layer], int]
    numbers: Mapping[str, NDArray[Any]]
    """Fields of edges that are numbers."""
    coded: Mapping[str, Coded[Any]]
    """All their other fields; of ``elements`` only the ``sections``, for the first is the edge's own."""
    lands: Mapping[str, str]
    """Country of each place."""
    beside: Mapping[str, str]
    """For each planned crossing the operating one nearest to it, see `corridors.model.neighbours`."""

    @classmethod
    def of(
        cls,
        nodes: Mapping[tuple[str, Layer], int],
        columns: Columns,
        lands: Mapping[str, str],
        beside: Mapping[str, str],
    ) -> MultimodalGraph:
        """The graph of edges given column by column."""
        numbers: dict[str, NDArray[Any]] = {name: np.array(columns[name], dtype=kind) for name, kind in NUMBERS.items()}
        within = {"sections": [elements[1:] for elements in columns["elements"]]}
        others = {name: column for name, column in columns.items() if name not in (*NUMBERS, "elements")}
        coded = {name: Coded.of(column) for name, column in (others | within).items()}
        return cls(Nodes(*(Coded.of(column) for column in zip(*nodes, strict=True))), numbers, coded, lands, beside)

    @cached_property
    def edges(self) -> Edges:
        """The columns edge by edge."""
        return Edges(self.numbers, self.coded)

    def along(self, path: Iterable[int]) -> list[Edge]:
        """The edges of a path."""
        made = self.edges.made
        return [made.get(i) or self.edges[i] for i in path]

    @cached_property
    def topology(self) -> Topology:
        """All edges for the engine."""
        tail, head, factors = self.numbers["tail"], self.numbers["head"], self.coded["factors"]
        return Topology.seasonal(len(self.nodes), tail, head, factors.numbers, factors.values, self.joins)

    @cached_property
    def joins(self) -> list[tuple[int, int]]:
        """Nodes of the same road or railway at a place where loads change: to arrive at, and to leave by."""
        leaving = (key for key in self.nodes if key[1].on_land and key[1].side)
        pairs = ((self.nodes.get((place, layer.track)), self.nodes[place, layer]) for place, layer in leaving)
        return [(arriving, node) for arriving, node in pairs if arriving is not None]

    @property
    def bases(self) -> tuple[list[Basis], Numbers]:
        """What decides the amounts of edges, and which of these each edge has."""
        return self.coded["basis"].values, self.coded["basis"].numbers

    @cached_property
    def sizes(self) -> Floats:
        """Kilometres of legs, 1 for all else, by edge."""
        return np.where(self.of_kind["leg"], self.kms, 1.0)

    @cached_property
    def leg_km(self) -> Floats:
        """Kilometres of legs, 0 for all else, by edge."""
        return np.where(self.of_kind["leg"], self.kms, 0.0)

    @property
    def headways(self) -> Floats:
        """Hours between departures by edge."""
        return self.numbers["headway_hours"]

    @property
    def away(self) -> Floats:
        """Kilometres away from the gateway of its tariff by edge."""
        return self.numbers["away_km"]

    @cached_property
    def touching(self) -> Mapping[str, frozenset[int]]:
        """Edges by country in which they lie or end, and by place at which they begin or end."""
        ends = ((self.coded[name], lambda place: (place,), None) for name in ("from_place", "to_place"))
        return Named((self.coded["countries"], lambda countries: countries, None), *ends)

    @cached_property
    def legs_of(self) -> dict[tuple[str, str], Ints]:
        """Legs by `corridors.model.factors.groups`."""
        found = Named[tuple[str, str]](
            *(
                (self.coded["countries"], partial(groups, "leg", mode), self.of_kind["leg"] & of_mode)
                for mode, of_mode in self._by_mode.items()
            )
        )
        return {name: np.array(sorted(legs), dtype=np.int64) for name, legs in found.items()}

    @cached_property
    def built(self) -> Mapping[str, frozenset[int]]:
        """Edges by the project that would build them."""
        return Named((self.coded["project"], lambda project: (project,) if project else (), None))

    @cached_property
    def passages(self) -> list[int]:
        """Edges of border crossings."""
        found: list[int] = np.flatnonzero(self.of_kind["crossing"]).tolist()
        return found

    @cached_property
    def clusters(self) -> dict[str, str]:
        """Cluster of each crossing, see `corridors.model.neighbours`."""
        return {self.coded["element_id"][i]: self.coded["signature"][i] for i in self.passages}

    @property
    def kms(self) -> Floats:
        """Length by edge."""
        return self.numbers["km"]

    @property
    def limits(self) -> Floats:
        """Largest gross weight by edge."""
        return self.numbers["gross_limit_t"]

    @cached_property
    def operating(self) -> Bools:
        """Whether each edge operates without a scenario."""
        return self.coded["status"].rows("operating".__eq__)

    @cached_property
    def _by_mode(self) -> dict[str, Bools]:
        return {mode: self.coded["mode"].rows(mode.__eq__) for mode in MODES}

    def carried(self, modes: Collection[str]) -> Bools:
        """Edges that goods may take by these modes; who may sail or go by ferry may use the ports of either.

        A transfer is one between two of them: no load is put on a train for an hour where none may go by rail.
        """
        asked = frozenset(modes)
        if asked not in self._carried:
            self._carried[asked] = self._find_carried(asked)
        return self._carried[asked]

    @cached_property
    def _carried(self) -> dict[frozenset[str], Bools]:
        """What `carried` found, by the modes."""
        return {}

    def _find_carried(self, modes: frozenset[str]) -> Bools:
        either = {*modes, *(("sea", "ferry") if VESSELS.intersection(modes) else ())}
        names = self.coded["mode"].rows(
            lambda mode: all(one.rstrip("0123456789") in either for one in mode.split(" > "))
        )
        found: Bools = names & ~self.of_kind["leg"]
        for mode in modes:
            found |= self._by_mode[mode]
        return found

    @cached_property
    def entered(self) -> dict[str, list[int]]:
        """Edges that lead into each country from another one or from the sea."""
        found: dict[str, list[int]] = defaultdict(list)
        for i in np.flatnonzero(self.of_kind["crossing"] | (self.of_kind["leg"] & self.by_vessel)).tolist():
            found[self.enters(self.edges[i])].append(i)
        return dict(found)

    def enters(self, edge: Edge) -> str:
        """Country into which an edge leads from another one or from the sea; empty if it leads into none."""
        if edge.kind == "crossing":
            return edge.countries[1]
        return self.lands[edge.to_place] if edge.kind == "leg" and edge.mode in VESSEL else ""

    @cached_property
    def borders(self) -> frozenset[str]:
        """All border clusters, as bans."""
        return frozenset(ban for ban in self.bans if ban.startswith("border "))

    @cached_property
    def kinds(self) -> NDArray[np.str_]:
        """Kind of each edge."""
        found: NDArray[np.str_] = np.array(self.coded["kind"].values)[self.coded["kind"].numbers]
        return found

    @cached_property
    def at_borders(self) -> Ints:
        """Edges that lead over a border, or by ship or aircraft from port to port: what corridors are told apart by."""
        return np.flatnonzero(self.coded["signature"].rows(bool))

    @cached_property
    def inside(self) -> Ints:
        """By node a bit for the country in which it lies, in as many columns as that takes; none at sea."""
        lands = [self.lands.get(place, SEA) for place, _ in self.nodes]
        bit = {country: i for i, country in enumerate(sorted({*lands} - {SEA}))}
        found = np.zeros((len(lands), 1 + len(bit) // BITS), dtype=np.int64)
        for node, country in enumerate(lands):
            if country != SEA:
                found[node, bit[country] // BITS] = 1 << bit[country] % BITS
        return found

    @cached_property
    def of_kind(self) -> dict[Kind, Bools]:
        """Whether each edge is of a kind."""
        return {kind: self.coded["kind"].rows(kind.__eq__) for kind in get_args(Kind)}

    @cached_property
    def by_vessel(self) -> Bools:
        """Whether each edge is by ship or aircraft."""
        found: Bools = np.logical_or.reduce([self._by_mode[mode] for mode in VESSEL])
        return found

    @cached_property
    def afloat(self) -> Floats:
        """1 for legs by sea, else 0, by edge."""
        return (self.of_kind["leg"] & self._by_mode["sea"]).astype(np.float64)

    @cached_property
    def inland(self) -> Floats:
        """1 where a line's box is hired, else 0, by edge: see `Edge.inland`."""
        kinds = self.coded["kind"].rows(("leg", "crossing", "transfer").__contains__)
        return (kinds & self.coded["mode"].rows(lambda mode: "sea" not in mode)).astype(np.float64)

    @property
    def _closable(self) -> Bools:
        """Whether each edge is an element that can close."""
        return self.of_kind["leg"] | self.of_kind["crossing"]

    @cached_property
    def bans(self) -> Mapping[str, frozenset[int]]:
        """Edges of each element, ``border`` cluster and ``pair`` of countries; legs by ``country`` and ``mode``."""
        return Named(
            (self.coded["element_id"], lambda element: (element,), self._closable),
            (self.coded["sections"], lambda sections: sections, None),
            (self.coded["countries"], lambda countries: (f"country {countries[0]}",), self.of_kind["leg"]),
            (self.coded["mode"], lambda mode: (f"mode {mode}",), self.of_kind["leg"]),
            (self.coded["signature"], lambda signature: (f"border {signature}",) if signature else (), None),
            (self.coded["pairs"], lambda pairs: [f"pair {pair}" for pair in pairs], None),
        )

    @cached_property
    def crossings(self) -> list[Edge]:
        """All border crossings."""
        return [self.edges[i] for i in self.passages]

    @cached_property
    def neighbours(self) -> dict[str, int]:
        """How many countries (the sea counts as one) each country borders by operating edges."""
        of = self.coded["pairs"]
        pairs = {pair for i in np.unique(of.numbers[self.operating]).tolist() for pair in of.values[i]}
        return Counter(country for pair in pairs for country in pair.split("-"))

    @cached_property
    def length(self) -> dict[str, float]:
        """Kilometres of each section in one direction, all its legs together."""
        found: dict[str, float] = defaultdict(float)
        of, km = self.coded["sections"], self.numbers["km"]
        along = self.of_kind["leg"] & self.numbers["forward"] & of.rows(bool)
        for i in np.flatnonzero(along).tolist():
            for element in of[i]:
                found[element] += km.item(i)
        return dict(found)

    def at(self, place_id: str, leaving: bool, layer: str = "", home: bool = False) -> list[int]:
        """Door of a place through which cargo leaves or arrives, or its node of one layer if given.

        A load in free circulation ends at `home`, if there is such a door. What leaves on a layer may still change to
        another, and what arrives on one may have changed to it.
        """
        asked = place_id, leaving, layer, home
        if asked not in self._found_at:
            sides = [Layer.named(layer, way) for way in (not leaving, False)] if layer else []
            doors = sides or [Layer.door(leaving, one) for one in (home, False)]
            found = [node for door in doors if (node := self.nodes.get((place_id, door))) is not None]
            self._found_at[asked] = found[:1]
        return self._found_at[asked]

    @cached_property
    def _found_at(self) -> dict[tuple[str, bool, str, bool], list[int]]:
        """What `at` has told: a matrix asks the same for every origin."""
        return {}

    def gates(self, place_id: str, leaving: bool) -> Ints:
        """Legs and crossings by which cargo can leave (or reach) a place."""
        if (place_id, leaving) not in self._gates:
            nodes, ends = self.passing(place_id), self.numbers["tail" if leaving else "head"]
            some = np.array(sorted(self.touching.get(place_id, ())), dtype=np.int64)
            self._gates[place_id, leaving] = some[self._closable[some] & np.isin(ends[some], list(nodes))]
        return self._gates[place_id, leaving]

    @cached_property
    def _gates(self) -> dict[tuple[str, bool], Ints]:
        """What `gates` found, by what was asked."""
        return {}

    def passing(self, place_id: str) -> set[int]:
        """Nodes of a place at which cargo on its way can be."""
        return {self.nodes[place_id, layer] for layer in self._on_the_way if (place_id, layer) in self.nodes}

    @cached_property
    def _on_the_way(self) -> frozenset[Layer]:
        """Layers but the doors."""
        return frozenset(layer for layer in {layer for _, layer in self.nodes} if layer.mode != "door")


class Nodes(Mapping[tuple[str, Layer], int]):
    """Number of each node, by its place and layer, which are given node by node."""

    def __init__(self, place: Coded[str], layer: Coded[Layer]) -> None:
        self.place, self.layer = place, layer
        self._place = {name: i for i, name in enumerate(place.values)}
        self._layer = {name: i for i, name in enumerate(layer.values)}
        keys = place.numbers.astype(np.int64) * len(layer.values) + layer.numbers
        self._order = np.argsort(keys)
        self._keys = keys[self._order]

    def __getitem__(self, node: tuple[str, Layer]) -> int:
        key = self._place[node[0]] * len(self._layer) + self._layer[node[1]]
        at = int(np.searchsorted(self._keys, key))
        if at == len(self._keys) or self._keys[at] != key:
            raise KeyError(node)
        return self._order.item(at)

    def __iter__(self) -> Iterator[tuple[str, Layer]]:
        return zip(self.place, self.layer, strict=True)

    def __len__(self) -> int:
        return len(self._keys)

    def items(self) -> ItemsView[tuple[str, Layer], int]:
        """All of them, in order."""
        return dict(zip(self, range(len(self)), strict=True)).items()


class Edges(Sequence[Edge]):
    """Edges out of columns, each made when it is first asked for: routes show a few of a hundred thousand."""

    def __init__(self, numbers: Mapping[str, NDArray[Any]], coded: Mapping[str, Coded[Any]]) -> None:
        self._fields = {
            name: numbers[name].item if name in numbers else coded[name].__getitem__
            for name in Edge._fields
            if name not in ("number", "elements")
        }
        self._sections = coded["sections"]
        self._number = len(numbers["tail"])
        self.made: dict[int, Edge] = {}

    def __len__(self) -> int:
        return self._number

    @overload
    def __getitem__(self, i: int) -> Edge: ...
    @overload
    def __getitem__(self, i: slice) -> list[Edge]: ...
    def __getitem__(self, i: int | slice) -> Edge | list[Edge]:
        if isinstance(i, slice):
            return [self[j] for j in range(*i.indices(len(self)))]
        if i not in self.made:
            if i < 0:
                return self[self._number + i]
            found = {name: field(i) for name, field in self._fields.items()}
            element = (found["element_id"],) if found["kind"] in ("leg", "crossing") else ()
            self.made[i] = Edge(int(i), elements=element + self._sections[i], **found)
        return self.made[i]

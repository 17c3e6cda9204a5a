"""The multimodal graph: a node is (place, layer), an edge a leg, crossing or transfer in one direction.

Layers are ``road``, ``rail1520``, ``rail1435``, ``rail1676`` and, for ships and aircraft, one layer to embark
and one to land (``sea>``, ``>sea``), so that passing from ship to ship at a port needs a transfer. A strait leads from
where ships arrive on one side to where they leave on the other: none turns round there on its way to a port that it
may not sail to. Cargo starts and ends behind the doors of a place (``door>``,
``>door``), which lead to and from each of its layers by loading and unloading. What ends in the country in which it
began pays no customs time: where rates say what its unloading takes, it has a door of its own (``door at home``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from math import inf
from typing import Any, Literal, NamedTuple, TypeVar, get_args, overload

import numpy as np
from numpy.typing import NDArray

from corridors.engine.arrays import Floats, Ints, Topology
from corridors.model.amounts import Basis
from corridors.model.factors import groups
from corridors.model.layers import VESSEL, Layer
from corridors.model.scenario import MODES

Bools = NDArray[np.bool_]
Name = TypeVar("Name", bound=Hashable)
VESSELS = frozenset({"ferry", "sea"})
Kind = Literal["leg", "crossing", "transfer", "loading", "unloading"]
Status = Literal["operating", "planned", "under_construction", "suspended"]


Columns = dict[str, list[Any]]
"""Fields of `Edge` but its number, each of all edges."""


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

    nodes: dict[tuple[str, Layer], int]
    columns: Columns
    lands: Mapping[str, str]
    """Country of each place."""

    @cached_property
    def edges(self) -> Sequence[Edge]:
        """The columns edge by edge."""
        return _Edges(self.columns)

    @cached_property
    def topology(self) -> Topology:
        """All edges for the engine."""
        return Topology.of(len(self.nodes), *(self.columns[name] for name in ("tail", "head", "factors")))

    @cached_property
    def bases(self) -> tuple[list[Basis], Ints]:
        """What decides the amounts of edges, and which of these each edge has."""
        number = {basis: i for i, basis in enumerate(dict.fromkeys(self.columns["basis"]))}
        return list(number), np.array([number[basis] for basis in self.columns["basis"]], dtype=np.int64)

    def _floats(self, name: str) -> Floats:
        return np.array(self.columns[name], dtype=np.float64)

    @cached_property
    def sizes(self) -> Floats:
        """Kilometres of legs, 1 for all else, by edge."""
        return np.where(self.of_kind["leg"], self.kms, 1.0)

    @cached_property
    def headways(self) -> Floats:
        """Hours between departures by edge."""
        return self._floats("headway_hours")

    @cached_property
    def away(self) -> Floats:
        """Kilometres away from the gateway of its tariff by edge."""
        return self._floats("away_km")

    @cached_property
    def touching(self) -> Mapping[str, frozenset[int]]:
        """Edges by country in which they lie or end, and by place at which they begin or end."""
        names = (self.columns[name] for name in ("countries", "from_place", "to_place"))
        return _Named([(*countries, start, end) for countries, start, end in zip(*names, strict=True)])

    @cached_property
    def legs_of(self) -> dict[tuple[str, str], Ints]:
        """Legs by `corridors.model.factors.groups`."""
        names = (self.columns[name] for name in ("kind", "mode", "countries"))
        found = _Named([groups(kind, mode, countries) for kind, mode, countries in zip(*names, strict=True)])
        return {name: np.array(sorted(legs), dtype=np.int64) for name, legs in found.items()}

    @cached_property
    def built(self) -> Mapping[str, frozenset[int]]:
        """Edges by the project that would build them."""
        return _Named([[project] if project else [] for project in self.columns["project"]])

    @cached_property
    def passages(self) -> list[int]:
        """Edges of border crossings."""
        found: list[int] = np.flatnonzero(self.of_kind["crossing"]).tolist()
        return found

    @cached_property
    def km(self) -> list[float]:
        """Length by edge."""
        return self.columns["km"]

    @cached_property
    def kms(self) -> Floats:
        """The same as an array."""
        return self._floats("km")

    @cached_property
    def limits(self) -> Floats:
        """Largest gross weight by edge."""
        return self._floats("gross_limit_t")

    @cached_property
    def operating(self) -> Bools:
        """Whether each edge operates without a scenario."""
        found: Bools = np.array(self.columns["status"]) == "operating"
        return found

    @cached_property
    def _by_mode(self) -> dict[str, Bools]:
        modes = np.array(self.columns["mode"])
        return {mode: modes == mode for mode in MODES}

    def carried(self, modes: Collection[str]) -> Bools:
        """Edges that goods may take by these modes; who may sail or go by ferry may use the ports of either."""
        found = self.of_kind["transfer"].copy()
        for mode in modes:
            found |= self._by_mode[mode]
        if VESSELS.intersection(modes):
            found |= ~self.of_kind["leg"] & (self._by_mode["sea"] | self._by_mode["ferry"])
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
        return np.array(self.columns["kind"])

    @cached_property
    def of_kind(self) -> dict[Kind, Bools]:
        """Whether each edge is of a kind."""
        return {kind: self.kinds == kind for kind in get_args(Kind)}

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
        sea = np.char.find(np.array(self.columns["mode"]), "sea") >= 0
        return (np.isin(self.kinds, ("leg", "crossing", "transfer")) & ~sea).astype(np.float64)

    @cached_property
    def bans(self) -> Mapping[str, frozenset[int]]:
        """Edges of each element, ``border`` cluster and ``pair`` of countries, and the legs in each ``country``."""
        names = (self.columns[name] for name in ("elements", "signature", "pairs", "kind", "countries"))
        within = {countries: f"country {countries[0]}" for countries in dict.fromkeys(self.columns["countries"])}
        found = []
        for elements, signature, pairs, kind, countries in zip(*names, strict=True):
            if kind == "leg":
                elements = (*elements, within[countries])
            if signature or pairs:
                elements = (*elements, *[f"border {signature}"] * bool(signature), *map("pair {}".format, pairs))
            found.append(elements)
        return _Named(found)

    @cached_property
    def crossings(self) -> list[Edge]:
        """All border crossings."""
        return [self.edges[i] for i in self.passages]

    @cached_property
    def neighbours(self) -> dict[str, int]:
        """How many countries (the sea counts as one) each country borders by operating edges."""
        pairs = {pair for i in np.flatnonzero(self.operating).tolist() for pair in self.columns["pairs"][i]}
        return Counter(country for pair in pairs for country in pair.split("-"))

    @cached_property
    def length(self) -> dict[str, float]:
        """Kilometres of each section in one direction, all its legs together."""
        found: dict[str, float] = defaultdict(float)
        names = (self.columns[name] for name in ("elements", "kind", "forward", "km"))
        for elements, kind, forward, km in zip(*names, strict=True):
            if kind == "leg" and forward:
                for element in elements[1:]:
                    found[element] += km
        return dict(found)

    def at(self, place_id: str, leaving: bool, layer: str = "", home: bool = False) -> list[int]:
        """Door of a place through which cargo leaves or arrives, or its node of one layer if given.

        A load that comes from the same country ends at `home`, if there is such a door.
        """
        doors = [Layer(layer)] if layer else [Layer.door(leaving, one) for one in (home, False)]
        return [node for door in doors if (node := self.nodes.get((place_id, door))) is not None][:1]

    def passing(self, place_id: str) -> set[int]:
        """Nodes of a place at which cargo on its way can be."""
        return {self.nodes[place_id, layer] for layer in self._on_the_way if (place_id, layer) in self.nodes}

    @cached_property
    def _on_the_way(self) -> frozenset[Layer]:
        """Layers but the doors."""
        return frozenset(layer for _, layer in self.nodes if layer.mode != "door")


class _Edges(Sequence[Edge]):
    """Edges out of columns, each made when it is first asked for: routes show a few of a hundred thousand."""

    def __init__(self, columns: Columns) -> None:
        self._columns = [columns[name] for name in Edge._fields[1:]]
        self._made: dict[int, Edge] = {}

    def __len__(self) -> int:
        return len(self._columns[0])

    @overload
    def __getitem__(self, i: int) -> Edge: ...
    @overload
    def __getitem__(self, i: slice) -> list[Edge]: ...
    def __getitem__(self, i: int | slice) -> Edge | list[Edge]:
        if isinstance(i, slice):
            return [self[j] for j in range(*i.indices(len(self)))]
        if i not in self._made:
            if i < 0:
                return self[len(self) + i]
            self._made[i] = Edge(int(i), *[column[i] for column in self._columns])
        return self._made[i]


class _Named(Mapping[Name, frozenset[int]]):
    """Edges by each of the names that they have, given edge by edge."""

    def __init__(self, names: Sequence[Sequence[Name]]) -> None:
        every = list(chain.from_iterable(names))
        self._number = {name: i for i, name in enumerate(dict.fromkeys(every))}
        numbers = np.fromiter(map(self._number.__getitem__, every), dtype=np.int64, count=len(every))
        edges = np.repeat(np.arange(len(names), dtype=np.int32), [len(some) for some in names])
        self._edges = edges[np.argsort(numbers, kind="stable")]
        self._first = np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=len(self._number)))])
        self._made: dict[Name, frozenset[int]] = {}

    def __getitem__(self, name: Name) -> frozenset[int]:
        if name not in self._made:
            first, last = self._first[self._number[name] :][:2]
            self._made[name] = frozenset(self._edges[first:last].tolist())
        return self._made[name]

    def __iter__(self) -> Iterator[Name]:
        return iter(self._number)

    def __len__(self) -> int:
        return len(self._number)

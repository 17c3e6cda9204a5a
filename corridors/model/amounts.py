"""What edges take with a load: hours, US$ and kg CO2e of all as arrays, and line by line of those that are shown.

Thousands of legs rest on the same few rates, and what they take grows with their length: of each basis one kilometre
is worked out, and the rest is a multiplication. An edge that is shown has its amount from the same lines.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from corridors.data.schema import Row, cited
from corridors.model.border import crossing_amount
from corridors.model.cargo import Cargo
from corridors.model.conditions import Member, Unions, together
from corridors.model.costs import (
    GUARANTEE,
    Amount,
    Rates,
    end_amount,
    leg_amount,
    times,
    transfer_amount,
)
from corridors.model.departures import boarding
from corridors.model.tariffs import Services, Stretch

if TYPE_CHECKING:
    from corridors.model.graph import Edge, MultimodalGraph


class Size(NamedTuple):
    """What an edge has of its own beside its basis: by default a kilometre without sailings or direction."""

    km: float = 1.0
    away_km: float = 0.0  # how much farther from the gateway of its tariff it ends than it begins
    headway_hours: float = 0.0
    leg_id: str = ""


KILOMETRE = Size()
Floats = NDArray[np.float64]
FEES_OF = 2022
"""Year of the border fees of the table ``crossings`` (CPMM 2020 to 2023, most of 2022)."""


class Basis(Protocol):
    """What decides the amount of edges, apart from their size."""

    def amount(self, cargo: Cargo, size: Size = ...) -> Amount:
        """What an edge of this size takes with a load."""
        ...

    def handles(self, cargo: Cargo) -> bool:
        """Whether the load can take such an edge at all."""
        ...


class _Any:
    def handles(self, cargo: Cargo) -> bool:
        """Whether the load can take such an edge at all: any can."""
        return True


@dataclass(frozen=True, eq=False)
class Haul(_Any):
    """Legs of one mode, country and service."""

    rates: Rates
    mode: str
    country: str
    mountain: bool
    stretch: Stretch

    def amount(self, cargo: Cargo, size: Size = KILOMETRE) -> Amount:
        """What a leg of this size takes with a load."""
        stretch = self.stretch._replace(away_km=size.away_km)
        found = leg_amount(
            self.rates, cargo, self.mode, self.country, size.km, size.headway_hours, self.mountain, size.leg_id, stretch
        )
        return times(found, cargo.trucks) if self.mode == "road" else found


@dataclass(frozen=True, eq=False)
class Clearance(_Any):
    """One crossing."""

    rates: Rates
    mode: str
    row: Row
    sides: tuple[str, str]
    of_the_year: float = 1.0  # mean hours of the twelve months over those at speed factor 1

    @cached_property
    def one(self) -> Amount:
        """What it takes with one truck, box or wagon."""
        return crossing_amount(self.rates, self.row, *self.sides, FEES_OF, self.of_the_year)

    def amount(self, cargo: Cargo, size: Size = KILOMETRE) -> Amount:
        """What it takes with a load."""
        return times(self.one, cargo.trucks) if self.mode == "road" else self.one


@dataclass(frozen=True, eq=False)
class Change:
    """One change of mode or gauge."""

    rates: Rates
    services: Services
    row: Row
    modes: tuple[str, str]
    country: str

    def amount(self, cargo: Cargo, size: Size = KILOMETRE) -> Amount:
        """What it takes with a load, until the next departure where it boards a train or ship."""
        found = transfer_amount(self.rates, cargo, self.row, self._hauls, self.country)
        return times(boarding(self.rates, self.services, cargo, found, self.row["place_id"], *self.modes), cargo.trucks)

    @property
    def _hauls(self) -> tuple[str, str]:
        """Modes between which the load changes; the second is empty where no new haul starts.

        A change of gauge starts none, nor does the railway beyond a train ferry: through tariffs go on there. The next
        ship does.
        """
        before, after = self.modes
        return before, "" if self.modes in (("rail", "rail"), ("ferry", "rail")) else after

    def handles(self, cargo: Cargo) -> bool:
        """Whether there is a terminal for the load."""
        return cargo.changes(self.row["units"], (self.row["from_layer"], self.row["to_layer"]))


@dataclass(frozen=True, eq=False)
class Terminal(_Any):
    """Loading or unloading in one country and kind of place."""

    rates: Rates
    services: Services
    mode: str
    country: str
    leaving: bool
    home: bool  # unloading without customs
    place_kind: str
    place_id: str  # where trains or ships leave by a published frequency; empty for all other places

    def amount(self, cargo: Cargo, size: Size = KILOMETRE) -> Amount:
        """What it takes with a load, until the next departure where it boards a train or ship."""
        found = end_amount(self.rates, cargo, self.mode, self.country, self.leaving, self.place_kind, self.home)
        if not self.leaving:
            return found
        return boarding(self.rates, self.services, cargo, found, self.place_id, "door", self.mode)


def decisive(cargo: Cargo) -> tuple[object, ...]:
    """What decides the amounts of edges in a load: the same for boxes of rice and of cloth that weigh the same."""
    return cargo.payload_t, cargo.unit, cargo.vehicle, bool(cargo.un_class), cargo.hired, cargo.handled_as


class PerBasis(NamedTuple):
    """What a kilometre, or what has no length, takes with one load, and whether the load can take it, by basis."""

    hours: Floats
    usd: Floats
    kgco2e: Floats
    away: Floats  # US$ more for a kilometre away from the gateway of a tariff
    handled: NDArray[np.bool_]

    @classmethod
    def of(cls, graph: MultimodalGraph, cargo: Cargo) -> PerBasis:
        """Worked out line by line."""
        bases = graph.bases[0]
        one = np.array([(found.hours, found.usd, found.kgco2e) for found in _each(graph, cargo)]).reshape(-1, 3)
        away = [
            basis.amount(cargo, Size(away_km=1.0)).usd - usd
            if isinstance(basis, Haul) and basis.stretch.away_km
            else 0.0
            for basis, usd in zip(bases, one[:, 1].tolist(), strict=True)
        ]
        handled = np.array([basis.handles(cargo) for basis in bases], dtype=bool)
        return cls(one[:, 0], one[:, 1], one[:, 2], np.array(away), handled)


def _each(graph: MultimodalGraph, cargo: Cargo) -> list[Amount]:
    return [basis.amount(cargo) for basis in graph.bases[0]]


class Amounts:
    """What all edges take with one load.

    Attributes
    ----------
    hours, usd, kgco2e : array of float
        Expected values by edge.
    handled : array of bool
        Whether the load can take an edge at all.
    """

    def __init__(self, graph: MultimodalGraph, cargo: Cargo, per_basis: PerBasis | None = None) -> None:
        self.graph, self.cargo, self.key = graph, cargo, decisive(cargo)
        self._shown: dict[int, Amount] = {}
        self._inner: dict[int, list[Member]] = {}
        self._within: dict[tuple[tuple[str, str], ...], Amounts] = {}
        which, one = graph.bases[1], per_basis or PerBasis.of(graph, cargo)
        self.hours, self.usd, self.kgco2e = (values[which] * graph.sizes for values in one[:3])
        self.hours += graph.headways / 2
        self.usd += one.away[which] * graph.away
        self.handled: NDArray[np.bool_] = one.handled[which]

    def within(self, unions: Unions) -> Amounts:
        """The same without guarantees at the borders inside customs unions: one is valid in all of its countries."""
        members = tuple(sorted((country, one.union) for country, one in unions.items()))
        if members and members not in self._within:
            found = copy(self)
            found.key, found.usd, found._shown = (*self.key, members), self.usd.copy(), {}
            inner = [edge for edge in self.graph.crossings if together(unions, *edge.countries)]
            for edge in inner:
                found.usd[edge.number] -= sum(p.expected for p in self.of(edge).money if p.line == GUARANTEE)
            found._inner = {edge.number: [unions[country] for country in edge.countries] for edge in inner}
            self._within[members] = found
        return self._within[members] if members else self

    def by_basis(self) -> list[Amount]:
        """Amount of a kilometre, or of what has no length, by basis."""
        return _each(self.graph, self.cargo)

    def of(self, edge: Edge) -> Amount:
        """What one edge takes, line by line."""
        if edge.number not in self._shown:
            found = edge.basis.amount(self.cargo, Size(edge.km, edge.away_km, edge.headway_hours, edge.element_id))
            if members := self._inner.get(edge.number):
                found = found._replace(
                    money=tuple(part for part in found.money if part.line != GUARANTEE),
                    source_id=cited(found.source_id, *(one.source_id for one in members)),
                    note=f"{found.note}; inside the {members[0].union}, no guarantee",
                )
            self._shown[edge.number] = found
        return self._shown[edge.number]

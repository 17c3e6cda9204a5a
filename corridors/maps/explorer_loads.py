"""Loads that the reader of a page can choose from, and the amounts of the network's edges with each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from math import inf
from typing import Any, NamedTuple

import numpy as np

from corridors.data.schema import records
from corridors.engine.arrays import Floats
from corridors.errors import BadRequest
from corridors.model.amounts import Amounts
from corridors.model.cargo import WAGON_MODES, Cargo, preset
from corridors.model.facts import Facts
from corridors.model.scenario import MODES

Json = dict[str, Any]
ALIKE = 1e-13
"""Relative difference up to which one column counts as a multiple of another."""


class Figures:
    """Columns of figures by edge; one that is nearly a multiple of another is stored as such."""

    def __init__(self) -> None:
        self.packed: list[Json] = []
        self._columns: list[Floats] = []
        self._known: dict[bytes, int] = {}

    def of(self, values: Floats) -> int:
        """Number of a column."""
        if values.tobytes() not in self._known:
            self._known[values.tobytes()] = len(self.packed)
            self.packed.append(self._multiple(values) or {"values": values.tolist()})
            self._columns.append(values)
        return self._known[values.tobytes()]

    def _multiple(self, values: Floats) -> Json | None:
        for number, base in enumerate(self._columns):
            both = (values != 0) & (base != 0)
            if "values" in self.packed[number] and both.any():
                factor = float(np.median(values[both] / base[both]))
                others = np.flatnonzero(np.abs(values - factor * base) > ALIKE * np.abs(values))
                if len(others) < len(values) / 8:
                    return {"of": number, "by": factor, "edges": others.tolist(), "but": values[others].tolist()}
        return None


class Kind(NamedTuple):
    """What decides the graph of a load, apart from its payload and the terminals that handle it."""

    unit: str
    vehicle: str
    dangerous: bool
    hired: bool

    @classmethod
    def of(cls, cargo: Cargo) -> Kind:
        """That of a load."""
        return cls(cargo.unit, cargo.vehicle, bool(cargo.un_class), cargo.hired)


class Taken(NamedTuple):
    """Amounts of the edges with some payload."""

    tonnes: float
    columns: dict[str, Floats]


class Carried:
    """Loads to choose from, with one set of edges for all, and their amounts.

    Edges are rated for the least and the greatest payload of each kind of load; between the two, hours, US$ and kg
    are interpolated, for each is linear in the payload.

    Parameters
    ----------
    facts : Facts
    cargoes : sequence of Cargo
    """

    def __init__(self, facts: Facts, cargoes: Sequence[Cargo]) -> None:
        self._facts, self._cargoes = facts, cargoes
        self.figures = Figures()

    @cached_property
    def _payloads(self) -> dict[str, dict[float, bool]]:
        """Tonnes of each load that the law may allow, and whether they are tried as an answer of their own."""
        legs = self._facts.tables["legs"].query("mode == 'road'")["gross_limit_t"]
        limits = {*legs.dropna().astype(float), self._facts.rates.find("gross_limit_t", "road").mode}
        found = {}
        for cargo in self._cargoes:
            tried = cargo.unit not in ("vehicle", "wagon") and "road" in cargo.modes
            lawful = {} if cargo.unit == "wagon" else {limit - self._tare(cargo): limit for limit in limits}
            found[cargo.cargo_id] = {
                tonnes: tried and limit in self._facts.weight_limits
                for tonnes, limit in sorted(lawful.items(), reverse=True)
                if max(cargo.least_payload, 1e-9) <= tonnes < cargo.payload_t
            }
        return {cargo.cargo_id: {cargo.payload_t: True, **found[cargo.cargo_id]} for cargo in self._cargoes}

    def _tare(self, cargo: Cargo) -> float:
        return self._facts.rates.find("tare_t", "road", "", cargo.vehicle).mode

    @property
    def _guarantee(self) -> float:
        """US$ for one truck at a border that is not inside a customs union."""
        rates = self._facts.rates
        return rates.expected(rates.find("guarantee_usd", "road"), "prices")

    @cached_property
    def _taken(self) -> dict[Kind, list[Taken]]:
        """Amounts of the edges with the smallest and the largest payload of each kind."""
        found: dict[Kind, list[Taken]] = {}
        for kind in dict.fromkeys(map(Kind.of, self._cargoes)):
            alike = [cargo for cargo in self._cargoes if Kind.of(cargo) == kind]
            tonnes = [t for cargo in alike for t in self._payloads[cargo.cargo_id]]
            found[kind] = [self._take(alike[0], t) for t in dict.fromkeys((min(tonnes), max(tonnes)))]
        return found

    def _take(self, cargo: Cargo, tonnes: float) -> Taken:
        amounts = Amounts(self._facts.graph, replace(cargo, payload_t=tonnes))
        return Taken(tonnes, {"hours": amounts.hours, "usd": amounts.usd, "kgco2e": amounts.kgco2e})

    def loads(self) -> list[Json]:
        """Each load with the numbers of its columns of figures."""
        changes = np.flatnonzero(self._facts.graph.of_kind["transfer"]).tolist()
        handled = [(i, self._facts.graph.edges[i].basis) for i in changes]
        return [
            _described(self._facts, cargo)
            | {
                "tare": self._tare(cargo),
                "guarantee": self._guarantee * cargo.trucks,
                "absent": [i for i, basis in handled if not basis.handles(cargo)],
                "loads": [
                    {"tonnes": tonnes, "tried": tried}
                    | {name: self.figures.of(column) for name, column in self._at(cargo, tonnes).items()}
                    for tonnes, tried in self._payloads[cargo.cargo_id].items()
                ],
            }
            for cargo in self._cargoes
        ]

    def _at(self, cargo: Cargo, tonnes: float) -> dict[str, Floats]:
        low, high = self._taken[Kind.of(cargo)][0], self._taken[Kind.of(cargo)][-1]
        for one in (low, high):
            if one.tonnes == tonnes:
                return one.columns
        share = (tonnes - low.tonnes) / (high.tonnes - low.tonnes)
        return {name: column + share * (high.columns[name] - column) for name, column in low.columns.items()}


def cargoes_of(facts: Facts) -> list[Cargo]:
    """Presets that are routed."""
    found = []
    for row in records(facts.tables["cargo"]):
        try:
            found.append(preset(facts.tables["cargo"], row["cargo_id"]))
        except BadRequest:  # not routed: the row says why
            continue
    return found


def _described(facts: Facts, cargo: Cargo) -> Json:
    known = cargo.cargo_id in set(facts.tables["cargo"]["cargo_id"])
    return {
        "id": cargo.cargo_id,
        "name": facts.cargo_name(cargo.cargo_id),
        "code": None if known and preset(facts.tables["cargo"], cargo.cargo_id) == cargo else cargo_code(cargo),
        "modes": sorted(cargo.modes),
        "allowed": sorted(WAGON_MODES) if cargo.unit == "wagon" else list(MODES),
        "limited": cargo.unit != "wagon",
        "least": cargo.least_payload,
        "valueOfTime": cargo.value_of_time,
        "lifeDays": cargo.shelf_life_days if cargo.perishable else None,
        "hire": cargo.hired,
        "goods": cargo.goods,
    }


def cargo_code(cargo: Cargo) -> str:
    """A load as the Python that creates it."""
    given = {name: value for name, value in vars(cargo).items() if name != "modes" and value != inf}
    words = [f"{name}={value!r}" for name, value in given.items()]
    return f"cr.Cargo({', '.join(words)}, modes=frozenset({sorted(cargo.modes)!r}))"

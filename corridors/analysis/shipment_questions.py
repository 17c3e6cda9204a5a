"""From rows as they were read to questions: names looked up in the network, amounts weighed, what does not fit told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from itertools import product
from typing import TYPE_CHECKING

from corridors.analysis.shipment_answers import Asked
from corridors.arguments import departure, shown
from corridors.data.spelling import key
from corridors.errors import CorridorsError
from corridors.model.cargo import Cargo, closest
from corridors.routing.request import Request, read_cargo, resolve

if TYPE_CHECKING:
    from corridors.data.shipment_rows import ShipmentRow
    from corridors.model.facts import Facts

ROUNDING = 1e-9
SIZES = ("40", "40 ft", "40 foot", "1 x 40", "feu")
KINDS = {
    "container40": ("", "container", "dry", "standard", "dc", "dv", "gp", "hc", "hq", "high cube"),
    "reefer40": ("reefer", "reefer container", "refrigerated container", "rf", "rh", "hr"),
}
"""What forwarders write of a 40-foot box: a size and a kind, in either order."""


@dataclass(frozen=True)
class Shipment:
    """A row that can be answered."""

    row: ShipmentRow
    asked: Asked
    cargo: Cargo
    tonnes: float | None
    boxes: int | None
    deadline: date | datetime | None

    def units(self, payload: float) -> int:
        """Boxes that it takes where the law allows so many tonnes in one."""
        least = 1 if self.tonnes is None else max(1, -int(-(self.tonnes * (1 - ROUNDING)) // payload))
        return max(least, self.boxes or 1)


class Reader:
    """Reads rows against a network; a question that occurs again is not looked up again.

    Parameters
    ----------
    facts : Facts
    defaults : dict
        Values of fields that a row may leave empty: cargo, carrier, avoid, by and perhaps depart.
    ask : dict
        Arguments of `corridors.Network.routes` that are common to all.
    """

    def __init__(self, facts: Facts, defaults: Mapping[str, object], ask: Mapping[str, object]) -> None:
        self.facts, self._defaults, self._ask = facts, defaults, ask
        self._places: dict[str, str | CorridorsError] = {}
        self._checked: dict[Asked, str] = {}
        table = facts.tables["cargo"]
        boxes = {
            key(name): cargo
            for cargo, kinds in KINDS.items()
            for size, kind in product(SIZES, kinds)
            for name in (size + kind, kind + size)
        }
        self._cargo_names = {name: cargo for name, cargo in boxes.items() if cargo in set(table["cargo_id"])} | {
            key(name): cargo
            for column in ("name", "cargo_id")
            for name, cargo in zip(table[column], table["cargo_id"], strict=True)
        }

    def read(self, row: ShipmentRow) -> Shipment | None:
        """The shipment of a row; None if anything is wrong with it, which the row then says."""
        places = {name: self._place(row, name) for name in ("origin", "destination")}
        cargo = self._cargo(row)
        depart = row.values.get("depart")
        if depart is None:
            depart = self._defaults.get("depart")
            if depart is None and "depart" in row.values:
                row.blame("depart", "is empty: a shipment needs a date of departure.")
        deadline = row.values.get("deadline")
        if row.problems or cargo is None:
            return None
        given = {name: row.values.get(name) for name in ("carrier", "avoid", "by")}
        asked = Asked(
            origin=places["origin"],
            destination=places["destination"],
            depart=depart,  # type: ignore[arg-type]
            cargo=cargo[0],
            **{name: self._defaults[name] if value is None else value for name, value in given.items()},  # type: ignore[arg-type]
        )
        self._check(row, asked, deadline)
        load, tonnes, boxes = cargo[1], row.values.get("tonnes"), row.values.get("boxes")
        if tonnes and boxes and tonnes > boxes * load.payload_t * (1 + ROUNDING):
            row.blame(
                ("tonnes", "boxes"),
                f"{tonnes:g} t do not go into {boxes} {load.unit}: {load.cargo_id} is {load.payload_t:g} t each. Leave "
                "the boxes empty to have them counted.",
            )
        return None if row.problems else Shipment(row, asked, load, tonnes, boxes, deadline)

    def _place(self, row: ShipmentRow, name: str) -> str:
        text = row.values.get(name)
        if text is None:
            return ""
        if text not in self._places:
            try:
                self._places[text] = self.facts.place_id(text)
            except CorridorsError as error:
                self._places[text] = error
        found = self._places[text]
        if isinstance(found, str):
            return found
        row.blame(name, str(found))
        return ""

    def _cargo(self, row: ShipmentRow) -> tuple[str | Cargo, Cargo] | None:
        """The load by its preset, or its name as readers have it."""
        given = row.values.get("cargo")
        named: object = self._defaults["cargo"] if given is None else self._cargo_names.get(key(given), given)
        try:
            return named, read_cargo(self.facts, named)  # type: ignore[return-value]
        except CorridorsError as error:
            near = closest(self.facts.tables["cargo"], str(given))
            spelt = get_close_matches(key(str(given)), self._cargo_names, n=3, cutoff=0.6)
            names = ", ".join(dict.fromkeys((*near, *(self._cargo_names[one] for one in spelt))))
            unknown = key(str(named)) not in self._cargo_names
            hint = f"{shown(given)} is not a cargo of the table; the nearest are {names}. See net.cargo."
            row.blame("cargo", hint if names and unknown else str(error))
            return None

    def _check(self, row: ShipmentRow, asked: Asked, deadline: date | datetime | None) -> None:
        """Refuse, once for all rows that ask the same, what the network refuses."""
        zone = self.facts.place[asked.origin]["timezone"]
        try:
            leaves = departure(asked.depart, zone)
        except CorridorsError as error:
            row.blame("depart", str(error))
            return
        alike = asked._replace(depart=date(2025, 1, 1), by="hours")
        if alike not in self._checked:
            self._checked[alike] = self._refusal(alike)
        if problem := self._checked[alike]:
            row.blame(_blamed(problem), problem)
        if deadline is not None:
            moment = isinstance(deadline, datetime)
            last = departure(deadline, self.facts.place[asked.destination]["timezone"]) if moment else None
            if (last is not None and last < leaves) or (last is None and deadline < leaves.date()):
                row.blame("deadline", f"the deadline, {deadline}, lies before the departure, {asked.depart}.")

    def _refusal(self, asked: Asked) -> str:
        try:
            resolve(self.facts, asked.request(Request.common(asked.depart, self._ask, "k")), both=True)
        except CorridorsError as error:
            return str(error)
        return ""


def _blamed(problem: str) -> tuple[str, ...]:
    """Fields that a refusal is about."""
    for name in ("avoid", "carrier"):
        if problem.startswith(name):
            return (name,)
    return ("cargo",) if problem.startswith(("cargo", "modes")) else ("origin", "destination")


def without_repeats(shipments: list[Shipment]) -> dict[int, int]:
    """Row of each shipment that says the same, in every column, as one above it, and the row of that one."""
    first: dict[object, int] = {}
    found = {}
    for one in shipments:
        said = tuple(sorted((name, str(value)) for name, value in one.row.said.items()))
        if said in first:
            found[one.row.row] = first[said]
        first.setdefault(said, one.row.row)
    return found

"""Answers of shipments put beside their rows, and added up."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from corridors.analysis.shipment_answers import RANGES, Asked
from corridors.analysis.shipment_questions import Shipment, without_repeats
from corridors.arguments import departure
from corridors.data.schema import Row
from corridors.data.shipment_rows import Problem, ShipmentList
from corridors.model.calendars import hour, moment
from corridors.routing.figures import rounded
from corridors.routing.request import Request, known_on
from corridors.routing.side_tables import outside_record_on

if TYPE_CHECKING:
    from corridors.model.facts import Facts

BEST = {
    "hours": "fastest",
    "usd": "cheapest",
    "kgco2e": "least CO2e",
    "risk": "least exposed",
    "generalised": "least generalised cost",
    "km": "shortest",
}
ASKED = ("row", "shipment", "origin", "destination", "depart", "cargo", "tonnes", "boxes", "unit")
WISHED = ("deadline", "carrier", "avoid", "by")
FIGURES = ("km", "days", "days_p10", "days_p50", "days_p90", "p_on_time", "p_saleable")
MONEY = ("usd_per_box", "usd", "usd_p10", "usd_p50", "usd_p90", "tco2e")
TOLD = ("flags", "alternatives", "why_not", "note", "error")
TABLE = (*ASKED, *WISHED, "route", "corridor", "gates", *FIGURES[:5], "arrive", *FIGURES[5:], *MONEY, *TOLD)
NUMBERS = ("tonnes", *FIGURES, *MONEY)
ERRORS = ["row", "cell", "column", "value", "problem"]
BESIDES = ["row", "shipment", "by", "route", "gates", "days", "extra_days", "boxes", "usd", "extra_usd", "tco2e"]
SUMS = ["shipments", "boxes", "tonnes", "usd", "tco2e"]


class Assembly:
    """Puts answers beside the rows, and adds them up."""

    def __init__(
        self,
        facts: Facts,
        common: Request,
        read: ShipmentList,
        found: Sequence[Shipment],
        deadlines: Mapping[Asked, set[date | datetime]],
        answers: Mapping[Asked, list[Row]],
    ) -> None:
        self.facts, self.common, self.read, self.answers = facts, common, read, answers
        self.found = {one.row.row: one for one in found}
        self.repeats = without_repeats(list(found))
        self.deadlines = {one: sorted(days, key=str) for one, days in deadlines.items()}
        self._outside: dict[date, list[str]] = {}

    def frames(self) -> dict[str, Any]:
        """Tables and notes of `corridors.analysis.shipments.Shipments`, by name."""
        rows = [self._row(row.row, row.values, row.said, row.problems) for row in self.read.rows]
        table = pd.DataFrame(rows, columns=list(TABLE))
        table = table.astype(dict.fromkeys(NUMBERS, "float64") | {"boxes": "Int64"})
        best = [(one, self.answers[one.asked][0]) for one in self.found.values()]
        best = [(one, way) for one, way in best if way["route"]]
        problems = [problem for row in self.read.rows for problem in row.problems]
        return {
            "table": table,
            "errors": pd.DataFrame(problems, columns=ERRORS),
            "alternatives": pd.DataFrame(
                [row for one, _ in best for row in self._besides(one)], columns=[*BESIDES, "p_on_time", "p_saleable"]
            ),
            "by_corridor": self._sums(best, lambda way: [(way["countries"], way["gates"])], "corridor", "gates"),
            "by_crossing": self._by_crossing(best),
            "totals": self._totals(best),
            "flows": self._sums(best, lambda way: _parts(way["leg_ids"], ";"), "leg_id"),
            "notes": [*self.read.notes, *self._repeated()],
        }

    def _row(
        self, number: int, values: Mapping[str, object], said: Mapping[str, object], problems: Sequence[Problem]
    ) -> Row:
        row: Row = dict.fromkeys(TABLE, "") | dict.fromkeys(NUMBERS, np.nan) | {"row": number, "boxes": pd.NA}
        row["shipment"] = values.get("shipment") or ""
        one = self.found.get(number)
        if one is None:
            texts = ("origin", "destination", "depart", "cargo", "deadline", "carrier", "avoid", "by")
            row |= {name: "" if said.get(name) is None else str(said[name]) for name in texts}
            row |= {"tonnes": values.get("tonnes") or np.nan, "boxes": values.get("boxes") or pd.NA}
            return row | {"error": " ".join(f"{p.cell}: {p.problem}" for p in problems)}
        asked, place = one.asked, self.facts.place
        row |= {
            "origin": place[asked.origin]["name"],
            "destination": place[asked.destination]["name"],
            "depart": asked.depart.isoformat(),
            "cargo": one.cargo.cargo_id,
            "unit": one.cargo.unit,
            "tonnes": np.nan if one.tonnes is None else one.tonnes,
            "boxes": pd.NA if one.boxes is None else one.boxes,
            "deadline": one.deadline.isoformat() if one.deadline else "",
            "carrier": asked.carrier or "",
            "avoid": "; ".join(asked.avoid or ()),
            "by": asked.by,
        }
        notes = self._outside_record(asked.depart)
        if number in self.repeats:
            notes = [*notes, f"says the same as row {self.repeats[number]}: counted twice"]
        way = self.answers[asked][0]
        if not way["route"]:
            return row | {"why_not": way["why_not"], "note": "; ".join(notes)}
        boxes = one.units(way["payload_t"])
        if one.boxes is not None and boxes > one.boxes:
            notes = [*notes, f"{boxes} boxes: the law allows {way['payload_t']:g} t in one on this way"]
        if one.tonnes is None and one.boxes is None:
            notes = [*notes, f"no weight given: one {one.cargo.unit} assumed"]
        return row | {
            **{name: way[name] for name in ("route", "gates", "km", "flags")},
            "corridor": way["countries"],
            "tonnes": self._tonnes(one, way),
            "boxes": boxes,
            "days": way["hours"] / 24,
            **{name: way[name] for name in RANGES if name.startswith("days")},
            **{name: boxes * way[name] for name in RANGES if name.startswith("usd")},
            "arrive": self._arrives(asked, way["hours"]),
            **self._chances(one, way),
            "usd_per_box": way["usd"],
            "usd": boxes * way["usd"],
            "tco2e": boxes * way["kgco2e"] / 1000,
            "alternatives": "; ".join(map(_words, self._besides(one))),
            "note": "; ".join(notes),
        }

    def _tonnes(self, one: Shipment, way: Row) -> float:
        """Weight of a shipment; full boxes where it is not given."""
        return one.units(way["payload_t"]) * float(way["payload_t"]) if one.tonnes is None else one.tonnes

    def _arrives(self, asked: Asked, hours: float) -> str:
        place = self.facts.place
        leaves = hour(departure(asked.depart, place[asked.origin]["timezone"]))
        return moment(leaves + hours).astimezone(ZoneInfo(place[asked.destination]["timezone"])).date().isoformat()

    def _chances(self, one: Shipment, way: Row) -> Row:
        """Chances to be there by the deadline, and to be saleable; NaN where nothing is asked."""
        days = self.deadlines[one.asked]
        chances = json.loads(way["chances"]) if way["chances"] else []
        return {
            "p_on_time": chances[days.index(one.deadline)] if one.deadline is not None else np.nan,
            "p_saleable": way["p_saleable"] if one.cargo.perishable else np.nan,
        }

    def _besides(self, one: Shipment) -> list[Row]:
        """The best routes by other wishes that are not the best by its own, each once."""
        best, *others = self.answers[one.asked]
        ways: dict[str, tuple[Row, list[str]]] = {}
        for way in others:
            if way["route"] and way["leg_ids"] + way["gate_ids"] != best["leg_ids"] + best["gate_ids"]:
                ways.setdefault(way["leg_ids"] + way["gate_ids"], (way, []))[1].append(BEST[way["by"]])
        boxes = one.units(best["payload_t"])
        found = []
        for way, wishes in ways.values():
            number = one.units(way["payload_t"])
            usd = number * way["usd"]
            found.append(
                {
                    "row": one.row.row,
                    "shipment": one.row.values.get("shipment") or "",
                    "by": ", ".join(wishes),
                    "route": way["route"],
                    "gates": way["gates"],
                    "days": way["hours"] / 24,
                    "extra_days": (way["hours"] - best["hours"]) / 24,
                    "boxes": number,
                    "usd": usd,
                    "extra_usd": usd - boxes * best["usd"],
                    "tco2e": number * way["kgco2e"] / 1000,
                    **self._chances(one, way),
                }
            )
        return found

    def _outside_record(self, depart: date | datetime) -> list[str]:
        day = depart.date() if isinstance(depart, datetime) else depart
        if day not in self._outside:
            self._outside[day] = outside_record_on(self.facts, known_on(self.facts, self.common.as_of), day)
        return self._outside[day]

    def _repeated(self) -> list[str]:
        return [f"{len(self.repeats)} rows say the same as one above, and are counted"] if self.repeats else []

    def _sums(
        self, best: Sequence[tuple[Shipment, Row]], called: Callable[[Row], Iterable[tuple[str, ...]]], *names: str
    ) -> pd.DataFrame:
        """Shipments, boxes, tonnes, US$ and t CO2e of what is called the same, most tonnes first."""
        rows = [
            (*name, 1, boxes, self._tonnes(one, way), boxes * way["usd"], boxes * way["kgco2e"] / 1000)
            for one, way in best
            for boxes in [one.units(way["payload_t"])]
            for name in called(way)
        ]
        frame = pd.DataFrame(rows, columns=[*names, *SUMS])
        sums = frame.groupby(list(names), sort=True)[SUMS].sum().reset_index()
        return sums.sort_values("tonnes", ascending=False, kind="stable", ignore_index=True)

    def _by_crossing(self, best: Sequence[tuple[Shipment, Row]]) -> pd.DataFrame:
        """The same by crossing, with what passes there: trucks by road, else the boxes or wagons."""
        found = self._sums(best, lambda way: _parts(way["gates"], " > "), "crossing")
        vehicles = defaultdict[str, float](float)
        for one, way in best:
            trucks = {"road": one.cargo.trucks}
            for gate, mode in dict(zip(way["gates"].split(" > "), way["gate_modes"].split(";"), strict=True)).items():
                vehicles[gate] += one.units(way["payload_t"]) * trucks.get(mode, 1.0)
        found.insert(2, "vehicles", found["crossing"].map(vehicles))
        return found

    def _totals(self, best: Sequence[tuple[Shipment, Row]]) -> pd.DataFrame:
        sums = self._sums(best, lambda _: [("all",)], "all")
        counts = {
            "rows": len(self.read.rows),
            "answered": len(best),
            "no_way": len(self.found) - len(best),
            "wrong": len(self.read.rows) - len(self.found),
        }
        amounts = sums.iloc[0][SUMS[1:]].to_dict() if len(sums) else dict.fromkeys(SUMS[1:], 0)
        return pd.DataFrame([counts | amounts | {"boxes": int(amounts["boxes"])}])


def _parts(text: str, by: str) -> list[tuple[str]]:
    """Each part of a text once."""
    return [(one,) for one in dict.fromkeys(text.split(by)) if one]


def _words(row: Row) -> str:
    return f"{row['by']}: {row['route']}, {rounded(row['days'])} days, US$ {rounded(row['usd'])}"

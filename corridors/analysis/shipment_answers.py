"""Questions of shipments and their answers: each different question is asked once, on any executor, and kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from corridors.analysis.sweeps import Store
from corridors.analysis.workers import crew
from corridors.data.schema import Row, records
from corridors.engine.arrays import use_compiled
from corridors.engine.collector import at_rest
from corridors.errors import NoRoute
from corridors.routing.answers import find_routes
from corridors.routing.reliability import hours_until
from corridors.routing.request import Request
from corridors.routing.tables import flags_of

if TYPE_CHECKING:
    from corridors.model.cargo import Cargo
    from corridors.model.facts import Facts
    from corridors.routing.result import Result

OWN = ("origin", "destination", "depart", "cargo", "carrier", "avoid", "by")
"""Arguments of a question that rows of shipments tell."""
PART = 25
"""Most questions in one part: what an interruption can cost each worker."""
LONG = 2_000
"""Questions from which compiling the searches, where numba is installed and has not done so, pays at once."""
RANGES = tuple(f"{what}_{q}" for what in ("days", "usd", "kgco2e") for q in ("p10", "p50", "p90"))
NUMBERS = ("number", "km", "hours", "usd", "kgco2e", "risk", "payload_t", "p_saleable", *RANGES)
TEXTS = ("by", "route", "countries", "gates", "gate_modes", "gate_ids", "leg_ids", "flags", "chances", "why_not")
"""``chances``: of being there by each deadline, as JSON."""


class Asked(NamedTuple):
    """One question of shipments; many shipments may have the same."""

    origin: str
    destination: str
    depart: date | datetime
    cargo: str | Cargo
    carrier: str | None
    avoid: tuple[str, ...] | None
    by: str

    def request(self, common: Request, **changes: object) -> Request:
        """The question with what is common to all."""
        return replace(common, **(self._asdict() | changes))


class Part(NamedTuple):
    """Questions that are answered, and stored, together, each with the deadlines that shipments of it have."""

    asked: tuple[tuple[Asked, tuple[date | datetime, ...]], ...]
    beside: tuple[str, ...]


def answers_to(
    facts: Facts,
    asked: Mapping[Asked, Sequence[date | datetime]],
    beside: Sequence[str],
    ask: Mapping[str, object],
    executor: Executor | None,
    progress: bool,
    folder: Path | None,
) -> dict[Asked, list[Row]]:
    """Answers to each question: first by its own wish, then by the others `beside`; one without a route says why."""
    order = sorted(asked, key=_near)  # neighbours share a graph, lower bounds and what is closed
    parts = [
        Part(tuple((one, tuple(asked[one])) for one in order[i : i + PART]), tuple(beside))
        for i in range(0, len(order), PART)
    ]
    store = None if folder is None else Store(folder, facts, {"shipments": 2, **ask}, as_frame)
    rows = {i: records(kept) for i, kept in store.kept(parts).items()} if store else {}
    todo = [i for i in range(len(parts)) if i not in rows]
    if sum(len(parts[i].asked) for i in todo) >= LONG:
        use_compiled(compile_now=True)
    done = sum(len(parts[i].asked) for i in rows)
    with crew(facts, executor, progress, "shipments", len(order), done) as workers:
        work = partial(answer, ask=dict(ask))
        for n, found in workers.each(work, [parts[i] for i in todo], lambda part: len(part.asked)):
            rows[todo[n]] = found
            if store:
                store.put(parts[todo[n]], store.packed(parts[todo[n]], as_frame(found)))
    answers: dict[Asked, list[Row]] = {one: [] for one in order}
    for i, part in enumerate(parts):
        for row in rows[i]:
            answers[part.asked[int(row["number"])][0]].append(row)
    return answers


def _near(asked: Asked) -> tuple[str, ...]:
    cargo = asked.cargo if isinstance(asked.cargo, str) else asked.cargo.cargo_id
    rest = (asked.carrier or "", ";".join(asked.avoid or ()), asked.by, asked.depart.isoformat())
    return (cargo, asked.destination, asked.origin, *rest)


@at_rest()
def answer(facts: Facts, part: Part, ask: Mapping[str, object]) -> list[Row]:
    """Rows of one part."""
    found = []
    for number, (asked, deadlines) in enumerate(part.asked):
        common = Request.common(asked.depart, ask, "k", *OWN[3:])
        wishes = dict.fromkeys((asked.by, *part.beside))
        for by in wishes:
            row: Row = dict.fromkeys(TEXTS, "") | dict.fromkeys(NUMBERS, np.nan) | {"number": number, "by": by}
            try:
                routes = find_routes(facts, asked.request(common, by=by, k=1))
            except NoRoute as error:
                if by == asked.by:
                    found.append(row | {"why_not": str(error)})
                    break
                continue  # one that would spoil on the best route by another wish
            limits = [hours_until(routes, deadline) for deadline in deadlines]
            found.append(row | _told(routes.results[0], limits, whole=by == asked.by))
    return found


def _told(result: Result, limits: Sequence[float], whole: bool) -> Row:
    """What the table shows of a route; ranges only for the best one."""
    hours, usd, kgco2e, _ = result.figures
    crossings = [edge for edge in result.edges if edge.kind == "crossing"]
    samples = result.hours(result.draws) if limits else np.zeros(0)  # as `reliability` has them
    return {
        "route": result.name,
        "countries": "-".join(result.countries),
        "gates": " > ".join(result.crossings),
        "gate_modes": ";".join(edge.mode for edge in crossings),
        "gate_ids": ";".join(edge.element_id for edge in crossings),
        "leg_ids": ";".join(edge.element_id for edge in result.edges if edge.kind == "leg"),
        "flags": ", ".join(flags_of(result)),
        "km": result.km,
        "hours": hours,
        "usd": usd,
        "kgco2e": kgco2e,
        "risk": result.risk,
        "payload_t": result.payload,
        "p_saleable": result.saleable,
        "chances": json.dumps([float((samples <= limit).mean()) for limit in limits]),
        **(result.ranges("days", "usd", "kgco2e") if whole else {}),
    }


def as_frame(rows: Sequence[Row]) -> pd.DataFrame:
    """Rows with the columns and types that every part has."""
    frame = pd.DataFrame(rows, columns=[*TEXTS, *NUMBERS])
    return frame.astype({name: "float64" if name in NUMBERS else "str" for name in frame.columns})

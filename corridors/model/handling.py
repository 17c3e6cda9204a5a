"""What changes of mode or gauge a place offers: those of the table, and one in place of two where it offers a chain.

A station that moves boxes between trucks and wagons of one gauge, and between these and wagons of another, moves them
from the truck to the other wagon at once; a port that lands boxes and loads them takes them from ship to ship.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from operator import add

from corridors.data.schema import Row, cited, worst
from corridors.model.cargo import handled
from corridors.model.layers import VESSEL

FIGURES = tuple(f"{what}_{of}" for what in ("hours", "usd") for of in ("low", "mode", "high"))
BOARDED = frozenset(VESSEL.values())


def changes(rows: Sequence[Row]) -> list[Row]:
    """Rows of ``transfers``, and those of loads that would change twice at a place where they do not change at once."""
    at: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        at[row["place_id"]].append(row)
    return [*rows, *(direct for some in at.values() for direct in _direct(some))]


def _direct(rows: Sequence[Row]) -> Iterator[Row]:
    """What one place offers at once though the table names it in two steps.

    It takes as long, and costs as much, as the longer and the dearer of the two; where the table names it too, but with
    more than both together, as both.
    """
    listed = {_layers(row): row for row in rows}
    handles = {layers: _units(row) for layers, row in listed.items()}
    for first in rows:
        for second in rows:
            ends, between = (first["from_layer"], second["to_layer"]), first["to_layer"]
            to_and_fro = ends[0] == ends[1] and ends[0] not in BOARDED
            if between != second["from_layer"] or between in BOARDED or to_and_fro:
                continue
            units = handles[_layers(first)] & handles[_layers(second)]
            alike = units & handles.get(ends, frozenset())
            if others := units - alike:
                yield _joined(first, second, others, max, "of the two changes the longer and the dearer")
            if alike and any(listed[ends][name] > first[name] + second[name] for name in ("hours_mode", "usd_mode")):
                yield _joined(first, second, alike, add, "both changes together, less than at once")


def _joined(first: Row, second: Row, units: Collection[str], figure: Callable[[float, float], float], how: str) -> Row:
    """One row for two, with figures of both."""
    return {
        **second,
        **{name: figure(first[name], second[name]) for name in FIGURES},
        "from_layer": first["from_layer"],
        "units": ";".join(sorted(units)),
        "note": f"as by {second['from_layer']}: {how}",
        "source_id": cited(first["source_id"], second["source_id"]),
        "quality": worst(first["quality"], second["quality"], "assumed"),
    }


def _layers(row: Row) -> tuple[str, str]:
    return row["from_layer"], row["to_layer"]


def _units(row: Row) -> frozenset[str]:
    return handled(row["units"], _layers(row))

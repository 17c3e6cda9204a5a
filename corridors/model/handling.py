"""What changes of mode or gauge a place offers: those of the table, and one in place of two where it offers a chain.

A station that moves boxes between trucks and wagons of one gauge, and between these and wagons of another, moves them
from the truck to the other wagon at once. Without that a load would have to drive out and back between the two
changes. From ship to ship a load goes only where the table says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from corridors.data.schema import Row, cited, worst
from corridors.model.cargo import handled
from corridors.model.layers import VESSEL

FIGURES = tuple(f"{what}_{of}" for what in ("hours", "usd") for of in ("low", "mode", "high"))
BOARDED = frozenset(VESSEL.values())


def changes(rows: Sequence[Row]) -> list[Row]:
    """Rows of ``transfers``, and those of loads that would else change twice at a place."""
    at: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        at[row["place_id"]].append(row)
    return [*rows, *(direct for some in at.values() for direct in _direct(some))]


def _direct(rows: Sequence[Row]) -> Iterator[Row]:
    """What one place offers in two steps, as one with the figures of both, for loads that no row of the table names."""
    listed = {_ends(row, row): handled(row["units"], _ends(row, row)) for row in rows}
    for first in rows:
        for second in rows:
            ends, between = _ends(first, second), first["to_layer"]
            if between != second["from_layer"] or between in BOARDED or ends[0] == ends[1]:
                continue
            loads = listed[_ends(first, first)] & listed[_ends(second, second)]
            if loads := loads - listed.get(ends, frozenset()):
                yield {
                    **second,
                    **{name: first[name] + second[name] for name in FIGURES},
                    "from_layer": ends[0],
                    "units": ";".join(sorted(loads)),
                    "note": f"both changes together, as by {between}: no figure for one at once",
                    "source_id": cited(first["source_id"], second["source_id"]),
                    "quality": worst(first["quality"], second["quality"], "assumed"),
                }


def _ends(first: Row, last: Row) -> tuple[str, str]:
    return first["from_layer"], last["to_layer"]

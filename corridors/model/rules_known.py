"""Opening hours as known on a day: what replaces a rule is not foreseen before somebody could know of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from corridors.data.schema import Row

LAST_DAY = date.max.isoformat()


class RulesKnown:
    """Rows of ``calendars`` by element, as they were known on a day.

    A row is known from its ``known_from``, from its first day where that is empty, and at the latest on the date of the
    data. The last rule known lasts, whatever came later: as of June 2024 the Khunjerab is shut in winter.

    Parameters
    ----------
    rows : iterable of Row
        Of the table ``calendars``.
    data_date : date, optional
        Day on which all of it is known; without it, each row is known from its own day only.
    """

    def __init__(self, rows: Iterable[Row], data_date: date | None = None) -> None:
        latest = LAST_DAY if data_date is None else data_date.isoformat()
        by_element: dict[str, list[Row]] = {}
        for row in rows:
            by_element.setdefault(row["element_id"], []).append(row)
        self.editions: Mapping[str, Sequence[tuple[str, Sequence[Row]]]] = {
            element: _editions(some, latest) for element, some in by_element.items()
        }

    def edition(self, element_id: str, as_of: date) -> int:
        """Number of the edition of its rules that was known on a day; below 0 if none was."""
        known = self.editions.get(element_id, ())
        return bisect_right(known, as_of.isoformat(), key=lambda one: one[0]) - 1

    def of(self, element_id: str, as_of: date) -> Sequence[Row]:
        """Its rules as known on a day."""
        number = self.edition(element_id, as_of)
        return self.editions[element_id][number][1] if number >= 0 else ()


def _editions(rows: Sequence[Row], latest: str) -> list[tuple[str, Sequence[Row]]]:
    """Days on which more rules came to be known, each with the rules of then."""
    since = [min(row["known_from"] or row["valid_from"], latest) for row in rows]
    found: list[tuple[str, Sequence[Row]]] = []
    for day in sorted(set(since)):
        there = [row for row, known in zip(rows, since, strict=True) if known <= day]
        found.append((day, [_prolonged(row, rows, there) for row in there]))
    return found


def _prolonged(row: Row, rows: Sequence[Row], known: Sequence[Row]) -> Row:
    """A rule without its end, and what is told of that, where nothing was known of what follows."""
    if not row["valid_to"] or any(row["valid_to"] < other["valid_from"] for other in known):
        return row
    followed = any(row["valid_to"] < other["valid_from"] for other in rows)
    return row | {"valid_to": "", "note": ""} if followed else row

"""Small helpers for the CSV tables."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

HAND = Path(__file__).parent / "hand"
OUT = Path(__file__).parents[1]
Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """Rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def hand(name: str) -> list[Row]:
    """Rows of a hand-kept table."""
    return read(HAND / f"{name}.csv")


def write(name: str, columns: str, rows: Iterable[Mapping[str, object]]) -> int:
    """Write an output table; returns the number of rows."""
    header = columns.split(",")
    count = 0
    with (OUT / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({key: row.get(key, "") for key in header})
            count += 1
    return count


def number(text: str) -> float | None:
    """A number, or None where the cell is empty."""
    return float(text) if text else None


def points(text: str) -> list[tuple[float, float]]:
    """Way-points written as 'lon lat;lon lat'."""
    pairs = [item.split() for item in text.split(";") if item.strip()]
    return [(float(lon), float(lat)) for lon, lat in pairs]

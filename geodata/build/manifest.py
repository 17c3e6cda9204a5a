"""Last step after any change of data: bring the counts in geodata/README.md up to date, then write manifest.sha256.

Usage: python geodata/build/manifest.py
"""

import csv
import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

GEODATA = Path(__file__).parents[1]
MANIFEST = GEODATA / "manifest.sha256"
GRADES = ("measured", "published", "derived", "estimate", "assumed")
BEGIN, END = "<!-- rows by quality: written by build/manifest.py -->\n", "<!-- end -->\n"
HOLIDAYS, SHOWN = "<!-- holidays: written by build/manifest.py -->\n", "2026"
ADDRESSES = "<!-- addresses of sources: written by build/manifest.py -->\n"
MIXED = "<!-- rows of several sources: written by build/manifest.py -->\n"


def files() -> list[Path]:
    """Tables, their description and the basemap, in order; not what is written for readers only."""
    found = [*GEODATA.glob("*.csv"), *GEODATA.glob("*.json"), *GEODATA.glob("basemap/*"), *GEODATA.glob("detail/*")]
    return sorted(path for path in found if path.is_file() and not path.name.startswith("."))


def manifest() -> str:
    """Lines as of sha256sum: `cd geodata && sha256sum -c manifest.sha256` checks them."""
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(GEODATA).as_posix()}\n" for path in files()
    )


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a table, packed or not."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return csv.DictReader(data.decode("utf-8").splitlines())


def by_quality() -> str:
    """Markdown table: rows of each table by quality."""
    lines = [["table", "rows", *GRADES, "measured to derived"], ["---"] * (len(GRADES) + 3)]
    total: Counter[str] = Counter()
    for path in files():
        if ".csv" not in path.suffixes:
            continue
        count = Counter(row.get("quality") for row in rows(path))
        name = path.relative_to(GEODATA).as_posix().partition(".csv")[0]
        if set(count) <= set(GRADES):
            graded = Counter({str(grade): n for grade, n in count.items()})
            total += Counter() if "/" in name else graded
            lines.append(_line(f"`{name}`", graded))
        else:
            lines.append([f"`{name}`", f"{count.total():,}", *["" for _ in GRADES], "no grades of its own"])
    lines.append(_line("all but `detail`", total))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def of_several_sources() -> str:
    """Markdown table: rows with more than one source, and of how many `provenance` says which gave what."""
    package = json.loads((GEODATA / "datapackage.json").read_text(encoding="utf-8"))
    schemas = {one["name"]: one["schema"] for one in package["resources"]}
    values = list(rows(GEODATA / "provenance.csv"))
    lines = [
        ["table", "rows of several sources", "told apart", "not told apart", "values", *GRADES],
        ["---"] * (len(GRADES) + 5),
    ]
    for name in sorted(schemas["provenance"]["fields"][0]["constraints"]["enum"]):
        mixed = [row for row in rows(GEODATA / f"{name}.csv") if ";" in row["source_id"]]
        of_table = [value for value in values if value["table"] == name]
        told = {value["row_id"] for value in of_table}
        apart = sum("|".join(row[column] for column in schemas[name]["primaryKey"]) in told for row in mixed)
        grades = Counter(value["quality"] for value in of_table)
        lines.append(
            [
                f"`{name}`",
                f"{len(mixed)}",
                f"{apart}",
                f"{len(mixed) - apart}",
                f"{len(of_table)}",
                *(f"{grades[grade]}" for grade in GRADES),
            ]
        )
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def of_addresses() -> str:
    """Sentence: of how many sources address and date are known."""
    sources = list(rows(GEODATA / "sources.csv"))
    linked = sum(row["url"].startswith("http") for row in sources)
    nowhere, undated = (sum(not row[name] for row in sources) for name in ("url", "published"))
    named = len(sources) - linked - nowhere
    return (
        f"Of {len(sources):,} sources {linked} have a web address, {named} the name of a site with a number or day, "
        f"{nowhere} neither (own estimates among them); {undated} have no day of publication.\n"
    )


def of_holidays() -> str:
    """Markdown table: the public holidays of each country in a year."""
    days: dict[str, list[str]] = {}
    for row in rows(GEODATA / "holidays.csv"):
        if row["date"].startswith(SHOWN):
            days.setdefault(row["country"], []).append(f"{row['date'][5:]} {row['name']}")
    lines = [["country", "month-day and name"], ["---"] * 2, *([one, ", ".join(days[one])] for one in sorted(days))]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _line(name: str, count: Counter[str]) -> list[str]:
    backed = sum(count[grade] for grade in GRADES[:3])
    share = f"{100 * backed / count.total():.0f} %"
    return [name, f"{count.total():,}", *(f"{count[grade]:,}" for grade in GRADES), share]


def with_counts(text: str) -> str:
    """The README with the tables between their marks brought up to date."""
    for mark, table in (
        (BEGIN, by_quality()),
        (HOLIDAYS, of_holidays()),
        (ADDRESSES, of_addresses()),
        (MIXED, of_several_sources()),
    ):
        before, rest = text.split(mark)
        text = before + mark + table + END + rest.split(END, 1)[1]
    return text


if __name__ == "__main__":
    readme = GEODATA / "README.md"
    readme.write_text(with_counts(readme.read_text(encoding="utf-8")), encoding="utf-8")
    MANIFEST.write_text(manifest(), encoding="utf-8")
    print(f"{len(files())} files in {MANIFEST.name}")

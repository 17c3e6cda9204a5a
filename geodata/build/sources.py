"""Rows of the build in geodata/sources.csv, which others also write."""

import tables

COLUMNS = "source_id,title,publisher,url,published,accessed,licence"


def append(used: set[str]) -> None:
    """Add the sources that the tables name and sources.csv lacks; fails on an unknown one."""
    path = tables.OUT / "sources.csv"
    known = {row["source_id"]: row for row in tables.read(path)} if path.exists() else {}
    ours = {row["source_id"]: row for row in tables.hand("sources")}
    missing = sorted(used - set(known) - set(ours))
    if missing:
        raise ValueError(f"sources without a row: {', '.join(missing)}")
    known.update({name: ours[name] for name in used & set(ours)})
    tables.write("sources", COLUMNS, [known[name] for name in sorted(known)])

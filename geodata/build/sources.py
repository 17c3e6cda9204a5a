"""Rows of the build in geodata/sources.csv, which others also write."""

import re

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
    linked = [row | {"url": address(str(row["url"]))} for _, row in sorted(known.items())]
    tables.write("sources", COLUMNS, linked)


def address(text: str) -> str:
    """The address of a page as one that a browser opens; what is only the name of a file is none."""
    if re.fullmatch(r"(?:[\w-]+\.)+[a-z]{2,}/[^\s;,]+", text):
        return f"https://{text}"
    return "" if re.fullmatch(r"\d{3}_[0-9a-f]{16}\.txt", text) else text

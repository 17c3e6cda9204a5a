"""Rows of crossings.csv, and in provenance.csv the published parts that their hours and fees are the sum of."""

from collections import defaultdict

import border_hours
import tables

from corridors.data.schema import worst

CROSSING_CV = {"road": "1", "rail": "1", "sea": "0.3"}
"""As the rate ``border_cv``; of straits assumed."""
CV_SOURCE = {"source_id": "worldbank_landlocked_2010", "as_of": "2010", "quality": "derived"}
PROVENANCE = "table,row_id,column,part,value,note,source_id,as_of,quality"
Rows = list[dict[str, object]]
Parts = dict[tuple[str, str], list[tables.Row]]


def parts() -> Parts:
    """Parts of hours and fees by crossing and way.

    Where one side publishes hours, the other is the mean of its country. Fees follow where a side publishes one in
    either direction: for the rest stands what is published of the country in that direction, else what the same side
    takes in the other direction at that post, else the mean assumed.
    """
    found: Parts = defaultdict(list)
    for row in tables.hand("crossing_parts"):
        found[row["element_id"], row["way"]].append(row)
    rates = {
        (row["quantity"], row["by_mode"], row["by_country"]): row
        for row in tables.read(tables.OUT / "rates.csv")
        if not row["by_vehicle"]
    }
    by_hand = {(*key, row["part"]): row for key, rows in found.items() for row in rows if row["column"] == "hours_mean"}
    national = {key for key, row in by_hand.items() if row["note"].startswith("national mean")}
    for (element, way, part), measured in border_hours.sides(rates, national).items():
        if (element, way, part) in by_hand:
            by_hand[element, way, part].update(measured)
        else:
            found[element, way].append({"column": "hours_mean", "part": part} | measured)
    for row in tables.hand("crossings"):
        ways = {way: _by_part(found.get((row["element_id"], way), []), "usd") for way in ("ab", "ba")}
        for a, b in (("a", "b"), ("b", "a")):
            published = found[row["element_id"], a + b]
            hours, fees, back = _by_part(published, "hours_mean"), ways[a + b], ways[b + a]
            if back.keys() == {""} and not fees:
                published.append(back[""] | _mirrored("of this post"))
            for country, way, other in ((row[f"country_{a}"], "out", "in"), (row[f"country_{b}"], "in", "out")):
                part, opposite = f"{country}_{way}".lower(), f"{country}_{other}".lower()
                rate = _of_country(rates, f"crossing_usd_{way}", row["mode"], country)
                if {*fees, *back} - {""} and not {part, ""} & fees.keys():
                    if opposite in back and rate["quality"] == "assumed":
                        rate = back[opposite] | _mirrored(f"{opposite} of this post")
                    published.append(rate | {"column": "usd", "part": part})
                if hours.keys() - {""} and part not in hours:
                    mean = _of_country(rates, f"crossing_hours_{way}", row["mode"], country)
                    published.append(mean | {"column": "hours_mean", "part": part, "quality": "assumed"})
    return found


def _by_part(published: list[tables.Row], column: str) -> dict[str, tables.Row]:
    return {part["part"]: part for part in published if part["column"] == column}


def _mirrored(of: str) -> tables.Row:
    return {"note": f"not published: as {of} in the other direction", "quality": "estimate"}


def _of_country(rates: dict[tuple[str, str, str], tables.Row], quantity: str, mode: str, country: str) -> tables.Row:
    """The rate of a country where it has one, else that of all, as a part of a crossing: published there, not here."""
    rate = rates.get((quantity, mode, country)) or rates[quantity, mode, ""]
    return {
        "value": rate["mode"],
        "note": f"not published of the post: rate {rate['rate_id']}",
        "source_id": rate["source_id"],
        "as_of": rate["as_of"],
        "quality": "estimate" if rate["quality"] == "published" else "assumed",
    }


def grade(row: tables.Row, used: list[tables.Row]) -> dict[str, object]:
    """Source, date and quality: those of the parts, without any those of the position."""
    if not used:
        return {name: row[name] for name in ("source_id", "as_of", "quality")}
    quality = worst("derived", *(part["quality"] for part in used))
    names = dict.fromkeys(name for part in used for name in part["source_id"].split(";"))
    return {"source_id": ";".join(names), "as_of": max(part["as_of"] for part in used), "quality": quality}


def _with_dispersion(graded: dict[str, object], hours: str) -> dict[str, object]:
    """The same with the source of the dispersion of hours that are known."""
    return graded | {"source_id": f"{graded['source_id']};{CV_SOURCE['source_id']}"} if hours else graded


def _sum(used: list[tables.Row], column: str) -> str:
    values = [float(part["value"]) for part in used if part["column"] == column]
    return f"{round(sum(values), 1):g}" if values else ""


def crossing_rows(used: set[str]) -> tuple[Rows, Rows]:
    """Two directed rows for each crossing and each strait, and what their values are made of."""
    rows: Rows = []
    provenance: Rows = []
    known = parts()
    for row in tables.hand("crossings"):
        if row["element_id"] not in used:
            continue
        for a, b in (("a", "b"), ("b", "a")):
            name = f"{row['element_id']}__{row[f'country_{a}']}_{row[f'country_{b}']}".lower()
            made_of = known.get((row["element_id"], a + b), [])
            hours = _sum(made_of, "hours_mean")
            rows.append(
                {
                    "crossing_id": name,
                    "element_id": row["element_id"],
                    "name": row["name"],
                    "from_place": row[f"place_{a}"],
                    "to_place": row[f"place_{b}"],
                    "mode": row["mode"],
                    "gauge_mm": row["gauge_mm"],
                    "hours_mean": hours,
                    "dispersion": CROSSING_CV[row["mode"]] if hours else "",
                    "usd": _sum(made_of, "usd"),
                    "capacity_day": row["capacity_day"],
                    "gauge_break": row["gauge_break"],
                    "altitude_m": row["altitude_m"],
                    "status": row["status"],
                    "project": row["project"],
                    "note": row["note"],
                    **_with_dispersion(grade(row, made_of), hours),
                }
            )
            provenance += [{"table": "crossings", "row_id": name, **part} for part in made_of]
            if hours:
                provenance.append(
                    {
                        "table": "crossings",
                        "row_id": name,
                        "column": "dispersion",
                        "part": "",
                        "value": CROSSING_CV[row["mode"]],
                        **CV_SOURCE,
                    }
                )
    for row in tables.hand("straits"):
        for a, b, way in (("1", "2", "in"), ("2", "1", "out")):
            rows.append(
                {
                    "crossing_id": f"{row['element_id']}__{way}",
                    "element_id": row["element_id"],
                    "name": row["name"],
                    "from_place": row[f"place_{a}"],
                    "to_place": row[f"place_{b}"],
                    "mode": "sea",
                    "hours_mean": row["hours"],
                    "dispersion": CROSSING_CV["sea"],
                    "usd": row["usd"],
                    "status": "operating",
                    "note": row["note"],
                    "source_id": row["source_id"],
                    "as_of": row["as_of"],
                    "quality": row["quality"],
                }
            )
    return sorted(rows, key=lambda r: str(r["crossing_id"])), provenance


def provenance_rows(built: Rows) -> Rows:
    """Values of crossings and transfers, and those kept by hand of the other tables."""
    by_hand: Rows = [dict(row) for row in tables.hand("provenance")]
    return sorted(built + by_hand, key=lambda r: [str(r[name]) for name in ("table", "row_id", "column", "part")])

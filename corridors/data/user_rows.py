"""A user's own rows over those of a network: reading, checking and merging them, and templates to write them in."""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path

import pandas as pd

from corridors.data import schema
from corridors.data.checks import first_problem
from corridors.data.geodesy import geod
from corridors.data.geometry import as_wkt, line
from corridors.data.schema import TABLES, Row, records
from corridors.data.tags import ids
from corridors.data.user_network import STRAIGHT
from corridors.data.writing import write_text
from corridors.errors import BadRequest, DataError

NOT_OWN = ("provenance", "indicators", "claims")
"""Tables that a user's rows can do without: what they say is in the row itself and in its sources."""
TOLD = ("great_circle_km", "known_from", "contested")
"""Required columns that are filled in where a user leaves them empty."""
SPREADSHEETS = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers", ".tsv", ".tab")
OWN = tuple(name for name in TABLES if name not in NOT_OWN)

Tables = dict[str, pd.DataFrame]


def overlay(
    tables: Mapping[str, pd.DataFrame], folder: Path, extra: Path, data_date: str
) -> Mapping[str, pd.DataFrame]:
    """Tables with the rows of the folder `extra` in them: a row with a known key replaces, others are added.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Checked already; returned as they are if the folder has no rows.
    folder : path
        Whose ``datapackage.json`` counts.
    extra : path
        Folder with a CSV file for each table that has own rows.
    data_date : str
        Day from which on events without `known_from` are known.

    Raises
    ------
    DataError
        If anything in the folder contradicts the schema, the other tables or plausibility; the message names file, row
        and column.
    """
    own = _read(folder, extra)
    if not own:
        return tables
    source = ids([f"user_{extra.resolve().name}"])[0]
    own = _filled(own, tables, source, data_date, extra)
    found, origin = dict(tables), {}
    for name, table in own.items():
        found[name], origin[name] = _merged(name, tables[name], table)
    found["provenance"] = _provenance(tables["provenance"], own)
    if one := first_problem(found, folder, tables):
        raise _told(one, origin, extra)
    return found


def _read(folder: Path, extra: Path) -> Tables:
    """The user's tables; a column with the line of each row is added."""
    if not extra.is_dir():
        raise DataError(f"{extra} is not a folder; corridors new-data makes one with templates.")
    _refuse_strangers(extra)
    found = {}
    paths = sorted(extra.glob("*.csv"))
    if not paths:
        raise DataError(
            f"{extra} holds no rows: no {', '.join(f'{name}.csv' for name in OWN)}. Is it the right folder?"
        )
    for path in paths:
        if path.stem not in OWN:
            raise DataError(f"{path} belongs to no table; known are {', '.join(f'{name}.csv' for name in OWN)}.")
        table = schema.read_file(folder, path.stem, path)
        if path.stem == "leg_geometry":
            table = _plain_lines(table, path)
        if len(table):
            found[path.stem] = table.assign(_line=range(2, len(table) + 2))
    return found


def _refuse_strangers(extra: Path) -> None:
    """Refuse files that look like rows but would be ignored."""
    for path in sorted(extra.iterdir()):
        name, suffix = path.name.lower().split(".")[0].strip(), path.suffix.lower()
        if path.name.startswith((".", "~$", "__")):
            continue
        if path.is_dir():
            raise DataError(
                f"{path} is a folder within the folder and is not read. Move its files up, or the folder away."
            )
        if suffix == ".csv" and path.suffix != ".csv":
            raise DataError(f"{path} is not read under this name; call it {name}.csv, in lower case.")
        if suffix != ".csv" and (name in TABLES or suffix in SPREADSHEETS):
            right = f"{name}.csv" if name in OWN else "the name of its table, such as events.csv,"
            raise DataError(f"{path} is not read; save it as CSV in UTF-8 under {right} or move it away.")


def _plain_lines(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Lines as plain LINESTRING, whatever form of well-known text they are in."""
    lines = []
    for number, text in enumerate(table["wkt"], 2):
        try:
            one = line(text)
        except ValueError as error:
            raise DataError(f"{error}.", f"leg_geometry ({path})", number, "wkt") from None
        lines.append("" if one is None else text if text.startswith("LINESTRING (") else as_wkt([one])[0])
    return table.assign(wkt=pd.Series(lines, index=table.index, dtype=table["wkt"].dtype))


def _filled(own: Tables, tables: Mapping[str, pd.DataFrame], source: str, data_date: str, extra: Path) -> Tables:
    """The user's tables with what follows from the rest: source, elements, straight lines and lengths."""
    sources = set(own["sources"]["source_id"]) if "sources" in own else set()
    _name_sources(own, tables, sources, source, extra)
    cited = {one for name, table in own.items() if "source_id" in table.columns for one in table["source_id"]}
    if source in cited and source not in sources:
        row = {
            "source_id": source,
            "title": f"Own data in {extra.resolve().name}",
            "publisher": "user",
            "accessed": data_date,
            "licence": "not stated",
            "_line": 0,
        }
        own["sources"] = (
            pd.concat([own.get("sources", tables["sources"].iloc[:0]), pd.DataFrame([row])], ignore_index=True)
            .fillna("")
            .astype({"_line": int})
        )
    if "events" in own:
        events = own["events"]
        first = events["start"].where(events["start"] < data_date, data_date)
        own["events"] = events.assign(known_from=events["known_from"].where(events["known_from"] != "", first))
    if "legs" in own:
        split = tables["elements"].query("kind == 'section'")["element_id"]
        _refuse(
            own["legs"]["leg_id"].isin(split),
            own["legs"],
            extra,
            "legs",
            "leg_id",
            "is several legs in the "
            "detail network; use detail='backbone', or replace the legs that net.elements names as its members.",
        )
        _lengths_and_lines(own, tables)
    _elements(own, tables)
    return own


def _name_sources(own: Tables, tables: Mapping[str, pd.DataFrame], sources: Set[str], source: str, extra: Path) -> None:
    """Fill in the user's own source where none is named; refuse sources that are not the user's."""
    for name, table in own.items():
        if name == "sources":
            _refuse(
                table["source_id"].isin(tables["sources"]["source_id"]),
                table,
                extra,
                name,
                "source_id",
                "is the id of a shipped source; give yours another, so that your figures are not attributed to it.",
            )
        elif "source_id" in table.columns:
            _refuse(
                ~table["source_id"].map(lambda ids_: set(filter(None, ids_.split(";"))) <= sources),
                table,
                extra,
                name,
                "source_id",
                "is not in your own sources.csv; add it there, or leave it empty.",
            )
            own[name] = table.assign(source_id=table["source_id"].where(table["source_id"] != "", source))


def _lengths_and_lines(own: Tables, tables: Mapping[str, pd.DataFrame]) -> None:
    """Great circles that are not given, and straight lines for legs that have none."""
    places = pd.concat([one["places"] for one in (tables, own) if "places" in one])
    at = places.drop_duplicates("place_id", keep="last").set_index("place_id")[["lon", "lat"]]
    legs = own["legs"]
    a, b = (at.reindex(legs[end]).to_numpy() for end in ("from_place", "to_place"))
    straight = geod().inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])[2] / 1000
    known = pd.Series(straight, index=legs.index).fillna(0.0)  # missing places are reported as such
    drawn = pd.concat([one["leg_geometry"] for one in (tables, own) if "leg_geometry" in one])
    bare = ~legs["leg_id"].isin(drawn["leg_id"]).to_numpy()
    own["legs"] = legs.assign(
        great_circle_km=legs["great_circle_km"].fillna(known),
        geometry_quality=legs["geometry_quality"].where(~bare, STRAIGHT),
    )
    lines = pd.DataFrame(
        {
            "leg_id": legs["leg_id"],
            "_line": legs["_line"],
            "wkt": [
                f"LINESTRING ({x1!r} {y1!r}, {x2!r} {y2!r})"
                for x1, y1, x2, y2 in zip(*a.T.tolist(), *b.T.tolist(), strict=True)
            ],
        }
    )[bare & ~pd.isna(straight)]
    own["leg_geometry"] = pd.concat([own.get("leg_geometry", lines.iloc[:0]), lines], ignore_index=True)


def _elements(own: Tables, tables: Mapping[str, pd.DataFrame]) -> None:
    """An element for each new leg or crossing that has none."""
    known = {element for one in (tables, own) if "elements" in one for element in one["elements"]["element_id"]}
    rows = [
        {
            "element_id": leg["leg_id"],
            "kind": "leg",
            "name": f"{leg['from_place']} - {leg['to_place']} ({leg['mode']})",
            **_grade(leg),
        }
        for leg in records(own.get("legs", pd.DataFrame()))
    ]
    rows += [
        {
            "element_id": gate["element_id"],
            "kind": "strait" if gate["mode"] == "sea" else "crossing",
            "name": gate["name"],
            **_grade(gate),
        }
        for gate in records(own.get("crossings", pd.DataFrame()))
    ]
    new = pd.DataFrame([row for row in rows if row["element_id"] not in known])
    if len(new):
        new = new.drop_duplicates("element_id").assign(aliases="", members="")
        own["elements"] = pd.concat([own.get("elements", new.iloc[:0]), new], ignore_index=True)


def _grade(row: Row) -> Row:
    return {column: row[column] for column in ("source_id", "as_of", "quality", "_line")}


def _merged(name: str, base: pd.DataFrame, own: pd.DataFrame) -> tuple[pd.DataFrame, list[int]]:
    """Rows of `base`, with those of `own` in place of the same key or at the end; and their lines in the user's
    file, 0 for other rows."""
    key = schema.row_key(name)
    twice = own.duplicated(key, keep="first").to_numpy()
    place = {tuple(row): at for at, row in enumerate(base[key].itertuples(index=False))}
    at = [place.get(tuple(row), len(base) + n) for n, row in enumerate(own[key].itertuples(index=False))]
    at = [len(base) + n if again else position for n, (position, again) in enumerate(zip(at, twice, strict=True))]
    kept = base.assign(_line=0).drop(index=[position for position in at if position < len(base)])
    found = pd.concat([kept, own.set_axis(at, axis=0)[list(kept.columns)]]).sort_index(kind="stable")
    found = found.reset_index(drop=True)
    return found.drop(columns="_line").astype(base.dtypes.to_dict() if not _widened(base, own) else {}), found[
        "_line"
    ].astype(int).tolist()


def _widened(base: pd.DataFrame, own: pd.DataFrame) -> bool:
    """Whether a column of whole numbers has empty cells now."""
    return any(base[column].dtype == "int64" and own[column].dtype != "int64" for column in base.columns)


def _provenance(table: pd.DataFrame, own: Tables) -> pd.DataFrame:
    """Provenance without that of replaced rows, whose source is now the user's."""
    replaced = {
        (name, "|".join(map(str, row)))
        for name, rows in own.items()
        for row in rows[schema.row_key(name)].itertuples(index=False)
    }
    stands = [pair not in replaced for pair in zip(table["table"], table["row_id"], strict=True)]
    return table[stands].reset_index(drop=True)


def write_templates(extra: Path) -> list[Path]:
    """Write a template for each table into a new or empty folder, and a README that says what the columns mean.

    The templates hold no rows, so that a folder fresh from here changes nothing; the README has example rows.

    Raises
    ------
    BadRequest
        If the folder holds anything: nothing is overwritten.
    """
    if extra.exists() and (not extra.is_dir() or any(extra.iterdir())):
        raise BadRequest(f"{extra} exists and is not an empty folder; nothing was written. Name a new folder.")
    extra.mkdir(parents=True, exist_ok=True)
    written = [extra / "README.md"]
    about = [README.format(source=ids([f"user_{extra.resolve().name}"])[0])]
    for resource in schema.read_package(schema.data_folder())["resources"]:
        if resource["name"] in OWN:
            path = extra / f"{resource['name']}.csv"
            fields = resource["schema"]["fields"]
            write_text(path, ",".join(field["name"] for field in fields) + "\n")
            written.append(path)
            about.append(_about(path.name, resource, fields))
    write_text(written[0], "\n".join(about))
    return written


README = """# Your own rows for corridors

`cr.load(extra="this folder")` reads them over the shipped data. A row whose key is known replaces the shipped row, any
other is added. Delete the files that you do not need; columns that are not required may be left out.

- `quality` says how good a figure is: measured, published, derived, estimate or assumed. `as_of` is the date that it
  speaks for. Both must be given.
- `source_id` names a row of your own `sources.csv`. Left empty it becomes `{source}`: your own statement.
- An event without `known_from` is known from its start, at the latest from the date of the shipped data.
- A new leg or crossing needs no row in `elements.csv`. A leg without a row in `leg_geometry.csv` is drawn straight. A
  crossing needs a row for each direction.
- Ids of crossings, legs and places stand in `net.elements` and `net.places`.
"""


def _about(file: str, resource: Row, fields: list[Row]) -> str:
    """Part of the README about one table: key, columns, and the first shipped row as an example."""
    key = resource["schema"]["primaryKey"]
    lines = [
        f"## {file}",
        "",
        resource["description"],
        f"Key: {key if isinstance(key, str) else ', '.join(key)}.",
        "",
        "| column | unit | required | meaning |",
        "| --- | --- | --- | --- |",
    ]
    for field in fields:
        limits = field.get("constraints", {})
        codes = f" One of {', '.join(map(str, limits['enum']))}." if len(limits.get("enum", ())) in range(1, 12) else ""
        given = "if not yours" if field["name"] == "source_id" and resource["name"] != "sources" else "yes"
        needed = given if limits.get("required") and field["name"] not in TOLD else ""
        lines.append(
            f"| {field['name']} | {field.get('unit', '')} | {needed} | "
            f"{field['description'].replace('|', '/')}.{codes} |"
        )
    example = schema.read_table(schema.data_folder(), resource["name"]).head(1)
    if "source_id" in example.columns:
        example = example.assign(source_id="my_source" if resource["name"] == "sources" else "")
    return "\n".join(
        [
            *lines,
            "",
            "Example (a shipped row as your own):",
            "",
            "```csv",
            example.to_csv(index=False).strip(),
            "```",
            "",
        ]
    )


def _refuse(bad: pd.Series[bool], table: pd.DataFrame, extra: Path, name: str, column: str, words: str) -> None:
    if bad.any():
        row = table[bad].iloc[0]
        raise DataError(f"{row[column]!r} {words}", f"{name} ({extra / f'{name}.csv'})", row["_line"], column)


def _told(one: Row, origin: Mapping[str, list[int]], extra: Path) -> DataError:
    """A problem of the merged tables, in terms of the user's file."""
    name, at = one["table"], int(one["row"]) - 2
    lines = origin.get(name, [])
    line = lines[at] if 0 <= at < len(lines) else 0
    if line:
        return DataError(f"{one['problem']}.", f"{name} ({extra / f'{name}.csv'})", line, one["column"])
    return DataError(
        f"{one['problem']}: this row of the network contradicts the rows of {extra}.",
        name,
        one["row"],
        one["column"],
    )

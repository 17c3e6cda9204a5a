"""Networks and routes as files, written atomically: which formats there are, and what each holds.

============  ========================================================  ==========================================
suffix        what is written                                           what it holds
============  ========================================================  ==========================================
none          folder of CSV files with ``datapackage.json``             all tables
``.gpkg``     GeoPackage, a layer a table                               all tables
``.parquet``  folder of GeoParquet files, one a table (needs pyarrow)   all tables
``.geojson``  one feature collection                                    places, legs, crossings
``.kml``      a folder a table                                          places, legs, crossings
``.graphml``  graph in OSMnx's conventions                              places, legs, crossings
``.gmns``     folder with GMNS ``node.csv, link.csv, config.csv``       places, legs, crossings
============  ========================================================  ==========================================

``corridors.load(path)`` reads each of them back. Where a file holds places, legs and crossings only, the other tables
are the shipped rows that apply to these.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pandas as pd

from corridors.arguments import as_path
from corridors.data import geojson, gmns, graphml, kml, schema
from corridors.data.checks import first_problem
from corridors.data.features import FOREIGN, Feature, Frames, Shapes, features, frames, of_network
from corridors.data.geometry import as_wkt, flat
from corridors.data.schema import TABLES
from corridors.data.user_network import tables_of
from corridors.data.writing import as_csv, whole_file
from corridors.errors import BadRequest, DataError, MissingExtra

if TYPE_CHECKING:
    from corridors.data.dataset import Dataset

Tables = dict[str, pd.DataFrame]
DRAWN = ("places", "legs")
ABOUT = "about"
"""Name of the layer that holds the date and version of the data."""


def write_network(dataset: Dataset, path: str | Path) -> None:
    """Write a network in the format of the suffix; see the table above.

    Raises
    ------
    BadRequest
        For another suffix, or if a folder would be written over something that exists.
    MissingExtra
        For Parquet without pyarrow.
    """
    path = as_path(path, "path")
    writers: dict[str, Callable[[Path], None]] = {
        "": lambda whole: _write_folder(dataset, whole),
        ".gpkg": lambda whole: _write_gpkg(_layers(dataset), whole),
        ".parquet": lambda whole: _write_parquet(_layers(dataset), whole),
        ".geojson": lambda whole: geojson.write_geojson(*of_network(dataset), whole),
        ".kml": lambda whole: kml.write_kml(features(*of_network(dataset)), whole),
        ".graphml": lambda whole: graphml.write_graphml(features(*of_network(dataset)), whole),
        ".gmns": lambda whole: gmns.write_gmns(features(*of_network(dataset)), whole),
    }
    _write(path, writers)


def write_routes(frames: Mapping[str, pd.DataFrame], asked: Mapping[str, str], path: str | Path) -> None:
    """Write the ``legs`` of routes, with their geometry, as GeoPackage (with the other frames), GeoParquet, KML or
    GeoJSON; each with what was `asked`, by name, and the ``sources``.

    Raises
    ------
    BadRequest, MissingExtra
        As `write_network`.
    """
    legs = frames["legs"].assign(gauge_mm=frames["legs"]["gauge_mm"].astype(float))
    held: tuple[Frames, Shapes] = (
        {"legs": pd.DataFrame(legs.drop(columns="geometry"))},
        {"legs": list(legs["geometry"])},
    )
    about = {"question": dict(asked), "sources": frames["sources"].to_dict("records")}
    question = pd.DataFrame({"name": asked.keys(), "value": asked.values()})
    _write(
        as_path(path, "path"),
        {
            ".gpkg": lambda whole: _write_gpkg({**frames, "legs": legs, "question": question}, whole),
            ".parquet": lambda whole: _parquet(legs, whole, about),
            ".kml": lambda whole: kml.write_kml(features(*held), whole, about),
            ".geojson": lambda whole: geojson.write_geojson(*held, whole, about),
        },
    )


def _write(path: Path, writers: dict[str, Callable[[Path], None]]) -> None:
    """Write beside `path` first, so that nothing incomplete is ever there."""
    suffix = path.suffix.lower()
    if suffix not in writers:
        known = ", ".join(name or "no suffix (a folder)" for name in writers)
        raise BadRequest(f"{path.name!r}: no such format; known are {known}.")
    with whole_file(path) as unfinished:
        writers[suffix](unfinished)


def _write_folder(dataset: Dataset, folder: Path) -> None:
    """All tables as CSV with the shipped schema, and the background of the maps."""
    package = {
        **schema.read_package(schema.data_folder()),
        "version": dataset.version,
        "data_date": dataset.data_date.isoformat(),
    }
    resources = [
        one | {"stats": {"rows": len(dataset.tables[one["name"]])}}  # by which `read_table` detects a truncated file
        for one in package["resources"]
        if one["name"] in TABLES
    ]
    folder.mkdir()
    for one in resources:
        as_csv(_as_text(dataset.tables[one["name"]]), folder / one["path"])
    (folder / "datapackage.json").write_text(
        json.dumps({**package, "resources": resources}, indent=1, ensure_ascii=False), encoding="utf-8"
    )
    if (dataset.folder / "basemap").is_dir():
        shutil.copytree(dataset.folder / "basemap", folder / "basemap")


def _as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Cells as they stand in the shipped files: whole numbers without a point, booleans in small letters."""

    def text(value: object) -> object:
        if isinstance(value, float):
            return "" if value != value else str(int(value)) if value.is_integer() else repr(float(value))
        return str(value).lower() if isinstance(value, bool) else value

    return pd.DataFrame({name: [text(value) for value in table[name].tolist()] for name in table.columns}, dtype=object)


def _layers(dataset: Dataset) -> Tables:
    """The tables with geometry instead of its columns, and one with date and version."""
    tables = {name: dataset.tables[name] for name in TABLES if name != "leg_geometry"}
    tables["places"] = dataset.places.drop(columns=["lon", "lat"])
    tables["legs"] = dataset.legs
    return {**tables, ABOUT: pd.DataFrame([{"data_date": dataset.data_date.isoformat(), "version": dataset.version}])}


def _write_gpkg(layers: Tables, path: Path) -> None:
    import pyogrio

    try:
        for name, table in layers.items():
            pyogrio.write_dataframe(table, path, layer=name, driver="GPKG")
        short = [name for name, rows in layers.items() if pyogrio.read_info(path, name)["features"] != len(rows)]
    except RuntimeError as error:  # base of all errors of pyogrio
        raise OSError(str(error)) from error
    if short:
        raise OSError(f"rows of {', '.join(short)} were lost")


def _write_parquet(layers: Tables, folder: Path) -> None:
    folder.mkdir()
    for name, table in layers.items():
        _parquet(table, folder / f"{name}.parquet")


def _parquet(table: pd.DataFrame, path: Path, about: Mapping[str, object] | None = None) -> None:
    if find_spec("pyarrow") is None:
        raise MissingExtra("Parquet needs pyarrow: pip install 'corridors[sweep]'.")
    table.to_parquet(path, index=False)
    if about:
        from pyarrow import parquet

        read = parquet.read_table(path)
        parquet.write_table(
            read.replace_schema_metadata({**read.schema.metadata, "corridors": json.dumps(about, ensure_ascii=False)}),
            path,
        )


ELSEWHERE = {
    ".zip": "Unpack it first.",
    ".gz": "Unpack it first.",
    ".kmz": "It is a zipped .kml: unpack it first.",
    ".pbf": "OpenStreetMap data are read by net.refine(legs, source=path), or by OSMnx and Network.from_osmnx.",
    ".osm": "OpenStreetMap data are read by net.refine(legs, source=path), or by OSMnx and Network.from_osmnx.",
    ".geojsonl": "It is one feature a line: ogr2ogr makes .geojson of it.",
    **dict.fromkeys(
        (".fgb", ".gml", ".gpx", ".tab", ".mif", ".sqlite", ".gdb", ".dxf", ".json", ".topojson", ".shx", ".dbf"),
        "Read it with geopandas.read_file, and make a network of the frames with Network.from_frames.",
    ),
    ".shp": "Read it with geopandas.read_file, and make a network of the frames with Network.from_frames.",
    ".csv": "Read it with pandas, and make a network of the frames with Network.from_frames; for rows of your own over "
    "the shipped ones give their folder: load(extra=folder).",
    ".xlsx": "Read it with pandas, and make a network of the frames with Network.from_frames.",
}
"""Suffixes of other files that users may have, and what to do with them."""


def network_in(path: Path, detail: str) -> tuple[Tables, str, str] | None:
    """Tables, date and version of a network that was written to a file; None for a data folder.

    Raises
    ------
    BadRequest
        If another `detail` is asked of a file than it holds.
    DataError
        If there is neither.
    """
    if not can_read(path):
        return None if (path / "datapackage.json").exists() else refuse(path)
    if detail == "full":
        raise BadRequest(f"detail='full' is for folders; {path.name} holds only what was written to it.")
    return read(path)


def can_read(path: Path) -> bool:
    """Whether `read` knows the suffix; a folder without one is for `corridors.network.load` itself."""
    return path.suffix.lower() in (".gpkg", ".parquet", *_PARTS)


def refuse(path: Path) -> NoReturn:
    """Say what a path is that is not a data folder, and which call reads it."""
    if not path.exists():
        raise DataError(f"{path} is missing.")
    if path.is_dir():
        inside = sorted(one.parent.name for one in path.glob("*/datapackage.json"))
        own = [f"{name}.csv" for name in TABLES if (path / f"{name}.csv").exists()]
        hint = "give the folder that does"
        if inside:
            hint = f"the folder {inside[0]} in it does: give that"
        elif drawn := sorted(one.name for one in path.glob("*.shp")):
            hint = f"read {', '.join(drawn[:4])} with geopandas.read_file, and give the frames to Network.from_frames"
        elif (path / "link.csv").exists():
            hint = gmns.OTHERS[0].lower() + gmns.OTHERS[1:].removesuffix(".")
        elif own:
            hint = f"rows of your own ({own[0]}) over the shipped data are read by load(extra=folder)"
        raise DataError(f"{path} holds no datapackage.json; {hint}.")
    suffixes = [one.lower() for one in path.suffixes]
    hint = next((words for suffix, words in ELSEWHERE.items() if suffix in suffixes), "")
    raise DataError(
        f"{path} is of a format that is not read; known are a folder with datapackage.json, .gpkg, .parquet, "
        f"{', '.join(_PARTS)}, as net.to_file writes them.{' ' + hint if hint else ''}"
    )


def read(path: Path) -> tuple[Tables, str, str]:
    """Tables, data date and version of a network in a file.

    Raises
    ------
    DataError
        If the file is missing, truncated, malicious or not of its format, or its tables contradict the schema.
    MissingExtra
        For Parquet without pyarrow.
    """
    suffix = path.suffix.lower()
    if not path.exists():
        raise DataError(f"{path} is missing.")
    if suffix in _PARTS:
        held = frames(_PARTS[suffix](path), path)
        package = schema.read_package(schema.data_folder())
        tables = tables_of(held["places"], held["legs"], held["crossings"])
        return tables, package["data_date"], f"{package['version']}+own"
    layers = {name: _layer(path, name) for name in (*TABLES, ABOUT) if name != "leg_geometry"}
    data_date, version = _about(layers.pop(ABOUT), path)
    drawn = {name: flat(layers[name], name) for name in DRAWN}
    for name, table in drawn.items():
        if (bare := table["geometry"].isna()).any():
            raise DataError(f"{path}: the row has no geometry.", name, table.iloc[int(bare.argmax()), 0], "geometry")
    points = drawn["places"]["geometry"]
    layers = {
        **layers,
        "places": drawn["places"].assign(lon=[one.x for one in points], lat=[one.y for one in points]),
        "legs": drawn["legs"],
        "leg_geometry": pd.DataFrame({"leg_id": drawn["legs"]["leg_id"], "wkt": as_wkt(drawn["legs"]["geometry"])}),
    }
    tables = {name: schema.typed_table(_ours(layers[name]), name) for name in TABLES}
    if one := first_problem(tables, schema.data_folder()):
        raise DataError(f"{one['problem']}.", one["table"], one["row"], one["column"])
    return tables, data_date, version


def _ours(table: pd.DataFrame) -> pd.DataFrame:
    """A table without geometry and the columns that other programs add."""
    return pd.DataFrame(table).drop(columns=[name for name in table.columns if name in ("geometry", *FOREIGN)])


def _about(table: pd.DataFrame, path: Path) -> tuple[str, str]:
    try:
        return date.fromisoformat(table["data_date"].iloc[0]).isoformat(), str(table["version"].iloc[0])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise DataError(f"{path} does not say data_date (YYYY-MM-DD) and version: {error}.", ABOUT) from None


_PARTS: dict[str, Callable[[Path], Iterator[Feature]]] = {
    ".geojson": geojson.read_geojson,
    ".kml": kml.read_kml,
    ".graphml": graphml.read_graphml,
    ".gmns": gmns.read_gmns,
}


def _layer(path: Path, name: str) -> pd.DataFrame:
    """A table of a GeoPackage or of a folder of Parquet files."""
    import geopandas
    import pyogrio

    with _told(path, name):
        if path.suffix.lower() == ".gpkg":
            table: pd.DataFrame = pyogrio.read_dataframe(path, layer=name)
        elif find_spec("pyarrow") is None:
            raise MissingExtra("Parquet needs pyarrow: pip install 'corridors[sweep]'.")
        else:
            reader = geopandas.read_parquet if name in DRAWN else pd.read_parquet
            table = reader(path / f"{name}.parquet")
        if name in DRAWN and not isinstance(table, geopandas.GeoDataFrame):
            raise DataError(f"{path} has no geometry in this table.", name)
        return table


@contextmanager
def _told(path: Path, name: str) -> Iterator[None]:
    """Errors of the libraries as our own."""
    import pyogrio.errors

    try:
        yield
    except DataError:
        raise
    except (OSError, ValueError, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise DataError(
            f"{path} is truncated, or has no such table: {' '.join(str(error).split())[:200]}", name
        ) from None

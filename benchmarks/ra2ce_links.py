"""What RA2CE says of this library's roads: `python benchmarks/ra2ce_links.py roads FOLDER`, then `... links FOLDER`.

The first writes operating roads and border crossings as a shapefile, with the Python of this library. The second takes
out link after link with RA2CE and prints the detours around some crossings, with a Python that has it
(`pip install ra2ce==1.2.2`). The figures of docs/peers.md.
"""

import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import geopandas as gpd
from shapely.geometry import LineString

SHOWN = ("khunjerab_sost", "torkham", "torugart", "taftan_mirjaveh")


def write_roads(folder: Path) -> None:
    """Roads from place to place, and a short line for each crossing."""
    import corridors as cr

    net = cr.load()
    at = net.places.set_index("place_id").geometry
    legs = net.legs.query("mode == 'road' and status == 'operating'").dropna(subset="geometry")
    gates = net.crossings.query("mode == 'road' and status == 'operating'").drop_duplicates("element_id")
    lines = [
        (row.leg_id, LineString([at[row.from_place], *row.geometry.coords[1:-1], at[row.to_place]]))
        for row in legs.itertuples()
    ]
    ends = [(row.element_id, at[row.from_place], at[row.to_place]) for row in gates.itertuples()]
    lines += [(name, LineString([a, b])) for name, a, b in ends if a != b]  # else both roads end at one point
    table = gpd.GeoDataFrame(lines, columns=["name", "geometry"], crs=4326)
    table["ID"], table["highway"], table["avgspeed"] = range(1, len(table) + 1), "primary", 50
    (folder / "static/network").mkdir(parents=True, exist_ok=True)
    table.to_file(folder / "static/network/roads.shp")
    print(f"{len(table)} lines")


def take_out_links(folder: Path) -> None:
    """Detour around each link of the shapefile."""
    network: Any = import_module("ra2ce.network.network_config_data.network_config_data")
    analysis: Any = import_module("ra2ce.analysis.analysis_config_data.analysis_config_data")
    kinds: Any = import_module("ra2ce.network.network_config_data.enums.network_type_enum")
    roads: Any = import_module("ra2ce.network.network_config_data.enums.road_type_enum")
    sources: Any = import_module("ra2ce.network.network_config_data.enums.source_enum")
    handler: Any = import_module("ra2ce.ra2ce_handler")
    shapefile = folder / "static/network/roads.shp"
    section = network.NetworkSection(
        source=sources.SourceEnum.SHAPEFILE,
        primary_file=shapefile,
        file_id="ID",
        network_type=kinds.NetworkTypeEnum.DRIVE,
        road_types=[roads.RoadTypeEnum.PRIMARY],
    )
    asked = analysis.AnalysisSectionLosses(
        name="links",
        analysis=analysis.AnalysisLossesEnum.SINGLE_LINK_REDUNDANCY,
        weighing=analysis.WeighingEnum.LENGTH,
        save_gpkg=True,
    )
    static, output = folder / "static", folder / "output"
    given = {"root_path": folder, "static_path": static}
    made = handler.Ra2ceHandler.from_config(
        network.NetworkConfigData(**given, network=section),
        analysis.AnalysisConfigData(**given, output_path=output, analyses=[asked]),
    )
    made.configure()
    made.run_analysis()
    found = gpd.read_file(output / "single_link_redundancy/links.gpkg")
    print(f"{len(found)} links, {(found['detour'] == 0).sum()} without a detour")
    names = gpd.read_file(shapefile).set_index("ID")["name"]
    for number, name in names[names.isin(SHOWN)].items():
        link = found[[str(number) in re.findall(r"\d+", str(ids)) for ids in found["ID"]]].iloc[0]
        print(f"{name}: link of {link['length'] / 1000:,.0f} km, detour of {link['alt_length'] / 1000:,.0f} km")


if __name__ == "__main__":
    {"roads": write_roads, "links": take_out_links}[sys.argv[1]](Path(sys.argv[2]))

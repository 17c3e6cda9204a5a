"""Build the geographic tables of geodata/ from the pinned packages and the tables in hand/.

Usage: python geodata/build/build.py --wheels DIR
"""

import argparse
from pathlib import Path

import assemble
import borders
import crossings
import detail
import legs as land
import lengths
import packages
import places
import public_holidays
import relief
import repair
import sea
import sources
import tables
from network import Network

PLACES = "place_id,name,country,kind,lon,lat,timezone,aliases,altitude_m,source_id,as_of,quality"
PLACE_NAMES = "place_id,names,source_id,as_of,quality"
ELEMENTS = "element_id,kind,name,aliases,members,source_id,as_of,quality"
LEGS = (
    "leg_id,from_place,to_place,country,mode,gauge_mm,km,km_low,km_high,km_model,great_circle_km,status,opens_on,"
    "project,speed_class,headway_hours,gross_limit_t,axle_limit_t,geometry_quality,note,source_id,as_of,quality"
)
CROSSINGS = (
    "crossing_id,element_id,name,from_place,to_place,mode,gauge_mm,hours_mean,dispersion,usd,capacity_day,"
    "gauge_break,altitude_m,status,project,note,source_id,as_of,quality"
)
TRANSFERS = (
    "place_id,from_layer,to_layer,hours_low,hours_mode,hours_high,usd_low,usd_mode,usd_high,units,capacity_day,note,"
    "source_id,as_of,quality"
)
CORRIDORS = "corridor_id,name,programme,status,places,legs,note,source_id,as_of,quality"


def build(wheels: Path) -> None:
    """Build every table."""
    print("places")
    gazetteer = places.Gazetteer(packages.cities(wheels))
    gazetteer.add_listed()
    gazetteer.add_big()
    polygons = packages.countries(wheels)
    legs: list[land.Leg] = []
    nets: list[tuple[Network, land.Web]] = []
    used: set[str] = set()
    for mode in ("rail", "road"):
        print(mode)
        network = repair.load(wheels, mode, polygons)
        gates = borders.cut_borders(network, gazetteer)
        used |= set(gates)
        found, web = land.find_legs(network, gazetteer.places, gates)
        legs += found
        nets.append((network, web))
    used |= borders.planned_gates(gazetteer)
    gazetteer.set_timezones()
    print("lengths")
    lengths.set_gauges(legs)
    lengths.set_status(legs)
    rough = relief.Relief(packages.elevation(wheels))
    lengths.set_model_km(legs, rough)
    lengths.apply_published(legs)
    legs += assemble.hand_legs(gazetteer.places)
    legs += sea.sea_legs(wheels, gazetteer.places) + assemble.air_legs(gazetteer.places)
    legs.sort(key=lambda leg: leg.leg_id)
    output = write(wheels, legs, gazetteer, used)
    print("detail")
    kept = {str(row["place_id"]): gazetteer.places[str(row["place_id"])] for row in output["places"]}
    detail.write(nets, legs, kept, output, rough)


def write(wheels: Path, legs: list[land.Leg], gazetteer: places.Gazetteer, used: set[str]) -> dict[str, assemble.Rows]:
    """Write the output tables and add the sources that they name."""
    print("tables")
    served = {name for leg in legs for name in (leg.from_place, leg.to_place)}
    lost = sorted(set(gazetteer.places) - served)
    print(f"  places without a leg, left out: {', '.join(lost)}")
    sides = {row["element_id"]: {row["place_a"], row["place_b"]} for row in tables.hand("crossings")}
    loose = sorted(name for name in used if not sides[name] <= served)
    print(f"  crossings with a side that no leg reaches, left out: {', '.join(loose)}")
    used = used - set(loose)
    kept = {name: place for name, place in gazetteer.places.items() if name in served}
    crossing_rows, made_of = crossings.crossing_rows(used)
    posts = {name for row in crossing_rows if row["mode"] != "sea" for name in (row["from_place"], row["to_place"])}
    countries = {str(kept[str(name)].country) for name in posts}
    transfer_rows, handled = assemble.transfer_rows(assemble.layers_of(legs))
    output: dict[str, tuple[str, assemble.Rows]] = {
        "places": (PLACES, places.rows(list(kept.values()))),
        "place_names": (PLACE_NAMES, places.local_names(list(kept.values()), gazetteer.cities)),
        "elements": (ELEMENTS, assemble.element_rows(legs, kept, used)),
        "legs": (LEGS, assemble.leg_rows(legs)),
        "leg_geometry": ("leg_id,wkt", [{"leg_id": leg.leg_id, "wkt": assemble.wkt(leg.line)} for leg in legs]),
        "crossings": (CROSSINGS, crossing_rows),
        "provenance": (crossings.PROVENANCE, crossings.provenance_rows(made_of + handled)),
        "transfers": (TRANSFERS, transfer_rows),
        "corridors": (CORRIDORS, assemble.corridor_rows(legs)),
        "holidays": (public_holidays.COLUMNS, public_holidays.rows(wheels, countries)),
    }
    for name, (columns, rows) in output.items():
        print(f"{name}: {tables.write(name, columns, rows)} rows")
    sources.append(
        {
            source
            for rows in (
                *(rows for _, rows in output.values()),
                *(tables.read(tables.OUT / f"{name}.csv") for name in ("benchmarks", "times")),
            )
            for row in rows
            if "source_id" in row
            for source in str(row["source_id"]).split(";")
        }
    )
    return {name: rows for name, (_, rows) in output.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheels", type=Path, required=True, help="folder with the pinned packages")
    build(parser.parse_args().wheels)

"""What to say of a place that the network does not have: how it may be spelt, or where the network ends towards it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from corridors.arguments import shown
from corridors.data import schema
from corridors.data.countries import country_code
from corridors.data.schema import Row, records
from corridors.data.spelling import POINT, key

if TYPE_CHECKING:
    from corridors.data.dataset import Dataset

BEYOND = "beyond"
"""Table of places that people ask for and that the network does not have."""
ALIKE = 0.75
"""Likeness of two spellings from which one is suggested for the other: below it lie names of other places."""
VERY_ALIKE, LONG = 0.85, 5
"""The same of one word of several, which has so many letters at least."""
AS_GOOD = 0.12
"""How much less alike than the best another suggestion may be."""


def unknown(data: Dataset, name: str) -> str:
    """The message for a name that no place of the network has."""
    code, said = country_code(name), f"No place is called {shown(name)}"
    if gateways := list(_gateways(data, name, code)):
        ends = in_words(data.place[one] for one in gateways)
        where = f"; it is a country ({code}) beyond" if code else " in"
        return f"{said}{where} the network, which ends towards it at {ends}. Ask for a route to one of these."
    if code:
        words = ": name a place in it" if code in data.countries else ", and the network has no place in it"
        return f"{said}; it is a country ({code}){words}."
    if POINT.fullmatch(name):
        return f"{said}; a point is two numbers: (longitude, latitude)."
    parts = [word for word in name.split() if len(word) >= LONG]
    for asked, least in ((name, VERY_ALIKE), *((word, VERY_ALIKE) for word in parts), (name, ALIKE)):
        found = data.find(asked)
        near = found[found["match"] >= max(least, float(found["match"].max()) - AS_GOOD)] if len(found) else found
        if len(near):
            return f"{said}. The nearest are {in_words(records(near))}. See net.places."
    inside = ", ".join(sorted(code for code in data.countries if country_code(code)))
    return f"{said}, and none is spelt nearly so. The network has places in {inside} only; see net.places."


def _gateways(data: Dataset, name: str, code: str) -> Iterator[str]:
    """Places of the network towards a place, or country, that it does not have; the usual one first."""
    if not (data.folder / "datapackage.json").exists() or BEYOND not in schema.names(data.folder):
        return
    rows = list(records(schema.read_table(data.folder, BEYOND)))
    wanted = key(name)
    found = [row for row in rows if wanted and wanted in map(key, (row["name"], *row["names"].split(";")))]
    found = found or [row for row in rows if row["country"] == code and code not in data.countries]
    for place in dict.fromkeys(place for row in found for place in row["gateways"].split(";")):
        if place in data.place:
            yield place


def in_words(places: Iterable[Row]) -> str:
    """Places by name, id and country."""
    return ", ".join(f"{p['name']} ({p['place_id']}, {p['country']})" for p in places)

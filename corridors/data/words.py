"""Words of columns whose vocabulary is closed but depends on other tables or is too long for the schema.

A word that nothing reads would be ignored in silence, and a closure or rate with it. Each check yields the position of
a row, the column and what is wrong there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache

import pandas as pd

from corridors.data.schema import data_folder, read_table, records, texts

Problem = tuple[int, str, str]
Tables = Mapping[str, pd.DataFrame]

_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO
FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE
JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW
PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
ISO = frozenset(_CODES.split())
"""Codes of countries, ISO 3166-1 alpha-2."""
COUNTRIES = {
    "holidays": ("country",),
    "events": ("scope_flag",),
    "rights": ("carriers", "goods_origin", "goods_destination"),
    "conditions": ("country",),
    "tariffs": ("country",),
    "services": ("countries",),
}
"""Columns that hold countries, joined by ``;``."""
VEHICLES = ("trailer20", "trailer40", "reefer40", "wagon1520", "lowbed", "truck")
"""Road vehicles and wagons: of loads, and in ``by_vehicle`` of ``rates``."""
BLOCK_TRAIN = "block_train"
"""Container trains; other trains are those of the mean."""
TO_EAST_ASIA, ROUND_AFRICA = "to_east_asia", "round_africa"
"""Lanes with rates of their own."""
DEEP_SEA, FEEDER = "deep_sea", "feeder"
DOMESTIC = "domestic"
"""Goods that are unloaded in the country, or customs union, from which they come."""
SERVICES = (BLOCK_TRAIN, TO_EAST_ASIA, ROUND_AFRICA, DEEP_SEA, FEEDER, DOMESTIC)
"""Services, lanes and classes of ships in ``by_vehicle`` of ``rates``."""
ENTRY_FEE = "entry_fee_usd"
FLAG_CHARGES = {"transit permit": "transit_permit_usd", "fuel difference": "fuel_difference_usd"}
"""Cost lines of what a truck pays on entering a country of another flag, and their rates."""
BY_FLAG = (ENTRY_FEE, *FLAG_CHARGES.values())
"""Quantities of ``rates`` that depend on the flag of a truck."""
EVERYTHING = frozenset({"all", "any", "all goods", "any cargo", "cargo", "freight", "freight only", "goods"})
NOT_SPECIAL = ("all cargo", "passengers")
"""Values of ``scope_cargo`` that a question does not name: all freight, and none."""
UNITS = frozenset({"container", "general", "grain", "bulk", "liquid", "vehicle", "wagon", "teu", "feu", "truck"})
ALIKE = 0.85
"""Ratio of `difflib` from which a word is taken for a misspelling of another."""


def problems(name: str, table: pd.DataFrame, tables: Tables) -> Iterator[Problem]:
    """All words of a table that nothing reads."""
    yield from _countries(name, table, tables)
    if name in _CHECKS:
        yield from _CHECKS[name](table, tables)


def _countries(name: str, table: pd.DataFrame, tables: Tables) -> Iterator[Problem]:
    """Codes of no country."""
    known = ISO | (set(texts(tables["places"]["country"])) if "places" in tables else set())
    for column in COUNTRIES.get(name, ()):
        for at, cell in enumerate(texts(table[column])):
            if strange := [code for code in cell.split(";") if code and code not in known]:
                yield at, column, f"{', '.join(strange)}: no country has this code; use ISO 3166-1 alpha-2, such as KZ"


def _events(table: pd.DataFrame, tables: Tables) -> Iterator[Problem]:
    """Directions in which an element cannot be passed, and goods that no question can name."""
    loads = (
        {word.casefold() for row in records(tables["cargo"]) for word in (row["cargo_id"], row["name"])}
        if "cargo" in tables
        else set[str]()
    )
    goods, shipped = texts(table["scope_cargo"]), dict.fromkeys(texts(_shipped_events()["scope_cargo"]))
    others = sorted(dict.fromkeys(goods), key=goods.count, reverse=True)  # of equals the first
    usual = [*shipped, *(word for word in others if word not in shipped)]
    special = [word for word in usual if word and word not in NOT_SPECIAL]
    yield from _no_ways(table, "scope_direction", tables)
    for at, row in enumerate(records(table)):
        cargo = row["scope_cargo"]
        plain = {cargo.casefold(), cargo.casefold().removesuffix("s")}
        if plain & EVERYTHING:
            yield at, "scope_cargo", f"{cargo!r} would concern only goods of that name; leave it empty for all cargo"
        elif plain & (loads | UNITS):
            yield (
                at,
                "scope_cargo",
                f"{cargo!r} is a kind of load, on which no closure depends; name special goods, which a question names "
                f"by Cargo(goods=...), such as {', '.join(special[:4])}; or leave it empty for all cargo",
            )
        elif cargo not in shipped and (alike := _misspelt(cargo, usual)):
            yield at, "scope_cargo", f"{cargo!r} is spelt {alike!r} elsewhere in the table; spell it alike"


def _seasons(table: pd.DataFrame, tables: Tables) -> Iterator[Problem]:
    """Directions in which an element cannot be passed, and those of what has none or is open by chance."""
    yield from _no_ways(table, "direction", tables)
    ways = _directions(tables)
    columns = (table[name].tolist() for name in ("element_id", "direction", "open_probability"))
    for at, (element, way, chance) in enumerate(zip(*columns, strict=True)):
        if way and ways and element not in ways:
            yield at, "direction", f"{element} lies inside one country and has no direction; leave the column empty"
        elif way and chance < 1:
            yield at, "direction", "open_probability holds in both directions; leave the column empty"


def _no_ways(table: pd.DataFrame, column: str, tables: Tables) -> Iterator[Problem]:
    ways = _directions(tables)
    for at, (element, way) in enumerate(zip(texts(table["element_id"]), texts(table[column]), strict=True)):
        if way and (known := ways.get(element)) and way not in known:
            yield at, column, f"{way} is no direction of {element}: {' or '.join(known)}"


def _misspelt(word: str, usual: list[str]) -> str:
    """A more usual word that is spelt nearly the same; empty if there is none."""
    if not word:
        return ""
    words = len(word.split())
    others = [
        one for one in usual[: usual.index(word)] if one.casefold() != word.casefold() and len(one.split()) == words
    ]
    return next(iter(get_close_matches(word, others, 1, ALIKE)), "")


@cache
def _shipped_events() -> pd.DataFrame:
    """The events of the library, whose words are the usual ones."""
    return read_table(data_folder(), "events")


def _directions(tables: Tables) -> dict[str, tuple[str, ...]]:
    """Directions of elements that lead from one country to another, as ``PK>AF``."""
    if not {"places", "crossings", "legs", "elements"} <= tables.keys():
        return {}
    country = dict(zip(tables["places"]["place_id"], tables["places"]["country"], strict=True))
    found: dict[str, tuple[str, ...]] = {}
    for name, key in (("crossings", "element_id"), ("legs", "leg_id")):
        columns = (texts(tables[name][column]) for column in (key, "from_place", "to_place"))
        for element, start, end in zip(*columns, strict=True):
            a, b = country.get(start, ""), country.get(end, "")
            if a != b or name == "crossings":
                both = (f"{a}>{b}",) if name == "crossings" else (f"{a}>{b}", f"{b}>{a}")
                found[element] = tuple(dict.fromkeys((*found.get(element, ()), *both)))
    return found


def _rates(table: pd.DataFrame, tables: Tables) -> Iterator[Problem]:
    """Vehicles, services, flags and currencies that nothing asks for."""
    flags = ISO | (set(texts(tables["places"]["country"])) if "places" in tables else set())
    for at, (quantity, word) in enumerate(zip(texts(table["quantity"]), texts(table["by_vehicle"]), strict=True)):
        if not word:
            continue
        if quantity in BY_FLAG:
            fits, words = word in flags, "a flag: the ISO code of a country, such as KZ"
        elif quantity == "exchange_rate":
            fits, words = bool(re.fullmatch("[A-Z]{3}", word)), "a currency by ISO 4217, such as KZT"
        else:
            fits, words = (
                word in (*VEHICLES, *SERVICES),
                f"one of {', '.join((*VEHICLES, *SERVICES))}, or empty for all",
            )
        if not fits:
            yield at, "by_vehicle", f"{word!r} is not {words}"


def _services(table: pd.DataFrame, tables: Tables) -> Iterator[Problem]:
    """Places of a user's service which the network does not have; a part of it may lack those of the shipped ones."""
    known = set(texts(tables["places"]["place_id"])) if "places" in tables else set[str]()
    shipped = {
        (row["service_id"], row["via"], row["gateway"]) for row in records(read_table(data_folder(), "services"))
    }
    for at, row in enumerate(records(table)):
        if (row["service_id"], row["via"], row["gateway"]) in shipped:
            continue
        for column in ("via", "gateway"):
            if strange := [place for place in row[column].split(";") if place and place not in known]:
                yield at, column, f"{', '.join(strange)}: not a place of the network (table places)"


def _rights(table: pd.DataFrame, _: Tables) -> Iterator[Problem]:
    """Days of the year that cannot be read."""
    from opening_hours import validate

    for at, days in enumerate(texts(table["yearly"])):
        if days and not validate(days):
            yield at, "yearly", f"{days!r} is not in opening_hours syntax, such as 'Jun 01-Aug 31'"


_CHECKS: dict[str, Callable[[pd.DataFrame, Tables], Iterator[Problem]]] = {
    "events": _events,
    "rates": _rates,
    "services": _services,
    "rights": _rights,
    "seasons": _seasons,
}
CHECKED = frozenset({*COUNTRIES, *_CHECKS})
"""Tables with such words."""

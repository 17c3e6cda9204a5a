"""The frozen tables of one data folder or file, with look-ups by name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher, get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

import pandas as pd

from corridors.arguments import as_choice, as_path, as_text, as_whole, shown
from corridors.data import schema
from corridors.data.beyond import in_words, unknown
from corridors.data.checks import problems_of
from corridors.data.countries import country_code
from corridors.data.detail import OWN as OF_DETAIL
from corridors.data.detail import full
from corridors.data.geodesy import country_pair
from corridors.data.index import kept
from corridors.data.rows import Rows
from corridors.data.schema import TABLES, Row, data_folder, last_day, listed, mapped, records
from corridors.data.spelling import key
from corridors.data.surroundings import MET
from corridors.engine.collector import at_rest
from corridors.errors import BadRequest, DataError, UnknownPlace

if TYPE_CHECKING:
    import geopandas as gpd

NAMES = "place_names"
"""Table of further names, which is read only when a name is not found without it."""
RANK = ("city", "seaport", "dry_port", "station", "airport", "pass", "border", "strait", "junction")
"""Kinds of places, in the order in which they are preferred where several share a name."""
SAID = ("road", "rail")
"""Modes that names of elements say and names of routes leave out."""
GATE = re.compile(r"( (road|rail))?( (gate|border|post))?$")
"""What follows the name of the town or village in the name of a border post."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Tables as read, with the date to which they are current, their version and folder."""

    tables: Mapping[str, pd.DataFrame]
    data_date: date
    version: str
    folder: Path

    @classmethod
    @at_rest()
    def load(
        cls,
        folder: str | Path | None = None,
        detail: Literal["backbone", "full"] = "backbone",
        extra: str | Path | None = None,
    ) -> Self:
        """Read, check and overlay tables; see `corridors.load`."""
        as_choice(detail, "detail", ("backbone", "full"))
        path = data_folder() if folder is None else as_path(folder, "folder")
        tables: Mapping[str, pd.DataFrame]
        if path.suffix or not (path / "datapackage.json").exists():
            from corridors.data.files import network_in  # formats that the shipped data are not in

            found = network_in(path, detail)
        else:
            found = None
        if found is not None:
            tables, data_date, version = found
            path = data_folder()
        else:
            package = schema.read_package(path)
            data_date, version = package["data_date"], str(package["version"]) + "+full" * (detail == "full")

            def checked() -> dict[str, pd.DataFrame]:
                found = {name: schema.read_table(path, name) for name in TABLES}
                if detail == "full":
                    found = full(found, path)
                if folder is not None:
                    raise_first(problems_of(found, path))
                return found

            names = (*TABLES, *OF_DETAIL) if detail == "full" else TABLES
            tables = kept(path, detail, names, folder is not None, checked)
        if extra is not None:
            from corridors.data.user_rows import overlay

            before, tables = tables, overlay(tables, path, as_path(extra, "extra"), data_date)
            version += "+user" * (tables is not before)
        return cls(tables, date.fromisoformat(data_date), version, path)

    @classmethod
    def own(cls, tables: Mapping[str, pd.DataFrame]) -> Self:
        """A user's own places and legs among the shipped rates, cargo and dates."""
        package = schema.read_package(data_folder())
        return cls(tables, date.fromisoformat(package["data_date"]), f"{package['version']}+own", data_folder())

    @cached_property
    def data_dates(self) -> pd.DataFrame:
        """How current each table is; see `corridors.Network.data_dates`."""
        rows = []
        for name, table in self.tables.items():
            days = sorted(min(last_day(day), self.data_date) for day in table.get("as_of", ()) if day)
            if days:
                rows.append({"table": name, "oldest": days[0], "usual": days[len(days) // 2], "newest": days[-1]})
        return pd.DataFrame(rows, columns=["table", "oldest", "usual", "newest"])

    def check(self, strict: bool = False) -> pd.DataFrame:
        """Problems of the tables; see `corridors.Network.check`."""
        problems = problems_of(self.tables, self.folder)
        if strict:
            raise_first(problems)
        return problems

    @property
    def places(self) -> gpd.GeoDataFrame:
        """Places with point geometry."""
        import shapely

        table = self.tables["places"].copy()
        return as_geo(table, shapely.points(table["lon"], table["lat"]))

    @property
    def legs(self) -> gpd.GeoDataFrame:
        """Legs with line geometry, planned ones included (see ``status``)."""
        table = self.tables["legs"].copy()
        return as_geo(table, [self.lines[leg] for leg in table["leg_id"]])

    @cached_property
    def lines(self) -> Row:
        """Line of each leg."""
        import shapely

        table = self.tables["leg_geometry"]
        return dict(zip(*listed(table, "leg_id"), shapely.from_wkt(table["wkt"].to_numpy()), strict=True))

    @cached_property
    def place(self) -> Mapping[str, Row]:
        """Row of each place."""
        return Rows(self.tables["places"], "place_id")

    @cached_property
    def country_of(self) -> dict[str, str]:
        """Country of each place."""
        return mapped(self.tables["places"], "place_id", "country")

    @cached_property
    def leg(self) -> Mapping[str, Row]:
        """Row of each leg."""
        return Rows(self.tables["legs"], "leg_id")

    @cached_property
    def leg_grade(self) -> dict[str, str]:
        """Grade of the length of each leg."""
        return mapped(self.tables["legs"], "leg_id", "quality")

    @cached_property
    def unlimited(self) -> frozenset[str]:
        """Legs of which no limit of weight is known."""
        legs = self.tables["legs"]
        return frozenset(legs.loc[legs["gross_limit_t"].isna(), "leg_id"])

    @cached_property
    def element_names(self) -> dict[str, str]:
        """Name of each element."""
        return mapped(self.tables["elements"], "element_id", "name")

    @cached_property
    def places_named(self) -> dict[str, list[str]]:
        """Places by the `key` of id, name and aliases."""
        found: dict[str, list[str]] = {}
        for place, name, aliases in zip(*listed(self.tables["places"], "place_id", "name", "aliases"), strict=True):
            for known in map(key, dict.fromkeys((place, name, *filter(None, aliases.split(";"))))):
                if known and place not in found.setdefault(known, []):
                    found[known].append(place)
        return found

    @cached_property
    def places_named_short(self) -> dict[str, list[str]]:
        """Places by the `key` of their short names, and sides of borders by the names of their crossing.

        A short name leaves out what is in brackets, or else the word for a gate: "Amuzang" for "Amuzang rail border".
        """
        bare: dict[str, list[str]] = {}
        posts: dict[str, list[str]] = {}
        for place, row in self.place.items():
            name = row["name"].split(" (")[0]
            bare.setdefault(key(name), []).append(place)
            for part in GATE.sub("", name).split("/") if row["kind"] == "border" else ():
                posts.setdefault(key(part), []).append(place)
        aliases = {row["element_id"]: row["aliases"].split(";") for row in records(self.tables["elements"])}
        sides: dict[str, dict[str, None]] = {}
        for row in records(self.tables["crossings"]):
            for name in {row["name"].split(" (")[0], *aliases.get(row["element_id"], ())}:
                for known in filter(None, (key(name), key(GATE.sub("", name)))):
                    sides.setdefault(known, {}).update(dict.fromkeys((row["from_place"], row["to_place"])))
        return {known: list(places) for known, places in sides.items()} | posts | bare

    @cached_property
    def places_named_locally(self) -> dict[str, list[str]]:
        """Places by the `key` of their names in local scripts and of further spellings; read when first needed."""
        found: dict[str, list[str]] = {}
        if not (self.folder / "datapackage.json").exists() or NAMES not in schema.names(self.folder):
            return found
        for row in records(schema.read_table(self.folder, NAMES)):
            for known in map(key, row["names"].split(";") if row["place_id"] in self.place else ()):
                if known and row["place_id"] not in found.setdefault(known, []):
                    found[known].append(row["place_id"])
        return found

    @cached_property
    def elements_named(self) -> dict[str, list[str]]:
        """Elements by the `key` of id, name and aliases."""
        found: dict[str, list[str]] = {}
        for row in records(self.tables["elements"]):
            for known in map(key, (row["element_id"], row["name"], *row["aliases"].split(";"))):
                if known and row["element_id"] not in found.setdefault(known, []):
                    found[known].append(row["element_id"])
        return found

    @cached_property
    def countries(self) -> frozenset[str]:
        """ISO codes of the countries of the places."""
        return frozenset(next(listed(self.tables["places"], "country")))

    @cached_property
    def road_ends(self) -> list[tuple[str, str]]:
        """Both ends of every operating road leg."""
        legs = self.tables["legs"]
        legs = legs[(legs["mode"] == "road") & (legs["status"] == "operating")]
        return list(zip(legs["from_place"], legs["to_place"], strict=True))

    @cached_property
    def crossings_between(self) -> dict[frozenset[str], int]:
        """How many operating crossings two countries have."""
        table = self.tables["crossings"]
        table = table[table["status"] == "operating"].drop_duplicates("element_id")
        pairs = [
            frozenset((self.country_of[a], self.country_of[b]))
            for a, b in zip(table["from_place"], table["to_place"], strict=True)
        ]
        return Counter(pairs)

    @cached_property
    def border_crossings(self) -> dict[str, list[str]]:
        """Crossings between two countries: {"AF-PK": [...]}."""
        found: dict[str, list[str]] = {}
        for row in records(self.tables["crossings"].drop_duplicates("element_id")):
            sides = (self.country_of[row[end]] for end in ("from_place", "to_place"))
            found.setdefault(country_pair(*sides), []).append(row["element_id"])
        return found

    @cached_property
    def unknown_posts(self) -> dict[str, str]:
        """Crossings that exist only because a line of the user meets a border, and what is noted of each."""
        table = self.tables["crossings"].drop_duplicates("element_id")
        table = table[table["source_id"] == MET]
        return dict(zip(table["element_id"], table["note"], strict=True))

    @cached_property
    def border_pair(self) -> dict[str, frozenset[str]]:
        """Crossings with the two countries that they join and their mode."""
        return {
            row["element_id"]: frozenset(
                (self.country_of[row["from_place"]], self.country_of[row["to_place"]], row["mode"])
            )
            for row in records(self.tables["crossings"])
        }

    @cached_property
    def projects(self) -> dict[str, frozenset[str]]:
        """Corridors that ``Scenario.build`` takes, each with the projects whose planned legs it uses."""
        legs = self.tables["legs"]
        legs = legs[legs["project"] != ""]
        planned = dict(zip(legs["leg_id"], legs["project"], strict=True))
        found = {project: frozenset({project}) for project in planned.values()}
        for row in records(self.tables["corridors"]):
            used = frozenset(planned[leg] for leg in row["legs"].split(";") if leg in planned)
            if used:
                found[row["corridor_id"]] = used | found.get(row["corridor_id"], frozenset())
        return found

    @cached_property
    def corridor_parts(self) -> list[tuple[str, dict[str, float], frozenset[str]]]:
        """Named corridors with the km of their legs (or of what replaces them in detail) and their crossings."""
        members = mapped(self.tables["elements"], "element_id", "members")
        length = mapped(self.tables["legs"], "leg_id", "km")

        def km(element: str) -> float:
            legs = [element] if element in length else members.get(element, "").split(";")
            return sum((length[leg] for leg in legs if leg in length), start=0.0)

        return [
            (
                row["name"],
                {e: km(e) for e in row["legs"].split(";") if e not in self.border_pair},
                frozenset(e for e in row["legs"].split(";") if e in self.border_pair),
            )
            for row in records(self.tables["corridors"])
        ]

    @cached_property
    def corridors_of(self) -> dict[str, list[int]]:
        """By leg (or what replaces it in detail), numbers of the `corridor_parts` that use it."""
        found: dict[str, list[int]] = {}
        for i, (_, km, _) in enumerate(self.corridor_parts):
            for element in km:
                found.setdefault(element, []).append(i)
        return found

    @cached_property
    def sanctions(self) -> dict[str, list[tuple[str, str, str]]]:
        """Sanctions regimes of each element, with first and last day, from ``rights`` and ``events``."""
        found: dict[str, list[tuple[str, str, str]]] = {}
        for row in records(self.tables["rights"]):
            if "sanctions" in row["treaty"].casefold():
                regime = (row["treaty"], row["in_force_from"], row["in_force_to"])
                found.setdefault(row["element_id"], []).append(regime)
        for row in records(self.tables["events"]):
            if "sanctions" in row["cause"].casefold():
                found.setdefault(row["element_id"], []).append((row["cause"], row["start"], row["end"]))
        return found

    def sanctioned(self, element_id: str, day: str) -> list[str]:
        """Sanctions regimes in force at an element."""
        return list(
            dict.fromkeys(
                name
                for name, first, last in self.sanctions.get(element_id, ())
                if first <= day and (not last or day <= last)
            )
        )

    @cached_property
    def sanctioned_at(self) -> Counter[str]:
        """How many crossings of each country sanctions name: most of those of the country they are aimed at."""
        pairs = (pair for element, pair in self.border_pair.items() if element in self.sanctions)
        return Counter(country for pair in pairs for country in pair)

    @cached_property
    def season_rows(self) -> list[tuple[str, str]]:
        """Elements with seasons, and the sources of these."""
        seasons = self.tables["seasons"]
        return list(dict.fromkeys(zip(seasons["element_id"], seasons["source_id"], strict=True)))

    def season_sources(self, elements: Iterable[str]) -> str:
        """Sources of the seasons of some elements."""
        return ";".join(dict.fromkeys(source for element, source in self.season_rows if element in elements))

    def cargo_name(self, cargo_id: str) -> str:
        """Name of a preset for readers; a user's own cargo keeps its name."""
        table = self.tables["cargo"]
        return next(iter(table.loc[table["cargo_id"] == cargo_id, "name"]), cargo_id)

    def cargo_source(self, cargo_id: str) -> str:
        """Sources of a preset."""
        table = self.tables["cargo"]
        return ";".join(table.loc[table["cargo_id"] == cargo_id, "source_id"])

    def find(self, name: str, n: int = 5) -> gpd.GeoDataFrame:
        """Places by id, name or alias; exact matches first, then the nearest spellings.

        Parameters
        ----------
        name : str
        n : int
            Most rows to return.

        Returns
        -------
        GeoDataFrame
            Rows of ``places`` with a column ``match`` between 0 and 1.

        Raises
        ------
        BadRequest
            If `name` is not text, or `n` is not a number from 1.
        """
        wanted, n = key(as_text(name, "name")), as_whole(n, "n", 1)
        score: dict[str, float] = {}
        for named in (self.places_named, self.places_named_short, self.places_named_locally):
            if named is self.places_named or wanted in named or not wanted.isascii():
                for known in get_close_matches(wanted, named, n=4 * n, cutoff=0.6):
                    for place in named[known]:
                        match = SequenceMatcher(None, wanted, known).ratio()
                        score[place] = max(score.get(place, 0.0), match)
        order = sorted(score, key=lambda p: (-score[p], RANK.index(self.place[p]["kind"]), p))[:n]
        frame = self.places.set_index("place_id", drop=False).loc[order].reset_index(drop=True)
        frame["match"] = [round(score[place], 2) for place in order]
        return frame

    def place_id(self, name: str) -> str:
        """The one place of an id, name or alias.

        Parameters
        ----------
        name : str

        Returns
        -------
        str
            Its ``place_id``.

        Raises
        ------
        BadRequest
            If `name` is no text.
        UnknownPlace
            If no place has that name (the message suggests the nearest spellings), or several have.
        """
        if not isinstance(name, str) or not name.strip():
            raise BadRequest(f"{shown(name)} is not a name of a place, written as text.")
        if name in self.place:
            return str(name)
        wanted = key(name)
        found = self.places_named.get(wanted) or self.places_named_short.get(wanted, [])
        found = found or self.places_named_locally.get(wanted, [])
        same = [p for p in found if self.place[p]["name"].casefold() == str(name).casefold()] or found
        best = min((RANK.index(self.place[p]["kind"]) for p in same), default=0)
        same = [p for p in same if RANK.index(self.place[p]["kind"]) == best]
        code = country_code(name)  # no gate or old name of a town that happens to be that of a country
        if code and not any(self.place[p]["name"].casefold() == name.casefold() for p in same):
            raise UnknownPlace(unknown(self, name))
        if len(same) == 1:
            return same[0]
        if same:
            raise UnknownPlace(f"{name!r} may be {in_words(self.place[p] for p in same)}; give the place_id.")
        raise UnknownPlace(unknown(self, name))

    def element_ids(self, name: str) -> list[str]:
        """Crossings, straits, sections or legs of an id, name or alias.

        Parameters
        ----------
        name : str

        Returns
        -------
        list of str
            Each an ``element_id``; several where one name means a crossing by road and one by rail, say; names of
            routes leave out which.

        Raises
        ------
        BadRequest
            If `name` is no text.
        UnknownPlace
            If there is none; the message names the nearest.
        """
        if not isinstance(name, str) or not name.strip():
            raise BadRequest(f"{shown(name)} is not a name of a crossing, strait, section or leg, written as text.")
        if name in self.element_names:
            return [str(name)]
        named = self.elements_named
        found = named.get(key(name)) or [
            element for mode in SAID if "-" in name for element in named.get(key(f"{name} ({mode})"), ())
        ]
        if found:
            return list(found)
        if code := country_code(name):
            raise UnknownPlace(
                f"no crossing, strait, section or leg is called {name!r}; it is a country ({code}): name some of its "
                "crossings. See net.elements."
            )
        near = get_close_matches(key(name), self.elements_named, n=5, cutoff=0.5)
        names = dict.fromkeys(self.element_names[e] for k in near for e in self.elements_named[k])
        raise UnknownPlace(
            f"no crossing, strait, section or leg is called {name!r}; the nearest are "
            f"{', '.join(names) or 'none'}. See net.elements."
        )


def as_geo(frame: pd.DataFrame, geometry: object) -> gpd.GeoDataFrame:
    """A frame with geometry in degrees."""
    import geopandas

    return geopandas.GeoDataFrame(frame, geometry=geometry, crs="EPSG:4326")


def raise_first(problems: pd.DataFrame) -> None:
    """Raise ``DataError`` with the first of the problems, if there are any."""
    if len(problems):
        first = problems.iloc[0]
        more = f" ({len(problems)} problems in all)" if len(problems) > 1 else ""
        raise DataError(f"{first['problem']}{more}.", first["table"], first["row"], first["column"])

"""What the tables of a network say, looked up by name or worked out once; the base of `corridors.network.Network`."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from corridors.data.schema import records
from corridors.errors import BadRequest
from corridors.model.calendars import Calendars
from corridors.model.cargo import Cargo, with_value_of_time
from corridors.model.costs import Rates
from corridors.model.graph import Edge, MultimodalGraph, build, clusters, country_pair
from corridors.model.rights import Rights
from corridors.model.scenario import Overlay, Scenario
from corridors.model.simulation import Draws, Hazard, correlation, hazard, open_probabilities

KEPT_DRAWS, MOST_KEPT = 3, 20_000
"""Sets of samples that a network keeps, and the largest: some hundred factors each."""


def key(text: str) -> str:
    """Name without case, accents, blanks and punctuation, for comparing spellings."""
    plain = unicodedata.normalize("NFKD", str(text)).casefold()
    return re.sub(r"[\W_]+", "", "".join(c for c in plain if not unicodedata.combining(c)))


@dataclass(frozen=True, eq=False)
class Lookups:
    """Tables of a network and what is derived from them."""

    tables: Mapping[str, pd.DataFrame]
    data_date: date
    version: str
    folder: Path

    @cached_property
    def _lines(self) -> dict[str, Any]:
        import shapely

        table = self.tables["leg_geometry"]
        return dict(zip(table["leg_id"], shapely.from_wkt(table["wkt"].to_numpy()), strict=True))

    @cached_property
    def _place(self) -> dict[str, dict[str, Any]]:
        return {row["place_id"]: row for row in records(self.tables["places"])}

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for place, row in self._place.items():
            for name in (place, row["name"], *row["aliases"].split(";")):
                if key(name) and place not in found.setdefault(key(name), []):
                    found[key(name)].append(place)
        return found

    @cached_property
    def _short_names(self) -> dict[str, list[str]]:
        """Places by name without what stands in brackets: "Khorgos" for "Khorgos (CN)"."""
        found: dict[str, list[str]] = {}
        for place, row in self._place.items():
            found.setdefault(key(row["name"].split(" (")[0]), []).append(place)
        return found

    @cached_property
    def _elements(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for row in records(self.tables["elements"]):
            for name in (row["element_id"], row["name"], *row["aliases"].split(";")):
                if key(name) and row["element_id"] not in found.setdefault(key(name), []):
                    found[key(name)].append(row["element_id"])
        return found

    @cached_property
    def _element_names(self) -> dict[str, str]:
        table = self.tables["elements"]
        return dict(zip(table["element_id"], table["name"], strict=True))

    @cached_property
    def _leg(self) -> dict[str, dict[str, Any]]:
        return {row["leg_id"]: row for row in records(self.tables["legs"])}

    @cached_property
    def _road_ends(self) -> list[tuple[str, str]]:
        legs = self.tables["legs"].query("mode == 'road' and status == 'operating'")
        return list(zip(legs["from_place"], legs["to_place"], strict=True))

    @cached_property
    def _crossings_between(self) -> dict[frozenset[str], int]:
        """How many operating crossings two countries have."""
        table = self.tables["crossings"]
        table = table[table["status"] == "operating"].drop_duplicates("element_id")
        pairs = [
            frozenset((self._place[a]["country"], self._place[b]["country"]))
            for a, b in zip(table["from_place"], table["to_place"], strict=True)
        ]
        return Counter(pairs)

    @cached_property
    def _border_crossings(self) -> dict[str, list[str]]:
        """Crossings between two countries: {"AF-PK": [...]}."""
        found: dict[str, list[str]] = {}
        for row in records(self.tables["crossings"].drop_duplicates("element_id")):
            sides = (self._place[row[end]]["country"] for end in ("from_place", "to_place"))
            found.setdefault(country_pair(*sides), []).append(row["element_id"])
        return found

    @cached_property
    def projects(self) -> dict[str, frozenset[str]]:
        """Corridors that ``Scenario.build`` takes, each with the projects whose planned legs it uses."""
        planned = {leg: row["project"] for leg, row in self._leg.items() if row["project"]}
        found = {project: frozenset({project}) for project in planned.values()}
        for row in records(self.tables["corridors"]):
            used = frozenset(planned[leg] for leg in row["legs"].split(";") if leg in planned)
            if used:
                found[row["corridor_id"]] = used | found.get(row["corridor_id"], frozenset())
        return found

    @cached_property
    def _countries(self) -> frozenset[str]:
        return frozenset(row["country"] for row in self._place.values())

    def _overlay(self, scenario: Scenario | None) -> Overlay:
        if scenario is None:
            return Overlay()
        if not isinstance(scenario, Scenario):
            raise BadRequest(f"scenario={scenario!r} is not a Scenario; make one with corridors.Scenario(name).")
        return scenario.overlay(self.element_ids, self.projects, self._countries, self._calendars.zone)

    @cached_property
    def _calendars(self) -> Calendars:
        return Calendars(self.tables)

    @cached_property
    def _rates(self) -> Rates:
        return Rates(self.tables["rates"])

    @cached_property
    def _rights(self) -> Rights:
        return Rights(self.tables["rights"])

    @cached_property
    def _graphs(self) -> dict[Cargo, MultimodalGraph]:
        return {}

    def _graph(self, cargo: Cargo) -> MultimodalGraph:
        """Graph of a load; what its time is worth decides nothing there."""
        load = with_value_of_time(cargo, 0.0)
        if load not in self._graphs:
            self._graphs[load] = build(self.tables, self._rates, load)
        return self._graphs[load]

    @cached_property
    def _open_probability(self) -> dict[str, list[float]]:
        return open_probabilities(self.tables["seasons"])

    def _measured_otherwise(self, edge: Edge) -> str:
        """Words where CPMM measured far more at one side of a crossing than the model has for both."""
        side = edge.countries[0]
        year, hours = self._measured.get((edge.element_id, side), (0, 0.0))
        if not year or hours < 3 * edge.amount.hours:
            return ""
        return (
            f"contested: {self._element_names[edge.element_id]} out of {side}, {edge.amount.hours:g} h here, "
            f"{hours:g} h measured in {year}"
        )

    @cached_property
    def _measured(self) -> dict[tuple[str, str], tuple[int, float]]:
        """Latest year in which CPMM measured the way out of a country at a crossing, and the hours."""
        table = self.tables["indicators"].query("indicator == 'TFI1' and direction == 'out'").sort_values("year")
        return {(row["element_id"], row["country"]): (row["year"], row["value"]) for row in records(table)}

    def _season_sources(self, elements: Sequence[str]) -> str:
        """Sources of the seasons of some elements."""
        return ";".join(dict.fromkeys(source for element, source in self._season_rows if element in elements))

    @cached_property
    def _season_rows(self) -> list[tuple[str, str]]:
        seasons = self.tables["seasons"]
        return list(dict.fromkeys(zip(seasons["element_id"], seasons["source_id"], strict=True)))

    @cached_property
    def _hazards(self) -> dict[date, Hazard]:
        return {}

    def _hazard(self, as_of: date) -> Hazard:
        if as_of not in self._hazards:
            self._hazards[as_of] = hazard(self.tables, as_of)
        return self._hazards[as_of]

    @cached_property
    def _weight_limits(self) -> frozenset[float]:
        """Gross weights to which operating roads limit lorries, in tonnes."""
        legs = self.tables["legs"].query("mode == 'road' and status == 'operating'")
        return frozenset(legs["gross_limit_t"].fillna(self._rates.find("gross_limit_t", "road").mode))

    @cached_property
    def _corridor_parts(self) -> list[tuple[str, dict[str, float], frozenset[str]]]:
        """Named corridors with the km of their legs (or of what replaces them in detail) and their crossings."""
        members = dict(zip(self.tables["elements"]["element_id"], self.tables["elements"]["members"], strict=True))

        def km(element: str) -> float:
            legs = [element] if element in self._leg else members.get(element, "").split(";")
            return sum(float(self._leg[leg]["km"]) for leg in legs if leg in self._leg)

        return [
            (
                row["name"],
                {e: km(e) for e in row["legs"].split(";") if e not in self._border_pair},
                frozenset(e for e in row["legs"].split(";") if e in self._border_pair),
            )
            for row in records(self.tables["corridors"])
        ]

    def _draws(self, n: int, seed: int) -> Draws:
        """Samples of a seed, kept for the questions that follow."""
        if n > MOST_KEPT:
            return Draws(n, seed, correlation(self._rates))
        if (n, seed) not in self._kept_draws:
            if len(self._kept_draws) >= KEPT_DRAWS:
                self._kept_draws.clear()
            self._kept_draws[n, seed] = Draws(n, seed, correlation(self._rates))
        return self._kept_draws[n, seed]

    @cached_property
    def _kept_draws(self) -> dict[tuple[int, int], Draws]:
        return {}

    @cached_property
    def _border_pair(self) -> dict[str, frozenset[str]]:
        """Crossings with the two countries that they join and their mode."""
        return {
            row["element_id"]: frozenset(
                (self._place[row["from_place"]]["country"], self._place[row["to_place"]]["country"], row["mode"])
            )
            for row in records(self.tables["crossings"])
        }

    @cached_property
    def _border_cluster(self) -> dict[str, str]:
        """Crossings so close to each other that they are one choice, by the first of them."""
        return clusters(self.tables["crossings"], self._place)

    def _cargo_name(self, cargo_id: str) -> str:
        """Name of a preset for readers, a cargo of the user's own as it is called."""
        table = self.tables["cargo"]
        return next(iter(table.loc[table["cargo_id"] == cargo_id, "name"]), cargo_id)

    def _cargo_source(self, cargo_id: str) -> str:
        table = self.tables["cargo"]
        return ";".join(table.loc[table["cargo_id"] == cargo_id, "source_id"])

    @cached_property
    def _sanctions(self) -> dict[str, list[tuple[str, str, str]]]:
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

    def _sanctioned(self, element_id: str, day: str) -> list[str]:
        """Sanctions regimes in force at an element."""
        return list(
            dict.fromkeys(
                name
                for name, first, last in self._sanctions.get(element_id, ())
                if first <= day and (not last or day <= last)
            )
        )

    def element_ids(self, name: str) -> list[str]:
        """Crossings, straits, sections or legs of an id, name or alias.

        Parameters
        ----------
        name : str

        Returns
        -------
        list of str
            Each an ``element_id``; several where one name means a crossing by road and one by rail, say.

        Raises
        ------
        LookupError
            If there is none; the message names the nearest.
        """
        if name in self._element_names:
            return [name]
        found = self._elements.get(key(name))
        if found:
            return list(found)
        near = get_close_matches(key(name), self._elements, n=5, cutoff=0.5)
        names = dict.fromkeys(self._element_names[e] for k in near for e in self._elements[k])
        raise LookupError(
            f"no crossing, strait, section or leg is called {name!r}; the nearest are "
            f"{', '.join(names) or 'none'}. See net.elements."
        )

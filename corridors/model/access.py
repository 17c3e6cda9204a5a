"""Roads from and to a point that is not a place of the network: an explicit access leg, never a silent guess."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from corridors.data.countries import countries_at
from corridors.data.geodesy import SEA, geod
from corridors.data.schema import Row
from corridors.errors import BadRequest
from corridors.model.calendars import moment
from corridors.model.cargo import Cargo
from corridors.model.costs import Amount, Part, Rates, end_amount, leg_amount

if TYPE_CHECKING:
    from corridors.model.facts import Facts

ACCESS_KM = 300.0


def access_amount(rates: Rates, cargo: Cargo, country: str, straight_km: float) -> Amount:
    """Amount of a drive outside the network, from its straight-line length."""
    factor = rates.find("access_factor", "road")
    found, detour = (
        leg_amount(rates, cargo, "road", country, straight_km * factor.mode, 0.0, False),
        factor.driver("terms"),
    )

    def roundabout(parts: Iterable[Part]) -> tuple[Part, ...]:
        return tuple(rates.scaled(part, 1.0, detour) for part in parts)

    return found._replace(time=roundabout(found.time), money=roundabout(found.money), carbon=roundabout(found.carbon))


class Access:
    """Access leg between a (lon, lat) point and the nearest place on a road of the same country.

    Its length is the straight line times the rate ``access_factor``, graded assumed. It is driven, so the trip goes
    on by road, or by another mode after a transfer. Loading or unloading at the point is in its hours, without customs
    in countries where the load circulates free (`free`).
    """

    def __init__(
        self,
        facts: Facts,
        point: tuple[float, float],
        leaving: bool,
        modes: frozenset[str],
        cargo: Cargo,
        free: Callable[[str], bool] = lambda country: False,
    ) -> None:
        try:
            lon, lat = (float(x) for x in point)
        except (TypeError, ValueError):
            raise BadRequest(f"{point!r} is neither the name of a place nor (longitude, latitude).") from None
        if "road" not in modes:
            raise BadRequest(f"({lon}, {lat}) is reached by road only: add 'road' to modes, or name a place.")
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise BadRequest(f"({lon}, {lat}) is not (longitude, latitude) in degrees.")
        country = country_at(facts, lon, lat)
        on_road = {place for ends in facts.road_ends for place in ends}
        near = sorted(
            (geod().inv(lon, lat, row["lon"], row["lat"])[2] / 1000, place)
            for place, row in facts.place.items()
            if place in on_road and row["country"] == country
        )
        if not country or not near or near[0][0] > ACCESS_KM:
            where = f"in {country}" if country else "outside the countries"
            swapped = abs(lon) <= 90 and country_at(facts, lat, lon) in facts.countries - {SEA}
            raise BadRequest(
                f"({lon}, {lat}) lies {where}, more than {ACCESS_KM:.0f} km from any place of the network there; "
                + (f"is ({lat}, {lon}) meant? Longitude comes first." if swapped else "name a place instead.")
            )
        self.place, self.country, self.leaving, self.point = near[0][1], country, leaving, (lon, lat)
        self.name = f"{abs(lat):.3f} {'N' if lat >= 0 else 'S'}, {abs(lon):.3f} {'E' if lon >= 0 else 'W'}"
        self.rate = facts.rates.find("access_factor", "road")
        self.km = near[0][0] * self.rate.mode
        drive = access_amount(facts.rates, cargo, country, near[0][0])
        gate = end_amount(facts.rates, cargo, "road", country, leaving, home=not leaving and free(country))
        self.amount = drive._replace(time=drive.time + gate.time)
        self.hours, self.usd, self.kgco2e = self.amount.hours, self.amount.usd, self.amount.kgco2e
        self.source_id = ";".join(
            dict.fromkeys((self.rate.source_id, *drive.source_id.split(";"), *gate.source_id.split(";")))
        )
        self.handling = f"{'loading' if leaving else 'unloading'} of {gate.hours:.3g} h in it"
        self._end = facts.place[self.place]

    def row(self, start: float) -> Row:
        """Row of ``Routes.legs`` for the access leg entered at hour `start`."""
        import shapely

        ends = [(self.name, "", self.point), (self._end["name"], self.place, (self._end["lon"], self._end["lat"]))]
        if not self.leaving:
            ends.reverse()
        return {
            "kind": "access",
            "element_id": "access",
            "name": f"access {ends[0][0]} - {ends[1][0]}",
            "mode": "road",
            "gauge_mm": None,
            "country": self.country,
            "from": ends[0][0],
            "to": ends[1][0],
            "from_place": ends[0][1],
            "to_place": ends[1][1],
            "km": self.km,
            "start": moment(start),
            "end": moment(start + self.hours),
            "hours": self.hours,
            "usd": self.usd,
            "kgco2e": self.kgco2e,
            "source_id": self.source_id,
            "quality": "assumed",
            "usd_quality": "assumed",
            "km_quality": "assumed",
            "note": f"straight line x {self.rate.mode:g}, not a surveyed road; {self.handling}",
            "geometry": shapely.LineString([ends[0][2], ends[1][2]]),
        }


def country_at(facts: Facts, lon: float, lat: float) -> str:
    """ISO code of the country of a point or the nearest one up to some 15 km away, empty farther out at sea."""
    return str(countries_at(facts.folder, [lon], [lat])[0])

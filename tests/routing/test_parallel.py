"""Roads that run beside each other inside one country."""

import pytest
import shapely

import corridors as cr
from corridors.routing import parallel
from corridors.routing import path as paths


@pytest.mark.parametrize("pair", [("Almaty", "Astana"), ("Tashkent", "Termez"), ("Karachi", "Lahore")])
def test_km_beside_another_way_are_those_in_the_band_around_all_of_it(net: cr.Network, pair: tuple[str, str]) -> None:
    """Leg by leg, out of what other pairs of ways have left, as by one buffer of the whole other way."""
    found = net.routes(*pair, depart="2026-04-15", k=3, modes=["road"], max_overlap=1.0).results
    ways = [paths.land_km(one.world, one.path) for one in found]
    lines, told = net.facts.lines, list[float]()
    for way in ways:
        for other in ways:
            band = shapely.union_all([lines[leg] for leg in other]).buffer(parallel.NEAR)
            near = {leg: lines[leg].intersection(band).length / lines[leg].length for leg in way if leg not in other}
            drawn = [leg for leg in near if shapely.get_num_points(lines[leg]) > 2]
            told.append(parallel.beside(net.facts, way, other))
            assert told[-1] == pytest.approx(sum(way[leg] * near[leg] for leg in drawn), rel=1e-9, abs=1e-9)
    assert any(told)

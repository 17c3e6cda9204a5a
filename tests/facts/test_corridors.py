"""Named corridors run where their names say."""

from itertools import groupby

import corridors as cr
from corridors.data.countries import country_names


def test_corridors_run_through_the_countries_of_their_names_in_that_order(net: cr.Network) -> None:
    lands = net.legs.set_index("leg_id")["country"]
    code = {name: land for land, name in country_names().items()}
    told = 0
    for row in net.tables["corridors"].to_dict("records"):
        named = [code.get(word) for word in row["name"].split(" ")[0].split("-")]
        if len(named) > 1 and all(named):
            through = [lands[leg] for leg in row["legs"].split(";") if leg in lands.index]
            assert [land for land, _ in groupby(through)] == named, row["name"]
            told += 1
    assert told >= 4


def test_the_corridor_by_irkeshtam_is_open_where_its_route_is(net: cr.Network) -> None:
    """By Jalal-Abad and Uzgen, about 680 km from Bishkek to Osh, not by Andijan over two posts of Uzbekistan."""
    ask = {"depart": "2024-06-10", "as_of": "2024-06-10"}
    routes = net.routes("Almaty", "Islamabad", via=["Irkeshtam"], **ask)
    assert routes.corridors.set_index("corridor_id")["state"]["qtta_irkeshtam"] == "open"
    legs = net.tables["corridors"].set_index("corridor_id")["legs"]["qtta_irkeshtam"].split(";")
    inside = net.legs.set_index("leg_id").reindex(legs).query("country == 'KG'")["km"]
    to_china = 258  # Osh to Irkeshtam
    assert 900 < inside.sum() < 680 + to_china + 60

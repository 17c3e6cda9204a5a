"""What loading, unloading and changes of mode take at the places of the shipped network agrees with one another."""

from __future__ import annotations

from collections import defaultdict

import pytest

import corridors as cr

LOADS = ("container40", "wheat_container", "wheat_wagon", "fertiliser", "metal", "bus")
HUBS = {"jebel_ali", "khor_fakkan", "mundra", "salalah"}
NO_FLIGHT = ("air", "door at home")
"""No flight stays in one country, so that nothing says what its unloading without customs takes."""
Steps = dict[tuple[str, str], float]


def steps_of(net: cr.Network, load: str) -> dict[str, Steps]:
    """Hours from one mode to another at each place, the door being one of them."""
    amounts = net.facts.amounts(net.facts.preset(load))
    found: dict[str, Steps] = defaultdict(dict)
    layers = {number: str(layer).strip("<>") for (_, layer), number in net.facts.graph.nodes.items()}
    for edge in net.facts.graph.edges:
        ends = layers[edge.tail], layers[edge.head]
        if edge.kind not in ("leg", "crossing") and amounts.handled[edge.number] and ends != NO_FLIGHT:
            found[edge.from_place][ends] = float(amounts.hours[edge.number])
    return found


@pytest.mark.parametrize("load", LOADS)
def test_no_way_through_another_mode_is_quicker(net: cr.Network, load: str) -> None:
    """Of all places and triples of modes; what differs by minutes are means of rounded ranges."""
    triples = 0
    for place, steps in steps_of(net, load).items():
        for (a, b), first in steps.items():
            for (c, d), second in steps.items():
                if b == c and (a, d) in steps:
                    triples += 1
                    assert steps[a, d] <= first + second + 0.1, (place, a, b, d)
    assert triples > 20


@pytest.mark.parametrize("load", ["container40", "wheat_wagon"])
def test_a_train_is_as_quick_from_the_door_as_off_a_truck(net: cr.Network, load: str) -> None:
    """Where a terminal puts loads of trucks on trains, loading in its city takes what the truck to it would."""
    places = 0
    for place, steps in steps_of(net, load).items():
        for (mode, track), change in steps.items():
            if mode == "road" and track.startswith("rail") and net.facts.place[place]["kind"] == "city":
                assert steps["door", track] == pytest.approx(steps["door", "road"] + change, abs=0.5), place
                places += 1
    assert places > 20


def test_from_ship_to_ship_only_at_hubs(net: cr.Network) -> None:
    transfers = [edge for edge in net.facts.graph.edges if edge.kind == "transfer"]
    assert {edge.from_place for edge in transfers if edge.mode == "sea > sea"} == HUBS
    assert not [edge for edge in transfers if edge.mode in ("road > road", "air > air")]


@pytest.mark.parametrize(
    ("place", "track"), [("sarakhs_ir", "rail1520"), ("incheh_borun", "rail1520"), ("zahedan", "rail1676")]
)
def test_trucks_at_a_break_of_gauge_load_wagons_of_either(net: cr.Network, place: str, track: str) -> None:
    """By rows of the table with sources, not by adding up two changes."""
    for ends in (("road", track), (track, "road")):
        (row,) = net.transfers.query(
            "place_id == @place and from_layer == @ends[0] and to_layer == @ends[1]"
        ).itertuples()
        assert row.quality != "assumed"
        (edge,) = (
            edge
            for edge in net.facts.graph.edges
            if edge.kind == "transfer" and edge.from_place == place and edge.mode == " > ".join(ends)
        )
        assert "both changes" not in edge.basis.amount(net.facts.preset("container40")).note

"""Differences between two versions of the data, on changes made by hand."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

import corridors as cr
from corridors.data.difference import COLUMNS, KEYS, diff
from tests.small import with_tables


def changed(net: cr.Network, **tables: Callable[[pd.DataFrame], pd.DataFrame]) -> cr.Network:
    """A network with some tables passed through a function."""
    return with_tables(
        net,
        {name: tables[name](table.copy()) if name in tables else table for name, table in net.tables.items()},
    )


def put(at: int, column: str, value: object) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        table.loc[at, column] = value
        return table

    return change


def rows(table: pd.DataFrame) -> list[tuple[str, ...]]:
    return list(table.itertuples(index=False, name=None))


def test_the_same_data_do_not_differ(net: cr.Network) -> None:
    found = diff(net.facts, net.facts)
    assert found.empty
    assert tuple(found.columns) == COLUMNS
    assert diff(net.facts, cr.load()).empty


def test_a_changed_value_is_named(net: cr.Network) -> None:
    leg = net.legs["leg_id"].iloc[5]
    km = net.legs["km"].iloc[5]
    assert rows(diff(net.facts, changed(net, legs=put(5, "km", 1234.0)))) == [
        ("legs", leg, "km", repr(float(km)).removesuffix(".0"), "1234", "changed")
    ]


def test_a_value_that_gets_known_and_one_that_is_lost(net: cr.Network) -> None:
    at = int(net.crossings["usd"].isna().to_numpy().argmax())
    key = net.crossings["crossing_id"].iloc[at]
    known = changed(net, crossings=put(at, "usd", 12.5))
    assert rows(diff(net.facts, known.facts)) == [("crossings", key, "usd", "", "12.5", "changed")]
    assert rows(diff(known.facts, net.facts)) == [("crossings", key, "usd", "12.5", "", "changed")]


def test_geometry_is_compared_as_written(net: cr.Network) -> None:
    moved = changed(net, leg_geometry=put(0, "wkt", "LINESTRING (1 2, 3 4)"))
    assert rows(diff(net.facts, moved.facts)) == [
        (
            "leg_geometry",
            net.tables["leg_geometry"]["leg_id"].iloc[0],
            "wkt",
            net.tables["leg_geometry"]["wkt"].iloc[0],
            "LINESTRING (1 2, 3 4)",
            "changed",
        )
    ]


def test_rows_that_came_and_went(net: cr.Network) -> None:
    event = net.events["event_id"].iloc[3]
    fewer = changed(net, events=lambda table: table.drop(index=3))
    assert rows(diff(net.facts, fewer.facts)) == [("events", event, "", "", "", "removed")]
    assert rows(diff(fewer.facts, net.facts)) == [("events", event, "", "", "", "added")]


def test_a_new_key_is_a_row_that_went_and_one_that_came(net: cr.Network) -> None:
    renamed = changed(net, cargo=put(0, "cargo_id", "aaa_box"))
    old = net.cargo["cargo_id"].iloc[0]
    assert rows(diff(net.facts, renamed.facts)) == [
        ("cargo", "aaa_box", "", "", "", "added"),
        ("cargo", old, "", "", "", "removed"),
    ]


def test_keys_of_several_columns(net: cr.Network) -> None:
    row = net.seasons.iloc[7]
    slower = changed(net, seasons=put(7, "speed_factor", 0.123))
    (found,) = rows(diff(net.facts, slower.facts))
    assert found[:3] == ("seasons", f"{row['element_id']} | {row['month']}", "speed_factor")


def test_order_of_rows_does_not_matter_and_that_of_changes_is_fixed(net: cr.Network) -> None:
    assert diff(net.facts, changed(net, places=lambda table: table.iloc[::-1])).empty
    many = changed(
        net,
        claims=lambda table: table.assign(note="x", whose="y").iloc[::-1].reset_index(drop=True),
        places=put(0, "name", "Elsewhere"),
    )
    found = diff(net.facts, many.facts)
    assert rows(found) == rows(diff(net.facts, many.facts))
    assert list(found["table"].unique()) == ["places", "claims"]
    claims = found[found["table"] == "claims"]
    assert list(zip(claims["key"], claims["column"], strict=True)) == sorted(
        zip(claims["key"], claims["column"], strict=True)
    )


def test_a_new_column_and_a_new_table(net: cr.Network) -> None:
    wider = changed(net, cargo=lambda table: table.assign(colour="blue"))
    assert {row[2:] for row in rows(diff(net.facts, wider.facts))} == {("colour", "", "blue", "changed")}
    more = with_tables(net, {**net.tables, "ferries": pd.DataFrame({"ferry_id": ["a"], "km": [1.0]})})
    assert rows(diff(net.facts, more.facts)) == [("ferries", "a", "", "", "", "added")]
    assert rows(diff(more.facts, net.facts)) == [("ferries", "a", "", "", "", "removed")]


@pytest.mark.parametrize("name", KEYS)
def test_keys_tell_the_rows_of_every_table_apart(net: cr.Network, name: str) -> None:
    assert not net.tables[name].duplicated(list(KEYS[name])).any()


def test_rows_that_share_a_key_are_both_kept(net: cr.Network) -> None:
    twice = changed(net, rates=lambda table: pd.concat([table, table.iloc[[0]]], ignore_index=True))
    assert rows(diff(net.facts, twice.facts)) == [("rates", f"{net.rates['rate_id'].iloc[0]} (2)", "", "", "", "added")]

"""Still maps and charts: what stands on them, where, and that no two labels overlap."""

import io
import itertools
import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import corridors as cr
from corridors.maps import charts, tcd
from corridors.maps.layers import COLOURS, LATER
from tests.pages import ASK, HOSTILE, boxes, hostile_network, outside, overlapping

mpl.use("agg")


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    pyplot.close("all")


def svg(figure: Figure) -> str:
    written = io.StringIO()
    figure.savefig(written, format="svg")
    return unescape(re.sub(r"<tspan[^>]*>|</tspan>", "", written.getvalue()))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pair", "more"),
    [
        (("Almaty", "Karachi"), {}),
        (("Tashkent", "Gwadar"), {"k": 3}),
        (("Moscow", "Karachi"), {"k": 2}),
        (("Almaty", "Bishkek"), {"k": 1}),
        (("Almaty", "Tashkent"), {"k": 6}),
        (("Almaty", "Karachi"), {"unknown": "both"}),
        (("Multan", "Almaty"), {"cargo": "mango", "modes": ["air", "road"]}),
    ],
)
def test_still_map_and_diagram_have_no_text_over_text_nor_off_the_page(
    net: cr.Network, pair: tuple[str, str], more: dict[str, Any]
) -> None:
    routes = net.routes(*pair, **ASK | {"depart": "2026-05-04", "as_of": "2026-06-01"} | more)
    for figure, dpi in itertools.product((routes.plot().figure, routes.tcd()[0, 0].figure), (110, 160)):
        figure.set_dpi(dpi)
        assert overlapping(figure) == []
        assert outside(figure) == []


def test_network_plot_tells_crossings_that_do_not_work_apart(net: cr.Network) -> None:
    figure = net.plot().figure
    assert overlapping(figure) == []
    assert outside(figure) == []
    shown = [text for text, _ in boxes(figure)]
    assert {"Torkham", "Planned crossing", "Suspended crossing", "Crossing closed by an event"} <= set(shown)


def test_still_map_says_what_the_table_says(routes: cr.Routes) -> None:
    ax = routes.plot()
    shown = [text.get_text() for text in ax.texts]
    for row in routes.table.itertuples():
        assert set(row.name.split()) <= set(" ".join(shown).split())  # a long name is wrapped
        assert f"{row.km:,.0f}" in shown
    assert {"Almaty", "Karachi", "Khunjerab", "A", "B", "C", "D"} <= set(shown)
    assert "do not imply endorsement" in " ".join(shown)
    assert any("As known on 2026-02-15" in text and routes.facts.version in text for text in shown)
    colours = {to_hex(line.get_color()).upper() for line in ax.lines}
    assert {ink.upper() for ink in COLOURS[: len(routes)]} <= colours
    assert not {ink.upper() for ink in (*COLOURS[len(routes) :], LATER)} & colours


def test_a_route_keeps_its_colour_when_it_is_shown_alone(routes: cr.Routes) -> None:
    for ax in (routes[2].plot(), routes[2].tcd("hours")[0, 0]):
        colours = {to_hex(line.get_color()).upper() for line in ax.lines}
        assert COLOURS[2].upper() in colours
        assert COLOURS[0].upper() not in colours


def test_plot_draws_on_a_given_axes_and_saves_in_three_formats(routes: cr.Routes, tmp_path: Any) -> None:
    figure, (left, _) = pyplot.subplots(1, 2, figsize=(12, 7))
    assert routes.plot(left) is left
    assert overlapping(figure) == []
    for ending in ("png", "pdf", "svg"):
        figure.savefig(tmp_path / f"map.{ending}")
        assert (tmp_path / f"map.{ending}").stat().st_size > 20_000


def test_diagram_steps_where_cargo_stands_and_ends_at_the_sum(routes: cr.Routes) -> None:
    axes = routes.tcd()
    assert axes.shape == (2, len(routes))
    for i in range(len(routes)):
        legs = routes[i].legs
        standing = legs[~legs["kind"].isin(["leg", "access"])]
        steps = [line for line in axes[0, i].lines if to_hex(line.get_color()) == tcd.STEP]
        assert sum(np.ptp(line.get_ydata()) for line in steps) == pytest.approx(standing["hours"].sum())
        assert all(np.ptp(line.get_xdata()) == 0 for line in steps)
        for ax, what in zip(axes[:, i], ("hours", "usd"), strict=True):
            reached = max(max(line.get_ydata()) for line in ax.lines)
            assert reached == pytest.approx(legs[what].sum())
    khunjerab = next(i for i, name in enumerate(routes.table["name"]) if "Khunjerab" in name)
    assert "Khunjerab" in " ".join(text.get_text() for text in axes[0, khunjerab].texts)


def test_diagram_draws_the_band_where_the_legs_have_one(routes: cr.Routes) -> None:
    ax = routes.tcd("usd")[0, 1]
    (band,) = ax.collections
    edge = [point[1] for path in band.get_paths() for point in path.vertices]
    assert max(edge) == pytest.approx(routes[1].legs["cumulative_usd_p90"].max())
    assert max(edge) < ax.get_ylim()[1]
    low = routes[1].legs["cumulative_usd_p10"].iloc[-1]
    assert any(value == pytest.approx(low) for value in edge)
    bare = routes[:]
    legs = routes.legs
    bare.__dict__["every_leg"] = legs.drop(columns=[name for name in legs if name.endswith(("_p10", "_p90"))])
    assert not bare.tcd("usd")[0, 1].collections
    with pytest.raises(cr.BadRequest, match="both, hours, usd"):
        routes.tcd("days")


def test_waterfall_adds_up(routes: cr.Routes) -> None:
    legs = routes[2].legs
    ax = charts.waterfall(legs, title="Parts")
    widths = [bar.get_width() for bar in ax.patches]
    assert sum(widths[:-1]) == pytest.approx(widths[-1])
    assert widths[-1] == pytest.approx(legs["usd"].sum())
    shown = dict(zip([t.get_text() for t in ax.get_yticklabels()], widths, strict=True))
    assert shown["road"] == pytest.approx(legs.loc[legs["kind"].eq("leg") & legs["mode"].eq("road"), "usd"].sum())
    assert shown["border crossings"] == pytest.approx(legs.loc[legs["kind"] == "crossing", "usd"].sum())
    costs = routes.costs.query("label == 'C'")
    bars = charts.waterfall(costs).patches
    assert bars[-1].get_width() == pytest.approx(costs.loc[costs["one_way"], "usd"].sum())
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []


def test_arrival_curves_are_the_distribution_of_the_samples(routes: cr.Routes) -> None:
    curves = routes.arrival_curve(2_000, seed=7)
    sure = routes.reliability(2_000, seed=7).set_index("label")
    assert list(dict.fromkeys(curves["label"])) == list("ABCD")
    for label, curve in curves.groupby("label"):
        assert curve["days"].is_monotonic_increasing
        for name, p in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9), ("p95", 0.95)):
            (days,) = curve.loc[np.isclose(curve["p"], p), "days"]
            assert days == pytest.approx(sure.loc[label, f"days_{name}"])
    with pytest.raises(cr.BadRequest, match="n=5"):
        routes.arrival_curve(5)


def test_reliability_marks_p10_p50_and_p90_on_every_curve(routes: cr.Routes) -> None:
    ax = charts.reliability(routes)
    curves = routes.arrival_curve()
    lines = {line.get_gid(): line for line in ax.lines if line.get_gid()}
    looks = set()
    for label in "ABCD":
        some = curves[curves["label"] == label]
        x, y = lines[f"curve {label}"].get_data()
        assert list(x) == pytest.approx(list(some["days"]))
        assert list(y) == pytest.approx(list(some["p"]))
        x, y = lines[f"marks {label}"].get_data()
        assert list(y) == [0.1, 0.5, 0.9]
        assert list(x) == pytest.approx(list(some.set_index("p").loc[[0.1, 0.5, 0.9], "days"]))
        looks.add((lines[f"curve {label}"].get_color(), str(lines[f"curve {label}"]._dash_pattern)))
    assert len(looks) == 4
    late = curves[(curves["label"] == "C") & np.isclose(curves["p"], 0.9)]["days"].iloc[0]
    assert f"{late:.1f}" in [text.get_text() for text in ax.texts]
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []


def test_reliability_of_a_way_that_is_sometimes_closed_for_good() -> None:
    p = np.arange(1, 200) / 200
    frame = pd.concat(
        [
            pd.DataFrame({"label": label, "name": HOSTILE * 4, "p": p, "days": np.where(p > 0.7, np.inf, p)})
            for label in "ABCDEFG"
        ]
    )
    ax = charts.reliability(frame, title="Sometimes closed")
    assert [t.get_text() for t in ax.texts].count("never") == 7
    lines = [line for line in ax.lines if str(line.get_gid()).startswith("curve")]
    assert max(lines[0].get_ydata()) == pytest.approx(0.7)
    assert len({(line.get_color(), str(line._dash_pattern)) for line in lines}) == 7
    assert overlapping(ax.figure) == []
    assert outside(ax.figure) == []
    with pytest.raises(cr.BadRequest, match="lacks the column days"):
        charts.reliability(frame.drop(columns="days"))


def test_pareto_joins_what_nothing_beats() -> None:
    frame = pd.DataFrame({"name": list("abcde"), "days": [5, 6, 7, 8, 9], "usd": [90.0, 95, 60, 60, 40]})
    ax = charts.pareto(frame, "days", "usd")
    (step,) = ax.lines
    assert list(zip(*step.get_data(), strict=True)) == [(5, 90.0), (7, 60.0), (9, 40.0)]
    assert {text.get_text() for text in ax.texts} == set("abcde")
    assert overlapping(ax.figure) == []
    with pytest.raises(cr.BadRequest, match="lacks the column kgco2e"):
        charts.pareto(frame, "days", "kgco2e")


def test_tornado_puts_the_longest_first_and_names_what_is_cut_off() -> None:
    frame = pd.DataFrame({"label": ["small", "cut", "large", "none"], "delta": [0.5, np.nan, -4.0, 0.0]})
    ax = charts.tornado(frame, unit="days", title="Closures")
    assert [t.get_text() for t in ax.get_yticklabels()] == ["cut", "large", "small", "none"]
    assert [t.get_text() for t in ax.texts if t.get_gid() == "label"] == ["cut off", "-4", "+0.5", "no change"]
    spans = charts.tornado(pd.DataFrame({"label": ["x"], "low": [9.0], "high": [12.0], "base": [10.0]}))
    assert spans.patches[0].get_x() == 9.0
    assert spans.patches[0].get_width() == 3.0
    assert overlapping(ax.figure) == []


def test_calendar_hatches_closed_months_and_tells_why() -> None:
    frame = pd.DataFrame(
        [
            {
                "route": name,
                "month": m,
                "days": np.nan if name == "high" and m in (1, 2) else 10.0 + m,
                "reason": f"Snow {HOSTILE}" if name == "high" and m in (1, 2) else "",
            }
            for name in ("low", "high")
            for m in range(1, 13)
        ]
    )
    frame["note"] = np.where((frame["route"] == "low") & (frame["month"] > 10), "by Gate Two", "")
    ax = charts.calendar(frame, title="Days")
    assert sum(patch.get_hatch() is not None for patch in ax.patches) == 2
    shown = [text.get_text() for text in ax.texts]
    assert shown.count("a") == 3
    assert [text for text in shown if text.endswith("*") and text != "*"] == ["21*", "22*"]
    assert "low. Nov, Dec: by Gate Two" in shown
    assert "Snow {{7*7}} ${alert(1)}" in " ".join(shown)
    assert outside(ax.figure) == []


def test_names_are_drawn_as_typed(net: cr.Network) -> None:
    odd = r"50 $ or $x^2$ \frac{1}{2} <b>&amp;</b>"
    frame = pd.DataFrame({"label": [odd], "delta": [1.0]})
    assert odd in svg(charts.tornado(frame, title=odd).figure)
    routes = hostile_network(net).routes("almaty", "karachi", **ASK)
    assert "${alert(1)}" in svg(routes.plot().figure)
    assert "${alert(1)}" in svg(routes.tcd()[0, 0].figure)


def test_without_matplotlib_the_error_names_the_extra() -> None:
    code = """
import sys
sys.modules["matplotlib"] = None
import corridors as cr
net = cr.load()
try:
    net.plot()
except cr.CorridorsError as error:
    assert isinstance(error, ImportError)
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "corridors[charts]" in said


@pytest.mark.parametrize("size", [1.0, 520.0, 5_200.0, 52_000.0])
def test_no_number_below_an_axis_is_cut_off(size: float) -> None:
    """Bars whose axis ends just behind a tick."""
    for share in np.linspace(0.5, 1.0, 26):
        ax = charts.tornado(pd.DataFrame({"label": ["road"], "low": [0.4 * size * share], "high": [size * share]}))
        ax.figure.canvas.draw()
        ends = [
            text.get_window_extent().x1 for text in ax.get_xticklabels() if text.get_position()[0] <= ax.get_xlim()[1]
        ]
        assert max(ends) <= ax.figure.bbox.width
        pyplot.close(ax.figure)

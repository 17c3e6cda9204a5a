"""The living map: its page answers as Python does, in a browser without a network."""

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

import corridors as cr
from corridors.cli import main
from corridors.maps.explorer_loads import Carried, cargoes_of
from corridors.model.rights import ANY_TRADE
from corridors.routing.figures import rounded
from corridors.routing.names import names
from corridors.routing.request import Request, resolve, world_of
from tests.pages import ASK, HOSTILE, OVERLAPS, hostile_network
from tests.small import small_network

QUESTIONS = 300
OBJECTIVES = ("hours", "usd", "generalised", "kgco2e")
ANSWER = """([state, by]) => {
  const route = corridorPage.search.answer(state).by[by];
  const {hours, usd, kgco2e, km} = route || {};
  return route && {elements: corridorPage.elements(route.edges), hours, usd, kgco2e, km};
}"""
READY = ".crx[data-ready]"


@pytest.fixture(scope="module")
def saved(routes: cr.Routes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("explorer") / "x.html"
    routes.explorer(path)
    return path


@pytest.fixture(scope="module")
def page(browser: Browser, net: cr.Network, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Page without a published answer."""
    path = tmp_path_factory.mktemp("explorer") / "net.html"
    net.explorer().save(path)
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector(READY)
    yield page
    context.close()


def state_of(net: cr.Network, question: dict[str, Any]) -> dict[str, Any]:
    """A question in the words of the page."""
    scenario = question.get("scenario")
    changes = [
        {
            "kind": change.kind,
            "what": change.what,
            "elements": net.facts.element_ids(change.what) if change.kind in ("close", "reopen", "delay") else [],
            "start": change.start and change.start.isoformat(),
            "end": change.end and change.end.isoformat(),
            "number": change.number,
            "mode": change.mode,
            "country": change.country,
        }
        for change in (scenario.changes if scenario else ())
    ]
    return {
        "from": question["origin"],
        "to": question["destination"],
        "depart": question["depart"],
        "cargo": question["cargo"],
        "modes": question.get("modes"),
        "avoid": question.get("avoid") or [],
        "changes": changes,
    }


def questions(net: cr.Network, number: int, seed: int) -> Iterator[dict[str, Any]]:
    """Seeded questions between places where goods can be loaded, with up to three changes of the world."""
    rng = random.Random(seed)
    graph = net.facts.graph
    places = [p for p in net.facts.place if graph.at(p, leaving=True) and graph.at(p, leaving=False)]
    kinds = net.tables["elements"].groupby("kind")["element_id"].apply(sorted)
    crossings, sections = sorted(set(net.crossings["element_id"])), kinds["section"]
    closed = sorted(set(net.events["element_id"]) & set(crossings))
    loads = [cargo.cargo_id for cargo in cargoes_of(net.facts) if cargo.shelf_life_days == float("inf")]

    def day() -> str:
        return f"{rng.choice((2025, 2026, 2027, 2028))}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"

    for _ in range(number):
        world = cr.Scenario("what if")
        for _ in range(rng.randrange(4)):
            first, last = sorted((day(), day()))
            world = rng.choice(
                (
                    world.close(rng.choice(crossings), rng.choice((None, first)), rng.choice((None, last))),
                    world.close(rng.choice(sections)),
                    world.reopen(rng.choice(closed), rng.choice((None, first))),
                    world.build(rng.choice(sorted(net.facts.projects))),
                    world.delay(rng.choice(crossings + sections), rng.choice((5, 24, 100.5))),
                    world.scale(
                        rng.choice(("usd", "hours", "kgco2e")),
                        rng.choice((0.5, 1.2, 2)),
                        mode=rng.choice(("", "road", "rail")),
                        country=rng.choice(("", "KZ", "PK")),
                    ),
                )
            )
        origin, destination = rng.sample(places, 2)
        cargo = rng.choice(loads)
        yield {
            "origin": origin,
            "destination": destination,
            "depart": day(),
            "cargo": cargo,
            "scenario": world if world.changes else None,
            "avoid": rng.choice((None, None, ["AF"], ["KG", "TM"])),
            "modes": rng.choice((None, None, None, ["rail", "road"], ["road", "sea", "ferry"])),
        }


@pytest.mark.chromium
@pytest.mark.parametrize("part", range(6))
def test_answers_are_those_of_python(page: Page, net: cr.Network, part: int) -> None:
    answered = 0
    for number, question in enumerate(questions(net, QUESTIONS // 6, seed=16 + part)):
        by = OBJECTIVES[number % 4]
        found = page.evaluate(ANSWER, [state_of(net, question), by])
        try:
            legs = net.routes(k=1, by=by, **question).legs
        except cr.BadRequest:  # an end in a country that is avoided: the page cannot be asked that
            continue
        except cr.NoRoute:
            assert found is None, question
            continue
        assert found is not None, question
        kinds = ("leg", "crossing", "transfer")
        ours = [row["element_id"] for row in legs.to_dict("records") if row["kind"] in kinds]
        same = [one for one in found["elements"] if not one.startswith("terminal:")] == ours
        for what in ("hours", "usd", "kgco2e", "km"):  # of two ways that take the same, either will do
            near = 1e-6 if same else 1e-12
            assert found[what] == pytest.approx(legs[what].sum(), rel=near, abs=near), (what, same, question)
        answered += 1
    assert answered > QUESTIONS // 6 / 2


@pytest.mark.chromium
@pytest.mark.parametrize(
    ("by", "question"),
    [
        ("usd", {"origin": "mundra", "destination": "shahid_rajaee", "depart": "2026-05-15", "cargo": "container40"}),
        ("hours", {"origin": "chabahar", "destination": "mundra", "depart": "2026-06-05", "cargo": "container40"}),
        ("usd", {"origin": "jebel_ali", "destination": "bushehr", "depart": "2026-06-05", "cargo": "container20"}),
        ("hours", {"origin": "almaty", "destination": "tashkent", "depart": "2026-04-15", "cargo": "wheat_wagon"}),
        ("hours", {"origin": "kostanay", "destination": "kabul", "depart": "2026-04-15", "cargo": "wagon"}),
    ],
)
def test_detours_and_wagons_are_those_of_python(page: Page, net: cr.Network, by: str, question: dict[str, Any]) -> None:
    found = page.evaluate(ANSWER, [state_of(net, question), by])
    try:
        legs = net.routes(k=1, by=by, **question).legs
    except cr.NoRoute:
        legs = None
    assert (found is None) == (legs is None)
    for what in ("hours", "usd", "km") if legs is not None else ():
        assert found[what] == pytest.approx(legs[what].sum(), rel=1e-6)


@pytest.mark.chromium
def test_a_network_worked_by_hand(show: Callable[..., Page], tmp_path: Path) -> None:
    """240 and 120 km at 30 km/h and 10 h at the pass; it opens at nine, cargo that leaves at eight is there at four."""
    net = small_network(calendars=[{"element_id": "pass", "rule": "09:00-15:00"}])
    net.explorer([("home", "town")], depart="2025-04-15", as_of="2025-12-01").save(tmp_path / "x.html")
    page = show(tmp_path / "x.html", drawn=False)
    page.wait_for_selector(READY)

    def found(by: str, **changed: Any) -> tuple[list[str], float, float]:
        route = page.evaluate(ANSWER, [page.evaluate("corridorPage.state()") | changed, by])
        return route["elements"][1:-1], route["hours"], route["usd"]

    plain = ["home-plain_a-road", "plain", "plain_b-town-road"]
    assert found("hours") == (plain, pytest.approx(600 / 30 + 5 + 100 / 30), pytest.approx(1400))
    over = ["home-pass_a-road", "pass", "pass_b-town-road"]
    assert found("generalised") == (over, pytest.approx(8 + 17 + 10 + 4), pytest.approx(720))  # 39 h at US$ 1 on top
    open_ = [{"kind": "reopen", "what": "pass", "elements": ["pass"]}]
    assert found("hours", changes=open_)[0] == plain  # opening hours stay
    cut = [{"kind": "close", "what": one, "elements": [one]} for one in ("pass", "plain")]
    rail = [
        "home-rail_a-rail1520",
        "rail",
        "rail_b-yard-rail1520",
        "transfer:yard:rail1520:rail1676",
        "yard-town-rail1676",
    ]
    assert found("hours", changes=cut) == (rail, pytest.approx(15 + 20 + 2.5 + 12 + 10), pytest.approx(700))
    built = [*cut, {"kind": "build", "what": "dream", "elements": []}]
    assert found("hours", changes=built) == (["home-town-rail1435"], pytest.approx(400 / 20), pytest.approx(400))
    later = [{"kind": "close", "what": "plain", "elements": ["plain"], "start": "2025-04-17", "end": "2025-04-18"}]
    assert found("hours", changes=later)[0] == plain
    assert found("hours", changes=later, depart="2025-04-16")[1] == pytest.approx(8 + 17 + 10 + 4)


@pytest.mark.chromium
def test_points_carriers_and_loads_of_ones_own(show: Callable[..., Page], net: cr.Network, tmp_path: Path) -> None:
    load = cr.Cargo("aid", 18.0, goods="UN containers", value_of_time=3.5)
    ask = {"depart": "2026-03-05T21:30", "cargo": load, "carrier": "UZ", "max_wait_hours": 48, "unknown": "lapse"}
    routes = net.routes((69.3, 41.2), "Peshawar", k=1, **ask)
    routes.explorer(tmp_path / "x.html")
    page = show(tmp_path / "x.html", drawn=False)
    page.wait_for_selector(READY)
    for by in OBJECTIVES:
        legs = net.routes((69.3, 41.2), "Peshawar", k=1, by=by, **ask)[0].legs
        found = page.evaluate(ANSWER, [page.evaluate("corridorPage.state()"), by])
        for what in ("hours", "usd", "kgco2e", "km"):
            assert found[what] == pytest.approx(legs[what].sum(), rel=1e-6), (what, by)
    text = page.evaluate("corridorPage.python()")
    again = eval_routes(text, net)
    assert again[0].legs["hours"].sum() == pytest.approx(routes[0].legs["hours"].sum())
    assert again.cargo == "aid"


def eval_routes(text: str, net: cr.Network) -> cr.Routes:
    """Run the Python that the page gives."""
    assert text.startswith("import corridors as cr\n")
    names: dict[str, Any] = {}
    exec(text.replace("cr.load()", "given"), {"given": net}, names)
    found: cr.Routes = names["routes"]
    return found


@pytest.mark.slow
def test_figures_of_every_load_are_those_of_its_graph(net: cr.Network) -> None:
    """Hours, US$ and kg are packed for the least and greatest payload of a kind and interpolated between.

    The page itself leaves out the guarantee inside a customs union, of which there was none on the day asked about.
    """
    facts, loads = net.facts, cargoes_of(net.facts)
    question = resolve(facts, Request(origin="Almaty", destination="Karachi", depart="2011-01-15")).question
    carried = Carried(facts, loads)
    found = carried.loads()

    def column(number: int) -> Any:
        packed = carried.figures.packed[number]
        if "values" in packed:
            return np.array(packed["values"])
        values = column(packed["of"]) * packed["by"]
        values[packed["edges"]] = packed["but"]
        return values

    some = ("wheat_wagon", "wheat_container", "rice")  # a wagon, and two boxes with lighter lawful loads
    for cargo, row in (one for one in zip(loads, found, strict=True) if one[0].cargo_id in some):
        there = np.setdiff1d(np.arange(len(facts.graph.edges)), row["absent"])
        for load in row["loads"]:
            one = replace(question, cargo=replace(cargo, payload_t=load["tonnes"]), carrier="", trade=ANY_TRADE)
            world = world_of(facts, one)
            carried_edges = [edge for edge in world.edges if world.amounts.handled[edge.number]]
            assert there.tolist() == [edge.number for edge in carried_edges]
            amounts = [world.amount(edge) for edge in carried_edges]
            for what in ("hours", "usd", "kgco2e"):
                lines = [getattr(amount, what) for amount in amounts]
                np.testing.assert_allclose(column(load[what])[there], lines, rtol=1e-9)


def test_one_file_that_fetches_nothing(saved: Path) -> None:
    text = saved.read_text(encoding="utf-8")
    assert len(text.encode()) < 2_500_000
    assert not re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="https?:', text)
    assert "do not imply endorsement" not in text  # it is in the packed data, and shown: see the next test


@pytest.mark.chromium
@pytest.mark.parametrize(("width", "height"), [(390, 800), (1400, 900)])
def test_page_shows_answer_published_table_and_what_is_not_known(
    show: Callable[..., Page], saved: Path, routes: cr.Routes, width: int, height: int
) -> None:
    page = show(saved, width, height, drawn=False)
    page.wait_for_selector(READY)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    text = page.locator(".crx").inner_text()
    assert "do not imply endorsement" in text
    assert "closures after it are not known" in text
    assert "2026-02-15" in text
    assert "This is the published question." in text
    page.locator(".crx-published summary").evaluate("e => { e.parentElement.open = true; }")
    for row in routes.table.itertuples():
        assert row.name in page.locator(".crx-published").inner_text()
        assert rounded(row.days) in page.locator(".crx-published").inner_text()
    assert rounded(routes.table["days"].min()) in page.locator(".crx-answer table").first.inner_text()
    count, overlapping = page.evaluate(OVERLAPS)
    assert count > 3
    assert overlapping == []


@pytest.mark.chromium
def test_reopening_a_gate_is_answered_with_the_difference(
    show: Callable[..., Page], net: cr.Network, tmp_path: Path
) -> None:
    routes = net.routes("Tashkent", "Peshawar", **ASK)
    routes.explorer(tmp_path / "x.html")
    page = show(tmp_path / "x.html", drawn=False)
    page.wait_for_selector(READY)
    before = routes[0].legs["hours"].sum()
    page.locator("input[type=search]").fill("torkham")
    page.get_by_role("button", name=re.compile("Reopen Torkham")).first.click()
    open_again = cr.Scenario("Torkham open").reopen("torkham")
    after = routes.again(scenario=open_again, k=1)[0].legs["hours"].sum()
    assert after < before - 2
    verdict = page.locator(".crx-verdict").inner_text()
    assert "Torkham open" in verdict
    assert f"{(before - after) / 24:.1f} days less" in verdict
    found = eval_routes(page.evaluate("corridorPage.python()"), net)
    assert found[0].legs["hours"].sum() == pytest.approx(after)
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector(READY)
    assert page.locator(".crx-verdict").inner_text() == verdict
    page.get_by_role("button", name="Published question").click()
    assert "This is the published question." in page.locator(".crx-verdict").inner_text()


@pytest.mark.chromium
def test_a_click_on_a_gate_closes_it_and_a_second_takes_that_back(
    show: Callable[..., Page], saved: Path, routes: cr.Routes
) -> None:
    legs = routes[0].legs
    name = legs.loc[legs["kind"] == "crossing", "name"].iloc[-1]
    page = show(saved, drawn=False)
    page.wait_for_selector(READY)
    gate = page.locator(f".crx-gate[aria-label^='{name}']").first
    first = page.locator(".crx-answer table").first.inner_text()
    gate.click()
    assert f"{name.split(' (')[0]} closed" in page.locator(".crx-verdict").inner_text()
    assert page.locator(".crx-answer table").first.inner_text() != first
    gate.click()
    assert page.locator(".crx-answer table").first.inner_text() == first


@pytest.mark.chromium
def test_wrong_entries_and_addresses_change_nothing(show: Callable[..., Page], saved: Path) -> None:
    page = show(saved, drawn=False)
    page.wait_for_selector(READY)
    first = page.locator(".crx-answer table").first.inner_text()
    start = page.locator("input[list]").first
    start.fill("Atlantis")
    start.press("Tab")
    assert "Atlantis" in page.get_by_role("alert").inner_text()
    assert page.locator(".crx-answer table").first.inner_text() == first
    wild = {
        "from": "<b>",
        "to": "karachi",
        "depart": "1999-01-01",
        "cargo": "gold",
        "changes": [{"kind": "x"}, None, 7],
    }
    for address in (quote(json.dumps(wild)), "%7Bbroken", "plain", quote("[1,2]"), quote("null")):
        page.evaluate("hash => { location.hash = hash; }", address)
        page.wait_for_timeout(100)
    assert page.locator(".crx-answer").inner_text()


@pytest.mark.chromium
def test_hostile_texts_show_as_typed(show: Callable[..., Page], net: cr.Network, tmp_path: Path) -> None:
    hostile = hostile_network(net)
    world = cr.Scenario(HOSTILE).close("Torugart", reason=HOSTILE)
    hostile.routes("almaty", "karachi", scenario=world, **ASK).explorer(tmp_path / "x.html")
    page = show(tmp_path / "x.html", drawn=False)
    page.wait_for_selector(READY)
    assert page.locator("b", has_text=re.compile("^bold$")).count() == 0
    assert HOSTILE in page.locator("h1").inner_text()
    assert page.locator("input[list]").first.input_value().startswith(HOSTILE)


@pytest.mark.chromium
def test_in_an_isolated_frame(browser: Browser, routes: cr.Routes, tmp_path: Path) -> None:
    """A notebook shows the page in a frame; some isolate it, and untrusted ones leave the still picture."""
    text = routes.explorer()._repr_html_()
    assert '<img src="data:image/webp;base64,' in text
    path = tmp_path / "cell.html"
    isolated = text.replace("<iframe ", '<iframe sandbox="allow-scripts" ')
    path.write_text(f"<!DOCTYPE html><body>{isolated}</body>", encoding="utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(path.as_uri())
    frame = page.frame_locator("iframe")
    frame.locator(READY).wait_for()
    frame.locator(".crx-gate[aria-label^='Gabd-Rimdan']").first.click()
    assert "Gabd-Rimdan closed" in frame.locator(".crx-verdict").inner_text()
    frame.get_by_role("button", name="Copy as Python").click()
    assert ".close(" in frame.locator("textarea").input_value()
    context.close()
    assert wrong == []


def test_stops_are_refused(net: cr.Network) -> None:
    with pytest.raises(cr.BadRequest, match="via"):
        net.routes("Almaty", "Karachi", via=["Tashkent"], **ASK).explorer()
    with pytest.raises(cr.BadRequest, match="via"):
        net.explorer(depart="2026-01-15", via=["Tashkent"])


@pytest.mark.chromium
def test_a_question_without_an_answer_is_published_as_such(
    show: Callable[..., Page], net: cr.Network, tmp_path: Path
) -> None:
    closed = cr.Scenario("cut").close("torkham").close("khunjerab_sost")
    page_ = net.explorer(
        [("Kabul", "Peshawar")], depart="2026-01-15", modes=["road"], avoid=["IR", "CN"], scenario=closed
    )
    page_.save(tmp_path / "x.html")
    page = show(tmp_path / "x.html", drawn=False)
    page.wait_for_selector(READY)
    assert "No route gets through on this date." in page.locator(".crx-answer").inner_text()


def test_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "new" / "x.html"
    assert main(["explore", "Almaty", "Karachi", "--depart", "2026-01-15", "--out", str(path)]) == 0
    assert path.stat().st_size > 100_000
    assert str(path) in capsys.readouterr().out
    assert main(["explore", "Almaty"]) == 2
    assert "destination" in capsys.readouterr().err


@pytest.mark.chromium
def test_names_are_those_of_python(page: Page, net: cr.Network) -> None:
    """Also of routes over the same crossings: told apart by modes, by a town that only one passes, by number."""
    edges = net.facts.graph.edges
    answers = "state => Object.values(corridorPage.search.answer(state).by).filter(Boolean).map(one => one.edges)"
    seen = set()
    for question in questions(net, 40, seed=7):
        state = state_of(net, question) | {"avoid": []}
        routes = page.evaluate(answers, state)
        towns = [edges[e].to_place for route in routes[:1] for e in route[:-1] if edges[e].kind == "leg"]
        if towns:  # round a town in the middle, often over the same crossings
            routes += page.evaluate(answers, state | {"avoid": [towns[len(towns) // 2]]})
        routes += routes[:1]  # a twin: nothing but a number tells it apart
        ours = names(net.facts, [[edges[e] for e in route] for route in routes])
        assert page.evaluate("routes => corridorPage.names(routes)", routes) == ours
        seen |= {sign for sign in (" first", ", via ", " (2)", ", by ") if any(sign in name for name in ours)}
    assert seen == {" first", ", via ", " (2)", ", by "}

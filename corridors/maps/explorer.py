"""The living map: one page in which a reader without Python changes the question and the world, and gets the answer.

The page holds the compiled network and searches it by itself (``explorer_search.js``); nothing leaves it.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import time
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from corridors.arguments import departure
from corridors.data.schema import records
from corridors.data.writing import write_page
from corridors.errors import BadRequest
from corridors.maps import background, layers, offline
from corridors.maps.drawable import checked
from corridors.maps.explorer_loads import Json, cargoes_of
from corridors.maps.explorer_pack import packed
from corridors.model.access import Access
from corridors.model.cargo import Cargo, with_value_of_time
from corridors.model.facts import Facts
from corridors.model.question import Question
from corridors.model.scenario import MODES, Scenario
from corridors.routing.figures import rounded
from corridors.routing.request import Request, read_cargo, resolve

if TYPE_CHECKING:
    from corridors.routing.routes import Routes


class Explorer:
    """A page that answers questions by itself.

    Parameters
    ----------
    title : str
    data : dict
        What the page's script works on.
    still : callable
        Makes a WebP picture that stands for the page where frames are taken out.
    """

    def __init__(self, title: str, data: Json, still: Callable[[], bytes]) -> None:
        self.title, self._data, self._still = title, data, still

    def html(self) -> str:
        """Return the whole page as text.

        Returns
        -------
        str
        """
        text = json.dumps(self._data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        code = base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()
        style = "".join(offline.own(f"maps/{name}.css") for name in ("map", "explorer"))
        script = "".join(
            offline.own(f"maps/{name}.js")
            for name in ("signs", "explorer_search", "explorer_names", "explorer_map", "explorer")
        )
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(self.title)}</title>\n<style>{offline.leaflet_css()}</style>\n<style>{style}</style>\n"
            f"<script>{offline.leaflet_js()}</script>\n</head>\n<body>\n"
            f"<script>{script}</script>\n"
            f'<script type="text/plain" id="crx-data">{code}</script>\n<script>corridorExplorer();</script>\n'
            "</body>\n</html>\n"
        )

    def save(self, path: str | Path) -> None:
        """Write one file that needs nothing else.

        Parameters
        ----------
        path : path
        """
        write_page(path, self.html())

    def to_png(self, path: str | Path, *, width: int = 1400, height: int = 900, scale: float = 2.0) -> None:
        """Write a picture of the page as Chromium shows it.

        Parameters
        ----------
        path : path
        width, height : int
            Size of the window in CSS pixels.
        scale : float
            Pixels of the picture for each of them.

        Raises
        ------
        MissingExtra
            If Chromium is not on this machine.
        """
        from corridors.maps.screenshot import photograph

        photograph(self.html(), path, width, height, scale)

    def still(self) -> bytes:
        """Make a WebP picture of the published answer or the network.

        Returns
        -------
        bytes

        Raises
        ------
        MissingExtra
            Without matplotlib (extra ``charts``).
        """
        return self._still()

    def _repr_html_(self) -> str:
        return offline.framed(self.html(), self.title, self._still, 640)


@checked
def explore_answer(routes: Routes, path: str | Path | None = None) -> Explorer:
    """A page in which a reader changes the question behind an answer and sees the difference.

    Parameters
    ----------
    routes : Routes
        Shown as the published answer.
    path : path, optional
        Where to save the page.

    Returns
    -------
    Explorer
        ``save("x.html")`` writes one file; a notebook shows it.

    Raises
    ------
    BadRequest
        If the question has stops (``via``), which the page does not search.
    """
    page = page_of(routes.facts, routes.request, [routes])
    if path is not None:
        page.save(path)
    return page


class Unanswered(NamedTuple):
    """A question that has no answer, and why."""

    request: Request
    reason: str


def page_of(facts: Facts, request: Request, answers: Sequence[Routes | Unanswered]) -> Explorer:
    """The page of several answers, to questions that differ only in their ends."""
    if request.via:
        raise BadRequest("The explorer takes no via: ask without it, or for the parts of the route one by one.")
    cargo = read_cargo(facts, request.cargo)
    if request.value_of_time is not None:
        cargo = with_value_of_time(cargo, request.value_of_time)
    cargoes = [cargo, *(one for one in cargoes_of(facts) if one.cargo_id != cargo.cargo_id)]
    anywhere = replace(request, origin=next(iter(facts.place)), avoid=None, scenario=None)
    question = resolve(facts, anywhere, destination=False, both=True).question
    leave = departure(request.depart, "UTC")
    years = min(leave.year, facts.data_date.year) - 1, max(leave.year, facts.data_date.year) + 2
    ends = dict.fromkeys(
        (place, leaving)
        for answer in answers
        for place, leaving in ((answer.request.origin, True), (answer.request.destination, False))
        if not isinstance(place, str)
    )
    access = [_access(facts, cargoes, place, leaving) for place, leaving in ends]
    points = {(row["lon"], row["lat"]): row for row in access}
    published = [_published(facts, answer, cargo, points) for answer in answers]
    title = published[0]["title"] if len(published) == 1 else "Freight corridors: ask the map"
    known = f"Closures as known on {question.knowledge.as_of}; nothing later is known."
    drawn = next((answer for answer in answers if not isinstance(answer, Unanswered)), None)
    picture = layers.network_data(facts) if drawn is None else layers.routes_data(drawn)
    data = packed(facts, question, cargoes, years) | {
        "title": title,
        "subtitle": f"{known} Data {facts.version} of {facts.data_date}.",
        "depart": leave.date().isoformat(),
        "access": access,
        "published": published,
        "corridors": dict(
            zip(facts.tables["corridors"]["corridor_id"], facts.tables["corridors"]["name"], strict=True)
        ),
        "base": background.basemap(facts.folder),
        "view": picture["bounds"],
        "colours": layers.COLOURS,
        "attribution": background.ATTRIBUTION,
        "fixed": _fixed(request, question, facts),
        "notes": _notes(request, question),
    }
    return Explorer(title, data, partial(_still, picture, facts))


def _still(picture: Json, facts: Facts) -> bytes:
    from corridors.maps.stills import still

    return still(picture, facts, "webp", 1000, 0.62)


def _access(facts: Facts, cargoes: Sequence[Cargo], point: tuple[float, float], leaving: bool) -> Json:
    """The access leg of a point, with its amounts for each cargo."""
    by = {cargo.cargo_id: Access(facts, point, leaving, frozenset(MODES), cargo) for cargo in cargoes}
    one = next(iter(by.values()))
    home = {
        cargo.cargo_id: Access(facts, point, leaving, frozenset(MODES), cargo, lambda country: True).hours
        for cargo in cargoes
    }
    node = facts.graph.at(one.place, leaving, "road")
    return {
        "id": f"point {point[0]} {point[1]}",
        "name": one.name,
        "place": one.place,
        "leaving": leaving,
        "lon": point[0],
        "lat": point[1],
        "node": node[0] if node else -1,
        "by": {
            name: {"hours": leg.hours, "home": home[name], "usd": leg.usd, "kgco2e": leg.kgco2e, "km": leg.km}
            for name, leg in by.items()
        },
    }


def _published(
    facts: Facts, answer: Routes | Unanswered, cargo: Cargo, points: Mapping[tuple[float, float], Json]
) -> Json:
    """A question as the page holds it, and its answer as a table."""
    request = answer.request
    ends = [
        facts.place_id(place) if isinstance(place, str) else points[place[0], place[1]]["id"]
        for place in (request.origin, request.destination)
    ]
    names = [facts.place[end]["name"] if end in facts.place else end for end in ends]
    start = request.origin if isinstance(request.origin, str) else points[request.origin[0], request.origin[1]]["place"]
    zone = facts.place[facts.place_id(start)]["timezone"]
    leave = departure(request.depart, zone).astimezone(ZoneInfo(zone))
    words = leave.date().isoformat()
    state = {
        "from": ends[0],
        "to": ends[1],
        "depart": words if leave.time() == time(8) else f"{leave:%Y-%m-%dT%H:%M:%S}",
        "cargo": cargo.cargo_id,
        "modes": None if request.modes is None else list(request.modes),
        "avoid": _avoid(facts, request),
        "changes": _changes(facts, request.scenario),
    }
    rows, title, none = [], " to ".join(names), ""
    if not isinstance(answer, Unanswered):
        title = answer.title
        rows = [
            {
                "label": row["label"],
                "name": row["name"],
                "days": [rounded(row["days"]), f"{rounded(row['days_p10'])}–{rounded(row['days_p90'])}"],
                "usd": [rounded(row["usd"]), f"{rounded(row['usd_p10'])}–{rounded(row['usd_p90'])}"],
                "t": rounded(row["kgco2e"] / 1000),
            }
            for row in records(answer.table)
        ]
    else:
        none = answer.reason
    scenario = f"; scenario: {request.scenario.name}" if request.scenario else ""
    note = (
        f"{facts.cargo_name(cargo.cargo_id)}, leaving {words}{scenario}. In small print: p10 to p90 of simulated "
        "trips; the page itself computes no ranges."
    )
    return {"title": f"{title}, {words}", "state": state, "rows": rows, "note": note, "none": none}


def _avoid(facts: Facts, request: Request) -> list[str]:
    question = resolve(facts, replace(request, via=None), both=True).question
    return sorted({*question.avoid_countries, *question.avoid_places, *question.avoid_elements})


def _changes(facts: Facts, scenario: Scenario | None) -> list[Json]:
    """Changes of a scenario with the elements they concern."""
    return [
        {
            "kind": change.kind,
            "what": change.what,
            "elements": facts.element_ids(change.what) if change.kind in ("close", "reopen", "delay") else [],
            "start": change.start and change.start.isoformat(),
            "end": change.end and change.end.isoformat(),
            "number": change.number,
            "reason": change.reason,
            "mode": change.mode,
            "country": change.country,
        }
        for change in (scenario.changes if scenario else ())
    ]


def _fixed(request: Request, question: Question, facts: Facts) -> list[str]:
    """Arguments shared by all questions of the page, as Python."""
    given = {
        "as_of": question.knowledge.as_of.isoformat() if question.knowledge.as_of != facts.data_date else None,
        "carrier": question.carrier or None,
        "value_of_time": request.value_of_time,
        "max_wait_hours": request.max_wait_hours if request.max_wait_hours != Request.max_wait_hours else None,
        "unknown": request.unknown if request.unknown == "lapse" else None,
        "regime": request.regime if request.regime != Request.regime else None,
    }
    return [f"{name}={json.dumps(value)}" for name, value in given.items() if value is not None]


def _notes(request: Request, question: Question) -> list[str]:
    lasts = (
        "is taken to last" if question.knowledge.unknown == "persist" else "is taken to have ended when last confirmed"
    )
    flag = f"Trucks of {question.carrier}. " if question.carrier else "Any carrier is taken to pass. "
    return [
        "Shown are the fastest route, the cheapest, the one of least US$ and value of time together, and the one of "
        "least CO₂e: each the best there is by one figure, searched in this page by the rules of the library. "
        "Costs and CO₂e are compared by the tonne where roads limit the load. Other alternatives are not shown.",
        "Days are door to door, waits included; US$ one way. All are expected values, without ranges.",
        f"The record of closures ends on {question.knowledge.as_of}: closures after it are not known, and where nobody "
        f"looked for closures, a crossing counts as open. A closure without a known end {lasts}. {flag}"
        f"Cargo waits at most {request.max_wait_hours:g} hours at a closed crossing; opening hours hold at the "
        "hour of arrival.",
        "A crossing is marked closed if an event or a season closes it for a week or more on the day of departure.",
        "Nothing done on this page leaves it.",
    ]

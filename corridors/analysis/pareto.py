"""Trade-offs: all routes that no other beats in every criterion, exact, with the knee marked."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.analysis.tabular import Tabular
from corridors.arguments import as_names, as_number
from corridors.errors import BadRequest
from corridors.model.calendars import Regime
from corridors.model.cargo import Cargo
from corridors.model.hire import HIRED, QUARTERS, hired
from corridors.model.risk import risk_of_path
from corridors.model.scenario import Scenario
from corridors.routing import finding
from corridors.routing import path as paths
from corridors.routing.answers import find_routes
from corridors.routing.request import Request, resolve
from corridors.routing.result import Choice, Result
from corridors.routing.routes import Routes
from corridors.routing.search import Search

if TYPE_CHECKING:
    import folium
    from matplotlib.axes import Axes

    from corridors.model.facts import Facts

CRITERIA = ("hours", "km", "usd", "kgco2e", "risk")
MOST_SHOWN = 8
"""Routes that are shown; the rest is there on demand."""


@dataclass(frozen=True)
class Pareto(Tabular):
    """The trade-offs of one question.

    Attributes
    ----------
    front : DataFrame
        Every route of the Pareto set: one column per criterion (expected values, loading and unloading included),
        ``knee`` (the route nearest to the best in all criteria, each scaled from its lowest to its highest value) and
        ``label`` of the route in `routes` that represents it.
    routes : Routes
        Representative routes: for every route of the front, one of these is at most `epsilon` worse in every criterion.
        Those of `shown` come first.
    complete : bool
        True if the front is complete; False if the search reached its limit of labels, in which case the slowest
        routes are missing.
    by : tuple of str
    epsilon : float
    """

    tables_in_file = ("front",)

    front: pd.DataFrame
    routes: Routes
    complete: bool
    by: tuple[str, ...]
    epsilon: float
    most: int = MOST_SHOWN

    @property
    def shown(self) -> Routes:
        """At most eight of `routes`: the best by each criterion, then of each further corridor the nearest to the best.

        The rest are in `routes`.
        """
        return self.routes[: self.most]

    @property
    def table(self) -> pd.DataFrame:
        """The table of `shown`."""
        return self.shown.table

    def explore(self, m: folium.Map | None = None, **options: Any) -> folium.Map:
        """Interactive map of `shown`.

        Parameters
        ----------
        m, **options
            As in `corridors.maps.interactive.explore_routes`.

        Returns
        -------
        folium.Map
        """
        return self.shown.explore(m, **options)

    def plot(self, ax: Axes | None = None, *, title: str | None = None) -> Axes:
        """Chart of the front by its first two criteria, with the labels of `shown` in the colours of their routes.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw; default: a new figure.
        title : str, optional
            Replaces the names of origin and destination with the number of routes.

        Returns
        -------
        Axes

        Raises
        ------
        MissingExtra
            If matplotlib is not installed (extra ``charts``).
        """
        from corridors.maps.charts import pareto

        usual = f"{self.routes.title}: {len(self.front)} routes, {len(self.shown)} named"
        return pareto(self._named(), self.by[0], self.by[1], ax, label="name", title=usual if title is None else title)

    def _named(self) -> pd.DataFrame:
        """The front, with the label of a route that is shown at the first member that it stands for."""
        first = ~self.front["label"].duplicated() & self.front["label"].isin(self.shown.labels)
        return self.front.assign(name=self.front["label"].where(first, ""))

    def __repr__(self) -> str:
        cut = "" if self.complete else ", cut short"
        return (
            f"<Pareto {self.routes.title} by {', '.join(self.by)}: {len(self.front)} routes{cut}, "
            f"{len(self.shown)} shown>"
        )

    def _repr_html_(self) -> str:
        rest = len(self.routes) - len(self.shown)
        said = (
            f"<p>{len(self.front)} routes that no other beats in {', '.join(self.by)}"
            f"{'' if self.complete else ' (cut short)'}; {len(self.shown)} are shown"
            + (f", {rest} more are in <code>.routes</code>" if rest else "")
            + ".</p>"
        )
        return said + self.shown._repr_html_()


def pareto(
    facts: Facts,
    /,
    origin: str | tuple[float, float],
    destination: str | tuple[float, float],
    *,
    depart: str | date | datetime,
    by: Sequence[str] = ("hours", "usd", "kgco2e"),
    epsilon: float = 0.02,
    as_of: str | date | None = None,
    via: Sequence[str] | None = None,
    avoid: Sequence[str] | None = None,
    modes: Sequence[str] | None = None,
    cargo: str | Cargo = "container40",
    carrier: str | None = None,
    scenario: Scenario | None = None,
    max_wait_hours: float = 168.0,
    unknown: Literal["persist", "lapse"] = "persist",
    regime: Regime = "operated",
    seed: int = 1,
) -> Pareto:
    """All routes that no other beats in every criterion, exact in the presence of closures.

    Takes up to two seconds for three criteria and some ten for four; a twentieth of that after
    `corridors.compile_searches`, which is called once on each machine.

    Parameters
    ----------
    origin, destination, depart
        As in `routes`.
    by : sequence of {"hours", "km", "usd", "kgco2e", "risk"}
        Two or more criteria.
    epsilon : float
        A route is not shown if another one is at most this share worse in every criterion; the front has them all.
    as_of, via, avoid, modes, cargo, carrier, scenario
        As in `routes`.
    max_wait_hours : float
        Elements with a longer wait are not passed. A route that is later and more expensive than another at some place
        does not count as a trade-off, even if only the other one must wait too long further on.
    unknown, regime, seed
        As in `routes`, except ``unknown="both"``.

    Returns
    -------
    Pareto
        With ``front`` (all routes), ``routes`` (those shown) and ``complete`` (false if there were too many).

    Raises
    ------
    BadRequest
        If `by` or `epsilon` is not one of the values described.
    NoRoute
        If nothing gets through.
    """
    by = as_names(by, "by", f"some of {', '.join(CRITERIA)}", "'hours', 'usd'")
    if len(set(by)) != len(by) or len(by) < 2 or set(by) - set(CRITERIA):
        raise BadRequest(f"by={by!r}: give two or more of {', '.join(CRITERIA)}, each once.")
    epsilon = as_number(epsilon, "epsilon", least=0.0, below=1.0, words="a share: 0 or more, below 1")
    request = Request(
        origin=origin,
        destination=destination,
        depart=depart,
        as_of=as_of,
        k=1,
        via=via,
        avoid=avoid,
        modes=modes,
        cargo=cargo,
        carrier=carrier,
        scenario=scenario,
        max_wait_hours=max_wait_hours,
        unknown=unknown,
        regime=regime,
        seed=seed,
    )
    question, start, end = resolve(facts, request)
    search = Search(facts, question, request, (start, end))
    world = search.world(question)
    extra = [name for name in by if name != "hours"]
    if "usd" in by and "sea" in question.modes and question.cargo.hired:
        # no day costs more than its full price: what another route beats both without detention and with all days at
        # that price, it beats with detention
        extra.append(hired("usd", QUARTERS))
    found = finding.front(world, extra)
    values = np.array([[hours, *weights] for _, hours, weights in found.paths]).reshape(-1, 1 + len(extra))
    values = values[:, [("hours", *extra).index(name) for name in by]]
    if extra[-1] in HIRED:
        values[:, by.index("usd")] += [
            Result(facts, Choice(world, path), start, end, search.draws).hire for path, *_ in found.paths
        ]
    if "risk" in by:
        values[:, by.index("risk")] = [risk_of_path(world, path.edges) for path, *_ in found.paths]
    kept = _unbeaten(values)
    front = pd.DataFrame(values[kept], columns=list(by))
    chosen, group = _representatives(front, epsilon)
    ways = [tuple(paths.borders(world, found.paths[kept[i]][0])) or kept[i] for i in range(len(kept))]
    first = _of_each_corridor(front, chosen, ways)
    chosen = [*sorted(first), *(i for i in chosen if i not in first)]
    choices = [Choice(world, found.paths[kept[i]][0]) for i in chosen]
    routes = Routes(facts, world, choices, [], request, start, end, search.draws, find_routes)
    if not kept:
        raise routes.no_route()
    front["knee"] = _knee(front)
    labels = dict(zip(chosen, routes.labels, strict=True))
    front["label"] = [labels[i] for i in group]
    return Pareto(front, routes, found.complete, tuple(by), epsilon, len(first))


def _unbeaten(values: NDArray[np.float64]) -> list[int]:
    """Rows that no other beats in the criteria asked for (time is one of the search even if not asked for), sorted."""
    order = np.lexsort(values.T[::-1])
    rows = values[order]  # what beats a row, or equals it, stands before it
    return [int(order[i]) for i in range(len(rows)) if not (rows[:i] <= rows[i]).all(axis=1).any()]


def _representatives(front: pd.DataFrame, epsilon: float) -> tuple[list[int], list[int]]:
    """Members that stand for the others, and the one that stands for each: within `epsilon` in every criterion."""
    values = front.to_numpy(dtype=float)
    chosen: list[int] = []
    group = [-1] * len(values)
    best = [int(values[:, j].argmin()) for j in range(values.shape[1])] if len(values) else []
    for i in dict.fromkeys([*best, *range(len(values))]):
        if group[i] >= 0:
            continue
        chosen.append(i)
        near = (values[i] <= values * (1 + epsilon) + 1e-12).all(axis=1)
        for j in np.flatnonzero(near):
            if group[j] < 0:
                group[int(j)] = i
    return chosen, group


def _of_each_corridor(front: pd.DataFrame, chosen: Sequence[int], ways: Sequence[Hashable]) -> list[int]:
    """Members to show: the best in each criterion, then of each further corridor the one nearest to the best."""
    values = front.to_numpy(dtype=float)
    best = [int(values[:, j].argmin()) for j in range(values.shape[1])] if len(values) else []
    far = _distance(values)
    shown = [i for i in dict.fromkeys(best) if i in chosen]
    for i in sorted(chosen, key=lambda i: far[i]):
        if ways[i] not in [ways[other] for other in shown]:
            shown.append(i)
    return shown[:MOST_SHOWN]


def _distance(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance from the best of all, each criterion scaled from its least to its most."""
    if not len(values):
        return np.zeros(0)
    low, span = values.min(axis=0), np.ptp(values, axis=0)
    scaled = (values - low) / np.where(span > 0, span, 1.0)
    found: NDArray[np.float64] = (scaled**2).sum(axis=1)
    return found


def _knee(front: pd.DataFrame) -> list[bool]:
    far = _distance(front.to_numpy(dtype=float))
    return [bool(i == int(far.argmin())) for i in range(len(far))]

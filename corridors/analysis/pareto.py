"""Trade-offs: all routes that no other beats in every criterion, exact, with the knee marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.engine.fronts import fastest
from corridors.errors import BadRequest
from corridors.routing.request import Search, read
from corridors.routing.result import Choice
from corridors.routing.routes import Routes

if TYPE_CHECKING:
    from corridors.network import Network

CRITERIA = ("hours", "km", "usd", "kgco2e", "risk")
MOST_LABELS = 200_000
"""Four criteria need up to 140 000 on the shipped backbone (20 named pairs), five up to 420 000."""


@dataclass(frozen=True)
class Pareto:
    """The trade-offs of one question.

    Attributes
    ----------
    front : DataFrame
        Every route of the Pareto set: one column a criterion (most likely values, between loading and unloading
        included), ``knee`` (nearest to the best of all, each criterion scaled from its least to its most) and
        ``label`` of the route of `routes` that stands for it.
    routes : Routes
        Routes that stand for the others: each of the front has one at most `epsilon` worse in every criterion.
    complete : bool
        True if these are all; False if the limit of labels cut the search, then the front is a part of the whole, the
        slowest missing.
    by : tuple of str
    epsilon : float
    """

    front: pd.DataFrame
    routes: Routes
    complete: bool
    by: tuple[str, ...]
    epsilon: float

    def __repr__(self) -> str:
        cut = "" if self.complete else ", cut short"
        return (
            f"<Pareto {self.routes.title} by {', '.join(self.by)}: {len(self.front)} routes{cut}, "
            f"{len(self.routes)} shown>"
        )

    def _repr_html_(self) -> str:
        return self.routes._repr_html_()


def find_pareto(network: Network, request: Mapping[str, Any], by: Sequence[str], epsilon: float) -> Pareto:
    """The work behind `Network.pareto`; see there."""
    if not isinstance(by, list | tuple) or len(set(by)) != len(by) or len(by) < 2 or set(by) - set(CRITERIA):
        raise BadRequest(f"by={by!r}: give two or more of {', '.join(CRITERIA)}, each once.")
    if not 0 <= epsilon < 1:
        raise BadRequest(f"epsilon={epsilon!r} is a share: 0 or more, below 1.")
    question, ends = read(network, request)
    search = Search(network, question, request, ends)
    world = search.world(question)
    extra = [name for name in by if name != "hours"]
    sources, targets = world._ends
    found = fastest()(
        world.graph,
        world.closed,
        [world.weights(name) for name in extra],
        sources,
        targets,
        question.t0,
        question.max_wait_hours,
        MOST_LABELS,
    )
    values = np.array([[hours, *weights] for _, hours, weights in found.paths]).reshape(-1, 1 + len(extra))
    values = values[:, [("hours", *extra).index(name) for name in by]]
    kept = _unbeaten(values)
    front = pd.DataFrame(values[kept], columns=list(by))
    chosen, group = _representatives(front, epsilon)
    routes = Routes(
        network, world, [Choice(world, found.paths[kept[i]][0]) for i in chosen], [], request, *ends, search.draws
    )
    if not kept:
        raise routes._no_route()
    front["knee"] = _knee(front)
    labels = dict(zip(chosen, routes._labels, strict=True))
    front["label"] = [labels[i] for i in group]
    return Pareto(front, routes, found.complete, tuple(by), epsilon)


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


def _knee(front: pd.DataFrame) -> list[bool]:
    values = front.to_numpy(dtype=float)
    low, span = values.min(axis=0), np.ptp(values, axis=0)
    scaled = (values - low) / np.where(span > 0, span, 1.0)
    far = (scaled**2).sum(axis=1)
    return [bool(i == int(far.argmin())) for i in range(len(values))]

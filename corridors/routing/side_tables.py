"""Side tables of an answer: where the money goes, published indices, and what a question lies outside of."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from corridors.model.costs import worst
from corridors.routing.result import quantiles

if TYPE_CHECKING:
    from corridors.model.facts import Facts
    from corridors.routing.routes import Routes


def costs(routes: Routes) -> pd.DataFrame:
    """See `corridors.routing.routes.Routes.costs`."""
    return pd.DataFrame(
        [
            row | {"line": line, "usd": value, **quantiles(samples, "usd"), "one_way": line != "empty return"}
            for row, result in routes.labelled()
            for line, (value, samples) in result.lines.items()
        ]
    )


def indices(routes: Routes) -> pd.DataFrame:
    """See `corridors.routing.routes.Routes.indices`."""
    rows = []
    for row, result in routes.labelled():
        km: dict[str, float] = {}
        for edge in result.edges:
            if edge.kind == "leg" and edge.mode in ("road", "rail"):
                km[edge.countries[0]] = km.get(edge.countries[0], 0.0) + edge.km
        for country, length in km.items():
            found = {name: routes.facts.rates.optional(name, "", country) for name in ("gpi", "lpi")}
            known = [one for one in found.values() if one]
            rows.append(
                row
                | {
                    "country": country,
                    "km": length,
                    **{name: one.mode if one else np.nan for name, one in found.items()},
                    "source_id": ";".join(dict.fromkeys(one.source_id for one in known)),
                    "quality": worst(*(one.quality for one in known)) if known else "",
                }
            )
    return pd.DataFrame(rows, columns=["label", "name", "country", "km", "gpi", "lpi", "source_id", "quality"])


def outside_record(routes: Routes) -> list[str]:
    """Words where the question lies outside the record."""
    return outside_record_on(routes.facts, routes.as_of, routes.depart.date())


def outside_record_on(facts: Facts, as_of: date, depart: date) -> list[str]:
    """The same for a day of departure."""
    known, events = facts.data_date, facts.tables["events"]
    found, first = [], min(as_of, depart)
    if max(as_of, depart) > known:
        found.append(f"the data ends on {known}: nothing later is known")
    by_then = int((events["start"] <= first.isoformat()).sum())
    if by_then < len(events) / 10:
        found.append(
            f"only {by_then} of {len(events)} events of the data had begun by {first}: closures of that "
            "time are hardly recorded"
        )
    return found

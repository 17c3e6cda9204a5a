"""Work out how much the pace of journeys varies from the times that may set it: the rule of corridors.analysis.spreads.

Usage: python geodata/build/spreads.py. Prints the values for the rows journey_cv and day_cv of rates.csv; of rows of
role test only the model's range counts, not the published time. First, by the rates as they stand, p10, mean and p90 of
the row inland_cv: how much the days inland of a line's box vary on routes by sea of drawn questions, without new
closures.
"""

import random
from dataclasses import replace
from math import log

import numpy as np
import pandas as pd

import corridors as cr
from corridors.analysis.spreads import WIDEST, scales
from corridors.analysis.validate_times import validate_times
from corridors.model.facts import Facts
from corridors.model.simulation import Hazard, Simulator

ROUNDS = 6


class Tables:
    """A network of these tables, as far as the validation asks it."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts


def with_pace(facts: Facts, cvs: dict[str, float]) -> Facts:
    """The same with these coefficients of variation of the pace."""
    rates = facts.tables["rates"].copy()
    for name, cv in cvs.items():
        rows = rates["quantity"].isin(["journey_cv", "day_cv"]) & (rates["by_mode"] == name)
        rates.loc[rows, "mode"] = cv
    return replace(facts, tables={**facts.tables, "rates": rates})


def fit(facts: Facts) -> dict[str, float]:
    """Variation of the pace at which the scale of every class is 1, or its ratio the widest."""
    cvs = dict.fromkeys(WIDEST, 0.3)
    for _ in range(ROUNDS):
        found = scales(validate_times(Tables(with_pace(facts, cvs)))).set_index("class")
        print(pd.Series(cvs).round(3).to_dict(), found[["scale", "ratio"]].to_dict("index"), flush=True)
        cvs = {
            name: cv * min(float(found["scale"][name]), log(WIDEST[name]) / log(found["ratio"][name]))
            for name, cv in cvs.items()
        }
    return cvs


def inland(net: cr.Network, questions: int = 80, seed: int = 11) -> list[float]:
    """Coefficient of variation of the days inland by route, of those that a ship carries."""
    rng, draws, silent = random.Random(seed), net.facts.draws(20_000, 5), Hazard({}, lambda element, longer: longer)
    towns, ports = (net.places.loc[net.places["kind"] == kind, "place_id"].tolist() for kind in ("city", "seaport"))
    found = []
    while questions:
        day = f"{rng.choice([2024, 2025, 2026])}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
        try:
            routes = net.routes(rng.choice(ports), rng.choice(towns), depart=day)
        except cr.NoRoute:
            continue
        questions -= 1
        for result in routes.results:
            if any(edge.kind == "leg" and edge.mode == "sea" for edge in result.edges):
                trip = Simulator(result.world, draws, {}, silent).run(result.edges)
                ended = [np.zeros(draws.n), *trip.end]
                with np.errstate(invalid="ignore"):  # of journeys that never end
                    hours = sum(ended[i + 1] - ended[i] for i, edge in enumerate(result.edges) if edge.inland)
                if np.isfinite(hours).all() and hours.mean() > 24:
                    found.append(float(hours.std() / hours.mean()))
    return found


if __name__ == "__main__":
    network = cr.load()
    varies = inland(network)
    low, high = np.quantile(varies, [0.1, 0.9])
    print("inland_cv", len(varies), round(low, 2), round(float(np.mean(varies)), 2), round(high, 2), flush=True)
    print({mode: int(1000 * cv) / 1000 for mode, cv in fit(network.facts).items()})

"""Work out how much the pace of journeys varies from the times that may set it: the rule of corridors.analysis.spreads.

Usage: python geodata/build/spreads.py. Prints the values for the rows journey_cv and day_cv of rates.csv; of rows of
role test only the model's range counts, not the published time.
"""

from dataclasses import replace
from math import log

import pandas as pd

import corridors as cr
from corridors.analysis.spreads import WIDEST, scales
from corridors.analysis.validate_times import validate_times
from corridors.model.facts import Facts

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


if __name__ == "__main__":
    print({mode: int(100 * cv) / 100 for mode, cv in fit(cr.load().facts).items()})

"""How much journeys vary, from the achieved times that may set it, and never from those that test.

One number for road and one for rail: the coefficient of variation of the pace, the same for the journey and for each of
its days (rates ``journey_cv``, ``day_cv``). The shape is the model's; the rule for the size is

1. of each training time the logarithm of published / p50, in units of the model's standard deviation, which is
   (log p90 - log p10) / 2.563;
2. times between the same two ends are one observation: the mean of their squares;
3. the scale that makes these most likely is the root of the mean square over the pairs of ends;
4. from few observations that is too narrow for a new one: eight of ten new times lie within Student's quantile, not
   the normal one, so that the scale is larger by their ratio;
5. the pace varies as much as brings that scale to 1, but no more than leaves the median of p90 / p10 at ``WIDEST``, of
   the times that may set it as of those that only test (of these the model's range alone counts, not what was
   published): a wider range is of no use for planning.

So the pace gets what spread is left beside borders and terminals, whose variation is not fitted.
What the model gets wrong on average is in the squares too: the journeys of one service vary less, if anything.
``python geodata/build/spreads.py`` works it out again.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from corridors.model.drivers import P90

ACHIEVED = ("average", "single")
WIDEST = {"road": 2.2, "rail": 2.5}
"""Classes of modes with at least five pairs of ends among the training times, and their widest p90 / p10; ships have
two pairs: their variation is assumed."""


def student_p90(n: int) -> float:
    """Ninth decile of Student's distribution of `n` degrees of freedom, expanded in 1/n: exact to 0.2 % from 5."""
    z = P90
    return z + (z**3 + z) / (4 * n) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)


def class_of(modes: str) -> str:
    """Class of a time from its modes, joined by ';': rail if a part is by rail, road if all is by road, or empty."""
    return "rail" if "rail" in modes.split(";") else "road" if modes == "road" else ""


def scales(table: pd.DataFrame) -> pd.DataFrame:
    """By how much the spread of journeys is too narrow (above 1) or too wide for the times that may set it.

    Parameters
    ----------
    table : DataFrame
        From `corridors.analysis.validate_times.validate_times`.

    Returns
    -------
    DataFrame
        Columns ``class`` (road, rail; where there are such times), ``times, pairs`` (of ends), ``likely`` (the most
        likely scale), ``scale`` (that for a new time) and ``ratio`` (median p90 / p10; of training times and those that
        only test, the larger).
    """
    achieved = table[(table["kind"] == "journey") & table["basis"].isin(ACHIEVED) & table["inside"].notna()]
    some = achieved[achieved["role"] == "parameter"]
    deviation = np.log(some["p90"] / some["p10"]) / (2 * P90)
    squares = pd.Series((np.log(some["published"] / some["p50"]) / deviation) ** 2)
    of = some["modes"].map(class_of)
    ratios = (achieved["p90"] / achieved["p10"]).groupby([achieved["modes"].map(class_of), achieved["role"]]).median()
    rows = []
    for name in WIDEST:
        pairs = squares[of == name].groupby(some["ends"]).mean()
        if pairs.empty:
            continue
        likely = float(np.sqrt(pairs.mean()))
        rows.append(
            {
                "class": name,
                "times": int((of == name).sum()),
                "pairs": len(pairs),
                "likely": round(likely, 3),
                "scale": round(likely * student_p90(len(pairs)) / P90, 3),
                "ratio": round(float(ratios[name].max()), 3),
            }
        )
    return pd.DataFrame(rows, columns=["class", "times", "pairs", "likely", "scale", "ratio"])

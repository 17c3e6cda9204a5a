# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # How far can the figures be trusted?
#
# How far off are lengths, times and costs? Here they are compared with published figures, `geodata/benchmarks.csv`.
# Nothing is tuned to that table, and figures that fit badly stay in. `docs/validation.md` has the same as a page, which
# `corridors validate` prints.

# %%
import pandas as pd
from IPython.display import Markdown

import corridors as cr
from corridors.analysis.validate import summary, validate
from corridors.analysis.validate_times import coverage, speeds, validate_times

pd.set_option("display.max_colwidth", 120)
pd.set_option("display.max_rows", 100)
net = cr.load()
table = validate(net)
of_all = summary(table)
of_all[of_all["group"].eq("all") | of_all["group"].str.startswith(("basis", "role"))]

# %% [markdown]
# Read `basis` first. `same figure`: the network was corrected with this very figure, so a small error only shows that
# the correction works. `other figures`: it was corrected with other published lengths, so publications are compared
# with one another. `model`: the length comes from the map, or the cost from the model. Only the last two test a length.
# Times are either `achieved` or `promised` (offers, plans, prepared first runs), and the two are never mixed.
#
# ## Lengths
#
# The ten worst, leaving out those that were corrected with the same figure:

# %%
lengths = table[(table["kind"] == "distance") & (table["grade"] != "X")]
tested = lengths[lengths["basis"] != "same figure"]
order = tested["error_pct"].abs().sort_values(ascending=False).index
tested.loc[order[:10], ["name", "modes", "grade", "basis", "published", "modelled", "error_pct", "note"]]

# %%
ax = lengths.plot.scatter(
    x="published",
    y="error_pct",
    c=lengths["basis"].map({"same figure": "#bbbbbb", "other figures": "#0072b2", "model": "#d55e00"}),
    figsize=(8, 4),
)
ax.axhspan(-8, 8, color="#eeeeee", zorder=0)
_ = ax.set(
    xlabel="published, km",
    ylabel="error, %",
    title="Lengths: set from the same figure (grey), from others (blue), model (orange)",
)

# %% [markdown]
# ## Times
#
# The table `geodata/times.csv` keeps every published time with its basis. Achieved times (a mean of many trips, or a
# single trip) are compared with the range of journeys from p10 to p90 (bar): eight in ten should lie within it. A
# promise or a timetable is what the operator hopes for, so it is compared with a run without incident, p10.

# %%
times = validate_times(net)
coverage(times)

# %% [markdown]
# `parameter`: times that may set how much journeys vary. `test`: times that no rate cites; since they were known when
# the spreads were chosen, their coverage is not an entirely clean test. Most of those outside the range took longer
# than p90: `docs/figures.md`, "Where it does not fit", says which.

# %%
journeys = times[(times["kind"] == "journey") & times["p10"].notna()].iloc[::-1].reset_index(drop=True)
achieved = journeys["basis"].isin(["average", "single"])


def bars(some: pd.DataFrame, title: str) -> None:
    """Published times as dots (hollow: a parameter rests on it) on the model's p10 to p90."""
    some = some.reset_index(drop=True)
    days = some["unit"].map({"d": 1.0, "h": 1 / 24})
    ax = some.assign(span=(some["p90"] - some["p10"]) * days).plot.barh(
        y="span", left=some["p10"] * days, figsize=(8, 0.28 * len(some) + 1), color="#9ecae1", legend=False
    )
    set_from = some["role"] == "parameter"
    ax.plot((some["published"] * days)[~set_from], some.index[~set_from], "o", color="#d55e00")
    ax.plot((some["published"] * days)[set_from], some.index[set_from], "o", color="#d55e00", fillstyle="none")
    ax.set_yticks(some.index, some["name"])
    ax.set(xscale="log", xlim=(0.3, 60), xlabel="days", title=title)


_ = bars(journeys[achieved], "Achieved (dot; hollow: may set a parameter), p10 to p90 of the model (bar)")

# %%
_ = bars(journeys[journeys["basis"] == "promised"], "Promised (dot): compare with the left end of the bar, p10")

# %%
_ = bars(journeys[journeys["basis"] == "timetable"], "Timetable (dot): compare with the left end of the bar, p10")

# %% [markdown]
# Achieved times outside the range:

# %%
far = journeys[achieved & ~journeys["inside"].astype(bool)].iloc[::-1]
far[["name", "basis", "role", "unit", "published", "expected", "p10", "p90", "note"]]

# %% [markdown]
# CPMM's speed with delay, rebuilt from the parts of the model: hours per 1,000 km moving, in stops and at a border.

# %%
speeds(net.facts)

# %% [markdown]
# ## Costs
#
# Only three costs with a known route have been published, and none says what it includes.

# %%
table.loc[
    (table["kind"] == "cost") & (table["grade"] != "X"),
    ["name", "unit", "published", "modelled", "p10", "p90", "error_pct", "inside", "note"],
]

# %% [markdown]
# ## Rejected
#
# Published figures that are wrong:

# %%
table.loc[table["grade"] == "X", ["name", "published", "modelled", "note"]]

# %% [markdown]
# ## One of the errors on the map
#
# One of the errors beyond 8 %: the road that the model takes from Surab to Hoshab, whose length two publications give
# differently.

# %%
net.routes("Surab", "Hoshab", depart="2025-09-02", modes=["road"], k=1).explore()

# %% [markdown]
# ## Answer

# %%
tests = coverage(times).set_index(["role", "modes"]).loc["test"]
within = tested["error_pct"].abs().median()
Markdown(
    f"Lengths that were not corrected with the same figure have a median error of **{within:.1f} %** "
    f"(worst {tested['error_pct'].abs().max():.0f} %). Of **{int(tests.loc['all', 'times'])}** achieved times "
    f"that no parameter rests on, **{tests.loc['all', 'inside_pct']:.0f} %** lie between p10 and p90, where 80 % would "
    f"be right; p90 is {tests.loc['road', 'ratio']:.1f} times p10 by road and {tests.loc['rail', 'ratio']:.1f} times "
    "by rail.\n\n"
    "*Caveats.* Many published times are those of first runs, which were quick (borders prepared) or slow (a load held "
    "up for weeks). Costs cannot be called validated: only three with a known route have been published."
)

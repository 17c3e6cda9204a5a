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
# # Resilience: what cuts Kazakhstan off?
#
# Kazakhstan is landlocked. Which countries, borders or straits would have to close to cut Almaty off from the south,
# the west and the east, and what do the detours cost?

# %%
import pandas as pd
from distributed import Client, LocalCluster
from IPython.display import Markdown

import corridors as cr
from corridors.maps.interactive import explore_criticality

pd.set_option("display.max_colwidth", 160)
net = cr.load()
gates = {"Karachi": "Arabian Sea", "Shahid Rajaee": "the Gulf", "Poti port": "Black Sea", "Lianyungang": "Yellow Sea"}
pairs = [("Almaty", gate) for gate in gates]
ask = {"depart": "2026-01-20", "as_of": "2026-02-15"}

# %% [markdown]
# ## 1. How many independent routes are there to Karachi?
#
# Routes in each month of 2025 that share no border crossing, and routes that share no country on the way.

# %%
ways = net.redundancy("Almaty", "Karachi", year=2025)
ways.set_index("day")[["crossing_disjoint", "country_disjoint", "weakest_countries"]]

# %% [markdown]
# ## 2. What would have to close?
#
# The smallest sets of countries whose closure cuts Almaty off by land from each gateway in January 2026, with the
# Afghan border closed as it was. A gateway that is not listed is not cut off by any three countries, nor is any if
# ships and ferries may be used. The countries at either end of a trip stay open.

# %%
cuts = pd.concat(
    {
        gate: net.cut_sets(*pair, over="countries", modes=["road", "rail"], **ask)[["size", "name"]]
        for gate, pair in zip(gates, pairs, strict=True)
    },
    names=["from", "row"],
)
cuts.droplevel("row")

# %% [markdown]
# ## 3. Which border hurts most?
#
# Each of the four pairs has the same weight. Extra hours and US$ are those of the pairs that still have a route.

# %%
borders = net.criticality(pairs, over="borders", **ask)
borders[["name", "pairs", "pairs_cut_off", "extra_hours", "extra_usd"]].round({"extra_hours": 0, "extra_usd": -2})

# %%
crossings = net.criticality(pairs, over="crossings", **ask)
explore_criticality(crossings, net)

# %% [markdown]
# ## 4. Many questions at once, on a cluster
#
# Three countries are closed in turn, and compared with no closure, for six departure dates and all pairs: 96 questions
# on two Dask worker processes (`pip install distributed`). Any cluster gives the same rows in the same order
# (`docs/sweep.md`).

# %%
place = net.places.set_index("place_id")["country"]
sides = net.crossings.assign(a=net.crossings["from_place"].map(place), b=net.crossings["to_place"].map(place))


def without(country):
    """A scenario in which every border of a country is closed."""
    scenario = cr.Scenario(f"{country} closed")
    for element in sides.loc[(sides["a"] == country) | (sides["b"] == country), "element_id"].unique():
        scenario = scenario.close(element)
    return scenario


scenarios = [None, without("RU"), without("CN"), without("UZ")]
departures = [f"2025-{month:02d}-15" for month in range(1, 13, 2)]
workers = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": ":0", "silence_logs": "ERROR"}
with LocalCluster(**workers) as cluster, Client(cluster) as client:
    answers = cr.sweep(net, pairs, scenarios, departures, executor=client.get_executor(), progress=False)
len(answers)

# %% [markdown]
# Medians of the six departures of 2025: days, then US$. Every departure has a route.

# %%
order = answers["scenario"].unique()
days = answers.pivot_table(index="destination", columns="scenario", values="days", aggfunc="median")
days.loc[list(gates), order].round(1)

# %%
money = answers.pivot_table(index="destination", columns="scenario", values="usd", aggfunc="median")
money.loc[list(gates), order].round(-2)

# %% [markdown]
# ## Answer

# %%
assert not answers["note"].any()
smallest = cuts.groupby("from")["size"].min()
worst = borders.iloc[0]
extra = (days.sub(days["baseline"], axis=0)).max()
Markdown(
    "No single country can cut Almaty off from a sea by land: it takes at least "
    f"**{smallest.min()} countries** together "
    f"({'; '.join(f'{gate}: {some.iloc[0]}' for gate, some in cuts['name'].groupby('from'))}). The border whose "
    f"closure hurts most is **{worst['name']}** ({worst['extra_hours'] / 24:.0f} extra days over all four pairs). "
    f"Without Russia a pair loses up to {extra['RU closed']:.1f} days, without Uzbekistan {extra['UZ closed']:.1f}, "
    f"without China {extra['CN closed']:.1f}.\n\n"
    "*Caveats.* Whole countries close at once here, and the detours are assumed to have room: no queues form on them. "
    "Russia's ports on the Baltic and the Pacific are not in the network, so its importance is understated. War "
    "inside a country enters as risk and flags; it closes a road only where a dated closure is known. One border can "
    "have ten crossings, and what closes one seldom closes all."
)

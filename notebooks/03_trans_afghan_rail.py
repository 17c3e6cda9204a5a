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
# # Trans-Afghan railway and KTAP
#
# What would change for a container to Karachi if one of these opened: the Trans-Afghan railway (by Kharlachi, or on the
# older alignment by Torkham), the railway from Torghundi to Chaman (KTAP), or just the road borders, closed since
# October 2025?

# %%
import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import Markdown

import corridors as cr

pd.set_option("display.max_colwidth", 120)
net = cr.load()

# %% [markdown]
# ## 1. What is planned
#
# None of this has been built: there are feasibility studies, one memorandum, and some 22 km under construction at
# Torghundi. Publications disagree on length, cost and date; every statement is kept.

# %%
projects = ["trans_afghan_kharlachi", "trans_afghan_torkham", "ktap"]
said = net.claims[net.claims["subject_id"].isin(projects) & ~net.claims["subject"].str.startswith("Capacity")]
said[["subject", "value", "unit", "whose", "note"]].fillna("").reset_index(drop=True)

# %% [markdown]
# The network has each line once, with the length that the model uses:

# %%
legs = net.legs[(net.legs["status"] != "operating") & (net.legs["country"] == "AF") & (net.legs["mode"] == "rail")]
legs[["leg_id", "gauge_mm", "km", "km_low", "km_high", "status", "quality"]].reset_index(drop=True)

# %% [markdown]
# ## 2. By rail only
#
# A planned line carries cargo only in a scenario that builds it. Its rail crossing inherits the closure of the road
# border beside it, so a line by itself changes nothing while that border is closed; each scenario therefore also opens
# the crossing of its line. The baseline is the railway through Iran.

# %%
alone = cr.Scenario("Kharlachi line, border closed").build("trans_afghan_kharlachi")
kharlachi = cr.Scenario("Kharlachi line").build("trans_afghan_kharlachi").reopen("kharlachi_rail")
torkham = cr.Scenario("Torkham line").build("trans_afghan_torkham").reopen("torkham_rail")
ktap = cr.Scenario("KTAP").build("ktap").reopen("chaman_rail")
roads = cr.Scenario("road borders open").reopen("Torkham").reopen("Chaman")
pairs = [("Tashkent", "Karachi"), ("Almaty", "Karachi"), ("Astana", "Karachi")]
columns = ["origin", "scenario", "route", "km", "days", "days_p10", "days_p90", "usd", "usd_p10", "usd_p90"]
rail = net.compare(pairs, [alone, kharlachi, torkham, ktap], depart="2026-04-15", modes=["rail"])
rail[columns].round({"km": 0, "days_p10": 0, "days": 0, "days_p90": 0, "usd_p10": -2, "usd": -2, "usd_p90": -2})

# %% [markdown]
# The same as a chart: expected values, with the range from p10 to p90.


# %%
def ranges(frame, title):
    """Days and US$ of each pair and scenario, p10 to p90."""
    figure, axes = plt.subplots(1, 2, figsize=(10, 0.9 + 0.3 * len(frame)), sharey=True, layout="constrained")
    rows = frame.iloc[::-1].reset_index(drop=True)
    ink = rows["origin"].map({"Tashkent": "#0072b2", "Almaty": "#d55e00", "Astana": "#666666"})
    for ax, what, unit in zip(axes, ("days", "usd"), ("days", "US$ of 2024, one way"), strict=True):
        ax.hlines(rows.index, rows[f"{what}_p10"], rows[f"{what}_p90"], color=ink, linewidth=6, alpha=0.35)
        ax.scatter(rows[f"{what}"], rows.index, color=ink, zorder=3)
        ax.set(xlabel=unit, xlim=(0, None))
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_yticks(rows.index, rows["origin"] + ": " + rows["scenario"])
    return figure.suptitle(title)


_ = ranges(rail, "To Karachi by rail: expected (dot), p10 to p90 (bar)")

# %% [markdown]
# ## 3. Against the truck
#
# The cheapest route by any mode, with the opening of the road borders as a fourth case:

# %%
cheapest = net.compare(pairs, [kharlachi, torkham, ktap, roads], depart="2026-04-15", by="usd")
cheapest[[*columns, "delta_days", "delta_usd"]].round(
    {
        "km": 0,
        "days_p10": 0,
        "days": 0,
        "days_p90": 0,
        "usd_p10": -2,
        "usd": -2,
        "usd_p90": -2,
        "delta_days": 1,
        "delta_usd": -2,
    }
)

# %%
_ = ranges(cheapest, "To Karachi, the cheapest route by any mode: expected (dot), p10 to p90 (bar)")

# %% [markdown]
# And the fastest? The route in each case:

# %%
fastest = net.compare(pairs, [kharlachi, torkham, ktap, roads], depart="2026-04-15")
fastest.pivot(index="scenario", columns="origin", values="route").reindex(fastest["scenario"].unique())

# %% [markdown]
# Breaks of gauge: the route through Iran has two (1520/1435 at Sarakhs, 1435/1676 at Zahedan), the Afghan lines one.

# %%
two_lines = kharlachi.build("ktap").reopen("chaman_rail")
all_rail = net.routes("Tashkent", "Karachi", depart="2026-04-15", modes=["rail"], scenario=two_lines, k=3)
all_rail.full[["label", "name", "km", "gauge_breaks", "days", "usd", "corridors"]].round(
    {"km": 0, "days": 1, "usd": -1}
)

# %%
all_rail.explore()

# %% [markdown]
# ## 4. How much depends on assumptions?
#
# Nobody knows how long trains through Afghanistan would take or what they would cost. Here is Tashkent to Karachi by
# the Kharlachi line, with the time or the price of the Afghan railway halved and doubled:

# %%
what_if = [
    cr.Scenario(f"{name} x {factor:g}")
    .build("trans_afghan_kharlachi")
    .reopen("kharlachi_rail")
    .scale(quantity, factor, mode="rail", country="AF")
    for name, quantity in (("time", "hours"), ("price", "usd"))
    for factor in (0.5, 2)
]
sensitivity = net.compare(pairs[:1], what_if, depart="2026-04-15", modes=["rail"])
sensitivity[["scenario", "route", "days", "days_p10", "days_p90", "usd", "usd_p10", "usd_p90"]].round(
    {"days_p10": 0, "days": 0, "days_p90": 0, "usd_p10": -2, "usd": -2, "usd_p90": -2}
)

# %% [markdown]
# ## Answer

# %%
of = rail.query("origin == 'Tashkent'").set_index("scenario")
case = cheapest.query("origin == 'Tashkent'").set_index("scenario")
quick = fastest.query("origin == 'Tashkent'").set_index("scenario")
lines = ["Kharlachi line", "Torkham line", "KTAP"]
nearer = of["km"]["Torkham line"] - of["km"]["Kharlachi line"]
best, by_road = case.loc[case.loc[lines, "usd"].idxmin()], case.loc["road borders open"]
assert of["delta_days"]["Kharlachi line, border closed"] == 0


def said_of(name):
    """Days with their range, and US$, of one case by rail."""
    return (
        f"{of['days'][name]:.0f} days (p10 to p90: {of['days_p10'][name]:.0f} to {of['days_p90'][name]:.0f}) "
        f"and US$ {round(of['usd'][name], -2):,.0f}"
    )


gain = quick.loc[lines, "delta_days"].min()
Markdown(
    f"By rail from Tashkent to Karachi the Kharlachi line, with its border open, would take "
    f"**{said_of('Kharlachi line')}**, and KTAP {said_of('KTAP')}; the route through Iran takes {said_of('baseline')}. "
    f"With the border closed the line changes nothing. Over all modes, the cheapest route with one of the lines costs "
    f"US$ {round(best['usd'], -2):,.0f} and takes {best['days']:.0f} days; opening the road borders alone, without a "
    f"railway, brings this to US$ {round(by_road['usd'], -2):,.0f} and **{by_road['days']:.0f} days**. The fastest "
    f"route {'does not change' if abs(gain) < 0.05 else f'changes by {gain:.1f} days'}.\n\n"
    "*Caveats.* The lines do not exist; speeds, prices and border times on them are estimates from other railways, "
    "and the ranges overlap. The promised `3-5 days instead of 35` is time under way on part of the route, not door to "
    "door. Lengths are unsettled (KTAP in Afghanistan: 690 to 960 km), and so is the gauge south of Herat. By "
    f"Kharlachi Karachi is said to be 227 or 277 km nearer than by Torkham; here the difference is {nearer:.0f} km. "
    "These figures include neither capacity nor the cost of construction (US$ 4.6 to 8.2 bn for the Trans-Afghan line)."
)

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
# # USD 1bn of trade: what would the crossings carry?
#
# In February 2026 Kazakhstan and Pakistan set themselves the target of USD 1bn of trade a year. How many trucks a day
# is that, and at which crossings, with the Afghan border open or closed?

# %%
import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import Markdown

import corridors as cr

pd.set_option("display.max_colwidth", 120)
net = cr.load()

# %% [markdown]
# ## 1. How much is it today?
#
# Statements disagree, and the two countries' statistics count different things. USD 1bn is three to ten times what they
# report for the latest year.

# %%
claims = net.claims[net.claims["subject"].str.contains("trade", case=False) & net.claims["unit"].str.contains("USD")]
claims[["subject", "value", "unit", "period", "whose", "note"]].fillna("").reset_index(drop=True)

# %% [markdown]
# ## 2. What would it consist of?
#
# Nobody has published a mix of goods. Two are assumed here, each worth USD 1bn a year, half of it in each direction:
# one of high-value goods, one of bulk. Values per tonne are those of the presets (`net.cargo`, estimates).

# %%
goods = [
    ("Karachi", "Almaty", "textiles"),
    ("Lahore", "Almaty", "rice"),
    ("Multan", "Almaty", "kinnow"),
    ("Karaganda", "Karachi", "metal"),
    ("Kostanay", "Karachi", "wheat_container"),
    ("Karaganda", "Lahore", "bus"),
]
shares = {"dear goods": [0.40, 0.05, 0.05, 0.15, 0.10, 0.25], "bulk": [0.15, 0.25, 0.10, 0.25, 0.25, 0.0]}
demand = {
    name: pd.DataFrame(goods, columns=["origin", "destination", "cargo"]).assign(
        usd_year=[1e9 * share for share in some]
    )
    for name, some in shares.items()
}
value = net.cargo.set_index("cargo_id").eval("value_usd / payload_t")
tonnes = {name: float((some["usd_year"] / some["cargo"].map(value)).sum()) for name, some in demand.items()}
pd.DataFrame({name: some.set_index("cargo")["usd_year"] / 1e6 for name, some in demand.items()}).assign(
    usd_a_tonne=value.round(-1)
).rename_axis("USD m a year")

# %% [markdown]
# ## 3. Where would it go?
#
# Each flow is divided among the best routes over each border by cost and time (a nested logit of modes and routes),
# before October 2025 and with the border closed:

# %%
worlds = {
    "border open": {"depart": "2025-09-15", "as_of": "2025-09-15"},
    "border closed": {"depart": "2026-01-15", "as_of": "2026-02-15"},
}
flows = {(mix, world): net.assign(some, **when) for mix, some in demand.items() for world, when in worlds.items()}
shown = ["origin", "destination", "cargo", "name", "share", "units_year", "generalised_usd_per_t"]
places = {"share": 2, "units_year": -1, "generalised_usd_per_t": 0}
flows["bulk", "border open"].routes[shown].round(places)

# %% [markdown]
# Vehicles a day (trucks on roads, wagons or boxes on railways) at the crossings into and out of Pakistan, both
# directions together:


# %%
def at_pakistan(flow):
    """Units a day by crossing of Pakistan's borders."""
    some = flow.crossings[flow.crossings["direction"].str.contains("PK")]
    return (
        (some["name"] + some["mode"].map({"rail": ", wagons"}).fillna(""))
        .to_frame("name")
        .assign(units=some["units_day"])
        .groupby("name")["units"]
        .sum()
    )


loads = pd.DataFrame({key: at_pakistan(flow) for key, flow in flows.items()}).fillna(0)
loads = loads.loc[loads.max(axis=1).sort_values(ascending=False).index].round(1)
loads

# %%
figure, axes = plt.subplots(1, 2, figsize=(10, 3.4), sharey=True, sharex=True, layout="constrained")
for ax, mix in zip(axes, demand, strict=True):
    loads[mix].iloc[::-1].plot.barh(ax=ax, color=["#0072b2", "#d55e00"], width=0.75, legend=mix == "bulk")
    ax.set(title=f"{mix}, {tonnes[mix] / 1e6:.1f} million t a year", xlabel="units a day, both directions", ylabel="")
    ax.spines[["top", "right"]].set_visible(False)
_ = figure.suptitle("USD 1bn a year at the borders of Pakistan")

# %% [markdown]
# Compared with published capacity, where there is any (vehicles a day in each direction):

# %%
published = pd.concat(
    {key: flow.crossings.dropna(subset="capacity_day") for key, flow in flows.items()}, names=["mix", "world", "row"]
).droplevel("row")
published[["name", "direction", "units_day", "capacity_day", "use"]].sort_values("use", ascending=False).head(8).round(
    {"units_day": 0, "use": 2}
)

# %% [markdown]
# ## 4. How strongly does cost decide?
#
# How the flows divide depends on an assumption: by default the load of a route goes with its cost to the power of -3.5.
# With `mu` it depends on US$ a tonne instead. Vehicles a day of the bulk mix with the border closed, by default and
# where US$ 100 a tonne more divide the load of a route by 1.6, 7 and 3,000:

# %%
by_mu = {
    mu or "default": at_pakistan(net.assign(demand["bulk"], mu=mu, **worlds["border closed"])).round(1)
    for mu in (None, 0.005, 0.02, 0.08)
}
pd.DataFrame(by_mu).fillna(0).rename_axis(columns="mu")

# %% [markdown]
# ## Answer

# %%
total = loads.sum()
afghan = loads.loc[["Torkham", "Ghulam Khan", "Kharlachi", "Chaman-Spin Boldak"]].sum()
khunjerab = loads.loc["Khunjerab"]
assert khunjerab["bulk", "border closed"] > 12_000 / 31 / 20
Markdown(
    f"USD 1bn a year is **{tonnes['dear goods'] / 1e6:.1f} to {tonnes['bulk'] / 1e6:.1f} million tonnes**, or "
    f"{total['dear goods', 'border open']:.0f} to {total['bulk', 'border open']:.0f} trucks and wagons a day at "
    f"Pakistan's borders. With Afghanistan open, its gates would carry {afghan['dear goods', 'border open']:.0f} to "
    f"{afghan['bulk', 'border open']:.0f} of them, on top of the 600 to 1,000 vehicles a day that Torkham alone used "
    f"to handle; with it closed, Khunjerab takes **{khunjerab['dear goods', 'border closed']:.0f} to "
    f"{khunjerab['bulk', 'border closed']:.0f} a day** and Iran the rest. "
    "With bulk, that alone is more than Khunjerab is known to have carried: 12,000 t in December 2025, about "
    f"{12_000 / 31 / 20:.0f} truckloads a day.\n\n"
    "*Caveats.* The mixes are assumed, and values per tonne are estimates. Nothing queues: traffic above a "
    "crossing's capacity is not sent elsewhere. A whole year is put on the routes of one date, so seasons do not "
    "count. For most crossings, Khunjerab among them, no capacity has been published."
)

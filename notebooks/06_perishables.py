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
# # Perishables: mangoes to Almaty
#
# Do mangoes from Multan reach Almaty saleable by road, and when is the last day to leave?
#
# Mangoes keep 14 to 21 days at 10 to 14 C; the preset takes 18. Routes on which nine loads in ten arrive within that
# come first; the others say how many do.

# %%
import pandas as pd
from IPython.display import Markdown

import corridors as cr

pd.set_option("display.max_colwidth", 160)
net = cr.load()
net.cargo.query("cargo_id == 'mango'")[
    ["name", "payload_t", "value_usd", "shelf_life_days", "temperature", "note", "quality"]
]

# %% [markdown]
# ## 1. Leaving on Saturday, 20 June 2026

# %%
mangoes = net.routes("Multan", "Almaty", depart="2026-06-20", cargo="mango", modes=["road"], k=4)
mangoes.full[["label", "name", "days", "days_p10", "days_p90", "p_saleable", "usd", "flags"]].round(
    {"days": 1, "days_p10": 1, "days_p90": 1, "p_saleable": 2, "usd": -1}
)

# %% [markdown]
# `p_saleable` is the chance to arrive saleable. What hardly ever does, or is closed:

# %%
mangoes.rejected[["name", "reason"]].head(5)

# %% [markdown]
# And by air, from the airport of Lahore (one example of a price, not a schedule):

# %%
flown = net.routes("Multan", "Almaty", depart="2026-06-20", cargo="mango", modes=["road", "air"], k=4)
in_air = flown.full["modes"].str.contains("air")
flown.full.loc[in_air, ["name", "days", "days_p90", "usd"]].round({"days": 1, "days_p90": 1, "usd": -2})

# %% [markdown]
# A reefer that keeps 28 days, on the same roads:

# %%
road = net.routes("Multan", "Almaty", depart="2026-06-20", cargo="reefer40", modes=["road"], k=4)
road.explore()

# %%
chances = road.reliability(arrive_by="2026-07-08T08:00")
chances[["label", "name", "days_p10", "days_p50", "days_p80", "days_p90", "p_on_time"]].round(
    {"days_p10": 1, "days_p50": 1, "days_p80": 1, "days_p90": 1, "p_on_time": 2}
)

# %% [markdown]
# `p_on_time` is the chance to be there within 18 days, by 8 July, 08:00. Where the days go on the surest route:

# %%
columns = ["kind", "name", "country", "km", "start", "hours", "quality"]
surest = int(chances["p_on_time"].to_numpy().argmax())
road[surest].legs.query("hours >= 8")[columns].assign(
    start=lambda legs: legs["start"].dt.strftime("%a %d %b %H:%M")
).round({"km": 0, "hours": 0})

# %% [markdown]
# ## 2. The day of the week
#
# Khunjerab is closed on weekends, so the weekday decides whether the load stands at Sost for up to two days. Every
# departure of four weeks of June, without Iran and Afghanistan, so by Khunjerab; days as p50 and p90:

# %%
june = [str(day.date()) for day in pd.date_range("2026-06-01", "2026-06-28")]
days = cr.sweep(net, [("Multan", "Almaty")], [None], june, progress=False, cargo="reefer40", avoid=["IR", "AF"])
days["weekday"] = pd.to_datetime(days["depart"]).dt.day_name()
week = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
by_day = days.groupby("weekday")[["days_p50", "days_p90"]].median().reindex(week)
named = by_day.rename(columns={"days_p50": "median", "days_p90": "p90"})
ax = named.plot.bar(color=["#9ecae1", "#0072b2"], figsize=(8.5, 3.2), rot=0)
ax.axhline(18, color="#d55e00", label="18 days")
ax.legend(bbox_to_anchor=(1, 1), loc="upper left", frameon=False)
_ = ax.set(xlabel="day of departure from Multan", ylabel="days", title="Multan to Almaty by Khunjerab, June 2026")

# %%
by_day.round(1)

# %% [markdown]
# ## 3. Last safe departure
#
# In 2025 traders closed the road at Sost from 21 July, in the middle of the season. The last day to leave with nine
# chances in ten of being through before:

# %%
summer_2025 = net.routes(
    "Multan", "Almaty", depart="2025-06-22", as_of="2025-09-30", cargo="reefer40", k=3, avoid=["IR", "AF"]
)
last = summer_2025.last_departure()
last[["name", "closes", "reason", "last_departure", "slack_days"]]

# %% [markdown]
# And for a closure that is only announced, say of Khunjerab from 1 August 2026:

# %%
announced = road.last_departure("2026-08-01", "Khunjerab")
announced[["name", "closes", "last_departure", "p", "note"]].fillna("")

# %% [markdown]
# ## 4. Nearer markets
#
# The same mangoes to Bishkek, and from Lahore; without the aeroplane:

# %%
near = {}
for origin, destination in (("Multan", "Almaty"), ("Multan", "Bishkek"), ("Lahore", "Almaty"), ("Lahore", "Bishkek")):
    trip = cr.sweep(net, [(origin, destination)], [None], june, progress=False, cargo="mango", modes=["road", "rail"])
    near[f"{origin} to {destination}"] = {
        "departures that pass": int((trip["days_p90"] <= 18).sum()),
        "of": len(trip),
        "median days": trip["days_p50"].median(),
        "p90": trip["days_p90"].median(),
    }
pd.DataFrame(near).T.round(1)

# %% [markdown]
# ## Answer

# %%
first = chances.iloc[surest]
safe = last["last_departure"].iloc[0]
good = by_day.index[by_day["days_p90"] <= 18]
air = flown.full.loc[in_air].iloc[0]
worth = net.cargo.set_index("cargo_id")["value_usd"]["mango"]
Markdown(
    f"On 20 June the surest road ({first['name'].split(', ', 1)[1]}) takes {first['days_p50']:.0f} days in the median, "
    f"one load in ten more than {first['days_p90']:.1f}: **{first['p_on_time']:.0%}** of the loads arrive within 18 "
    f"days. {(mangoes.full['p_saleable'] >= 0.9).sum()} of {len(mangoes)} routes by road pass the test of nine in ten. "
    f"By air it is {air['days']:.0f} days for "
    f"US$ {round(air['usd'], -3):,.0f}, {air['usd'] / worth:.1f} times what the load is worth. On {len(good)} of 7 "
    f"weekdays of departure p90 stays within 18 days; to Bishkek "
    f"{near['Multan to Bishkek']['departures that pass']:.0f} of {len(june)} departures pass, to Almaty "
    f"{near['Multan to Almaty']['departures that pass']:.0f}. In 2025 the last safe day was "
    f"**{safe.day} {safe:%B}**.\n\n"
    "*Caveats.* Shelf life is 14 to 21 days by variety and handling; the preset takes 18, and the result hangs on it. "
    "Border times on this way rest on few CPMM samples, part of them estimates; weather and floods of July and August "
    "on the Karakoram road enter only by their monthly chance. Plant health papers and the permits of the transit "
    "agreement are not modelled."
)

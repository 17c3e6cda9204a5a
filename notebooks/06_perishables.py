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
# Do mangoes from Multan reach Almaty by road in saleable condition, and when is the last safe departure?
#
# Mangoes keep for 14 to 21 days at 10 to 14 °C; the preset assumes 18. Routes on which nine loads in ten arrive within
# that time come first; for the others the table says how many do.

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
# `p_saleable` is the chance of arriving in saleable condition. Routes on which hardly any load does, or which are
# closed:

# %%
mangoes.rejected[["name", "reason"]].head(5)

# %% [markdown]
# And by air, from Lahore airport (an example of a price, not a schedule):

# %%
flown = net.routes("Multan", "Almaty", depart="2026-06-20", cargo="mango", modes=["road", "air"], k=4)
in_air = flown.full["modes"].str.contains("air")
flown.full.loc[in_air, ["name", "days", "days_p90", "usd"]].round({"days": 1, "days_p90": 1, "usd": -2})

# %% [markdown]
# A refrigerated container whose cargo keeps for 28 days, on the same roads:

# %%
road = net.routes("Multan", "Almaty", depart="2026-06-20", cargo="reefer40", modes=["road"], k=4)
road.explore()

# %%
chances = road.reliability(arrive_by="2026-07-08T08:00")
chances[["label", "name", "days_p10", "days_p50", "days_p80", "days_p90", "p_on_time"]].round(
    {"days_p10": 1, "days_p50": 1, "days_p80": 1, "days_p90": 1, "p_on_time": 2}
)

# %% [markdown]
# `p_on_time` is the chance of arriving within 18 days, that is by 08:00 on 8 July. Where the days go on the most
# reliable route:

# %%
columns = ["kind", "name", "country", "km", "start", "hours", "quality"]
surest = int(chances["p_on_time"].to_numpy().argmax())
road[surest].legs.query("hours >= 8")[columns].assign(
    start=lambda legs: legs["start"].dt.strftime("%a %d %b %H:%M")
).round({"km": 0, "hours": 0})

# %% [markdown]
# ## 2. The day of the week
#
# Khunjerab is closed at weekends, so the weekday of departure decides whether the load waits at Sost, for up to two
# days. Below is every departure of four weeks in June, avoiding Iran and Afghanistan, which leaves Khunjerab; days are
# given as p50 and p90:

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
# In 2025 traders closed the road at Sost on 21 July, in the middle of the season. The last date to leave with a
# nine-in-ten chance of getting through before that:

# %%
summer_2025 = net.routes(
    "Multan", "Almaty", depart="2025-06-22", as_of="2025-09-30", cargo="reefer40", k=3, avoid=["IR", "AF"]
)
last = summer_2025.last_departure()
last[["name", "closes", "reason", "last_departure", "slack_days"]]

# %% [markdown]
# And for a closure that has only been announced, say of Khunjerab from 1 August 2026:

# %%
announced = road.last_departure("2026-08-01", "Khunjerab")
announced[["name", "closes", "last_departure", "p", "note"]].fillna("")

# %% [markdown]
# ## 4. Nearer markets
#
# The same mangoes to Bishkek, and from Lahore, without air freight:

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
    f"On 20 June the most reliable road ({first['name'].split(', ', 1)[1]}) takes a median of {first['days_p50']:.0f} "
    f"days, and one load in ten takes more than {first['days_p90']:.1f}: **{first['p_on_time']:.0%}** of the loads "
    f"arrive within 18 days. {(mangoes.full['p_saleable'] >= 0.9).sum()} of {len(mangoes)} routes by road pass the "
    f"nine-in-ten test. Air freight takes {air['days']:.0f} days for "
    f"US$ {round(air['usd'], -3):,.0f}, {air['usd'] / worth:.1f} times the value of the load. On {len(good)} of 7 "
    f"weekdays of departure p90 stays within 18 days; to Bishkek "
    f"{near['Multan to Bishkek']['departures that pass']:.0f} of {len(june)} departures pass, to Almaty "
    f"{near['Multan to Almaty']['departures that pass']:.0f}. In 2025 the last safe date was "
    f"**{safe.day} {safe:%B}**.\n\n"
    "*Caveats.* Shelf life is 14 to 21 days, depending on variety and handling; the result depends on the 18 days of "
    "the preset. Border times on this route rest on few CPMM samples, and some are estimates; weather and floods on "
    "the Karakoram road in July and August enter only through their monthly chance. Phytosanitary certificates and "
    "permits under the transit agreement are not modelled."
)

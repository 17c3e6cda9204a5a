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
# # Seasons and closures
#
# When does cargo get through between Almaty and Karachi, and how much did three events matter: keeping the Khunjerab
# pass open in winter, the closure of the border between Afghanistan and Pakistan in October 2025, and the closure of
# the Strait of Hormuz in 2026?

# %%
import calendar

import pandas as pd
from IPython.display import Markdown

import corridors as cr

pd.set_option("display.max_colwidth", 200)
net = cr.load()

# %% [markdown]
# ## 1. A pass: Khunjerab
#
# The record since mid-2023. An empty end means that none is known. `known_from` is the date from which a closure is
# used: an answer with an earlier `as_of` does not know about it.

# %%
khunjerab = net.events.query("element_id == 'khunjerab_sost' and start >= '2023-06-01'")
khunjerab[["effect", "start", "end", "known_from", "cause", "contested", "quality"]]

# %% [markdown]
# The year 2024 by road, avoiding Afghanistan and Iran, which leaves Khunjerab: days by month (median of three
# departures), or closed. Until November 2024 the pass was closed from December to March.

# %%
china_2024 = net.availability("Almaty", "Karachi", year=2024, most=5, modes=["road"], avoid=["AF", "IR"])
_ = china_2024.plot()

# %% [markdown]
# The same for 2025, the first full year without the winter closure. This time a strike closes the pass: traders held
# a sit-in at Sost from 21 July to 27 September.

# %%
china_2025 = net.availability("Almaty", "Karachi", year=2025, most=5, modes=["road"], avoid=["AF", "IR"])
_ = china_2025.plot()

# %% [markdown]
# ## 2. A border: Afghanistan and Pakistan, October 2025
#
# On the night of 11 to 12 October 2025 all crossings were closed. The table shows cargo that left Almaty for Pakistan
# in the weeks before, first with what a forwarder knew on 1 October, then with what was known in February 2026. An
# infinite p90 means that more than one load in ten does not get through before the border closes, and that no date is
# known on which it reopens.

# %%
days = ["2025-09-22", "2025-09-26", "2025-09-30", "2025-10-04", "2025-10-08"]
by_road = pd.concat(
    {
        as_of: cr.sweep(
            net, [("Almaty", "Karachi")], [None], days, progress=False, as_of=as_of, modes=["road"], avoid=["IR", "CN"]
        )
        for as_of in ("2025-10-01", "2026-02-15")
    },
    names=["as_of", "row"],
)
by_road[["depart", "route", "days", "days_p10", "days_p90", "note"]].round(0).droplevel("row").astype(object).where(
    lambda table: table.notna(), ""
)

# %% [markdown]
# The last departure with a nine-in-ten chance of getting through Torkham, had the closure been known:

# %%
ahead = net.routes("Almaty", "Karachi", depart="2025-09-15", as_of="2026-02-15", k=1, modes=["road"], via=["Torkham"])
last = ahead.last_departure()
last[["name", "element_id", "closes", "last_departure", "slack_days", "reason"]]

# %% [markdown]
# What is open between Kazakhstan and Pakistan on 15 January 2026:

# %%
january = net.routes("Almaty", "Karachi", depart="2026-01-15", as_of="2026-02-15", k=4)
january.explore()

# %% [markdown]
# ## 3. A strait: Hormuz, 2026
#
# From 1 March to 19 June 2026 almost nothing passed the strait; from 13 April the United States also blockaded Iran's
# ports. Here is Jebel Ali to Almaty, the usual route for transshipment in the Gulf, month by month; ports outside the
# strait are reached by road:

# %%
gulf = net.availability("Jebel Ali", "Almaty", year=2026, most=4)
_ = gulf.plot()

# %% [markdown]
# And Karachi to Jebel Ali, the feeder service that carries Central Asian boxes from Pakistan to the Gulf:

# %%
feeder = cr.sweep(
    net, [("Karachi", "Jebel Ali")], [None], ["2026-02-15", "2026-03-15", "2026-05-15", "2026-06-22"], progress=False
)
feeder[["depart", "route", "days", "days_p10", "days_p90", "note"]].round(0)

# %% [markdown]
# ## Answer


# %%
def closed(availability):
    """Months in which no departure gets through."""
    none = availability.table.groupby("month")["open"].max().eq(0)
    return " and ".join(calendar.month_name[month] for month in none.index[none]) or "no month"


strike = net.events.query("element_id == 'khunjerab_sost' and effect == 'close' and start == '2025-07-21'").iloc[0]
torkham = last["last_departure"].iloc[0]
may = gulf.table.query("month == 5 and open > 0").sort_values("days").iloc[0]


Markdown(
    f"By Khunjerab, no departure got through in {closed(china_2024)} 2024, nor in {closed(china_2025)} 2025 "
    f"(on record: {strike['cause']}, {strike['start']} to {strike['end']}). The last truck with a nine-in-ten chance "
    f"of passing Torkham left Almaty on **{torkham.day} {torkham:%B %Y}**, though nobody knew it at the time. Months "
    f"of 2026 without a route from Jebel Ali to Almaty: {closed(gulf)}; in May, with the strait closed and Iran's "
    f"ports blockaded, the quickest runs {may['route'].split(', ', 1)[1]} and takes {may['days']:.0f} days.\n\n"
    "*Caveats.* The data end in mid-2026; a closure without a known end is taken to last. The monthly chances of the "
    "passes are estimates from few events. Only dated closures are in the record: the fighting inside Iran in spring "
    "2026 closes no road here, so routes through Iran in those months are open on paper only. Both the start and the "
    "end of the strait's closure are contested."
)

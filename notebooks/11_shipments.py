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
# # Shipments from a spreadsheet
#
# A forwarder sends the list of a season: places in two alphabets, weights with and without units, a date that can be
# read in two ways. Which way should each load go, what will it cost, which arrive in time, and at which crossings does
# it all meet?

# %%
from datetime import date, timedelta

import pandas as pd
from IPython.display import Markdown

import corridors as cr

net = cr.load()

# %% [markdown]
# ## 1. The list
#
# `corridors new-shipments shipments.xlsx` writes a template, but usual names of columns are found, Russian ones too. A
# list as it might come, made here:

# %%
lanes = [
    ("Алматы", "Карачи", "container40", 40, "cheapest"),
    ("Tashkent", "Karachi", "textiles", 32, "cheapest"),
    ("Ташкент", "Бендер-Аббас", "container40", 20, "cheapest"),
    ("Bishkek", "Lahore", "hides", 24, "fastest"),
    ("Samarkand", "Poti", "container40", 60, "greenest"),
    ("Kostanay", "Herat", "wheat_wagon", 650, "cheapest"),
    ("Multan", "Almaty", "kinnow", 21, "fastest"),
]
start = date(2026, 3, 2)
rows = []
for week in range(8):
    for number, (origin, destination, cargo, tonnes, wish) in enumerate(lanes):
        leaves = start + timedelta(days=7 * week + number % 5)
        rows.append(
            {
                "№": f"{week + 1}-{number + 1}",
                "Откуда": origin,
                "Куда": destination,
                "Дата отгрузки": leaves,
                "Cargo": cargo,
                "Weight (t)": tonnes,
                "Deadline": leaves + timedelta(days=18),
                "Best by": wish,
                "Remarks": "by phone" if number == 3 else "",
            }
        )
rows[5]["Weight (t)"] = "650 t"
rows[9]["Дата отгрузки"] = "03/04/2026"
rows[16]["Откуда"] = "Tashkemt city"
rows[25]["Weight (t)"] = "about forty"
pd.DataFrame(rows).to_excel("season.xlsx", index=False)
pd.DataFrame(rows).head(8)

# %% [markdown]
# ## 2. The answers
#
# One call. A row that cannot be read stops none of the others: it says in which cell what is wrong.

# %%
season = net.shipments("season.xlsx")
season.errors

# %%
columns = ["row", "origin", "destination", "depart", "boxes", "route", "days", "p_on_time", "usd", "tco2e"]
season.table[columns].head(8).round({"days": 1, "p_on_time": 2, "usd": -2, "tco2e": 1})

# %% [markdown]
# Boxes are counted from the weight by the law of the route; `p_on_time` is the chance to be there by the deadline, and
# `p_saleable` that fruit still is. What another wish would have chosen, and what that costs or saves:

# %%
others = ["row", "by", "route", "days", "extra_days", "usd", "extra_usd"]
season.alternatives[others].head(6).round({"days": 1, "extra_days": 1, "usd": -2, "extra_usd": -2})

# %% [markdown]
# ## 3. Where it all meets

# %%
season.explore()

# %%
season.by_crossing.head(6).round({"tonnes": 0, "usd": -3, "tco2e": 0})

# %%
season.by_corridor.head(6).round({"tonnes": 0, "usd": -3, "tco2e": 0})

# %% [markdown]
# ## 4. Late ones
#
# The loads least likely to be in time; `season.routes(row)` gives the whole answer to one of them, with other corridors
# and what is closed.

# %%
late = season.table.dropna(subset=["p_on_time"]).sort_values("p_on_time").head(5)
late[["row", "origin", "destination", "depart", "route", "days", "deadline", "p_on_time"]].round(
    {"days": 1, "p_on_time": 2}
)

# %%
full = season.routes(int(late["row"].iloc[0]))
full.table[["label", "name", "days", "days_p90", "usd", "flags"]].round({"days": 1, "days_p90": 1, "usd": -2})

# %% [markdown]
# ## 5. The same list in another world
#
# With Khunjerab closed:

# %%
closed = net.shipments("season.xlsx", scenario=cr.Scenario("Khunjerab closed").close("Khunjerab"))
sums = ["answered", "no_way", "boxes", "usd", "tco2e"]
worlds = {"as it is": season.totals[sums], "Khunjerab closed": closed.totals[sums]}
pd.concat(worlds).droplevel(1).round({"usd": -3, "tco2e": 0})

# %% [markdown]
# ## 6. To hand on
#
# Excel with sums that follow what is changed in it, a page, a table:

# %%
season.to_excel("answers.xlsx")
season.report("answers.html")
season.to_file("answers.csv")

# %% [markdown]
# Without Python: `corridors shipments season.xlsx answers.xlsx --report answers.html`. Long lists: `executor=` spreads
# the work, `folder=` keeps what is answered ([how to](../docs/shipments.md)).

# %% [markdown]
# ## Answer

# %%
total, gate = season.totals.iloc[0], season.by_crossing.iloc[0]
dear = closed.totals["usd"].iloc[0] - season.totals["usd"].iloc[0]
early = (season.table["p_on_time"] >= 0.8).sum()
Markdown(
    f"{total['answered']:.0f} of {total['rows']:.0f} rows are answered, {total['wrong']:.0f} name the cell to mend. "
    f"The season is {total['boxes']:.0f} boxes and wagons for **US$ {total['usd'] / 1000:,.0f} thousand** and "
    f"{total['tco2e']:,.0f} t CO2e; {early} loads are in time with at least four chances in five. Most tonnes pass "
    f"**{gate['crossing']}** ({gate['tonnes']:,.0f} t). With Khunjerab closed, "
    f"{closed.totals['answered'].iloc[0]:.0f} still find a route, which costs US$ {dear / 1000:,.0f} thousand more.\n\n"
    "*Caveats.* Each load is looked at alone: queues that the list itself makes are not in it (`net.assign` has "
    "capacities). A load without a weight counts as full boxes, and a box that is not full costs as much as a full one."
)

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
# A forwarder sends a list of one season's shipments: places in two alphabets, weights with and without units, a date
# that can be read in two ways. By which route should each load go, what will it cost, which loads arrive on time, and
# at which crossings do they all meet?

# %%
from datetime import date, timedelta

import pandas as pd
from IPython.display import Markdown

import corridors as cr

pd.set_option("display.max_colwidth", 160)
net = cr.load()

# %% [markdown]
# ## 1. The list
#
# `corridors new-shipments shipments.xlsx` writes a template, but common column names are recognised too, Russian ones
# included. Here is a list as it might arrive:

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
# One call. A row that cannot be read does not stop the others: its error names the cell and says what is wrong.

# %%
season = net.shipments("season.xlsx")
season.errors

# %%
columns = ["row", "origin", "destination", "depart", "boxes", "route", "days", "p_on_time", "usd", "tco2e"]
season.table[columns].head(8).round({"days": 1, "p_on_time": 2, "usd": -2, "tco2e": 1})

# %% [markdown]
# The number of boxes follows from the weight and the legal limits on the route; `p_on_time` is the chance of arriving
# by the deadline, and `p_saleable` that of fruit arriving in saleable condition. What another preference (`by`) would
# have chosen, and what that costs or saves:

# %%
others = ["row", "by", "route", "days", "extra_days", "usd", "extra_usd"]
season.alternatives[others].head(6).round({"days": 1, "extra_days": 1, "usd": -2, "extra_usd": -2})

# %% [markdown]
# ## 3. Where they all meet

# %%
season.explore()

# %%
season.by_crossing.head(6).round({"tonnes": 0, "usd": -3, "tco2e": 0})

# %%
season.by_corridor.head(6).round({"tonnes": 0, "usd": -3, "tco2e": 0})

# %% [markdown]
# ## 4. Late ones
#
# The loads least likely to arrive on time; `season.routes(row)` returns the full answer for one of them, with other
# corridors and what is closed.

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
# ## 6. Files to pass on
#
# An Excel file whose sums follow your edits, a web page, and a table:

# %%
season.to_excel("answers.xlsx")
season.report("answers.html")
season.to_file("answers.csv")

# %% [markdown]
# Without Python: `corridors shipments season.xlsx answers.xlsx --report answers.html`. For long lists, `executor=`
# spreads the work and `folder=` keeps the answers found so far ([how to](../docs/shipments.md)).

# %% [markdown]
# ## Answer

# %%
total, gate = season.totals.iloc[0], season.by_crossing.iloc[0]
dear = closed.totals["usd"].iloc[0] - season.totals["usd"].iloc[0]
early = (season.table["p_on_time"] >= 0.8).sum()
Markdown(
    f"{total['answered']:.0f} of {total['rows']:.0f} rows are answered; {total['wrong']:.0f} name a cell to correct. "
    f"The season comes to {total['boxes']:.0f} boxes and wagons, **US$ {total['usd'] / 1000:,.0f} thousand** and "
    f"{total['tco2e']:,.0f} t CO2e; {early} loads have at least a four-in-five chance of arriving on time. The "
    f"crossing with the most tonnes is **{gate['crossing']}** ({gate['tonnes']:,.0f} t). With Khunjerab closed, "
    f"{closed.totals['answered'].iloc[0]:.0f} rows still have a route, at an extra cost of US$ {dear / 1000:,.0f} "
    "thousand.\n\n"
    "*Caveats.* Each load is considered on its own: queues that the list itself would cause are not included "
    "(`net.assign` has capacities). A load without a weight counts as full boxes, and a partly filled box costs as "
    "much as a full one."
)

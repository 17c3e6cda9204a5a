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
# # The living map: let readers ask
#
# A ministry reads the report and asks: what if Torkham opens? What about July? And by rail? Can a page answer that
# without Python and without internet?

# %%
from pathlib import Path

import pandas as pd
from IPython.display import Markdown

import corridors as cr

net = cr.load()
routes = net.routes("Tashkent", "Peshawar", depart="2026-01-15", as_of="2026-02-15", k=4)
short = ["label", "name", "km", "days", "usd", "kgco2e", "best_in"]
tens = {"km": 0, "days": 1, "usd": -1, "kgco2e": -1}
routes.table[short].round(tens)

# %% [markdown]
# ## 1. The page
#
# One call; the answer above is on the page as published. Click a crossing to close or reopen it, change the places, the
# date or the cargo, or build a planned line. (The stored notebook shows a still picture; run the cell to get the page.)

# %%
routes.explorer("tashkent_peshawar.html")

# %% [markdown]
# The file holds the whole network and its search. Its size in MB:

# %%
size = Path("tashkent_peshawar.html").stat().st_size / 1e6
round(size, 1)

# %% [markdown]
# ## 2. From the page back to Python
#
# *Copy as Python* on the page copies the question and its scenario. This is the result after reopening Torkham:

# %%
scenario = cr.Scenario("Torkham open").reopen("torkham")
thaw = net.routes(
    "tashkent",
    "peshawar",
    depart="2026-01-15",
    cargo="container40",
    as_of="2026-02-15",
    scenario=scenario,
)
pd.concat({"published": routes.table, "Torkham open": thaw.table})[short].round(tens).droplevel(1)

# %% [markdown]
# ## 3. Several questions in one page, or none
#
# Each pair gets a button; without pairs, readers choose origin and destination themselves.

# %%
pairs = [("Almaty", "Karachi"), ("Tashkent", "Gwadar")]
several = net.explorer(pairs, depart="2026-04-15", cargo="container40", k=3)
anything = net.explorer(depart="2026-04-15")
for page, name in ((several, "two_pairs.html"), (anything, "any_pair.html")):
    page.save(name)

# %% [markdown]
# The command does the same: `corridors explore Almaty Karachi --depart 2026-04-15 --out page.html`.

# %% [markdown]
# ## Answer

# %%
fast, cheap = (routes.table[what].min() - thaw.table[what].min() for what in ("days", "usd"))
Markdown(
    f"Yes: one file of **{size:.1f} MB** holds the network and searches it in the browser. It opens with the published "
    f"answer ({len(routes)} routes, the fastest {routes.table['days'].min():.1f} days); with Torkham open the fastest "
    f"route takes **{fast:.1f} days** less and the cheapest costs US$ {cheap:,.0f} less, on the page just as here.\n\n"
    "*Caveats.* The page shows the fastest route, the cheapest, the one with the least generalised cost and the one "
    "with the least CO2e; only the published answer has ranges (p10 to p90) and further routes. The state of knowledge "
    "(`as_of`) stays that of the published question."
)

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
# A ministry reads the report and asks: and if Torkham opens? And in July? And by rail? The page made here answers
# without Python and without internet.

# %%
import corridors as cr

net = cr.load()
routes = net.routes("Tashkent", "Peshawar", depart="2026-01-15", as_of="2026-02-15", k=4)
routes.table[["label", "name", "km", "days", "usd", "kgco2e", "best_in"]].round(1)

# %% [markdown]
# ## 1. The page
#
# One call; the answer above stands in it as published. Close or reopen a gate by a click on it, change places, date or
# cargo, build a planned line. (The stored notebook shows a still picture; run the cell for the page.)

# %%
page = routes.explorer("tashkent_peshawar.html")
page

# %% [markdown]
# The file holds the whole network and its search:

# %%
print(f"{len(page.html().encode()) / 1e6:.1f} MB")

# %% [markdown]
# ## 2. From the page back to Python
#
# *Copy as Python* in the page gives the question and its scenario. This is what it gives once Torkham is reopened:

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
saved = routes.table["days"].iloc[0] - thaw.table["days"].iloc[0]
print(f"With Torkham open the fastest way takes {saved:.1f} days less.")

# %% [markdown]
# ## 3. Several questions in one page, or none
#
# Each pair has a button; without pairs the reader chooses origin and destination.

# %%
pairs = [("Almaty", "Karachi"), ("Tashkent", "Gwadar")]
several = net.explorer(pairs, depart="2026-04-15", cargo="container40", k=3)
several.save("two_pairs.html")
net.explorer(depart="2026-04-15").save("any_pair.html")

# %% [markdown]
# The command does the same: `corridors explore Almaty Karachi --depart 2026-04-15 --out page.html`.

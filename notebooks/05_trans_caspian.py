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
# # Trans-Caspian: Pakistan to Europe
#
# Is the Trans-Caspian (Middle) Corridor an alternative from Pakistan to Europe, beside the ship and the road through
# Iran? Lahore to Constanta on the Black Sea, and to Istanbul, in January 2026.

# %%
import pandas as pd
from IPython.display import Markdown

import corridors as cr

pd.set_option("display.max_colwidth", 160)
net = cr.load()
ask = {"depart": "2026-01-15", "as_of": "2026-02-15"}
shown = ["name", "km", "days", "days_p10", "days_p90", "usd", "usd_p10", "usd_p90", "kgco2e", "corridors"]
tens = {
    "km": 0,
    "days_p10": 0,
    "days": 0,
    "days_p90": 0,
    "usd_p10": -2,
    "usd": -2,
    "usd_p90": -2,
    "kgco2e": -2,
}

# %% [markdown]
# ## 1. What is offered
#
# First without restrictions, then avoiding Iran:

# %%
free = net.routes("Lahore", "Constanta", k=4, **ask)
free

# %%
around = net.routes("Lahore", "Constanta", k=4, avoid=["IR"], **ask)
around.full[shown].round(tens)

# %% [markdown]
# ## 2. Over the Caspian
#
# The corridor is not among these routes, so we ask for it: through the port of Aktau and through Turkmenbashi, avoiding
# Iran and Russia. With Afghanistan closed, the route to the Caspian begins at Khunjerab.

# %%
caspian = {
    "Aktau": net.routes("Lahore", "Constanta", via=["Aktau port"], avoid=["IR", "RU"], k=2, **ask),
    "Turkmenbashi": net.routes("Lahore", "Constanta", via=["Turkmenbashi port"], avoid=["IR", "RU"], k=2, **ask),
}
pd.concat({port: routes.full[shown].round(tens) for port, routes in caspian.items()}).droplevel(1)

# %%
caspian["Turkmenbashi"].explore()

# %% [markdown]
# Where the days go: each vertical step is a border, a port or a wait.

# %%
_ = caspian["Turkmenbashi"][:1].tcd()

# %% [markdown]
# ## 3. If the Afghan border were open
#
# From Lahore to the Caspian by Torkham, Kabul and Hairatan or Aqina: this is the Lapis Lazuli route.

# %%
thaw = cr.Scenario("Torkham open").reopen("Torkham")
lapis = net.routes("Lahore", "Constanta", via=["Turkmenbashi port"], avoid=["IR", "RU"], k=2, scenario=thaw, **ask)
lapis.full[shown].round(tens)

# %% [markdown]
# ## 4. What the ship hides
#
# Since December 2023 most container lines go round the Cape, though no law closes the Red Sea, so the ship does so here
# as well. What if the lines came back?

# %%
red_sea = cr.Scenario("Red Sea open").reopen("Bab el-Mandeb")
by_ship = pd.concat(
    {
        name: net.routes("Lahore", "Constanta", k=1, via=["Karachi port"], avoid=["IR", "CN"], scenario=scenario, **ask)
        .full[shown]
        .round(tens)
        for name, scenario in (("Cape", None), ("Red Sea", red_sea))
    }
).droplevel(1)
by_ship

# %% [markdown]
# The same three choices for Istanbul: ship, Iran, Caspian.

# %%
istanbul = pd.concat(
    {
        name: net.routes("Lahore", "Istanbul", k=1, **more, **ask).full[shown].round(tens)
        for name, more in (
            ("Iran", {}),
            ("ship", {"via": ["Karachi port"], "avoid": ["IR", "CN"]}),
            ("Caspian", {"via": ["Turkmenbashi port"], "avoid": ["IR", "RU"]}),
        )
    }
)
istanbul.droplevel(1)

# %% [markdown]
# ## Answer

# %%
best = min((routes.table.iloc[0] for routes in caspian.values()), key=lambda row: row["days"])
ship, by_suez, open_ = by_ship.loc["Cape"], by_ship.loc["Red Sea"], lapis.table.iloc[0]
assert best["days"] < ship["days"] - 7
assert by_suez["days"] < ship["days"] - 14
assert best["usd"] > 2 * ship["usd"]
Markdown(
    f"Yes in time, no in money: Lahore to Constanta over the Caspian takes **{best['days']:.0f} days** "
    f"({best['days_p10']:.0f} to {best['days_p90']:.0f}) and costs about US$ {round(best['usd'], -3):,.0f}; the ship "
    f"round the Cape takes {ship['days']:.0f} days ({ship['days_p10']:.0f} to {ship['days_p90']:.0f}), for about US$ "
    f"{round(ship['usd'], -2):,.0f}, a third of the price. Through the Red Sea it would take "
    f"{by_suez['days']:.0f} days. With Torkham open the Caspian route would take {open_['days']:.0f} days and cost "
    f"US$ {round(open_['usd'], -3):,.0f}. "
    "For that price it avoids Iran, Russia and the Red Sea all at once.\n\n"
    "*Caveats.* Truck prices are by country, many of them estimates, and by direction only in Pakistan, on to Kabul "
    "and Kandahar and at the gates of China. The ferry has no timetable "
    "and leaves when full; the model gives it a headway with a range. The time at the border between Georgia and "
    "Azerbaijan was 2 hours in one year and 55 in another. Sea freight rates change from month to month. Constanta "
    "stands for Europe: inland delivery is not included."
)

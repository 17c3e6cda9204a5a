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
# # Ports and their hinterlands
#
# Which port is the cheapest gateway for the cities of Central Asia and Afghanistan: Karachi, Port Qasim, Gwadar, Bandar
# Abbas (Shahid Rajaee) or Poti? And how much does that depend on the border between Afghanistan and Pakistan?

# %%
import pandas as pd
from IPython.display import Markdown

import corridors as cr
from corridors.maps.stills import plot_catchment

net = cr.load()
ports = ["Karachi port", "Port Qasim", "Gwadar port", "Shahid Rajaee", "Poti port"]
cities = [
    "Almaty",
    "Astana",
    "Shymkent",
    "Aktobe",
    "Aktau",
    "Bishkek",
    "Osh",
    "Tashkent",
    "Samarkand",
    "Dushanbe",
    "Ashgabat",
    "Mary",
    "Kabul",
    "Herat",
    "Kandahar",
    "Mazar-i-Sharif",
]

# %% [markdown]
# ## 1. In September 2025, Afghanistan open
#
# A 40-foot container from each city to each port by the cheapest route, in US$ of 2024, one way, from door to port
# gate. A city is contested where the second port costs less than a tenth more.

# %%
before = net.catchment(ports, depart="2025-09-15", as_of="2025-09-15", origins=cities)
columns = ["name", "country", "port", "usd", "usd_p10", "usd_p90", "second_port", "second_usd", "contested"]
before[columns].round({name: -2 for name in columns if name.startswith(("usd", "second_usd"))})

# %%
_ = plot_catchment(before, net)

# %% [markdown]
# ## 2. After the closure of October 2025

# %%
after = net.catchment(ports, depart="2026-01-15", as_of="2026-02-15", origins=cities)
after[columns].round({name: -2 for name in columns if name.startswith(("usd", "second_usd"))})

# %%
_ = plot_catchment(after, net)

# %% [markdown]
# Cities by their cheapest port, before and after:

# %%
pakistan = ["Karachi Port", "Port Qasim", "Gwadar Port"]
pd.DataFrame({"September 2025": before["port"].value_counts(), "January 2026": after["port"].value_counts()}).fillna(
    0
).astype(int)

# %% [markdown]
# ## 3. A gateway is not a market
#
# A port is worth what lies beyond it. Here is Tashkent to three markets through each gateway, sea freight included.
# Bandar Abbas lies inside the Strait of Hormuz, Poti on the Black Sea.

# %%
beyond = pd.DataFrame(
    {
        market: {
            port: net.routes(
                "Tashkent", market, depart="2026-01-15", as_of="2026-02-15", k=1, by="usd", via=[port], max_stretch=5
            )
            .table["usd"]
            .iloc[0]
            for port in ("Karachi port", "Gwadar port", "Shahid Rajaee", "Poti port")
        }
        for market in ("Jebel Ali", "Nhava Sheva", "Constanta")
    }
)
beyond.round(-2)

# %% [markdown]
# ## 4. What would win a city over?
#
# Tashkent, with Afghanistan open and haulage in Pakistan 10 and 20 % cheaper or dearer:

# %%
levels = {f"{x:+.0%}": cr.Scenario(f"{x:+.0%}").scale("usd", 1 + x, country="PK") for x in (-0.2, -0.1, 0.1, 0.2)}
tariff = pd.concat(
    {
        name: net.catchment(
            ["Karachi port", "Shahid Rajaee"],
            depart="2025-09-15",
            as_of="2025-09-15",
            origins=["Tashkent"],
            scenario=scenario,
        )
        for name, scenario in levels.items()
    }
)
tariff.droplevel(1)[["port", "usd", "second_port", "second_usd", "margin"]].round(
    {"usd": -2, "second_usd": -2, "margin": 2}
)

# %% [markdown]
# ## Answer

# %%
won = [set(frame.loc[frame["port"].isin(pakistan), "name"]) for frame in (before, after)]
lost, gained = (", ".join(city for city in cities if city in some) for some in (won[0] - won[1], won[1] - won[0]))
within = (before["contested"] & before["port"].isin(pakistan) & before["second_port"].isin(pakistan)).sum()
assert {"Kabul", "Mazar-i-Sharif"} <= won[0] - won[1]
Markdown(
    f"With Afghanistan open, a Pakistani port is the cheapest gateway for **{len(won[0])} of {len(cities)} cities** "
    f"({', '.join(city for city in cities if city in won[0])}). The closure takes {lost} from it. In January "
    f"Pakistan gains {gained} by way of Khunjerab, which traders had blocked at Sost in September. Bandar Abbas then "
    f"serves {(after['port'] == 'Shahid Rajaee port').sum()} and Poti {(after['port'] == 'Poti port').sum()}. Before "
    f"the closure {before['contested'].sum()} cities were contested ({within} of them only between Karachi and Port "
    f"Qasim), after it {after['contested'].sum()}.\n\n"
    "*Caveats.* Prices end at the port gate: they include no freight beyond it (except in part 3), no berth capacity "
    "and no sanctions; Iran's ports were under blockade from April to June 2026. Many margins are far smaller than the "
    "ranges from p10 to p90, above all between Karachi and Port Qasim, which lie 40 km apart. Prices of trucks "
    "differ by direction in Pakistan, on to Kabul and Kandahar and at the gates of China; elsewhere none are known."
)

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
# # Almaty to Karachi
#
# One question, four answers: how does a 40-foot container (20 t) go from Almaty to Karachi, and what do the date,
# the closure of October 2025 and the winter change? Everything runs offline from the shipped data. Figures are ranges
# (p10, p50, p90); the grade and source of each stand in the tables.

# %%
import pandas as pd
from IPython.display import Markdown

import corridors as cr

pd.set_option("display.max_colwidth", None)
net = cr.load()
net

# %% [markdown]
# ## 1. Mid-September 2025, as known then
#
# Afghanistan is open. A route is told apart from the others by the border crossings it uses; two routes may share at
# most 70 % of their kilometres.

# %%
september = net.routes("Almaty", "Karachi", depart="2025-09-15", as_of="2025-09-15", k=4)
september

# %%
september.explore()

# %% [markdown]
# Where do the days go? Every leg, crossing, transfer and wait of the first route, with what it rests on:

# %%
columns = ["kind", "name", "mode", "country", "km", "start", "hours", "usd", "quality", "note"]
september[0].legs[columns].round({"km": 0, "hours": 1, "usd": 0})

# %% [markdown]
# Where does the money go, one way and with the empty return? How sure is the arrival within two weeks, and what would a
# development bank compare with CPMM's indicators?

# %%
september.costs.pivot(index="line", columns="name", values="usd").round(-1)

# %%
september.reliability(arrive_by="2025-09-29").drop(columns="rests_on").round(2)

# %%
september[0:1].cpmm().query("country == 'all'").round(1)

# %% [markdown]
# ## 2. What the closure of October 2025 changes
#
# In the night of 11 to 12 October 2025 Pakistan and Afghanistan shut all their crossings. The last source that
# confirms them shut is of 11 February 2026. The same trip leaving on 15 January 2026, as known on 15 February:

# %%
january = net.routes("Almaty", "Karachi", depart="2026-01-15", as_of="2026-02-15", k=4)
january.explore()

# %%
january.table[["label", "name", "km", "days", "days_p10", "days_p90", "usd", "flags"]].round(0)

# %% [markdown]
# What is not possible, why, since when, and who says so:

# %%
january.rejected

# %% [markdown]
# The named corridors on that day, and what would have to open or be built:

# %%
january.corridors[["name", "state", "reason", "needs", "routes"]]

# %% [markdown]
# What would it be worth if Torkham opened again? The scenario lifts its closure; the network itself never changes.

# %%
thaw = cr.Scenario("Torkham open again").reopen("Torkham", "2026-01-01")
opened = net.routes("Almaty", "Karachi", depart="2026-01-15", as_of="2026-02-15", k=4, scenario=thaw)
both = pd.concat({"shut": january.table, "Torkham open": opened.table})
both[["name", "km", "days", "usd", "kgco2e"]].round(0)

# %% [markdown]
# ## 3. What winter changes
#
# Until 2024 the Khunjerab pass was shut from December to March. Since 2 December 2024 it is operated all year on
# weekdays; press reports of February 2026 still call it shut in winter, so a route that relies on it says
# `contested`. Leaving on 15 January in three years:

# %%
winters = {
    depart: net.routes("Almaty", "Karachi", depart=depart, k=4, avoid=["AF"])
    for depart in ("2024-01-15", "2025-01-15", "2026-01-15")
}
pd.concat({day: routes.full for day, routes in winters.items()})[
    ["name", "days", "days_p10", "days_p90", "longest_wait_hours", "flags"]
].round(0)

# %%
winters["2024-01-15"].rejected[["name", "reason", "source_id"]]

# %% [markdown]
# And month by month in 2025, without Afghanistan: days (median) by way, blank where it is not among the four best.

# %%
months = pd.date_range("2025-01-01", periods=12, freq="MS") + pd.Timedelta(days=14)
by_month = {
    day.strftime("%b"): net.routes("Almaty", "Karachi", depart=day.date(), k=4, avoid=["AF"]).table for day in months
}
days = pd.DataFrame({month: table.set_index("name")["days"].map("{:.0f}".format) for month, table in by_month.items()})
days.fillna("")

# %% [markdown]
# ## 4. Take it along
#
# The map as one file that needs no internet, the legs as a table, the sources as an appendix.

# %%
january.explore().save("almaty_karachi_january_2026.html")
january.legs.drop(columns="geometry").to_csv("almaty_karachi_january_2026.csv", index=False)
january.sources()[["source_id", "title", "publisher", "published", "url"]]

# %% [markdown]
# ## Answer

# %%
before, shut = (routes.table.iloc[0] for routes in (september, january))
torkham = next(row for _, row in september.full.iterrows() if "Torkham" in row["crossings"])
closed = january.rejected[january.rejected["blocked_by"].str.contains("torkham")]
assert len(closed)
assert not january.details["crossings"].str.contains("Torkham").any()
Markdown(
    f"In September 2025 the best ways took **{before['days']:.0f} days** by {before['name'].removeprefix('via ')} "
    f"(US$ {round(before['usd'], -2):,.0f}) and **{torkham['days']:.0f} days** by Torkham (US$ "
    f"{round(torkham['usd'], -2):,.0f}, the cheapest). Since October 2025 Torkham is shut; in January 2026 the "
    f"best is {shut['name'].removeprefix('via ')}, **{shut['days']:.0f} days** ({shut['days_p10']:.0f} to "
    f"{shut['days_p90']:.0f}), US$ {round(shut['usd'], -2):,.0f}. Winter alone no longer shuts Khunjerab, but the "
    "sources contradict each other.\n\n"
    "*Caveats.* Loading, unloading and some border times are assumed; transit through Iran is under sanctions and its "
    "practice at Gabd is thinly reported; closures without a known end are taken to last."
)

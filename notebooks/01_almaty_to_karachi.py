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
# One question, four answers: how does a 40-foot container (20 t) travel from Almaty to Karachi, and what difference do
# the date, the closure of October 2025 and the winter make? Everything runs offline on the shipped data. Days and US$
# are expected values with a range (p10 to p90); the tables give the grade and source of each figure.

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
# Afghanistan is open. Routes count as different if they cross different borders and share at most 70 % of their
# kilometres by land; the fastest and the cheapest are among them, or one as good but for one per cent, and the one
# with the least CO2e where it gains a tenth (`best_in`).

# %%
september = net.routes("Almaty", "Karachi", depart="2025-09-15", as_of="2025-09-15", k=4)
september

# %%
september.explore()

# %% [markdown]
# Where do the days go? This table shows everything on the first route that takes half a day or more, with the grade of
# the figure; `september[0].legs` has every leg, crossing, transfer and wait:

# %%
legs = september[0].legs[["name", "country", "km", "hours", "usd", "quality"]]
legs.query("hours >= 12").round({"km": 0, "hours": 1, "usd": 0})

# %% [markdown]
# Where does the money go, one way and with the empty return? How likely is arrival within two weeks? And how do the
# figures compare with CPMM's indicators, which development banks use?

# %%
costs = september.costs.pivot(index="line", columns="label", values="usd")
costs.map("{:,.0f}".format, na_action="ignore").fillna("")

# %%
sure = ["label", "days_p10", "days_p50", "days_p90", "buffer_index", "p_on_time"]
september.reliability(arrive_by="2025-09-29")[sure].round(2)

# %%
september[0:1].cpmm().query("country == 'all'")[["indicator", "unit", "modelled", "published", "year"]].round(1)

# %% [markdown]
# ## 2. What the closure of October 2025 changes
#
# On the night of 11 to 12 October 2025 Pakistan and Afghanistan closed all their crossings. The last source to confirm
# that they are closed dates from 11 February 2026. Here is the same trip leaving on 15 January 2026, as known on
# 15 February:

# %%
january = net.routes("Almaty", "Karachi", depart="2026-01-15", as_of="2026-02-15", k=4)
january.explore()

# %%
short = ["label", "name", "km", "days", "days_p10", "days_p90", "usd", "best_in", "flags"]
january.table[short].round({"km": 0, "days": 1, "days_p10": 1, "days_p90": 1, "usd": -1})

# %% [markdown]
# What is impossible, why, since when, and according to whom:

# %%
january.rejected[["name", "reason", "source_id"]].replace(";", "; ", regex=True)

# %% [markdown]
# What about a particular route? `why` says what it would take and what kept it out of the answer; `left_out` lists the
# open routes that were found but not shown.

# %%
pd.concat([january.why("Torkham"), january.why("Gabd")])[["through", "name", "days", "usd", "verdict"]].round(
    {"days": 1, "usd": -1}
)

# %%
january.left_out[["name", "days", "usd", "reason"]].round({"days": 1, "usd": -1})

# %% [markdown]
# The named corridors that are closed on that date or that one of the routes follows, and what would have to open:

# %%
named = january.corridors
named.loc[named["state"].eq("closed") | named["routes"].ne(""), ["name", "state", "needs", "routes"]]

# %% [markdown]
# What would reopening Torkham be worth? The scenario lifts its closure; the network itself never changes.

# %%
thaw = cr.Scenario("Torkham open again").reopen("Torkham", "2026-01-01")
opened = net.routes("Almaty", "Karachi", depart="2026-01-15", as_of="2026-02-15", k=4, scenario=thaw)
both = pd.concat({"closed": january.table, "Torkham open": opened.table})
both[["name", "km", "days", "usd", "kgco2e"]].round({"km": 0, "days": 1, "usd": -1, "kgco2e": -1})

# %% [markdown]
# ## 3. What winter changes
#
# Until 2024 the Khunjerab pass was closed from December to March. Since 2 December 2024 it has been open on weekdays
# all year; press reports of February 2026 still call it closed in winter, so `rests_on` says `contested` for any route
# that relies on it. Departures on 15 January in three successive years:

# %%
winters = {
    depart: net.routes("Almaty", "Karachi", depart=depart, k=4, avoid=["AF"])
    for depart in ("2024-01-15", "2025-01-15", "2026-01-15")
}
pd.concat({day: routes.full for day, routes in winters.items()})[
    ["name", "days", "days_p10", "days_p90", "longest_wait_hours", "flags"]
].round({"days": 1, "days_p10": 1, "days_p90": 1, "longest_wait_hours": 0})

# %%
winters["2024-01-15"].rejected[["name", "reason", "source_id"]]

# %% [markdown]
# And month by month in 2025, without Afghanistan: expected days by route, blank where a route is not among the four.

# %%
months = pd.date_range("2025-01-01", periods=12, freq="MS") + pd.Timedelta(days=14)
by_month = {
    day.strftime("%b"): net.routes("Almaty", "Karachi", depart=day.date(), k=4, avoid=["AF"]).table for day in months
}
days = pd.DataFrame({month: table.set_index("name")["days"].map("{:.0f}".format) for month, table in by_month.items()})
days.fillna("")

# %% [markdown]
# ## 4. Files to pass on
#
# The map as a single file that needs no internet, the legs as a table, and the sources as an appendix.

# %%
january.explore().save("almaty_karachi_january_2026.html")
january.legs.drop(columns="geometry").to_csv("almaty_karachi_january_2026.csv", index=False)
january.sources()[["source_id", "title", "publisher", "published", "url"]]

# %% [markdown]
# ## Answer


# %%
def told(routes, what):
    """The best route by days or US$: its days, US$ and crossings."""
    best = routes.table.loc[routes.table[what].idxmin()]
    return f"{best['days']:.0f} days and US$ {round(best['usd'], -2):,.0f} {best['name'].split(', ', 1)[1]}"


border = january.rejected[january.rejected["gates"].str.contains("Torkham")]
assert len(border)
assert not january.details["crossings"].str.contains("Torkham").any()
saved = january.table["usd"].min() - opened.table["usd"].min()
khunjerab = [day[:4] for day, routes in winters.items() if routes.details["crossings"].str.contains("Khunjerab").any()]
first = january.table.iloc[0]
Markdown(
    f"In September 2025 the fastest route took **{told(september, 'days')}**, the cheapest {told(september, 'usd')}. "
    f"By January 2026 Torkham, Chaman and the crossings between them have been closed since "
    f"{border['start'].iloc[0]}: the fastest route takes **{told(january, 'days')}** (p10 to p90: "
    f"{first['days_p10']:.0f} to {first['days_p90']:.0f}), the cheapest {told(january, 'usd')}. Reopening Torkham "
    f"alone would make the cheapest route US$ {round(saved, -2):,.0f} cheaper. Of the three Januaries, a route by "
    f"Khunjerab was open in {' and '.join(khunjerab)}; sources contradict each other on whether the pass is open in "
    "winter.\n\n"
    "*Caveats.* Loading, unloading and some border times are assumed; transit through Iran is under sanctions, and "
    "little is reported of how Gabd works in practice; closures without a known end are taken to last."
)

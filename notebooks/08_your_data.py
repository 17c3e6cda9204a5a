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
# # Your own data, and OpenStreetMap
#
# My forwarder has its own rates, knows of an unpublished closure and uses a road that the data lack. What changes
# between Almaty and Osh? And how do I get finer lines from OpenStreetMap?
#
# The closure, the detour around it, the contract and the odometer readings below are invented.

# %%
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import geopandas
import networkx as nx
import osmium
import osmium.osm.mutable as osm
import osmnx as ox
import pandas as pd
from IPython.display import Markdown

import corridors as cr
from corridors.cli import main

pd.set_option("display.max_colwidth", 160)
net = cr.load()
ask = {"depart": "2026-06-10", "k": 3, "modes": ["road"]}

# %% [markdown]
# ## 1. Rows of your own
#
# In a terminal, `corridors new-data my_data` writes a template for each table and a `README.md` that explains every
# column. The same from Python:

# %%
with redirect_stdout(StringIO()):
    main(["new-data", "my_data"])
sorted(path.name for path in Path("my_data").iterdir())

# %% [markdown]
# Templates without rows change nothing. Every row needs `as_of` and `quality`; optional columns can be left out. First
# the closure, between Toktogul and Tash-Kumyr on the road from Bishkek to Osh:

# %%
Path("my_data/events.csv").write_text("""\
event_id,element_id,effect,start,last_confirmed,cause,as_of,quality
our_rockfall,road_tash_kumyr_toktogul,close,2026-06-05,2026-06-12,Rockfall told by our driver,2026-06-12,estimate
""")
closed = cr.load(extra="my_data")

# %% [markdown]
# Then a haul road around the slide, from Toktogul to Tash-Kumyr through another valley. It is drawn as a straight line,
# since none is given; the kilometres are those of the odometer.

# %%
Path("my_data/legs.csv").write_text("""\
leg_id,from_place,to_place,country,mode,km,status,speed_class,gross_limit_t,note,as_of,quality
our_toktogul_road,toktogul,tash_kumyr,KG,road,190,operating,mountain,40,Odometer of our truck,2026-06,estimate
""")
with_road = cr.load(extra="my_data")

# %% [markdown]
# Then the contract: a price for Kyrgyzstan that excludes border fees, like the shipped one (an estimate). The second
# row says so: it is what the model deducts for fees before it adds those of each crossing. For a price that includes
# them, give there what it has of them at each side of a border.

# %%
Path("my_data/sources.csv").write_text("""\
source_id,title,publisher,accessed,licence
our_contract,Framework contract 7,Our forwarder,2026-06,confidential
""")
Path("my_data/rates.csv").write_text("""\
rate_id,quantity,by_mode,by_country,low,mode,high,unit,year,source_id,as_of,quality
usd_per_km_road_kg,usd_per_km,road,KG,1.05,1.15,1.3,USD per km per 20 t or FEU,2026,our_contract,2026-06,published
border_usd_inside_road_kg,border_usd_inside,road,KG,0,0,0,USD per border side,2026,our_contract,2026-06,published
""")
own = cr.load(extra="my_data")
own.version

# %% [markdown]
# What the folder changes in the data. The provenance of the replaced figures goes too: their source is now the
# contract.

# %%
changes = own.diff(net)
changes[changes["column"].isin(["", "low", "mode", "high", "source_id"])]

# %% [markdown]
# If a row is wrong, the whole folder is refused and nothing is loaded:

# %%
Path("wrong").mkdir()
Path("wrong/events.csv").write_text("""\
event_id,element_id,effect,start,cause,as_of,quality
our_rockfall,toktogul_road,close,2026-06-05,Rockfall,2026-06-12,estimate
""")
try:
    cr.load(extra="wrong")
except cr.DataError as error:
    refused = str(error)
refused

# %% [markdown]
# ## 2. What it changes from Almaty to Osh
#
# The fastest route by road on 10 June 2026; each row adds one of our changes:

# %%
networks = {"shipped data": net, "and our closure": closed, "and our road": with_road, "and our rate": own}
answers = {step: one.routes("Almaty", "Osh", **ask) for step, one in networks.items()}
first = pd.concat({step: routes.table.head(1) for step, routes in answers.items()}).droplevel(1)
first[["name", "km", "days", "days_p10", "days_p90", "usd", "usd_p10", "usd_p90"]].round(
    {"km": 0, "days_p10": 1, "days": 1, "days_p90": 1, "usd_p10": -2, "usd": -2, "usd_p90": -2}
)

# %%
routes = answers["and our rate"]
routes.explore()

# %% [markdown]
# The sources of these figures now include the user's:

# %%
sources = routes.sources()
sources.loc[sources["source_id"].str.startswith(("our_", "user_")), ["source_id", "title", "publisher", "licence"]]

# %% [markdown]
# ## 3. Into OSMnx
#
# `to_networkx` returns the network at one moment as a graph in OSMnx's conventions. Whatever is closed at that moment
# is left out, and its hours include no waiting.

# %%
graph = own.to_networkx(depart=ask["depart"])
(way,) = ox.routing.shortest_path(graph, ["almaty|door>"], ["osh|>door"], weight="hours")
steps = ox.routing.route_to_gdf(graph, way, weight="hours").reset_index()
steps[["kind", "element_id", "mode", "km", "hours", "usd"]].round({"km": 0, "hours": 1, "usd": 0})

# %%
nodes, edges = ox.convert.graph_to_gdfs(graph)
edges.groupby("kind")["km"].agg(["size", "sum"]).round(0)

# %% [markdown]
# ## 4. Out of OSMnx
#
# An OSMnx graph becomes a separate network with the shipped rates. Here an invented graph of four nodes near Kazarman
# takes the place of `ox.load_graphml(...)`; the unnamed bend is simplified away. Such a network stands alone: to join
# it to the shipped one, write its places and legs into the folder from section 1.

# %%
tracks = nx.MultiDiGraph(crs="EPSG:4326")
for node, lon, lat, name in (
    (1, 74.03, 41.40, "Yard"),
    (2, 74.00, 41.43, ""),
    (3, 73.95, 41.44, "Weighbridge"),
    (4, 73.90, 41.47, "Mine"),
):
    tracks.add_node(node, x=lon, y=lat, **({"name": name} if name else {}))
for a, b, metres in ((1, 2, 4_900), (2, 3, 4_700), (3, 4, 6_200)):
    tracks.add_edge(a, b, length=metres)
    tracks.add_edge(b, a, length=metres)
mine = cr.Network.from_osmnx(tracks, mode="road")
mine.legs[["from_place", "to_place", "country", "km", "quality"]]

# %%
to_yard = mine.routes("Mine", "Yard", depart=ask["depart"])
to_yard.table[["km", "days", "usd"]].round({"days": 1, "usd": 0})

# %% [markdown]
# ## 5. Finer lines from OpenStreetMap
#
# Normally you would download an extract of a country from download.geofabrik.de, or of a city region from BBBike, as
# `.osm.pbf`. This notebook runs without internet, so it makes such a file from the roads of the detail network, which
# were taken from OpenStreetMap by 2024 and then simplified: **a real extract has far more detail**. The weight limit is
# invented, to show how tags are handled.

# %%
detail = cr.load(detail="full").legs
roads = detail[
    (detail["mode"] == "road")
    & detail.intersects(
        net.legs.set_index("leg_id")
        .geometry[["road_almaty_kaskelen", "road_kaskelen_kz_korday"]]
        .union_all()
        .buffer(0.3)
    )
]
points = {
    point: number
    for number, point in enumerate(dict.fromkeys(point for line in roads.geometry for point in line.coords), 1)
}
edited = {"version": 1, "timestamp": "2024-02-01T00:00:00Z"}
with osmium.SimpleWriter("roads.osm.pbf") as writer:
    for point, number in points.items():
        writer.add_node(osm.Node(id=number, location=point, **edited))
    for number, line in enumerate(roads.geometry, 1):
        writer.add_way(
            osm.Way(
                id=number,
                nodes=[points[point] for point in line.coords],
                tags={"highway": "primary", "maxweight": "36"},
                **edited,
            )
        )
len(roads)

# %% [markdown]
# The forwarder's lane from Almaty to the Korday pass becomes a network of its own, made from two tables without a
# geometry, so that it is drawn as a straight line:

# %%
places = net.places.set_index("place_id").loc[["almaty", "kz_korday"], ["name", "lon", "lat"]].reset_index()
legs = pd.DataFrame(
    {"leg_id": ["our_lane"], "from_place": ["almaty"], "to_place": ["kz_korday"], "mode": ["road"], "km": [178.0]}
)
lane = cr.Network.from_frames(places, legs)
finer = lane.refine("our_lane", source="roads.osm.pbf", progress=False)
ax = lane.legs.plot(color="#999999", linestyle=":", linewidth=2, figsize=(8.5, 3), label="straight")
finer.legs.plot(ax=ax, color="#0072b2", linewidth=1.5, label="from the file")
ax.legend(frameon=False)
_ = ax.set(xlabel="degrees east", ylabel="degrees north", title="Almaty to Korday pass")

# %% [markdown]
# What changed, and what the same file does for our road in Kyrgyzstan, which it does not cover. An unpublished length
# is replaced by that of the new line; a published one stays.

# %%
kept = own.refine("our_toktogul_road", source="roads.osm.pbf", progress=False)
report = pd.concat([one.refinement.legs for one in (finer, kept)], ignore_index=True)
report[
    [
        "leg_id",
        "changed",
        "reason",
        "km_before",
        "quality_before",
        "km",
        "quality",
        "matched",
        "gap_from_km",
        "deviation_km",
    ]
].round(2).astype(object).where(lambda table: table.notna(), "")

# %% [markdown]
# Tags are reported but never applied; `now` is the leg's present value.

# %%
finer.refinement.suggestions[["leg_id", "tag", "value", "km", "suggests", "now"]].round({"km": 0}).astype(object).where(
    lambda table: table.notna(), ""
)

# %% [markdown]
# Instead of a file, an Overpass server can supply the roads. No other call ever uses the internet, and this one is
# switched off by default:

# %%
try:
    own.refine("our_toktogul_road", source="overpass")
except cr.CorridorsError as error:
    refused = str(error)
refused

# %% [markdown]
# To switch it on:
#
# ```python
# cr.settings.allow_network_requests = True
# finer = own.refine("our_toktogul_road", source="overpass", cache="osm_tiles")
# ```

# %% [markdown]
# ## 6. Files
#
# A GeoPackage for QGIS holds every table as a layer and reads back as the same network. The number of differences, and
# the number of layers:

# %%
own.to_file("net.gpkg")
again = cr.load("net.gpkg")
len(again.diff(own)), len(geopandas.list_layers("net.gpkg"))

# %%
there = again.routes("Almaty", "Osh", **ask)
there.to_file("routes.gpkg")
geopandas.read_file("routes.gpkg", layer="routes")[["label", "name", "km", "days", "usd"]].round(
    {"km": 0, "days": 1, "usd": -2}
)

# %% [markdown]
# ## Answer

# %%
days, usd = first["days"], first[["usd", "usd_p10", "usd_p90"]].round(-2)
fine = report.iloc[0]
assert "road_kazarman_naryn" in set(answers["and our closure"].legs["element_id"])
assert "our_toktogul_road" in set(steps["element_id"])
assert "road_tash_kumyr_toktogul" not in set(steps["element_id"])
assert again.diff(own).empty
assert report["changed"].to_list() == [True, False]
Markdown(
    f"The closure sends the truck by Kazarman, {first['km'].iloc[1] - first['km'].iloc[0]:.0f} km farther, which takes "
    f"{days.iloc[1]:.1f} days instead of {days.iloc[0]:.1f}; by our own road it takes {days.iloc[2]:.1f}. "
    "The contract lowers the price of that route from US$ "
    f"{usd['usd'].iloc[2]:,.0f} to **{usd['usd'].iloc[3]:,.0f}** (p10 to p90: {usd['usd_p10'].iloc[3]:,.0f} to "
    f"{usd['usd_p90'].iloc[3]:,.0f}). In the file, the lane to the Korday pass runs up to {fine['deviation_km']:.0f} "
    f"km from the straight line and is {fine['km']:.0f} km long instead of {fine['km_before']:.0f}; our own road "
    "stays straight until a file covers it.\n\n"
    "*Caveats.* The closure, the road around it, the contract and the odometer readings are examples. Simplified lines "
    "cut corners, so the length from this file is too short, though its grade is `measured`: use a real extract. A "
    "road through another valley may be closed in winter, and nothing says so for ours: a row in `calendars.csv` "
    "would. Rules for all public roads of a country, such as those for trucks in the Kyrgyz summer heat, apply to a "
    "list of legs that does not include ours, so it is a little too fast. The other roads through these mountains are "
    "legs of estimated length, some of them gravel: find out whether trucks use them. Contract rates are confidential, "
    "and so is every network saved with them."
)

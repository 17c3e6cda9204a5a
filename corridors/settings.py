"""Settings of the whole process: whether the library may use the internet, and how long it waits.

Everything else is an argument of the call concerned.
"""

from __future__ import annotations

allow_network_requests: bool = False
"""Whether `Network.refine` may ask an Overpass server. Nothing else of the library ever uses the network."""

retry_pause_seconds: float = 15.0
"""First pause before a failed request is repeated; each further one is twice as long."""

keep_tables: bool = True
"""Whether `corridors.load` keeps the tables of a folder, once read and checked, in a file for later processes.

It lies beside the data, as ``.corridors-backbone.tables`` or the like, or in the user's cache folder where the data may
not be written to, and with it what first questions make of the tables: graph, opening hours, loads. They are used
as long as data and library are those that they were made of.
"""

kept_mb: float = 120.0
"""Memory, in megabytes, that each network may use to remember results of its latest loads and questions.

These are amounts of edges, closures and bounds of searches; with 0 only the latest one is remembered.
"""

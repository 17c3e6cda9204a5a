"""Settings of the whole process: whether the library may use the internet, and how long it waits.

Everything else is an argument of the call concerned.
"""

from __future__ import annotations

allow_network_requests: bool = False
"""Whether `Network.refine` may ask an Overpass server. Nothing else of the library ever uses the network."""

retry_pause_seconds: float = 15.0
"""First pause before an answer that failed is asked for again; each further one is twice as long."""

kept_mb: float = 120.0
"""Room that each network has for what loads and questions asked last may be asked for again, in megabytes.

What edges take with a load, what is closed, and bounds of searches; with 0 only the last one of all these."""

"""Graphs in OSMnx's conventions, and finer geometry from OpenStreetMap."""

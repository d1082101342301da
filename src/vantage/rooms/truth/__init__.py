"""Exact truth about a room: occupancy, relations, the scene graph."""

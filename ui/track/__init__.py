"""Tracks of units: replayed, exported, and the trails on the map."""

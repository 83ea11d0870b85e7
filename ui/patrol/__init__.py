"""Patrols at the desk: plans, due lists, places and their codes."""

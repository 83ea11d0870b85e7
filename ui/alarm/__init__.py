"""Alarms at the desk: whose they are, in which order, what can be done about them; geofences beside them."""

"""The item list at the desk: chosen, applied for, read."""

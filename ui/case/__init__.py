"""The official life of an incident at the desk: its sheet, and the words of it."""

"""Drills (演练): a real gateway on a drill clock, with simulated people, a director and a journal of its own."""

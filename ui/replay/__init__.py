"""Replay (回放) as a window: the ordinary desk over a journal, with a time line at its foot."""

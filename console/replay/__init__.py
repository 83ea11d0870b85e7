"""Replay (回放): a journal played into a Store as the link would have told it, so that the whole desk can show it."""

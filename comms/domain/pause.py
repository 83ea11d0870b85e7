"""Long work done in steps: whoever does it calls `pause` before each, and may be made to wait there, because in Python
only one thread at a time computes. See `console.gate` for who is waited for."""


def never() -> None:
    """For work that nobody else waits for."""

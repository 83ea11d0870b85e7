"""How a peer says, before its first frame, that it comes ahead of a crowd: in the address it connects to."""

AHEAD = "ahead"
"""The query of the gateway's address for a held emergency key, and for desks, without which nobody would hear of it."""


def ahead(url: str) -> str:
    """The gateway's address for one that comes ahead."""
    return f"{url}?{AHEAD}"

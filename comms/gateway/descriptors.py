"""How many files this process may have open: each terminal is one, and a city has ten thousand."""

import resource
import sys

BESIDES = 200
"""What is open besides connections: databases, blobs, recordings under way, the ports themselves."""


def raise_limit() -> int:
    """As far as the system lets this process; returns how many it may have open now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard if hard != resource.RLIM_INFINITY else sys.maxsize


def shortage(*, terminals: int, desks: int, limit: int) -> str | None:
    """One plain sentence when not everybody of the site could connect at once, saying what to do."""
    needed = terminals + desks + BESIDES
    if limit >= needed:
        return None
    return (
        f"This gateway may have {limit} files open and its site needs {needed} ({terminals} terminals, {desks} desks): "
        f"the last to connect will be turned away. Set LimitNOFILE={2 * needed} in its service unit, or "
        f"`ulimit -n {2 * needed}` before it is started."
    )

"""All readers of bytes from outside, by name."""

from tests.fuzz import archives, http, media, papers, streams, tokens, wire
from tests.fuzz.target import Target

_PARTS = (wire, media, streams, papers, archives, http, tokens)
TARGETS: dict[str, Target] = {target.name: target for part in _PARTS for target in part.TARGETS}

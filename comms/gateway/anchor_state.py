"""What is told of the anchors of a gateway's journal."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class AnchorState:
    """What is told of it. `fault` is plain English, empty when all is well; times are Unix seconds."""

    key: str = ""
    seq: int = 0
    made_at: float | None = None
    fault: str = ""
    paths: list[Path] = field(default_factory=list)

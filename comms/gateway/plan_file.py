"""Where plans come from: a file of the site's own, else those that come with the product."""

from importlib.resources import files
from pathlib import Path

from comms.domain.plan import Plan, read_plans


def load_plans(path: Path | None) -> tuple[Plan, ...]:
    """Raises OSError, or PlanFileError saying what is wrong where."""
    if path is not None:
        return read_plans(path.read_bytes())
    return read_plans((files("resources") / "plans" / "plans.json").read_bytes())

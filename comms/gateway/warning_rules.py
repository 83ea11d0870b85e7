"""Where the rules of early warning come from: a file of the site's own, else those that come with the product."""

from importlib.resources import files
from pathlib import Path

from comms.domain.warning import WarningRule, read_rules


def load_rules(path: Path | None) -> tuple[WarningRule, ...]:
    """Raises OSError, or ValueError saying what is wrong where (msgspec's errors are ValueErrors)."""
    if path is not None:
        return read_rules(path.read_bytes())
    return read_rules((files("resources") / "warnings" / "rules.json").read_bytes())

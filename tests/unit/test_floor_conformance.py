"""The table in tests/FLOOR.md names every scenario there is, and no other."""

import re
from pathlib import Path

UNIT = Path(__file__).parent


def test_the_table_and_the_scenarios_are_the_same() -> None:
    table = (UNIT.parent / "FLOOR.md").read_text()
    named = {name for name in re.findall(r"`(test_\w+)`", table) if not name.startswith("test_floor_nist")}
    written: set[str] = set()
    for path in UNIT.glob("test_floor_nist_*.py"):
        written |= set(re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE))
    assert named == written
    assert len(written) >= 50

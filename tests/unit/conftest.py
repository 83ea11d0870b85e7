"""What unit tests of the command line share."""

from pathlib import Path

import pytest

from tests.support.command_line import Line


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Line:
    return Line(tmp_path / "data", capsys, monkeypatch)

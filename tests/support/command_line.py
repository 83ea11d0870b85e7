"""The gateway's command line, in this process."""

import io
from pathlib import Path

import pytest

from comms.gateway.__main__ import main


class Line:
    """The command line on one data directory."""

    def __init__(self, data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.data = data
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *arguments: str, typed: str = "") -> tuple[int, str]:
        self._monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        code = main([*arguments, "--data", str(self.data)])
        said = self._capsys.readouterr()
        return code, said.out + said.err

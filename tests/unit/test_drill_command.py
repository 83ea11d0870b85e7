"""The command line of drills: what keeps one from being run is one sentence, and exit status 2."""

from pathlib import Path

import pytest

from comms.drill.__main__ import main
from comms.scenario.scenario_file import write_scenario
from tests.support.drill import scenario


def _run(path: Path, data: Path) -> int:
    return main(["run", str(path), "--data", str(data), "--headless"])


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(tmp_path / "none.yaml", tmp_path / "data") == 2
    assert "none.yaml" in capsys.readouterr().err


def test_a_scenario_that_makes_no_sense(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(write_scenario(scenario(starts_at="2026-13-40 99:99")))
    assert _run(path, tmp_path / "data") == 2
    assert "bad.yaml" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_a_cast_that_the_town_cannot_give(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cast.yaml"
    path.write_bytes(write_scenario(scenario(cast=[{"id": "crew", "name": "crew", "unit": 999}])))
    assert _run(path, tmp_path / "data") == 2
    assert "no unit number 999" in capsys.readouterr().err


def test_a_network_without_encryption_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "good.yaml"
    path.write_bytes(write_scenario(scenario()))
    words = ["serve", str(path), "--data", str(tmp_path / "data"), "--host", "0.0.0.0", "--port", "0"]
    assert main(words) == 2
    assert "needs encryption" in capsys.readouterr().err

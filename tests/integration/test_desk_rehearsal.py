"""The duty minute, played in a small town: what `make run` does without a display."""

import argparse
from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.rehearsal import rehearse
from console.rehearsal_report import Outcome, Report
from tests.support.qt_loop import run_on_qt

pytestmark = pytest.mark.no_cover  # what it goes through is measured part by part elsewhere; measuring doubles its time


def test_the_duty_minute_comes_out(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    options = argparse.Namespace(folder=tmp_path, units=14, pictures=tmp_path / "pictures")
    code = run_on_qt(qapp, rehearse(options))
    report = msgspec.json.decode((tmp_path / "report.json").read_bytes(), type=Report)
    assert {step.name: step.detail for step in report.steps if step.outcome is not Outcome.OK} == {}
    assert (code, report.ok) == (0, True)
    for step in report.steps:
        assert (tmp_path / "pictures" / step.picture).stat().st_size > 10_000

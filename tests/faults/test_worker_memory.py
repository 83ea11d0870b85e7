"""A program of the desk's that gets no memory: the desk goes on, and says what it could not do."""

import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from comms.protocol.errors import Locale
from ui.bulletin.charts import ChartDrawing, drawing_of
from ui.text import Texts
from ui.theme import DARK, prepare

MEMORY_KB = 60_000
"""An interpreter begins in so much; what draws does not."""
PATIENCE_MS = 30_000


def test_charts_that_get_no_memory_are_said_not_to_be_drawn(
    tmp_path: Path, qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(qapp)
    poor = tmp_path / "python"
    poor.write_text(f'#!/bin/sh\nulimit -v {MEMORY_KB}\nexec "{sys.executable}" "$@"\n')
    poor.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(poor))
    text = Texts(Locale.ZH_CN)
    drawing = ChartDrawing()
    with qtbot.waitSignal(drawing.failed, timeout=PATIENCE_MS):
        drawing.start(drawing_of((), (), theme=DARK, text=text, size=(400, 200)))
    assert not drawing.is_running
    assert text("bulletin.no_charts") == "图表未能绘制", "what stands in the charts' place"
    drawing.deleteLater()

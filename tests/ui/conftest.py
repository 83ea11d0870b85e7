"""A duty officer's desk for each test, closed behind it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.drivers import WindowDriver
from tests.support.scene import Scene, duty_scene
from ui.theme import prepare

PATIENCE_MS = 30_000
"""Nothing waits so long but on a machine that does much else besides."""


class PatientBot(QtBot):
    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: object, *, timeout: int = PATIENCE_MS, **more: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **more)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> PatientBot:
    return PatientBot(request)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Map tiles of a test are kept with the test, not with the user's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def scene(qapp: QApplication) -> Iterator[Scene]:
    prepare(qapp)
    made = duty_scene()
    yield made
    made.desk.close()


@pytest.fixture
def driver(scene: Scene, qtbot: QtBot) -> WindowDriver:
    """The whole window of `scene`, shown and active."""
    return WindowDriver(scene, qtbot)

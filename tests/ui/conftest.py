"""A duty officer's desk for each test, closed behind it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.drivers import WindowDriver
from tests.support.scene import Scene, duty_scene
from ui.theme import prepare


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

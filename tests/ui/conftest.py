"""A duty officer's desk for each test, closed behind it."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.drivers import WindowDriver
from tests.support.scene import Scene, duty_scene
from ui.theme import prepare


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

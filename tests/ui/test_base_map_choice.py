"""The officer's base map: chosen, kept, named, and its trouble said in one sentence."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from comms.domain.datum import Datum
from console.layers.base_map import BUILT_IN, Provider
from tests.support.drivers import WindowDriver
from tests.support.tile_server import tile_server
from ui.commands import BY_ID
from ui.dialogs.base_map import BaseMapDialog
from ui.map.base.base_layer import BaseLayer


@pytest.fixture
def dialog(driver: WindowDriver) -> BaseMapDialog:
    BY_ID["base_map"].run(driver.window.controls)
    return next(one for one in driver.window.findChildren(BaseMapDialog) if one.isVisible())


def _layer(driver: WindowDriver) -> BaseLayer | None:
    return driver.window.shows.base.layer


def _own(driver: WindowDriver) -> tuple[Provider, ...]:
    return driver.window.settings.base_maps


def test_a_service_waits_for_its_key_and_then_shows(driver: WindowDriver, dialog: BaseMapDialog) -> None:
    window = driver.window
    dialog.chosen.setCurrentIndex(dialog.chosen.findData(BUILT_IN[0].id))
    dialog.chosen.activated.emit(dialog.chosen.currentIndex())
    assert window.settings.base_map == BUILT_IN[0].id
    assert _layer(driver) is None, "no key yet"
    dialog.key.setText("k")
    dialog.key.editingFinished.emit()
    assert _layer(driver) is not None
    assert {one.key for one in window.settings.base_maps} == {"k"}
    assert len(window.settings.base_maps) == len(BUILT_IN), "one key for all maps of the service"
    assert window.parts.map.status_line.texts[2].startswith("天地图")
    assert "CGCS2000" in window.parts.map.status_line.texts[2]
    dialog.chosen.setCurrentIndex(0)
    dialog.chosen.activated.emit(0)
    assert _layer(driver) is None
    assert window.parts.map.drawing.base is None
    dialog.close()


def test_an_address_of_ones_own_in_its_datum(driver: WindowDriver, dialog: BaseMapDialog, qtbot: QtBot) -> None:
    window = driver.window
    dialog.address.setText("nonsense")
    dialog.address.returnPressed.emit()
    assert _own(driver) == ()
    with tile_server() as server:
        origin = server.origin
    dialog.address.setText(origin + "/{z}/{x}/{y}.png")
    dialog.address.returnPressed.emit()
    dialog.datum.setCurrentIndex(dialog.datum.findData(Datum.GCJ02))
    dialog.datum.activated.emit(dialog.datum.currentIndex())
    (provider,) = _own(driver)
    assert provider.datum is Datum.GCJ02
    assert _layer(driver) is not None
    said: list[str] = []
    window.acting.said.connect(lambda tone, sentence, detail: said.append(sentence))
    window.parts.map.grab()
    qtbot.waitUntil(lambda: bool(said))
    assert provider.name in said[0]
    assert len(said) == 1
    dialog.close()


def test_a_file_on_this_desk(driver: WindowDriver, dialog: BaseMapDialog, tmp_path: Path) -> None:
    dialog.take_file(tmp_path / "a.zip")
    assert _own(driver) == ()
    dialog.take_file(tmp_path / "石排.mbtiles")
    assert driver.window.settings.base_map == "file_石排.mbtiles"
    assert "石排" in driver.window.parts.map.status_line.texts[2]
    dialog.chosen.setCurrentIndex(0)
    dialog.chosen.activated.emit(0)
    dialog.close()

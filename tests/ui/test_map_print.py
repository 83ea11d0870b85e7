"""The map printed: by key, as PDF with words as words, as a picture of any fineness, or one plain sentence."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from comms.domain.unit import UnitStatus
from comms.protocol.errors import Locale
from console.layers.built_in import LIVE_LAYERS
from tests.support.drivers import WindowDriver
from tests.support.scene import unit_id
from tests.ui.map_area import AREA
from ui.dialogs.map_print import PDF, PNG, MapPrintDialog, PrintWish
from ui.map.map_render import MapRender
from ui.map.palette import DARK, LIGHT
from ui.map.print_page import Paper
from ui.map.still_picture import StillPicture
from ui.map_print import MapPrint, paper_view
from ui.print_words import legend_items, page_words

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def printing(driver: WindowDriver) -> MapPrint:
    driver.scene.place((23.0, 113.7), (23.001, 113.701))
    return driver.window.shows.print


def ask(driver: WindowDriver) -> MapPrintDialog:
    driver.key(Qt.Key.Key_P, CONTROL)
    return next(one for one in driver.window.findChildren(MapPrintDialog) if one.isVisible())


def save(driver: WindowDriver, dialog: MapPrintDialog, path: Path) -> None:
    dialog.save.click()
    (chooser,) = dialog.findChildren(QFileDialog, "print_file_dialog")
    chooser.fileSelected.emit(str(path))
    chooser.close()


def told(driver: WindowDriver) -> list[str]:
    said: list[str] = []
    driver.window.acting.said.connect(lambda tone, sentence, _: said.append(f"{tone}: {sentence}"))
    return said


def test_a_key_prints_a_page(driver: WindowDriver, printing: MapPrint, qtbot: QtBot, tmp_path: Path) -> None:
    said, path = told(driver), tmp_path / "map.pdf"
    dialog = ask(driver)
    assert dialog.format.chosen == PDF
    assert not dialog.ratio.isEnabled()
    assert dialog.paper.isEnabled()
    save(driver, dialog, path)
    assert printing.is_running
    assert not dialog.save.isEnabled(), "one at a time"
    qtbot.waitUntil(lambda: not printing.is_running)
    assert said == [f"ok: 地图已存到 {path}"]
    page = path.read_bytes()
    assert page.startswith(b"%PDF")
    assert b"/Font" in page, "words are words, not pixels"
    assert page.count(b"%%EOF") == 2, "the map is appended, packed beside the screen"
    assert list(tmp_path.glob(".*")) == [], "nothing half done is left"


@pytest.mark.parametrize("ratio", [1, 2])
def test_a_picture_is_as_on_the_screen(
    driver: WindowDriver, printing: MapPrint, qtbot: QtBot, tmp_path: Path, ratio: int
) -> None:
    path, dialog = tmp_path / "map.png", ask(driver)
    driver.button(f"print.format_{PNG}").click()
    dialog.ratio.choose(str(ratio))
    assert dialog.ratio.isEnabled()
    save(driver, dialog, path)
    qtbot.waitUntil(lambda: not printing.is_running)
    picture, view = QImage(str(path)), driver.parts.map.view
    assert picture.width() == view.width * ratio
    assert picture.height() == (view.height + 26) * ratio
    assert picture.pixelColor(3, 3).name() == DARK.ground


def test_a_file_that_cannot_be_written_is_said_and_the_choice_kept(
    driver: WindowDriver, printing: MapPrint, qtbot: QtBot, tmp_path: Path
) -> None:
    said, dialog = told(driver), ask(driver)
    save(driver, dialog, tmp_path / "nowhere" / "map.pdf")
    qtbot.waitUntil(lambda: not printing.is_running)
    (sentence,) = said
    assert sentence.startswith("danger: 地图没有存成")
    assert dialog.isVisible()
    assert dialog.save.isEnabled()
    dialog.close()


def test_it_can_be_stopped(driver: WindowDriver, printing: MapPrint, tmp_path: Path) -> None:
    said, dialog = told(driver), ask(driver)
    save(driver, dialog, tmp_path / "map.pdf")
    dialog.cancel.click()
    assert not printing.is_running
    assert said == ["warn: 已停止，没有写出文件。"]
    assert not (tmp_path / "map.pdf").exists()


def test_paper_shows_all_that_the_screen_does(printing: MapPrint, driver: WindowDriver) -> None:
    view = driver.parts.map.view
    for is_landscape in (True, False):
        for paper in Paper:
            printed = paper_view(view, PrintWish(paper=paper, is_landscape=is_landscape))
            inner, outer = view.bounds(), printed.bounds()
            assert outer[0] <= inner[0]
            assert outer[1] <= inner[1]
            assert outer[2] >= inner[2]
            assert outer[3] >= inner[3]
            assert (printed.width > printed.height) == is_landscape


def test_the_page_says_where_when_and_whose(printing: MapPrint, driver: WindowDriver) -> None:
    scene, desk_map = driver.scene, driver.parts.map
    scene.text.switch(Locale.EN)
    words = page_words(scene.store, desk_map.view, title="t", scale="1 km", credit="c", text=scene.text)
    assert "李建国" in words.place
    assert "WGS-84" in words.datum
    assert words.corners[0].startswith(f"{desk_map.view.place_at(0, 0)[0]:.5f}°")
    items = legend_items(LIVE_LAYERS, desk_map.drawing, desk_map.view, scene.text)
    assert {item.status for item in items} >= set(UnitStatus)


def test_positions_of_a_print_stand_still(printing: MapPrint, driver: WindowDriver) -> None:
    live = driver.parts.map.drawing.live
    still = StillPicture(live, driver.scene.text)
    before = float(still.columns.x[0])
    driver.scene.clock += 10
    driver.scene.place((23.5, 113.9))
    assert float(still.columns.positions.lat[0]) == 23.0
    assert float(still.columns.x[0]) == before
    assert float(live.columns.positions.lat[0]) == 23.5
    assert still.now == live.now - 10
    assert still.columns.positions.row_of(unit_id(1)) == 0


def test_print_is_on_light_ground_whatever_the_theme(
    driver: WindowDriver, printing: MapPrint, qtbot: QtBot, tmp_path: Path
) -> None:
    pictures: list[QImage] = []
    printing.begin(str(tmp_path / "map.pdf"))
    (render,) = printing.findChildren(MapRender)
    render.finished.connect(lambda picture, _: pictures.append(picture))
    qtbot.waitUntil(lambda: not printing.is_running)
    assert pictures[0].pixelColor(3, 3).name() == LIGHT.ground


def test_the_ground_is_on_the_print_with_all_that_came_late(
    driver: WindowDriver, printing: MapPrint, qtbot: QtBot, tmp_path: Path
) -> None:
    driver.scene.store.apply_local(AREA)
    pictures: list[QImage] = []
    printing.begin(str(tmp_path / "map.pdf"))
    (render,) = printing.findChildren(MapRender)
    render.finished.connect(lambda picture, _: pictures.append(picture))
    qtbot.waitUntil(lambda: not printing.is_running)
    px, py = render.view.screen_at(lat=23.0075, lon=113.0115)
    ratio = pictures[0].devicePixelRatio()
    assert pictures[0].pixelColor(round(px * ratio), round(py * ratio)).name() == LIGHT.land

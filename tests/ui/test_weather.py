"""Weather alerts at the desk: the sheet, the map, the log; by mouse and by keys."""

from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from comms.domain.ad_hoc import PolygonTarget
from comms.domain.ids import WeatherId
from comms.domain.order import JurisdictionTarget
from comms.domain.weather import WeatherAlert, WeatherEnded, WeatherIssued, WeatherKind, WeatherLevel
from comms.protocol.errors import RefusalCode
from comms.protocol.weather_commands import WeatherEnd, WeatherIssue
from tests.support.scene import ME, NOW, TOWN, Scene, duty_scene
from ui.commands import BY_ID
from ui.main_window import MainWindow
from ui.map.overlay import Hit
from ui.map.tools import MapTool
from ui.map.weather_overlay import KIND

RING = ((23.0, 113.69), (23.0, 113.70), (23.01, 113.70), (23.01, 113.69))
ALERT = WeatherAlert(
    id=WeatherId("w1"),
    kind=WeatherKind.TYPHOON,
    level=WeatherLevel.RED,
    jurisdiction_id=TOWN,
    area=PolygonTarget(corners=RING),
    rings=(RING,),
    from_at=NOW - 60,
    until_at=NOW + 7200,
    text="减少外出",
    source="市气象台",
)


class Desk:
    def __init__(self, scene: Scene, window: MainWindow) -> None:
        self.scene, self.window = scene, window
        self.sheet = window.parts.sheets.weather


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    scene = duty_scene()
    window = scene.window()
    qtbot.addWidget(window)
    window.show()
    yield Desk(scene, window)
    scene.desk.close()


def test_one_is_written_drawn_and_issued_and_what_is_refused_is_not_lost(desk: Desk, qtbot: QtBot) -> None:
    window, sheet = desk.window, desk.sheet
    BY_ID["weather_new"].run(window.controls)
    assert sheet.isVisible()
    assert sheet.written().area == JurisdictionTarget(TOWN)
    sheet.kind.setCurrentIndex(sheet.kind.findText("台风"))
    sheet.level.choose("orange")
    sheet.words.setPlainText("减少外出")
    sheet.draw.click()
    assert not sheet.isVisible()
    assert window.parts.map.tool is MapTool.WEATHER
    QTest.keyClick(window.parts.map, Qt.Key.Key_Escape)
    QTest.keyClick(window.parts.map, Qt.Key.Key_Escape)
    qtbot.waitUntil(sheet.isVisible)
    sheet.draw.click()
    spots = [QPoint(300, 200), QPoint(400, 200), QPoint(400, 300), QPoint(300, 200)]
    for spot in spots:
        QTest.mouseClick(window.parts.map, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    corners = tuple(window.parts.map.view.place_at(spot.x(), spot.y()) for spot in spots[:3])
    assert sheet.isVisible()
    ends = sheet.ends.dateTime()
    sheet.ends.setDateTime(sheet.begins.dateTime())
    sheet.issue.click()
    assert sheet.isVisible(), "it would end as it begins"
    sheet.ends.setDateTime(ends)
    desk.scene.desk.refuse(WeatherIssue, RefusalCode.STORE_FAILED, "磁盘已满")
    QTest.keyClick(sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    issued = desk.scene.desk.last(WeatherIssue)
    assert (issued.weather_kind, issued.level, issued.text) == ("typhoon", "orange", "减少外出")
    assert issued.area == PolygonTarget(corners=corners)
    assert issued.until_at - issued.from_at == 3 * 3600
    BY_ID["weather_new"].run(window.controls)
    assert sheet.written().area == issued.area
    del desk.scene.desk.answers[WeatherIssue]
    sheet.issue.click()
    BY_ID["weather_new"].run(window.controls)
    assert sheet.written().area == JurisdictionTarget(TOWN)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_one_that_stands_is_on_the_map_in_words_and_is_ended_from_there(desk: Desk) -> None:
    desk_map, sheet = desk.window.parts.map, desk.sheet
    desk_map.centre_on(23.005, 113.695, 14.0)
    before = desk_map.grab().toImage()
    coming = msgspec.structs.replace(
        ALERT, id=WeatherId("w2"), level=WeatherLevel.BLUE, from_at=NOW + 86_400, until_at=NOW + 90_000
    )
    desk.scene.happen(WeatherIssued(alert=ALERT), WeatherIssued(alert=coming), actor=ME)
    assert desk_map.grab().toImage() != before
    overlays, view = desk_map.drawing.overlays, desk_map.view
    top = view.screen_at(lat=23.01, lon=113.695)
    hits = {overlays.at(view, top[0], float(y), 1.0) for y in range(view.height)}
    assert {Hit(KIND, "w1"), Hit(KIND, "w2")} <= hits, "the plates do not cover each other"
    desk.window.map_desk._overlay_picked(KIND, "w1")
    assert [sheet.which.itemText(row)[:6] for row in range(3)] == ["新预警", "台风红色预警", "台风蓝色预警"]
    assert sheet.words.toPlainText() == "减少外出"
    assert not sheet.kind.isEnabled()
    sheet.which.setCurrentIndex(2)
    sheet.which.activated.emit(2)
    assert sheet.written().level is WeatherLevel.BLUE
    sheet.end.click()
    assert desk.scene.desk.last(WeatherEnd).weather_id == "w2"
    desk.scene.happen(WeatherEnded(weather_id=WeatherId("w2")), actor=ME)
    desk_map.grab()
    assert Hit(KIND, "w2") not in {overlays.at(view, top[0], float(y), 1.0) for y in range(view.height)}
    desk.window.controls.weather.show(WeatherId("w1"))
    sheet.which.setCurrentIndex(0)
    sheet.which.activated.emit(0)
    assert sheet.kind.isEnabled()

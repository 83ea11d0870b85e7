"""Tracks replayed on the desk: by menu, key and palette; played, sought, followed; said to be not live; saved."""

from collections.abc import Callable
from pathlib import Path

import gpxpy
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from comms.domain.position import Fix
from comms.fleet.tracks import read_tracks
from comms.protocol import pushes
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.track_chunk import encode_chunk, quantised
from comms.protocol.track_commands import TrackDays, TrackRead
from tests.support.drivers import WindowDriver
from tests.support.scene import NOW, unit_id
from ui.map.track_heads import DARK_COLOURS
from ui.map.track_overlay import KIND
from ui.track.desk import DIMMED, TrackDesk

DAY = NOW - NOW % 86_400.0
WALK, STAY = 200, 120
"""Readings each 5 s: ten minutes there, ten minutes in one place."""


def readings(number: int) -> list[Fix]:
    start = DAY + 3600.0 + number * 60
    found = [Fix(at=start + 5 * row, lat=23.0 + row * 5e-5, lon=113.7 + number * 1e-3) for row in range(WALK)]
    last = found[-1]
    found += [Fix(at=last.at + 5 * row, lat=last.lat, lon=last.lon) for row in range(1, STAY)]
    return [*found, Fix(at=last.at + 7200, lat=23.02, lon=113.7)]


def answer_page(size: int = 2) -> Callable[[TrackRead], pushes.TrackPage]:
    def answer(command: TrackRead) -> pushes.TrackPage:
        end = min(command.first + size, len(command.unit_ids))
        numbers = [int(unit[1:]) for unit in command.unit_ids[command.first : end]]
        tracks = [
            pushes.UnitTrack(unit_id=unit_id(number), data=encode_chunk(quantised(readings(number))))
            for number in numbers
        ]
        return pushes.TrackPage(id=command.id, tracks=tuple(tracks), next=end if end < len(command.unit_ids) else None)

    return answer


@pytest.fixture
def tracks(driver: WindowDriver) -> TrackDesk:
    """Two days are known; every unit has the same kind of walk."""
    answers = driver.scene.desk.answers
    days = (pushes.TrackDay(start_at=DAY - 86_400, readings=5), pushes.TrackDay(start_at=DAY, readings=900))
    answers[TrackDays] = lambda command: pushes.TrackDayList(id=command.id, days=days)
    answers[TrackRead] = answer_page()
    return driver.window.track_desk


def is_playing(tracks: TrackDesk) -> bool:
    return tracks.playing is not None and tracks.playing.is_playing


def asked(driver: WindowDriver) -> TrackRead:
    """The replay's last question: trails ask for the last hour when their time comes."""
    questions = [one for one in driver.scene.desk.asked if isinstance(one, TrackRead) and one.from_at % 86_400 == 0]
    return questions[-1]


def begin(driver: WindowDriver, *numbers: int) -> None:
    driver.window.selection.set_units(tuple(unit_id(number) for number in numbers))
    driver.key(Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)


def test_a_key_shows_the_newest_day_and_says_that_it_is_not_live(driver: WindowDriver, tracks: TrackDesk) -> None:
    begin(driver, 1, 2, 3)
    assert tracks.playing is not None
    assert tracks.bar.isVisible()
    assert "非实时" in tracks.banner.text()
    assert tracks.banner.isVisible()
    assert driver.parts.map.drawing.units.opacity == DIMMED
    assert tracks.bar.summary.text().startswith("3 个力量")
    assert "停留 3 处" in tracks.bar.summary.text()
    reading = asked(driver)
    assert (reading.from_at, reading.to_at, reading.first) == (DAY, DAY + 86_400, 2)
    assert reading.most_readings is None
    driver.key(Qt.Key.Key_Escape)
    assert {tracks.bar.isVisible(), tracks.banner.isVisible(), tracks.playing is not None} == {False}
    assert driver.parts.map.drawing.units.opacity == 1.0
    assert tracks.overlay not in driver.parts.map.drawing.overlays.held


def test_keys_play_only_while_the_bar_has_the_keyboard(driver: WindowDriver, tracks: TrackDesk) -> None:
    begin(driver, 1)
    playing = tracks.playing
    assert playing is not None
    timeline = tracks.bar.timeline
    QTest.keyClick(timeline, Qt.Key.Key_K)
    assert is_playing(tracks)
    assert tracks.bar.button("play").text() == "暂停"
    QTest.keyClick(timeline, Qt.Key.Key_K)
    assert not is_playing(tracks)
    QTest.keyClick(timeline, Qt.Key.Key_L)
    assert playing.speed == 30.0
    for _ in range(9):
        QTest.keyClick(timeline, Qt.Key.Key_J)
    assert playing.speed == 0.25
    at = playing.at
    QTest.keyClick(timeline, Qt.Key.Key_Period)
    assert playing.at == at + 5
    QTest.keyClick(timeline, Qt.Key.Key_Comma)
    QTest.keyClick(timeline, Qt.Key.Key_Right)
    assert playing.at == at + 60
    QTest.keyClick(timeline, Qt.Key.Key_Home)
    assert playing.at == DAY
    QTest.keyClick(timeline, Qt.Key.Key_A)
    driver.parts.map.setFocus()
    QTest.keyClick(driver.parts.map, Qt.Key.Key_K)
    assert not is_playing(tracks)


def test_it_plays_follows_loops_and_is_sought_by_mouse(driver: WindowDriver, tracks: TrackDesk, qtbot: QtBot) -> None:
    begin(driver, 1, 2)
    playing = tracks.playing
    assert playing is not None
    driver.window.selection.set_units((unit_id(2),))
    tracks.do("follow")
    assert tracks.overlay.followed == 1
    playing.seek(DAY + 3600 + 300)
    first = playing.at
    tracks.do("play")
    qtbot.waitUntil(lambda: playing.at > first + 1)
    tracks.do("play")
    heads = playing.tracks.heads(playing.at)
    assert driver.parts.map.view.lat == pytest.approx(float(heads.lat[1]), abs=1e-4)
    tracks.do("follow")
    assert not tracks.bar.button("follow").isChecked()
    tracks.do("loop")
    assert playing.is_looping
    timeline = tracks.bar.timeline
    QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=timeline.rect().center())
    assert playing.at == pytest.approx(DAY + 43_200, abs=200)


def test_the_map_shows_ways_in_colours_and_heads_that_can_be_hit(driver: WindowDriver, tracks: TrackDesk) -> None:
    begin(driver, 1, 2)
    playing = tracks.playing
    assert playing is not None
    playing.seek(DAY + 3600 + 120 + 700)
    tracks.do("follow")
    desk_map = driver.parts.map
    desk_map.repaint()
    heads = playing.tracks.heads(playing.at)
    px, py = desk_map.view.screen_at(lat=float(heads.lat[0]), lon=float(heads.lon[0]))
    hit = tracks.overlay.at(desk_map.view, px + 3, py, 1.0)
    assert hit is not None
    assert (hit.kind, hit.id) == (KIND, unit_id(1))
    assert tracks.overlay.at(desk_map.view, px + 300, py, 1.0) is None
    image = desk_map.grab().toImage()
    assert image.pixelColor(round(px), round(py)) == QColor(DARK_COLOURS[0])
    tracks.do("play")
    driver.scene.text.switch(Locale.EN)
    assert "not live" in tracks.banner.text()
    assert tracks.overlay.followed == 0


def test_of_many_only_the_last_minutes_are_drawn(driver: WindowDriver, tracks: TrackDesk) -> None:
    for number in range(7, 60):
        driver.scene.define_unit(number)
    driver.scene.desk.answers[TrackRead] = answer_page(60)
    tracks.do("all")
    playing = tracks.playing
    assert playing is not None
    assert len(playing.tracks) == 59
    assert not tracks.overlay.is_few
    assert asked(driver).most_readings is not None
    playing.seek(DAY + 3600 + 1500)
    driver.parts.map.repaint()
    states = playing.tracks.heads(playing.at).presence
    assert set(states.tolist()) == {0, 1, 2} or np.count_nonzero(states) > 0


def test_a_day_without_tracks_and_a_refusal_are_said(driver: WindowDriver, tracks: TrackDesk) -> None:
    tracks.do("use_selection")
    assert not tracks.bar.isVisible()
    driver.scene.desk.answers[TrackDays] = lambda command: pushes.TrackDayList(id=command.id, days=())
    begin(driver, 1)
    assert tracks.bar.summary.text().startswith("这一天没有")
    tracks.do("play")
    driver.scene.desk.refuse(TrackDays, RefusalCode.OUT_OF_JURISDICTION, "不在您的辖区内。")
    begin(driver, 1)
    assert not tracks.bar.isVisible()


def test_a_reading_that_was_given_up_changes_nothing(driver: WindowDriver, tracks: TrackDesk) -> None:
    waiting = driver.scene.desk.hold(TrackRead)
    begin(driver, 1)
    assert "0%" in tracks.bar.summary.text()
    tracks.close()
    waiting.answer = answer_page()(asked(driver))
    driver.scene.desk.run()
    assert tracks.playing is None


def test_another_day_is_chosen_and_an_empty_one_is_said(driver: WindowDriver, tracks: TrackDesk) -> None:
    begin(driver, 1)
    driver.scene.desk.answers[TrackRead] = lambda command: pushes.TrackPage(
        id=command.id, tracks=(pushes.UnitTrack(unit_id=unit_id(1), data=encode_chunk(quantised([]))),)
    )
    tracks.bar.days.setCurrentIndex(1)
    tracks.bar.days.activated.emit(1)
    assert asked(driver).from_at == DAY - 86_400
    assert tracks.bar.summary.text().startswith("这一天没有")


@pytest.mark.parametrize("suffix", ["gpx", "csv"])
def test_what_is_saved_opens_again_equal(driver: WindowDriver, tracks: TrackDesk, tmp_path: Path, suffix: str) -> None:
    begin(driver, 1, 2)
    path = tmp_path / f"day.{suffix}"
    tracks.do("export")
    (dialog,) = driver.window.findChildren(QFileDialog, "track_export_dialog")
    dialog.filterSelected.emit(f"{suffix.upper()} (*.{suffix})")
    dialog.fileSelected.emit(str(path))
    dialog.close()
    found = read_tracks(path)
    assert found.bad_count == 0
    assert [track.user for track in found.tracks] == [unit_id(1), unit_id(2)]
    for number, track in enumerate(found.tracks, start=1):
        sent = readings(number)
        assert track.at.tolist() == [fix.at for fix in sent]
        assert np.allclose(track.lat, [fix.lat for fix in sent], atol=1e-7)
        assert np.allclose(track.lon, [fix.lon for fix in sent], atol=1e-7)
    if suffix == "gpx":
        assert len(gpxpy.parse(path.read_text(encoding="utf-8")).tracks[0].segments) == 2, "a gap ends a segment"
    tracks.export.save(str(tmp_path / "no" / "such" / "folder.csv"))
    assert driver.parts.toasts.isVisible()

"""Trails on the desk: whose, from the gateway's past and what is heard, how long, switched off, and as pixels."""

from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from comms.domain.ids import UnitId
from comms.domain.position import Fix
from comms.protocol import pushes
from comms.protocol.track_chunk import encode_chunk, quantised
from comms.protocol.track_commands import TrackRead
from console.layers.layer import Live
from console.layers.shelf import LayerShelf
from tests.support.drivers import WindowDriver
from tests.support.scene import OFFICER, unit_id
from ui.map.palette import DARK, LIGHT, MapPalette
from ui.map.projection import world_of
from ui.map.view import View
from ui.track.trail_desk import TrailDesk

EAST = 113.7
STEPS = 200


def past(command: TrackRead) -> pushes.TrackPage:
    """North at an even pace, a reading each 10 s, until now."""
    fixes = [Fix(at=command.to_at - 10 * row, lat=23.0 - row * 1e-4, lon=EAST) for row in range(STEPS, 0, -1)]
    data = encode_chunk(quantised(fixes))
    tracks = tuple(pushes.UnitTrack(unit_id=asked, data=data) for asked in command.unit_ids)
    return pushes.TrackPage(id=command.id, tracks=tracks)


@pytest.fixture
def trails(driver: WindowDriver) -> TrailDesk:
    driver.scene.desk.answers[TrackRead] = past
    return driver.window.trail_desk


def asked(driver: WindowDriver) -> list[tuple[UnitId, ...]]:
    return [command.unit_ids for command in driver.scene.desk.asked if isinstance(command, TrackRead)]


def painted(trails: TrailDesk, palette: MapPalette) -> QImage:
    image = QImage(400, 800, QImage.Format.Format_RGB32)
    image.fill(QColor(palette.ground))
    x, y = world_of(lat=23.0 - 0.008, lon=EAST)
    view = View(x, y, 15.0, 400, 800)
    painter = QPainter(image)
    trails.overlay.paint(painter, view, palette, 1.0)
    painter.end()
    return image


def contrast(image: QImage, palette: MapPalette, y: int) -> int:
    """How far the line stands out in a row of pixels."""
    ground = QColor(palette.ground)
    colours = [QColor(image.pixel(x, y)) for x in range(image.width())]
    return max(abs(each.red() - ground.red()) + abs(each.blue() - ground.blue()) for each in colours)


def test_selected_and_followed_units_have_trails_whose_past_is_asked_for_once(
    driver: WindowDriver, trails: TrailDesk, qtbot: QtBot
) -> None:
    driver.scene.place((23.0, EAST), (23.01, EAST))
    driver.window.selection.set_units((unit_id(1),))
    qtbot.waitUntil(lambda: bool(trails.overlay.lines))
    driver.parts.map.follow(unit_id(2))
    qtbot.waitUntil(lambda: len(asked(driver)) == 2)
    assert asked(driver) == [(unit_id(1),), (unit_id(2),)]
    assert trails.trails.unit_ids == (unit_id(2), unit_id(1))
    before = len(trails.trails.since(unit_id(1), 0.0)[0])
    assert before >= STEPS
    driver.scene.clock += 10
    driver.scene.place((23.0001, EAST))
    rows, is_linked = trails.trails.since(unit_id(1), 0.0)
    assert (len(rows), rows[-1, 1]) == (before + 1, pytest.approx(23.0001))
    assert is_linked[-1]
    trails.refresh()
    assert len(asked(driver)) == 2
    driver.window.selection.set_units(())
    driver.parts.map.follow(None)
    trails.refresh()
    assert not trails.overlay.lines


def test_a_trail_fades_ends_where_it_was_chosen_to_and_can_be_switched_off(
    driver: WindowDriver, trails: TrailDesk, qtbot: QtBot
) -> None:
    driver.window.selection.set_units((unit_id(1),))
    qtbot.waitUntil(lambda: bool(trails.overlay.lines))
    for palette in (DARK, LIGHT):
        image = painted(trails, palette)
        newest, oldest = contrast(image, palette, 220), contrast(image, palette, 410)
        assert newest > oldest > 20
    driver.window.shows.show("trail_5")
    trails.refresh()
    assert contrast(painted(trails, DARK), DARK, 410) == 0
    assert contrast(painted(trails, DARK), DARK, 220) > 20
    driver.parts.map.drawing.overlays.hide(frozenset({Live.TRAILS}))
    trails.refresh()
    assert not len(trails.trails)


def test_how_far_back_trails_go_is_kept_for_each_officer(
    driver: WindowDriver, trails: TrailDesk, tmp_path: Path
) -> None:
    layers, path = driver.window.layer_desk, tmp_path / "layers.json"
    layers.keep_on(LayerShelf(path))
    assert trails.last_s == 900.0
    driver.window.shows.show("trail_60")
    assert LayerShelf(path).choice(OFFICER).trail_minutes == 60
    layers.keep_on(LayerShelf(tmp_path / "other.json"))
    assert trails.last_s == 900.0
    layers.keep_on(LayerShelf(path))
    assert trails.last_s == 3600.0

"""The picture of what is calm: made of what was there when it was asked for, and asked for again when it fails."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from console.gate import Gate
from tests.ui.map_town import Desk, desk_with_units
from ui.map.backdrop import Backdrop, Picture, Units, Wish
from ui.map.backdrop_painter import BackdropPainter
from ui.map.live_picture import LivePicture
from ui.map.palette import DARK
from ui.map.projection import world_of
from ui.map.tile_set import TileSet, level_of, tile_keys
from ui.map.unit_frame import Emphasis
from ui.map.unit_layer import Sprites
from ui.map.view import View
from ui.text import Texts

VIEW = View(*world_of(lat=23.005, lon=113.01), 15.0, 600, 400)


@pytest.fixture
def desk() -> Desk:
    desk = desk_with_units(40)
    desk.move(range(1, 41), 23.005 + np.linspace(0, 2e-3, 40), 113.01 + np.linspace(0, 4e-3, 40))
    return desk


def wish_of(live: LivePicture) -> Wish:
    units = Units(
        columns=live.columns.still(),
        emphasis=Emphasis(),
        version=live.columns.version,
        now=live.now,
        opacity=1.0,
        are_labelled=True,
        language=live.language,
        kept_clear=(),
        claims=(),
    )
    return Wish(VIEW, None, None, units)


def painter_of(live: LivePicture) -> BackdropPainter:
    return BackdropPainter(live.columns, live.label_in, DARK, Sprites(DARK, pixel_ratio=1.0, scale=1.0))


def test_a_snapshot_that_comes_meanwhile_does_not_disturb_it(qapp: object, desk: Desk) -> None:
    live = LivePicture(desk.store, Texts())
    wish, painter = wish_of(live), painter_of(live)
    desk.store.positions.clear()
    live.columns.read_all()
    picture = painter.picture(wish, 1)
    assert picture.frame is not None
    assert len(picture.frame.rows) == 40
    assert "网格员1" in {label.text for label in picture.labels.labels}


class Failing:
    """Fails once."""

    def __init__(self, painter: BackdropPainter) -> None:
        self.painter, self.asked = painter, 0

    def picture(self, wish: Wish, generation: int) -> Picture:
        self.asked += 1
        if self.asked == 1:
            raise ValueError("no picture")
        return self.painter.picture(wish, generation)


@pytest.mark.allow_warnings
def test_one_that_fails_is_asked_for_again(qtbot: QtBot, desk: Desk) -> None:
    live = LivePicture(desk.store, Texts())
    backdrop, failing = Backdrop(Gate()), Failing(painter_of(live))
    backdrop.begin(failing)
    wish = wish_of(live)

    def is_there() -> bool:
        backdrop.want(wish)
        return backdrop.picture is not None

    qtbot.waitUntil(is_there)
    assert failing.asked == 2
    assert backdrop.is_complete
    backdrop.stop()


class Counting:
    """Knows how often it was asked."""

    def __init__(self, painter: BackdropPainter) -> None:
        self.painter, self.asked = painter, 0

    def picture(self, wish: Wish, generation: int) -> Picture:
        self.asked += 1
        return self.painter.picture(wish, generation)


def test_while_tiles_are_still_to_come_it_is_drawn_seldom(qtbot: QtBot, desk: Desk) -> None:
    live = LivePicture(desk.store, Texts())
    backdrop, counting = Backdrop(Gate()), Counting(painter_of(live))
    backdrop.begin(counting)
    image = QImage(1, 1, QImage.Format.Format_RGB32)
    keys = tile_keys(VIEW, level_of(VIEW))
    some, whole = (TileSet(dict.fromkeys(known, image), {}, None) for known in (keys[:1], keys))
    wish = wish_of(live)
    with qtbot.waitSignal(backdrop.arrived):
        backdrop.want(replace(wish, tiles=TileSet({}, {}, None)))
    backdrop.want(replace(wish, tiles=some))
    assert counting.asked == 1, "another tile is to come"
    with qtbot.waitSignal(backdrop.arrived):
        backdrop.want(replace(wish, tiles=whole))
    assert backdrop.shows_all_of(VIEW)
    assert counting.asked == 2
    with qtbot.waitSignal(backdrop.arrived):
        backdrop.want(replace(wish, view=VIEW.panned(200, 0), tiles=some))
    assert counting.asked == 3, "it does not reach so far"
    backdrop.stop()

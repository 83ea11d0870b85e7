"""The overview in the map's corner: moved by mouse and keys, folded as the officer left it, in nobody's way."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from console.layers.shelf import LayerShelf
from tests.support.drivers import LEFT, WindowDriver
from tests.support.scene import OFFICER
from tests.ui.map_area import AREA
from ui.map.map_render import MapRender

NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def seen(driver: WindowDriver) -> WindowDriver:
    """With the overview of a small area."""
    driver.scene.store.apply_local(AREA)
    driver.qtbot.waitUntil(lambda: driver.window.minimap_desk.minimap.isVisible())
    return driver


def test_a_click_and_a_drag_move_the_map(seen: WindowDriver) -> None:
    desk_map, minimap = seen.parts.map, seen.window.minimap_desk.minimap
    desk_map.centre_on(desk_map.view.lat, desk_map.view.place_at(desk_map.view.width / 2, 0)[1], 17.0)
    zoom = desk_map.view.zoom
    overview = minimap.overlay.overview
    assert overview is not None
    for at in (QPoint(60, 40), QPoint(120, 70)):
        QTest.mousePress(minimap, LEFT, NONE, at)
        assert (desk_map.view.x, desk_map.view.y) == pytest.approx(overview.world_at(at.x(), at.y()))
        QTest.mouseRelease(minimap, LEFT, NONE, at)
    assert desk_map.view.zoom == zoom
    rect = minimap.overlay.shown_rect(desk_map.view)
    assert rect.contains(minimap.geometry().topLeft() + QPoint(120, 70))
    assert rect.width() < minimap.width() / 2
    minimap.setFocus()
    seen.key(Qt.Key.Key_Left)
    assert minimap.overlay.shown_rect(desk_map.view).center().x() < rect.center().x()


def test_it_is_folded_away_and_stays_so_for_its_officer(seen: WindowDriver, tmp_path: Path) -> None:
    layers, minimap = seen.window.layer_desk, seen.window.minimap_desk.minimap
    layers.keep_on(LayerShelf(tmp_path / "layers.json"))
    large, fold = minimap.size(), minimap.overlay.fold_rect
    QTest.mouseClick(minimap, LEFT, NONE, fold.center() - minimap.pos())
    assert minimap.size() == fold.size()
    assert minimap.overlay.fold_rect == fold, "the second click lands where the first did"
    assert LayerShelf(tmp_path / "layers.json").choice(OFFICER).is_overview_folded
    seen.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert minimap.size() == large


def test_it_lies_below_whatever_can_be_pressed_and_is_not_printed(seen: WindowDriver) -> None:
    desk_map, minimap = seen.parts.map, seen.window.minimap_desk.minimap
    seen.window.acting.tell("warn", "网络中断", "")
    seen.settle()
    children = [child for child in desk_map.children() if child.isWidgetType()]
    assert children.index(minimap) == 0, "everything else over the map is above it"
    drawing = desk_map.drawing
    render = MapRender(
        desk_map,
        desk_map.view,
        drawing.palette,
        pixel_ratio=1.0,
        scale=1.0,
        base=None,
        shown=desk_map.shown(),
        text=seen.scene.text,
        parent=seen.window,
    )
    left_out = set(drawing.overlays.held) - set(render.drawing.overlays.held)
    render.stop()
    assert minimap.overlay in left_out

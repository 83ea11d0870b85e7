"""Everything of a drill's desk says that it is one; nothing of a live desk does."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from comms.domain import drill_events as dr
from comms.domain.ids import BlobId
from comms.domain.picture import Picture
from comms.domain.realm import DRILL_NAME
from comms.protocol.commands import BlobGet
from comms.protocol.errors import RefusalCode
from console.duty.paper import Paper
from tests.support.drivers import WindowDriver
from tests.support.scene import GROUPS, Scene
from ui.dialogs.photo import PhotoDialog
from ui.dialogs.sign_in import SignInDialog
from ui.drill.band import DrillBand
from ui.duty.export import DutyExport
from ui.layer.sheets import LayerSheets
from ui.main_window import MainWindow
from ui.place.places import Places
from ui.support.leaving import leaving_of
from ui.widgets.drill_mark import MARK, marked_for, strip_of
from ui.widgets.overlay import Overlay
from ui.widgets.toasts import Toasts
from ui.window_sheets import WindowSheets
from ui.work_sheets import MAKERS


@pytest.fixture(params=[True, False], ids=["drill", "live"])
def desk(request: pytest.FixtureRequest, scene: Scene, driver: WindowDriver) -> tuple[MainWindow, bool]:
    is_drill = bool(request.param)
    scene.sign_in(GROUPS, heard=3, is_drill=is_drill)
    return driver.window, is_drill


def _registered(owner: object) -> None:
    """Make every sheet that a registry would make when it is first asked for."""
    for name, made in vars(type(owner)).items():
        if type(made).__name__ == "cached_property":
            getattr(owner, name)


def _all_overlays(window: MainWindow) -> list[Overlay]:
    for name in MAKERS:
        window.shows.work_sheets.sheet(name)
    for owner, kind in (
        (window.parts.sheets, WindowSheets), (window.layer_sheets, LayerSheets), (window.places, Places),
    ):  # fmt: skip
        assert type(owner) is kind
        _registered(owner)
    return [each for each in window.findChildren(Overlay) if not isinstance(each, Toasts)]


def test_every_sheet_bears_the_mark_in_a_drill_and_none_on_a_live_desk(desk: tuple[MainWindow, bool]) -> None:
    window, is_drill = desk
    overlays = _all_overlays(window)
    assert len(overlays) > len(MAKERS)
    for overlay in overlays:
        overlay.appear()
        strip = strip_of(overlay)
        assert (strip is not None) is is_drill, type(overlay).__name__
        if strip is not None:
            assert strip.text() == MARK
            assert strip.isVisible()
            assert overlay.contentsRect().top() >= strip.geometry().bottom(), type(overlay).__name__
            assert overlay.y() >= 0
            if overlay.parentWidget() is window:
                assert overlay.y() >= window.drill_desk.band.geometry().bottom(), type(overlay).__name__
        overlay.hide()


def test_every_dialog_bears_it_in_its_title_as_well(desk: tuple[MainWindow, bool], scene: Scene) -> None:
    window, is_drill = desk
    for part in ("settings", "base_map", "shortcuts", "map_print"):
        window.shows.show(part)
    scene.desk.refuse(BlobGet, RefusalCode.NOT_FOUND, "没有这张照片")
    window.shows.show_photos((BlobId("b"),))
    dialogs = [each for each in window.findChildren(QDialog) if type(each).__module__.startswith("ui.")]
    ours = {kind for kind in QDialog.__subclasses__() if kind.__module__.startswith("ui.")}
    assert PhotoDialog in ours
    assert {type(each) for each in dialogs} == ours - {SignInDialog}, "where it will be is not known before"
    for dialog in dialogs:
        assert (strip_of(dialog) is not None) is is_drill, type(dialog).__name__
        assert dialog.windowTitle().startswith(DRILL_NAME) is is_drill, type(dialog).__name__
        dialog.close()


def test_the_window_says_so_and_a_live_desk_loses_no_room(desk: tuple[MainWindow, bool]) -> None:
    window, is_drill = desk
    QApplication.processEvents()
    band = window.drill_desk.band
    assert band.isVisible() is is_drill
    assert window.windowTitle().startswith(DRILL_NAME) is is_drill
    assert window.parts.top_bar.mapTo(window, window.parts.top_bar.rect().topLeft()).y() == (
        band.height() if is_drill else 0
    )


def test_what_is_written_at_the_desk_says_so(desk: tuple[MainWindow, bool], tmp_path: Path, qtbot: QtBot) -> None:
    window, is_drill = desk
    name = DRILL_NAME if is_drill else ""
    words = window.shows.print._page(window.parts.map.view).words
    assert words.title.startswith(DRILL_NAME) is is_drill
    assert words.place.startswith(DRILL_NAME) is is_drill
    assert marked_for(window, "交接班单") == f"{name}交接班单"
    assert marked_for(window, f"地图 {DRILL_NAME}") == f"地图 {DRILL_NAME}", "once is enough"
    place = window.workplace
    export = DutyExport(
        window,
        place.background,
        place.acting,
        place.text,
        stand_back=place.store.gate.bystander(),
        leaving=leaving_of(place, window),
        picture=Picture,
        parent=window,
    )
    paper = export._marked(Paper(title="交接班单", facts=(), parts=(), foot="第一页"))
    assert (paper.title, paper.foot) == (f"{name}交接班单", f"{name}第一页")


def test_the_mark_goes_with_the_next_sign_in(scene: Scene, driver: WindowDriver) -> None:
    """A sheet that is open keeps its place, and its own margins."""
    window = driver.window
    sheet = window.parts.composer
    before = sheet.contentsMargins()
    scene.sign_in(GROUPS, heard=3, is_drill=True)
    sheet.appear()
    assert strip_of(sheet) is not None
    window.shows.show("theme")  # a new style brings a frame's own margins
    assert sheet.contentsMargins().top() > before.top()
    scene.sign_in(GROUPS, heard=3)
    assert strip_of(sheet) is None
    assert sheet.contentsMargins() == before
    assert not window.windowTitle().startswith(DRILL_NAME)
    sheet.appear()
    scene.sign_in(GROUPS, heard=3, is_drill=True)
    assert strip_of(sheet) is not None


def _labels(widget: QWidget) -> str:
    assert isinstance(widget, DrillBand)
    return "|".join(part.text() for part in (widget.title, widget.stage, widget.second))


def test_the_band_tells_the_clock_and_what_stands(scene: Scene, driver: WindowDriver) -> None:
    """From the events alone, as every desk has them."""
    window = driver.window
    scene.sign_in(GROUPS, heard=3, is_drill=True)
    band, curtain = window.drill_desk.band, window.drill_desk.curtain
    assert "尚未开始" in _labels(band)
    began = scene.store.server_now()
    scene.clock += 100.0
    assert scene.store.server_now() == began, "before it begins its clock stands"
    scene.happen(
        dr.DrillBegan(
            drill_id="d", scenario_id="s", digest="", seed=7, title={"zh_CN": "火灾", "en": "Fire"}, starts_at=began
        )
    )
    begun = scene.store.server_now()
    scene.happen(dr.DrillSpeedSet(speed=10.0))
    scene.clock += 3.0
    assert scene.store.server_now() == begun + 30.0
    assert "火灾|进行中 ×10" in _labels(band)
    scene.happen(dr.DrillPaused(is_frozen=True))
    at = scene.store.server_now()
    scene.clock += 50.0
    assert scene.store.server_now() == at
    assert curtain.isVisible()
    assert curtain.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    scene.happen(dr.DrillResumed())
    assert not curtain.isVisible()
    scene.happen(dr.DrillEnded())
    assert "已结束" in _labels(band)

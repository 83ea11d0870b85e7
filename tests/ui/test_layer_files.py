"""Layers brought in from files and taken out again, through the sheets and their worker, as an officer does it."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from comms.domain.datum import Datum
from console.layers.files.kind import SUFFIX, Kind
from console.layers.files.reading import Request, read
from console.layers.files.report import Fault
from console.layers.layer import FileSource, LayerId
from console.layers.shelf import FileShelf
from tests.support.drivers import WindowDriver
from tests.support.layer_files import spoil_page, write_csv, write_geopackage, write_shapefile
from ui.commands import BY_ID
from ui.dialogs.layer_export import ExportSheet
from ui.dialogs.layer_import import ImportSheet
from ui.layer.desk import LayerDesk
from ui.panels.layer_tree import COUNT

LONG_MS = 30_000


class Turns:
    """Counts how often the interface's loop came round."""

    def __init__(self) -> None:
        self.count = 0
        self._timer = QTimer()
        self._timer.timeout.connect(self._turn)
        self._timer.start(0)

    def _turn(self) -> None:
        self.count += 1

    def stop(self) -> None:
        self._timer.stop()


@pytest.fixture
def sheet(driver: WindowDriver) -> ImportSheet:
    return driver.window.layer_sheets.importing


@pytest.fixture
def desk(driver: WindowDriver) -> LayerDesk:
    return driver.window.layer_desk


def bring_in(sheet: ImportSheet, path: Path, qtbot: QtBot, *, datum: Datum = Datum.WGS84) -> int:
    """Choose a file, say the datum, import. Gives how often the interface had its turn while it was read."""
    sheet.take(str(path))
    qtbot.waitUntil(lambda: sheet.form.isEnabled(), timeout=LONG_MS)
    sheet.form.datum.setCurrentIndex(sheet.form.datum.findData(datum.value))
    sheet.form.datum.activated.emit(sheet.form.datum.currentIndex())
    turns = Turns()
    sheet.start.click()
    qtbot.waitUntil(lambda: not sheet.is_busy, timeout=LONG_MS)
    turns.stop()
    return turns.count


def own_ids(desk: LayerDesk) -> list[LayerId]:
    return list(desk.files.layer_ids())


def test_nothing_is_read_before_the_datum_is_said(sheet: ImportSheet, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, 40)
    sheet.take(str(path))
    qtbot.waitUntil(lambda: sheet.form.isEnabled(), timeout=LONG_MS)
    assert (sheet.form.lat.currentData(), sheet.form.lon.currentData()) == ("纬度", "经度"), "guessed by name"
    assert sheet.form.lack() == "file.lack_datum"
    assert not sheet.start.isEnabled()
    sheet.form.datum.setCurrentIndex(2)
    sheet.form.datum.activated.emit(2)
    assert sheet.start.isEnabled()
    sheet.form.lon.setCurrentIndex(sheet.form.lat.currentIndex())
    sheet.form.lon.activated.emit(0)
    assert sheet.form.lack() == "file.lack_columns"
    sheet.form.way.setCurrentIndex(3)
    sheet.form.way.activated.emit(3)
    sheet.form.name.clear()
    assert sheet.form.lack() == "file.lack_name"


def test_a_csv_with_five_percent_bad_rows(sheet: ImportSheet, desk: LayerDesk, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "出租屋.csv"
    expected = write_csv(path, 4_000)
    turns = bring_in(sheet, path, qtbot)
    assert turns > 1, "the interface had its turns while the file was read"
    (layer_id,) = own_ids(desk)
    features = desk.own_features(layer_id)
    assert features is not None
    assert len(features) == 3_800
    assert "3,800" in sheet.report.outcome.text()
    assert "200" in sheet.report.outcome.text()
    saved = tmp_path / "问题.csv"
    sheet.report.save_to(str(saved))
    qtbot.waitUntil(saved.exists, timeout=LONG_MS)
    qtbot.waitUntil(lambda: len(saved.read_text("utf-8-sig").splitlines()) == 201, timeout=LONG_MS)
    rows = list(csv.reader(saved.read_text("utf-8-sig").splitlines()))[1:]
    assert [int(row[0]) for row in rows] == list(expected)
    assert rows[0][2] == "没有填坐标"
    qtbot.waitUntil(lambda: layer_id in desk.counts(), timeout=LONG_MS)
    sheet.go.click()
    assert not sheet.isVisible()
    assert desk.counts()[layer_id] > 3_000, "the map went there"


def test_a_damaged_geopackage(sheet: ImportSheet, desk: LayerDesk, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "点位.gpkg"
    write_geopackage(path, 3_000)
    spoil_page(path, 60)
    assert bring_in(sheet, path, qtbot) > 1
    (layer_id,) = own_ids(desk)
    report, features = desk.files.report(layer_id), desk.own_features(layer_id)
    assert report is not None
    assert features is not None
    assert 2_000 < len(features) == report.loaded < 3_000
    assert report.loaded + report.lost == 3_000, "every row is shown or told"
    assert "损坏" in sheet.report.lines.lines[0].title


def test_ten_thousand_polygons_in_gbk(sheet: ImportSheet, desk: LayerDesk, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "网格.shp"
    write_shapefile(path, 10_000, cpg=False)
    assert bring_in(sheet, path, qtbot, datum=Datum.CGCS2000) > 3
    (layer_id,) = own_ids(desk)
    features = desk.own_features(layer_id)
    assert features is not None
    assert len(features) == 10_000
    assert features.name(9_999) == "石排镇第9999网格"
    assert desk.book.is_on(layer_id)


def test_reading_can_be_stopped_and_goes_on_behind_a_closed_sheet(
    sheet: ImportSheet, driver: WindowDriver, tmp_path: Path, qtbot: QtBot
) -> None:
    path, said = tmp_path / "a.csv", list[str]()
    write_csv(path, 8_000)
    driver.window.acting.said.connect(lambda tone, sentence, detail: said.append(sentence))
    sheet.take(str(path))
    qtbot.waitUntil(lambda: sheet.form.isEnabled(), timeout=LONG_MS)
    sheet.form.datum.setCurrentIndex(1)
    sheet.form.datum.activated.emit(1)
    sheet.start.click()
    sheet.stop.click()
    qtbot.waitUntil(lambda: not sheet.is_busy, timeout=LONG_MS)
    assert "已取消" in sheet.report.outcome.text()
    assert own_ids(driver.window.layer_desk) == []
    sheet.start.click()
    driver.key(Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    qtbot.waitUntil(lambda: bool(said), timeout=LONG_MS)
    assert "7,600" in said[-1]
    assert len(own_ids(driver.window.layer_desk)) == 1


def test_layers_come_back_at_the_next_start_and_a_lost_file_says_so(
    sheet: ImportSheet, driver: WindowDriver, tmp_path: Path, qtbot: QtBot
) -> None:
    desk, shelf = driver.window.layer_desk, tmp_path / "layer_files.json"
    desk.files.keep_on(FileShelf(shelf))
    path = tmp_path / "学校.csv"
    write_csv(path, 100)
    bring_in(sheet, path, qtbot, datum=Datum.GCJ02)
    (kept,) = FileShelf(shelf).layers
    assert isinstance(kept.source, FileSource)
    assert (kept.source.datum, kept.source.coordinates is not None) == ("gcj02", True)
    desk.remove(kept.id)
    desk.files.keep_on(FileShelf(shelf))
    assert desk.own_features(kept.id) is None
    qtbot.waitUntil(lambda: desk.own_features(kept.id) is not None, timeout=LONG_MS)
    path.rename(tmp_path / "elsewhere.csv")
    with qtbot.waitSignal(desk.files.troubled, timeout=LONG_MS):
        desk.files.read_again(kept.id)
    report = desk.files.report(kept.id)
    assert report is not None
    assert report.fault is Fault.MISSING
    panel = driver.parts.layers
    driver.window.shows.show("layers")
    panel.tree.choose(kept.id)
    qtbot.waitUntil(lambda: panel.tree.item_of(kept.id).text(COUNT) == "文件不在", timeout=LONG_MS)
    assert "重读" in panel.foot.state.text()
    assert FileShelf(shelf).layers == (kept,)
    (tmp_path / "elsewhere.csv").rename(path)
    panel.foot.buttons["again"].click()
    qtbot.waitUntil(lambda: desk.own_features(kept.id) is not None, timeout=LONG_MS)
    panel.foot.buttons["problems"].click()
    assert sheet.isVisible()
    assert len(sheet.report.lines.lines) == 5
    panel.foot.buttons["remove"].click()
    assert FileShelf(shelf).layers == ()
    assert path.exists()


@pytest.mark.parametrize("kind", list(Kind))
def test_what_was_taken_in_goes_out_again(
    sheet: ImportSheet, driver: WindowDriver, tmp_path: Path, qtbot: QtBot, kind: Kind
) -> None:
    path, desk = tmp_path / "a.csv", driver.window.layer_desk
    write_csv(path, 60)
    bring_in(sheet, path, qtbot)
    driver.window.shows.show("layers")
    driver.parts.layers.tree.choose(own_ids(desk)[0])
    exporting: ExportSheet = driver.window.layer_sheets.exporting
    BY_ID["layer_export"].run(driver.window.controls)
    assert exporting.layer.currentData() == own_ids(desk)[0]
    exporting.kind.setCurrentIndex(exporting.kind.findData(kind.value))
    exporting.datum.setCurrentIndex(exporting.datum.findData(Datum.GCJ02.value))
    out = tmp_path / f"出{SUFFIX[kind]}"
    exporting.save_to(str(out))
    qtbot.waitUntil(lambda: not exporting.is_busy, timeout=LONG_MS)
    assert "GCJ-02" in exporting.outcome.text()
    (features,) = read(Request(path=str(out), reference="gcj02")).features
    before = desk.own_features(own_ids(desk)[0])
    assert before is not None
    assert features.lat == pytest.approx(before.lat, abs=2e-8)
    assert features.lon == pytest.approx(before.lon, abs=2e-8)
    if kind is Kind.CSV:
        driver.parts.map.centre_on(float(before.lat[3]), float(before.lon[3]), 20.0)
        exporting.scope.setCurrentIndex(1)
        exporting.save_to(str(out))
        qtbot.waitUntil(lambda: not exporting.is_busy, timeout=LONG_MS)
        (some,) = read(Request(path=str(out), reference="gcj02")).features
        assert len(some) > 0
        assert np.isin(some.columns["编号"], before.columns["编号"]).all()


def test_a_file_dropped_onto_the_map_opens_the_sheet(
    sheet: ImportSheet, driver: WindowDriver, tmp_path: Path, qtbot: QtBot
) -> None:
    path, data = tmp_path / "说明.docx", QMimeData()
    path.write_bytes(b"nothing")
    data.setUrls([QUrl.fromLocalFile(str(path))])
    how = Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(driver.parts.map, QDragEnterEvent(QPoint(50, 50), *how))
    QApplication.sendEvent(driver.parts.map, QDropEvent(QPointF(50, 50), *how))
    assert sheet.isVisible()
    qtbot.waitUntil(lambda: "认不出" in sheet.report.outcome.text(), timeout=LONG_MS)
    assert not sheet.start.isEnabled()

"""The scenario editor, worked by mouse and keys: a real library in a folder of the test, real files."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QListWidget, QPlainTextEdit

from comms.domain.inject import AfterInject, AtTime, Call, Spot
from comms.domain.scenario import Scenario
from comms.protocol.errors import Locale
from comms.scenario.scenario_file import read_scenario, write_scenario
from console.scenario.fields import SECTIONS, FieldKind
from console.scenario.library import Library, draft_path
from tests.support.scene import Scene
from tests.ui.conftest import PatientBot
from ui.background import Background
from ui.main_window import MainWindow
from ui.map.map_widget import MapWidget
from ui.scenario.desk import ScenarioDesk, own_folder, shipped_folder
from ui.scenario.editor import PAGES, Editor
from ui.scenario.field import FieldView
from ui.scenario.form import PartForm
from ui.scenario.injects import InjectsPage
from ui.scenario.page import PartsPage
from ui.scenario.preview import RunPage, TextPage
from ui.scenario.window import ScenarioWindow
from ui.theme import LIGHT

CTRL = Qt.KeyboardModifier.ControlModifier
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


class EditorDriver:
    """Opens scenarios in the window and works its fields."""

    def __init__(self, scene: Scene, qtbot: PatientBot, window: ScenarioWindow) -> None:
        self.qtbot, self.scene, self.window = qtbot, scene, window
        window.open_list()
        self._wait(lambda: window.shelf.table.rowCount() >= 1)

    def _wait(self, claim: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(claim)

    @property
    def editor(self) -> Editor:
        assert self.window.editor is not None
        return self.window.editor

    @property
    def scenario(self) -> Scenario:
        return self.editor.draft.scenario

    def open(self, name: str = "typhoon_flood.yaml") -> Editor:
        table: Any = self.window.shelf.table
        row = next(at for at in range(table.rowCount()) if table.item(at, 4).text() == name)
        table.selectRow(row)
        self.window.shelf.buttons["open"].click()
        self._wait(lambda: self.window.editor is not None)
        return self.editor

    def page(self, name: str) -> Any:
        return self.editor.turn(name)

    def field(self, name: str, kind: Any = QLineEdit) -> Any:
        """The first that is shown with this name."""
        page = self.editor.stack.currentWidget()
        return next(each for each in page.findChildren(kind, name) if each.isVisibleTo(page))

    def write(self, name: str, words: str, kind: Any = QLineEdit) -> None:
        field = self.field(name, kind)
        field.selectAll()
        field.insertPlainText(words) if kind is QPlainTextEdit else field.insert(words)

    def take(self, name: str, words: str) -> None:
        """In a list that opens."""
        combo = self.field(name, QComboBox)
        at = combo.findText(words)
        assert at >= 0
        combo.setCurrentIndex(at)
        combo.activated.emit(at)

    def save(self) -> bytes:
        draft = self.editor.draft
        draft.save()
        self._wait(lambda: not draft.is_changed)
        return draft.path.read_bytes()

    def answer(self, at: int) -> None:
        self.window.question.buttons[at].click()


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def driver(scene: Scene, qtbot: PatientBot, tmp_path: Path) -> Iterator[EditorDriver]:
    """The window by itself, without a desk."""
    background = Background(scene.store.gate)
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    shutil.copy(shipped_folder() / "typhoon_flood.yaml", shipped)  # one is read sooner than six
    library = Library(shipped, own_folder())
    window = ScenarioWindow(
        library=library, store=scene.store, background=background, look=scene.look, text=scene.text, pick=None
    )
    yield EditorDriver(scene, qtbot, window)
    background.stop()
    window.hide()
    window.deleteLater()


class DeskDriver(EditorDriver):
    """The window as the whole desk opens it."""

    def __init__(self, scene: Scene, qtbot: PatientBot) -> None:
        self.host: MainWindow = scene.window()
        qtbot.addWidget(self.host)
        self.host.show()
        self.host.controls.showing.emit("scenarios")
        desk = self.host.shows.work_sheets.sheet("scenarios")
        assert isinstance(desk, ScenarioDesk)
        self.desk = desk
        super().__init__(scene, qtbot, desk.window)


@pytest.fixture
def desk_driver(scene: Scene, qtbot: PatientBot) -> DeskDriver:
    return DeskDriver(scene, qtbot)


def test_every_page_shows_every_part_and_leaves_it_as_it_is(driver: EditorDriver) -> None:
    driver.open()
    before = driver.scenario
    for name in PAGES:
        page = driver.page(name)
        for at in range(len(page.parts)) if isinstance(page, PartsPage) else ():
            page.choose(at)
            assert not [form for form in page.findChildren(PartForm) if form.isHidden() and form.isVisible()]
    assert driver.scenario is before
    assert not driver.editor.draft.is_changed


def test_fields_of_each_kind_change_the_scenario_and_its_file(driver: EditorDriver) -> None:
    driver.open()
    driver.page("head")
    driver.write("title_zh_CN", "台风夜间内涝")
    driver.write("length_min", "45")
    page = driver.page("injects")
    page.choose(6)
    assert driver.scenario.injects[6].id == "trapped"
    driver.write("s", "8:30")
    driver.write("text_zh_CN", "水到车窗了！", QPlainTextEdit)
    driver.take("priority", "紧急")
    driver.take("place", "按网格")
    driver.write("grid", "441900001001")
    inject = driver.scenario.injects[6]
    assert isinstance(inject.what, Call)
    assert inject.when == AtTime(s=510.0)
    words = {"zh_CN": "康源路下穿通道内", "en": "In the 康源路 underpass"}
    assert inject.what.place == Spot(text=words, grid="441900001001")
    driver.take("when", "另一注入之后")
    driver.take("inject", "下穿通道积水")
    assert driver.scenario.injects[6].when == AfterInject(inject="first_water", s=510.0)
    saved = read_scenario(driver.save())
    assert saved == driver.scenario
    assert (saved.title, saved.length_min) == ({"zh_CN": "台风夜间内涝", "en": "Typhoon and urban flooding"}, 45.0)
    assert driver.editor.draft.path.parent == own_folder()


def _poke(view: FieldView) -> None:
    """Something else is written or chosen there, by its own widgets."""
    for line in view.findChildren(QLineEdit, options=Qt.FindChildOption.FindDirectChildrenOnly):
        number = "3" if view.field.is_whole else "1.5" if line.text() != "1.5" else "1.75"
        line.setText(number if view.field.kind is FieldKind.NUMBER else f"x{line.text()[:20].lower()}")
        line.textEdited.emit(line.text())
        line.editingFinished.emit()
    for text in view.findChildren(QPlainTextEdit, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if text.isVisibleTo(view):
            text.insertPlainText("新")
    for box in view.findChildren(QCheckBox, options=Qt.FindChildOption.FindDirectChildrenOnly):
        box.click()
    for ticks in view.findChildren(QListWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        ticks.item(0).setCheckState(Qt.CheckState.Checked)
    for combo in view.findChildren(QComboBox, options=Qt.FindChildOption.FindDirectChildrenOnly):
        combo.setCurrentIndex((combo.currentIndex() + 1) % combo.count())
        combo.activated.emit(combo.currentIndex())


def _poke_all(driver: EditorDriver, form: PartForm) -> set[str]:
    """Each field of it, and of those it is made of; which of them did nothing, though they stand for
    something themselves."""
    idle = set()
    for name, view in form.views.items():
        before = driver.scenario
        _poke(view)
        if driver.scenario == before and view.field.kind not in (FieldKind.PART, FieldKind.SPOT):
            idle.add(f"{form.struct.__name__}.{name}")
        if isinstance(inner := getattr(view, "form", None), PartForm) and view.field.kind is not FieldKind.ONE_OF:
            idle |= _poke_all(driver, inner)
    return idle


def test_every_field_of_every_form_reaches_the_file(driver: EditorDriver) -> None:
    driver.open()
    assert _poke_all(driver, driver.page("head").form) == {"Scenario.starts_at"}  # no date any more: refused
    for section in SECTIONS:
        page = driver.page(section)
        assert not _poke_all(driver, page._form)
    assert _again(driver.scenario) == driver.scenario


def test_each_kind_of_inject_and_of_what_is_looked_for_has_a_form_that_works(driver: EditorDriver) -> None:
    driver.open()
    for section in ("injects", "expectations"):
        page = driver.page(section)
        what = page._form.views["what"]
        for at in range(what.combo.count()):
            what.combo.setCurrentIndex(at)
            what.combo.activated.emit(at)
            assert type(page.parts[page.at].what) is what.field.types[at]
            assert not _poke_all(driver, what.form)
    assert _again(driver.scenario) == driver.scenario


def _again(scenario: Scenario) -> Scenario:
    return read_scenario(write_scenario(scenario), is_lenient=True)


def test_what_cannot_be_is_said_beneath_and_changes_nothing(driver: EditorDriver) -> None:
    driver.open()
    driver.page("head")
    before = driver.scenario
    driver.write("length_min", "soon")
    driver.write("length_min", "99999")
    driver.write("starts_at", "tomorrow")
    assert driver.scenario is before
    form = driver.page("head").form
    assert form._faults["length_min"].isVisible()
    assert form._faults["starts_at"].isVisible()


def test_everything_is_undone_and_done_again(driver: EditorDriver, qtbot: PatientBot) -> None:
    driver.open()
    first = driver.scenario
    page = driver.page("objectives")
    page.add()
    page.duplicate()
    page.shift(-1)
    driver.write("words_en", "Something else")
    page.remove()
    last = driver.scenario
    assert last != first
    for _ in range(5):
        driver.window.doing.do("undo")
    assert driver.scenario == first
    QTest.keyClick(driver.window, Qt.Key.Key_Z, CTRL | SHIFT)
    for _ in range(4):
        driver.window.doing.do("redo")
    assert driver.scenario == last


def test_undo_is_the_scenarios_also_while_somebody_writes(driver: EditorDriver, qtbot: PatientBot) -> None:
    driver.open()
    driver.window.activateWindow()
    qtbot.waitUntil(driver.window.isActiveWindow)
    first = driver.scenario
    driver.page("head")
    field = driver.field("title_en")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "Rain")
    QTest.keyClick(field, Qt.Key.Key_Z, CTRL)
    assert (driver.scenario, field.text()) == (first, "Typhoon and urban flooding")
    QTest.keyClick(field, Qt.Key.Key_Y, CTRL)
    assert field.text() == "Rain"
    QTest.keyClick(field, Qt.Key.Key_S, CTRL)
    qtbot.waitUntil(lambda: not driver.editor.draft.is_changed)
    parts = driver.page("checklist")
    parts.list.setFocus()
    QTest.keyClick(parts.list, Qt.Key.Key_D, CTRL)
    QTest.keyClick(parts.list, Qt.Key.Key_Up, ALT)
    assert [line.id for line in driver.scenario.checklist] == ["headsets_2", "headsets", "told_all", "hot_wash"]
    QTest.keyClick(parts.list, Qt.Key.Key_Delete)
    assert driver.scenario.checklist == first.checklist
    QTest.keyClick(driver.editor.nav, Qt.Key.Key_PageDown, ALT)
    assert driver.editor.nav.currentRow() == PAGES.index("run")


def test_injects_are_drawn_and_keyed_along_the_line_of_time(driver: EditorDriver) -> None:
    driver.open()
    page = driver.page("injects")
    assert isinstance(page, InjectsPage)
    card = page.line.cards()[1]
    start = card.where.center().toPoint()
    QTest.mousePress(page.line, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(page.line, start + QPoint(0, round(page.line._px(34))))
    QTest.mouseRelease(page.line, Qt.MouseButton.LeftButton, pos=start + QPoint(0, 34))
    assert driver.scenario.injects[card.at].when.s == 150.0
    QTest.keyClick(page.line, Qt.Key.Key_Up, ALT | SHIFT)
    assert driver.scenario.injects[card.at].when.s == 90.0
    QTest.keyClick(page.line, Qt.Key.Key_Down)
    assert page.at != card.at
    driver.page("head")
    driver.write("length_min", "1440")
    driver.page("injects")
    assert page.line.height() < 6000
    for kind in page._menu.actions():
        kind.trigger()
    assert len(driver.scenario.injects) == 16 + len(page._menu.actions())
    page.expect()
    assert driver.scenario.expectations[-1].since == driver.scenario.injects[page.at].id
    assert driver.editor.nav.currentRow() == PAGES.index("expectations")


def test_faults_go_to_their_field_and_forbid_playing_only(desk_driver: DeskDriver) -> None:
    heard: list[str] = []
    assert desk_driver.window.can_start, "the desk itself plays what is asked for"
    desk_driver.host.controls.drilling.connect(heard.append)
    desk_driver.desk.open()
    desk_driver.open()
    start = desk_driver.window.bar.buttons["start"]
    start.click()
    assert heard.pop() == str(shipped_folder() / "typhoon_flood.yaml")
    desk_driver.page("roles")
    desk_driver.take("kind", "导调")
    assert not start.isEnabled()
    desk_driver.page("head")
    desk_driver.editor.next_fault()
    assert desk_driver.editor.nav.currentRow() == PAGES.index("roles")
    desk_driver.save()
    desk_driver.window.doing.do("start")
    assert heard == []
    desk_driver.page("roles")
    desk_driver.take("kind", "受训")
    desk_driver.save()
    desk_driver.window.doing.do("start")
    assert heard == [str(desk_driver.editor.draft.path)]


def test_a_place_is_picked_on_the_desks_map(desk_driver: DeskDriver) -> None:
    desk_driver.open()
    page = desk_driver.page("injects")
    page.choose(1)
    button = next(each for each in page.findChildren(type(page.add_button)) if each.text() == "在地图上选…")
    button.click()
    desk_map = desk_driver.host.findChild(MapWidget)
    assert desk_map is not None
    QTest.mouseClick(desk_map, Qt.MouseButton.LeftButton, pos=desk_map.rect().center())
    place = desk_driver.scenario.injects[1].what.place  # type: ignore[union-attr]  # a work order has one
    assert place is not None
    assert place.named is None
    assert place.lat is not None


def test_what_the_town_does_not_have_is_told_and_led_to(driver: EditorDriver, qtbot: PatientBot) -> None:
    driver.open()
    driver.page("injects").choose(7)
    driver.write("talkgroup", "nobody")
    assert not driver.editor.town_button.isEnabled()
    driver.save()
    qtbot.waitUntil(driver.editor.town_button.isEnabled)
    driver.editor.town_button.click()
    qtbot.waitUntil(lambda: not driver.editor.town_check.is_running)
    assert driver.editor.faults.count() == 1
    driver.page("head")
    driver.editor.next_fault()
    assert driver.page("injects").at == 7
    driver.write("talkgroup", "v02")
    assert driver.editor.faults.count() == 0


def test_the_run_and_the_file_are_shown(driver: EditorDriver, qtbot: PatientBot) -> None:
    driver.open()
    run = driver.page("run")
    assert isinstance(run, RunPage)
    assert run.table.rowCount() == len(driver.scenario.injects)
    table: Any = run.table
    assert "2:30 前 全体：60 秒内派出两名就近网格员" in table.item(1, 4).text()
    run.table.activated.emit(run.table.model().index(1, 0))
    assert driver.page("injects").at == 1
    text = driver.page("file")
    assert isinstance(text, TextPage)
    qtbot.waitUntil(lambda: text.edit.toPlainText() != "")
    assert read_scenario(text.edit.toPlainText().encode()) == driver.scenario


def test_leaving_with_edits_asks_once_and_drops_them_when_told(driver: EditorDriver, qtbot: PatientBot) -> None:
    driver.open()
    driver.page("head")
    driver.write("title_en", "Another")
    driver.window.close()
    assert driver.window.isVisible()
    assert len(driver.window.question.buttons) == 3
    driver.answer(1)
    qtbot.waitUntil(lambda: driver.window.editor is None)
    assert not list(own_folder().glob("*")) if own_folder().exists() else True


def test_a_crash_loses_nothing(driver: EditorDriver, qtbot: PatientBot) -> None:
    driver.open()
    path = driver.editor.draft.path
    driver.save() if driver.editor.draft.is_changed else None
    driver.page("head")
    driver.write("title_en", "Kept")
    driver.save()
    driver.write("title_en", "Nearly lost")
    lost = driver.scenario
    driver.editor.draft.keep_draft()
    qtbot.waitUntil(lambda: draft_path(path).exists())
    driver.window._leave()
    driver.window.open(path)
    qtbot.waitUntil(lambda: bool(driver.window.question.buttons))
    driver.answer(0)
    assert driver.scenario == lost
    driver.save()
    assert not draft_path(path).exists()


def test_where_no_draft_can_be_kept_it_is_said_once(driver: EditorDriver, qtbot: PatientBot) -> None:
    driver.open()
    own_folder().parent.mkdir(parents=True, exist_ok=True)
    own_folder().write_bytes(b"a file where the folder should be")
    driver.page("head")
    driver.write("title_en", "Mine")
    with qtbot.waitSignal(driver.editor.draft.notKept):
        driver.editor.draft.keep_draft()
    assert driver.window.question.isVisible()
    own_folder().unlink()


def test_another_programs_change_is_not_written_over_unasked(driver: EditorDriver, qtbot: PatientBot) -> None:
    driver.open()
    driver.page("head")
    driver.write("title_en", "Mine")
    driver.save()
    driver.editor.draft.path.write_bytes(write_scenario(driver.scenario) + b"# theirs\n")
    driver.write("title_en", "Mine again")
    driver.editor.draft.save()
    qtbot.waitUntil(lambda: len(driver.window.question.buttons) == 2)
    assert b"# theirs" in driver.editor.draft.path.read_bytes()
    driver.answer(1)
    qtbot.waitUntil(lambda: not driver.editor.draft.is_changed)


def test_a_broken_file_is_mended_on_the_spot(driver: EditorDriver, qtbot: PatientBot, tmp_path: Path) -> None:
    whole = write_scenario(read_scenario(Path("resources/scenarios/rental_gas.yaml").read_bytes())).decode()
    (tmp_path / "bad.yaml").write_text(whole.replace("kind: trainee", "kind: pupil"), encoding="utf-8")
    driver.window.open(tmp_path / "bad.yaml")
    qtbot.waitUntil(lambda: driver.window.broken is not None)
    broken = driver.window.broken
    assert broken is not None
    assert "pupil" in broken.edit.textCursor().selectedText()
    broken.check.click()
    broken.edit.setPlainText(whole)
    broken.check.click()
    qtbot.waitUntil(lambda: driver.window.editor is not None)
    driver.save()
    assert read_scenario((tmp_path / "bad.yaml").read_bytes()) == driver.scenario


def test_new_copied_and_trashed(driver: EditorDriver, qtbot: PatientBot, tmp_path: Path) -> None:
    shelf = driver.window.shelf
    shelf.table.selectRow(0)
    assert not shelf.buttons["trash"].isEnabled()
    shelf.buttons["copy"].click()
    qtbot.waitUntil(lambda: shelf.table.rowCount() == 2)
    assert shelf.chosen is not None
    copied = shelf.chosen.path
    assert copied.read_bytes() == Path("resources/scenarios", copied.name).read_bytes()
    shelf.buttons["trash"].click()
    qtbot.waitUntil(lambda: shelf.table.rowCount() == 1)
    shelf.buttons["new"].click()
    assert driver.editor.draft.faults == ()
    driver.window.doing.export(tmp_path / "sheet.csv")
    qtbot.waitUntil((tmp_path / "sheet.csv").exists)
    driver.save()
    driver.window.doing.do("back")
    driver.window.shelving.take_in(tmp_path / "sheet.csv")
    qtbot.waitUntil(lambda: driver.window.editor is not None)
    assert driver.scenario.injects[0].id == "begin"


def test_it_speaks_both_languages_in_both_themes(driver: EditorDriver, qtbot: PatientBot) -> None:
    driver.open()
    driver.page("cast")
    driver.scene.text.switch(Locale.EN)
    driver.scene.look.set_theme(LIGHT)
    assert isinstance(driver.window, ScenarioWindow)
    assert driver.editor.nav.currentRow() == PAGES.index("cast")
    assert driver.window.bar.buttons["save"].text() == "Copy to mine"
    qtbot.waitUntil(lambda: driver.window.shelf.table.rowCount() == 1)

"""The editor of one scenario: what it is made of down the left side, the page of that, and what is wrong beneath."""

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from comms.domain.scenario_check import ScenarioFault
from comms.scenario.scenario_file import path_of
from console.scenario.edit import Path
from console.scenario.fields import SECTIONS
from ui.background import Background
from ui.scenario.draft import Draft
from ui.scenario.injects import InjectsPage
from ui.scenario.page import HeadPage, Page, PartsPage
from ui.scenario.preview import RunPage, TextPage
from ui.scenario.sense import Sense
from ui.scenario.town_check import TownCheck
from ui.scenario.words import section_words, where_words
from ui.widgets.labels import label

ORDER = ("objectives", "doctrine", "roles", "cast", "injects", "expectations", "measures", "checklist")
PAGES = ("head", *ORDER, "run", "file")
_FAULTS_PX = 96
_PATH = Qt.ItemDataRole.UserRole


class Editor(QWidget):
    """Keys: Alt+Page Up and Down go through the pages, Ctrl+. to the next fault."""

    pageChanged = Signal(str)

    def __init__(self, draft: Draft, sense: Sense, background: Background, parent: QWidget) -> None:
        super().__init__(parent)
        assert set(ORDER) == set(SECTIONS)
        self.draft, self._sense, self._background = draft, sense, background
        self.pages: dict[str, Page] = {}
        self.stack = QStackedWidget(self)
        self.nav = QListWidget(self)
        self.nav.setObjectName("scenario_nav")
        self.nav.setAccessibleName(sense.text("scenario.pages"))
        self.nav.setFixedWidth(sense.look.px(156))
        self.nav.setSpacing(sense.look.px(3))
        self.nav.addItems([section_words(name, sense.text) for name in PAGES])
        self.faults = QListWidget(self)
        self.faults.setObjectName("scenario_faults")
        self.faults.setWordWrap(True)
        self.faults.setAccessibleName(sense.text("scenario.faults"))
        self._sum = label(tone="dim", wraps=True, parent=self)
        self._checked = draft.scenario
        self._town: tuple[object, tuple[str, ...]] | None = None
        self._town_said = ""
        self.town_check = TownCheck(self)
        self.town_check.told.connect(self._take_town)
        self.town_check.failed.connect(self._say_town)
        self.town_button = QPushButton(sense.text("scenario.town_check"), self)
        self.town_button.setObjectName("scenario_town_check")
        self.town_button.setToolTip(sense.text("scenario.town_check_tip"))
        self.town_button.clicked.connect(self.check_town)
        self._lay_out()
        self.nav.currentRowChanged.connect(self._turn)
        self.faults.itemActivated.connect(self._go)
        self.faults.itemClicked.connect(self._go)
        draft.changed.connect(self.refresh)
        draft.saved.connect(self._check)
        for keys, run in (("Alt+PgUp", self._before), ("Alt+PgDown", self._after), ("Ctrl+.", self.next_fault)):
            QShortcut(QKeySequence(keys), self, run, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.nav.setCurrentRow(0)
        self.refresh()

    def _lay_out(self) -> None:
        foot = QWidget(self)
        under = QVBoxLayout(foot)
        under.setContentsMargins(10, 4, 10, 8)
        head = QHBoxLayout()
        head.addWidget(self._sum, 1)
        head.addWidget(self.town_button)
        under.addLayout(head)
        under.addWidget(self.faults)
        self.faults.setMaximumHeight(self._sense.look.px(_FAULTS_PX))
        right = QWidget(self)
        over = QVBoxLayout(right)
        over.setContentsMargins(0, 0, 0, 0)
        over.setSpacing(0)
        over.addWidget(self.stack, 1)
        over.addWidget(foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.nav)
        row.addWidget(right, 1)

    # --- pages --------------------------------------------------------------------------------------------------

    def page(self, name: str) -> Page:
        """Made when it is first wanted."""
        if name not in self.pages:
            self.pages[name] = made = self._make(name)
            if isinstance(made, PartsPage | RunPage):
                made.wanted.connect(self.go)
            self.stack.addWidget(made)
            self._sense.look.space(made)
        return self.pages[name]

    def _make(self, name: str) -> Page:
        match name:
            case "head":
                return HeadPage(self.draft, self._sense, self.stack)
            case "injects":
                return InjectsPage(self.draft, self._sense, self.stack)
            case "run":
                return RunPage(self.draft, self._sense, self.stack)
            case "file":
                return TextPage(self.draft, self._sense, self._background, self.stack)
            case _:
                return PartsPage(name, self.draft, self._sense, self.stack)

    def turn(self, name: str) -> Page:
        self.nav.setCurrentRow(PAGES.index(name))
        return self.page(name)

    def _turn(self, at: int) -> None:
        page = self.page(PAGES[at])
        page.refresh()
        self.stack.setCurrentWidget(page)
        self.pageChanged.emit(PAGES[at])

    def _before(self) -> None:
        self.nav.setCurrentRow(max(0, self.nav.currentRow() - 1))

    def _after(self) -> None:
        self.nav.setCurrentRow(min(len(PAGES) - 1, self.nav.currentRow() + 1))

    def refresh(self) -> None:
        page = self.stack.currentWidget()
        if isinstance(page, Page):
            page.refresh()
        self._count()
        self._check()

    def _count(self) -> None:
        for at, name in enumerate(PAGES):
            item = self.nav.item(at)
            if item is not None and name in SECTIONS:
                count = len(getattr(self.draft.scenario, name))
                item.setText(f"{section_words(name, self._sense.text)}  {count}")

    # --- what is wrong ------------------------------------------------------------------------------------------

    def _check(self, _: str = "") -> None:
        faults, text = self.draft.faults, self._sense.text
        said = text("scenario.faults_some", count=len(faults)) if faults else text("scenario.faults_none")
        is_known = self._town is not None and self._town[0] is self.draft.scenario
        told = self._town[1] if self._town is not None and is_known else ()
        self._sum.setText(f"{said}  {self._town_said}" if is_known or self.town_check.is_running else said)
        self.town_button.setEnabled(not faults and not self.draft.is_changed and not self.town_check.is_running)
        self.faults.setVisible(bool(faults or told))
        sentences = [*(self._sentence(fault) for fault in faults), *told]
        if sentences == [self.faults.item(at).text() for at in range(self.faults.count())]:
            return
        self.faults.clear()
        paths = [*(path_of(fault.where, self.draft.scenario) for fault in faults), *(self._path(each) for each in told)]
        for sentence, path in zip(sentences, paths, strict=True):
            item = QListWidgetItem(sentence, self.faults)
            item.setData(_PATH, path)

    # --- its town -----------------------------------------------------------------------------------------------

    def check_town(self) -> None:
        """Of what is saved."""
        path = self.draft.written_path
        if path is None:
            return
        self._town = None
        self._town_said = self._sense.text("scenario.town_checking")
        self.town_check.start(path, self._sense.text.locale.value)
        self._checked = self.draft.scenario
        self._check()

    def _take_town(self, told: list[str]) -> None:
        self._town = (self._checked, tuple(told))
        key = "scenario.town_missing" if told else "scenario.town_good"
        self._town_said = self._sense.text(key, count=len(told)) if told else self._sense.text(key)
        self._check()

    def _say_town(self, why: str) -> None:
        self._town = (self._checked, ())
        self._town_said = self._sense.text("scenario.town_failed", why=why)
        self._check()

    def _path(self, sentence: str) -> Path:
        """It begins with where it is."""
        where = re.match(r"[a-z_0-9.]+", sentence)
        return path_of(where[0], self.draft.scenario) if where is not None else ()

    def _sentence(self, fault: ScenarioFault) -> str:
        locale = self._sense.text.locale.value
        where = where_words(fault, self._sense)
        return self._sense.text("scenario.fault", where=where, what=fault.told(locale))

    def _go(self, item: QListWidgetItem) -> None:
        path: Path = tuple(item.data(_PATH))
        self.go(path)

    def next_fault(self) -> None:
        if self.faults.count():
            self.faults.setCurrentRow((self.faults.currentRow() + 1) % self.faults.count())
            item = self.faults.currentItem()
            assert item is not None
            self._go(item)

    def go(self, path: Path) -> None:
        """To the field at a path of the scenario, on its page."""
        name = str(path[0]) if path and path[0] in SECTIONS else "head"
        self.turn(name).focus_at(path)

"""Pages of the editor: the head, and a list of parts beside the form of the one that is chosen."""

from functools import partial
from typing import Any

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QMenu,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from comms.domain.scenario import Scenario
from console.scenario import edit
from console.scenario.edit import EditError, Path
from console.scenario.fields import SECTIONS
from ui.scenario.draft import Draft
from ui.scenario.form import PartForm
from ui.scenario.sense import Sense
from ui.scenario.words import list_words, section_words
from ui.widgets.icons import icon
from ui.widgets.labels import label
from ui.widgets.row import row_of


def scrolled(inner: QWidget, parent: QWidget) -> QScrollArea:
    area = QScrollArea(parent)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)
    return area


class Page(QWidget):
    """`refresh` reads the draft again; `focus_at` goes to a field by its path in the scenario."""

    def __init__(self, draft: Draft, sense: Sense, parent: QWidget) -> None:
        super().__init__(parent)
        self.draft, self.sense = draft, sense

    def refresh(self) -> None:
        raise NotImplementedError

    def focus_at(self, path: Path) -> None:
        """Nothing to go to."""

    def told(self, error: EditError) -> str:
        return error.sentences[self.sense.text.locale.value]


class HeadPage(Page):
    """What the scenario says of itself."""

    def __init__(self, draft: Draft, sense: Sense, parent: QWidget) -> None:
        super().__init__(draft, sense, parent)
        inner = QWidget(self)
        self.form = PartForm(Scenario, sense, inner)
        column = QVBoxLayout(inner)
        column.setContentsMargins(14, 12, 14, 12)
        column.addWidget(self.form)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(inner, self))
        self.form.edited.connect(self._edited)

    def refresh(self) -> None:
        self.form.show_part(self.draft.scenario)

    def focus_at(self, path: Path) -> None:
        self.form.focus_at(path)

    def _edited(self, path: Path, value: Any) -> None:
        wrong = self.draft.put(path, value)
        if wrong is not None:
            self.form.say_fault(path, self.told(wrong))


class PartsPage(Page):
    """A list and a form. Keys: Insert adds, Ctrl+D doubles, Delete removes, Alt+Up and Alt+Down move."""

    wanted = Signal(object)
    """Another part of the scenario, by its path."""

    def __init__(self, section: str, draft: Draft, sense: Sense, parent: QWidget) -> None:
        super().__init__(draft, sense, parent)
        self.section = section
        self.list = self._make_list()
        self._form: PartForm | None = None
        self._fault = label(tone="danger", wraps=True, parent=self)
        self._fault.hide()
        self._holder = QWidget(self)
        self._column = QVBoxLayout(self._holder)
        self._column.setContentsMargins(14, 12, 14, 12)
        self._column.addStretch(1)
        self._lay_out()
        self._take_keys(self.list)

    def _take_keys(self, widget: QWidget) -> None:
        """While this has the keyboard."""
        runs = {
            "Ins": self.add,
            "Ctrl+D": self.duplicate,
            "Del": self.remove,
            "Alt+Up": partial(self.shift, -1),
            "Alt+Down": partial(self.shift, 1),
        }
        for keys, run in runs.items():
            made = QShortcut(QKeySequence(keys), widget)
            made.setContext(Qt.ShortcutContext.WidgetShortcut)
            made.activated.connect(run)

    def _make_list(self) -> QListWidget:
        made = QListWidget(self)
        made.setObjectName(f"scenario_{self.section}")
        made.setAccessibleName(section_words(self.section, self.sense.text))
        made.setSpacing(self.sense.look.px(2))
        made.currentRowChanged.connect(self._show)
        return made

    def _lay_out(self) -> None:
        side = QWidget(self)
        column = QVBoxLayout(side)
        column.setContentsMargins(10, 10, 6, 10)
        column.addLayout(self._buttons())
        column.addWidget(self._fault)
        column.addWidget(self._chooser(), 1)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.addWidget(side)
        split.addWidget(scrolled(self._holder, self))
        split.setChildrenCollapsible(False)
        split.setSizes([self.sense.look.px(360), self.sense.look.px(760)])
        split.setStretchFactor(1, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)

    def _chooser(self) -> QWidget:
        return self.list

    def _buttons(self) -> QHBoxLayout:
        self.add_button = self._button("add", "plus", "Ins", self.add)
        self.twice_button = self._button("duplicate", "note", "Ctrl+D", self.duplicate)
        self.up_button = self._button("up", "up", "Alt+Up", partial(self.shift, -1))
        self.down_button = self._button("down", "down", "Alt+Down", partial(self.shift, 1))
        self.remove_button = self._button("remove", "cancel", "Del", self.remove)
        self.add_button.setText(self.sense.text("scenario.add"))
        self.twice_button.setText(self.sense.text("scenario.duplicate"))
        self.twice_button.setIcon(QIcon())  # no picture says it as well as its word
        return row_of(self.add_button, None, self.twice_button, self.up_button, self.down_button, self.remove_button)

    def _button(self, name: str, picture: str, key: str, run: Any) -> QPushButton:
        button = QPushButton(self)
        words = self.sense.text(f"scenario.{name}")
        button.setObjectName(f"{self.section}_{name}")
        button.setIcon(icon(picture, self.sense.look.theme.text_dim, self.sense.look.theme.line_strong))
        button.setToolTip(f"{words} ({key})")
        button.setAccessibleName(words)
        if name != "add":
            button.setProperty("tone", "flat")
        button.clicked.connect(run)
        return button

    # --- what is chosen -----------------------------------------------------------------------------------------

    @property
    def parts(self) -> tuple[Any, ...]:
        found: tuple[Any, ...] = getattr(self.draft.scenario, self.section)
        return found

    @property
    def at(self) -> int:
        """-1 where nothing is chosen."""
        return self.list.currentRow()

    def choose(self, at: int) -> None:
        self.list.setCurrentRow(max(-1, min(at, len(self.parts) - 1)))

    def refresh(self) -> None:
        self.fill_list([list_words(part, self.sense) for part in self.parts])
        if self.at < 0 and self.parts:
            self.choose(0)
        self._show(self.at)

    def fill_list(self, words: list[str]) -> None:
        """Only what is new: the one that is chosen stays so."""
        while self.list.count() > len(words):
            self.list.takeItem(self.list.count() - 1)
        for at, each in enumerate(words):
            if at >= self.list.count():
                self.list.addItem(each)
            elif self.list.item(at).text() != each:
                self.list.item(at).setText(each)

    def focus_at(self, path: Path) -> None:
        if len(path) > 1 and isinstance(path[1], int):
            self.choose(path[1])
            if self._form is not None:
                self._form.focus_at(path[2:])
        else:
            self.list.setFocus()

    def _show(self, at: int) -> None:
        is_there = 0 <= at < len(self.parts)
        for button in (self.twice_button, self.up_button, self.down_button, self.remove_button):
            button.setEnabled(is_there)
        if not is_there:
            if self._form is not None:
                self._form.hide()
            return
        part = self.parts[at]
        if self._form is None:
            self._form = PartForm(type(part), self.sense, self._holder)
            self._form.edited.connect(self._edited)
            self._column.insertWidget(0, self._form)
        self._form.show()
        self._form.show_part(part)

    # --- what is done ------------------------------------------------------------------------------------------

    def _edited(self, path: Path, value: Any) -> None:
        wrong = self.draft.put((self.section, self.at, *path), value)
        if wrong is not None and self._form is not None:
            self._form.say_fault(path, self.told(wrong))

    def do(self, change: Any, at: int) -> None:
        """And choose the one at this place afterwards; what cannot be is said over the list."""
        wrong = self.draft.do(change)
        self._fault.setText(self.told(wrong) if wrong is not None else "")
        self._fault.setVisible(wrong is not None)
        if wrong is None:
            self.choose(at)

    def add(self) -> None:
        at = self.at + 1

        def change(scenario: Scenario) -> Scenario:
            return edit.add(scenario, self.section, edit.new_part(scenario, SECTIONS[self.section]), at)

        self.do(change, at)
        if self._form is not None:
            self._form.focus_at(())

    def duplicate(self) -> None:
        if self.at >= 0:
            self.do(partial(edit.duplicate, section=self.section, at=self.at), self.at + 1)

    def remove(self) -> None:
        if self.at >= 0:
            self.do(partial(edit.remove, section=self.section, at=self.at), min(self.at, len(self.parts) - 2))

    def shift(self, places: int) -> None:
        if self.at >= 0:
            self.do(partial(edit.move, section=self.section, at=self.at, to=self.at + places), self.at + places)


def kinds_menu(structs: tuple[type[msgspec.Struct], ...], words: list[str], parent: QWidget, run: Any) -> QMenu:
    menu = QMenu(parent)
    for struct, each in zip(structs, words, strict=True):
        menu.addAction(each).triggered.connect(partial(run, struct))
    return menu

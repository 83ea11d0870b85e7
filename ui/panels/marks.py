"""The list of all marks on the map: find, go there, change, delete. No line moves under the officer's hand."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListView, QVBoxLayout, QWidget

from comms.domain.ids import MarkId
from console.store.notices import Changed, Notice, Reset, SessionChanged
from console.store.store import Store
from ui.controls import Controls
from ui.mark.words import is_found, mark_line
from ui.text import Texts
from ui.theme import Look
from ui.watch import follow
from ui.widgets.command_button import CommandButton
from ui.widgets.labels import label
from ui.widgets.lines import LINE_ROLE, Line, LinesModel, keep_shown, lines_view

_BUTTONS = ("mark_go", "mark_adjust", "mark_rename", "mark_erase")


class MarksPanel(QWidget):
    """The line picked is the mark chosen on the map, and the other way round."""

    def __init__(
        self, *, store: Store, controls: Controls, look: Look, text: Texts, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._store = store
        self._marks = controls.marks
        self._text = text
        self._is_following = False
        self.search_field = QLineEdit(self)
        self.search_field.setObjectName("find_mark")
        self.search_field.setClearButtonEnabled(True)
        self._found = label(tone="dim", parent=self)
        self._empty = label(tone="dim", wraps=True, parent=self)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.model = LinesModel(self)
        self._view = lines_view(self.model, look, self)
        self._view.setObjectName("marks")
        self._buttons = [CommandButton(name, controls, text, look, self) for name in _BUTTONS]
        self._arrange()
        self._connect()
        self._read()

    @property
    def view(self) -> QListView:
        return self._view

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 6)
        column.setSpacing(4)
        top, foot = QHBoxLayout(), QHBoxLayout()
        for row in (top, foot):
            row.setContentsMargins(8, 0, 8, 0)
        top.addWidget(self.search_field, 1)
        top.addWidget(self._found)
        foot.setSpacing(4)
        for button in self._buttons:
            foot.addWidget(button)
        column.addLayout(top)
        column.addWidget(self._empty)
        column.addWidget(self._view, 1)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.search_field.textChanged.connect(self._show)
        self.search_field.installEventFilter(self)
        self._view.selectionModel().currentChanged.connect(self._pick)
        self._view.doubleClicked.connect(self._go)
        self._view.installEventFilter(self)
        self._view.viewport().installEventFilter(self)
        self._marks.chosenChanged.connect(self._show_chosen)
        self._text.changed.connect(self._read)
        follow(self, self._store, self._notice)

    # --- showing ----------------------------------------------------------------------------------------

    def _read(self) -> None:
        self.search_field.setPlaceholderText(self._text("mark.find"))
        self._view.setAccessibleName(self._text("tab.marks"))
        self._show()

    def _notice(self, notice: Notice) -> None:
        if isinstance(notice, Reset | SessionChanged) or (isinstance(notice, Changed) and notice.noun == "mark"):
            self._update()
            self._refresh_buttons()

    def _wanted(self) -> list[Line]:
        """Those that fit what is typed, the newest first."""
        states = reversed(self._store.picture.marks.states.values())
        lines = (mark_line(state, self._store, self._text) for state in states)
        words = tuple(self.search_field.text().casefold().split())
        return [line for line in lines if is_found(line, words)]

    def _show(self) -> None:
        self._show_lines(self._wanted())

    def _update(self) -> None:
        """While somebody's hand is on the list every line keeps its place, and new ones wait at its end."""
        wanted = self._wanted()
        if self._is_held:
            fresh = {line.key: line for line in wanted}
            kept = [fresh.pop(line.key) if line.key in fresh else self._gone(line) for line in self.model.lines]
            wanted = [*kept, *fresh.values()]
        self._show_lines(wanted)

    @property
    def _is_held(self) -> bool:
        return self._view.hasFocus() or self._view.viewport().underMouse()

    def _gone(self, line: Line) -> Line:
        state = self._store.picture.marks.states.get(MarkId(str(line.key)))
        return (
            replace(line, detail=self._text("mark.erased"), icon="close")
            if state is None
            else mark_line(state, self._store, self._text)
        )

    def _show_lines(self, lines: list[Line]) -> None:
        self._is_following = True
        keep_shown(self._view, self.model, tuple(lines))
        self._is_following = False
        total = len(self._store.picture.marks.states)
        self._found.setText(self._text("mark.found", count=len(lines), total=total))
        self._empty.setVisible(not lines)
        self._empty.setText(self._text("mark.none_found" if total else "mark.none"))

    def _show_chosen(self) -> None:
        """Another part of the window chose: bring it into sight, unless the officer is in the list."""
        chosen = self._marks.chosen
        if chosen is not None and not self._view.hasFocus():
            row = next((row for row, line in enumerate(self.model.lines) if line.key == chosen.id), None)
            self._is_following = True
            self._view.setCurrentIndex(self.model.index(row) if row is not None else QModelIndex())
            self._is_following = False
        self._refresh_buttons()

    def _refresh_buttons(self) -> None:
        for button in self._buttons:
            button.refresh()

    # --- doing ------------------------------------------------------------------------------------------

    def _pick(self, index: QModelIndex) -> None:
        line = index.data(LINE_ROLE)
        if line is not None and not self._is_following:
            self._marks.choose(line.key)

    def _go(self) -> None:
        self._pick(self._view.currentIndex())
        self._marks.go()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.Leave | QEvent.Type.FocusOut:
                self._update()
            case QEvent.Type.KeyPress if isinstance(event, QKeyEvent):
                return self._search_key(event) if watched is self.search_field else self._list_key(event)
            case _:
                pass
        return False

    def _search_key(self, event: QKeyEvent) -> bool:
        """Down and Enter go on to what was found."""
        if event.key() not in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter) or not self.model.lines:
            return False
        self._view.setFocus()
        self._view.setCurrentIndex(self.model.index(0))
        if event.key() != Qt.Key.Key_Down:
            self._go()
        return True

    def _list_key(self, event: QKeyEvent) -> bool:
        """Single letters, because in this list nothing is typed."""
        if event.modifiers() not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
            return False
        self._pick(self._view.currentIndex())
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._marks.go()
            case Qt.Key.Key_E:
                self._marks.go()
                self._marks.adjust()
            case Qt.Key.Key_N:
                self._marks.rename()
            case Qt.Key.Key_Delete:
                self._marks.erase()
            case _:
                return False
        return True

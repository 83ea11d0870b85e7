"""周边: everything around a place in one sheet. Values change in place; lines come and go only when nobody is in the
list, or when they are asked for."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from comms.domain.order import CircleTarget
from console.around.answer import Answer, Subject
from console.around.around import Around
from console.around.outline import Shape
from console.store.notices import Changed, FloorChanged, Notice
from console.store.store import Store
from ui.panels.around_form import OWN, AroundForm
from ui.place.around_words import AroundWords, Row
from ui.text import Texts
from ui.theme import Look
from ui.watch import follow
from ui.widgets.lines import LINE_ROLE, keep_shown
from ui.widgets.overlay import Corner, Sheet

REFRESH_MS = 1_000
FIRST_RADIUS = "300"


class AroundSheet(Sheet):
    """`shapeChanged` carries the Shape to draw or None, `rowPicked` a Row and the spot (latitude, longitude) meant."""

    shapeChanged = Signal(object)
    rowPicked = Signal(object, object)
    callWanted = Signal(object)
    """The Shape whose people are to be called together."""

    def __init__(self, host: QWidget, *, store: Store, around: Around, look: Look, text: Texts) -> None:
        super().__init__(host, Corner.RIGHT)
        self._around = around
        self._look = look
        self._text = text
        self._words = AroundWords(store, text)
        self._subject: Subject | None = None
        self._where = ""
        self._radius = FIRST_RADIUS
        self._rows: dict[object, Row] = {}
        self._turns: dict[object, int] = {}
        """How often each line was gone to: the next time it is the next of its things."""
        self._is_due = False
        self.form = AroundForm(look, text, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._refresh)
        self._connect(store)
        self._read()

    def _connect(self, store: Store) -> None:
        form = self.form
        form.head.close_button.clicked.connect(self.dismiss)
        form.buttons["again"].clicked.connect(self.list_again)
        form.buttons["call"].clicked.connect(self.call_all)
        form.radius.changed.connect(self._take_radius)
        form.view.clicked.connect(self._go)
        form.view.activated.connect(self._go)
        form.view.installEventFilter(self)
        follow(self, store, self._notice)
        self._text.changed.connect(self._read)
        self._look.changed.connect(self.place)

    def wanted_width(self) -> int:
        return self._look.px(344)

    # --- asking -----------------------------------------------------------------------------------------

    def ask(self, subject: Subject, where: str) -> None:
        """`where` is the place in words."""
        self._subject, self._where = subject, where
        self.form.head.where.setText(where)
        own = subject.own_shape is not None
        self.form.radius.enable(OWN, own)
        self.form.radius.choose(OWN if own else self._radius)
        self.appear()
        self.list_again()
        first = next((row for row, line in enumerate(self.form.model.lines) if not line.is_head), 0)
        self.form.view.setCurrentIndex(self.form.model.index(first))
        self.form.view.scrollToTop()
        self.form.view.setFocus()

    @property
    def shape(self) -> Shape | None:
        """The one chosen: the subject's own, or a circle about it."""
        if self._subject is None:
            return None
        if self.form.radius.chosen == OWN:
            return self._subject.own_shape
        return CircleTarget(lat=self._subject.lat, lon=self._subject.lon, radius_m=float(self.form.radius.chosen))

    def _take_radius(self, chosen: str) -> None:
        if chosen != OWN:
            self._radius = chosen
        self.list_again()

    def list_again(self) -> None:
        """Ask anew: the one moment at which lines may move under the pointer."""
        answer = self._answer()
        if answer is not None:
            self._turns.clear()
            self._show(self._words.rows(answer), answer)
            self.shapeChanged.emit(answer.shape)

    def update_values(self) -> None:
        """What is known now. While somebody is in the list every line keeps its place."""
        answer = self._answer()
        if answer is None:
            return
        rows = self._words.rows(answer)
        if self._is_held:
            fresh = {row.line.key: row for row in rows}
            rows = [fresh.get(key) or self._gone(old) for key, old in self._rows.items()]
        self._show(rows, answer)

    @property
    def _is_held(self) -> bool:
        return self.form.view.underMouse() or self.form.view.hasFocus()

    def _gone(self, row: Row) -> Row:
        return replace(row, line=replace(row.line, detail=self._text("around.gone"), figure="", tone=""))

    def _answer(self) -> Answer | None:
        subject, shape = self._subject, self.shape
        self._is_due = False
        return self._around.answer(subject, shape) if subject is not None and shape is not None else None

    # --- showing ----------------------------------------------------------------------------------------

    def _show(self, rows: list[Row], answer: Answer) -> None:
        form = self.form
        self._rows = {row.line.key: row for row in rows}
        keep_shown(form.view, form.model, tuple(row.line for row in rows))
        form.summary.setText(self._words.summary(answer))
        call = form.buttons["call"]
        call.setText(self._text("around.call", count=answer.workers.online))
        call.setEnabled(answer.workers.online > 0)

    def _notice(self, notice: Notice) -> None:
        """Whatever may stand in the answer; floors come and go too often and never do."""
        is_other = isinstance(notice, FloorChanged) or (isinstance(notice, Changed) and notice.noun == "recording")
        self._is_due = self._is_due or not is_other

    def _refresh(self) -> None:
        if self._is_due:
            self.update_values()

    def take_ground(self) -> None:
        """The static map is ready: lines that had to wait are there now."""
        if self.isVisible():
            self.list_again()

    # --- doing ------------------------------------------------------------------------------------------

    def _go(self, index: QModelIndex) -> None:
        """To what the line says; again: to the next thing of its kind."""
        line = index.data(LINE_ROLE)
        row = self._rows.get(line.key) if line is not None else None
        if row is not None and row.spots:
            turn = self._turns.get(line.key, 0)
            self._turns[line.key] = turn + 1
            self.rowPicked.emit(row, row.spots[turn % len(row.spots)])

    def call_all(self) -> None:
        shape = self.shape
        if shape is not None and self.form.buttons["call"].isEnabled():
            self.callWanted.emit(shape)

    def appear(self) -> None:
        self._timer.start()
        super().appear()

    def dismiss(self) -> None:
        self._timer.stop()
        self.shapeChanged.emit(None)
        super().dismiss()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the list left and right change the radius, Ctrl+Enter calls everybody inside."""
        if watched is self._host or not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                self.form.radius.step(1 if event.key() == Qt.Key.Key_Right else -1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.call_all()
            case _:
                return False
        return True

    def _read(self) -> None:
        self.form.retranslate()
        self.form.head.where.setText(self._where)
        if self._subject is not None:
            self.update_values()

"""The duty log: what happened, sentence by sentence, and a line for what only the officer knows."""

from PySide6.QtCore import QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLineEdit, QListView, QPushButton, QVBoxLayout, QWidget

from comms.protocol.pushes import Done
from console.actions.requester import Outcome, Unsent
from console.store.store import Store
from ui.controls import Controls
from ui.desk import Playback
from ui.models.entries import THING_ROLE
from ui.models.log import LogModel
from ui.selection import Selection
from ui.sentence import Sentence
from ui.text import Texts
from ui.theme import Look
from ui.widgets.entry_delegate import EntryDelegate
from ui.widgets.labels import label


class LogPanel(QWidget):
    """Follows the newest line while it is in sight; never scrolls under a reader."""

    olderWanted = Signal()

    def __init__(
        self,
        *,
        store: Store,
        controls: Controls,
        selection: Selection,
        playback: Playback,
        look: Look,
        text: Texts,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("log")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._controls = controls
        self._selection = selection
        self._playback = playback
        self._look = look
        self._text = text
        self._is_at_end = True
        self._unread = 0
        self._title = label(tone="head", parent=self)
        self._newest = QPushButton(self)
        self._newest.setProperty("tone", "flat")
        self._newest.clicked.connect(self._go_to_end)
        self._older = QPushButton(self)
        self._older.setProperty("tone", "flat")
        self._older.clicked.connect(self.olderWanted)
        self._model = LogModel(store, text, self)
        self._view = self._list()
        self._note = QLineEdit(self)
        self._note.setObjectName("note")
        self._note.setMaxLength(2000)
        self._note.returnPressed.connect(self._add_note)
        self._arrange()
        text.changed.connect(self._read)
        look.changed.connect(self._restyle)
        self._read()
        self._go_to_end()

    @property
    def view(self) -> QListView:
        return self._view

    @property
    def note_field(self) -> QLineEdit:
        return self._note

    def _list(self) -> QListView:
        view = QListView(self)
        view.setModel(self._model)
        delegate = EntryDelegate(self._look, view)
        delegate.acted.connect(self._play)
        view.setItemDelegate(delegate)
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.activated.connect(self._go_to)
        bar = view.verticalScrollBar()
        bar.valueChanged.connect(self._scrolled)
        bar.rangeChanged.connect(self._ranged)
        self._model.rowsInserted.connect(self._grew)
        return view

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 3, 8, 6)
        column.setSpacing(3)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._newest)
        head.addWidget(self._older)
        column.addLayout(head)
        column.addWidget(self._view, 1)
        column.addWidget(self._note)

    def _read(self) -> None:
        self._title.setText(self._text("log.title"))
        self._older.setText(self._text("log.older"))
        self._note.setPlaceholderText(self._text("log.note_hint"))
        self._show_unread()

    def _restyle(self) -> None:
        self._view.doItemsLayout()

    # --- reading without being pushed -----------------------------------------------------------------

    def _grew(self, _parent: object, first: int, last: int) -> None:
        if self._is_at_end:
            return
        if last == self._model.rowCount() - 1:
            self._unread += last - first + 1
            self._show_unread()
        else:  # older ones in front: what is read stays where it is
            self._view.doItemsLayout()
            bar = self._view.verticalScrollBar()
            bar.setValue(bar.value() + (last - first + 1) * self._view.sizeHintForRow(0))

    def _scrolled(self, value: int) -> None:
        self._is_at_end = value >= self._view.verticalScrollBar().maximum()
        if self._is_at_end and self._unread:
            self._unread = 0
            self._show_unread()

    def _ranged(self, _least: int, most: int) -> None:
        if self._is_at_end:
            self._view.verticalScrollBar().setValue(most)

    def _go_to_end(self) -> None:
        self._is_at_end = True
        self._view.scrollToBottom()
        self._unread = 0
        self._show_unread()

    def _show_unread(self) -> None:
        self._newest.setText(self._text("log.unread", count=self._unread) if self._unread else "")
        self._newest.setEnabled(self._unread > 0)

    # --- doing ----------------------------------------------------------------------------------------

    def _add_note(self) -> None:
        words = self._note.text().strip()
        if words:
            self._note.setEnabled(False)
            self._controls.add_note(words, self._note_answered)

    def _note_answered(self, answer: Outcome) -> None:
        """What was typed stays unless the gateway has it, or will get it."""
        had_focus = not self._note.isEnabled()
        self._note.setEnabled(True)
        if isinstance(answer, Done) or (isinstance(answer, Unsent) and answer.is_kept):
            self._note.clear()
        if had_focus:
            self._note.setFocus()

    def _play(self, index: QPersistentModelIndex) -> None:
        sentence = index.data(THING_ROLE)
        if isinstance(sentence, Sentence) and sentence.play is not None:
            self._playback.play(sentence.play)

    def _go_to(self, index: QPersistentModelIndex) -> None:
        """A double click goes to what the line tells of."""
        sentence = index.data(THING_ROLE)
        if not isinstance(sentence, Sentence):
            return
        if sentence.order_id is not None:
            self._selection.set_order(sentence.order_id)
            self._controls.showing.emit("orders")
        if sentence.unit_id is not None:
            self._selection.set_units((sentence.unit_id,))
            self._controls.centre_unit()

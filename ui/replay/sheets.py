"""The sheets of a replay: bookmarks with their notes, and what of the recording is not as it was written."""

import uuid
from collections.abc import Callable

import msgspec
from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QListView, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from console.replay.bookmarks import Bookmark, Bookmarks
from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import label
from ui.widgets.lines import LINE_ROLE, Line, LinesModel, keep_shown, lines_view
from ui.widgets.overlay import Corner, Sheet
from ui.widgets.row import row_of
from ui.widgets.sheet_head import SheetHead
from ui.words import clock_time, day, duration

NOTE_PX = 74
WIDTH_PX = 344


class BookmarkSheet(Sheet):
    """A note at a moment is written above, all bookmarks are below; one that is picked can be written anew.

    Enter in the list goes there; Ctrl+Enter keeps what was written."""

    going = Signal(object)
    """To this Bookmark."""
    changed = Signal()
    failed = Signal(str)
    """The disk did not take it: why."""

    def __init__(
        self,
        host: QWidget,
        bookmarks: Bookmarks,
        *,
        now: Callable[[], float],
        look: Look,
        text: Texts,
    ) -> None:
        """`now` tells the wall clock."""
        super().__init__(host, Corner.RIGHT)
        self._bookmarks, self._now, self._look, self._text = bookmarks, now, look, text
        self._begun = Bookmark(id="", at=0.0)
        self._head = SheetHead("replay_bookmarks", look, text, self, title="replay.bookmarks_head", close="rules.close")
        self._head.close_button.clicked.connect(self.dismiss)
        self.note = QPlainTextEdit(self)
        self.note.setObjectName("replay_note")
        self.note.setTabChangesFocus(True)
        self.keep, self.remove = QPushButton(self), QPushButton(self)
        self.keep.setProperty("tone", "primary")
        self.keep.clicked.connect(self.confirm)
        self.remove.clicked.connect(self._remove)
        self.model = LinesModel(self)
        self.view: QListView = lines_view(self.model, look, self)
        self.view.activated.connect(self._go)
        self.view.clicked.connect(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.addWidget(self._head)
        column.addWidget(self.note)
        column.addLayout(row_of(self.remove, None, self.keep))
        column.addWidget(self.view, 1)
        text.changed.connect(self._read)
        look.changed.connect(self._read)
        self._read()

    def wanted_width(self) -> int:
        return self._look.px(WIDTH_PX)

    def begin(self, at: float, to_at: float | None = None) -> None:
        """A new one at this moment, or for a stretch that is looped."""
        self._take(Bookmark(id=uuid.uuid4().hex, at=at, to_at=to_at))
        self.appear()
        self.note.setFocus()

    def open(self) -> None:
        self.appear()
        self.view.setFocus()

    def confirm(self) -> None:
        if not self._begun.id:
            return
        words = self.note.toPlainText().strip()
        self._change(lambda: self._bookmarks.put(msgspec.structs.replace(self._begun, text=words, made_at=self._now())))
        self.dismiss()

    def _remove(self) -> None:
        self._change(lambda: self._bookmarks.remove(self._begun.id))
        self._take(Bookmark(id="", at=0.0))

    def _change(self, change: Callable[[], None]) -> None:
        try:
            change()
        except OSError as error:
            self.failed.emit(str(error))
        self._show()
        self.changed.emit()

    def _go(self, index: QModelIndex) -> None:
        bookmark = index.data(LINE_ROLE).key
        self._take(bookmark)
        self.going.emit(bookmark)

    def _take(self, bookmark: Bookmark) -> None:
        self._begun = bookmark
        self.note.setPlainText(bookmark.text)
        self._read()

    def _read(self) -> None:
        text, begun = self._text, self._begun
        where = text("replay.bookmark_at", time=_when(begun)) if begun.id else text("replay.bookmark_none")
        self._head.where.setText(where)
        self.note.setPlaceholderText(text("replay.note_hint"))
        self.note.setFixedHeight(self._look.px(NOTE_PX))
        self.keep.setText(text("replay.bookmark_keep"))
        self.remove.setText(text("replay.bookmark_remove"))
        for part in (self.note, self.keep):
            part.setEnabled(bool(begun.id))
        self.remove.setEnabled(any(one.id == begun.id for one in self._bookmarks.all))
        self._show()
        self.place()

    def _show(self) -> None:
        lines = tuple(
            Line(one, one.text.split("\n")[0] or self._text("replay.bookmark_bare"), _when(one), icon="note")
            for one in self._bookmarks.all
        )
        keep_shown(self.view, self.model, lines)


def _when(bookmark: Bookmark) -> str:
    words = f"{day(bookmark.at)} {clock_time(bookmark.at)}"
    return f"{words} + {duration(bookmark.to_at - bookmark.at)}" if bookmark.to_at is not None else words


class FlawSheet(Sheet):
    """Each thing that is not as it was written, in a sentence; what is sound can be looked at all the same."""

    def __init__(self, host: QWidget, look: Look, text: Texts) -> None:
        super().__init__(host, Corner.CENTRE)
        self._look, self._text = look, text
        self._head = SheetHead("replay_flaws", look, text, self, title="replay.flaws_head", close="rules.close")
        self._head.close_button.clicked.connect(self.dismiss)
        self._sentences = label(wraps=True, parent=self)
        self._sentences.setObjectName("replay_flaw_sentences")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 14)
        column.setSpacing(8)
        column.addWidget(self._head)
        column.addWidget(self._sentences)
        text.changed.connect(self._read)
        self._read()

    def wanted_width(self) -> int:
        return self._look.px(560)

    def wanted_height(self) -> int:
        return self.heightForWidth(self.wanted_width())

    def show_sentences(self, sentences: tuple[str, ...]) -> None:
        self._sentences.setText("\n".join(f"· {sentence}" for sentence in sentences))
        if self.isVisible():
            self.place()

    def open(self) -> None:
        self.appear()
        self._head.close_button.setFocus()

    @property
    def words(self) -> str:
        return self._sentences.text()

    def _read(self) -> None:
        self._head.where.setText(self._text("replay.flaws_sound"))

"""考核通报 at the desk: figures by period and dimension, each opened down to its cases, and the bulletin of them."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import QDate, QModelIndex
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout

from comms.domain.assessment import Dimension, Figure
from comms.domain.bulletin import Span
from ui.bulletin.case_list import CaseList
from ui.bulletin.chart_view import ChartView
from ui.bulletin.edition import Edition
from ui.bulletin.face import BulletinFace
from ui.bulletin.periods import CHINA
from ui.bulletin.publishing import Publishing
from ui.bulletin.reading import BulletinReading
from ui.bulletin.table import Shown
from ui.bulletin.words import finding_sentences
from ui.widgets.overlay import Corner, Sheet
from ui.widgets.triggered import Triggered
from ui.workplace import Workplace


class BulletinSheet(Sheet):
    """Esc leaves it; what is being drawn then is let go of. Refreshing reads again what the gateway has by now."""

    def __init__(self, place: Workplace) -> None:
        super().__init__(place.host, Corner.CENTRE)
        self._place = place
        self._text = place.text
        self.reading = BulletinReading(place.store, place.actions.assessing, place.acting, place.text, self)
        self.face = BulletinFace(place.look, place.text, self)
        self.charts = ChartView(self.face, self.reading, place.look, place.text, self)
        self.cases = CaseList(place, self.face, self.reading, self)
        self.cases.leaving.connect(self.dismiss)
        self.publishing = Publishing(place, self.reading, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.face)
        self._connect()
        self._read_words()

    def _connect(self) -> None:
        face, reading = self.face, self.reading
        presses: dict[str, Callable[[], object]] = {
            "earlier": partial(reading.step, -1),
            "later": partial(reading.step, 1),
            "refresh": reading.refresh,
            "pdf": partial(self._publish, "pdf"),
            "xlsx": partial(self._publish, "xlsx"),
            "findings": reading.close_cases,
            "more": reading.read_more,
            "close": self.dismiss,
        }
        for name, press in presses.items():
            face.buttons[name].clicked.connect(Triggered(press))
        face.spans.changed.connect(self._choose_span)
        face.by.activated.connect(self._choose_by)
        for field in (face.first, face.last):
            field.editingFinished.connect(self._choose_days)
        face.table.activated.connect(self.open_cell)
        face.table.clicked.connect(self.open_cell)
        reading.changed.connect(self._show)
        self.publishing.changed.connect(self._show_publishing)
        self._text.changed.connect(self._read_words)

    def wanted_width(self) -> int:
        return self._place.look.px(1330)

    def wanted_height(self) -> int:
        return self._place.look.px(700)

    # --- opening ------------------------------------------------------------------------------------------

    def open(self) -> None:
        self.appear()
        self.face.table.setFocus()
        if self.reading.read_at is None:
            self.reading.choose_span(Span(self.face.spans.chosen))
        else:
            self.reading.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        self.charts.drawing.stop()
        super().hideEvent(event)

    # --- choosing -----------------------------------------------------------------------------------------

    def _choose_span(self, key: str) -> None:
        self.reading.choose_span(Span(key))

    def _choose_by(self, _: int) -> None:
        self.reading.choose_by(self.face.dimension)

    def _choose_days(self) -> None:
        if self.reading.compared.span is Span.ANY:
            first, last = (_noon(field.date()) for field in (self.face.first, self.face.last))
            shown = self.reading.compared.now
            if not (shown.holds(first) and shown.holds(min(last, shown.until_at - 1))):
                self.reading.choose_days(first, last)

    def open_cell(self, index: QModelIndex) -> None:
        """The cases behind a figure; the place and the name of a row open what was accepted there."""
        shown = self.face.model.rows[index.row()]
        figure = self.face.model.figure_at(index) or Figure.ACCEPTED
        by = Dimension.WHOLE if shown.is_total else self.reading.by
        self.reading.open_cases(by, shown.row.key, figure)

    # --- showing ------------------------------------------------------------------------------------------

    @property
    def rows(self) -> tuple[Shown, ...]:
        """With the sum below."""
        total = self.reading.shown_total
        return self.reading.shown if total is None else (*self.reading.shown, total)

    def _show(self) -> None:
        reading, face = self.reading, self.face
        is_any = reading.compared.span is Span.ANY
        for field, at in ((face.first, reading.compared.now.from_at), (face.last, reading.compared.now.until_at - 1)):
            field.setVisible(is_any)
            field.setDate(_date(at))
        face.period.setText(self._state())
        if reading.is_reading:
            return
        before = face.table.currentIndex()
        face.model.show(self.rows)
        face.table.setCurrentIndex(face.model.index(min(before.row(), len(self.rows) - 1), max(before.column(), 2)))
        self.cases.show()
        face.heading.setPlaceholderText(self.publishing.title())
        self._show_publishing()
        self.charts.draw()

    def _state(self) -> str:
        if self.reading.is_reading:
            return self._text("bulletin.reading")
        if self.reading.read_at is None:
            return ""
        name = "" if self.reading.compared.span is Span.ANY else f"{self.reading.compared.name()}   "
        return name + self._text(
            "bulletin.read_at", at=f"{datetime.fromtimestamp(self.reading.read_at, CHINA):%H:%M:%S}"
        )

    # --- the bulletin -------------------------------------------------------------------------------------

    def edition(self) -> Edition:
        face = self.face
        title, words = face.heading.text().strip(), face.words.toPlainText().strip()
        return self.publishing.edition(title=title, words=words, findings=finding_sentences(self.reading, self._text))

    def _publish(self, kind: str) -> None:
        self.publishing.ask_file(kind, self.edition(), self)

    def _show_publishing(self) -> None:
        may = bool(self.reading.rows) and not self.publishing.is_running
        for name in ("pdf", "xlsx"):
            self.face.buttons[name].setEnabled(may)

    def _read_words(self) -> None:
        self.face.retranslate()
        self._show()
        self.cases.show()


def _date(at: float) -> QDate:
    moment = datetime.fromtimestamp(at, CHINA)
    return QDate(moment.year, moment.month, moment.day)


def _noon(date: QDate) -> float:
    return datetime(date.year(), date.month(), date.day(), 12, tzinfo=CHINA).timestamp()

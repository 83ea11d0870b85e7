"""The alarm load against what a person can handle, in one line that keeps its height; in a flood it says so."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from comms.domain.alarm_load import FIGURES, Load, LoadGrade, LoadSpan, grade
from ui.text import Texts
from ui.theme import Look

HEIGHT_PX = 40
_MIDDLE = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class LoadGauge(QWidget):
    def __init__(self, look: Look, text: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text
        self._load: Load | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(look.px(HEIGHT_PX))

    @property
    def words(self) -> str:
        return self.accessibleName()

    def show_load(self, load: Load) -> None:
        self._load = load
        self.setFixedHeight(self._look.px(HEIGHT_PX))
        spans = self._text("list.separator").join(self._span_words(span, count) for span, count in load.counts.items())
        words = self._flood_words() if load.flood_since is not None else spans
        self.setAccessibleName(words)
        self.setToolTip(self._text("alarm.load_tip", spans=spans))
        self.update()

    def _flood_words(self) -> str:
        assert self._load is not None
        return self._text("alarm.flood", count=self._load.counts[LoadSpan.TEN_MINUTES])

    def _span_words(self, span: LoadSpan, count: int) -> str:
        words = self._text(f"alarm.grade.{grade(span, count).value}")
        return self._text(f"alarm.span.{span.value}", count=count, most=FIGURES[span].most, grade=words)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, theme, load = self._look, self._look.theme, self._load
        painter = QPainter(self)
        if load is None:
            return
        if load.flood_since is not None:
            painter.fillRect(self.rect(), QColor(theme.danger_fill))
            painter.setPen(QColor(theme.on_danger))
            painter.setFont(look.font(px=12, is_bold=True))
            inside = self.rect().adjusted(look.px(8), 0, -look.px(8), 0)
            painter.drawText(inside, _MIDDLE | int(Qt.TextFlag.TextWordWrap), self._flood_words())
            return
        painter.setFont(look.font(px=12))
        width = self.width() // len(load.counts)
        for place, (span, count) in enumerate(load.counts.items()):
            self._paint_span(painter, QRect(place * width, 0, width, self.height()), span, count)

    def _paint_span(self, painter: QPainter, place: QRect, span: LoadSpan, count: int) -> None:
        look, theme, figures, found = self._look, self._look.theme, FIGURES[span], grade(span, count)
        colours = {LoadGrade.GOOD: theme.ok, LoadGrade.MANAGEABLE: theme.info, LoadGrade.TOO_MANY: theme.warn}
        colour = QColor(colours.get(found, theme.danger))
        inside = place.adjusted(look.px(8), look.px(4), -look.px(6), -look.px(10))
        painter.setPen(QColor(theme.text_dim))
        painter.drawText(inside, _MIDDLE, self._span_words(span, count))
        bar = QRect(inside.left(), self.height() - look.px(9), inside.width(), look.px(4))
        painter.fillRect(bar, QColor(theme.line))
        share = min(1.0, count / figures.flood)
        painter.fillRect(QRect(bar.left(), bar.top(), round(bar.width() * share), bar.height()), colour)
        most = bar.left() + round(bar.width() * figures.most / figures.flood)
        painter.fillRect(most, bar.top() - look.px(1), look.px(1), bar.height() + look.px(2), QColor(theme.text_dim))

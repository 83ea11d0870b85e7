"""While a drill is talked about, a trainee's desk says across its middle that everything stands."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import label

HEIGHT_PX = 96
_TOP_SHARE = 0.36


class Curtain(QWidget):
    """Takes neither mouse nor keyboard: what is beneath can be looked at, and be pointed at, while it is discussed."""

    def __init__(self, host: QWidget, look: Look, text: Texts) -> None:
        super().__init__(host)
        self._host = host
        self._look = look
        self._text = text
        self.setObjectName("drillCurtain")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.title = label(parent=self)
        self.title.setObjectName("drillCurtainTitle")
        self.about = label(parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 10)
        for part in (self.title, self.about):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(part)
        self.hide()
        host.installEventFilter(self)
        text.changed.connect(self._read)
        self._read()

    def draw(self, is_drawn: bool) -> None:
        if is_drawn:
            self._lie()
            self.show()
            self.raise_()
        else:
            self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() is QEvent.Type.Resize and self.isVisible():
            self._lie()
        return False

    def _lie(self) -> None:
        room, height = self._host.rect(), self._look.px(HEIGHT_PX)
        self.setGeometry(0, round(room.height() * _TOP_SHARE), room.width(), height)

    def _read(self) -> None:
        self.title.setText(self._text("drill.frozen"))
        self.about.setText(self._text("drill.frozen_about"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, px = self._look.theme, self._look.px
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour(theme.drill_fill, alpha=0.97))
        for top in (0, self.height() - px(3)):
            painter.fillRect(0, top, self.width(), px(3), QColor(theme.on_drill))

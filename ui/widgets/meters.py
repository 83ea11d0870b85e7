"""The lamp of the connection and the level meters of microphone and speaker."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from console.store.link import LinkPhase, LinkState, MediaReport
from ui.text import Texts
from ui.theme import Look
from ui.widgets.icons import paint_icon

SLOW_MS = 300.0
"""A round trip above this eats the whole of the floor's 300 ms (TS 22.179, KPI 1)."""
BARS = 8


class LinkLamp(QWidget):
    """Icon, colour and word; the figure is the round trip at the level the officer feels."""

    def __init__(self, look: Look, text: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text
        self._report = LinkState(phase=LinkPhase.CLOSED)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        text.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(112), self._look.px(36))

    def show_report(self, report: LinkState) -> None:
        self._report = report
        words, _, _ = self._reading()
        self.setToolTip(report.detail or words)
        self.setAccessibleName(words)
        self.update()

    def _reading(self) -> tuple[str, str, str]:
        """Words, icon, colour."""
        theme, report, text = self._look.theme, self._report, self._text
        match report.phase:
            case LinkPhase.ONLINE:
                latency = report.latency_ms
                if latency is None:
                    return text("link.online"), "link", theme.ok
                key = "link.online_ms" if latency <= SLOW_MS else "link.slow_ms"
                colour = theme.ok if latency <= SLOW_MS else theme.warn
                return text(key, latency=round(latency)), "link", colour
            case LinkPhase.CONNECTING | LinkPhase.SIGNING_IN:
                return text("link.connecting"), "hourglass", theme.warn
            case LinkPhase.WAITING:
                return text("link.waiting"), "link_off", theme.danger
            case LinkPhase.CLOSED | LinkPhase.REFUSED:
                return text("link.offline"), "link_off", theme.danger

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = self._look
        words, picture, colour = self._reading()
        painter = QPainter(self)
        side = look.px(16)
        paint_icon(painter, picture, colour, QRectF(0, (self.height() - side) / 2, side, side))
        painter.setFont(look.font(px=12, is_bold=True))
        painter.setPen(QColor(colour))
        inside = self.rect().adjusted(side + look.px(5), 0, 0, 0)
        cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignVCenter), cut)


class SoundMeter(QToolButton):
    """Microphone over speaker level; pressing opens the devices' menu."""

    def __init__(self, look: Look, text: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text
        self._report = MediaReport()
        self.setProperty("tone", "flat")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(92), self._look.px(30))

    def show_report(self, report: MediaReport) -> None:
        self._report = report
        default = self._text("device.default")
        self.setToolTip(
            self._text("device.tip", microphone=report.microphone or default, speaker=report.speaker or default)
        )
        self.setAccessibleName(self.toolTip())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        report, half = self._report, self.height() / 2
        speaks = report.is_up and not report.fault and not report.microphone_fault
        hears = not report.speaker_fault
        self._paint_line(painter, 0, half, "microphone" if speaks else "microphone_off", report.microphone_level)
        self._paint_line(painter, half, half, "speaker" if hears else "speaker_off", report.speaker_level)

    def _paint_line(self, painter: QPainter, top: float, height: float, picture: str, level: float) -> None:
        look, theme = self._look, self._look.theme
        side = look.px(12)
        left = look.px(6)
        is_off = picture.endswith("_off")
        colour = theme.warn if is_off else theme.text_dim
        paint_icon(painter, picture, colour, QRectF(left, top + (height - side) / 2, side, side))
        left += side + look.px(5)
        step = (self.width() - left - look.px(6)) / BARS
        lit = round(min(1.0, max(0.0, level)) * BARS)
        for bar in range(BARS):
            hot = theme.danger if bar >= BARS - 1 else theme.warn if bar >= BARS - 3 else theme.ok
            place = QRectF(left + bar * step, top + height * 0.3, step - look.px(2), height * 0.4)
            painter.fillRect(place, QColor(hot if bar < lit else theme.line))

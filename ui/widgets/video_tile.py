"""One tile of the wall: the newest picture, whose it is, and a button to close it."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QToolButton, QWidget

from comms.domain.ids import VideoId
from comms.domain.video import VideoEnd
from ui.desk import Board
from ui.panels.wall_plan import Showing, Stage
from ui.text import Texts
from ui.theme import Look
from ui.widgets.icons import icon, paint_icon
from ui.widgets.pictures import fitted, to_image
from ui.words import duration

BAR_PX = 20


class VideoTile(QWidget):
    """Signals carry the video id. `take_picture` is called by the wall's clock, never while painting."""

    closed = Signal(str)
    watched = Signal(str)
    enlarged = Signal(str)
    picked = Signal(str)

    def __init__(self, board: Board, look: Look, text: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._look = look
        self._text = text
        self._showing: Showing | None = None
        self._unit_name = ""
        self._now = 0.0
        self._image: QImage | None = None
        self._number = 0
        self._close = QToolButton(self)
        self._close.setProperty("tone", "flat")
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._close.clicked.connect(self._say_closed)
        self._watch = QPushButton(self)
        self._watch.setProperty("tone", "primary")
        self._watch.clicked.connect(self._say_watched)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.show_video(None, "", 0.0)

    @property
    def showing(self) -> Showing | None:
        return self._showing

    @property
    def image(self) -> QImage | None:
        """The picture shown last."""
        return self._image

    def show_video(self, showing: Showing | None, unit_name: str, now: float) -> None:
        before = self._showing
        if showing is None or before is None or (before.video_id, before.mid) != (showing.video_id, showing.mid):
            self._image, self._number = None, 0
        self._showing, self._unit_name, self._now = showing, unit_name, now
        self._close.setVisible(showing is not None)
        self._watch.setVisible(showing is not None and showing.stage is Stage.OFFERED)
        self.restyle()

    def restyle(self) -> None:
        look = self._look
        self._close.setIcon(icon("close", look.theme.text))
        self._close.setToolTip(self._text("wall.close"))
        self._close.setAccessibleName(self._text("wall.close"))
        self._watch.setText(self._text("wall.watch"))
        self.setToolTip(self._status_words())
        self.setAccessibleName(f"{self._unit_name} {self._status_words()}".strip())
        self._place_buttons()
        self.update()

    def _place_buttons(self) -> None:
        side = self._look.px(BAR_PX)
        self._close.setIconSize(QSize(side - 6, side - 6))
        self._close.setGeometry(self.width() - side, 0, side, side)
        size = self._watch.sizeHint()
        y = (self.height() + side) // 2 + self._look.px(6)
        y = min(y, self.height() - size.height() - 2)
        self._watch.setGeometry((self.width() - size.width()) // 2, y, size.width(), size.height())

    def resizeEvent(self, _event: object) -> None:
        self._place_buttons()

    def take_picture(self, now: float) -> None:
        """Convert the newest frame, if it was not shown yet."""
        self._now = now
        showing = self._showing
        if showing is None or showing.mid is None or showing.stage is not Stage.PLAYING or not self.isVisible():
            return
        newest = self._board.newest(showing.mid, after=self._number)
        if newest is not None:
            self._number = newest.number
            ratio = self.devicePixelRatioF()
            room = self._room()
            self._image = to_image(newest.frame, round(room.width() * ratio), round(room.height() * ratio))
            self.update()

    def _room(self) -> QRect:
        return self.rect().adjusted(1, self._look.px(BAR_PX), -1, -1)

    # --- clicks ---------------------------------------------------------------------------------------

    def _id(self) -> VideoId | None:
        return self._showing.video_id if self._showing is not None else None

    def _say_closed(self) -> None:
        if self._showing is not None:
            self.closed.emit(self._showing.video_id)

    def _say_watched(self) -> None:
        if self._showing is not None:
            self.watched.emit(self._showing.video_id)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        if self._showing is not None:
            self.picked.emit(self._showing.unit_id)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        if self._showing is not None and self._showing.stage is Stage.PLAYING:
            self.enlarged.emit(self._showing.video_id)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    # --- painting -------------------------------------------------------------------------------------

    def _status_words(self) -> str:
        showing = self._showing
        if showing is None:
            return self._text("wall.free")
        match showing.stage:
            case Stage.ASKED:
                return self._text("wall.asked", time=duration(self._now - showing.since))
            case Stage.OFFERED:
                return self._text("wall.offered")
            case Stage.OPENING:
                return self._text("wall.opening")
            case Stage.ENDED:
                return self._text(f"video_end.{showing.end.value}") if showing.end is not None else ""
            case Stage.PLAYING:
                return self._text("wall.opening") if self._image is None else ""

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, theme = self._look, self._look.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.inset))
        painter.setPen(QColor(theme.line))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        room = self._room()
        if self._image is not None:
            size = fitted(self._image.width(), self._image.height(), room.width(), room.height())
            place = QRect(0, 0, *size)
            place.moveCenter(room.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, self._image)
        else:
            self._paint_status(painter, room)
        if self._showing is not None:
            self._paint_bar(painter, self._showing)
        elif self._image is None:
            side = look.px(20)
            centre = room.center()
            paint_icon(
                painter, "video", theme.line_strong, QRectF(centre.x() - side / 2, centre.y() - side, side, side)
            )

    def _paint_status(self, painter: QPainter, room: QRect) -> None:
        look, theme, showing = self._look, self._look.theme, self._showing
        is_trouble = showing is not None and showing.end not in (None, VideoEnd.STOPPED)
        painter.setFont(look.font(px=12, is_bold=showing is not None))
        painter.setPen(QColor(theme.warn if is_trouble else theme.text_dim if showing else theme.text_faint))
        inside = room.adjusted(look.px(6), 0, -look.px(6), 0)
        if showing is None:
            inside.setTop(room.center().y() + look.px(2))
        elif showing.stage is Stage.OFFERED:
            inside.setBottom(room.center().y())
        flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
        flags |= int(Qt.AlignmentFlag.AlignTop if showing is None else Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(inside, flags, self._status_words())

    def _paint_bar(self, painter: QPainter, showing: Showing) -> None:
        look, theme = self._look, self._look.theme
        bar = QRect(0, 0, self.width(), look.px(BAR_PX))
        painter.fillRect(bar, QColor(theme.raised))
        side = look.px(12)
        is_live = showing.stage is Stage.PLAYING and self._image is not None
        colour = theme.danger if is_live else theme.text_dim
        paint_icon(painter, "video", colour, QRectF(look.px(5), (bar.height() - side) / 2, side, side))
        painter.setFont(look.font(px=11))
        painter.setPen(QColor(theme.text))
        kind = self._text(f"video_kind.{showing.kind.value}")
        words = f"{self._unit_name} {kind}"
        if is_live:
            words += f" {duration(self._now - showing.since)}"
        room = bar.adjusted(side + look.px(9), 0, -bar.height(), 0)
        cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), cut)

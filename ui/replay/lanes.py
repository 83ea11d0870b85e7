"""Voices of a replay: a lane for each talkgroup that was spoken in, each talk with its waveform and its talker."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from comms.domain.ids import BlobId, TalkgroupId
from comms.journal.replay.voices import Burst
from console.replay.lanes import lanes
from console.replay.recordings import Peaks
from ui.replay.bar import ReplayBar
from ui.replay.lane_painter import LanePainter
from ui.replay.stretch import Stretch
from ui.replay.time_line import draw_cursor, turn_by_wheel
from ui.replay.words import Names
from ui.text import Texts
from ui.theme import Look
from ui.words import clock_time, duration

LANE_PX = 22
SHOWN_LANES = 3


class Lanes(QWidget):
    """Beneath the time line, on its scale. Up and down choose a lane, M silences it, N goes to its next talk; the wheel
    over the names scrolls."""

    sought = Signal(float)
    mutedChanged = Signal()

    def __init__(
        self,
        bar: ReplayBar,
        stretch: Stretch,
        *,
        peaks: Callable[[BlobId], Peaks | None],
        names: Names,
        look: Look,
        text: Texts,
    ) -> None:
        super().__init__(bar)
        self.setObjectName("replay_lanes")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._bar, self._line, self._stretch, self._names = bar, bar.time_line, stretch, names
        self._look, self._text = look, text
        self._painter = LanePainter(stretch, look, peaks=peaks, name_of=names.party)
        self.muted: frozenset[TalkgroupId | None] = frozenset()
        self._bursts: tuple[Burst, ...] = ()
        self.ids: tuple[TalkgroupId | None, ...] = ()
        self._first, self._chosen = 0, 0
        self._at = 0.0
        self._drawn: QPixmap | None = None
        stretch.changed.connect(self.draw_anew)
        look.changed.connect(self._dress)
        text.changed.connect(self.draw_anew)
        self._dress()

    # --- what it shows --------------------------------------------------------------------------------------

    def show_bursts(self, bursts: Sequence[Burst]) -> None:
        """Lanes in the order they were first spoken in; new ones come at the end."""
        self._bursts = tuple(bursts)
        first, last = self._stretch.extent
        self.ids = tuple(lanes(self._bursts, from_at=first, to_at=max(last, first + 1.0)))
        self._dress()

    def show_moment(self, at: float) -> None:
        if at != self._at:
            self._at = at
            self.update()

    def draw_anew(self) -> None:
        """Another stretch, or more is known of how loud it was."""
        self._drawn = None
        self.update()

    @property
    def rows(self) -> int:
        return min(max(1, len(self.ids)), SHOWN_LANES)

    def _dress(self) -> None:
        self.setFixedHeight(self.rows * self._look.px(LANE_PX))
        self._scroll(0)
        self.draw_anew()

    def _scroll(self, lanes_down: int) -> None:
        self._first = min(max(0, self._first + lanes_down), max(0, len(self.ids) - self.rows))
        self.draw_anew()

    # --- where --------------------------------------------------------------------------------------------

    def _room(self, row: int) -> QRectF:
        """Of a lane's talks: as wide as the time line, and beneath it."""
        high = self._look.px(LANE_PX)
        left = self._line.mapTo(self._bar, QPoint(0, 0)).x() - self.x()
        return QRectF(left, row * high, self._line.width(), high - 1)

    def _row_at(self, y: float) -> int:
        return min(int(y // self._look.px(LANE_PX)), self.rows - 1)

    def _place(self, burst: Burst, room: QRectF) -> QRectF:
        end_at = burst.to_at if burst.to_at is not None else self._stretch.extent[1]
        left, right = (self._stretch.x_of(at, room.width()) for at in (burst.from_at, max(end_at, burst.sound_to_at)))
        return QRectF(room.left() + left, room.top() + 1, max(2.0, right - left), room.height() - 2)

    def burst_at(self, x: float, y: float) -> Burst | None:
        row = self._row_at(y)
        room, wanted = self._room(row), self._first + row
        if wanted >= len(self.ids) or x < room.left():
            return None
        shown = lanes(self._bursts, from_at=self._stretch.from_at, to_at=self._stretch.to_at)
        found = [
            one for one in shown.get(self.ids[wanted], ()) if self._place(one, room).contains(x, room.center().y())
        ]
        return found[-1] if found else None

    # --- the officer ----------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        self._chosen = min(self._first + self._row_at(place.y()), max(0, len(self.ids) - 1))
        if place.x() < self._room(0).left():
            self.switch(self._chosen)
        elif (burst := self.burst_at(place.x(), place.y())) is not None:
            self.sought.emit(_begins(burst))
        else:
            self.sought.emit(self._stretch.at_of(place.x() - self._room(0).left(), self._line.width()))
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.position().x() < self._room(0).left():
            self._scroll(-1 if event.angleDelta().y() > 0 else 1)
            event.accept()
        else:
            turn_by_wheel(self._stretch, event, self._line.width(), left=self._room(0).left())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match Qt.Key(event.key()):
            case Qt.Key.Key_Up | Qt.Key.Key_Down as key:
                self._choose(self._chosen + (1 if key is Qt.Key.Key_Down else -1))
            case Qt.Key.Key_M:
                self.switch(self._chosen)
            case Qt.Key.Key_N if self.ids:
                mine = (one for one in self._bursts if one.talkgroup_id == self.ids[self._chosen])
                later = [_begins(one) for one in mine if _begins(one) > self._at]
                if later:
                    self.sought.emit(min(later))
            case _:
                super().keyPressEvent(event)

    def _choose(self, lane: int) -> None:
        self._chosen = min(max(0, lane), max(0, len(self.ids) - 1))
        self._scroll(min(0, self._chosen - self._first) or max(0, self._chosen - self._first - self.rows + 1))

    def switch(self, lane: int) -> None:
        """Silence a lane, or hear it again."""
        if lane < len(self.ids):
            self.muted ^= {self.ids[lane]}
            self.draw_anew()
            self.mutedChanged.emit()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = event.pos()
            burst = self.burst_at(place.x(), place.y())
            is_name = place.x() < self._room(0).left()
            words = self._text("replay.lane_tip") if is_name else self._words(burst) if burst is not None else ""
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def _words(self, burst: Burst) -> str:
        seconds = burst.sound_s or (burst.to_at or self._stretch.extent[1]) - burst.from_at
        values = {
            "name": self._names.party(burst.talker),
            "time": clock_time(burst.from_at),
            "length": duration(seconds),
        }
        key = "replay.burst" if burst.blob_id is not None else "replay.burst_unrecorded"
        told = self._text(key, group=self._lane_name(burst.talkgroup_id), **values)
        written = self._names.written(burst.burst_id)
        return f"{told}\n{written}" if written else told

    def _lane_name(self, talkgroup_id: TalkgroupId | None) -> str:
        return self._text("replay.lane_calls") if talkgroup_id is None else self._names.group(talkgroup_id)

    # --- looks ----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._drawn is None or self._drawn.size() != self.size() * self.devicePixelRatio():
            self._drawn = self._draw()
        painter.drawPixmap(0, 0, self._drawn)
        room = self._room(0)
        painter.translate(room.left(), 0)
        ground = QRectF(0, 0, room.width(), self.height())
        draw_cursor(painter, self._stretch, self._at, ground, self._look, is_ghost=False)
        painter.end()

    def _draw(self) -> QPixmap:
        ratio = self.devicePixelRatio()
        drawn = QPixmap(self.size() * ratio)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(QColor(self._look.theme.panel))
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = lanes(self._bursts, from_at=self._stretch.from_at, to_at=self._stretch.to_at)
        for row in range(self.rows):
            room, lane = self._room(row), self._first + row
            painter.fillRect(room, QColor(self._look.theme.inset))
            if lane < len(self.ids):
                is_muted, is_chosen = self.ids[lane] in self.muted, lane == self._chosen and self.hasFocus()
                name_room = QRect(0, int(room.top()), int(room.left()) - 4, int(room.height()))
                words = self._lane_name(self.ids[lane])
                self._painter.name(painter, words, name_room, is_muted=is_muted, is_chosen=is_chosen)
                painter.setClipRect(room)
                for burst in shown.get(self.ids[lane], ()):
                    self._painter.burst(painter, burst, self._place(burst, room), room, is_muted=is_muted)
                painter.setClipping(False)
            elif not self.ids:
                painter.setPen(QColor(self._look.theme.text_faint))
                painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), self._text("replay.lanes_none"))
        painter.end()
        return drawn


def _begins(burst: Burst) -> float:
    """Where its sound begins, or its talk when nothing was recorded."""
    return burst.sound_from_at if burst.blob_id is not None else burst.from_at

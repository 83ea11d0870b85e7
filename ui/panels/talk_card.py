"""One talkgroup: its name, who has the floor, whether it is heard, and the button to talk."""

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from comms.domain.talkgroup import Talkgroup
from ui.panels.ad_hoc_tools import AdHocTools
from ui.panels.card_face import Face, Tone
from ui.text import Texts
from ui.theme import Look
from ui.widgets.icons import icon, paint_icon
from ui.widgets.talk_button import TalkButton, fills

HEIGHT_PX = 62


class TalkCard(QWidget):
    """Signals carry the talkgroup's id. `chosen` by a click on the body; `listening` is the wish to hear it or not."""

    chosen = Signal(str)
    listening = Signal(str, bool)
    held = Signal(str)
    let_go = Signal(str)
    following = Signal(str, bool)
    ended = Signal(str)
    """Of an area call: whether newcomers are called in, and its end."""

    def __init__(self, talkgroup: Talkgroup, number: int, look: Look, text: Texts, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.talkgroup = talkgroup
        self._number = number
        self._look = look
        self._text = text
        self._face = Face(Tone.OFF, "speaker_off", "", "")
        self._hearing = 0
        self._is_chosen = False
        self._is_heard = False
        self._is_talking_key = number <= 8
        self.setObjectName(f"card_{talkgroup.id}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._ear = QToolButton(self)
        self._ear.setProperty("tone", "flat")
        self._ear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._ear.clicked.connect(self._toggle_listening)
        self.button = TalkButton(look, self)
        self.button.held.connect(self._hold)
        self.button.let_go.connect(self._let_go)
        self.tools = AdHocTools(look, text, self) if talkgroup.is_ad_hoc else None
        self._arrange()
        self.restyle()

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 4, 4, 4)
        row.setSpacing(2)
        column = QVBoxLayout()
        column.addWidget(self._ear, 0, Qt.AlignmentFlag.AlignTop)
        if self.tools is not None:
            column.addWidget(self.tools)
            self.tools.following.connect(self._follow)
            self.tools.ended.connect(self._end)
        row.addLayout(column)
        row.addStretch(1)
        row.addWidget(self.button)

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(268), self._look.px(HEIGHT_PX))

    # --- what it shows --------------------------------------------------------------------------------

    @property
    def face(self) -> Face:
        return self._face

    @property
    def is_heard(self) -> bool:
        return self._is_heard

    def show_face(self, face: Face, *, is_lit: bool = True) -> None:
        self._is_heard = face.tone is not Tone.OFF
        if face != self._face or face.blinks:
            self._face = face
            self.button.show_face(face, is_lit=is_lit)
            self._describe()
            self.update()

    def show_hearing(self, count: int) -> None:
        """How many units of it are online."""
        if count != self._hearing:
            self._hearing = count
            self.update()

    def show_chosen(self, is_chosen: bool) -> None:
        if is_chosen != self._is_chosen:
            self._is_chosen = is_chosen
            self.update()

    def restyle(self) -> None:
        look = self._look
        self.setFixedHeight(look.px(HEIGHT_PX))
        self.button.setFixedWidth(look.px(66))
        self._ear.setFixedSize(look.px(26), look.px(24))
        self._ear.setIconSize(QSize(look.px(16), look.px(16)))
        if self.tools is not None:
            self.tools.restyle()
        self._describe()
        self.update()

    def _describe(self) -> None:
        look, name = self._look, self.talkgroup.name
        picture, colour = ("speaker", look.theme.ok) if self._is_heard else ("speaker_off", look.theme.text_faint)
        self._ear.setIcon(icon(picture, colour))
        self._ear.setToolTip(self._text("card.stop_listening" if self._is_heard else "card.listen", name=name))
        self._ear.setAccessibleName(self._ear.toolTip())
        self.button.setToolTip(self._text("card.hold_tip", name=name, key=self._key_words()))
        self.setAccessibleName(name)
        self.setAccessibleDescription(self._face.headline)
        self.setToolTip(f"{name}\n{self._face.headline}")

    def _key_words(self) -> str:
        return f"F{self._number}" if self._is_talking_key else self._text("card.space")

    # --- what is done to it ---------------------------------------------------------------------------

    def _toggle_listening(self) -> None:
        self.listening.emit(self.talkgroup.id, not self._is_heard)

    def _hold(self) -> None:
        self.held.emit(self.talkgroup.id)

    def _let_go(self) -> None:
        self.let_go.emit(self.talkgroup.id)

    def _follow(self, is_following: bool) -> None:
        self.following.emit(self.talkgroup.id, is_following)

    def _end(self) -> None:
        self.ended.emit(self.talkgroup.id)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.chosen.emit(self.talkgroup.id)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.FontChange:
            self.update()
        super().changeEvent(event)

    # --- painting -------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, theme = self._look, self._look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, _ = fills(theme)[self._face.tone]
        is_busy = self._face.tone not in (Tone.CALM, Tone.OFF)
        edge = ground if is_busy else theme.accent if self._is_chosen else theme.line
        width = look.px(2) if is_busy or self._is_chosen else 1
        painter.setPen(QPen(QColor(edge), width))
        painter.setBrush(QColor(theme.chosen if self._is_chosen else theme.raised))
        inside = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(inside, look.px(5), look.px(5))
        left = (self.tools or self._ear).geometry().right() + look.px(5)
        column = QRect(left, look.px(4), self.button.x() - left - look.px(6), self.height() - look.px(8))
        self._paint_lines(painter, column)

    def _paint_lines(self, painter: QPainter, column: QRect) -> None:
        look, theme, face = self._look, self._look.theme, self._face
        line = column.height() // 3
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        first = QRect(column.left(), column.top(), column.width(), line)
        painter.setFont(look.font(px=11))
        keys = self._keys_shown()
        painter.setPen(QColor(theme.text_faint))
        painter.drawText(first, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), keys)
        first.setRight(first.right() - painter.fontMetrics().horizontalAdvance(keys) - look.px(4))
        painter.setFont(look.font(is_bold=True))
        painter.setPen(QColor(theme.text))
        painter.drawText(first, flags, _cut(painter, self.talkgroup.name, first.width()))
        second = first.translated(0, line)
        second.setRight(column.right())
        side = look.px(13)
        colour = self._headline_colour()
        paint_icon(painter, face.icon, colour, QRectF(second.left(), second.top() + (line - side) / 2, side, side))
        painter.setFont(look.font(px=12, is_bold=face.tone not in (Tone.CALM, Tone.OFF)))
        painter.setPen(QColor(colour))
        second.setLeft(second.left() + side + look.px(4))
        painter.drawText(second, flags, _cut(painter, face.headline, second.width()))
        third = QRect(column.left(), column.top() + 2 * line, column.width(), line)
        painter.setFont(look.font(px=11))
        painter.setPen(QColor(theme.text_dim))
        hearing = self._text("card.hearing", count=self._hearing)
        room = third.width() - painter.fontMetrics().horizontalAdvance(hearing) - look.px(6)
        painter.drawText(third, flags, _cut(painter, face.time, room) if face.time else hearing)
        if face.time and painter.fontMetrics().horizontalAdvance(face.time) <= room:
            painter.drawText(third, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), hearing)

    def _keys_shown(self) -> str:
        keys = [f"F{self._number}"] if self._is_talking_key else []
        if self._is_chosen:
            keys.append(self._text("card.space"))
        return " ".join(keys)

    def _headline_colour(self) -> str:
        theme = self._look.theme
        return {
            Tone.OFF: theme.text_faint,
            Tone.CALM: theme.text_dim,
            Tone.HEAR: theme.ok,
            Tone.WAIT: theme.warn,
        }.get(self._face.tone, theme.danger)


def _cut(painter: QPainter, words: str, width: int) -> str:
    return painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, max(0, width))

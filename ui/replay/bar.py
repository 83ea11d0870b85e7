"""The bar of a replay at the window's foot: the moment, playing, jumping, looping, bookmarks, and the time line."""

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from console.replay.kinds import KINDS
from ui.replay.stretch import Stretch
from ui.replay.time_line import TimeLine
from ui.text import Texts
from ui.theme import Look
from ui.widgets.icons import icon
from ui.widgets.labels import ElidedLabel, label, set_tone
from ui.widgets.triggered import Triggered

SIDE_PX = 128
"""The column before the time line: the moment, and the lanes' names."""
_ICONS = {
    "play": "play", "slower": "slower", "faster": "faster", "previous": "up", "next": "down", "loop_clear": "close",
    "bookmark": "note", "bookmarks": "note", "follow": "target", "flaws": "warning", "take_over": "talk",
    "lanes": "speaker",
}  # fmt: skip
_CHECKED = ("follow", "lanes")
_BARE = ("slower", "faster", "previous", "next", "loop_clear")
_WIDTHS = {"play": 84, "loop_from": 34, "loop_to": 34, "bookmarks": 92}
"""Of buttons whose words change: nothing moves."""


class ReplayBar(QWidget):
    """`pressed` names what the officer wants: play, slower, faster, previous, next, loop_from, loop_to, loop_clear,
    bookmark, bookmarks, follow, lanes, flaws, take_over."""

    pressed = Signal(str)
    viewerChosen = Signal(str)
    """The officer whose desk is followed; empty: nobody's."""

    def __init__(self, stretch: Stretch, look: Look, text: Texts) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._look, self._text = look, text
        self._buttons: dict[str, QPushButton] = {}
        self.time_line = TimeLine(stretch, look, self)
        self.date, self.clock = label(tone="dim", parent=self), label(tone="title", parent=self)
        self.second = label(tone="warn", parent=self)
        self.speed, self.kinds, self.viewers = label(tone="head", parent=self), QComboBox(self), QComboBox(self)
        self.status = ElidedLabel(tone="dim", parent=self)
        self._is_playing, self._speed = False, 1.0
        self._arrange()
        text.changed.connect(self.read)
        look.changed.connect(self.read)
        self.read()

    # --- building -------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(8, 5, 8, 5)
        self.column.setSpacing(4)
        self.column.addLayout(self._controls())
        below = QHBoxLayout()
        below.setSpacing(6)
        self._side = QWidget(self)
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(0)
        for part in (self.date, self.clock, self.second):
            side.addWidget(part)
        side.addStretch(1)
        below.addWidget(self._side)
        below.addWidget(self.time_line, 1)
        self.column.addLayout(below)
        self.speed.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.kinds.setObjectName("replay_kinds")
        self.viewers.setObjectName("replay_viewers")
        self.viewers.activated.connect(self._choose_viewer)
        for combo in (self.kinds, self.viewers):
            combo.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _controls(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        parts: tuple[str | QWidget, ...] = (
            "play", "slower", self.speed, "faster", "|", "previous", self.kinds, "next", "|", "loop_from", "loop_to",
            "loop_clear", "|", "bookmark", "bookmarks", "follow", self.viewers, "|", self.status, "flaws", "lanes",
            "take_over",
        )  # fmt: skip
        for part in parts:
            if part == "|":
                row.addSpacing(6)
            elif isinstance(part, str):
                row.addWidget(self._button(part))
            else:
                row.addWidget(part, 1 if part is self.status else 0)
        for name in ("flaws", "take_over"):
            self._buttons[name].hide()
        return row

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(f"replay_{name}")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAutoDefault(False)
        button.setCheckable(name in _CHECKED)
        button.clicked.connect(Triggered(partial(self.pressed.emit, name)))
        self._buttons[name] = button
        return button

    def button(self, name: str) -> QPushButton:
        return self._buttons[name]

    # --- what it shows --------------------------------------------------------------------------------------

    @property
    def kind(self) -> tuple[str, ...]:
        """Which events one jumps to."""
        return KINDS[self.kinds.currentData()]

    def show_moment(self, at: float, words: tuple[str, str], second: str) -> None:
        self.date.setText(words[0])
        self.clock.setText(words[1])
        self.second.setText(second)
        self.time_line.show_moment(at)

    def show_playing(self, is_playing: bool, speed: float) -> None:
        if (is_playing, speed) != (self._is_playing, self._speed):
            self._is_playing, self._speed = is_playing, speed
            self._read_playing()

    def show_bookmarks(self, moments: tuple[float, ...]) -> None:
        self.time_line.show_bookmarks(moments)
        self._buttons["bookmarks"].setText(self._text("replay.bookmarks", count=len(moments)))

    def show_viewers(self, names: dict[str, str], chosen: str) -> None:
        """Officers whose desks one can look at, by id."""
        self.viewers.clear()
        self.viewers.addItem(self._text("replay.viewer_none"), "")
        for officer_id, name in names.items():
            self.viewers.addItem(self._text("replay.viewer", name=name), officer_id)
        self.viewers.setCurrentIndex(max(0, self.viewers.findData(chosen)))
        self.viewers.setEnabled(bool(names))

    def show_flaws(self, count: int) -> None:
        button = self._buttons["flaws"]
        button.setText(self._text("replay.flaws", count=count))
        button.setVisible(count > 0)

    def say(self, words: str, tone: str = "dim") -> None:
        self.status.setText(words)
        set_tone(self.status, tone)

    # --- words ----------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Say everything again, in the language and look of now."""
        text, px = self._text, self._look.px
        for name, button in self._buttons.items():
            if name not in _BARE and name not in ("play", "bookmarks", "flaws"):
                button.setText(text(f"replay.{name}"))
            button.setToolTip(text(f"replay.{name}_tip"))
            button.setAccessibleName(text(f"replay.{name}_tip"))
            if name in _ICONS:
                button.setIcon(icon(_ICONS[name], self._look.theme.text))
            button.setIconSize(QSize(px(15), px(15)))
            if name in _WIDTHS:
                button.setFixedWidth(px(_WIDTHS[name]))
        self._side.setFixedWidth(px(SIDE_PX))
        self.speed.setFixedWidth(px(48))
        self.kinds.setFixedWidth(px(112))
        self.viewers.setFixedWidth(px(136))
        self.kinds.setToolTip(text("replay.kinds_tip"))
        self.viewers.setToolTip(text("replay.viewers_tip"))
        self.time_line.setToolTip("")
        self.time_line.setAccessibleName(text("replay.time_line"))
        self._read_kinds()
        self._read_playing()

    def _read_kinds(self) -> None:
        chosen = self.kinds.currentData()
        self.kinds.clear()
        for key in KINDS:
            self.kinds.addItem(self._text(f"replay.kind.{key}"), key)
        self.kinds.setCurrentIndex(max(0, self.kinds.findData(chosen)))

    def _read_playing(self) -> None:
        play, name = self._buttons["play"], "pause" if self._is_playing else "play"
        play.setText(self._text(f"replay.{name}"))
        play.setIcon(icon(name, self._look.theme.text))
        self.speed.setText(self._text("track.speed", speed=f"{self._speed:g}"))

    def _choose_viewer(self, index: int) -> None:
        self.viewerChosen.emit(self.viewers.itemData(index))

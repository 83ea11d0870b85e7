"""The replay of tracks: a bar over the map's bottom edge. Its keys work only while it has the keyboard, for the space
key talks on this desk."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout

from console.store.tracks import Playing
from ui.map.map_widget import MapWidget
from ui.text import Texts
from ui.theme import Look
from ui.widgets.icons import icon
from ui.widgets.labels import ElidedLabel
from ui.widgets.overlay import Corner, Overlay
from ui.widgets.timeline import BINS, Timeline
from ui.widgets.triggered import Triggered
from ui.words import day

_ICONS = {"slower": "slower", "faster": "faster", "export": "down", "close": "close", "use_selection": "group"}
_KEYS = {"K": "play", "J": "slower", "L": "faster", ",": "earlier", ".": "later"}


class TrackBar(Overlay):
    """`pressed` names what the officer wants: play, slower, faster, earlier, later, loop, follow, use_selection,
    export, close."""

    pressed = Signal(str)
    dayChosen = Signal(float)
    """Unix seconds of the day's beginning."""
    sought = Signal(float)

    def __init__(self, host: MapWidget, look: Look, text: Texts) -> None:
        super().__init__(host, Corner.BOTTOM, "sheet")
        self._map = host
        self._look = look
        self._text = text
        self._playing: Playing | None = None
        self._days: tuple[tuple[float, int], ...] = ()
        self._buttons: dict[str, QPushButton] = {}
        self.timeline = Timeline(look, self)
        self.timeline.sought.connect(self.sought)
        self.days = QComboBox(self)
        self.days.setObjectName("track_days")
        self.days.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.days.activated.connect(self._choose_day)
        self.speed = QPushButton(self)
        self.summary = ElidedLabel(tone="dim", parent=self)
        self._arrange()
        for key, name in _KEYS.items():
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(Triggered(partial(self.pressed.emit, name)))
        text.changed.connect(self.read)
        look.changed.connect(self.read)
        self.read()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(4)
        self.speed.setObjectName("track_speed")
        self.speed.setEnabled(False)
        for name in ("play", "slower"):
            row.addWidget(self._button(name))
        row.addWidget(self.speed)
        for name in ("faster", "loop", "follow"):
            row.addWidget(self._button(name))
        row.addStretch(1)
        for name in ("use_selection", "export", "close"):
            row.addWidget(self._button(name))
        for name in ("loop", "follow"):
            self._buttons[name].setCheckable(True)
        column.addLayout(row)
        second = QHBoxLayout()
        second.setSpacing(8)
        second.addWidget(self.days)
        second.addWidget(self.summary, 1)
        column.addLayout(second)
        column.addWidget(self.timeline)

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(f"track_{name}")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAutoDefault(False)
        button.clicked.connect(Triggered(partial(self.pressed.emit, name)))
        self._buttons[name] = button
        return button

    def button(self, name: str) -> QPushButton:
        return self._buttons[name]

    # --- where it lies: over the map's whole width, above its status line ----------------------------------

    def wanted_width(self) -> int:
        return self._host.width() - 2 * self.inset_side()

    def inset_side(self) -> int:
        return self._look.px(8)

    def inset(self) -> int:
        return self._map.status_line.height() + self._look.px(6)

    # --- what it shows --------------------------------------------------------------------------------------

    def show_days(self, days: tuple[tuple[float, int], ...], chosen: float) -> None:
        """Beginnings of days and how many readings each has, oldest first."""
        self._days = days
        self.days.clear()
        for start_at, count in reversed(days):
            self.days.addItem(self._text("track.day", day=day(start_at), count=f"{count:,}"), start_at)
        self.days.setCurrentIndex(max(0, self.days.findData(chosen)))

    def show_playing(self, playing: Playing, summary: str) -> None:
        self._playing = playing
        tracks = playing.tracks
        stops = [(stop.since, stop.until) for story in tracks.stories[:40] for stop in story.stops]
        self.timeline.show_day(tracks.from_at, tracks.to_at, tracks.density(BINS).tolist(), stops)
        self.summary.setText(summary)
        self.refresh()

    def say(self, words: str) -> None:
        """In place of the summary, while something is under way or there is nothing."""
        self.summary.setText(words)

    def refresh(self) -> None:
        """After anything of the replay changed."""
        playing = self._playing
        if playing is None:
            return
        self.timeline.show_moment(playing.at)
        self._buttons["loop"].setChecked(playing.is_looping)
        self.speed.setText(self._text("track.speed", speed=f"{playing.speed:g}"))
        name = "pause" if playing.is_playing else "play"
        if self._buttons["play"].property("shows") != name:
            self._buttons["play"].setProperty("shows", name)
            self._buttons["play"].setText(self._text(f"track.{name}"))
            picture = "pause" if playing.is_playing else "play"
            self._buttons["play"].setIcon(icon(picture, self._look.theme.text))

    def read(self) -> None:
        """Say everything again, in the language and look of now."""
        words: dict[str, Callable[[], str]] = {
            "loop": lambda: self._text("track.loop"),
            "follow": lambda: self._text("track.follow"),
            "use_selection": lambda: self._text("track.use_selection"),
            "export": lambda: self._text("track.export"),
            "close": lambda: self._text("track.close"),
        }
        for name, button in self._buttons.items():
            if name in words:
                button.setText(words[name]())
            button.setToolTip(self._text(f"track.{name}_tip"))
            if name in _ICONS:
                button.setIcon(icon(_ICONS[name], self._look.theme.text))
            button.setIconSize(QSize(self._look.px(15), self._look.px(15)))
        self._buttons["slower"].setAccessibleName(self._text("track.slower_tip"))
        self._buttons["faster"].setAccessibleName(self._text("track.faster_tip"))
        self._buttons["play"].setFixedWidth(self._look.px(84))
        self._buttons["play"].setProperty("shows", "")
        self.speed.setFixedWidth(self._look.px(58))
        self.days.setFixedWidth(self._look.px(206))
        self.days.setToolTip(self._text("track.day_tip"))
        self.timeline.setAccessibleName(self._text("track.timeline"))
        self.timeline.setToolTip(self._text("track.timeline"))
        if self._days:
            self.show_days(self._days, self.days.currentData())
        self.speed.setText(self._text("track.speed", speed="10"))
        self.refresh()

    def _choose_day(self, index: int) -> None:
        self.dayChosen.emit(self.days.itemData(index))

    def dismiss(self) -> None:
        if self.isVisible():
            super().dismiss()
            self.pressed.emit("close")

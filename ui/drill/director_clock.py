"""The drill's clock in the director's hand: begin, pause, discuss, faster, further, end."""

from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from console.actions.drill import SPEEDS
from ui.drill.words import Stage, read_second, second_words, stage_of, stage_words
from ui.widgets.choices import Choices
from ui.widgets.icons import icon
from ui.widgets.labels import label
from ui.widgets.row import row_of
from ui.widgets.triggered import Triggered
from ui.words import clock_time
from ui.workplace import Workplace

_TICK_MS, ASKED_MS = 200, 8_000
_SPEED_KEYS = tuple(f"{speed:g}" for speed in SPEEDS)


class ClockPart(QWidget):
    """No button moves or changes its place: what cannot be done now is greyed out."""

    def __init__(self, place: Workplace, parent: QWidget) -> None:
        super().__init__(parent)
        self._place = place
        self._store = place.store
        self._text = place.text
        self._drilling = place.actions.drilling
        self.clock = label(parent=self)
        self.clock.setObjectName("drillClock")
        self.second = label(tone="title", parent=self)
        self.stage = label(tone="head", parent=self)
        self.go, self.freeze, self.jump, self.end, self.really = (QPushButton(self) for _ in range(5))
        names = ("go", "freeze", "jump", "end", "really")
        for name, button in zip(names, (self.go, self.freeze, self.jump, self.end, self.really), strict=True):
            button.setObjectName(f"drill_{name}")
        self.go.setProperty("tone", "primary")
        self.really.setProperty("tone", "hang_up")
        self.speed = Choices(_SPEED_KEYS, "drill_speed", self._text, self)
        self.to = QLineEdit(self)
        self.to.setObjectName("drill_to")
        self._asked = QTimer(self)
        self._asked.setSingleShot(True)
        self._asked.setInterval(ASKED_MS)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._arrange()
        self._connect()
        self._restyle()
        self.retranslate()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row_of(self.clock, None, self.second, self.stage))
        column.addLayout(row_of(self.go, self.freeze, None, self.speed))
        column.addLayout(row_of(self.to, self.jump, None, self.end, self.really))

    def _connect(self) -> None:
        for button, act in (
            (self.go, self.go_or_stand), (self.freeze, self.discuss), (self.jump, self.jump_there),
            (self.end, self.ask_end), (self.really, self.end_it),
        ):  # fmt: skip
            button.clicked.connect(Triggered(act))
        self.to.returnPressed.connect(self.jump_there)
        self.to.textChanged.connect(self.read)
        self.speed.changed.connect(self._set_speed)
        self._asked.timeout.connect(self.read)
        self._tick.timeout.connect(self._show_time)
        self._tick.start()
        self._place.look.changed.connect(self._restyle)

    # --- doing ----------------------------------------------------------------------------------------------

    def go_or_stand(self) -> None:
        """Begin, pause or resume: whichever comes next."""
        drilling = self._drilling
        match stage_of(self._store):
            case Stage.READY:
                self._place.acting.start(drilling.begin())
            case Stage.RUNNING:
                self._place.acting.start(drilling.pause())
            case Stage.PAUSED | Stage.FROZEN:
                self._place.acting.start(drilling.resume())
            case _:
                pass

    def discuss(self) -> None:
        """Everything stands, and trainees' desks say that it is talked about."""
        if stage_of(self._store) in (Stage.RUNNING, Stage.PAUSED):
            self._place.acting.start(self._drilling.pause(is_frozen=True))

    def set_speed(self, place: int) -> None:
        """By its place, counted from 0."""
        if self.speed.isEnabled():
            self.speed.choose(_SPEED_KEYS[place])
            self._set_speed(_SPEED_KEYS[place])

    def _set_speed(self, key: str) -> None:
        self._place.acting.start(self._drilling.set_speed(float(key)))

    def jump_there(self) -> None:
        to_s = read_second(self.to.text())
        if to_s is not None and self.jump.isEnabled():
            self.to.clear()
            self._place.acting.start(self._drilling.jump(to_s))

    def ask_end(self) -> None:
        self._asked.start()
        self.read()
        self.really.setFocus()

    def end_it(self) -> None:
        self._asked.stop()
        self.read()
        self._place.acting.start(self._drilling.end())

    # --- showing --------------------------------------------------------------------------------------------

    def read(self) -> None:
        text, stage, drill = self._text, stage_of(self._store), self._store.drill
        is_on = drill.is_trainer and stage in (Stage.RUNNING, Stage.PAUSED, Stage.FROZEN)
        action = {Stage.READY: "begin", Stage.RUNNING: "pause"}.get(stage, "resume")
        self.go.setText(text(f"drill.button.{action}"))
        self.go.setIcon(icon("pause" if action == "pause" else "play", self._place.look.theme.on_accent))
        self.go.setEnabled(drill.is_trainer and stage is not Stage.OVER)
        self.freeze.setEnabled(is_on and stage is not Stage.FROZEN)
        self.speed.setEnabled(is_on)
        to_s, second = read_second(self.to.text()), drill.second() or 0.0
        length_s = drill.status.length_s if drill.status is not None else 0.0
        self.to.setEnabled(is_on)
        self.jump.setEnabled(is_on and to_s is not None and second < to_s <= length_s)
        is_asked = self._asked.isActive()
        self.end.setEnabled(is_on and not is_asked)
        self.really.setEnabled(is_on and is_asked)
        self.stage.setText(stage_words(self._store, text))
        state = self._store.picture.drill.state
        if state is not None and f"{state.speed:g}" in _SPEED_KEYS:
            self.speed.choose(f"{state.speed:g}")
        self._show_time()

    def _show_time(self) -> None:
        drill = self._store.drill
        length = drill.status.length_s if drill.status is not None else None
        second = drill.second()
        self.clock.setText(clock_time(self._store.server_now()))
        self.second.setText(
            f"{second_words(max(0.0, second) if second is not None else None)} / {second_words(length)}"
        )

    def retranslate(self) -> None:
        text = self._text
        self.freeze.setText(text("drill.button.freeze"))
        self.jump.setText(text("drill.button.jump"))
        self.end.setText(text("drill.button.end"))
        self.really.setText(text("drill.button.really_end"))
        self.to.setPlaceholderText(text("drill.jump_to"))
        for button, key in ((self.go, "P"), (self.freeze, "D"), (self.jump, "J")):
            button.setToolTip(key)
        self.speed.retranslate()
        self.speed.setToolTip("1–5")
        self.read()

    def _restyle(self) -> None:
        px = self._place.look.px
        self.go.setFixedWidth(px(112))
        self.freeze.setFixedWidth(px(112))
        self.to.setFixedWidth(px(150))
        self.really.setMinimumWidth(px(120))
        self.stage.setFixedWidth(px(104))
        self.speed.setFixedWidth(px(250))


def keys_of(clock: ClockPart) -> dict[str, Triggered]:
    """While the panel has the keyboard."""
    keys = {"P": Triggered(clock.go_or_stand), "D": Triggered(clock.discuss), "J": Triggered(clock.to.setFocus)}
    return keys | {str(place + 1): Triggered(partial(clock.set_speed, place)) for place in range(len(SPEEDS))}

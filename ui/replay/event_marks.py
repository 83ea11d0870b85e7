"""What mattered on a replay's time line: orders, alarms, videos and the like, each by its kind, with its words."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from comms.domain.events import Recorded
from console.replay.kinds import KINDS
from console.replay.player import Player
from ui.acting import Acting
from ui.replay.stretch import Stretch
from ui.replay.time_line import TimeLine
from ui.sentences import tell
from ui.text import Texts
from ui.theme import Look, Theme
from ui.words import clock_time

MARKED = ("order", "alarm", "incident", "video", "plan", "inject")
NEAR_PX = 5
MOST_WORDS = 500
"""Sentences kept."""


def colour_of(kind: str, theme: Theme) -> str:
    return {
        "order": theme.accent,
        "alarm": theme.danger,
        "incident": theme.warn,
        "video": theme.violet,
        "plan": theme.ok,
        "inject": theme.text_faint,
    }[kind]


class EventMarks(QObject):
    def __init__(
        self, player: Player, line: TimeLine, stretch: Stretch, acting: Acting, look: Look, text: Texts, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._player, self._line, self._stretch, self._acting = player, line, stretch, acting
        self._look, self._text = look, text
        self._rows: NDArray[np.intp] = np.zeros(0, np.intp)
        self._kinds: NDArray[np.intp] = np.zeros(0, np.intp)
        self._words: dict[int, str] = {}
        self._asked: int | None = None
        line.pointed.connect(self._point)
        stretch.changed.connect(self.draw)
        look.changed.connect(self.draw)
        text.changed.connect(self._words.clear)

    def look(self) -> None:
        """What is known by now."""
        index = self._player.replay.index
        rows = [index.rows_of(KINDS[kind]) for kind in MARKED]
        kinds = [np.full(len(found), number) for number, found in enumerate(rows)]
        both, numbers = np.concatenate(rows), np.concatenate(kinds)
        order = np.argsort(both, kind="stable")
        self._rows, self._kinds = both[order], numbers[order]
        self.draw()

    def draw(self) -> None:
        """One a pixel and kind is enough."""
        index, width = self._player.replay.index, self._line.width()
        at = index.at[self._rows]
        shown = np.flatnonzero((at >= self._stretch.from_at) & (at <= self._stretch.to_at))
        places = np.rint((at[shown] - self._stretch.from_at) / self._stretch.seconds * width)
        _, first = np.unique(places * len(MARKED) + self._kinds[shown], return_index=True)
        theme = self._look.theme
        self._line.show_marks(
            [(float(at[row]), colour_of(MARKED[int(self._kinds[row])], theme)) for row in shown[first].tolist()]
        )

    # --- the mouse ------------------------------------------------------------------------------------------

    def _near(self, at: float) -> int | None:
        """Which of the marks lies under this moment."""
        if not len(self._rows):
            return None
        times = self._player.replay.index.at[self._rows]
        row = int(np.argmin(np.abs(times - at)))
        reach_s = NEAR_PX / max(1, self._line.width()) * self._stretch.seconds
        return row if abs(float(times[row]) - at) <= reach_s else None

    def _point(self, at: float) -> None:
        row = self._near(at)
        if row is None:
            self._line.setToolTip(clock_time(at))
            return
        index, seq = self._player.replay.index, self._player.replay.index.first_seq + int(self._rows[row])
        kind = self._text(f"replay.kind.{MARKED[int(self._kinds[row])]}")
        words = self._words.get(seq)
        self._line.setToolTip("  ".join((clock_time(index.at_of(seq)), words or kind)))
        if words is None and self._asked != seq:
            self._asked = seq
            self._acting.start(self._player.event(seq), self._tell)

    def _tell(self, recorded: Recorded | None) -> None:
        if recorded is None:
            return
        sentence = tell(recorded, self._player.store, self._text)
        if sentence is not None:
            if len(self._words) >= MOST_WORDS:
                self._words.clear()
            self._words[recorded.seq] = words = sentence.read(self._text)
            if self._asked == recorded.seq:
                self._line.setToolTip(f"{clock_time(recorded.at)}  {words}")

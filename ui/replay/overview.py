"""The whole of a replay as far as it was gone through: its density, its voices, and what is wrong with it."""

from PySide6.QtCore import QObject, QTimer

from comms.journal.replay.voices import Burst
from console.replay.player import DEFINITIONS, Player
from ui.replay.bar import ReplayBar
from ui.replay.event_marks import EventMarks
from ui.replay.flaws import FlawDesk
from ui.replay.lanes import Lanes
from ui.replay.stretch import Stretch

AGAIN_MS = 250
"""While a journal is being gone through all of this is drawn anew so often."""


class Overview(QObject):
    def __init__(
        self,
        player: Player,
        bar: ReplayBar,
        stretch: Stretch,
        *,
        lanes: Lanes,
        marks: EventMarks,
        flaws: FlawDesk,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._marks = marks
        self._player, self._bar, self._stretch, self._lanes, self._flaws = player, bar, stretch, lanes, flaws
        self._bursts: tuple[Burst, ...] = ()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(AGAIN_MS)
        self._soon.timeout.connect(self.look)
        stretch.changed.connect(self.show_density)
        bar.time_line.resized.connect(self.show_density)

    def look_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def look(self) -> None:
        """What is known by now."""
        self._stretch.set_extent(*self._player.extent)
        self.show_density()
        if self._player.replay.bursts is not self._bursts:
            self._bursts = self._player.replay.bursts
            self._lanes.show_bursts(self._bursts)
        self._marks.look()
        self._flaws.look()

    def show_density(self) -> None:
        index, stretch, line = self._player.replay.index, self._stretch, self._bar.time_line
        kinds = [name for name in index.names if not name.startswith(DEFINITIONS)]
        counts = index.density(line.bars, from_at=stretch.from_at, to_at=stretch.to_at, kinds=kinds)
        line.show_density(counts.tolist())

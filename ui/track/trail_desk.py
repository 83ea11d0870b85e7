"""Trails on the map: whose, how long, their past from the gateway once, and what is heard from then on."""

from PySide6.QtCore import QObject, QTimer

from comms.domain.ids import UnitId
from comms.domain.track import Track
from console.actions.tracking import Tracking
from console.layers.layer import Live
from console.store.notices import Changed, FloorChanged, Notice, PositionsMoved, Reset
from console.store.trails import LONGEST_S, MINUTES, Trails
from ui.acting import Acting
from ui.controls import Controls
from ui.layer.desk import LayerDesk
from ui.map.trail_overlay import TrailOverlay
from ui.text import Texts
from ui.watch import follow

SOON_MS = 250
"""After a choice: whoever steps through the list of units does not ask for the past of each."""
EVERY_MS = 1_000


class TrailDesk(QObject):
    """Trails have the units in emergency, the one that is followed and the selected, in this order."""

    def __init__(
        self,
        layers: LayerDesk,
        controls: Controls,
        tracking: Tracking,
        acting: Acting,
        text: Texts,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._map, self._store, self._selection = layers.map, controls.store, controls.selection
        self._tracking, self._acting, self._text = tracking, acting, text
        self._layers = layers
        self.trails = Trails()
        self.overlay = TrailOverlay()
        self._map.drawing.overlays.add(self.overlay)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.refresh)
        self._selection.unitsChanged.connect(self._choose_soon)
        self._map.followChanged.connect(self._choose_soon)
        layers.changed.connect(self._choose_soon)
        follow(self, self._store, self._on_notice)

    def do(self, minutes: str) -> None:
        """So many minutes from now on, and when the officer signs in again."""
        self._layers.book.set_trail_minutes(int(minutes))
        self._layers.keep()
        self._acting.tell("ok", self._text("trail.told", minutes=minutes))

    @property
    def last_s(self) -> float:
        """How far back trails go."""
        minutes = self._layers.book.choice.trail_minutes
        return 60.0 * min(max(minutes, MINUTES[0]), MINUTES[-1])

    def _choose_soon(self) -> None:
        self._timer.start(SOON_MS)

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case PositionsMoved():
                self._hear()
            case FloorChanged() | Changed(noun="call" | "talkgroup"):
                self._wait()
            case Reset():
                self.trails.clear()
                self._choose_soon()
            case _:
                pass

    def _wait(self) -> None:
        if not self._timer.isActive():
            self._timer.start(EVERY_MS)

    def _hear(self) -> None:
        if not len(self.trails) and not self._wanted():
            return
        positions = self._store.positions
        for unit_id in self.trails.unit_ids:
            row = positions.row_of(unit_id)
            if row is not None:
                self.trails.hear(
                    unit_id, at=float(positions.at[row]), lat=float(positions.lat[row]), lon=float(positions.lon[row])
                )
        self._wait()

    def _wanted(self) -> tuple[UnitId, ...]:
        if Live.TRAILS in self._map.drawing.overlays.hidden:
            return ()
        followed = self._map.followed
        first = sorted(self._map.drawing.live.emergencies)
        return (*first, *(() if followed is None else (followed,)), *self._selection.unit_ids)

    def refresh(self) -> None:
        """Whose trails, and the lines anew."""
        now = self._store.server_now()
        added = self.trails.keep(self._wanted())
        if added:
            self._acting.start(self._tracking.recent(added, from_at=now - LONGEST_S, to_at=now), self._take)
        distressed = [unit_id for unit_id in self.trails.unit_ids if self._map.drawing.live.is_in_emergency(unit_id)]
        ordinary = [unit_id for unit_id in self.trails.unit_ids if unit_id not in distressed]
        self.overlay.show(self.trails, ordinary, distressed, now=now, last_s=self.last_s)
        self._map.schedule()

    def _take(self, past: dict[UnitId, Track]) -> None:
        for unit_id, track in past.items():
            self.trails.join(unit_id, track)
        self._choose_soon()

"""The desk's share in a drill: marks the window, keeps what is known of the drill fresh, and draws the curtain."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from comms.protocol.drill_commands import DrillStatus
from console.store.notices import Changed, DrillRead, LinkChanged, Notice, Reset, SessionChanged
from ui.command import is_online
from ui.drill.band import DrillBand
from ui.drill.curtain import Curtain
from ui.drill.director import DirectorSheet
from ui.drill.words import Stage, stage_of
from ui.watch import follow
from ui.widgets.drill_mark import set_crown, set_drill
from ui.widgets.overlay import Overlay
from ui.workplace import Workplace

if TYPE_CHECKING:
    from ui.main_window import MainWindow

BEAT_MS, STAFF_BEAT_MS, SOON_MS = 10_000, 2_000, 120
"""A trainee's clock is set right now and then; the board of who directs shows what was met as it is judged."""


class DrillDesk(QObject):
    """On a live desk it does nothing."""

    def __init__(self, window: "MainWindow", place: Workplace) -> None:
        super().__init__(window)
        self._window = window
        self._place = place
        self._store = place.store
        self._is_drill = False
        self._is_reading = self._has_offered = False
        self.band = DrillBand(place.store, place.look, place.text)
        self.band.opening.connect(place.controls.showing)
        self.curtain = Curtain(window, place.look, place.text)
        self._soon, self._beat = QTimer(self), QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        for timer in (self._soon, self._beat):
            timer.timeout.connect(self.read)
        self._role: str | None = None
        place.look.changed.connect(self._crown)
        follow(self, place.store, self._on_notice)

    @property
    def is_drill(self) -> bool:
        return self._is_drill

    def do(self, part: str) -> None:
        """What a command asks of who directs."""
        sheet = self._window.shows.work_sheets.sheet("director")
        assert isinstance(sheet, DirectorSheet)
        match part:
            case "director_go":
                sheet.clock.go_or_stand()
            case "director_freeze":
                sheet.clock.discuss()
            case _:
                sheet.write_note()

    def read(self) -> None:
        """How it stands; the scenario as well as long as it is not here, or is not for this seat any more."""
        if self._is_reading or not self._is_drill or not is_online(self._place.controls):
            return
        self._is_reading = True
        drill = self._store.drill
        is_whole = drill.status is None or (drill.is_staff and drill.scenario is None)
        self._place.acting.start(self._read(is_whole), self._was_read, failed=self._not_read)

    async def _read(self, is_whole: bool) -> DrillStatus | None:
        """A no is no news: a gateway that is just stopping has no drill."""
        answer = await self._place.actions.drilling.read(is_whole=is_whole)
        return answer if isinstance(answer, DrillStatus) else None

    def _was_read(self, status: DrillStatus | None) -> None:
        self._is_reading = False
        role = status.role if status is not None else self._role
        if role != self._role:
            self._role = role
            self._soon.start()
        self._beat.setInterval(STAFF_BEAT_MS if self._store.drill.is_staff else BEAT_MS)

    def _not_read(self) -> None:
        self._is_reading = False

    # --- what is told -----------------------------------------------------------------------------------------

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case SessionChanged():
                self._mark()
            case LinkChanged() | Reset() | Changed(noun="drill"):
                self._follow()
            case DrillRead():
                self._show()
                self._offer_seat()
            case _:
                pass

    def _mark(self) -> None:
        """At another gateway, or the first one."""
        session = self._store.session
        is_drill = session is not None and session.is_drill
        if is_drill != self._is_drill:
            self._is_drill = is_drill
            set_drill(self._window, is_drill)
            self.band.show_drill(is_drill)
            self._crown()
            self._window.read_title()
            for overlay in self._window.findChildren(Overlay):
                if overlay.isVisible():
                    overlay.read_mark()
        self._has_offered = False
        if is_drill:
            self._beat.start(BEAT_MS)
            self._soon.start()
        else:
            self._beat.stop()
        self._show()

    def _crown(self) -> None:
        set_crown(self._window, self.band.height() if self._is_drill else 0)

    def _follow(self) -> None:
        if self._is_drill:
            self._soon.start()
            self._show()

    def _offer_seat(self) -> None:
        """Once: who comes without a seat, or late, is asked where to sit."""
        status = self._store.drill.status
        if status is not None and status.role is None and status.is_begun and not status.is_over:
            if not self._has_offered:
                self._has_offered = True
                self._window.shows.show("drill_seats")
        elif status is not None and status.role is not None:
            self._has_offered = True

    def _show(self) -> None:
        if not self._is_drill:
            self.curtain.draw(False)
            return
        self.band.read()
        is_staff = self._store.drill.is_staff
        self.curtain.draw(stage_of(self._store) is Stage.FROZEN and not is_staff)

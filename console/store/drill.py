"""What the desk knows of the drill it sits in: its clock, and for who directs or observes, how the story stands."""

from collections.abc import Callable

import msgspec

from comms.domain import drill_events as dr
from comms.domain.drill_book import DrillState
from comms.domain.events import Recorded
from comms.domain.scenario import Role, RoleKind, Scenario
from comms.protocol.drill_commands import DrillStatus, Seat
from console.store.notices import DrillRead

_CLOCK = dr.DrillBegan | dr.DrillPaused | dr.DrillResumed | dr.DrillSpeedSet | dr.DrillJumped | dr.DrillEnded


class DrillView:
    """`status` is as it was read last; between two readings the clock goes on by itself."""

    def __init__(self, local_now: Callable[[], float]) -> None:
        """`local_now` is this desk's own clock."""
        self._local_now = local_now
        self.status: DrillStatus | None = None
        self.scenario: Scenario | None = None
        """Only for who directs or observes."""
        self._at = 0.0
        self._local = 0.0
        self._rate = 0.0

    def now(self) -> float:
        """The drill clock, Unix seconds."""
        return self._at + (self._local_now() - self._local) * self._rate

    def second(self) -> float | None:
        """Of the drill; None until it was read once."""
        status = self.status
        return None if status is None else status.second + self.now() - status.at

    @property
    def is_awaited(self) -> bool:
        """It has not begun, whatever a record it was taken over from says of the drill before it."""
        return self.status is not None and not self.status.is_begun and not self.status.is_over

    def seat(self) -> Seat | None:
        """Of this desk."""
        status = self.status
        if status is None or status.role is None:
            return None
        return next((seat for seat in status.seats if seat.id == status.role), None)

    @property
    def is_staff(self) -> bool:
        """Directs or observes."""
        seat = self.seat()
        return seat is not None and seat.kind is not RoleKind.TRAINEE

    @property
    def is_trainer(self) -> bool:
        seat = self.seat()
        return seat is not None and seat.kind is RoleKind.TRAINER

    def role(self) -> Role | None:
        status = self.status
        return None if status is None or self.scenario is None else self.scenario.role(status.role or "")

    # --- what arrives ---------------------------------------------------------------------------------------

    def begin_session(self, server_time: float) -> None:
        """Signed in: what was known may be of another drill."""
        self.status, self.scenario = None, None
        self._set(server_time, 0.0)

    def take(self, status: DrillStatus) -> tuple[DrillRead]:
        """The answer to `drill.state`."""
        if status.scenario is not None:
            self.scenario = msgspec.json.decode(status.scenario, type=Scenario)
        elif self.status is not None and self.status.role != status.role:
            self.scenario = None
        self.status = status
        is_going = status.is_begun and not status.is_paused and not status.is_over
        self._set(status.at, status.speed if is_going else 0.0)
        return (DrillRead(),)

    def replaced(self, state: DrillState | None) -> None:
        """The picture was replaced."""
        self._set(self.now(), 0.0 if self.is_awaited else _rate(state))

    def follow(self, recorded: Recorded, state: DrillState | None) -> None:
        """An event the picture has just taken: the clock goes another way from it on."""
        if isinstance(recorded.event, dr.DrillBegan) and self.status is not None:
            self.status = msgspec.structs.replace(self.status, is_begun=True)
        if isinstance(recorded.event, _CLOCK):
            self._set(recorded.at, _rate(state))

    def _set(self, at: float, rate: float) -> None:
        self._at, self._local, self._rate = at, self._local_now(), rate


def _rate(state: DrillState | None) -> float:
    return 0.0 if state is None or state.is_paused or not state.is_running else state.speed

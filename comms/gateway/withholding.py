"""Who at a drill's gateway is told its story, and who (trainees, and desks without a seat) hears only what happens to
them. The one place that decides it, for events, snapshots and pages of the log; a live gateway withholds nothing."""

from collections.abc import Callable, Iterable, Sequence

from comms.domain.drill_events import DrillJoined
from comms.domain.drill_withheld import for_trainee, picture_for_trainee
from comms.domain.events import Recorded
from comms.domain.picture import Picture
from comms.domain.realm import Realm
from comms.gateway.context import Session
from comms.gateway.drill_door import DrillDoor


class Withholding:
    def __init__(self, realm: Realm, door: Callable[[], DrillDoor | None]) -> None:
        """`door` is asked each time: the drill comes after its gateway, and until then nobody is told anything."""
        self._realm = realm
        self._door = door

    def hears_all(self, session: Session) -> bool:
        if self._realm is Realm.LIVE:
            return True
        door = self._door()
        return door is not None and session.officer_id is not None and door.hears_all(session.officer_id)

    def picture(self, session: Session, picture: Picture) -> Picture:
        return picture if self.hears_all(session) else picture_for_trainee(picture)

    def events(self, session: Session, events: Sequence[Recorded]) -> tuple[Recorded, ...]:
        """With each `seq` in its place."""
        return tuple(events) if self.hears_all(session) else tuple(for_trainee(each) for each in events)

    def split(self, sessions: Iterable[Session], recorded: Recorded) -> list[tuple[list[Session], Recorded]]:
        """Who is told what of an event: one message for most events, two for those that are withheld from some."""
        everybody, less = list(sessions), recorded
        if self._realm is Realm.DRILL:
            less = for_trainee(recorded)
        if less is recorded:
            return [(everybody, recorded)]
        staff = [session for session in everybody if self.hears_all(session)]
        others = [session for session in everybody if not self.hears_all(session)]
        return [(told, what) for told, what in ((staff, recorded), (others, less)) if told]


def took_another_seat(session: Session, events: Iterable[Recorded]) -> bool:
    """Among these, this officer sat down somewhere: what was withheld before may be told now."""
    return any(isinstance(each.event, DrillJoined) and each.event.officer_id == session.officer_id for each in events)

"""Who is signed in: one session a party."""

from collections.abc import Iterable

from comms.domain.ids import PartyId, TalkgroupId
from comms.gateway.context import Session
from comms.gateway.outbox import Outbox


class SessionTable:
    def __init__(self) -> None:
        self._by_party: dict[PartyId, Session] = {}
        self._desks: dict[PartyId, Session] = {}
        self._outboxes: dict[Session, Outbox] = {}
        self._members: dict[TalkgroupId, dict[Session, None]] = {}

    def __len__(self) -> int:
        return len(self._by_party)

    def add(self, session: Session, outbox: Outbox) -> None:
        self._by_party[session.party] = session
        self._outboxes[session] = outbox
        if session.is_desk:
            self._desks[session.party] = session
        self._join(session)

    def remove(self, session: Session) -> bool:
        """False when it was not, or no longer, the party's session."""
        if self._by_party.get(session.party) is not session:
            return False
        del self._by_party[session.party]
        del self._outboxes[session]
        self._desks.pop(session.party, None)
        self._leave(session)
        return True

    def outbox(self, session: Session) -> Outbox | None:
        return self._outboxes.get(session)

    def outboxes(self) -> Iterable[Outbox]:
        return self._outboxes.values()

    def affiliate(self, session: Session, talkgroup_ids: tuple[TalkgroupId, ...]) -> None:
        if self._by_party.get(session.party) is not session:
            session.affiliated = talkgroup_ids
            return
        self._leave(session)
        session.affiliated = talkgroup_ids
        self._join(session)

    def get(self, party: PartyId) -> Session | None:
        return self._by_party.get(party)

    def all(self) -> list[Session]:
        return list(self._by_party.values())

    def desks(self) -> list[Session]:
        return list(self._desks.values())

    def in_talkgroup(self, talkgroup_id: TalkgroupId) -> list[Session]:
        """Sessions affiliated to the talkgroup, desks first."""
        return sorted(self._members.get(talkgroup_id, {}), key=lambda session: not session.is_desk)

    def _join(self, session: Session) -> None:
        for talkgroup_id in session.affiliated:
            self._members.setdefault(talkgroup_id, {})[session] = None

    def _leave(self, session: Session) -> None:
        for talkgroup_id in session.affiliated:
            self._members.get(talkgroup_id, {}).pop(session, None)

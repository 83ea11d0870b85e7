"""Desks follow the journal: subscribe first, then snapshot, then every event after it."""

from comms.domain.events import Recorded
from comms.domain.ids import CommandId
from comms.gateway.context import Session
from comms.gateway.fanout import FanOut
from comms.gateway.outbox import text_frame
from comms.gateway.positions import Positions
from comms.gateway.sessions import SessionTable
from comms.journal.journal import Journal
from comms.protocol.pushes import EventPush, PictureResumed, PictureSnapshot


class Subscriptions:
    def __init__(self, *, journal: Journal, sessions: SessionTable, fanout: FanOut, positions: Positions) -> None:
        self._journal = journal
        self._sessions = sessions
        self._fanout = fanout
        self._positions = positions

    def subscribe(self, session: Session, command_id: CommandId, *, after_seq: int | None) -> None:
        """Answers by itself, because the events that follow must come right after the answer.

        Desks are shown what is durable, never what a failing disk could take back."""
        outbox = self._sessions.outbox(session)
        if outbox is None:
            return
        missing = self._journal.since(after_seq) if after_seq is not None else None
        if after_seq is None or missing is None:
            outbox.put(text_frame(PictureSnapshot(id=command_id, picture=self._journal.durable)))
        else:
            outbox.put(text_frame(PictureResumed(id=command_id, after_seq=after_seq)))
            for recorded in missing:
                outbox.put(text_frame(EventPush(recorded=recorded)))
        outbox.flush()
        session.is_subscribed = True
        self._positions.subscribe(session)

    def tell(self, recorded: list[Recorded]) -> None:
        """Newly durable events, in order."""
        desks = [session for session in self._sessions.desks() if session.is_subscribed]
        if desks:
            for item in recorded:
                self._fanout.send(desks, EventPush(recorded=item))

    def on_session_started(self, session: Session) -> None:
        """A session is not subscribed until it asks."""

    def on_session_ended(self, session: Session) -> None:
        session.is_subscribed = False
        self._positions.unsubscribe(session)

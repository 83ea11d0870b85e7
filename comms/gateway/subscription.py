"""Desks follow the journal: subscribe first, then snapshot, then every event after it."""

from comms.domain.events import Recorded
from comms.domain.ids import CommandId
from comms.gateway.context import Session
from comms.gateway.fanout import FanOut
from comms.gateway.outbox import text_frame
from comms.gateway.positions import Positions
from comms.gateway.sessions import SessionTable
from comms.gateway.withholding import Withholding, took_another_seat
from comms.journal.journal import Journal
from comms.protocol.errors import RefusalCode, sentence
from comms.protocol.pushes import EventPush, PictureResumed, PictureSnapshot, Refused


def store_failed(desk: Session) -> Refused:
    """Unasked: that the journal cannot be written. That it can again is an event of the journal."""
    code = RefusalCode.STORE_FAILED
    return Refused(code=code, text=sentence(code, desk.locale))


class Subscriptions:
    def __init__(
        self,
        *,
        journal: Journal,
        sessions: SessionTable,
        fanout: FanOut,
        positions: Positions,
        withholding: Withholding,
    ) -> None:
        self._withholding = withholding
        self._hears_all: dict[str, bool] = {}
        """Of subscribed sessions, by id, as of what they were told last."""
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
        self._hears_all[session.id] = hears_all = self._withholding.hears_all(session)
        if after_seq is None or missing is None or (hears_all and took_another_seat(session, missing)):
            outbox.put(text_frame(self._snapshot(session, command_id)))
        else:
            outbox.put(text_frame(PictureResumed(id=command_id, after_seq=after_seq)))
            for recorded in self._withholding.events(session, missing):
                outbox.put(text_frame(EventPush(recorded=recorded)))
        if self._journal.is_failing:
            outbox.put(text_frame(store_failed(session)))
        outbox.flush()
        session.is_subscribed = True
        self._positions.subscribe(session)

    def tell(self, recorded: list[Recorded]) -> None:
        """Newly durable events, in order."""
        desks = [session for session in self._sessions.desks() if session.is_subscribed]
        if desks:
            for item in recorded:
                for told, what in self._withholding.split(desks, item):
                    self._fanout.send(told, EventPush(recorded=what))
            self._catch_up(desks, recorded)

    def _catch_up(self, desks: list[Session], recorded: list[Recorded]) -> None:
        """Who has another seat since is shown what he may see from it, from the beginning on."""
        for session in desks:
            if not took_another_seat(session, recorded):
                continue
            hears_all = self._withholding.hears_all(session)
            if hears_all is not self._hears_all.get(session.id):
                self._hears_all[session.id] = hears_all
                self._fanout.send([session], self._snapshot(session, CommandId("")))

    def _snapshot(self, session: Session, command_id: CommandId) -> PictureSnapshot:
        return PictureSnapshot(id=command_id, picture=self._withholding.picture(session, self._journal.durable))

    def on_session_started(self, session: Session) -> None:
        """A session is not subscribed until it asks."""

    def on_session_ended(self, session: Session) -> None:
        session.is_subscribed = False
        self._hears_all.pop(session.id, None)
        self._positions.unsubscribe(session)

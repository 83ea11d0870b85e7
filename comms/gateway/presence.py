"""Sessions come and go: what the journal, voice, video, positions and orders have to know of it."""

import asyncio
import logging
from typing import Protocol

from comms.domain.events import Event, OfficerSignedOff, OfficerSignedOn, TerminalConnected, TerminalDisconnected
from comms.domain.ids import GATEWAY, PartyId, officer_party, unit_party
from comms.gateway.context import Session
from comms.gateway.memory import out_of_memory
from comms.gateway.outbox import Outbox
from comms.gateway.sessions import SessionTable
from comms.journal.journal import Journal
from comms.protocol.errors import RefusalCode, sentence
from comms.protocol.pushes import SessionEnded

_log = logging.getLogger(__name__)
LEAVES_A_TURN = 32
"""Of a crowd that is cut off at once; some 3 ms, after which voice and commands get their turn."""


class SessionListener(Protocol):
    """A part that follows sessions."""

    def on_session_started(self, session: Session) -> None: ...
    def on_session_ended(self, session: Session) -> None: ...


def ended(session: Session, code: RefusalCode) -> SessionEnded:
    return SessionEnded(code=code, text=sentence(code, session.locale))


class Presence:
    def __init__(
        self,
        *,
        sessions: SessionTable,
        journal: Journal,
        listeners: tuple[SessionListener, ...],
    ) -> None:
        self._sessions = sessions
        self._journal = journal
        self._listeners = listeners
        self._leaving: dict[PartyId, Session] = {}
        """Their connections are gone; what else they leave behind is settled a few at a turn of the loop."""
        self._free = LEAVES_A_TURN
        self._turn: asyncio.Handle | None = None

    def enter(self, session: Session, outbox: Outbox) -> None:
        """The party's earlier session, if there is one, ends; the party itself stays present."""
        gone = self._leaving.pop(session.party, None)
        if gone is not None:
            self._settle(gone)
        before = self._sessions.get(session.party)
        if before is not None:
            self.end(before, RefusalCode.REPLACED)
        self._sessions.add(session, outbox)
        if not self._is_present(session):
            self._journal.record_soon(session.party, [_arrival(session)])
        for listener in self._listeners:
            listener.on_session_started(session)

    def leave(self, session: Session) -> None:
        """Its connection is gone. Does nothing for a session that was ended already."""
        if not self._sessions.remove(session):
            return
        if self._turn is None:
            self._turn = asyncio.get_running_loop().call_soon(self._next_turn)
        if self._free and not self._leaving:
            self._free -= 1
            self._settle(session)
        else:
            self._leaving[session.party] = session

    def close(self) -> None:
        """Settles what is left."""
        while self._leaving:
            self._settle_next()
        if self._turn is not None:
            self._turn.cancel()

    def _next_turn(self) -> None:
        self._free = LEAVES_A_TURN
        while self._leaving and self._free:
            self._free -= 1
            self._settle_next()
        self._turn = asyncio.get_running_loop().call_soon(self._next_turn) if self._leaving else None

    def _settle_next(self) -> None:
        self._settle(self._leaving.pop(next(iter(self._leaving))))

    def _settle(self, session: Session) -> None:
        self._tell_ended(session)
        if self._is_present(session):
            self._journal.record_soon(session.party, [_departure(session)])

    def end(self, session: Session, code: RefusalCode) -> None:
        """End it from here; of a replaced one the party stays."""
        outbox = self._sessions.outbox(session)
        if outbox is None:
            return
        outbox.end(ended(session, code))
        if code is not RefusalCode.REPLACED:
            self.leave(session)
        elif self._sessions.remove(session):
            self._tell_ended(session)

    def reconcile(self) -> None:
        """Record who came and went while the journal could not be written."""
        picture = self._journal.picture
        corrections: list[Event] = []
        for unit_id, unit in picture.units.items():
            is_here = self._sessions.get(unit_party(unit_id)) is not None
            if is_here is not unit.is_online:
                corrections.append((TerminalConnected if is_here else TerminalDisconnected)(unit_id=unit_id))
        for officer_id, officer in picture.officers.items():
            is_here = self._sessions.get(officer_party(officer_id)) is not None
            if is_here is not officer.is_on_duty:
                corrections.append((OfficerSignedOn if is_here else OfficerSignedOff)(officer_id=officer_id))
        if corrections:
            self._journal.record_soon(GATEWAY, corrections)

    def _tell_ended(self, session: Session) -> None:
        """Every part, even when one of them makes a mistake: a session that is half there would be worse."""
        for listener in self._listeners:
            try:
                listener.on_session_ended(session)
            except MemoryError as error:
                out_of_memory(error)
            except Exception:  # noqa: BLE001 - part of the gateway session's border
                _log.exception("%s: a part failed at the end of its session", session.party)

    def _is_present(self, session: Session) -> bool:
        picture = self._journal.picture
        if session.unit_id is not None:
            return picture.units[session.unit_id].is_online
        assert session.officer_id is not None
        return picture.officers[session.officer_id].is_on_duty


def _arrival(session: Session) -> Event:
    if session.unit_id is not None:
        return TerminalConnected(unit_id=session.unit_id)
    assert session.officer_id is not None
    return OfficerSignedOn(officer_id=session.officer_id)


def _departure(session: Session) -> Event:
    if session.unit_id is not None:
        return TerminalDisconnected(unit_id=session.unit_id)
    assert session.officer_id is not None
    return OfficerSignedOff(officer_id=session.officer_id)

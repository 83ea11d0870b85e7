"""Presence of a crowd: cut off at once it is settled a few at a turn of the loop, and nobody is told wrongly."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any, cast

from comms.domain.events import JurisdictionDefined, TerminalConnected, TerminalDisconnected, UnitDefined
from comms.domain.ids import GATEWAY, UnitId, unit_party
from comms.domain.unit import Unit
from comms.gateway.context import Session
from comms.gateway.outbox import Outbox
from comms.gateway.presence import LEAVES_A_TURN, Presence
from comms.gateway.sessions import SessionTable
from comms.journal.journal import Journal
from comms.protocol.errors import Locale
from tests.support.gateway import NORTH, tiny_town
from tests.support.journal import open_journal

CROWD = 3 * LEAVES_A_TURN


class Ended:
    """Follows sessions."""

    def __init__(self) -> None:
        self.started: list[Session] = []
        self.ended: list[Session] = []

    def on_session_started(self, session: Session) -> None:
        self.started.append(session)

    def on_session_ended(self, session: Session) -> None:
        self.ended.append(session)


def session_of(no: int, name: str = "") -> tuple[Session, Outbox]:
    outbox = Outbox(cast(Any, None), close=lambda socket: None)
    unit_id = UnitId(f"x{no}")
    made = Session(
        id=f"{no}{name}",
        party=unit_party(unit_id),
        name="",
        jurisdiction_id=NORTH,
        locale=Locale.EN,
        unit_id=unit_id,
        officer_id=None,
        send=outbox.send,
    )
    return made, outbox


async def crowd(journal: Journal) -> tuple[Presence, SessionTable, Ended, list[Session]]:
    units = [UnitDefined(unit=Unit(id=UnitId(f"x{no}"), no=no, name="", jurisdiction_id=NORTH)) for no in range(CROWD)]
    towns = [JurisdictionDefined(jurisdiction=each) for each in tiny_town().jurisdictions]
    await journal.record(GATEWAY, [*towns, *units])
    table, followed = SessionTable(), Ended()
    presence = Presence(sessions=table, journal=journal, listeners=(followed,))
    members = [session_of(no) for no in range(CROWD)]
    for session, outbox in members:
        presence.enter(session, outbox)
    return presence, table, followed, [session for session, _ in members]


def told(journal: Journal) -> Counter[type]:
    return Counter(type(recorded.event) for recorded in journal.recent)


async def test_a_crowd_that_leaves_at_once_leaves_in_turns(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        presence, table, followed, members = await crowd(journal)
        for session in members:
            presence.leave(session)
            presence.leave(session)
        assert len(table) == 0, "nothing goes to them any more"
        assert len(followed.ended) == LEAVES_A_TURN
        await asyncio.sleep(0)
        assert len(followed.ended) == 2 * LEAVES_A_TURN
        await asyncio.sleep(0)
        assert followed.ended == members
        await journal.record(GATEWAY, [TerminalConnected(unit_id=UnitId("x0"))])
        assert told(journal)[TerminalDisconnected] == CROWD
        presence.close()


async def test_who_is_back_before_his_turn_is_settled_first(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        presence, table, followed, members = await crowd(journal)
        for session in members:
            presence.leave(session)
        again, outbox = session_of(CROWD - 1, "again")
        presence.enter(again, outbox)
        assert followed.ended[-1] is members[-1]
        assert followed.started[-1] is again
        presence.close()
        assert len(followed.ended) == CROWD
        assert table.all() == [again]
        assert [unit_id for unit_id, state in journal.picture.units.items() if state.is_online] == [again.unit_id]

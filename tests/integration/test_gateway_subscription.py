"""What a desk knows equals the journal, however it joined."""

import asyncio
from pathlib import Path

from comms.domain.events import NoteAdded
from comms.domain.picture import Picture
from comms.domain.unit import UnitStatus
from comms.journal import history
from comms.journal.database import Database
from comms.protocol.commands import NoteAdd, PictureSubscribe, StatusSet
from comms.protocol.pushes import Done, PictureResumed, PictureSnapshot
from tests.support.gateway import ADMIN, NORTH_DUTY, SOUTH_DUTY, U1, U2, running_gateway
from tests.support.terminal import Peer, desk, new_id, terminal


def fold(data: Path) -> Picture:
    database, picture = Database(data), Picture()
    for recorded in database.read_now(lambda connection: history.page(connection, None, 1_000_000)):
        picture.apply(recorded)
    database.close()
    return picture


async def until_note(officer: Peer, text: str) -> None:
    await officer.event(NoteAdded, lambda event: event.text == text)


def known(snapshot: PictureSnapshot, officer: Peer) -> Picture:
    """The desk's own fold; a gap or a repeated event raises."""
    picture = history.copy_picture(snapshot.picture)
    for recorded in officer.recorded:
        picture.apply(recorded)
    return picture


async def test_a_desk_that_joins_in_a_storm_knows_exactly_the_journal(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site:
        async with desk(site, NORTH_DUTY) as early, desk(site, SOUTH_DUTY) as late, terminal(site, U1) as worker:
            first = await early.subscribe()

            async def storm() -> None:
                for at in range(60):
                    status = UnitStatus.BUSY if at % 2 else UnitStatus.AVAILABLE
                    await worker.ask_for(StatusSet(id=new_id(), status=status), Done)

            async def come_and_go() -> None:
                for _ in range(5):
                    async with terminal(site, U2):
                        pass

            async def join() -> PictureSnapshot:
                while not any(recorded.seq > first.picture.seq + 20 for recorded in early.recorded):
                    await early.find(lambda push: True, after=len(early.pushes))
                return await late.subscribe()

            _, _, second = await asyncio.gather(storm(), come_and_go(), join())
            async with desk(site, ADMIN) as admin:
                await admin.ask_for(NoteAdd(id=new_id(), text="end"), Done)
                await until_note(early, "end")
                await until_note(late, "end")
                seq = max(recorded.seq for recorded in late.recorded)
            pictures = [known(first, early), known(second, late)]
            assert site.gateway is not None
        assert pictures[0].seq >= seq
        database, expected = Database(site.data), Picture()
        for recorded in database.read_now(lambda connection: history.page(connection, seq + 1, 1_000_000)):
            expected.apply(recorded)
        database.close()
        trimmed = history.copy_picture(second.picture)
        for recorded in late.recorded:
            if recorded.seq <= seq:
                trimmed.apply(recorded)
        assert trimmed == expected


async def test_a_desk_that_was_away_gets_just_what_it_missed(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, ADMIN) as admin:
        async with desk(site, NORTH_DUTY) as officer:
            snapshot = await officer.subscribe()
            await admin.ask_for(NoteAdd(id=new_id(), text="seen"), Done)
            await until_note(officer, "seen")
            picture = known(snapshot, officer)
        for text in ("a", "b"):
            await admin.ask_for(NoteAdd(id=new_id(), text=text), Done)
        async with desk(site, NORTH_DUTY) as officer:
            resumed = await officer.ask_for(PictureSubscribe(id=new_id(), after_seq=picture.seq), PictureResumed)
            assert resumed.after_seq == picture.seq
            await admin.ask_for(NoteAdd(id=new_id(), text="c"), Done)
            await until_note(officer, "c")
            for recorded in officer.recorded:
                picture.apply(recorded)
            assert [event.text for event in officer.events if isinstance(event, NoteAdded)] == ["a", "b", "c"]


async def test_a_desk_that_missed_too_much_or_knows_too_much_gets_a_snapshot(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, ADMIN) as admin:
        for after_seq in (10_000_000, -5):
            subscribe = PictureSubscribe(id=new_id(), after_seq=after_seq)
            await admin.ask_for(subscribe, PictureSnapshot)


async def test_a_restart_closes_what_was_open_and_desks_resume_over_it(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site:
        async with desk(site, NORTH_DUTY) as officer:
            snapshot = await officer.subscribe()
            await officer.ask_for(NoteAdd(id=new_id(), text="before"), Done)
            await until_note(officer, "before")
            picture = known(snapshot, officer)
        codes = site.codes
    assert not any(unit.is_online for unit in fold(site.data).units.values())
    async with running_gateway(tmp_path, codes=codes) as site, desk(site, NORTH_DUTY) as officer:
        await officer.ask_for(PictureSubscribe(id=new_id(), after_seq=picture.seq), PictureResumed)
        await officer.ask_for(NoteAdd(id=new_id(), text="after"), Done)
        await until_note(officer, "after")
        for recorded in officer.recorded:
            picture.apply(recorded)
        assert site.gateway is not None
        assert picture == site.gateway.journal.durable

"""A journal that is damaged: the gateway serves what needs no record, says so, and touches nothing."""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from comms.domain.events import FaultNoted, TerminalConnected
from comms.domain.order import UnitsTarget
from comms.domain.position import Fix
from comms.journal.backup import back_up, restore
from comms.journal.database import FILE_NAME
from comms.journal.errors import JournalDamagedError
from comms.journal.safe_mode import DAMAGED, FIRST_SEQ, UNWRITABLE
from comms.journal.tail import TAIL_NAME
from comms.journal.verify import verify
from comms.protocol.commands import (
    AffiliationSet,
    CallPlace,
    NoteAdd,
    OrderIssue,
    PictureSubscribe,
    PositionReport,
)
from comms.protocol.errors import Locale, RefusalCode, sentence
from comms.protocol.pushes import Done, PictureSnapshot, PositionTaken, Refused, Welcome
from tests.support.gateway import NORTH_DUTY, NORTH_GROUP, U1, Site
from tests.support.harm import digests, health, served, spoil_pages, truncate, worked_at
from tests.support.nursery import Nursery
from tests.support.scene import duty_scene
from tests.support.terminal import Peer, code_of, desk, new_id, terminal
from ui.panels.alerts import read_alerts
from ui.text import Texts

ORDER = UnitsTarget((U1,))


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> Site:
    return asyncio.run(worked_at(tmp_path_factory.mktemp("worked") / "data", nursery))


@pytest.fixture
def data(tmp_path: Path, worked: Site) -> Path:
    """Of its own for each test, and as a gateway left it."""
    return shutil.copytree(worked.data, tmp_path / "data")


@pytest.fixture
def before(worked: Site) -> Site:
    """Who was enrolled there."""
    return worked


def _nonsense(path: Path) -> None:
    path.write_bytes(b"no database\n" * 1000)


def _forge(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER event_no_update")
    connection.execute("DELETE FROM checkpoint")
    connection.execute("UPDATE event SET actor = 'officer:forger' WHERE seq = (SELECT max(seq) - 2 FROM event)")
    connection.commit()
    connection.close()


@pytest.mark.parametrize("harm", [spoil_pages, truncate, _nonsense, _forge])
async def test_a_damaged_journal_is_left_alone_and_calls_go_on(
    data: Path, before: Site, nursery: Nursery, harm: Callable[[Path], None]
) -> None:
    harm(data / FILE_NAME)
    harmed = digests(data)
    async with served(data, nursery, before=before) as site:
        assert await health(site) == DAMAGED
        async with desk(site, NORTH_DUTY) as officer:
            picture = (await officer.subscribe()).picture
            assert list(picture.faults) == [DAMAGED]
            async with terminal(site, U1) as worker:
                assert (await officer.event(TerminalConnected)).unit_id == U1
                await _look(officer, worker)
    assert digests(data) == harmed


async def _look(officer: Peer, worker: Peer) -> None:
    refused = await officer.ask(OrderIssue(id=new_id(), title="x", target=ORDER))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.text) == (RefusalCode.SAFE_MODE, sentence(RefusalCode.SAFE_MODE, Locale.EN))
    assert code_of(await officer.ask(NoteAdd(id=new_id(), text="x"))) == RefusalCode.SAFE_MODE
    await worker.ask_for(AffiliationSet(id=new_id(), talkgroup_ids=(NORTH_GROUP,)), Done)
    fix = Fix(at=picture_time(officer), lat=23.0, lon=113.7)
    assert (await worker.ask_for(PositionReport(id=new_id(), fixes=(fix,)), PositionTaken)).taken == 1
    await officer.frame()
    # Without a microphone there is no call; with one there is: a gateway in safe mode decides it as ever.
    assert code_of(await officer.ask(CallPlace(id=new_id(), unit_id=U1))) == RefusalCode.NO_MEDIA


def picture_time(officer: Peer) -> float:
    [welcome] = officer.all(Welcome)
    return float(welcome.server_time)


async def test_what_was_told_in_safe_mode_is_forgotten_with_it(
    tmp_path: Path, data: Path, before: Site, nursery: Nursery
) -> None:
    """A backup is restored; a desk that stayed is shown the journal's picture, and what was before is all there."""
    made = back_up(data, tmp_path / "backups", made_at=1.0)
    spoil_pages(data / FILE_NAME)
    async with served(data, nursery, before=before) as site, desk(site, NORTH_DUTY) as officer:
        seen = (await officer.subscribe()).picture
        assert seen.seq > FIRST_SEQ
        [welcome] = officer.all(Welcome)
        assert welcome.token is None, "it would be worth nothing afterwards"
    restore(made.path, data, now=2.0, is_replacing=True)
    async with served(data, nursery, before=before) as site, desk(site, NORTH_DUTY) as officer:
        assert await health(site) == "well"
        again = await officer.ask_for(PictureSubscribe(id=new_id(), after_seq=seen.seq), PictureSnapshot)
        assert again.picture.seq < FIRST_SEQ
        assert not again.picture.faults
        assert "占道经营" in {state.order.title for state in again.picture.orders.values()}
    verify(data)


@pytest.mark.parametrize("is_replaced", [False, True])
async def test_a_journal_that_lost_its_end_is_noticed(
    tmp_path: Path, data: Path, before: Site, nursery: Nursery, is_replaced: bool
) -> None:
    """A lost -wal file, or an older file put in its place: whole by itself, and yet not all there."""
    older = shutil.copy(data / FILE_NAME, tmp_path / "older")
    async with served(data, nursery, before=before) as site, desk(site, NORTH_DUTY) as officer:
        await officer.ask_for(NoteAdd(id=new_id(), text="x"), Done)
        site.kill()
    if is_replaced:
        shutil.copy(older, data / FILE_NAME)
    for rest in ("-wal", "-shm"):
        (data / f"{FILE_NAME}{rest}").unlink(missing_ok=True)
    with pytest.raises(JournalDamagedError, match="its -wal file was lost"):
        verify(data)
    async with served(data, nursery, before=before) as site:
        assert await health(site) == DAMAGED
    (data / TAIL_NAME).unlink()
    verify(data)
    async with served(data, nursery, before=before) as site:
        assert await health(site) == "well"


@pytest.mark.parametrize("code", [DAMAGED, UNWRITABLE])
def test_a_desk_says_what_does_not_work_and_what_to_do(code: str) -> None:
    for locale in Locale:
        scene = duty_scene(locale=locale)
        scene.happen(FaultNoted(code=code))
        [alert] = read_alerts(scene.store, Texts(locale))
        assert alert.sentence == Texts(locale)(f"fault.{code}")
        scene.desk.close()

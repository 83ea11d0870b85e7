"""A disk that is full, read-only, slow or held by somebody else: a real one of a few megabytes where one is needed."""

import os
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from comms.domain.events import TerminalConnected
from comms.domain.order import UnitsTarget
from comms.gateway.footing import Footing
from comms.gateway.running import running
from comms.journal.database import FILE_NAME
from comms.journal.safe_mode import UNWRITABLE
from comms.journal.verify import verify
from comms.journal.writer import Writer
from comms.protocol.commands import NoteAdd, OrderIssue, Ping
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.pushes import Done, OrderPush, Pong, Refused, Welcome
from tests.support.gateway import NORTH_DUTY, SOUTH_DUTY, U1, Site, cheap_hasher, prepare_site
from tests.support.harm import health, served, worked_at
from tests.support.nursery import Nursery
from tests.support.scene import duty_scene
from tests.support.terminal import Peer, code_of, desk, new_id, peer, terminal
from ui.panels.alerts import read_alerts
from ui.text import Texts

DISK_BYTES = 4_000_000
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount a disk")


def _order(text: str = "") -> OrderIssue:
    return OrderIssue(id=new_id(), title="占道经营", text=text, target=UnitsTarget((U1,)))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "disk", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill(folder: Path) -> Path:
    """To its last byte."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    return ballast


def _mount(folder: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(folder)], check=True)


async def _until_refused(officer: Peer) -> Refused:
    """What the journal had room for already is used up first."""
    while True:
        answer = await officer.ask(_order("长" * 3_000))
        if isinstance(answer, Refused) and answer.code is not RefusalCode.TRY_LATER:
            return answer


@needs_root
async def test_a_full_disk_stops_orders_says_so_and_is_over_when_there_is_room(
    small_disk: Path, nursery: Nursery
) -> None:
    data = small_disk / "data"
    async with served(data, nursery) as site, desk(site, NORTH_DUTY) as officer, terminal(site, U1) as worker:
        await officer.subscribe()
        ballast = _fill(small_disk)
        assert (await _until_refused(officer)).code is RefusalCode.STORE_FAILED
        await officer.find(lambda push: isinstance(push, Refused) and not push.id)
        for made in (officer, worker):
            assert isinstance(await made.ask(Ping(id=new_id())), Pong)
        await _come_to_a_full_disk(site)
        told = len(worker.all(OrderPush))
        ballast.unlink()
        await officer.find(lambda push: "store_failed" in str(push) and "is_over=True" in str(push))
        await officer.ask_for(_order(), Done)
        await worker.find(lambda push: isinstance(push, OrderPush), after=told)
    verify(data)


async def _come_to_a_full_disk(site: Site) -> None:
    """A desk that comes meanwhile may sign in by its password, for calls, and is told at once how things stand."""
    async with peer(site) as late:
        welcome = await late.sign_in_desk(SOUTH_DUTY)
        assert isinstance(welcome, Welcome)
        assert welcome.token is None
        await late.subscribe()
        warned = await late.find(lambda push: isinstance(push, Refused) and not push.id)
        assert isinstance(warned, Refused)
        scene = duty_scene()
        scene.push(warned)
        said = [alert.sentence for alert in read_alerts(scene.store, Texts(Locale.ZH_CN))]
        assert "网关磁盘无法写入：通话不受影响，指令暂不能发出；请通知管理员" in said
        scene.desk.close()


@needs_root
async def test_a_gateway_starts_on_a_disk_that_takes_nothing(small_disk: Path, nursery: Nursery) -> None:
    data = small_disk / "data"
    before = await worked_at(data, nursery)
    _mount(small_disk, "ro")
    async with served(data, nursery, before=before) as site:
        assert await health(site) == UNWRITABLE
        async with desk(site, NORTH_DUTY) as officer, terminal(site, U1):
            picture = (await officer.subscribe()).picture
            assert list(picture.faults) == [UNWRITABLE]
            assert picture.units[U1].is_online or (await officer.event(TerminalConnected)).unit_id == U1
            assert code_of(await officer.ask(_order())) == RefusalCode.SAFE_MODE
    _mount(small_disk, "rw")
    async with served(data, nursery, before=before) as site, desk(site, NORTH_DUTY) as officer:
        assert await health(site) == "well"
        await officer.ask_for(_order(), Done)


class _SlowWriter(Writer):
    """Its disk takes as long for each commit as a test lets it."""

    gate = threading.Event()

    def _write(self, work: Any) -> bool:
        self.gate.wait()
        return super()._write(work)


async def test_a_slow_disk_holds_up_orders_and_nothing_else(tmp_path: Path) -> None:
    data = tmp_path / "data"
    codes = await prepare_site(data)
    _SlowWriter.gate.set()
    footing = Footing(make_writer=_SlowWriter)
    async with running(data, host="127.0.0.1", port=0, hasher=cheap_hasher(), footing=footing) as it:
        site = Site(data, it.host, it.port, it.media_port, codes)
        async with desk(site, NORTH_DUTY) as officer, terminal(site, U1) as worker:
            await officer.subscribe()
            _SlowWriter.gate.clear()
            try:
                order = _order()
                await officer.send(order)
                for made in (officer, worker):
                    assert isinstance(await made.ask(Ping(id=new_id())), Pong)
                assert not [push for push in officer.pushes if getattr(push, "id", None) == order.id]
                assert not worker.all(OrderPush), "nobody is told before it is on the disk"
            finally:
                _SlowWriter.gate.set()
            assert isinstance(await officer.reply(order.id), Done)
            assert str((await worker.next(OrderPush)).order.id) == order.id


async def test_a_database_that_another_program_holds_makes_orders_wait(tmp_path: Path, nursery: Nursery) -> None:
    """As a copy made by hand does. Within five seconds nothing is lost; after them it is a store that failed."""
    data = tmp_path / "data"
    async with served(data, nursery) as site, desk(site, NORTH_DUTY) as officer:
        await officer.subscribe()
        other = sqlite3.connect(data / FILE_NAME, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        note = NoteAdd(id=new_id(), text="x")
        await officer.send(note)
        assert isinstance(await officer.ask(Ping(id=new_id())), Pong)
        assert not [push for push in officer.pushes if getattr(push, "id", None) == note.id]
        other.execute("ROLLBACK")
        other.close()
        assert isinstance(await officer.reply(note.id), Done)
    verify(data)

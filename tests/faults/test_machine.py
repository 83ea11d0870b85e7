"""A machine that runs out of descriptors, and one whose clock is set."""

import asyncio
import os
import resource
from contextlib import suppress
from pathlib import Path

from comms.domain.order import UnitsTarget
from comms.domain.position import Fix
from comms.gateway.clock import SystemClock
from comms.gateway.footing import Footing
from comms.gateway.running import running
from comms.journal.verify import verify
from comms.protocol.commands import NoteAdd, OrderIssue, Ping, PositionReport
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done, OrderPush, Pong, PositionTaken
from tests.support.gateway import NORTH_DUTY, U1, U2, Site, cheap_hasher, prepare_site
from tests.support.harm import served
from tests.support.nursery import Nursery
from tests.support.terminal import desk, new_id, terminal

SPARE = 3


def _descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def _cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


async def test_out_of_descriptors_those_who_are_there_go_on(tmp_path: Path, nursery: Nursery) -> None:
    async with served(tmp_path / "data", nursery) as site:
        assert site.process is not None
        pid = site.process.pid
        async with desk(site, NORTH_DUTY) as officer, terminal(site, U1) as worker:
            await officer.subscribe()
            await officer.ask_for(NoteAdd(id=new_id(), text="before"), Done)
            _, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (_descriptors(pid) + SPARE, hard))
            crowd = [await asyncio.open_connection(site.host, site.port) for _ in range(SPARE + 20)]
            ticks = _cpu_ticks(pid)
            order = OrderIssue(id=new_id(), title="x", target=UnitsTarget((U1,)))
            await officer.ask_for(order, Done)
            assert str((await worker.next(OrderPush)).order.id) == order.id
            for _ in range(50):
                assert isinstance(await officer.ask(Ping(id=new_id())), Pong)
            assert _cpu_ticks(pid) - ticks < os.sysconf("SC_CLK_TCK"), "accepting in vain does not spin"
            for _, writer in crowd:
                writer.close()
                with suppress(ConnectionError):
                    await writer.wait_closed()
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (hard, hard))
            async with terminal(site, U2) as late:
                assert isinstance(await late.ask(Ping(id=new_id())), Pong)
    verify(tmp_path / "data")


class _SetClock(SystemClock):
    """A wall clock that somebody sets."""

    offset_s = 0.0

    def now(self) -> float:
        return super().now() + self.offset_s


async def test_a_clock_that_is_set_forward_and_back(tmp_path: Path) -> None:
    """Who is signed in stays; what is recorded keeps its order by number; a reading is judged by the clock of now."""
    data = tmp_path / "data"
    codes = await prepare_site(data)
    clock = _SetClock()
    async with running(data, host="127.0.0.1", port=0, hasher=cheap_hasher(), footing=Footing(clock=clock)) as it:
        site = Site(data, it.host, it.port, it.media_port, codes)
        async with desk(site, NORTH_DUTY) as officer, terminal(site, U1) as worker:
            await officer.subscribe()
            seqs = []
            for offset_s in (0.0, 86_400.0, -86_400.0):
                clock.offset_s = offset_s
                order = OrderIssue(id=new_id(), title=f"{offset_s}", target=UnitsTarget((U1,)))
                await officer.ask_for(order, Done)
                assert str((await worker.next(OrderPush)).order.id) == order.id
                seqs.append(it.gateway.journal.durable.seq)
                good, bad = (Fix(at=clock.now() + off, lat=23.0, lon=113.7) for off in (0.0, 7_200.0))
                taken = await worker.ask_for(PositionReport(id=new_id(), fixes=(good, bad)), PositionTaken)
                assert taken.refused == {1: RefusalCode.POSITION_IN_THE_FUTURE}
            assert seqs == sorted(seqs)
            assert isinstance(await worker.ask(Ping(id=new_id())), Pong)
    verify(data)

"""A gateway that gets no memory any more: it ends, is started anew, and has all that it acknowledged."""

import asyncio
import re
import resource
from contextlib import suppress
from pathlib import Path

from comms.domain.order import UnitsTarget
from comms.gateway.memory import EXIT_OUT_OF_MEMORY
from comms.journal.verify import verify
from comms.link.state import LinkPhase
from comms.protocol.commands import OrderIssue
from comms.protocol.errors import Locale
from comms.protocol.pushes import Done
from console.actions.requester import UnsentError
from tests.support.desk import DeskRig, free_port
from tests.support.gateway import NORTH_DUTY, PASSWORD, U1, gateway_ended, prepare_site, spawn_gateway, stop_gateway
from tests.support.nursery import Nursery
from tests.support.terminal import new_id
from ui.panels.alerts import read_alerts
from ui.text import Texts

ONE_HEAP = {"MALLOC_ARENA_MAX": "1"}
"""The others have room set aside, which no limit takes back."""
MOST_ORDERS, LITTLE_BYTES = 20_000, 2_000_000


def _allow_no_more(pid: int) -> None:
    """It has what it has, and a little for some orders to be acknowledged."""
    found = re.search(r"VmSize:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    _, hard = resource.prlimit(pid, resource.RLIMIT_AS)
    resource.prlimit(pid, resource.RLIMIT_AS, (int(found[1]) * 1024 + LITTLE_BYTES, hard))


async def _order_until_it_ends(rig: DeskRig) -> set[str]:
    """The titles of what was acknowledged."""
    done: set[str] = set()
    with suppress(UnsentError):
        for number in range(MOST_ORDERS):
            title = f"第 {number} 件"
            order = OrderIssue(id=new_id(), title=title, text="字" * 4000, target=UnitsTarget((U1,)))
            if isinstance(await rig.session.request(order), Done):
                done.add(title)
    return done


async def test_out_of_memory_the_gateway_ends_and_nothing_acknowledged_is_lost(
    tmp_path: Path, nursery: Nursery
) -> None:
    data, port = tmp_path / "data", str(free_port())
    codes = await prepare_site(data)
    site = await spawn_gateway(data, "--port", port, codes=codes, environment=ONE_HEAP)
    rig = DeskRig(site.url)
    async with rig.running(signs_in=False):
        rig.session.sign_in(NORTH_DUTY, PASSWORD)
        await asyncio.gather(rig.until(lambda: rig.store.is_in_sync), rig.media_up())
        assert site.process is not None
        _allow_no_more(site.process.pid)
        done = await _order_until_it_ends(rig)
        assert done
        assert await gateway_ended(site) == EXIT_OUT_OF_MEMORY
        await rig.until(lambda: rig.store.link.phase is LinkPhase.WAITING)
        [first, *_] = read_alerts(rig.store, Texts(Locale.ZH_CN))
        assert first.sentence.startswith("与网关的连接已断开")
        again = await spawn_gateway(data, "--port", port, codes=codes, nursery=nursery)
        try:
            await rig.until(lambda: rig.is_online and rig.store.is_in_sync)
            titles = [state.order.title for state in rig.store.picture.orders.values()]
            assert done <= set(titles)
            assert len(titles) == len(set(titles))
        finally:
            await stop_gateway(again)
    verify(data)

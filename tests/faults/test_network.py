"""A bad network between a gateway and everybody else: real namespaces, real TCP and TLS over a wire that loses, delays,
reorders and breaks."""

import asyncio
import gc
import ssl
import time
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from comms.domain.order import UnitsTarget
from comms.fleet.behaviour import PRESETS
from comms.fleet.fleet import Fleet, FleetPlan
from comms.fleet.terminal_link import Credentials
from comms.link.client import LinkTiming
from comms.link.reconnect import BackOffPlan
from comms.link.state import LinkPhase
from comms.protocol.commands import OrderIssue, Ping
from comms.protocol.errors import Locale
from comms.protocol.pushes import Done, FloorGranted, FloorIdle, FloorTaken, Pong
from tests.support.desk import TIMEOUT_S, DeskRig
from tests.support.gateway import (
    NORTH_DUTY,
    NORTH_GROUP,
    PASSWORD,
    U1,
    U2,
    Site,
    prepare_site,
    spawn_gateway,
    stop_gateway,
)
from tests.support.nursery import Nursery
from tests.support.terminal import new_id, terminal
from tests.support.wire import THERE, Weather, Wire, inside, why_not
from ui.panels.alerts import read_alerts
from ui.text import Texts

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

HASTY = LinkTiming(
    back_off=BackOffPlan(first_s=0.05, limit_s=0.1), ping_interval_s=0.2, silence_limit_s=0.6, connect_timeout_s=0.5
)
"""A desk that notices a cut in less than a second, where a real one takes nine."""
PATIENT = LinkTiming(ping_interval_s=0.5, silence_limit_s=30.0)


@dataclass
class Far:
    """A gateway at the other end of a wire, and who is at this end."""

    wire: Wire
    site: Site
    rig: DeskRig
    fleet: Fleet
    trusting: ssl.SSLContext

    async def order(self, title: str) -> None:
        order = OrderIssue(id=new_id(), title=title, target=UnitsTarget((U1,)))
        assert isinstance(await self.rig.session.request_durable(order), Done)

    def alerts(self) -> list[str]:
        return [alert.sentence for alert in read_alerts(self.rig.store, Texts(Locale.ZH_CN))]


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    made = Wire(seed=7)
    try:
        made.open()
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def far_nursery(wire: Wire) -> Iterator[Nursery]:
    """Whose children are at the other end."""
    with inside(wire.there):
        made = Nursery()
    yield made
    made.close()


@asynccontextmanager
async def far(tmp_path: Path, wire: Wire, nursery: Nursery, timing: LinkTiming = PATIENT) -> AsyncIterator[Far]:
    data = tmp_path / "data"
    codes = await prepare_site(data)
    wire.weather = Weather()
    site = await spawn_gateway(data, "--host", THERE, "--tls-local-ca", codes=codes, nursery=nursery)
    site.scheme = "wss"
    trusting = ssl.create_default_context(cafile=str(data / "tls" / "ca.crt"))
    wire.start()
    try:
        with inside(wire.names[1]):
            rig = DeskRig(site.url, tls=trusting, timing=timing)
            plan = FleetPlan(behaviour=PRESETS["quick"], position_interval_s=0.2)
            fleet = Fleet(site.url, [Credentials(U1, codes[U1])], plan, ssl=trusting)
            async with rig.running(signs_in=False):
                rig.session.sign_in(NORTH_DUTY, PASSWORD)
                try:
                    await asyncio.gather(fleet.start(), rig.until(lambda: rig.store.is_in_sync), rig.media_up())
                    yield Far(wire, site, rig, fleet, trusting)
                    wire.weather = Weather()
                finally:
                    await fleet.stop()
    finally:
        wire.stop()
        await stop_gateway(site)


@pytest.fixture(autouse=True)
def _what_hung_on_the_wire() -> Iterator[None]:
    """Sockets that were cut off with the network are found by a search for garbage, and are nobody's fault."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def _orders(it: Far) -> list[str]:
    return [state.order.title for state in it.rig.store.picture.orders.values()]


async def test_a_cut_is_said_and_what_was_ordered_in_it_is_done_once(
    tmp_path: Path, wire: Wire, far_nursery: Nursery
) -> None:
    async with far(tmp_path, wire, far_nursery, HASTY) as it:
        wire.weather.is_cut = True
        ordered = asyncio.create_task(it.order("断网时下达"))
        await it.rig.until(lambda: it.rig.store.link.phase is LinkPhase.WAITING)
        assert it.alerts()[0].startswith("与网关的连接已断开")
        wire.weather.is_cut = False
        await ordered
        await it.rig.until(lambda: it.rig.is_online and it.rig.store.is_in_sync and bool(_orders(it)))
        assert _orders(it) == ["断网时下达"]
        assert wire.lost


async def test_a_talker_whose_socket_is_half_open_loses_the_floor_and_comes_back(
    tmp_path: Path, wire: Wire, far_nursery: Nursery
) -> None:
    """The wire is cut between packets: neither end is told, and the gateway goes by what it hears."""
    async with far(tmp_path, wire, far_nursery) as it:
        with inside(wire.there):  # beside the gateway, where nothing is cut
            beside = terminal(it.site, U2, tls=it.trusting)
            listener = await beside.__aenter__()
        try:
            talker = it.fleet.terminals[0]
            assert isinstance(await talker.press(NORTH_GROUP), FloorGranted)
            await listener.next(FloorTaken)
            wire.weather.is_cut = True
            await listener.next(FloorIdle)
            assert talker.link.is_up, "it knows of nothing"
            wire.weather.is_cut = False
            talker.release(NORTH_GROUP)
            await it.order("网络恢复后下达")
            assert isinstance(await talker.press(NORTH_GROUP), FloorGranted)
            await it.rig.hears()
        finally:
            await beside.__aexit__(None, None, None)


async def test_voice_is_heard_with_two_seconds_of_latency_loss_and_packets_that_overtake_each_other(
    tmp_path: Path, wire: Wire, far_nursery: Nursery
) -> None:
    """Two seconds there and back, and everything else on top of it, both ways."""
    async with far(tmp_path, wire, far_nursery) as it:
        talker = it.fleet.terminals[0]
        wire.weather = Weather(delay_s=1.0, jitter_s=0.05)
        asked_s = time.monotonic()
        assert isinstance(await talker.press(NORTH_GROUP), FloorGranted)
        assert time.monotonic() - asked_s > 2 * wire.weather.delay_s, "or there was no latency to be endured"
        for loss in (0.05, 0.3):
            lost = wire.lost
            wire.weather = Weather(delay_s=1.0, jitter_s=0.05, loss=loss)
            await it.rig.hears()
            assert wire.lost > lost
        wire.weather = Weather(delay_s=1.0, jitter_s=0.05)
        talker.release(NORTH_GROUP)
        await it.rig.until(lambda: it.rig.store.floor(NORTH_GROUP).talker is None)
        heard = asyncio.Event()
        assert talker.media is not None
        talker.media.on_packet = lambda slot, packet: heard.set()
        it.rig.voice.press(NORTH_GROUP)
        await asyncio.wait_for(heard.wait(), TIMEOUT_S)
        assert it.rig.is_online
        wire.weather = Weather()


async def test_loss_latency_and_packets_that_overtake_each_other(
    tmp_path: Path, wire: Wire, far_nursery: Nursery
) -> None:
    """One after the other, because it takes long until all are there: orders arrive, voice is heard, nobody is lost."""
    async with far(tmp_path, wire, far_nursery) as it:
        for weather in (Weather(loss=0.05), Weather(loss=0.3), Weather(jitter_s=0.05)):
            wire.weather = weather
            await it.order(f"{weather}")
            assert isinstance(await it.fleet.terminals[0].press(NORTH_GROUP), FloorGranted)
            await it.rig.hears()
            it.fleet.terminals[0].release(NORTH_GROUP)
            assert it.rig.is_online
        assert wire.lost
        wire.weather = Weather(delay_s=1.0)
        asked_s = time.monotonic()
        _, answer = await asyncio.gather(it.order("迟延时下达"), it.rig.session.request(Ping(id=new_id())))
        assert isinstance(answer, Pong)
        assert time.monotonic() - asked_s > 2 * wire.weather.delay_s, "or there was no latency to be endured"
        assert it.rig.is_online
        wire.weather = Weather()

"""A worker's phone in a real browser, the real gateway, and a real desk without its window: both ends of everything."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from comms.domain.call import CallPhase
from comms.domain.ids import BlobId, CallId, OrderId, PartyId, UnitId, VideoId, unit_party
from comms.domain.order import AssignmentState, UnitsTarget
from comms.domain.video import VideoPhase
from comms.gateway.running import Running
from comms.media.opus import Pcm
from comms.media.picture import VideoPicture
from comms.protocol.pushes import Done
from console.actions.dispatch import Draft
from console.actions.requester import Outcome
from tests.e2e.conftest import TONE_HZ
from tests.support.browser import Complaints, browser, needs_chromium, write_tone
from tests.support.desk import TIMEOUT_S, DeskRig, Site, make_site
from tests.support.relay import Relay, media_detour, relay
from tests.support.sound import oscillator, peak_hz
from tests.support.web_terminal import WebTerminal
from tests.unit.support_picture import write_picture

pytestmark = pytest.mark.chromium
OFFICER_TONE_HZ = 1000.0
_EAR_SAMPLES = 12_000
"""A quarter of a second: 4 Hz resolution."""
_LOUD = 1000
_GREEN_MARGIN = 30
"""How much greener than grey Chromium's fake camera is: a green field with a turning pie."""
S = AssignmentState


class HearingDesk(DeskRig):
    """Keeps the last quarter of a second of what the officer hears; his microphone plays 1 kHz."""

    def __init__(self, url: str) -> None:
        self.heard: Pcm = np.zeros(0, np.int16)
        super().__init__(url, microphone=oscillator(OFFICER_TONE_HZ))

    def _hear(self, block: Pcm) -> None:
        self.heard = np.concatenate((self.heard, block))[-_EAR_SAMPLES:]
        super()._hear(block)

    def hears_tone(self, frequency_hz: float) -> bool:
        heard = self.heard
        is_loud = len(heard) == _EAR_SAMPLES and int(np.abs(heard.astype(np.int32)).max()) > _LOUD
        return is_loud and abs(peak_hz(heard) - frequency_hz) < 10

    async def sees(self, mid: str, claim: Callable[[VideoPicture], bool]) -> VideoPicture:
        """The next picture on this slot of which the claim holds."""
        async with asyncio.timeout(TIMEOUT_S):
            while True:
                await self.board_moved(mid)
                shown = self.board.newest(mid)
                if shown is not None and claim(shown.frame):
                    return shown.frame


@dataclass(frozen=True)
class Town:
    """One unit's phone and its duty officer's desk."""

    unit_id: UnitId
    terminal: WebTerminal
    desk: HearingDesk
    network: Relay
    served: Running

    @property
    def party(self) -> PartyId:
        return unit_party(self.unit_id)

    def assignment(self, order_id: OrderId) -> AssignmentState | None:
        order = self.desk.store.picture.orders.get(order_id)
        return order.assignments[self.unit_id] if order is not None else None

    def position(self) -> tuple[float, float] | None:
        """Latitude and longitude, rounded to about 10 m, as the desk's map has it."""
        table = self.desk.store.positions
        row = table.row_of(self.unit_id)
        if row is None or np.isnan(table.at[row]):
            return None
        return round(float(table.lat[row]), 4), round(float(table.lon[row]), 4)


@pytest_asyncio.fixture
async def town(tmp_path: Path, complaints: Complaints) -> AsyncIterator[Town]:
    needs_chromium()
    tone = write_tone(tmp_path / "tone.wav", frequency_hz=TONE_HZ)
    site: Site = await make_site(tmp_path / "gateway")
    unit_id = next(iter(site.codes))
    async with AsyncExitStack() as stack:
        served = await stack.enter_async_context(site.serving())
        gateway_media = ("127.0.0.1", served.media_port)
        network = await stack.enter_async_context(relay(tcp=("127.0.0.1", site.port), udp=gateway_media))
        desk = HearingDesk(site.url)
        await stack.enter_async_context(desk.running())
        context = await stack.enter_async_context(browser(tmp_path, microphone=tone, complaints=complaints))
        terminal = WebTerminal(context.pages[0], f"http://127.0.0.1:{network.port}/terminal/")
        await terminal.prepare()
        detour = media_detour(gateway_port=served.media_port, relay_port=network.media_address[1])
        await context.add_init_script(detour)
        await terminal.open(code=site.codes[unit_id])
        await terminal.start_duty()
        await desk.media_up()
        yield Town(unit_id, terminal, desk, network, served)


def _subject(outcome: Outcome) -> str:
    assert isinstance(outcome, Done)
    assert outcome.subject is not None
    return outcome.subject


async def test_group_call_both_ways(town: Town) -> None:
    group = (await _selected_group(town))[0]
    await town.desk.voice.affiliate((group,))
    await town.terminal.hold()
    await town.terminal.until_phase("granted")
    await town.desk.until(lambda: town.desk.store.floor(group).talker == town.party)
    await town.desk.until(lambda: town.desk.hears_tone(TONE_HZ))
    await town.terminal.let_go()
    await town.desk.until(lambda: town.desk.store.floor(group).talker is None)
    await town.terminal.until_phase("idle")
    town.desk.voice.press(group)
    await town.terminal.until_phase("taken")
    assert abs(await town.terminal.hears(OFFICER_TONE_HZ) - OFFICER_TONE_HZ) < 10
    town.desk.voice.release(group)
    await town.terminal.until_phase("idle")


async def _selected_group(town: Town) -> tuple[str, ...]:  # type: ignore[type-arg]
    ...

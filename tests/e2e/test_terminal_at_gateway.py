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
from playwright.async_api import Browser, Page, WebSocket

from comms.domain.call import CallPhase
from comms.domain.events import OrderAdvanced, Recorded
from comms.domain.ids import BlobId, CallId, OrderId, PartyId, UnitId, VideoId, unit_party
from comms.domain.order import AssignmentState, UnitsTarget
from comms.domain.video import VideoPhase
from comms.fleet.town import FIRST_LOOK
from comms.gateway.running import Running
from comms.gateway.settings import Settings
from comms.media.opus import Pcm
from comms.media.picture import VideoPicture
from comms.protocol.codec import Unreadable, decode_command, decode_push
from comms.protocol.commands import Command, PositionReport
from comms.protocol.pushes import Done, PositionTaken
from console.actions.dispatch import Draft
from console.actions.requester import Outcome
from tests.e2e.conftest import TONE_HZ
from tests.support.browser import Complaints, phone, write_picture
from tests.support.desk import TIMEOUT_S, DeskRig, Site, make_site
from tests.support.relay import Relay, media_detour, relay
from tests.support.sound import oscillator, peak_hz
from tests.support.web_terminal import WebTerminal

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="package")]
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


@pytest_asyncio.fixture(loop_scope="package")
async def town(tmp_path: Path, the_chromium: Browser, complaints: Complaints) -> AsyncIterator[Town]:
    site: Site = await make_site(tmp_path / "gateway")
    unit_id = next(iter(site.codes))
    async with AsyncExitStack() as stack:
        served = await stack.enter_async_context(site.serving(Settings(position_interval_s=1.0)))
        gateway_media = ("127.0.0.1", served.media_port)
        network = await stack.enter_async_context(relay(tcp=("127.0.0.1", site.port), udp=gateway_media))
        desk = HearingDesk(site.url)
        await stack.enter_async_context(desk.running())
        page = await stack.enter_async_context(phone(the_chromium, complaints=complaints))
        terminal = WebTerminal(page, f"http://127.0.0.1:{network.port}/terminal/")
        await terminal.prepare()
        detour = media_detour(gateway_port=served.media_port, relay_port=network.media_address[1])
        await page.add_init_script(detour)
        await terminal.open(code=site.codes[unit_id])
        await terminal.start_duty()
        await desk.media_up()
        yield Town(unit_id, terminal, desk, network, served)


def _subject(outcome: Outcome) -> str:
    assert isinstance(outcome, Done)
    assert outcome.subject is not None
    return outcome.subject


async def _issue(town: Town, title: str = "核实占道经营") -> OrderId:
    target = UnitsTarget((town.unit_id,))
    draft = Draft(title=title, target=target, deadline_at=time.time() + 1800, item_id=FIRST_LOOK)
    return OrderId(_subject(await town.desk.dispatch.issue(draft)))


async def _until_state(town: Town, order_id: OrderId, state: AssignmentState) -> None:
    await town.desk.until(lambda: town.assignment(order_id) is state)


def _steps_in_journal(events: list[Recorded], order_id: OrderId) -> list[AssignmentState]:
    advanced = (recorded.event for recorded in events)
    return [event.state for event in advanced if isinstance(event, OrderAdvanced) and event.order_id == order_id]


# --- voice ------------------------------------------------------------------------------------------


async def test_group_call_both_ways(town: Town) -> None:
    store = town.desk.store
    group = store.picture.units[town.unit_id].affiliated[0]
    assert isinstance(await town.desk.voice.affiliate((group,)), Done)
    await town.terminal.hold()
    await town.terminal.until_phase("granted")
    await town.desk.until(lambda: store.floor(group).talker == town.party)
    await town.desk.until(lambda: town.desk.hears_tone(TONE_HZ))
    await town.terminal.let_go()
    await town.desk.until(lambda: store.floor(group).talker is None)
    await town.terminal.until_phase("idle")
    town.desk.voice.press(group)
    await town.terminal.until_phase("taken")
    assert abs(await town.terminal.hears(OFFICER_TONE_HZ) - OFFICER_TONE_HZ) < 10
    town.desk.voice.release(group)
    await town.terminal.until_phase("idle")


async def test_point_call_both_ways(town: Town) -> None:
    call_id = CallId(_subject(await town.desk.voice.place_call(town.unit_id)))
    await town.terminal.until_text(".call-state", "来电")
    await town.terminal.page.click("#call-answer")
    await town.terminal.until_text(".call-state", "通话中")
    await town.desk.until(lambda: town.desk.hears_tone(TONE_HZ))
    assert abs(await town.terminal.hears(OFFICER_TONE_HZ) - OFFICER_TONE_HZ) < 10
    await town.terminal.page.click("#call-hang-up")
    await town.desk.until(lambda: town.desk.store.picture.calls[call_id].phase is CallPhase.ENDED)


async def test_the_worker_calls_the_duty_officer(town: Town) -> None:
    await town.terminal.page.click("#call-officer")
    await town.desk.until(lambda: bool(town.desk.store.ringing))
    [call_id] = town.desk.store.ringing
    assert isinstance(await town.desk.voice.answer(call_id), Done)
    await town.terminal.until_text(".call-state", "通话中")
    await town.desk.until(lambda: town.desk.hears_tone(TONE_HZ))
    assert isinstance(await town.desk.voice.hang_up(call_id), Done)
    await town.terminal.until("gone", ".call")


# --- video ------------------------------------------------------------------------------------------


def _is_fake_camera(picture: VideoPicture) -> bool:
    """Chromium's fake camera is a green field: little red and little blue against its brightness."""
    return float(np.median(picture.u)) < 128 - _GREEN_MARGIN and float(np.median(picture.v)) < 128 - _GREEN_MARGIN


async def _watch(town: Town, video_id: VideoId) -> str:
    """The slot it is shown on."""
    assert isinstance(await town.desk.video.watch(video_id), Done)
    slots = town.desk.store.slots
    await town.desk.until(lambda: any(slot.video_id == video_id for slot in town.desk.store.slots.values()))
    return next(mid for mid, slot in slots.items() if slot.video_id == video_id)


async def _moves_on_the_tile(town: Town, mid: str) -> None:
    """The camera's own picture arrives, and its pie turns."""
    first = await town.desk.sees(mid, _is_fake_camera)
    await town.desk.sees(
        mid,
        lambda picture: (
            picture.y.shape == first.y.shape
            and float(np.mean(np.abs(picture.y.astype(np.int16) - first.y.astype(np.int16)) > 20)) > 0.01
        ),
    )


async def test_video_return_reaches_the_tile(town: Town) -> None:
    await town.terminal.page.click("#offer-video")
    videos = town.desk.store.picture.videos
    await town.desk.until(lambda: any(state.phase is VideoPhase.LIVE for state in videos.values()))
    [video_id] = videos
    mid = await _watch(town, video_id)
    await town.terminal.until_text(".video-state", "正在观看")
    await _moves_on_the_tile(town, mid)
    assert isinstance(await town.desk.video.stop(video_id), Done)
    await town.terminal.until("gone", ".video-live")


async def test_video_point_call_reaches_the_tile(town: Town) -> None:
    video_id = VideoId(_subject(await town.desk.video.ask(town.unit_id)))
    await town.terminal.until_text(".asked", "请求查看您的摄像头")
    await town.terminal.page.click("#video-accept")
    await town.desk.until(lambda: town.desk.store.picture.videos[video_id].phase is VideoPhase.LIVE)
    await _moves_on_the_tile(town, await _watch(town, video_id))
    await town.terminal.page.click("#video-stop")
    await town.desk.until(lambda: town.desk.store.picture.videos[video_id].phase is VideoPhase.ENDED)


# --- orders -----------------------------------------------------------------------------------------


async def test_an_order_is_accepted_and_completed_by_tapping(town: Town, tmp_path: Path) -> None:
    order_id = await _issue(town)
    await town.terminal.until_text(".toast", "核实占道经营")
    await _until_state(town, order_id, S.DELIVERED)
    await town.terminal.turn_to("orders")
    await town.terminal.press_step(order_id, "accepted")
    await _until_state(town, order_id, S.ACCEPTED)
    photo = write_picture(tmp_path / "photo.bmp", width=1920, height=1080)
    await town.terminal.complete(order_id, note="已劝离。", photos=[photo])
    await _until_state(town, order_id, S.COMPLETED)
    step = town.desk.store.picture.orders[order_id].timeline[-1]
    assert step.reason == "已劝离。"
    [blob_id] = step.attachments
    stored = await town.served.gateway.blobs.get(BlobId(blob_id))
    assert stored is not None
    assert isinstance(await town.desk.dispatch.verify(order_id, town.unit_id), Done)
    await town.terminal.until_order(order_id, "verified")


# --- a network that goes away -------------------------------------------------------------------------


class Mail:
    """What the page sent and what it was answered, over all its connections."""

    def __init__(self, page: Page) -> None:
        self.sent: dict[str, list[Command]] = {}
        self.answered: list[str] = []
        page.on("websocket", self._follow)

    def _follow(self, socket: WebSocket) -> None:
        socket.on("framesent", self._take_sent)
        socket.on("framereceived", self._take_received)

    def _take_sent(self, frame: str | bytes) -> None:
        command = decode_command(frame)
        assert not isinstance(command, Unreadable), command
        self.sent.setdefault(command.id, []).append(command)

    def _take_received(self, frame: str | bytes) -> None:
        push = decode_push(frame)
        if isinstance(push, PositionTaken):
            self.answered.append(push.id)

    @property
    def taken_fixes(self) -> list[float]:
        """Times of the readings that the gateway says it took, as often as it says so."""
        fixes: list[float] = []
        for command_id in self.answered:
            report = self.sent[command_id][0]
            assert isinstance(report, PositionReport)
            fixes.extend(fix.at for fix in report.fixes)
        return fixes


async def test_what_is_done_without_a_network_arrives_once(town: Town, tmp_path: Path) -> None:
    mail = Mail(town.terminal.page)
    await town.terminal.open()  # from here on its mail is read
    await town.terminal.start_duty()
    order_id = await _issue(town)
    await _until_state(town, order_id, S.DELIVERED)
    await town.terminal.turn_to("orders")
    await town.terminal.until_order(order_id, "delivered")
    town.network.cut()
    await town.terminal.press_step(order_id, "accepted")
    await town.terminal.until_order(order_id, "accepted", is_pending=True)
    photo = write_picture(tmp_path / "photo.bmp", width=640, height=480)
    await town.terminal.report(text="行人绕行。", photo=photo)
    places = [(23.0301 + step / 1000, 113.7601) for step in range(4)]
    async with asyncio.timeout(90):
        for lat, lon in places:
            await town.terminal.page.context.set_geolocation({"latitude": lat, "longitude": lon, "accuracy": 6})
            await town.terminal.until("keeps", lat)
        await town.network.tried_in_vain(2)  # noticed after nine seconds, a first try given up after six more
    await town.terminal.until_link("bad")
    assert town.assignment(order_id) is S.DELIVERED
    town.network.mend()
    await _until_state(town, order_id, S.ACCEPTED)
    await town.terminal.until_order(order_id, "accepted")
    await town.desk.until(lambda: town.position() == (round(places[-1][0], 4), round(places[-1][1], 4)))
    await town.desk.until(lambda: len(town.desk.store.picture.incidents.states) == 1)
    [reported_one] = town.desk.store.picture.incidents.states.values()
    assert (reported_one.incident.kind, reported_one.reported_by) == ("井盖缺失", unit_party(town.unit_id))
    [blob_id] = reported_one.incident.photos
    assert await town.served.gateway.blobs.get(blob_id) is not None
    await town.terminal.until_link("good")
    events = await town.served.gateway.journal.read_log(before_seq=None, limit=500)
    assert _steps_in_journal(list(events), order_id) == [S.DELIVERED, S.ACCEPTED]
    reported = [report for reports in mail.sent.values() for report in reports if isinstance(report, PositionReport)]
    made = {fix.at for report in reported for fix in report.fixes}
    assert sorted(mail.taken_fixes) == sorted(made)  # every reading, each once
    assert {round(fix.lat, 4) for report in reported for fix in report.fixes} >= {round(lat, 4) for lat, _ in places}
    # Voice is back as well: a session of its own, with media of its own.
    await town.terminal.turn_to("talk")
    await town.terminal.hold()
    await town.terminal.until_phase("granted")

"""Simulated terminals against the real gateway: what phones would do, phones' real protocol and real media."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from comms.domain.call import CallEnd
from comms.domain.events import (
    CallAnswered,
    CallEnded,
    OrderAdvanced,
    TalkEnded,
    TalkStarted,
    UnitStatusChanged,
    VideoEnded,
    VideoStarted,
)
from comms.domain.ids import CallId, OrderId, VideoId
from comms.domain.order import AssignmentState, Place, UnitsTarget
from comms.domain.participant_steps import ParticipantState
from comms.domain.unit import UnitStatus, VideoConsent
from comms.domain.video import VideoEnd
from comms.fleet.behaviour import Behaviour
from comms.fleet.camera import labelled_card
from comms.fleet.duty import Duty, Talk
from comms.fleet.faults import Fault, FaultPlan
from comms.fleet.fleet import FleetPlan
from comms.fleet.misfortune import befall
from comms.fleet.terminal import SimulatedTerminal
from comms.fleet.town import EMERGENCY, FIRST_LOOK, WHOLE_TOWN
from comms.link.clock import WallClock
from comms.media.client import DESK_LINES, MediaClient
from comms.media.picture import VideoPicture
from comms.media.rtp import RtpPacket
from comms.media.video import VideoDecoder
from comms.protocol.commands import (
    BlobGet,
    CallAnswer,
    CallHangUp,
    CallPlace,
    MediaOffer,
    OrderAdvance,
    OrderIssue,
    VideoAsk,
    VideoStop,
    VideoWatch,
)
from comms.protocol.frames import decode_positions
from comms.protocol.pushes import BlobContent, CallRinging, Done, FloorGranted, FloorQueued, MediaAnswer, Refused
from tests.support.fleet_site import QUICK, duty_desk, fleet_site
from tests.support.terminal import Peer, new_id

WAIT_S = 60.0
"""Not a measure of anything; the machine may be busy."""


async def until(claim: Callable[[], bool]) -> None:
    """A turn of the loop at a time; what has not come by then will not come."""
    async with asyncio.timeout(WAIT_S):
        while not claim():
            await asyncio.sleep(0.005)


def plan(**changes: Any) -> FleetPlan:
    return FleetPlan(behaviour=QUICK, position_interval_s=0.3, **changes)


async def test_enrols_reports_and_is_seen_by_the_desk(tmp_path: Path) -> None:
    async with fleet_site(tmp_path, plan=plan()) as made, duty_desk(made.site) as desk:
        assert set(made.tokens) == set(made.site.codes)
        assert all(terminal.is_ready and terminal.welcome for terminal in made.terminals)
        seen: set[int] = set()
        at = 0
        while len(seen) < len(made.terminals):
            seen |= set(decode_positions(await desk.frame(at)).no.tolist())
            at += 1
        assert seen == {1, 2, 3, 4}
        stats = made.fleet.stats()
        assert (stats.terminals, stats.signed_in, stats.ready, stats.refused) == (4, 4, 4, 0)
        assert stats.positions_sent > 0
        assert stats.positions_refused == 0
        assert made.fleet.terminal(made.terminals[0].unit_id) is made.terminals[0]


async def test_a_talk_burst_reaches_every_listener(tmp_path: Path) -> None:
    async with fleet_site(tmp_path) as made, duty_desk(made.site) as desk:
        talker, *listeners = made.terminals
        packets: list[str] = []
        assert listeners[0].media is not None
        listeners[0].media.on_packet = lambda mid, packet: packets.append(mid)
        answer = await talker.press(WHOLE_TOWN)
        assert isinstance(answer, FloorGranted)
        assert (await desk.event(TalkStarted)).talker == talker.party
        await until(lambda: all(listener.heard.packets >= 10 for listener in listeners))
        last_sequence = talker.release(WHOLE_TOWN)
        assert last_sequence is not None
        await desk.event(TalkEnded)
        assert talker.heard.packets == 0
        assert talker.mouth is not None
        sent = talker.mouth.sent
        await until(lambda: all(listener.heard.packets == sent for listener in listeners))
        assert len(packets) == sent
        assert made.fleet.stats().voice_received == 3 * sent


async def test_the_second_waits_its_turn_and_then_talks(tmp_path: Path) -> None:
    async with fleet_site(tmp_path) as made, duty_desk(made.site) as desk:
        first, second, *_ = made.terminals
        assert isinstance(await first.press(WHOLE_TOWN), FloorGranted)
        with pytest.raises(ValueError, match="already held"):
            await first.press(WHOLE_TOWN)
        assert isinstance(await second.press(WHOLE_TOWN), FloorQueued)
        first.release(WHOLE_TOWN)
        assert second.mouth is not None
        await until(lambda: second.mouth is not None and second.mouth.sent > 3)
        second.release(WHOLE_TOWN)
        await until(lambda: second._key(WHOLE_TOWN).state is ParticipantState.NO_PERMISSION)
        await until(lambda: sum(isinstance(event, TalkEnded) for event in desk.events) == 2)
        # Whatever a starved terminal believes, the journal knows one talker at a time.
        bursts = [(type(event), event.burst_id) for event in desk.events if isinstance(event, TalkStarted | TalkEnded)]
        assert [kind for kind, _ in bursts] == [TalkStarted, TalkEnded] * 2
        assert [burst for _, burst in bursts[::2]] == [burst for _, burst in bursts[1::2]]


async def test_a_talkgroup_that_is_not_ones_own_is_refused(tmp_path: Path) -> None:
    async with fleet_site(tmp_path) as made:
        assert isinstance(await made.terminals[0].press(EMERGENCY), Refused)


async def order(desk: Peer, terminal: SimulatedTerminal, place: Place | None) -> OrderId:
    target = UnitsTarget((terminal.unit_id,))
    command = OrderIssue(id=new_id(), title="核查出租屋消防通道", place=place, target=target, item_id=FIRST_LOOK)
    done = await desk.ask_for(command, Done)
    assert done.subject is not None
    return OrderId(done.subject)


async def state_reached(desk: Peer, order_id: OrderId, state: AssignmentState) -> OrderAdvanced:
    return await desk.event(OrderAdvanced, lambda event: event.order_id == order_id and event.state is state)


async def test_an_order_is_carried_out_with_a_photo(tmp_path: Path) -> None:
    async with fleet_site(tmp_path) as made, duty_desk(made.site) as desk:
        worker = made.terminals[1]
        lat, lon = made.fleet._source.at(worker.row)
        order_id = await order(desk, worker, Place(lat=lat, lon=lon, text="路口"))
        completed = await state_reached(desk, order_id, AssignmentState.COMPLETED)
        states = [event.state for event in desk.events if isinstance(event, OrderAdvanced)]
        assert states == [
            AssignmentState.DELIVERED,
            AssignmentState.READ,
            AssignmentState.ACCEPTED,
            AssignmentState.EN_ROUTE,
            AssignmentState.ON_SCENE,
            AssignmentState.COMPLETED,
        ]
        statuses = [event.status for event in desk.events if isinstance(event, UnitStatusChanged)]
        assert statuses[:3] == [UnitStatus.DISPATCHED, UnitStatus.EN_ROUTE, UnitStatus.ON_SCENE]
        blob = await desk.ask_for(BlobGet(id=new_id(), blob_id=completed.attachments[0]), BlobContent)
        assert blob.media_type == "image/png"
        assert blob.data.startswith(b"\x89PNG")
        await until(lambda: worker.work.completed == 1)


async def test_work_that_is_sent_back_is_done_again(tmp_path: Path) -> None:
    async with fleet_site(tmp_path) as made, duty_desk(made.site) as desk:
        worker = made.terminals[0]
        order_id = await order(desk, worker, None)
        await state_reached(desk, order_id, AssignmentState.COMPLETED)
        await until(lambda: worker.work.completed == 1)
        await desk.ask_for(
            OrderAdvance(
                id=new_id(),
                order_id=order_id,
                state=AssignmentState.ACCEPTED,
                unit_id=worker.unit_id,
                reason="照片不清楚",
            ),
            Done,
        )
        await until(lambda: worker.work.completed == 2)
        await desk.ask_for(
            OrderAdvance(id=new_id(), order_id=order_id, state=AssignmentState.VERIFIED, unit_id=worker.unit_id), Done
        )


async def test_a_cancelled_order_is_dropped(tmp_path: Path) -> None:
    slow = Behaviour(read_s=(0, 0), decide_s=(0, 0), set_out_s=(0, 0), work_s=(1e6, 1e6))
    async with fleet_site(tmp_path, plan=FleetPlan(behaviour=slow)) as made, duty_desk(made.site) as desk:
        worker = made.terminals[0]
        order_id = await order(desk, worker, None)
        await state_reached(desk, order_id, AssignmentState.ON_SCENE)
        await desk.ask_for(
            OrderAdvance(id=new_id(), order_id=order_id, state=AssignmentState.CANCELLED, reason="误报"), Done
        )
        await until(lambda: not worker.work._tasks)
        assert worker.work.completed == 0


async def test_refusing_people_say_why(tmp_path: Path) -> None:
    refusing = Behaviour(read_s=(0, 0), decide_s=(0, 0), accept_chance=0.0)
    async with fleet_site(tmp_path, plan=FleetPlan(behaviour=refusing)) as made, duty_desk(made.site) as desk:
        order_id = await order(desk, made.terminals[0], None)
        refused = await state_reached(desk, order_id, AssignmentState.REFUSED)
        assert refused.reason in refusing.refusal_reasons
        await until(lambda: made.terminals[0].work.refused == 1)


async def test_an_order_survives_a_lost_network(tmp_path: Path) -> None:
    """The steps taken while the network is away arrive afterwards, each once."""
    async with (
        fleet_site(tmp_path, plan=plan(faults=FaultPlan({Fault.SAY_TWICE: 1.0}))) as made,
        duty_desk(made.site) as desk,
    ):
        worker = made.terminals[0]
        worker.on_push = lambda push: worker.lose_network(0.0) if worker.counts.sign_ins == 1 else None
        order_id = await order(desk, worker, None)
        await state_reached(desk, order_id, AssignmentState.COMPLETED)
        states = [event.state for event in desk.events if isinstance(event, OrderAdvanced)]
        assert len(states) == len(set(states)) == 6
        assert worker.counts.sign_ins == 2


@asynccontextmanager
async def desk_media(desk: Peer) -> AsyncIterator[MediaClient]:
    """The desk's voice and video path, without codecs."""
    client = MediaClient(clock=asyncio.get_running_loop().time, lines=DESK_LINES)
    try:
        answer = await desk.ask_for(MediaOffer(id=new_id(), sdp=client.offer()), MediaAnswer)
        client.accept(answer.sdp)
        await client.connected()
        yield client
    finally:
        client.close()


async def test_a_point_call_is_answered_talked_and_ended(tmp_path: Path) -> None:
    async with fleet_site(tmp_path) as made, duty_desk(made.site) as desk, desk_media(desk) as media:
        unit = made.terminals[0]
        heard: list[RtpPacket] = []
        media.on_audio = lambda mid, packet: heard.append(packet)
        placed = await desk.ask_for(CallPlace(id=new_id(), unit_id=unit.unit_id), Done)
        await desk.event(CallAnswered)
        await until(lambda: unit.calling.is_connected and len(heard) > 3)
        assert placed.subject is not None
        await desk.ask_for(CallHangUp(id=new_id(), call_id=CallId(placed.subject)), Done)
        await until(lambda: not unit.calling.is_connected)
        assert unit.calling.last_end is CallEnd.HUNG_UP
        assert unit.mouth is not None
        assert not unit.mouth.is_open
        await desk.event(CallEnded)


async def test_a_unit_calls_its_officer_and_hangs_up(tmp_path: Path) -> None:
    brief = Behaviour(hang_up_s=(0.0, 0.0))
    async with (
        fleet_site(tmp_path, plan=FleetPlan(behaviour=brief)) as made,
        duty_desk(made.site) as desk,
        desk_media(desk),
    ):
        unit = made.terminals[0]
        assert await unit.calling.hang_up() is None
        assert isinstance(await unit.calling.place(), Done)
        ringing = await desk.next(CallRinging)
        assert ringing.call.caller == unit.party
        await desk.ask_for(CallAnswer(id=new_id(), call_id=ringing.call.id), Done)
        assert (await desk.event(CallEnded)).end is CallEnd.HUNG_UP
        await until(lambda: unit.calling.call_id is None)


async def test_one_who_does_not_want_rejects_and_one_who_is_deaf_lets_it_ring(tmp_path: Path) -> None:
    unwilling = Behaviour(answer_call_s=(0.0, 0.0), answer_chance=0.0)
    async with (
        fleet_site(tmp_path, plan=FleetPlan(behaviour=unwilling)) as made,
        duty_desk(made.site) as desk,
        desk_media(desk),
    ):
        first, second, *_ = made.terminals
        await desk.ask_for(CallPlace(id=new_id(), unit_id=first.unit_id), Done)
        assert (await desk.event(CallEnded)).end is CallEnd.REJECTED
        befall(second, Fault.DEAF_TO_CALLS, for_s=0, dice=random.Random(1))
        placed = await desk.ask_for(CallPlace(id=new_id(), unit_id=second.unit_id), Done)
        await until(lambda: second.calling.call_id is not None)
        assert placed.subject is not None
        await desk.ask_for(CallHangUp(id=new_id(), call_id=CallId(placed.subject)), Done)
        await until(lambda: second.calling.call_id is None)


class Screen:
    """Puts the payloads of one slot together and decodes them."""

    def __init__(self, media: MediaClient) -> None:
        self.pictures: list[VideoPicture] = []
        self._payloads: list[bytes] = []
        self._decoder = VideoDecoder("h264")
        media.on_video = self._take

    def _take(self, mid: str, packet: RtpPacket) -> None:
        self._payloads.append(packet.payload)
        if packet.is_marked:
            self.pictures += self._decoder.decode(self._payloads) or []
            self._payloads = []


@pytest.mark.parametrize("consent", list(VideoConsent))
async def test_a_video_point_call_shows_the_unit_s_label(tmp_path: Path, consent: VideoConsent) -> None:
    agreeing = Behaviour(consent_s=(0.0, 0.0), video_consent=consent)
    async with (
        fleet_site(tmp_path, plan=FleetPlan(behaviour=agreeing)) as made,
        duty_desk(made.site) as desk,
        desk_media(desk) as media,
    ):
        unit, screen = made.terminals[0], Screen(media)
        asked = await desk.ask_for(VideoAsk(id=new_id(), unit_id=unit.unit_id), Done)
        await desk.event(VideoStarted)
        assert made.fleet.stats().cameras_on == 0, "nobody watches yet"
        assert asked.subject is not None
        video_id = VideoId(asked.subject)
        await desk.ask_for(VideoWatch(id=new_id(), video_id=video_id), Done)
        await until(lambda: len(screen.pictures) >= 3)
        assert made.fleet.stats().cameras_on == 1
        expected = labelled_card(str(unit.unit_id), now=0.0)
        box = np.s_[8:36, 8:110]
        assert np.abs(screen.pictures[-1].y[box].astype(int) - expected.y[box]).mean() < 12
        media.request_key_frame("4")
        await desk.ask_for(VideoStop(id=new_id(), video_id=video_id), Done)
        await until(lambda: made.fleet.stats().cameras_on == 0)
        assert unit.filming.last_end is VideoEnd.STOPPED


async def test_a_camera_that_may_not_be_used_says_so(tmp_path: Path) -> None:
    async with (
        fleet_site(tmp_path, plan=plan(faults=FaultPlan({Fault.REFUSE_CAMERA: 1.0}))) as made,
        duty_desk(made.site) as desk,
        desk_media(desk),
    ):
        await desk.ask_for(VideoAsk(id=new_id(), unit_id=made.terminals[0].unit_id), Done)
        assert (await desk.event(VideoEnded)).end is VideoEnd.CAMERA_REFUSED
        await until(lambda: made.terminals[0].filming.video_id is None)


async def test_a_unit_offers_its_video_and_stops(tmp_path: Path) -> None:
    async with fleet_site(tmp_path) as made, duty_desk(made.site) as desk, desk_media(desk) as media:
        unit, screen = made.terminals[0], Screen(media)
        assert await unit.filming.stop() is None
        offered = await unit.filming.offer()
        assert isinstance(offered, Done)
        assert offered.subject is not None
        await desk.event(VideoStarted)
        await desk.ask_for(VideoWatch(id=new_id(), video_id=VideoId(offered.subject)), Done)
        await until(lambda: len(screen.pictures) >= 1)
        assert isinstance(await unit.filming.stop(), Done)
        await desk.event(VideoEnded)
        await until(lambda: unit.filming.video_id is None)


async def test_the_shift_talks_calls_and_films_by_itself(tmp_path: Path) -> None:
    async with fleet_site(tmp_path) as made, duty_desk(made.site) as desk, desk_media(desk):
        duty = Duty(made.fleet, clock=WallClock(), seed=1)
        duty.talk(Talk(WHOLE_TOWN, every_s=0.01, for_s=0.05))
        await desk.event(TalkStarted)
        await desk.event(TalkEnded)
        duty.return_video(1)
        await desk.event(VideoStarted)
        duty.call_officer(0.01)
        await desk.next(CallRinging)

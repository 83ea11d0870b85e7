"""The desk at a real gateway: the same picture, whatever happens; voice, calls and video end to end."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from comms.domain.call import CallPhase
from comms.domain.ids import CallId, OrderId, TalkgroupId, UnitId, VideoId
from comms.domain.order import AssignmentState, UnitsTarget
from comms.domain.picture import Picture
from comms.domain.video import VideoPhase
from comms.fleet.town import DUTY_OFFICER, FIRST_LOOK, SAMPLE_PASSWORD
from comms.gateway.running import Running
from comms.link.state import LinkPhase
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done, Refused
from console.actions.dispatch import Draft
from console.store.floors import TalkState
from tests.support.desk import TIMEOUT_S, DeskRig, Site, field_unit, make_site


@pytest.fixture
async def site(tmp_path: Path) -> Site:
    return await make_site(tmp_path / "data")


@pytest.fixture
async def gateway(site: Site) -> AsyncIterator[Running]:
    async with site.serving() as gateway:
        yield gateway


@pytest.fixture
async def desk(site: Site, gateway: Running) -> AsyncIterator[DeskRig]:
    async with DeskRig(site.url).running() as desk:
        yield desk


def units_of(site: Site, count: int) -> list[UnitId]:
    return list(site.codes)[:count]


def as_data(picture: Picture) -> object:
    return msgspec.to_builtins(picture)


async def same_picture(desk: DeskRig, gateway: Running) -> None:
    await desk.until(lambda: desk.store.picture.seq == gateway.gateway.journal.durable.seq)
    assert as_data(desk.store.picture) == as_data(gateway.gateway.journal.durable)


async def test_the_desk_sees_what_the_gateway_sees(desk: DeskRig, site: Site, gateway: Running) -> None:
    await same_picture(desk, gateway)
    assert len(desk.store.positions) == len(site.codes)
    await desk.until(lambda: desk.store.area is not None and len(desk.store.log) > 0)
    assert len(desk.store.affiliated) == 1
    first, second = units_of(site, 2)
    async with field_unit(site, first) as unit:
        await unit.stand_at(23.01, 113.72)
        row = desk.store.positions.row_of(first)
        assert row is not None
        await desk.until(lambda: bool(desk.store.positions.is_placed[row]))
        assert isinstance(await desk.duty.note("接班"), Done)
        draft = Draft(title="查看井盖", target=UnitsTarget((first, second)), item_id=FIRST_LOOK)
        answer = await desk.dispatch.issue(draft)
        assert isinstance(answer, Done)
        await unit.carry_out(OrderId(str(answer.subject)), timeout_s=TIMEOUT_S)
        await same_picture(desk, gateway)
    await same_picture(desk, gateway)


async def test_after_a_restart_of_the_gateway_nothing_is_missing(site: Site) -> None:
    first, second = units_of(site, 2)
    async with site.serving():
        desk = DeskRig(site.url)
        running = desk.running()
        await running.__aenter__()
        await desk.duty.note("before")
    try:
        await desk.until(lambda: not desk.is_online)
        draft = Draft(title="断线时下达", target=UnitsTarget((first, second)), item_id=FIRST_LOOK)
        kept = asyncio.create_task(desk.dispatch.issue(draft))
        async with site.serving() as gateway:
            assert isinstance(await kept, Done)
            await desk.duty.note("after")
            await same_picture(desk, gateway)
            assert len(desk.store.picture.orders) == 1
            assert [recorded.seq for recorded in desk.store.log.events] == list(
                range(desk.store.log.events[0].seq, desk.store.picture.seq + 1)
            )
            await running.__aexit__(None, None, None)
    finally:
        await running.__aexit__(None, None, None) if desk.store.link.phase is not LinkPhase.CLOSED else None


async def test_a_wrong_password_is_said_and_a_right_one_then_works(site: Site, gateway: Running) -> None:
    async with DeskRig(site.url).running(signs_in=False) as desk:
        await desk.until(lambda: desk.store.link.phase is LinkPhase.REFUSED)
        desk.session.sign_in(DUTY_OFFICER, "wrong password")
        await desk.until(lambda: desk.store.link.refused is not None and bool(desk.store.link.refused.text))
        desk.session.sign_in(DUTY_OFFICER, SAMPLE_PASSWORD)
        await desk.until(lambda: desk.store.is_in_sync)
        assert isinstance(await desk.duty.sign_out(), Done)
        await desk.until(lambda: desk.store.link.phase is LinkPhase.REFUSED)


async def test_hold_to_talk_is_heard_in_the_field_and_answered(desk: DeskRig, site: Site) -> None:
    await desk.media_up()
    talkgroup_id = desk.store.affiliated[0]
    async with field_unit(site, units_of(site, 1)[0]) as unit:
        await unit.affiliate(talkgroup_id)
        unit.listen_anew()
        desk.voice.press(talkgroup_id)
        await desk.until(lambda: desk.store.talk(talkgroup_id).state is TalkState.TALKING)
        await unit.heard(10, timeout_s=TIMEOUT_S)
        assert desk.store.floor(talkgroup_id).is_own
        desk.voice.release(talkgroup_id)
        await desk.until(lambda: desk.store.talk(talkgroup_id).state is TalkState.IDLE)
        await desk.until(lambda: desk.store.floor(talkgroup_id).talker is None)
        hearing = asyncio.create_task(desk.hears())
        await unit.talk(talkgroup_id, 1.0, timeout_s=TIMEOUT_S)
        await hearing
        await desk.until(lambda: len(desk.store.picture.recordings) == 2)


async def test_a_link_lost_while_talking_leaves_no_floor_held(site: Site) -> None:
    async with site.serving():
        desk = DeskRig(site.url)
        running = desk.running()
        await running.__aenter__()
        await desk.media_up()
        talkgroup_id = desk.store.affiliated[0]
        desk.voice.press(talkgroup_id)
        await desk.until(lambda: desk.store.talk(talkgroup_id).state is TalkState.TALKING)
    await desk.until(lambda: not desk.is_online)
    assert not desk.session.talker.is_microphone_open
    desk.voice.release_all()
    await desk.until(lambda: desk.store.talk(talkgroup_id).state is TalkState.IDLE)
    async with site.serving() as gateway:
        await desk.until(lambda: desk.store.is_in_sync and desk.is_online)
        assert gateway.gateway.picture.talkgroups[talkgroup_id].talker is None
        await running.__aexit__(None, None, None)


async def test_an_area_call_is_joined_again_after_a_lost_connection_and_not_after_it_ended(site: Site) -> None:
    first, second = units_of(site, 2)
    async with (
        site.serving() as running_gateway,
        field_unit(site, first),
        field_unit(site, second),
        DeskRig(site.url).running() as desk,
    ):
        gateway = running_gateway.gateway
        await desk.media_up()
        standing = desk.store.affiliated
        calls: list[TalkgroupId] = []
        for unit_id in (first, second):
            called = await desk.area_calls.call(UnitsTarget((unit_id,)))
            assert isinstance(called, Done)
            calls.insert(0, TalkgroupId(str(called.subject)))
        assert desk.store.affiliated == (*calls, *standing)
        (before,) = gateway.sessions.desks()
        gateway.presence.end(before, RefusalCode.SLOW_CLIENT)
        await desk.until(lambda: not desk.is_online)
        assert gateway.ad_hoc.end(before, calls[0]) is None
        await desk.until(lambda: desk.is_online and desk.store.affiliated == (calls[1], *standing))
        (again,) = gateway.sessions.desks()
        assert again is not before
        assert again.affiliated == (calls[1], *standing), "one is joined again, of the other nothing is left"
        await desk.until(lambda: calls[0] in desk.store.picture.dissolved)


async def test_a_point_call_both_ways(desk: DeskRig, site: Site) -> None:
    await desk.media_up()
    unit_id = units_of(site, 1)[0]
    async with field_unit(site, unit_id) as unit:
        answering = asyncio.create_task(unit.answer(timeout_s=TIMEOUT_S))
        placed = await desk.voice.place_call(unit_id)
        assert isinstance(placed, Done)
        await answering
        await desk.until(lambda: desk.store.point_call is not None and desk.store.point_call.phase is CallPhase.ACTIVE)
        unit.listen_anew()
        await unit.heard(10, timeout_s=TIMEOUT_S)
        hearing = asyncio.create_task(desk.hears())
        await unit.say(1.0)
        await hearing
        assert isinstance(await desk.voice.hang_up(CallId(str(placed.subject))), Done)
        await desk.until(lambda: desk.store.point_call is None)
        assert not desk.gate.is_open


async def test_a_call_from_the_field_rings_and_is_taken(desk: DeskRig, site: Site) -> None:
    await desk.media_up()
    async with field_unit(site, units_of(site, 1)[0]) as unit:
        await unit.call_desk()
        await desk.until(lambda: bool(desk.store.ringing))
        call_id = next(iter(desk.store.ringing))
        assert isinstance(await desk.voice.answer(call_id), Done)
        await desk.until(lambda: desk.store.point_call is not None)
        assert not desk.store.ringing
        await desk.voice.hang_up(call_id)
        await desk.until(lambda: desk.store.point_call is None)


async def test_video_from_the_field_moves_on_the_desk(desk: DeskRig, site: Site) -> None:
    await desk.media_up()
    async with field_unit(site, units_of(site, 1)[0]) as unit:
        video_id = await unit.offer_video()
        await desk.until(lambda: video_id in desk.store.picture.videos)
        assert isinstance(await desk.video.watch(video_id), Done)
        await _sees_it_move(desk, video_id)
        await desk.video.unwatch(video_id)
        await unit.stop_video(video_id)
        await desk.until(lambda: desk.store.picture.videos[video_id].phase is VideoPhase.ENDED)


async def _sees_it_move(desk: DeskRig, video_id: VideoId) -> None:
    def mid() -> str | None:
        return next((mid for mid, slot in desk.store.slots.items() if slot.video_id == video_id), None)

    await desk.until(lambda: mid() is not None)
    seen: list[bytes] = []
    async with asyncio.timeout(TIMEOUT_S):
        while len(set(seen)) < 3:
            shown = desk.board.newest(str(mid()))
            if shown is not None:
                seen.append(shown.frame.y.tobytes())
            await desk.board_moved(str(mid()))


async def test_a_refusal_is_a_value(desk: DeskRig, site: Site) -> None:
    assert isinstance(await desk.voice.place_call(UnitId("nobody")), Refused)
    assert isinstance(await desk.dispatch.verify(OrderId("none"), units_of(site, 1)[0]), Refused)


async def test_an_order_is_verified_or_sent_back(desk: DeskRig, site: Site) -> None:
    unit_id = units_of(site, 1)[0]
    async with field_unit(site, unit_id) as unit:
        answer = await desk.dispatch.issue(Draft(title="清理占道", target=UnitsTarget((unit_id,)), item_id=FIRST_LOOK))
        assert isinstance(answer, Done)
        order_id = OrderId(str(answer.subject))
        await unit.carry_out(order_id, timeout_s=TIMEOUT_S)

        def state() -> AssignmentState:
            return desk.store.picture.orders[order_id].assignments[unit_id]

        await desk.until(lambda: state() is AssignmentState.COMPLETED)
        assert isinstance(await desk.dispatch.send_back(order_id, unit_id, reason="照片不清"), Done)
        await desk.until(lambda: state() is AssignmentState.ACCEPTED)
        await desk.dispatch.cancel(order_id, reason="改派")
        await desk.until(lambda: state() is AssignmentState.CANCELLED)

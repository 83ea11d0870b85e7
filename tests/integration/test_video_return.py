"""Video through a real gateway: returns, point calls, who watches on which slot, and how it ends."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from comms.domain.events import VideoAsked, VideoEnded, VideoStarted, VideoUnwatched, VideoWatched
from comms.domain.ids import UnitId, VideoId
from comms.domain.unit import VideoConsent
from comms.domain.video import VideoEnd, VideoKind
from comms.protocol.commands import VideoAsk, VideoConsentGive, VideoOffer, VideoStop, VideoUnwatch, VideoWatch
from comms.protocol.pushes import Done, MediaSlot, VideoAskedPush, VideoFinished, VideoWanted
from tests.support.air import OnAir, desk_on_air, set_timing, unit_on_air
from tests.support.gateway import ADMIN, NORTH_DUTY, S1, SOUTH_DUTY, U1, U2, U3, Site, running_gateway
from tests.support.media import until
from tests.support.terminal import code_of, new_id

KEY_FRAME = b"\x67 H.264 parameter sets, with which a picture can begin"
FRAME = b"\x41 a slice"


@pytest_asyncio.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with running_gateway(tmp_path) as made:
        yield made


async def offer(unit: OnAir) -> VideoId:
    done = await unit.peer.ask_for(VideoOffer(id=new_id()), Done)
    return VideoId(done.subject or "")


async def ask(duty: OnAir, unit_id: UnitId = U1) -> VideoId:
    done = await duty.peer.ask_for(VideoAsk(id=new_id(), unit_id=unit_id), Done)
    return VideoId(done.subject or "")


async def watch(duty: OnAir, video_id: VideoId) -> MediaSlot:
    await duty.peer.ask_for(VideoWatch(id=new_id(), video_id=video_id), Done)
    return await duty.peer.next(MediaSlot, lambda push: push.video_id == video_id)


async def unwatch(duty: OnAir, video_id: VideoId) -> None:
    await duty.peer.ask_for(VideoUnwatch(id=new_id(), video_id=video_id), Done)


async def consent(unit: OnAir, video_id: VideoId, *, is_given: bool, end: VideoEnd = VideoEnd.DECLINED) -> None:
    command = VideoConsentGive(id=new_id(), video_id=video_id, is_given=is_given, end=end)
    await unit.peer.ask_for(command, Done)


def seen(duty: OnAir, mid: str) -> list[bytes]:
    return [packet.payload for seen_mid, packet in duty.caller.seen if seen_mid == mid]


async def test_a_video_return_reaches_the_desk_that_watches(site: Site) -> None:
    async with desk_on_air(site, NORTH_DUTY) as duty, unit_on_air(site, U1) as unit:
        video_id = await offer(unit)
        started = await duty.peer.event(VideoStarted)
        assert (started.video.id, started.video.kind, started.video.unit_id) == (video_id, VideoKind.RETURN, U1)
        assert await offer(unit) == video_id, "offered again it is the same video"
        slot = await watch(duty, video_id)
        assert (slot.mid, slot.source) == ("4", "unit:u1")
        assert (await unit.peer.next(VideoWanted)).is_wanted
        unit.caller.client.send_video([KEY_FRAME])
        unit.caller.client.send_video([FRAME])
        await until(lambda: seen(duty, "4") == [KEY_FRAME, FRAME])
        await duty.peer.event(VideoWatched)
        assert (await duty.peer.ask_for(VideoWatch(id=new_id(), video_id=video_id), Done)).subject == video_id
        await unwatch(duty, video_id)
        assert not (await unit.peer.next(VideoWanted)).is_wanted
        await duty.peer.event(VideoUnwatched)
        assert (await duty.peer.next(MediaSlot)).source is None
        unit.caller.client.send_video([KEY_FRAME])
        await unit.peer.ask_for(VideoStop(id=new_id(), video_id=video_id), Done)
        assert (await unit.peer.next(VideoFinished)).end is VideoEnd.STOPPED
        assert (await duty.peer.event(VideoEnded)).end is VideoEnd.STOPPED
        assert len(seen(duty, "4")) == 2


async def test_a_return_nobody_watches_stays(site: Site) -> None:
    set_timing(site, unwatched_s=0.0)
    async with desk_on_air(site, NORTH_DUTY) as duty, unit_on_air(site, U1) as unit:
        video_id = await offer(unit)
        await watch(duty, video_id)
        await unwatch(duty, video_id)
        await watch(duty, video_id)


async def test_a_desk_calls_for_a_camera_and_the_worker_consents(site: Site) -> None:
    async with desk_on_air(site, NORTH_DUTY) as duty, unit_on_air(site, U1) as unit:
        video_id = await ask(duty)
        asked = await unit.peer.next(VideoAskedPush)
        assert (asked.video.id, asked.officer_name) == (video_id, "北镇值班员")
        assert await ask(duty) == video_id
        assert code_of(await duty.peer.ask(VideoWatch(id=new_id(), video_id=video_id))) == "wrong_state"
        await duty.peer.event(VideoAsked)
        await consent(unit, video_id, is_given=True)
        await consent(unit, video_id, is_given=True)
        await duty.peer.event(VideoStarted)
        slot = await watch(duty, video_id)
        unit.caller.client.send_video([KEY_FRAME])
        await until(lambda: seen(duty, slot.mid) == [KEY_FRAME])
        await duty.peer.ask_for(VideoStop(id=new_id(), video_id=video_id), Done)
        assert (await unit.peer.next(VideoFinished)).end is VideoEnd.STOPPED


async def test_duty_policy_consents_by_itself(site: Site) -> None:
    async with (
        desk_on_air(site, NORTH_DUTY) as duty,
        unit_on_air(site, U1, consent=VideoConsent.AUTOMATIC) as unit,
    ):
        video_id = await ask(duty)
        await duty.peer.event(VideoStarted)
        await unit.peer.next(VideoAskedPush)
        await watch(duty, video_id)
        await consent(unit, video_id, is_given=False, end=VideoEnd.CAMERA_REFUSED)
        assert (await duty.peer.event(VideoEnded)).end is VideoEnd.CAMERA_REFUSED
        assert (await duty.peer.next(MediaSlot)).source is None


@pytest.mark.parametrize(
    ("said", "recorded"),
    [
        (VideoEnd.DECLINED, VideoEnd.DECLINED),
        (VideoEnd.CAMERA_REFUSED, VideoEnd.CAMERA_REFUSED),
        (VideoEnd.GATEWAY_RESTARTED, VideoEnd.DECLINED),
    ],
)
async def test_a_camera_refused(site: Site, said: VideoEnd, recorded: VideoEnd) -> None:
    async with desk_on_air(site, NORTH_DUTY) as duty, unit_on_air(site, U1) as unit:
        video_id = await ask(duty)
        await consent(unit, video_id, is_given=False, end=said)
        assert (await duty.peer.event(VideoEnded)).end is recorded


async def test_an_offer_while_asked_for_is_the_consent(site: Site) -> None:
    async with desk_on_air(site, NORTH_DUTY) as duty, unit_on_air(site, U1) as unit:
        video_id = await ask(duty)
        assert await offer(unit) == video_id
        await watch(duty, video_id)


async def test_a_worker_who_does_not_answer(site: Site) -> None:
    set_timing(site, consent_s=0.1)
    async with desk_on_air(site, NORTH_DUTY) as duty, unit_on_air(site, U1) as unit:
        await ask(duty)
        assert (await duty.peer.event(VideoEnded)).end is VideoEnd.NO_ANSWER
        assert (await unit.peer.next(VideoFinished)).end is VideoEnd.NO_ANSWER


async def test_a_point_call_nobody_watches_ends(site: Site) -> None:
    """T11, once when nobody began to watch and once when the last one left."""
    set_timing(site, unwatched_s=0.1)
    async with desk_on_air(site, NORTH_DUTY) as duty, unit_on_air(site, U1) as unit:
        video_id = await ask(duty)
        await consent(unit, video_id, is_given=True)
        assert (await unit.peer.next(VideoFinished)).end is VideoEnd.UNWATCHED
        set_timing(site, unwatched_s=1.0)
        second = await ask(duty)
        await consent(unit, second, is_given=True)
        await watch(duty, second)
        set_timing(site, unwatched_s=0.1)
        await unwatch(duty, second)
        finished = await unit.peer.next(VideoFinished)
        assert (finished.video_id, finished.end) == (second, VideoEnd.UNWATCHED)


async def test_two_desks_watch_one_camera_and_the_worker_is_told_once(site: Site) -> None:
    async with (
        desk_on_air(site, NORTH_DUTY) as north,
        desk_on_air(site, ADMIN) as admin,
        unit_on_air(site, U1) as unit,
    ):
        video_id = await offer(unit)
        await watch(north, video_id)
        unit.caller.client.send_video([KEY_FRAME])
        await until(lambda: seen(north, "4"))
        requests = unit.caller.key_frame_requests
        await watch(admin, video_id)
        await until(lambda: unit.caller.key_frame_requests > requests)
        unit.caller.client.send_video([KEY_FRAME])
        await until(lambda: seen(admin, "4"))
        await unwatch(north, video_id)
        unit.caller.client.send_video([FRAME])
        await until(lambda: seen(admin, "4")[-1] == FRAME)
        assert [push.is_wanted for push in unit.peer.all(VideoWanted)] == [True]
        assert seen(north, "4") == [KEY_FRAME, KEY_FRAME]


async def test_a_desk_that_leaves_watches_no_more(site: Site) -> None:
    async with unit_on_air(site, U1) as unit:
        async with desk_on_air(site, NORTH_DUTY) as duty:
            await watch(duty, await offer(unit))
            assert (await unit.peer.next(VideoWanted)).is_wanted
        assert not (await unit.peer.next(VideoWanted)).is_wanted


async def test_a_terminal_that_is_gone_ends_its_video(site: Site) -> None:
    async with desk_on_air(site, NORTH_DUTY) as duty:
        async with unit_on_air(site, U1) as unit:
            await watch(duty, await offer(unit))
        assert (await duty.peer.event(VideoEnded)).end is VideoEnd.UNREACHABLE
        assert (await duty.peer.next(MediaSlot)).source is None


async def test_a_terminal_whose_media_is_gone_ends_its_video(site: Site) -> None:
    async with desk_on_air(site, NORTH_DUTY) as duty, unit_on_air(site, U1) as unit:
        await offer(unit)
        unit.caller.client.close()
        assert (await duty.peer.event(VideoEnded)).end is VideoEnd.UNREACHABLE


async def test_each_video_has_a_slot_of_its_own_while_there_are_any(site: Site) -> None:
    async with (
        desk_on_air(site, NORTH_DUTY) as duty,
        unit_on_air(site, U1) as one,
        unit_on_air(site, U2) as two,
        unit_on_air(site, U3) as three,
    ):
        first, second, third = [await offer(unit) for unit in (one, two, three)]
        assert (await watch(duty, first)).mid == "4"
        assert (await watch(duty, second)).mid == "5"
        await unwatch(duty, first)
        assert (await watch(duty, third)).mid == "4"
        duty.session.media_slots = tuple(slot for slot in duty.session.media_slots if slot.mid in "012345")
        assert code_of(await duty.peer.ask(VideoWatch(id=new_id(), video_id=first))) == "no_slot"


async def test_what_cannot_be_done_with_video(site: Site) -> None:
    async with (
        desk_on_air(site, NORTH_DUTY) as north,
        desk_on_air(site, SOUTH_DUTY, connects=False) as south,
        desk_on_air(site, ADMIN, connects=False) as blind,
        unit_on_air(site, U1) as unit,
        unit_on_air(site, S1, connects=False) as other,
    ):
        gone = VideoId("gone")
        assert code_of(await north.peer.ask(VideoOffer(id=new_id()))) == "not_allowed"
        assert code_of(await other.peer.ask(VideoOffer(id=new_id()))) == "no_media"
        assert code_of(await unit.peer.ask(VideoAsk(id=new_id(), unit_id=U2))) == "not_allowed"
        assert code_of(await north.peer.ask(VideoAsk(id=new_id(), unit_id=UnitId("nobody")))) == "not_found"
        assert code_of(await north.peer.ask(VideoAsk(id=new_id(), unit_id=S1))) == "out_of_jurisdiction"
        assert code_of(await blind.peer.ask(VideoAsk(id=new_id(), unit_id=S1))) == "unreachable"
        for command in (VideoWatch, VideoUnwatch, VideoStop):
            assert code_of(await north.peer.ask(command(id=new_id(), video_id=gone))) == "not_found"
        refused = VideoConsentGive(id=new_id(), video_id=gone, is_given=True)
        assert code_of(await unit.peer.ask(refused)) == "not_found"
        video_id = await offer(unit)
        assert code_of(await south.peer.ask(VideoWatch(id=new_id(), video_id=video_id))) == "out_of_jurisdiction"
        assert code_of(await south.peer.ask(VideoStop(id=new_id(), video_id=video_id))) == "out_of_jurisdiction"
        assert code_of(await blind.peer.ask(VideoWatch(id=new_id(), video_id=video_id))) == "no_media"
        assert code_of(await unit.peer.ask(VideoWatch(id=new_id(), video_id=video_id))) == "not_allowed"
        assert code_of(await north.peer.ask(VideoUnwatch(id=new_id(), video_id=video_id))) == "not_found"
        stolen = VideoConsentGive(id=new_id(), video_id=video_id, is_given=False)
        assert code_of(await other.peer.ask(stolen)) == "not_found"

"""Group calls through a real gateway: floor pushes on the wire, voice over UDP, what the journal keeps."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace

from comms.domain.call import CallEnd, TalkEnd
from comms.domain.events import CallEnded, CallStarted, RecordingSaved, TalkEnded, TalkStarted
from comms.domain.ids import TalkgroupId
from comms.gateway import group_call
from comms.media.client import TERMINAL_LINES
from comms.media.recording import read_pcm
from comms.protocol.commands import BlobGet, FloorAck, FloorQueuePosition, FloorRelease, FloorRequest
from comms.protocol.pushes import (
    BlobContent,
    Done,
    FloorDenied,
    FloorGranted,
    FloorIdle,
    FloorQueued,
    FloorRevoked,
    FloorTaken,
    MediaSlot,
)
from tests.support.air import desk_on_air, media_beside, set_timing, unit_on_air
from tests.support.gateway import (
    ADMIN,
    NORTH_DUTY,
    NORTH_GROUP,
    S1,
    SOUTH_GROUP,
    U1,
    U2,
    U3,
    Site,
    running_gateway,
)
from tests.support.media import until
from tests.support.terminal import code_of, new_id, terminal


@pytest_asyncio.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with running_gateway(tmp_path) as made:
        yield made


async def test_voice_reaches_the_talkgroup_only_while_the_floor_is_held(site: Site) -> None:
    async with (
        unit_on_air(site, U1) as talker,
        unit_on_air(site, U2) as listener,
        desk_on_air(site, NORTH_DUTY, NORTH_GROUP) as duty,
    ):
        talker.say("too early")
        granted = await talker.take_floor(NORTH_GROUP)
        taken = await listener.peer.next(FloorTaken)
        assert (taken.talker, taken.talker_name, taken.floor_seq) == ("unit:u1", "张一", granted.floor_seq)
        last = talker.say("one", "two", "three")
        await listener.hears("three")
        await duty.hears("three")
        await talker.release(NORTH_GROUP, last)
        idle = await listener.peer.next(FloorIdle)
        assert idle.floor_seq > granted.floor_seq
        talker.say("too late")
        talker.say("too late again")
        await duty.take_floor(NORTH_GROUP)
        duty.say("order")
        await listener.hears("order")
        await talker.hears("order")
        assert listener.heard() == ["one", "two", "three", "order"]
        assert duty.heard() == ["one", "two", "three"]
        assert talker.heard() == ["order"], "nobody hears himself"


async def test_what_was_said_before_the_release_is_not_cut(site: Site) -> None:
    """The last packets overtake nothing: the floor is given back only when they have been forwarded."""
    async with unit_on_air(site, U1) as talker, unit_on_air(site, U2) as listener:
        await talker.take_floor(NORTH_GROUP)
        last = talker.say("first")
        await listener.hears("first")
        await talker.peer.send(FloorRelease(id=new_id(), talkgroup_id=NORTH_GROUP, last_sequence=last + 1))
        talker.caller.say(b"\x78tail")
        await listener.peer.next(FloorIdle)
        assert listener.heard() == ["first", "tail"]


async def test_the_journal_keeps_call_talk_and_recording(site: Site) -> None:
    set_timing(site, hang_time_s=0.2)
    async with desk_on_air(site, NORTH_DUTY, NORTH_GROUP) as duty, unit_on_air(site, U1) as talker:
        granted = await talker.take_floor(NORTH_GROUP)
        last = talker.say(*("voice" for _ in range(10)))
        await duty.hears("voice")
        await until(lambda: len(duty.heard()) == 10)
        await talker.release(NORTH_GROUP, last)
        started = await duty.peer.event(CallStarted)
        assert (started.call.id, started.call.talkgroup_id) == (granted.call_id, NORTH_GROUP)
        talk = await duty.peer.event(TalkStarted)
        ended = await duty.peer.event(TalkEnded)
        assert (talk.talker, talk.burst_id, ended.end) == ("unit:u1", ended.burst_id, TalkEnd.RELEASED)
        saved = await duty.peer.event(RecordingSaved)
        assert (saved.call_id, saved.burst_id, saved.talker) == (granted.call_id, talk.burst_id, "unit:u1")
        assert saved.duration_s == pytest.approx(0.2)
        content = await duty.peer.ask_for(BlobGet(id=new_id(), blob_id=saved.blob_id), BlobContent)
        assert content.media_type == "audio/ogg"
        assert len(read_pcm(content.data)) > 0
        over = await duty.peer.event(CallEnded)
        assert (over.call_id, over.end) == (granted.call_id, CallEnd.INACTIVE)


async def test_a_burst_without_voice_leaves_no_recording(site: Site) -> None:
    set_timing(site, hang_time_s=0.1)
    async with desk_on_air(site, NORTH_DUTY, NORTH_GROUP) as duty, unit_on_air(site, U1) as talker:
        await talker.take_floor(NORTH_GROUP)
        await talker.release(NORTH_GROUP)
        await duty.peer.event(CallEnded)
        assert not [event for event in duty.peer.events if isinstance(event, RecordingSaved)]


async def test_equals_queue_and_learn_their_place(site: Site) -> None:
    async with unit_on_air(site, U1) as first, unit_on_air(site, U2) as second, unit_on_air(site, U3) as third:
        await first.take_floor(NORTH_GROUP)
        first.say("first speaks")
        await second.request(NORTH_GROUP)
        await third.request(NORTH_GROUP)
        assert (await second.peer.next(FloorQueued)).position == 1
        assert (await third.peer.next(FloorQueued)).position == 2
        await third.peer.ask_for(FloorQueuePosition(id=new_id(), talkgroup_id=NORTH_GROUP), Done)
        assert (await third.peer.next(FloorQueued)).size == 2
        await second.release(NORTH_GROUP)
        assert (await second.peer.next(FloorQueued)).position == 0
        assert (await third.peer.next(FloorQueued)).position == 1
        await first.release(NORTH_GROUP)
        granted = await third.peer.next(FloorGranted)
        assert granted.from_queue
        acknowledged = FloorAck(id=new_id(), talkgroup_id=NORTH_GROUP, floor_seq=granted.floor_seq)
        await third.peer.ask_for(acknowledged, Done)
        assert (await first.peer.next(FloorTaken)).talker == "unit:u3"


async def test_pre_emption_keeps_the_talker_audible_until_the_grace_ends(site: Site) -> None:
    set_timing(site, grace_s=0.4)
    async with (
        unit_on_air(site, U1) as talker,
        unit_on_air(site, U2) as listener,
        desk_on_air(site, NORTH_DUTY, NORTH_GROUP) as duty,
    ):
        await talker.take_floor(NORTH_GROUP)
        talker.say("before")
        await listener.hears("before")
        await duty.request(NORTH_GROUP)
        revoked = await talker.peer.next(FloorRevoked)
        assert (revoked.cause, revoked.grace_s) == (4, 0.4)
        assert (await duty.peer.next(FloorQueued)).position == 1
        talker.say("last words")
        await listener.hears("last words")
        granted = await duty.peer.next(FloorGranted)
        assert granted.floor_seq > revoked.floor_seq
        talker.say("unheard")
        duty.say("command")
        await listener.hears("command")
        assert "unheard" not in listener.heard()
        ended = await duty.peer.event(TalkEnded)
        assert ended.end is TalkEnd.REVOKED_PREEMPTED


async def test_a_full_queue_denies(site: Site) -> None:
    assert site.gateway is not None
    group = site.gateway.picture.talkgroups[NORTH_GROUP]
    async with unit_on_air(site, U1) as first, unit_on_air(site, U2) as second:
        group.talkgroup = replace(group.talkgroup, queue_size=0)
        await first.take_floor(NORTH_GROUP)
        await second.request(NORTH_GROUP)
        assert (await second.peer.next(FloorDenied)).cause == 7


async def test_a_talker_whose_voice_stops_coming_loses_the_floor(site: Site) -> None:
    """The signalling is alive, the media is not: T1 frees the floor, without a revoke."""
    set_timing(site, end_of_media_s=0.3)
    async with unit_on_air(site, U1) as talker, unit_on_air(site, U2) as listener:
        await talker.take_floor(NORTH_GROUP)
        talker.say("hello")
        await listener.peer.next(FloorTaken)
        await listener.peer.next(FloorIdle)
        await talker.peer.next(FloorIdle)
        assert not talker.peer.all(FloorRevoked)
        assert (await listener.take_floor(NORTH_GROUP)).floor_seq


async def test_voice_that_keeps_coming_keeps_the_floor(site: Site) -> None:
    set_timing(site, end_of_media_s=0.9)
    async with unit_on_air(site, U1) as talker, unit_on_air(site, U2) as listener:
        await talker.take_floor(NORTH_GROUP)
        await talker.caller.speak(*(b"\x78voice" for _ in range(75)), every_s=0.02)
        assert not listener.peer.all(FloorIdle)
        assert len(listener.heard()) > 60


async def test_a_talker_whose_connection_dies_frees_the_floor_for_the_next(site: Site) -> None:
    async with unit_on_air(site, U2) as waiting, desk_on_air(site, NORTH_DUTY, NORTH_GROUP) as duty:
        async with unit_on_air(site, U1) as talker:
            await talker.take_floor(NORTH_GROUP)
            await waiting.request(NORTH_GROUP)
            await waiting.peer.next(FloorQueued)
        assert (await waiting.peer.next(FloorGranted)).from_queue
        assert (await duty.peer.event(TalkEnded)).end is TalkEnd.LEFT


async def test_late_entry_by_affiliation_and_by_media(site: Site) -> None:
    async with (
        unit_on_air(site, U1) as talker,
        desk_on_air(site, NORTH_DUTY) as duty,
        unit_on_air(site, U2, connects=False) as late,
    ):
        granted = await talker.take_floor(NORTH_GROUP)
        talker.say("begun")
        await duty.affiliate(NORTH_GROUP)
        assert (await duty.peer.next(MediaSlot)).source == "unit:u1"
        assert (await duty.peer.next(FloorTaken)).floor_seq == granted.floor_seq
        await late.connect_media()
        assert (await late.peer.next(FloorTaken)).call_id == granted.call_id
        talker.say("goes on")
        await duty.hears("goes on")
        await late.hears("goes on")
        await duty.affiliate()
        await until(lambda: duty.peer.all(MediaSlot)[-1].source is None)
        talker.say("to the others")
        await late.hears("to the others")
        assert "to the others" not in duty.heard()


async def test_a_terminal_that_signs_in_during_a_burst_is_told_who_talks(site: Site) -> None:
    async with unit_on_air(site, U1) as talker:
        await talker.take_floor(NORTH_GROUP)
        async with terminal(site, U2) as late:
            assert (await late.next(FloorTaken)).talker == "unit:u1"


async def test_leaving_the_talkgroup_gives_back_the_floor(site: Site) -> None:
    async with unit_on_air(site, U1) as talker, unit_on_air(site, U2) as listener:
        await talker.take_floor(NORTH_GROUP)
        await talker.affiliate(SOUTH_GROUP)
        await listener.peer.next(FloorIdle)


async def test_requests_that_are_not_even_considered(site: Site) -> None:
    async with unit_on_air(site, U2) as unit, unit_on_air(site, U3, connects=False) as silent:
        peer = unit.peer
        assert code_of(await peer.ask(FloorRequest(id=new_id(), talkgroup_id=SOUTH_GROUP))) == "not_found"
        nowhere = FloorRequest(id=new_id(), talkgroup_id=TalkgroupId("nowhere"))
        assert code_of(await peer.ask(nowhere)) == "not_found"
        no_media = FloorRequest(id=new_id(), talkgroup_id=NORTH_GROUP)
        assert code_of(await silent.peer.ask(no_media)) == "no_media"


async def test_where_nobody_has_talked_there_is_nothing_to_release(site: Site) -> None:
    async with unit_on_air(site, U2) as unit:
        await unit.release(NORTH_GROUP)
        await unit.peer.ask_for(FloorAck(id=new_id(), talkgroup_id=NORTH_GROUP, floor_seq=1), Done)
        await unit.peer.ask_for(FloorQueuePosition(id=new_id(), talkgroup_id=NORTH_GROUP), Done)
        assert (await unit.peer.next(FloorQueued)).position == 0


async def test_an_emergency_is_heard_before_the_selected_talkgroup(site: Site) -> None:
    async with (
        unit_on_air(site, U1) as one,
        unit_on_air(site, U2) as other,
        desk_on_air(site, NORTH_DUTY, NORTH_GROUP) as duty,
    ):
        assert site.gateway is not None
        await one.affiliate(SOUTH_GROUP, NORTH_GROUP)
        await other.take_floor(NORTH_GROUP)
        other.say("in the north")
        await one.hears("in the north")
        await one.request(NORTH_GROUP, is_emergency=True)
        assert (await other.peer.next(FloorRevoked)).cause == 4
        await other.release(NORTH_GROUP)
        assert (await one.peer.next(FloorGranted)).duration_s > 3000
        taken = await duty.peer.next(FloorTaken, lambda push: push.talker == "unit:u1")
        assert taken.is_emergency


async def test_a_very_large_talkgroup_is_asked_for_longer_frames(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_call, "LARGE_GROUP", 1)
    async with unit_on_air(site, U1) as talker, unit_on_air(site, U2):
        assert (await talker.take_floor(NORTH_GROUP)).frame_ms == 40


async def test_a_desk_hears_two_talkgroups_on_two_slots(site: Site) -> None:
    async with (
        unit_on_air(site, U2) as north,
        unit_on_air(site, S1) as south,
        desk_on_air(site, ADMIN, SOUTH_GROUP, NORTH_GROUP) as duty,
    ):
        await north.take_floor(NORTH_GROUP)
        await south.take_floor(SOUTH_GROUP)
        first = await duty.peer.next(MediaSlot)
        second = await duty.peer.next(MediaSlot)
        assert (first.mid, first.talkgroup_id) == ("1", NORTH_GROUP)
        assert (second.mid, second.talkgroup_id) == ("0", SOUTH_GROUP)
        north.say("north")
        south.say("south")
        await duty.hears("north", first.mid)
        await duty.hears("south", second.mid)
        assert not duty.peer.all(FloorDenied)


async def test_a_second_offer_takes_the_place_of_the_first(site: Site) -> None:
    """After a change of network the terminal offers again; the floor it held is given back."""
    async with unit_on_air(site, U1) as talker, unit_on_air(site, U2) as listener:
        await talker.take_floor(NORTH_GROUP)
        await listener.peer.next(FloorTaken)
        async with media_beside(site, talker.party, talker.peer, TERMINAL_LINES) as again:
            await listener.peer.next(FloorIdle)
            await again.take_floor(NORTH_GROUP)
            again.say("back")
            await listener.hears("back")

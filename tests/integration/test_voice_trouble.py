"""Voice and video when things around them go wrong or stop."""

from pathlib import Path

import pytest

from comms.domain.call import TalkEnd
from comms.domain.events import CallEnded, RecordingSaved, TalkEnded, VideoEnded
from comms.domain.ids import BlobId, PartyId
from comms.journal.errors import JournalError
from comms.protocol.commands import CallPlace, MediaOffer, VideoAsk, VideoOffer
from comms.protocol.pushes import CallRinging, Done, FloorIdle, FloorTaken
from tests.support.air import desk_on_air, unit_on_air
from tests.support.gateway import NORTH_DUTY, NORTH_GROUP, U1, U2, running_gateway
from tests.support.terminal import code_of, desk, new_id


async def test_an_offer_that_cannot_be_taken_up(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, unit_on_air(site, U1, connects=False) as unit:
        refused = await unit.peer.ask(MediaOffer(id=new_id(), sdp="v=0\r\n"))
        assert code_of(refused) == "media_refused"


async def test_a_gateway_that_stops_keeps_what_was_being_said(tmp_path: Path) -> None:
    """Everybody is dropped, floors and calls end, recordings are written before the journal closes."""
    async with running_gateway(tmp_path) as site:
        codes = site.codes
        async with desk_on_air(site, NORTH_DUTY, NORTH_GROUP) as duty, unit_on_air(site, U1) as talker:
            await talker.take_floor(NORTH_GROUP)
            talker.say("unfinished")
            await duty.hears("unfinished")
            await talker.peer.ask_for(VideoOffer(id=new_id()), Done)
            await talker.peer.ask_for(CallPlace(id=new_id()), Done)
            await duty.peer.next(CallRinging)
            assert site.gateway is not None
            await site.gateway.close()
    async with running_gateway(tmp_path, codes=codes) as site, desk(site, NORTH_DUTY) as duty_again:
        picture = (await duty_again.subscribe()).picture
        (saved,) = picture.recordings.values()
        assert saved.talker == "unit:u1"
        assert picture.talkgroups[NORTH_GROUP].talker is None
        assert all(call.end is not None for call in picture.calls.values())
        assert all(video.end is not None for video in picture.videos.values())


async def test_a_gateway_closed_with_calls_and_cameras_waiting_leaves_no_timer(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path) as site,
        desk_on_air(site, NORTH_DUTY) as duty,
        unit_on_air(site, U1) as unit,
    ):
        await duty.peer.ask_for(CallPlace(id=new_id(), unit_id=U1), Done)
        await duty.peer.ask_for(VideoAsk(id=new_id(), unit_id=U1), Done)
        await unit.peer.next(CallRinging)
        assert site.gateway is not None
        site.gateway.voice.calls.close()
        site.gateway.videos.close()


@pytest.mark.allow_warnings
async def test_a_disk_that_takes_no_recording_costs_the_recording_not_the_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def put(data: bytes, media_type: str) -> BlobId:
        raise JournalError("disk full")

    async with (
        running_gateway(tmp_path) as site,
        desk_on_air(site, NORTH_DUTY, NORTH_GROUP) as duty,
        unit_on_air(site, U1) as talker,
    ):
        assert site.gateway is not None
        monkeypatch.setattr(site.gateway.blobs, "put", put)
        await talker.take_floor(NORTH_GROUP)
        last = talker.say("lost to the record")
        await duty.hears("lost to the record")
        await talker.release(NORTH_GROUP, last)
        assert (await duty.peer.event(TalkEnded)).end is TalkEnd.RELEASED
        await talker.take_floor(NORTH_GROUP)
        assert not [event for event in duty.peer.events if isinstance(event, RecordingSaved)]


async def test_what_the_picture_never_heard_of_is_not_ended_in_it(tmp_path: Path) -> None:
    """As after a while in which the store took nothing: voice went on, the journal did not."""
    async with (
        running_gateway(tmp_path) as site,
        desk_on_air(site, NORTH_DUTY, NORTH_GROUP) as duty,
        unit_on_air(site, U1) as talker,
        unit_on_air(site, U2) as listener,
    ):
        assert site.gateway is not None
        await talker.take_floor(NORTH_GROUP)
        await talker.peer.ask_for(VideoOffer(id=new_id()), Done)
        site.gateway.picture.calls.clear()
        site.gateway.picture.videos.clear()
        await listener.peer.next(FloorTaken)
        await talker.peer.close()
        await listener.peer.next(FloorIdle)
        await listener.take_floor(NORTH_GROUP)
        await duty.peer.event(TalkEnded)
        assert not [event for event in duty.peer.events if isinstance(event, CallEnded | VideoEnded)]


async def test_a_party_the_picture_does_not_know_is_called_by_its_id(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site:
        assert site.gateway is not None
        name_of = site.gateway.voice.exchange.name_of
        assert name_of(PartyId("unit:u1")) == "张一"
        assert name_of(PartyId("officer:north")) == "北镇值班员"
        assert name_of(PartyId("unit:nobody")) == "unit:nobody"
        assert name_of(PartyId("gateway")) == "gateway"

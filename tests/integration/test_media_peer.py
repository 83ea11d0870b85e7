"""The desk's own end: aiortc underneath, our voice on top, through the real forwarder to real clients."""

import asyncio
import threading
import time
from types import SimpleNamespace as Part

import numpy as np
import pytest
from aiortc.rtcrtpreceiver import RTCRtpReceiver

from comms.media.client import H264, VP8, MediaLine
from comms.media.forwarder import MediaSession
from comms.media.opus import Pcm
from comms.media.pcm import PacedSink, PacedSource
from comms.media.peer import DeskPeer, PeerState, include_loopback
from comms.media.sdp import Codec, Direction, MediaKind
from comms.media.video import BAR_LUMA, film_card
from comms.media.voice import VoiceReceiver, VoiceSender
from tests.support.desk_peer import Desk, desk_at, show, speak
from tests.support.media import Caller, media_site, until
from tests.support.sound import has_tone, oscillator, peak_hz


def decoded(caller: Caller) -> Pcm:
    """What a terminal would play, its packets taken in order."""
    now_s = 0.0
    receiver = VoiceReceiver(clock=lambda: now_s)
    blocks = []
    for _, packet in caller.heard:
        receiver.put(packet)
        blocks.append(receiver.pull(960))
        now_s += 0.02
    return np.concatenate(blocks)


async def test_the_offer_has_the_agreed_slots_and_h264_first() -> None:
    async with media_site() as site, desk_at(site) as desk:
        kinds = [(slot.mid, slot.kind) for slot in desk.session.slots]
        assert kinds == [
            *((str(mid), MediaKind.AUDIO) for mid in range(4)),
            *((str(mid), MediaKind.VIDEO) for mid in range(4, 10)),
        ]
        video = desk.session.sdp.split("a=mid:4")[1].split("m=")[0]
        assert video.index("H264/90000") < video.index("VP8/90000")
        assert desk.states == [PeerState.CONNECTING, PeerState.CONNECTED]


async def test_a_terminals_voice_is_heard_on_the_slot_it_was_put_on() -> None:
    async with media_site() as site, desk_at(site) as desk:
        talker = await site.join("unit")
        site.forwarder.set_route("g", source="unit", kind="audio", sinks=[("desk", "2")])
        await speak(talker, 440, 0.6)
        await until(lambda: desk.peer.voices["2"].stats.received == 30)
        await until(lambda: not desk.peer.voices["2"].is_active)
        loud = [block for block in desk.heard if has_tone(block, 440)]
        assert len(loud) >= 50, "600 ms less what a busy machine may stretch"
        assert peak_hz(np.concatenate(loud)) == pytest.approx(440, abs=5)
        assert desk.peer.voices["2"].stats.late == 0
        assert all(desk.peer.voices[mid].stats.received == 0 for mid in "013")


async def test_the_desk_is_heard_only_while_it_talks_and_to_the_last_packet() -> None:
    async with media_site() as site, desk_at(site, tone_hz=700) as desk:
        unit = await site.join("unit")
        assert desk.peer.stop_talking() is None
        for burst in range(2):
            site.forwarder.set_route("g", source="desk", kind="audio", sinks=[("unit", "0")])
            before = len(unit.heard)
            desk.peer.start_talking()
            await until(lambda: len(unit.heard) >= before + 15)  # noqa: B023
            last = desk.peer.stop_talking()
            drained: list[float] = []
            began_s = time.monotonic()
            site.forwarder.drain("g", last_sequence=last, on_drained=lambda: drained.append(time.monotonic()))  # noqa: B023
            await until(lambda: drained)  # noqa: B023
            assert drained[0] - began_s < 0.09 or burst == 0, "known by its number, not by the 100 ms"
            assert unit.heard[before][1].is_marked
            assert not any(packet.is_marked for _, packet in unit.heard[before + 1 :])
        made = desk.peer._track.made
        await until(lambda: len(unit.heard) == made)
        sound = decoded(unit)
        assert peak_hz(sound[9600:]) == pytest.approx(700, abs=30)
        assert desk.peer.microphone.dbfs > -20
        assert len({packet.ssrc for _, packet in unit.heard}) == 1


async def test_forty_millisecond_packets_for_large_groups() -> None:
    async with media_site() as site, desk_at(site) as desk:
        unit = await site.join("unit")
        site.forwarder.set_route("g", source="desk", kind="audio", sinks=[("unit", "0")])
        desk.peer.start_talking(frame_ms=40)
        desk.peer.start_talking(frame_ms=40)
        await until(lambda: len(unit.heard) >= 4)
        one, two = (packet for _, packet in unit.heard[1:3])
        assert (two.timestamp - one.timestamp) & 0xFFFF_FFFF == 1920


@pytest.mark.parametrize("codec", [H264, VP8], ids=["h264", "vp8"])
async def test_a_terminals_video_is_shown_pixel_for_pixel(codec: Codec) -> None:
    lines = (MediaLine("1", MediaKind.VIDEO, Direction.SENDONLY, (codec,)),)
    async with media_site() as site, desk_at(site) as desk:
        camera = await site.join("unit", lines)
        assert camera.client.video_codec == codec.name
        film = film_card(codec.name, seconds=1.0)
        site.forwarder.set_route("v", source="unit", kind="video", sinks=[("desk", "6")])
        await show(camera, film.pictures, desk, "6", count=5)
        picture = desk.seen["6"][-1]
        assert (picture.width, picture.height, picture.y.shape, picture.u.shape) == (640, 360, (360, 640), (180, 320))
        assert np.allclose(picture.y[100, 45::91][:7], BAR_LUMA, atol=5)
        assert not picture.y.flags.writeable
        assert set(desk.seen) == {"6"}


async def test_a_slot_changes_camera_without_renegotiation() -> None:
    async with media_site() as site, desk_at(site) as desk:
        first, second = await site.join("one"), await site.join("two")
        bars = film_card("h264", seconds=0.5).pictures
        small = film_card("h264", width=320, height=180, seconds=0.5).pictures
        site.forwarder.set_route("v", source="one", kind="video", sinks=[("desk", "4")])
        await show(first, bars, desk, "4", count=3)
        site.forwarder.set_route("v", source="two", kind="video", sinks=[("desk", "4")])
        await show(second, small, desk, "4", count=3)
        assert (desk.seen["4"][0].width, desk.seen["4"][-1].width) == (640, 320)


async def test_the_hook_into_aiortc_is_still_there() -> None:
    """aiortc is pinned for this: should its receiver be called otherwise, voice would fall back to its buffer."""
    assert asyncio.iscoroutinefunction(RTCRtpReceiver._handle_rtp_packet)
    async with media_site() as site, desk_at(site) as desk:
        talker = await site.join("unit")
        receiver = desk.peer._connection.getTransceivers()[1].receiver
        assert receiver._handle_rtp_packet.func == desk.peer._on_voice
        site.forwarder.set_route("g", source="unit", kind="audio", sinks=[("desk", "1")])
        talker.say(*[VoiceSender().feed(oscillator(440)(960))[0].payload] * 20)
        await until(lambda: desk.peer.voices["1"].stats.received == 20)
        assert receiver.track._queue.empty(), "nothing reaches aiortc's own decoder"


async def test_closing_leaves_nothing_behind_and_tells_the_gateway() -> None:
    before = set(threading.enumerate())
    async with media_site() as site:
        async with desk_at(site) as desk:
            assert set(threading.enumerate()) - before
        await desk.peer.close()
        assert set(threading.enumerate()) == before
        await until(lambda: desk.events == ["connected", "lost"])
        assert desk.peer.state is PeerState.CLOSED


async def test_closing_as_the_last_hand_is_shaken_leaves_nothing_behind() -> None:
    """aiortc would begin to send and receive after it was closed, and never end."""
    desk = Desk("desk", tone_hz=700.0)
    async with media_site() as site:
        session = site.forwarder.open_session(
            "desk", await desk.peer.offer(), on_connected=lambda: None, on_lost=lambda: None
        )
        assert isinstance(session, MediaSession)
        transport = desk.peer._connection.getTransceivers()[0].receiver.transport
        shake_hands = transport._do_handshake
        closing = asyncio.get_running_loop().create_future()

        async def close_meanwhile() -> None:
            await shake_hands()
            closing.set_result(asyncio.ensure_future(desk.peer.close()))
            await asyncio.sleep(0)

        transport._do_handshake = close_meanwhile
        await desk.peer.accept(session.sdp)
        await (await closing)
        assert not [task for task in asyncio.all_tasks() if "aiortc" in repr(task)]


async def test_a_desk_whose_gateway_closes_the_session_notices() -> None:
    async with media_site() as site, desk_at(site) as desk:
        site.forwarder.close_session("desk")
        await until(lambda: desk.peer.state is PeerState.LOST)


async def test_a_bad_answer_is_a_value_error_and_a_peer_unused_closes() -> None:
    peer = DeskPeer(
        clock=time.monotonic,
        source=PacedSource(oscillator(1), clock=time.monotonic),
        sink=PacedSink(clock=time.monotonic),
    )
    await peer.offer()
    with pytest.raises(ValueError, match="session description"):
        await peer.accept("nonsense")
    await peer.close()
    with pytest.raises(ConnectionError):
        await peer.connected()


async def test_loopback_is_used_where_there_is_no_other_address() -> None:
    class Gatherer:
        addresses: list[str]

        async def get_component_candidates(self, component: int, addresses: list[str], timeout: int = 5) -> list[str]:
            return addresses

    gatherer = Gatherer()
    sender = Part(transport=Part(transport=Part(iceGatherer=Part(_connection=gatherer))))
    include_loopback(Part(getTransceivers=lambda: [Part(sender=sender)]))
    assert await gatherer.get_component_candidates(1, []) == ["127.0.0.1"]
    assert await gatherer.get_component_candidates(1, ["192.0.2.1"]) == ["192.0.2.1"]


async def test_a_source_on_a_dead_loop_is_ignored() -> None:
    desk = Desk("x", tone_hz=1)
    await desk.peer.close()
    loop = asyncio.new_event_loop()
    loop.close()
    desk.peer._loop = loop
    desk.peer._on_block(np.zeros(480, dtype=np.int16))

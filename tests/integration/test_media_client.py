"""The client's own end, where the gateway does not do its part."""

import pytest

from comms.media import sdp
from comms.media.client import DESK_LINES, MediaClient, MediaFailedError
from comms.media.client_transport import ClientState
from comms.media.forwarder import MediaSession
from tests.support.media import media_site, until


class SteppedClock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


async def test_a_gateway_that_does_not_answer_is_given_up_after_15_s() -> None:
    clock = SteppedClock()
    async with media_site(clock=clock) as site:
        client = MediaClient(clock=clock)
        session = site.forwarder.open_session("a", client.offer(), on_connected=lambda: None, on_lost=lambda: None)
        assert isinstance(session, MediaSession)
        client.accept(session.sdp.replace(f" {site.forwarder.address[1]} ", " 9 "))
        await until(lambda: client.state is ClientState.CONNECTING)
        client._transport._on_timer()
        clock.now_s += 16
        client._transport._on_timer()
        await until(lambda: client.state is ClientState.FAILED)
        with pytest.raises(MediaFailedError):
            await client.connected()
        client.close()
        client.close()


async def test_a_gateway_that_falls_silent_is_given_up_after_30_s() -> None:
    clock = SteppedClock()
    async with media_site(clock=clock) as site:
        caller = await site.join("a")
        caller.say(b"1")
        caller.client._transport._on_timer()
        await until(lambda: site.forwarder.stats().received == 1)
        clock.now_s += 31
        caller.client._transport._on_timer()
        assert caller.client.state is ClientState.FAILED
        with pytest.raises(MediaFailedError):
            caller.client.send_audio(b"2", 960)
        caller.client.check_now()


@pytest.mark.parametrize("old", ["a=candidate:1 1 udp", "a=ice-pwd:"])
async def test_an_answer_of_no_use_is_refused(old: str) -> None:
    clock = SteppedClock()
    async with media_site(clock=clock) as site:
        client = MediaClient(clock=clock)
        session = site.forwarder.open_session("a", client.offer(), on_connected=lambda: None, on_lost=lambda: None)
        assert isinstance(session, MediaSession)
        with pytest.raises(sdp.SdpError):
            client.accept(session.sdp.replace(old, "a=x:"))
        client.close()


async def test_nothing_is_sent_before_the_path_is_up() -> None:
    clock = SteppedClock()
    client = MediaClient(clock=clock)
    with pytest.raises(MediaFailedError):
        client.send_video([b"x"])
    client.request_key_frame("4")
    client._transport.send_rtcp(b"x")
    client._transport.send_protected(b"x")
    assert client._transport.send_rtp(b"x") is None
    client._transport._on_datagram(bytes((0x80, 111)) + bytes(20), ("192.0.2.1", 9))
    client._transport._send(b"x", ("127.0.0.1", 0))
    assert client.video_codec is None
    client.close()


async def test_a_gateway_without_video_is_still_a_gateway_for_voice() -> None:
    clock = SteppedClock()
    async with media_site(clock=clock) as site:
        client = MediaClient(clock=clock)
        offer = client.offer().replace("H264/90000", "AV1/90000").replace("VP8/90000", "VP9/90000")
        session = site.forwarder.open_session("a", offer, on_connected=lambda: None, on_lost=lambda: None)
        assert isinstance(session, MediaSession)
        client.accept(session.sdp)
        await client.connected()
        client.send_audio(b"1", 960)
        with pytest.raises(MediaFailedError):
            client.send_video([b"1"])
        await until(lambda: site.forwarder.stats().received == 1)
        client.close()


async def test_packets_come_without_a_listener_too() -> None:
    clock = SteppedClock()
    async with media_site(clock=clock) as site:
        talker, desk = await site.join("a"), await site.join("d", DESK_LINES)
        desk.client.on_audio = None
        talker.client.on_key_frame_request = None
        site.forwarder.set_route("g", source="a", kind="audio", sinks=[("d", "0")])
        talker.say(b"1")
        talker.client.send_video([b"\x67"])
        await until(lambda: site.forwarder.stats().received == 2)
        site.forwarder.request_key_frame("a")
        desk.client.on_audio = lambda mid, packet: desk.heard.append((mid, packet))
        talker.say(b"2")
        await until(lambda: b"2" in desk.payloads())


async def test_closing_within_a_callback_is_safe() -> None:
    clock = SteppedClock()
    async with media_site(clock=clock) as site:
        talker, listener = await site.join("a"), await site.join("b")
        site.forwarder.set_route("g", source="a", kind="audio", sinks=[("b", "0")])
        listener.client.on_audio = lambda _mid, _packet: listener.client.close()
        talker.say(b"1", b"2", b"3")
        await until(lambda: listener.client.state is ClientState.CLOSED)
        await until(lambda: listener.events == ["connected", "lost"])

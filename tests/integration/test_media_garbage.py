"""Whatever arrives on the port, the reader goes on and the sessions live."""

from contextlib import suppress

import pylibsrtp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comms.media import rtp
from comms.media.rtp import RtpPacket
from tests.support.media import media_site, until

FIRST_BYTES = st.sampled_from([0, 1, 20, 22, 23, 63, 64, 128, 144, 160, 176, 191, 192, 255])


async def test_garbage_from_strangers_and_from_a_sessions_own_address() -> None:
    async with media_site() as site:
        talker, listener = await site.join("a"), await site.join("b")
        port = site.forwarder._port
        own = talker.client._transport.address
        site.forwarder.set_route("g", source="a", kind="audio", sinks=[("b", "0")])

        @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
        @given(first=FIRST_BYTES, rest=st.binary(max_size=200), is_stranger=st.booleans())
        def throw(first: int, rest: bytes, is_stranger: bool) -> None:
            port.on_datagram(bytes((first,)) + rest, ("192.0.2.66", 9) if is_stranger else own)

        throw()
        port.on_datagram(b"", own)
        talker.say(b"still here")
        await until(lambda: listener.payloads() == [b"still here"])
        assert talker.events == listener.events == ["connected"]


async def test_garbage_inside_the_encryption() -> None:
    """A client with valid keys may send what it likes."""
    async with media_site() as site:
        talker, listener = await site.join("a"), await site.join("b")
        site.forwarder.set_route("g", source="a", kind="audio", sinks=[("b", "0")])
        transport = talker.client._transport

        @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
        @given(
            first=st.integers(128, 191),
            second=st.integers(0, 255),
            rest=st.binary(min_size=10, max_size=200),
        )
        def throw(first: int, second: int, rest: bytes) -> None:
            datagram = bytes((first, second)) + rest
            # libsrtp refuses to encrypt some of it.
            with suppress(pylibsrtp.Error):
                if rtp.is_rtcp(datagram):
                    transport.send_rtcp(datagram)
                else:
                    transport.send_rtp(datagram)

        throw()
        huge = RtpPacket(111, False, 1, 1, 4242, bytes(1300))
        transport.send_rtp(rtp.build(huge))
        talker.say(b"still here")
        await until(lambda: b"still here" in listener.payloads())
        assert talker.events == listener.events == ["connected"]


async def test_garbage_towards_a_client() -> None:
    async with media_site() as site:
        talker, listener = await site.join("a"), await site.join("b")
        transport = listener.client._transport
        gateway = site.forwarder.address

        @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
        @given(first=FIRST_BYTES, rest=st.binary(max_size=200), is_stranger=st.booleans())
        def throw(first: int, rest: bytes, is_stranger: bool) -> None:
            transport._on_datagram(bytes((first,)) + rest, ("192.0.2.66", 9) if is_stranger else gateway)

        throw()
        transport._on_datagram(b"", gateway)
        site.forwarder.set_route("g", source="a", kind="audio", sinks=[("b", "0")])
        talker.say(b"still here")
        await until(lambda: listener.payloads() == [b"still here"])

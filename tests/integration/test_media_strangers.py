"""Crafted datagrams on the real port: who has not proved his address gets nothing, and nobody is made a target."""

import asyncio
import random
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest

from comms.media import rtp, stun
from comms.media.checks import ANSWERS_AT_ONCE
from comms.media.dtls import Certificate, DtlsEndpoint
from comms.media.rtp import RtpPacket
from comms.media.stun import Address
from tests.support.media import Caller, MediaSite, media_site, until


class SteppedClock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class Stranger:
    """A socket of somebody else's, and what came to it."""

    def __init__(self, site: MediaSite) -> None:
        self._site = site
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.sock.setblocking(False)
        self.sent_bytes = 0

    def send(self, datagram: bytes) -> None:
        self.sent_bytes += len(datagram)
        self.sock.sendto(datagram, self._site.forwarder.address)

    async def got(self) -> list[bytes]:
        """What has come after the gateway has read everything sent so far: proved by an answer to another check."""
        await _settled(self._site)
        found = []
        while True:
            try:
                found.append(self.sock.recv(4096))
            except BlockingIOError:
                return found


@contextmanager
def stranger(site: MediaSite) -> Iterator[Stranger]:
    made = Stranger(site)
    with made.sock:
        yield made


_fence = count()


async def _settled(site: MediaSite) -> None:
    """The port has read all that stood before this datagram, which belongs to nobody."""
    before = site.forwarder.stats().ignored
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
        last.sendto(b"\xff%d" % next(_fence), site.forwarder.address)
    await until(lambda: site.forwarder.stats().ignored > before)
    await asyncio.sleep(0)


def _check(caller: Caller, *, password: str | None = None, nominates: bool = True, number: int | None = None) -> bytes:
    """As the client of this session would sign it; its credentials are in the answer it was given."""
    transport = caller.client._transport
    remote = transport._remote
    assert remote is not None
    transaction_id = struct.pack("!Q", number or random.getrandbits(63)) + b"abcd"
    return stun.binding_request(
        transaction_id, username=f"{remote.ice_ufrag}:{transport.ufrag}",
        password=(password or remote.ice_pwd).encode(), priority=1 << 31, tie_breaker=7, is_nomination=nominates,
    )  # fmt: skip


def _group(site: MediaSite, talker: Caller, *listeners: Caller) -> None:
    site.forwarder.set_route("g", source=talker.name, kind="audio", sinks=[(each.name, "0") for each in listeners])


async def test_nothing_is_ever_sent_to_an_address_that_was_not_validated() -> None:
    async with media_site() as site:
        talker, listener = await site.join("a"), await site.join("b")
        _group(site, talker, listener)
        hello = DtlsEndpoint(Certificate(), is_server=False, expected=[])
        hello.start()
        (client_hello,) = list(hello.take_outgoing())
        forged = [
            _check(listener, password="wrong"),
            _check(listener)[:-32],  # neither signed nor checked
            _check(talker).replace(b":", b"#"),
            client_hello,
            rtp.build(RtpPacket(111, True, 1, 1, 1, bytes(50))),
            bytes((0x81, 201, 0, 7)) + bytes(28),
            bytes((0, 1, 0, 0)) + struct.pack("!I", 0x2112A442) + bytes(12),  # a plain STUN server would answer
        ]
        with stranger(site) as other:
            for datagram in forged * 20:
                other.send(datagram)
            talker.say(b"word")
            await until(lambda: listener.heard)
            assert await other.got() == []
        assert listener.payloads() == [b"word"]


async def test_an_answer_is_never_longer_than_its_question() -> None:
    async with media_site() as site:
        caller = await site.join("a")
        with stranger(site) as other:
            for _ in range(10):
                other.send(_check(caller, nominates=False))
            answers = await other.got()
            assert len(answers) == 10
            assert sum(map(len, answers)) <= other.sent_bytes


async def test_answers_are_rationed() -> None:
    clock = SteppedClock()
    async with media_site(clock=clock) as site:
        caller = await site.join("a")
        with stranger(site) as other:
            for _ in range(int(ANSWERS_AT_ONCE) + 50):
                other.send(_check(caller, nominates=False))
            assert len(await other.got()) <= ANSWERS_AT_ONCE
            clock.now_s += 1.0
            other.send(_check(caller, nominates=False))
            assert len(await other.got()) == 1


async def test_a_recorded_check_does_not_move_the_media() -> None:
    async with media_site() as site:
        talker, listener = await site.join("a"), await site.join("b")
        _group(site, talker, listener)
        recorded = _check(listener, number=99)
        listener.client._transport._sock.sendto(recorded, site.forwarder.address)
        await _settled(site)
        with stranger(site) as other:
            other.send(recorded)
            assert await other.got() == []
            talker.say(b"word")
            await until(lambda: listener.heard)
            assert await other.got() == []


async def test_roaming_needs_the_credentials_and_takes_the_media_along() -> None:
    clock = SteppedClock()
    async with media_site(clock=clock) as site:
        talker, listener = await site.join("a"), await site.join("b")
        _group(site, talker, listener)
        clock.now_s += 5.0
        with stranger(site) as other:
            other.send(_check(listener, password="guess"))
            talker.say(b"one")
            await until(lambda: listener.heard)
            assert await other.got() == []
            other.send(_check(listener))
            assert len(await other.got()) == 1
            talker.say(b"two")
            await until(lambda: site.forwarder.stats().forwarded == 2)
            assert len(await other.got()) == 1, "the voice, to where the session now is"
        assert listener.payloads() == [b"one"]


async def test_media_stops_within_thirty_seconds_of_the_last_check() -> None:
    clock = SteppedClock()
    async with media_site(clock=clock) as site:
        talker, listener = await site.join("a"), await site.join("b")
        _group(site, talker, listener)
        assert listener.client._transport._timer is not None
        listener.client._transport._timer.cancel()
        await _settled(site)
        heard_at = clock.now_s
        talker.say(b"before")
        await until(lambda: listener.heard)
        stopped_after_s = None
        for second in range(1, 40):
            clock.now_s = heard_at + second
            talker.client.check_now()
            await _settled(site)
            for _ in range(10):
                site.forwarder.tick()
            before = site.forwarder.stats()
            talker.say(b"word %d" % second)
            await until(lambda: site.forwarder.stats().received > before.received)  # noqa: B023 - waited for in this round
            if site.forwarder.stats().forwarded == before.forwarded:
                stopped_after_s = second
                break
        assert stopped_after_s is not None
        assert 20 < stopped_after_s <= 30
        assert listener.events == ["connected", "lost"]


async def test_a_repeated_packet_is_heard_once_and_an_unknown_source_never(monkeypatch: pytest.MonkeyPatch) -> None:
    async with media_site() as site:
        talker, listener = await site.join("a"), await site.join("b")
        _group(site, talker, listener)
        transport = talker.client._transport
        assert transport._srtp is not None
        sent: list[bytes] = []
        plain_send = transport._send

        def send(datagram: bytes, address: Address | None = None) -> None:
            sent.append(datagram)
            plain_send(datagram, address)

        monkeypatch.setattr(transport, "_send", send)
        talker.say(b"once")
        await until(lambda: listener.heard)
        for _ in range(5):
            plain_send(sent[0])
        before = site.forwarder.stats().ignored
        for ssrc in range(1, 50):
            plain_send(transport._srtp.protect(rtp.build(RtpPacket(111, False, 1, 1, ssrc, b"strange"))))
        await until(lambda: site.forwarder.stats().ignored >= before + 49)
        with stranger(site) as other:
            other.send(sent[0])  # the same from elsewhere
            await other.got()
        talker.say(b"twice")
        await until(lambda: b"twice" in listener.payloads())
        assert listener.payloads() == [b"once", b"twice"]
        assert site.forwarder.stats().received == 2


async def test_nobody_takes_an_address_that_is_anothers() -> None:
    """An insider with a forged sender: his own credentials do not make the talker's address his."""
    async with media_site() as site:
        talker, listener, insider = [await site.join(name) for name in "abc"]
        _group(site, talker, listener)
        talker.client._transport._sock.sendto(_check(insider), site.forwarder.address)
        await _settled(site)
        talker.say(b"still on the air")
        await until(lambda: listener.heard)
        assert listener.payloads() == [b"still on the air"]

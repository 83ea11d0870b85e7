"""What comes to the media port, and descriptions of media: STUN, DTLS, RTP, RTCP, SDP."""

import asyncio
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from comms.media import rtcp, rtp, sdp, stun
from comms.media.client import MediaClient
from comms.media.dtls import Certificate, DtlsEndpoint, DtlsState, Fingerprint
from comms.media.negotiation import Agreement, MediaRefusal, agree
from comms.media.port import MediaPort
from comms.media.sdp import Codec, Direction, Line
from comms.media.session import build_session, write_answer
from comms.media.stun import Address
from comms.media.transport import LiteTransport, TransportState
from tests.fuzz.parcel import packed, unpacked
from tests.fuzz.target import Take, Target, nothing, owes

PEER: Address = ("192.0.2.10", 40_000)
STRANGER: Address = ("203.0.113.9", 9)
CODECS = (
    Codec(111, "opus", 48_000, 2),
    Codec(102, "h264", 90_000, format="packetization-mode=1;profile-level-id=42e01f"),
    Codec(96, "vp8", 90_000),
)
_TRANSACTION = b"transactions"
_TIE = 1 << 40


def offer_of(fingerprint: Fingerprint) -> str:
    """Of a terminal that sends and receives voice and video."""
    own = sdp.Transport("client", "p" * 22, fingerprint, "actpass", *PEER, False)
    lines = [
        Line("0", "audio", direction=Direction.SENDRECV, codecs=CODECS[:1], ssrc=1),
        Line("1", "video", direction=Direction.SENDRECV, codecs=CODECS[1:], ssrc=2),
    ]
    return sdp.write(own, lines, session_id=1)


class Sent:
    """What a transport wanted to send, and to whom."""

    def __init__(self) -> None:
        self.datagrams: list[tuple[bytes, Address]] = []

    def __call__(self, datagram: bytes, address: Address) -> None:
        self.datagrams.append((datagram, address))


class _Ear:
    """A media port without a socket."""

    def __init__(self, offer: sdp.Description, certificate: Certificate) -> None:
        self.sent = Sent()
        self.transport = LiteTransport(offer, certificate=certificate, send=self.sent, on_state=lambda _: None, now=0.0)
        self.media = 0
        self.port = MediaPort(
            None,  # type: ignore[arg-type]  # never opened: datagrams are handed in
            clock=lambda: 1.0,
            on_media=self._count,
            on_handshake=lambda _: None,
        )
        self.port.add(self.transport)

    def _count(self, _transport: LiteTransport, _datagram: bytes) -> None:
        self.media += 1

    def check(self, address: Address) -> None:
        self.port.on_datagram(self.request(), address)
        self.sent.datagrams.clear()

    def request(self) -> bytes:
        return stun.binding_request(
            _TRANSACTION,
            username=f"{self.transport.ufrag}:client",
            password=self.transport.pwd.encode(),
            priority=100,
            tie_breaker=_TIE,
            is_nomination=True,
        )


# --- STUN -------------------------------------------------------------------------------------------------------


@contextmanager
def _stun(_folder: Path) -> Iterator[Take]:
    certificate = Certificate()
    ear = _Ear(sdp.parse(offer_of(certificate.fingerprint)), certificate)
    ear.transport.ufrag, ear.transport.pwd = "gateway", "q" * 32
    ear.transport._password = ear.transport.pwd.encode()
    ear.port.add(ear.transport)

    def take(data: bytes) -> None:
        how, datagram = data[:1], data[1:]
        if how == b"\x01":
            datagram = _signed(datagram, ear.transport.pwd.encode())
        ear.sent.datagrams.clear()
        message = stun.parse(datagram)
        ear.port.on_datagram(datagram, STRANGER)
        if ear.sent.datagrams:
            owes(message is not None and stun.is_authentic(datagram, message, b"q" * 32), "a stranger was answered")
            ((answer, to),) = ear.sent.datagrams
            owes(to == STRANGER and len(answer) <= 2 * len(datagram), "an answer that amplifies")
            owes(stun.parse(answer) is not None, "an answer that is no STUN")
        owes(len(ear.port._by_address) <= 1, "addresses pile up")
        ear.port.remove(ear.transport)  # the next one is a stranger again
        ear.port.add(ear.transport)

    yield take


def _signed(body: bytes, password: bytes) -> bytes:
    """Attributes as they come, put into a request that is signed rightly: how one who is let in would attack."""
    body = body[: len(body) // 4 * 4][:1000]
    return stun._build(stun.BINDING_REQUEST, _TRANSACTION, [], password) if not body else _with(body, password)


def _with(body: bytes, password: bytes) -> bytes:
    head = struct.pack("!HHI12s", stun.BINDING_REQUEST, len(body) + 24, 0x2112A442, _TRANSACTION)
    return head + body + struct.pack("!HH", 8, 20) + stun._sign(head + body, password)


def _stun_seeds() -> Iterable[bytes]:
    request = stun.binding_request(
        _TRANSACTION, username="gateway:client", password=b"q" * 32, priority=1, tie_breaker=_TIE, is_nomination=True
    )
    yield b"\x00" + request
    yield b"\x01" + request[20:-32]
    message = stun.parse(request)
    assert message is not None
    yield b"\x00" + stun.binding_success(message, seen_from=PEER, password=b"q" * 32)
    yield b"\x00" + stun.binding_success(message, seen_from=("2001:db8::1", 5), password=b"q" * 32)


# --- DTLS -------------------------------------------------------------------------------------------------------


@contextmanager
def _dtls(_folder: Path) -> Iterator[Take]:
    own, peer = Certificate(), Certificate()
    offer = sdp.parse(offer_of(peer.fingerprint))
    hello = _flight(DtlsEndpoint(peer, is_server=False, expected=[own.fingerprint]))

    def begun(*, is_connected: bool) -> _Ear:
        ear = _Ear(offer, own)
        ear.check(PEER)
        client = DtlsEndpoint(peer, is_server=False, expected=[own.fingerprint])
        client.start()
        for _ in range(8 if is_connected else 0):
            for flight in list(client.take_outgoing()):
                ear.port.on_datagram(flight, PEER)
            for datagram, _to in ear.sent.datagrams:
                client.feed(datagram)
            ear.sent.datagrams.clear()
        return ear

    established = begun(is_connected=True)
    owes(established.transport.state is TransportState.CONNECTED, "no handshake")

    def take(data: bytes) -> None:
        """The first byte: against a fresh session, one that has had a hello, or one that is up."""
        how = data[0] % 3 if data else 0
        ear = established if how == 2 else begun(is_connected=False)
        if how == 1:
            ear.port.on_datagram(hello, PEER)
        ear.sent.datagrams.clear()
        for datagram in unpacked(data[1:]):
            before = len(ear.sent.datagrams)
            ear.port.on_datagram(datagram, STRANGER)
            owes(len(ear.sent.datagrams) == before, "DTLS from an address that was never checked")
            ear.port.on_datagram(datagram, PEER)
            ear.transport.on_dtls_timer()
        owes(all(to == PEER for _, to in ear.sent.datagrams), "sent elsewhere than to the checked address")
        owes(how == 2 or ear.transport.srtp is None, "keys without a handshake")
        if how == 2:
            owes(ear.transport.state is TransportState.CONNECTED, "garbage ended a session")
        else:
            ear.transport.close()

    yield take
    established.transport.close()


def _flight(endpoint: DtlsEndpoint) -> bytes:
    endpoint.start()
    return b"".join(endpoint.take_outgoing())


def _dtls_seeds() -> Iterable[bytes]:
    own, peer = Certificate(), Certificate()
    server = DtlsEndpoint(own, is_server=True, expected=[peer.fingerprint])
    client = DtlsEndpoint(peer, is_server=False, expected=[own.fingerprint])
    client.start()
    flights: list[bytes] = []
    while server.state is DtlsState.HANDSHAKE:
        news = list(client.take_outgoing())
        flights += news
        for datagram in news:
            server.feed(datagram)
        for datagram in server.take_outgoing():
            client.feed(datagram)
    yield b"\x00" + packed(flights[:1])
    yield b"\x00" + packed(flights)
    yield b"\x01" + packed(flights[1:])
    yield b"\x02" + packed([b"\x17\xfe\xfd\x00\x01" + bytes(6) + b"\x00\x10" + bytes(16)])
    yield b"\x02" + packed([b"\x15\xfe\xfd\x00\x00" + bytes(6) + b"\x00\x02\x01\x00"])
    yield b"\x01" + packed([b"\x16\xfe\xfd\x00\x00" + bytes(5) + b"\x01\x00\x0c\x0b" + bytes(11)])


# --- SDP --------------------------------------------------------------------------------------------------------


@contextmanager
def _sdp(_folder: Path) -> Iterator[Take]:
    certificate = Certificate()
    loop = asyncio.new_event_loop()

    async def client() -> MediaClient:
        return MediaClient(clock=lambda: 1.0, certificate=certificate)

    def take(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        try:
            offer = sdp.parse(text)
        except sdp.SdpError:
            return
        agreement = agree(offer)
        if isinstance(agreement, MediaRefusal):
            return
        _answered(offer, agreement, certificate)

    def take_both(data: bytes) -> None:
        if data[:1] != b"\xff":
            take(data)
            return
        one = loop.run_until_complete(client())
        one._transport._send = lambda *_: None  # type: ignore[method-assign]  # strangers' addresses are not written to
        try:
            one.accept(data[1:].decode("utf-8", "replace"))
        except sdp.SdpError:
            pass
        finally:
            one.close()
            one._ready.cancel()

    yield take_both
    loop.close()


def _answered(offer: sdp.Description, agreement: Agreement, certificate: Certificate) -> None:
    """What is written back can be read by the other side, and says nothing that was not offered."""
    transport = LiteTransport(offer, certificate=certificate, send=Sent(), on_state=lambda _: None, now=0.0)
    session = build_session("s", agreement, transport, on_connected=nothing, on_lost=nothing, now=0.0)
    answer = sdp.parse(write_answer(session, agreement, fingerprint=certificate.fingerprint, address=PEER))
    owes(len(answer.media) == len(offer.media), "an answer of other length")
    for asked, said in zip(offer.media, answer.media, strict=True):
        owes(asked.mid == said.mid, "another mid")
        offered = {(codec.payload_type, codec.name) for codec in asked.codecs}
        accepted = {(codec.payload_type, codec.name) for codec in said.codecs}
        owes(said.is_rejected or accepted <= offered, "a codec that was not offered")


def _sdp_seeds() -> Iterable[bytes]:
    certificate = Certificate()
    offer = offer_of(certificate.fingerprint)
    yield offer.encode()
    parsed = sdp.parse(offer)
    agreement = agree(parsed)
    assert isinstance(agreement, Agreement)
    transport = LiteTransport(parsed, certificate=certificate, send=Sent(), on_state=lambda _: None, now=0.0)
    session = build_session("s", agreement, transport, on_connected=nothing, on_lost=nothing, now=0.0)
    answer = write_answer(session, agreement, fingerprint=certificate.fingerprint, address=PEER)
    yield b"\xff" + answer.encode()
    yield b"\xff" + answer.replace("m=video", "m=application").encode()
    yield offer.replace("actpass", "active").replace("\r\n", "\n").encode()
    yield (offer + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\na=sctp-port:5000\r\n").encode()


# --- RTCP and RTP as they are parsed ------------------------------------------------------------------------------


@contextmanager
def _rtcp(_folder: Path) -> Iterator[Take]:
    def take(data: bytes) -> None:
        found = rtcp.parse(data)
        owes(sum(map(_weight, found)) <= 40 * len(data) + 40, "much is made of little")
        for one in found:
            match one:
                case rtcp.SenderReport():
                    again = rtcp.parse(rtcp.sender_report(one, cname="c"))
                    owes(one in again, "a sender report is not what it was")
                case rtcp.ReceiverReport():
                    owes(one in rtcp.parse(rtcp.receiver_report(one, cname="c")), "a report is not what it was")
                case rtcp.Nack(media_ssrc, sequences):
                    said = rtcp.parse(rtcp.nack(sender_ssrc=1, media_ssrc=media_ssrc, sequences=sequences))
                    heard = {number for each in said if isinstance(each, rtcp.Nack) for number in each.sequences}
                    owes(heard == set(sequences), "other packets are asked for")
                case _:
                    pass

    yield take


def _weight(feedback: rtcp.Feedback) -> int:
    return len(feedback.sequences) if isinstance(feedback, rtcp.Nack) else 1


def _rtcp_seeds() -> Iterable[bytes]:
    block = rtcp.ReportBlock(7, 1, -2, 3, 4, 5, 6)
    yield rtcp.sender_report(rtcp.SenderReport(1, 2, 3, 4, 5, (block,)), cname="abc")
    yield rtcp.receiver_report(rtcp.ReceiverReport(1, (block, block)), cname="abc")
    yield rtcp.key_frame_request(sender_ssrc=1, media_ssrc=2)
    yield rtcp.nack(sender_ssrc=1, media_ssrc=2, sequences=[1, 2, 17, 65535])
    yield rtcp.bye(1) + rtcp.bye(2)


def rtp_seeds() -> Iterable[bytes]:
    word, slice_ = b"\x78" + bytes(20), b"\x7c\x85" + bytes(30)
    voice = [rtp.build(rtp.RtpPacket(111, at == 0, (65_534 + at) & 0xFFFF, 960 * at, 1, word)) for at in range(5)]
    picture = [rtp.build(rtp.RtpPacket(102, at == 2, at, 3000, 2, slice_)) for at in range(3)]
    yield packed(voice)
    yield packed(picture)
    yield packed([rtp.build(rtp.RtpPacket(96, True, 1, 3000, 2, b"\x90\x80\x01\x00\x9d\x01\x2a" + bytes(9)))])
    yield packed([b"\xb1\x6f" + bytes(10) + bytes(4) + b"\xbe\xde\x00\x01" + bytes(4) + b"\x78abc\x00\x00\x03"])
    yield packed([*_rtcp_seeds(), *voice])


TARGETS = (
    Target("stun", _stun, _stun_seeds),
    Target("dtls", _dtls, _dtls_seeds, most_bytes=4000),
    Target("rtcp", _rtcp, _rtcp_seeds),
    Target("sdp", _sdp, _sdp_seeds, most_bytes=4000),
)

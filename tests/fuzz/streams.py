"""Packets of one who is let in, encrypted rightly: through the whole forwarder to a listener, and into the buffers."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pylibsrtp import Error

from comms.media import rtp, sdp
from comms.media.dtls import Certificate
from comms.media.fanout import FanOut
from comms.media.jitter import JitterBuffer
from comms.media.keyframe import starts_key_frame
from comms.media.negotiation import Agreement, agree
from comms.media.packetizer import unpack_h264, unpack_vp8
from comms.media.picture_buffer import PictureBuffer
from comms.media.port import DATAGRAM_BYTES
from comms.media.reception import Reception
from comms.media.routing import Routes
from comms.media.sdp import MediaKind
from comms.media.session import ForwardedSession, build_session
from comms.media.srtp import PROFILES, Srtp, derive_keys
from comms.media.stun import Address
from comms.media.transport import LiteTransport, TransportState
from tests.fuzz.media import Sent, offer_of, rtp_seeds
from tests.fuzz.parcel import unpacked
from tests.fuzz.target import Take, Target, nothing, owes

_MATERIAL = bytes(range(56))
_PROFILE = PROFILES[b"SRTP_AEAD_AES_128_GCM"]
_VIDEO = {102: "h264", 96: "vp8"}


class _Rig:
    """A publisher and a listener inside a forwarder; what the listener gets goes to a socket nobody reads."""

    def __init__(self, fan_out: FanOut, offer: sdp.Description, agreement: Agreement, listening: Address) -> None:
        self.now = 10.0
        self.client = Srtp(derive_keys(_PROFILE, _MATERIAL, is_server=False))
        self.sent = Sent()
        self.speaker = self._session("speaker", offer, agreement, ("127.0.0.1", 9))
        self.listener = self._session("listener", offer, agreement, listening)
        sessions = {each.id: each for each in (self.speaker, self.listener)}
        self.routes = Routes(
            fan_out=fan_out,
            find_slot=lambda sink: sessions[sink[0]].outgoing.get(sink[1]),
            find_source=lambda session_id, kind: sessions[session_id].incoming.get(kind),
            call_later=lambda *_: None,  # type: ignore[arg-type]  # no drain is under way here
            on_video_sink=lambda _: None,
        )
        self.reception = Reception(
            find={each.transport: each for each in sessions.values()}.get,
            routes=self.routes,
            clock=lambda: self.now,
            on_voice=lambda _: None,
            on_key_frame_wanted=lambda _: None,
        )
        for kind, mid in ((MediaKind.AUDIO, "0"), (MediaKind.VIDEO, "1")):
            self.routes.set(kind, source="speaker", kind=kind, sinks=[("listener", mid)])

    def _session(self, name: str, offer: sdp.Description, agreement: Agreement, address: Address) -> ForwardedSession:
        transport = LiteTransport(offer, certificate=_CERTIFICATE, send=self.sent, on_state=lambda _: None, now=0.0)
        transport.srtp = Srtp(derive_keys(_PROFILE, _MATERIAL, is_server=True))
        transport.state, transport.address = TransportState.CONNECTED, address
        session = build_session(name, agreement, transport, on_connected=nothing, on_lost=nothing, now=self.now)
        session.open_slots(is_open=True)
        return session

    def give(self, packet: bytes) -> None:
        packet = packet[:DATAGRAM_BYTES]  # as the media port reads it
        try:
            is_rtcp = rtp.is_media(packet) and rtp.is_rtcp(packet)
            datagram = self.client.protect_rtcp(packet) if is_rtcp else self.client.protect(packet)
        except (Error, TypeError, ValueError):
            datagram = packet  # libsrtp would not encrypt it, or it is too long: then as it is
        if rtp.is_media(datagram):
            self.reception.on_media(self.speaker.transport, datagram)
        self.now += 0.02


_CERTIFICATE = Certificate()


@contextmanager
def _rtp(_folder: Path) -> Iterator[Take]:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    with sock, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        sock.bind(("127.0.0.1", 0))
        ear.bind(("127.0.0.1", 0))
        fan_out = FanOut(sock)
        offer = sdp.parse(offer_of(_CERTIFICATE.fingerprint))
        agreement = agree(offer)
        assert isinstance(agreement, Agreement)

        def take(data: bytes) -> None:
            rig = _Rig(fan_out, offer, agreement, ear.getsockname())
            packets = list(unpacked(data))
            for packet in packets:
                rig.give(packet)
            for session in (rig.speaker, rig.listener):
                session.send_reports(rig.now + 1)
            _buffers(packets)

        yield take


def _buffers(packets: list[bytes]) -> None:
    voice, pictures, now = JitterBuffer(), PictureBuffer(_VIDEO), 5.0
    for data in packets:
        packet = rtp.parse(data)
        if packet is None:
            continue
        again = rtp.parse(rtp.build(packet))
        owes(again == packet, "a packet is not what it was")
        starts_key_frame(_VIDEO.get(packet.payload_type, "h264"), packet.payload)
        voice.put(packet, now)
        pictures.put(packet)
        now += 0.02
        for _ in range(3):
            voice.pull(now)
        for frame in pictures.take(now):
            try:
                (unpack_h264 if frame.payload_type == 102 else unpack_vp8)(list(frame.payloads))
            except ValueError:
                pass
    voice.pull(now + 10.0)
    pictures.take(now + 10.0)


TARGETS = (Target("rtp", _rtp, rtp_seeds, most_bytes=4000),)

"""One session inside the forwarder: its transport, what it publishes, its slots, and who listens in."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from comms.media import rtcp, rtp, sdp
from comms.media.dtls import Fingerprint
from comms.media.incoming import IncomingStream
from comms.media.negotiation import Agreement
from comms.media.outgoing import OutgoingStream
from comms.media.rtp import RtpPacket
from comms.media.sdp import CNAME, MediaKind
from comms.media.sources import KnownSources
from comms.media.stun import Address
from comms.media.transport import LiteTransport, TransportState

_VOICE_NOTICE_S = 0.4
_KEY_FRAME_INTERVAL_S = 0.4
"""A publisher is asked for a key frame no more often than this, however many watch."""

Tap = Callable[[bytes, int, float], None]
"""Takes RTP payload, RTP timestamp and arrival (the forwarder's clock, seconds)."""


@dataclass(eq=False, slots=True)
class ForwardedSession:
    id: str
    transport: LiteTransport
    kinds: dict[int, tuple[MediaKind, str]]
    """Kind and codec by the payload types this client sends."""
    sources: KnownSources
    incoming: dict[MediaKind, IncomingStream]
    outgoing: dict[str, OutgoingStream]
    """By mid."""
    on_connected: Callable[[], None]
    on_lost: Callable[[], None]
    taps: dict[tuple[MediaKind, str], Tap] = field(default_factory=dict)
    handshake_timer: asyncio.TimerHandle | None = None
    was_connected: bool = False
    _voice_noticed_at: float = float("-inf")
    _key_frame_asked_at: float = float("-inf")

    def take_rtp(self, datagram: bytes, now: float) -> tuple[IncomingStream, RtpPacket] | None:
        """Decrypt and account for one packet, and show it to the taps. None: not one of ours."""
        srtp = self.transport.srtp
        is_up = self.transport.state is TransportState.CONNECTED and self.sources.admits(datagram)
        plain = srtp.unprotect(datagram) if srtp is not None and is_up else None
        if plain is not None:
            self.sources.took(datagram)
        packet = rtp.parse(plain) if plain is not None else None
        described = self.kinds.get(packet.payload_type) if packet is not None else None
        if packet is None or described is None or not packet.payload:
            return None
        kind, codec = described
        source = self.incoming[kind]
        if source.codec != codec:
            source.codec, source.ssrc = codec, None  # the next packet begins a new epoch
        source.take(packet, now)
        for (tapped, _), tap in tuple(self.taps.items()):
            if tapped is kind:
                tap(packet.payload, packet.timestamp, now)
        return source, packet

    def take_rtcp(self, datagram: bytes) -> list[rtcp.Feedback]:
        srtp = self.transport.srtp
        is_known = srtp is not None and self.sources.admits_report(datagram)
        plain = srtp.unprotect_rtcp(datagram) if srtp is not None and is_known else None
        if plain is None:
            return []
        self.sources.took_report(datagram)
        return rtcp.parse(plain)

    def slot_of(self, ssrc: int) -> OutgoingStream | None:
        return next((out for out in self.outgoing.values() if out.ssrc == ssrc), None)

    def open_slots(self, *, is_open: bool) -> None:
        """Let the fan-out reach this session, or not."""
        handle = self.transport.srtp.sending_handle if is_open and self.transport.srtp is not None else None
        for out in self.outgoing.values():
            out.handle = handle
            if out.route is not None:
                out.route.refresh()

    def is_voice_due(self, now: float) -> bool:
        """At most one notice per interval."""
        if now - self._voice_noticed_at < _VOICE_NOTICE_S:
            return False
        self._voice_noticed_at = now
        return True

    def ask_key_frame(self, now: float) -> None:
        source = self.incoming.get(MediaKind.VIDEO)
        if source is None or source.ssrc is None or now - self._key_frame_asked_at < _KEY_FRAME_INTERVAL_S:
            return
        self._key_frame_asked_at = now
        self.transport.send_rtcp(rtcp.key_frame_request(sender_ssrc=source.own_ssrc, media_ssrc=source.ssrc))

    def ask_again(self, source: IncomingStream) -> None:
        """Have the publisher repeat the video packets the newest one left out."""
        missing = source.missing()
        if missing and source.ssrc is not None:
            self.transport.send_rtcp(rtcp.nack(sender_ssrc=source.own_ssrc, media_ssrc=source.ssrc, sequences=missing))

    def repeat(self, nack: rtcp.Nack) -> None:
        out = self.slot_of(nack.media_ssrc)
        if out is not None:
            for protected in out.repeats(nack.sequences):
                self.transport.send_protected(protected)

    def take_blocks(self, blocks: tuple[rtcp.ReportBlock, ...]) -> None:
        """What this client says of its slots."""
        for block in blocks:
            out = self.slot_of(block.ssrc)
            if out is not None:
                out.on_report(block)

    def send_reports(self, now: float) -> None:
        """Sender reports for slots in use, receiver reports for what this client publishes (RFC 3550, 6.4)."""
        ntp_time = rtcp.ntp(now)
        for out in self.outgoing.values():
            route = out.route
            report = out.sender_report(
                packets=route.packets if route else 0,
                octets=route.octets if route else 0,
                timestamp=route.timestamp if route else 0,
                sent_at=route.sent_at if route else now,
                now=now,
                ntp_time=ntp_time,
            )
            if report is not None:
                self.transport.send_rtcp(rtcp.sender_report(report, cname=CNAME))
        for source in self.incoming.values():
            block = source.report(now)
            if block is not None:
                report_back = rtcp.ReceiverReport(source.own_ssrc, (block,))
                self.transport.send_rtcp(rtcp.receiver_report(report_back, cname=CNAME))


def build_session(
    session_id: str,
    agreement: Agreement,
    transport: LiteTransport,
    *,
    on_connected: Callable[[], None],
    on_lost: Callable[[], None],
    now: float,
) -> ForwardedSession:
    """Streams for all that was agreed, each slot with an SSRC of its own."""
    ssrcs = random.sample(range(1, 1 << 32), len(agreement.slots))
    return ForwardedSession(
        id=session_id,
        transport=transport,
        kinds={
            payload_type: (sending.kind, codec)
            for sending in agreement.sendings
            for payload_type, codec in sending.codecs.items()
        },
        sources=KnownSources(ssrc for sending in agreement.sendings for ssrc in sending.ssrcs),
        incoming={sending.kind: IncomingStream(sending.kind) for sending in agreement.sendings},
        outgoing={
            plan.slot.mid: OutgoingStream(session_id, plan, transport, ssrc=ssrc, now=now)
            for plan, ssrc in zip(agreement.slots, ssrcs, strict=True)
        },
        on_connected=on_connected,
        on_lost=on_lost,
    )


def write_answer(session: ForwardedSession, agreement: Agreement, *, fingerprint: Fingerprint, address: Address) -> str:
    """The SDP that goes back; `address` is where the client shall send."""
    host, port = address
    transport = sdp.Transport(
        ice_ufrag=session.transport.ufrag,
        ice_pwd=session.transport.pwd,
        fingerprint=fingerprint,
        setup="passive",
        host=host,
        port=port,
        is_ice_lite=True,
    )
    lines = [
        msgspec.structs.replace(line, ssrc=session.outgoing[line.mid].ssrc if line.mid in session.outgoing else None)
        for line in agreement.lines
    ]
    return sdp.write(transport, lines, session_id=random.getrandbits(62))

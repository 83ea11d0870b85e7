"""What the forwarder does with packets that belong to a session: media to the routes, feedback to whom it concerns."""

import asyncio
from collections.abc import Callable

from comms.media import rtcp, rtp
from comms.media.fanout import PAYLOAD_LIMIT_BYTES
from comms.media.routing import Routes
from comms.media.sdp import MediaKind
from comms.media.session import ForwardedSession
from comms.media.transport import LiteTransport


class Reception:
    """Between the port and the routes. `find` gives the session of a transport."""

    def __init__(
        self,
        *,
        find: Callable[[LiteTransport], ForwardedSession | None],
        routes: Routes,
        clock: Callable[[], float],
        on_voice: Callable[[str], None],
        on_key_frame_wanted: Callable[[str], None],
    ) -> None:
        """`on_voice` and `on_key_frame_wanted` take the publisher's session id."""
        self.received = 0
        self.undecipherable = 0
        self._find = find
        self._routes = routes
        self._clock = clock
        self._on_voice = on_voice
        self._on_key_frame_wanted = on_key_frame_wanted

    def on_media(self, transport: LiteTransport, datagram: bytes) -> None:
        session = self._find(transport)
        if session is None:
            return
        now = self._clock()
        if rtp.is_rtcp(datagram):
            for feedback in session.take_rtcp(datagram):
                self._on_feedback(session, feedback, now)
        else:
            self._on_rtp(session, datagram, now)

    def _on_rtp(self, session: ForwardedSession, datagram: bytes, now: float) -> None:
        taken = session.take_rtp(datagram, now)
        if taken is None or len(taken[1].payload) > PAYLOAD_LIMIT_BYTES:
            self.undecipherable += 1
            return
        source, packet = taken
        self.received += 1
        self._routes.forward(session.id, source, packet, now)
        if source.kind is MediaKind.VIDEO:
            session.ask_again(source)
        elif session.is_voice_due(now):
            self._on_voice(session.id)

    def _on_feedback(self, session: ForwardedSession, feedback: rtcp.Feedback, now: float) -> None:
        match feedback:
            case rtcp.KeyFrameRequest(media_ssrc):
                out = session.slot_of(media_ssrc)
                if out is not None and out.route is not None:
                    self._on_key_frame_wanted(out.route.source)
            case rtcp.Nack():
                session.repeat(feedback)
            case rtcp.SenderReport():
                for source in session.incoming.values():
                    source.on_sender_report(feedback, now)
                session.take_blocks(feedback.blocks)
            case rtcp.ReceiverReport(_, blocks):
                session.take_blocks(blocks)
            case rtcp.Bye():
                pass  # a talker may fall silent; his session ends with DTLS

    def on_handshake(self, transport: LiteTransport) -> None:
        """A DTLS datagram was taken: a lost flight is repeated when DTLS says so (RFC 6347, 4.2.4)."""
        session = self._find(transport)
        if session is None:
            return
        if session.handshake_timer is not None:
            session.handshake_timer.cancel()
            session.handshake_timer = None
        delay_s = transport.retransmit_after_s()
        if delay_s is not None:
            loop = asyncio.get_running_loop()
            session.handshake_timer = loop.call_later(max(delay_s, 0.01), self._on_handshake_timer, transport)

    def _on_handshake_timer(self, transport: LiteTransport) -> None:
        if transport.has_consent(self._clock()):
            transport.on_dtls_timer()
            self.on_handshake(transport)

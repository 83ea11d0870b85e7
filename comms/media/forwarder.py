"""The gateway's media: one UDP port, ICE-lite, DTLS-SRTP, payloads forwarded untouched to whoever a route names."""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial

import msgspec

from comms.media import sdp
from comms.media.dtls import Certificate
from comms.media.fanout import FanOut
from comms.media.incoming import IncomingStream
from comms.media.negotiation import MediaRefusal, MediaRefusalReason, Slot, agree
from comms.media.outgoing import OutgoingStream
from comms.media.port import MediaPort
from comms.media.reception import Reception
from comms.media.routing import Routes, Sink
from comms.media.sdp import MediaKind
from comms.media.session import ForwardedSession, Tap, build_session, write_answer
from comms.media.stun import Address
from comms.media.transport import LiteTransport, TransportState

_TICK_S = 0.1
_EXPIRE_TICKS, _REPORT_TICKS = 10, 50
"""Each session is looked after once a second and its reports go out every 5 s, some sessions at each tick: all of a
town at once would hold up voice for 13 ms."""


class MediaSession(msgspec.Struct, frozen=True):
    """What `open_session` gives back: the answer for the client, and the slots it can hear and see on."""

    id: str
    sdp: str
    slots: tuple[Slot, ...]


class ForwarderStats(msgspec.Struct, frozen=True):
    """Packets since the start, sessions now."""

    sessions: int
    connected: int
    received: int
    forwarded: int
    dropped: int
    """Not taken by the kernel or by libsrtp, or too late to be of use."""
    ignored: int
    """Datagrams that belonged to nobody or could not be decrypted."""


class Forwarder:
    """All methods belong to the loop that `start` ran on. Callbacks are called on it and must not block."""

    def __init__(
        self, *, host: str, port: int = 0, advertised: Address | None = None, clock: Callable[[], float]
    ) -> None:
        """`advertised` is what clients are told to send to, when that is not the bound address."""
        self.on_voice: Callable[[str], None] | None = None
        """Told a session id at least twice a second while that session's voice packets arrive, routed or not."""
        self._requested = (host, port)
        self._advertised = advertised
        self._clock = clock
        self._certificate = Certificate()
        self._sessions: dict[str, ForwardedSession] = {}
        self._by_transport: dict[LiteTransport, ForwardedSession] = {}
        self._ticks = 0
        self._ticker: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Raises OSError when the port cannot be had."""
        loop = asyncio.get_running_loop()
        sock = MediaPort.bind(*self._requested)
        self._fan_out = FanOut(sock)
        self._routes = Routes(
            fan_out=self._fan_out,
            find_slot=self._find_slot,
            find_source=self._find_source,
            call_later=loop.call_later,
            on_video_sink=self.request_key_frame,
        )
        self._reception = Reception(
            find=self._by_transport.get,
            routes=self._routes,
            clock=self._clock,
            on_voice=self._notice_voice,
            on_key_frame_wanted=self.request_key_frame,
        )
        self._port = MediaPort(
            sock,
            clock=self._clock,
            on_media=self._reception.on_media,
            on_handshake=self._reception.on_handshake,
        )
        self._port.open()
        self._ticker = asyncio.create_task(self._tick_on(), name="media-forwarder")

    async def close(self) -> None:
        """Also after a start that failed."""
        if self._ticker is None:
            return
        for session_id in list(self._sessions):
            self.close_session(session_id)
        self._ticker.cancel()
        await asyncio.wait([self._ticker])
        self._ticker = None
        self._port.close()

    @property
    def address(self) -> Address:
        """Where the port is bound."""
        return self._port.address

    @property
    def fileno(self) -> int:
        """The descriptor of its port."""
        return self._port.fileno

    # sessions --------------------------------------------------------------------------------------

    def open_session(
        self, session_id: str, offer_sdp: str, *, on_connected: Callable[[], None], on_lost: Callable[[], None]
    ) -> MediaSession | MediaRefusal:
        """Take up an offer; an earlier session of this id is closed. `on_connected` comes when ICE and DTLS are done,
        and again should a lost session return; `on_lost` when consent expires or the client says farewell."""
        try:
            offer = sdp.parse(offer_sdp)
        except sdp.SdpError as error:
            return MediaRefusal(MediaRefusalReason.MALFORMED, str(error))
        agreement = agree(offer)
        if isinstance(agreement, MediaRefusal):
            return agreement
        self.close_session(session_id)
        now = self._clock()
        transport = LiteTransport(
            offer,
            certificate=self._certificate,
            send=self._port.send,
            on_state=partial(self._on_state, session_id),
            now=now,
        )
        session = build_session(session_id, agreement, transport, on_connected=on_connected, on_lost=on_lost, now=now)
        self._sessions[session_id] = self._by_transport[transport] = session
        self._port.add(transport)
        slots = tuple(plan.slot for plan in agreement.slots)
        answer = write_answer(
            session, agreement, fingerprint=self._certificate.fingerprint, address=self._advertised or self.address
        )
        return MediaSession(session_id, answer, slots)

    def close_session(self, session_id: str) -> None:
        """Also takes it out of every route. `on_lost` is not called."""
        session = self._sessions.pop(session_id, None)
        if session is None:
            return
        if session.handshake_timer is not None:
            session.handshake_timer.cancel()
        self._routes.forget_session(session_id, session.outgoing.values())
        del self._by_transport[session.transport]
        self._port.remove(session.transport)
        session.transport.close()

    def _on_state(self, session_id: str, state: TransportState) -> None:
        session = self._sessions.get(session_id)
        if session is None:
            return  # we closed it ourselves
        session.open_slots(is_open=state is TransportState.CONNECTED)
        if state is TransportState.CONNECTED:
            session.was_connected = True
            session.on_connected()
        elif session.was_connected:
            session.was_connected = False
            session.on_lost()

    # routes ----------------------------------------------------------------------------------------

    def set_route(self, route_id: str, *, source: str, kind: str, sinks: Iterable[Sink]) -> None:
        """Let these slots, (session id, mid), hear or see this session. Replaces the route of that id; a slot leaves
        the route it was on. Sinks that do not exist, are of the other kind or are the source's own are passed over."""
        self._routes.set(route_id, source=source, kind=MediaKind(kind), sinks=sinks)

    def add_sink(self, route_id: str, session_id: str, mid: str) -> None:
        self._routes.add_sink(route_id, session_id, mid)

    def remove_sink(self, route_id: str, session_id: str) -> None:
        self._routes.remove_sink(route_id, session_id)

    def clear_route(self, route_id: str) -> None:
        """At once; `on_drained` of a drain under way is not called."""
        self._routes.clear(route_id)

    def drain(self, route_id: str, *, last_sequence: int | None, on_drained: Callable[[], None]) -> None:
        """Keep forwarding until the packet with that RTP sequence number and all before it have come, 100 ms at most;
        then clear the route and call back. Later packets are not let through."""
        self._routes.drain(route_id, last_sequence=last_sequence, on_drained=on_drained)

    def set_tap(self, session_id: str, kind: str, tap: Tap | None, *, tap_id: str = "") -> None:
        """Show every packet of this session to `tap`, routed or not; None takes the tap of that id away."""
        session = self._sessions.get(session_id)
        if session is None:
            return
        if tap is None:
            session.taps.pop((MediaKind(kind), tap_id), None)
        else:
            session.taps[(MediaKind(kind), tap_id)] = tap

    def request_key_frame(self, session_id: str) -> None:
        """Throttled; asked again by itself while some watcher waits."""
        session = self._sessions.get(session_id)
        if session is not None:
            session.ask_key_frame(self._clock())

    def stats(self) -> ForwarderStats:
        states = [session.transport.state for session in self._sessions.values()]
        return ForwarderStats(
            sessions=len(states),
            connected=states.count(TransportState.CONNECTED),
            received=self._reception.received,
            forwarded=self._fan_out.forwarded,
            dropped=self._fan_out.dropped + self._port.late,
            ignored=self._port.ignored + self._reception.undecipherable,
        )

    def _notice_voice(self, session_id: str) -> None:
        if self.on_voice is not None:
            self.on_voice(session_id)

    def _find_slot(self, sink: Sink) -> OutgoingStream | None:
        session = self._sessions.get(sink[0])
        return session.outgoing.get(sink[1]) if session is not None else None

    def _find_source(self, session_id: str, kind: MediaKind) -> IncomingStream | None:
        session = self._sessions.get(session_id)
        return session.incoming.get(kind) if session is not None else None

    async def _tick_on(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            self.tick()

    def tick(self) -> None:
        """For some sessions each time: notice lost peers, send reports. Ask again for key frames somebody waits for."""
        now = self._clock()
        self._ticks += 1
        sessions = list(self._sessions.values())
        for session in sessions[self._ticks % _EXPIRE_TICKS :: _EXPIRE_TICKS]:
            session.transport.expire(now)
        for session in sessions[self._ticks % _REPORT_TICKS :: _REPORT_TICKS]:
            session.send_reports(now)
        for source in self._routes.waiting_sources():
            self.request_key_frame(source)

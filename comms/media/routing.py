"""Who hears whom. A route leads one session's audio or video to slots of others; opening and closing it is the gate."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from comms.media.crowd import Crowd
from comms.media.fanout import FanOut
from comms.media.incoming import IncomingStream
from comms.media.outgoing import OutgoingStream
from comms.media.rtp import RtpPacket, sequence_delta
from comms.media.sdp import MediaKind

DRAIN_S = 0.1
"""How long the tail of a talk burst may take after its release: beyond any jitter worth waiting for."""
_DRAIN_WINDOW_PACKETS = 8
"""Only gaps this recent can still be filled by reordering."""
_PLAUSIBLE_PACKETS = 500
"""A last sequence number further than this from what has come is a mistake of the client."""

Sink = tuple[str, str]
"""Session id and mid."""


class Cancellable(Protocol):
    def cancel(self) -> None: ...


class CallLater(Protocol):
    def __call__(self, delay_s: float, callback: Callable[[], None], /) -> Cancellable: ...


@dataclass(eq=False, slots=True)
class Drain:
    last_sequence: int | None
    on_drained: Callable[[], None]
    timer: Cancellable


@dataclass(eq=False, slots=True)
class Route:
    id: str
    source: str
    kind: MediaKind
    sinks: dict[Sink, OutgoingStream] = field(default_factory=dict)
    crowd: Crowd = field(default_factory=Crowd)
    """The sinks whose sessions are connected."""
    drain: Drain | None = None
    epoch: int = 0
    first_sequence: int = 0
    sequence: int = 0
    """Newest forwarded, in the source's numbers; so are the next two."""
    timestamp: int = 0
    sent_at: float = 0.0
    packets: int = 0
    octets: int = 0

    def refresh(self) -> None:
        """A session has connected or is lost."""
        self.crowd.keep_connected(self.sinks.values())

    def attach(self, sink: Sink, out: OutgoingStream, *, goes_first: bool = False) -> None:
        """A slot plays one route: the newest one to claim it."""
        if out.route is not None:
            out.route.detach(sink)
        out.route = self
        out.count(-self.packets, -self.octets)
        out.needs_key_frame = self.kind is MediaKind.VIDEO
        self.sinks[sink] = out
        if out.handle is not None:
            self.crowd.add(out, goes_first=goes_first)

    def detach(self, sink: Sink) -> None:
        out = self.sinks.pop(sink, None)
        if out is None:
            return
        self._settle(out)
        out.count(self.packets, self.octets)
        out.route = None
        self.crowd.remove(out)

    def detach_all(self) -> None:
        self.crowd.clear()
        for sink in list(self.sinks):
            self.detach(sink)

    def _settle(self, out: OutgoingStream) -> None:
        out.settle(self.sequence, self.timestamp, self.sent_at)

    def note(self, packet: RtpPacket, source: IncomingStream, now: float) -> None:
        """Before a packet is forwarded: keep what a later change of source has to continue from."""
        if self.epoch != source.epoch:
            for out in self.sinks.values():
                self._settle(out)
            self.crowd.forget()
            self.epoch = source.epoch
            self.first_sequence = (packet.sequence - source.reserve) & 0xFFFF
            self.sequence = packet.sequence
        self.packets += 1
        self.octets += len(packet.payload)
        if not source.is_late:
            self.sequence, self.timestamp, self.sent_at = packet.sequence, packet.timestamp, now

    def admits(self, sequence: int) -> bool:
        """Whether a packet still belongs to a burst whose end was announced."""
        last = self.drain.last_sequence if self.drain else None
        return last is None or sequence_delta(sequence, last) <= 0

    def is_drained(self, source: IncomingStream) -> bool:
        if self.drain is None or self.drain.last_sequence is None or self.epoch != source.epoch or self.epoch == 0:
            return False
        last = self.drain.last_sequence
        earliest = (last - _DRAIN_WINDOW_PACKETS + 1) & 0xFFFF
        first = self.first_sequence if sequence_delta(self.first_sequence, earliest) > 0 else earliest
        return source.has_all(first, last)


class Routes:
    """All routes of one forwarder. Slots are found by `find_slot`, the source's state by `find_source`."""

    def __init__(
        self,
        *,
        fan_out: FanOut,
        find_slot: Callable[[Sink], OutgoingStream | None],
        find_source: Callable[[str, MediaKind], IncomingStream | None],
        call_later: CallLater,
        on_video_sink: Callable[[str], None],
    ) -> None:
        self._fan_out = fan_out
        self._find_slot = find_slot
        self._find_source = find_source
        self._call_later = call_later
        self._on_video_sink = on_video_sink
        self._by_id: dict[str, Route] = {}
        self._by_source: dict[tuple[str, MediaKind], list[Route]] = {}

    def set(self, route_id: str, *, source: str, kind: MediaKind, sinks: Iterable[Sink]) -> None:
        wanted = dict.fromkeys(sinks)
        route = self._by_id.get(route_id)
        # The same source keeps its numbers going where it is still heard, unless its burst was already ending.
        if route is None or (route.source, route.kind) != (source, kind) or route.drain is not None:
            self.clear(route_id)
            route = self._by_id[route_id] = Route(route_id, source, kind)
            self._by_source.setdefault((source, kind), []).append(route)
        for sink in [sink for sink in route.sinks if sink not in wanted]:
            route.detach(sink)
        added = [self._attach(route, sink) for sink in wanted if sink not in route.sinks]
        if any(added) and kind is MediaKind.VIDEO:
            self._on_video_sink(source)

    def add_sink(self, route_id: str, session_id: str, mid: str) -> None:
        """One more listener, who is served before the crowd that the route was set up with: a desk, a late comer.
        The last of a thousand hears 15 ms after the first."""
        route = self._by_id.get(route_id)
        if route is None or (session_id, mid) in route.sinks:
            return
        if self._attach(route, (session_id, mid), goes_first=True) and route.kind is MediaKind.VIDEO:
            self._on_video_sink(route.source)

    def _attach(self, route: Route, sink: Sink, *, goes_first: bool = False) -> bool:
        out = self._find_slot(sink)
        # Nobody hears himself, and a slot is of one kind.
        if out is None or out.kind is not route.kind or sink[0] == route.source:
            return False
        route.attach(sink, out, goes_first=goes_first)
        return True

    def remove_sink(self, route_id: str, session_id: str) -> None:
        route = self._by_id.get(route_id)
        if route is not None:
            for sink in [sink for sink in route.sinks if sink[0] == session_id]:
                route.detach(sink)

    def clear(self, route_id: str) -> None:
        """A drain under way is dropped without its callback: whoever clears knows."""
        route = self._by_id.pop(route_id, None)
        if route is None:
            return
        if route.drain is not None:
            route.drain.timer.cancel()
        key = (route.source, route.kind)
        self._by_source[key].remove(route)
        if not self._by_source[key]:
            del self._by_source[key]
        route.detach_all()

    def drain(self, route_id: str, *, last_sequence: int | None, on_drained: Callable[[], None]) -> None:
        """`on_drained` comes later, never from within this call; also for a route that does not exist."""
        route = self._by_id.get(route_id)
        if route is None:
            self._call_later(0, on_drained)
            return
        if route.drain is not None:
            route.drain.timer.cancel()
        source = self._find_source(route.source, route.kind)
        if last_sequence is not None and source is not None and source.epoch:
            is_plausible = abs(sequence_delta(source.highest, last_sequence)) < _PLAUSIBLE_PACKETS
            last_sequence = last_sequence if is_plausible else None
        timer = self._call_later(DRAIN_S, lambda: self._finish(route))
        route.drain = Drain(last_sequence, on_drained, timer)
        if source is None or route.is_drained(source):
            self._finish(route)

    def _finish(self, route: Route) -> None:
        drain = route.drain
        if drain is not None and self._by_id.get(route.id) is route:
            self.clear(route.id)
            self._call_later(0, drain.on_drained)

    def forward(self, session_id: str, source: IncomingStream, packet: RtpPacket, now: float) -> None:
        """One decrypted packet, to whoever may hear it."""
        for route in tuple(self._by_source.get((session_id, source.kind), ())):
            if route.admits(packet.sequence):
                route.note(packet, source, now)
                if source.kind is MediaKind.AUDIO:
                    self._fan_out.send_audio(packet, source, route.crowd, now)
                else:
                    self._fan_out.send_video(packet, source, route.crowd.members, now)
            if route.drain is not None and route.is_drained(source):
                self._finish(route)

    def waiting_sources(self) -> list[str]:
        """Sources of video some watcher cannot show yet, because no key frame has come."""
        return [
            route.source
            for route in self._by_id.values()
            if route.kind is MediaKind.VIDEO and any(out.needs_key_frame for out in route.crowd.members)
        ]

    def forget_session(self, session_id: str, outs: Iterable[OutgoingStream]) -> None:
        """A session that ends is in no route any more. Its own bursts count as drained."""
        for out in outs:
            if out.route is not None:
                out.route.detach((session_id, out.mid))
        for kind in MediaKind:
            for route in tuple(self._by_source.get((session_id, kind), ())):
                if route.drain is not None:
                    self._finish(route)
                else:
                    self.clear(route.id)

"""Media without sound, for a headless drill: sessions, floors, calls and videos are what they always are, and no packet
is sent. Whoever holds a floor is taken to be talking until he lets go."""

import asyncio
from collections.abc import Callable, Iterable

from comms.media.forwarder import Forwarder, ForwarderStats, MediaSession
from comms.media.negotiation import MediaRefusal, MediaRefusalReason, Slot
from comms.media.routing import Sink
from comms.media.sdp import MediaKind
from comms.media.session import Tap
from comms.media.stun import Address

_WORD = "silence"
TERMINAL_OFFER, DESK_OFFER = f"{_WORD} 1 0", f"{_WORD} 4 6"
"""What a terminal and a desk offer in place of a session description: how many voices and pictures they take."""


class SilentForwarder(Forwarder):
    """In place of the real one. `tell_talking` has to be called every few seconds of the gateway's clock, which
    takes silence for the end of a talk burst."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        super().__init__(host="", clock=clock)
        self._silent: dict[str, Callable[[], None]] = {}

    async def start(self) -> None:
        pass

    async def close(self) -> None:
        self._silent.clear()

    @property
    def address(self) -> Address:
        return ("", 0)

    def tell_talking(self) -> None:
        if self.on_voice is not None:
            for session_id in tuple(self._silent):
                self.on_voice(session_id)

    def open_session(
        self, session_id: str, offer_sdp: str, *, on_connected: Callable[[], None], on_lost: Callable[[], None]
    ) -> MediaSession | MediaRefusal:
        slots = _slots(offer_sdp)
        if slots is None:
            return MediaRefusal(MediaRefusalReason.NO_CODEC, "this drill has no sound")
        self._silent[session_id] = on_connected
        asyncio.get_running_loop().call_soon(self._connect, session_id, on_connected)
        return MediaSession(session_id, offer_sdp, slots)

    def _connect(self, session_id: str, on_connected: Callable[[], None]) -> None:
        if self._silent.get(session_id) is on_connected:
            on_connected()

    def close_session(self, session_id: str) -> None:
        self._silent.pop(session_id, None)

    def set_route(self, route_id: str, *, source: str, kind: str, sinks: Iterable[Sink]) -> None:
        pass

    def add_sink(self, route_id: str, session_id: str, mid: str) -> None:
        pass

    def remove_sink(self, route_id: str, session_id: str) -> None:
        pass

    def clear_route(self, route_id: str) -> None:
        pass

    def drain(self, route_id: str, *, last_sequence: int | None, on_drained: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_soon(on_drained)

    def set_tap(self, session_id: str, kind: str, tap: Tap | None, *, tap_id: str = "") -> None:
        pass

    def request_key_frame(self, session_id: str) -> None:
        pass

    def stats(self) -> ForwarderStats:
        count = len(self._silent)
        return ForwarderStats(sessions=count, connected=count, received=0, forwarded=0, dropped=0, ignored=0)


def _slots(offer: str) -> tuple[Slot, ...] | None:
    word, *counts = offer.split()
    if word != _WORD or len(counts) != 2 or not all(count.isdigit() for count in counts):
        return None
    voices, pictures = (min(int(count), 16) for count in counts)
    heard = [Slot(f"a{number}", MediaKind.AUDIO) for number in range(voices)]
    return (*heard, *(Slot(f"v{number}", MediaKind.VIDEO) for number in range(pictures)))

"""A connection from its first byte: it says what it wants, waits in the foyer, and only then is a WebSocket."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from websockets.asyncio.server import ServerConnection

from comms.gateway.foyer import Foyer
from comms.gateway.selector import put_back, put_first
from comms.protocol.address import AHEAD

MOST_BYTES = 16_384
"""Of a request that waits; browsers send under 2,000."""
SOCKET_PATH = "/v1"
AHEAD_REQUEST = f"GET {SOCKET_PATH}?{AHEAD} ".encode()


class Arrival(ServerConnection):
    """`may_go_ahead` is asked of those who say that they come ahead; `answer` is for whom there is no room."""

    def __init__(
        self,
        *arguments: Any,
        foyer: Foyer | None,
        may_go_ahead: Callable[[str], bool],
        patience_s: float,
        answer: Callable[[float], bytes],
        **more: Any,
    ) -> None:
        super().__init__(*arguments, **more)
        self._foyer = foyer
        self._may_go_ahead = may_go_ahead
        self._patience_s = patience_s
        self._answer = answer
        self._outside: asyncio.Transport | None = None
        """None once it is in."""
        self._early = bytearray()
        self.is_ahead = False
        self._first: int | None = None
        """Its descriptor, while what comes from it is carried out before anything else."""
        self.heard_at = self.loop.time()
        """When anything came from the peer, a pong or half a frame included."""
        self._silence: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._foyer is None:
            super().connection_made(transport)
            return
        self._outside = cast(asyncio.Transport, transport)
        self._foyer.arrive(self)
        self._silence = self.loop.call_later(self._patience_s, self._outside.abort)

    def data_received(self, data: bytes) -> None:
        if self._outside is None:
            self.heard_at = self.loop.time()
            super().data_received(data)
            return
        is_first = self._silence is not None
        self._early += data
        if len(self._early) > MOST_BYTES:
            self._outside.abort()
        elif is_first and b"\n" in self._early:
            self._knock()

    def eof_received(self) -> None:
        if self._outside is None:
            super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._first is not None:
            put_back(self._first)
            self._first = None
        if self._outside is None:
            super().connection_lost(exc)
            return
        self._hear_no_more()
        if self._foyer is not None:
            self._foyer.leave(self)

    # --- in the foyer -----------------------------------------------------------------------------------

    def come_in(self) -> None:
        transport, self._outside = self._outside, None
        assert transport is not None
        if self.is_ahead:
            self._first = transport.get_extra_info("socket").fileno()
            put_first(self._first)
        self.heard_at = self.loop.time()
        super().connection_made(transport)
        early, self._early = bytes(self._early), bytearray()
        super().data_received(early)

    def turn_away(self, for_s: float) -> None:
        assert self._outside is not None
        self._outside.write(self._answer(for_s))
        self._outside.close()

    def hang_up(self) -> None:
        if self._outside is not None:
            self._outside.abort()

    def _knock(self) -> None:
        self._hear_no_more()
        assert self._outside is not None
        assert self._foyer is not None
        peer = self._outside.get_extra_info("peername")
        self.is_ahead = self._early.startswith(AHEAD_REQUEST) and self._may_go_ahead(str(peer[0]))
        self._foyer.knock(self, is_ahead=self.is_ahead)

    def _hear_no_more(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None

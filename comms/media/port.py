"""The forwarder's one UDP port: tells STUN, DTLS and SRTP apart and finds the session each datagram belongs to.

Checks and handshakes never wait behind voice: in a loop that has too much to do voice queued for seconds in the kernel,
and whoever came to call for help had his handshake after it, with its repeats."""

import asyncio
import socket
from collections import deque
from collections.abc import Callable

from comms.media import rtp, stun
from comms.media.checks import ADDRESS_LIMIT
from comms.media.stun import Address
from comms.media.transport import LiteTransport

_SOCKET_BUFFER_BYTES = 4 << 20
DATAGRAM_BYTES = 2048
DRAWN_A_TURN = 1024
"""Datagrams taken from the kernel in one turn of the loop, 4 µs each."""
_BATCH = 64
"""Datagrams between two looks at the clock."""
MEDIA_S = 0.02
"""For so long datagrams are taken, and then media passed on, in one turn of the loop; then signalling has its turn."""
LATE_S = 0.4
"""What has waited longer is passed on no more: no jitter buffer waits for it, and it would make late what follows."""


class MediaPort:
    """Only authenticated STUN is ever answered; DTLS and SRTP count only from addresses it has validated."""

    def __init__(
        self,
        sock: socket.socket,
        *,
        clock: Callable[[], float],
        on_media: Callable[[LiteTransport, bytes], None],
        on_handshake: Callable[[LiteTransport], None],
    ) -> None:
        self._sock = sock
        self._clock = clock
        self._on_media = on_media
        self._on_handshake = on_handshake
        self._by_ufrag: dict[str, LiteTransport] = {}
        self._by_address: dict[Address, LiteTransport] = {}
        self._addresses: dict[LiteTransport, dict[Address, None]] = {}
        """Validated addresses of each, the longest unheard first."""
        self._waiting: deque[tuple[float, bytes, Address]] = deque()
        """Media, and when it was taken."""
        self._going_on: asyncio.Handle | None = None
        self.ignored = 0
        """Datagrams that belong to nobody."""
        self.late = 0
        """Datagrams of media that had waited too long."""

    @classmethod
    def bind(cls, host: str, port: int) -> socket.socket:
        """Raises OSError."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                sock.setsockopt(socket.SOL_SOCKET, option, _SOCKET_BUFFER_BYTES)
            sock.bind((host, port))
        except OSError:
            sock.close()
            raise
        return sock

    def open(self) -> None:
        asyncio.get_running_loop().add_reader(self._sock.fileno(), self.on_readable)

    def close(self) -> None:
        if self._going_on is not None:
            self._going_on.cancel()
        asyncio.get_running_loop().remove_reader(self._sock.fileno())
        self._sock.close()

    @property
    def fileno(self) -> int:
        return self._sock.fileno()

    @property
    def address(self) -> Address:
        host, port = self._sock.getsockname()[:2]
        return host, port

    def add(self, transport: LiteTransport) -> None:
        self._by_ufrag[transport.ufrag] = transport
        self._addresses[transport] = {}

    def remove(self, transport: LiteTransport) -> None:
        self._by_ufrag.pop(transport.ufrag, None)
        for address in self._addresses.pop(transport, {}):
            self._forget(transport, address)

    def _forget(self, transport: LiteTransport, address: Address) -> None:
        if self._by_address.get(address) is transport:
            del self._by_address[address]

    def send(self, datagram: bytes, address: Address) -> None:
        """A full buffer or an unreachable peer is loss like any other."""
        try:
            self._sock.sendto(datagram, address)
        except OSError:
            self.ignored += 1

    def on_readable(self) -> None:
        self._draw()
        self._pass_on()

    def _draw(self) -> None:
        """Media waits; the rest is dealt with at once."""
        began = self._clock()
        for index in range(DRAWN_A_TURN):
            if index % _BATCH == 0 and self._clock() > began + MEDIA_S:
                return
            try:
                datagram, address = self._sock.recvfrom(DATAGRAM_BYTES)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                continue  # an earlier datagram was refused by its receiver
            if rtp.is_media(datagram):
                self._waiting.append((began, datagram, address[:2]))
            else:
                self.on_datagram(datagram, address[:2])

    def _pass_on(self) -> None:
        if self._going_on is not None:
            self._going_on.cancel()
            self._going_on = None
        now = self._clock()
        until = now + MEDIA_S
        while self._waiting and now < until:
            for _ in range(min(_BATCH, len(self._waiting))):
                taken_at, datagram, address = self._waiting.popleft()
                if now - taken_at > LATE_S:
                    self.late += 1
                else:
                    self.on_datagram(datagram, address)
            now = self._clock()
        if self._waiting:  # nothing may come that would wake us
            self._going_on = asyncio.get_running_loop().call_soon(self._pass_on)

    def on_datagram(self, datagram: bytes, address: Address) -> None:
        """Whatever the bytes are, this does not raise."""
        transport = self._by_address.get(address)
        if rtp.is_media(datagram):
            if transport is not None:
                self._on_media(transport, datagram)
                return
        elif stun.is_stun(datagram):
            if self._on_check(datagram, address):
                return
        elif transport is not None and datagram and 20 <= datagram[0] < 64:
            transport.on_dtls(datagram)
            self._on_handshake(transport)
            return
        self.ignored += 1

    def _on_check(self, datagram: bytes, address: Address) -> bool:
        message = stun.parse(datagram)
        if message is None:
            return False
        transport = self._by_ufrag.get(message.username.partition(":")[0])
        holder, now = self._by_address.get(address), self._clock()
        if holder is not None and holder is not transport and holder.hears(address, now):
            return False  # another's, who is there: with a forged sender anybody could take him off the air
        if transport is None or not transport.on_check(datagram, message, address, now=now):
            return False
        self._by_address[address] = transport
        known = self._addresses[transport]
        known.pop(address, None)
        known[address] = None
        if len(known) > ADDRESS_LIMIT:
            oldest = next(iter(known))
            del known[oldest]
            self._forget(transport, oldest)
        return True

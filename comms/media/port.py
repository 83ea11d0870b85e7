"""The forwarder's one UDP port: tells STUN, DTLS and SRTP apart and finds the session each datagram belongs to."""

import asyncio
import socket
from collections.abc import Callable

from comms.media import rtp, stun
from comms.media.checks import ADDRESS_LIMIT
from comms.media.stun import Address
from comms.media.transport import LiteTransport

_SOCKET_BUFFER_BYTES = 4 << 20
DATAGRAM_BYTES = 2048
_BATCH = 64
"""Datagrams read between two looks at the clock."""
READ_S = 0.02
"""For so long in one turn of the loop, then signalling has its turn. Where that needs 50 ms at each turn, because
10,000 terminals come back at once, one batch a turn is fewer than come, and a handshake took 6 s behind what waited
in the kernel."""


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
        self.ignored = 0
        """Datagrams that belong to nobody."""

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
        until = self._clock() + READ_S
        while self._read_batch() and self._clock() < until:
            pass

    def _read_batch(self) -> bool:
        """Whether there may be more."""
        for _ in range(_BATCH):
            try:
                datagram, address = self._sock.recvfrom(DATAGRAM_BYTES)
            except (BlockingIOError, InterruptedError):
                return False
            except OSError:
                continue  # an earlier datagram was refused by its receiver
            self.on_datagram(datagram, address[:2])
        return True

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

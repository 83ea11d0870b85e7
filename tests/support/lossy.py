"""A bad network between one UDP server and its clients: seeded loss, delay, jitter, reordering and repetition.

Clients are told to send to `relay.address` (for the forwarder: `Forwarder(advertised=relay.address)`); each gets a
socket of its own towards the server, so the server tells them apart as it would behind a NAT.
"""

import asyncio
import random
import socket
from dataclasses import dataclass

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Faults:
    """What happens to a datagram. Times in seconds."""

    loss: float = 0.0
    """Share that never arrives."""
    delay_s: float = 0.0
    jitter_s: float = 0.0
    """Spread evenly on top of the delay; datagrams overtake each other."""
    repeat: float = 0.0
    """Share that arrives twice."""


class LossyRelay:
    """Carries datagrams both ways. Use it as `async with`, or `start` and `close` it; needs a running loop."""

    def __init__(self, faults: Faults, *, seed: int) -> None:
        self.faults = faults
        """May be changed at any time."""
        self.is_faulty = is_media
        """Which datagrams suffer; the rest pass at once. By default media only, so that a seed that happens to lose a
        handshake does not make a test slow. Set to `anything` to try everything."""
        self.carried = 0
        self.lost = 0
        self._random = random.Random(seed)
        self._timers: set[asyncio.TimerHandle] = set()
        self._upstream: dict[Address, socket.socket] = {}

    async def __aenter__(self) -> "LossyRelay":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def start(self, server: Address | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._server = server
        self._sock = _open_socket()
        self._loop.add_reader(self._sock.fileno(), self._on_client_datagram)

    @property
    def address(self) -> Address:
        host, port = self._sock.getsockname()
        return host, port

    def lead_to(self, server: Address) -> None:
        """Say where the server is, when it had to be told our address first."""
        self._server = server

    def rebind(self) -> None:
        """Give every client a new address towards the server, as a phone that changes networks gets."""
        for sock in self._upstream.values():
            self._loop.remove_reader(sock.fileno())
            sock.close()
        self._upstream.clear()

    async def close(self) -> None:
        for timer in self._timers:
            timer.cancel()
        for sock in (self._sock, *self._upstream.values()):
            self._loop.remove_reader(sock.fileno())
            sock.close()

    def _on_client_datagram(self) -> None:
        for datagram, client in _drain(self._sock):
            upstream = self._upstream.get(client)
            if upstream is None:
                upstream = self._upstream[client] = _open_socket()
                self._loop.add_reader(upstream.fileno(), self._on_server_datagram, upstream, client)
            if self._server is not None:
                self._carry(datagram, upstream, self._server)

    def _on_server_datagram(self, upstream: socket.socket, client: Address) -> None:
        for datagram, _ in _drain(upstream):
            self._carry(datagram, self._sock, client)

    def _carry(self, datagram: bytes, sock: socket.socket, target: Address) -> None:
        if not self.is_faulty(datagram):
            _send(sock, datagram, target)
            return
        self.carried += 1
        # The three draws are always made, so that one fault's share does not shift another's fate.
        is_lost, jitter, is_repeated = (self._random.random() for _ in range(3))
        if is_lost < self.faults.loss:
            self.lost += 1
            return
        for _ in range(2 if is_repeated < self.faults.repeat else 1):
            self._later(self.faults.delay_s + jitter * self.faults.jitter_s, datagram, sock, target)

    def _later(self, delay_s: float, datagram: bytes, sock: socket.socket, target: Address) -> None:
        if delay_s <= 0:
            _send(sock, datagram, target)
            return

        def deliver() -> None:
            self._timers.discard(timer)
            _send(sock, datagram, target)

        timer = self._loop.call_later(delay_s, deliver)
        self._timers.add(timer)


def is_media(datagram: bytes) -> bool:
    """RTP and RTCP (RFC 7983)."""
    return bool(datagram) and 128 <= datagram[0] < 192


def anything(datagram: bytes) -> bool:
    return True


def _open_socket() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.bind(("127.0.0.1", 0))
    return sock


def _drain(sock: socket.socket) -> list[tuple[bytes, Address]]:
    found: list[tuple[bytes, Address]] = []
    while sock.fileno() >= 0:
        try:
            found.append(sock.recvfrom(4096))
        except (BlockingIOError, InterruptedError):
            break
        except OSError:
            continue
    return found


def _send(sock: socket.socket, datagram: bytes, target: Address) -> None:
    try:
        if sock.fileno() >= 0:
            sock.sendto(datagram, target)
    except OSError:
        pass

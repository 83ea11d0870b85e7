"""The sockets a port listens on and takes: counted from the first packet to the last, and never many at a time."""

import socket
from typing import Any

from comms.gateway.connection_limits import ConnectionLimits, Peer
from comms.gateway.doorstep import Doorstep
from comms.gateway.selector import can_nudge, nudge

A_TURN = 64
"""Connections begun in one turn of the loop, 0.2 ms each; the others wait on the doorstep. asyncio takes as many as its
backlog has room for: 4,096 at once would hold up every floor for a second."""
DRAWN_A_TURN = 512
"""Taken from the kernel onto the doorstep, 0.03 ms each."""
KEEPALIVE_IDLE_S, KEEPALIVE_EVERY_S, KEEPALIVE_TRIES = 30, 10, 3
USER_TIMEOUT_S = 30
"""Who takes nothing that was sent for so long is gone, whatever the kernel would still try (RFC 5482)."""


class _Taken(socket.socket):
    """Tells when it is closed, also when it never got as far as a handshake."""

    limits: ConnectionLimits | None = None
    peer: Peer = ("", 0)
    address: Any = ()
    """As the kernel gives it."""

    def close(self) -> None:
        limits, self.limits = self.limits, None
        if limits is not None:
            limits.gone(self.peer)
        super().close()


class ListeningSocket(socket.socket):
    """For `loop.create_server(sock=…)`, which calls `accept` until it would block."""

    limits: ConnectionLimits
    is_polite = True
    doorstep: Doorstep[_Taken] | None = None
    """None where a request cannot be read before it is decrypted: who comes first is taken first."""
    _taken = 0

    def accept(self) -> tuple[socket.socket, Any]:
        if self._taken == 0 and self.doorstep is not None and can_nudge():
            self._draw(self.doorstep)
        if self._taken < A_TURN:
            self._taken += 1
            taken = self._next()
            if taken is not None:
                return taken, taken.address
        self._taken = 0
        if self.doorstep is not None and len(self.doorstep):
            nudge(self.fileno())
        raise BlockingIOError

    def close(self) -> None:
        if self.doorstep is not None:
            self.doorstep.close()
        super().close()

    def _draw(self, doorstep: Doorstep[_Taken]) -> None:
        """From the kernel onto the doorstep."""
        try:
            for _ in range(DRAWN_A_TURN):
                taken = self._take_over()
                if taken is None:
                    break
                doorstep.put(taken)
        except OSError:
            if not len(doorstep):
                raise
        doorstep.look()

    def _next(self) -> _Taken | None:
        if self.doorstep is None or not len(self.doorstep):
            return self._take_over()
        # Whoever only says that he comes ahead does not shut out the others.
        ahead = self.doorstep.next_ahead() if self._taken <= A_TURN // 2 else None
        return ahead or self.doorstep.next() or self.doorstep.next_ahead()

    def _take_over(self) -> _Taken | None:
        """The next whom the kernel has and the limits let come; None when there is nobody. Raises OSError without a
        descriptor left."""
        while True:
            try:
                plain, address = super().accept()
            except BlockingIOError:
                return None
            except OSError:  # asyncio would try again and again, with a traceback each
                if self.doorstep is None or not len(self.doorstep):
                    self._taken = A_TURN
                raise
            peer: Peer = (str(address[0]), int(address[1]))
            if not self.limits.come(peer, is_polite=self.is_polite):
                plain.close()
                continue
            plain.setblocking(False)
            taken = _Taken(plain.family, plain.type, plain.proto, fileno=plain.detach())
            taken.limits, taken.peer, taken.address = self.limits, peer, address
            watch(taken)
            return taken


def listen(
    host: str, port: int, limits: ConnectionLimits, *, is_polite: bool = True, ahead: bytes | None = None
) -> ListeningSocket:
    """Bound, for `create_server` to listen on. `ahead` is how a request begins whose sender says that he comes ahead of
    the crowd; None where that cannot be read. Raises OSError when it cannot be had."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    sock = ListeningSocket(family, kind, protocol)
    try:
        sock.limits, sock.is_polite = limits, is_polite
        sock.doorstep = None if ahead is None else Doorstep(ahead)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(address)
    except OSError:
        sock.close()
        raise
    return sock


def watch(sock: socket.socket) -> None:
    """Have the kernel find out when the other end is gone without a word: within a minute where nothing is sent, within
    30 s where something is."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (
        ("TCP_KEEPIDLE", KEEPALIVE_IDLE_S),
        ("TCP_KEEPINTVL", KEEPALIVE_EVERY_S),
        ("TCP_KEEPCNT", KEEPALIVE_TRIES),
        ("TCP_USER_TIMEOUT", USER_TIMEOUT_S * 1000),
    ):
        if hasattr(socket, option):  # those of Linux
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)

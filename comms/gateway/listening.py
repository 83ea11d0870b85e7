"""The sockets a port listens on and takes: counted from the first packet to the last, and never many at a time."""

import socket
from typing import Any

from comms.gateway.connection_limits import ConnectionLimits, Peer

A_TURN = 64
"""Connections taken in one turn of the loop, 0.2 ms each; the others wait in the kernel. asyncio takes as many as its
backlog has room for: 4,096 at once would hold up every floor for a second. With 16 a turn a loop that had much to do
took 100 a second, and who came waited in the kernel, emergencies too."""
KEEPALIVE_IDLE_S, KEEPALIVE_EVERY_S, KEEPALIVE_TRIES = 30, 10, 3
USER_TIMEOUT_S = 30
"""Who takes nothing that was sent for so long is gone, whatever the kernel would still try (RFC 5482)."""


class _Taken(socket.socket):
    """Tells when it is closed, also when it never got as far as a handshake."""

    limits: ConnectionLimits | None = None
    peer: Peer = ("", 0)

    def close(self) -> None:
        limits, self.limits = self.limits, None
        if limits is not None:
            limits.gone(self.peer)
        super().close()


class ListeningSocket(socket.socket):
    """For `loop.create_server(sock=…)`, which calls `accept` until it would block."""

    limits: ConnectionLimits
    is_polite = True
    _taken = 0

    def accept(self) -> tuple[socket.socket, Any]:
        while True:
            if self._taken >= A_TURN:
                self._taken = 0
                raise BlockingIOError
            self._taken += 1
            try:
                plain, address = super().accept()
            except BlockingIOError:
                self._taken = 0
                raise
            except OSError:  # without a descriptor left asyncio would try again and again, with a traceback each
                self._taken = A_TURN
                raise
            peer: Peer = (str(address[0]), int(address[1]))
            if not self.limits.come(peer, is_polite=self.is_polite):
                plain.close()
                continue
            taken = _Taken(plain.family, plain.type, plain.proto, fileno=plain.detach())
            taken.limits, taken.peer = self.limits, peer
            watch(taken)
            return taken, address


def listen(host: str, port: int, limits: ConnectionLimits, *, is_polite: bool = True) -> ListeningSocket:
    """Bound, for `create_server` to listen on. Raises OSError when it cannot be had."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    sock = ListeningSocket(family, kind, protocol)
    try:
        sock.limits, sock.is_polite = limits, is_polite
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

"""Which RTP sources of one client are taken in. libsrtp keeps state for every source it is shown, so that a client who
numbers each packet otherwise would fill the memory."""

from collections.abc import Iterable

ANNOUNCED_LIMIT = 16
LEARNT_LIMIT = 4
REPORTING_LIMIT = 16
"""Receivers of ours have a source of their own a slot for their reports, which no offer names."""


class KnownSources:
    """Asked before a packet is decrypted, told after it was: what is forged takes nobody's place."""

    def __init__(self, announced: Iterable[int]) -> None:
        """`announced`: the SSRCs of the offer. A client that names none may show a few; the first ones count."""
        self._sending = set(list(announced)[:ANNOUNCED_LIMIT])
        self._is_open = not self._sending
        self._reporting: set[int] = set()

    def admits(self, datagram: bytes) -> bool:
        """An RTP packet of at least its header (RFC 3550, 5.1)."""
        return _sender(datagram) in self._sending or (self._is_open and len(self._sending) < LEARNT_LIMIT)

    def took(self, datagram: bytes) -> None:
        if self._is_open:
            self._sending.add(_sender(datagram))

    def admits_report(self, datagram: bytes) -> bool:
        """An RTCP packet (RFC 3550, 6.4)."""
        ssrc = _reporter(datagram)
        return ssrc in self._reporting or ssrc in self._sending or len(self._reporting) < REPORTING_LIMIT

    def took_report(self, datagram: bytes) -> None:
        self._reporting.add(_reporter(datagram))


def _sender(datagram: bytes) -> int:
    return int.from_bytes(datagram[8:12], "big")


def _reporter(datagram: bytes) -> int:
    return int.from_bytes(datagram[4:8], "big")

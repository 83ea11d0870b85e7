"""What a session has heard of each of its addresses, and how many of its checks it still answers. Time is handed in."""

from array import array

from comms.media.stun import Address

ADDRESS_LIMIT = 8
"""Addresses kept a session; more than a phone with Wi-Fi, cellular and both IP versions has."""
ANSWERS_A_SECOND, ANSWERS_AT_ONCE = 50.0, 100.0
"""A browser checks each pair every 50 ms at most while it connects, and every 5 s afterwards."""
_CHECKS_KEPT = 512
"""Of 4 bytes each: 40 minutes of a session with one address."""


class Checks:
    """Of authentic binding requests only; whoever cannot sign one is not counted here."""

    def __init__(self, *, now: float) -> None:
        self._heard: dict[Address, float] = {}
        self._since = now
        self._left = ANSWERS_AT_ONCE
        self._left_at = now
        self._taken = array("I")
        self._next = 0

    def is_replay(self, transaction_id: bytes, address: Address) -> bool:
        """A check that was seen before comes again from an address that never sent one: somebody recorded it, and would
        have the media sent there. Repeats from where it came from are the network's doing."""
        return address not in self._heard and _mark(transaction_id) in self._taken

    def take(self, transaction_id: bytes, address: Address, *, now: float, keep: Address) -> None:
        """`keep` is where the media goes; it is not forgotten for others."""
        mark = _mark(transaction_id)
        if mark not in self._taken:
            if len(self._taken) < _CHECKS_KEPT:
                self._taken.append(mark)
            else:
                self._taken[self._next] = mark
                self._next = (self._next + 1) % _CHECKS_KEPT
        self._heard.pop(address, None)
        self._heard[address] = now
        if len(self._heard) > ADDRESS_LIMIT:
            del self._heard[next(known for known in self._heard if known != keep)]

    def silence_s(self, address: Address, now: float) -> float:
        """Since the last authentic check from there, or since the beginning."""
        return now - self._heard.get(address, self._since)

    def may_answer(self, now: float) -> bool:
        self._left = min(ANSWERS_AT_ONCE, self._left + (now - self._left_at) * ANSWERS_A_SECOND)
        self._left_at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


def _mark(transaction_id: bytes) -> int:
    return int.from_bytes(transaction_id[:4], "big")

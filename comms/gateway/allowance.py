"""How many commands a session may send: a bucket that fills at a steady rate."""


class Allowance:
    """`rate` a second, `burst` at once, in commands or bytes. Times are monotonic seconds."""

    def __init__(self, *, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left = burst
        self._at = now

    def take(self, now: float, *, amount: float = 1.0) -> float | None:
        """None when it may pass, else in how many seconds it may."""
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < amount:
            return (amount - self._left) / self._rate
        self._left -= amount
        return None

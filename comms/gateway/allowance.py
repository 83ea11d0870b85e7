"""How many commands a session may send: a bucket that fills at a steady rate."""


class Allowance:
    """`rate` a second, `burst` at once. Times are monotonic seconds."""

    def __init__(self, *, rate: float, burst: int, now: float) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._left = float(burst)
        self._at = now

    def take(self, now: float) -> float | None:
        """None when the command may pass, else in how many seconds the next one may."""
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1.0:
            return (1.0 - self._left) / self._rate
        self._left -= 1.0
        return None

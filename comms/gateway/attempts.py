"""Limits on wrong sign-ins: after a few, a wait that grows."""

from dataclasses import dataclass

FREE_TRIES_BY_NAME = 5
FREE_TRIES_BY_ADDRESS = 20
"""A command centre's desks and a whole town's terminals may share one address behind NAT."""
FIRST_LOCK_S = 30.0
LONGEST_LOCK_S = 1800.0
"""Within the practice for 登录失败处理 of GB/T 22239-2019: five tries, then 10 to 30 minutes at most."""
FORGET_AFTER_S = 3600.0
_MOST_KEPT = 10_000


@dataclass(slots=True)
class _Record:
    failures: int = 0
    last_s: float = 0.0
    locked_until_s: float = 0.0


class Attempts:
    """Keys are names or addresses. All times are the caller's monotonic seconds."""

    def __init__(self, *, free_tries: int) -> None:
        self._free_tries = free_tries
        self._records: dict[str, _Record] = {}

    def wait_s(self, key: str, *, now: float) -> float | None:
        """How long this key must wait, or None when it may try."""
        record = self._records.get(key)
        return record.locked_until_s - now if record is not None and record.locked_until_s > now else None

    def failed(self, key: str, *, now: float) -> None:
        """Every try beyond the free ones doubles the wait."""
        record = self._records.setdefault(key, _Record())
        if now - record.last_s > FORGET_AFTER_S:
            record.failures = 0
        record.failures += 1
        record.last_s = now
        beyond = record.failures - self._free_tries
        if beyond >= 0:
            record.locked_until_s = now + min(LONGEST_LOCK_S, FIRST_LOCK_S * 2 ** min(beyond, 10))
        if len(self._records) > _MOST_KEPT:
            self._forget(now)

    def forgive(self, key: str) -> None:
        """What was counted beforehand was no wrong try, and no success either: those before it still count."""
        record = self._records.get(key)
        if record is not None:
            record.failures -= 1
            if record.failures < self._free_tries:
                record.locked_until_s = 0.0

    def succeeded(self, key: str) -> None:
        self._records.pop(key, None)

    def _forget(self, now: float) -> None:
        """Names are the peer's choice: without this, guessing names would fill the memory."""
        kept = sorted(self._records.items(), key=lambda item: (item[1].locked_until_s > now, item[1].last_s))
        self._records = dict(kept[len(kept) // 2 :])

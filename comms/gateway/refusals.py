"""What was refused for want of authority, in the log: an audit asks for it, and nobody shall fill the disk with it."""

from dataclasses import dataclass

from comms.domain.events import CommandRefused
from comms.domain.ids import PartyId
from comms.gateway.allowance import Allowance
from comms.gateway.context import Clock, Recorder
from comms.protocol.errors import RefusalCode

BURST, RATE = 20.0, 0.1
"""Of one party at once, and a second after that: a hand that errs is written down each time."""
STRANGERS_BURST, STRANGERS_RATE = 100.0, 0.5
"""Of all who have not signed in together, whatever addresses they have."""
_MOST_KEPT = 10_000
AUDITED = frozenset(
    {
        RefusalCode.NOT_ALLOWED,
        RefusalCode.OUT_OF_JURISDICTION,
        RefusalCode.NOT_ON_LIST,
        RefusalCode.BAD_CODE,
        RefusalCode.NOT_SIGNED_IN,
    }
)


@dataclass(slots=True)
class _Account:
    allowance: Allowance
    left_out: int = 0
    """Not written down since the last that was."""


class Refusals:
    def __init__(self, *, recorder: Recorder, clock: Clock) -> None:
        self._recorder = recorder
        self._clock = clock
        self._accounts: dict[PartyId, _Account] = {}
        self._strangers = Allowance(rate=STRANGERS_RATE, burst=STRANGERS_BURST, now=clock.monotonic())

    def note(self, party: PartyId, kind: str, code: RefusalCode, *, is_stranger: bool = False) -> None:
        """One that has to do with authority; others are everyday. The next line says how many were left out."""
        if code not in AUDITED:
            return
        now = self._clock.monotonic()
        account = self._account(party, now)
        may = account.allowance.take(now) is None and not (is_stranger and self._strangers.take(now) is not None)
        if not may:
            account.left_out += 1
            return
        refused = CommandRefused(command_kind=kind, code=code, left_out=account.left_out)
        account.left_out = 0
        self._recorder.record_soon(party, [refused])

    def _account(self, party: PartyId, now: float) -> _Account:
        found = self._accounts.pop(party, None)
        if found is None:
            found = _Account(Allowance(rate=RATE, burst=BURST, now=now))
        self._accounts[party] = found  # last, as the one heard of last
        if len(self._accounts) > _MOST_KEPT:
            del self._accounts[next(iter(self._accounts))]
        return found

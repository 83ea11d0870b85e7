"""Refusals for want of authority in the log: each of a hand that errs, and never without end."""

from collections.abc import Callable, Iterable

from comms.domain.events import CommandRefused, Event, Recorded
from comms.domain.ids import CommandId, PartyId, address_party
from comms.gateway.context import Timer
from comms.gateway.refusals import _MOST_KEPT, BURST, RATE, STRANGERS_BURST, Refusals
from comms.protocol.errors import RefusalCode

WORKER = PartyId("unit:u1")


class HandClock:
    """Passes when told."""

    seconds = 1_000.0

    def now(self) -> float:
        return self.seconds

    def monotonic(self) -> float:
        return self.seconds

    def call_at(self, monotonic_s: float, callback: Callable[[], None]) -> Timer:
        raise NotImplementedError


class Log:
    def __init__(self) -> None:
        self.lines: list[tuple[PartyId, Event]] = []

    async def record(
        self, actor: PartyId, events: Iterable[Event], *, command_id: CommandId | None = None
    ) -> list[Recorded]:
        raise NotImplementedError

    def record_soon(self, actor: PartyId, events: Iterable[Event]) -> None:
        self.lines += ((actor, event) for event in events)


def test_only_what_has_to_do_with_authority_is_written_down() -> None:
    log = Log()
    refusals = Refusals(recorder=log, clock=HandClock())
    refusals.note(WORKER, "order.issue", RefusalCode.NO_UNITS)
    refusals.note(WORKER, "order.issue", RefusalCode.NOT_ALLOWED)
    assert log.lines == [(WORKER, CommandRefused(command_kind="order.issue", code="not_allowed"))]


def test_who_does_not_stop_fills_no_disk_and_the_next_line_says_how_many() -> None:
    log, clock = Log(), HandClock()
    refusals = Refusals(recorder=log, clock=clock)
    for _ in range(1000):
        refusals.note(WORKER, "order.issue", RefusalCode.NOT_ALLOWED)
    assert len(log.lines) == BURST
    refusals.note(PartyId("unit:u2"), "order.issue", RefusalCode.NOT_ALLOWED)
    assert len(log.lines) == BURST + 1, "another party's are another matter"
    clock.seconds += 1 / RATE
    refusals.note(WORKER, "note.add", RefusalCode.NOT_ALLOWED)
    left_out = 1000 - int(BURST)
    assert log.lines[-1] == (WORKER, CommandRefused(command_kind="note.add", code="not_allowed", left_out=left_out))


def test_strangers_from_many_addresses_share_one_measure() -> None:
    log = Log()
    refusals = Refusals(recorder=log, clock=HandClock())
    for number in range(_MOST_KEPT + 50):
        refusals.note(address_party(f"10.0.{number}"), "log.read", RefusalCode.NOT_SIGNED_IN, is_stranger=True)
    assert len(log.lines) == STRANGERS_BURST
    assert len(refusals._accounts) == _MOST_KEPT

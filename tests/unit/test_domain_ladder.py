"""The no-answer ladder: rung after rung in its order and not before its time, until there is an answer."""

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from comms.domain import events as ev
from comms.domain.ids import GATEWAY, JurisdictionId, OrderId, PartyId, UnitId
from comms.domain.ladder import (
    ANSWERS,
    LADDERS,
    MOST_UNITS,
    OVER_AFTER_S,
    STALE_S,
    LadderClimbed,
    LadderEnd,
    LadderEnded,
    LadderRung,
    due,
    ladders_of,
)
from comms.domain.order import AssignmentState, Order, OrderPriority
from comms.domain.picture import Picture
from comms.domain.unit import Unit

U1, U2, DEPUTY = UnitId("u1"), UnitId("u2"), UnitId("u3")
ORDER = OrderId("o")
OFFICER = PartyId("officer:duty")


class Ladder(RuleBasedStateMachine):
    """The picture's fold, led by `due` and a clock, against a list kept by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.picture = Picture()
        self.now = 1000.0
        self.order = Order(id=ORDER, title="t", issued_at=self.now, unit_ids=(U1,), priority=OrderPriority.URGENT)
        for no, unit_id in enumerate((U1, DEPUTY)):
            unit = Unit(id=unit_id, no=no, name=unit_id, jurisdiction_id=JurisdictionId("t"))
            self.tell(ev.UnitDefined(unit=unit))
        self.tell(ev.OrderIssued(order=self.order), OFFICER)
        self.climbed: list[tuple[LadderRung, float]] = []
        self.end: LadderEnd | None = None

    def tell(self, event: Any, actor: PartyId = GATEWAY) -> None:
        self.picture.apply(ev.Recorded(seq=self.picture.seq + 1, at=self.now, actor=actor, event=event))

    @property
    def ladder(self) -> Any:
        return self.picture.orders[ORDER].ladders[U1]

    @rule(seconds=st.floats(0, 200))
    def look_after(self, seconds: float) -> None:
        self.now += seconds
        match due(self.ladder, self.order, now=self.now):
            case LadderRung() as rung:
                assert self.end is None
                self.climbed.append((rung, self.now - self.order.issued_at))
                to = DEPUTY if rung is LadderRung.DEPUTY else None
                self.tell(LadderClimbed(order_id=ORDER, unit_id=U1, rung=rung, to=to))
            case LadderEnd() as end:
                assert (self.end, end) == (None, LadderEnd.OVER)
                assert len(self.climbed) == len(LADDERS[OrderPriority.URGENT])
                self.tell(LadderEnded(order_id=ORDER, unit_id=U1, end=end))
                self.end = end
            case None:
                pass

    @rule(state=st.sampled_from(AssignmentState))
    def unit_moves(self, state: AssignmentState) -> None:
        self.tell(ev.OrderAdvanced(order_id=ORDER, unit_id=U1, state=state))
        if state in ANSWERS and self.end is None:
            self.end = LadderEnd.ANSWERED

    @rule()
    def another_moves(self) -> None:
        """What a deputy does answers for nobody else."""
        self.tell(ev.OrderAdvanced(order_id=ORDER, unit_id=DEPUTY, state=AssignmentState.ACCEPTED))

    @precondition(lambda self: self.end is None)
    @rule()
    def officer_stops(self) -> None:
        self.tell(LadderEnded(order_id=ORDER, unit_id=U1, end=LadderEnd.STOPPED), OFFICER)
        self.end = LadderEnd.STOPPED

    @invariant()
    def in_order_and_in_time(self) -> None:
        rungs = LADDERS[OrderPriority.URGENT]
        assert [rung for rung, _ in self.climbed] == [rung.rung for rung in rungs[: len(self.climbed)]]
        for (_, at_s), rung in zip(self.climbed, rungs, strict=False):
            assert rung.after_s <= at_s < rung.after_s + STALE_S
        assert self.ladder.end == self.end
        assert self.ladder.rung == (self.climbed[-1][0] if self.climbed else None)
        told = [step.what for step in self.picture.orders[ORDER].timeline if step.what.startswith("ladder_")]
        ended = [f"ladder_{self.end.value}"] if self.end in (LadderEnd.OVER, LadderEnd.STOPPED) else []
        assert told == [f"ladder_{rung.value}" for rung, _ in self.climbed] + ended


Ladder.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
test_ladders = Ladder.TestCase


@pytest.mark.parametrize("priority", OrderPriority)
def test_every_ladder_has_every_rung_and_the_graver_is_quicker(priority: OrderPriority) -> None:
    rungs = LADDERS[priority]
    assert [rung.rung for rung in rungs] == list(LadderRung)
    assert [rung.after_s for rung in rungs] == sorted(rung.after_s for rung in rungs)
    assert all(one.after_s <= usual.after_s for one, usual in zip(rungs, LADDERS[OrderPriority.NORMAL], strict=True))


def test_an_order_to_many_and_one_of_older_days_have_none() -> None:
    many = Order(id=ORDER, title="t", unit_ids=tuple(UnitId(str(no)) for no in range(MOST_UNITS + 1)))
    assert ladders_of(many) == {}
    order = Order(id=ORDER, title="t", unit_ids=(U1, U2))
    ladders = ladders_of(order)
    assert set(ladders) == {U1, U2}
    first = LADDERS[OrderPriority.NORMAL][0].after_s
    assert due(ladders[U1], order, now=first) is LadderRung.TEXT
    assert due(ladders[U1], order, now=first + STALE_S) is None


def test_nobody_there_is_told_so() -> None:
    machine = Ladder()
    machine.tell(LadderClimbed(order_id=ORDER, unit_id=U1, rung=LadderRung.CALL, is_reached=False))
    assert machine.picture.orders[ORDER].timeline[-1].what == "ladder_call_missed"
    machine.tell(LadderClimbed(order_id=ORDER, unit_id=U1, rung=LadderRung.HEAD))
    assert due(machine.ladder, machine.order, now=machine.now + 300 + OVER_AFTER_S) is LadderEnd.OVER

"""When a case's department is pressed, and the one alarm that comes of it."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from comms.domain.alarm import Alarm, AlarmPriority
from comms.domain.alarm_keeper import AlarmKeeper
from comms.domain.case import CaseMoved, CaseStage, CaseStep, stage_after
from comms.domain.case_notice import pressing
from comms.domain.events import AlarmEvent, AlarmRaised
from comms.domain.ids import GATEWAY, AlarmId, OfficerId, officer_party
from comms.gateway.case_alarms import CaseAlarms, case_alarm_id
from tests.support.cases import CLOCK, INCIDENT, ROADS, Town

P = CaseStep
HANDLER = officer_party(OfficerId("handler"))
STOPPED = msgspec.structs.replace(CLOCK, running_since=None)
LATER = msgspec.structs.replace(CLOCK, due_at=9000.0)
STEPS = (
    *(P.WARN, P.REMIND, P.ESCALATE, P.RECEIVE, P.RETURN, P.DISPATCH),
    *(P.EXTEND, P.SUSPEND, P.RESUME, P.HAND_BACK, P.REWORK),
)


def dispatched() -> Town:
    town = Town()
    town.at_stage(CaseStage.DISPATCHED)
    return town


class Watched:
    """A town whose moves are told to the alarms, as the gateway does."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.alarms, self.keeper = CaseAlarms(), AlarmKeeper()
        self.events: list[AlarmEvent] = []
        self.alarms.read(town.picture)

    def move(self, by: str, step: CaseStep, **fields: object) -> Alarm | None:
        self.town.at += 700.0  # slower than what chatters
        case = self.town.move(by, step, **fields)
        told = self.alarms.follow(case.flow[-1].move, self.town.picture)
        book = self.town.picture.alarms
        events = self.keeper.raised(book, told, now=self.town.at) if told is not None else []
        wanted = {alarm.id for alarm in self.alarms.alarms(self.town.picture)}
        gone = [alarm_id for alarm_id in book.states if book.holds(alarm_id) and alarm_id not in wanted]
        events += [event for alarm_id in gone for event in self.keeper.cleared(book, alarm_id, now=self.town.at)]
        for event in events:
            self.town.fold(event)
        self.events += events
        return told

    def holds(self) -> bool:
        return self.town.picture.alarms.holds(case_alarm_id(INCIDENT))


def test_its_priority_grows_and_a_repeat_adds_none() -> None:
    it = Watched(dispatched())
    assert it.move("handler", P.RECEIVE) is None
    told = ((GATEWAY, P.WARN), (GATEWAY, P.REMIND), ("dispatcher", P.REMIND), (GATEWAY, P.ESCALATE))
    found = [it.move(by, step) for by, step in (*told, ("dispatcher", P.REMIND))]
    assert [(alarm.priority, alarm.value) for alarm in found if alarm is not None] == [
        (AlarmPriority.LOW, 1), (AlarmPriority.MEDIUM, 2), (AlarmPriority.MEDIUM, 3), (AlarmPriority.HIGH, 4),
        (AlarmPriority.HIGH, 5),
    ]  # fmt: skip
    (state,) = it.town.picture.alarms.states.values()
    assert (state.alarm.incident_id, state.alarm.name, state.count) == (INCIDENT, "井盖缺失", 5)
    assert sum(isinstance(event, AlarmRaised) for event in it.events) == 1


def test_it_is_over_when_the_clock_stops_and_comes_back_when_a_late_case_goes_on() -> None:
    it = Watched(dispatched())
    it.move("handler", P.RECEIVE)
    it.move(GATEWAY, P.REMIND)
    it.move("supervisor", P.SUSPEND, stage=CaseStage.SUSPENDED, clock=STOPPED)
    assert not it.holds()
    it.move("dispatcher", P.RESUME, stage=CaseStage.HANDLING, clock=CLOCK)
    assert it.holds(), "it was late, and is not given more time by standing still"
    it.move("handler", P.HAND_BACK, clock=STOPPED)
    assert not it.holds()
    it.move("checker", P.REWORK, clock=LATER)
    assert not it.holds(), "a new deadline has told nobody yet"
    it.move("supervisor", P.ESCALATE)
    press = pressing(it.town.case)
    assert press is not None
    assert press.line.actor == "officer:supervisor"
    it.move("supervisor", P.FORCE_CLOSE)
    assert not it.holds()


def test_a_restart_knows_what_presses() -> None:
    town = dispatched()
    town.move(GATEWAY, P.ESCALATE, to=(HANDLER,))
    alarms = CaseAlarms()
    assert alarms.alarms(town.picture) == []
    alarms.read(town.picture)
    assert [alarm.id for alarm in alarms.alarms(town.picture)] == [AlarmId("case_pressed/case:i1")]
    town.picture.cases.forget(INCIDENT)
    assert alarms.alarms(town.picture) == []
    unknown = CaseMoved(incident_id=INCIDENT, step=P.WARN, stage=CaseStage.HANDLING)
    assert alarms.follow(unknown, town.picture) is None


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.booleans()), max_size=20))
def test_whatever_happens_one_alarm_holds_exactly_while_somebody_is_pressed(steps: list[tuple[CaseStep, bool]]) -> None:
    it = Watched(dispatched())
    for step, is_officer in steps:
        if stage_after(it.town.case, step) is None:
            continue
        clock = STOPPED if step in (P.RETURN, P.SUSPEND, P.HAND_BACK) else LATER if step is P.EXTEND else CLOCK
        fields: dict[str, object] = {"clock": clock} if step not in (P.WARN, P.REMIND, P.ESCALATE, P.RECEIVE) else {}
        if step is P.DISPATCH:
            fields["department_id"] = ROADS
        it.move("supervisor" if is_officer else GATEWAY, step, **fields)
        is_told = pressing(it.town.case) is not None
        assert it.holds() is is_told
        assert len(it.town.picture.alarms.states) <= 1

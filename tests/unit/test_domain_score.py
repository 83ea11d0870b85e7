"""Scores from the record alone: each line with its figure, limit, points and evidence."""

from typing import Any

import pytest

from comms.domain import drill_events as dr
from comms.domain import events as ev
from comms.domain.alarm import Alarm, AlarmKind, AlarmPriority
from comms.domain.call import Call, CallEnd, CallKind, TalkEnd
from comms.domain.hub_events import IncidentAcknowledged, IncidentMerged
from comms.domain.ids import (
    GATEWAY,
    BurstId,
    CallId,
    IncidentId,
    OfficerId,
    OrderId,
    PartyId,
    PlanId,
    PlanRunId,
    unit_party,
)
from comms.domain.incident import Incident
from comms.domain.measure import MeasureKind
from comms.domain.plan import CheckStep, Plan, PlanLevel
from comms.domain.plan_events import PlanPublished, PlanStarted, PlanStepTaken, StepOutcome
from comms.domain.score import NoDrillError, Score, compared, rating_of, score_of
from comms.domain.score_line import ScoreLine, Verdict
from comms.domain.score_measure import ninth_tenth
from comms.domain.score_tally import Tally
from tests.support.drill import DESK, FIRE, GROUP, HERE, TOWN, TRAINER, U1, U2, Play, expecting, scenario


def line(score: Score, line_id: str) -> ScoreLine:
    return next(each for each in score.lines if each.id == line_id)


def measured(drill: Play, kind: str) -> ScoreLine:
    return line(score_of(drill.scenario, drill.records), f"measure:{kind}")


def report(drill: Play, at: float, name: str, by: PartyId = GATEWAY) -> IncidentId:
    incident = Incident(id=IncidentId(name), kind="火情", place=HERE, jurisdiction_id=TOWN)
    drill.say(at, ev.IncidentReported(incident=incident), by=by)
    return incident.id


def burst(
    drill: Play, at: float, lasts_s: float, *, end: TalkEnd | None = TalkEnd.RELEASED, by: PartyId = DESK
) -> None:
    name = f"b{len(drill.records)}"
    call, number = CallId(name), BurstId(name)
    drill.say(at, ev.CallStarted(call=Call(id=call, kind=CallKind.GROUP, caller=by, talkgroup_id=GROUP)), by=by)
    drill.say(at, ev.TalkStarted(call_id=call, burst_id=number, talkgroup_id=GROUP, talker=by), by=GATEWAY)
    if end is not None:
        ended = ev.TalkEnded(call_id=call, burst_id=number, talkgroup_id=GROUP, end=end)
        drill.say(at + lasts_s, ended, by=GATEWAY)


def end(drill: Play, at: float = 600) -> None:
    drill.say(at, dr.DrillEnded(), by=TRAINER)


def test_without_a_drill_there_is_no_score() -> None:
    with pytest.raises(NoDrillError):
        score_of(scenario(), Play(scenario()).records)


@pytest.mark.parametrize(
    ("ordered_at", "ended_at", "verdict", "points", "of", "says"),
    [
        (30, 600, Verdict.FULL, 1.0, 1.0, "Done 20 s"),
        (100, 600, Verdict.HALF, 0.5, 1.0, "Done 90 s"),
        (None, 600, Verdict.NONE, 0.0, 1.0, "Not done within 60 s"),
        (None, 30, Verdict.NOT_COUNTED, 0.0, 0.0, "ended before"),
    ],
)
def test_an_expectation_is_a_line(
    ordered_at: float | None, ended_at: float, verdict: Verdict, points: float, of: float, says: str
) -> None:
    drill = Play(expecting({"see": "order"})).begin().fire()
    if ordered_at is not None:
        drill.order(ordered_at, U1)
    end(drill, ended_at)
    score = score_of(drill.scenario, drill.records)
    found = line(score, "expectation:ordered")
    assert (found.verdict, found.points, found.of) == (verdict, points, of)
    assert says in found.sentences["en"]
    assert found.sentences["zh_CN"].endswith("。")
    assert found.evidence[0] == drill.only.fired_seq
    assert found.by == (() if ordered_at is None else ("duty",))
    assert score.is_over


def test_what_was_not_played_is_not_counted_and_half_of_it_is_told() -> None:
    drill = Play(scenario()).begin()
    assert "not played" in line(score_of(drill.scenario, drill.records), "expectation:ordered").sentences["en"]
    drill.fire()
    drill.order(20, U1)
    assert line(score_of(drill.scenario, drill.records), "expectation:ordered").verdict is Verdict.NOT_COUNTED
    drill.say(200, ev.NoteAdded(text="-"))
    assert "1 of the units" in line(score_of(drill.scenario, drill.records), "expectation:ordered").sentences["en"]


def test_that_nobody_knows_who_was_nearest_is_told() -> None:
    drill = Play(expecting({"see": "order", "nearest": 3})).begin().fire()
    drill.order(20, U1)
    assert "not in the record" in line(score_of(drill.scenario, drill.records), "expectation:ordered").sentences["en"]
    score = score_of(drill.scenario, drill.records, nearest=lambda *_: [U1])
    assert "not in the record" not in line(score, "expectation:ordered").sentences["en"]


def test_that_any_order_counted_is_told() -> None:
    drill = Play(expecting({"see": "order"})).begin().fire(made=())
    drill.order(20, U1, incident_id=None)
    end(drill)
    (line, *_) = score_of(drill.scenario, drill.records).lines
    assert "任何指令都计入" in line.sentences["zh_CN"]


def test_objectives_have_their_points_and_the_observers_words() -> None:
    objectives = [{"id": "send", "words": "派"}, {"id": "other", "words": "别"}]
    drill = Play(scenario(objectives=objectives)).begin().fire()
    drill.order(20, U1, U2)
    drill.say(30, dr.DrillRated(objective="send", rating=dr.Rating.S), by=TRAINER)
    end(drill)
    score = score_of(drill.scenario, drill.records)
    send, other = score.objectives
    assert (send.share, send.figures_say) == (1.0, dr.Rating.P)
    assert [given.rating for given in send.ratings] == [dr.Rating.S]
    assert (other.share, other.figures_say, other.ratings) == (None, None, ())


@pytest.mark.parametrize(("share", "rating"), [(1.0, "P"), (0.85, "P"), (0.7, "S"), (0.5, "M"), (0.1, "U"), (0.0, "U")])
def test_a_share_speaks_for_a_rating(share: float, rating: str) -> None:
    assert rating_of(share).value == rating


def test_a_score_knows_its_drill() -> None:
    drill = Play(scenario()).begin(digest="another")
    score = score_of(drill.scenario, drill.records)
    assert score.is_other_version
    assert not score.is_over
    assert (score.points, score.of) == (0.5, 1.0)  # nothing was refused, nothing was written
    assert score.share == 0.5
    assert score_of(scenario(measures=[], expectations=[]), drill.records).share is None


def test_nine_in_ten() -> None:
    assert ninth_tenth([5.0]) == 5.0
    assert ninth_tenth([float(value) for value in range(1, 11)]) == 9.0
    assert ninth_tenth([float(value) for value in range(1, 21)]) == 18.0


def test_how_soon_incidents_were_noted_and_ordered() -> None:
    drill = Play(scenario()).begin().fire(10)
    drill.say(14, IncidentAcknowledged(incident_id=FIRE), by=TRAINER)
    drill.say(15, IncidentAcknowledged(incident_id=FIRE), IncidentAcknowledged(incident_id=FIRE))
    drill.order(40, U1)
    drill.order(50, U2)
    second = report(drill, 20, "second")
    drill.say(25, IncidentMerged(incident_id=second, into=FIRE))
    report(drill, 30, "own", by=DESK)
    report(drill, 560, "unseen")
    end(drill)
    noted, ordered = measured(drill, "ack_time"), measured(drill, "first_order_time")
    assert (noted.figure, noted.verdict) == (40.0, Verdict.NONE)
    (seq,) = noted.evidence
    unseen = drill.records[seq - 1].event
    assert isinstance(unseen, ev.IncidentReported)
    assert unseen.incident.id == "unseen"
    assert (ordered.figure, ordered.verdict) == (30.0, Verdict.FULL)
    assert "of 1 incidents" in ordered.sentences["en"]
    assert "其中 1 起始终没有确认" in noted.sentences["zh_CN"]
    (slowest,) = ordered.evidence
    assert isinstance(drill.records[slowest - 1].event, ev.OrderIssued)  # in time, and what the figure rests on


def test_an_order_for_the_main_incident_is_one_for_those_it_carries() -> None:
    drill = Play(scenario()).begin().fire(10)
    second = report(drill, 20, "second")
    drill.say(25, IncidentMerged(incident_id=second, into=FIRE))
    drill.order(60, U1)
    drill.order(70, U1, incident_id=None)
    drill.order(70, U1, incident_id=IncidentId("long gone"))
    drill.order(70, U1, by=TRAINER)
    end(drill)
    assert measured(drill, "first_order_time").figure == 50.0


def test_floor_discipline_is_counted_of_officers_alone() -> None:
    drill = Play(scenario()).begin()
    burst(drill, 10, 5)
    burst(drill, 30, 20)
    burst(drill, 60, 32, end=TalkEnd.REVOKED_TOO_LONG)
    burst(drill, 100, 3, end=TalkEnd.REVOKED_PREEMPTED)
    burst(drill, 120, 25, by=unit_party(U1))
    burst(drill, 580, 0, end=None)
    drill.say(590, ev.TalkEnded(call_id=CallId("x"), burst_id=BurstId("x"), talkgroup_id=GROUP, end=TalkEnd.RELEASED))
    end(drill)
    long, taken = measured(drill, "long_bursts"), measured(drill, "floor_taken")
    assert (long.figure, long.verdict) == (3.0, Verdict.HALF)
    assert (taken.figure, taken.verdict) == (2.0, Verdict.HALF)
    assert "5 talk bursts" in taken.sentences["en"]
    load = measured(drill, "radio_load")
    assert load.figure == pytest.approx(100 * (5 + 20 + 32 + 3 + 25 + 20) / 600)
    assert load.verdict is Verdict.FULL


def test_alarms_are_missed_or_late() -> None:
    drill = Play(scenario()).begin()
    alarms = [Alarm(kind=AlarmKind.WARNING, source=str(number), priority=AlarmPriority.HIGH) for number in range(3)]
    drill.say(10, *(ev.AlarmRaised(alarm=alarm) for alarm in alarms), by=GATEWAY)
    drill.say(20, ev.AlarmAcknowledged(alarm_ids=(alarms[0].id,)), by=TRAINER)
    drill.say(30, ev.AlarmAcknowledged(alarm_ids=(alarms[0].id,)))
    drill.say(80, ev.AlarmAcknowledged(alarm_ids=(alarms[0].id, alarms[1].id)))
    drill.picture.alarms.states.pop(alarms[2].id)
    end(drill)
    missed, late = measured(drill, "alarms_missed"), measured(drill, "alarms_late")
    assert (missed.figure, late.figure) == (1.0, 1.0)
    assert late.by == ("duty",)
    assert missed.by == ()


def test_an_alarm_just_before_the_end_is_not_missed() -> None:
    drill = Play(scenario()).begin()
    drill.say(
        550, ev.AlarmRaised(alarm=Alarm(kind=AlarmKind.WARNING, source="1", priority=AlarmPriority.HIGH)), by=GATEWAY
    )
    end(drill)
    assert measured(drill, "alarms_missed").verdict is Verdict.NOT_COUNTED


def test_calls_to_the_desk_want_an_answer() -> None:
    drill = Play(scenario()).begin()

    def ring(at: float, name: str, caller: PartyId, callee: PartyId | None, answered: bool, how: CallEnd) -> None:
        call = Call(id=CallId(name), kind=CallKind.POINT, caller=caller, callee=callee)
        drill.say(at, ev.CallStarted(call=call), by=caller)
        if answered:
            drill.say(at + 3, ev.CallAnswered(call_id=call.id), by=callee or DESK)
        drill.say(at + 10, ev.CallEnded(call_id=call.id, end=how), by=GATEWAY)

    ring(10, "a", unit_party(U1), DESK, True, CallEnd.HUNG_UP)
    ring(30, "b", unit_party(U1), DESK, False, CallEnd.NO_ANSWER)
    ring(50, "c", unit_party(U1), DESK, False, CallEnd.UNREACHABLE)
    ring(70, "d", unit_party(U1), TRAINER, False, CallEnd.NO_ANSWER)
    ring(90, "e", DESK, unit_party(U1), False, CallEnd.NO_ANSWER)
    ring(110, "f", unit_party(U1), None, True, CallEnd.HUNG_UP)
    ring(130, "g", unit_party(U1), None, False, CallEnd.NO_ANSWER)
    end(drill)
    found = measured(drill, "calls_unanswered")
    assert (found.figure, found.verdict) == (2.0, Verdict.HALF)
    assert "of 5 calls" in found.sentences["en"]
    (duty,) = score_of(drill.scenario, drill.records).people
    assert (duty.calls_answered, duty.calls_missed) == (2, 1)


def test_orders_overdue_refusals_and_notes() -> None:
    drill = Play(scenario()).begin().fire()
    drill.order(20, U1)
    order_id = OrderId(next(iter(drill.picture.orders)))
    drill.say(100, ev.OrderOverdue(order_id=order_id, unit_ids=(U1,)), by=GATEWAY)
    refused = ev.CommandRefused(command_kind="order.issue", code="no_units")
    drill.say(110, refused)
    drill.say(110, refused, by=TRAINER)
    drill.say(120, ev.NoteAdded(text="一"))
    drill.say(120, ev.NoteAdded(text="二"), by=TRAINER)
    end(drill, 1200)
    assert measured(drill, "orders_overdue").figure == 1.0
    assert measured(drill, "refusals").figure == 1.0
    notes = measured(drill, "notes")
    assert (notes.figure, notes.verdict) == (0.5, Verdict.HALF)


def test_settled_steps_of_plans_are_a_share() -> None:
    drill = Play(scenario()).begin().fire()
    steps = tuple(CheckStep(id=name, text=name) for name in ("one", "two", "three", "four"))
    plan = Plan(id=PlanId("fire"), name="火情", kinds=("火",), steps=steps)
    run = PlanRunId("r")
    started = PlanStarted(run_id=run, plan_id=plan.id, incident_id=FIRE, level=PlanLevel.IV, jurisdiction_id=TOWN)
    drill.say(11, PlanPublished(plan=plan, version=1), by=GATEWAY)
    drill.say(20, started)
    drill.say(30, *(PlanStepTaken(run_id=run, step_id=each.id, outcome=StepOutcome.DONE) for each in steps[:3]))
    end(drill)
    found = measured(drill, "plan_steps")
    assert (found.figure, found.verdict) == (75.0, Verdict.HALF)
    assert measured(drill, "ack_time").figure == 10.0


def test_what_lies_before_and_after_the_drill_counts_for_nothing() -> None:
    drill = Play(scenario())
    burst(drill, 0, 20)
    before = report(drill, 0, "before")
    drill.begin()
    drill.say(50, IncidentAcknowledged(incident_id=before))
    drill.order(60, U1, incident_id=before, by=TRAINER)
    end(drill, 100)
    drill.say(150, ev.NoteAdded(text="之后"))
    score = score_of(drill.scenario, drill.records)
    assert line(score, "measure:long_bursts").verdict is Verdict.NOT_COUNTED
    assert line(score, "measure:notes").figure == 0.0
    assert score.length_s == 100.0
    (idle,) = score.people  # who sat there and did nothing is told of as well
    assert (idle.officer_id, idle.points, idle.orders, idle.notes) == ("duty", 0.0, 0, 0)


def test_what_was_jumped_over_is_no_time() -> None:
    tally = Tally(began_at=0.0, ended_at=1000.0, jumps=[(100.0, 400.0)])
    assert tally.length_s == 700.0
    assert tally.between_s(50, 90) == 40
    assert tally.between_s(50, 150) == 50
    assert tally.between_s(200, 500) == 100
    assert tally.between_s(500, 400) == 0
    drill = Play(scenario()).begin().fire()
    drill.say(20, dr.DrillJumped(from_s=20, to_s=320), dr.DrillJumped(from_s=320, to_s=320), by=TRAINER)
    drill.say(325, IncidentAcknowledged(incident_id=FIRE))
    end(drill)
    assert measured(drill, "ack_time").figure == 15.0
    assert score_of(drill.scenario, drill.records).length_s == 300.0


def test_nothing_measured_in_no_time() -> None:
    drill = Play(scenario()).begin()
    burst(drill, 0, 0)
    assert measured(drill, "radio_load").verdict is Verdict.NOT_COUNTED


@pytest.mark.parametrize("kind", list(MeasureKind))
def test_every_measure_is_told_in_both_languages_with_and_without_a_figure(kind: MeasureKind) -> None:
    only: Any = [{"kind": kind.value, "limit": 1.0}]
    empty = measured(Play(scenario(measures=only)).begin(), kind.value)
    full = Play(scenario(measures=only)).begin().fire()
    full.order(20, U1)
    full.say(
        30, ev.AlarmRaised(alarm=Alarm(kind=AlarmKind.WARNING, source="1", priority=AlarmPriority.LOW)), by=GATEWAY
    )
    burst(full, 40, 5)
    end(full)
    for found in (empty, measured(full, kind.value)):
        assert found.sentences.keys() == {"zh_CN", "en"}
        assert all(found.sentences.values())
        assert isinstance(found.title, dict)
        assert found.title.keys() == {"zh_CN", "en"}
        assert found.points <= found.of


def test_people_have_their_own_counts_and_share_points() -> None:
    drill = Play(expecting({"see": "order", "units": 2}, weight=2)).begin().fire()
    deputy = PartyId("officer:deputy")
    drill.order(20, U1)
    drill.order(25, U2, by=deputy)
    burst(drill, 30, 6)
    burst(drill, 40, 4)
    drill.say(50, ev.NoteAdded(text="记"), by=deputy)
    end(drill)
    duty, other = score_of(drill.scenario, drill.records).people
    assert (duty.officer_id, duty.name, duty.points, duty.orders, duty.bursts) == ("duty", "值班员", 1.0, 1, 2)
    assert (duty.talk_s, duty.longest_burst_s, duty.incidents_noted) == (10.0, 6.0, 1)
    assert (other.officer_id, other.name, other.points, other.notes) == (OfficerId("deputy"), "deputy", 1.0, 1)


def test_runs_are_compared_line_by_line() -> None:
    scores = []
    for ordered_at in (100, 30, 20):
        drill = Play(expecting({"see": "order"})).begin().fire()
        drill.order(ordered_at, U1)
        end(drill)
        scores.append(score_of(drill.scenario, drill.records))
    fewer = score_of(scenario(expectations=[]), drill.records)
    found = {each.id: each for each in compared([*scores, fewer])}
    ordered = found["expectation:ordered"]
    assert ordered.figures == (90.0, 20.0, 10.0, None)
    assert ordered.points == (0.5, 1.0, 1.0, None)
    assert ordered.best == 1
    assert found["measure:plan_steps"].best is None
    assert compared([]) == ()

"""Drills in the picture, and whether what was expected of trainees was done: event by event."""

from typing import Any

import msgspec
import pytest

from comms.domain import drill_events as dr
from comms.domain import events as ev
from comms.domain.alarm import Alarm, AlarmKind, AlarmPriority
from comms.domain.call import Call, CallEnd, CallKind
from comms.domain.case import CaseMoved, CaseStage, CaseStep
from comms.domain.drill_book import KEPT_NOTES, KEPT_WORDS, DrillBook
from comms.domain.expectation_watch import Outcome
from comms.domain.fence import Fence, FenceCircle, FencePolygon, FenceRule, FenceTrigger
from comms.domain.hub_events import IncidentAcknowledged, IncidentMerged
from comms.domain.ids import (
    GATEWAY,
    BurstId,
    CallId,
    FenceId,
    IncidentId,
    ItemId,
    MarkId,
    OfficerId,
    PartyId,
    PlanId,
    PlanRunId,
    TalkgroupId,
    VideoId,
    unit_party,
)
from comms.domain.incident import Incident, IncidentOutcome
from comms.domain.item import Item, ItemClass, ItemKind, ItemTerms
from comms.domain.item_events import ItemEntered
from comms.domain.mark import Mark, MarkKind
from comms.domain.order import CircleTarget, Place, UnitsTarget
from comms.domain.plan import CheckStep, Plan, PlanLevel
from comms.domain.plan_events import PlanPublished, PlanStarted, PlanStepTaken, StepOutcome
from comms.domain.score import read_drill
from comms.domain.talkgroup import Talkgroup
from comms.domain.video import Video, VideoKind
from tests.support.drill import BEGAN, DESK, FIRE, GROUP, HERE, TOWN, TRAINER, U1, U2, U3, Play, expecting, scenario

FAR = IncidentId("far")
ITEM = ItemId("i1")
RUN = PlanRunId("r1")


def play(what: dict[str, Any], **changed: Any) -> Play:
    """A drill in which this is expected, its inject fired at second 10."""
    return Play(expecting(what, **changed)).begin().fire()


def other_incident(drill: Play, at: float = 12) -> None:
    drill.say(
        at, ev.IncidentReported(incident=Incident(id=FAR, kind="火情", place=HERE, jurisdiction_id=TOWN)), by=GATEWAY
    )


def talk(drill: Play, at: float, talker: PartyId, group: TalkgroupId = GROUP, number: int = 1) -> None:
    call = CallId(f"c{number}")
    drill.say(at, ev.CallStarted(call=Call(id=call, kind=CallKind.GROUP, caller=talker, talkgroup_id=group)), by=talker)
    burst = BurstId(f"b{number}")
    drill.say(at, ev.TalkStarted(call_id=call, burst_id=burst, talkgroup_id=group, talker=talker), by=GATEWAY)


def ring(
    drill: Play, at: float, caller: PartyId, callee: PartyId, *, is_answered: bool = True, name: str = "p"
) -> None:
    call = CallId(name)
    drill.say(at, ev.CallStarted(call=Call(id=call, kind=CallKind.POINT, caller=caller, callee=callee)), by=caller)
    if is_answered:
        drill.say(at + 2, ev.CallAnswered(call_id=call), by=callee)
    else:
        drill.say(at + 30, ev.CallEnded(call_id=call, end=CallEnd.NO_ANSWER), by=GATEWAY)


# --- the book -----------------------------------------------------------------------------------------------


def test_a_drill_is_told_from_its_events() -> None:
    drill = Play(scenario()).begin().fire()
    drill.say(20, dr.DrillSpeedSet(speed=5.0), dr.DrillPaused(is_frozen=True, reason="讲评"), by=TRAINER)
    state = drill.drill
    assert (state.is_running, state.is_paused, state.is_frozen, state.speed) == (True, True, True, 5.0)
    drill.say(30, dr.DrillResumed(), dr.DrillJumped(from_s=30, to_s=60), by=TRAINER)
    drill.say(60, dr.InjectSkipped(inject_id="help", reason="不需要"), by=TRAINER)
    drill.say(61, dr.InjectDelayed(inject_id="help", by_s=30), dr.InjectDelayed(inject_id="help", by_s=15), by=TRAINER)
    assert (state.is_paused, state.is_frozen) == (False, False)
    assert state.skipped == {"help": "不需要"}
    assert state.delays_s == {"help": 45.0}
    drill.say(70, dr.InjectFired(inject_id="help", is_by_hand=True, place=HERE), by=TRAINER)
    drill.say(71, dr.InjectMade(inject_id="help", made=(dr.Made(noun="call", id="c"),)), by=TRAINER)
    drill.say(71, dr.InjectMade(inject_id="never", made=()), by=TRAINER)
    assert state.skipped == {}
    assert state.fired["help"].made == (dr.Made(noun="call", id="c"),)
    assert state.fired["help"].place == HERE
    drill.say(90, dr.DrillEnded(is_early=True), by=TRAINER)
    assert (state.is_running, state.is_early, state.ended_at) == (False, True, BEGAN + 90)


def test_notes_ratings_and_improvements_are_kept() -> None:
    drill = Play(scenario()).begin()
    drill.say(20, dr.DrillNoted(text="犹豫", at_s=15, objective="send"), dr.DrillNoted(text="好"), by=TRAINER)
    assert [(note.text, note.about_at) for note in drill.drill.notes] == [("犹豫", BEGAN + 15), ("好", BEGAN + 20)]
    for rating in (dr.Rating.M, dr.Rating.S):
        drill.say(30, dr.DrillRated(objective="send", rating=rating), by=TRAINER)
    drill.say(30, dr.DrillRated(objective="send", rating=dr.Rating.P, officer_id=OfficerId("duty")), by=TRAINER)
    assert [given.rating for given in drill.drill.ratings] == [dr.Rating.S, dr.Rating.P]
    raised = dr.ImprovementRaised(improvement_id="m1", text="增配耳麦", owner="值班长", due="2026-07-01")
    drill.say(40, raised, dr.ImprovementSettled(improvement_id="no"), by=TRAINER)
    assert drill.drill.improvements["m1"].is_open
    drill.say(50, dr.ImprovementSettled(improvement_id="m1", words="已配"), by=TRAINER)
    assert not drill.drill.improvements["m1"].is_open


def test_old_notes_give_way() -> None:
    drill = Play(scenario()).begin()
    drill.say(1, *(dr.DrillNoted(text=str(number)) for number in range(KEPT_NOTES + 3)), by=TRAINER)
    assert len(drill.drill.notes) == KEPT_NOTES
    assert drill.drill.notes[0].text == "3"


def test_what_was_said_and_who_speaks_as_whom_is_kept() -> None:
    drill = Play(scenario()).begin()
    said = dr.TalkWritten(
        call_id=CallId("c1"),
        burst_id=BurstId("b1"),
        talker=unit_party(U1),
        words="到达现场",
        source=dr.WordsSource.SIMULATED,
    )
    drill.say(20, said, by=GATEWAY)
    (line,) = drill.drill.words
    assert (line.at, line.burst_id, line.words, line.source) == (BEGAN + 20, "b1", "到达现场", dr.WordsSource.SIMULATED)
    drill.say(30, dr.DrillActed(unit_id=U1, role="crew", talkgroup_id=GROUP), by=TRAINER)
    drill.say(31, dr.DrillActed(unit_id=U2, call_id=CallId("c2")), by=TRAINER)
    acting = drill.drill.acting[U1]
    assert (acting.by, acting.at, acting.talkgroup_id, acting.call_id) == (TRAINER, BEGAN + 30, GROUP, None)
    drill.say(40, dr.DrillActEnded(unit_id=U1, end=dr.ActEnd.REVOKED), dr.DrillActEnded(unit_id=U3), by=TRAINER)
    assert set(drill.drill.acting) == {U2}
    drill.say(50, *(msgspec.structs.replace(said, words=str(number)) for number in range(KEPT_WORDS)), by=GATEWAY)
    assert len(drill.drill.words) == KEPT_WORDS
    drill.say(60, dr.DrillEnded(), by=TRAINER)
    assert not drill.drill.acting


def test_without_a_drill_its_events_change_nothing() -> None:
    book = DrillBook()
    assert book.apply(dr.DrillResumed(), at=1.0, seq=1, actor=TRAINER) == ()
    assert book.state is None
    drill = Play(scenario())
    drill.order(5, U1, incident_id=None)
    assert drill.outcome() is Outcome.OFF


# --- the watch ----------------------------------------------------------------------------------------------


def test_orders_in_time_meet_what_was_expected() -> None:
    drill = play({"see": "order", "units": 2})
    drill.order(20, U1)
    assert drill.outcome() is Outcome.WAITING
    drill.order(30, U1)
    assert drill.outcome() is Outcome.WAITING  # the same unit twice is one unit
    drill.order(40, U2)
    assert (drill.only.outcome, drill.only.taken_s) == (Outcome.MET, 30.0)
    assert drill.settled == [drill.only]
    assert drill.only.unit_ids == (U1, U2)
    assert [drill.records[seq - 1].at - BEGAN for seq in drill.only.evidence] == [20, 30, 40]


def test_what_is_done_too_late_is_missed_first_and_late_then() -> None:
    drill = play({"see": "order"})
    assert drill.watch.next_due_at() == BEGAN + 70
    assert drill.watch.tick(BEGAN + 70) == []
    assert [one.outcome for one in drill.watch.tick(BEGAN + 71)] == [Outcome.MISSED]
    assert drill.only.is_settled
    assert drill.watch.next_due_at() is None
    drill.order(100, U1)
    assert (drill.only.outcome, drill.only.taken_s) == (Outcome.LATE, 90.0)
    drill.order(110, U2)
    assert drill.only.unit_ids == (U1,)


def test_the_trainer_and_the_gateway_are_not_scored() -> None:
    drill = play({"see": "order"})
    drill.order(20, U1, by=TRAINER)
    drill.order(20, U1, by=GATEWAY)
    assert drill.outcome() is Outcome.WAITING
    drill.order(20, U1, by=PartyId("officer:came_late"))
    assert drill.outcome() is Outcome.MET


@pytest.mark.parametrize(("seat", "outcome"), [("duty", Outcome.MET), ("deputy", Outcome.WAITING)])
def test_a_seat_has_its_own_expectations(seat: str, outcome: Outcome) -> None:
    roles = [
        {"id": "duty", "kind": "trainee", "name": "值班员"},
        {"id": "deputy", "kind": "trainee", "name": "副班"},
    ]
    drill = Play(expecting({"see": "order"}, role=seat))
    drill = Play(scenario(roles=roles, expectations=[_raw_expectation(role=seat)])).begin().fire()
    drill.order(20, U1)
    assert drill.outcome() is outcome


def _raw_expectation(**changed: Any) -> dict[str, Any]:
    from tests.support.drill import raw

    found: dict[str, Any] = raw()["expectations"][0] | {"what": {"see": "order"}} | changed
    return found


def test_before_its_inject_nothing_counts_and_after_the_end_nothing_is_missed() -> None:
    drill = Play(expecting({"see": "order"})).begin()
    drill.order(5, U1, incident_id=None)
    assert drill.outcome() is Outcome.OFF
    drill.fire()
    drill.say(30, dr.DrillEnded(), by=TRAINER)
    assert drill.outcome() is Outcome.OFF
    assert drill.only.fired_at == BEGAN + 10


def test_fired_again_it_counts_from_the_first_time() -> None:
    drill = play({"see": "order"})
    drill.say(40, dr.InjectFired(inject_id="first"), dr.InjectFired(inject_id="other"), by=TRAINER)
    assert drill.only.fired_at == BEGAN + 10
    drill.say(41, dr.DrillNoted(text="-"), by=TRAINER)
    drill.begin()
    assert drill.outcome() is Outcome.OFF


def test_what_the_clock_jumps_over_is_not_counted() -> None:
    drill = play({"see": "order"})
    drill.say(20, dr.DrillJumped(from_s=20, to_s=320), by=TRAINER)
    assert drill.only.due_at == BEGAN + 370
    drill.order(350, U1)
    assert (drill.only.outcome, drill.only.taken_s) == (Outcome.MET, 40.0)
    other = Play(expecting({"see": "order"})).begin()
    other.say(5, dr.DrillJumped(from_s=5, to_s=105), by=TRAINER)
    other.fire()
    assert other.only.fired_at == BEGAN + 105


# --- what is looked for -------------------------------------------------------------------------------------


def test_an_order_is_for_its_incident_and_its_item() -> None:
    drill = play({"see": "order", "items": ["火情"]})
    other_incident(drill)
    terms = ItemTerms()
    item_class = ItemClass(kind=ItemKind.EVENT, major="突发事件", minor="火情")
    item = Item(id=ITEM, jurisdiction_id=TOWN, item_class=item_class, terms=terms)
    drill.say(13, ItemEntered(item=item, from_at=0.0), by=GATEWAY)
    drill.order(20, U1, item_id=ITEM, incident_id=FAR)
    drill.order(20, U1, item_id=ITEM, incident_id=None)
    drill.order(20, U1)
    drill.order(20, U1, item_id=ItemId("unknown"))
    drill.say(21, ev.NoteAdded(text="-"))
    assert drill.outcome() is Outcome.WAITING
    drill.order(22, U1, item_id=ITEM)
    assert drill.outcome() is Outcome.MET


def test_where_the_inject_made_no_incident_and_was_nowhere_any_counts_and_says_so() -> None:
    drill = Play(expecting({"see": "order"})).begin().fire(made=())
    drill.order(20, U1, incident_id=None)
    assert (drill.outcome(), drill.only.is_place_known) == (Outcome.MET, False)


def somewhere(see: dict[str, Any], place: Place = HERE) -> Play:
    """The inject made no incident, and is known to have happened here; there is an incident 10 km away."""
    drill = Play(expecting(see)).begin()
    drill.say(10, dr.InjectFired(inject_id="first", place=place), by=TRAINER)
    far = Place(lat=HERE.lat + 0.1, lon=HERE.lon, text="10 km away")
    other = Incident(id=FAR, kind="火情", place=far, jurisdiction_id=TOWN)
    drill.say(12, ev.IncidentReported(incident=other), by=GATEWAY)
    return drill


def test_where_the_inject_made_no_incident_what_is_near_it_counts() -> None:
    away = Place(lat=HERE.lat + 0.02, lon=HERE.lon, text="2 km away")
    drill = somewhere({"see": "order"}, away)
    drill.order(20, U1, incident_id=None)
    drill.order(21, U1, incident_id=FAR)
    assert drill.outcome() is Outcome.WAITING
    drill.order(22, U1, incident_id=None, place=Place(lat=away.lat + 0.008, lon=away.lon, text="900 m from there"))
    assert (drill.outcome(), drill.only.is_place_known) == (Outcome.MET, True)


def test_an_incident_near_an_inject_that_made_none_is_its() -> None:
    drill = somewhere({"see": "acknowledged"})
    drill.say(20, IncidentAcknowledged(incident_id=FAR))
    near = Incident(id=FIRE, kind="火情", place=HERE, jurisdiction_id=TOWN)
    drill.say(21, ev.IncidentReported(incident=near), by=GATEWAY)
    assert drill.outcome() is Outcome.WAITING
    drill.say(22, IncidentAcknowledged(incident_id=FIRE))
    assert drill.outcome() is Outcome.MET


def test_the_expected_unit_counts_wherever_it_is_sent_for_an_inject_without_incident() -> None:
    drill = somewhere({"see": "right_unit", "skills": ["急救"]}, Place(lat=24.0, lon=113.7))
    drill.order(20, U1, incident_id=None)
    assert drill.outcome() is Outcome.WAITING
    drill.order(21, U3, incident_id=None)
    assert drill.outcome() is Outcome.MET


def test_orders_for_what_carries_its_incident_count() -> None:
    drill = play({"see": "order"})
    other_incident(drill)
    drill.say(15, IncidentMerged(incident_id=FIRE, into=FAR))
    drill.order(20, U1, incident_id=FAR)
    assert drill.outcome() is Outcome.MET


def test_the_nearest_are_asked_for_where_they_are_known() -> None:
    asked: list[tuple[Place, float, int]] = []

    def nearest(place: Place, at: float, count: int) -> list[Any]:
        asked.append((place, at, count))
        return [U2]

    drill = Play(expecting({"see": "order", "nearest": 3}), nearest=nearest).begin().fire()
    drill.order(20, U1)
    assert drill.outcome() is Outcome.WAITING
    drill.order(25, U1, U2)
    assert (drill.only.outcome, drill.only.unit_ids) == (Outcome.MET, (U2,))
    assert asked == [(HERE, BEGAN + 20, 3), (HERE, BEGAN + 25, 4)]  # U1 has an order in hand and does not count
    assert drill.only.is_nearest_known


def test_who_has_other_work_in_hand_is_not_among_the_nearest() -> None:
    drill = Play(expecting({"see": "order", "nearest": 1}), nearest=lambda *_: [U1, U2, U3]).begin()
    drill.order(5, U1, incident_id=None)
    drill.fire()
    drill.order(20, U3)
    assert drill.outcome() is Outcome.WAITING
    drill.order(25, U2)
    assert (drill.only.outcome, drill.only.unit_ids) == (Outcome.MET, (U2,))


def test_where_nobody_knows_who_was_nearest_all_count_and_it_is_told() -> None:
    drill = play({"see": "order", "nearest": 3})
    drill.order(20, U1)
    assert (drill.only.outcome, drill.only.is_nearest_known) == (Outcome.MET, False)
    nowhere = Play(expecting({"see": "order", "nearest": 3}), nearest=lambda *_: []).begin().fire(made=())
    nowhere.order(20, U1, place=None)
    assert not nowhere.only.is_nearest_known


@pytest.mark.parametrize(
    ("what", "is_met"),
    [
        ({"skills": ["消防"]}, True),
        ({"skills": ["急救"]}, False),
        ({"actors": ["crew"]}, True),
        ({"actors": ["citizen"]}, False),
    ],
)
def test_the_right_unit_has_the_skill_or_the_part(what: dict[str, Any], is_met: bool) -> None:
    drill = play({"see": "right_unit", **what})
    drill.order(20, U1)
    assert (drill.outcome() is Outcome.MET) is is_met
    stranger = play({"see": "right_unit", "skills": ["消防"]})
    stranger.order(20, U2, unit_ids=("ghost",))
    assert stranger.outcome() is Outcome.WAITING


@pytest.mark.parametrize(
    ("what", "is_met"),
    [
        ({}, True),
        ({"talkgroup": "g"}, True),
        ({"talkgroup": "全镇"}, True),
        ({"talkgroup": "emergency"}, False),
        ({"is_ad_hoc": True}, False),
    ],
)
def test_a_talkgroup_is_called_by_who_talks_in_it(what: dict[str, Any], is_met: bool) -> None:
    drill = play({"see": "talkgroup", **what})
    talk(drill, 15, unit_party(U1))
    assert drill.outcome() is Outcome.WAITING
    talk(drill, 20, DESK, number=2)
    assert (drill.outcome() is Outcome.MET) is is_met
    if is_met:
        assert drill.only.by == (DESK,)


def test_an_area_call_is_an_ad_hoc_talkgroup() -> None:
    drill = play({"see": "talkgroup", "is_ad_hoc": True})
    group = Talkgroup(id=TalkgroupId("a"), name="现场", jurisdiction_id=TOWN, is_ad_hoc=True)
    area = CircleTarget(lat=23.0, lon=113.7, radius_m=500)
    drill.say(15, ev.TalkgroupFormed(talkgroup=group, area=area, unit_ids=(U1,)))
    talk(drill, 20, DESK, group.id)
    assert drill.outcome() is Outcome.MET


def test_a_call_is_answered_that_the_inject_made() -> None:
    drill = play({"see": "call_answered"})
    ring(drill, 15, DESK, unit_party(U2), name="own")
    assert drill.outcome() is Outcome.WAITING
    ring(drill, 20, unit_party(U1), DESK)
    assert (drill.only.outcome, drill.only.taken_s) == (Outcome.MET, 12.0)
    named = play({"see": "call_answered"})
    named.say(12, dr.InjectMade(inject_id="first", made=(dr.Made(noun="call", id="its"),)), by=TRAINER)
    ring(named, 15, unit_party(U1), DESK, name="another")
    assert named.outcome() is Outcome.WAITING
    ring(named, 20, unit_party(U1), DESK, name="its")
    assert named.outcome() is Outcome.MET
    named.say(30, ev.NoteAdded(text="-"))


def test_a_call_to_whoever_answers_is_the_officers_who_did() -> None:
    drill = play({"see": "call_answered"})
    call = Call(id=CallId("its"), kind=CallKind.POINT, caller=unit_party(U1))
    drill.say(20, ev.CallStarted(call=call), by=unit_party(U1))
    drill.say(22, ev.CallAnswered(call_id=call.id), by=TRAINER)
    assert drill.outcome() is Outcome.WAITING
    drill.say(25, ev.CallAnswered(call_id=call.id), by=DESK)
    assert (drill.only.outcome, drill.only.by) == (Outcome.MET, (DESK,))


def test_somebody_is_called_and_answers() -> None:
    drill = play({"see": "unit_called", "actor": "crew"})
    ring(drill, 12, unit_party(U3), unit_party(U1), name="among_units")
    ring(drill, 15, DESK, unit_party(U2), name="a")
    ring(drill, 16, DESK, unit_party(U1), is_answered=False, name="b")
    assert drill.outcome() is Outcome.WAITING
    ring(drill, 50, DESK, unit_party(U1), name="c")
    assert (drill.only.outcome, drill.only.by) == (Outcome.MET, (DESK,))


@pytest.mark.parametrize(("actor", "is_met"), [(None, True), ("crew", True), ("citizen", False)])
def test_a_video_is_opened(actor: str | None, is_met: bool) -> None:
    drill = play({"see": "video"} | ({"actor": actor} if actor else {}))
    video = Video(id=VideoId("v"), kind=VideoKind.RETURN, unit_id=U1, asked_by=unit_party(U1))
    drill.say(15, ev.VideoStarted(video=video), by=unit_party(U1))
    drill.say(18, ev.VideoWatched(video_id=video.id, officer_id=OfficerId("duty")))
    assert (drill.outcome() is Outcome.MET) is is_met


def plan_in(drill: Play) -> None:
    steps = (CheckStep(id="one", text="一"), CheckStep(id="two", text="二"))
    drill.say(
        1, PlanPublished(plan=Plan(id=PlanId("fire"), name="火情", kinds=("火",), steps=steps), version=1), by=GATEWAY
    )


def start_plan(drill: Play, at: float, incident_id: IncidentId = FIRE) -> None:
    started = PlanStarted(
        run_id=RUN, plan_id=PlanId("fire"), incident_id=incident_id, level=PlanLevel.IV, jurisdiction_id=TOWN
    )
    drill.say(at, started)


@pytest.mark.parametrize(
    ("what", "is_met"), [({}, True), ({"plan": "fire"}, True), ({"plan": "flood"}, False), ({"steps": 1}, False)]
)
def test_a_plan_is_started(what: dict[str, Any], is_met: bool) -> None:
    drill = play({"see": "plan", **what})
    plan_in(drill)
    start_plan(drill, 20)
    assert (drill.outcome() is Outcome.MET) is is_met


def test_steps_of_a_plan_are_settled() -> None:
    drill = play({"see": "plan", "steps": 2})
    plan_in(drill)
    start_plan(drill, 20)
    for at, step in ((30, "one"), (40, "two")):
        assert drill.outcome() is Outcome.WAITING
        drill.say(at, PlanStepTaken(run_id=RUN, step_id=step, outcome=StepOutcome.DONE))
    assert (drill.only.outcome, drill.only.taken_s) == (Outcome.MET, 30.0)
    other = play({"see": "plan"})
    plan_in(other)
    other_incident(other)
    start_plan(other, 20, FAR)
    assert other.outcome() is Outcome.WAITING


CLOSED = ev.IncidentClosed(incident_id=FIRE, outcome=IncidentOutcome.HANDLED)
REGISTERED = CaseMoved(incident_id=FIRE, step=CaseStep.REGISTER, stage=CaseStage.REGISTERED)
VOIDED = CaseMoved(incident_id=FIRE, step=CaseStep.VOID, stage=CaseStage.VOID, opinion="误报")


@pytest.mark.parametrize(
    ("what", "event", "is_met"),
    [
        ({"see": "acknowledged"}, IncidentAcknowledged(incident_id=FIRE), True),
        ({"see": "acknowledged"}, IncidentAcknowledged(incident_id=FAR), False),
        ({"see": "acknowledged"}, REGISTERED, True),
        ({"see": "acknowledged"}, CLOSED, True),
        ({"see": "acknowledged"}, ev.NoteAdded(text="-"), False),
        ({"see": "case", "step": "register"}, REGISTERED, True),
        ({"see": "case", "step": "void"}, REGISTERED, False),
        ({"see": "closed"}, CLOSED, True),
        ({"see": "closed"}, VOIDED, True),
        ({"see": "closed"}, REGISTERED, False),
        ({"see": "merged"}, IncidentMerged(incident_id=FAR, into=FIRE), True),
        ({"see": "merged"}, IncidentMerged(incident_id=FIRE, into=FAR), True),
        ({"see": "merged"}, REGISTERED, False),
        ({"see": "noted"}, ev.NoteAdded(text="任何"), True),
        ({"see": "noted", "words": ["Depth"]}, ev.NoteAdded(text="the depth is 30"), True),
        ({"see": "noted", "words": ["水深"]}, ev.NoteAdded(text="别的"), False),
        ({"see": "noted"}, REGISTERED, False),
        ({"see": "drawn"}, ev.NoteAdded(text="-"), False),
        ({"see": "alarm"}, ev.NoteAdded(text="-"), False),
        ({"see": "video"}, ev.NoteAdded(text="-"), False),
        ({"see": "plan"}, ev.NoteAdded(text="-"), False),
        ({"see": "talkgroup"}, ev.NoteAdded(text="-"), False),
        ({"see": "unit_called", "actor": "crew"}, ev.NoteAdded(text="-"), False),
        ({"see": "call_answered"}, ev.NoteAdded(text="-"), False),
    ],
)
def test_what_is_done_with_its_incident_is_seen(what: dict[str, Any], event: ev.Event, is_met: bool) -> None:
    drill = play(what)
    other_incident(drill)
    drill.say(20, event)
    assert (drill.outcome() is Outcome.MET) is is_met


def test_an_order_takes_note_as_well() -> None:
    drill = play({"see": "acknowledged"})
    drill.order(20, U1)
    assert drill.outcome() is Outcome.MET


@pytest.mark.parametrize(
    ("made", "kind", "is_met"),
    [
        (("warning/w1",), None, True),
        (("warning/w2",), None, False),
        ((), None, True),
        ((), "warning", True),
        ((), "emergency_call", False),
    ],
)
def test_an_alarm_is_acknowledged(made: tuple[str, ...], kind: str | None, is_met: bool) -> None:
    drill = Play(expecting({"see": "alarm"} | ({"kind": kind} if kind else {}))).begin()
    drill.fire(made=tuple(dr.Made(noun="alarm", id=each) for each in made))
    alarm = Alarm(kind=AlarmKind.WARNING, source="w1", priority=AlarmPriority.HIGH)
    drill.say(15, ev.AlarmRaised(alarm=alarm), by=GATEWAY)
    drill.say(20, ev.AlarmAcknowledged(alarm_ids=(alarm.id,)))
    assert (drill.outcome() is Outcome.MET) is is_met


def _mark(lat: float) -> ev.MarkDrawn:
    mark = Mark(id=MarkId("m"), kind=MarkKind.POINT, points=((lat, 113.7),), label="警戒", jurisdiction_id=TOWN)
    return ev.MarkDrawn(mark=mark)


def _fence(shape: FenceCircle | FencePolygon | None) -> ev.FenceDrawn:
    fence = Fence(
        id=FenceId("f"),
        name="警戒区",
        jurisdiction_id=TOWN,
        shape=shape,
        subject=UnitsTarget((U1,)),
        rules=(FenceRule(trigger=FenceTrigger.ENTER),),
    )
    return ev.FenceDrawn(fence=fence)


@pytest.mark.parametrize(
    ("event", "is_met"),
    [
        (_mark(23.001), True),
        (_mark(23.1), False),
        (_fence(FenceCircle(lat=23.001, lon=113.7, radius_m=50)), True),
        (_fence(FencePolygon(ring=((23.1, 113.7), (23.1, 113.8), (23.2, 113.7)))), False),
        (_fence(None), True),
    ],
)
def test_what_is_drawn_has_to_be_near(event: ev.Event, is_met: bool) -> None:
    drill = play({"see": "drawn", "within_m": 500})
    drill.say(20, event)
    assert (drill.outcome() is Outcome.MET) is is_met


def test_without_a_place_a_drawing_anywhere_counts() -> None:
    drill = Play(expecting({"see": "drawn"})).begin().fire(made=(dr.Made(noun="incident", id="gone"),))
    drill.say(20, _mark(-10.0))
    assert drill.outcome() is Outcome.MET
    placed = Play(expecting({"see": "drawn"})).begin()
    placed.say(10, dr.InjectFired(inject_id="first", place=HERE), by=TRAINER)
    placed.say(20, _mark(-10.0))
    assert placed.outcome() is Outcome.WAITING


def test_what_the_picture_does_not_know_counts_for_nothing() -> None:
    drill = play({"see": "right_unit", "skills": ["急救"]})
    drill.order(20, U3)
    assert drill.outcome() is Outcome.MET


def test_a_story_that_goes_on_keeps_what_was_done_and_how_it_stands() -> None:
    play = Play(scenario()).begin().fire()
    play.say(12, dr.InjectDelayed(inject_id="help", by_s=30.0), by=TRAINER)
    play.say(15, dr.DrillRated(objective="send", rating=dr.Rating.P), by=TRAINER)
    play.order(20, U1)
    before = play.only
    play.begin(drill_id="d2", starts_at=BEGAN, goes_on=True, forked_from="d1", forked_seq=9)
    drill = play.drill
    assert (drill.id, list(drill.fired), drill.delays_s) == ("d2", ["first"], {"help": 30.0})
    assert drill.ratings == [], "whoever takes over is rated for what he decides"
    assert play.only is before
    play.watch.ask(lambda place, at, count: [])
    play.order(25, U2)
    assert play.outcome() is Outcome.MET
    play.begin(drill_id="d3")
    assert (play.drill.fired, play.outcome()) == ({}, Outcome.OFF)


def test_a_story_that_was_never_told_can_go_on_from_nothing() -> None:
    play = Play(scenario()).begin(goes_on=True)
    assert (play.drill.fired, play.outcome()) == ({}, Outcome.OFF)


def test_a_jump_that_was_stopped_has_gone_only_so_far() -> None:
    play = Play(scenario()).begin().fire(10)
    play.say(20, dr.DrillJumped(from_s=20, to_s=520), by=TRAINER)
    assert play.only.due_at == BEGAN + 10 + 60 + 500
    play.say(120, dr.DrillJumped(from_s=520, to_s=120), dr.DrillPaused(), by=TRAINER)
    assert (play.only.fired_at, play.only.due_at) == (BEGAN + 110, BEGAN + 170)
    tally = read_drill(play.scenario, play.records).tally
    assert tally.jumps == [(BEGAN + 20, BEGAN + 120)]
    play.begin(drill_id="d2")
    play.say(130, dr.DrillJumped(from_s=50, to_s=40), by=TRAINER)
    assert read_drill(play.scenario, play.records).tally.jumps == [], "nothing was jumped over"

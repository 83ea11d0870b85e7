"""What is left of an event, and of the picture, for who may not hear it."""

import pytest

from comms.domain import drill_events as dr
from comms.domain.drill_withheld import for_trainee, picture_for_trainee
from comms.domain.events import Recorded
from comms.domain.ids import GATEWAY, CallId, PartyId, TalkgroupId, UnitId
from comms.domain.picture import Picture
from tests.support.drill import TRAINER, Play, scenario

SECRET: list[dr.DrillEvent] = [
    dr.InjectFired(inject_id="first"),
    dr.InjectMade(inject_id="first", made=()),
    dr.InjectSkipped(inject_id="first"),
    dr.InjectDelayed(inject_id="first", by_s=30.0),
    dr.DrillNoted(text="慢了"),
    dr.DrillRated(objective="send", rating=dr.Rating.M),
    dr.DrillActed(unit_id=UnitId("u1"), talkgroup_id=TalkgroupId("g")),
    dr.DrillActEnded(unit_id=UnitId("u1")),
    dr.TalkWritten(call_id=CallId("c"), talker=PartyId("unit:u1"), words="到了", source=dr.WordsSource.SIMULATED),
    dr.ImprovementRaised(improvement_id="i", text="改", owner="班长", due="2026-07-01"),
    dr.ImprovementSettled(improvement_id="i"),
]
OPEN: list[dr.DrillEvent] = [
    dr.DrillBegan(drill_id="d", scenario_id="s", digest="", seed=7, starts_at=0.0),
    dr.DrillPaused(is_frozen=True),
    dr.DrillNoted(text="看这里", is_shown=True),
    dr.DrillEnded(),
]


@pytest.mark.parametrize("event", SECRET, ids=lambda event: type(event).__name__)
def test_what_is_withheld_keeps_its_place_and_nothing_else(event: dr.DrillEvent) -> None:
    told = for_trainee(Recorded(seq=9, at=1.0, actor=TRAINER, event=event))
    assert told == Recorded(seq=9, at=1.0, actor=GATEWAY, event=dr.DrillWithheld())


@pytest.mark.parametrize("event", OPEN, ids=lambda event: type(event).__name__)
def test_the_rest_is_told_as_it_is(event: dr.DrillEvent) -> None:
    recorded = Recorded(seq=9, at=1.0, actor=TRAINER, event=event)
    assert for_trainee(recorded) is recorded


def test_a_picture_without_what_is_withheld_is_what_the_fold_of_the_rest_gives() -> None:
    drill = Play(scenario()).begin()
    assert picture_for_trainee(Picture()) == Picture()
    drill.say(20, *SECRET, OPEN[1], OPEN[2], by=TRAINER)
    folded = Picture()
    for recorded in drill.records:
        told = for_trainee(recorded)
        assert told.seq == recorded.seq
        folded.apply(told)
    shown = picture_for_trainee(drill.picture)
    assert shown == folded
    assert shown.drill.state is not None
    assert [note.text for note in shown.drill.state.notes] == ["看这里"]
    assert drill.drill.cast, "what is shared is not changed"

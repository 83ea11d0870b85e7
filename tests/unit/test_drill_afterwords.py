"""What is said of a drill after it: appended to its journal, and followed from drill to drill."""

import asyncio
from pathlib import Path

import pytest

from comms.domain import drill_events as dr
from comms.domain import events as ev
from comms.domain.case import CaseMoved, CaseStage, CaseStep
from comms.domain.ids import GATEWAY, CallId, PlanRunId, VideoId
from comms.domain.picture import Picture
from comms.domain.plan_events import PlanStepTaken, StepOutcome
from comms.domain.score import compared
from comms.journal.__main__ import main as journal_command
from comms.journal.afterwards import append_afterwards
from comms.journal.database import FILE_NAME, DirectoryLock
from comms.journal.reading import made_at, read_events
from comms.protocol.errors import Locale
from console.drill.afterword import NotKept, keep_afterwords
from console.drill.improving import actions_of, settling
from console.drill.proof import plain_entry
from console.drill.review import Review, review_of
from console.drill.run import runs_in
from console.drill.training import Due, dues, records_of
from console.drill.versus import Milestone, Pair, best_of, best_runs, milestones, pairs_of
from tests.support.drill import BEGAN, FIRE, TRAINER, U1, U2, Play, scenario
from tests.support.drill_record import write_record
from ui.text import catalogue


def over(order_at: float | None = 30.0, **began: str) -> Play:
    drill = Play(scenario()).begin(**began).fire()
    if order_at is not None:
        drill.order(order_at, U1, U2)
    drill.say(600, dr.DrillEnded(), by=TRAINER)
    return drill


def reviewed(drill: Play) -> Review:
    return review_of(drill.scenario, drill.records)


RATED = dr.DrillRated(objective="send", rating=dr.Rating.S, words="可更快")


def test_what_is_said_afterwards_is_in_the_chain_at_the_drills_last_second(tmp_path: Path) -> None:
    drill = over()
    data = write_record(tmp_path / "d", drill)
    assert keep_afterwords(data, TRAINER, [RATED]) is None
    assert keep_afterwords(data, TRAINER, [dr.DrillNoted(text="复训", at_s=30.0)]) is None
    records = list(read_events(data))
    assert records[:-2] == drill.records
    assert [(one.at, one.actor) for one in records[-2:]] == [(BEGAN + 600, TRAINER)] * 2
    assert journal_command(["verify", "--data", str(data)]) == 0
    picture = Picture()
    for one in records:
        picture.apply(one)
    assert picture.drill.state is not None
    assert [given.words for given in picture.drill.state.ratings] == ["可更快"]
    before, after = reviewed(drill).score, review_of(drill.scenario, records).score
    assert after.lines == before.lines  # what observers say changes no figure


def test_what_keeps_it_from_being_written_is_a_value_and_changes_nothing(tmp_path: Path) -> None:
    data = write_record(tmp_path / "d", over())
    lock = DirectoryLock(data)
    unkept = keep_afterwords(data, TRAINER, [RATED])
    lock.release()
    assert unkept is not None
    assert unkept.why is NotKept.IN_USE
    assert len(list(read_events(data))) == len(over().records)
    missing = keep_afterwords(tmp_path / "none", TRAINER, [RATED])
    assert missing is not None
    assert missing.why is NotKept.FAILED
    assert not (tmp_path / "none").exists()
    (data / FILE_NAME).write_bytes(b"no database at all")
    damaged = keep_afterwords(data, TRAINER, [RATED])
    assert damaged is not None
    assert damaged.why is NotKept.DAMAGED
    assert made_at(data) is None


def test_an_empty_journal_takes_it_too(tmp_path: Path) -> None:
    data = write_record(tmp_path / "d", over())
    asyncio.run(append_afterwards(data, TRAINER, []))
    assert len(list(read_events(data))) == len(over().records)
    assert made_at(data) is None  # nobody was given an account
    assert made_at(tmp_path) is None


def test_an_action_left_open_is_shown_and_settled_where_it_did_not_come_along() -> None:
    raised = dr.ImprovementRaised(improvement_id="a", text="再练", owner="值班长", due="1970-01-02")
    first = over(drill_id="d1")
    first.say(601, raised, by=TRAINER)
    second = over(drill_id="d2")
    (action,) = actions_of(reviewed(second), [reviewed(first)])
    assert (action.from_drill, action.is_here, action.is_overdue("1970-02-01")) == ("d1", False, True)
    second.say(602, *settling(action, "已练"), by=TRAINER)
    (settled,) = actions_of(reviewed(second), [reviewed(first)])
    assert (settled.is_here, settled.is_open, settled.from_drill) == (True, False, "d1")
    assert not settled.is_overdue("1970-02-01")
    assert [type(one) for one in settling(settled, "")] == [dr.ImprovementSettled]
    third = over(drill_id="d3")
    assert actions_of(reviewed(third), [reviewed(first), reviewed(second)]) == ()


def test_milestones_of_two_teams_are_set_side_by_side() -> None:
    ours, theirs = reviewed(over(90.0)), reviewed(over(30.0))
    (pair,) = pairs_of(milestones(ours), milestones(theirs))
    assert (pair.ours_s, pair.theirs_s, pair.behind_s) == (90.0, 30.0, 60.0)
    alone = pairs_of(milestones(ours), [Milestone("other", "别的", 5.0)])
    assert [(one.id, one.behind_s) for one in alone] == [("other", None), ("ordered", None)]
    assert Pair(id="a", words="a", ours_s=1.0, theirs_s=3.0).behind_s == -2.0
    assert best_of([ours, theirs]) is theirs
    assert best_of([]) is None
    (line, *rest) = compared([ours.score, theirs.score])
    assert best_runs(line) == {1}
    assert best_runs(next(one for one in rest if one.points[0] == one.points[1])) == frozenset()


@pytest.mark.parametrize("locale", list(Locale))
def test_whatever_a_score_rests_on_can_be_said(locale: Locale) -> None:
    drill = over()
    reported = next(one for one in drill.records if isinstance(one.event, ev.IncidentReported))
    order_id = next(iter(drill.picture.orders))
    happened: list[ev.Event] = [
        reported.event,
        ev.OrderOverdue(order_id=order_id, unit_ids=(U1,)),
        ev.CommandRefused(command_kind="order.issue", code="not_allowed"),
        ev.CallAnswered(call_id=CallId("c")),
        ev.VideoWatched(video_id=VideoId("v"), officer_id="duty"),  # type: ignore[arg-type]  # an id as any
        CaseMoved(incident_id=FIRE, step=next(iter(CaseStep)), stage=next(iter(CaseStage))),
        PlanStepTaken(run_id=PlanRunId("r"), step_id="s", outcome=next(iter(StepOutcome))),
        ev.CallEnded(call_id=CallId("c"), end="released"),  # type: ignore[arg-type]  # any end
    ]
    texts = catalogue(locale)
    for number, event in enumerate(happened, 1):
        entry = plain_entry(ev.Recorded(seq=number, at=0.0, actor=GATEWAY, event=event), {})
        assert texts[f"review.entry.{entry.key}"].format_map(entry.values)


def test_who_has_not_passed_lately_is_due() -> None:
    good, bad = reviewed(over(30.0)).score, reviewed(over(None)).score
    records = [*records_of(good, day="2026-01-01"), *records_of(bad, day="2026-05-01")]
    (due,) = dues(records, days=180)
    assert (due.passed_day, due.due_day) == ("2026-01-01", "2026-06-30")
    assert not due.is_overdue("2026-06-30")
    assert due.is_overdue("2026-07-01")
    (never,) = dues(records_of(bad, day="2026-05-01"))
    assert never == Due(officer_id=never.officer_id, name="值班员", scenario_id="small_fire", title=never.title)
    assert never.is_overdue("2026-05-01")


def test_records_are_found_in_a_folder_and_below_it(tmp_path: Path) -> None:
    for name in ("b", "a/one", "a/deep/two", "a/deep/too/deep"):
        write_record(tmp_path / name, Play(scenario()))
    found = runs_in(tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in found] == ["a/deep/too/deep", "a/deep/two", "a/one", "b"][
        1:
    ]
    assert runs_in(tmp_path / "b") == (tmp_path / "b",)

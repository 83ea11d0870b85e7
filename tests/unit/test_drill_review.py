"""Reviews of drills as values, training records, and both on the command line from a real journal."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import openpyxl
import pytest

from comms.domain import drill_events as dr
from comms.domain import events as ev
from comms.domain.alarm import Alarm, AlarmKind, AlarmPriority
from comms.domain.drill_book import carried_over
from comms.domain.hub_events import IncidentAcknowledged, IncidentMerged
from comms.domain.ids import GATEWAY, MarkId, OrderId, PlanId, PlanRunId, UnitId, VideoId, unit_party
from comms.domain.incident import IncidentOutcome
from comms.domain.mark import Mark, MarkKind
from comms.domain.order import AssignmentState
from comms.domain.plan import CheckStep, Plan, PlanLevel
from comms.domain.plan_events import PlanPublished, PlanStarted
from comms.domain.position import Fix
from comms.domain.score import score_of
from comms.domain.track import Track
from comms.domain.video import Video, VideoKind
from comms.drill import follow_up
from comms.drill.__main__ import main
from comms.drill.nearest_tracks import NearestByTracks, nearest_of
from comms.journal import tables
from comms.journal.chain import GENESIS, to_row
from comms.journal.database import FILE_NAME
from comms.journal.errors import JournalDamagedError
from comms.journal.reading import read_events
from comms.journal.tracks import TrackStore
from comms.scenario.yaml_text import write_yaml
from console import aar
from console.drill.entry import EntryKind
from console.drill.review import (
    MOST_ENTRIES,
    FindingKind,
    Review,
    findings_of,
    review_of,
    still_open,
    suggested,
)
from console.drill.training import HEADS, PASSED_FROM, TrainingRecord, csv_of, records_of, standings, xlsx_of
from tests.support.drill import BEGAN, FIRE, HERE, TOWN, TRAINER, U1, U2, U3, Play, raw, scenario
from tests.support.drill_record import write_record


def played(**changed: Any) -> Play:
    """Something of every kind happens."""
    drill = Play(scenario(**changed)).begin().fire()
    drill.say(14, IncidentAcknowledged(incident_id=FIRE))
    drill.order(30, U1)
    order_id = OrderId(next(iter(drill.picture.orders)))
    drill.say(35, ev.OrderAdvanced(order_id=order_id, unit_id=U1, state=AssignmentState.READ), by=unit_party(U1))
    refused = ev.OrderAdvanced(order_id=order_id, unit_id=U1, state=AssignmentState.REFUSED, reason="车坏了")
    drill.say(40, refused, by=unit_party(U1))
    video = Video(id=VideoId("v"), kind=VideoKind.RETURN, unit_id=U2, asked_by=unit_party(U2))
    drill.say(50, ev.VideoStarted(video=video), by=unit_party(U2))
    alarm = Alarm(kind=AlarmKind.UNIT_SILENT, source="unit:u1", priority=AlarmPriority.HIGH)
    drill.say(55, ev.AlarmRaised(alarm=alarm), by=GATEWAY)
    drill.say(58, ev.AlarmAcknowledged(alarm_ids=(alarm.id,)))
    drill.order(90, U1, U2, U3, U1, U2)
    mark = Mark(id=MarkId("m"), kind=MarkKind.POINT, points=((HERE.lat, HERE.lon),), label="警戒", jurisdiction_id=TOWN)
    drill.say(95, ev.MarkDrawn(mark=mark), ev.NoteAdded(text="已封控"))
    steps = (CheckStep(id="one", text="一"),)
    drill.say(
        96, PlanPublished(plan=Plan(id=PlanId("fire"), name="火", kinds=("火",), steps=steps), version=1), by=GATEWAY
    )
    run = PlanStarted(
        run_id=PlanRunId("r"), plan_id=PlanId("fire"), incident_id=FIRE, level=PlanLevel.IV, jurisdiction_id=TOWN
    )
    drill.say(97, run)
    drill.say(100, dr.DrillPaused(is_frozen=True), dr.DrillResumed(), dr.DrillPaused(), dr.DrillResumed(), by=TRAINER)
    drill.say(100, dr.DrillJumped(from_s=100, to_s=220), dr.DrillSpeedSet(speed=2), by=TRAINER)
    drill.say(230, dr.InjectSkipped(inject_id="help"), dr.InjectSkipped(inject_id="unknown"), by=TRAINER)
    drill.say(231, dr.InjectFired(inject_id="unknown"), dr.DrillNoted(text="犹豫不决"), by=TRAINER)
    drill.say(240, ev.IncidentClosed(incident_id=FIRE, outcome=IncidentOutcome.HANDLED))
    drill.say(300, dr.DrillEnded(), by=TRAINER)
    drill.say(400, ev.NoteAdded(text="演练之后"))
    return drill


def reviewed(drill: Play) -> Review:
    return review_of(drill.scenario, drill.records)


def test_the_time_line_tells_what_everybody_did_in_order() -> None:
    review = reviewed(played())
    told = [(entry.at_s, entry.kind.value, entry.key, entry.by) for entry in review.entries]
    assert told == [
        (10.0, "inject", "", "导调"),
        (14.0, "action", "acknowledged", "值班员"),
        (30.0, "action", "order", "值班员"),
        (40.0, "report", "order_refused", "u1"),
        (50.0, "report", "video", "u2"),
        (55.0, "alarm", "alarm", ""),
        (58.0, "action", "alarm_acknowledged", "值班员"),
        (70.0, "missed", "", ""),
        (90.0, "action", "order", "值班员"),
        (95.0, "action", "drawn", "值班员"),
        (95.0, "action", "noted", "值班员"),
        (97.0, "action", "plan", "值班员"),
        (100.0, "clock", "frozen", "导调"),
        (100.0, "clock", "resumed", "导调"),
        (100.0, "clock", "paused", "导调"),
        (100.0, "clock", "resumed", "导调"),
        (100.0, "clock", "jumped", "导调"),
        (230.0, "clock", "skipped", "导调"),
        (230.0, "clock", "skipped", "导调"),
        (231.0, "inject", "inject", "导调"),
        (231.0, "note", "trainer_note", "导调"),
        (240.0, "action", "closed", "值班员"),
    ]
    assert review.entries[0].words == {"zh_CN": "火情：冒烟", "en": "Fire: Smoke"}
    assert review.entries[8].values["units"] == "u1、u2、u3、u1 +1"
    assert review.left_out == 0


def test_a_long_drill_shows_its_beginning_and_says_what_is_left_out() -> None:
    drill = Play(scenario()).begin()
    for number in range(MOST_ENTRIES + 5):
        drill.say(number, ev.NoteAdded(text=str(number)))
    review = reviewed(drill)
    assert (len(review.entries), review.left_out) == (MOST_ENTRIES, 5)


def test_what_happened_is_counted_by_the_minute() -> None:
    review = reviewed(played())
    assert [one.from_s for one in review.bins] == [0.0, 60.0, 120.0, 180.0, 240.0, 300.0]
    assert review.bins[0].counts["action"] == 3
    assert sum(sum(one.counts.values()) for one in review.bins) == len(review.entries)
    day = Play(scenario()).begin()
    day.say(7200, ev.NoteAdded(text="-"))
    assert len(reviewed(day).bins) <= 31


def test_findings_name_what_was_lost_before_what_was_won() -> None:
    review = reviewed(played())
    weak = review.findings[0]
    assert weak.kind is FindingKind.WEAKNESS
    assert weak.line.id == "expectation:ordered"
    assert weak.line.of > weak.line.points
    empty = score_of(scenario(expectations=[], measures=[]), played().records)
    assert findings_of(empty) == ()


def test_weaknesses_speak_for_improvement_actions() -> None:
    expectation = raw()["expectations"][0]
    review = reviewed(played(expectations=[expectation, expectation | {"id": "seated", "role": "duty"}]))
    found = {each.improvement_id: each for each in suggested(review, by_day="2026-07-01", locale="en")}
    assert found["d1/ordered"].text == "Send two"
    assert found["d1/ordered"].objective == "send"
    assert {each.owner for each in found.values()} == {"Duty officer"}
    assert {each.due for each in found.values()} == {"2026-07-01"}
    nobody = msgspec.structs.replace(review, scenario=scenario(roles=[]))
    assert {each.owner for each in suggested(nobody, by_day="2026-07-01", locale="en")} == {""}


def test_improvement_actions_go_along_until_they_are_settled() -> None:
    first = Play(scenario()).begin()
    for name, text in (("a", "增配耳麦"), ("b", "练习抢占话权")):
        raised = dr.ImprovementRaised(improvement_id=name, text=text, owner="值班长", due="2026-07-01")
        first.say(10, raised, by=TRAINER)
    first.say(20, dr.DrillEnded(), by=TRAINER)
    before = reviewed(first)
    assert [each.raised.text for each in before.own] == ["增配耳麦", "练习抢占话权"]
    second = Play(scenario()).begin(drill_id="d2")
    carried = carried_over(still_open([before]), "d1")
    second.say(1000, *carried, by=TRAINER)
    second.say(1010, dr.ImprovementSettled(improvement_id="a", words="已配"), by=TRAINER)
    after = reviewed(second)
    assert [each.raised.from_drill for each in after.carried] == ["d1", "d1"]
    assert after.own == ()
    later = msgspec.structs.replace(after, score=msgspec.structs.replace(after.score, began_at=BEGAN + 9999))
    assert [each.raised.improvement_id for each in still_open([later, before])] == ["b"]
    assert [each.from_drill for each in carried_over(still_open([later]), "d2")] == ["d1"]


# --- training records ---------------------------------------------------------------------------------------


def record(number: int, *, share: float | None = 0.8, day: str = "2026-06-18") -> TrainingRecord:
    (one,) = records_of(score_of(played().scenario, played().records), day=day)
    changed: dict[str, Any] = {"officer_id": f"o{number:05d}", "name": f"值班员 {number}", "share": share}
    return msgspec.structs.replace(one, **changed)


def test_everybody_who_took_part_has_a_record() -> None:
    (one,) = records_of(score_of(played().scenario, played().records), day="2026-06-18")
    assert (one.officer_id, one.name, one.noted, one.orders, one.alarms) == ("duty", "值班员", 1, 2, 1)


def test_a_certificate_follows_from_what_it_certifies() -> None:
    one = record(1)
    assert one.is_passed
    assert one.certificate == record(1).certificate
    assert one.certificate.startswith("WG-20260618-")
    assert one.certificate != record(2).certificate
    for share in (PASSED_FROM - 0.01, None):
        assert not record(1, share=share).is_passed
        assert record(1, share=share).certificate == ""
    assert record(1, share=None).rating is None


def test_people_are_followed_over_drills() -> None:
    first, second = record(1, share=0.5, day="2026-01-01"), record(1, share=0.9, day="2026-02-01")
    (one, other) = standings([second, first, record(2, share=None)])
    assert (one.drills, one.passed, one.best_share, one.last_day) == (2, 1, 0.9, "2026-02-01")
    assert one.mean_share == pytest.approx(0.7)
    assert (other.mean_share, other.best_share) == (None, None)


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_records_go_out_as_sheets(locale: str) -> None:
    records = [record(1), msgspec.structs.replace(record(2, share=None), name="=HYPERLINK(1)")]
    rows = list(csv.reader(io.StringIO(csv_of(records, locale=locale).decode("utf-8-sig"))))
    assert rows[0] == list(HEADS[locale])
    assert rows[1][0] == "o00001"
    assert rows[2][1] == "'=HYPERLINK(1)"
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_of(records, locale=locale))).active
    assert [str(cell.value or "") for cell in sheet[2]][:3] == rows[1][:3]
    assert sheet["B3"].data_type == "s"


def test_ten_thousand_people_fit_into_a_sheet() -> None:
    one = record(1)
    many = [msgspec.structs.replace(one, officer_id=f"o{number}") for number in range(10_000)]
    assert csv_of(many, locale="zh_CN").count(b"\n") == 10_001


# --- who was nearest ----------------------------------------------------------------------------------------


def test_the_nearest_are_those_heard_of_lately() -> None:
    def track(*readings: tuple[float, float]) -> Track:
        at = np.array([BEGAN + second for second, _ in readings])
        lat = np.array([lat for _, lat in readings])
        rest = np.full(len(at), np.nan, dtype=np.float32)
        return Track(at, lat, np.full(len(at), HERE.lon), rest, rest, rest, rest)

    nearest = NearestByTracks(
        {U1: track((0, 23.01), (100, 23.001)), U2: track((0, 23.002)), U3: track((-1000, 23.0)), UnitId("u4"): track()}
    )
    assert nearest(HERE, BEGAN + 50, 3) == [U2, U1]
    assert nearest(HERE, BEGAN + 100, 1) == [U1]
    assert nearest(HERE, BEGAN - 5000, 3) == []
    assert nearest.positions(BEGAN + 100) == {U1: (23.001, HERE.lon), U2: (23.002, HERE.lon)}


def test_tracks_beside_a_journal_are_read_and_left_as_they_are(tmp_path: Path) -> None:
    assert nearest_of(tmp_path, [U1], from_at=BEGAN, to_at=BEGAN + 100) is None
    store = TrackStore(tmp_path, now=lambda: BEGAN + 50)
    store.take(U1, Fix(at=BEGAN + 10, lat=23.001, lon=113.7))
    store.take(U2, Fix(at=BEGAN + 10, lat=23.002, lon=113.7))
    store.close()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    nearest = nearest_of(tmp_path, [U1, U2], from_at=BEGAN, to_at=BEGAN + 100)
    assert nearest is not None
    assert nearest(HERE, BEGAN + 20, 5) == [U1, U2]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


# --- from a journal -----------------------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path: Path) -> Callable[[Play], Path]:
    """Writes what was played as a gateway would have."""

    def write(drill: Play) -> Path:
        folder = tmp_path / f"data{len(list(tmp_path.glob('data*')))}"
        write_record(folder, drill)
        return folder

    return write


@pytest.fixture
def scenario_path(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(write_yaml(raw()), encoding="utf-8")
    return path


def test_a_journal_is_read_as_it_was_recorded(data: Callable[[Play], Path]) -> None:
    drill = played()
    assert list(read_events(data(drill))) == drill.records


def test_a_journal_that_is_missing_or_damaged_is_told(data: Callable[[Play], Path], tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no journal"):
        list(read_events(tmp_path))
    drill = played()
    folder = data(drill)
    engine = tables.open_engine(folder / FILE_NAME)
    with engine.begin() as connection:
        row = to_row(drill.records[-1], previous=GENESIS)
        values = {name: getattr(row, name) for name in row.__slots__} | {"seq": row.seq + 1, "payload": b"{}"}
        connection.execute(tables.events.insert().values(**values))
    engine.dispose()
    with pytest.raises(JournalDamagedError):
        list(read_events(folder))


def test_the_next_drill_begins_with_what_the_last_left_open(data: Callable[[Play], Path]) -> None:
    drill = Play(scenario()).begin()
    for name in ("a", "b"):
        drill.say(5, dr.ImprovementRaised(improvement_id=name, text=name, owner="值班长", due="2026-07-01"), by=TRAINER)
    drill.say(6, dr.ImprovementSettled(improvement_id="a"), by=TRAINER)
    assert [(each.improvement_id, each.from_drill) for each in follow_up.still_open(data(drill))] == [("b", "d1")]
    assert follow_up.still_open(data(Play(scenario()))) == ()


def test_the_command_line_scores(
    data: Callable[[Play], Path], scenario_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(data(played()))
    assert main(["score", "--data", folder, "--scenario", str(scenario_path), "--locale", "en"]) == 0
    told = capsys.readouterr().out
    assert "Drill: A small fire (d1)" in told
    assert "Send two: Done" in told
    assert main(["score", "--data", folder, folder, "--scenario", str(scenario_path)]) == 0
    assert "★ 第 1 次" in capsys.readouterr().out
    assert main(["score", "--data", folder, "--scenario", str(scenario_path), "--json"]) == 0
    (score,) = msgspec.json.decode(capsys.readouterr().out)
    assert score["drill_id"] == "d1"


def test_the_command_line_says_what_is_wrong(
    data: Callable[[Play], Path], scenario_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("format: 1", encoding="utf-8")
    no_drill = str(data(Play(scenario())))
    for arguments in (
        ["--data", str(tmp_path), "--scenario", str(scenario_path)],
        ["--data", no_drill, "--scenario", str(scenario_path)],
        ["--data", no_drill, "--scenario", str(bad)],
        ["--data", no_drill, "--scenario", str(tmp_path / "none.yaml")],
    ):
        assert main(["score", *arguments]) == 2
        assert capsys.readouterr().err
        assert aar.main([*arguments, "--out", str(tmp_path / "x.html")]) == 2
        assert capsys.readouterr().err
    assert aar.main(["--data", no_drill, "--scenario", str(scenario_path), "--out", str(tmp_path / "x.doc")]) == 2


def test_training_records_come_from_the_command_line(
    data: Callable[[Play], Path], scenario_path: Path, tmp_path: Path
) -> None:
    folder = str(data(played()))
    for suffix in ("csv", "xlsx"):
        out = tmp_path / f"records.{suffix}"
        assert aar.main(["--data", folder, "--scenario", str(scenario_path), "--out", str(out)]) == 0
        assert out.stat().st_size > 100
    assert "值班员" in (tmp_path / "records.csv").read_text(encoding="utf-8")


def test_what_was_merged_is_told() -> None:
    drill = Play(scenario()).begin().fire()
    drill.say(20, IncidentMerged(incident_id=FIRE, into=FIRE))
    assert [entry.kind for entry in reviewed(drill).entries] == [EntryKind.INJECT, EntryKind.ACTION]

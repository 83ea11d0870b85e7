"""The roster, attendance, swaps and the handover: rules and fold, without a gateway."""

from typing import Any

import msgspec
import pytest

from comms.domain import duty_events as dev
from comms.domain import events as ev
from comms.domain.alarm import Alarm, AlarmKind, AlarmPriority
from comms.domain.call import Call, CallEnd, CallKind
from comms.domain.case import CaseMoved, CaseStage, CaseStep
from comms.domain.case_clock import CaseClock
from comms.domain.datum import Datum
from comms.domain.duty import DutyPost, Shift, ShiftDraft, Swap
from comms.domain.duty_alarms import duty_alarms, needs_handover
from comms.domain.duty_book import KEPT_HANDOVERS
from comms.domain.duty_rules import (
    DutyFault,
    Plan,
    PlanFault,
    accept_fault,
    is_span,
    make_fault,
    plan,
    sign_fault,
    sign_off_fault,
    sign_on_fault,
    swap_fault,
)
from comms.domain.handover import DifferenceKind, HandoverSection, SectionKind, differences, sheet_digest
from comms.domain.handover_sheet import notes_of, sheet_of
from comms.domain.ids import (
    GATEWAY,
    BlobId,
    CallId,
    CommandId,
    DepartmentId,
    HandoverId,
    IncidentId,
    JurisdictionId,
    OfficerId,
    OrderId,
    PartyId,
    PostId,
    ShiftId,
    SourceId,
    SwapId,
    TalkgroupId,
    UnitId,
    VideoId,
    officer_party,
    unit_party,
)
from comms.domain.incident import Incident, Origin
from comms.domain.jurisdiction import Jurisdiction, Level
from comms.domain.officer import Department, DepartmentDefined
from comms.domain.order import AssignmentState, CircleTarget, Order, OrderPriority, Place
from comms.domain.picture import Picture
from comms.domain.source import Source, SourceDefined
from comms.domain.talkgroup import Talkgroup
from comms.domain.time_limit import TimeLimit, TimeUnit
from comms.domain.unit import Unit
from comms.domain.video import Video, VideoKind
from comms.domain.work_order import Fault, FaultCode, WorkOrder, WorkOrderQuarantined

TOWN, OTHER = JurisdictionId("1/s01"), JurisdictionId("1/s02")
A, B, C = OfficerId("a"), OfficerId("b"), OfficerId("c")
POST, ELSEWHERE = PostId("p1"), PostId("p2")
H = 3600.0
DAY = 24 * H
NOW = 1000 * DAY
_F = DutyFault


def draft(start_h: float, hours: float = 8, officer: OfficerId = A, **more: Any) -> ShiftDraft:
    start_at = NOW + start_h * H
    return ShiftDraft(name="早班", start_at=start_at, end_at=start_at + hours * H, officer_id=officer, **more)


def shift(shift_id: str, start_h: float, hours: float = 8, officer: OfficerId = A, **more: Any) -> Shift:
    fields: dict[str, Any] = {"post_id": POST} | more
    return Shift(id=ShiftId(shift_id), **msgspec.structs.asdict(draft(start_h, hours, officer)) | fields)


class Town:
    """A picture with a post and three officers, and a clock."""

    def __init__(self) -> None:
        self.picture, self.now = Picture(), NOW
        for node in (TOWN, OTHER):
            self.happen(ev.JurisdictionDefined(jurisdiction=Jurisdiction(id=node, name=node, level=Level.TOWN)))
        for officer_id, name in ((A, "甲"), (B, "乙"), (C, "丙")):
            self.happen(ev.OfficerDefined(officer_id=officer_id, name=name, jurisdiction_id=TOWN))
        self.post = DutyPost(id=POST, name="总值班", jurisdiction_id=TOWN)
        self.happen(dev.PostDefined(post=self.post))
        self.happen(dev.PostDefined(post=DutyPost(id=ELSEWHERE, name="分值班", jurisdiction_id=TOWN)))

    def happen(self, *events: ev.Event, actor: PartyId = GATEWAY) -> None:
        for event in events:
            self.picture.apply(ev.Recorded(seq=self.picture.seq + 1, at=self.now, actor=actor, event=event))

    @property
    def book(self) -> Any:
        return self.picture.duty

    def roster(self, *shifts: Shift, gone: tuple[ShiftId, ...] = ()) -> None:
        self.happen(dev.RosterSet(post_id=POST, shifts=shifts, gone=gone))

    def come(self, shift_id: str, officer: OfficerId, reason: str = "") -> None:
        self.happen(dev.DutySignedOn(shift_id=ShiftId(shift_id), officer_id=officer, reason=reason))

    def state(self, shift_id: str) -> Any:
        return self.book.shifts[ShiftId(shift_id)]

    def plan(self, *drafts: ShiftDraft) -> Plan | PlanFault:
        fields: dict[str, Any] = {
            "from_at": NOW - 10 * DAY,
            "until_at": NOW + 30 * DAY,
            "now": self.now,
            "officers": {A, B, C},
            "command_id": CommandId("k"),
        }
        return plan(self.book, self.post, drafts, **fields)

    def make(self, handover_id: str, shift_id: str = "s1", notes: tuple[str, ...] = ()) -> Any:
        sheet = sheet_of(self.picture, self.post, self.state(shift_id), now=self.now, notes=notes)
        made = dev.HandoverMade(handover_id=HandoverId(handover_id), sheet=sheet, digest=sheet_digest(sheet))
        self.happen(made, actor=officer_party(A))
        return self.book.handovers[made.handover_id]

    def alarms(self) -> list[tuple[AlarmKind, AlarmPriority, float | None]]:
        return [(alarm.kind, alarm.priority, alarm.value) for alarm in duty_alarms(self.picture, now=self.now)]


@pytest.fixture
def town() -> Town:
    return Town()


# --- the roster ------------------------------------------------------------------------------------------------


def test_a_month_is_planned_and_planned_anew(town: Town) -> None:
    """A night that crosses midnight is nothing special; what has begun stays as it was."""
    first = town.plan(draft(-4), draft(4, 12, B, deputy_id=C), draft(-40))
    assert isinstance(first, Plan)
    assert [one.id for one in first.shifts] == ["k.1", "k.2"]
    assert (first.gone, first.left_out) == ((), 1)
    town.roster(*first.shifts)
    again = town.plan(draft(-4, officer=C), draft(4, 12, C))
    assert isinstance(again, Plan)
    assert (again.gone, again.left_out) == (("k.2",), 1)
    assert [one.officer_id for one in again.shifts] == [C]
    town.roster(*again.shifts, gone=again.gone)
    assert [state.shift.officer_id for state in town.book.of_post(POST)] == [A, C]
    assert town.book.now(POST, NOW).shift.officer_id == A
    assert town.book.next_after(POST, NOW).shift.officer_id == C
    assert town.book.now(ELSEWHERE, NOW) is None
    assert town.book.next_after(POST, NOW + DAY) is None


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (draft(4, 0.1), _F.BAD_SHIFT),
        (draft(4, 25), _F.BAD_SHIFT),
        (draft(31 * 24), _F.BAD_SHIFT),
        (draft(4, float("inf")), _F.BAD_SHIFT),
        (msgspec.structs.replace(draft(4), name=" "), _F.BAD_SHIFT),
        (draft(4, deputy_id=A), _F.SAME_PERSON),
        (draft(4, officer=OfficerId("x")), _F.UNKNOWN_OFFICER),
        (draft(4, deputy_id=OfficerId("x")), _F.UNKNOWN_OFFICER),
        (draft(61, officer=B), _F.OVERLAP),
        (draft(1, officer=B), _F.OVERLAP),
        (draft(40), _F.OVERLAP),
    ],
)
def test_what_cannot_be_planned(town: Town, wrong: ShiftDraft, fault: DutyFault) -> None:
    """The last three: with another of the plan, with one that runs, with one of the same officer elsewhere."""
    town.roster(shift("s1", 0), shift("s2", 40, post_id=ELSEWHERE))
    assert town.plan(draft(60), wrong) == PlanFault(fault, 1)


def test_a_span_is_two_months_at_most() -> None:
    assert is_span(NOW, NOW + 31 * DAY)
    for from_at, until_at in ((NOW, NOW), (NOW, NOW + 63 * DAY), (float("nan"), NOW), (NOW, float("inf"))):
        assert not is_span(from_at, until_at)


def test_the_picture_forgets_what_is_long_over(town: Town) -> None:
    town.roster(shift("s1", 0))
    town.now += 80 * DAY
    town.roster(shift("s2", 81 * 24))
    assert list(town.book.shifts) == ["s2"]


# --- being there -----------------------------------------------------------------------------------------------


def test_signing_on_and_off(town: Town) -> None:
    town.roster(shift("s1", 0, deputy_id=B), shift("s2", 8, officer=B), shift("s3", 30, officer=C))
    state = town.state("s1")
    assert sign_on_fault(None, A, reason="", now=NOW) is _F.NOT_FOUND
    assert sign_on_fault(state, A, reason="", now=NOW - H) is _F.WRONG_TIME
    assert sign_on_fault(state, A, reason="", now=NOW + 9 * H) is _F.WRONG_TIME
    assert sign_on_fault(state, C, reason=" ", now=NOW) is _F.NOT_ON_ROSTER
    assert sign_on_fault(state, C, reason="代班", now=NOW) is None
    assert state.late_s() is None
    town.now += 60
    town.come("s1", A)
    assert state.late_s() == 60
    assert sign_on_fault(state, A, reason="", now=NOW) is _F.ALREADY_THERE
    town.come("s1", B)
    assert town.book.on_duty(POST) == (A, B)
    assert sign_off_fault(town.book, None, A) is _F.NOT_FOUND
    assert sign_off_fault(town.book, state, C) is _F.NOT_ON_DUTY
    assert sign_off_fault(town.book, state, B) is None
    town.happen(dev.DutySignedOff(shift_id=ShiftId("s1"), officer_id=B))
    assert town.book.on_duty(POST) == (A,)
    assert sign_off_fault(town.book, state, A) is _F.HANDOVER_DUE
    town.come("s3", C)
    assert sign_off_fault(town.book, town.state("s3"), C) is None


def test_nobody_there_and_nothing_signed_are_alarms(town: Town) -> None:
    town.roster(shift("s1", 0), shift("s2", 8, officer=B), shift("s3", 16, officer=B))
    assert town.alarms() == []
    town.now = NOW + 300
    assert town.alarms() == [(AlarmKind.DUTY_MISSING, AlarmPriority.MEDIUM, 5)]
    town.now = NOW + 900
    assert town.alarms() == [(AlarmKind.DUTY_MISSING, AlarmPriority.HIGH, 15)]
    told = duty_alarms(town.picture, now=town.now)[0]
    assert (told.id, told.name, told.jurisdiction_id) == ("duty_missing/shift:s1", "总值班 早班 甲", TOWN)
    town.come("s1", A)
    assert town.alarms() == []
    town.now = NOW + 8 * H + 900
    unhanded = (AlarmKind.HANDOVER_UNSIGNED, AlarmPriority.MEDIUM, 15)
    assert town.alarms() == [(AlarmKind.DUTY_MISSING, AlarmPriority.HIGH, 15), unhanded]
    town.come("s2", B)
    assert town.alarms() == [unhanded]
    town.now = NOW + 9 * H
    assert town.alarms() == [(AlarmKind.HANDOVER_UNSIGNED, AlarmPriority.HIGH, 60)]
    made = town.make("h1")
    town.happen(dev.HandoverSigned(handover_id=made.id), actor=officer_party(A))
    town.happen(dev.HandoverAccepted(handover_id=made.id, shift_id=None, read=()), actor=officer_party(B))
    assert town.alarms() == []
    town.now = NOW + 17 * H
    town.come("s3", B)
    assert town.alarms() == [], "the same officer goes on: nothing to hand over"
    town.roster(shift("s4", 17.9, post_id=ELSEWHERE, officer=OfficerId("gone")))
    town.now = NOW + 18.2 * H
    assert [alarm.name for alarm in duty_alarms(town.picture, now=town.now)] == ["分值班 早班 gone"]


def test_the_last_shift_needs_no_handover(town: Town) -> None:
    town.roster(shift("s1", 0), shift("s2", 8, officer=B))
    town.come("s1", A)
    town.roster(gone=(ShiftId("s2"),))
    town.now = NOW + 8 * H + 900
    assert town.alarms() == []
    assert not needs_handover(town.book, town.state("s1"))


# --- swapping --------------------------------------------------------------------------------------------------


def test_a_swap_needs_both(town: Town) -> None:
    town.roster(shift("s1", 10), shift("s2", 40, officer=B), shift("s3", 60, officer=C, deputy_id=A))
    swap = Swap(id=SwapId("w"), shift_id=ShiftId("s1"), asked_by=A, to=B, other_shift_id=ShiftId("s2"))

    def fault(**more: Any) -> DutyFault | None:
        return swap_fault(town.book, msgspec.structs.replace(swap, **more), now=town.now, officers={A, B, C})

    assert fault() is None
    assert fault(to=A) is _F.SAME_PERSON
    assert fault(to=OfficerId("x")) is _F.UNKNOWN_OFFICER
    assert fault(shift_id=ShiftId("x")) is _F.NOT_FOUND
    assert fault(asked_by=C) is _F.NOT_ON_ROSTER
    assert fault(to=C, other_shift_id=ShiftId("s3")) is _F.OVERLAP, "he is the deputy of that one"
    town.happen(dev.SwapAsked(swap=swap))
    assert list(town.book.swaps) == ["w"]
    town.happen(dev.SwapSettled(swap_id=swap.id, is_agreed=True))
    assert [town.state(one).shift.officer_id for one in ("s1", "s2")] == [B, A]
    given = Swap(id=SwapId("v"), shift_id=ShiftId("s3"), asked_by=A, to=B)
    town.happen(dev.SwapAsked(swap=given), dev.SwapSettled(swap_id=given.id, is_agreed=True))
    assert town.state("s3").shift.officers == (C, B)
    town.happen(dev.SwapAsked(swap=swap), dev.SwapSettled(swap_id=swap.id, is_agreed=False))
    assert town.state("s1").shift.officer_id == B
    town.now = NOW + 10 * H
    assert fault() is _F.WRONG_TIME


def test_a_swap_ends_with_its_shift_and_nobody_gets_two_at_once(town: Town) -> None:
    town.roster(shift("s1", 10), shift("s2", 12, officer=B, post_id=ELSEWHERE))
    swap = Swap(id=SwapId("w"), shift_id=ShiftId("s1"), asked_by=A, to=B)
    assert swap_fault(town.book, swap, now=NOW, officers={A, B}) is _F.OVERLAP
    town.happen(dev.SwapAsked(swap=msgspec.structs.replace(swap, to=C, other_shift_id=ShiftId("s2"))))
    town.roster(gone=(ShiftId("s2"),))
    assert town.book.swaps == {}


# --- the sheet -------------------------------------------------------------------------------------------------


def busy(town: Town) -> None:
    """One of everything that a sheet tells of, and one in another town that it does not."""
    for number, node in enumerate((TOWN, TOWN, OTHER), 1):
        unit = Unit(id=UnitId(f"u{number}"), no=number, name=f"网格员{number}", jurisdiction_id=node, talkgroup_ids=())
        town.happen(ev.UnitDefined(unit=unit))
    place = Place(lat=23.0, lon=113.7, text="幸福路")
    for key, node, priority in (
        ("i1", TOWN, "normal"),
        ("i2", TOWN, "critical"),
        ("i3", TOWN, "normal"),
        ("i4", OTHER, "normal"),
    ):
        what = Incident(
            id=IncidentId(key), kind="井盖缺失", place=place, jurisdiction_id=node, priority=OrderPriority(priority)
        )
        town.happen(ev.IncidentReported(incident=what), actor=officer_party(A))
    for key, worker, deadline_h, case in (("o1", "u1", 2.0, "i1"), ("o2", "u3", 1.0, "i4"), ("o3", "u2", None, None)):
        order = Order(
            id=OrderId(key),
            title=f"指令{key}",
            deadline_at=NOW + deadline_h * H if deadline_h is not None else None,
            unit_ids=(UnitId(worker),),
            incident_id=IncidentId(case) if case is not None else None,
        )
        town.happen(ev.OrderIssued(order=order), actor=officer_party(A))
        if case is not None:
            town.happen(ev.IncidentLinked(incident_id=IncidentId(case), order_id=order.id))
    town.happen(DepartmentDefined(department=Department(id=DepartmentId("d"), name="城管", jurisdiction_id=TOWN)))
    clock = CaseClock(
        limit=TimeLimit(amount=1, unit=TimeUnit.NATURAL_DAY),
        allowed_s=DAY,
        running_since=NOW,
        due_at=NOW + H,
        warn_at=NOW,
        escalate_at=NOW + 2 * H,
    )
    town.happen(
        CaseMoved(
            incident_id=IncidentId("i3"),
            step=CaseStep.DISPATCH,
            stage=CaseStage.DISPATCHED,
            department_id=DepartmentId("d"),
            clock=clock,
        )
    )
    town.happen(ev.TerminalConnected(unit_id=UnitId("u2")))
    for key, of_whom in (("x", TOWN), ("y", OTHER), ("z", None)):
        alarm = Alarm(
            kind=AlarmKind.UNIT_SILENT,
            source=key,
            priority=AlarmPriority.LOW,
            jurisdiction_id=of_whom,
            unit_id=UnitId("u1") if of_whom is not None else None,
            name="指令",
        )
        shelved = ev.AlarmShelved(alarm_id=alarm.id, until_at=NOW + (H if key == "z" else 2 * H), reason="等待配件")
        town.happen(ev.AlarmRaised(alarm=alarm), shelved, actor=officer_party(B))
    town.happen(ev.AlarmRaised(alarm=Alarm(kind=AlarmKind.WARNING, source="w", priority=AlarmPriority.LOW)))
    town.happen(ev.FaultNoted(code="disk_slow", detail="写入变慢"))
    group = Talkgroup(id=TalkgroupId("g"), name="圈呼一", jurisdiction_id=TOWN)
    area = CircleTarget(lat=23.0, lon=113.7, radius_m=100)
    town.happen(ev.TalkgroupFormed(talkgroup=group, area=area, unit_ids=(UnitId("u1"),)), actor=officer_party(C))
    town.happen(ev.TalkgroupDefined(talkgroup=Talkgroup(id=TalkgroupId("q"), name="常设", jurisdiction_id=TOWN)))
    for key, callee in (("c1", "unit:u1"), ("c2", "officer:zz"), ("c3", "unit:u2")):
        call = Call(id=CallId(key), kind=CallKind.POINT, caller=officer_party(A), callee=PartyId(callee))
        town.happen(ev.CallStarted(call=call))
    town.happen(ev.CallEnded(call_id=CallId("c3"), end=CallEnd.HUNG_UP))
    for key, camera in (("v1", "u1"), ("v2", "u3")):
        unit_id = UnitId(camera)
        video = Video(id=VideoId(key), kind=VideoKind.RETURN, unit_id=unit_id, asked_by=unit_party(unit_id))
        town.happen(ev.VideoStarted(video=video))
    for key, faults in (("1", (Fault(code=FaultCode.NO_KIND),)), ("2", ())):
        origin = Origin(source=SourceId("hotline"), source_id=key)
        waiting = WorkOrder(origin=origin, address="西街" if key == "1" else "", datum=Datum.WGS84)
        town.happen(WorkOrderQuarantined(order=waiting, faults=faults, digest="", blob_id=BlobId("b")))


def lines(sheet: Any, kind: SectionKind) -> list[Any]:
    return next(list(section.lines) for section in sheet.sections if section.kind is kind)


def test_the_sheet_says_what_is_open_most_urgent_first(town: Town) -> None:
    busy(town)
    town.roster(shift("s1", 0), shift("s2", 8, officer=B))
    sheet = sheet_of(town.picture, town.post, town.state("s1"), now=NOW, notes=("桥头积水",))
    assert (sheet.next_shift_id, sheet.seq) == ("s2", town.picture.seq)
    incidents = lines(sheet, SectionKind.INCIDENTS)
    assert [(line.key, line.due_at, line.state, line.who) for line in incidents] == [
        ("i3", NOW + H, "dispatched", "城管"),
        ("i1", NOW + 2 * H, "reported", "网格员1"),
        ("i2", None, "reported", ""),
    ]
    assert incidents[0].title == "井盖缺失 幸福路"
    assert [line.key for line in lines(sheet, SectionKind.ORDERS)] == ["o1", "o3"]
    shelved = lines(sheet, SectionKind.SHELVED)
    assert [(line.title, line.who, line.text) for line in shelved] == [
        ("指令", "乙", "等待配件"),
        ("网格员1 指令", "乙", "等待配件"),
    ]
    assert [line.key for line in lines(sheet, SectionKind.CONTACT)] == ["u1"]
    assert [line.state for line in lines(sheet, SectionKind.FAULTS)] == ["disk_slow"]
    assert [(line.title, line.who, line.state) for line in lines(sheet, SectionKind.CALLS)] == [
        ("圈呼一", "丙", "ad_hoc"),
        ("网格员1", "甲", "point_call"),
        ("zz", "甲", "point_call"),
        ("网格员1", "", "video"),
    ]
    assert [(line.title, line.state, line.who) for line in lines(sheet, SectionKind.QUARANTINE)] == [
        ("西街", "no_kind", "hotline"),
        ("2", "", "hotline"),
    ]
    assert notes_of(sheet) == ("桥头积水",)
    town.happen(SourceDefined(source=Source(id=SourceId("hotline"), name="12345 热线", jurisdiction_id=TOWN)))
    town.happen(ev.TerminalConnected(unit_id=UnitId("u1")))
    later = sheet_of(town.picture, town.post, town.state("s2"), now=NOW)
    assert later.next_shift_id is None
    assert {line.who for line in lines(later, SectionKind.QUARANTINE)} == {"12345 热线"}
    assert lines(later, SectionKind.CONTACT) == []


def test_what_changed_between_making_and_signing(town: Town) -> None:
    busy(town)
    town.roster(shift("s1", 0))
    first = sheet_of(town.picture, town.post, town.state("s1"), now=NOW)
    same = sheet_of(town.picture, town.post, town.state("s1"), now=NOW + 60)
    assert differences(first, same) == ()
    assert sheet_digest(first) != sheet_digest(same)
    assert sheet_digest(first) == sheet_digest(msgspec.structs.replace(first))
    town.happen(ev.FaultNoted(code="disk_slow", is_over=True), ev.FaultNoted(code="clock"))
    advanced = ev.OrderAdvanced(order_id=OrderId("o1"), unit_id=UnitId("u1"), state=AssignmentState.READ)
    town.happen(advanced)
    later = sheet_of(town.picture, town.post, town.state("s1"), now=NOW + 60)
    found = [(one.section, one.kind, one.line.key) for one in differences(first, later)]
    assert found == [
        (SectionKind.ORDERS, DifferenceKind.CHANGED, "o1"),
        (SectionKind.CONTACT, DifferenceKind.CHANGED, "u1"),
        (SectionKind.FAULTS, DifferenceKind.NEW, "clock"),
        (SectionKind.FAULTS, DifferenceKind.GONE, "disk_slow"),
    ]
    bare = msgspec.structs.replace(later, sections=(HandoverSection(kind=SectionKind.NOTES),))
    assert {one.kind for one in differences(first, bare)} == {DifferenceKind.GONE}


# --- handing over ----------------------------------------------------------------------------------------------


def test_both_sign_what_is_there(town: Town) -> None:
    town.roster(shift("s1", 0), shift("s2", 8, officer=B))
    assert make_fault(None, A) is _F.NOT_FOUND
    assert make_fault(town.state("s1"), A) is _F.NOT_ON_DUTY
    town.come("s1", A)
    assert make_fault(town.state("s1"), A) is None
    first, made = town.make("h1"), town.make("h2")
    assert (first.is_open, made.is_open) == (False, True)
    assert town.book.open_handover(ShiftId("s1")) is made
    kinds = tuple(section.kind for section in made.sheet.sections)

    def accept(state: Any, officer: OfficerId = B, digest: str = made.digest, read: Any = kinds) -> DutyFault | None:
        return accept_fault(town.book, state, officer, digest=digest, read=read)

    assert sign_fault(town.book, None, A, "") is _F.NOT_FOUND
    assert sign_fault(town.book, first, A, first.digest) is _F.SETTLED
    assert sign_fault(town.book, made, A, "else") is _F.OTHER_SHEET
    assert sign_fault(town.book, made, B, made.digest) is _F.NOT_ON_DUTY
    assert sign_fault(town.book, made, A, made.digest) is None
    assert accept(None) is _F.NOT_FOUND
    assert accept(made) is _F.UNSIGNED
    town.happen(dev.HandoverSigned(handover_id=made.id, words="无异常"), actor=officer_party(A))
    assert sign_fault(town.book, made, A, made.digest) is _F.SETTLED
    assert accept(made, A) is _F.SAME_PERSON
    assert accept(made, C) is _F.NOT_ON_ROSTER
    assert accept(made, read=kinds[1:]) is _F.NOT_READ
    assert accept(made) is None
    town.come("s1", C)
    assert accept(made, C) is _F.SAME_PERSON, "he is at the post that is handed over"
    town.now += 60
    accepted = dev.HandoverAccepted(handover_id=made.id, shift_id=ShiftId("s2"), read=kinds, words="已知悉")
    town.happen(accepted, actor=officer_party(B))
    assert (made.signed.name, made.signed.words, made.accepted.name, made.accepted.at) == (
        "甲",
        "无异常",
        "乙",
        NOW + 60,
    )
    assert town.book.on_duty(POST) == ()
    assert make_fault(town.state("s1"), A) is _F.SETTLED
    assert town.book.open_handover(ShiftId("s1")) is None


def test_without_a_next_shift_any_colleague_takes_over(town: Town) -> None:
    town.roster(shift("s1", 0))
    town.come("s1", A)
    made = town.make("h1")
    town.happen(dev.HandoverSigned(handover_id=made.id), actor=officer_party(A))
    kinds = tuple(section.kind for section in made.sheet.sections)
    assert accept_fault(town.book, made, C, digest=made.digest, read=kinds) is None
    made.sheet = None
    town.roster(gone=(ShiftId("s1"),))
    assert accept_fault(town.book, made, C, digest=made.digest, read=()) is None
    town.happen(dev.HandoverAccepted(handover_id=made.id, shift_id=None, read=()), actor=PartyId("gone"))
    assert made.accepted.officer_id == "gone"


def test_old_sheets_keep_their_signatures_and_lose_their_content(town: Town) -> None:
    town.roster(shift("s1", 0))
    town.come("s1", A)
    for number in range(KEPT_HANDOVERS + 3):
        town.make(f"h{number}")
    held = list(town.book.handovers.values())
    assert len(held) == KEPT_HANDOVERS + 1
    assert [state.sheet is not None for state in held] == [False] * (KEPT_HANDOVERS - 4) + [True] * 5

"""A desk with a post, three shifts, colleagues and something to hand over."""

from typing import Any

from comms.domain import duty_events as dev
from comms.domain import events as ev
from comms.domain.alarm import Alarm, AlarmKind, AlarmPriority
from comms.domain.duty import DutyPost, Shift
from comms.domain.handover import sheet_digest
from comms.domain.handover_sheet import sheet_of
from comms.domain.ids import HandoverId, IncidentId, OfficerId, PostId, ShiftId, officer_party
from comms.domain.incident import Incident
from comms.domain.order import OrderPriority, Place
from comms.protocol import duty_commands as cmd
from comms.protocol import pushes
from tests.support.scene import ME, NOW, OFFICER, TOWN, Scene

POST = PostId("p1")
BEFORE, NEXT = OfficerId("before"), OfficerId("next")
HOUR = 3600.0
PASSWORD = "a-long-password"


def shift(shift_id: str, start_h: float, officer: OfficerId, name: str = "白班", hours: float = 8) -> Shift:
    start_at = NOW + start_h * HOUR
    return Shift(
        id=ShiftId(shift_id),
        post_id=POST,
        name=name,
        start_at=start_at,
        end_at=start_at + hours * HOUR,
        officer_id=officer,
    )


def on_duty(scene: Scene) -> None:
    """The officer of this desk is on duty until in half an hour, then a colleague."""
    for officer_id, name in ((OFFICER, "李建国"), (BEFORE, "陈一鸣"), (NEXT, "周文")):
        scene.happen(ev.OfficerDefined(officer_id=officer_id, name=name, jurisdiction_id=TOWN))
    scene.happen(dev.PostDefined(post=DutyPost(id=POST, name="总值班室", jurisdiction_id=TOWN)))
    shifts = (
        shift("s0", -15.5, BEFORE, "夜班"),
        shift("s1", -7.5, OFFICER),
        shift("s2", 0.5, NEXT, "小夜班"),
        shift("s3", 8.5, BEFORE, "夜班"),
        shift("s4", 40.5, NEXT, "夜班"),
    )
    scene.happen(dev.RosterSet(post_id=POST, shifts=shifts))
    scene.happen(dev.DutySignedOn(shift_id=ShiftId("s1"), officer_id=OFFICER), actor=ME)


def something_open(scene: Scene) -> None:
    reported = (("燃气泄漏", "critical"), ("井盖缺失", "normal"), ("占道经营", "urgent"))
    for number, (kind, priority) in enumerate(reported):
        place = Place(lat=23.02, lon=113.75, text=f"幸福路 {number + 3} 号")
        what = Incident(
            id=IncidentId(f"i{number}"),
            kind=kind,
            place=place,
            jurisdiction_id=TOWN,
            priority=OrderPriority(priority),
        )
        scene.happen(ev.IncidentReported(incident=what), actor=ME)
    alarm = Alarm(kind=AlarmKind.UNIT_SILENT, source="x", priority=AlarmPriority.LOW, name="夜间巡查")
    scene.happen(ev.AlarmRaised(alarm=alarm))
    shelved = ev.AlarmShelved(alarm_id=alarm.id, until_at=NOW + HOUR, reason="终端送修")
    scene.happen(shelved, actor=ME)


def made(scene: Scene, handover_id: str = "h1", notes: tuple[str, ...] = ("桥头有积水，注意观察",)) -> str:
    """What the gateway records for handover.make; its digest."""
    book = scene.store.picture.duty
    sheet = sheet_of(scene.store.picture, book.posts[POST], book.shifts[ShiftId("s1")], now=scene.clock, notes=notes)
    digest = sheet_digest(sheet)
    scene.happen(dev.HandoverMade(handover_id=HandoverId(handover_id), sheet=sheet, digest=digest), actor=ME)
    return digest


def log_of(scene: Scene, events: list[ev.Recorded]) -> None:
    """The gateway answers log.span from these, as it does from its journal."""

    def page(command: Any) -> pushes.Push:
        found = [one for one in events if command.from_at <= one.at < command.until_at and one.seq > command.after_seq]
        return pushes.LogPage(id=command.id, events=tuple(found[: command.limit]), has_more=len(found) > command.limit)

    scene.desk.answers[cmd.LogSpan] = page


def many_events(count: int) -> list[ev.Recorded]:
    """A shift with so many lines, each an officer's note."""
    return [
        ev.Recorded(
            seq=seq,
            at=NOW - 7 * HOUR + seq,
            actor=officer_party(OFFICER),
            event=ev.NoteAdded(text=f"第 {seq} 条：网格员报告幸福路 {seq} 号井盖破损，已派单，长期跟踪"),
        )
        for seq in range(1, count + 1)
    ]

"""The picture: everything known now, folded from events. Gateway, desk and replay run this same fold."""

from typing import TypeVar, assert_never

import msgspec

from comms.domain import ad_hoc_fold, book_fold, ladder_fold
from comms.domain import events as ev
from comms.domain.alarm_book import AlarmBook
from comms.domain.call import CallPhase
from comms.domain.case_book import CaseBook
from comms.domain.desk_view import DeskBook
from comms.domain.drill_book import DrillBook
from comms.domain.duty_book import DutyBook
from comms.domain.fence import Fence
from comms.domain.ids import (
    BlobId,
    BurstId,
    CallId,
    DepartmentId,
    FenceId,
    JurisdictionId,
    OfficerId,
    OrderId,
    PartyId,
    TalkgroupId,
    UnitId,
    VideoId,
)
from comms.domain.incident_book import IncidentBook
from comms.domain.item_book import ItemBook
from comms.domain.jurisdiction import Jurisdiction
from comms.domain.ladder import LadderEvent
from comms.domain.mark_book import MarkBook
from comms.domain.officer import Department, DepartmentDefined
from comms.domain.order import AssignmentState
from comms.domain.patrol_book import PatrolBook
from comms.domain.plan_book import PlanBook
from comms.domain.states import (
    CallState,
    Change,
    OfficerState,
    OrderState,
    Recording,
    Step,
    TalkgroupState,
    UnitState,
    VideoState,
)
from comms.domain.talkgroup import Talkgroup
from comms.domain.video import VideoPhase
from comms.domain.weather import WeatherBook
from comms.domain.work_order_book import WorkOrderBook

__all__ = [
    "CallState",
    "Change",
    "OfficerState",
    "OrderState",
    "Picture",
    "Recording",
    "Step",
    "TalkgroupState",
    "UnitState",
    "VideoState",
]

_K = TypeVar("_K")
_V = TypeVar("_V")

KEPT_ENDED = 200
"""Ended calls and ended videos kept for the officer to look back at."""
KEPT_RECORDINGS = 500


class Picture(msgspec.Struct, kw_only=True):
    """`seq` is the last event applied. Of what has ended only the newest are kept (the journal has the rest),
    so that a picture stays as small as what is going on."""

    seq: int = 0
    jurisdictions: dict[JurisdictionId, Jurisdiction] = {}
    departments: dict[DepartmentId, Department] = {}
    officers: dict[OfficerId, OfficerState] = {}
    units: dict[UnitId, UnitState] = {}
    talkgroups: dict[TalkgroupId, TalkgroupState] = {}
    calls: dict[CallId, CallState] = {}
    recordings: dict[BurstId, Recording] = {}
    videos: dict[VideoId, VideoState] = {}
    orders: dict[OrderId, OrderState] = {}
    map_blob_id: BlobId | None = None
    faults: dict[str, str] = {}
    dissolved: dict[TalkgroupId, Talkgroup] = {}
    """Ad-hoc talkgroups that are gone, the newest, for their names."""
    fences: dict[FenceId, Fence] = {}
    alarms: AlarmBook = msgspec.field(default_factory=AlarmBook)
    incidents: IncidentBook = msgspec.field(default_factory=IncidentBook)
    cases: CaseBook = msgspec.field(default_factory=CaseBook)
    desks: DeskBook = msgspec.field(default_factory=DeskBook)
    drill: DrillBook = msgspec.field(default_factory=DrillBook)
    duty: DutyBook = msgspec.field(default_factory=DutyBook)
    items: ItemBook = msgspec.field(default_factory=ItemBook)
    marks: MarkBook = msgspec.field(default_factory=MarkBook)
    plans: PlanBook = msgspec.field(default_factory=PlanBook)
    patrols: PatrolBook = msgspec.field(default_factory=PatrolBook)
    weather: WeatherBook = msgspec.field(default_factory=WeatherBook)
    work_orders: WorkOrderBook = msgspec.field(default_factory=WorkOrderBook)

    def apply(self, recorded: ev.Recorded) -> tuple[Change, ...]:
        """Fold one event in. Raises ValueError when `seq` is not the next one: a gap means lost events."""
        if recorded.seq != self.seq + 1:
            raise ValueError(f"picture is at {self.seq}, event is {recorded.seq}")
        self.seq = recorded.seq
        if isinstance(recorded.event, ev.BookEvent):
            changes = book_fold.fold(self, recorded.event, recorded)
        elif isinstance(recorded.event, LadderEvent):
            order = self.orders[recorded.event.order_id]
            changes = ladder_fold.fold(order, recorded.event, at=recorded.at, actor=recorded.actor)
        else:
            changes = self._own(recorded.event, recorded)
            ladder_fold.follow(self.orders, recorded.event)
        known = self.incidents.states
        return changes + self.cases.attach(recorded.event, at=recorded.at, incidents=known, orders=self.orders)

    def _own(self, event: ev.OwnEvent, recorded: ev.Recorded) -> tuple[Change, ...]:
        if isinstance(event, ev.Definition):
            return self._define(event)
        match event:
            case ev.TalkgroupFormed() | ev.TalkgroupJoined() | ev.TalkgroupFollowSet() | ev.TalkgroupDissolved():
                return ad_hoc_fold.fold(self.talkgroups, self.units, self.dissolved, event, recorded)
            case (
                ev.OfficerSignedOn()
                | ev.OfficerSignedOff()
                | ev.TerminalConnected()
                | ev.TerminalDisconnected()
                | ev.TerminalEnrolled()
                | ev.UnitStatusChanged()
                | ev.AffiliationChanged()
            ):
                return self._presence(event)
            case ev.CallStarted() | ev.CallAnswered() | ev.CallEnded():
                return self._call(event, recorded.at)
            case ev.TalkStarted() | ev.TalkEnded() | ev.RecordingSaved():
                return self._talk(event)
            case ev.VideoAsked() | ev.VideoStarted() | ev.VideoEnded() | ev.VideoWatched() | ev.VideoUnwatched():
                return self._video(event, recorded.at)
            case ev.OrderIssued() | ev.OrderAdvanced() | ev.OrderReminded() | ev.OrderOverdue():
                return self._order(event, recorded)
            case ev.NoteAdded() | ev.CommandRefused():
                return ()
            case ev.FaultNoted():
                return self._fault(event)
            case _:
                assert_never(event)

    def _fault(self, event: ev.FaultNoted) -> tuple[Change, ...]:
        if event.is_over:
            self.faults.pop(event.code, None)
        else:
            self.faults[event.code] = event.detail
        return (Change("fault", event.code),)

    def _define(self, event: ev.Definition) -> tuple[Change, ...]:
        match event:
            case ev.JurisdictionDefined(jurisdiction=node):
                is_new = node.id not in self.jurisdictions
                self.jurisdictions[node.id] = node
                return (Change("jurisdiction", node.id, is_new),)
            case ev.UnitDefined(unit=unit):
                known = self.units.get(unit.id)
                if known is None:
                    self.units[unit.id] = UnitState(unit=unit, affiliated=unit.talkgroup_ids[:1])
                else:
                    known.unit = unit
                return (Change("unit", unit.id, known is None),)
            case ev.TalkgroupDefined(talkgroup=group):
                held = self.talkgroups.get(group.id)
                if held is None:
                    self.talkgroups[group.id] = TalkgroupState(talkgroup=group)
                else:
                    held.talkgroup = group
                return (Change("talkgroup", group.id, held is None),)
            case ev.OfficerDefined():
                return self._define_officer(event)
            case DepartmentDefined(department=department):
                is_new = department.id not in self.departments
                self.departments[department.id] = department
                return (Change("department", department.id, is_new),)
            case ev.MapPublished():
                self.map_blob_id = event.blob_id
                return (Change("map", event.blob_id),)
            case _:
                assert_never(event)

    def _define_officer(self, event: ev.OfficerDefined) -> tuple[Change, ...]:
        before = self.officers.get(event.officer_id)
        self.officers[event.officer_id] = OfficerState(
            id=event.officer_id,
            name=event.name,
            jurisdiction_id=event.jurisdiction_id,
            is_on_duty=before.is_on_duty if before else False,
            roles=event.roles,
            department_id=event.department_id,
        )
        return (Change("officer", event.officer_id, before is None),)

    def _presence(
        self,
        event: ev.OfficerSignedOn
        | ev.OfficerSignedOff
        | ev.TerminalConnected
        | ev.TerminalDisconnected
        | ev.TerminalEnrolled
        | ev.UnitStatusChanged
        | ev.AffiliationChanged,
    ) -> tuple[Change, ...]:
        match event:
            case ev.OfficerSignedOn() | ev.OfficerSignedOff():
                officer = self.officers[event.officer_id]
                officer.is_on_duty = isinstance(event, ev.OfficerSignedOn)
                return (Change("officer", event.officer_id),)
            case ev.TerminalConnected() | ev.TerminalDisconnected():
                self.units[event.unit_id].is_online = isinstance(event, ev.TerminalConnected)
            case ev.UnitStatusChanged():
                self.units[event.unit_id].status = event.status
            case ev.AffiliationChanged():
                self.units[event.unit_id].affiliated = event.talkgroup_ids
            case ev.TerminalEnrolled():
                return ()
            case _:
                assert_never(event)
        return (Change("unit", event.unit_id),)

    def _call(self, event: ev.CallStarted | ev.CallAnswered | ev.CallEnded, at: float) -> tuple[Change, ...]:
        match event:
            case ev.CallStarted(call=call):
                is_group = call.talkgroup_id is not None
                self.calls[call.id] = CallState(
                    call=call, phase=CallPhase.ACTIVE if is_group else CallPhase.RINGING, started_at=at
                )
                if call.talkgroup_id is None:
                    return (Change("call", call.id, True),)
                self.talkgroups[call.talkgroup_id].call_id = call.id
                return (Change("call", call.id, True), Change("talkgroup", call.talkgroup_id))
            case ev.CallAnswered():
                state = self.calls[event.call_id]
                state.phase, state.answered_at = CallPhase.ACTIVE, at
                return (Change("call", event.call_id),)
            case ev.CallEnded():
                return self._end_call(event, at)
            case _:
                assert_never(event)

    def _talk(self, event: ev.TalkStarted | ev.TalkEnded | ev.RecordingSaved) -> tuple[Change, ...]:
        match event:
            case ev.TalkStarted():
                group = self.talkgroups[event.talkgroup_id]
                group.talker, group.burst_id = event.talker, event.burst_id
                return self._talk_changes(event.talkgroup_id, event.talker)
            case ev.TalkEnded():
                group = self.talkgroups[event.talkgroup_id]
                if group.burst_id != event.burst_id:
                    return ()
                talker, group.talker, group.burst_id = group.talker, None, None
                return self._talk_changes(event.talkgroup_id, talker)
            case ev.RecordingSaved():
                self.recordings[event.burst_id] = Recording(
                    call_id=event.call_id,
                    burst_id=event.burst_id,
                    talker=event.talker,
                    blob_id=event.blob_id,
                    started_at=event.started_at,
                    duration_s=event.duration_s,
                )
                while len(self.recordings) > KEPT_RECORDINGS:
                    del self.recordings[next(iter(self.recordings))]
                return (Change("recording", event.burst_id, True),)
            case _:
                assert_never(event)

    def _talk_changes(self, talkgroup_id: TalkgroupId, talker: PartyId | None) -> tuple[Change, ...]:
        changes = (Change("talkgroup", talkgroup_id),)
        if talker is not None and talker.startswith("unit:"):
            return (*changes, Change("unit", talker[5:]))
        return changes

    def _end_call(self, event: ev.CallEnded, at: float) -> tuple[Change, ...]:
        state = self.calls[event.call_id]
        state.phase, state.ended_at, state.end = CallPhase.ENDED, at, event.end
        _forget_ended(self.calls, [key for key, call in self.calls.items() if call.phase is CallPhase.ENDED])
        changes = [Change("call", event.call_id)]
        group_id = state.call.talkgroup_id
        if group_id is not None and self.talkgroups[group_id].call_id == event.call_id:
            group = self.talkgroups[group_id]
            group.call_id = group.talker = group.burst_id = None
            changes.append(Change("talkgroup", group_id))
        return tuple(changes)

    def _video(
        self,
        event: ev.VideoAsked | ev.VideoStarted | ev.VideoEnded | ev.VideoWatched | ev.VideoUnwatched,
        at: float,
    ) -> tuple[Change, ...]:
        match event:
            case ev.VideoAsked(video=video) | ev.VideoStarted(video=video):
                is_new = video.id not in self.videos
                phase = VideoPhase.LIVE if isinstance(event, ev.VideoStarted) else VideoPhase.ASKED
                self.videos[video.id] = VideoState(video=video, phase=phase, started_at=at)
                return (Change("video", video.id, is_new), Change("unit", video.unit_id))
            case ev.VideoEnded():
                state = self.videos[event.video_id]
                state.phase, state.end, state.watchers = VideoPhase.ENDED, event.end, ()
                _forget_ended(self.videos, [k for k, v in self.videos.items() if v.phase is VideoPhase.ENDED])
                return (Change("video", event.video_id), Change("unit", state.video.unit_id))
            case ev.VideoWatched():
                state = self.videos[event.video_id]
                if event.officer_id not in state.watchers:
                    state.watchers = (*state.watchers, event.officer_id)
            case ev.VideoUnwatched():
                state = self.videos[event.video_id]
                state.watchers = tuple(w for w in state.watchers if w != event.officer_id)
            case _:
                assert_never(event)
        return (Change("video", event.video_id),)

    def _order(
        self,
        event: ev.OrderIssued | ev.OrderAdvanced | ev.OrderReminded | ev.OrderOverdue,
        recorded: ev.Recorded,
    ) -> tuple[Change, ...]:
        at, actor = recorded.at, recorded.actor
        match event:
            case ev.OrderIssued(order=order):
                self.orders[order.id] = OrderState(
                    order=order,
                    issued_by=actor,
                    assignments={unit_id: AssignmentState.ISSUED for unit_id in order.unit_ids},
                    timeline=[Step(at=at, actor=actor, what="issued")],
                )
                return (Change("order", order.id, True),)
            case ev.OrderAdvanced():
                state = self.orders[event.order_id]
                state.assignments[event.unit_id] = event.state
                state.timeline.append(
                    Step(
                        at=event.occurred_at or at,
                        actor=actor,
                        what=event.state.value,
                        unit_id=event.unit_id,
                        reason=event.reason,
                        attachments=event.attachments,
                    )
                )
                return (Change("order", event.order_id), Change("unit", event.unit_id))
            case ev.OrderReminded() | ev.OrderOverdue():
                state = self.orders[event.order_id]
                is_overdue = isinstance(event, ev.OrderOverdue)
                state.is_overdue = state.is_overdue or is_overdue
                what = "overdue" if is_overdue else "reminded"
                state.timeline.extend(
                    Step(at=at, actor=actor, what=what, unit_id=unit_id) for unit_id in event.unit_ids
                )
                return (Change("order", event.order_id),)
            case _:
                assert_never(event)


def _forget_ended(things: dict[_K, _V], ended: list[_K]) -> None:
    """Drop the oldest of what has ended, beyond what is kept."""
    for key in ended[: max(0, len(ended) - KEPT_ENDED)]:
        del things[key]

"""One module for each family of commands, and the table of them all."""

from collections.abc import Awaitable, Callable
from typing import Any

from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.gateway.handlers import (
    affiliation,
    alarm,
    assessment,
    blob,
    call,
    case,
    desk,
    drill,
    duty,
    enrolment,
    fence,
    floor,
    hub,
    incident,
    item,
    ladder,
    log,
    mark,
    media,
    order,
    patrol,
    picture,
    plan,
    position,
    session,
    status,
    track,
    video,
    visit,
    weather,
    work_order,
)
from comms.protocol import commands as c
from comms.protocol import duty_commands as d
from comms.protocol import item_commands as i
from comms.protocol import patrol_commands as p
from comms.protocol.alarm_commands import (
    AlarmAcknowledge,
    AlarmMark,
    AlarmShelve,
    AlarmUnshelve,
    FenceChange,
    FenceDraw,
    FenceErase,
)
from comms.protocol.assessment_commands import AssessmentCases, AssessmentRead
from comms.protocol.case_commands import CalendarRead, CaseMove
from comms.protocol.desk_commands import DeskViewTell
from comms.protocol.drill_commands import DRILL_COMMANDS
from comms.protocol.hub_commands import IncidentAcknowledge, IncidentMerge, IncidentUnmerge
from comms.protocol.incident_commands import IncidentClose, IncidentLinkOrder, IncidentReport
from comms.protocol.ladder_commands import LadderStop
from comms.protocol.mark_commands import MarkChange, MarkDraw, MarkErase
from comms.protocol.plan_commands import PlanEnd, PlanRaise, PlanSkip, PlanStart, PlanTick
from comms.protocol.pushes import Push
from comms.protocol.track_commands import TrackDays, TrackRead
from comms.protocol.weather_commands import WeatherEnd, WeatherIssue
from comms.protocol.work_order_commands import WorkOrderDiscard, WorkOrderRelease

Handler = Callable[[Gateway, Session, Any], Awaitable[Push | Refusal | None]]
"""None: the handler has sent its answer itself."""

HANDLERS: dict[type, Handler] = {
    c.SignOut: session.sign_out,
    c.TokenRefresh: session.refresh,
    c.Ping: session.ping,
    c.PictureSubscribe: picture.subscribe,
    c.LogRead: log.read,
    c.NoteAdd: log.add_note,
    c.BlobGet: blob.get,
    c.BlobPut: blob.put,
    c.PositionReport: position.report,
    c.StatusSet: status.set_status,
    c.AffiliationSet: affiliation.affiliate,
    TrackRead: track.read,
    TrackDays: track.days,
    AssessmentRead: assessment.read,
    AssessmentCases: assessment.cases,
    c.MediaOffer: media.offer,
    c.FloorRequest: floor.request,
    c.FloorRelease: floor.release,
    c.FloorQueuePosition: floor.queue_position,
    c.FloorAck: floor.acknowledge,
    c.CallPlace: call.place,
    c.CallAnswer: call.answer,
    c.CallReject: call.reject,
    c.CallHangUp: call.hang_up,
    c.CallFromArea: call.from_area,
    c.CallFollow: call.follow,
    c.CallFinish: call.finish,
    c.VideoOffer: video.offer,
    c.VideoAsk: video.ask,
    c.VideoConsentGive: video.consent,
    c.VideoStop: video.stop,
    c.VideoWatch: video.watch,
    c.VideoUnwatch: video.unwatch,
    c.OrderIssue: order.issue,
    c.OrderAdvance: order.advance,
    c.OrderRemind: order.remind,
    AlarmAcknowledge: alarm.acknowledge,
    AlarmShelve: alarm.shelve,
    AlarmUnshelve: alarm.unshelve,
    AlarmMark: alarm.mark,
    FenceDraw: fence.draw,
    FenceChange: fence.change,
    FenceErase: fence.erase,
    IncidentReport: incident.report,
    CalendarRead: case.calendar,
    CaseMove: case.move,
    IncidentClose: incident.close,
    IncidentLinkOrder: incident.link_order,
    IncidentMerge: hub.merge,
    IncidentUnmerge: hub.unmerge,
    IncidentAcknowledge: hub.acknowledge,
    i.ItemApply: item.apply,
    i.ItemBreakDown: item.break_down,
    i.ItemApprove: item.approve,
    i.ItemReject: item.reject,
    i.ItemPutInForce: item.put_in_force,
    i.ItemRetire: item.retire,
    i.ItemRead: item.read,
    LadderStop: ladder.stop,
    d.PostDefine: duty.define_post,
    d.RosterSet: duty.set_roster,
    d.DutySignOn: duty.sign_on,
    d.DutySignOff: duty.sign_off,
    d.SwapAsk: duty.ask_swap,
    d.SwapSettle: duty.settle_swap,
    d.HandoverMake: duty.make_handover,
    d.HandoverSign: duty.sign_handover,
    d.HandoverAccept: duty.accept_handover,
    d.HandoverRead: duty.read_handover,
    d.LogSpan: duty.read_span,
    DeskViewTell: desk.view,
    p.PatrolQuestionSet: patrol.set_question,
    p.PatrolPlanSet: patrol.set_plan,
    p.PatrolPlanEnd: patrol.end_plan,
    p.PatrolExcuse: patrol.excuse,
    p.PatrolCodeRenew: patrol.renew_code,
    p.PatrolCodes: patrol.codes,
    p.PatrolDue: patrol.due,
    p.PatrolTallies: patrol.tallies,
    p.PatrolPlaceRead: patrol.read_place,
    p.VisitDue: visit.due,
    p.VisitBegin: visit.begin,
    p.VisitFinish: visit.finish,
    p.VisitFail: visit.fail,
    c.EnrolmentIssue: enrolment.issue,
    MarkDraw: mark.draw,
    MarkChange: mark.change,
    MarkErase: mark.erase,
    PlanStart: plan.start,
    PlanRaise: plan.raise_level,
    PlanTick: plan.tick,
    PlanSkip: plan.skip,
    PlanEnd: plan.end,
    WeatherIssue: weather.issue,
    WeatherEnd: weather.end,
    WorkOrderRelease: work_order.release,
    WorkOrderDiscard: work_order.discard,
    **dict.fromkeys(DRILL_COMMANDS, drill.answer),
}

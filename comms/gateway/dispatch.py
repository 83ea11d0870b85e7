"""From a command to its answer, with the one border at which exceptions of handlers are caught."""

import logging
from typing import TypeVar

from comms.domain.case import CaseMoved
from comms.domain.duty_events import HandoverMade, PostDefined, SwapAsked
from comms.domain.events import Event, FenceDrawn, IncidentReported, MarkDrawn, OrderIssued, Recorded
from comms.domain.hub_events import IncidentMerged, IncidentUnmerged
from comms.domain.ids import CommandId
from comms.domain.item_events import ItemApplied
from comms.domain.patrol_events import PatrolPlanSet, PatrolQuestionSet, VisitBegun, VisitFailed, VisitFinished
from comms.domain.plan_events import PlanStarted
from comms.domain.weather import WeatherIssued
from comms.domain.work_order import WorkOrderReleased
from comms.gateway.authority import kind_of, kind_refusal, thing_refusal
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.gateway.handlers import BEFORE_SET_UP, HANDLERS
from comms.gateway.log import speaking_for
from comms.gateway.memory import out_of_memory
from comms.journal.errors import JournalError, SafeModeError
from comms.protocol.account_commands import ACCESS_CHANGES, ACCESS_READS, ACCOUNT_CHANGES, ACCOUNT_READS
from comms.protocol.alarm_commands import (
    AlarmAcknowledge,
    AlarmMark,
    AlarmShelve,
    AlarmUnshelve,
    FenceChange,
    FenceDraw,
    FenceErase,
)
from comms.protocol.case_commands import CaseMove
from comms.protocol.commands import (
    BlobGet,
    BlobPut,
    Command,
    EnrolmentIssue,
    LogRead,
    NoteAdd,
    OrderAdvance,
    OrderIssue,
    OrderRemind,
    SignOut,
    StatusSet,
    TokenRefresh,
)
from comms.protocol.desk_commands import ExportTell
from comms.protocol.drill_commands import DRILL_COMMANDS
from comms.protocol.duty_commands import DUTY_CHANGES, DUTY_QUERIES
from comms.protocol.errors import Locale, RefusalCode, sentence
from comms.protocol.fault_words import fault_sentence
from comms.protocol.hub_commands import HUB_COMMANDS
from comms.protocol.incident_commands import IncidentClose, IncidentLinkOrder, IncidentReport
from comms.protocol.issuer_commands import IssuerBegin, IssuerUnlock
from comms.protocol.item_commands import ITEM_CHANGES, ItemRead
from comms.protocol.ladder_commands import LadderStop
from comms.protocol.mark_commands import MarkChange, MarkDraw, MarkErase
from comms.protocol.patrol_commands import PATROL_CHANGES, PATROL_READS, VISIT_CHANGES, VisitDue
from comms.protocol.plan_commands import PLAN_COMMANDS
from comms.protocol.pushes import Done, Push, Refused
from comms.protocol.weather_commands import WeatherEnd, WeatherIssue
from comms.protocol.work_order_commands import WorkOrderDiscard, WorkOrderRelease

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

DURABLE = (
    NoteAdd,
    StatusSet,
    OrderIssue,
    OrderAdvance,
    OrderRemind,
    AlarmAcknowledge,
    AlarmShelve,
    AlarmUnshelve,
    AlarmMark,
    FenceDraw,
    FenceChange,
    FenceErase,
    CaseMove,
    ExportTell,
    IncidentReport,
    IncidentClose,
    IncidentLinkOrder,
    *HUB_COMMANDS,
    *DUTY_CHANGES,
    *ITEM_CHANGES,
    LadderStop,
    *PATROL_CHANGES,
    *VISIT_CHANGES,
    MarkDraw,
    MarkChange,
    MarkErase,
    *PLAN_COMMANDS,
    WeatherIssue,
    WeatherEnd,
    WorkOrderRelease,
    WorkOrderDiscard,
)
"""Sent again with the same id, these get the same answer and have no second effect."""
WAITING = (
    *DURABLE,
    *ACCOUNT_CHANGES,
    *ACCOUNT_READS,
    *ACCESS_CHANGES,
    *ACCESS_READS,
    IssuerBegin,
    IssuerUnlock,
    BlobGet,
    BlobPut,
    LogRead,
    ItemRead,
    *DRILL_COMMANDS,
    *DUTY_QUERIES,
    *PATROL_READS,
    VisitDue,
    EnrolmentIssue,
    TokenRefresh,
    SignOut,
)
"""These wait for the disk. They are carried out one after the other beside the rest, so that a disk that stalls
never holds up the floor."""
WAITING_KINDS, _DURABLE_KINDS = frozenset(WAITING), frozenset(DURABLE)
"""For every command: going through seventy kinds one by one took a tenth of a position report."""


async def carry_out(gateway: Gateway, session: Session, command: Command) -> Push | None:
    """The one answer; None when the handler has sent it itself."""
    try:
        with speaking_for(session.party, session.id):
            answer = await _answer(gateway, session, command)
    except JournalError as error:
        _log.info("%s: %s refused, the store failed: %s", session.party, kind_of(command), error)
        answer = unrecorded(error)
    except MemoryError as error:
        out_of_memory(error)
        answer = Refusal(RefusalCode.INTERNAL)
    except Exception:  # noqa: BLE001 - the gateway session is one of the four borders where everything is caught
        _log.exception("%s: %s failed", session.party, kind_of(command))
        answer = Refusal(RefusalCode.INTERNAL)
    if not isinstance(answer, Refusal):
        return answer
    gateway.refusals.note(session.party, kind_of(command), answer.noted or answer.code)
    return refused(answer, command.id, session.locale)


def unrecorded(error: JournalError) -> Refusal:
    return Refusal(RefusalCode.SAFE_MODE if isinstance(error, SafeModeError) else RefusalCode.STORE_FAILED)


async def _answer(gateway: Gateway, session: Session, command: Command) -> Push | Refusal | None:
    handler = HANDLERS.get(type(command))
    if handler is None:
        return Refusal(RefusalCode.WRONG_STATE)  # a sign-in while signed in
    refusal = kind_refusal(gateway, session, command)
    if refusal is not None:
        return refusal
    if session.must_set_up and type(command) not in BEFORE_SET_UP:
        return Refusal(RefusalCode.SECOND_FACTOR_MISSING)
    if type(command) in _DURABLE_KINDS:
        known = await gateway.journal.find_command(session.party, command.id)
        if known is not None:
            return _answer_again(known, command.id)
    refusal = thing_refusal(gateway, session, command)
    return refusal if refusal is not None else await handler(gateway, session, command)


def _answer_again(known: Recorded, command_id: CommandId) -> Done:
    match known.event:
        case OrderIssued(order=order):
            return Done(id=command_id, subject=order.id)
        case FenceDrawn(fence=fence):
            return Done(id=command_id, subject=fence.id)
        case IncidentReported(incident=incident):
            return Done(id=command_id, subject=incident.id)
        case ItemApplied(item=item):
            return Done(id=command_id, subject=item.id)
        case IncidentMerged(into=subject) | CaseMoved(incident_id=subject) | IncidentUnmerged(incident_id=subject):
            return Done(id=command_id, subject=subject)
        case MarkDrawn(mark=mark):
            return Done(id=command_id, subject=mark.id)
        case PlanStarted(run_id=run_id):
            return Done(id=command_id, subject=run_id)
        case _:
            return Done(id=command_id, subject=_further_subject(known.event))


def _further_subject(event: Event) -> str | None:
    match event:
        case WeatherIssued(alert=alert):
            return alert.id
        case WorkOrderReleased(incident_id=incident_id):
            return incident_id
        case HandoverMade(handover_id=handover_id):
            return handover_id
        case PostDefined(post=post):
            return post.id
        case SwapAsked(swap=swap):
            return swap.id
        case _:
            return _patrol_subject(event)


def _patrol_subject(event: Event) -> str | None:
    match event:
        case PatrolPlanSet(plan=plan):
            return plan.id
        case PatrolQuestionSet(question=question):
            return question.id
        case VisitBegun(visit=visit) | VisitFinished(visit=visit) | VisitFailed(visit=visit):
            return visit.id
        case _:
            return None


def refused(refusal: Refusal, command_id: CommandId, locale: Locale) -> Refused:
    lacking = (refusal.lacking or {}).get(locale, "")
    told = (sentence(refusal.code, locale, lacking), *(fault_sentence(fault, locale) for fault in refusal.faults))
    return Refused(
        id=command_id,
        code=refusal.code,
        text=("" if locale is Locale.ZH_CN else " ").join(told),
        retry_after_s=refusal.retry_after_s,
        faults=refusal.faults,
    )

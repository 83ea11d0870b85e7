"""What a step of a case records. Pure: a picture in, events or a refusal out."""

from math import isfinite

import msgspec

from comms.domain.case import CaseMoved, CaseStage, CaseState, CaseStep, stage_after
from comms.domain.case_clock import CaseClock, ClockWork
from comms.domain.case_conditions import asked
from comms.domain.case_notice import told
from comms.domain.case_rules import CaseFault, field_fault, step_fault
from comms.domain.events import Event, IncidentClosed
from comms.domain.ids import ItemId
from comms.domain.incident import IncidentOutcome
from comms.domain.item import MOST_AMOUNT, ItemVersion
from comms.domain.jurisdiction import contains
from comms.domain.picture import Picture
from comms.domain.states import OfficerState
from comms.domain.time_limit import TimeLimit
from comms.protocol.case_commands import CaseMove
from comms.protocol.errors import RefusalCode

_F, _P = CaseFault, CaseStep
FAULT_CODES = {
    _F.OUT_OF_JURISDICTION: RefusalCode.OUT_OF_JURISDICTION,
    _F.WRONG_STAGE: RefusalCode.WRONG_STATE,
    _F.WRONG_ROLE: RefusalCode.NOT_ALLOWED,
    _F.OTHER_DEPARTMENT: RefusalCode.OTHER_DEPARTMENT,
    _F.SAME_PERSON: RefusalCode.SAME_PERSON,
    _F.ALREADY_ASKED: RefusalCode.ALREADY_DONE,
    _F.NOTHING_ASKED: RefusalCode.NOTHING_ASKED,
    _F.DEADLINE_PASSED: RefusalCode.DEADLINE_PASSED,
    _F.ALREADY_APPEALED: RefusalCode.ALREADY_APPEALED,
    _F.REASON_MISSING: RefusalCode.REASON_MISSING,
    _F.DEPARTMENT_MISSING: RefusalCode.DEPARTMENT_MISSING,
    _F.RATING_MISSING: RefusalCode.RATING_MISSING,
    _F.BAD_UNTIL: RefusalCode.BAD_DEADLINE,
}
OUTCOMES = {
    CaseStage.CLOSED: IncidentOutcome.HANDLED,
    CaseStage.FORCE_CLOSED: IncidentOutcome.HANDLED,
    CaseStage.VOID: IncidentOutcome.FALSE_REPORT,
}
"""What came of the incident when its case ends, unless the officer says otherwise."""
_STOPPING = frozenset({_P.RETURN, _P.RECALL, _P.HAND_BACK, _P.SUSPEND, _P.FORCE_CLOSE})
_GOING_ON = frozenset({_P.REWORK, _P.RESUME})


def decide(
    command: CaseMove, case: CaseState, picture: Picture, *, officer: OfficerState, work: ClockWork, now: float
) -> CaseMoved | RefusalCode:
    """The move an officer's command makes, or why it makes none."""
    fault = step_fault(case, officer, command.step, now=now)
    stage = stage_after(case, command.step)
    if fault is not None or stage is None:
        return FAULT_CODES[fault or _F.WRONG_STAGE]
    command = _with_found_item(command, case, picture, now)
    version = _version(command.item_id or case.item_id, picture, now)
    command = _completed(command, version, picture)
    code = _item_code(command, case, version) or _department_code(command, case, picture) or _limit_code(command.limit)
    if code is not None:
        return code
    move = CaseMoved(
        incident_id=case.incident_id,
        step=command.step,
        stage=stage,
        opinion=command.opinion,
        department_id=command.department_id if command.step is _P.DISPATCH else None,
        item_id=command.item_id if command.step is _P.REGISTER else None,
        until_at=_until(command, case),
        photos=command.photos,
        ticked=_ticked(command, case, picture, now),
        is_satisfied=command.is_satisfied if command.step is _P.RATE else None,
        clock=clock_after(command.step, case, work, limit=command.limit, now=now),
    )
    fault = field_fault(case, move, now=now)
    return move if fault is None else FAULT_CODES[fault]


def _with_found_item(command: CaseMove, case: CaseState, picture: Picture, now: float) -> CaseMove:
    """A case is registered under the item its finder named, if that is in force, unless the acceptor names one."""
    incident = picture.incidents.states.get(case.incident_id)
    found = incident.incident.item_id if incident is not None else None
    if command.step is not _P.REGISTER or command.item_id is not None or _version(found, picture, now) is None:
        return command
    return msgspec.structs.replace(command, item_id=found)


def _version(item_id: ItemId | None, picture: Picture, now: float) -> ItemVersion | None:
    state = picture.items.states.get(item_id) if item_id is not None else None
    return state.version_at(now) if state is not None else None


def _completed(command: CaseMove, version: ItemVersion | None, picture: Picture) -> CaseMove:
    """At the dispatch the item says who handles it and within what time, where the dispatcher does not."""
    if command.step is not _P.DISPATCH or version is None:
        return command
    terms = version.item.terms
    usual = terms.department_id if terms.department_id in picture.departments else None
    return msgspec.structs.replace(
        command, department_id=command.department_id or usual, limit=command.limit or terms.limit
    )


def _item_code(command: CaseMove, case: CaseState, version: ItemVersion | None) -> RefusalCode | None:
    """A case is registered under an item that is in force where it happened, or under none; no later step puts it
    under another, whose conditions nobody has looked at."""
    if command.item_id is None:
        return None
    if command.step is not _P.REGISTER:
        return None if command.item_id == case.item_id else RefusalCode.WRONG_STATE
    is_its = version is not None and contains(version.item.jurisdiction_id, case.jurisdiction_id)
    return None if is_its else RefusalCode.NOT_ON_LIST


def _department_code(command: CaseMove, case: CaseState, picture: Picture) -> RefusalCode | None:
    if command.step is not _P.DISPATCH or command.department_id is None:
        return None
    department = picture.departments.get(command.department_id)
    if department is None:
        return RefusalCode.NOT_FOUND
    is_its = contains(department.jurisdiction_id, case.jurisdiction_id)
    return None if is_its else RefusalCode.OUT_OF_JURISDICTION


def _limit_code(limit: TimeLimit | None) -> RefusalCode | None:
    if limit is None or (isfinite(limit.amount) and 0 < limit.amount <= MOST_AMOUNT):
        return None
    return RefusalCode.BAD_DEADLINE


def _ticked(command: CaseMove, case: CaseState, picture: Picture, now: float) -> tuple[str, ...]:
    """Those of the item's conditions that were ticked: the record says nothing that the item does not ask."""
    wanted = asked(picture, case, command.step, command.item_id, now=now)
    return tuple(condition for condition in wanted.conditions if condition in command.ticked)


def _until(command: CaseMove, case: CaseState) -> float | None:
    if command.step in (_P.EXTEND, _P.SUSPEND) and case.request is not None:
        return case.request.until_at
    return command.until_at if command.step in (_P.ASK_EXTENSION, _P.ASK_SUSPENSION) else None


def clock_after(
    step: CaseStep, case: CaseState, work: ClockWork, *, now: float, limit: TimeLimit | None = None
) -> CaseClock | None:
    """How the clock stands after a step, None when the step leaves it alone. A case sent out again without a limit of
    its own gets the one it had, from the beginning: the time of the first department is not the second's."""
    clock = case.clock
    if step is _P.DISPATCH:
        limit = limit or (clock.limit if clock is not None else None)
        return work.begun(limit, now) if limit is not None else None
    if clock is None:
        return None
    if step in _STOPPING:
        return work.stopped(clock, now)
    if step in _GOING_ON:
        return work.gone_on(clock, now)
    if step is _P.EXTEND and case.request is not None:
        return work.extended(clock, case.request.until_at, now)
    return None


def with_its_end(move: CaseMoved, outcome: IncidentOutcome | None) -> list[Event]:
    """The move, and the end of its incident when the case ends with it."""
    events: list[Event] = [move]
    if move.stage in OUTCOMES and move.step in (_P.CLOSE, _P.FORCE_CLOSE, _P.VOID):
        came_of_it = outcome or OUTCOMES[move.stage]
        events.append(IncidentClosed(incident_id=move.incident_id, outcome=came_of_it, note=move.opinion))
    return events


def own_move(case: CaseState, step: CaseStep, picture: Picture, *, work: ClockWork, now: float) -> CaseMoved:
    """A step the gateway takes when its time has come."""
    stage = stage_after(case, step)
    assert stage is not None
    clock = clock_after(step, case, work, now=now)
    return CaseMoved(incident_id=case.incident_id, step=step, stage=stage, to=told(picture, case, step), clock=clock)

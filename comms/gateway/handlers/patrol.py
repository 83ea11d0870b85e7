"""Patrols at desks: questions and plans, excuses, codes, what is due, and what a department may read of a place."""

import msgspec

from comms.domain.ids import PatrolPlaceId, PatrolPlanId, QuestionId
from comms.domain.jurisdiction import contains
from comms.domain.patrol import PatrolPlace, Question
from comms.domain.patrol_codes import scanned_code, typed_code
from comms.domain.patrol_events import (
    PatrolCodeRenewed,
    PatrolPlanEnded,
    VisitExcused,
)
from comms.domain.patrol_events import PatrolPlanSet as PlanSet
from comms.domain.patrol_events import PatrolQuestionSet as QuestionSet
from comms.domain.patrol_rules import PlanFault, may_read, plan_fault, question_fault
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.gateway.patrol_due import page
from comms.journal import visits
from comms.protocol.errors import RefusalCode
from comms.protocol.patrol_commands import (
    MOST_CODES,
    PatrolCodeRenew,
    PatrolCodes,
    PatrolDue,
    PatrolExcuse,
    PatrolPlaceRead,
    PatrolPlanEnd,
    PatrolPlanSet,
    PatrolQuestionSet,
    PatrolTallies,
)
from comms.protocol.patrol_pushes import (
    DoorCode,
    GridTally,
    PatrolCodeList,
    PatrolDuePage,
    PatrolPlacePage,
    PatrolTallyList,
)
from comms.protocol.pushes import Done

MOST_PLANS, MOST_KEPT_QUESTIONS = 200, 2_000
PAGE_VISITS = 30
_CODES = {
    PlanFault.NOT_ON_LIST: RefusalCode.QUESTION_NOT_ON_LIST,
    PlanFault.UNKNOWN_QUESTION: RefusalCode.BAD_PLAN,
    PlanFault.BAD_QUESTION: RefusalCode.BAD_PLAN,
    PlanFault.BAD_LEVEL: RefusalCode.BAD_PLAN,
}


async def set_question(gateway: Gateway, session: Session, command: PatrolQuestionSet) -> Done | Refusal:
    question, book = command.question, gateway.picture.patrols
    known = book.questions.get(question.id)
    code = _question_code(gateway, session, question, known)
    if code is not None:
        return Refusal(code)
    if known is None:
        question = msgspec.structs.replace(question, id=QuestionId(command.id))
    await gateway.record(session.party, [QuestionSet(question=question)], command_id=command.id)
    return Done(id=command.id, subject=question.id)


def _question_code(
    gateway: Gateway, session: Session, question: Question, known: Question | None
) -> RefusalCode | None:
    picture = gateway.picture
    if question.id and known is None:
        return RefusalCode.NOT_FOUND
    if not all(department_id in picture.departments for department_id in question.departments):
        return RefusalCode.DEPARTMENT_MISSING
    if not all(_may_read(gateway, session, each) for each in (question, known) if each is not None):
        return RefusalCode.OTHER_DEPARTMENT
    if known is None and len(picture.patrols.questions) >= MOST_KEPT_QUESTIONS:
        return RefusalCode.TOO_MANY
    fault = question_fault(question, picture.items, at=gateway.clock.now())
    return _CODES[fault] if fault is not None else None


async def set_plan(gateway: Gateway, session: Session, command: PatrolPlanSet) -> Done | Refusal:
    plan, book = command.plan, gateway.picture.patrols
    known = book.plans.get(plan.id)
    if plan.id and known is None:
        return Refusal(RefusalCode.NOT_FOUND)
    if known is None and len(book.plans) >= MOST_PLANS:
        return Refusal(RefusalCode.TOO_MANY)
    fault = plan_fault(plan, book.questions, gateway.picture.items, at=gateway.clock.now())
    if fault is not None:
        return Refusal(_CODES[fault])
    if known is None:
        plan = msgspec.structs.replace(plan, id=PatrolPlanId(command.id))
    await gateway.record(session.party, [PlanSet(plan=plan)], command_id=command.id)
    await gateway.patrols.open_round(plan)
    return Done(id=command.id, subject=plan.id)


async def end_plan(gateway: Gateway, session: Session, command: PatrolPlanEnd) -> Done | Refusal:
    known = gateway.picture.patrols.plans.get(command.plan_id)
    if known is None:
        return Refusal(RefusalCode.NOT_FOUND)
    if not command.reason.strip():
        return Refusal(RefusalCode.REASON_MISSING)
    ended = PatrolPlanEnded(plan_id=command.plan_id, reason=command.reason)
    await gateway.record(session.party, [ended], command_id=command.id)
    return Done(id=command.id)


async def excuse(gateway: Gateway, session: Session, command: PatrolExcuse) -> Done | Refusal:
    place = _place(gateway, command.place_id)
    if isinstance(place, Refusal):
        return place
    if not command.reason.strip():
        return Refusal(RefusalCode.REASON_MISSING)
    dues = gateway.patrols.due_at(place.id, gateway.clock.now())
    due = next((each for each in dues if each.plan_id == command.plan_id), None)
    if due is None:
        return Refusal(RefusalCode.NOTHING_DUE)
    excused = VisitExcused(due=due, place_id=place.id, place_name=place.name, reason=command.reason)
    await gateway.record(session.party, [excused], command_id=command.id)
    await gateway.patrols.catch_up()
    return Done(id=command.id)


async def renew_code(gateway: Gateway, session: Session, command: PatrolCodeRenew) -> Done | Refusal:
    place = _place(gateway, command.place_id)
    if isinstance(place, Refusal):
        return place
    number = gateway.picture.patrols.code_numbers.get(place.id, 0) + 1
    renewed = PatrolCodeRenewed(place_id=place.id, number=number)
    await gateway.record(session.party, [renewed], command_id=command.id)
    return Done(id=command.id)


async def codes(gateway: Gateway, session: Session, command: PatrolCodes) -> PatrolCodeList:
    patrols = gateway.patrols
    table, inside = patrols.table, patrols.table.is_within(command.jurisdiction_id)
    if command.place_ids:
        rows = [table.row_of[place_id] for place_id in command.place_ids if place_id in table.row_of]
    else:
        visited = {row for each in patrols.rounds.values() for row in each.rows.tolist()}
        rows = sorted(visited)
    rows = [row for row in rows if inside[row]]
    end = command.first + MOST_CODES
    numbers, secret = gateway.picture.patrols.code_numbers, patrols.secret
    found = tuple(
        DoorCode(
            place=place,
            scanned=scanned_code(secret, place.id, numbers.get(place.id, 0)),
            typed=typed_code(secret, place.id, numbers.get(place.id, 0)),
        )
        for place in (table.places[row] for row in rows[command.first : end])
    )
    return PatrolCodeList(id=command.id, codes=found, next=end if end < len(rows) else None)


async def due(gateway: Gateway, session: Session, command: PatrolDue) -> PatrolDuePage:
    return await page(gateway.patrols, gateway.journal, command, now=gateway.clock.now())


async def tallies(gateway: Gateway, session: Session, command: PatrolTallies) -> PatrolTallyList:
    found = await gateway.patrols.tallies(command.plan_id)
    return PatrolTallyList(
        id=command.id,
        tallies=tuple(
            GridTally(
                jurisdiction_id=grid,
                due=tally.due,
                overdue=tally.overdue,
                done=tally.done,
                excused=tally.excused,
                missed=tally.missed,
            )
            for grid, tally in sorted(found.items())
            if contains(command.jurisdiction_id, grid)
        ),
    )


async def read_place(gateway: Gateway, session: Session, command: PatrolPlaceRead) -> PatrolPlacePage | Refusal:
    """An officer of a department reads its own view, the duty desk every one."""
    place = _place(gateway, command.place_id)
    if isinstance(place, Refusal):
        return place
    questions = gateway.picture.patrols.questions

    def may(question_id: QuestionId) -> bool:
        question = questions.get(question_id)
        return question is not None and _may_read(gateway, session, question)

    facts = await gateway.journal.read(lambda connection: visits.newest_facts(connection, place.id, may))
    found = await gateway.journal.read(
        lambda connection: visits.history(
            connection, place.id, before_at=command.before_at, limit=PAGE_VISITS, may_read=may
        )
    )
    return PatrolPlacePage(
        id=command.id,
        place=place,
        code_number=gateway.picture.patrols.code_numbers.get(place.id, 0),
        facts=facts,
        visits=found,
        next_before_at=found[-1].at if len(found) == PAGE_VISITS else None,
    )


def _place(gateway: Gateway, place_id: PatrolPlaceId) -> PatrolPlace | Refusal:
    place = gateway.patrols.table.place(place_id)
    if place is None:
        return Refusal(RefusalCode.NOT_FOUND)
    return place


def _may_read(gateway: Gateway, session: Session, question: Question) -> bool:
    officer = gateway.picture.officers.get(session.officer_id) if session.officer_id is not None else None
    return officer is not None and may_read(question, officer.department_id)

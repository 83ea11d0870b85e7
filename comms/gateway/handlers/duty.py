"""The roster, signing on, swaps and the handover. Officers sign for themselves."""

from collections.abc import Callable

from comms.domain.alarm import SHELVED_PHASES
from comms.domain.alarm_load import concerns
from comms.domain.duty import MOST_POSTS, DutyPost, Swap
from comms.domain.duty_book import DutyBook
from comms.domain.duty_events import (
    DutySignedOff,
    DutySignedOn,
    HandoverAccepted,
    HandoverMade,
    HandoverSigned,
    PostDefined,
    SwapAsked,
    SwapSettled,
)
from comms.domain.duty_events import RosterSet as RosterIsSet
from comms.domain.duty_rules import (
    DutyFault,
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
from comms.domain.events import AlarmUnshelved, Event
from comms.domain.handover import differences, sheet_digest
from comms.domain.handover_sheet import notes_of, sheet_of
from comms.domain.ids import HandoverId, JurisdictionId, OfficerId, PostId, SwapId
from comms.domain.jurisdiction import contains
from comms.domain.officer import commands
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.journal.span import handover_events, span
from comms.protocol.duty_commands import (
    DutyChange,
    DutySignOff,
    DutySignOn,
    HandoverAccept,
    HandoverMake,
    HandoverRead,
    HandoverSign,
    LogSpan,
    PostDefine,
    RosterSet,
    SwapAsk,
    SwapSettle,
)
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done, LogPage

_F = DutyFault
CODES = {
    _F.NOT_FOUND: RefusalCode.NOT_FOUND,
    _F.BAD_SHIFT: RefusalCode.BAD_SHIFT,
    _F.UNKNOWN_OFFICER: RefusalCode.UNKNOWN_OFFICER,
    _F.SAME_PERSON: RefusalCode.SAME_OFFICER,
    _F.OVERLAP: RefusalCode.SHIFT_OVERLAP,
    _F.WRONG_TIME: RefusalCode.SHIFT_TIME,
    _F.ALREADY_THERE: RefusalCode.ALREADY_DONE,
    _F.NOT_ON_ROSTER: RefusalCode.NOT_ON_ROSTER,
    _F.NOT_ON_DUTY: RefusalCode.NOT_ON_DUTY,
    _F.HANDOVER_DUE: RefusalCode.HANDOVER_DUE,
    _F.SETTLED: RefusalCode.ALREADY_DONE,
    _F.UNSIGNED: RefusalCode.NOT_SIGNED,
    _F.OTHER_SHEET: RefusalCode.OTHER_SHEET,
    _F.NOT_READ: RefusalCode.NOT_READ,
}


# --- the roster ------------------------------------------------------------------------------------------------


async def define_post(gateway: Gateway, session: Session, command: PostDefine) -> Done | Refusal:
    posts, where = gateway.picture.duty.posts, command.jurisdiction_id
    post_id = command.post_id or PostId(command.id)
    known = posts.get(post_id)
    if command.post_id is None and (known is not None or len(posts) >= MOST_POSTS):
        return Refusal(RefusalCode.NOT_ALLOWED if known is not None else RefusalCode.TOO_MANY)
    post = DutyPost(id=post_id, name=command.name.strip(), jurisdiction_id=where, is_closed=command.is_closed)
    return await _record(gateway, session, command, PostDefined(post=post), subject=post_id)


async def set_roster(gateway: Gateway, session: Session, command: RosterSet) -> Done | Refusal:
    post = _book(gateway).posts[command.post_id]
    if post.is_closed or not is_span(command.from_at, command.until_at):
        return Refusal(RefusalCode.BAD_SHIFT)
    decided = plan(
        _book(gateway),
        post,
        command.shifts,
        from_at=command.from_at,
        until_at=command.until_at,
        now=gateway.clock.now(),
        officers=officers_for(gateway, post.jurisdiction_id),
        command_id=command.id,
    )
    if isinstance(decided, PlanFault):
        return Refusal(CODES[decided.fault])
    if not decided.shifts and not decided.gone:
        return Done(id=command.id)
    event = RosterIsSet(post_id=post.id, shifts=decided.shifts, gone=decided.gone)
    return await _record(gateway, session, command, event)


def officers_for(gateway: Gateway, where: JurisdictionId) -> frozenset[OfficerId]:
    """Who can be on duty there: it lies within what he may act in, and he does not only administer."""
    officers = (each for each in gateway.picture.officers.values() if commands(each.roles))
    return frozenset(officer.id for officer in officers if contains(officer.jurisdiction_id, where))


async def sign_on(gateway: Gateway, session: Session, command: DutySignOn) -> Done | Refusal:
    state = _book(gateway).shifts.get(command.shift_id)
    officer_id, reason = _me(session), command.reason.strip()
    fault = sign_on_fault(state, officer_id, reason=reason, now=gateway.clock.now())
    if fault is not None or state is None:
        return Refusal(CODES[fault or _F.NOT_FOUND])
    is_stand_in = officer_id not in state.shift.officers
    event = DutySignedOn(shift_id=command.shift_id, officer_id=officer_id, reason=reason if is_stand_in else "")
    return await _record(gateway, session, command, event)


async def sign_off(gateway: Gateway, session: Session, command: DutySignOff) -> Done | Refusal:
    book = _book(gateway)
    fault = sign_off_fault(book, book.shifts.get(command.shift_id), _me(session))
    if fault is not None:
        return Refusal(CODES[fault])
    event = DutySignedOff(shift_id=command.shift_id, officer_id=_me(session))
    return await _record(gateway, session, command, event)


async def ask_swap(gateway: Gateway, session: Session, command: SwapAsk) -> Done | Refusal:
    if SwapId(command.id) in _book(gateway).swaps:
        return Refusal(RefusalCode.NOT_ALLOWED)
    swap = Swap(
        id=SwapId(command.id),
        shift_id=command.shift_id,
        asked_by=_me(session),
        to=command.to,
        other_shift_id=command.other_shift_id,
        reason=command.reason.strip(),
    )
    fault = _swap_fault(gateway, swap)
    if fault is not None:
        return Refusal(CODES[fault])
    return await _record(gateway, session, command, SwapAsked(swap=swap), subject=swap.id)


async def settle_swap(gateway: Gateway, session: Session, command: SwapSettle) -> Done | Refusal:
    """Agreed to by the one who was asked; either may end it."""
    swap, me = _book(gateway).swaps.get(command.swap_id), _me(session)
    if swap is None:
        return Refusal(RefusalCode.NOT_FOUND)
    if command.is_agreed and me != swap.to:
        return Refusal(RefusalCode.NOT_ALLOWED)
    fault = _swap_fault(gateway, swap) if command.is_agreed else None
    if fault is not None:
        return Refusal(CODES[fault])
    event = SwapSettled(swap_id=swap.id, is_agreed=command.is_agreed)
    return await _record(gateway, session, command, event)


def _swap_fault(gateway: Gateway, swap: Swap) -> DutyFault | None:
    book = _book(gateway)
    state = book.shifts.get(swap.shift_id)
    where = book.posts[state.shift.post_id].jurisdiction_id if state is not None else JurisdictionId("")
    return swap_fault(book, swap, now=gateway.clock.now(), officers=officers_for(gateway, where))


# --- handing over ----------------------------------------------------------------------------------------------


async def make_handover(gateway: Gateway, session: Session, command: HandoverMake) -> Done | Refusal:
    book, handover_id = _book(gateway), HandoverId(command.id)
    state = book.shifts.get(command.shift_id)
    fault = make_fault(state, _me(session))
    if fault is not None or state is None:
        return Refusal(CODES[fault or _F.NOT_FOUND])
    if handover_id in book.handovers:
        return Refusal(RefusalCode.NOT_ALLOWED)
    notes = tuple(words.strip() for words in command.notes if words.strip())
    post = book.posts[state.shift.post_id]
    sheet = sheet_of(gateway.picture, post, state, now=gateway.clock.now(), notes=notes)
    made = HandoverMade(handover_id=handover_id, sheet=sheet, digest=sheet_digest(sheet))
    return await _record(gateway, session, command, made, subject=handover_id)


async def sign_handover(gateway: Gateway, session: Session, command: HandoverSign) -> Done | Refusal:
    book = _book(gateway)

    def fault() -> DutyFault | None:
        return sign_fault(book, book.handovers.get(command.handover_id), _me(session), command.digest)

    refusal = await _sealed(gateway, session, command.password, fault)
    if refusal is not None:
        return refusal
    signed = HandoverSigned(handover_id=command.handover_id, words=command.words.strip())
    return await _record(gateway, session, command, signed)


async def accept_handover(gateway: Gateway, session: Session, command: HandoverAccept) -> Done | Refusal:
    """Both have signed: who goes is off duty, who comes is on."""
    me = _me(session)

    def fault() -> DutyFault | None:
        book = _book(gateway)
        state = book.handovers.get(command.handover_id)
        return accept_fault(book, state, me, digest=command.digest, read=command.read)

    refusal = await _sealed(gateway, session, command.password, fault)
    if refusal is not None:
        return refusal
    return await _record(gateway, session, command, *_accepted(gateway, me, command))


def _accepted(gateway: Gateway, me: OfficerId, command: HandoverAccept) -> list[Event]:
    book = _book(gateway)
    state = book.handovers[command.handover_id]
    assert state.sheet is not None
    going, post = book.shifts[state.shift_id], book.posts[state.post_id]
    now = gateway.clock.now()
    later = sheet_of(gateway.picture, post, going, now=now, notes=notes_of(state.sheet))
    coming = book.shifts.get(state.next_shift_id) if state.next_shift_id is not None else None
    events: list[Event] = [
        HandoverAccepted(
            handover_id=state.id,
            shift_id=coming.shift.id if coming is not None else None,
            read=command.read,
            words=command.words.strip(),
            changes=differences(state.sheet, later),
        )
    ]
    if coming is not None and me not in coming.on_duty:
        events.append(DutySignedOn(shift_id=coming.shift.id, officer_id=me))
    if not command.keeps_shelved:
        events += [
            AlarmUnshelved(alarm_id=alarm.id)
            for alarm in gateway.picture.alarms.states.values()
            if alarm.phase in SHELVED_PHASES and concerns(post.jurisdiction_id, alarm.alarm.jurisdiction_id)
        ]
    return events


async def _sealed(
    gateway: Gateway, session: Session, password: str, fault: Callable[[], DutyFault | None]
) -> Refusal | None:
    """Why it may not be signed; the password is looked at last, and the rest again after it, for it takes a moment."""
    found = fault()
    if found is None:
        refusal = await gateway.sign_in.proof.confirm(_me(session), password)
        if refusal is not None:
            return refusal
        found = fault()
    return Refusal(CODES[found]) if found is not None else None


# --- reading ---------------------------------------------------------------------------------------------------


async def read_span(gateway: Gateway, session: Session, command: LogSpan) -> LogPage:
    page = await gateway.journal.read(
        lambda connection: span(
            connection,
            from_at=command.from_at,
            until_at=command.until_at,
            after_seq=command.after_seq,
            limit=command.limit,
        )
    )
    events = gateway.withholding.events(session, page)
    return LogPage(id=command.id, events=events, has_more=len(page) == command.limit)


async def read_handover(gateway: Gateway, session: Session, command: HandoverRead) -> LogPage | Refusal:
    state = _book(gateway).handovers.get(command.handover_id)
    if state is None:
        return Refusal(RefusalCode.NOT_FOUND)
    from_at = state.made_at
    until_at = state.accepted.at if state.accepted is not None else gateway.clock.now()
    found = await gateway.journal.read(
        lambda connection: handover_events(connection, command.handover_id, from_at=from_at, until_at=until_at)
    )
    return LogPage(id=command.id, events=tuple(found))


# --- shared ----------------------------------------------------------------------------------------------------


def _book(gateway: Gateway) -> DutyBook:
    return gateway.picture.duty


def _me(session: Session) -> OfficerId:
    assert session.officer_id is not None
    return session.officer_id


async def _record(
    gateway: Gateway, session: Session, command: DutyChange, *events: Event, subject: str | None = None
) -> Done:
    await gateway.record(session.party, events, command_id=command.id)
    return Done(id=command.id, subject=subject)

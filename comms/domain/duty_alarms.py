"""What of the roster ought to be an alarm now: nobody there, and a change of shifts that was not signed."""

from collections.abc import Iterable

from comms.domain.alarm import Alarm, AlarmKind, AlarmPriority
from comms.domain.duty import (
    LATE_AFTER_S,
    MISSING_AFTER_S,
    UNHANDED_AFTER_S,
    UNHANDED_HIGH_AFTER_S,
    DutyPost,
    ShiftState,
)
from comms.domain.duty_book import DutyBook
from comms.domain.picture import Picture


def duty_alarms(picture: Picture, *, now: float) -> list[Alarm]:
    book = picture.duty
    running = [state for state in book.shifts.values() if state.shift.is_now(now)]
    return [*_missing(picture, running, now), *_unhanded(picture, running, now)]


def _missing(picture: Picture, running: Iterable[ShiftState], now: float) -> list[Alarm]:
    """Nobody has signed on though the shift has begun."""
    alarms = []
    for state in running:
        over_s = now - state.shift.start_at
        if state.attendance or over_s < LATE_AFTER_S:
            continue
        alarms.append(_alarm(picture, AlarmKind.DUTY_MISSING, state, over_s, is_high=over_s >= MISSING_AFTER_S))
    return alarms


def _unhanded(picture: Picture, running: Iterable[ShiftState], now: float) -> list[Alarm]:
    """The shift before was there, the change has passed, and the handover is not signed by both."""
    alarms = []
    for state in running:
        over_s = now - state.shift.start_at
        before = picture.duty.preceding(state) if over_s >= UNHANDED_AFTER_S else None
        if before is None or not needs_handover(picture.duty, before):
            continue
        is_high = over_s >= UNHANDED_HIGH_AFTER_S
        alarms.append(_alarm(picture, AlarmKind.HANDOVER_UNSIGNED, before, over_s, is_high=is_high))
    return alarms


def needs_handover(book: DutyBook, state: ShiftState) -> bool:
    """Somebody was there, and others than he take over."""
    if not state.attendance or state.handed_over_at is not None:
        return False
    after = book.following(state)
    if after is None:
        return False
    there = {one.officer_id for one in state.attendance}
    come = {one.officer_id for one in after.attendance} or set(after.shift.officers)
    return not come <= there


def _alarm(picture: Picture, kind: AlarmKind, state: ShiftState, over_s: float, *, is_high: bool) -> Alarm:
    post: DutyPost = picture.duty.posts[state.shift.post_id]
    officer = picture.officers.get(state.shift.officer_id)
    name = officer.name if officer is not None else state.shift.officer_id
    return Alarm(
        kind=kind,
        source=f"shift:{state.shift.id}",
        priority=AlarmPriority.HIGH if is_high else AlarmPriority.MEDIUM,
        jurisdiction_id=post.jurisdiction_id,
        name=f"{post.name} {state.shift.name} {name}",
        value=over_s // 60,
    )

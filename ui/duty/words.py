"""What the duty's sheet says of shifts, handover lines and differences."""

from comms.domain.duty import LATE_AFTER_S, Shift, ShiftState
from comms.domain.handover import Difference, HandoverLine, SectionKind
from comms.domain.ids import OfficerId, officer_party
from console.store.store import Store
from ui.text import Texts
from ui.widgets.lines import Line
from ui.words import clock_minute, day, moment, party_name

_TONES = {"new": "warn", "gone": "", "changed": "warn"}


def officers(ids: tuple[OfficerId, ...], store: Store, text: Texts) -> str:
    return text("list.separator").join(party_name(store, officer_party(one), text) for one in ids)


def span(shift: Shift) -> str:
    """`12-01 20:00–08:00`."""
    return f"{day(shift.start_at)[5:]} {clock_minute(shift.start_at)}–{clock_minute(shift.end_at)}"


def attendance(state: ShiftState, now: float, text: Texts) -> str:
    """How the duty was taken up."""
    late_s = state.late_s()
    if state.handed_over_at is not None:
        return text("duty.handed_over", time=clock_minute(state.handed_over_at))
    if late_s is None:
        return text("duty.nobody") if state.shift.start_at + LATE_AFTER_S < now else text("duty.to_come")
    if late_s > LATE_AFTER_S:
        return text("duty.late", count=int(late_s // 60))
    return text("duty.there", time=clock_minute(state.attendance[0].at))


def shift_line(state: ShiftState, store: Store, text: Texts) -> Line:
    shift, now = state.shift, store.server_now()
    who = officers((shift.officer_id,), store, text)
    if shift.deputy_id is not None:
        who = text("duty.with_deputy", name=who, deputy=officers((shift.deputy_id,), store, text))
    stands_in = tuple(one.officer_id for one in state.attendance if one.reason)
    if stands_in:
        who = text("duty.with_stand_in", name=who, other=officers(stands_in, store, text))
    is_missing = state.late_s() is None and shift.start_at + LATE_AFTER_S < now
    return Line(
        key=shift.id,
        title=f"{span(shift)}  {shift.name}",
        detail=who,
        figure=attendance(state, now, text),
        icon="clock" if shift.is_now(now) else "",
        tone="danger" if is_missing else "",
    )


def handover_line(kind: SectionKind, line: HandoverLine, now: float, text: Texts) -> Line:
    return Line(
        key=(kind, line.key),
        title=title_of(kind, line, text),
        detail=detail_of(kind, line, now, text),
        figure=state_of(kind, line, text),
        tone="danger" if line.due_at is not None and line.due_at < now and kind is not SectionKind.SHELVED else "",
    )


def title_of(kind: SectionKind, line: HandoverLine, text: Texts) -> str:
    if kind is SectionKind.FAULTS:
        return (
            text(f"fault.{line.state}", detail=line.title, code=line.state)
            if text.has(f"fault.{line.state}")
            else (f"{line.state} {line.title}".strip())
        )
    return line.title


def state_of(kind: SectionKind, line: HandoverLine, text: Texts) -> str:
    match kind:
        case SectionKind.INCIDENTS:
            return text(f"case.stage.{line.state}")
        case SectionKind.ORDERS | SectionKind.CONTACT:
            return text(f"step.{line.state}")
        case SectionKind.SHELVED:
            return text(f"alarm.kind.{line.state}")
        case SectionKind.CALLS:
            return text(f"handover.call.{line.state}")
        case _:
            return ""


def detail_of(kind: SectionKind, line: HandoverLine, now: float, text: Texts) -> str:
    parts = [line.who]
    if line.due_at is not None:
        key = "handover.until.shelf" if kind is SectionKind.SHELVED else "handover.until.due"
        parts.append(text(key, time=moment(line.due_at, now)))
    if line.at is not None:
        parts.append(text("handover.since", time=moment(line.at, now)))
    if line.text:
        parts.append(text(f"priority.{line.text}") if kind is SectionKind.INCIDENTS else line.text)
    return " · ".join(part for part in parts if part)


def difference_line(one: Difference, now: float, text: Texts) -> Line:
    line = one.line
    return Line(
        key=("difference", one.section, line.key),
        title=text(
            "handover.difference.line",
            section=text(f"handover.section.{one.section.value}"),
            title=title_of(one.section, line, text),
        ),
        detail=detail_of(one.section, line, now, text),
        figure=text(f"handover.difference.{one.kind.value}"),
        tone=_TONES[one.kind.value],
    )

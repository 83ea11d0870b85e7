"""The handover sheet, made from the picture at a moment: what is open in a post's jurisdiction, most urgent first."""

from collections.abc import Iterable
from math import inf

from comms.domain.alarm import SHELVED_PHASES
from comms.domain.call import CallPhase
from comms.domain.duty import DutyPost, ShiftState
from comms.domain.handover import MOST_LINES, HandoverLine, HandoverSection, HandoverSheet, SectionKind
from comms.domain.ids import JurisdictionId, OfficerId, PartyId, UnitId, party_officer, party_unit
from comms.domain.incident import IncidentState
from comms.domain.jurisdiction import contains
from comms.domain.order import OPEN_STATES, AssignmentState, OrderPriority
from comms.domain.picture import Picture
from comms.domain.states import OrderState
from comms.domain.video import VideoPhase

UNANSWERED = frozenset({AssignmentState.ISSUED, AssignmentState.DELIVERED, AssignmentState.READ})
_RANKS = {OrderPriority.CRITICAL: 0, OrderPriority.URGENT: 1, OrderPriority.NORMAL: 2}
_MOST_NAMES = 5


def sheet_of(
    picture: Picture, post: DutyPost, shift: ShiftState, *, now: float, notes: tuple[str, ...] = ()
) -> HandoverSheet:
    """The same picture and moment give the same sheet, at the gateway and at every desk."""
    after = picture.duty.following(shift)
    where = post.jurisdiction_id
    told = tuple(HandoverLine(key=f"{number}", title=words) for number, words in enumerate(notes, 1))
    return HandoverSheet(
        post_id=post.id,
        shift_id=shift.shift.id,
        next_shift_id=after.shift.id if after is not None else None,
        made_at=now,
        seq=picture.seq,
        sections=(
            _incidents(picture, where),
            _section(SectionKind.ORDERS, _orders(picture, where)),
            _section(SectionKind.SHELVED, _shelved(picture, where)),
            _section(SectionKind.CONTACT, _out_of_contact(picture, where)),
            _section(SectionKind.FAULTS, _faults(picture)),
            _section(SectionKind.CALLS, _calls(picture, where)),
            _section(SectionKind.QUARANTINE, _quarantine(picture)),
            _section(SectionKind.NOTES, told),
        ),
    )


def notes_of(sheet: HandoverSheet) -> tuple[str, ...]:
    return tuple(
        line.title for section in sheet.sections if section.kind is SectionKind.NOTES for line in section.lines
    )


def _section(kind: SectionKind, lines: Iterable[HandoverLine]) -> HandoverSection:
    found = tuple(lines)
    return HandoverSection(kind=kind, lines=found[:MOST_LINES], total=len(found))


def incident_due_at(picture: Picture, state: IncidentState) -> float | None:
    """The next deadline of an incident: its case's clock while it runs, else the earliest of its open orders."""
    case = picture.cases.states.get(state.incident.id)
    if case is not None and case.clock is not None and case.clock.running_since is not None:
        return case.clock.due_at
    orders = (picture.orders[order_id] for order_id in state.order_ids if order_id in picture.orders)
    ends = [one.order.deadline_at for one in orders if one.order.deadline_at is not None and _is_open(one)]
    return min(ends, default=None)


def _is_open(state: OrderState) -> bool:
    return any(step in OPEN_STATES for step in state.assignments.values())


def _incidents(picture: Picture, where: JurisdictionId) -> HandoverSection:
    """Only those that are listed are put into words: a city may have twenty thousand."""
    mine = [state for state in picture.incidents.open() if contains(where, state.incident.jurisdiction_id)]
    found = [(state, incident_due_at(picture, state)) for state in mine]
    found.sort(key=lambda pair: (_or_never(pair[1]), _RANKS[pair[0].incident.priority], pair[0].reported_at))
    lines = tuple(_incident(picture, state, due_at) for state, due_at in found[:MOST_LINES])
    return HandoverSection(kind=SectionKind.INCIDENTS, lines=lines, total=len(found))


def _incident(picture: Picture, state: IncidentState, due_at: float | None) -> HandoverLine:
    what, case = state.incident, picture.cases.of(state)
    department = picture.departments.get(case.department_id) if case.department_id is not None else None
    orders = (picture.orders[order_id] for order_id in state.order_ids if order_id in picture.orders)
    busy = (unit_id for one in orders for unit_id, step in one.assignments.items() if step in OPEN_STATES)
    who = department.name if department is not None else _units(picture, busy)
    return HandoverLine(
        key=what.id,
        title=f"{what.kind} {what.place.text}".strip(),
        state=case.stage.value,
        who=who,
        text=what.priority.value,
        at=state.reported_at,
        due_at=due_at,
    )


def _orders(picture: Picture, where: JurisdictionId) -> list[HandoverLine]:
    lines = []
    for state in picture.orders.values():
        waiting = [unit_id for unit_id, step in state.assignments.items() if step in UNANSWERED]
        if not waiting or not any(_is_in(picture, unit_id, where) for unit_id in waiting):
            continue
        order = state.order
        lines.append(
            HandoverLine(
                key=order.id,
                title=order.title,
                state=state.assignments[waiting[0]].value,
                who=_units(picture, waiting),
                at=order.issued_at,
                due_at=order.deadline_at,
            )
        )
    return sorted(lines, key=lambda line: (_or_never(line.due_at), line.at or 0.0))


def _shelved(picture: Picture, where: JurisdictionId) -> list[HandoverLine]:
    lines = []
    for state in picture.alarms.states.values():
        node = state.alarm.jurisdiction_id
        if state.phase not in SHELVED_PHASES or state.shelf is None or (node is not None and not contains(where, node)):
            continue
        lines.append(
            HandoverLine(
                key=state.id,
                title=_alarm_name(picture, state.alarm.name, state.alarm.unit_id),
                state=state.alarm.kind.value,
                who=_party(picture, state.shelf.by),
                text=state.shelf.reason,
                at=state.shelf.at,
                due_at=state.shelf.until_at,
            )
        )
    return sorted(lines, key=lambda line: _or_never(line.due_at))


def _alarm_name(picture: Picture, name: str, unit_id: UnitId | None) -> str:
    return " ".join(part for part in (_units(picture, (unit_id,)) if unit_id is not None else "", name) if part)


def _out_of_contact(picture: Picture, where: JurisdictionId) -> list[HandoverLine]:
    """Offline with work in hand, which is what an officer must do something about."""
    lines: dict[UnitId, HandoverLine] = {}
    for state in picture.orders.values():
        for unit_id, step in state.assignments.items():
            known = picture.units[unit_id]
            if step not in OPEN_STATES or known.is_online or unit_id in lines or not _is_in(picture, unit_id, where):
                continue
            title = state.order.title
            lines[unit_id] = HandoverLine(key=unit_id, title=known.unit.name, state=step.value, text=title)
    return sorted(lines.values(), key=lambda line: line.title)


def _faults(picture: Picture) -> list[HandoverLine]:
    return [HandoverLine(key=code, title=detail, state=code) for code, detail in picture.faults.items()]


def _calls(picture: Picture, where: JurisdictionId) -> list[HandoverLine]:
    groups = [
        HandoverLine(
            key=group_id,
            title=state.talkgroup.name,
            state="ad_hoc",
            who=_party(picture, state.ad_hoc.formed_by),
            at=state.ad_hoc.formed_at,
        )
        for group_id, state in picture.talkgroups.items()
        if state.ad_hoc is not None and contains(where, state.talkgroup.jurisdiction_id)
    ]
    calls = [
        HandoverLine(
            key=call_id,
            title=_party(picture, state.call.callee),
            state="point_call",
            who=_party(picture, state.call.caller),
            at=state.started_at,
        )
        for call_id, state in picture.calls.items()
        if state.call.callee is not None and state.phase is not CallPhase.ENDED
    ]
    videos = [
        HandoverLine(key=video_id, title=_units(picture, (state.video.unit_id,)), state="video", at=state.started_at)
        for video_id, state in picture.videos.items()
        if state.phase is VideoPhase.LIVE and _is_in(picture, state.video.unit_id, where)
    ]
    return [*groups, *calls, *videos]


def _quarantine(picture: Picture) -> list[HandoverLine]:
    sources = picture.work_orders.sources
    lines = []
    for incident_id, held in picture.work_orders.quarantine.items():
        origin = held.order.origin
        source = sources.get(origin.source)
        lines.append(
            HandoverLine(
                key=incident_id,
                title=f"{held.order.kind} {held.order.address}".strip() or origin.source_id,
                state=held.faults[0].code.value if held.faults else "",
                who=source.name if source is not None else origin.source,
                at=held.at,
            )
        )
    return lines


# --- names of that moment --------------------------------------------------------------------------------------


def _or_never(due_at: float | None) -> float:
    return inf if due_at is None else due_at


def _is_in(picture: Picture, unit_id: UnitId, where: JurisdictionId) -> bool:
    return contains(where, picture.units[unit_id].unit.jurisdiction_id)


def _units(picture: Picture, unit_ids: Iterable[UnitId]) -> str:
    known = list(dict.fromkeys(unit_ids))
    names = [picture.units[unit_id].unit.name if unit_id in picture.units else unit_id for unit_id in known]
    return "、".join(names[:_MOST_NAMES]) + (f" +{len(names) - _MOST_NAMES}" if len(names) > _MOST_NAMES else "")


def _party(picture: Picture, party: PartyId) -> str:
    unit_id, officer_id = party_unit(party), party_officer(party)
    if unit_id is not None:
        return _units(picture, (unit_id,))
    return officer_name(picture, officer_id) if officer_id is not None else party


def officer_name(picture: Picture, officer_id: OfficerId) -> str:
    officer = picture.officers.get(officer_id)
    return officer.name if officer is not None else officer_id

"""The end of what is merged: with its main incident, in the same record, and with the same outcome."""

import msgspec

from comms.domain.case import CaseMoved, CaseStage, CaseState, CaseStep
from comms.domain.case_clock import ClockWork
from comms.domain.events import Event, IncidentClosed
from comms.domain.merge import Merge
from comms.domain.picture import Picture
from comms.protocol.errors import Locale

_NOTES = {
    Locale.ZH_CN: ("随主事件 {number} 办结", "随主事件 {number} 办结：{note}"),
    Locale.EN: ("closed with the main incident {number}", "closed with the main incident {number}: {note}"),
}


def and_merged(events: list[Event], picture: Picture, *, work: ClockWork, locale: Locale) -> list[Event]:
    """The same, and for each incident closed in it the end of what it carries.

    A case that was registered ends as void: what was done about it was the main one's, and counts once."""
    found: list[Event] = []
    for event in events:
        found.append(event)
        if isinstance(event, IncidentClosed):
            found.extend(_ends(event, picture, work, locale))
    return found


def _ends(closed: IncidentClosed, picture: Picture, work: ClockWork, locale: Locale) -> list[Event]:
    main = picture.incidents.states[closed.incident_id]
    origin = main.incident.origin
    number = origin.source_id if origin is not None else main.incident.id[:8].upper()
    plain, with_note = _NOTES[locale]
    note = (with_note if closed.note else plain).format(number=number, note=closed.note)[:1000]
    ends: list[Event] = []
    for state in picture.incidents.merged_into(main):
        if state.is_open and state.merge is not None:
            case = picture.cases.of(state)
            if case.is_registered:
                ends.append(_voided(case, state.merge, work, note))
            ends.append(msgspec.structs.replace(closed, incident_id=state.incident.id, note=note))
    return ends


def _voided(case: CaseState, merge: Merge, work: ClockWork, note: str) -> CaseMoved:
    """Its clock counts until it was merged: from then on nobody was to act on it."""
    clock = work.stopped(case.clock, merge.at) if case.clock is not None else None
    return CaseMoved(incident_id=case.incident_id, step=CaseStep.VOID, stage=CaseStage.VOID, opinion=note, clock=clock)

"""Cases whose departments are pressed (临期, 催办, 督办), as alarms: which were told of is remembered here, whether one
still is pressed the picture says."""

from comms.domain.alarm import Alarm, AlarmKind, AlarmPriority
from comms.domain.case import NOTICES, CaseMoved, CaseState, CaseStep
from comms.domain.case_notice import pressing
from comms.domain.ids import AlarmId, IncidentId
from comms.domain.picture import Picture

PRIORITIES = {
    CaseStep.WARN: AlarmPriority.LOW,
    CaseStep.REMIND: AlarmPriority.MEDIUM,
    CaseStep.ESCALATE: AlarmPriority.HIGH,
}


class CaseAlarms:
    def __init__(self) -> None:
        self._pressed: set[IncidentId] = set()
        """Of some twenty thousand cases those worth a look each second."""

    def read(self, picture: Picture) -> None:
        """From the picture: at the start, and when the store takes events again."""
        self._pressed = {case.incident_id for case in picture.cases.states.values() if pressing(case) is not None}

    def follow(self, move: CaseMoved, picture: Picture) -> Alarm | None:
        """A notice is told at once, and so is a case that goes on late; a repeated one brings the alarm up to date."""
        alarm = _alarm(move.incident_id, picture)
        if alarm is None or (move.incident_id in self._pressed and move.step not in NOTICES):
            return None
        self._pressed.add(move.incident_id)
        return alarm

    def alarms(self, picture: Picture) -> list[Alarm]:
        """All that hold now."""
        found = {incident_id: _alarm(incident_id, picture) for incident_id in self._pressed}
        self._pressed = {incident_id for incident_id, alarm in found.items() if alarm is not None}
        return [alarm for alarm in found.values() if alarm is not None]


def case_alarm_id(incident_id: IncidentId) -> AlarmId:
    return AlarmId(f"{AlarmKind.CASE_PRESSED.value}/{_source(incident_id)}")


def _source(incident_id: IncidentId) -> str:
    return f"case:{incident_id}"


def _alarm(incident_id: IncidentId, picture: Picture) -> Alarm | None:
    case = picture.cases.states.get(incident_id)
    return pressed(case, picture) if case is not None else None


def pressed(case: CaseState, picture: Picture) -> Alarm | None:
    """The alarm of a case, with the kind of its incident as name and the number of notices as value."""
    press = pressing(case)
    if press is None:
        return None
    incident = picture.incidents.states[case.incident_id].incident
    return Alarm(
        kind=AlarmKind.CASE_PRESSED,
        source=_source(case.incident_id),
        priority=PRIORITIES[press.line.move.step],
        jurisdiction_id=case.jurisdiction_id,
        place=incident.place,
        incident_id=case.incident_id,
        name=incident.kind,
        value=float(press.notices),
    )

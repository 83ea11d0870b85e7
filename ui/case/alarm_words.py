"""What an alarm about a pressed case says: which notice, of what, whom it names, when."""

from comms.domain.alarm import Alarm
from comms.domain.case_notice import pressing
from console.store.store import Store
from ui.case_words import step_name
from ui.text import Texts
from ui.words import moment, party_name

Said = tuple[str, dict[str, str | int]]


def said(alarm: Alarm, store: Store, text: Texts) -> Said:
    """With the names of now; of a case that presses nobody any more only what it was."""
    picture, now = store.picture, store.server_now()
    case = picture.cases.states.get(alarm.incident_id) if alarm.incident_id is not None else None
    press = pressing(case) if case is not None else None
    if case is None or press is None:
        return "alarm.said.case_eased", {"name": alarm.name}
    department = picture.departments.get(case.department_id) if case.department_id is not None else None
    told = text("list.separator").join(party_name(store, party, text) for party in press.line.move.to)
    due = text("alarm.case_due", time=moment(case.clock.due_at, now)) if case.clock is not None else ""
    return "alarm.said.case_pressed", {
        "step": step_name(press.line.move.step, text),
        "name": alarm.name,
        "department": department.name if department is not None else "",
        "due": due,
        "by": party_name(store, press.line.actor, text),
        "told": text("alarm.case_told", names=told) if told else "",
        "at": moment(press.line.at, now),
    }

"""Events that a score rests on and that no time line tells: said plainly, so that evidence is never a bare number."""

from collections.abc import Mapping

from comms.domain import events as ev
from comms.domain.case import CaseMoved
from comms.domain.ids import UnitId
from comms.domain.plan_events import PlanStepTaken
from console.drill.entry import Entry, EntryKind, keyed


def plain_entry(recorded: ev.Recorded, names: Mapping[str, str]) -> Entry:
    """Its time and who did it are the caller's to fill in."""

    def units(unit_ids: tuple[UnitId, ...]) -> str:
        return "、".join(names.get(f"unit:{unit_id}", unit_id) for unit_id in unit_ids)

    event = recorded.event
    match event:
        case ev.IncidentReported(incident=incident):
            return keyed(EntryKind.REPORT, "incident", kind=incident.kind)
        case ev.OrderOverdue(unit_ids=unit_ids):
            return keyed(EntryKind.MISSED, "overdue", units=units(unit_ids))
        case ev.CommandRefused(command_kind=kind, code=code):
            return keyed(EntryKind.ACTION, "refused", command=kind, code=code)
        case ev.CallStarted(call=call):
            return keyed(EntryKind.REPORT, "rang", caller=names.get(call.caller, call.caller))
        case ev.CallAnswered():
            return keyed(EntryKind.ACTION, "answered")
        case ev.VideoWatched():
            return keyed(EntryKind.ACTION, "watched")
        case CaseMoved(stage=stage):
            return keyed(EntryKind.ACTION, "case", stage=stage.value)
        case PlanStepTaken():
            return keyed(EntryKind.ACTION, "plan_step")
        case _:
            tag = type(event).__struct_config__.tag
            return keyed(EntryKind.REPORT, "other", kind=str(tag))

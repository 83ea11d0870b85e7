"""Steps of running plans that nobody settled in time, as alarms. Pure: a picture in, alarms out."""

from collections.abc import Iterator

from comms.domain.alarm import Alarm, AlarmKind, AlarmPriority, Evidence
from comms.domain.ids import party_officer
from comms.domain.order import OrderPriority
from comms.domain.picture import Picture
from comms.domain.plan import PlanStep, Words, said, text_of
from comms.domain.plan_book import PlanRun, due_at
from comms.protocol.errors import Locale

_CALLED = {
    "cameras": {Locale.ZH_CN: "调看周边视频", Locale.EN: "Show the cameras around"},
    "layers": {Locale.ZH_CN: "打开专题图层", Locale.EN: "Switch the layers on"},
}


def plans_overdue(picture: Picture, *, now: float) -> list[Alarm]:
    """One for each step, because each is something to be done."""
    return [
        _alarm(picture, run, step)
        for run in picture.plans.running()
        if run.incident_id in picture.incidents.states
        for step, state in run.parts()
        if (at := due_at(step, state)) is not None and at <= now
    ]


def _alarm(picture: Picture, run: PlanRun, step: PlanStep) -> Alarm:
    incident = picture.incidents.states[run.incident_id].incident
    officer_id = party_officer(run.started_by)
    officer = picture.officers.get(officer_id) if officer_id is not None else None
    is_grave = incident.priority is OrderPriority.CRITICAL
    return Alarm(
        kind=AlarmKind.PLAN_OVERDUE,
        source=f"plan:{run.id}/{step.id}",
        priority=AlarmPriority.HIGH if is_grave else AlarmPriority.MEDIUM,
        jurisdiction_id=officer.jurisdiction_id if officer is not None else run.jurisdiction_id,
        place=incident.place,
        name=said(run.plan.name, Locale.ZH_CN),
        limit=step.due_min,
        sentences=dict(_sentences(run, step, incident.kind, incident.place.text)),
        evidence=(Evidence(noun="incident", id=incident.id, lat=incident.place.lat, lon=incident.place.lon),),
    )


def _sentences(run: PlanRun, step: PlanStep, kind: str, place: str) -> Iterator[tuple[str, str]]:
    called: Words = text_of(step) or {key.value: words for key, words in _CALLED[step_kind(step)].items()}
    for locale in Locale:
        words = said(called, locale, place=place, kind=kind, text="", level=run.level.value)
        yield locale.value, f"{said(run.plan.name, locale)} · {words}"


def step_kind(step: PlanStep) -> str:
    return str(type(step).__struct_config__.tag)

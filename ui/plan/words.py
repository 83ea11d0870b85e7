"""What plans and their steps are called, in the officer's language. Pure."""

from comms.domain.ids import IncidentId
from comms.domain.incident import Incident
from comms.domain.plan import CamerasStep, LayersStep, Nearest, OrderStep, PlanStep, Standing, Who, Words, said, text_of
from comms.domain.plan_book import PlanRun, due_at
from console.store.store import Store
from ui.text import Texts
from ui.words import duration, party_name

ICONS = {
    "talkgroup": "group",
    "order": "order",
    "cameras": "camera",
    "layers": "grid",
    "check": "check",
    "notify": "phone",
}


def kind_of(step: PlanStep) -> str:
    return str(type(step).__struct_config__.tag)


def plan_name(words: Words, text: Texts) -> str:
    return said(words, text.locale.value)


def filled(words: Words, incident: Incident | None, level: str, text: Texts) -> str:
    """With what is known of the incident; one that is long forgotten leaves its place out."""
    place = incident.place.text or text("plan.there") if incident is not None else text("plan.there")
    kind, told = (incident.kind, incident.text) if incident is not None else ("", "")
    return said(words, text.locale.value, place=place, kind=kind, text=told, level=level)


def step_title(step: PlanStep, incident: Incident | None, level: str, text: Texts) -> str:
    match step:
        case CamerasStep(within_m=metres, most=most):
            return text("plan.step.cameras", metres=round(metres), most=most)
        case LayersStep():
            return text("plan.step.layers")
        case _:
            return filled(text_of(step), incident, level, text)


def run_incident(run: PlanRun, store: Store) -> Incident | None:
    state = store.picture.incidents.states.get(run.incident_id)
    return state.incident if state is not None else None


def who_words(who: Who, text: Texts) -> str:
    """Whom a step means, as the plan says it."""
    if isinstance(who, Standing):
        return text("plan.who.talkgroup", name=who.talkgroup)
    if not isinstance(who, Nearest):
        return text("plan.who.within", metres=round(who.radius_m))
    if who.skills:
        skills = text("list.separator").join(who.skills)
        return text("plan.who.skilled", count=who.count, skills=skills)
    return text("plan.who.nearest", count=who.count)


def whose_words(step: PlanStep, text: Texts) -> str:
    return said(step.whose, text.locale.value)


def outcome_words(run: PlanRun, step: PlanStep, store: Store, text: Texts) -> str:
    """What became of a step, and who says so."""
    state = run.steps[step.id]
    key = f"plan.outcome.{state.outcome.value}"
    parts = [text(key)]
    if state.unit_ids:
        parts.append(_units(run, step, store, text))
    if state.code:
        parts.append(_code_words(state.code, text))
    if state.words:
        parts.append(state.words)
    if state.by is not None and state.by != run.started_by:
        parts.append(party_name(store, state.by, text))
    return text("hub.dot").join(parts)


def _units(run: PlanRun, step: PlanStep, store: Store, text: Texts) -> str:
    unit_ids = run.steps[step.id].unit_ids
    if not isinstance(step, OrderStep):
        return text("plan.units", count=len(unit_ids))
    units = store.picture.units
    names = [units[unit_id].unit.name for unit_id in unit_ids[:3] if unit_id in units]
    return text("list.separator").join(names) + ("…" if len(unit_ids) > 3 else "")


def _code_words(code: str, text: Texts) -> str:
    known = f"plan.code.{code}"
    return text(known) if text.has(known) else text("plan.code.other", code=code)


def run_words(run: PlanRun, store: Store, text: Texts) -> tuple[str, str, str]:
    """Of a running plan: its name and level, its incident and progress, and how long it has been running."""
    incident = run_incident(run, store)
    title = text("plan.run_title", plan=plan_name(run.plan.name, text), level=run.level.value)
    where = f"{incident.kind} {incident.place.text}".strip() if incident is not None else run.incident_id
    settled = len(run.steps) - run.unsettled
    progress = text("plan.progress", done=settled, count=len(run.steps))
    figure = duration((run.ended_at or store.server_now()) - run.started_at)
    return title, text("hub.dot").join((where, progress)), figure


def card_words(incident_id: IncidentId, store: Store, text: Texts) -> str:
    """For the incident's card: what runs for it, and how far; empty when nothing does."""
    running = store.picture.plans.running(incident_id)
    now = store.server_now()
    said_of = []
    for run in running:
        late = sum(1 for step, state in run.parts() if (at := due_at(step, state)) is not None and at <= now)
        progress = text("plan.progress", done=len(run.steps) - run.unsettled, count=len(run.steps))
        parts = [text("plan.run_title", plan=plan_name(run.plan.name, text), level=run.level.value), progress]
        said_of.append(text("hub.dot").join((*parts, text("plan.late", count=late)) if late else parts))
    return text("list.separator").join(said_of)

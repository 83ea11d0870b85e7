"""Patrols in words: plans, rows of the due list, and what is known of a place, department by department."""

from comms.domain.ids import DepartmentId, JurisdictionId, UnitId, party_officer, unit_party
from comms.domain.jurisdiction import contains
from comms.domain.patrol import AnswerKind, PatrolPlan, Question
from comms.domain.patrol_book import PlanState
from comms.domain.patrol_rules import may_read
from comms.protocol.patrol_commands import DueShown
from comms.protocol.patrol_pushes import DueRow, Fact, GridTally, PatrolPlacePage, VisitOutcome
from console.store.store import Store
from ui.item.words import limit_words
from ui.text import Texts
from ui.widgets.lines import Line
from ui.words import day, moment, party_name

_ICONS = {DueShown.OVERDUE: ("warning", "danger"), DueShown.MISSED: ("close", "danger"), DueShown.DONE: ("check", "")}


def plan_line(state: PlanState, text: Texts) -> Line:
    plan = state.plan
    last = state.rounds[-1] if state.rounds else None
    missed = sum(last.missed.values()) if last is not None else 0
    said = text("patrol.last_round", done=last.done, places=last.places) if last is not None else ""
    return Line(
        key=plan.id,
        title=plan.name,
        detail=text("patrol.plan_line", rhythm=rhythm_words(plan, text), count=len(plan.question_ids)),
        figure=said,
        icon="clock",
        tone="warn" if missed else "",
    )


def rhythm_words(plan: PatrolPlan, text: Texts) -> str:
    said = [text(f"patrol.rhythm.{plan.rhythm.value}")]
    said += (
        text("patrol.rhythm_of_level", level=level, rhythm=text(f"patrol.rhythm.{rhythm.value}"))
        for level, rhythm in sorted(plan.by_level.items())
    )
    return text("list.separator").join(said)


def plan_facts(plan: PatrolPlan, store: Store, text: Texts) -> str:
    """One fact a line, then the questions with the departments they are for."""
    node = store.picture.jurisdictions.get(plan.jurisdiction_id)
    where = [*plan.selection.categories, *(text("patrol.level", level=level) for level in plan.selection.levels)]
    named = len(plan.selection.place_ids)
    window = plan.window
    rows = [
        ("where", node.name if node is not None else plan.jurisdiction_id),
        ("places", text("patrol.named", count=named) if named else text("list.separator").join(where)),
        ("rhythm", rhythm_words(plan, text)),
        ("limit", limit_words(plan.limit, text) if plan.limit is not None else text("patrol.to_the_end")),
        ("skill", plan.skill),
        ("hours", f"{_hour(window.from_s)}-{_hour(window.until_s)}" if window is not None else ""),
        ("strict", text("patrol.strict") if plan.is_strict else ""),
    ]
    lines = [text("patrol.fact", name=text(f"patrol.form.{key}"), value=value) for key, value in rows if value]
    asked = [store.picture.patrols.questions.get(question_id) for question_id in plan.question_ids]
    lines += (question_words(question, store, text) for question in asked if question is not None)
    return "\n".join(lines)


def question_words(question: Question, store: Store, text: Texts) -> str:
    departments = text("list.separator").join(department_name(each, store) for each in question.departments)
    key = "patrol.question_valid" if question.valid_days else "patrol.question"
    return text(key, words=question.words, departments=departments, days=f"{question.valid_days:g}")


def department_name(department_id: DepartmentId, store: Store) -> str:
    known = store.picture.departments.get(department_id)
    return known.name if known is not None else department_id


def _hour(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds % 3600 // 60:02d}"


def due_line(row: DueRow, store: Store, text: Texts) -> Line:
    icon, tone = _ICONS.get(row.state, ("place", ""))
    state = store.picture.patrols.plans.get(row.plan_id)
    parts = [
        state.plan.name if state is not None else row.plan_id,
        _who(row.unit_id, store, text),
        text(f"patrol.fail.{row.reason.value}") if row.reason is not None else "",
    ]
    shown = text("patrol.until", day=day(row.deadline_at)) if row.state is not DueShown.DONE else ""
    return Line(
        key=(row.plan_id, row.place.id),
        title=row.place.name,
        detail=text("list.separator").join(part for part in parts if part),
        figure=shown,
        icon=icon,
        tone=tone,
    )


def _who(unit_id: UnitId | None, store: Store, text: Texts) -> str:
    return party_name(store, unit_party(unit_id), text) if unit_id is not None else text("patrol.nobody")


def tally_words(tallies: tuple[GridTally, ...], store: Store, text: Texts) -> str:
    """The sum, then the grids with the most overdue."""
    total = {name: sum(getattr(each, name) for each in tallies) for name in ("due", "overdue", "done", "missed")}
    lines = [text("patrol.total", **total)]
    worst = sorted((each for each in tallies if each.overdue), key=lambda each: -each.overdue)[:12]
    for each in worst:
        node = store.picture.jurisdictions.get(each.jurisdiction_id)
        above = [
            other.name
            for other in store.picture.jurisdictions.values()
            if other.id != each.jurisdiction_id and contains(other.id, each.jurisdiction_id)
        ]
        name = " ".join([*above[-1:], node.name if node is not None else each.jurisdiction_id])
        lines.append(text("patrol.of_grid", name=name, overdue=each.overdue, due=each.due, done=each.done))
    return "\n".join(lines)


def own_node(store: Store) -> JurisdictionId:
    """Where the officer sits."""
    return store.session.jurisdiction_id if store.session is not None else JurisdictionId("")


def _own_department(store: Store) -> DepartmentId | None:
    officer_id = party_officer(store.session.party) if store.session is not None else None
    officer = store.picture.officers.get(officer_id) if officer_id is not None else None
    return officer.department_id if officer is not None else None


def place_words(page: PatrolPlacePage, store: Store, text: Texts) -> str:
    """The place, then each department's view of it, then its visits: newest first."""
    place = page.place
    lines = [text("patrol.place_head", category=place.category, address=place.address or place.name)]
    questions = store.picture.patrols.questions
    facts = {fact.question_id: fact for fact in page.facts}
    asked = [question for key in facts if (question := questions.get(key)) is not None]
    own = _own_department(store)
    departments = sorted({each for question in asked for each in question.departments if own in (None, each)})
    for department_id in departments:
        lines.append("")
        lines.append(text("patrol.view_of", department=department_name(department_id, store)))
        for question in asked:
            if may_read(question, department_id):
                lines.append(fact_words(question, facts[question.id], store, text))
    lines.append("")
    lines.append(text("patrol.visits", count=len(page.visits)))
    lines += (visit_words(visit, store, text) for visit in page.visits)
    return "\n".join(lines)


def fact_words(question: Question, fact: Fact, store: Store, text: Texts) -> str:
    return text(
        "patrol.answer",
        words=question.words,
        value=value_words(question, fact, text),
        day=moment(fact.at, store.server_now()),
        name=_who(fact.unit_id, store, text),
    )


def value_words(question: Question, fact: Fact, text: Texts) -> str:
    if question.kind is AnswerKind.PHOTO:
        return text("patrol.photos", count=len(fact.photos))
    if question.kind is AnswerKind.YES_NO:
        return text(f"patrol.value.{fact.value}") if fact.value in ("yes", "no") else fact.value
    return f"{fact.value}{question.unit}"


def visit_words(visit: VisitOutcome, store: Store, text: Texts) -> str:
    said = text(f"patrol.fail.{visit.reason.value}") if visit.reason is not None else text("patrol.visited")
    marks = [text(f"patrol.mark.{mark.value}") for mark in visit.marks]
    away = [text("patrol.away", metres=round(visit.distance_m))] if visit.distance_m is not None else []
    more = text("list.separator").join((*away, *marks, *((visit.note,) if visit.note else ())))
    key = "patrol.visit_more" if more else "patrol.visit"
    at = moment(visit.at, store.server_now())
    return text(key, day=at, name=_who(visit.unit_id, store, text), said=said, more=more)

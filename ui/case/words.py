"""The case sheet in words: what a step is called, why it may not be taken, clocks, flow record, evidence."""

from comms.domain.case import WAYS, CaseLine, CaseStage, CaseState, CaseStep
from comms.domain.case_attachments import Attachment, AttachmentKind
from comms.domain.case_clock import CaseClock, ClockWork
from comms.domain.case_rules import CaseFault, others_of
from comms.domain.officer import OfficerRole
from comms.domain.video import VideoPhase
from console.store.store import Store
from ui.case_words import stage_name, step_name
from ui.item.words import limit_words
from ui.text import Texts
from ui.widgets.lines import Line
from ui.words import duration, moment, party_name

_TONES = {CaseStep.REMIND: "warn", CaseStep.WARN: "warn", CaseStep.ESCALATE: "danger", CaseStep.RETURN: "warn"}
_ICONS = {
    AttachmentKind.PHOTO_BEFORE: "photo",
    AttachmentKind.PHOTO_AFTER: "photo",
    AttachmentKind.CALL: "phone",
    AttachmentKind.RECORDING: "play",
    AttachmentKind.VIDEO: "video",
}
_STOPS = frozenset(
    {CaseStep.RETURN, CaseStep.RECALL, CaseStep.HAND_BACK, CaseStep.SUSPEND, CaseStep.FORCE_CLOSE, CaseStep.VOID}
)


def do_name(step: CaseStep, text: Texts) -> str:
    """A step as something to do; `step_name` says it as done."""
    return text(f"case.do.{step.value}")


def role_of(case: CaseState, step: CaseStep) -> OfficerRole | None:
    """Whose a step is, from wherever it may be taken."""
    ways = WAYS[step]
    way = ways.get(case.stage) or next(iter(ways.values()))
    return way.role


def why_not(fault: CaseFault, case: CaseState, step: CaseStep, store: Store, text: Texts) -> str:
    """One sentence: why this officer may not take a step now."""
    departments = store.picture.departments
    department = departments.get(case.department_id) if case.department_id is not None else None
    role = role_of(case, step)
    others = text("list.separator").join(sorted(party_name(store, party, text) for party in others_of(case, step)))
    return text(
        f"case.fault.{fault.value}",
        step=do_name(step, text),
        stage=stage_name(case.stage, text),
        role=text(f"case.role.{role.value}") if role is not None else "",
        department=department.name if department is not None else text("case.no_department"),
        others=others,
        due=moment(case.clock.due_at, store.server_now()) if case.clock is not None else "",
    )


# --- clocks -------------------------------------------------------------------------------------------


def natural_clock(case: CaseState, now: float, text: Texts) -> tuple[str, str]:
    """Words and tone of the time by the wall until the deadline."""
    clock = case.clock
    if clock is None:
        return text("case.clock.none"), "dim"
    if clock.running_since is None:
        return text("case.clock.due_stopped"), "dim"
    left, due = clock.due_at - now, moment(clock.due_at, now)
    if left < 0:
        return text("case.clock.natural_over", due=due, time=long_time(-left, text)), "danger"
    return text("case.clock.natural", due=due, time=long_time(left, text)), _tone(clock, now)


def working_clock(case: CaseState, work: ClockWork | None, now: float, text: Texts) -> tuple[str, str]:
    """Words and tone of what counts by the limit's own unit; without a calendar what it was when it stopped last."""
    clock = case.clock
    if clock is None:
        return "", "dim"
    limit = limit_words(clock.limit, text)
    if work is None and clock.running_since is not None:
        return text("case.clock.limit", limit=limit), "dim"
    counted = work.counted_s(clock, now) if work is not None else clock.counted_s
    left = clock.allowed_s - counted
    if left < 0:
        return text("case.clock.over", limit=limit, time=long_time(-left, text)), "danger"
    return text("case.clock.left", limit=limit, time=long_time(left, text)), _tone(clock, now)


def _tone(clock: CaseClock, now: float) -> str:
    if clock.running_since is None:
        return "dim"
    return "warn" if now >= clock.warn_at else ""


def paused(case: CaseState, store: Store, text: Texts) -> str:
    """Why the clock stands still: by which step, with what reason; empty while it runs."""
    if case.clock is None or case.clock.running_since is not None:
        return ""
    now = store.server_now()
    line = next((line for line in reversed(case.flow) if line.move.step in _STOPS), None)
    if line is None:
        return text("case.clock.stopped")
    said = {
        "step": step_name(line.move.step, text),
        "name": party_name(store, line.actor, text),
        "when": moment(line.at, now),
    }
    reason = line.move.opinion or _asked_reason(case)
    words = text("case.clock.stopped_why", **said, reason=reason) if reason else text("case.clock.stopped_by", **said)
    if case.resumes_at is not None:
        words += text("case.clock.resumes", when=moment(case.resumes_at, now))
    return words


def _asked_reason(case: CaseState) -> str:
    """Who granted it wrote nothing: then what was asked says why."""
    asked = (line.move.opinion for line in reversed(case.flow) if line.move.step is CaseStep.ASK_SUSPENSION)
    return next(asked, "") if case.stage is CaseStage.SUSPENDED else ""


def long_time(seconds: float, text: Texts) -> str:
    """Days are said where there are any: 121:05:00 is no help."""
    days, rest = divmod(max(0, int(seconds)), 86_400)
    return text("case.days", days=days, time=duration(rest)) if days else duration(rest)


# --- lists --------------------------------------------------------------------------------------------


def flow_line(place: int, line: CaseLine, case: CaseState, store: Store, text: Texts) -> Line:
    """Who, when, which step, and what he had to say."""
    move, now = line.move, store.server_now()
    parts = [move.opinion]
    if move.step is CaseStep.DISPATCH and move.department_id is not None:
        department = store.picture.departments.get(move.department_id)
        parts.append(text("case.flow.to", name=department.name if department is not None else move.department_id))
    elif move.to:
        parts.append(text("case.flow.told", names=text("list.separator").join(_names(line, store, text))))
    if move.until_at is not None:
        parts.append(text("case.flow.until", when=moment(move.until_at, now)))
    if move.item_id is not None:
        state = store.picture.items.states.get(move.item_id)
        parts.append(text("case.flow.item", name=state.item.name if state is not None else move.item_id))
    if move.ticked:
        parts.append(text("case.flow.ticked", words=text("case.flow.and").join(move.ticked)))
    if move.photos:
        parts.append(text("case.flow.photos", count=len(move.photos)))
    title = text("case.flow.line", step=step_name(move.step, text), name=party_name(store, line.actor, text))
    detail = text("hub.dot").join(filter(None, parts))
    return Line(place, title, detail, moment(line.at, now), tone=_TONES.get(move.step, ""))


def _names(line: CaseLine, store: Store, text: Texts) -> list[str]:
    return [party_name(store, party, text) for party in line.move.to]


def evidence_line(place: int, one: Attachment, store: Store, text: Texts) -> Line:
    kind, icon = text(f"case.evidence.{one.kind.value}"), _ICONS[one.kind]
    length = text("case.evidence.length", time=duration(one.duration_s)) if one.duration_s else ""
    title = text("hub.dot").join(filter(None, (kind, party_name(store, one.party, text), length)))
    figure = text("case.evidence.live") if is_filming(one, store) else moment(one.at, store.server_now())
    return Line((place, one.kind, one.at), title, "", figure, icon=icon)


def is_filming(one: Attachment, store: Store) -> bool:
    """A video is kept by nobody; it can be watched while it lasts."""
    state = store.picture.videos.get(one.video_id) if one.video_id is not None else None
    return state is not None and state.phase is VideoPhase.LIVE

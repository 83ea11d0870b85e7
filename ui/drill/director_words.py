"""The director's boards in words: injects by their time, what is expected of trainees, notes, seats, the checklist."""

from math import inf

from comms.domain.drill_board import InjectPhase, InjectState
from comms.domain.expectation_watch import Outcome, Standing
from comms.domain.ids import OfficerId
from comms.domain.inject import AfterInject, AtTime, Inject, WhenMet, WhenMissed, actors_of, spot_of, words_of
from comms.domain.scenario import Scenario
from console.store.store import Store
from ui.drill.board import Row
from ui.drill.words import local, second_words
from ui.text import Texts
from ui.words import party_name

SOON_S = 30.0
"""An inject that comes so soon stands out."""


def inject_rows(store: Store, text: Texts, *, is_reserve: bool) -> list[Row]:
    """Of the story, or (`is_reserve`) contingencies and what only the trainer's hand fires. By time; those that wait
    for something else come last, in the scenario's order."""
    scenario, status = store.drill.scenario, store.drill.status
    if scenario is None or status is None:
        return []
    states = {state.id: state for state in status.injects}
    second = store.drill.second() or 0.0
    chosen = [each for each in scenario.injects if (each.is_contingency or each.is_optional) is is_reserve]
    chosen.sort(key=lambda inject: _time_of(states.get(inject.id)))
    return [_inject_row(inject, states.get(inject.id), second, scenario, text) for inject in chosen]


def _time_of(state: InjectState | None) -> float:
    if state is None:
        return inf
    time = state.fired_s if state.fired_s is not None else state.due_s
    return inf if time is None else time


def _inject_row(inject: Inject, state: InjectState | None, second: float, scenario: Scenario, text: Texts) -> Row:
    time = _time_of(state)
    words, tone = _phase_words(inject, state, second, text)
    cells = (second_words(time) if time < inf else "–", words, local(inject.title, text))
    return Row(inject.id, cells, tone, f"{cells[2]}\n{when_words(inject, scenario, text)}")


def _phase_words(inject: Inject, state: InjectState | None, second: float, text: Texts) -> tuple[str, str]:
    if state is None:
        return text("drill.phase.waiting"), "text_dim"
    match state.phase:
        case InjectPhase.FIRED:
            key = "drill.phase.fired_again" if state.count > 1 else "drill.phase.fired"
            return text(key, count=state.count), "ok"
        case InjectPhase.SKIPPED:
            return text("drill.phase.skipped"), "text_faint"
        case InjectPhase.BEGUN:
            return text("drill.phase.begun"), "warn"
        case InjectPhase.DUE:
            left_s = (state.due_s or 0.0) - second
            if left_s <= 0 and inject.is_optional:
                return text("drill.phase.ready"), "accent"
            return text("drill.phase.due", left=second_words(max(0.0, left_s))), "warn" if left_s < SOON_S else "text"
        case _:
            return text("drill.phase.waiting"), "text_dim"


def when_words(inject: Inject, scenario: Scenario, text: Texts) -> str:
    """What it comes by."""
    when = inject.when
    match when:
        case AtTime():
            return text("drill.when.time", second=second_words(when.s))
        case AfterInject():
            after = scenario.inject(when.inject)
            name = local(after.title, text) if after is not None else when.inject
            return text("drill.when.inject", name=name, second=second_words(when.s))
        case _:
            expected = scenario.expectation(when.expectation)
            name = local(expected.words, text) if expected is not None else when.expectation
            key = "met" if isinstance(when, WhenMet) else "missed" if isinstance(when, WhenMissed) else "settled"
            return text(f"drill.when.{key}", name=name, second=second_words(when.s))


def inject_told(inject: Inject, store: Store, text: Texts) -> str:
    """All there is to know of it before it is fired."""
    scenario, status = store.drill.scenario, store.drill.status
    if scenario is None or status is None:
        return ""
    lines = [f"{text(f'drill.do.{inject.what.__struct_config__.tag}')}   {when_words(inject, scenario, text)}"]
    actors = [scenario.actor(each) for each in actors_of(inject.what)]
    names = text("drill.list").join(local(actor.name, text) for actor in actors if actor is not None)
    if names:
        lines.append(text("drill.told.by", names=names))
    place = status.places.get(inject.id)
    spot = spot_of(inject.what)
    if spot is not None:
        where = local(spot.text, text) or (place.text if place is not None else "")
        lines.append(text("drill.told.at", place=where or "–"))
    said = local(words_of(inject.what), text)
    if said:
        lines.append(text("drill.told.words", words=said))
    note = local(inject.note, text)
    if note:
        lines.append(text("drill.told.note", words=note))
    return "\n".join(lines)


def expected_rows(store: Store, text: Texts) -> list[Row]:
    scenario, status = store.drill.scenario, store.drill.status
    if scenario is None or status is None:
        return []
    standings = {standing.id: standing for standing in status.standings}
    rows = []
    for each in scenario.expectations:
        standing = standings.get(each.id, Standing(id=each.id))
        words, tone = _standing_words(standing, store.server_now(), text)
        by = text("drill.list").join(party_name(store, party, text) for party in standing.by)
        rows.append(Row(each.id, (words, local(each.words, text), by), tone))
    return rows


def _standing_words(standing: Standing, now: float, text: Texts) -> tuple[str, str]:
    taken = second_words(standing.taken_s)
    match standing.outcome:
        case Outcome.MET:
            return text("drill.expected.met", taken=taken), "ok"
        case Outcome.LATE:
            return text("drill.expected.late", taken=taken), "warn"
        case Outcome.MISSED:
            return text("drill.expected.missed"), "danger"
        case Outcome.WAITING:
            left_s = max(0.0, (standing.due_at or now) - now)
            return text("drill.expected.waiting", left=second_words(left_s)), "text"
        case _:
            return text("drill.expected.off"), "text_faint"


def note_rows(store: Store, text: Texts) -> list[Row]:
    """The newest first."""
    state = store.picture.drill.state
    if state is None:
        return []
    rows = []
    for note in reversed(state.notes):
        second = second_words(max(0.0, note.about_at - state.starts_at))
        shown = text("drill.note.shown" if note.is_shown else "drill.note.private")
        cells = (second, shown, note.text, party_name(store, note.by, text))
        rows.append(Row(str(note.seq), cells, "accent" if note.is_shown else "text"))
    return rows


def seat_rows(store: Store, text: Texts) -> list[Row]:
    status = store.drill.status
    if status is None:
        return []
    rows = []
    for seat in status.seats:
        names = text("drill.list").join(_officer(store, each, text) for each in seat.officer_ids)
        is_own = seat.id == status.role
        tone = "accent" if is_own else "text" if seat.may_take else "text_dim"
        cells = (
            text(f"drill.seat.{seat.kind.value}"),
            local(seat.name, text) or seat.id,
            names or text("drill.seat.empty"),
        )
        rows.append(Row(seat.id, cells, tone))
    return rows


def _officer(store: Store, officer_id: OfficerId, text: Texts) -> str:
    state = store.picture.officers.get(officer_id)
    if state is None:
        return officer_id
    return text("drill.seat.officer", name=state.name, id=officer_id) if state.name != officer_id else officer_id

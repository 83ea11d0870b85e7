"""What an alarm says: one sentence, by its kind, with the names of now."""

from comms.domain.alarm import Alarm, AlarmKind
from comms.domain.ids import PartyId, unit_party
from comms.domain.rule_score import rule_of
from console.store.store import Store
from ui.case import alarm_words as case_alarm_words
from ui.text import Texts
from ui.words import party_name

Said = tuple[str, dict[str, str | int]]
"""A key of the catalogue and its values."""


def said(alarm: Alarm, store: Store, text: Texts) -> Said:
    if alarm.kind is AlarmKind.GATEWAY_FAULT:
        code = alarm.source.removeprefix("fault:")
        known = f"fault.{code.partition('/')[0]}"
        return known if text.has(known) else "fault.other", {"code": code, "detail": alarm.name}
    if alarm.kind is AlarmKind.CASE_PRESSED:
        return case_alarm_words.said(alarm, store, text)
    values: dict[str, str | int] = {
        "unit": _who(alarm, store, text),
        "name": alarm.name,
        "value": round(alarm.value) if alarm.value is not None else "",
        "limit": round(alarm.limit) if alarm.limit is not None else "",
        "told": alarm.sentences.get(text.locale.value, alarm.name),
    }
    is_idle = alarm.kind is AlarmKind.UNIT_SILENT and not alarm.name
    return f"alarm.said.{alarm.kind.value}{'.idle' if is_idle else ''}", values


def sentence(alarm: Alarm, store: Store, text: Texts) -> str:
    key, values = said(alarm, store, text)
    return text(key, **values)


def rule_score(alarm: Alarm, store: Store, text: Texts) -> str:
    """How often the rule behind a warning was wrong in the last days, in the officers' own judgement; empty for other
    kinds."""
    raised, false = figures_of(rule_of(alarm), store) if alarm.kind is AlarmKind.WARNING else (0, 0)
    return text("alarm.rule_score", false=false, raised=raised, share=round(100 * false / raised)) if raised else ""


def figures_of(rule: str, store: Store) -> tuple[int, int]:
    """Alarms of a rule in the last seven days, and those of them that were said to be false."""
    score = store.picture.alarms.scores.get(rule)
    return score.figures(store.server_now()) if score is not None else (0, 0)


def _who(alarm: Alarm, store: Store, text: Texts) -> str:
    if alarm.unit_id is not None:
        return party_name(store, unit_party(alarm.unit_id), text)
    return party_name(store, PartyId(alarm.source), text)

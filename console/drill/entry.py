"""One line of a drill's time line, in words or by a key and its values."""

from enum import StrEnum

import msgspec

from comms.domain.inject import Words


class EntryKind(StrEnum):
    INJECT = "inject"
    ACTION = "action"
    TALK = "talk"
    REPORT = "report"
    ALARM = "alarm"
    MISSED = "missed"
    NOTE = "note"
    CLOCK = "clock"


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the time line. `at_s` is the second of the drill. `words` are said as they are; `key` names the
    text before them (`review.entry.…`), with `values`."""

    at_s: float
    seq: int
    kind: EntryKind
    by: str = ""
    words: Words = ""
    key: str = ""
    values: dict[str, str] = {}


def keyed(kind: EntryKind, key: str, /, *, words: Words = "", **values: str) -> Entry:
    return Entry(at_s=0, seq=0, kind=kind, key=key, values=values, words=words)

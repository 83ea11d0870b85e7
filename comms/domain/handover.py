"""The handover sheet (交接班单): what goes from one shift to the next, as values that stay as they were."""

import hashlib
from enum import StrEnum

import msgspec

from comms.domain.ids import HandoverId, OfficerId, PartyId, PostId, ShiftId

MOST_LINES = 300
"""Of a section; `HandoverSection.total` says how many there were."""


class SectionKind(StrEnum):
    INCIDENTS = "incidents"
    """Open, the most urgent first."""
    ORDERS = "orders"
    """Nobody has answered them."""
    SHELVED = "shelved"
    """Alarms put away, with end and reason."""
    CONTACT = "contact"
    """Out of contact with work in hand."""
    FAULTS = "faults"
    CALLS = "calls"
    """Ad-hoc talkgroups, point calls and videos that go on."""
    QUARANTINE = "quarantine"
    """Work orders that wait to be corrected."""
    NOTES = "notes"
    """What the one who goes has to say to the one who comes."""


class HandoverLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`key` says which thing it is, `state` is a word of the section's own (a case's stage, a step of an order);
    names are those of that moment, because the sheet must read the same in ten years. Times are Unix seconds."""

    key: str
    title: str
    state: str = ""
    who: str = ""
    text: str = ""
    at: float | None = None
    due_at: float | None = None


class HandoverSection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    kind: SectionKind
    lines: tuple[HandoverLine, ...] = ()
    total: int = 0


class HandoverSheet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`seq` is the last event of the journal it rests on."""

    post_id: PostId
    shift_id: ShiftId
    next_shift_id: ShiftId | None = None
    made_at: float
    seq: int
    sections: tuple[HandoverSection, ...]


def sheet_digest(sheet: HandoverSheet) -> str:
    """SHA-256 of all that is on it, in one order: whoever signs, signs exactly this."""
    return hashlib.sha256(msgspec.json.encode(sheet, order="deterministic")).hexdigest()


class DifferenceKind(StrEnum):
    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"


class Difference(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line that is not as it was. `line` is as it is now, or as it last was when it is gone."""

    section: SectionKind
    kind: DifferenceKind
    line: HandoverLine
    was: HandoverLine | None = None


def differences(then: HandoverSheet, now: HandoverSheet) -> tuple[Difference, ...]:
    """What has changed between two sheets of one post, by section."""
    later = {section.kind: section for section in now.sections}
    found: list[Difference] = []
    for section in then.sections:
        before = {line.key: line for line in section.lines}
        after = {line.key: line for line in later[section.kind].lines} if section.kind in later else {}
        for key, line in after.items():
            was = before.get(key)
            if was is None:
                found.append(Difference(section=section.kind, kind=DifferenceKind.NEW, line=line))
            elif was != line:
                found.append(Difference(section=section.kind, kind=DifferenceKind.CHANGED, line=line, was=was))
        gone = (line for key, line in before.items() if key not in after)
        found += (Difference(section=section.kind, kind=DifferenceKind.GONE, line=line) for line in gone)
    return tuple(found)


class Signature(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who, when and with which words. The gateway asked for his password again."""

    officer_id: OfficerId
    name: str
    at: float
    words: str = ""


class HandoverState(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`sheet` is None once the picture has forgotten the content; the journal has it."""

    id: HandoverId
    post_id: PostId
    shift_id: ShiftId
    made_by: PartyId
    made_at: float
    digest: str
    next_shift_id: ShiftId | None = None
    sheet: HandoverSheet | None = None
    signed: Signature | None = None
    accepted: Signature | None = None
    read: tuple[SectionKind, ...] = ()
    changes: tuple[Difference, ...] = ()
    is_replaced: bool = False
    """A newer sheet of the same shift has taken its place."""

    @property
    def is_open(self) -> bool:
        return self.accepted is None and not self.is_replaced

"""What is done with the journal itself, so that it is in the journal, too: exports, archives, another algorithm."""

from enum import StrEnum

import msgspec


class DigestKind(StrEnum):
    """What the chain is made with. A digest says itself which one it is of (`comms.journal.digest`)."""

    SHA256 = "sha256"
    SM3 = "sm3"
    """GM/T 0004-2012."""


class ExportKind(StrEnum):
    """What left the house."""

    AUDIT = "audit"
    LOG = "log"
    HUB = "hub"
    REVIEW = "review"
    REPLAY = "replay"
    TRACK = "track"
    SURROUNDINGS = "surroundings"


class _Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """Base of these."""


class DataExported(_Event, frozen=True, kw_only=True, tag="audit.exported"):
    """A file was written of what the journal knows. `by` is the account at the machine where no officer is signed in;
    unmasked ones have a reason."""

    what: ExportKind
    is_masked: bool
    rows: int = 0
    reason: str = ""
    by: str = ""


class DigestSwitched(_Event, frozen=True, kw_only=True, tag="journal.switched"):
    """From this event on, and with it, the chain is made with another algorithm."""

    before: DigestKind
    after: DigestKind


class StretchArchived(_Event, frozen=True, kw_only=True, tag="journal.archived"):
    """These events are in an archive file, whose last event has this hash (hexadecimal)."""

    first_seq: int
    last_seq: int
    last_hash: str
    file: str
    is_removed: bool = False


AuditEvent = DataExported | DigestSwitched | StretchArchived

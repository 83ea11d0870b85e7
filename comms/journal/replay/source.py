"""What a replay reads from: a gateway's data directory, or one file that was exported from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import msgspec

from comms.domain.events import Recorded
from comms.domain.ids import BlobId, UnitId
from comms.domain.picture import Picture
from comms.journal import chain
from comms.journal.blobs import Blob
from comms.journal.chain import GENESIS, Row
from comms.journal.replay.voices import Burst
from comms.protocol.track_chunk import Readings

SPAN_S = 3600
"""A span is an hour, counted since 1970, as in the track store."""
LOOK_BACK_SPANS = 24
"""A unit nobody has heard of for so many hours is not placed."""


class FlawKind(StrEnum):
    """What is not as it was written, in the words a caller translates."""

    UNREADABLE = "unreadable"
    """Nothing can be opened."""
    CONTENTS_LOST = "contents_lost"
    """An exported file's list of what is in it, so that what else is missing cannot be said."""
    CUT_SHORT = "cut_short"
    CHAIN_BROKEN = "chain_broken"
    """At event `seq`; those before it are as they were written."""
    EVENTS_MISSING = "events_missing"
    """From event `seq` on."""
    COPY_USED = "copy_used"
    """A part at the beginning was lost or altered; its copy at the end is as it was written."""
    TRACKS_MISSING = "tracks_missing"
    TRACKS_ALTERED = "tracks_altered"
    BLOB_MISSING = "blob_missing"
    BLOB_ALTERED = "blob_altered"
    VOICES_LOST = "voices_lost"


class Flaw(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`what` names the part (a file's member, a blob's id) or says why, in English, for a log and a command line."""

    kind: FlawKind
    what: str = ""
    seq: int | None = None

    def __str__(self) -> str:
        words = self.kind.value.replace("_", " ")
        at = f" at event {self.seq}" if self.seq is not None else ""
        return f"{words}{at}: {self.what}" if self.what else f"{words}{at}"


class SourceError(Exception):
    """A part of the source cannot be read."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(str(flaw))
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class Start:
    """The picture before the first event there is, and the hash which that event follows on."""

    seq: int = 0
    head: bytes = GENESIS
    at: float | None = None
    """When it was taken; None: the first event begins the journal."""
    picture: bytes | None = None
    """As JSON; None is the empty picture."""

    def unpack(self) -> Picture:
        return Picture() if self.picture is None else msgspec.json.decode(self.picture, type=Picture)


@dataclass(frozen=True, slots=True)
class End:
    """The last event there is."""

    seq: int
    at: float


class Source(Protocol):
    """Any thread may ask; every method blocks. Raises SourceError where something cannot be read."""

    @property
    def identity(self) -> str:
        """Tells journals apart: the hash of the first event as hexadecimal. Forks and exports have their origin's."""
        ...

    @property
    def start(self) -> Start: ...
    @property
    def bursts(self) -> tuple[Burst, ...]:
        """What is known beforehand of who spoke, as of recordings that were saved after the last event there is."""
        ...

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """What was seen to be wrong so far."""
        ...

    @property
    def until(self) -> float | None:
        """Up to when positions go on after the last event; None: nobody knows."""
        ...

    def end(self) -> End | None:
        """None while there is no event. A journal that is written to grows."""
        ...

    def rows(self, after_seq: int, limit: int) -> Sequence[Row]:
        """Oldest first, from the one after `after_seq`; as they are stored, not checked."""
        ...

    def hash_of(self, seq: int) -> bytes | None: ...

    def chunks(self, span: int) -> list[tuple[UnitId, bytes]]:
        """All units' track chunks of an hour, those of one unit together."""
        ...

    def chunks_before(self, span: int) -> list[tuple[UnitId, bytes]]:
        """For each unit those of the last hour, before this one, in which it was heard of."""
        ...

    def chunks_of(self, unit_id: UnitId, first: int, last: int) -> list[bytes]:
        """One unit's chunks of these hours."""
        ...

    def loose(self) -> list[tuple[UnitId, Readings]]:
        """Readings that are not in chunks yet, of any time, in the order they came."""
        ...

    def blob(self, blob_id: BlobId) -> Blob | None: ...

    def check(self) -> list[Flaw]:
        """Of everything beside the events, whether it is as it was written; may take long."""
        ...

    def close(self) -> None: ...


def followed(row: Row, after_seq: int, head: bytes) -> Recorded:
    """The event of a row that follows on the one whose hash is `head`. Raises SourceError when it does not."""
    recorded = chain.follow(row, after_seq=after_seq, head=head)
    if isinstance(recorded, chain.Break):
        raise SourceError(Flaw(kind=FlawKind.CHAIN_BROKEN, seq=recorded.seq, what=recorded.what))
    return recorded

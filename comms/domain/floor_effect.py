"""What floor control asks to be done: messages to send, voice to open and close, a talk to record."""

from dataclasses import dataclass
from enum import IntEnum

from comms.domain.call import TalkEnd
from comms.domain.ids import PartyId


class DenyCause(IntEnum):
    """Reject causes of Floor Deny, TS 24.380 §8.2.6.2, as far as we use them."""

    QUEUE_FULL = 7


class RevokeCause(IntEnum):
    """Reject causes of Floor Revoke, TS 24.380 §8.2.10.2, as far as we use them."""

    TOO_LONG = 2
    PREEMPTED = 4


@dataclass(frozen=True, slots=True)
class OpenVoice:
    """Forward this party's voice from now on. Always before its Granted."""

    party: PartyId
    is_emergency: bool = False


@dataclass(frozen=True, slots=True)
class CloseVoice:
    """Stop forwarding: at once, or (`drains`) after the packet `last_sequence`; then say `media_drained`."""

    party: PartyId
    drains: bool = False
    last_sequence: int | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    party: PartyId
    duration_s: float
    floor_seq: int
    from_queue: bool = False


@dataclass(frozen=True, slots=True)
class Denied:
    party: PartyId
    cause: DenyCause


@dataclass(frozen=True, slots=True)
class Queued:
    """`position` 1 is next; 0 means not in the queue."""

    party: PartyId
    position: int
    size: int


@dataclass(frozen=True, slots=True)
class Taken:
    """To one party, or (`to` None) to everyone but the talker."""

    talker: PartyId
    is_emergency: bool
    floor_seq: int
    to: PartyId | None = None


@dataclass(frozen=True, slots=True)
class Idle:
    """To one party, or (`to` None) to everyone."""

    floor_seq: int
    to: PartyId | None = None


@dataclass(frozen=True, slots=True)
class Revoked:
    party: PartyId
    cause: RevokeCause
    grace_s: float
    floor_seq: int


@dataclass(frozen=True, slots=True)
class TalkBegan:
    party: PartyId
    is_emergency: bool


@dataclass(frozen=True, slots=True)
class TalkOver:
    party: PartyId
    end: TalkEnd


@dataclass(frozen=True, slots=True)
class CallInactive:
    """T4: nobody has talked for the hang time; the call is over."""


FloorEffect = (
    OpenVoice | CloseVoice | Granted | Denied | Queued | Taken | Idle | Revoked | TalkBegan | TalkOver | CallInactive
)
Effects = tuple[FloorEffect, ...]

"""Notices: what exactly changed in the Store, so that a model can update one row and a map one symbol."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comms.domain.call import CallEnd
from comms.domain.events import Recorded
from comms.domain.ids import CallId, TalkgroupId
from comms.protocol.errors import RefusalCode


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing of the picture: the nouns of `comms.domain.picture.Change` and its id."""

    noun: str
    id: str
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Reset:
    """The whole picture was replaced by a snapshot: read everything again."""


@dataclass(frozen=True, slots=True, eq=False)
class PositionsMoved:
    """Rows of the PositionTable with a newer reading, each once."""

    rows: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class FloorChanged:
    """Who has the floor of a talkgroup, as told by the gateway."""

    talkgroup_id: TalkgroupId


@dataclass(frozen=True, slots=True)
class TalkChanged:
    """Where the desk's own request for a floor stands."""

    talkgroup_id: TalkgroupId


@dataclass(frozen=True, slots=True)
class CallRang:
    """Somebody calls this desk; the call is in `Store.ringing`."""

    call_id: CallId


@dataclass(frozen=True, slots=True)
class RingingStopped:
    """A call no longer rings here: answered, rejected, or the caller gave up."""

    call_id: CallId


@dataclass(frozen=True, slots=True)
class PointCallChanged:
    """The desk's own point call began, was answered, or ended (`end` says why)."""

    call_id: CallId
    end: CallEnd | None = None


@dataclass(frozen=True, slots=True)
class SlotChanged:
    """A receiving m-line carries another source now; see `Store.slots`."""

    mid: str


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The link's state or its latency."""


@dataclass(frozen=True, slots=True)
class SessionChanged:
    """Signed in, or the talkgroups this desk hears changed."""


@dataclass(frozen=True, slots=True)
class SessionClosed:
    """The gateway ended this session; `text` is a sentence for the officer."""

    code: RefusalCode
    text: str


@dataclass(frozen=True, slots=True)
class Warned:
    """The gateway says something unasked that the officer must know, as that its disk is full."""

    code: RefusalCode
    text: str


@dataclass(frozen=True, slots=True)
class LogGrew:
    recorded: Recorded


@dataclass(frozen=True, slots=True)
class LogFilled:
    """Older events were put in front of the log."""


@dataclass(frozen=True, slots=True)
class AreaLoaded:
    """`Store.area` holds the static map."""


@dataclass(frozen=True, slots=True)
class GapFound:
    """Events after this one are missing: the picture stands still until it is subscribed again."""

    after_seq: int


@dataclass(frozen=True, slots=True)
class MediaChanged:
    """The voice path came up or was lost, or an audio device came or went; see `Store.media`."""


@dataclass(frozen=True, slots=True)
class DrillRead:
    """`Store.drill` holds how the drill stands now."""


Notice = (
    Changed
    | Reset
    | PositionsMoved
    | FloorChanged
    | TalkChanged
    | CallRang
    | RingingStopped
    | PointCallChanged
    | SlotChanged
    | LinkChanged
    | SessionChanged
    | SessionClosed
    | Warned
    | LogGrew
    | LogFilled
    | AreaLoaded
    | GapFound
    | MediaChanged
    | DrillRead
)

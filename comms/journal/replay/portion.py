"""A portion: some hundred events as a time line needs them, and a keyframe, which is the picture after the last."""

import gc
import zlib

import msgspec
import numpy as np

from comms.domain.decoding import UNREADABLE
from comms.domain.events import Recorded
from comms.domain.picture import Picture
from comms.journal import chain
from comms.journal.replay.voices import VoiceEvent

PORTION_EVENTS = 500
"""A seek folds so many events at most: some 25 ms."""
PICTURE_BYTES = 2_000_000
"""Larger pictures are kept as much more seldom as they are larger, so that keyframes stay smaller than the journal."""
_LEVEL = 1


class Portion(msgspec.Struct, frozen=True, kw_only=True):
    """Follows on the event whose hash is `after`; `head` is the hash of its last. `at` float64 Unix seconds that never
    go back (a clock that is set does not turn time round); `kinds` uint16 numbers of `names`."""

    first_seq: int
    last_seq: int
    after: bytes
    head: bytes
    at: bytes
    names: tuple[str, ...]
    kinds: bytes
    voices: tuple[Recorded, ...]
    """Those of who spoke when."""


class Gathering:
    """A portion that is being made."""

    def __init__(self, *, after_seq: int, head: bytes, at: float) -> None:
        """`at` is when the event before it was."""
        self.first_seq, self.after = after_seq + 1, head
        self._at: list[float] = []
        self._latest = at
        self._names: dict[str, int] = {}
        self._kinds: list[int] = []
        self._voices: list[Recorded] = []

    def __len__(self) -> int:
        return len(self._at)

    @property
    def latest(self) -> float:
        return self._latest

    def add(self, recorded: Recorded) -> None:
        self._latest = max(self._latest, recorded.at)
        self._at.append(self._latest)
        self._kinds.append(self._names.setdefault(chain.kind_of(recorded), len(self._names)))
        if isinstance(recorded.event, VoiceEvent):
            self._voices.append(recorded)

    def portion(self, head: bytes) -> Portion:
        """What there is so far."""
        return Portion(
            first_seq=self.first_seq,
            last_seq=self.first_seq + len(self._at) - 1,
            after=self.after,
            head=head,
            at=np.array(self._at, "<f8").tobytes(),
            names=tuple(self._names),
            kinds=np.array(self._kinds, "<u2").tobytes(),
            voices=tuple(self._voices),
        )


def portion_events(picture_bytes: int) -> int:
    return PORTION_EVENTS * max(1, round(picture_bytes / PICTURE_BYTES))


_picture_decoder = msgspec.msgpack.Decoder(Picture)
_portion_decoder = msgspec.msgpack.Decoder(Portion)


def pack_picture(picture: Picture) -> tuple[bytes, int]:
    """Deflated, and its size before that."""
    packed = msgspec.msgpack.encode(picture)
    return zlib.compress(packed, _LEVEL), len(packed)


def unpack_picture(data: bytes) -> Picture | None:
    """None when it is not whole, or of another version."""
    is_searching = gc.isenabled()
    gc.disable()  # what is decoded is no garbage, however much: a search in the middle of it takes longer than it
    try:
        return _picture_decoder.decode(zlib.decompress(data))
    except (zlib.error, *UNREADABLE):
        return None
    finally:
        if is_searching:
            gc.enable()


def pack_portion(portion: Portion) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(portion), _LEVEL)


def unpack_portion(data: bytes) -> Portion | None:
    try:
        return _portion_decoder.decode(zlib.decompress(data))
    except (zlib.error, *UNREADABLE):
        return None

"""Goes once through all events beside everything else: checks their chain, folds them, and leaves keyframes and a time
line behind. What was gone through at an earlier opening is taken from the sidecar."""

import threading
from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from comms.domain.picture import Picture
from comms.journal import chain
from comms.journal.replay.portion import (
    PORTION_EVENTS,
    Gathering,
    Portion,
    pack_picture,
    portion_events,
    unpack_picture,
)
from comms.journal.replay.sidecar import Sidecar
from comms.journal.replay.source import Flaw, FlawKind, Source, SourceError
from comms.journal.replay.voices import Burst, Voices

ROWS_AT_ONCE = 250
PORTIONS_AT_ONCE = 16
"""Taken from the sidecar before it is told."""
STEP_EVENTS = 16
"""Between two looks whether to stand back: about half a millisecond."""


@dataclass(frozen=True, slots=True)
class Keyframe:
    """The picture after event `seq`: in memory, or in the sidecar under `after`."""

    seq: int
    after: bytes
    packed: bytes | None


@dataclass(frozen=True, slots=True)
class Made:
    """What has been gone through. Whole portions have a keyframe each; the last portion may be without."""

    start_at: float
    seq: int
    at: float
    head: bytes
    """Of the last event."""
    portions: tuple[Portion, ...] = ()
    keyframes: tuple[Keyframe, ...] = ()
    bursts: tuple[Burst, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    end_seq: int = 0
    """The last event there is to go through."""
    is_done: bool = False
    """To the end, or to where the chain is broken."""
    is_checked: bool = False
    """What lies beside the events, too."""

    def count_until(self, seq: int) -> int:
        """How many keyframes there are up to this event; as many portions end with them."""
        return bisect_right(self.keyframes, seq, key=lambda keyframe: keyframe.seq)

    @property
    def share(self) -> float:
        """0 to 1."""
        return 1.0 if self.is_done or not self.end_seq else min(1.0, self.seq / self.end_seq)


class Maker:
    """`made` is replaced, never changed: any thread may look. `stand_back` see `console.gate`; `tell` is called on the
    maker's thread whenever `made` is another."""

    def __init__(
        self,
        source: Source,
        sidecar: Sidecar | None,
        *,
        begin_at: float,
        stand_back: Callable[[], None],
        tell: Callable[[], None],
    ) -> None:
        start = source.start
        self._source, self._sidecar = source, sidecar
        self._stand_back, self._tell = stand_back, tell
        self.made = Made(start_at=begin_at, seq=start.seq, at=begin_at, head=start.head, flaws=source.flaws)
        self._whole = self.made
        """Portions that have a keyframe; what is being gathered follows on."""
        self._picture, self._head = start.unpack(), start.head
        self._gathering = Gathering(after_seq=start.seq, head=start.head, at=begin_at)
        self._voices = Voices(source.bursts)
        self._portion_events = PORTION_EVENTS
        self._is_broken = False
        self.checked: Future[None] = Future()
        """Done when `made.is_checked`, or it never will be."""
        self._waiting = _Waiting()
        self._wake = threading.Event()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="replay-maker")

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._is_stopping = True
        self._wake.set()
        self._thread.join()

    def look_again(self) -> None:
        """The journal may have grown."""
        self._wake.set()

    def reached(self, seq: int) -> "Future[None]":
        """Done when this event was gone through, or never will be."""
        wanted = self._waiting.add(seq)
        self._settle()
        return wanted

    def unpack(self, keyframe: Keyframe) -> Picture | None:
        packed = keyframe.packed
        if packed is None and self._sidecar is not None:
            packed = self._sidecar.picture(keyframe.after)
        return unpack_picture(packed) if packed is not None else None

    # --- the maker's thread -------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._take_kept()
            while not self._is_stopping:
                self._go_through()
                self._check()
                self._wake.wait()
                self._wake.clear()
        finally:
            self._is_stopping = True
            self._settle()
            if not self.checked.done():
                self.checked.set_result(None)

    def _publish(self, made: Made) -> None:
        self.made = made
        self._settle()
        self._tell()

    def _settle(self) -> None:
        """Again when there is news meanwhile: the other thread may have found the one who waits in our hands."""
        seen: tuple[Made, bool] | None = None
        while seen is None or seen[0] is not self.made or seen[1] is not self._is_stopping:
            seen = self.made, self._is_stopping
            self._waiting.settle(seen[0].seq, is_over=seen[0].is_done or seen[1])

    def _take_kept(self) -> None:
        """What an earlier opening has made of this chain; told bit by bit, so that the first moment is soon there."""
        begin, voices = self.made, self._voices
        made = begin
        while self._sidecar is not None and not self._is_stopping:
            portion = self._sidecar.find(made.head)
            if portion is None or not self._is_of_source(portion, made):
                break
            for recorded in portion.voices:
                voices.apply(recorded)
            made = _grown(made, portion, Keyframe(portion.last_seq, portion.after, None))
            if len(made.portions) % PORTIONS_AT_ONCE == 0:
                self._publish(replace(made, bursts=voices.bursts))
            self._stand_back()
        picture = self.unpack(made.keyframes[-1]) if made.keyframes else None
        if picture is None:
            self._voices = Voices(self._source.bursts)
            self._publish(begin)
            return
        self._picture, self._head, self._whole = picture, made.head, made
        self._gathering = Gathering(after_seq=made.seq, head=made.head, at=made.at)
        self._publish(replace(made, bursts=voices.bursts))

    def _is_of_source(self, portion: Portion, made: Made) -> bool:
        if portion.first_seq != made.seq + 1 or not portion.at:
            return False
        try:
            return self._source.hash_of(portion.last_seq) == portion.head
        except SourceError:
            return False

    def _go_through(self) -> None:
        """To the end of what there is, or to where it is broken."""
        while not self._is_stopping and not self._is_broken:
            try:
                end = self._source.end()
                rows = self._source.rows(self._seq, ROWS_AT_ONCE)
            except SourceError as error:
                self._break_off(msgspec.structs.replace(error.flaw, seq=self._seq + 1))
                return
            self.made = replace(self.made, end_seq=end.seq if end is not None else 0)
            if not rows:
                self._publish(replace(self._so_far(), is_done=True))
                return
            for row in rows:
                if not self._take(row) or self._is_stopping:
                    return
            self._publish(self._so_far())

    @property
    def _seq(self) -> int:
        """The last event that was folded whole; the picture may have begun with one more, which cannot be."""
        return self._gathering.first_seq + len(self._gathering) - 1

    def _take(self, row: chain.Row) -> bool:
        """False at an event that cannot be."""
        if row.seq % STEP_EVENTS == 0:
            self._stand_back()
        recorded = chain.follow(row, after_seq=self._seq, head=self._head)
        if isinstance(recorded, chain.Break):
            self._break_off(Flaw(kind=FlawKind.CHAIN_BROKEN, seq=recorded.seq, what=recorded.what))
            return False
        try:
            self._picture.apply(recorded)
        except (LookupError, ValueError, ArithmeticError) as error:
            what = f"it does not follow from what was before: {error!r}"
            self._break_off(Flaw(kind=FlawKind.CHAIN_BROKEN, seq=row.seq, what=what))
            return False
        self._voices.apply(recorded)
        self._gathering.add(recorded)
        self._head = row.hash
        if len(self._gathering) >= self._portion_events:
            self._seal()
        return True

    def _seal(self) -> None:
        """The portion is whole: keep it, with the picture as it is now."""
        portion = self._gathering.portion(self._head)
        self._stand_back()
        packed, size = pack_picture(self._picture)
        self._stand_back()
        self._portion_events = portion_events(size)
        if self._sidecar is not None:
            self._sidecar.keep(portion, packed)
        is_kept = self._sidecar is not None and self._sidecar.is_kept
        keyframe = Keyframe(portion.last_seq, portion.after, None if is_kept else packed)
        self._whole = _grown(self._whole, portion, keyframe)
        self._gathering = Gathering(after_seq=self._seq, head=self._head, at=self._gathering.latest)

    def _so_far(self) -> Made:
        """Whole portions, and the one that is being gathered."""
        made = self.made
        open_one = (self._gathering.portion(self._head),) if len(self._gathering) else ()
        return replace(
            made,
            seq=self._seq,
            at=self._gathering.latest,
            head=self._head,
            portions=(*self._whole.portions, *open_one),
            keyframes=self._whole.keyframes,
            bursts=self._voices.bursts,
            is_done=False,
        )

    def _break_off(self, flaw: Flaw) -> None:
        """What comes after cannot be told from what was made up."""
        self._is_broken = True
        made = self._so_far()
        self._publish(replace(made, flaws=(*made.flaws, flaw), is_done=True))

    def _check(self) -> None:
        if self._is_stopping or self.made.is_checked:
            return
        found = self._source.check()
        made = self.made
        self._publish(replace(made, flaws=(*made.flaws, *found), is_checked=True))
        self.checked.set_result(None)


class _Waiting:
    """Who waits for an event. Any thread adds, any settles: each takes out what it looks at."""

    def __init__(self) -> None:
        self._wanted: deque[tuple[int, Future[None]]] = deque()

    def add(self, seq: int) -> "Future[None]":
        future: Future[None] = Future()
        self._wanted.append((seq, future))
        return future

    def settle(self, seq: int, *, is_over: bool) -> None:
        for _ in range(len(self._wanted)):
            try:
                wanted, future = self._wanted.popleft()
            except IndexError:
                return
            if is_over or wanted <= seq:
                future.set_result(None)
            else:
                self._wanted.append((wanted, future))


def _grown(made: Made, portion: Portion, keyframe: Keyframe) -> Made:
    """Voices of a portion are not kept: they are in the bursts."""
    return replace(
        made,
        seq=portion.last_seq,
        at=float(np.frombuffer(portion.at, "<f8")[-1]),
        head=portion.head,
        portions=(*made.portions, msgspec.structs.replace(portion, voices=())),
        keyframes=(*made.keyframes, keyframe),
    )

"""Recordings of a replay, decoded once: samples to be heard, and how loud each part is, to be drawn."""

import logging
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from comms.domain.ids import BlobId
from comms.journal.replay.replay import Replay
from comms.media.recording import OggError, read_pcm
from comms.media.rtp import AUDIO_RATE_HZ
from console.replay.double import doubled

_log = logging.getLogger(__name__)
Samples = NDArray[np.int16]
Peaks = NDArray[np.float32]
PEAKS_PER_S = 25
MOST_HELD_BYTES = 64_000_000
"""About eleven minutes of sound; 48 kHz, two bytes each."""
_NO_SAMPLES: Samples = np.zeros(0, np.int16)
T = TypeVar("T")


class Recordings:
    """On the interface's thread. What is asked for and not there is read and decoded beside it: what is to be heard
    does not wait for what is to be drawn. Then `told` is called, on another thread. Close it before the replay."""

    def __init__(self, replay: Replay, *, told: Callable[[], None]) -> None:
        self._replay, self._told = replay, told
        self._held: OrderedDict[tuple[BlobId, bool], Samples] = OrderedDict()
        self._peaks: dict[BlobId, Peaks] = {}
        self._hearing: dict[tuple[BlobId, bool], Future[Samples]] = {}
        self._drawing: dict[BlobId, Future[Peaks]] = {}
        self._ears = ThreadPoolExecutor(1, thread_name_prefix="replay-hearing")
        self._eyes = ThreadPoolExecutor(1, thread_name_prefix="replay-drawing")

    def samples(self, blob_id: BlobId, *, is_doubled: bool = False) -> Samples | None:
        """None while it is not ready; empty when it cannot be read. `is_doubled`: at twice its speed, in its pitch."""
        key = (blob_id, is_doubled)
        _gather(self._hearing, self._held)
        self._forget()
        held = self._held.get(key)
        if held is not None:
            self._held.move_to_end(key)
        elif key not in self._hearing:
            self._hearing[key] = self._begin(self._ears, lambda: self._read(blob_id, is_doubled))
        return held

    def peaks(self, blob_id: BlobId) -> Peaks | None:
        """The loudest of each 1/25 s, 0 to 1; None while it is not ready, empty when it cannot be read."""
        _gather(self._drawing, self._peaks)
        found = self._peaks.get(blob_id)
        if found is None and blob_id not in self._drawing:
            self._drawing[blob_id] = self._begin(self._eyes, lambda: peaks_of(self._read(blob_id, False)))
        return found

    def close(self) -> None:
        for pool in (self._ears, self._eyes):
            pool.shutdown(cancel_futures=True)

    # --- within -------------------------------------------------------------------------------------------

    def _begin(self, pool: ThreadPoolExecutor, work: Callable[[], T]) -> "Future[T]":
        begun = pool.submit(work)
        begun.add_done_callback(self._tell)
        return begun

    def _tell(self, work: "Future[T]") -> None:
        if not work.cancelled():
            self._told()

    def _read(self, blob_id: BlobId, is_doubled: bool) -> Samples:
        """On a thread of its own; the blob is read on the replay's."""
        blob = self._replay.submit(lambda: self._replay.blob(blob_id)).result()
        if blob is None:
            return _NO_SAMPLES
        try:
            samples = read_pcm(blob.data)
        except OggError as error:
            _log.info("a recording is not understood: %s", error)
            return _NO_SAMPLES
        return doubled(samples) if is_doubled else samples

    def _forget(self) -> None:
        while len(self._held) > 1 and sum(samples.nbytes for samples in self._held.values()) > MOST_HELD_BYTES:
            self._held.popitem(last=False)


K = TypeVar("K")


def _gather(wanted: "dict[K, Future[T]]", held: dict[K, T]) -> None:
    for key in [key for key, work in wanted.items() if work.done()]:
        held[key] = wanted.pop(key).result()


def peaks_of(samples: Samples) -> Peaks:
    length = AUDIO_RATE_HZ // PEAKS_PER_S
    parts = np.zeros(-(-len(samples) // length) * length, np.float32)
    parts[: len(samples)] = np.abs(samples.astype(np.float32)) / 32_768
    found: Peaks = parts.reshape(-1, length).max(axis=1, initial=0.0)
    return found

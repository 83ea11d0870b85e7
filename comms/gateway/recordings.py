"""Recordings: what one party says in one talk burst, or on one leg of a point call, becomes a blob and an event."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from comms.domain.events import RecordingSaved
from comms.domain.ids import BurstId, CallId
from comms.domain.realm import DRILL_NAME, Realm
from comms.gateway.audience import AUDIO
from comms.gateway.context import Session
from comms.gateway.exchange import Exchange
from comms.journal.errors import JournalError
from comms.media.recording import MEDIA_TYPE, BurstRecorder

_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Reel:
    burst_id: BurstId
    call_id: CallId
    session: Session
    opened_at: float
    opened_s: float
    """The same moment by the wall clock and by the one of the packets' arrivals."""
    recorder: BurstRecorder


class Recordings:
    """Packets are gathered on the loop; the file is made on a thread, since a long call takes a while."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._reels: dict[BurstId, _Reel] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="recordings")
        self._saving: set[asyncio.Task[None]] = set()

    def begin(self, burst_id: BurstId, call_id: CallId, session: Session) -> None:
        opened_at, opened_s = self._exchange.clock.now(), self._exchange.footing.network_time()
        recorder = BurstRecorder(remark=DRILL_NAME if self._exchange.realm is Realm.DRILL else "")
        reel = _Reel(burst_id, call_id, session, opened_at, opened_s, recorder)
        self._reels[burst_id] = reel
        self._tap(reel, is_open=True)

    def pause(self, burst_id: BurstId, *, is_paused: bool) -> None:
        self._tap(self._reels[burst_id], is_open=not is_paused)

    def end(self, burst_id: BurstId) -> None:
        """Saves what was said, if anything was."""
        reel = self._reels.pop(burst_id)
        self._tap(reel, is_open=False)
        task = asyncio.get_running_loop().create_task(self._save(reel), name=f"recording {burst_id}")
        self._saving.add(task)
        task.add_done_callback(self._saving.discard)

    async def close(self) -> None:
        """Waits until all that was said is saved. Every session has ended before, so nobody is talking."""
        if self._saving:
            await asyncio.wait(self._saving)
        self._thread.shutdown()

    def _tap(self, reel: _Reel, *, is_open: bool) -> None:
        tap = reel.recorder.take if is_open else None
        self._exchange.forwarder.set_tap(reel.session.id, AUDIO, tap, tap_id=reel.burst_id)

    async def _save(self, reel: _Reel) -> None:
        recording = await asyncio.get_running_loop().run_in_executor(self._thread, reel.recorder.finish)
        if recording is None:
            return
        try:
            blob_id = await self._exchange.blobs.put(recording.ogg, MEDIA_TYPE)
        except JournalError as error:
            _log.error("the recording %s of %s is lost: %s", reel.burst_id, reel.session.party, error)
            return
        event = RecordingSaved(
            call_id=reel.call_id,
            burst_id=reel.burst_id,
            talker=reel.session.party,
            blob_id=blob_id,
            # When its first sound came in, some tenths after the floor was given: a replay puts it in its place.
            started_at=reel.opened_at + recording.began_s - reel.opened_s,
            duration_s=recording.duration_s,
        )
        self._exchange.record_soon(reel.session.party, event)

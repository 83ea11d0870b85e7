"""Sources that are asked for their work orders: in rounds, from where the last one ended, for as long as we run."""

import asyncio
import logging
import random
from concurrent.futures import ThreadPoolExecutor

from comms.adapters.open311_peer import Peer, PeerError, Polled, Trouble, Version, read_page
from comms.domain.events import FaultNoted
from comms.domain.ids import GATEWAY, IncidentId, SourceId, source_party
from comms.domain.source import Source
from comms.domain.work_order import WorkOrderAtSource
from comms.gateway.context import Clock
from comms.gateway.hub import Hub
from comms.journal.errors import JournalError
from comms.journal.journal import Journal
from comms.journal.source_polls import Poll, SourcePolls
from comms.link.pause import pause
from comms.link.reconnect import BackOff, BackOffPlan

OVERLAP_S = 900.0
"""A round begins so much before where the last ended: a peer's clock, and what it wrote late, are not lost."""
WINDOW_S = 30 * 86_400.0
"""Of a peer that can only be asked by when a request was made: changes of older ones are not seen."""
MOST_PAGES = 500
MOST_PASSES = 3
AT_ONCE = 20
"""Records that share one sync of the disk; between two such lots others get their turn."""
FAULT_AFTER = 3
"""So many rounds in a row that fail are told to officers; a key that is not taken at once."""

_log = logging.getLogger(__name__)


class Polls:
    """One task a source: one that is down holds up no other. Work orders go through the same door as those sent in, so
    that read twice is taken once; the position is kept when all of a round is durable."""

    def __init__(self, *, hub: Hub, journal: Journal, clock: Clock, plan: BackOffPlan) -> None:
        self._hub = hub
        self._journal = journal
        self._clock = clock
        self._plan = plan
        self._polls = SourcePolls(journal)
        self._reader = ThreadPoolExecutor(1, "poll-reader")
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        for source in self._journal.picture.work_orders.sources.values():
            if source.is_polled:
                work = self._poll(source)
                self._tasks.append(asyncio.get_running_loop().create_task(work, name=f"polling {source.id}"))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._reader.shutdown()

    async def _poll(self, source: Source) -> None:
        poll = await self._polls.of(source.id)
        if poll is None:
            return
        health = _Health(self._journal, source)
        try:
            peer = Peer(poll)
        except OSError as error:  # ssl.SSLError is one
            _log.info("the authorities for %s cannot be used: %s", source.id, error)
            health.failed(Trouble.CERTIFICATE, is_sure=True)
            return
        back_off = BackOff(self._plan, random=random.random)
        try:
            while True:
                try:
                    await self.round(source, peer)
                except PeerError as error:
                    health.failed(error.trouble, is_sure=error.trouble is Trouble.REFUSED)
                    wait_s = back_off.lost(now=self._clock.monotonic(), at_least_s=error.retry_after_s)
                except JournalError as error:
                    _log.info("what %s has is not taken, the store failed: %s", source.id, error)
                    wait_s = back_off.lost(now=self._clock.monotonic())
                else:
                    health.well()
                    back_off.reset()
                    wait_s = poll.interval_s * (0.9 + 0.2 * random.random())
                await pause(self._clock, wait_s)
        finally:
            await peer.close()

    async def round(self, source: Source, peer: Peer) -> None:
        """Everything new since the last. While one turns pages what is behind moves, so several pages are turned again
        until nothing on them is new. Raises PeerError and JournalError; the next round then begins where this did."""
        poll = await self._polls.of(source.id)
        assert poll is not None  # only the command line takes it away, while no gateway runs
        round_ = _Round(_since(poll), poll.position)
        for _ in range(MOST_PASSES):
            before = len(round_.seen)
            is_whole = await self._turn_pages(source, peer, round_)
            if is_whole or len(round_.seen) == before:
                break
        newest = round_.newest
        if newest is not None and newest != poll.position:
            await self._polls.keep_position(source.id, min(newest, self._clock.now() + OVERLAP_S))

    async def _turn_pages(self, source: Source, peer: Peer, round_: "_Round") -> bool:
        """Whether nothing can have moved meanwhile: there was one page at most."""
        last: list[Version] = []
        for number in range(1, MOST_PAGES + 1):
            polled = await self._page(source, peer, number, round_.since)
            page = [one.version for one in polled]
            if not polled:
                return number <= 2
            if page == last:  # a peer that does not know of pages gives the same again
                return False
            last = page
            await self._take(source, round_.fresh(polled))
        raise PeerError(Trouble.TOO_LARGE)

    async def _page(self, source: Source, peer: Peer, number: int, since: float | None) -> list[Polled]:
        body = await peer.page(number, since=since)
        return await asyncio.get_running_loop().run_in_executor(self._reader, read_page, body, source)

    async def _take(self, source: Source, polled: list[Polled]) -> None:
        opened = [one for one in polled if not one.is_closed]
        for at in range(0, len(opened), AT_ONCE):
            await asyncio.gather(*(self._hub.take(source, one.received) for one in opened[at : at + AT_ONCE]))
            await asyncio.sleep(0)
        noted = [event for one in polled if (event := self._noted(one)) is not None]
        if noted:
            await self._journal.record(source_party(source.id), noted)

    def _noted(self, polled: Polled) -> WorkOrderAtSource | None:
        """What the peer has closed that is open or waits here, or has opened again. What was closed before we ever saw
        it is nothing to do."""
        picture = self._journal.picture
        incident_id: IncidentId = polled.received.order.origin.incident_id
        state, book = picture.incidents.states.get(incident_id), picture.work_orders
        is_here = (state is not None and state.is_open) or incident_id in book.quarantine
        if not is_here or polled.is_closed is (incident_id in book.closed_there):
            return None
        return WorkOrderAtSource(
            incident_id=incident_id, is_closed=polled.is_closed, note=polled.note, at=polled.updated_at
        )


def _since(poll: Poll) -> float | None:
    if poll.position is None:
        return None
    return poll.position - (OVERLAP_S if poll.since_parameter == "updated_after" else WINDOW_S)


class _Round:
    """What was read since the last round ended."""

    def __init__(self, since: float | None, newest: float | None) -> None:
        self.since = since
        self.newest = newest
        self.seen: set[Version] = set()

    def fresh(self, polled: list[Polled]) -> list[Polled]:
        """Those that no page of this round had."""
        found = [one for one in polled if one.version not in self.seen]
        self.seen.update(one.version for one in found)
        for one in found:
            if one.updated_at is not None and (self.newest is None or one.updated_at > self.newest):
                self.newest = one.updated_at
        return found


class _Health:
    """Tells officers when a source is silent, why, and when that is over."""

    def __init__(self, journal: Journal, source: Source) -> None:
        self._journal = journal
        self._source_id: SourceId = source.id
        self._name = source.name
        self._failures = 0
        self._told: Trouble | None = None

    def failed(self, trouble: Trouble, *, is_sure: bool) -> None:
        self._failures += 1
        if (self._failures >= FAULT_AFTER or is_sure) and trouble is not self._told:
            self._end()
            self._told = trouble
            self._note(trouble, is_over=False)

    def well(self) -> None:
        self._failures = 0
        self._end()

    def _end(self) -> None:
        if self._told is not None:
            self._note(self._told, is_over=True)
            self._told = None

    def _note(self, trouble: Trouble, *, is_over: bool) -> None:
        code = f"source_{trouble.value}/{self._source_id}"
        self._journal.record_soon(GATEWAY, [FaultNoted(code=code, detail=self._name, is_over=is_over)])

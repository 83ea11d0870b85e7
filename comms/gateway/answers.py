"""What sources are still owed: told in order, again and again until they have taken it, and noted in the journal."""

import asyncio
import logging
import random
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from comms.adapters.answering import Reached, Teller
from comms.domain.events import IncidentEvent, IncidentReported, Recorded
from comms.domain.hub_events import HubEvent
from comms.domain.ids import GATEWAY, IncidentId, SourceId
from comms.domain.work_order import WorkOrderAnswered
from comms.domain.work_order_book import Owed
from comms.gateway.context import Clock
from comms.journal.errors import JournalError
from comms.journal.journal import Journal
from comms.journal.source_keys import SourceKeys
from comms.link.pause import pause
from comms.link.reconnect import BackOff, BackOffPlan

_log = logging.getLogger(__name__)


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of what a source is told. `at` is RFC 3339 in UTC."""

    source_id: str
    incident_id: str
    status: str
    at: str
    outcome: str = ""
    note: str = ""


class Answers:
    """The picture says what is owed, so a restart forgets nothing; a source that is down holds up no other."""

    def __init__(self, *, journal: Journal, clock: Clock, teller: Teller, plan: BackOffPlan) -> None:
        self._journal = journal
        self._clock = clock
        self._teller = teller
        self._plan = plan
        self._keys = SourceKeys(journal, now=clock.now)
        self._tasks: dict[SourceId, asyncio.Task[None]] = {}

    def start(self) -> None:
        self._journal.on.recorded.append(self.tell)
        for owed in self._journal.durable.work_orders.owed.values():
            self._begin(owed[0].origin.source)

    async def close(self) -> None:
        self._journal.on.recorded.remove(self.tell)
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._teller.close()

    def tell(self, recorded: Iterable[Recorded]) -> None:
        owed = self._journal.durable.work_orders.owed
        for item in recorded:
            event = item.event
            if isinstance(event, IncidentEvent | HubEvent):
                incident_id = event.incident.id if isinstance(event, IncidentReported) else event.incident_id
                state = self._journal.durable.incidents.states.get(incident_id)
                for one in (incident_id, *(state.merged_ids if state is not None else ())):
                    if one in owed:
                        self._begin(owed[one][0].origin.source)

    def _begin(self, source_id: SourceId) -> None:
        """Whoever is owed something and is not being told gets a task of his own, until nothing is owed."""
        if source_id not in self._tasks:
            task = asyncio.get_running_loop().create_task(self._tell_all(source_id), name=f"answers to {source_id}")
            self._tasks[source_id] = task

    async def _tell_all(self, source_id: SourceId) -> None:
        back_off = BackOff(self._plan, random=random.random)
        try:
            while mine := self._owed_to(source_id):
                if await self._round(source_id, mine):
                    back_off.reset()
                else:
                    await pause(self._clock, back_off.lost(now=self._clock.monotonic()))
        finally:
            del self._tasks[source_id]

    def _owed_to(self, source_id: SourceId) -> list[tuple[IncidentId, Owed]]:
        owed = self._journal.durable.work_orders.owed
        return [(key, some[0]) for key, some in owed.items() if some[0].origin.source == source_id]

    async def _round(self, source_id: SourceId, mine: list[tuple[IncidentId, Owed]]) -> bool:
        """The next of each. False when the source has to be left alone for a while; one that it does not want holds up
        only itself."""
        address = await self._keys.answer_address(source_id)
        if address is None:
            return False
        is_all_taken = True
        for incident_id, owed in mine:
            reached = await self._teller.tell(address, _body(incident_id, owed))
            if reached is Reached.NO:
                return False
            if reached is Reached.YES:
                try:
                    await self._journal.record(GATEWAY, [WorkOrderAnswered(incident_id=incident_id, state=owed.state)])
                except JournalError as error:
                    _log.info("that %s was answered is not noted, the store failed: %s", source_id, error)
                    return False  # it will be told again, which sources have to bear
            is_all_taken = is_all_taken and reached is Reached.YES
        return is_all_taken


def _body(incident_id: IncidentId, owed: Owed) -> bytes:
    return msgspec.json.encode(
        Answer(
            source_id=owed.origin.source_id,
            incident_id=incident_id,
            status=owed.state.value,
            at=datetime.fromtimestamp(owed.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            outcome=owed.outcome,
            note=owed.note,
        )
    )

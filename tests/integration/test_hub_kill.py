"""SIGKILL in the middle of a feed: the sender sends again what was not answered, and none is lost or doubled."""

import asyncio
from collections import Counter
from pathlib import Path

import aiohttp

from comms.domain.events import IncidentReported
from comms.domain.ids import IncidentId
from comms.domain.incident import Origin
from comms.domain.work_order import WorkOrderQuarantined
from comms.journal import history
from comms.journal.database import Database
from comms.journal.verify import verify
from tests.support.gateway import Site, spawn_gateway, stop_gateway
from tests.support.hub import HOTLINE, Sender, prepare_hub, source
from tests.support.nursery import Nursery

ORDERS, LANES = 400, 16
KILL_AFTER = 150
"""Answers; some sixteen are under way then."""


def order(number: int) -> dict[str, object]:
    """Every twentieth has no kind."""
    kind = "" if number % 20 == 0 else "井盖缺失"
    return {
        "source_id": f"K-{number}",
        "kind": kind,
        "lat": 23.0 + number * 1e-5,
        "lon": 113.7,
        "text": f"第 {number} 件",
    }


class Feed:
    """Sends each until it is answered. `answers` are incident ids by the source's number."""

    def __init__(self, key: str, session: aiohttp.ClientSession) -> None:
        self._key = key
        self._session = session
        self._left = list(range(ORDERS))
        self.answers: dict[int, str] = {}
        self.enough = asyncio.Event()

    async def run(self, site: Site) -> None:
        """Until all are answered, or nobody answers any more."""
        await asyncio.gather(*(self._lane(site) for _ in range(LANES)))

    async def _lane(self, site: Site) -> None:
        sender = Sender(f"http://127.0.0.1:{site.integration_port}", self._key, self._session)
        while self._left:
            number = self._left.pop()
            try:
                status, answer = await sender.send(order(number))
            except aiohttp.ClientError:
                self._left.append(number)
                return
            assert status in (200, 201, 422), answer
            self.answers[number] = answer["incident_id"]
            if len(self.answers) == KILL_AFTER:
                self.enough.set()


async def test_a_gateway_that_is_killed_loses_and_doubles_no_work_order(tmp_path: Path, nursery: Nursery) -> None:
    data = tmp_path / "gateway"
    key = (await prepare_hub(data, source()))[HOTLINE]
    async with aiohttp.ClientSession() as session:
        feed = Feed(key, session)
        site = await spawn_gateway(data, "--integration-port", "0", nursery=nursery)
        running = asyncio.create_task(feed.run(site))
        await feed.enough.wait()
        site.kill()
        await running
        await stop_gateway(site)
        assert len(feed.answers) < ORDERS
        site = await spawn_gateway(data, "--integration-port", "0", nursery=nursery)
        await feed.run(site)
        again = Feed(key, session)  # a sender that forgot what it was told
        await again.run(site)
        await stop_gateway(site)
    expected: dict[int, IncidentId] = {
        number: Origin(source=HOTLINE, source_id=f"K-{number}").incident_id for number in range(ORDERS)
    }
    assert feed.answers == again.answers == expected
    database = Database(data)
    events = [item.event for item in database.read_now(lambda connection: history.page(connection, None, 10_000))]
    picture = history.load(database, recent=0).picture
    database.close()
    good = {key for number, key in expected.items() if number % 20}
    reported = Counter(event.incident.id for event in events if isinstance(event, IncidentReported))
    held = Counter(event.order.origin.incident_id for event in events if isinstance(event, WorkOrderQuarantined))
    assert reported == Counter(good)
    assert held == Counter(set(expected.values()) - good)
    assert set(picture.incidents.states) == good
    assert set(picture.work_orders.quarantine) == set(held)
    assert isinstance(verify(data), tuple)

"""An outside system for tests: a source with its key, and an HTTP client that speaks to the integration port."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from comms.domain.ids import GATEWAY, JurisdictionId, SourceId
from comms.domain.source import Source, SourceDefined
from comms.gateway.clock import SystemClock
from comms.gateway.integration_port import IntegrationPort
from comms.gateway.running import open_storage, running
from comms.gateway.settings import Settings
from comms.journal.source_keys import SourceKeys
from comms.protocol.area import TownFile
from tests.support.gateway import NORTH, Site, cheap_hasher, prepare_site

HOST = "127.0.0.1"
HOTLINE = SourceId("12345")
OTHER = SourceId("other")


def source(source_id: SourceId = HOTLINE, *, jurisdiction_id: JurisdictionId = NORTH, **more: Any) -> Source:
    return Source(id=source_id, name=f"{source_id} 热线", jurisdiction_id=jurisdiction_id, **more)


@dataclass(slots=True)
class Sender:
    """What one source sends, and what it is answered."""

    url: str
    key: str
    session: aiohttp.ClientSession

    async def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> tuple[int, Any]:
        given = {"Authorization": f"Bearer {self.key}", "Accept-Language": "en", **(headers or {})}
        async with self.session.request(method, self.url + path, headers=given, **more) as response:
            body = await response.read()
            is_json = response.content_type == "application/json"
            return response.status, await response.json() if is_json else body

    async def send(self, record: Any) -> tuple[int, Any]:
        return await self.ask("POST", "/v1/work-orders", json=record)


@dataclass(slots=True)
class HubSite:
    site: Site
    port: int
    keys: dict[SourceId, str] = field(default_factory=dict)

    @asynccontextmanager
    async def sender(self, source_id: SourceId = HOTLINE) -> AsyncIterator[Sender]:
        async with aiohttp.ClientSession() as session:
            yield Sender(f"http://127.0.0.1:{self.port}", self.keys[source_id], session)


async def prepare_hub(data: Path, *sources: Source, town: TownFile | None = None) -> dict[SourceId, str]:
    """A data directory with a town and these sources; their keys."""
    await prepare_site(data, town)
    async with open_storage(data, clock=SystemClock(), hasher=cheap_hasher()) as storage:
        await storage.journal.record(GATEWAY, [SourceDefined(source=each) for each in sources])
        keys = SourceKeys(storage.journal, now=SystemClock().now)
        return {each.id: await keys.make(each.id) for each in sources}


@asynccontextmanager
async def running_hub(
    folder: Path, *sources: Source, town: TownFile | None = None, settings: Settings | None = None
) -> AsyncIterator[HubSite]:
    """In this process, with the integration port open."""
    data = folder / "gateway"
    keys = await prepare_hub(data, *(sources or (source(),)), town=town)
    async with running(
        data, host=HOST, port=0, settings=settings, hasher=cheap_hasher(), integration=IntegrationPort(HOST, 0)
    ) as found:
        assert found.integration_port is not None
        site = Site(data, found.host, found.port, found.media_port, {}, gateway=found.gateway)
        yield HubSite(site, found.integration_port, keys)

"""What befalls a data directory, done to its real files; and what a gateway says of itself."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from comms.domain.order import UnitsTarget
from comms.journal.database import FILE_NAME
from comms.journal.good_copy import GOOD_COPY_NAME
from comms.protocol.commands import OrderIssue
from comms.protocol.pushes import Done
from tests.support.gateway import NORTH_DUTY, U1, Site, prepare_site, spawn_gateway, stop_gateway
from tests.support.nursery import Nursery
from tests.support.terminal import desk, new_id, terminal


def digests(data: Path) -> dict[str, str]:
    """Of the journal's files. An empty one is none: whoever only reads a database in this mode makes it."""
    found = (data / f"{FILE_NAME}{rest}" for rest in ("", "-wal"))
    whole = {path.name: path.read_bytes() for path in found if path.exists()}
    return {name: hashlib.sha256(content).hexdigest() for name, content in whole.items() if content}


def spoil_pages(path: Path) -> None:
    """The file keeps its head and its length; what lies in its second half is gone."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\xa5" * (size - size // 2))


def truncate(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2 + 100)


async def health(site: Site) -> str:
    """The state of the store, by the gateway's own word."""
    reader, writer = await asyncio.open_connection(site.host, site.port)
    writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return str(json.loads(answer.partition(b"\r\n\r\n")[2])["store"])


@asynccontextmanager
async def served(data: Path, nursery: Nursery, *words: str, before: Site | None = None) -> AsyncIterator[Site]:
    """A gateway process on a directory, stopped or killed at the end; `before` is who was enrolled there."""
    codes = before.codes if before is not None else await prepare_site(data)
    site = await spawn_gateway(data, *words, codes=codes, nursery=nursery)
    if before is not None:
        site.device_tokens = before.device_tokens
    try:
        yield site
    finally:
        await stop_gateway(site)


async def worked_at(data: Path, nursery: Nursery, *, is_killed: bool = False) -> Site:
    """A directory on which a gateway served an officer and a worker, was told an order, and ended."""
    async with served(data, nursery) as site:
        async with desk(site, NORTH_DUTY) as officer, terminal(site, U1):
            order = OrderIssue(id=new_id(), title="占道经营", target=UnitsTarget((U1,)))
            await officer.ask_for(order, Done)
            while not (data / GOOD_COPY_NAME).exists():
                await officer.ask_for(OrderIssue(id=new_id(), title="又一件", target=UnitsTarget((U1,))), Done)
        if is_killed:
            site.kill()
    return site

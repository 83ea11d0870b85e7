"""The operations port: alive, ready or why not, and figures that are those of the gateway."""

import asyncio
import json
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from comms.domain.events import FaultNoted
from comms.domain.order import UnitsTarget
from comms.gateway.operations import Operations
from comms.gateway.running import StartError, running
from comms.protocol.commands import OrderIssue
from comms.protocol.errors import RefusalCode
from tests.support.gateway import NORTH_DUTY, U1, U2, Site, prepare_site, running_gateway, spawn_gateway, stop_gateway
from tests.support.nursery import Nursery
from tests.support.terminal import code_of, desk, new_id, terminal


async def _get(port: int, path: str) -> tuple[int, str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    head, _, body = answer.partition("\r\n\r\n")
    return int(head.split(" ")[1]), body


def _figures(text: str) -> dict[str, float]:
    """By name and label: `sessions:desk`."""
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {":".join((sample.name, *sample.labels.values())): sample.value for sample in samples}


@asynccontextmanager
async def _watched(site: Site) -> AsyncIterator[int]:
    assert site.gateway is not None
    operations = Operations(site.gateway)
    try:
        yield await operations.start(host="127.0.0.1", port=0)
    finally:
        await operations.close()


async def test_figures_are_those_of_the_gateway(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, _watched(site) as port:
        assert site.gateway is not None
        assert await _get(port, "/healthz") == (200, '{"alive": true}')
        assert await _get(port, "/readyz") == (200, '{"ready": true, "reasons": []}')
        async with desk(site, NORTH_DUTY), terminal(site, U1), terminal(site, U2):
            before = site.gateway.journal.durable.seq
            found = _figures((await _get(port, "/metrics"))[1])
            assert found["wangge_gateway_sessions:desk"] == 1
            assert found["wangge_gateway_sessions:terminal"] == 2
            assert before <= found["wangge_gateway_journal_seq"] <= site.gateway.journal.durable.seq
            assert found["wangge_gateway_journal_failing"] == 0
            assert found["process_resident_memory_bytes"] > 10_000_000
        found = _figures((await _get(port, "/metrics"))[1])
        assert found["wangge_gateway_sessions:terminal"] == 0
        text = (await _get(port, "/metrics"))[1]
        assert not [unit.unit.name for unit in site.gateway.picture.units.values() if unit.unit.name in text]


async def test_a_disk_that_takes_nothing_is_said(tmp_path: Path, nursery: Nursery) -> None:
    data = tmp_path / "data"
    codes = await prepare_site(data)
    site = await spawn_gateway(data, "--operations-port", "0", codes=codes, nursery=nursery)
    assert site.process is not None
    assert site.operations_port is not None
    async with desk(site, NORTH_DUTY) as officer:
        await officer.subscribe()
        soft, hard = resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE, (4096, hard))
        order = OrderIssue(id=new_id(), title="x", text="长" * 3900, target=UnitsTarget((U1,)))
        assert code_of(await officer.ask(order)) == RefusalCode.STORE_FAILED
        status, body = await _get(site.operations_port, "/readyz")
        assert status == 503
        assert "the journal cannot be written" in json.loads(body)["reasons"][0]
        assert (await _get(site.operations_port, "/healthz"))[0] == 200
        assert _figures((await _get(site.operations_port, "/metrics"))[1])["wangge_gateway_journal_failing"] == 1
        resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE, (soft, hard))
        await officer.event(FaultNoted, lambda event: event.is_over)
        assert (await _get(site.operations_port, "/readyz"))[0] == 200
    assert await stop_gateway(site) == 0


async def test_a_taken_port_is_said(tmp_path: Path) -> None:
    await prepare_site(tmp_path / "data")
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    async with taken:
        with pytest.raises(StartError, match="--operations-port"):
            async with running(tmp_path / "data", host="127.0.0.1", port=0, operations_port=port):
                pass

"""The integration port is encrypted as the terminals' port is; without, only this machine may bring work orders."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from comms.gateway.integration_port import IntegrationPort
from comms.gateway.options import parse
from comms.gateway.running import StartError, running
from comms.gateway.source_administration import end_keys, renew_key
from comms.gateway.tls import FOLDER, local_context
from tests.support.gateway import cheap_hasher
from tests.support.hub import HOST, HOTLINE, OTHER, prepare_hub, source

RECORD = {"source_id": "A-1", "kind": "井盖缺失", "lat": 23.0, "lon": 113.7}


async def test_a_client_that_knows_the_authority_sends_and_keys_end_beside_the_running_gateway(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "gateway"
    keys = await prepare_hub(data, source(), source(OTHER))
    server_tls = local_context(data, hosts=[HOST], now=datetime.now(UTC))
    monkeypatch.setattr("comms.gateway.hub_door.KEY_KEPT_S", 0.0)
    async with (
        running(
            data, host=HOST, port=0, tls=server_tls, hasher=cheap_hasher(), integration=IntegrationPort(HOST, 0)
        ) as site,
        aiohttp.ClientSession() as session,
    ):
        url = f"https://{HOST}:{site.integration_port}/v1/work-orders"

        async def send(key: str, tls: ssl.SSLContext | bool) -> int:
            headers = {"Authorization": f"Bearer {key}"}
            async with session.post(url, json=RECORD, headers=headers, ssl=tls) as response:
                return response.status

        trusting = ssl.create_default_context(cafile=str(data / FOLDER / "ca.crt"))
        assert await send(keys[HOTLINE], trusting) == 201
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await send(keys[HOTLINE], ssl.create_default_context())
        with pytest.raises(aiohttp.ClientError):
            async with session.get(f"http://{HOST}:{site.integration_port}/health"):
                pass
        for name in (HOTLINE, OTHER):
            await renew_key(parse(["source", "key", "--source", name, "--data", str(data)]))
        first, second = (line for line in capsys.readouterr().out.splitlines() if line.startswith("wg_"))
        assert [await send(key, trusting) for key in (keys[HOTLINE], first, second)] == [403, 200, 201]
        await end_keys(parse(["source", "end", "--source", HOTLINE, "--data", str(data)]))
        assert [await send(key, trusting) for key in (first, second)] == [403, 200]


async def test_without_encryption_only_this_machine_may_bring_work_orders(tmp_path: Path) -> None:
    tls = local_context(tmp_path / "tls", hosts=[HOST], now=datetime.now(UTC))
    for wanted, context, told in (
        (IntegrationPort("0.0.0.0", 0), None, "needs encryption"),
        (IntegrationPort("10.1.2.3", 0, is_plain=True), tls, "without encryption are refused"),
    ):
        with pytest.raises(StartError, match=told):
            async with running(tmp_path / "no", host=HOST, port=0, tls=context, integration=wanted):
                pass
    data = tmp_path / "gateway"
    await prepare_hub(data, source())
    plain = IntegrationPort(HOST, 0, is_plain=True)
    async with (
        running(data, host=HOST, port=0, tls=tls, hasher=cheap_hasher(), integration=plain) as site,
        aiohttp.ClientSession() as session,
        session.get(f"http://{HOST}:{site.integration_port}/health") as response,
    ):
        assert response.status == 200

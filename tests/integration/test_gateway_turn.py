"""The TURN credentials we hand out, checked by a real coturn."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator

import pytest
from aioice import stun, turn

from comms.domain.ids import PartyId
from comms.gateway.turn import TurnServer, read_turn

SECRET = "kept-between-gateway-and-coturn"
NOW_IN_2035 = 2_051_222_400.0
"""The user name carries its expiry; a date far ahead stays valid however long this test lives."""
PARTY = PartyId("unit:u1")

pytestmark = pytest.mark.skipif(shutil.which("turnserver") is None, reason="coturn is not installed")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def coturn_port(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[int]:
    """Not waited for: a STUN client repeats its first request until the server is up."""
    port = _free_port()
    folder = tmp_path_factory.mktemp("coturn")
    process = await asyncio.create_subprocess_exec(
        *("turnserver", "-n", "--no-cli", "--no-tls", "--no-dtls", "--use-auth-secret", "--realm=test"),
        *(f"--static-auth-secret={SECRET}", f"--listening-port={port}", "--listening-ip=127.0.0.1"),
        *("--relay-ip=127.0.0.1", "--allow-loopback-peers", "--log-file=stdout", "--simple-log"),
        *(f"--pidfile={folder}/pid", f"--userdb={folder}/db"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    yield port
    process.terminate()
    await process.wait()


async def _allocate(port: int, server: TurnServer) -> None:
    granted = server.for_party(PARTY, now=NOW_IN_2035)[0]
    transport, _ = await turn.create_turn_endpoint(
        asyncio.DatagramProtocol,
        server_addr=("127.0.0.1", port),
        username=granted.username,
        password=granted.credential,
    )
    relayed = transport.get_extra_info("sockname")
    assert relayed[0] == "127.0.0.1"
    transport.close()
    await asyncio.wait([task for task in asyncio.all_tasks() if task is not asyncio.current_task()], timeout=2)


async def test_coturn_takes_our_credentials(coturn_port: int) -> None:
    await _allocate(coturn_port, TurnServer(("turn:127.0.0.1",), SECRET))


async def test_coturn_refuses_another_secret(coturn_port: int) -> None:
    with pytest.raises(stun.TransactionFailed):
        await _allocate(coturn_port, TurnServer(("turn:127.0.0.1",), "another"))


def test_an_empty_secret_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("secret") / "secret"
    file.write_text("\n", encoding="utf-8")
    with pytest.raises(ValueError, match="empty"):
        read_turn(["turn:x"], file)
    file.write_text("s\n", encoding="utf-8")
    assert read_turn(["turn:x"], file) == TurnServer(("turn:x",), "s")

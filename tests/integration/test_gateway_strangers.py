"""What somebody gets who is not signed in: his page's origin is looked at, he is counted, and he is not waited for."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from comms.gateway import listening, pace_watch, server
from comms.gateway.connection_limits import Crowded, LimitPlan
from comms.gateway.gateway import Gateway
from comms.gateway.integration_port import IntegrationPort
from comms.gateway.operations import Operations
from comms.gateway.running import running
from comms.gateway.settings import Settings
from comms.gateway.tls import FOLDER, local_context
from tests.support.gateway import NORTH_DUTY, U1, Site, cheap_hasher, prepare_site, running_gateway
from tests.support.media import until
from tests.support.terminal import desk, peer, terminal

HOST = "127.0.0.1"
_UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


async def _raw(port: int, request: str, *, tls: ssl.SSLContext | None = None) -> str:
    """The head and body of the answer, until the gateway hangs up; "" when it does so at once."""
    reader, writer = await asyncio.open_connection(HOST, port, ssl=tls)
    try:
        writer.write(request.encode())
        if "Upgrade:" in request:
            return (await reader.readuntil(b"\r\n\r\n")).decode()
        return (await reader.read()).decode()
    except (ConnectionError, asyncio.IncompleteReadError):
        return ""
    finally:
        writer.close()
        try:
            await writer.wait_closed()
        except (ConnectionError, ssl.SSLError):
            pass


def _get(path: str, *lines: str, method: str = "GET") -> str:
    return f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\n" + "".join(f"{line}\r\n" for line in lines) + "\r\n"


def _gateway(site: Site) -> Gateway:
    assert site.gateway is not None
    return site.gateway


async def test_a_page_of_another_origin_gets_no_socket(tmp_path: Path) -> None:
    settings = Settings(origins=("https://map.test",))
    async with running_gateway(tmp_path, settings=settings) as site:

        async def status(*lines: str) -> str:
            text = f"GET /v1 HTTP/1.1\r\n{_UPGRADE}" + "".join(f"{line}\r\n" for line in lines) + "\r\n"
            return (await _raw(site.port, text)).split(" ")[1]

        own = f"{HOST}:{site.port}"
        assert await status(f"Host: {own}") == "101"
        assert await status(f"Host: {own}", f"Origin: http://{own}") == "101"
        assert await status(f"Host: {own}", "Origin: https://map.test") == "101"
        assert await status(f"Host: {own}", "Origin: https://evil.test") == "403"
        assert await status(f"Host: {own}", "Origin: null") == "403"
        assert await status("Host: evil.test", "Origin: http://evil.test") == "403", "a name that was led here"
        assert await status(f"Host: {own}", f"Origin: http://{own}", "Origin: https://evil.test") == "403"
        assert _gateway(site).entrance.limits.strange_origins == 4


async def test_every_answer_carries_what_a_browser_must_keep_to(tmp_path: Path) -> None:
    data = tmp_path / "gateway"
    await prepare_site(data)
    tls = local_context(data, hosts=[HOST], now=datetime.now(UTC))
    trusting = ssl.create_default_context(cafile=str(data / FOLDER / "ca.crt"))
    async with running(data, host=HOST, port=0, tls=tls, hasher=cheap_hasher()) as site:
        for path in ("/terminal/", "/terminal/js/main.js", "/health", "/none", "/"):
            head = (await _raw(site.port, _get(path), tls=trusting)).partition("\r\n\r\n")[0]
            fields = {line.partition(": ")[0]: line.partition(": ")[2] for line in head.split("\r\n")[1:]}
            policy = fields["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'")
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert fields["Strict-Transport-Security"] == "max-age=31536000"
            assert fields["X-Content-Type-Options"] == "nosniff"
            assert fields["Referrer-Policy"] == "no-referrer"
            assert "geolocation=(self)" in fields["Permissions-Policy"]
            assert "Server" not in fields
    async with running_gateway(tmp_path / "plain") as plain:
        assert "Strict-Transport-Security" not in await _raw(plain.port, _get("/terminal/"))


async def test_only_reading_is_served_and_only_what_lies_in_the_folder(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site:
        for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "OPTIONS", "HEAD", "get"):
            said = await _raw(site.port, _get("/terminal/", method=method))
            assert said.startswith("HTTP/1.1 405"), method
            assert "\r\nAllow: GET\r\n" in said
        for path in (
            "/terminal/../static_files.py",
            "/terminal/%2e%2e/%2e%2e/etc/passwd",
            "/terminal/..%2f..%2fpyproject.toml",
            "//etc/passwd",
            "/terminal/js/../../i18n/zh_CN.json",
            "http://evil.test/terminal/../x.js",
        ):
            assert (await _raw(site.port, _get(path))).startswith("HTTP/1.1 404"), path
        huge = await _raw(site.port, _get("/" + "a" * 20_000))
        assert "200" not in huge.partition("\r\n")[0]
        many = await _raw(site.port, _get("/terminal/", *(f"X-{n}: y" for n in range(300))))
        assert "200" not in many.partition("\r\n")[0]


async def test_who_dawdles_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_CLOSE_TIMEOUT_S", 0.1)
    settings = Settings(sign_in_timeout_s=0.3)
    async with running_gateway(tmp_path, settings=settings) as site:
        for beginning in (b"", b"GET /terminal/ HT", b"GET / HTTP/1.1\r\nHost: x\r\nX-More: "):
            reader, writer = await asyncio.open_connection(HOST, site.port)
            writer.write(beginning)
            assert b"200" not in await reader.read()
            writer.close()
        reader, writer = await asyncio.open_connection(HOST, site.port)
        writer.write(f"GET /v1 HTTP/1.1\r\nHost: {HOST}\r\n{_UPGRADE}\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"\x81\xfe\x40\x00mask{")  # the beginning of a large frame, which never comes whole
        assert b"not_signed_in" in await reader.read()
        writer.close()
        await until(lambda: len(_gateway(site).entrance.limits) == 0)


async def test_who_only_keeps_trying_is_sent_away(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, peer(site) as stranger:
        for _ in range(30):
            await stranger.send_text("nonsense")
        await stranger.ended()
        assert _gateway(site).entrance.limits.too_many_tries == 1


async def test_a_handshake_that_is_not_finished_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HANDSHAKE_TIMEOUT_S", 0.3)
    data = tmp_path / "gateway"
    await prepare_site(data)
    tls = local_context(data, hosts=[HOST], now=datetime.now(UTC))
    async with running(data, host=HOST, port=0, tls=tls, hasher=cheap_hasher()) as site:
        reader, writer = await asyncio.open_connection(HOST, site.port)
        writer.write(b"\x16\x03\x01")
        await until(lambda: len(site.gateway.entrance.limits) == 1)
        assert await reader.read() == b""
        writer.close()
        await until(lambda: len(site.gateway.entrance.limits) == 0)


async def test_too_many_are_told_when_to_come_again_and_those_who_are_in_stay(tmp_path: Path) -> None:
    settings = Settings(limits=LimitPlan(connections=4))
    async with running_gateway(tmp_path, settings=settings) as site, desk(site, NORTH_DUTY), terminal(site, U1):
        limits = _gateway(site).entrance.limits
        assert (len(limits), limits.strangers) == (2, 0)
        async with _open(site, 2):
            said = await _raw(site.port, _get("/terminal/"))
            assert said.startswith("HTTP/1.1 503")
            assert "\r\nRetry-After: 5\r\n" in said
            assert "请 5 秒后再试" in said
            await until(lambda: len(limits) == 4)
            async with _open(site, 1):
                assert await _raw(site.port, _get("/terminal/")) == "", "far too many are not even spoken to"
        await until(lambda: len(limits) == 2)
        assert (await _raw(site.port, _get("/terminal/"))).startswith("HTTP/1.1 200")
        assert limits.refused[Crowded.ALL] == 3
        assert await _figure(_gateway(site), 'connections_refused_total{why="all"}') == 3
        assert await _figure(_gateway(site), 'connections{who="signed_in"}') == 2


async def test_one_address_has_a_limit_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comms.gateway.connection_limits.is_this_machine", lambda address: False)
    settings = Settings(limits=LimitPlan(by_address=8, strangers_by_address=4))
    async with running_gateway(tmp_path, settings=settings) as site, _open(site, 4):
        said = await _raw(site.port, _get("/terminal/"))
        assert said.startswith("HTTP/1.1 429")
        assert "\r\nRetry-After: 5\r\n" in said


@asynccontextmanager
async def _open(site: Site, count: int) -> AsyncIterator[None]:
    """Connections of somebody who says nothing."""
    limits = _gateway(site).entrance.limits
    wanted = len(limits) + count
    writers = [(await asyncio.open_connection(HOST, site.port))[1] for _ in range(count)]
    await until(lambda: len(limits) == wanted)
    try:
        yield
    finally:
        for writer in writers:
            writer.close()


async def _figure(gateway: Gateway, name: str) -> float:
    operations = Operations(gateway)
    try:
        port = await operations.start(host=HOST, port=0)
        async with aiohttp.ClientSession() as session, session.get(f"http://{HOST}:{port}/metrics") as answer:
            lines = (await answer.text()).splitlines()
    finally:
        await operations.close()
    return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"wangge_gateway_{name} "))


async def test_a_peer_that_vanished_without_a_word_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A socket that is open and says nothing is asked, and its party is gone when it does not answer."""
    monkeypatch.setattr(pace_watch, "WATCH_S", 0.05)
    async with (
        running_gateway(tmp_path, settings=Settings(ping_interval_s=0.2)) as site,
        terminal(site, U1) as worker,
    ):
        worker.socket.transport.pause_reading()
        await until(lambda: not len(_gateway(site).sessions))
        worker.socket.transport.abort()


async def test_the_kernel_looks_after_silent_peers_too(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, terminal(site, U1):
        (session,) = _gateway(site).sessions.all()
        outbox = _gateway(site).sessions.outbox(session)
        assert outbox is not None
        sock = outbox._socket.transport.get_extra_info("socket")
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        timeout_ms = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        assert timeout_ms == listening.USER_TIMEOUT_S * 1000
        idle_s = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
        assert idle_s + listening.KEEPALIVE_EVERY_S * listening.KEEPALIVE_TRIES <= 60


async def test_the_integration_port_waits_for_nobody_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comms.adapters.server.IDLE_S", 0.3)
    monkeypatch.setattr("comms.adapters.server.BODY_S", 0.3)
    monkeypatch.setattr("comms.adapters.server.LINGER_S", 0.1)
    data = tmp_path / "gateway"
    await prepare_site(data)
    settings = Settings(limits=LimitPlan(connections=3))
    integration = IntegrationPort(HOST, 0)
    async with running(
        data, host=HOST, port=0, settings=settings, hasher=cheap_hasher(), integration=integration
    ) as site:
        assert site.integration_port is not None
        for beginning in (b"", b"GET /health HT"):
            reader, writer = await asyncio.open_connection(HOST, site.integration_port)
            writer.write(beginning)
            assert b"200" not in await reader.read()
            writer.close()
        await until(lambda: len(site.gateway.entrance.limits) == 0)
        head = "POST /v1/work-orders HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nContent-Type: "
        reader, writer = await asyncio.open_connection(HOST, site.integration_port)
        writer.write(f"{head}application/x-www-form-urlencoded\r\n\r\na=".encode())
        assert (await reader.read()).startswith(b"HTTP/1.1 408")
        writer.close()
        await until(lambda: len(site.gateway.entrance.limits) == 0)
        held = [await asyncio.open_connection(HOST, site.integration_port) for _ in range(3)]
        await until(lambda: len(site.gateway.entrance.limits) == 3)
        assert await _raw(site.integration_port, _get("/health")) == ""
        for _, writer in held:
            writer.close()

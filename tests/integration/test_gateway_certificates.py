"""Certificates are renewed while the gateway runs, their end is told in time, and an ended one is said plainly."""

import asyncio
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from cryptography import x509

from comms.domain.ids import CommandId
from comms.gateway.certificates import AUTHORITY, SERVER, Certificates
from comms.gateway.connection_limits import LimitPlan
from comms.gateway.footing import Footing
from comms.gateway.running import Running, running
from comms.gateway.settings import Settings
from comms.gateway.tls import AUTHORITY_LIFE, FOLDER, SERVER_LIFE, TRUST, local_context, server_context
from comms.link.cause import LinkCause
from comms.link.client import Link, LinkPhase, LinkState, LinkTiming
from comms.link.clock import WallClock
from comms.link.reconnect import BackOffPlan
from comms.protocol.commands import DeskSignIn, Ping
from comms.protocol.pushes import Pong
from comms.protocol.version import PROTOCOL_VERSION
from tests.support.gateway import NORTH_DUTY, PASSWORD, cheap_hasher, prepare_site
from tests.support.media import until

HOST = "127.0.0.1"
DAY_S = 86_400.0


@dataclass
class Wall:
    """The world's time, to be moved."""

    ahead_s: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_s

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self(), UTC)


@dataclass
class Desk:
    """A link of a desk, and what it said of itself."""

    link: Link
    states: list[LinkState] = field(default_factory=list)

    async def until(self, condition: Callable[[LinkState], bool]) -> LinkState:
        await until(lambda: any(map(condition, self.states)))
        return next(state for state in reversed(self.states) if condition(state))


def _desk(url: str, tls: ssl.SSLContext) -> Desk:
    states: list[LinkState] = []
    link = Link(
        url,
        sign_in=lambda: DeskSignIn(id=CommandId("in"), protocol=PROTOCOL_VERSION, name=NORTH_DUTY, password=PASSWORD),
        on_push=lambda push: None,
        on_positions=lambda frame: None,
        on_state=states.append,
        clock=WallClock(),
        ssl=tls,
        timing=LinkTiming(back_off=BackOffPlan(first_s=0.05, limit_s=0.05)),
    )
    return Desk(link, states)


def _trusting(data: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(data / FOLDER / TRUST))


async def _shown(site: Running, tls: ssl.SSLContext) -> x509.Certificate:
    _, writer = await asyncio.open_connection(HOST, site.port, ssl=tls)
    found = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    await writer.wait_closed()
    return x509.load_der_x509_certificate(found)


async def test_another_certificate_is_shown_while_open_connections_stay(tmp_path: Path) -> None:
    data, wall = tmp_path / "gateway", Wall()
    wall.ahead_s = -(SERVER_LIFE - timedelta(days=28)).total_seconds()
    await prepare_site(data)
    certificates = Certificates.of_authority(data, hosts=[HOST], now=wall.now)
    async with running(
        data, host=HOST, port=0, tls=certificates, hasher=cheap_hasher(), footing=Footing(wall_now=wall)
    ) as site:
        watch = site.gateway.entrance.certificates
        assert watch is not None
        desk = _desk(f"wss://{HOST}:{site.port}/v1", _trusting(data))
        async with asyncio.TaskGroup() as group:
            group.create_task(desk.link.run())
            await desk.until(lambda state: state.phase is LinkPhase.ONLINE)
            first = await _shown(site, _trusting(data))
            wall.ahead_s = -3 * DAY_S
            watch.look()
            assert await _shown(site, _trusting(data)) == first, "31 days are enough"
            wall.ahead_s = -1 * DAY_S
            watch.look()
            second = await _shown(site, _trusting(data))
            assert second.serial_number != first.serial_number
            assert second.not_valid_after_utc > first.not_valid_after_utc
            assert isinstance(await desk.link.request(Ping(id=CommandId("still"))), Pong)
            await desk.link.close()
        assert [state.phase for state in desk.states].count(LinkPhase.ONLINE) >= 1
        assert LinkPhase.WAITING not in [state.phase for state in desk.states], "the open connection was left alone"


async def test_files_of_the_site_are_taken_up_when_they_are_replaced_and_bad_ones_are_not(tmp_path: Path) -> None:
    data, wall = tmp_path / "gateway", Wall()
    await prepare_site(data)
    for name in ("one", "two"):
        local_context(tmp_path / name, hosts=[HOST], now=wall.now)
    site_files = tmp_path / "site.crt", tmp_path / "site.key"

    def put(name: str) -> None:
        for file, suffix in zip(site_files, ("crt", "key"), strict=True):
            file.write_bytes((tmp_path / name / FOLDER / f"server.{suffix}").read_bytes())

    put("one")
    async with running(
        data, host=HOST, port=0, tls=Certificates(*site_files), hasher=cheap_hasher(), footing=Footing(wall_now=wall)
    ) as site:
        watch, faults = site.gateway.entrance.certificates, site.gateway.picture.faults
        assert watch is not None
        first = await _shown(site, _trusting(tmp_path / "one"))
        site_files[0].write_bytes(b"half a file")
        watch.look()
        assert faults.get("certificate_not_renewed")
        assert await _shown(site, _trusting(tmp_path / "one")) == first
        put("two")
        watch.look()
        assert "certificate_not_renewed" not in faults
        assert await _shown(site, _trusting(tmp_path / "two")) != first


async def test_the_end_is_told_from_thirty_days_before(tmp_path: Path) -> None:
    data, wall = tmp_path / "gateway", Wall()
    await prepare_site(data)
    local_context(tmp_path / "site", hosts=[HOST], now=wall.now)
    files = tmp_path / "site" / FOLDER
    certificates = Certificates(files / "server.crt", files / "server.key")
    end = certificates.ends()[SERVER]
    async with running(
        data, host=HOST, port=0, tls=certificates, hasher=cheap_hasher(), footing=Footing(wall_now=wall),
        operations_port=0,
    ) as site:  # fmt: skip
        watch, picture = site.gateway.entrance.certificates, site.gateway.picture

        async def at(left_days: float) -> dict[str, str]:
            wall.ahead_s = end.timestamp() - left_days * DAY_S - time.time()
            assert watch is not None
            watch.look()
            return dict(picture.faults)

        async def asked(path: str) -> str:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://{HOST}:{site.operations_port}/{path}") as answer,
            ):
                return await answer.text()

        date = f"{end:%Y-%m-%d}"
        assert await at(31) == {}
        assert '"ready": true' in await asked("readyz")
        assert await at(29.5) == {"certificate_ends": date}
        (line,) = [
            line for line in (await asked("metrics")).splitlines() if line.startswith("wangge_gateway_certificate")
        ]
        assert line.startswith('wangge_gateway_certificate_days_left{what="server"} 29.4')
        before = picture.seq
        assert await at(29.2) == {"certificate_ends": date}
        assert picture.seq == before, "told once"
        assert await at(-0.5) == {"certificate_over": date}
        assert "the server's certificate has ended" in await asked("readyz")
        assert await at(40) == {}


async def test_an_authority_that_ends_is_told_while_the_next_is_handed_out(tmp_path: Path) -> None:
    data, wall = tmp_path / "gateway", Wall()
    await prepare_site(data)
    start = wall.now
    certificates = Certificates.of_authority(data, hosts=[HOST], now=start)
    assert certificates.faults(start) == {}
    later = start + AUTHORITY_LIFE - timedelta(days=100)
    certificates.renew(later)
    assert certificates.faults(later) == {"certificate_authority_ends": f"{certificates.ends()[AUTHORITY]:%Y-%m-%d}"}
    switched = start + AUTHORITY_LIFE - timedelta(days=40)
    assert certificates.renew(switched)
    assert certificates.faults(switched) == {}


async def _cause(site: Running, tls: ssl.SSLContext) -> LinkState:
    desk = _desk(f"wss://{HOST}:{site.port}/v1", tls)
    running_link = asyncio.create_task(desk.link.run())
    try:
        return await desk.until(lambda state: state.phase is LinkPhase.WAITING)
    finally:
        await desk.link.close()
        await running_link


async def test_the_desk_knows_why_it_does_not_get_through(tmp_path: Path) -> None:
    data, now = tmp_path / "gateway", datetime.now(UTC)
    await prepare_site(data)
    for cause, moment in (
        (LinkCause.CERTIFICATE_OVER, now - SERVER_LIFE - timedelta(days=1)),
        (LinkCause.CERTIFICATE_EARLY, now + timedelta(days=2)),
    ):
        keeper = tmp_path / cause.value
        folder = keeper / FOLDER
        local_context(keeper, hosts=[HOST], now=min(moment, now))  # the authority is good now
        (folder / "server.crt").unlink()
        local_context(keeper, hosts=[HOST], now=moment)
        context = server_context(folder / "server.crt", folder / "server.key")
        async with running(data, host=HOST, port=0, tls=context, hasher=cheap_hasher()) as site:
            assert (await _cause(site, _trusting(keeper))).cause is cause
            assert (await _cause(site, ssl.create_default_context())).cause is LinkCause.CERTIFICATE_UNKNOWN


async def test_a_desk_that_is_told_to_wait_waits_so_long(tmp_path: Path) -> None:
    data = tmp_path / "gateway"
    await prepare_site(data)
    tls = local_context(data, hosts=[HOST], now=datetime.now(UTC))
    settings = Settings(limits=LimitPlan(connections=1, retry_after_s=7))
    async with running(data, host=HOST, port=0, tls=tls, hasher=cheap_hasher(), settings=settings) as site:
        _, held = await asyncio.open_connection(HOST, site.port)
        await until(lambda: len(site.gateway.entrance.limits) == 1)
        before = time.time()
        state = await _cause(site, _trusting(data))
        assert state.cause is LinkCause.CROWDED
        assert state.retry_at is not None
        assert state.retry_at - before >= 7
        held.close()


async def test_a_file_that_was_lost_is_made_again(tmp_path: Path) -> None:
    certificates = Certificates.of_authority(tmp_path, hosts=[HOST], now=datetime.now(UTC))
    (tmp_path / FOLDER / "server.crt").unlink()
    assert certificates.renew(datetime.now(UTC))

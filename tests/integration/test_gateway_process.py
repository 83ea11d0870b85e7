"""The gateway as a site runs it: a process with a command line, signals, certificates and a disk that fills up."""

import asyncio
import hashlib
import json
import os
import resource
import signal
import socket
import sqlite3
import ssl
import stat
from pathlib import Path

import pytest

from comms.domain.ids import OfficerId, UnitId
from comms.domain.order import UnitsTarget
from comms.gateway.clock import SystemClock
from comms.gateway.running import open_storage
from comms.journal.database import FILE_NAME
from comms.protocol.commands import NoteAdd, OrderIssue, Ping
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done, OrderPush, Pong, SessionEnded, Welcome
from tests.support.gateway import (
    LINE_TIMEOUT_S,
    NORTH_DUTY,
    PASSWORD,
    U1,
    Site,
    prepare_site,
    spawn_gateway,
    stop_gateway,
    write_town,
)
from tests.support.nursery import Nursery
from tests.support.terminal import Peer, code_of, desk, new_id, peer, terminal

SAMPLE = "wangge2026"


async def tool(nursery: Nursery, *words: str, typed: str = "") -> tuple[int, str]:
    """Exit code and everything said by `python -m …`."""
    process = await nursery.fork(*words, typed=typed, is_heard=True)
    said, _ = await asyncio.wait_for(process.communicate(), LINE_TIMEOUT_S)
    assert process.returncode is not None
    return process.returncode, said.decode()


class Line:
    """The gateway's own command line."""

    def __init__(self, nursery: Nursery) -> None:
        self.nursery = nursery

    async def __call__(self, *words: str, typed: str = "") -> tuple[int, str]:
        return await tool(self.nursery, "comms.gateway", *words, typed=typed)


@pytest.fixture
def gateway(nursery: Nursery) -> Line:
    return Line(nursery)


def is_plain(said: str) -> bool:
    """One sentence or two for a person, nothing of our insides."""
    return "Traceback" not in said and len(said.strip().splitlines()) == 1


async def test_load_enrol_serve_sign_in_and_stop(tmp_path: Path, gateway: Line) -> None:
    data, town, out = tmp_path / "data", write_town(tmp_path / "town.json"), tmp_path / "codes.json"
    assert (await gateway("load", "--data", str(data), "--town", str(town)))[1] == "14 changes, 3 new officers.\n"
    assert (await gateway("load", "--data", str(data), "--town", str(town)))[1] == "0 changes, 0 new officers.\n"
    assert (await gateway("enrol", "--data", str(data), "--all", "--out", str(out)))[0] == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    codes = {UnitId(entry["unit_id"]): entry["code"] for entry in json.loads(out.read_text())}
    assert len(codes) == 4
    site = await spawn_gateway(data, codes=codes)  # by `python -m comms.gateway`
    async with desk(site, NORTH_DUTY) as officer, terminal(site, U1) as worker:
        again = await gateway("enrol", "--data", str(data), "--unit", U1, "--out", str(out))
        assert again[0] == 0, "works beside a running gateway"
        busy, said = await gateway("load", "--data", str(data), "--town", str(town))
        assert busy == 2
        assert "Another gateway is running" in said
        assert is_plain(said)
        stopping = asyncio.ensure_future(stop_gateway(site))
        for made in (officer, worker):
            assert (await made.next(SessionEnded)).code is RefusalCode.STOPPING
            await made.ended()
        assert await stopping == 0
    code, said = await tool(gateway.nursery, "comms.journal", "verify", "--data", str(data))
    assert code == 0
    assert "all whole" in said


async def test_interrupting_is_stopping(tmp_path: Path, nursery: Nursery) -> None:
    site = await spawn_gateway(tmp_path / "data", nursery=nursery)
    assert await stop_gateway(site, number=signal.SIGINT) == 0


async def test_officers_accounts(tmp_path: Path, gateway: Line) -> None:
    data = tmp_path / "data"
    codes = await prepare_site(data)
    add = ("officer", "add", "--data", str(data), "--officer", "new", "--name", "新值班员", "--jurisdiction")
    assert "There is no jurisdiction nowhere" in (await gateway(*add, "nowhere", typed="Long-enough-7\n"))[1]
    assert "at least 10 characters" in (await gateway(*add, "900000/s01", typed="short\n"))[1]
    assert await gateway(*add, "900000/s01", typed="Long-enough-7\n") == (0, "Officer new added.\n")
    assert "There is an officer new already" in (await gateway(*add, "900000/s01", typed="Long-enough-7\n"))[1]
    password = ("officer", "password", "--data", str(data), "--officer")
    assert "There is no officer nobody" in (await gateway(*password, "nobody", typed="Long-enough-7\n"))[1]
    assert (await gateway(*password, "north", typed="Brand-new-one-8\n"))[0] == 0
    site = await spawn_gateway(data, codes=codes, nursery=gateway.nursery)
    async with peer(site) as made:
        assert code_of(await made.sign_in_desk(NORTH_DUTY, PASSWORD)) == RefusalCode.WRONG_CREDENTIALS
        assert isinstance(await made.sign_in_desk(NORTH_DUTY, "Brand-new-one-8"), Welcome)
    await stop_gateway(site)


async def test_what_cannot_be_loaded_is_said_plainly(tmp_path: Path, gateway: Line) -> None:
    data, town = str(tmp_path / "data"), tmp_path / "town.json"
    for content in (None, b"{}", b"nonsense"):
        if content is not None:
            town.write_bytes(content)
        code, said = await gateway("load", "--data", data, "--town", str(town))
        assert code == 2
        assert is_plain(said)
    code, said = await gateway("enrol", "--data", data, "--unit", "nobody", "--out", str(tmp_path / "codes"))
    assert (code, said) == (2, "There is no unit nobody; load its town first.\n")
    blocked = tmp_path / "blocked"
    blocked.write_text("a file")
    code, said = await gateway("--data", str(blocked), "--port", "0")
    assert code == 2
    assert is_plain(said)
    assert "cannot be used" in said


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM], ids=["tcp", "udp"])
async def test_a_port_that_is_taken_is_one_plain_sentence(
    tmp_path: Path, gateway: Line, kind: socket.SocketKind
) -> None:
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            taken.listen()
        port = taken.getsockname()[1]
        code, said = await gateway("--data", str(tmp_path / "data"), "--port", str(port))
    assert code == 2
    sentence = said.strip().splitlines()[-1]
    assert sentence.endswith(f"port {port} on 127.0.0.1 is taken; stop what uses it, or choose another with --port.")
    assert "Traceback" not in said


# --- an open door --------------------------------------------------------------------------------------------


async def test_no_other_host_without_encryption_or_with_the_sample_password(tmp_path: Path, gateway: Line) -> None:
    data = tmp_path / "data"
    await prepare_site(data)
    away = ("--data", str(data), "--port", "0", "--host", "0.0.0.0")
    code, said = await gateway(*away)
    assert code == 2
    assert "needs encryption" in said
    assert is_plain(said)
    code, _ = await gateway("officer", "password", "--data", str(data), "--officer", "south", typed=f"{SAMPLE}\n")
    assert code == 2
    async with open_storage(data, clock=SystemClock()) as storage:  # as a town's file does: no officer can choose it
        await storage.accounts.set_password(OfficerId("south"), SAMPLE)
    code, said = await gateway(*away, "--tls-local-ca")
    assert code == 2
    assert "sample town's password: south." in said
    assert is_plain(said)
    code, said = await gateway(*away, "--tls-cert", str(tmp_path / "none"), "--tls-key", str(tmp_path / "none"))
    assert code == 2
    assert "cannot be used" in said
    assert (await gateway(*away, "--tls-cert", "x"))[0] == 2


async def test_with_the_local_authority_a_terminal_that_has_it_connects(tmp_path: Path, nursery: Nursery) -> None:
    data = tmp_path / "data"
    codes = await prepare_site(data)
    site = await spawn_gateway(data, "--host", "0.0.0.0", "--tls-local-ca", codes=codes, nursery=nursery)
    site.scheme, site.host = "wss", "127.0.0.1"
    trusting = ssl.create_default_context(cafile=str(data / "tls" / "ca.crt"))
    async with peer(site, tls=trusting) as made:
        assert isinstance(await made.sign_in_desk(NORTH_DUTY), Welcome)
    with pytest.raises(ssl.SSLCertVerificationError):
        async with peer(site, tls=ssl.create_default_context()):
            pass
    await stop_gateway(site)
    own = ("--tls-cert", str(data / "tls" / "server.crt"), "--tls-key", str(data / "tls" / "server.key"))
    site = await spawn_gateway(data, "--host", "0.0.0.0", *own, codes=codes, nursery=nursery)
    site.scheme, site.host = "wss", "127.0.0.1"
    async with peer(site, tls=trusting) as made:
        assert isinstance(await made.sign_in_desk(NORTH_DUTY), Welcome)
    await stop_gateway(site)


# --- damage and a full disk --------------------------------------------------------------------------------------


@pytest.mark.parametrize("harm", ["nonsense", "forged"])
async def test_a_damaged_journal_is_left_alone_and_said_plainly(tmp_path: Path, gateway: Line, harm: str) -> None:
    data = tmp_path / "data"
    await prepare_site(data)
    path = data / FILE_NAME
    if harm == "nonsense":
        path.write_bytes(b"no database\n" * 1000)
    else:
        connection = sqlite3.connect(path)
        for statement in (
            "DELETE FROM checkpoint",
            "DROP TRIGGER event_no_update",
            "UPDATE event SET actor = 'officer:forger' WHERE seq = 5",
        ):
            connection.execute(statement)
        connection.commit()
        connection.close()
    before = hashlib.sha256(path.read_bytes()).digest()
    code, said = await gateway("--data", str(data), "--port", "0")
    assert code == 3
    assert is_plain(said)
    assert str(path) in said
    assert "restore the newest backup" in said
    assert hashlib.sha256(path.read_bytes()).digest() == before


async def test_a_disk_that_is_really_full_stops_orders_and_nothing_else(tmp_path: Path, nursery: Nursery) -> None:
    """The kernel's own limit on file sizes, set on the running process, and taken away again."""
    data = tmp_path / "data"
    codes = await prepare_site(data)
    site = await spawn_gateway(data, codes=codes, nursery=nursery)
    assert site.process is not None
    async with desk(site, NORTH_DUTY) as officer, terminal(site, U1) as worker:
        await officer.subscribe()
        soft, hard = resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE, (4096, hard))
        order = OrderIssue(id=new_id(), title="x", text="长" * 3900, target=UnitsTarget((U1,)))
        assert code_of(await officer.ask(order)) == RefusalCode.STORE_FAILED
        for made in (officer, worker):
            assert isinstance(await made.ask(Ping(id=new_id())), Pong)
        assert not worker.all(OrderPush)
        assert "failing" in await _health(site)
        resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE, (soft, hard))
        await _ask_until_done(officer, order)
        assert (await worker.next(OrderPush)).order.title == "x"
        assert "well" in await _health(site)
    assert await stop_gateway(site) == 0
    assert (await tool(nursery, "comms.journal", "verify", "--data", str(data)))[0] == 0


async def _ask_until_done(officer: Peer, order: OrderIssue) -> None:
    """The gateway finds out by itself, about once a second, that the disk is writable; a FaultNoted event tells."""
    await officer.find(lambda push: "is_over" in str(push) and "store_failed" in str(push))
    await officer.ask_for(order, Done)
    await officer.ask_for(NoteAdd(id=new_id(), text="on"), Done)


async def _health(site: Site) -> str:
    reader, writer = await asyncio.open_connection(site.host, site.port)
    writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer.decode()


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
async def test_a_directory_that_cannot_be_written(tmp_path: Path, gateway: Line) -> None:
    data = tmp_path / "data"
    await prepare_site(data)
    data.chmod(0o500)
    code, said = await gateway("--data", str(data), "--port", "0")
    data.chmod(0o700)
    assert code == 2
    assert is_plain(said)

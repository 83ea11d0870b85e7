"""A gateway looks after its journal: anchors outside the database, another algorithm, what was done from the command
line; and says how it is."""

import json
import logging
import sqlite3
import zipfile
from pathlib import Path

import msgspec
import pytest

from comms.domain.audit_events import DataExported, DigestKind, DigestSwitched, ExportKind
from comms.gateway.__main__ import main
from comms.gateway.diagnostics import make_bundle
from comms.gateway.health import certificate_end, read_running
from comms.gateway.log import FILE_NAME, FOLDER, JsonLines, PlainLines, keep_log, speaking_for
from comms.gateway.options import parse
from comms.gateway.settings import Settings
from comms.gateway.tls import local_context, utc_now
from comms.journal.__main__ import main as journal_main
from comms.journal.anchor import last_anchor, read_anchors
from comms.journal.backup import back_up
from comms.journal.noted import note
from comms.journal.tail import TAIL_NAME
from comms.protocol.commands import NoteAdd
from comms.protocol.desk_commands import ExportTell, HealthRead
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done, HealthReading
from tests.support.gateway import (
    NORTH_DUTY,
    PASSWORD,
    U1,
    prepare_site,
    running_gateway,
    spawn_gateway,
    stop_gateway,
    tiny_town,
)
from tests.support.nursery import Nursery
from tests.support.terminal import code_of, desk, new_id, terminal

PHONE, SECRET_NAME = "13912345678", "欧阳建国"
WHERE = (23.020712, 113.751834)


async def test_anchors_are_written_here_and_elsewhere_and_hold(tmp_path: Path) -> None:
    elsewhere = tmp_path / "disk2"
    async with running_gateway(tmp_path, settings=Settings(anchor_directory=elsewhere)) as site:
        assert site.gateway is not None
        assert site.gateway.upkeep is not None
        await site.gateway.upkeep.look()
        state = site.gateway.upkeep.anchors
        assert (state.seq, state.fault) == (site.gateway.journal.durable.seq, "")
        async with desk(site, NORTH_DUTY) as officer:
            await officer.ask(NoteAdd(id=new_id(), text="x"))
        await site.gateway.upkeep.look()
        assert state.seq < site.gateway.journal.durable.seq  # an hour has not passed
    (kept,) = elsewhere.iterdir()
    anchors = read_anchors(kept)
    assert len(anchors) == 2  # at the first look, and at the end
    assert kept.read_bytes() == (site.data / "anchors.jsonl").read_bytes()
    assert journal_main(["verify", "--data", str(site.data), "--anchors", str(kept)]) == 0
    assert last_anchor(kept) == anchors[-1]


async def test_a_disk_that_takes_no_anchor_is_said_and_nothing_stops(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_bytes(b"")
    with caplog.at_level(logging.CRITICAL, logger="comms.gateway.upkeep"):
        settings = Settings(anchor_directory=tmp_path / "file")
        async with running_gateway(tmp_path, settings=settings) as site, desk(site, NORTH_DUTY) as officer:
            assert site.gateway is not None
            assert site.gateway.upkeep is not None
            await site.gateway.upkeep.look()
            reading = await officer.ask(HealthRead(id=new_id()))
            assert isinstance(reading, HealthReading)
            assert reading.health.anchor_fault
            assert isinstance(await officer.ask(NoteAdd(id=new_id(), text="x")), Done)


async def test_a_journal_that_was_cut_off_is_told_of_at_the_start_and_not_vouched_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_gateway(tmp_path) as site:
        assert site.gateway is not None
        assert site.gateway.upkeep is not None
        async with desk(site, NORTH_DUTY) as officer:
            await officer.ask(NoteAdd(id=new_id(), text="x"))
        await site.gateway.upkeep.look()
    before = (site.data / "anchors.jsonl").read_bytes()
    connection = sqlite3.connect(site.data / "journal.sqlite")
    connection.execute("DROP TRIGGER event_no_delete")
    connection.execute("DELETE FROM event WHERE seq > (SELECT max(seq) FROM event) - 3")
    connection.execute("DELETE FROM checkpoint")
    connection.commit()
    connection.close()
    (site.data / TAIL_NAME).unlink()
    with caplog.at_level(logging.CRITICAL, logger="comms.gateway.upkeep"):
        async with running_gateway(tmp_path, codes=site.codes) as site:
            assert site.gateway is not None
            assert site.gateway.upkeep is not None
            await site.gateway.upkeep.look()
            assert "is not what its anchor" in site.gateway.upkeep.anchors.fault
    assert (site.data / "anchors.jsonl").read_bytes() == before


async def test_an_old_journal_goes_on_with_another_algorithm(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site:
        assert site.gateway is not None
        assert site.gateway.upkeep is not None
        await site.gateway.upkeep.look()
    async with running_gateway(tmp_path, codes=site.codes, settings=Settings(journal_digest=DigestKind.SM3)) as site:
        assert site.gateway is not None
        switches = [one for one in site.gateway.journal.recent if isinstance(one.event, DigestSwitched)]
        assert [one.event for one in switches] == [DigestSwitched(before=DigestKind.SHA256, after=DigestKind.SM3)]
    async with running_gateway(tmp_path, codes=site.codes) as site:  # nothing said: it goes on as it is
        assert site.gateway is not None
        assert len([one for one in site.gateway.journal.recent if isinstance(one.event, DigestSwitched)]) == 1
    assert journal_main(["verify", "--data", str(site.data), "--anchors", str(site.data / "anchors.jsonl")]) == 0


async def test_what_is_done_from_the_command_line_comes_into_the_chain(tmp_path: Path) -> None:
    event = DataExported(what=ExportKind.AUDIT, is_masked=False, rows=3, reason="调阅", by="root")
    async with running_gateway(tmp_path) as site:
        assert site.gateway is not None
        assert site.gateway.upkeep is not None
        note(site.data, event)
        await site.gateway.upkeep.look()
        await site.gateway.upkeep.look()
        assert [one.event for one in site.gateway.journal.recent if isinstance(one.event, DataExported)] == [event]


async def test_a_desk_tells_what_it_exports_and_why(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as officer, terminal(site, U1) as worker:
        bare = ExportTell(id=new_id(), what=ExportKind.HUB, is_masked=False, rows=2, reason=" ")
        assert code_of(await officer.ask(bare)) == RefusalCode.NOT_ALLOWED
        told = ExportTell(id=new_id(), what=ExportKind.HUB, is_masked=False, rows=2, reason="上级调阅")
        assert isinstance(await officer.ask(told), Done)
        assert isinstance(await officer.ask(told), Done)
        assert site.gateway is not None
        found = [one for one in site.gateway.journal.recent if isinstance(one.event, DataExported)]
        assert [(one.actor, one.event.reason) for one in found if isinstance(one.event, DataExported)] == [
            ("officer:north", "上级调阅")
        ]
        assert code_of(await worker.ask(HealthRead(id=new_id()))) == RefusalCode.NOT_ALLOWED


async def test_a_desk_is_told_how_the_gateway_is(tmp_path: Path) -> None:
    local_context(tmp_path / "tls", hosts={"127.0.0.1"}, now=utc_now(1_767_225_600.0))
    certificate = tmp_path / "tls" / "tls" / "server.crt"
    async with running_gateway(tmp_path, settings=Settings(certificates=(certificate,))) as site:
        made = back_up(site.data, tmp_path / "backups", made_at=1_767_225_600.0)
        assert site.gateway is not None
        assert site.gateway.upkeep is not None
        await site.gateway.upkeep.look()
        async with desk(site, NORTH_DUTY) as officer:
            reading = await officer.ask(HealthRead(id=new_id()))
        assert isinstance(reading, HealthReading)
        health = reading.health
        assert health.backup_at == 1_767_225_600.0
        assert health.seq >= made.seq
        assert health.certificate_until == certificate_end((certificate,))
        assert health.certificate_until is not None
        assert health.certificate_until > 1_767_225_600.0
        assert 0 < health.disk_free_bytes <= health.disk_bytes
        assert (health.desks, health.terminals, health.is_failing) == (1, 0, False)
        assert health.anchor_at is not None
    assert certificate_end((tmp_path / "none",)) is None


# --- log ------------------------------------------------------------------------------------------------------


@pytest.fixture
def logger() -> logging.Logger:
    return logging.getLogger("comms.gateway.of_a_test")


def test_a_json_line_says_who_and_holds_no_secret(tmp_path: Path, logger: logging.Logger) -> None:
    with keep_log(tmp_path / FOLDER, JsonLines(lambda: 42)) as path:
        logger.setLevel(logging.INFO)
        with speaking_for("officer:north", "s1"):
            logger.info("%s rang with password=%s", PHONE, PASSWORD)
        try:
            raise ValueError(f"bad token={PASSWORD}")
        except ValueError:
            logger.info("failed", exc_info=True)
    first, second = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    assert {"party": "officer:north", "session": "s1", "seq": 42, "level": "INFO"}.items() <= first.items()
    assert first["logger"] == "comms.gateway.of_a_test"
    assert "session" not in second
    assert "ValueError" in second["error"]
    text = path.read_text(encoding="utf-8")
    assert PHONE not in text
    assert PASSWORD not in text
    assert path.stat().st_mode & 0o777 == 0o600


def test_lines_for_people_are_scrubbed_too(tmp_path: Path, logger: logging.Logger) -> None:
    with keep_log(tmp_path, PlainLines()) as path:
        logger.setLevel(logging.INFO)
        logger.info("%s rang", PHONE)
    assert PHONE not in path.read_text(encoding="utf-8")


# --- the bundle -----------------------------------------------------------------------------------------------


async def test_a_bundle_holds_nobody_and_nothing_secret(
    tmp_path: Path, nursery: Nursery, capsys: pytest.CaptureFixture[str]
) -> None:
    """A town with names, numbers and places, people who did things, and a log that was careless."""
    town, data = tiny_town(), tmp_path / "data"
    first = msgspec.structs.replace(town.units[0], name=SECRET_NAME, phone=PHONE)
    codes = await prepare_site(data, msgspec.structs.replace(town, units=(first, *town.units[1:])))
    site = await spawn_gateway(data, "--operations-port", "0", "--log-json", codes=codes, nursery=nursery)
    secrets = [PASSWORD, PHONE, SECRET_NAME, str(WHERE[0]), str(WHERE[1]), *(unit.name for unit in town.units[1:])]
    async with terminal(site, U1), desk(site, NORTH_DUTY) as officer:
        secrets += [*site.device_tokens.values(), *(code for unit, code in codes.items() if unit != U1)]
        words = f"{SECRET_NAME}（{PHONE}）在 {WHERE[0]},{WHERE[1]}"
        assert isinstance(await officer.ask(NoteAdd(id=new_id(), text=words)), Done)
        assert (data / FOLDER / FILE_NAME).exists()
        with (data / FOLDER / FILE_NAME).open("a", encoding="utf-8") as log:
            log.write(f"{words} password={PASSWORD} token: {next(iter(site.device_tokens.values()))}\n")
        running = read_running(data)
        assert running is not None
        assert running.operations_port == site.operations_port
        out = tmp_path / "bundle.zip"
        await make_bundle(parse(["diagnostics", "--data", str(data), "--out", str(out)]))
    assert await stop_gateway(site) == 0
    capsys.readouterr()
    assert out.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(out) as bundle:
        files = {name: bundle.read(name) for name in bundle.namelist()}
    assert set(files) == {"about.json", "running.json", "store.json", "metrics.txt", f"log/{FILE_NAME}"}
    for name, content in {**files, "the file itself": out.read_bytes()}.items():
        for secret in secrets:
            assert secret.encode() not in content, (name, secret)
    assert b"wangge_gateway_journal_seq" in files["metrics.txt"]
    store = json.loads(files["store.json"])
    assert store["journal"]["seq"] > 0
    assert "flaw" not in store["journal"]
    assert json.loads(files["running.json"])["settings"]["log_json"] is True
    assert json.loads(files["about.json"])["packages"]["cryptography"]


def test_a_bundle_of_what_is_not_there_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data").mkdir()
    out = tmp_path / "bundle.zip"
    assert main(["diagnostics", "--data", str(tmp_path / "data"), "--out", str(out)]) == 0
    capsys.readouterr()
    with zipfile.ZipFile(out) as bundle:
        assert json.loads(bundle.read("store.json"))["journal"]["flaw"] == "there is no journal"
        assert b"operations port" in bundle.read("metrics.txt")

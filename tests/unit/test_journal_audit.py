"""The audit export: who, when, from where, what and with which result; personal data masked unless a reason is given,
and every export is itself in the journal."""

import csv
import json
from pathlib import Path

import pytest

from comms.domain.audit_events import DataExported, ExportKind
from comms.domain.events import (
    CommandRefused,
    Event,
    NoteAdded,
    OfficerDefined,
    OfficerSignedOn,
    TerminalEnrolled,
    UnitDefined,
)
from comms.domain.ids import GATEWAY, OfficerId, UnitId, officer_party, unit_party
from comms.domain.unit import Unit
from comms.journal.__main__ import EXIT_DAMAGED, main
from comms.journal.audit import COLUMNS
from comms.journal.audit_command import EXIT_CANNOT
from comms.journal.database import FILE_NAME, Database
from comms.journal.noted import forget, keep_note, waiting
from tests.support.journal import GROUP, TOWN, TOWN_EVENTS, SteppedClock, open_journal

WANG, ZHANG = OfficerId("wang"), UnitId("u7")
PHONE, NAME, WORKER = "13800138000", "王建国", "张小明"
HAPPENED: tuple[tuple[str, Event], ...] = (
    (officer_party(WANG), OfficerSignedOn(officer_id=WANG)),
    (unit_party(ZHANG), TerminalEnrolled(unit_id=ZHANG, device_name="张小明的手机")),
    (officer_party(WANG), CommandRefused(command_kind="order.issue", code="not_allowed")),
    (officer_party(WANG), NoteAdded(text=f"张小明来电 {PHONE}，住新安路 12 号")),
    (officer_party(WANG), NoteAdded(text="=HYPERLINK(1)")),
)


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    clock = SteppedClock(1_700_000_000.0)
    async with open_journal(tmp_path / "data", clock=clock) as journal:
        await journal.record(GATEWAY, TOWN_EVENTS)
        unit = Unit(id=ZHANG, no=7, name=WORKER, jurisdiction_id=TOWN, talkgroup_ids=(GROUP,), phone=PHONE)
        await journal.record(
            GATEWAY, [OfficerDefined(officer_id=WANG, name=NAME, jurisdiction_id=TOWN), UnitDefined(unit=unit)]
        )
        for actor, event in HAPPENED:
            clock.at += 60
            await journal.record(actor, [event])  # type: ignore[arg-type]  # parties as words
    return tmp_path / "data"


def exported(data: Path, *arguments: str, name: str = "audit.jsonl") -> list[dict[str, str]]:
    out = data.parent / name
    assert main(["audit", "--data", str(data), "--out", str(out), *arguments]) == 0
    assert out.stat().st_mode & 0o777 == 0o600
    text = out.read_text(encoding="utf-8-sig")
    return (
        [json.loads(line) for line in text.splitlines()]
        if name.endswith("l")
        else list(csv.DictReader(text.splitlines()))
    )


def kinds(lines: list[dict[str, str]]) -> list[str]:
    return [line["what"] for line in lines]


async def test_who_what_when_from_where_and_the_result(data: Path) -> None:
    lines = exported(data)
    assert kinds(lines) == [
        "jurisdiction.defined",
        "officer.defined",
        "officer.defined",
        "officer.signed_on",
        "terminal.enrolled",
        "command.refused",
    ]
    refused = lines[-1]
    assert (refused["who"], refused["result"]) == ("officer:wang", "not_allowed")
    assert refused["name"] == "王＊＊"
    assert "order.issue" in refused["detail"]
    assert lines[-2]["from"].startswith("张＊")
    assert lines[-2]["subject"] == "u7"


async def test_a_question_is_answered_by_time_party_and_kind(data: Path) -> None:
    assert kinds(exported(data, "--kind", "refusal")) == ["command.refused"]
    assert kinds(exported(data, "--kind", "note.", "--kind", "officer.signed_on")) == [
        "officer.signed_on",
        "note.added",
        "note.added",
    ]
    assert kinds(exported(data, "--kind", "all", "--party", "unit:u7")) == ["terminal.enrolled"]
    assert kinds(exported(data, "--kind", "all", "--from", "1700000170", "--to", "1700000190")) == ["command.refused"]
    assert kinds(exported(data, "--kind", "export")) == []


async def test_personal_data_is_masked(data: Path) -> None:
    said = json.dumps(exported(data, "--kind", "all"), ensure_ascii=False)
    for secret in (PHONE, NAME, WORKER, "新安路 12 号"):
        assert secret not in said
    assert "officer:wang" in said  # which account it was is what audit is for


async def test_unmasked_only_for_a_reason_that_is_kept(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = data.parent / "all.jsonl"
    arguments = ["audit", "--data", str(data), "--out", str(out), "--kind", "all", "--unmasked"]
    assert main(arguments) == EXIT_CANNOT
    assert main([*arguments, "--reason", "  "]) == EXIT_CANNOT
    assert not out.exists()
    assert "--reason" in capsys.readouterr().err
    assert main([*arguments, "--reason", "纪检调阅"]) == 0
    said = out.read_text(encoding="utf-8")
    assert PHONE in said
    assert NAME in said
    database = Database(data)
    try:
        found = database.read_now(waiting)
        assert [type(event) for event in found.events] == [DataExported]
        told = found.events[0]
        assert isinstance(told, DataExported)
        assert (told.what, told.is_masked, told.reason) == (ExportKind.AUDIT, False, "纪检调阅")
        assert told.rows == len(said.splitlines())
        assert told.by
        database.write_now(lambda connection: forget(connection, found.last))
        assert database.read_now(waiting).events == ()
    finally:
        database.close()


async def test_a_sheet_knows_its_columns_and_runs_no_formula(data: Path) -> None:
    lines = exported(data, "--kind", "note.added", name="audit.csv")
    assert tuple(lines[0]) == COLUMNS
    assert "HYPERLINK" in lines[1]["detail"]
    assert not any(value.startswith("=") for line in lines for value in line.values())


def test_what_cannot_be_asked(tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "x.csv")
    assert main(["audit", "--data", str(tmp_path / "none"), "--out", out]) == EXIT_CANNOT
    assert main(["audit", "--data", str(data), "--out", str(tmp_path / "no" / "x.csv")]) == EXIT_CANNOT
    (data / FILE_NAME).write_bytes(b"no database" * 1000)
    assert main(["audit", "--data", str(data), "--out", out]) == EXIT_DAMAGED
    assert not Path(out).exists()
    capsys.readouterr()


def test_a_note_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    database = Database(tmp_path)
    try:
        assert database.read_now(waiting).last == 0
        event = DataExported(what=ExportKind.LOG, is_masked=True)
        database.write_now(lambda connection: keep_note(connection, event))
        database.write_now(lambda connection: connection.exec_driver_sql("INSERT INTO note (event) VALUES (x'00')"))
        found = database.read_now(waiting)
        assert (found.events, found.last) == ((event,), 2)
    finally:
        database.close()

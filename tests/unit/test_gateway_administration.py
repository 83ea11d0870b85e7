"""The command line, in this process: what it does and what it says when it cannot."""

import asyncio
import json
import os
import signal
from pathlib import Path

import msgspec
import pytest

from comms.domain.ids import DepartmentId
from comms.domain.officer import Department, OfficerRole
from comms.domain.policy_table import POLICY
from comms.gateway.__main__ import EXIT_CANNOT_START, main
from comms.gateway.clock import SystemClock
from comms.gateway.running import open_storage
from comms.gateway.shutdown import stop_signal
from comms.journal.accounts import SAMPLE_PASSWORD
from console.session.trust import CertificateFileError, keep_own
from tests.support.command_line import Line
from tests.support.gateway import ADMIN, CITY, tiny_town, write_town


def test_a_town_is_loaded_and_its_terminals_enrolled(line: Line, tmp_path: Path) -> None:
    town, out = write_town(tmp_path / "town.json"), tmp_path / "codes.json"
    assert line("load", "--town", str(town)) == (0, "14 changes, 3 new officers.\n")
    assert line("load", "--town", str(town)) == (0, "0 changes, 0 new officers.\n")
    assert line("enrol", "--all", "--out", str(out)) == (0, f"4 codes written to {out}.\n")
    assert [entry["unit_id"] for entry in json.loads(out.read_text())] == ["u1", "u2", "u3", "s1"]
    assert line("enrol", "--unit", "u2", "--out", str(out)) == (0, f"1 codes written to {out}.\n")
    assert line("enrol", "--unit", "x", "--out", str(out)) == (2, "There is no unit x; load its town first.\n")


def test_officers_are_added_and_get_passwords(line: Line, tmp_path: Path) -> None:
    departments = (Department(id=DepartmentId("roads"), name="市政", jurisdiction_id=CITY),)
    town = write_town(tmp_path / "town.json", msgspec.structs.replace(tiny_town(), departments=departments))
    line("load", "--town", str(town))
    add = ("officer", "add", "--officer", "new", "--name", "新", "--jurisdiction")
    assert line(*add, "nowhere", typed="Long-enough-7\n")[1].startswith("There is no jurisdiction nowhere")
    assert line(*add, "900000", typed="short\n")[1].startswith("The password does not fit: at least 10 characters")
    assert line(*add, "900000", typed="Long-enough-7\n") == (0, "Officer new added.\n")
    assert line(*add, "900000", typed="Long-enough-7\n")[0] == EXIT_CANNOT_START
    alone = ("officer", "add", "--officer", "alone", "--name", "独", "--jurisdiction", "900000", "--without-password")
    assert line(*alone) == (0, "Officer alone added.\n"), "nothing is typed"
    assign = ("officer", "assign", "--officer")
    assert line(*assign, "none")[1] == "There is no officer none.\n"
    assert line(*assign, "new", "--role", "handler")[1].startswith("A handler answers for a department")
    assert line(*assign, "new", "--department", "none")[1].startswith("There is no department none")
    assert line(*assign, "new", "--role", "handler", "--role", "checker", "--department", "roads")[0] == 0
    assert line("load", "--town", str(town)) == (0, "0 changes, 0 new officers.\n")
    two_of_three = line(*assign, "new", "--role", "system", "--role", "audit")
    assert two_of_three[0] == EXIT_CANNOT_START
    assert two_of_three[1].startswith("System, security and audit officer are three people")
    assert line(*assign, "new", "--role", "security", "--role", "checker")[1].startswith("A system, security or audit")
    assert line(*assign, "new", "--role", "security") == (0, "Officer new assigned.\n")
    password = ("officer", "password", "--officer")
    assert line(*password, "none", typed="Long-enough-7\n") == (2, "There is no officer none.\n")
    assert line(*password, "new", typed="Another-one-8\n")[0] == 0


async def _set_sample_password(data: Path) -> None:
    """As a town's file does: no officer can choose it."""
    async with open_storage(data, clock=SystemClock()) as storage:
        await storage.accounts.set_password(ADMIN, SAMPLE_PASSWORD)


def test_a_town_cannot_bring_an_officer_who_is_two_of_the_three(line: Line, tmp_path: Path) -> None:
    plain = tiny_town()
    first = msgspec.structs.replace(plain.officers[0], roles=(OfficerRole.SYSTEM, OfficerRole.SECURITY))
    town = msgspec.structs.replace(plain, officers=(first, *plain.officers[1:]))
    code, said = line("load", "--town", str(write_town(tmp_path / "town.json", town)))
    assert (code, said.startswith("The officer admin cannot have these roles.")) == (EXIT_CANNOT_START, True)


def test_the_policy_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["authority"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[-1] == f"{len(POLICY)} commands."
    rows = {row.split()[0]: row for row in printed if row}
    assert set(POLICY) <= set(rows)
    assert " ".join(rows["call.place"].split()) == "call.place desk terminal duty unit unit_id: own and below / none"
    assert "stranger, if the site allows it" in rows["help.call"]
    assert "system, or the root until one is appointed" in rows["enrolment.issue"]
    assert "duty, seat: trainer" in rows["drill.fire"]
    assert "every officer" in rows["ping"]
    assert "duty audit" in rows["log.read"]


def test_what_cannot_start_says_why(line: Line, tmp_path: Path) -> None:
    line("load", "--town", str(write_town(tmp_path / "town.json")))
    away = ("--host", "0.0.0.0", "--port", "0")
    assert "needs encryption" in line(*away)[1]
    asyncio.run(_set_sample_password(line.data))
    code, said = line(*away, "--tls-local-ca")
    assert (code, "password: admin." in said) == (EXIT_CANNOT_START, True)
    certificate, key = str(line.data / "tls" / "server.crt"), str(line.data / "tls" / "ca.key")
    assert "cannot be used" in line(*away, "--tls-cert", certificate, "--tls-key", key)[1]
    assert line("load", "--town", str(tmp_path / "none"))[1] == f"There is no file {tmp_path / 'none'}.\n"
    (tmp_path / "bad.json").write_text("{}")
    assert "is no town file" in line("load", "--town", str(tmp_path / "bad.json"))[1]


def test_a_place_that_is_no_directory(line: Line) -> None:
    line.data.write_text("a file")
    code, said = line("--port", "0")
    assert code == EXIT_CANNOT_START
    assert said.startswith(f"The data directory {line.data} cannot be used")


def test_an_officer_is_disabled_and_let_in_again(line: Line, tmp_path: Path) -> None:
    line("load", "--town", str(write_town(tmp_path / "town.json")))
    who = ("--officer", ADMIN)
    disable, enable = ("officer", "disable", *who, "--reason", "离岗"), ("officer", "enable", *who)
    assert line(*enable)[1] == f"Officer {ADMIN} is not disabled.\n"
    assert line("officer", "disable", "--officer", "none", "--reason", "x")[1] == "There is no officer none.\n"
    assert line(*disable)[1].startswith(f"Officer {ADMIN} disabled")
    assert line(*disable)[1] == f"Officer {ADMIN} is disabled already.\n"
    assert line(*enable) == (0, f"Officer {ADMIN} may sign in again.\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_signals_are_an_event(number: int) -> None:
    async with stop_signal() as stopping:
        assert not stopping.is_set()
        os.kill(os.getpid(), number)
        await asyncio.wait_for(stopping.wait(), 40)


def test_a_desk_gets_its_certificate_and_loses_it(line: Line, tmp_path: Path) -> None:
    def issue(name: str, typed: str = "", *more: str) -> str:
        return line("certificate", "issue", "--desk", "三号席", "--out", str(tmp_path / name), *more, typed=typed)[1]

    assert issue("a.txt").startswith("--out: a file .p12")
    assert issue("a.p12", "short\n").endswith("Nothing was made.\n")
    assert "for desk 三号席, good until" in issue("a.p12", "Long-enough-7\n")
    assert "for desk 三号席, good until" in issue("b.pem", "", "--valid-days", "30")
    assert (tmp_path / "a.p12").stat().st_mode & 0o777 == 0o600
    own = tmp_path / "desk" / "desk.pem"
    for given, password in (("a.p12", "wrong"), ("none.pem", ""), ("town.json", "")):
        (tmp_path / "town.json").write_text("{}")
        with pytest.raises(CertificateFileError):
            keep_own(tmp_path / given, own, password)
    (tmp_path / "half.pem").write_bytes((tmp_path / "b.pem").read_bytes().partition(b"-----BEGIN PRIVATE")[0])
    with pytest.raises(CertificateFileError):
        keep_own(tmp_path / "half.pem", own, "")
    assert not own.exists()
    for given, password in (("a.p12", "Long-enough-7"), ("b.pem", "")):
        keep_own(tmp_path / given, own, password)
        assert own.stat().st_mode & 0o777 == 0o600
    first = line("certificate", "list")[1].splitlines()[0].split("\t")
    assert (first[1], first[3]) == ("三号席", "good")
    revoke = ("certificate", "revoke", "--serial", first[0], "--reason", "遗失")
    assert line(*revoke)[1].startswith("Certificate of desk 三号席 revoked")
    assert line(*revoke)[0] == EXIT_CANNOT_START
    assert line("certificate", "list")[1].splitlines()[0].split("\t")[3:] == ["revoked", "遗失"]

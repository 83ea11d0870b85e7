"""The commands of `python -m comms.journal` that are about evidence: verify, anchor, audit, archive."""

import argparse
import os
import pwd
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.engine import Connection

from comms.domain.audit_events import DataExported, ExportKind
from comms.journal.anchor import FILE_NAME, KEY_NAME, Anchor, AnchorError, append_anchor, make_anchor, open_key
from comms.journal.anchor import read_anchors as read_file
from comms.journal.archiving import (
    LEAST_DAYS,
    Archived,
    ArchiveError,
    archive,
    archives,
    border,
    check_all,
    remove,
)
from comms.journal.audit import USUAL, Question, Topic, ask, sink_of
from comms.journal.chain import Break
from comms.journal.database import Database
from comms.journal.errors import JournalDamagedError, JournalError, JournalInUseError
from comms.journal.noted import note
from comms.journal.tables import events
from comms.journal.verify import verify

EXIT_DAMAGED = 3
EXIT_CANNOT = 2
_DATA = "the gateway's data directory"


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    verifying = commands.add_parser("verify", help="check every event's hash and content")
    verifying.add_argument("--data", type=Path, required=True, help=_DATA)
    verifying.add_argument("--anchors", type=Path, help="a file of anchors to hold it against, kept elsewhere")
    verifying.add_argument("--archive", type=Path, help="the folder of its archive files, checked with it")
    verifying.add_argument("--key", help="the public key (hexadecimal) those have to be signed with")
    verifying.set_defaults(run=run_verify)
    anchoring = commands.add_parser("anchor", help="sign where the chain stands, to be kept elsewhere")
    anchoring.add_argument("--data", type=Path, required=True, help=_DATA)
    anchoring.add_argument("--out", type=Path, required=True, help="the file it is appended to, best on another disk")
    anchoring.set_defaults(run=run_anchor)
    _add_audit(commands)
    archiving = commands.add_parser("archive", help="old events into files that follow on one another")
    archiving.add_argument("--data", type=Path, required=True, help=_DATA)
    archiving.add_argument("--into", type=Path, required=True, help="the folder of its archive, best on another disk")
    archiving.add_argument("--days", type=float, default=LEAST_DAYS, help=f"older than so many; at least {LEAST_DAYS}")
    archiving.add_argument("--remove", action="store_true", help="and out of the database; the gateway must be stopped")
    archiving.set_defaults(run=run_archive)


def _add_audit(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    auditing = commands.add_parser("audit", help="write who did what, when and with which result; itself recorded")
    auditing.add_argument("--data", type=Path, required=True, help=_DATA)
    auditing.add_argument("--from", type=moment, dest="from_at", help="as 2026-11-30T08:00")
    auditing.add_argument("--to", type=moment, dest="to_at")
    auditing.add_argument("--party", help="as officer:wang, unit:12 or gateway")
    topics = ", ".join(Topic)
    auditing.add_argument("--kind", action="append", dest="kinds", help=f"{topics}, order.issued or order.; repeatable")
    auditing.add_argument("--out", type=Path, required=True, help="audit.csv or audit.jsonl")
    auditing.add_argument("--unmasked", action="store_true", help="with names, numbers and places; needs --reason")
    auditing.add_argument("--reason", default="", help="why, recorded in the journal")
    auditing.set_defaults(run=run_audit)


def moment(words: str) -> float:
    """Unix seconds of `2026-11-30 08:00` (this machine's time), of one with an offset, or of plain seconds."""
    try:
        return float(words)
    except ValueError:
        return datetime.fromisoformat(words).timestamp()


def run_verify(options: argparse.Namespace) -> int:
    try:
        anchors = _anchors(options)
        known = archives(options.archive) if options.archive is not None else []
        seq, head = verify(options.data, anchors, is_folding=True, beside=partial(_held_against, known, anchors))
    except (JournalDamagedError, FileNotFoundError, AnchorError, ArchiveError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_DAMAGED if isinstance(error, JournalDamagedError) else EXIT_CANNOT
    held = f" {len(anchors)} anchors hold." if anchors else ""
    held += f" The archive is whole, {len(known)} files." if known else ""
    sys.stdout.write(f"{seq} events, all whole. The last hash is {head.hex() if seq else 'none'}.{held}\n")
    return 0


def _held_against(known: list[Archived], anchors: list[Anchor], connection: Connection) -> Iterator[Break]:
    yield from check_all(known, anchors)
    yield from border(connection, known)


def _anchors(options: argparse.Namespace) -> list[Anchor]:
    if options.anchors is None:
        return []
    key = options.key
    if key is None and (options.data / KEY_NAME).exists():
        key = open_key(options.data).public
    return read_file(options.anchors, key=key)


def run_archive(options: argparse.Namespace) -> int:
    now = time.time()
    try:
        made = archive(options.data, options.into, now=now, days=options.days)
        for each in made:
            sys.stdout.write(f"Events {each.first_seq} to {each.last_seq} are in {each.path}.\n")
        if options.remove:
            last = remove(options.data, options.into, now=now, days=options.days)
            sys.stdout.write(f"Up to event {last} they are in the archive only; the journal goes on from there.\n")
        elif not made:
            sys.stdout.write(f"Nothing is older than {options.days:g} days by a whole week that is not archived.\n")
    except (JournalInUseError, JournalDamagedError, JournalError, ArchiveError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_DAMAGED if isinstance(error, JournalDamagedError) else EXIT_CANNOT
    return 0


def run_anchor(options: argparse.Namespace) -> int:
    try:
        anchor = anchor_now(options.data, options.out, now=time.time())
    except (JournalDamagedError, JournalError, FileNotFoundError, AnchorError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_DAMAGED if isinstance(error, JournalDamagedError) else EXIT_CANNOT
    sys.stdout.write(f"Event {anchor.seq} is anchored in {options.out}, signed by {anchor.key}.\n")
    return 0


def anchor_now(data: Path, out: Path, *, now: float) -> Anchor:
    """After the whole journal was found whole: an anchor of what is forged would vouch for it. Raises
    JournalDamagedError, FileNotFoundError, AnchorError, OSError."""
    known = data / FILE_NAME
    signing = open_key(data) if data.is_dir() else None
    anchors = read_file(known, key=signing.public) if known.exists() and signing is not None else []
    seq, head = verify(data, anchors)
    if signing is None or seq == 0:
        raise AnchorError(f"The journal in {data} has no events yet; there is nothing to anchor.")
    database = Database(data)
    try:
        at = database.read_now(
            lambda connection: connection.execute(select(events.c.at).where(events.c.seq == seq)).scalar_one()
        )
    finally:
        database.close()
    anchor = make_anchor(signing, seq=seq, digest=head, at=at, made_at=now)
    append_anchor(out, anchor)
    return anchor


def run_audit(options: argparse.Namespace) -> int:
    if options.unmasked and not options.reason.strip():
        sys.stderr.write("Personal data is only written out for a reason: say it with --reason.\n")
        return EXIT_CANNOT
    kinds = tuple(options.kinds) if options.kinds else USUAL
    question = Question(options.from_at, options.to_at, options.party, kinds)
    draft = options.out.with_name(f"{options.out.name}.part")
    try:
        count = _write(options.data, question, draft, options.out, is_masked=not options.unmasked)
        exported = DataExported(
            what=ExportKind.AUDIT,
            is_masked=not options.unmasked,
            rows=count,
            reason=options.reason,
            by=account_of_this_machine(),
        )
        note(options.data, exported)  # before the file has its name: nothing leaves that nobody knows of
        draft.replace(options.out)
    except (JournalDamagedError, JournalError, FileNotFoundError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_DAMAGED if isinstance(error, JournalDamagedError) else EXIT_CANNOT
    finally:
        draft.unlink(missing_ok=True)
    how = "unmasked" if options.unmasked else "personal data masked"
    sys.stdout.write(f"{count} lines in {options.out}, {how}. The journal says so.\n")
    return 0


def _write(data: Path, question: Question, draft: Path, out: Path, *, is_masked: bool) -> int:
    """How many lines."""
    sink, count = sink_of(out), 0
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(sink.head())
        for line in ask(data, question, is_masked=is_masked):
            file.write(sink.line(line))
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return count


def account_of_this_machine() -> str:
    """Who runs this; not from the environment, which anybody sets."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())

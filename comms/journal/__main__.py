"""`python -m comms.journal`: look at a journal from the command line, and keep copies of it.

`verify --data DIR` checks every event's hash and content, with `--anchors FILE` also against signed anchors that were
kept elsewhere; `anchor --data DIR --out FILE` makes such a one; `audit` writes who did what; `archive`
puts old events into files of their own; `export --data DIR --from T --to T --out FILE` writes a stretch into one file
that a desk opens without a gateway; `check --file FILE` says what of such a file is not sound.
`backup --data DIR --into FOLDER` copies a data directory while its gateway runs; `restore --backup ONE --data DIR`
brings it back; `seal` and `unseal` encrypt one for a disk that nobody vouches for.
"""

import argparse
import sys
import time
from datetime import datetime
from pathlib import Path

from comms.domain.audit_events import DataExported, ExportKind
from comms.journal.audit_command import EXIT_DAMAGED as EXIT_DAMAGED
from comms.journal.audit_command import account_of_this_machine, add_commands, moment
from comms.journal.backup import BackupError, Made, back_up, restore
from comms.journal.errors import JournalDamagedError, JournalInUseError
from comms.journal.noted import noted
from comms.journal.replay.archive_format import SUFFIX, Contents
from comms.journal.replay.export import Export
from comms.journal.replay.replay import open_replay
from comms.journal.replay.source import Flaw
from comms.journal.sealed_command import add_sealing


def export(data: Path, *, from_at: float, to_at: float, out: Path) -> Contents:
    """What is in the file. Raises ExportError with a plain sentence, or OSError when the disk does not take it."""
    replay = open_replay(data)
    if isinstance(replay, Flaw):
        raise ExportError(f"{replay}.")
    try:
        replay.reached(replay.end_seq()).result()
        first, last = replay.index.start_at, replay.index.end_at
        if from_at >= to_at or from_at > last or to_at < first:
            raise ExportError(f"Nothing happened then: the journal goes from {_said(first)} to {_said(last)}.")
        made = Export(replay, from_at=from_at, to_at=to_at, made_at=time.time())
        found = replay.submit(lambda: made.write(out)).result()
    finally:
        replay.close()
    if isinstance(found, Flaw):
        raise ExportError(f"The journal in {data} is not sound: {found}. Nothing was written.")
    return found


def check(file: Path) -> tuple[str, tuple[Flaw, ...]]:
    """What the file holds, in a sentence, and what is wrong with it."""
    replay = open_replay(file)
    if isinstance(replay, Flaw):
        return f"{file} cannot be opened.", (replay,)
    try:
        replay.checked().result()
        index = replay.index
        said = f"{len(index)} events can be shown, {_said(index.start_at)} to {_said(index.end_at)}."
        return said, replay.flaws
    finally:
        replay.close()


class ExportError(Exception):
    """Nothing was written; the message is one plain sentence."""


def _said(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().isoformat(" ", "seconds")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m comms.journal", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    add_commands(commands)
    add_sealing(commands)
    exporting = commands.add_parser("export", help="write a stretch into one file that a desk opens by itself")
    exporting.add_argument("--data", type=Path, required=True, help="the gateway's data directory")
    exporting.add_argument("--from", type=moment, required=True, dest="from_at", help="as 2026-11-30T08:00")
    exporting.add_argument("--to", type=moment, required=True, dest="to_at", help="as 2026-11-30T09:30")
    exporting.add_argument("--out", type=Path, required=True, help=f"the file, whose name should end in {SUFFIX}")
    exporting.add_argument("--reason", default="", help="why, recorded in the journal: it holds names and voices")
    checking = commands.add_parser("check", help="say what of an exported file is not as it was written")
    checking.add_argument("--file", type=Path, required=True)
    backing_up = commands.add_parser("backup", help="copy a data directory whole, also while its gateway runs")
    backing_up.add_argument("--data", type=Path, required=True, help="the gateway's data directory")
    backing_up.add_argument("--into", type=Path, required=True, help="the folder of its backups, best on another disk")
    backing_up.add_argument("--keep", type=int, help="so many of the newest are kept, older ones are deleted")
    restoring = commands.add_parser("restore", help="make a data directory of a backup; the gateway must be stopped")
    restoring.add_argument("--backup", type=Path, required=True, help="one backup: a folder made by `backup`")
    restoring.add_argument("--data", type=Path, required=True, help="the gateway's data directory")
    restoring.add_argument("--replace", action="store_true", help="put aside what is there, keeping it")
    return parser


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if "run" in options:
        return int(options.run(options))
    match options.command:
        case "export":
            return _export(options)
        case "backup":
            return _back_up(options)
        case "restore":
            return _restore(options)
        case _:
            return _check(options.file)


def _export(options: argparse.Namespace) -> int:
    try:
        made = export(options.data, from_at=options.from_at, to_at=options.to_at, out=options.out)
    except (ExportError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    events, size = made.last_seq - made.start_seq, options.out.stat().st_size / 1e6
    told = DataExported(
        what=ExportKind.REPLAY, is_masked=False, rows=events, reason=options.reason, by=account_of_this_machine()
    )
    if not noted(options.data, told):
        sys.stdout.write("The journal cannot be written, so it does not say that this was exported.\n")
    sys.stdout.write(f"{events} events in {options.out}, {size:.1f} MB. The last hash is {made.last_hash}.\n")
    return 0


def _back_up(options: argparse.Namespace) -> int:
    try:
        made = back_up(options.data, options.into, made_at=time.time(), keep=options.keep)
    except (BackupError, JournalDamagedError) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_DAMAGED if isinstance(error, JournalDamagedError) else 2
    return _told_of(made, "Backed up")


def _restore(options: argparse.Namespace) -> int:
    try:
        made = restore(options.backup, options.data, now=time.time(), is_replacing=options.replace)
    except (BackupError, JournalInUseError, JournalDamagedError) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_DAMAGED if isinstance(error, JournalDamagedError) else 2
    return _told_of(made, "Restored")


def _told_of(made: Made, verb: str) -> int:
    """Damaged photos and recordings do not keep the rest from being of use, but they are told."""
    sys.stdout.write(f"{verb} in {made.path}: {made.seq} events, {made.blobs} photos, recordings and maps.\n")
    if made.put_aside is not None:
        sys.stdout.write(f"What was there before is in {made.put_aside}.\n")
    for name in made.lost:
        sys.stdout.write(f"- {name} is not as it was written, and was left out.\n")
    return EXIT_DAMAGED if made.lost else 0


def _check(file: Path) -> int:
    said, flaws = check(file)
    sys.stdout.write(f"{said}\n")
    for flaw in flaws:
        sys.stdout.write(f"- {flaw}\n")
    if not flaws:
        sys.stdout.write("All of it is as it was written.\n")
    return EXIT_DAMAGED if flaws else 0


if __name__ == "__main__":
    sys.exit(main())

"""What an audit officer asks the journal: who did what, when, from where, and with which result."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import msgspec
from sqlalchemy import and_, create_engine, or_, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.sql.elements import ColumnElement

from comms.domain.ids import party_officer, party_unit
from comms.domain.picture import Picture
from comms.journal import chain
from comms.journal.database import FILE_NAME, check_file, damaged
from comms.journal.integrity import picture_of
from comms.journal.masked import Masking
from comms.journal.tables import events

COLUMNS = ("seq", "at", "who", "name", "from", "what", "subject", "result", "detail")
_AT_ONCE = 1000
_ORIGINS = ("address", "device_name", "by")
_RESULTS = ("code", "result", "outcome", "end")


class Topic(StrEnum):
    """What audit asks for most; any wire tag (`order.issued`) or beginning of one (`order.`) may be asked for, too."""

    SIGN_IN = "sign-in"
    REFUSAL = "refusal"
    EXPORT = "export"
    AUTHORITY = "authority"
    ALL = "all"


_TOPICS: dict[str, tuple[str, ...]] = {
    Topic.SIGN_IN: (
        "officer.signed_on",
        "officer.signed_off",
        "terminal.connected",
        "terminal.disconnected",
        "terminal.enrolled",
        "sign_in.",
        "session.",
        "account.",
        "enrolment.",
        "device.",
    ),
    Topic.REFUSAL: ("command.refused",),
    Topic.EXPORT: ("audit.", "journal."),
    Topic.AUTHORITY: ("officer.defined", "department.defined", "jurisdiction.defined", "source.defined", "authority."),
}
USUAL = tuple(_TOPICS)


@dataclass(frozen=True, slots=True)
class Question:
    """Unix seconds, both ends included; None is no limit. `kinds` are topics, tags or beginnings of tags."""

    from_at: float | None = None
    to_at: float | None = None
    party: str | None = None
    kinds: tuple[str, ...] = USUAL


class Line(msgspec.Struct, frozen=True, kw_only=True, rename={"from_where": "from"}):
    """`at` with this machine's offset, `who` the party, `from_where` an address or device where it is known."""

    seq: int
    at: str
    who: str
    name: str
    from_where: str
    what: str
    subject: str
    result: str
    detail: str


def ask(data: Path, question: Question, *, is_masked: bool) -> Iterator[Line]:
    """In the order of the journal, read beside its gateway. Raises FileNotFoundError, JournalDamagedError."""
    path = data / FILE_NAME
    if not path.exists():
        raise FileNotFoundError(f"There is no journal in {data}; name the gateway's data directory.")
    check_file(path)
    engine = create_engine(f"sqlite:///file:{path.absolute()}?mode=ro&uri=true")
    try:
        with engine.connect() as connection:
            picture = picture_of(connection)
            masking = Masking(picture) if is_masked else None
            query = select(events).where(*_conditions(question)).order_by(events.c.seq)
            for row in connection.execution_options(yield_per=_AT_ONCE).execute(query):
                yield _line(row, picture, masking)
    except (DatabaseError, msgspec.DecodeError) as error:
        raise damaged(path, str(getattr(error, "orig", error))) from None
    finally:
        engine.dispose()


def _conditions(question: Question) -> Iterator[ColumnElement[bool]]:
    if question.from_at is not None:
        yield events.c.at >= question.from_at
    if question.to_at is not None:
        yield events.c.at <= question.to_at
    if question.party is not None:
        yield events.c.actor == question.party
    if Topic.ALL in question.kinds:
        return
    wanted = [tag for kind in question.kinds for tag in _TOPICS.get(kind, (kind,))]
    yield or_(*(_is_kind(tag) for tag in wanted))


def _is_kind(tag: str) -> ColumnElement[bool]:
    if not tag.endswith("."):
        return events.c.kind == tag
    return and_(events.c.kind > tag, events.c.kind < tag[:-1] + chr(ord(".") + 1))


def _line(row: Any, picture: Picture, masking: Masking | None) -> Line:
    recorded = chain.from_row(row)
    said: dict[str, Any] = msgspec.to_builtins(recorded.event)
    del said["kind"]
    if masking is not None:
        said = masking.value(said)
    name = _name(row.actor, picture)
    result = next((str(said[key]) for key in _RESULTS if key in said), "")
    subject = {key: value for key, value in said.items() if key == "id" or key.endswith(("_id", "_ids"))}
    rest = {key: value for key, value in said.items() if key not in subject and key not in (*_RESULTS, *_ORIGINS)}
    return Line(
        seq=row.seq,
        at=datetime.fromtimestamp(row.at).astimezone().isoformat(" ", "milliseconds"),
        who=row.actor,
        name=masking.name(name) if masking is not None else name,
        from_where=next((str(said[key]) for key in _ORIGINS if key in said), ""),
        what=row.kind,
        subject=" ".join(str(value) for value in subject.values()),
        result=result,
        detail=msgspec.json.encode(rest).decode() if rest else "",
    )


def _name(actor: str, picture: Picture) -> str:
    officer_id, unit_id = party_officer(actor), party_unit(actor)  # type: ignore[arg-type]  # a party as it was stored
    if officer_id in picture.officers:
        return picture.officers[officer_id].name
    return picture.units[unit_id].unit.name if unit_id in picture.units else ""


# --- files --------------------------------------------------------------------------------------------------


class Sink(Protocol):
    def head(self) -> bytes: ...
    def line(self, line: Line) -> bytes: ...


class JsonLines:
    def head(self) -> bytes:
        return b""

    def line(self, line: Line) -> bytes:
        return msgspec.json.encode(line) + b"\n"


class Csv:
    """With a mark in front by which sheets know UTF-8; a cell that would be a formula is text."""

    def head(self) -> bytes:
        return "\ufeff".encode() + _row(COLUMNS)

    def line(self, line: Line) -> bytes:
        return _row(tuple(_plain(str(value)) for value in msgspec.structs.astuple(line)))


def _row(cells: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def sink_of(path: Path) -> Sink:
    """By the file's name."""
    return JsonLines() if path.suffix == ".jsonl" else Csv()

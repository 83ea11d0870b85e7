"""The tables, and how an engine on them is opened. Only this package knows SQL."""

from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Engine,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    text,
)
from sqlalchemy.engine import Connection

SCHEMA_VERSION = 6
"""One more whenever a table is added or changed; each version that was ever opened is tried in `tests/faults`."""
BUSY_TIMEOUT_S = 5.0
"""How long a writer waits for another process (an enrolment from the command line) before it gives up."""

metadata = MetaData()

events = Table(
    "event",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
    Column("actor", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("command_id", String),
    Column("previous", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)
Index(
    "event_command",
    events.c.actor,
    events.c.command_id,
    unique=True,
    sqlite_where=events.c.command_id.is_not(None),
    postgresql_where=events.c.command_id.is_not(None),
)

checkpoints = Table(
    "checkpoint",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("picture", LargeBinary, nullable=False),
)
"""The folded picture at a seq, so that a start reads only the events after it. Never the truth: events are."""

accepted = Table(
    "accepted",
    metadata,
    Column("source", String, primary_key=True),
    Column("source_id", String, primary_key=True),
    Column("seq", Integer, nullable=False),
)
"""Which event made an incident of a work order. Follows from the events and is written with them; two events for one
work order cannot be written."""

polls = Table(
    "poll",
    metadata,
    Column("source_id", String, primary_key=True),
    Column("url", String, nullable=False),
    Column("jurisdiction_id", String, nullable=False),
    Column("api_key", String, nullable=False),
    Column("is_key_in_query", Boolean, nullable=False),
    Column("ca_file", String, nullable=False),
    Column("interval_s", Float, nullable=False),
    Column("since_parameter", String, nullable=False),
    Column("position", Float),
)
"""Sources that are asked for their work orders: where, how often, and up to which of their own times all is in."""

FOREVER = 1e18
"""The end of what has not ended, so that one comparison finds what was at a moment."""

case_versions = Table(
    "case_version",
    metadata,
    Column("ended_at", Float, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("case_id", String, nullable=False),
    Column("began_at", Float, nullable=False),
    Column("step", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("reported_at", Float, nullable=False),
    Column("registered_at", Float),
    Column("kind", String, nullable=False),
    Column("source", String, nullable=False),
    Column("jurisdiction", String, nullable=False),
    Column("collector", String, nullable=False),
    Column("department", String, nullable=False),
    Column("department_before", String, nullable=False),
    Column("handler", String, nullable=False),
    Column("item", String, nullable=False),
    Column("due_at", Float),
    Column("runs", Boolean, nullable=False),
    Column("was_late", Boolean, nullable=False),
    Column("is_granted", Boolean, nullable=False),
    Column("rated_at", Float),
    Column("is_satisfied", Boolean, nullable=False),
    sqlite_with_rowid=False,
)
"""What a case was from the event `seq` until its next step that changed anything counted. Follows from the events. Lies
in the order of its ends, so that what cases are now, which is asked most, is one stretch of the file.
`department_before` had it when it was returned or had to be done again; "" is nobody, or none."""
Index("case_version_case", case_versions.c.case_id, case_versions.c.ended_at)
Index(
    "case_version_setback",
    case_versions.c.began_at,
    sqlite_where=case_versions.c.step.in_(("rework", "return")),
    postgresql_where=case_versions.c.step.in_(("rework", "return")),
)

trials = Table("trial", metadata, Column("data", LargeBinary, nullable=False))
"""Written to and emptied again to find out whether the disk takes writes."""

officer_accounts = Table(
    "officer_account",
    metadata,
    Column("officer_id", String, primary_key=True),
    Column("password_hash", String, nullable=False),
    Column("changed_at", Float, nullable=False),
)
disabled_officers = Table(
    "disabled_officer",
    metadata,
    Column("officer_id", String, primary_key=True),
    Column("since", Float, nullable=False),
    Column("reason", String, nullable=False),
)
"""Who signs in by no way at all. What he did, and who he was, stays."""
password_history = Table(
    "password_history",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("officer_id", String, nullable=False, index=True),
    Column("password_hash", String, nullable=False),
)
"""Each officer's last ones, the newest with the highest number."""
second_factors = Table(
    "second_factor",
    metadata,
    Column("officer_id", String, primary_key=True),
    Column("is_confirmed", Boolean, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("last_step", Integer, nullable=False),
    Column("since", Float, nullable=False),
)
"""`secret` is sealed; codes up to `last_step` are used up. One that is not confirmed waits for its first code."""
recovery_codes = Table(
    "recovery_code",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("officer_id", String, nullable=False, index=True),
)
tokens = Table(
    "token",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("officer_id", String, nullable=False),
    Column("family", String, nullable=False, index=True),
    Column("is_refresh", Boolean, nullable=False),
    Column("is_used", Boolean, nullable=False, default=False),
    Column("expires_at", Float, nullable=False),
)
enrolment_codes = Table(
    "enrolment_code",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("unit_id", String, nullable=False),
    Column("expires_at", Float, nullable=False),
)
spent_secrets = Table(
    "spent_secret",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("unit_id", String, nullable=False),
    Column("why", String, nullable=False),
    Column("at", Float, nullable=False, index=True),
)
"""Enrolment codes and device tokens that are worth nothing any more, so that who shows one is told why."""
sign_ins = Table(
    "sign_in",
    metadata,
    Column("family", String, primary_key=True),
    Column("officer_id", String, nullable=False, index=True),
    Column("since", Float, nullable=False),
    Column("address", String, nullable=False),
    Column("program", String, nullable=False),
)
"""Where each family of tokens began; also of desks that are not connected and could come back."""
sign_in_proofs = Table(
    "sign_in_proof",
    metadata,
    Column("family", String, primary_key=True),
    Column("is_vouched", Boolean, nullable=False),
    Column("certificate", String, nullable=False, index=True),
)
"""Of families of tokens: whether the site's identity service has vouched for a second factor, and the serial of the
certificate that the desk has shown. None where there is neither."""
desk_certificates = Table(
    "desk_certificate",
    metadata,
    Column("serial", String, primary_key=True),
    Column("desk", String, nullable=False),
    Column("issued_at", Float, nullable=False),
    Column("ends_at", Float, nullable=False),
    Column("revoked_at", Float),
    Column("reason", String, nullable=False),
)
devices = Table(
    "device",
    metadata,
    Column("unit_id", String, primary_key=True),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("enrolled_at", Float, nullable=False),
)

source_keys = Table(
    "source_key",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("source_id", String, nullable=False, index=True),
    Column("made_at", Float, nullable=False),
)
answer_addresses = Table(
    "answer_address",
    metadata,
    Column("source_id", String, primary_key=True),
    Column("url", String, nullable=False),
    Column("secret", String, nullable=False),
)
"""Where a source is told what became of its work orders, and with which secret it knows that it is us."""

visits = Table(
    "visit",
    metadata,
    Column("visit_id", String, primary_key=True),
    Column("place_id", String, nullable=False),
    Column("unit_id", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("reason", String, nullable=False),
    Column("note", String, nullable=False),
    Column("marks", String, nullable=False),
    Column("distance_m", Float),
)
Index("visit_place", visits.c.place_id, visits.c.at)
visits_due = Table(
    "visit_due",
    metadata,
    Column("plan_id", String, primary_key=True),
    Column("rhythm", String, primary_key=True),
    Column("period", Integer, primary_key=True),
    Column("place_id", String, primary_key=True),
    Column("outcome", String, primary_key=True),
    Column("reason", String, nullable=False),
    Column("at", Float, nullable=False),
)
"""What became of a plan's visits, period by period: done, excused, failed (the last reason)."""
facts = Table(
    "fact",
    metadata,
    Column("visit_id", String, primary_key=True),
    Column("question_id", String, primary_key=True),
    Column("place_id", String, nullable=False),
    Column("unit_id", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("value", String, nullable=False),
    Column("photos", String, nullable=False),
)
"""Answers: one visit's, every department's. With the three tables above they follow from the events and the records
those name, up to the event in `visit_head`."""
Index("fact_place", facts.c.place_id, facts.c.question_id, facts.c.at)
visit_heads = Table("visit_head", metadata, Column("seq", Integer, nullable=False))
secrets = Table(
    "secret",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
"""What this gateway signs with; made once, never told."""

_APPEND_ONLY = tuple(
    f"CREATE TRIGGER IF NOT EXISTS event_no_{verb.lower()} BEFORE {verb} ON event "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    for verb in ("UPDATE", "DELETE")
)


def open_engine(path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S, syncs: bool = True) -> Engine:
    """An engine whose writers take their lock at BEGIN, and which syncs at each commit; where it does not, a power cut
    may leave nothing of the file."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": busy_timeout_s, "check_same_thread": False})

    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # or sqlite3 begins when it likes, and savepoints do not work
        for pragma in ("journal_mode=WAL", f"synchronous={'FULL' if syncs else 'OFF'}", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    def on_begin(connection: Connection) -> None:
        is_reader = connection.get_execution_options().get("reads_only", False)
        connection.exec_driver_sql("BEGIN" if is_reader else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine


def create_schema(connection: Connection) -> None:
    """Make what is missing; does nothing on a complete database."""
    metadata.create_all(connection)
    for trigger in _APPEND_ONLY:
        connection.execute(text(trigger))
    connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")

"""Whatever is done to a row of a real journal is found, and said where: event, table and time. What the chain cannot
show by itself, an anchor kept elsewhere does."""

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.domain.audit_events import DigestKind, DigestSwitched
from comms.domain.events import NoteAdded, Recorded
from comms.domain.ids import GATEWAY
from comms.journal import anchor as anchors
from comms.journal import chain
from comms.journal.__main__ import EXIT_DAMAGED, main
from comms.journal.audit_command import EXIT_CANNOT, anchor_now
from comms.journal.database import FILE_NAME
from comms.journal.digest import digest, kind_of_digest
from comms.journal.tail import TAIL_NAME
from comms.journal.verify import MOST_TOLD, examine, told
from tests.support.journal import ACTOR, TOWN_EVENTS, SteppedClock, note, open_journal

LAST, SWITCH = 60, 30
BORN = 1_700_000_000.0


async def write_journal(data: Path) -> None:
    """Its chain is SHA-256, then SM3 from event SWITCH on; a minute lies between two events."""
    clock = SteppedClock(BORN)
    async with open_journal(data, clock=clock) as journal:
        await journal.record(GATEWAY, TOWN_EVENTS)
        for seq in range(len(TOWN_EVENTS) + 1, LAST + 1):
            clock.at = BORN + 60 * seq
            switch = DigestSwitched(before=DigestKind.SHA256, after=DigestKind.SM3)
            event = switch if seq == SWITCH else note(f"第 {seq} 条")
            if seq < LAST:
                journal.record_soon(ACTOR, [event])  # one commit for many
            else:
                await journal.record(ACTOR, [event])


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    await write_journal(tmp_path / "data")
    return tmp_path / "data"


@contextlib.contextmanager
def forging(data: Path):  # type: ignore[no-untyped-def]  # a test's own tool
    connection = sqlite3.connect(data / FILE_NAME)
    connection.execute("DROP TRIGGER IF EXISTS event_no_update")
    connection.execute("DROP TRIGGER IF EXISTS event_no_delete")
    yield connection
    connection.commit()
    connection.close()


def forge_on(data: Path, seq: int, words: str) -> None:
    """What a careful forger does: another content, and every hash from there on made anew."""
    with forging(data) as connection:
        rows = connection.execute("SELECT * FROM event WHERE seq >= ? ORDER BY seq", (seq,)).fetchall()
        head = connection.execute("SELECT previous FROM event WHERE seq = ?", (seq,)).fetchone()[0]
        for row in rows:
            found = chain.from_row(chain.Row(*row))
            event = NoteAdded(text=words) if row[0] == seq else found.event
            made = chain.to_row(
                Recorded(seq=found.seq, at=found.at, actor=found.actor, event=event, command_id=found.command_id),
                previous=head,
            )
            head = made.hash
            connection.execute(
                "UPDATE event SET payload = ?, kind = ?, previous = ?, hash = ? WHERE seq = ?",
                (made.payload, made.kind, made.previous, made.hash, made.seq),
            )
        connection.execute("UPDATE checkpoint SET hash = ?", (head,))


Harm = Callable[[sqlite3.Connection, int], set[int]]
"""Does it to a row, and says at which events it may be told."""


def _edit(column: str, value: object) -> Harm:
    def harm(connection: sqlite3.Connection, seq: int) -> set[int]:
        connection.execute(f"UPDATE event SET {column} = ? WHERE seq = ?", (value, seq))
        return {seq}

    return harm


def _delete(connection: sqlite3.Connection, seq: int) -> set[int]:
    connection.execute("DELETE FROM event WHERE seq = ?", (seq,))
    return {seq + 1}


def _cut(connection: sqlite3.Connection, seq: int) -> set[int]:
    """Everything from there on; a checkpoint still speaks of the last."""
    connection.execute("DELETE FROM event WHERE seq >= ?", (seq,))
    return {LAST}


def _swap(connection: sqlite3.Connection, seq: int) -> set[int]:
    """Two events change places, as if the later had been first."""
    rows = connection.execute("SELECT * FROM event WHERE seq IN (?, ?) ORDER BY seq", (seq, seq + 1)).fetchall()
    connection.execute("DELETE FROM event WHERE seq IN (?, ?)", (seq, seq + 1))
    marks = ", ".join("?" * len(rows[0]))
    connection.execute(f"INSERT INTO event VALUES ({marks})", (seq, *rows[1][1:]))
    connection.execute(f"INSERT INTO event VALUES ({marks})", (seq + 1, *rows[0][1:]))
    return {seq}


def _insert(connection: sqlite3.Connection, seq: int) -> set[int]:
    """A forged one, sound by itself; the later ones are counted on."""
    connection.execute("UPDATE event SET seq = -seq - 1 WHERE seq >= ?", (seq,))
    connection.execute("UPDATE event SET seq = -seq WHERE seq < 0")
    head = connection.execute("SELECT hash FROM event WHERE seq = ?", (seq - 1,)).fetchone()
    recorded = Recorded(seq=seq, at=BORN + 60 * seq, actor=ACTOR, event=NoteAdded(text="插入"))
    row = chain.to_row(recorded, previous=head[0] if head else chain.GENESIS)
    values = [getattr(row, name) for name in chain.Row.__slots__]
    connection.execute(f"INSERT INTO event ({', '.join(chain.Row.__slots__)}) VALUES ({', '.join('?' * 8)})", values)
    return {seq + 1}


HARMS: dict[str, Harm] = {
    "content": _edit("payload", '{"kind":"note.added","text":"什么都没有"}'.encode()),
    "time": _edit("at", 1.0),
    "time of another type": _edit("at", "gestern"),
    "actor": _edit("actor", "officer:somebody"),
    "command": _edit("command_id", "forged"),
    "kind": _edit("kind", "order.issued"),
    "link": _edit("previous", bytes(31) + b"\x01"),
    "hash": _edit("hash", bytes(31) + b"\x01"),
    "hash of no algorithm": _edit("hash", b"short"),
    "deleted": _delete,
    "swapped": _swap,
    "inserted": _insert,
    "cut": _cut,
}  # fmt: skip


@pytest.mark.parametrize("kind", HARMS)
async def test_each_harm_is_found_and_located(data: Path, kind: str) -> None:
    for seq in (2, 17, SWITCH, LAST - 1):
        _harmed(data, kind, seq)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import asyncio

    folder = tmp_path_factory.mktemp("written")
    asyncio.run(write_journal(folder))
    return folder


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(sorted(HARMS)), seq=st.integers(2, LAST - 1))
def test_random_harm_at_a_random_row(written: Path, kind: str, seq: int) -> None:
    _harmed(written, kind, seq)


def _harmed(data: Path, kind: str, seq: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copy(data / FILE_NAME, copy / FILE_NAME)
        with forging(copy) as connection:
            expected = HARMS[kind](connection, seq)
        found, _ = examine(copy)
        assert found, f"{kind} at {seq} was not found"
        assert found[0].seq in expected, f"{kind} at {seq}: {found[0]}"
        assert found[0].table == ("checkpoint" if kind == "cut" else "event")
        assert f"event {found[0].seq} (table {found[0].table}" in told(found[0])


async def test_the_time_of_the_harm_is_said(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with forging(data) as connection:
        _edit("actor", "officer:somebody")(connection, 20)
        _edit("actor", "officer:somebody")(connection, 40)
    assert main(["verify", "--data", str(data)]) == EXIT_DAMAGED
    said = capsys.readouterr().err
    assert "- event 20 (table event, 2023-11-14 22:33:20+00:00): its content does not match its hash" in said
    assert "- event 40 (table event, 2023-11-14 22:53:20+00:00)" in said


async def test_much_harm_is_not_told_line_by_line(data: Path) -> None:
    with forging(data) as connection:
        connection.execute("UPDATE event SET actor = 'officer:somebody'")
    found, _ = examine(data)
    assert len(found) == MOST_TOLD


async def test_a_kept_picture_that_was_altered_is_found(data: Path) -> None:
    with forging(data) as connection:
        connection.execute("UPDATE checkpoint SET picture = replace(CAST(picture AS TEXT), 'officer', 'forger!')")
    assert examine(data)[0] == []  # quickly: the chain itself is whole
    found, _ = examine(data, is_folding=True)
    assert [(each.seq, each.table) for each in found] == [(LAST, "checkpoint")]
    assert "not what the events make" in found[0].what


async def test_a_whole_journal_folds_to_the_picture_that_is_kept(data: Path) -> None:
    assert examine(data, is_folding=True)[0] == []


# --- anchors ------------------------------------------------------------------------------------------------


async def test_the_end_that_was_cut_off_with_its_checkpoint_shows_by_an_anchor(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "elsewhere" / "anchors.jsonl"
    assert main(["anchor", "--data", str(data), "--out", str(kept)]) == 0
    assert main(["verify", "--data", str(data), "--anchors", str(kept)]) == 0
    assert "1 anchors hold" in capsys.readouterr().out
    with forging(data) as connection:
        connection.execute("DELETE FROM event WHERE seq > 50")
        connection.execute("DELETE FROM checkpoint")
    assert main(["verify", "--data", str(data)]) == 3  # its mark says so, until that is gone, too
    (data / TAIL_NAME).unlink()
    assert main(["verify", "--data", str(data)]) == 0  # by itself nothing shows
    capsys.readouterr()
    assert main(["verify", "--data", str(data), "--anchors", str(kept)]) == EXIT_DAMAGED
    assert "damaged at event 51: events 51 to 60 are missing at the end" in capsys.readouterr().err


async def test_a_chain_made_anew_shows_by_an_anchor_between_which_events(data: Path, tmp_path: Path) -> None:
    signing = anchors.open_key(data)
    rows = {}
    with forging(data) as connection:
        for seq, at, digest in connection.execute("SELECT seq, at, hash FROM event WHERE seq IN (20, 40)"):
            rows[seq] = anchors.make_anchor(signing, seq=seq, digest=digest, at=at, made_at=at)
    forge_on(data, 33, "改过的")
    (data / TAIL_NAME).unlink()
    assert examine(data)[0] == []
    found, _ = examine(data, list(rows.values()))
    assert [each.seq for each in found] == [40]
    assert "made anew after event 20, the last that an anchor holds for" in found[0].what
    assert found[0].at == BORN + 60 * 40
    found, _ = examine(data, [rows[40]])
    assert "made anew from the beginning" in found[0].what


async def test_an_anchor_that_is_not_this_gateways_is_not_believed(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "anchors.jsonl"
    anchor = anchor_now(data, kept, now=BORN)
    assert (data / anchors.KEY_NAME).stat().st_mode & 0o777 == 0o600
    assert anchors.last_anchor(kept) == anchor
    whole = kept.read_bytes()
    other = anchors.open_key(tmp_path)
    foreign = anchors.make_anchor(other, seq=60, digest=bytes(32), at=0.0, made_at=0.0)
    lines = {
        "not signed by this gateway": whole.replace(b'"seq":60', b'"seq":61'),
        "do not trust it": b"",
        "is no anchor": b"nonsense\n",
    }
    for words, content in lines.items():
        kept.write_bytes(content)
        if not content:
            anchors.append_anchor(kept, foreign)
        assert main(["verify", "--data", str(data), "--anchors", str(kept)]) == EXIT_CANNOT
        assert words in capsys.readouterr().err
    kept.write_bytes(whole)
    assert main(["verify", "--data", str(data), "--anchors", str(kept), "--key", other.public]) == EXIT_CANNOT
    assert main(["verify", "--data", str(data), "--anchors", str(kept), "--key", anchor.key]) == 0


async def test_what_is_forged_is_not_anchored(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with forging(data) as connection:
        _edit("at", 1.0)(connection, 10)
    out = tmp_path / "anchors.jsonl"
    assert main(["anchor", "--data", str(data), "--out", str(out)]) == EXIT_DAMAGED
    assert main(["anchor", "--data", str(tmp_path / "none"), "--out", str(out)]) == EXIT_CANNOT
    assert not out.exists()
    capsys.readouterr()


async def test_a_key_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / anchors.KEY_NAME).write_bytes(b"nonsense")
    with pytest.raises(anchors.AnchorError, match="restore it from a backup"):
        anchors.open_key(tmp_path)


# --- the algorithm ------------------------------------------------------------------------------------------


async def test_both_parts_of_a_chain_that_switched_hold(data: Path) -> None:
    connection = sqlite3.connect(data / FILE_NAME)
    kinds = [kind_of_digest(row[0]) for row in connection.execute("SELECT hash FROM event ORDER BY seq")]
    connection.close()
    assert kinds == [DigestKind.SHA256] * (SWITCH - 1) + [DigestKind.SM3] * (LAST - SWITCH + 1)
    assert examine(data) == ([], (LAST, examine(data)[1][1]))


async def test_an_algorithm_that_changes_without_a_word_is_found(data: Path) -> None:
    with forging(data) as connection:
        row = chain.Row(*connection.execute("SELECT * FROM event WHERE seq = 50").fetchone())
        found = chain.from_row(row)
        plain = chain.link_hash(
            row.previous,
            seq=row.seq,
            at=row.at,
            actor=row.actor,
            command_id=row.command_id,
            payload=row.payload,
        )
        assert found.seq == 50
        connection.execute("UPDATE event SET hash = ? WHERE seq = 50", (plain,))
    told_of, _ = examine(data)
    assert told_of[0].seq == 50
    assert "another algorithm" in told_of[0].what


def test_sm3_is_the_standards() -> None:
    """The example of GM/T 0004-2012, A.1: "abc"."""
    made = digest(DigestKind.SM3, b"abc")[1:]
    assert made.hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"

"""Whatever is changed in the stored events, the chain shows it."""

import dataclasses
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from comms.domain.events import NoteAdded, Recorded
from comms.domain.ids import CommandId, PartyId
from comms.journal import chain

texts = st.text(max_size=20)
records = st.lists(
    st.builds(
        Recorded,
        seq=st.just(0),
        at=st.floats(allow_nan=False, allow_infinity=False),
        actor=texts.map(PartyId),
        event=st.builds(NoteAdded, text=texts),
        command_id=st.none() | texts.map(CommandId),
    ),
    min_size=1,
    max_size=6,
)


def rows_of(recorded: list[Recorded]) -> list[chain.Row]:
    rows: list[chain.Row] = []
    head = chain.GENESIS
    for seq, item in enumerate(recorded, start=1):
        numbered = Recorded(seq=seq, at=item.at, actor=item.actor, event=item.event, command_id=item.command_id)
        rows.append(chain.to_row(numbered, previous=head))
        head = rows[-1].hash
    return rows


@given(records)
def test_what_was_written_is_read_and_holds(recorded: list[Recorded]) -> None:
    rows = rows_of(recorded)
    assert chain.find_break(rows) == (len(rows), rows[-1].hash)
    read = [chain.from_row(row) for row in rows]
    assert [(item.at, item.actor, item.event, item.command_id) for item in read] == [
        (item.at, item.actor, item.event, item.command_id) for item in recorded
    ]


def changed(row: chain.Row, column: str) -> chain.Row:
    other: dict[str, Any] = {
        "seq": row.seq + 1,
        "at": row.at + 1e9 if abs(row.at) < 1e20 else 0.0,
        "actor": row.actor + "x",
        "kind": "order.issued",
        "payload": NoteChanged,
        "command_id": "x" if row.command_id is None else None,
        "previous": bytes(31) + b"\x01",
        "hash": bytes(31) + b"\x01",
    }
    return dataclasses.replace(row, **{column: other[column]})


NoteChanged = b'{"kind":"note.added","text":"something else altogether"}'


@given(records, st.data())
def test_a_changed_column_shows_at_its_event(recorded: list[Recorded], data: st.DataObject) -> None:
    rows = rows_of(recorded)
    at = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.sampled_from(chain.Row.__slots__))
    rows[at] = changed(rows[at], column)
    found = chain.find_break(rows)
    assert isinstance(found, chain.Break)
    assert found.seq in (at + 1, at + 2)


@given(records, st.data())
def test_a_missing_event_shows(recorded: list[Recorded], data: st.DataObject) -> None:
    rows = rows_of([*recorded, *recorded])
    at = data.draw(st.integers(0, len(rows) - 2))
    del rows[at]
    found = chain.find_break(rows)
    assert isinstance(found, chain.Break)
    assert found.seq == at + 2


def test_a_forger_who_hashes_anew_still_breaks_the_next_link() -> None:
    first, second = rows_of([_note("a"), _note("b")])
    forged = chain.to_row(_note("forged", seq=1), previous=chain.GENESIS)
    assert chain.find_break([forged, second]) == chain.Break(2, "does not follow the event before it")
    assert chain.find_break([first, second]) == (2, second.hash)


def test_content_that_is_no_event_shows() -> None:
    row = rows_of([_note("a")])[0]
    digest = chain.link_hash(row.previous, seq=1, at=row.at, actor=row.actor, command_id=row.command_id, payload=b"{}")
    found = chain.find_break([dataclasses.replace(row, payload=b"{}", hash=digest)])
    assert found == chain.Break(1, "its content is no event")


def _note(text: str, seq: int = 0) -> Recorded:
    return Recorded(seq=seq, at=1.0, actor=PartyId("officer:o"), event=NoteAdded(text=text))

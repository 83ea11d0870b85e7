"""The time line, and who spoke when: columns that agree with the events they were made of."""

import numpy as np
import pytest

from comms.domain import events as ev
from comms.domain.call import Call, CallEnd, CallKind, TalkEnd
from comms.domain.ids import GATEWAY, BlobId, BurstId, CallId, PartyId, TalkgroupId
from comms.journal import chain
from comms.journal.replay.fold_mark import fold_mark
from comms.journal.replay.index import Index
from comms.journal.replay.portion import (
    PORTION_EVENTS,
    Gathering,
    pack_portion,
    portion_events,
    unpack_picture,
    unpack_portion,
)
from comms.journal.replay.voices import Burst, Voices
from tests.support.day import START, recorded_day

DAY = recorded_day(units=5, seconds=1800.0, events=600)


def index_of(recorded: list[ev.Recorded], sizes: tuple[int, ...] = (250, 10, 10_000)) -> Index:
    portions, first = [], 0
    latest, seq = recorded[0].at, recorded[0].seq - 1
    for size in sizes:
        gathering = Gathering(after_seq=seq, head=b"", at=latest)
        for one in recorded[first : first + size]:
            gathering.add(one)
        if len(gathering):
            portion = unpack_portion(pack_portion(gathering.portion(b"h")))
            assert portion is not None
            portions.append(portion)
        first, latest, seq = first + size, gathering.latest, seq + len(gathering)
    return Index(portions, start_seq=recorded[0].seq - 1, start_at=recorded[0].at - 10)


def test_moments_and_kinds_are_those_of_the_events() -> None:
    index = index_of(DAY)
    assert (len(index), index.first_seq, index.last_seq) == (len(DAY), 1, len(DAY))
    assert index.at.tolist() == [one.at for one in DAY]
    assert [index.names[number] for number in index.kind.tolist()] == [chain.kind_of(one) for one in DAY]
    assert index.seq_at(START - 1) == 0
    assert index.seq_at(DAY[-1].at) == len(DAY)
    assert (index.at_of(0), index.at_of(300), index.end_at) == (DAY[0].at - 10, DAY[299].at, DAY[-1].at)
    for at in (DAY[100].at, DAY[400].at + 1e-3):
        assert index.seq_at(at) == max(one.seq for one in DAY if one.at <= at)
        assert index.seq_before(at) == max(one.seq for one in DAY if one.at < at)


@pytest.mark.parametrize("kinds", [("order.issued",), ("order.", "note.added"), ("nothing",), ()])
def test_the_next_and_the_last_of_a_kind(kinds: tuple[str, ...]) -> None:
    index = index_of(DAY)
    wanted = [
        one.seq
        for one in DAY
        if any(
            chain.kind_of(one) == kind or (kind[-1] == "." and chain.kind_of(one).startswith(kind)) for kind in kinds
        )
    ]
    for seq in (0, 1, 200, 431, len(DAY)):
        assert index.next_of(kinds, after_seq=seq) == next((each for each in wanted if each > seq), None)
        assert index.last_of(kinds, before_seq=seq) == next((each for each in reversed(wanted) if each < seq), None)
    assert len(index.rows_except(kinds)) == len(DAY) - len(wanted)


def test_density_counts_each_event_once() -> None:
    index = index_of(DAY)
    counts = index.density(30, from_at=index.at[0], to_at=index.end_at)
    assert counts.sum() == len(DAY)
    edges = np.linspace(index.at[0], index.end_at, 31)
    assert counts[7] == sum(edges[7] <= one.at < edges[8] for one in DAY)
    assert index.density(5, from_at=index.at[0], to_at=index.end_at, kinds=("order.issued",)).sum() == sum(
        isinstance(one.event, ev.OrderIssued) for one in DAY
    )
    assert index.density(3, from_at=0.0, to_at=1.0).tolist() == [0, 0, 0]


def test_a_clock_that_is_set_back_does_not_turn_time_round() -> None:
    notes = [
        ev.Recorded(seq=seq, at=at, actor=GATEWAY, event=ev.NoteAdded(text="x"))
        for seq, at in enumerate((10.0, 30.0, 20.0, 31.0), start=1)
    ]
    index = index_of(notes, sizes=(2, 2))
    assert index.at.tolist() == [10.0, 30.0, 30.0, 31.0]
    assert index.seq_at(29.0) == 1


def test_an_index_of_nothing() -> None:
    index = Index((), start_seq=7, start_at=5.0)
    assert (len(index), index.last_seq, index.end_at, index.names) == (0, 7, 5.0, ())
    assert index.next_of(("x",), after_seq=0) is None


def test_large_pictures_are_kept_more_seldom() -> None:
    assert portion_events(0) == portion_events(2_900_000) == PORTION_EVENTS
    assert portion_events(20_000_000) == 10 * PORTION_EVENTS


def test_what_is_no_portion_is_none() -> None:
    assert unpack_portion(b"rubbish") is None
    assert unpack_picture(b"rubbish") is None


def test_the_mark_of_a_fold_is_the_same_again() -> None:
    before = fold_mark()
    fold_mark.cache_clear()
    assert fold_mark() == before


# --- voices -----------------------------------------------------------------------------------------------

GROUP, WORKER, CALL = TalkgroupId("g"), PartyId("unit:u1"), CallId("c")
ONE, TWO = BurstId("one"), BurstId("two")


def told(*events: ev.Event, known: tuple[Burst, ...] = ()) -> dict[BurstId, Burst]:
    """Each a second after the one before."""
    voices = Voices(known)
    for at, event in enumerate(events):
        voices.apply(ev.Recorded(seq=at + 1, at=float(at), actor=WORKER, event=event))
    return {burst.burst_id: burst for burst in voices.bursts}


def started(burst_id: BurstId) -> ev.TalkStarted:
    return ev.TalkStarted(call_id=CALL, burst_id=burst_id, talkgroup_id=GROUP, talker=WORKER)


def ended(burst_id: BurstId) -> ev.TalkEnded:
    return ev.TalkEnded(call_id=CALL, burst_id=burst_id, talkgroup_id=GROUP, end=TalkEnd.RELEASED)


def saved(burst_id: BurstId) -> ev.RecordingSaved:
    return ev.RecordingSaved(
        call_id=CALL, burst_id=burst_id, talker=WORKER, blob_id=BlobId("b"), started_at=0.25, duration_s=0.5
    )


GROUP_CALL = ev.CallStarted(call=Call(id=CALL, kind=CallKind.GROUP, caller=WORKER, talkgroup_id=GROUP))


def test_a_burst_has_its_ends_and_its_recording() -> None:
    burst = told(GROUP_CALL, started(ONE), ended(ONE), saved(ONE), ended(TWO))[ONE]
    assert (burst.from_at, burst.to_at, burst.talkgroup_id) == (1.0, 2.0, GROUP)
    assert (burst.blob_id, burst.sound_from_at, burst.sound_to_at) == ("b", 0.25, 0.75)


def test_a_burst_ends_with_the_next_and_with_its_call() -> None:
    found = told(started(ONE), started(TWO), ended(ONE), ev.CallEnded(call_id=CALL, end=CallEnd.INACTIVE))
    assert [(burst.from_at, burst.to_at) for burst in found.values()] == [(0.0, 1.0), (1.0, 3.0)]
    assert told(started(ONE))[ONE].to_at is None


def test_a_leg_of_a_point_call_is_known_by_its_recording_alone() -> None:
    burst = told(saved(ONE))[ONE]
    assert (burst.from_at, burst.to_at, burst.talkgroup_id) == (0.25, 0.75, None)
    assert told(GROUP_CALL, saved(ONE))[ONE].talkgroup_id == GROUP


def test_a_recording_that_is_known_beforehand_stays() -> None:
    known = told(started(ONE), ended(ONE), saved(ONE))[ONE]
    again = told(ev.NoteAdded(text="x"), started(ONE), known=(known,))[ONE]
    assert (again.from_at, again.to_at, again.blob_id) == (1.0, None, "b")
    going_on = told(started(ONE))[ONE]
    assert told(ev.NoteAdded(text="x"), ended(ONE), known=(going_on,))[ONE].to_at == 1.0

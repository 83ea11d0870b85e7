"""Taking over: from any second of a record, live or drill, a new drill goes on with the past as its own beginning."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import msgspec
import pytest

from comms.domain import drill_events as dr
from comms.domain import events as ev
from comms.domain.call import CallPhase
from comms.domain.expectation_watch import Outcome
from comms.domain.ids import GATEWAY, BlobId, UnitId
from comms.domain.order import AssignmentState
from comms.domain.picture import Picture
from comms.domain.score import score_of
from comms.drill.__main__ import main
from comms.drill.director import Director
from comms.drill.headless import play, play_staged, run_headless
from comms.drill.opened import OpenedRecord
from comms.drill.site import drill_site
from comms.drill.take_over import TakenOver, Wish, taken_over
from comms.drill.trainee import Rules
from comms.gateway.running import StartError
from comms.journal.__main__ import check, export
from comms.journal.blobs import Blobs
from comms.journal.reading import read_events
from comms.journal.verify import verify
from comms.protocol.area import MEDIA_TYPE, encode_area
from tests.support.day import START, recorded_day, write_journal, write_tracks
from tests.support.drill_run import short, town
from tests.support.gateway import cheap_hasher


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as made:
        yield made


LENGTH_MIN = 4.0
AT_S = 95.0
"""Between the injects at 90 s and 100 s: an order is out, a call has been, an alarm was raised."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("played") / "data"
    play(short(length_min=LENGTH_MIN), town(), data)
    return data


def began(data: Path) -> dr.DrillBegan:
    return next(item.event for item in read_events(data) if isinstance(item.event, dr.DrillBegan))


def wish(record: Path, data: Path, at: float, **more: Any) -> Wish:
    return Wish(record=record, at=at, data=data, is_headless=True, hasher=cheap_hasher(), **more)


def folded(data: Path, *, up_to: int | None = None) -> Picture:
    picture = Picture()
    for item in read_events(data):
        if up_to is None or item.seq <= up_to:
            picture.apply(item)
    return picture


def go_on(taken: TakenOver) -> dict[str, Outcome]:
    found = play_staged(taken.wanted, taken.foreseen, rules=Rules(order_s=5.0), progress=taken.progress)
    return {key: standing.outcome for key, standing in found.standings.items()}


@pytest.fixture(scope="module")
def taken_again(played: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Outcome]]:
    data = tmp_path_factory.mktemp("taken") / "data"
    with taken_over(wish(played, data, began(played).starts_at + AT_S)) as taken:
        return data, go_on(taken)


def test_a_drill_goes_on_from_its_second_with_its_own_story(
    played: Path, taken_again: tuple[Path, dict[str, Outcome]]
) -> None:
    data, outcomes = taken_again
    first, again = list(read_events(played)), list(read_events(data))
    at = began(played).starts_at + AT_S
    past = [item for item in first if item.at <= at]
    assert again[: len(past)] == past, "the past is the record's, event by event"
    begun = [item for item in again if isinstance(item.event, dr.DrillBegan)]
    taken = begun[-1].event
    assert isinstance(taken, dr.DrillBegan)
    assert (taken.goes_on, taken.forked_seq, taken.starts_at) == (True, len(past), began(played).starts_at)
    assert taken.cast == began(played).cast
    fired_before = {item.event.inject_id for item in past if isinstance(item.event, dr.InjectFired)}
    fired_after = [item.event.inject_id for item in again[len(past) :] if isinstance(item.event, dr.InjectFired)]
    assert fired_before >= {"fire", "call", "alarm", "photo"}
    assert not fired_before & set(fired_after), "what was fired before stays so"
    assert {"video", "crowd", "cue"} <= set(fired_after), "and what was to come comes"
    assert outcomes["ordered"] is Outcome.MET
    assert verify(data)[0] == len(again)


def test_both_parts_are_scored_from_the_new_record_alone(taken_again: tuple[Path, dict[str, Outcome]]) -> None:
    data, outcomes = taken_again
    score = score_of(short(length_min=LENGTH_MIN), read_events(data))
    told = {line.id.partition(":")[2]: line.figure for line in score.lines if line.id.startswith("expectation:")}
    assert told["ordered"] is not None
    assert outcomes["ordered"] is Outcome.MET
    assert not score.is_other_version


Places = dict[UnitId, tuple[float, float]]


async def _moment(taken: TakenOver) -> tuple[Picture, Places, set[UnitId], float]:
    """Then, and who is on his way somewhere a minute and a half later."""
    async with drill_site(taken.wanted) as site:
        director = Director(site, taken.foreseen, drill_id="again", progress=taken.progress)
        places = {unit_id: site.walking.at(row) for unit_id, row in site.rows.items()}
        picture = msgspec.convert(msgspec.to_builtins(site.gateway.picture), Picture)
        second = site.second()
        await director.begin(director.trainer)
        later: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        site.clock.jump(site.clock.monotonic() + 90.0, then=lambda: later.set_result(None))
        await later
        walking = {unit_id for unit_id, row in site.rows.items() if not site.walking.has_arrived(row)}
        await director.close()
        return picture, places, walking, second


def test_at_the_first_moment_all_is_as_it_was_and_nobody_speaks(played: Path, tmp_path: Path) -> None:
    at = began(played).starts_at + AT_S
    with taken_over(wish(played, tmp_path / "data", at)) as taken:
        picture, places, walking, second = run_headless(lambda: _moment(taken))
        fixes = taken.wanted.taken.fixes if taken.wanted.taken is not None else {}
    assert second == pytest.approx(AT_S)
    seq = sum(item.at <= at for item in read_events(played))
    before = folded(played, up_to=seq)
    assert all(state.phase is CallPhase.ENDED for state in picture.calls.values())
    assert all(group.burst_id is None for group in picture.talkgroups.values())
    assert picture.orders == before.orders
    assert picture.incidents == before.incidents
    assert {key: state.phase for key, state in picture.alarms.states.items() if key in before.alarms.states} == {
        key: state.phase for key, state in before.alarms.states.items()
    }
    for unit_id, unit in before.units.items():
        assert picture.units[unit_id].status == unit.status
        assert set(picture.units[unit_id].affiliated) == set(unit.affiliated)
        assert picture.units[unit_id].is_online
    on_the_way = {
        unit_id
        for order in before.orders.values()
        for unit_id, step in order.assignments.items()
        if step is AssignmentState.EN_ROUTE
    }
    assert on_the_way
    assert on_the_way <= walking, "who had an order goes on with it"
    for unit_id, fix in fixes.items():
        assert abs(places[unit_id][0] - fix.lat) < 5e-4, unit_id
        assert abs(places[unit_id][1] - fix.lon) < 5e-4, unit_id


def test_a_live_record_is_taken_over_without_a_story(tmp_path: Path) -> None:
    record, file, data = tmp_path / "live", tmp_path / "hour.wgreplay", tmp_path / "data"
    at = START + 1500.5
    _live_day(record)
    export(record, from_at=START + 900.0, to_at=START + 2000.0, out=file)
    for source, where in ((record, data), (file, tmp_path / "of-file")):
        with taken_over(wish(source, where, at, length_min=0.5)) as taken:
            assert taken.progress is None
            taken.bring_the_rest(Event())
            go_on(taken)
        verify(where)
        out = where / "again.wgreplay"
        export(where, from_at=at - 300.0, to_at=at + 30.0, out=out)
        assert check(out)[1] == ()
    past = [item for item in read_events(record) if item.at <= at]
    again = list(read_events(data))
    assert again[: len(past)] == past
    (begun,) = [item.event for item in again if isinstance(item.event, dr.DrillBegan)]
    assert (begun.goes_on, begun.forked_seq, begun.starts_at, begun.forked_from[:4]) == (False, len(past), at, "live")
    of_file = list(read_events(tmp_path / "of-file"))
    assert of_file[0].seq > 1, "an export begins where it begins"
    assert [item for item in of_file if item.seq <= len(past)] == past[of_file[0].seq - 1 :]


def test_a_record_that_was_looked_at_beforehand_is_taken_over_as_any_other(tmp_path: Path, stack: ExitStack) -> None:
    record, at = tmp_path / "live", START + 1500.5
    _live_day(record)
    found = []
    for where, is_ahead in ((tmp_path / "cold", False), (tmp_path / "warm", True)):
        ahead = OpenedRecord(record, None)
        stack.callback(ahead.close)
        ahead.replay.checked().result()
        if is_ahead:
            ahead.look(at)
        assert ahead.serves(record, None, at)
        assert not ahead.serves(record, tmp_path, at)
        assert not ahead.serves(record, None, ahead.replay.end_at + 1.0), "it may have grown"
        assert ahead.replay.submit(lambda: ahead.replay.is_warm(at)).result() is is_ahead  # noqa: B023 - awaited
        with taken_over(wish(record, where, at), ahead) as taken:
            past = taken.wanted.taken
            assert past is not None
            found.append((past.fixes, past.forked_seq, past.absent_s, list(read_events(where))[: past.forked_seq]))
    assert found[0] == found[1]
    assert len(found[0][0]) == 6


def _live_day(record: Path) -> None:
    day = list(recorded_day(units=6, seconds=3600.0, events=600))
    blobs = Blobs(record / "blobs")
    blob_id = blobs.put_now(encode_area(town().area), MEDIA_TYPE)
    blobs.close()
    first = ev.Recorded(seq=1, at=day[0].at, actor=GATEWAY, event=ev.MapPublished(blob_id=BlobId(blob_id)))
    write_journal(record, [first, *(msgspec.structs.replace(item, seq=item.seq + 1) for item in day)])
    write_tracks(record, units=6, hours=1)


@pytest.mark.parametrize("trouble", ["second", "directory", "record", "scenario", "map"])
def test_what_cannot_be_taken_over_is_one_plain_sentence(played: Path, tmp_path: Path, trouble: str) -> None:
    asked = wish(played, tmp_path / "data", began(played).starts_at + AT_S)
    if trouble == "second":
        asked, words = replace(asked, at=5.0), "Choose a second between"
    elif trouble == "directory":
        asked, words = replace(asked, data=played), "take another directory"
    elif trouble == "record":
        asked, words = replace(asked, record=tmp_path / "nowhere"), "cannot be opened"
    elif trouble == "scenario":
        digest = began(played).digest
        bare = tmp_path / "bare"
        bare.mkdir()
        bare.joinpath("journal.sqlite").write_bytes(played.joinpath("journal.sqlite").read_bytes())
        assert not list(bare.glob(f"**/{digest}*"))
        asked, words = replace(asked, record=bare), "give its file with --scenario"
    else:
        record = tmp_path / "no-map"
        write_journal(record, recorded_day(units=2, seconds=100.0, events=20))
        asked, words = replace(asked, record=record, at=START + 50.0), "no map with streets"
    with pytest.raises(StartError, match=words), ExitStack() as stack:
        stack.enter_context(taken_over(asked))


def test_the_command_plays_on_to_the_end(played: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at, data = began(played).starts_at + 200.0, tmp_path / "data"
    words = ["take-over", str(played), "--at", str(at), "--data", str(data), "--headless", "--speed", "60"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["outcomes"]["ordered"] == "met"
    assert main(words) == 2
    assert "take another directory" in capsys.readouterr().err
    assert (data / "scenario.yaml").exists()

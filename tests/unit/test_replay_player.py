"""The player: whatever the officer does, the Store shows what was at the moment the clock says."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import pytest_asyncio

from comms.domain import events as ev
from comms.domain.ids import BlobId, BurstId, CallId, UnitId
from comms.domain.picture import Picture
from comms.journal import chain
from comms.journal.blobs import Blobs
from comms.journal.replay import maker
from comms.journal.replay.replay import Replay, open_replay
from comms.journal.replay.source import FlawKind
from comms.journal.replay.voices import Burst
from comms.media.recording import BurstRecorder, read_pcm
from comms.media.voice import VoiceSender
from comms.protocol.area import MEDIA_TYPE, Area, encode_area
from console.replay.bookmarks import MOST_CHARACTERS, Bookmark, Bookmarks
from console.replay.lanes import lanes
from console.replay.played_clock import PlayedClock
from console.replay.player import LONGEST_STEP_S, SPEEDS, Player
from console.replay.sound import Begin, Cease, InStep, Sounding, Sounds
from console.store import notices as say
from console.store.link import LinkPhase
from console.store.store import Store
from tests.support.day import DESK, OFFICER, START, TOWN, recorded_day, walk, write_journal, write_tracks
from tests.support.sound import sine

UNITS, SECONDS = 6, 5400.0
DAY = recorded_day(units=UNITS, seconds=SECONDS, events=600)
AREA = Area(name="样板镇", bounds=(22.9, 113.6, 23.1, 113.8))
FIRST_AT = START + 60.0
"""An hour is behind by then for some readings."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("day")
    blobs = Blobs(folder / "blobs")
    blob_id = blobs.put_now(encode_area(AREA), MEDIA_TYPE)
    blobs.close()
    published = msgspec.structs.replace(DAY[0], event=ev.MapPublished(blob_id=blob_id))
    rest = [msgspec.structs.replace(one, seq=one.seq + 1) for one in DAY]
    write_journal(folder, [published, *rest])
    write_tracks(folder, units=UNITS, hours=2, interval_s=30.0)
    return folder


class Officer:
    """A player, and an officer's time that passes when told."""

    def __init__(self, replay: Replay, **options: Any) -> None:
        self.seconds = 100.0
        self.clock = PlayedClock()
        self.store = Store(now=self.clock.now)
        self.notices: list[say.Notice] = []
        self.store.subscribe(self.notices.append)
        self.player = Player(replay, self.store, self.clock, monotonic=lambda: self.seconds, **options)

    async def wait(self, seconds: float) -> None:
        """In steps of a tenth."""
        for _ in range(round(seconds * 10)):
            self.seconds += 0.1
            await self.player.step()

    def shown(self) -> dict[str, Any]:
        """All that a desk would show of this moment."""
        positions = self.store.positions
        placed = np.flatnonzero(positions.is_placed)
        places = zip(
            positions.unit_ids(placed), positions.at[placed].tolist(), positions.lat[placed].tolist(), strict=True
        )
        return {
            "picture": msgspec.to_builtins(self.store.picture),
            "places": sorted(places),
            "floors": {key: view.talker for key, view in self.store.voice.floors.items() if view.talker is not None},
            "log": [one.seq for one in self.store.log.events][-50:],
        }


@pytest.fixture
def replay(data: Path) -> Iterator[Replay]:
    found = open_replay(data)
    assert isinstance(found, Replay)
    yield found
    found.close()


@pytest_asyncio.fixture
async def officer(replay: Replay) -> AsyncIterator[Officer]:
    made = Officer(replay)
    await made.player.open()
    yield made


async def shown_at(replay: Replay, at: float) -> dict[str, Any]:
    fresh = Officer(replay)
    await fresh.player.seek(at)
    return fresh.shown()


def picture_at(replay: Replay, at: float) -> Any:
    picture = Picture()
    for one in replay.events(0, len(replay.index)):
        if one.at <= at:
            picture.apply(one)
    return msgspec.to_builtins(picture)


async def test_it_opens_where_something_first_happens(officer: Officer) -> None:
    store = officer.store
    assert officer.player.at == START
    assert store.link.phase is LinkPhase.ONLINE
    assert (store.area, store.is_in_sync) == (AREA, True)
    assert store.session is not None
    assert (store.session.jurisdiction_id, len(store.session.talkgroups)) == (TOWN, 12)
    assert len(store.cards) == 12
    assert store.server_now() == START


async def test_whatever_is_done_the_store_shows_what_was_at_that_moment(officer: Officer, replay: Replay) -> None:
    roll, player = random.Random(5), officer.player
    for _ in range(12):
        match roll.randrange(4):
            case 0:
                assert await player.seek(START + roll.uniform(-100.0, SECONDS + 100.0))
            case 1:
                await player.jump(("order.",), is_back=roll.random() < 0.5)
            case _:
                player.set_speed(roll.choice(SPEEDS))
                player.play()
                await officer.wait(roll.choice((0.1, 0.7, 3.0)))
        shown, fresh = officer.shown(), await shown_at(replay, player.at)
        assert shown["picture"] == picture_at(replay, player.at)
        assert shown == fresh


async def test_time_goes_as_fast_as_is_wanted(officer: Officer) -> None:
    player = officer.player
    await player.seek(FIRST_AT)
    player.play()
    await officer.wait(2.0)
    assert player.at == pytest.approx(FIRST_AT + 2.0)
    player.set_speed(1000.0)
    assert player.speed == 60.0
    await officer.wait(1.0)
    assert player.at == pytest.approx(FIRST_AT + 62.0)
    for expected in (30.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.25, 0.25):
        player.change_speed(-1)
        assert player.speed == expected
    await officer.wait(4.0)
    assert player.at == pytest.approx(FIRST_AT + 63.0)
    player.pause()
    await officer.wait(5.0)
    assert player.at == pytest.approx(FIRST_AT + 63.0)
    player.play()
    officer.seconds += 3600.0  # the machine slept
    await player.step()
    assert player.at == pytest.approx(FIRST_AT + 63.0 + LONGEST_STEP_S * 0.25)


async def test_it_stops_at_the_end_and_begins_anew(officer: Officer) -> None:
    player = officer.player
    await asyncio.wrap_future(player.replay.reached(len(DAY) + 1))
    _, end = player.extent
    told: list[bool] = []
    player.changed.append(lambda: told.append(player.is_playing))
    await player.seek(end - 0.5)
    player.play()
    await officer.wait(1.0)
    assert (player.at, player.is_playing) == (end, False)
    assert officer.store.picture.seq == len(DAY) + 1
    assert told[0] is False
    assert True in told
    await player.toggle()
    assert player.is_playing
    assert player.at == START
    await player.toggle()
    assert not player.is_playing


async def test_a_stretch_is_looped(officer: Officer) -> None:
    player = officer.player
    player.set_loop((FIRST_AT, FIRST_AT + 3.0))
    await player.seek(FIRST_AT + 2.0)
    player.play()
    await officer.wait(1.5)
    assert FIRST_AT <= player.at < FIRST_AT + 1.0
    assert player.is_playing
    player.set_loop((FIRST_AT, FIRST_AT))
    assert player.loop is None


async def test_jumps_stop_at_each_moment_once(officer: Officer, replay: Replay) -> None:
    player = officer.player
    moments = sorted({one.at for one in DAY if chain.kind_of(one) == "note.added"})
    await asyncio.wrap_future(replay.reached(replay.end_seq()))  # or what is not gone through yet is not jumped to
    found = []
    while await player.jump(("note.added",)):
        found.append(player.at)
    assert found == moments
    back = []
    while await player.jump(("note.added",), is_back=True):
        back.append(player.at)
    assert back == moments[-2::-1]
    assert await player.jump()
    assert not await player.jump(("nothing.",))


async def test_of_two_seeks_only_the_newer_is_shown(officer: Officer) -> None:
    player = officer.player
    older, newer = await asyncio.gather(player.seek(START + 100.0), player.seek(START + 200.0))
    assert (older, newer) == (False, True)
    assert player.at == START + 200.0


async def test_a_seek_while_it_plays_wins_over_the_step_under_way(officer: Officer, replay: Replay) -> None:
    player = officer.player
    player.play()
    officer.seconds += 0.5
    step = asyncio.ensure_future(player.step())
    await asyncio.sleep(0)
    await player.seek(START + 900.0)
    await step
    assert officer.shown() == await shown_at(replay, START + 900.0)


async def test_floors_tell_who_talks_and_since_when(officer: Officer, replay: Replay) -> None:
    burst = next(burst for burst in replay.bursts if burst.to_at is not None and burst.to_at - burst.from_at > 3.0)
    await officer.player.seek(burst.from_at + 2.0)
    assert burst.talkgroup_id is not None
    floor = officer.store.floor(burst.talkgroup_id)
    assert (floor.talker, floor.since) == (burst.talker, burst.from_at)
    assert floor.talker_name.startswith("网格员")
    assert officer.player.at == burst.from_at + 2.0


async def test_sound_is_in_step_after_any_seek(officer: Officer, replay: Replay) -> None:
    player = officer.player
    recorded = [burst for burst in replay.bursts if burst.blob_id is not None]
    assert player.sounding() == []
    player.play()
    for burst in random.Random(2).sample(recorded, 10):
        await player.seek(burst.sound_from_at + 0.3)
        (sound,) = [one for one in player.sounding() if one.burst_id == burst.burst_id]
        assert sound.offset_ms == 300
        assert (sound.blob_id, sound.length_s) == (burst.blob_id, burst.sound_s)
        await officer.wait(0.2)
        (sound,) = [one for one in player.sounding() if one.burst_id == burst.burst_id]
        assert sound.offset_ms == 500
    player.set_speed(2.0)
    assert player.sounding() != []
    player.set_speed(5.0)
    assert player.sounding() == []
    sounds = Sounds(replay.bursts)
    assert sounds.next_from(0.0) == min(burst.sound_from_at for burst in recorded)
    assert sounds.next_from(1e12) is None


async def test_an_officer_of_the_journal_sees_what_was_his(replay: Replay) -> None:
    made = Officer(replay, viewer=OFFICER)
    await made.player.open(FIRST_AT)
    assert made.store.session is not None
    assert (made.store.session.party, made.store.session.name) == (DESK, "值班员")


async def test_talkgroups_that_are_defined_while_it_plays_get_their_cards(officer: Officer) -> None:
    player = officer.player
    await player.seek(0.0)
    assert player.at == officer.player.extent[0]
    feed, store = player._feed, officer.store
    group = next(iter(store.picture.talkgroups.values())).talkgroup
    again = ev.Recorded(
        seq=store.picture.seq + 1,
        at=player.at,
        actor=DESK,
        event=ev.TalkgroupDefined(talkgroup=msgspec.structs.replace(group, id="another", name="另一组")),
    )
    feed.tell([again])
    assert len(store.cards) == 13


async def test_a_unit_nobody_had_heard_of_is_not_left_where_it_will_be(officer: Officer, replay: Replay) -> None:
    """Unit 5 is first heard of half a second after the hour."""
    unit = UnitId("u00005")
    await officer.player.seek(START + 1800.0)
    row = officer.store.positions.row_of(unit)
    assert row is not None
    assert officer.store.positions.is_placed[row]
    await officer.player.seek(START)
    assert walk(5, hour=0, interval_s=30.0)["at"][0] > START * 10
    assert not officer.store.positions.is_placed[row]


async def test_it_waits_for_what_was_not_gone_through(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maker, "ROWS_AT_ONCE", 20)
    found = open_replay(data)
    assert isinstance(found, Replay)
    made = Officer(found)
    await made.player.open()
    assert await made.player.seek(START + 5000.0)
    assert made.shown() == await shown_at(found, START + 5000.0)
    found.close()


async def test_tracks_are_read_beforehand_as_far_as_there_is_room(
    officer: Officer, replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    warmed: list[float] = []

    def warm(at: float) -> bool:
        warmed.append(at)
        return len(warmed) < 4

    monkeypatch.setattr(replay, "warm", warm)
    await officer.player.prepare()
    end = officer.player.extent[1]
    assert warmed == [START, START + 3600.0, end]
    await officer.player.prepare()
    assert len(warmed) == 4


async def test_a_break_in_the_chain_ends_the_replay_there(data: Path, tmp_path: Path) -> None:
    cut = DAY[:400]
    write_journal(tmp_path, [*cut, msgspec.structs.replace(DAY[500], seq=402)])
    found = open_replay(tmp_path)
    assert isinstance(found, Replay)
    made = Officer(found)
    await made.player.open(START + SECONDS)
    assert made.store.picture.seq == 400
    assert [flaw.kind for flaw in found.flaws] == [FlawKind.CHAIN_BROKEN]
    found.close()


async def test_it_runs_until_it_is_cancelled(replay: Replay) -> None:
    slept: list[float] = []
    made = Officer(replay)

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        made.seconds += seconds
        if len(slept) > 20:
            raise asyncio.CancelledError

    player = Player(replay, made.store, made.clock, monotonic=lambda: made.seconds, sleep=sleep)
    await player.open(FIRST_AT)
    player.play()
    with pytest.raises(asyncio.CancelledError):
        await player.run()
    assert player.at == pytest.approx(FIRST_AT + 2.0)


def test_lanes_are_by_talkgroup_and_in_order(replay: Replay) -> None:
    replay.reached(2**62).result()
    found = lanes(replay.bursts, from_at=FIRST_AT, to_at=FIRST_AT + 900.0)
    assert len(found) > 3
    for group_id, bursts in found.items():
        assert {burst.talkgroup_id for burst in bursts} == {group_id}
        assert [burst.from_at for burst in bursts] == sorted(burst.from_at for burst in bursts)
    count = sum(len(bursts) for bursts in found.values())
    assert count == sum(
        burst.from_at < FIRST_AT + 900.0 and (burst.to_at is None or burst.to_at >= FIRST_AT) for burst in replay.bursts
    )


def test_what_is_played_is_begun_ended_and_put_back_in_step() -> None:
    def heard(offset_s: float, burst: str = "b") -> Sounding:
        return Sounding(
            burst_id=BurstId(burst),
            blob_id=BlobId("x"),
            talkgroup_id=None,
            talker=DESK,
            offset_s=offset_s,
            length_s=9.0,
        )

    step = InStep()
    assert step.follow([heard(0.1)], now_s=50.1) == [Begin(heard(0.1))]
    assert step.follow([heard(0.3), heard(0.0, "c")], now_s=50.33) == [Begin(heard(0.0, "c"))]
    assert step.follow([heard(0.4), heard(0.1, "c")], now_s=50.43) == []
    assert step.follow([heard(2.4)], now_s=50.53) == [Cease(BurstId("c")), Begin(heard(2.4))]
    assert step.follow([], now_s=50.6) == [Cease(BurstId("b"))]
    assert step.follow([], now_s=50.7) == []


def test_a_click_in_a_recording_is_heard_where_its_event_is() -> None:
    """At ×1, after any ten seeks: what was sent a second after the floor was given, however packets were held up."""
    opened_at, opened_s, clicked_s, roll = 5000.0, 200.0, 1.0, random.Random(4)
    sound = np.zeros(96_000, np.int16)
    sound[48_000:48_960] = sine(1000, 960)
    recorder = BurstRecorder()
    for number, packet in enumerate(VoiceSender().feed(sound)):
        if number >= 10:  # whoever talks begins some tenths after the floor was given
            recorder.take(packet.payload, 960 * number, opened_s + 0.02 * (number + 1) + roll.uniform(0.0, 0.08))
    recording = recorder.finish()
    assert recording is not None
    click = int(np.argmax(np.abs(read_pcm(recording.ogg).astype(np.int32))))
    burst = Burst(
        burst_id=BurstId("b"),
        call_id=CallId("c"),
        talker=DESK,
        from_at=opened_at,
        blob_id=BlobId("x"),
        sound_from_at=opened_at + recording.began_s - opened_s,
        sound_s=recording.duration_s,
    )
    for _ in range(10):
        at = opened_at + roll.uniform(0.3, clicked_s)
        (sounding,) = Sounds((burst,)).at(at)
        heard_at = at + click / 48_000 - sounding.offset_s
        assert abs(heard_at - (opened_at + clicked_s)) < 0.04


# --- bookmarks ----------------------------------------------------------------------------------------------


def test_bookmarks_are_kept_beside_the_journal(tmp_path: Path) -> None:
    marks = Bookmarks(tmp_path / "kept", "ab" * 32)
    marks.put(Bookmark(id="2", at=20.0, text="x" * (MOST_CHARACTERS + 1)))
    marks.put(Bookmark(id="1", at=10.0, text="先到", to_at=15.0))
    again = Bookmarks(tmp_path / "kept", "ab" * 32)
    assert [mark.id for mark in again.all] == ["1", "2"]
    assert len(again.all[1].text) == MOST_CHARACTERS
    assert [again.next_from(10.0), again.last_before(20.0)] == [again.all[1], again.all[0]]
    assert (again.next_from(20.0), again.last_before(10.0)) == (None, None)
    again.put(Bookmark(id="2", at=5.0))
    again.remove("1")
    assert [mark.at for mark in Bookmarks(tmp_path / "kept", "ab" * 32).all] == [5.0]
    assert len(Bookmarks(tmp_path / "kept", "cd" * 32)) == 0


def test_bookmarks_that_cannot_be_read_are_put_aside(tmp_path: Path) -> None:
    marks = Bookmarks(tmp_path, "ab" * 32)
    marks.put(Bookmark(id="1", at=10.0))
    (path,) = tmp_path.iterdir()
    path.write_bytes(b"rubbish")
    again = Bookmarks(tmp_path, "ab" * 32)
    assert len(again) == 0
    assert again.put_aside is not None
    assert again.put_aside.read_bytes() == b"rubbish"


def test_a_disk_that_takes_nothing_leaves_bookmarks_as_they_were(tmp_path: Path) -> None:
    marks = Bookmarks(tmp_path / "kept", "ab" * 32)
    (tmp_path / "kept").write_bytes(b"")
    with pytest.raises(OSError, match="kept"):
        marks.put(Bookmark(id="1", at=10.0))
    assert len(marks) == 0

"""A journal opened again: every moment is what a fold from the start gives, whatever was kept, grown or damaged."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from comms.domain import events as ev
from comms.domain.ids import GATEWAY, BlobId, UnitId
from comms.domain.picture import Picture
from comms.journal import chain
from comms.journal.blobs import Blobs
from comms.journal.database import FILE_NAME
from comms.journal.journal import Journal
from comms.journal.replay import maker, portion
from comms.journal.replay.replay import Replay, open_replay
from comms.journal.replay.source import Flaw, FlawKind
from tests.support.day import recorded_day, write_journal
from tests.support.journal import TOWN_EVENTS, open_journal

DAY = recorded_day(units=8, seconds=3600.0, events=1_000)


@contextmanager
def opened(path: Path, **options: Any) -> Iterator[Replay]:
    replay = open_replay(path, **options)
    assert isinstance(replay, Replay), replay
    try:
        yield replay
    finally:
        replay.close()


def gone_through(replay: Replay) -> Replay:
    replay.reached(2**62).result()
    return replay


def folded(seq: int) -> Picture:
    picture = Picture()
    for recorded in DAY[:seq]:
        picture.apply(recorded)
    return picture


def plain(picture: Picture) -> Any:
    return msgspec.to_builtins(picture)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("day")
    write_journal(folder, DAY)
    return folder


@pytest.fixture
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portion, "PORTION_EVENTS", 200)
    monkeypatch.setattr(maker, "PORTION_EVENTS", 200)


@pytest.mark.usefixtures("small_portions")
@pytest.mark.parametrize("is_kept", [False, True])
def test_every_moment_is_what_a_fold_from_the_start_gives(data: Path, tmp_path: Path, is_kept: bool) -> None:
    cache = tmp_path / "cache" if is_kept else None
    seqs = [0, 1, 199, 200, 201, len(DAY), *random.Random(3).sample(range(len(DAY)), 6)]
    for _ in range(2):  # the second time from what was kept
        with opened(data, cache=cache) as replay:
            gone_through(replay)
            assert replay.made.seq == len(DAY)
            assert len(replay.made.keyframes) == len(DAY) // 200
            for seq in seqs:
                assert plain(replay.picture_at(seq)) == plain(folded(seq)), seq
            assert replay.events(0, len(DAY)) == DAY
            assert replay.flaws == ()


@pytest.mark.usefixtures("small_portions")
def test_what_was_kept_is_not_made_again_and_fits_only_its_own_chain(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folds: list[int] = []
    apply = Picture.apply

    def counted(picture: Picture, one: ev.Recorded) -> object:
        folds.append(one.seq)
        return apply(picture, one)

    monkeypatch.setattr(Picture, "apply", counted)
    with opened(data, cache=tmp_path) as replay:
        gone_through(replay)
    whole = len(DAY) // 200 * 200
    folds.clear()
    with opened(data, cache=tmp_path) as replay:
        gone_through(replay)
        assert folds == list(range(whole + 1, len(DAY) + 1))
    fork = tmp_path / "fork"
    write_journal(fork, [*DAY[:450], *(msgspec.structs.replace(one, at=one.at + 1) for one in DAY[450:600])])
    folds.clear()
    with opened(fork, cache=tmp_path) as replay:
        gone_through(replay)
        assert folds == list(range(401, 601)), "the past they share is taken, the rest is made"
    monkeypatch.setattr("comms.journal.replay.sidecar.fold_mark", lambda: "another fold")
    folds.clear()
    with opened(data, cache=tmp_path) as replay:
        gone_through(replay)
        assert len(folds) == len(DAY)


@pytest.mark.usefixtures("small_portions")
@pytest.mark.parametrize("how", ["no folder", "no database", "spoilt"])
def test_a_cache_that_cannot_be_had_costs_nothing_but_time(data: Path, tmp_path: Path, how: str) -> None:
    cache = tmp_path / "cache"
    if how == "no folder":
        cache.write_bytes(b"a file")
    else:
        with opened(data, cache=cache) as replay:
            gone_through(replay)
        (path,) = cache.glob("*.replay")
        if how == "no database":
            for part in cache.glob("*.replay-*"):
                part.unlink()
            path.write_bytes(b"rubbish" * 1000)
        else:
            engine = create_engine(f"sqlite:///{path}")
            with engine.begin() as connection:
                connection.execute(text("UPDATE portion SET picture = x'00', portion = substr(portion, 3)"))
            engine.dispose()
    with opened(data, cache=cache) as replay:
        gone_through(replay)
        assert plain(replay.picture_at(777)) == plain(folded(777))


def test_an_old_journals_keyframes_are_forgotten_first(data: Path, tmp_path: Path) -> None:
    for number in range(15):
        (tmp_path / f"{number:032x}.replay").write_bytes(b"")
    with opened(data, cache=tmp_path) as replay:
        gone_through(replay)
    assert len(list(tmp_path.glob("*.replay"))) == 12


def altered(data: Path, folder: Path, statement: str) -> Path:
    """A copy of the journal that somebody has been at."""
    folder.mkdir()
    (folder / FILE_NAME).write_bytes((data / FILE_NAME).read_bytes())
    engine = create_engine(f"sqlite:///{folder / FILE_NAME}")
    with engine.begin() as connection:
        for trigger in ("event_no_update", "event_no_delete"):
            connection.execute(text(f"DROP TRIGGER {trigger}"))
        connection.execute(text(statement))
    engine.dispose()
    return folder


@pytest.mark.usefixtures("small_portions")
@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("UPDATE event SET payload = replace(payload, 'kind', 'kinD') WHERE seq = 700", 700),
        ("UPDATE event SET at = 'noon' WHERE seq = 700", 700),
        ("DELETE FROM event WHERE seq = 700", 701),
    ],
)
def test_what_comes_before_a_break_is_shown_and_the_break_is_told(
    data: Path, tmp_path: Path, statement: str, seq: int
) -> None:
    with opened(altered(data, tmp_path / "altered", statement)) as replay:
        gone_through(replay)
        assert [(flaw.kind, flaw.seq) for flaw in replay.flaws] == [(FlawKind.CHAIN_BROKEN, seq)]
        assert replay.made.seq == 699
        assert plain(replay.picture_at(2000)) == plain(folded(699))


@pytest.mark.usefixtures("small_portions")
def test_an_event_that_is_altered_after_it_was_gone_through_is_seen_when_it_is_read(data: Path, tmp_path: Path) -> None:
    told: list[str] = []
    copy = altered(data, tmp_path / "copy", "SELECT 1")
    with opened(copy, tell=lambda: told.append("more")) as replay:
        gone_through(replay)
        engine = create_engine(f"sqlite:///{copy / FILE_NAME}")
        with engine.begin() as connection:
            connection.execute(text("UPDATE event SET actor = 'officer:else' WHERE seq = 710"))
        engine.dispose()
        told.clear()
        assert replay.picture_at(750).seq == 709
        assert [one.seq for one in replay.events(700, 50)] == list(range(701, 710))
        assert [(flaw.kind, flaw.seq) for flaw in replay.flaws] == [(FlawKind.CHAIN_BROKEN, 710)]
        assert told == ["more"]
        assert plain(replay.picture_at(800)) == plain(folded(800)), "a later keyframe is sound"


def test_an_event_that_names_nothing_known_breaks_the_fold(tmp_path: Path) -> None:
    stranger = ev.Recorded(seq=11, at=1.0, actor=GATEWAY, event=ev.TerminalConnected(unit_id=UnitId("nobody")))
    write_journal(tmp_path, [*DAY[:10], stranger])
    with opened(tmp_path) as replay:
        gone_through(replay)
        assert [(flaw.kind, flaw.seq) for flaw in replay.flaws] == [(FlawKind.CHAIN_BROKEN, 11)]
        assert (replay.made.seq, replay.picture_at(11).seq) == (10, 10)


@pytest.mark.parametrize("what", ["nothing", "rubbish", "newer"])
def test_what_is_no_journal_is_told_as_a_value(tmp_path: Path, what: str) -> None:
    if what == "rubbish":
        (tmp_path / FILE_NAME).write_bytes(b"no database at all" * 100)
    elif what == "newer":
        write_journal(tmp_path, DAY[:3])
        engine = create_engine(f"sqlite:///{tmp_path / FILE_NAME}")
        with engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA user_version=99")
        engine.dispose()
    found = open_replay(tmp_path)
    assert isinstance(found, Flaw)
    assert found.kind is FlawKind.UNREADABLE
    assert str(found)


def test_an_empty_journal_has_a_moment_too(tmp_path: Path) -> None:
    write_journal(tmp_path, [])
    with opened(tmp_path) as replay:
        gone_through(replay)
        assert (len(replay.index), replay.made.share, replay.end_seq()) == (0, 1.0, 0)
        assert replay.picture_at(0) == Picture()
        assert replay.index.end_at == replay.index.start_at


async def test_a_journal_is_opened_while_it_is_written_and_looked_at_again(tmp_path: Path) -> None:
    async with open_journal(tmp_path) as journal:
        await journal.record(GATEWAY, TOWN_EVENTS)
        with opened(tmp_path, cache=tmp_path / "cache") as replay:
            gone_through(replay)
            assert plain(replay.picture_at(4)) == plain(journal.durable)
            await _note(journal, "later")
            replay.submit(replay.look_again).result()
            replay.reached(5).result()
            while replay.made.seq < 5:
                replay.reached(5).result()
            assert plain(replay.picture_at(5)) == plain(journal.durable)
            assert replay.end_seq() == 5
        assert chain.kind_of(journal.recent[-1]) == "note.added"


async def _note(journal: Journal, words: str) -> None:
    await journal.record(GATEWAY, [ev.NoteAdded(text=words)])


def test_blobs_are_read_and_those_that_are_not_there_are_none(data: Path) -> None:
    blobs = Blobs(data / "blobs")
    blob_id = blobs.put_now(b"sound", "audio/ogg")
    blobs.close()
    with opened(data) as replay:
        found = replay.blob(blob_id)
        assert found is not None
        assert found.data == b"sound"
        assert replay.blob(BlobId("../../etc")) is None


def test_a_journal_in_a_folder_that_cannot_be_written_to_is_opened(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comms.journal.replay.directory.os.access", lambda *_: False)
    before = sorted(path.name for path in data.iterdir())
    with opened(data) as replay:
        assert gone_through(replay).made.seq == len(DAY)
        assert sorted(path.name for path in data.iterdir()) == before
    with opened(data / FILE_NAME) as replay:
        assert gone_through(replay).flaws == ()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(draw=st.data())
def test_whatever_happened_to_the_file_is_told_and_never_raised(
    data: Path, tmp_path: Path, draw: st.DataObject
) -> None:
    content = bytearray((data / FILE_NAME).read_bytes())
    for at, bits in draw.draw(
        st.dictionaries(st.integers(0, len(content) - 1), st.integers(1, 255), max_size=5)
    ).items():
        content[at] ^= bits
    cut = draw.draw(st.none() | st.integers(0, len(content) - 1))
    (tmp_path / FILE_NAME).write_bytes(content[:cut])
    found = open_replay(tmp_path)
    if isinstance(found, Flaw):
        assert found.kind is FlawKind.UNREADABLE
        return
    with found as replay:
        gone_through(replay)
        assert replay.submit(lambda: replay.picture_at(len(DAY))).result().seq == replay.made.seq
        assert replay.flaws or replay.made.seq == len(DAY)


def test_closing_in_the_middle_ends_at_once(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maker, "ROWS_AT_ONCE", 10)
    with opened(data) as replay:
        waiting = replay.reached(1_000_000)
    assert waiting.done()

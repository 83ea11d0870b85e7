"""An exported file: all of a stretch without a gateway; torn or altered it says what is, and shows the rest."""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comms.domain import events as ev
from comms.domain.ids import BlobId, UnitId
from comms.domain.picture import Picture
from comms.journal.__main__ import EXIT_DAMAGED, main
from comms.journal.blobs import VISIT_TYPE, Blobs
from comms.journal.replay import archive_format as form
from comms.journal.replay.export import LONGEST_S, Export, Stopped
from comms.journal.replay.replay import Replay, open_replay
from comms.journal.replay.source import Flaw, FlawKind
from tests.support.day import START, recorded_day, unit_ids, write_journal, write_tracks

UNITS = 4
DAY = recorded_day(units=UNITS, seconds=7000.0, events=3_500)
FROM, TO = START + 1800.0, START + 5400.0
FIRST = next(one.seq for one in DAY if one.at >= FROM)
LAST = max(one.seq for one in DAY if one.at <= TO)
VOICE = b"OggS, or what stands for it" * 40


@contextmanager
def opened(path: Path) -> Iterator[Replay]:
    replay = open_replay(path)
    assert isinstance(replay, Replay), replay
    try:
        yield replay
    finally:
        replay.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every recording of the day is one blob; a photo is named in a note, and what was said on a visit."""
    folder = tmp_path_factory.mktemp("day")
    blobs = Blobs(folder / "blobs")
    voice, photo = blobs.put_now(VOICE, "audio/ogg"), blobs.put_now(b"a photo", "image/jpeg")
    visit = blobs.put_now(b"{}", VISIT_TYPE)
    blobs.close()

    def told(one: ev.Recorded) -> ev.Recorded:
        event = one.event
        if isinstance(event, ev.RecordingSaved):
            event = msgspec.structs.replace(event, blob_id=voice)
        elif isinstance(event, ev.NoteAdded):
            event = ev.NoteAdded(text=f"{photo} {visit}")
        return msgspec.structs.replace(one, event=event)

    write_journal(folder, [told(one) for one in DAY])
    write_tracks(folder, units=UNITS, hours=2, interval_s=60.0)
    return folder


@pytest.fixture(scope="module")
def file(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("file") / f"hour{form.SUFFIX}"
    with opened(data) as replay:
        replay.reached(2**62).result()
        made = Export(replay, from_at=FROM, to_at=TO, made_at=1.0)
        found = replay.submit(lambda: made.write(path)).result()
        assert isinstance(found, form.Contents)
    return path


def picture_at(replay: Replay, seq: int) -> object:
    return msgspec.to_builtins(replay.submit(lambda: replay.picture_at(seq)).result())


def test_all_of_the_stretch_is_in_the_file(data: Path, file: Path) -> None:
    with opened(data) as whole, opened(file) as cut:
        cut.checked().result()
        whole.reached(2**62).result()
        assert cut.flaws == ()
        assert cut.identity == whole.identity
        assert (cut.index.start_seq, cut.index.last_seq) == (FIRST - 1, LAST)
        assert (cut.index.start_at, cut.end_at) == (FROM, TO)
        for seq in (FIRST - 1, FIRST, (FIRST + LAST) // 2, LAST):
            assert picture_at(cut, seq) == picture_at(whole, seq)
        assert cut.events(FIRST - 1, 10_000) == whole.events(FIRST - 1, LAST - FIRST + 1)
        for at in (FROM, FROM + 700.0, TO - 1.0):
            for replay in (whole, cut):
                replay.reached(2**62).result()
            assert placed(cut, at) == placed(whole, at)
        (track,) = cut.tracks(unit_ids(1), from_at=0.0, to_at=1e10)
        assert FROM <= track.at[0] < FROM + 60
        assert TO - 60 <= track.at[-1] <= TO
        heard = {burst.burst_id for burst in cut.bursts}
        assert heard == {
            burst.burst_id for burst in whole.bursts
            if burst.from_at <= TO and (burst.to_at is None or burst.to_at >= FROM)
        }  # fmt: skip
        assert {burst.blob_id for burst in cut.bursts} == {hashlib.sha256(VOICE).hexdigest()}


def placed(replay: Replay, at: float) -> dict[UnitId, bytes]:
    seen = replay.submit(lambda: replay.seen_at(at)).result()
    rows = np.flatnonzero(seen.rows >= 0)
    return {seen.hour.unit_ids[row]: seen.hour.rows[seen.rows[row]].tobytes() for row in rows.tolist()}


def test_it_has_what_belongs_to_it_and_nothing_that_is_not_for_everybody(file: Path) -> None:
    with opened(file) as replay:
        for content, is_there in ((VOICE, True), (b"a photo", True), (b"{}", False)):
            blob = replay.blob(BlobId(hashlib.sha256(content).hexdigest()))
            assert (blob is not None) is is_there
        assert blob is None
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        assert names[0] == form.CONTENTS
        assert names[-2:] == [form.START_AGAIN, form.CONTENTS_AGAIN]
        line = archive.read(form.events_name(FIRST)).splitlines()[0]
        contents = msgspec.json.decode(archive.read(form.CONTENTS), type=form.Contents)
    assert msgspec.json.decode(line)["payload"]["kind"]
    assert contents.area == "样板镇"
    assert [member.name for member in contents.members] == names[1:-1]


def test_the_same_stretch_gives_the_same_bytes_and_a_copy_of_a_copy_is_whole(file: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.wgreplay"
    with opened(file) as replay:
        replay.reached(2**62).result()
        told: list[float] = []
        made = Export(replay, from_at=FROM, to_at=TO, made_at=1.0, told=told.append)
        assert isinstance(replay.submit(lambda: made.write(again)).result(), form.Contents)
        assert told == sorted(told)
        assert told[-1] <= 1.0
        shorter = Export(replay, from_at=FROM + 60, to_at=FROM + 60 + 2 * LONGEST_S, made_at=1.0)
        assert isinstance(replay.submit(lambda: shorter.write(tmp_path / "b")).result(), form.Contents)
    assert again.read_bytes() == file.read_bytes()
    with opened(tmp_path / "b") as replay:
        replay.checked().result()
        assert (replay.flaws, replay.index.last_seq) == ((), LAST)


def test_one_who_does_not_want_it_any_more_finds_nothing_left(file: Path, tmp_path: Path) -> None:
    def stop(_share: float) -> None:
        raise Stopped

    with opened(file) as replay:
        replay.reached(2**62).result()
        made = Export(replay, from_at=FROM, to_at=TO, made_at=1.0, told=stop)
        with pytest.raises(Stopped):
            replay.submit(lambda: made.write(tmp_path / "x")).result()
    assert list(tmp_path.iterdir()) == []


# --- torn and altered -----------------------------------------------------------------------------------


def look_through(path: Path) -> tuple[tuple[Flaw, ...], int]:
    """Everything anybody could ask of a file; what is wrong with it, and the last event that could be shown."""
    replay = open_replay(path)
    if isinstance(replay, Flaw):
        return (replay,), 0
    try:
        replay.checked().result()
        last = replay.index.last_seq
        assert replay.submit(lambda: replay.picture_at(last)).result().seq == last
        replay.events(replay.index.start_seq, 10_000)
        for at in (FROM, FROM + 900.0, TO):
            replay.submit(lambda at=at: replay.seen_at(at)).result()  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        replay.tracks(unit_ids(UNITS), from_at=FROM, to_at=TO)
        for burst in replay.bursts:
            replay.blob(burst.blob_id or BlobId(""))
        return replay.flaws, last
    finally:
        replay.close()


@pytest.fixture(scope="module")
def members(file: Path) -> dict[str, tuple[int, int]]:
    """Where the bytes of each member begin and end."""
    with zipfile.ZipFile(file) as archive:
        starts = {entry.filename: (entry.header_offset + 30 + len(entry.filename), entry) for entry in archive.filelist}
    return {name: (start, start + entry.compress_size) for name, (start, entry) in starts.items()}


def changed(file: Path, tmp_path: Path, *, cut: int | None = None, flip: dict[int, int] | None = None) -> Path:
    content = bytearray(file.read_bytes())
    for at, bits in (flip or {}).items():
        content[at] ^= bits
    path = tmp_path / "changed.wgreplay"
    path.write_bytes(content[:cut])
    return path


def test_a_file_cut_in_its_events_says_from_which_on_they_are_missing(
    file: Path, tmp_path: Path, members: dict[str, tuple[int, int]]
) -> None:
    name = form.events_name(FIRST + form.MEMBER_EVENTS)
    start, end = members[name]
    flaws, last = look_through(changed(file, tmp_path, cut=(start + end) // 2))
    assert FIRST + form.MEMBER_EVENTS < last < LAST
    missing = next(flaw for flaw in flaws if flaw.kind is FlawKind.EVENTS_MISSING)
    assert missing.seq == last + 1
    kinds = {flaw.kind for flaw in flaws}
    assert {FlawKind.CUT_SHORT, FlawKind.VOICES_LOST, FlawKind.TRACKS_MISSING, FlawKind.BLOB_MISSING} <= kinds


def test_a_file_cut_after_its_events_has_all_of_them(
    file: Path, tmp_path: Path, members: dict[str, tuple[int, int]]
) -> None:
    flaws, last = look_through(changed(file, tmp_path, cut=members[form.VOICES][1]))
    assert last == LAST
    names = {flaw.what for flaw in flaws if flaw.kind is FlawKind.BLOB_MISSING}
    assert names == {f"blobs/{hashlib.sha256(content).hexdigest()}{suffix}" for content, suffix in BELONGING}


BELONGING = ((VOICE, ".ogg"), (b"a photo", ".jpg"))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (form.CONTENTS, FlawKind.COPY_USED),
        (form.START, FlawKind.COPY_USED),
        (form.VOICES, FlawKind.VOICES_LOST),
        (form.TRACKS_BEFORE, FlawKind.TRACKS_ALTERED),
        (form.tracks_name(int(START // 3600) + 1), FlawKind.TRACKS_ALTERED),
        (f"blobs/{hashlib.sha256(VOICE).hexdigest()}.ogg", FlawKind.BLOB_ALTERED),
    ],
)
def test_an_altered_part_is_named_and_the_rest_is_shown(
    file: Path, tmp_path: Path, members: dict[str, tuple[int, int]], name: str, kind: FlawKind
) -> None:
    start, end = members[name]
    flaws, last = look_through(changed(file, tmp_path, flip={(start + end) // 2: 0x10}))
    assert kind in {flaw.kind for flaw in flaws}
    assert name in " ".join(flaw.what for flaw in flaws) or name == form.VOICES
    assert last == LAST


def test_an_altered_event_breaks_the_chain_there(file: Path, tmp_path: Path) -> None:
    """As somebody would who knows the form: one word of one event, and the ZIP and its list made anew around it."""
    path = tmp_path / "forged.wgreplay"
    name, seq = form.events_name(FIRST), FIRST + 500
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(path, "w") as forged:
        contents = msgspec.json.decode(whole.read(form.CONTENTS), type=form.Contents)
        lines = whole.read(name).splitlines(keepends=True)
        lines[500] = lines[500].replace(b'"actor":"', b'"actor":"not-')
        events = b"".join(lines)
        digest = hashlib.sha256(events).hexdigest()
        listed = [
            msgspec.structs.replace(member, sha256=digest, size=len(events)) if member.name == name else member
            for member in contents.members
        ]
        told = msgspec.json.encode(msgspec.structs.replace(contents, members=tuple(listed)))
        for each in whole.namelist():
            is_list = each in (form.CONTENTS, form.CONTENTS_AGAIN)
            forged.writestr(each, told if is_list else events if each == name else whole.read(each))
    flaws, last = look_through(path)
    assert [(flaw.kind, flaw.seq) for flaw in flaws] == [(FlawKind.CHAIN_BROKEN, seq)]
    assert last == seq - 1


def test_both_lists_lost_leaves_events_and_blobs(
    file: Path, tmp_path: Path, members: dict[str, tuple[int, int]]
) -> None:
    flip = {members[name][0] + 3: 0x55 for name in (form.CONTENTS, form.CONTENTS_AGAIN)}
    path = changed(file, tmp_path, flip=flip)
    flaws, last = look_through(path)
    assert [flaw.kind for flaw in flaws] == [FlawKind.CONTENTS_LOST]
    assert last == LAST
    with opened(path) as replay:
        assert replay.blob(BlobId(hashlib.sha256(VOICE).hexdigest())) is not None
        assert replay.index.start_seq == FIRST - 1


def test_both_first_pictures_lost_leaves_nothing_to_show(
    file: Path, tmp_path: Path, members: dict[str, tuple[int, int]]
) -> None:
    flip = {members[name][0] + 3: 0x55 for name in (form.START, form.START_AGAIN)}
    flaws, _ = look_through(changed(file, tmp_path, flip=flip))
    assert [flaw.kind for flaw in flaws] == [FlawKind.UNREADABLE]


def is_altered(now: bytes, before: bytes, members: dict[str, tuple[int, int]]) -> bool:
    """Whether any part but the copies at the end gives other bytes: some bits of a deflated one mean nothing."""
    for name, (start, end) in members.items():
        if "-again" in name or now[start:end] == before[start:end]:
            continue
        if not name.endswith((".json", ".jsonl")):
            return True
        try:
            again = zlib.decompress(now[start:end], -15)
        except zlib.error:
            return True
        if again != zlib.decompress(before[start:end], -15):
            return True
    return False


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_cut_or_flipped_is_told_and_never_raised(
    file: Path, tmp_path: Path, members: dict[str, tuple[int, int]], data: st.DataObject
) -> None:
    size = file.stat().st_size
    cut = data.draw(st.none() | st.integers(0, size - 1))
    flip = (
        data.draw(st.dictionaries(st.integers(0, (cut or size) - 1), st.integers(1, 255), max_size=4))
        if cut != 0
        else {}
    )
    path = changed(file, tmp_path, cut=cut, flip=flip)
    flaws, last = look_through(path)
    if cut is not None or is_altered(path.read_bytes(), file.read_bytes(), members):
        assert flaws
    assert all(str(flaw) for flaw in flaws)
    assert last == LAST or any(
        flaw.kind in (FlawKind.CHAIN_BROKEN, FlawKind.EVENTS_MISSING, FlawKind.UNREADABLE, FlawKind.CONTENTS_LOST)
        for flaw in flaws
    )


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"rubbish" * 99, b"PK\x05\x06" + bytes(18)])
def test_what_is_no_such_file_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.wgreplay"
    path.write_bytes(content)
    assert look_through(path)[0][0].kind is FlawKind.UNREADABLE
    assert look_through(tmp_path / "nowhere")[0][0].kind is FlawKind.UNREADABLE


def test_a_file_of_another_version_is_told(file: Path, tmp_path: Path) -> None:
    path = tmp_path / "newer.wgreplay"
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(path, "w") as newer:
        contents = msgspec.json.decode(whole.read(form.CONTENTS), type=form.Contents)
        newer.writestr(form.CONTENTS, msgspec.json.encode(msgspec.structs.replace(contents, version=9)))
    (flaw,) = look_through(path)[0]
    assert "version 9" in flaw.what


def test_an_event_that_cannot_follow_from_the_first_picture_is_a_break(file: Path, tmp_path: Path) -> None:
    """A file somebody made up: another first picture, everything else in order."""
    path = tmp_path / "made-up.wgreplay"
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(path, "w") as made_up:
        picture = msgspec.json.encode(Picture(seq=FIRST - 1))
        contents = msgspec.json.decode(whole.read(form.CONTENTS), type=form.Contents)
        digest = hashlib.sha256(picture).hexdigest()
        listed = tuple(
            msgspec.structs.replace(member, sha256=digest) if member.name.startswith("start") else member
            for member in contents.members
        )
        for each in whole.namelist():
            is_list = each in (form.CONTENTS, form.CONTENTS_AGAIN)
            told = msgspec.json.encode(msgspec.structs.replace(contents, members=listed))
            made_up.writestr(each, told if is_list else picture if each.startswith("start") else whole.read(each))
    flaws, last = look_through(path)
    assert [flaw.kind for flaw in flaws] == [FlawKind.CHAIN_BROKEN]
    assert last < LAST


# --- the command line -------------------------------------------------------------------------------------


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    code = main([str(word) for word in words])
    said = capsys.readouterr()
    return code, said.out + said.err


def test_export_and_check_by_the_command_line(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "x.wgreplay"
    code, said = run(capsys, "export", "--data", data, "--from", FROM, "--to", TO, "--out", out)
    assert code == 0
    assert said.startswith(f"{LAST - FIRST + 1} events in {out}")
    code, said = run(capsys, "check", "--file", out)
    assert code == 0
    assert "All of it is as it was written." in said
    out.write_bytes(out.read_bytes()[:-4000])
    code, said = run(capsys, "check", "--file", out)
    assert code == EXIT_DAMAGED
    assert "- cut short: " in said
    out.write_bytes(b"")
    assert run(capsys, "check", "--file", out)[0] == EXIT_DAMAGED


@pytest.mark.parametrize(
    ("from_at", "to_at", "words"),
    [
        ("1971-01-01", "1971-01-02T00:00", "Nothing happened then: the journal goes from 20"),
        (str(TO), str(FROM), "Nothing happened then"),
    ],
)
def test_a_stretch_in_which_nothing_was_is_refused_in_words(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], from_at: str, to_at: str, words: str
) -> None:
    code, said = run(capsys, "export", "--data", data, "--from", from_at, "--to", to_at, "--out", tmp_path / "x")
    assert (code, words in said) == (2, True), said
    code, said = run(capsys, "export", "--data", tmp_path, "--from", "0", "--to", "1", "--out", tmp_path / "x")
    assert (code, "there is no journal" in said) == (2, True), said


def test_of_a_broken_journal_what_is_sound_is_exported(tmp_path: Path) -> None:
    write_journal(tmp_path, [*DAY[:600], msgspec.structs.replace(DAY[700], seq=602)])
    with opened(tmp_path) as replay:
        replay.reached(2**62).result()
        made = Export(replay, from_at=START, to_at=TO, made_at=1.0)
        assert isinstance(replay.submit(lambda: made.write(tmp_path / "x")).result(), form.Contents), "what is sound"
    with opened(tmp_path / "x") as replay:
        replay.checked().result()
        assert (replay.index.last_seq, replay.flaws) == (600, ())

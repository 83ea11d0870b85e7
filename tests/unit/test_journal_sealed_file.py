"""What is sealed comes back as it was, or is told not to be as it was; nothing in between."""

import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.journal import sealed_file
from comms.journal.__main__ import main
from comms.journal.sealed_command import EXIT_CANNOT
from comms.journal.sealed_file import PIECE_BYTES, TAG_BYTES, Cipher, SealError, make_key, seal, unseal

SECRET = b"journal of a town " * 3


@pytest.fixture
def key(tmp_path: Path) -> Path:
    make_key(tmp_path / "key")
    return tmp_path / "key"


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    folder = tmp_path / "20261130-080000"
    (folder / "blobs" / "ab").mkdir(parents=True)
    (folder / "journal.sqlite").write_bytes(SECRET * 50_000)  # some pieces
    (folder / "blobs" / "ab" / "photo.jpg").write_bytes(b"\xff\xd8" + bytes(1000))
    (folder / "empty").write_bytes(b"")
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("cipher", list(Cipher))
def test_a_backup_comes_back_as_it_was(backup: Path, key: Path, tmp_path: Path, cipher: Cipher) -> None:
    out = tmp_path / "backup.sealed"
    seal(backup, out, key=key, cipher=cipher)
    data = out.read_bytes()
    assert SECRET[:30] not in data
    assert b"photo.jpg" not in data
    assert len(data) > 2 * PIECE_BYTES
    assert stat.S_IMODE(out.stat().st_mode) == stat.S_IMODE(key.stat().st_mode) == 0o600
    made = unseal(out, tmp_path / "back", key=key)
    assert made == tmp_path / "back" / backup.name
    assert content(made) == content(backup)
    with pytest.raises(SealError, match="there already"):
        unseal(out, tmp_path / "back", key=key)
    seal(backup / "empty", tmp_path / "again.sealed", key=key, cipher=cipher)
    assert unseal(tmp_path / "again.sealed", tmp_path / "one", key=key).read_bytes() == b""


@pytest.mark.parametrize("harm", ["cut", "cut at a piece", "swapped", "bit", "head", "other key", "longer"])
def test_what_was_altered_leaves_nothing(backup: Path, key: Path, tmp_path: Path, harm: str) -> None:
    out, other = tmp_path / "backup.sealed", tmp_path / "other"
    make_key(other)
    seal(backup, out, key=key)
    data = out.read_bytes()
    start, size = data.index(b"\n") + 1, PIECE_BYTES + TAG_BYTES
    first, second = data[start : start + size], data[start + size : start + 2 * size]
    changed = bytearray(data)
    changed[start + size + 100] ^= 1
    out.write_bytes(
        {
            "cut": data[:-1],
            "cut at a piece": data[: start + 2 * size],
            "swapped": data[:start] + second + first + data[start + 2 * size :],
            "bit": bytes(changed),
            "head": data.replace(b"sm4-gcm", b"aes-256-gcm", 1),
            "other key": data,
            "longer": data + bytes(40),
        }[harm]
    )
    with pytest.raises(SealError, match="not as it was sealed"):
        unseal(out, tmp_path / "back", key=other if harm == "other key" else key)
    assert not list((tmp_path / "back").iterdir())


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_told_of(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    make_key(folder / "key")
    (folder / "x.sealed").write_bytes(data)
    with pytest.raises(SealError):
        unseal(folder / "x.sealed", folder / "back", key=folder / "key")


def test_by_the_command_line(backup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key, out, back = tmp_path / "k", tmp_path / "b.sealed", tmp_path / "back"
    assert main(["key", "--out", str(key)]) == 0
    assert main(["key", "--out", str(key)]) == EXIT_CANNOT
    assert main(["seal", "--source", str(backup), "--key", str(key), "--out", str(out)]) == 0
    assert "sm4-gcm" in capsys.readouterr().out
    assert main(["unseal", "--file", str(out), "--key", str(key), "--into", str(back)]) == 0
    key.write_text("nonsense")
    assert main(["unseal", "--file", str(out), "--key", str(key), "--into", str(back)]) == EXIT_CANNOT
    assert "is no key" in capsys.readouterr().err
    out.write_bytes(out.read_bytes().replace(b'"version":1', b'"version":9', 1))
    make_key(tmp_path / "k2")
    with pytest.raises(SealError, match="another version"):
        sealed_file.unseal(out, back, key=tmp_path / "k2")

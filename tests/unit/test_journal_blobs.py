"""Blobs: named by content, written whole or not at all."""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from comms.domain.ids import BlobId
from comms.journal import blobs as blobs_module
from comms.journal.blobs import Blob, BlobRefusedError, Blobs, blob_id_of
from comms.journal.errors import JournalError


@pytest.fixture
def blobs(tmp_path: Path) -> Iterator[Blobs]:
    made = Blobs(tmp_path / "blobs")
    yield made
    made.close()


async def test_what_is_put_is_got_with_its_type(blobs: Blobs) -> None:
    blob_id = await blobs.put(b"picture", "image/jpeg")
    assert blob_id == hashlib.sha256(b"picture").hexdigest()
    assert await blobs.get(blob_id) == Blob("image/jpeg", b"picture", 7)
    assert await blobs.get(blob_id, offset_bytes=2, limit_bytes=3) == Blob("image/jpeg", b"ctu", 7)
    assert await blobs.get(blob_id, offset_bytes=9, limit_bytes=3) == Blob("image/jpeg", b"", 7)
    assert blobs.has(blob_id)


async def test_the_same_content_is_kept_once(blobs: Blobs, tmp_path: Path) -> None:
    first = await blobs.put(b"picture", "image/jpeg")
    assert await blobs.put(b"picture", "image/png") == first
    assert len([path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(
    "name", ["", "..", "../../journal.sqlite", "a" * 63, "A" * 64, "a" * 64 + "/..", blob_id_of(b"never put")]
)
async def test_a_name_that_is_no_blob_finds_nothing(blobs: Blobs, name: str) -> None:
    assert await blobs.get(BlobId(name)) is None
    assert not blobs.has(BlobId(name))


async def test_what_is_not_kept_is_refused(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BlobRefusedError, match="text/html"):
        await blobs.put(b"<script>", "text/html")
    monkeypatch.setattr(blobs_module, "MAX_BLOB_BYTES", 3)
    with pytest.raises(BlobRefusedError, match="4 bytes"):
        await blobs.put(b"four", "image/jpeg")


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
async def test_a_folder_that_takes_nothing_is_a_store_failure(blobs: Blobs, tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(JournalError):
        await blobs.put(b"picture", "image/jpeg")


async def test_a_file_in_the_way_is_a_store_failure_and_leaves_nothing(blobs: Blobs, tmp_path: Path) -> None:
    folder = tmp_path / "blobs" / blob_id_of(b"picture")[:2]
    (folder / f"{blob_id_of(b'picture')}.jpg").parent.mkdir(parents=True)
    (tmp_path / "blobs" / blob_id_of(b"other")[:2]).write_text("not a folder")
    with pytest.raises(JournalError):
        await blobs.put(b"other", "image/jpeg")
    assert not list(folder.iterdir())

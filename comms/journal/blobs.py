"""Blobs: photos, recordings and the map, as files named by the SHA-256 of their content."""

import asyncio
import contextlib
import hashlib
import os
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import msgspec

from comms.domain.ids import BlobId
from comms.journal.errors import JournalError

VISIT_TYPE = "application/vnd.wangge.visit+json"
"""What was answered on a visit: nobody reads it as a blob, because departments see their own part only."""
SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "audio/ogg": ".ogg",
    "video/mp4": ".mp4",
    "application/json": ".json",
    "application/xml": ".xml",
    "application/x-www-form-urlencoded": ".form",
    "application/vnd.wangge.area+json": ".area",
    "application/vnd.wangge.places+json": ".places",
    VISIT_TYPE: ".visit",
    "application/octet-stream": ".bin",
}
"""The media types that are kept, and how their files end, so that a backup can be looked through by hand."""
PHOTO_TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})
MAX_BLOB_BYTES = 64_000_000
_TYPES = {suffix: media_type for media_type, suffix in SUFFIXES.items()}
_ID = re.compile(r"[0-9a-f]{64}")
_THREADS = 2


class Blob(msgspec.Struct, frozen=True):
    """`data` may be a part of all its `total_bytes`."""

    media_type: str
    data: bytes
    total_bytes: int


class BlobRefusedError(ValueError):
    """Too large, or of a media type that is not kept."""


def blob_id_of(data: bytes) -> BlobId:
    return BlobId(hashlib.sha256(data).hexdigest())


class Blobs:
    """`put` and `get` run on threads of their own: a photo must not hold up voice."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="blobs")

    async def put(self, data: bytes, media_type: str) -> BlobId:
        """Durable when it returns. Raises BlobRefusedError, or JournalError when the disk does not take it."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.put_now, data, media_type)

    async def get(self, blob_id: BlobId, *, offset_bytes: int = 0, limit_bytes: int | None = None) -> Blob | None:
        read = partial(self.get_now, blob_id, offset_bytes=offset_bytes, limit_bytes=limit_bytes)
        return await asyncio.get_running_loop().run_in_executor(self._threads, read)

    def has(self, blob_id: BlobId) -> bool:
        return self._find(blob_id) is not None

    def close(self) -> None:
        self._threads.shutdown()

    def put_now(self, data: bytes, media_type: str) -> BlobId:
        suffix = SUFFIXES.get(media_type)
        if suffix is None:
            raise BlobRefusedError(f"blobs of type {media_type!r} are not kept")
        if len(data) > MAX_BLOB_BYTES:
            raise BlobRefusedError(f"{len(data)} bytes are more than {MAX_BLOB_BYTES}")
        blob_id = blob_id_of(data)
        if self._find(blob_id) is None:
            try:
                self._write(self._folder / blob_id[:2], f"{blob_id}{suffix}", data)
            except OSError as error:
                raise JournalError(str(error)) from error
        return blob_id

    def get_now(self, blob_id: BlobId, *, offset_bytes: int = 0, limit_bytes: int | None = None) -> Blob | None:
        path = self._find(blob_id)
        if path is None:
            return None
        with path.open("rb") as file:
            file.seek(offset_bytes)
            data = file.read(limit_bytes)
        return Blob(_TYPES[path.suffix], data, path.stat().st_size)

    def _find(self, blob_id: BlobId) -> Path | None:
        if not _ID.fullmatch(blob_id):
            return None  # also what keeps a peer from naming a path
        folder = self._folder / blob_id[:2]
        return next((path for suffix in _TYPES if (path := folder / f"{blob_id}{suffix}").exists()), None)

    def _write(self, folder: Path, name: str, data: bytes) -> None:
        """Whole or not at all: a temporary file, synced, then renamed, and the folder synced."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, temporary = tempfile.mkstemp(dir=folder)
        try:
            with open(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, folder / name)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Bookmarks and notes of a replay. They lie beside the journal, never in it: what was, was without them."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from comms.domain.decoding import UNREADABLE
from console.settings import put_aside

MOST_CHARACTERS = 4_000


class Bookmark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A moment somebody wants to find again. `at` of the replay, `made_at` of the wall clock, Unix seconds."""

    id: str
    at: float
    text: str = ""
    author: str = ""
    made_at: float = 0.0
    to_at: float | None = None
    """The end of a stretch that is to be looped."""


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    version: int = 1
    journal: str = ""
    bookmarks: tuple[Bookmark, ...] = ()


class Bookmarks:
    """Of one journal, in order of time. A file that cannot be read is put aside, never overwritten."""

    def __init__(self, folder: Path, identity: str) -> None:
        """Raises OSError when the file is there and cannot be had."""
        self._identity = identity
        self._path = folder / f"{identity[:32]}.bookmarks.json"
        self._held: dict[str, Bookmark] = {}
        self.put_aside: Path | None = None
        """Where a file was kept that could not be understood."""
        try:
            page = msgspec.json.decode(self._path.read_bytes(), type=_Page)
        except FileNotFoundError:
            return
        except UNREADABLE:
            self.put_aside = put_aside(self._path)
            return
        self._take(page.bookmarks)

    def __len__(self) -> int:
        return len(self._held)

    @property
    def all(self) -> tuple[Bookmark, ...]:
        return tuple(self._held.values())

    def put(self, bookmark: Bookmark) -> None:
        """A new one, or another text for one there is. Raises OSError when the disk does not take it."""
        bookmark = msgspec.structs.replace(bookmark, text=bookmark.text[:MOST_CHARACTERS])
        self._save({**self._held, bookmark.id: bookmark})

    def remove(self, bookmark_id: str) -> None:
        """Raises OSError when the disk does not take it."""
        self._save({key: held for key, held in self._held.items() if key != bookmark_id})

    def next_from(self, at: float) -> Bookmark | None:
        return next((held for held in self.all if held.at > at), None)

    def last_before(self, at: float) -> Bookmark | None:
        return next((held for held in reversed(self.all) if held.at < at), None)

    def _take(self, bookmarks: Iterable[Bookmark]) -> None:
        self._held = {held.id: held for held in sorted(bookmarks, key=lambda held: (held.at, held.id))}

    def _save(self, wanted: dict[str, Bookmark]) -> None:
        """Written whole or not at all; what is held changes only with the file."""
        page = _Page(journal=self._identity, bookmarks=tuple(wanted.values()))
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._path.with_suffix(".new")
        draft.write_bytes(msgspec.json.format(msgspec.json.encode(page)))
        draft.replace(self._path)
        self._take(wanted.values())

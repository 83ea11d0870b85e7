"""The parts of an exported file, each looked at when it is read: is it there, and is it what the list says."""

import hashlib
from pathlib import Path

import msgspec

from comms.journal.replay import archive_format as form
from comms.journal.replay.source import Flaw, FlawKind, SourceError
from comms.journal.replay.zip_members import ZipMembers


class ArchiveParts:
    """`contents` is None when the list is lost: then parts are believed by their own checksums."""

    def __init__(self, path: Path) -> None:
        """Raises SourceError when it is no exported file, or of another version."""
        try:
            self._zip = ZipMembers(path)
        except (OSError, ValueError) as error:
            raise SourceError(Flaw(kind=FlawKind.UNREADABLE, what=f"{path}: {error}")) from None
        self.flaws: tuple[Flaw, ...] = ()
        try:
            if not self._zip.places:
                raise SourceError(Flaw(kind=FlawKind.UNREADABLE, what=f"{path} is no exported replay"))
            self.contents = self._read_contents(path)
        except SourceError:
            self._zip.close()
            raise
        members = self.contents.members if self.contents is not None else ()
        self._digests = {member.name: member.sha256 for member in members}
        if not self._zip.is_whole:
            whole = sum(not place.is_cut for place in self._zip.places.values())
            of = f" of {len(self._digests) + 2}" if self._digests else ""
            self.note(Flaw(kind=FlawKind.CUT_SHORT, what=f"{whole}{of} parts are there"))

    @property
    def names(self) -> tuple[str, ...]:
        """Those that ought to be there; of a file without a list those that are."""
        return tuple(self._digests or self._zip.places)

    def is_there(self, name: str) -> bool:
        """To its end."""
        place = self._zip.places.get(name)
        return place is not None and not place.is_cut

    def read(self, name: str, missing: FlawKind, altered: FlawKind | None = None) -> bytes:
        """Raises SourceError with one of these flaws."""
        if not self.is_there(name):
            raise SourceError(Flaw(kind=missing, what=name))
        data, is_whole = self._zip.read(name)
        digest = self._digests.get(name)
        if digest is not None:
            is_whole = hashlib.sha256(data).hexdigest() == digest
        if not is_whole:
            raise SourceError(Flaw(kind=altered or missing, what=f"{name} is not as it was written"))
        return data

    def read_anyhow(self, name: str) -> bytes:
        """As much of it as can be had, for what carries its own proof."""
        return self._zip.read(name)[0] if name in self._zip.places else b""

    def read_start(self) -> bytes:
        """The picture it begins with. Raises SourceError when its copy is lost as well."""
        for name in (form.START, form.START_AGAIN):
            try:
                data = self.read(name, FlawKind.UNREADABLE)
            except SourceError:
                continue
            if name == form.START_AGAIN:
                self.note(Flaw(kind=FlawKind.COPY_USED, what=form.START))
            return data
        raise SourceError(Flaw(kind=FlawKind.UNREADABLE, what="the picture it begins with is lost"))

    def note(self, flaw: Flaw) -> None:
        self.flaws = (*self.flaws, flaw)

    def close(self) -> None:
        self._zip.close()

    def _read_contents(self, path: Path) -> form.Contents | None:
        for name in (form.CONTENTS, form.CONTENTS_AGAIN):
            if name not in self._zip.places:
                continue
            data, is_whole = self._zip.read(name)
            contents = _understood(data) if is_whole else None
            if contents is None:
                continue
            if name == form.CONTENTS_AGAIN:
                self.note(Flaw(kind=FlawKind.COPY_USED, what=form.CONTENTS))
            if (contents.format, contents.version) != (form.FORMAT, form.VERSION):
                what = f"{path} is of version {contents.version}; this program reads {form.VERSION}"
                raise SourceError(Flaw(kind=FlawKind.UNREADABLE, what=what))
            return contents
        self.note(Flaw(kind=FlawKind.CONTENTS_LOST))
        return None


def _understood(data: bytes) -> form.Contents | None:
    """None also when it names what no member is called."""
    try:
        contents = msgspec.json.decode(data, type=form.Contents)
        bytes.fromhex(contents.start_hash)
    except (ValueError, RecursionError):  # which msgspec's errors are as well
        return None
    are_names = all(form.MEMBER_NAME.fullmatch(member.name.encode()) for member in contents.members)
    return contents if are_names else None

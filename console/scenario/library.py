"""Scenario files on this machine: those that came with the product, the trainer's own, drafts beside them."""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from comms.domain.inject import Words
from comms.domain.pause import never
from comms.domain.scenario import Scenario
from comms.scenario.scenario_file import ScenarioFileError, read_scenario

SUFFIX, DRAFT_SUFFIX = ".yaml", ".draft"
TRASH = "trash"


class Shelved(msgspec.Struct, frozen=True):
    """One file of the list. `title` is None where it cannot be read as a scenario."""

    path: Path
    is_shipped: bool
    title: Words | None
    length_min: float = 0.0
    injects: int = 0
    has_draft: bool = False


class Opened(msgspec.Struct, frozen=True):
    """A file as it was read: its bytes, the scenario in them, or every problem; a draft of a later edit."""

    path: Path
    data: bytes
    scenario: Scenario | None
    error: ScenarioFileError | None = None
    draft: Scenario | None = None
    origin: Path | None = None
    """Of one of the product's, whose `path` is where a copy would go."""

    @property
    def has_comments(self) -> bool:
        """Written by somebody, beyond the line that editors of text read."""
        lines = (line.strip() for line in self.data.splitlines())
        return any(line.startswith(b"#") and b"$schema" not in line for line in lines)


class Library:
    """`own` is made when first needed. Nothing here is for the interface's thread: files are read and parsed."""

    def __init__(self, shipped: Path, own: Path) -> None:
        self.shipped, self.own = shipped, own

    def is_shipped(self, path: Path) -> bool:
        return path.parent.resolve() == self.shipped.resolve()

    def read(self, stand_back: Callable[[], None] = never) -> tuple[Shelved, ...]:
        """Those of the product first, then the trainer's own, by name. A folder that cannot be read is empty.
        `stand_back` is called before each file, see `console.gate`."""
        found = []
        for path in (path for folder in (self.shipped, self.own) for path in _files(folder)):
            stand_back()
            found.append(self._shelved(path))
        return tuple(found)

    def opened(self, path: Path) -> Opened:
        """One of the product's is read as the beginning of one of the trainer's own."""
        found = open_file(path)
        if not self.is_shipped(path):
            return found
        return Opened(self.free_path(path.stem), b"", found.scenario, found.error, origin=path)

    def _shelved(self, path: Path) -> Shelved:
        found = open_file(path)
        scenario, is_shipped = found.scenario or found.draft, self.is_shipped(path)
        if scenario is None:
            return Shelved(path, is_shipped, None, has_draft=found.draft is not None)
        return Shelved(
            path, is_shipped, scenario.title, scenario.length_min, len(scenario.injects), found.draft is not None
        )

    def free_path(self, name: str) -> Path:
        """A file of one's own that is not there yet."""
        base = re.sub(r"[^\w.-]+", "_", name).strip("._") or "scenario"
        names = (base, *(f"{base}_{number}" for number in range(2, 10_000)))
        paths = (self.own / f"{each}{SUFFIX}" for each in names)
        return next(path for path in paths if not path.exists() and not draft_path(path).exists())

    def trash(self, path: Path) -> Path:
        """Moved, not destroyed; where it lies now. Raises OSError."""
        folder = path.parent / TRASH
        folder.mkdir(parents=True, exist_ok=True)
        names = (path.name, *(f"{path.stem}_{number}{path.suffix}" for number in range(2, 10_000)))
        target = next(each for each in (folder / name for name in names) if not each.exists())
        os.replace(path if path.exists() else draft_path(path), target)
        draft_path(path).unlink(missing_ok=True)
        return target


def _files(folder: Path) -> Iterator[Path]:
    """Also what was begun and never saved, of which there is a draft only."""
    try:
        drafts = (
            path.with_name(path.name[1 : -len(DRAFT_SUFFIX)]) for path in folder.glob(f".*{SUFFIX}{DRAFT_SUFFIX}")
        )
        yield from sorted({*drafts, *(path for path in folder.glob(f"*{SUFFIX}") if path.is_file())})
    except OSError:
        return


def draft_path(path: Path) -> Path:
    return path.with_name(f".{path.name}{DRAFT_SUFFIX}")


def open_file(path: Path) -> Opened:
    """A scenario that makes no sense yet is read all the same. A file that cannot be read is told as a problem."""
    draft = _draft(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        return Opened(path, b"", None, _unreadable(error), draft)
    try:
        scenario = read_scenario(data, is_lenient=True)
    except ScenarioFileError as error:
        return Opened(path, data, None, error, draft)
    return Opened(path, data, scenario, draft=None if draft == scenario else draft)


def _unreadable(error: OSError) -> ScenarioFileError:
    from comms.scenario.scenario_file import Problem

    told = error.strerror or str(error)
    sentences = {
        "en": f"The file cannot be opened ({told}); look whether it is still there.",
        "zh_CN": f"文件打不开（{told}），请确认文件仍在原处。",
    }
    return ScenarioFileError([Problem(1, "", sentences)])


def _draft(path: Path) -> Scenario | None:
    """What was being edited when the desk ended, if anything."""
    try:
        return read_scenario(draft_path(path).read_bytes(), is_lenient=True)
    except (OSError, ScenarioFileError):
        return None


def write_file(path: Path, data: bytes, *, known: bytes | None = None) -> str | None:
    """Whole or not at all. What went wrong, or None; `changed` when somebody else wrote to the file since `known`."""
    partial_path = path.with_name(f".{path.name}.part")
    try:
        if known is not None and path.exists() and _digest(path.read_bytes()) != _digest(known):
            return CHANGED
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial_path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial_path, path)
    except OSError as error:
        _drop(partial_path)
        return error.strerror or str(error)
    return None


CHANGED = "changed"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def drop_draft(path: Path) -> None:
    """One that stays for all that is offered once more."""
    _drop(draft_path(path))


def _drop(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return

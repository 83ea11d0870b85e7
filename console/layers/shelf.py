"""What officers chose of layers, and the layers this desk has from files, kept between starts.

A file that cannot be read is put aside, never overwritten."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from comms.domain.decoding import UNREADABLE
from comms.domain.ids import OfficerId
from console.layers.book import LayerChoice
from console.layers.layer import Layer
from console.settings import put_aside

Choices = dict[OfficerId, LayerChoice]


class LayerShelf:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._choices: Choices = {}
        self.fault = ""
        """Why what was kept could not be read; empty when it could."""
        self._read()

    def choice(self, officer_id: OfficerId) -> LayerChoice:
        return self._choices.get(officer_id, LayerChoice())

    def keep(self, officer_id: OfficerId, choice: LayerChoice) -> None:
        """Written whole or not at all. Raises OSError when the disk does not take it."""
        self._choices[officer_id] = choice
        _write(self._path, self._choices)

    def _read(self) -> None:
        data, self.fault = _bytes(self._path)
        try:
            self._choices = msgspec.json.decode(data, type=Choices) if data else {}
        except UNREADABLE as error:
            put_aside(self._path)
            self.fault = str(error)


class FileShelf:
    """Layers from files belong to the desk, whoever sits at it: the files lie on its disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.layers: tuple[Layer, ...] = ()
        self.fault = ""
        """Why what was kept could not be read; empty when it could."""
        self._read()

    def keep(self, layers: Iterable[Layer]) -> None:
        """Written whole or not at all. Raises OSError when the disk does not take it."""
        self.layers = tuple(layers)
        _write(self._path, self.layers)

    def _read(self) -> None:
        data, self.fault = _bytes(self._path)
        try:
            self.layers = msgspec.json.decode(data, type=tuple[Layer, ...]) if data else ()
        except UNREADABLE as error:
            put_aside(self._path)
            self.fault = str(error)


def _bytes(path: Path) -> tuple[bytes, str]:
    """What a file holds, or why it cannot be read; nothing when it is not there yet."""
    try:
        return path.read_bytes(), ""
    except FileNotFoundError:
        return b"", ""
    except OSError as error:
        return b"", f"{path}: {error.strerror}"


def _write(path: Path, held: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(held)))
    draft.replace(path)

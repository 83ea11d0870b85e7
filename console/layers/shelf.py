"""Officers' choices of layers, kept between starts. A file that cannot be read is put aside, never overwritten."""

from pathlib import Path

import msgspec

from comms.domain.ids import OfficerId
from console.layers.book import LayerChoice
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
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".new")
        draft.write_bytes(msgspec.json.format(msgspec.json.encode(self._choices)))
        draft.replace(self._path)

    def _read(self) -> None:
        try:
            self._choices = msgspec.json.decode(self._path.read_bytes(), type=Choices)
        except FileNotFoundError:
            return
        except OSError as error:
            self.fault = f"{self._path}: {error.strerror}"
        except msgspec.DecodeError as error:
            put_aside(self._path)
            self.fault = str(error)

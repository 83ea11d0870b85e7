"""The device tokens of a fleet, in a file only its owner can read: an enrolment code works once."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from comms.domain.ids import PatrolPlaceId, UnitId
from comms.fleet.terminal_link import Credentials


class CodeEntry(msgspec.Struct, frozen=True):
    """One line of `comms.gateway enrol --out`."""

    unit_id: UnitId
    code: str


def read_doors(path: Path) -> dict[PatrolPlaceId, str]:
    """What `comms.gateway doors` wrote. Raises OSError or one of `UNREADABLE`."""
    return msgspec.json.decode(path.read_bytes(), type=dict[PatrolPlaceId, str])


def read_codes(path: Path) -> tuple[CodeEntry, ...]:
    """Raises OSError or one of `UNREADABLE`."""
    return msgspec.json.decode(path.read_bytes(), type=tuple[CodeEntry, ...])


class TokenFile:
    """Tokens by unit. `save` writes only what has changed, whole or not at all."""

    def __init__(self, path: Path | None) -> None:
        """None keeps them in memory only. Raises OSError, ValueError for a file that is none."""
        self._path = path
        self._tokens: dict[str, str] = {}
        self._is_changed = False
        if path is not None and path.exists():
            self._tokens = msgspec.json.decode(path.read_bytes(), type=dict[str, str])

    @property
    def tokens(self) -> Mapping[str, str]:
        return self._tokens

    def put(self, unit_id: UnitId, token: str) -> None:
        self._tokens[unit_id] = token
        self._is_changed = True

    def save(self) -> None:
        """Raises OSError."""
        if self._path is None or not self._is_changed:
            return
        draft = self._path.with_name(self._path.name + ".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(self._tokens, out)
        draft.replace(self._path)
        self._is_changed = False

    def credentials(self, codes: Iterable[CodeEntry]) -> list[Credentials]:
        """One set for each unit on the list, with its token when there is one."""
        return [Credentials(entry.unit_id, entry.code, self._tokens.get(entry.unit_id)) for entry in codes]

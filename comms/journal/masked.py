"""Personal data of an event, masked (脱敏) for a file that leaves the house: names become surnames, numbers and house
numbers pseudonyms, coordinates go. What happened stays, and which account or terminal did it."""

from collections.abc import Iterable
from typing import Any

from comms.domain.picture import Picture
from comms.journal.masking import Masker, is_name

_NAMES = frozenset({"name", "reporter", "contact", "caller_name", "talker_name", "handler_name", "device_name"})
_PLACES = frozenset({"lat", "lon", "latitude", "longitude"})
_TELEPHONES = frozenset({"phone", "telephone", "mobile"})
HIDDEN = "＊"


def mask_name(name: str) -> str:
    """Whoever it is, one still sees that two are not the same: 张＊; roles and codes stay."""
    return name[0] + HIDDEN * (len(name) - 1) if is_name(name) else name


class Masking:
    """Of all files of one export, so that the same person is the same in each."""

    def __init__(self, picture: Picture) -> None:
        known = [officer.name for officer in picture.officers.values()]
        known += [state.unit.name for state in picture.units.values()]
        self._masker = Masker({name: mask_name(name) for name in known})

    def name(self, name: str) -> str:
        return mask_name(name)

    def text(self, words: str) -> str:
        return self._masker.text(words)

    def learn(self, words: Iterable[str]) -> None:
        self._masker.learn(words)

    def value(self, value: Any, key: str = "") -> Any:
        """The same of plain values (what msgspec's `to_builtins` gives), by what they are called."""
        if isinstance(value, dict):
            return {name: self.value(part, name) for name, part in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(part, key) for part in value]
        if key in _PLACES and isinstance(value, int | float):
            return HIDDEN
        if not isinstance(value, str):
            return value
        if key in _TELEPHONES:
            return HIDDEN if value else ""
        if key == "id" or key.endswith(("_id", "_ids")):
            return value
        return self.name(value) if key in _NAMES and value in self._masker.names else self.text(value)

"""The officer's words: catalogues of texts by key, and the language they are read from now."""

import json
from functools import cache
from importlib import resources
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal

from comms.protocol.errors import Locale, RefusalCode, sentence


@cache
def catalogue(locale: Locale) -> MappingProxyType[str, str]:
    """All texts of a language by key. Keys are flat, `noun.word`; `{name}` in a text is a value to fill in.

    A language is a folder with one file for each part of the desk."""
    texts: dict[str, str] = {}
    for part in resources.files("resources").joinpath("i18n", locale.value).iterdir():
        texts |= json.loads(part.read_text(encoding="utf-8"))
    return MappingProxyType(texts)


class Texts(QObject):
    """Texts in the present language. `changed` fires after a switch: every widget then reads its texts again."""

    changed = Signal()

    def __init__(self, locale: Locale = Locale.ZH_CN, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._locale = locale
        self._texts = catalogue(locale)

    @property
    def locale(self) -> Locale:
        return self._locale

    def switch(self, locale: Locale) -> None:
        """Speak another language from now on."""
        if locale is not self._locale:
            self._locale = locale
            self._texts = catalogue(locale)
            self.changed.emit()

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of `key` with its values filled in. Raises KeyError for a key no catalogue has."""
        wording = self._texts[key]
        return wording.format_map(values) if values else wording

    def has(self, key: str) -> bool:
        return key in self._texts

    def refusal(self, code: RefusalCode) -> str:
        """The plain sentence of a refusal."""
        return sentence(code, self._locale)

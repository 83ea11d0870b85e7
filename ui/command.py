"""One command of the desk, and what many commands ask: see `commands` and `work_commands` for the tables."""

from collections.abc import Callable
from dataclasses import dataclass

from console.store.link import LinkPhase
from ui.controls import Controls
from ui.text import Texts

Claim = Callable[[Controls], bool]


def always(_: Controls) -> bool:
    return True


def is_online(controls: Controls) -> bool:
    return controls.store.link.phase is LinkPhase.ONLINE


def shows(part: str) -> Callable[[Controls], None]:
    def show(controls: Controls) -> None:
        controls.showing.emit(part)

    return show


@dataclass(frozen=True, slots=True)
class Command:
    """One thing the officer can do with a click or a key. `keys` are in Qt's portable form, the first is shown."""

    id: str
    group: str
    icon: str
    run: Callable[[Controls], None]
    keys: tuple[str, ...] = ()
    is_enabled: Claim = always
    number: int | None = None

    def name(self, text: Texts) -> str:
        if self.number is not None:
            return text("command.select_card", number=self.number)
        return text(f"command.{self.id}")


@dataclass(frozen=True, slots=True)
class HoldKey:
    """A key that talks while it is down. `card` is a place in the talkgroup bar; None is the selected one.

    `in_text`: works while a text field has the focus, too.
    """

    id: str
    key: str
    card: int | None = None
    in_text: bool = True

    def name(self, text: Texts) -> str:
        if self.card is None:
            return text("command.talk_selected")
        return text("command.talk_card", number=self.card)

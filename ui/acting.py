"""Starting an action and saying its no: the one border of the interface where an action's failure is caught."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from comms.protocol.pushes import Refused
from console.actions.requester import Unsent
from ui.text import Texts

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Spawn(Protocol):
    """Runs a coroutine to its end on the interface's loop and keeps hold of it until then."""

    def __call__(self, work: Coroutine[Any, Any, None], /) -> object: ...


class Acting(QObject):
    """`said(tone, sentence, detail)` asks for a toast; tones are `danger`, `warn` and `ok`."""

    said = Signal(str, str, str)

    def __init__(self, spawn: Spawn, text: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._spawn = spawn
        self._text = text

    def start(
        self,
        work: Coroutine[Any, Any, T],
        done: Callable[[T], None] | None = None,
        *,
        failed: Callable[[], None] | None = None,
    ) -> None:
        """Run an action; `done` gets its answer, refusals too. What was refused is also said in a toast.

        `failed` is called instead when the action broke."""
        self._spawn(self._finish(work, done, failed))

    async def _finish(
        self, work: Coroutine[Any, Any, T], done: Callable[[T], None] | None, failed: Callable[[], None] | None
    ) -> None:
        try:
            answer = await work
        except Exception as error:  # noqa: BLE001 (the action border: the desk goes on, the officer is told)
            _log.exception("an action failed")
            self.said.emit("danger", self._text("toast.action_failed"), f"{type(error).__name__}: {error}")
            if failed is not None and _is_there(failed):
                failed()
            return
        self._say(answer)
        if done is not None and _is_there(done):
            done(answer)

    def _say(self, answer: object) -> None:
        if isinstance(answer, Refused):
            self.said.emit("danger", answer.text or self._text.refusal(answer.code), answer.code.value)
        elif isinstance(answer, Unsent):
            key = "toast.unsent_kept" if answer.is_kept else "toast.unsent"
            self.said.emit("warn", self._text(key), "link_lost")

    def tell(self, tone: str, sentence: str, detail: str = "") -> None:
        """A toast of the desk's own."""
        self.said.emit(tone, sentence, detail)


def _is_there(callback: Callable[..., None]) -> bool:
    """False for a method of a widget that was closed while its action was under way."""
    owner = getattr(callback, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)

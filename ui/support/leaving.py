"""Files that leave the house: personal data masked unless the officer chooses otherwise and says why; the gateway
records each before it is written."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from comms.domain.audit_events import ExportKind
from comms.protocol.pushes import Done
from console.actions.duty import Duty
from console.actions.requester import Outcome, Unsent
from ui.acting import Acting
from ui.order.controls import Question
from ui.text import Texts
from ui.workplace import Workplace

Write = Callable[[bool], None]
"""Masked or not."""
Asking = Callable[[Question], None]


class Leaving(QObject):
    """`asking` shows a question for a reason."""

    def __init__(self, duty: Duty, acting: Acting, asking: Asking, text: Texts, parent: QObject) -> None:
        super().__init__(parent)
        self._duty, self._acting, self._asking, self._text = duty, acting, asking, text

    def offer(self, dialog: QFileDialog, suffixes: Sequence[str]) -> None:
        """Each kind of file masked, then each as it is; the first is chosen."""
        names = [self._text(key) for key in ("leaving.masked", "leaving.plain")]
        dialog.setNameFilters([f"{suffix.upper()} · {name} (*.{suffix})" for name in names for suffix in suffixes])
        dialog.setDefaultSuffix(suffixes[0])
        dialog.filterSelected.connect(partial(_take_suffix, dialog))

    def is_masked(self, dialog: QFileDialog) -> bool:
        return self._text("leaving.plain") not in dialog.selectedNameFilter()

    def go(self, what: ExportKind, rows: int, write: Write, *, is_masked: bool) -> None:
        """`write` once it may."""
        if is_masked:
            self.tell(what, rows, write, "")
        else:
            sentence = self._text("leaving.why", what=self._text(f"exported.{what.value}"))
            self._asking(Question(sentence, partial(self.tell, what, rows, write)))

    def tell(self, what: ExportKind, rows: int, write: Write, reason: str) -> None:
        """Unmasked with a reason."""
        telling = self._duty.exported(what, is_masked=not reason, rows=rows, reason=reason)
        self._acting.start(telling, partial(_answered, write, not reason))


def leaving_of(place: Workplace, parent: QObject) -> Leaving:
    return Leaving(place.actions.duty, place.acting, place.controls.orders.asking.emit, place.text, parent)


def _answered(write: Write, is_masked: bool, answer: Outcome) -> None:
    """Without a connection only what is masked goes: nobody would know of the other."""
    if isinstance(answer, Done) or (isinstance(answer, Unsent) and is_masked):
        write(is_masked)


def _take_suffix(dialog: QFileDialog, chosen: str) -> None:
    dialog.setDefaultSuffix(chosen.rpartition("*.")[2].rstrip(")"))

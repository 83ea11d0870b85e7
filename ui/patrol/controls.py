"""What the sheet of patrols sets off, one step each; the lists change when the gateway has said so."""

from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from comms.domain.ids import JurisdictionId, PatrolPlaceId, PatrolPlanId
from comms.domain.patrol import PatrolPlan
from comms.protocol.patrol_pushes import DoorCode, DueRow
from comms.protocol.pushes import Done, Refused
from console.actions.requester import Outcome, Unsent
from ui.order.controls import Question
from ui.patrol.codes_pdf import CodeWords, codes_pdf
from ui.report.file import write_whole
from ui.widgets.drill_mark import marked_for
from ui.workplace import Workplace


class PatrolControls(QObject):
    refused = Signal(str)
    """The sentence of a refusal, for the sheet."""
    done = Signal()

    def __init__(self, place: Workplace, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self._patrols, self._acting, self._background = place.actions.patrols, place.acting, place.background
        self._asking, self._text = place.controls.orders.asking, place.text

    def save(self, plan: PatrolPlan) -> None:
        self._start(self._patrols.set_plan(plan), "patrol.told.plan")

    def end(self, plan_id: PatrolPlanId, name: str) -> None:
        def run(reason: str) -> None:
            self._start(self._patrols.end_plan(plan_id, reason=reason), "patrol.told.ended")

        self._asking.emit(Question(self._text("patrol.ask_end", name=name), run))

    def excuse(self, row: DueRow) -> None:
        def run(reason: str) -> None:
            work = self._patrols.excuse(row.plan_id, row.place.id, reason=reason)
            self._start(work, "patrol.told.excused")

        self._asking.emit(Question(self._text("patrol.ask_excuse", name=row.place.name), run))

    def renew(self, row: DueRow) -> None:
        self._start(self._patrols.renew_code(row.place.id), "patrol.told.renewed")

    def _start(self, work: Coroutine[Any, Any, Outcome], key: str) -> None:
        def answered(answer: Outcome) -> None:
            if isinstance(answer, Done):
                self._acting.tell("ok", self._text(key))
                self.done.emit()
            elif isinstance(answer, Refused):
                self.refused.emit(answer.text or self._text.refusal(answer.code))

        self._acting.start(work, answered)

    # --- printing -----------------------------------------------------------------------------------------

    def print_codes(self, where: JurisdictionId, place_ids: tuple[PatrolPlaceId, ...] = ()) -> None:
        """Of these places, or of all there that plans visit."""
        self._acting.start(self._patrols.codes(where, place_ids), self._ask_file)

    def _ask_file(self, codes: list[DoorCode] | Refused | Unsent) -> None:
        if not isinstance(codes, list):
            return
        title = self._text("patrol.print_title")
        dialog = QFileDialog(self._host, title, f"{title}.pdf")
        dialog.setObjectName("patrol_file_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter("PDF (*.pdf)")
        dialog.setDefaultSuffix("pdf")
        dialog.fileSelected.connect(partial(self.print_to, codes))
        dialog.show()

    def print_to(self, codes: list[DoorCode], path: str) -> None:
        title = marked_for(self._host, self._text("patrol.print_title"))
        words = CodeWords(title=title, typed=self._text("patrol.print_typed"))
        stand_back: Callable[[], None] = self._background.stand_back

        def work() -> OSError | None:
            return write_whole(Path(path), lambda: codes_pdf(codes, words, stand_back=stand_back))

        def done(error: OSError | None) -> None:
            if error is None:
                self._acting.tell("ok", self._text("patrol.printed", count=len(codes), path=path))
            else:
                self._acting.tell("danger", self._text("patrol.not_printed", path=path), str(error))

        self._background.start(work, done)

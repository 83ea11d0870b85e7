"""What is said of a drill in its review goes into the drill's own journal, and the review is read anew."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from comms.domain.ids import PartyId
from console.drill.afterword import Afterword, Unkept, keep_afterwords
from console.drill.run import Step
from ui.review.place import ReviewPlace


class Keeping(QObject):
    """`kept` when it is durable. Nothing the page shows changes before that."""

    kept = Signal()

    def __init__(self, place: ReviewPlace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place = place

    def keep(self, by: PartyId, events: Sequence[Afterword]) -> None:
        place, run = self._place, self._place.run
        if run is None:
            return
        data = run.data

        def write(_step: Step) -> Unkept | None:
            return keep_afterwords(data, by, events)

        place.work.start(place.text("review.keeping"), write, self._told)

    def _told(self, unkept: Unkept | None) -> None:
        place = self._place
        if unkept is None:
            self.kept.emit()
            place.read_again()
        else:
            place.say("danger", place.text(f"review.unkept.{unkept.why.value}", why=unkept.detail))

"""Who speaks: the trainers and observers of the drill that is reviewed."""

from PySide6.QtWidgets import QComboBox, QWidget

from comms.domain.ids import PartyId
from console.drill.run import Run
from ui.text import Texts


class StaffField(QComboBox):
    def __init__(self, text: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self.setObjectName("review_staff")

    def show_run(self, run: Run) -> None:
        before = self.currentData()
        self.setAccessibleName(self._text("review.as"))
        self.setToolTip(self._text("review.as_tip"))
        self.clear()
        for party in run.review.staff:
            self.addItem(run.review.names.get(party, party), party)
        self.setCurrentIndex(max(0, self.findData(before)))
        self.setEnabled(self.count() > 0)

    @property
    def party(self) -> PartyId | None:
        """None where the record knows of nobody who may speak."""
        data = self.currentData()
        return PartyId(data) if data else None

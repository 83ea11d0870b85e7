"""A roster from a sheet: chosen, read aside, planned as a whole, or told what is wrong with it."""

from pathlib import Path

from PySide6.QtCore import QDateTime, QObject
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from comms.domain.duty import DutyPost
from console.duty.roster_file import Known, RosterReading, RosterRow, read_roster
from ui.duty.controls import DutyControls
from ui.workplace import Workplace

_FAULTS_SHOWN = 5


class RosterImport(QObject):
    """What cannot be is said by `say`."""

    def __init__(self, place: Workplace, controls: DutyControls, say: QLabel, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self._place = place
        self._controls = controls
        self._say = say

    def ask(self) -> None:
        dialog = QFileDialog(self._host.window(), self._place.text("duty.button.import"))
        dialog.setObjectName("duty_import_dialog")
        dialog.setNameFilter("XLSX, CSV (*.xlsx *.csv)")
        dialog.fileSelected.connect(self.read)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def read(self, name: str) -> None:
        posts = {key: post.id for post in self._controls.posts() for key in (post.name, post.id)}
        officers = self._place.store.picture.officers.values()
        known = Known(posts, {key: one.id for one in officers for key in (one.name, one.id)})
        self._place.background.start(lambda: read_roster(Path(name), known), self._take)

    def _take(self, reading: RosterReading) -> None:
        """All of it or nothing: a roster with holes would be worse than none."""
        text = self._place.text
        if reading.faults:
            told = [
                text(f"duty.row.{one.fault.value}", number=one.number, detail=one.detail)
                for one in reading.faults[:_FAULTS_SHOWN]
            ]
            more = len(reading.faults) - _FAULTS_SHOWN
            self._say.setText("\n".join([*told, *([text("duty.row.more", count=more)] if more > 0 else [])]))
            return
        for post in self._controls.posts():
            rows = [row for row in reading.rows if row.post_id == post.id]
            if rows:
                self._plan(post, rows)

    def _plan(self, post: DutyPost, rows: list[RosterRow]) -> None:
        """In place of what was planned from the first day of the sheet to its last."""
        drafts = tuple(row.draft for row in rows)
        first, last = min(one.start_at for one in drafts), max(one.start_at for one in drafts)
        from_at = QDateTime.fromSecsSinceEpoch(int(first)).date().startOfDay().toSecsSinceEpoch()
        until_at = QDateTime.fromSecsSinceEpoch(int(last)).date().addDays(1).startOfDay().toSecsSinceEpoch()
        self._controls.plan(post, drafts, from_at=float(from_at), until_at=float(until_at))

"""Fetching the record as it came, reading it on the background thread, and showing the newest asked for."""

from functools import partial

from PySide6.QtCore import QObject

from comms.domain.quarantine import part_of
from comms.domain.work_order_book import Quarantined
from comms.protocol.pushes import BlobContent
from ui.quarantine.face import RecordView
from ui.quarantine.record import Record, read_record
from ui.quarantine.words import parts_of_fields
from ui.workplace import Workplace


class RecordReader(QObject):
    def __init__(self, place: Workplace, view: RecordView, parent: QObject) -> None:
        super().__init__(parent)
        self._place = place
        self._view = view
        self._wanted: Quarantined | None = None

    def show(self, held: Quarantined | None) -> None:
        self._wanted = held
        if held is None:
            self._view.show_words("")
            return
        self._view.show_words(self._place.text("quarantine.reading"))
        self._place.acting.start(self._place.actions.duty.blob(held.blob_id), partial(self._take, held))

    def _take(self, held: Quarantined, answer: object) -> None:
        if held is not self._wanted:
            return
        if isinstance(answer, BlobContent):
            work = partial(read_record, answer.data, answer.media_type)
            self._place.background.start(work, partial(self._show, held))
        else:
            self._view.show_words(self._place.text("quarantine.unread"))

    def _show(self, held: Quarantined, record: Record) -> None:
        if held is self._wanted:
            source = self._place.store.picture.work_orders.sources.get(held.order.origin.source)
            self._view.show_record(record, parts_of_fields(source), frozenset(map(part_of, held.faults)))

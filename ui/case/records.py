"""What is known of a case: the flow record, which only grows, and all its evidence, to be heard and looked at."""

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QListView, QVBoxLayout, QWidget

from comms.domain.case import CaseState
from comms.domain.case_attachments import Attachment, AttachmentKind
from comms.domain.ids import BlobId
from console.actions.duty import Duty
from console.store.store import Store
from ui.acting import Acting
from ui.case.pair import PhotoPair
from ui.case.words import evidence_line, flow_line
from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import label
from ui.widgets.lines import LINE_ROLE, LinesModel, keep_shown, lines_view

_PHOTOS = {AttachmentKind.PHOTO_BEFORE: "before", AttachmentKind.PHOTO_AFTER: "after"}


class CaseRecords(QWidget):
    """`opened` carries the Attachment that Enter or a double click is on."""

    opened = Signal(object)

    def __init__(self, *, store: Store, duty: Duty, acting: Acting, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._store = store
        self._text = text
        self.evidence: tuple[Attachment, ...] = ()
        self._heads = {name: label(tone="head", parent=self) for name in ("flow", "evidence")}
        self.flow_model, self.evidence_model = LinesModel(self), LinesModel(self)
        self.flow_view: QListView = lines_view(self.flow_model, look, self)
        self.evidence_view: QListView = lines_view(self.evidence_model, look, self)
        self.pair = PhotoPair(duty=duty, acting=acting, look=look, text=text, parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._heads["flow"])
        column.addWidget(self.flow_view, 5)
        column.addWidget(self._heads["evidence"])
        column.addWidget(self.evidence_view, 3)
        column.addWidget(self.pair, 5)
        self.evidence_view.activated.connect(self._open)
        self.evidence_view.selectionModel().currentChanged.connect(self._look_at)

    def show_case(self, case: CaseState, evidence: tuple[Attachment, ...]) -> None:
        """The newest line of the record is in sight unless the officer reads elsewhere."""
        store, text = self._store, self._text
        flow = tuple(flow_line(place, line, case, store, text) for place, line in enumerate(case.flow))
        bar = self.flow_view.verticalScrollBar()
        is_at_end = bar.value() == bar.maximum() or len(flow) < self.flow_model.rowCount()
        keep_shown(self.flow_view, self.flow_model, flow)
        if is_at_end:
            self.flow_view.scrollToBottom()
        self.evidence = evidence
        keep_shown(
            self.evidence_view,
            self.evidence_model,
            tuple(evidence_line(place, one, store, text) for place, one in enumerate(evidence)),
        )
        photos: dict[str, list[BlobId]] = {"before": [], "after": []}
        for one in evidence:
            if one.kind in _PHOTOS and one.blob_id is not None:
                photos[_PHOTOS[one.kind]].append(one.blob_id)
        self.pair.show_photos(tuple(photos["before"]), tuple(photos["after"]))
        self._heads["evidence"].setText(text("case.evidence.head", count=len(evidence)))
        self._heads["flow"].setText(text("case.flow.head", count=len(flow)))

    def _at(self, index: QModelIndex) -> Attachment | None:
        line = index.data(LINE_ROLE)
        return self.evidence[index.row()] if line is not None and index.row() < len(self.evidence) else None

    def _open(self, index: QModelIndex) -> None:
        found = self._at(index)
        if found is not None:
            self.opened.emit(found)

    def _look_at(self, index: QModelIndex) -> None:
        found = self._at(index)
        if found is not None and found.blob_id is not None and found.kind in _PHOTOS:
            self.pair.show_photo(found.blob_id)

    def retranslate(self) -> None:
        for name, view in (("flow", self.flow_view), ("evidence", self.evidence_view)):
            view.setAccessibleName(self._text(f"case.{name}.name"))
        self.pair.read()

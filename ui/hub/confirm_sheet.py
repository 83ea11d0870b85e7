"""A yes or a no about several incidents, over the middle of the window. Enter says yes, Esc no."""

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from ui.hub.bulk_controls import BulkControls
from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import label
from ui.widgets.overlay import Corner, Sheet
from ui.widgets.row import row_of


class ConfirmSheet(Sheet):
    def __init__(self, host: QWidget, *, bulk: BulkControls, look: Look, text: Texts) -> None:
        super().__init__(host, Corner.CENTRE)
        self._bulk = bulk
        self._look = look
        self._text = text
        self._sentence = label(wraps=True, tone="head", parent=self)
        self._aside = label(wraps=True, tone="dim", parent=self)
        self._back, self._yes = QPushButton(self), QPushButton(self)
        self._yes.setObjectName("bulk_confirm")
        self._back.setProperty("tone", "flat")
        self._yes.setProperty("tone", "primary")
        self._yes.setAutoDefault(True)
        self._back.setAutoDefault(True)
        self._back.clicked.connect(self.dismiss)
        self._yes.clicked.connect(self.confirm)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.addWidget(self._sentence)
        column.addWidget(self._aside)
        column.addLayout(row_of(None, self._back, self._yes))

    def wanted_width(self) -> int:
        return self._look.px(420)

    def wanted_height(self) -> int:
        return max(self.sizeHint().height(), self._column.totalHeightForWidth(self.wanted_width()))

    def open(self) -> None:
        asked = self._bulk.asked
        if asked is None:
            return
        self._sentence.setText(asked.sentence)
        self._aside.setText(asked.aside)
        self._aside.setVisible(bool(asked.aside))
        self._back.setText(self._text("reason.back"))
        self._yes.setText(asked.confirm)
        self.appear()
        self._yes.setFocus()

    def confirm(self) -> None:
        asked, self._bulk.asked = self._bulk.asked, None
        self.dismiss()
        if asked is not None:
            asked.answer()

"""Statuses to narrow a list down by: shape and count each, the word in the tool tip."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from comms.domain.unit import UnitStatus
from ui.text import Texts
from ui.theme import Look
from ui.widgets.shapes import paint_status


class StatusChips(QWidget):
    """`changed` fires when the officer chooses; none chosen means all."""

    changed = Signal()

    def __init__(self, look: Look, text: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 6, 0)
        row.setSpacing(1)
        self._chips = {status: self._chip(status) for status in UnitStatus}
        for chip in self._chips.values():
            row.addWidget(chip, 1)
        text.changed.connect(self._read)
        look.changed.connect(self._restyle)
        self._restyle()
        self._read()

    @property
    def chosen(self) -> frozenset[UnitStatus]:
        return frozenset(status for status, chip in self._chips.items() if chip.isChecked())

    def chip(self, status: UnitStatus) -> QToolButton:
        return self._chips[status]

    def show_counts(self, counts: Mapping[UnitStatus, int]) -> None:
        for status, chip in self._chips.items():
            chip.setText(str(counts[status]))

    def _chip(self, status: UnitStatus) -> QToolButton:
        chip = QToolButton(self)
        chip.setObjectName(f"chip_{status.value}")
        chip.setProperty("tone", "chip")
        chip.setCheckable(True)
        chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        chip.clicked.connect(self.changed)
        return chip

    def _read(self) -> None:
        for status, chip in self._chips.items():
            words = self._text(f"status.{status.value}")
            chip.setToolTip(self._text("units.only", status=words))
            chip.setAccessibleName(words)

    def _restyle(self) -> None:
        side = self._look.px(12)
        for status, chip in self._chips.items():
            pixmap = QPixmap(side * 2, side * 2)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_status(painter, status, self._look.theme, pixmap.rect().toRectF())
            painter.end()
            chip.setIcon(QIcon(pixmap))
            chip.setIconSize(QSize(side, side))

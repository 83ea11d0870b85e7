"""Widgets side by side."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.widgets.labels import ElidedLabel


def row_of(*parts: QWidget | None) -> QHBoxLayout:
    """None is what stretches."""
    row = QHBoxLayout()
    row.setSpacing(4)
    for part in parts:
        if part is None:
            row.addStretch(1)
        else:
            row.addWidget(part, 1 if isinstance(part, ElidedLabel) else 0)
    return row

"""Saved views of the officer: a place of the map with its layers, opened, saved and deleted by name."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QToolButton, QWidget

from ui.layer.desk import LayerDesk
from ui.text import Texts


class LayerViews(QWidget):
    def __init__(self, desk: LayerDesk, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._text = text
        self._name = QLineEdit(self)
        self.box = QComboBox(self)
        self.box.setObjectName("layer_views")
        self.box.setEditable(True)
        self.box.setLineEdit(self._name)
        self.box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.save, self.forget = flat_button(self, "layers_save"), flat_button(self, "layers_forget")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.box, 1)
        row.addWidget(self.save)
        row.addWidget(self.forget)
        self.save.clicked.connect(self._save_view)
        self.forget.clicked.connect(self._forget_view)
        self.box.activated.connect(self._open_view)
        desk.changed.connect(self.show_views)

    def read(self) -> None:
        for button in (self.save, self.forget):
            name_button(button, self._text)
        self._name.setPlaceholderText(self._text("layers.view_name"))
        self.show_views()

    def show_views(self) -> None:
        names = [view.name for view in self._desk.book.choice.views]
        if names != [self.box.itemText(index) for index in range(self.box.count())]:
            typed = self.box.currentText()
            self.box.clear()
            self.box.addItems(names)
            self.box.setEditText(typed)

    def _save_view(self) -> None:
        name = self.box.currentText().strip()
        if name:
            self._desk.save_view(name)
        else:
            self.box.setFocus()

    def _forget_view(self) -> None:
        self._desk.forget_view(self.box.currentText().strip())
        self.box.clearEditText()

    def _open_view(self, index: int) -> None:
        self._desk.open_view(self.box.itemText(index))


def flat_button(parent: QWidget, name: str, *, is_checkable: bool = False) -> QToolButton:
    button = QToolButton(parent)
    button.setObjectName(name)
    button.setProperty("tone", "flat")
    button.setCheckable(is_checkable)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def name_button(button: QToolButton, text: Texts) -> None:
    part = button.objectName().removeprefix("layers_")
    button.setText(text(f"layers.{part}"))
    button.setToolTip(text(f"layers.{part}_tip"))

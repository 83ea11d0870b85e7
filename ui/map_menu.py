"""A menu over the map: entries by their key in the texts."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from ui.text import Texts
from ui.widgets.triggered import Triggered


class MapMenu(QMenu):
    """Gone when it closes."""

    def __init__(self, desk_map: QWidget, text: Texts) -> None:
        super().__init__(desk_map)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._text = text

    def offer(self, key: str, run: Callable[[], object], *, is_enabled: bool = True, **values: str | int) -> None:
        action = QAction(self._text(key, **values), self)
        action.setEnabled(is_enabled)
        action.triggered.connect(Triggered(run))
        self.addAction(action)

"""Lists of talkgroups and grids to send an order to."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from comms.domain.jurisdiction import Level
from comms.domain.order import JurisdictionTarget, OrderTarget, TalkgroupTarget
from console.store.store import Store


class TargetMenus(QObject):
    """`chosen` carries the OrderTarget."""

    chosen = Signal(object)

    def __init__(self, store: Store, parent: QWidget) -> None:
        super().__init__(parent)
        self._store = store
        self._parent = parent

    def offer_groups(self, below: QPushButton) -> None:
        groups = self._store.cards
        self._offer(below, [(group.name, TalkgroupTarget(group.id)) for group in groups if group is not None])

    def offer_grids(self, below: QPushButton) -> None:
        nodes = self._store.picture.jurisdictions.values()
        wanted = [node for node in nodes if node.level in (Level.VILLAGE, Level.GRID)]
        self._offer(below, [(node.name, JurisdictionTarget(node.id)) for node in wanted])

    def _offer(self, below: QPushButton, choices: list[tuple[str, OrderTarget]]) -> None:
        menu = QMenu(self._parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, target in choices:
            action = QAction(name, menu)
            action.setData(target)
            menu.addAction(action)
        menu.triggered.connect(self._choose)
        menu.popup(below.mapToGlobal(below.rect().bottomLeft()))

    def _choose(self, action: QAction) -> None:
        self.chosen.emit(action.data())

"""The way into quarantine from the hub: a button at its foot that says how many wait."""

from functools import partial

from PySide6.QtWidgets import QPushButton, QWidget

from console.store.notices import Changed, Notice, Reset
from console.store.store import Store
from ui.controls import Controls
from ui.text import Texts
from ui.theme import Look
from ui.watch import follow
from ui.widgets.icons import icon
from ui.widgets.triggered import Triggered


class QuarantineFoot(QPushButton):
    """Always there, so that nothing moves when the first one comes."""

    def __init__(self, *, store: Store, controls: Controls, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("hub_quarantine")
        self.setProperty("tone", "flat")
        self._store, self._look, self._text = store, look, text
        self.clicked.connect(Triggered(partial(controls.showing.emit, "quarantine")))
        for changed in (text.changed, look.changed):
            changed.connect(self._read)
        follow(self, store, self._notice)
        self._read()

    def _notice(self, notice: Notice) -> None:
        if isinstance(notice, Reset) or (isinstance(notice, Changed) and notice.noun == "work_order"):
            self._read()

    def _read(self) -> None:
        count, theme = len(self._store.picture.work_orders.quarantine), self._look.theme
        self.setText(self._text("quarantine.foot", count=count) if count else self._text("quarantine.foot_none"))
        self.setToolTip(self._text("quarantine.foot_tip"))
        self.setIcon(icon("warning" if count else "check", theme.warn if count else theme.text_dim))

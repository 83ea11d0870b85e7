"""The catalogue of layers: find, switch on and off one by one or by topic, favourites, order, saved views."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.layers.layer import LayerId
from ui.layer.desk import LayerDesk
from ui.layer.file_words import short_state
from ui.panels.layer_foot import LayerFoot
from ui.panels.layer_tree import LayerTree
from ui.panels.layer_views import LayerViews, flat_button, name_button
from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import label

COUNT_MS = 300
"""Counts of what is in the view are brought up to date so often while the panel is seen."""


class LayersPanel(QWidget):
    def __init__(self, desk: LayerDesk, *, look: Look, text: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self._text = text
        self.search_field = QLineEdit(self)
        self.search_field.setObjectName("find_layer")
        self.search_field.setClearButtonEnabled(True)
        self._found = label(tone="dim", parent=self)
        self.favourites = flat_button(self, "layers_favourites", is_checkable=True)
        self.star, self.up, self.down = (flat_button(self, f"layers_{name}") for name in ("star", "up", "down"))
        self.foot = LayerFoot(desk, text, self)
        self.views = LayerViews(desk, text, self)
        self.tree = LayerTree(look, text, self)
        self._counting = QTimer(self)
        self._counting.setInterval(COUNT_MS)
        self._arrange()
        desk.known.connect(self._build)
        desk.changed.connect(self._show)
        self.search_field.textChanged.connect(self._narrow)
        self.favourites.toggled.connect(self._narrow)
        self.tree.switched.connect(desk.set_on)
        self.tree.starWanted.connect(self._toggle_favourite)
        self.tree.moveWanted.connect(self._move)
        self.tree.currentItemChanged.connect(self._show_foot)
        desk.files.changed.connect(self._count)
        self.star.clicked.connect(self._toggle_favourite)
        self.up.clicked.connect(self._lift)
        self.down.clicked.connect(self._sink)
        self._counting.timeout.connect(self._count)
        text.changed.connect(self._read)
        look.changed.connect(self._read)
        self._build()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(4)
        top, marks = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.search_field, 1)
        top.addWidget(self._found)
        marks.addWidget(self.favourites)
        marks.addStretch(1)
        for button in (self.star, self.up, self.down):
            marks.addWidget(button)
        column.addLayout(top)
        column.addWidget(self.views)
        column.addLayout(marks)
        column.addWidget(self.tree, 1)
        column.addWidget(self.foot)

    def _build(self) -> None:
        self.tree.build(self._desk.book)
        self._read()

    def _read(self) -> None:
        for button in (self.favourites, self.star, self.up, self.down):
            name_button(button, self._text)
        self.search_field.setPlaceholderText(self._text("layers.find"))
        self.views.read()
        self.foot.read()
        self.tree.read(self._desk.book)
        self._show()

    def _show(self) -> None:
        self.tree.show_choice(self._desk.book)
        self._narrow()

    def _narrow(self) -> None:
        book = self._desk.book
        shown = self.tree.narrow(book, self.search_field.text(), only_favourites=self.favourites.isChecked())
        self._found.setText(self._text("layers.found", count=shown, total=len(book.layers)))

    def _count(self) -> None:
        files = self._desk.files
        notes = {layer_id: words for layer_id in files.layer_ids() if (words := self._note(layer_id))}
        self.tree.show_counts(self._desk.counts(), notes)
        self._show_foot()

    def _note(self, layer_id: LayerId) -> str:
        """Why a layer from a file is not on the map, or how far its reading is."""
        errand, report = self._desk.files.errand(layer_id), self._desk.files.report(layer_id)
        if errand is not None:
            return self._text("file.percent", percent=errand.percent or 0)
        is_lost = report is not None and self._desk.own_features(layer_id) is None
        return short_state(report, self._text) if report is not None and is_lost else ""

    def _show_foot(self) -> None:
        self.foot.show_layer(self.tree.chosen)

    def showEvent(self, event: QShowEvent) -> None:
        self._counting.start()
        self._count()

    def hideEvent(self, event: QHideEvent) -> None:
        self._counting.stop()

    def _toggle_favourite(self) -> None:
        layer_id = self.tree.chosen
        if layer_id is not None:
            self._desk.set_favourite(layer_id, not self._desk.book.is_favourite(layer_id))

    def _lift(self) -> None:
        self._move(1)

    def _sink(self) -> None:
        self._move(-1)

    def _move(self, steps: int) -> None:
        layer_id = self.tree.chosen
        if layer_id is not None:
            self._desk.lift(layer_id, steps)

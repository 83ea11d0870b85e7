"""The catalogue of layers: find, switch on and off one by one or by topic, favourites, order, saved views."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from console.layers.book import found_by
from console.layers.layer import Layer, LayerId
from ui.layer_desk import LayerDesk
from ui.map.layer_symbols import colour_of
from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import label
from ui.widgets.swatch import swatch

NAME, COUNT, FAVOURITE = range(3)
ID_ROLE = Qt.ItemDataRole.UserRole
COUNT_MS = 300
"""Counts follow the view when it has rested so long."""
_STAR, _NO_STAR = "★", "☆"


class LayersPanel(QWidget):
    """Space switches the layer under the cursor, F marks it, Alt with up and down moves it in the drawing order."""

    def __init__(self, desk: LayerDesk, *, look: Look, text: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self._look = look
        self._text = text
        self._items: dict[LayerId, QTreeWidgetItem] = {}
        self._topics: dict[str, QTreeWidgetItem] = {}
        self._is_telling = False
        self.search_field = QLineEdit(self)
        self.search_field.setObjectName("find_layer")
        self.search_field.setClearButtonEnabled(True)
        self._found = label(tone="dim", parent=self)
        self._favourites = self._button("layers_favourites", is_checkable=True)
        self._up, self._down = self._button("layers_up"), self._button("layers_down")
        self._star = self._button("layers_star")
        self.views = QComboBox(self)
        self.views.setObjectName("layer_views")
        self.views.setEditable(True)
        self.views.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._save, self._forget = self._button("layers_save"), self._button("layers_forget")
        self.tree = self._tree()
        self._counting = QTimer(self)
        self._counting.setInterval(COUNT_MS)
        self._arrange()
        self._connect()
        self._build()
        self._read()

    def _button(self, name: str, *, is_checkable: bool = False) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setProperty("tone", "flat")
        button.setCheckable(is_checkable)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _tree(self) -> QTreeWidget:
        tree = QTreeWidget(self)
        tree.setObjectName("layers")
        tree.setColumnCount(3)
        tree.setHeaderHidden(True)
        tree.setUniformRowHeights(True)
        tree.setIndentation(14)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column in (COUNT, FAVOURITE):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        tree.installEventFilter(self)
        return tree

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(4)
        for widgets, wide in (
            ((self.search_field, self._found), self.search_field),
            ((self.views, self._save, self._forget), self.views),
            ((self._favourites, None, self._star, self._up, self._down), None),
        ):
            row = QHBoxLayout()
            row.setSpacing(4)
            for widget in widgets:
                if widget is None:
                    row.addStretch(1)
                else:
                    row.addWidget(widget, 1 if widget is wide else 0)
            column.addLayout(row)
        column.addWidget(self.tree, 1)

    def _connect(self) -> None:
        self._desk.known.connect(self._build)
        self._desk.changed.connect(self._show)
        self.search_field.textChanged.connect(self._narrow)
        self._favourites.toggled.connect(self._narrow)
        self.tree.itemChanged.connect(self._switched)
        self.tree.itemClicked.connect(self._clicked)
        self._star.clicked.connect(self._toggle_favourite)
        self._up.clicked.connect(self._lift)
        self._down.clicked.connect(self._sink)
        self._save.clicked.connect(self._save_view)
        self._forget.clicked.connect(self._forget_view)
        self.views.activated.connect(self._open_view)
        self._counting.timeout.connect(self._count)
        self._text.changed.connect(self._read)
        self._look.changed.connect(self._restyle)

    # --- what there is ------------------------------------------------------------------------------------

    def name_of(self, layer: Layer) -> str:
        """Built-in layers hold a key, others the words of whoever made them."""
        part = layer.name.removeprefix("layer.")
        return self._text(f"layer.{part}") if part != layer.name else layer.name

    def _topic_name(self, topic: str) -> str:
        part = topic.removeprefix("topic.")
        return self._text(f"topic.{part}") if part != topic else topic

    def _build(self) -> None:
        """Another area: the items of layers that stay keep their places and what is open."""
        self._is_telling = True
        is_open = {topic: item.isExpanded() for topic, item in self._topics.items()}
        self.tree.clear()
        self._items.clear()
        self._topics.clear()
        for topic, layers in self._desk.book.topics().items():
            parent = self._topics[topic] = QTreeWidgetItem(self.tree)
            parent.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            for layer in layers:
                item = self._items[layer.id] = QTreeWidgetItem(parent)
                item.setData(NAME, ID_ROLE, layer.id)
                item.setFlags(parent.flags() | Qt.ItemFlag.ItemNeverHasChildren)
                item.setTextAlignment(COUNT, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            parent.setExpanded(is_open.get(topic, True))
        self._is_telling = False
        self._read()

    def _read(self) -> None:
        for layer in self._desk.book.layers:
            self._items[layer.id].setText(NAME, self.name_of(layer))
        for topic, item in self._topics.items():
            item.setText(NAME, self._topic_name(topic))
        for button in (self._favourites, self._star, self._up, self._down, self._save, self._forget):
            part = button.objectName().removeprefix("layers_")
            button.setText(self._text(f"layers.{part}"))
            button.setToolTip(self._text(f"layers.{part}_tip"))
        self.search_field.setPlaceholderText(self._text("layers.find"))
        self.views.lineEdit().setPlaceholderText(self._text("layers.view_name"))
        self._restyle()
        self._show()

    def _restyle(self) -> None:
        px = self._look.px
        self.tree.header().resizeSection(COUNT, px(58))
        self.tree.header().resizeSection(FAVOURITE, px(26))
        for layer in self._desk.book.layers:
            item = self._items[layer.id]
            colour = colour_of(layer.style.base.colour, self._look.theme.map)
            item.setIcon(NAME, swatch(colour, px(12)))
            item.setSizeHint(NAME, QSize(0, px(24)))

    def _show(self) -> None:
        """What is on, what is a favourite, which views there are."""
        self._is_telling = True
        book = self._desk.book
        for layer in book.layers:
            item = self._items[layer.id]
            item.setCheckState(NAME, Qt.CheckState.Checked if book.is_on(layer.id) else Qt.CheckState.Unchecked)
            item.setText(FAVOURITE, _STAR if book.is_favourite(layer.id) else _NO_STAR)
        states = {True: Qt.CheckState.Checked, False: Qt.CheckState.Unchecked, None: Qt.CheckState.PartiallyChecked}
        for topic, parent in self._topics.items():
            parent.setCheckState(NAME, states[book.topic_state(topic)])
        names = [view.name for view in book.choice.views]
        if names != [self.views.itemText(index) for index in range(self.views.count())]:
            typed = self.views.currentText()
            self.views.clear()
            self.views.addItems(names)
            self.views.setEditText(typed)
        self._is_telling = False
        self._narrow()

    def _narrow(self) -> None:
        words, book, shown = self.search_field.text(), self._desk.book, 0
        for topic, layers in book.topics().items():
            visible = 0
            for layer in layers:
                is_found = found_by(words, (self.name_of(layer), self._topic_name(topic)))
                is_wanted = is_found and (not self._favourites.isChecked() or book.is_favourite(layer.id))
                self._items[layer.id].setHidden(not is_wanted)
                visible += is_wanted
            self._topics[topic].setHidden(not visible)
            shown += visible
        self._found.setText(self._text("layers.found", count=shown, total=len(book.layers)))

    def _count(self) -> None:
        """Only what has changed is written, so that nothing flickers."""
        if not self.isVisible():
            return
        counts = self._desk.counts()
        for layer_id, item in self._items.items():
            words = f"{counts[layer_id]:,}" if layer_id in counts else ""
            if item.text(COUNT) != words:
                item.setText(COUNT, words)

    def showEvent(self, event: QEvent) -> None:
        self._counting.start()
        self._count()

    def hideEvent(self, event: QEvent) -> None:
        self._counting.stop()

    # --- what the officer does ----------------------------------------------------------------------------

    def _chosen(self) -> LayerId | None:
        item = self.tree.currentItem()
        found = item.data(NAME, ID_ROLE) if item is not None else None
        return LayerId(found) if found else None

    def _switched(self, item: QTreeWidgetItem, column: int) -> None:
        if self._is_telling or column != NAME:
            return
        is_on = item.checkState(NAME) is Qt.CheckState.Checked
        children = [item.child(index) for index in range(item.childCount())] or [item]
        self._desk.set_on([LayerId(child.data(NAME, ID_ROLE)) for child in children if not child.isHidden()], is_on)

    def _clicked(self, item: QTreeWidgetItem, column: int) -> None:
        if column == FAVOURITE and item.childCount() == 0:
            self._toggle_favourite()

    def _toggle_favourite(self) -> None:
        layer_id = self._chosen()
        if layer_id is not None:
            self._desk.set_favourite(layer_id, not self._desk.book.is_favourite(layer_id))

    def _lift(self) -> None:
        self._move(1)

    def _sink(self) -> None:
        self._move(-1)

    def _move(self, steps: int) -> None:
        layer_id = self._chosen()
        if layer_id is not None:
            self._desk.lift(layer_id, steps)

    def _save_view(self) -> None:
        name = self.views.currentText().strip()
        if name:
            self._desk.save_view(name)
        else:
            self.views.setFocus()

    def _forget_view(self) -> None:
        self._desk.forget_view(self.views.currentText().strip())
        self.views.clearEditText()

    def _open_view(self, index: int) -> None:
        self._desk.open_view(self.views.itemText(index))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.tree and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            is_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            if event.key() == Qt.Key.Key_F and not event.modifiers():
                self._toggle_favourite()
                return True
            if is_alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self._move(1 if event.key() == Qt.Key.Key_Up else -1)
                return True
        return super().eventFilter(watched, event)

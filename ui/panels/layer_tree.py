"""Layers by topic with their check marks, counts and stars. Nothing is rebuilt while the layers stay the same."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from console.layers.book import LayerBook, found_by
from console.layers.layer import Layer, LayerId
from ui.layer.desk import layer_words, topic_words
from ui.map.layer_symbols import colour_of
from ui.text import Texts
from ui.theme import Look
from ui.widgets.swatch import swatch

NAME, COUNT, FAVOURITE = range(3)
ID_ROLE = Qt.ItemDataRole.UserRole
_STAR, _NO_STAR = "★", "☆"
_STATES = {True: Qt.CheckState.Checked, False: Qt.CheckState.Unchecked, None: Qt.CheckState.PartiallyChecked}


class LayerTree(QTreeWidget):
    """Space switches the layer under the cursor, F marks it, Alt with up and down moves it in the drawing order."""

    switched = Signal(list, bool)
    """Layer ids, and whether they are on now."""
    starWanted = Signal()
    moveWanted = Signal(int)

    def __init__(self, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text
        self._items: dict[LayerId, QTreeWidgetItem] = {}
        self._topics: dict[str, QTreeWidgetItem] = {}
        self._is_telling = False
        self.setObjectName("layers")
        self.setColumnCount(3)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(14)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column in (COUNT, FAVOURITE):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        self.itemChanged.connect(self._switched)
        self.itemClicked.connect(self._clicked)

    # --- what is shown ------------------------------------------------------------------------------------

    def name_of(self, layer: Layer) -> str:
        return layer_words(layer, self._text)

    def topic_name(self, topic: str) -> str:
        return topic_words(topic, self._text)

    def build(self, book: LayerBook) -> None:
        """Other layers: what is open stays open, and the cursor where it was."""
        self._is_telling = True
        chosen = self.chosen
        is_open = {topic: item.isExpanded() for topic, item in self._topics.items()}
        self.clear()
        self._items.clear()
        self._topics.clear()
        for topic, layers in book.topics().items():
            parent = self._topics[topic] = QTreeWidgetItem(self)
            parent.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            for layer in layers:
                item = self._items[layer.id] = QTreeWidgetItem(parent)
                item.setData(NAME, ID_ROLE, layer.id)
                item.setFlags(parent.flags() | Qt.ItemFlag.ItemNeverHasChildren)
                item.setTextAlignment(COUNT, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            parent.setExpanded(is_open.get(topic, True))
        if chosen is not None and chosen in self._items:
            self.choose(chosen)
        self._is_telling = False

    def read(self, book: LayerBook) -> None:
        """Names in the language of now, sizes and colours of the look of now."""
        self._is_telling = True
        px = self._look.px
        self.header().resizeSection(COUNT, px(66))
        self.header().resizeSection(FAVOURITE, px(26))
        for topic, parent in self._topics.items():
            parent.setText(NAME, self.topic_name(topic))
        for layer in book.layers:
            item = self._items[layer.id]
            item.setText(NAME, self.name_of(layer))
            item.setIcon(NAME, swatch(colour_of(layer.style.base.colour, self._look.theme.map), px(12)))
            item.setSizeHint(NAME, QSize(0, px(24)))
        self._is_telling = False

    def show_choice(self, book: LayerBook) -> None:
        self._is_telling = True
        for layer in book.layers:
            item = self._items[layer.id]
            item.setCheckState(NAME, _STATES[book.is_on(layer.id)])
            item.setText(FAVOURITE, _STAR if book.is_favourite(layer.id) else _NO_STAR)
        for topic, parent in self._topics.items():
            parent.setCheckState(NAME, _STATES[book.topic_state(topic)])
        self._is_telling = False

    def show_counts(self, counts: dict[LayerId, int], notes: dict[LayerId, str]) -> None:
        """A layer's note instead of its count. Only what has changed is written, so that nothing flickers."""
        for layer_id, item in self._items.items():
            words = notes.get(layer_id) or (f"{counts[layer_id]:,}" if layer_id in counts else "")
            if item.text(COUNT) != words:
                item.setText(COUNT, words)
                colour = self._look.theme.warn if layer_id in notes else self._look.theme.text
                item.setForeground(COUNT, QColor(colour))

    def narrow(self, book: LayerBook, words: str, *, only_favourites: bool) -> int:
        """Hide what the words do not find; returns how many layers are left."""
        shown = 0
        for topic, layers in book.topics().items():
            visible = 0
            for layer in layers:
                is_found = found_by(words, (self.name_of(layer), self.topic_name(topic)))
                is_wanted = is_found and (not only_favourites or book.is_favourite(layer.id))
                self._items[layer.id].setHidden(not is_wanted)
                visible += is_wanted
            self._topics[topic].setHidden(not visible)
            shown += visible
        return shown

    # --- what the officer does ----------------------------------------------------------------------------

    @property
    def chosen(self) -> LayerId | None:
        """The layer under the cursor; None on a topic."""
        item = self.currentItem()
        found = item.data(NAME, ID_ROLE) if item is not None else None
        return LayerId(found) if found else None

    def choose(self, layer_id: LayerId) -> None:
        self.setCurrentItem(self._items[layer_id])

    def item_of(self, layer_id: LayerId) -> QTreeWidgetItem:
        return self._items[layer_id]

    def topic_item(self, topic: str) -> QTreeWidgetItem:
        return self._topics[topic]

    def _switched(self, item: QTreeWidgetItem, column: int) -> None:
        if self._is_telling or column != NAME:
            return
        children = [item.child(index) for index in range(item.childCount())] or [item]
        ids = [LayerId(child.data(NAME, ID_ROLE)) for child in children if not child.isHidden()]
        self.switched.emit(ids, item.checkState(NAME) is Qt.CheckState.Checked)

    def _clicked(self, item: QTreeWidgetItem, column: int) -> None:
        if column == FAVOURITE and item.childCount() == 0:
            self.starWanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if event.key() == Qt.Key.Key_F and not event.modifiers():
            self.starWanted.emit()
        elif is_alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moveWanted.emit(1 if event.key() == Qt.Key.Key_Up else -1)
        else:
            super().keyPressEvent(event)

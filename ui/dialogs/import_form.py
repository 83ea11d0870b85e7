"""What an officer says about a file before it is read: table, coordinates, datum, encoding, name, group, look."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from comms.domain.datum import Datum
from console.layers.files.columns import CoordinateColumns
from console.layers.files.kind import Kind
from console.layers.files.peek import Peek
from console.layers.files.reading import Request
from console.layers.first_style import LOOKS
from console.layers.own import TOPIC, Chosen
from console.layers.reference import Reference
from ui.layer.file_words import DATUMS, ENCODINGS, datum_words
from ui.text import Texts
from ui.theme import Look
from ui.widgets.labels import label
from ui.widgets.swatch import swatch

TWO, LON_LAT, LAT_LON, WKT = WAYS = ("two", "lon_lat", "lat_lon", "wkt")
"""How a table says where: two columns, both in one, or shapes as WKT."""
_ROWS = ("table", "way", "datum", "encoding", "name", "topic", "look")
_TEXTUAL = (Kind.CSV, Kind.SHAPEFILE, Kind.GEOJSON)


class ImportForm(QWidget):
    """`changed` after every choice; `lookWanted` when another table or encoding is to be looked into. Fields that mean
    nothing for this file are greyed, so that none of the others moves."""

    changed = Signal()
    lookWanted = Signal(str, str)

    def __init__(self, look: Look, text: Texts, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._text = text
        self._peek = Peek(path="")
        self.table, self.way, self.lat, self.lon = (QComboBox(self) for _ in range(4))
        self.datum, self.zone, self.encoding, self.topic, self.look = (QComboBox(self) for _ in range(5))
        self.name = QLineEdit(self)
        self.name.setMaxLength(60)
        self.topic.setEditable(True)
        self.said = label(tone="dim", wraps=True, parent=self)
        self._captions = {key: label(tone="dim", parent=self) for key in _ROWS}
        self._arrange()
        for box in (self.way, self.lat, self.lon, self.datum, self.zone, self.look):
            box.activated.connect(self._say)
        self.name.textChanged.connect(self._say)
        self.table.activated.connect(self._look_again)
        self.encoding.activated.connect(self._look_again)
        self.read()

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        fields: tuple[tuple[QWidget, ...], ...] = (
            (self.table,), (self.way, self.lat, self.lon), (self.datum, self.zone), (self.encoding,), (self.name,),
            (self.topic,), (self.look,),
        )  # fmt: skip
        for row, (key, several) in enumerate(zip(_ROWS, fields, strict=True)):
            grid.addWidget(self._captions[key], row, 0)
            line = QHBoxLayout()
            for field in several:
                field.setMinimumWidth(self._look.px(60))
                line.addWidget(field, 1)
            grid.addLayout(line, row, 1)
        grid.addWidget(self.said, len(_ROWS), 1)
        self.said.setFixedHeight(self._look.px(34))

    def read(self) -> None:
        """Every word in the language of now; what was chosen stays chosen."""
        text = self._text
        for key, caption in self._captions.items():
            caption.setText(text(f"file.{key}"))
        _offer(self.way, [(text(f"file.way.{way}"), way) for way in WAYS])
        _offer(self.datum, [(text("file.datum.choose"), ""), *((datum_words(one, text), one.value) for one in DATUMS)])
        _offer(self.encoding, [(one or text("file.encoding_found"), one) for one in ENCODINGS])
        _offer(self.look, [(text("file.look_number", number=row + 1), row) for row in range(len(LOOKS))])
        for row, (colour, _) in enumerate(LOOKS):
            self.look.setItemIcon(row, swatch(colour, self._look.px(12)))
        self.lat.setToolTip(text("file.lat_tip"))
        self.lon.setToolTip(text("file.lon_tip"))
        self._show_zone()
        self._say()

    # --- what the file is -----------------------------------------------------------------------------------

    def begin(self, topics: list[tuple[str, str]], look: int) -> None:
        """Another file: nothing of the one before is taken over, the datum least of all."""
        self._peek = Peek(path="")
        self.datum.setCurrentIndex(0)
        self.encoding.setCurrentIndex(0)
        _offer(self.topic, [(name, topic) for topic, name in topics])
        self.topic.setCurrentIndex(max(0, self.topic.findData(TOPIC)))
        self.look.setCurrentIndex(look % len(LOOKS))
        self.name.clear()

    def show_peek(self, peek: Peek) -> None:
        is_same = peek.path == self._peek.path
        self._peek = peek
        if not is_same:
            _offer(self.table, [(name, name) for name in peek.tables])
            self.name.setText(Path(peek.path).name.partition(".")[0])
        for box in (self.lat, self.lon):
            _offer(box, [(_with_example(name, peek.example.get(name, "")), name) for name in peek.columns])
        self._guess(peek.coordinates)
        self._show_zone()
        self._say()

    def _guess(self, found: CoordinateColumns | None) -> None:
        way, first, second = TWO, "", ""
        if found is not None and found.lat:
            first, second = found.lat, found.lon
        elif found is not None and found.both:
            way, first = (LON_LAT if found.is_lon_first else LAT_LON), found.both
        elif found is not None:
            way, first = WKT, found.wkt
        self.way.setCurrentIndex(self.way.findData(way))
        self.lat.setCurrentIndex(self.lat.findData(first))
        self.lon.setCurrentIndex(self.lon.findData(second))

    def _show_zone(self) -> None:
        epsg, text = self._peek.epsg, self._text
        metres = [(text("file.zone_epsg", epsg=epsg), epsg)] if epsg else []
        _offer(self.zone, [*metres, (text("file.zone_degrees"), 0)])
        if epsg:
            self.zone.setCurrentIndex(0)

    # --- what was chosen ------------------------------------------------------------------------------------

    @property
    def is_table(self) -> bool:
        return self._peek.kind in (Kind.CSV, Kind.XLSX)

    def lack(self) -> str:
        """The key of what is still to be said; empty when the file can be read."""
        if self.is_table and self._coordinates() is None:
            return "file.lack_columns"
        if not self.datum.currentData():
            return "file.lack_datum"
        return "" if self.name.text().strip() else "file.lack_name"

    def chosen(self) -> Chosen:
        """Only when nothing is lacking."""
        request = Request(
            path=self._peek.path,
            table=self.table.currentData() or "",
            reference=Reference(Datum(self.datum.currentData()), int(self.zone.currentData() or 0)).word,
            encoding=self.encoding.currentData() or "",
            coordinates=self._coordinates() if self.is_table else None,
        )
        return Chosen(
            request=request, name=self.name.text().strip(), topic=self._topic(), look=int(self.look.currentData())
        )

    def _topic(self) -> str:
        words = self.topic.currentText().strip()
        known = self.topic.findText(words)
        return str(self.topic.itemData(known)) if known >= 0 else words or TOPIC

    def _coordinates(self) -> CoordinateColumns | None:
        way, first, second = self.way.currentData(), self.lat.currentData(), self.lon.currentData()
        if not first or (way == TWO and (not second or second == first)):
            return None
        if way == WKT:
            return CoordinateColumns(wkt=first)
        if way == TWO:
            return CoordinateColumns(lat=first, lon=second)
        return CoordinateColumns(both=first, is_lon_first=way == LON_LAT)

    def _look_again(self) -> None:
        self.lookWanted.emit(self.table.currentData() or "", self.encoding.currentData() or "")

    def _say(self) -> None:
        peek, text = self._peek, self._text
        self.table.setEnabled(self.table.count() > 1)
        self.way.setEnabled(self.is_table)
        self.lat.setEnabled(self.is_table)
        self.lon.setEnabled(self.is_table and self.way.currentData() == TWO)
        self.zone.setEnabled(self.is_table and self.zone.count() > 1)
        self.encoding.setEnabled(peek.kind in _TEXTUAL)
        told = [text("file.said_system", system=peek.system[:60])] if peek.system else []
        told += [text("file.said_encoding", encoding=peek.encoding)] if peek.encoding else []
        self.said.setText(text("file.between").join(told))
        self.changed.emit()


def _offer(box: QComboBox, choices: list[tuple[str, object]]) -> None:
    """Other words or other choices; what was chosen stays so if it is still there."""
    chosen = box.currentData()
    box.clear()
    for words, data in choices:
        box.addItem(words, data)
    box.setCurrentIndex(max(0, box.findData(chosen)) if choices else -1)


def _with_example(name: str, example: str) -> str:
    return f"{name}  {example[:18]}" if example else name

"""The two charts on the sheet: drawn anew with the figures and with the theme; a bar opens its cases."""

from PySide6.QtCore import QByteArray, QObject
from PySide6.QtGui import QPixmap

from comms.domain.assessment import Figure
from ui.bulletin.charts import ChartDrawing, barred, drawing_of
from ui.bulletin.draw import Charts
from ui.bulletin.face import BulletinFace
from ui.bulletin.reading import BulletinReading
from ui.text import Texts
from ui.theme import Look

DPI = 92
"""At scale 1; letters are then as high as those beside them."""


class ChartView(QObject):
    def __init__(self, face: BulletinFace, reading: BulletinReading, look: Look, text: Texts, parent: QObject) -> None:
        super().__init__(parent)
        self._face = face
        self._reading = reading
        self._look = look
        self._text = text
        self._boxes: tuple[tuple[float, float, float, float], ...] = ()
        self.drawing = ChartDrawing(self)
        self.drawing.drawn.connect(self._show)
        self.drawing.failed.connect(self._say_none)
        face.bars.clicked.connect(self.open_bar)
        look.changed.connect(self.draw)

    def draw(self) -> None:
        face, reading = self._face, self._reading
        if not face.isVisible() or reading.is_reading or reading.read_at is None:
            return
        ratio = face.devicePixelRatioF()
        size = face.bars.size() * ratio
        wish = drawing_of(
            reading.shown,
            reading.ticks,
            theme=self._look.theme,
            text=self._text,
            size=(size.width(), size.height()),
            dpi=round(DPI * ratio * self._look.scale),
        )
        self.drawing.start(wish)

    def _show(self, charts: Charts) -> None:
        self._boxes = charts.bar_boxes
        for label, data in ((self._face.bars, charts.bars), (self._face.trends, charts.trends)):
            picture = QPixmap()
            picture.loadFromData(QByteArray(data))
            picture.setDevicePixelRatio(self._face.devicePixelRatioF())
            label.setPixmap(picture)

    def _say_none(self, why: str) -> None:
        for label in (self._face.bars, self._face.trends):
            label.setText(self._text("bulletin.no_charts"))
            label.setToolTip(why)

    def open_bar(self, share: float) -> None:
        """A bar opens what it is the rate of."""
        told, is_rate = barred(self._reading.shown)
        for shown, (_, top, _, height) in zip(told, self._boxes, strict=False):
            if top <= share <= top + height:
                figure = Figure.ON_TIME if is_rate else Figure.ACCEPTED
                self._reading.open_cases(self._reading.by, shown.row.key, figure)

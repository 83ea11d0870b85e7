"""The overview as it is painted in a frame of the map: one picture made before, and the view's rectangle."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from ui.map.live_picture import LivePicture
from ui.map.overlay import Hit
from ui.map.palette import MapPalette
from ui.map.view import View
from ui.widgets.icons import paint_icon

ORDER = 1_000
"""Its picture lies above everything else that is drawn on the map."""
LEAST_PX = 6.0
"""The rectangle never shrinks to nothing."""
_EMERGENCY_PX = 3.5


class MinimapOverlay:
    """Whoever changes one of the attributes calls `renew`. `frame` is where it lies, `fold_rect` the part that folds it
    away and brings it back, both in pixels of the map."""

    order = ORDER
    is_of_screen = True

    def __init__(self, live: LivePicture) -> None:
        self._live = live
        self.picture: QImage | None = None
        self.overview: View | None = None
        """What the picture shows."""
        self.frame = QRect()
        self.fold_rect = QRect()
        self.is_folded = False
        self.has_focus = False
        self._base: tuple[MapPalette, float, QPixmap] | None = None
        """All of it but what moves."""

    def renew(self) -> None:
        self._base = None

    def paint(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        pass  # it lies above the units

    def at(self, view: View, px: float, py: float, scale: float) -> Hit | None:
        return None  # a widget of its own takes the mouse

    def paint_labels(self, painter: QPainter, view: View, palette: MapPalette, scale: float) -> None:
        if self.overview is None:
            return
        ratio = painter.device().devicePixelRatioF()
        if self._base is None or self._base[:2] != (palette, ratio):
            self._base = (palette, ratio, self._paint_base(palette, ratio))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawPixmap(self.frame.topLeft(), self._base[2])
        if not self.is_folded:
            self._paint_emergencies(painter, palette)
            painter.setBrush(Qt.BrushStyle.NoBrush)  # a wash over a large part would cost as much as all the rest
            painter.setPen(QPen(QColor(palette.accent), 4.0 if self.has_focus else 2.0))
            painter.drawRect(self.shown_rect(view))

    def shown_rect(self, view: View) -> QRect:
        """What the map shows of the picture, in whole pixels of the map; empty when all of it is elsewhere."""
        assert self.overview is not None
        x_min, y_min, x_max, y_max = view.bounds()
        left, top = self.overview.screen_of(x_min, y_min)
        right, bottom = self.overview.screen_of(x_max, y_max)
        more_x, more_y = max(0.0, LEAST_PX - (right - left)) / 2, max(0.0, LEAST_PX - (bottom - top)) / 2
        rect = QRectF(left - more_x, top - more_y, right - left + 2 * more_x, bottom - top + 2 * more_y)
        moved = rect.translated(QPointF(self.frame.topLeft())).toRect()
        return moved.intersected(self.frame.adjusted(2, 2, -2, -2))

    def _paint_base(self, palette: MapPalette, ratio: float) -> QPixmap:
        base = QPixmap(self.frame.size() * ratio)
        base.setDevicePixelRatio(ratio)
        base.fill(QColor(palette.panel))
        painter = QPainter(base)
        painter.setPen(QPen(QColor(palette.panel_line), 1.0))
        fold = self.fold_rect.translated(-self.frame.topLeft())
        if not self.is_folded and self.picture is not None:
            painter.drawImage(0, 0, self.picture)
            painter.setBrush(QColor(palette.panel))
            painter.drawRect(fold.adjusted(0, 0, -1, -1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRect(0, 0, self.frame.width() - 1, self.frame.height() - 1))
        margin = fold.height() / 5
        inner = QRectF(fold).adjusted(margin, margin, -margin, -margin)
        paint_icon(painter, "place" if self.is_folded else "close", palette.text_dim, inner)
        painter.end()
        return base

    def _paint_emergencies(self, painter: QPainter, palette: MapPalette) -> None:
        """Those beyond the view's edge must not be hidden by the picture that covers it."""
        assert self.overview is not None
        columns = self._live.columns
        rows = [row for row in map(columns.row_of, self._live.emergencies) if row is not None]
        if rows:
            painter.setPen(QPen(QColor(palette.emergency_glyph), 1.0))
            painter.setBrush(QColor(palette.emergency))
        for row in rows:
            at = QPointF(*self.overview.screen_of(float(columns.x[row]), float(columns.y[row])))
            painter.drawEllipse(at + QPointF(self.frame.topLeft()), _EMERGENCY_PX, _EMERGENCY_PX)

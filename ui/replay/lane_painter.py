"""How a lane of voices looks: its name and whether it is heard, each talk with its waveform and its talker."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QLineF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from comms.domain.ids import BlobId, PartyId
from comms.journal.replay.voices import Burst
from console.replay.recordings import PEAKS_PER_S, Peaks
from ui.map.lettering import map_font
from ui.replay.stretch import Stretch
from ui.theme import Look
from ui.widgets.icons import paint_icon

LEAST_DRAWN_PX, LEAST_NAMED_PX = 6, 44
"""Of a talk on the screen: narrower ones are not decoded, or not named."""


class LanePainter:
    """`peaks` is how loud a recording was, None while nobody knows; `name_of` the name of a party."""

    def __init__(
        self,
        stretch: Stretch,
        look: Look,
        *,
        peaks: Callable[[BlobId], Peaks | None],
        name_of: Callable[[PartyId], str],
    ) -> None:
        self._stretch, self._look = stretch, look
        self._peaks, self._name_of = peaks, name_of

    def name(self, painter: QPainter, words: str, room: QRect, *, is_muted: bool, is_chosen: bool) -> None:
        theme, px = self._look.theme, self._look.px
        if is_chosen:
            painter.fillRect(room, QColor(theme.chosen))
        side = px(13)
        where = QRectF(room.right() - side - 2, room.center().y() - side / 2, side, side)
        paint_icon(painter, "speaker_off" if is_muted else "speaker", theme.text_faint if is_muted else theme.ok, where)
        painter.setFont(self._look.font(px=12))
        painter.setPen(QColor(theme.text_faint if is_muted else theme.text))
        self._write(painter, words, room.adjusted(2, 0, -side - px(6), 0))

    def burst(self, painter: QPainter, burst: Burst, place: QRectF, lane: QRectF, *, is_muted: bool) -> None:
        theme = self._look.theme
        tone = theme.danger if burst.is_emergency else theme.text_faint if is_muted else theme.ok
        if place.width() < LEAST_DRAWN_PX:
            painter.fillRect(place, QColor(tone))
            return
        painter.fillRect(place, self._look.colour(tone, alpha=0.25))
        peaks = self._peaks(burst.blob_id) if burst.blob_id is not None else None
        if peaks is not None and len(peaks):
            painter.setPen(QColor(tone))
            painter.drawLines(self._wave(peaks, burst, place, lane))
        if place.width() >= LEAST_NAMED_PX:
            painter.setFont(map_font(self._look.px(10)))
            painter.setPen(QColor(theme.text))
            self._write(painter, self._name_of(burst.talker), place.adjusted(3, 0, -2, 0).toRect())

    def _wave(self, peaks: Peaks, burst: Burst, place: QRectF, lane: QRectF) -> list[QLineF]:
        """A line a pixel, as far as it is in sight. Roots are drawn, for speech is quiet most of the time."""
        columns = np.arange(max(place.left(), lane.left()), min(place.right(), lane.right()), 1.0)
        at = self._stretch.from_at + (columns - lane.left()) / max(1.0, lane.width()) * self._stretch.seconds
        rows = ((at - burst.sound_from_at) * PEAKS_PER_S).astype(np.intp)
        is_heard = (rows >= 0) & (rows < len(peaks))
        high = np.sqrt(peaks[rows[is_heard]]) * (place.height() / 2 - 1)
        middle = place.center().y()
        return [
            QLineF(x, middle - half, x, middle + half)
            for x, half in zip(columns[is_heard].tolist(), high.tolist(), strict=True)
        ]

    def _write(self, painter: QPainter, words: str, room: QRect) -> None:
        cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), cut)

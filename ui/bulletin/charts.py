"""Charts from the program that draws them: asked for, awaited beside everything else, and let go of."""

import os
import sys

import msgspec
from PySide6.QtCore import QObject, QProcess, Signal

from comms.domain.assessment import Figure, Figures, Rate
from comms.domain.decoding import UNREADABLE
from ui.bulletin.draw import Bar, Charts, Drawing, Trend
from ui.bulletin.table import Shown
from ui.bulletin.words import figure_name
from ui.stylesheet import FONT_FAMILIES
from ui.text import Texts
from ui.theme import Theme

MOST_BARS = 10
_SHOWN_TRENDS = (Figure.ACCEPTED, Figure.CLOSED, Figure.LATE)


class ChartDrawing(QObject):
    """One drawing at a time: another one takes the place of that under way."""

    drawn = Signal(object)
    """Charts."""
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def start(self, wish: Drawing) -> None:
        self.stop()
        process = QProcess(self)
        self._process = process
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._broken)
        process.start(sys.executable, ["-m", "console.child", str(os.getpid()), "ui.bulletin.draw"])
        process.write(msgspec.json.encode(wish))
        process.closeWriteChannel()

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect(self._finished)
            process.errorOccurred.disconnect(self._broken)
            process.kill()
            process.waitForFinished(2000)
            process.deleteLater()

    def _finished(self, code: int) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        answer, complaint = bytes(process.readAllStandardOutput().data()), process.readAllStandardError().data()
        process.deleteLater()
        try:
            charts = msgspec.json.decode(answer, type=Charts) if code == 0 else None
        except UNREADABLE:
            charts = None
        if charts is None:
            self.failed.emit(bytes(complaint).decode(errors="replace").strip().rpartition("\n")[2])
        else:
            self.drawn.emit(charts)

    def _broken(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and self._process is not None:
            process, self._process = self._process, None
            process.deleteLater()
            self.failed.emit(process.errorString())


def barred(rows: tuple[Shown, ...]) -> tuple[tuple[Shown, ...], bool]:
    """The rows that have a bar, from above, and whether it says a rate."""
    rated = tuple(shown for shown in rows if shown.row.now.pct(Rate.ON_TIME) is not None)
    told = rated or tuple(shown for shown in rows if shown.row.now.accepted)
    return told[:MOST_BARS], bool(rated)


def drawing_of(
    rows: tuple[Shown, ...],
    trend: tuple[tuple[str, Figures], ...],
    *,
    theme: Theme,
    text: Texts,
    size: tuple[int, int],
    dpi: int = 96,
) -> Drawing:
    """Bars of the rate in time where there are rates, else of what was accepted; `trend` has a tick and its figures."""
    told, is_rate = barred(rows)
    return Drawing(
        bars=tuple(Bar(shown.name, _bar(shown, is_rate=is_rate)) for shown in told),
        bars_title=figure_name(Rate.ON_TIME if is_rate else Figure.ACCEPTED, text),
        bars_unit=" %" if is_rate else "",
        trends=tuple(
            Trend(figure_name(figure, text), tuple(float(one.of(figure)) for _, one in trend))
            for figure in _SHOWN_TRENDS
        ),
        trends_title=text("bulletin.trend"),
        ticks=tuple(tick for tick, _ in trend),
        ground=theme.panel,
        ink=theme.text,
        dim=theme.text_faint,
        colours=(theme.accent, theme.ok, theme.danger),
        families=(*FONT_FAMILIES, "Noto Sans CJK JP"),
        width=size[0],
        height=size[1],
        dpi=dpi,
    )


def _bar(shown: Shown, *, is_rate: bool) -> float:
    value = shown.row.now.pct(Rate.ON_TIME) if is_rate else float(shown.row.now.accepted)
    return round(value or 0.0, 2)

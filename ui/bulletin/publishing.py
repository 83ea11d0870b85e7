"""A bulletin becomes a file: its charts drawn for paper, then the document made beside the interface."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.bulletin.charts import ChartDrawing, drawing_of
from ui.bulletin.draw import Charts
from ui.bulletin.edition import Edition, document_of, workbook_of
from ui.bulletin.periods import CHINA
from ui.bulletin.reading import BulletinReading
from ui.bulletin.table import heads
from ui.report.file import write_whole
from ui.theme import LIGHT
from ui.widgets.drill_mark import marked_for
from ui.words import jurisdiction_path
from ui.workplace import Workplace

WRITERS = {"pdf": document_of, "xlsx": workbook_of}
PRINT_SIZE, PRINT_DPI = (1500, 620), 192


@dataclass(frozen=True, slots=True)
class _Wish:
    kind: str
    path: Path
    edition: Edition


class Publishing(QObject):
    """One file at a time."""

    changed = Signal()

    def __init__(self, place: Workplace, reading: BulletinReading, parent: QObject) -> None:
        super().__init__(parent)
        self._place = place
        self._text = place.text
        self._reading = reading
        self._drawing = ChartDrawing(self)
        self._wish: _Wish | None = None
        self._drawing.drawn.connect(self._drawn)
        self._drawing.failed.connect(self._not_drawn)

    @property
    def is_running(self) -> bool:
        return self._wish is not None

    def title(self) -> str:
        session = self._place.store.session
        own = session.jurisdiction_id if session is not None else None
        name = jurisdiction_path(self._place.store.picture, own) if own is not None else ""
        return self._text("bulletin.heading_of", area=name)

    def ask_file(self, kind: str, edition: Edition, parent: QWidget) -> None:
        name = f"{edition.title} {self._reading.compared.name()}".replace("/", "-").replace(" › ", "-")
        dialog = QFileDialog(parent, self._text("bulletin.title"), name)
        dialog.setObjectName("bulletin_file_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"{kind.upper()} (*.{kind})")
        dialog.setDefaultSuffix(kind)
        dialog.fileSelected.connect(partial(self.begin, kind, edition))
        dialog.open()

    def begin(self, kind: str, edition: Edition, path: str) -> None:
        """As it reads now: what the gateway tells meanwhile is for the next one."""
        self.stop()
        self._wish = _Wish(kind, Path(path), edition)
        self.changed.emit()
        if kind == "xlsx":
            self._write()
            return
        wish = drawing_of(
            edition.rows, self._reading.ticks, theme=LIGHT, text=self._text, size=PRINT_SIZE, dpi=PRINT_DPI
        )
        self._drawing.start(msgspec.structs.replace(wish, ground="#ffffff"))

    def stop(self) -> None:
        self._drawing.stop()
        self._wish = None

    def _drawn(self, charts: Charts) -> None:
        if self._wish is not None:
            edition = replace(self._wish.edition, charts=(charts.bars, charts.trends))
            self._wish = replace(self._wish, edition=edition)
            self._write()

    def _not_drawn(self, why: str) -> None:
        self._place.acting.tell("warn", self._text("bulletin.no_charts"), why)
        self._write()

    def _write(self) -> None:
        wish = self._wish
        if wish is not None:
            encode = partial(WRITERS[wish.kind], wish.edition, self._place.background.stand_back)
            write = partial(write_whole, wish.path, encode)
            self._place.background.start(write, partial(self._written, wish), failed=self._ended)

    def _written(self, wish: _Wish, fault: OSError | None) -> None:
        self._ended()
        if fault is None:
            self._place.acting.tell("ok", self._text("bulletin.written", path=wish.path))
        else:
            reason = fault.strerror or str(fault)
            self._place.acting.tell("danger", self._text("bulletin.not_written", reason=reason), str(wish.path))

    def _ended(self) -> None:
        self._wish = None
        self.changed.emit()

    def edition(self, *, title: str, words: str, findings: tuple[str, ...]) -> Edition:
        reading, text = self._reading, self._text
        shown = reading.compared
        at = datetime.fromtimestamp(reading.read_at or shown.now.until_at, CHINA)
        read_at = text("bulletin.read_at", at=f"{at:%Y-%m-%d %H:%M}")
        by = text(f"bulletin.by.{reading.by.value}")
        return Edition(
            title=marked_for(self._place.host, title or self.title()),
            subtitle=f"{shown.name()}   {by}   {read_at}",
            compared=text("bulletin.compared", before=shown.name(shown.before), long=shown.name(shown.long_before)),
            heads=heads(text),
            rows=reading.shown,
            total=reading.shown_total,
            findings=findings,
            words=words,
            charts=(),
            sections=(
                text("bulletin.section.figures"),
                text("bulletin.section.findings"),
                text("bulletin.section.words"),
                text("bulletin.section.charts"),
            ),
            nothing=text("bulletin.no_finding"),
            signatures=(text("bulletin.made_by"), text("bulletin.checked_by"), text("bulletin.signed_by")),
            foot=marked_for(self._place.host, text("product.name")),
        )

"""Printing the map: what and where, asked; drawn in slices, made into a file aside, told how it went."""

from dataclasses import dataclass, replace
from functools import partial
from math import floor, log2
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from ui.acting import Acting
from ui.dialogs.map_print import PDF, MapPrintDialog, PrintWish
from ui.map.map_render import MapRender, still_shown
from ui.map.palette import LIGHT
from ui.map.print_page import DPI, LOGICAL_DPI, Page, pdf_of, png_of, view_size
from ui.map.view import MAX_ZOOM, MIN_ZOOM, ZOOM_STEP, View
from ui.print_words import bar_of, legend_items, page_words
from ui.report.file import write_whole
from ui.text import Texts
from ui.theme import Look
from ui.widgets.drill_mark import marked_for
from ui.words import clock_time, day

if TYPE_CHECKING:
    from ui.main_window import MainWindow
    from ui.shows import Shows


@dataclass(frozen=True, slots=True)
class _Job:
    wish: PrintWish
    path: Path
    render: MapRender
    page: Page


class MapPrint(QObject):
    """One print at a time."""

    def __init__(self, window: "MainWindow", shows: "Shows", *, acting: Acting, look: Look, text: Texts) -> None:
        super().__init__(shows)
        self._window = window
        self._shows = shows
        self._acting = acting
        self._look = look
        self._text = text
        self._wish = PrintWish()
        self._dialog: MapPrintDialog | None = None
        self._job: _Job | None = None
        window.closed.connect(self.stop)

    @property
    def is_running(self) -> bool:
        return self._job is not None

    def ask(self) -> None:
        if self._dialog is not None:
            self._dialog.activateWindow()
            return
        area = self._window.controls.store.area
        name = area.name if area is not None else self._text("product.name")
        wish = replace(self._wish, title=self._wish.title or self._text("print.heading_of", area=name))
        self._dialog = MapPrintDialog(wish, look=self._look, text=self._text, parent=self._window)
        self._dialog.wanted.connect(self._ask_file)
        self._dialog.given_up.connect(self._give_up)
        self._dialog.show()

    def _ask_file(self, wish: PrintWish) -> None:
        self._wish = wish
        assert self._dialog is not None
        now = self._window.controls.store.server_now()
        name = f"{marked_for(self._window, wish.title)} {day(now)} {clock_time(now).replace(':', '')}".replace("/", "-")
        dialog = QFileDialog(self._dialog, self._text("print.title"), name)
        dialog.setObjectName("print_file_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"{wish.format.upper()} (*.{wish.format})")
        dialog.setDefaultSuffix(wish.format)
        dialog.fileSelected.connect(self.begin)
        dialog.open()

    # --- the work -------------------------------------------------------------------------------------------

    def begin(self, name: str) -> None:
        """As the officer wished last, into this file."""
        self.stop()
        wish, desk_map = self._wish, self._window.parts.map
        is_pdf = wish.format == PDF
        view = paper_view(desk_map.view, wish) if is_pdf else desk_map.view
        shown = still_shown(desk_map.shown())
        base = self._shows.base.another()
        if base is not None:
            base.is_dimmed = self._look.theme.is_dark and not is_pdf
        render = MapRender(
            desk_map,
            view,
            LIGHT if is_pdf else self._look.theme.map,
            pixel_ratio=DPI / LOGICAL_DPI if is_pdf else float(wish.ratio),
            scale=1.0 if is_pdf else desk_map.drawing.scale,
            base=base,
            shown=replace(shown, north="") if is_pdf else shown,
            text=self._text,
            parent=self,
        )
        render.advanced.connect(self._show_progress)
        render.finished.connect(self._drawn)
        self._job = _Job(wish, Path(name), render, self._page(view))
        if self._dialog is not None:
            self._dialog.show_busy(True)
        render.start()

    def _page(self, view: View) -> Page:
        window, wish = self._window, self._wish
        bar_px, scale_words = bar_of(view, self._text)
        words = page_words(
            window.controls.store,
            view,
            title=marked_for(window, wish.title),
            scale=scale_words,
            credit=window.parts.map.status_line.texts[2],
            text=self._text,
        )
        words = replace(words, place=marked_for(window, words.place))  # a picture has no title
        return Page(words, wish.paper, wish.is_landscape, bar_px)

    def _show_progress(self, share: float) -> None:
        if self._dialog is not None:
            self._dialog.show_progress(share)

    def _drawn(self, picture: QImage, has_gaps: bool) -> None:
        job = self._job
        if job is None:
            return
        items = legend_items(self._window.layer_desk.book.shown(), job.render.drawing, job.render.view, self._text)
        page = replace(job.page, items=items)
        encode = (
            partial(pdf_of, page, picture)
            if job.wish.format == PDF
            else partial(png_of, page, picture, scale=job.render.drawing.scale)
        )
        if self._dialog is not None:
            self._dialog.say(self._text("print.writing"))
        write = partial(write_whole, job.path, encode)
        self._window.background.start(write, partial(self._written, job, has_gaps))

    def _written(self, job: _Job, has_gaps: bool, fault: OSError | None) -> None:
        if job is not self._job:
            return
        self._end()
        if fault is not None:
            reason = fault.strerror or str(fault)
            self._acting.tell("danger", self._text("print.not_written", reason=reason), str(job.path))
            if self._dialog is not None:
                self._dialog.show_busy(False)
            return
        self._acting.tell("ok", self._text("print.gaps" if has_gaps else "print.written", path=job.path))
        if self._dialog is not None:
            self._dialog.close()

    def _give_up(self) -> None:
        self._dialog = None
        if self._job is not None:
            self.stop()
            self._acting.tell("warn", self._text("print.stopped"))

    def stop(self) -> None:
        """What is being made is thrown away."""
        if self._job is not None:
            self._job.render.stop()
            self._end()

    def _end(self) -> None:
        if self._job is not None:
            self._job.render.deleteLater()
            self._job = None


def paper_view(view: View, wish: PrintWish) -> View:
    """All that the screen shows and what of its surroundings the paper has room for, on a level where tiles rest."""
    width, height = view_size(wish.paper, is_landscape=wish.is_landscape)
    wanted = view.zoom + log2(min(width / view.width, height / view.height))
    zoom = min(MAX_ZOOM, max(MIN_ZOOM, floor(wanted / ZOOM_STEP) * ZOOM_STEP))
    return replace(view.resized(width, height), zoom=zoom)

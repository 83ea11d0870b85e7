"""A sheet of pages, one shown at a time."""

from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout

from ui.account.page import Page
from ui.widgets.choices import Choices
from ui.widgets.labels import label
from ui.widgets.overlay import Corner, Sheet
from ui.widgets.row import row_of
from ui.workplace import Workplace


class PagedSheet(Sheet):
    """`title` is a key, and so is `prefix` with the name of each page."""

    def __init__(self, place: Workplace, names: tuple[str, ...], *, title: str, prefix: str) -> None:
        super().__init__(place.host, Corner.CENTRE)
        self._place, self._text, self._look = place, place.text, place.look
        self._title_key = title
        self._title = label(tone="title", parent=self)
        self.turns = Choices(names, prefix, place.text, self)
        self.close_button = QPushButton(self)
        self.close_button.setProperty("tone", "flat")
        self.pages: dict[str, Page] = {}
        self.stack = QStackedWidget(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addLayout(row_of(self._title, self.turns, None, self.close_button))
        column.addWidget(self.stack, 1)
        self.turns.changed.connect(self.turn_to)
        self.close_button.clicked.connect(self.dismiss)
        place.text.changed.connect(self._read)
        self._read()

    def take(self, pages: dict[str, Page]) -> None:
        self.pages = pages
        for page in pages.values():
            self.stack.addWidget(page)

    @property
    def page(self) -> Page:
        return self.pages[self.turns.chosen]

    def open(self) -> None:
        if self._place.store.session is not None:
            self.appear()
            self.turn_to(self.turns.chosen)

    def turn_to(self, name: str) -> None:
        for page in self.pages.values():
            page.leave()
        self.turns.choose(name)
        self.stack.setCurrentWidget(self.page)
        self.page.begin()

    def dismiss(self) -> None:
        for page in self.pages.values():
            page.leave()
        super().dismiss()

    def _read(self) -> None:
        self._title.setText(self._text(self._title_key))
        self.close_button.setText(self._text("account.close"))
        self.turns.retranslate()
